"""What commands share: arguments, the project, leaflets and editions by name."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from brochure.cli import output
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location
from brochure.project import MANUSCRIPT, Project

# What is imported inside functions is slow, and not needed by all commands.


def complete_leaflet(context: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
    """Names of leaflets for the shell."""
    return _complete(lambda: project_of(context).leaflets(), word)


def complete_variant(context: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
    """Ids of regions for the shell: of the leaflets named so far, or of all."""
    from brochure.manuscript.variants.regions import read_regions

    def ids() -> list[str]:
        project = project_of(context)
        found: Any = {}
        level: click.Context | None = context
        while level is not None:
            found = {**level.params, **found}
            level = level.parent
        named = found.get("leaflets") or found.get("leaflet") or project.leaflets()
        leaflets = (named,) if isinstance(named, str) else named
        return [row.id for name in leaflets for row in read_regions(project, name).rows]

    return _complete(ids, word)


def _complete_edition(
    context: click.Context, _: click.Parameter, word: str
) -> list[CompletionItem]:
    from brochure.layout.edition import load_editions

    return _complete(lambda: load_editions(project_of(context)), word)


def _complete(names: Any, word: str) -> list[CompletionItem]:
    try:
        return [CompletionItem(name) for name in names() if name.startswith(word)]
    except (DiagnosticsError, click.ClickException, OSError):
        return []  # nothing to offer; the command itself will say what is wrong


leaflets = click.argument(
    "leaflets", metavar="[LEAFLET]…", nargs=-1, shell_complete=complete_leaflet
)
editions = click.option(
    "--edition", "-e", "editions", multiple=True, metavar="E", shell_complete=_complete_edition,
    help="An edition; may be given more than once. Without: the default ones.",
)  # fmt: skip
variants = click.option(
    "--variant", "variants", multiple=True, metavar="ID", shell_complete=complete_variant,
    help="The variant for a region; several with commas, or the option again.",
)  # fmt: skip
all_variants = click.option(
    "--all", "all_variants", is_flag=True, help="All variants: one for each row of regions.csv."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def project_of(context: click.Context) -> Project:
    """The project of the current folder; that there is none is wrong usage."""
    folder: Path = context.find_object(Path) or Path.cwd()
    try:
        return Project.find(folder)
    except DiagnosticsError as failed:
        (problem,) = failed.diagnostics
        raise click.UsageError(f"{problem.message}\n{problem.hint}") from None


def leaflet_names(project: Project, given: tuple[str, ...]) -> tuple[str, ...]:
    """The leaflets asked for, by name or by path (as a shell completes it); without: all."""
    from brochure.manuscript.yaml.validation import did_you_mean

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


def variant_ids(given: tuple[str, ...]) -> tuple[str, ...]:
    """Ids as given to ``--variant``: one or several with commas, the option once or more often."""
    ids = [name.strip() for word in given for name in word.split(",")]
    if not all(ids):
        raise click.UsageError("--variant needs the id of a region, as in regions.csv.")
    return tuple(dict.fromkeys(ids))


def forms(project: Project, given: tuple[str, ...]) -> Any:
    """The editions asked for by name, or those made unasked."""
    from brochure.layout.edition import choose, load_editions

    try:
        known = load_editions(project)
    except DiagnosticsError as failed:
        output.show(failed.diagnostics, project)
        raise click.exceptions.Exit(1) from None
    try:
        return choose(known, given, Location("--edition"))
    except DiagnosticsError as failed:
        raise wrong_usage(failed) from None


def wrong_usage(failed: DiagnosticsError) -> click.UsageError:
    """The first of some problems as wrong usage: it lies in the command, not in a file."""
    (problem, *_) = failed.diagnostics
    return click.UsageError(f"{problem.message} {problem.hint}")


def count(number: int, noun: str) -> str:
    """``1 page``, ``3 pages``."""
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def exit_code(diagnostics: Iterable[Diagnostic]) -> int:
    """1 where one of them is an error, else 0."""
    return int(any(diagnostic.is_error for diagnostic in diagnostics))


def choice(
    variants: tuple[str, ...], all_variants: bool, *, every_form: bool, anywhere: bool
) -> Any:
    """Which variants the arguments ask for, see `Choice`."""
    from brochure.pipeline.plan import Choice

    if variants and all_variants:
        raise click.UsageError("Take one of --variant and --all.")
    ids = variant_ids(variants) if variants else ()
    return Choice(ids, all_variants, every_form, anywhere)
