"""Pagination: the cheapest way to fall on pages, white space and divided passages weighed together.

:func:`plan_pages` plans from a layout in which no passage is divided; :func:`lay_out` lays out by
the plan, looks at the result, and improves it. Pure but for the renderer that it is given.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from brochure.layout.edition import Scale
from brochure.layout.laid_out import (
    FEW_LINES,
    LaidOutDocument,
    Layout,
    LayoutRules,
    PageRenderer,
    TextLine,
    has_leftover,
    headless,
    line_height,
    lines_on_last_page,
    misaligned,
)

MAX_ROUNDS = 8  # layouts after the first; one is usual, and a short leaflet needs none
SMALLER = 0.92  # type may be so much smaller if that saves a page with only a few lines on it
# What is weighed. A page that is white by as much as is allowed costs 1.
_DIVIDED = 1.0  # a passage, between two lines
_IN_SENTENCE = 0.25  # more for each side that is cut within a sentence
_IN_ANSWER = 0.7  # a passage, where its quote is whole and above its commentary
_PARTED = 2.4  # a quote at the foot of a page, its commentary on the next
_IN_QUOTE = 1.8  # a quote, where it stands above its commentary
_TOO_WHITE = 3.0  # more for a page that is white beyond what is allowed
_FOOTER_ALONE = 2.5  # on the last page
_FEW_LINES = 2.5  # on the last page, besides the footer
_PAGE = 0.3  # each page
_SPACED = 0.2  # white of a page that is shared out between its passages
_BEYOND = 100.0  # each page more than there are to be
_SPACE = 1.0  # lines of white that a passage gets so, at most
_NOTABLE = 0.5  # so much dearer than planned, a layout is not as planned
_NOTHING: frozenset[str] = frozenset()
_ROUNDING = 0.01  # CSS px
_SMALLER_TRIALS = 2  # of scales at which the leaflet might take a page less
_LARGER = (1.04, 1.08, 1.15)  # scales that are tried where passages fall badly
_CHEAPER = 0.9  # what a plan in larger type may cost, compared with the one before
_VERY = 2.0  # `PagePlan.flaws` that are worth a page more
_LONG = 12  # pages
_STATES = 40  # ways to fall on pages that are followed side by side
_Way = Literal["whole", "divided", "between_paragraphs", "opened"]


@dataclass(frozen=True)
class PagePlan:
    """How a leaflet falls on pages: by which rules, and how many it fills (2.5 is two and a half).

    `cost` is what speaks against it, in whites: 1 is one page as white as is allowed.
    """

    rules: LayoutRules
    pages: float
    cost: float

    @property
    def is_poor(self) -> bool:
        """Whether more speaks against it than in most leaflets; in long ones, something does in
        type of any size.
        """
        return self.pages < _LONG and self.flaws > 1

    @property
    def flaws(self) -> float:
        """How much more speaks against it than in most leaflets: 1 is a usual amount."""
        pages = math.ceil(self.pages)
        return (self.cost - _PAGE * pages) / (1 + 0.5 * pages)


def lay_out(
    render: PageRenderer,
    max_white_space: float,
    scale: Scale | None = None,
    rounds: int = MAX_ROUNDS,
) -> LaidOutDocument:
    """Lay a leaflet out with all passages whole, then as planned from that.

    Where the last page has only a few lines on it, or passages fall badly, slightly other type is
    tried, within `scale`.
    """
    render = remembering(render)

    def planned(at: float) -> PagePlan:
        return plan_pages(render(LayoutRules(scale=at)), max_white_space)

    plan = first = planned(1.0)
    if scale:
        at, fewer, least = 1.0, math.ceil(plan.pages) - 1, max(SMALLER, scale.smallest)
        for _ in range(_SMALLER_TRIALS):
            # By so little, most lines get smaller without getting fewer.
            at *= fewer / flowing_pages(render(LayoutRules(scale=at)).layout) - 0.003
            if not least <= at < 1:
                break
            smaller = planned(at)
            if smaller.pages <= fewer and smaller.cost <= plan.cost:
                plan = smaller
                break
        flowing = flowing_pages(render(LayoutRules()).layout)
        for at in _LARGER:
            # The height of a text grows with the square of its type.
            fits = flowing * at**2 <= math.ceil(plan.pages)
            if plan.is_poor and at <= scale.largest and (fits or plan.flaws > _VERY):
                larger = planned(at)
                more = math.ceil(larger.pages) - math.ceil(plan.pages)
                if larger.cost + more < _CHEAPER * plan.cost:
                    plan = larger
    # Where passages could not be divided as planned, other type may be better, or all whole.
    documents = [set_by_plan(render, max_white_space, plan, rounds), render(LayoutRules())]
    if first is not plan and cost_of(documents[0].layout, max_white_space) > plan.cost + _NOTABLE:
        documents.append(set_by_plan(render, max_white_space, first, rounds))
    return min(documents, key=lambda document: cost_of(document.layout, max_white_space))


def remembering(render: PageRenderer) -> PageRenderer:
    """A renderer that lays out nothing twice."""
    known: dict[LayoutRules, LaidOutDocument] = {}

    def rendered(rules: LayoutRules) -> LaidOutDocument:
        if rules not in known:
            known[rules] = render(rules)
        return known[rules]

    return rendered


def set_by_plan(
    render: PageRenderer, max_white_space: float, plan: PagePlan, rounds: int = MAX_ROUNDS
) -> LaidOutDocument:
    """Lay out by a plan, and again by one more rule where something is wrong, at most `rounds`
    times; the best of these.

    A passage whose sides do not begin at the same height is moved to the next page; one that pushes
    the column headings off a page may leave a single line behind; one that leaves white space
    before it after all is divided.
    """
    rules, last = plan.rules, math.inf
    best: tuple[float, LaidOutDocument] | None = None
    for _ in range(rounds + 1):
        document = render(rules)
        layout = document.layout
        cost = cost_of(layout, max_white_space)
        if best is None or cost < best[0]:
            best = cost, document
        wrong = frozenset(misaligned(layout))
        white: frozenset[str] = frozenset()
        if plan.cost + _NOTABLE < cost < last:  # it is not as planned, and that helped so far
            white = passages_after_white_space(layout, max_white_space) - rules.moved - wrong
        last = cost
        better = replace(
            rules,
            divided=rules.divided | white,
            opened=rules.opened | (_NOTHING if layout.side_by_side else white & rules.divided),
            between_paragraphs=rules.between_paragraphs - white,
            moved=rules.moved | wrong,
            loosened=rules.loosened | headless(layout),
        )
        if better == rules:
            break
        rules = better
    assert best is not None, "a leaflet is laid out once at least"
    return best[1]


def cost_of(layout: Layout, max_white_space: float) -> float:
    """What speaks against a layout as it came out, in the measure of `PagePlan.cost`."""
    cost = 100.0 * (len(set(misaligned(layout))) + len(headless(layout)))
    for page in range(layout.pages - 1):
        if page not in layout.set_apart:
            cost += cost_of_white(layout.white[page] / layout.heights[page], max_white_space)
    fragments = [fragment.passage for fragment in layout.fragments]
    cost += _DIVIDED * (len(fragments) - len(set(fragments)))
    if has_leftover(layout):
        cost += _FEW_LINES if lines_on_last_page(layout) else _FOOTER_ALONE
    return cost + _PAGE * layout.pages


def passages_after_white_space(layout: Layout, max_white_space: float) -> frozenset[str]:
    """The passages that begin a page although more than this share of the one before is white."""
    result: set[str] = set()
    for before, fragment in pairwise(layout.fragments):
        white = layout.bottoms[before.page] - before.bottom
        if fragment.page == before.page + 1 and fragment.passage != before.passage:
            if white > max_white_space * layout.heights[before.page]:
                result.add(fragment.passage)
    return frozenset(result)


def flowing_pages(layout: Layout) -> float:
    """How many pages a leaflet takes if every passage is divided, and no page stays white."""
    room, (page, y) = _Room(layout), layout.start
    height = sum(passage.height for passage in _measured_passages(layout)) + layout.height_after
    left = room.bottom(page) - y
    if height <= left:
        return page + 1 - (left - height) / room.height(page)
    following = room.bottom(page + 1) - room.top(page + 1)
    return page + 1 + (height - left) / following


# --- The plan -----------------------------------------------------------------------------------


class _Room:
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
class _State:
    """One way in which the passages so far fall on pages: the last of them ends at `y`."""

    page: int
    y: float
    cost: float
    padding: float = 0.0  # of that, below the last line
    first: int = 0  # the number of the first passage that begins on the page
    ways: "_Ways | None" = None


@dataclass(frozen=True)
class _Ways:
    """What was decided for a passage that is not simply set below the one before, and earlier."""

    passage: str
    way: _Way
    moved: bool
    before: "_Ways | None"
    foot: tuple[tuple[int, float], ...] = ()  # by how much a page ends higher
    spaced: tuple[tuple[str, float], ...] = ()  # white that the page before it is filled with


def plan_pages(
    document: LaidOutDocument, max_white_space: float, most: int | None = None
) -> PagePlan:
    """The cheapest plan, from a layout in which no passage is divided; `most`: on so many pages.

    A passage is set below the one before, begins the next page, or is divided: at any line, or
    between paragraphs only, or, where it stands above its commentary, within its quote too.
    Followed passage by passage; of all ways that end at the same height, the cheapest goes on.
    """
    layout = document.layout
    planner = _Planner(layout, max_white_space)
    states = [_State(*layout.start, 0.0)]
    for number in range(len(planner.passages)):
        following: dict[tuple[int, int], _State] = {}
        for state in states:
            for end in planner.ends(state, number):
                key = end.page, round(end.y / 4)
                if key not in following or end.cost < following[key].cost:
                    following[key] = end
        states = sorted(following.values(), key=planner.standing)[:_STATES]

    def weighed(ending: _Ending) -> float:
        beyond = max(0, ending.page + 1 - most) if most is not None else 0
        return ending.cost + _PAGE * (ending.page + 1) + _BEYOND * beyond

    endings = (ending for state in states for ending in planner.endings(state))
    best = min(endings, key=weighed)
    return PagePlan(_rules(document.rules, best), best.pages, weighed(best))


@dataclass(frozen=True)
class _Ending:
    """A way to the end, with the footer: on which page it ends, and how many it fills."""

    ways: _Ways | None
    page: int
    pages: float
    cost: float
    footer_alone: bool = False


class _Planner:
    """What can be done with each passage of a layout, and what speaks against it."""

    def __init__(self, layout: Layout, max_white_space: float) -> None:
        self._layout = layout
        self._limit = max_white_space
        self._room = _Room(layout)
        self._line = line_height(layout)
        self.passages = tuple(_measured_passages(layout))

    def standing(self, state: _State) -> float:
        """How good a state is: one that takes more paper is not cheaper for that."""
        return state.cost + 2 * (state.page + state.y / self._room.bottom(state.page))

    def ends(self, state: _State, number: int) -> Iterator[_State]:
        """All ways to set the passage of this number after `state`."""
        passage, last = self.passages[number], number == len(self.passages) - 1
        found = False
        room = self._room.bottom(state.page) - state.y
        fits = passage.height <= room + _ROUNDING
        if fits:
            yield replace(state, y=state.y + passage.height, padding=passage.padding)
            found = True
        else:
            for end in self._divisions(state, number):
                yield end
                found = True
        if last:  # some of it may go on with the footer
            yield from self._divisions(state, number, keep=self._line * FEW_LINES)
        if number == 0 and found:
            return  # it always begins below the head
        if fits and not last and room > 0.5 * self._room.height(state.page):
            return
        cost, spaced = self._filled(state, room + state.padding, number)
        ways = state.ways
        if fits or spaced:
            ways = _Ways(passage.name, "whole", moved=fits, before=ways, spaced=spaced)
        page = state.page + 1
        moved = _State(page, self._room.top(page), state.cost + cost, 0.0, number, ways)
        if passage.height <= self._room.bottom(moved.page) - moved.y + _ROUNDING:
            yield replace(moved, y=moved.y + passage.height, padding=passage.padding)
        else:
            yield from self._divisions(moved, number, forced=True)

    def _filled(
        self, state: _State, white: float, number: int
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
        return cost_of_white(white / height, self._limit) + _SPACED * bool(share), spaced

    def _divisions(
        self, state: _State, number: int, *, forced: bool = False, keep: float = 0.0
    ) -> Iterator[_State]:
        passage = self.passages[number]
        ways: tuple[_Way, ...] = ("divided", "between_paragraphs")
        if passage.answer is not None:
            ways = (*ways, "opened")
        results = (self._divided(state, number, way, keep) for way in ways)
        found = [result for result in results if result]
        yield from found
        if forced and not found:  # nothing in it can be divided: the typesetter does as it can
            pages, y = divmod(passage.height, self._room.height(state.page + 1))
            yield replace(state, page=state.page + int(pages), y=self._room.top(state.page + 1) + y)

    def _divided(self, state: _State, number: int, way: _Way, keep: float) -> _State | None:
        """A passage divided in one way, from where `state` ends; None if that cannot be.

        `keep`: the height that is to be left for the last page.
        """
        passage = self.passages[number]
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
            if not foot and height <= room + _ROUNDING:
                ways = _Ways(passage.name, way, False, state.ways, feet)
                return _State(page, y + height, cost, passage.padding, number + 1, ways)
            cuts = [
                _cut(flow, start, base, room, way)
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
                    _cut(flow, start, base, room, None) if cut == start else cut
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
                flow[cut].top if cut < len(flow) else base
                for flow, cut, base in zip(flows, cuts, bases, strict=True)
            ]
            page, fresh = page + 1, True
            y = self._room.top(page)

    def endings(self, state: _State) -> Iterator[_Ending]:
        """All ways in which what follows the passages, and the footer, can end the leaflet."""
        layout, room, footer = self._layout, self._room, self._layout.footer_height
        page, y, cost = state.page, state.y + layout.height_after - footer, state.cost
        top = room.top(page)
        while y > room.bottom(page) + _ROUNDING:
            y += -room.bottom(page) + room.edge(page + 1)
            page, top = page + 1, room.edge(page + 1)
        full, bottom = room.height(page), room.bottom(page)
        left = bottom - y - footer
        few = page > 0 and y - top < (FEW_LINES - 0.5) * self._line and left > 0.4 * full
        cost += _FEW_LINES * few
        apart = layout.footer_break == "page"
        if left >= -_ROUNDING and not apart:
            yield _Ending(state.ways, page, page + 1 - max(0.0, left) / full, cost)
            return
        # The footer goes to the next page: the last passage is there already (`moved`), or not.
        padding = state.padding if page == state.page else 0.0
        white = cost_of_white((bottom - y + padding) / full, self._limit)
        pages = page + 1 + footer / full
        if layout.footer_break != "avoid":
            yield _Ending(state.ways, page + 1, pages, cost if apart else cost + white)
        elif layout.height_after - footer > 1:  # takes the last lines of the appendix along
            yield _Ending(state.ways, page + 1, pages, cost + _FEW_LINES)
        else:
            yield _Ending(state.ways, page + 1, pages, cost + white + _FOOTER_ALONE, True)


@dataclass(frozen=True)
class _Passage:
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
        cost = _IN_SENTENCE * sum(not line.sentence for line in lines)
        if self.answer is None:
            return cost + _DIVIDED
        if cuts[0] == self.answer:
            return cost + _PARTED
        return cost + (_IN_QUOTE if cuts[0] < self.answer else _IN_ANSWER)


def _measured_passages(layout: Layout) -> Iterator[_Passage]:
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
        yield _Passage(name, height, padding, flows, None if layout.side_by_side else answer)


def _cut(flow: Sequence[TextLine], start: int, base: float, room: float, way: _Way | None) -> int:
    """The last line of a flow that may begin the next page, all before it having room; `start` if
    there is none. Without a `way`, any may.
    """
    allowed = ("freely", "opened") if way == "opened" else ("freely",)
    best = start
    for number in range(start + 1, len(flow) + 1):
        if flow[number - 1].bottom - base > room + _ROUNDING:
            return max(best, start + 1) if way is None else best
        if number == len(flow) or way is None:
            best = number
        elif flow[number].starts in allowed:
            if way != "between_paragraphs" or flow[number].paragraph:
                best = number
    return best


def cost_of_white(share: float, limit: float) -> float:
    """What speaks against a page of which this share is white."""
    return (share / limit) ** 2 + (_TOO_WHITE if share > limit else 0.0) if limit else share * 10


def _rules(base: LayoutRules, ending: _Ending) -> LayoutRules:
    names: dict[_Way, set[str]] = {"divided": set(), "between_paragraphs": set(), "opened": set()}
    moved: set[str] = set()
    feet: tuple[tuple[int, float], ...] = ()
    spaced: tuple[tuple[str, float], ...] = ()
    ways = ending.ways
    while ways:
        if ways.way != "whole":
            names["divided"].add(ways.passage)
            names[ways.way].add(ways.passage)
        if ways.moved:
            moved.add(ways.passage)
        feet += ways.foot
        spaced += ways.spaced
        ways = ways.before
    return replace(
        base,
        divided=frozenset(names["divided"]),
        between_paragraphs=frozenset(names["between_paragraphs"]),
        opened=frozenset(names["opened"]),
        moved=frozenset(moved),
        footer_alone=ending.footer_alone,
        feet=feet,
        spaced=spaced,
    )
