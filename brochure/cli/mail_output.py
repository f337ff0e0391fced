"""What is printed of a mailing: the list, a letter, the ledger."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime

from brochure.cli.output import Output
from brochure.cli.tables import Cell, print_table
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.delivery.entries import DELIVERY_STATES, NOTE_KINDS, DeliveryState, Entry, Note
from brochure.mail.summary import letter_head, size_of
from brochure.messages import EMPTY, Message, joined, say

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


def print_letter(output: Output, campaign: Campaign, outgoing: OutgoingLetter) -> None:
    """One letter, as it is read."""
    head = letter_head(campaign, outgoing)
    output.note("")
    width = max(len(output.words(key)) for key, _ in head)
    for key, value in head:
        output.note(f"    {output.words(key):{width}} {output.words(value)}".rstrip())
    output.note("")
    for line in outgoing.letter.text.rstrip().split("\n"):
        output.note(f"    {line}".rstrip())
    output.note("")


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
