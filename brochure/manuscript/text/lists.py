"""Which lines of a text begin an item of a list.

CommonMark (5.3) lets a list begin in the middle of a paragraph. But people wrap their lines where
they are full, and the next one may begin with “1. Januar”, “2026. Das” or “- anders als der Rat -”.
So a list begins only where a text does, or after an empty line; later items need an item above
them. What is still ambiguous is told, whichever way it is read.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, zip_longest
from typing import Final

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.list import list_block
from markdown_it.token import Token

#: In the environment of a parser: lines that are items, though they may have been meant as text.
DOUBTFUL: Final = "doubtful items"
_TEXT: Final = "lines that are no items"
_NUMBER = re.compile(r"\s*(\d{1,9})[.)](?:\s+(.*)|$)")
_BULLET = re.compile(r"\s*[-+*](?:\s+(.*)|$)")
# What people type for an item, or have in what they paste from a word processor or a messenger:
# dashes, signs (and some that are no signs to Unicode), numbers, letters; times of a
# programme; labels.
_DASH = re.compile(r"\s*([-+–—])(?:\s+\S|(?=[^\W\d_a-zß-ÿ]))")
_SIGN = re.compile(r"\s*(?:([*•·‣→⇒])|(?P<other>[^\w\s])\ufe0f?|o(?=\t| {2}))\s+\S")
_COUNT = re.compile(
    r"\s*(?:(\d{1,2}|[a-z])\.?\)\s+\S|(?:\((\d{1,2}|[a-z])\)|([a-z])\.)\s+[^\W\d_a-zß-ÿ]"
    r"|(\d{1,2})\.(?:\s+\S|(?=[^\W\d_])))"
)
_CLOCK = r"\d{1,2}[.:]\d\d"
_TIME = re.compile(
    rf"\s*{_CLOCK}(?:\s?[-–]\s?{_CLOCK})?(?: Uhr)?(?::|\s+[-–])?\s+(?!Uhr\b)[^\W\d_a-zß-ÿ]"
)
_LABEL = re.compile(r"\s*[^\W\d_a-zß-ÿ][\w-]+: \S")  # “Treffpunkt: Markt”
# Of a date, what follows the number: “1. Januar 2027”, “1. Mai”.
_DATE = re.compile(
    r"(?:[^\W\d_]+ \d{4}|Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober"
    r"|November|Dezember)\b"
)
# … and what there is on that day, in a calendar: “1. Mai: Fest”, “1. Mai, 18 Uhr: Fest”.
_ENTRY = re.compile(
    rf"(?:{_DATE.pattern})(?: \d{{4}})?(?:(?:(?:,| um| ab| \()[^.:]{{1,20}})?:| [-–] )"
)
_FIRST_DAY = re.compile(r"\s*\d{1,2}\.\s?(?:[-–/&]|und|bis)\s?(?=\d)")  # of “1. bis 3. Mai: Fest”
_RANGE = re.compile(r"[-–—]\s*\d")  # of “1. - 3. Mai”, what follows the first number
_ENDS = (".", ";", ":", "!", "?")  # of a sentence or a clause
_FULL = 40  # characters from which on a line is taken for one that was full
_AROUND = 50  # lines that are looked at, up and down


@dataclass(frozen=True)
class _Line:
    """A line that has the shape of an item: its number (None for a bullet), and its words."""

    number: int | None
    words: str

    @property
    def is_date(self) -> bool:
        return self.number is not None and self.number <= 31 and bool(_DATE.match(self.words))

    @property
    def is_entry(self) -> bool:
        """Whether it is one of a calendar: a date, and what there is on that day."""
        return self.is_date and bool(_ENTRY.match(self.words))

    @property
    def is_lone_number(self) -> bool:
        """Whether it is a number that has nothing to count: alone, or the first of two."""
        return self.number is not None and (not self.words or bool(_RANGE.match(self.words)))


def list_rule(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Markdown's rule for lists, for the lines that are items of one."""
    item = _read(state, line)
    start = state.bMarks[line] + state.tShift[line]  # behind the marks of items it is in
    if silent and state.parentType == "paragraph":
        if item and not _goes_on_list(state, line, item):
            state.env.setdefault(_TEXT, set()).add(line)
            return False
    elif not silent and (inner := _line(state.src[start : state.eMarks[line]])):
        if inner.is_lone_number:
            return False
    return list_block(state, line, end, silent)


def unmarked_list(paragraph: str) -> str | None:
    """The first line of a paragraph that seems to be meant as an item of a list, if any is.

    Several lines have the marks of items; or the first that has stands below a colon.
    """
    lines = paragraph.split("\n")
    marks = [_mark(line) for line in lines]
    for before, line, mark in zip(lines, lines[1:], marks[1:], strict=False):
        if mark in _FIRST and before.rstrip().endswith(":"):
            return line
    found = [(at, mark) for at, mark in enumerate(marks) if mark]
    dashes = Counter(mark for _, mark in found)
    for (at, mark), (then, following) in pairwise(found):
        if (
            # A dash may also be where a line begins, but not on every other one.
            (mark[0] in "+-–—" and mark == following and 2 * dashes[mark] >= len(lines) - 1)
            or (mark, following) in (("1", "2"), ("a", "b"))
            or (mark in _SIGNS and following in _SIGNS)
            or (mark in _AT_ONCE and mark == following and then == at + 1)
        ):
            return lines[at]
    return None


