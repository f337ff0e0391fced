"""Edits of a table in a text file, by the places of its cells: whatever is not edited stays, byte
for byte: delimiters, quotation marks, blanks, empty lines, the byte order mark and line ends.

After each edit, the table is read again, and must say what was meant; otherwise nothing is changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from brochure.diagnostics import Location, fail, raise_errors
from brochure.manuscript.variants.table import TableCell, cell_rows
from brochure.manuscript.yaml.parser import decode_text
from brochure.manuscript.yaml.splicing import Splice, spliced
from brochure.messages import say


@dataclass(frozen=True)
class SetCell:
    """Another text in a cell of a row; rows count from 0, without the heading and blank ones."""

    row: int
    column: str
    text: str


@dataclass(frozen=True)
class InsertRow:
    """A new row before the one that is at this place now, or at the end."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class RemoveRow:
    """One row less."""

    row: int


@dataclass(frozen=True)
class MoveRow:
    """A row at another place."""

    row: int
    to: int


@dataclass(frozen=True)
class AddColumn:
    """A new column on the right, empty in each row."""

    name: str


TableEdit = SetCell | InsertRow | RemoveRow | MoveRow | AddColumn
Cells = tuple[tuple[str, ...], ...]


def edited_table(data: bytes, edits: Iterable[TableEdit], file: str) -> bytes:
    """The bytes of a table after some edits, one after the other.

    Raises DiagnosticsError where the table has errors, or cannot be written in such a way that it
    says what was meant. Raises IndexError for a row that is not there, KeyError for a column.
    """
    table = _read(data, file)
    for edit in edits:
        if isinstance(edit, SetCell | RemoveRow | MoveRow):
            table.row(edit.row)  # or IndexError
        meant = _applied(table.content, edit)
        if meant == table.content:
            continue
        data = spliced(data, _splice(table, edit))
        table = _read(data, file)
        if table.content != meant:
            fail(
                "cannot-edit",
                say("This row cannot be written like this: a row without any text is none."),
                Location(file),
                say("Leave the row out instead. Nothing was changed."),
            )
    return data


