"""The command line: parse, call one function, print its answer; nothing else."""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

from brochure import __version__, report, terminal
from brochure.diagnostics import Diagnostic, Place, Problems
from brochure.project import MANUSCRIPT, Project

# What is imported inside the commands is slow, and not needed by all of them.


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
        wrong.show()
        return wrong.exit_code
    except Problems as problems:
        terminal.show(problems.diagnostics, None)
        return 1
    except (click.Abort, KeyboardInterrupt):
        terminal.say("Stopped.")
        return 130
    except BrokenPipeError:  # `brochure … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _complete_leaflet(
    context: click.Context, _: click.Parameter, word: str
) -> list[CompletionItem]:
    return _complete(lambda: _project(context).leaflets(), word)


def _complete_edition(
    context: click.Context, _: click.Parameter, word: str
) -> list[CompletionItem]:
    from brochure.press.edition import load_editions

    return _complete(lambda: load_editions(_project(context)), word)


def _complete(names: Any, word: str) -> list[CompletionItem]:
    try:
        return [CompletionItem(name) for name in names() if name.startswith(word)]
    except (Problems, click.ClickException, OSError):
        return []  # nothing to offer; the command itself will say what is wrong


_leaflets = click.argument(
    "leaflets", metavar="[LEAFLET]…", nargs=-1, shell_complete=_complete_leaflet
)
_editions = click.option(
    "--edition", "-e", "editions", multiple=True, metavar="E", shell_complete=_complete_edition,
    help="An edition; may be given more than once. Without: the default ones.",
)  # fmt: skip
_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


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
@click.pass_context
def new(context: click.Context, name: str, language: str) -> None:
    """Start a new leaflet (and a project around it, where there is none)."""
    from brochure.manuscript.validate import did_you_mean
    from brochure.new import create, languages

    if language not in languages():
        raise click.UsageError(
            f"There is no leaflet to begin with in `{language}`. "
            + did_you_mean(language, languages())
        )
    path = create(context.obj, name, language)
    click.echo(path)
    root = path.parents[2]
    steps = [] if root == context.obj.absolute() else [f"cd {os.path.relpath(root, context.obj)}"]
    terminal.say("Open this file in an editor and write your leaflet into it. Then type:")
    for step in [*steps, f"brochure build {name}"]:
        terminal.say(f"    {step}")


@cli.command()
@_leaflets
@_editions
@click.option("--open", "open_", is_flag=True, help="Show the PDFs when they are done.")
@click.option("--watch", is_flag=True, help="Build again whenever something changes.")
@click.option("--verbose", "-v", is_flag=True, help="Say which step is being done.")
@_json
@click.pass_context
def build(
    context: click.Context,
    leaflets: tuple[str, ...],
    editions: tuple[str, ...],
    open_: bool,
    watch: bool,
    verbose: bool,
    as_json: bool,
) -> int:
    """Build the PDFs of all leaflets, or of those named."""
    from brochure.press.typeset import Typesetter

    if watch and as_json:
        raise click.UsageError("--json gives one answer, --watch never ends: take one of them.")
    if verbose:
        terminal.log_steps()
    project = _project(context)
    typesetter = Typesetter(project.cache)
    code = _build_once(project, leaflets, editions, typesetter, open_, as_json)
    if not watch:
        return code

    from brochure.build.watch import changes

    terminal.say("Watching; Ctrl-C ends it.")
    for changed in changes(project):
        names = ", ".join(sorted(project.show(path) for path in changed))
        terminal.say(f"Changed: {names}")
        project.seen.clear()
        try:
            _build_once(project, leaflets, editions, typesetter, False, False)
        except click.ClickException as wrong:  # the leaflet's folder was renamed, say
            wrong.show()
        except Problems as problems:
            terminal.show(problems.diagnostics, project)
    return 0


