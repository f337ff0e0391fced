"""Backgrounds are laid out when a page is drawn: of many layouts of a leaflet, one is."""

from functools import partial
from typing import Any


def install(layout: Any, document: Any) -> None:
    """Replace what lays out backgrounds in WeasyPrint's module `layout`, and what draws a page in
    its module `document`.
    """
    lay_out, draw = layout.layout_backgrounds, document.draw_page

    def layout_backgrounds(page: Any, get_image: Any) -> None:
        page.lay_out_backgrounds = partial(lay_out, page, get_image)

    def draw_page(page: Any, stream: Any) -> None:
        waiting = page.__dict__.pop("lay_out_backgrounds", None)
        if waiting is not None:
            waiting()
        draw(page, stream)

    layout.layout_backgrounds = layout_backgrounds
    document.draw_page = draw_page
