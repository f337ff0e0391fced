"""A leaflet and all its variants, read; each of them resolved to one tree on demand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from brochure.diagnostics import Diagnostic, Place, Problems, error, in_order, shortened
from brochure.manuscript import overrides as memory
from brochure.manuscript import regions, slots, yamltree
from brochure.manuscript.changes import contradictions
from brochure.manuscript.nodes import Mapping as Block
from brochure.manuscript.nodes import Plain, Scalar, Tree, Value, plain
from brochure.manuscript.overlay import overlay
from brochure.manuscript.regions import Region, Regions
from brochure.manuscript.validate import did_you_mean
from brochure.manuscript.variantfile import (
    read_variant,
    strange_files,
    too_many_passages,
    variant_files,
)
from brochure.project import MAIL, Project, check_name


@dataclass(frozen=True)
class Draft:
    """One variant, or the base (`region` is None): overrides applied and slots filled in.

    `tree` is not validated yet; `complaints` are those found so far, errors among them.
    `original` is the language of the base, of which this may be a translation.
    """

    leaflet: str
    region: Region | None
    tree: Tree
    overrides: tuple[memory.Override, ...]
    complaints: tuple[Diagnostic, ...]
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
class Work:
    """A leaflet with its regions and variants: what lies in ``content/<leaflet>/``.

    `complaints` concern the base; what is wrong with the tables and folders beside it is in
    `strays`.
    """

    project: Project
    name: str
    base: Tree
    complaints: tuple[Diagnostic, ...]
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

    def check_id(self, name: str, place: Place) -> Region:
        """The region of an id. Raises Problems where there is none."""
        region = self.regions.get(name)
        if region is not None:
            return region
        file = self.regions.file
        raise Problems(
            [
                error(
                    "unknown-variant",
                    f"There is no region `{shortened(name)}` in {file}.",
                    place,
                    did_you_mean(name, self.ids)
                    if self.ids
                    else f"Write {file}: a heading `id,name`, and a row for each region.",
                )
            ]
        )

    def draft(self, variant: str | None = None) -> Draft:
        """Resolve a variant, or the base. Raises Problems for an id that there is not."""
        if variant is None:
            tree, complaints, _ = slots.fill(self.base, self._defaults, self.known)
            return Draft(self.name, None, tree, (), (*self.complaints, *complaints))
        region = self.check_id(variant, Place(self.regions.file))
        complaints = [*self.complaints, *self.unknown_columns, *region.diagnostics]
        values = self.values(region)
        tree = self.base
        overridden: tuple[memory.Override, ...] = ()
        if variant in self.files:
            change: Tree | None
            try:
                change, found = read_variant(self.project, self.files[variant])
            except Problems as problems:
                change, found = None, list(problems.diagnostics)
            complaints += found
            if change is not None and not any(d.code == "too-many" for d in found):
                filled = partial(slots.filled, values=values)
                overridden = memory.judge(self.base, change, filled)
                complaints += contradictions(self.base, change)
                complaints += memory.diagnose(overridden, self.base, self.name, variant)
                if not any(d.is_error for d in found):
                    tree = overlay(self.base, change)
                    complaints += too_many_passages(tree, "passages")
        tree, found, missing = slots.fill(tree, values, self.known)
        complaints += found
        complaints += [self._empty_cell(region, name) for name in sorted(missing)]
        original = str(plain(self.base.node(("language",))) or "")
        return Draft(self.name, region, tree, overridden, tuple(complaints), original)

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
            cell.place,
            "Fill it in here.",
        )

    @cached_property
    def _defaults(self) -> dict[str, Value]:
        node = self.base.node(("slots",))
        entries = node.entries if isinstance(node, Block) else ()
        return {
            key.text or "": Value(value.text.strip(), value.place)
            for key, value in entries
            if isinstance(value, Scalar) and value.text is not None
        }

    @cached_property
    def known(self) -> tuple[str, ...]:
        """The names of all slots that texts can ask for."""
        node = self.base.node(("slots",))
        declared = [key.text or "" for key, _ in node.entries] if isinstance(node, Block) else []
        return tuple(dict.fromkeys([*regions.REQUIRED, *self.regions.columns, *declared]))


def read_work(project: Project, name: str) -> Work:
    """Read a leaflet with its regions. Raises Problems where the base or the table is no such
    thing; variant files are read when asked for.
    """
    path = project.manuscript(name)
    file = project.show(path)
    check_name(name, Place(file))
    tree, complaints = yamltree.read(project, path)
    if not tree.text.strip():
        raise Problems(
            [
                error(
                    "empty-file",
                    "The file is empty.",
                    Place(file),
                    "`brochure new my-leaflet` writes one that can be filled in.",
                )
            ]
        )
    if tree.root is None:
        raise Problems(complaints or [_not_a_leaflet(Place(file))])
    if not isinstance(tree.root, Block):
        raise Problems([*complaints, _not_a_leaflet(tree.root.place)])
    if too_many := too_many_passages(tree, "passages"):
        raise Problems([*complaints, *too_many])
    table = regions.read_regions(project, name)
    return Work(project, name, tree, tuple(complaints), table, variant_files(project, name))


def _unknown_columns(work: Work) -> list[Diagnostic]:
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
        readers.append(partial(yamltree.read, work.project, letter))
    for read in readers:
        if all(column in known for column in open_):
            break
        try:
            known |= slots.used(read()[0])
        except Problems:
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


def _not_a_leaflet(place: Place) -> Diagnostic:
    return error(
        "not-a-leaflet",
        "This is no leaflet: it does not consist of lines like `title: …`.",
        place,
        "`brochure new my-leaflet` writes one that can be filled in.",
    )
