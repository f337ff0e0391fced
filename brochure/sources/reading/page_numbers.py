"""What the pages of a document are called: by the numbers printed on them, part by part.

A number at the edge of a page is that of the page if other pages have one in the same position and
type that grows as the pages do; the numbers of footnotes do neither. Front matter may have Roman
numerals, and numbering may start again. PDF page labels (ISO 32000-1, 12.4.2) are a witness: they
name pages on which no number is printed, if they agree with those that are. What remains in doubt
is called by its position in the file.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from brochure.sources.reading.rows import TextRow, clusters

_EDGE = 2  # rows at the top, and at the bottom, that may have the number
_NEAR = 6.0  # points by which its height may differ from page to page
_ALIGNED = 4.0  # … and its left edge, right edge or middle: one of them
_LIKE = 0.12  # of the type size, by which that may differ
_CERTAIN = 3  # pages in a row prove that they are numbered; fewer, if these are half of all
_SOME = 0.3  # of all pages, at least, have something that looks like page numbers
_AGREE = 0.8  # of the printed numbers must be those of the labels for these to be believed
_ROMAN = "m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_NUMERAL = rf"(?:\d{{1,4}}|(?=[ivxlcdm]){_ROMAN}|(?=[IVXLCDM]){_ROMAN.upper()})"
_NAME = re.compile(rf"(?P<prefix>[A-Z][-. ]?(?=\d))?(?P<number>{_NUMERAL})")
# A row that has nothing but the number: “2”, “- 2 -”, “Seite 2 von 9”, “A-2”.
_LONE = re.compile(
    rf"\W*(?:[^\W\d]{{2,8}}\.?\s+|S\.\s*|p\.\s*)?(?P<name>{_NAME.pattern})"
    r"(?:\s*(?:/|von|of|de)\s*\d+)?\W*"
)


class _Number(NamedTuple):
    """A number at the edge of a page, perhaps that of the page.

    `kind`: `1`, `i` or `I`, after a prefix such as `A-`; `shape`: the row without digits, or empty
    if it has nothing else (`lone`).
    """

    page: int
    row: int
    kind: str
    value: int
    top: bool
    y: float
    left: float
    right: float
    size: float
    lone: bool
    shape: str

    @property
    def name(self) -> str:
        return _named(self.kind, self.value)


@dataclass(frozen=True)
class PageNames:
    """What each page is called; the rows that have only its number.

    `printed`: numbers are printed on the pages; `doubtful`: something looks like page numbers, but
    nothing certain, so that the pages are counted from the first one.
    """

    names: tuple[str, ...]
    rows: tuple[frozenset[int], ...]
    printed: bool
    doubtful: bool = False


def name_pages(pages: Sequence[Sequence[TextRow]], labels: Sequence[str] = ()) -> PageNames:
    """The names of pages, of which these are the rows (line numbers taken away, some may be empty).

    `labels` are those of the file, if it has any, in order.
    """
    candidates = [list(_candidates(index, rows)) for index, rows in enumerate(pages)]
    printed = _printed(candidates, sum(any(row.words for row in rows) for rows in pages))
    positions = [str(index + 1) for index in range(len(pages))]
    labels = [label if _NAME.fullmatch(label) else "" for label in labels]
    if not printed:
        doubtful = _resembles_numbers(candidates) or (any(labels) and labels != positions)
        return PageNames(tuple(positions), (frozenset(),) * len(pages), False, doubtful)
    agreeing = sum(labels[at] == number.name for at, number in printed.items()) if labels else 0
    believed = bool(labels) and agreeing >= _AGREE * len(printed)
    names, rows = [], []
    for index, numbers in enumerate(candidates):
        own = printed[index].name if index in printed else labels[index] if believed else ""
        names.append(own or _between(index, printed) or positions[index])
        rows.append(frozenset(n.row for n in numbers if n.lone and n.name == names[-1]))
    return PageNames(tuple(names), tuple(rows), True)


# --- Numbers at the edges of a page.


def _candidates(page: int, rows: Sequence[TextRow]) -> Iterator[_Number]:
    """Numbers that stand alone in one of the outermost rows, or at one of its ends."""
    filled = [(at, row) for at, row in enumerate(rows) if row.words]
    for top, edge in ((True, filled[:_EDGE]), (False, filled[-_EDGE:])):
        for at, row in edge:
            text = " ".join(word.text for word in row.words)
            if lone := _LONE.fullmatch(text):
                yield _number(page, at, row, lone["name"], (row.left, row.right), top, "")
                continue
            shape = re.sub(r"\d+", "#", text)
            for word in dict.fromkeys((row.words[0], row.words[-1])):
                if _NAME.fullmatch(word.text) and (word.text.isdigit() or len(word.text) > 1):
                    extent = word.left, word.right
                    yield _number(page, at, row, word.text, extent, top, shape)


def _number(
    page: int, at: int, row: TextRow, name: str, extent: tuple[float, float], top: bool, shape: str
) -> _Number:
    found = _NAME.fullmatch(name)
    assert found is not None
    prefix, number = found["prefix"] or "", found["number"]
    digits = number.isdigit()
    kind = prefix + ("1" if digits else "i" if number.islower() else "I")
    value = int(number) if digits else _roman_value(number)
    return _Number(page, at, kind, value, top, row.y, *extent, row.size, not shape, shape)


def _roman_value(numeral: str) -> int:
    values = [dict(zip("ivxlcdm", (1, 5, 10, 50, 100, 500, 1000), strict=True))[c]
              for c in numeral.lower()]  # fmt: skip
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _named(kind: str, value: int) -> str:
    """A number as it is printed: ``12``, ``xii``, ``A-12``."""
    prefix, style = kind[:-1], kind[-1]
    if style == "1":
        return f"{prefix}{value}"
    numeral = ""
    for letters, worth in (("m", 1000), ("cm", 900), ("d", 500), ("cd", 400), ("c", 100),
                           ("xc", 90), ("l", 50), ("xl", 40), ("x", 10), ("ix", 9), ("v", 5),
                           ("iv", 4), ("i", 1)):  # fmt: skip
        numeral += letters * (value // worth)
        value %= worth
    return prefix + (numeral if style == "i" else numeral.upper())


# --- Which of them are those of the pages.


def _printed(candidates: Sequence[Sequence[_Number]], with_text: int) -> dict[int, _Number]:
    """The number of each page on which one is printed, by the index of the page."""
    if with_text == 1:  # there is nothing to compare it with
        return {n.page: n for of in candidates for n in of if n.lone and n.name == str(n.page + 1)}
    series = sorted(_series(candidates), key=len, reverse=True)
    certain = [s for s in series if len(s) >= _CERTAIN and s[-1].page - s[0].page < 2 * len(s)]
    found = {n.page: n for s in reversed(certain) for n in s}
    if not certain:
        found = {n.page: n for s in reversed(series) for n in s}
        if len(found) < max(2, 0.5 * with_text):
            return {}
    known = list(found.values())
    for numbers in candidates:
        for number in numbers:
            if number.page not in found and any(_same_place(number, other) for other in known):
                found[number.page] = number
    return found


def _series(candidates: Sequence[Sequence[_Number]]) -> Iterator[list[_Number]]:
    """Numbers of two pages or more, in order, that grow as the pages do, in one position and type.

    At the foot, what else is in the row must be the same, or it is a footnote. On left and right
    pages, they may be in different positions.
    """
    groups: dict[tuple[object, ...], list[_Number]] = defaultdict(list)
    for numbers in candidates:
        for number in numbers:
            shape = "" if number.top else number.shape
            key = number.kind, number.value - number.page, number.top, number.lone, shape
            groups[key].append(number)
    for group in groups.values():
        for level in clusters(group, lambda n: n.y, _NEAR):
            for alike in clusters(level, lambda n: n.size, _LIKE * level[0].size):
                sides = [[n for n in alike if n.page % 2 == side] for side in (0, 1)]
                kept = {n.page: n for side in sides for n in _aligned(side)}
                if len(kept) > 1:
                    yield [kept[page] for page in sorted(kept)]


_SIDES: tuple[Callable[[_Number], float], ...] = (
    lambda number: number.left,
    lambda number: number.right,
    lambda number: (number.left + number.right) / 2,
)


def _aligned(numbers: Sequence[_Number]) -> list[_Number]:
    """Those of which the left edges, the right edges or the middles are aligned: the most; none if
    no two of them are, of several.
    """
    best: list[_Number] = []
    for side in _SIDES:
        for group in clusters(numbers, side, _ALIGNED):
            best = max(best, group, key=len)
    return best if len(best) > 1 or len(numbers) == 1 else []


def _same_place(one: _Number, other: _Number) -> bool:
    """Whether a number is where that of another page is, and as large."""
    return (
        one.top == other.top
        and one.lone == other.lone
        and (one.top or one.shape == other.shape)
        and abs(one.y - other.y) <= _NEAR / 2
        and abs(one.size - other.size) <= _LIKE * other.size
        and any(abs(side(one) - side(other)) <= _ALIGNED for side in _SIDES)
    )


def _between(page: int, printed: Mapping[int, _Number]) -> str:
    """The name of a page without a number, from those before and after it; empty if neither tells.

    It goes on with the numbers before it, or it belongs to a part that starts again after these,
    of which the first pages have no number.
    """
    before = max((at for at in printed if at < page), default=None)
    after = min((at for at in printed if at > page), default=None)
    if after is not None:
        number = printed[after]
        value = number.value - (after - page)
        restarts = before is None or number.value <= after - before
        if value >= 1 and (restarts or before is None):
            return _named(number.kind, value)
    if before is None:
        return ""
    number = printed[before]
    return _named(number.kind, number.value + page - before)


def _resembles_numbers(candidates: Sequence[Sequence[_Number]]) -> bool:
    """Whether numbers at the edges grow as the pages do, though their positions prove nothing."""
    grown = sorted({(n.kind, n.value - n.page, n.page) for of in candidates for n in of})
    least = max(2, _SOME * len(candidates))
    return any(
        len(list(alike)) >= least and offset != 1
        for (_, offset), alike in groupby(grown, key=lambda one: one[:2])
    )
