"""A leaflet folder → a validated leaflet in which each text has a location, or its diagnostics."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from pydantic import BaseModel

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Part,
    Severity,
    error,
    in_order,
    raise_errors,
    shortened,
    warning,
)
from brochure.manuscript.consistency import check_consistency
from brochure.manuscript.model.fields import (
    LANGUAGE_CODE,
    PAGE_RANGE,
    READABLE,
    contrast,
    darkened,
    ranges,
    rgb,
)
from brochure.manuscript.model.leaflet import Leaflet, Source
from brochure.manuscript.text.language import Hyphenation, Language, known_languages, load_language
from brochure.manuscript.text.markdown_check import (
    check_address,
    check_markdown,
    count_markup_characters,
)
from brochure.manuscript.text.mojibake import broken_letters
from brochure.manuscript.variants.regions import Region
from brochure.manuscript.variants.resolution import ResolvedLeaflet, read_bundle
from brochure.manuscript.yaml import recovery
from brochure.manuscript.yaml.nodes import (
    MappingNode,
    ScalarNode,
    Tree,
    TreePath,
    items,
    plain,
    scalars,
)
from brochure.manuscript.yaml.validation import did_you_mean, on_other_lines, validate
from brochure.messages import joined, say
from brochure.project import Project

# The texts with Markdown; in the others, every character is printed as it is.
_MARKDOWN = {"title", "subtitle", "lead", "heading", "text", "demand", "place", "access", "contact",
             "imprint"}  # fmt: skip
# Those of them that can have paragraphs and lists; the others are set as one line.
_OF_PARAGRAPHS = {"lead", "text", "contact", "imprint"}
_PARAGRAPHS = re.compile(r"\S[ \t]*\n[ \t]*(?:\n\s*\S|[-*+] )")
_WHITE = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Manuscript:
    """A leaflet as it was written: its content, its language, and the location of each text.

    `region` is that of a variant; None for the base. `languages` are those of the sources, where
    they are known, by their codes. `original` is the code of the language of quotes whose source
    names none: that of the base. `diagnostics` are warnings; errors are raised.
    """

    name: str
    leaflet: Leaflet
    language: Language
    languages: Mapping[str, Language]
    tree: Tree
    region: Region | None
    original: str
    diagnostics: tuple[Diagnostic, ...]

    def location(self, path: TreePath, snippet: str = "") -> Location:
        """The location of the text at `path`, or of `snippet` inside it."""
        return self.tree.location(path, snippet)

    def located(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Diagnostics about parts of the leaflet (the typesetter's) at their locations in files."""
        return [
            replace(d, location=self.location(self._path(d.location)))
            if isinstance(d.location, Part)
            else d
            for d in diagnostics
        ]

    @property
    def hyphenation(self) -> dict[str, Hyphenation]:
        """How words are divided, by the codes of all languages in the leaflet."""
        known = (self.language, *self.languages.values())
        return {language.code: language.hyphenation for language in known if language.hyphenation}

    def _path(self, part: Part) -> TreePath:
        """The path of a part of the leaflet; that of the title if it has no such part."""
        if part.passage in self._indices:
            return ("passages", self._indices[part.passage])
        if part.field == "accent" and self.leaflet.accent:
            return ("accent",)
        return next(
            (path for path, file in pictures(self.leaflet) if file == part.picture), ("title",)
        )

    @cached_property
    def _indices(self) -> dict[str, int]:
        """The indices of passages by their ids."""
        return {passage.id: index for index, passage in enumerate(self.leaflet.passages)}


def read_manuscript(project: Project, name: str, variant: str | None = None) -> Manuscript:
    """Read a leaflet, or a variant of it.

    Raises DiagnosticsError with everything that is wrong in it.
    """
    return validate_leaflet(project, read_bundle(project, name).resolve(variant))


