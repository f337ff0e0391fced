"""Make the pictures of the studio in the README: python script/screenshots.py.

docs/studio.png is the first leaflet being written, with its pages; docs/studio-variants.png its
regions; docs/studio-import.png what is understood of a Word file. The studio runs as it does for
users, on a copy of the leaflet, in Chromium, in English.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docx
from drawing import CHROMIUM, FIRST, ROOT
from PIL import Image
from playwright.sync_api import Page, sync_playwright

SIZE = {"width": 1280, "height": 800}
COLOURS = 128  # more would be seen by nobody
PATIENCE = 120_000  # milliseconds until pages are set
# Times would make each picture another one.
SAME_TIMES = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    text.data = text.data.replace(/\\d\\d:\\d\\d:\\d\\d/g, "12:04:07");
  }
}"""


def main() -> None:
    """Draw them all."""
    browser_path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser_path is None:
        sys.exit("No Chromium was found.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        project = Path(folder) / "flugblatt"
        shutil.copytree(ROOT / "content" / FIRST, project / "content" / FIRST)
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        with studio(project, Path(folder)) as link:
            page = browser.new_page(viewport=SIZE, locale="en-GB", color_scheme="light")
            page.set_default_timeout(PATIENCE)
            page.goto(link)
            page.locator(".page img").first.wait_for()
            page.locator("textarea").first.wait_for()
            page.get_by_role("button", name="Show in the source").first.wait_for()
            page.wait_for_function(
                "[...document.querySelectorAll('.page img')].some((one) => one.naturalWidth)"
            )
            pair = page.locator(".passage").first
            pair.locator(".commentary textarea").last.focus()  # its place on the page is marked
            pair.evaluate("pair => pair.scrollIntoView({ block: 'start' })")
            save(page, "studio")
            page.goto(f"{link.partition('/open')[0]}/leaflets/{FIRST}/variants")
            page.get_by_role("table").wait_for()
            save(page, "studio-variants")
            page.goto(link.partition("/open")[0])
            write_word_file(Path(folder) / "our-park.docx")
            page.locator("#choose:enabled").wait_for()
            page.locator("#file").set_input_files(Path(folder) / "our-park.docx")
            page.wait_for_url("**/import/*")
            pairs = page.get_by_role("heading", name="Pairs")
            pairs.evaluate("heading => scrollTo(0, heading.offsetTop - 70)")
            save(page, "studio-import")
        browser.close()


def write_word_file(path: Path) -> None:
    """What a volunteer has: a title, and a table of quotes and answers."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Friends of the Park"
    document.add_heading("Our park stays green!", 0)
    document.add_paragraph("The council has a plan for our park. We have read it.")
    table = document.add_table(1, 2)
    for cell, text in zip(table.rows[0].cells, ("The plan", "What we say"), strict=True):
        cell.text = text
    for quote, answer in (
        ("“The trees along the southern path are to be felled.” (p. 4, lines 12 – 13)",
         "They are the oldest in town. Nobody has counted what lives in them."),
        ("“The playground will be moved closer to the road.”",
         "Closer to the road? We ask for a fence, and for the reason."),
    ):  # fmt: skip
        left, right = table.add_row().cells
        left.text, right.text = quote, answer
    document.save(str(path))


@contextmanager
def studio(project: Path, folder: Path) -> Iterator[str]:
    """The link to a studio that runs meanwhile."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "BROCHURE_LANGUAGE": "en",
        "BROCHURE_STATE": str(folder / "state"), "BROCHURE_CACHE": str(folder / "cache"),
    }  # fmt: skip
    command = [sys.executable, "-m", "brochure", "studio", FIRST, "--no-open"]
    with subprocess.Popen(  # noqa: S603
        command, cwd=project, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def save(page: Page, name: str) -> None:
    """Write a picture of what the window shows, with few colours, so that it is small."""
    page.evaluate(SAME_TIMES)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
    target = ROOT / "docs" / f"{name}.png"
    picture.convert("RGB").quantize(COLOURS).save(target, optimize=True)
    print(target, target.stat().st_size // 1000, "kB")


if __name__ == "__main__":
    main()
