"""A change to WeasyPrint: what moves when the space at the end of a line is removed.

WeasyPrint 70 moves the line by the width of the space, as if all of it were written in the
direction of its last word. Where that is not so, the line sticks out into the margin.
"""

from typing import Any


def install_directions(inline: Any) -> None:
    """Replace a function of WeasyPrint's module ``layout.inline``."""
    remove = inline.remove_last_whitespace

    def remove_last_whitespace(context: Any, line: Any) -> None:
        before = line.width
        remove(context, line)
        if (space := before - line.width) and (last := _last_text(inline, line)):
            _close_gap(line, last, space)

    inline.remove_last_whitespace = remove_last_whitespace


def _last_text(inline: Any, line: Any) -> list[Any]:
    """The last child of a line, its last child, and so on to the text."""
    path = [line]
    while isinstance(path[-1], (inline.boxes.LineBox, inline.boxes.InlineBox)):
        path.append(path[-1].children[-1])
    return path[1:]


def _close_gap(line: Any, last: list[Any], space: float) -> None:
    """Close the gap that a space leaves inside a line."""
    if line.style["direction"] == last[-1].style["direction"]:
        return
    if line.style["direction"] == "ltr":  # all was moved, but nothing has to be
        for child in line.children:
            child.translate(dx=space, ignore_floats=True)
    outer = line
    for box in last:
        if outer.style["direction"] == "rtl":  # the others are to the right of it
            for child in outer.children[:-1]:
                child.translate(dx=-space, ignore_floats=True)
        outer = box
