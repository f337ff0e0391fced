"""What the mail commands share: addresses for the shell, wrong usage, the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from click.shell_completion import CompletionItem

from brochure.cli import arguments
from brochure.cli.session import session_of, wrong_usage
from brochure.mail.context import WrongRequestError
from brochure.mail.recipients import read_recipients
from brochure.manuscript.variants.resolution import read_bundle


@contextmanager
def as_usage() -> Iterator[None]:
    """What the block refuses is wrong usage of the command."""
    try:
        yield
    except WrongRequestError as refused:
        raise wrong_usage(refused) from None


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
