"""``variants/<id>.yaml``: read, and checked by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, in_order, shortened
from brochure.manuscript.model.leaflet import Variant
from brochure.manuscript.variants import overrides as memory
from brochure.manuscript.variants import regions, slots
from brochure.manuscript.variants.differences import contradictions, overlay
from brochure.manuscript.variants.regions import FILE, Region, Regions
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import Mapping as Block
from brochure.manuscript.yaml.nodes import Plain, Scalar, Tree, Value, entries, items, plain
from brochure.manuscript.yaml.validation import did_you_mean, validate
from brochure.project import MAIL, Project, check_name

_FOLDER = "variants"


def variant_files(project: Project, leaflet: str) -> dict[str, Path]:
    """The files of a leaflet's variants, by the ids of their regions."""
    folder = project.manuscript(leaflet).with_name(_FOLDER)
    project.seen.add(folder)
    return {f.stem: f for f in sorted(folder.glob("*.yaml"))} if folder.is_dir() else {}


def read_variant(project: Project, path: Path) -> tuple[Tree, list[Diagnostic]]:
    """A variant file and all that is wrong with it by itself."""
    tree, diagnostics = parser.read(project, path)
    if tree.root is None:  # nothing but comments: nothing differs
        return tree, diagnostics
    diagnostics += [
        error(
            "quote-change",
            "A quote of the base cannot be changed: it is printed to the letter, in all regions.",
            location,
            "Put the passage under `leave_out:`, and another with its own quote under `add:`.",
        )
        for location in _quote_changes(tree)
    ]
    if too_many := [*too_many_passages(tree, "add"), *too_many_passages(tree, "passages")]:
        return tree, [*diagnostics, *too_many]
    said = {diagnostic.location.line for diagnostic in diagnostics if diagnostic.is_error}
    _, invalid = validate(tree, Variant)
    diagnostics += [diagnostic for diagnostic in invalid if diagnostic.location.line not in said]
    return tree, diagnostics


def too_many_passages(tree: Tree, key: str) -> list[Diagnostic]:
    """A complaint at the first passage too many, if there is one in the list or block `key`."""
    node = tree.node((key,))
    locations = [item.location for item in items(node)] or [
        name.location for name, _ in entries(node)
    ]
    return [
        error(
            "too-many",
            f"From here on there are too many passages: {bounds.PASSAGES} are the most.",
            location,
            "Make several leaflets of it, or take another source: is this the right file?",
        )
        for location in locations[bounds.PASSAGES : bounds.PASSAGES + 1]
    ]


def _quote_changes(tree: Tree) -> list[Location]:
    passages = tree.node(("passages",))
    changes = (change for _, change in entries(passages) if isinstance(change, Block))
    keys = (change.key("quote") for change in changes)
    return [key.location for key in keys if key is not None]


def strange_files(
    project: Project, leaflet: str, files: Mapping[str, Path], ids: Sequence[str]
) -> list[Diagnostic]:
    """Files in ``variants/`` that belong to no region: they would be left aside silently."""
    folder = project.manuscript(leaflet).with_name(_FOLDER)
    known = list(ids)
    there = set(ids)
    strangers = {name: path for name, path in files.items() if name not in there}
    used = set(files.values())
    diagnostics = [
        error(
            "unknown-variant",
            f"There is no region `{shortened(name)}` in {FILE}, so this file is never used.",
            Location(project.show(path)),
            (did_you_mean(name, known) if ids and number < bounds.ALIKE else "")
            + " Rename the file after the id of its region, or add a row for it.",
        )
        for number, (name, path) in enumerate(strangers.items())
    ]
    others = sorted(folder.iterdir()) if folder.is_dir() else []
    return diagnostics + [
        error(
            "file-type",
            "Variants are files whose names end in `.yaml`; this one is never used.",
            Location(project.show(path)),
            f"Rename it to `{path.stem}.yaml`.",
        )
        for path in others
        if path.suffix.lower() in (".yml", ".yaml") and path not in used
    ]


# --- A leaflet and all its variants, read; each of them resolved to one tree on demand.


