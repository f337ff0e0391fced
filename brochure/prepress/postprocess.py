"""What is done to finished PDFs: colours of the edition, sheets, printer's marks, PDF/X-4.

All of it is done with pikepdf, in this order; only editions that ask for some of it come here.
"""

import hashlib
import io
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from xml.sax.saxutils import escape

import pikepdf

from brochure.diagnostics import Diagnostic, Part, Reported, error, warning
from brochure.layout.composition import Composition
from brochure.layout.covers import has_back, has_flap
from brochure.layout.laid_out import Layout
from brochure.messages import Message, plural, say
from brochure.prepress.colour import WHITE, ColourConverter, convert_colours
from brochure.prepress.imposition import SheetSide, is_foldable, plan_sheets
from brochure.prepress.marks import add_marks
from brochure.prepress.overprint import overprint_black_text
from brochure.prepress.sheets import draw_sheets

_SPARSE = 3  # of six panels, from which on a sheet that is folded twice is too much paper
_LEAST_OF_A_BOOKLET = 2  # pages with passages
_NO_DATE = "2000-01-01"  # PDF/X requires one, and we must not use a clock
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


def postprocess(
    pdfs: Sequence[bytes], composition: Composition, layout: Layout, extras: bytes | None
) -> Reported[tuple[bytes, ...]]:
    """The PDFs of one leaflet, one for each region, as its edition wants them.

    `extras` are the pages of ``sheet.html``, as a PDF. Where the leaflet does not go on its sheet,
    a diagnostic says so, and the PDFs are returned as they are.
    """
    problem = _sheet_diagnostic(composition, layout)
    if problem:
        return Reported(tuple(pdfs), (problem,))
    sides = _planned_sheets(composition, layout)
    diagnostics: dict[Diagnostic, None] = dict.fromkeys(_pages_without_text(composition, layout))
    results = []
    for pdf in pdfs:
        result = _postprocess_one(pdf, composition, sides, extras)
        results.append(result.value)
        diagnostics |= dict.fromkeys(result.diagnostics)
    return Reported(tuple(results), tuple(diagnostics))


def _sheet_diagnostic(composition: Composition, layout: Layout) -> Diagnostic | None:
    """Why the pages do not go on a sheet that is folded twice, if they do not."""
    imposition = composition.edition.imposition
    if imposition is None or imposition.scheme != "letter-fold":
        return None
    if layout.pages > imposition.pages:
        return error(
            "too-many-pages",
            say(
                "The leaflet takes {pages} panels; a sheet that is folded twice has six.",
                pages=layout.pages,
            ),
            Part(),
            say("Shorten it, or print it in another edition, as a booklet for instance."),
        )
    if not is_foldable(imposition, layout.sizes[0]):
        return error(
            "page-size",
            say("Six pages of this size do not make the panels of one sheet."),
            Part(),
            say("Use the style sheet panels.css, or set `@page {{ size: 99.5mm 210mm }}`."),
        )
    return None


def _pages_without_text(composition: Composition, layout: Layout) -> Iterator[Diagnostic]:
    """What there is to say about a folded sheet with more pages than the leaflet has use for."""
    imposition = composition.edition.imposition
    if imposition is None or imposition.scheme not in ("saddle-stitch", "letter-fold"):
        return
    added = -layout.pages % imposition.pages
    notes = imposition.fill == "notes"
    if imposition.scheme == "letter-fold":
        hint = say("Write more, add a picture, or print the leaflet in another edition.")
        sparse = added + _mostly_white(layout)
        if added > notes:  # one for notes is filled
            message = plural(
                "{n} of the six panels has no text.", "{n} of the six panels have no text.", added
            )
            yield warning("blank-pages", message, Part(), hint)
        elif sparse >= _SPARSE:
            message = say("{n} of the six panels are empty, or white for the most part.", n=sparse)
            yield warning("blank-pages", message, Part(), hint)
    elif len({fragment.page for fragment in layout.fragments}) < _LEAST_OF_A_BOOKLET:
        yield warning(
            "blank-pages",
            say("All passages are on one page: as a booklet, the leaflet is mostly empty."),
            Part(),
            say("Print it on single sheets, as the editions `print` and `two-up` are."),
        )
    elif added and not notes:
        message = plural(
            "{n} page of the booklet is blank.", "{n} pages of the booklet are blank.", added
        )
        hint = say("Write more, or set `fill: notes` under `imposition:` of the edition.")
        yield warning("blank-pages", message, Part(), hint)


