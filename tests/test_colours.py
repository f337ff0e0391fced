"""Colours of finished PDFs: pure black, CMYK, PDF/X-4; read back from their content streams."""

import hashlib
import io
import re
import time
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from brochure.manuscript.model import fields as colours
from brochure.prepress.colour import ColourConverter
from brochure.prepress.imposition import MM
from tests.conftest import HEAD, PASSAGE, ROOT, Workspace
from tests.test_pdf import conforms

PROFILE = (ROOT / "styles/profiles/FOGRA39L_coated.icc").read_bytes()
FULL = HEAD + "imprint: Druck 12345\ndate: 2026-11-24\n"


def instructions(stream: Any) -> Any:
    return pikepdf.parse_content_stream(stream)


def painted(pdf: bytes) -> set[tuple[str, tuple[float, ...]]]:
    """Every colour that is set in any content stream: operator and operands."""
    found = set()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        streams: list[Any] = [*document.pages]
        streams += [
            thing
            for thing in document.objects
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Form"
        ]
        for stream in streams:
            for operands, operator in instructions(stream):
                if str(operator) in ("rg", "RG", "g", "G", "k", "K", "sc", "SC", "scn", "SCN"):
                    numbers = tuple(round(float(o), 3) for o in operands if not hasattr(o, "keys"))
                    found.add((str(operator), numbers))
    return found


def image(mode: str, size: tuple[int, int] = (600, 300)) -> bytes:
    """A PNG that runs from red to blue, half of it half transparent where the mode can."""
    picture = Image.new("RGBA", size)
    picture.putdata(
        [
            (255 - x * 255 // size[0], 60, x * 255 // size[0], 255 if y < size[1] // 2 else 128)
            for y in range(size[1])
            for x in range(size[0])
        ]
    )
    output = io.BytesIO()
    picture.convert(mode).save(output, "PNG")
    return output.getvalue()


def test_contrast_is_that_of_wcag() -> None:
    white, black = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)
    assert colours.contrast(white, black) == pytest.approx(21)
    assert colours.contrast(black, white) == pytest.approx(21)
    # The examples of WebAIM's checker.
    assert colours.contrast(colours.rgb("#777777"), white) == pytest.approx(4.48, abs=0.01)
    assert colours.contrast(colours.rgb("#0000ff"), white) == pytest.approx(8.59, abs=0.01)


@pytest.mark.parametrize("colour", ["#96303f", "#000080", "#004400", "#000000", "#00ff00"])
def test_an_accent_finds_a_tint_for_the_dark(colour: str) -> None:
    tint = colours.on_dark(colour, "#16181c")
    assert colours.contrast(colours.rgb(tint), colours.rgb("#16181c")) >= 4.5
    assert re.fullmatch("#[0-9a-f]{6}", tint)


def test_black_is_pure_k_and_grey_is_k_alone() -> None:
    converter = ColourConverter("cmyk", PROFILE)
    assert converter.components((0.0, 0.0, 0.0)) == (0, 0, 0, 1)
    assert converter.components((1.0, 1.0, 1.0)) == (0, 0, 0, 0)
    assert converter.components((0.5, 0.5, 0.5)) == (0, 0, 0, 0.5)
    red = converter.components(colours.rgb("#96303f"))
    assert red[1] > 0.7 > red[0], "magenta carries a red"
    assert not converter.replaced
    converter.components((0.0, 1.0, 0.0))
    assert list(converter.replaced) == ["#00ff00"], "no press prints the green of a screen"


