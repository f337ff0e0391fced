"""Imports in the studio: what was understood is kept, corrected, accepted, and never lost."""

import io
import json
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from docx import Document
from docx.document import Document as WordDocument
from PIL import Image

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, fail
from brochure.interchange.document import Document as DocumentData
from brochure.interchange.document import Leftover, Paragraph, Picture, Run
from brochure.interchange.proposal import (
    Proposal,
    ProposedCommentary,
    ProposedPassage,
    ProposedQuote,
)
from brochure.interchange.source_file import source_file
from brochure.interchange.understanding.bounded import understand_bounded
from brochure.messages import catalogue, plural, say
from brochure.project import Project
from brochure.starters import create_leaflet
from brochure.studio.changes import expanded
from brochure.studio.import_store import DAYS, ImportStore
from brochure.studio.imports import Imports, Understood, understood
from brochure.studio.proposals import (
    WrongCorrectionsError,
    corrected,
    corrections_of,
    counts,
    restored,
    stored,
)
from brochure.studio.workplace import Workplace
from tests.test_studio_server import Answer, Running, run, state

__all__ = ["state"]  # a fixture
FILE = {"Content-Type": "application/octet-stream"}
DAY = 24 * 3600
HIGHLIGHTED = "soweit dies mit den Zielen der Verkehrsplanung vereinbar ist"


def png(colour: str = "green") -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(output, "PNG")
    return output.getvalue()


def proposal() -> Proposal:
    """A leaflet as it may be understood: with doubts, a picture, and what fits nowhere."""
    return Proposal(
        "de",
        "Unser Park",
        (
            ProposedPassage(
                "baeume",
                ProposedQuote("Die Bäume bleiben.", "Bäume", "12-14"),
                ProposedCommentary("Das ist **gut**.\n\nUnd schön."),
                Picture(png(), "image/png", "Ein Baum"),
            ),
            ProposedPassage(
                "bank",
                ProposedQuote("Die Bänke kommen weg.", page="3"),
                ProposedCommentary("Schade."),
                confidence="likely",
                doubts=(say("The words of {who} may be missing.", who="Anna"),),
            ),
            ProposedPassage(
                "teich",
                None,
                ProposedCommentary("Kein Wort zum Teich."),
                confidence="doubtful",
                doubts=(say("There is no quote."), plural("{n} word", "{n} words", 3)),
            ),
        ),
        lead="Was die Stadt plant.",
        logo=Picture(b"<script>alert(1)</script>", "image/png"),
        leftovers=(
            Leftover("deletion", "nicht", "gut", "Anna"),
            Leftover("footer", "Seite 1"),
        ),
        lost=("vergessen",),
        doubts=(say("The title may be another one."),),
    )


def corrections(**changes: object) -> dict[str, Any]:
    """What a page sends, as data of its own."""
    return {**json.loads(json.dumps(corrections_of(proposal()))), **changes}


def read(data: bytes, name: str) -> Understood:
    """Whoever sends `broken` gets diagnostics."""
    if data == b"broken":
        where = Location(name)
        fail("import-crash", say("`{file}` cannot be read.", file=name), where, say("Try another."))
    return Understood(replace(proposal(), subtitle=data.decode("utf-8", "replace")), 28)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    workplace = Workplace(Project(tmp_path_factory.mktemp("leer")))
    workplace.imports = Imports(workplace.project, workplace.creating, read)
    with run(workplace) as running:
        yield running


def send(studio: Running, data: bytes, name: str = "Entwurf.docx", path: str = "imports") -> Answer:
    headers = {"Origin": studio.origin, **FILE, "Sec-Fetch-Site": "same-origin"}
    return studio.answer("POST", f"/api/{path}?name={name}", headers, data)


def begun(studio: Running) -> str:
    """The address of a new import."""
    return f"/api/imports/{send(studio, b'Untertitel').data['token']}"


def request(studio: Running, version: int = 0, **changes: object) -> dict[str, object]:
    changes.setdefault("subtitle", "Untertitel")
    project = studio.secret.project
    return {"project": project, "version": version, "corrections": corrections(**changes)}


