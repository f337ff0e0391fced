"""Pages of rows → a document with numbered lines in reading order."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
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
from brochure.sources.reading.columns import BlockLine, reading_order
from brochure.sources.reading.gutters import Gutter, find_gutters, long_gutters, page_area
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
        TextRow(y, size, tuple(RowWord(t, a, b, bool(s), *more) for t, a, b, s, *more in words))
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
    areas = [page_area([row for _, row in parts.text]) for parts in page_parts]
    gutters = find_gutters(areas)
    orders = [reading_order(area, gutters) for area in areas]
    feet = [
        _foot(parts, own, [*long_gutters(area), *gutters])
        for parts, own, area in zip(page_parts, names.rows, areas, strict=True)
    ]
    items = [
        item
        for index, parts in enumerate(page_parts)
        for item in _items(index, rows[index], parts, orders[index], feet[index], asides[index])
    ]
    edges = [left for left, _ in gutters]
    items = [
        replace(item, column=bisect_right(edges, item.row.left)) if item.row else item
        for item in items
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

    @cached_property
    def text(self) -> list[tuple[int, TextRow]]:
        return [(at, row) for at, row in self.rows if at not in self.artifacts]

    @cached_property
    def left(self) -> float:
        """Where the leftmost word of the text begins."""
        return min(row.left for _, row in self.text)


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


def _foot(
    parts: _PageParts, own: frozenset[int], gutters: Sequence[Gutter]
) -> Iterator[tuple[TextRow, bool]]:
    """The lines below the text, and whether they are uncertain; `own` are the rows that have only
    the number of the page. Footnotes stand in the columns that they belong to.
    """
    if not parts.text:
        return  # all of it is above the text
    start = parts.text[0][0]
    below = [(at, row) for at, row in parts.rows if at in parts.artifacts and at >= start]
    if not gutters:
        yield from ((row, False) for _, row in below)
        return
    notes = page_area([row for at, row in below if at not in own])
    yield from ((line.row, line.uncertain) for line in reading_order(notes, gutters))
    yield from ((row, False) for at, row in below if at in own)


def _items(
    page: int,
    rows: Sequence[TextRow],
    parts: _PageParts,
    lines: Sequence[BlockLine],
    foot: Iterable[tuple[TextRow, bool]],
    asides: Mapping[int, TextRow],
) -> Iterator[NumberedRow]:
    """The rows of a page in reading order: head, the lines of the text, foot; `asides` before the
    rows that they stand beside.
    """
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
    for line in lines:
        indices = [text[at][0] for at in line.indices]
        yield from empty_before(indices[0])
        for at in indices:
            if (aside := waiting.pop(at, None)) is not None:
                yield NumberedRow(aside, page, aside.y, None, artifact=True)
        value = _number(line.row, indices, parts)
        artifact = line.footnote and value is None
        yield NumberedRow(line.row, page, line.row.y, value, artifact, line.uncertain)
    yield from empty_before(len(rows))
    for row, uncertain in foot:
        yield NumberedRow(row, page, row.y, None, True, uncertain)


def _number(row: TextRow, indices: Sequence[int], parts: _PageParts) -> int | None:
    """The number of a line; where columns have numbers of their own, the one of its column."""
    chains = [chain for chain in parts.numbers if chain]
    if not chains:
        return None
    edges = [min(number.left for number in chain.values()) for chain in chains]
    if edges[0] < parts.left:  # before the lines, not after them
        column = max(0, bisect_right(edges, row.left) - 1)
    else:
        column = min(len(chains) - 1, bisect_right(edges, row.left))
    return next((chains[column][at].value for at in indices if at in chains[column]), None)


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
        yield SourceLine(
            text, item.page, item.number, item.artifact, opens_paragraph, item.uncertain,
            item.column,
        )  # fmt: skip
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
