"""`brochure variants`: how each region's leaflet differs from the base."""

import shutil
from collections.abc import Iterator
from typing import TypedDict

import click
from click.shell_completion import CompletionItem

from brochure.cli import arguments
from brochure.cli.output import harmless
from brochure.cli.session import Group, Session, as_json, command, session_of, wrong_usage
from brochure.cli.side_by_side import side_by_side
from brochure.cli.tables import Cell, print_table
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location
from brochure.layout.editions import load_editions
from brochure.manuscript.variants.accept import accept_overrides
from brochure.manuscript.variants.overrides import STATES, Override, OverrideState
from brochure.manuscript.variants.resolution import Bundle, ResolvedLeaflet, read_bundle
from brochure.manuscript.variants.states import variant_states
from brochure.manuscript.yaml.nodes import plain, scalars
from brochure.messages import Message, joined, plural, say
from brochure.pipeline.manifest import Manifest
from brochure.project import Project

_SHORT = 70  # characters of a text
_BROKEN = "broken"
_COLOURS = {
    _BROKEN: "red",
    OverrideState.ORPHANED.value: "red",
    OverrideState.STALE.value: "yellow",
}

variants = Group(
    "variants",
    {
        "list": (
            say("List all variants: their state, what differs, their pages."),
            "variants:list_",
        ),
        "diff": (say("Show base and variant side by side."), "variants:diff"),
        "explain": (say("Show where each text of a variant comes from."), "variants:explain"),
        "accept": (say("Record, after review, which texts a variant replaces."), "variants:accept"),
    },
    help=say("See how each region's leaflet differs from the base."),
)


class VariantData(TypedDict):
    """A variant, as JSON data: slots that are filled in, keys that differ, pages by edition."""

    id: str
    name: str
    state: str
    slots: list[str]
    differs: list[str]
    pages: dict[str, int]


class OverrideData(TypedDict):
    """A text that a variant replaces, adds or leaves out, as JSON data.

    `base` is None where the base has no such text, `variant` where it is left out, `recorded`
    where nothing was accepted yet.
    """

    key: str
    state: str
    location: str
    base: str | None
    variant: str | None
    recorded: str | None


class SlotData(TypedDict):
    """What was filled into a slot, as JSON data."""

    location: str
    text: str


class OriginData(TypedDict):
    """A text of a variant and where it comes from, as JSON data."""

    key: str
    location: str
    text: str
    slots: list[SlotData]


class ListData(TypedDict):
    """All variants, as JSON data."""

    variants: list[VariantData]


class DiffData(TypedDict):
    """How a variant differs, as JSON data."""

    overrides: list[OverrideData]


class ExplainData(TypedDict):
    """The texts of a variant, as JSON data."""

    texts: list[OriginData]


class AcceptData(TypedDict):
    """The keys of the texts that were accepted, as JSON data."""

    accepted: list[str]


def _complete_passage(
    context: click.Context, _: click.Parameter, word: str
) -> list[CompletionItem]:
    def names() -> Iterator[str]:
        project = session_of(context).project
        bundle = read_bundle(project, str(context.params.get("leaflet")))
        resolved = bundle.resolve(str(context.params.get("region")))
        yield from dict.fromkeys(o.change.passage or o.change.key for o in resolved.overrides)

    return arguments.offer(names, word)


