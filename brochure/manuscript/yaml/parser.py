"""YAML text → a tree of texts, lists and mappings in which everything knows its place.

Every scalar stays the text that was typed (``no``, ``1.10``, ``01067``): there are no types to
guess wrong. Anchors, aliases and tags are refused; with them go alias bombs and code. The tree
is built from PyYAML's event stream without recursion, so depth is bounded by us.
"""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import yaml
from yaml.scanner import ScannerError

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    error,
    raise_errors,
    shortened,
    warning,
)
from brochure.files import decode_utf8
from brochure.manuscript.yaml import recovery
from brochure.manuscript.yaml.nodes import Mapping, Node, Scalar, Sequence, Tree, scalars
from brochure.project import Project

_DEPTH = 12
_MENDS = 25
_EFFORT = 500_000  # characters that are read again to find the next mistake
# What may not stand in a manuscript: controls but tab and line feed, lone surrogates,
# non-characters (Unicode 23.7), the byte order mark inside a text, line separators, and the
# embeddings and overrides of direction, which print a text in another order than it was checked in
# (UAX 9, 2.1 and 2.2).
_STRANGE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    + "]"
)
_COMMENT = re.compile(r"[^\S\n]*(#[^\s#!=-][^\n]{0,28})")
_MOST = 20  # complaints of one kind; a file with more of them is of another kind


def read(project: Project, path: Path) -> tuple[Tree, list[Diagnostic]]:
    """The tree of a YAML file of the project, and the complaints about it.

    Raises Problems where there is no text to be had from it at all.
    """
    file = project.show(path)
    text, diagnostics = decode(project.read(path, bounds.MANUSCRIPT), file)
    raise_errors(diagnostics)
    return parse(text, file)


def decode(data: bytes, file: str) -> tuple[str, list[Diagnostic]]:
    """UTF-8 bytes, with or without a byte order mark, → text with line feeds as line ends."""
    try:
        text = decode_utf8(data, file)
    except DiagnosticsError as failed:
        return "", list(failed.diagnostics)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    strange = (found.start() for found in _STRANGE.finditer(text))
    return text, [
        error(
            "control-character",
            f"There is an invisible control character here (U+{ord(text[offset]):04X}).",
            Tree(file, text, None).at(offset),
            "Delete it and type the word around it again; it often comes with text copied "
            "from a PDF.",
        )
        for offset in islice(strange, _MOST)
    ]


def parse(text: str, file: str) -> tuple[Tree, list[Diagnostic]]:
    """Parse YAML; complaints come beside the tree, all that can be found in one go.

    A syntax error would hide all that follows it. So each is mended in a copy, as its author
    must have meant it, and reading goes on to find the next; a mended copy is never built from.
    """
    diagnostics: list[Diagnostic] = []
    mended = text
    effort = 0
    for _ in range(_MENDS):
        try:
            root, found = _Composer(mended, file).compose()
        except yaml.MarkedYAMLError as reason:
            diagnostic, remedy = recovery.explain(mended, file, reason)
            diagnostics.append(diagnostic)
            effort += reason.problem_mark.index if reason.problem_mark else len(mended)
            if remedy is None or effort > _EFFORT:
                return Tree(file, text, None), diagnostics
            mended = remedy
        else:
            return Tree(file, mended, root), [
                *diagnostics,
                *found,
                *islice(_swallowed(mended, file, root), _MOST),
            ]
    return Tree(file, text, None), diagnostics


class _Loader(yaml.SafeLoader):
    """PyYAML, where it stumbles over numbers that are too large for Python."""

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: yaml.Mark) -> list[str]:
        """A piece of a text in quotation marks, in which an escape may name no character."""
        try:
            chunks: list[str] = super().scan_flow_scalar_non_spaces(double, start_mark)
        except (OverflowError, ValueError):
            said = "found an escape that is no character"
            raise ScannerError("in a text", start_mark, said, self.get_mark()) from None
        return chunks

    def scan_yaml_directive_number(self, start_mark: yaml.Mark) -> int:
        """A number of a version of YAML, which may have any length."""
        try:
            return int(super().scan_yaml_directive_number(start_mark))
        except ValueError:
            said = "found a number without end"
            raise ScannerError("in a directive", start_mark, said, self.get_mark()) from None


