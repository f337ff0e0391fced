"""``regions.csv``: a row for each region, a column for each slot."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, shortened, warning
from brochure.manuscript.variants.cells import KEEP
from brochure.manuscript.variants.keys import (
    LENGTHS,
    OfficialKey,
    looks_like_key,
    read_key,
    without_lost_nought,
)
from brochure.manuscript.variants.table import (
    Table,
    TableCell,
    TableHeading,
    TableRow,
    parse_table,
    read_table,
)
from brochure.manuscript.yaml.nodes import LocatedText
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import Message, say
from brochure.project import DEVICE, NAME, Project

REGIONS_FILE = "regions.csv"
REQUIRED = ("id", "name")
KEY_COLUMN = "ags"  # the official key of the region; no text needs to use this column
HEADING = TableHeading(
    REQUIRED,
    say(
        "Use one word of letters, digits and `_`, as in `meeting_place`; texts use the column as "
        "{{{{ region.meeting_place }}}}."
    ),
    say(
        "The first row names the columns: `id`, `name`, and one for each slot. Save the table as "
        "“CSV UTF-8”, with commas or semicolons between the columns."
    ),
)
_LONGEST_NAME = 200
_LONGEST = 60  # characters of an id; it occurs twice in the path of a PDF
_MOST = 20  # diagnostics about one id


@dataclass(frozen=True)
class Region:
    """A row: the id and name of a region, and the values of its slots.

    `cells` are all cells by column, including empty ones; `diagnostics` say what is wrong with the
    row.
    """

    id: str
    name: str
    location: Location
    cells: Mapping[str, TableCell]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def values(self) -> dict[str, LocatedText]:
        """The values of the slots; an empty cell gives none."""
        return {column: cell for column, cell in self.cells.items() if cell.text}

    @cached_property
    def key(self) -> OfficialKey | None:
        """The official key of the region, which may also be its id; a nought that it has lost is
        put back.
        """
        return read_key(self._key_cell.text) or read_key(self._whole_key)

    @property
    def _whole_key(self) -> str:
        """The key with the first nought that it has lost; empty if it has lost none."""
        cell = self._key_cell
        if cell is self.cells["id"] and len(cell.text) == 1:  # ids are often counted from 1
            return ""
        return without_lost_nought(cell.text)

    @property
    def _key_cell(self) -> TableCell:
        key = self.cells.get(KEY_COLUMN)
        return key if key and key.text else self.cells["id"]

    def same_key(self, first: "Region") -> Diagnostic:
        """A warning that a row above has the same key."""
        cell = self._key_cell
        return warning(
            "duplicate-key",
            say(
                "`{id}` has the same official key as `{first}`: {key}.",
                id=self.id,
                first=first.id,
                key=shortened(cell.text),
            ),
            cell.location,
            cell.hint(
                say(
                    "Correct the one that is wrong, or offices get no letter or that of another "
                    "place. Only variants in different languages share a key."
                )
            ),
        )

    def check_key(self) -> Diagnostic | None:
        """A warning about the key, if it is not as it should be; of an id, if it was a key."""
        cell = self._key_cell
        is_id = cell is self.cells["id"]
        if whole := self._whole_key:
            return warning(
                "lost-nought",
                say("The official key `{key}` lacks its first nought.", key=cell.text),
                cell.location,
                cell.hint(say("Write {key}. {keep}", key=whole, keep=KEEP)),
            )
        if not is_id and read_key(cell.text) is None:
            return warning(
                "official-key",
                say("`{key}` is not an official key (AGS).", key=shortened(cell.text)),
                cell.location,
                cell.hint(LENGTHS),
            )
        return None


@dataclass(frozen=True)
class Regions:
    """The table: its columns with their locations, its rows, and what is wrong outside of rows."""

    file: str
    columns: Mapping[str, TableCell] = field(default_factory=dict)
    rows: tuple[Region, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def get(self, name: str) -> Region | None:
        """The region with that id."""
        return self._by_id.get(name)

    def with_key(self, key: OfficialKey) -> tuple[Region, ...]:
        """The regions with an official key; if there are none, those of its district."""
        return self._by_key.get(key.region) or self._by_key.get(key.district) or ()

    @property
    def sharing_a_key(self) -> tuple[tuple[Region, ...], ...]:
        """Regions with the same official key, two or more at a time."""
        return tuple(rows for rows in self._by_key.values() if len(rows) > 1)

    def similar(self, name: str) -> Message:
        """A hint at what can have been meant by an id that there is not.

        Keys that look alike are those of other places: only the region of the district is named.
        """
        ids = [row.id for row in self.rows]
        if not looks_like_key(name):
            return did_you_mean(name, ids)
        key = read_key(name) or read_key(without_lost_nought(name))
        found = self.with_key(key) if key else ()
        if len(found) == 1:
            return say("Did you mean `{name}`?", name=found[0].id)
        return did_you_mean("", ids)

    @cached_property
    def _by_id(self) -> dict[str, Region]:
        return {row.id: row for row in self.rows}

    @cached_property
    def _by_key(self) -> dict[str, tuple[Region, ...]]:
        found: dict[str, tuple[Region, ...]] = {}
        for row in self.rows:
            if row.key:
                found[row.key.region] = (*found.get(row.key.region, ()), row)
        return found


def read_regions(project: Project, leaflet: str) -> Regions:
    """The regions of a leaflet; none where there is no table.

    Raises DiagnosticsError where the table cannot be read at all.
    """
    path = project.manuscript(leaflet).with_name(REGIONS_FILE)
    file = project.show(path)
    if not path.exists() and not path.is_symlink():
        project.on_read(path)
        return Regions(file)
    return regions_in(read_table(project, path, HEADING), file)


def parse_regions(text: str, file: str) -> Regions:
    """The regions in a text with line feeds as line ends. Raises DiagnosticsError likewise."""
    return regions_in(parse_table(text, file, HEADING), file)


def regions_in(table: Table, file: str) -> Regions:
    """The regions in a table. Raises DiagnosticsError where too many rows are wrong."""
    regions: list[Region] = []
    diagnostics: list[Diagnostic] = []
    repeated: dict[str, list[Diagnostic]] = {}
    first: dict[str, TableCell] = {}
    for row in table.rows:
        region = _region(row)
        if not _is_safe(region.id):  # it must never become part of a path
            diagnostics += region.diagnostics
        elif (key := region.id.casefold()) not in first:
            first[key] = region.cells["id"]
            regions.append(region)
        else:
            repeated.setdefault(key, []).append(_repeated(region, first[key]))
    diagnostics += [diagnostic for several in repeated.values() for diagnostic in several]
    # It is unknown which of these rows is meant, so the variant gets their diagnostics as well.
    for index, region in enumerate(regions):
        if others := repeated.get(region.id.casefold()):
            both = (*region.diagnostics, *others[:_MOST])
            regions[index] = replace(region, diagnostics=both)
    wrong = [region for region in regions if any(d.is_error for d in region.diagnostics)]
    # Checking each variant would report nothing but this, and take long.
    if len(wrong) + len(diagnostics) > bounds.WRONG_ROWS:
        raise DiagnosticsError([*diagnostics, *(d for region in wrong for d in region.diagnostics)])
    return Regions(file, table.columns, tuple(regions), tuple(diagnostics))


def _region(row: TableRow) -> Region:
    diagnostics, cells = [*row.diagnostics], row.cells
    for column in REQUIRED:
        if not cells[column].text:
            diagnostics.append(
                error(
                    "empty",
                    say("This row has no `{column}`.", column=column),
                    cells[column].location,
                    cells[column].hint(say("Fill it in, or delete the row.")),
                )
            )
    id_ = cells["id"].text
    known = {diagnostic.location for diagnostic in diagnostics}
    if id_ and not _is_safe(id_) and cells["id"].location not in known:
        diagnostics.append(
            error(
                "region-id",
                say("`{id}` cannot be the id of a region.", id=shortened(id_)),
                cells["id"].location,
                cells["id"].hint(
                    say(
                        "Use letters without accents, digits and hyphens, at most {limit} in all, "
                        "as in `giessen` or `06531000`; the folder and the PDF are named after it.",
                        limit=_LONGEST,
                    )
                ),
            )
        )
    name = " ".join(cells["name"].text.split())  # it occurs in titles
    if len(name) > _LONGEST_NAME:
        diagnostics.append(
            error(
                "too-long",
                say(
                    "This name has {number} characters; at most {limit} are allowed.",
                    number=len(name),
                    limit=_LONGEST_NAME,
                ),
                cells["name"].location,
                cells["name"].hint(
                    say("Write only the name of the region; give other texts columns of their own.")
                ),
            )
        )
    region = Region(id_, name, row.location, cells)
    if (about_key := region.check_key()) and about_key.location not in known:
        diagnostics.append(about_key)
    return replace(region, diagnostics=tuple(diagnostics))


def _is_safe(id_: str) -> bool:
    """Whether an id can be part of the names of folders and files on all systems."""
    return bool(NAME.fullmatch(id_)) and len(id_) <= _LONGEST and not DEVICE.fullmatch(id_)


def _repeated(region: Region, first: TableCell) -> Diagnostic:
    cell = region.cells["id"]
    return error(
        "duplicate-id",
        say(
            "The id `{id}` is used twice; the first one is on line {line} (cell {cell}).",
            id=shortened(region.id),
            line=first.location.line,
            cell=first.name,
        ),
        region.location,
        cell.hint(
            say(
                "Give each region an id of its own. Capitals make no difference, because folders "
                "are named after ids."
            )
        ),
    )
