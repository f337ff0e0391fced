"""A leaflet with its variants, read from its folder, and each of them as one tree on demand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Reported,
    error,
    fail,
    in_order,
    shortened,
)
from brochure.manuscript.model.variant import Variant
from brochure.manuscript.variants.differences import contradictions, overlay
from brochure.manuscript.variants.overrides import (
    Override,
    check_inherited,
    diagnose_overrides,
    find_overrides,
)
from brochure.manuscript.variants.regions import (
    KEY_COLUMN,
    REGIONS_FILE,
    REQUIRED,
    Region,
    Regions,
    read_regions,
)
from brochure.manuscript.variants.slots import fill_slots, fill_text, used_slots
from brochure.manuscript.yaml.nodes import (
    LocatedText,
    MappingNode,
    Plain,
    ScalarNode,
    Tree,
    entries,
    items,
    plain,
)
from brochure.manuscript.yaml.parser import read_yaml
from brochure.manuscript.yaml.validation import did_you_mean, on_other_lines, validate
from brochure.messages import EMPTY, joined, say
from brochure.project import MAIL, Project, check_name

_FOLDER = "variants"


@dataclass(frozen=True)
class ResolvedLeaflet:
    """One variant, or the base (`region` is None): overrides applied and slots filled in.

    `tree` is not validated yet; `diagnostics` are those so far, including errors. `original` is
    the language of the base, of which this may be a translation.
    """

    leaflet: str
    region: Region | None
    tree: Tree
    overrides: tuple[Override, ...]
    diagnostics: tuple[Diagnostic, ...]
    original: str = ""

    @property
    def variant(self) -> str | None:
        """The id of the region."""
        return self.region.id if self.region else None

    def content(self) -> Plain:
        """Everything that the leaflet says, without locations and unused defaults.

        Where the content is the same, the PDF is the same.
        """
        content = plain(self.tree.root)
        if isinstance(content, dict):
            content.pop("slots", None)
            if self.original not in ("", content.get("language")):
                content["original"] = self.original
        return content


@dataclass(frozen=True)
class Bundle:
    """A leaflet with its regions and variants: what is in ``content/<leaflet>/``.

    `diagnostics` concern the base; what is wrong with the tables and folders beside it is in
    `strays`. `files` are the files of variants by the ids of their regions.
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
        """What belongs to no variant: rows without an id, files without a region."""
        return in_order(
            [
                *self.regions.diagnostics,
                *_stray_files(self.project, self.name, self.files, self.regions),
            ]
        )

    @cached_property
    def unknown_columns(self) -> tuple[Diagnostic, ...]:
        """Columns that no text uses: most likely the name of one, or of a slot, is misspelt.

        The slot would silently be filled with its default in every region, so no variant is built.
        """
        return tuple(_unknown_columns(self))

    @cached_property
    def base_is_complete(self) -> bool:
        """Whether the base can be printed without a region: each slot has a default."""
        return not fill_slots(self.base, self._defaults, self.slot_names).value.missing

    @cached_property
    def slot_names(self) -> tuple[str, ...]:
        """The names of all slots that texts can use."""
        declared = [key.text or "" for key, _ in entries(self.base.node(("slots",)))]
        return tuple(dict.fromkeys([*REQUIRED, *self.regions.columns, *declared]))

    def values(self, region: Region | None) -> dict[str, LocatedText]:
        """The values of slots in a region, or in the base."""
        return {**self._defaults, **(region.values if region else {})}

    def check_id(self, name: str, location: Location) -> Region:
        """The region with an id. Raises DiagnosticsError if there is none."""
        if region := self.regions.get(name):
            return region
        raise DiagnosticsError([self.unknown_region(name, location)])

    def unknown_region(self, name: str, location: Location) -> Diagnostic:
        """That there is no region with an id, at the place where it was asked for."""
        file = self.regions.file
        return error(
            "unknown-variant",
            say("There is no region `{name}` in {file}.", name=shortened(name), file=file),
            location,
            self.regions.similar(name)
            if self.ids
            else say(
                "Write a table {file}: a heading `id,name`, and a row for each region.", file=file
            ),
        )

    def resolve(
        self, variant: str | None = None, own: Reported[Tree] | None = None
    ) -> ResolvedLeaflet:
        """A variant, or the base, as one tree. `own` is what the variant says in the place of its
        file, with what is wrong with its YAML. Raises DiagnosticsError for an unknown id.
        """
        if variant is None:
            filled = fill_slots(self.base, self._defaults, self.slot_names)
            diagnostics = [*self.diagnostics, *filled.diagnostics]
            return ResolvedLeaflet(self.name, None, filled.value.tree, (), tuple(diagnostics))
        region = self.check_id(variant, Location(self.regions.file))
        diagnostics = [*self.diagnostics, *self.unknown_columns, *region.diagnostics]
        diagnostics += self._shared_keys.get(variant, ())
        values = self.values(region)
        tree = self.base
        overrides: tuple[Override, ...] = ()
        if own is not None or variant in self.files:
            change: Tree | None
            try:
                reported = (
                    read_variant(self.project, self.files[variant])
                    if own is None
                    else _checked_variant(own)
                )
                change, invalid = reported.value, reported.diagnostics
            except DiagnosticsError as failed:
                change, invalid = None, failed.diagnostics
            diagnostics += invalid
            if change is not None and not any(d.code == "too-many" for d in invalid):
                overrides = find_overrides(self.base, change, partial(fill_text, values=values))
                diagnostics += contradictions(self.base, change)
                diagnostics += diagnose_overrides(overrides, self.base, self.name, variant)
                diagnostics += check_inherited(overrides, self.base)
                if not any(d.is_error for d in invalid):
                    tree = overlay(self.base, change)
                    diagnostics += _too_many_passages(tree, "passages")
        filled = fill_slots(tree, values, self.slot_names)
        diagnostics += filled.diagnostics
        diagnostics += [self._empty_cell(region, name) for name in sorted(filled.value.missing)]
        original = str(plain(self.base.node(("language",))) or "")
        return ResolvedLeaflet(
            self.name, region, filled.value.tree, overrides, tuple(diagnostics), original
        )

    def _empty_cell(self, region: Region, slot: str) -> Diagnostic:
        cell = region.cells.get(slot)
        if cell is None:  # the same diagnostic in each region, so that it is shown once
            return error(
                "slot-without-value",
                say("The table has no column `{slot}`, which a text uses.", slot=shortened(slot)),
                self.regions.columns["id"].location,
                say(
                    "Add the column, or a default in leaflet.yaml: `slots:`, and below it "
                    "`{slot}: …`.",
                    slot=slot,
                ),
            )
        return error(
            "slot-without-value",
            say(
                "{region} has no value for the slot `{slot}`, which its text uses.",
                region=shortened(region.name or region.id),
                slot=shortened(slot),
            ),
            cell.location,
            cell.hint(say("Fill it in here.")),
        )

    @cached_property
    def _shared_keys(self) -> dict[str, tuple[Diagnostic, ...]]:
        """Warnings about official keys of other regions, by the ids of the later ones."""
        found: dict[str, tuple[Diagnostic, ...]] = {}
        for regions in self.regions.sharing_a_key:
            first: dict[str, Region] = {}  # by language
            for region in regions:
                one = first.setdefault(self._language(region), region)
                if one is not region:
                    found[region.id] = (region.same_key(one),)
        return found

    def _language(self, region: Region) -> str:
        """The language of a variant; that of the base where it cannot be read."""
        language: Plain = None
        try:
            if region.id in self.files:
                change = read_yaml(self.project, self.files[region.id]).value
                language = plain(change.node(("language",)))
        except DiagnosticsError:
            pass  # told when that variant is resolved
        return str(language or plain(self.base.node(("language",))) or "")

    @cached_property
    def _defaults(self) -> dict[str, LocatedText]:
        return {
            key.text or "": LocatedText(value.text.strip(), value.location)
            for key, value in entries(self.base.node(("slots",)))
            if isinstance(value, ScalarNode) and value.text is not None
        }


