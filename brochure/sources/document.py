"""A document that is quoted, as numbered lines."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from brochure.diagnostics import Location
from brochure.manuscript.yaml.nodes import Path, Scalar, Tree, items

MAYBE = "\u205f"  # stands in a line where there may or may not be a space

Kind = Literal["pdf", "txt", "md", "html"]
Mode = Literal["margin", "count", "page"]


@dataclass(frozen=True)
class Line:
    """A line: its text (clean, see `words.clean`), the index of its page, and its number.

    `number` is None where it has none, or none that is certain. `aside`: it is no part of the
    running text, but a running head, a page number, a footnote, or stands beside the numbered
    lines. `opens`: a paragraph begins here.
    """

    text: str
    page: int
    number: int | None
    aside: bool = False
    opens: bool = False


@dataclass(frozen=True)
class Numbering:
    """How lines are numbered.

    `mode`: printed in the margin, counted through the file, or counted anew on each page;
    `restarts`: whether the same numbers come again on each page; `step`: every how many lines a
    number is printed; `printed`: how many numbers were read in the margin.
    """

    mode: Mode
    restarts: bool = False
    step: int = 1
    printed: int = 0


@dataclass(frozen=True)
class Document:
    """A source that was read.

    `pages` are the numbers of its pages as readers know them (empty for files without pages),
    `counted` whether these are printed on the pages. `gaps` are numbers that are missing in the
    margin, `blank` the indices of pages whose text cannot be read.
    """

    kind: Kind
    lines: tuple[Line, ...]
    pages: tuple[str, ...] = ()
    counted: bool = False
    numbering: Numbering = Numbering("count")
    gaps: tuple[str, ...] = ()
    blank: tuple[int, ...] = ()

    def page_name(self, index: int) -> str:
        """The number of a page, empty where the file has no pages."""
        return self.pages[index] if index < len(self.pages) else ""


# --- References: where a quote begins and ends, as page and lines.


@dataclass(frozen=True)
class Reference:
    """Page and lines as the leaflet writes them: ``12–13``, ``1087–1090, 1095``; None: not given,
    or not known.
    """

    page: str | None = None
    lines: str | None = None

    def __str__(self) -> str:
        parts = [
            f"{name}{'s' if any(sign in numbers for sign in '–,') else ''} {numbers}"
            for name, numbers in (("page", self.page), ("line", self.lines))
            if numbers
        ]
        return ", ".join(parts)

    @property
    def typed(self) -> str:
        """As it is typed into a leaflet."""
        parts = [
            f"{key}: {numbers.replace('–', '-')}"
            for key, numbers in (("page", self.page), ("lines", self.lines))
            if numbers
        ]
        return "`" + "`, `".join(parts) + "`" if parts else ""


Extent = tuple[int, int]  # indices of the first and the last line


def reference(document: Document, extents: Sequence[Extent]) -> Reference:
    """Where the lines of one place begin and end; parts between omissions are taken together."""
    return _written(document, [(extents[0][0], extents[-1][1])])


def needed(document: Document, found: Reference, given: Reference | None = None) -> Reference:
    """A reference without the page, where the line numbers alone say it all and nobody asks."""
    if document.numbering.restarts or found.lines is None or (given is not None and given.page):
        return found
    return Reference(None, found.lines)


def accepted(document: Document, extents: Sequence[Extent]) -> list[Reference]:
    """Every reference that is right for a place: as a whole, or part by part."""
    whole = reference(document, extents)
    parts = _written(document, extents)
    return [whole] if parts == whole else [whole, parts]


def _written(document: Document, extents: Iterable[Extent]) -> Reference:
    pages: list[tuple[str, str]] = []
    lines: list[tuple[int, int]] = []
    known = True
    for first, last in extents:
        one, other = document.lines[first], document.lines[last]
        pages.append((document.page_name(one.page), document.page_name(other.page)))
        if one.number is None or other.number is None:
            known = False
        else:
            lines.append((one.number, other.number))
    names = list(dict.fromkeys(_range(a, b) for a, b in pages))
    if len(names) > 1:  # of parts on several pages, the first and the last
        names = [_range(pages[0][0], pages[-1][1])]
    shown = ", ".join(_range(str(a), str(b)) for a, b in merged(lines)) if known else None
    return Reference(names[0] or None, shown)


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}–{last}"


def merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, with those that touch made one. Over a page break, where numbers begin
    anew, nothing is put in order.
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


def parsed(numbers: str) -> list[tuple[int, int]]:
    """``12–14, 17`` → [(12, 14), (17, 17)]."""
    return [
        (int(found[1]), int(found[2] or found[1]))
        for found in re.finditer(r"(\d{1,9})(?:–(\d{1,9}))?", numbers)
    ]


def same_numbers(one: str, other: str) -> bool:
    """Whether two ways to write numbers mean the same: ``12, 13`` and ``12–13``."""
    return merged(parsed(one)) == merged(parsed(other))


# --- Which files a leaflet names as its sources. Read from the tree: it need not be valid yet.


@dataclass(frozen=True)
class SourceReference:
    """A file that is quoted, as the leaflet names it: relative to its folder.

    `mode` is how its lines are numbered, None where that is to be found out; `anew` whether they
    are counted anew on each page where no numbers are printed.
    """

    path: Path
    file: str
    title: str
    mode: Mode | None
    anew: bool
    location: Location

    @property
    def is_own(self) -> bool:
        """Whether it is the source of the leaflet, and not that of a single quote."""
        return self.path == ("source",)


def source_references(tree: Tree) -> Iterator[SourceReference]:
    """The source of the leaflet, and those that quotes have of their own."""
    passages = items(tree.node(("passages",)))
    paths: list[Path] = [("passages", i, "quote", "source") for i in range(len(passages))]
    own = [path for path in paths if tree.node(path) is not None]
    if main := _named(tree, ("source",), [path[:-1] for path in paths if path not in own]):
        yield main
    for path in own:
        if other := _named(tree, path, [path[:-1]]):
            yield other


def _named(tree: Tree, path: Path, quotes: list[Path]) -> SourceReference | None:
    file = _text(tree, (*path, "file"))
    if not file:
        return None
    said = _text(tree, (*path, "lines"))
    mode = next((mode for mode in get_args(Mode) if mode == said), None)
    # Whoever names pages and lines counts anew on each page.
    anew = any(_text(tree, (*quote, "page")) and _text(tree, (*quote, "lines")) for quote in quotes)
    return SourceReference(
        path, file, _text(tree, (*path, "title")), mode, anew, tree.location((*path, "file"))
    )


def _text(tree: Tree, path: Path) -> str:
    node = tree.node(path)
    return (node.text or "").strip() if isinstance(node, Scalar) else ""
