"""Sheets drawn from their plan: pages as form XObjects (ISO 32000-1, 8.10), text and links kept."""

from collections.abc import Sequence

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
    last: int,
) -> pikepdf.Pdf:
    """The sheets as a PDF with a page for each side.

    `pages` is the leaflet, `extras` a PDF whose first page is the hint on printing and whose
    second is a page for notes. `last` is the number (from 0) of the page that gets the hint at its
    foot, if that page is on any side; else the first cell of the first side gets it.
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
        for placed in side.placed:
            if placed.page is None:
                if imposition.fill == "notes" and notes is not None:
                    content["/Notes"] = notes
                    operators.append(_draw_form("/Notes", placed))
                continue
            page = pages.pages[placed.page]
            if placed.page not in forms:
                forms[placed.page] = sheets.copy_foreign(page.as_form_xobject())
            name = f"/Page{placed.page + 1}"
            content[name] = forms[placed.page]
            left, bottom = _trim_corner(page)
            operators.append(_draw_form(name, placed, left, bottom))
            annotations += _links(sheets, page, placed)
        if hint is not None and imposition.hint and side is _side_with_hint(sides, last):
            content["/Hint"] = hint
            operators.append(_draw_hint(hint, side, last, width))
        operators += _marks(side, imposition, height)
        sheet.Resources = pikepdf.Dictionary(XObject=content)
        sheet.Contents = sheets.make_stream("\n".join(operators).encode())
        if annotations:
            sheet.Annots = sheets.make_indirect(pikepdf.Array(annotations))
    return sheets


def _trim_corner(page: pikepdf.Page) -> tuple[float, float]:
    """The lower left corner of the trimmed page, in points."""
    return float(page.trimbox[0]), float(page.trimbox[1])


def _draw_form(name: str, placed: PlacedPage, left: float = 0.0, bottom: float = 0.0) -> str:
    """A form drawn in its cell; `left` and `bottom` are the corner of its page's own box."""
    x, y = placed.x - left * placed.scale, placed.y - bottom * placed.scale
    matrix = " ".join(_number(n) for n in (placed.scale, 0, 0, placed.scale, x, y))
    return f"q {matrix} cm {name} Do Q"


def _side_with_hint(sides: Sequence[SheetSide], last: int) -> SheetSide:
    """The last side that holds the last page of the leaflet; the first, where none does."""
    with_last = [side for side in sides if any(p.page == last for p in side.placed)]
    return with_last[-1] if with_last else sides[0]


def _draw_hint(hint: pikepdf.Object, side: SheetSide, last: int, width: float) -> str:
    """The hint at the foot of the cell with the last page, out of the margin of home printers."""
    index = next((i for i, p in enumerate(side.placed) if p.page == last), 0)
    edges = [0.0, *side.edges, width]
    left, right = edges[index], edges[index + 1]
    wide = float(hint.BBox[2]) - float(hint.BBox[0])
    scale = min(1.0, (right - left - 6 * MM) / wide)
    x = (left + right - wide * scale) / 2
    return f"q {_number(scale)} 0 0 {_number(scale)} {_number(x)} {_number(4.5 * MM)} cm /Hint Do Q"


def _marks(side: SheetSide, imposition: Imposition, height: float) -> list[str]:
    """Marks at the folds, cuts and staples: thin lines at the edges of the sheet, those for staples
    only on the outside.
    """
    marks = imposition.marks
    lines: list[str] = []
    dashed = "fold" in marks and imposition.scheme != "step-and-repeat"
    dash = "[2 2] 0 d" if dashed else ""
    for x in side.edges:
        if {"fold", "cut"} & set(marks):
            ends = ((0.0, _MARK), (height - _MARK, height))
            lines += [f"{dash} {_line(x, low, x, high)}" for low, high in ends]
        if "staple" in marks and not side.back and side.sheet == 0:
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
