"""A source document as numbered lines, references to its lines, and which documents are quoted."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, get_args

from brochure.diagnostics import Location
from brochure.manuscript.yaml.nodes import ScalarNode, Tree, TreePath, items
from brochure.messages import Message, joined, plural, say

UNCERTAIN_SPACE = "\u205f"  # in a line: there may or may not be a space here

SourceKind = Literal["pdf", "txt", "md", "html"]
NumberingMode = Literal["margin", "count", "page"]


@dataclass(frozen=True)
class SourceLine:
    """A line: its text (see `tokens.clean`), the index of its page, and its number.

    `number` is None if the line has no number, or none that is certain. `artifact`: the line is
    not part of the running text, but a running head, a page number, a footnote, or text outside
    the numbered lines. `opens_paragraph`: it is the first line of a paragraph. `uncertain`: whether
    the lines next to it are really those before and after it is in doubt. `column`: the
    one in which it is, counted from 0.
    """

    text: str
    page: int
    number: int | None
    artifact: bool = False
    opens_paragraph: bool = False
    uncertain: bool = False
    column: int = 0


@dataclass(frozen=True)
class Numbering:
    """How lines are numbered.

    `mode`: by numbers printed in the margin, or counted through the file, or counted on each page;
    `restarts`: whether the numbers start again on each page; `step`: a number is printed at every
    `step`-th line; `printed`: how many numbers were found in the margin.
    """

    mode: NumberingMode
    restarts: bool = False
    step: int = 1
    printed: int = 0


@dataclass(frozen=True)
class Document:
    """The text of a source.

    `pages` are the page numbers that readers use (empty if the file has no pages), such as 12 or
    xii; several pages may have the same. `page_numbers_printed`: whether these are printed on the
    pages; `page_numbers_doubtful`: something like them is, but not for certain. `missing_numbers`
    are line numbers, or ranges of them, that are missing from the margin; `paragraph_numbers`: how
    many numbers in the margin count paragraphs, and so are no line numbers. `unreadable_pages` are
    the indices of pages whose text cannot be read, `pictured_pages` of those that have pictures
    beside their text which may be text too.
    """

    kind: SourceKind
    lines: tuple[SourceLine, ...]
    pages: tuple[str, ...] = ()
    page_numbers_printed: bool = False
    page_numbers_doubtful: bool = False
    numbering: Numbering = Numbering("count")
    missing_numbers: tuple[str, ...] = ()
    paragraph_numbers: int = 0
    unreadable_pages: tuple[int, ...] = ()
    pictured_pages: tuple[int, ...] = ()

    def page_name(self, index: int) -> str:
        """The number of a page; empty if the file has no pages."""
        return self.pages[index] if index < len(self.pages) else ""


def with_columns_continued(document: Document) -> Document | None:
    """The document as if each column went on in the same one of the next page, as in a synopsis.

    None if there are no pages in columns one after the other. Its lines are the same, in another
    order.
    """
    in_columns = {line.page for line in document.lines if line.column}
    if not any(page + 1 in in_columns for page in in_columns):
        return None
    lines: list[SourceLine] = []
    for _, pages in groupby(document.lines, key=lambda line: line.page in in_columns):
        lines += sorted(pages, key=lambda line: line.column)
    return replace(document, lines=tuple(lines))


# --- References: the pages and lines where a quote begins and ends.


@dataclass(frozen=True)
class QuoteReference:
    """Page and lines as a leaflet states them: ``12–13``, ``1087–1090, 1095``.

    None: not stated, or not known.
    """

    page: str | None = None
    lines: str | None = None

    @property
    def message(self) -> Message:
        """The reference in words: ``page 3, lines 12–13``; empty if nothing is known."""
        parts = []
        if self.page:
            n = _amount(self.page)
            parts.append(plural("page {pages}", "pages {pages}", n, pages=self.page))
        if self.lines:
            n = _amount(self.lines)
            parts.append(plural("line {lines}", "lines {lines}", n, lines=self.lines))
        return joined(parts, ", ")

    def __str__(self) -> str:
        return str(self.message)

    @property
    def as_yaml(self) -> str:
        """The keys to write into a leaflet: ```page: 3`, `lines: 12-13```."""
        keys = [
            f"`{key}: {numbers.replace('–', '-')}`"
            for key, numbers in (("page", self.page), ("lines", self.lines))
            if numbers
        ]
        return ", ".join(keys)


def _amount(numbers: str) -> int:
    """1 for a single number, 2 for several: ``12–13``, ``12, 15``."""
    return 2 if any(sign in numbers for sign in "–,") else 1


Extent = tuple[int, int]  # indices of the first and the last line


def reference_to(document: Document, extents: Sequence[Extent]) -> QuoteReference:
    """From the first line of a quote to the last, parts between omissions taken together."""
    return _reference(document, [(extents[0][0], extents[-1][1])])


def shortest_reference(
    document: Document, reference: QuoteReference, stated: QuoteReference | None = None
) -> QuoteReference:
    """A reference without its page if the line numbers suffice and the `stated` one has none."""
    page_stated = stated is not None and bool(stated.page)
    if document.numbering.restarts or reference.lines is None or page_stated:
        return reference
    return QuoteReference(None, reference.lines)


def accepted_references(document: Document, extents: Sequence[Extent]) -> list[QuoteReference]:
    """Every correct reference to a quote: to the whole of it, or to each of its parts."""
    whole = reference_to(document, extents)
    parts = _reference(document, extents)
    return [whole] if parts == whole else [whole, parts]


def _reference(document: Document, extents: Iterable[Extent]) -> QuoteReference:
    pages: list[tuple[str, str]] = []
    lines: list[tuple[int, int]] = []
    known = True
    for first, last in extents:
        start, end = document.lines[first], document.lines[last]
        pages.append((document.page_name(start.page), document.page_name(end.page)))
        if start.number is None or end.number is None:
            known = False
        else:
            lines.append((start.number, end.number))
    names = list(dict.fromkeys(_range(a, b) for a, b in pages))
    if len(names) > 1:  # parts on several pages: from the first to the last
        names = [_range(pages[0][0], pages[-1][1])]
    ranges = ", ".join(_range(str(a), str(b)) for a, b in merge_ranges(lines)) if known else None
    return QuoteReference(names[0] or None, ranges)


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}–{last}"


def merge_ranges(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges with those that touch or overlap merged.

    Ranges that are not in order cross a page break where numbers start again; they stay as they
    are.
    """
    if any(a > b for a, b in ranges) or any(x[0] > y[0] for x, y in itertools.pairwise(ranges)):
        return list(ranges)
    result: list[tuple[int, int]] = []
    for first, last in ranges:
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def parse_ranges(numbers: str) -> list[tuple[int, int]]:
    """``12–14, 17`` → [(12, 14), (17, 17)]."""
    return [
        (int(match[1]), int(match[2] or match[1]))
        for match in re.finditer(r"(\d{1,9})(?:–(\d{1,9}))?", numbers)
    ]


