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
# A sentence ends here: its mark, and what may close after it; or what never belongs to one.
_SENTENCE_END = re.compile(r"[.!?…:;؟۔。][\s\"'”“„»«’‘)\]›‹⁠]*$")


@dataclass
class _Leaf:
    """A line or a picture in the flow of a side, and what is known of the break above it."""

    box: Box
    starts: bool  # whether a page may begin with it
    paragraph: bool = True


def lines_of(side: Box, top: float, *, continued: bool) -> list[TextLine]:
    """The lines of one page's part of a side of a passage.

    `top` is the y of the passage on this page, less what earlier pages hold of it; `continued`:
    they hold some of this side. Where the style of the side keeps it whole, which can be lifted,
    pages may begin only if it is ``opened``.
    """
    kept = side.style["break_inside"] in AVOID
    lines: list[TextLine] = []
    sentence = not continued
    for number, leaf in enumerate(_leaves(side, ignore_own=True)):
        cut = continued and number == 0
        free: Literal["opened", "freely"] = "opened" if kept and number else "freely"
        y = leaf.box.position_y - top
        lines.append(
            TextLine(
                top=y,
                bottom=y + leaf.box.margin_height(),
                starts=free if leaf.starts or cut else "never",
                paragraph=leaf.paragraph and not cut,
                sentence=sentence or (leaf.paragraph and not cut),
            )
        )
        sentence = bool(_SENTENCE_END.search(_text(leaf.box)))
    return lines


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
        leaves += within
    return leaves
