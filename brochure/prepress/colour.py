"""Colours of a finished PDF, converted to the colour space of its edition.

Done on the finished file, so that it holds for whatever set the colour: a style sheet, an SVG, a
glyph made of pixels. Pictures are in these colours already (`layout.reproduction`). Tags and text
stay as they are. A grey of the screen (red, green and blue alike) becomes a
grey of one ink, so black text is pure K; all else goes through the ICC profile of the press, with
relative colorimetric intent and black point compensation (ISO 15930-7 leaves the choice).
"""

import zlib
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from functools import cached_property

import pikepdf
from PIL import Image, ImageCms

from brochure.layout import halftone
from brochure.layout.raster import colour_transform
from brochure.manuscript.model.fields import Rgb, hexadecimal, luminance
from brochure.messages import Message, say

Components = tuple[float, ...]  # of a colour: one for grey (1 is white), four for CMYK (1 is full)
WHITE = "white"
_Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage
# Not instructions again, of which pikepdf writes the numbers in another way.
_Converted = tuple[Collection[pikepdf.Object | pikepdf.PdfInlineImage], pikepdf.Operator]
_READABLE = 0.18  # luminance: darker is read better on white than on black (WCAG 2.1: 4.6 to 1)
_VISIBLE = 10.0  # ΔE*ab (CIE 1976): at arm's length, another colour
_NEARLY = 0.04  # so close to white, white is meant
_DEVICE_OPERATORS = {"rg", "RG", "g", "G"}  # set a colour and its space
_OTHER_OPERATORS = {"sc", "SC", "scn", "SCN"}  # set a colour in the current space
_SPACES = {"grey": "DeviceGray", "black": "DeviceGray", "cmyk": "DeviceCMYK"}


class ColourConverter:
    """Converts colours of the screen to those of an edition.

    `space` is `colours` of the edition, `profile` the ICC profile of the press, for CMYK.
    `replaced` are the colours that cannot be printed: what was meant, as hexadecimal, and what is
    printed instead, as hexadecimal or WHITE.
    """

    def __init__(self, space: str, profile: bytes | None) -> None:
        self.space = space
        self._profile = profile
        self._known: dict[Rgb, Components] = {}
        self.replaced: dict[str, str] = {}

    def components(self, colour: Rgb) -> Components:
        """A colour in the colour space of the edition."""
        if colour not in self._known:
            self._known[colour] = self._convert(colour)
        return self._known[colour]

    def _convert(self, colour: Rgb) -> Components:
        if self.space == "cmyk":
            if max(colour) - min(colour) < 0.004:
                return 0.0, 0.0, 0.0, 1 - colour[1]
            return self._separated(colour)
        grey = luminance(colour)
        if self.space == "grey":
            return (grey**0.4545,)  # as light to the eye; close enough to the curve of sRGB
        white = grey > _READABLE
        if white and min(colour) < 1 - _NEARLY:  # what becomes black can still be seen
            self.replaced[hexadecimal(colour)] = WHITE
        return (float(white),)

    def _separated(self, colour: Rgb) -> Components:
        to_press, to_screen = self._transforms
        pixel = Image.new("RGB", (1, 1), tuple(round(c * 255) for c in colour))
        separated = _transformed(pixel, to_press)
        printed = _transformed(separated, to_screen)
        if _distance(pixel, printed) > _VISIBLE:
            red, green, blue = (channel / 255 for channel in _pixel(printed))
            self.replaced[hexadecimal(colour)] = hexadecimal((red, green, blue))
        return tuple(round(value / 255, 3) for value in _pixel(separated))

    @cached_property
    def _transforms(self) -> tuple[ImageCms.ImageCmsTransform, ImageCms.ImageCmsTransform]:
        """From the screen to the press, and back."""
        to_press = colour_transform(None, self._profile, "RGB", "CMYK")
        to_screen = colour_transform(self._profile, None, "CMYK", "RGB")
        assert to_press is not None
        assert to_screen is not None  # they are only where both sides are the same
        return to_press, to_screen

    def picture(self, image: Image.Image) -> tuple[Image.Image, str, int]:
        """A picture in the colours of the edition, its PDF colour space, and bits per channel."""
        match self.space:
            case "cmyk":
                return _transformed(image.convert("RGB"), self._transforms[0]), "DeviceCMYK", 8
            case "grey":
                return image.convert("L"), "DeviceGray", 8
        return halftone.in_black(image.convert("L"), drawing=True), "DeviceGray", 1