# --- A proposal as data --------------------------------------------------------------------------


def test_a_proposal_is_stored_and_restored() -> None:
    data = json.loads(json.dumps(stored(proposal())))
    assert restored(data) == proposal()
    doubt = restored(data).passages[1].doubts[0]
    assert (doubt.template, doubt.values) == ("The words of {who} may be missing.", {"who": "Anna"})
    assert str(restored(data).passages[2].doubts[1]) == "3 words"


def test_corrections_that_change_nothing() -> None:
    assert corrected(proposal(), corrections()) == proposal()


def test_what_is_corrected_is_in_the_proposal() -> None:
    data = corrections(title="  Der Park\x00 ", taken=[1])
    data["passages"][1] |= {"checked": True}
    data["passages"][1]["quote"]["text"] = "Die Bänke bleiben."
    data["passages"][2]["commentary"] = None
    result = corrected(proposal(), data)
    assert result.title == "Der Park", "without what no manuscript may contain"
    assert [one.id for one in result.passages] == ["baeume", "bank"], "one without words is none"
    second = result.passages[1]
    assert second.quote == ProposedQuote("Die Bänke bleiben.", page="3")
    assert (second.confidence, second.doubts) == ("sure", ()), "somebody has checked it"
    assert [one.text for one in result.leftovers] == ["nicht"], (
        "the other one was taken into a text"
    )


def test_what_is_left_out_is_listed() -> None:
    data = corrections()
    data["passages"][0]["out"] = True
    result = corrected(proposal(), data)
    assert [one.id for one in result.passages] == ["bank", "teich"]
    listed = [(one.kind, one.text, one.near) for one in result.leftovers[2:]]
    assert listed == [
        ("other", "Bäume\n\nDie Bäume bleiben.", "12-14"),
        ("other", "Das ist **gut**.\n\nUnd schön.", ""),
    ]


def test_pairs_that_were_joined_have_the_doubts_of_both() -> None:
    data = corrections()
    first, second, third = data["passages"]
    data["passages"] = [first | {"of": [0, 1]}, third]
    joined = corrected(proposal(), data).passages[0]
    assert (joined.id, joined.confidence, len(joined.doubts)) == ("baeume", "likely", 1)
    assert joined.picture is not None
    data["passages"] = [third | {"of": [2, 0]}, second]
    assert corrected(proposal(), data).passages[0].confidence == "doubtful"


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {},
        {"title": 3},
        {"title": None},
        {"passages": {}},
        {"passages": []},
        {"passages": [{"of": [0]}]},
        {"taken": [0, 0]},
        {"taken": [7]},
        {"taken": [-1]},
        {"taken": [True]},
        {"taken": None},
    ],
)
def test_other_corrections_are_refused(wrong: object) -> None:
    data = corrections() | wrong if isinstance(wrong, dict) and wrong else wrong
    with pytest.raises(WrongCorrectionsError):
        corrected(proposal(), data)


@pytest.mark.parametrize(
    ("of", "why"),
    [
        ([[0], [1]], "a pair is missing"),
        ([[0], [1], [1]], "one is there twice"),
        ([[0], [1], [2, 3]], "there is no such pair"),
        ([[0], [1, 2], []], "one is made of nothing"),
    ],
)
def test_no_page_can_lose_a_pair(of: list[list[int]], why: str) -> None:
    data = corrections()
    data["passages"] = [data["passages"][0] | {"of": one} for one in of]
    with pytest.raises(WrongCorrectionsError):
        corrected(proposal(), data)
    assert why


def test_pairs_with_a_picture_each_cannot_be_joined() -> None:
    first, second, third = proposal().passages
    picture = Picture(png("red"), "image/png")
    two = replace(proposal(), passages=(first, replace(second, picture=picture), third))
    data = corrections()
    data["passages"] = [data["passages"][0] | {"of": [0, 1]}, data["passages"][2]]
    with pytest.raises(WrongCorrectionsError):
        corrected(two, data)