def read_bundle(project: Project, name: str) -> Bundle:
    """Read a leaflet with its regions; the files of variants are read when they are needed.

    Raises DiagnosticsError where the base is not a leaflet, or its table of regions not a table.
    """
    path = project.manuscript(name)
    file = project.show(path)
    check_name(name, Location(file))
    reported = read_yaml(project, path)
    tree, diagnostics = reported.value, reported.diagnostics
    if not tree.text.strip():
        fail(
            "empty-file",
            say("The file is empty."),
            Location(file),
            say("`brochure new my-leaflet` writes one for you to fill in."),
        )
    if tree.root is None:
        raise DiagnosticsError(diagnostics or [_not_a_leaflet(Location(file))])
    if not isinstance(tree.root, MappingNode):
        raise DiagnosticsError([*diagnostics, _not_a_leaflet(tree.root.location)])
    if too_many := _too_many_passages(tree, "passages"):
        raise DiagnosticsError([*diagnostics, *too_many])
    regions = read_regions(project, name)
    return Bundle(project, name, tree, diagnostics, regions, _variant_files(project, name))


def read_variant(project: Project, path: Path) -> Reported[Tree]:
    """The file of a variant, and what is wrong with it by itself.

    Raises DiagnosticsError where no text can be read from it at all.
    """
    return _checked_variant(read_yaml(project, path))


