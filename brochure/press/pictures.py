"""Pictures from strangers: whole, of bearable size, and without references to elsewhere."""

import io
import warnings
from collections.abc import Iterator
from xml.etree import ElementTree

from brochure.diagnostics import Diagnostic, Place, error

_PIXELS = 40_000_000  # A4 at 600 dpi is 35 million; decoded, 160 MB
_SVG_BYTES = 1_000_000
_SVG_ELEMENTS = 5_000
# What an SVG may not hold: references that reach elsewhere or multiply (`use` bombs), code.
_SVG_REFUSED = {"use", "image", "foreignObject", "script", "style", "pattern", "animate", "set"}


def check_picture(data: bytes, suffix: str, named: str, place: Place) -> Iterator[Diagnostic]:
    """What is wrong with a picture; `suffix` says what it claims to be."""
    if suffix == ".svg":
        yield from _check_svg(data, named, place)
        return
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limit is lower
            with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as image:
                width, height = image.size
                if width * height > _PIXELS:
                    yield error(
                        "picture-too-large",
                        f"`{named}` has {width} × {height} pixels, more than {_PIXELS // 10**6} "
                        "million.",
                        place,
                        "Scale it down; 2500 pixels fill the width of a page in print.",
                    )
                    return
                image.load()
    except UnidentifiedImageError:
        yield error(
            "broken-picture",
            f"`{named}` is no PNG or JPEG, whatever its name says.",
            place,
            "Open it in a picture program and export it as PNG or JPEG.",
        )
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as reason:
        yield error(
            "broken-picture",
            f"`{named}` is no PNG or JPEG that can be read ({str(reason)[:80]}).",
            place,
            "Open it in a picture program and export it again.",
        )


def _check_svg(data: bytes, named: str, place: Place) -> Iterator[Diagnostic]:
    """SVG drawn from plain shapes only: no entities (bombs), no references, no code."""

    def refuse(why: str) -> Diagnostic:
        return error(
            "svg", f"`{named}` cannot be used: {why}.", place,
            "Export it as “plain SVG” with all objects as paths, or as PNG.",
        )  # fmt: skip

    if len(data) > _SVG_BYTES:
        yield refuse("it is larger than 1 MB")
        return
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data:
        yield refuse("it declares a document type or is not UTF-8")
        return
    try:
        elements = list(ElementTree.fromstring(data).iter())
    except (ElementTree.ParseError, ValueError, RecursionError) as reason:
        yield refuse(f"it is broken ({reason})")
        return
    if len(elements) > _SVG_ELEMENTS:
        yield refuse(f"it has {len(elements)} elements, more than {_SVG_ELEMENTS}")
    names = {str(element.tag).rpartition("}")[2] for element in elements}
    if refused := sorted(names & _SVG_REFUSED):
        yield refuse(f"it holds <{refused[0]}>")
    values = [value for element in elements for value in element.attrib.values()]
    links = [
        value
        for element in elements
        for key, value in element.attrib.items()
        if key.rpartition("}")[2] == "href"
    ]
    if any(not link.startswith("#") for link in links) or any(
        "url(" in value and "url(#" not in value.replace(" ", "").replace("'", "").replace('"', "")
        for value in values
    ):
        yield refuse("it refers to another file")
