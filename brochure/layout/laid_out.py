"""What became of a leaflet on its pages: facts, and what follows from them. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from brochure.manuscript.model.fields import Rgb

Role = Literal["text", "heading", "footer"]
LEFTOVER = 4  # fewer lines on a last page look forgotten there
SLACK = 1.0  # CSS px; rounding, and the overhang of an italic


@dataclass(frozen=True)
class Word:
    """A piece of text in one line: where it is (CSS px from the top left of its page)."""

    text: str
    page: int
    x: float
    y: float
    width: float
    height: float
    left: float  # bounds of the column that it belongs in
    right: float
    bottom: float  # bound of the page
    size: float  # of the type, in points
    bold: bool
    colour: Rgb
    behind: Rgb  # the colour of what it stands on
    role: Role


@dataclass(frozen=True)
class Picture:
    """A picture of pixels on a page: its address, its size there in points, and in pixels."""

    address: str
    page: int
    width: float
    height: float
    pixels: tuple[int, int]


@dataclass(frozen=True)
class Part:
    """The part of a passage on one page: vertical extent, and where each side's text begins."""

    passage: str
    page: int
    top: float
    bottom: float
    starts: tuple[float | None, float | None]


@dataclass(frozen=True)
class Layout:
    """The facts of a layout. `words` by cell: (passage, column), or ("", 0) outside the pairs.

    `side_by_side`: whether the two sides of a pair stand beside each other.
    """

    words: Mapping[tuple[str, int], tuple[Word, ...]]
    pictures: tuple[Picture, ...]
    parts: tuple[Part, ...]
    bottoms: tuple[float, ...]  # of each page's content
    heights: tuple[float, ...]
    sizes: tuple[tuple[float, float], ...]  # of the pages in points, as trimmed
    body_tops: tuple[float, ...]  # where the first pair of each page begins
    headless_pages: tuple[int, ...]  # with pairs on them, but without the header of the table
    side_by_side: bool
    rest: float  # how tall all is that comes after the pairs
    attached: bool  # whether that may not begin a page without the end of a pair


def lines_on_last_page(layout: Layout) -> int:
    """How many lines of text stand on the last page one below the other, besides the footer."""
    last = len(layout.bottoms) - 1
    tops = {
        round(word.y)
        for words in layout.words.values()
        for word in words
        if word.page == last and word.role != "footer"
    }
    # The sides of a pair are set a little off each other: those are lines beside each other.
    return sum(1 for y in tops if not any(0 < y - other < 4 for other in tops))


def line_height(layout: Layout) -> float:
    """The distance of lines that is met most often, in CSS px; 20 where there is none."""
    gaps: Counter[float] = Counter()
    for words in layout.words.values():
        tops = sorted({(word.page, round(word.y, 1)) for word in words})
        gaps.update(round(b[1] - a[1], 1) for a, b in pairwise(tops) if a[0] == b[0])
    return next((gap for gap, _ in gaps.most_common() if gap > 1), 20.0)


def headless(layout: Layout) -> frozenset[str]:
    """The passages with which a page begins on which the header of the table is missing."""
    return frozenset(
        next(part.passage for part in layout.parts if part.page == page)
        for page in layout.headless_pages
    )


def misaligned(layout: Layout) -> tuple[str, ...]:
    """The passages of which one side begins on another page, or lower, than the other."""
    begins: dict[str, list[tuple[int, float] | None]] = {}
    for part in layout.parts:
        known = begins.setdefault(part.passage, [None, None])
        for side, start in enumerate(part.starts):
            if known[side] is None and start is not None:
                known[side] = (part.page, start)
    return tuple(
        passage
        for passage, (quote, commentary) in begins.items()
        if quote and commentary
        and (quote[0] != commentary[0] or abs(quote[1] - commentary[1]) > 2 * SLACK)
    )  # fmt: skip
