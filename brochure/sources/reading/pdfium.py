"""PDF → rows of words, page by page, with PDFium. Only this module imports pypdfium2."""

import ctypes
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from brochure import bounds
from brochure.sources.reading.pictures import Box, GreyPage, may_be_text
from brochure.sources.reading.rows import SPACES, FileText, PageData, find_rows
from brochure.sources.reading.tags import tagged_blocks
from brochure.sources.reading.words import Char

_CHARS = 40_000  # on one page; a newspaper page has some 20,000
_UNKNOWN = 0.1  # of the letters of a page; with more that mean nothing, it cannot be read
_LABEL = 20  # characters of what the file calls a page
_QUARTER = math.pi / 2
_LOOSE = 1.15  # the height of PDFium's loose boxes, as a multiple of the type size
_HYPHEN = 0x02  # what PDFium reports for the hyphen of a word divided at the end of a line


def count_pages(data: bytes) -> int | str:
    """The number of pages of a PDF, or why it cannot be read: "password", "broken" or "pages"."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as reason:
        locked = "password" in str(reason).lower() or "security" in str(reason).lower()
        return "password" if locked else "broken"
    try:
        pages = len(document)
    finally:
        document.close()
    return pages if pages <= bounds.SOURCE_PAGES else "pages"


def read_pages(data: bytes) -> FileText:
    """The rows of all pages; the error "pages" if there is too much text.

    The PDF must be one that `count_pages` can read.
    """
    pages, characters = read_some_pages(data, 0, bounds.SOURCE_PAGES)
    return {"error": "pages"} if characters > bounds.SOURCE_CHARACTERS else {"pages": pages}


def read_some_pages(data: bytes, first: int, stop: int) -> tuple[list[PageData], int]:
    """The rows of the pages from `first` to before `stop`, and how many characters these have; no
    further pages if that is too much text.
    """
    document = pypdfium2.PdfDocument(data)
    try:
        pages: list[PageData] = []
        characters = 0
        for index in range(first, min(stop, len(document))):
            page, count = _page(document, index)
            pages.append(page)
            characters += count
            if characters > bounds.SOURCE_CHARACTERS:
                break
        return pages, characters
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, index: int) -> tuple[PageData, int]:
    """A page, and the number of its characters."""
    count = 0
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return {"rows": [], "images": 0, "broken": True, "pictured": False, "label": ""}, count
    label = (document.get_page_label(index) or "")[:_LABEL]
    try:
        text_page = page.get_textpage()
        try:
            count = text_page.count_chars()
            glyphs = list(_glyphs(page, text_page))
            chars = list(_upright(glyphs, page.get_bbox()))
        finally:
            text_page.close()
        rows = [
            (
                row.y,
                row.size,
                [
                    (w.text, w.left, w.right, int(w.uncertain_space), w.order, w.block)
                    for w in row.words
                ],
            )
            for row in find_rows(chars)
        ]
        images = 0
        if not rows:
            kinds = [pdfium.FPDF_PAGEOBJ_IMAGE]
            images = sum(1 for _ in page.get_objects(filter=kinds, max_depth=2))
        broken = count > _CHARS or sum(map(_is_unknown, chars)) > _UNKNOWN * len(chars)
        pictured = bool(rows) and _shows_text(page, glyphs)
        data: PageData = {
            "rows": rows, "images": images, "broken": broken, "pictured": pictured, "label": label
        }  # fmt: skip
        return data, count
    except pypdfium2.PdfiumError:
        return {"rows": [], "images": 0, "broken": True, "pictured": False, "label": label}, count
    finally:
        page.close()


def _is_unknown(char: Char) -> bool:
    """Whether a font does not say what a letter means, as where control characters are spaces."""
    return char.text == "\ufffd" or char.text < " "


# --- Text that is no text: pictures and outlines.

_OBJECTS = 20_000  # on one page; maps have more
_DEPTH = 8  # of forms within forms
_OUTLINE = 8  # segments, at least: letters have more, rules and frames fewer
_TALL = (2.0, 60.0)  # points; outlines of letters are as high as this
_SCALE = 1.25  # pixels to a point; with fewer, lines of small type run together
_Matrix = tuple[float, float, float, float, float, float]


def _shows_text(page: pypdfium2.PdfPage, glyphs: Sequence["_Glyph"]) -> bool:
    """Whether a page has pictures or outlines that may be text, beside these glyphs."""
    left, bottom, right, top = page.get_bbox()
    extent = Box(0, 0, right - left, top - bottom)

    def box(edges: tuple[float, float, float, float]) -> Box:
        return Box(edges[0] - left, top - edges[3], edges[2] - left, top - edges[1])

    images: list[Box] = []
    outlines: list[Box] = []
    for kind, raw, edges in _objects(page):
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            images.append(box(edges))
        elif _is_outline(raw, edges):
            outlines.append(box(edges))
    letters = [box((g.left, g.bottom, g.right, g.top)) for g in glyphs]
    return may_be_text(extent, images, outlines, letters, lambda: _drawn(page))


def _objects(
    page: pypdfium2.PdfPage,
) -> Iterator[tuple[int, pdfium.FPDF_PAGEOBJECT, tuple[float, float, float, float]]]:
    """The images and paths of a page, also those within forms (ISO 32000-1, 8.10), and their
    edges: left, bottom, right and top.
    """
    edges = [ctypes.c_float() for _ in range(4)]
    matrix = pdfium.FS_MATRIX()
    waiting: list[tuple[pdfium.FPDF_PAGEOBJECT, _Matrix, int]] = [
        (pdfium.FPDFPage_GetObject(page.raw, i), (1, 0, 0, 1, 0, 0), 0)
        for i in range(min(pdfium.FPDFPage_CountObjects(page.raw), _OBJECTS))
    ]
    seen = 0
    while waiting and seen < _OBJECTS:
        raw, (a, b, c, d, e, f), depth = waiting.pop()
        seen += 1
        kind = pdfium.FPDFPageObj_GetType(raw)
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            if not pdfium.FPDFPageObj_GetMatrix(raw, matrix):
                continue
            m = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
            inner = (
                m[0] * a + m[1] * c, m[0] * b + m[1] * d, m[2] * a + m[3] * c, m[2] * b + m[3] * d,
                m[4] * a + m[5] * c + e, m[4] * b + m[5] * d + f,
            )  # fmt: skip
            count = max(0, min(pdfium.FPDFFormObj_CountObjects(raw), _OBJECTS - len(waiting)))
            waiting += [
                (pdfium.FPDFFormObj_GetObject(raw, i), inner, depth + 1) for i in range(count)
            ]
        elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH):
            if pdfium.FPDFPageObj_GetBounds(raw, *edges):
                left, bottom, right, top = (edge.value for edge in edges)
                corners = [(x, y) for x in (left, right) for y in (bottom, top)]
                xs = [a * x + c * y + e for x, y in corners]
                ys = [b * x + d * y + f for x, y in corners]
                yield kind, raw, (min(xs), min(ys), max(xs), max(ys))


def _is_outline(path: pdfium.FPDF_PAGEOBJECT, edges: tuple[float, float, float, float]) -> bool:
    """Whether a path may be the outline of a letter, or of several."""
    if not _TALL[0] <= edges[3] - edges[1] <= _TALL[1]:
        return False
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(path, mode, stroke) or not mode.value:
        return False
    return int(pdfium.FPDFPath_CountSegments(path)) >= _OUTLINE


def _drawn(page: pypdfium2.PdfPage) -> GreyPage:
    """A page as it is in the file, not turned, in shades of grey."""
    turned = (360 - page.get_rotation()) % 360
    bitmap = page.render(scale=_SCALE, rotation=turned, grayscale=True, may_draw_forms=False)
    try:
        pixels, stride = bytes(bitmap.buffer), bitmap.stride
        rows = tuple(pixels[y * stride : y * stride + bitmap.width] for y in range(bitmap.height))
        return GreyPage(rows, _SCALE)
    finally:
        bitmap.close()


# --- Characters.


class _Glyph(NamedTuple):
    """A character from PDFium: its box, origin and angle, y growing upwards (ISO 32000-1, 8.3.2.3).

    `space` before it, `block`: see `Char`.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    x: float
    y: float
    angle: float
    space: int
    block: int


