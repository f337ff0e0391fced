"""XML of office files as elements with short names (``w:p``), whichever of its namespaces it uses.

A document type is refused: neither ECMA-376 (Part 2, 8.1.1) nor any word processor has one, and
entities may stand for gigabytes.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from brochure import bounds

_OOXML = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"  # ISO/IEC 29500-1; the others are 29500-4, transitional
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_SHORT = {
    **{
        base + path: short
        for short, transitional, strict in (
            ("w", "wordprocessingml/2006/main", "wordprocessingml/main"),
            ("r", "officeDocument/2006/relationships", "officeDocument/relationships"),
            ("wp", "drawingml/2006/wordprocessingDrawing", "drawingml/wordprocessingDrawing"),
            ("a", "drawingml/2006/main", "drawingml/main"),
            ("pic", "drawingml/2006/picture", "drawingml/picture"),
            ("c", "drawingml/2006/chart", "drawingml/chart"),
            ("dgm", "drawingml/2006/diagram", "drawingml/diagram"),
            ("m", "officeDocument/2006/math", "officeDocument/math"),
        )
        for base, path in ((_OOXML, transitional), (_STRICT, strict))
    },
    f"{_OOXML}markup-compatibility/2006": "mc",
    f"{_OOXML}package/2006/relationships": "rel",
    f"{_OOXML}package/2006/metadata/core-properties": "cp",
    "http://purl.org/dc/elements/1.1/": "dc",
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
    **{
        f"{_ODF}{path}:1.0": short
        for path, short in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("drawing", "draw"),
            ("manifest", "manifest"),
            ("xsl-fo-compatible", "fo"),
            ("svg-compatible", "svg"),
        )
    },
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/1998/Math/MathML": "math",
}


class Malformed(Exception):
    """XML that cannot be read."""


class Refused(Exception):
    """XML that is not read: it has a document type, or elements too deep within one another."""


def parse(data: bytes) -> Element:
    """The root of an XML file. Raises Malformed or Refused."""
    builder = TreeBuilder()
    names: dict[str, str] = {}
    depth = 0

    def short(name: str) -> str:
        if name not in names:
            namespace, _, local = name.rpartition(" ")
            prefix = _SHORT.get(namespace, namespace and f"{{{namespace}}}")
            joint = ":" if namespace in _SHORT else ""
            names[name] = f"{prefix}{joint}{local}"
        return names[name]

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > bounds.XML_DEPTH:
            raise Refused
        builder.start(short(name), {short(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(short(name))

    def doctype(*_: object) -> None:
        raise Refused

    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except (ExpatError, LookupError, ValueError) as reason:
        raise Malformed(str(reason)) from None
    return builder.close()


def child(element: Element | None, *path: str) -> Element | None:
    """The first child of this name, its first child of the next name, and so on; None without."""
    for name in path:
        if element is None:
            return None
        element = next((one for one in element if one.tag == name), None)
    return element


def value(element: Element | None, *path: str, attribute: str = "w:val") -> str | None:
    """An attribute of the element at a path of children; None without."""
    found = child(element, *path)
    return None if found is None else found.get(attribute)


def every(element: Element, *names: str) -> Iterator[Element]:
    """The elements of these names within one, in their order."""
    return (one for one in element.iter() if one.tag in names)
