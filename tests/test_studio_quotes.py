"""Quotes beside their document in the studio, and files that are sent: real requests."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import yaml
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from brochure import bounds
from brochure.project import Project
from brochure.sources.document import QuoteReference
from brochure.sources.finding import Finding, Verdict
from brochure.sources.reading.plaintext import parse_text
from brochure.sources.restoration import corrections
from brochure.sources.searchable import SearchableSource
from brochure.studio.workplace import Workplace
from tests.studio_browser import SECONDS, Running, browser, run, signed_in, state, tells
from tests.test_studio_server import OTHERS

__all__ = ["browser", "state"]  # fixtures
API = "/api/leaflets/probe"
DOCUMENT = """\
Konzept für den Park

Der Park ist der größte Garten der Stadt. Die Gemeinde be-
kennt sich zu seiner Erhaltung.
Die Wege werden ausgebaut. 3. Der Teich bleibt.
Die Gemeinde pflanzt Bäume, soweit die Mittel reichen.
Der Park schließt um zehn.
Im Winter schließt er um acht.
Der Park schließt um zehn.
Das Bund-Länder-Programm hilft.
"""
LEAFLET = """\
language: de
title: Unser Park
source: {title: Konzept, file: sources/konzept.txt, lines: count}
passages:
  - id: woertlich
    quote: {text: "Die Wege werden ausgebaut.", lines: 5}
    commentary: {text: Gut.}
  - id: zeilen
    quote: {text: "Die Gemeinde bekennt sich zu seiner Erhaltung.", lines: 7-8}
    commentary: {text: Gut.}
  - id: worte
    quote:
      text: |
        Die Gemeinde pflanzt viele Bäume, soweit die Mittel reichen.
      lines: 6
    commentary: {text: Gut.}
  - id: eigene
    quote: {text: "Die Gemeinde pflanzt [keine] Bäume, soweit Mittel reichen.", lines: 6}
    commentary: {text: Gut.}
  - id: mehrmals
    quote: {text: "Der Park schließt um zehn."}
    commentary: {text: Gut.}
  - id: nirgends
    quote: {text: "Am Montag kommen endlich die Kräne.", lines: 1}
    commentary: {text: Gut.}
  - id: andere
    quote:
      text: Und der Wald auch.
      lines: 1
      source: {title: Wald, file: sources/wald.md}
    commentary: {text: Gut.}
imprint: Verein, Weg 1
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("projekt")


@pytest.fixture(scope="module")
def studio(root: Path) -> Iterator[Running]:
    (root / "content/probe/sources").mkdir(parents=True)
    with run(Workplace(Project(root))) as running:
        yield running


@pytest.fixture(autouse=True)
def leaflet(root: Path, studio: Running) -> Path:
    """The file of a leaflet that quotes two documents."""
    folder = root / "content/probe"
    (folder / "sources/konzept.txt").write_text(DOCUMENT)
    (folder / "sources/wald.md").write_text("# Wald\n\nUnd der Wald auch.\n")
    (folder / "leaflet.yaml").write_text(LEAFLET)
    return folder / "leaflet.yaml"


def get(studio: Running, what: str, **query: object) -> Any:
    answer = studio.get(f"{API}/{what}?{urlencode(query)}", accept_language="de")
    assert answer.status == 200, answer.body
    return answer.data


def send(studio: Running, use: str, name: str, data: bytes, **headers: str | None) -> Any:
    address = f"{API}/files?use={use}&name={quote(name)}"
    kind = {"content_type": "application/octet-stream", "accept_language": "de"}
    return studio.post(address, data, **{**kind, **headers})


# --- Lines of a document ----------------------------------------------------------------------


def test_the_lines_of_a_document_begin_where_the_quote_is(studio: Running, leaflet: Path) -> None:
    shown = get(studio, "source", passage="worte")
    assert (shown["file"], shown["title"], shown["total"]) == ("sources/konzept.txt", "Konzept", 11)
    assert shown["quoted"] == [5, 5], "where it is, although it is altered"
    line = shown["lines"][5]
    assert (line["at"], line["number"]) == (5, 6)
    assert line["text"] == "Die Gemeinde pflanzt Bäume, soweit die Mittel reichen."
    other = get(studio, "source", passage="andere")
    assert other["title"] == "Wald", "a quote may have a document of its own"
    assert get(studio, "source", passage="neu")["title"] == "Konzept", "what is not saved yet"
    leaflet.write_text(LEAFLET.replace("id: zeilen\n    quote", "quote"))
    assert get(studio, "source", passage="1")["quoted"] == [2, 3], "without an id, by its index"


