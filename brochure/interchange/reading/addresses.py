"""Where the links of an imported document may lead."""

import re

_ALLOWED = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"]+", re.IGNORECASE)


def web_address(address: str) -> str:
    """An address that a leaflet may lead to; empty for any other, such as ``javascript:``."""
    address = address.strip()
    return address if _ALLOWED.fullmatch(address) else ""
