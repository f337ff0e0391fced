"""The web page, in a real browser: a single file, readable in dark mode and on a phone."""

import io
import platform
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from brochure.layout import web
from brochure.layout.compose.composer import compose
from brochure.layout.editions import load_editions
from brochure.manuscript.load import read_manuscript
from brochure.project import Project
from tests.conftest import HEAD, PASSAGE, ROOT, SEED, SEED_REGION, Workspace

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Colour and background of every text that is seen, as sRGB.
COLOURS = """() => {
  const opaque = c => !/rgba\\(.*, 0\\)|transparent/.test(c);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, box = node.parentElement;
    if (!node.data.trim() || !box.getClientRects().length) continue;
    let behind = box;
    while (behind && !opaque(getComputedStyle(behind).backgroundColor)) {
      behind = behind.parentElement;
    }
    const style = getComputedStyle(box);
    found.push([node.data.trim().slice(0, 30), style.color,
      getComputedStyle(behind || document.documentElement).backgroundColor,
      parseFloat(style.fontSize)]);
  }
  return found;
}"""


def on_ubuntu() -> bool:
    try:
        return platform.freedesktop_os_release()["ID"] == "ubuntu"
    except OSError:  # not a Linux, or an old one
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = BROWSERS[-1:] if on_ubuntu() else BROWSERS
    path = next(filter(None, map(shutil.which, names)), None)
    if on_ubuntu() and not path:
        pytest.skip("Ubuntu's Chromium is a snap, which does not see these files; Chrome does")
    assert path, "no browser; script/bootstrap test installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first leaflet as a page."""
    project = Project(ROOT)
    manuscript = read_manuscript(project, SEED, SEED_REGION)
    form = load_editions(project)["web"]
    file = tmp_path_factory.mktemp("web") / "seed.html"
    file.write_bytes(web.page(compose(project, manuscript, "web", form, write_cache=False)))
    return file


def opened(browser: Browser, file: Path, **options: Any) -> tuple[Page, list[str], list[str]]:
    """The page, every address that it requested, and what it logged."""
    page = browser.new_page(**options)
    requested: list[str] = []
    logged: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: logged.append(message.text))
    page.on("pageerror", lambda error: logged.append(str(error)))
    page.goto(file.as_uri())
    return page, requested, logged


def written(workspace: Workspace, region: str = "") -> Path:
    return workspace.write("page.html", web.page(workspace.compose("web"), region))


def rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(value) / 255 for value in re.findall(r"\d+", colour)[:3])
    return red, green, blue


def test_nothing_is_fetched_and_nothing_logged(browser: Browser, seed: Path) -> None:
    page, requested, logged = opened(browser, seed)
    assert requested == [seed.as_uri()]
    assert logged == []
    assert page.title() == "Wir bringen uns ein!"
    page.close()


def test_pictures_and_styles_lie_in_the_page(browser: Browser, workspace: Workspace) -> None:
    output = io.BytesIO()
    Image.new("RGB", (400, 200), "navy").save(output, "PNG")
    workspace.write("content/probe/logo.png", output.getvalue())
    workspace.write("styles/web.css", "h1 { background: url('paper.png') } body { color: #123456 }")
    workspace.write("styles/paper.png", output.getvalue())
    workspace.leaflet(
        HEAD + "logo: {file: logo.png, alt: Bild}\npassages:\n  - id: eins\n    commentary:\n"
        "      text: Siehe [hier](https://example.org/ort).\n"
    )
    page, requested, logged = opened(browser, written(workspace))
    assert (len([url for url in requested if not url.startswith("data:")]), logged) == (1, [])
    assert page.evaluate("document.querySelector('.logo').naturalWidth") == 400
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(18, 52, 86)"
    assert "data:image/png" in page.evaluate(
        "getComputedStyle(document.querySelector('h1')).backgroundImage"
    )
    assert page.get_attribute(".text a", "href") == "https://example.org/ort"
    page.close()


