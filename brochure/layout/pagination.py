"""Which pairs to divide between two pages, so that no ugly hole is left. Pure planning."""

from dataclasses import dataclass

from brochure.layout.laid_out import Layout

_TOGETHER = 4  # lines with which a commentary begins: what it is, its heading, two of its own


@dataclass(frozen=True)
class Plan:
    """Which passages to divide, and how many pages are then taken: 2.5 is two and a half."""

    divided: frozenset[str]
    pages: float


def plan_pages(layout: Layout, limit: float) -> Plan:
    """Divide passages lest more than `limit` of a page stays white.

    Planned from a layout in which no pair is divided: each is set below the one before; where it
    does not fit, it moves to the next page, or, if that left too large a hole, begins here and
    goes on there, line by line on both sides. What comes after the pairs follows them whole.
    """
    pairs = _pairs(layout)
    divided: set[str] = set()
    page, y = 0, layout.body_tops[0] if layout.body_tops else 0.0
    last = len(layout.bottoms) - 1
    for passage, (height, sides) in pairs.items():
        room = layout.bottoms[min(page, last)] - y
        if height > room and room > limit * layout.heights[min(page, last)]:
            divided.add(passage)
        elif height > room:
            page, y = page + 1, _top_after(layout, page + 1)
        fresh = False
        while height > (room := layout.bottoms[min(page, last)] - y) > 0:
            pad = height - max((side[-1] for side in sides if side), default=height)
            rest = [_after(side, room) for side in sides]
            if rest == sides and fresh:
                break  # not even on a page of its own: what is laid out next will tell
            fresh = rest == sides  # nothing fits: it begins on the next page
            sides = rest
            height = pad + max((side[-1] for side in sides if side), default=0.0)
            page, y = page + 1, _top_after(layout, page + 1)
        y += height
    full, bottom = layout.heights[min(page, last)], layout.bottoms[min(page, last)]
    if y + layout.rest <= bottom + 1:
        return Plan(frozenset(divided), page + 1 - (bottom - y - layout.rest) / full)
    if not layout.attached or not pairs:
        return Plan(frozenset(divided), page + 1 + layout.rest / full)
    # What comes after the pairs takes the last one along: whole, or if that left too large a
    # hole, its last two lines.
    passage, (height, sides) = list(pairs.items())[-1]
    if passage not in divided and bottom - (y - height) <= limit * full:
        return Plan(frozenset(divided), page + 1 + (height + layout.rest) / full)
    line = height / max(len(side) for side in sides) if any(sides) else 0.0
    return Plan(frozenset(divided | {passage}), page + 1 + (2 * line + layout.rest) / full)


def pairs_after_holes(layout: Layout, limit: float) -> frozenset[str]:
    """The passages that begin a page although more than `limit` of the one before is white."""
    found: set[str] = set()
    for before, part in zip(layout.parts, layout.parts[1:], strict=False):
        hole = layout.bottoms[before.page] - before.bottom
        if part.page == before.page + 1 and part.passage != before.passage:
            if hole > limit * layout.heights[before.page]:
                found.add(part.passage)
    return frozenset(found)


def tall_pairs(layout: Layout, limit: float) -> frozenset[str]:
    """The passages taller than `limit` of a page. If all of them may be divided, no hole is."""
    height = min(layout.heights)
    return frozenset(p for p, (tall, _) in _pairs(layout).items() if tall > limit * height)


def _pairs(layout: Layout) -> dict[str, tuple[float, list[list[float]]]]:
    """Each passage with its height, and for both sides how far down each line ends in it."""
    pairs: dict[str, tuple[float, list[list[float]]]] = {}
    starts: dict[tuple[str, int], float] = {}  # passage and page → its y, less what came before
    for part in layout.parts:
        height, sides = pairs.get(part.passage, (0.0, [[], []]))
        starts[part.passage, part.page] = part.top - height
        pairs[part.passage] = height + part.bottom - part.top, sides
    for (passage, column), words in layout.words.items():
        if passage in pairs and column < 2:
            ends = sorted({w.y + w.height - starts[passage, w.page] for w in words})
            if not layout.side_by_side:
                # What stacked.css keeps together: a quote; headings and the first two lines.
                whole = len(ends) if column == 0 else min(_TOGETHER, len(ends))
                ends[:whole] = [ends[whole - 1]] * whole
            pairs[passage][1][column if layout.side_by_side else 0].extend(ends)
    return pairs


def _after(side: list[float], room: float) -> list[float]:
    """What is left of a side after as many of its lines as fit, never one line alone."""
    kept = sum(end <= room for end in side)
    if len(side) - kept == 1:
        kept -= 1
    if kept < 2:
        return side
    return [end - side[kept - 1] for end in side[kept:]]


def _top_after(layout: Layout, page: int) -> float:
    """Where pairs begin on a page after the first, below the repeated header."""
    tops = [
        top for top, bottom in zip(layout.body_tops, layout.bottoms, strict=True) if top < bottom
    ]
    return layout.body_tops[page] if 0 < page < len(tops) else tops[-1] if len(tops) > 1 else 0.0
