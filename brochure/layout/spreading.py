"""Whole passages, spread evenly over the pages between a cover and a back. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from brochure.layout.covers import has_back
from brochure.layout.laid_out import LaidOutDocument, Layout, PageRenderer


@dataclass(frozen=True)
class Panels:
    """Passages spread evenly over panels: which of them each begins with, and heights in CSS px."""

    starts: tuple[int, ...]
    tallest: float
    mean: float


def spread_over(layout: Layout, most: int) -> Panels:
    """The passages, whole, on the panels between the first of them and the back; where there are
    no panels for them, their heights are infinite.
    """
    heights = tuple(passage_heights(layout).values())
    count = min(most - 1 - layout.start[0], len(heights))
    if count < 1:
        return Panels((), math.inf, math.inf)
    starts = evenly_grouped(heights, count)
    tallest = max(sum(heights[a:b]) for a, b in pairwise((*starts, None)))
    return Panels(starts, tallest, sum(heights) / count)


def passage_heights(layout: Layout) -> dict[str, float]:
    """How tall each passage is, in CSS px; the first one with what stands above it on its page."""
    page, y = layout.start
    page = min(page, layout.pages - 1)
    above = y - (layout.bottoms[page] - layout.heights[page])
    heights: dict[str, float] = {}
    for fragment in layout.fragments:
        height = fragment.bottom - fragment.top + (0.0 if heights else above)
        heights[fragment.passage] = heights.get(fragment.passage, 0.0) + height
    return heights


def evenly_grouped(heights: Sequence[float], count: int) -> tuple[int, ...]:
    """Where each of `count` groups of consecutive heights starts, so that the tallest is low.

    None is empty; there are at least as many heights as groups.
    """
    below = (0.0, *accumulate(heights))
    best: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {(0, 0): (0.0, ())}
    for end in range(1, len(heights) + 1):
        for groups in range(1, min(count, end) + 1):
            best[end, groups] = min(
                (max(tallest, below[end] - below[start]), (*starts, start))
                for start in range(end)
                for tallest, starts in [best.get((start, groups - 1), (float("inf"), ()))]
            )
    return best[len(heights), count][1]


def evenly_spread(
    render: PageRenderer, document: LaidOutDocument, most: int
) -> LaidOutDocument | None:
    """A leaflet of at most so many pages, with its passages, whole ones, spread over those before
    its back; None if they do not fall so.
    """
    layout = document.layout
    names, starts = tuple(passage_heights(layout)), spread_over(layout, most).starts
    first = layout.start[0]
    page = {name: first - 1 + sum(n >= s for s in starts) for n, name in enumerate(names)}
    if any(fragment.page != page[fragment.passage] for fragment in layout.fragments):
        moved = frozenset(names[start] for start in starts[1:])
        document = render(replace(document.rules, moved=moved))
    spread = document.layout
    if spread.pages != first + len(starts) + 1 or not is_whole(spread) or not has_back(spread):
        return None
    every = frozenset(range(spread.pages))  # what is white there is white by design
    return replace(document, layout=replace(spread, set_apart=every))


def is_whole(layout: Layout) -> bool:
    """Whether no passage goes on on another page."""
    return len({f.passage for f in layout.fragments}) == len(layout.fragments)