@dataclass(frozen=True)
class _Written:
    """A table as it stands in a text; its rows are cells, the heading first."""

    text: str
    delimiter: str
    rows: tuple[tuple[TableCell, ...], ...]

    @property
    def content(self) -> Cells:
        """What it says: of each row the texts, without empty cells at its end."""
        return tuple(_without_end(cell.text for cell in row) for row in self.rows)

    def column(self, name: str) -> int:
        """The index of a column. Raises KeyError."""
        return _column(self.content, name)

    def row(self, index: int) -> tuple[TableCell, ...]:
        """A row below the heading."""
        if not 0 <= index < len(self.rows) - 1:
            raise IndexError(index)
        return self.rows[index + 1]

    def is_quoted(self, cell: TableCell) -> bool:
        return self.text.startswith('"', cell.span[0])

    def written(self, text: str, quoted: bool) -> str:
        """A text as it stands in a cell (RFC 4180, 2)."""
        if quoted or any(sign in text for sign in (self.delimiter, '"', "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text


def _read(data: bytes, file: str) -> _Written:
    decoded = decode_text(data, file)
    raise_errors(decoded.diagnostics)
    delimiter, rows = cell_rows(decoded.value, file)
    return _Written(decoded.value, delimiter, tuple(map(tuple, rows)))


def _without_end(texts: Iterable[str]) -> tuple[str, ...]:
    row = list(texts)
    while row and not row[-1]:
        row.pop()
    return tuple(row)


def _column(content: Cells, name: str) -> int:
    try:
        return content[0].index(name)
    except (ValueError, IndexError):
        raise KeyError(name) from None


def _applied(content: Cells, edit: TableEdit) -> Cells:
    """What a table says after an edit, if `content` is what it says."""
    match edit:
        case SetCell():
            at = _column(content, edit.column)
            row = list(content[edit.row + 1])
            row += [""] * (at + 1 - len(row))
            row[at] = edit.text.strip()
            return (*content[: edit.row + 1], _without_end(row), *content[edit.row + 2 :])
        case InsertRow():
            row = [""] * len(content[0])
            for name, text in edit.cells.items():
                row[_column(content, name)] = text.strip()
            at = min(edit.row, len(content) - 1) + 1
            return (*content[:at], _without_end(row), *content[at:])
        case RemoveRow():
            return (*content[: edit.row + 1], *content[edit.row + 2 :])
        case MoveRow():
            rows = list(content[1:])
            rows.insert(edit.to, rows.pop(edit.row))
            return (content[0], *rows)
        case AddColumn():
            return ((*content[0], edit.name), *content[1:])


def _splice(table: _Written, edit: TableEdit) -> Splice:
    match edit:
        case SetCell():
            at, row = table.column(edit.column), table.row(edit.row)
            return Splice(*_cell(table, row, at, edit.text.strip()))
        case InsertRow():
            return _inserted(table, edit)
        case RemoveRow():
            return _removed(table, table.row(edit.row))
        case MoveRow():
            return _moved(table, edit)
        case AddColumn():
            return _with_column(table, edit.name)


def _cell(
    table: _Written, row: Sequence[TableCell], at: int, text: str
) -> tuple[int, int, tuple[str, ...]]:
    """What stands in a cell instead: from where to where, and what."""
    if at >= len(row):  # the row is too short
        end = row[-1].span[1]
        missing = table.delimiter * (at + 1 - len(row))
        return end, end, (missing + table.written(text, quoted=False),)
    start, end = row[at].span
    quoted = table.is_quoted(row[at])
    new = table.written(text, quoted)
    if not quoted and row[at].text and not new.startswith('"'):  # blanks around it stay
        start += table.text[start:end].index(row[at].text)
        end = start + len(row[at].text)
    return start, end, (new,)


def _inserted(table: _Written, edit: InsertRow) -> Splice:
    at = min(edit.row, len(table.rows) - 1)
    header, before = table.rows[0], table.rows[at]  # the row above is the pattern
    texts = [""] * len(header)
    for name, text in edit.cells.items():
        texts[table.column(name)] = text.strip()
    quoted = [index < len(before) and table.is_quoted(before[index]) for index in range(len(texts))]
    line = table.delimiter.join(map(table.written, texts, quoted))
    end = _line_end(table, before)
    if end == len(table.text):  # a last line without an end: the new one has none either
        return Splice(end, end, ("\n" + line,))
    return Splice(end + 1, end + 1, (line + "\n",))


def _removed(table: _Written, row: Sequence[TableCell]) -> Splice:
    start, end = row[0].span[0], _line_end(table, row)
    if end == len(table.text):
        return Splice(start - 1, end, ())
    return Splice(start, end + 1, ())


def _moved(table: _Written, edit: MoveRow) -> Splice:
    row, there = table.row(edit.row), table.row(edit.to)
    start, end = row[0].span[0], _line_end(table, row)
    if edit.to > edit.row:
        last = _line_end(table, there)
        return Splice(start, last, ((end + 1, last), "\n", (start, end)))
    first = there[0].span[0]
    return Splice(first, end, ((start, end), "\n", (first, start - 1)))


def _with_column(table: _Written, name: str) -> Splice:
    at = len(table.content[0])
    pieces: list[str | tuple[int, int]] = []
    begin = done = table.rows[0][0].span[0]
    for row in table.rows:
        if row is not table.rows[0] and len(row) != at:
            continue  # there is a cell already, or others are missing before it
        start, end, new = _cell(table, row, at, name if row is table.rows[0] else "")
        pieces += [(done, start), *new]
        done = end
    return Splice(begin, done, tuple(pieces))


def _line_end(table: _Written, row: Sequence[TableCell]) -> int:
    end = table.text.find("\n", row[-1].span[1])
    return end if end >= 0 else len(table.text)
