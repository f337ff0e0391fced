"""From a leaflet to a file that people comment in, and back: what they changed in it."""

from brochure.interchange.markdown_file import markdown_file
from brochure.interchange.outgoing import read_outgoing
from brochure.interchange.word_file import word_file
from brochure.project import Project
from brochure.studio.answers import Download

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MARKDOWN = "text/markdown; charset=utf-8"


class Exports:
    """The leaflets of a project as files of other programs."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def word(self, name: str) -> Download:
        """A leaflet as a Word file. Raises DiagnosticsError."""
        return Download(f"{name}.docx", _WORD, word_file(read_outgoing(self._project, name)))

    def markdown(self, name: str) -> Download:
        """A leaflet as Markdown. Raises DiagnosticsError."""
        text = markdown_file(read_outgoing(self._project, name))
        return Download(f"{name}.md", _MARKDOWN, text.encode())
