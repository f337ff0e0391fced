"""Colours of a finished PDF, brought into the colour space of its edition.

Done on the finished file, so that it holds for whatever drew the colour: a style sheet, an SVG, a
picture. Tags and text stay as they are. A grey of the screen (red, green and blue alike) becomes a
grey of one ink, so black text is pure K; all else goes through the ICC profile of the press, with
relative colorimetric intent and black point compensation (ISO 15930-7 leaves the choice).
"""

import io
import zlib
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any

from brochure.manuscript.model.fields import Rgb, hexadecimal, luminance

Inks = tuple[float, ...]
_READABLE = 0.18  # luminance: darker is read better on white than on black (WCAG 2.1: 4.6 to 1)
_VISIBLE = 10.0  # ΔE*ab (CIE 1976): at arm's length, another colour
_PURE = 0.04  # so near to white is meant to be it
_SET = {"rg": "rgb", "RG": "rgb", "g": "grey", "G": "grey"}
_SPACED = {"sc", "SC", "scn", "SCN"}
_NAMES = {"grey": "DeviceGray", "black": "DeviceGray", "cmyk": "DeviceCMYK"}


class Converter:
    """From the colours of the screen to those of an edition; `profile`: the press's, for CMYK.

    `changed` are the colours that became others: what was meant, and what is printed instead.
    """

    def __init__(self, space: str, profile: bytes | None) -> None:
        self.space = space
        self._profile = profile
        self._known: dict[Rgb, Inks] = {}
        self.changed: dict[str, str] = {}

    def inks(self, colour: Rgb) -> Inks:
        """A colour as grey (1 is white) or as CMYK (1 is full ink)."""
        if colour not in self._known:
            self._known[colour] = self._convert(colour)
        return self._known[colour]

    def _convert(self, colour: Rgb) -> Inks:
        if self.space == "cmyk":
            if max(colour) - min(colour) < 0.004:
                return 0.0, 0.0, 0.0, 1 - colour[1]
            return self._separated(colour)
        grey = luminance(colour)
        if self.space == "grey":
            return (grey**0.4545,)  # as light to the eye; sRGB's own curve, near enough
        white = grey > _READABLE
        if white and min(colour) < 1 - _PURE:  # what becomes black is seen
            self.changed[hexadecimal(colour)] = "white"
        return (float(white),)

    def _separated(self, colour: Rgb) -> Inks:
        from PIL import Image, ImageCms

        there, back = self._transforms
        pixel = Image.new("RGB", (1, 1), tuple(round(c * 255) for c in colour))
        inks = ImageCms.applyTransform(pixel, there)
        assert inks is not None
        seen = ImageCms.applyTransform(inks, back)
        assert seen is not None
        if _distance(pixel, seen) > _VISIBLE:
            printed: Any = seen.getpixel((0, 0))
            red, green, blue = (channel / 255 for channel in printed)
            self.changed[hexadecimal(colour)] = hexadecimal((red, green, blue))
        values: Any = inks.getpixel((0, 0))
        return tuple(round(value / 255, 3) for value in values)

    @cached_property
    def _transforms(self) -> tuple[Any, Any]:
        from PIL import ImageCms

        screen = ImageCms.createProfile("sRGB")
        press = ImageCms.getOpenProfile(io.BytesIO(self._profile or b""))
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
        return (
            ImageCms.buildTransform(screen, press, "RGB", "CMYK", intent, flags),
            ImageCms.buildTransform(press, screen, "CMYK", "RGB", intent, flags),
        )

    def picture(self, image: Any) -> tuple[Any, str, int]:
        """A picture in the colours of the edition, its PDF colour space, and bits a channel."""
        from PIL import Image, ImageCms

        match self.space, image.mode:
            case "cmyk", "CMYK":
                return image, "DeviceCMYK", 8
            case "cmyk" | "grey", "L" | "1":
                return image.convert("L"), "DeviceGray", 8
            case "cmyk", _:
                return (
                    ImageCms.applyTransform(image.convert("RGB"), self._transforms[0]),
                    "DeviceCMYK",
                    8,
                )
            case "grey", _:
                return image.convert("L"), "DeviceGray", 8
        grey = image.convert("L")
        levels = grey.histogram()
        drawn = sum(levels[:48]) + sum(levels[208:]) > 0.9 * sum(levels)
        # A drawing keeps its edges; a photograph becomes dots (Floyd and Steinberg, 1976).
        dither = Image.Dither.NONE if drawn else Image.Dither.FLOYDSTEINBERG
        return grey.convert("1", dither=dither), "DeviceGray", 1


