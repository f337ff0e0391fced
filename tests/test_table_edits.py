"""Edits of tables: what is not edited stays, byte for byte, whatever program wrote it."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brochure.diagnostics import DiagnosticsError
from brochure.manuscript.variants.regions import parse_regions
from brochure.manuscript.variants.table_edits import (
    AddColumn,
    InsertRow,
    MoveRow,
    RemoveRow,
    SetCell,
    TableEdit,
    edited_table,
)

TABLE = b'id;name;ort\r\n06411000;Darmstadt;"Markt 1"\r\n\r\n06531000 ; Gie\xc3\x9fen;\r\n'
TEXTS = st.sampled_from(
    ["Haus", "Weltladen, Markt 7", "a;b", 'Haus "Sonne"', '"', "Grüße", "x\ny", "06", "'", "="]
)  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (SetCell(0, "name", "a;b"), TABLE.replace(b"Darmstadt", b'"a;b"')),
        (SetCell(0, "ort", "Luisenplatz"), TABLE.replace(b"Markt 1", b"Luisenplatz")),
        (SetCell(0, "ort", ""), TABLE.replace(b"Markt 1", b"")),
        (SetCell(1, "id", "06531"), TABLE.replace(b"06531000 ", b"06531 ")),
        (SetCell(1, "name", "Gießen"), TABLE),
        (SetCell(1, "ort", "Zeile 1\nZeile 2"), TABLE[:-2] + b'"Zeile 1\r\nZeile 2"\r\n'),
        (RemoveRow(1), TABLE[:-25].rstrip(b"\r\n") + b"\r\n\r\n"),
        (
            InsertRow(1, {"id": "x", "name": "Y"}),
            TABLE.replace(b"\r\n\r\n", b'\r\nx;Y;""\r\n\r\n'),
        ),
        (
            MoveRow(0, 1),
            "id;name;ort\r\n\r\n06531000 ; Gießen;\r\n"
            '06411000;Darmstadt;"Markt 1"\r\n'.encode(),
        ),
        (InsertRow(9, {"id": "x", "ort": "Z"}), TABLE + b"x;;Z\r\n"),
        (
            AddColumn("zeit"),
            TABLE.replace(b"ort", b"ort;zeit").replace(b'1"', b'1";')[:-2] + b";\r\n",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_only_the_bytes_of_a_cell_or_a_row_change(
    edit: TableEdit, expected: bytes, mark: bytes
) -> None:
    assert edited_table(mark + TABLE, [edit], "r.csv") == mark + expected


def test_a_last_line_without_an_end_stays_without_one() -> None:
    data = b"id,name\na,A\nb,B"
    assert edited_table(data, [RemoveRow(1)], "r.csv") == b"id,name\na,A"
    assert edited_table(data, [InsertRow(2, {"id": "c"})], "r.csv") == data + b"\nc,"
    assert edited_table(data, [SetCell(1, "name", "C")], "r.csv") == b"id,name\na,A\nb,C"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_new_lines_end_as_the_others_do(end: str) -> None:
    data = f"id,name{end}a,A{end}".encode()
    assert edited_table(data, [InsertRow(1, {"id": "b"})], "r.csv") == data + f"b,{end}".encode()


def test_columns_without_a_heading_and_short_rows() -> None:
    data = b"sep=;\nid;name;ort;;\na;A;;;\nb;B\n"
    assert edited_table(data, [AddColumn("zeit")], "r.csv") == data.replace(b"ort;;", b"ort;zeit;")
    assert edited_table(data, [SetCell(1, "ort", "x")], "r.csv") == data.replace(b"b;B", b"b;B;x")
    assert edited_table(data, [SetCell(0, "ort", "x")], "r.csv") == data.replace(b"A;;", b"A;x;")


def test_a_row_without_any_text_is_refused_and_nothing_changes() -> None:
    with pytest.raises(DiagnosticsError) as failed:
        edited_table(b"id,name\na,A\n", [SetCell(0, "name", ""), SetCell(0, "id", "")], "r.csv")
    assert [d.code for d in failed.value.diagnostics] == ["cannot-edit"]


@pytest.mark.parametrize(
    "edit", [SetCell(1, "name", "x"), SetCell(-1, "name", "x"), RemoveRow(1), MoveRow(1, 0)]
)
def test_rows_that_are_not_there(edit: TableEdit) -> None:
    with pytest.raises(IndexError):
        edited_table(b"id,name\na,A\n", [edit], "r.csv")


@dataclass
class Sheet:
    """A table as a program wrote it: `cells` are the pieces of its text with their values; the
    heading is the first row, and a row that is None is blank.
    """

    rows: list[list[tuple[str, str]] | None]
    delimiter: str
    end: str
    mark: bytes
    last_end: bool
    declared: str

    def data(self) -> bytes:
        """Its bytes."""
        lines = [
            self.delimiter * 2 if row is None else self.delimiter.join(piece for piece, _ in row)
            for row in self.rows
        ]
        text = self.declared + "\n".join(lines) + ("\n" if self.last_end else "")
        return self.mark + text.replace("\n", self.end).encode()


@st.composite
def sheets(draw: Any) -> Sheet:
    """Tables in many shapes."""
    delimiter = draw(st.sampled_from([",", ";"]))
    columns = ["id", "name", "ort", "zeit"][: draw(st.integers(2, 4))]

    def cell(text: str) -> tuple[str, str]:
        if draw(st.booleans()) or any(sign in text for sign in f'{delimiter}"\n'):
            return '"' + text.replace('"', '""') + '"', text
        blank = draw(st.sampled_from(["", "", " ", "  "]))
        return blank + text + draw(st.sampled_from(["", "", " "])), text

    rows: list[list[tuple[str, str]] | None] = [[(name, name) for name in columns]]
    for number in range(draw(st.integers(1, 4))):
        if draw(st.integers(0, 3)) == 0:
            rows.append(None)
        texts = [f"k{number}", *(draw(st.just("") | TEXTS) for _ in columns[1:])]
        rows.append([cell(text.strip()) for text in texts])
    return Sheet(
        rows,
        delimiter,
        draw(st.sampled_from(["\n", "\r\n", "\r"])),
        draw(st.sampled_from([b"", b"\xef\xbb\xbf"])),
        draw(st.booleans()),
        draw(st.sampled_from(["", f"sep={delimiter}\n"])),
    )


def content(data: bytes, delimiter: str) -> list[list[str]]:
    """What a table says, read by somebody else."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    lines = csv.reader(io.StringIO(text.removeprefix(f"sep={delimiter}\n")), delimiter=delimiter)
    stripped = [[cell.strip() for cell in row] for row in lines]
    return [row for row in stripped if any(row)]


