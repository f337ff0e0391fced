"""Where the lines of a paragraph end: chosen for all of them at once. Pure.

After D. E. Knuth and M. F. Plass, *Breaking Paragraphs into Lines* (1981), for lines that are not
stretched: each costs the square of what it lacks of the measure, and places to end a line cost more
or less by themselves. The ends with the lowest sum are found by dynamic programming, in time
proportional to the length of the text.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import inf

# All costs are in hundredths of the square of the measure: a line that is a tenth too short costs
# 1, one of half the measure 25.
_RAGGED = 100.0
LINE = 1.0  # each line costs a little: of two ways that are nearly as good, the shorter one
DIVIDED_AT_JOINT = 2.0
DIVIDED_AT_PREFIX = 3.5
DIVIDED = 5.0
OWN_HYPHEN = 1.0  # “Müller-|Meier”
OWN_SIGN = 1.5  # “und/|oder”
LONE_LETTER = 1.5
BEFORE_NUMBER = 1.5  # “line |4”, “about |4”
BESIDE_NUMBER = 10.0  # “Bus |4”, “12 |Uhr”
INSIDE_ADDRESS = 15.0  # only where it is longer than a line
ANYWHERE = 60.0  # likewise, in what is no word
_HYPHENS_TWICE = 2.0
_MAX_HYPHENS = 2
_DIVIDED_BEFORE_LAST = 2.0  # the last line begins with the rest of a word
_LONE_WORD = 4.0  # the last line is one short word
_LONE_WIDTH = 0.25
_HALF = 0.5  # of the measure: shorter lines are not tried where there is another one
_FRAGMENT = 50.0  # a line that is a part of a word, and nothing else
# What must not be, if there is any other way.
_FORBIDDEN, _TOO_WIDE = 1e3, 1e5
_COUNTED = 1e4  # each line, where their number is to be the lowest
_ROUNDING = 0.01


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A place where a line may end; positions are those in the text if it were one line.

    `end` is where the line ends, without the blanks that `next` leaves behind; `hyphen` is the
    width of what is put there. `word` counts words, from blank to blank, up to the one that ends
    here or, with `inside`, goes on. `hyphenated`: the line ends with a hyphen, put there or not.
    `forced`: it has to end here.
    """

    end: float
    next: float
    word: int
    cost: float = 0.0
    hyphen: float = 0.0
    inside: bool = False
    hyphenated: bool = False
    forced: bool = False


@dataclass(slots=True)
class _Way:
    """The best way to set the text up to a place, with so many hyphens on the lines above it."""

    cost: float
    place: int  # -1: where the text begins
    line: int
    hyphens: int
    before: "_Way | None"


def line_ends(
    breakpoints: Sequence[Breakpoint],
    begin: Breakpoint,
    first: float,
    measure: float,
    *,
    balanced: bool = False,
    whole: Collection[int] = (),
) -> list[int]:
    """Which of the breakpoints lines end at, ascending; the last, the end of the text, is one.

    The text goes on from `begin` with a line of the width `first`, and others of the width
    `measure`. `balanced`: in as few lines as can be, all of like length, as titles are set. `whole`
    are the numbers of lines, counted from 0, which shall not end inside a word.
    """
    counts = bool(whole)
    active: list[tuple[Breakpoint, list[_Way]]] = [(begin, [_Way(0.0, -1, 0, 0, None)])]
    for number, point in enumerate(breakpoints):
        final = point.forced or number == len(breakpoints) - 1
        best: dict[tuple[int, int], _Way] = {}
        keep, latest = 0, len(active) - 1
        for index, (previous, ways) in enumerate(active):
            room = first if ways[0].place < 0 else measure
            if point.end - previous.next > room + _ROUNDING and index < latest:
                keep = index + 1
                continue
            width = point.end + point.hyphen - previous.next
            if best and not final and width < _HALF * room:
                break  # all that follow are shorter still
            line_cost = _line_cost(previous, point, width, room, final=final, balanced=balanced)
            for way in ways:
                cost = way.cost + line_cost
                hyphens = 0
                if point.hyphenated:
                    hyphens = min(way.hyphens + 1, _MAX_HYPHENS)
                    if way.hyphens:
                        cost += _HYPHENS_TWICE if way.hyphens < _MAX_HYPHENS else _FORBIDDEN
                if point.inside and way.line in whole:
                    cost += _FORBIDDEN
                key = (hyphens, way.line if counts else 0)
                if key not in best or cost < best[key].cost:
                    best[key] = _Way(cost, number, way.line + 1, hyphens, way)
        del active[: len(active) if final else keep]
        active.append((point, list(best.values())))
    last: _Way | None = min(active[-1][1], key=lambda way: way.cost)
    ends: list[int] = []
    while last is not None and last.place >= 0:
        ends.append(last.place)
        last = last.before
    return ends[::-1]


def _line_cost(
    previous: Breakpoint,
    point: Breakpoint,
    width: float,
    room: float,
    *,
    final: bool,
    balanced: bool,
) -> float:
    """What a line between two places costs, whatever stands above it."""
    lacking = 1 - width / room if room > 0 else -inf
    cost = point.cost + (_COUNTED if balanced else LINE)
    if lacking < -_ROUNDING / max(room, 1.0):
        return cost + _TOO_WIDE * (1 + min(-lacking, 9.0))
    if not final or balanced:
        cost += _RAGGED * lacking * lacking
    alone = point.word == (previous.word if previous.inside else previous.word + 1)
    if alone and (previous.inside or point.inside):
        cost += _FRAGMENT
    if final:
        if previous.inside:
            cost += _DIVIDED_BEFORE_LAST
        elif alone and lacking > 1 - _LONE_WIDTH and previous.end > 0:
            cost += _LONE_WORD
    return cost
