"""`brochure mail`."""

from pathlib import Path

import click

from brochure.cli import arguments, bookkeeping, output, sending
from brochure.cli.mail_context import MailContext


@click.command()
@click.argument("leaflet", shell_complete=arguments.complete_leaflet)
@click.option("--new", is_flag=True, help="Write a letter and a list of recipients to begin with.")
@click.option("--eml", is_flag=True, help="Write each letter as a draft that mail programs open.")
@click.option("--test", metavar="ADDRESS", help="Send three of the letters to yourself.")
@click.option("--send", is_flag=True, help="Send what is open, each office once.")
@click.option("--yes", type=click.IntRange(0), metavar="N", help="The number that --send asks for.")
@click.option("--status", is_flag=True, help="The ledger: what became of each letter.")
@click.option("--csv", "as_csv", is_flag=True, help="With --status: as CSV, everything.")
@click.option(
    "--resolve", nargs=2, metavar="ADDRESS sent|again",
    help="Say of an unknown letter that it went out, or that it is to be sent again.",
)  # fmt: skip
@click.option(
    "--note", nargs=2, metavar="ADDRESS " + "|".join(bookkeeping.NOTES),
    help="Note what became of a letter; `objected`: no more mail to that address.",
)  # fmt: skip
@click.option("--text", default="", help="With --note: a remark.")
@click.option(
    "--read", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE", help="Note a bounce or reply from its .eml file.",
)  # fmt: skip
@arguments.as_json
@click.pass_context
def mail(
    context: click.Context,
    leaflet: str,
    new: bool,
    eml: bool,
    test: str | None,
    send: bool,
    yes: int | None,
    status: bool,
    as_csv: bool,
    resolve: tuple[str, str] | None,
    note: tuple[str, str] | None,
    text: str,
    read: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Show what would be mailed, to whom; or send it, each office once.

    Without an option nothing leaves this machine.
    """
    asked = [new, eml, test is not None, send, status, bool(resolve), bool(note), bool(read)]
    if sum(asked) > 1:
        raise click.UsageError(
            "Take one of --new, --eml, --test, --send, --status, --resolve, --note, --read."
        )
    if yes is not None and not send:
        raise click.UsageError("--yes belongs to --send.")
    if as_csv and not status:
        raise click.UsageError("--csv belongs to --status.")
    if as_json and any(asked) and not status:
        raise click.UsageError("--json belongs to the list of letters, and to --status.")
    project = arguments.project_of(context)
    (name,) = arguments.leaflet_names(project, (leaflet,))
    desk = MailContext(project, name)
    if new:
        return begin(desk)
    if send:
        return sending.send(desk, yes)
    if test is not None:
        return sending.test(desk, test)
    if eml:
        return drafts(desk)
    if status:
        return bookkeeping.status(desk, as_csv=as_csv, as_json=as_json)
    if resolve:
        return bookkeeping.resolve(desk, *resolve)
    if note:
        return bookkeeping.note(desk, *note, text)
    if read:
        return bookkeeping.read(desk, read)
    return show(desk, as_json=as_json)


def show(desk: MailContext, *, as_json: bool) -> int:
    """The letters that would be sent, and the first of them in full."""
    from brochure.cli import letters as mailing
    from brochure.mail.delivery.send import to_send

    campaign, entries, diagnostics = desk.campaign()
    pieces = to_send(campaign, entries)
    if as_json:
        letters = [mailing.as_data(piece, entries) for piece in campaign.pieces]
        output.show_json(diagnostics, letters=letters)
        return arguments.exit_code(diagnostics)
    for line in mailing.list_of(pieces) if pieces else ():
        output.tell(line)
    output.show(diagnostics, desk.project)
    for row, location in campaign.suppressed:
        output.say(f"{row.address.spec} gets nothing: {location} says so.")
    done = f"; {mailing.counts(entries)} so far" if entries else ""
    output.say(f"{arguments.count(len(pieces), 'letter')} to send{done}.")
    if arguments.exit_code(diagnostics):
        output.say("Nothing can be sent until the errors above are mended.")
        return 1
    if pieces:
        output.say(f"\nThe first of them:\n\n{mailing.shown(campaign, pieces[0])}\n")
        sender = campaign.sender.address.spec
        output.say(
            "Nothing was sent. Look at the PDFs in out/, then at three letters in your own "
            f"mailbox:\n    brochure mail {desk.leaflet} --test {sender}\nTo send them all:\n"
            f"    brochure mail {desk.leaflet} --send"
        )
    return 0


def begin(desk: MailContext) -> int:
    """Write a letter and a list to begin with."""
    from brochure.starters import begin

    for path in begin(desk.project, desk.leaflet):
        output.tell(desk.project.show(path))
    output.say(
        "Put your own words and recipients into them. Then see what would be sent:\n"
        f"    brochure mail {desk.leaflet}"
    )
    return 0


def drafts(desk: MailContext) -> int:
    """Write the letters as drafts."""
    from brochure.mail.delivery.send import to_send
    from brochure.mail.drafts import write_drafts

    campaign, entries, diagnostics = desk.campaign()
    output.show(diagnostics, desk.project)
    if arguments.exit_code(diagnostics):
        return 1
    pieces = to_send(campaign, entries)
    for path in write_drafts(desk.project, campaign, pieces):
        output.tell(desk.project.show(path))
    left = len(campaign.pieces) - len(pieces)
    output.say(
        f"{arguments.count(len(pieces), 'letter')} as drafts"
        + (f"; {left} left out, which went out already." if left else ".")
        + " The ledger does not know what you send by hand; tell it, for each:\n"
        f"    brochure mail {desk.leaflet} --note ADDRESS sent"
    )
    return 0
