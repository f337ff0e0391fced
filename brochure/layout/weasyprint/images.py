"""Pictures on their way into a PDF: made when it is known how large they are on the page.

WeasyPrint's own class keeps pictures as they come, embeds what Pillow makes of them, and knows
neither other colours nor screens. Ours takes its place.
"""

from math import hypot
from typing import Any

import pydyf

from brochure.layout.raster import Orientation, Size, upright_size
from brochure.layout.reproduction import PdfImage, Reproduction

_INCH = 72  # points


class PictureCache(dict[str, Any]):
    """The pictures of one rendering by their addresses, as WeasyPrint collects them: a ``cache`` of
    its ``render``, by which it is told how they are reproduced.
    """

    def __init__(self, reproduction: Reproduction) -> None:
        super().__init__()
        self.reproduction = reproduction


class RasterImage:
    """A picture of pixels. The parameters are those that WeasyPrint's own has, by their names."""

    def __init__(
        self,
        pillow_image: Any,
        image_id: str,
        image_data: bytes,
        filename: object = None,
        cache: object = None,
        orientation: Orientation = "none",
        options: object = None,
    ) -> None:
        self.id = image_id
        self.width, self.height = upright_size(pillow_image, orientation)
        self.ratio = self.width / self.height
        self._data, self._orientation = image_data, orientation
        self._reproduction = (
            cache.reproduction if isinstance(cache, PictureCache) else Reproduction()
        )

    def get_intrinsic_size(self, resolution: float, font_size: float) -> tuple[float, float, float]:
        """Width, height and their ratio, as CSS has them."""
        return self.width / resolution, self.height / resolution, self.ratio

    def draw(
        self, stream: Any, concrete_width: float, concrete_height: float, style: object
    ) -> None:
        """Draw it, with as many pixels as it needs at this size."""
        (a, b, *_), (c, d, *_) = stream.ctm[0], stream.ctm[1]
        inches = concrete_width * hypot(a, b) / _INCH, concrete_height * hypot(c, d) / _INCH
        size = self._reproduction.size((self.width, self.height), inches)
        name = stream.add_image(_Sized(self, size), False, 1)
        stream.transform(concrete_width, 0, 0, -concrete_height, 0, concrete_height)
        stream.draw_x_object(name)

    def pixels(self, size: Size) -> PdfImage:
        """The picture with so many pixels."""
        return self._reproduction.for_pdf(self._data, size, self._orientation)


class _Sized:
    """A picture in one of the sizes that it is drawn in."""

    def __init__(self, image: RasterImage, size: Size) -> None:
        self.id = f"{image.id}-{size[0]}-{size[1]}-"
        self._image, self._size = image, size

    def get_x_object(self, interpolate: bool, dpi_ratio: float) -> Any:
        """The picture as an object of the PDF."""
        made = self._image.pixels(self._size)
        extra = _image_dictionary(made.size, made.space, made.bits, made.encoding)
        if made.is_inverted:
            extra["Decode"] = pydyf.Array((1, 0) * 4)
        if made.mask:
            mask = _image_dictionary(made.size, "Gray", made.mask_bits, "FlateDecode")
            extra["SMask"] = pydyf.Stream([made.mask], mask)
        return pydyf.Stream([made.data], extra)


def _image_dictionary(size: Size, space: str, bits: int, encoding: str) -> Any:
    # “Interpolate” is forbidden in PDF/A (ISO 19005-2, 6.2.8), and false where it is missing.
    return pydyf.Dictionary(
        {
            "Type": "/XObject",
            "Subtype": "/Image",
            "Width": size[0],
            "Height": size[1],
            "ColorSpace": f"/Device{space}",
            "BitsPerComponent": bits,
            "Filter": f"/{encoding}",
        }
    )


def install(images: Any) -> None:
    """Take the place of the class in WeasyPrint's module ``images``."""
    images.RasterImage = RasterImage
