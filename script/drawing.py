"""Leaflets drawn as pictures, for `contact-sheets.py` and `picture.py`."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from brochure.layout import web
from brochure.layout.compose.composer import compose
from brochure.layout.edition import Edition
from brochure.manuscript.load import Manuscript, read_manuscript
from brochure.pipeline.typesetter import Typesetter
from brochure.project import Project, packaged_fonts
from brochure.starters import create_leaflet

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT))  # the full example is one of the tests
FIRST, REGION = "wir-bringen-uns-ein", "marburg-biedenkopf"
FULL = 96 / 72  # pixels a point at 100 %
THUMBNAIL = 320  # pixels that a thumbnail is wide
GAP = 16  # pixels around and between thumbnails
LABEL = 20  # pixels for the name of an edition
WINDOWS = {"web": (1200, 1600, ()), "web, dark": (1200, 1600, ("--force-dark-mode",)),
           "web, small": (500, 1600, ())}  # fmt: skip
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def leaflets(folder: Path) -> Iterator[tuple[str, Project, Manuscript]]:
    """Leaflets by name, with their projects."""
    from tests.full_example import NAME, write_full_example

    project = Project(ROOT)
    yield "first", project, read_manuscript(project, FIRST, REGION)
    path = create_leaflet(folder, "starter", "de")
    project = Project(path.parents[2])
    yield "starter", project, read_manuscript(project, "starter")
    write_full_example(folder / "full")
    project = Project(folder / "full")
    yield "full", project, read_manuscript(project, NAME)


def in_design(manuscript: Manuscript, design: str) -> Manuscript:
    """The leaflet in a design, whatever its own is."""
    leaflet = manuscript.leaflet.model_copy(update={"design": design})
    return replace(manuscript, leaflet=leaflet)


def draw(
    typesetter: Typesetter, project: Project, manuscript: Manuscript, name: str, edition: Edition
) -> Iterator[tuple[str, Image.Image]]:
    """The pages of an edition at 100 %, with their names; prints what is said about them."""
    composition = compose(project, manuscript, name, edition, write_cache=False)
    if edition.output == "html":
        yield from screenshots(web.page(composition))
        return
    result = typesetter.typeset(composition)
    for diagnostic in (*composition.diagnostics, *result.diagnostics):
        shown = f"{diagnostic.severity.value}: {diagnostic.message}"
        print(f"{manuscript.name}/{manuscript.leaflet.design}/{name}: {shown}")
    document = pypdfium2.PdfDocument(result.pdf)
    for number, page in enumerate(document, 1):
        yield f"{name}, {number}", page.render(scale=FULL).to_pil().convert("RGB")
    document.close()


def screenshots(page: bytes) -> Iterator[tuple[str, Image.Image]]:
    """A page of the web as browsers show it; nothing where there is no Chromium."""
    browser = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        html, picture = Path(folder) / "page.html", Path(folder) / "page.png"
        html.write_bytes(page)
        for label, (width, height, more) in WINDOWS.items():
            command = [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                f"--window-size={width},{height}", f"--screenshot={picture}", *more, str(html),
            ]  # fmt: skip
            subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603
            yield label, Image.open(picture).convert("RGB")


def photocopy(page: Image.Image) -> Image.Image:
    """A page as a copy of a copy: grey, blurred, with hard contrasts."""
    copy = page.convert("L")
    for _ in range(2):
        copy = copy.filter(ImageFilter.GaussianBlur(0.6))
        copy = copy.point([min(255, max(0, round((x - 128) * 1.6 + 112))) for x in range(256)])
    return copy.convert("RGB")


def contact_sheet(
    pages: list[tuple[str, Image.Image]], *, row: int = 6, height: int = 2 * THUMBNAIL
) -> Image.Image:
    """All pages as thumbnails with their names, in rows of so many; none higher than `height`."""
    font = ImageFont.truetype(packaged_fonts() / "Source Sans 3" / "SourceSans3-Bold.ttf", 14)
    cells = []
    for label, page in pages:
        thumbnail = ImageOps.contain(page, (THUMBNAIL, height))
        cell = Image.new("RGB", (THUMBNAIL, thumbnail.height + LABEL), "#888888")
        cell.paste(thumbnail, (0, LABEL))
        ImageDraw.Draw(cell).text((2, 0), label, "white", font)
        cells.append(cell)
    rows = [cells[start : start + row] for start in range(0, len(cells), row)]
    heights = [max(cell.height for cell in row) + GAP for row in rows]
    size = (row * (THUMBNAIL + GAP) + GAP, sum(heights) + GAP)
    sheet = Image.new("RGB", size, "#888888")
    for row, top in zip(rows, [sum(heights[:index]) for index in range(len(rows))], strict=True):
        for index, cell in enumerate(row):
            sheet.paste(cell, (GAP + index * (THUMBNAIL + GAP), GAP + top))
    return sheet
