"""Where diagnostics are now: their locations, kept as paths into a leaflet.

A comment or an empty line changes no PDF, but the lines below it. So what is recorded with a PDF
are not line numbers alone: each location in a file of the leaflet is kept relative to the text
that it is in, and looked up again in the leaflet as it is now.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from brochure.diagnostics import Diagnostic, Location
from brochure.manuscript.variants.resolution import ResolvedLeaflet
from brochure.manuscript.yaml.nodes import MappingNode, Node, SequenceNode, TreePath

_REGION = "region row"  # begins the paths of cells; no key of a leaflet has a space in it


@dataclass(frozen=True)
class Anchor:
    """A location relative to a part of a leaflet: lines and columns from its beginning.

    `source` is a digest of how that part is written, empty where the location is its beginning:
    inside a text, lines and columns are the same only as long as it is written the same way.
    """

    path: tuple[str | int, ...]
    line: int = 0
    column: int = 0
    source: str = ""


@dataclass(frozen=True)
class _Part:
    """A part of a leaflet: a value, a key, or a cell of its region, and how it is written."""

    path: tuple[str | int, ...]
    location: Location
    source: str


def anchors(
    resolved: ResolvedLeaflet, diagnostics: Iterable[Diagnostic]
) -> tuple[Anchor | None, ...]:
    """An anchor for each diagnostic; None where its location is in no text of the leaflet."""
    wanted = tuple(diagnostics)
    parts = sorted(_parts(resolved), key=lambda part: part.location) if wanted else []
    return tuple(_anchor(parts, diagnostic.location) for diagnostic in wanted)


def relocated(
    resolved: ResolvedLeaflet,
    diagnostics: Sequence[Diagnostic],
    anchored: Sequence[Anchor | None],
) -> tuple[Diagnostic, ...] | None:
    """The diagnostics at their locations in the leaflet as it is now.

    None where that cannot be told without reading it again.
    """
    if not diagnostics:
        return ()
    parts = {part.path: part for part in _parts(resolved)}
    own = {part.location.file for part in parts.values()}
    found = []
    for diagnostic, anchor in zip(diagnostics, anchored, strict=True):
        if anchor is None:
            if diagnostic.location.file in own:
                return None
            found.append(diagnostic)  # in a file that has not changed
            continue
        part = parts.get(anchor.path)
        if part is None or (anchor.source and anchor.source != _digest(part.source)):
            return None
        start = part.location
        column = anchor.column if anchor.line else start.column + anchor.column
        location = Location(start.file, start.line + anchor.line, column)
        found.append(replace(diagnostic, location=location))
    return tuple(found)


def _anchor(parts: Sequence[_Part], location: Location) -> Anchor | None:
    """The location relative to the last part that begins before it, if it is inside that."""
    before = [p for p in parts if p.location.file == location.file and p.location <= location]
    if not before:
        return None
    part = next((p for p in before if p.location == location), before[-1])
    lines = location.line - part.location.line
    if lines > part.source.count("\n"):
        return None
    column = location.column if lines else location.column - part.location.column
    source = _digest(part.source) if lines or column else ""
    return Anchor(part.path, lines, column, source)


def _parts(resolved: ResolvedLeaflet) -> Iterator[_Part]:
    tree = resolved.tree

    def written(node: Node) -> str:
        text = tree.others.get(node.location.file, tree.text)
        return text[slice(*node.span)]

    def walk(node: Node | None, path: TreePath) -> Iterator[_Part]:
        if node is None:
            return
        yield _Part(path, node.location, written(node))
        if isinstance(node, MappingNode):
            for key, value in node.entries:
                below = (*path, key.text or "")
                yield _Part((*below, "key of it"), key.location, written(key))
                yield from walk(value, below)
        elif isinstance(node, SequenceNode):
            for index, item in enumerate(node.items):
                yield from walk(item, (*path, index))

    yield from walk(tree.root, ())
    if resolved.region is not None:
        yield _Part((_REGION,), resolved.region.location, "")
        for column, cell in resolved.region.cells.items():
            yield _Part((_REGION, column), cell.location, cell.text)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