def convert_colours(pdf: pikepdf.Pdf, converter: ColourConverter) -> list[Message]:
    """Convert all colours of an open PDF to the converter's space.

    Returns a sentence about each kind of colours that cannot be converted, and are left as they
    were.
    """
    left: dict[Message, None] = {}
    for page in pdf.pages:
        page.contents_coalesce()
        content = _converted(pikepdf.parse_content_stream(page), converter, left)
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(content))
    for item in list(pdf.objects):
        if isinstance(item, pikepdf.Stream):
            kind = item.get("/Subtype")
            if kind == "/Form" or item.get("/PatternType") == 1:
                content = _converted(pikepdf.parse_content_stream(item), converter, left)
                item.write(pikepdf.unparse_content_stream(content))
                _convert_group(item, converter)
            elif kind == "/Image" and not _is_ready(item, converter):
                _convert_picture(item, converter)
    for resources in _resources(pdf):
        for shading in resources.get("/Shading", pikepdf.Dictionary()).values():
            if str(shading.ColorSpace) != "/DeviceGray":
                left[say("The page contains a gradient, which this edition cannot print.")] = None
        if converter.space == "black":
            for state in resources.get("/ExtGState", pikepdf.Dictionary()).values():
                _make_opaque(state)
    return list(left)


def _resources(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every resource dictionary: of pages, of forms, and those that are objects of their own."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream | pikepdf.Dictionary):
            if "/Resources" in item:
                yield item.Resources
            if isinstance(item, pikepdf.Dictionary) and "/ExtGState" in item:
                yield item


def _converted(
    instructions: Iterable[_Instruction], converter: ColourConverter, left: dict[Message, None]
) -> list[_Converted]:
    """Instructions of a content stream, with colours set in the converter's space; what cannot be
    converted is added to `left`.
    """
    result: list[_Converted] = []
    spaces = {False: "DeviceGray", True: "DeviceGray"}  # for filling and for stroking
    for instruction in instructions:
        operands, name = instruction.operands, str(instruction.operator)
        if name in _DEVICE_OPERATORS:
            values = [float(value) for value in operands]
            red, green, blue = values if len(values) == 3 else values * 3
            components = converter.components((red, green, blue))
            short = "k" if len(components) == 4 else "g"
            operator = pikepdf.Operator(short.upper() if name.isupper() else short)
            numbers = [Decimal(f"{component:.3f}") for component in components]
            result.append((numbers, operator))  # type: ignore[arg-type]
            continue
        if name in ("cs", "CS"):
            spaces[name.isupper()] = str(operands[0]).lstrip("/")
        elif name in _OTHER_OPERATORS:
            space = spaces[name.isupper()]
            printable = (_SPACES[converter.space], "Pattern", "DeviceGray")
            if space not in printable and "All" not in space:
                message = say(
                    "The page contains colours of the colour space {space}, which this edition "
                    "cannot print.",
                    space=space,
                )
                left[message] = None
        result.append((operands, instruction.operator))
    return result


def _convert_group(form: pikepdf.Stream, converter: ColourConverter) -> None:
    """Set the colour space in which a transparency group is blended (ISO 15930-7, 6.21)."""
    if "/Group" in form and "/CS" in form.Group:
        form.Group.CS = pikepdf.Name("/" + _SPACES[converter.space])


def _make_opaque(state: pikepdf.Object) -> None:
    """Allow no half-tones by way of transparency."""
    for key in ("/ca", "/CA"):
        if key in state and float(state[key]) > 0:
            state[key] = 1


def _is_ready(image: pikepdf.Stream, converter: ColourConverter) -> bool:
    """Whether a picture is in the colours of the edition, or only says where another one is
    transparent.
    """
    ready = ("/DeviceGray", "/" + _SPACES[converter.space])
    return bool(image.get("/ImageMask", False)) or str(image.get("/ColorSpace")) in ready


def _convert_picture(stream: pikepdf.Stream, converter: ColourConverter) -> None:
    image = pikepdf.PdfImage(stream).as_pil_image()
    soft_mask = stream.get("/SMask")
    if isinstance(soft_mask, pikepdf.Stream) and converter.space == "black":
        mask = pikepdf.PdfImage(soft_mask).as_pil_image().convert("L").resize(image.size)
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


def _transformed(image: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    result = ImageCms.applyTransform(image, transform)
    assert result is not None  # it is only where the picture itself is changed
    return result


def _pixel(image: Image.Image) -> tuple[int, ...]:
    """The channels of a picture of one pixel."""
    channels = image.getpixel((0, 0))
    assert isinstance(channels, tuple)
    return tuple(round(channel) for channel in channels)


def _distance(one: Image.Image, other: Image.Image) -> float:
    """ΔE*ab of two pictures of one pixel (CIE 1976)."""
    lab = [_lab(*_pixel(image)) for image in (one, other)]
    return float(sum((a - b) ** 2 for a, b in zip(*lab, strict=True)) ** 0.5)


def _lab(*pixel: int) -> tuple[float, float, float]:
    """SRGB of 8 bits as CIE L*a*b*, white point D65 (IEC 61966-2-1, CIE 15)."""
    r, g, b = (v / 255 for v in pixel)
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (r, g, b))
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
