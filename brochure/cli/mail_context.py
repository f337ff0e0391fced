"""What the parts of `brochure mail` share: the project, its ledger, the campaign of a leaflet."""

import os
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from brochure.cli import arguments
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, in_order
from brochure.project import Project

# What is imported inside functions is slow, and not needed by all commands.


class MailContext:
    """Where one leaflet's mail is dealt with."""

    def __init__(self, project: Project, leaflet: str) -> None:
        from brochure.mail.delivery.ledger import ledger_path

        self.project, self.leaflet = project, leaflet
        self.path = ledger_path(project)
        self.location = Location(project.show(self.path))

    def campaign(self) -> tuple[Any, Any, tuple[Diagnostic, ...]]:
        """The campaign, its rows in the ledger, and all complaints; writes nothing."""
        from brochure.mail import history
        from brochure.mail.campaign import read_campaign

        if not self.kept:
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
    def kept(self) -> bool:
        """Whether something lies where the ledger has its place; it need not be one."""
        return os.path.lexists(self.path)

    def ledger(self) -> Any:
        from brochure.mail.delivery.ledger import Ledger

        return Ledger(self.path, self.location.file)

    def name(self) -> str:
        """The name of the campaign."""
        from brochure.mail.campaign import read_mailing

        return read_mailing(self.project, self.leaflet).mailing.campaign or self.leaflet

    def key(self, to: str, option: str) -> str:
        from brochure.mail import address

        try:
            return address.parse(to, Location(option)).key
        except DiagnosticsError as failed:
            raise arguments.wrong_usage(failed) from None

    def entry(self, entries: Any, to: str, option: str) -> Any:
        entry = entries.get(self.key(to, option))
        if entry is None:
            raise click.UsageError(f"The ledger knows no letter to {to} in this mailing.")
        return entry


def now() -> datetime:
    """The time, as it is written into letters."""
    return datetime.now().astimezone()
