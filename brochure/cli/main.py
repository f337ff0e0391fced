"""The command line: its commands, and what becomes of its exceptions."""

import gc
import gettext
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from brochure import __version__
from brochure.cli.output import harmless
from brochure.cli.session import NOWHERE, Group, Option, Session, Usage
from brochure.diagnostics import Diagnostic, DiagnosticsError, error
from brochure.messages import LOCALE, Message, say

cli = Group(
    "brochure",
    {
        "new": (say("Start a new leaflet, and a project around it."), "new:new"),
        "import": (
            say("Make a leaflet of a Word file, or take changes over."),
            "importing:import_",
        ),
        "export": (say("Write a leaflet as a Word or Markdown file."), "exporting:export"),
        "studio": (say("Write leaflets in the browser."), "studio:studio"),
        "build": (say("Build the PDFs of all leaflets, or of some."), "build:build"),
        "check": (say("Look for everything that is wrong; verify every quote."), "check:check"),
        "source": (say("Read, search and quote the documents quoted."), "source:source"),
        "variants": (say("See how each region's leaflet differs."), "variants:variants"),
        "designs": (say("List the designs: how a leaflet can look."), "designs:designs"),
        "editions": (say("List the editions: what can be made of a leaflet."), "editions:editions"),
        "mail": (say("Mail the PDFs, each office once."), "mail:mail"),
        "schema": (say("Print the JSON Schema of a file, for editors."), "new:schema"),
        "completion": (say("Print what lets a shell complete words."), "new:completion"),
    },
    help=say("Make printable leaflets that quote a document and answer it, pair by pair."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
click.version_option(__version__, prog_name="brochure", cls=Option, help=say("Show the version."))(
    cli
)


def main(arguments: list[str] | None = None) -> None:
    """Entry point. Ends with 0: fine, 1: errors in the content, 2: wrong usage, 130: Ctrl-C."""
    gc.disable()  # while modules load there is no garbage; who has much to do turns it on again
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run the command line; the exit code."""
    session = Session()
    session.wants_json = "--json" in arguments
    output = session.output
    with _clicks_language(session):
        try:
            code = cli.main(arguments, prog_name="brochure", standalone_mode=False, obj=session)
            return int(code or 0)
        except click.exceptions.Exit as exit_:
            return exit_.exit_code
        except click.exceptions.NoArgsIsHelpError as wrong:
            wrong.show()
            return wrong.exit_code
        except click.ClickException as wrong:
            if session.wants_json:
                output.document(session.command, _diagnostics(wrong), {})
            else:
                _show_misuse(wrong, session)
            return wrong.exit_code
        except DiagnosticsError as failed:
            if output.json:
                output.document(session.command, failed.diagnostics, {})
            else:
                output.diagnostics(failed.diagnostics)
            return 1
        except (click.Abort, KeyboardInterrupt):
            if output.json:
                stopped = error("stopped", say("Stopped."), NOWHERE)
                output.document(session.command, [stopped], {})
            else:
                output.warn(say("Stopped."))
            return 130
        except BrokenPipeError:  # `brochure … | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 141


def _diagnostics(wrong: click.ClickException) -> tuple[Diagnostic, ...]:
    """What is wrong with a command, as diagnostics."""
    if isinstance(wrong, Usage):
        return wrong.diagnostics
    text = wrong.format_message().replace("{", "{{").replace("}", "}}")
    return (error("usage", Message(text, {}), NOWHERE),)


def _show_misuse(wrong: click.ClickException, session: Session) -> None:
    """Say what is wrong with a command; the names in it may be a stranger's."""
    sentence = wrong.sentence if isinstance(wrong, Usage) else wrong.format_message()
    text = harmless(session.output.words(sentence), lines=True)
    if isinstance(wrong, click.UsageError):
        click.UsageError(text, wrong.ctx).show()
    else:
        click.ClickException(text).show()


@contextmanager
def _clicks_language(session: Session) -> Iterator[None]:
    """Let click speak the user's language: it asks the gettext module for the domain `messages`,
    which asks the environment (GNU gettext manual, 2.3).
    """
    before = os.environ.get("LANGUAGE")
    gettext.bindtextdomain("messages", LOCALE)
    session.speak()
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("LANGUAGE", None)
        else:
            os.environ["LANGUAGE"] = before
