"""Where the lines of a paragraph may end: how wide its text is up to there, and at what cost.

Between words, behind hyphens and slashes where Unicode says so (UAX 14, asked of Pango), in words
as the hyphenator of their language divides them; in an address only where it is longer than a line.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from brochure.layout import paragraph
from brochure.layout.compounds import Joint
from brochure.layout.hyphenation import HYPHENS, Hyphenator
from brochure.layout.paragraph import Breakpoint
from brochure.layout.weasyprint.paragraphs import ATOM, SOFT_HYPHEN, Leaf, Line, Paragraph
from brochure.manuscript.text.address import address_breaks, find_addresses

_OWN_HYPHENS = (*HYPHENS, "\u2013")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u00ad])+")
_COMPOUND = re.compile(r"[^\W\d_]{3}[-\u2010\u2013][^\W\d_]{3}")
_BETWEEN_BLANKS = re.compile(r"[^ \n]+")
_NEAR = 30  # characters before the end of a line that are looked at
_NAMES_NUMBER = re.compile(r"(?:[^\W\d_]|(?<!\w)[^\W\d_]{1,4}\.|[§№])$")
_COUNTS = re.compile(r"(?:(?<!\d)\d{1,3}|\d[.,:]\d+)\.?$")  # a year does not
# Behind other signs than these, no line of an alphabetic script ends.
_NO_LETTER = re.compile(
    r"[^\w\u0300-\u036f]|.(?=\ufffc)|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\uffff]"
)
# Letters that may be joined to each other, with other shapes at the end of a line.
_JOINED = re.compile("[\u0620-\u06ff\u0750-\u077f\u0870-\u08ff]+")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")


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


def _share_out(widths: list[float], begins: Sequence[bool]) -> None:
    """Give each character of a cluster the same share of its width, which the first one has."""
    ends = [index for index, begin in enumerate(begins) if begin or not index]
    for first, end in pairwise((*ends, len(widths))):
        if end - first > 1:
            widths[first:end] = [widths[first] / (end - first)] * (end - first)


class Measurer:
    """Measures paragraphs with Pango; `line_break` is WeasyPrint's module."""

    def __init__(self, line_break: Any) -> None:
        self._module = line_break
        self._ffi, self._pango = line_break.ffi, line_break.pango

    def positions(self, text: Paragraph, context: Any) -> list[float]:
        """Where each character begins in CSS px, if the text were one line, and where it ends."""
        widths: list[float] = []
        for leaf in text.leaves:
            if leaf.text == ATOM:
                widths.append(leaf.width)
                continue
            for part in re.split("(\n)", leaf.text):
                widths += [0.0] if part == "\n" else self._widths(part, leaf.box.style, context)
        for index, width in text.spaces.items():
            widths[index] += width
        return list(accumulate(widths, initial=0.0))

    def _widths(self, text: str, style: Any, context: Any) -> list[float]:
        """The width of each character; those of a ligature have equal shares, since a line may
        end within it ("Auf-lage").
        """
        if not text:
            return []
        layout = self._module.create_layout(text, style, context, None, 0)
        line, _ = layout.get_first_line()
        widths = [0] * (len(layout.text.encode()) + 1)
        begun: set[int] = set()  # where a glyph begins, or a cluster of them
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
                begun.add(offset + cluster)
            run = run.next
        scale = self._module.FROM_UNITS
        layout.deactivate()
        starts: Sequence[int] = range(len(text))
        if not text.isascii():
            starts = [*accumulate((len(letter.encode()) for letter in text[:-1]), initial=0)]
        found = [widths[start] * scale for start in starts]
        if len(begun) < len(text):
            _share_out(found, [start in begun for start in starts])
        if style["letter_spacing"] != "normal":  # half of it on each side; Pango omits the outer
            found[0] += style["letter_spacing"] / 2
            found[-1] += style["letter_spacing"] / 2
        return found

    def attributes(self, text: str, language: str) -> Sequence[Any]:
        """What Pango knows about each place in a text."""
        # WeasyPrint takes these for blanks, behind which a line may end.
        found: Sequence[Any] = self._module.get_log_attrs(_BIDI.sub("\u2060", text), language)
        return found


def breakpoints(
    text: Paragraph,
    at: Sequence[float],
    measure: float,
    attributes: Sequence[Any],
    hyphenator: Callable[[str], Hyphenator | None],
    hyphen_width: Callable[[Any], float],
) -> tuple[list[Breakpoint], list[Line]]:
    """Where the lines of a paragraph may end, as widths and as offsets.

    `at` are the positions of its characters, `attributes` those of Pango.
    """
    whole = text.text
    found = dict(_ordinary(text, attributes))
    addresses = list(find_addresses(whole))
    for start, end in addresses:
        first = max(whole.rfind(" ", 0, start), whole.rfind("\n", 0, start)) + 1
        stuck = _BETWEEN_BLANKS.match(whole, start)
        last = stuck.end() if stuck else end
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
    return _as_breakpoints(text, at, found, hyphen_width)


