"""Variants in the studio: the table of regions, and what a region has of its own."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from brochure.project import Project
from tests.studio_browser import (
    SECONDS,
    Pictured,
    Running,
    browser,
    run,
    said,
    signed_in,
    state,
    tells,
)

__all__ = ["browser", "state"]  # fixtures
BEGIN = """\
# Geschrieben von Hand.
language: de
title: Unser Park
subtitle: Ein Versprechen
passages:
  - id: eins   # das erste
    quote: {heading: Bäume, text: "Die Bäume bleiben."}
    commentary: {heading: Gut, text: "Das ist gut."}
  - id: zwei
    commentary: {heading: Schlecht, text: "Das ist schlecht."}
contact: Wir treffen uns hier – {{ region.treffpunkt }}
slots:
  treffpunkt: siehe unsere Website
  tag:
imprint: Verein, Weg 1
"""
REGIONS = (
    b"\xef\xbb\xbfid;name;treffpunkt\r\n"
    b'giessen ; Gie\xc3\x9fen;"Weltladen; Markt 7"\r\n'
    b"\r\n"
    b"marburg;Marburg;\r\n"
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("projekt")
    (root / "content").mkdir()
    with run(Pictured(Project(root))) as running:
        yield running


@pytest.fixture(autouse=True)
def folder(studio: Running) -> Path:
    """The folder of a new leaflet with two regions."""
    workplace = place(studio)
    workplace.leaflet_ = f"probe-{len(workplace.leaflets())}"
    folder = workplace.project.manuscript(workplace.leaflet_).parent
    folder.mkdir()
    (folder / "leaflet.yaml").write_text(BEGIN)
    (folder / "regions.csv").write_bytes(REGIONS)
    return folder


@pytest.fixture
def context(browser: Browser, studio: Running) -> Iterator[BrowserContext]:
    with signed_in(browser, studio) as context:
        yield context


def place(studio: Running) -> Pictured:
    assert isinstance(studio.workplace, Pictured)
    return studio.workplace


def address(studio: Running) -> str:
    return f"/leaflets/{place(studio).leaflet_}/variants"


def api(studio: Running) -> str:
    return f"/api/leaflets/{place(studio).leaflet_}"


def table(context: BrowserContext, studio: Running) -> Page:
    """The page of the table."""
    page = context.new_page()
    page.goto(studio.origin + address(studio))
    expect(page.locator("tbody a").first).to_be_visible(timeout=SECONDS)  # states are known
    return page


def variant(context: BrowserContext, studio: Running, region: str = "giessen") -> Page:
    """The page of a variant."""
    page = context.new_page()
    page.goto(f"{studio.origin}{address(studio)}/{region}")
    expect(page.locator(".page img")).to_have_count(2, timeout=SECONDS)
    return page


def cell(page: Page, name: str) -> Locator:
    """A cell by its column and its region: ``Region, Marburg``."""
    return page.get_by_role("textbox", name=name, exact=True)


def replaced(before: bytes, one: str, other: str) -> bytes:
    assert one.encode() in before
    return before.replace(one.encode(), other.encode())


# --- Addresses --------------------------------------------------------------------------------


def test_only_regions_of_the_table_have_a_page(studio: Running) -> None:
    assert studio.page(f"{address(studio)}/giessen").status == 200
    assert studio.page(f"{address(studio)}/bremen").status == 404
    assert studio.get(f"{api(studio)}/variants/bremen").status == 404
    assert studio.get(f"{api(studio)}/variants/..%2fleaflet").status == 404
    assert studio.page("/leaflets/gibtsnicht/variants").status == 404


def test_who_saves_names_the_project_the_leaflet_and_the_file(studio: Running) -> None:
    body = {
        "project": studio.secret.project,
        "leaflet": place(studio).leaflet_,
        "file": f"content/{place(studio).leaflet_}/variants/giessen.yaml",
        "changes": [{"kind": "put", "path": ["title"], "value": "Anders", "was": None}],
    }
    path = f"{api(studio)}/variants/giessen"
    assert studio.post(path, {**body, "project": "other"}).status == 409
    assert studio.post(path, {**body, "leaflet": "other"}).status == 409
    assert studio.post(path, {**body, "file": "content/x/variants/giessen.yaml"}).status == 409
    assert studio.post(path, body, origin="http://evil.example").status == 403
    wrong = [
        {"kind": "insert", "path": ["passages"], "value": {"id": "neu"}},
        {"kind": "put", "path": ["leave_out", "eins", "x"], "value": "yes"},
        {"kind": "remove", "path": ["title"]},
    ]
    for change in wrong:
        assert studio.post(path, {**body, "changes": [change]}).status == 400
    assert studio.post(f"{path}/accept", {**body, "key": 1}).status == 400
    saved = studio.post(path, body)
    assert saved.status == 200
    assert saved.data["values"] == {"title": "Anders"}, "who has not seen the base records nothing"


# --- The table --------------------------------------------------------------------------------


def test_a_cell_is_saved_and_every_other_byte_stays(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = table(context, studio)
    expect(cell(page, "treffpunkt, Marburg")).to_have_attribute(
        "placeholder", "siehe unsere Website"
    )
    cell(page, "treffpunkt, Marburg").fill('Haus "Sonne"')
    tells(page, "Gespeichert")
    expected = replaced(REGIONS, "Marburg;\r", 'Marburg;"Haus ""Sonne"""\r')
    assert (folder / "regions.csv").read_bytes() == expected
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"


