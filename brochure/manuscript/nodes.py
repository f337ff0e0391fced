"""A tree of texts, lists and mappings in which everything knows its place in a file."""

from collections.abc import Iterator
from dataclasses import dataclass

from brochure.diagnostics import Place

type_names = {"Scalar": "text", "Sequence": "a list", "Mapping": "a block of `key: value` lines"}


@dataclass(frozen=True)
class Scalar:
    """A text; `span` is its extent in the file, in characters. None: nothing was written."""

    place: Place
    span: tuple[int, int]
    text: str | None


@dataclass(frozen=True)
class Sequence:
    place: Place
    span: tuple[int, int]
    items: tuple["Node", ...]


@dataclass(frozen=True)
class Mapping:
    place: Place
    span: tuple[int, int]
    entries: tuple[tuple[Scalar, "Node"], ...]

    def get(self, key: str) -> "Node | None":
        return next((value for name, value in self.entries if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        return next((name for name, _ in self.entries if name.text == key), None)


Node = Scalar | Sequence | Mapping
Plain = None | str | list["Plain"] | dict[str, "Plain"]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Tree:
    """A YAML file: its name, its text, and the root node (None where it could not be read)."""

    file: str
    text: str
    root: Node | None

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

    def place(self, path: Path, snippet: str = "") -> Place:
        """Where the value at `path` stands, or where `snippet` stands inside it.

        Of a value that is missing: where the nearest mapping around it begins.
        """
        node = self.node(path)
        if node is None:
            return self.place(path[:-1]) if path else Place(self.file)
        if snippet:
            found = self.text.find(snippet, *node.span)
            if found >= 0:
                return self.at(found)
        if isinstance(node, Scalar) and node.text is None and path:
            return self.key_place(path)
        return node.place

    def key_place(self, path: Path) -> Place:
        """Where the key of the value at `path` stands."""
        parent = self.node(path[:-1])
        key = parent.key(str(path[-1])) if isinstance(parent, Mapping) else None
        return key.place if key else self.place(path[:-1]) if path[:-1] else Place(self.file)

    def at(self, offset: int) -> Place:
        """The place of a character offset."""
        before = self.text[:offset]
        return Place(self.file, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


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
