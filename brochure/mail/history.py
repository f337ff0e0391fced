"""The list as it is now, against what the ledger knows: what a person should look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from brochure.diagnostics import Diagnostic, Location, error, warning
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.delivery.entries import OPEN, Entry, Kind, Note, State, unread

_WENT_OUT = (State.ACCEPTED, State.UNKNOWN, State.SENDING)


def objections(notes: Sequence[Note], ledger: Location) -> dict[str, Location]:
    """The keys of all who objected to further mail, in whatever campaign, or may have."""
    objected = (note for note in notes if note.kind is Kind.OBJECTED)
    return {note.key: ledger for note in (*objected, *unread(notes))}


def unreadable(
    entries: Iterable[Entry], notes: Iterable[Note], leaflet: str, ledger: Location
) -> Iterator[Diagnostic]:
    """What of the ledger cannot be understood: its letters are held back."""
    word = f"brochure mail {leaflet} --resolve"
    for entry in entries:
        if entry.state is State.UNREADABLE:
            yield warning(
                "ledger-row",
                f"The row of `{entry.address}` in the campaign `{entry.campaign}` cannot be "
                f"understood ({entry.fault}), so nothing is sent there.",
                ledger,
                "Update brochure, if a newer one wrote it. Else say what became of the letter: "
                f"{word} {entry.key} sent, or again.",
            )
    for note in unread(notes):
        yield warning(
            "ledger-row",
            f"A note on `{note.key}` in the campaign `{note.campaign}` cannot be understood "
            f"({note.fault}). It may be an objection, so nothing is sent there.",
            ledger,
            "Update brochure, if a newer one wrote it. Else, if it is none: "
            f"{word} {note.key} again.",
        )


def compare(
    campaign: Campaign, entries: Mapping[str, Entry], notes: Sequence[Note]
) -> Iterator[Diagnostic]:
    """What has changed since letters went out, and what became of earlier ones."""
    bounced = {note.key: note for note in notes if note.kind is Kind.BOUNCED}
    listed = campaign.listed
    offices = {
        (entry.office.casefold(), entry.variant): entry
        for entry in entries.values()
        if entry.office
        and entry.key not in listed
        and entry.key not in bounced
        and entry.state in (*_WENT_OUT, State.UNREADABLE)
    }
    for piece in campaign.pieces:
        entry = entries.get(piece.key)
        if entry is None or entry.state in OPEN:
            yield from _office(campaign, piece, offices)
            if piece.key in bounced:
                yield _bounced(piece, bounced[piece.key])
        elif entry.state in _WENT_OUT and entry.variant != (piece.recipient.variant or ""):
            yield warning(
                "variant-changed",
                f"`{entry.address}` has got the variant `{entry.variant or 'base'}`, and the list "
                f"now says `{piece.recipient.variant or 'base'}`.",
                piece.recipient.location_of("variant"),
                "It gets no second letter. If it got the wrong one, write to it yourself.",
            )
    for entry in entries.values():
        if entry.key not in listed and entry.state in OPEN:
            yield warning(
                "not-in-list",
                f"`{entry.address}` was to get a letter, and is no longer in the list.",
                campaign.recipients[0].location if campaign.recipients else campaign.location,
                "It gets none. Write it into the list again if it should.",
            )


def _office(
    campaign: Campaign, piece: OutgoingLetter, offices: Mapping[tuple[str, str], Entry]
) -> Iterator[Diagnostic]:
    row = piece.recipient
    earlier = offices.get((row.called.casefold(), row.variant or ""))
    if earlier is not None:
        has = "may have" if earlier.state is State.UNREADABLE else "has"
        yield error(
            "office-again",
            f"“{row.called}” {has} got its letter already, at `{earlier.address}`.",
            row.location_of("email"),
            f"Delete this row. If that letter came back, say so: brochure mail {campaign.leaflet} "
            f"--note {earlier.address} bounced. If it is another office, name it so.",
        )


def _bounced(piece: OutgoingLetter, note: Note) -> Diagnostic:
    return warning(
        "bounced",
        f"A letter to `{piece.recipient.address.spec}` came back on {note.at[:10]} ({note.text}).",
        piece.recipient.location_of("email"),
        "Look for another address of this office.",
    )