def _glyphs(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage) -> Iterator[_Glyph]:
    """Every visible character in the order of the file."""
    block_of = tagged_blocks(page, text_page)
    x, y = ctypes.c_double(), ctypes.c_double()
    box = pdfium.FS_RECTF()
    raw = text_page.raw
    unicode_of, generated = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_IsGenerated
    origin, loose_box = pdfium.FPDFText_GetCharOrigin, pdfium.FPDFText_GetLooseCharBox
    angle_of = pdfium.FPDFText_GetCharAngle
    space = 0
    for index in range(min(text_page.count_chars(), _CHARS)):
        code = unicode_of(raw, index)
        text = "-" if code == _HYPHEN else _text(code)
        if text in SPACES:
            space = max(space, 1 if generated(raw, index) == 1 else 2)
            continue
        if not loose_box(raw, index, box):
            continue
        origin(raw, index, x, y)
        angle = angle_of(raw, index)
        block = block_of(index) if block_of else 0
        extent = box.left, box.bottom, box.right, box.top
        yield _Glyph(text, *extent, x.value, y.value, angle, space, block)
        space = 0


def _text(code: int) -> str:
    """A code point as text; U+FFFD if the font does not say what a glyph means.

    Control characters are kept: some fonts use them for ligatures (see `matching.text`).
    """
    if code in (0, 0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "\ufffd"
    return chr(code)


def _upright(glyphs: Sequence[_Glyph], box: tuple[float, float, float, float]) -> Iterator[Char]:
    """The characters that run in the main direction, turned upright, y from the top.

    Text that runs sideways in the margin is left out, as is text outside the visible page (`box`).
    """
    turns = Counter(round(glyph.angle / _QUARTER) % 4 for glyph in glyphs)
    if not turns:
        return
    main = turns.most_common(1)[0][0]
    left, bottom, right, top = box
    for order, (text, a, b, c, d, x, y, angle, space, block) in enumerate(glyphs):
        quarter = angle / _QUARTER
        if abs(quarter - round(quarter)) > 0.06 or round(quarter) % 4 != main:
            continue
        if not (left - 1 <= x <= right + 1 and bottom - 1 <= y <= top + 1):
            continue
        # Seen along the line: both ends of the character, its base line, its bottom and top.
        start, end, line, low, high = (
            (a, c, top - y, b, d), (-d, -b, -x, a, c), (-c, -a, y, b, d), (b, d, x, a, c)
        )[main]  # fmt: skip
        size = max(high - low, 0.1) / _LOOSE
        yield Char(text, start, end, line, size, space, order, block)
