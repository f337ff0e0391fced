"""The order in which the rows of a page are read: column by column, where there are columns."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from brochure.sources.document import MAYBE, Document, Line, Mode, Numbering
from brochure.sources.matching.tokens import SOFT_HYPHEN, clean
from brochure.sources.reading import artifacts, line_numbers
from brochure.sources.reading.line_numbers import Item, Margin, Number, counted, gaps, interpolated
from brochure.sources.reading.rows import Row, Word

_WIDE = 1.2  # of the size of type: gaps that may be those between columns
_GUTTER = 0.8  # of the size of type: how wide a gutter is at least
_CROSSED = 0.15  # of the rows beside a gutter may cross it: headings over both columns
_BOTH = 0.4  # of the rows of a page have text on both sides of a gutter, at least
_FEW = 5


Gutter = tuple[float, float]  # from left to right


@dataclass(frozen=True)
class Part:
    """A row, or what stands of it in one column: its index, and that of the column."""

    index: int
    column: int
    row: Row


def in_order(rows: Sequence[Row], gutters: Sequence[Gutter]) -> list[Part]:
    """The rows of a page in the order of reading."""
    ordered: list[Part] = []
    band: list[list[Part]] = [[] for _ in range(len(gutters) + 1)]

    def close() -> None:
        for column in band:
            ordered.extend(column)
            column.clear()

    for index, row in enumerate(rows):
        if any(_crosses(row, gutter) for gutter in gutters):
            close()  # a heading over all columns ends what stands above it
            ordered.append(Part(index, 0, row))
            continue
        for column, words in enumerate(_divided(row, gutters)):
            if words:
                band[column].append(Part(index, column, replace(row, words=words)))
    close()
    return ordered


def gutters_of(pages: Sequence[Sequence[Row]]) -> list[list[Gutter]]:
    """The gutters between the columns of each page. A page with a few rows only, a last one say,
    has those of the others, if nothing crosses them.
    """
    found = [_gutters(rows) for rows in pages]
    usual = next((g for g in found if g), [])
    if sum(bool(g) for g in found) < 0.5 * sum(len(rows) >= _FEW for rows in pages):
        return found
    return [
        own or ([] if any(_crosses(row, g) for row in rows for g in usual) else usual)
        for own, rows in zip(found, pages, strict=True)
    ]


def _gutters(rows: Sequence[Row]) -> list[Gutter]:
    """Strips of white from the top to the bottom with text on both sides, from left to right."""
    if len(rows) < _FEW:
        return []
    segments = [list(_segments(row)) for row in rows]
    least = max(_FEW, _BOTH * len(rows))
    if sum(len(row) > 1 for row in segments) < least:
        return []
    left, right = min(row.left for row in rows), max(row.right for row in rows)
    size = sorted(row.size for row in rows)[len(rows) // 2]
    found: list[Gutter] = []
    start: float | None = None
    x = left + 0.15 * (right - left)
    while x <= right - 0.15 * (right - left):
        over = sum(any(a < x < b for a, b in row) for row in segments)
        both = sum(any(b <= x for _, b in row) and any(a >= x for a, _ in row) for row in segments)
        white = both >= least and over <= _CROSSED * len(rows)
        if white and start is None:
            start = x
        elif not white and start is not None:
            found.append((start, x - 1))
            start = None
        x += 1.0
    if start is not None:
        found.append((start, x - 1))
    return [(a, b) for a, b in found if b - a >= _GUTTER * size]


def _segments(row: Row) -> Iterator[tuple[float, float]]:
    """The extents of a row between wide gaps."""
    start, end = None, 0.0
    for word in sorted(row.words, key=lambda word: word.left):
        if start is None:
            start, end = word.left, word.right
        elif word.left - end > _WIDE * row.size:
            yield start, end
            start, end = word.left, word.right
        else:
            end = max(end, word.right)
    if start is not None:
        yield start, end


def _crosses(row: Row, gutter: Gutter) -> bool:
    middle = (gutter[0] + gutter[1]) / 2
    return any(a < middle < b for a, b in _segments(row))


def _divided(row: Row, gutters: Sequence[Gutter]) -> list[tuple[Word, ...]]:
    edges = [float("-inf"), *((a + b) / 2 for a, b in gutters), float("inf")]
    return [
        tuple(w for w in row.words if a <= (w.left + w.right) / 2 < b)
        for a, b in itertools.pairwise(edges)
    ]


# --- Rows of pages → a document with numbered lines. Pure; where the rows come from is all one.

_PARAGRAPH = 1.35  # of the usual distance between lines: more begins a paragraph
_INDENT = 1.0  # of the size of type
_SHORT = 0.6  # of the usual width of a line: after a shorter one, another paragraph begins


@dataclass(frozen=True)
class Page:
    """The rows of a page, and whether it shows something that cannot be read."""

    rows: tuple[Row, ...]
    unreadable: bool = False


def document(pages: Sequence[Page], mode: Mode | None, *, anew: bool = False) -> Document:
    """The lines of a document in the order of reading. `mode`: how they are numbered, if that is
    known; numbers in the margin are found by themselves. Without either, lines are counted, `anew`
    on each page or through the whole document.
    """
    rows = [page.rows for page in pages]
    margin = line_numbers.find(rows, sure=mode == "margin")
    chains = margin.pages if margin else [()] * len(rows)
    each = margin is not None and margin.step == 1
    numbered = [
        frozenset(n.row for chain in page for n in chain) if each else frozenset()
        for page in chains
    ]
    bare = [_without_numbers(*of_page) for of_page in zip(rows, chains, strict=True)]
    found = artifacts.find(bare, numbered)
    sheets = [_sheet(*of_page) for of_page in zip(bare, chains, found.asides, strict=True)]
    gutters = gutters_of([[row for _, row in sheet.text] for sheet in sheets])
    items = [
        item
        for index, sheet in enumerate(sheets)
        for item in _items(index, rows[index], sheet, gutters[index])
    ]
    numbering, lines = _numbered(items, margin, mode, anew=anew or mode == "page")
    printed = numbering.mode == "margin" and not numbering.restarts
    return Document(
        kind="pdf",
        lines=tuple(_lines(lines)),
        pages=tuple(_page_name(i, found.first_page) for i in range(len(pages))),
        counted=found.first_page is not None,
        numbering=numbering,
        gaps=tuple(gaps(items, numbering.step)) if printed else (),
        blank=tuple(i for i, page in enumerate(pages) if page.unreadable),
    )


def _numbered(
    items: list[Item], margin: Margin | None, mode: Mode | None, *, anew: bool
) -> tuple[Numbering, list[Item]]:
    """How lines are numbered, and the lines with their numbers. Where they are to be counted,
    numbers in the margin are no part of the text all the same.
    """
    restarts = margin is not None and _restarts(margin)
    if margin is None or mode == "count" or (mode == "page" and not restarts):
        anew = anew and mode != "count"
        numbering = Numbering("page", restarts=True) if anew else Numbering("count")
        return numbering, counted(items, anew=anew)
    if margin.step > 1:
        items = interpolated(items, margin.step, restarts=restarts)
    return Numbering("margin", restarts, margin.step, margin.printed), items


def _page_name(index: int, first: int | None) -> str:
    """The number of a page: the one printed on it, or, before the first of these, its place."""
    return str(index + 1 if first is None or index + first < 1 else index + first)


@dataclass(frozen=True)
class _Sheet:
    """A page without the numbers in its margins: the rows that are left with their indices, the
    rows that consist of a number, the numbers by row for each column of them, and the asides.
    """

    rows: tuple[tuple[int, Row], ...]
    blank: tuple[int, ...]
    numbers: tuple[dict[int, Number], ...]
    asides: frozenset[int]

    @property
    def text(self) -> list[tuple[int, Row]]:
        return [(at, row) for at, row in self.rows if at not in self.asides]


def _sheet(
    rows: Sequence[Row], chains: Sequence[Sequence[Number]], asides: frozenset[int]
) -> _Sheet:
    numbers = tuple({n.row: n for n in chain} for chain in chains)
    text = tuple((at, row) for at, row in enumerate(rows) if row.words)
    blank = tuple(at for at, row in enumerate(rows) if not row.words)
    return _Sheet(text, blank, numbers, asides)


def _without_numbers(rows: Sequence[Row], chains: Sequence[Sequence[Number]]) -> list[Row]:
    """The rows without the numbers in the margin; of some, nothing is left."""
    own = {(n.row, n.word) for chain in chains for n in chain}
    return [
        replace(row, words=tuple(w for i, w in enumerate(row.words) if (at, i) not in own))
        for at, row in enumerate(rows)
    ]


def _items(
    page: int, rows: Sequence[Row], sheet: _Sheet, gutters: Sequence[Gutter]
) -> Iterator[Item]:
    """The rows of a page in the order of reading: head, text, foot."""
    text = sheet.text
    first = text[0][0] if text else len(rows)
    beside = [(at, row) for at, row in sheet.rows if at in sheet.asides]
    blank = list(sheet.blank)

    def empty_before(at: int) -> Iterator[Item]:
        while blank and blank[0] < at:
            row = blank.pop(0)
            value = next(chain[row].value for chain in sheet.numbers if row in chain)
            yield Item(None, page, rows[row].y, value, aside=False)

    for at, row in beside:
        if at < first:
            yield Item(row, page, row.y, None, aside=True)
    paired = len(gutters) > 0 and len(sheet.numbers) == len(gutters) + 1
    for part in in_order([row for _, row in text], gutters):
        at = text[part.index][0]
        yield from empty_before(at)
        chains = sheet.numbers[part.column :][:1] if paired else sheet.numbers
        value = next((chain[at].value for chain in chains if at in chain), None)
        yield Item(part.row, page, part.row.y, value, aside=False)
    yield from empty_before(len(rows))
    for at, row in beside:
        if at >= first:
            yield Item(row, page, row.y, None, aside=True)


def _restarts(margin: Margin) -> bool:
    """Whether numbers begin anew on most pages."""
    chains = [page[0] for page in margin.pages if page]
    if len(chains) < 2:
        return False
    low = sum(chain[0].value <= margin.step for chain in chains)
    return low > 0.5 * len(chains)


def _lines(items: Sequence[Item]) -> Iterator[Line]:
    """Rows as lines of clean text, with the beginnings of paragraphs."""
    heights = [
        b.y - a.y
        for a, b in pairwise(items)
        if a.page == b.page and not (a.aside or b.aside) and b.y > a.y
    ]
    usual = median(heights) if heights else 0.0
    widths = [i.row.right - i.row.left for i in items if i.row and not i.aside]
    width = median(widths) if widths else 0.0
    before: Item | None = None
    blank = True
    for item in items:
        if item.row is None:
            yield Line("", item.page, item.number, item.aside)
            blank = True
            continue
        opens = blank or before is None or before.row is None
        if before is not None and before.row is not None and before.page == item.page:
            size = item.row.size
            opens = opens or item.y - before.y > _PARAGRAPH * usual
            opens = opens or abs(size - before.row.size) > 0.15 * size
            opens = opens or item.row.left - before.row.left > _INDENT * size
            opens = opens or before.row.right - before.row.left < _SHORT * width
        yield Line(_text(item.row), item.page, item.number, item.aside, opens)
        before, blank = item, False


def _text(row: Row) -> str:
    """The words of a row in one line, with MAYBE for spaces that are uncertain."""
    last = len(row.words) - 1
    parts = []
    for index, word in enumerate(row.words):
        text = clean(word.text)
        parts.append((MAYBE if word.loose else " ") * bool(index))
        parts.append(text if index == last else text.removesuffix(SOFT_HYPHEN))
    return "".join(parts)
