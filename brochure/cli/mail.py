"""`brochure mail`: all that is done with letters before and after they are sent."""

from pathlib import Path
from typing import TypedDict

import click

from brochure import bounds
from brochure.cli import arguments
from brochure.cli.mail_context import as_usage, complete_address, now
from brochure.cli.mail_output import as_csv, print_letter, print_list, print_status
from brochure.cli.session import Group, Session, Usage, as_json, command, option
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, fail
from brochure.files import read_regular
from brochure.isolation import Worker
from brochure.mail import decisions
from brochure.mail.context import MailContext
from brochure.mail.delivery.entries import NOTE_KINDS, DeliveryState, Entry, Note, NoteKind
from brochure.mail.delivery.send import open_letters
from brochure.mail.drafts import write_drafts
from brochure.mail.feedback import note_returned, read_returned
from brochure.mail.history import unreadable
from brochure.mail.summary import (
    EntryData,
    LetterData,
    NoteData,
    counts,
    entry_data,
    letter_data,
    note_data,
)
from brochure.messages import plural, say
from brochure.starters import create_mailing


class FilesData(TypedDict):
    """The files that were written, as JSON data."""

    files: list[str]


class PreviewData(TypedDict):
    """The letters as they would be sent, as JSON data."""

    letters: list[LetterData]


class StatusData(TypedDict):
    """The ledger of one mailing, as JSON data."""

    letters: list[EntryData]
    notes: list[NoteData]


class NotedData(TypedDict):
    """What was noted of one file, as JSON data; `new`: it was not known yet."""

    file: str
    kind: str
    address: str
    new: bool


class ImportData(TypedDict):
    """What was noted, as JSON data."""

    noted: list[NotedData]


_SENT = "sent"
_KINDS = (_SENT, *(kind.value for kind in (NoteKind.BOUNCED, NoteKind.REPLIED, NoteKind.OBJECTED)))

mail = Group(
    "mail",
    {
        "init": (say("Write a letter and a list of recipients to begin with."), "mail:init"),
        "preview": (say("Show what would be mailed, to whom."), "mail:preview"),
        "drafts": (say("Write each letter as a draft for mail programs."), "mail:drafts"),
        "test": (say("Send three of the letters to yourself."), "sending:test"),
        "send": (say("Send what is open, each office once."), "sending:send"),
        "status": (say("Show what became of each letter."), "mail:status"),
        "resolve": (say("Decide about a letter whose outcome is unknown."), "mail:resolve"),
        "note": (say("Note by hand what became of a letter."), "mail:note_"),
        "import": (say("Note bounces and replies from .eml files."), "mail:import_"),
    },
    help=say("Mail the PDFs of a leaflet, each office once. Only `test` and `send` send anything."),
)
_address_argument = click.argument("address", shell_complete=complete_address)


def _context(session: Session, leaflet: str) -> MailContext:
    project = session.project
    return MailContext(project, arguments.leaflet_name(project, leaflet))


@command("init", say("Write a letter and a list of recipients to begin with."))
@arguments.leaflet_argument
@as_json
def init(session: Session, leaflet: str, as_json: bool) -> int:
    """Write the files; the exit code."""
    context, output = _context(session, leaflet), session.output
    files = [context.project.show(p) for p in create_mailing(context.project, context.leaflet)]
    if output.json:
        result: FilesData = {"files": files}
        output.document("mail init", (), result)
        return 0
    for file in files:
        output.result(file)
    output.note(say("Put your own words and recipients into them. Then see what would be sent:"))
    output.note(f"    brochure mail preview {context.leaflet}")
    return 0


