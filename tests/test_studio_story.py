"""The first ten minutes: from an empty folder to the PDF, with the mouse, and by keyboard alone."""

import re
import subprocess
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.studio_browser import browser, said, state, window
from tests.test_cli import run
from tests.test_studio_command import line, typed
from tests.test_studio_promises import as_pdf, long_text

__all__ = ["browser", "state"]  # fixtures
PATIENCE = 60_000  # milliseconds until a page of the studio, or of the leaflet, is there
FURTHEST = 400  # steps of the keyboard
ANSWER, OTHER = "Das ist uns zu wenig.", "Das begrüßen wir."


class Hand(Protocol):
    """How somebody uses a page."""

    def use(self, control: Locator) -> None:
        """Press a button, follow a link, choose one of several."""

    def write(self, field: Locator, text: str) -> None:
        """Put a text into a field."""

    def choose(self, field: Locator, value: str) -> None:
        """Choose from a list."""

    def take(self, page: Page, words: str, lines: int) -> None:
        """Take so many lines of the source as a quote, from the one with these words on."""


class Mouse:
    def use(self, control: Locator) -> None:
        control.click()

    def write(self, field: Locator, text: str) -> None:
        field.click()
        field.page.keyboard.press("Control+a")
        field.page.keyboard.type(text)

    def choose(self, field: Locator, value: str) -> None:
        field.select_option(value)

    def take(self, page: Page, words: str, lines: int) -> None:
        page.get_by_label("In der Quelle suchen").fill(words)
        found = page.locator(".source-line.found")
        expect(found).to_contain_text(words)
        found.click()
        at = int(found.get_attribute("data-at") or 0)
        if lines > 1:
            last = page.locator(f'[role="option"][data-at="{at + lines - 1}"]')
            last.click(modifiers=["Shift"])
        expect(page.get_by_text(f"{lines} Zeile")).to_be_visible()  # is, or are, marked
        page.get_by_role("button", name=re.compile(r"Als Zitat \d übernehmen")).click()


class Keyboard:
    """What it does not reach with the key Tab it cannot use."""

    def use(self, control: Locator) -> None:
        self._reach(control)
        radio = control.get_attribute("type") == "radio"
        control.page.keyboard.press("Space" if radio else "Enter")

    def write(self, field: Locator, text: str) -> None:
        self._reach(field)
        field.page.keyboard.press("Control+a")
        field.page.keyboard.type(text)

    def choose(self, field: Locator, value: str) -> None:
        self._reach(field)
        for _ in range(20):
            if field.input_value() == value:
                return
            field.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} cannot be chosen")

    def take(self, page: Page, words: str, lines: int) -> None:
        search = page.get_by_label("In der Quelle suchen")
        expect(search).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type(words)
        expect(page.locator(".source-line.found")).to_contain_text(words)
        page.keyboard.press("ArrowDown")
        for _ in range(lines - 1):
            page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("Enter")

    def _reach(self, control: Locator) -> None:
        expect(control).to_be_visible()
        radio = control.get_attribute("type") == "radio"
        for _ in range(FURTHEST):
            if control.evaluate("one => one === document.activeElement"):
                return
            if radio and control.evaluate("one => one.name === document.activeElement.name"):
                control.page.keyboard.press("ArrowDown")  # one of a group is reached, then others
            else:
                control.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {control}")


@pytest.mark.parametrize("hand", [Mouse(), Keyboard()], ids=["mouse", "keyboard"])
def test_from_an_empty_folder_to_the_pdf(browser: Browser, tmp_path: Path, hand: Hand) -> None:
    document = long_text(2)
    (tmp_path / "Konzept.pdf").write_bytes(as_pdf(document))
    folder = tmp_path / "leer"
    folder.mkdir()
    with window(browser) as context, typed(folder, "--no-open") as process:
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page = context.new_page()
        page.goto(line(process))
        begin(page, hand)
        file = folder / "content/unser-park-bleibt/leaflet.yaml"
        with page.expect_file_chooser() as chooser:
            hand.use(page.get_by_role("button", name="Dokument hinzufügen …").last)
        chooser.value.set_files(tmp_path / "Konzept.pdf")
        quote(page, hand, 1, document[0][4], 2, ANSWER)
        hand.use(page.get_by_role("button", name="Abschnitt hinzufügen"))
        quote(page, hand, 2, document[1][2], 1, OTHER)
        move_and_undo(page, hand, file)
        hand.use(page.get_by_role("button", name="Seiten", exact=True))
        hand.choose(page.get_by_label("Ausgabe"), "print")
        mend(page, hand)
        # The pages have it all, and so has what is downloaded.
        hand.use(page.get_by_role("button", name="Seiten", exact=True))
        expect(page.get_by_role("img", name=re.compile(f"Seite 1: .*{OTHER}", re.DOTALL)).first
               ).to_be_visible()  # fmt: skip
        with page.expect_download(timeout=PATIENCE) as started:
            hand.use(page.get_by_role("button", name="Herunterladen"))
        pdf = tmp_path / started.value.suggested_filename
        started.value.save_as(pdf)
    assert pdf.name == "unser-park-bleibt-print.pdf"
    printed = words_of(pdf)
    for text in ("Unser Park bleibt", "Ein Versprechen", ANSWER, OTHER, "Zeilen 5–6", "Zeile 13",
                 " ".join(document[0][4:6]), document[1][2], "Maria Muster"):  # fmt: skip
        assert text in printed, text
    is_clean(file, document)
    assert run(folder, "check", "--edition", "print").returncode == 0


