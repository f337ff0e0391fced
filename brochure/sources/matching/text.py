"""Letters that stand for ligatures: what some fonts make of „effizient“ is “efÏzient”."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from brochure.sources.document import Document
from brochure.sources.matching.tokens import BULLETS, SOFT_HYPHEN, Token, loosened, tokens

# What a character may stand for that a font has in the place of a ligature.
_LIGATURES = (
    ("fi", "ffi", "fl", "ff", "ft", "tt", "ti", "ffl", "tti", "fft", "tf", "fj", "Th", "ch", "ck",
     "ct", "st")
)  # fmt: skip
_USUAL = frozenset("äöüßÄÖÜàáâãåæçèéêëìíîïñòóôõøœùúûýÿğışİŞĞłśźżąęćńčřšžěůőűćđ")
_MOST_VARIANTS = 400


def variants(word: str) -> Iterator[str]:
    """A word in which letters stand for ligatures, with the letters of those."""
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
    yield from readings[:_MOST_VARIANTS]


def _is_odd(word: str, at: int, letter: str) -> bool:
    """Whether a letter is unlikely to be one: a capital from afar within a word (efÏzient), a
    character of private use, a letter of no usual alphabet.
    """
    if (letter.isascii() and letter.isprintable()) or letter.isdigit():
        return False
    if letter in _USUAL:
        return letter.isupper() and at > 0 and word[at - 1].islower()
    code = ord(letter)
    return not letter.isalpha() or code < 0x250 or 0xE000 <= code <= 0xF8FF


# --- Words that were divided at the end of a line: made whole, as far as the document tells how.
#
# A hyphen there says that a word was divided (`prü-/fen`), or belongs to the word (`Bund-/Länder-`,
# `schwarz-/grün`). The rest of the document decides; where it cannot, both readings hold.

# After a hyphen at the end of a line these begin no second half of a word: “Bundes- und”.
SUSPENDED = frozenset(
    ("und", "oder", "bzw", "beziehungsweise", "sowie", "wie", "noch", "als", "bis", "and", "or",
     "to", "nor", "et", "ou", "e", "y", "o")
)  # fmt: skip
_SELDOM = 0.03  # of the lines end with a hyphen where no words are divided
_STEM = 6  # letters of the second half by which a compound is known again
_LONG = 60  # lines; of fewer nothing can be said


class Usage(NamedTuple):
    """What a document says about words at the ends of its lines.

    `words` stand whole in a line, `compounds` are pairs with a hyphen between them; `divides`:
    whether it seems to divide words at all, beyond those that have a hyphen anyway.
    """

    words: frozenset[str]
    compounds: frozenset[tuple[str, str]]
    divides: bool


def usage_of(rows: Sequence[Sequence[Token]]) -> Usage:
    """What the tokens of a document, line by line, say."""
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
    known = Usage(frozenset(words), frozenset(compounds), True)
    often = len(halves) > _SELDOM * len(rows) or len(rows) < _LONG
    return known._replace(divides=often or any(_is_word(a + b, known) for a, b in halves))


def _compound(half: str, rest: str) -> tuple[str, str]:
    """What is alike in a compound and its inflected forms: „baden-württembergische(s)“."""
    return half.casefold(), rest.casefold()[:_STEM]


def _is_word(word: str, usage: Usage) -> bool:
    return any(form in usage.words for form in (word, word.lower(), word.capitalize()))


def halves_read(half: str, rest: str, usage: Usage) -> tuple[bool, bool]:
    """Whether a word divided at the end of a line may be read as one, and with its hyphen."""
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


# --- The running text of a document: its tokens in a row, with other readings beside them.
#
# Words that were divided are made whole. Where it is uncertain how something is to be read (a
# hyphen at the end of a line, a gap that may be a space, an odd letter), both readings hold: an
# `Alternative` beside the tokens.

_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_ITEM = 6  # lines of an item of a list, at most, for the next dash to be one as well
_WORD_WITH_MARK = re.compile(r"([^\W\d_]{3,})[⁰¹²³⁴⁵⁶⁷⁸⁹]+")


class Alternative(NamedTuple):
    """Another reading of `width` tokens: one token, or none at all (empty).

    `mark`: what is left out is the mark of a footnote.
    """

    strict: str
    loose: str
    width: int
    mark: bool = False


class Text:
    """The tokens of some lines of a document. Built once, asked often.

    `first` and `last` are the indices of the lines in which each token begins and ends.
    """

    def __init__(self, document: Document, *, asides: bool) -> None:
        self.document = document
        self.tokens: list[Token] = []
        self.first: list[int] = []
        self.last: list[int] = []
        self.opens: list[bool] = []  # whether a paragraph begins with the token
        self.alternatives: dict[int, list[Alternative]] = {}
        self._last_dash = -_ITEM  # the line of the last item of a list with dashes
        rows = [
            (index, list(tokens(line.text.removesuffix(SOFT_HYPHEN))), line)
            for index, line in enumerate(document.lines)
            if asides or not line.aside
        ]
        usage = usage_of([row for _, row, _ in rows])
        soft = False
        for index, row, line in rows:
            for at, token in enumerate(row):
                if at == 0:
                    token = token._replace(space=2)
                    if self._continues(token, index, soft, usage):
                        continue
                self._add(token, index, index, line.opens and at == 0)
            if row:
                soft = line.text.endswith(SOFT_HYPHEN)
        for at, token in enumerate(self.tokens):
            self._read_otherwise(at, token)

    def _add(self, token: Token, first: int, last: int, opens: bool) -> None:
        self.tokens.append(token)
        self.first.append(first)
        self.last.append(last)
        self.opens.append(opens)

    def _continues(self, token: Token, line: int, soft: bool, usage: Usage) -> bool:
        """Whether the first token of a line was added as the second half of a divided word."""
        if not token.word or not self.tokens:
            return False
        last = self.tokens[-1]
        if soft and last.word:
            self._join(last, token, line, 1)
            return True
        if len(self.tokens) < 2 or last.strict != "-" or last.space or not self.tokens[-2].word:
            return False
        half = self.tokens[-2]
        joined, kept = halves_read(half.strict, token.strict, usage)
        if joined and not kept:
            self._join(half, token, line, 2)
            return True
        glued = token.strict not in SUSPENDED
        at = len(self.tokens) - 2
        self._add(token._replace(space=0 if glued else 2), line, line, False)
        if joined:
            word = half.strict + token.strict
            self._otherwise(at, Alternative(word, loosened(word), 3))
        return True

    def _join(self, half: Token, rest: Token, line: int, drop: int) -> None:
        """Put the second half of a word to the first; `drop` tokens go: it, and a hyphen."""
        first, opens = self.first[-drop], self.opens[-drop]
        for column in (self.tokens, self.first, self.last, self.opens):
            del column[-drop:]
        self.alternatives.pop(len(self.tokens) - 2, None)  # it ended with the first half
        word = half.strict + rest.strict
        shown = half.shown + rest.shown
        self._add(Token(word, loosened(word), shown, half.space, True), first, line, opens)

    def _read_otherwise(self, at: int, token: Token) -> None:
        """Other readings of a token: odd letters as ligatures, uncertain spaces, bullets and the
        marks of footnotes, which a quote may leave out.
        """
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if token.word and not (token.strict.isascii() and token.strict.isprintable()):
            for variant in variants(token.strict):
                self._otherwise(at, Alternative(variant, loosened(variant), 1))
            if found := _WORD_WITH_MARK.fullmatch(token.strict):
                self._otherwise(at, Alternative(found[1], found[1], 1, mark=True))
            if _SUPERSCRIPT.fullmatch(token.strict) and token.space == 0:
                self._otherwise(at, Alternative("", "", 1, mark=True))
        if token.word and following is not None and following.word:
            if following.space == 1:
                word = token.strict + following.strict
                self._otherwise(at, Alternative(word, loosened(word), 2))
            elif following.strict.isdigit() and len(following.strict) <= 2:
                if token.strict.isalpha() and token.strict.isupper() and len(token.strict) <= 3:
                    # CO 2: where a subscript stood, text from a PDF often has a space.
                    word = token.strict + following.strict
                    self._otherwise(at, Alternative(f"{token.strict} {following.strict}", word, 2))
        if self._is_bullet(at):
            self._otherwise(at, Alternative("", "", 1))

    def _is_bullet(self, at: int) -> bool:
        """Whether a token is the sign before the item of a list."""
        token = self.tokens[at]
        if token.strict not in BULLETS or (at and self.first[at - 1] == self.first[at]):
            return False
        if token.strict not in "-–—*·":
            return True
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if following is None or following.space == 0:
            return False
        # A dash may also stand within a sentence that goes on in the next line.
        before = self.tokens[at - 1].strict if at else "."
        in_list = self.first[at] - self._last_dash <= _ITEM and before in (",", "und", "oder")
        if not (self.opens[at] or before in ".:;!?" or in_list):
            return False
        self._last_dash = self.first[at]
        return True

    def _otherwise(self, at: int, alternative: Alternative) -> None:
        self.alternatives.setdefault(at, []).append(alternative)

    @cached_property
    def index(self) -> dict[str, list[int]]:
        """Where each loose form begins, alternatives included."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, token in enumerate(self.tokens):
            found[token.loose].append(at)
        for at, alternatives in self.alternatives.items():
            for alternative in alternatives:
                if alternative.loose and found[alternative.loose][-1:] != [at]:
                    found[alternative.loose].append(at)
        return dict(found)

    @cached_property
    def folded(self) -> dict[str, list[int]]:
        """Where each word stands, capitals or not: for what is similar only."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, token in enumerate(self.tokens):
            if token.word:
                found[token.loose.casefold()].append(at)
        return dict(found)

    def plausible(self, at: int) -> str:
        """A token as it is meant: odd letters read as the ligature that makes a known word."""
        token = self.tokens[at]
        readings = [a for a in self.alternatives.get(at, ()) if a.width == 1 and a.loose]
        readings = [a for a in readings if not a.mark]
        if not readings:
            return token.shown
        known = [a for a in readings if any(i != at for i in self.index[a.loose])]
        return (known or readings)[0].strict

    def spaced(self, at: int) -> bool:
        """Whether a space stands before a token."""
        return at < len(self.tokens) and self.tokens[at].space > 0

    def shown(self, start: int, stop: int) -> str:
        """The tokens from `start` to before `stop` as text."""
        parts = [
            (" " if token.space and at > start else "") + token.shown
            for at, token in enumerate(self.tokens[start:stop], start)
        ]
        return "".join(parts)
