"""What the studio works with in a project: its parts, each of which does what commands do."""

import gc
import threading

from brochure import bounds
from brochure.diagnostics import DiagnosticsError
from brochure.layout.designs import design_names, design_picture
from brochure.project import Project
from brochure.sources.verification import SourceMemory
from brochure.studio import start
from brochure.studio.answers import Json
from brochure.studio.builds import Builds
from brochure.studio.editing import Editing
from brochure.studio.exports import Exports
from brochure.studio.imports import Imports
from brochure.studio.leaflet_document import LeafletSession
from brochure.studio.mailing import Mailings
from brochure.studio.quotes import Quotes
from brochure.studio.refusal import no_such_page
from brochure.studio.regions_editing import RegionsEditing
from brochure.studio.states import LeafletStates
from brochure.studio.uploads import Uploads
from brochure.studio.variant_editing import VariantEditing


class Workplace:
    """A project with all that can be done in it, until `close`. Functions may take their time, are
    called in any thread, and raise Refusal or DiagnosticsError.
    """

    def __init__(self, project: Project) -> None:
        gc.enable()
        self.project = project
        memory = SourceMemory()
        self.editing = Editing(project)
        self.variants = VariantEditing(project)
        self.quotes = Quotes(project, memory)
        self.builds = Builds(project, memory, self.editing, self.quotes, self.variants)
        self.uploads = Uploads(project)
        self.states = LeafletStates(project, self.builds, self.quotes)
        self.regions = RegionsEditing(project)
        self.mail = Mailings(project, self.builds)
        self.creating = threading.Lock()
        self.imports = Imports(project, self.creating)
        self.exports = Exports(project, self.editing)

    @property
    def name(self) -> str:
        """The name of the project, as people see it."""
        return self.project.root.name

    def close(self) -> None:
        """End what is being sent, after the letter on its way, and what is being typeset; that is
        of no use any more. Saving goes on.
        """
        self.mail.close()
        self.builds.close()

    def leaflets(self) -> tuple[str, ...]:
        """The names of all leaflets."""
        return start.leaflets(self.project)

    def digest(self, name: str) -> str | None:
        """The digest (SHA-256) of the file of a leaflet; None if it cannot be read."""
        try:
            return LeafletSession(self.project, name).digest()
        except DiagnosticsError:
            return None

    def overview(self, language: str) -> Json:
        """All leaflets with their state, and what a new one can be made of."""
        return {**start.overview(self.project, language), "imports": self.imports.begun()}

    def design_picture(self, design: str) -> bytes:
        """The picture of a design, a PNG."""
        known = design in design_names(self.project)
        picture = design_picture(self.project, design) if known else None
        if picture is None:
            raise no_such_page()
        return self.project.read(picture, bounds.PICTURE)

    def new_leaflet(self, body: Json) -> str:
        """Make a leaflet, and return its name; two at the same time must not choose the same."""
        with self.creating:
            return start.new_leaflet(self.project, body)
