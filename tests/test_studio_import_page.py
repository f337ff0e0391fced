"""The page of an import in a real browser: what was understood is corrected, kept, and accepted."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, expect

from brochure.project import Project
from brochure.starters import create_leaflet
from brochure.studio.answers import Json
from brochure.studio.imports import Imports
from tests.conftest import ROOT
from tests.studio_browser import Pictured, Running, browser, run, signed_in, state, tells
from tests.test_studio_import import read, retyped

__all__ = ["browser", "state"]  # fixtures
DRAFT: FilePayload = {"name": "Entwurf.docx", "mimeType": "", "buffer": b"Ein Versprechen"}
SWAP = "Seiten von Abschnitt 2 tauschen"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    workplace = Pictured(Project(tmp_path_factory.mktemp("leer")))
    workplace.imports = Imports(workplace.project, workplace.creating, read)
    with run(workplace) as running:
        yield running


@pytest.fixture
def context(browser: Browser, studio: Running) -> Iterator[BrowserContext]:
    with signed_in(browser, studio) as context:
        yield context


def opened(context: BrowserContext, studio: Running) -> Page:
    """The page of a new import."""
    token = studio.workplace.imports.begin("Entwurf.docx", b"Ein Versprechen")["token"]
    page = context.new_page()
    page.goto(f"{studio.origin}/import/{token}")
    expect(pair(page, 1)).to_be_visible()
    return page


def pair(page: Page, number: int) -> Locator:
    return page.get_by_role("region", name=f"Abschnitt {number}", exact=True)


def text(page: Page, number: int, side: str) -> Locator:
    return pair(page, number).get_by_role("textbox", name=side, exact=True)


def corrections(studio: Running, page: Page) -> Any:
    """What the server has of an import."""
    tells(page, "Gespeichert")
    return studio.workplace.imports.sheet(token_of(page), "de")["corrections"]


def token_of(page: Page) -> str:
    return page.url.rpartition("/")[2]


def made(studio: Running, page: Page) -> Any:
    """The leaflet that the page was left for."""
    page.wait_for_url("**/leaflets/*")
    path = studio.workplace.project.manuscript(page.url.rpartition("/")[2])
    return yaml.safe_load(path.read_text("utf-8"))


def test_from_a_file_to_the_editor_by_keyboard(context: BrowserContext, studio: Running) -> None:
    page = context.new_page()
    page.goto(studio.origin)
    choose = page.get_by_role("button", name="Datei wählen …")
    expect(choose).to_be_enabled()
    with page.expect_file_chooser() as chooser:
        reach(choose)
        page.keyboard.press("Enter")
    chooser.value.set_files(DRAFT)
    page.wait_for_url("**/import/*")
    reach(page.get_by_role("textbox", name="Titel", exact=True))
    page.keyboard.press("Control+a")
    page.keyboard.type("Der Park")
    reach(pair(page, 2).get_by_role("button", name=SWAP))
    page.keyboard.press("Enter")
    expect(text(page, 2, "Zitat")).to_have_value("Schade.")
    expect(pair(page, 2).get_by_role("button", name=SWAP)).to_be_focused()
    reach(pair(page, 2).get_by_role("checkbox", name="Ich habe ihn geprüft"))
    page.keyboard.press("Space")
    expect(pair(page, 2).get_by_text("geprüft", exact=True)).to_be_visible()
    reach(page.get_by_role("button", name="Flugblatt anlegen").last)
    page.keyboard.press("Enter")
    said = made(studio, page)
    assert (said["title"], said["subtitle"]) == ("Der Park", "Ein Versprechen")
    assert said["passages"][1]["quote"]["text"].strip() == "Schade."
    # What was not certain is told until somebody has looked at it.
    arrived = page.get_by_role("region", name="Aus Entwurf.docx: noch anzusehen")
    expect(arrived.get_by_role("button", name="Abschnitt 3: There is no quote.")).to_be_visible()
    expect(arrived.get_by_text("The words of Anna")).to_have_count(0)
    reach(arrived.get_by_role("button", name="Ich habe alles angesehen"))
    page.keyboard.press("Enter")
    expect(arrived).to_have_count(0)
    page.reload()
    expect(page.locator(".passage").first).to_be_visible()
    expect(page.locator("#offers")).to_be_empty()


def test_pairs_are_corrected_and_nothing_is_lost(context: BrowserContext, studio: Running) -> None:
    page = opened(context, studio)
    pair(page, 1).get_by_role("button", name="Ersten Absatz des Kommentars").click()
    expect(text(page, 1, "Zitat")).to_have_value("Die Bäume bleiben.\n\nDas ist gut.")
    expect(text(page, 1, "Kommentar")).to_have_value("Und schön.")
    pair(page, 3).get_by_role("button", name="Abschnitt 3 mit dem darüber verbinden").click()
    expect(text(page, 2, "Kommentar")).to_have_value("Schade.\n\nKein Wort zum Teich.")
    expect(text(page, 2, "Kommentar").or_(text(page, 2, "Zitat")).first).to_be_focused()
    expect(pair(page, 3)).to_have_count(0)
    pair(page, 1).get_by_role("button", name="Abschnitt 1 weglassen").click()
    expect(page.get_by_text("Weggelassen, kommt in die Liste am Ende")).to_be_visible()
    expect(text(page, 1, "Kommentar")).to_have_value("Schade.\n\nKein Wort zum Teich.")
    assert [one["of"] for one in corrections(studio, page)["passages"]] == [[0], [1, 2]]
    page.get_by_role("button", name="Rückgängig").click()
    page.get_by_role("button", name="Rückgängig").click()
    expect(text(page, 3, "Kommentar")).to_have_value("Kein Wort zum Teich.")
    page.get_by_role("button", name="Wiederholen").click()
    expect(pair(page, 3)).to_have_count(0)


def test_the_outline_of_the_page(context: BrowserContext, studio: Running) -> None:
    page = opened(context, studio)
    tree = (ROOT / "tests/data/outlines/import.yaml").read_text("utf-8")
    expect(page.locator("body")).to_match_aria_snapshot(tree)


def test_words_stay_what_they_are_when_they_change_sides(
    context: BrowserContext, studio: Running
) -> None:
    page = opened(context, studio)
    crossed = page.evaluate(
        """async () => {
          const { asMarkdown, asWords } = await import("/static/import-model.js");
          const quote = "1. 2 * 3 [sic] snake_case_word";
          const answer = "**Das** [hier](https://example.org) ist *gut*, 2 * 3 und snake_case_word";
          return [asMarkdown(quote), asWords(asMarkdown(quote)), asWords(answer)];
        }"""
    )
    assert crossed == [
        r"1\. 2 \* 3 \[sic\] snake\_case\_word",
        "1. 2 * 3 [sic] snake_case_word",
        "Das hier ist gut, 2 * 3 und snake_case_word",
    ]


def test_what_fits_nowhere_is_taken_into_a_text(context: BrowserContext, studio: Running) -> None:
    page = opened(context, studio)
    change = page.get_by_role("region", name="Änderungsverfolgung").get_by_role("listitem")
    expect(change).to_contain_text("gelöscht, steht nicht im Text, von Anna, bei „gut“")
    change.get_by_role("button", name="Stelle zeigen").click()
    area = text(page, 1, "Kommentar")
    expect(area).to_be_focused()
    chosen = area.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)")
    assert chosen == "gut"
    footer = page.get_by_role("region", name="Fußzeilen")
    select = footer.get_by_role("combobox")
    select.focus()
    select.select_option("Kontakt")
    footer.get_by_role("button", name="Übernehmen").click()
    expect(footer.get_by_text("in einen Text übernommen")).to_be_visible()
    said = corrections(studio, page)
    assert (said["contact"], said["taken"]) == ("Seite 1", [1])


def full(_token: str, _body: Json) -> Json:
    """The disk is full."""
    raise OSError(28, "No space left on device")


def test_what_cannot_be_saved_is_kept_by_the_browser(
    context: BrowserContext, studio: Running
) -> None:
    page = opened(context, studio)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(studio.workplace.imports, "save", full)
        text(page, 3, "Kommentar").fill("Der Teich bleibt.")
        tells(page, "No space left on device")
        address = page.url
        page.goto("about:blank")
        page.goto(address)
        expect(text(page, 3, "Kommentar")).to_have_value("Der Teich bleibt.")
        assert "Der Teich bleibt." not in str(studio.workplace.imports.sheet(token_of(page), "de"))
    assert corrections(studio, page)["passages"][2]["commentary"]["text"] == "Der Teich bleibt."


def test_two_windows_ask_which_is_right(context: BrowserContext, studio: Running) -> None:
    one = opened(context, studio)
    other = context.new_page()
    other.goto(one.url)
    expect(pair(other, 1)).to_be_visible()
    one.get_by_role("textbox", name="Titel", exact=True).fill("Eins")
    tells(one, "Gespeichert")
    other.get_by_role("textbox", name="Titel", exact=True).fill("Zwei")
    tells(other, "in einem anderen Fenster")
    other.reload()
    expect(other.get_by_role("textbox", name="Titel", exact=True)).to_have_value("Eins")
    other.get_by_role("button", name="Mit diesen weitermachen").click()
    expect(other.get_by_role("textbox", name="Titel", exact=True)).to_have_value("Zwei")
    assert corrections(studio, other)["title"] == "Zwei"


def drop(page: Page, *names: str) -> None:
    page.locator("#drop").evaluate(
        """(zone, names) => {
          const dataTransfer = new DataTransfer();
          for (const one of names) dataTransfer.items.add(new File(["Ein Versprechen"], one));
          const options = { dataTransfer, bubbles: true, cancelable: true };
          zone.dispatchEvent(new DragEvent("drop", options));
        }""",
        list(names),
    )


def test_a_file_can_be_dropped_one_at_a_time(context: BrowserContext, studio: Running) -> None:
    page = context.new_page()
    page.goto(studio.origin)
    expect(page.get_by_role("button", name="Datei wählen …")).to_be_enabled()
    drop(page, "Eins.docx", "Zwei.docx")
    expect(page.get_by_role("alert").get_by_text("eine einzige Datei")).to_be_visible()
    drop(page, "Eins.docx")
    page.wait_for_url("**/import/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Eins.docx")


def test_an_import_is_discarded_when_it_was_asked_twice(
    context: BrowserContext, studio: Running
) -> None:
    page = opened(context, studio)
    token = token_of(page)
    page.goto(studio.origin)
    item = page.get_by_role("listitem").filter(has=page.locator(f'a[href="/import/{token}"]'))
    item.get_by_role("button", name="Entwurf.docx verwerfen").click()
    assert token in [one["token"] for one in studio.workplace.imports.begun()]
    item.get_by_role("button", name="Entwurf.docx wirklich verwerfen?").click()
    expect(item).to_have_count(0)
    assert token not in [one["token"] for one in studio.workplace.imports.begun()]


def test_changes_from_word_are_taken_over_and_undone(
    context: BrowserContext, studio: Running
) -> None:
    workplace = studio.workplace
    workplace.project.content.mkdir(exist_ok=True)
    path = create_leaflet(workplace.project.root, "aus-word", "de")
    document = Document(io.BytesIO(workplace.exports.word("aus-word").data))
    for old, new in (
        ("Mittel sind da", "Das Geld ist da"),
        ("Kein Baum fällt", "Kein Baum geht"),
        ("Der Spielplatz wird", "Der Spielplatz wird nicht"),
    ):
        retyped(document, old, new)
    output = io.BytesIO()
    document.save(output)
    page = context.new_page()
    page.goto(f"{studio.origin}/leaflets/aus-word")
    expect(page.locator(".page img").first).to_be_visible()
    page.locator("summary", has_text="Word …").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Als Word-Datei").click()
    assert started.value.suggested_filename == "aus-word.docx"
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Änderungen aus Word übernehmen …").click()
    changed: FilePayload = {"name": "zurueck.docx", "mimeType": "", "buffer": output.getvalue()}
    chooser.value.set_files(changed)
    panel = page.get_by_role("region", name="Änderungen in zurueck.docx")
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    expect(panel.get_by_text("3 Texte sind anders.")).to_be_visible()
    quote = panel.get_by_role("listitem").filter(has_text="Ein Zitat wurde geändert!")
    expect(quote.locator("mark")).to_have_text(["nicht "])
    assert Axe().run(page).violations_count == 0
    panel.get_by_role("button", name="Alle übernehmen, die keine Zitate sind").click()
    expect(panel.get_by_text("übernommen", exact=False).first).to_be_visible()
    tells(page, "Gespeichert")
    text = path.read_text("utf-8")
    assert ("Das Geld ist da" in text, "Kein Baum geht" in text) == (True, True)
    assert "wird nicht" not in text, "a quote is taken by itself only"
    quote.get_by_role("button", name="So lassen").click()
    page.get_by_role("button", name=re.compile("Rückgängig: .*Abschnitt 2")).click()
    heading = page.get_by_role("textbox", name="Überschrift des Kommentars").nth(1)
    expect(heading).to_have_value("Mittel sind da")
    tells(page, "Gespeichert")
    assert "Mittel sind da" in path.read_text("utf-8")


def reach(control: Locator) -> None:
    """What the key Tab does not reach cannot be used without a mouse."""
    expect(control).to_be_visible()
    for _ in range(200):
        if control.evaluate("one => one === document.activeElement"):
            return
        control.page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {control}")
