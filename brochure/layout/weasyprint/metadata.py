"""The metadata of a PDF: archivable, accessible, and nothing that changes from run to run.

WeasyPrint declares one standard at a time (its issue #2783). Here PDF/UA-1 (ISO 14289-1, 5) is
declared beside PDF/A-2a (ISO 19005-2, 6.7.11), with the extension schema that PDF/A asks for
(6.6.2.3) for the `pdfuaid` namespace.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pydyf

from brochure.layout.composition import title_with_region
from brochure.layout.weasyprint.streams import compressed

_DC = "http://purl.org/dc/elements/1.1/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_UA = """
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<rdf:Description rdf:about=""><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about=""><pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>
"""
_HEADER = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_HEADER += b'<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
_FOOTER = b'\n</x:xmpmeta>\n<?xpacket end="r"?>'
_PREFIXES = {
    "dc": _DC,
    "rdf": _RDF,
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}

_written = pydyf.Stream.data.fget  # a stream as pydyf writes it


def _with_clear_end(stream: Any) -> bytes:
    """A stream as it is written, so that nobody takes its last byte for a part of the end of line
    before ``endstream``: by that, its /Length would be wrong (ISO 19005-2, 6.1.7.1).
    """
    written: bytes = _written(stream)
    if written.endswith(b"\r\nendstream"):
        return written.removesuffix(b"\nendstream") + b"\r\nendstream"
    return written


def install() -> None:
    """Have pydyf write streams so."""
    pydyf.Stream.data = property(_with_clear_end)


def metadata_writer(regions: Sequence[str], pdfs: list[bytes]) -> Callable[[Any, Any], None]:
    """A ``finisher`` for WeasyPrint's ``write_pdf``, which completes the metadata of the PDF.

    The PDF is written once for each of `regions`, whose name becomes part of the title and is the
    coverage (neither if it is empty), and each is added to `pdfs`.
    """

    def write_metadata(document: Any, pdf: Any) -> None:
        write, title = pdf.write, document.metadata.title
        for item in pdf.objects:
            if item is not _metadata_stream(pdf):
                _compress(item)
        count = len(pdf.objects)

        def write_each(_: object, *options: Any) -> None:
            for region in regions:
                del pdf.objects[count:]  # those that writing has added
                pdf.current_position = 0
                document.metadata.title = title_with_region(title, region)
                pdf.info["Title"] = pydyf.String(document.metadata.title)
                _complete(document, pdf, region)
                output = BytesIO()
                write(output, *options)
                pdfs.append(output.getvalue())

        pdf.write = write_each

    return write_metadata


def _metadata_stream(pdf: Any) -> Any:
    """The stream with the XMP metadata."""
    return pdf.objects[int(pdf.catalog["Metadata"].split()[0])]


def _compress(item: Any) -> None:
    """Compress a stream now, once: pydyf would do so for the file, and again for its hash."""
    if isinstance(item, pydyf.Stream) and item.compress:
        item.compress = False
        _, _, rest = _written(item).partition(b"\nstream\n")
        item.stream = [compressed(rest.removesuffix(b"\nendstream"))]
        item.extra["Filter"] = "/FlateDecode"


def _complete(document: Any, pdf: Any, region: str) -> None:
    """Write the XMP metadata anew, with PDF/UA-1 and the region; clean up the bookmarks."""
    for prefix, uri in _PREFIXES.items():
        ElementTree.register_namespace(prefix, uri)
    rdf = ElementTree.fromstring(document.metadata.generate_rdf_metadata("a", 2, "A"))
    rdf.extend(ElementTree.fromstring(_UA))
    for item in rdf.iter(f"{{{_RDF}}}li"):  # WeasyPrint's own "xml:lang" has no namespace
        language = item.attrib.pop("xml:lang", None)
        if language:
            item.attrib["{http://www.w3.org/XML/1998/namespace}lang"] = language
    if region:  # what the document is about, in space (Dublin Core, “coverage”)
        description = ElementTree.SubElement(rdf, f"{{{_RDF}}}Description")
        description.set(f"{{{_RDF}}}about", "")
        ElementTree.SubElement(description, f"{{{_DC}}}coverage").text = region
    content = _HEADER + ElementTree.tostring(rdf, encoding="utf-8") + _FOOTER
    # Uncompressed, so that archives can read it without decoding the PDF (ISO 19005-2, 6.6.2.1).
    stream = _metadata_stream(pdf)
    stream.stream, stream.compress = [content], False
    for dictionary in pdf.objects:  # bookmarks take their words, with soft hyphens, from the page
        if isinstance(dictionary, dict) and "Title" in dictionary and "Dest" in dictionary:
            dictionary["Title"].string = dictionary["Title"].string.replace("\u00ad", "")
