"""A paragraph as WeasyPrint has it: its text in a row, where its lines may end, and each line of it.

WeasyPrint 70 breaks a tree of boxes line by line. Here the tree is read as one text; once the ends
of its lines are chosen (`layout/paragraph.py`), a line is the same tree, cut off at its end.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from brochure.layout import paragraph
from brochure.layout.compounds import Joint
from brochure.layout.hyphenation import HYPHENS, Hyphenator
from brochure.layout.paragraph import Place
from brochure.manuscript.text.address import address_breaks, find_addresses

Box = Any
Path = tuple[int, ...]  # the index of each box within the one around it
SkipStack = Any  # WeasyPrint's own form of where a line begins: {index: {index: {byte: None}}}
WRAPPING = ("normal", "nowrap", "pre-line")  # values of `white-space` that are understood here
_SOFT_HYPHEN = "\u00ad"
_OWN_HYPHENS = (*HYPHENS, "\u2013")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u00ad])+")
# Behind other signs than these, no line of an alphabetic script ends.
_NO_LETTER = re.compile(
    r"[^\w\u0300-\u036f]|.(?=\ufffc)|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\uffff]"
)
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_ATOM = "\ufffc"  # stands for a picture, or whatever is no text and cannot be broken


@dataclass(frozen=True, slots=True)
class _Ending:
    """What it costs to end a line at a place, and whether a hyphen is put there."""

    cost: float = 0.0
    hyphen: bool = False


_AT_JOINT = _Ending(paragraph.DIVIDED_AT_JOINT, hyphen=True)
_ENDINGS = {
    Joint.PARTS: _AT_JOINT,
    Joint.PART: _AT_JOINT,
    Joint.PREFIX: _Ending(paragraph.DIVIDED_AT_PREFIX, hyphen=True),
    Joint.SYLLABLES: _Ending(paragraph.DIVIDED, hyphen=True),
}


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
    """Where a line ends, and where the next one begins, in the text; None after the last one."""

    end: int
    next: int | None
    hyphen: bool  # whether one is put at the end
    inside: bool  # whether a word is divided there


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

    def leaf_at(self, offset: int) -> Leaf:
        """The text box that the character at an offset is in."""
        return self.leaves[bisect_right(self.starts, offset) - 1]

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
        stack = None
        if offset > leaf.start:
            stack = {len(leaf.text[: offset - leaf.start].encode()): None}
        else:
            while len(path) > 1 and path[-1] == 0:
                path.pop()
        for index in reversed(path):
            stack = {index: stack}
        return stack

    def cut(self, line: Line) -> Box:
        """The line box as it would be if the text ended where the line does."""
        leaf = self.leaf_at(line.end - 1)
        last = [leaf.box]
        if leaf.text != _ATOM:
            last = [leaf.box.copy_with_text(leaf.text[: line.end - leaf.start])]
        if line.hyphen:
            last.append(leaf.box.copy_with_text(leaf.box.style["hyphenate_character"]))
            last[-1].is_added = True
        goes_on = line.next is not None

        def within(box: Box, path: Path) -> Box:
            index, *rest = path
            inner = [within(box.children[index], tuple(rest))] if rest else last
            copy = box.copy_with_children([*box.children[:index], *inner])
            if box is not self.box and goes_on:
                _remove_end(copy)
            return copy

        box = within(self.box, leaf.path)
        box.divides_word = line.inside
        return box


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
                if style["white_space"] not in WRAPPING or not style["font_size"]:
                    return False
                whole = inner if unbroken is None and style["white_space"] == "nowrap" else unbroken
                if child.text:
                    leaves.append(Leaf(child, child.text, inner, length, 0.0, whole))
                    length += len(child.text)
            elif isinstance(child, kinds.AtomicInlineLevelBox):
                leaves.append(Leaf(child, _ATOM, inner, length, width(child), unbroken))
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


def _remove_end(box: Box) -> None:
    """No border, padding or margin where an inline box is cut: it goes on on the next line."""
    side = "right" if box.style["direction"] == "ltr" else "left"
    names = [f"margin_{side}", f"padding_{side}", f"border_{side}_width"]
    if box.style["box_decoration_break"] != "clone" and any(getattr(box, name) for name in names):
        box.style = box.style.copy()
        for name in names:
            value = box.style[name]
            box.style[name] = 0 if name.startswith("border") else type(value)(0, "px")


class Measurer:
    """Measures paragraphs with Pango; `line_break` is WeasyPrint's module."""

    def __init__(self, line_break: Any) -> None:
        self._module = line_break
        self._ffi, self._pango = line_break.ffi, line_break.pango

    def positions(self, text: Paragraph, context: Any) -> list[float]:
        """Where each character begins in CSS px, if the text were one line, and where it ends."""
        widths: list[float] = []
        for leaf in text.leaves:
            if leaf.text == _ATOM:
                widths.append(leaf.width)
                continue
            for part in re.split("(\n)", leaf.text):
                widths += [0.0] if part == "\n" else self._widths(part, leaf.box.style, context)
        for index, width in text.spaces.items():
            widths[index] += width
        return list(accumulate(widths, initial=0.0))

    def _widths(self, text: str, style: Any, context: Any) -> list[float]:
        """The width of each character; that of a ligature is with its first one."""
        if not text:
            return []
        layout = self._module.create_layout(text, style, context, None, 0)
        line, _ = layout.get_first_line()
        widths = [0] * (len(layout.text.encode()) + 1)
        run = line.runs[0] if line.runs != self._ffi.NULL else self._ffi.NULL
        while run != self._ffi.NULL:
            item, glyphs = run.data.item, run.data.glyphs
            count, offset = glyphs.num_glyphs, item.offset
            # The fields of PangoGlyphInfo are integers: glyph, width, two offsets, attributes.
            size = self._ffi.sizeof("PangoGlyphInfo") // 4
            infos = array("i", bytes(self._ffi.buffer(glyphs.glyphs, 4 * size * count)))
            clusters = self._ffi.unpack(glyphs.log_clusters, count)
            for cluster, width in zip(clusters, infos[1::size], strict=True):
                widths[offset + cluster] += width
            run = run.next
        scale = self._module.FROM_UNITS
        layout.deactivate()
        if text.isascii():
            return [width * scale for width in widths[: len(text)]]
        starts = accumulate((len(letter.encode()) for letter in text), initial=0)
        return [widths[start] * scale for start, _ in zip(starts, text, strict=False)]

    def breaks(self, text: str, language: str) -> Callable[[int], Any]:
        """What Pango knows about each place in a text."""
        # It takes these for blanks, behind which a line may end.
        attributes = self._module.get_log_attrs(_BIDI.sub("\u2060", text), language)
        return lambda offset: attributes[offset]