@given(sheets(), st.data())
def test_any_cell_of_any_table(sheet: Sheet, data: Any) -> None:
    before = sheet.data()
    assert edited_table(before, [], "r.csv") == before
    full = [row for row in sheet.rows if row is not None]
    at = data.draw(st.integers(1, len(full) - 1))
    column = data.draw(st.integers(1, len(full[0]) - 1))
    text = data.draw(st.just("") | TEXTS).strip()
    name = full[0][column][1]
    after = edited_table(before, [SetCell(at - 1, name, text)], "r.csv")
    expected = [[value for _, value in row] for row in full]
    expected[at][column] = text
    assert content(after, sheet.delimiter) == expected
    # Nothing but the piece of the cell is another one.
    piece = full[at][column]
    full[at][column] = ("\0", text)
    head, _, tail = sheet.data().partition(b"\0")
    assert after.startswith(head)
    assert after.endswith(tail)
    full[at][column] = piece
    assert edited_table(after, [SetCell(at - 1, name, piece[1])], "r.csv").startswith(head)


@given(sheets(), st.data())
def test_any_row_of_any_table(sheet: Sheet, data: Any) -> None:
    before = sheet.data()
    full = [row for row in sheet.rows if row is not None]
    expected = [[value for _, value in row] for row in full]
    at = data.draw(st.integers(0, len(full) - 1))
    texts = {"id": "neu", full[0][-1][1]: data.draw(TEXTS).strip()}
    inserted = edited_table(before, [InsertRow(at, texts)], "r.csv")
    row = [texts.get(value, "") for _, value in full[0]]
    assert content(inserted, sheet.delimiter) == [
        *expected[: at + 1], row, *expected[at + 1 :]
    ]  # fmt: skip
    assert edited_table(inserted, [RemoveRow(at)], "r.csv") == before
    if at < len(full) - 1:
        to = data.draw(st.integers(0, len(full) - 2))
        moved = edited_table(before, [MoveRow(at, to)], "r.csv")
        rows = expected[1:]
        rows.insert(to, rows.pop(at))
        assert content(moved, sheet.delimiter) == [expected[0], *rows]
        assert sorted(moved) == sorted(before), "no byte is another one"
    wider = edited_table(before, [AddColumn("neu")], "r.csv")
    rows = content(wider, sheet.delimiter)
    assert rows == [[*expected[0], "neu"], *([*row, ""] for row in expected[1:])]


def test_the_real_table_and_back(tmp_path: Path) -> None:
    rows = "".join(f"{number:08},Gemeinde {number},\r\n" for number in range(6_000_000, 6_000_426))
    data = ("id,name,treffpunkt\r\n" + rows).encode()
    edits = [SetCell(at, "treffpunkt", f"Markt {at}") for at in range(0, 426, 50)]
    after = edited_table(data, edits, "r.csv")
    regions = parse_regions(after.decode().replace("\r\n", "\n"), "r.csv")
    assert regions.rows[100].cells["treffpunkt"].text == "Markt 100"
    changed = [
        number
        for number, (one, other) in enumerate(
            zip(data.split(b"\n"), after.split(b"\n"), strict=True)
        )
        if one != other
    ]
    assert changed == [at + 1 for at in range(0, 426, 50)]
