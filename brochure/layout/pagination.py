"""Pagination: a leaflet on as many pages as it takes, in slightly other type where it falls badly.

:mod:`~brochure.layout.pageplan` plans from a layout in which no passage is divided,
:mod:`~brochure.layout.setting` lays out by the plan. Pure but for the renderer that it is given.
"""

import math

from brochure.layout.costs import cost_of
from brochure.layout.edition import Scale
from brochure.layout.flows import flowing_pages
from brochure.layout.laid_out import LaidOutDocument, LayoutRules, PageRenderer
from brochure.layout.pageplan import PagePlan, plan_pages
from brochure.layout.setting import MAX_ROUNDS, NOTABLE, remembering, set_by_plan

SMALLER = 0.92  # type may be so much smaller if that saves a page with only a few lines on it
_SMALLER_TRIALS = 2  # of scales at which the leaflet might take a page less
_LARGER = (1.04, 1.08, 1.15)  # scales that are tried where passages fall badly
_CHEAPER = 0.9  # what a plan in larger type may cost, compared with the one before
_VERY = 2.0  # `PagePlan.flaws` that are worth a page more


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
    if first is not plan and cost_of(documents[0].layout, max_white_space) > plan.cost + NOTABLE:
        documents.append(set_by_plan(render, max_white_space, first, rounds))
    return min(documents, key=lambda document: cost_of(document.layout, max_white_space))