@command("preview", say("Show what would be mailed, to whom. Nothing leaves this machine."))
@arguments.leaflet_argument
@as_json
def preview(session: Session, leaflet: str, as_json: bool) -> int:
    """Show the letters that would be sent, and the first of them in full."""
    context, output = _context(session, leaflet), session.output
    campaign, entries, diagnostics = context.campaign()
    if output.json:
        letters = [letter_data(outgoing, entries) for outgoing in campaign.outgoing]
        result: PreviewData = {"letters": letters}
        output.document("mail preview", diagnostics, result)
        return arguments.exit_code(diagnostics)
    outgoing = open_letters(campaign, entries)
    print_list(output, outgoing)
    output.diagnostics(diagnostics)
    for row, location in campaign.suppressed:
        address = row.address.spec
        if location == context.location:  # noted in the ledger
            output.note(say("{address} gets nothing: the office has objected.", address=address))
        else:
            output.note(
                say(
                    "{address} gets nothing, because of {location}.",
                    address=address,
                    location=str(location),
                )
            )
    if arguments.exit_code(diagnostics):
        output.warn(say("Nothing can be sent until the errors above are fixed."))
        return 1
    letters_to_send = plural("{n} letter to send", "{n} letters to send", len(outgoing))
    if entries:
        so_far = counts(entries)
        output.note(say("{letters}; {counts} so far.", letters=letters_to_send, counts=so_far))
    else:
        output.note(say("{letters}.", letters=letters_to_send))
    if outgoing:
        output.note("")
        output.note(say("The first of them:"))
        print_letter(output, campaign, outgoing[0])
        output.note(
            say(
                "Nothing was sent. Look at the PDFs in out/, then at three letters in your own "
                "mailbox:"
            )
        )
        output.note(f"    brochure mail test {context.leaflet} {campaign.sender.address.spec}")
        output.note(say("To send them all:"))
        output.note(f"    brochure mail send {context.leaflet}")
    return 0


@command("drafts", say("Write each letter as a draft that mail programs open."))
@arguments.leaflet_argument
@as_json
def drafts(session: Session, leaflet: str, as_json: bool) -> int:
    """Write the drafts; the exit code."""
    context, output = _context(session, leaflet), session.output
    campaign, entries, diagnostics = context.campaign()
    failed = arguments.exit_code(diagnostics)
    outgoing = () if failed else open_letters(campaign, entries)
    files = [context.project.show(p) for p in write_drafts(context.project, campaign, outgoing)]
    if output.json:
        result: FilesData = {"files": files}
        output.document("mail drafts", diagnostics, result)
        return failed
    output.diagnostics(diagnostics)
    if failed:
        return failed
    for file in files:
        output.result(file)
    output.note(plural("{n} letter as a draft.", "{n} letters as drafts.", len(outgoing)))
    if left := len(campaign.outgoing) - len(outgoing):
        output.note(
            plural(
                "{n} was left out, because it has been sent already.",
                "{n} were left out, because they have been sent already.",
                left,
            )
        )
    output.note(say("The ledger does not know what you send by hand; tell it, for each letter:"))
    output.note(f"    brochure mail note {context.leaflet} ADDRESS sent")
    return 0


@command("status", say("Show what became of each letter: the ledger."))
@arguments.leaflet_argument
@option("--csv", "csv", is_flag=True, help_text=say("Print everything as CSV."))
@as_json
def status(session: Session, leaflet: str, csv: bool, as_json: bool) -> int:
    """Show the ledger; the exit code."""
    if csv and as_json:
        raise Usage(say("Use either --csv or --json."))
    context, output = _context(session, leaflet), session.output
    name = context.name()
    entries: dict[str, Entry] = {}
    notes: list[Note] = []
    diagnostics: tuple[Diagnostic, ...] = ()
    if context.has_ledger:
        with context.ledger() as ledger:
            entries, notes = ledger.entries(name), ledger.notes(name)
        found = unreadable(entries.values(), notes, context.leaflet, context.location)
        diagnostics = tuple(found)
    if csv:
        output.diagnostics(diagnostics)
        click.echo(as_csv(entries, notes), nl=False)
    elif output.json:
        result: StatusData = {
            "letters": [entry_data(entry) for entry in entries.values()],
            "notes": [note_data(one) for one in notes],
        }
        output.document("mail status", diagnostics, result)
    else:
        print_status(output, entries, notes)
        output.diagnostics(diagnostics)
        output.note(say("{campaign}: {counts}.", campaign=name, counts=counts(entries)))
    return 0