def _checked_variant(reported: Reported[Tree]) -> Reported[Tree]:
    tree, diagnostics = reported.value, list(reported.diagnostics)
    if tree.root is None:  # nothing but comments: nothing differs
        return reported
    diagnostics += [
        error(
            "quote-change",
            say(
                "A quote of the base cannot be changed; it is printed to the letter in all regions."
            ),
            location,
            say(
                "Put the passage under `leave_out:`, and another one with its own quote under "
                "`add:`."
            ),
        )
        for location in _quote_changes(tree)
    ]
    if too_many := [*_too_many_passages(tree, "add"), *_too_many_passages(tree, "passages")]:
        return Reported(tree, (*diagnostics, *too_many))
    diagnostics += on_other_lines(validate(tree, Variant).diagnostics, diagnostics)
    return Reported(tree, tuple(diagnostics))


def _variant_files(project: Project, leaflet: str) -> dict[str, Path]:
    """The files of a leaflet's variants, by the ids of their regions."""
    folder = project.manuscript(leaflet).with_name(_FOLDER)
    project.on_read(folder)
    return {f.stem: f for f in sorted(folder.glob("*.yaml"))} if folder.is_dir() else {}


def _quote_changes(tree: Tree) -> list[Location]:
    passages = tree.node(("passages",))
    changes = (change for _, change in entries(passages) if isinstance(change, MappingNode))
    keys = (change.key("quote") for change in changes)
    return [key.location for key in keys if key is not None]


def _too_many_passages(tree: Tree, key: str) -> list[Diagnostic]:
    """An error at the first passage too many, if there is one in the list or block `key`."""
    node = tree.node((key,))
    locations = [item.location for item in items(node)] or [
        name.location for name, _ in entries(node)
    ]
    return [
        error(
            "too-many",
            say(
                "There are too many passages from here on; at most {limit} are allowed.",
                limit=bounds.PASSAGES,
            ),
            location,
            say("Make several leaflets of it. Or is this the wrong file?"),
        )
        for location in locations[bounds.PASSAGES : bounds.PASSAGES + 1]
    ]


def _stray_files(
    project: Project, leaflet: str, files: Mapping[str, Path], regions: Regions
) -> list[Diagnostic]:
    """Files in ``variants/`` that belong to no region, and would silently be ignored."""
    folder = project.manuscript(leaflet).with_name(_FOLDER)
    strays = {name: path for name, path in files.items() if regions.get(name) is None}
    used = set(files.values())
    diagnostics = [
        error(
            "unknown-variant",
            say(
                "There is no region `{name}` in {file}, so this file is never used.",
                name=shortened(name),
                file=REGIONS_FILE,
            ),
            Location(project.show(path)),
            joined(
                [
                    regions.similar(name) if number < bounds.SIMILAR_DIAGNOSTICS else EMPTY,
                    say("Rename the file after the id of its region, or add a row for it."),
                ]
            ),
        )
        for number, (name, path) in enumerate(strays.items())
    ]
    others = sorted(folder.iterdir()) if folder.is_dir() else []
    return diagnostics + [
        error(
            "file-type",
            say("The names of variants end in `.yaml`; this file is never used."),
            Location(project.show(path)),
            say("Rename it to `{name}.yaml`.", name=path.stem),
        )
        for path in others
        if path.suffix.lower() in (".yml", ".yaml") and path not in used
    ]


def _unknown_columns(bundle: Bundle) -> Iterator[Diagnostic]:
    """Columns of regions.csv that no text uses, neither of the leaflet nor of its letter."""
    declared = {key.text or "" for key, _ in entries(bundle.base.node(("slots",)))}
    known = {*REQUIRED, KEY_COLUMN, *declared}
    candidates = [column for column in bundle.regions.columns if column not in known]
    if not candidates:
        return
    known |= used_slots(bundle.base)
    letter = bundle.project.manuscript(bundle.name).with_name(MAIL)
    bundle.project.on_read(letter)
    readers = [partial(read_variant, bundle.project, path) for path in bundle.files.values()]
    if letter.exists():
        readers.append(partial(read_yaml, bundle.project, letter))
    for read in readers:
        if all(column in known for column in candidates):
            return
        try:
            known |= used_slots(read().value)
        except DiagnosticsError:
            continue  # reported when that variant is built, or when the mail is looked at
    for column in candidates:
        if column not in known:
            keep = say(
                "To keep the column for later, declare it in leaflet.yaml: `slots:`, and below it "
                "`{column}:`.",
                column=column,
            )
            yield error(
                "unknown-column",
                say("No text uses the column `{column}`.", column=shortened(column)),
                bundle.regions.columns[column].location,
                joined([did_you_mean(column, sorted(known - {"id"})), keep]),
            )


def _not_a_leaflet(location: Location) -> Diagnostic:
    return error(
        "not-a-leaflet",
        say("This is not a leaflet: it does not consist of lines like `title: …`."),
        location,
        say("`brochure new my-leaflet` writes one for you to fill in."),
    )
