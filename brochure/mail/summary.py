"""A mailing in words and as data: its letters, its ledger, and what was noted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import TypedDict, cast

from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.delivery.entries import DELIVERY_STATES, DeliveryState, Entry, Note
from brochure.messages import Message, joined, plural, say


class LetterData(TypedDict):
    """A letter as it would be sent, as JSON data."""

    line: int
    address: str
    office: str
    variant: str | None
    language: str
    subject: str
    text: str
    attachment: str
    bytes: int
    state: str | None


class EntryData(TypedDict):
    """What the ledger knows of a letter, as JSON data: see `Entry`."""

    campaign: str
    key: str
    address: str
    office: str
    variant: str | None
    state: str
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
    fault: str


class NoteData(TypedDict):
    """What was noted of a letter, as JSON data: see `Note`."""

    at: str
    campaign: str
    key: str
    kind: str
    text: str
    fault: str


def size_of(outgoing: OutgoingLetter) -> int:
    """The size of a mail in bytes, near enough: Base64 makes 78 bytes of 57 (RFC 2045, 6.8)."""
    texts = f"{outgoing.letter.text}{outgoing.letter.html}".encode()
    return outgoing.pdf.size * 78 // 57 + len(texts) + 900


def letter_head(campaign: Campaign, outgoing: OutgoingLetter) -> list[tuple[Message, str]]:
    """What stands above a letter: from whom, to whom, about what, with which attachment."""
    sender, to = campaign.sender.address, outgoing.recipient.address
    pages = plural("{n} page", "{n} pages", outgoing.pdf.pages)
    size = say("{size:.0f} kB", size=outgoing.pdf.size / 1000)
    head: list[tuple[Message, str]] = [
        (say("From:"), f"{sender.name} <{sender.spec}>" if sender.name else sender.spec)
    ]
    if campaign.sender.reply_to:
        head.append((say("Reply to:"), campaign.sender.reply_to.spec))
    name = outgoing.pdf.path.name
    return [
        *head,
        (say("To:"), to.spec),
        (say("Subject:"), outgoing.letter.subject),
        (say("Attached:"), say("{file} ({pages}, {size})", file=name, pages=pages, size=size)),
    ]


def letters_to_send(campaign: Campaign, number: int) -> Message:
    """How many letters are about to be sent, by whom, through which server and how fast."""
    return plural(
        "{n} letter from {sender} through {host}, {pace} a minute.",
        "{n} letters from {sender} through {host}, {pace} a minute.",
        number,
        sender=campaign.sender.address.spec,
        host=campaign.server.host,
        pace=campaign.pace,
    )


def counts(entries: Mapping[str, Entry]) -> Message:
    """How many letters are in which state, in words."""
    number = Counter(entry.state for entry in entries.values())
    parts = [
        say("{number} {state}", number=number[state], state=DELIVERY_STATES[state])
        for state in DeliveryState
        if number[state]
    ]
    return joined(parts, ", ") or say("nothing yet")


def letter_data(outgoing: OutgoingLetter, entries: Mapping[str, Entry]) -> LetterData:
    """One letter as JSON data."""
    row, entry = outgoing.recipient, entries.get(outgoing.key)
    return {
        "line": row.location.line,
        "address": row.address.spec,
        "office": row.display_name,
        "variant": row.variant,
        "language": outgoing.letter.language,
        "subject": outgoing.letter.subject,
        "text": outgoing.letter.text,
        "attachment": outgoing.pdf.path.name,
        "bytes": size_of(outgoing),
        "state": entry.state.value if entry else None,
    }


def entry_data(entry: Entry) -> EntryData:
    """What the ledger knows of a letter, as JSON data."""
    return cast("EntryData", {**asdict(entry), "variant": entry.variant or None})


def note_data(note: Note) -> NoteData:
    """A note as JSON data."""
    return cast("NoteData", asdict(note))
