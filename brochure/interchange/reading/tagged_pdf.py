"""A tagged PDF (ISO 32000-1, 14.7 and 14.8) → blocks: brochure writes such files, and so do word
processors.

The tag tree says what belongs together, over pages as well; the text of each marked content comes
from PDFium, which knows fonts, and the whole words of divided ones (ActualText).
"""

import ctypes
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from brochure import bounds
from brochure.interchange.document import Block, Cell, Leftover, Paragraph, Run, Table

_CHARS = 40_000  # on one page
_ELEMENTS = 200_000  # of a tree; a hostile file may have any number
_DEPTH = 100
_FONT = 100  # bytes of the name of a font
_BOLD = 600
_DIVIDED = 0x02  # what PDFium reports for the hyphen of a word divided at the end of a line
_MARK = "\ue000"  # stands for it, in the text of a piece
_NEARLY = 0.9  # of the characters of a line in bold type make it one
_EDGE = 0.12  # of the height of a page, in which running heads and feet stand
_HEADINGS = {"Title": 1, "H": 2, **{f"H{level}": level for level in range(1, 7)}}
# Elements that are within a line (14.8.4.4); all others begin a block.
_INLINE = frozenset(
    ("Span", "Quote", "Reference", "BibEntry", "Code", "Link", "Annot", "Ruby", "RB", "RT", "RP",
     "Warichu", "WT", "WP", "Em", "Strong", "Sub", "Form")
)  # fmt: skip
_FRAMES = frozenset(("TD", "TH"))
_Key = tuple[int, int]  # the index of a page, and the number of a marked content on it


@dataclass(frozen=True)
class Piece:
    """The text of a marked content, in one way of writing."""

    text: str
    strong: bool
    emphasis: bool


