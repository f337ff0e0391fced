"""Pages and files of leaflets, and what is wrong with them: as the command line makes and finds."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, Rationed, in_order
from brochure.files import read_own
from brochure.layout.edition import Edition
from brochure.layout.editions import choose_editions, load_editions
from brochure.manuscript.variants.resolution import read_bundle
from brochure.messages import Catalogue, say
from brochure.pipeline.executors import Executors, ProcessPool, Serial
from brochure.pipeline.fingerprint import Digests
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.outcome import Outcome
from brochure.pipeline.plan import Mode, Selection, make_plan
from brochure.pipeline.proofs import prepare_proofs
from brochure.pipeline.steps import Steps, run_plan
from brochure.project import Project
from brochure.sources.verification import SourceMemory
from brochure.studio.answers import Download, Json
from brochure.studio.editing import Editing
from brochure.studio.places import FormPaths
from brochure.studio.preview import Pages, Previews, preview_data
from brochure.studio.quotes import Quotes
from brochure.studio.refusal import Refusal
from brochure.studio.variant_editing import VariantEditing
from brochure.studio.wording import diagnostic_data, form_catalogue

_PATIENCE = 5.0  # seconds that a check waits for pages, which are looked at first
_ARTIFACT = 500_000_000  # bytes
_ZIP = "application/zip"
_MEDIA_TYPES = {".pdf": "application/pdf", ".html": "text/html; charset=utf-8"}


class Builds:
    """Takes leaflets of a project through the steps of every build. The processes that typeset
    stay warm until `close`.
    """

    def __init__(
        self,
        project: Project,
        memory: SourceMemory,
        editing: Editing,
        quotes: Quotes,
        variants: VariantEditing,
    ) -> None:
        self._project, self._memory = project, memory
        self._editing, self._quotes, self._variants = editing, quotes, variants
        self._pool = ProcessPool(1, prepare_proofs, kept=True)
        self._previews = Previews(project, self._pool, memory)

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        self._previews.close()
        self._pool.close()

    def preview(
        self,
        name: str,
        edition: str,
        variant: str,
        language: str,
        gone: threading.Event | None = None,
    ) -> Json:
        """The pages of a leaflet as they are now, or the last ones and why they are not. Empty
        names are the default edition and the base; `gone` is set when nobody waits any more.
        """
        try:
            answer = self._previews.preview(Pages(name, edition, variant), gone)
        except CancelledError:  # the studio is being closed, or nobody waits
            raise Refusal(503, say("The studio is closed.")) from None
        paths, words = self._places(name), form_catalogue(language)
        waiting = self._editing.waiting(name) if paths is not None else ()
        if variant:
            waiting = (*self._variants.waiting(name, variant), *waiting)
        shown = answer.diagnostics or (answer.preview.diagnostics if answer.preview else ())
        return {
            "edition": edition,
            "variant": variant,
            **preview_data(answer, waiting, f"/api/leaflets/{name}/pages", words),
            "diagnostics": [_data(d, paths, words) for d in Rationed()(in_order(shown))],
        }

    def picture(self, picture: str) -> bytes:
        """The picture of a page, a PNG, by its digest."""
        return self._previews.pictures.picture(picture)

    def outdated(self, name: str) -> object:
        """What has changed since pages of a leaflet were made, beside its file: a value that is
        another one after each change.
        """
        return self._previews.outdated(name)

    def check(self, name: str, edition: str, language: str) -> Json:
        """What `brochure check` says of a leaflet and all its variants, in an edition or the
        default ones.
        """
        words = form_catalogue(language)
        found = self.found(name, edition, Selection(base_too=True))
        ration = Rationed()
        paths = self._places(name)
        return {
            "diagnostics": [_data(d, paths, words) for d in ration(in_order(found))],
            "left_out": ration.by_code,
        }

    def found(self, name: str, edition: str, selection: Selection) -> list[Diagnostic]:
        """What can be found without typesetting in some variants of a leaflet, in an edition or
        the default ones; each once.
        """
        self._quotes.read(name)
        self._previews.wait(_PATIENCE)
        outcomes = self._outcomes(name, self._editions(edition), selection, Mode.CHECK, Serial())
        return list(dict.fromkeys(d for outcome in outcomes for d in outcome.diagnostics))

    def file(self, name: str, edition: str, variant: str) -> Download:
        """The file of an edition, built as `brochure build` does, and found in ``out/`` as well."""
        editions = self._editions(edition)
        first = next(iter(editions))
        (path,) = self._built(name, {first: editions[first]}, variant)
        return Download(path.name, _MEDIA_TYPES[path.suffix], read_own(path, _ARTIFACT))

    def archive(self, name: str, variant: str) -> Download:
        """The files of all default editions, built likewise, in one ZIP file."""
        paths = self._built(name, self._editions(""), variant)
        data = BytesIO()
        with ZipFile(data, "w") as archive:  # PDFs are compressed already
            for path in paths:
                archive.writestr(ZipInfo(path.name), read_own(path, _ARTIFACT))
        return Download(f"{'-'.join(filter(None, (name, variant)))}.zip", _ZIP, data.getvalue())

    def build(self, name: str, edition: str, selection: Selection) -> Iterator[Outcome]:
        """Build the files of one edition that are not up to date; what became of each."""
        editions = self._editions(edition)
        first = next(iter(editions))
        yield from self._build(name, {first: editions[first]}, selection)

    def _built(self, name: str, editions: dict[str, Edition], variant: str) -> list[Path]:
        """The files of some editions. Raises DiagnosticsError unless all of them could be built."""
        selection = Selection((variant,) if variant else ())
        diagnostics: list[Diagnostic] = []
        paths: list[Path] = []
        for outcome in self._build(name, editions, selection):
            diagnostics += outcome.diagnostics
            paths += [outcome.artifact.path] if outcome.artifact else []
        if len(paths) < len(editions):
            raise DiagnosticsError(diagnostics)
        return paths

    def _build(
        self, name: str, editions: dict[str, Edition], selection: Selection
    ) -> Iterator[Outcome]:
        outcomes = self._outcomes(name, editions, selection, Mode.BUILD, self._pool)
        with self._previews.typesetting:
            yield from outcomes

    def _editions(self, name: str) -> dict[str, Edition]:
        """The edition of a name, or the default ones."""
        known = load_editions(self._project)
        return choose_editions(known, (name,) if name else (), Location("edition"))

    def _outcomes(
        self,
        name: str,
        editions: dict[str, Edition],
        selection: Selection,
        mode: Mode,
        executors: Executors,
    ) -> Iterator[Outcome]:
        manifest, digests = Manifest(self._project), Digests()
        plan = make_plan(self._project, (name,), selection, editions, mode, manifest, digests)
        steps = Steps(self._project, plan, manifest, digests, self._memory)
        yield from run_plan(plan, steps, executors, self._project.cache)

    def _places(self, name: str) -> FormPaths | None:
        """Which fields the places of a leaflet's file lead to, where it can be read."""
        try:
            return FormPaths(read_bundle(self._project, name).base)
        except DiagnosticsError:
            return None


def _data(
    diagnostic: Diagnostic, paths: FormPaths | None, words: Catalogue
) -> Mapping[str, object]:
    path = paths.of(diagnostic) if paths is not None else None
    return diagnostic_data(diagnostic, path, words)