@command(
    "resolve",
    say("Decide about a letter whose outcome is unknown: it was sent, or is to be sent again."),
)
@arguments.leaflet_argument
@_address_argument
@click.argument("decision", metavar="sent|again", type=click.Choice([_SENT, "again"]))
def resolve(session: Session, leaflet: str, address: str, decision: str) -> int:
    """Resolve a letter; the exit code."""
    context, output = _context(session, leaflet), session.output
    again = decision == "again"
    with as_usage():
        entry = decisions.resolve(context, address, now(), again=again)
    if again and entry.state is DeliveryState.ACCEPTED:
        output.note(
            say(
                "The notes on {address} that cannot be read no longer count.",
                address=entry.address,
            )
        )
    elif again:
        output.note(
            say(
                "{address} gets the letter with the next `brochure mail send`.",
                address=entry.address,
            )
        )
    else:
        output.note(say("The letter to {address} counts as sent.", address=entry.address))
    return 0


@command(
    "note",
    say("Note by hand what became of a letter. `objected`: no more mail to that address."),
)
@arguments.leaflet_argument
@_address_argument
@click.argument("kind", metavar="|".join(_KINDS), type=click.Choice(_KINDS))
@option("--text", default="", help_text=say("A remark."))
def note_(session: Session, leaflet: str, address: str, kind: str, text: str) -> int:
    """Note something; the exit code."""
    context = _context(session, leaflet)
    text = text.encode("utf-8", "replace").decode()  # a terminal may send bytes that are no text
    with as_usage():
        if kind == _SENT:
            decisions.note_sent_by_hand(context, address, text, now())
        else:
            decisions.note(context, address, NoteKind(kind), text, now())
    word = say("sent") if kind == _SENT else NOTE_KINDS[NoteKind(kind)]
    session.output.note(say("Noted for {address}: {kind}.", address=address, kind=word))
    return 0


@command("import", say("Note bounces and replies from .eml files, as mail programs save them."))
@arguments.leaflet_argument
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE…",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)  # fmt: skip
@as_json
def import_(session: Session, leaflet: str, files: tuple[Path, ...], as_json: bool) -> int:
    """Note what the files say; the exit code."""
    context, output = _context(session, leaflet), session.output
    diagnostics: list[Diagnostic] = []
    noted: list[NotedData] = []
    with context.ledger() as ledger, Worker() as worker:
        for file in files:
            location = Location(str(file))
            try:
                returned = read_returned(_mail(file, location), location, worker)
                entry, new = note_returned(ledger, context.name(), returned, now(), location)
            except DiagnosticsError as failed:
                diagnostics += failed.diagnostics
                continue
            kind, address = returned.kind, entry.address
            noted.append({"file": str(file), "kind": kind.value, "address": address, "new": new})
            if not output.json:
                known = "" if new else "  " + output.words(say("(known already)"))
                word = output.words(NOTE_KINDS[kind])
                output.result(f"{word}  {address}  {returned.gist}{known}")
    if output.json:
        result: ImportData = {"noted": noted}
        output.document("mail import", diagnostics, result)
    else:
        output.diagnostics(diagnostics)
    return arguments.exit_code(diagnostics)


def _mail(file: Path, location: Location) -> bytes:
    """The bytes of the file of a mail. Raises DiagnosticsError."""
    try:
        data = read_regular(file, bounds.RETURNED)
    except OSError as reason:
        message = say("The file cannot be read ({reason}).", reason=reason.strerror or reason)
    except ValueError as reason:
        message = say("The file cannot be read ({reason}).", reason=reason)
    else:
        if len(data) <= bounds.RETURNED:
            return data
        most = bounds.RETURNED // 10**6
        message = say("The file is larger than {most} MB.", most=most)
    fail("no-mail", message, location, say("Is it the right file?"))
