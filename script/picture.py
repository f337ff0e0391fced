"""Make the pictures in the README, and those of designs: python script/picture.py.

The first leaflet is on docs/leaflet.png, in plain on docs/leaflet-plain.png: its pages to
print. docs/editions.png and docs/editions-plain.png show a page of it in each edition. Designs have
pictures of the full example, in styles/designs/<name>/picture.png; what leaflets begin with has
pictures of its first page, in brochure/starter/<language>/, beside digests of the texts shown.
"""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
from drawing import FIRST, FULL, REGION, ROOT, contact_sheet, draw, in_design, leaflets
from PIL import Image, ImageOps

from brochure.layout.designs import DEFAULT, PICTURE, design_names
from brochure.layout.editions import load_editions
from brochure.manuscript.load import read_manuscript
from brochure.pipeline.typesetter import Typesetter
from brochure.project import Project
from brochure.starters import Starter, create_leaflet, starter_languages, starter_text

GAP = 24  # pixels around and between pages
SCALE = 0.9  # of pages at 100 %
PICTURE_WIDTH = 400  # pixels that the picture of a design is wide
NOTHING = "    quote: {text: …}\n    commentary: {text: …}"  # a pair without words


def main() -> None:
    """Draw them all."""
    draw_starters()
    with tempfile.TemporaryDirectory() as folder:
        typesetter = Typesetter(Path(folder) / "cache")
        project = Project(ROOT)
        editions = load_editions(project)
        first = read_manuscript(project, FIRST, REGION)
        *_, (_, where, full) = leaflets(Path(folder))
        for design in design_names(project):
            suffix = "" if design == DEFAULT else f"-{design}"
            chosen = in_design(first, design)
            pages = [
                page for _, page in draw(typesetter, project, chosen, "print", editions["print"])
            ]
            save(side_by_side(pages), ROOT / "docs" / f"leaflet{suffix}.png")
            shown = []
            for name, edition in editions.items():
                _, page = next(draw(typesetter, project, chosen, name, edition))
                shown.append((name, page))
            sheet = contact_sheet(shown, row=5, height=450)
            save(sheet, ROOT / "docs" / f"editions{suffix}.png")
            chosen = in_design(full, design)
            _, page = next(draw(typesetter, where, chosen, "email", editions["email"]))
            small = ImageOps.contain(page, (PICTURE_WIDTH, 2 * PICTURE_WIDTH))
            save(small, ROOT / "styles" / "designs" / design / PICTURE)


def draw_starters() -> None:
    """The first page of each leaflet to begin with, and the digests of their texts."""
    size = (PICTURE_WIDTH, 2 * PICTURE_WIDTH)
    for language in starter_languages():
        folder = ROOT / "brochure" / "starter" / language
        digests = {}
        for starter in Starter:
            small = ImageOps.contain(first_page(language, starter), size)
            save(small, folder / f"{starter}.png")
            text = starter_text(language, starter)
            digests[starter.value] = hashlib.sha256(text.encode()).hexdigest()
        (folder / "pictures.json").write_text(json.dumps(digests, indent=2) + "\n", "utf-8")


def first_page(language: str, starter: Starter) -> Image.Image:
    """The first page of a leaflet to begin with, as `brochure build` makes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = create_leaflet(Path(folder), "starter", language, starter=starter)
        root = path.parents[2]
        command = [sys.executable, "-m", "brochure", "build", "--edition", "email"]
        if starter is Starter.EXAMPLE:
            command.append("--draft")
        if starter is Starter.EMPTY:  # what makes no page yet
            text = path.read_text("utf-8")
            path.write_text(re.sub(r"(  - id: \S+)", rf"\1\n{NOTHING}", text), "utf-8")
        subprocess.run(command, cwd=root, check=True, capture_output=True)  # noqa: S603
        (pdf,) = root.glob("out/**/*.pdf")
        with pypdfium2.PdfDocument(pdf) as document:
            page: Image.Image = document[0].render(scale=FULL).to_pil().convert("RGB")
    return page


def side_by_side(pages: list[Image.Image]) -> Image.Image:
    """Pages in a row, on grey."""
    small = [ImageOps.scale(page, SCALE) for page in pages]
    width = sum(page.width for page in small) + GAP * (len(small) + 1)
    picture = Image.new("RGB", (width, small[0].height + 2 * GAP), "#cccccc")
    left = GAP
    for page in small:
        picture.paste(page, (left, GAP))
        left += page.width + GAP
    return picture


def save(picture: Image.Image, target: Path) -> None:
    """Write a picture with few colours, so that it is small."""
    picture.quantize(64).save(target, optimize=True)
    print(target, target.stat().st_size // 1000, "kB")


if __name__ == "__main__":
    main()
