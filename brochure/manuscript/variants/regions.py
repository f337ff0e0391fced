"""``regions.csv``: a row a region, a column for each slot."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, shortened
from brochure.manuscript.variants import table
from brochure.manuscript.yaml.nodes import Value
from brochure.project import NAME, Project

FILE = "regions.csv"
REQUIRED = ("id", "name")
KEY = "ags"  # a column that no text need ask for: the official key of the region
_HEADING = table.Heading(
    REQUIRED,
    "Use one word of letters, digits and _ , as in `meeting_place`: texts ask for it as "
    "{{ region.meeting_place }}.",
    "The first line names the columns: `id`, `name`, and one for each slot, with commas or "
    "semicolons between them.",
)
_LONGEST_NAME = 200
_LONGEST = 60  # characters of an id; it stands twice in the path of a PDF
# Names that Windows keeps for devices, in any folder.
_DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)
_MOST = 20  # complaints about one id


@dataclass(frozen=True)
class Region:
    """A row: the id and name of a region, and the value of each slot that is filled in.

    `cells` are all cells by column, empty ones, too; `diagnostics` what is wrong with the row.
    """

    id: str
    name: str
    location: Location
    cells: Mapping[str, Value]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def values(self) -> dict[str, Value]:
        """The values of the slots; an empty cell is none."""
        return {column: cell for column, cell in self.cells.items() if cell.text}


@dataclass(frozen=True)
class Regions:
    """The table: its columns with their places, its rows, and what is wrong beside rows."""

    file: str
    columns: Mapping[str, Location] = field(default_factory=dict)
    rows: tuple[Region, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def get(self, name: str) -> Region | None:
        """The region of that id."""
        return self._by_id.get(name)

    @cached_property
    def _by_id(self) -> dict[str, Region]:
        return {row.id: row for row in self.rows}


def read_regions(project: Project, leaflet: str) -> Regions:
    """The regions of a leaflet; none where there is no table. Raises Problems with its heading."""
    path = project.manuscript(leaflet).with_name(FILE)
    file = project.show(path)
    if not path.exists() and not path.is_symlink():
        project.seen.add(path)
        return Regions(file)
    return _regions(table.read(project, path, _HEADING), file)


def parse(text: str, file: str) -> Regions:
    """The table in a text with line feeds as line ends. Raises Problems with its heading."""
    return _regions(table.parse(text, file, _HEADING), file)


def _regions(read: table.Table, file: str) -> Regions:
    regions: list[Region] = []
    diagnostics: list[Diagnostic] = []
    doubled: dict[str, list[Diagnostic]] = {}
    first: dict[str, Location] = {}
    for row in read.rows:
        region = _region(row)
        if not _fit(region.id):  # it must become part of no path
            diagnostics += region.diagnostics
        elif (key := region.id.casefold()) not in first:
            first[key] = region.location
            regions.append(region)
        else:
            doubled.setdefault(key, []).append(_doubled(region, first[key]))
    diagnostics += [diagnostic for some in doubled.values() for diagnostic in some]
    # Which of two rows with one id is meant, nobody knows: the variant has the complaint, too.
    for index, region in enumerate(regions):
        if found := doubled.get(region.id.casefold()):
            both = (*region.diagnostics, *found[:_MOST])
            regions[index] = replace(region, diagnostics=both)
    wrong = [region for region in regions if region.diagnostics]
    # Checking each variant would say nothing but this, and take long.
    if len(wrong) + len(diagnostics) > bounds.WRONG_ROWS:
        raise DiagnosticsError([*diagnostics, *(d for region in wrong for d in region.diagnostics)])
    return Regions(file, read.columns, tuple(regions), tuple(diagnostics))


def _region(row: table.Row) -> Region:
    diagnostics, cells = [*row.diagnostics], row.cells
    for column in REQUIRED:
        if not cells[column].text:
            diagnostics.append(
                error(
                    "empty",
                    f"This row has no `{column}`.",
                    cells[column].location,
                    "Write one, or delete the row.",
                )
            )
    id_ = cells["id"].text
    if id_ and not _fit(id_):
        diagnostics.append(
            error(
                "region-id",
                f"`{shortened(id_)}` cannot be the id of a region.",
                cells["id"].location,
                f"Use letters without accents, digits and hyphens, {_LONGEST} at the most, as in "
                "`giessen` or `06531000`: folder and PDF are named after it.",
            )
        )
    name = " ".join(cells["name"].text.split())  # it stands in titles
    if len(name) > _LONGEST_NAME:
        diagnostics.append(
            error(
                "too-long",
                f"This name has {len(name)} characters; {_LONGEST_NAME} are the most.",
                cells["name"].location,
                "Write the name of the region only; texts have columns of their own.",
            )
        )
    return Region(id_, name, row.location, cells, tuple(diagnostics))


def _fit(id_: str) -> bool:
    """Whether an id is fit for names of folders and files, on each system."""
    return bool(NAME.fullmatch(id_)) and len(id_) <= _LONGEST and not _DEVICE.fullmatch(id_)


def _doubled(region: Region, first: Location) -> Diagnostic:
    return error(
        "duplicate-id",
        f"The id `{shortened(region.id)}` is given twice; the first stands in line {first.line}.",
        region.location,
        "Give each region an id of its own; capitals make no difference, since folders are named "
        "after it.",
    )
