"""Line numbers in the margin: recognised by where they stand, not by how they look.

They stand below each other, in a strip in which nothing else stands, and they grow as the rows
go on. Numbers of lists stand at every third row or so; page numbers, figures in the text and
codes in a foot have no strip of their own.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple

from brochure.sources.reading.rows import Row

_ALIGNED = 1.6  # points by which the edges of aligned numbers differ at most
_APART = 0.25  # of the size of type: how far a number stands from the text at least
_REACH = 4  # points by which numbers stand elsewhere than on other pages at most
_OFF = 0.8  # of the size of type: how far numbers behind the text stand from it, mostly
_LONGEST = 6  # digits
_STEPS = (1, 2, 3, 4, 5, 10, 20)
_FEW = 3  # numbers below each other; fewer show nothing
_PART = 0.5  # of the pages that have text have numbers, at least
_LINES = 0.35  # of all rows have one: fewer are a list, or a table


class Number(NamedTuple):
    """A number: its row and word on a page, its value and place."""

    row: int
    word: int
    value: int
    left: float
    right: float
    y: float


@dataclass(frozen=True)
class Margin:
    """The numbers of each page, in one or two columns of them, and every how many lines."""

    pages: tuple[tuple[tuple[Number, ...], ...], ...]
    step: int

    @property
    def printed(self) -> int:
        return sum(len(chain) for page in self.pages for chain in page)


def find(pages: Sequence[Sequence[Row]], *, sure: bool = False) -> Margin | None:
    """The line numbers of a document, page by page; None where there are none.

    `sure`: somebody says that there are some; then a part of the document may have none.
    """
    candidates = [tuple(_candidates(rows)) for rows in pages]
    chains = [_chains(found, rows) for found, rows in zip(candidates, pages, strict=True)]
    with_text = sum(len(rows) >= _FEW for rows in pages)
    numbered = [page for page in chains if page]
    if not numbered or (len(numbered) < _PART * with_text and not sure):
        return None
    steps = Counter(_step(chain) for page in chains for chain in page)
    step = steps.most_common(1)[0][0]
    lines = sum(len(chain) * step for page in chains for chain in page)
    if lines < _LINES * sum(map(len, pages)) and not sure:
        return None
    kept = [[c for c in page if _step(c) == step or len(c) <= _FEW] for page in chains]
    for index in range(len(kept)):
        kept[index] = _continued(index, kept, candidates[index], pages[index], step)
    return Margin(tuple(tuple(page) for page in kept), step)


def _candidates(rows: Sequence[Row]) -> Iterator[Number]:
    """Whole numbers that stand apart from other words."""
    for index, row in enumerate(rows):
        words = row.words
        reach = _APART * row.size
        for at, word in enumerate(words):
            if not (word.text.isascii() and word.text.isdigit() and len(word.text) <= _LONGEST):
                continue
            before = words[at - 1].right if at else float("-inf")
            after = words[at + 1].left if at + 1 < len(words) else float("inf")
            if word.left - before >= reach and after - word.right >= reach:
                yield Number(index, at, int(word.text), word.left, word.right, row.y)


def _chains(candidates: Sequence[Number], rows: Sequence[Row]) -> list[tuple[Number, ...]]:
    """The best column of numbers on a page, and a second one beside it, if there is one."""
    found: list[tuple[Number, ...]] = []
    for column in _aligned(candidates):
        chain = _chain(column)
        enough = len(chain) >= _FEW or _exact(chain)
        if enough and _regular(chain, rows) and _alone(chain, rows):
            found.append(chain)
    found.sort(key=len, reverse=True)
    best: list[tuple[Number, ...]] = []
    for chain in found:
        apart = all(abs(chain[0].right - other[0].right) > 8 * rows[0].size for other in best)
        if len(best) < 2 and apart:
            best.append(chain)
    return sorted(best, key=lambda chain: chain[0].left)


def _aligned(candidates: Sequence[Number]) -> Iterator[list[Number]]:
    """Groups of numbers whose right edges, or left edges, stand below each other."""
    for edge in ("right", "left"):
        group: list[Number] = []
        for number in sorted(candidates, key=lambda n: float(getattr(n, edge))):
            if group and getattr(number, edge) - getattr(group[-1], edge) > _ALIGNED:
                yield sorted(group, key=lambda n: n.row)
                group = []
            group.append(number)
        if group:
            yield sorted(group, key=lambda n: n.row)


def _chain(column: Sequence[Number]) -> tuple[Number, ...]:
    """The longest sequence that grows as line numbers do; it may begin anew in between."""
    steps = Counter(
        b.value - a.value for a, b in itertools.pairwise(column) if b.value - a.value in _STEPS
    )
    if not steps:
        return tuple(column[:1])
    step = min(steps, key=lambda s: (-steps[s], s))
    lengths = [1] * len(column)
    before = [-1] * len(column)
    for i, number in enumerate(column):
        for j in range(max(0, i - 40), i):
            if lengths[j] + 1 > lengths[i] and _follows(column[j], number, step):
                lengths[i], before[i] = lengths[j] + 1, j
    at = max(range(len(column)), key=lengths.__getitem__)
    chain: list[Number] = []
    while at >= 0:
        chain.append(column[at])
        at = before[at]
    chain.reverse()
    # One number alone before or after a new beginning is that of the page.
    if len(chain) > 2 and chain[-1].value < chain[-2].value:
        chain.pop()
    if len(chain) > 2 and chain[1].value < chain[0].value:
        chain.pop(0)
    return tuple(chain)


def _follows(one: Number, other: Number, step: int) -> bool:
    rows, grown = other.row - one.row, other.value - one.value
    if rows <= 0:
        return False
    if grown < 0:
        return other.value == step or other.value == 1  # begins anew
    return grown > 0 and grown % step == 0 and grown // step <= rows


def _step(chain: Sequence[Number]) -> int:
    steps = Counter(b.value - a.value for a, b in itertools.pairwise(chain))
    return min((s for s in steps if s > 0), key=lambda s: (-steps[s], s), default=1)


def _regular(chain: Sequence[Number], rows: Sequence[Row]) -> bool:
    """Whether the numbers grow with the rows, or with the space between them."""
    step = _step(chain)
    pairs = [(a, b) for a, b in itertools.pairwise(chain) if b.value > a.value]
    if not pairs:
        return False
    heights = [(b.y - a.y) / (b.value - a.value) for a, b in pairs]
    pitch = median(heights)
    by_rows = sum(b.row - a.row == b.value - a.value for a, b in pairs)
    by_space = sum(abs(height - pitch) <= 0.12 * pitch for height in heights)
    fine = max(by_rows, by_space)
    if fine < 0.6 * len(pairs):
        return False
    # A number for each row, or for every fifth: a list has as many rows as its items need.
    spanned = list(rows[chain[0].row : chain[-1].row + 1])
    return len(chain) * step >= 0.5 * len(spanned)


def _long(chain: Sequence[Number], rows: Sequence[Row]) -> bool:
    """Whether there are so many that lines of text which run into them do not matter."""
    return len(chain) >= 2 * _FEW and _regular(chain, rows)


def _exact(chain: Sequence[Number]) -> bool:
    """Whether two numbers, 5 and 10 say, stand as many rows apart as they count."""
    if len(chain) != 2 or chain[1].value - chain[0].value not in (5, 10):
        return False
    return chain[1].row - chain[0].row == chain[1].value - chain[0].value


def _alone(chain: Sequence[Number], rows: Sequence[Row]) -> bool:
    """Whether nothing else stands in the strip of the numbers, between the first and last, and
    whether numbers behind the text stand off from it: “line 17” is text.
    """
    behind = [(n.left - rows[n.row].words[n.word - 1].right) / rows[n.row].size
              for n in chain if n.word]  # fmt: skip
    if len(behind) > len(chain) / 2 and median(behind) <= _OFF:
        return False
    left, right = min(n.left for n in chain), max(n.right for n in chain)
    own = {(n.row, n.word) for n in chain}
    first, last = chain[0].row, chain[-1].row
    disturbed = sum(
        any(
            word.left < right and word.right > left and (index, at) not in own
            for at, word in enumerate(rows[index].words)
        )
        for index in range(first, last + 1)
    )
    return disturbed <= 0.05 * (last - first + 1)


def _continued(
    index: int,
    pages: Sequence[Sequence[tuple[Number, ...]]],
    candidates: Sequence[Number],
    rows: Sequence[Row],
    step: int,
) -> list[tuple[Number, ...]]:
    """The numbers of a page, with those that are too few to be recognised by themselves: they
    stand where those of other pages stand, and go on from what is before, or begin anew.
    """
    found = list(pages[index])
    others = sorted((abs(index - at), at, page) for at, page in enumerate(pages) if page)
    near = [(at, page) for distance, at, page in others if distance][:4]
    edges = sorted({round(chain[0].right) for _, page in near for chain in page})
    for edge in edges:
        if any(abs(chain[0].right - edge) <= _REACH for chain in found):
            continue
        here = [n for n in candidates if abs(n.right - edge) <= _REACH]
        chain = _chain(here) if here else ()
        if not chain or not (_alone(chain, rows) or _long(chain, rows)):
            continue
        earlier = [page[-1][-1].value for at, page in near if at < index]
        last = found[-1][-1].value if found else earlier[0] if earlier else 0
        goes_on = last < chain[0].value <= last + step * (len(rows) + 2)
        if goes_on or chain[0].value in (1, step):
            found.append(chain)
    return sorted(found, key=lambda chain: chain[0].left)


# --- The numbers of lines: counted, or filled in between those that are printed.

_WIDER = 1.15  # than the widest distance between numbered lines: beyond it is something else
_CERTAIN = 0.2  # of the distance between lines: how far one may be off where it should stand


@dataclass(frozen=True)
class Item:
    """A row on its way to a line."""

    row: Row | None  # None: an empty line that has a number
    page: int
    y: float
    number: int | None
    aside: bool


def counted(items: Sequence[Item], *, anew: bool) -> list[Item]:
    """Lines counted, `anew` on each page; running heads and the like have no number."""
    result: list[Item] = []
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


def interpolated(items: Sequence[Item], step: int, *, restarts: bool) -> list[Item]:
    """Lines between numbered ones, numbered as far as that is certain."""
    if not restarts:
        return _between_numbers(items, step)
    pages = groupby(items, key=lambda item: item.page)
    return [item for _, page in pages for item in _between_numbers(list(page), step, page=True)]


def _between_numbers(items: Sequence[Item], step: int, *, page: bool = False) -> list[Item]:
    """Lines in one run of numbers; `page`: it begins at 1 on top of a page, and ends there.

    Where as many lines stand between two numbers as these leave room for, they are counted.
    Otherwise empty lines may be numbered, too, which the distances show; or nothing is certain.
    """
    numbers: dict[int, int] = {}
    beside: set[int] = set()
    text = [i for i, item in enumerate(items) if not item.aside]
    anchors = [i for i in text if items[i].number is not None]
    if not anchors and page and len(text) < step:
        numbers |= {i: n for n, i in enumerate(text, 1)}
    for one, other in pairwise(anchors):
        numbers |= _filled(items, one, other, [i for i in text if one < i < other])
    if anchors:
        before = [i for i in reversed(text) if i < anchors[0]]
        after = [i for i in text if i > anchors[-1]]
        way = _Way.of(items, text, anchors)
        first = items[anchors[0]].number or 0
        above, head = way.walk(items, anchors[0], before, -1, first - 1)
        below, foot = way.walk(items, anchors[-1], after, 1, step - 1)
        numbers |= above | below
        beside = {*head, *foot}
    return [
        replace(item, number=numbers.get(i, item.number), aside=item.aside or i in beside)
        for i, item in enumerate(items)
    ]


@dataclass(frozen=True)
class _Way:
    """How lines follow each other: the widest distance, and, where empty lines are numbered as
    well, that from one number to the next (else 0).
    """

    widest: float
    pitch: float

    @classmethod
    def of(cls, items: Sequence[Item], text: Sequence[int], anchors: Sequence[int]) -> "_Way":
        """As the numbered lines show it."""
        steps = [
            items[b].y - items[a].y
            for a, b in pairwise(text)
            if items[a].page == items[b].page and anchors[0] <= a and b <= anchors[-1]
        ]
        pitches = [
            (items[b].y - items[a].y) / (after - before)
            for a, b in pairwise(anchors)
            for before, after in [(items[a].number or 0, items[b].number or 0)]
            if items[a].page == items[b].page and after > before
            if sum(a < i < b for i in text) != after - before - 1
        ]
        return cls(max(steps, default=float("inf")), median(pitches) if pitches else 0.0)

    def walk(
        self, items: Sequence[Item], start: int, lines: Sequence[int], sign: int, most: int
    ) -> tuple[dict[int, int], list[int]]:
        """The numbers of the lines beside a numbered one, up to a wide gap, and the lines behind
        it: a head or a foot. Nothing, if more than `most` would have a number.
        """
        number, before = items[start].number or 0, items[start]
        last = number + sign * most
        found: dict[int, int] = {}
        for at, i in enumerate(lines):
            item = items[i]
            distance = abs(item.y - before.y) if item.page == before.page else 0.0
            if distance > _WIDER * self.widest:
                return found, [j for j in lines[at:] if items[j].page == item.page]
            rows = distance / self.pitch if self.pitch and distance else 1.0
            if abs(rows - round(rows)) > _CERTAIN:
                break
            number += sign * round(rows)
            if (last - number) * sign < 0:
                return {}, []
            found[i], before = number, item
        return found, []


def _filled(items: Sequence[Item], one: int, other: int, between: Sequence[int]) -> dict[int, int]:
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


def gaps(items: Sequence[Item], step: int) -> Iterator[str]:
    """Numbers that are missing between those that were read."""
    last = None
    for item in items:
        if item.number is None:
            continue
        if last is not None and item.number > last + step:
            first, end = last + step, item.number - step
            yield str(first) if first == end else f"{first}–{end}"
        last = item.number
