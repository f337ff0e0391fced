"""A tree of texts, lists and mappings in which everything knows its place in a file."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from brochure.diagnostics import Location

type_names = {"Scalar": "text", "Sequence": "a list", "Mapping": "a block of `key: value` lines"}


@dataclass(frozen=True)
class Value:
    """A text that was put into a slot, and where it comes from."""

    text: str
    location: Location


@dataclass(frozen=True)
class Scalar:
    """A text; `span` is its extent in the file, in characters. None: nothing was written.

    `values` are what stands in its slots.
    """

    location: Location
    span: tuple[int, int]
    text: str | None
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Sequence:
    location: Location
    span: tuple[int, int]
    items: tuple["Node", ...]


@dataclass(frozen=True)
class Mapping:
    location: Location
    span: tuple[int, int]
    entries: tuple[tuple[Scalar, "Node"], ...]

    def with_entry(self, key: Scalar, value: "Node") -> "Mapping":
        """The mapping with another value for a key, or with the key added."""
        if self.get(key.text or "") is None:
            return replace(self, entries=(*self.entries, (key, value)))
        changed = tuple((key, value) if k.text == key.text else (k, v) for k, v in self.entries)
        return replace(self, entries=changed)

    def get(self, key: str) -> "Node | None":
        found = self._by_key.get(key)
        return found[1] if found else None

    def key(self, key: str) -> Scalar | None:
        found = self._by_key.get(key)
        return found[0] if found else None

    @cached_property
    def _by_key(self) -> dict[str | None, tuple[Scalar, "Node"]]:
        return {entry[0].text: entry for entry in reversed(self.entries)}


Node = Scalar | Sequence | Mapping
Plain = None | str | list["Plain"] | dict[str, "Plain"]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Tree:
    """A YAML file: its name, its text, and the root node (None where it could not be read).

    Nodes may come from other files, too: `others` are the texts of those by name.
    """

    file: str
    text: str
    root: Node | None
    others: MappingOf[str, str] = field(default_factory=dict)

    def node(self, path: Path) -> Node | None:
        """The node at a path like ``("passages", 2, "quote")``, or None."""
        node = self.root
        for step in path:
            if isinstance(node, Mapping) and isinstance(step, str):
                node = node.get(step)
            elif isinstance(node, Sequence) and isinstance(step, int):
                node = node.items[step] if step < len(node.items) else None
            else:
                return None
        return node

    def location(self, path: Path, snippet: str = "") -> Location:
        """Where the value at `path` stands, or where `snippet` stands inside it.

        Of a value that is missing: where the nearest mapping around it begins.
        """
        node = self.node(path)
        if node is None:
            return self.location(path[:-1]) if path else Location(self.file)
        if snippet:
            text = self.others.get(node.location.file, self.text)
            found = text.find(snippet, *node.span)
            if found >= 0:
                return location_in(text, node.location.file, found)
            values = node.values if isinstance(node, Scalar) else ()
            filled = next((value for value in values if snippet in value.text), None)
            if filled is not None:
                return filled.location
        if isinstance(node, Scalar) and node.text is None and path:
            return self.key_location(path)
        return node.location

    def key_location(self, path: Path) -> Location:
        """Where the key of the value at `path` stands."""
        parent = self.node(path[:-1])
        key = parent.key(str(path[-1])) if isinstance(parent, Mapping) else None
        return (
            key.location if key else self.location(path[:-1]) if path[:-1] else Location(self.file)
        )

    def at(self, offset: int) -> Location:
        """The place of a character offset in the file itself."""
        return location_in(self.text, self.file, offset)


def location_in(text: str, file: str, offset: int) -> Location:
    """The place of a character offset in the text of a file."""
    starts = _line_starts(text)
    line = bisect_right(starts, offset)
    return Location(file, line, offset - starts[line - 1] + 1)


@lru_cache(maxsize=8)  # a file with thousands of mistakes is asked for the place of each
def _line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", text))]


def plain(node: Node | None) -> Plain:
    """The tree without places: str, list, dict, and None where nothing was written."""
    match node:
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key.text or "": plain(value) for key, value in node.entries}
        case Scalar():
            return node.text
        case None:
            return None


def replaced(node: Node, changes: MappingOf[Path, Node]) -> Node:
    """The tree with other nodes at some paths, which must exist; all else is shared."""
    if () in changes:
        return changes[()]
    below: dict[str | int, dict[Path, Node]] = {}
    for path, value in changes.items():
        below.setdefault(path[0], {})[path[1:]] = value
    if isinstance(node, Mapping):
        entries = tuple(
            (k, replaced(v, below[k.text or ""]) if (k.text or "") in below else v)
            for k, v in node.entries
        )
        return replace(node, entries=entries)
    assert isinstance(node, Sequence)
    items = tuple(replaced(v, below[i]) if i in below else v for i, v in enumerate(node.items))
    return replace(node, items=items)


def scalars(node: Node | None, path: Path = ()) -> Iterator[tuple[Path, Scalar]]:
    """All texts below a node with their paths, keys aside."""
    match node:
        case Scalar():
            yield path, node
        case Sequence():
            for index, item in enumerate(node.items):
                yield from scalars(item, (*path, index))
        case Mapping():
            for key, value in node.entries:
                yield from scalars(value, (*path, key.text or ""))


def entries(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    """The keys and values of a mapping; of anything else, none."""
    return node.entries if isinstance(node, Mapping) else ()


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a sequence; of anything else, none."""
    return node.items if isinstance(node, Sequence) else ()
