"""A mailing compared with what the ledger knows of it: what a person should look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from brochure.diagnostics import Diagnostic, Location, error, warning
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.delivery.entries import (
    OPEN_STATES,
    DeliveryState,
    Entry,
    Note,
    NoteKind,
    unreadable_notes,
)
from brochure.mail.recipients import BASE_VARIANT
from brochure.messages import say

_WENT_OUT = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.SENDING)


def objections(notes: Sequence[Note], ledger: Location) -> dict[str, Location]:
    """The keys of all addresses that objected to further mail in any campaign, or may have."""
    objected = (note for note in notes if note.kind is NoteKind.OBJECTED)
    return {note.key: ledger for note in (*objected, *unreadable_notes(notes))}


def unreadable(
    entries: Iterable[Entry], notes: Iterable[Note], leaflet: str, ledger: Location
) -> Iterator[Diagnostic]:
    """Warnings about records in the ledger that cannot be read: their letters are held back."""
    for entry in entries:
        if entry.state is DeliveryState.UNREADABLE:
            yield warning(
                "ledger-row",
                say(
                    "The record of `{address}` in the campaign `{campaign}` cannot be read "
                    "({reason}), so nothing is sent to this address.",
                    address=entry.address,
                    campaign=entry.campaign,
                    reason=entry.fault,
                ),
                ledger,
                say(
                    "If a newer version of brochure wrote it, update brochure. Otherwise say what "
                    "became of the letter: `brochure mail resolve {leaflet} {address} sent` (or "
                    "`again`).",
                    leaflet=leaflet,
                    address=entry.key,
                ),
            )
    for note in unreadable_notes(notes):
        yield warning(
            "ledger-row",
            say(
                "A note on `{address}` in the campaign `{campaign}` cannot be read ({reason}). "
                "It may be an objection, so nothing is sent to this address.",
                address=note.key,
                campaign=note.campaign,
                reason=note.fault,
            ),
            ledger,
            say(
                "If a newer version of brochure wrote it, update brochure. Otherwise, if it is "
                "not an objection: `brochure mail resolve {leaflet} {address} again`.",
                leaflet=leaflet,
                address=note.key,
            ),
        )


def compare(
    campaign: Campaign, entries: Mapping[str, Entry], notes: Sequence[Note]
) -> Iterator[Diagnostic]:
    """What has changed in the list since letters were sent, and which of them came back."""
    bounced = {note.key: note for note in notes if note.kind is NoteKind.BOUNCED}
    offices = {
        (entry.office.casefold(), entry.variant): entry
        for entry in entries.values()
        if entry.office
        and entry.key not in campaign.listed
        and entry.key not in bounced
        and entry.state in (*_WENT_OUT, DeliveryState.UNREADABLE)
    }
    for outgoing in campaign.outgoing:
        entry = entries.get(outgoing.key)
        if entry is None or entry.state in OPEN_STATES:
            yield from _same_office(campaign, outgoing, offices)
            if outgoing.key in bounced:
                yield _bounced(outgoing, bounced[outgoing.key])
        elif entry.state in _WENT_OUT and entry.variant != (outgoing.recipient.variant or ""):
            yield warning(
                "variant-changed",
                say(
                    "`{address}` was sent the variant `{sent}`, but the list now says `{listed}`.",
                    address=entry.address,
                    sent=entry.variant or BASE_VARIANT,
                    listed=outgoing.recipient.variant or BASE_VARIANT,
                ),
                outgoing.recipient.location_of("variant"),
                say("It gets no second letter. If it got the wrong one, write to it yourself."),
            )
    for entry in entries.values():
        if entry.key not in campaign.listed and entry.state in OPEN_STATES:
            yield warning(
                "not-in-list",
                say(
                    "A letter to `{address}` is still waiting, but the address is no longer in "
                    "the list.",
                    address=entry.address,
                ),
                campaign.recipients[0].location if campaign.recipients else campaign.location,
                say("It is not sent. If it should be, put the address back in the list."),
            )


def _same_office(
    campaign: Campaign, outgoing: OutgoingLetter, offices: Mapping[tuple[str, str], Entry]
) -> Iterator[Diagnostic]:
    """An error if an office has been written to at an address that is no longer in the list."""
    row = outgoing.recipient
    earlier = offices.get((row.display_name.casefold(), row.variant or ""))
    if earlier is None:
        return
    office, address = row.display_name, earlier.address
    yield error(
        "office-again",
        say(
            "“{office}” may have been sent its letter at `{address}`.",
            office=office,
            address=address,
        )
        if earlier.state is DeliveryState.UNREADABLE
        else say("“{office}” was sent its letter at `{address}`.", office=office, address=address),
        row.location_of("email"),
        say(
            "Delete this row. If that letter came back, note it: `brochure mail note {leaflet} "
            "{address} bounced`. If this is a different office, give it a different name.",
            leaflet=campaign.leaflet,
            address=address,
        ),
    )


def _bounced(outgoing: OutgoingLetter, note: Note) -> Diagnostic:
    return warning(
        "bounced",
        say(
            "A letter to `{address}` came back on {date} ({reason}).",
            address=outgoing.recipient.address.spec,
            date=note.at[:10],
            reason=note.text,
        ),
        outgoing.recipient.location_of("email"),
        say("Look for another address of this office."),
    )