def test_a_long_document_comes_in_parts(studio: Running, leaflet: Path) -> None:
    lines = [f"Zeile Nummer {n} des Dokuments." for n in range(1, 2001)]
    (leaflet.parent / "sources/konzept.txt").write_text("\n".join(lines))
    leaflet.write_text(LEAFLET.replace("lines: 7-8", "lines: 1500"))
    shown = get(studio, "source", passage="zeilen")
    numbers = [line["number"] for line in shown["lines"]]
    assert 1500 in numbers
    assert 100 < len(numbers) < 500
    further = get(studio, "source", passage="zeilen", **{"from": numbers[-1]})
    assert further["lines"][0]["number"] == numbers[-1] + 1
    last = get(studio, "source", passage="zeilen", **{"from": 1990})
    assert last["lines"][-1]["text"] == lines[-1]


def test_words_are_found_whatever_their_case_and_hyphens(studio: Running) -> None:
    def found(words: str) -> list[tuple[int, int]]:
        places = get(studio, "find", passage="worte", words=words)["places"]
        return [(one["first"], one["last"]) for one in places]

    assert found("BEKENNT sich") == [(2, 3)]
    assert found("be-kennt") == [(2, 3)]
    assert found("stadt die gemeinde") == [(2, 2)]
    assert found("meinde pfl") == [(5, 5)], "parts of words"
    assert found("schließt um") == [(6, 6), (8, 8)]
    assert found("garten teich") == []
    assert found(" .,! ") == []
    (place,) = get(studio, "find", passage="worte", words="Teich")["places"]
    assert place["text"] == ["Die Wege werden ausgebaut. 3. Der", "Teich",
                             "bleibt. Die Gemeinde pflanzt Bäume, soweit"]  # fmt: skip


def test_marked_lines_are_a_quote_with_its_reference(studio: Running) -> None:
    taken = get(studio, "excerpt", passage="worte", first=2, last=3)
    assert taken["text"] == (
        "Der Park ist der größte Garten der Stadt. Die Gemeinde bekennt sich zu seiner Erhaltung."
    )
    assert (taken["lines"], taken["page"], taken["comments"]) == ("3-4", None, [])
    half = get(studio, "excerpt", passage="worte", first=2, last=2)
    assert half["text"].endswith("Die Gemeinde")
    assert "„bekennt“" in half["comments"][0]


@pytest.mark.parametrize(
    ("chosen", "text", "lines"),
    [
        ((2, 42, 3, 31), "Die Gemeinde bekennt sich zu seiner Erhaltung.", "3-4"),
        ((2, 43, 3, 10), "Die Gemeinde bekennt sich", "3-4"),  # whole words
        ((2, 56, 3, 31), "bekennt sich zu seiner Erhaltung.", "3-4"),  # both halves
        ((4, 27, 4, 29), "3\\.", "5"),  # no list
        ((9, 9, 9, 12), "Bund-Länder-Programm", "10"),
        ((4, 26, 5, 0), "3\\. Der Teich bleibt.", "5"),
    ],
)
def test_marked_words_are_a_quote(
    studio: Running, chosen: tuple[int, ...], text: str, lines: str
) -> None:
    first, begin, last, end = chosen
    taken = get(studio, "excerpt", passage="worte", first=first, last=last, begin=begin, end=end)
    assert (taken["text"], taken["lines"]) == (text, lines)


def test_odd_requests_are_refused(studio: Running) -> None:
    for query in (
        "first=1",
        "first=3&last=2",
        "first=0&last=99",
        "first=-1&last=2",
        "first=x&last=2",
    ):
        assert studio.get(f"{API}/excerpt?passage=worte&{query}").status == 400, query
    assert studio.get(f"{API}/find?words={'x' * 400}").status == 400
    assert studio.get("/api/leaflets/other/source").status == 404
    empty = studio.get(f"{API}/excerpt?passage=worte&first=1&last=1", accept_language="de")
    assert (empty.status, empty.data["message"]) == (422, "In diesen Zeilen stehen keine Wörter.")


