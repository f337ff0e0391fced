"""`brochure build` and `brochure check`."""

import sys
from typing import Any

import click

from brochure import report, terminal
from brochure.commands import common
from brochure.commands.staff import engage, kept
from brochure.diagnostics import Diagnostic, Problems, Rationed
from brochure.project import Project

_LIST = 20  # more files are not listed on a terminal


@click.command()
@common.leaflets
@common.editions
@common.variants
@common.all_variants
@click.option(
    "--draft", is_flag=True, help="Build though quotes are wrong; they are marked on the page."
)
@click.option("--jobs", "-j", type=click.IntRange(1), help="Processes. Without: one a core.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler, as in tcp://host:8786.")
@click.option("--open", "open_", is_flag=True, help="Show the PDFs when they are done.")
@click.option("--watch", is_flag=True, help="Build again whenever something changes.")
@click.option("--verbose", "-v", is_flag=True, help="Say which step is being done.")
@common.as_json
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
        terminal.log_steps()
    project = common.project_of(context)
    choice = common.choice(variants, all_variants, every_form=False, anywhere=not leaflets)
    what = (project, leaflets, editions, choice, draft)
    if not watch:
        return _build_once(*what, (jobs, scheduler, None), open_, as_json)

    from brochure.build.watch import changes

    with kept(jobs) as pool:
        _build_once(*what, (jobs, None, pool), open_, False)
        terminal.say("Watching; Ctrl-C ends it.")
        for changed in changes(project):
            names = ", ".join(sorted(project.show(path) for path in changed))
            terminal.say(f"Changed: {names}")
            project.seen.clear()
            try:
                _build_once(*what, (jobs, None, pool), False, False)
            except click.ClickException as wrong:  # the leaflet's folder was renamed, say
                terminal.show_misuse(wrong)
            except Problems as problems:
                terminal.show(problems.diagnostics, project)
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
    from brochure.build.run import Build

    forms = common.forms(project, editions)
    names = common.leaflet_names(project, leaflets)
    try:
        work = Build(project, names, choice, forms, marked=draft)
    except Problems as problems:
        raise common.wrong_usage(problems) from None
    complaints: dict[Diagnostic, None] = {}
    ration = Rationed()
    built = []
    brief = work.total > _LIST and sys.stdout.isatty()
    with engage(work.to_set, *staffing) as (staff, cache), terminal.Progress(work.to_make) as bar:
        for outcome in work.run(staff, project.cache if cache else None):
            made = outcome.artifact is None or outcome.artifact.made
            new_ones = [d for d in outcome.diagnostics if d not in complaints]
            if made:
                bar.done()
            complaints |= dict.fromkeys(new_ones)
            if not as_json:
                terminal.show(new_ones, project, ration)
            if outcome.artifact is not None:
                built.append(outcome.artifact)
                if not as_json and not brief:
                    terminal.tell(_line(project, outcome.artifact))
            if made:
                bar.goes_on()
    if as_json:
        artifacts = [_data(project, one) for one in work.in_order(built)]
        terminal.show_json(complaints, artifacts=artifacts)
    else:
        terminal.show_left_out(ration)
        _sum_up(work.total, built, tuple(complaints))
    if open_:
        _show_files([str(artifact.path) for artifact in built], project)
    return common.exit_code(complaints)


def _show_files(paths: list[str], project: Project) -> None:
    """Open PDFs, each in its program; of very many, the folder."""
    for path in paths if len(paths) <= _LIST else [str(project.out)]:
        click.launch(path)


def _line(project: Project, artifact: Any) -> str:
    parts = [common.count(artifact.pages, "page")] if artifact.pages else []
    if artifact.sheets:
        parts[0] += f" on {common.count(artifact.sheets, 'sheet')}"
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


def _sum_up(total: int, built: list[Any], complaints: tuple[Diagnostic, ...]) -> None:
    parts = []
    if total > _LIST:
        made = sum(artifact.made for artifact in built)
        parts.append(f"{made} made, {len(built) - made} unchanged")
        if len(built) < total:
            parts.append(f"{total - len(built)} not built")
    if complaints:
        parts.append(report.summary(complaints))
    if parts:
        terminal.say(f"Done, with {', '.join(parts)}.")
