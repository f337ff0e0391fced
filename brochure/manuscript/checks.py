"""What must hold across the fields of a leaflet, each complaint at its place."""

from collections.abc import Iterator

from brochure import bounds
from brochure.diagnostics import Diagnostic, Place, Severity, error, warning
from brochure.manuscript import markup
from brochure.manuscript.colour import contrast, rgb
from brochure.manuscript.fields import RANGE
from brochure.manuscript.model import Leaflet, Quote, Source
from brochure.manuscript.nodes import Mapping, Path, Scalar, Sequence, Tree, items, plain, scalars

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


def check_texts(tree: Tree) -> Iterator[Diagnostic]:
    """Markdown that cannot be printed as meant, at its place."""
    signs = 0
    for path, node in scalars(tree.root):
        if node.text is None or path[-1] not in _MARKDOWN or path[-2:] == ("source", "title"):
            continue
        signs += markup.signs(node.text)
        if signs > bounds.SIGNS:
            yield error(
                "too-long",
                f"From here on the leaflet has too many signs such as * and [: {bounds.SIGNS} are "
                "the most.",
                tree.place(path),
                "Is this text, or something else?",
            )
            return
        for complaint in markup.check(node.text):
            yield Diagnostic(
                Severity(complaint.severity),
                complaint.code,
                complaint.message,
                tree.place(path, complaint.snippet),
                complaint.hint,
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
                    tree.place((*path, "lines")),
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
        complaint = markup.check_address(source.address) if source.address else None
        if complaint:
            yield error("link", complaint[0], tree.place((*path, "address")), complaint[1])


def check_accent(leaflet: Leaflet, tree: Tree) -> Iterator[Diagnostic]:
    """The accent carries words, so it needs the contrast of WCAG 2.1, 1.4.3: 4.5 to 1."""
    if leaflet.accent and (ratio := contrast(rgb(leaflet.accent), _WHITE)) < 4.5:
        yield warning(
            "contrast",
            f"The accent colour is too pale to be read: {ratio:.1f} to 1 on white paper.",
            tree.place(("accent",)),
            "Take a darker one; from 4.5 to 1 on it survives a bad copy.",
        )
