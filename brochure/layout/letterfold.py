"""A letter fold: one sheet, folded twice into six panels. Which parts of a leaflet have a panel to
themselves, and in which size. Pure.

What is to come of a choice is foreseen from a layout in which no part stands apart: its passages
are as tall as elsewhere, and begin where head and lead leave off. So few layouts are made.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from brochure.diagnostics import Reported
from brochure.layout.covers import has_flap, has_whole_cover, with_parts
from brochure.layout.edition import Scale
from brochure.layout.laid_out import LaidOutDocument, Layout, LayoutRules, PageRenderer, Part
from brochure.layout.pageplan import plan_pages
from brochure.layout.spreading import evenly_spread, spread_over

_NOTHING: frozenset[Part] = frozenset()
_ARRANGEMENTS: tuple[frozenset[Part], ...] = (
    frozenset({"cover", "lead", "back"}), frozenset({"cover", "back"}),
    frozenset({"lead", "back"}), frozenset({"lead"}), _NOTHING,
)  # fmt: skip
_CLOSE = 0.975  # of a panel, from where on larger type is not tried
_ROUNDING = 0.002  # of the scale
_LEAD_SIZES = (1.5, 1.35, 1.2, 1.1)  # of its type, on a panel to itself
_LEAD_SHARE = 0.6  # of the panel, which it may fill then
_FOOT = 2.0  # CSS px that stay white below a head that is filled, for rounding
_TRIALS = 3  # of sizes for the sake of whole passages
_SMALLER = 0.92  # type may be so much smaller for their sake
_LayOut = Callable[[PageRenderer], Reported[LaidOutDocument]]


@dataclass(frozen=True)
class LetterFold:
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
        for apart in _ARRANGEMENTS:
            if "back" in apart and (document := self._whole(apart)):
                return Reported(document)
        for apart in _ARRANGEMENTS:
            if apart and not self._fits(self._foreseen(self.scale.smallest, apart)):
                continue
            result = self.lay_out(with_parts(self.render, apart))
            if result.value.pages <= self.most and has_whole_cover(result.value.layout, apart):
                break
        return replace(result, value=self._with_filled_head(result.value))

    def _with_filled_head(self, document: LaidOutDocument) -> LaidOutDocument:
        """A head that shares its panel with the lead alone reaches down to it, as a cover does to
        the foot.
        """
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
        panels = spread_over(foreseen.layout, self.most)
        if not panels.tallest:  # as where a style hides the passages
            return None
        # The height of a text grows with the square of its type, more or less.
        largest = min(self.scale.largest, math.sqrt(room / panels.mean))
        least = max(self.scale.smallest, _SMALLER * largest)
        if math.sqrt(room / panels.tallest) < (1 + 3 * self.scale.smallest) / 4:
            at, foreseen = self.scale.smallest, self._foreseen(self.scale.smallest, apart)
            if not foreseen or (panels := spread_over(foreseen.layout, self.most)).tallest > room:
                return None
        rules = LayoutRules()
        if {"cover", "lead"} <= apart:
            rules = replace(rules, lead_scale=_lead_scale(foreseen.layout, largest / at))
        above, found = math.inf, None
        for _ in range(_TRIALS):
            at = max(least, min(largest, at * math.sqrt(room / panels.tallest) - _ROUNDING))
            if at >= above or (found and at <= found.rules.scale):
                break
            document = with_parts(self.render, apart)(replace(rules, scale=at))
            panels = spread_over(document.layout, self.most)
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
        spread = evenly_spread(self.render, document, self.most)
        if spread is None or (self.exactly and spread.pages != self.most):
            return None
        if not has_whole_cover(spread.layout, apart):
            return None
        return spread if has_flap(spread.layout) == has_flap(document.layout) else None


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
