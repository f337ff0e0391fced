"""A picture of any kind → pixels as everything after it understands them: upright, 8 bits, sRGB.

Whatever else a file holds (where a photograph was taken, when, with what) stays behind. Pure; that
a file can be read at all, `compose.pictures` has checked.
"""

import io
from collections.abc import Callable
from functools import cache
from typing import Literal

from PIL import Image, ImageChops, ImageCms, ImageOps

from brochure.project import builtin_styles

#: CSS's ``image-orientation``: as the file says, as it is, or turned by degrees and mirrored.
Orientation = Literal["from-image", "none"] | tuple[int, bool]
Size = tuple[int, int]  # pixels
_EXIF_ORIENTATION = 0x0112  # Exif 2.3, 4.6.4
_LYING = 5  # from this value on, width and height change places
_GAP = 2  # a JPEG is decoded at so many times the size that is wanted, then scaled down exactly
_SAMPLED = 160  # pixels of a side that are looked at to tell a drawing from a photograph
_SHADES = 8  # so many colours make up nearly all of a drawing: this share
_MOST = 0.88
_FLAT = 0.7  # the share of its pixels that are like their neighbours
_NOISE = 8  # levels
# Assumed of CMYK pictures that do not say: what offices in Europe are made with (FOGRA39).
_ASSUMED_PRESS = "profiles/FOGRA39L_coated.icc"


def upright_size(image: Image.Image, orientation: Orientation = "from-image") -> Size:
    """The size of an opened picture as it is shown; only its header is read."""
    width, height = image.size
    turned = (
        orientation[0] % 180 == 90
        if isinstance(orientation, tuple)
        else orientation == "from-image" and _exif_orientation(image) >= _LYING
    )
    return (height, width) if turned else (width, height)


def _exif_orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_EXIF_ORIENTATION, 1))
    except Exception:  # broken metadata makes Pillow raise all kinds of exceptions
        return 1


def read_raster(
    data: bytes,
    size: Callable[[Size], Size] | None = None,
    orientation: Orientation = "from-image",
    press: bytes | None = None,
) -> Image.Image:
    """The pixels of a PNG or JPEG: upright, of mode L, LA, RGB or RGBA, in sRGB.

    `size` gives, for the size of the picture, that which is wanted. Where an ICC profile of a
    `press` is given, a picture in CMYK stays so, in the colours of that press.
    """
    with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as image:
        profile = image.info.get("icc_profile")
        whole = upright_size(image, orientation)
        wanted = size(whole) if size else whole
        lying = whole != image.size
        if image.format != "PNG":
            width, height = reversed(wanted) if lying else wanted
            image.draft(None, (width * _GAP, height * _GAP))
        inverted = image.mode == "CMYK" and "adobe" not in image.info
        pixels = _with_8_bits(image)
        exif = _exif_orientation(image)
    if inverted:  # Pillow takes every CMYK picture for one of Adobe's, in which 255 is no ink
        pixels = ImageChops.invert(pixels)
    # Scaled first: what follows has less to do.
    target = (wanted[1], wanted[0]) if lying else wanted
    if pixels.size != target:
        pixels = pixels.resize(target, Image.Resampling.LANCZOS, reducing_gap=_GAP + 1)
    pixels = _upright(pixels, exif, orientation)
    pixels = _without_idle_colours(_in_srgb(_without_idle_alpha(pixels), profile, press))
    pixels.info.clear()  # Pillow would write comments and profiles again
    return pixels


def _with_8_bits(image: Image.Image) -> Image.Image:
    """The pixels of an opened picture in one of the modes L, LA, RGB, RGBA and CMYK."""
    transparency = image.info.get("transparency")
    image.load()
    mode = image.mode
    if mode.startswith(("I", "F")):  # 16 bits of grey
        image = image.convert("I").point(lambda level: level * (1 / 256) + 0).convert("L")
        transparency = transparency >> 8 if isinstance(transparency, int) else None
    elif mode == "1":
        image = image.convert("L")
        if isinstance(transparency, int):
            transparency = 255 if transparency else 0
    elif mode in ("P", "PA"):
        transparent = mode == "PA" or transparency is not None
        return image.convert("RGBA" if transparent else "RGB")
    if isinstance(transparency, tuple) and max(transparency) > 255:  # of a PNG with 16 bits
        transparency = tuple(level >> 8 for level in transparency)
    if transparency is not None and image.mode in ("L", "RGB"):
        image.info["transparency"] = transparency
        return image.convert("RGBA" if image.mode == "RGB" else "LA")
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return image
    return image.convert("RGB")