def validate_leaflet(project: Project, resolved: ResolvedLeaflet) -> Manuscript:
    """A resolved leaflet, validated.

    Raises DiagnosticsError with everything that is wrong in it.
    """
    tree, diagnostics = resolved.tree, list(resolved.diagnostics)
    validated = validate(tree, Leaflet)
    diagnostics += on_other_lines(validated.diagnostics, diagnostics)
    diagnostics += _check_ids(tree)
    diagnostics += _check_lines(tree)
    if any(diagnostic.code in recovery.LEAVES_OUT for diagnostic in diagnostics):
        # Lines were left out in order to go on, and what seems to be missing may be in them.
        diagnostics = [d for d in diagnostics if d.code not in ("missing", "empty-passage")]
    diagnostics += _check_texts(tree)
    diagnostics += broken_letters(tree, Severity.WARNING)
    language = _language(project, tree, diagnostics)
    leaflet = validated.value
    if leaflet is None or language is None:
        raise DiagnosticsError(in_order(diagnostics))
    diagnostics += check_consistency(leaflet, tree)
    diagnostics += _check_addresses(leaflet, tree)
    diagnostics += _check_accent(leaflet, tree)
    warnings = raise_errors(diagnostics)
    known = known_languages(project)
    original = resolved.original or leaflet.language
    codes = {
        original,
        *(source.language for _, source in sources(leaflet) if source.language),
    }
    languages = {
        code: load_language(project, code)
        for code in sorted(codes)
        if code.partition("-")[0] in known
    }
    return Manuscript(
        resolved.leaflet, leaflet, language, languages, tree, resolved.region, original, warnings
    )


def sources(leaflet: Leaflet) -> Iterator[tuple[TreePath, Source]]:
    """The documents that are quoted, with their paths: that of the leaflet, those of quotes."""
    if leaflet.source:
        yield ("source",), leaflet.source
    for index, passage in enumerate(leaflet.passages):
        if passage.quote and passage.quote.source:
            yield ("passages", index, "quote", "source"), passage.quote.source


def pictures(leaflet: Leaflet) -> Iterator[tuple[TreePath, str]]:
    """The files of all pictures, with their paths in the leaflet."""
    if leaflet.logo:
        yield ("logo", "file"), leaflet.logo.file
    if leaflet.picture:
        yield ("picture", "file"), leaflet.picture.file
    for index, passage in enumerate(leaflet.passages):
        if passage.picture:
            yield ("passages", index, "picture", "file"), passage.picture.file


