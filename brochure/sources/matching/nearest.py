"""Where a document says something like a quote. This suggests, and never passes anything."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, get_close_matches
from math import log
from typing import NamedTuple

from brochure.sources.matching.exact import Difference, is_joined
from brochure.sources.matching.text import Text
from brochure.sources.matching.tokens import Token

_COMMON = 3000  # places of a word; those of more frequent ones say nothing
_TRIED = 4  # places that are compared word by word
_LONGEST = 1500  # tokens of a quote that are compared
_REACH = 300  # tokens after the beginning of a line within which a quote may begin there
_WHOLE = 0.9  # of a quote: then it was shortened, but is one
_SHORT = 80  # characters of a quote of which also parts of words are compared
_FEW = 3  # words, of which similar ones are looked for as well


class Similar(NamedTuple):
    """Tokens from `start` to before `stop`, the share of the quote that stands there in order (0
    to 1, rare words counting more), and what differs.
    """

    start: int
    stop: int
    share: float
    differences: tuple[Difference, ...]


def similar(text: Text, part: Sequence[Token], least: float) -> Iterator[Similar]:
    """Places of which at least that share is like `part`, the best first; none overlap."""
    part = part[:_LONGEST]
    found = [_compared(text, part, at) for at in _promising(text, part)]
    best: list[Similar] = []
    for one in sorted(filter(None, found), key=lambda one: -one.share):
        if one.share >= least and all(
            one.stop <= other.start or one.start >= other.stop for other in best
        ):
            best.append(one)
            yield one


def similar_at(
    text: Text, part: Sequence[Token], least: float, start: int, stop: int
) -> Similar | None:
    """The place that begins between two tokens and has most words of `part`, in whatever order."""
    part = part[:_LONGEST]
    length, weights = len(part), _weights(text, part)
    best, share = start, 0.0
    stop = min(stop, start + _REACH)
    for at in range(max(0, start - min(length, _REACH) // 2), max(start + 1, stop)):
        there = Counter(token.loose.casefold() for token in text.tokens[at : at + length])
        same = 0.0
        for token, weight in zip(part, weights, strict=True):
            word = token.loose.casefold()
            if there[word] > 0:
                there[word] -= 1
                same += weight
        if same / (sum(weights) or 1) > share:
            best, share = at, same / (sum(weights) or 1)
    first, last = _whole_words(text, best, min(best + length, len(text.tokens)))
    letters = _share_of_letters(text, part, start, stop + length)  # of words run together, say
    share = max(share, letters)
    if share < least:
        return None
    return Similar(first, last, share, tuple(_differences(text, part, first, last)))


def _promising(text: Text, part: Sequence[Token]) -> list[int]:
    """Where the quote would begin, for the places that have most of its rare words in order."""
    total = len(text.tokens)
    width = max(8, len(part) // 3)
    votes: dict[int, float] = defaultdict(float)
    few = sum(token.word for token in part) <= _FEW
    for offset, token in enumerate(part):
        where = _like(text, token.loose.casefold(), few) if token.word else ()
        if not where or len(where) > _COMMON:
            continue
        weight = log(1 + total / len(where))
        for bucket in {(at - offset) // width for at in where}:
            votes[bucket] += weight
    # A place may lie on the border of two buckets.
    sums = {b: v + max(votes.get(b - 1, 0), votes.get(b + 1, 0)) for b, v in votes.items()}
    best = sorted(sums, key=lambda b: (-sums[b], b))[: 2 * _TRIED]
    return [bucket * width for bucket in best]


def _like(text: Text, word: str, few: bool) -> Sequence[int]:
    """Where a word stands; of very few, also where one stands that is spelled almost alike."""
    found = text.folded.get(word, [])
    if few:
        alike = get_close_matches(word, text.folded, n=3, cutoff=0.75)
        found = [*found, *(at for other in alike if other != word for at in text.folded[other])]
    return found


def _compared(text: Text, part: Sequence[Token], at: int) -> Similar | None:
    """The words around a place, aligned with those of the quote."""
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
    if share < _WHOLE:  # single words of it, scattered over a long stretch, say little
        share *= min(1.0, 2 * length / max(1, stop - start))
    share = max(share, _share_of_letters(text, part, start, stop))
    return Similar(start, stop, share, differences)


def _weights(text: Text, part: Sequence[Token]) -> list[float]:
    """What each token says: rare words much, frequent ones little, signs nothing. A word that the
    source does not know counts half as much again as the others.
    """
    total = len(text.tokens)
    counts = [len(text.folded.get(t.loose.casefold(), ())) if t.word else -1 for t in part]
    known = [log(1 + total / count) for count in counts if count > 0]
    usual = 1.5 * sum(known) / len(known) if known else 1.0
    return [
        0.0 if count < 0 else usual if count == 0 else log(1 + total / count) for count in counts
    ]


def _share_of_letters(text: Text, part: Sequence[Token], start: int, stop: int) -> float:
    """The share of a short quote that stands there in pieces of three letters and more."""
    theirs, ours = joined(part), text.shown(start, stop)
    if len(theirs) > _SHORT:
        return 0.0
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return sum(b.size for b in matcher.get_matching_blocks() if b.size > 2) / max(1, len(theirs))


def _whole_words(text: Text, start: int, stop: int) -> tuple[int, int]:
    """The span with the rest of the words that the quote may have cut at its ends."""
    tokens = text.tokens
    while start > 1 and not tokens[start].space and is_joined(*tokens[start - 2 : start + 1]):
        start -= 2
    while stop + 1 < len(tokens) and is_joined(*tokens[stop - 1 : stop + 2]):
        if tokens[stop + 1].space:
            break
        stop += 2
    return start, stop


def _differences(text: Text, part: Sequence[Token], start: int, stop: int) -> Iterator[Difference]:
    ours = [token.strict for token in text.tokens[start:stop]]
    theirs = [token.strict for token in part]
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            said = text.shown(start + a, start + b)
            yield Difference(said, joined(part[c:d]))


def joined(tokens: Sequence[Token]) -> str:
    """Tokens as text."""
    return "".join(
        (" " if token.space and index else "") + token.shown for index, token in enumerate(tokens)
    )