def _upright(pixels: Image.Image, exif: int, orientation: Orientation) -> Image.Image:
    if isinstance(orientation, tuple):
        angle, mirrored = orientation
        if angle:
            pixels = pixels.transpose(getattr(Image.Transpose, f"ROTATE_{angle}"))
        return ImageOps.mirror(pixels) if mirrored else pixels
    if orientation == "none" or not 1 < exif <= 8:
        return pixels
    turn = Image.Transpose
    return pixels.transpose(
        {
            2: turn.FLIP_LEFT_RIGHT, 3: turn.ROTATE_180, 4: turn.FLIP_TOP_BOTTOM,
            5: turn.TRANSPOSE, 6: turn.ROTATE_270, 7: turn.TRANSVERSE, 8: turn.ROTATE_90,
        }[exif]
    )  # fmt: skip


def _without_idle_alpha(pixels: Image.Image) -> Image.Image:
    """Without a channel of transparency in which nothing is transparent."""
    if pixels.mode in ("LA", "RGBA") and pixels.getchannel("A").getextrema() == (255, 255):
        return pixels.convert(pixels.mode[:-1])
    return pixels


def _without_idle_colours(pixels: Image.Image) -> Image.Image:
    """With one channel, where all of it is grey: in print, that is one ink instead of four."""
    if pixels.mode not in ("RGB", "RGBA"):
        return pixels
    red, green, blue = pixels.split()[:3]
    for other in (green, blue):
        if ImageChops.difference(red, other).getextrema() != (0, 0):
            return pixels
    return pixels.convert("LA" if pixels.mode == "RGBA" else "L")


# --- Colour -------------------------------------------------------------------------------------


def _in_srgb(pixels: Image.Image, profile: bytes | None, press: bytes | None) -> Image.Image:
    """Pixels in sRGB; in CMYK in that of the press, if there is one."""
    mode = pixels.mode.removesuffix("A")
    if mode == "CMYK" and press is not None:
        known = profile is not None and profile != press
        return _through(pixels, profile, press, "CMYK") or pixels if known else pixels
    if mode == "CMYK":
        assumed = _assumed_press()
        converted = _through(pixels, profile, None, "RGB") if profile else None
        return converted or _through(pixels, assumed, None, "RGB") or pixels.convert("RGB")
    if profile is None:
        return pixels
    converted = _through(pixels.convert(mode), profile, None, "RGB")
    if converted is None:
        return pixels
    if mode == "L":
        converted = converted.convert("L")
    if pixels.mode != mode:
        converted.putalpha(pixels.getchannel("A"))
    return converted


def _through(
    pixels: Image.Image, source: bytes | None, target: bytes | None, mode: str
) -> Image.Image | None:
    """Pixels in the colours of another profile, sRGB where there is none; None where the profile
    of the picture is broken, or of another colour space than the picture.
    """
    try:
        transform = colour_transform(source, target, pixels.mode, mode)
        return ImageCms.applyTransform(pixels, transform) if transform else pixels
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@cache
def _assumed_press() -> bytes:
    return (builtin_styles() / _ASSUMED_PRESS).read_bytes()


def colour_transform(
    source: bytes | None, target: bytes | None, source_mode: str, target_mode: str
) -> ImageCms.ImageCmsTransform | None:
    """A transform between two ICC profiles, None standing for sRGB; None where both are the same.

    With relative colorimetric intent and black point compensation (ISO 15930-7 leaves the choice).
    Raises PyCMSError, OSError or ValueError for a profile that is broken.
    """
    opened = [
        ImageCms.ImageCmsProfile(io.BytesIO(data)) if data else ImageCms.createProfile("sRGB")
        for data in (source, target)
    ]
    if source is not None:
        described = ImageCms.ImageCmsProfile(io.BytesIO(source)).profile.profile_description or ""
        if "sRGB" in described and target is None and source_mode == target_mode:
            return None
    return ImageCms.buildTransform(
        opened[0],
        opened[1],
        source_mode,
        target_mode,
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


# --- Drawings -----------------------------------------------------------------------------------


def is_drawing(pixels: Image.Image) -> bool:
    """Whether a picture is a logo or a line drawing: black and white, or a few flat colours, which
    make up nearly all of it. Noise, and what JPEG makes of an edge, do not count.
    """
    sample = pixels.resize(
        (min(_SAMPLED, pixels.width), min(_SAMPLED, pixels.height)), Image.Resampling.NEAREST
    )
    if "A" in sample.mode:
        paper = Image.new("RGBA", sample.size, "white")
        sample = Image.alpha_composite(paper, sample.convert("RGBA"))
    sample = sample.convert("RGB")
    levels = sample.convert("L").histogram()
    if sum(levels[:48]) + sum(levels[208:]) > 0.9 * sum(levels):
        return True
    shades = sample.point(lambda level: (level + _NOISE // 2) // _NOISE)
    counts = sorted(count for count, _ in shades.getcolors(_SAMPLED**2) or ())
    moved = ImageChops.offset(sample, 1, 0)
    alike = ImageChops.difference(sample, moved).convert("L").histogram()
    return sum(counts[-_SHADES:]) >= _MOST * sum(counts) and sum(alike[:_NOISE]) >= _FLAT * sum(
        alike
    )
