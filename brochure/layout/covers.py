"""Covers: which parts of a leaflet stand on pages of their own where its sheets are folded. Pure.

A letter fold (DIN long) is seen in this order: the cover; on opening it, the panel on its back
and, beside that, the flap; on opening the flap, three panels side by side; last, the back. So the
head is the cover, the lead stands on the flap, passages fill the inside, and what is at the foot
of a leaflet (contact, imprint) is on the back. Where that takes more than the sheet has, the lead
runs on into the passages; or it stands on the cover; and in the end all of it runs on.

A booklet gets a cover, and then a back, where its last sheet has pages to spare: never for the
price of another sheet.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from brochure.diagnostics import Reported
from brochure.layout.edition import Imposition, Scale
from brochure.layout.laid_out import (
    FEW_LINES,
    LaidOutDocument,
    Layout,
    LayoutRules,
    PageRenderer,
    Part,
    lines_on_last_page,
)
from brochure.layout.pagination import (
    PagePlan,
    plan_pages,
    remembering,
    set_by_plan,
)

_NOTHING: frozenset[Part] = frozenset()
_BACK_ALONE: frozenset[Part] = frozenset({"back"})
_LETTER_FOLD: tuple[frozenset[Part], ...] = (
    frozenset({"cover", "lead", "back"}), frozenset({"cover", "back"}),
    frozenset({"lead", "back"}), frozenset({"lead"}), _NOTHING,
)  # fmt: skip
# Of a booklet, and what a cover and a back are worth (`PagePlan.cost`): less than whole passages.
_COVER, _BACK = 2.0, 0.5
_LEFT = 0.5  # of the page before the back may be white
_SOME = 0.05  # of a page may be white for the sake of a cover, beyond what is allowed
_CLOSE = 0.975  # of a panel, from where on larger type is not tried
_ROUNDING = 0.002  # of the scale
_LEAD_SIZES = (1.5, 1.35, 1.2, 1.1)  # of its type, on a panel to itself
_LEAD_SHARE = 0.6  # of the panel, which it may fill then
_FOOT = 2.0  # CSS px that stay white below a head that is filled, for rounding
_TRIALS = 3  # of sizes for the sake of whole passages
_SMALLER = 0.92  # type may be so much smaller for their sake
_LayOut = Callable[[PageRenderer], Reported[LaidOutDocument]]


def lay_out_parts(
    imposition: Imposition | None,
    lay_out: _LayOut,
    render: PageRenderer,
    *,
    max_white_space: float,
    scale: Scale | None = None,
    pages: int | None = None,
    exactly: bool = False,
) -> Reported[LaidOutDocument]:
    """Lay out a leaflet with as many parts on pages of their own as its sheets have room for.

    `lay_out` lays it out by a renderer, in type within `scale`, on `pages` pages if there is to be
    a number of them: `exactly` so many, or at most. Otherwise a booklet may use the pages that are
    left, if none becomes whiter for that than others are or than `max_white_space`, a share of its
    height.
    """
    match imposition.scheme if imposition else "":
        case "letter-fold":
            assert imposition is not None
            most = min(pages or imposition.pages, imposition.pages)
            sizes = scale or Scale(smallest=1, largest=1)
            render = remembering(render)
            fold = _LetterFold(lay_out, render, most, exactly, sizes, max_white_space)
            return fold.lay_out_parts()
        case "saddle-stitch" if pages is None:
            assert imposition is not None
            return _booklet(lay_out, render, imposition.pages, max_white_space)
    return lay_out(render)


def _with_parts(render: PageRenderer, apart: frozenset[Part]) -> PageRenderer:
    """A renderer by which these parts stand on pages of their own."""
    return lambda rules: render(replace(rules, apart=apart))


# --- A booklet ----------------------------------------------------------------------------------


def _booklet(
    lay_out: _LayOut, render: PageRenderer, sheet: int, max_white_space: float
) -> Reported[LaidOutDocument]:
    """The best of a cover, a back, both or neither, on no more sheets than it takes without.

    Which of them is best is planned from two layouts, without and with a cover.
    """
    render = remembering(render)
    whole = render(LayoutRules())
    pages = math.ceil(plan_pages(whole, max_white_space).pages)
    plain: Reported[LaidOutDocument] | None = None
    if pages % sheet < 2:  # in smaller type, it may take a sheet less, or leave a page
        plain = lay_out(render)
        pages = plain.value.pages
    most = pages + -pages % sheet
    for plan in _booklet_plans(render, whole, max_white_space, most) if most > pages else ():
        apart = plan.rules.apart
        if plan.is_poor:  # other type may be better
            document = lay_out(_with_parts(render, apart)).value
        else:
            document = set_by_plan(render, max_white_space, plan)
        layout = document.layout
        if layout.pages > most or not _is_bound_well(layout, sheet):
            continue
        if not _has_whole_cover(layout, apart):
            continue
        white = _worst_white(layout) - _SOME
        if white > max_white_space:
            plain = plain or lay_out(render)
            if white > _worst_white(plain.value.layout):
                continue
        before = layout.pages - 2
        if has_back(layout) and layout.white[before] > _LEFT * layout.heights[before]:
            document = _evenly_spread(render, document, layout.pages) or document
        return Reported(document)
    return plain or lay_out(render)


def _booklet_plans(
    render: PageRenderer, plain: LaidOutDocument, max_white_space: float, most: int
) -> list[PagePlan]:
    """Plans for at most so many pages with a cover, a back or both: what they are worth exceeds
    what speaks against them, compared with the plan without. The best comes first.
    """
    cover = _with_parts(render, frozenset({"cover"}))(LayoutRules())
    planned = plan_pages(plain, max_white_space)
    found: list[tuple[float, PagePlan]] = []
    for document, worth in ((cover, _COVER), (plain, 0.0)):
        for back in (True, False):
            if back and not document.layout.footer_height:
                continue
            apart = document.rules.apart | (_BACK_ALONE if back else _NOTHING)
            layout = replace(document.layout, footer_break="page") if back else document.layout
            plan = plan_pages(replace(document, layout=layout), max_white_space, most)
            gain = worth + _BACK * back - plan.cost
            if apart and plan.pages <= most and gain > -planned.cost:
                found.append((gain, replace(plan, rules=replace(plan.rules, apart=apart))))
    return [plan for _, plan in sorted(found, key=lambda pair: -pair[0])]


def _worst_white(layout: Layout) -> float:
    """How much stays white of the page where that is most, as a share of its height; of the pages
    before the last one, without those that are set apart.
    """
    shares = (
        layout.white[page] / layout.heights[page]
        for page in range(layout.pages - 1)
        if page not in layout.set_apart
    )
    return max(shares, default=0.0)


def _is_bound_well(layout: Layout, sheet: int) -> bool:
    """Whether a booklet ends with more than a few lines, and with what is to be on its back."""
    full = layout.pages % sheet == 0 or not layout.footer_height
    return not 0 < lines_on_last_page(layout) < FEW_LINES and (full or has_back(layout))


# --- A letter fold ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _LetterFold:
    """A leaflet on at most `most` panels, or on just so many: with whole passages between a cover
    and a back, if that costs little of the size of its type; else as well as can be.
    """

    lay_out: _LayOut
    render: PageRenderer
    most: int
    exactly: bool
    scale: Scale
    max_white_space: float

    def lay_out_parts(self) -> Reported[LaidOutDocument]:
        for apart in _LETTER_FOLD:
            if "back" in apart and (document := self._whole(apart)):
                return Reported(document)
        for apart in _LETTER_FOLD:
            if apart and not self._fits(self._foreseen(self.scale.smallest, apart)):
                continue
            result = self.lay_out(_with_parts(self.render, apart))
            if result.value.pages <= self.most and _has_whole_cover(result.value.layout, apart):
                break
        return replace(result, value=self._with_filled_head(result.value))

    def _with_filled_head(self, document: LaidOutDocument) -> LaidOutDocument:
        """A head that has a panel to itself and the lead fills it, as a cover does."""
        layout = document.layout
        if 0 not in layout.set_apart or "cover" in document.rules.apart:
            return document
        white = max(0.0, layout.white[0] - _FOOT)
        filled = self.render(replace(document.rules, head_fill=white))
        return filled if filled.pages == layout.pages and 0 in filled.layout.set_apart else document

    def _foreseen(self, at: float, apart: frozenset[Part]) -> LaidOutDocument | None:
        """How the leaflet falls with these parts apart, from a layout without; None if it cannot
        have them.
        """
        plain = self.render(LayoutRules(scale=at))
        layout = _arranged(plain.layout, apart)
        return replace(plain, layout=layout) if layout else None

    def _fits(self, document: LaidOutDocument | None) -> bool:
        if document is None:
            return False
        return plan_pages(document, self.max_white_space, self.most).pages <= self.most

    def _whole(self, apart: frozenset[Part]) -> LaidOutDocument | None:
        """The leaflet with these parts apart and no passage divided, in the largest type; None if
        that is much smaller than it would be otherwise.
        """
        at, foreseen = 1.0, self._foreseen(1.0, apart)
        if not foreseen or not foreseen.layout.fragments or not foreseen.layout.footer_height:
            return None
        room = max(foreseen.layout.heights)
        panels = _spread(foreseen.layout, self.most)
        # The height of a text grows with the square of its type, more or less.
        largest = min(self.scale.largest, math.sqrt(room / panels.mean))
        least = max(self.scale.smallest, _SMALLER * largest)
        if math.sqrt(room / panels.tallest) < (1 + 3 * self.scale.smallest) / 4:
            at, foreseen = self.scale.smallest, self._foreseen(self.scale.smallest, apart)
            if not foreseen or (panels := _spread(foreseen.layout, self.most)).tallest > room:
                return None
        rules = LayoutRules()
        if {"cover", "lead"} <= apart:
            rules = replace(rules, lead_scale=_lead_scale(foreseen.layout, largest / at))
        above, found = math.inf, None
        for _ in range(_TRIALS):
            at = max(least, min(largest, at * math.sqrt(room / panels.tallest) - _ROUNDING))
            if at >= above or (found and at <= found.rules.scale):
                break
            document = _with_parts(self.render, apart)(replace(rules, scale=at))
            panels = _spread(document.layout, self.most)
            if panels.tallest > room:
                above = at
                continue
            found = document
            if at == largest or panels.tallest > _CLOSE * room:
                break
        return self._with_whole_panels(found, apart) if found else None

    def _with_whole_panels(
        self, document: LaidOutDocument, apart: frozenset[Part]
    ) -> LaidOutDocument | None:
        """A leaflet with its passages spread over the panels between the cover and the back; None
        if they do not fall as planned.
        """
        spread = _evenly_spread(self.render, document, self.most)
        if spread is None or (self.exactly and spread.pages != self.most):
            return None
        if not _has_whole_cover(spread.layout, apart):
            return None
        return spread if has_flap(spread.layout) == has_flap(document.layout) else None


def _evenly_spread(
    render: PageRenderer, document: LaidOutDocument, most: int
) -> LaidOutDocument | None:
    """A leaflet of at most so many pages, with its passages, whole ones, spread over those before
    its back; None if they do not fall so.
    """
    layout = document.layout
    names, starts = tuple(_heights(layout)), _spread(layout, most).starts
    first = layout.start[0]
    page = {name: first - 1 + sum(n >= s for s in starts) for n, name in enumerate(names)}
    if any(fragment.page != page[fragment.passage] for fragment in layout.fragments):
        moved = frozenset(names[start] for start in starts[1:])
        document = render(replace(document.rules, moved=moved))
    spread = document.layout
    if spread.pages != first + len(starts) + 1 or not _is_whole(spread) or not has_back(spread):
        return None
    every = frozenset(range(spread.pages))  # what is white there is white by design
    return replace(document, layout=replace(spread, set_apart=every))


def _arranged(layout: Layout, apart: frozenset[Part]) -> Layout | None:
    """A layout with no part apart as it would begin and end with these, as far as can be foreseen;
    None if its head has no room on a cover.
    """
    height, (head, lead) = min(layout.heights), layout.opening
    edge = layout.bottoms[0] - layout.heights[0]
    page, y = layout.start
    between = max(0.0, y - edge - head - lead) if page == 0 else 0.0
    page, y = 0, head + lead
    if "cover" in apart:
        if head > height:
            return None
        page, y = 1, lead
    page, y = page + int(y // height), y % height
    if lead and "lead" in apart:
        page, y = page + 1, 0.0
    return replace(
        layout,
        start=(page, edge + y + (between if y else 0.0)),
        footer_break="page" if "back" in apart else layout.footer_break,
    )


def _lead_scale(layout: Layout, growth: float) -> float:
    """How much larger the type of a lead is that stands for itself on a panel: as large as leaves
    two fifths of it white. `growth`: how much larger all type gets, at most.
    """
    share = layout.opening[1] * max(1.0, growth) ** 2 / max(layout.heights)
    return next((size for size in _LEAD_SIZES if share * size**2 <= _LEAD_SHARE), 1.0)


def _has_whole_cover(layout: Layout, apart: frozenset[Part]) -> bool:
    """Whether a cover, where there is to be one, holds all of the head."""
    return "cover" not in apart or 0 in layout.set_apart


def _is_whole(layout: Layout) -> bool:
    """Whether no passage goes on on another page."""
    return len({f.passage for f in layout.fragments}) == len(layout.fragments)


@dataclass(frozen=True)
class _Panels:
    """Passages spread evenly over panels: which of them each begins with, and heights in CSS px."""

    starts: tuple[int, ...]
    tallest: float
    mean: float


def _spread(layout: Layout, most: int) -> _Panels:
    """The passages, whole, on the panels between the first of them and the back; where there are
    no panels for them, their heights are infinite.
    """
    heights = tuple(_heights(layout).values())
    count = min(most - 1 - layout.start[0], len(heights))
    if count < 1:
        return _Panels((), math.inf, math.inf)
    starts = evenly_grouped(heights, count)
    tallest = max(sum(heights[a:b]) for a, b in pairwise((*starts, None)))
    return _Panels(starts, tallest, sum(heights) / count)


def _heights(layout: Layout) -> dict[str, float]:
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
    best: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {(0, 0): (0.0, ())}
    for end in range(1, len(heights) + 1):
        for groups in range(1, min(count, end) + 1):
            best[end, groups] = min(
                (max(tallest, sum(heights[start:end])), (*starts, start))
                for start in range(end)
                for tallest, starts in [best.get((start, groups - 1), (float("inf"), ()))]
            )
    return best[len(heights), count][1]


def has_flap(layout: Layout) -> bool:
    """Whether the second page stands for itself, between a cover and the first passage."""
    begins = min((fragment.page for fragment in layout.fragments), default=0)
    return begins == 2 and any(run.page == 1 for runs in layout.runs.values() for run in runs)


def has_back(layout: Layout) -> bool:
    """Whether the last of several pages holds nothing but the foot of the leaflet."""
    last = layout.pages - 1
    roles = {run.role for runs in layout.runs.values() for run in runs if run.page == last}
    return last > 0 and roles == {"footer"}
