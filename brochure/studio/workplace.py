"""What the studio does in a project: it calls what the command line calls, and hands on the results
as plain data in the reader's language.
"""

import gc
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, Rationed, data_of, in_order
from brochure.files import read_own
from brochure.layout.designs import design_names, design_picture
from brochure.layout.edition import Edition
from brochure.layout.editions import choose_editions, load_editions
from brochure.manuscript.variants.resolution import read_bundle
from brochure.messages import Catalogue, catalogue, say
from brochure.pipeline.executors import Executors, ProcessPool, Serial
from brochure.pipeline.fingerprint import Digests
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.outcome import Outcome
from brochure.pipeline.plan import Mode, Selection, make_plan
from brochure.pipeline.proofs import prepare_proofs
from brochure.pipeline.steps import Steps, run_plan
from brochure.project import Project
from brochure.sources.verification import SourceMemory
from brochure.studio import start
from brochure.studio.backend import Download, Json
from brochure.studio.editing import Editing
from brochure.studio.places import FormPaths
from brochure.studio.preview import Pages, Previews, preview_data
from brochure.studio.quotes import Quotes
from brochure.studio.refusal import Refusal, no_such_page
from brochure.studio.session import LeafletSession
from brochure.studio.uploads import Uploads

_PATIENCE = 5.0  # seconds that a check waits for pages, which are looked at first
_ARTIFACT = 500_000_000  # bytes
_MEDIA_TYPES = {".pdf": "application/pdf", ".html": "text/html; charset=utf-8"}


