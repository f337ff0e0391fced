"""`brochure mail --status`, `--resolve`, `--note`, `--read`: the ledger, read and kept by hand."""

from dataclasses import asdict
from pathlib import Path

import click

from brochure import bounds, terminal
from brochure.commands import common
from brochure.commands.desk import Desk, now
from brochure.diagnostics import Diagnostic, Place, Problems, error
from brochure.files import read_regular

NOTES = ("sent", "bounced", "replied", "objected")


def status(desk: Desk, *, as_csv: bool, as_json: bool) -> int:
    """What the ledger knows."""
    from brochure.commands import mailing
    from brochure.mail.history import unreadable

    name = desk.name()
    complaints: tuple[Diagnostic, ...] = ()
    if not desk.kept:
        entries, notes = {}, []
    else:
        with desk.ledger() as ledger:
            entries, notes = ledger.entries(name), ledger.notes(name)
        complaints = tuple(unreadable(entries.values(), notes, desk.leaflet, desk.place))
    if as_csv:
        terminal.show(complaints, desk.project)
        click.echo(mailing.as_csv(entries, notes), nl=False)
    elif as_json:
        terminal.show_json(
            complaints,
            letters=[asdict(entry) for entry in entries.values()],
            notes=[asdict(note) for note in notes],
        )
    else:
        for line in mailing.status(entries, notes) if entries else ():
            terminal.tell(line)
        terminal.show(complaints, desk.project)
        terminal.say(f"{name}: {mailing.counts(entries)}.")
    return 0


def resolve(desk: Desk, to: str, word: str) -> int:
    """A person's word on an unknown letter."""
    if word not in ("sent", "again"):
        raise click.UsageError("--resolve ADDRESS sent, or --resolve ADDRESS again.")
    from brochure.mail.entry import State
    from brochure.mail.ledgerfile import only_sender

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
        terminal.say(f"The notes on {entry.address} that cannot be read no longer count.")
    elif word == "again":
        terminal.say(f"{entry.address} gets the letter with the next --send.")
    else:
        terminal.say(f"{entry.address} counts as sent.")
    return 0


def note(desk: Desk, to: str, word: str, text: str) -> int:
    """Note by hand what became of a letter."""
    from brochure.mail.entry import Kind
    from brochure.mail.send import row_of

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
    terminal.say(f"Noted: {to} {word}.")
    return 0


def read(desk: Desk, files: tuple[Path, ...]) -> int:
    """Note bounces and replies from their files."""
    from brochure.mail.replies import read_returned
    from brochure.mail.returned import note_returned

    complaints: list[Diagnostic] = []
    with desk.ledger() as ledger:
        for file in files:
            place = Place(str(file))
            try:
                returned = read_returned(_mail(file, place), place)
                entry, fresh = note_returned(ledger, desk.name(), returned, now(), place)
            except Problems as problems:
                complaints += problems.diagnostics
            else:
                known = "" if fresh else "  (known already)"
                terminal.tell(f"{returned.kind}  {entry.address}  {returned.gist}{known}")
    terminal.show(complaints, desk.project)
    return common.exit_code(complaints)


def _mail(file: Path, place: Place) -> bytes:
    """The bytes of the file of a mail. Raises Problems."""
    try:
        data = read_regular(file, bounds.RETURNED)
    except (OSError, ValueError) as reason:
        said = f"The file cannot be read ({getattr(reason, 'strerror', None) or reason})."
    else:
        if len(data) <= bounds.RETURNED:
            return data
        said = f"The file has more than {bounds.RETURNED // 10**6} MB."
    raise Problems([error("no-mail", said, place, "Is it the right one?")])
