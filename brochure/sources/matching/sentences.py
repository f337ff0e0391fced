"""The sentences around a quote: its context, and what in them limits it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from brochure.sources.finding import ContextSegment, LimitingWords
from brochure.sources.matching.exact import Match, Span
from brochure.sources.matching.text import SourceText

_FAR = 80  # tokens; sentences of laws are longer, but what limits a quote is near it
_ENDS = frozenset(".!?")
_CLOSING = frozenset(".!?:;")
_CONTINUED = frozenset((",", ";", ":", "-", "–", "und", "oder"))  # not at the end of a sentence
_ENDING = 2  # letters of an inflection: „der[en]“
_SOME = 4  # words next to an omission that are named
_LONG = 220  # characters of an omission that are shown


@dataclass(frozen=True)
class Surroundings:
    """The words before a quote in its first sentence, and after it in its last one."""

    before: str
    after: str


def surroundings(text: SourceText, start: int, stop: int) -> Surroundings:
    """The rest of the sentences that contain the tokens from `start` to before `stop`."""
    first, last = _sentence_start(text, start), _sentence_stop(text, stop)
    return Surroundings(text.original(first, start), text.original(stop, last))


def _sentence_start(text: SourceText, at: int) -> int:
    """The first token of the sentence that contains the token `at`, or one that is far enough."""
    first = at
    while first > 0 and at - first < _FAR and not begins_sentence(text, first):
        first -= 1
    return first


def _sentence_stop(text: SourceText, at: int) -> int:
    """Where the sentence ends that contains the token before `at`, or not much further on."""
    last = at
    limit = min(len(text.tokens), at + _FAR)
    while last < limit and not text.opens_paragraph[last] and not _ended(text, last):
        last += 1
    return last


def _with_neighbours(text: SourceText, start: int, stop: int) -> Surroundings:
    """Like `surroundings`, with the sentences next to them, if the paragraph has any."""
    first, last = _sentence_start(text, start), _sentence_stop(text, stop)
    if first > 0 and not text.opens_paragraph[first]:
        first = _sentence_start(text, first - 1)
    if last < len(text.tokens) and not text.opens_paragraph[last]:
        last = _sentence_stop(text, last + 1)
    return Surroundings(text.original(first, start), text.original(stop, last))


def next_sentence(text: SourceText, stop: int) -> str:
    """The sentence after a quote that ends with one."""
    last = stop
    limit = min(len(text.tokens), stop + _FAR)
    while last < limit and (last == stop or not begins_sentence(text, last)):
        last += 1
    return text.original(stop, last)


def ends_sentence(text: SourceText, stop: int) -> bool:
    """Whether the token before `stop` ends a sentence."""
    return _ended(text, stop) or stop >= len(text.tokens) or text.opens_paragraph[stop]


def stitched(text: SourceText, match: Match, closed: Sequence[bool]) -> tuple[str, str] | None:
    """The words before and after the first omission that makes one sentence of several.

    It reaches over the end of a sentence, though the quote has none there. `closed`: see
    `Interpretation`. None if there is no such omission.
    """
    for (one, other), ended in zip(pairwise(match), closed[1:], strict=True):
        last = text.tokens[one.stop - 1].strict
        crosses = any(_is_new_sentence(text, at) for at in range(one.stop + 1, other.start + 1))
        if crosses and not ended and last not in _CLOSING:
            return _ending(text, one), text.original(
                other.start, min(other.start + _SOME, other.stop)
            )
    return None


def _ending(text: SourceText, span: Span) -> str:
    return text.original(max(span.start, span.stop - _SOME), span.stop)


def _is_new_sentence(text: SourceText, at: int) -> bool:
    """Whether a sentence or a heading begins with a token: not with an item of a list in one."""
    if _ended(text, at):
        return True
    before, token = text.tokens[at - 1].strict, text.tokens[at].strict
    going_on = before in _CONTINUED or token[0].islower() or not text.tokens[at].word
    return text.opens_paragraph[at] and not going_on


def turns_round(insertion: str, denying: Sequence[str]) -> bool:
    """Whether words in brackets deny what they stand in: [nicht], or [un]möglich, sorgen[los].

    Letters before a word, or some more than an ending after it, make another word of it.
    """
    own = insertion[insertion.index("[") + 1 : insertion.index("]")].strip()
    before, after = insertion[0] != "[", insertion[-1] != "]"
    prefix = after and not before and len(own) > 1
    suffix = before and not after and len(own) > _ENDING
    changes = own.replace("-", "").isalpha() and (prefix or suffix)
    return changes or contains(own, denying)


def contains(text: str, words: Sequence[str], *, at_start: bool = False) -> bool:
    """Whether a text contains one of these words, or begins with one."""
    pattern = _pattern(tuple(words))
    match = pattern.match(text.lstrip(" ,;–-(")) if at_start else pattern.search(text)
    return match is not None


@lru_cache(maxsize=32)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    options = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<!\w)(?:{options})(?!\w)" if options else r"(?!)", re.IGNORECASE)


def begins_sentence(text: SourceText, at: int) -> bool:
    """Whether a sentence begins with a token."""
    return text.opens_paragraph[at] or _ended(text, at)


def _ended(text: SourceText, at: int) -> bool:
    """Whether a sentence ends just before a token: not at „z. B.“, „20. Mai“ and „Abs. 2“."""
    tokens = text.tokens
    end = at - 1
    while end > 0 and tokens[end].strict in ("'", ")") and not tokens[end].space:
        end -= 1
    if end < 0 or tokens[end].strict not in _ENDS:
        return False
    if at >= len(tokens):
        return True
    following = tokens[at]
    if following.space == 0 or following.strict[0].islower():
        return False
    before = tokens[end - 1].strict if end else ""
    short = len(before) < 2 or (len(before) < 5 and following.strict[0].isdigit())
    return not (tokens[end].strict == "." and (short or before.isdigit()))


def context_segments(text: SourceText, match: Match) -> Iterator[ContextSegment]:
    """The context of a quote, in segments: the rest of its sentences, and those before and after
    them in the same paragraph; of long omissions the beginning and the end.
    """
    around = _with_neighbours(text, match[0].start, match[-1].stop)
    if around.before:
        yield ContextSegment(around.before, False, text.has_space_before(match[0].start))
    for span, following in pairwise((*match, None)):
        assert span is not None
        words = text.original(span.start, span.stop)
        yield ContextSegment(words, True, text.has_space_before(span.stop))
        if following is not None and span.stop < following.start:
            gap = text.original(span.stop, following.start)
            if len(gap) > _LONG:
                gap = f"{gap[: _LONG // 2]} … {gap[-_LONG // 2 :]}"
            yield ContextSegment(gap, False, text.has_space_before(following.start))
    if around.after:
        yield ContextSegment(around.after, False)


def limitation(text: SourceText, stop: int, around: Surroundings, words: LimitingWords) -> str:
    """What limits a quote that ends before `stop`, in its sentence or at the start of the next."""
    if contains(around.after, words.limiting):
        return around.after
    if contains(around.before, words.limiting):
        return around.before
    if ends_sentence(text, stop):
        following = next_sentence(text, stop)
        if contains(following, words.limiting, at_start=True):
            return following
    return ""
