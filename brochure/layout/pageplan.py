"""The plan of pages: the cheapest way to fall on them, white space and divided passages weighed
together. Made from a layout in which no passage is divided. Pure.
"""

import math
from dataclasses import dataclass, replace

from brochure.layout import costs
from brochure.layout.flows import Way
from brochure.layout.laid_out import LaidOutDocument, LayoutRules
from brochure.layout.planner import Ending, Planner, State

_BEYOND = 100.0  # each page more than there are to be
_LONG = 12  # pages
_STATES = 40  # ways to fall on pages that are followed side by side


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
        return (self.cost - costs.PAGE * pages) / (1 + 0.5 * pages)


def plan_pages(
    document: LaidOutDocument, max_white_space: float, most: int | None = None
) -> PagePlan:
    """The cheapest plan, from a layout in which no passage is divided; `most`: on so many pages.

    A passage is set below the one before, begins the next page, or is divided: at any line, or
    between paragraphs only, or, where it stands above its commentary, within its quote too.
    Followed passage by passage; of all ways that end at the same height, the cheapest goes on.
    """
    layout = document.layout
    planner = Planner(layout, max_white_space)
    states = [State(*layout.start, 0.0)]
    for number in range(len(planner.passages)):
        following: dict[tuple[int, int], State] = {}
        for state in states:
            for end in planner.ends(state, number):
                key = end.page, round(end.y / 4)
                if key not in following or end.cost < following[key].cost:
                    following[key] = end
        states = sorted(following.values(), key=planner.standing)[:_STATES]

    def weighed(ending: Ending) -> float:
        beyond = max(0, ending.page + 1 - most) if most is not None else 0
        return ending.cost + costs.PAGE * (ending.page + 1) + _BEYOND * beyond

    endings = (ending for state in states for ending in planner.endings(state))
    best = min(endings, key=weighed)
    return PagePlan(_rules(document.rules, best), best.pages, weighed(best))


def _rules(base: LayoutRules, ending: Ending) -> LayoutRules:
    names: dict[Way, set[str]] = {"divided": set(), "between_paragraphs": set(), "opened": set()}
    moved: set[str] = set()
    feet: tuple[tuple[int, float], ...] = ()
    spaced: tuple[tuple[str, float], ...] = ()
    pictures: tuple[tuple[str, float], ...] = ()
    head_space = base.head_space
    ways = ending.ways
    while ways:
        if ways.way != "whole":
            names["divided"].add(ways.passage)
            names[ways.way].add(ways.passage)
        if ways.moved:
            moved.add(ways.passage)
        feet += ways.foot
        spaced += ways.spaced
        head_space += ways.head_space
        if ways.picture is not None:
            pictures += ((ways.passage, ways.picture),)
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
        pictures=pictures,
        head_space=head_space,
    )
