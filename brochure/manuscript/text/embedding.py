"""Tags around the parts of a paragraph that have a direction of writing of their own."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from operator import itemgetter

from markdown_it.token import Token

from brochure.manuscript.text import bidi

_SHORT = 30  # characters of a number that fit into a line, if need be


def marks(
    tokens: Sequence[Token], direction: bidi.Direction, together: bool
) -> dict[int, list[tuple[int, str]]]:
    """The tags by the index of the token that they belong to, each with its offset in its content;
    those of a token that begins or ends an element stand before or after it.

    `direction` is that of the paragraph; `together`: whether short numbers are kept on one line.
    """
    contents = ["\n" if token.type == "hardbreak" else token.content for token in tokens]
    starts = list(accumulate((len(content) + 1 for content in contents), initial=0))
    parts: list[tuple[bidi.Isolate, int, int]] = []  # with their first and last token
    for part in bidi.isolates(bidi.SEAM.join(contents), direction):
        first, last = (bisect_right(starts, at) - 1 for at in (part.start, part.end - 1))
        before, after = _to_balance(tokens, first, last)
        at_ends = (not before or part.start == starts[first]) and (
            not after or part.end == starts[last + 1] - 1
        )
        if before is not None and after is not None and at_ends:
            parts.append((part, first - before, last + after))
            continue
        for at in range(first, last + 1):  # each token on its own
            inner = bidi.isolates(contents[at], direction)
            parts += ((_moved(one, starts[at]), at, at) for one in inner)
    if direction == "rtl":
        parts += (
            (bidi.Isolate(starts[at], starts[at + 1] - 1, "ltr"), at, at)
            for at, token in enumerate(tokens)
            if token.content and is_short_address(tokens, at)
        )
    tags: dict[int, list[tuple[int, str]]] = {}
    for part, first, last in parts:
        kept = part.number and together and part.end - part.start <= _SHORT
        class_ = ' class="together"' if kept else ""
        start, end = max(0, part.start - starts[first]), part.end - starts[last]
        tags.setdefault(first, []).append((start, f'<span{class_} dir="{part.direction}">'))
        tags.setdefault(last, []).append((min(end, len(contents[last])), "</span>"))
    return {at: sorted(found, key=itemgetter(0)) for at, found in tags.items()}


def _to_balance(tokens: Sequence[Token], first: int, last: int) -> tuple[int | None, int | None]:
    """How many tokens right before `first`, and right after `last`, have to be added to a run of
    them so that each element in it both begins and ends there; None where it cannot be.
    """
    depths = list(accumulate(token.nesting for token in tokens[first : last + 1]))
    closed = -min(0, *depths)
    opened = depths[-1] + closed
    before = all(token.nesting > 0 for token in tokens[max(0, first - closed) : first])
    after = all(token.nesting < 0 for token in tokens[last + 1 : last + 1 + opened])
    return closed if before else None, opened if after else None


def _moved(part: bidi.Isolate, by: int) -> bidi.Isolate:
    return replace(part, start=part.start + by, end=part.end + by)


def is_short_address(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token is an address that became a link."""
    before = tokens[at - 1] if at else None
    return before is not None and before.type == "link_open" and before.markup == "linkify"