def test_grey_is_as_light_as_the_colour() -> None:
    converter = ColourConverter("grey", None)
    for level in (0.0, 0.5, 1.0):
        assert converter.components((level, level, level))[0] == pytest.approx(level, abs=0.02)
    green, blue = (converter.components(c)[0] for c in ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    assert green > 0.8 > 0.4 > blue


def test_black_and_white_has_nothing_between() -> None:
    converter = ColourConverter("black", None)
    for colour, ink in (("#000000", 0), ("#ffffff", 1), ("#96303f", 0), ("#dddddd", 1)):
        assert converter.components(colours.rgb(colour)) == (ink,)
    assert converter.replaced == {"#dddddd": "white"}, "what turns black is still there"


def test_the_copier_edition_is_black_and_white(workspace: Workspace) -> None:
    workspace.write("content/probe/logo.png", image("RGBA"))
    workspace.leaflet(FULL + "logo: {file: logo.png, alt: Bild}\naccent: 00557f\n" + PASSAGE)
    result = workspace.typeset("copier")
    assert painted(result.pdf) <= {("g", (0,)), ("g", (1,)), ("G", (0,)), ("G", (1,))}
    assert painted(result.pdf)
    assert b"pdfuaid:part" in result.pdf
    assert [list(f) for f in conforms(result.pdf).values()] == [[], []], "still PDF/A-2a and UA-1"
    with pikepdf.open(io.BytesIO(result.pdf)) as document:
        pictures = [o for o in document.objects if isinstance(o, pikepdf.Stream)
                    and o.get("/Subtype") == "/Image"]  # fmt: skip
        # The picture, and where it is opaque.
        assert [(int(p.BitsPerComponent), str(p.ColorSpace)) for p in pictures] == [
            (1, "/DeviceGray")
        ] * 2
    # At a device pixel a picture pixel, nothing but black and white is left of the photograph.
    document = pypdfium2.PdfDocument(result.pdf)
    shades = document[0].render(scale=300 / 72, no_smoothtext=True, no_smoothimage=True,
                                no_smoothpath=True).to_pil().convert("L").histogram()  # fmt: skip
    document.close()
    assert sum(shades[8:248]) < 0.002 * sum(shades)
    assert sum(shades[:8]) > 0


def test_transparency_is_no_tint_on_the_copier(workspace: Workspace) -> None:
    workspace.write("styles/print.css", ".text { color: rgba(0, 0, 0, 0.4) }")
    workspace.leaflet(FULL + PASSAGE)
    alphas = []
    for edition in ("print", "copier"):
        with pikepdf.open(io.BytesIO(workspace.typeset(edition).pdf)) as document:
            states = [state for page in document.pages
                      for state in page.Resources.ExtGState.values()]  # fmt: skip
            alphas.append({float(s[key]) for s in states for key in ("/ca", "/CA") if key in s})
    assert 0.4 in alphas[0]
    assert alphas[1] == {1.0}


def test_transparent_parts_of_a_picture_are_paper_on_the_copier(workspace: Workspace) -> None:
    """Black that is transparent, beside a grey photograph that becomes dots."""
    picture = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    for x in range(200, 400):
        for y in range(200):
            level = 90 + (x * 7 + y * 13) % 60
            picture.putpixel((x, y), (level, level, level, 255))
    output = io.BytesIO()
    picture.save(output, "PNG")
    workspace.write("content/probe/logo.png", output.getvalue())
    workspace.leaflet(FULL + "logo: {file: logo.png, alt: Bild}\n" + PASSAGE)
    with pikepdf.open(io.BytesIO(workspace.typeset("copier").pdf)) as document:
        (stream,) = (o for o in document.objects if isinstance(o, pikepdf.Stream)
                     and "/SMask" in o)  # fmt: skip
        shown = pikepdf.PdfImage(stream.SMask).as_pil_image()  # type: ignore[arg-type]
        del stream["/SMask"]
        printed = pikepdf.PdfImage(stream).as_pil_image().convert("L")
    middle = printed.width // 2
    left = printed.crop((0, 0, middle - 4, printed.height))
    right = printed.crop((middle + 4, 0, printed.width, printed.height))
    assert set(left.tobytes()) == {255}
    assert shown.getpixel((middle - 4, 9)) == 0
    assert shown.getpixel((middle + 4, 9)) == 255
    assert set(right.tobytes()) == {0, 255}
    assert sum(right.tobytes()) / len(right.tobytes()) == pytest.approx(119, abs=8), "as grey"


def test_groups_on_the_press_are_blended_in_cmyk(workspace: Workspace) -> None:
    workspace.write("styles/print.css", ".text { opacity: 0.5 }")
    workspace.leaflet(FULL + PASSAGE)
    with pikepdf.open(io.BytesIO(workspace.typeset("press").pdf)) as document:
        spaces = {str(thing.Group.CS) for thing in document.objects
                  if isinstance(thing, pikepdf.Stream) and "/Group" in thing}  # fmt: skip
    assert spaces == {"/DeviceCMYK"}


def test_tints_on_the_copier_are_told(workspace: Workspace) -> None:
    workspace.write("styles/copier.css", "blockquote, .text { background: #eeeeee }")
    workspace.leaflet(FULL + PASSAGE)
    result = workspace.typeset("copier")
    (diagnostic,) = result.diagnostics
    assert (diagnostic.code, "#eeeeee" in diagnostic.message) == ("colour-space", True)
    assert diagnostic.message.endswith("becomes plain white.")


@pytest.fixture
def press(workspace: Workspace) -> Any:
    workspace.write("content/probe/logo.png", image("RGB"))
    headed = PASSAGE.replace("text: Text", "heading: Kopf\n      text: Text")
    workspace.leaflet(FULL + "logo: {file: logo.png, alt: Bild}\n" + headed)
    return workspace.typeset("press")


def test_the_press_edition_is_cmyk_throughout(press: Any) -> None:
    found = painted(press.pdf)
    operators = {operator for operator, _ in found}
    assert operators <= {"k", "K", "g", "SCN"}
    assert ("k", (0, 0, 0, 1)) in found, "text is pure black"
    assert ("k", (0, 0, 0, 0)) in found, "paper shows through the title"
    with pikepdf.open(io.BytesIO(press.pdf)) as document:
        spaces = {
            str(thing.ColorSpace)
            for thing in document.objects
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"
        }
        groups = {
            str(thing.CS)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Transparency"
        }
    assert spaces == {"/DeviceCMYK"}
    assert groups <= {"/DeviceCMYK"}


def test_text_is_set_in_pure_black(press: Any) -> None:
    """The ink at each piece of text of the body: walk the stream with its colour."""
    with pikepdf.open(io.BytesIO(press.pdf)) as document:
        ink, inks = None, set()
        for operands, operator in instructions(document.pages[0]):
            match str(operator):
                case "k":
                    ink = tuple(round(float(o), 2) for o in operands)
                case "Tj" | "TJ":
                    inks.add(ink)
    accent = tuple(
        round(v, 2) for v in ColourConverter("cmyk", PROFILE).components(colours.rgb("#96303f"))
    )
    assert inks == {(0, 0, 0, 0), (0, 0, 0, 1), accent}


def test_boxes_and_bleed(press: Any) -> None:
    with pikepdf.open(io.BytesIO(press.pdf)) as document:
        page = document.pages[0]
        trim, bleed, media = ([float(v) for v in page[key]]
                              for key in ("/TrimBox", "/BleedBox", "/MediaBox"))  # fmt: skip
    assert [trim[2] - trim[0], trim[3] - trim[1]] == pytest.approx([210 * MM, 297 * MM], abs=0.01)
    assert [t - b for t, b in zip(trim[:2], bleed[:2], strict=True)] == pytest.approx(
        [3 * MM] * 2, abs=0.01
    )
    assert [b - t for t, b in zip(trim[2:], bleed[2:], strict=True)] == pytest.approx(
        [3 * MM] * 2, abs=0.01
    )
    assert all(m < b for m, b in zip(media[:2], bleed[:2], strict=True))
    # The accent colour fills the bleed at the top, and nothing but marks lies outside of it.
    document = pypdfium2.PdfDocument(press.pdf)
    picture = document[0].render(scale=2).to_pil().convert("RGB")
    document.close()

    def at(x: float, y: float) -> tuple[int, ...]:
        pixel = picture.getpixel((int((x - media[0]) * 2), int((media[3] - y) * 2)))
        assert isinstance(pixel, tuple)
        return pixel

    for x, y in ((bleed[0] + 2, bleed[3] - 2), (bleed[2] - 2, bleed[3] - 2), (100, bleed[3] - 1)):
        red, green, blue = at(x, y)
        assert red > green + 60 < red > blue + 40, "accent up to the edge of the bleed"
    assert at(200, media[3] - 2) == (255, 255, 255)
    corner = [at(trim[0], bleed[3] + 2 * MM + i / 4) for i in range(8)]
    assert min(sum(pixel) for pixel in corner) < 300, "a crop mark in line with the edge"


def test_marks_keep_out_of_the_bleed_and_print_in_all_inks(press: Any) -> None:
    with pikepdf.open(io.BytesIO(press.pdf)) as document:
        page = document.pages[0]
        bleed = [float(v) for v in page.BleedBox]
        space = page.Resources.ColorSpace["/Marks"]
        assert [str(part) for part in list(space)[:3]] == ["/Separation", "/All", "/DeviceCMYK"]
        content = page.Contents.read_bytes().decode("latin-1").partition("/Marks CS")[2]
    lines = re.findall(r"([-\d.]+) ([-\d.]+) m ([-\d.]+) ([-\d.]+) l", content)
    assert len(lines) == 8 + 4 * 2
    for x0, y0, x1, y1 in (tuple(map(float, line)) for line in lines):
        inside = bleed[0] < max(x0, x1) and min(x0, x1) < bleed[2]
        inside = inside and bleed[1] < max(y0, y1) and min(y0, y1) < bleed[3]
        assert not inside


def test_it_says_that_it_is_pdf_x_4(press: Any) -> None:
    """ISO 15930-7:2010: output intent (6.2.2), identification and metadata (6.13), no RGB."""
    with pikepdf.open(io.BytesIO(press.pdf)) as document:
        (intent,) = document.Root.OutputIntents
        assert str(intent.S) == "/GTS_PDFX"
        assert str(intent.OutputConditionIdentifier) == "FOGRA39"
        assert intent.DestOutputProfile.read_bytes() == PROFILE
        assert int(intent.DestOutputProfile.N) == 4
        assert document.pdf_version == "1.6"
        assert str(document.docinfo["/Trapped"]) == "/False"
        assert document.trailer["/ID"] is not None
        with document.open_metadata() as xmp:
            assert xmp["pdfxid:GTS_PDFXVersion"] == "PDF/X-4"
            assert xmp["xmp:CreateDate"].startswith("2026-11-24")
            assert xmp["dc:title"] == "Titel"
            assert xmp["xmpMM:DocumentID"].startswith("uuid:")
        assert "/Encrypt" not in document.trailer
        for page in document.pages:
            assert "/Annots" not in page, "links lie within the page, which PDF/X forbids (6.17)"


@pytest.mark.parametrize("edition", ["press", "copier", "booklet", "folded", "two-up"])
def test_the_same_input_gives_the_same_bytes(workspace: Workspace, edition: str) -> None:
    workspace.leaflet(FULL + PASSAGE)
    first = workspace.typeset(edition).pdf
    time.sleep(1.1)  # should a clock be in it, it shows
    second = workspace.typeset(edition).pdf
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()


def test_colours_that_no_press_can_print_are_told_at_their_place(workspace: Workspace) -> None:
    workspace.leaflet("accent: 0000ff\n" + FULL + PASSAGE)
    (diagnostic,) = workspace.load().located(workspace.typeset("press").diagnostics)
    assert (diagnostic.code, diagnostic.location.line) == ("colour-space", 1)
    assert "`#0000ff`" in diagnostic.message


def test_gradients_are_refused(workspace: Workspace) -> None:
    workspace.write("styles/press.css", "h1 { background: linear-gradient(red, blue) }")
    workspace.leaflet(FULL + PASSAGE)
    _, diagnostics = workspace.attempt(lambda: workspace.typeset("press"))
    assert [c.code for c in diagnostics] == ["colour-space"]
    assert "gradient" in diagnostics[0].message


@pytest.mark.parametrize(
    ("line", "content", "message"),
    [
        ("", None, "names no `profile:`"),
        ("  profile: profiles/none.icc\n", None, "does not exist"),
        ("  profile: profiles/x.icc\n", b"no profile", "is not the ICC profile of a CMYK press"),
        ("  profile: profiles/x.icc\n", (b"\0" * 12 + b"mntrRGB XYZ ").ljust(200, b"\0"), "is no"),
        ("  profile: ../../../etc/passwd\n", None, "is not the name of a file in styles/"),
    ],
)
def test_profiles_that_are_none(
    workspace: Workspace, line: str, content: bytes | None, message: str
) -> None:
    workspace.write(
        "styles/editions.yaml",
        "offset:\n  description: x\n  styles: [common.css, columns.css]\n"
        f"  fonts: [Source Sans 3]\n  colours: cmyk\n{line}",
    )
    if content is not None:
        workspace.write("styles/profiles/x.icc", content)
    workspace.leaflet(FULL + PASSAGE)
    (diagnostic,) = workspace.diagnostics("offset")
    assert message in diagnostic.message
    assert Path(diagnostic.location.file).name == "editions.yaml"
    assert diagnostic.hint
