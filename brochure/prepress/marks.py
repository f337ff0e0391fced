"""Printer's marks around a page: for cutting, for aligning inks, and for their amount.

The slug line beside them is text, so it is set with the page (``styles/press.css``).
"""

from collections.abc import Sequence

import pikepdf

from brochure.prepress.imposition import MM

_SLUG = 8 * MM  # room around the bleed, for the marks
_OFFSET = 1 * MM  # from the bleed to the marks, lest they show where the cut is not exact
_LENGTH = 5 * MM
_PATCH = 4 * MM  # side of a patch of the colour bar


def add_marks(pdf: pikepdf.Pdf, marks: Sequence[str]) -> None:
    """Make room for printer's marks around the bleed, and draw them.

    The trimmed page stays where it is (TrimBox, BleedBox: ISO 32000-1, 14.11.2); the MediaBox
    grows. Marks are printed in all inks (“All”, ISO 32000-1, 8.6.6.4), outside the BleedBox.
    """
    if not marks:
        return
    tint = pdf.make_stream(
        b"{dup dup dup}", FunctionType=4, Domain=[0, 1], Range=[0, 1, 0, 1, 0, 1, 0, 1]
    )
    every_ink = pikepdf.Array(
        [pikepdf.Name.Separation, pikepdf.Name.All, pikepdf.Name.DeviceCMYK, tint]
    )
    for page in pdf.pages:
        bleed = [float(edge) for edge in page.get("/BleedBox", page.mediabox)]
        trim = [float(edge) for edge in page.get("/TrimBox", page.mediabox)]
        media = [bleed[0] - _SLUG, bleed[1] - _SLUG, bleed[2] + _SLUG, bleed[3] + _SLUG]
        page.MediaBox = [round(edge, 3) for edge in media]
        if "/CropBox" in page:
            del page["/CropBox"]
        lines: list[str] = []
        if "crop" in marks:
            lines += _crop_marks(trim, bleed)
        if "registration" in marks:
            lines += _registration_marks(bleed)
        bar = _colour_bar(trim, bleed) if "colour-bar" in marks else []
        # WeasyPrint turns the page upside down for its own sake, and leaves it so.
        page.contents_add(pdf.make_stream(b"q"), prepend=True)
        operators = ["Q /Artifact BMC q /Marks CS 1 SCN 0.25 w", *lines, *bar, "Q EMC"]
        if "/ColorSpace" not in page.Resources:
            page.Resources.ColorSpace = pikepdf.Dictionary()
        page.Resources.ColorSpace["/Marks"] = every_ink
        page.contents_add(pdf.make_stream("\n".join(operators).encode()))
        page.contents_coalesce()


def _crop_marks(trim: Sequence[float], bleed: Sequence[float]) -> list[str]:
    """Two lines at each corner, in line with the edges at which the paper is cut."""
    lines = []
    for x, edge, way in ((trim[0], bleed[0], -1), (trim[2], bleed[2], 1)):
        for y, level, up in ((trim[1], bleed[1], -1), (trim[3], bleed[3], 1)):
            start, end = edge + way * _OFFSET, edge + way * (_OFFSET + _LENGTH)
            lines.append(f"{start:.3f} {y:.3f} m {end:.3f} {y:.3f} l S")
            start, end = level + up * _OFFSET, level + up * (_OFFSET + _LENGTH)
            lines.append(f"{x:.3f} {start:.3f} m {x:.3f} {end:.3f} l S")
    return lines


def _registration_marks(bleed: Sequence[float]) -> list[str]:
    """A circle with a cross in the middle of each edge, by which the inks are aligned."""
    middle_x, middle_y = (bleed[0] + bleed[2]) / 2, (bleed[1] + bleed[3]) / 2
    away = _OFFSET + _LENGTH / 2
    centres = [
        (middle_x, bleed[1] - away), (middle_x, bleed[3] + away),
        (bleed[0] - away, middle_y), (bleed[2] + away, middle_y),
    ]  # fmt: skip
    return [_circle(x, y, 1.5 * MM) + _cross(x, y, _LENGTH / 2) for x, y in centres]


def _colour_bar(trim: Sequence[float], bleed: Sequence[float]) -> list[str]:
    """A row of patches below the left half of the page: each ink in full and in half, by which the
    printer sees whether they run as they should.
    """
    y = bleed[1] - _OFFSET - _LENGTH / 2 - _PATCH / 2
    patches = []
    for number, (ink, tint) in enumerate((i, t) for i in range(4) for t in (1, 0.5)):
        inks = " ".join(f"{tint if i == ink else 0:g}" for i in range(4))
        x = trim[0] + 2 * _LENGTH + number * _PATCH
        patches.append(f"{inks} k {x:.3f} {y:.3f} {_PATCH:.3f} {_PATCH:.3f} re f")
    return patches


def _cross(x: float, y: float, arm: float) -> str:
    return (
        f" {x - arm:.3f} {y:.3f} m {x + arm:.3f} {y:.3f} l"
        f" {x:.3f} {y - arm:.3f} m {x:.3f} {y + arm:.3f} l S"
    )


def _circle(x: float, y: float, r: float) -> str:
    """Four Bézier curves; 0.5523 makes them round."""
    k = 0.5523 * r
    return (
        f"{x + r:.3f} {y:.3f} m "
        f"{x + r:.3f} {y + k:.3f} {x + k:.3f} {y + r:.3f} {x:.3f} {y + r:.3f} c "
        f"{x - k:.3f} {y + r:.3f} {x - r:.3f} {y + k:.3f} {x - r:.3f} {y:.3f} c "
        f"{x - r:.3f} {y - k:.3f} {x - k:.3f} {y - r:.3f} {x:.3f} {y - r:.3f} c "
        f"{x + k:.3f} {y - r:.3f} {x + r:.3f} {y - k:.3f} {x + r:.3f} {y:.3f} c "
    )