def _ordinary(text: Paragraph, attributes: Sequence[Any]) -> Iterator[tuple[int, _Ending]]:
    """Where a line may end by the rules of Unicode, and what that costs."""
    whole = text.text
    for match in _NO_LETTER.finditer(whole):
        offset = match.end()
        if offset >= len(whole) or not attributes[offset].is_line_break:
            continue
        sign = whole[offset - 1]
        if sign == "\n":
            yield offset, _Ending()
        elif text.keeps_together(offset):
            continue
        elif sign == " ":
            before = whole[max(0, offset - _NEAR) : offset].rstrip(" ")
            yield offset, _Ending(_between_words(before, whole[offset]))
        elif sign == SOFT_HYPHEN:
            if text.leaf_at(offset - 1).box.style["hyphens"] != "none":
                yield offset, _AT_JOINT
        elif ATOM in whole[offset - 1 : offset + 1]:
            yield offset, _Ending()
        else:
            hyphen = sign in _OWN_HYPHENS
            if not hyphen or _COMPOUND.search(whole, offset - 4, offset + 3):  # not „E-Mail“
                yield offset, _Ending(paragraph.OWN_HYPHEN if hyphen else paragraph.OWN_SIGN)


def _between_words(before: str, after: str) -> float:
    """What it costs to end a line between words: the last letters of one, the first of the next.

    A number stays with what it names or counts (Duden, DIN 5008). Typography sees to that where it
    knows the word; here it is for others („Bus 4“), and for quotes, in which no letter changes.
    """
    if after.isdigit():
        if before[-1:].isdigit():  # of one number, as of a telephone
            return paragraph.BESIDE_NUMBER
        if _NAMES_NUMBER.search(before):
            word = before.rpartition(" ")[2]
            return paragraph.BEFORE_NUMBER if word.islower() else paragraph.BESIDE_NUMBER
    elif after.isupper() and _COUNTS.search(before):
        return paragraph.BESIDE_NUMBER
    lone = before[-1:].isalpha() and not before[-2:-1].strip()
    return paragraph.LONE_LETTER if lone else 0.0


def _hyphenation(
    text: Paragraph,
    addresses: Sequence[tuple[int, int]],
    hyphenator: Callable[[str], Hyphenator | None],
) -> dict[int, _Ending]:
    """Where words may be divided, and what that costs."""
    if text.box.style["direction"] == "rtl":  # the hyphen would stand on the wrong side
        return {}
    found: dict[int, _Ending] = {}
    dividers = [_divider(leaf, hyphenator) for leaf in text.leaves]
    for match in _WORD.finditer(text.text):
        start, end = match.span()
        shortest, divider = dividers[text.index_at(start)]
        if divider is None or end - start < shortest or SOFT_HYPHEN in match[0]:
            continue
        if addresses and any(begin < end and start < stop for begin, stop in addresses):
            continue
        for offset, joint in divider.joints(match[0]).items():
            at = start + offset
            if dividers[text.index_at(at - 1)][1] and not text.keeps_together(at):
                found[at] = _ENDINGS[joint]
    return found


def _divider(
    leaf: Leaf, hyphenator: Callable[[str], Hyphenator | None]
) -> tuple[int, Hyphenator | None]:
    """What divides the words of a text box, and those of how many letters."""
    style = leaf.box.style
    shortest: int = style["hyphenate_limit_chars"][0]
    return shortest, hyphenator(style["lang"] or "") if style["hyphens"] == "auto" else None


def _add_emergencies(
    text: Paragraph,
    at: Sequence[float],
    measure: float,
    attributes: Sequence[Any],
    found: dict[int, _Ending],
) -> None:
    """What is longer than a line and cannot be divided is broken anywhere, if its style allows."""
    edges = sorted({0, *found, len(text.text)})
    for start, end in pairwise(edges):
        shown = text.text[start:end].rstrip(" ")
        if at[start + len(shown)] - at[start] <= measure:
            continue
        joined = {
            offset
            for match in _JOINED.finditer(text.text, start, end)
            if at[match.end()] - at[match.start()] <= measure
            for offset in range(match.start() + 1, match.end())
        }
        for offset in range(start + 1, start + len(shown)):
            if offset in joined:
                continue
            leaf = text.leaf_at(offset)
            if (
                not text.keeps_together(offset)
                and leaf.box.style["overflow_wrap"] in ("anywhere", "break-word")
                and attributes[offset].is_cursor_position
                and text.text[offset - 1] not in _OWN_HYPHENS
                and not text.text[offset].isspace()
            ):
                found[offset] = _Ending(paragraph.ANYWHERE)


def _as_breakpoints(
    text: Paragraph,
    at: Sequence[float],
    found: dict[int, _Ending],
    hyphen_width: Callable[[Any], float],
) -> tuple[list[Breakpoint], list[Line]]:
    whole = text.text
    length = len(whole.rstrip(" "))
    words = [match.span() for match in _BETWEEN_BLANKS.finditer(whole)]
    starts = [start for start, _ in words]
    widths: dict[int, float] = {}  # of hyphens, by the id of their style
    ends: list[Breakpoint] = []
    lines: list[Line] = []
    for offset in [*sorted(offset for offset in found if offset < length), length]:
        word = bisect_left(starts, offset) - 1
        last, sign = offset == length, whole[offset - 1]
        end = offset if sign == "\n" else min(words[word][1], offset)
        ending = _Ending() if last else found[offset]
        width = 0.0
        if ending.hyphen:
            style = text.leaf_at(offset - 1).box.style
            if id(style) not in widths:
                widths[id(style)] = hyphen_width(style)
            width = widths[id(style)]
        inside = not last and sign not in " \n"
        hyphenated = ending.hyphen or whole[end - 1] in HYPHENS
        ends.append(
            Breakpoint(
                at[end], at[offset], word, ending.cost, width, inside, hyphenated, sign == "\n"
            )
        )
        divides = inside and (hyphenated or ending.cost >= paragraph.INSIDE_ADDRESS)
        lines.append(Line(end, None if last else offset, ending.hyphen, divides))
    return ends, lines