@pytest.mark.parametrize(
    ("html", "page"),
    [
        ("<img class='logo' src='logo.png' alt='Bild'>", "<img class='logo' src='{}' alt='Bild'>"),
        ("<img src=logo.png alt=Bild>", '<img src="{}" alt=Bild>'),
        ('<IMG  ALT="Bild"\n SRC = "logo.png" />', '<IMG  ALT="Bild"\n SRC = "{}" />'),
        ("<img alt='src=\"logo.png\" >' src=' logo.png '>",
         "<img alt='src=\"logo.png\" >' src='{}'>"),
        ('<img src="l&#111;go.png" alt="&amp;&lt;">', '<img src="{}" alt="&amp;&lt;">'),
        ('<img src="./l%6fgo.png#a b" alt="x">', '<img src="{}#a%20b" alt="x">'),
        ("<img srcset='logo.png 1x,logo.png, logo.png 2x' alt=x>",
         "<img srcset='{} 1x,{}, {} 2x' alt=x>"),
        ("<svg><image href='logo.png'/><image xlink:href='logo.png'/></svg>",
         "<svg><image href='{}'/><image xlink:href='{}'/></svg>"),
        ("<p style='color: red; background: URL( logo.png ) 0'>x</p>",
         "<p style='color: red; background: url(&quot;{}&quot;) 0'>x</p>"),
        ("""<p style="background: url('logo.png')">x</p>""",
         """<p style="background: url(&quot;{}&quot;)">x</p>"""),
        ("<style>p{background:url( 'logo.png' )} /* url(logo.png) */\fa{b:url(logo.png)}</style>",
         """<style>p{background:url("{}")} /* url(logo.png) */\fa{b:url("{}")}</style>"""),
        ("<video poster=logo.png></video><table background=logo.png>",
         '<video poster="{}"></video><table background="{}">'),
        ("<a href='logo.png'>x</a><!-- <img src='logo.png'> --><p>src='logo.png'</p>",
         "<a href='logo.png'>x</a><!-- <img src='logo.png'> --><p>src='logo.png'</p>"),
        ("<svg><use href='#logo.png'/></svg>", "<svg><use href='#logo.png'/></svg>"),
    ],
)  # fmt: skip
def test_a_picture_is_found_however_a_template_asks_for_it(
    workspace: Workspace, html: str, page: str
) -> None:
    output = io.BytesIO()
    Image.new("RGB", (4, 2), "navy").save(output, "PNG")
    workspace.write("content/probe/logo.png", output.getvalue())
    workspace.write("styles/leaflet.html", f"<html lang=de><title>x</title>{html}")
    workspace.leaflet(HEAD + "passages:\n  - id: eins\n    commentary: {text: Text}\n")
    data = f"data:image/png;base64,{b64encode(output.getvalue()).decode()}"
    found = web.page(workspace.compose("web")).decode()
    assert found.endswith(page.replace("{}", data))


@pytest.mark.parametrize(
    "html",
    [
        "<html lang=de><HEAD><!-- </head> --><TITLE>A</TITLE></HEAD><p>b",
        "<html lang=de><title lang=de>A</title><meta name=x><body><svg><title>C</title></svg><p>b",
        "<html lang=de><title>A</title\n><p>b",
    ],
)
def test_styles_and_region_find_their_place_in_any_head(
    browser: Browser, workspace: Workspace, html: str
) -> None:
    workspace.write("styles/web.css", "p { color: #123456 }")
    workspace.write("styles/leaflet.html", f"<!doctype html>\n<meta charset=utf-8>{html}")
    workspace.leaflet(HEAD + "passages:\n  - id: eins\n    commentary: {text: Text}\n")
    page, _, logged = opened(browser, written(workspace, "Gießen"))
    assert (page.title(), logged) == ("A – Gießen", [])
    assert page.evaluate("getComputedStyle(document.querySelector('p')).color") == "rgb(18, 52, 86)"
    assert page.evaluate("document.querySelectorAll('head > meta[http-equiv]').length") == 1
    page.close()


def test_an_import_would_be_missing_and_is_refused(workspace: Workspace) -> None:
    workspace.write("styles/web.css", "@import 'more.css'; h1 { color: red }")
    workspace.write("styles/more.css", "h1 { color: blue }")
    workspace.leaflet(HEAD + "passages:\n  - id: eins\n    commentary: {text: Text}\n")
    found = [(d.code, d.location.file) for d in workspace.diagnostics("web") if d.is_error]
    assert found == [("import", "styles/web.css")]


def test_should_code_slip_in_the_page_forbids_it(browser: Browser, workspace: Workspace) -> None:
    template = (ROOT / "styles/leaflet.html").read_text("utf-8")
    workspace.write(
        "styles/leaflet.html",
        template.replace("</body>", "<script>document.title = 'evil'</script></body>"),
    )
    workspace.leaflet(HEAD + "passages:\n  - id: eins\n    commentary: {text: Text}\n")
    page, _, logged = opened(browser, written(workspace))
    assert page.title() == "Titel"
    assert any("Content Security Policy" in text for text in logged)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("accent", ["96303f", "00557f", "003300", "b00020"])
