"""What became of a leaflet on its pages: read from the boxes, judged, and improved.

WeasyPrint lays out tables well, but not always (its issues #1967, #2679 and others), and it says
nothing when it loses a word. So each layout is checked: every word is there once, in its
column; both sides of a pair begin side by side; no ugly hole is left.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from brochure.diagnostics import Diagnostic, Place, error, warning
from brochure.press.hyphenation import HYPHENS

Box = Any
_SLACK = 1.0  # CSS px; rounding, and the overhang of an italic


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


def pairs_to_divide(layout: Layout, limit: float) -> frozenset[str]:
    """The passages that should be divided, lest more than `limit` of a page stays white.

    Planned from a layout in which no pair is divided: each is set below the one before; where it
    does not fit, it moves to the next page, or, if that left too large a hole, begins here and
    goes on there, line by line on both sides.
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
        while height > (room := layout.bottoms[min(page, last)] - y) > 0:
            pad = height - max((side[-1] for side in sides if side), default=height)
            rest = [_after(side, room) for side in sides]
            if rest == sides:
                break  # nothing fits: the plan ends here, what is laid out next will tell
            sides = rest
            height = pad + max((side[-1] for side in sides if side), default=0.0)
            page, y = page + 1, _top_after(layout, page + 1)
        y += height
    return frozenset(divided)


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
            ends = {w.y + w.height - starts[passage, w.page] for w in words}
            pairs[passage][1][column].extend(sorted(ends))
    return pairs


def _after(side: list[float], room: float) -> list[float]:
    """What is left of a side after as many of its lines as fit, never one line alone."""
    kept = sum(end <= room for end in side)
    if len(side) - kept == 1:
        kept -= 1
    if kept < 2:
        return side
    return [end - side[kept - 1] for end in side[kept:]]


def headless(layout: Layout) -> frozenset[str]:
    """The passages with which a page begins on which the header of the table is missing."""
    return frozenset(
        next(part.passage for part in layout.parts if part.page == page)
        for page in layout.headless_pages
    )


def pairs_after_holes(layout: Layout, limit: float) -> frozenset[str]:
    """The passages that begin a page although more than `limit` of the one before is white."""
    found: set[str] = set()
    for before, part in zip(layout.parts, layout.parts[1:], strict=False):
        hole = layout.bottoms[before.page] - before.bottom
        if part.page == before.page + 1 and part.passage != before.passage:
            if hole > limit * layout.heights[before.page]:
                found.add(part.passage)
    return frozenset(found)


def _top_after(layout: Layout, page: int) -> float:
    """Where pairs begin on a page after the first, below the repeated header."""
    tops = [
        top for top, bottom in zip(layout.body_tops, layout.bottoms, strict=True) if top < bottom
    ]
    return layout.body_tops[page] if 0 < page < len(tops) else tops[-1] if len(tops) > 1 else 0.0


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
        and (quote[0] != commentary[0] or abs(quote[1] - commentary[1]) > 2 * _SLACK)
    )  # fmt: skip


def defects(
    layout: Layout,
    expected: Mapping[tuple[str, int], str],
    places: Mapping[str, Place],
    leaflet: Place,
) -> Iterator[Diagnostic]:
    """Words that were lost, doubled, or lie outside their column; pairs out of line.

    `expected` is the text of each cell, as it stands in the HTML.
    """
    for cell, text in expected.items():
        wanted = letters(text)
        printed = _joined([letters(word.text) for word in layout.words.get(cell, ())], wanted)
        if printed != wanted:
            at = next(
                (i for i, (a, b) in enumerate(zip(printed, wanted, strict=False)) if a != b),
                min(len(printed), len(wanted)),
            )
            yield error(
                "words-lost" if len(printed) < len(wanted) else "words-doubled",
                f"The page does not show this text as it was written, near "
                f"“{wanted[max(0, at - 20) : at + 20]}”.",
                places.get(cell[0], leaflet),
                "This is a fault of the typesetter. A small change of the text often helps; "
                "please report it with the leaflet.",
            )
    for cell, words in layout.words.items():
        outside = next((word for word in words if _outside(word)), None)
        if outside is not None:
            yield error(
                "outside-margins",
                f"“{outside.text.strip()[:40]}” runs out of its column on page {outside.page + 1}.",
                places.get(cell[0], leaflet),
                "Something here is too wide or too tall: an unbreakable word, a large picture, "
                "or a rule in styles/.",
            )
    for passage in misaligned(layout):
        yield error(
            "misaligned",
            f"The two sides of passage `{passage}` do not begin side by side.",
            places.get(passage, leaflet),
            "This is a fault of the typesetter. Divide the passage before it into two, and "
            "please report it with the leaflet.",
        )


def warnings(layout: Layout, places: Mapping[str, Place]) -> Iterator[Diagnostic]:
    """What is less than perfect, but complete."""
    for passage in headless(layout):
        yield warning(
            "no-header",
            f"The column headings are missing over a part of passage `{passage}`.",
            places[passage],
            "This is a fault of the typesetter. A small change of the text often helps.",
        )


def _outside(word: Word) -> bool:
    return bool(word.text.strip()) and (
        word.x < word.left - _SLACK
        or word.x + word.width > word.right + _SLACK
        or word.y > word.bottom
        or word.y < 0
    )


def _joined(lines: list[str], wanted: str) -> str:
    """The lines in a row, without the hyphens at their ends that the text does not have."""
    printed = ""
    for line in lines:
        printed += line
        if line.endswith(HYPHENS) and wanted[len(printed) - 1 : len(printed)] != line[-1]:
            printed = printed[:-1]
    return printed


def letters(text: str) -> str:
    """What must not change between HTML and page: all but white space, soft hyphens, and the
    capitals that a style may ask for. WeasyPrint puts U+200B into empty list items.
    """
    return "".join(text.replace("\u00ad", "").replace("\u200b", "").split()).casefold()
