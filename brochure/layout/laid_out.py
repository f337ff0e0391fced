"""A leaflet on its pages: what was asked of the layout, what came out, and what follows. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from tinycss2.serializer import serialize_identifier, serialize_string_value

from brochure.manuscript.model.fields import Rgb

Role = Literal["text", "heading", "footer"]
Part = Literal["cover", "lead", "back"]  # of a leaflet: what may stand on pages of its own
CellKey = tuple[str, int]  # passage and column: 0 the quote, 1 the commentary, 2 what is in neither
OUTSIDE: CellKey = ("", 0)  # the cell of all text that is in no passage
FEW_LINES = 4  # fewer than these on a last page look like a leftover
SLACK = 1.0  # CSS px: rounding, and the overhang of italics
_NOTHING: frozenset[str] = frozenset()
_APART: dict[Part, str] = {
    "cover": "header { break-after: page; padding-top: var(--cover-space); "
    "min-height: var(--cover-height); --reach: var(--cover-reach) } "
    "body > header:first-child + * { margin-top: 0 } "
    "header .picture:has(+ .event), .picture + .event "
    "{ display: block; width: auto; margin-inline-start: 0 } "
    "header .picture img, header > .picture img { max-height: var(--cover-picture) } "
    "@page :first { @bottom-left { content: none } @bottom-right { content: none } }",
    "lead": ".lead { break-after: page } .lead + * { margin-top: 0 }",
    "back": "footer { break-before: page }",
}


@dataclass(frozen=True)
class Continuation:
    """Words in the empty column beside a commentary that goes on from the page before.

    `page` is counted from 0; all lengths are CSS px, but for the `size` of the type, in points:
    `indent` and `y` are from the corner of the page's content where lines start, which is on the
    left unless `mirrored`.
    """

    words: str
    page: int
    indent: float
    y: float
    width: float
    line: float
    size: float
    mirrored: bool

    def css(self) -> str:
        """The words as a margin box: it belongs to the page, and so moves nothing on it. From the
        side margin it reaches into the page.
        """
        side, inner = ("right", "left") if self.mirrored else ("left", "right")
        reach = self.width + self.indent
        return (
            f"@page :nth({self.page + 1}) {{ @{side}-top {{ "
            f'content: "{serialize_string_value(self.words)}"; '
            f"font: {self.size:.2f}pt/{self.line:.2f}px 'Source Sans 3', 'Gentium Book Plus'; "
            f"width: {self.width:.2f}px; height: {self.line:.2f}px; text-align: {side}; "
            f"direction: {'rtl' if self.mirrored else 'ltr'}; "
            f"vertical-align: top; margin-top: {self.y:.2f}px; margin-{inner}: {-reach:.2f}px }} }}"
        )


@dataclass(frozen=True)
class LayoutRules:
    """What a layout has to follow besides the style sheets; passages are named by their ids.

    `divided` passages may be divided between pages: those `between_paragraphs` nowhere else, and
    those `opened` in their quotes too, where these stand above the commentaries. `moved` ones begin
    a page, and `loosened` ones may leave a single line behind. `footer_alone`: the footer may have
    the last page to itself. `feet` are pages (counted from 0) that end higher, by so many CSS px.
    `scale` is that of type and spaces; `head_space` and `pair_space` are white added around the
    head and between passages, in lines (multiples of 1rem); `spaced` passages have so much more.
    `pictures` of passages are no taller than so many CSS px.
    The parts of the leaflet that are `apart` stand on pages of their own: the head as a cover, the
    lead (whose type is larger by `lead_scale`), the foot as the back. `head_fill` is how much
    taller the head is than what stands in it, in CSS px, in designs where it is coloured.
    `continuations` are words in columns that are empty.
    """

    divided: frozenset[str] = _NOTHING
    between_paragraphs: frozenset[str] = _NOTHING
    opened: frozenset[str] = _NOTHING
    moved: frozenset[str] = _NOTHING
    loosened: frozenset[str] = _NOTHING
    footer_alone: bool = False
    feet: tuple[tuple[int, float], ...] = ()
    scale: float = 1.0
    head_space: float = 0.0
    pair_space: float = 0.0
    spaced: tuple[tuple[str, float], ...] = ()
    pictures: tuple[tuple[str, float], ...] = ()
    apart: frozenset[Part] = frozenset()
    lead_scale: float = 1.0
    head_fill: float = 0.0
    continuations: tuple[Continuation, ...] = ()

    def css(self) -> str:
        """The rules for parts of the leaflet as a style sheet."""
        each = (
            (self.divided, "{} {{ break-inside: auto }}"),
            (self.between_paragraphs, "{0} p, {0} li {{ break-inside: avoid }}"),
            (self.opened, "{} .quote {{ break-inside: auto }}"),
            (self.moved, "{} {{ break-before: page }}"),
            # Before the first rows of a table, WeasyPrint 70 breaks only if the table itself does.
            (self.moved, "table:has(> {}:first-of-type) {{ break-before: page }}"),
            (self.loosened, "{} {{ orphans: 1; widows: 1 }}"),
        )
        rules = [rule.format(_id_selector(p)) for names, rule in each for p in sorted(names)]
        if self.footer_alone:
            rules.append("footer { break-before: auto }")
        rules += [continuation.css() for continuation in self.continuations]
        rules += [_APART[part] for part in sorted(self.apart)]
        if self.lead_scale != 1:
            size = f"{self.lead_scale:.2f}"
            rules.append(f".lead > * {{ font-size: {size}em; line-height: {size}rem }}")
        if self.head_fill:
            fill = f"calc({self.head_fill:.2f}px * var(--head-fill))"
            rules.append(f"header::after {{ content: ''; display: block; height: {fill} }}")
        for page, height in self.feet:
            # Padding of the page, not a margin: the running foot stays where it is.
            rules.append(f"@page :nth({page + 1}) {{ padding-bottom: {height:.2f}px }}")
        rules += [
            f"{_id_selector(passage)} {{ --pair-space: {self.pair_space + lines:.4f} }}"
            for passage, lines in self.spaced
        ]
        rules += [
            f"{_id_selector(passage)} .picture img {{ max-height: {height:.2f}px }}"
            for passage, height in self.pictures
        ]
        return "\n".join(rules)

    def variables(self) -> str:
        """The rules for all of it, as another one: much follows from them, and they change less."""
        variables = (
            ("--scale", self.scale, 1),
            ("--growth", max(1.0, self.scale), 1),
            ("--head-space", self.head_space, 0),
            ("--pair-space", self.pair_space, 0),
        )
        rules = [f"html {{ {n}: {value:.4f} }}" for n, value, usual in variables if value != usual]
        return "\n".join(rules)


def _id_selector(name: str) -> str:
    """A selector by id; unlike one by attribute, it costs nothing in elements with other ids."""
    return "#" + str(serialize_identifier(name))


class TextRun(NamedTuple):
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
    """What one page holds of a passage: its vertical extent, where each side's text begins, and how
    much white is below its last line.
    """

    passage: str
    page: int
    top: float
    bottom: float
    starts: tuple[float | None, float | None]  # of quote and commentary; None if not on this page
    padding: float = 0.0
    left: float = 0.0
    right: float = 0.0


@dataclass(frozen=True)
class TextLine:
    """A line of text in a passage (or a picture), and whether a page may begin with it.

    `top` and `bottom` are CSS px from the top of the passage, as if it were not divided. `starts`:
    a page may begin here (`"opened"`: if the quote may be divided). `paragraph`: a block begins
    here. `sentence`: what stands before it ends a sentence, so that a page end here cuts none.
    `picture` is the height of one that may be smaller, in CSS px; 0 for text.
    """

    top: float
    bottom: float
    starts: Literal["never", "opened", "freely"]
    paragraph: bool
    sentence: bool
    picture: float = 0.0


@dataclass(frozen=True)
class Layout:
    """The facts of a layout; pages are counted from 0, lengths are CSS px unless stated otherwise.

    `runs` is the text by cell, `lines` that of each passage: of the quote, of the commentary.
    `side_by_side`: whether quotes are set beside their commentaries. `white` is the tallest band of
    each page on which nothing is printed; pages `set_apart` are followed by a page break that a
    style sheet asks for, as a cover is.
    """

    runs: Mapping[CellKey, tuple[TextRun, ...]]
    lines: Mapping[str, tuple[tuple[TextLine, ...], tuple[TextLine, ...]]]
    pictures: tuple[RasterPicture, ...]
    fragments: tuple[Fragment, ...]
    bottoms: tuple[float, ...]  # of each page's content
    heights: tuple[float, ...]
    sizes: tuple[tuple[float, float], ...]  # of the trimmed pages, in points
    start: tuple[int, float]  # the page and y where the passages can begin
    repeated_height: float  # of the column headings, on each page after
    headless_pages: tuple[int, ...]  # with passages on them, but without the column headings
    side_by_side: bool
    height_after: float  # of everything that comes after the passages
    footer_height: float  # of the footer in it
    footer_break: Literal["avoid", "auto", "page"]  # how its style has a page end before it
    white: tuple[float, ...]
    set_apart: frozenset[int] = frozenset()
    opening: tuple[float, float] = (0.0, 0.0)  # heights of the head, and of what else comes first

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


def has_leftover(layout: Layout) -> bool:
    """Whether there is a last page with few lines on it, besides the footer, and mostly white."""
    last = layout.pages - 1
    white = layout.white[last] > layout.heights[last] / 2
    return last > 0 and white and lines_on_last_page(layout) < FEW_LINES


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
