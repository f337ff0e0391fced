"""A leaflet on its pages: what was asked of the layout, what came out, and what follows. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tinycss2.serializer import serialize_identifier

from brochure.manuscript.model.fields import Rgb

Role = Literal["text", "heading", "footer"]
Part = Literal["cover", "lead", "back"]  # of a leaflet: what may stand on pages of its own
CellKey = tuple[str, int]  # passage and column: 0 the quote, 1 the commentary, 2 what is in neither
OUTSIDE: CellKey = ("", 0)  # the cell of all text that is in no passage
FEW_LINES = 4  # fewer than these on a last page look like a leftover
SLACK = 1.0  # CSS px: rounding, and the overhang of italics
_NOTHING: frozenset[str] = frozenset()
_APART: dict[Part, str] = {
    "cover": "header { break-after: page; padding-top: var(--cover-space); min-height: var(--cover-height) } "
    "body > header:first-child + * { margin-top: 0 } "
    "@page :first { @bottom-left { content: none } @bottom-right { content: none } }",
    "lead": ".lead { break-after: page } .lead + * { margin-top: 0 }",
    "back": "footer { break-before: page }",
}


@dataclass(frozen=True)
class LayoutRules:
    """What a layout has to follow besides the style sheets; passages are named by their ids.

    `divided` passages may be divided between pages, `moved` ones begin a page, and `loosened` ones
    may leave a single line behind. `scale` is that of type and spaces; `foot` is the white space
    below the text of each page, in CSS px. The parts of the leaflet that are `apart` stand on pages
    of their own: the head as a cover, the lead, the foot as the back.
    """

    divided: frozenset[str] = _NOTHING
    moved: frozenset[str] = _NOTHING
    loosened: frozenset[str] = _NOTHING
    scale: float = 1.0
    foot: float = 0.0
    apart: frozenset[Part] = frozenset()

    def css(self) -> str:
        """The rules as a style sheet."""
        rules = [f"{_id_selector(name)} {{ break-inside: auto }}" for name in sorted(self.divided)]
        rules += [f"{_id_selector(name)} {{ break-before: page }}" for name in sorted(self.moved)]
        rules += [
            f"{_id_selector(name)} {{ orphans: 1; widows: 1 }}" for name in sorted(self.loosened)
        ]
        rules += [_APART[part] for part in sorted(self.apart)]
        if self.scale != 1:
            rules.append(f"html {{ --scale: {self.scale:.4f} }}")
        if self.foot:
            # Padding of the page, not a margin: the running foot stays where it is.
            rules.append(f"@page {{ padding-bottom: {self.foot:.2f}px }}")
        return "\n".join(rules)


def _id_selector(name: str) -> str:
    """A selector by id; unlike one by attribute, it costs nothing in elements with other ids."""
    return "#" + str(serialize_identifier(name))


@dataclass(frozen=True)
class TextRun:
    """A piece of text in one line, and where it is: CSS px from the top left of its page."""

    text: str
    page: int
    x: float
    y: float
    width: float
    height: float
    left: float  # edges of the column that it belongs in
    right: float
    bottom: float  # edge of the page's content
    size: float  # of the type, in points
    bold: bool
    colour: Rgb
    background: Rgb
    role: Role


@dataclass(frozen=True)
class RasterPicture:
    """A picture made of pixels on a page: its address, its size there in points, and in pixels."""

    address: str
    page: int
    width: float
    height: float
    pixels: tuple[int, int]


@dataclass(frozen=True)
class Fragment:
    """What one page holds of a passage: its vertical extent, and where each side's text begins."""

    passage: str
    page: int
    top: float
    bottom: float
    starts: tuple[float | None, float | None]  # of quote and commentary; None if not on this page


@dataclass(frozen=True)
class Layout:
    """The facts of a layout; pages are counted from 0, lengths are CSS px unless stated otherwise.

    `runs` is the text by cell. `side_by_side`: whether quotes are set beside their commentaries.
    """

    runs: Mapping[CellKey, tuple[TextRun, ...]]
    pictures: tuple[RasterPicture, ...]
    fragments: tuple[Fragment, ...]
    bottoms: tuple[float, ...]  # of each page's content
    heights: tuple[float, ...]
    sizes: tuple[tuple[float, float], ...]  # of the trimmed pages, in points
    body_tops: tuple[float, ...]  # where the first passage of each page begins
    headless_pages: tuple[int, ...]  # with passages on them, but without the column headings
    side_by_side: bool
    height_after: float  # of everything that comes after the passages
    keeps_with_last: bool  # whether that must not begin a page without the end of a passage

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return len(self.bottoms)


@dataclass(frozen=True)
class LaidOutDocument:
    """A leaflet as laid out: the facts of its pages, and the rules that it was laid out by.

    `write` makes PDFs of it, one for each of the regions named, alike but for their metadata.
    """

    layout: Layout
    rules: LayoutRules
    write: Callable[[Sequence[str]], tuple[bytes, ...]]

    @property
    def pages(self) -> int:
        """How many pages it takes."""
        return self.layout.pages


PageRenderer = Callable[[LayoutRules], LaidOutDocument]  # lays out one leaflet by rules


def lines_on_last_page(layout: Layout) -> int:
    """How many lines of text are on the last page, one below the other, besides the footer."""
    last = layout.pages - 1
    tops = {
        round(run.y)
        for runs in layout.runs.values()
        for run in runs
        if run.page == last and run.role != "footer"
    }
    # Quote and commentary may be set a little off each other: those lines are side by side.
    return sum(1 for y in tops if not any(0 < y - other < 4 for other in tops))


def line_height(layout: Layout) -> float:
    """The most frequent distance between two lines, in CSS px; 20 where there is none."""
    gaps: Counter[float] = Counter()
    for runs in layout.runs.values():
        tops = sorted({(run.page, round(run.y, 1)) for run in runs})
        gaps.update(round(b[1] - a[1], 1) for a, b in pairwise(tops) if a[0] == b[0])
    return next((gap for gap, _ in gaps.most_common() if gap > 1), 20.0)


def headless(layout: Layout) -> frozenset[str]:
    """The passages at the top of pages that lack the column headings."""
    return frozenset(
        next(fragment.passage for fragment in layout.fragments if fragment.page == page)
        for page in layout.headless_pages
    )


def misaligned(layout: Layout) -> tuple[str, ...]:
    """The passages whose quote and commentary begin at different heights or on different pages."""
    starts: dict[str, list[tuple[int, float] | None]] = {}
    for fragment in layout.fragments:
        known = starts.setdefault(fragment.passage, [None, None])
        for side, start in enumerate(fragment.starts):
            if known[side] is None and start is not None:
                known[side] = (fragment.page, start)
    return tuple(
        passage
        for passage, (quote, commentary) in starts.items()
        if quote and commentary
        and (quote[0] != commentary[0] or abs(quote[1] - commentary[1]) > 2 * SLACK)
    )  # fmt: skip
