"""Which field of the form a diagnostic leads to: the place in a file as a path in the leaflet."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from brochure.diagnostics import Diagnostic, Location
from brochure.manuscript.yaml.nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    Tree,
    TreePath,
)
from brochure.messages import KeyName
from brochure.studio.changes import Json

_MISSING = re.compile("missing$|no-")  # codes: a key, or a part that an edition requires
_Place = tuple[int, int]  # line and column


class FormPaths:
    """Which field of the form each place of a file leads to."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._starts: dict[_Place, TreePath] = {}
        if tree.root is not None:
            for place, path in _places(tree.root, tree.file, ()):
                self._starts.setdefault(place, path)  # where several begin, the part around them
        self._known = sorted(self._starts)

    def of(self, diagnostic: Diagnostic) -> list[Json] | None:
        """The path of what a diagnostic is about. A key that is missing has no place of its own."""
        if diagnostic.location.file == self._tree.file and _MISSING.match(diagnostic.code):
            for name in diagnostic.message.values.values():
                if isinstance(name, KeyName):
                    return _by_ids(self._tree, name.path)
        return self.at(diagnostic.location)

    def at(self, location: Location) -> list[Json] | None:
        """The path of the text, key or part that lies at a location of the tree's own file, or the
        nearest one before it; None in another file, or before the first.

        A passage is named by its id, as ``{"id": "energie"}``: others may move it meanwhile. Where
        it has none, it is an index.
        """
        if location.file != self._tree.file:
            return None
        index = bisect_right(self._known, (location.line, location.column))
        return _by_ids(self._tree, self._starts[self._known[index - 1]]) if index else None


def _places(node: Node, file: str, path: TreePath) -> Iterator[tuple[_Place, TreePath]]:
    """Where each part of a tree begins that lies in a file; the outer before the inner ones."""
    if path and node.location.file == file:
        yield (node.location.line, node.location.column), path
    match node:
        case MappingNode():
            for key, value in node.entries:
                inner = (*path, key.text or "")
                if key.location.file == file:
                    yield (key.location.line, key.location.column), inner
                yield from _places(value, file, inner)
        case SequenceNode():
            for position, item in enumerate(node.items):
                yield from _places(item, file, (*path, position))
        case ScalarNode():
            pass


def _by_ids(tree: Tree, path: TreePath) -> list[Json]:
    """A path with passages by their ids."""
    named: list[Json] = list(path)
    if path[:1] in (("passages",), ("add",)) and len(path) > 1 and isinstance(path[1], int):
        id_ = tree.node((*path[:2], "id"))
        if isinstance(id_, ScalarNode) and id_.text:
            named[1] = {"id": id_.text}
    return named
