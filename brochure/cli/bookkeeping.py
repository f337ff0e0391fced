"""`brochure mail --status`, `--resolve`, `--note`, `--read`: the ledger, read and kept by hand."""

from dataclasses import asdict
from pathlib import Path

import click

from brochure import bounds
from brochure.cli import arguments, output
from brochure.cli.mail_context import MailContext, now
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error
from brochure.files import read_regular

NOTES = ("sent", "bounced", "replied", "objected")


def status(desk: MailContext, *, as_csv: bool, as_json: bool) -> int:
    """What the ledger knows."""
    from brochure.cli import letters
    from brochure.mail.history import unreadable

    name = desk.name()
    diagnostics: tuple[Diagnostic, ...] = ()
    if not desk.kept:
        entries, notes = {}, []
    else:
        with desk.ledger() as ledger:
            entries, notes = ledger.entries(name), ledger.notes(name)
        diagnostics = tuple(unreadable(entries.values(), notes, desk.leaflet, desk.location))
    if as_csv:
        output.show(diagnostics, desk.project)
        click.echo(letters.as_csv(entries, notes), nl=False)
    elif as_json:
        output.show_json(
            diagnostics,
            letters=[asdict(entry) for entry in entries.values()],
            notes=[asdict(note) for note in notes],
        )
    else:
        for line in letters.status(entries, notes) if entries else ():
            output.tell(line)
        output.show(diagnostics, desk.project)
        output.say(f"{name}: {letters.counts(entries)}.")
    return 0


def resolve(desk: MailContext, to: str, word: str) -> int:
    """A person's word on an unknown letter."""
    if word not in ("sent", "again"):
        raise click.UsageError("--resolve ADDRESS sent, or --resolve ADDRESS again.")
    from brochure.mail.delivery.entries import State
    from brochure.mail.delivery.ledger import only_sender

    name = desk.name()
    with only_sender(desk.project), desk.ledger() as ledger:
        ledger.recover(name, now())
        entry = desk.entry(ledger.entries(name), to, "--resolve")
        if not ledger.resolve(name, entry.key, now(), again=word == "again"):
            raise click.UsageError(
                f"The letter to {entry.address} is {entry.state}: there is nothing to resolve."
            )
        state = ledger.entries(name)[entry.key].state
    if word == "again" and state is State.ACCEPTED:
        output.say(f"The notes on {entry.address} that cannot be read no longer count.")
    elif word == "again":
        output.say(f"{entry.address} gets the letter with the next --send.")
    else:
        output.say(f"{entry.address} counts as sent.")
    return 0


def note(desk: MailContext, to: str, word: str, text: str) -> int:
    """Note by hand what became of a letter."""
    from brochure.mail.delivery.entries import Kind
    from brochure.mail.delivery.send import row_of

    if word not in NOTES:
        raise click.UsageError(f"--note ADDRESS, and one of {', '.join(NOTES)}.")
    text = text.encode("utf-8", "replace").decode()  # a terminal may send bytes that are no text
    name = desk.name()
    if word == "sent":
        campaign, _, _ = desk.campaign()
        key = desk.key(to, "--note")
        piece = next((piece for piece in campaign.pieces if piece.key == key), None)
        if piece is None:
            raise click.UsageError(f"There is no letter to {to} in this mailing.")
        with desk.ledger() as ledger:
            said = f"sent by hand {text}".strip()
            if not ledger.by_hand(name, row_of(piece), now(), said):
                raise click.UsageError(f"The letter to {to} went out already.")
    else:
        with desk.ledger() as ledger:
            entry = desk.entry(ledger.entries(name), to, "--note")
            ledger.note(name, entry.key, Kind(word), text, now())
    output.say(f"Noted: {to} {word}.")
    return 0


def read(desk: MailContext, files: tuple[Path, ...]) -> int:
    """Note bounces and replies from their files."""
    from brochure.mail.feedback import note_returned, read_returned

    diagnostics: list[Diagnostic] = []
    with desk.ledger() as ledger:
        for file in files:
            location = Location(str(file))
            try:
                returned = read_returned(_mail(file, location), location)
                entry, fresh = note_returned(ledger, desk.name(), returned, now(), location)
            except DiagnosticsError as failed:
                diagnostics += failed.diagnostics
            else:
                known = "" if fresh else "  (known already)"
                output.tell(f"{returned.kind}  {entry.address}  {returned.gist}{known}")
    output.show(diagnostics, desk.project)
    return arguments.exit_code(diagnostics)


def _mail(file: Path, location: Location) -> bytes:
    """The bytes of the file of a mail. Raises Problems."""
    try:
        data = read_regular(file, bounds.RETURNED)
    except (OSError, ValueError) as reason:
        said = f"The file cannot be read ({getattr(reason, 'strerror', None) or reason})."
    else:
        if len(data) <= bounds.RETURNED:
            return data
        said = f"The file has more than {bounds.RETURNED // 10**6} MB."
    raise DiagnosticsError([error("no-mail", said, location, "Is it the right one?")])
