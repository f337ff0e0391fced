"""What a print shop asks for: boxes, printer's marks, and PDF/X-4 (ISO 15930-7:2010)."""

import hashlib
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from brochure.diagnostics import Diagnostic, error, symbolic, warning
from brochure.layout.composition import Composition
from brochure.layout.laid_out import Layout
from brochure.prepress import colour, imposition, sheets

MM = 72 / 25.4
_SLUG = 8 * MM  # room around the bleed, for the marks
_OFFSET = 1 * MM  # from the bleed to the marks, lest they are seen where the cut is not exact
_LENGTH = 5 * MM
_NO_DATE = "2000-01-01"  # PDF/X asks for one, and there is no clock here
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/"><rdf:Description rdf:about="">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:format>application/pdf</dc:format>
<pdf:Trapped>False</pdf:Trapped><pdf:Producer>{producer}</pdf:Producer>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmp:MetadataDate>{date}</xmp:MetadataDate>
<xmpMM:DocumentID>uuid:{document}</xmpMM:DocumentID>
<xmpMM:InstanceID>uuid:{document}</xmpMM:InstanceID>
<xmpMM:VersionID>1</xmpMM:VersionID><xmpMM:RenditionClass>default</xmpMM:RenditionClass>
<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def set_boxes(pdf: Any, marks: Sequence[str]) -> None:
    """Make room for printer's marks around the bleed, and draw them.

    The trimmed page stays where it is (TrimBox, BleedBox: ISO 32000-1, 14.11.2); the MediaBox
    grows. Marks are in all inks (“All”, ISO 32000-1, 8.6.6.4), and lie outside the BleedBox.
    """
    import pikepdf

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
        operators = ["/Artifact BMC q /Marks CS 1 SCN 0.25 w", *lines, "Q EMC"]
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
    """A circle with a cross in the middle of each edge, by which the inks are laid together."""
    middle_x, middle_y = (bleed[0] + bleed[2]) / 2, (bleed[1] + bleed[3]) / 2
    away = _OFFSET + _LENGTH / 2
    centres = [
        (middle_x, bleed[1] - away), (middle_x, bleed[3] + away),
        (bleed[0] - away, middle_y), (bleed[2] + away, middle_y),
    ]  # fmt: skip
    return [_circle(x, y, 1.5 * MM) + _cross(x, y, _LENGTH / 2) for x, y in centres]


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


def declare_x4(pdf: Any, profile: bytes, condition: str) -> None:
    """Make an open pikepdf.Pdf in CMYK a PDF/X-4: output intent, dates, identifiers, metadata.

    `condition` names what the profile describes (ISO 15930-7, 6.2.2 asks for both).
    """
    import pikepdf

    stream = pdf.make_stream(profile)
    stream.N = 4
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFX,
        OutputConditionIdentifier=pikepdf.String(condition),
        RegistryName=pikepdf.String("http://www.color.org"),
        Info=pikepdf.String(condition),
        DestOutputProfile=stream,
    )
    pdf.Root.OutputIntents = pikepdf.Array([pdf.make_indirect(intent)])
    info = pdf.docinfo
    title = str(info.get("/Title", ""))
    given = str(info.get("/CreationDate", ""))
    digits = given.removeprefix("D:")[:8]
    day = f"{digits[:4]}-{digits[4:6] or '01'}-{digits[6:8] or '01'}" if digits else _NO_DATE
    date = f"{day}T00:00:00Z"
    stamp = f"D:{day.replace('-', '')}000000Z"
    info["/CreationDate"] = info["/ModDate"] = stamp
    info["/Trapped"] = pikepdf.Name("/False")
    contents = b"".join(page.Contents.read_bytes() for page in pdf.pages)
    digest = hashlib.sha256(title.encode() + contents).digest()
    xmp = _XMP.format(
        title=escape(title),
        producer=escape(str(info.get("/Producer", ""))),
        creator=escape(str(info.get("/Creator", ""))),
        date=date,
        document=uuid.UUID(bytes=digest[:16], version=5),
    )
    metadata = pdf.make_stream(xmp.encode())
    metadata.Type, metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
    pdf.Root.Metadata = metadata


# --- The last hand on a PDF: colours of the edition, sheets, what the print shop asks for.
#
# All of it works on finished files with pikepdf, in this order; an edition that asks for nothing
# of the kind keeps the bytes that the typesetter wrote.


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
    diagnostics: dict[Diagnostic, None] = {}
    finished = []
    for pdf in pdfs:
        data, found = _finish(pdf, composition, sides, extras)
        finished.append(data)
        diagnostics |= dict.fromkeys(found)
    return Finished(tuple(finished), tuple(diagnostics))


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
    diagnostics: list[Diagnostic] = []
    with pikepdf.open(io.BytesIO(data)) as pages:
        result: Any = pages
        others = pikepdf.open(io.BytesIO(extras)) if extras and edition.imposition else None
        if edition.imposition:
            last = len(pages.pages) - 1
            result = sheets.draw(pages, sides, edition.imposition, others, last)
            _describe(result, pages)
        if edition.colours != "rgb":
            converter = colour.Converter(edition.colours, composition.profile)
            left = colour.convert(result, converter)
            diagnostics += _colour_diagnostics(converter, left, composition)
        set_boxes(result, edition.marks)
        if edition.colours == "cmyk" and composition.profile:
            name = (edition.profile or "").rpartition("/")[2].partition(".")[0]
            declare_x4(result, composition.profile, name.partition("L_")[0])
        output = io.BytesIO()
        version = "1.6" if edition.colours == "cmyk" else "1.7"
        result.save(output, force_version=version, deterministic_id=True)
        if others is not None:
            others.close()
    return output.getvalue(), diagnostics


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


def _colour_diagnostics(
    converter: colour.Converter, left: Sequence[str], composition: Composition
) -> list[Diagnostic]:
    diagnostics = []
    for meant, printed in converter.changed.items():
        at = symbolic("/accent" if meant == composition.accent else "")
        diagnostics.append(
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
        diagnostics.append(
            error(
                "colour-space",
                f"The page holds {name}, which this edition cannot print.",
                symbolic(),
                "Use plain colours such as #96303f in styles/ and in pictures.",
            )
        )
    return diagnostics
