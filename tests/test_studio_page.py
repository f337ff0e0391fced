"""The studio's pages in a real browser: what is typed is saved, and never lost or overwritten."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from zipfile import ZipFile

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from brochure.messages import catalogue
from brochure.project import Project
from brochure.starters import Starter, create_leaflet, starter_text
from brochure.studio.changes import cleaned
from brochure.studio.strings import STRINGS
from tests.conftest import ROOT
from tests.studio_browser import (
    SECONDS,
    Pictured,
    Running,
    answer,
    append,
    browser,
    run,
    said,
    signed_in,
    state,
    tells,
    title,
)
from tests.test_studio_command import line, typed

__all__ = ["browser", "state"]  # fixtures
STATIC = ROOT / "brochure/studio/static"
OUTLINES = ROOT / "tests/data/outlines"
TEMPLATES = ROOT / "brochure/studio/templates"
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
imprint: Verein, Weg 1
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("projekt")
    (root / "content").mkdir()
    create_leaflet(root, "probe", "de")
    with run(Pictured(Project(root))) as running:
        yield running


@pytest.fixture(autouse=True)
def leaflet(studio: Running) -> Path:
    """The file of a new leaflet: what pages that were closed still send is for those of others."""
    workplace = place(studio)
    workplace.editing.full, workplace.editing.pause = False, None
    workplace.builds.reason = None
    workplace.leaflet_ = f"probe-{len(workplace.leaflets())}"
    path = workplace.project.manuscript(workplace.leaflet_)
    path.parent.mkdir()
    path.write_text(BEGIN)
    return path


@pytest.fixture
def context(browser: Browser, studio: Running) -> Iterator[BrowserContext]:
    with signed_in(browser, studio) as context:
        yield context


def place(studio: Running) -> Pictured:
    assert isinstance(studio.workplace, Pictured)
    return studio.workplace


def opened(context: BrowserContext, studio: Running) -> Page:
    """The editor, with its pages."""
    page = context.new_page()
    page.goto(f"{studio.origin}/leaflets/{place(studio).leaflet_}")
    expect(page.locator(".page img")).to_have_count(2, timeout=SECONDS)
    return page


def outline(name: str) -> str:
    """The accessibility tree of a screen, or of a part of it."""
    return (OUTLINES / f"{name}.yaml").read_text("utf-8")


def kept(page: Page) -> str:
    """What the browser keeps."""
    return str(page.evaluate("JSON.stringify(localStorage)"))


def ids(path: Path) -> list[str]:
    return [one["id"] for one in said(path)["passages"]]


def shows(path: Path, values: list[str]) -> None:
    assert ids(path) == values


# --- Saving -----------------------------------------------------------------------------------


def test_what_is_typed_is_in_the_file_and_nothing_else_changes(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    append(page, title(page), " bleibt")
    tells(page, "Gespeichert")
    assert leaflet.read_text() == BEGIN.replace("Unser Park", "Unser Park bleibt")
    assert kept(page) == "{}"
    page.keyboard.press("Control+z")
    tells(page, "Wird gespeichert")
    tells(page, "Gespeichert")
    assert len(said(leaflet)["title"]) < len("Unser Park bleibt"), "the browser's own undo"


def test_without_the_server_words_stay_and_are_saved_later(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    context.set_offline(True)
    append(page, answer(page), " Sehr")
    tells(page, "Nicht verbunden")
    append(page, answer(page), " gut")
    assert "Das ist gut. Sehr gut" in kept(page)
    assert leaflet.read_text() == BEGIN
    context.set_offline(False)
    tells(page, "Wieder verbunden, gespeichert")
    assert said(leaflet)["passages"][0]["commentary"]["text"] == "Das ist gut. Sehr gut"
    assert kept(page) == "{}"
    expect(page.locator("#live")).to_contain_text("Wieder verbunden")


def test_a_studio_that_was_killed_and_started_again_gets_what_was_typed(
    context: BrowserContext, tmp_path: Path
) -> None:
    (tmp_path / "projekt/content/probe").mkdir(parents=True)
    path = tmp_path / "projekt/content/probe/leaflet.yaml"
    path.write_text(BEGIN)
    page = context.new_page()
    with typed(tmp_path / "projekt", "probe", "--no-open") as process:
        page.goto(line(process))
        append(page, title(page), " bleibt")
        tells(page, "Gespeichert")
        process.kill()
        tells(page, "Nicht verbunden")  # at once, though all is saved
        append(page, title(page), " grün")
    assert said(path)["title"] == "Unser Park bleibt"
    with typed(tmp_path / "projekt", "--no-open") as process:
        assert line(process)
        expect(page.locator("#state")).to_contain_text(
            "Wieder verbunden, gespeichert", timeout=20_000
        )
    assert said(path)["title"] == "Unser Park bleibt grün"
    page.close()


def test_a_full_disk_is_said_and_what_is_typed_comes_back_after_a_reload(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    place(studio).editing.full = True
    append(page, answer(page), " Ja")
    tells(page, "No space left")
    page.reload()
    expect(answer(page)).to_have_value("Das ist gut. Ja")
    tells(page, "No space left")
    assert leaflet.read_text() == BEGIN
    place(studio).editing.full = False
    tells(page, "Gespeichert")
    assert said(leaflet)["passages"][0]["commentary"]["text"] == "Das ist gut. Ja"


def test_a_file_that_cannot_be_read_for_a_while_costs_nothing(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    leaflet.write_text(BEGIN + "kaputt: [\n")
    expect(page.locator("#state")).to_have_class("state refused")
    append(page, title(page), "!")
    page.wait_for_timeout(800)
    expect(page.locator("#state")).to_have_class("state refused")
    leaflet.write_text(BEGIN)
    tells(page, "Gespeichert")
    assert leaflet.read_text() == BEGIN.replace("Unser Park", "Unser Park!")


def test_what_a_closed_page_kept_is_offered(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    place(studio).editing.full = True
    append(page, answer(page), " Ja")
    tells(page, "No space left")
    other = opened(context, studio)
    expect(other.locator(".offer")).to_have_count(0)  # the page that has it is open
    other.close()
    context.set_offline(True)  # a page that is closed tries to save once more
    page.close()
    context.set_offline(False)
    place(studio).editing.full = False
    page = opened(context, studio)
    expect(answer(page)).to_have_value("Das ist gut.")
    offer = page.locator(".offer")
    expect(offer).to_contain_text("eine Änderung")
    offer.get_by_role("button", name="Übernehmen").click()
    tells(page, "Gespeichert")
    assert said(leaflet)["passages"][0]["commentary"]["text"] == "Das ist gut. Ja"
    assert kept(page) == "{}"


def test_nothing_is_saved_in_the_middle_of_a_composition(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    answer(page).click()
    page.keyboard.press("Control+End")
    keyboard = context.new_cdp_session(page)
    keyboard.send(
        "Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2}
    )
    page.wait_for_timeout(1_000)  # twice as long as otherwise
    assert leaflet.read_text() == BEGIN
    keyboard.send("Input.insertText", {"text": "日本"})
    tells(page, "Gespeichert")
    assert said(leaflet)["passages"][0]["commentary"]["text"].endswith("日本")


# --- Others write, too ------------------------------------------------------------------------


def test_other_fields_merge_and_the_one_with_the_caret_waits(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    answer(page).click()
    text = BEGIN.replace("Das ist gut.", "Von fern.").replace("Unser Park", "Euer Park")
    leaflet.write_text(text)
    expect(title(page)).to_have_value("Euer Park")
    expect(answer(page)).to_have_value("Das ist gut.")
    title(page).click()
    expect(answer(page)).to_have_value("Von fern.")
    assert leaflet.read_text() == text


@pytest.mark.parametrize("mine", [True, False])
def test_the_same_field_asks_with_both_texts(
    context: BrowserContext, studio: Running, leaflet: Path, mine: bool
) -> None:
    page = opened(context, studio)
    answer(page).click()
    leaflet.write_text(BEGIN.replace("Das ist gut.", "Das ist mir recht."))
    append(page, answer(page), " Meins.")
    conflict = page.locator(".conflict")
    expect(conflict.locator(".version").nth(0)).to_contain_text("Das ist gut. Meins.")
    expect(conflict.locator(".version").nth(1)).to_contain_text("Das ist mir recht.")
    tops = [one.bounding_box() for one in conflict.locator(".version").all()]
    assert tops[0] is not None
    assert tops[1] is not None
    assert tops[0]["y"] == tops[1]["y"], "side by side"
    expect(conflict.locator("mark").nth(0)).to_have_text(re.compile("gut"))
    expect(page.locator("#open")).to_contain_text("1 Feld")
    append(page, answer(page), " Noch.")
    assert "mir recht" in leaflet.read_text()
    conflict.get_by_role("button", name="Meinen" if mine else "Text der Datei").click()
    expect(conflict).to_have_count(0)
    expected = "Das ist gut. Meins. Noch." if mine else "Das ist mir recht."
    expect(answer(page)).to_have_value(expected)
    expect(page.locator("#open")).to_be_hidden()
    tells(page, "Gespeichert")
    assert said(leaflet)["passages"][0]["commentary"]["text"] == expected
    page.reload()
    expect(answer(page)).to_have_value(expected)
    expect(conflict).to_have_count(0)


def test_fields_grow_where_the_browser_does_not_see_to_it(
    browser: Browser, studio: Running, leaflet: Path
) -> None:
    """As in Firefox, which knows no `field-sizing`."""
    leaflet.write_text(BEGIN.replace("Das ist gut.", "Das ist gut. " * 60))
    with signed_in(browser, studio, bypass_csp=True) as context:
        context.add_init_script("CSS.supports = () => false")
        page = opened(context, studio)
        page.add_style_tag(content="textarea { field-sizing: fixed !important }")
        for width in (1100, 700):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_function(
                """() => [...document.querySelectorAll("textarea")]
                  .filter((one) => one.clientWidth)
                  .every((one) => one.scrollHeight <= one.clientHeight + 1)"""
            )


def test_a_part_of_something_asks_with_both_texts_as_well(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    leaflet.write_text(BEGIN + "call: {heading: Kommen Sie}\n")
    heading = page.get_by_label("Aufruf", exact=True)
    page.get_by_text("Aufruf und Kontakt").first.click()
    expect(heading).to_have_value("Kommen Sie")
    heading.click()
    leaflet.write_text(BEGIN + "call: {heading: Kommen Sie alle}\n")
    append(page, heading, " mit")
    conflict = page.locator(".conflict")
    expect(conflict.locator(".version").nth(0)).to_contain_text("Kommen Sie mit")
    expect(conflict.locator(".version").nth(1)).to_contain_text("Kommen Sie alle")
    expect(page.locator("#open")).to_contain_text("1 Feld")
    draft = leaflet.with_name(".leaflet.draft.json")
    assert "Kommen Sie mit" in draft.read_text(), "until it is decided, it is kept"
    page.reload()
    expect(conflict).to_have_count(1)


def test_a_pair_with_the_caret_stays_where_it_is_when_others_move(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    answer(page, 1).click()
    head, first, second = re.split(r"(?=  - id)|(?=imprint)", BEGIN)[:3]
    leaflet.write_text(f"{head}{second}{first}imprint: Verein, Weg 1\n")
    shown = page.locator(".passage h3 .name")
    expect(shown).to_have_text(["Schlecht", "Gut"])
    page.keyboard.type("!")
    tells(page, "Gespeichert")
    assert said(leaflet)["passages"][0]["commentary"]["text"].startswith("Das ist schlecht.")


def test_two_pages_of_a_leaflet_write_together(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    one, other = opened(context, studio), opened(context, studio)
    append(other, answer(other), " Zwei")
    tells(other, "Gespeichert")
    one.bring_to_front()
    expect(answer(one)).to_have_value("Das ist gut. Zwei", timeout=SECONDS)
    append(one, title(one), " Eins")
    tells(one, "Gespeichert")
    assert said(leaflet)["passages"][0]["commentary"]["text"] == "Das ist gut. Zwei"
    assert said(leaflet)["title"] == "Unser Park Eins"


def test_hidden_pages_close_their_streams(context: BrowserContext, studio: Running) -> None:
    """Browsers allow six connections to a server: the seventh page works as well."""
    pages = [opened(context, studio) for _ in range(4)]
    for page in pages:
        page.evaluate(
            "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    more = [opened(context, studio) for _ in range(3)]
    append(more[-1], title(more[-1]), " sieben")
    tells(more[-1], "Gespeichert")


# --- What is not valid ------------------------------------------------------------------------


def test_what_is_not_valid_stays_with_its_message_and_is_offered_again(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    page.locator("#event summary").click()
    day = page.locator("#event .date textarea")
    day.fill("morgen")
    expect(page.locator("#open")).to_have_text("1 Feld steht noch nicht in der Datei")
    assert day.get_attribute("aria-invalid") == "true"
    described = (day.get_attribute("aria-describedby") or "").split()
    messages = " ".join(page.locator(f"#{one}").inner_text() for one in described)
    assert "`morgen`" in messages or "morgen ist kein Tag" in messages
    assert leaflet.read_text() == BEGIN
    append(page, title(page), "!")
    tells(page, "Gespeichert")
    assert leaflet.read_text() == BEGIN.replace("Unser Park", "Unser Park!")
    page.reload()
    page.locator("#open").click()
    expect(day).to_be_focused()
    expect(day).to_have_value("morgen")
    day.fill("2026-12-03")
    expect(page.locator("#open")).to_be_hidden()
    assert str(said(leaflet)["event"]["date"]) == "2026-12-03"
    assert day.get_attribute("aria-invalid") is None


# --- What is folded away ----------------------------------------------------------------------


def test_a_folded_part_says_what_is_in_it_and_that_something_is_wrong_with_it(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    leaflet.write_text(BEGIN + "contact: Maria\nfit: viele\nevent: {place: Halle}\n")
    page = opened(context, studio)
    contact = page.locator("#end summary").first
    expect(contact).to_have_text(re.compile(r"Aufruf und Kontakt\s+Maria$"))
    expect(page.locator("#columns summary")).to_have_text(re.compile("noch leer$"))
    expect(page.locator("#look summary").first).to_contain_text("enthält einen Fehler")
    event = page.locator("#event summary")
    expect(event).to_contain_text("es fehlt noch etwas")
    page.get_by_role("button", name="Prüfen: ").click()
    missing = page.locator(".diagnostics li", has_text="„Veranstaltung: Tag“ fehlt.")
    expect(missing).to_have_text(re.compile("^Noch nötig:"))
    missing.get_by_role("button", name="Zum Feld").click()
    day = page.locator("#event .date textarea")
    expect(day).to_be_focused()
    assert day.get_attribute("aria-invalid") is None, "nobody did anything wrong"
    page.locator(".diagnostics li", has_text="viele").first.get_by_role("button").click()
    fit = page.get_by_role(
        "textbox", name="Seiten, die gefüllt werden sollen"
    )  # in a fold in a fold
    expect(fit).to_be_focused()  # in a fold in a fold
    day.fill("2026-12-03")
    expect(event.locator(".fold-mark")).to_be_hidden()
    contact.click()
    page.locator("#end").get_by_role("textbox", name="Kontakt").fill("Nora")
    tells(page, "Gespeichert")
    contact.click()
    expect(contact).to_have_text(re.compile("Nora$"))


def test_what_is_held_back_shows_on_its_fold(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    summary = page.locator("#event summary")
    summary.click()
    page.locator("#event .date textarea").fill("morgen")
    expect(page.locator("#open")).to_be_visible()
    expect(page.locator("#event .messages li").first).to_have_text(
        re.compile("^Noch nicht in der Datei: ")
    )
    summary.click()
    expect(summary).to_contain_text("steht noch nicht ganz in der Datei")
    page.reload()
    expect(summary).to_contain_text("steht noch nicht ganz in der Datei")


def test_an_empty_leaflet_says_what_goes_where_and_blames_nobody(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    leaflet.write_text(starter_text("de", Starter.EMPTY))
    page = opened(context, studio)
    assert answer(page).get_attribute("placeholder") == "Was Sie dazu sagen"
    expect(page.locator("#views [data-view=check]")).to_have_text("Prüfen: 1 Meldung")
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    page.get_by_role("button", name="Prüfen: ").click()
    expect(page.locator(".diagnostics")).not_to_contain_text("Fehler")
    heading = page.locator(".passage .quote textarea").first
    heading.fill("Bäume")  # which cannot stand alone
    expect(page.locator("#open")).to_have_text("1 Feld steht noch nicht in der Datei")
    waits = page.locator(".passage .messages li.waits")
    expect(waits).to_have_text("Noch nicht in der Datei: „Abschnitt 1: Zitat“ fehlt.")
    assert heading.get_attribute("aria-invalid") is None
    heading.fill("")
    expect(page.locator("#open")).to_be_hidden()
    answer(page).fill("Nein.")
    tells(page, "Gespeichert")
    expect(page.locator("#check")).to_contain_text("Es gibt nichts zu beanstanden.")
    assert said(leaflet)["passages"] == [{"id": "abschnitt-1", "commentary": {"text": "Nein."}}]


def test_words_of_the_sample_are_called_so_and_typed_over(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    leaflet.write_text(starter_text("de", Starter.SAMPLE))
    page = opened(context, studio)
    field = page.locator("#head .field").nth(1)
    expect(field.locator(".tag")).to_have_text("Mustertext")
    subtitle = field.get_by_role("textbox")
    expect(subtitle).to_have_accessible_description(re.compile("^Mustertext"))
    subtitle.focus()
    page.wait_for_function("getSelection().toString().startsWith('Was der Gemeinderat')")
    page.keyboard.type("Unsere Worte")
    expect(subtitle).to_have_value("Unsere Worte")
    expect(field.locator(".tag")).to_have_text("")
    tells(page, "Gespeichert")
    assert said(leaflet)["subtitle"] == "Unsere Worte"


# --- Characters -------------------------------------------------------------------------------


def test_characters_that_are_left_out_are_told_at_the_field(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    answer(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(" a\x07b\u202ec")
    told = page.locator(".passage .left-out:not(:empty)")
    expect(told).to_have_text("2 Zeichen, die in keinem Text stehen dürfen, werden weggelassen.")
    expect(page.locator("#live")).to_have_text(re.compile("^2 Zeichen"))
    tells(page, "Gespeichert")
    assert said(leaflet)["passages"][0]["commentary"]["text"] == "Das ist gut. abc"
    answer(page).fill("Neu.")
    expect(told).to_have_count(0)


def test_the_page_and_the_files_forbid_the_same_characters(
    context: BrowserContext, studio: Running
) -> None:
    page = opened(context, studio)
    codes = [*range(1, 0x3100), *range(0xD7F0, 0x10010), *range(0x1FFF0, 0x20010), 0x10FFFE]
    codes.remove(0xD)  # a text field has no such character
    left = page.evaluate(
        """async (codes) => {
          const { withoutForbidden } = await import("/static/characters.js");
          return codes.map((code) => withoutForbidden(`a${String.fromCodePoint(code)}b`));
        }""",
        codes,
    )
    assert left == [cleaned(f"a{chr(code)}b") for code in codes]


# --- Pairs ------------------------------------------------------------------------------------


def test_pairs_are_added_moved_left_out_and_all_of_it_undone(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    undo = page.locator("#undo")
    page.get_by_role("button", name="Abschnitt hier einfügen, nach Abschnitt 1").click()
    expect(page.locator(".passage").nth(1).locator("textarea").first).to_be_focused()
    answer(page, 1).fill("Eine Antwort.")
    tells(page, "Gespeichert")
    expect(page.locator("#open")).to_be_hidden()
    shows(leaflet, ["eins", "abschnitt-3", "zwei"])
    page.get_by_role("button", name="Abschnitt 2 nach unten").click()
    expect(page.get_by_role("button", name="Abschnitt 3 nach unten")).to_be_focused()
    tells(page, "Wird")
    tells(page, "Gespeichert")
    shows(leaflet, ["eins", "zwei", "abschnitt-3"])
    page.get_by_role("button", name="Abschnitt 3 weglassen").click()
    expect(page.locator(".gap button")).to_be_focused()
    tells(page, "Wird")
    tells(page, "Gespeichert")
    shows(leaflet, ["eins", "zwei"])
    page.keyboard.press("Enter")
    tells(page, "Wird")
    tells(page, "Gespeichert")
    shows(leaflet, ["eins", "zwei", "abschnitt-3"])
    assert said(leaflet)["passages"][2]["commentary"]["text"] == "Eine Antwort."
    undo.click()
    undo.click()
    expect(undo).to_be_hidden()
    tells(page, "Wird")
    tells(page, "Gespeichert")
    assert leaflet.read_text() == BEGIN


def test_what_was_undone_is_done_again(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    redo = page.locator("#redo")
    expect(redo).to_be_hidden()
    page.get_by_role("button", name="Abschnitt hier einfügen, nach Abschnitt 1").click()
    answer(page, 1).fill("Eine Antwort.")
    page.get_by_role("button", name="Abschnitt 2 nach unten").click()
    page.get_by_role("button", name="Abschnitt 1 weglassen").click()
    tells(page, "Gespeichert")
    for _ in range(3):
        page.locator("#undo").click()
    expect(page.locator("#undo")).to_be_hidden()
    expect(page.locator(".passage h3 .name")).to_have_text(["Gut", "Schlecht"])
    expect(page.locator(":focus")).to_have_count(1)  # it is never lost
    page.locator("#views button").last.focus()
    page.keyboard.press("Control+Shift+z")
    expect(answer(page, 1)).to_have_value("Eine Antwort.")
    page.locator("#views button").last.focus()
    page.keyboard.press("Control+y")
    redo.click()
    expect(redo).to_be_hidden()
    expect(page.locator("#undo")).to_have_accessible_name("Rückgängig: Abschnitt 1 weglassen")
    tells(page, "Wird")
    tells(page, "Gespeichert")
    shows(leaflet, ["zwei", "abschnitt-3"])
    page.locator("#undo").click()
    page.get_by_role("button", name="Abschnitt 1 nach unten").click()
    expect(redo).to_be_hidden()  # something else was done


def test_a_pair_is_dragged_to_another_place(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    page.set_viewport_size({"width": 1280, "height": 1600})
    grip = page.locator(".grip").first.bounding_box()
    second = page.locator(".passage").nth(1).bounding_box()
    assert grip
    assert second
    page.mouse.move(grip["x"] + 9, grip["y"] + 6)
    page.mouse.down()
    page.mouse.move(grip["x"] + 9, grip["y"] + 60, steps=3)
    expect(page.locator(".drop-line")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".drop-line")).to_have_count(0)
    assert leaflet.read_text() == BEGIN
    page.mouse.move(grip["x"] + 9, grip["y"] + 6)
    page.mouse.down()
    page.mouse.move(grip["x"] + 9, second["y"] + second["height"] - 20, steps=5)
    page.mouse.up()
    expect(page.locator(".passage h3 .name")).to_have_text(["Schlecht", "Gut"])
    expect(page.locator("#live")).to_have_text("Es ist jetzt Abschnitt 2.")
    tells(page, "Gespeichert")
    shows(leaflet, ["zwei", "eins"])
    page.locator("#undo").click()
    expect(page.locator(".passage h3 .name")).to_have_text(["Gut", "Schlecht"])


def test_a_pair_left_out_and_brought_back_at_once_keeps_its_comments(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    page.get_by_role("button", name="Abschnitt 1 weglassen").click()
    page.keyboard.press("Enter")
    append(page, title(page), "!")
    tells(page, "Gespeichert")
    assert leaflet.read_text() == BEGIN.replace("Unser Park", "Unser Park!")


def test_a_pair_that_was_changed_meanwhile_is_not_left_out(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    text = BEGIN.replace("Das ist gut.", "Das ist besser.")
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("button", name="Abschnitt 1 weglassen").click()
        leaflet.write_text(text)
    expect(page.locator(".gap")).to_have_text(re.compile("ist noch da"))
    expect(answer(page)).to_have_value("Das ist besser.")
    page.reload()
    expect(answer(page)).to_have_value("Das ist besser.")
    assert leaflet.read_text() == text


def test_words_typed_while_a_new_pair_is_being_saved_are_no_conflict(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    place(studio).editing.pause = Event()
    page.get_by_role("button", name="Abschnitt hier einfügen, nach Abschnitt 1").click()
    with page.expect_request(lambda request: request.method == "POST"):
        answer(page, 1).press_sequentially("Ein Satz")
    page.keyboard.type(", der weitergeht")
    place(studio).editing.pause.set()  # type: ignore[union-attr]
    page.keyboard.type(" und endet.")
    tells(page, "Gespeichert")
    assert said(leaflet)["passages"][1]["commentary"]["text"] == (
        "Ein Satz, der weitergeht und endet."
    )
    expect(page.locator(".conflict")).to_have_count(0)


# --- Marks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "selection", "keys", "marked"),
    [
        ("ein Wort hier", (4, 8), "Control+b", "ein **Wort** hier"),
        ("ein Wort hier", (5, 5), "Control+b", "ein **Wort** hier"),
        ("ein Wort hier", (4, 9), "Control+i", "ein *Wort* hier"),
        ("ein **Wort** hier", (6, 10), "Control+b", "ein Wort hier"),
        ("ein **Wort** hier", (6, 10), "Control+i", "ein ***Wort*** hier"),
        ("ein *Wort* hier", (5, 9), "Control+i", "ein Wort hier"),
        ("ein Wort hier", (4, 8), "Control+k", "ein [Wort](https://) hier"),
        ("https://example.org", (0, 19), "Control+k", "[](https://example.org)"),
        ("eins\nzwei", (0, 9), "Control+Shift+8", "- eins\n- zwei"),
        ("- eins\n- zwei", (0, 13), "Control+Shift+8", "eins\nzwei"),
        ("Davor.\neins", (8, 8), "Control+Shift+8", "Davor.\n\n- eins"),
    ],
)
def test_marks_are_typed_and_undone_as_if_by_hand(
    marking: Page, text: str, selection: tuple[int, int], keys: str, marked: str
) -> None:
    area = answer(marking)
    area.fill(text)
    area.evaluate("(area, [start, end]) => area.setSelectionRange(start, end)", list(selection))
    area.press(keys)
    expect(area).to_have_value(marked)
    area.press("Control+z")
    expect(area).to_have_value(text)


@pytest.fixture(scope="module")
def marking(browser: Browser, studio: Running) -> Iterator[Page]:
    """One page for all marks."""
    page = browser.new_page(locale="de-DE")
    page.goto(studio.secret.address("/leaflets/probe"))
    page.wait_for_selector(".passage")
    yield page
    page.close()


# --- Pages ------------------------------------------------------------------------------------


def test_a_click_on_a_pair_leads_to_its_field_and_the_caret_marks_its_pair(
    context: BrowserContext, studio: Running
) -> None:
    page = opened(context, studio)
    page.get_by_role("button", name="Abschnitt 2: zum Text").click()
    row = page.locator(".passage").nth(1)
    expect(row.locator("textarea").first).to_be_focused()
    current = page.locator(".spot.current")
    expect(current).to_have_attribute("data-passage", '"zwei"')
    answer(page, 0).click()
    expect(current).to_have_attribute("data-passage", '"eins"')


def test_pages_say_which_text_they_show(context: BrowserContext, studio: Running) -> None:
    page = opened(context, studio)
    as_of = page.locator("#as-of")
    expect(as_of).to_have_text(re.compile(r"^Stand \d\d:\d\d:\d\d · 2 Seiten$"))
    place(studio).builds.reason = "ein Titel fehlt"
    append(page, title(page), "!")
    expect(as_of).to_have_text(re.compile("noch ohne Ihre letzten Worte: ein Titel fehlt$"))
    assert page.locator(".page img").first.get_attribute("alt") == "Seite 1: Seite 1"


def test_newer_pages_stay_where_the_older_ones_were(
    context: BrowserContext, studio: Running
) -> None:
    page = opened(context, studio)
    scroller = page.locator("#scroller")
    scroller.evaluate("pane => pane.scrollTop = 300")
    before = page.locator("#as-of").inner_text()
    append(page, title(page), "!")
    tells(page, "Gespeichert")
    expect(page.locator("#as-of")).not_to_have_text(before)
    assert scroller.evaluate("pane => pane.scrollTop") == 300


def test_diagnostics_lead_to_their_fields(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    leaflet.write_text(BEGIN.replace("Das ist gut.", "Das ist [gut](http://)."))
    page = opened(context, studio)
    page.get_by_role("button", name="Prüfen: ").click()
    found = page.locator(".diagnostics li", has_text="http://").first
    found.get_by_role("button", name="Zum Feld").click()
    expect(answer(page)).to_be_focused()


def test_the_leaflet_is_downloaded_with_the_last_words(
    context: BrowserContext, studio: Running
) -> None:
    page = opened(context, studio)
    append(page, title(page), " bleibt")
    with page.expect_download(timeout=60_000) as started:
        page.get_by_role("button", name="Herunterladen").click()
    download = started.value
    assert re.fullmatch(r"probe-\d+-email\.pdf", download.suggested_filename)
    document = pdfium.PdfDocument(download.path())
    assert "Unser Park bleibt" in document[0].get_textpage().get_text_range()
    document.close()


def test_all_usual_editions_are_one_download_and_a_pdf_is_opened_to_be_printed(
    context: BrowserContext, studio: Running
) -> None:
    page = opened(context, studio)
    with page.expect_download(timeout=60_000) as started:
        page.get_by_role("button", name="Alle Ausgaben").click()
    with ZipFile(started.value.path()) as archive:
        assert [name.rpartition("-")[2] for name in archive.namelist()] == [
            "email.pdf",
            "print.pdf",
        ]
    with context.expect_page() as tab:
        page.get_by_role("button", name="Drucken").click()
    tab.value.wait_for_url(f"blob:{studio.origin}/*", timeout=60_000)
    tab.value.close()
    page.get_by_label("Ausgabe").select_option("web")
    expect(page.get_by_role("button", name="Drucken")).to_be_hidden()  # it has no pages


def test_what_is_in_the_way_of_printing_is_said(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    leaflet.write_text(BEGIN.replace("imprint: Verein, Weg 1", "event: {place: x}"))
    with context.expect_page() as tab:
        page.get_by_role("button", name="Drucken").click()
    expect(page.locator("#trouble")).to_have_text(re.compile("fehlt"), timeout=SECONDS)
    if not tab.value.is_closed():
        tab.value.wait_for_event("close")


def test_each_quote_has_its_verdict_as_a_word_and_a_shape(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    source = leaflet.parent / "sources/plan.txt"
    source.parent.mkdir()
    source.write_text("Die Bäume bleiben.\n")
    text = BEGIN.replace("passages:", "source: {title: Plan, file: sources/plan.txt}\npassages:")
    leaflet.write_text(text.replace("Bäume,", 'Bäume, lines: "1",'))
    page = opened(context, studio)
    verdict = page.locator(".passage .verdict-line").first
    expect(verdict).to_have_text("wörtlich · Zeile 1")
    shape = verdict.locator(".sign").get_attribute("d")
    quote = page.locator(".quote textarea.prose").first
    append(page, quote, " Alle.")
    expect(verdict).to_have_text("wird verglichen …")
    expect(verdict).to_have_text("verändert")
    assert verdict.locator(".sign").get_attribute("d") != shape
    expect(quote).to_have_accessible_description(re.compile("^verändert"))


# --- First page -------------------------------------------------------------------------------


def test_a_leaflet_begins_with_a_title_a_starter_and_a_design(
    context: BrowserContext, studio: Running
) -> None:
    page = context.new_page()
    page.goto(studio.origin)
    expect(page.get_by_role("link", name="Unser Park").first).to_be_visible()
    page.get_by_text("Neues Flugblatt").click()
    page.get_by_role("button", name="Flugblatt anlegen").click()
    expect(page.get_by_role("textbox", name="Titel")).to_be_focused()
    expect(page.locator("#trouble")).to_have_text("Bitte schreiben Sie einen Titel.")
    page.get_by_role("textbox", name="Titel").fill("Neue Bäume")
    page.get_by_role("group", name="Gestaltung").get_by_label("plain").check()
    page.keyboard.press("Enter")
    page.wait_for_url("**/leaflets/neue-baeume")
    expect(title(page)).to_have_value("Neue Bäume")
    made = said(place(studio).project.manuscript("neue-baeume"))
    assert (made["title"], made["design"]) == ("Neue Bäume", "plain")


def test_the_state_of_each_leaflet_leads_to_its_place(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    leaflet.with_name("regions.csv").write_text("id,name\nnord,Nord\n")
    page = context.new_page()
    page.goto(studio.origin)
    name = place(studio).leaflet_
    facts = page.locator(".leaflet", has_text=re.compile(rf"{name} ·")).locator(".facts a")
    expect(facts.first).to_be_visible(timeout=60_000)
    found = [(one.inner_text(), one.get_attribute("href")) for one in facts.all()]
    assert [address for _, address in found] == [
        f"/leaflets/{name}#check",
        f"/leaflets/{name}#pages",
        f"/leaflets/{name}#check",
        f"/leaflets/{name}/variants",
    ]
    assert re.fullmatch(r"\d+ Warnung(en)?", found[0][0])
    assert [words for words, _ in found[1:]] == [
        "noch keine Seiten hergestellt",
        "Zitate: 1 ungeprüft",
        "1 Variante",
    ]
    facts.first.click()
    expect(page.locator("#editor")).to_have_attribute("data-view", "check")


def test_the_language_can_be_changed(context: BrowserContext, studio: Running) -> None:
    page = opened(context, studio)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Download")).to_be_visible()


# --- For everyone -----------------------------------------------------------------------------


def test_nothing_is_wider_than_the_screen(context: BrowserContext, studio: Running) -> None:
    page = opened(context, studio)
    for summary in page.locator("summary").all():
        summary.click()
    widest = "document.documentElement.scrollWidth"
    for width in (320, 768, 1920):
        page.set_viewport_size({"width": width, "height": 600})
        for view in ("write", "pages", "check"):
            page.evaluate(f"document.querySelector('[data-view={view}]').click()")
            assert page.evaluate(widest) <= width, view
    page.goto(studio.origin)
    page.wait_for_selector(".leaflet")
    page.set_viewport_size({"width": 320, "height": 600})
    assert page.evaluate(widest) <= 320


def test_all_that_can_be_used_has_a_name(context: BrowserContext, studio: Running) -> None:
    page = opened(context, studio)
    for summary in page.locator("summary").all():
        summary.click()
    nodes = context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    used = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
        and node["role"]["value"]
        in ("button", "textbox", "combobox", "checkbox", "radio", "link", "image", "ColorWell",
            "navigation", "region", "heading")
    ]  # fmt: skip
    assert len(used) > 60
    assert [role for role, name in used if not name.strip()] == []


def test_the_outline_of_the_first_page(browser: Browser, tmp_path: Path) -> None:
    root = tmp_path / "verein"
    (root / "content").mkdir(parents=True)
    create_leaflet(root, "park", "de")
    with run(Pictured(Project(root))) as studio, signed_in(browser, studio) as context:
        page = context.new_page()
        page.goto(studio.origin)
        expect(page.locator(".facts a").nth(2)).to_be_visible(timeout=60_000)
        page.get_by_text("Neues Flugblatt").click()
        expect(page.locator("body")).to_match_aria_snapshot(outline("start"))


def test_the_outline_of_the_editor(context: BrowserContext, studio: Running, leaflet: Path) -> None:
    source = leaflet.parent / "sources/plan.txt"
    source.parent.mkdir()
    source.write_text("Die Bäume bleiben.\n")
    text = BEGIN.replace("passages:", "source: {title: Plan, file: sources/plan.txt}\npassages:")
    leaflet.write_text(text.replace("Bäume,", 'Bäume, lines: "2",'))
    page = opened(context, studio)
    expect(page.locator(".verdict-line").first).to_have_text("falsche Zeilen")
    expect(page.locator("header")).to_match_aria_snapshot(outline("bar"))
    expect(page.locator(".write")).to_match_aria_snapshot(outline("write"))
    page.get_by_role("button", name="Prüfen: ").click()
    expect(page.locator(".check-pane")).to_match_aria_snapshot(outline("check"))
    page.get_by_role("button", name="Quelle", exact=True).click()
    expect(page.get_by_role("option", name="Die Bäume bleiben.")).to_be_visible()
    expect(page.locator(".source-pane")).to_match_aria_snapshot(outline("source"))


def test_the_keyboard_alone_reaches_a_word_and_its_marks(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    page = opened(context, studio)
    answer(page).focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Fett")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    tells(page, "Gespeichert")
    assert said(leaflet)["passages"][0]["commentary"]["text"] == "*Das ist gut.*"


# --- Words ------------------------------------------------------------------------------------


def test_every_word_that_scripts_and_templates_ask_for_is_there_and_no_other() -> None:
    scripts = "\n".join(path.read_text() for path in STATIC.glob("*.js"))
    templates = "\n".join(path.read_text() for path in TEMPLATES.glob("*.html"))
    asked = set(re.findall(r'say\("([\w.-]+)"', scripts))
    asked |= {f"{key}.{form}" for key in re.findall(r'plural\("([\w.-]+)"', scripts)
              for form in ("one", "other")}  # fmt: skip
    asked |= set(re.findall(r'strings\["([\w.-]+)"\]', templates))
    families = tuple(re.findall(r"say\(`([\w.]+\.)\$", scripts))
    chosen = set(re.findall(r'"([\w.-]+)"', scripts))  # of several, by what is the case
    assert len(asked) > 80
    assert asked - STRINGS.keys() == set()
    unused = {key for key in STRINGS.keys() - asked - chosen if not key.startswith(families)}
    assert unused == set()
    assert all(
        catalogue("de")(text).count("{") == str(text).count("{") for text in STRINGS.values()
    )


def test_pages_have_neither_code_nor_styles_in_them() -> None:
    checked = 0
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text), path.name
        for attributes in re.findall(r"<script([^>]*)>", text):
            assert "src=" in attributes or "application/json" in attributes
            checked += 1
    assert checked >= 4
    assert "innerHTML" not in "".join(path.read_text() for path in STATIC.glob("*.js"))


def test_the_browser_is_sent_only_what_is_ours(context: BrowserContext, studio: Running) -> None:
    requested: list[str] = []
    context.on("request", lambda request: requested.append(request.url))
    page = opened(context, studio)
    append(page, title(page), "!")
    tells(page, "Gespeichert")
    assert len(requested) > 20
    assert {url for url in requested if not url.startswith(f"{studio.origin}/")} == set()
    assert json.loads(page.evaluate("document.getElementById('strings').textContent"))["undo"]


def test_what_is_asked_for_last_takes_nothing_from_the_page(
    context: BrowserContext, studio: Running
) -> None:
    """Whether the leaflet came from a file: without an answer, it is asked again."""
    page = context.new_page()
    page.route("**/arrived", lambda route: route.abort())
    page.goto(studio.origin + "/leaflets/probe")
    tells(page, "gespeichert")
    expect(title(page)).to_be_visible()
    page.unroute_all()
    with page.expect_response("**/arrived") as answer:
        pass
    assert answer.value.ok
    expect(title(page)).to_be_visible()
