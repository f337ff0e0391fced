"""``regions.csv``: a row a region, a column for each slot.

Read by hand instead of with the module ``csv``, because each cell needs its place; the grammar is
RFC 4180's, with commas or semicolons, as spreadsheets write them. Everything is text: a key such
as 06411000 keeps its nought.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from brochure.diagnostics import Diagnostic, Place, Problems, error, raise_errors
from brochure.manuscript import yamltree
from brochure.manuscript.nodes import Value, place_in
from brochure.project import NAME, Project

FILE = "regions.csv"
LIMIT = 5_000_000  # bytes; the 10,800 municipalities of Germany with ten columns have 2 MB
REQUIRED = ("id", "name")
_COLUMNS = 100
_MOST = 100  # complaints; whoever has more has another kind of table
_SLOT = re.compile(r"[^\W\d_]\w*")
_SEP = re.compile(r"sep=([,;])\n")  # a first line with which Excel names the delimiter


@dataclass(frozen=True)
class Region:
    """A row: the id and name of a region, and the value of each slot that is filled in.

    `cells` are all cells by column, empty ones, too; `diagnostics` what is wrong with the row.
    """

    id: str
    name: str
    place: Place
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
    columns: Mapping[str, Place] = field(default_factory=dict)
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
    text, complaints = yamltree.decode(project.read(path, LIMIT), file)
    raise_errors(complaints)
    return parse(text, file)


def parse(text: str, file: str) -> Regions:
    """The table in a text with line feeds as line ends. Raises Problems with its heading."""
    start, delimiter = 0, None
    if said := _SEP.match(text):
        start, delimiter = said.end(), said[1]
    first_line = text[start:].partition("\n")[0]
    if delimiter is None:
        delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    rows = (
        [Value(cell.strip(), place) for cell, place in row]
        for row in _rows(text, file, start, delimiter)
    )
    rows_with_text = (row for row in rows if any(cell.text for cell in row))
    header = next(rows_with_text, [])
    while header and not header[-1].text:  # spreadsheets write empty columns at the right
        header.pop()
    raise_errors(_check_header(header, Place(file)))
    regions: list[Region] = []
    complaints: list[Diagnostic] = []
    first: dict[str, int] = {}
    for row in rows_with_text:
        region = _region(header, row)
        if not region.id:
            complaints += region.diagnostics
            continue
        at = first.setdefault(region.id.casefold(), len(regions))
        if at == len(regions):
            regions.append(region)
            continue
        complaint = _doubled(region, regions[at].place)
        complaints.append(complaint)  # and which of the two is meant, nobody knows:
        regions[at] = replace(regions[at], diagnostics=(*regions[at].diagnostics, complaint))
    columns = {cell.text: cell.place for cell in header}
    return Regions(file, columns, tuple(regions), tuple(complaints[:_MOST]))


def _region(header: list[Value], row: list[Value]) -> Region:
    complaints = []
    if len(row) < len(header) or any(cell.text for cell in row[len(header) :]):
        more = len(row) > len(header)
        complaints.append(
            error(
                "row-length",
                f"This row has {len(row)} cells, and the heading has {len(header)}.",
                row[len(header)].place if more else row[-1].place,
                "A text with a comma or semicolon in it needs quotation marks around it."
                if more
                else "Write the missing delimiters, so that each value stands in its column.",
            )
        )
    filler = Value("", row[-1].place)
    cells = {
        column.text: row[index] if index < len(row) else filler
        for index, column in enumerate(header)
    }
    for column in REQUIRED:
        if not cells[column].text:
            complaints.append(
                error(
                    "empty",
                    f"This row has no `{column}`.",
                    cells[column].place,
                    "Write one, or delete the row.",
                )
            )
    id_ = cells["id"].text
    if id_ and not NAME.fullmatch(id_):
        complaints.append(
            error(
                "region-id",
                f"`{id_}` cannot be the id of a region.",
                cells["id"].place,
                "Use letters without accents, digits and hyphens, as in `giessen` or "
                "`06531000`: folder and PDF are named after it.",
            )
        )
    name = " ".join(cells["name"].text.split())  # it stands in titles
    return Region(id_, name, row[0].place, cells, tuple(complaints))


def _doubled(region: Region, first: Place) -> Diagnostic:
    return error(
        "duplicate-id",
        f"The id `{region.id}` is given twice; the first stands in line {first.line}.",
        region.place,
        "Give each region an id of its own; capitals make no difference, since folders are named "
        "after it.",
    )


def _check_header(header: list[Value], file: Place) -> Iterator[Diagnostic]:
    if len(header) > _COLUMNS:
        message = f"The table has {len(header)} columns; {_COLUMNS} are the most."
        yield error("too-many", message, header[_COLUMNS].place, "Is this the right file?")
        return
    names: set[str] = set()
    for cell in header:
        if not _SLOT.fullmatch(cell.text):
            yield error(
                "column-name",
                f"`{cell.text}` cannot be the name of a column.",
                cell.place,
                "Use one word of letters, digits and _ , as in `meeting_place`: texts ask for "
                "it as {{ region.meeting_place }}.",
            )
        elif cell.text in names:
            yield error(
                "duplicate-column",
                f"There are two columns `{cell.text}`.",
                cell.place,
                "Delete or rename one of them.",
            )
        names.add(cell.text)
    for column in REQUIRED:
        if column not in names:
            yield error(
                "no-column",
                f"The table has no column `{column}`.",
                header[0].place if header else file,
                "The first line names the columns: `id`, `name`, and one for each slot, with "
                "commas or semicolons between them.",
            )


def _rows(text: str, file: str, start: int, delimiter: str) -> Iterator[list[tuple[str, Place]]]:
    """Rows of cells with their places. Raises Problems where a quotation mark is not closed."""
    plain, closed = re.compile(rf"[^{delimiter}\n]*"), re.compile(r'(?:[^"]|"")*"')
    blank = re.compile(rf"[{delimiter} \t]*(?:\n|\Z)")
    at, line, line_start = start, text.count("\n", 0, start) + 1, start
    row: list[tuple[str, Place]] = []
    while at < len(text):
        if not row and (skipped := blank.match(text, at)):  # spreadsheets write many of them
            at, line = skipped.end(), line + 1
            line_start = at
            continue
        place = Place(file, line, at - line_start + 1)
        if text[at] == '"':
            closing = closed.match(text, at + 1)
            after = closing.end() if closing else len(text)
            if closing is None or text[after : after + 1] not in ("", delimiter, "\n"):
                raise Problems([_unclosed(place_in(text, file, after) if closing else place)])
            cell = text[at + 1 : after - 1].replace('""', '"')
            if "\n" in cell:
                line += text.count("\n", at, after)
                line_start = text.rfind("\n", at, after) + 1
            at = after
        else:
            found = plain.match(text, at)
            assert found is not None  # it matches nothing, too
            cell, at = found[0], found.end()
        row.append((cell, place))
        if at < len(text) and text[at] == delimiter:
            at += 1
            if at < len(text) and text[at] != "\n":
                continue
            row.append(("", Place(file, line, at - line_start + 1)))
        yield row
        row = []
        at, line = at + 1, line + 1
        line_start = at


def _unclosed(place: Place) -> Diagnostic:
    return error(
        "unclosed-quote",
        "The quotation marks around this cell are not in order.",
        place,
        "A cell in quotation marks ends at the next one; one that belongs to its text is "
        'written twice: "Haus ""Sonne""".',
    )
