"""Used lengths and struts, which each style remembers.

The used lengths of a box (margins, padding, widths, heights) follow from its style and the size of
what contains it; WeasyPrint computes them each time that the box is laid out, a sixth of the time
of a layout, and so the height and baseline of a line in it (its strut). Here each style remembers
them. During layout, WeasyPrint changes lengths and fonts of a style in copies only, which remember
nothing.
"""

from collections.abc import Iterable
from typing import Any

_SIZES = 32  # of what contains boxes of one style; styles outlive documents
_SIDES = ("top", "right", "bottom", "left")
USED = (  # all that `resolve_percentages` sets
    *(f"margin_{side}" for side in _SIDES),
    *(f"padding_{side}" for side in _SIDES),
    *(f"border_{side}_width" for side in _SIDES),
    *(f"{bound}{axis}" for bound in ("", "min_", "max_") for axis in ("width", "height")),
)


def install(boxes: Any, percent: Any, inline: Any, users: Iterable[Any]) -> None:
    """Replace what computes used lengths (`percent`) and struts, in the modules of WeasyPrint that
    use them: `inline` and other `users`.
    """
    _remember_struts(inline)
    resolve = percent.resolve_percentages

    def resolve_percentages(box: Any, containing_block: Any) -> None:
        style = box.style
        if isinstance(box, boxes.PageBox) or style["border_collapse"] == "collapse":
            resolve(box, containing_block)
            return
        within = isinstance(containing_block, boxes.Box)
        size = (containing_block.width, containing_block.height) if within else (*containing_block,)
        known = style.__dict__.setdefault("used", {})
        used = known.get(size)
        if used is None:
            resolve(box, containing_block)
            if len(known) >= _SIZES:
                known.clear()
            known[size] = {name: box.__dict__[name] for name in USED}
        else:
            box.__dict__.update(used)

    for module in (percent, inline, *users):
        module.resolve_percentages = resolve_percentages


def _remember_struts(inline: Any) -> None:
    compute = inline.strut

    def strut(style: Any) -> Any:
        found = style.__dict__.get("strut")
        if found is None:
            found = style.__dict__["strut"] = compute(style)
        return found

    inline.strut = strut
