"""The numbers of lines: found in the margin, interpolated between these, or counted.

Line numbers are recognised by their position, not by their looks: they are aligned in a strip of
their own, and increase with the rows. The numbers of a list are at every third row or so; page
numbers, figures in the text and codes in a running foot have no strip of their own.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from brochure.sources.reading.rows import TextRow, clusters

_ALIGNED = 1.6  # points by which the edges of aligned numbers may differ
_APART = 0.25  # of the type size: how far a number is from the text, at least
_REACH = 4  # points by which the position of numbers may differ from page to page
_OFF = 0.8  # of the type size: how far most numbers after the text are from it, at least
_LONGEST = 6  # digits
_STEPS = (1, 2, 3, 4, 5, 10, 20)
_FEW = 3  # aligned numbers, at least; fewer prove nothing
_PART = 0.5  # of the pages with text must have numbers
_LINES = 0.35  # of all rows must have one; otherwise the numbers belong to a list or a table


class LineNumber(NamedTuple):
    """A number: the indices of its row and word on a page, its value and position."""

    row: int
    word: int
    value: int
    left: float
    right: float
    y: float


@dataclass(frozen=True)
class MarginNumbers:
    """The line numbers of each page, in one or two chains; one at every `step`-th line."""

    pages: tuple[tuple[tuple[LineNumber, ...], ...], ...]
    step: int

    @property
    def printed(self) -> int:
        return sum(len(chain) for page in self.pages for chain in page)


def find_line_numbers(
    pages: Sequence[Sequence[TextRow]], *, expected: bool = False
) -> MarginNumbers | None:
    """The line numbers in the margins of a document; None if there are none.

    `expected`: the leaflet says that there are some; then parts of the document may have none.
    """
    candidates = [tuple(_candidates(rows)) for rows in pages]
    chains = [_chains(numbers, rows) for numbers, rows in zip(candidates, pages, strict=True)]
    with_text = sum(len(rows) >= _FEW for rows in pages)
    numbered = [page for page in chains if page]
    if not numbered or (len(numbered) < _PART * with_text and not expected):
        return None
    steps = Counter(_step(chain) for page in chains for chain in page)
    step = steps.most_common(1)[0][0]
    lines = sum(len(chain) * step for page in chains for chain in page)
    if lines < _LINES * sum(map(len, pages)) and not expected:
        return None
    kept = [[c for c in page if _step(c) == step or len(c) <= _FEW] for page in chains]
    for index in range(len(kept)):
        kept[index] = _with_short_chains(index, kept, candidates[index], pages[index], step)
    return MarginNumbers(tuple(tuple(page) for page in kept), step)


def _candidates(rows: Sequence[TextRow]) -> Iterator[LineNumber]:
    """Whole numbers that are apart from other words."""
    for index, row in enumerate(rows):
        words = row.words
        reach = _APART * row.size
        for at, word in enumerate(words):
            if not (word.text.isascii() and word.text.isdigit() and len(word.text) <= _LONGEST):
                continue
            before = words[at - 1].right if at else float("-inf")
            after = words[at + 1].left if at + 1 < len(words) else float("inf")
            if word.left - before >= reach and after - word.right >= reach:
                yield LineNumber(index, at, int(word.text), word.left, word.right, row.y)


def _chains(
    candidates: Sequence[LineNumber], rows: Sequence[TextRow]
) -> list[tuple[LineNumber, ...]]:
    """The longest chain of numbers on a page, and a second one in another column, if any."""
    chains: list[tuple[LineNumber, ...]] = []
    for column in _aligned(candidates):
        chain = _chain(column)
        enough = len(chain) >= _FEW or _exact(chain)
        if enough and _regular(chain, rows) and _alone(chain, rows):
            chains.append(chain)
    chains.sort(key=len, reverse=True)
    best: list[tuple[LineNumber, ...]] = []
    for chain in chains:
        apart = all(abs(chain[0].right - other[0].right) > 8 * rows[0].size for other in best)
        if len(best) < 2 and apart:
            best.append(chain)
    return sorted(best, key=lambda chain: chain[0].left)


def _aligned(candidates: Sequence[LineNumber]) -> Iterator[list[LineNumber]]:
    """Groups of numbers whose right edges, or left edges, are aligned."""
    for edge in (attrgetter("right"), attrgetter("left")):
        for group in clusters(candidates, edge, _ALIGNED):
            yield sorted(group, key=lambda n: n.row)


def _chain(column: Sequence[LineNumber]) -> tuple[LineNumber, ...]:
    """The longest sequence that increases like line numbers; they may start again within it."""
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
    chain: list[LineNumber] = []
    while at >= 0:
        chain.append(column[at])
        at = before[at]
    chain.reverse()
    # A single number before or after a restart is that of the page.
    if len(chain) > 2 and chain[-1].value < chain[-2].value:
        chain.pop()
    if len(chain) > 2 and chain[1].value < chain[0].value:
        chain.pop(0)
    return tuple(chain)


def _follows(one: LineNumber, other: LineNumber, step: int) -> bool:
    rows, increase = other.row - one.row, other.value - one.value
    if rows <= 0:
        return False
    if increase < 0:
        return other.value == step or other.value == 1  # they start again
    return increase > 0 and increase % step == 0 and increase // step <= rows


def _step(chain: Sequence[LineNumber]) -> int:
    steps = Counter(b.value - a.value for a, b in itertools.pairwise(chain))
    return min((s for s in steps if s > 0), key=lambda s: (-steps[s], s), default=1)


def _regular(chain: Sequence[LineNumber], rows: Sequence[TextRow]) -> bool:
    """Whether the numbers increase with the rows, or with the distances between them."""
    step = _step(chain)
    pairs = [(a, b) for a, b in itertools.pairwise(chain) if b.value > a.value]
    if not pairs:
        return False
    heights = [(b.y - a.y) / (b.value - a.value) for a, b in pairs]
    pitch = median(heights)
    by_rows = sum(b.row - a.row == b.value - a.value for a, b in pairs)
    by_space = sum(abs(height - pitch) <= 0.12 * pitch for height in heights)
    if max(by_rows, by_space) < 0.6 * len(pairs):
        return False
    # Line numbers cover all rows; the items of a list have as many rows as they need.
    spanned = list(rows[chain[0].row : chain[-1].row + 1])
    return len(chain) * step >= 0.5 * len(spanned)


def _long(chain: Sequence[LineNumber], rows: Sequence[TextRow]) -> bool:
    """Whether a chain is so long that text which runs into it does not matter."""
    return len(chain) >= 2 * _FEW and _regular(chain, rows)


def _exact(chain: Sequence[LineNumber]) -> bool:
    """Whether two numbers such as 5 and 10 are exactly 5 rows apart, or 10 and 20, 10 rows."""
    if len(chain) != 2 or chain[1].value - chain[0].value not in (5, 10):
        return False
    return chain[1].row - chain[0].row == chain[1].value - chain[0].value


def _alone(chain: Sequence[LineNumber], rows: Sequence[TextRow]) -> bool:
    """Whether the strip from the first number to the last has almost nothing else in it, and
    numbers after the text are not too close to it: “line 17” is text.
    """
    distances = [(n.left - rows[n.row].words[n.word - 1].right) / rows[n.row].size
              for n in chain if n.word]  # fmt: skip
    if len(distances) > len(chain) / 2 and median(distances) <= _OFF:
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


def _with_short_chains(
    index: int,
    pages: Sequence[Sequence[tuple[LineNumber, ...]]],
    candidates: Sequence[LineNumber],
    rows: Sequence[TextRow],
    step: int,
) -> list[tuple[LineNumber, ...]]:
    """The chains of a page, with those too short to be recognised on their own.

    These are in the same position as on other pages, and continue the numbers before, or restart.
    """
    chains = list(pages[index])
    others = sorted((abs(index - at), at, page) for at, page in enumerate(pages) if page)
    near = [(at, page) for distance, at, page in others if distance][:4]
    edges = sorted({round(chain[0].right) for _, page in near for chain in page})
    for edge in edges:
        if any(abs(chain[0].right - edge) <= _REACH for chain in chains):
            continue
        numbers = [n for n in candidates if abs(n.right - edge) <= _REACH]
        chain = _chain(numbers) if numbers else ()
        if not chain or not (_alone(chain, rows) or _long(chain, rows)):
            continue
        earlier = [page[-1][-1].value for at, page in near if at < index]
        last = chains[-1][-1].value if chains else earlier[0] if earlier else 0
        continues = last < chain[0].value <= last + step * (len(rows) + 2)
        if continues or chain[0].value in (1, step):
            chains.append(chain)
    return sorted(chains, key=lambda chain: chain[0].left)


# --- Counting lines, and interpolating numbers between printed ones.

_WIDER = 1.15  # times the widest distance between numbered lines; beyond it, the text has ended
_CERTAIN = 0.2  # of the distance between lines; a line farther from its position is uncertain


@dataclass(frozen=True)
class NumberedRow:
    """A row of a page that becomes a line.

    `row` is None for an empty line that has a number. `uncertain` and `column`: see
    `SourceLine`.
    """

    row: TextRow | None
    page: int
    y: float
    number: int | None
    artifact: bool
    uncertain: bool = False
    column: int = 0


def count_lines(items: Sequence[NumberedRow], *, restarts: bool) -> list[NumberedRow]:
    """Rows with their numbers counted, through the document or (`restarts`) on each page.

    Page artifacts have no number.
    """
    result: list[NumberedRow] = []
    number, page = 0, -1
    for item in items:
        if item.row is None:
            continue
        if item.page != page and restarts:
            number = 0
        page = item.page
        number += not item.artifact
        result.append(replace(item, number=None if item.artifact else number))
    return result


def interpolate_numbers(
    items: Sequence[NumberedRow], step: int, *, restarts: bool
) -> list[NumberedRow]:
    """Rows with the numbers between printed ones filled in, as far as they are certain."""
    if not restarts:
        return _between_numbers(items, step)
    pages = groupby(items, key=lambda item: item.page)
    return [item for _, page in pages for item in _between_numbers(list(page), step, page=True)]


def _between_numbers(
    items: Sequence[NumberedRow], step: int, *, page: bool = False
) -> list[NumberedRow]:
    """Rows of one sequence of numbers; `page`: it is that of a single page and begins at 1.

    If there are as many lines between two numbers as these require, they are counted. Otherwise
    empty lines may have numbers too, which the distances show; or nothing is certain.
    """
    numbers: dict[int, int] = {}
    outside: set[int] = set()
    text = [i for i, item in enumerate(items) if not item.artifact]
    anchors = [i for i in text if items[i].number is not None]
    if not anchors and page and len(text) < step:
        numbers |= {i: n for n, i in enumerate(text, 1)}
    for one, other in pairwise(anchors):
        numbers |= _filled(items, one, other, [i for i in text if one < i < other])
    if anchors:
        before = [i for i in reversed(text) if i < anchors[0]]
        after = [i for i in text if i > anchors[-1]]
        spacing = _Spacing.of(items, text, anchors)
        first = items[anchors[0]].number or 0
        above, head = spacing.walk(items, anchors[0], before, -1, first - 1)
        below, foot = spacing.walk(items, anchors[-1], after, 1, step - 1)
        numbers |= above | below
        outside = {*head, *foot}
    return [
        replace(item, number=numbers.get(i, item.number), artifact=item.artifact or i in outside)
        for i, item in enumerate(items)
    ]


@dataclass(frozen=True)
class _Spacing:
    """The distances between lines: the widest, and, if empty lines have numbers too, that from
    each number to the next (otherwise 0).
    """

    widest: float
    pitch: float

    @classmethod
    def of(
        cls, items: Sequence[NumberedRow], text: Sequence[int], anchors: Sequence[int]
    ) -> "_Spacing":
        """The spacing of the lines between the first number and the last."""
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
        self, items: Sequence[NumberedRow], start: int, lines: Sequence[int], sign: int, most: int
    ) -> tuple[dict[int, int], list[int]]:
        """The numbers of the lines after (`sign` 1) or before (-1) a numbered one, up to a wide
        gap, and the lines beyond it: a head or a foot. Nothing if more than `most` have a number.
        """
        number, before = items[start].number or 0, items[start]
        last = number + sign * most
        numbers: dict[int, int] = {}
        for at, i in enumerate(lines):
            item = items[i]
            distance = abs(item.y - before.y) if item.page == before.page else 0.0
            if distance > _WIDER * self.widest:
                return numbers, [j for j in lines[at:] if items[j].page == item.page]
            rows = distance / self.pitch if self.pitch and distance else 1.0
            if abs(rows - round(rows)) > _CERTAIN:
                break
            number += sign * round(rows)
            if (last - number) * sign < 0:
                return {}, []
            numbers[i], before = number, item
        return numbers, []


def _filled(
    items: Sequence[NumberedRow], one: int, other: int, between: Sequence[int]
) -> dict[int, int]:
    """The numbers of the lines between two numbered ones."""
    first, last = items[one].number or 0, items[other].number or 0
    if len(between) == last - first - 1:
        return {i: first + n for n, i in enumerate(between, 1)}
    if last <= first or items[one].page != items[other].page:
        return {}
    pitch = (items[other].y - items[one].y) / (last - first)
    guesses = [(items[i].y - items[one].y) / pitch for i in between] if pitch > 0 else []
    rounded = {i: first + round(guess) for i, guess in zip(between, guesses, strict=False)}
    certain = all(abs(guess - round(guess)) < _CERTAIN for guess in guesses)
    return rounded if certain and len(set(rounded.values())) == len(between) else {}


def missing_numbers(items: Sequence[NumberedRow], step: int) -> Iterator[str]:
    """Numbers, or ranges of them, that are missing between the printed ones."""
    last = None
    for item in items:
        if item.number is None:
            continue
        if last is not None and item.number > last + step:
            first, end = last + step, item.number - step
            yield str(first) if first == end else f"{first}–{end}"
        last = item.number
