"""What the studio does in a project: it calls what the command line calls, and hands on the results
as plain data in the reader's language.
"""

import gc
import hashlib
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, Rationed, data_of, in_order
from brochure.files import read_own
from brochure.layout.designs import (
    DEFAULT,
    check_design,
    design_names,
    design_picture,
    read_design,
)
from brochure.layout.edition import Edition, choose_editions, load_editions
from brochure.manuscript.load import validate_leaflet
from brochure.manuscript.text.language import load_language
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml.nodes import Tree, plain
from brochure.messages import Catalogue, catalogue, say
from brochure.pipeline.executors import Executors, ProcessPool, Serial
from brochure.pipeline.fingerprint import Digests
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.outcome import Outcome
from brochure.pipeline.plan import Mode, Selection, make_plan
from brochure.pipeline.steps import Steps, run_plan
from brochure.pipeline.tasks import prepare
from brochure.project import Project
from brochure.sources.finding import VERDICT_NAMES, CheckedQuote
from brochure.starters import create_leaflet, starter_languages
from brochure.studio.editing import Editing
from brochure.studio.places import form_path
from brochure.studio.refusal import Refusal, no_such_page
from brochure.studio.server import Download, Json

_TITLE = 200  # characters of the title of a new leaflet; it can be made longer later
_NAME = 40  # characters of a name that is made of a title
_ARTIFACT = 500_000_000  # bytes
_MEDIA_TYPES = {".pdf": "application/pdf", ".html": "text/html; charset=utf-8"}
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)
_LANGUAGE = Location("language")
_STARTERS = {
    "leaflet": say("A leaflet to begin with: quotes from a document, and an answer to each."),
    "example": say("An example that shows what is found out about quotes."),
}