def test_without_a_document_there_are_no_lines_and_nothing_fails(
    studio: Running, leaflet: Path
) -> None:
    (leaflet.parent / "sources/konzept.txt").unlink()
    shown = get(studio, "source", passage="worte")
    assert (shown["total"], shown["diagnostics"][0]["code"]) == (0, "cannot-read")
    leaflet.write_text("title: Unser Park\npassages:\n  - commentary: {text: Gut.}\n")
    assert get(studio, "source", passage="0") == {"file": None}
    leaflet.write_text(LEAFLET.replace("sources/konzept.txt", "../../../../etc/passwd"))
    outside = get(studio, "source", passage="worte")
    assert (outside["total"], "lines" in outside) == (0, False)


# --- Verdicts, and how a quote is corrected ------------------------------------------------------


def test_each_quote_has_its_verdict_and_what_would_mend_it(studio: Running) -> None:
    quotes = {one["passage"]: one for one in get(studio, "quotes")["quotes"]}
    assert {name: (one["verdict"], len(one["fixes"])) for name, one in quotes.items()} == {
        "woertlich": ("verbatim", 0),
        "zeilen": ("wrong lines", 1),
        "worte": ("altered", 1),
        "eigene": ("altered", 0),  # the quoter's own words would be lost
        "mehrmals": ("ambiguous", 2),
        "nirgends": ("not found", 0),
        "andere": ("wrong lines", 1),
    }
    assert quotes["zeilen"]["fixes"][0]["lines"] == "3-4"
    assert quotes["zeilen"]["fixes"][0]["text"] is None, "the words are right"
    fix = quotes["worte"]["fixes"][0]
    assert fix["text"] == "Die Gemeinde pflanzt Bäume, soweit die Mittel reichen."
    assert [one["lines"] for one in quotes["mehrmals"]["fixes"]] == ["7", "9"]
    assert quotes["zeilen"]["word"] == "falsche Zeilen"


def test_what_would_not_make_a_quote_verbatim_is_not_proposed() -> None:
    source = SearchableSource(parse_text(DOCUMENT, "count"))
    text, stated = "Die Wege werden ausgebaut.", QuoteReference(None, "9")
    for lines, proposed in (("5", 1), ("6", 0)):
        finding = Finding(Verdict.WRONG_LINES, stated, (QuoteReference(None, lines),))
        assert len(list(corrections(source, text, finding))) == proposed


def test_verdicts_are_those_of_the_files_as_they_are_now(studio: Running, leaflet: Path) -> None:
    def verdict() -> tuple[str, str]:
        answer = get(studio, "quotes")
        (one,) = (one for one in answer["quotes"] if one["passage"] == "woertlich")
        return answer["digest"], one["verdict"]

    before = verdict()
    (leaflet.parent / "sources/konzept.txt").write_text(DOCUMENT.replace("Wege", "Wiesen"))
    assert verdict() == (before[0], "altered"), "another document"
    leaflet.write_text(LEAFLET.replace("Die Wege werden", "Die Wiesen werden"))
    after = verdict()
    assert after[1] == "verbatim"
    assert after[0] != before[0], "it says of which file it speaks"


# --- Files that are sent ----------------------------------------------------------------------


def png() -> bytes:
    output = BytesIO()
    Image.new("RGB", (4, 4), "red").save(output, "PNG")
    return output.getvalue()


SVG = (
    b'<?xml version="1.0"?>\n<!-- x -->\n'
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
)


@pytest.mark.parametrize(
    ("use", "name", "data", "file"),
    [
        ("source", "Größe & Maß.PDF", b"%PDF-1.7\n", "sources/groesse-mass.pdf"),
        ("source", "../../../x/.bashrc", b"export A=1", "sources/bashrc.txt"),
        ("source", "C:\\con.md", "# Ä".encode(), "sources/c-con.md"),
        ("source", "con", b"x", "sources/datei-con.txt"),
        ("source", "日本.pdf", b"text", "sources/datei.txt"),
        ("source", "a.txt", b"<!DOCTYPE html><html><p>x</p>", "sources/a.html"),
        ("source", "x" * 300, b"text", f"sources/{'x' * 60}.txt"),
        ("picture", "Foto.exe", png(), "images/foto.png"),
        ("picture", "logo.png", SVG, "images/logo.svg"),
    ],
)
def test_files_get_safe_names_and_the_suffix_of_what_they_are(
    studio: Running, leaflet: Path, use: str, name: str, data: bytes, file: str
) -> None:
    sent = send(studio, use, name, data)
    assert (sent.status, sent.data) == (201, {"file": file})
    assert (leaflet.parent / file).read_bytes() == data
    assert file in get(studio, "files")[use]
    (leaflet.parent / file).unlink()


