"""The command line: its commands, and what becomes of its exceptions."""

import gc
import json
import os
import sys
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from brochure import __version__
from brochure.cli import output
from brochure.cli.build import build
from brochure.cli.check import check
from brochure.cli.mail import mail
from brochure.cli.source import source
from brochure.cli.variants import variants
from brochure.diagnostics import DiagnosticsError


def main(arguments: list[str] | None = None) -> None:
    """Entry point. Ends with 0: fine, 1: errors in the content, 2: wrong usage, 130: Ctrl-C."""
    gc.disable()  # while modules load there is no garbage; the typesetter turns it on again
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run the command line; the exit code."""
    try:
        return int(cli.main(arguments, prog_name="brochure", standalone_mode=False) or 0)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as wrong:
        output.show_misuse(wrong)
        return wrong.exit_code
    except DiagnosticsError as failed:
        output.show(failed.diagnostics, None)
        return 1
    except (click.Abort, KeyboardInterrupt):
        output.say("Stopped.")
        return 130
    except BrokenPipeError:  # `brochure … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="brochure")
@click.option(
    "--project", "-C", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Work in this folder instead of the current one.",
)  # fmt: skip
@click.pass_context
def cli(context: click.Context, folder: Path | None) -> None:
    """Make printable leaflets that quote a document and answer it, pair by pair."""
    context.obj = folder or Path.cwd()


@cli.command()
@click.argument("name")
@click.option("--language", "-l", default="de", show_default=True, help="Language of the leaflet.")
@click.option("--example", is_flag=True, help="One that shows every verdict on quotes.")
@click.pass_context
def new(context: click.Context, name: str, language: str, example: bool) -> None:
    """Start a new leaflet (and a project around it, where there is none)."""
    from brochure.manuscript.yaml.validation import did_you_mean
    from brochure.starters import create, languages

    if language not in languages():
        raise click.UsageError(
            f"There is no leaflet to begin with in `{language}`. "
            + did_you_mean(language, languages())
        )
    path = create(context.obj, name, language, example=example)
    output.tell(str(path))
    root = path.parents[2]
    steps = [] if root == context.obj.absolute() else [f"cd {os.path.relpath(root, context.obj)}"]
    if example:
        output.say("Open this file beside what these say of its quotes:")
        steps += [f"brochure check {name}", f"brochure build {name} --draft"]
    else:
        output.say("Open this file in an editor and write your leaflet into it. Then type:")
        steps += [f"brochure build {name}"]
    for step in steps:
        output.say(f"    {step}")


@cli.command()
@click.argument(
    "kind", type=click.Choice(["leaflet", "variant", "editions", "mail"]), default="leaflet"
)
def schema(kind: str) -> None:
    """Print the JSON Schema of a file that people write, for editors."""
    from brochure.layout.edition import Edition
    from brochure.mail.letter.model import Mailing
    from brochure.manuscript.model.schema import schema_of, schemas, schemas_by_name

    match kind:
        case "editions":
            data = schemas_by_name(Edition)
        case "mail":
            data = schema_of(Mailing)
        case _:
            data = schemas()[kind]
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes a shell complete commands, leaflets and editions."""
    kind = get_completion_class(shell)
    assert kind is not None  # the choices are those that click knows
    click.echo(kind(cli, {}, "brochure", "_BROCHURE_COMPLETE").source())


for command in (build, check, mail, source, variants):
    cli.add_command(command)
