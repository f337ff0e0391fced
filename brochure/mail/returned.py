"""What came back → the row of the ledger that it belongs to, and a note there."""

from datetime import datetime

from brochure.diagnostics import Place, Problems, error
from brochure.mail import address
from brochure.mail.entry import Entry, State
from brochure.mail.ledger import Ledger
from brochure.mail.replies import Returned


def note_returned(
    ledger: Ledger, campaign: str, returned: Returned, now: datetime, place: Place
) -> tuple[Entry, bool]:
    """Note it. The row, and whether it was news. Raises Problems where it is no letter of ours.

    By the Message-ID, in whatever campaign; a bounce without it, by the address in this one. An
    answer to an unknown letter proves that it was accepted.
    """
    entry = ledger.find(returned.message_ids)
    if entry is not None and entry.state is State.UNKNOWN:
        ledger.resolve(entry.campaign, entry.key, now, again=False)
    if entry is None:
        entry = _by_address(ledger, campaign, returned, place)
    known = any(
        (note.key, note.kind, note.text) == (entry.key, returned.kind, returned.gist)
        for note in ledger.notes(entry.campaign)
    )
    if not known:
        ledger.note(entry.campaign, entry.key, returned.kind, returned.gist, now)
    return entry, not known


def _by_address(ledger: Ledger, campaign: str, returned: Returned, place: Place) -> Entry:
    entries = ledger.entries(campaign)
    for text in returned.addresses:
        try:
            key = address.parse(text, place).key
        except Problems:
            continue
        if key in entries:
            return entries[key]
    raise Problems(
        [
            error(
                "no-letter",
                "This mail answers none of the letters in the ledger.",
                place,
                "Note it by hand: --note ADDRESS bounced, replied or objected.",
            )
        ]
    )
