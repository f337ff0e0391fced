"""Imposition: which page goes where on which sheet. Pure planning; ``sheets`` draws it.

Terms: a *sheet* of paper has a front and a back; on each side pages are placed in *cells*, from
left to right. All sheets lie sideways, and are turned over at their short edge between the two
sides, so that the cell on the left of the front is behind the one on the right of the back.

The arrangement of a letter fold is that of DIN long leaflets with six panels (in German,
Wickelfalz): outside 5, 6, 1 and inside 2, 3, 4; the panel with 4 and 5 is folded in first. If the
second page of a leaflet stands for itself, it becomes 5, the flap: that is seen before the inside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from brochure.layout.edition import Edition, Imposition

MM = 72 / 25.4  # a millimetre in points
PAPER_SIZES = {
    "A3": (420 * MM, 297 * MM),
    "A4": (297 * MM, 210 * MM),
    "A5": (210 * MM, 148 * MM),
}
Cells = tuple[int | None, ...]
Size = tuple[float, float]  # width and height in points


@dataclass(frozen=True)
class PlacedPage:
    """A page in its cell: the lower left corner of the page in points, and its scale.

    `page` is counted from 0; None is a page that was added, to stay blank or for notes.
    """

    page: int | None
    x: float
    y: float
    scale: float


@dataclass(frozen=True)
class SheetSide:
    """One side of a sheet (counted from 0): its pages, and where it is folded or cut."""

    sheet: int
    back: bool
    placed: tuple[PlacedPage, ...]
    edges: tuple[float, ...]  # x of each fold or cut between the cells


def padded_pages(pages: int, multiple: int, *, back: bool) -> Cells:
    """The pages, and None for each that is added to make a multiple: at the end, lest any stands
    amid the text; or before the last one, where that is a `back` which holds no text.
    """
    lacking = -pages % multiple
    numbers: list[int | None] = list(range(pages))
    at = pages - 1 if back and pages > 1 else pages
    numbers[at:at] = [None] * lacking
    return tuple(numbers)


def arranged_cells(scheme: str, pages: Sequence[int | None]) -> tuple[Cells, ...]:
    """The cells of each side: front and back of the first sheet, front and back of the second …

    `pages` has as many as the scheme needs: a multiple of four for saddle stitch and for cut
    and stack, of two for step and repeat; six for a letter fold.
    """
    count = len(pages)
    sides: list[Cells] = []
    match scheme:
        case "saddle-stitch":  # the outermost sheet first
            for outer in range(0, count // 2, 2):
                sides.append((pages[count - 1 - outer], pages[outer]))
                sides.append((pages[outer + 1], pages[count - 2 - outer]))
        case "cut-and-stack":  # the right halves go below the left ones
            half = count // 2
            for first in range(0, half, 2):
                sides.append((pages[first], pages[half + first]))
                sides.append((pages[half + first + 1], pages[first + 1]))
        case "step-and-repeat":
            for page in pages:
                sides.append((page, page))
        case "letter-fold":
            sides.append((pages[4], pages[5], pages[0]))
            sides.append((pages[1], pages[2], pages[3]))
        case _:
            raise ValueError(scheme)
    return tuple(sides)


def plan_sheets(
    imposition: Imposition,
    sizes: Sequence[Size],
    *,
    back: bool,
    flap: bool = False,
    mirrored: bool = False,
) -> tuple[SheetSide, ...]:
    """Every side of every sheet.

    `sizes` are those of the pages in points. `back`: the last page is one (see `padded_pages`).
    `flap`: the second page is one, in a letter fold. `mirrored`: bound on the right, for languages
    that are written from right to left. A letter fold takes six pages at most.
    """
    width, height = PAPER_SIZES[imposition.sheet]
    scheme = imposition.scheme
    folded = scheme in ("saddle-stitch", "letter-fold")
    pages = padded_pages(len(sizes), imposition.pages, back=back and folded)
    if scheme == "letter-fold" and flap:
        pages = (pages[0], *pages[2:5], pages[1], *pages[5:])
    planned: list[SheetSide] = []
    for number, cells in enumerate(arranged_cells(scheme, pages)):
        sheet, side = divmod(number, 2)
        if mirrored:
            cells = cells[::-1]
        if scheme == "letter-fold":
            # The panel that is folded in, left outside and right inside, is what the others leave.
            full = sizes[0][0]
            widths = [full, full, width - 2 * full]
            if bool(side) == mirrored:
                widths.reverse()
        else:
            widths = [width / len(cells)] * len(cells)
        starts = [sum(widths[:i]) for i in range(len(cells))]
        # Towards the fold: to the right on the left half, to the left on the right half.
        creep = imposition.creep * MM * sheet if scheme == "saddle-stitch" else 0.0
        placed = []
        for index, (page, start, room) in enumerate(zip(cells, starts, widths, strict=True)):
            size = sizes[page] if page is not None else sizes[0]
            scale = min(1.0, room / size[0] + 1e-3, height / size[1] + 1e-3)
            if scale > 0.998 or scheme == "letter-fold":
                scale = 1.0  # what a narrower panel lacks is taken from the margins of its page
            x = start + (room - size[0] * scale) / 2 + (creep if index == 0 else -creep)
            placed.append(PlacedPage(page, x, (height - size[1] * scale) / 2, scale))
        planned.append(SheetSide(sheet, bool(side), tuple(placed), tuple(starts[1:])))
    return tuple(planned)


def is_foldable(imposition: Imposition, size: Size) -> bool:
    """Whether two panels of this size and a third, up to 5 mm narrower, make a sheet."""
    width, height = PAPER_SIZES[imposition.sheet]
    inner = width - 2 * size[0]
    return size[0] - 5 * MM <= inner <= size[0] + 0.5 and size[1] <= height + 0.5


def scale_on_sheet(edition: Edition, sizes: Sequence[Size]) -> float:
    """By how much the pages of an edition are scaled on their sheets; 1 where they are not."""
    if edition.imposition is None or not sizes or edition.imposition.scheme == "letter-fold":
        return 1.0
    width, height = PAPER_SIZES[edition.imposition.sheet]
    scale = min(width / 2 / sizes[0][0], height / sizes[0][1])
    return 1.0 if scale > 0.997 else scale