def test_words_are_counted() -> None:
    assert counts(proposal(), 28) == {"placed": 24, "listed": 3, "lost": 1}


# --- Stored --------------------------------------------------------------------------------------


def test_an_import_outlives_the_studio_and_is_nobody_elses(tmp_path: Path) -> None:
    one = Imports(Project(tmp_path), Workplace(Project(tmp_path)).creating, read)
    token = str(one.begin("Entwurf.docx", b"x")["token"])
    body = {"version": 0, "corrections": corrections(title="Anders", subtitle="x")}
    assert one.save(token, body)["version"] == 1
    other = Imports(Project(tmp_path), one._creating, read)
    shown: Any = other.sheet(token, "de")
    assert (shown["corrections"]["title"], shown["version"]) == ("Anders", 1)
    assert [begun["name"] for begun in other.begun()] == ["Entwurf.docx"]
    assert list(tmp_path.iterdir()) == [], "nothing of it is in the project yet"
    files = list(ImportStore(Project(tmp_path))._folder.iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_an_import_is_kept_for_a_month(tmp_path: Path) -> None:
    project = Project(tmp_path)
    token = ImportStore(project).add("Entwurf.docx", proposal(), 28).entry.token
    begun = (ImportStore(project)._folder / f"{token}.json").stat().st_mtime
    assert ImportStore(project, lambda: begun + DAYS * DAY - 60).all()
    assert ImportStore(project, lambda: begun + DAYS * DAY + 60).all() == []
    assert ImportStore(project).read(token) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"corrections": 1}', "[" * 100_000])
def test_what_cannot_be_restored_is_not_there(tmp_path: Path, content: str) -> None:
    store = ImportStore(Project(tmp_path))
    token = store.add("Entwurf.docx", proposal(), 28).entry.token
    (store._folder / f"{token}.proposal.json").write_text(content)
    assert store.read(token) is None
    (store._folder / f"{token}.json").write_text(content)
    assert store.all() == []
    assert store.read("../../secret") is None


# --- Over the net --------------------------------------------------------------------------------


def test_a_file_is_read_and_what_was_understood_is_shown(studio: Running) -> None:
    address = begun(studio)
    shown = studio.get(address).data
    assert shown["name"] == "Entwurf.docx"
    assert [one["confidence"] for one in shown["passages"]] == ["sure", "likely", "doubtful"]
    assert shown["passages"][1]["doubts"] == ["The words of Anna may be missing."]
    assert shown["corrections"]["passages"][0]["quote"]["text"] == "Die Bäume bleiben."
    assert [one["kind"] for one in shown["leftovers"]] == ["deletion", "footer"]
    assert (shown["lost"], shown["counts"]["lost"]) == (["vergessen"], 1)
    picture = studio.get(shown["passages"][0]["picture"]["address"])
    assert (picture.body, picture.headers["Content-Type"]) == (png(), "image/png")
    assert studio.get(f"{address}/pictures/1").status == 404
    assert studio.get(f"{address}/pictures/99").status == 404
    assert studio.get(f"{address}/pictures/4").status == 404, "it is none, whatever it is called"
    assert [one["address"] for one in shown["pictures"]] == [None]
    page = studio.page(f"/import/{address.rpartition('/')[2]}")
    assert page.status == 200
    assert "Entwurf.docx" in page.body.decode()
    begun_ = studio.get("/api/project").data["imports"]
    assert address.rpartition("/")[2] in [one["token"] for one in begun_]


def test_a_name_that_is_an_attack_is_text(studio: Running) -> None:
    name = "%3Cscript%3E..%2F..%2Fx%00.docx"
    token = send(studio, b"x", name).data["token"]
    page = studio.page(f"/import/{token}").body.decode()
    assert "<script>" not in page.partition("<header")[2]
    assert studio.get(f"/api/imports/{token}").data["name"] == "x?.docx"


def test_a_file_that_cannot_be_read(studio: Running) -> None:
    answer = send(studio, b"broken", "kaputt.docx")
    assert answer.status == 422
    assert answer.data["message"] == "`kaputt.docx` cannot be read."
    assert [one["hint"] for one in answer.data["diagnostics"]] == ["Try another."]
    assert send(studio, b"").status == 422
    as_json = studio.post("/api/imports?name=x.docx", {})
    assert as_json.status == 400, "a file is sent as one"


