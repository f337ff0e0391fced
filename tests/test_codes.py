"""QR codes, decoded from the rendered page by another program than the one that drew them."""

import io
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from brochure.layout.compose import qr_codes
from tests.conftest import HEAD, PASSAGE, Workspace

ADDRESS = "https://www.example.org/aktion/wir-bringen-uns-ein"
SOURCE = "https://example.org/vertrag.pdf?seite=3&zeile=1087#ä"
LEAFLET = f"""{HEAD}imprint: Druck 12345
date: 2026-11-24
codes: [lead, passages, contact, source]
lead: Mehr bei [uns](https://example.org/lead).
contact: Schreibt an hallo@example.org oder lest [hier]({ADDRESS}).
source: {{title: Vertrag, address: "{SOURCE}"}}
passages:
  - id: eins
    quote: {{lines: 1, text: "Ein Satz mit [Adresse](https://example.org/zitat)."}}
    commentary: {{text: "Dazu [dies](https://example.org/dazu) und [das](https://example.org/das)."}}
"""
ALL = {
    "https://example.org/lead",
    ADDRESS,
    SOURCE,
    "https://example.org/zitat",
    "https://example.org/dazu",
    "https://example.org/das",
}


def pages(pdf: bytes, dpi: float) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    images = [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    document.close()
    return images


def decoded(images: list[Image.Image]) -> list[str]:
    return [found.text for image in images for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize(
    "edition", ["print", "copier", "booklet", "folded", "large-print", "press", "booklet-a4"]
)
def test_every_code_is_read_from_the_rendered_page(workspace: Workspace, edition: str) -> None:
    workspace.leaflet(LEAFLET)
    found = decoded(pages(workspace.typeset(edition).pdf, 200))
    assert sorted(found) == sorted(ALL)


def test_a_sheet_of_two_copies_has_each_twice(workspace: Workspace) -> None:
    workspace.leaflet(LEAFLET)
    found = decoded(pages(workspace.typeset("two-up").pdf, 200))
    assert sorted(found) == sorted([*ALL, *ALL])


def test_a_copy_of_a_copy_is_still_read(workspace: Workspace) -> None:
    """At arm's length a telephone sees some 100 dots an inch; blurred, and of less contrast."""
    workspace.leaflet(LEAFLET)
    images = [
        image.filter(ImageFilter.GaussianBlur(0.8)).point(lambda v: 70 + v * 120 // 255)
        for image in pages(workspace.typeset("print").pdf, 100)
    ]
    assert sorted(decoded(images)) == sorted(ALL)


@pytest.mark.parametrize("edition", ["email", "web"])
def test_there_is_none_where_links_can_be_clicked(workspace: Workspace, edition: str) -> None:
    workspace.leaflet(LEAFLET)
    assert "qr:" not in workspace.compose(edition).html


def test_only_what_is_asked_for_gets_one(workspace: Workspace) -> None:
    workspace.leaflet(LEAFLET.replace("codes: [lead, passages, contact, source]\n", ""))
    assert decoded(pages(workspace.typeset("print").pdf, 150)) == []
    workspace.leaflet(LEAFLET.replace("[lead, passages, contact, source]", "[contact]"))
    assert decoded(pages(workspace.typeset("print").pdf, 150)) == [ADDRESS]


def test_no_code_without_address(workspace: Workspace) -> None:
    """Neither where there is no link, nor without the address in letters beside it."""
    workspace.leaflet(HEAD + "codes: [lead, contact, source, passages]\nimprint: Druck 12345\n"
                      "lead: Ohne.\nsource: {title: Vertrag}\n"
                      "contact: hallo@example.org\npassages:\n  - id: eins\n"
                      "    commentary: {text: Nichts.}\n")  # fmt: skip
    html = workspace.compose("print").html
    assert "qr:" not in html
    assert 'class="codes"' not in html
    assert 'class="scanned"' not in html
    workspace.leaflet(LEAFLET)
    result = workspace.typeset("print")
    document = pypdfium2.PdfDocument(result.pdf)
    for page in document:
        image = page.render(scale=200 / 72).to_pil().convert("L")
        for found in zxingcpp.read_barcodes(image):
            corner = found.position.bottom_left
            x, y = corner.x * 72 / 200, page.get_height() - corner.y * 72 / 200
            # To the right of the code, or below it.
            near = page.get_textpage().get_text_bounded(x - 45, y - 30, x + 300, y + 70)
            short = found.text.removeprefix("https://").removeprefix("www.")[:14]
            assert short in near.replace("\n", "").replace("\r", ""), found.text
    document.close()


def side(image: Image.Image, position: Any, dpi: float) -> float:
    """The side of a code in mm, without its quiet zone."""
    return float(position.top_right.x - position.top_left.x) / dpi * 25.4


def test_codes_are_large_enough_with_white_around(workspace: Workspace) -> None:
    """ISO/IEC 18004, 6.3.8: four modules; 18 mm at least, and modules of half a millimetre."""
    workspace.leaflet(
        LEAFLET.replace("hier](", "hier](https://example.org/" + "lang/" * 30 + "?u=")
    )
    dpi = 300
    sizes = []
    for image in pages(workspace.typeset("print").pdf, dpi):
        for found in zxingcpp.read_barcodes(image):
            wide = side(image, found.position, dpi)
            sizes.append(wide)
            left, top = found.position.top_left.x, found.position.top_left.y
            quiet = int(wide / 25.4 * dpi / 60 * 4) - 4
            around = image.crop((left - quiet, top - quiet, left - 2, top + 50))
            assert min(around.tobytes()) > 250, "the quiet zone is white"
    assert len(sizes) == 6
    assert min(sizes) >= 17.8
    assert max(sizes) > 30, "a long address needs more modules, and gets a larger code"


def test_the_same_address_gives_the_same_bytes() -> None:
    assert qr_codes.picture(ADDRESS) == qr_codes.picture(ADDRESS)
    assert qr_codes.picture(ADDRESS) != qr_codes.picture(SOURCE)


def test_a_code_is_described_to_those_who_cannot_see_it(workspace: Workspace) -> None:
    workspace.leaflet(LEAFLET)
    with pikepdf.open(io.BytesIO(workspace.typeset("print").pdf)) as document:
        figures = [
            str(thing.Alt)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Figure"
        ]
    assert len(figures) == 6
    assert "QR-Code: example.org/lead" in figures


def test_parts_that_there_are_not(workspace: Workspace) -> None:
    workspace.leaflet(LEAFLET.replace("[lead,", "[leed,"))
    (diagnostic,) = workspace.diagnostics("print")
    assert (diagnostic.code, diagnostic.location.line) == ("value", 5)
    assert diagnostic.hint == "Did you mean `lead`?"


def test_a_link_too_long_to_be_scanned_is_told_where_it_stands(workspace: Workspace) -> None:
    long = "https://example.org/" + "x" * 500
    workspace.leaflet(
        HEAD + f"imprint: Druck 12345\ncodes: [lead]\nlead: |\n  Vorn\n  [hier]({long})\n" + PASSAGE
    )
    (diagnostic,) = workspace.diagnostics("print")
    assert (diagnostic.code, diagnostic.location.line, diagnostic.location.column) == (
        "code",
        7,
        10,
    )
    assert "at most 500 bytes" in diagnostic.message
    assert workspace.diagnostics("email") == (), "where it can be clicked, it needs no code"
