"""YAML text → a tree of texts, lists and mappings in which everything knows its place.

Every scalar stays the text that was typed (``no``, ``1.10``, ``01067``): there are no types to
guess wrong. Anchors, aliases and tags are refused; with them go alias bombs and code. The tree
is built from PyYAML's event stream without recursion, so depth is bounded by us.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from brochure.diagnostics import Diagnostic, Place, error, warning
from brochure.manuscript import mend

LIMIT = 1_000_000  # bytes; the longest real document that was quoted from has 440 kB
_DEPTH = 12
_MENDS = 25

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


def decode(data: bytes, file: str) -> tuple[str, list[Diagnostic]]:
    """UTF-8 bytes, with or without a byte order mark, → text with line feeds as line ends."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        before = data[: reason.start].decode("utf-8-sig", "replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        return "", [
            error(
                "not-utf8",
                f"The file is not UTF-8: the byte 0x{data[reason.start]:02X} here belongs to "
                "another encoding.",
                Place(file, line, column),
                "Save it again as “UTF-8” (in the editor: Save as … → Encoding).",
            )
        ]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    complaints = [
        error(
            "control-character",
            f"There is an invisible control character here (U+{ord(character):04X}).",
            Tree(file, text, None).at(offset),
            "Delete it and type the word around it again; it often comes with text copied "
            "from a PDF.",
        )
        for offset, character in enumerate(text)
        if not _printable(character)
    ]
    return text, complaints[:20]


def parse(text: str, file: str) -> tuple[Tree, list[Diagnostic]]:
    """Parse YAML; complaints come beside the tree, all that can be found in one go.

    A syntax error would hide all that follows it. So each is mended in a copy, as its author
    must have meant it, and reading goes on to find the next; a mended copy is never built from.
    """
    complaints: list[Diagnostic] = []
    mended = text
    for _ in range(_MENDS):
        try:
            root, found = _Composer(mended, file).compose()
        except yaml.MarkedYAMLError as reason:
            complaint, remedy = mend.explain(mended, file, reason)
            complaints.append(complaint)
            if remedy is None:
                return Tree(file, text, None), complaints
            mended = remedy
        else:
            return Tree(file, mended, root), [*complaints, *found, *_swallowed(mended, file, root)]
    return Tree(file, text, None), complaints


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


