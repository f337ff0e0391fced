"""PDF → rows of words, page by page, with PDFium. The only file that imports pypdfium2.

It is run as a process of its own (`python -m brochure.sources.glyphs`), the PDF on standard input
and JSON on standard output: a file from strangers may make the parser hang, crash, or want all
the memory there is, and none of that shall happen to the build.
"""

import contextlib
import ctypes
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from brochure.sources.rows import Char, rows_of

MEMORY = 3_000_000_000  # bytes of address space
_PAGES = 2000
_CHARS = 40_000  # on one page; a newspaper has some 20,000
_HYPHEN = 0x02  # how PDFium reports the hyphen of a word that is divided at the end of a line


def main() -> None:
    """Read a PDF from standard input, write what it says to standard output."""
    _limit_memory()
    try:
        answer = read(sys.stdin.buffer.read())
    except MemoryError:
        answer = {"error": "memory"}
    json.dump(answer, sys.stdout, ensure_ascii=False, separators=(",", ":"))


def read(data: bytes) -> dict[str, Any]:
    """``{"pages": [{"rows": …, "images": …}, …]}``, or ``{"error": …}`` with one word why not:
    password, broken, pages, memory.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as reason:
        locked = "password" in str(reason).lower() or "security" in str(reason).lower()
        return {"error": "password" if locked else "broken"}
    try:
        if len(document) > _PAGES:
            return {"error": "pages"}
        return {"pages": [_page(document, index) for index in range(len(document))]}
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, index: int) -> dict[str, Any]:
    """A page as ``rows`` (y, size, words), how many pictures it has, and whether it is whole."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return {"rows": [], "images": 0, "broken": True}
    try:
        text_page = page.get_textpage()
        try:
            chars = list(_upright(list(_chars(text_page)), page.get_bbox()))
        finally:
            text_page.close()
        rows = [
            (row.y, row.size, [(w.text, w.left, w.right, int(w.loose)) for w in row.words])
            for row in rows_of(chars)
        ]
        images = 0
        if not rows:
            kinds = [pdfium.FPDF_PAGEOBJ_IMAGE]
            images = sum(1 for _ in page.get_objects(filter=kinds, max_depth=2))
        return {"rows": rows, "images": images, "broken": False}
    except pypdfium2.PdfiumError:
        return {"rows": [], "images": 0, "broken": True}
    finally:
        page.close()


def _chars(text_page: Any) -> Iterator[tuple[Char, float]]:
    """Every visible character with the angle at which it is drawn, in the order of the file.

    y grows upwards here, as in the file (ISO 32000-1, 8.3.2.3).
    """
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
        if text.isspace():
            space = max(space, 1 if generated(raw, index) == 1 else 2)
            continue
        if not text:
            continue
        origin(raw, index, x, y)
        if not loose_box(raw, index, box):
            continue
        height = max(abs(box.top - box.bottom), 0.1)
        char = Char(text, box.left, box.right, y.value, height / 1.15, space)
        yield char, angle_of(raw, index)
        space = 0


def _text(code: int) -> str:
    """A code point as text; nothing for those that are none. Controls stay: some fonts have
    ligatures there, which is for the reader of words to judge.
    """
    if code in (0, 0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return ""
    return chr(code)


def _upright(
    chars: list[tuple[Char, float]], box: tuple[float, float, float, float]
) -> Iterator[Char]:
    """The characters that run in the direction of most, turned upright, y from the top.

    What is written sideways along the margin is no part of the text; neither is what lies
    outside the visible part of the page.
    """
    turns = Counter(round(angle / (math.pi / 2)) % 4 for _, angle in chars)
    if not turns:
        return
    main = turns.most_common(1)[0][0]
    left, bottom, right, top = box
    for char, angle in chars:
        quarter = angle / (math.pi / 2)
        if abs(quarter - round(quarter)) > 0.06 or round(quarter) % 4 != main:
            continue
        if not (left - 1 <= char.left <= right + 1 and bottom - 1 <= char.y <= top + 1):
            continue
        if main == 0:
            yield char._replace(y=top - char.y)
        elif main == 2:
            yield char._replace(left=-char.right, right=-char.left)
        else:
            # On its side: the extent along the line is known from the origin and the size only.
            yield _turned(char, main)


def _turned(char: Char, quarter: int) -> Char:
    width = char.right - char.left
    if quarter == 1:  # upwards
        return char._replace(left=char.y, right=char.y + 0.5 * width, y=char.left)
    return char._replace(left=-char.y, right=-char.y + 0.5 * width, y=-char.left)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
