"""`brochure import`: a document becomes a leaflet, or what somebody changed is taken over."""

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from PIL import Image

from brochure.cli.main import run
from brochure.diagnostics import DiagnosticsError
from brochure.interchange.outgoing import read_outgoing
from brochure.interchange.word_file import word_file
from brochure.manuscript.load import read_manuscript
from brochure.manuscript.yaml.nodes import Plain
from brochure.project import Project
from tests.conftest import ROOT, SEED
from tests.exported import FULL, NAME, Exchange, emptied
from tests.full_example import NAME as EXAMPLE
from tests.full_example import write_full_example

TEXT = """\
# Unser Park bleibt grün!

## Was beschlossen ist

Wir haben gelesen, was der Rat will.

### Bäume

„Die Gemeinde erhält den vorhandenen Baumbestand.“ (Zeilen 12 – 13)

*Das begrüßen wir sehr, und wir werden den Rat jedes Jahr daran erinnern.*

### Wege

„Die Hauptwege werden barrierefrei ausgebaut.“ (Zeile 16)

*Wann das geschieht und wer es bezahlt, das steht leider nirgends.*
"""
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "park.md").write_text(TEXT, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROCHURE_LANGUAGE", "en")
    return tmp_path


@pytest.fixture
def exchange(folder: Path) -> Exchange:
    made = Exchange(Project(folder))
    made.write(FULL)
    return made


def word_document(change: Callable[[docx.document.Document], None] | None = None) -> bytes:
    word = docx.Document()
    word.add_heading("Unser Park", 0)
    table = word.add_table(2, 2)
    for row, texts in zip(
        table.rows, (("Konzept", "Antwort"), ("Die Bäume bleiben.", "Das ist gut.")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    if change:
        change(word)
    data = BytesIO()
    word.save(data)
    return data.getvalue()


def test_a_document_becomes_a_leaflet(folder: Path, capsys: Capture) -> None:
    assert run(["import", "park.md"]) == 0
    out, err = capsys.readouterr()
    path = folder / "unser-park-bleibt-gruen/content/unser-park-bleibt-gruen/leaflet.yaml"
    lines = out.splitlines()
    assert lines[0] == "Title: Unser Park bleibt grün!"
    assert lines[1].split()[:4] == ["1", "sure", "lines", "12-13"]
    assert "“Die Gemeinde erhält" in lines[1]
    assert lines[-1] == str(path)
    words = next(line for line in lines if line.startswith("Words: "))
    assert "0 are missing" in words
    assert "brochure check unser-park-bleibt-gruen" in err
    assert "cd unser-park-bleibt-gruen" in err
    text = path.read_text("utf-8")
    assert "  # What is the document called that is quoted?\n  title:\n" in text
    with pytest.raises(DiagnosticsError, match="`source, title` is empty"):
        read_manuscript(Project(path.parents[2]), path.parent.name)
    path.write_text(text.replace("  title:\n", "  title: Parkkonzept\n"), "utf-8")
    leaflet = read_manuscript(Project(path.parents[2]), path.parent.name).leaflet
    assert leaflet.title == "Unser Park bleibt grün!"
    assert [passage.quote and passage.quote.lines for passage in leaflet.passages] == [
        "12–13",
        "16",
    ]


def test_its_name_language_and_design_can_be_said(folder: Path) -> None:
    command = ["import", "park.md", "park", "--language", "en", "--design", "plain"]
    assert run(command) == 0
    text = (folder / "park/content/park/leaflet.yaml").read_text("utf-8")
    assert "\nlanguage: en\ndesign: plain\n" in text


@pytest.mark.parametrize("option", ["--show", "--dry-run"])
def test_what_is_only_shown_is_not_written(folder: Path, capsys: Capture, option: str) -> None:
    assert run(["import", "park.md", option]) == 0
    out, err = capsys.readouterr()
    assert "Unser Park bleibt grün!" in out
    assert "Nothing was written." in err
    assert [entry.name for entry in folder.iterdir()] == ["park.md"]


def test_nothing_is_overwritten_without_a_project(folder: Path, capsys: Capture) -> None:
    (folder / "park").mkdir()
    assert run(["import", "park.md", "park"]) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert list((folder / "park").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("gone.docx", "gone.docx"),
        ("park.md Pärk", "cannot be the name of a leaflet"),
        ("park.md --design nonsense", "nonsense"),
        ("park.md --language Deutsch", "is not the code of a language"),
        ("park.md park --accept all", "There is no project here"),
    ],
)
def test_wrong_usage(folder: Path, capsys: Capture, words: str, message: str) -> None:
    assert run(["import", *words.split()]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert [entry.name for entry in folder.iterdir()] == ["park.md"]


def test_a_file_that_cannot_be_read(folder: Path, capsys: Capture) -> None:
    (folder / "broken.docx").write_bytes(word_document()[:900])
    assert run(["import", "broken.docx"]) == 1
    assert "broken.docx" in capsys.readouterr().err
    assert sorted(entry.name for entry in folder.iterdir()) == ["broken.docx", "park.md"]


def test_tracked_changes_are_named_one_by_one(folder: Path, capsys: Capture) -> None:
    def change(word: docx.document.Document) -> None:
        paragraph = word.tables[0].rows[1].cells[1].paragraphs[0]
        for text, name in ((" Sehr gut.", "w:ins"), (" Nicht gut.", "w:del")):
            mark = OxmlElement(name)
            mark.set(qn("w:author"), "Eva")
            mark.set(qn("w:id"), "7")
            run = paragraph.add_run(text)
            run._r.addprevious(mark)
            mark.append(run._r)
            if name == "w:del":
                run._r.xpath("w:t")[0].tag = qn("w:delText")
        word.sections[0].header.paragraphs[0].text = "Entwurf"

    (folder / "park.docx").write_bytes(word_document(change))
    assert run(["import", "park.docx", "park"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "Tracked insertions, which are in the text: 1" in lines
    assert any(line.startswith("Sehr gut.") and "by Eva" in line for line in lines)
    assert any(line.startswith("Nicht gut.") and "by Eva" in line for line in lines)
    assert "Headers: 1" in lines
    text = (folder / "park/content/park/leaflet.yaml").read_text("utf-8")
    assert "Das ist gut. Sehr gut.\n" in text
    assert "# Headers:\n# - Entwurf\n" in text


def test_what_was_found_as_json(folder: Path, capsys: Capture) -> None:
    assert run(["import", "park.md", "park", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["leaflet"] == "park"
    assert data["path"] == str(folder / "park/content/park/leaflet.yaml")
    found = data["found"]
    assert [one["confidence"] for one in found["passages"]] == ["sure", "sure"]
    words = found["words"]
    assert words["total"] == words["placed"] + words["listed"] + len(words["lost"]) > 30
    assert words["lost"] == []


def test_the_seed_says_what_the_leaflet_made_by_hand_says(tmp_path: Path) -> None:
    """As a Word file: that is what people have."""
    made = read_manuscript(Project(ROOT), SEED).leaflet
    word = docx.Document()
    word.add_heading(made.title, 0)
    table = word.add_table(1, 2)
    assert made.columns
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = made.columns.quote, "Antwort"
    for passage in made.passages:
        assert passage.quote
        assert passage.commentary
        left, right = table.add_row().cells
        left.paragraphs[0].add_run(passage.quote.heading).bold = True
        left.add_paragraph(f"„{' '.join(passage.quote.text.split())}“")
        left.add_paragraph(f"(Zeilen {passage.quote.lines})")
        right.paragraphs[0].add_run(passage.commentary.heading).bold = True
        right.add_paragraph(" ".join(passage.commentary.text.strip("*").split()))
    word.save(str(tmp_path / "seed.docx"))
    assert run(["import", str(tmp_path / "seed.docx"), "seed", "-C", str(tmp_path)]) == 0
    read = read_manuscript(Project(tmp_path / "seed"), "seed").leaflet
    assert read.title == made.title
    assert len(read.passages) == len(made.passages) == 5
    for one, other in zip(read.passages, made.passages, strict=True):
        assert one.quote
        assert other.quote
        assert one.quote.text.split() == other.quote.text.split()
        assert (one.quote.lines, one.quote.heading) == (other.quote.lines, other.quote.heading)


# --- Into a leaflet that there is ----------------------------------------------------------------


def test_an_untouched_file_has_no_difference(exchange: Exchange, capsys: Capture) -> None:
    Path("back.docx").write_bytes(exchange.word())
    for words in (["back.docx"], ["back.docx", NAME], ["back.docx", NAME, "--accept", "all"]):
        assert run(["import", *words]) == 0
        out, err = capsys.readouterr()
        assert "no difference" in err
        assert out == ""
    assert exchange.path.read_text("utf-8") == FULL


def test_differences_are_shown_and_taken_over(exchange: Exchange, capsys: Capture) -> None:
    def change(word: docx.document.Document) -> None:
        word.paragraphs[0].runs[0].text = "Unser Wald "
        quote = word.tables[0].rows[1].cells[0].paragraphs[1]
        quote.runs[0].text = quote.runs[0].text.replace("Gemeinde", "Stadt")

    Path("back.docx").write_bytes(exchange.changed(change))
    before = exchange.path.read_bytes()
    assert run(["import", "back.docx", NAME]) == 0
    out, err = capsys.readouterr()
    assert "1. title: changed" in out
    assert "a QUOTE was changed" in out
    assert "[-Park-]" in out
    assert "{+Wald+}" in out
    assert "The words of a quote were changed" in err
    assert "2 differences were not taken over" in err
    assert exchange.path.read_bytes() == before
    assert run(["import", "back.docx", NAME, "--accept", "all"]) == 0
    out, _ = capsys.readouterr()
    assert "1 difference was taken over." in out
    text = exchange.path.read_text("utf-8")
    assert "title: Unser Wald *bleibt* grün!" in text
    assert "Die Gemeinde [...] erhält" in text, "a quote is taken by its number only"
    assert run(["import", "back.docx", NAME, "--accept", "1"]) == 0
    assert "Die Stadt [...] erhält" in exchange.path.read_text("utf-8")


def test_differences_can_be_taken_by_key(exchange: Exchange, capsys: Capture) -> None:
    changed = exchange.markdown().replace("Kein Baum *fällt*", "Kein Baum").replace("Bäume", "Baum")
    Path("back.md").write_text(changed, "utf-8")
    key = "passages.date.commentary.demand"
    assert run(["import", "back.md", NAME, "--accept", key, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["found"]["differences"]
    assert {one["key"]: one["accepted"] for one in found} == {
        key: True,
        "passages.date.quote.heading": False,
    }
    text = exchange.path.read_text("utf-8")
    assert "demand: Kein Baum!" in text
    assert "heading: Bäume" in text


def test_what_cannot_be_chosen_is_wrong_usage(exchange: Exchange, capsys: Capture) -> None:
    Path("back.docx").write_bytes(exchange.changed(emptied))
    for word, message in (("7", "There is no difference `7`"), ("1", "cannot be taken over")):
        assert run(["import", "back.docx", NAME, "--accept", word]) == 2
        assert message in capsys.readouterr().err
    assert exchange.path.read_text("utf-8") == FULL


def test_a_leaflet_from_elsewhere_is_made_again_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    write_full_example(tmp_path / "one")
    project = Project(tmp_path / "one")
    monkeypatch.chdir(tmp_path)
    assert run(["export", EXAMPLE, "-C", "one", "-o", "a.docx"]) == 0
    assert run(["import", "a.docx"]) == 0
    err = capsys.readouterr().err
    assert "does not include `images/logo.svg`" in err
    assert "does not include `sources/klimaplan.txt`" in err
    made = Project(tmp_path / EXAMPLE)
    assert read_manuscript(made, EXAMPLE).leaflet == read_manuscript(project, EXAMPLE).leaflet
    picture = "images/marktplatz.jpg"
    folders = [one.manuscript(EXAMPLE).parent for one in (project, made)]
    assert (folders[0] / picture).read_bytes() == (folders[1] / picture).read_bytes()


@pytest.mark.parametrize("file", ["../../x.png", "images/x.jpg", "images/../../../x.png"])
def test_pictures_of_a_leaflet_from_elsewhere_stay_in_its_folder(
    exchange: Exchange, file: str
) -> None:
    exchange.write(FULL.replace("columns:", "picture: {file: images/a.png, alt: x}\ncolumns:"))
    picture = BytesIO()
    Image.new("RGB", (8, 8), "green").save(picture, "PNG")
    images = exchange.path.with_name("images")
    images.mkdir()
    (images / "a.png").write_bytes(picture.getvalue())
    outgoing = read_outgoing(exchange.project, NAME)
    content = outgoing.origin.content
    assert isinstance(content, dict)
    spoilt: Plain = {**content, "picture": {"file": file, "alt": "x"}}
    hostile = replace(
        outgoing,
        origin=replace(outgoing.origin, content=spoilt),
        pictures={file: picture.getvalue()},
    )
    Path("back.docx").write_bytes(word_file(hostile))
    before = {path.name for path in exchange.project.root.rglob("*")}
    assert run(["import", "back.docx", "neu"]) == 0
    after = {path.name for path in exchange.project.root.rglob("*")}
    assert Path(file).name not in after - before
