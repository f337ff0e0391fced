"""A paragraph as WeasyPrint has it: read as one text, and cut into lines.

WeasyPrint 70 breaks a tree of boxes line by line. Here the tree is read as one text; once the ends
of its lines are chosen (`layout/paragraph.py`), a line is the same tree, cut off at its end.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from brochure.layout.hyphenation import HYPHENS

Box = Any
Path = tuple[int, ...]  # the index of each box within the one around it
SkipStack = Any  # WeasyPrint's own form of where a line begins: {index: {index: {byte: None}}}
_WRAPPING = ("normal", "nowrap", "pre-line", "pre-wrap")  # `white-space` that is understood
# What is read where the rest of a word stands that was read before. Empty would be right, but for
# PDFium that is no replacement; poppler and PDFium both leave out white space that is no blank.
_NOTHING = "\n"
# … and on a line that has nothing else. A line without any text would be a gap for poppler, at
# which it leaves the column.
_EMPTY_LINE = "\u2060"
# What is read behind a hyphen of the text that ends a line: else poppler and PDFium would take it
# for one that divides a word, and leave it out.
_BLANK = "\u00a0"
_WHITE_SPACE = re.compile(r"\s")
SOFT_HYPHEN = "\u00ad"
ATOM = "\ufffc"  # stands for a picture, or whatever is no text and cannot be broken


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text box of a paragraph, or one that cannot be broken; and where its text begins in that of
    the paragraph. `width` is that of what is no text.
    """

    box: Box
    text: str
    path: Path
    start: int
    width: float
    unbroken: Path | None  # the outermost box around it that keeps its text on one line


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line ends, and where the next one begins, in the text; None after the last one.

    `hyphen`: one is put at the end; `inside`: a word or an address is divided there. `word` is
    where the last word begins, if readers of the PDF are told it whole (see `tagging`), else -1;
    `rest` is where the rest of such a word ends that the line begins with, 0 for none; `read_to`,
    where the last word of either kind ends.
    """

    end: int
    next: int | None
    hyphen: bool
    inside: bool
    word: int = -1
    rest: int = 0
    read_to: int = 0

    def __hash__(self) -> int:  # it is looked up for each line of each layout
        return self.end


class Paragraph:
    """The content of a line box that has not been broken yet."""

    def __init__(self, box: Box, leaves: Sequence[Leaf], spaces: dict[int, float]) -> None:
        self.box = box
        self.leaves = leaves
        self.text = "".join(leaf.text for leaf in leaves)
        self.spaces = spaces  # of the boxes around it: character → width of what is beside it
        self.starts = [leaf.start for leaf in leaves]

    @property
    def balanced(self) -> bool:
        """Whether its style asks for lines of like length."""
        return any(token.value == "balance" for token in self.box.style["__lines"] or ()
                   if token.type == "ident")  # fmt: skip

    def index_at(self, offset: int) -> int:
        """The number of the text box that the character at an offset is in."""
        return bisect_right(self.starts, offset) - 1

    def leaf_at(self, offset: int) -> Leaf:
        """The text box that the character at an offset is in."""
        return self.leaves[self.index_at(offset)]

    def keeps_together(self, offset: int) -> bool:
        """Whether a style forbids that a line ends at an offset."""
        before = self.leaf_at(offset - 1).unbroken
        return before is not None and before == self.leaf_at(offset).unbroken

    def offset(self, stack: SkipStack) -> int | None:
        """Where in the text a line begins; None if it is not known."""
        path = []
        while stack:
            ((index, stack),) = stack.items()
            path.append(index)
        for leaf in self.leaves:
            if list(leaf.path[: len(path)]) == path:
                return leaf.start
            if list(leaf.path) == path[:-1]:
                return leaf.start + len(leaf.text.encode()[: path[-1]].decode())
        return None

    def stack(self, offset: int) -> SkipStack:
        """The reverse: an offset in the text in WeasyPrint's form."""
        leaf = self.leaf_at(offset)
        path = list(leaf.path)
        stack: SkipStack = None
        if offset > leaf.start:
            stack = {len(leaf.text[: offset - leaf.start].encode()): None}
        else:
            while len(path) > 1 and path[-1] == 0:
                path.pop()
        for index in reversed(path):
            stack = {index: stack}
        return stack

    def told_whole(self, lines: Sequence[Line], start: int, rest: int) -> list[Line]:
        """Successive lines with the words in them that readers are told whole: those that are
        divided, once or more, with all that sticks to them; and those that end with a hyphen, which
        would be taken for divided ones.

        The first line begins at `start`, and with the rest of such a word up to `rest`.
        """
        marked: list[Line] = []
        for number, line in enumerate(lines):
            rest = rest if rest > start else 0
            shown = start + len(self.text[start : line.end].rstrip())
            begin = shown
            while begin > start and not self.text[begin - 1].isspace():
                begin -= 1
            word, read_to = -1, rest
            if rest <= begin < shown and (line.inside or self.text[shown - 1] in HYPHENS):
                end = self._end_of_word(shown, lines[number:])
                if ATOM not in self.text[begin:end]:
                    word, read_to = begin, end
            marked.append(replace(line, word=word, rest=rest, read_to=read_to))
            start, rest = line.next or 0, read_to
        return marked

    def _end_of_word(self, end: int, lines: Sequence[Line]) -> int:
        """Where a word ends that the first of these lines ends with, or in, at `end`: at a blank,
        or at the end of a line that does not end inside a word.
        """
        for line, following in pairwise(lines):
            if not line.inside:
                break
            blank = _WHITE_SPACE.search(self.text, line.end, following.end)
            if blank:
                return blank.start()
            end = following.end
        return end

    def cut(self, start: int, line: Line) -> Box:
        """The line box as it would be if the text ended where the line does.

        Parts of a word that readers are told whole are text boxes of their own.
        """
        first, end = self.index_at(start), self.index_at(line.end - 1)
        last = self.leaves[end]
        pieces = {
            leaf.path: self._pieces(leaf, line)
            for leaf in self.leaves[first : end + 1]
            if leaf is last
            or leaf.start < line.rest
            or 0 <= line.word < leaf.start + len(leaf.text)
        }
        cut = {path[:depth] for path in pieces for depth in range(1, len(path))}
        goes_on = line.next is not None

        def within(box: Box, path: Path) -> Box:
            children: list[Box] = []
            for index, child in enumerate(box.children):
                inner = (*path, index)
                if inner in pieces:
                    children += pieces[inner]
                elif inner in cut:
                    children.append(within(child, inner))
                else:
                    children.append(child)
                if inner == last.path[: len(inner)]:
                    break
            copy = box.copy_with_children(children)
            if box is not self.box and goes_on and path == last.path[: len(path)]:
                _remove_end(copy)
            return copy

        box = within(self.box, ())
        # A page may end inside an address: it is longer than a line, and has no hyphen there.
        box.divides_word = line.inside and (line.hyphen or self.text[line.end - 1] in HYPHENS)
        return box

    def _pieces(self, leaf: Leaf, line: Line) -> list[Box]:
        """A text box, or what a line has of it, in pieces."""
        if leaf.text == ATOM:
            return [leaf.box]
        stop = min(line.end, leaf.start + len(leaf.text))
        edges = {leaf.start, stop}
        edges |= {edge for edge in (line.rest, line.word) if leaf.start < edge < stop}
        boxes: list[Box] = []
        for begin, end in pairwise(sorted(edges)):
            text = self.text[begin:end]
            if line.hyphen and end == line.end:
                text += leaf.box.style["hyphenate_character"]
            box = leaf.box.copy_with_text(text)
            if begin == line.word:
                word = self.text[begin : line.read_to].replace(SOFT_HYPHEN, "")
                box.actual_text = word + _BLANK * word.endswith(HYPHENS)
            elif end <= line.rest or 0 <= line.word < begin:
                box.actual_text = _NOTHING if line.rest < line.end else _EMPTY_LINE
            boxes.append(box)
        return boxes


