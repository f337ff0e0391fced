"""Make the pictures in the README, and those of designs: python script/picture.py.

The first leaflet is on docs/leaflet.png, in plain on docs/leaflet-plain.png: its pages to
print. docs/editions.png and docs/editions-plain.png show a page of it in each edition. Designs have
pictures of the full example, in styles/designs/<name>/picture.png.
"""

import tempfile
from pathlib import Path

from drawing import FIRST, REGION, ROOT, contact_sheet, draw, in_design, leaflets
from PIL import Image, ImageOps

from brochure.layout.designs import DEFAULT, PICTURE, design_names
from brochure.layout.editions import load_editions
from brochure.manuscript.load import read_manuscript
from brochure.pipeline.typesetter import Typesetter
from brochure.project import Project

GAP = 24  # pixels around and between pages
SCALE = 0.9  # of pages at 100 %
PICTURE_WIDTH = 400  # pixels that the picture of a design is wide


def main() -> None:
    """Draw them all."""
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
