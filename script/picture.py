"""Make the picture in the README from the PDF that was built: python script/picture.py."""

from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).parent.parent
NAME, REGION = "wir-bringen-uns-ein", "marburg-biedenkopf"
SCALE = 1.2  # pixels a point
GAP = 24  # pixels around and between pages


def main() -> None:
    """Draw the pages side by side on grey."""
    document = pypdfium2.PdfDocument(ROOT / "out" / NAME / REGION / f"{NAME}-{REGION}-print.pdf")
    pages = [page.render(scale=SCALE).to_pil() for page in document]
    width = sum(page.width for page in pages) + GAP * (len(pages) + 1)
    picture = Image.new("RGB", (width, pages[0].height + 2 * GAP), "#cccccc")
    left = GAP
    for page in pages:
        picture.paste(page, (left, GAP))
        left += page.width + GAP
    target = ROOT / "docs" / "leaflet.png"
    picture.quantize(64).save(target, optimize=True)
    print(target)


if __name__ == "__main__":
    main()
