"""The rows of the ledger, and what they can say."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


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
