"""Arguments that commands share: leaflets, variants and editions by name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import click
from click.shell_completion import CompletionItem

from brochure.cli.session import NOWHERE, Option, Session, Usage, session_of, wrong_usage
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error
from brochure.files import composed
from brochure.layout.designs import DEFAULT, design_names
from brochure.layout.edition import Edition
from brochure.layout.editions import choose_editions, load_editions
from brochure.manuscript.variants.regions import read_regions
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import say
from brochure.pipeline.fingerprint import Digests
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.plan import Mode, Plan, Selection, make_plan
from brochure.project import MANUSCRIPT, Project


def offer(names: Callable[[], Iterable[str]], word: str) -> list[CompletionItem]:
    """Words for the shell that begin like `word`; of a list too: what follows its last comma."""
    before, comma, last = word.rpartition(",")
    try:
        return [CompletionItem(before + comma + n) for n in names() if n.startswith(last)]
    except (DiagnosticsError, click.ClickException, OSError):
        return []  # nothing to offer; the command itself will say what is wrong


def complete_leaflet(context: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
    """Names of leaflets for the shell."""
    return offer(lambda: session_of(context).project.leaflets(), word)


def complete_variant(context: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
    """Ids of regions for the shell: of the leaflets named so far, or of all."""

    def ids() -> list[str]:
        project = session_of(context).project
        named = context.params.get("leaflets") or context.params.get("leaflet")
        leaflets = (named,) if isinstance(named, str) else named or project.leaflets()
        return [row.id for name in leaflets for row in read_regions(project, name).rows]

    return offer(ids, word)


def complete_edition(context: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
    """Names of editions for the shell."""
    return offer(lambda: load_editions(session_of(context).project), word)


def designs_here(session: Session) -> tuple[str, ...]:
    """The names of all designs: those that come with brochure, where there is no project yet."""
    try:
        return design_names(Project.find(session.folder))
    except DiagnosticsError:
        return design_names(None)


def complete_design(context: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
    """Names of designs for the shell."""
    return offer(lambda: designs_here(session_of(context)), word)


leaflet_argument = click.argument("leaflet", shell_complete=complete_leaflet)
leaflets_argument = click.argument(
    "leaflets", metavar="[LEAFLET]…", nargs=-1, shell_complete=complete_leaflet
)
region_argument = click.argument("region", metavar="ID", shell_complete=complete_variant)
design_option = click.option(
    "--design", "-d", default=DEFAULT, show_default=True, metavar="NAME",
    shell_complete=complete_design, cls=Option,
    help=say("How it looks; `brochure designs` lists what there is."),
)  # fmt: skip
edition_option = click.option(
    "--edition", "-e", "editions", multiple=True, metavar="E", shell_complete=complete_edition,
    cls=Option,
    help=say("An edition; several with commas, or the option again. Without: the default ones."),
)  # fmt: skip
variant_option = click.option(
    "--variant", "variants", multiple=True, metavar="ID", shell_complete=complete_variant,
    cls=Option, help=say("The variant for a region; several with commas, or the option again."),
)  # fmt: skip
all_option = click.option(
    "--all", "all_variants", is_flag=True, cls=Option,
    help=say("All variants: one for each row of regions.csv."),
)  # fmt: skip


def leaflet_names(project: Project, requested: tuple[str, ...]) -> tuple[str, ...]:
    """Leaflets by name or by path (as a shell completes it); without: all."""
    known = project.leaflets()
    if not known:
        raise Usage(say("There is no leaflet yet. Start one: brochure new my-leaflet"))
    spelled = {composed(name): name for name in known}
    names: list[str] = []
    unknown: list[Diagnostic] = []
    for word in requested:
        *folders, last = word.rstrip("/").split("/")
        name = folders[-1] if last == MANUSCRIPT and folders else last
        name = spelled.get(composed(name), name)
        if name not in known:
            message = say("There is no leaflet `{name}`.", name=word)
            unknown.append(error("usage", message, NOWHERE, did_you_mean(name, known)))
        names.append(name)
    if unknown:
        raise wrong_usage(DiagnosticsError(unknown))
    return tuple(dict.fromkeys(names)) or known


def leaflet_name(project: Project, requested: str) -> str:
    """One leaflet, by name or by path."""
    (name,) = leaflet_names(project, (requested,))
    return name


def split_names(requested: tuple[str, ...]) -> tuple[str, ...]:
    """Names as an option has them: one or several with commas, the option once or more often."""
    return tuple(dict.fromkeys(name.strip() for word in requested for name in word.split(",")))


def selection(
    variants: tuple[str, ...], all_variants: bool, *, base_too: bool, anywhere: bool
) -> Selection:
    """The variants that the options ask for, see `Selection`."""
    if variants and all_variants:
        raise Usage(say("Use either --variant or --all."))
    ids = split_names(variants)
    if not all(ids):
        raise Usage(say("--variant needs the id of a region, as in regions.csv."))
    return Selection(ids, all_variants, base_too, anywhere)


def requested_editions(session: Session, requested: tuple[str, ...]) -> Mapping[str, Edition]:
    """The editions of these names, or the default ones. Raises DiagnosticsError where the file of
    editions is wrong.
    """
    known = load_editions(session.project)
    try:
        return choose_editions(known, split_names(requested), Location("--edition"))
    except DiagnosticsError as failed:
        raise wrong_usage(failed) from None


@dataclass(frozen=True)
class Request:
    """What a command is asked to do, before anything is read."""

    leaflets: tuple[str, ...]
    selection: Selection
    editions: tuple[str, ...]
    mode: Mode


def planned(
    session: Session, project: Project, request: Request, manifest: Manifest, digests: Digests
) -> tuple[tuple[str, ...], Plan]:
    """The names of the leaflets that are asked for, and what is to be done for them."""
    editions = requested_editions(session, request.editions)
    names = leaflet_names(project, request.leaflets)
    try:
        plan = make_plan(
            project, names, request.selection, editions, request.mode, manifest, digests
        )
    except DiagnosticsError as failed:
        raise wrong_usage(failed) from None
    return names, plan


def exit_code(diagnostics: Iterable[Diagnostic]) -> int:
    """1 where one of them is an error, else 0."""
    return int(any(diagnostic.is_error for diagnostic in diagnostics))
