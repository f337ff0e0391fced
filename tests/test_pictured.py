"""Text that is pictures or outlines beside real text; photographs, logos and charts are not."""

import io
import random
from collections.abc import Callable, Sequence
from functools import cache

import pikepdf
import pypdfium2
import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw

from brochure.project import packaged_fonts
from brochure.sources.document import Document, QuoteReference
from brochure.sources.finding import LimitingWords, Verdict
from brochure.sources.reading.pages import PageRows, assemble_document
from brochure.sources.reading.pdfium import read_pages
from brochure.sources.reading.rows import TextRow
from brochure.sources.reading.words import RowWord
from brochure.sources.searchable import SearchableSource
from tests import papers

Place = tuple[Image.Image, float, float, float, float]  # left, bottom, width, height on an A4 page
TEXT = papers.made(5, 40, 70)


@cache
def paper(lines: int, *, folio: bool = True) -> bytes:
    """A page of so many lines, and perhaps a number at its foot."""
    text = "<br>".join(TEXT.lines[:lines])
    foot = "<p style='position: absolute; bottom: 0'>7</p>" if folio else ""
    style = "@page { size: A4; margin: 25mm } body { font: 11pt/15pt 'Gentium Book Plus' }"
    return papers.typeset(f"<html lang=de><style>{style}</style><p>{text}</p>{foot}</html>")


@cache
def drawn(lines: int, scale: float) -> Image.Image:
    """A page of lines as a picture."""
    document = pypdfium2.PdfDocument(paper(lines, folio=False))
    picture: Image.Image = document[0].render(scale=scale).to_pil().convert("L")
    document.close()
    return picture


