"""Passages as measured, and the pages that they are to fall on. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from brochure.layout import costs
from brochure.layout.laid_out import Fragment, Layout, TextLine

ROUNDING = 0.01  # CSS px
_SMALLER = (0.85, 0.7, 0.6, 0.5, 0.4)  # of its height, in which a picture is tried
_LOWEST = 80.0  # CSS px, in which one is
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
    picture: float | None = None  # how tall its picture may be, in CSS px, if that is set smaller
    cost: float = 0.0  # what speaks against that

    def with_smaller_picture(self) -> "Iterator[MeasuredPassage]":
        """The passage with its picture in several sizes, if it has one."""
        picture = next((line for flow in self.flows for line in flow if line.picture), None)
        for share in _SMALLER:
            if picture is None or share * picture.picture < _LOWEST:
                return
            less = (1 - share) * picture.picture
            flows = tuple(_with_lower(flow, less) for flow in self.flows)
            yield replace(
                self,
                height=max(flow[-1].bottom for flow in flows),
                flows=flows,
                picture=share * picture.picture,
                cost=costs.SMALLER_PICTURE * (1 - share),
            )

    def base(self, flow: Sequence[TextLine], cut: int) -> float:
        """The y in a passage of the top of a page that begins with this line. In columns, margins
        are kept there (WeasyPrint 70).
        """
        return flow[cut].top if self.answer is not None else flow[cut - 1].bottom

    def cost_of_cuts(self, flows: Sequence[Sequence[TextLine]], cuts: Sequence[int]) -> float:
        """What speaks against pages that begin with these lines."""
        lines = [flow[cut] for flow, cut in zip(flows, cuts, strict=True) if cut < len(flow)]
        cost = costs.IN_SENTENCE * sum(not line.sentence for line in lines)
        if self.answer is None:
            return cost + costs.DIVIDED
        if cuts[0] == self.answer:
            return cost + costs.PARTED
        return cost + (costs.IN_QUOTE if cuts[0] < self.answer else costs.IN_ANSWER)


def _with_lower(flow: tuple[TextLine, ...], less: float) -> tuple[TextLine, ...]:
    """A flow whose picture is lower by so much."""
    number = next((i for i, line in enumerate(flow) if line.picture), len(flow))
    picture = (replace(line, bottom=line.bottom - less) for line in flow[number : number + 1])
    below = (
        replace(line, top=line.top - less, bottom=line.bottom - less) for line in flow[number + 1 :]
    )
    return (*flow[:number], *picture, *below)


def measured_passages(layout: Layout) -> Iterator[MeasuredPassage]:
    """The passages of a layout in their order, as if none was divided."""
    fragments: dict[str, list[Fragment]] = {}
    for fragment in layout.fragments:
        fragments.setdefault(fragment.passage, []).append(fragment)
    for name, parts in fragments.items():
        quote, commentary = layout.lines.get(name, ((), ()))
        sides = [quote, commentary] if layout.side_by_side else [(*quote, *commentary)]
        lowest = max((side[-1].bottom for side in sides if side), default=0.0)
        padding, height = parts[-1].padding, lowest + parts[-1].padding
        if len(parts) == 1 or not lowest:
            height = sum(part.bottom - part.top for part in parts)
            padding = height - lowest
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
