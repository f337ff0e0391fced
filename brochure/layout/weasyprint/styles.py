"""What follows from styles that are alike is computed once.

WeasyPrint shares the computed style of elements that the same rules apply to, if their parents
share theirs. An element with an id never does, because its id is a property of its style
(``anchor``), and so nothing in it does either: of twenty passages, each of which has an id, every
style is computed twenty times, a fifth of the time of a layout. But nothing inherits an anchor. So
what is in an element with an id shares its styles with what is in those that differ from it in that
alone.

The used lengths of a box (margins, padding, widths, heights) follow from its style and the size of
what contains it; they are computed each time that it is laid out, another sixth, and so are the
height and baseline of a line in it (its strut). Here each style remembers them. During layout,
WeasyPrint changes lengths and fonts of a style in copies only, which remember nothing.
"""

from collections.abc import Iterable
from typing import Any

_ANCHOR = "anchor"
_SIDES = ("top", "right", "bottom", "left")
_USED = (  # all that `resolve_percentages` sets
    *(f"margin_{side}" for side in _SIDES),
    *(f"padding_{side}" for side in _SIDES),
    *(f"border_{side}_width" for side in _SIDES),
    *(f"{bound}{axis}" for bound in ("", "min_", "max_") for axis in ("width", "height")),
)
_Kind = tuple[object, ...]


def install(css: Any, boxes: Any, percent: Any, inline: Any, users: Iterable[Any]) -> None:
    """Replace, in WeasyPrint's modules, what computes the style of an element and what tells
    parents apart (`css`), and what computes used lengths (`percent`) and struts, in the modules
    that use them: `inline` and other `users`.
    """
    _share_styles(css)
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
            known[size] = {name: box.__dict__[name] for name in _USED}
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


def _share_styles(css: Any) -> None:
    compute = css.StyleFor.set_computed_styles

    def set_computed_styles(
        self: Any, element: object, parent: object, root: object = None, pseudo_type: object = None,
        base_url: object = None, target_collector: object = None,
    ) -> None:  # fmt: skip
        compute(self, element, parent, root, pseudo_type, base_url, target_collector)
        if pseudo_type is not None or parent is None:
            return
        style = self._computed_styles[element, None]
        if _ANCHOR in style.cascaded:
            alike: dict[_Kind, Any] = self.__dict__.setdefault("alike", {})
            style.alike = alike.setdefault(_kind(style), style)

    css.StyleFor.set_computed_styles = set_computed_styles
    css.id = lambda thing: id(getattr(thing, "alike", thing))  # there, it hides the built-in one


def _kind(style: Any) -> _Kind:
    """All that a computed style is made of but its anchor. Its values are known by where they are:
    they stay there as long as it is kept.
    """
    own = ((n, id(value), weight) for n, (value, weight) in style.cascaded.items() if n != _ANCHOR)
    parent = getattr(style.parent_style, "alike", style.parent_style)
    return (id(parent), style.base_url, *sorted(own))