class Workplace:
    """A project, and the processes that typeset for it, which stay warm until `close`."""

    def __init__(self, project: Project) -> None:
        gc.enable()
        self.project = project
        self._memory = SourceMemory()
        self._pool = ProcessPool(1, prepare_proofs, kept=True)
        self._previews = Previews(project, self._pool, self._memory)
        self._creating = threading.Lock()
        self._editing = Editing(project)
        self._quotes = Quotes(project, self._memory)
        self._uploads = Uploads(project)

    @property
    def name(self) -> str:
        return self.project.root.name

    @property
    def content(self) -> Path:
        return self.project.content

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        self._previews.close()
        self._pool.close()

    def leaflets(self) -> tuple[str, ...]:
        """The names of all leaflets."""
        return start.leaflets(self.project)

    def digest(self, name: str) -> str | None:
        """The digest (SHA-256) of the file of a leaflet; None if it cannot be read."""
        try:
            return LeafletSession(self.project, name).digest()
        except DiagnosticsError:
            return None

    # --- The first page ------------------------------------------------------------------------

    def project_overview(self, language: str) -> Json:
        """All leaflets with their state, and what a new one can be made of."""
        return start.overview(self.project, language)

    def design_picture(self, design: str) -> bytes:
        """The picture of a design, a PNG."""
        known = design in design_names(self.project)
        picture = design_picture(self.project, design) if known else None
        if picture is None:
            raise no_such_page()
        return self.project.read(picture, bounds.PICTURE)

    def new_leaflet(self, body: Json, language: str) -> Json:
        """Make a leaflet; two at the same time must not choose the same name."""
        with self._creating:
            return {"leaflet": start.new_leaflet(self.project, body)}

    # --- A leaflet -----------------------------------------------------------------------------

    def diagnostics(self, name: str, edition: str, language: str) -> Json:
        """What `brochure check` says of a leaflet and all its variants, in an edition or the
        default ones.
        """
        self._quotes.read(name)
        words = catalogue(language)
        self._previews.wait(_PATIENCE)
        selection = Selection(base_too=True)
        outcomes = self._outcomes(name, self._editions(edition), selection, Mode.CHECK, Serial())
        found: dict[Diagnostic, None] = {}
        for outcome in outcomes:
            found |= dict.fromkeys(outcome.diagnostics)
        ration = Rationed()
        paths = self._places(name)
        return {
            "diagnostics": [_data(d, paths, words) for d in ration(in_order(found))],
            "left_out": ration.by_code,
        }

    def file(self, name: str, edition: str, variant: str, language: str) -> Download:
        """The file of an edition, built as `brochure build` does, and found in ``out/`` as well."""
        editions = self._editions(edition)
        first = next(iter(editions))
        outcomes = self._outcomes(
            name,
            {first: editions[first]},
            Selection((variant,) if variant else ()),
            Mode.BUILD,
            self._pool,
        )
        diagnostics: list[Diagnostic] = []
        path: Path | None = None
        with self._previews.typesetting:
            for outcome in outcomes:
                diagnostics += outcome.diagnostics
                path = outcome.artifact.path if outcome.artifact else path
        if path is None:
            raise DiagnosticsError(diagnostics)
        return Download(path.name, _MEDIA_TYPES[path.suffix], read_own(path, _ARTIFACT))

    def leaflet(self, name: str, language: str) -> Json:
        """All that the form of a leaflet shows."""
        return self._editing.leaflet(name, language)

    def save(self, name: str, body: Json, language: str) -> Json:
        """Save changes of a leaflet."""
        return self._editing.save(name, body, language)

    def discard(self, name: str, body: Json, language: str) -> Json:
        """Forget what is held of a field of a leaflet."""
        return self._editing.discard(name, body, language)

    def preview(
        self,
        name: str,
        edition: str,
        variant: str,
        language: str,
        gone: threading.Event | None = None,
    ) -> Json:
        """The pages of a leaflet as they are now, or the last ones and why they are not."""
        try:
            answer = self._previews.preview(Pages(name, edition, variant), gone)
        except CancelledError:  # the studio is being closed, or nobody waits
            raise Refusal(503, say("The studio is closed.")) from None
        paths, words = self._places(name), catalogue(language)
        waiting = self._editing.waiting(name) if paths is not None else ()
        shown = answer.diagnostics or (answer.preview.diagnostics if answer.preview else ())
        return {
            "edition": edition,
            "variant": variant,
            **preview_data(answer, waiting, f"/api/leaflets/{name}/pages", words),
            "diagnostics": [_data(d, paths, words) for d in Rationed()(in_order(shown))],
        }

    def picture(self, name: str, picture: str) -> bytes:
        """The picture of a page, a PNG."""
        return self._previews.pictures.picture(picture)

    def outdated(self, name: str) -> object:
        """What has changed since the pages of a leaflet were made, beside its file."""
        return self._previews.outdated(name)

    # --- Documents that are quoted, and pictures -----------------------------------------------

    def source(self, name: str, query: Mapping[str, str], language: str) -> Json:
        """Lines of the document that a passage quotes."""
        return self._quotes.source(name, query, language)

    def find(self, name: str, query: Mapping[str, str], language: str) -> Json:
        """Where words are in that document."""
        return self._quotes.find(name, query, language)

    def excerpt(self, name: str, query: Mapping[str, str], language: str) -> Json:
        """Lines of that document as a quote."""
        return self._quotes.excerpt(name, query, language)

    def verdicts(self, name: str, language: str) -> Json:
        """The verdict on each quote of a leaflet, and how it can be corrected."""
        return self._quotes.verdicts(name, language)

    def files(self, name: str, language: str) -> Json:
        """The documents and pictures of a leaflet."""
        return self._uploads.files(name)

    def upload(self, name: str, use: str, file: str, data: bytes) -> Json:
        """Add a document or a picture, sent under the name `file`, to a leaflet."""
        return self._uploads.upload(name, use, file, data)

    # --- What the command line calls -----------------------------------------------------------

    def _editions(self, name: str) -> dict[str, Edition]:
        """The edition of a name, or the default ones."""
        known = load_editions(self.project)
        return choose_editions(known, (name,) if name else (), Location("edition"))

    def _outcomes(
        self,
        name: str,
        editions: dict[str, Edition],
        selection: Selection,
        mode: Mode,
        executors: Executors,
    ) -> Iterator[Outcome]:
        """Take a leaflet through the steps that every command goes."""
        manifest, digests = Manifest(self.project), Digests()
        plan = make_plan(self.project, (name,), selection, editions, mode, manifest, digests)
        steps = Steps(self.project, plan, manifest, digests, self._memory)
        yield from run_plan(plan, steps, executors, self.project.cache)

    def _places(self, name: str) -> FormPaths | None:
        """Which fields the places of a leaflet's file lead to, where it can be read."""
        try:
            return FormPaths(read_bundle(self.project, name).base)
        except DiagnosticsError:
            return None


def _data(diagnostic: Diagnostic, paths: FormPaths | None, words: Catalogue) -> Json:
    """A diagnostic as docs/json.md has it, in the reader's language, and the path of its field."""
    path = paths.at(diagnostic.location) if paths is not None else None
    return {**data_of(diagnostic, words), "path": path}