class Looks:
    """Which characters of a page are in bold type or in italics, by where they stand: points from
    the left and from the top.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], list[tuple[float, bool, bool]]] = {}

    def add(self, page: int, x: float, y: float, strong: bool, emphasis: bool) -> None:
        """A character."""
        self._found.setdefault((page, round(y)), []).append((x, strong, emphasis))

    def of(self, page: int, y: float, left: float, right: float) -> tuple[bool, bool]:
        """Whether nearly all of a line is in bold type, or in italics."""
        inside = [
            (strong, emphasis)
            for row in (round(y) - 1, round(y), round(y) + 1)
            for x, strong, emphasis in self._found.get((page, row), ())
            if left - 1 <= x <= right + 1
        ]
        most = _NEARLY * len(inside)
        if not inside:
            return False, False
        return sum(strong for strong, _ in inside) >= most, sum(it for _, it in inside) >= most


@dataclass
class PageTexts:
    """The text of all pages: `pieces` of marked contents; `loose` text in none of them, line by
    line, with where it stands; `whole` is all of it, as PDFium gives it; `looks`: how.
    """

    pieces: dict[_Key, list[Piece]] = field(default_factory=dict)
    height: dict[_Key, float] = field(default_factory=dict)  # from the foot, as part of the page
    whole: list[str] = field(default_factory=list)
    looks: Looks = field(default_factory=Looks)
    order: list[_Key] = field(default_factory=list)


def blocks_of_tags(data: bytes) -> tuple[tuple[Block, ...], tuple[Leftover, ...], str] | None:
    """The blocks of a tagged PDF, what is beside them, and all of its text; None if it has no tags,
    or hardly any of its text is in them.
    """
    with pikepdf.open(io.BytesIO(data)) as document:
        root = document.Root.get("/StructTreeRoot")
        if root is None:
            return None
        texts = page_texts(data)
        pages: dict[tuple[int, int], int] = {}
        for number, page in enumerate(document.pages):
            pages[page.obj.objgen] = number
        own = str(document.docinfo.get("/Creator", "")).startswith("brochure ")
        tree = _Tree(texts, pages, _roles(root), own=own)
        blocks = tree.read(root)
    in_tags = sum(len(p.text) for key in tree.used for p in texts.pieces.get(key, ()))
    everything = sum(len(p.text) for pieces in texts.pieces.values() for p in pieces)
    if 2 * in_tags < everything or not blocks:
        return None
    leftovers = (*tree.leftovers, *_artifacts(texts, tree.used))
    return tuple(blocks), leftovers, "\n".join(texts.whole)


def page_texts(data: bytes) -> PageTexts:
    """The text of all pages by its marked contents."""
    texts = PageTexts()
    document = pypdfium2.PdfDocument(data)
    try:
        total = 0
        for index in range(min(len(document), bounds.SOURCE_PAGES)):
            page = document[index]
            text_page = page.get_textpage()
            try:
                total += text_page.count_chars()
                if total > bounds.SOURCE_CHARACTERS:
                    break
                _read_page(index, page, text_page, texts)
            finally:
                text_page.close()
                page.close()
    finally:
        document.close()
    return texts


def _read_page(
    index: int, page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, texts: PageTexts
) -> None:
    raw = text_page.raw
    left, bottom, _, top = page.get_bbox()
    known: dict[int, tuple[int, bool, bool]] = {}
    key: _Key = (index, -1)
    style = (False, False)
    letters: list[str] = []
    y = ctypes.c_double()
    x = ctypes.c_double()

    def end() -> None:
        if letters:
            texts.pieces.setdefault(key, []).append(Piece("".join(letters), *style))
            letters.clear()

    whole: list[str] = []
    for at in range(min(text_page.count_chars(), _CHARS)):
        code = pdfium.FPDFText_GetUnicode(raw, at)
        letter = _letter(code)
        whole.append(" " if letter == _MARK else letter)
        item = pdfium.FPDFText_GetTextObject(raw, at)
        address = ctypes.cast(item, ctypes.c_void_p).value
        if pdfium.FPDFText_IsGenerated(raw, at) == 1 or address is None:
            if letter.strip() or key[1] != -1 or letters:
                letters.append(letter)
            continue
        if address not in known:
            known[address] = (pdfium.FPDFPageObj_GetMarkedContentID(item), *_style(raw, at))
        number, strong, emphasis = known[address]
        pdfium.FPDFText_GetCharOrigin(raw, at, x, y)
        if letter.strip():
            texts.looks.add(index, x.value - left, top - y.value, strong, emphasis)
        if number < 0:  # loose text: a number of its own for each line of it
            number = -2 - round(y.value)
        if ((index, number), (strong, emphasis)) != (key, style):
            end()
            key, style = (index, number), (strong, emphasis)
            if key not in texts.height:
                texts.height[key] = (y.value - bottom) / max(1.0, top - bottom)
                texts.order.append(key)
        letters.append(letter)
    end()
    texts.whole.append("".join(whole))


def _letter(code: int) -> str:
    if code == _DIVIDED:
        return _MARK
    if code in (0, 0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "\ufffd"
    return chr(code)


def _style(raw: pdfium.FPDF_TEXTPAGE, at: int) -> tuple[bool, bool]:
    """Whether a character is in bold type, or in italics, by its font (9.8.2)."""
    name = ctypes.create_string_buffer(_FONT)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(raw, at, name, _FONT, flags)
    words = name.value.decode("utf-8", "replace").lower()
    weight = pdfium.FPDFText_GetFontWeight(raw, at)
    strong = bool(re.search(r"bold|black|heavy", words)) or weight >= _BOLD
    italic = bool(re.search(r"italic|oblique", words)) or bool(flags.value & 64)
    return strong, italic


def _roles(root: pikepdf.Object) -> dict[str, str]:
    """What types of its own a file has, and the standard ones that they stand for (14.7.3)."""
    found: dict[str, str] = {}
    roles = root.get("/RoleMap")
    if isinstance(roles, pikepdf.Dictionary):
        for name, role in roles.items():
            found[str(name).lstrip("/")] = str(role).lstrip("/")
    return found


class _Tree:
    """Reads the tag tree."""

    def __init__(
        self,
        texts: PageTexts,
        pages: dict[tuple[int, int], int],
        roles: dict[str, str],
        *,
        own: bool,
    ) -> None:
        self.used: set[_Key] = set()
        self.leftovers: list[Leftover] = []
        self._texts, self._pages, self._roles = texts, pages, roles
        self._own = own  # made by brochure, which says the whole of each word that it divides
        self._elements = 0
        self._target: list[Block] = []
        self._runs: list[Run] = []
        self._heading = 0
        self._style = ""
        self._item = ""
        self._link = ""
        self._note = False

    def read(self, root: pikepdf.Object) -> list[Block]:
        """The blocks of the whole tree."""
        for kid in _kids(root):
            self._read(kid, None, 0)
        self._flush()
        return self._target

    def _read(self, element: pikepdf.Object, page: int | None, depth: int) -> None:
        """An element, or a marked content, on the page that its parent is on."""
        self._elements += 1
        if depth > _DEPTH or self._elements > _ELEMENTS:
            return
        if isinstance(element, int):
            if page is not None:
                self._content((page, element))
            return
        if not isinstance(element, pikepdf.Dictionary):
            return
        own = element.get("/Pg")
        page = self._pages.get(own.objgen, page) if own is not None else page
        kind = str(element.get("/Type", "/StructElem"))
        if kind == "/MCR":
            number = element.get("/MCID")
            if page is not None and isinstance(number, int):
                self._content((page, int(number)))
            return
        if kind == "/OBJR":
            return
        self._element(element, self._role(element), page, depth)

    def _role(self, element: pikepdf.Object) -> str:
        role = str(element.get("/S", "")).lstrip("/")
        for _ in range(5):
            if role not in self._roles or self._roles[role] == role:
                break
            role = self._roles[role]
        return role

    def _element(self, element: pikepdf.Object, role: str, page: int | None, depth: int) -> None:
        before = self._heading, self._style, self._link, self._target, self._note
        inline = role in _INLINE
        if not inline:
            self._flush()
        if role in _HEADINGS:
            self._heading = _HEADINGS[role]
        elif role in _FRAMES:
            self._heading = 0
        elif role == "BlockQuote":
            self._style = "Quote"
        elif role == "Title":
            self._style = "Title"
        elif role == "Link":
            self._link = _address(element)
        if role == "Table":
            self._table(element, page, depth)
        elif role == "Lbl" and not self._note:
            self._item = self._label(element, page, depth)
        elif role in ("Note", "FENote", "Figure", "Formula"):
            self._aside(element, role, page, depth)
        else:
            for kid in _kids(element):
                self._read(kid, page, depth + 1)
            if not inline:
                self._flush()
            if role == "LI":
                self._item = ""
        self._heading, self._style, self._link, self._target, self._note = before

    def _content(self, key: _Key) -> None:
        if key in self.used:
            return
        self.used.add(key)
        for piece in self._texts.pieces.get(key, ()):
            self._runs.append(Run(piece.text, piece.strong, piece.emphasis, self._link))

    def _flush(self) -> None:
        """End the block that is being read."""
        runs, self._runs = self._runs, []
        item = self._item
        for number, part in enumerate(_lines(runs, hyphens_are_typed=self._own)):
            self._target.append(
                Paragraph(part, self._heading, "" if number else item, self._style,
                          continues=number > 0)
            )  # fmt: skip
            self._item = ""

    def _inside(self, element: pikepdf.Object, page: int | None, depth: int) -> list[Block]:
        """The blocks within an element."""
        runs, item, target = self._runs, self._item, self._target
        self._runs, self._item, self._target = [], "", []
        for kid in _kids(element):
            self._read(kid, page, depth + 1)
        self._flush()
        found = self._target
        self._runs, self._item, self._target = runs, item, target
        return found

    def _label(self, element: pikepdf.Object, page: int | None, depth: int) -> str:
        blocks = self._inside(element, page, depth)
        return " ".join(block.text.strip() for block in blocks if isinstance(block, Paragraph))

    def _aside(self, element: pikepdf.Object, role: str, page: int | None, depth: int) -> None:
        """A note, a figure or a formula: no part of the text around it."""
        self._note = True
        blocks = self._inside(element, page, depth)
        text = " ".join(b.text.strip() for b in blocks if isinstance(b, Paragraph))
        description = str(element.get("/Alt", "")) if role != "Note" else ""
        kind = "footnote" if "Note" in role else "formula" if role == "Formula" else "other"
        if text:
            self.leftovers.append(Leftover(kind, text))  # type: ignore[arg-type]
        elif description.strip():
            self.leftovers.append(Leftover("other", description.strip()))

    def _table(self, element: pikepdf.Object, page: int | None, depth: int) -> None:
        rows: list[tuple[Cell, ...]] = []
        header = 0
        for row, in_head in self._rows(element, depth):
            own = row.get("/Pg")
            here = self._pages.get(own.objgen, page) if own is not None else page
            cells: list[Cell] = []
            heads = True
            for kid in _kids(row):
                if not isinstance(kid, pikepdf.Dictionary):
                    continue
                role = self._role(kid)
                if role not in _FRAMES:
                    continue
                heads = heads and role == "TH"
                columns, down = _spans(kid)
                own = kid.get("/Pg")
                on = self._pages.get(own.objgen, here) if own is not None else here
                heading, self._heading = self._heading, 0
                cells.append(Cell(tuple(self._inside(kid, on, depth + 3)), columns, down))
                self._heading = heading
            if any(cell.blocks for cell in cells):
                rows.append(tuple(cells))
                if (in_head or heads) and header == len(rows) - 1:
                    header = len(rows)
        # Some programs do not say that a cell spans columns; a row that has one only must do so.
        width = max((sum(cell.columns for cell in row) for row in rows), default=0)
        rows = [
            (replace(row[0], columns=max(width, row[0].columns)),) if len(row) == 1 else row
            for row in rows
        ]
        if rows:
            self._target.append(Table(tuple(rows), header if header < len(rows) else 0))

    def _rows(
        self, element: pikepdf.Object, depth: int, *, in_head: bool = False
    ) -> Iterator[tuple[pikepdf.Object, bool]]:
        for kid in _kids(element):
            if not isinstance(kid, pikepdf.Dictionary):
                continue
            role = self._role(kid)
            if role == "TR":
                yield kid, in_head
            elif role in ("THead", "TBody", "TFoot") and depth < _DEPTH:
                yield from self._rows(kid, depth + 1, in_head=role == "THead")
            elif role == "Caption":
                self._target += self._inside(kid, None, depth)


def _kids(element: pikepdf.Object) -> list[pikepdf.Object]:
    kids = element.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _spans(cell: pikepdf.Object) -> tuple[int, int]:
    """The columns and rows of a cell (14.8.5.7)."""
    attributes = cell.get("/A")
    every = list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
    columns = rows = 1
    for one in every:
        if isinstance(one, pikepdf.Dictionary):
            columns = _number(one.get("/ColSpan"), columns)
            rows = _number(one.get("/RowSpan"), rows)
    return columns, rows


def _number(value: object, otherwise: int) -> int:
    return min(int(value), 1000) if isinstance(value, int) and value > 0 else otherwise


def _address(element: pikepdf.Object) -> str:
    """Where a link leads (12.6.4.7)."""
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary) and str(kid.get("/Type", "")) == "/OBJR":
            action = kid.get("/Obj", pikepdf.Dictionary()).get("/A")
            if isinstance(action, pikepdf.Dictionary) and "/URI" in action:
                return str(action["/URI"])
    return ""


def _lines(runs: list[Run], *, hyphens_are_typed: bool) -> Iterator[tuple[Run, ...]]:
    """The runs of a block with spaces at the ends of lines. Where a word is divided, or may be, a
    part begins of which nobody has decided yet; unless hyphens at the ends of lines are known to be
    the author’s.
    """
    text = "".join(run.text for run in runs)
    breaks: set[int] = set()
    spaces: dict[int, str] = {}
    for found in re.finditer(rf"{_MARK}?[ \t\u00a0]*[\r\n]+\s*|{_MARK}", text):
        before = text[found.start() - 1 : found.start()]
        spaced = found[0][:1] in (" ", "\t", "\u00a0")
        if before and not spaced and hyphens_are_typed and before in "-\u2010":
            spaces[found.start()] = ""
        elif before and not spaced and (_MARK in found[0] or before in "-\u2010\u00ad"):
            breaks.add(found.start())
            spaces[found.start()] = "-" if _MARK in found[0] else ""
        else:
            spaces[found.start()] = " "
        for at in range(found.start() + 1, found.end()):
            spaces[at] = ""
    part: list[Run] = []
    at = 0
    for run in runs:
        words = ""
        for sign in run.text:
            words += spaces.get(at, sign)
            if at in breaks:
                part.append(replace(run, text=words))
                yield from _trimmed(part)
                part, words = [], ""
            at += 1
        if words:
            part.append(replace(run, text=words))
    yield from _trimmed(part)


def _trimmed(runs: list[Run]) -> Iterator[tuple[Run, ...]]:
    if "".join(run.text for run in runs).strip():
        yield tuple(replace(run, text=re.sub(r"[ \t\r\n]+", " ", run.text)) for run in runs)


def _artifacts(texts: PageTexts, used: set[_Key]) -> Iterator[Leftover]:
    """What is in no tag: running heads and feet, and whatever else."""
    for key in texts.order:
        if key in used:
            continue
        text = " ".join("".join(piece.text for piece in texts.pieces.get(key, ())).split())
        text = text.replace(_MARK, "-")
        if not text:
            continue
        height = texts.height[key]
        kind = "header" if height > 1 - _EDGE else "footer" if height < _EDGE else "other"
        yield Leftover(kind, text)  # type: ignore[arg-type]