def pasted(
    data: bytes,
    places: Sequence[Place],
    *,
    rotate: int = 0,
    under: bool = False,
    form: bool = False,
) -> bytes:
    """A PDF with pictures on its first page, or `under` its text; within a `form`, if so."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        drawing, images = "", pikepdf.Dictionary()
        for index, (picture, left, bottom, width, height) in enumerate(places):
            image = pdf.make_stream(picture.convert("L").tobytes())
            image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
            image.Width, image.Height = picture.size
            image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceGray, 8
            images[f"/Picture{index}"] = image
            drawing += f"q {width} 0 0 {height} {left} {bottom} cm /Picture{index} Do Q\n"
        if form:  # moved by 20 points, twice as large
            inner = pdf.make_stream(drawing.encode())
            inner.Type, inner.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            inner.BBox = pikepdf.Array([0, 0, 600, 850])
            inner.Resources = pikepdf.Dictionary(XObject=images)
            images = pikepdf.Dictionary({"/Form": inner})
            drawing = "q 2 0 0 2 0 20 cm /Form Do Q"
        resources = page.obj.get("/Resources", pikepdf.Dictionary())
        resources[pikepdf.Name.XObject] = images
        page.obj.Resources = resources
        page.contents_add(b"q\n", prepend=True)
        page.contents_add(b"\nQ\n" + drawing.encode() if not under else b"\nQ\n")
        if under:
            page.contents_add(drawing.encode(), prepend=True)
        page.Rotate = rotate
        target = io.BytesIO()
        pdf.save(target)
    return target.getvalue()


def is_pictured(data: bytes) -> bool:
    (page, *_) = read_pages(data)["pages"]
    assert page["rows"]  # there is text beside the picture
    return page["pictured"]


def strip(line: int) -> Image.Image:
    """One line of the text as a picture."""
    picture = drawn(30, 3)
    top = (72 + 13 + 15 * line) * 3
    return picture.crop((70 * 3, top, 480 * 3, top + 13 * 3))


def lines(count: int) -> list[Place]:
    return [(strip(i), 70, 700 - 15 * i, 410, 13) for i in range(count)]


def words(count: int) -> list[Place]:
    """Lines in two pieces each."""
    return [
        (
            strip(i).crop((600 * half, 0, 600 * half + 600, 39)),
            70 + 200 * half,
            700 - 15 * i,
            200,
            13,
        )
        for i in range(count)
        for half in (0, 1)
    ]


def scan(scale: float = 2, turn: float = 0) -> Place:
    picture = drawn(30, scale).rotate(turn, fillcolor=255)
    return picture, 0, 0, 595, 842


def bands(picture: Image.Image, count: int) -> list[Place]:
    """A picture of a page in bands."""
    high, part = picture.height // count, 842 / count
    return [
        (
            picture.crop((0, high * i, picture.width, high * i + high)),
            0,
            842 - part * (i + 1),
            595,
            part,
        )
        for i in range(count)
    ]


def column() -> list[Place]:
    """Half a page of text as a picture."""
    return [(drawn(30, 2).crop((0, 140, 1190, 1200)), 60, 60, 480, 430)]


PICTURED: dict[str, Callable[[], bytes]] = {
    "lines": lambda: pasted(paper(0), lines(12)),
    "words": lambda: pasted(paper(0), words(12)),
    "lines beside lines": lambda: pasted(paper(4), [p for p in lines(20) if p[2] < 500]),
    "scan": lambda: pasted(paper(0), [scan()]),
    "coarse scan": lambda: pasted(paper(0), [scan(1)]),
    "crooked scan": lambda: pasted(paper(0), [scan(2, 1.5)]),
    "scan on a turned page": lambda: pasted(paper(0), [scan()], rotate=90),
    "scan in bands": lambda: pasted(paper(0), bands(drawn(30, 2), 40)),
    "half a page": lambda: pasted(paper(8), column()),
    "within a form": lambda: pasted(
        paper(0), [(drawn(30, 2).crop((140, 140, 700, 540)), 150, 300, 140, 100)], form=True
    ),
    "white on black": lambda: pasted(
        paper(0), [(drawn(30, 2).point([255 - i for i in range(256)] * 1), 0, 0, 595, 842)]
    ),
    "outlines": lambda: outlined(paper(0), TEXT.lines[:12]),
}


@pytest.mark.parametrize("name", PICTURED)
def test_text_that_is_a_picture_is_noticed(name: str) -> None:
    assert is_pictured(PICTURED[name]())


def photograph(width: int = 400, height: int = 300) -> Image.Image:
    """Light and shade, with grain."""
    chance = random.Random(3)
    rough = Image.new("L", (20, 15))
    rough.putdata([chance.randrange(20, 240) for _ in range(300)])
    smooth = rough.resize((width, height), Image.Resampling.BICUBIC)
    return smooth.point([min(255, i + chance.randrange(9)) for i in range(256)])


def portrait() -> Image.Image:
    """Somebody before a white wall."""
    picture = Image.new("L", (300, 400), 250)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((90, 60, 210, 220), fill=150)
    draw.rectangle((60, 230, 240, 400), fill=60)
    return picture


def logo() -> Image.Image:
    picture = Image.new("L", (200, 80), 255)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((4, 4, 74, 74), fill=40)
    draw.text((90, 20), "Musterstadt", fill=0, font_size=18)
    draw.text((90, 44), "Die Gemeinde", fill=0, font_size=12)
    return picture


def chart() -> Image.Image:
    picture = Image.new("L", (400, 300), 255)
    draw = ImageDraw.Draw(picture)
    for i, height in enumerate((80, 150, 220, 120, 260)):
        draw.rectangle((30 + 70 * i, 290 - height, 70 + 70 * i, 290), fill=90)
    for y in range(20, 291, 30):
        draw.line((20, y, 390, y), fill=160)
    return picture


def beams() -> Image.Image:
    """Bars one below the other, as high as lines of text."""
    picture = Image.new("L", (400, 300), 255)
    draw = ImageDraw.Draw(picture)
    for i in range(12):
        draw.rectangle((20, 10 + 24 * i, 380 - 20 * (i % 5), 22 + 24 * i), fill=90)
    return picture


def plan() -> Image.Image:
    """Plots of land, with a number in some."""
    picture = Image.new("L", (800, 900), 255)
    draw = ImageDraw.Draw(picture)
    chance = random.Random(7)
    for _ in range(60):
        x, y = chance.randrange(700), chance.randrange(800)
        draw.rectangle(
            (x, y, x + chance.randrange(20, 200), y + chance.randrange(20, 200)), outline=0
        )
        draw.text((x + 4, y + 4), str(chance.randrange(99)), fill=0, font_size=14)
    return picture


def hatching() -> Image.Image:
    """Lines all over, of very different heights."""
    picture = Image.new("L", (800, 900), 255)
    draw = ImageDraw.Draw(picture)
    chance = random.Random(9)
    y = 10
    while y < 880:
        high = chance.choice((8, 90))
        for x in range(10, 790, 9):
            draw.line((x, y, x + 4, y + high), fill=0)
        y += high + 12
    return picture


ORDINARY: dict[str, Callable[[], bytes]] = {
    "text": lambda: paper(30),
    "photograph": lambda: pasted(paper(10), [(photograph(), 100, 100, 400, 300)]),
    "full-page photograph": lambda: pasted(paper(1), [(photograph(595, 842), 0, 0, 595, 842)]),
    "photograph in bands": lambda: pasted(paper(1), bands(photograph(600, 840), 42)),
    "portrait": lambda: pasted(paper(10), [(portrait(), 100, 100, 300, 400)]),
    "logo": lambda: pasted(paper(20), [(logo(), 380, 760, 150, 60)]),
    "logos in a row": lambda: pasted(
        paper(20), [(logo(), 70 + 90 * i, 90, 70, 28) for i in range(5)]
    ),
    "chart": lambda: pasted(paper(10), [(chart(), 100, 100, 400, 300)]),
    "bars": lambda: pasted(paper(10), [(beams(), 100, 100, 400, 300)]),
    "scan that was read": lambda: pasted(paper(30), [scan()], under=True),
    "ground of the text": lambda: pasted(paper(30), [(photograph(), 0, 0, 595, 842)], under=True),
    "rules": lambda: pasted(
        paper(10), [(Image.new("L", (9, 9), 0), 70, 100 + 30 * i, 400, 1) for i in range(9)]
    ),
    "bullets": lambda: pasted(
        paper(10), [(Image.new("L", (9, 9), 0), 70, 100 + 20 * i, 9, 9) for i in range(20)]
    ),
    "a line": lambda: pasted(paper(20), lines(1)),
    "a heading in outlines": lambda: outlined(paper(20), TEXT.lines[:2]),
    "text between outlines": lambda: outlined(
        paper(20), [TEXT.lines[0], *[""] * 40, TEXT.lines[1]]
    ),
    "grounds of lines": lambda: pasted(
        paper(20),
        [(Image.new("L", (9, 9), 200), 70, 750 - 15 * i, 450, 14) for i in range(0, 20, 3)],
        under=True,
    ),
    "icons": lambda: pasted(
        paper(4), [(logo(), 70 + 90 * (i % 4), 100 + 50 * (i // 4), 24, 24) for i in range(24)]
    ),
    "hatching": lambda: pasted(paper(10), [(hatching(), 100, 60, 400, 450)]),
    "a plan": lambda: pasted(paper(10), [(plan(), 100, 60, 400, 450)]),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_other_pictures_are_not_text(name: str) -> None:
    assert not is_pictured(ORDINARY[name]())


def test_letters_without_a_meaning_cannot_be_read() -> None:
    with pikepdf.open(io.BytesIO(paper(20))) as pdf:
        for font in pdf.pages[0].Resources.Font.values():
            del font.ToUnicode
        target = io.BytesIO()
        pdf.save(target)
    assert read_pages(target.getvalue())["pages"][0]["broken"]
    assert not read_pages(paper(20))["pages"][0]["broken"]


def document(pictured: Sequence[bool]) -> Document:
    """Pages of one line each, with pictures that may be text or without."""
    rows = [
        (TextRow(40, 10, tuple(RowWord(w, 40 * i, 40 * i + 30) for i, w in enumerate(
            f"Seite {'abcdefghij'[n]} sagt etwas anderes als alle".split()))),)
        for n in range(len(pictured))
    ]  # fmt: skip
    return assemble_document(
        [PageRows(row, pictured=p) for row, p in zip(rows, pictured, strict=True)], None
    )


@pytest.mark.parametrize(
    ("pictured", "page", "verdict"),
    [
        ([True, False], None, Verdict.UNCHECKED),
        ([True, False], "1", Verdict.UNCHECKED),
        ([True, False], "1–2", Verdict.UNCHECKED),
        ([True, False], "2", Verdict.NOT_FOUND),  # this page was read
        ([True, *[False] * 9], None, Verdict.NOT_FOUND),  # one picture among many pages
        ([True, *[False] * 9], "1", Verdict.UNCHECKED),
        ([False, False], None, Verdict.NOT_FOUND),
    ],
)
def test_what_may_be_in_a_picture_is_unchecked(
    pictured: list[bool], page: str | None, verdict: Verdict
) -> None:
    source = SearchableSource(document(pictured))
    stated = QuoteReference(page)
    finding = source.verify(
        "Mindestens ein Mitglied muss volljährig sein.", stated, LimitingWords()
    )
    assert finding.verdict is verdict
    told = "Page 1 has pictures that may be text, which was not read."
    assert (str(finding.reason) == told) is any(pictured)
    found = source.verify("Seite b sagt etwas anderes", QuoteReference("2"), LimitingWords())
    assert found.verdict is Verdict.VERBATIM


def outlined(data: bytes, text: Sequence[str]) -> bytes:
    """A PDF with lines drawn as the outlines of their letters, from the foot of its page up."""
    font = TTFont(next((packaged_fonts() / "Source Sans 3").glob("*Regular*")))
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    scale = 11 / font["head"].unitsPerEm
    drawing = []
    for row, line in enumerate(reversed(text)):
        x, y = 70.0, 60 + 15.0 * row
        for letter in line:
            name = names.get(ord(letter), ".notdef")
            pen = DecomposingRecordingPen(glyphs)
            glyphs[name].draw(pen)
            drawing.append(_path(pen.value, x, y, scale))
            x += glyphs[name].width * scale
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.pages[0].contents_add(b"q\n", prepend=True)
        pdf.pages[0].contents_add(b"\nQ\n" + "\n".join(drawing).encode())
        target = io.BytesIO()
        pdf.save(target)
    return target.getvalue()


def _path(
    steps: Sequence[tuple[str, Sequence[tuple[float, float]]]], x: float, y: float, scale: float
) -> str:
    """The outline of a glyph in operators of PDF; quadratic curves by their control points."""
    parts = []
    for step, points in steps:
        numbers = [f"{x + a * scale:.2f} {y + b * scale:.2f}" for a, b in points]
        match step:
            case "moveTo":
                parts.append(f"{numbers[0]} m")
            case "closePath":
                parts.append("h")
            case "curveTo":
                parts.append(f"{' '.join(numbers)} c")
            case _:
                parts += [f"{number} l" for number in numbers]
    return " ".join([*parts, "f"]) if parts else ""