def test_what_takes_too_long_to_understand_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert understood(b"# Titel\n\nText", "kurz.md").proposal.title == "Titel"
    monkeypatch.setattr(bounds, "IMPORT_SECONDS", 0.3)
    document = DocumentData((Paragraph((Run("Wort " * 500_000),)),))
    with pytest.raises(DiagnosticsError) as failed:
        understand_bounded(document, "lang.md")
    (one,) = failed.value.diagnostics
    assert (one.code, one.location.file) == ("import-understanding", "lang.md")


def test_corrections_are_saved_and_two_windows_do_not_overwrite_each_other(studio: Running) -> None:
    address = begun(studio)
    first = studio.post(address, request(studio, title="Eins"))
    assert (first.status, first.data["version"]) == (200, 1)
    again = studio.post(address, request(studio, title="Eins"))
    assert (again.status, again.data["version"]) == (200, 1), "its answer may have got lost"
    other = studio.post(address, request(studio, title="Zwei"))
    assert other.status == 409
    assert studio.get(address).data["corrections"]["title"] == "Eins"
    assert studio.post(address, request(studio, 1, title="Zwei")).data["version"] == 2
    assert studio.post(address, request(studio, 2, taken=["x"])).status == 400
    strange = request(studio, 2) | {"project": "another"}
    assert studio.post(address, strange).status == 409
    assert studio.get(address).data["corrections"]["title"] == "Zwei"


def test_it_becomes_a_leaflet_once_and_nothing_is_overwritten(studio: Running) -> None:
    root = studio.workplace.project.root
    names = []
    for _ in range(2):
        address = begun(studio)
        answer = studio.post(f"{address}/accept", request(studio, lead="Neu.", title="Neuer Park"))
        assert answer.status == 200, answer.data
        names.append(answer.data["leaflet"])
        assert studio.post(f"{address}/accept", request(studio, 1)).data == answer.data
        assert studio.get(address).data["leaflet"] == answer.data["leaflet"]
    assert names == ["neuer-park", "neuer-park-2"]
    said = yaml.safe_load((root / "content/neuer-park/leaflet.yaml").read_text("utf-8"))
    assert (said["title"], said["lead"].strip()) == ("Neuer Park", "Neu.")
    assert [one["id"] for one in said["passages"]] == ["baeume", "bank", "teich"]
    assert said["passages"][0]["quote"]["text"].strip() == "Die Bäume bleiben."
    token = address.rpartition("/")[2]
    assert token not in [one["token"] for one in studio.get("/api/project").data["imports"]]


def test_what_was_not_certain_is_told_in_the_editor_until_somebody_looked(studio: Running) -> None:
    address = begun(studio)
    body = request(studio, title="Noch anzusehen")
    passages: Any = body["corrections"]
    passages["passages"][1]["checked"] = True
    name = studio.post(f"{address}/accept", body).data["leaflet"]
    arrived = studio.get(f"/api/leaflets/{name}/arrived").data
    assert [(one["passage"], one["number"]) for one in arrived["doubts"]] == [
        (None, None), ("teich", 3), ("teich", 3)
    ]  # fmt: skip
    assert [one["text"] for one in arrived["leftovers"]] == ["nicht", "Seite 1"]
    mark = {"project": studio.secret.project, "leaflet": name}
    assert studio.post(f"/api/leaflets/{name}/arrived", mark | {"leaflet": "x"}).status == 409
    assert studio.post(f"/api/leaflets/{name}/arrived", mark).status == 200
    assert studio.get(f"/api/leaflets/{name}/arrived").data == {}
    assert studio.get(address).status == 404


def test_without_a_title_nothing_is_made(studio: Running) -> None:
    before = studio.workplace.leaflets()
    answer = studio.post(f"{begun(studio)}/accept", request(studio, title=""))
    assert answer.status == 422
    assert "title" in answer.data["message"]
    assert studio.workplace.leaflets() == before


