"""An OpenDocument text → a document."""

from brochure.diagnostics import Location, fail
from brochure.interchange.document import Document
from brochure.messages import say


def read_odt(data: bytes, name: str) -> Document:
    """The document in an .odt file. Raises DiagnosticsError."""
    fail(
        "import-odt",
        say("`{file}` is an OpenDocument text.", file=name),
        Location(name),
        say("Save it as .docx, and import that."),
    )