def places(
    text: Paragraph,
    at: Sequence[float],
    measure: float,
    attributes: Callable[[int], Any],
    hyphenator: Callable[[str], Hyphenator | None],
    hyphen_width: Callable[[Any], float],
) -> tuple[list[Place], list[Line]]:
    """Where the lines of a paragraph may end, as widths and as offsets.

    `at` are the positions of its characters, `attributes` those of Pango.
    """
    whole = text.text
    found = dict(_ordinary(text, attributes))
    tokens = [(match.start(), match.end()) for match in re.finditer(r"[^ \n\t]+", whole)]
    addresses = list(find_addresses(whole))
    for start, end in addresses:
        first = max(whole.rfind(" ", 0, start), whole.rfind("\n", 0, start)) + 1
        last = next((stop for begin, stop in tokens if begin <= start < stop), end)
        inside = [offset for offset in found if first < offset < last]
        if at[last] - at[first] <= measure:
            for offset in inside:
                del found[offset]
            continue
        for offset in inside:
            if start < offset < end:
                del found[offset]
        for offset in address_breaks(whole[start:end]):
            found[start + offset] = _Ending(paragraph.INSIDE_ADDRESS)
    found |= _hyphenation(text, addresses, hyphenator)
    _add_emergencies(text, at, measure, attributes, found)
    return _as_places(text, at, found, hyphen_width)


