"""Word and OpenDocument files, made of the XML that a test is about."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
STRICT_R = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    "</Types>"
)


def p(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text, run)}</w:p>"


def r(text: str, properties: str = "", name: str = "w:t") -> str:
    """A run."""
    inner = f'<{name} xml:space="preserve">{text}</{name}>'
    return f"<w:r><w:rPr>{properties}</w:rPr>{inner}</w:r>"


def tc(*blocks: str, properties: str = "") -> str:
    """A cell of a table."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(blocks)}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    """A row of a table."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    """A table without widths of columns."""
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def relation(own: str, kind: str, target: str, *, outside: bool = False) -> str:
    """A relationship."""
    mode = ' TargetMode="External"' if outside else ""
    return f'<Relationship Id="{own}" Type="{R}/{kind}" Target="{target}"{mode}/>'


def relations(*each: str) -> str:
    """A file of relationships."""
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(each)}</Relationships>'


def part(name: str, content: str) -> str:
    """The XML of a part whose root is `name`."""
    return f"<w:{name} {NAMESPACES}>{content}</w:{name}>"


def archive(entries: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as file:
        for name, data in entries.items():
            how = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
            file.writestr(name, data, compress_type=how)
    return buffer.getvalue()


def docx_entries(
    body: str, parts: Mapping[str, str | bytes] | None = None, *related: str
) -> dict[str, str | bytes]:
    """The entries of a .docx file: its body, other parts below ``word/``, and the relationships of
    the body; those of parts with usual names are added.
    """
    parts = parts or {}
    usual = [
        relation(f"part-{number}", name.removesuffix(".xml").rstrip("0123456789"), name)
        for number, name in enumerate(parts)
        if "/" not in name and name.endswith(".xml")
    ]
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": relations(relation("main", "officeDocument", "word/document.xml")),
        "word/document.xml": part("document", f"<w:body>{body}</w:body>"),
        "word/_rels/document.xml.rels": relations(*usual, *related),
        **{f"word/{name}": content for name, content in parts.items()},
    }


def docx(body: str, parts: Mapping[str, str | bytes] | None = None, *related: str) -> bytes:
    """A .docx file; see `docx_entries`."""
    return archive(docx_entries(body, parts, *related))


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
ODF_NAMESPACES = (
    f'xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" '
    f'xmlns:table="{_ODF}:table:1.0" xmlns:style="{_ODF}:style:1.0" '
    f'xmlns:draw="{_ODF}:drawing:1.0" xmlns:fo="{_ODF}:xsl-fo-compatible:1.0" '
    f'xmlns:svg="{_ODF}:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    f'xmlns:meta="{_ODF}:meta:1.0" xmlns:math="http://www.w3.org/1998/Math/MathML"'
)


def odt_entries(body: str, automatic: str = "", styles: str = "") -> dict[str, str]:
    """The entries of an .odt file: its body, its automatic styles, and the content of the root of
    ``styles.xml``.
    """
    return {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"<office:document-content {ODF_NAMESPACES}><office:automatic-styles>"
        f"{automatic}</office:automatic-styles><office:body><office:text>{body}</office:text>"
        "</office:body></office:document-content>",
        "styles.xml": f"<office:document-styles {ODF_NAMESPACES}>{styles}</office:document-styles>",
    }


def odt(
    body: str, automatic: str = "", styles: str = "", more: Mapping[str, str | bytes] | None = None
) -> bytes:
    """An .odt file; see `odt_entries`."""
    return archive({**odt_entries(body, automatic, styles), **(more or {})})
