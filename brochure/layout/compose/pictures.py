"""Pictures from strangers: complete, not too large, and without references to other files.

To check a picture must take less than to draw it, and to draw one that has passed must not take too
much: so files are examined, as far as possible, before anything in them is decoded.
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
from brochure.messages import Message, say

if TYPE_CHECKING:
    from PIL import Image

# Bytes of memory for each pixel while a picture is decoded, converted, and written into the PDF: a
# plain one takes 5.5. A picture of another kind may have as many pixels as fit into the memory
# that the largest plain one takes.
_BYTES = 7
_MEMORY = bounds.PIXELS * _BYTES
_SCANNED = 25 * bounds.PIXELS  # pixels in all scans together
_PADDING = 1_000  # bytes between segments
_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "I;16"}  # that `raster` understands
_MARKER = re.compile(rb"\xff[^\x00\xff]")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # restart markers belong to the scan
_SCALE_DOWN = say("Scale it down; 2500 pixels are enough for the width of a printed page.")
_EXPORT_AGAIN = say("Open it in an image editor and export it again.")


def check_picture(data: bytes, suffix: str, file: str, location: Location) -> Iterator[Diagnostic]:
    """What is wrong with a picture, if anything.

    `suffix` is that of its name, ``.svg`` or another; `file` is how users see its path.
    """
    if suffix == ".svg":
        yield from _check_svg(data, file, location)
        return
    from PIL import Image, UnidentifiedImageError  # slow to import, and many leaflets have none

    try:
        scans = _count_scans(data)
        if scans is None:
            yield error(
                "broken-picture",
                say("`{picture}` consists of more parts than any picture needs.", picture=file),
                location,
                _EXPORT_AGAIN,
            )
            return
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow would repeat its warnings in drawing
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limit is lower
            with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as image:
                diagnostic = _too_large(image, scans, file, location)
                if diagnostic is None:
                    image.load()
                    diagnostic = _undrawable(image, file, location)
        if diagnostic:
            yield diagnostic
    except UnidentifiedImageError:
        yield error(
            "broken-picture",
            say("`{picture}` is not a PNG or JPEG, despite its name.", picture=file),
            location,
            say("Open it in an image editor and export it as PNG or JPEG."),
        )
    except Image.DecompressionBombError:
        yield error(
            "picture-too-large",
            say(
                "`{picture}` has more than {limit} million pixels.",
                picture=file,
                limit=bounds.PIXELS // 10**6,
            ),
            location,
            _SCALE_DOWN,
        )
    # Broken files make Pillow raise all kinds of exceptions.
    except Exception as reason:
        detail = " ".join(str(reason).split())[:80] or type(reason).__name__
        yield error(
            "broken-picture",
            say("`{picture}` cannot be read ({detail}).", picture=file, detail=detail),
            location,
            _EXPORT_AGAIN,
        )


def _too_large(
    image: "Image.Image", scans: int, file: str, location: Location
) -> Diagnostic | None:
    """A diagnostic if a picture is too large to be decoded and drawn."""
    width, height = image.size
    needed, kind = _memory_per_pixel(image, scans)
    most = min(bounds.PIXELS, _MEMORY // needed)
    hint = _SCALE_DOWN
    if width * height > most:
        message = say(
            "`{picture}` has {width} × {height} pixels; {kind} can have at most {limit} million.",
            picture=file,
            width=width,
            height=height,
            kind=kind,
            limit=most // 10**6,
        )
    elif max(width, height) > bounds.SIDE:
        message = say(
            "`{picture}` has {width} × {height} pixels; at most {limit} are allowed on one side.",
            picture=file,
            width=width,
            height=height,
            limit=bounds.SIDE,
        )
    elif scans > bounds.SCANS or scans * width * height > _SCANNED:
        message = say(
            "`{picture}` is a progressive JPEG of {count} layers, which takes too long to read.",
            picture=file,
            count=scans,
        )
        hint = say("Export it as a JPEG that is not progressive.")
    else:
        return None
    return error("picture-too-large", message, location, hint)


def _memory_per_pixel(image: "Image.Image", scans: int) -> tuple[int, Message]:
    """Bytes for each pixel, as measured with WeasyPrint 70 and Pillow 12, and for what kind of
    picture, as the subject of a sentence.
    """
    needed = [(_BYTES, say("a picture"))]
    if image.mode in ("LA", "RGBA") or "transparency" in image.info:
        needed.append((10, say("a picture with transparency")))  # which is split off
    if scans > 1:  # all coefficients are kept, two bytes each
        needed.append((4 + 2 * len(image.getbands()), say("a progressive JPEG")))
    return max(needed, key=lambda pair: pair[0])


def _undrawable(image: "Image.Image", file: str, location: Location) -> Diagnostic | None:
    """A diagnostic if a picture, which has been decoded, has no size or colours of another kind.

    Broken metadata is an exception of Pillow's.
    """
    if "exif" in image.info:
        image.getexif()  # read again in drawing, where errors would be lost
    if image.mode in _MODES and min(image.size) > 0:
        return None
    return error(
        "broken-picture",
        say(
            "`{picture}` has colours of a kind that cannot be printed ({mode}).",
            picture=file,
            mode=image.mode,
        ),
        location,
        say("Open it in an image editor and export it with 8 bits per colour channel."),
    )


def _count_scans(data: bytes) -> int | None:
    """How many times a decoder goes through the whole picture; None if it has too many parts."""
    if data.startswith(b"\x89PNG"):
        return 1 if _count_chunks(data) <= bounds.PICTURE_PARTS else None
    return _count_jpeg_scans(data) if data.startswith(b"\xff\xd8") else 0


def _count_chunks(data: bytes) -> int:
    """How many chunks a PNG has (ISO/IEC 15948, 5.3)."""
    position, count = 8, 0
    while position + 8 <= len(data) and count <= bounds.PICTURE_PARTS:
        position += 12 + int(struct.unpack_from(">I", data, position)[0])
        count += 1
    return count


def _count_jpeg_scans(data: bytes) -> int | None:
    """How many scans a JPEG has (ISO/IEC 10918-1, B.1 and B.2); None if it has too many segments.

    Segments may contain bytes that look like a marker, so they are skipped by their lengths; in
    entropy-coded data, 0xFF is followed by a zero.
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
        if kind == 0x01 or 0xD0 <= kind <= 0xD8:  # without a segment
            continue
        if position + 2 > len(data):
            break
        position += int(struct.unpack_from(">H", data, position)[0])
        if kind == 0xDA:  # start of scan
            scans += 1
            following = _AFTER_SCAN.search(data, position)
            position = following.start() if following else len(data)
    return scans


def _check_svg(data: bytes, file: str, location: Location) -> Iterator[Diagnostic]:
    for reason in svg.find_reasons(data):
        yield error(
            "svg",
            say("`{picture}` cannot be used: {reason}.", picture=file, reason=reason),
            location,
            say("Export it as “plain SVG” with all objects as paths, or as PNG."),
        )