@command("list", say("List all variants: their state, what differs, and their pages."))
@arguments.leaflet_argument
@as_json
def list_(session: Session, leaflet: str, as_json: bool) -> int:
    """List the variants; the exit code."""
    output, project = session.output, session.project
    bundle = read_bundle(project, arguments.leaflet_name(project, leaflet))
    manifest = Manifest(project)
    editions = load_editions(project)
    diagnostics: dict[Diagnostic, None] = dict.fromkeys(bundle.strays)
    rows: list[VariantData] = []
    for variant in variant_states(bundle):
        region = variant.region
        diagnostics |= dict.fromkeys(variant.diagnostics)
        pages = {
            name: count
            for name in editions
            if (count := manifest.pages(project.artifact(bundle.name, name, region.id))) is not None
        }
        rows.append(
            {
                "id": region.id,
                "name": region.name,
                "state": _BROKEN if variant.is_broken else variant.worst.value,
                "slots": [c for c in region.values if c not in ("id", "name")],
                "differs": [o.change.key for o in variant.overrides],
                "pages": pages,
            }
        )
    if output.json:
        listed: ListData = {"variants": rows}
        output.document("variants list", diagnostics, listed)
        return arguments.exit_code(diagnostics)
    print_table(
        output,
        [
            (
                Cell(row["id"]),
                Cell(row["name"]),
                Cell(_state(row["state"]), _COLOURS.get(row["state"], "")),
                Cell(_pages(row["pages"])),
                Cell(_differs(row)),
            )
            for row in rows
        ],
    )
    if not rows:
        file = bundle.regions.file
        output.note(say("There are no regions yet: write {file}, a row for each.", file=file))
    output.diagnostics([d for d in diagnostics if d.is_error])
    return arguments.exit_code(diagnostics)


@command("diff", say("Show base and variant side by side, word by word."))
@arguments.leaflet_argument
@arguments.region_argument
@as_json
def diff(session: Session, leaflet: str, region: str, as_json: bool) -> int:
    """Show the differences; of a stale text, the old base as well."""
    output = session.output
    _, resolved = _resolved(session.project, leaflet, region)
    if output.json:
        result: DiffData = {"overrides": [_data(override) for override in resolved.overrides]}
        output.document("variants diff", resolved.diagnostics, result)
        return arguments.exit_code(resolved.diagnostics)
    width = shutil.get_terminal_size((100, 24)).columns
    for override in resolved.overrides:
        change = override.change
        heading = say(
            "{key}: {state}  ({location})",
            key=change.key,
            state=STATES[override.state],
            location=str(change.location),
        )
        output.styled(click.style(harmless(output.words(heading)), bold=True))
        columns, marks = _columns(override, region)
        safe = [
            (output.words(name), harmless(output.words(text), lines=True)) for name, text in columns
        ]
        output.styled(side_by_side(safe, marks, width) + "\n")
    if not resolved.overrides:
        output.note(
            say(
                "{region} replaces no text of the base; its row only fills in slots.",
                region=region,
            )
        )
    output.diagnostics(resolved.diagnostics)
    return arguments.exit_code(resolved.diagnostics)


@command("explain", say("Show every text of a variant with the file and line it comes from."))
@arguments.leaflet_argument
@arguments.region_argument
@as_json
def explain(session: Session, leaflet: str, region: str, as_json: bool) -> int:
    """Show the origins of all texts; the exit code."""
    output = session.output
    _, resolved = _resolved(session.project, leaflet, region)
    texts = list(_origins(resolved))
    if output.json:
        result: ExplainData = {"texts": texts}
        output.document("variants explain", resolved.diagnostics, result)
        return arguments.exit_code(resolved.diagnostics)
    for entry in texts:
        output.result(f"{entry['location']}  {entry['key']}: {_short(entry['text'])}")
        for value in entry["slots"]:
            output.result(f"    {value['location']}  {_short(value['text'])}")
    output.diagnostics(resolved.diagnostics)
    return arguments.exit_code(resolved.diagnostics)


@command("accept", say("Record, after review, which texts of the base a variant replaces."))
@arguments.leaflet_argument
@arguments.region_argument
@click.argument("passage", required=False, shell_complete=_complete_passage)
@as_json
def accept(session: Session, leaflet: str, region: str, passage: str | None, as_json: bool) -> int:
    """Record overrides; the exit code."""
    output = session.output
    bundle, resolved = _resolved(session.project, leaflet, region)
    broken = [d for d in resolved.diagnostics if d.is_error and d.code != "orphaned"]
    if broken:
        raise DiagnosticsError(broken)
    try:
        keys = accept_overrides(bundle, resolved, passage)
    except DiagnosticsError as failed:
        if {d.code for d in failed.diagnostics} == {"nothing-to-accept"}:
            raise wrong_usage(failed) from None
        raise
    if output.json:
        result: AcceptData = {"accepted": list(keys)}
        output.document("variants accept", (), result)
    else:
        for key in keys:
            output.result(say("{region}: {key} accepted", region=region, key=key))
    return 0