_SIGNS = ("sign", "other sign")
# Marks of items only where no other line is between them:
_AT_ONCE = ("time", "date", "entry", "label")
_FIRST = ("-", "+", "–", "—", "sign", "1", "a", "entry")  # of items that may be the only ones


def _mark(line: str) -> str | None:
    """The mark with which a line begins, or what kind of mark it is; None if it has none."""
    if dash := _DASH.match(line):
        return dash[1]
    if sign := _SIGN.match(line):
        if not sign["other"]:
            return "sign"
        return "other sign" if unicodedata.category(sign["other"]) in ("So", "Co") else None
    if (item := _line(_FIRST_DAY.sub("", line))) and item.is_date:
        return "entry" if item.is_entry else "date"
    if count := _COUNT.match(line):
        return count[1] or count[2] or count[3] or count[4]
    if _LABEL.match(line):
        return "label"
    return "time" if _TIME.match(line) else None


def single_stars(tokens: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """The first lines of lists of one item with a star, which may mark a note instead, with the
    number of each, from 0.
    """
    for at, token in enumerate(tokens[:-6]):
        alone = tokens[at + 6].type == "bullet_list_close" and tokens[at + 3].type == "inline"
        if token.type == "bullet_list_open" and token.markup == "*" and alone:
            yield "* " + tokens[at + 3].content.partition("\n")[0], (token.map or [0])[0]


def _goes_on_list(state: StateBlock, line: int, item: _Line) -> bool:
    """Whether a line right below a line of text is an item of the list that the text is in."""
    if state.listIndent < 0:  # the text is in no list
        return False
    before = _text(state, line - 1)
    if item.number is None:
        if _in_dashes(before, item.words):
            _note(state, line)
        return True
    if item.is_lone_number:
        return False
    above = _numbered_above(state, line) if _indent(state, line) < state.blkIndent else iter(())
    last = next(above, None)
    if last is None or last.number is None:  # a list of its own, below an item
        return item.number == 1 and _number_below(state, line, 2)
    if before.rstrip().endswith(_ENDS):
        return True
    if item.number == last.number + 1:
        if item.is_date and not last.is_date:
            _note(state, line)
        return True
    if item.is_date and not last.is_date:
        return False
    counted = islice((other.number for other in above), last.number - 1)
    from_one = all(a == b for a, b in zip_longest(counted, range(last.number - 1, 0, -1)))
    if from_one and _number_below(state, line, last.number + 1):
        return False
    counted_wrongly = from_one and not last.is_date and item.words[:1].isupper()
    wrapped = item.is_date and not item.is_entry and len(before.strip()) >= _FULL
    if counted_wrongly or wrapped:
        _note(state, line)
    return True


def _in_dashes(before: str, words: str) -> bool:
    """Whether a bullet may be a dash: of two, around words that go on a sentence."""
    return words[:1].islower() and " - " in words and not before.rstrip().endswith((*_ENDS, ","))


def _note(state: StateBlock, line: int) -> None:
    state.env.setdefault(DOUBTFUL, {})[line] = _text(state, line).strip()


def _numbered_above(state: StateBlock, line: int) -> Iterator[_Line]:
    """The numbered items above a line, at its level or outside of it, the nearest first."""
    text = state.env.get(_TEXT, ())
    for other in range(line - 1, max(-1, line - _AROUND), -1):
        item = _read(state, other)
        if item and item.number is not None and other not in text:
            if _indent(state, other) < state.blkIndent:
                yield item


def _number_below(state: StateBlock, line: int, number: int) -> bool:
    """Whether a line below, before the next empty one, begins with a number, and as far in."""
    for other in range(line + 1, min(state.lineMax, line + _AROUND)):
        if state.isEmpty(other):
            break
        item = _read(state, other)
        if item and item.number == number and _indent(state, other) == _indent(state, line):
            return True
    return False


def _indent(state: StateBlock, line: int) -> int:
    text = _text(state, line)
    return len(text) - len(text.lstrip())


def _text(state: StateBlock, line: int) -> str:
    """A line as it was typed. (The parser moves the beginnings that it keeps, into items.)"""
    start = state.src.rfind("\n", 0, state.bMarks[line]) + 1
    return state.src[start : state.eMarks[line]].expandtabs(4)


def _read(state: StateBlock, line: int) -> _Line | None:
    return _line(_text(state, line))


def _line(text: str) -> _Line | None:
    if number := _NUMBER.match(text):
        return _Line(int(number[1]), number[2] or "")
    bullet = _BULLET.match(text)
    return _Line(None, bullet[1] or "") if bullet else None
