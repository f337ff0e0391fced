"""What a print shop needs: slug line, colour bar, black that is printed over its ground."""

import io
from typing import Any

import pikepdf
import pypdfium2
import pytest

from brochure.pipeline.typesetter import Typesetter
from brochure.prepress.imposition import MM
from brochure.prepress.overprint import overprint_black_text
from tests.conftest import HEAD, Workspace

LONG_TITLE = "Ein Titel, der so lang ist, dass er in der Zeile am Rand nicht ganz stehen kann"


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory, typesetter: Typesetter) -> bytes:
    """A leaflet of several pages for the print shop."""
    workspace = Workspace(tmp_path_factory.mktemp("press"), typesetter)
    head = HEAD.replace("Titel", f"'{LONG_TITLE}'")
    head += "imprint: Druck 12345\ndate: 2026-11-24\npassages:\n"
    workspace.leaflet(
        head
        + "".join(f"  - id: p{n}\n    commentary:\n      text: {'Wort ' * 250}\n" for n in range(4))
    )
    return workspace.typeset("press").pdf


def boxes(pdf: bytes) -> list[tuple[list[float], ...]]:
    """MediaBox, BleedBox and TrimBox of each page."""
    keys = ("/MediaBox", "/BleedBox", "/TrimBox")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [tuple([float(v) for v in page[key]] for key in keys) for page in document.pages]


def test_the_slug_line_names_leaflet_edition_date_and_page_outside_of_the_bleed(
    press: bytes,
) -> None:
    document = pypdfium2.PdfDocument(press)
    pages = len(document)
    assert pages > 1
    for number, (media, bleed, trim) in enumerate(boxes(press)):
        text = document[number].get_textpage()
        # Bounded by the sheet above the bleed, left of the mark in the middle.
        middle = (media[0] + media[2]) / 2 - 3 * MM
        slug = text.get_text_bounded(trim[0] + 1 * MM, bleed[3] + 1 * MM, middle, media[3] - 1 * MM)
        assert slug.startswith("Ein Titel, der so lang ist, ")
        end = f" … · press · 24. November 2026 · Seite {number + 1} von {pages}"
        assert slug.strip().endswith(end)
        assert text.get_text_range().count("· press ·") == 1, "all of it is there"
    document.close()
    with pikepdf.open(io.BytesIO(press)) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts]
        assert descriptors
        assert all("/FontFile2" in d or "/FontFile3" in d for d in descriptors)


def test_the_colour_bar_shows_each_ink_outside_of_the_bleed(press: bytes) -> None:
    (media, bleed, trim), *_ = boxes(press)
    document = pypdfium2.PdfDocument(press)
    picture = document[0].render(scale=2).to_pil().convert("RGB")
    document.close()
    y = bleed[1] - 3.5 * MM
    seen = []
    for number in range(9):
        x = trim[0] + 10 * MM + (number + 0.5) * 4 * MM
        pixel = picture.getpixel((int((x - media[0]) * 2), int((media[3] - y) * 2)))
        assert isinstance(pixel, tuple)
        seen.append("".join(name for name, v in zip("rgb", pixel, strict=True) if v > 190))
    cyan, magenta, yellow, black = seen[0], seen[2], seen[4], seen[6]
    assert (cyan in ("gb", "b"), magenta in ("r", "rb", "")) == (True, True)
    assert (yellow, black) == ("rg", "")
    assert seen[8] == "rgb", "paper"
    edge = int((media[3] - bleed[1]) * 2) - 2
    inside = {
        picture.getpixel((int((trim[0] + d * MM - media[0]) * 2), edge)) for d in range(8, 48)
    }
    assert inside == {(255, 255, 255)}


def shown(stream: Any) -> list[tuple[str, tuple[float, ...], bool]]:
    """All that is painted in a stream: text or area, its fill, and whether it overprints."""
    found = []
    fill: tuple[float, ...] = ()
    over, saved = False, []
    states = {
        str(name): bool(state.op)
        for name, state in stream.Resources.ExtGState.items()
        if "/op" in state
    }
    instructions: Any = pikepdf.parse_content_stream(stream)
    for operands, operator in instructions:
        match str(operator):
            case "q":
                saved.append((fill, over))
            case "Q":
                fill, over = saved.pop()
            case "k":
                fill = tuple(float(v) for v in operands)
            case "gs":
                over = states.get(str(operands[0]), over)
            case "Tj" | "TJ":
                found.append(("text", fill, over))
            case "f" | "f*" | "Do":
                found.append(("area", fill, over))
    return found


def test_black_text_alone_overprints(press: bytes) -> None:
    with pikepdf.open(io.BytesIO(press)) as document:
        painted = [each for page in document.pages for each in shown(page)]
        for state in document.pages[0].Resources.ExtGState.values():
            assert "/op" not in state or bool(state.op) == (int(state.OPM) == 1)
    black, white = (0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0, 0.0)
    assert {over for kind, fill, over in painted if kind == "text" and fill == black} == {True}
    assert {over for kind, fill, over in painted if kind == "text" and fill == white} == {False}
    assert {over for kind, fill, over in painted if fill != black or kind == "area"} == {False}


def test_overprint_ends_where_text_turns_to_another_colour() -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    page.Contents = pdf.make_stream(
        b"0 0 0 1 k q 1 0 0 0 k BT /F 9 Tf (a) Tj ET Q BT (b) Tj 0 0 0 0 k (c) Tj 0 0 0 1 k (d) Tj "
        b"0 0 0 .9 k (e) Tj 0 0 0 1 k (f) Tj 1 g (g) Tj ET 0 0 0 1 k 0 0 9 9 re f"
    )
    overprint_black_text(pdf)
    assert [over for _, _, over in shown(pdf.pages[0])] == [
        False, True, False, True, False, True, False, False,
    ]  # fmt: skip
