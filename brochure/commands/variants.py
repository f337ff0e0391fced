"""`brochure variants`: how each region's leaflet stands to the base."""

import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from brochure import report, terminal
from brochure.commands import common
from brochure.diagnostics import Diagnostic, Place, Problems
from brochure.project import Project


class _Of(NamedTuple):
    """The leaflet that a command is about."""

    project: Project
    leaflet: str
    as_json: bool


_region = click.argument("region", metavar="ID", shell_complete=common.complete_variant)


# Options may stand behind the command, too; so `--json` is understood here for all of them.
@click.group(
    invoke_without_command=True,
    context_settings={"allow_interspersed_args": True},
    subcommand_metavar="[COMMAND ID]",
)
@click.argument("leaflet", shell_complete=common.complete_leaflet)
@common.as_json
@click.pass_context
def variants(context: click.Context, leaflet: str, as_json: bool) -> int | None:
    """The variants of a leaflet: how each stands to the base, what differs, and its pages."""
    project = common.project_of(context)
    (name,) = common.leaflet_names(project, (leaflet,))
    if context.invoked_subcommand is not None:
        context.obj = _Of(project, name, as_json)
        return None
    return _list(project, name, as_json)


@variants.command()
@_region
@click.pass_obj
def diff(of: _Of, region: str) -> int:
    """Base and variant side by side, word by word; of a stale text, the old base as well."""
    from brochure.compare import side_by_side
    from brochure.manuscript.overrides import State

    project, (_, draft) = of.project, _draft(of, region)
    if of.as_json:
        terminal.show_json(draft.complaints, overrides=[_data(o) for o in draft.overrides])
        return common.exit_code(draft.complaints)
    width = shutil.get_terminal_size((100, 24)).columns
    for override in draft.overrides:
        change = override.change
        columns = [
            ("base", change.base or "(nothing)"),
            (region, change.says if change.says is not None else "(left out)"),
        ]
        marks = [(0, 1)] if change.base is not None and change.says is not None else []
        if override.state is State.ORPHANED and override.recorded:
            columns[0] = ("base, as accepted", override.recorded)
        elif override.state is State.STALE:
            columns.insert(0, ("base, as accepted", override.recorded or "(nothing)"))
            columns[1] = ("base, now", columns[1][1])
            marks = [(0, 1)]
        heading = f"{change.key}: {override.state}  ({change.place})"
        click.echo(click.style(report.harmless(heading), bold=True), color=terminal.colour())
        safe = [(name, report.harmless(text, lines=True)) for name, text in columns]
        click.echo(side_by_side(safe, marks, width) + "\n", color=terminal.colour())
    if not draft.overrides:
        terminal.say(f"{region} replaces no text of the base; its row fills in the slots.")
    terminal.show(draft.complaints, project)
    return common.exit_code(draft.complaints)


@variants.command()
@_region
@click.pass_obj
def explain(of: _Of, region: str) -> int:
    """Every text of a variant with the file and line it came from."""
    project, (_, draft) = of.project, _draft(of, region)
    texts = list(_origins(draft))
    if of.as_json:
        terminal.show_json(draft.complaints, texts=texts)
        return common.exit_code(draft.complaints)
    for entry in texts:
        terminal.tell(f"{entry['place']}  {entry['key']}: {_short(str(entry['text']))}")
        for value in entry["slots"]:
            terminal.tell(f"    {value['place']}  {_short(value['text'])}")
    terminal.show(draft.complaints, project)
    return common.exit_code(draft.complaints)


@variants.command()
@_region
@click.argument("passage", required=False)
@click.pass_obj
def accept(of: _Of, region: str, passage: str | None) -> int:
    """Record, after review, which texts of the base this variant replaces."""
    from brochure.manuscript.accept import accept as record

    project, (work, draft) = of.project, _draft(of, region)
    broken = [d for d in draft.complaints if d.is_error and d.code != "orphaned"]
    try:
        if broken:
            raise Problems(broken)
        keys = record(work, draft, passage)
    except Problems as problems:
        terminal.show(problems.diagnostics, project)
        return 1
    if of.as_json:
        terminal.show_json((), accepted=keys)
        return 0
    for key in keys:
        terminal.tell(f"{region}: {key} accepted")
    return 0


