"""How an edition reproduces pictures: with no more pixels than it shows, in its colours, once.

A photograph becomes a JPEG in the quality of the edition, a drawing (a logo, a scanned signature)
loses nothing, and on the copier all is black or white. What was made is kept in the cache, under
the digest of the file and all that it was made for.
"""

import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops
from PIL import __version__ as pillow

from brochure import bounds
from brochure.files import read_own, write_whole
from brochure.layout import halftone
from brochure.layout.raster import (
    Orientation,
    Size,
    colour_transform,
    is_drawing,
    read_raster,
)

Colours = Literal["rgb", "grey", "black", "cmyk"]
_VERSION = f"2 {pillow}"  # of what is in the cache; another Pillow may make other bytes
_DIGEST = 32  # bytes of a SHA-256, which an entry of the cache begins with
_LARGE = 100_000  # pixels from which on a photograph that came as a PNG is worth a JPEG
_FINE = 88  # the quality from which on colours have as many pixels as brightness
_WEB_SIDE = 1600  # pixels: twice those of a wide column, for screens with fine pixels
_WEB_QUALITY = 80


@dataclass(frozen=True)
class PdfImage:
    """Pixels as a PDF holds them (ISO 32000-1, 8.9.5).

    `space` is the device colour space, without “Device”; `encoding` the filter of `data`. `mask`
    says where it is opaque: of as many pixels, each with `mask_bits`, deflated.
    """

    size: Size
    space: str
    bits: int
    encoding: str
    data: bytes
    mask: bytes = b""
    mask_bits: int = 8

    @property
    def is_inverted(self) -> bool:
        """Whether 255 is no ink, as in every JPEG in CMYK that Pillow writes."""
        return self.space == "CMYK" and self.encoding == "DCTDecode"


@dataclass(frozen=True)
class Reproduction:
    """How the pictures of an edition are made: its colours, the most pixels per inch, the quality
    of a JPEG (0 to 95), and the ICC profile of the press. `cache` is a folder for what was made.
    """

    colours: Colours = "rgb"
    resolution: int = 300
    quality: int = 85
    profile: bytes | None = None
    cache: Path | None = None

    def size(self, whole: Size, inches: tuple[float, float]) -> Size:
        """The pixels of a picture that is so large on the page; `whole` are those it has."""
        on_grid = self.colours == "black"
        resolution = float(halftone.GRID if on_grid else self.resolution)
        area = max(inches[0] * inches[1], 1e-9)
        resolution = min(resolution, (bounds.PIXELS / area) ** 0.5)
        wanted = [max(1, min(bounds.SIDE, round(side * resolution))) for side in inches]
        if on_grid:  # the dots of the screen are those of the printer
            return wanted[0], wanted[1]
        ratio = max(wanted[0] / whole[0], wanted[1] / whole[1])
        return _scaled(whole, ratio) if ratio < 1 else whole

    def for_pdf(self, data: bytes, size: Size, orientation: Orientation) -> PdfImage:
        """A picture for a PDF, with so many pixels."""
        parts = ("pdf", *size, orientation, self.colours, self.quality, _digest(self.profile))
        kept = self._kept(data, parts)
        if kept is not None:
            return kept
        made = self._made(data, size, orientation)
        self._keep(data, parts, made)
        return made

    def for_web(self, data: bytes) -> tuple[str, bytes]:
        """A picture for a page of the web: its media type, and the file."""
        parts = ("web", _WEB_SIDE, _WEB_QUALITY)
        kept = self._kept(data, parts)
        if kept is not None:
            return kept.encoding, kept.data
        pixels = read_raster(data, lambda whole: _scaled(whole, min(1.0, _WEB_SIDE / max(whole))))
        output = io.BytesIO()
        if _is_photograph(data, pixels) and "A" not in pixels.mode:
            pixels.save(output, "JPEG", quality=_WEB_QUALITY, optimize=True, progressive=True)
            mime = "image/jpeg"
        else:
            pixels.save(output, "PNG", optimize=True)
            mime = "image/png"
        self._keep(data, parts, PdfImage(pixels.size, "", 8, mime, output.getvalue()))
        return mime, output.getvalue()

    def _made(self, data: bytes, size: Size, orientation: Orientation) -> PdfImage:
        press = self.profile if self.colours == "cmyk" else None
        pixels = read_raster(data, lambda _: size, orientation, press)
        alpha = pixels.getchannel("A") if "A" in pixels.mode else None
        drawing = is_drawing(pixels)
        photograph = _is_photograph(data, pixels)
        if self.colours == "black":
            return _black(pixels, alpha, drawing=drawing)
        opaque = pixels.convert(pixels.mode.removesuffix("A")) if alpha else pixels
        if self.colours == "grey":
            opaque = opaque.convert("L")
        elif self.colours == "cmyk":
            opaque = _separated(opaque, self.profile or b"", drawing=drawing)
        mask = zlib.compress(alpha.tobytes(), 9) if alpha else b""
        space = {"L": "Gray", "RGB": "RGB", "CMYK": "CMYK"}[opaque.mode]
        if not photograph:
            packed = zlib.compress(opaque.tobytes(), 9)
            return PdfImage(opaque.size, space, 8, "FlateDecode", packed, mask)
        output = io.BytesIO()
        sampling = 0 if self.quality >= _FINE else 2  # 4:4:4 or 4:2:0
        opaque.save(output, "JPEG", quality=self.quality, subsampling=sampling, optimize=True)
        return PdfImage(opaque.size, space, 8, "DCTDecode", output.getvalue(), mask)

    def _kept(self, data: bytes, parts: tuple[object, ...]) -> PdfImage | None:
        """What the cache has; None where it has nothing that is whole."""
        if self.cache is None:
            return None
        try:
            content = read_own(_entry(self.cache, data, parts), bounds.CACHE_FILE)
            digest, content = content[:_DIGEST], content[_DIGEST:]
            if digest != hashlib.sha256(content).digest():  # a disk was full, or a file was edited
                return None
            head, _, body = content.partition(b"\n")
            size, space, bits, encoding, mask_bits, masked = json.loads(head)
            kept, mask = body[: len(body) - masked], body[len(body) - masked :]
            return PdfImage(tuple(size), space, bits, encoding, kept, mask, mask_bits)
        except (OSError, ValueError, TypeError):
            return None

    def _keep(self, data: bytes, parts: tuple[object, ...], made: PdfImage) -> None:
        if self.cache is None:
            return
        head = json.dumps(
            [made.size, made.space, made.bits, made.encoding, made.mask_bits, len(made.mask)]
        )
        content = head.encode() + b"\n" + made.data + made.mask
        try:
            entry = _entry(self.cache, data, parts)
            write_whole(entry, hashlib.sha256(content).digest() + content)
            _prune(entry.parent)
        except OSError:
            return  # the next one is made again


