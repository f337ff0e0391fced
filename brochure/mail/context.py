"""The mail of one leaflet: its ledger, and its campaign."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, in_order
from brochure.mail import history
from brochure.mail.address import Address, parse_address
from brochure.mail.campaign import Campaign, read_campaign, read_mailing
from brochure.mail.delivery.entries import Entry
from brochure.mail.delivery.ledger import Ledger, ledger_path
from brochure.messages import EMPTY, Message, say
from brochure.project import Project

Entries = Mapping[str, Entry]  # by the keys of their addresses


class WrongRequestError(DiagnosticsError):
    """What somebody asks for cannot be done; no file is wrong."""


def refuse(message: Message, hint: Message = EMPTY) -> NoReturn:
    """Raise a WrongRequestError with this one error."""
    raise WrongRequestError([error("request", message, Location(""), hint)])


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

    def entry(self, entries: Entries, address: str) -> Entry:
        """The row of an address. Raises WrongRequestError if there is none."""
        entry = entries.get(mailbox(address).key)
        if entry is None:
            refuse(say("The ledger has no letter to {address} in this mailing.", address=address))
        return entry


def mailbox(address: str) -> Address:
    """An address that somebody typed. Raises WrongRequestError if it is not valid."""
    try:
        return parse_address(address, Location("ADDRESS"))
    except DiagnosticsError as failed:
        raise WrongRequestError(failed.diagnostics) from None