def test_every_text_stands_out(
    browser: Browser, workspace: Workspace, scheme: Any, accent: str
) -> None:
    """WCAG 2.1, 1.4.3, measured at every text of the page."""
    from brochure.manuscript.model.fields import contrast

    source = (ROOT / "content" / SEED / "leaflet.yaml").read_text("utf-8")
    workspace.leaflet(re.sub(r"\{\{[^}]*\}\}", "Ort", f"accent: {accent}\ndate: 2026-11-24\n"
                             "contact: Schreibt an hallo@example.org\n" + source))  # fmt: skip
    page, _, _ = opened(browser, written(workspace), color_scheme=scheme)
    found = page.evaluate(COLOURS)
    page.close()
    assert len(found) > 30
    paper = (1.0, 1.0, 1.0) if scheme == "light" else rgb("22, 24, 28")
    assert {paper} < {rgb(behind) for _, _, behind, _ in found}, "and bars, and a head"
    for text, colour, behind, _ in found:
        assert contrast(rgb(colour), rgb(behind)) >= 4.5, text


def boxes(page: Page, passage: str) -> tuple[dict[str, float], dict[str, float]]:
    sides = [page.locator(f"#{passage} .{side}").bounding_box() for side in ("quote", "commentary")]
    assert sides[0]
    assert sides[1]
    return dict(sides[0]), dict(sides[1])  # type: ignore[arg-type]


