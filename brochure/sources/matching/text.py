"""The text of a source as tokens in a row, with other possible readings beside them.

Words divided at the ends of lines are made whole. Where it is uncertain how something is to be read
(a hyphen at the end of a line, a gap that may be a space, an odd letter), both readings count: one
is an `Alternative` beside the tokens.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from brochure.sources.document import Document
from brochure.sources.matching.tokens import (
    BULLETS,
    SOFT_HYPHEN,
    Token,
    loose_form,
    original,
    tokenize,
)

# --- Odd letters: the font of a PDF may turn “effizient” into “efÏzient”.

# What an odd letter may stand for.
_LIGATURES = (
    ("fi", "ffi", "fl", "ff", "ft", "tt", "ti", "ffl", "tti", "fft", "tf", "fj", "Th", "ch", "ck",
     "ct", "st")
)  # fmt: skip
_USUAL = frozenset("äöüßÄÖÜàáâãåæçèéêëìíîïñòóôõøœùúûýÿğışİŞĞłśźżąęćńčřšžěůőűćđ")
_MOST_READINGS = 400


def ligature_readings(word: str) -> Iterator[str]:
    """A word with its odd letters replaced by ligatures, in every combination; none without any."""
    if len(word) == 1:
        return
    odd = [at for at, letter in enumerate(word) if _is_odd(word, at, letter)]
    if not odd or len(odd) > 2:
        return
    readings = [word]
    for at in reversed(odd):
        readings = [
            reading[:at] + ligature + reading[at + 1 :]
            for reading in readings
            for ligature in _LIGATURES
        ]
    yield from readings[:_MOST_READINGS]


def _is_odd(word: str, at: int, letter: str) -> bool:
    """Whether a letter is unlikely to be meant: a foreign capital within a word (efÏzient), a
    private use character, a letter of a rare alphabet.
    """
    if (letter.isascii() and letter.isprintable()) or letter.isdigit():
        return False
    if letter in _USUAL:
        return letter.isupper() and at > 0 and word[at - 1].islower()
    code = ord(letter)
    return not letter.isalpha() or code < 0x250 or 0xE000 <= code <= 0xF8FF


# --- Hyphens at the ends of lines: they divide a word (`prü-/fen`), or belong to it
# (`Bund-/Länder-`, `schwarz-/grün`). The rest of the document decides; if it cannot, both count.

# After a hyphen at the end of a line, these are not the second half of a word: “Bundes- und”.
SUSPENDED = frozenset(
    ("und", "oder", "bzw", "beziehungsweise", "sowie", "wie", "noch", "als", "bis", "and", "or",
     "to", "nor", "et", "ou", "e", "y", "o")
)  # fmt: skip
_SELDOM = 0.03  # of all lines end with a hyphen in documents that divide no words
_STEM = 6  # letters of the second half by which a compound is recognised
_LONG = 60  # lines; shorter documents are taken to divide words


class WordUsage(NamedTuple):
    """How a document writes words, to judge those that are divided.

    `words` are whole within a line, `compounds` are pairs with a hyphen between them; `divides`:
    whether it seems to divide words at all, besides those that have a hyphen anyway.
    """

    words: frozenset[str]
    compounds: frozenset[tuple[str, str]]
    divides: bool


def word_usage(rows: Sequence[Sequence[Token]]) -> WordUsage:
    """How a document writes words; `rows` are the tokens of its lines."""
    words: set[str] = set()
    compounds: set[tuple[str, str]] = set()
    halves: list[tuple[str, str]] = []
    half: str | None = None
    for row in rows:
        if not row:
            continue
        if half is not None and row[0].word and row[0].strict[0].islower():
            if row[0].strict not in SUSPENDED:
                halves.append((half, row[0].strict))
        ends = len(row) > 1 and row[-1].strict == "-" and not row[-1].space and row[-2].word
        stop = len(row) - 2 if ends else len(row)
        words.update(t.strict for t in row[1 if half is not None else 0 : stop] if t.word)
        for one, sign, other in zip(row, row[1:], row[2:], strict=False):
            if sign.strict == "-" and one.word and other.word and not (sign.space or other.space):
                compounds.add(_compound(one.strict, other.strict))
        half = row[-2].strict if ends else None
    usage = WordUsage(frozenset(words), frozenset(compounds), True)
    often = len(halves) > _SELDOM * len(rows) or len(rows) < _LONG
    return usage._replace(divides=often or any(_is_word(a + b, usage) for a, b in halves))


def _compound(half: str, rest: str) -> tuple[str, str]:
    """What a compound and its inflected forms have in common: „baden-württembergische(s)“."""
    return half.casefold(), rest.casefold()[:_STEM]


def _is_word(word: str, usage: WordUsage) -> bool:
    return any(form in usage.words for form in (word, word.lower(), word.capitalize()))


def possible_readings(half: str, rest: str, usage: WordUsage) -> tuple[bool, bool]:
    """Whether two halves with a hyphen may be read without it, and whether with it."""
    if _is_word(half + rest, usage):
        return True, _compound(half, rest) in usage.compounds
    if _compound(half, rest) in usage.compounds or rest in SUSPENDED:
        return False, True
    if not (half[-1].isalpha() and rest[0].isalpha()):
        return False, True
    if rest[0].isupper():
        capitals = len(half) > 1 and len(rest) > 1 and half.isupper() and rest.isupper()
        return capitals, True
    both = len(half) > 1 and len(rest) > 1 and {half, rest} <= usage.words
    return True, both or not usage.divides


# --- The tokens of a document.

_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_ITEM = 6  # lines; a dash no more than that below the last bullet may be another one
_WORD_WITH_MARK = re.compile(r"([^\W\d_]{3,})[⁰¹²³⁴⁵⁶⁷⁸⁹]+")


class Alternative(NamedTuple):
    """Another reading of `width` tokens: as one token, or, if it is empty, as none at all.

    `mark`: what it leaves out is the mark of a footnote.
    """

    strict: str
    loose: str
    width: int
    mark: bool = False


class SourceText:
    """The tokens of a document, with or without its page artifacts.

    `first` and `last` are the indices of the lines in which each token begins and ends;
    `opens_paragraph`: whether it is the first of a paragraph; `alternatives` are other readings, by
    the index of their first token.
    """

    def __init__(self, document: Document, *, artifacts: bool) -> None:
        self.document = document
        self.tokens: list[Token] = []
        self.first: list[int] = []
        self.last: list[int] = []
        self.opens_paragraph: list[bool] = []
        self.alternatives: dict[int, list[Alternative]] = {}
        self._last_dash = -_ITEM  # the line of the last item of a list with dashes
        rows = [
            (index, list(tokenize(line.text.removesuffix(SOFT_HYPHEN))), line)
            for index, line in enumerate(document.lines)
            if artifacts or not line.artifact
        ]
        usage = word_usage([row for _, row, _ in rows])
        soft = False
        for index, row, line in rows:
            for at, token in enumerate(row):
                if at == 0:
                    token = token._replace(space=2)
                    if self._continues(token, index, soft, usage):
                        continue
                self._add(token, index, index, line.opens_paragraph and at == 0)
            if row:
                soft = line.text.endswith(SOFT_HYPHEN)
        for at, token in enumerate(self.tokens):
            self._add_alternatives(at, token)

    def _add(self, token: Token, first: int, last: int, opens_paragraph: bool) -> None:
        self.tokens.append(token)
        self.first.append(first)
        self.last.append(last)
        self.opens_paragraph.append(opens_paragraph)

    def _continues(self, token: Token, line: int, soft: bool, usage: WordUsage) -> bool:
        """Add the first token of a line if it is the second half of a divided word.

        Returns whether it is. `soft`: the line before ends with a soft hyphen.
        """
        if not token.word or not self.tokens:
            return False
        last = self.tokens[-1]
        if soft and last.word:
            self._join(last, token, line, 1)
            return True
        if len(self.tokens) < 2 or last.strict != "-" or last.space or not self.tokens[-2].word:
            return False
        half = self.tokens[-2]
        without_hyphen, with_hyphen = possible_readings(half.strict, token.strict, usage)
        if without_hyphen and not with_hyphen:
            self._join(half, token, line, 2)
            return True
        glued = token.strict not in SUSPENDED
        at = len(self.tokens) - 2
        self._add(token._replace(space=0 if glued else 2), line, line, False)
        if without_hyphen:
            word = half.strict + token.strict
            self._add_alternative(at, Alternative(word, loose_form(word), 3))
        return True

    def _join(self, half: Token, rest: Token, line: int, drop: int) -> None:
        """Replace the last `drop` tokens, a half and perhaps a hyphen, by the whole word."""
        first, opens_paragraph = self.first[-drop], self.opens_paragraph[-drop]
        for column in (self.tokens, self.first, self.last, self.opens_paragraph):
            del column[-drop:]
        self.alternatives.pop(len(self.tokens) - 2, None)  # it ended with the first half
        word = half.strict + rest.strict
        token = Token(word, loose_form(word), half.original + rest.original, half.space, True)
        self._add(token, first, line, opens_paragraph)

    def _add_alternatives(self, at: int, token: Token) -> None:
        """Add other readings of a token: odd letters as ligatures, without an uncertain space, and
        without bullets and footnote marks, which a quote may leave out.
        """
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if token.word and not (token.strict.isascii() and token.strict.isprintable()):
            for reading in ligature_readings(token.strict):
                self._add_alternative(at, Alternative(reading, loose_form(reading), 1))
            if match := _WORD_WITH_MARK.fullmatch(token.strict):
                self._add_alternative(at, Alternative(match[1], match[1], 1, mark=True))
            if _SUPERSCRIPT.fullmatch(token.strict) and token.space == 0:
                self._add_alternative(at, Alternative("", "", 1, mark=True))
        if token.word and following is not None and following.word:
            if following.space == 1:
                word = token.strict + following.strict
                self._add_alternative(at, Alternative(word, loose_form(word), 2))
            elif following.strict.isdigit() and len(following.strict) <= 2:
                if token.strict.isalpha() and token.strict.isupper() and len(token.strict) <= 3:
                    # CO 2: text from a PDF often has a space before what was a subscript.
                    spaced = f"{token.strict} {following.strict}"
                    word = token.strict + following.strict
                    self._add_alternative(at, Alternative(spaced, word, 2))
        if self._is_bullet(at):
            self._add_alternative(at, Alternative("", "", 1))

    def _is_bullet(self, at: int) -> bool:
        """Whether a token is the sign before an item of a list."""
        token = self.tokens[at]
        if token.strict not in BULLETS or (at and self.first[at - 1] == self.first[at]):
            return False
        if token.strict not in "-–—*·":
            return True
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if following is None or following.space == 0:
            return False
        # A dash may also be part of a sentence that goes on in the next line.
        before = self.tokens[at - 1].strict if at else "."
        in_list = self.first[at] - self._last_dash <= _ITEM and before in (",", "und", "oder")
        if not (self.opens_paragraph[at] or before in ".:;!?" or in_list):
            return False
        self._last_dash = self.first[at]
        return True

    def _add_alternative(self, at: int, alternative: Alternative) -> None:
        self.alternatives.setdefault(at, []).append(alternative)

    @cached_property
    def index(self) -> dict[str, list[int]]:
        """The tokens that have each loose form, alternatives included."""
        index: dict[str, list[int]] = defaultdict(list)
        for at, token in enumerate(self.tokens):
            index[token.loose].append(at)
        for at, alternatives in self.alternatives.items():
            for alternative in alternatives:
                if alternative.loose and index[alternative.loose][-1:] != [at]:
                    index[alternative.loose].append(at)
        return dict(index)

    @cached_property
    def folded(self) -> dict[str, list[int]]:
        """The tokens that have each word, whatever their case; used only for similar spans."""
        index: dict[str, list[int]] = defaultdict(list)
        for at, token in enumerate(self.tokens):
            if token.word:
                index[token.loose.casefold()].append(at)
        return dict(index)

    def plausible(self, at: int) -> str:
        """The most plausible reading of a token: odd letters as ligatures that make known words."""
        token = self.tokens[at]
        readings = [a for a in self.alternatives.get(at, ()) if a.width == 1 and a.loose]
        readings = [a for a in readings if not a.mark]
        if not readings:
            return token.original
        known = [a for a in readings if any(i != at for i in self.index[a.loose])]
        return (known or readings)[0].strict

    def has_space_before(self, at: int) -> bool:
        """Whether there is a space before a token."""
        return at < len(self.tokens) and self.tokens[at].space > 0

    def original(self, start: int, stop: int) -> str:
        """The tokens from `start` to before `stop` as text."""
        return original(self.tokens[start:stop])
