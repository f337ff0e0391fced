"""What people say became of letters, recorded in the ledger."""

from datetime import datetime

from brochure.mail.context import MailContext, mailbox, refuse
from brochure.mail.delivery.entries import DELIVERY_STATES, Entry, NoteKind
from brochure.mail.delivery.lock import only_sender
from brochure.mail.delivery.send import queue_row
from brochure.messages import say


def resolve(context: MailContext, address: str, now: datetime, *, again: bool) -> Entry:
    """Decide about a letter whose outcome is unknown: it was sent, or it is to be sent *again*.

    The entry as it is then. Raises WrongRequestError if there is nothing to decide, and
    DiagnosticsError.
    """
    name = context.name()
    with only_sender(context.project), context.ledger() as ledger:
        ledger.recover(name, now)
        entry = context.entry(ledger.entries(name), address)
        if not ledger.resolve(name, entry.key, now, again=again):
            refuse(
                say(
                    "There is nothing to resolve: the letter to {address} is {state}.",
                    address=entry.address,
                    state=DELIVERY_STATES[entry.state],
                )
            )
        return ledger.entries(name)[entry.key]


def note(context: MailContext, address: str, kind: NoteKind, text: str, now: datetime) -> None:
    """Note what came back of a letter. Raises WrongRequestError and DiagnosticsError."""
    name = context.name()
    with context.ledger() as ledger:
        entry = context.entry(ledger.entries(name), address)
        ledger.note(name, entry.key, kind, text, now)


def note_sent_by_hand(context: MailContext, address: str, text: str, now: datetime) -> None:
    """Note that a letter was sent by hand. Raises WrongRequestError and DiagnosticsError."""
    campaign, _, _ = context.campaign()
    key = mailbox(address).key
    outgoing = next((one for one in campaign.outgoing if one.key == key), None)
    if outgoing is None:
        refuse(
            say(
                "This mailing has no letter to {address}, or the address must not be mailed.",
                address=address,
            )
        )
    remark = f"sent by hand: {text}" if text else "sent by hand"
    with context.ledger() as ledger:
        if not ledger.record_sent_by_hand(campaign.name, queue_row(outgoing), now, remark):
            refuse(say("The letter to {address} has been sent already.", address=address))
