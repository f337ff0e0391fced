"""A quote in its context: the sentences around it, and what in them limits it."""

from collections.abc import Iterator
from itertools import pairwise

from brochure.sources import sentences
from brochure.sources.finding import Limits, Piece
from brochure.sources.search import Place
from brochure.sources.text import Text

_LONG = 220  # characters of an omission that are shown


def context(text: Text, place: Place, around: sentences.Surroundings) -> Iterator[Piece]:
    """The sentences around a quote, in pieces; of long omissions the beginning and the end."""
    if around.before:
        yield Piece(around.before, False, text.spaced(place[0].start))
    for span, following in pairwise((*place, None)):
        assert span is not None
        yield Piece(text.shown(span.start, span.stop), True, text.spaced(span.stop))
        if following is not None and span.stop < following.start:
            gap = text.shown(span.stop, following.start)
            short = f"{gap[: _LONG // 2]} … {gap[-_LONG // 2 :]}"
            yield Piece(gap if len(gap) <= _LONG else short, False, text.spaced(following.start))
    if around.after:
        yield Piece(around.after, False)


def limit(text: Text, start: int, stop: int, around: sentences.Surroundings, limits: Limits) -> str:
    """What limits a quote in its own sentence, or at the beginning of the next."""
    if around.after and sentences.limiting(around.after, limits.limiting):
        return around.after
    if around.before and sentences.limiting(around.before, limits.limiting):
        return around.before
    if sentences.ends_sentence(text, stop):
        following = sentences.next_sentence(text, stop)
        if sentences.limiting(following, limits.limiting, at_start=True):
            return following
    return ""
