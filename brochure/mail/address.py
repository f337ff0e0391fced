"""Addresses of mail: whether they can be one, and which of them are the same mailbox."""

import re
from dataclasses import dataclass

from brochure.diagnostics import DiagnosticsError, Location, error

# RFC 5322, 3.4: a display name before an address in angle brackets.
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]")
# Characters: 64 before the @, 255 after it (RFC 5321, 4.5.3.1), and a name that people can read.
LONGEST, LONGEST_NAMED = 320, 1_000
_HINT = "Write it as in poststelle@giessen.de."


@dataclass(frozen=True)
class Address:
    """An address as it is sent to: `spec`, with its domain in ASCII (IDNA 2008, RFC 5891).

    Two addresses of the same `key` are the same mailbox: capitals and Unicode's ways of writing
    a letter make no difference. `name` is the display name, where there is one.
    """

    spec: str
    key: str
    name: str = ""

    @property
    def domain(self) -> str:
        """The domain, in ASCII."""
        return self.spec.rpartition("@")[2]


def parse(text: str, location: Location) -> Address:
    """One address, without a name; no server is asked about it. Raises Problems."""
    _check_length(text, LONGEST + len("mailto:"), location)  # first: what follows takes its square
    text = text.strip().removeprefix("mailto:")
    if (named := _NAMED.fullmatch(text)) and text.count("@") == 1:
        raise _problem(
            f"`{_shown(text)}` is an address with a name.",
            location,
            f"Write {named['address'].strip()} alone; the name has a place of its own.",
        )
    if text.count("@") > 1 or re.search(r"[;,\s]\S*@|@\S*[;,\s]", text):
        raise _problem(
            f"`{_shown(text)}` is more than one address, or more than an address.",
            location,
            "Write one alone, without a name; each further one gets a row of its own.",
        )
    return _checked(text, "", location)


def parse_sender(text: str, location: Location) -> Address:
    """An address, with a name before it or without: ``Initiative <flyer@example.org>``."""
    text = text.strip()
    _check_length(text, LONGEST_NAMED, location)
    if named := _NAMED.fullmatch(text):
        name = named["name"].strip().removeprefix('"').removesuffix('"').strip()
        return _checked(named["address"].strip(), name, location)
    return _checked(text, "", location)


def _check_length(text: str, most: int, location: Location) -> None:
    if len(text) > most:
        raise _problem(
            f"`{_shown(text)}…` has {len(text)} characters; no address of mail has so many.",
            location,
            _HINT,
        )


def _checked(text: str, name: str, location: Location) -> Address:
    from email_validator import EmailNotValidError, validate_email

    if _CONTROL.search(text + name):
        raise _problem(
            f"`{_shown(text)}` has a line break or another control character in it.",
            location,
            "Delete it: an address is one line.",
        )
    try:
        found = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError as reason:
        said = f"`{_shown(text)}` is no address of mail ({str(reason).rstrip('.')})."
        raise _problem(said, location, _HINT) from None
    spec = f"{found.local_part}@{found.ascii_domain}"
    return Address(spec, spec.casefold(), name)


def _shown(text: str) -> str:
    return _CONTROL.sub("·", text)[:80]


def _problem(message: str, location: Location, hint: str) -> DiagnosticsError:
    return DiagnosticsError([error("address", message, location, hint)])
