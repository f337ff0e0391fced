"""The mail of a project's leaflets: what is known of it, and all that can be done, as the command
line does it. Nothing is sent, noted or written here that `brochure mail` would refuse.
"""

import hashlib
import os
import threading
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, in_order
from brochure.isolation import Worker
from brochure.mail import decisions
from brochure.mail.campaign import Campaign
from brochure.mail.context import Entries, MailContext
from brochure.mail.delivery.entries import NOTE_KINDS, DeliveryState, Note, NoteKind
from brochure.mail.delivery.lock import is_sending
from brochure.mail.delivery.send import open_letters
from brochure.mail.drafts import draft_message, draft_name, write_drafts
from brochure.mail.feedback import note_returned, read_returned
from brochure.mail.recipients import RECIPIENTS_FILE, Recipient, check_list, read_recipients
from brochure.mail.suppression import SUPPRESSION_FILE
from brochure.manuscript.variants.regions import REGIONS_FILE
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import plain
from brochure.messages import EMPTY, catalogue, joined, plural, say
from brochure.project import MAIL, MANUSCRIPT, Project
from brochure.starters import create_mailing
from brochure.studio.answers import Download, Json
from brochure.studio.builds import Builds
from brochure.studio.letters import LetterEditing
from brochure.studio.mail_jobs import MailJobs, ensure_saved, now, sendable_campaign, text_in
from brochure.studio.mailing_data import Reading, overview_data
from brochure.studio.places import FormPaths
from brochure.studio.refusal import Refusal, malformed, too_large

_NOTES = {kind.value: kind for kind in (NoteKind.BOUNCED, NoteKind.REPLIED, NoteKind.OBJECTED)}
_BY_HAND = "by-hand"
_FORMER = 1_000  # former lists that are kept
_WORD_PROCESSOR = b"PK\x03\x04"  # of Excel and LibreOffice as well


