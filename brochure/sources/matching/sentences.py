"""The sentences in which a quote stands: what it leaves out at its ends and in between."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from brochure.sources.finding import ContextSegment, Limits
from brochure.sources.matching.exact import Location
from brochure.sources.matching.text import Text

_FAR = 80  # tokens; sentences of laws are longer, but what limits stands near
_ENDS = frozenset(".!?")


@dataclass(frozen=True)
class Surroundings:
    """What stands before a quote in its first sentence, and after it in its last one."""

    before: str
    after: str


def surroundings(text: Text, start: int, stop: int) -> Surroundings:
    """The rest of the sentences in which the tokens from `start` to before `stop` stand."""
    first = start
    while first > 0 and start - first < _FAR and not _begins(text, first):
        first -= 1
    last = stop
    limit = min(len(text.tokens), stop + _FAR)
    while last < limit and not text.opens[last] and not _ended(text, last):
        last += 1
    return Surroundings(text.shown(first, start), text.shown(stop, last))


def next_sentence(text: Text, stop: int) -> str:
    """The sentence after a quote that ends with one."""
    last = stop
    limit = min(len(text.tokens), stop + _FAR)
    while last < limit and (last == stop or not (text.opens[last] or _begins(text, last))):
        last += 1
    return text.shown(stop, last)


def ends_sentence(text: Text, stop: int) -> bool:
    """Whether the token before `stop` ends a sentence."""
    return _ended(text, stop) or stop >= len(text.tokens) or text.opens[stop]


def limiting(words: str, limits: Sequence[str], *, at_start: bool = False) -> str | None:
    """The first of `limits` that stands in some words, or at their beginning."""
    pattern = _pattern(tuple(limits))
    found = pattern.match(words.lstrip(" ,;–-(")) if at_start else pattern.search(words)
    return found[0] if found else None


@lru_cache(maxsize=32)
def _pattern(limits: tuple[str, ...]) -> re.Pattern[str]:
    options = "|".join(re.escape(limit).replace(r"\ ", r"\s+") for limit in limits)
    return re.compile(rf"(?<!\w)(?:{options})(?!\w)" if options else r"(?!)", re.IGNORECASE)


def _begins(text: Text, at: int) -> bool:
    """Whether a sentence begins with a token."""
    return text.opens[at] or _ended(text, at)


def _ended(text: Text, at: int) -> bool:
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


# --- A quote in its context: the sentences around it, and what in them limits it.

_LONG = 220  # characters of an omission that are shown


def context(text: Text, location: Location, around: Surroundings) -> Iterator[ContextSegment]:
    """The sentences around a quote, in pieces; of long omissions the beginning and the end."""
    if around.before:
        yield ContextSegment(around.before, False, text.spaced(location[0].start))
    for span, following in pairwise((*location, None)):
        assert span is not None
        yield ContextSegment(text.shown(span.start, span.stop), True, text.spaced(span.stop))
        if following is not None and span.stop < following.start:
            gap = text.shown(span.stop, following.start)
            short = f"{gap[: _LONG // 2]} … {gap[-_LONG // 2 :]}"
            yield ContextSegment(
                gap if len(gap) <= _LONG else short, False, text.spaced(following.start)
            )
    if around.after:
        yield ContextSegment(around.after, False)


def limit(text: Text, start: int, stop: int, around: Surroundings, limits: Limits) -> str:
    """What limits a quote in its own sentence, or at the beginning of the next."""
    if around.after and limiting(around.after, limits.limiting):
        return around.after
    if around.before and limiting(around.before, limits.limiting):
        return around.before
    if ends_sentence(text, stop):
        following = next_sentence(text, stop)
        if limiting(following, limits.limiting, at_start=True):
            return following
    return ""
