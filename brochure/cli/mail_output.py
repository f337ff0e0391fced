"""What is printed of a mailing: the list, a letter, the ledger."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import TypedDict, cast

from brochure.cli.output import Output
from brochure.cli.tables import Cell, print_table
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.delivery.entries import DELIVERY_STATES, NOTE_KINDS, DeliveryState, Entry, Note
from brochure.messages import EMPTY, Message, joined, plural, say

_OFFICE, _SUBJECT, _REASON = 30, 50, 90  # characters
_COLOURS = {
    DeliveryState.ACCEPTED: "green",
    DeliveryState.REFUSED: "red",
    DeliveryState.UNKNOWN: "red",
    DeliveryState.UNREADABLE: "red",
    DeliveryState.DEFERRED: "yellow",
}
# What needs a look comes first.
_ORDER = [
    DeliveryState.UNREADABLE, DeliveryState.UNKNOWN, DeliveryState.REFUSED,
    DeliveryState.DEFERRED, DeliveryState.SENDING, DeliveryState.QUEUED, DeliveryState.ACCEPTED,
]  # fmt: skip


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


def print_list(output: Output, letters: Sequence[OutgoingLetter]) -> None:
    """A row a letter: line of the list, address, office, variant, size of the mail, subject."""
    print_table(
        output,
        [
            (
                Cell(str(outgoing.recipient.location.line)),
                Cell(outgoing.recipient.address.spec),
                Cell(_cut(outgoing.recipient.display_name, _OFFICE)),
                Cell(outgoing.recipient.variant or say("base")),
                Cell(say("{size:.0f} kB", size=size_of(outgoing) / 1000)),
                Cell(_cut(outgoing.letter.subject, _SUBJECT)),
            )
            for outgoing in letters
        ],
        right=(0, 4),
    )


def size_of(outgoing: OutgoingLetter) -> int:
    """The size of a mail in bytes, near enough: Base64 makes 78 bytes of 57 (RFC 2045, 6.8)."""
    texts = f"{outgoing.letter.text}{outgoing.letter.html}".encode()
    return outgoing.pdf.size * 78 // 57 + len(texts) + 900


def print_letter(output: Output, campaign: Campaign, outgoing: OutgoingLetter) -> None:
    """One letter, as it is read."""
    sender, to = campaign.sender.address, outgoing.recipient.address
    pages = plural("{n} page", "{n} pages", outgoing.pdf.pages)
    size = say("{size:.0f} kB", size=outgoing.pdf.size / 1000)
    head: list[tuple[Message, str]] = [
        (say("From:"), f"{sender.name} <{sender.spec}>" if sender.name else sender.spec)
    ]
    if campaign.sender.reply_to:
        head.append((say("Reply to:"), campaign.sender.reply_to.spec))
    name = outgoing.pdf.path.name
    head += [
        (say("To:"), to.spec),
        (say("Subject:"), outgoing.letter.subject),
        (say("Attached:"), say("{file} ({pages}, {size})", file=name, pages=pages, size=size)),
    ]
    output.note("")
    width = max(len(output.words(key)) for key, _ in head)
    for key, value in head:
        output.note(f"    {output.words(key):{width}} {output.words(value)}".rstrip())
    output.note("")
    for line in outgoing.letter.text.rstrip().split("\n"):
        output.note(f"    {line}".rstrip())
    output.note("")


def counts(entries: Mapping[str, Entry]) -> Message:
    """How many letters are in which state, in words."""
    number = Counter(entry.state for entry in entries.values())
    parts = [
        say("{number} {state}", number=number[state], state=DELIVERY_STATES[state])
        for state in DeliveryState
        if number[state]
    ]
    return joined(parts, ", ") or say("nothing yet")


def print_status(output: Output, entries: Mapping[str, Entry], notes: Iterable[Note]) -> None:
    """A row a letter: those that need a look come first, with what was noted of them."""
    noted: dict[str, list[Message]] = {}
    for note in notes:
        text = say("{kind} {day}", kind=NOTE_KINDS[note.kind], day=note.at[:10])
        noted.setdefault(note.key, []).append(text)
    print_table(
        output,
        [
            (
                Cell(DELIVERY_STATES[entry.state], _COLOURS.get(entry.state, "")),
                Cell(entry.address),
                Cell(_cut(entry.office, _OFFICE)),
                Cell(entry.variant or say("base")),
                Cell(_local(entry.settled_at or entry.sending_at)),
                Cell(joined([_reason(entry), *noted.get(entry.key, [])], "; ")),
            )
            for entry in sorted(entries.values(), key=lambda e: _ORDER.index(e.state))
        ],
    )


def as_csv(entries: Mapping[str, Entry], notes: Iterable[Note]) -> str:
    """The ledger of a campaign: a row a letter, RFC 4180, with what was noted in the last column.

    A text that a spreadsheet would take for a formula begins with an apostrophe, so that it is not.
    """
    noted: dict[str, list[str]] = {}
    for note in notes:
        noted.setdefault(note.key, []).append(f"{note.at} {note.kind}: {note.text}")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*(field.name for field in fields(Entry)), "notes"])
    for entry in entries.values():
        cells = [*asdict(entry).values(), " | ".join(noted.get(entry.key, []))]
        writer.writerow(["" if cell is None else _no_formula(str(cell)) for cell in cells])
    return text.getvalue()


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


def _reason(entry: Entry) -> Message:
    if entry.state is DeliveryState.ACCEPTED:
        return EMPTY
    if entry.fault:
        return entry.fault
    words = _cut(f"{entry.code or ''} {entry.reply or ''}".strip(), _REASON)
    if entry.due_at:
        return say("{reply}, again {time}", reply=words, time=_local(entry.due_at))
    return say("{reply}", reply=words)


def _local(time: str | None) -> str:
    return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M") if time else ""


def _no_formula(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
