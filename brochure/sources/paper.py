"""Rows of pages → a document with numbered lines. Pure; where the rows come from is all one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from brochure.sources import columns, furniture, margins
from brochure.sources.columns import Gutter
from brochure.sources.document import MAYBE, Document, Line, Mode, Numbering
from brochure.sources.margins import Margin, Number
from brochure.sources.numbering import Item, counted, gaps, interpolated
from brochure.sources.rows import Row
from brochure.sources.words import SOFT_HYPHEN, clean

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
    margin = margins.find(rows, sure=mode == "margin")
    chains = margin.pages if margin else [()] * len(rows)
    each = margin is not None and margin.step == 1
    numbered = [
        frozenset(n.row for chain in page for n in chain) if each else frozenset()
        for page in chains
    ]
    bare = [_without_numbers(*of_page) for of_page in zip(rows, chains, strict=True)]
    found = furniture.find(bare, numbered)
    sheets = [_sheet(*of_page) for of_page in zip(bare, chains, found.asides, strict=True)]
    gutters = columns.gutters_of([[row for _, row in sheet.text] for sheet in sheets])
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
    for part in columns.in_order([row for _, row in text], gutters):
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