def _scaled(whole: Size, ratio: float) -> Size:
    return max(1, round(whole[0] * ratio)), max(1, round(whole[1] * ratio))


def _is_photograph(data: bytes, pixels: Image.Image) -> bool:
    """Whether a picture is to be a JPEG: it was one, or is a large photograph."""
    if data.startswith(b"\xff\xd8"):
        return True
    return pixels.width * pixels.height >= _LARGE and not is_drawing(pixels)


def _black(pixels: Image.Image, alpha: Image.Image | None, *, drawing: bool) -> PdfImage:
    """Black dots and lines; what is transparent stays so, rather than a box of paper."""
    grey = pixels.convert("L")
    mask = b""
    if alpha is not None:
        white = Image.new("L", grey.size, 255)
        grey = Image.composite(grey, white, alpha)
        opaque = alpha.point(lambda level: 255 if level >= 128 else 0)
        mask = zlib.compress(opaque.convert("1", dither=Image.Dither.NONE).tobytes(), 9)
    black = halftone.in_black(grey, drawing=drawing)
    packed = zlib.compress(black.tobytes(), 6)  # dots take long, and gain a hundredth beyond
    return PdfImage(black.size, "Gray", 1, "FlateDecode", packed, mask, 1)


def _separated(pixels: Image.Image, profile: bytes, *, drawing: bool) -> Image.Image:
    """A picture in the inks of the press. Greys of a drawing are those of black alone, as those of
    type are; in a photograph, they are of all four.
    """
    if pixels.mode != "RGB":
        return pixels
    separated = _press_transform(profile).apply(pixels)
    if not drawing:
        return separated
    red, green, blue = pixels.split()
    coloured = ImageChops.lighter(
        ImageChops.difference(red, green), ImageChops.difference(green, blue)
    ).point(lambda level: 255 if level > 2 else 0)
    none = Image.new("L", pixels.size)
    black = Image.merge("CMYK", (none, none, none, ImageChops.invert(green)))
    return Image.composite(separated, black, coloured)


class _PressTransform:
    """From sRGB to the inks of a press."""

    def __init__(self, profile: bytes) -> None:
        transform = colour_transform(None, profile, "RGB", "CMYK")
        assert transform is not None  # it is only where both are the same
        self._transform = transform

    def apply(self, pixels: Image.Image) -> Image.Image:
        result = self._transform.apply(pixels)
        assert isinstance(result, Image.Image)
        return result


@cache
def _press_transform(profile: bytes) -> _PressTransform:
    return _PressTransform(profile)


# --- The cache ----------------------------------------------------------------------------------


def _digest(data: bytes | None) -> str:
    return hashlib.sha256(data or b"").hexdigest()


def _entry(folder: Path, data: bytes, parts: tuple[object, ...]) -> Path:
    made_of = json.dumps([_VERSION, _digest(data), *map(str, parts)])
    return folder / "pictures" / hashlib.sha256(made_of.encode()).hexdigest()[:40]


def _prune(folder: Path) -> None:
    """Delete what was made longest ago, where there is more than the cache may hold."""
    entries = list(_aged(folder))
    total = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if total <= bounds.PICTURE_CACHE:
            break
        path.unlink(missing_ok=True)
        total -= size


def _aged(folder: Path) -> Iterator[tuple[int, int, Path]]:
    """Each file of a folder with its time and size."""
    for path in folder.iterdir():
        try:
            facts = path.stat()
        except FileNotFoundError:  # another process deleted it
            continue
        yield facts.st_mtime_ns, facts.st_size, path
