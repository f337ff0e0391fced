"""Pictures and outlines on a page that may be text: lines of it, which nobody can read as letters.

Some programs write text as one picture for each line or word, some draw the outlines of letters,
and some pages are scans below a printed number. Photographs, logos and charts are told apart by
what they look like: text is rows of ink of one height, white between them, on a plain ground.

Lengths are in points, from the left and the top of the page.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple

# Pictures of single lines or words:
_LOWEST, _HIGHEST = 5.0, 30.0  # points
_LONG = 2.0  # times as wide as high, at least
_LINES = 3  # at different heights, at least
_WIDTH = 0.5  # of the page, all of them together, at least
_COVERED = 0.03  # of a picture is covered by letters: it is their ground, or a scan that was read
# Pictures of many lines, and outlines of letters:
_STRIP = 60.0  # points; the page is looked at in strips so narrow that it may stand askew
_TEXT = 0.4  # of the strips with ink must look like text, and two at least
_PLAIN = 0.55  # of the ground must have one colour
_CONTRAST = 64  # of 255, between ink and ground
_INK = 0.02  # of a row of pixels in a strip; less is white
_DENSE = (0.05, 0.65)  # how much of a line of text is ink
_HEIGHT = (2.5, 30.0)  # of a line of text
_EVEN = 0.5  # of their usual height, by which lines may differ
_REGULAR = 0.6  # of what has ink in a strip must be lines of text
_MANY = 40  # outlines of letters, at least
_MOST = 300  # pictures that are looked at


class Box(NamedTuple):
    """The edges of something on a page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class GreyPage:
    """A page in shades of grey, a byte each, row by row; `scale` pixels are a point."""

    rows: tuple[bytes, ...]
    scale: float


def may_be_text(
    page: Box,
    images: Sequence[Box],
    outlines: Sequence[Box],
    letters: Sequence[Box],
    drawn: Callable[[], GreyPage],
) -> bool:
    """Whether images, or outlines that may be letters, show text beside the real `letters`.

    `drawn` draws the page; it takes long, so it is called only where this is in question.
    """
    seen = [box for box in images if box.width >= _LOWEST and box.height >= _LOWEST][:_MOST]
    bare = [box for box in _whole(seen) if not _is_covered(box, letters)]
    if _are_lines(bare, page):
        return True
    large = [b for b in bare if b.height > _HIGHEST and b.width >= 2 * _STRIP]
    if len(outlines) >= _MANY:
        edges = zip(*outlines, strict=True)
        large.append(
            Box(*(pick(edge) for pick, edge in zip((min, min, max, max), edges, strict=True)))
        )
    if not large:
        return False
    grey = _without(drawn(), letters)
    return any(_looks_like_text(grey, box) for box in large)


def _whole(images: Sequence[Box]) -> list[Box]:
    """Images, those put together that were cut into bands one below the other."""
    whole: list[Box] = []
    for box in sorted(images, key=lambda b: (round(b.left), round(b.right), b.top)):
        last = whole[-1] if whole else None
        if (
            last is not None
            and max(abs(box.left - last.left), abs(box.right - last.right)) <= 1
            and box.top - last.bottom <= 1
        ):
            whole[-1] = last._replace(bottom=max(last.bottom, box.bottom))
        else:
            whole.append(box)
    return whole


def _is_covered(box: Box, letters: Sequence[Box]) -> bool:
    covered = sum(
        letter.width * letter.height
        for letter in letters
        if letter.left < box.right
        and letter.right > box.left
        and letter.top < box.bottom
        and letter.bottom > box.top
    )
    return covered > _COVERED * box.width * box.height


def _are_lines(images: Sequence[Box], page: Box) -> bool:
    """Whether some are as low as a line, at several heights, and wide enough for text."""
    lines = [
        box
        for box in images
        if _LOWEST <= box.height <= _HIGHEST and box.width >= _LONG * box.height
    ]
    heights = sorted(box.bottom for box in lines)
    different = sum(b - a > _LOWEST for a, b in pairwise(heights)) + 1
    return different >= _LINES and sum(box.width for box in lines) >= _WIDTH * page.width


# --- What text looks like.


def _without(grey: GreyPage, letters: Sequence[Box]) -> GreyPage:
    """A page without its letters: white where they are."""
    rows = [bytearray(row) for row in grey.rows]
    for letter in letters:
        left, right = (max(0, round(x * grey.scale)) for x in (letter.left - 1, letter.right + 1))
        top, bottom = (max(0, round(y * grey.scale)) for y in (letter.top - 1, letter.bottom + 1))
        for row in rows[top:bottom]:
            width = len(row[left:right])
            row[left : left + width] = b"\xff" * width
    return GreyPage(tuple(bytes(row) for row in rows), grey.scale)


def _looks_like_text(grey: GreyPage, box: Box) -> bool:
    left, top, right, bottom = (max(0, round(edge * grey.scale)) for edge in box)
    rows = [row[left:right] for row in grey.rows[top:bottom]]
    if not rows or not rows[0]:
        return False
    shades = Counter(shade // 16 for row in rows[::2] for shade in row)
    ground = shades.most_common(1)[0][0]
    plain = sum(n for shade, n in shades.items() if abs(shade - ground) <= 1)
    if plain < _PLAIN * sum(shades.values()):
        return False
    ink = bytes(int(abs(shade - 16 * ground - 8) > _CONTRAST) for shade in range(256))
    inked = [row.translate(ink) for row in rows]
    width = round(_STRIP * grey.scale)
    strips = [list(_bands(inked, x, width)) for x in range(0, len(rows[0]) - width // 2, width)]
    filled = [bands for bands in strips if bands]
    text = sum(_are_even(bands, grey.scale) for bands in filled)
    return text >= max(2, _TEXT * len(filled))


def _bands(rows: Sequence[bytes], left: int, width: int) -> Iterator[tuple[int, float]]:
    """Rows of pixels in a strip with ink, taken together: how many, and which share of them is."""
    counts = [row.count(1, left, left + width) for row in rows]
    for inked, band in groupby(counts, key=lambda count: count > _INK * width):
        if inked:
            amounts = list(band)
            yield len(amounts), sum(amounts) / (width * len(amounts))


def _are_even(bands: Sequence[tuple[int, float]], scale: float) -> bool:
    """Whether bands of ink are lines of text: as high and as dense as these, and much alike."""
    lines = [
        height / scale
        for height, share in bands
        if _HEIGHT[0] <= height / scale <= _HEIGHT[1] and _DENSE[0] <= share <= _DENSE[1]
    ]
    if len(lines) < _LINES:
        return False
    usual = median(lines)
    return sum(abs(line - usual) <= _EVEN * usual for line in lines) >= _REGULAR * len(bands)
