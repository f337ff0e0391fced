"""Characters and their positions on a page → rows of words, from top to bottom.

Lengths are in points, x from the left, y from the top.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from statistics import median
from typing import NamedTuple, TypedDict

# As parts of the type size. Vertical distances:
_LEVEL = 0.15  # up to this, characters are on the same base line
SAME_ROW = 0.35  # up to this, they belong to the same row, if they are beside each other
_BESIDE = 0.45  # horizontally, up to this; it is less than the gutter between two columns
_SCRIPT = 0.65  # up to this, smaller ones next to a row belong to it: x², CO₂
# Horizontal gaps:
_TOUCHING = 0.05  # up to this, a space in the file is uncertain
_GAP = 0.2  # up to this, one that PDFium inferred is uncertain, and without any there is none
_BREAK = 0.6  # beyond this, there is certainly one
# Sizes:
_SMALLER = 0.85  # up to this, characters off the base line are superscripts or subscripts
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SCRIPTS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉")
# Accents that TeX draws separately, and the combining ones for them (Unicode 7.9).
_ACCENTS = {"¨": "\u0308", "´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "˜": "\u0303",
            "¸": "\u0327", "ˇ": "\u030c", "˚": "\u030a", "¯": "\u0304", "˙": "\u0307"}  # fmt: skip


# White space (Unicode, White_Space) without the controls U+001C to U+001F, which some fonts use for
# ligatures.
SPACES = frozenset("\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(code) for code in range(0x2000, 0x200B)
}


class Char(NamedTuple):
    """A visible character: its left and right edges, base line and type size.

    `space` before it: 0 none, 1 one that PDFium inferred, 2 one that is in the file. `order` and
    `block`: see `RowWord`.
    """

    text: str
    left: float
    right: float
    y: float
    size: float
    space: int
    order: int = 0
    block: int = 0


class RowWord(NamedTuple):
    """A word of a row, and its left and right edges.

    `uncertain_space`: whether there is a space before it is uncertain. `order`: the place of its
    first character in the file. `block`: the paragraph, cell or heading of the tag tree to which it
    belongs, counted from 1; 0 if the file does not say.
    """

    text: str
    left: float
    right: float
    uncertain_space: bool = False
    order: int = 0
    block: int = 0


@dataclass(frozen=True)
class TextRow:
    """Words on one base line, in reading order, and the size of most of their characters."""

    y: float
    size: float
    words: tuple[RowWord, ...]

    @property
    def left(self) -> float:
        return min(word.left for word in self.words)

    @property
    def right(self) -> float:
        return max(word.right for word in self.words)


class PageData(TypedDict):
    """The rows of a page as JSON: y, size and words; of each word, the fields of `RowWord`.

    `images` are counted only if there are no rows. `broken`: the page could not be read in full.
    """

    rows: list[tuple[float, float, list[tuple[str, float, float, int, int, int]]]]
    images: int
    broken: bool


class FileText(TypedDict, total=False):
    """What was read of a file, as JSON: `pages` of a PDF, `lines` of Markdown or HTML, or `error`.

    Of a line: text, number, and whether it opens a paragraph. `error`: see `reader.Obstacle`.
    """

    pages: list[PageData]
    lines: list[tuple[str, int | None, int]]
    error: str


@dataclass
class _Level:
    """Characters on one base line, in the order of the file."""

    y: float
    size: float
    chars: list[Char]


def find_rows(chars: Sequence[Char]) -> tuple[TextRow, ...]:
    """The rows of a page; superscripts and subscripts belong to the row of their base line."""
    levels = _levels(chars)
    rows: list[_Level] = []
    for level in sorted(levels, key=lambda level: (-level.size * len(level.chars), level.y)):
        home = min(
            (row for row in rows if _belongs(level, row)),
            key=lambda row: abs(row.y - level.y),
            default=None,
        )
        if home is None:
            rows.append(_Level(level.y, level.size, list(level.chars)))
        else:
            home.chars += level.chars
    return tuple(
        TextRow(round(row.y, 1), round(row.size, 1), words)
        for row in sorted(rows, key=attrgetter("y"))
        if (words := _words(row))
    )


def _levels(chars: Sequence[Char]) -> list[_Level]:
    levels: list[_Level] = []
    for char in sorted(chars, key=attrgetter("y")):
        last = levels[-1] if levels else None
        if last is not None and char.y - last.y <= _LEVEL * min(char.size, last.size):
            last.chars.append(char)
        else:
            levels.append(_Level(char.y, char.size, [char]))
    order = {id(char): index for index, char in enumerate(chars)}
    for level in levels:
        level.chars.sort(key=lambda char: order[id(char)])
        level.size = median(char.size for char in level.chars)
    return levels


def _belongs(level: _Level, row: _Level) -> bool:
    distance = abs(level.y - row.y)
    if distance <= SAME_ROW * row.size and _beside(level, row):
        return True
    if distance > _SCRIPT * row.size or level.size > _SMALLER * row.size:
        return False
    reach = 0.5 * row.size
    return all(
        any(-reach <= char.left - other.right <= reach for other in row.chars)
        or any(0 <= other.left - char.right <= reach for other in row.chars)
        or any(abs(char.left - other.right) <= reach for other in level.chars if other is not char)
        for char in level.chars
    )


def _beside(level: _Level, row: _Level) -> bool:
    """Whether a level goes on where a row has ended, or within it; not across a gutter.

    Numbers may be anywhere: they are those of lines, in the margin.
    """
    if all(char.text.isdigit() for char in level.chars):
        return True
    reach = _BESIDE * row.size
    occupied: list[list[float]] = []  # what the row takes up, with its surroundings
    for left, right in sorted((char.left - reach, char.right + reach) for char in row.chars):
        if occupied and left <= occupied[-1][1]:
            occupied[-1][1] = max(occupied[-1][1], right)
        else:
            occupied.append([left, right])
    return any(
        left <= char.right and char.left <= right
        for char in level.chars
        for left, right in occupied
    )


def _shifted(char: Char, before: Char, row: _Level) -> Char:
    """A character; if it is a small digit off the base line, right after another character, as a
    superscript or subscript.
    """
    small = char.size <= _SMALLER * row.size and abs(char.y - row.y) > 0.1 * row.size
    # This excludes separate numbers in small type, as in margins.
    after_text = before.size > _SMALLER * row.size or before.text in _SCRIPTS
    if small and after_text and char.left - before.right <= _GAP * row.size:
        return char._replace(text=char.text.translate(_RAISED if char.y < row.y else _LOWERED))
    return char


def _words(row: _Level) -> tuple[RowWord, ...]:
    """Characters joined into words, which end at spaces and wide gaps."""
    chars = row.chars
    if runs_to_the_left("".join(char.text[:1] for char in chars)):
        # The order of the file is kept.
        # PDFium reverses the letters of a ligature (lam and alef) with those of the line.
        same = groupby(chars, key=lambda char: (char.left, char.right))
        chars = [char for _, parts in same for char in reversed(list(parts))]
    else:
        # Characters in the same place (parts of a ligature) keep the order of the file.
        chars = sorted(chars, key=lambda char: round(char.left, 1))
    chars = _with_accents(chars)
    words: list[RowWord] = []
    before: Char | None = None
    for char in chars:
        if before is None:
            words.append(_word(char, uncertain_space=False))
        elif unicodedata.category(char.text[0]) == "Mn":  # a mark on the letter, wherever it is
            words[-1] = words[-1]._replace(text=words[-1].text + char.text)
            continue
        else:
            char = _shifted(char, before, row)
            gap = (max(char.left - before.right, before.left - char.right)) / row.size
            certain = gap > _BREAK or (char.space == 2 and gap > _TOUCHING)
            if not certain and char.space == 0 and gap <= _GAP:
                last = words[-1]
                extent = min(last.left, char.left), max(last.right, char.right)
                words[-1] = last._replace(
                    text=last.text + char.text, left=extent[0], right=extent[1]
                )
            else:
                certain = certain or (char.space == 1 and gap > _GAP)
                words.append(_word(char, uncertain_space=not certain))
        before = char
    return tuple(
        w._replace(
            text=unicodedata.normalize("NFC", w.text),
            left=round(w.left, 1),
            right=round(w.right, 1),
        )
        for w in words
    )


def _word(char: Char, *, uncertain_space: bool) -> RowWord:
    return RowWord(char.text, char.left, char.right, uncertain_space, char.order, char.block)


def runs_to_the_left(text: str) -> bool:
    """Whether most letters run from right to left (UAX 9)."""
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    return sum(kind in ("R", "AL") for kind in kinds) > sum(kind == "L" for kind in kinds)


def _with_accents(chars: Sequence[Char]) -> list[Char]:
    """The characters with separate accents over or before a letter combined with it."""
    result: list[Char] = []
    waiting: Char | None = None
    for char in chars:
        over = waiting is not None and min(waiting.right, char.right) - max(
            waiting.left, char.left
        ) > 0.5 * (waiting.right - waiting.left)
        if waiting is not None:
            if over and char.text.isalpha():
                char = char._replace(
                    text=unicodedata.normalize("NFC", char.text + _ACCENTS[waiting.text]),
                    space=waiting.space,
                )
            else:
                result.append(waiting)
            waiting = None
        if char.text in _ACCENTS:
            last = result[-1] if result else None
            if last is not None and last.text.isalpha() and (
                min(last.right, char.right) - max(last.left, char.left)
                > 0.5 * (char.right - char.left)
            ):  # fmt: skip
                text = unicodedata.normalize("NFC", last.text + _ACCENTS[char.text])
                result[-1] = last._replace(text=text)
            else:
                waiting = char
        else:
            result.append(char)
    return [*result, waiting] if waiting is not None else result
