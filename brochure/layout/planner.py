"""What can be done with each passage on its way over the pages, and with the footer. Pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from brochure.layout import costs
from brochure.layout.costs import cost_of_white
from brochure.layout.flows import (
    ROUNDING,
    MeasuredPassage,
    PageRoom,
    Way,
    last_start,
    measured_passages,
)
from brochure.layout.laid_out import FEW_LINES, Layout, line_height

_SPACE = 1.0  # lines of white that a passage gets where white is shared out, at most
_HEAD = 8.0  # `LayoutRules.head_space` of a page with nothing but the head and the lead, at most
_HEAD_HEIGHT = 0.75  # lines that such a page is filled by for each of it
_FOOT = 2.0  # lines of white that are left there


@dataclass(frozen=True)
class State:
    """One way in which the passages so far fall on pages: the last of them ends at `y`."""

    page: int
    y: float
    cost: float
    padding: float = 0.0  # of that, below the last line
    first: int = 0  # the number of the first passage that begins on the page
    ways: "Ways | None" = None


@dataclass(frozen=True)
class Ways:
    """What was decided for a passage that is not simply set below the one before, and earlier."""

    passage: str
    way: Way
    moved: bool
    before: "Ways | None"
    foot: tuple[tuple[int, float], ...] = ()  # by how much a page ends higher
    spaced: tuple[tuple[str, float], ...] = ()  # white that the page before it is filled with
    picture: float | None = None  # how tall its picture may be
    head_space: float = 0.0


@dataclass(frozen=True)
class Ending:
    """A way to the end, with the footer: on which page it ends, and how many it fills."""

    ways: Ways | None
    page: int
    pages: float
    cost: float
    footer_alone: bool = False


class Planner:
    """What can be done with each passage of a layout, and what speaks against it."""

    def __init__(self, layout: Layout, max_white_space: float) -> None:
        self._layout = layout
        self._limit = max_white_space
        self._room = PageRoom(layout)
        self._line = line_height(layout)
        self.passages = tuple(measured_passages(layout))

    def standing(self, state: State) -> float:
        """How good a state is: one that takes more paper is not cheaper for that."""
        return state.cost + 2 * (state.page + state.y / self._room.bottom(state.page))

    def ends(self, state: State, number: int) -> Iterator[State]:
        """All ways to set the passage of this number after `state`."""
        passage = self.passages[number]
        yield from self._ends(state, number, passage)
        if passage.height <= self._room.bottom(state.page) - state.y + ROUNDING:
            return
        for smaller in passage.with_smaller_picture():
            for end in self._ends(state, number, smaller):
                ways = Ways(passage.name, "whole", False, end.ways, picture=smaller.picture)
                yield replace(end, cost=end.cost + smaller.cost, ways=ways)

    def _ends(self, state: State, number: int, passage: MeasuredPassage) -> Iterator[State]:
        last = number == len(self.passages) - 1
        found = False
        room = self._room.bottom(state.page) - state.y
        fits = passage.height <= room + ROUNDING
        if fits:
            yield replace(state, y=state.y + passage.height, padding=passage.padding)
            found = True
        else:
            for end in self._divisions(state, number, passage):
                yield end
                found = True
        if last:  # some of it may go on with the footer
            yield from self._divisions(state, number, passage, keep=self._line * FEW_LINES)
        if number == 0 and found:
            return  # it always begins below the head
        if fits and not last and room > 0.5 * self._room.height(state.page):
            return
        cost, spaced = self._filled(state, room + state.padding, number)
        page = state.page + 1
        whole = passage.height <= self._room.bottom(page) - self._room.top(page) + ROUNDING
        head = self._head_space(room) if number == state.page == 0 else 0.0
        ways = Ways(
            passage.name, "whole",
            moved=fits or not whole,  # what may be divided would begin before it
            before=state.ways, spaced=spaced, head_space=head,
        )  # fmt: skip
        moved = State(page, self._room.top(page), state.cost + cost, 0.0, number, ways)
        if whole:
            yield replace(moved, y=moved.y + passage.height, padding=passage.padding)
        else:
            yield from self._divisions(moved, number, passage, forced=True)

    def _filled(
        self, state: State, white: float, number: int
    ) -> tuple[float, tuple[tuple[str, float], ...]]:
        """What speaks against the end of a page before the passage of this number. If more than is
        allowed is white there, some of it is shared out between the passages that stand there.
        """
        height, names = self._room.height(state.page), self.passages[state.first : number]
        share = 0.0
        if white > self._limit * height and names:
            share = min(_SPACE, (white - state.padding) / self._line / len(names) - 0.1)
            share = max(0.0, math.floor(2 * share) / 2)  # the grid is one of half lines
        white -= share * self._line * (len(names) - 0.5)  # half of one is below the last
        spaced = tuple((passage.name, share) for passage in names if share)
        return cost_of_white(white / height, self._limit) + costs.SPACED * bool(share), spaced

    def _head_space(self, white: float) -> float:
        """What goes around the head if so much of its page stays white, since no passage begins
        there: a page that is meant to be so, not one that is not done.
        """
        lines = (white / self._line - _FOOT) / _HEAD_HEIGHT
        return min(_HEAD, max(0.0, math.floor(2 * lines) / 2))

    def _divisions(
        self,
        state: State,
        number: int,
        passage: MeasuredPassage,
        *,
        forced: bool = False,
        keep: float = 0.0,
    ) -> Iterator[State]:
        ways: tuple[Way, ...] = ("divided", "between_paragraphs")
        if passage.answer is not None:
            ways = (*ways, "opened")
        results = (self._divided(state, number, passage, way, keep) for way in ways)
        found = [result for result in results if result]
        yield from found
        if forced and not found:  # nothing in it can be divided: the typesetter does as it can
            pages, y = divmod(passage.height, self._room.height(state.page + 1))
            yield replace(state, page=state.page + int(pages), y=self._room.top(state.page + 1) + y)

    def _divided(
        self, state: State, number: int, passage: MeasuredPassage, way: Way, keep: float
    ) -> State | None:
        """A passage divided in one way, from where `state` ends; None if that cannot be.

        `keep`: the height that is to be left for the last page.
        """
        flows = passage.flows
        starts, bases = [0] * len(flows), [0.0] * len(flows)
        page, y, cost, fresh = state.page, state.y, state.cost, False
        feet: tuple[tuple[int, float], ...] = ()
        while True:
            room = self._room.bottom(page) - y
            left = [
                flow[-1].bottom - base
                for flow, start, base in zip(flows, starts, bases, strict=True)
                if start < len(flow)
            ]
            height = max(left, default=0.0)
            foot = 0.0
            if keep and height - keep < room:
                foot = room - (height - passage.padding - keep)
                room, keep = room - foot, 0.0
                feet = ((page, math.floor(100 * foot) / 100),)
            if not foot and height <= room + ROUNDING:
                ways = Ways(passage.name, way, False, state.ways, feet)
                return State(page, y + height, cost, passage.padding, number + 1, ways)
            cuts = [
                last_start(flow, start, base, room, way)
                for flow, start, base in zip(flows, starts, bases, strict=True)
            ]
            stuck = any(
                cut == start < len(flow)
                for flow, cut, start in zip(flows, cuts, starts, strict=True)
            )
            if stuck and not fresh:
                return None
            if stuck:
                cuts = [
                    last_start(flow, start, base, room, None) if cut == start else cut
                    for flow, cut, start, base in zip(flows, cuts, starts, bases, strict=True)
                ]
            placed = [
                flow[cut - 1].bottom - base
                for flow, cut, start, base in zip(flows, cuts, starts, bases, strict=True)
                if cut > start
            ]
            if not placed:  # as where a style hides the text
                return None
            white = max(0.0, room + foot - max(placed)) / self._room.height(page)
            cost += cost_of_white(white, self._limit) + passage.cost_of_cuts(flows, cuts)
            starts = cuts
            bases = [
                passage.base(flow, cut) if 0 < cut < len(flow) else base
                for flow, cut, base in zip(flows, cuts, bases, strict=True)
            ]
            page, fresh = page + 1, True
            y = self._room.top(page)

    def endings(self, state: State) -> Iterator[Ending]:
        """All ways in which what follows the passages, and the footer, can end the leaflet."""
        layout, room, footer = self._layout, self._room, self._layout.footer_height
        page, y, cost = state.page, state.y + layout.height_after - footer, state.cost
        top = room.top(page)
        while y > room.bottom(page) + ROUNDING:
            y += -room.bottom(page) + room.edge(page + 1)
            page, top = page + 1, room.edge(page + 1)
        full, bottom = room.height(page), room.bottom(page)
        left = bottom - y - footer
        few = page > 0 and y - top < (FEW_LINES - 0.5) * self._line and left > 0.4 * full
        cost += costs.FEW_LINES_LEFT * few
        apart = layout.footer_break == "page"
        if left >= -ROUNDING and not apart:
            yield Ending(state.ways, page, page + 1 - max(0.0, left) / full, cost)
            return
        # The footer goes to the next page: the last passage is there already (`moved`), or not.
        padding = state.padding if page == state.page else 0.0
        white = cost_of_white((bottom - y + padding) / full, self._limit)
        pages = page + 1 + footer / full
        if layout.footer_break != "avoid":
            yield Ending(state.ways, page + 1, pages, cost if apart else cost + white)
        elif layout.height_after - footer > 1:  # takes the last lines of the appendix along
            yield Ending(state.ways, page + 1, pages, cost + costs.FEW_LINES_LEFT)
        else:
            yield Ending(state.ways, page + 1, pages, cost + white + costs.FOOTER_ALONE, True)
