"""A booklet: which of its parts stand apart, on no more sheets than it takes without. Pure."""

import math
from collections.abc import Callable
from dataclasses import replace

from brochure.diagnostics import Reported
from brochure.layout.covers import has_back, has_whole_cover, with_parts
from brochure.layout.laid_out import (
    FEW_LINES,
    LaidOutDocument,
    Layout,
    LayoutRules,
    PageRenderer,
    Part,
    lines_on_last_page,
)
from brochure.layout.pageplan import PagePlan, plan_pages
from brochure.layout.setting import remembering, set_by_plan
from brochure.layout.spreading import evenly_spread

_BACK_ALONE: frozenset[Part] = frozenset({"back"})
_NOTHING: frozenset[Part] = frozenset()
# What a cover and a back are worth (`PagePlan.cost`): less than whole passages.
_COVER, _BACK = 3.0, 0.5
_LEFT = 0.5  # of the page before the back may be white
_THIN = 8  # pages of a booklet in which that is worth to move passages on all of them
_SOME = 0.05  # of a page may be white for the sake of a cover, beyond what is allowed
_LayOut = Callable[[PageRenderer], Reported[LaidOutDocument]]


def lay_out_booklet(
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
            document = lay_out(with_parts(render, apart)).value
        else:
            document = set_by_plan(render, max_white_space, plan)
        layout = document.layout
        if layout.pages > most or not _is_bound_well(layout, sheet):
            continue
        if not has_whole_cover(layout, apart):
            continue
        white = _worst_white(layout) - _SOME
        if white > max_white_space:
            plain = plain or lay_out(render)
            if white > _worst_white(plain.value.layout):
                continue
        before = layout.pages - 2
        sparse = layout.white[before] > _LEFT * layout.heights[before]
        if sparse and has_back(layout) and layout.pages <= _THIN:
            document = evenly_spread(render, document, layout.pages) or document
        return Reported(document)
    return plain or lay_out(render)


def _booklet_plans(
    render: PageRenderer, plain: LaidOutDocument, max_white_space: float, most: int
) -> list[PagePlan]:
    """Plans for at most so many pages with a cover, a back or both: what they are worth exceeds
    what speaks against them, compared with the plan without. The best comes first.
    """
    cover = with_parts(render, frozenset({"cover"}))(LayoutRules())
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
