"""Tables in text files (CSV): rows of cells, each with its location.

The module ``csv`` gives no locations, so the text is read here: the grammar is that of RFC 4180,
with commas or semicolons, as spreadsheets write them. Everything is text: a key such as 06411000
keeps its zero.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    Location,
    error,
    fail,
    raise_errors,
    shortened,
)
from brochure.manuscript.yaml.nodes import LocatedText, location_in
from brochure.manuscript.yaml.parser import decode_text
from brochure.messages import Message, plural, say
from brochure.project import Project

_NAME = re.compile(r"[^\W\d_]\w*")
_SEP = re.compile(r"sep=([,;])\n")  # a first line with which Excel names the delimiter


@dataclass(frozen=True)
class TableHeading:
    """What the first line must be: the columns that it needs, and hints for bad and missing names.

    `name_hint` says what the name of a column can be, `column_hint` how to add a missing column.
    """

    required: tuple[str, ...]
    name_hint: Message
    column_hint: Message


@dataclass(frozen=True)
class TableRow:
    """A row: its cells by column, including empty ones.

    `diagnostics` report too few or too many cells.
    """

    location: Location
    cells: Mapping[str, LocatedText]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Table:
    """A table: its columns with their locations, and its rows, blank ones left out."""

    columns: Mapping[str, Location]
    rows: tuple[TableRow, ...]


def read_table(project: Project, path: Path, heading: TableHeading) -> Table:
    """The table in a file of the project. Raises DiagnosticsError for the file or its heading."""
    file = project.show(path)
    decoded = decode_text(project.read(path, bounds.TABLE), file)
    raise_errors(decoded.diagnostics)
    return parse_table(decoded.value, file, heading)


def parse_table(text: str, file: str, heading: TableHeading) -> Table:
    """The table in a text with line feeds as line ends.

    Raises DiagnosticsError for its heading, quotation marks that are not in order, or its size.
    """
    start, delimiter = 0, None
    if declared := _SEP.match(text):
        start, delimiter = declared.end(), declared[1]
    first_line = text[start:].partition("\n")[0]
    if delimiter is None:
        delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    rows = (
        [LocatedText(cell.strip(), location) for cell, location in row]
        for row in _rows(text, file, start, delimiter)
    )
    rows_with_text = (row for row in rows if any(cell.text for cell in row))
    header = next(rows_with_text, [])
    while header and not header[-1].text:  # spreadsheets add empty columns on the right
        header.pop()
    raise_errors(_check_header(header, Location(file), heading))
    columns = {cell.text: cell.location for cell in header}
    names = tuple(columns)
    kept = [_row(names, row) for row in islice(rows_with_text, bounds.ROWS + 1)]
    if len(kept) > bounds.ROWS:
        message = say(
            "There are too many rows from here on; at most {limit} are allowed.", limit=bounds.ROWS
        )
        fail("too-many", message, kept[-1].location, say("Is this the right file?"))
    return Table(columns, tuple(kept))


def _row(columns: tuple[str, ...], row: list[LocatedText]) -> TableRow:
    diagnostics = []
    if len(row) > len(columns) and any(cell.text for cell in row[len(columns) :]):
        location = row[len(columns)].location
        hint = say("A text with a comma or a semicolon in it needs quotation marks around it.")
        diagnostics.append(error("row-length", _length(row, columns), location, hint))
    elif len(row) < len(columns):
        hint = say("Write the missing delimiters, so that each value is in its own column.")
        diagnostics.append(error("row-length", _length(row, columns), row[-1].location, hint))
    filler = LocatedText("", row[-1].location)
    cells = {
        column: row[index] if index < len(row) else filler for index, column in enumerate(columns)
    }
    return TableRow(row[0].location, cells, tuple(diagnostics))


def _length(row: list[LocatedText], columns: tuple[str, ...]) -> Message:
    """What is wrong with the number of cells; of very many, not all were kept."""
    if len(row) > bounds.COLUMNS:
        return say(
            "This row has more than {limit} cells, but the heading has {number}.",
            limit=bounds.COLUMNS,
            number=len(columns),
        )
    return plural(
        "This row has {n} cell, but the heading has {number}.",
        "This row has {n} cells, but the heading has {number}.",
        len(row),
        number=len(columns),
    )


def _check_header(
    header: list[LocatedText], file: Location, heading: TableHeading
) -> Iterator[Diagnostic]:
    if len(header) > bounds.COLUMNS:
        message = say("The table has more than {limit} columns.", limit=bounds.COLUMNS)
        yield error(
            "too-many", message, header[bounds.COLUMNS].location, say("Is this the right file?")
        )
        return
    names: set[str] = set()
    for cell in header:
        if not _NAME.fullmatch(cell.text):
            yield error(
                "column-name",
                say("`{name}` cannot be the name of a column.", name=shortened(cell.text)),
                cell.location,
                heading.name_hint,
            )
        elif cell.text in names:
            yield error(
                "duplicate-column",
                say("There are two columns named `{name}`.", name=shortened(cell.text)),
                cell.location,
                say("Delete or rename one of them."),
            )
        names.add(cell.text)
    for column in heading.required:
        if column not in names:
            yield error(
                "no-column",
                say("The table has no column `{column}`.", column=column),
                header[0].location if header else file,
                heading.column_hint,
            )


def _rows(text: str, file: str, start: int, delimiter: str) -> Iterator[list[tuple[str, Location]]]:
    """Rows of cells with their locations.

    Raises DiagnosticsError for a quotation mark that is not closed, and for a row without end.
    """
    # Possessive (`*+`): otherwise, the regular expression remembers each letter for backtracking.
    plain, closed = re.compile(rf"[^{delimiter}\n]*+"), re.compile(r'[^"]*+(?:""[^"]*+)*+"')
    empty = re.compile(rf"(?:{delimiter}[ \t]*+(?=[{delimiter}\n]|\Z))*+")
    blank = re.compile(rf"[{delimiter} \t]*+(?:\n|\Z)")
    at, line, line_start = start, text.count("\n", 0, start) + 1, start
    row: list[tuple[str, Location]] = []
    while at < len(text):
        if not row and (skipped := blank.match(text, at)):  # spreadsheets write many of these
            at, line = skipped.end(), line + 1
            line_start = at
            continue
        location = Location(file, line, at - line_start + 1)
        if text[at] == '"':
            closing = closed.match(text, at + 1)
            after = closing.end() if closing else len(text)
            if closing is None or text[after : after + 1] not in ("", delimiter, "\n"):
                fail(
                    "unclosed-quote",
                    say("The quotation marks around this cell are not in order."),
                    location_in(text, file, after) if closing else location,
                    say(
                        "A cell in quotation marks ends at the next one. Write a quotation mark "
                        'that belongs to the text twice: "Haus ""Sonne""".'
                    ),
                )
            cell = text[at + 1 : after - 1].replace('""', '"')
            if "\n" in cell:
                line += text.count("\n", at, after)
                line_start = text.rfind("\n", at, after) + 1
            at = after
        else:
            unquoted = plain.match(text, at)
            assert unquoted is not None  # it matches an empty text as well
            cell, at = unquoted[0], unquoted.end()
        row.append((cell, location))
        if len(row) > bounds.COLUMNS:  # only empty cells follow, or this is no such table
            at = empty.match(text, at).end()  # type: ignore[union-attr] # it always matches
            if len(row) > 2 * bounds.COLUMNS:
                message = say(
                    "The row has too many cells from here on; at most {limit} are allowed.",
                    limit=bounds.COLUMNS,
                )
                fail("too-many", message, location, say("Is this the right file?"))
        if at < len(text) and text[at] == delimiter:
            at += 1
            if at < len(text) and text[at] != "\n":
                continue
            row.append(("", Location(file, line, at - line_start + 1)))
        yield row
        row = []
        at, line = at + 1, line + 1
        line_start = at
