"""The facts of a layout, read from WeasyPrint's boxes; and the moving of one, the footer."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from brochure.layout.laid_out import (
    OUTSIDE,
    CellKey,
    Fragment,
    Layout,
    RasterPicture,
    Role,
    TextLine,
    TextRun,
)
from brochure.layout.weasyprint.lines import AVOID, joined, lines_of
from brochure.manuscript.model.fields import Rgb

Box = Any  # WeasyPrint's boxes are private to it and untyped
SIDES = ("quote", "commentary")  # classes of the two sides of a passage
OTHER_COLUMN = 2  # of what is in a passage, but on neither side
_WHITE = (1.0, 1.0, 1.0)
_HOLDERS = ("table", "main")  # elements that hold the passages
_HEADINGS = ("h1", "h2", "h3")
_FORCED = ("page", "left", "right", "recto", "verso")  # values of break-before and break-after
_LEAST_SPACE = 20.0  # CSS px, between what comes before the passages and the first of them
_POINTS = 0.75  # a CSS px in points


@dataclass(frozen=True)
class _Context:
    """What is known of a box from those around it."""

    cell: CellKey
    left: float
    right: float
    background: Rgb
    role: Role


def read_layout(pages: list[Any], passages: Collection[str]) -> Layout:
    """The facts of a laid-out document (``Document.pages`` of WeasyPrint).

    `passages` are the ids of the elements that are passages: row groups of a table, or blocks that
    hold one of class ``quote`` and one of class ``commentary``.
    """
    reader = _Reader(passages)
    for number, page in enumerate(pages):
        reader.page(number, page._page_box)
    return Layout(
        runs={cell: tuple(runs) for cell, runs in reader.runs.items()},
        lines={passage: (tuple(a), tuple(b)) for passage, (a, b) in reader.lines.items()},
        pictures=tuple(reader.pictures),
        fragments=tuple(reader.fragments),
        bottoms=tuple(reader.bottoms),
        heights=tuple(reader.heights),
        sizes=tuple(reader.sizes),
        start=reader.start,
        repeated_height=reader.repeated_height,
        headless_pages=tuple(reader.headless_pages),
        side_by_side=reader.side_by_side,
        height_after=reader.height_after,
        footer_height=reader.footer_height,
        footer_break=reader.footer_break,
        white=tuple(reader.white),
        set_apart=frozenset(reader.set_apart),
        opening=(reader.opening["header"], reader.opening[""]),
    )


def column_of(classes: str | None) -> int | None:
    """Which side of a passage an element is, by its classes: 0 the quote, 1 the commentary."""
    names = (classes or "").split()
    return next((i for i, name in enumerate(SIDES) if name in names), None)


class _Reader:
    """Goes through the boxes of each page, and notes what a `Layout` consists of."""

    def __init__(self, passages: Collection[str]) -> None:
        self._passages = passages
        self.runs: dict[CellKey, list[TextRun]] = defaultdict(list)
        self.pictures: list[RasterPicture] = []
        self.fragments: list[Fragment] = []
        self.bottoms: list[float] = []
        self.heights: list[float] = []
        self.sizes: list[tuple[float, float]] = []
        self.start = (0, 0.0)
        self.repeated_height = 0.0
        self.headless_pages: list[int] = []
        self.side_by_side = False
        self.height_after = 0.0
        self.footer_height = 0.0
        self.footer_break: Literal["avoid", "auto", "page"] = "auto"
        self.lines: dict[str, tuple[list[TextLine], list[TextLine]]] = defaultdict(lambda: ([], []))
        self._head = (0, 0.0)  # the page and y where what comes before the passages ends
        self.white: list[float] = []
        self.set_apart: set[int] = set()
        self.opening: dict[str, float] = defaultdict(float)
        self._type: dict[int, tuple[float, bool, Rgb]] = {}  # size, weight and colour, by style
        self._ends: dict[CellKey, Any] = {}  # the elements of the last lines so far
        self._last_child: Any = None  # the element of the body that stands last on the page before
        self._ends_page = False  # whether its style ends the page after it
        self._printed: list[tuple[float, float]] = []  # vertical extents on the current page
        self._has_headings = False  # on the current page, above the columns
        self._bottom = 0.0

    def page(self, number: int, page_box: Box) -> None:
        left, self._has_headings, self._printed = page_box.content_box_x(), False, []
        # With `LayoutRules.feet`, which are padding.
        height = page_box.height + page_box.padding_bottom
        self._bottom = page_box.content_box_y() + height
        self.bottoms.append(self._bottom)
        self.heights.append(height)
        self.sizes.append((page_box.margin_width() * _POINTS, page_box.margin_height() * _POINTS))
        first, before = len(self.fragments), self.side_by_side
        context = _Context(OUTSIDE, left, left + page_box.width, _WHITE, "text")
        stack: list[tuple[Box, _Context]] = [
            (child, context)
            for child in reversed(page_box.children)
            if type(child).__name__ != "MarginBox"
        ]
        self.side_by_side = False
        while stack:
            box, context = stack.pop()
            stack += reversed(self._box(getattr(box, "_box", box), context, number))
        has_passages = len(self.fragments) > first
        if has_passages and self.side_by_side and not self._has_headings:
            self.headless_pages.append(number)
        self.side_by_side = self.side_by_side or before
        if has_passages and not first:
            self.start = number, self.fragments[0].top
            if number and number - 1 not in self.set_apart and self._head[0] == number - 1:
                self.start = self._head  # the first passage was too tall to begin there
        self.white.append(_tallest_gap(self._printed, page_box.content_box_y(), self._bottom))

    def _box(self, box: Box, context: _Context, page: int) -> list[tuple[Box, _Context]]:
        """Note the facts of a box; returns the boxes in it, in order, and what is known of them."""
        tag, kind = str(box.element_tag or ""), type(box).__name__
        if kind == "TextBox" or kind.endswith("ReplacedBox") or _has_background(box, tag):
            self._printed.append((box.position_y, box.position_y + box.margin_height()))
        if kind == "TextBox":
            if not tag.endswith(("::marker", "::before", "::after")):
                self.runs[context.cell].append(self._text_run(box, context, page))
            return []
        if kind.endswith("ReplacedBox"):
            self._picture(box, page)
            return []
        if kind == "TableRowGroupBox" and tag == "thead":
            self._has_headings = True
            self.repeated_height = box.height
            self._printed.append((box.position_y, box.position_y + box.height))
            return []  # repeated by design
        context = _context_within(box, tag, context)
        name = str(box.element.get("id", "")) if box.element is not None else ""
        if name in self._passages and context.cell[0] != name:
            rows = kind == "TableRowGroupBox"
            self.side_by_side = self.side_by_side or rows
            self.fragments.append(_fragment(box, name, page, rows))
            if rows:
                cells = [*enumerate(cell for row in box.children for cell in row.children)]
                self._lines(name, cells)
                return [(cell, _context_of_side(cell, (name, i), context)) for i, cell in cells]
            sides = [(column_of(child.element.get("class")), child) for child in box.children]
            self._lines(name, sides)
            return [
                (child, replace(context, cell=(name, OTHER_COLUMN)) if column is None else
                 _context_of_side(child, (name, column), context))
                for column, child in sides
            ]  # fmt: skip
        if tag == "body":
            holders = [i for i, child in enumerate(box.children) if child.element_tag in _HOLDERS]
            after = holders[-1] + 1 if holders else 0
            if not self.fragments:
                before = box.children[: holders[0] if holders else None]
                for child in before:
                    name = "header" if child.element_tag == "header" else ""
                    self.opening[name] += _full_height(child)
                ends = [child.position_y + child.margin_height() for child in before]
                self._head = (page, max(ends) + _LEAST_SPACE) if ends else self._head
            if holders or self.fragments:
                following = box.children[after:]
                self.height_after += sum(_full_height(child) for child in following)
                for footer in (child for child in following if child.element_tag == "footer"):
                    self.footer_height += _full_height(footer)
                    value = footer.style["break_before"]
                    self.footer_break = (
                        "avoid" if value in AVOID else "page" if value in _FORCED else "auto"
                    )
            self._note_forced_break(box.children, page)
        return [(child, context) for child in getattr(box, "children", ())]

    def _note_forced_break(self, children: Sequence[Box], page: int) -> None:
        """Note whether a style ended the page before that of these children of the body: not where
        the first of them goes on from there.
        """
        for child in children[:1]:
            forced = self._ends_page or child.style["break_before"] in _FORCED
            if page and forced and child.element is not self._last_child:
                self.set_apart.add(page - 1)
        for child in children[-1:]:
            self._ends_page = child.style["break_after"] in _FORCED
            self._last_child = child.element

    def _lines(self, passage: str, sides: Sequence[tuple[int | None, Box]]) -> None:
        """Note the lines that this page holds of a passage, its last fragment."""
        fragment, lines = self.fragments[-1], self.lines[passage]
        here: tuple[list[TextLine], list[TextLine]] = [], []
        for column, side in sides:
            if column is not None and column < OTHER_COLUMN:
                key = passage, column
                found, self._ends[key] = lines_of(side, fragment.top, self._ends.get(key))
                here[column].extend(found)
        lowest = max((line.bottom for side in here for line in side), default=0.0)
        padding = fragment.bottom - fragment.top - lowest
        self.fragments[-1] = replace(fragment, padding=padding)
        quote, commentary = here
        if self.side_by_side:
            by = [joined(a, b, in_cell=True) for a, b in zip(lines, here, strict=True)]
        else:
            by = [joined((*lines[0], *lines[1]), (*quote, *commentary), in_cell=False)] * 2
        for known, more, down in zip(lines, here, by, strict=True):
            known.extend(
                replace(line, top=line.top + down, bottom=line.bottom + down) for line in more
            )

    def _text_run(self, box: Box, context: _Context, page: int) -> TextRun:
        style = box.style
        known = self._type.get(id(style))
        if known is None:
            known = self._type[id(style)] = (
                style["font_size"] * _POINTS, style["font_weight"] >= 600, _rgb(style["color"])
            )  # fmt: skip
        size, bold, colour = known
        return TextRun(
            text=box.text,
            page=page,
            x=box.position_x,
            y=box.position_y,
            width=box.width,
            height=box.height,
            left=context.left,
            right=context.right,
            bottom=self._bottom,
            size=size,
            bold=bold,
            colour=colour,
            background=context.background,
            role=context.role,
        )

    def _picture(self, box: Box, page: int) -> None:
        image = box.replacement
        if type(image).__name__ == "RasterImage":
            self.pictures.append(
                RasterPicture(
                    address=box.element.get("src") or "",
                    page=page,
                    width=box.width * _POINTS,
                    height=box.height * _POINTS,
                    pixels=(image.width, image.height),
                )
            )


def _context_within(box: Box, tag: str, context: _Context) -> _Context:
    """What is known inside a box: its background, and whether it is a heading or the footer."""
    role: Role = context.role
    if role != "footer":  # a heading in it is part of it
        role = "footer" if tag == "footer" else "heading" if tag in _HEADINGS else role
    colour = box.style["background_color"]
    if colour.alpha < 1 and role == context.role:
        return context
    background = _rgb(colour) if colour.alpha == 1 else context.background
    return replace(context, background=background, role=role)


def _context_of_side(box: Box, cell: CellKey, context: _Context) -> _Context:
    """What is known inside a side of a passage."""
    left = box.content_box_x()
    return replace(context, cell=cell, left=left, right=left + box.width)


def _full_height(box: Box) -> float:
    """The height of a box with its margins, even if it begins a page, where it loses the upper."""
    margin = box.style["margin_top"]
    lost = 0.0 if box.margin_top or margin == "auto" or margin.unit != "px" else margin.value
    return float(box.margin_height() + lost)


def _has_background(box: Box, tag: str) -> bool:
    """Whether a box has a ground of its own: then it is not white, whatever is in it."""
    return bool(tag) and tag not in ("html", "body") and box.style["background_color"].alpha > 0


def _tallest_gap(printed: list[tuple[float, float]], top: float, bottom: float) -> float:
    """The height of the tallest band between `top` and `bottom` with nothing printed on it."""
    gap, y = 0.0, top
    for start, end in sorted(printed):
        gap, y = max(gap, start - y), max(y, end)
    return max(gap, bottom - y)


def _rgb(colour: Any) -> Rgb:
    """A colour of a style as sRGB, each component from 0 to 1."""
    red, green, blue = colour.to("srgb").coordinates
    return red, green, blue


def _fragment(box: Box, name: str, page: int, rows: bool) -> Fragment:
    """What one page holds of a passage; `rows` says that it is a row group of a table."""
    starts: list[float | None] = []
    for cell in box.children[0].children if rows else ():
        lines = (child for child in cell.descendants() if type(child).__name__ == "LineBox")
        starts.append(next((line.position_y for line in lines), None))
    # A row group has neither padding nor border.
    bottom = box.position_y + (box.height if rows else box.margin_height())
    quote, commentary = (*starts, None, None)[:2]
    # Nor does it know its width where columns have widths of their own: its cells do.
    sides = box.children[0].children if rows else (box,)
    left = min(side.border_box_x() for side in sides)
    right = max(side.border_box_x() + side.border_width() for side in sides)
    return Fragment(name, page, box.position_y, bottom, (quote, commentary), left=left, right=right)


def move_footer(pages: list[Any], make_page: Callable[[Box], Any]) -> None:
    """Move the leaflet's footer from where the text ends to the foot of the last page.

    `make_page` makes a page anew from its box, so that its links move along.
    """
    page_box = pages[-1]._page_box
    footers = [box for box in page_box.descendants() if box.element_tag == "footer"]
    if not footers or any(
        box.element_tag == "footer" for page in pages[:-1] for box in page._page_box.descendants()
    ):
        return
    footer = footers[0]
    room = page_box.content_box_y() + page_box.height
    room -= footer.position_y + footer.margin_height()
    if room > 0:
        footer.translate(dy=room)
        pages[-1] = make_page(page_box)
