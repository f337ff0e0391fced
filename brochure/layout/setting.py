"""Setting by a plan: laid out, looked at, and laid out again where something is wrong. Pure but
for the renderer that it is given.
"""

import math
from dataclasses import replace
from itertools import pairwise

from brochure.layout.costs import cost_of
from brochure.layout.laid_out import (
    LaidOutDocument,
    Layout,
    LayoutRules,
    PageRenderer,
    headless,
    misaligned,
)
from brochure.layout.pageplan import PagePlan

MAX_ROUNDS = 8  # layouts after the first; one is usual, and a short leaflet needs none
NOTABLE = 0.5  # so much dearer than planned, a layout is not as planned
_NOTHING: frozenset[str] = frozenset()


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
        if plan.cost + NOTABLE < cost < last:  # it is not as planned, and that helped so far
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


def passages_after_white_space(layout: Layout, max_white_space: float) -> frozenset[str]:
    """The passages that begin a page although more than this share of the one before is white."""
    result: set[str] = set()
    for before, fragment in pairwise(layout.fragments):
        white = layout.bottoms[before.page] - before.bottom
        if fragment.page == before.page + 1 and fragment.passage != before.passage:
            if white > max_white_space * layout.heights[before.page]:
                result.add(fragment.passage)
    return frozenset(result)
