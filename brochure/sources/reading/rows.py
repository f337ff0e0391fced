"""Characters and their positions on a page → rows of words, from top to bottom.

Lengths are in points, x from the left, y from the top.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import median
from typing import TypedDict, TypeVar

from brochure.sources.reading.words import SMALLER, Char, RowWord, words_of

T = TypeVar("T")

# As parts of the type size. Vertical distances:
_LEVEL = 0.15  # up to this, characters are on the same base line
SAME_ROW = 0.35  # up to this, they belong to the same row, if they are beside each other
_SCRIPT = 0.65  # up to this, smaller ones next to a row belong to it: x², CO₂
_BESIDE = 0.45  # horizontally, up to this; it is less than the gutter between two columns

# White space (Unicode, White_Space) without the controls U+001C to U+001F, which some fonts use for
# ligatures.
SPACES = frozenset("\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(code) for code in range(0x2000, 0x200B)
}


@dataclass(frozen=True)
class TextRow:
    """Words on one base line, in reading order, and the size of most of their characters."""

    y: float
    size: float
    words: tuple[RowWord, ...]

    @property
    def left(self) -> float:
        return min(word.left for word in self.words)

    @property
    def right(self) -> float:
        return max(word.right for word in self.words)


def clusters(items: Iterable[T], position: Callable[[T], float], reach: float) -> Iterator[list[T]]:
    """The items in groups, by position: in each, one is at most so far from the one before."""
    group: list[T] = []
    for item in sorted(items, key=position):
        if group and position(item) - position(group[-1]) > reach:
            yield group
            group = []
        group.append(item)
    if group:
        yield group


class PageData(TypedDict):
    """The rows of a page as JSON: y, size and words; of each word, the fields of `RowWord`.

    `images` are counted only if there are no rows. `broken`: the page could not be read in full.
    `pictured`: beside its text, it has pictures that may be text. `label`: what the file calls the
    page; may be empty.
    """

    rows: list[tuple[float, float, list[tuple[str, float, float, int, int, int]]]]
    images: int
    broken: bool
    pictured: bool
    label: str


class FileText(TypedDict, total=False):
    """What was read of a file, as JSON: `pages` of a PDF, `lines` of Markdown or HTML, or `error`.

    Of a line: text, number, and whether it opens a paragraph. `error`: see `reader.Obstacle`.
    """

    pages: list[PageData]
    lines: list[tuple[str, int | None, int]]
    error: str


@dataclass
class _Level:
    """Characters on one base line, in the order of the file."""

    y: float
    size: float
    chars: list[Char]


def find_rows(chars: Sequence[Char]) -> tuple[TextRow, ...]:
    """The rows of a page; superscripts and subscripts belong to the row of their base line."""
    levels = _levels(chars)
    rows: list[_Level] = []
    for level in sorted(levels, key=lambda level: (-level.size * len(level.chars), level.y)):
        home = min(
            (row for row in rows if _belongs(level, row)),
            key=lambda row: abs(row.y - level.y),
            default=None,
        )
        if home is None:
            rows.append(_Level(level.y, level.size, list(level.chars)))
        else:
            home.chars += level.chars
    return tuple(
        TextRow(round(row.y, 1), round(row.size, 1), words)
        for row in sorted(rows, key=attrgetter("y"))
        if (words := words_of(row.chars, row.y, row.size))
    )


def _levels(chars: Sequence[Char]) -> list[_Level]:
    levels: list[_Level] = []
    for char in sorted(chars, key=attrgetter("y")):
        last = levels[-1] if levels else None
        if last is not None and char.y - last.y <= _LEVEL * min(char.size, last.size):
            last.chars.append(char)
        else:
            levels.append(_Level(char.y, char.size, [char]))
    order = {id(char): index for index, char in enumerate(chars)}
    for level in levels:
        level.chars.sort(key=lambda char: order[id(char)])
        level.size = median(char.size for char in level.chars)
    return levels


def _belongs(level: _Level, row: _Level) -> bool:
    distance = abs(level.y - row.y)
    if distance <= SAME_ROW * row.size and _beside(level, row):
        return True
    if distance > _SCRIPT * row.size or level.size > SMALLER * row.size:
        return False
    reach = 0.5 * row.size
    lefts = sorted(char.left for char in row.chars)
    rights = sorted(char.right for char in row.chars)
    return all(
        any(
            _has(rights, char.left - reach, char.left + reach)
            or _has(lefts, char.right, char.right + reach)
            for char in run
        )
        for run in _runs(level.chars, reach)
    )


def _has(ordered: Sequence[float], least: float, most: float) -> bool:
    """Whether one of some numbers in order is between two others."""
    at = bisect_left(ordered, least)
    return at < len(ordered) and ordered[at] <= most


def _runs(chars: Sequence[Char], reach: float) -> Iterator[list[Char]]:
    """Characters of one level in groups without white of more than `reach`, from left to right."""
    run: list[Char] = []
    end = 0.0
    for char in sorted(chars, key=attrgetter("left")):
        if run and char.left - end > reach:
            yield run
            run = []
        end = max(end, char.right) if run else char.right
        run.append(char)
    if run:
        yield run


def _beside(level: _Level, row: _Level) -> bool:
    """Whether a level goes on where a row has ended, or within it; not across a gutter.

    Numbers may be anywhere: they are those of lines, in the margin.
    """
    if all(char.text.isdigit() for char in level.chars):
        return True
    reach = _BESIDE * row.size
    occupied: list[list[float]] = []  # what the row takes up, with its surroundings
    for left, right in sorted((char.left - reach, char.right + reach) for char in row.chars):
        if occupied and left <= occupied[-1][1]:
            occupied[-1][1] = max(occupied[-1][1], right)
        else:
            occupied.append([left, right])
    return any(
        left <= char.right and char.left <= right
        for char in level.chars
        for left, right in occupied
    )
