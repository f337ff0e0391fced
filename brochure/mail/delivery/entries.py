"""Records of the ledger: entries (one per letter) and notes, and how they are read from rows.

A ledger may come from a newer version, a broken disk or a stranger. A record that cannot be read is
never taken for “not sent yet”: see `DeliveryState.UNREADABLE`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from brochure.diagnostics import shortened
from brochure.messages import EMPTY, Message, joined, say

_Test = Callable[[object], bool]


class DeliveryState(StrEnum):
    """What became of a letter. `accepted` means by the mail server; nobody knows if it arrived.

    `unreadable` is never stored: it marks a row that this version cannot read. Its letter may have
    been sent, so it is held back until a person decides.
    """

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


SEND_AGAIN = "to be sent again"  # the text of a note of `NoteKind.RESOLVED`
OPEN_STATES = (DeliveryState.QUEUED, DeliveryState.DEFERRED)  # still to be sent


class NoteKind(StrEnum):
    """What can be noted on an address after a letter was sent.

    `unreadable` is never stored: a note that this version cannot read may be an objection.
    """

    BOUNCED = "bounced"
    REPLIED = "replied"
    AUTOMATIC = "automatic"  # a reply that no person wrote
    OBJECTED = "objected"
    RESOLVED = "resolved"
    UNREADABLE = "unreadable"


#: What the states of letters are called, where people read them.
DELIVERY_STATES: Mapping[DeliveryState, Message] = {
    DeliveryState.QUEUED: say("queued"),
    DeliveryState.SENDING: say("being sent"),
    DeliveryState.ACCEPTED: say("accepted"),
    DeliveryState.REFUSED: say("refused"),
    DeliveryState.DEFERRED: say("deferred"),
    DeliveryState.UNKNOWN: say("unknown"),
    DeliveryState.UNREADABLE: say("unreadable"),
}
#: What is noted of letters, likewise.
NOTE_KINDS: Mapping[NoteKind, Message] = {
    NoteKind.BOUNCED: say("bounced"),
    NoteKind.REPLIED: say("replied"),
    NoteKind.AUTOMATIC: say("automatic reply"),
    NoteKind.OBJECTED: say("objected"),
    NoteKind.RESOLVED: say("resolved"),
    NoteKind.UNREADABLE: say("unreadable"),
}


@dataclass(frozen=True)
class Entry:
    """What the ledger knows of a letter.

    `key` is that of the address. Times are UTC, in ISO 8601; `ending_at` is when the last line was
    about to be sent. `sha256` is the digest of the message as it was sent, `pdf_sha256` that of
    its attachment; `code` and `reply` are the server's last reply. `fault` says which columns
    cannot be read, or is empty.
    """

    campaign: str
    key: str
    address: str
    office: str
    variant: str
    state: DeliveryState
    attempts: int
    queued_at: str
    sending_at: str | None
    ending_at: str | None
    settled_at: str | None
    due_at: str | None
    message_id: str | None
    sha256: str | None
    pdf_sha256: str | None
    size: int | None
    code: int | None
    reply: str | None
    fault: Message = EMPTY


@dataclass(frozen=True)
class Note:
    """A note on an address. `fault` says which columns cannot be read, or is empty."""

    at: str
    campaign: str
    key: str
    kind: NoteKind
    text: str
    fault: Message = EMPTY


def unreadable_notes(notes: Iterable[Note]) -> list[Note]:
    """The notes that cannot be read, unless a person has overruled them since.

    Each may be an objection, so its address gets no mail in any campaign.
    """
    by_key: dict[str, list[Note]] = {}
    for note in notes:
        if note.kind is NoteKind.UNREADABLE:
            by_key.setdefault(note.key, []).append(note)
        elif note.kind is NoteKind.RESOLVED and note.text == SEND_AGAIN:
            by_key.pop(note.key, None)
    return [note for notes_of_one in by_key.values() for note in notes_of_one]


_TIME = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")  # as the ledger stores it
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LARGEST = 10**9  # number of attempts or bytes


def decode_column(data: bytes) -> str | bytes:
    """A text of the database. If it is not UTF-8 it stays bytes, which is valid in no column."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def is_name(value: object) -> bool:
    """Whether a value can name a campaign or an address: it then says which letter a row is for."""
    return isinstance(value, str) and bool(value) and not _CONTROL.search(value)


def entry_of(row: Mapping[str, object]) -> Entry:
    """The entry in a row of `letters` whose `campaign` and `key` are names."""
    faults = [column for column, is_valid in _LETTER.items() if not is_valid(row[column])]
    values: dict[str, Any] = {column: row[column] for column in ("campaign", "key", *_LETTER)}
    if not faults and values["address"].casefold() != values["key"]:
        faults = ["address"]
    if faults:
        defaults: dict[str, Any] = {
            "address": row["key"], "office": "", "variant": "", "attempts": 0,
            "queued_at": "2000-01-01T00:00:00+00:00",
        }  # fmt: skip
        values |= {column: defaults.get(column) for column in faults}
        values["state"] = DeliveryState.UNREADABLE
        values["fault"] = _fault(row, faults)
    for column in ("address", "office", "variant", "reply"):
        values[column] = values[column] and _printable(values[column])
    return Entry(**{**values, "state": DeliveryState(values["state"])})


def note_of(row: Mapping[str, object]) -> Note:
    """The note in a row of `notes` whose `campaign` and `key` are names."""
    faults = [column for column, is_valid in _NOTE.items() if not is_valid(row[column])]
    return Note(
        "" if "at" in faults else str(row["at"]),
        str(row["campaign"]),
        str(row["key"]),
        NoteKind.UNREADABLE if faults else NoteKind(str(row["kind"])),
        "" if "text" in faults else _printable(str(row["text"])),
        _fault(row, faults),
    )


def _fault(row: Mapping[str, object], columns: Iterable[str]) -> Message:
    """What is wrong with these columns: ``state is 'sent'``."""
    return joined(
        (
            say("{column} is {value}", column=column, value=shortened(ascii(row[column])))
            for column in columns
        ),
        ", ",
    )


def _printable(text: str) -> str:
    """Text without control characters, which could do all kinds of things to a terminal."""
    return _CONTROL.sub(" ", text)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _number(value: object) -> bool:
    return isinstance(value, int) and 0 <= value <= _LARGEST


def _time(value: object) -> bool:
    if not (isinstance(value, str) and _TIME.fullmatch(value)):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:  # the thirty-first of February
        return False
    return True


def _or_none(is_valid: _Test) -> _Test:
    return lambda value: value is None or is_valid(value)


def _one_of(words: type[DeliveryState] | type[NoteKind]) -> _Test:
    known = {word.value for word in words} - {DeliveryState.UNREADABLE.value}
    return lambda value: isinstance(value, str) and value in known


_LETTER: Mapping[str, _Test] = {
    "address": is_name,
    "office": _text,
    "variant": _text,
    "state": _one_of(DeliveryState),
    "attempts": _number,
    "queued_at": _time,
    "sending_at": _or_none(_time),
    "ending_at": _or_none(_time),
    "settled_at": _or_none(_time),
    "due_at": _or_none(_time),
    "message_id": _or_none(_text),
    "sha256": _or_none(_text),
    "pdf_sha256": _or_none(_text),
    "size": _or_none(_number),
    "code": _or_none(_number),
    "reply": _or_none(_text),
}
_NOTE: Mapping[str, _Test] = {
    "at": _time,
    "kind": _one_of(NoteKind),
    "text": _text,
}
