"""The words of a source that are most like a quote. They are suggestions, never a match."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from difflib import Match as Block
from difflib import SequenceMatcher, get_close_matches
from itertools import pairwise, takewhile
from math import log
from typing import NamedTuple

from brochure.sources.matching.exact import Difference, is_joined
from brochure.sources.matching.sentences import begins_sentence
from brochure.sources.matching.text import SourceText
from brochure.sources.matching.tokens import Token, original

_COMMON = 3000  # occurrences; words with more of them tell nothing
_TRIED = 4  # candidates that are compared word by word
_LONGEST = 1500  # tokens of a quote that are compared
_REACH = 300  # tokens after the beginning of a line within which a quote may begin
_SHORT = 80  # characters; of quotes no longer than that, parts of words are compared too
_FEW = 3  # words; of quotes with no more than that, words spelled similarly count too
_GAP = 15  # tokens that a quote lacks; what is beyond more of them is somewhere else
_SLACK = 6  # tokens beyond what a quote is long, in which its first and last words are looked for
_EDGE = 3  # tokens; more that differ at an end are not looked for beyond that of a sentence
_DIFFERING = 0.3  # of a usual word: what a word that differs counts against one that does not
_ALIKE = 0.05  # of a share; places that differ in less are alike
_PIECE = 5  # words; as many may be a piece of their own
_PIECE_SHARE = 0.8  # of a piece that must be somewhere


class SimilarSpan(NamedTuple):
    """The tokens from `start` to before `stop`, and how they differ from the quote.

    `share` of the quote that is there, in order: 0 to 1, rare words counting more. `covered` are
    the tokens of the quote from the first that is there to before what follows the last.
    """

    start: int
    stop: int
    share: float
    covered: tuple[int, int]
    differences: tuple[Difference, ...]


def find_similar(
    text: SourceText, part: Sequence[Token], least: float, also: Sequence[int] = ()
) -> Iterator[SimilarSpan]:
    """Spans that have at least a share of `part`, the best first; they do not overlap.

    `also` are tokens near which it is looked for in any case.
    """
    part = part[:_LONGEST]
    candidates = [_aligned(text, part, at) for at in (*_candidates(text, part), *also)]
    best: list[SimilarSpan] = []
    for span in sorted(filter(None, candidates), key=lambda span: -span.share):
        if span.share >= least and all(
            span.stop <= other.start or span.start >= other.stop for other in best
        ):
            best.append(span)
            yield _with_differences(text, part, span)


def find_pieces(
    text: SourceText,
    part: Sequence[Token],
    least: float,
    also: Sequence[int],
    preferred: Callable[[SimilarSpan], bool],
) -> tuple[SimilarSpan, ...]:
    """The spans that together have at least a share of `part`, in its order; none if they have not.

    There are several if words between them are left out, or they are in another order: what is
    before or after the longest is looked for by itself. Of places that are alike, the `preferred`
    one is taken.
    """
    part = part[:_LONGEST]
    longest = _choice(find_similar(text, part, _PIECE_SHARE / 4, also), preferred)
    if longest is None:
        return ()
    first, last = longest.covered
    while 0 < first < last and not part[first].word:  # signs end a piece, and begin none
        first += 1
    while last < len(part) and not part[last].word:
        last += 1
    before = _piece(text, part[:first], also, preferred)
    after = _piece(text, part[last:], also, preferred)
    low, high = first if before else 0, last if after else len(part)
    if after:
        shared = _shared(text, part[first:last], after.start)
        high, after = high - shared, after._replace(start=after.start - shared)
    if before or after:
        middle = _trimmed(text, part, longest, low, high)
        whole = _weights(text, part)
        pieces = tuple(filter(None, (before, middle, after)))
        lengths = (sum(whole[:low]), sum(whole[low:high]), sum(whole[high:]))
        found = (before, middle, after)
        share = sum(n * one.share for n, one in zip(lengths, found, strict=True) if one)
        return pieces if share / (sum(whole) or 1) >= least else ()
    return (longest,) if longest.share >= least else ()


def _piece(
    text: SourceText,
    part: Sequence[Token],
    also: Sequence[int],
    preferred: Callable[[SimilarSpan], bool],
) -> SimilarSpan | None:
    """Where some words at an end of a quote are; None if they are too few, or nowhere."""
    if sum(token.word for token in part) < _PIECE:
        return None
    return _choice(find_similar(text, part, _PIECE_SHARE, also), preferred)


def _shared(text: SourceText, part: Sequence[Token], start: int) -> int:
    """How many of the last words are as well before `start`, from the beginning of a sentence.

    Sentences often begin alike, so the first words of a piece seem to belong to what is before.
    """
    for n in range(1, min(len(part), start + 1)):
        if text.tokens[start - n].strict != part[-n].strict:
            return 0
        if begins_sentence(text, start - n):
            return n
    return 0


def _choice(
    spans: Iterator[SimilarSpan], preferred: Callable[[SimilarSpan], bool]
) -> SimilarSpan | None:
    """The best span, or one that is as good and preferred; None if there is none."""
    best = next(spans, None)
    if best is None or preferred(best):
        return best
    alike = takewhile(lambda span: span.share >= best.share - _ALIKE, spans)
    return next(filter(preferred, alike), best)


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
    differences = tuple(_differences(text, part, first, last))
    return SimilarSpan(first, last, share, (0, length), differences)


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
    """The tokens around a position, aligned with those of the quote; None if all differ.

    Words that are far from most of the others do not count. The differences are not made yet.
    """
    length = len(part)
    low, high = max(0, at - length // 2 - 8), min(len(text.tokens), at + 2 * length + 16)
    ours = [token.loose.casefold() for token in text.tokens[low:high]]
    theirs = [token.loose.casefold() for token in part]
    weights = _weights(text, part)
    blocks = _blocks(ours, theirs)
    if not blocks:
        return None
    cluster = max(_clusters(blocks), key=lambda cluster: _weight(cluster, weights))
    core = _core(cluster, weights)
    core = _core([*_ahead(ours, theirs, core[0]), *core], weights)
    first, last = core[0], core[-1]
    covered = first.b, last.b + last.size
    start = _reach_back(text, low + first.a, first.b)
    stop = _reach_on(text, low + last.a + last.size, length - covered[1])
    start, stop = _whole_words(text, start, stop)
    share = max(_weight(cluster, weights), _weight(core, weights)) / (sum(weights) or 1)
    share = max(share, _share_of_letters(text, part, start, stop))
    return SimilarSpan(start, stop, share, covered, ())


def _blocks(ours: Sequence[str], theirs: Sequence[str]) -> list[Block]:
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return [block for block in matcher.get_matching_blocks() if block.size]


def _clusters(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks of equal words, in groups between which the quote lacks many words."""
    cluster = [blocks[0]]
    for one, other in pairwise(blocks):
        lacking = (other.a - one.a) - (other.b - one.b)
        if lacking > _GAP:
            yield cluster
            cluster = []
        cluster.append(other)
    yield cluster


