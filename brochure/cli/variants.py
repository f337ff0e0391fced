"""Texts side by side, word by word, for the terminal."""

import re
import shutil
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, NamedTuple

import click

from brochure.cli import arguments, output
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location
from brochure.project import Project

_GAP = "  │  "
_NARROWEST = 24


def side_by_side(columns: list[tuple[str, str]], marks: list[tuple[int, int]], width: int) -> str:
    """Columns of (heading, text), each wrapped; what differs between pairs of columns is marked.

    `marks` are pairs of indices: words of the first that the second has not are marked [-so-],
    those that only the second has {+so+}, as in wdiff; on a terminal also in colour.
    """
    texts = [text.split() for _, text in columns]
    styled = [[(word, "") for word in words] for words in texts]
    for one, other in marks:
        matcher = SequenceMatcher(None, texts[one], texts[other], autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind != "equal":
                styled[one][a:b] = [(word, "-") for word in texts[one][a:b]]
                styled[other][c:d] = [(word, "+") for word in texts[other][c:d]]
    each = max(_NARROWEST, (width - len(_GAP) * (len(columns) - 1)) // len(columns))
    blocks = [
        [(click.style(heading, bold=True), len(heading)), *_wrapped(words, each)]
        for (heading, _), words in zip(columns, styled, strict=True)
    ]
    rows = zip_longest(*blocks, fillvalue=("", 0))
    return "\n".join(
        _GAP.join(text + " " * (each - length) for text, length in row).rstrip() for row in rows
    )


def _wrapped(words: list[tuple[str, str]], width: int) -> list[tuple[str, int]]:
    """Lines with their visible lengths. Neighbours that are marked alike share one mark."""
    pieces: list[tuple[str, str]] = []
    for index, (word, sign) in enumerate(words):
        before = words[index - 1][1] if index else ""
        after = words[index + 1][1] if index + 1 < len(words) else ""
        opening, closing = {"-": ("[-", "-]"), "+": ("{+", "+}"), "": ("", "")}[sign]
        start = opening if sign != before else ""
        end = closing if sign != after else ""
        pieces += [(part, sign) for part in re.findall(f".{{1,{width}}}", start + word + end)]
    lines: list[tuple[str, int]] = []
    line, length = "", 0
    for piece, sign in pieces:
        if length and length + 1 + len(piece) > width:
            lines.append((line, length))
            line, length = "", 0
        shown = click.style(piece, fg={"-": "red", "+": "green"}[sign]) if sign else piece
        line += (" " if length else "") + shown
        length += len(piece) + (1 if length else 0)
    return [*lines, (line, length)] if length else lines


# --- `brochure variants`: how each region's leaflet stands to the base.


class _Of(NamedTuple):
    """The leaflet that a command is about."""

    project: Project
    leaflet: str
    as_json: bool


_region = click.argument("region", metavar="ID", shell_complete=arguments.complete_variant)


# Options may stand behind the command, too; so `--json` is understood here for all of them.
@click.group(
    invoke_without_command=True,
    context_settings={"allow_interspersed_args": True},
    subcommand_metavar="[COMMAND ID]",
)
@click.argument("leaflet", shell_complete=arguments.complete_leaflet)
@arguments.as_json
@click.pass_context
def variants(context: click.Context, leaflet: str, as_json: bool) -> int | None:
    """The variants of a leaflet: how each stands to the base, what differs, and its pages."""
    project = arguments.project_of(context)
    (name,) = arguments.leaflet_names(project, (leaflet,))
    if context.invoked_subcommand is not None:
        context.obj = _Of(project, name, as_json)
        return None
    return _list(project, name, as_json)


@variants.command()
@_region
@click.pass_obj
def diff(of: _Of, region: str) -> int:
    """Base and variant side by side, word by word; of a stale text, the old base as well."""
    from brochure.manuscript.variants.overrides import State

    project, (_, draft) = of.project, _draft(of, region)
    if of.as_json:
        output.show_json(draft.diagnostics, overrides=[_data(o) for o in draft.overrides])
        return arguments.exit_code(draft.diagnostics)
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
        heading = f"{change.key}: {override.state}  ({change.location})"
        click.echo(click.style(output.harmless(heading), bold=True), color=output.colour())
        safe = [(name, output.harmless(text, lines=True)) for name, text in columns]
        click.echo(side_by_side(safe, marks, width) + "\n", color=output.colour())
    if not draft.overrides:
        output.say(f"{region} replaces no text of the base; its row fills in the slots.")
    output.show(draft.diagnostics, project)
    return arguments.exit_code(draft.diagnostics)


@variants.command()
@_region
@click.pass_obj
def explain(of: _Of, region: str) -> int:
    """Every text of a variant with the file and line it came from."""
    project, (_, draft) = of.project, _draft(of, region)
    texts = list(_origins(draft))
    if of.as_json:
        output.show_json(draft.diagnostics, texts=texts)
        return arguments.exit_code(draft.diagnostics)
    for entry in texts:
        output.tell(f"{entry['place']}  {entry['key']}: {_short(str(entry['text']))}")
        for value in entry["slots"]:
            output.tell(f"    {value['place']}  {_short(value['text'])}")
    output.show(draft.diagnostics, project)
    return arguments.exit_code(draft.diagnostics)


@variants.command()
@_region
@click.argument("passage", required=False)
@click.pass_obj
def accept(of: _Of, region: str, passage: str | None) -> int:
    """Record, after review, which texts of the base this variant replaces."""
    from brochure.manuscript.variants.accept import accept as record

    project, (work, draft) = of.project, _draft(of, region)
    broken = [d for d in draft.diagnostics if d.is_error and d.code != "orphaned"]
    try:
        if broken:
            raise DiagnosticsError(broken)
        keys = record(work, draft, passage)
    except DiagnosticsError as failed:
        output.show(failed.diagnostics, project)
        return 1
    if of.as_json:
        output.show_json((), accepted=keys)
        return 0
    for key in keys:
        output.tell(f"{region}: {key} accepted")
    return 0


def _list(project: Project, name: str, as_json: bool) -> int:
    from brochure.layout.edition import load_editions
    from brochure.manuscript.variants.overrides import worst
    from brochure.pipeline.manifest import Journal

    work = _read(project, name)
    journal = Journal(project)
    forms = load_editions(project)
    diagnostics: dict[Diagnostic, None] = dict.fromkeys(work.strays)
    rows = []
    for region in work.regions.rows:
        draft = work.draft(region.id)
        diagnostics |= dict.fromkeys(draft.diagnostics)
        broken = any(d.is_error and d.code != "orphaned" for d in draft.diagnostics)
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
        output.show_json(diagnostics, variants=rows)
        return arguments.exit_code(diagnostics)
    lines = [
        (str(row["id"]), str(row["name"]), str(row["state"]), _pages(row["pages"]), _differs(row))
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (f"{cell:{width}}" for cell, width in zip(line, widths, strict=True))
        output.tell("  ".join(cells).rstrip())
    if not rows:
        output.say(f"There are no regions yet: write {work.regions.file}, a row for each.")
    output.show([d for d in diagnostics if d.is_error], project)
    return arguments.exit_code(diagnostics)


def _read(project: Project, leaflet: str) -> Any:
    """The leaflet with its regions."""
    from brochure.manuscript.variants.resolution import read_bundle

    try:
        return read_bundle(project, leaflet)
    except DiagnosticsError as failed:
        output.show(failed.diagnostics, project)
        raise click.exceptions.Exit(1) from None


def _draft(of: _Of, region: str) -> tuple[Any, Any]:
    """The leaflet with its regions, and one of them; an unknown one is wrong usage."""
    work = _read(of.project, of.leaflet)
    try:
        work.check_id(region, Location("ID"))
    except DiagnosticsError as failed:
        raise arguments.wrong_usage(failed) from None
    return work, work.draft(region)


def _origins(draft: Any) -> Iterator[dict[str, Any]]:
    """Each text with its key (passages by id), its place, and what stands in its slots."""
    from brochure.manuscript.yaml.nodes import plain, scalars

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
            "place": str(node.location),
            "text": node.text.strip(),
            "slots": [{"place": str(v.location), "text": v.text} for v in node.values],
        }


def _data(override: Any) -> dict[str, object]:
    change = override.change
    return {
        "key": change.key,
        "state": override.state.value,
        "place": str(change.location),
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
