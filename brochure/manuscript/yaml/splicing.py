"""What an edit replaces in the text of a YAML file."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from brochure.manuscript.yaml.edits import Edit, Insert, Move, Put, Remove
from brochure.manuscript.yaml.nodes import (
    MappingNode,
    Node,
    Plain,
    ScalarNode,
    SequenceNode,
    Tree,
    TreePath,
)
from brochure.manuscript.yaml.places import Block, ImpossibleError, TextPlaces
from brochure.manuscript.yaml.writing import (
    STEP,
    entry_lines,
    flow,
    header,
    in_flow,
    inline_text,
    item_lines,
    literal_lines,
)

_MARK = b"\xef\xbb\xbf"
_HEADER = re.compile(r"[|>](?:([1-9])?([-+]?)|([-+])([1-9]))(?=[ \t]*(?:#.*)?$)", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Splice:
    """What stands between two offsets instead: new text, and pieces of the old one (start, end)."""

    start: int
    end: int
    pieces: tuple[str | tuple[int, int], ...]


def spliced(data: bytes, splice: Splice) -> bytes:
    """A splice of a text with line feeds, made in the bytes with the line ends that they have."""
    mark = _MARK if data.startswith(_MARK) else b""
    text = data[len(mark) :].decode()
    ends = list(_LINE_END.finditer(text))
    counted = Counter(end[0] for end in ends)
    usual = max(("\n", "\r\n", "\r"), key=counted.__getitem__)
    # The offsets, with line feeds, from which on each CRLF makes what is here a character longer.
    longer = [end.start() - before for before, end in enumerate(e for e in ends if e[0] == "\r\n")]

    def original(offset: int) -> int:
        return offset + bisect_left(longer, offset)

    new = "".join(
        piece.replace("\n", usual)
        if isinstance(piece, str)
        else text[original(piece[0]) : original(piece[1])]
        for piece in splice.pieces
    )
    text = text[: original(splice.start)] + new + text[original(splice.end) :]
    return mark + text.encode()


class EditableText:
    """A text with its tree, and what edits replace in it."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.text = tree.text
        self._places = TextPlaces(tree)

    def splice(self, edit: Edit) -> Splice:
        """What an edit changes in the text."""
        match edit:
            case Put():
                return self._put(edit)
            case Remove():
                return self._remove(edit.path)
            case Insert():
                return self._insert(edit.path, edit.value)
            case Move():
                return self._move(edit.path, edit.to)

    def _put(self, edit: Put) -> Splice:
        path, value = edit.path, edit.value
        node = self.tree.node(path)
        if node is not None:
            return self._replace(path, node, value)
        # The nearest mapping or list around it that there is; what is missing between is new.
        depth = len(path) - 1
        while depth and self.tree.node(path[:depth]) is None:
            depth -= 1
        for step in reversed(path[depth + 1 :]):
            value = {step: value} if isinstance(step, str) else [value]
        parent = self.tree.node(path[:depth])
        step = path[depth]
        if isinstance(parent, ScalarNode):
            new: Plain = {step: value} if isinstance(step, str) else [value]
            return self._replace(path[:depth], parent, new)
        if isinstance(parent, SequenceNode):
            return self._insert((*path[:depth], step), value)
        if isinstance(parent, MappingNode) and isinstance(step, str):
            return self._insert_entry(parent, path[:depth], step, value, edit.order, edit.comment)
        if parent is None and isinstance(step, str):
            return self._lines_at(len(self.text), entry_lines(step, value, 0, self._places.dashes))
        raise ImpossibleError

    def _replace(self, path: TreePath, node: Node, value: Plain) -> Splice:
        start, end = node.span[0], self._places.end(node)
        if self._places.is_in_flow(path) or (
            not isinstance(node, ScalarNode) and self._places.is_flow(node)
        ):
            quoted = isinstance(value, str) and self.text[start] in ("'", '"')
            return Splice(start, end, (in_flow(value, self.text[start] if quoted else ""),))
        indent = self._places.column(path)
        if not isinstance(node, ScalarNode):
            if re.search(r"(?m)(?:^|\s)#", self.text[start:end]):
                raise ImpossibleError  # a comment would get lost
            # What stands after the colon or the dash, line ends included, is written anew.
            before = len(self.text[:start].rstrip(" \n"))
            return self._value(before, end, value, indent, path)
        if not isinstance(value, str):
            before = start if node.text is None else len(self.text[:start].rstrip(" "))
            return self._value(before, end, value, indent, path)
        return self._replace_text(node, start, end, value.strip("\n"), indent)

    def _value(self, start: int, end: int, value: Plain, indent: int, path: TreePath) -> Splice:
        """A value that is a mapping or a list, or takes the place of one."""
        if value in (None, [], {}) or isinstance(value, str):
            if isinstance(value, str) and "\n" in value:
                lines = literal_lines(value, indent + STEP)
                return Splice(start, end, ("\n".join([" " + header(value), *lines]),))
            return Splice(start, end, (" " + flow(value) if value is not None else "",))
        tail = self._places.tail(end)
        if isinstance(path[-1], int):
            lines = item_lines(value, indent, self._places.dashes)
            lines[0] = lines[0][indent + 1 :]
            return Splice(start, end, ("\n".join(lines),))
        lines = entry_lines("k", value, indent, self._places.dashes)[1:]
        return Splice(start, end + len(tail), (tail + "\n" + "\n".join(lines),))

    def _replace_text(
        self, node: ScalarNode, start: int, end: int, value: str, indent: int
    ) -> Splice:
        """Another text in the style of the one before, as far as it can be written so."""
        old = self.text[start:end] if node.text is not None else ""
        tail = self._places.tail(end)
        if old.startswith(("|", ">")):
            head_end = self.text.find("\n", start)
            head = self.text[start : head_end if head_end >= 0 else len(self.text)]
            content = next((line for line in old.split("\n")[1:] if line.strip()), "")
            found = _HEADER.match(head)
            if found is None or not value:
                return Splice(start, end, ("''" + head[found.end() if found else 1 :],))
            depth = len(content) - len(content.lstrip(" ")) if content else indent + STEP
            digit = found[1] or found[4]
            if digit:
                depth = max(indent, 0) + int(digit)
            new = header(value, found[2] or found[3] or "", depth - indent)
            lines = literal_lines(value, depth)
            return Splice(start, end, ("\n".join([new + head[found.end() :], *lines]),))
        space = " " if node.text is None else ""
        if "\n" in value and self._places.column_below(end) < indent + STEP:
            lines = literal_lines(value, indent + STEP)
            return Splice(
                start, end + len(tail), ("\n".join([space + header(value) + tail, *lines]),)
            )
        quotes = old[:1] if old[:1] in ("'", '"') else ""
        return Splice(start, end, (space + inline_text(value, quotes=quotes),))

    def _remove(self, path: TreePath) -> Splice:
        while len(path) > 1 and self._places.size(path[:-1]) == 1:
            path = path[:-1]
        parent = self.tree.node(path[:-1])
        index = self._places.index(parent, path[-1])
        if parent is None or index is None:
            raise ImpossibleError
        starts = self._places.starts(parent)
        ends = self._places.ends(parent)
        if self._places.is_flow(parent) or self._places.is_in_flow(path):
            if index + 1 < len(starts):
                return Splice(starts[index], starts[index + 1], ())
            return Splice(ends[index - 1] if index else starts[index], ends[index], ())
        if not self._places.stands_alone(starts[index]):
            # The first of several on the line of a dash: what follows takes its place.
            following = self._places.line_end(ends[index])
            while self.text[following : following + 1] in (" ", "\n"):
                following += 1
            return Splice(starts[index], following, ())
        block = self._places.block(starts[index], ends[index])
        start, end = block.start, block.end
        before = self.text[:start]
        is_first = isinstance(parent, SequenceNode) and index == 0 and len(starts) > 1
        if is_first or not before.strip() or before.endswith("\n\n"):
            end += len(self.text[end:]) - len(self.text[end:].lstrip("\n"))
            if end >= len(self.text):  # nothing follows: nor do the empty lines before it
                start = len(before.rstrip("\n")) + (1 if before.strip() else 0)
        return Splice(start, end, ())

    def _insert(self, path: TreePath, value: Plain) -> Splice:
        parent, index = self.tree.node(path[:-1]), path[-1]
        if not isinstance(index, int):
            raise ImpossibleError
        if not isinstance(parent, SequenceNode):
            if parent is None or (isinstance(parent, ScalarNode) and parent.text is None):
                return self._put(Put(path[:-1], [value]))
            raise ImpossibleError
        index = min(index, len(parent.items))
        if self._places.is_flow(parent):
            return self._insert_in_flow(parent, index, in_flow(value))
        starts, ends = self._places.starts(parent), self._places.ends(parent)
        indent = self._places.at_column(starts[0])
        lines = item_lines(value, indent, self._places.dashes)
        if not all(self._places.stands_alone(start) for start in starts):
            raise ImpossibleError
        blocks = [self._places.block(s, e) for s, e in zip(starts, ends, strict=True)]
        gap = (
            self.text.count("\n", blocks[0].end, blocks[1].start)
            if blocks[1:]
            else int(isinstance(value, dict))
        )
        if index < len(blocks):
            return self._lines_at(blocks[index].start, [*lines, *[""] * gap])
        return self._lines_at(self._places.after(starts[-1], ends[-1]), [*[""] * gap, *lines])

    def _insert_entry(
        self,
        parent: MappingNode,
        path: TreePath,
        key: str,
        value: Plain,
        order: Sequence[str],
        comment: str,
    ) -> Splice:
        """A new key where it usually stands among the others."""
        keys = [k.text or "" for k, _ in parent.entries]
        before = order[: order.index(key)] if key in order else list(order) or keys
        index = max((at + 1 for at, k in enumerate(keys) if k in before), default=0)
        if key not in order:
            index = len(keys)
        if self._places.is_flow(parent):
            return self._insert_in_flow(
                parent, index, f"{inline_text(key, True)}: {in_flow(value)}"
            )
        starts, ends = self._places.starts(parent), self._places.ends(parent)
        indent = self._places.at_column(starts[0])
        lines = entry_lines(key, value, indent, self._places.dashes)
        if index == 0 and not self._places.stands_alone(starts[0]):
            first = "\n".join(lines)[indent:]
            return Splice(starts[0], starts[0], (first + "\n" + " " * indent,))
        if index == 0:
            return self._lines_at(self._places.block(starts[0], ends[0]).start, lines)
        at = self._places.after(starts[index - 1], ends[index - 1])
        if not path and ((len(lines) > 1 and "\n\n" in self.text) or comment):
            # Sections of a file stand apart.
            lines = ["", *([f"# {comment}"] if comment else []), *lines]
            if at < len(self.text) and not self.text.startswith("\n", at):
                lines.append("")
        return self._lines_at(at, lines)

    def _insert_in_flow(self, parent: Node, index: int, new: str) -> Splice:
        starts, ends = self._places.starts(parent), self._places.ends(parent)
        if index < len(starts):
            return Splice(starts[index], starts[index], (new + ", ",))
        at = ends[-1] if ends else parent.span[0] + 1
        return Splice(at, at, (", " + new if ends else new,))

    def _move(self, path: TreePath, to: int) -> Splice:
        parent, index = self.tree.node(path[:-1]), path[-1]
        if not (isinstance(parent, SequenceNode) and isinstance(index, int)):
            raise ImpossibleError
        starts, ends = self._places.starts(parent), self._places.ends(parent)
        if self._places.is_flow(parent):
            blocks = [Block(s, e) for s, e in zip(starts, ends, strict=True)]
        elif all(self._places.stands_alone(start) for start in starts):
            blocks = [self._places.block(s, e) for s, e in zip(starts, ends, strict=True)]
        else:
            raise ImpossibleError
        order = list(range(len(blocks)))
        order.insert(to, order.pop(index))
        lacks_end = blocks[-1].end == len(self.text) and not self.text.endswith("\n")
        pieces: list[str | tuple[int, int]] = []
        for at, item in enumerate(order):
            block = blocks[item]
            start, end = block.start, block.end
            if end == len(self.text) and not self.text.endswith("\n") and at + 1 < len(order):
                pieces += [(start, end), "\n"]
            elif at + 1 == len(order) and lacks_end and not self._places.is_flow(parent):
                pieces.append((start, end - self.text[start:end].endswith("\n")))
            else:
                pieces.append((start, end))
            if at + 1 < len(blocks):
                pieces.append((blocks[at].end, blocks[at + 1].start))  # gaps stay where they are
        return Splice(blocks[0].start, blocks[-1].end, tuple(pieces))

    def _lines_at(self, offset: int, lines: Sequence[str]) -> Splice:
        """Whole lines at the beginning of a line, or after the last one."""
        new = "\n".join(lines)
        if offset and self.text[offset - 1] != "\n":  # a last line without an end keeps none
            return Splice(offset, offset, ("\n" + new,))
        return Splice(offset, offset, (new + "\n",))