def begin(page: Page, hand: Hand) -> None:
    """A new leaflet, its head, and its source."""
    hand.write(page.get_by_role("textbox", name="Titel"), "Unser Park bleibt")
    hand.use(page.get_by_role("radio", name=re.compile("^Leer")))
    hand.use(page.get_by_role("button", name="Flugblatt anlegen"))
    page.wait_for_url("**/leaflets/unser-park-bleibt")
    hand.write(page.get_by_role("textbox", name="Untertitel"), "Ein Versprechen")
    hand.use(page.get_by_role("button", name="Quelle", exact=True))


def quote(page: Page, hand: Hand, number: int, words: str, lines: int, answer: str) -> None:
    """A quote of a pair, taken from the source, and its commentary."""
    pair = page.get_by_role("region", name=f"Abschnitt {number}")
    hand.use(pair.get_by_role("button", name="In der Quelle zeigen"))
    hand.take(page, words, lines)
    expect(pair.get_by_text(re.compile("wörtlich · "))).to_be_visible()
    hand.write(pair.get_by_role("textbox", name="Kommentar", exact=True), answer)
    expect(page.get_by_text("Gespeichert", exact=False).first).to_be_visible()


def move_and_undo(page: Page, hand: Hand, file: Path) -> None:
    hand.use(page.get_by_role("button", name="Abschnitt 2 nach oben"))
    have(page, file, ["abschnitt-2", "abschnitt-1"])
    hand.use(page.get_by_role("button", name=re.compile("Rückgängig: Abschnitt . verschieben")))
    have(page, file, ["abschnitt-1", "abschnitt-2"])


def have(page: Page, file: Path, ids: list[str]) -> None:
    """The file comes to have the pairs in this order."""
    for _ in range(PATIENCE // 50):
        if [one["id"] for one in said(file)["passages"]] == ids:
            return
        page.wait_for_timeout(50)
    raise AssertionError(file.read_text())


def mend(page: Page, hand: Hand) -> None:
    """What is missing is told, leads to its field, and goes when it is there."""
    hand.use(page.get_by_role("button", name=re.compile("^Prüfen: ")))
    missing = page.get_by_role("listitem").filter(has_text="stehen sollte")
    hand.use(missing.get_by_role("button", name="Zum Feld"))
    expect(page.locator("input:focus, textarea:focus")).to_have_count(1)
    page.keyboard.type("Maria Muster")
    expect(missing).to_have_count(0)


def words_of(pdf: Path) -> str:
    """The text of a PDF as poppler reads it, in one line, with divided words put together."""
    command = ["pdftotext", str(pdf), "-"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return " ".join(re.sub("[-\u00ad\u2010]\n", "", text).split())


def is_clean(file: Path, document: list[list[str]]) -> None:
    """Nothing but what was meant is in the files, as somebody would have written it."""
    text = file.read_text()
    leaflet = said(file)
    first, second = leaflet["passages"]
    assert (leaflet["title"], leaflet["subtitle"]) == ("Unser Park bleibt", "Ein Versprechen")
    assert leaflet["source"]["file"] == "sources/konzept.pdf"
    assert " ".join(first["quote"]["text"].split()) == " ".join(document[0][4:6])
    assert " ".join(second["quote"]["text"].split()) == document[1][2]
    assert (first["commentary"]["text"].strip(), second["commentary"]["text"].strip()) == (
        ANSWER,
        OTHER,
    )
    assert (str(first["quote"]["lines"]), str(second["quote"]["lines"])) == ("5-6", "13")
    written = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in written if len(line) > 90 or line != line.rstrip()] == []
    assert "null" not in text
    assert text.endswith("\n")
    files = sorted(one.name for one in file.parent.iterdir())
    assert files == ["leaflet.yaml", "sources", "verified.json"], "the last is that of the build"
    assert [one.name for one in (file.parent / "sources").iterdir()] == ["konzept.pdf"]
