"""`brochure mail test` and `brochure mail send`: letters leave this machine."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import click

from brochure.cli import arguments
from brochure.cli.mail_context import as_usage, complete_address, now
from brochure.cli.output import Output
from brochure.cli.session import Session, Usage, command, option
from brochure.diagnostics import fail
from brochure.mail.campaign import Campaign
from brochure.mail.context import Entries, MailContext, mailbox
from brochure.mail.delivery.dispatch import CampaignError, Dispatch, dispatch, log_in
from brochure.mail.delivery.entries import DELIVERY_STATES, DeliveryState
from brochure.mail.delivery.password import (
    ENVIRONMENT_VARIABLE,
    Password,
    find_password,
    store_password,
)
from brochure.mail.delivery.send import Pause
from brochure.mail.delivery.smtp import Connection
from brochure.mail.drafts import send_samples
from brochure.mail.summary import counts, letters_to_send
from brochure.messages import say

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@command("test", say("Send three of the letters to yourself."))
@arguments.leaflet_argument
@click.argument("address", shell_complete=complete_address)
def test(session: Session, leaflet: str, address: str) -> int:
    """Send a sample to an address of one's own."""
    output, project = session.output, session.project
    context = MailContext(project, arguments.leaflet_name(project, leaflet))
    with as_usage():
        to = mailbox(address)
    campaign, _, diagnostics = context.campaign()
    output.diagnostics(diagnostics)
    if arguments.exit_code(diagnostics):
        return 1
    _, connection = _log_in(output, campaign)
    code = 0
    with closing(connection):
        for sample in send_samples(campaign, to, project, connection, now):
            output.result(
                say(
                    "{state}  for {address}  {reply}",
                    state=DELIVERY_STATES[sample.result.state],
                    address=sample.outgoing.recipient.address.spec,
                    reply=sample.result.text,
                )
            )
            code |= sample.result.state is not DeliveryState.ACCEPTED
    output.note(
        say(
            "Sent to {address} only. Look at these mails, and at their PDFs.",
            address=to.spec,
        )
    )
    return int(code)


@command("send", say("Send what is open, each office once."))
@arguments.leaflet_argument
@option(
    "--yes",
    type=click.IntRange(0),
    metavar="N",
    help_text=say("The number of letters, which you are asked to type otherwise."),
)
def send(session: Session, leaflet: str, yes: int | None) -> int:
    """Send what is open, after a number was typed."""
    output, project = session.output, session.project
    context = MailContext(project, arguments.leaflet_name(project, leaflet))
    try:
        with dispatch(context, now()) as ready:
            output.diagnostics(ready.campaign.diagnostics)
            return _send(output, context, ready, yes)
    except CampaignError as failed:
        output.diagnostics(failed.diagnostics)
        output.warn(say("Nothing was sent."))
        return 1


def _send(output: Output, context: MailContext, ready: Dispatch, yes: int | None) -> int:
    """Send what is open of a campaign in which nothing is wrong; the exit code."""
    campaign, ledger, outgoing = ready.campaign, ready.ledger, ready.outgoing
    if ledger.new:
        output.warn(
            say(
                "The ledger is new: {file}. Keep it, and send from this machine only.",
                file=context.location.file,
            )
        )
    for entry in ready.recovered:
        state = output.words(DELIVERY_STATES[entry.state])
        output.warn(f"{state}  {entry.address}  {entry.reply}")
    if not outgoing:
        output.warn(say("Nothing to send: {counts}.", counts=counts(ready.entries)))
        return _what_is_left(output, context, ready.entries)
    output.warn(letters_to_send(campaign, len(outgoing)))
    if ready.entries:
        output.warn(say("So far: {counts}.", counts=counts(ready.entries)))
    _confirm(output, ready, yes)
    # A login that fails is to fail before anything is written.
    password, connection = _log_in(output, campaign)
    try:
        _send_all(output, ready, password, connection)
    finally:
        entries = ledger.entries(campaign.name)
        output.warn(say("In all: {counts}.", counts=counts(entries)))
    return _what_is_left(output, context, entries)


def _send_all(output: Output, ready: Dispatch, password: Password, connection: Connection) -> None:
    """Send, and say what happens as it happens."""
    with _stopping(output) as stop:
        events = ready.run(password, connection, stop, now)
        with closing(events):
            for event in events:
                if isinstance(event, Pause):
                    until = now() + timedelta(seconds=event.seconds)
                    time = f"{until:%H:%M:%S}"
                    output.warn(say("Waiting until {time}: {why}.", time=time, why=event.why))
                    continue
                result = event.result
                if result.sender_rejected:
                    continue  # it stays queued; why, is said as this ends
                state = output.words(DELIVERY_STATES[result.state])
                spec = event.outgoing.recipient.address.spec
                output.result(f"{state}  {spec}  {result.code or ''} {result.text}".rstrip())


def _what_is_left(output: Output, context: MailContext, entries: Entries) -> int:
    """What to do about letters that were not accepted; the exit code."""
    states = {entry.state for entry in entries.values()}
    if DeliveryState.UNKNOWN in states:
        output.warn(
            say(
                "Where the outcome is unknown, the server may have accepted the letter or not. "
                "Ask the office, or look into your provider's log; then decide:"
            )
        )
        output.warn(f"    brochure mail resolve {context.leaflet} ADDRESS sent")
        output.warn(f"    brochure mail resolve {context.leaflet} ADDRESS again")
    if states & {DeliveryState.DEFERRED, DeliveryState.QUEUED}:
        command = f"brochure mail send {context.leaflet}"
        output.warn(say("To go on: {command}", command=command))
    return int(states != {DeliveryState.ACCEPTED})


def _log_in(output: Output, campaign: Campaign) -> tuple[Password, Connection]:
    """The password, from wherever it is, and a connection. Raises DiagnosticsError."""
    password = find_password(campaign.user, lambda: _ask(output, campaign))
    if password is None:
        fail(
            "no-password",
            say("There is no password for `{user}`.", user=campaign.user),
            campaign.location,
            say(
                "Put it into the environment variable {variable}, or type the command in a "
                "terminal: it will ask.",
                variable=ENVIRONMENT_VARIABLE,
            ),
        )
    connection = log_in(campaign, password)
    question = output.words(say("Keep the password in the keyring of this system?"))
    if password.typed and click.confirm(question, default=False, err=True):
        stored = store_password(campaign.user, password)
        output.warn(
            say("It is kept.") if stored else say("There is no keyring here; it was not kept.")
        )
    return password, connection


def _ask(output: Output, campaign: Campaign) -> str | None:
    if not sys.stdin.isatty():
        return None
    question = say("Password of {user} at {host}", user=campaign.user, host=campaign.server.host)
    return str(
        click.prompt(
            output.words(question), hide_input=True, default="", show_default=False, err=True
        )
    )


def _confirm(output: Output, ready: Dispatch, yes: int | None) -> None:
    """Go on only where the number of letters was typed, or given with --yes."""
    if yes is None and not sys.stdin.isatty():
        raise Usage(
            say(
                "There is no terminal to ask at, so give the number of letters: --yes {number}",
                number=len(ready.outgoing),
            )
        )
    if yes is None:
        question = output.words(say("Type the number of letters to send them"))
        yes = int(click.prompt(question, type=int, err=True))
    with as_usage():
        ready.check_count(yes)


@contextmanager
def _stopping(output: Output) -> Iterator[threading.Event]:
    """Ctrl-C ends sending after the letter that is on its way; a second one, at once."""
    stop = threading.Event()

    def on_signal(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        output.warn(say("Stopping after this letter; press Ctrl-C again to stop at once."))

    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
