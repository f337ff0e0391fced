"""Where the nodes of a YAML file are in its text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from brochure.manuscript.yaml.nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    Tree,
    TreePath,
)
from brochure.manuscript.yaml.writing import STEP


class ImpossibleError(Exception):
    """The file is written in a way that this edit cannot be made in."""


@dataclass(frozen=True)
class Block:
    """The lines of an entry or an item, from the comments above it to those below, as offsets."""

    start: int
    end: int  # after the line end, or at the end of the file


class TextPlaces:
    """A text with its tree, and where things are in it, as offsets and columns from 0."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.text = tree.text

    @cached_property
    def dashes(self) -> int:
        """By how many columns this file indents lists."""
        for path, node in _collections(self.tree.root):
            if isinstance(node, SequenceNode) and path and not self.is_flow(node):
                if isinstance(path[-1], str) and node.items:
                    return self.at_column(self.dash(node.items[0])) - self.column(path)
        return STEP

    def is_in_flow(self, path: TreePath) -> bool:
        """Whether what is at a path is in brackets."""
        return any(self.is_flow(self.tree.node(path[:depth])) for depth in range(len(path)))

    def is_flow(self, node: Node | None) -> bool:
        """Whether a node is a mapping or a list in brackets."""
        return isinstance(node, MappingNode | SequenceNode) and (
            self.text[node.span[0] : node.span[0] + 1] in ("[", "{")
        )

    def end(self, node: Node) -> int:
        """The offset after the last character of a node: no line end, no comment."""
        if isinstance(node, ScalarNode):
            start, end = node.span
            if node.text is not None and self.text[start : start + 1] in ("|", ">"):
                return start + len(self.text[start:end].rstrip())
            return end
        if self.is_flow(node):
            return node.span[1]
        return self.ends(node)[-1]

    def ends(self, node: Node) -> list[int]:
        """Where each entry ends: see `end`."""
        match node:
            case MappingNode():
                return [max(self.end(v), self.key_end(k)) for k, v in node.entries]
            case SequenceNode():
                return [self.end(item) for item in node.items]
            case ScalarNode():
                return []

    def key_end(self, key: ScalarNode) -> int:
        """After the colon of a key."""
        return key.span[1] + len(self.text[key.span[1] :].partition(":")[0]) + 1

    def starts(self, node: Node) -> list[int]:
        """Where each entry begins: its key, or its dash."""
        match node:
            case MappingNode():
                return [key.span[0] for key, _ in node.entries]
            case SequenceNode() if self.is_flow(node):
                return [item.span[0] for item in node.items]
            case SequenceNode():
                return [self.dash(item) for item in node.items]
            case ScalarNode():
                return []

    def dash(self, item: Node) -> int:
        """The dash of an item, which stands before it, perhaps on a line above."""
        offset = item.span[0]
        while True:
            start = self.text.rfind("\n", 0, offset) + 1
            code = self.text[start:offset].rstrip()
            if code.endswith("-"):
                return start + len(code) - 1
            # A line above; of it, what a comment leaves.
            if start == 0:
                raise ImpossibleError
            offset = start - 1
            above = self.text[self.text.rfind("\n", 0, offset) + 1 : offset]
            comment = re.search(r"(?:^|\s)#", above)
            offset -= len(above) - comment.start() if comment else 0

    def column(self, path: TreePath) -> int:
        """The column of the key or the dash of what is at a path, from 0."""
        parent, step = self.tree.node(path[:-1]), path[-1]
        index = self.index(parent, step)
        if parent is None or index is None:
            raise ImpossibleError
        return self.at_column(self.starts(parent)[index])

    def at_column(self, offset: int) -> int:
        """The column of an offset."""
        return offset - (self.text.rfind("\n", 0, offset) + 1)

    def index(self, parent: Node | None, step: str | int) -> int | None:
        """Which entry of a node a key or an index is; None if there is none."""
        match parent:
            case MappingNode():
                keys = [key.text for key, _ in parent.entries]
                return keys.index(str(step)) if step in keys else None
            case SequenceNode():
                return step if isinstance(step, int) and step < len(parent.items) else None
            case _:
                return None

    def size(self, path: TreePath) -> int:
        """How many entries there are in what is at a path."""
        node = self.tree.node(path)
        match node:
            case MappingNode():
                return len(node.entries)
            case SequenceNode():
                return len(node.items)
            case _:
                return 0

    def stands_alone(self, offset: int) -> bool:
        """Whether only spaces stand before it on its line."""
        return not self.text[self.text.rfind("\n", 0, offset) + 1 : offset].strip(" ")

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, before its line end."""
        end = self.text.find("\n", offset)
        return end if end >= 0 else len(self.text)

    def tail(self, offset: int) -> str:
        """The rest of a line: a comment, if anything."""
        return self.text[offset : self.line_end(offset)]

    def block(self, start: int, end: int) -> Block:
        """The lines of an entry, with the comments that belong to it."""
        column = self.at_column(start)
        first = self.text.rfind("\n", 0, start) + 1
        top = first
        while top:
            above = self.text.rfind("\n", 0, top - 1) + 1
            line = self.text[above : top - 1]
            if not line.lstrip().startswith("#") or len(line) - len(line.lstrip()) > column:
                break
            top = above
        if top == 0 and first:  # a comment at the head is about the file
            top = first
        after = min(self.line_end(end) + 1, len(self.text))
        while after < len(self.text):
            line = self.text[after : self.line_end(after)]
            if not line.lstrip().startswith("#") or len(line) - len(line.lstrip()) <= column:
                break
            after = min(self.line_end(after) + 1, len(self.text))
        return Block(top, after)

    def column_below(self, offset: int) -> int:
        """How far the next line that says anything is indented; -1 if there is none."""
        following = self.text[self.line_end(offset) :].lstrip("\n")
        line = following.partition("\n")[0]
        return len(line) - len(line.lstrip()) if line.strip() else -1

    def after(self, start: int, end: int) -> int:
        """Where lines can follow an entry: deeper comments after it would become their text."""
        at = after = self.block(start, end).end
        while after < len(self.text):
            line = self.text[after : self.line_end(after)]
            after = min(self.line_end(after) + 1, len(self.text))
            if line.strip() and not line.lstrip().startswith("#"):
                break
            if line.strip() and len(line) - len(line.lstrip()) > self.at_column(start):
                at = after
        return at


def _collections(node: Node | None, path: TreePath = ()) -> Iterable[tuple[TreePath, Node]]:
    match node:
        case MappingNode():
            yield path, node
            for key, value in node.entries:
                yield from _collections(value, (*path, key.text or ""))
        case SequenceNode():
            yield path, node
            for index, item in enumerate(node.items):
                yield from _collections(item, (*path, index))
        case _:
            pass