def _weight(blocks: Sequence[Block], weights: Sequence[float]) -> float:
    return sum(sum(weights[block.b : block.b + block.size]) for block in blocks)


def _core(blocks: Sequence[Block], weights: Sequence[float]) -> list[Block]:
    """Blocks without those at the ends that are there by chance: less than what differs before."""
    usual = _DIFFERING * sum(weights) / len(weights)
    best: tuple[float, int, int] = (-1.0, 0, 1)
    total, start = 0.0, 0
    for at, block in enumerate(blocks):
        if at:
            before = blocks[at - 1]
            gap = max(block.a - before.a, block.b - before.b) - before.size
            total -= gap * usual
        if total < 0:
            total, start = 0.0, at
        total += _weight([block], weights)
        best = max(best, (total, start, at + 1), key=lambda found: found[0])
    return list(blocks[best[1] : best[2]])


def _ahead(ours: Sequence[str], theirs: Sequence[str], first: Block) -> list[Block]:
    """Blocks of equal words ahead of the first, the nearest; `_blocks` takes the farthest."""
    low = max(0, first.a - first.b - _SLACK)
    blocks = _blocks(ours[low : first.a][::-1], theirs[: first.b][::-1])
    return [
        Block(first.a - block.a - block.size, first.b - block.b - block.size, block.size)
        for block in reversed(blocks)
    ]


def _reach_back(text: SourceText, start: int, differing: int) -> int:
    """Where a span begins whose first words differ: if they are many, in the same sentence."""
    low = max(0, start - differing)
    while start > low and (differing <= _EDGE or not begins_sentence(text, start)):
        start -= 1
    return start


def _reach_on(text: SourceText, stop: int, differing: int) -> int:
    """Where a span ends whose last words differ: if they are many, in the same sentence."""
    high = min(len(text.tokens), stop + differing)
    while stop < high and (differing <= _EDGE or not begins_sentence(text, stop)):
        stop += 1
    return stop


def _trimmed(
    text: SourceText, part: Sequence[Token], span: SimilarSpan, low: int, high: int
) -> SimilarSpan:
    """A span of which only the tokens of the quote from `low` to before `high` belong there."""
    within = part[low:high]
    again = _aligned(text, within, span.start)
    if again is None:
        return span
    return _with_differences(text, within, again)


def _with_differences(text: SourceText, part: Sequence[Token], span: SimilarSpan) -> SimilarSpan:
    differences = tuple(_differences(text, part, span.start, span.stop))
    return span._replace(differences=differences)


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