def texts(part: BaseModel, path: TreePath = ()) -> Iterator[tuple[TreePath, str]]:
    """All texts of a leaflet, or of a part of it, with their paths."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, str):
            yield (*path, name), value
        elif isinstance(value, BaseModel):
            yield from texts(value, (*path, name))
        elif isinstance(value, tuple | dict):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                if isinstance(item, BaseModel):
                    yield from texts(item, (*path, name, key))


def _language(project: Project, tree: Tree, diagnostics: list[Diagnostic]) -> Language | None:
    """The language of the leaflet; if it is not known, that is added to the diagnostics."""
    node = tree.node(("language",))
    if not isinstance(node, ScalarNode) or node.text is None:
        return None  # reported by the validation
    known = known_languages(project)
    if node.text.partition("-")[0] in known:
        # Only a code may become part of a path; the validation has reported anything else.
        return load_language(project, node.text) if LANGUAGE_CODE.fullmatch(node.text) else None
    if not any(diagnostic.location == node.location for diagnostic in diagnostics):
        add = say("A file `styles/languages/<code>.yaml` in the project adds a language.")
        diagnostics.append(
            error(
                "unknown-language",
                say("There is no language `{language}` here.", language=shortened(node.text)),
                node.location,
                joined([did_you_mean(node.text, known), add]),
            )
        )
    return None


def _check_ids(tree: Tree) -> Iterator[Diagnostic]:
    """Each id must name one passage only, and each passage needs a quote or a commentary."""
    first: dict[str, Location] = {}
    for index, passage in enumerate(items(tree.node(("passages",)))):
        if not isinstance(passage, MappingNode):
            continue
        name = passage.get("id")
        if isinstance(name, ScalarNode) and name.text is not None:
            if name.text in first:
                yield _duplicate_id(name.text, name.location, first[name.text])
            first.setdefault(name.text, name.location)
        sides = (passage.get("quote"), passage.get("commentary"))
        if all(plain(side) is None for side in sides):
            yield error(
                "empty-passage",
                say("This passage has neither a quote nor a commentary."),
                tree.location(("passages", index)),
                say("Write one of them, or delete the passage."),
            )


def _duplicate_id(id_: str, location: Location, first: Location) -> Diagnostic:
    if first.file == location.file:
        message = say(
            "The id `{id}` is used twice; the first one is on line {line}.", id=id_, line=first.line
        )
    else:
        message = say(
            "The id `{id}` is used twice; the first one is on line {line} of {file}.",
            id=id_,
            line=first.line,
            file=first.file,
        )
    return error("duplicate-id", message, location, say("Give each passage an id of its own."))


def _check_lines(tree: Tree) -> Iterator[Diagnostic]:
    """Line numbers that end before they begin, which they may over a page break only."""
    for index in range(len(items(tree.node(("passages",))))):
        path = ("passages", index, "quote")
        lines, page = (plain(tree.node((*path, key))) for key in ("lines", "page"))
        if not isinstance(lines, str) or PAGE_RANGE.search(str(page or "")):
            continue
        for first, last in ranges(lines):
            if last < first:
                yield error(
                    "numbers",
                    say("`{first}-{last}` ends before it begins.", first=first, last=last),
                    tree.location((*path, "lines")),
                    say(
                        "Write the smaller number first. If the quote goes on to the next page, "
                        "where lines are counted anew, write both pages: `page: 2-3`."
                    ),
                )


def _check_texts(tree: Tree) -> Iterator[Diagnostic]:
    """Markdown that cannot be printed as it was meant."""
    characters = 0
    for path, node in scalars(tree.root):
        if node.text is None or not _has_markdown(path):
            continue
        characters += count_markup_characters(node.text)
        if characters > bounds.MARKUP_CHARACTERS:
            message = say(
                "There are too many characters such as * and [ from here on; at most {limit} are "
                "allowed in a leaflet.",
                limit=bounds.MARKUP_CHARACTERS,
            )
            yield error("too-long", message, tree.location(path), say("Is this really text?"))
            return
        for diagnostic in check_markdown(node.text):
            yield diagnostic.located(tree, path)
        if path[-1] not in _OF_PARAGRAPHS and _PARAGRAPHS.search(node.text):
            yield warning(
                "paragraphs",
                say("Paragraphs and list items run on in one line here."),
                tree.location(path),
                say("Write it as one paragraph."),
            )


def _has_markdown(path: TreePath) -> bool:
    """Whether the text at a path can have Markdown."""
    return path[0] == "imprint" or (path[-1] in _MARKDOWN and path[-2:] != ("source", "title"))


def _check_addresses(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """Addresses of sources that lead nowhere."""
    for path, source in sources(leaflet):
        if source.address and (diagnostic := check_address(source.address)):
            yield replace(diagnostic, snippet="").located(tree, (*path, "address"))


def _check_accent(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """Text is printed in the accent colour, and white on it: both need contrast to white. What
    editions want beyond that, their composer checks.
    """
    if leaflet.accent and (ratio := contrast(rgb(leaflet.accent), _WHITE)) < READABLE:
        yield warning(
            "contrast",
            say(
                "The accent colour is too pale to be read: its contrast to white paper is "
                "{ratio:.1f} to 1.",
                ratio=ratio,
            ),
            tree.location(("accent",)),
            say(
                "The nearest colour that can still be read on a bad copy is `{colour}`.",
                colour=darkened(leaflet.accent, READABLE),
            ),
        )
