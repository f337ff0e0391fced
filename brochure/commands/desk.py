"""What the parts of `brochure mail` share: the project, its ledger, the campaign of a leaflet."""

import os
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from brochure.commands import common
from brochure.diagnostics import Diagnostic, Place, Problems, in_order
from brochure.project import Project

# What is imported inside functions is slow, and not needed by all commands.


class Desk:
    """Where one leaflet's mail is dealt with."""

    def __init__(self, project: Project, leaflet: str) -> None:
        from brochure.mail.ledgerfile import ledger_path

        self.project, self.leaflet = project, leaflet
        self.path = ledger_path(project)
        self.place = Place(project.show(self.path))

    def campaign(self) -> tuple[Any, Any, tuple[Diagnostic, ...]]:
        """The campaign, its rows in the ledger, and all complaints; writes nothing."""
        from brochure.mail import history
        from brochure.mail.campaign import read_campaign

        if not self.kept:
            campaign = read_campaign(self.project, self.leaflet)
            return campaign, {}, campaign.diagnostics
        with self.ledger() as ledger:
            notes = ledger.notes()
            objected = history.objections(notes, self.place)
            campaign = read_campaign(self.project, self.leaflet, objected)
            entries = ledger.entries(campaign.name)
        found = (
            *history.compare(campaign, entries, notes),
            *history.unreadable(entries.values(), notes, self.leaflet, self.place),
        )
        complaints = in_order([*campaign.diagnostics, *found])
        return replace(campaign, diagnostics=complaints), entries, complaints

    @property
    def kept(self) -> bool:
        """Whether something lies where the ledger has its place; it need not be one."""
        return os.path.lexists(self.path)

    def ledger(self) -> Any:
        from brochure.mail.ledger import Ledger

        return Ledger(self.path, self.place.file)

    def name(self) -> str:
        """The name of the campaign."""
        from brochure.mail.mailing import read_mailing

        return read_mailing(self.project, self.leaflet).mailing.campaign or self.leaflet

    def key(self, to: str, option: str) -> str:
        from brochure.mail import address

        try:
            return address.parse(to, Place(option)).key
        except Problems as problems:
            raise common.wrong_usage(problems) from None

    def entry(self, entries: Any, to: str, option: str) -> Any:
        entry = entries.get(self.key(to, option))
        if entry is None:
            raise click.UsageError(f"The ledger knows no letter to {to} in this mailing.")
        return entry


def now() -> datetime:
    """The time, as it is written into letters."""
    return datetime.now().astimezone()