def _ordinary(text: Paragraph, attributes: Callable[[int], Any]) -> Iterator[tuple[int, _Ending]]:
    """Where a line may end by the rules of Unicode, and what that costs."""
    whole = text.text
    for match in _NO_LETTER.finditer(whole):
        offset = match.end()
        if offset >= len(whole) or not attributes(offset).is_line_break:
            continue
        sign = whole[offset - 1]
        before, after = text.leaf_at(offset - 1), text.leaf_at(offset)
        if sign == "\n":
            yield offset, _Ending()
        elif before.unbroken is not None and before.unbroken == after.unbroken:
            continue
        elif sign == " ":
            word = whole[:offset].rstrip(" ")[-2:]
            lone = word[-1:].isalpha() and not word[:-1].strip()
            yield offset, _Ending(paragraph.LONE_LETTER if lone else 0.0)
        elif sign == _SOFT_HYPHEN:
            if before.box.style["hyphens"] != "none":
                yield offset, _AT_JOINT
        elif _ATOM in whole[offset - 1 : offset + 1]:
            yield offset, _Ending()
        else:
            hyphen = sign in _OWN_HYPHENS
            yield offset, _Ending(paragraph.OWN_HYPHEN if hyphen else paragraph.OWN_SIGN)


def _hyphenation(
    text: Paragraph,
    addresses: Sequence[tuple[int, int]],
    hyphenator: Callable[[str], Hyphenator | None],
) -> dict[int, _Ending]:
    """Where words may be divided, and what that costs."""
    if text.box.style["direction"] == "rtl":  # the hyphen would stand on the wrong side
        return {}
    found: dict[int, _Ending] = {}
    for match in _WORD.finditer(text.text):
        start, word = match.start(), match[0]
        style = text.leaf_at(start).box.style
        if style["hyphens"] != "auto" or len(word) < style["hyphenate_limit_chars"][0]:
            continue
        divider = hyphenator(style["lang"] or "")
        if divider is None or _SOFT_HYPHEN in word:
            continue
        if any(begin < start + len(word) and start < end for begin, end in addresses):
            continue
        for offset, joint in divider.joints(word).items():
            leaf = text.leaf_at(start + offset - 1)
            if leaf.unbroken is None and leaf.box.style["hyphens"] == "auto":
                found[start + offset] = _ENDINGS[joint]
    return found


def _add_emergencies(
    text: Paragraph,
    at: Sequence[float],
    measure: float,
    attributes: Callable[[int], Any],
    found: dict[int, _Ending],
) -> None:
    """What is longer than a line and cannot be divided is broken anywhere, if its style allows."""
    edges = sorted({0, *found, len(text.text)})
    for start, end in zip(edges, edges[1:], strict=False):
        shown = text.text[start:end].rstrip(" ")
        if at[start + len(shown)] - at[start] <= measure:
            continue
        for offset in range(start + 1, start + len(shown)):
            leaf = text.leaf_at(offset)
            if (
                leaf.unbroken is None
                and leaf.box.style["overflow_wrap"] in ("anywhere", "break-word")
                and attributes(offset).is_cursor_position
                and text.text[offset - 1] not in _OWN_HYPHENS
                and not text.text[offset].isspace()
            ):
                found[offset] = _Ending(paragraph.ANYWHERE)


def _as_places(
    text: Paragraph,
    at: Sequence[float],
    found: dict[int, _Ending],
    hyphen_width: Callable[[Any], float],
) -> tuple[list[Place], list[Line]]:
    whole = text.text
    length = len(whole.rstrip(" "))
    ends: list[Place] = []
    lines: list[Line] = []
    word, seen, end, blank = -1, 0, 0, True
    for offset in [*sorted(offset for offset in found if offset < length), length]:
        for index, sign in enumerate(whole[seen:offset], seen + 1):
            if sign in " \n":
                blank = True
            elif blank:
                word, blank = word + 1, False
            if sign != " ":
                end = index
        seen = offset
        last, sign = offset == length, whole[offset - 1]
        ending = _Ending() if last else found[offset]
        width = hyphen_width(text.leaf_at(offset - 1).box.style) if ending.hyphen else 0.0
        ends.append(
            Place(
                end=at[end],
                next=at[offset],
                word=word,
                cost=ending.cost,
                hyphen=width,
                inside=not last and sign not in " \n",
                hyphenated=ending.hyphen or whole[end - 1] in HYPHENS,
                forced=sign == "\n",
            )
        )
        next_ = None if last else offset
        lines.append(Line(end, next_, ending.hyphen, ends[-1].inside and ends[-1].hyphenated))
    return ends, lines
