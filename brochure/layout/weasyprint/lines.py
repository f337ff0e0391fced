"""The lines of passages, read from WeasyPrint's boxes: where a page may end, and where it would cut
nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from brochure.layout.laid_out import TextLine

Box = Any  # WeasyPrint's boxes are private to it and untyped
AVOID = ("avoid", "avoid-page")  # values of break-before, break-inside and break-after
_LOST = 0.5  # of a line, between two blocks that a page divides
# A sentence ends here: its mark, and what may close after it; or what never belongs to one.
_SENTENCE_END = re.compile(r"[.!?…:;؟۔。][\s\"'”“„»«’‘)\]›‹⁠]*$")


@dataclass
class _Leaf:
    """A line or a picture in the flow of a side, and what is known of the break above it."""

    box: Box
    starts: bool  # whether a page may begin with it
    paragraph: bool = True
    picture: bool = False  # which may be smaller, as codes may not


def lines_of(side: Box, top: float, before: Any = None) -> tuple[list[TextLine], Any]:
    """The lines of one page's part of a side of a passage, from its `top` on this page.

    Where the style of the side keeps it whole, which can be lifted, pages may begin only if it is
    ``opened``. Returns the element of the last line as well, which is to be given as `before` with
    the next part.
    """
    kept = side.style["break_inside"] in AVOID
    lines: list[TextLine] = []
    continued, sentence = before is not None, before is None
    for number, leaf in enumerate(_leaves(side, ignore_own=True)):
        cut = number == 0 and leaf.box.element is before and continued
        free: Literal["opened", "freely"] = "opened" if kept and number else "freely"
        y = leaf.box.position_y - top
        lines.append(
            TextLine(
                top=y,
                bottom=y + leaf.box.margin_height(),
                starts=free if leaf.starts or (continued and number == 0) else "never",
                paragraph=leaf.paragraph and not cut,
                sentence=sentence or (leaf.paragraph and not cut),
                picture=float(leaf.box.height) if leaf.picture else 0.0,
            )
        )
        sentence = bool(_SENTENCE_END.search(_text(leaf.box)))
        before = leaf.box.element
    return lines, before


def joined(earlier: Sequence[TextLine], here: Sequence[TextLine], *, in_cell: bool) -> float:
    """By how much the lines of a page are further from the top of a passage than from that of the
    page's part of it, `earlier` pages holding others. White that these end with does not count.

    `in_cell`: of a table, where WeasyPrint 70 keeps the margin of a block that begins a page; it is
    lost elsewhere (css-break-3, 5.2).
    """
    if not earlier or not here:
        return 0.0
    last, first = earlier[-1], here[0]
    if not first.paragraph:
        return last.bottom - first.top
    margin = _LOST * min(last.bottom - last.top, first.bottom - first.top)
    return last.bottom + (0.0 if in_cell else margin - first.top)


def _text(box: Box) -> str:
    if type(box).__name__ == "TextBox":
        return str(box.text)
    return "".join(_text(child) for child in getattr(box, "children", ()))


def _leaves(box: Box, *, ignore_own: bool = False) -> list[_Leaf]:
    """The lines and pictures in a box, from top to bottom.

    As css-break-3, 4.4: no page begins inside what avoids that, before a block that avoids it, or
    after one; nor with fewer lines of a paragraph than its `orphans` and `widows`.
    """
    box = getattr(box, "_box", box)
    children: Sequence[Box] = [
        child for child in getattr(box, "children", ()) if child.is_in_normal_flow()
    ]
    if children and type(children[0]).__name__ == "LineBox":
        orphans, widows = box.style["orphans"], box.style["widows"]
        avoided = box.style["break_inside"] in AVOID and not ignore_own
        count = len(children)
        return [
            _Leaf(line, number == 0 or (not avoided and orphans <= number <= count - widows),
                  paragraph=number == 0)
            for number, line in enumerate(children)
        ]  # fmt: skip
    if not children:
        return [_Leaf(box, starts=True)] if type(box).__name__.endswith("ReplacedBox") else []
    avoided = box.style["break_inside"] in AVOID and not ignore_own
    leaves: list[_Leaf] = []
    keeps = False  # what comes before keeps what follows it
    for child in children:
        within = _leaves(child)
        if not within:
            continue
        style = child.style
        if leaves:
            within[0].starts &= not (keeps or avoided or style["break_before"] in AVOID)
        elif style["break_before"] in AVOID:
            within[0].starts = False
        for leaf in within[1:] if avoided else ():
            leaf.starts = False
        keeps = style["break_after"] in AVOID
        if child.element_tag == "figure":
            for leaf in within:
                leaf.picture = type(leaf.box).__name__.endswith("ReplacedBox")
        leaves += within
    return leaves
