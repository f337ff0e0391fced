"""Who sets the type: this process, several, or a cluster."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import click

from brochure.cli import arguments, output
from brochure.diagnostics import Diagnostic, DiagnosticsError, Rationed
from brochure.project import Project

_FEW = 3  # so little type is set sooner by one process than two have loaded what they need


@contextmanager
def kept(jobs: int | None) -> Iterator[Any]:
    """Who sets the type for many builds, one after the other."""
    from brochure.pipeline import executors, tasks

    with closing(executors.Pool(jobs or _cores(), tasks.prepare, kept=True)) as pool:
        yield pool


@contextmanager
def engage(
    to_set: int, jobs: int | None, scheduler: str | None, pool: Any = None
) -> Iterator[tuple[Any, bool]]:
    """Who sets the type, for the time of a build, and whether the cache is within their reach.

    `pool` are those that are there already, see `kept`.
    """
    if not to_set or pool is not None:
        yield pool, True
        return
    from brochure.pipeline import executors, tasks

    gc.enable()  # type is set elsewhere; here there is much to read and compose
    if scheduler is None:
        processes = min(jobs or (1 if to_set <= _FEW else _cores()), to_set)
        yield executors.Pool(processes, tasks.prepare), True
        return
    try:
        cluster = executors.Cluster(scheduler)
    except DiagnosticsError as failed:
        raise arguments.wrong_usage(failed) from None
    try:
        yield cluster, False
    finally:
        cluster.close()


def _cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


# --- `brochure build` and `brochure check`.

_LIST = 20  # more files are not listed on a terminal


@click.command()
@arguments.leaflets
@arguments.editions
@arguments.variants
@arguments.all_variants
@click.option(
    "--draft", is_flag=True, help="Build though quotes are wrong; they are marked on the page."
)
@click.option("--jobs", "-j", type=click.IntRange(1), help="Processes. Without: one a core.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler, as in tcp://host:8786.")
@click.option("--open", "open_", is_flag=True, help="Show the PDFs when they are done.")
@click.option("--watch", is_flag=True, help="Build again whenever something changes.")
@click.option("--verbose", "-v", is_flag=True, help="Say which step is being done.")
@arguments.as_json
@click.pass_context
def build(
    context: click.Context,
    leaflets: tuple[str, ...],
    editions: tuple[str, ...],
    variants: tuple[str, ...],
    all_variants: bool,
    draft: bool,
    jobs: int | None,
    scheduler: str | None,
    open_: bool,
    watch: bool,
    verbose: bool,
    as_json: bool,
) -> int:
    """Build the PDFs of all leaflets, or of those named."""
    if watch and as_json:
        raise click.UsageError("--json gives one answer, --watch never ends: take one of them.")
    if watch and scheduler:
        raise click.UsageError("--watch builds here; leave --scheduler out.")
    if verbose:
        output.log_steps()
    project = arguments.project_of(context)
    choice = arguments.choice(variants, all_variants, every_form=False, anywhere=not leaflets)
    what = (project, leaflets, editions, choice, draft)
    if not watch:
        return _build_once(*what, (jobs, scheduler, None), open_, as_json)

    from brochure.pipeline.watch import changes

    with kept(jobs) as pool:
        _build_once(*what, (jobs, None, pool), open_, False)
        output.say("Watching; Ctrl-C ends it.")
        for changed in changes(project):
            names = ", ".join(sorted(project.show(path) for path in changed))
            output.say(f"Changed: {names}")
            project.seen.clear()
            try:
                _build_once(*what, (jobs, None, pool), False, False)
            except click.ClickException as wrong:  # the leaflet's folder was renamed, say
                output.show_misuse(wrong)
            except DiagnosticsError as failed:
                output.show(failed.diagnostics, project)
    return 0


def _build_once(
    project: Project,
    leaflets: tuple[str, ...],
    editions: tuple[str, ...],
    choice: Any,
    draft: bool,
    staffing: tuple[int | None, str | None, Any],
    open_: bool,
    as_json: bool,
) -> int:
    from brochure.pipeline.build import Build

    forms = arguments.forms(project, editions)
    names = arguments.leaflet_names(project, leaflets)
    try:
        work = Build(project, names, choice, forms, mark_wrong_quotes=draft)
    except DiagnosticsError as failed:
        raise arguments.wrong_usage(failed) from None
    diagnostics: dict[Diagnostic, None] = {}
    ration = Rationed()
    built = []
    brief = work.total > _LIST and sys.stdout.isatty()
    with engage(work.to_set, *staffing) as (staff, cache), output.Progress(work.to_make) as bar:
        for outcome in work.run(staff, project.cache if cache else None):
            made = outcome.artifact is None or outcome.artifact.made
            new_ones = [d for d in outcome.diagnostics if d not in diagnostics]
            if made:
                bar.done()
            diagnostics |= dict.fromkeys(new_ones)
            if not as_json:
                output.show(new_ones, project, ration)
            if outcome.artifact is not None:
                built.append(outcome.artifact)
                if not as_json and not brief:
                    output.tell(_line(project, outcome.artifact))
            if made:
                bar.goes_on()
    if as_json:
        artifacts = [_data(project, one) for one in work.in_order(built)]
        output.show_json(diagnostics, artifacts=artifacts)
    else:
        output.show_left_out(ration)
        _sum_up(work.total, built, tuple(diagnostics))
    if open_:
        _show_files([str(artifact.path) for artifact in built], project)
    return arguments.exit_code(diagnostics)


def _show_files(paths: list[str], project: Project) -> None:
    """Open PDFs, each in its program; of very many, the folder."""
    for path in paths if len(paths) <= _LIST else [str(project.out)]:
        click.launch(path)


def _line(project: Project, artifact: Any) -> str:
    parts = [arguments.count(artifact.pages, "page")] if artifact.pages else []
    if artifact.sheets:
        parts[0] += f" on {arguments.count(artifact.sheets, 'sheet')}"
    parts.append(f"{artifact.size / 1000:.0f} kB")
    if not artifact.made:
        parts.append("unchanged")
    return f"{project.show(artifact.path)}  ({', '.join(parts)})"


def _data(project: Project, artifact: Any) -> dict[str, object]:
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


def _sum_up(total: int, built: list[Any], diagnostics: tuple[Diagnostic, ...]) -> None:
    parts = []
    if total > _LIST:
        made = sum(artifact.made for artifact in built)
        parts.append(f"{made} made, {len(built) - made} unchanged")
        if len(built) < total:
            parts.append(f"{total - len(built)} not built")
    if diagnostics:
        parts.append(output.summary(diagnostics))
    if parts:
        output.say(f"Done, with {', '.join(parts)}.")
