"""Tables in text files (CSV): rows of cells, each with its location.

The module ``csv`` gives no locations, so the text is read here: the grammar is that of RFC 4180,
with commas or semicolons, as spreadsheets write them. Everything is text: a key such as 06411000
keeps its zero.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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
from brochure.manuscript.text.mojibake import first_difference, repaired
from brochure.manuscript.variants.cells import cell_diagnostic
from brochure.manuscript.yaml.nodes import LocatedText, location_in
from brochure.manuscript.yaml.parser import decode_text
from brochure.messages import Message, joined, plural, say
from brochure.project import Project

_NAME = re.compile(r"[^\W\d_]\w*")
_BROKEN = re.compile("[\x80-\x9f]")  # bytes of other encodings, taken for control characters
_SEP = re.compile(r"sep=([,;])\n")  # a first line with which Excel names the delimiter


@dataclass(frozen=True)
class TableCell(LocatedText):
    """A cell: its text without blanks around it, its location in the file, and where spreadsheets
    show it, both from 1. `span` is its extent in the text, with quotation marks and blanks.
    """

    row: int
    column: int
    span: tuple[int, int] = (0, 0)

    @property
    def name(self) -> str:
        """What spreadsheets call it: ``C3``."""
        letters, number = "", self.column
        while number:
            number, letter = divmod(number - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"{letters}{self.row}"

    def hint(self, hint: Message) -> Message:
        """A hint that names the cell: spreadsheets show neither lines nor columns of characters."""
        return joined([hint, say("(In a spreadsheet: cell {cell}.)", cell=self.name)])


@dataclass(frozen=True)
class TableHeading:
    """What the first row must be: the columns that it needs, and hints for bad and missing names.

    `name_hint` says what the name of a column can be, `column_hint` how to add a missing column.
    """

    required: tuple[str, ...]
    name_hint: Message
    column_hint: Message


@dataclass(frozen=True)
class TableRow:
    """A row: its cells by column, including empty ones.

    `diagnostics` report too few or too many cells, and those that hold no text.
    """

    location: Location
    cells: Mapping[str, TableCell]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Table:
    """A table: its columns with the cells of its heading, and its rows, blank ones left out."""

    columns: Mapping[str, TableCell]
    rows: tuple[TableRow, ...]


def read_table(project: Project, path: Path, heading: TableHeading) -> Table:
    """The table in a file of the project. Raises DiagnosticsError for the file or its heading."""
    return table_of(project.read(path, bounds.TABLE), project.show(path), heading)


def table_of(data: bytes, file: str, heading: TableHeading) -> Table:
    """The table in the bytes of a file. Raises DiagnosticsError likewise."""
    decoded = decode_text(data, file)
    raise_errors(_for_spreadsheets(diagnostic, decoded.value) for diagnostic in decoded.diagnostics)
    return parse_table(decoded.value, file, heading)


def _for_spreadsheets(diagnostic: Diagnostic, text: str) -> Diagnostic:
    """A diagnostic about the characters of a file, with a hint for those who know it as a sheet."""
    save = say(
        "Open it in Excel or LibreOffice and save it as “CSV UTF-8” (Excel: File → Save As; "
        "LibreOffice: Save As → Text CSV, “Edit filter settings”, Unicode (UTF-8))."
    )
    if diagnostic.code == "not-utf8":
        return replace(diagnostic, hint=save)
    line = text.split("\n")[diagnostic.location.line - 1]
    at = diagnostic.location.column - 1
    if not _BROKEN.match(line, at):
        return diagnostic
    start = max(line.rfind(end, 0, at) for end in ' ,;\t"') + 1
    word = re.split(r'[ ,;\t"]', line[start:], maxsplit=1)[0]
    right = first_difference(word, repaired(word))[1]
    hint = say("Should it be `{word}`? {save}", word=shortened(right), save=save)
    return replace(diagnostic, hint=hint if right != word else save)


def parse_table(text: str, file: str, heading: TableHeading) -> Table:
    """The table in a text with line feeds as line ends.

    Raises DiagnosticsError for its heading, quotation marks that are not in order, or its size.
    """
    _, rows_with_text = cell_rows(text, file)
    header = next(rows_with_text, [])
    while header and not header[-1].text:  # spreadsheets add empty columns on the right
        header.pop()
    raise_errors(_check_header(header, Location(file), heading))
    columns = {cell.text: cell for cell in header}
    names = tuple(columns)
    kept: list[TableRow] = []
    wrong = 0
    for row in islice(rows_with_text, bounds.ROWS + 1):
        # Where so many rows are wrong, nothing comes of the table, and looking takes long.
        kept.append(_row(names, row, look_into_cells=wrong <= bounds.WRONG_ROWS))
        wrong += bool(kept[-1].diagnostics)
    if len(kept) > bounds.ROWS:
        message = say(
            "There are too many rows from here on; at most {limit} are allowed.", limit=bounds.ROWS
        )
        fail("too-many", message, kept[-1].location, say("Is this the right file?"))
    return Table(columns, tuple(kept))


def cell_rows(text: str, file: str) -> tuple[str, Iterator[list[TableCell]]]:
    """What stands between the cells of a table, and its rows of cells, the heading first; rows
    without a text are left out. The rows raise DiagnosticsError as `parse_table` does.
    """
    start, delimiter = 0, None
    if declared := _SEP.match(text):
        start, delimiter = declared.end(), declared[1]
    first_line = text[start:].partition("\n")[0]
    if delimiter is None:
        delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    rows = _rows(text, file, start, delimiter)
    return delimiter, (row for row in rows if any(cell.text for cell in row))


def _row(columns: tuple[str, ...], row: list[TableCell], *, look_into_cells: bool) -> TableRow:
    diagnostics = []
    if len(row) > len(columns) and any(cell.text for cell in row[len(columns) :]):
        first = row[len(columns)]
        hint = say(
            "This column has no heading: write one, or delete what stands below it. In a text "
            "editor, a text with a comma or a semicolon in it needs quotation marks around it."
        )
        message = _length(row, columns)
        diagnostics.append(error("row-length", message, first.location, first.hint(hint)))
    elif len(row) < len(columns):
        last = row[-1]
        hint = say(
            "Look whether each value is in its own column, and save the table as “CSV UTF-8” "
            "again. In a text editor, write the missing delimiters."
        )
        message = _length(row, columns)
        diagnostics.append(error("row-length", message, last.location, last.hint(hint)))
    end = row[-1]
    cells = {
        column: row[index]
        if index < len(row)
        else TableCell("", end.location, end.row, end.column + 1 + index - len(row))
        for index, column in enumerate(columns)
    }
    for cell in cells.values() if look_into_cells else ():
        if wrong := cell_diagnostic(cell.text, cell.location):
            diagnostics.append(replace(wrong, hint=cell.hint(wrong.hint)))
    return TableRow(row[0].location, cells, tuple(diagnostics))


def _length(row: list[TableCell], columns: tuple[str, ...]) -> Message:
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
    header: list[TableCell], file: Location, heading: TableHeading
) -> Iterator[Diagnostic]:
    if len(header) > bounds.COLUMNS:
        message = say("The table has more than {limit} columns.", limit=bounds.COLUMNS)
        yield error(
            "too-many", message, header[bounds.COLUMNS].location, say("Is this the right file?")
        )
        return
    names: set[str] = set()
    for cell in header:
        wrong = cell_diagnostic(cell.text, cell.location)
        if wrong:
            yield replace(wrong, hint=cell.hint(wrong.hint))
        elif not _NAME.fullmatch(cell.text):
            yield error(
                "column-name",
                say("`{name}` cannot be the name of a column.", name=shortened(cell.text)),
                cell.location,
                cell.hint(heading.name_hint),
            )
        elif cell.text in names:
            yield error(
                "duplicate-column",
                say("There are two columns named `{name}`.", name=shortened(cell.text)),
                cell.location,
                cell.hint(say("Delete or rename one of them.")),
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


def _rows(text: str, file: str, start: int, delimiter: str) -> Iterator[list[TableCell]]:
    """Rows of cells; blank rows are left out, but counted.

    Raises DiagnosticsError for a quotation mark that is not closed, and for a row without end.
    """
    # Possessive (`*+`): otherwise, the regular expression remembers each letter to go back to. Not
    # of groups, though: before Python 3.11.5, these match wrongly (gh-106052).
    plain, closed = re.compile(rf"[^{delimiter}\n]*+"), re.compile(r'[^"]*+(?:""[^"]*+)*"')
    empty = re.compile(rf"[{delimiter} \t]*+")
    blank = re.compile(rf"[{delimiter} \t]*+(?:\n|\Z)")
    at, line, line_start = start, text.count("\n", 0, start) + 1, start
    row: list[TableCell] = []
    number = 1
    while at < len(text):
        if not row and (skipped := blank.match(text, at)):  # spreadsheets write many of these
            at, line, number = skipped.end(), line + 1, number + 1
            line_start = at
            continue
        location, begin = Location(file, line, at - line_start + 1), at
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
                        'that belongs to the text twice: "Haus ""Sonne""". Excel and LibreOffice '
                        "do so when they save the table."
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
        row.append(TableCell(cell.strip(), location, number, len(row) + 1, (begin, at)))
        if len(row) > bounds.COLUMNS:  # only empty cells follow, or this is no such table
            end = empty.match(text, at).end()  # type: ignore[union-attr] # it always matches
            if text[end : end + 1] not in ("", "\n"):  # words follow the last delimiter
                end = max(at, text.rfind(delimiter, at, end))
            at = end
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
            here = Location(file, line, at - line_start + 1)
            row.append(TableCell("", here, number, len(row) + 1, (at, at)))
        yield row
        row = []
        at, line, number = at + 1, line + 1, number + 1
        line_start = at