class _Composer:
    """Events → nodes, on a stack of open collections."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.text = text
        self.complaints: list[Diagnostic] = []

    def compose(self) -> tuple[Node | None, list[Diagnostic]]:
        root: Node | None = None
        documents = 0
        # An open collection: its start event, and the nodes in it (keys and values in turn).
        stack: list[tuple[yaml.Event, list[Node]]] = []
        for event in yaml.parse(self.text, Loader=yaml.SafeLoader):
            node: Node | None = None
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        self._complain(
                            "second-document",
                            "A line of `---` begins a second document here.",
                            event,
                            "A leaflet is one document: delete the line, or put `---` into a "
                            "text that starts with `|`.",
                        )
                        break
                case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    self._refuse_properties(event)
                    if len(stack) >= _DEPTH:
                        self._complain(
                            "too-deep",
                            "This is nested too deeply.",
                            event,
                            "A leaflet needs four levels; is there a bracket too many?",
                        )
                        return None, self.complaints
                    stack.append((event, []))
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    start, children = stack.pop()
                    node = self._collection(start, event, children)
                case yaml.AliasEvent():
                    self._refuse_properties(event)
                    node = Scalar(self._place(event), self._span(event), f"*{event.anchor}")
                case yaml.ScalarEvent():
                    self._refuse_properties(event)
                    empty = event.value == "" and event.style is None
                    node = Scalar(
                        self._place(event), self._span(event), None if empty else event.value
                    )
                    self._check_characters(event)
            if node is not None:
                if stack:
                    stack[-1][1].append(node)
                else:
                    root = node
        return root, self.complaints

    def _collection(self, start: yaml.Event, end: yaml.Event, children: list[Node]) -> Node:
        place, span = self._place(start), (self._span(start)[0], self._span(end)[1])
        if isinstance(start, yaml.SequenceStartEvent):
            return Sequence(place, span, tuple(children))
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar) or key.text is None:
                self.complaints.append(
                    error(
                        "key-not-text",
                        "A key must be a word, and here there is none.",
                        key.place,
                        "Write `key: value`. If `?`, `[` or `{` begins a text, put the text "
                        "into quotation marks.",
                    )
                )
            elif key.text in entries:
                first = entries[key.text][0].place
                self.complaints.append(
                    error(
                        "duplicate-key",
                        f"`{key.text}` is given twice; the first stands in line {first.line}.",
                        key.place,
                        "Keep one of the two.",
                    )
                )
            else:
                entries[key.text] = (key, value)
        return Mapping(place, span, tuple(entries.values()))

    def _refuse_properties(self, event: yaml.Event) -> None:
        anchor = getattr(event, "anchor", None)
        tag = getattr(event, "tag", None)
        if anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self._complain(
                "alias",
                f"A value that begins with `{sign}` is a reference in YAML, not text.",
                event,
                "For *emphasis* at the beginning put the text into quotation marks, or write "
                "`|` after the colon and the text into the next line, indented.",
            )
        elif tag is not None:
            self._complain(
                "tag",
                "A value that begins with `!` is an instruction in YAML, not text.",
                event,
                "Put the text into quotation marks.",
            )

    def _check_characters(self, event: yaml.ScalarEvent) -> None:
        """Escapes (backslash and 0) in double quotes can make what no keyboard can."""
        bad = next((c for c in event.value if not _printable(c)), None)
        if bad is not None:
            self._complain(
                "control-character",
                f"This text holds an invisible control character (U+{ord(bad):04X}).",
                event,
                "It comes from a backslash in a text in double quotation marks; use single "
                "ones (') or write the text without it.",
            )

    def _complain(self, code: str, message: str, event: yaml.Event, hint: str) -> None:
        self.complaints.append(error(code, message, self._place(event), hint))

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None  # of events that were parsed, marks are set
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _span(self, event: yaml.Event) -> tuple[int, int]:
        assert event.start_mark is not None
        assert event.end_mark is not None
        return event.start_mark.index, event.end_mark.index


def scalars(node: Node | None) -> Iterator[Scalar]:
    """All texts below a node, keys aside."""
    match node:
        case Scalar():
            yield node
        case Sequence():
            for item in node.items:
                yield from scalars(item)
        case Mapping():
            for _, value in node.entries:
                yield from scalars(value)


def _swallowed(text: str, file: str, root: Node | None) -> Iterator[Diagnostic]:
    """Words that YAML drops silently as a comment: ``text: We are #1``, ``accent: #a03``."""
    tree = Tree(file, text, root)
    for scalar in scalars(root):
        if scalar.text is not None and (scalar.text == "" or text[scalar.span[0]] in "\"'|>"):
            continue
        offset = scalar.span[1]
        rest = text[offset : (text + "\n").index("\n", offset)]
        comment = rest.lstrip()
        if comment.startswith("#") and len(comment) > 1 and comment[1] not in " #!-=":
            yield warning(
                "comment-in-text",
                f"`{comment[:30]}` is not part of the text: for YAML, ` #` begins a comment.",
                tree.at(offset + len(rest) - len(comment)),
                "If it belongs to the text, put the whole text into quotation marks; if it is "
                "a comment, write a space after the #.",
            )


def _printable(character: str) -> bool:
    """Whether a character may stand in a manuscript.

    Not: controls but tab and line feed, lone surrogates, non-characters (Unicode 23.7), and
    the byte order mark inside a text, line separators, and the embeddings and overrides of
    direction, which print a text in another order than it was checked in (UAX 9, 2.1 and 2.2).
    """
    code = ord(character)
    return (
        code in (0x09, 0x0A)
        or 0x20 <= code < 0x7F
        or (
            code >= 0xA0
            and not 0xD800 <= code <= 0xDFFF
            and not 0xFDD0 <= code <= 0xFDEF
            and code & 0xFFFE != 0xFFFE
            and code != 0xFEFF
            and not 0x2028 <= code <= 0x202E
        )
    )