def _remove_end(box: Box) -> None:
    """No border, padding or margin where an inline box is cut: it goes on on the next line."""
    side = "right" if box.style["direction"] == "ltr" else "left"
    names = [f"margin_{side}", f"padding_{side}", f"border_{side}_width"]
    if box.style["box_decoration_break"] != "clone" and any(getattr(box, name) for name in names):
        box.style = box.style.copy()
        for name in names:
            value = box.style[name]
            box.style[name] = 0 if name.startswith("border") else type(value)(0, "px")


def read(
    box: Box, kinds: Any, resolve: Callable[[Box], None], width: Callable[[Box], float]
) -> Paragraph | None:
    """A line box as a paragraph; None if it holds what is not understood here.

    `kinds` is WeasyPrint's module of boxes; `resolve` computes what is beside an inline box,
    `width` the width of one that cannot be broken.
    """
    leaves: list[Leaf] = []
    spaces: dict[int, float] = {}
    length = 0

    def walk(outer: Box, path: Path, unbroken: Path | None) -> bool:
        nonlocal length
        if unbroken is None and outer.style["white_space"] == "nowrap":
            unbroken = path
        for index, child in enumerate(outer.children):
            inner = (*path, index)
            if not child.is_in_normal_flow():
                # The marker of a list item is one such; later ones could get to another line.
                if leaves or not child.is_absolutely_positioned():
                    return False
            elif isinstance(child, kinds.TextBox):
                style = child.style
                if style["white_space"] not in _WRAPPING or not style["font_size"]:
                    return False
                if "\t" in child.text:  # how wide it is depends on where it stands
                    return False
                whole = inner if unbroken is None and style["white_space"] == "nowrap" else unbroken
                if child.text:
                    leaves.append(Leaf(child, child.text, inner, length, 0.0, whole))
                    length += len(child.text)
            elif isinstance(child, kinds.AtomicInlineLevelBox):
                leaves.append(Leaf(child, ATOM, inner, length, width(child), unbroken))
                length += 1
            elif type(child) is kinds.InlineBox and not child.is_leader:
                resolve(child)
                left = child.margin_left + child.padding_left + child.border_left_width
                right = child.margin_right + child.padding_right + child.border_right_width
                start = length
                if not walk(child, inner, unbroken):
                    return False
                if length > start:
                    spaces[start] = spaces.get(start, 0.0) + left
                    spaces[length - 1] = spaces.get(length - 1, 0.0) + right
                elif left or right:
                    return False
            else:
                return False
        return True

    if not walk(box, (), None) or not any(leaf.text.strip() for leaf in leaves):
        return None
    return Paragraph(box, leaves, spaces)
