"""A quote as it is printed → the ways in which it may be read: its words, part by part.

`[…]`, `(…)` and `…` mark an omission, words in square brackets are the quoter's own (`[die
Regierung]`), and a letter in square brackets before others may be a capital or not (`[w]ir`). All
of them may stand in the source itself, too; so the quote is first read as it stands.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from brochure.sources.matching.text import Text
from brochure.sources.matching.tokens import Token, clean, tokens

_DOTS = r"(?:…|\.\s?\.\s?\.)\.?"
_OMISSION = re.compile(rf"\[\s*{_DOTS}\s*\]|\(\s*{_DOTS}\s*\)|{_DOTS}")
_LETTER = re.compile(r"\[([^\W\d_])\](?=\w)")
_INSERTION = re.compile(r"\[[^\[\]]*\]")
_LEADING = ".,;:"


class Reading(NamedTuple):
    """The parts of a quote between omissions, each a row of tokens.

    `literal`: brackets and dots are taken for the source's own.
    """

    parts: tuple[tuple[Token, ...], ...]
    literal: bool


def readings(text: str) -> tuple[Reading, ...]:
    """All ways to read a quote, the most literal first. Lines of the text are kept apart."""
    lines = "\n".join(clean(line) for line in text.splitlines())
    found = dict.fromkeys(reading for reading in _readings(lines) if reading.parts)
    return tuple(found)


def _readings(text: str) -> Iterator[Reading]:
    for marked in (text, _unmarked(text)):
        yield Reading(tuple(filter(None, [tuple(tokens(re.sub(r"\s+", " ", marked)))])), True)
    if not (_OMISSION.search(text) or _INSERTION.search(text)):
        return
    for marked in (text, _unmarked(text)):
        for swapped in (False, True):
            one = _LETTER.sub(_swapped if swapped else r"\1", marked)
            whole = _OMISSION.sub("\0", one)
            plain = _INSERTION.sub("", whole)
            yield _read(plain, "")
            yield _read(plain, _LEADING)


def _read(text: str, leading: str) -> Reading:
    parts = []
    for index, part in enumerate(text.split("\0")):
        words = tuple(tokens(part.strip()))
        while index and words and words[0].strict in leading:
            words = words[1:]
        if words:
            parts.append(words)
    return Reading(tuple(parts), False)


def _swapped(letter: re.Match[str]) -> str:
    return letter[1].swapcase()


def _unmarked(text: str) -> str:
    """A quote without the quotation marks that stand around it."""
    words = list(tokens(re.sub(r"\s+", " ", text)))
    if len(words) > 2 and words[0].strict == words[-1].strict == "'":
        stripped = text.strip()
        return stripped[len(words[0].shown) : len(stripped) - len(words[-1].shown)].strip()
    return text


# --- Where the words of a quote stand in a document, to the letter.

_JOINERS = frozenset("-'*:_·")  # between letters, without spaces, these are part of a word
_NEAR = 1200  # tokens that an omission spans at the most: two pages
_FEW = 200  # places, of which several ends are looked at
_ENDS = 20


class Difference(NamedTuple):
    """Words of the source, and what the quote has in their place."""

    source: str
    quote: str


class Span(NamedTuple):
    """Tokens from `start` to before `stop`, and what only looks different in them.

    `marks` are those of footnotes that the quote leaves out.
    """

    start: int
    stop: int
    typographic: tuple[Difference, ...] = ()
    marks: tuple[str, ...] = ()


Location = tuple[Span, ...]  # a span for each part of the quote


def locations(text: Text, reading: Reading) -> list[Location]:
    """Everywhere that the parts of a quote stand in order, near each other."""
    parts = [list(spans(text, part)) for part in reading.parts]
    if not all(parts):
        return []
    found: list[Location] = [(span,) for span in parts[0]]
    for later in parts[1:]:
        # Of few places, all ends that a reference may mean; of many, the nearest.
        most = _ENDS if len(found) <= _FEW else 1
        starts = [span.start for span in later]
        following = []
        for location in found:
            first = bisect_left(starts, location[-1].stop)
            last = bisect_right(starts, location[-1].stop + _NEAR)
            following += [(*location, span) for span in later[first : min(last, first + most)]]
        found = following
    return found


def spans(text: Text, part: Sequence[Token]) -> Iterator[Span]:
    """Everywhere that some tokens stand, beginning and ending with whole words."""
    second = part[1].loose if len(part) > 1 else None
    tokens, alternatives = text.tokens, text.alternatives
    for start in text.index.get(part[0].loose, ()):
        plain = start not in alternatives and start + 1 not in alternatives
        if plain and second and start + 1 < len(tokens) and tokens[start + 1].loose != second:
            continue  # most places end here, without more ado
        span = _match(text, start, part)
        if span is not None and _whole(text, span):
            yield span


def _match(text: Text, start: int, part: Sequence[Token]) -> Span | None:
    """The span at `start` that reads as `part`; of several readings the most literal."""
    tokens, alternatives = text.tokens, text.alternatives
    size, length = len(tokens), len(part)
    # Places from which to go on: in the source, in the part, and what differed on the way.
    waiting: list[tuple[int, int, tuple[Difference, ...], tuple[str, ...]]] = [(start, 0, (), ())]
    while waiting:
        at, done, differences, marks = waiting.pop()
        while done < length:
            if at in alternatives:
                for other in alternatives[at]:
                    left_out = (*marks, tokens[at].shown) if other.mark else marks
                    if not other.loose:
                        if done:  # nothing begins with what may be left out
                            waiting.append((at + other.width, done, differences, left_out))
                    elif other.loose == part[done].loose:
                        more = _typographic(other.strict, part[done])
                        follow = (at + other.width, done + 1, (*differences, *more), left_out)
                        waiting.append(follow)
            if at >= size or tokens[at].loose != part[done].loose:
                break
            if tokens[at].strict != part[done].strict:
                differences = (*differences, *_typographic(tokens[at].strict, part[done]))
            at, done = at + 1, done + 1
        else:
            return Span(start, at, differences, marks)
    return None


def _typographic(strict: str, token: Token) -> tuple[Difference, ...]:
    return () if strict == token.strict else (Difference(strict, token.shown),)


def _whole(text: Text, span: Span) -> bool:
    """Whether a span neither begins nor ends within a word: „Bürger“ is none of „Bürger*innen“,
    „staatliche“ none of „nicht-staatliche“, „planung“ none of „-planung“, 3 none of 3,5, and 18 not
    the same as –18.
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
        suspended = tokens[stop].strict == "-" and tokens[stop + 1].space == 2
        if suspended and tokens[stop + 1].word:  # „Bundes- und“
            return False
    return True


def is_joined(one: Token, sign: Token, other: Token) -> bool:
    """Whether a sign makes one word of the words beside it, which it touches."""
    if sign.space or not (one.word and other.word):
        return False
    figures = one.strict[-1].isdigit() and other.strict[0].isdigit() and sign.loose in ".,:-"
    return sign.strict in _JOINERS or figures