class Mailings:
    """The mail of a project's leaflets."""

    def __init__(self, project: Project, builds: Builds) -> None:
        self._project = project
        self.letters = LetterEditing(project)
        self.jobs = MailJobs(project, builds, self.letters)
        self._lists = threading.Lock()

    def close(self) -> None:
        """End what is being sent, after the letter on its way."""
        self.jobs.close()

    # --- What is known -------------------------------------------------------------------------

    def overview(self, name: str, language: str) -> Json:
        """Everything but the form of the letter: the recipients and what became of their letters,
        the first letters as they will be, and what is in the way.
        """
        words = catalogue(language)
        folder = self._project.manuscript(name).parent
        context = MailContext(self._project, name)
        title = self._title(name)
        return {
            "leaflet": name,
            "title": title or name,
            "files": {
                "letter": self._project.show(folder / MAIL),
                "list": self._project.show(folder / RECIPIENTS_FILE),
                "drafts": self._project.show(self._project.out / name / "mail"),
                "ledger": context.location.file,
            },
            "letter": _exists(folder / MAIL),
            "list": self._list_digest(name),
            **overview_data(self._read(context), name, self._places(name), words),
            "job": self.jobs.progress(name, language),
        }

    def digest(self, name: str) -> str:
        """A value that is another one whenever something changed that mail depends on."""
        folder = self._project.manuscript(name).parent
        paths = [
            *(folder / file for file in (MAIL, RECIPIENTS_FILE, MANUSCRIPT, REGIONS_FILE)),
            *sorted((folder / "variants").glob("*.yaml")),
            self._project.content / SUPPRESSION_FILE,
            MailContext(self._project, name).path,
            self._project.manifest,
        ]
        return hashlib.sha256(repr([_stamp(path) for path in paths]).encode()).hexdigest()

    def _read(self, context: MailContext) -> Reading:
        """What is known of the mail of a leaflet, as far as it can be read."""
        entries: Entries = {}
        notes: list[Note] = []
        campaign: Campaign | None = None
        campaign_name = ""
        recipients: tuple[Recipient, ...] = ()
        try:
            campaign, entries, diagnostics = context.campaign()
            campaign_name, recipients = campaign.name, campaign.recipients
        except DiagnosticsError as failed:
            diagnostics = failed.diagnostics
            try:
                regions = read_bundle(self._project, context.leaflet).regions
                listed = read_recipients(self._project, context.leaflet, regions)
                recipients = listed.rows
                diagnostics = in_order([*diagnostics, *listed.diagnostics])
            except DiagnosticsError as worse:
                diagnostics = in_order([*diagnostics, *worse.diagnostics])
        if context.has_ledger:
            try:
                campaign_name = campaign_name or context.name()
                with context.ledger() as ledger:
                    entries, notes = ledger.entries(campaign_name), ledger.notes()
            except DiagnosticsError as failed:
                diagnostics = in_order([*diagnostics, *failed.diagnostics])
        sending = any(entry.state is DeliveryState.SENDING for entry in entries.values())
        alive = sending and is_sending(self._project)
        return Reading(campaign_name, campaign, recipients, entries, notes, diagnostics, alive)

    def _title(self, name: str) -> str:
        try:
            return str(plain(read_bundle(self._project, name).base.node(("title",))) or "")
        except DiagnosticsError:
            return ""

    def _places(self, name: str) -> FormPaths | None:
        path = self._project.manuscript(name).with_name(MAIL)
        try:
            return FormPaths(parser.read_yaml(self._project, path).value)
        except DiagnosticsError:
            return None

    # --- Files ---------------------------------------------------------------------------------

    def begin(self, name: str, language: str) -> Json:
        """Write a letter and a list to begin with, as far as there are none."""
        files = [self._project.show(path) for path in create_mailing(self._project, name)]
        return {"files": files}

    def replace_list(self, name: str, base: str, data: bytes, language: str) -> Json:
        """Put a list in the place of the one that has the digest `base`, which is kept under
        another name.
        """
        path = self._project.manuscript(name).with_name(RECIPIENTS_FILE)
        if len(data) > bounds.TABLE:
            raise too_large(bounds.TABLE)
        if data.startswith(_WORD_PROCESSOR):
            raise Refusal(
                422,
                say("This is a spreadsheet, but not a list that can be read here."),
                say(
                    "Save it as “CSV UTF-8” (Excel: File → Save As; LibreOffice: Save As → Text "
                    "CSV), and send that file."
                ),
            )
        check_list(data, self._project.show(path))
        with self._lists:
            if base != self._list_digest(name):
                raise Refusal(
                    409,
                    say("The list was changed meanwhile. Nothing was replaced."),
                    say("Look at it, and send the file again."),
                )
            former = self._kept(path) if _exists(path) else ""
            self._project.write(path, data)
        return {"former": former}

    def _kept(self, path: Path) -> str:
        """The list as it was, under the first name that is free."""
        data = self._project.read(path, bounds.TABLE)
        for number in range(1, _FORMER):
            former = path.with_name(f"{path.stem}-former-{number}{path.suffix}")
            if self._project.add(former, data):
                return self._project.show(former)
        raise Refusal(422, say("There are too many former lists; delete some of them."))

    def _list_digest(self, name: str) -> str:
        """The digest of the list; empty where there is none that can be read."""
        path = self._project.manuscript(name).with_name(RECIPIENTS_FILE)
        if not _exists(path):
            return ""
        try:
            return hashlib.sha256(self._project.read(path, bounds.TABLE)).hexdigest()
        except DiagnosticsError:
            return "unreadable"

    def drafts(self, name: str, language: str) -> Json:
        """Write each letter as a draft, as `brochure mail drafts` does."""
        ensure_saved(self.letters, name)
        campaign, entries = sendable_campaign(self._project, name)
        outgoing = open_letters(campaign, entries)
        files = write_drafts(self._project, campaign, outgoing)
        left = len(campaign.outgoing) - len(outgoing)
        sentence = joined(
            [
                plural("{n} letter as a draft.", "{n} letters as drafts.", len(outgoing)),
                plural(
                    "{n} was left out, because it has been sent already.",
                    "{n} were left out, because they have been sent already.",
                    left,
                )
                if left
                else EMPTY,
            ]
        )
        shown = [self._project.show(file) for file in files]
        return {"files": shown, "sentence": catalogue(language)(sentence)}

    def draft(self, name: str, key: str) -> Download:
        """One letter as a draft."""
        campaign, entries = sendable_campaign(self._project, name)
        for outgoing in open_letters(campaign, entries):
            if outgoing.key == key:
                data = draft_message(campaign, outgoing, self._project)
                return Download(draft_name(outgoing), "message/rfc822", data)
        raise Refusal(404, say("There is no such letter to be sent."))

    # --- The ledger ----------------------------------------------------------------------------

    def resolve(self, name: str, body: Json, language: str) -> Json:
        """Decide about a letter whose outcome is unknown: it was sent, or is to be sent again."""
        decision = text_in(body, "decision")
        if decision not in ("sent", "again"):
            raise malformed()
        again, address = decision == "again", text_in(body, "address")
        context = MailContext(self._project, name)
        entry = decisions.resolve(context, address, now(), again=again)
        if again and entry.state is DeliveryState.ACCEPTED:
            sentence = say(
                "The notes on {address} that cannot be read no longer count.",
                address=entry.address,
            )
        elif again:
            sentence = say("{address} gets the letter with the next sending.", address=address)
        else:
            sentence = say("The letter to {address} counts as sent.", address=entry.address)
        return {"sentence": catalogue(language)(sentence)}

    def note(self, name: str, body: Json, language: str) -> Json:
        """Note what became of a letter: that it was sent by hand, or what came back."""
        kind, address, text = text_in(body, "kind"), text_in(body, "address"), text_in(body, "text")
        context = MailContext(self._project, name)
        if kind == _BY_HAND:
            decisions.note_sent_by_hand(context, address, text, now())
            word = say("sent")
        elif kind in _NOTES:
            decisions.note(context, address, _NOTES[kind], text, now())
            word = NOTE_KINDS[_NOTES[kind]]
        else:
            raise malformed()
        sentence = say("Noted for {address}: {kind}.", address=address, kind=word)
        return {"sentence": catalogue(language)(sentence)}

    def returned(self, name: str, file: str, data: bytes, language: str) -> Json:
        """Note what a mail says that came back, as `brochure mail import` does."""
        words, location = catalogue(language), Location(_shown(file))
        if len(data) > bounds.RETURNED:
            raise too_large(bounds.RETURNED)
        context = MailContext(self._project, name)
        campaign = context.name()
        with Worker() as worker:
            mail = read_returned(data, location, worker)
        with context.ledger() as ledger:
            entry, new = note_returned(ledger, campaign, mail, now(), location)
        sentence = say("Noted for {address}: {kind}.", address=entry.address,
                       kind=NOTE_KINDS[mail.kind])  # fmt: skip
        return {"sentence": words(sentence if new else joined([sentence, say("(known already)")]))}


def _shown(name: str) -> str:
    """A name from outside as it can be shown."""
    return "".join(c if c.isprintable() else "?" for c in name)[:100] or "?"


def _exists(path: Path) -> bool:
    return os.path.lexists(path)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
