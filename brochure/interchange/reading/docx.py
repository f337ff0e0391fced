"""A Word document → a document."""

from brochure.interchange.document import Document
from brochure.interchange.reading.container import open_package


def read_docx(data: bytes, name: str) -> Document:
    """The document in a .docx file. Raises DiagnosticsError."""
    package = open_package(data, name)
    return Document((), diagnostics=tuple(package.diagnostics))
