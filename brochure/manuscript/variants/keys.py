"""Official keys of regions in Germany (AGS, ARS), as people and spreadsheets write them.

A municipality has an Amtlicher Gemeindeschlüssel (AGS) of eight digits: two for the state, one for
the county, two for the district, three for the municipality. In the Amtlicher Regionalschlüssel
(ARS) of twelve, four for an association of municipalities stand before the last three. What is
larger than a municipality has the first digits only, or noughts in place of the others
(Statistisches Bundesamt, Gemeindeverzeichnis-Informationssystem GV-ISys).
"""

import re
from dataclasses import dataclass

from brochure.messages import say

# The digits of counties that states have; in all others, it is a nought.
_COUNTIES = {"03": "1234", "05": "13579", "06": "456", "07": "123", "08": "1234", "09": "1234567",
             "14": "567"}  # fmt: skip
_CITIES = ("02", "11")  # Hamburg and Berlin: states that are one district, and one municipality
_STATE = re.compile(r"0[1-9]|1[0-6]")
_ASSOCIATION = 9  # digits of the key of an association of municipalities: 5 + 4
_LENGTHS = (2, 3, 5, 8, _ASSOCIATION, 12)
#: How long a key is, for users.
LENGTHS = say(
    "An official key has 8 digits for a municipality, 5 for a district, 2 for a state; a regional "
    "key (ARS) has 12."
)
_LOST = (1, 4, 7, 11)  # digits of a key whose first nought a spreadsheet has dropped


@dataclass(frozen=True)
class OfficialKey:
    """A key: `region` are its digits without the noughts of what it leaves open, so that 06531,
    06531000 and 065310000000 are the same; `district` is the region of its district, `written` the
    key in two, five or eight digits.
    """

    written: str
    region: str
    district: str


def read_key(text: str) -> OfficialKey | None:
    """The official key in a text, with or without blanks (``06 5 34 014``); None if it is none."""
    digits = _digits(text)
    if len(digits) not in _LENGTHS or not _is_plausible(digits):
        return None
    if len(digits) == _ASSOCIATION:
        digits = digits[:5]
    elif len(digits) == 12:
        digits = digits[:5] + digits[9:]
    return OfficialKey(digits, _region(digits), _region(digits[:5]))


def without_lost_nought(text: str) -> str:
    """The digits of a key that has lost its first nought, with it; empty for anything else."""
    digits = _digits(text)
    whole = f"0{digits}"
    return whole if len(digits) in _LOST and _is_plausible(whole) else ""


def looks_like_key(text: str) -> bool:
    """Whether a text consists of digits and blanks: then no other text resembles it."""
    return bool(_digits(text))


def _digits(text: str) -> str:
    digits = "".join(text.split())
    return digits if digits.isascii() and digits.isdigit() else ""


def _is_plausible(digits: str) -> bool:
    """Whether there is a state, and a county in it, of which a key begins like this."""
    if not _STATE.fullmatch(digits[:2]):
        return False
    if digits[:2] in _CITIES:
        return not digits[2:5].strip("0")
    return digits[2:3] in ("", "0") or digits[2] in _COUNTIES.get(digits[:2], "")


def _region(digits: str) -> str:
    for length in (2, 3, 5):
        if len(digits) > length and not digits[length:].strip("0"):
            return digits[:length]
    return digits
