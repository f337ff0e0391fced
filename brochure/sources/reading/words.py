"""The characters of one row → words: at which gaps a word ends, accents, digits off the base line,
letterspacing.

Lengths are in points, x from the left, y from the top.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

# As parts of the type size. Horizontal gaps:
_TOUCHING = 0.05  # up to this, a space in the file is uncertain
_GAP = 0.2  # up to this, one that PDFium inferred is uncertain, and without any there is none
_BREAK = 0.6  # beyond this, there is certainly one
# Sizes:
SMALLER = 0.85  # up to this, characters off the base line are superscripts or subscripts
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SCRIPTS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉")
# Accents that TeX draws separately, and the combining ones for them (Unicode 7.9).
_ACCENTS = {"¨": "\u0308", "´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "˜": "\u0303",
            "¸": "\u0327", "ˇ": "\u030c", "˚": "\u030a", "¯": "\u0304", "˙": "\u0307"}  # fmt: skip


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


def words_of(chars: Sequence[Char], y: float, size: float) -> tuple[RowWord, ...]:
    """The words of a row, from left to right, which end at spaces and wide gaps.

    `chars` are those of the row in the order of the file, `y` is its base line, `size` that of most
    of its type.
    """
    if runs_to_the_left("".join(char.text[:1] for char in chars)):
        # The order of the file is kept.
        # PDFium reverses the letters of a ligature (lam and alef) with those of the line.
        same = groupby(chars, key=lambda char: (char.left, char.right))
        chars = [char for _, parts in same for char in reversed(list(parts))]
    else:
        # Characters in the same place (parts of a ligature) keep the order of the file.
        chars = sorted(chars, key=lambda char: round(char.left, 1))
    chars = _with_accents(chars)
    joined = _letterspaced(chars, size)
    words: list[RowWord] = []
    before: Char | None = None
    for index, char in enumerate(chars):
        if before is None:
            words.append(_word(char, uncertain_space=False))
        elif unicodedata.category(char.text[0]) == "Mn":  # a mark on the letter, wherever it is
            words[-1] = words[-1]._replace(text=words[-1].text + char.text)
            continue
        else:
            char = _shifted(char, before, y, size)
            gap = _gap(before, char) / size
            certain = gap > _BREAK or (char.space == 2 and gap > _TOUCHING)
            if index in joined or (not certain and char.space == 0 and gap <= _GAP):
                last = words[-1]
                words[-1] = last._replace(
                    text=last.text + char.text,
                    left=min(last.left, char.left),
                    right=max(last.right, char.right),
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


def _gap(before: Char, char: Char) -> float:
    """The white between two characters, whichever comes first; negative if they overlap."""
    return max(char.left - before.right, before.left - char.right)


def _shifted(char: Char, before: Char, y: float, size: float) -> Char:
    """A character; if it is a small digit off the base line, right after another character, as a
    superscript or subscript.
    """
    small = char.size <= SMALLER * size and abs(char.y - y) > 0.1 * size
    # This excludes separate numbers in small type, as in margins.
    after_text = before.size > SMALLER * size or before.text in _SCRIPTS
    if small and after_text and char.left - before.right <= _GAP * size:
        return char._replace(text=char.text.translate(_RAISED if char.y < y else _LOWERED))
    return char


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


# --- Letterspacing: evenly spaced single letters are a word, “S e n i o r e n b e i r a t”.

_SET_WIDE = 0.1  # of the type size: letters of one word have less between them unless letterspaced
_WIDEST = 0.8  # … and this at most; between words, twice as much and a space
_TYPED = 0.45  # … and this at most if somebody typed spaces between them
_EVEN = 0.06  # … by which gaps within a word may differ,
_UNEVEN = 1.3  # or this many times the least of them
_NARROWER = 0.75  # of the gaps between words: narrower ones make a word even of three letters
_SHORT = 3  # letters
_VOWELS = frozenset("aeiouyæøœ" + "αεηιουω" + "аеиоуыэюяёіїє")


def _letterspaced(chars: Sequence[Char], size: float) -> frozenset[int]:
    """The indices of characters that belong to the word of the one before, though they are apart.

    Only stretches of characters that all stand by themselves can be letterspaced; gaps that are
    wider than others of the same stretch are those between its words.
    """
    gaps = [_gap(before, char) / size for before, char in pairwise(chars)]
    # Before each, and at the end:
    apart = [True, *(gap > _SET_WIDE for gap in gaps), True]
    single = [apart[i] and apart[i + 1] for i in range(len(chars))]
    wide = [i for i in range(1, len(chars)) if apart[i] and gaps[i - 1] <= 2.5 * _WIDEST]
    between = [i for i in wide if single[i - 1] and single[i]]
    usual = min((gaps[i - 1] for i in wide if i not in between), default=0.0)
    joined: set[int] = set()
    for stretch in _runs(between):
        least = min(gaps[i - 1] for i in stretch)
        limit = max(least + _EVEN, _UNEVEN * least)
        inside = [i for i in stretch if gaps[i - 1] <= limit]
        words = ["".join(chars[i].text for i in (run[0] - 1, *run)) for run in _runs(inside)]
        typed = any(chars[i].space == 2 for i in inside)
        narrow = not typed and limit < _NARROWER * usual
        enough = _SHORT if narrow else _SHORT + 1 + typed
        if least <= (_TYPED if typed else _WIDEST) and _is_letterspaced(words, enough, narrow):
            joined.update(inside)
    return frozenset(joined)


def _runs(indices: Sequence[int]) -> Iterator[list[int]]:
    """Indices in groups that follow each other without a gap."""
    run: list[int] = []
    for index in indices:
        if run and index != run[-1] + 1:
            yield run
            run = []
        run.append(index)
    if run:
        yield run


def _is_letterspaced(words: Sequence[str], least: int, narrow: bool) -> bool:
    """Whether single letters with these between wider gaps are words: one has at least so many.

    Not if the letters are those of an alphabet or a table: `narrow` gaps, less than between the
    words around them, prove that they are not.
    """
    letters = ["".join(filter(str.isalpha, word)) for word in words]
    longest = max(letters, key=len)
    if len(longest) < least or 2 * sum(map(len, letters)) <= sum(map(len, words)):
        return False
    if not (longest.islower() or longest.isupper() or longest.istitle()):
        return False
    plain = unicodedata.normalize("NFD", longest.lower())
    vowels = sum(letter in _VOWELS for letter in plain)
    sorted_ = all(one < other for one, other in pairwise(longest))
    return narrow or (0 < vowels < len(longest) and not sorted_)
