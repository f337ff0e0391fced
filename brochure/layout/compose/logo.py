"""Logos on a coloured ground: which of them need white behind them.

Most logos are made for white paper. On the accent colour, one that is opaque is a box of paper with
hard edges, and dark lines on a transparent ground are not seen at all. Pure.
"""

import re
from xml.etree import ElementTree

import tinycss2.color3

from brochure.manuscript.model.fields import Rgb, luminance

_SIDE = 96  # pixels that are looked at
_LIGHT = 0.45  # luminance: lighter is seen on an accent, which is dark enough for white type
_PAPER = 0.7  # luminance of an edge that would be a box on a coloured ground
_PAINTS = re.compile(r"(?:^|[;\s])(fill|stroke|stop-color|color)\s*:\s*([^;]+)")
_SHAPES = ("path", "rect", "circle", "ellipse", "polygon", "polyline", "text", "line")


def needs_white_ground(data: bytes, suffix: str) -> bool:
    """Whether a logo, which has been checked, needs white behind it on a dark ground.

    `suffix` is that of its name, ``.svg`` or another.
    """
    return _dark_drawing(data) if suffix == ".svg" else _raster_needs_white_ground(data)


def _raster_needs_white_ground(data: bytes) -> bool:
    from brochure.layout.raster import read_raster  # Pillow is slow to import

    pixels = read_raster(data, lambda whole: (min(_SIDE, whole[0]), min(_SIDE, whole[1])))
    pixels = pixels.convert("RGBA")
    width, height = pixels.size
    places = [(x, y) for y in range(height) for x in range(width)]
    seen = {place: _colour(pixels.getpixel(place)) for place in places}
    edge = [(x, y) for x, y in places if x in (0, width - 1) or y in (0, height - 1)]
    clear = [place for place in edge if seen[place][1] < 0.5]
    if len(clear) > len(edge) / 2:
        ink = [luminance(colour) for colour, alpha in seen.values() if alpha >= 0.5]
        return bool(ink) and sum(ink) / len(ink) < _LIGHT
    opaque = [luminance(seen[place][0]) for place in edge if seen[place][1] >= 0.5]
    return sum(opaque) / len(opaque) > _PAPER


def _colour(pixel: object) -> tuple[Rgb, float]:
    assert isinstance(pixel, tuple)
    red, green, blue, alpha = (channel / 255 for channel in pixel)
    return (red, green, blue), alpha


def _dark_drawing(data: bytes) -> bool:
    """Whether anything in an SVG is painted in a dark colour: in black, where none is named."""
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError:
        return False  # told by `pictures`
    paints: set[str] = set()
    filled = "fill" in root.attrib or "fill" in dict(_PAINTS.findall(root.get("style", "")))
    inherited = {id(root): filled}
    for element in root.iter():
        declared = dict(_PAINTS.findall(element.get("style", "")))
        declared |= {key: element.attrib[key] for key in ("fill", "stroke", "stop-color")
                     if key in element.attrib}  # fmt: skip
        paints.update(declared.values())
        known = "fill" in declared or inherited.get(id(element), False)
        inherited |= dict.fromkeys(map(id, element), known)
        if element.tag.rpartition("}")[2] in _SHAPES and not known:
            paints.add("black")
    colours = (tinycss2.color3.parse_color(paint) for paint in paints)
    return any(
        luminance((colour.red, colour.green, colour.blue)) < _LIGHT
        for colour in colours
        if isinstance(colour, tinycss2.color3.RGBA) and colour.alpha > 0
    )
