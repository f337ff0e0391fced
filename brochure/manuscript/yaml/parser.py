"""YAML text → a tree of texts, lists and mappings with their locations.

Every scalar stays the text that was typed (``no``, ``1.10``, ``01067``): there are no types to
guess wrong. Anchors, aliases and tags are refused, and with them alias bombs and code. The tree is
built from PyYAML's event stream without recursion, so that we can limit its depth.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

import yaml
from yaml.scanner import ScannerError

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Reported,
    error,
    raise_errors,
    shortened,
    warning,
)
from brochure.files import decode_utf8
from brochure.manuscript.yaml import recovery
from brochure.manuscript.yaml.nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    Tree,
    location_in,
    scalars,
)
from brochure.messages import Message, say
from brochure.project import Project

_DEPTH = 12
_RECOVERIES = 25
_EFFORT = 500_000  # characters that are read again to find the next mistake
# What no manuscript may contain: controls but tab and line feed, lone surrogates, non-characters
# (Unicode 23.7), the byte order mark inside a text, line separators, and the embeddings and
# overrides of direction, which print a text in another order than it was checked in (UAX 9, 2.1
# and 2.2).
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    + "]"
)
_COMMENT = re.compile(r"[^\S\n]*(#[^\s#!=-][^\n]{0,28})")
_MOST = 20  # diagnostics of one kind; a file with more of them is most likely another kind of file


def read_yaml(project: Project, path: Path) -> Reported[Tree]:
    """The tree of a YAML file of the project.

    Raises DiagnosticsError where no text can be read from it at all.
    """
    file = project.show(path)
    decoded = decode_text(project.read(path, bounds.MANUSCRIPT), file)
    raise_errors(decoded.diagnostics)
    return parse_yaml(decoded.value, file)


def decode_text(data: bytes, file: str) -> Reported[str]:
    """UTF-8 bytes, with or without a byte order mark, → text with line feeds as line ends."""
    try:
        text = decode_utf8(data, file)
    except DiagnosticsError as failed:
        return Reported("", failed.diagnostics)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    diagnostics = tuple(
        error(
            "control-character",
            say(
                "There is an invisible control character here (U+{number:04X}).",
                number=ord(forbidden[0]),
            ),
            location_in(text, file, forbidden.start()),
            say(
                "Delete it and type the word around it again. Such characters often come with text "
                "copied from a PDF."
            ),
        )
        for forbidden in islice(FORBIDDEN.finditer(text), _MOST)
    )
    return Reported(text, diagnostics)


@lru_cache(maxsize=8)  # what is edited is read by several steps, and slowly
def parse_yaml(text: str, file: str) -> Reported[Tree]:
    """The tree of a YAML text, with all diagnostics that can be found in one go.

    A syntax error would hide everything after it. So each one is corrected in a copy, as
    its author most likely meant it, and reading goes on to find the next one. That copy is
    never built from: the diagnostics are errors.
    """
    diagnostics: list[Diagnostic] = []
    copy = text
    effort = 0
    for _ in range(_RECOVERIES):
        try:
            composed = _Composer(copy, file).compose()
        except yaml.MarkedYAMLError as reason:
            diagnostic, remedy = recovery.explain_syntax_error(copy, file, reason)
            diagnostics.append(diagnostic)
            effort += reason.problem_mark.index if reason.problem_mark else len(copy)
            if remedy is None or effort > _EFFORT:
                break
            copy = remedy
        else:
            diagnostics += composed.diagnostics
            diagnostics += islice(_text_in_comments(copy, file, composed.value), _MOST)
            return Reported(Tree(file, copy, composed.value), tuple(diagnostics))
    return Reported(Tree(file, text, None), tuple(diagnostics))


class _Loader(yaml.SafeLoader):
    """PyYAML, with proper errors where it stumbles over numbers too large for Python."""

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: yaml.Mark) -> list[str]:
        """A piece of a text in quotation marks; its escapes may be no characters at all."""
        try:
            chunks: list[str] = super().scan_flow_scalar_non_spaces(double, start_mark)
        except (OverflowError, ValueError):
            problem = "found an escape that is not a character"
            raise ScannerError("in a text", start_mark, problem, self.get_mark()) from None
        return chunks

    def scan_yaml_directive_number(self, start_mark: yaml.Mark) -> int:
        """A number in a version of YAML; it may have any length."""
        try:
            return int(super().scan_yaml_directive_number(start_mark))
        except ValueError:
            problem = "found a number that is too long"
            raise ScannerError("in a directive", start_mark, problem, self.get_mark()) from None


class _Composer:
    """Events → nodes, on a stack of open collections."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.text = text
        self.diagnostics: list[Diagnostic] = []

    def compose(self) -> Reported[Node | None]:
        """The root of the first document."""
        return Reported(self._root(), tuple(self.diagnostics))

    def _root(self) -> Node | None:
        root: Node | None = None
        documents = nodes = 0
        # An open collection: its start event, and the nodes in it (keys and values in turn).
        stack: list[tuple[yaml.Event, list[Node]]] = []
        for event in yaml.parse(self.text, Loader=_Loader):
            node: Node | None = None
            nodes += isinstance(event, yaml.NodeEvent)
            if nodes > bounds.NODES:
                message = say(
                    "There are too many texts from here on; at most {limit} are allowed.",
                    limit=bounds.NODES,
                )
                hint = say("That is more than a leaflet can hold. Is this the right file?")
                self.diagnostics.append(error("too-many", message, self._location(event), hint))
                for start, children in reversed(stack):  # what was read is at least checked
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
                            say("A line of `---` begins a second document here."),
                            event,
                            say(
                                "A leaflet is a single document: delete the line, or put `---` "
                                "into a text that starts with `|`."
                            ),
                        )
                        break
                case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    self._refuse_properties(event)
                    if len(stack) >= _DEPTH:
                        self._report(
                            "too-deep",
                            say("This is nested too deeply."),
                            event,
                            say("A leaflet needs four levels. Is there a bracket too many?"),
                        )
                        return None
                    stack.append((event, []))
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    start, children = stack.pop()
                    node = self._collection(start, event, children)
                case yaml.AliasEvent():
                    self._refuse_properties(event)
                    node = ScalarNode(self._location(event), self._span(event), f"*{event.anchor}")
                case yaml.ScalarEvent():
                    self._refuse_properties(event)
                    empty = event.value == "" and event.style is None
                    node = ScalarNode(
                        self._location(event), self._span(event), None if empty else event.value
                    )
                    self._check_characters(event)
            if node is not None:
                if stack:
                    stack[-1][1].append(node)
                else:
                    root = node
        return root

    def _collection(self, start: yaml.Event, end: yaml.Event, children: list[Node]) -> Node:
        location, span = self._location(start), (self._span(start)[0], self._span(end)[1])
        if isinstance(start, yaml.SequenceStartEvent):
            return SequenceNode(location, span, tuple(children))
        entries: dict[str, tuple[ScalarNode, Node]] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if self.text.startswith("{{", key.span[0] - 1) and not isinstance(key, ScalarNode):
                code, message = recovery.SLOT_UNQUOTED
                location = Location(self.file, key.location.line, key.location.column - 1)
                hint = say(
                    'Write "{{{{ region.name }}}} …", with quotation marks around the whole text.'
                )
                self.diagnostics.append(error(code, message, location, hint))
            elif not isinstance(key, ScalarNode) or key.text is None:
                message = say("There is no valid key here; a key must be a word.")
                hint = say(
                    "Write `key: value`. If the line is text that begins with `?`, `[` or `{{`, "
                    "put the text into quotation marks."
                )
                self.diagnostics.append(error("key-not-text", message, key.location, hint))
            elif key.text in entries and len(self.diagnostics) < _MOST:
                message = say(
                    "The key `{key}` is used twice; the first one is on line {line}.",
                    key=shortened(key.text),
                    line=entries[key.text][0].location.line,
                )
                hint = say("Keep one of the two.")
                self.diagnostics.append(error("duplicate-key", message, key.location, hint))
            elif key.text not in entries:
                entries[key.text] = (key, value)
        return MappingNode(location, span, tuple(entries.values()))

    def _refuse_properties(self, event: yaml.Event) -> None:
        anchor = getattr(event, "anchor", None)
        tag = getattr(event, "tag", None)
        if anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self._report(
                "alias",
                say(
                    "A value that begins with `{sign}` is a reference in YAML, not text.", sign=sign
                ),
                event,
                say(
                    "To begin with *emphasis*, put the text into quotation marks, or write `|` "
                    "after the colon and the text on the next line, indented."
                ),
            )
        elif tag is not None:
            self._report(
                "tag",
                say("A value that begins with `!` is an instruction in YAML, not text."),
                event,
                say("Put the text into quotation marks."),
            )

    def _check_characters(self, event: yaml.ScalarEvent) -> None:
        """Escapes in double quotation marks can make characters that no keyboard can."""
        if forbidden := FORBIDDEN.search(event.value):
            self._report(
                "control-character",
                say(
                    "This text contains an invisible control character (U+{number:04X}).",
                    number=ord(forbidden[0]),
                ),
                event,
                say(
                    "It comes from a backslash in a text in double quotation marks. Use single "
                    "ones ('), or write the text without the backslash."
                ),
            )

    def _report(self, code: str, message: Message, event: yaml.Event, hint: Message) -> None:
        if len(self.diagnostics) < _MOST:
            self.diagnostics.append(error(code, message, self._location(event), hint))

    def _location(self, event: yaml.Event) -> Location:
        mark = event.start_mark
        assert mark is not None  # events that were parsed have marks
        return Location(self.file, mark.line + 1, mark.column + 1)

    def _span(self, event: yaml.Event) -> tuple[int, int]:
        assert event.start_mark is not None
        assert event.end_mark is not None
        return event.start_mark.index, event.end_mark.index


def _text_in_comments(text: str, file: str, root: Node | None) -> Iterator[Diagnostic]:
    """Words that YAML silently drops as a comment: ``text: We are #1``, ``accent: #a03``."""
    for _, scalar in scalars(root):
        if scalar.text is not None and (scalar.text == "" or text[scalar.span[0]] in "\"'|>"):
            continue
        if comment := _COMMENT.match(text, scalar.span[1]):
            yield warning(
                "comment-in-text",
                say(
                    "`{comment}` is not part of the text: in YAML, ` #` begins a comment.",
                    comment=comment[1],
                ),
                location_in(text, file, comment.start(1)),
                say(
                    "If it belongs to the text, put the whole text into quotation marks. If it is "
                    "a comment, write a space after the #."
                ),
            )