class _Composer:
    """Events → nodes, on a stack of open collections."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.text = text
        self.diagnostics: list[Diagnostic] = []

    def compose(self) -> tuple[Node | None, list[Diagnostic]]:
        root: Node | None = None
        documents = nodes = 0
        # An open collection: its start event, and the nodes in it (keys and values in turn).
        stack: list[tuple[yaml.Event, list[Node]]] = []
        for event in yaml.parse(self.text, Loader=_Loader):
            node: Node | None = None
            nodes += isinstance(event, yaml.NodeEvent)
            if nodes > bounds.NODES:
                self.diagnostics.append(
                    error(
                        "too-many",
                        f"From here on there are too many texts: {bounds.NODES} are the most.",
                        self._location(event),
                        "That is more than a leaflet can hold; is this the right file?",
                    )
                )
                for start, children in reversed(stack):  # what was read is looked through at least
                    children += [root] if root else []
                    if isinstance(start, yaml.MappingStartEvent) and len(children) % 2:
                        children.pop()  # a key whose value is not read
                    root = self._collection(start, event, children)
                break
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        self._report(
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
                        self._report(
                            "too-deep",
                            "This is nested too deeply.",
                            event,
                            "A leaflet needs four levels; is there a bracket too many?",
                        )
                        return None, self.diagnostics
                    stack.append((event, []))
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    start, children = stack.pop()
                    node = self._collection(start, event, children)
                case yaml.AliasEvent():
                    self._refuse_properties(event)
                    node = Scalar(self._location(event), self._span(event), f"*{event.anchor}")
                case yaml.ScalarEvent():
                    self._refuse_properties(event)
                    empty = event.value == "" and event.style is None
                    node = Scalar(
                        self._location(event), self._span(event), None if empty else event.value
                    )
                    self._check_characters(event)
            if node is not None:
                if stack:
                    stack[-1][1].append(node)
                else:
                    root = node
        return root, self.diagnostics

    def _collection(self, start: yaml.Event, end: yaml.Event, children: list[Node]) -> Node:
        location, span = self._location(start), (self._span(start)[0], self._span(end)[1])
        if isinstance(start, yaml.SequenceStartEvent):
            return Sequence(location, span, tuple(children))
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if self.text.startswith("{{", key.span[0] - 1) and not isinstance(key, Scalar):
                code, message = recovery.SLOT_UNQUOTED
                hint = 'Write "{{ region.name }} …", quotation marks around the whole text.'
                location = Location(self.file, key.location.line, key.location.column - 1)
                self.diagnostics.append(error(code, message, location, hint))
            elif not isinstance(key, Scalar) or key.text is None:
                self.diagnostics.append(
                    error(
                        "key-not-text",
                        "A key must be a word, and here there is none.",
                        key.location,
                        "Write `key: value`. If `?`, `[` or `{` begins a text, put the text "
                        "into quotation marks.",
                    )
                )
            elif key.text in entries and len(self.diagnostics) < _MOST:
                first = entries[key.text][0].location
                self.diagnostics.append(
                    error(
                        "duplicate-key",
                        f"`{shortened(key.text)}` is given twice; the first stands in line "
                        f"{first.line}.",
                        key.location,
                        "Keep one of the two.",
                    )
                )
            elif key.text not in entries:
                entries[key.text] = (key, value)
        return Mapping(location, span, tuple(entries.values()))

    def _refuse_properties(self, event: yaml.Event) -> None:
        anchor = getattr(event, "anchor", None)
        tag = getattr(event, "tag", None)
        if anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self._report(
                "alias",
                f"A value that begins with `{sign}` is a reference in YAML, not text.",
                event,
                "For *emphasis* at the beginning put the text into quotation marks, or write "
                "`|` after the colon and the text into the next line, indented.",
            )
        elif tag is not None:
            self._report(
                "tag",
                "A value that begins with `!` is an instruction in YAML, not text.",
                event,
                "Put the text into quotation marks.",
            )

    def _check_characters(self, event: yaml.ScalarEvent) -> None:
        """Escapes (backslash and 0) in double quotes can make what no keyboard can."""
        if bad := _STRANGE.search(event.value):
            self._report(
                "control-character",
                f"This text holds an invisible control character (U+{ord(bad[0]):04X}).",
                event,
                "It comes from a backslash in a text in double quotation marks; use single "
                "ones (') or write the text without it.",
            )

    def _report(self, code: str, message: str, event: yaml.Event, hint: str) -> None:
        if len(self.diagnostics) < _MOST:
            self.diagnostics.append(error(code, message, self._location(event), hint))

    def _location(self, event: yaml.Event) -> Location:
        mark = event.start_mark
        assert mark is not None  # of events that were parsed, marks are set
        return Location(self.file, mark.line + 1, mark.column + 1)

    def _span(self, event: yaml.Event) -> tuple[int, int]:
        assert event.start_mark is not None
        assert event.end_mark is not None
        return event.start_mark.index, event.end_mark.index


def _swallowed(text: str, file: str, root: Node | None) -> Iterator[Diagnostic]:
    """Words that YAML drops silently as a comment: ``text: We are #1``, ``accent: #a03``."""
    tree = Tree(file, text, root)
    for _, scalar in scalars(root):
        if scalar.text is not None and (scalar.text == "" or text[scalar.span[0]] in "\"'|>"):
            continue
        if comment := _COMMENT.match(text, scalar.span[1]):
            yield warning(
                "comment-in-text",
                f"`{comment[1]}` is not part of the text: for YAML, ` #` begins a comment.",
                tree.at(comment.start(1)),
                "If it belongs to the text, put the whole text into quotation marks; if it is "
                "a comment, write a space after the #.",
            )
