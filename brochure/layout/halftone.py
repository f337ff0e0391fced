"""Black and white for a copier: photographs as dots that it can hold, drawings as lines. Pure.

A copier has no greys. Fine dots run together on it, or vanish; the coarse ones of newspapers stay.
They grow around their middles on a grid turned by 45°, where the eye notices it least.
"""

import math
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageChops

GRID = 600  # dots per inch: what office printers have, and the pixels of the result
# Lines per inch at most. A copier holds 85, but the copy of a copy no more than this.
_LINES = 75
# Half the diagonal of a cell in dots, for the finest screen within that: 70.7 lines per inch.
_HALF = math.ceil(GRID / (_LINES * math.sqrt(2)))
# What dots gain in ink on their way through a copier, taken off beforehand (of the middle tones).
_GAIN = 0.82
_PAPER, _SOLID = 0.965, 0.04  # lighter is paper, darker is solid: single dots would be lost
_STRETCHED = 32  # levels by which the darkest and the lightest are moved at most
_FEW = 0.005  # a share of the pixels
_TONE = 0.005  # a share of the pixels from which on a tone is one of those of a drawing
# Levels that may be drawn alike: of light ones few, while what is dark is black as type would be.
_NEAR_LIGHT, _NEAR_DARK = 40, 110


def in_black(pixels: Image.Image, *, drawing: bool) -> Image.Image:
    """A picture of mode L in pure black and white (mode 1), each pixel a dot of `GRID`.

    A drawing keeps its lines; of its tones, only those are screened that would be lost beside
    others in black and white. A photograph is screened.
    """
    pixels = pixels.point(_drawn(pixels.histogram()) if drawing else _toned(pixels.histogram()))
    # White where the level is above the threshold of its place in the cell.
    screened = ImageChops.subtract(pixels, _screen(pixels.size))
    return screened.point(lambda level: 255 if level else 0).convert("1", dither=Image.Dither.NONE)


def _toned(levels: list[int]) -> Callable[[int], int]:
    """How to change the levels of a photograph: a little more contrast where there is little, and
    lighter by what the dots will gain.
    """
    darkest, lightest = _reached(levels), 255 - _reached(levels[::-1])
    low, high = min(darkest, _STRETCHED), max(lightest, 255 - _STRETCHED)

    def toned(level: int) -> int:
        share = min(1.0, max(0.0, (level - low) / (high - low)))
        if not _SOLID < share < _PAPER:
            return 255 if share >= _PAPER else 0
        return round(255 * math.pow(share, _GAIN))

    return toned


def _reached(levels: list[int]) -> int:
    """The level that all but a few pixels reach."""
    few, below = sum(levels) * _FEW, 0
    for level, count in enumerate(levels):
        below += count
        if below > few:
            return level
    return 0


def _drawn(levels: list[int]) -> Callable[[int], int]:
    """How to change the levels of a drawing: what can be told apart so is black or white, and the
    rest stays as it is.
    """
    threshold = _between(levels)
    tones = [level for level, count in enumerate(_peaks(levels)) if count > _TONE * sum(levels)]
    dark = [level for level in tones if level <= threshold]
    light = [level for level in tones if level > threshold]
    if not (dark and light):
        return lambda level: level
    black = threshold if dark[-1] - dark[0] <= _NEAR_DARK else dark[0] + _NEAR_DARK
    white = threshold if light[-1] - light[0] <= _NEAR_LIGHT else light[-1] - _NEAR_LIGHT // 2
    return lambda level: 0 if level <= black else 255 if level > white else level


def _between(levels: list[int]) -> int:
    """The level that separates dark and light best (Otsu, 1979)."""
    total, weighted = sum(levels), sum(level * count for level, count in enumerate(levels))
    best, threshold = -1.0, 127
    below = below_weighted = 0
    for level, count in enumerate(levels[:-1]):
        below += count
        below_weighted += level * count
        above = total - below
        if below and above:
            apart = below_weighted / below - (weighted - below_weighted) / above
            if below * above * apart**2 > best:
                best, threshold = below * above * apart**2, level
    return threshold


def _peaks(levels: list[int]) -> list[int]:
    """Each level with its neighbours, but only where it is the highest of them."""
    near = [sum(levels[max(0, level - 3) : level + 4]) for level in range(len(levels))]
    return [
        near[level] if levels[level] == max(levels[max(0, level - 3) : level + 4]) else 0
        for level in range(len(levels))
    ]


def _screen(size: tuple[int, int]) -> Image.Image:
    """The thresholds of each pixel of a picture: the cell, over and over."""
    tile = _cell()
    screen = Image.new("L", size)
    screen.paste(tile, (0, 0))
    width, height = tile.size
    while width < size[0]:
        screen.paste(screen.crop((0, 0, width, height)), (width, 0))
        width *= 2
    while height < size[1]:
        screen.paste(screen.crop((0, 0, size[0], height)), (0, height))
        height *= 2
    return screen


@cache
def _cell() -> Image.Image:
    """A square of two cells, whose middles are in its corner and in its middle: a grid at 45°.

    Pixels are blackened in the order of the Euclidean spot function (PostScript Language
    Reference, 6.4.3): a round dot that grows in the light, a round gap that closes in the dark.
    """
    side = 2 * _HALF
    places = []
    for y in range(side):
        for x in range(side):
            u = math.cos(2 * math.pi * (x + 0.5) / side)
            v = math.cos(2 * math.pi * (y + 0.5) / side)
            # Ties are broken by place, so that the order is always the same.
            places.append((round(-(u * v), 9), (x * 7 + y * 3) % side, y, x))
    tile = Image.new("L", (side, side))
    for rank, (_, _, y, x) in enumerate(sorted(places)):
        # The first to be black has the highest threshold.
        tile.putpixel((x, y), 254 - round(254 * (rank + 0.5) / len(places)))
    return tile
