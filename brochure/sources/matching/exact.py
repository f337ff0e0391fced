"""Where a quote is in a source, to the letter.

A quote can be interpreted in several ways: `[…]`, `(…)` and `…` mark an omission, words in square
brackets are the quoter's own (`[die Regierung]`), and a single letter in square brackets may have
been a capital or not (`[w]ir`). Since the source itself may contain any of these, the quote is
first taken literally.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from brochure.sources.matching.division import ENDINGS
from brochure.sources.matching.text import SourceText
from brochure.sources.matching.tokens import Token, clean, tokenize

_DOTS = r"(?:…|\.\s?\.\s?\.)\.?"
_OMISSION = re.compile(rf"\[\s*{_DOTS}\s*\]|\(\s*{_DOTS}\s*\)|{_DOTS}")
_LETTER = re.compile(r"\[([^\W\d_])\](?=\w)")
_INSERTION = re.compile(r"\[[^\[\]]*\]")
_INSERTED = re.compile(rf"\w*{_INSERTION.pattern}\w*")
_LEADING = ".,;:"
_CLOSING = ".:;!?"


class Interpretation(NamedTuple):
    """The parts of a quote between omissions, as tokens.

    `literal`: brackets and dots are taken to be the source's own. `closed`, for each part: the
    quote ends a sentence after the omission before it („[…]. Dann“). `insertions` are the quoter's
    own words, with the letters that they stand next to: ``[nicht]``, ``[un]möglich``.
    """

    parts: tuple[tuple[Token, ...], ...]
    literal: bool
    closed: tuple[bool, ...] = ()
    insertions: tuple[str, ...] = ()


def interpretations(quote: str) -> tuple[Interpretation, ...]:
    """All ways to interpret a quote, the most literal first; none if it has no words."""
    text = "\n".join(clean(line, keep_ligatures=True) for line in quote.splitlines())
    return tuple(dict.fromkeys(one for one in _interpretations(text) if one.parts))


def _interpretations(text: str) -> Iterator[Interpretation]:
    for words in (text, _without_marks(text)):
        part = tuple(tokenize(re.sub(r"\s+", " ", words)))
        yield Interpretation((part,) if part else (), True)
    if not (_OMISSION.search(text) or _INSERTION.search(text)):
        return
    for words in (text, _without_marks(text)):
        for swap_case in (False, True):
            with_letters = _LETTER.sub(_swapped_letter if swap_case else r"\1", words)
            with_omissions = _OMISSION.sub("\0", with_letters)
            insertions = tuple(_INSERTED.findall(with_omissions))
            plain = _INSERTION.sub("", with_omissions)
            for leading in ("", _LEADING):
                yield _parts(plain, leading)._replace(insertions=insertions)
    for words in (text, _without_marks(text)):  # other brackets may be the source's own
        for leading in ("", _LEADING):
            yield _parts(_OMISSION.sub("\0", words), leading)


def _parts(text: str, leading: str) -> Interpretation:
    """The parts between omissions (NUL); `leading` signs after an omission are dropped."""
    parts, closed = [], []
    for index, part in enumerate(text.split("\0")):
        words = tuple(tokenize(part.strip()))
        ended = bool(words) and words[0].strict in _CLOSING
        while index and words and words[0].strict in leading:
            words = words[1:]
        if words:
            parts.append(words)
            closed.append(ended)
    return Interpretation(tuple(parts), False, tuple(closed))


def _swapped_letter(letter: re.Match[str]) -> str:
    return letter[1].swapcase()


def _without_marks(text: str) -> str:
    """A quote without the quotation marks around it."""
    words = list(tokenize(re.sub(r"\s+", " ", text)))
    if len(words) > 2 and words[0].strict == words[-1].strict == "'":
        stripped = text.strip()
        return stripped[len(words[0].original) : len(stripped) - len(words[-1].original)].strip()
    return text


# --- Where the parts of a quote are in a source.

_JOINERS = frozenset("-'*:_·")  # between letters, without spaces, these are part of a word
NEAR = 1200  # tokens that an omission spans at most: two pages
_FEW = 200  # matches; of more than that, only the nearest end is tried
_ENDS = 20  # ends that are tried otherwise


class Difference(NamedTuple):
    """Words of the source, and those that the quote has instead; either may be empty."""

    source: str
    quote: str


class Span(NamedTuple):
    """The tokens from `start` to before `stop`.

    `typographic` are differences in looks only; `marks` are words whose footnote marks the quote
    leaves out; `guessed` are words with odd letters that need not be what the quote has.
    """

    start: int
    stop: int
    typographic: tuple[Difference, ...] = ()
    marks: tuple[str, ...] = ()
    guessed: tuple[Difference, ...] = ()


Match = tuple[Span, ...]  # a span for each part of the quote


def find_matches(text: SourceText, quote: Interpretation) -> list[Match]:
    """All matches of the parts of a quote, in order and near each other."""
    parts = [list(find_spans(text, part)) for part in quote.parts]
    if not all(parts):
        return []
    matches: list[Match] = [(span,) for span in parts[0]]
    for later in parts[1:]:
        # With few matches, try all ends that a reference may mean; with many, the nearest.
        most = _ENDS if len(matches) <= _FEW else 1
        starts = [span.start for span in later]
        longer = []
        for match in matches:
            first = bisect_left(starts, match[-1].stop)
            last = bisect_right(starts, match[-1].stop + NEAR)
            longer += [(*match, span) for span in later[first : min(last, first + most)]]
        matches = longer
    return matches


def find_spans(text: SourceText, part: Sequence[Token]) -> Iterator[Span]:
    """All occurrences of some tokens that begin and end with whole words."""
    second = part[1].loose if len(part) > 1 else None
    tokens, alternatives = text.tokens, text.alternatives
    for start in text.index.get(part[0].loose, ()):
        plain = start not in alternatives and start + 1 not in alternatives
        if plain and second and start + 1 < len(tokens) and tokens[start + 1].loose != second:
            continue  # a shortcut that decides most cases
        span = _match(text, start, part)
        if span is not None and _has_whole_words(text, span):
            yield span


class _State(NamedTuple):
    """Where to go on from: positions in source and part, and what differed so far."""

    at: int
    done: int = 0
    typographic: tuple[Difference, ...] = ()
    marks: tuple[str, ...] = ()
    guessed: tuple[Difference, ...] = ()


def _match(text: SourceText, start: int, part: Sequence[Token]) -> Span | None:
    """The span at `start` that can be read as `part`; of several, the most literal."""
    tokens, alternatives = text.tokens, text.alternatives
    size, length = len(tokens), len(part)
    waiting = [_State(start)]
    tried: set[tuple[int, int]] = set()  # a way to the same place that comes later fails as well
    while waiting:
        state = waiting.pop()
        at, done = state.at, state.done
        while done < length:
            if at in alternatives:
                if (at, done) in tried:
                    break
                tried.add((at, done))
                state = state._replace(at=at, done=done)
                waiting += reversed([*_other_readings(text, state, part[done])])
            if at >= size or tokens[at].loose != part[done].loose:
                break
            if tokens[at].strict != part[done].strict:
                more = _typographic(tokens[at].strict, part[done])
                state = state._replace(typographic=(*state.typographic, *more))
            at, done = at + 1, done + 1
        else:
            return Span(start, at, state.typographic, state.marks, state.guessed)
    return None


def _other_readings(text: SourceText, state: _State, token: Token) -> Iterator[_State]:
    """The states after other readings of a token of the source than the usual one."""
    original = text.tokens[state.at].original
    for other in text.alternatives[state.at]:
        marks, guessed, typographic = state.marks, state.guessed, state.typographic
        at = state.at + other.width
        if other.mark and other.loose:
            marks = (*marks, original)
        elif other.mark:  # it is named with what it stands behind
            before = text.tokens[state.at - 1].original
            known = marks[-1:] if marks and marks[-1].endswith(before) else ()
            marks = (*marks[: len(marks) - len(known)], *(known or (before,)))
            marks = (*marks[:-1], marks[-1] + original)
        if not other.loose:
            if state.done:  # a span does not begin with what may be left out
                yield state._replace(at=at, marks=marks)
        elif other.loose == token.loose:
            if other.guess:
                guessed = (*guessed, Difference(original, token.original))
            typographic = (*typographic, *_typographic(other.strict, token))
            yield _State(at, state.done + 1, typographic, marks, guessed)


def _typographic(strict: str, token: Token) -> tuple[Difference, ...]:
    return () if strict == token.strict else (Difference(strict, token.original),)


def _has_whole_words(text: SourceText, span: Span) -> bool:
    """Whether a span neither begins nor ends within a word.

    „Bürger“ is not in „Bürger*innen“, nor „staatliche“ in „nicht-staatliche“, „planung“ in
    „-planung“, 3 in 3,5, or 18 in –18.
    """
    tokens, start, stop = text.tokens, span.start, span.stop
    if start and tokens[start].word and not tokens[start].space:
        before, number = tokens[start - 1], tokens[start].strict[0].isdigit()
        if before.strict == "-" or (number and before.loose == "-"):
            return False
    if tokens[start].word and start >= 2 and not tokens[start].space:
        if is_joined(tokens[start - 2], tokens[start - 1], tokens[start]):
            return False
    if tokens[stop - 1].word and stop + 1 < len(tokens) and not tokens[stop].space:
        if not tokens[stop + 1].space and is_joined(*tokens[stop - 1 : stop + 2]):
            return False
        signs = [token.strict for token in tokens[stop : stop + 3] if not token.space]
        if signs[:2] == ["/", "-"] and signs[2:] and signs[2] in ENDINGS:  # „Bürger/-innen“
            return False
        suspended = tokens[stop].strict == "-" and tokens[stop + 1].space == 2
        if suspended and tokens[stop + 1].word:  # „Bundes- und“
            return False
    return True


def is_joined(one: Token, sign: Token, other: Token) -> bool:
    """Whether a sign joins the words next to it, without spaces, into one."""
    if sign.space or not (one.word and other.word):
        return False
    figures = one.strict[-1].isdigit() and other.strict[0].isdigit() and sign.loose in ".,:-"
    ending = sign.strict == "/" and not other.space and other.strict in ENDINGS  # „Bürger/innen“
    return sign.strict in _JOINERS or figures or ending
