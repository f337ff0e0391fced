"""regions.csv, as people and spreadsheets write it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brochure.diagnostics import DiagnosticsError, Location
from brochure.manuscript.variants.regions import parse_regions
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.variants.table import TableCell
from tests.conftest import HEAD, PASSAGE, Workspace, examples


def found(text: str) -> list[tuple[str, int, int]]:
    """All diagnostics about a table, including those of rows: code, line, column."""
    try:
        regions = parse_regions(text, "r.csv")
    except DiagnosticsError as failed:
        return [(d.code, d.location.line, d.location.column) for d in failed.diagnostics]
    diagnostics = [*regions.diagnostics, *(d for row in regions.rows for d in row.diagnostics)]
    return sorted((d.code, d.location.line, d.location.column) for d in dict.fromkeys(diagnostics))


@pytest.mark.parametrize(
    "text",
    [
        "id,name,ort\n06411000,Darmstadt,Markt 1\n06531000,Gießen,\n",
        "id;name;ort\n06411000;Darmstadt;Markt 1\n06531000;Gießen;\n",
        "sep=;\nid;name;ort\n06411000;Darmstadt;Markt 1\n06531000;Gießen;\n",
        '"id","name","ort"\n"06411000","Darmstadt","Markt 1"\n"06531000","Gießen",""',
        "id , name , ort\n\n 06411000 , Darmstadt , Markt 1 \n,,\n06531000,Gießen,\n\n",
        "id,name,ort,,\n06411000,Darmstadt,Markt 1,,\n06531000,Gießen,,,\n,,,,\n",
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_spreadsheets_write(workspace: Workspace, text: str, ends: str, mark: bytes) -> None:
    workspace.leaflet(HEAD + "slots:\n  ort: x\n" + PASSAGE)
    workspace.regions(mark + text.replace("\n", ends).encode())
    bundle = read_bundle(workspace.project, "probe")
    assert (bundle.strays, bundle.unknown_columns) == ((), ())
    assert [(row.id, row.name, row.cells["ort"].text) for row in bundle.regions.rows] == [
        ("06411000", "Darmstadt", "Markt 1"),
        ("06531000", "Gießen", ""),
    ]
    assert all(row.diagnostics == () for row in bundle.regions.rows)
    assert "ort" not in bundle.regions.rows[1].values


@pytest.mark.parametrize(
    ("text", "diagnostics"),
    [
        ("", [("no-column", 1, 1), ("no-column", 1, 1)]),
        ("id\n1\n", [("no-column", 1, 1)]),
        ("ident,name\n1,A\n", [("no-column", 1, 1)]),
        ("id,name,meeting place\n1,A,x\n", [("column-name", 1, 9)]),
        ("id,name,e-mail,2x\n", [("column-name", 1, 9), ("column-name", 1, 16)]),
        ("id,name,ort,ort\n1,A,x,y\n", [("duplicate-column", 1, 13)]),
        ("id,name,,ort\n1,A,x,y\n", [("column-name", 1, 9)]),
        ("id,name\n,A\n", [("empty", 2, 1)]),
        ("id,name\n1,\n", [("empty", 2, 3)]),
        ("id,name\na/b,A\n", [("region-id", 2, 1)]),
        ("id,name\n..,A\n", [("region-id", 2, 1)]),
        ("id,name\nmünchen,A\n", [("region-id", 2, 1)]),
        ("id,name\n1,A\n2,B\n1,C\n", [("duplicate-id", 4, 1)]),
        ("id,name\na,A\nA,B\n", [("duplicate-id", 3, 1)]),
        ("id,name,ort\n1,A\n", [("row-length", 2, 3)]),
        ("id,name\n1,A,B\n", [("row-length", 2, 5)]),
        ('id,name\n1,"A\n2,B\n', [("unclosed-quote", 2, 3)]),
        ('id,name\n1,"A"B\n', [("unclosed-quote", 2, 6)]),
        ('id,name,ort\n1,"A\nB",\n2,,x\n', [("empty", 4, 3)]),
    ],
)
def test_mistakes_are_placed(text: str, diagnostics: list[tuple[str, int, int]]) -> None:
    assert found(text) == diagnostics


def test_of_two_rows_with_one_id_neither_is_built() -> None:
    rows = parse_regions("id,name\n1,A\n1,B\n", "r.csv").rows
    assert [(row.name, [d.code for d in row.diagnostics]) for row in rows] == [
        ("A", ["duplicate-id"])
    ]


def test_cells_know_their_places() -> None:
    regions = parse_regions('id;name;ort\n1;"A ""B""\nC";x\n', "r.csv")
    (row,) = regions.rows
    assert row.cells["name"].text == 'A "B"\nC'
    assert row.name == 'A "B" C', "it stands in titles"
    assert row.cells["ort"].location == Location("r.csv", 3, 4)
    assert regions.columns["ort"].location == Location("r.csv", 1, 9)


def test_another_encoding_is_named_with_its_place(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    workspace.regions("id;name\n1;Gießen\n".encode("cp1252"))
    (diagnostic,) = workspace.diagnostics(variant="1")
    assert (diagnostic.code, diagnostic.location.line, diagnostic.location.column) == (
        "not-utf8",
        2,
        6,
    )


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=8)


@examples(200)
@given(rows=st.lists(st.lists(cells, min_size=2, max_size=2), max_size=6), semicolon=st.booleans())
def test_it_reads_what_the_module_csv_writes(rows: list[list[str]], semicolon: bool) -> None:
    delimiter = ";" if semicolon else ","
    output = io.StringIO()
    writer = csv.writer(output, delimiter=delimiter, lineterminator="\n")
    named = [[f"r{index}", "N", *row] for index, row in enumerate(rows)]
    writer.writerows([["id", "name", "a", "b"], *named])
    read = parse_regions(output.getvalue(), "r.csv")
    assert read.diagnostics == ()
    assert [[r.id, r.name, r.cells["a"].text, r.cells["b"].text] for r in read.rows] == [
        [cell.strip() for cell in row] for row in named
    ]


def test_large_tables_of_nothing_take_no_time(workspace: Workspace) -> None:
    """Bounded, each of them; without bounds, the first two take minutes."""
    workspace.leaflet(HEAD + PASSAGE)
    for text, codes in (
        ("id,name" + "".join(f",c{i}" for i in range(200_000)), ["too-many"]),
        ("id,name\n" + "," * 4_000_000, []),
        ("id,name\n" + ",\n" * 1_000_000, []),
        ("id,name\n" + ",x\n" * 50_000, ["empty"] * 50_000),
        ("id,name\n" + "a,b\n" * 2_000_000, ["cannot-read"]),
    ):
        workspace.regions(text)
        try:
            found = read_bundle(workspace.project, "probe").regions.diagnostics
        except DiagnosticsError as failed:
            found = failed.diagnostics
        assert [d.code for d in found] == codes


def test_errors_and_broken_letters_are_refused_at_their_cells() -> None:
    table = (
        "id;name;ort\n1;Gießen;#NV\n#REF!;Marburg;x\n3;GieÃŸen;x\n4;Kassel;M?ller\n5;Fulda;Müller\n"
    )
    assert found(table) == [
        ("broken-letters", 4, 3),
        ("broken-letters", 5, 10),
        ("cell-error", 2, 10),
        ("cell-error", 3, 1),
    ]
    assert found("id,name,straÃŸe\n1,A,x\n") == [("broken-letters", 1, 9)]


def test_a_table_full_of_errors_is_one_that_cannot_be_read() -> None:
    rows = "".join(f"r{n};A;#NV\n" for n in range(1000))
    with pytest.raises(DiagnosticsError) as failed:
        parse_regions("id;name;ort\n" + rows, "r.csv")
    assert {d.code for d in failed.value.diagnostics} == {"cell-error"}
    assert len(failed.value.diagnostics) == 201


def test_hints_name_cells_as_spreadsheets_do() -> None:
    """Blank rows and rows within a cell count as there; `sep=` is no row."""
    text = 'sep=;\nid;name;ort\n1;"A\nB";x\n;;\n2;;x\n' + "3;C;" + ";" * 25 + "x\n"
    regions = parse_regions(text, "r.csv")
    hints = [d.hint for row in regions.rows for d in row.diagnostics]
    assert len(hints) == 2
    assert hints[0].endswith("(In a spreadsheet: cell B4.)")
    assert hints[1].endswith("(In a spreadsheet: cell D5.)")
    assert regions.columns["ort"].name == "C1"
    assert TableCell("", Location("r.csv"), 7, 28).name == "AB7"
    assert TableCell("", Location("r.csv"), 7, 26).name == "Z7"


@pytest.mark.parametrize(
    ("row", "warning"),
    [
        ("gi,Gießen,6531000", ("lost-nought", 2, 11)),
        ("gi,Gießen,6531", ("lost-nought", 2, 11)),
        ("gi,Gießen,65310005005", ("lost-nought", 2, 11)),
        ("gi,Hessen,6", ("lost-nought", 2, 11)),
        ("6531000,Gießen,", ("lost-nought", 2, 1)),
        ("6531,Gießen,", ("lost-nought", 2, 1)),
        ("gi,Gießen,653", ("official-key", 2, 11)),
        ("gi,Gießen,26531000", ("official-key", 2, 11)),
        ("gi,Gießen,Kreis", ("official-key", 2, 11)),
        ("gi,Gießen,06 5 31", None),
        ("gi,Gießen,065310005005", None),
        ("gi,Leipzig,14713000", None),
        ("2024,Jahr,", None),
        ("1,Eins,", None),
        ("1234567,Nummer,", None),
        ("gi,Gießen,", None),
    ],
)
def test_official_keys(row: str, warning: tuple[str, int, int] | None) -> None:
    assert found(f"id,name,ags\n{row}\n") == ([warning] if warning else [])
    if warning:
        ((diagnostic,),) = [r.diagnostics for r in parse_regions(f"id,name,ags\n{row}\n", "r").rows]
        assert not diagnostic.is_error


def test_two_regions_with_one_official_key_are_told_unless_they_are_translations(
    workspace: Workspace,
) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    workspace.regions(
        "id,name,ags\ngi,Gießen,06531\nmr,Marburg,06531000\n06534,Kreis,\ngi-uk,Gießen,06531\n"
        "mr-uk,Marburg,06 5 31\nda,Darmstadt,\n"
    )
    for id_ in ("gi-uk", "mr-uk"):
        workspace.variant(id_, "language: uk\ntitle: Назва\n")
    bundle = read_bundle(workspace.project, "probe")
    told = {
        id_: [
            (d.location.line, d.location.column, d.message.values["first"], d.is_error)
            for d in bundle.resolve(id_).diagnostics
            if d.code == "duplicate-key"
        ]
        for id_ in bundle.ids
    }
    assert {id_: found for id_, found in told.items() if found} == {
        "mr": [(3, 12, "gi", False)], "mr-uk": [(6, 15, "gi-uk", False)]
    }  # fmt: skip
    assert bundle.resolve().diagnostics == ()


def test_keys_that_have_all_lost_their_nought_are_warnings_only() -> None:
    rows = "".join(f"r{n},N,6531{n:03}\n" for n in range(1, 400))
    regions = parse_regions("id,name,ags\n" + rows, "r.csv")
    assert [len(region.diagnostics) for region in regions.rows] == [1] * 399


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        ("id;name\n1;Gießen\n".encode("cp1252"), "save it as “CSV UTF-8”"),
        ("id;name\n1;Gießen\n".encode("utf-16"), "save it as “CSV UTF-8”"),
        ("id;name\n1;M\x81ller-Stadt\n".encode(), "Should it be `Müller-Stadt`?"),
        (b"id;name\n1;a\x07b\n", "Delete it and type the word around it again"),
    ],
)
def test_hints_about_characters_are_for_spreadsheets(
    workspace: Workspace, data: bytes, hint: str
) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    workspace.regions(data)
    (diagnostic,) = workspace.diagnostics(variant="1")
    assert hint in diagnostic.hint
