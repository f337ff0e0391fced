"""`brochure new`, and what helps editors and shells: `schema`, `completion`."""

import json
import os

import click
from click.shell_completion import get_completion_class

from brochure.cli import arguments
from brochure.cli.session import NOWHERE, Session, Usage, command, option, wrong_usage
from brochure.diagnostics import DiagnosticsError
from brochure.layout.designs import check_design
from brochure.layout.edition import Edition
from brochure.mail.letter.model import Mailing
from brochure.manuscript.model.schema import schema_of, schemas, schemas_by_name
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import EMPTY, say
from brochure.starters import Starter, create_leaflet, starter_languages


@command("new", say("Start a new leaflet, and a project around it where there is none."))
@click.argument("name")
@option(
    "--language", "-l", default="de", show_default=True,
    shell_complete=lambda _, __, word: arguments.offer(starter_languages, word),
    help_text=say("Language of the leaflet."),
)  # fmt: skip
@arguments.design_option
@option("--example", is_flag=True, help_text=say("One that shows every verdict on quotes."))
@option("--empty", is_flag=True, help_text=say("One without words: a title, and a pair to fill."))
def new(session: Session, name: str, language: str, design: str, example: bool, empty: bool) -> int:
    """Start a leaflet, and say what to do next."""
    if example and empty:
        raise Usage(say("A leaflet is either empty or an example."), EMPTY)
    starter = Starter.EXAMPLE if example else Starter.EMPTY if empty else Starter.SAMPLE
    known = starter_languages()
    if language not in known:
        message = say("There is no leaflet to start from in `{language}`.", language=language)
        raise Usage(message, did_you_mean(language, known))
    try:
        check_design(design, arguments.designs_here(session), NOWHERE)
        path = create_leaflet(session.folder, name, language, design=design, starter=starter)
    except DiagnosticsError as failed:
        if {d.code for d in failed.diagnostics} <= {"leaflet-name", "exists", "unknown-design"}:
            raise wrong_usage(failed) from None
        raise
    output = session.output
    output.result(str(path))
    root = path.parents[2]
    here = root == session.folder.absolute()
    steps = [] if here else [f"cd {os.path.relpath(root, session.folder)}"]
    if example:
        output.note(say("Open this file and compare it with what these say about its quotes:"))
        steps += [f"brochure check {name}", f"brochure build {name} --draft"]
    else:
        output.note(
            say("Open this file in a text editor and write your leaflet into it. Then type:")
        )
        steps += [f"brochure build {name}"]
    for step in steps:
        output.note(f"    {step}")
    return 0


@command("schema", say("Print the JSON Schema of a file that people write, for editors."))
@click.argument(
    "kind", type=click.Choice(["leaflet", "variant", "editions", "mail"]), default="leaflet"
)
def schema(session: Session, kind: str) -> int:
    """Print a JSON Schema."""
    match kind:
        case "editions":
            data = schemas_by_name(Edition)
        case "mail":
            data = schema_of(Mailing)
        case _:
            data = schemas()[kind]
    session.output.result(json.dumps(data, indent=2, ensure_ascii=False))
    return 0


@command("completion", say("Print what lets a shell complete commands, leaflets and editions."))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, session: Session, shell: str) -> int:
    """Print a script for a shell."""
    kind = get_completion_class(shell)
    root = context.find_root().command
    assert kind is not None  # the choices are those that click knows
    session.output.result(kind(root, {}, "brochure", "_BROCHURE_COMPLETE").source())
    return 0
