"""Email addresses: which texts are valid ones, and which of them name the same mailbox."""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from brochure.diagnostics import Location, fail
from brochure.messages import say

# RFC 5322, 3.4: a display name before an address in angle brackets.
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]")
# Characters: 64 before the @, 255 after it (RFC 5321, 4.5.3.1), and a name that people can read.
_LONGEST, _LONGEST_NAMED = 320, 1_000
_HINT = say("Write it like this: poststelle@giessen.de.")


@dataclass(frozen=True)
class Address:
    """A valid email address.

    `spec` is the address as it is used for sending, with the domain in ASCII (IDNA 2008, RFC 5891).
    Addresses with the same `key` are the same mailbox: neither upper and lower case nor Unicode's
    different ways of writing a letter matter. `name` is the display name, or empty.
    """

    spec: str
    key: str
    name: str = ""

    @property
    def domain(self) -> str:
        """The domain, in ASCII."""
        return self.spec.rpartition("@")[2]


def parse_address(text: str, location: Location) -> Address:
    """One address without a display name. No server is asked about it.

    Raises DiagnosticsError.
    """
    # The length first: the patterns below take time that grows with its square.
    _check_length(text, _LONGEST + len("mailto:"), location)
    text = text.strip().removeprefix("mailto:")
    if (named := _NAMED.fullmatch(text)) and text.count("@") == 1:
        fail(
            "address",
            say("`{address}` is an address with a name.", address=_printable(text)),
            location,
            say(
                "Write only {address}, without the name.",
                address=_printable(named["address"].strip()),
            ),
        )
    if text.count("@") > 1 or re.search(r"[;,\s]\S*@|@\S*[;,\s]", text):
        fail(
            "address",
            say(
                "`{address}` is more than one address, or has other text around it.",
                address=_printable(text),
            ),
            location,
            say("Write a single address without a name. Every further one needs its own row."),
        )
    return _validated(text, "", location)


def parse_sender(text: str, location: Location) -> Address:
    """One address, with or without a display name: ``Initiative <flyer@example.org>``.

    Raises DiagnosticsError.
    """
    text = text.strip()
    _check_length(text, _LONGEST_NAMED, location)
    if named := _NAMED.fullmatch(text):
        name = named["name"].strip().removeprefix('"').removesuffix('"').strip()
        return _validated(named["address"].strip(), name, location)
    return _validated(text, "", location)


def _check_length(text: str, longest: int, location: Location) -> None:
    if len(text) > longest:
        fail(
            "address",
            say(
                "`{address}…` has {number} characters, which is too long for an email address.",
                address=_printable(text),
                number=len(text),
            ),
            location,
            _HINT,
        )


def _validated(text: str, name: str, location: Location) -> Address:
    if _CONTROL.search(text + name):
        fail(
            "address",
            say(
                "`{address}` contains a line break or another control character.",
                address=_printable(text),
            ),
            location,
            say("Delete it: an address is a single line."),
        )
    try:
        valid = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError as reason:
        fail(
            "address",
            say(
                "`{address}` is not a valid email address ({reason}).",
                address=_printable(text),
                reason=str(reason).rstrip("."),
            ),
            location,
            _HINT,
        )
    spec = f"{valid.local_part}@{valid.ascii_domain}"
    return Address(spec, spec.casefold(), name)


def _printable(text: str) -> str:
    """The beginning of a text, with dots in place of control characters."""
    return _CONTROL.sub("·", text)[:80]
