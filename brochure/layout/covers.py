"""Covers: which parts of a leaflet stand on pages of their own where its sheets are folded. Pure.

A letter fold (DIN long) is seen in this order: the cover; on opening it, the panel on its back
and, beside that, the flap; on opening the flap, three panels side by side; last, the back. So the
head is the cover, the lead stands on the flap, passages fill the inside, and what is at the foot
of a leaflet (contact, imprint) is on the back. Where that takes more than the sheet has, the lead
runs on into the passages, and in the end all of it does.

A booklet gets a cover, and then a back, where its last sheet has pages to spare: never for the
price of another sheet.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from brochure.diagnostics import Reported
from brochure.layout.edition import Imposition
from brochure.layout.laid_out import LaidOutDocument, Layout, PageRenderer, Part

_NOTHING: frozenset[Part] = frozenset()
_LETTER_FOLD: tuple[frozenset[Part], ...] = (
    frozenset({"cover", "lead", "back"}), frozenset({"cover", "back"}), _NOTHING,
)  # fmt: skip
_BOOKLET: tuple[frozenset[Part], ...] = (
    frozenset({"cover", "back"}), frozenset({"cover"}), frozenset({"back"}),
)  # fmt: skip
_PANELS = 6
_STEP, _STEPS = 0.02, 5  # smaller type for the sake of whole passages, and how often
_NO_PASSAGES: frozenset[str] = frozenset()


def lay_out_parts(
    imposition: Imposition | None,
    lay_out: Callable[[PageRenderer], Reported[LaidOutDocument]],
    render: PageRenderer,
    *,
    smallest: float = 1.0,
    spare: bool = True,
) -> Reported[LaidOutDocument]:
    """Lay out a leaflet with as many parts on pages of their own as its sheets have room for.

    `lay_out` lays it out by a renderer, in type not smaller than the scale `smallest`. `spare`: a
    booklet may use the pages that are left.
    """

    def attempt(apart: frozenset[Part]) -> Reported[LaidOutDocument]:
        return lay_out(lambda rules: render(replace(rules, apart=apart)))

    match imposition.scheme if imposition else "":
        case "letter-fold":
            assert imposition is not None
            for apart in _LETTER_FOLD:
                result = attempt(apart)
                if result.value.pages <= imposition.pages:
                    break
            document = result.value
            if result.diagnostics or document.pages > imposition.pages:
                return result
            return Reported(_whole_panels(render, document, smallest))
        case "saddle-stitch" if spare:
            assert imposition is not None
            plain = attempt(_NOTHING)
            pages = plain.value.pages
            left = -pages % imposition.pages
            for apart in _BOOKLET[0 if left > 1 else 1 :] if left else ():
                result = attempt(apart)
                if result.value.pages <= pages + left and not result.diagnostics:
                    return result
            return plain
    return attempt(_NOTHING)


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
        rules = replace(document.rules, divided=_NO_PASSAGES, moved=_NO_PASSAGES, scale=scale)
        layout = render(rules).layout
        heights = _heights(layout)
        count = min(_PANELS - 1 - first, len(heights))
        starts = evenly_grouped(tuple(heights.values()), count)
        moved = frozenset(passage for i, passage in enumerate(heights) if i in starts[1:])
        spread = render(replace(rules, moved=moved))
        if spread.pages == first + count + 1 and has_flap(spread.layout) == flap:
            return spread
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
