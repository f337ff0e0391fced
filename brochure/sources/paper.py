"""Rows of pages → a document with numbered lines. Pure; where the rows come from is all one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from brochure.sources import columns, furniture, margins
from brochure.sources.columns import Gutter
from brochure.sources.document import MAYBE, Document, Line, Mode, Numbering
from brochure.sources.margins import Margin, Number
from brochure.sources.rows import Row
from brochure.sources.words import SOFT_HYPHEN, clean

_PARAGRAPH = 1.35  # of the usual distance between lines: more begins a paragraph
_INDENT = 1.0  # of the size of type
_CERTAIN = 0.2  # of the distance between lines: how far one may be off where it should stand
_SHORT = 0.6  # of the usual width of a line: after a shorter one, another paragraph begins


@dataclass(frozen=True)
class Page:
    """The rows of a page, and whether it shows something that cannot be read."""

    rows: tuple[Row, ...]
    unreadable: bool = False


@dataclass(frozen=True)
class _Item:
    """A row on its way to a line."""

    row: Row | None  # None: an empty line that has a number
    page: int
    y: float
    number: int | None
    aside: bool


def document(pages: Sequence[Page], mode: Mode | None, *, anew: bool = False) -> Document:
    """The lines of a document in the order of reading. `mode`: how they are numbered, if that is
    known; numbers in the margin are found by themselves. Without either, lines are counted, `anew`
    on each page or through the whole document.
    """
    rows = [page.rows for page in pages]
    margin = margins.find(rows, sure=mode == "margin")
    each = margin is not None and margin.step == 1
    numbered = [
        frozenset(n.row for chain in page for n in chain) if each else frozenset()
        for page in (margin.pages if margin else [()] * len(rows))
    ]
    chains = margin.pages if margin else [()] * len(rows)
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
        gaps=tuple(_gaps(items, numbering.step)) if printed else (),
        blank=tuple(i for i, page in enumerate(pages) if page.unreadable),
    )


def _numbered(
    items: list[_Item], margin: Margin | None, mode: Mode | None, *, anew: bool
) -> tuple[Numbering, list[_Item]]:
    """How lines are numbered, and the lines with their numbers. Where they are to be counted,
    numbers in the margin are no part of the text all the same.
    """
    restarts = margin is not None and _restarts(margin)
    if margin is None or mode == "count" or (mode == "page" and not restarts):
        anew = anew and mode != "count"
        numbering = Numbering("page", restarts=True) if anew else Numbering("count")
        return numbering, _counted(items, anew=anew)
    if margin.step > 1:
        items = _interpolated(items, margin.step, restarts=restarts)
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
) -> Iterator[_Item]:
    """The rows of a page in the order of reading: head, text, foot."""
    text = sheet.text
    first = text[0][0] if text else len(rows)
    beside = [(at, row) for at, row in sheet.rows if at in sheet.asides]
    blank = list(sheet.blank)

    def empty_before(at: int) -> Iterator[_Item]:
        while blank and blank[0] < at:
            row = blank.pop(0)
            value = next(chain[row].value for chain in sheet.numbers if row in chain)
            yield _Item(None, page, rows[row].y, value, aside=False)

    for at, row in beside:
        if at < first:
            yield _Item(row, page, row.y, None, aside=True)
    paired = len(gutters) > 0 and len(sheet.numbers) == len(gutters) + 1
    for part in columns.in_order([row for _, row in text], gutters):
        at = text[part.index][0]
        yield from empty_before(at)
        chains = sheet.numbers[part.column :][:1] if paired else sheet.numbers
        value = next((chain[at].value for chain in chains if at in chain), None)
        yield _Item(part.row, page, part.row.y, value, aside=False)
    yield from empty_before(len(rows))
    for at, row in beside:
        if at >= first:
            yield _Item(row, page, row.y, None, aside=True)


def _restarts(margin: Margin) -> bool:
    """Whether numbers begin anew on most pages."""
    chains = [page[0] for page in margin.pages if page]
    if len(chains) < 2:
        return False
    low = sum(chain[0].value <= margin.step for chain in chains)
    return low > 0.5 * len(chains)


def _counted(items: Sequence[_Item], *, anew: bool) -> list[_Item]:
    """Lines counted, `anew` on each page; running heads and the like have no number."""
    result: list[_Item] = []
    number, page = 0, -1
    for item in items:
        if item.row is None:
            continue
        if item.page != page and anew:
            number = 0
        page = item.page
        number += not item.aside
        result.append(replace(item, number=None if item.aside else number))
    return result


def _interpolated(items: Sequence[_Item], step: int, *, restarts: bool) -> list[_Item]:
    """Lines between numbered ones, numbered as far as that is certain."""
    if not restarts:
        return _between_numbers(items, step)
    pages = groupby(items, key=lambda item: item.page)
    return [item for _, page in pages for item in _between_numbers(list(page), step, page=True)]


def _between_numbers(items: Sequence[_Item], step: int, *, page: bool = False) -> list[_Item]:
    """Lines in one run of numbers; `page`: it begins at 1 on top of a page, and ends there.

    Where as many lines stand between two numbers as these leave room for, they are counted.
    Otherwise empty lines may be numbered, too, which the distances show; or nothing is certain.
    """
    numbers: dict[int, int] = {}
    text = [i for i, item in enumerate(items) if not item.aside]
    anchors = [i for i in text if items[i].number is not None]
    if not anchors:
        if page and len(text) < step:
            numbers |= {i: n for n, i in enumerate(text, 1)}
    else:
        start, end = items[anchors[0]].number or 0, items[anchors[-1]].number or 0
        before = [i for i in text if i < anchors[0]]
        after = [i for i in text if i > anchors[-1]]
        if len(before) == start - 1 or (len(before) < start and not page):
            numbers |= {i: start - n for n, i in enumerate(reversed(before), 1)}
        if len(after) < step:
            numbers |= {i: end + n for n, i in enumerate(after, 1)}
    for one, other in pairwise(anchors):
        numbers |= _filled(items, one, other, [i for i in text if one < i < other])
    return [replace(item, number=numbers.get(i, item.number)) for i, item in enumerate(items)]


def _filled(items: Sequence[_Item], one: int, other: int, between: Sequence[int]) -> dict[int, int]:
    """The numbers of the lines between two numbered ones."""
    first, last = items[one].number or 0, items[other].number or 0
    if len(between) == last - first - 1:
        return {i: first + n for n, i in enumerate(between, 1)}
    if last <= first or items[one].page != items[other].page:
        return {}
    pitch = (items[other].y - items[one].y) / (last - first)
    guesses = [(items[i].y - items[one].y) / pitch for i in between] if pitch > 0 else []
    rounded = {i: first + round(guess) for i, guess in zip(between, guesses, strict=False)}
    fine = all(abs(guess - round(guess)) < _CERTAIN for guess in guesses)
    return rounded if fine and len(set(rounded.values())) == len(between) else {}


def _gaps(items: Sequence[_Item], step: int) -> Iterator[str]:
    """Numbers that are missing between those that were read."""
    last = None
    for item in items:
        if item.number is None:
            continue
        if last is not None and item.number > last + step:
            first, end = last + step, item.number - step
            yield str(first) if first == end else f"{first}–{end}"
        last = item.number


def _lines(items: Sequence[_Item]) -> Iterator[Line]:
    """Rows as lines of clean text, with the beginnings of paragraphs."""
    heights = [
        b.y - a.y
        for a, b in pairwise(items)
        if a.page == b.page and not (a.aside or b.aside) and b.y > a.y
    ]
    usual = median(heights) if heights else 0.0
    widths = [i.row.right - i.row.left for i in items if i.row and not i.aside]
    width = median(widths) if widths else 0.0
    before: _Item | None = None
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
