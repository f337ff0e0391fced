"""Pagination: passages are kept whole where they can be, and divided lest much white space is left.

:func:`lay_out` lays a leaflet out, looks at the result, and does so again until it is good. Pure
but for the renderer that it is given.
"""

from dataclasses import dataclass, replace

from brochure.layout.laid_out import (
    LaidOutDocument,
    Layout,
    LayoutRules,
    PageRenderer,
    headless,
    misaligned,
)

MAX_ROUNDS = 8  # layouts after the first; one is usual, and a short leaflet needs none
_KEPT_LINES = 4  # at the start of a commentary: label, heading, and two lines of its text
_NOTHING: frozenset[str] = frozenset()


def lay_out(
    render: PageRenderer,
    max_white_space: float,
    rules: LayoutRules | None = None,
    rounds: int = MAX_ROUNDS,
) -> LaidOutDocument:
    """Lay out, look at the result, and lay out again by one more rule, until it is good or has
    been done `rounds` times after the first.

    Passages are kept whole at first. Those that would leave more than `max_white_space` of a page
    white are divided: first as planned, then what the plan missed, in the end all that are tall. A
    passage whose sides do not begin at the same height is moved to the next page; one that pushes
    the column headings off a page may leave a single line behind.
    """
    rules = rules or LayoutRules()
    planned = bool(rules.divided)
    for attempt in range(rounds + 1):
        document = render(rules)
        layout = document.layout
        missed = passages_after_white_space(layout, max_white_space)
        match attempt + planned:
            case 0:
                divided = plan_pages(layout, max_white_space).divided
            case 1:
                divided = missed
            case 2 if missed:
                divided = tall_passages(layout, max_white_space)
            case _:
                divided = _NOTHING
        better = replace(
            rules,
            divided=rules.divided | divided,
            moved=rules.moved | frozenset(misaligned(layout)),
            loosened=rules.loosened | headless(layout),
        )
        if better == rules:
            break
        rules = better
    return document


@dataclass(frozen=True)
class PagePlan:
    """Which passages to divide, and how many pages are then filled: 2.5 is two and a half."""

    divided: frozenset[str]
    pages: float


def plan_pages(layout: Layout, max_white_space: float) -> PagePlan:
    """Divide passages lest more than `max_white_space` of a page stays white.

    Planned from a layout in which no passage is divided: each is set below the one before. Where it
    does not fit, it moves to the next page or, if that left too much white, begins here and goes
    on there, line by line on both sides. What comes after the passages follows them undivided.
    """
    passages = _measured_passages(layout)
    divided: set[str] = set()
    page, y = 0, layout.body_tops[0] if layout.body_tops else 0.0
    last = layout.pages - 1
    for passage, (height, sides) in passages.items():
        room = layout.bottoms[min(page, last)] - y
        if height > room and room > max_white_space * layout.heights[min(page, last)]:
            divided.add(passage)
        elif height > room:
            page, y = page + 1, _top_of_following(layout, page + 1)
        fresh = False
        while height > (room := layout.bottoms[min(page, last)] - y) > 0:
            padding = height - max((side[-1] for side in sides if side), default=height)
            remaining = [_remaining_lines(side, room) for side in sides]
            if remaining == sides and fresh:
                break  # it does not even fit on a page of its own: the next layout will tell
            fresh = remaining == sides  # nothing fits here: it begins on the next page
            sides = remaining
            height = padding + max((side[-1] for side in sides if side), default=0.0)
            page, y = page + 1, _top_of_following(layout, page + 1)
        y += height
    full, bottom = layout.heights[min(page, last)], layout.bottoms[min(page, last)]
    if y + layout.height_after <= bottom + 1:
        return PagePlan(frozenset(divided), page + 1 - (bottom - y - layout.height_after) / full)
    if not layout.keeps_with_last or not passages:
        return PagePlan(frozenset(divided), page + 1 + layout.height_after / full)
    # What comes after the passages takes the last one along: all of it or, if that left too much
    # white, its last two lines.
    passage, (height, sides) = list(passages.items())[-1]
    if passage not in divided and bottom - (y - height) <= max_white_space * full:
        return PagePlan(frozenset(divided), page + 1 + (height + layout.height_after) / full)
    line = height / max(len(side) for side in sides) if any(sides) else 0.0
    return PagePlan(
        frozenset(divided | {passage}), page + 1 + (2 * line + layout.height_after) / full
    )


def passages_after_white_space(layout: Layout, max_white_space: float) -> frozenset[str]:
    """The passages that begin a page although more than this share of the one before is white."""
    result: set[str] = set()
    for before, fragment in zip(layout.fragments, layout.fragments[1:], strict=False):
        white = layout.bottoms[before.page] - before.bottom
        if fragment.page == before.page + 1 and fragment.passage != before.passage:
            if white > max_white_space * layout.heights[before.page]:
                result.add(fragment.passage)
    return frozenset(result)


def tall_passages(layout: Layout, max_white_space: float) -> frozenset[str]:
    """The passages taller than this share of a page: if all of them may be divided, no more than
    that stays white.
    """
    limit = max_white_space * min(layout.heights)
    return frozenset(p for p, (height, _) in _measured_passages(layout).items() if height > limit)


def _measured_passages(layout: Layout) -> dict[str, tuple[float, list[list[float]]]]:
    """Each passage with its height, and for both sides how far down in it each line ends."""
    passages: dict[str, tuple[float, list[list[float]]]] = {}
    starts: dict[tuple[str, int], float] = {}  # passage and page → its y, less what came before
    for fragment in layout.fragments:
        height, sides = passages.get(fragment.passage, (0.0, [[], []]))
        starts[fragment.passage, fragment.page] = fragment.top - height
        passages[fragment.passage] = height + fragment.bottom - fragment.top, sides
    for (passage, column), runs in layout.runs.items():
        if passage in passages and column < 2:
            ends = sorted({run.y + run.height - starts[passage, run.page] for run in runs})
            if not layout.side_by_side:
                # What stacked.css keeps together: a quote; headings and the first two lines.
                whole = len(ends) if column == 0 else min(_KEPT_LINES, len(ends))
                ends[:whole] = [ends[whole - 1]] * whole
            passages[passage][1][column if layout.side_by_side else 0].extend(ends)
    return passages


def _remaining_lines(side: list[float], room: float) -> list[float]:
    """The lines of a side that do not fit into `room`; a page never gets a single one of them."""
    kept = sum(end <= room for end in side)
    if len(side) - kept == 1:
        kept -= 1
    if kept < 2:
        return side
    return [end - side[kept - 1] for end in side[kept:]]


def _top_of_following(layout: Layout, page: int) -> float:
    """Where passages begin on a page after the first, below the repeated column headings."""
    tops = [
        top for top, bottom in zip(layout.body_tops, layout.bottoms, strict=True) if top < bottom
    ]
    return layout.body_tops[page] if 0 < page < len(tops) else tops[-1] if len(tops) > 1 else 0.0
