"""Covers, flaps and backs: parts of a leaflet that stand on pages of their own. Pure."""

from dataclasses import replace

from brochure.layout.laid_out import Layout, PageRenderer, Part


def with_parts(render: PageRenderer, apart: frozenset[Part]) -> PageRenderer:
    """A renderer by which these parts stand on pages of their own."""
    return lambda rules: render(replace(rules, apart=apart))


def has_whole_cover(layout: Layout, apart: frozenset[Part]) -> bool:
    """Whether a cover, where there is to be one, holds all of the head."""
    return "cover" not in apart or 0 in layout.set_apart


def has_flap(layout: Layout) -> bool:
    """Whether the second page stands for itself, between a cover and the first passage."""
    begins = min((fragment.page for fragment in layout.fragments), default=0)
    return begins == 2 and any(run.page == 1 for runs in layout.runs.values() for run in runs)


def has_back(layout: Layout) -> bool:
    """Whether the last of several pages holds nothing but the foot of the leaflet."""
    last = layout.pages - 1
    roles = {run.role for runs in layout.runs.values() for run in runs if run.page == last}
    return last > 0 and roles == {"footer"}