def _list(project: Project, name: str, as_json: bool) -> int:
    from brochure.build.journal import Journal
    from brochure.manuscript.overrides import worst
    from brochure.press.edition import load_editions

    work = _read(project, name)
    journal = Journal(project)
    forms = load_editions(project)
    complaints: dict[Diagnostic, None] = dict.fromkeys(work.strays)
    rows = []
    for region in work.regions.rows:
        draft = work.draft(region.id)
        complaints |= dict.fromkeys(draft.complaints)
        broken = any(d.is_error and d.code != "orphaned" for d in draft.complaints)
        pages = {
            form: count
            for form in forms
            if (count := journal.pages(project.artifact(name, form, region.id))) is not None
        }
        rows.append(
            {
                "id": region.id,
                "name": region.name,
                "state": "broken" if broken else worst(draft.overrides).value,
                "slots": [c for c in region.values if c not in ("id", "name")],
                "differs": [o.change.key for o in draft.overrides],
                "pages": pages,
            }
        )
    if as_json:
        terminal.show_json(complaints, variants=rows)
        return common.exit_code(complaints)
    lines = [
        (str(row["id"]), str(row["name"]), str(row["state"]), _pages(row["pages"]), _differs(row))
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (f"{cell:{width}}" for cell, width in zip(line, widths, strict=True))
        terminal.tell("  ".join(cells).rstrip())
    if not rows:
        terminal.say(f"There are no regions yet: write {work.regions.file}, a row for each.")
    terminal.show([d for d in complaints if d.is_error], project)
    return common.exit_code(complaints)


def _read(project: Project, leaflet: str) -> Any:
    """The leaflet with its regions."""
    from brochure.manuscript.variants import read_work

    try:
        return read_work(project, leaflet)
    except Problems as problems:
        terminal.show(problems.diagnostics, project)
        raise click.exceptions.Exit(1) from None


def _draft(of: _Of, region: str) -> tuple[Any, Any]:
    """The leaflet with its regions, and one of them; an unknown one is wrong usage."""
    work = _read(of.project, of.leaflet)
    try:
        work.check_id(region, Place("ID"))
    except Problems as problems:
        raise common.wrong_usage(problems) from None
    return work, work.draft(region)


def _origins(draft: Any) -> Iterator[dict[str, Any]]:
    """Each text with its key (passages by id), its place, and what stands in its slots."""
    from brochure.manuscript.nodes import plain, scalars

    passages: Any = plain(draft.tree.node(("passages",)))
    ids = [p.get("id") if isinstance(p, dict) else None for p in passages or []]
    for path, node in scalars(draft.tree.root):
        if node.text is None or path[0] == "slots":
            continue
        named = [str(step) for step in path]
        if path[0] == "passages" and isinstance(path[1], int):
            named[1] = str(ids[path[1]] or named[1])
        yield {
            "key": ".".join(named),
            "place": str(node.place),
            "text": node.text.strip(),
            "slots": [{"place": str(v.place), "text": v.text} for v in node.values],
        }


def _data(override: Any) -> dict[str, object]:
    change = override.change
    return {
        "key": change.key,
        "state": override.state.value,
        "place": str(change.place),
        "base": change.base,
        "variant": change.says,
        "recorded": override.recorded,
    }


def _pages(pages: Any) -> str:
    """``2 pages``, ``email 2, print 3 pages``, or that there is no PDF yet."""
    if not pages:
        return "not built"
    if len(set(pages.values())) == 1:
        count = next(iter(pages.values()))
        return "1 page" if count == 1 else f"{count} pages"
    return ", ".join(f"{form} {count}" for form, count in pages.items()) + " pages"


def _differs(row: Any) -> str:
    """What differs, in short: slots that are filled in, then texts by their keys."""
    names = {"leave_out": "without ", "add": "with "}
    parts = [f"{{{slot}}}" for slot in row["slots"]]
    for key in row["differs"]:
        kind, _, rest = key.partition(".")
        parts.append(names[kind] + rest if kind in names else key.removeprefix("passages."))
    return ", ".join(parts)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 70 else line[:69] + "…"
