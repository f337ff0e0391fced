"""Passages as measured, and the pages that they are to fall on. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from brochure.layout import costs
from brochure.layout.laid_out import Layout, TextLine

ROUNDING = 0.01  # CSS px
Way = Literal["whole", "divided", "between_paragraphs", "opened"]


class PageRoom:
    """Where passages begin and end on each page, those that there are not yet among them."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def top(self, page: int) -> float:
        """Where passages begin on a page: below the head, or below the column headings."""
        start, y = self._layout.start
        return y if page == start else self.edge(page) + self._layout.repeated_height

    def edge(self, page: int) -> float:
        """Where the content of a page begins."""
        return self.bottom(page) - self.height(page)

    def bottom(self, page: int) -> float:
        """Where the content of a page ends."""
        return self._layout.bottoms[min(page, self._layout.pages - 1)]

    def height(self, page: int) -> float:
        """The height of a page's content."""
        return self._layout.heights[min(page, self._layout.pages - 1)]


@dataclass(frozen=True)
class MeasuredPassage:
    """A passage as measured: its height, and the lines of it that flow from page to page.

    Side by side, quote and commentary are two flows; else they are one, whose `answer` is the
    number of the first line of the commentary.
    """

    name: str
    height: float
    padding: float  # below the last line
    flows: tuple[tuple[TextLine, ...], ...]
    answer: int | None

    def cost_of_cuts(self, flows: Sequence[Sequence[TextLine]], cuts: Sequence[int]) -> float:
        """What speaks against pages that begin with these lines."""
        lines = [flow[cut] for flow, cut in zip(flows, cuts, strict=True) if cut < len(flow)]
        cost = costs.IN_SENTENCE * sum(not line.sentence for line in lines)
        if self.answer is None:
            return cost + costs.DIVIDED
        if cuts[0] == self.answer:
            return cost + costs.PARTED
        return cost + (costs.IN_QUOTE if cuts[0] < self.answer else costs.IN_ANSWER)


def measured_passages(layout: Layout) -> Iterator[MeasuredPassage]:
    """The passages of a layout in which none is divided, in their order."""
    heights: dict[str, float] = {}
    for fragment in layout.fragments:
        height = fragment.bottom - fragment.top
        heights[fragment.passage] = heights.get(fragment.passage, 0.0) + height
    for name, height in heights.items():
        quote, commentary = layout.lines.get(name, ((), ()))
        sides = [quote, commentary] if layout.side_by_side else [(*quote, *commentary)]
        padding = height - max((side[-1].bottom for side in sides if side), default=0.0)
        # The last line of a side needs room for the white below it, too.
        flows = tuple(
            (*side[:-1], replace(side[-1], bottom=side[-1].bottom + padding))
            for side in sides if side
        )  # fmt: skip
        answer = len(quote) if quote and commentary else -1
        yield MeasuredPassage(name, height, padding, flows, None if layout.side_by_side else answer)


def last_start(
    flow: Sequence[TextLine], start: int, base: float, room: float, way: Way | None
) -> int:
    """The last line of a flow that may begin the next page, all before it having room; `start` if
    there is none. Without a `way`, any may.
    """
    allowed = ("freely", "opened") if way == "opened" else ("freely",)
    best = start
    for number in range(start + 1, len(flow) + 1):
        if flow[number - 1].bottom - base > room + ROUNDING:
            return max(best, start + 1) if way is None else best
        if number == len(flow) or way is None:
            best = number
        elif flow[number].starts in allowed:
            if way != "between_paragraphs" or flow[number].paragraph:
                best = number
    return best


def flowing_pages(layout: Layout) -> float:
    """How many pages a leaflet takes if every passage is divided, and no page stays white."""
    room, (page, y) = PageRoom(layout), layout.start
    height = sum(passage.height for passage in measured_passages(layout)) + layout.height_after
    left = room.bottom(page) - y
    if height <= left:
        return page + 1 - (left - height) / room.height(page)
    following = room.bottom(page + 1) - room.top(page + 1)
    return page + 1 + (height - left) / following