@dataclass(frozen=True)
class ResolvedLeaflet:
    """One variant, or the base (`region` is None): overrides applied and slots filled in.

    `tree` is not validated yet; `complaints` are those found so far, errors among them.
    `original` is the language of the base, of which this may be a translation.
    """

    leaflet: str
    region: Region | None
    tree: Tree
    overrides: tuple[memory.Override, ...]
    diagnostics: tuple[Diagnostic, ...]
    original: str = ""

    @property
    def variant(self) -> str | None:
        """The id of the region."""
        return self.region.id if self.region else None

    def content(self) -> Plain:
        """All that the leaflet says, without places and unused defaults: the same content, the
        same PDF.
        """
        content = plain(self.tree.root)
        if isinstance(content, dict):
            content.pop("slots", None)
            if self.original not in ("", content.get("language")):
                content["original"] = self.original
        return content


@dataclass(frozen=True)
class Bundle:
    """A leaflet with its regions and variants: what lies in ``content/<leaflet>/``.

    `complaints` concern the base; what is wrong with the tables and folders beside it is in
    `strays`.
    """

    project: Project
    name: str
    base: Tree
    diagnostics: tuple[Diagnostic, ...]
    regions: Regions
    files: Mapping[str, Path]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all variants, in the order of the table."""
        return tuple(row.id for row in self.regions.rows)

    @cached_property
    def strays(self) -> tuple[Diagnostic, ...]:
        """What belongs to no variant: rows without id, files without region."""
        return in_order(
            [
                *self.regions.diagnostics,
                *strange_files(self.project, self.name, self.files, self.ids),
            ]
        )

    @cached_property
    def unknown_columns(self) -> tuple[Diagnostic, ...]:
        """Columns that no text asks for. With a default, their slot would be filled with that
        in every region, silently; so no variant is built.
        """
        return tuple(_unknown_columns(self))

    @cached_property
    def stands_alone(self) -> bool:
        """Whether the base can be printed without a region: each slot has a default."""
        return not slots.fill(self.base, self._defaults, self.known)[2]

    def check_id(self, name: str, location: Location) -> Region:
        """The region of an id. Raises Problems where there is none."""
        region = self.regions.get(name)
        if region is not None:
            return region
        file = self.regions.file
        raise DiagnosticsError(
            [
                error(
                    "unknown-variant",
                    f"There is no region `{shortened(name)}` in {file}.",
                    location,
                    did_you_mean(name, self.ids)
                    if self.ids
                    else f"Write {file}: a heading `id,name`, and a row for each region.",
                )
            ]
        )

    def draft(self, variant: str | None = None) -> ResolvedLeaflet:
        """Resolve a variant, or the base. Raises Problems for an id that there is not."""
        if variant is None:
            tree, diagnostics, _ = slots.fill(self.base, self._defaults, self.known)
            return ResolvedLeaflet(self.name, None, tree, (), (*self.diagnostics, *diagnostics))
        region = self.check_id(variant, Location(self.regions.file))
        diagnostics = [*self.diagnostics, *self.unknown_columns, *region.diagnostics]
        values = self.values(region)
        tree = self.base
        overridden: tuple[memory.Override, ...] = ()
        if variant in self.files:
            change: Tree | None
            try:
                change, found = read_variant(self.project, self.files[variant])
            except DiagnosticsError as failed:
                change, found = None, list(failed.diagnostics)
            diagnostics += found
            if change is not None and not any(d.code == "too-many" for d in found):
                filled = partial(slots.filled, values=values)
                overridden = memory.judge(self.base, change, filled)
                diagnostics += contradictions(self.base, change)
                diagnostics += memory.diagnose(overridden, self.base, self.name, variant)
                if not any(d.is_error for d in found):
                    tree = overlay(self.base, change)
                    diagnostics += too_many_passages(tree, "passages")
        tree, found, missing = slots.fill(tree, values, self.known)
        diagnostics += found
        diagnostics += [self._empty_cell(region, name) for name in sorted(missing)]
        original = str(plain(self.base.node(("language",))) or "")
        return ResolvedLeaflet(self.name, region, tree, overridden, tuple(diagnostics), original)

    def values(self, region: Region | None) -> dict[str, Value]:
        """What stands in the slots of a region, or of the base."""
        return {**self._defaults, **(region.values if region else {})}

    def _empty_cell(self, region: Region, slot: str) -> Diagnostic:
        cell = region.cells.get(slot)
        if cell is None:  # said once, not for each region
            return error(
                "slot-without-value",
                f"The table has no column `{shortened(slot)}`, which a text uses.",
                self.regions.columns["id"],
                f"Add it, or a default in leaflet.yaml: `slots:`, and below it `{slot}: …`.",
            )
        return error(
            "slot-without-value",
            f"{shortened(region.name or region.id)} has no value for the slot `{shortened(slot)}`, "
            "which its text uses.",
            cell.location,
            "Fill it in here.",
        )

    @cached_property
    def _defaults(self) -> dict[str, Value]:
        node = self.base.node(("slots",))
        entries = node.entries if isinstance(node, Block) else ()
        return {
            key.text or "": Value(value.text.strip(), value.location)
            for key, value in entries
            if isinstance(value, Scalar) and value.text is not None
        }

    @cached_property
    def known(self) -> tuple[str, ...]:
        """The names of all slots that texts can ask for."""
        node = self.base.node(("slots",))
        declared = [key.text or "" for key, _ in node.entries] if isinstance(node, Block) else []
        return tuple(dict.fromkeys([*regions.REQUIRED, *self.regions.columns, *declared]))


def read_bundle(project: Project, name: str) -> Bundle:
    """Read a leaflet with its regions. Raises Problems where the base or the table is no such
    thing; variant files are read when asked for.
    """
    path = project.manuscript(name)
    file = project.show(path)
    check_name(name, Location(file))
    tree, diagnostics = parser.read(project, path)
    if not tree.text.strip():
        raise DiagnosticsError(
            [
                error(
                    "empty-file",
                    "The file is empty.",
                    Location(file),
                    "`brochure new my-leaflet` writes one that can be filled in.",
                )
            ]
        )
    if tree.root is None:
        raise DiagnosticsError(diagnostics or [_not_a_leaflet(Location(file))])
    if not isinstance(tree.root, Block):
        raise DiagnosticsError([*diagnostics, _not_a_leaflet(tree.root.location)])
    if too_many := too_many_passages(tree, "passages"):
        raise DiagnosticsError([*diagnostics, *too_many])
    table = regions.read_regions(project, name)
    return Bundle(project, name, tree, tuple(diagnostics), table, variant_files(project, name))


def _unknown_columns(work: Bundle) -> list[Diagnostic]:
    """Columns that no text asks for: most likely one of them is misspelt."""
    node = work.base.node(("slots",))
    entries = node.entries if isinstance(node, Block) else ()
    declared = {key.text or "" for key, _ in entries}
    known = {*regions.REQUIRED, regions.KEY, *declared}
    open_ = [c for c in work.regions.columns if c not in known]
    if not open_:
        return []
    known |= slots.used(work.base)
    letter = work.project.manuscript(work.name).with_name(MAIL)
    work.project.seen.add(letter)
    readers = [partial(read_variant, work.project, path) for path in work.files.values()]
    if letter.exists():
        readers.append(partial(parser.read, work.project, letter))
    for read in readers:
        if all(column in known for column in open_):
            break
        try:
            known |= slots.used(read()[0])
        except DiagnosticsError:
            continue  # said when that variant is built, or the mail looked at
    return [
        error(
            "unknown-column",
            f"No text asks for the column `{shortened(column)}`.",
            work.regions.columns[column],
            did_you_mean(column, sorted(known - {"id"}))
            + f" To keep a column for later, declare it in leaflet.yaml: `slots:`, and below it "
            f"`{column}:`.",
        )
        for column in open_
        if column not in known
    ]


def _not_a_leaflet(location: Location) -> Diagnostic:
    return error(
        "not-a-leaflet",
        "This is no leaflet: it does not consist of lines like `title: …`.",
        location,
        "`brochure new my-leaflet` writes one that can be filled in.",
    )
