"""The words of a source that are most like a quote. They are suggestions, never a match."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, get_close_matches
from math import log
from typing import NamedTuple

from brochure.sources.matching.exact import Difference, is_joined
from brochure.sources.matching.text import SourceText
from brochure.sources.matching.tokens import Token, original

_COMMON = 3000  # occurrences; words with more of them tell nothing
_TRIED = 4  # candidates that are compared word by word
_LONGEST = 1500  # tokens of a quote that are compared
_REACH = 300  # tokens after the beginning of a line within which a quote may begin
_WHOLE = 0.9  # share of a quote; with so much of it, it may be spread over a longer span
_SHORT = 80  # characters; of quotes no longer than that, parts of words are compared too
_FEW = 3  # words; of quotes with no more than that, words spelled similarly count too


class SimilarSpan(NamedTuple):
    """The tokens from `start` to before `stop`, and how they differ from the quote.

    `share` of the quote that is there, in order: 0 to 1, rare words counting more.
    """

    start: int
    stop: int
    share: float
    differences: tuple[Difference, ...]


def find_similar(text: SourceText, part: Sequence[Token], least: float) -> Iterator[SimilarSpan]:
    """Spans that have at least a share of `part`, the best first; they do not overlap."""
    part = part[:_LONGEST]
    candidates = [_aligned(text, part, at) for at in _candidates(text, part)]
    best: list[SimilarSpan] = []
    for span in sorted(filter(None, candidates), key=lambda span: -span.share):
        if span.share >= least and all(
            span.stop <= other.start or span.start >= other.stop for other in best
        ):
            best.append(span)
            yield span


def find_similar_at(
    text: SourceText, part: Sequence[Token], least: float, start: int, stop: int
) -> SimilarSpan | None:
    """The span that begins between two tokens and has most words of `part`, in any order.

    None if its share is less than `least`.
    """
    part = part[:_LONGEST]
    length, weights = len(part), _weights(text, part)
    best, share = start, 0.0
    stop = min(stop, start + _REACH)
    for at in range(max(0, start - min(length, _REACH) // 2), max(start + 1, stop)):
        words = Counter(token.loose.casefold() for token in text.tokens[at : at + length])
        same = 0.0
        for token, weight in zip(part, weights, strict=True):
            word = token.loose.casefold()
            if words[word] > 0:
                words[word] -= 1
                same += weight
        if same / (sum(weights) or 1) > share:
            best, share = at, same / (sum(weights) or 1)
    first, last = _whole_words(text, best, min(best + length, len(text.tokens)))
    letters = _share_of_letters(text, part, start, stop + length)  # for words run together
    share = max(share, letters)
    if share < least:
        return None
    return SimilarSpan(first, last, share, tuple(_differences(text, part, first, last)))


def _candidates(text: SourceText, part: Sequence[Token]) -> list[int]:
    """Where the quote may begin: tokens followed by most of its rare words, in order."""
    total = len(text.tokens)
    width = max(8, len(part) // 3)
    votes: dict[int, float] = defaultdict(float)
    few = sum(token.word for token in part) <= _FEW
    for offset, token in enumerate(part):
        positions = _positions(text, token.loose.casefold(), few) if token.word else ()
        if not positions or len(positions) > _COMMON:
            continue
        weight = log(1 + total / len(positions))
        for bucket in {(at - offset) // width for at in positions}:
            votes[bucket] += weight
    # A quote may begin near the border of two buckets.
    sums = {b: v + max(votes.get(b - 1, 0), votes.get(b + 1, 0)) for b, v in votes.items()}
    best = sorted(sums, key=lambda b: (-sums[b], b))[: 2 * _TRIED]
    return [bucket * width for bucket in best]


def _positions(text: SourceText, word: str, few: bool) -> Sequence[int]:
    """Where a word is; if the quote has `few` words, also where similar ones are."""
    positions = text.folded.get(word, [])
    if few:
        alike = [w for w in get_close_matches(word, text.folded, n=3, cutoff=0.75) if w != word]
        positions = [*positions, *(at for other in alike for at in text.folded[other])]
    return positions


def _aligned(text: SourceText, part: Sequence[Token], at: int) -> SimilarSpan | None:
    """The tokens around a position, aligned with those of the quote; None if all differ."""
    length = len(part)
    low, high = max(0, at - length // 2 - 8), min(len(text.tokens), at + 2 * length + 16)
    ours = [token.loose.casefold() for token in text.tokens[low:high]]
    theirs = [token.loose.casefold() for token in part]
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return None
    weights = _weights(text, part)
    same = sum(weights[block.b + i] for block in blocks for i in range(block.size))
    first, last = blocks[0], blocks[-1]
    start = max(low, low + first.a - first.b)
    tail = length - last.b - last.size
    stop = min(high, low + last.a + last.size + tail)
    start, stop = _whole_words(text, start, stop)
    differences = tuple(_differences(text, part, start, stop))
    share = same / (sum(weights) or 1)
    if share < _WHOLE:  # single words scattered over a long span mean little
        share *= min(1.0, 2 * length / max(1, stop - start))
    share = max(share, _share_of_letters(text, part, start, stop))
    return SimilarSpan(start, stop, share, differences)


def _weights(text: SourceText, part: Sequence[Token]) -> list[float]:
    """The weight of each token: rare words much, frequent ones little, signs nothing.

    A word that is not in the source counts half as much again as the others on average.
    """
    total = len(text.tokens)
    counts = [len(text.folded.get(t.loose.casefold(), ())) if t.word else -1 for t in part]
    known = [log(1 + total / count) for count in counts if count > 0]
    usual = 1.5 * sum(known) / len(known) if known else 1.0
    return [
        0.0 if count < 0 else usual if count == 0 else log(1 + total / count) for count in counts
    ]


def _share_of_letters(text: SourceText, part: Sequence[Token], start: int, stop: int) -> float:
    """The share of a short quote that is there in pieces of three or more letters."""
    theirs, ours = original(part), text.original(start, stop)
    if len(theirs) > _SHORT:
        return 0.0
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return sum(b.size for b in matcher.get_matching_blocks() if b.size > 2) / max(1, len(theirs))


def _whole_words(text: SourceText, start: int, stop: int) -> tuple[int, int]:
    """A span extended to whole words at both ends."""
    tokens = text.tokens
    while start > 1 and not tokens[start].space and is_joined(*tokens[start - 2 : start + 1]):
        start -= 2
    while stop + 1 < len(tokens) and is_joined(*tokens[stop - 1 : stop + 2]):
        if tokens[stop + 1].space:
            break
        stop += 2
    return start, stop


def _differences(
    text: SourceText, part: Sequence[Token], start: int, stop: int
) -> Iterator[Difference]:
    ours = [token.strict for token in text.tokens[start:stop]]
    theirs = [token.strict for token in part]
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            yield Difference(text.original(start + a, start + b), original(part[c:d]))
