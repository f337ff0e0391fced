"""Draft → a leaflet with the place of each text, or every problem at once."""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace

from pydantic import BaseModel

from brochure.diagnostics import Diagnostic, Place, Problems, Severity, error, raise_errors, warning
from brochure.manuscript import markup, mend
from brochure.manuscript.language import Hyphenation, Language, known_languages, load_language
from brochure.manuscript.model import RANGE, Leaflet, Quote, Source
from brochure.manuscript.nodes import Mapping, Path, Scalar, Sequence, Tree, items, plain, scalars
from brochure.manuscript.regions import Region
from brochure.manuscript.validate import did_you_mean, validate
from brochure.manuscript.variants import Draft, read_work
from brochure.project import Project

# The texts in which Markdown is understood; in the others every character stands for itself.
_MARKDOWN = {"title", "subtitle", "lead", "heading", "text", "contact", "imprint"}
_SYMBOL = "#"  # begins the places that `located` knows


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
            replace(d, place=self.place(self._path(d.place.file.removeprefix(_SYMBOL))))
            if d.place.file.startswith(_SYMBOL)
            else d
            for d in diagnostics
        ]

    def _path(self, name: str) -> Path:
        """Where in the leaflet a symbolic place is: at a passage, the accent colour, the logo."""
        ids = {passage.id: index for index, passage in enumerate(self.leaflet.passages)}
        logo = self.leaflet.logo
        if name in ids:
            return ("passages", ids[name])
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


def symbolic(name: str = "") -> Place:
    """The place of a passage, by its id, or of the leaflet, where files are not known.

    `/accent` and `/` with the file of the logo are such names, too: see `Manuscript.located`.
    """
    return Place(_SYMBOL + name)


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
    complaints += _check_ids(tree)
    complaints += _check_lines(tree)
    if any(complaint.code in mend.LEAVES_OUT for complaint in complaints):
        # Lines were left out to go on, so what seems to be missing may stand in them.
        complaints = [c for c in complaints if c.code not in ("missing", "empty-passage")]
    complaints += _check_texts(tree)
    language = _language(project, tree, complaints)
    if leaflet is None or language is None:
        raise Problems(sorted(complaints, key=lambda d: d.place))
    complaints += _check_references(leaflet, tree)
    complaints += _check_addresses(leaflet, tree)
    complaints += _check_accent(leaflet, tree)
    diagnostics = raise_errors(complaints)
    known = known_languages(project)
    original = draft.original or leaflet.language
    codes = {original, *(source.language for _, source in sources(leaflet) if source.language)}
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


def sources(leaflet: Leaflet) -> Iterator[tuple[Path, Source]]:
    """The documents that are quoted, with their paths: that of the leaflet, those of quotes."""
    if leaflet.source:
        yield ("source",), leaflet.source
    for index, passage in enumerate(leaflet.passages):
        if passage.quote and passage.quote.source:
            yield ("passages", index, "quote", "source"), passage.quote.source


def _language(project: Project, tree: Tree, complaints: list[Diagnostic]) -> Language | None:
    node = tree.node(("language",))
    if not isinstance(node, Scalar) or node.text is None:
        return None  # validation has said so
    known = known_languages(project)
    if node.text.partition("-")[0] in known:
        return load_language(project, node.text)
    if not any(complaint.place == node.place for complaint in complaints):
        complaints.append(
            error(
                "unknown-language",
                f"`{node.text}` is no language that is known here.",
                node.place,
                did_you_mean(node.text, known)
                + " A file `styles/languages/<code>.yaml` in the project adds one.",
            )
        )
    return None


def _check_ids(tree: Tree) -> Iterator[Diagnostic]:
    """Ids name passages for good, so each may stand once only; and a passage needs a side."""
    passages = tree.node(("passages",))
    if not isinstance(passages, Sequence):
        return
    first: dict[str, Place] = {}
    for index, passage in enumerate(passages.items):
        if not isinstance(passage, Mapping):
            continue
        name = passage.get("id")
        if isinstance(name, Scalar) and name.text is not None:
            if name.text in first:
                before = first[name.text]
                file = f" of {before.file}" if before.file != name.place.file else ""
                yield error(
                    "duplicate-id",
                    f"The id `{name.text}` is given twice; the first stands in line "
                    f"{before.line}{file}.",
                    name.place,
                    "Give each passage an id of its own.",
                )
            first.setdefault(name.text, name.place)
        sides = (passage.get("quote"), passage.get("commentary"))
        if all(plain(side) is None for side in sides):
            yield error(
                "empty-passage",
                "This passage has neither a quote nor a commentary.",
                tree.place(("passages", index)),
                "Write one of them, or delete the passage.",
            )


def _check_texts(tree: Tree) -> Iterator[Diagnostic]:
    """Markdown that cannot be printed as meant, at its place."""
    for path, node in scalars(tree.root):
        if node.text is None or path[-1] not in _MARKDOWN or path[-2:] == ("source", "title"):
            continue
        for complaint in markup.check(node.text):
            yield Diagnostic(
                Severity(complaint.severity),
                complaint.code,
                complaint.message,
                tree.place(path, complaint.snippet),
                complaint.hint,
            )


def _check_references(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
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
                tree.place((*path, "text")),
                "Add `lines:` or `page:`; readers want to look it up.",
            )
        elif missing := sorted(wanted - given):
            yield error(
                "reference",
                f"The reference needs `{missing[0]}`, which this quote does not give.",
                tree.place((*path, min(given))),
                f"Add `{missing[0]}: …`, or change `reference:` of the source.",
            )
        elif unused := sorted(given - wanted):
            yield error(
                "reference",
                f"`{unused[0]}` would not be printed: the pattern `{source.reference}` does not "
                "use it.",
                tree.key_place((*path, unused[0])),
                f"Write {{{unused[0]}}} into `reference:` of the source, or delete this line.",
            )


def _check_lines(tree: Tree) -> Iterator[Diagnostic]:
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
                    tree.place((*path, "lines")),
                    "Write the smaller number first; or, if the quote runs on to the next page, "
                    "where lines are counted anew, both pages: `page: 2-3`.",
                )


def _placeholders(source: Source, quote: Quote) -> set[str]:
    if source.reference is None:  # the language's own patterns take what is given
        return {name for name in ("lines", "page") if getattr(quote, name)}
    return {name for name in ("lines", "page") if f"{{{name}}}" in source.reference}


def _check_addresses(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    for path, source in sources(leaflet):
        complaint = markup.check_address(source.address) if source.address else None
        if complaint:
            yield error("link", complaint[0], tree.place((*path, "address")), complaint[1])


def _check_accent(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """The accent carries words, so it needs the contrast of WCAG 2.1, 1.4.3: 4.5 to 1."""
    if leaflet.accent and (contrast := contrast_on_white(leaflet.accent)) < 4.5:
        yield warning(
            "contrast",
            f"The accent colour is too pale to be read: {contrast:.1f} to 1 on white paper.",
            tree.place(("accent",)),
            "Take a darker one; from 4.5 to 1 on it survives a bad copy.",
        )


def contrast_on_white(colour: str) -> float:
    """The contrast ratio of ``#rrggbb`` on white (WCAG 2.1, “contrast ratio”), 1 to 21."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)