def test_an_import_can_be_discarded(studio: Running) -> None:
    address = begun(studio)
    assert studio.post(f"{address}/discard", {"project": "another"}).status == 409
    assert studio.get(address).status == 200
    assert studio.post(f"{address}/discard", {"project": studio.secret.project}).status == 200
    gone = studio.get(address)
    assert gone.status == 404
    assert studio.page(f"/import/{address.rpartition('/')[2]}").status == 404


def test_its_words_are_german_for_germans(studio: Running) -> None:
    german = catalogue("de")
    data = studio.get("/api/imports/0123456789abcdef", Accept_Language="de").data
    assert data["message"] == german(say("This import is not there any more."))
    assert data["message"] != "This import is not there any more."


# --- Files that go out and come back -------------------------------------------------------------


@pytest.fixture
def leaflet(studio: Running) -> Path:
    """The file of a new leaflet, as the sample has it."""
    workplace = studio.workplace
    name = f"probe-{len(workplace.leaflets())}"
    workplace.project.content.mkdir(exist_ok=True)
    return create_leaflet(workplace.project.root, name, "de")


def sent_out(studio: Running, leaflet: Path) -> WordDocument:
    answer = studio.get(f"/api/leaflets/{leaflet.parent.name}/word")
    assert answer.status == 200
    assert f"{leaflet.parent.name}.docx" in answer.headers["Content-Disposition"]
    return Document(io.BytesIO(answer.body))


def retyped(document: WordDocument, old: str, new: str) -> None:
    """Somebody types in Word."""
    cells = (c for table in document.tables for row in table.rows for c in row.cells)
    every = [*document.paragraphs, *(p for cell in cells for p in cell.paragraphs)]
    runs = [run for p in every for run in p.runs if old in run.text]
    assert runs
    runs[-1].text = runs[-1].text.replace(old, new)


def compared(studio: Running, leaflet: Path, document: WordDocument) -> Any:
    output = io.BytesIO()
    document.save(output)
    path = f"leaflets/{leaflet.parent.name}/differences"
    answer = send(studio, output.getvalue(), "zurueck.docx", path)
    assert answer.status == 200, answer.data
    return answer.data


def taken(studio: Running, leaflet: Path, *changes: object) -> Any:
    """Save changes as the form does."""
    name, project = leaflet.parent.name, studio.workplace.project
    body = {"project": studio.secret.project, "leaflet": name, "file": project.show(leaflet)}
    answer = studio.post(f"/api/leaflets/{name}", {**body, "changes": list(changes)})
    assert answer.status == 200, answer.data
    return answer.data


def meaning(text: str) -> str:
    """What a leaflet says, without the lines of the file, and with nothing in short."""
    words = json.dumps(expanded(yaml.safe_load(text)), default=str, ensure_ascii=False)
    return re.sub(r'(\s|\\n)+(?="?)', " ", words).replace(' "', '"')


def test_a_leaflet_goes_out_and_comes_back_unchanged(studio: Running, leaflet: Path) -> None:
    document = sent_out(studio, leaflet)
    assert compared(studio, leaflet, document)["differences"] == []
    answer = studio.get(f"/api/leaflets/{leaflet.parent.name}/markdown")
    assert answer.headers["Content-Type"].startswith("text/markdown")
    path = f"leaflets/{leaflet.parent.name}/differences"
    assert send(studio, answer.body, "zurueck.md", path).data["differences"] == []


def test_what_went_out_is_the_same_leaflet_again(studio: Running, leaflet: Path) -> None:
    name, before = leaflet.parent.name, leaflet.read_text("utf-8")
    document = sent_out(studio, leaflet)
    retyped(document, "Der Spielplatz wird", "Der Spielplatz wird nicht")
    output = io.BytesIO()
    document.save(output)
    there = send(studio, output.getvalue())
    assert there.status == 409
    assert f"`{name}`" in there.data["message"]
    assert leaflet.read_text("utf-8") == before
    shutil.rmtree(leaflet.parent)
    assert send(studio, output.getvalue()).data == {"leaflet": name}
    after = leaflet.read_text("utf-8")
    assert meaning(after) == meaning(before).replace("Spielplatz wird", "Spielplatz wird nicht")
    doubts = studio.get(f"/api/leaflets/{name}/arrived").data["doubts"]
    assert any("passages.spielplatz.quote.text" in one["text"] for one in doubts), "loudly"


