"""From a campaign to letters on their way: what has to be so before the first of them is sent."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from brochure.diagnostics import DiagnosticsError, fail
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.context import Entries, MailContext, refuse
from brochure.mail.delivery.entries import Entry
from brochure.mail.delivery.ledger import Ledger
from brochure.mail.delivery.lock import only_sender
from brochure.mail.delivery.password import Password
from brochure.mail.delivery.send import Event, Sending, open_letters, queue_campaign
from brochure.mail.delivery.smtp import Connection, Timeouts, Unreachable
from brochure.messages import plural, say
from brochure.project import Project


class CampaignError(DiagnosticsError):
    """A campaign has errors, so nothing of it may be sent."""


@dataclass(frozen=True)
class Dispatch:
    """A campaign in which nothing is wrong, as long as the lock of sending is held.

    `recovered` are letters that a sender left behind when it died; `entries` are all letters that
    the ledger knows, `outgoing` those that are still to be sent.
    """

    project: Project
    campaign: Campaign
    ledger: Ledger
    recovered: tuple[Entry, ...]
    entries: Entries
    outgoing: tuple[OutgoingLetter, ...]

    def check_count(self, number: int) -> None:
        """Raise WrongRequestError unless this is the number of letters."""
        if number != len(self.outgoing):
            refuse(
                plural(
                    "There is {n} letter, not {typed}. Nothing was sent.",
                    "There are {n} letters, not {typed}. Nothing was sent.",
                    len(self.outgoing),
                    typed=number,
                )
            )

    def run(
        self,
        password: Password,
        connection: Connection,
        stop: threading.Event,
        clock: Callable[[], datetime],
    ) -> Generator[Event, None, None]:
        """Send them, over a connection that is logged in; events as they happen, until `stop`."""
        queue_campaign(self.campaign, self.ledger, clock())
        waiting = [connection]
        return Sending(
            self.project,
            self.campaign,
            self.ledger,
            lambda: waiting.pop() if waiting else _connection(self.campaign, password),
            lambda seconds: not stop.wait(seconds),
            clock,
        ).run()


@contextmanager
def dispatch(context: MailContext, now: datetime) -> Iterator[Dispatch]:
    """A campaign to be sent; for the time of the block, nobody else sends from this project.

    Raises CampaignError if anything in it is wrong, and DiagnosticsError.
    """
    with only_sender(context.project):
        campaign, _, diagnostics = context.campaign()
        if not campaign.sendable:
            raise CampaignError(diagnostics)
        with context.ledger() as ledger:
            recovered = ledger.recover(campaign.name, now)
            entries = ledger.entries(campaign.name)
            outgoing = open_letters(campaign, entries)
            yield Dispatch(context.project, campaign, ledger, tuple(recovered), entries, outgoing)


def log_in(campaign: Campaign, password: Password) -> Connection:
    """A connection to the server of a campaign. Raises DiagnosticsError."""
    try:
        return _connection(campaign, password)
    except Unreachable as failure:
        fail(
            "unreachable",
            say(
                "`{host}` cannot be reached on port {port} ({reason}).",
                host=campaign.server.host,
                port=campaign.server.port_number,
                reason=failure.reason,
            ),
            campaign.location,
            say(
                "Are you online? Are name, port and `security` as your mail provider says? "
                "Nothing was sent."
            ),
        )


def _connection(campaign: Campaign, password: Password) -> Connection:
    return Connection(campaign.server, campaign.user, password.text, campaign.location, Timeouts())
