"""Imports in the studio: what was understood is kept, corrected, accepted, and never lost."""

import io
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from brochure.diagnostics import Location, fail
from brochure.interchange.document import Leftover, Picture
from brochure.interchange.proposal import (
    Proposal,
    ProposedCommentary,
    ProposedPassage,
    ProposedQuote,
)
from brochure.messages import catalogue, plural, say
from brochure.project import Project
from brochure.studio.import_store import DAYS, ImportStore
from brochure.studio.imports import Imports, Understood
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