def test_what_was_typed_in_word_is_saved_as_what_is_typed_here(
    studio: Running, leaflet: Path
) -> None:
    before = leaflet.read_text("utf-8")
    document = sent_out(studio, leaflet)
    retyped(document, "Mittel sind da", "Das Geld ist da")
    retyped(document, "Planung bis zum Sommer", "Planung bis Juni")
    (heading, text) = compared(studio, leaflet, document)["differences"]
    assert (heading["now"], heading["new"]) == ("Mittel sind da", "Das Geld ist da")
    assert [one[key] for one in (heading, text) for key in ("quote", "conflict")] == [False] * 4
    assert text["label"] == "“Pair 2: Answer”"
    assert taken(studio, leaflet, heading["change"], text["change"])["held"] == []
    after = leaflet.read_text("utf-8")
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert len(changed) == 2, "only what was changed"
    assert compared(studio, leaflet, document)["differences"] == []
    taken(studio, leaflet, text["undo"], heading["undo"])
    assert leaflet.read_text("utf-8") == before


def test_a_quote_that_was_changed_is_called_so(studio: Running, leaflet: Path) -> None:
    document = sent_out(studio, leaflet)
    retyped(document, "Der Spielplatz wird", "Der Spielplatz wird nicht")
    (one,) = compared(studio, leaflet, document)["differences"]
    assert (one["quote"], one["conflict"]) == (True, False)
    assert one["change"]["path"] == ["passages", {"id": "spielplatz"}, "quote", "text"]


def test_what_was_changed_on_both_sides_is_a_conflict(studio: Running, leaflet: Path) -> None:
    document = sent_out(studio, leaflet)
    retyped(document, "Mittel sind da", "Das Geld ist da")
    leaflet.write_text(leaflet.read_text("utf-8").replace("Mittel sind da", "Geld ist da"), "utf-8")
    (one,) = compared(studio, leaflet, document)["differences"]
    assert (one["now"], one["new"], one["conflict"]) == ("Geld ist da", "Das Geld ist da", True)
    meanwhile = leaflet.read_text("utf-8").replace("Geld ist da", "Es ist da")
    leaflet.write_text(meanwhile, "utf-8")
    (conflict,) = taken(studio, leaflet, one["change"])["conflicts"]
    assert (conflict["yours"], conflict["theirs"]) == ("Das Geld ist da", "Es ist da")
    assert leaflet.read_text("utf-8") == meanwhile


def test_pairs_that_come_go_and_move(studio: Running, leaflet: Path) -> None:
    before = leaflet.read_text("utf-8")
    document = sent_out(studio, leaflet)
    table: Any = document.tables[0]
    new = table.add_row().cells
    new[0].text, new[1].text = "Der Teich wird gereinigt.", "Endlich!"
    first = table.rows[1]._tr
    first.getparent().remove(first)
    found = {one["label"]: one for one in compared(studio, leaflet, document)["differences"]}
    added, removed = found["A new pair"], found["Pair 1 was left out"]
    taken(studio, leaflet, removed["change"], added["change"])
    passages = yaml.safe_load(leaflet.read_text("utf-8"))["passages"]
    assert passages[0]["id"] == "spielplatz"
    assert passages[1]["quote"]["text"].strip() == "Der Teich wird gereinigt."
    assert passages[1]["commentary"]["text"].strip() == "Endlich!"
    taken(studio, leaflet, added["undo"], removed["undo"])
    assert meaning(leaflet.read_text("utf-8")) == meaning(before)

    document = sent_out(studio, leaflet)
    table = document.tables[0]
    table._tbl.append(table.rows[1]._tr)
    (moved,) = compared(studio, leaflet, document)["differences"]
    taken(studio, leaflet, moved["change"])
    passages = yaml.safe_load(leaflet.read_text("utf-8"))["passages"]
    assert [one["id"] for one in passages] == ["spielplatz", "baeume"]
    taken(studio, leaflet, moved["undo"])
    passages = yaml.safe_load(leaflet.read_text("utf-8"))["passages"]
    assert [one["id"] for one in passages] == ["baeume", "spielplatz"]


