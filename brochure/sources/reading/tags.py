"""What a tagged PDF says about its paragraphs (ISO 32000-1, 14.7 and 14.8)."""

import ctypes
from collections.abc import Callable

import pypdfium2
import pypdfium2.raw as pdfium

_ELEMENTS = 20_000  # of a page; a hostile file may have any number
_DEPTH = 60
_TYPE_BYTES = 128  # of the name of a type in UTF-16; those that count are shorter

# Elements that hold other elements, not text of their own (14.8.4.2 and 14.8.4.3.3): text right in
# them belongs to no paragraph in particular.
_GROUPS = frozenset(
    ("Document", "DocumentFragment", "Part", "Art", "Sect", "Div", "Aside", "TOC", "L", "Table",
     "THead", "TBody", "TFoot", "TR", "NonStruct", "Private", "Artifact", "")
)  # fmt: skip
# Elements within a line (14.8.4.4), but for notes, which are elsewhere on the page: their text
# belongs to the paragraph around them.
_INLINE = frozenset(
    ("Span", "Quote", "Reference", "BibEntry", "Code", "Link", "Annot", "Ruby",
     "RB", "RT", "RP", "Warichu", "WT", "WP", "Em", "Strong", "Sub", "Lbl", "Form")
)  # fmt: skip


def tagged_blocks(
    page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage
) -> Callable[[int], int] | None:
    """For a character of the page, by its index: the number of its paragraph, cell or heading.

    They are counted from 1 in the order of the tag tree; 0: the character belongs to none. None if
    the page is not tagged.
    """
    tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return None
    try:
        blocks = _Blocks()
        for index in range(max(0, pdfium.FPDF_StructTree_CountChildren(tree))):
            blocks.read(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), 0, 0)
    finally:
        pdfium.FPDF_StructTree_Close(tree)
    if not blocks.by_content:
        return None
    object_of, content_of = pdfium.FPDFText_GetTextObject, pdfium.FPDFPageObj_GetMarkedContentID
    known: dict[int, int] = {}  # by the address of the text object

    def block_of(index: int) -> int:
        text = object_of(text_page.raw, index)
        address = ctypes.cast(text, ctypes.c_void_p).value
        if address is None:
            return 0
        if address not in known:
            known[address] = blocks.by_content.get(content_of(text), 0)
        return known[address]

    return block_of


class _Blocks:
    """The blocks of a page by the identifiers of their marked content (14.7.4.2)."""

    def __init__(self) -> None:
        self.by_content: dict[int, int] = {}
        self._blocks = 0
        self._elements = 0

    def read(self, element: pdfium.FPDF_STRUCTELEMENT | None, block: int, depth: int) -> None:
        """An element and all below it; `block` is the one that contains it."""
        self._elements += 1
        if not element or depth > _DEPTH or self._elements > _ELEMENTS:
            return
        kind = _type(element)
        if kind in _GROUPS:
            block = 0
        elif kind not in _INLINE or not block:
            self._blocks += 1
            block = self._blocks
        for index in range(max(0, pdfium.FPDF_StructElement_CountChildren(element))):
            content = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, index)
            if content >= 0:
                self.by_content[content] = block
            else:
                child = pdfium.FPDF_StructElement_GetChildAtIndex(element, index)
                self.read(child, block, depth + 1)


def _type(element: pdfium.FPDF_STRUCTELEMENT) -> str:
    buffer = ctypes.create_string_buffer(_TYPE_BYTES)
    size = pdfium.FPDF_StructElement_GetType(element, buffer, _TYPE_BYTES)
    return buffer.raw[: max(0, size - 2)].decode("utf-16-le", "replace") if size else ""