class Workplace:
    """A project, and the processes that typeset for it, which stay warm until `close`."""

    def __init__(self, project: Project) -> None:
        gc.enable()
        self.project = project
        self._pool = ProcessPool(1, prepare, kept=True)
        self._creating = threading.Lock()
        self._editing = Editing(project)

    @property
    def name(self) -> str:
        return self.project.root.name

    @property
    def content(self) -> Path:
        return self.project.content

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        self._pool.close()

    def leaflets(self) -> tuple[str, ...]:
        """The names of all leaflets; none as long as the project is an empty folder."""
        return self.project.leaflets() if self.content.is_dir() else ()

    def digest(self, name: str) -> str | None:
        """The digest (SHA-256) of the file of a leaflet; None if it cannot be read."""
        try:
            data = self.project.read(self.project.manuscript(name), bounds.MANUSCRIPT)
        except DiagnosticsError:
            return None
        return hashlib.sha256(data).hexdigest()

    # --- The project ---------------------------------------------------------------------------

    def project_overview(self, language: str) -> Json:
        """All leaflets with their state as far as reading tells it, and what a new one is made of:
        starters, designs, languages.
        """
        words = catalogue(language)
        return {
            "name": self.name,
            "language": language,
            "leaflets": [self._state(name) for name in self.leaflets()],
            "starters": [
                {"name": name, "title": words(title), "picture": self._picture_address(DEFAULT)}
                for name, title in _STARTERS.items()
            ],
            "designs": [
                {
                    "name": name,
                    "description": design.described(language),
                    "picture": self._picture_address(name),
                }
                for name in design_names(self.project)
                if (design := read_design(self.project, name).value)
            ],
            "languages": [
                {"code": code, "name": load_language(self.project, code).name}
                for code in starter_languages()
            ],
        }

    def _state(self, name: str) -> Json:
        """A leaflet: its title, how many errors and warnings reading it finds, how many variants it
        has, and when it was changed (ISO 8601, UTC).
        """
        title, variants = "", 0
        try:
            bundle = read_bundle(self.project, name)
            title = str(plain(bundle.base.node(("title",))) or "")
            variants = len(bundle.ids)
            chosen = Selection(base_too=True).of(bundle)[0]
            found = validate_leaflet(self.project, bundle.resolve(chosen)).diagnostics
        except DiagnosticsError as failed:
            found = failed.diagnostics
        errors = sum(d.is_error for d in found)
        return {
            "name": name,
            "title": title or name,
            "diagnostics": {"errors": errors, "warnings": _warnings(found)},
            "variants": variants,
            "changed": self._changed(name),
        }

    def _changed(self, name: str) -> str | None:
        try:
            seconds = self.project.manuscript(name).stat().st_mtime
        except OSError:
            return None
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")

    def _picture_address(self, design: str) -> str | None:
        has_one = design_picture(self.project, design) is not None
        return f"/api/designs/{design}.png" if has_one else None

    def design_picture(self, design: str) -> bytes:
        """The picture of a design, a PNG."""
        picture = None
        if design in design_names(self.project):
            picture = design_picture(self.project, design)
        if picture is None:
            raise no_such_page()
        return self.project.read(picture, bounds.PICTURE)

    def new_leaflet(self, body: Json, language: str) -> Json:
        """Make a leaflet: `title`, and as far as wanted `name`, `starter`, `design`, `language`.
        Nothing is ever overwritten.
        """
        title = " ".join(_text(body, "title").split())
        if not title or len(title) > _TITLE or not title.isprintable():
            raise Refusal(
                422,
                say("A leaflet needs a title of at most {limit} characters.", limit=_TITLE),
                say("You can change it at any time."),
            )
        code, starter = _text(body, "language") or "de", _text(body, "starter") or "leaflet"
        if code not in starter_languages() or starter not in _STARTERS:
            raise Refusal(
                422, say("There is no leaflet to start from in `{language}`.", language=code)
            )
        design = _text(body, "design") or DEFAULT
        check_design(design, design_names(self.project), Location("design"))
        with self._creating:
            name = _text(body, "name") or _free_name(title, self.leaflets())
            begun = not self.content.exists()
            try:
                self.content.mkdir(exist_ok=True)  # here, in an empty folder, the project begins
                create_leaflet(
                    self.project.root, name, code, design=design, example=starter == "example",
                    title=title,
                )  # fmt: skip
            finally:
                if begun and self.content.is_dir() and not any(self.content.iterdir()):
                    self.content.rmdir()
        return {"leaflet": name}

    # --- A leaflet -----------------------------------------------------------------------------

    def diagnostics(self, name: str, edition: str, language: str) -> Json:
        """What `brochure check` says of a leaflet and all its variants, in an edition or the
        default ones; and the verdict on each quote.
        """
        words = catalogue(language)
        selection = Selection(base_too=True)
        outcomes = self._outcomes(name, self._editions(edition), selection, Mode.CHECK, Serial())
        found: dict[Diagnostic, None] = {}
        quotes: dict[str, CheckedQuote] = {}
        for outcome in outcomes:
            found |= dict.fromkeys(outcome.diagnostics)
            if outcome.verification is not None:
                for checked in outcome.verification.quotes:
                    quotes.setdefault(checked.passage, checked)
        ration = Rationed()
        tree = self._tree(name)
        return {
            "diagnostics": [_data(d, tree, words) for d in ration(in_order(found))],
            "left_out": ration.by_code,
            "quotes": [
                {
                    "path": ["passages", {"id": passage}, "quote", "text"],
                    "verdict": checked.finding.verdict.value,
                    "word": words(VERDICT_NAMES[checked.finding.verdict]),
                }
                for passage, checked in quotes.items()
            ],
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

    def preview(self, name: str, edition: str, variant: str, language: str) -> Json:
        """The pages of a leaflet as they are now."""
        _not_there_yet()

    def picture(self, name: str, picture: str) -> bytes:
        """The picture of a page, a PNG."""
        _not_there_yet()

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
        steps = Steps(self.project, plan, manifest, digests)
        yield from run_plan(plan, steps, executors, self.project.cache)

    def _tree(self, name: str) -> Tree | None:
        """The file of a leaflet, where it can be read."""
        try:
            return read_bundle(self.project, name).base
        except DiagnosticsError:
            return None


def _data(diagnostic: Diagnostic, tree: Tree | None, words: Catalogue) -> Json:
    """A diagnostic as docs/json.md has it, in the reader's language, and the path of its field."""
    path = form_path(tree, diagnostic.location) if tree is not None else None
    return {**data_of(diagnostic, words), "path": path}


def _warnings(diagnostics: Iterable[Diagnostic]) -> int:
    return sum(d.severity.value == "warning" for d in diagnostics)


def _text(body: Json, key: str) -> str:
    """A text of a request; empty where there is none."""
    value = body.get(key) or ""
    if not isinstance(value, str):
        raise Refusal(400, say("This request is not in the form that the studio expects."))
    return value


def _free_name(title: str, taken: tuple[str, ...]) -> str:
    """A name for a leaflet, made of its title, that no leaflet has."""
    letters = unicodedata.normalize("NFKD", title.translate(_GERMAN)).encode("ascii", "ignore")
    words = re.findall(r"[a-z0-9]+", letters.decode().lower())
    base = ""
    for word in words:
        if base and len(base) + 1 + len(word) > _NAME:
            break
        base = f"{base}-{word}".strip("-")
    base = base[:_NAME] or "flugblatt"
    free = (f"{base}-{number}" if number > 1 else base for number in range(1, len(taken) + 2))
    known = {name.lower() for name in taken}
    return next(name for name in free if name not in known)


def _not_there_yet() -> NoReturn:
    raise Refusal(501, say("The studio cannot do this yet."))