def test_a_text_in_a_list_is_changed_with_its_list(studio: Running, leaflet: Path) -> None:
    document = sent_out(studio, leaflet)
    retyped(document, "Maria Muster", "Martha Muster")
    retyped(document, HIGHLIGHTED, "vereinbar ist")
    found = compared(studio, leaflet, document)["differences"]
    assert len(found) == 2
    taken(studio, leaflet, *(one["change"] for one in found if one["change"]))
    said = yaml.safe_load(leaflet.read_text("utf-8"))
    assert said["imprint"]["responsible"]["name"] == "Martha Muster"
    highlight = said["passages"][0]["quote"]["highlight"]
    assert highlight == ["vereinbar ist"]


def test_what_comes_back_is_any_file(studio: Running, leaflet: Path) -> None:
    path = f"leaflets/{leaflet.parent.name}/differences"
    assert send(studio, b"", "x.docx", path).status == 422
    broken = send(studio, b"PK\x03\x04" + b"x" * 100, "x.docx", path)
    assert broken.status == 422
    assert "x.docx" in broken.data["message"]
    before = leaflet.read_bytes()
    other = send(studio, b"# Etwas anderes\n\nKein Flugblatt.", "x.md", path)
    assert other.status == 200
    assert other.data["notes"]
    assert leaflet.read_bytes() == before


# --- Word documents that are quoted --------------------------------------------------------------


def test_a_word_document_is_quoted_from_by_its_text(studio: Running, leaflet: Path) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Vertraulich"
    document.add_heading("Konzept", 1)
    document.add_paragraph("Die Stadt erhält den Park. " * 8)
    document.add_paragraph("Gestrichen bleibt gestrichen, ").add_run("nie").font.strike = True
    output = io.BytesIO()
    document.save(output)
    path = f"leaflets/{leaflet.parent.name}/files"
    headers = {"Origin": studio.origin, **FILE, "Sec-Fetch-Site": "same-origin"}
    address = f"/api/{path}?use=source&name=K%C3%B6nzept.docx"
    answer = studio.answer("POST", address, headers, output.getvalue())
    assert answer.status == 201, answer.data
    assert answer.data["file"] == "sources/koenzept.txt"
    first, *others = answer.data["notes"]
    assert "`sources/koenzept.txt`" in first
    assert "PDF" in first
    assert ["“nie”" in one for one in others] == [True, False]
    assert "“Vertraulich”" in others[1]
    lines = (leaflet.parent / "sources/koenzept.txt").read_text("utf-8").splitlines()
    assert (lines[0], lines[1], lines[-1]) == ("Konzept", "", "Gestrichen bleibt gestrichen,")
    assert max(map(len, lines)) <= 90
    assert " ".join(lines).count("Die Stadt erhält den Park.") == 8
    again = studio.answer("POST", address, headers, output.getvalue())
    assert again.data["file"] == answer.data["file"]


def test_no_line_of_a_text_ends_where_a_hyphen_would_join_it() -> None:
    words = " ".join(["Vor- und Nachteile"] * 40)
    paragraphs = (Paragraph((Run(words),)), Paragraph((Run("a\nb"),), item="–"))
    notes = (Leftover("footnote", "Eine Fußnote."), Leftover("comment", "Stimmt das?"))
    text = source_file(DocumentData(paragraphs, notes)).text
    lines = text.splitlines()
    assert len(lines) > 8
    assert [line for line in lines if line.endswith("-")] == []
    assert " ".join(" ".join(lines).split()).startswith(words)
    assert lines[-5:] == ["", "– a", "b", "", "Eine Fußnote."]
