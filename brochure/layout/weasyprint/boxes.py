"""The facts of a layout, read from WeasyPrint's boxes; and the one thing that is moved in them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from brochure.layout.laid_out import Layout, Part, Picture, Role, Word
from brochure.manuscript.model.fields import Rgb

Box = Any
SIDES = ("quote", "commentary")
_WHITE = (1.0, 1.0, 1.0)
_HOLDERS = ("table", "main")  # of the pairs
_HEADINGS = ("h1", "h2", "h3")


@dataclass(frozen=True)
class _Where:
    """What is known of a box from those around it."""

    cell: tuple[str, int]
    left: float
    right: float
    behind: Rgb
    role: Role


def read_layout(pages: list[Any], passages: Collection[str]) -> Layout:
    """The facts of a laid-out document (``Document.pages`` of WeasyPrint).

    `passages` are the ids of the elements that are pairs: row groups of a table, or blocks that
    hold one of class ``quote`` and one of class ``commentary``.
    """
    reader = _Reader(passages)
    for number, page in enumerate(pages):
        reader.page(number, page._page_box)
    return Layout(
        {cell: tuple(found) for cell, found in reader.words.items()},
        tuple(reader.pictures),
        tuple(reader.parts),
        tuple(reader.bottoms),
        tuple(reader.heights),
        tuple(reader.sizes),
        tuple(reader.body_tops),
        tuple(reader.headless_pages),
        reader.side_by_side,
        reader.rest,
        reader.attached,
    )


def side_of(classes: str | None) -> int | None:
    """Which side of a pair an element is, by its classes: 0 the quote, 1 the commentary."""
    given = (classes or "").split()
    return next((i for i, name in enumerate(SIDES) if name in given), None)


class _Reader:
    def __init__(self, passages: Collection[str]) -> None:
        self._passages = passages
        self.words: dict[tuple[str, int], list[Word]] = defaultdict(list)
        self.pictures: list[Picture] = []
        self.parts: list[Part] = []
        self.bottoms: list[float] = []
        self.heights: list[float] = []
        self.sizes: list[tuple[float, float]] = []
        self.body_tops: list[float] = []
        self.headless_pages: list[int] = []
        self.side_by_side = False
        self.rest = 0.0
        self.attached = False
        self._headed = False
        self._bottom = 0.0

    def page(self, number: int, page_box: Box) -> None:
        left, self._headed = page_box.content_box_x(), False
        self._bottom = page_box.content_box_y() + page_box.height
        self.bottoms.append(self._bottom)
        self.heights.append(page_box.height)
        self.sizes.append((page_box.margin_width() * 0.75, page_box.margin_height() * 0.75))
        first, before = len(self.parts), self.side_by_side
        where = _Where(("", 0), left, left + page_box.width, _WHITE, "text")
        stack: list[tuple[Box, _Where]] = [
            (child, where)
            for child in reversed(page_box.children)
            if type(child).__name__ != "MarginBox"
        ]
        self.side_by_side = False
        while stack:
            box, where = stack.pop()
            stack += reversed(self._box(getattr(box, "_box", box), where, number))
        if len(self.parts) > first and self.side_by_side and not self._headed:
            self.headless_pages.append(number)
        self.side_by_side = self.side_by_side or before
        self.body_tops.append(self.parts[first].top if len(self.parts) > first else self._bottom)

    def _box(self, box: Box, where: _Where, page: int) -> list[tuple[Box, _Where]]:
        """Note what a box says; the boxes in it, in order, and what is known of them."""
        tag, kind = str(box.element_tag or ""), type(box).__name__
        if kind == "TextBox":
            if not tag.endswith(("::marker", "::before", "::after")):
                self.words[where.cell].append(self._word(box, where, page))
            return []
        if kind.endswith("ReplacedBox"):
            self._picture(box, page)
            return []
        if kind == "TableRowGroupBox" and tag == "thead":
            self._headed = True
            return []  # repeated by design
        where = _within(box, tag, where)
        name = str(box.element.get("id", "")) if box.element is not None else ""
        if name in self._passages and where.cell[0] != name:
            rows = kind == "TableRowGroupBox"
            self.side_by_side = self.side_by_side or rows
            self.parts.append(_part(box, name, page, rows))
            if rows:
                cells = [*enumerate(cell for row in box.children for cell in row.children)]
                return [(cell, _inside(cell, name, column, where)) for column, cell in cells]
            sides = [(side_of(child.element.get("class")), child) for child in box.children]
            return [
                (child, replace(where, cell=(name, 2)) if side is None else
                 _inside(child, name, side, where))
                for side, child in sides
            ]  # fmt: skip
        if tag == "body":
            holders = [i for i, child in enumerate(box.children) if child.element_tag in _HOLDERS]
            after = holders[-1] + 1 if holders else 0
            if holders or self.parts:
                following = box.children[after:]
                self.rest += sum(child.margin_height() for child in following)
                if following:
                    self.attached = following[0].style["break_before"] == "avoid"
        return [(child, where) for child in getattr(box, "children", ())]

    def _word(self, box: Box, where: _Where, page: int) -> Word:
        return Word(
            box.text,
            page,
            box.position_x,
            box.position_y,
            box.width,
            box.height,
            where.left,
            where.right,
            self._bottom,
            box.style["font_size"] * 0.75,
            box.style["font_weight"] >= 600,
            _rgb(box.style["color"]),
            where.behind,
            where.role,
        )

    def _picture(self, box: Box, page: int) -> None:
        pixels = tuple(getattr(box.replacement, side, None) for side in ("width", "height"))
        if type(box.replacement).__name__ == "RasterImage":
            address = box.element.get("src") or ""
            width, height = box.width * 0.75, box.height * 0.75
            self.pictures.append(Picture(address, page, width, height, pixels))  # type: ignore[arg-type]


def _within(box: Box, tag: str, where: _Where) -> _Where:
    """What is known inside a box: its background, and whether it is a heading or the footer."""
    role: Role = "footer" if tag == "footer" else "heading" if tag in _HEADINGS else where.role
    behind = box.style["background_color"]
    if behind.alpha < 1 and role == where.role:
        return where
    return replace(where, behind=_rgb(behind) if behind.alpha == 1 else where.behind, role=role)


def _inside(box: Box, name: str, column: int, where: _Where) -> _Where:
    """What is known inside a side of a pair."""
    left = box.content_box_x()
    return replace(where, cell=(name, column), left=left, right=left + box.width)


def _rgb(colour: Any) -> Rgb:
    """A colour of a style as sRGB, each from 0 to 1."""
    red, green, blue = colour.to("srgb").coordinates
    return red, green, blue


def move_footer(pages: list[Any], make_page: Any, foot: float = 0.0) -> None:
    """Let the leaflet's footer stand at the foot of the last page, not wherever the text ends.

    `foot` is the white below the text of each page, in CSS px: the footer may stand in it.
    `make_page` makes a page anew from its box, so that its links move along.
    """
    page_box = pages[-1]._page_box
    boxes = [box for box in page_box.descendants() if box.element_tag == "footer"]
    if not boxes or any(
        box.element_tag == "footer" for page in pages[:-1] for box in page._page_box.descendants()
    ):
        return
    footer = boxes[0]
    room = page_box.content_box_y() + page_box.height + foot
    room -= footer.position_y + footer.margin_height()
    if room > 0:
        footer.translate(dy=room)
        pages[-1] = make_page(page_box)


def _part(group: Box, name: str, page: int, rows: bool) -> Part:
    starts: list[float | None] = []
    for cell in group.children[0].children if rows else ():
        lines = (box for box in cell.descendants() if type(box).__name__ == "LineBox")
        starts.append(next((line.position_y for line in lines), None))
    # A row group has neither padding nor border.
    bottom = group.position_y + (group.height if rows else group.margin_height())
    return Part(name, page, group.position_y, bottom, (*starts, None, None)[:2])  # type: ignore[arg-type]
