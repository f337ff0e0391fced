"""``regions.csv``: a row for each region, a column for each slot."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, shortened
from brochure.manuscript.variants.table import (
    Table,
    TableHeading,
    TableRow,
    parse_table,
    read_table,
)
from brochure.manuscript.yaml.nodes import LocatedText
from brochure.messages import say
from brochure.project import NAME, Project

REGIONS_FILE = "regions.csv"
REQUIRED = ("id", "name")
KEY_COLUMN = "ags"  # the official key of the region; no text needs to use this column
_HEADING = TableHeading(
    REQUIRED,
    say(
        "Use one word of letters, digits and `_`, as in `meeting_place`; texts use the column as "
        "{{{{ region.meeting_place }}}}."
    ),
    say(
        "The first line names the columns: `id`, `name`, and one for each slot, with commas or "
        "semicolons between them."
    ),
)
_LONGEST_NAME = 200
_LONGEST = 60  # characters of an id; it occurs twice in the path of a PDF
# Names that Windows reserves for devices, in any folder.
_DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)
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
    cells: Mapping[str, LocatedText]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def values(self) -> dict[str, LocatedText]:
        """The values of the slots; an empty cell gives none."""
        return {column: cell for column, cell in self.cells.items() if cell.text}


@dataclass(frozen=True)
class Regions:
    """The table: its columns with their locations, its rows, and what is wrong outside of rows."""

    file: str
    columns: Mapping[str, Location] = field(default_factory=dict)
    rows: tuple[Region, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def get(self, name: str) -> Region | None:
        """The region with that id."""
        return self._by_id.get(name)

    @cached_property
    def _by_id(self) -> dict[str, Region]:
        return {row.id: row for row in self.rows}


def read_regions(project: Project, leaflet: str) -> Regions:
    """The regions of a leaflet; none where there is no table.

    Raises DiagnosticsError where the table cannot be read at all.
    """
    path = project.manuscript(leaflet).with_name(REGIONS_FILE)
    file = project.show(path)
    if not path.exists() and not path.is_symlink():
        project.on_read(path)
        return Regions(file)
    return _regions(read_table(project, path, _HEADING), file)


def parse_regions(text: str, file: str) -> Regions:
    """The regions in a text with line feeds as line ends. Raises DiagnosticsError likewise."""
    return _regions(parse_table(text, file, _HEADING), file)


def _regions(table: Table, file: str) -> Regions:
    regions: list[Region] = []
    diagnostics: list[Diagnostic] = []
    repeated: dict[str, list[Diagnostic]] = {}
    first: dict[str, Location] = {}
    for row in table.rows:
        region = _region(row)
        if not _is_safe(region.id):  # it must never become part of a path
            diagnostics += region.diagnostics
        elif (key := region.id.casefold()) not in first:
            first[key] = region.location
            regions.append(region)
        else:
            repeated.setdefault(key, []).append(_repeated(region, first[key]))
    diagnostics += [diagnostic for several in repeated.values() for diagnostic in several]
    # It is unknown which of these rows is meant, so the variant gets their diagnostics as well.
    for index, region in enumerate(regions):
        if others := repeated.get(region.id.casefold()):
            both = (*region.diagnostics, *others[:_MOST])
            regions[index] = replace(region, diagnostics=both)
    wrong = [region for region in regions if region.diagnostics]
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
                    say("Fill it in, or delete the row."),
                )
            )
    id_ = cells["id"].text
    if id_ and not _is_safe(id_):
        diagnostics.append(
            error(
                "region-id",
                say("`{id}` cannot be the id of a region.", id=shortened(id_)),
                cells["id"].location,
                say(
                    "Use letters without accents, digits and hyphens, at most {limit} in all, as "
                    "in `giessen` or `06531000`; the folder and the PDF are named after it.",
                    limit=_LONGEST,
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
                say("Write only the name of the region; give other texts columns of their own."),
            )
        )
    return Region(id_, name, row.location, cells, tuple(diagnostics))


def _is_safe(id_: str) -> bool:
    """Whether an id can be part of the names of folders and files on all systems."""
    return bool(NAME.fullmatch(id_)) and len(id_) <= _LONGEST and not _DEVICE.fullmatch(id_)


def _repeated(region: Region, first: Location) -> Diagnostic:
    return error(
        "duplicate-id",
        say(
            "The id `{id}` is used twice; the first one is on line {line}.",
            id=shortened(region.id),
            line=first.line,
        ),
        region.location,
        say(
            "Give each region an id of its own. Capitals make no difference, because folders are "
            "named after ids."
        ),
    )
