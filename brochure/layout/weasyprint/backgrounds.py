"""Backgrounds are laid out when a page is drawn: of many layouts of a leaflet, one is. Most boxes
have none, which their style remembers.
"""

from functools import partial
from typing import Any

_CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
_RADII = tuple(f"border_{corner}_radius" for corner in _CORNERS)
_SQUARE = (0, "px")
#: What WeasyPrint sets of a box that has none, and whose corners are not rounded.
_NONE = {"background": None, **dict.fromkeys(_RADII, (0, 0))}


def install(layout: Any, document: Any) -> None:
    """Replace what lays out backgrounds in WeasyPrint's module `layout`, and what draws a page in
    its module `document`.
    """
    lay_out, draw = layout.layout_backgrounds, document.draw_page
    background = layout.background
    lay_out_box = background.layout_box_backgrounds

    def layout_box_backgrounds(
        page: Any, box: Any, get_image: Any, layout_children: bool = True, style: Any = None
    ) -> None:
        if not layout_children:
            lay_out_box(page, box, get_image, layout_children, style)
            return
        waiting = [box]
        while waiting:
            box = waiting.pop()
            waiting.extend(box.all_children())
            if box is not page and _is_plain(box.style):
                for name, value in _NONE.items():
                    setattr(box, name, value)
            else:
                lay_out_box(page, box, get_image, layout_children=False)

    def layout_backgrounds(page: Any, get_image: Any) -> None:
        page.lay_out_backgrounds = partial(lay_out, page, get_image)

    def draw_page(page: Any, stream: Any) -> None:
        waiting = page.__dict__.pop("lay_out_backgrounds", None)
        if waiting is not None:
            waiting()
        draw(page, stream)

    background.layout_box_backgrounds = layout_box_backgrounds
    layout.layout_backgrounds = layout_backgrounds
    document.draw_page = draw_page


def _is_plain(style: Any) -> bool:
    """Whether there is no background in a style, nor anything that is laid out with it."""
    plain: bool | None = style.__dict__.get("plain")
    if plain is None:
        colour = style["background_color"]
        plain = style.__dict__["plain"] = (
            style["border_image_source"][0] == style["mask_border_source"][0] == "none"
            and not style["box_shadow"]
            and all(kind == "none" for kind, _ in style["background_image"])
            and colour != "currentcolor"
            and colour.alpha == 0
            and all(_SQUARE in style[radius] for radius in _RADII)
        )
    return plain
