"""The numbers of lines: counted, or filled in between those that are printed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from brochure.sources.rows import Row

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
