"""The file of a mail (RFC 5322, RFC 2045) → its parts, as far as replies and bounces need them.

Read by hand instead of with the package `email`: that one needs time that grows with the square of
what a stranger writes (lines times depth, the length of a field), and reads what nobody asked for.
Here each line is looked at once.
"""

import base64
import quopri
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header
from itertools import chain

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, error
from brochure.mail import address
from brochure.mail.delivery.entries import Entry, Kind, State
from brochure.mail.delivery.ledger import Ledger

_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)  # RFC 5322, 2.2
_TYPE = re.compile(r"\s*([\w!#$&^.+-]{1,100}/[\w!#$&^.+-]{1,100})\s*(?:;|$)", re.ASCII)
_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_CUT = 1_000  # characters in which encoded words are decoded: more than anybody shows


class NoMail(Exception):
    """What the file is instead of a mail, in words that end a sentence."""


@dataclass
class Part:
    """A part of a mail: its fields by their names in small letters, each as it came first, and the
    beginning of its body.
    """

    fields: dict[str, str] = field(default_factory=dict)
    raw: bytearray = field(default_factory=bytearray)

    @property
    def type(self) -> str:
        """Its media type, in small letters (RFC 2045, 5.2)."""
        found = _TYPE.match(self.fields.get("content-type", ""))
        return found[1].lower() if found else "text/plain"

    @property
    def boundary(self) -> bytes | None:
        """What separates its parts, where it has some (RFC 2046, 5.1.1)."""
        if not self.type.startswith("multipart/"):
            return None
        found = _BOUNDARY.search(self.fields.get("content-type", ""))
        return (found[1] or found[2]).rstrip().encode("utf-8", "replace") if found else None

    @property
    def body(self) -> bytes:
        """The beginning of its body, decoded; what cannot be decoded, as it came."""
        encoding = self.fields.get("content-transfer-encoding", "").strip().lower()
        if encoding == "quoted-printable":
            return quopri.decodestring(bytes(self.raw))
        if encoding == "base64":
            packed = re.sub(rb"[^A-Za-z0-9+/]", b"", self.raw)
            return base64.b64decode(packed[: len(packed) // 4 * 4])
        return bytes(self.raw)


def read_parts(data: bytes) -> list[Part]:
    """The parts of a mail, the whole one first, in the order of the file. Raises NoMail."""
    parts = [Part()]
    open_: list[bytes] = []  # boundaries, outermost first
    lines = _Lines(data)
    lines.skip_envelope()
    _read_fields(lines, parts[0])
    if not parts[0].fields:
        raise NoMail("no mail")
    _enter(parts[0], open_)
    current: Part | None = parts[0]
    for _ in range(bounds.DASHES):
        begin = lines.at
        line = lines.next_dashes()
        if current is not None:
            room = bounds.BODY - len(current.raw)
            current.raw += data[begin : min(lines.at - len(line or b""), begin + room)]
        if line is None:
            break
        if found := _delimiter(line, open_):
            level, last = found
            del open_[level if last else level + 1 :]
            current = None
            if not last:
                if len(parts) >= bounds.PARTS:
                    raise NoMail(f"a mail of more than {bounds.PARTS} parts")
                current = Part()
                parts.append(current)
                _read_fields(lines, current)
                _enter(current, open_)
        elif current is not None:
            current.raw += line[: bounds.BODY - len(current.raw)]
    return parts


def fields_of(body: bytes) -> dict[str, str]:
    """The fields at the beginning of a body: those of a mail in a mail, or of a status report."""
    part = Part()
    lines = _Lines(body.lstrip(b"\r\n"))
    lines.skip_envelope()
    _read_fields(lines, part)
    return part.fields


def text_of(value: str) -> str:
    """A field as people read it: encoded words decoded (RFC 2047), as far as they can be."""
    value = value[:_CUT]
    try:
        found = decode_header(value)
        return "".join(
            piece
            if isinstance(piece, str)
            else piece.decode(charset or "raw-unicode-escape", "replace")
            for piece, charset in found
        )
    except (HeaderParseError, LookupError, ValueError):  # an encoding that is none, or a broken one
        return value


@dataclass
class _Lines:
    """Lines with their ends, one after the other."""

    data: bytes
    at: int = 0

    def next(self) -> bytes | None:
        if self.at >= len(self.data):
            return None
        end = self.data.find(b"\n", self.at) + 1 or len(self.data)
        line = self.data[self.at : end]
        self.at = end
        return line

    def next_dashes(self) -> bytes | None:
        """The next line that begins with two hyphens, as all do that separate parts (RFC 2046,
        5.1.1); without any, all is passed over.
        """
        found = self.at
        if not self.data.startswith(b"--", found):
            found = self.data.find(b"\n--", self.at) + 1 or len(self.data)
        self.at = found
        return self.next()

    def skip_envelope(self) -> None:
        """A byte order mark, and the line before a mail in an mbox (RFC 4155)."""
        if self.data.startswith(b"\xef\xbb\xbf", self.at):
            self.at += 3
        if self.data.startswith((b"From ", b">From "), self.at):
            self.next()


def _read_fields(lines: _Lines, part: Part) -> None:
    """The fields up to the empty line. Raises NoMail where there are too many."""
    name, pieces = "", bytearray()

    def keep() -> None:
        if name and name not in part.fields:
            text = bytes(pieces).decode("utf-8", "replace")
            part.fields[name] = re.sub(r"\r?\n", "", text).strip()[: bounds.FIELD]

    number, begin = 0, lines.at
    while True:
        start = lines.at
        if start - begin > bounds.HEAD:
            raise NoMail(f"a mail with a head of more than {bounds.HEAD // 1000} kB")
        line = lines.next()
        if line is None or not line.strip(b"\r\n"):
            break
        if line[:1] in (b" ", b"\t"):
            if len(pieces) < bounds.FIELD:
                pieces += line[: bounds.FIELD]
            continue
        found = _NAME.match(line)
        if found is None:  # the body begins, without an empty line before it
            lines.at = start
            break
        keep()
        number += 1
        if number > bounds.FIELDS:
            raise NoMail(f"a mail of more than {bounds.FIELDS} fields in its head")
        name, pieces = found[1].decode("ascii").lower(), bytearray(found[2][: bounds.FIELD])
    keep()


def _enter(part: Part, open_: list[bytes]) -> None:
    if boundary := part.boundary:
        if len(open_) >= bounds.DEPTH:
            raise NoMail(f"a mail of parts in parts, more than {bounds.DEPTH} deep")
        open_.append(boundary)


def _delimiter(line: bytes, open_: list[bytes]) -> tuple[int, bool] | None:
    """Which boundary a line is, by its level, and whether it is the last one of it."""
    said = line[2:].rstrip()
    for level in reversed(range(len(open_))):
        if said in (open_[level], open_[level] + b"--"):
            return level, said != open_[level]
    return None


# --- What came back: a bounce, a reply, or an automatic one, read from the file of a mail.

_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)
# RFC 3464, 2.3.3; what is not there was relayed, expanded or delivered.
_ACTIONS = {"failed": Kind.BOUNCED}


@dataclass(frozen=True)
class Returned:
    """What a mail says: its kind, the Message-IDs it may answer to, nearest first, the addresses
    that a bounce names, and its gist in one line.
    """

    kind: Kind
    message_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    gist: str


def read_returned(data: bytes, location: Location) -> Returned:
    """Read a mail (.eml). Raises Problems where it is none."""
    try:
        whole, *parts = read_parts(data)
        if not {"from", "subject"} & whole.fields.keys():
            raise NoMail("no mail")
    except NoMail as reason:
        raise DiagnosticsError(
            [
                error(
                    "no-mail",
                    f"This file is {reason}.",
                    location,
                    "Save the mail from the mail program as .eml (often: File → Save as), or note "
                    "it by hand: --note ADDRESS bounced, replied or objected.",
                )
            ]
        ) from None
    if whole.type == "multipart/report" and (reports := _reports(parts)):
        return _bounce(whole, parts, reports)
    fields = whole.fields
    answered = [*_ids(fields, "in-reply-to"), *reversed(_ids(fields, "references"))]
    if _DAEMON.search(text_of(fields.get("from", ""))):
        # Not as RFC 3464 has it: the letter, or what is left of it, stands somewhere inside.
        inside = (one[0] for one in _ID.finditer(data.decode("utf-8", "replace")))
        return Returned(Kind.BOUNCED, _once(chain(answered, inside)), (), _gist(fields))
    # RFC 3834, 5; X-Autoreply and Precedence are what was there before.
    automatic = (
        fields.get("auto-submitted", "").lower() not in ("", "no")
        or "x-autoreply" in fields
        or fields.get("precedence", "").lower() in ("auto_reply", "auto-reply")
    )
    kind = Kind.AUTOMATIC if automatic else Kind.REPLIED
    return Returned(kind, _once(answered), (), _gist(fields))


def _reports(parts: Iterable[Part]) -> list[Mapping[str, str]]:
    """The blocks of fields of a delivery status notification (RFC 3464, 2.1)."""
    return [
        fields_of(block)
        for part in parts
        if part.type == "message/delivery-status"
        for block in re.split(rb"\n\r?\n", part.body)
    ]


def _bounce(whole: Part, parts: Iterable[Part], reports: Iterable[Mapping[str, str]]) -> Returned:
    ids: list[str] = []
    for part in parts:
        if part.type in ("message/rfc822", "text/rfc822-headers"):
            ids += _ids(fields_of(part.body), "message-id")
    addresses, kind, said = [], Kind.AUTOMATIC, []
    for block in reports:
        recipient = block.get("final-recipient") or block.get("original-recipient")
        if not recipient:
            continue
        addresses.append(recipient.partition(";")[2].strip().strip("<>"))
        action = block.get("action", "").lower()
        kind = _ACTIONS.get(action, kind)
        code = block.get("diagnostic-code", "").partition(";")[2] or block.get("status", "")
        said.append(f"{action}: {code.strip()}")
    gist = _line("; ".join(said))
    return Returned(kind, _once(ids), tuple(addresses), gist or _gist(whole.fields))


def _ids(fields: Mapping[str, str], name: str) -> list[str]:
    return _ID.findall(fields.get(name, ""))


def _gist(fields: Mapping[str, str]) -> str:
    parts = (text_of(fields.get(name, "")) for name in ("date", "from", "subject"))
    return _line(" · ".join(filter(None, parts)))


def _line(text: str) -> str:
    """One line that is safe on a terminal: what cannot be printed is left out."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:10_000]).split())[:200]


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    """Each once, the first ones only, and none that cannot be one of ours: they are ASCII."""
    found: dict[str, None] = {}
    for one in ids:
        if len(found) >= bounds.IDENTITIES:
            break
        if one.isascii():
            found[one] = None
    return tuple(found)


# --- What came back → the row of the ledger that it belongs to, and a note there.


def note_returned(
    ledger: Ledger, campaign: str, returned: Returned, now: datetime, location: Location
) -> tuple[Entry, bool]:
    """Note it. The row, and whether it was news. Raises Problems where it is no letter of ours.

    By the Message-ID, in whatever campaign; a bounce without it, by the address in this one. An
    answer to an unknown letter proves that it was accepted.
    """
    entry = ledger.find(returned.message_ids)
    if entry is not None and entry.state is State.UNKNOWN:
        ledger.resolve(entry.campaign, entry.key, now, again=False)
    if entry is None:
        entry = _by_address(ledger, campaign, returned, location)
    known = any(
        (note.key, note.kind, note.text) == (entry.key, returned.kind, returned.gist)
        for note in ledger.notes(entry.campaign)
    )
    if not known:
        ledger.note(entry.campaign, entry.key, returned.kind, returned.gist, now)
    return entry, not known


def _by_address(ledger: Ledger, campaign: str, returned: Returned, location: Location) -> Entry:
    entries = ledger.entries(campaign)
    for text in returned.addresses:
        try:
            key = address.parse(text, location).key
        except DiagnosticsError:
            continue
        if key in entries:
            return entries[key]
    raise DiagnosticsError(
        [
            error(
                "no-letter",
                "This mail answers none of the letters in the ledger.",
                location,
                "Note it by hand: --note ADDRESS bounced, replied or objected.",
            )
        ]
    )