def _build_once(
    project: Project,
    leaflets: tuple[str, ...],
    editions: tuple[str, ...],
    typesetter: Any,
    open_: bool,
    as_json: bool,
) -> int:
    from brochure.build.run import build as build_all

    names = _names(project, leaflets)
    forms = _forms(project, editions)
    complaints: list[Diagnostic] = []
    built = []
    total = len(names) * len(forms)
    with terminal.Progress(total) as progress:
        for outcome in build_all(project, names, forms, typesetter):
            progress.done()
            new_ones = [d for d in outcome.diagnostics if d not in complaints]
            complaints += new_ones
            if not as_json:
                terminal.show(new_ones, project)
            if outcome.artifact is not None:
                built.append(outcome.artifact)
                if not as_json:
                    artifact = outcome.artifact
                    pages = "1 page" if artifact.pages == 1 else f"{artifact.pages} pages"
                    size = f"{artifact.size / 1000:.0f} kB"
                    click.echo(f"{project.show(artifact.path)}  ({pages}, {size})")
            progress.goes_on()
    if as_json:
        terminal.show_json(
            complaints,
            artifacts=[
                {
                    "leaflet": artifact.leaflet,
                    "edition": artifact.edition,
                    "path": project.show(artifact.path),
                    "pages": artifact.pages,
                    "bytes": artifact.size,
                }
                for artifact in built
            ],
        )
    elif complaints:
        terminal.say(f"Done, with {report.summary(tuple(complaints))}.")
    if open_:
        for artifact in built:
            click.launch(str(artifact.path))
    return int(any(d.is_error for d in complaints))


@cli.command()
@_leaflets
@_editions
@_json
@click.pass_context
def check(
    context: click.Context, leaflets: tuple[str, ...], editions: tuple[str, ...], as_json: bool
) -> int:
    """Look for everything that is wrong; write nothing."""
    from brochure.build.run import check as check_all

    project = _project(context)
    names = _names(project, leaflets)
    complaints = check_all(project, names, _forms(project, editions))
    if as_json:
        terminal.show_json(complaints)
    else:
        terminal.show(complaints, project)
        terminal.say(f"{', '.join(names)}: {report.summary(complaints)}.")
    return int(any(d.is_error for d in complaints))


@cli.command()
def schema() -> None:
    """Print the JSON Schema of leaflet.yaml, for completion in editors."""
    from brochure.manuscript.schema import schema as leaflet_schema

    click.echo(json.dumps(leaflet_schema(), indent=2, ensure_ascii=False))


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes a shell complete commands, leaflets and editions."""
    kind = get_completion_class(shell)
    assert kind is not None  # the choices are those that click knows
    click.echo(kind(cli, {}, "brochure", "_BROCHURE_COMPLETE").source())


def _project(context: click.Context) -> Project:
    """The project of the current folder; that there is none is wrong usage."""
    folder: Path = context.find_object(Path) or Path.cwd()
    try:
        return Project.find(folder)
    except Problems as problems:
        (problem,) = problems.diagnostics
        raise click.UsageError(f"{problem.message}\n{problem.hint}") from None


def _names(project: Project, given: tuple[str, ...]) -> tuple[str, ...]:
    """The leaflets asked for, by name or by path (as a shell completes it); without: all."""
    from brochure.manuscript.validate import did_you_mean

    known = project.leaflets()
    if not known:
        raise click.UsageError("There is no leaflet yet. Start one: brochure new my-leaflet")
    names = []
    for word in given:
        path = Path(word)
        name = path.parent.name if path.name == MANUSCRIPT else path.name
        if name not in known:
            raise click.UsageError(f"There is no leaflet `{word}`. {did_you_mean(name, known)}")
        names.append(name)
    return tuple(dict.fromkeys(names)) or known


def _forms(project: Project, given: tuple[str, ...]) -> Any:
    from brochure.press.edition import choose, load_editions

    try:
        editions = load_editions(project)
    except Problems as problems:
        terminal.show(problems.diagnostics, project)
        raise click.exceptions.Exit(1) from None
    try:
        return choose(editions, given, Place("--edition"))
    except Problems as problems:
        (problem, *_) = problems.diagnostics
        raise click.UsageError(f"{problem.message} {problem.hint}") from None