def test_no_other_file_is_overwritten(studio: Running, leaflet: Path) -> None:
    folder = leaflet.parent / "sources"
    assert send(studio, "source", "Konzept.txt", b"another").data == {
        "file": "sources/konzept-2.txt"
    }
    assert send(studio, "source", "konzept.txt", b"third").data == {"file": "sources/konzept-3.txt"}
    assert send(studio, "source", "KONZEPT.txt", b"another").data == {
        "file": "sources/konzept-2.txt"
    }
    assert (folder / "konzept.txt").read_text() == DOCUMENT
    (folder / "Konzept-4.TXT").symlink_to(leaflet)  # the same name, on some systems
    assert send(studio, "source", "konzept.txt", b"fifth").data == {"file": "sources/konzept-5.txt"}
    assert leaflet.read_text() == LEAFLET
    for name in ("konzept-2.txt", "konzept-3.txt", "Konzept-4.TXT", "konzept-5.txt"):
        (folder / name).unlink()


def test_a_name_that_somebody_else_took_meanwhile_is_left_alone(
    studio: Running, leaflet: Path
) -> None:
    assert not studio.workplace.project.add(leaflet, b"another")
    assert leaflet.read_text() == LEAFLET


@pytest.mark.parametrize(
    ("use", "name", "data", "words"),
    [
        ("source", "a.pdf", png(), "kein Dokument"),
        ("source", "brief.docx", b"PK\x03\x04x", "brief.docx"),
        ("source", "a.txt", b"a\x00b", "kein Dokument"),
        ("source", "a.txt", "Ä".encode("latin-1"), "kein Dokument"),
        ("source", "a.txt", b"", "leer"),
        ("picture", "a.png", b"%PDF-1.7", "kein Bild"),
        ("picture", "a.png", png()[:40], "weder PNG noch JPEG"),
        ("picture", "a.svg", b"<svg><script>1</script></svg>", "a.svg"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(
    studio: Running, leaflet: Path, use: str, name: str, data: bytes, words: str
) -> None:
    before = sorted(leaflet.parent.rglob("*"))
    refused = send(studio, use, name, data)
    assert refused.status == 422
    assert words in refused.data["message"]
    assert sorted(leaflet.parent.rglob("*")) == before


def test_a_folder_that_leads_elsewhere_is_not_written_to(
    studio: Running, leaflet: Path, tmp_path: Path
) -> None:
    images = leaflet.parent / "images"
    images.rename(leaflet.parent / "before") if images.is_dir() else None
    images.symlink_to(tmp_path)
    try:
        assert send(studio, "picture", "x.png", png()).status == 503
        assert list(tmp_path.iterdir()) == []
    finally:
        images.unlink()


def test_files_are_for_pages_of_the_studio_only(studio: Running) -> None:
    assert send(studio, "source", "x.txt", b"x", cookie=f"{OTHERS.cookie_name}=x").status == 401
    assert send(studio, "source", "x.txt", b"x", origin="http://evil.example").status == 403
    assert send(studio, "source", "x.txt", b"x", sec_fetch_site="cross-site").status == 403
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", None):
        assert send(studio, "source", "x.txt", b"x", content_type=kind).status == 400, kind
    elsewhere = studio.post(API, b"{}", content_type="application/octet-stream")
    assert elsewhere.status == 400, "files go to their address only"
    huge = send(studio, "source", "x.txt", b"x", content_length=str(bounds.SOURCE_PDF + 1))
    assert huge.status == 413
    assert "100 MB" in huge.data["message"]
    text = send(studio, "source", "x.txt", b"x" * (bounds.SOURCE_TEXT + 1))
    assert (text.status, "10 MB" in text.data["message"]) == (413, True)
    assert send(studio, "leaflet", "x.txt", b"x").status == 400
    assert "x.txt" not in str(get(studio, "files"))


# --- In the browser ---------------------------------------------------------------------------


@pytest.fixture
def page(browser: Browser, studio: Running) -> Iterator[Page]:
    with signed_in(browser, studio) as context:
        page = context.new_page()
        page.goto(f"{studio.origin}/leaflets/probe")
        yield page


def passage(path: Path, name: str) -> Any:
    passages = yaml.load(path.read_text(), Loader=yaml.BaseLoader)["passages"]
    return next(one for one in passages if one["id"] == name)


def test_two_marked_lines_become_the_quote_and_can_be_undone(page: Page, leaflet: Path) -> None:
    row = page.locator(".passage").first
    expect(row.locator(".verdict-line")).to_contain_text("wörtlich", timeout=SECONDS)
    row.get_by_role("button", name="In der Quelle zeigen").click()
    lines = page.get_by_role("listbox", name="Zeilen der Quelle")
    expect(lines.get_by_role("option").nth(4)).to_have_class(re.compile("quoted"))
    # By keyboard: look for words, mark two lines, take them.
    expect(page.get_by_label("In der Quelle suchen")).to_be_focused()
    page.keyboard.type("größte")
    expect(page.locator(".source-line.found")).to_have_attribute("data-at", "2")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(lines.get_by_role("option", selected=True)).to_have_count(2)
    page.keyboard.press("Enter")
    text = row.locator(".quote textarea.prose")
    expect(text).to_be_focused()
    tells(page, "Gespeichert")
    taken = passage(leaflet, "woertlich")["quote"]
    assert " ".join(taken["text"].split()) == (
        "Der Park ist der größte Garten der Stadt. Die Gemeinde bekennt sich zu seiner Erhaltung."
    )
    assert taken["lines"] == "3-4"
    expect(row.locator(".verdict-line")).to_have_text("wörtlich · Zeilen 3–4", timeout=SECONDS)
    page.keyboard.press("Control+z")
    expect(text).to_have_value("Die Wege werden ausgebaut.")  # the browser's own undo
    page.keyboard.press("Control+Shift+z")
    page.get_by_role("button", name="Rückgängig: Zitat in Abschnitt 1 übernehmen").click()
    expect(text).to_have_value("Die Wege werden ausgebaut.")
    expect(row.locator(".verdict-line")).to_have_text("wörtlich · Zeile 5", timeout=SECONDS)
    assert leaflet.read_text() == LEAFLET


def test_words_are_marked_with_the_mouse_for_a_new_pair(page: Page, leaflet: Path) -> None:
    page.get_by_role("button", name="Quelle", exact=True).click()
    line = page.locator('[data-at="4"] .words')
    expect(line).to_be_visible()
    page.evaluate("""() => {
      const text = document.querySelector('[data-at="4"] .words').firstChild;
      getSelection().setBaseAndExtent(text, 30, text, 47);
    }""")
    expect(page.locator(".marked")).to_have_text("Wörter sind markiert")
    page.get_by_role("button", name="Als neuen Abschnitt übernehmen").click()
    tells(page, "Gespeichert")
    added = yaml.load(leaflet.read_text(), Loader=yaml.BaseLoader)["passages"][1]
    assert added["quote"] == {"text": "Der Teich bleibt.", "lines": "5"}


def test_a_mended_quote_is_shown_before_it_is_taken(page: Page, leaflet: Path) -> None:
    row = page.locator(".passage").nth(2)
    expect(row.locator(".verdict-line")).to_have_text("verändert", timeout=SECONDS)
    row.get_by_role("button", name="Berichtigen …").click()
    expect(row.locator(".correcting mark")).to_have_text("viele ")
    assert leaflet.read_text() == LEAFLET
    row.get_by_role("button", name="Übernehmen", exact=True).click()
    expect(row.locator(".verdict-line")).to_have_text("wörtlich · Zeile 6", timeout=SECONDS)
    assert leaflet.read_text() == LEAFLET.replace("pflanzt viele Bäume", "pflanzt Bäume")


def test_a_document_is_added_and_named(page: Page, leaflet: Path, tmp_path: Path) -> None:
    sent = tmp_path / "Neues Konzept.txt"
    sent.write_text("Erste Zeile.\n")
    page.locator("section#source summary").first.click()
    field = page.locator("section#source .field.file")
    with page.expect_file_chooser() as chooser:
        field.get_by_role("button", name="Dokument hinzufügen …").click()
    chooser.value.set_files(sent)
    tells(page, "Gespeichert")
    source = yaml.load(leaflet.read_text(), Loader=yaml.BaseLoader)["source"]
    assert source["file"] == "sources/neues-konzept.txt"
    assert source["title"] == "Konzept", "which it had"


def test_without_a_document_the_pane_takes_one_and_shows_its_lines(
    page: Page, leaflet: Path, tmp_path: Path
) -> None:
    sent = tmp_path / "Neues_Konzept 2.txt"
    sent.write_text("Erste Zeile.\nZweite Zeile.\n")
    leaflet.write_text("title: Unser Park\npassages:\n  - commentary: {text: Gut.}\n")
    page.reload()
    page.get_by_role("button", name="Quelle", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.locator("#source-pane").get_by_role("button", name="Dokument hinzufügen …").click()
    chooser.value.set_files(sent)
    lines = page.get_by_role("listbox", name="Zeilen der Quelle").get_by_role("option")
    expect(lines.nth(1)).to_have_text("2Zweite Zeile.")
    source = yaml.load(leaflet.read_text(), Loader=yaml.BaseLoader)["source"]
    assert source == {"title": "Neues Konzept 2", "file": "sources/neues-konzept-2.txt"}
    (leaflet.parent / source["file"]).unlink()


def test_a_document_that_changes_on_disk_is_compared_with_again(page: Page, leaflet: Path) -> None:
    verdict = page.locator(".passage .verdict-line").first
    expect(verdict).to_have_text("wörtlich · Zeile 5", timeout=SECONDS)
    expect(page.locator(".page img").first).to_be_visible(timeout=60_000)
    document = leaflet.parent / "sources/konzept.txt"
    document.write_text(DOCUMENT.replace("Wege werden ausgebaut", "Wege werden zugebaut"))
    expect(verdict).to_have_text("verändert", timeout=60_000)
    expect(page.locator("#views [data-view=check]")).not_to_have_text(re.compile("in Ordnung"))


def test_who_asked_for_the_document_is_led_there_though_it_is_read_again(
    page: Page, leaflet: Path
) -> None:
    leaflet.write_text("title: Unser Park\npassages:\n  - commentary: {text: Gut.}\n")
    page.reload()
    page.get_by_role("button", name="Quelle", exact=True).click()
    expect(page.locator("#source-pane")).to_contain_text("kein")  # document is named
    held: list[Route] = []
    page.route("**/source?*", lambda route: held.append(route))
    with page.expect_request("**/source?*"):
        page.get_by_role("button", name="In der Quelle zeigen").click()
    with page.expect_request("**/source?*"):
        leaflet.write_text(LEAFLET)
    for route in held:
        with page.expect_response("**/source?*"):
            route.continue_()
    expect(page.get_by_label("In der Quelle suchen")).to_be_focused()


def test_who_waits_for_a_document_goes_on_when_it_has_come(
    page: Page, leaflet: Path, tmp_path: Path
) -> None:
    sent = tmp_path / "Konzept 3.txt"
    sent.write_text("Erste Zeile.\nZweite Zeile.\n")
    leaflet.write_text("title: Unser Park\npassages:\n  - commentary: {text: Gut.}\n")
    page.reload()
    page.get_by_role("button", name="Quelle", exact=True).click()
    held: list[Route] = []
    page.route("**/files?*", lambda route: held.append(route))
    with page.expect_file_chooser() as chooser:
        page.locator("#source-pane").get_by_role("button", name="Dokument hinzufügen …").click()
    with page.expect_request("**/files?*"):
        chooser.value.set_files(sent)
    with page.expect_response("**/source?*"):
        page.get_by_role("button", name="In der Quelle zeigen").click()
    expect(page.get_by_label("In der Quelle suchen")).to_be_hidden()
    for route in held:
        route.continue_()
    expect(page.get_by_label("In der Quelle suchen")).to_be_focused()
    (leaflet.parent / "sources/konzept-3.txt").unlink()
