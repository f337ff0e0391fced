"""What the studio promises, broken on purpose: killed while somebody types, no room on the disk,
another project at its address, pages of others, very long documents. What else is tried is in
`test_studio_page.py` (edits on disk, two tabs, offline), and in `test_studio_server.py` (who is
refused).
"""

import http.server
import io
import os
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from brochure.project import Project
from brochure.studio.workplace import Workplace
from tests.papers import ADJECTIVES, NOUNS, VERBS
from tests.studio_browser import (
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
    window,
)
from tests.test_studio_command import line, posix, typed
from tests.test_studio_page import BEGIN, context, leaflet, opened, studio

__all__ = ["browser", "context", "leaflet", "state", "studio"]  # fixtures
AGAIN = 60_000  # milliseconds for what takes longer than an answer
PARK = "Unser Park"


@pytest.fixture
def stranger(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that knows no studio yet."""
    with window(browser) as context:
        yield context


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Of two projects, each with a leaflet of the same name and texts."""
    one, two = (tmp_path / name / "content/probe/leaflet.yaml" for name in ("eins", "zwei"))
    for file in (one, two):
        file.parent.mkdir(parents=True)
        file.write_text(BEGIN)
    yield one, two
    one.parent.chmod(0o755)


def project_of(file: Path) -> Path:
    return file.parents[2]


def becomes(page: Page, state: str) -> None:
    """The state of saving, by its name in `saving.js`."""
    expect(page.locator("#state")).to_have_class(f"state {state}", timeout=AGAIN)


# --- The server goes away -----------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["in a word", "while it saves"])
def test_killed_in_mid_typing_and_started_again(
    stranger: BrowserContext, files: tuple[Path, Path], moment: str
) -> None:
    file, _ = files
    page = stranger.new_page()
    with typed(project_of(file), "probe", "--no-open") as process:
        page.goto(line(process))
        becomes(page, "saved")
        if moment == "in a word":
            append(page, title(page), " blei")
        else:
            with page.expect_request(lambda request: request.method == "POST"):
                append(page, title(page), " blei")
        process.kill()
        page.keyboard.type("bt grün")
        becomes(page, "offline")
        process.wait()
    assert file.read_text() in (BEGIN, BEGIN.replace(PARK, f"{PARK} blei")), "it is whole"
    with typed(project_of(file), "--no-open") as process:
        assert line(process)
        becomes(page, "saved")
    assert file.read_text() == BEGIN.replace(PARK, f"{PARK} bleibt grün"), "all of it, and once"


def test_a_tab_of_another_project_at_the_same_port_saves_nothing_there(
    stranger: BrowserContext, files: tuple[Path, Path]
) -> None:
    """Both have a leaflet of this name and these texts; only the project differs."""
    first, second = files
    old = stranger.new_page()
    with typed(project_of(first), "probe", "--no-open") as process:
        link = line(process)
        old.goto(link)
        becomes(old, "saved")
    append(old, title(old), " von gestern")
    port = str(urlsplit(link).port)
    with typed(project_of(second), "probe", "--no-open", "--port", port) as process:
        other = line(process)
        assert urlsplit(other).port == int(port)
        becomes(old, "refused")  # it has no cookie of this project
        new = stranger.new_page()
        new.goto(other)
        append(new, title(new), " von heute")
        tells(new, "Gespeichert")
        # Now the browser has the cookies of both, and sends both to whoever has the port.
        old.bring_to_front()
        append(old, title(old), "!")
        # It is told by whichever answer comes first: that to the save, or to its own look.
        words = re.compile("andere[ns] Projekt")
        expect(old.locator("#state")).to_contain_text(words, timeout=AGAIN)
        assert second.read_text() == BEGIN.replace(PARK, f"{PARK} von heute")
        new.close()
    assert first.read_text() == BEGIN
    with typed(project_of(first), "--no-open") as process:
        assert urlsplit(line(process)).port == int(port)
        becomes(old, "saved")
    assert first.read_text() == BEGIN.replace(PARK, f"{PARK} von gestern!")
    assert second.read_text() == BEGIN.replace(PARK, f"{PARK} von heute")


# --- The disk -----------------------------------------------------------------------------------


@posix
def test_a_disk_without_room(stranger: BrowserContext, files: tuple[Path, Path]) -> None:
    """The system refuses to write on, in the middle of the file: that is what a full disk does."""
    file, _ = files
    text = BEGIN + "# " + 500 * "Viele Worte. " + "\n"
    file.write_text(text)
    page = stranger.new_page()
    small = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh"]  # 4 kB a file
    with typed(project_of(file), "probe", "--no-open", through=small) as process:
        page.goto(line(process))
        append(page, title(page), " bleibt")
        becomes(page, "refused")
        tells(page, "leaflet.yaml")
        append(page, answer(page), " Ja.")
        page.reload()
        expect(title(page)).to_have_value(f"{PARK} bleibt")
        becomes(page, "refused")
        assert file.read_text() == text
        assert [one.name for one in file.parent.iterdir()] == [file.name], "nothing half is left"
    with typed(project_of(file), "--no-open") as process:
        assert line(process)
        becomes(page, "saved")
    assert file.read_text() == (
        text.replace(PARK, f"{PARK} bleibt").replace("ist gut.", "ist gut. Ja.")
    )


@posix
def test_a_disk_that_is_read_only(stranger: BrowserContext, files: tuple[Path, Path]) -> None:
    file, _ = files
    file.parent.chmod(0o555)
    page = stranger.new_page()
    # Who may write everywhere, whatever its mode, does without that here.
    weak = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    with typed(project_of(file), "probe", "--no-open", through=weak) as process:
        page.goto(line(process))
        becomes(page, "saved")
        append(page, title(page), " bleibt")
        becomes(page, "refused")
        tells(page, "leaflet.yaml")
        page.reload()
        expect(title(page)).to_have_value(f"{PARK} bleibt")
        becomes(page, "refused")
        assert file.read_text() == BEGIN
        file.parent.chmod(0o755)
        becomes(page, "saved")  # by itself
    assert file.read_text() == BEGIN.replace(PARK, f"{PARK} bleibt")


# --- Others write, too ------------------------------------------------------------------------


def test_two_tabs_with_the_same_field_ask(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    one, other = opened(context, studio), opened(context, studio)
    answer(one).click()  # the field with the caret is not written to
    other.bring_to_front()
    append(other, answer(other), " Zwei.")
    tells(other, "Gespeichert")
    one.bring_to_front()
    append(one, answer(one), " Eins.")
    texts = one.get_by_role("group", name="Dieser Text wurde inzwischen").locator(".text")
    expect(texts).to_have_text(["Das ist gut. Eins.", "Das ist gut. Zwei."])
    assert said(leaflet)["passages"][0]["commentary"]["text"] == "Das ist gut. Zwei."
    one.get_by_role("button", name=re.compile("Meinen")).click()
    other.bring_to_front()
    title(other).click()
    expect(answer(other)).to_have_value("Das ist gut. Eins.")
    assert said(leaflet)["passages"][0]["commentary"]["text"] == "Das ist gut. Eins."


def test_what_is_being_composed_is_not_written_over(
    context: BrowserContext, studio: Running, leaflet: Path
) -> None:
    """The file changes, in this field and another, while an input method makes a character."""
    page = opened(context, studio)
    answer(page).click()
    page.keyboard.press("Control+End")
    keyboard = context.new_cdp_session(page)
    composing = {"text": "にほ", "selectionStart": 2, "selectionEnd": 2}
    keyboard.send("Input.imeSetComposition", composing)
    leaflet.write_text(BEGIN.replace("Das ist gut.", "Von fern.").replace(PARK, "Euer Park"))
    expect(title(page)).to_have_value("Euer Park")
    expect(answer(page)).to_have_value("Das ist gut.にほ")
    keyboard.send("Input.insertText", {"text": "日本"})
    texts = page.get_by_role("group", name="Dieser Text wurde inzwischen").locator(".text")
    expect(texts).to_have_text(["Das ist gut.日本", "Von fern."])
    expect(answer(page)).to_have_value("Das ist gut.日本")
    assert said(leaflet)["passages"][0]["commentary"]["text"] == "Von fern."


# --- Pages of others ----------------------------------------------------------------------------

ATTACK = """<!doctype html><title>Fremd</title><script type="module">
const studio = "STUDIO", leaflet = "/leaflets/LEAFLET", heard = [];
const loads = (tag, key, url) => new Promise((resolve) => {
  const one = document.createElement(tag);
  one.onload = () => resolve(heard.push(`${tag} ${url}`));
  one.onerror = () => resolve();
  one[key] = studio + url;
  document.body.append(one);
});
const asks = (url, options) => fetch(studio + url, { credentials: "include", ...options })
  .then(async (answer) => heard.push(`${url} ${answer.type} ${await answer.text()}`), () => {});
const change = { kind: "put", path: ["title"], value: "Fremd", was: "Unser Park" };
const body = JSON.stringify({ project: "PROJECT", leaflet: "LEAFLET", changes: [change] });
const json = { "Content-Type": "application/json" };
await loads("script", "src", "/static/api.js");
await loads("img", "src", "/api/designs/bold.png");
await asks(`/api${leaflet}`);
await asks(leaflet);
await asks(`/api${leaflet}`, { method: "POST", body, headers: json });
for (const type of ["application/json", "text/plain"]) {
  await fetch(`${studio}/api${leaflet}`, { method: "POST", mode: "no-cors", credentials: "include",
    body: new Blob([body], { type }) }).catch(() => {});
}
await new Promise((resolve) => {
  const stream = new EventSource(`${studio}/api${leaflet}/events`, { withCredentials: true });
  stream.onopen = () => resolve(heard.push("stream"));
  stream.onerror = () => resolve(stream.close());
});
const opened = open(studio + leaflet);
await new Promise((resolve) => setTimeout(resolve, 300));
try { heard.push(`window ${opened.document.title}`); } catch { /* as it should be */ }
document.title = JSON.stringify(heard);
</script>"""


@contextmanager
def elsewhere(page: str) -> Iterator[str]:
    """The address of another server on this computer, which has one page."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_a_page_of_another_server_reads_and_writes_nothing(
    browser: Browser, studio: Running, leaflet: Path
) -> None:
    """The browser sends it the cookie: to its mind, ports are the same site."""
    context = browser.new_context()
    name, value = studio.secret.cookie_name, studio.secret.cookie
    context.add_cookies([{"name": name, "value": value, "url": studio.origin}])
    attack = ATTACK.replace("STUDIO", studio.origin).replace("LEAFLET", leaflet.parent.name)
    with elsewhere(attack.replace("PROJECT", studio.secret.project)) as address:
        page = context.new_page()
        page.goto(address)
        expect(page).to_have_title(re.compile(r"^\["), timeout=AGAIN)
        assert page.title() == "[]"
    context.close()
    assert leaflet.read_text() == BEGIN


# --- Very long ----------------------------------------------------------------------------------


def test_five_hundred_pairs(context: BrowserContext, studio: Running, leaflet: Path) -> None:
    pairs = "".join(
        f"  - id: p{n}\n    quote: {{lines: {n}, text: Wort {n}}}\n"
        f"    commentary: {{text: Antwort {n}.}}\n"
        for n in range(1, 501)
    )
    text = f"language: de\ntitle: Viele\npassages:\n{pairs}"
    leaflet.write_text(text)
    context.set_default_timeout(AGAIN)
    page = context.new_page()
    page.goto(f"{studio.origin}/leaflets/{leaflet.parent.name}")
    expect(page.locator(".passage")).to_have_count(500, timeout=AGAIN)
    append(page, answer(page, 499), " Ja!")
    expect(page.locator("#state")).to_contain_text("Gespeichert", timeout=AGAIN)
    assert leaflet.read_text() == text.replace("Antwort 500.", "Antwort 500. Ja!")
    with page.expect_response(lambda answer: answer.request.method == "POST", timeout=AGAIN):
        page.get_by_role("button", name="Abschnitt 500 nach oben").click()
    moved = leaflet.read_text()
    assert moved.index("Antwort 500") < moved.index("Antwort 499")
    assert sorted(moved.splitlines()) == sorted(
        text.replace("Antwort 500.", "Antwort 500. Ja!").splitlines()
    )


def long_text(pages: int) -> list[list[str]]:
    """Lines of pages, no two alike: what repeats from page to page is a running head."""
    chosen = random.Random(1)
    words = [word for word in (*NOUNS, *VERBS, *ADJECTIVES) if word.isascii()]
    return [[" ".join(chosen.sample(words, 7)) for _ in range(10)] for _ in range(pages)]


def as_pdf(pages: list[list[str]]) -> bytes:
    output = io.BytesIO()
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
        )
        for lines in pages:
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            shown = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
            page.Contents = pdf.make_stream(f"BT /F1 9 Tf 72 700 Td {shown} ET".encode())
        pdf.save(output)
    return output.getvalue()


@pytest.fixture
def long_source(tmp_path: Path) -> Iterator[tuple[Running, Path]]:
    """A studio whose leaflet quotes a document of 150 pages, and its file."""
    file = tmp_path / "content/probe/leaflet.yaml"
    (file.parent / "sources").mkdir(parents=True)
    (file.parent / "sources/lang.pdf").write_bytes(as_pdf(long_text(150)))
    source = "source: {title: Lang, file: sources/lang.pdf}\npassages:"
    file.write_text(BEGIN.replace("passages:", source))
    with run(Workplace(Project(tmp_path))) as studio:
        yield studio, file


def test_a_quote_from_a_hundred_and_fifty_pages(
    browser: Browser, long_source: tuple[Running, Path]
) -> None:
    studio, file = long_source
    line = long_text(150)[148][6]
    with signed_in(browser, studio) as context:
        context.set_default_timeout(AGAIN)
        page = context.new_page()
        page.goto(f"{studio.origin}/leaflets/probe")
        page.get_by_role("button", name="In der Quelle zeigen").nth(1).click()
        search = page.get_by_label("In der Quelle suchen")  # it is there once all has been read
        search.fill(line.lower())
        expect(page.locator(".source-line.found")).to_contain_text(line, timeout=AGAIN)
        search.press("ArrowDown")
        page.keyboard.press("Enter")
        tells(page, "Gespeichert")
        quote = said(file)["passages"][1]["quote"]
        assert (" ".join(quote["text"].split()), str(quote["lines"])) == (line, "1487")
        verdict = page.locator(".passage").nth(1).locator(".verdict-line")
        expect(verdict).to_contain_text("wörtlich · Zeile 1487", timeout=AGAIN)
