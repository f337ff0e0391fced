"""The text of a source as tokens in a row, with other possible readings beside them.

Words divided at the ends of lines are made whole. Where it is uncertain how something is to be read
(a hyphen at the end of a line, a gap that may be a space, an odd letter), both readings count: one
is an `Alternative` beside the tokens.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from brochure.sources.document import Document
from brochure.sources.matching.division import (
    SUSPENDED,
    WordUsage,
    inclusive_joint,
    possible_readings,
    word_usage,
)
from brochure.sources.matching.ligatures import Ligatures
from brochure.sources.matching.tokens import (
    BULLETS,
    DASHES,
    SOFT_HYPHEN,
    Token,
    is_unreadable,
    loose_form,
    original,
    tokenize,
)

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUPERSCRIPT = re.compile(f"[{_RAISED}]+")
# Words are not units (m², km³), and numbers not bases of powers (10³).
_WITH_MARK = re.compile(rf"((?:(?![{_RAISED}])[^\W\d_]){{3,}}|(?!(?:1|2|10)\D)\d+)[{_RAISED}]+")
_MARKS = frozenset("*†‡")  # of footnotes, where they stand behind a word
_BETWEEN_MARKS = frozenset(",-⁻")
_ITEM = 6  # lines; a dash no more than that below the last bullet may be another one
BULLET = "•"  # for one without a code
_WRITTEN_BULLETS = "•▪■●○◦➢►✓✔–-*·"


class Alternative(NamedTuple):
    """Another reading of `width` tokens: as one token, or, if it is empty, as none at all.

    `mark`: what it leaves out is the mark of a footnote; `guess`: it need not be right.
    """

    strict: str
    loose: str
    width: int
    mark: bool = False
    guess: bool = False


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
            (index, tokens_of_line(line.text), line)
            for index, line in enumerate(document.lines)
            if artifacts or not line.artifact
        ]
        usage = word_usage([row for _, row, _ in rows])
        self._signs = _unreadable_bullets([row for _, row, _ in rows])
        self._bullets = BULLETS | self._signs.keys()
        soft = False
        for index, row, line in rows:
            for at, token in enumerate(row):
                if at == 0:
                    token = token._replace(space=2)
                    if self._continues_ending(row, index, usage):
                        continue
                    if self._continues(token, index, soft, usage):
                        continue
                self._add(token, index, index, line.opens_paragraph and at == 0)
            if row:
                soft = line.text.endswith(SOFT_HYPHEN)
        self._ligatures = Ligatures({token.strict for token in self.tokens if token.word})
        for at, token in enumerate(self.tokens):
            self._add_alternatives(at, token)

    def _add(self, token: Token, first: int, last: int, opens_paragraph: bool) -> None:
        self.tokens.append(token)
        self.first.append(first)
        self.last.append(last)
        self.opens_paragraph.append(opens_paragraph)

    def _continues_ending(self, row: Sequence[Token], line: int, usage: WordUsage) -> bool:
        """Add the first token of a line if an inclusive ending of the word before begins there.

        Returns whether it does.
        """
        joint = inclusive_joint(self.tokens[-3:], row, usage)
        if joint is None:
            return False
        if joint.either:
            self._add_alternative(len(self.tokens) - 1, Alternative("", "", 1))
        if joint.drop:
            for column in (self.tokens, self.first, self.last, self.opens_paragraph):
                del column[-1:]
        self._add(row[0]._replace(space=0), line, line, False)
        return True

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
        if token.word:
            for reading, guess in self._ligatures.readings.get(token.strict, ()):
                other = Alternative(reading, loose_form(reading), 1, guess=guess)
                self._add_alternative(at, other)
        if token.word and not token.strict.isascii():
            if match := _WITH_MARK.fullmatch(token.strict):
                self._add_alternative(at, Alternative(match[1], match[1], 1, mark=True))
        if at and not token.space and self._is_mark(at):
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
        if token.strict in self._bullets and self._is_bullet(at):
            self._add_alternative(at, Alternative("", "", 1))
            for sign in () if token.strict in DASHES else _WRITTEN_BULLETS:
                if is_unreadable(token.strict):
                    self._add_alternative(at, Alternative(sign, loose_form(sign), 1))
                elif sign not in DASHES and sign != token.strict:
                    self._add_alternative(at, Alternative(token.strict, sign, 1))

    def _is_mark(self, at: int) -> bool:
        """Whether a token right behind another is the mark of a footnote, or a sign between two."""
        token = self.tokens[at]
        if _SUPERSCRIPT.fullmatch(token.strict):
            return True
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if token.strict in _BETWEEN_MARKS:
            marks = following is not None and _SUPERSCRIPT.fullmatch(following.strict)
            return bool(marks) and self.tokens[at - 1].strict[-1] in _RAISED
        ends = following is None or following.space > 0 or not following.word
        return token.strict in _MARKS and self.tokens[at - 1].word and ends

    def _is_bullet(self, at: int) -> bool:
        """Whether a sign is before an item of a list."""
        token = self.tokens[at]
        if at and self.first[at - 1] == self.first[at]:
            return False
        if self._signs.get(token.strict, 0) > 1:
            return True
        if token.strict in BULLETS and token.strict not in DASHES:
            return True
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if following is None or following.space == 0:
            return False
        # A dash may also be part of a sentence that goes on in the next line.
        before = self.tokens[at - 1].strict if at else "."
        in_list = self.first[at] - self._last_dash <= _ITEM and before in (",", "und", "oder")
        if not (self.opens_paragraph[at] or before in ".:;!?" or in_list):
            return False
        if token.strict in DASHES:
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
        """The most plausible reading of a token: odd letters as ligatures that make known words,
        and a bullet that has no code as one that has.
        """
        token = self.tokens[at]
        if is_unreadable(token.strict) and any(
            other.loose == BULLET for other in self.alternatives.get(at, ())
        ):
            return BULLET
        if not self._ligatures.is_odd(token.strict):
            return token.original
        readings = [a for a in self.alternatives.get(at, ()) if a.width == 1 and a.loose]
        readings = [a for a in readings if not a.mark]
        if not readings:
            return token.original
        known = [a for a in readings if any(i != at for i in self.index[a.loose])]
        likely = [a for a in readings if not a.guess]
        return (likely or known or readings)[0].strict

    def misnamed(self, start: int, stop: int, words: Collection[str]) -> Iterator[tuple[str, str]]:
        """Which of these words are among the tokens from `start` to before `stop` only because the
        file misnames a letter of them, and their most plausible readings.
        """
        for at in range(start, stop):
            word = self.tokens[at].strict
            if word in words and self._ligatures.is_misnamed(word):
                yield word, self.plausible(at)

    def has_space_before(self, at: int) -> bool:
        """Whether there is a space before a token."""
        return at < len(self.tokens) and self.tokens[at].space > 0

    def original(self, start: int, stop: int) -> str:
        """The tokens from `start` to before `stop` as text."""
        return original(self.tokens[start:stop])


def tokens_of_line(line: str) -> list[Token]:
    """The tokens of a line by itself: of a word that is divided at its end, the first half."""
    return _with_bullet(list(tokenize(line.removesuffix(SOFT_HYPHEN))))


def _with_bullet(row: list[Token]) -> list[Token]:
    """A row of which a bullet without a code is apart from the capital that it stands next to."""
    if not row or not row[0].word or not is_unreadable(row[0].strict[0]):
        return row
    sign, rest = row[0].strict[:1], row[0].strict[1:]
    if not rest[:1].isupper():
        return row
    return [
        Token(sign, sign, sign, row[0].space, True),
        Token(rest, loose_form(rest), rest, 2, True),
        *row[1:],
    ]


def _unreadable_bullets(rows: Sequence[Sequence[Token]]) -> Mapping[str, int]:
    """Signs without a code that stand alone, and only at the beginning of lines: how often.

    Elsewhere they are not bullets, but signs that a sentence needs (≤, →).
    """
    counts: Counter[str] = Counter()
    elsewhere: set[str] = set()
    for row in rows:
        for at, token in enumerate(row):
            if len(token.strict) == 1 and is_unreadable(token.strict):
                alone = at == 0 and (len(row) == 1 or row[1].space > 0)
                counts[token.strict] += alone
                if not alone:
                    elsewhere.add(token.strict)
    return {sign: n for sign, n in counts.items() if n and sign not in elsewhere}
