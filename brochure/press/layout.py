"""What became of a leaflet on its pages: facts, read from WeasyPrint's boxes."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

Box = Any
SLACK = 1.0  # CSS px; rounding, and the overhang of an italic


@dataclass(frozen=True)
class Word:
    """A piece of text in one line: where it is (CSS px from the top left of its page)."""

    text: str
    page: int
    x: float
    y: float
    width: float
    height: float
    left: float  # bounds of the column that it belongs in
    right: float
    bottom: float  # bound of the page


@dataclass(frozen=True)
class Part:
    """The part of a passage on one page: vertical extent, and where each side's text begins."""

    passage: str
    page: int
    top: float
    bottom: float
    starts: tuple[float | None, float | None]


@dataclass(frozen=True)
class Layout:
    """The facts of a layout. `words` by cell: (passage, column), or ("", 0) outside the table."""

    words: Mapping[tuple[str, int], tuple[Word, ...]]
    parts: tuple[Part, ...]
    bottoms: tuple[float, ...]  # of each page's content
    heights: tuple[float, ...]
    body_tops: tuple[float, ...]  # where the first pair of each page begins
    headless_pages: tuple[int, ...]  # with pairs on them, but without the header of the table


def read_layout(pages: list[Any], passages: Collection[str]) -> Layout:
    """The facts of a laid-out document (``Document.pages`` of WeasyPrint).

    `passages` are the ids of the row groups that are pairs; a template may have other tables.
    """
    words: dict[tuple[str, int], list[Word]] = defaultdict(list)
    parts: list[Part] = []
    bottoms: list[float] = []
    heights: list[float] = []
    body_tops: list[float] = []
    headless_pages: list[int] = []
    for number, page in enumerate(pages):
        page_box = page._page_box
        bottom = page_box.content_box_y() + page_box.height
        bottoms.append(bottom)
        heights.append(page_box.height)
        first = len(parts)
        headed = False
        stack: list[tuple[Box, tuple[str, int], float, float]] = [
            (child, ("", 0), page_box.content_box_x(), page_box.content_box_x() + page_box.width)
            for child in reversed(page_box.children)
            if type(child).__name__ != "MarginBox"
        ]
        while stack:
            found, cell, left, right = stack.pop()
            box: Box = getattr(found, "_box", found)
            tag = box.element_tag
            kind = type(box).__name__
            if kind == "TextBox":
                if not tag.endswith(("::marker", "::before", "::after")):
                    words[cell].append(
                        Word(
                            box.text,
                            number,
                            box.position_x,
                            box.position_y,
                            box.width,
                            box.height,
                            left,
                            right,
                            bottom,
                        )
                    )
                continue
            if kind == "TableRowGroupBox" and tag == "thead":
                headed = True
                continue  # repeated by design
            if kind == "TableRowGroupBox" and box.element.get("id") in passages:
                name = box.element.get("id")
                parts.append(_part(box, name, number))
                cells = [cell for row in box.children for cell in row.children]
                for column, child in reversed([*enumerate(cells)]):
                    edge = child.content_box_x()
                    stack.append((child, (name, column), edge, edge + child.width))
                continue
            stack += [
                (child, cell, left, right) for child in reversed(getattr(box, "children", ()))
            ]
        body_tops.append(parts[first].top if len(parts) > first else bottom)
        if len(parts) > first and not headed:
            headless_pages.append(number)
    return Layout(
        {cell: tuple(found) for cell, found in words.items()},
        tuple(parts),
        tuple(bottoms),
        tuple(heights),
        tuple(body_tops),
        tuple(headless_pages),
    )


def move_footer(pages: list[Any], make_page: Any) -> None:
    """Let the leaflet's footer stand at the foot of the last page, not wherever the text ends.

    `make_page` makes a page anew from its box, so that its links move along.
    """
    page_box = pages[-1]._page_box
    boxes = [box for box in page_box.descendants() if box.element_tag == "footer"]
    if not boxes or any(
        box.element_tag == "footer" for page in pages[:-1] for box in page._page_box.descendants()
    ):
        return
    footer = boxes[0]
    room = page_box.content_box_y() + page_box.height - footer.position_y - footer.margin_height()
    if room > 0:
        footer.translate(dy=room)
        pages[-1] = make_page(page_box)


def _part(group: Box, name: str, page: int) -> Part:
    starts: list[float | None] = []
    for cell in group.children[0].children:
        lines = (box for box in cell.descendants() if type(box).__name__ == "LineBox")
        starts.append(next((line.position_y for line in lines), None))
    bottom = group.position_y + group.height
    return Part(name, page, group.position_y, bottom, (*starts, None, None)[:2])  # type: ignore[arg-type]


def headless(layout: Layout) -> frozenset[str]:
    """The passages with which a page begins on which the header of the table is missing."""
    return frozenset(
        next(part.passage for part in layout.parts if part.page == page)
        for page in layout.headless_pages
    )


def misaligned(layout: Layout) -> tuple[str, ...]:
    """The passages of which one side begins on another page, or lower, than the other."""
    begins: dict[str, list[tuple[int, float] | None]] = {}
    for part in layout.parts:
        known = begins.setdefault(part.passage, [None, None])
        for side, start in enumerate(part.starts):
            if known[side] is None and start is not None:
                known[side] = (part.page, start)
    return tuple(
        passage
        for passage, (quote, commentary) in begins.items()
        if quote and commentary
        and (quote[0] != commentary[0] or abs(quote[1] - commentary[1]) > 2 * SLACK)
    )  # fmt: skip
