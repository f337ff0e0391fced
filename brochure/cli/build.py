"""`brochure build`."""

import sys
from contextlib import closing
from typing import TYPE_CHECKING, TypedDict

import click

from brochure.cli import arguments
from brochure.cli.arguments import Request
from brochure.cli.output import Output
from brochure.cli.session import Session, Usage, as_json, command, option
from brochure.diagnostics import Diagnostic, Rationed, names_editions
from brochure.messages import Message, joined, plural, say
from brochure.pipeline.fingerprint import Digests
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.outcome import Artifact, known
from brochure.pipeline.plan import Mode
from brochure.project import Project

if TYPE_CHECKING:
    from brochure.pipeline.executors import ProcessPool

_LIST = 20  # more files are not listed on a terminal


class ArtifactData(TypedDict):
    """A file in ``out/``, as JSON data. `made`: just now, or else it was up to date."""

    leaflet: str
    variant: str | None
    edition: str
    path: str
    pages: int | None
    sheets: int | None
    bytes: int
    made: bool


class BuildData(TypedDict):
    """What `brochure build` made, as JSON data."""

    artifacts: list[ArtifactData]


@command("build", say("Build the PDFs of all leaflets, or of those named."))
@arguments.leaflets_argument
@arguments.edition_option
@arguments.variant_option
@arguments.all_option
@option(
    "--draft",
    is_flag=True,
    help_text=say("Build although quotes are wrong; they are marked on the page."),
)
@option(
    "--jobs",
    "-j",
    type=click.IntRange(1),
    help_text=say("How many processes typeset. Without: as many as pay off."),
)
@option(
    "--scheduler",
    metavar="ADDRESS",
    help_text=say("A Dask scheduler, as in tcp://host:8786: its workers typeset."),
)
@option("--open", "open_", is_flag=True, help_text=say("Show the PDFs when they are done."))
@option("--watch", is_flag=True, help_text=say("Build again whenever something changes."))
@as_json
def build(
    session: Session,
    leaflets: tuple[str, ...],
    editions: tuple[str, ...],
    variants: tuple[str, ...],
    all_variants: bool,
    draft: bool,
    jobs: int | None,
    scheduler: str | None,
    open_: bool,
    watch: bool,
    as_json: bool,
) -> int:
    """Build; the exit code."""
    if watch and as_json:
        raise Usage(say("--json gives one answer, and --watch never ends: use one of them."))
    if watch and scheduler:
        raise Usage(say("--watch builds on this machine: leave --scheduler out."))
    chosen = arguments.selection(variants, all_variants, base_too=False, anywhere=not leaflets)
    request = Request(leaflets, chosen, editions, Mode.DRAFT if draft else Mode.BUILD)
    if watch:
        from brochure.cli.watching import watch as watch_for_changes  # loads what typesets

        def once(project: Project, pool: "ProcessPool", first: bool) -> int:
            return _build(session, project, request, open_ and first, pool=pool)

        return watch_for_changes(session, jobs, once)
    return _build(session, session.project, request, open_, jobs=jobs, scheduler=scheduler)


def _build(
    session: Session,
    project: Project,
    request: Request,
    open_: bool,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    pool: "ProcessPool | None" = None,
) -> int:
    output = session.output
    manifest, digests = Manifest(project), Digests()
    _, plan = arguments.planned(session, project, request, manifest, digests)
    diagnostics: dict[Diagnostic, None] = {}
    ration = Rationed()
    built: list[Artifact] = []
    brief = plan.total > _LIST and sys.stdout.isatty()
    if plan.to_build:
        from brochure.cli.workshop import Workshop  # loads what composes

        outcomes = Workshop(jobs, scheduler, pool).outcomes(project, plan, manifest, digests)
    else:
        outcomes = known(project, plan, manifest)
    with closing(outcomes), output.progress(len(plan.to_build)) as progress:
        for outcome in outcomes:
            made = outcome.artifact is None or outcome.artifact.made
            new_ones = [d for d in outcome.diagnostics if d not in diagnostics]
            if made:
                progress.done()
            diagnostics |= dict.fromkeys(new_ones)
            if not output.json:  # others may name the same
                output.diagnostics([d for d in new_ones if not names_editions(d)], ration)
            if outcome.artifact is not None:
                built.append(outcome.artifact)
                if not output.json and not brief:
                    output.result(_line(project, outcome.artifact))
            if made:
                progress.goes_on()
    if output.json:
        order = {job.path: index for index, job in enumerate(plan.jobs)}
        built.sort(key=lambda artifact: order[artifact.path])
        result: BuildData = {"artifacts": [_data(project, artifact) for artifact in built]}
        output.document("build", diagnostics, result)
    else:
        output.diagnostics(filter(names_editions, diagnostics), ration)
        output.left_out(ration)
        _sum_up(output, plan.total, built, tuple(diagnostics))
    if open_:
        paths = [str(artifact.path) for artifact in built]
        for path in paths if len(paths) <= _LIST else [str(project.out)]:
            click.launch(path)
    return arguments.exit_code(diagnostics)


def _line(project: Project, artifact: Artifact) -> Message:
    parts = []
    if artifact.pages:
        pages = plural("{n} page", "{n} pages", artifact.pages)
        if artifact.sheets:
            sheets = plural("{n} sheet", "{n} sheets", artifact.sheets)
            pages = say("{pages} on {sheets}", pages=pages, sheets=sheets)
        parts.append(pages)
    parts.append(say("{size:.0f} kB", size=artifact.size / 1000))
    if not artifact.made:
        parts.append(say("unchanged"))
    details = joined(parts, ", ")
    return say("{path}  ({details})", path=project.show(artifact.path), details=details)


def _data(project: Project, artifact: Artifact) -> ArtifactData:
    return {
        "leaflet": artifact.leaflet,
        "variant": artifact.variant,
        "edition": artifact.edition,
        "path": project.show(artifact.path),
        "pages": artifact.pages or None,
        "sheets": artifact.sheets or None,
        "bytes": artifact.size,
        "made": artifact.made,
    }


def _sum_up(
    output: Output, total: int, built: list[Artifact], diagnostics: tuple[Diagnostic, ...]
) -> None:
    parts = []
    if total > _LIST:
        made = sum(artifact.made for artifact in built)
        parts.append(plural("{n} built", "{n} built", made))
        parts.append(plural("{n} unchanged", "{n} unchanged", len(built) - made))
        if len(built) < total:
            parts.append(plural("{n} not built", "{n} not built", total - len(built)))
    if diagnostics:
        parts.append(output.summary(diagnostics))
    details = joined(parts, ", ")
    if parts and built:
        output.note(say("Done: {details}.", details=details))
    elif parts:
        output.note(say("Nothing was built: {details}.", details=details))
