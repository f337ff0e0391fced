"""Pictures from strangers: whole, of bearable size, and without references to elsewhere.

What lets a picture pass must be cheaper than drawing it, and drawing what has passed bearable:
so files are looked at, as far as possible, before anything of them is decoded.
"""

import io
import re
import struct
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, error
from brochure.layout.compose import svg

if TYPE_CHECKING:
    from PIL import Image


# Of memory while a picture is decoded, converted, and written into the PDF: a plain one takes
# 5.5 bytes for each pixel, and as many pixels as are bearable of those are so for all.
_BYTES = 7
_MEMORY = bounds.PIXELS * _BYTES
_SCANNED = 25 * bounds.PIXELS  # pixels in all scans together
_PADDING = 1_000  # bytes between segments
_ORIENTATION = 0x0112  # Exif 2.3, 4.6.4
_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "CMYK"}  # that WeasyPrint draws


def check_picture(data: bytes, suffix: str, named: str, location: Location) -> Iterator[Diagnostic]:
    """What is wrong with a picture; `suffix` says what it claims to be."""
    if suffix == ".svg":
        yield from _check_svg(data, named, location)
        return
    from PIL import Image, UnidentifiedImageError

    again = "Open it in a picture program and export it again."
    try:
        scans = _scans(data)
        if scans is None:
            yield error(
                "broken-picture", f"`{named}` consists of more parts than any picture needs.",
                location, again,
            )  # fmt: skip
            return
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Pillow warns of now, it warns of in drawing
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limit is lower
            with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as image:
                diagnostic = _too_large(image, scans, named, location)
                if diagnostic is None:
                    image.load()
                    diagnostic = _undrawable(image, named, location)
        if diagnostic:
            yield diagnostic
    except UnidentifiedImageError:
        yield error(
            "broken-picture",
            f"`{named}` is no PNG or JPEG, whatever its name says.",
            location,
            "Open it in a picture program and export it as PNG or JPEG.",
        )
    except Image.DecompressionBombError:
        yield error(
            "picture-too-large",
            f"`{named}` has more than {bounds.PIXELS // 10**6} million pixels.",
            location,
            "Scale it down; 2500 pixels fill the width of a page in print.",
        )
    # Broken files make Pillow raise whatever it stumbles over.
    except Exception as reason:
        yield error(
            "broken-picture",
            f"`{named}` is no PNG or JPEG that can be read ({_plain(reason)}).",
            location,
            again,
        )


def _plain(reason: Exception) -> str:
    return " ".join(str(reason).split())[:80] or type(reason).__name__


def _too_large(
    image: "Image.Image", scans: int, named: str, location: Location
) -> Diagnostic | None:
    """Whether there is more of a picture than can be decoded and drawn."""
    width, height = image.size
    needed, kind = _needs(image, scans)
    bearable = min(bounds.PIXELS, _MEMORY // needed)
    hint = "Scale it down; 2500 pixels fill the width of a page in print."
    if width * height > bearable:
        why = f"has {width} × {height} pixels, more than {bearable // 10**6} million{kind}"
    elif max(width, height) > bounds.SIDE:
        why = f"has {width} × {height} pixels, and more than {bounds.SIDE} on one side"
    elif scans > bounds.SCANS or scans * width * height > _SCANNED:
        why = f"is a progressive JPEG of {scans} layers, which takes too long to read"
        hint = "Export it as a JPEG that is not progressive."
    else:
        return None
    return error("picture-too-large", f"`{named}` {why}.", location, hint)


def _needs(image: "Image.Image", scans: int) -> tuple[int, str]:
    """Memory for each pixel, as measured with WeasyPrint 70 and Pillow 12, and what needs it."""
    needed = [(_BYTES, "")]
    if image.mode in ("LA", "RGBA") or "transparency" in image.info:
        needed.append((10, " with transparency"))  # which is split off
    if scans > 1:  # all coefficients are kept, two bytes each
        needed.append((4 + 2 * len(image.getbands()), " in a progressive JPEG"))
    if "exif" in image.info and image.getexif().get(_ORIENTATION, 1) != 1:
        needed.append((8, " that must be turned around"))  # in a copy
    return max(needed)


def _undrawable(image: "Image.Image", named: str, location: Location) -> Diagnostic | None:
    """What is wrong with a picture that has been read: no size, no colours, broken notes."""
    if "exif" in image.info:
        image.getexif()  # read again in drawing, where errors and warnings have no place
    if image.mode in _MODES and min(image.size) > 0:
        return None
    return error(
        "broken-picture",
        f"`{named}` has colours of a kind that cannot be printed ({image.mode}).",
        location,
        "Open it in a picture program and export it with 8 bits for each colour.",
    )


# --- Parts of files -----------------------------------------------------------------------------


def _scans(data: bytes) -> int | None:
    """How often all of a picture is gone through; nothing if its parts are too many."""
    if data.startswith(b"\x89PNG"):
        return 1 if _chunks(data) <= bounds.PICTURE_PARTS else None
    return _jpeg_scans(data) if data.startswith(b"\xff\xd8") else 0


def _chunks(data: bytes) -> int:
    """How many chunks a PNG has (ISO/IEC 15948, 5.3)."""
    position, count = 8, 0
    while position + 8 <= len(data) and count <= bounds.PICTURE_PARTS:
        position += 12 + int(struct.unpack_from(">I", data, position)[0])
        count += 1
    return count


def _jpeg_scans(data: bytes) -> int | None:
    """How many scans a JPEG has (ISO/IEC 10918-1, B.1 and B.2); nothing for too many segments.

    Bytes that look like a marker may stand inside segments, which are jumped over by their
    lengths; inside entropy-coded data a zero follows upon 0xFF.
    """
    position, scans, segments, padding = 2, 0, 0, 0
    while (marker := _MARKER.search(data, position)) is not None:
        padding += marker.start() - position
        segments += 1
        if segments > bounds.PICTURE_PARTS or padding > _PADDING:
            return None
        kind, position = data[marker.end() - 1], marker.end()
        if kind == 0xD9:  # end of image
            break
        if kind == 0x01 or 0xD0 <= kind <= 0xD8:  # they stand alone
            continue
        if position + 2 > len(data):
            break
        position += int(struct.unpack_from(">H", data, position)[0])
        if kind == 0xDA:  # start of scan
            scans += 1
            following = _AFTER_SCAN.search(data, position)
            position = following.start() if following else len(data)
    return scans


_MARKER = re.compile(rb"\xff[^\x00\xff]")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # restarts belong to the scan


def _check_svg(data: bytes, named: str, location: Location) -> Iterator[Diagnostic]:
    for why in svg.diagnostics(data):
        yield error(
            "svg", f"`{named}` cannot be used: {why}.", location,
            "Export it as “plain SVG” with all objects as paths, or as PNG.",
        )  # fmt: skip