def same_ranges(one: str, other: str) -> bool:
    """Whether two texts mean the same numbers, as ``12, 13`` and ``12–13`` do."""
    return merge_ranges(parse_ranges(one)) == merge_ranges(parse_ranges(other))


def same_pages(one: str, other: str) -> bool:
    """Whether two texts mean the same pages: numbers, or names such as ``iv–vi``."""
    if re.fullmatch(r"[\d–, ]*", one + other):
        return same_ranges(one, other)
    return [part.strip().casefold() for part in one.split(",")] == [
        part.strip().casefold() for part in other.split(",")
    ]


def reference_notes(
    document: Document, stated: QuoteReference, extents: Sequence[Extent]
) -> Iterator[Message]:
    """What to know about a reference to a quote that is in these lines."""
    page = document.lines[extents[0][0]].page
    name = document.page_name(page)
    if stated.page and document.pages.count(name) > 1:
        yield say(
            "Several pages of the source are called {page}; the quote is on page {position} of the "
            "file, counted from its first page.",
            page=name,
            position=page + 1,
        )
    elif stated.page and document.page_numbers_doubtful:
        yield say(
            "The pages of the source have no numbers that can be relied on, so they were counted "
            "from the first page of the file."
        )
    if stated.lines and document.paragraph_numbers:
        yield say(
            "The numbers in the margin of the source count paragraphs, not lines; its lines were "
            "counted without them."
        )


# --- The documents that a leaflet names. They are read from the tree, which need not be valid yet.


@dataclass(frozen=True)
class SourceReference:
    """A source as a leaflet names it: `file` is relative to the folder of the leaflet.

    `mode` is how its lines are numbered; None: to be found out. `restarts`: if no numbers are
    printed, lines are counted on each page.
    """

    path: TreePath
    file: str
    title: str
    mode: NumberingMode | None
    restarts: bool
    location: Location

    @property
    def is_own(self) -> bool:
        """Whether this is the source of the leaflet, and not that of a single quote."""
        return self.path == ("source",)


def source_references(tree: Tree) -> Iterator[SourceReference]:
    """The source of the leaflet, then those of single quotes."""
    passages = items(tree.node(("passages",)))
    paths: list[TreePath] = [("passages", i, "quote", "source") for i in range(len(passages))]
    own = [path for path in paths if tree.node(path) is not None]
    others = [path[:-1] for path in paths if path not in own]
    if source := _source_reference(tree, ("source",), others):
        yield source
    for path in own:
        if source := _source_reference(tree, path, [path[:-1]]):
            yield source


def _source_reference(
    tree: Tree, path: TreePath, quotes: Sequence[TreePath]
) -> SourceReference | None:
    """The source at a path, of which these are the quotes; None if it names no file."""
    file = _text(tree, (*path, "file"))
    if not file:
        return None
    lines = _text(tree, (*path, "lines"))
    mode = next((mode for mode in get_args(NumberingMode) if mode == lines), None)
    # A leaflet that states both page and lines counts lines on each page.
    restarts = any(
        _text(tree, (*quote, "page")) and _text(tree, (*quote, "lines")) for quote in quotes
    )
    title, location = _text(tree, (*path, "title")), tree.location((*path, "file"))
    return SourceReference(path, file, title, mode, restarts, location)


def _text(tree: Tree, path: TreePath) -> str:
    node = tree.node(path)
    return (node.text or "").strip() if isinstance(node, ScalarNode) else ""
