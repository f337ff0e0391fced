"""Covers: which parts of a leaflet stand on pages of their own where its sheets are folded. Pure.

A letter fold (DIN long) is seen in this order: the cover; on opening it, the panel on its back
and, beside that, the flap; on opening the flap, three panels side by side; last, the back. So the
head is the cover, the lead stands on the flap, passages fill the inside, and what is at the foot
of a leaflet (contact, imprint) is on the back. Where that takes more than the sheet has, the lead
runs on into the passages; or it stands on the cover; and in the end all of it runs on.

A booklet gets a cover, and then a back, where its last sheet has pages to spare: never for the
price of another sheet.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from brochure.diagnostics import Reported
from brochure.layout.edition import Imposition
from brochure.layout.laid_out import (
    FEW_LINES,
    LaidOutDocument,
    Layout,
    LayoutRules,
    PageRenderer,
    Part,
    lines_on_last_page,
)
from brochure.layout.pageplan import plan_pages
from brochure.layout.setting import remembering

_NOTHING: frozenset[Part] = frozenset()
_LETTER_FOLD: tuple[frozenset[Part], ...] = (
    frozenset({"cover", "lead", "back"}), frozenset({"cover", "back"}),
    frozenset({"lead", "back"}), frozenset({"lead"}), _NOTHING,
)  # fmt: skip
_BOOKLET: tuple[frozenset[Part], ...] = (
    frozenset({"cover", "back"}), frozenset({"cover"}), frozenset({"back"}),
)  # fmt: skip
_PANELS = 6
_SOME = 0.05  # of a page may be white for the sake of a cover, beyond what is allowed
_BOUND = 4  # pages of a sheet that is folded once
_LayOut = Callable[[PageRenderer], Reported[LaidOutDocument]]
_STEP, _STEPS = 0.02, 5  # smaller type for the sake of whole passages, and how often


def lay_out_parts(
    imposition: Imposition | None,
    lay_out: _LayOut,
    render: PageRenderer,
    *,
    max_white_space: float,
    smallest: float = 1.0,
    spare: bool = True,
) -> Reported[LaidOutDocument]:
    """Lay out a leaflet with as many parts on pages of their own as its sheets have room for.

    `lay_out` lays it out by a renderer, in type not smaller than the scale `smallest`. `spare`: a
    booklet may use the pages that are left, if no page becomes whiter for that than others are or
    than `max_white_space`, a share of its height.
    """

    def attempt(apart: frozenset[Part]) -> Reported[LaidOutDocument]:
        return lay_out(_with_parts(render, apart))

    match imposition.scheme if imposition else "":
        case "letter-fold":
            assert imposition is not None
            return _letter_fold(lay_out, render, imposition.pages, smallest, max_white_space)
        case "saddle-stitch" if spare:
            assert imposition is not None
            plain = attempt(_NOTHING)
            pages = plain.value.pages
            left = -pages % imposition.pages
            white = max(_worst_white(plain.value.layout), max_white_space) + _SOME
            for apart in _BOOKLET if left else ():
                result = attempt(apart)
                layout = result.value.layout
                if layout.pages <= pages + left and _worst_white(layout) <= white:
                    if _is_bound_well(layout) and _has_whole_cover(layout, apart):
                        return result
            return plain
    return attempt(_NOTHING)


def _with_parts(render: PageRenderer, apart: frozenset[Part]) -> PageRenderer:
    """A renderer by which these parts stand on pages of their own."""
    return lambda rules: render(replace(rules, apart=apart))


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


def _is_bound_well(layout: Layout) -> bool:
    """Whether a booklet ends with more than a few lines, and with what is to be on its back."""
    full = layout.pages % _BOUND == 0 or not layout.footer_height
    return not 0 < lines_on_last_page(layout) < FEW_LINES and (full or has_back(layout))


def _letter_fold(
    lay_out: _LayOut, render: PageRenderer, most: int, smallest: float, max_white_space: float
) -> Reported[LaidOutDocument]:
    """The first layout of at most `most` panels in which no passage is divided; or the first of so
    many panels; or what comes of it.
    """
    fitting: list[Reported[LaidOutDocument]] = []
    for apart in _LETTER_FOLD:
        # What is remembered takes memory; so it is for one arrangement at a time.
        render_apart = remembering(_with_parts(render, apart))
        if apart:
            in_smallest = render_apart(LayoutRules(scale=smallest))
            if plan_pages(in_smallest, max_white_space, most).pages > most:
                continue
        result = lay_out(render_apart)
        if result.value.pages > most or not _has_whole_cover(result.value.layout, apart):
            continue
        if result.diagnostics:
            return result
        fitting.append(Reported(_whole_panels(render_apart, result.value, smallest)))
        if _is_whole(fitting[-1].value.layout) or "cover" not in apart:
            break
    return next((one for one in fitting if _is_whole(one.value.layout)), (*fitting, result)[0])


def _has_whole_cover(layout: Layout, apart: frozenset[Part]) -> bool:
    """Whether a cover, where there is to be one, holds all of the head."""
    return "cover" not in apart or 0 in layout.set_apart


def _is_whole(layout: Layout) -> bool:
    """Whether no passage goes on on another page."""
    return len({f.passage for f in layout.fragments}) == len(layout.fragments)


def _whole_panels(
    render: PageRenderer, document: LaidOutDocument, smallest: float
) -> LaidOutDocument:
    """A leaflet on a letter fold with no passage divided: spread over the panels between the cover
    and the back, in slightly smaller type if need be. As it was, where that cannot be had.
    """
    if not has_back(document.layout):
        return document
    flap = has_flap(document.layout)
    first = 2 if flap else 1
    for step in range(_STEPS):
        scale = document.rules.scale * (1 - step * _STEP)
        if scale < smallest:
            break
        rules = LayoutRules(scale=scale)
        layout = render(rules).layout
        heights = _heights(layout)
        count = min(_PANELS - 1 - first, len(heights))
        starts = evenly_grouped(tuple(heights.values()), count)
        groups = [sum([*heights.values()][a:b]) for a, b in pairwise((*starts, None))]
        if max(groups) > max(layout.heights):
            continue
        moved = frozenset(passage for i, passage in enumerate(heights) if i in starts[1:])
        spread = render(replace(rules, moved=moved))
        if spread.pages == first + count + 1 and has_flap(spread.layout) == flap:
            apart = frozenset(range(spread.pages))  # what is white there is white by design
            return replace(spread, layout=replace(spread.layout, set_apart=apart))
    return document


def _heights(layout: Layout) -> dict[str, float]:
    """How tall each passage is, in CSS px; the first one with what stands above it on its page."""
    heights: dict[str, float] = {}
    for fragment in layout.fragments:
        top = fragment.top
        if not heights:
            top = layout.bottoms[fragment.page] - layout.heights[fragment.page]
        heights[fragment.passage] = heights.get(fragment.passage, 0.0) + fragment.bottom - top
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
