"""What must hold across the fields of a leaflet, each complaint at its place."""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from functools import cached_property

from pydantic import BaseModel

from brochure import bounds
from brochure.diagnostics import (
    SYMBOL,
    Diagnostic,
    DiagnosticsError,
    Location,
    Severity,
    error,
    raise_errors,
    shortened,
    warning,
)
from brochure.manuscript.model.fields import CODE, RANGE, contrast, rgb
from brochure.manuscript.model.leaflet import Leaflet, Quote, Source
from brochure.manuscript.text import markdown
from brochure.manuscript.text.language import Hyphenation, Language, known_languages, load_language
from brochure.manuscript.variants.regions import Region
from brochure.manuscript.variants.resolution import ResolvedLeaflet, read_bundle
from brochure.manuscript.yaml import recovery
from brochure.manuscript.yaml.nodes import (
    Mapping,
    Path,
    Scalar,
    Sequence,
    Tree,
    items,
    plain,
    scalars,
)
from brochure.manuscript.yaml.validation import did_you_mean, validate
from brochure.project import Project

# The texts in which Markdown is understood; in the others every character stands for itself.
_MARKDOWN = {"title", "subtitle", "lead", "heading", "text", "contact", "imprint"}
_WHITE = (1.0, 1.0, 1.0)


def sources(leaflet: Leaflet) -> Iterator[tuple[Path, Source]]:
    """The documents that are quoted, with their paths: that of the leaflet, those of quotes."""
    if leaflet.source:
        yield ("source",), leaflet.source
    for index, passage in enumerate(leaflet.passages):
        if passage.quote and passage.quote.source:
            yield ("passages", index, "quote", "source"), passage.quote.source


def check_ids(tree: Tree) -> Iterator[Diagnostic]:
    """Ids name passages for good, so each may stand once only; and a passage needs a side."""
    passages = tree.node(("passages",))
    if not isinstance(passages, Sequence):
        return
    first: dict[str, Location] = {}
    for index, passage in enumerate(passages.items):
        if not isinstance(passage, Mapping):
            continue
        name = passage.get("id")
        if isinstance(name, Scalar) and name.text is not None:
            if name.text in first:
                before = first[name.text]
                file = f" of {before.file}" if before.file != name.location.file else ""
                yield error(
                    "duplicate-id",
                    f"The id `{name.text}` is given twice; the first stands in line "
                    f"{before.line}{file}.",
                    name.location,
                    "Give each passage an id of its own.",
                )
            first.setdefault(name.text, name.location)
        sides = (passage.get("quote"), passage.get("commentary"))
        if all(plain(side) is None for side in sides):
            yield error(
                "empty-passage",
                "This passage has neither a quote nor a commentary.",
                tree.location(("passages", index)),
                "Write one of them, or delete the passage.",
            )


def check_texts(tree: Tree) -> Iterator[Diagnostic]:
    """Markdown that cannot be printed as meant, at its place."""
    signs = 0
    for path, node in scalars(tree.root):
        if node.text is None or path[-1] not in _MARKDOWN or path[-2:] == ("source", "title"):
            continue
        signs += markdown.signs(node.text)
        if signs > bounds.SIGNS:
            yield error(
                "too-long",
                f"From here on the leaflet has too many signs such as * and [: {bounds.SIGNS} are "
                "the most.",
                tree.location(path),
                "Is this text, or something else?",
            )
            return
        for diagnostic in markdown.check(node.text):
            yield Diagnostic(
                Severity(diagnostic.severity),
                diagnostic.code,
                diagnostic.message,
                tree.location(path, diagnostic.snippet),
                diagnostic.hint,
            )