def test_on_a_phone_the_quote_stands_over_its_commentary(browser: Browser, seed: Path) -> None:
    page, _, _ = opened(browser, seed, viewport={"width": 360, "height": 740})
    quote, commentary = boxes(page, "integrationsprozess")
    assert quote["y"] + quote["height"] <= commentary["y"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360, "nothing to scroll"
    sizes = [size for *_, size in page.evaluate(COLOURS)]
    assert min(sizes) >= 13
    page.close()


def test_on_a_desk_both_stand_side_by_side_on_one_line(browser: Browser, seed: Path) -> None:
    page, _, _ = opened(browser, seed, viewport={"width": 1100, "height": 800})
    quote, commentary = boxes(page, "integrationsprozess")
    assert quote["x"] + quote["width"] <= commentary["x"]
    assert quote["y"] == pytest.approx(commentary["y"], abs=0.5)
    baselines = page.evaluate(
        "[...document.querySelectorAll('#integrationsprozess h2')].map(h => {"
        " const mark = h.appendChild(document.createElement('span'));"
        " mark.style.display = 'inline-block';"
        " return mark.getBoundingClientRect().bottom })"
    )
    assert baselines[0] == pytest.approx(baselines[1], abs=0.5), "headings on one line"
    page.close()


def test_every_pair_can_be_linked_to(browser: Browser, seed: Path) -> None:
    page, _, _ = opened(browser, seed, viewport={"width": 1100, "height": 500})
    links = page.locator("a.permalink")
    assert links.count() == 5
    for number in range(5):
        link = links.nth(number)
        name = link.get_attribute("aria-label") or ""
        assert name.startswith("Adresse dieser Stelle: ")
        link.click()
        target = (link.get_attribute("href") or "").removeprefix("#")
        assert page.url.endswith(f"#{target}")
        assert page.evaluate(f"!!document.querySelector('#{target}:target')")
    box = page.locator("#engagement").bounding_box()
    assert box is not None
    assert box["y"] < 500, "it is in sight"
    page.close()


def test_it_is_read_in_order_and_by_its_parts(browser: Browser, seed: Path) -> None:
    """Landmarks and headings, as a screen reader meets them."""
    page, _, _ = opened(browser, seed)
    assert page.evaluate("document.documentElement.lang") == "de"
    order = page.evaluate(
        "[...document.querySelectorAll('h1, h2, blockquote, .text')].map(e => e.tagName)"
    )
    assert order[0] == "H1"
    assert order[1:5] == ["H2", "BLOCKQUOTE", "H2", "DIV"]
    assert page.evaluate("document.querySelectorAll('main article').length") == 5
    snapshot = page.locator("body").aria_snapshot()
    assert snapshot.index("Integrationsprozess von Anfang an") < snapshot.index("Den Anspruch")
    page.close()


def test_it_prints_in_two_columns_without_its_buttons(browser: Browser, seed: Path) -> None:
    page, _, _ = opened(browser, seed, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") in (
        "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)",
    )  # fmt: skip
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert not page.locator("a.permalink").first.is_visible()
    quote, commentary = boxes(page, "integrationsprozess")
    assert quote["x"] + quote["width"] <= commentary["x"]
    pdf = page.pdf(prefer_css_page_size=True)
    page.close()
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    assert 2 <= len(document) <= 3
    document.close()


class Plain(HTMLParser):
    """The text of a page, and whether its elements are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ("meta", "img", "br", "col", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.text += data


def test_the_text_is_that_of_the_leaflet_and_the_page_well_formed(seed: Path) -> None:
    reader = Plain()
    reader.feed(seed.read_text("utf-8"))
    assert reader.open == []
    manuscript = read_manuscript(Project(ROOT), SEED, SEED_REGION)
    for passage in manuscript.leaflet.passages:
        assert passage.quote
        wanted = re.sub(r"\s+", " ", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", passage.quote.text))
        assert wanted.strip("„“ ") in re.sub(r"\s+", " ", reader.text)


def test_the_region_stands_in_the_title(workspace: Workspace) -> None:
    workspace.leaflet(HEAD.replace("Titel", "„A & B“") + "passages:\n  - id: eins\n"
                      "    commentary: {text: Text}\n")  # fmt: skip
    assert (
        "<title>„A &amp; B“ – Gießen &amp; Land</title>"
        in web.page(workspace.compose("web"), "Gießen & Land").decode()
    )


def test_a_draft_says_so(browser: Browser, workspace: Workspace) -> None:
    import subprocess
    import sys

    workspace.write("content/probe/quelle.txt", "Etwas anderes.\n")
    workspace.leaflet(
        HEAD + "imprint: Druck 12345\nsource: {title: Quelle, file: quelle.txt}\n"
        "passages:\n  - id: eins\n    quote: {lines: 1, text: Das steht nicht da.}\n"
    )
    subprocess.run(
        [sys.executable, "-m", "brochure", "build", "--draft", "-e", "web"], cwd=workspace.root,
        env={"PYTHONPATH": str(ROOT), "PATH": "/bin"}, check=False, capture_output=True,
    )  # fmt: skip
    page, _, _ = opened(browser, workspace.root / "out/probe/probe-web-draft.html")
    assert page.locator("header .wrong").inner_text() == "Entwurf"
    assert "steht nicht in der Quelle" in page.locator("#eins .wrong").inner_text()
    page.close()


SEEN = """() => {
  // Rows as they are seen: characters from left to right, by position.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), rows = {};
  while (walker.nextNode()) {
    const node = walker.currentNode, range = document.createRange();
    for (let i = 0; i < node.data.length; i++) {
      range.setStart(node, i); range.setEnd(node, i + 1);
      const box = range.getBoundingClientRect();
      if (node.data[i].trim() && box.width) {
        (rows[Math.round(box.bottom / 6)] ||= []).push([box.left, node.data[i]]);
      }
    }
  }
  return Object.values(rows).map(row => row.sort((a, b) => a[0] - b[0]).map(c => c[1]).join(""));
}"""


def test_numbers_among_arabic_words_keep_their_order(
    browser: Browser, workspace: Workspace
) -> None:
    numbers = ["18:00–20:00", "2026-05-12", "0641-123456", "01234 56789", "+49 641 99-4455",
               "Haus *am* Markt 7, 12345 Ort"]  # fmt: skip
    workspace.leaflet(
        "language: ar\ntitle: عنوان\nsource: {title: Plan, language: de, reference: 'S. {page}'}\n"
        "imprint: A. Muster, Weg 1-3, 12345 Ort\npassages:\n  - id: eins\n"
        "    quote: {page: 2-3, text: Ein Satz!}\n    commentary:\n      text: |\n"
        + "".join(f"        الساعة {number} مساء\n\n" for number in numbers)
        + "        Ein Absatz für sich!\n"
    )
    page, _, logged = opened(browser, written(workspace), viewport={"width": 1200, "height": 900})
    seen = page.evaluate(SEEN)
    assert logged == []
    numbers += ["„Ein Satz!“", "S. 2–3", "Ein Absatz für sich!", "A. Muster, Weg 1-3, 12345 Ort"]
    for number in numbers:
        assert any(re.sub(r"[ *]", "", number) in row for row in seen), number
    page.close()


def test_the_event_can_be_taken_along(browser: Browser, workspace: Workspace) -> None:
    """The policy of the page lets the reader save it, and nothing is fetched for that."""
    workspace.leaflet(HEAD + "event: {date: 2026-12-03, time: '19:00'}\n" + PASSAGE)
    page, requested, logged = opened(browser, written(workspace))
    with page.expect_download() as download:
        page.get_by_role("link", name="In den Kalender eintragen").click()
    assert download.value.suggested_filename == "2026-12-03.ics"
    assert "DTSTART:20261203T190000\r\n" in Path(download.value.path()).read_bytes().decode()
    assert [url for url in requested if not url.startswith("data:")] == [page.url]
    assert logged == []
    page.close()
