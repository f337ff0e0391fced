"""Pages of rows → a document with numbered lines in reading order: column by column."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from brochure.sources.document import (
    UNCERTAIN_SPACE,
    Document,
    Numbering,
    NumberingMode,
    SourceLine,
)
from brochure.sources.matching.tokens import SOFT_HYPHEN, clean
from brochure.sources.reading.artifacts import find_artifacts
from brochure.sources.reading.line_numbers import (
    LineNumber,
    MarginNumbers,
    NumberedRow,
    count_lines,
    find_line_numbers,
    interpolate_numbers,
    missing_numbers,
)
from brochure.sources.reading.page_numbers import name_pages
from brochure.sources.reading.paragraph_numbers import find_paragraph_numbers
from brochure.sources.reading.rows import PageData, TextRow
from brochure.sources.reading.words import RowWord

_WIDE = 1.2  # of the type size; wider gaps may be those between columns
_GUTTER = 0.8  # of the type size; the least width of a gutter
_CROSSED = 0.15  # of the rows may cross a gutter: headings over both columns
_BOTH = 0.4  # of the rows of a page, at least, have text on both sides of a gutter
_FEW = 5  # rows; pages with fewer show no gutters


Gutter = tuple[float, float]  # its left and right edges


@dataclass(frozen=True)
class ColumnPart:
    """The part of a row in one column, or the whole row: the indices of both, and the part."""

    index: int
    column: int
    row: TextRow


def reading_order(rows: Sequence[TextRow], gutters: Sequence[Gutter]) -> list[ColumnPart]:
    """The rows of a page in reading order."""
    ordered: list[ColumnPart] = []
    band: list[list[ColumnPart]] = [[] for _ in range(len(gutters) + 1)]

    def close() -> None:
        for column in band:
            ordered.extend(column)
            column.clear()

    for index, row in enumerate(rows):
        if any(_crosses(row, gutter) for gutter in gutters):
            close()  # a heading over all columns ends those above it
            ordered.append(ColumnPart(index, 0, row))
            continue
        for column, words in enumerate(_divided(row, gutters)):
            if words:
                band[column].append(ColumnPart(index, column, replace(row, words=words)))
    close()
    return ordered


def find_gutters(pages: Sequence[Sequence[TextRow]]) -> list[list[Gutter]]:
    """The gutters between the columns of each page.

    A page with few rows, such as the last one, has those of the others if nothing crosses them.
    """
    gutters = [_gutters(rows) for rows in pages]
    usual = next((g for g in gutters if g), [])
    if sum(bool(g) for g in gutters) < 0.5 * sum(len(rows) >= _FEW for rows in pages):
        return gutters
    return [
        own or ([] if any(_crosses(row, g) for row in rows for g in usual) else usual)
        for own, rows in zip(gutters, pages, strict=True)
    ]


def _gutters(rows: Sequence[TextRow]) -> list[Gutter]:
    """Vertical strips of white with text on both sides, from left to right."""
    if len(rows) < _FEW:
        return []
    segments = [list(_segments(row)) for row in rows]
    least = max(_FEW, _BOTH * len(rows))
    if sum(len(row) > 1 for row in segments) < least:
        return []
    left, right = min(row.left for row in rows), max(row.right for row in rows)
    size = sorted(row.size for row in rows)[len(rows) // 2]
    gutters: list[Gutter] = []
    start: float | None = None
    x = left + 0.15 * (right - left)
    while x <= right - 0.15 * (right - left):
        over = sum(any(a < x < b for a, b in row) for row in segments)
        both = sum(any(b <= x for _, b in row) and any(a >= x for a, _ in row) for row in segments)
        white = both >= least and over <= _CROSSED * len(rows)
        if white and start is None:
            start = x
        elif not white and start is not None:
            gutters.append((start, x - 1))
            start = None
        x += 1.0
    if start is not None:
        gutters.append((start, x - 1))
    return [(a, b) for a, b in gutters if b - a >= _GUTTER * size]


def _segments(row: TextRow) -> Iterator[tuple[float, float]]:
    """The left and right edges of the parts of a row between wide gaps."""
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


def _crosses(row: TextRow, gutter: Gutter) -> bool:
    middle = (gutter[0] + gutter[1]) / 2
    return any(a < middle < b for a, b in _segments(row))


def _divided(row: TextRow, gutters: Sequence[Gutter]) -> list[tuple[RowWord, ...]]:
    edges = [float("-inf"), *((a + b) / 2 for a, b in gutters), float("inf")]
    return [
        tuple(w for w in row.words if a <= (w.left + w.right) / 2 < b)
        for a, b in itertools.pairwise(edges)
    ]


# --- Rows → lines.

_PARAGRAPH = 1.35  # times the usual distance between lines; more begins a paragraph
_INDENT = 1.0  # of the type size; more begins a paragraph
_SHORT = 0.6  # of the usual width of a line; after a shorter one, a paragraph begins


@dataclass(frozen=True)
class PageRows:
    """The rows of a page; `unreadable`: it shows something that cannot be read as text; `pictured`:
    beside its text, it has pictures that may be text; `label`: what the file calls it (ISO 32000-1,
    12.4.2), perhaps nothing.
    """

    rows: tuple[TextRow, ...]
    unreadable: bool = False
    pictured: bool = False
    label: str = ""


def page_rows(data: PageData) -> PageRows:
    """A page from its JSON data."""
    rows = tuple(
        TextRow(y, size, tuple(RowWord(t, a, b, bool(space)) for t, a, b, space in words))
        for y, size, words in data["rows"]
    )
    unreadable = data["broken"] or (not rows and data["images"] > 0)
    return PageRows(rows, unreadable, data["pictured"], data["label"])


def assemble_document(
    pages: Sequence[PageRows], mode: NumberingMode | None, *, restarts: bool = False
) -> Document:
    """The document that consists of these pages.

    `mode`: how lines are numbered, if that is known; otherwise numbers in the margin are looked
    for. Without any, lines are counted, through the document or (`restarts`) on each page.
    """
    paragraphs = find_paragraph_numbers([page.rows for page in pages])
    rows = list(paragraphs.pages) if paragraphs else [page.rows for page in pages]
    asides = paragraphs.asides if paragraphs else ({},) * len(pages)
    margin = None if paragraphs else find_line_numbers(rows, expected=mode == "margin")
    chains = margin.pages if margin else [()] * len(rows)
    each = margin is not None and margin.step == 1
    numbered = [
        frozenset(n.row for chain in page for n in chain) if each else frozenset()
        for page in chains
    ]
    bare = [_without_numbers(*of_page) for of_page in zip(rows, chains, strict=True)]
    names = name_pages(bare, [page.label for page in pages])
    artifacts = find_artifacts(bare, numbered, names.rows)
    page_parts = [_page_parts(*of_page) for of_page in zip(bare, chains, artifacts, strict=True)]
    gutters = find_gutters([[row for _, row in parts.text] for parts in page_parts])
    items = [
        item
        for index, parts in enumerate(page_parts)
        for item in _items(index, rows[index], parts, gutters[index], asides[index])
    ]
    numbering, lines = _numbered(items, margin, mode, restarts=restarts or mode == "page")
    printed = numbering.mode == "margin" and not numbering.restarts
    return Document(
        kind="pdf",
        lines=tuple(_lines(lines)),
        pages=names.names,
        page_numbers_printed=names.printed,
        page_numbers_doubtful=names.doubtful,
        numbering=numbering,
        paragraph_numbers=paragraphs.printed if paragraphs else 0,
        missing_numbers=tuple(missing_numbers(items, numbering.step)) if printed else (),
        unreadable_pages=tuple(i for i, page in enumerate(pages) if page.unreadable),
        pictured_pages=tuple(i for i, p in enumerate(pages) if p.pictured and not p.unreadable),
    )


def _numbered(
    items: list[NumberedRow],
    margin: MarginNumbers | None,
    mode: NumberingMode | None,
    *,
    restarts: bool,
) -> tuple[Numbering, list[NumberedRow]]:
    """How lines are numbered, and the rows with their numbers: those in the margin, or counted."""
    margin_restarts = margin is not None and _restarts(margin)
    if margin is None or mode == "count" or (mode == "page" and not margin_restarts):
        restarts = restarts and mode != "count"
        numbering = Numbering("page", restarts=True) if restarts else Numbering("count")
        return numbering, count_lines(items, restarts=restarts)
    if margin.step > 1:
        items = interpolate_numbers(items, margin.step, restarts=margin_restarts)
    return Numbering("margin", margin_restarts, margin.step, margin.printed), items


@dataclass(frozen=True)
class _PageParts:
    """A page without the numbers in its margins.

    `rows` with words, and their indices; `blank`: the indices of the others, which have only a
    number; `numbers` by row, for each chain; `artifacts`: the indices of page artifacts.
    """

    rows: tuple[tuple[int, TextRow], ...]
    blank: tuple[int, ...]
    numbers: tuple[dict[int, LineNumber], ...]
    artifacts: frozenset[int]

    @property
    def text(self) -> list[tuple[int, TextRow]]:
        return [(at, row) for at, row in self.rows if at not in self.artifacts]


def _page_parts(
    rows: Sequence[TextRow], chains: Sequence[Sequence[LineNumber]], artifacts: frozenset[int]
) -> _PageParts:
    numbers = tuple({n.row: n for n in chain} for chain in chains)
    text = tuple((at, row) for at, row in enumerate(rows) if row.words)
    blank = tuple(at for at, row in enumerate(rows) if not row.words)
    return _PageParts(text, blank, numbers, artifacts)


def _without_numbers(
    rows: Sequence[TextRow], chains: Sequence[Sequence[LineNumber]]
) -> list[TextRow]:
    """The rows without the numbers in the margin; some may be left empty."""
    own = {(n.row, n.word) for chain in chains for n in chain}
    return [
        replace(row, words=tuple(w for i, w in enumerate(row.words) if (at, i) not in own))
        for at, row in enumerate(rows)
    ]


def _items(
    page: int,
    rows: Sequence[TextRow],
    parts: _PageParts,
    gutters: Sequence[Gutter],
    asides: Mapping[int, TextRow],
) -> Iterator[NumberedRow]:
    """The rows of a page in reading order: head, text, foot; `asides` before rows of the text."""
    text = parts.text
    first = text[0][0] if text else len(rows)
    outside = [(at, row) for at, row in parts.rows if at in parts.artifacts]
    blank = list(parts.blank)
    waiting = dict(asides)

    def empty_before(at: int) -> Iterator[NumberedRow]:
        while blank and blank[0] < at:
            row = blank.pop(0)
            value = next(chain[row].value for chain in parts.numbers if row in chain)
            yield NumberedRow(None, page, rows[row].y, value, artifact=False)

    for at, row in outside:
        if at < first:
            yield NumberedRow(row, page, row.y, None, artifact=True)
    paired = len(gutters) > 0 and len(parts.numbers) == len(gutters) + 1
    for part in reading_order([row for _, row in text], gutters):
        at = text[part.index][0]
        yield from empty_before(at)
        if (aside := waiting.pop(at, None)) is not None:
            yield NumberedRow(aside, page, aside.y, None, artifact=True)
        chains = parts.numbers[part.column :][:1] if paired else parts.numbers
        value = next((chain[at].value for chain in chains if at in chain), None)
        yield NumberedRow(part.row, page, part.row.y, value, artifact=False)
    yield from empty_before(len(rows))
    for at, row in outside:
        if at >= first:
            yield NumberedRow(row, page, row.y, None, artifact=True)


def _restarts(margin: MarginNumbers) -> bool:
    """Whether numbers start again on most pages."""
    chains = [page[0] for page in margin.pages if page]
    if len(chains) < 2:
        return False
    low = sum(chain[0].value <= margin.step for chain in chains)
    return low > 0.5 * len(chains)


def _lines(items: Sequence[NumberedRow]) -> Iterator[SourceLine]:
    """Rows as lines of clean text, with the beginnings of paragraphs marked."""
    heights = [
        b.y - a.y
        for a, b in pairwise(items)
        if a.page == b.page and not (a.artifact or b.artifact) and b.y > a.y
    ]
    usual = median(heights) if heights else 0.0
    widths = [i.row.right - i.row.left for i in items if i.row and not i.artifact]
    width = median(widths) if widths else 0.0
    before: NumberedRow | None = None
    blank = True
    for item in items:
        if item.row is None:
            yield SourceLine("", item.page, item.number, item.artifact)
            blank = True
            continue
        opens_paragraph = blank or before is None or before.row is None
        if before is not None and before.row is not None and before.page == item.page:
            size = item.row.size
            opens_paragraph = (
                opens_paragraph
                or item.y - before.y > _PARAGRAPH * usual
                or abs(size - before.row.size) > 0.15 * size
                or item.row.left - before.row.left > _INDENT * size
                or before.row.right - before.row.left < _SHORT * width
            )
        text = _text(item.row)
        yield SourceLine(text, item.page, item.number, item.artifact, opens_paragraph)
        before, blank = item, False


def _text(row: TextRow) -> str:
    """The words of a row as clean text, with UNCERTAIN_SPACE for uncertain spaces."""
    last = len(row.words) - 1
    parts = []
    for index, word in enumerate(row.words):
        text = clean(word.text)
        parts.append((UNCERTAIN_SPACE if word.uncertain_space else " ") * bool(index))
        parts.append(text if index == last else text.removesuffix(SOFT_HYPHEN))
    return "".join(parts)