def convert(pdf: Any, converter: Converter) -> list[str]:
    """Bring all colours of an open pikepdf.Pdf into the converter's space.

    Returns what could not be: names of colour spaces that are left as they were.
    """
    import pikepdf

    left: dict[str, None] = {}
    for page in pdf.pages:
        page.contents_coalesce()
        content = _converted(pikepdf.parse_content_stream(page), converter, left)
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(content))
    for thing in list(pdf.objects):
        if isinstance(thing, pikepdf.Stream):
            kind = thing.get("/Subtype")
            if kind == "/Form" or thing.get("/PatternType") == 1:
                content = _converted(pikepdf.parse_content_stream(thing), converter, left)
                thing.write(pikepdf.unparse_content_stream(content))
                _groups(thing, converter)
            elif kind == "/Image" and not _is_mask(thing):
                _picture(thing, converter)
    for resources in _resources(pdf):
        for shading in resources.get("/Shading", pikepdf.Dictionary()).values():
            if str(shading.ColorSpace) != "/DeviceGray":
                left["a gradient"] = None
        if converter.space == "black":
            for state in resources.get("/ExtGState", pikepdf.Dictionary()).values():
                _opaque(state)
    return list(left)


def _resources(pdf: Any) -> Iterator[Any]:
    """Every resource dictionary: of pages, of forms, and those that stand by themselves."""
    import pikepdf

    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
            if "/Resources" in thing:
                yield thing.Resources
            if isinstance(thing, pikepdf.Dictionary) and "/ExtGState" in thing:
                yield thing


def _converted(
    instructions: Any, converter: Converter, left: dict[str, None]
) -> list[tuple[Any, Any]]:
    """Instructions of a content stream, with colours set in the converter's space."""
    import pikepdf

    result = []
    space = {False: "DeviceGray", True: "DeviceGray"}  # filling, stroking
    for operands, operator in instructions:
        name = str(operator)
        if name in _SET:
            values = [float(value) for value in operands]
            red, green, blue = values if len(values) == 3 else values * 3
            inks = converter.inks((red, green, blue))
            short = "k" if len(inks) == 4 else "g"
            operator = pikepdf.Operator(short.upper() if name.isupper() else short)
            operands = [Decimal(f"{ink:.3f}") for ink in inks]
        elif name in ("cs", "CS"):
            space[name.isupper()] = str(operands[0]).lstrip("/")
        elif name in _SPACED:
            named = space[name.isupper()]
            fitting = (_NAMES[converter.space], "Pattern", "DeviceGray")
            if named not in fitting and "All" not in named:
                left[f"colours of the space {named}"] = None
        result.append((operands, operator))
    return result


def _groups(thing: Any, converter: Converter) -> None:
    """The colour space in which a transparent group is blended (ISO 15930-7, 6.21)."""
    import pikepdf

    if "/Group" in thing and "/CS" in thing.Group:
        thing.Group.CS = pikepdf.Name("/" + _NAMES[converter.space])


def _opaque(state: Any) -> None:
    """No half-tones by the way of transparency."""
    for key in ("/ca", "/CA"):
        if key in state and float(state[key]) > 0:
            state[key] = 1


def _is_mask(image: Any) -> bool:
    """Whether a picture only says where another is transparent."""
    return bool(image.get("/ImageMask", False)) or str(image.get("/ColorSpace")) == "/DeviceGray"


def _picture(stream: Any, converter: Converter) -> None:
    import pikepdf
    from PIL import Image

    image = pikepdf.PdfImage(stream).as_pil_image()
    if "/SMask" in stream and converter.space == "black":
        mask = pikepdf.PdfImage(stream.SMask).as_pil_image().convert("L").resize(image.size)
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image.convert("RGB"), mask=mask)
        image = paper
        del stream["/SMask"]
    converted, space, bits = converter.picture(image)
    stream.write(zlib.compress(converted.tobytes(), 9), filter=pikepdf.Name.FlateDecode)
    stream.ColorSpace = pikepdf.Name("/" + space)
    stream.BitsPerComponent = bits
    for key in ("/DecodeParms", "/Decode", "/Intent", "/Interpolate"):
        if key in stream:
            del stream[key]


def _distance(one: Any, other: Any) -> float:
    """ΔE*ab of two pictures of one pixel (CIE 1976)."""
    lab = [_lab(image.getpixel((0, 0))) for image in (one, other)]
    return float(sum((a - b) ** 2 for a, b in zip(*lab, strict=True)) ** 0.5)


def _lab(pixel: tuple[int, int, int]) -> tuple[float, float, float]:
    """SRGB of 8 bits as CIE L*a*b*, white point D65 (IEC 61966-2-1, CIE 15)."""
    r, g, b = (v / 255 for v in pixel)
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (r, g, b))
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
