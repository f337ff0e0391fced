"""What is printed of a mailing: the list, a letter, the ledger."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from brochure.cli import arguments
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.delivery.entries import Entry, Note, State

_OFFICE, _SUBJECT = 30, 50  # characters


def list_of(pieces: Sequence[OutgoingLetter]) -> list[str]:
    """A line a letter: line of the list, address, office, variant, size of the mail, subject."""
    rows = [
        (
            str(piece.recipient.location.line),
            piece.recipient.address.spec,
            _cut(piece.recipient.called, _OFFICE),
            piece.recipient.variant or "base",
            f"{size(piece) / 1000:.0f} kB",
            _cut(piece.letter.subject, _SUBJECT),
        )
        for piece in pieces
    ]
    return _table(rows, right=(0, 4))


def size(piece: OutgoingLetter) -> int:
    """The size of a mail in bytes, near enough: Base64 makes 78 bytes of 57 (RFC 2045, 6.8)."""
    return piece.pdf.size * 78 // 57 + len(f"{piece.letter.text}{piece.letter.html}".encode()) + 900


def shown(campaign: Campaign, piece: OutgoingLetter) -> str:
    """One letter, as it is read."""
    sender, to = campaign.sender.address, piece.recipient.address
    pages = arguments.count(piece.pdf.pages, "page")
    head = [
        f"From:     {sender.name} <{sender.spec}>" if sender.name else f"From:     {sender.spec}"
    ]
    if campaign.sender.reply_to:
        head.append(f"Reply-To: {campaign.sender.reply_to.spec}")
    head += [
        f"To:       {to.spec}",
        f"Subject:  {piece.letter.subject}",
        f"Attached: {piece.pdf.path.name} ({pages}, {piece.pdf.size / 1000:.0f} kB)",
        "",
        piece.letter.text.rstrip(),
    ]
    return "\n".join(f"    {line}".rstrip() for part in head for line in part.split("\n"))


def counts(entries: Mapping[str, Entry]) -> str:
    """How many letters are in which state, in words."""
    number = Counter(entry.state for entry in entries.values())
    said = {State.ACCEPTED: "accepted by the server"}
    parts = [f"{number[state]} {said.get(state, state)}" for state in State if number[state]]
    return ", ".join(parts) or "nothing yet"


def status(entries: Mapping[str, Entry], notes: Sequence[Note]) -> list[str]:
    """A line a letter that needs a look, or of which something was noted; then all the others."""
    noted: dict[str, list[str]] = {}
    for note in notes:
        noted.setdefault(note.key, []).append(f"{note.kind} {note.at[:10]}")
    rows = [
        (
            entry.state.value,
            entry.address,
            _cut(entry.office, _OFFICE),
            entry.variant or "base",
            _local(entry.settled_at or entry.sending_at),
            "; ".join(filter(None, [_reason(entry), *noted.get(entry.key, [])])),
        )
        for entry in sorted(entries.values(), key=lambda e: _ORDER.index(e.state))
    ]
    return _table(rows, right=())


_ORDER = [
    State.UNREADABLE, State.UNKNOWN, State.REFUSED, State.DEFERRED, State.SENDING, State.QUEUED,
    State.ACCEPTED,
]  # fmt: skip


def as_csv(entries: Mapping[str, Entry], notes: Sequence[Note]) -> str:
    """The ledger of a campaign: a row a letter, RFC 4180, with what was noted in the last column.

    A text that a spreadsheet would take for a formula is kept one by an apostrophe.
    """
    noted: dict[str, list[str]] = {}
    for note in notes:
        noted.setdefault(note.key, []).append(f"{note.at} {note.kind}: {note.text}")
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow([*(field.name for field in fields(Entry)), "notes"])
    for entry in entries.values():
        cells = [*asdict(entry).values(), " | ".join(noted.get(entry.key, []))]
        writer.writerow(["" if cell is None else _harmless(str(cell)) for cell in cells])
    return output.getvalue()


def as_data(piece: OutgoingLetter, entries: Mapping[str, Entry]) -> dict[str, Any]:
    """One letter as JSON data."""
    row, entry = piece.recipient, entries.get(piece.key)
    return {
        "line": row.location.line,
        "address": row.address.spec,
        "office": row.called,
        "variant": row.variant,
        "language": piece.letter.language,
        "subject": piece.letter.subject,
        "text": piece.letter.text,
        "attachment": piece.pdf.path.name,
        "bytes": size(piece),
        "state": entry.state.value if entry else None,
    }


def _reason(entry: Entry) -> str:
    if entry.state is State.ACCEPTED:
        return ""
    if entry.fault:
        return _cut(entry.fault, 90)
    words = f"{entry.code or ''} {entry.reply or ''}".strip()
    again = f", again {_local(entry.due_at)}" if entry.due_at else ""
    return _cut(words, 90) + again


def _local(time: str | None) -> str:
    return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M") if time else ""


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _table(rows: Sequence[Sequence[str]], right: tuple[int, ...]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
