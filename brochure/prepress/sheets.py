"""Sheets drawn from their plan: pages as form XObjects (ISO 32000-1, 8.10), text and links kept.

Nobody trims what is printed at home. So nothing but the leaflet is printed on its pages: the hint
on printing is an annotation that is shown and not printed, and marks are short lines at the edge of
the sheet, on the side that is the outside of the product.
"""

from collections.abc import Sequence
from itertools import pairwise

import pikepdf

from brochure.layout.edition import Imposition
from brochure.prepress.imposition import MM, PAPER_SIZES, PlacedPage, SheetSide

_MARK = 5 * MM  # length of the marks, the outer part of which home printers lose
_STAPLES = (0.25, 0.75)  # where staples go, as shares of the fold


def draw_sheets(
    pages: pikepdf.Pdf,
    sides: Sequence[SheetSide],
    imposition: Imposition,
    extras: pikepdf.Pdf | None,
) -> pikepdf.Pdf:
    """The sheets as a PDF with a page for each side.

    `pages` is the leaflet, `extras` a PDF whose first page is the hint on printing (its words are
    the subject of the PDF) and whose second is a page for notes.
    """
    width, height = PAPER_SIZES[imposition.sheet]
    sheets = pikepdf.new()
    forms: dict[int, pikepdf.Object] = {}
    notes = hint = None
    if extras is not None:
        hint, notes = (sheets.copy_foreign(page.as_form_xobject()) for page in extras.pages[:2])
    for side in sides:
        sheets.add_blank_page(page_size=(width, height))
        sheet = sheets.pages[-1]
        content = pikepdf.Dictionary()
        operators: list[str] = []
        annotations: list[pikepdf.Object] = []
        edges = pairwise((0.0, *side.edges, width))
        for placed, (start, end) in zip(side.placed, edges, strict=True):
            cell = (start, 0.0, end - start, height)
            if placed.page is None:
                if imposition.fill == "notes" and notes is not None:
                    content["/Notes"] = notes
                    operators.append(_draw_form("/Notes", placed, cell))
                continue
            page = pages.pages[placed.page]
            if placed.page not in forms:
                forms[placed.page] = sheets.copy_foreign(page.as_form_xobject())
            name = f"/Page{placed.page + 1}"
            content[name] = forms[placed.page]
            left, bottom = _trim_corner(page)
            operators.append(_draw_form(name, placed, cell, left, bottom))
            annotations += _links(sheets, page, placed)
        if extras is not None and hint is not None and imposition.hint and side is sides[0]:
            annotations.append(_hint(sheets, hint, str(extras.docinfo.get("/Subject", "")), width))
        operators += _marks(side, imposition, height)
        sheet.Resources = pikepdf.Dictionary(XObject=content)
        # A blank side has contents, too: Ghostscript stops where a page has none.
        sheet.Contents = sheets.make_stream("\n".join(operators or ["q Q"]).encode())
        if annotations:
            sheet.Annots = sheets.make_indirect(pikepdf.Array(annotations))
    return sheets


def _trim_corner(page: pikepdf.Page) -> tuple[float, float]:
    """The lower left corner of the trimmed page, in points."""
    return float(page.trimbox[0]), float(page.trimbox[1])


def _draw_form(
    name: str,
    placed: PlacedPage,
    cell: tuple[float, float, float, float],
    left: float = 0.0,
    bottom: float = 0.0,
) -> str:
    """A form drawn within its cell (x, y, width, height in points); `left` and `bottom` are the
    corner of its page's own box.
    """
    x, y = placed.x - left * placed.scale, placed.y - bottom * placed.scale
    clip = " ".join(_number(n) for n in cell)
    matrix = " ".join(_number(n) for n in (placed.scale, 0, 0, placed.scale, x, y))
    return f"q {clip} re W n {matrix} cm {name} Do Q"


def _hint(
    sheets: pikepdf.Pdf, appearance: pikepdf.Object, words: str, width: float
) -> pikepdf.Object:
    """The hint at the foot of a sheet, for the screen only: an annotation without the flag Print
    (ISO 32000-1, 12.5.3); the flags ReadOnly and Locked keep it where it is.
    """
    box = [float(edge) for edge in appearance.BBox]
    wide, tall = box[2] - box[0], box[3] - box[1]
    x, y = (width - wide) / 2, 1.5 * MM
    return sheets.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.FreeText,
            F=64 | 128,
            Rect=[round(value, 2) for value in (x, y, x + wide, y + tall)],
            Contents=pikepdf.String(words),
            DA=pikepdf.String("/Helv 7 Tf 0 g"),
            AP=pikepdf.Dictionary(N=appearance),
        )
    )


def _marks(side: SheetSide, imposition: Imposition, height: float) -> list[str]:
    """Marks at folds, cuts and staples: thin lines at the edges of the sheet.

    They are on the side that one looks at while folding or cutting: the front, which is the outside
    of what is folded. Of nested sheets, the outermost one alone is marked; each is cut.
    """
    marks = imposition.marks
    nested = imposition.scheme == "saddle-stitch" and side.sheet > 0
    if side.back or nested:
        return []
    lines: list[str] = []
    dash = "[2 2] 0 d" if "fold" in marks and imposition.scheme != "step-and-repeat" else ""
    for x in side.edges:
        if {"fold", "cut"} & set(marks):
            ends = ((0.0, _MARK), (height - _MARK, height))
            lines += [f"{dash} {_line(x, low, x, high)}" for low, high in ends]
        if "staple" in marks:
            lines += [
                f"[] 0 d {_line(x, share * height - 2 * MM, x, share * height + 2 * MM)} "
                f"{_line(x - 1 * MM, share * height, x + 1 * MM, share * height)}"
                for share in _STAPLES
            ]
    return [f"q 0.25 w 0 G {line} Q" for line in lines]


def _line(x0: float, y0: float, x1: float, y1: float) -> str:
    return " ".join([_number(x0), _number(y0), "m", _number(x1), _number(y1), "l S"])


def _links(sheets: pikepdf.Pdf, page: pikepdf.Page, placed: PlacedPage) -> list[pikepdf.Object]:
    """The links of a page that lead out of it, where they are on the sheet."""
    links: list[pikepdf.Object] = []
    left, bottom = _trim_corner(page)
    for annotation in page.get("/Annots", []):
        if annotation.get("/Subtype") != "/Link" or "/A" not in annotation:
            continue
        x0, x1 = sorted(float(annotation.Rect[edge]) for edge in (0, 2))
        y0, y1 = sorted(float(annotation.Rect[edge]) for edge in (1, 3))
        scale = placed.scale
        rectangle = [
            placed.x + (x0 - left) * scale,
            placed.y + (y0 - bottom) * scale,
            placed.x + (x1 - left) * scale,
            placed.y + (y1 - bottom) * scale,
        ]
        links.append(
            sheets.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot,
                    Subtype=pikepdf.Name.Link,
                    F=4,
                    Border=[0, 0, 0],
                    Rect=[round(value, 2) for value in rectangle],
                    A=pikepdf.Dictionary(
                        S=pikepdf.Name.URI, URI=pikepdf.String(str(annotation.A.URI))
                    ),
                )
            )
        )
    return links


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"
