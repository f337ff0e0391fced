"""The rows of the ledger, and what they can say."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from brochure.diagnostics import shortened


class State(StrEnum):
    """What is known of a letter. `accepted` is by the server, never “delivered”.

    `unreadable` is never written: it stands for a row that this version does not understand. Its
    letter may have gone out, so it is held back until a person says.
    """

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


AGAIN = "to be sent again"  # the text of a note of `Kind.RESOLVED`
OPEN = (State.QUEUED, State.DEFERRED)  # what sending works off


class Kind(StrEnum):
    """What can be noted of an address after a letter was sent.

    `unreadable` is never written: a note that this version does not understand may be an objection.
    """

    BOUNCED = "bounced"
    REPLIED = "replied"
    AUTOMATIC = "automatic"  # a reply that nobody wrote
    OBJECTED = "objected"
    RESOLVED = "resolved"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Entry:
    """A row. Times are UTC in ISO 8601. `ending`: when the last line was about to go out.

    `sha256` is that of the message as it was sent, `pdf_sha256` that of what was attached; `code`
    and `reply` are the server's last words. `fault`: what of the row cannot be understood.
    """

    campaign: str
    key: str
    address: str
    office: str
    variant: str
    state: State
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
    fault: str = ""


@dataclass(frozen=True)
class Note:
    """Something noted of an address. `fault`: what of it cannot be understood."""

    at: str
    campaign: str
    key: str
    kind: Kind
    text: str
    fault: str = ""


def unread(notes: Iterable[Note]) -> list[Note]:
    """The notes that cannot be read and still count: no later word has overruled them.

    One may be an objection, so its address gets nothing, in whatever campaign.
    """
    found: dict[str, list[Note]] = {}
    for note in notes:
        if note.kind is Kind.UNREADABLE:
            found.setdefault(note.key, []).append(note)
        elif note.kind is Kind.RESOLVED and note.text == AGAIN:
            found.pop(note.key, None)
    return [note for of_one in found.values() for note in of_one]


# --- Rows of the ledger's file → entries and notes; whatever is not as we write it, is said.
#
# A ledger may come from a newer version, from a broken disk or from a stranger. What cannot be
# understood is never taken for “not sent yet”: see `State.UNREADABLE`.

_TIME = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")  # as the ledger writes it
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MOST = 10**9  # of a number: attempts, bytes


def text_of(data: bytes) -> str | bytes:
    """A text of the database; what is not UTF-8 stays bytes, which no column may have."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def is_name(value: object) -> bool:
    """Whether a value can say which letter a row is about: a campaign, or the key of an address."""
    return isinstance(value, str) and bool(value) and not _CONTROL.search(value)


def entry_of(row: Mapping[str, Any]) -> Entry:
    """A row of `letters`, whose campaign and key are names."""
    faults = [name for name, fine in _LETTER.items() if not fine(row[name])]
    if not faults and row["address"].casefold() != row["key"]:
        faults = ["address"]
    values = {name: row[name] for name in ("campaign", "key", *_LETTER)}
    if faults:
        defaults: dict[str, Any] = {
            "address": row["key"], "office": "", "variant": "", "attempts": 0,
            "queued_at": "2000-01-01T00:00:00+00:00",
        }  # fmt: skip
        values |= {name: defaults.get(name) for name in faults}
        values["state"] = State.UNREADABLE
        values["fault"] = _fault(row, faults)
    for name in ("address", "office", "variant", "reply"):
        values[name] = values[name] and _harmless(values[name])
    return Entry(**{**values, "state": State(values["state"])})


def note_of(row: Mapping[str, Any]) -> Note:
    """A row of `notes`, whose campaign and key are names."""
    faults = [name for name, fine in _NOTE.items() if not fine(row[name])]
    return Note(
        "" if "at" in faults else row["at"],
        row["campaign"],
        row["key"],
        Kind.UNREADABLE if faults else Kind(row["kind"]),
        "" if "text" in faults else _harmless(row["text"]),
        _fault(row, faults),
    )


def _fault(row: Mapping[str, Any], faults: list[str]) -> str:
    """What is wrong, in a few words: ``state is 'sent'``."""
    return ", ".join(f"{name} is {shortened(ascii(row[name]))}" for name in faults)


def _harmless(text: str) -> str:
    """Without what would move the cursor of a terminal, or worse."""
    return _CONTROL.sub(" ", text)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _number(value: object) -> bool:
    return isinstance(value, int) and 0 <= value <= _MOST


def _time(value: object) -> bool:
    if not (isinstance(value, str) and _TIME.fullmatch(value)):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:  # the thirty-first of February
        return False
    return True


def _or_none(fine: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or fine(value)


def _one_of(words: type[State] | type[Kind]) -> Callable[[object], bool]:
    known = {word.value for word in words} - {State.UNREADABLE.value}
    return lambda value: isinstance(value, str) and value in known


_LETTER: Mapping[str, Callable[[object], bool]] = {
    "address": is_name,
    "office": _text,
    "variant": _text,
    "state": _one_of(State),
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
_NOTE: Mapping[str, Callable[[object], bool]] = {
    "at": _time,
    "kind": _one_of(Kind),
    "text": _text,
}
