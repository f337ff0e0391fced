"""Finished pages on a screen: their pictures, their text, and by what one knows a page again.

A page is shown as it is trimmed: without bleed and printer's marks.
"""

import hashlib
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pypdfium2

_PX = 96 / 72  # CSS px in a point
# A4 in two pixels for each CSS px, so that it is sharp on fine screens, too. Smaller pages are
# shown larger, and get as many.
_PIXELS = 2 * 794 * 2 * 1123
_FINEST = 3.0  # pixels in a CSS px
_COMPRESSION = 1  # of zlib: a page is looked at once, and sent over no network
_DIVIDED = re.compile(r"[\ufffe\x02\u00ad]\s*")  # how PDFium says that a line ends within a word
_DEPTH = 8  # of objects in objects
# What a page holds that is not seen, or leads back to the whole document.
_UNSEEN = frozenset(
    ("/Annots", "/Parent", "/StructParent", "/StructParents", "/Tabs", "/Font", "/PieceInfo")
)
_Edges = tuple[float, float, float, float]


@dataclass(frozen=True)
class ScreenPage:
    """A page: its size in CSS px, its text in reading order, and the digest of all that is drawn
    on it. Where the digest is the same, so is the picture.
    """

    width: float
    height: float
    text: str
    digest: str


def screen_pages(pdf: bytes, fonts: str = "") -> tuple[ScreenPage, ...]:
    """The pages of a PDF of ours. `fonts` is the digest of font files that may change while others
    keep their names.
    """
    digests = _digests(pdf, fonts)
    document = pypdfium2.PdfDocument(pdf)
    try:
        return tuple(_screen_page(document[index], digest) for index, digest in enumerate(digests))
    finally:
        document.close()


def draw_page(pdf: bytes, index: int) -> bytes:
    """The picture of a page, a PNG."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[index]
        media, trim = page.get_mediabox(), page.get_trimbox()
        width, height = (trim[2] - trim[0]) * _PX, (trim[3] - trim[1]) * _PX
        scale = min(_FINEST, math.sqrt(_PIXELS / (width * height)))
        bitmap = page.render(
            scale=scale * _PX,
            crop=(trim[0] - media[0], trim[1] - media[1], media[2] - trim[2], media[3] - trim[3]),
            may_draw_forms=False,
            draw_annots=False,
            rev_byteorder=True,
        )
        output = io.BytesIO()
        bitmap.to_pil().save(output, "png", compress_level=_COMPRESSION)
        return output.getvalue()
    finally:
        document.close()


def _screen_page(page: pypdfium2.PdfPage, digest: str) -> ScreenPage:
    trim = page.get_trimbox()
    text_page = page.get_textpage()
    try:
        text = text_page.get_text_bounded(*trim)
    finally:
        text_page.close()
    words = " ".join(_DIVIDED.sub("", text).split())
    return ScreenPage((trim[2] - trim[0]) * _PX, (trim[3] - trim[1]) * _PX, words, digest)


def _digests(pdf: bytes, fonts: str) -> Iterator[str]:
    """The digest of what is drawn on each page: its boxes, its content, and what that may draw.

    Of fonts, the names count: which letters of one are embedded depends on other pages, and how
    they look does not (ISO 32000-1, 9.9).
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            digest = hashlib.sha256(fonts.encode())
            for part in _drawn(page.obj, 0):
                digest.update(part)
            for name, font in sorted(_fonts(page)):
                digest.update(f"{name} {font.get('/BaseFont')} ".encode())
            yield digest.hexdigest()[:32]


def _fonts(page: pikepdf.Page) -> list[tuple[str, pikepdf.Object]]:
    resources = page.obj.get("/Resources")
    fonts = resources.get("/Font") if resources is not None else None
    return [] if fonts is None else [*fonts.items()]


def _drawn(value: pikepdf.Object, depth: int) -> Iterator[bytes]:
    """All that an object consists of, as bytes."""
    if depth > _DEPTH:
        return
    if isinstance(value, pikepdf.Stream):
        yield value.read_raw_bytes()
    if isinstance(value, pikepdf.Stream | pikepdf.Dictionary):
        for key, inner in sorted(value.items()):
            if key not in _UNSEEN:
                yield key.encode()
                yield from _drawn(inner, depth + 1)
    elif isinstance(value, pikepdf.Array):
        yield b"["
        for inner in value:
            yield from _drawn(inner, depth + 1)
        yield b"]"
    else:
        yield repr(value).encode()