def check_references(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """A reference must say all that its pattern asks for, and use all that is given."""
    for index, passage in enumerate(leaflet.passages):
        quote, path = passage.quote, ("passages", index, "quote")
        if quote is None:
            continue
        source = quote.source or leaflet.source or Source(title="–")
        given = {name for name in ("lines", "page") if getattr(quote, name)}
        wanted = _placeholders(source, quote)
        if not given:
            yield warning(
                "no-reference",
                "The quote does not say where it stands in the source.",
                tree.location((*path, "text")),
                "Add `lines:` or `page:`; readers want to look it up.",
            )
        elif missing := sorted(wanted - given):
            yield error(
                "reference",
                f"The reference needs `{missing[0]}`, which this quote does not give.",
                tree.location((*path, min(given))),
                f"Add `{missing[0]}: …`, or change `reference:` of the source.",
            )
        elif unused := sorted(given - wanted):
            yield error(
                "reference",
                f"`{unused[0]}` would not be printed: the pattern `{source.reference}` does not "
                "use it.",
                tree.key_location((*path, unused[0])),
                f"Write {{{unused[0]}}} into `reference:` of the source, or delete this line.",
            )


def check_lines(tree: Tree) -> Iterator[Diagnostic]:
    """Lines of one page that end before they begin. Over a page break they may."""
    for index in range(len(items(tree.node(("passages",))))):
        path = ("passages", index, "quote")
        lines, page = (plain(tree.node((*path, key))) for key in ("lines", "page"))
        if not isinstance(lines, str) or RANGE.search(str(page or "")):
            continue
        for first, last in RANGE.findall(lines):
            if int(last) < int(first):
                yield error(
                    "numbers",
                    f"`{first}-{last}` ends before it begins.",
                    tree.location((*path, "lines")),
                    "Write the smaller number first; or, if the quote runs on to the next page, "
                    "where lines are counted anew, both pages: `page: 2-3`.",
                )


def _placeholders(source: Source, quote: Quote) -> set[str]:
    if source.reference is None:  # the language's own patterns take what is given
        return {name for name in ("lines", "page") if getattr(quote, name)}
    return {name for name in ("lines", "page") if f"{{{name}}}" in source.reference}


def check_addresses(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """Addresses of sources that lead nowhere."""
    for path, source in sources(leaflet):
        diagnostic = markdown.check_address(source.address) if source.address else None
        if diagnostic:
            yield error("link", diagnostic[0], tree.location((*path, "address")), diagnostic[1])


def check_accent(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """The accent carries words, so it needs the contrast of WCAG 2.1, 1.4.3: 4.5 to 1."""
    if leaflet.accent and (ratio := contrast(rgb(leaflet.accent), _WHITE)) < 4.5:
        yield warning(
            "contrast",
            f"The accent colour is too pale to be read: {ratio:.1f} to 1 on white paper.",
            tree.location(("accent",)),
            "Take a darker one; from 4.5 to 1 on it survives a bad copy.",
        )


# --- Draft → a leaflet with the place of each text, or every problem at once.


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

    def location(self, path: Path, snippet: str = "") -> Location:
        """Where the text at `path` stands, or `snippet` inside it."""
        return self.tree.location(path, snippet)

    def located(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Complaints of the typesetter, which knows passages only, at their places in files."""
        return [
            replace(d, location=self.location(self._path(d.location.file.removeprefix(SYMBOL))))
            if d.location.file.startswith(SYMBOL)
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
    return finish(project, read_bundle(project, name).draft(variant))


def finish(project: Project, draft: ResolvedLeaflet) -> Manuscript:
    """A resolved draft as a validated leaflet. Raises Problems with all that is wrong in it."""
    tree, diagnostics = draft.tree, list(draft.diagnostics)
    # A value that broke the syntax was mended to go on; what is wrong with it was said already.
    said = {(d.location.file, d.location.line) for d in diagnostics if d.is_error}
    leaflet, invalid = validate(tree, Leaflet)
    diagnostics += [d for d in invalid if (d.location.file, d.location.line) not in said]
    diagnostics += check_ids(tree)
    diagnostics += check_lines(tree)
    if any(diagnostic.code in recovery.LEAVES_OUT for diagnostic in diagnostics):
        # Lines were left out to go on, so what seems to be missing may stand in them.
        diagnostics = [c for c in diagnostics if c.code not in ("missing", "empty-passage")]
    diagnostics += check_texts(tree)
    language = _language(project, tree, diagnostics)
    if leaflet is None or language is None:
        raise DiagnosticsError(sorted(diagnostics, key=lambda d: d.location))
    diagnostics += check_references(leaflet, tree)
    diagnostics += check_addresses(leaflet, tree)
    diagnostics += check_accent(leaflet, tree)
    reported = raise_errors(diagnostics)
    known = known_languages(project)
    original = draft.original or leaflet.language
    codes = {
        original,
        *(source.language for _, source in sources(leaflet) if source.language),
    }
    quoted = {c: load_language(project, c) for c in sorted(codes) if c.partition("-")[0] in known}
    return Manuscript(
        draft.leaflet, leaflet, language, quoted, tree, draft.region, original, reported
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


def _language(project: Project, tree: Tree, diagnostics: list[Diagnostic]) -> Language | None:
    node = tree.node(("language",))
    if not isinstance(node, Scalar) or node.text is None:
        return None  # validation has said so
    known = known_languages(project)
    if node.text.partition("-")[0] in known:
        # Anything but a code would be part of a path; validation has said so.
        return load_language(project, node.text) if CODE.fullmatch(node.text) else None
    if not any(diagnostic.location == node.location for diagnostic in diagnostics):
        diagnostics.append(
            error(
                "unknown-language",
                f"`{shortened(node.text)}` is no language that is known here.",
                node.location,
                did_you_mean(node.text, known)
                + " A file `styles/languages/<code>.yaml` in the project adds one.",
            )
        )
    return None
