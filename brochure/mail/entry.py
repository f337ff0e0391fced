"""The rows of the ledger, and what they can say."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What is known of a letter. `accepted` is by the server, never “delivered”."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"


OPEN = (State.QUEUED, State.DEFERRED)  # what sending works off


class Kind(StrEnum):
    """What can be noted of an address after a letter was sent."""

    BOUNCED = "bounced"
    REPLIED = "replied"
    AUTOMATIC = "automatic"  # a reply that nobody wrote
    OBJECTED = "objected"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Entry:
    """A row. Times are UTC in ISO 8601. `ending`: when the last line was about to go out.

    `sha256` is that of the message as it was sent, `pdf_sha256` that of what was attached; `code`
    and `reply` are the server's last words.
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


@dataclass(frozen=True)
class Note:
    """Something noted of an address."""

    at: str
    campaign: str
    key: str
    kind: Kind
    text: str
