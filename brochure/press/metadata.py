"""What a PDF says about itself: archivable, accessible, and nothing that changes from run to run.

WeasyPrint declares one standard at a time (its issue #2783). Here PDF/UA-1 (ISO 14289-1, 5) is
declared beside PDF/A-2a (ISO 19005-2, 6.7.11), with the extension schema that PDF/A asks for
(6.6.2.3) for the `pdfuaid` namespace.
"""

from typing import Any
from xml.etree import ElementTree

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
    "rdf": _RDF,
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}


def finish(document: Any, pdf: Any) -> None:
    """Finisher of WeasyPrint's ``write_pdf``: complete the metadata of the PDF."""
    for prefix, uri in _PREFIXES.items():
        ElementTree.register_namespace(prefix, uri)
    rdf = ElementTree.fromstring(document.metadata.generate_rdf_metadata("a", 2, "A"))
    rdf.extend(ElementTree.fromstring(_UA))
    for item in rdf.iter(f"{{{_RDF}}}li"):  # WeasyPrint's own "xml:lang" has no namespace
        language = item.attrib.pop("xml:lang", None)
        if language:
            item.attrib["{http://www.w3.org/XML/1998/namespace}lang"] = language
    content = _HEADER + ElementTree.tostring(rdf, encoding="utf-8") + _FOOTER
    # Uncompressed, so that archives can read it without opening the PDF (ISO 19005-2, 6.6.2.1).
    stream = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    stream.stream, stream.compress = [content], False
    for dictionary in pdf.objects:  # bookmarks take their words from the page, hyphens and all
        if isinstance(dictionary, dict) and "Title" in dictionary and "Dest" in dictionary:
            dictionary["Title"].string = dictionary["Title"].string.replace("\u00ad", "")
