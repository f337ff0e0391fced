"""`brochure mail --test` and `--send`: letters leave the house."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import click

from brochure.cli import arguments, output
from brochure.cli.mail_context import MailContext, now
from brochure.diagnostics import DiagnosticsError, Location, error

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def test(desk: MailContext, to: str) -> int:
    """Send a sample to an address of one's own."""
    from brochure.mail import address
    from brochure.mail.delivery.entries import State
    from brochure.mail.drafts import sample, to_oneself

    try:
        mailbox = address.parse(to, Location("--test"))
    except DiagnosticsError as failed:
        raise arguments.wrong_usage(failed) from None
    campaign, _, diagnostics = desk.campaign()
    output.show(diagnostics, desk.project)
    if arguments.exit_code(diagnostics):
        return 1
    _, connection = _log_in(campaign)
    code = 0
    try:
        for piece in sample(campaign.pieces):
            message = to_oneself(campaign, piece, mailbox, desk.project, now())
            answer = connection.deliver(
                campaign.sender.address.spec, mailbox.spec, message, lambda: None
            )
            output.tell(f"{answer.state}  for {piece.recipient.address.spec}  {answer.text}")
            code |= answer.state is not State.ACCEPTED
            if answer.lost:
                break
    finally:
        connection.close()
    output.say(f"To {mailbox.spec} only. Look at these mails, and at their PDFs.")
    return int(code)


def send(desk: MailContext, yes: int | None) -> int:
    """Send what is open, after a number was typed."""
    from brochure.cli import letters
    from brochure.mail.delivery.ledger import only_sender
    from brochure.mail.delivery.send import prepare, to_send

    with only_sender(desk.project), desk.ledger() as ledger:
        if ledger.new:
            output.say(
                f"The ledger is new: {desk.location.file}. Keep it, and send from here only."
            )
        campaign, _, diagnostics = desk.campaign()
        output.show(diagnostics, desk.project)
        if arguments.exit_code(diagnostics):
            output.say("Nothing was sent.")
            return 1
        for entry in ledger.recover(campaign.name, now()):
            output.say(f"{entry.state}  {entry.address}  {entry.reply}")
        entries = ledger.entries(campaign.name)
        pieces = to_send(campaign, entries)
        if not pieces:
            output.say(f"Nothing to send: {letters.counts(entries)}.")
            return _left(desk, entries)
        output.say(
            f"{arguments.count(len(pieces), 'letter')} from {campaign.sender.address.spec} through "
            f"{campaign.server.host}, {campaign.pace} a minute; {letters.counts(entries)} so far."
        )
        _confirm(len(pieces), yes)
        # A login that fails is to fail before anything is written.
        password, connection = _log_in(campaign)
        prepare(campaign, ledger, now())
        try:
            _work_off(desk, campaign, ledger, password, connection)
        finally:
            entries = ledger.entries(campaign.name)
            output.say(f"In all: {letters.counts(entries)}.")
        return _left(desk, entries)


def _work_off(
    desk: MailContext, campaign: Any, ledger: Any, password: Any, connection: Any
) -> None:
    """Send, and say what happens as it happens."""
    from brochure.mail.delivery.send import Pause, Sending

    waiting = [connection]
    with _stopping() as stop:
        run = Sending(
            desk.project,
            campaign,
            ledger,
            lambda: waiting.pop() if waiting else _connection(campaign, password),
            lambda seconds: not stop.wait(seconds),
            now,
        ).run()
        with closing(run):
            for event in run:
                if isinstance(event, Pause):
                    until = now() + timedelta(seconds=event.seconds)
                    output.say(f"Waiting until {until:%H:%M:%S}: {event.why}.")
                    continue
                if event.answer.everyone:
                    continue  # it stays queued; why, is said as this ends
                answer, spec = event.answer, event.piece.recipient.address.spec
                output.tell(f"{answer.state}  {spec}  {answer.code or ''} {answer.text}".rstrip())


def _left(desk: MailContext, entries: Any) -> int:
    """What to do about letters that were not accepted; the exit code."""
    from brochure.mail.delivery.entries import State

    states = {entry.state for entry in entries.values()}
    if State.UNKNOWN in states:
        output.say(
            "Of those that are unknown, the server may have taken the letter or not. Ask the "
            "office, or look into the provider's log; then say so:\n"
            f"    brochure mail {desk.leaflet} --resolve ADDRESS sent\n"
            f"    brochure mail {desk.leaflet} --resolve ADDRESS again"
        )
    if states & {State.DEFERRED, State.QUEUED}:
        output.say(f"To go on: brochure mail {desk.leaflet} --send")
    return int(states != {State.ACCEPTED})


def _log_in(campaign: Any) -> tuple[Any, Any]:
    """The password, from wherever it is, and a connection. Raises Problems."""
    from brochure.mail.delivery import password
    from brochure.mail.delivery.smtp import Unreachable

    found = password.find(campaign.user, lambda: _ask(campaign))
    if found is None:
        raise DiagnosticsError(
            [
                error(
                    "no-password",
                    f"There is no password for `{campaign.user}`.",
                    campaign.location,
                    f"Put it into the variable {password.VARIABLE} of the environment, or "
                    "type the command in a terminal: it will ask.",
                )
            ]
        )
    try:
        connection = _connection(campaign, found)
    except Unreachable as reason:
        raise DiagnosticsError(
            [
                error(
                    "unreachable",
                    f"`{campaign.server.host}` cannot be reached on port "
                    f"{campaign.server.number} ({reason}).",
                    campaign.location,
                    "Are you connected? Are name, port and `security` as your mail provider "
                    "says? Nothing was sent.",
                )
            ]
        ) from None
    if found.typed and click.confirm(
        "Keep the password in the keyring of this system?", default=False, err=True
    ):
        kept = password.keep(campaign.user, found)
        output.say("Kept." if kept else "There is no keyring here; it was not kept.")
    return found, connection


def _connection(campaign: Any, password: Any) -> Any:
    from brochure.mail.delivery.smtp import Connection, Timeouts

    return Connection(campaign.server, campaign.user, password.text, campaign.location, Timeouts())


def _ask(campaign: Any) -> str | None:
    if not sys.stdin.isatty():
        return None
    return str(
        click.prompt(
            f"Password of {campaign.user} at {campaign.server.host}",
            hide_input=True,
            default="",
            show_default=False,
            err=True,
        )
    )


def _confirm(number: int, yes: int | None) -> None:
    """Go on only where the number of letters was typed, or given with --yes."""
    if yes is None and not sys.stdin.isatty():
        raise click.UsageError(
            f"Where nobody can be asked, --send needs --yes {number}: the number of letters."
        )
    if yes is None:
        yes = click.prompt("Type the number of letters, and they are sent", type=int, err=True)
    if yes != number:
        raise click.UsageError(f"{arguments.count(number, 'letter')}, not {yes}. Nothing was sent.")


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Ctrl-C ends sending after the letter that is on its way; a second one, at once."""
    stop = threading.Event()

    def on_signal(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        output.say("Stopping after this letter; Ctrl-C again stops at once.")

    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
