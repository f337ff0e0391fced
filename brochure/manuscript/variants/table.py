"""Tables in text files (CSV): rows of cells, each with its place.

Read by hand instead of with the module ``csv``, because each cell needs its place; the grammar is
RFC 4180's, with commas or semicolons, as spreadsheets write them. Everything is text: a key such
as 06411000 keeps its nought.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    error,
    raise_errors,
    shortened,
)
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import Value, location_in
from brochure.project import Project

_NAME = re.compile(r"[^\W\d_]\w*")
_SEP = re.compile(r"sep=([,;])\n")  # a first line with which Excel names the delimiter


@dataclass(frozen=True)
class Heading:
    """What the first line must be: columns that it needs; hints where a name is none, and where
    one of the columns is missing.
    """

    required: tuple[str, ...]
    name_hint: str
    column_hint: str


@dataclass(frozen=True)
class Row:
    """A row: its cells by column, empty ones, too. `diagnostics`: that it has too few or many."""

    location: Location
    cells: Mapping[str, Value]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Table:
    """A table: its columns with their places, and its rows that are not blank."""

    columns: Mapping[str, Location]
    rows: tuple[Row, ...]


def read(project: Project, path: Path, heading: Heading) -> Table:
    """The table in a file of the project. Raises Problems with the file, or its heading."""
    file = project.show(path)
    text, diagnostics = parser.decode(project.read(path, bounds.TABLE), file)
    raise_errors(diagnostics)
    return parse(text, file, heading)


def parse(text: str, file: str, heading: Heading) -> Table:
    """The table in a text with line feeds as line ends. Raises Problems with its heading."""
    start, delimiter = 0, None
    if said := _SEP.match(text):
        start, delimiter = said.end(), said[1]
    first_line = text[start:].partition("\n")[0]
    if delimiter is None:
        delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    rows = (
        [Value(cell.strip(), location) for cell, location in row]
        for row in _rows(text, file, start, delimiter)
    )
    rows_with_text = (row for row in rows if any(cell.text for cell in row))
    header = next(rows_with_text, [])
    while header and not header[-1].text:  # spreadsheets write empty columns at the right
        header.pop()
    raise_errors(_check_header(header, Location(file), heading))
    columns = {cell.text: cell.location for cell in header}
    names = tuple(columns)
    read = [_row(names, row) for row in islice(rows_with_text, bounds.ROWS + 1)]
    if len(read) > bounds.ROWS:
        message = f"From here on there are too many rows: {bounds.ROWS} are the most."
        raise DiagnosticsError(
            [error("too-many", message, read[-1].location, "Is this the right file?")]
        )
    return Table(columns, tuple(read))


def _row(columns: tuple[str, ...], row: list[Value]) -> Row:
    diagnostics = []
    if len(row) < len(columns) or any(cell.text for cell in row[len(columns) :]):
        more = len(row) > len(columns)
        diagnostics.append(
            error(
                "row-length",
                f"This row has {_number(row)} cells, and the heading has {len(columns)}.",
                row[len(columns)].location if more else row[-1].location,
                "A text with a comma or semicolon in it needs quotation marks around it."
                if more
                else "Write the missing delimiters, so that each value stands in its column.",
            )
        )
    filler = Value("", row[-1].location)
    cells = {
        column: row[index] if index < len(row) else filler for index, column in enumerate(columns)
    }
    return Row(row[0].location, cells, tuple(diagnostics))


def _number(row: list[Value]) -> str:
    """How many cells a row has; of many, not all were kept."""
    return str(len(row)) if len(row) <= bounds.COLUMNS else f"more than {bounds.COLUMNS}"


def _check_header(header: list[Value], file: Location, heading: Heading) -> Iterator[Diagnostic]:
    if len(header) > bounds.COLUMNS:
        message = f"The table has more than {bounds.COLUMNS} columns."
        yield error("too-many", message, header[bounds.COLUMNS].location, "Is this the right file?")
        return
    names: set[str] = set()
    for cell in header:
        if not _NAME.fullmatch(cell.text):
            yield error(
                "column-name",
                f"`{shortened(cell.text)}` cannot be the name of a column.",
                cell.location,
                heading.name_hint,
            )
        elif cell.text in names:
            yield error(
                "duplicate-column",
                f"There are two columns `{shortened(cell.text)}`.",
                cell.location,
                "Delete or rename one of them.",
            )
        names.add(cell.text)
    for column in heading.required:
        if column not in names:
            yield error(
                "no-column",
                f"The table has no column `{column}`.",
                header[0].location if header else file,
                heading.column_hint,
            )


def _rows(text: str, file: str, start: int, delimiter: str) -> Iterator[list[tuple[str, Location]]]:
    """Rows of cells with their places. Raises Problems where a quotation mark is not closed."""
    # What has matched is never given back (`*+`): that would be remembered, letter by letter.
    plain, closed = re.compile(rf"[^{delimiter}\n]*+"), re.compile(r'[^"]*+(?:""[^"]*+)*+"')
    empty = re.compile(rf"(?:{delimiter}[ \t]*+(?=[{delimiter}\n]|\Z))*+")
    blank = re.compile(rf"[{delimiter} \t]*+(?:\n|\Z)")
    at, line, line_start = start, text.count("\n", 0, start) + 1, start
    row: list[tuple[str, Location]] = []
    while at < len(text):
        if not row and (skipped := blank.match(text, at)):  # spreadsheets write many of them
            at, line = skipped.end(), line + 1
            line_start = at
            continue
        location = Location(file, line, at - line_start + 1)
        if text[at] == '"':
            closing = closed.match(text, at + 1)
            after = closing.end() if closing else len(text)
            if closing is None or text[after : after + 1] not in ("", delimiter, "\n"):
                raise DiagnosticsError(
                    [_unclosed(location_in(text, file, after) if closing else location)]
                )
            cell = text[at + 1 : after - 1].replace('""', '"')
            if "\n" in cell:
                line += text.count("\n", at, after)
                line_start = text.rfind("\n", at, after) + 1
            at = after
        else:
            found = plain.match(text, at)
            assert found is not None  # it matches nothing, too
            cell, at = found[0], found.end()
        row.append((cell, location))
        # What follows are empty cells, or this is another kind of table.
        if len(row) > bounds.COLUMNS:
            at = empty.match(text, at).end()  # type: ignore[union-attr] # it matches nothing, too
            if len(row) > 2 * bounds.COLUMNS:
                message = f"From here on the row has too many cells: {bounds.COLUMNS} are the most."
                raise DiagnosticsError(
                    [error("too-many", message, location, "Is this the right file?")]
                )
        if at < len(text) and text[at] == delimiter:
            at += 1
            if at < len(text) and text[at] != "\n":
                continue
            row.append(("", Location(file, line, at - line_start + 1)))
        yield row
        row = []
        at, line = at + 1, line + 1
        line_start = at


def _unclosed(location: Location) -> Diagnostic:
    return error(
        "unclosed-quote",
        "The quotation marks around this cell are not in order.",
        location,
        "A cell in quotation marks ends at the next one; one that belongs to its text is "
        'written twice: "Haus ""Sonne""".',
    )
