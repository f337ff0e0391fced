"""Make contact sheets of all editions in all designs: python script/contact-sheets.py OUT.

Of the first leaflet, the one that `brochure new` begins with, and the full example of the tests:
a sheet for each leaflet and design with all pages as thumbnails, the same as a grey photocopy of a
photocopy, and in OUT/pages every page at 100 %. Web pages are drawn by Chromium, where it is found:
wide, in the dark, and as a telephone shows them. What is said about a leaflet is printed.

`--only REGEX` takes those of which leaflet, design and edition match: `starter/bold/(print|web)`.
"""

import argparse
import re
import tempfile
from pathlib import Path

from drawing import contact_sheet, draw, in_design, leaflets, photocopy
from PIL import Image

from brochure.diagnostics import DiagnosticsError
from brochure.layout.designs import design_names
from brochure.layout.editions import load_editions
from brochure.pipeline.typesetter import Typesetter


def main() -> None:
    """Build, draw, and write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", type=re.compile, default=re.compile(""))
    options = parser.parse_args()
    pages = options.out / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        typesetter = Typesetter(Path(folder) / "cache")
        for leaflet, project, manuscript in leaflets(Path(folder)):
            for design in design_names(project):
                drawn: list[tuple[str, Image.Image]] = []
                for edition, form in load_editions(project).items():
                    name = f"{leaflet}/{design}/{edition}"
                    if not options.only.search(name):
                        continue
                    chosen = in_design(manuscript, design)
                    try:
                        drawn += draw(typesetter, project, chosen, edition, form)
                    except DiagnosticsError as failed:
                        for diagnostic in failed.diagnostics:
                            print(f"{name}: {diagnostic.severity.value}: {diagnostic.message}")
                if not drawn:
                    continue
                for label, page in drawn:
                    page.save(pages / f"{leaflet}-{design}-{label.replace(', ', '-')}.png")
                sheet = options.out / f"{leaflet}-{design}.png"
                contact_sheet(drawn).save(sheet)
                contact_sheet([(label, photocopy(page)) for label, page in drawn]).save(
                    sheet.with_stem(f"{sheet.stem}-grey")
                )
                print(sheet)


if __name__ == "__main__":
    main()