def _mostly_white(layout: Layout) -> int:
    """How many pages with passages on them are white for more than half of their height."""
    pages = {fragment.page for fragment in layout.fragments}
    return sum(layout.white[page] > layout.heights[page] / 2 for page in pages)


def _planned_sheets(composition: Composition, layout: Layout) -> tuple[SheetSide, ...]:
    """The sides of all sheets; none, where the edition has no imposition."""
    if composition.edition.imposition is None:
        return ()
    return plan_sheets(
        composition.edition.imposition,
        layout.sizes,
        back=has_back(layout),
        flap=has_flap(layout),
        mirrored=composition.mirrored,
    )


def _postprocess_one(
    data: bytes, composition: Composition, sides: Sequence[SheetSide], extras: bytes | None
) -> Reported[bytes]:
    edition = composition.edition
    diagnostics: list[Diagnostic] = []
    with ExitStack() as stack:
        pages = stack.enter_context(pikepdf.open(io.BytesIO(data)))
        result = pages
        if edition.imposition:
            others = stack.enter_context(pikepdf.open(io.BytesIO(extras))) if extras else None
            imposition = edition.imposition
            if edition.colours == "cmyk":  # PDF/X has no annotations on its pages (ISO 15930-7)
                imposition = imposition.model_copy(update={"hint": False})
            result = draw_sheets(pages, sides, imposition, others)
            _copy_metadata(pages, result)
        if edition.colours != "rgb":
            converter = ColourConverter(edition.colours, composition.profile)
            left = convert_colours(result, converter)
            diagnostics += _colour_diagnostics(converter, left, composition.accent)
            if edition.colours == "cmyk":
                overprint_black_text(result)
        add_marks(result, edition.marks)
        if edition.colours == "cmyk" and composition.profile:
            name = (edition.profile or "").rpartition("/")[2].partition(".")[0]
            _declare_pdf_x4(result, composition.profile, name.partition("L_")[0])
        output = io.BytesIO()
        version = "1.6" if edition.colours == "cmyk" else "1.7"
        result.save(output, force_version=version, deterministic_id=True)
    return Reported(output.getvalue(), tuple(diagnostics))


def _copy_metadata(pages: pikepdf.Pdf, sheets: pikepdf.Pdf) -> None:
    """Copy what the PDF says about itself; tell viewers how to print it (ISO 32000-1, 12.2)."""
    for key in ("/Title", "/Author", "/Subject", "/Creator", "/Producer", "/CreationDate"):
        if key in pages.docinfo:
            sheets.docinfo[key] = str(pages.docinfo[key])
    if "/Lang" in pages.Root:
        sheets.Root.Lang = pikepdf.String(str(pages.Root.Lang))
    sheets.Root.ViewerPreferences = pikepdf.Dictionary(
        DisplayDocTitle=True,
        PrintScaling=pikepdf.Name("/None"),
        Duplex=pikepdf.Name.DuplexFlipShortEdge,
    )


def _colour_diagnostics(
    converter: ColourConverter, left: Sequence[Message], accent: str | None
) -> list[Diagnostic]:
    """What there is to say about colours that are printed as others, and those that cannot be."""
    diagnostics = []
    for meant, printed in converter.replaced.items():
        message = (
            say(
                "This edition cannot print the colour `{colour}`; it becomes plain white.",
                colour=meant,
            )
            if printed == WHITE
            else say(
                "This edition cannot print the colour `{colour}`; it becomes `{printed}`.",
                colour=meant,
                printed=printed,
            )
        )
        diagnostics.append(
            warning(
                "colour-space",
                message,
                Part(field="accent" if meant == accent else ""),
                say(
                    "Choose one that it can print: on paper, bright colours get duller, and a "
                    "copier has black only."
                ),
            )
        )
    hint = say("Use plain colours, such as #96303f, in styles/ and in pictures.")
    diagnostics += [error("colour-space", message, Part(), hint) for message in left]
    return diagnostics


def _declare_pdf_x4(pdf: pikepdf.Pdf, profile: bytes, condition: str) -> None:
    """Make an open PDF in CMYK a PDF/X-4: output intent, dates, identifiers, metadata.

    `condition` names what the profile describes (ISO 15930-7, 6.2.2 requires both).
    """
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
    created = str(info.get("/CreationDate", ""))
    digits = created.removeprefix("D:")[:8]
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
