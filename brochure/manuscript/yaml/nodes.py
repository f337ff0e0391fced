"""A YAML document as a tree of texts, lists and mappings, each with its location in a file."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from brochure.diagnostics import Diagnostic, Location, Severity
from brochure.messages import Message


@dataclass(frozen=True)
class LocatedText:
    """A text, such as the cell of a table or the value of a slot, and where it was written."""

    text: str
    location: Location


@dataclass(frozen=True)
class ScalarNode:
    """A text, or None where nothing was written.

    `span` is its extent in the file, in characters; `values` are the texts that were filled into
    its slots.
    """

    location: Location
    span: tuple[int, int]
    text: str | None
    values: tuple[LocatedText, ...] = ()


@dataclass(frozen=True)
class SequenceNode:
    """A list."""

    location: Location
    span: tuple[int, int]
    items: tuple["Node", ...]


@dataclass(frozen=True)
class MappingNode:
    """Keys and their values, in the order of the file."""

    location: Location
    span: tuple[int, int]
    entries: tuple[tuple[ScalarNode, "Node"], ...]

    def with_entry(self, key: ScalarNode, value: "Node") -> "MappingNode":
        """The mapping with another value for a key, or with the key added."""
        if self.get(key.text or "") is None:
            return replace(self, entries=(*self.entries, (key, value)))
        changed = tuple((key, value) if k.text == key.text else (k, v) for k, v in self.entries)
        return replace(self, entries=changed)

    def get(self, key: str) -> "Node | None":
        """The value of a key."""
        entry = self._by_key.get(key)
        return entry[1] if entry else None

    def key(self, key: str) -> ScalarNode | None:
        """The node of a key itself."""
        entry = self._by_key.get(key)
        return entry[0] if entry else None

    @cached_property
    def _by_key(self) -> dict[str | None, tuple[ScalarNode, "Node"]]:
        return {entry[0].text: entry for entry in reversed(self.entries)}


Node = ScalarNode | SequenceNode | MappingNode
Plain = None | str | list["Plain"] | dict[str, "Plain"]
TreePath = tuple[str | int, ...]


@dataclass(frozen=True)
class Tree:
    """A YAML file: its name, its text, and the root node (None where it could not be read).

    Nodes may come from other files as well: `others` are the texts of those, by file name.
    """

    file: str
    text: str
    root: Node | None
    others: Mapping[str, str] = field(default_factory=dict)

    def node(self, path: TreePath) -> Node | None:
        """The node at a path like ``("passages", 2, "quote")``, or None."""
        node = self.root
        for step in path:
            if isinstance(node, MappingNode) and isinstance(step, str):
                node = node.get(step)
            elif isinstance(node, SequenceNode) and isinstance(step, int):
                node = node.items[step] if step < len(node.items) else None
            else:
                return None
        return node

    def location(self, path: TreePath, snippet: str = "", earlier: int = 0) -> Location:
        """The location of the value at `path`, or of `snippet` inside it, which is there `earlier`
        times before the place that is meant.

        For a missing value: the beginning of the nearest mapping around it.
        """
        node = self.node(path)
        if node is None:
            return self.location(path[:-1]) if path else Location(self.file)
        if snippet:
            text = self.others.get(node.location.file, self.text)
            start, end = node.span
            offset = text.find(snippet, start, end)
            for _ in range(earlier):
                after = text.find(snippet, offset + len(snippet), end)
                offset = after if after >= 0 else offset
            if offset >= 0:
                return location_in(text, node.location.file, offset)
            values = node.values if isinstance(node, ScalarNode) else ()
            filled = next((value for value in values if snippet in value.text), None)
            if filled is not None:
                return filled.location
        if isinstance(node, ScalarNode) and node.text is None and path:
            return self.key_location(path)
        return node.location

    def key_location(self, path: TreePath) -> Location:
        """The location of the key whose value is at `path`."""
        parent = self.node(path[:-1])
        key = parent.key(str(path[-1])) if isinstance(parent, MappingNode) else None
        return (
            key.location if key else self.location(path[:-1]) if path[:-1] else Location(self.file)
        )

    def at(self, offset: int) -> Location:
        """The location of a character offset in the file itself."""
        return location_in(self.text, self.file, offset)


@dataclass(frozen=True)
class TextDiagnostic:
    """What is wrong with a text, before its location is known: at `snippet` in the text, which is
    there `earlier` times before the place that is meant.
    """

    severity: Severity
    code: str
    message: Message
    hint: Message
    snippet: str = ""
    earlier: int = 0

    def located(self, tree: Tree, path: TreePath) -> Diagnostic:
        """The diagnostic for the text at a path of a tree."""
        location = tree.location(path, self.snippet, self.earlier)
        return Diagnostic(self.severity, self.code, self.message, location, self.hint)


def location_in(text: str, file: str, offset: int) -> Location:
    """The location of a character offset in the text of a file."""
    starts = _line_starts(text)
    line = bisect_right(starts, offset)
    return Location(file, line, offset - starts[line - 1] + 1)


@lru_cache(maxsize=8)  # a file with thousands of mistakes needs the location of each
def _line_starts(text: str) -> list[int]:
    return [0, *(line_feed.end() for line_feed in re.finditer("\n", text))]


def plain(node: Node | None) -> Plain:
    """The tree without locations: str, list, dict, and None where nothing was written."""
    match node:
        case SequenceNode():
            return [plain(item) for item in node.items]
        case MappingNode():
            return {key.text or "": plain(value) for key, value in node.entries}
        case ScalarNode():
            return node.text
        case None:
            return None


def replaced(node: Node, changes: Mapping[TreePath, Node]) -> Node:
    """The tree with other nodes at some paths, which must exist; everything else is shared."""
    if () in changes:
        return changes[()]
    below: dict[str | int, dict[TreePath, Node]] = {}
    for path, value in changes.items():
        below.setdefault(path[0], {})[path[1:]] = value
    if isinstance(node, MappingNode):
        entries = tuple(
            (k, replaced(v, below[k.text or ""]) if (k.text or "") in below else v)
            for k, v in node.entries
        )
        return replace(node, entries=entries)
    assert isinstance(node, SequenceNode)
    items = tuple(replaced(v, below[i]) if i in below else v for i, v in enumerate(node.items))
    return replace(node, items=items)


def scalars(node: Node | None, path: TreePath = ()) -> Iterator[tuple[TreePath, ScalarNode]]:
    """All texts below a node with their paths, except keys."""
    match node:
        case ScalarNode():
            yield path, node
        case SequenceNode():
            for index, item in enumerate(node.items):
                yield from scalars(item, (*path, index))
        case MappingNode():
            for key, value in node.entries:
                yield from scalars(value, (*path, key.text or ""))


def entries(node: Node | None) -> tuple[tuple[ScalarNode, Node], ...]:
    """The keys and values of a mapping; empty for anything else."""
    return node.entries if isinstance(node, MappingNode) else ()


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a sequence; empty for anything else."""
    return node.items if isinstance(node, SequenceNode) else ()