def test_a_new_region_gets_an_id_made_of_its_name(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = table(context, studio)
    page.get_by_role("button", name="Region hinzufügen").click()
    page.keyboard.type("Hohe Rhön")
    page.keyboard.press("Tab")
    tells(page, "Gespeichert")
    expect(cell(page, "Kennung, Hohe Rhön")).to_have_value("hohe-rhoen")
    expect(page.get_by_role("link", name="wie in der Grundfassung: Hohe Rhön")).to_be_visible()
    assert (folder / "regions.csv").read_bytes() == REGIONS + b"hohe-rhoen;Hohe Rh\xc3\xb6n;\r\n"
    cell(page, "treffpunkt, Hohe Rhön").fill("Milseburg")
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert (folder / "regions.csv").read_bytes().endswith(b";Milseburg\r\n")
    page.get_by_role("button", name="Rückgängig: Region hinzufügen").click()
    expect(page.locator("tbody tr")).to_have_count(3)  # with what says so
    tells(page, "Gespeichert")
    expect(page.locator("#state")).to_contain_text("Gespeichert")


def test_an_id_that_is_there_already_waits_at_its_cell_and_is_offered_again(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = table(context, studio)
    cell(page, "Kennung, Marburg").fill("giessen")
    expect(page.locator("#open")).to_have_text("1 Feld steht noch nicht in der Datei")
    wrong = page.locator("tbody tr").nth(1).locator("td").first
    expect(wrong).to_contain_text("Die Kennung giessen kommt zweimal vor")
    expect(cell(page, "Kennung, Marburg")).to_have_attribute("aria-invalid", "true")
    cell(page, "Region, Marburg").fill("Marburg an der Lahn")
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    expected = replaced(REGIONS, ";Marburg;", ";Marburg an der Lahn;")
    assert (folder / "regions.csv").read_bytes() == expected, "the other cell is saved"
    page.reload()
    expect(cell(page, "Kennung, Marburg an der Lahn")).to_have_value("giessen")
    cell(page, "Kennung, Marburg an der Lahn").fill("marburg-lahn")
    expect(page.locator("#open")).to_be_hidden()
    assert (folder / "regions.csv").read_bytes() == replaced(
        expected, "\nmarburg;", "\nmarburg-lahn;"
    )
    assert [path.name for path in folder.iterdir() if "draft" in path.name] == []


def test_a_region_left_out_and_brought_back_at_once_keeps_its_bytes(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = table(context, studio)
    context.set_offline(True)  # nothing is saved between
    page.get_by_role("button", name="Gießen weglassen").click()
    expect(page.locator(".gap-row")).to_contain_text("Gießen wurde weggelassen.")
    tells(page, "Nicht verbunden")
    page.keyboard.press("Enter")  # the focus is on what undoes it
    expect(cell(page, "Region, Gießen")).to_be_focused()
    context.set_offline(False)
    tells(page, "gespeichert")
    assert (folder / "regions.csv").read_bytes() == REGIONS
    page.get_by_role("button", name="Gießen weglassen").click()
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert b"giessen" not in (folder / "regions.csv").read_bytes()
    page.get_by_role("button", name="Rückgängig: Gießen weglassen").click()
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    lines = (folder / "regions.csv").read_bytes().split(b"\r\n")
    assert lines[1] == 'giessen;Gießen;"Weltladen; Markt 7"'.encode()


def test_what_others_write_comes_in_and_the_same_cell_asks(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = table(context, studio)
    mine = cell(page, "Region, Marburg")
    mine.click()
    page.keyboard.type("!")
    (folder / "regions.csv").write_bytes(
        replaced(replaced(REGIONS, "Marburg;", "Marburg/Lahn;x"), "Markt 7", "Markt 8")
    )
    expect(page.locator(".conflict")).to_be_visible(timeout=SECONDS)
    expect(cell(page, "treffpunkt, Gießen")).to_have_value("Weltladen; Markt 8")
    expect(mine).to_be_focused()
    assert "Marburg/Lahn" in (folder / "regions.csv").read_text()
    page.get_by_role("button", name="Meinen Text behalten").click()
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    expect(page.locator(".conflict")).to_have_count(0)
    assert re.search("marburg;!?Marburg!?;x", (folder / "regions.csv").read_text())


def test_without_the_server_cells_stay_and_are_saved_later(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = table(context, studio)
    context.set_offline(True)
    cell(page, "Region, Marburg").fill("Marburg (Lahn)")
    tells(page, "Nicht verbunden")
    assert "Marburg (Lahn)" in page.evaluate("JSON.stringify(localStorage)")
    context.set_offline(False)
    tells(page, "gespeichert")
    assert "Marburg (Lahn)" in (folder / "regions.csv").read_text("utf-8-sig")


def test_a_region_with_texts_of_its_own_stays(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    (folder / "variants").mkdir()
    (folder / "variants/giessen.yaml").write_text("title: Anders\n")
    page = table(context, studio)
    expect(
        page.get_by_role("link", name="1 eigener Text, noch nicht bestätigt: Gießen")
    ).to_be_visible()
    assert not cell(page, "Kennung, Gießen").is_editable()
    page.get_by_role("button", name="Gießen weglassen").click()
    expect(page.locator("tbody tr").first).to_contain_text("Diese Region hat eigene Texte")
    body = {
        "project": studio.secret.project,
        "leaflet": place(studio).leaflet_,
        "file": f"content/{place(studio).leaflet_}/regions.csv",
        "changes": [{"kind": "put", "path": ["rows", {"id": "giessen"}, "cells", "id"],
                     "was": "giessen", "value": "anders"}],
    }  # fmt: skip
    saved = studio.post(f"{api(studio)}/regions", body)
    assert "texts of its own" in str(saved.data["held"])
    assert (folder / "regions.csv").read_bytes() == REGIONS


def test_a_slot_without_a_column_is_offered(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = table(context, studio)
    page.get_by_text("Spalte hinzufügen").click()
    expect(page.locator("#offered button")).to_have_text(
        ["„tag“ hinzufügen", "„Amtlicher Schlüssel“ hinzufügen"]
    )
    page.get_by_role("button", name="„tag“ hinzufügen").click()
    expect(cell(page, "tag, Gießen")).to_be_visible()
    tells(page, "Gespeichert")
    lines = (folder / "regions.csv").read_bytes().split(b"\r\n")
    assert lines[0].endswith(b"treffpunkt;tag")
    assert lines[1].endswith(b'7";')


def test_what_is_missing_is_told_in_the_row(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    (folder / "leaflet.yaml").write_text(BEGIN.replace("siehe unsere Website", ""))
    page = table(context, studio)
    row = page.locator("tbody tr").nth(1)
    expect(row.get_by_role("link", name="so nicht druckbar: Marburg")).to_be_visible()
    expect(row).to_contain_text("der Platzhalter treffpunkt verwendet, aber er hat keinen Wert")


def test_hundreds_of_regions_by_keyboard_and_from_a_spreadsheet(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    rows = "".join(f"{6_000_000 + n:08},Gemeinde {n},\n" for n in range(430))
    (folder / "regions.csv").write_text("id,name,treffpunkt\n" + rows)
    page = table(context, studio)
    expect(page.locator("tbody tr")).to_have_count(430)
    page.get_by_label("Suchen").fill("gemeinde 42")
    expect(page.locator("#found")).to_have_text("11 gefunden")
    cell(page, "treffpunkt, Gemeinde 42").focus()
    page.keyboard.type("Rathaus")
    page.keyboard.press("Enter")
    expect(cell(page, "treffpunkt, Gemeinde 420")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(cell(page, "treffpunkt, Gemeinde 42")).to_be_focused()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('Neu 42\\tHaus A\\nNeu 420\\tHaus B\\n')")
    cell(page, "Region, Gemeinde 42").focus()
    page.keyboard.press("Control+v")
    expect(cell(page, "treffpunkt, Neu 420")).to_have_value("Haus B")
    tells(page, "Gespeichert")
    text = (folder / "regions.csv").read_text()
    assert "06000042,Neu 42,Haus A\n" in text
    assert "06000420,Neu 420,Haus B\n" in text
    assert len(set(text.splitlines()) - set(("id,name,treffpunkt\n" + rows).splitlines())) == 2


def test_a_table_that_cannot_be_read_is_told(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    (folder / "regions.csv").write_text("name,ort\nGießen,Markt\n")
    page = context.new_page()
    page.goto(studio.origin + address(studio))
    expect(page.locator(".trouble")).to_contain_text("In der Tabelle fehlt die Spalte")
    assert (folder / "regions.csv").read_text() == "name,ort\nGießen,Markt\n"


def test_the_first_region_makes_the_table(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    (folder / "regions.csv").unlink()
    page = context.new_page()
    page.goto(studio.origin + address(studio))
    page.get_by_role("button", name="Region hinzufügen").click()
    page.keyboard.type("Gießen")
    page.keyboard.press("Tab")
    tells(page, "Gespeichert")
    expect(page.get_by_role("link", name="wie in der Grundfassung: Gießen")).to_be_visible()
    assert (folder / "regions.csv").read_text() == "id,name\ngiessen,Gießen\n"


# --- A variant --------------------------------------------------------------------------------


def own(folder: Path) -> Path:
    return folder / "variants/giessen.yaml"


def toggle(page: Page, action: str, of: str) -> Locator:
    return page.get_by_role("button", name=f"{action}: {of}", exact=True)


def test_a_text_is_made_its_own_written_and_given_back(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = variant(context, studio)
    toggle(page, "Eigenen Text schreiben", "Titel").click()
    title = page.get_by_label("Titel", exact=True)
    expect(title).to_be_focused()
    expect(title).to_have_value("Unser Park")
    tells(page, "Gespeichert")
    expect(page.locator("#head .own-text").first).to_contain_text("mit den Worten der Grundfassung")
    page.keyboard.press("Control+End")
    page.keyboard.type(" in Gießen")
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert said(own(folder)) == {
        "title": "Unser Park in Gießen",
        "replaced": {"title": "Unser Park"},
    }
    expect(page.locator("#head .own-text").first).to_contain_text("eigener Text dieser Variante")
    expect(page.locator("#summary")).to_have_text("1 eigener Text")
    toggle(page, "Zurückgeben", "Titel").click()
    expect(toggle(page, "Eigenen Text schreiben", "Titel")).to_be_focused()
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert not own(folder).exists()
    page.get_by_role("button", name="Rückgängig: Titel: zurückgeben").click()
    expect(title).to_have_value("Unser Park in Gießen")
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert said(own(folder))["title"] == "Unser Park in Gießen"
    assert (folder / "leaflet.yaml").read_text() == BEGIN


def test_a_text_can_be_left_out(context: BrowserContext, studio: Running, folder: Path) -> None:
    page = variant(context, studio)
    toggle(page, "Eigenen Text schreiben", "Untertitel").click()
    page.get_by_label("Untertitel", exact=True).fill("")
    tells(page, "Gespeichert")
    assert said(own(folder)) == {
        "subtitle": None,
        "replaced": {"subtitle": "Ein Versprechen"},
    }
    page.reload()
    expect(page.get_by_label("Untertitel", exact=True)).to_have_value("")
    page.get_by_label("Untertitel", exact=True).fill("Doch")
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert said(own(folder))["subtitle"] == "Doch"


def test_what_the_base_has_changed_is_compared_and_accepted(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    own(folder).parent.mkdir()
    own(folder).write_text(
        "title: Unser Park in Gießen\nsubtitle: Anders\n"
        "replaced:\n  title: Unser Garten\n"
    )  # fmt: skip
    page = variant(context, studio)
    expect(page.locator("#next")).to_have_text("2 Texte sollten angesehen werden")
    page.locator("#next").click()
    expect(page.get_by_label("Titel", exact=True)).to_be_focused()
    first = page.locator("#head .own-text").first
    expect(first).to_contain_text("die Grundfassung ist geändert")
    expect(first.locator(".version .text")).to_have_text(
        ["Unser Garten", "Unser Park", "Unser Park in Gießen"]
    )
    expect(first.locator("mark")).to_have_text(["Garten", "Park"])
    page.keyboard.press("Control+End")
    page.keyboard.type("!")
    first.get_by_role("button", name="Er passt").click()
    expect(first.locator(".conflict")).to_have_count(0)
    expect(page.get_by_label("Titel", exact=True)).to_be_focused()
    assert said(own(folder)) == {
        "title": "Unser Park in Gießen!",
        "subtitle": "Anders",
        "replaced": {"title": "Unser Park"},
    }
    page.get_by_role("button", name="Er passt").click()
    expect(page.locator("#next")).to_be_hidden()
    assert said(own(folder))["replaced"]["subtitle"] == "Ein Versprechen"


def test_a_base_that_changes_meanwhile_is_not_accepted_unseen(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    own(folder).parent.mkdir()
    own(folder).write_text("title: Anders\nreplaced:\n  title: Alt\n")
    page = variant(context, studio)
    with page.expect_response(lambda answer: answer.url.endswith("/giessen/accept")) as answered:
        page.route("**/accept", lambda route: (
            (folder / "leaflet.yaml").write_text(BEGIN.replace("Unser Park", "Unser Wald")),
            route.continue_(),
        )[-1])  # fmt: skip
        page.get_by_role("button", name="Er passt").click()
    assert answered.value.status == 409
    expect(page.locator(".version .text").nth(1)).to_have_text("Unser Wald")
    assert said(own(folder))["replaced"] == {"title": "Alt"}


def test_a_passage_is_left_out_with_its_texts_and_taken_in_again(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = variant(context, studio)
    toggle(page, "Eigenen Text schreiben", "Kommentar, Abschnitt 1").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Sehr!")
    toggle(page, "Hier weglassen", "Abschnitt 1").click()
    tells(page, "Gespeichert")
    assert said(own(folder))["leave_out"] == ["eins"]
    assert "passages" not in said(own(folder))
    expect(page.locator(".variant-pair").first).to_contain_text("entfällt in dieser Region")
    page.locator("#undo").click()
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert said(own(folder))["passages"]["eins"]["commentary"]["text"] == "Das ist gut. Sehr!"
    assert "leave_out" not in said(own(folder))
    expect(page.get_by_role("textbox", name="Kommentar", exact=True).first).to_have_value(
        "Das ist gut. Sehr!"
    )


def test_the_last_passage_cannot_be_left_out_and_that_is_told(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = variant(context, studio)
    toggle(page, "Hier weglassen", "Abschnitt 1").click()
    tells(page, "Gespeichert")
    toggle(page, "Hier weglassen", "Abschnitt 2").click()
    waits = page.locator("#open")
    expect(waits).to_have_text("1 Feld steht noch nicht in der Datei")
    assert said(own(folder))["leave_out"] == ["eins"]
    second = page.locator(".variant-pair").nth(1)
    expect(second.locator(".trouble")).not_to_be_empty()
    waits.click()
    expect(toggle(page, "Wieder aufnehmen", "Abschnitt 2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(waits).to_be_hidden()


def test_a_passage_of_its_own_is_added_beside_one_of_the_base(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = variant(context, studio)
    page.locator(".variant-pair").first.get_by_role(
        "button", name="Hier einen eigenen Abschnitt hinzufügen"
    ).click()
    added = page.locator(".variant-pair.added")
    expect(added.get_by_role("heading")).to_have_text("Abschnitt 2")
    added.get_by_role("textbox", name="Kommentar", exact=True).fill("Neues aus Gießen")
    tells(page, "Gespeichert")
    assert said(own(folder)) == {
        "add": [{"id": "eigener-1", "after": "eins", "commentary": {"text": "Neues aus Gießen"}}]
    }
    expect(page.locator("#open")).to_be_hidden()
    page.get_by_role("button", name="Abschnitt 2 weglassen").click()
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert not own(folder).exists()
    page.locator("#undo").click()
    expect(added.get_by_role("textbox", name="Kommentar", exact=True)).to_have_value(
        "Neues aus Gießen"
    )
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert said(own(folder))["add"][0]["after"] == "eins"


def test_texts_for_a_pair_that_is_gone_are_told_and_deleted(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    own(folder).parent.mkdir()
    own(folder).write_text(
        "title: Anders\npassages:\n  drei:\n    commentary: {text: Weg damit.}\n"
    )
    page = variant(context, studio)
    orphan = page.locator(".orphan")
    expect(orphan).to_contain_text("Weg damit.")
    expect(orphan).to_contain_text("drei")
    orphan.get_by_role("button", name="Löschen").click()
    expect(orphan).to_have_count(0)
    tells(page, "Gespeichert")
    assert said(own(folder)) == {"title": "Anders"}


def test_the_same_text_changed_elsewhere_asks_and_others_come_in(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    own(folder).parent.mkdir()
    own(folder).write_text("title: Mein Park\nsubtitle: Zwei\n")
    page = variant(context, studio)
    title = page.get_by_label("Titel", exact=True)
    title.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("!")
    own(folder).write_text("title: Dein Park\nsubtitle: Drei\n")
    expect(page.locator(".question", has_text="inzwischen in der Datei")).to_be_visible(
        timeout=SECONDS
    )
    expect(page.get_by_label("Untertitel", exact=True)).to_have_value("Drei")
    page.get_by_role("button", name="Meinen Text behalten").click()
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    expect(page.locator(".question", has_text="inzwischen in der Datei")).to_have_count(0)
    assert said(own(folder))["title"] == "Mein Park!"


def test_what_is_not_valid_waits_beside_the_file_of_the_variant(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = variant(context, studio)
    toggle(page, "Eigenen Text schreiben", "Titel").click()
    page.get_by_label("Titel", exact=True).fill("")
    expect(page.locator("#open")).to_have_text("1 Feld steht noch nicht in der Datei")
    page.reload()
    expect(page.locator("#open")).to_have_text("1 Feld steht noch nicht in der Datei")
    expect(page.get_by_label("Titel", exact=True)).to_have_value("")
    page.get_by_label("Titel", exact=True).fill("Gießens Park")
    expect(page.locator("#open")).to_be_hidden()
    assert said(own(folder))["title"] == "Gießens Park"


def test_one_can_go_from_the_leaflet_to_a_variant_and_back(
    context: BrowserContext, studio: Running
) -> None:
    page = context.new_page()
    page.goto(f"{studio.origin}/leaflets/{place(studio).leaflet_}")
    page.get_by_role("link", name="Varianten", exact=True).click()
    page.get_by_role("link", name="wie in der Grundfassung: Marburg").click()
    expect(page.get_by_role("heading", name="Marburg", level=1)).to_be_visible()
    page.get_by_label("Region").select_option("giessen")
    expect(page.get_by_role("heading", name="Gießen", level=1)).to_be_visible()
    page.get_by_role("link", name="Alle Varianten").click()
    page.get_by_role("link", name="Zurück zum Flugblatt").click()
    expect(page).to_have_url(f"{studio.origin}/leaflets/{place(studio).leaflet_}")


# --- For everyone -----------------------------------------------------------------------------


def test_the_keyboard_alone_gives_a_region_a_text_of_its_own(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    page = table(context, studio)
    reach(page, "wie in der Grundfassung: Gießen")
    page.keyboard.press("Enter")
    expect(page.locator(".page img")).to_have_count(2, timeout=SECONDS)
    reach(page, "Eigenen Text schreiben: Untertitel")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+End")
    page.keyboard.type(" für Gießen")
    page.keyboard.press("Control+s")
    tells(page, "Gespeichert")
    assert said(own(folder))["subtitle"] == "Ein Versprechen für Gießen"
    reach(page, "Zurückgeben: Untertitel", back=True)
    page.keyboard.press("Space")
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert not own(folder).exists()


def reach(page: Page, name: str, *, back: bool = False) -> None:
    """Go on with Tab until something has the focus, which is seen."""
    for _ in range(80):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        focused = page.locator(":focus-visible")
        if focused.count() and focused.get_attribute("aria-label") == name:
            return
    raise AssertionError(name)


def test_the_table_as_it_is_read_aloud(context: BrowserContext, studio: Running) -> None:
    page = table(context, studio)
    expect(page.locator("main")).to_match_aria_snapshot("""
      - paragraph: /Dasselbe Flugblatt für mehrere Regionen/
      - text: Suchen
      - searchbox "Suchen"
      - button "Region hinzufügen"
      - paragraph: 2 Regionen
      - 'table "Varianten: Unser Park"':
        - rowgroup:
          - row:
            - columnheader /Kennung/
            - columnheader /Region/
            - columnheader /treffpunkt/
            - columnheader "Eigene Texte"
            - columnheader "Weglassen"
        - rowgroup:
          - row:
            - cell:
              - textbox "Kennung, Gießen": giessen
            - cell:
              - textbox "Region, Gießen": Gießen
            - cell:
              - textbox "treffpunkt, Gießen": Weltladen; Markt 7
            - cell:
              - 'link "wie in der Grundfassung: Gießen"'
            - cell:
              - button "Gießen weglassen"
          - row
      - paragraph: /Die Eingabetaste führt in die nächste Zeile/
      - group: Spalte hinzufügen
    """)


def test_a_variant_as_it_is_read_aloud(
    context: BrowserContext, studio: Running, folder: Path
) -> None:
    own(folder).parent.mkdir()
    own(folder).write_text("title: Anders\nreplaced:\n  title: Alt\nleave_out: [zwei]\n")
    page = variant(context, studio)
    expect(page.locator("body")).to_match_aria_snapshot("""
      - banner:
        - link "Alle Varianten"
        - heading "Gießen" [level=1]
        - paragraph: Alles gespeichert
        - navigation "Ansicht"
      - status
      - main:
        - region "Schreiben":
          - text: Region
          - combobox "Region"
          - paragraph:
            - text: 2 eigene Texte
            - button "2 Texte sollten angesehen werden"
          - paragraph: /Jeder Text kommt aus der Grundfassung/
          - region "Kopf":
            - heading "Kopf" [level=2]
            - text: Titel eigener Text; die Grundfassung ist geändert
            - 'button "Zurückgeben: Titel"'
            - textbox "Titel": Anders
            - group:
              - paragraph: /Die Grundfassung wurde seit dem letzten Vergleich geändert/
              - paragraph: Grundfassung bei der letzten Bestätigung
              - paragraph:
                - mark: Alt
              - paragraph: Grundfassung jetzt
              - paragraph:
                - mark: Unser Park
              - paragraph: Text dieser Region
              - paragraph: Anders
              - button "Er passt"
              - button "Grundfassung übernehmen"
            - text: Untertitel wie in der Grundfassung
            - 'button "Eigenen Text schreiben: Untertitel"'
            - group "Untertitel":
              - paragraph: Ein Versprechen
          - region "Abschnitte":
            - heading "Abschnitte" [level=2]
            - paragraph: /Zitate werden buchstabengetreu gedruckt/
            - list:
              - listitem:
                - region "Abschnitt 1":
                  - heading "Abschnitt 1" [level=3]
                  - 'button "Hier weglassen: Abschnitt 1"'
                  - group "Zitat":
                    - heading "Bäume" [level=4]
                    - blockquote:
                      - paragraph: Die Bäume bleiben.
                  - group "Kommentar":
                    - text: Überschrift des Kommentars wie in der Grundfassung
                    - 'button "Eigenen Text schreiben: Überschrift des Kommentars, Abschnitt 1"'
                    - group "Überschrift des Kommentars":
                      - paragraph: Gut
              - listitem:
                - region "Abschnitt 2":
                  - 'button "Wieder aufnehmen: Abschnitt 2"'
                  - paragraph: Dieser Abschnitt entfällt in dieser Region.
                  - group:
                    - paragraph: /entfallen soll/
                    - paragraph: Grundfassung jetzt
                    - paragraph: Schlecht Das ist schlecht.
                    - button "Er entfällt weiter"
        - region "Seiten"
    """)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_screen(
    context: BrowserContext, studio: Running, folder: Path, width: int
) -> None:
    own(folder).parent.mkdir()
    own(folder).write_text("title: Anders\nreplaced:\n  title: Alt\nleave_out: [zwei]\n")
    for page in (table(context, studio), variant(context, studio)):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_all_that_can_be_used_has_a_name(context: BrowserContext, studio: Running) -> None:
    for page in (table(context, studio), variant(context, studio)):
        seen = 0
        for role in ("button", "textbox", "combobox", "link", "searchbox"):
            for one in page.get_by_role(role).all():
                assert re.search(r": \S|^- .*\"\S", one.aria_snapshot()), one.aria_snapshot()
                seen += 1
        assert seen > 5, "there is something to be used"
