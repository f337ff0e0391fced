"""Draft → a leaflet with the place of each text, or every problem at once."""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from functools import cached_property

from pydantic import BaseModel

from brochure.diagnostics import SYMBOL, Diagnostic, Place, Problems, error, raise_errors, shortened
from brochure.manuscript import checks, mend
from brochure.manuscript.fields import CODE
from brochure.manuscript.language import Hyphenation, Language, known_languages, load_language
from brochure.manuscript.model import Leaflet
from brochure.manuscript.nodes import Path, Scalar, Tree
from brochure.manuscript.regions import Region
from brochure.manuscript.validate import did_you_mean, validate
from brochure.manuscript.variants import Draft, read_work
from brochure.project import Project


@dataclass(frozen=True)
class Manuscript:
    """A leaflet as it was written: its content, its language, where each text stands.

    `region` is that of a variant; None for the base. `original` is the code of the language that
    quotes are in where their source names none: that of the base.
    """

    name: str
    leaflet: Leaflet
    language: Language
    languages: Map[str, Language]  # of the sources, where they are known, by their codes
    tree: Tree
    region: Region | None
    original: str
    diagnostics: tuple[Diagnostic, ...]  # warnings; errors are raised

    def place(self, path: Path, snippet: str = "") -> Place:
        """Where the text at `path` stands, or `snippet` inside it."""
        return self.tree.place(path, snippet)

    def located(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Complaints of the typesetter, which knows passages only, at their places in files."""
        return [
            replace(d, place=self.place(self._path(d.place.file.removeprefix(SYMBOL))))
            if d.place.file.startswith(SYMBOL)
            else d
            for d in diagnostics
        ]

    @cached_property
    def _indices(self) -> dict[str, int]:
        """Where passages stand, by their ids."""
        return {passage.id: index for index, passage in enumerate(self.leaflet.passages)}

    def _path(self, name: str) -> Path:
        """Where in the leaflet a symbolic place is: at a passage, the accent colour, the logo."""
        logo = self.leaflet.logo
        if name in self._indices:
            return ("passages", self._indices[name])
        if name == "/accent" and self.leaflet.accent:
            return ("accent",)
        if logo and name == f"/{logo.file}":
            return ("logo", "file")
        return ("title",)

    @property
    def hyphenation(self) -> dict[str, Hyphenation]:
        """How words are divided, by the codes of all languages that the leaflet is in."""
        known = (self.language, *self.languages.values())
        return {language.code: language.hyphenation for language in known if language.hyphenation}


def load(project: Project, name: str, variant: str | None = None) -> Manuscript:
    """Read a leaflet, or a variant of it. Raises Problems with all that is wrong in it."""
    return finish(project, read_work(project, name).draft(variant))


def finish(project: Project, draft: Draft) -> Manuscript:
    """A resolved draft as a validated leaflet. Raises Problems with all that is wrong in it."""
    tree, complaints = draft.tree, list(draft.complaints)
    # A value that broke the syntax was mended to go on; what is wrong with it was said already.
    said = {(d.place.file, d.place.line) for d in complaints if d.is_error}
    leaflet, invalid = validate(tree, Leaflet)
    complaints += [d for d in invalid if (d.place.file, d.place.line) not in said]
    complaints += checks.check_ids(tree)
    complaints += checks.check_lines(tree)
    if any(complaint.code in mend.LEAVES_OUT for complaint in complaints):
        # Lines were left out to go on, so what seems to be missing may stand in them.
        complaints = [c for c in complaints if c.code not in ("missing", "empty-passage")]
    complaints += checks.check_texts(tree)
    language = _language(project, tree, complaints)
    if leaflet is None or language is None:
        raise Problems(sorted(complaints, key=lambda d: d.place))
    complaints += checks.check_references(leaflet, tree)
    complaints += checks.check_addresses(leaflet, tree)
    complaints += checks.check_accent(leaflet, tree)
    diagnostics = raise_errors(complaints)
    known = known_languages(project)
    original = draft.original or leaflet.language
    codes = {
        original,
        *(source.language for _, source in checks.sources(leaflet) if source.language),
    }
    quoted = {c: load_language(project, c) for c in sorted(codes) if c.partition("-")[0] in known}
    return Manuscript(
        draft.leaflet, leaflet, language, quoted, tree, draft.region, original, diagnostics
    )


def texts(part: BaseModel, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text of a leaflet with its path."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, str):
            yield (*path, name), value
        elif isinstance(value, BaseModel):
            yield from texts(value, (*path, name))
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from texts(item, (*path, name, index))


def _language(project: Project, tree: Tree, complaints: list[Diagnostic]) -> Language | None:
    node = tree.node(("language",))
    if not isinstance(node, Scalar) or node.text is None:
        return None  # validation has said so
    known = known_languages(project)
    if node.text.partition("-")[0] in known:
        # Anything but a code would be part of a path; validation has said so.
        return load_language(project, node.text) if CODE.fullmatch(node.text) else None
    if not any(complaint.place == node.place for complaint in complaints):
        complaints.append(
            error(
                "unknown-language",
                f"`{shortened(node.text)}` is no language that is known here.",
                node.place,
                did_you_mean(node.text, known)
                + " A file `styles/languages/<code>.yaml` in the project adds one.",
            )
        )
    return None
