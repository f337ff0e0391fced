"""What the mail commands share: a leaflet's ledger, and its campaign."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import click
from click.shell_completion import CompletionItem

from brochure.cli import arguments
from brochure.cli.session import Usage, session_of, wrong_usage
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, in_order
from brochure.mail import history
from brochure.mail.address import parse_address
from brochure.mail.campaign import Campaign, read_campaign, read_mailing
from brochure.mail.delivery.entries import Entry
from brochure.mail.delivery.ledger import Ledger, ledger_path
from brochure.mail.recipients import read_recipients
from brochure.manuscript.variants.resolution import read_bundle
from brochure.messages import say
from brochure.project import Project

Entries = Mapping[str, Entry]


class MailContext:
    """The mail of one leaflet."""

    def __init__(self, project: Project, leaflet: str) -> None:
        self.project, self.leaflet = project, leaflet
        self.path = ledger_path(project)
        self.location = Location(project.show(self.path))

    def campaign(self) -> tuple[Campaign, Entries, tuple[Diagnostic, ...]]:
        """The campaign, its rows in the ledger, and all diagnostics; writes nothing."""
        if not self.has_ledger:
            campaign = read_campaign(self.project, self.leaflet)
            return campaign, {}, campaign.diagnostics
        with self.ledger() as ledger:
            notes = ledger.notes()
            objected = history.objections(notes, self.location)
            campaign = read_campaign(self.project, self.leaflet, objected)
            entries = ledger.entries(campaign.name)
        found = (
            *history.compare(campaign, entries, notes),
            *history.unreadable(entries.values(), notes, self.leaflet, self.location),
        )
        diagnostics = in_order([*campaign.diagnostics, *found])
        return replace(campaign, diagnostics=diagnostics), entries, diagnostics

    @property
    def has_ledger(self) -> bool:
        """Whether something is where the ledger belongs; it need not be one."""
        return os.path.lexists(self.path)

    def ledger(self) -> Ledger:
        """The ledger, opened; made where there is none."""
        return Ledger(self.path, self.location.file)

    def name(self) -> str:
        """The name of the campaign."""
        mailing = read_mailing(self.project, self.leaflet).value.mailing
        return mailing.campaign or self.leaflet

    def key(self, address: str) -> str:
        """The key of an address; one that is not valid is wrong usage."""
        try:
            return parse_address(address, Location("ADDRESS")).key
        except DiagnosticsError as failed:
            raise wrong_usage(failed) from None

    def entry(self, entries: Entries, address: str) -> Entry:
        """The row of an address; that there is none is wrong usage."""
        entry = entries.get(self.key(address))
        if entry is None:
            raise Usage(
                say("The ledger has no letter to {address} in this mailing.", address=address)
            )
        return entry


def complete_address(context: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
    """Addresses of recipients for the shell."""

    def addresses() -> list[str]:
        project, leaflet = session_of(context).project, str(context.params.get("leaflet"))
        recipients = read_recipients(project, leaflet, read_bundle(project, leaflet).regions)
        return [recipient.address.spec for recipient in recipients.rows]

    return arguments.offer(addresses, word)


def now() -> datetime:
    """The time, as it is written into letters."""
    return datetime.now().astimezone()
