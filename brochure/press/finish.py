"""The last hand on a PDF: colours of the edition, sheets, what the print shop asks for.

All of it works on finished files with pikepdf, in this order; an edition that asks for nothing
of the kind keeps the bytes that the typesetter wrote.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from brochure.diagnostics import Diagnostic, error, symbolic, warning
from brochure.press import imposition, inks, prepress, sheets
from brochure.press.composition import Composition
from brochure.press.layout import Layout


@dataclass(frozen=True)
class Finished:
    """The files, one for each region, and what there is to say about them."""

    pdfs: tuple[bytes, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def finish(
    pdfs: Sequence[bytes], composition: Composition, layout: Layout, extras: bytes | None
) -> Finished:
    """Finish the files of one leaflet; `extras` are the pages of ``sheet.html``."""
    edition = composition.edition
    if edition.colours == "rgb" and edition.imposition is None and not edition.marks:
        return Finished(tuple(pdfs))
    sides, diagnostic = _plan(composition, layout)
    if diagnostic:
        return Finished(tuple(pdfs), (diagnostic,))
    complaints: dict[Diagnostic, None] = {}
    finished = []
    for pdf in pdfs:
        data, found = _finish(pdf, composition, sides, extras)
        finished.append(data)
        complaints |= dict.fromkeys(found)
    return Finished(tuple(finished), tuple(complaints))


def _plan(
    composition: Composition, layout: Layout
) -> tuple[tuple[imposition.Side, ...], Diagnostic | None]:
    rules = composition.edition.imposition
    if rules is None:
        return (), None
    pages = len(layout.sizes)
    if rules.scheme == "letter-fold" and pages > rules.pages:
        return (), error(
            "too-many-pages",
            f"The leaflet takes {pages} panels; a sheet that is folded twice has six.",
            symbolic(),
            "Shorten it, or allow a smaller type: `scale:` of the edition.",
        )
    if rules.scheme == "letter-fold" and not imposition.is_foldable(rules, layout.sizes[0]):
        return (), error(
            "page-size",
            "Pages of this size do not make six panels of one sheet.",
            symbolic(),
            "Take the style sheet panels.css, or set `@page { size: 99.5mm 210mm }`.",
        )
    last = pages - 1
    runs_over = {p.passage for p in layout.parts if p.page == last} & {
        p.passage for p in layout.parts if p.page == last - 1
    }
    return (
        imposition.plan(
            rules, layout.sizes, before_last=not runs_over, mirrored=composition.mirrored
        ),
        None,
    )


def _finish(
    data: bytes, composition: Composition, sides: Sequence[imposition.Side], extras: bytes | None
) -> tuple[bytes, list[Diagnostic]]:
    import pikepdf

    edition = composition.edition
    complaints: list[Diagnostic] = []
    with pikepdf.open(io.BytesIO(data)) as pages:
        result: Any = pages
        others = pikepdf.open(io.BytesIO(extras)) if extras and edition.imposition else None
        if edition.imposition:
            last = len(pages.pages) - 1
            result = sheets.draw(pages, sides, edition.imposition, others, last)
            _describe(result, pages)
        if edition.colours != "rgb":
            converter = inks.Converter(edition.colours, composition.profile)
            left = inks.convert(result, converter)
            complaints += _colour_complaints(converter, left, composition)
        prepress.set_boxes(result, edition.marks)
        if edition.colours == "cmyk" and composition.profile:
            name = (edition.profile or "").rpartition("/")[2].partition(".")[0]
            prepress.declare_x4(result, composition.profile, name.partition("L_")[0])
        output = io.BytesIO()
        version = "1.6" if edition.colours == "cmyk" else "1.7"
        result.save(output, force_version=version, deterministic_id=True)
        if others is not None:
            others.close()
    return output.getvalue(), complaints


def _describe(result: Any, pages: Any) -> None:
    """What a PDF of sheets says about itself, and to the printer (ISO 32000-1, 12.2)."""
    import pikepdf

    for key in ("/Title", "/Author", "/Subject", "/Creator", "/Producer", "/CreationDate"):
        if key in pages.docinfo:
            result.docinfo[key] = str(pages.docinfo[key])
    if "/Lang" in pages.Root:
        result.Root.Lang = pikepdf.String(str(pages.Root.Lang))
    result.Root.ViewerPreferences = pikepdf.Dictionary(
        DisplayDocTitle=True,
        PrintScaling=pikepdf.Name("/None"),
        Duplex=pikepdf.Name.DuplexFlipShortEdge,
    )


def _colour_complaints(
    converter: inks.Converter, left: Sequence[str], composition: Composition
) -> list[Diagnostic]:
    complaints = []
    for meant, printed in converter.changed.items():
        at = symbolic("/accent" if meant == composition.accent else "")
        complaints.append(
            warning(
                "colour-space",
                f"The colour `{meant}` lies outside what this edition can print; it becomes "
                f"{printed if printed.startswith('#') else 'plain ' + printed}.",
                at,
                "Take one that it can print: on paper bright colours get duller, and a copier has "
                "black only.",
            )
        )
    for name in left:
        complaints.append(
            error(
                "colour-space",
                f"The page holds {name}, which this edition cannot print.",
                symbolic(),
                "Use plain colours such as #96303f in styles/ and in pictures.",
            )
        )
    return complaints
