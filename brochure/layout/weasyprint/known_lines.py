"""Lines that were laid out before, made again.

Where the content of a paragraph, its styles and its width are the same, so are its lines, but for
how far down they stand: in the next layout of a leaflet, after a word was typed in another passage,
and in a variant. A line is then made from the boxes of the new paragraph and from the sizes and
positions that the boxes of the old line had. The floats that a position consists of are added up in
the order in which WeasyPrint adds them.
"""

from copy import copy
from dataclasses import dataclass
from typing import Any

from brochure.layout.weasyprint.lengths import USED

Box = Any  # WeasyPrint's boxes are private to it and untyped
Signature = tuple[object, ...]
# What layout sets in the boxes of a line, beside their children and what is handled here by name.
_LAID_OUT = frozenset(
    (*USED, "position_x", "baseline", "text", "text_indent", "actual_text", "divides_word",
     "justification_spacing", "number")
)  # fmt: skip
_HANDLED = frozenset(("children", "position_y", "pango_layout", "remove_decoration_sides"))


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """A box of a line: which of those around it it is made from, what layout has set in it, and
    its position below the baseline of its line.
    """

    kind: type
    source: int
    values: dict[str, Any]
    removed: frozenset[str]
    y: float
    layout: Any
    children: tuple["_LaidOut", ...]


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line, and where the next one begins."""

    box: _LaidOut
    top: float
    resume: Any

    def made(self, line_box: Box, position_y: float) -> Box:
        """The line of a paragraph, with its upper edge at a position."""
        line = _made(self.box, line_box, position_y - self.top)
        line.position_y = position_y  # which is not always what the floats add up to
        return line


@dataclass(frozen=True, eq=False, slots=True)
class Content:
    """What paragraphs of one signature have in common: the styles that it names by their places."""

    styles: tuple[Any, ...]


def signature(line_box: Box, kinds: Any) -> tuple[Signature, Content] | None:
    """All that the lines of a paragraph depend on but its width. None where it holds more than text
    in inline boxes.

    Each box gets its `number` among those around it.
    """
    found: list[object] = []
    styles: list[Any] = []

    def walk(box: Box) -> bool:
        for number, child in enumerate(box.children):
            kind, style = type(child), child.style
            if kind is kinds.TextBox:
                if "justification_spacing" in child.__dict__:
                    return False
                spaces = child.leading_collapsible_space, child.trailing_collapsible_space
                found.append((id(style), child.text, *spaces))
            elif kind is not kinds.InlineBox or child.is_leader:
                return False
            else:
                found.append(id(style))
                if not walk(child):
                    return False
                found.append(None)
            if not child.is_in_normal_flow():
                return False
            child.number = number
            styles.append(style)
        return True

    found.append(id(line_box.style))
    styles.append(line_box.style)
    line_box.number = 0
    return (tuple(found), Content(tuple(styles))) if walk(line_box) else None


def laid_out(
    line: Box, line_box: Box, top: float, offset_x: float, resume: Any
) -> KnownLine | None:
    """A line of a paragraph, which ends at `top` above its baseline and is moved by `offset_x`, as
    it is remembered; None if something in it is not understood.
    """
    box = _remembered(line, line_box, offset_x)
    return None if box is None else KnownLine(box, top, resume)


def _remembered(box: Box, source: Box, offset_x: float) -> _LaidOut | None:
    values: dict[str, Any] = {}
    for name, value in box.__dict__.items():
        if name in _LAID_OUT:
            values[name] = value
        elif name not in _HANDLED and source.__dict__.get(name, values) is not value:
            return None
    if type(box) is not type(source):
        return None
    values["position_x"] += offset_x
    children: list[_LaidOut] = []
    for child in box.children:
        within = _remembered(child, source.children[child.number], offset_x)
        if within is None:
            return None
        children.append(within)
    return _LaidOut(
        type(box), box.number, values, frozenset(box.remove_decoration_sides), box.position_y,
        box.__dict__.get("pango_layout"), tuple(children),
    )  # fmt: skip


def _made(known: _LaidOut, source: Box, offset_y: float) -> Box:
    box: Box = object.__new__(known.kind)
    values = box.__dict__
    values.update(source.__dict__)
    values.update(known.values)
    values["position_y"] = known.y + offset_y
    values["remove_decoration_sides"] = set(known.removed)
    if known.layout is not None:
        values["pango_layout"] = copy(known.layout)  # it is used, and changed, when drawn
    else:
        sources = source.children
        values["children"] = [
            _made(child, sources[child.source], offset_y) for child in known.children
        ]
    return box
