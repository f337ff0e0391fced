"""The rows of a page → blocks of text in reading order: columns, and what stands over them.

The page is cut at the gutters that reach from its top to its bottom, otherwise above and below the
longest one, and the parts again, until there is nothing to cut. Lines beside a strip of white that
may be a gutter or not are uncertain: nobody knows how they are read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from brochure.sources.reading.artifacts import SMALL
from brochure.sources.reading.gutters import (
    Area,
    Gutter,
    Judgement,
    RowPart,
    Strip,
    area_of,
    beside_each_other,
    judge,
    sides_of,
)
from brochure.sources.reading.rows import SAME_ROW, TextRow
from brochure.sources.reading.words import runs_to_the_left

_DEPTH = 40  # of areas within areas; honest pages stay far below that


@dataclass(frozen=True)
class BlockLine:
    """A line of a block, and the indices of the rows of the page of which it has words.

    `uncertain`: it may belong together with other lines than those next to it. `footnote`: it is in
    small type at the foot of a column; those of a whole page are found before (`artifacts`).
    """

    row: TextRow
    indices: tuple[int, ...]
    uncertain: bool = False
    footnote: bool = False


def reading_order(page: Area, usual: Sequence[Gutter] = ()) -> list[BlockLine]:
    """The lines of a page, column by column; `usual` gutters need less proof than others."""
    blocks = list(_blocks(page, usual, _DEPTH))
    if len(blocks) > 1:
        blocks = [_with_footnotes(block, page.em) for block in blocks]
    lines = [line for block in blocks for line in block]
    contradicted = set(_contradicted(lines))
    return [
        replace(line, uncertain=True) if at in contradicted else line
        for at, line in enumerate(lines)
    ]


def _with_footnotes(block: Sequence[BlockLine], em: float) -> list[BlockLine]:
    """A column with its last lines marked if they are in smaller type than those above them."""
    small = [line.row.size <= SMALL * em for line in block]
    last = max((at for at, is_small in enumerate(small) if not is_small), default=len(block))
    return [replace(line, footnote=at > last) for at, line in enumerate(block)]


def _contradicted(lines: Sequence[BlockLine]) -> Iterator[int]:
    """The lines that, by the tag tree, do not follow those before them.

    A paragraph that goes on after lines of another one has been torn apart, at both ends of these.
    """
    blocks = [
        (at, word.block) for at, line in enumerate(lines) for word in line.row.words if word.block
    ]
    ends: dict[int, int] = {}  # where each paragraph was left
    for (before, one), (at, other) in pairwise(blocks):
        if one == other:
            continue
        ends[one] = before
        if other in ends:
            yield ends[other] + 1
            yield at


def _blocks(area: Area, usual: Sequence[Gutter], depth: int) -> Iterator[list[BlockLine]]:
    """The blocks of an area in reading order, each with its lines from top to bottom."""
    parts = area.parts
    gutters: list[Strip] = []
    doubts: list[Strip] = []
    for strip in area.strips:
        judgement = judge(area, strip, usual)
        if judgement is Judgement.GUTTER:
            gutters.append(strip)
        elif judgement is Judgement.DOUBT:
            doubts.append(strip)
    if not gutters or not depth:
        yield _lines(parts, [*doubts, *gutters])
        return
    longest = max(gutters, key=lambda strip: (strip.rows, strip.right - strip.left))
    first, last = longest.first, longest.last + 1
    if first > 0 or last < len(parts):
        for some in (parts[:first], parts[first:last], parts[last:]):
            yield from _blocks(area_of(some), usual, depth - 1)
        return
    edges = [g for g in gutters if g.first == 0 and g.last + 1 == len(parts)]
    middles = sorted({(g.left + g.right) / 2 for g in edges})
    columns = list(pairwise([float("-inf"), *middles, float("inf")]))
    if runs_to_the_left("".join(word.text for part in parts for word in part.words)):
        columns.reverse()
    for left, right in columns:
        yield from _blocks(area_of(list(_between(parts, left, right))), usual, depth - 1)


def _between(parts: Sequence[RowPart], left: float, right: float) -> Iterator[RowPart]:
    for part in parts:
        words = tuple(w for w in part.words if left <= (w.left + w.right) / 2 < right)
        if words:
            yield part._replace(words=words)


def _lines(parts: Sequence[RowPart], doubts: Sequence[Strip]) -> list[BlockLine]:
    """The lines of a block; what stands level in it is one line."""
    uncertain = {at for strip in doubts for at in _uncertain(parts, strip)}
    lines: list[tuple[list[RowPart], bool]] = []
    for at, part in enumerate(parts):
        if lines and _continues(lines[-1][0], part):
            lines[-1][0].append(part)
            lines[-1] = (lines[-1][0], lines[-1][1] or at in uncertain)
        else:
            lines.append(([part], at in uncertain))
    return [_line(level, doubtful) for level, doubtful in lines]


def _uncertain(parts: Sequence[RowPart], strip: Strip) -> Iterator[int]:
    """The parts that follow those before them in one order, and not in the other.

    These are the ones with words on that side of the strip that has fewer.
    """
    sides = {at: sides_of(parts[at], strip) for at in beside_each_other(parts, strip)}
    left = [at for at, row in sides.items() if row.left]
    right = [at for at, row in sides.items() if row.right]
    yield from left if len(left) < len(right) else right


def _continues(level: Sequence[RowPart], part: RowPart) -> bool:
    """Whether a part stands beside others, on about the same base line."""
    first = level[0]
    if part.y - first.y > SAME_ROW * max(first.size, part.size):
        return False
    left, right = part.words[0].left, max(word.right for word in part.words)
    return all(
        right <= other.words[0].left or max(word.right for word in other.words) <= left
        for other in level
    )


def _line(level: Sequence[RowPart], uncertain: bool) -> BlockLine:
    widest = max(level, key=lambda part: len(part.words))
    ordered = sorted(level, key=lambda part: part.words[0].left)
    words = [word for part in ordered for word in part.words]
    if runs_to_the_left("".join(word.text for word in words)):
        words.sort(key=lambda word: -word.right)
    row = TextRow(widest.y, widest.size, tuple(words))
    return BlockLine(row, tuple(sorted({part.row for part in level})), uncertain)