def _state(value: str) -> Message:
    return say("broken") if value == _BROKEN else STATES[OverrideState(value)]


def _resolved(project: Project, leaflet: str, region: str) -> tuple[Bundle, ResolvedLeaflet]:
    """The leaflet with its regions, and one of them; an unknown one is wrong usage."""
    bundle = read_bundle(project, arguments.leaflet_name(project, leaflet))
    try:
        bundle.check_id(region, Location("ID"))
    except DiagnosticsError as failed:
        raise wrong_usage(failed) from None
    return bundle, bundle.resolve(region)


def _columns(
    override: Override, region: str
) -> tuple[list[tuple[str, str]], list[tuple[int, int]]]:
    """Headings and texts that stand side by side, and the pairs of them to compare."""
    change, recorded = override.change, override.recorded
    base = change.base or say("(nothing)")
    variant = change.text if change.text is not None else say("(left out)")
    columns: list[tuple[str, str]] = [(say("base"), base), (region, variant)]
    marks = [(0, 1)] if change.base is not None and change.text is not None else []
    if override.state is OverrideState.ORPHANED and recorded:
        columns[0] = (say("base, as accepted"), recorded)
    elif override.state is OverrideState.STALE:
        columns = [
            (say("base, as accepted"), recorded or say("(nothing)")),
            (say("base, now"), base),
            (region, variant),
        ]
        marks = [(0, 1)]
    return columns, marks


def _origins(resolved: ResolvedLeaflet) -> Iterator[OriginData]:
    """Each text with its key (passages by id), its location, and what is in its slots."""
    passages = plain(resolved.tree.node(("passages",)))
    listed = passages if isinstance(passages, list) else []
    ids = [p.get("id") if isinstance(p, dict) else None for p in listed]
    for path, node in scalars(resolved.tree.root):
        if node.text is None or path[0] == "slots":
            continue
        named = [str(step) for step in path]
        if path[0] == "passages" and isinstance(path[1], int):
            named[1] = str(ids[path[1]] or named[1])
        yield {
            "key": ".".join(named),
            "location": str(node.location),
            "text": node.text.strip(),
            "slots": [{"location": str(v.location), "text": v.text} for v in node.values],
        }


def _data(override: Override) -> OverrideData:
    change = override.change
    return {
        "key": change.key,
        "state": override.state.value,
        "location": str(change.location),
        "base": change.base,
        "variant": change.text,
        "recorded": override.recorded,
    }


def _pages(pages: dict[str, int]) -> Message:
    """``2 pages``, ``email 2, print 3 pages``, or that there is no PDF yet."""
    if not pages:
        return say("not built")
    counts = list(pages.values())
    if len(set(counts)) == 1:
        return plural("{n} page", "{n} pages", counts[0])
    *some, last = pages.items()
    before = "".join(f"{edition} {count}, " for edition, count in some)
    return plural(
        "{before}{edition} {n} page", "{before}{edition} {n} pages", last[1],
        before=before, edition=last[0],
    )  # fmt: skip


def _differs(row: VariantData) -> Message:
    """What differs, in short: slots that are filled in, then texts by their keys."""
    parts: list[str] = [f"{{{slot}}}" for slot in row["slots"]]
    for key in row["differs"]:
        kind, _, rest = key.partition(".")
        if kind == "leave_out":
            parts.append(say("without {passage}", passage=rest))
        elif kind == "add":
            parts.append(say("with {passage}", passage=rest))
        else:
            parts.append(key.removeprefix("passages."))
    return joined(parts, ", ")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"
