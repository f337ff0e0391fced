"""The facts of a layout, read from WeasyPrint's boxes; and the moving of one, the footer."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from brochure.layout.laid_out import (
    OUTSIDE,
    CellKey,
    Fragment,
    Layout,
    RasterPicture,
    Role,
    TextRun,
)
from brochure.manuscript.model.fields import Rgb

Box = Any  # WeasyPrint's boxes are private to it and untyped
SIDES = ("quote", "commentary")  # classes of the two sides of a passage
OTHER_COLUMN = 2  # of what is in a passage, but on neither side
_WHITE = (1.0, 1.0, 1.0)
_HOLDERS = ("table", "main")  # elements that hold the passages
_HEADINGS = ("h1", "h2", "h3")
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
        pictures=tuple(reader.pictures),
        fragments=tuple(reader.fragments),
        bottoms=tuple(reader.bottoms),
        heights=tuple(reader.heights),
        sizes=tuple(reader.sizes),
        body_tops=tuple(reader.body_tops),
        headless_pages=tuple(reader.headless_pages),
        side_by_side=reader.side_by_side,
        height_after=reader.height_after,
        keeps_with_last=reader.keeps_with_last,
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
        self.body_tops: list[float] = []
        self.headless_pages: list[int] = []
        self.side_by_side = False
        self.height_after = 0.0
        self.keeps_with_last = False
        self._has_headings = False  # on the current page, above the columns
        self._bottom = 0.0

    def page(self, number: int, page_box: Box) -> None:
        left, self._has_headings = page_box.content_box_x(), False
        self._bottom = page_box.content_box_y() + page_box.height
        self.bottoms.append(self._bottom)
        self.heights.append(page_box.height)
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
        self.body_tops.append(self.fragments[first].top if has_passages else self._bottom)

    def _box(self, box: Box, context: _Context, page: int) -> list[tuple[Box, _Context]]:
        """Note the facts of a box; returns the boxes in it, in order, and what is known of them."""
        tag, kind = str(box.element_tag or ""), type(box).__name__
        if kind == "TextBox":
            if not tag.endswith(("::marker", "::before", "::after")):
                self.runs[context.cell].append(self._text_run(box, context, page))
            return []
        if kind.endswith("ReplacedBox"):
            self._picture(box, page)
            return []
        if kind == "TableRowGroupBox" and tag == "thead":
            self._has_headings = True
            return []  # repeated by design
        context = _context_within(box, tag, context)
        name = str(box.element.get("id", "")) if box.element is not None else ""
        if name in self._passages and context.cell[0] != name:
            rows = kind == "TableRowGroupBox"
            self.side_by_side = self.side_by_side or rows
            self.fragments.append(_fragment(box, name, page, rows))
            if rows:
                cells = [*enumerate(cell for row in box.children for cell in row.children)]
                return [(cell, _context_of_side(cell, (name, i), context)) for i, cell in cells]
            sides = [(column_of(child.element.get("class")), child) for child in box.children]
            return [
                (child, replace(context, cell=(name, OTHER_COLUMN)) if column is None else
                 _context_of_side(child, (name, column), context))
                for column, child in sides
            ]  # fmt: skip
        if tag == "body":
            holders = [i for i, child in enumerate(box.children) if child.element_tag in _HOLDERS]
            after = holders[-1] + 1 if holders else 0
            if holders or self.fragments:
                following = box.children[after:]
                self.height_after += sum(child.margin_height() for child in following)
                if following:
                    self.keeps_with_last = following[0].style["break_before"] == "avoid"
        return [(child, context) for child in getattr(box, "children", ())]

    def _text_run(self, box: Box, context: _Context, page: int) -> TextRun:
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
            size=box.style["font_size"] * _POINTS,
            bold=box.style["font_weight"] >= 600,
            colour=_rgb(box.style["color"]),
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
    role: Role = "footer" if tag == "footer" else "heading" if tag in _HEADINGS else context.role
    colour = box.style["background_color"]
    if colour.alpha < 1 and role == context.role:
        return context
    background = _rgb(colour) if colour.alpha == 1 else context.background
    return replace(context, background=background, role=role)


def _context_of_side(box: Box, cell: CellKey, context: _Context) -> _Context:
    """What is known inside a side of a passage."""
    left = box.content_box_x()
    return replace(context, cell=cell, left=left, right=left + box.width)


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
    return Fragment(name, page, box.position_y, bottom, (quote, commentary))


def move_footer(pages: list[Any], make_page: Callable[[Box], Any], foot: float = 0.0) -> None:
    """Move the leaflet's footer from where the text ends to the foot of the last page.

    `foot` is the white space below the text of each page, in CSS px: the footer may use it.
    `make_page` makes a page anew from its box, so that its links move along.
    """
    page_box = pages[-1]._page_box
    footers = [box for box in page_box.descendants() if box.element_tag == "footer"]
    if not footers or any(
        box.element_tag == "footer" for page in pages[:-1] for box in page._page_box.descendants()
    ):
        return
    footer = footers[0]
    room = page_box.content_box_y() + page_box.height + foot
    room -= footer.position_y + footer.margin_height()
    if room > 0:
        footer.translate(dy=room)
        pages[-1] = make_page(page_box)
