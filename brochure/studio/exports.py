"""From a leaflet to a file that people comment in, and back: what they changed in it."""

from brochure.interchange.differences import compare
from brochure.interchange.markdown_file import markdown_file
from brochure.interchange.outgoing import read_outgoing
from brochure.interchange.word_file import word_file
from brochure.messages import say
from brochure.project import Project
from brochure.studio.answers import Download, Json
from brochure.studio.editing import Editing
from brochure.studio.refusal import Refusal
from brochure.studio.returning import comparison_data
from brochure.studio.uploads import shown_name
from brochure.studio.wording import form_catalogue

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MARKDOWN = "text/markdown; charset=utf-8"


class Exports:
    """The leaflets of a project as files of other programs."""

    def __init__(self, project: Project, editing: Editing) -> None:
        self._project, self._editing = project, editing

    def word(self, name: str) -> Download:
        """A leaflet as a Word file. Raises DiagnosticsError."""
        return Download(f"{name}.docx", _WORD, word_file(read_outgoing(self._project, name)))

    def markdown(self, name: str) -> Download:
        """A leaflet as Markdown. Raises DiagnosticsError."""
        text = markdown_file(read_outgoing(self._project, name))
        return Download(f"{name}.md", _MARKDOWN, text.encode())

    def differences(self, name: str, file: str, data: bytes, language: str) -> Json:
        """What a file that is called `file` says otherwise than a leaflet, and the changes of the
        form that take it over. Raises DiagnosticsError.
        """
        if not data:
            raise Refusal(422, say("This file is empty."))
        comparison = compare(self._project, name, data, shown_name(file))
        return comparison_data(
            comparison, self._editing.read(name).values, form_catalogue(language)
        )
