"""Leaflets as Word documents and Markdown, which say the same when they come back."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import docx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from brochure.cli.main import run
from brochure.diagnostics import DiagnosticsError
from brochure.interchange.differences import compare
from brochure.interchange.document import Document
from brochure.interchange.markdown_file import markdown_file
from brochure.interchange.outgoing import (
    Form,
    Origin,
    Outgoing,
    mark_of,
    numbers_in,
    packed,
    passage_ids,
    read_outgoing,
    texts_of,
    unpacked,
)
from brochure.interchange.prose import line_of, paragraphs_of, same
from brochure.interchange.reading.docx import read_docx
from brochure.interchange.returned import origin_of, read_markdown, read_word
from brochure.interchange.understanding.markdown_text import markdown
from brochure.interchange.word_file import word_file
from brochure.manuscript.text.language import load_language
from brochure.manuscript.yaml.nodes import Plain
from brochure.project import Project
from tests.conftest import ROOT, SEED, examples
from tests.exported import FULL, NAME, Exchange
from tests.full_example import NAME as EXAMPLE
from tests.full_example import write_full_example

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    made = Exchange(Project(tmp_path))
    made.write(FULL)
    return made


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("full")
    write_full_example(root)
    return Project(root)


def parts(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def every(data: bytes, tag: str) -> Iterator[ElementTree.Element]:
    return ElementTree.fromstring(parts(data)["word/document.xml"]).iter(W + tag)


# --- The same again ------------------------------------------------------------------------------


def test_what_goes_out_comes_back_without_a_difference(exchange: Exchange) -> None:
    base = texts_of(read_outgoing(exchange.project, NAME).origin.content)
    assert len(base) > 40
    for data, name in ((exchange.word(), "probe.docx"), (exchange.markdown().encode(), "p.md")):
        found = exchange.compare(data, name)
        assert found.differences == ()
        assert found.unplaced == ()
        assert found.diagnostics == ()
        assert found.origin is not None
        assert found.returned.texts == base, "not one letter differs, however it was written"
        assert found.returned.passages == ("date", "nur-zitat", "nur-kommentar")


@pytest.mark.parametrize("name", [SEED, EXAMPLE])
def test_the_first_leaflet_and_a_full_one(everything: Project, name: str) -> None:
    project = everything if name == EXAMPLE else Project(ROOT)
    outgoing = read_outgoing(project, name)
    word, markdown = word_file(outgoing), markdown_file(outgoing)
    for data, file in ((word, "a.docx"), (markdown.encode(), "a.md")):
        found = compare(project, name, data, file)
        assert (found.differences, found.unplaced, found.diagnostics) == ((), (), ())
        assert found.returned.texts == texts_of(outgoing.origin.content)


def test_slots_go_out_as_they_are_written(exchange: Exchange) -> None:
    assert "{{ region.ort }}" in "".join(one.text or "" for one in every(exchange.word(), "t"))
    assert "{{ region.ort }}" in exchange.markdown()


_PIECES = st.sampled_from(
    ["*a*", "**b**", "[c](https://example.org/x)", "- ", "1. ", "2) ", "\n", "\n\n", "  \n", "\\\n",
     "_", "*", "\\", "[", "]", "(x)", "<b>", "<!-- title -->", "# ", "> ", "&amp;", "https://e.org",
     "a@b.de", "ä", "„x“", " ", "  ", "\t", "word ", "\xa0", "3*4", "Bürger*innen", "–", "{{", "}}"]
)  # fmt: skip
_MARKDOWN = st.lists(_PIECES | st.text("ab \n*_", max_size=4), max_size=14).map("".join)


@given(_MARKDOWN, st.sampled_from(["prose", "quote", "line"]))
@example("a\n\n<!-- title -->\n\nb", "prose")
@example("- a\n\n  b\n- c", "prose")
@example("1. a (b 1) c\n2. d", "prose")
@example("- *a*", "line")
@examples(400)
def test_paragraphs_of_word_say_what_the_markdown_said(text: str, form: Form) -> None:
    """And what is written anew of them says so, too."""
    paragraphs = (line_of(text),) if form == "line" else paragraphs_of(text, form == "prose")
    bare = tuple(replace(one, line=0) for one in paragraphs)  # Word has no levels here
    if _leaves_ink("".join(one.text for one in bare)):
        assert same(text, markdown(bare), form), (text, markdown(bare))


@given(_MARKDOWN, _MARKDOWN, _MARKDOWN)
@example("a\n\n<!-- title -->\n\nb", "> x", "# a")
@examples(60)
def test_no_text_differs_when_markdown_comes_back(lead: str, quote: str, text: str) -> None:
    outgoing = _outgoing(lead, quote, text)
    back = read_markdown(markdown_file(outgoing), outgoing.origin)
    expected = texts_of(outgoing.origin.content)
    assert {key: back.texts.get(key) for key in expected} == expected
    assert (back.unclear, back.unplaced) == ({}, ())


@pytest.mark.parametrize(
    ("lead", "quote", "text"),
    [
        ("a\n\n<!-- title -->\n\nb", "> x", "- a\n\n  b\n- c"),
        ("1. a\n\nb\n\n1. c\n2. d", "1. x\n2. y", "20. Mai"),
        ("3) a\n4) b\n7) c", "Vers\\\nfolgt", "- a\n  1. b\n  2. c\n- d"),
        ("**a***b* `c` \\[d\\]", "*kursiv* [x]", "a\\\n\\\nb &amp; <b>"),
    ],
)
def test_no_text_differs_when_word_comes_back(lead: str, quote: str, text: str) -> None:
    outgoing = _outgoing(lead, quote, text)
    data = word_file(outgoing)
    assert origin_of(data) == outgoing.origin
    back = read_word(read_docx(data, "x.docx"), outgoing.origin)
    expected = texts_of(outgoing.origin.content)
    assert {key: back.texts.get(key) for key in expected} == expected
    assert (back.unclear, back.unplaced) == ({}, ())


def _outgoing(lead: str, quote: str, text: str) -> Outgoing:
    content: Plain = {
        "language": "de",
        "title": " ".join(lead.split()) if _leaves_ink(lead) else "T",
        "lead": lead if _leaves_ink(lead) else "L",
        "passages": [{"id": "eins", "quote": {"text": quote if _leaves_ink(quote) else "Q",
                                              "lines": "3"},
                      "commentary": {"text": text if _leaves_ink(text) else "K"}}],
    }  # fmt: skip
    shown = {"passages.eins.reference": "Z. 3"}
    language = load_language(Project(ROOT), "de")
    return Outgoing(Origin("x", "", content, shown, ("Z. {lines}",)), language, {})


def _leaves_ink(text: str) -> bool:
    """Whether words would be printed: empty items and rules leave none."""
    return bool(re.search(r"\w", text))


# --- Word ----------------------------------------------------------------------------------------


def test_word_documents_have_styles_that_word_translates(exchange: Exchange) -> None:
    word = docx.Document(BytesIO(exchange.word()))
    used = {paragraph.style.name for paragraph in word.paragraphs if paragraph.style}
    used |= {
        paragraph.style.name
        for table in word.tables
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
        if paragraph.style
    }
    assert used == {"Title", "Subtitle", "Body Text", "Heading 1", "Heading 2", "Quote", "Caption",
                    "Intense Quote", "List Bullet", "List Number", "Normal"}  # fmt: skip
    section = word.sections[0]
    size = [round(side.mm) for side in (section.page_width, section.page_height) if side]
    assert size == [210, 297]
    assert word.core_properties.title == "Unser Park bleibt grün!"
    assert word.core_properties.author == "Bürgerinitiative Stadtpark"
    styles = parts(exchange.word())["word/styles.xml"].decode()
    assert 'w:lang w:val="de-DE"' in styles


def test_the_table_has_a_heading_that_repeats_and_widths(exchange: Exchange) -> None:
    table = docx.Document(BytesIO(exchange.word())).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Konzept", "Unsere Antwort"]
    assert [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows] == [
        True, False, False, False,
    ]  # fmt: skip
    assert {round(cell.width.mm) for row in table.rows for cell in row.cells if cell.width} == {85}
    read = read_docx(exchange.word(), "a.docx")
    assert _tables(read) == [1, 0]


def _tables(document: Document) -> list[int]:
    return [block.header_rows for block in document.blocks if hasattr(block, "header_rows")]


def test_links_emphasis_highlights_and_lists_are_those_of_word(exchange: Exchange) -> None:
    data = exchange.word()
    relations = parts(data)["word/_rels/document.xml.rels"].decode()
    assert "https://example.org/a_b?c=1" in relations
    linked = ["".join(t.text or "" for t in one.iter(W + "t")) for one in every(data, "hyperlink")]
    assert {"gelesen", "https://example.org/park", "park@example.org"} <= set(linked)
    assert any(run.find(f"{W}rPr/{W}b") is not None for run in every(data, "r"))
    marked = [
        "".join(t.text or "" for t in run.iter(W + "t"))
        for run in every(data, "r")
        if run.find(f"{W}rPr/{W}highlight") is not None
    ]
    assert marked == ["soweit das „möglich“ ist", "zweiter Absatz"]
    items = [p for p in read_docx(data, "a.docx").blocks if getattr(p, "item", "")]
    assert [getattr(p, "item", "") for p in items] == ["–", "–", "–", "1.", "2."]


def test_pictures_have_their_description(everything: Project) -> None:
    data = word_file(read_outgoing(everything, EXAMPLE))
    described = re.findall(r'descr="([^"]*)"', parts(data)["word/document.xml"].decode())
    assert described == [
        "Menschen mit Fahrrädern auf dem Marktplatz vor dem Rathaus",
        "Bild zu Radwege",
        "Bild zu Ökostrom",
    ]
    assert len([name for name in parts(data) if name.startswith("word/media/")]) == 3


def test_every_text_has_a_bookmark_that_word_keeps(exchange: Exchange) -> None:
    data = exchange.word()
    names = [one.get(W + "name", "") for one in every(data, "bookmarkStart")]
    ids = [one.get(W + "id", "") for one in every(data, "bookmarkStart")]
    assert len(set(names)) == len(names) == len(set(ids))
    assert all(re.fullmatch(r"_\w{1,39}", name) for name in names), "Word allows 40 characters"
    assert sorted(ids) == sorted(one.get(W + "id", "") for one in every(data, "bookmarkEnd"))
    content = read_outgoing(exchange.project, NAME).origin.content
    made = {"event.date", "event.time"}
    for key in texts_of(content).keys() - made:
        assert mark_of(key) in names or key.endswith((".page", ".lines")), key
    assert {mark_of(f"passages.{id_}") for id_ in passage_ids(content)} <= set(names)


def test_elements_stand_in_the_order_of_their_schema(exchange: Exchange) -> None:
    """Word calls a file broken otherwise (ECMA-376, Part 1, annex A.1: CT_TblPr, CT_RPr)."""
    orders = {
        "tblPr": ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook"],
        "rPr": ["rStyle", "rFonts", "b", "i", "color", "sz", "highlight", "u", "lang"],
        "pPr": ["pStyle", "keepNext", "numPr", "pBdr", "spacing", "ind", "jc"],
        "trPr": ["cantSplit", "tblHeader"],
        "tcPr": ["tcW", "shd"],
    }
    for tag, order in orders.items():
        found = [
            [child.tag.removeprefix(W) for child in one] for one in every(exchange.word(), tag)
        ]
        assert any(found)
        for names in found:
            assert names == sorted(names, key=order.index), (tag, names)


def test_the_same_leaflet_gives_the_same_bytes(exchange: Exchange) -> None:
    data = exchange.word()
    assert data == exchange.word()
    with ZipFile(BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = parts(data)["docProps/core.xml"].decode()
    assert "created" not in core
    assert "python-docx" not in core


SOFFICE = shutil.which("soffice")


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("form", ["docx", "odt"])
def test_what_libreoffice_saves_again_has_no_difference(
    exchange: Exchange, tmp_path: Path, form: str
) -> None:
    file = tmp_path / "probe.docx"
    file.write_bytes(exchange.word())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", form]
    command += ["--outdir", str(tmp_path / "saved"), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    found = exchange.compare((tmp_path / f"saved/probe.{form}").read_bytes(), f"probe.{form}")
    assert found.differences == ()
    assert found.unplaced == ()
    assert (found.origin is not None) == (form == "docx")


# --- Where it came from --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "x", "AAAA", packed(Origin("a", "", {}, {}, ()))[:-8], "é", "A" * 9]
)
def test_an_origin_that_was_spoilt_is_none(text: str) -> None:
    assert unpacked(text) is None
    assert origin_of(f"<!-- brochure:origin\n{text}\n-->\n".encode()) is None


@pytest.mark.parametrize(
    "passages",
    [[{"id": "a.b"}], [{"id": "a"}, {"id": "a"}], ["x"], [{}], [{"id": "a", "x": "deep"}]],
)
def test_an_origin_that_no_leaflet_has_is_none(passages: list[Plain]) -> None:
    deep: Plain = "x"
    for _ in range(20):
        deep = [deep]
    if isinstance(passages[0], dict) and "x" in passages[0]:
        passages = [{"id": "a", "x": deep}]
    assert unpacked(packed(Origin("a", "", {"passages": passages}, {}, ()))) is None


def test_an_origin_is_bounded() -> None:
    bomb = packed(Origin("a", "", {"title": "x" * 20_000_000}, {}, ()))
    assert len(bomb) < 60_000
    assert unpacked(bomb) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Zeilen 1087–1090", ("", "1087-1090")),
        ("Zeile 5", ("", "5")),
        ("S. 3, Z. 4, 7 – 9", ("3", "4, 7-9")),
        ("S.3, Z.4", ("3", "4")),
        ("S. 12", ("12", "")),
        ("irgendwo", None),
        ("Zeilen 12 bis 15", None),
    ],
)
def test_references_are_read_as_they_are_written(
    text: str, numbers: tuple[str, str] | None
) -> None:
    patterns = ("Zeilen {lines}", "Zeile {lines}", "S. {page}, Z. {lines}", "S. {page}")
    assert numbers_in(text, patterns) == numbers


# --- The command ---------------------------------------------------------------------------------


def test_export_writes_a_file_once(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(exchange.project.root)
    assert run(["export", NAME]) == 0
    word = exchange.project.root / "probe.docx"
    assert capsys.readouterr().out.strip() == str(word)
    assert word.read_bytes() == exchange.word()
    word.write_bytes(b"somebody's changes")
    assert run(["export", NAME]) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert word.read_bytes() == b"somebody's changes"
    assert run(["export", NAME, "--output", "draft.md"]) == 0
    assert (exchange.project.root / "draft.md").read_text("utf-8") == exchange.markdown()
    assert run(["export", NAME, "--format", "docx", "--output", "gone/a.docx"]) == 0
    assert (exchange.project.root / "gone/a.docx").is_file()
    (exchange.project.root / "file").write_text("x")
    assert run(["export", NAME, "--output", "file/a.docx"]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_leaflet_with_mistakes_does_not_go_out(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exchange.write("language: de\ntitle: T\nbogus: 1\n")
    monkeypatch.chdir(exchange.project.root)
    assert run(["export", NAME]) == 1
    assert "content/probe/leaflet.yaml:3:1" in capsys.readouterr().err
    assert not (exchange.project.root / "probe.docx").exists()


def test_a_variant_goes_out_and_does_not_come_back(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exchange.path.with_name("regions.csv").write_text("id,name,ort\nnord,Nord,im Norden\n", "utf-8")
    monkeypatch.chdir(exchange.project.root)
    assert run(["export", NAME, "--variant", "nord"]) == 0
    data = (exchange.project.root / "probe-nord.docx").read_bytes()
    text = "".join(one.text or "" for one in every(data, "t"))
    assert "im Norden" in text
    assert "{{" not in text
    with pytest.raises(DiagnosticsError) as failed:
        exchange.compare(data)
    assert [d.code for d in failed.value.diagnostics] == ["import-variant"]
    assert run(["export", NAME, "--variant", "sued"]) == 2
    assert "There is no region `sued`" in capsys.readouterr().err
