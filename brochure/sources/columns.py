"""The order in which the rows of a page are read: column by column, where there are columns."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from brochure.sources.rows import Row, Word

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
