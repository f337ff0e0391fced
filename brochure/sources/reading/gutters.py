"""The white between words → the gutters between columns.

A strip without any word, about half an em wide or more, with text on both sides, may be a gutter.
Words far apart in a line of justified text look like that as well, so a strip counts only if it is
long, or if the file itself says so: in its tag tree (ISO 32000-1, 14.8), or by the order in which
it draws what stands left and right. Where that is not enough either way, it is in doubt.

Lengths are in points, x from the left, y from the top; an em is the size of the type.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from brochure.sources.reading.rows import TextRow
from brochure.sources.reading.words import RowWord

Gutter = tuple[float, float]  # the left and right edges of a strip

# In em:
_NARROWEST = 0.42  # a strip of white
_NARROW = 0.7  # up to this, it may be that between words
_WIDE = 1.2  # from this, it hardly ever is
_SIDE = 4.5  # a column, at least; narrower ones are labels, numbers, bullets
# Rows with text on both sides of a strip that prove it to be a gutter, by its width; and those if
# the file draws row by row what stands left and right, so that the order of the file is against it:
_PROVEN = ((_WIDE, 3), (_NARROW, 5), (_NARROWEST, 9))
_DOUBTFUL = ((_WIDE, 2), (_NARROW, 3), (_NARROWEST, 5))
_PROVEN_AGAINST = ((_WIDE, 5), (_NARROW, 9), (_NARROWEST, 14))
_DOUBTFUL_AGAINST = ((_WIDE, 3), (_NARROW, 6), (_NARROWEST, 9))
_DOUBTFUL_PROSE = ((_WIDE, 2), (_NARROW, 3), (_NARROWEST, 6))  # with whole lines of words
_RUNNING = 0.25  # of the lines begin with a small letter in a text that runs on from line to line
_WORDS = 4  # in a line, at least, of what may be a text though its lines begin with capitals
_SHORT = 3.0  # what most lines of a filled column leave free, at most
_WIDER = 1.6  # times the gaps between the words of a row
_SEEN = 3  # rows, at least, if the file draws what stands left and right one after the other
_MOSTLY = 0.7  # of the rows
_LONG = 12  # rows of a strip that tells something about other pages
_USUAL = 0.2  # of the pages of a document
# Honest pages stay far below these; they bound the time that others take:
_ACTIVE = 50  # strips that are followed at the same time
_STRIPS = 300  # in an area, the longest ones
_GAPS = 40  # wide ones in a row


class RowPart(NamedTuple):
    """What an area has of a row: the index of that, and its words from left to right."""

    row: int
    y: float
    size: float
    words: tuple[RowWord, ...]


class Strip(NamedTuple):
    """White between `left` and `right`, from part `first` to part `last` of an area."""

    left: float
    right: float
    first: int
    last: int

    @property
    def rows(self) -> int:
        return self.last - self.first


class Judgement(Enum):
    GUTTER = "columns, certainly"
    DOUBT = "columns, or words far apart"
    NONE = "no columns"


@dataclass(frozen=True)
class Area:
    """A page, or a part of one: what it has of each row, the size of its type, and its strips."""

    parts: Sequence[RowPart]
    em: float
    strips: Sequence[Strip]


def page_area(rows: Sequence[TextRow]) -> Area:
    """The whole of a page."""
    return area_of(
        [
            RowPart(at, row.y, row.size, tuple(sorted(row.words, key=lambda word: word.left)))
            for at, row in enumerate(rows)
            if row.words
        ]
    )


def area_of(parts: Sequence[RowPart]) -> Area:
    """The area that has these parts of rows, from top to bottom."""
    em = median(part.size for part in parts for _ in part.words) if parts else 0.0
    return Area(parts, em, _strips(parts, em))


def find_gutters(pages: Sequence[Area]) -> list[Gutter]:
    """Gutters that several pages of a document have in the same place."""
    found = [(index, gutter) for index, page in enumerate(pages) for gutter in long_gutters(page)]
    usual: list[Gutter] = []
    for _, gutter in sorted(found, key=lambda one: one[1][1] - one[1][0]):  # the surest ones first
        pages_alike = {at for at, other in found if _is_same(other, gutter)}
        enough = len(pages_alike) >= max(2, _USUAL * len(pages))
        if enough and not any(_overlap(gutter, other) > 0 for other in usual):
            usual.append(gutter)
    return sorted(usual)


def long_gutters(page: Area) -> list[Gutter]:
    """Gutters beside so many lines that there is hardly a doubt."""
    return [
        (strip.left, strip.right)
        for strip in page.strips
        if strip.rows >= _LONG and judge(page, strip, ()) is Judgement.GUTTER
    ]


def _strips(parts: Sequence[RowPart], em: float) -> list[Strip]:
    """Strips of white between words, each as long and then as wide as possible."""
    least = _NARROWEST * em
    found: set[Strip] = set()
    active: dict[Gutter, int] = {}  # strips, and the parts at which they begin
    for at, part in enumerate([*parts, None]):
        gaps = _gaps(part, least) if part else []
        following: dict[Gutter, int] = {}
        for (left, right), first in active.items():
            whole = False
            for a, b in gaps:
                common = max(a, left), min(b, right)
                if common[1] - common[0] >= least:
                    following[common] = min(first, following.get(common, first))
                    whole = whole or common == (left, right)
            if not whole and left > float("-inf") and right < float("inf"):
                if at - first >= (2 if right - left >= _NARROW * em else 3):
                    found.add(Strip(left, right, first, at - 1))
        for gap in gaps:
            following.setdefault(gap, at)
        active = dict(sorted(following.items(), key=lambda item: item[1])[:_ACTIVE])
    strips = sorted(found, key=lambda s: (-s.rows, s.left - s.right, s))[:_STRIPS]
    kept: list[Strip] = []
    for strip in strips:
        if not any(
            other.first <= strip.first
            and strip.last <= other.last
            and _overlap((strip.left, strip.right), (other.left, other.right)) > 0
            for other in kept
        ):
            kept.append(strip)
    return kept


def _gaps(part: RowPart, least: float) -> list[Gutter]:
    """The white in a row, with that before its first word and after its last."""
    gaps: list[Gutter] = []
    end = float("-inf")
    for word in part.words:
        if word.left - end >= least:
            gaps.append((end, word.left))
        end = max(end, word.right)
    widest = sorted(gaps, key=lambda gap: gap[0] - gap[1])[:_GAPS]
    return [*widest, (end, float("inf"))]


def _is_same(strip: Gutter, gutter: Gutter) -> bool:
    """Whether a strip is a gutter, or wider on both sides, where lines are short."""
    least = 0.8 * (gutter[1] - gutter[0])
    return _overlap(strip, gutter) >= least


def _overlap(one: Gutter, other: Gutter) -> float:
    return min(one[1], other[1]) - max(one[0], other[0])


class Sides(NamedTuple):
    """The words left and right of a strip, row by row; either may be empty."""

    left: tuple[RowWord, ...]
    right: tuple[RowWord, ...]


def judge(area: Area, strip: Strip, usual: Sequence[Gutter]) -> Judgement:
    """Whether a strip is the gutter between two columns."""
    parts, em = area.parts, area.em
    rows = [sides_of(parts[at], strip) for at in beside_each_other(parts, strip)]
    level = [row for row in rows if row.left and row.right]
    alone = min(sum(not row.right for row in rows), sum(not row.left for row in rows))
    seen = len(level) + alone
    if not seen or not all(_is_column(side, em) for side in zip(*rows, strict=True)):
        return Judgement.NONE
    tagged = [
        row.left[-1].block != row.right[0].block
        for row in level
        if row.left[-1].block and row.right[0].block
    ]
    if len(tagged) >= 2 and sum(tagged) < (1 - _MOSTLY) * len(tagged):
        return Judgement.NONE  # what stands left and right is the same paragraph
    if len(tagged) >= 2 and sum(tagged) >= _MOSTLY * len(tagged):
        return Judgement.NONE if _are_cells(rows) else Judgement.GUTTER
    drawn = _drawn(rows)
    known = any(_is_same((strip.left, strip.right), gutter) for gutter in usual)
    if drawn is not _Drawn.ROWS and (known or (drawn is _Drawn.COLUMNS and seen >= _SEEN)):
        return Judgement.GUTTER
    stands_out = not level or _stands_out(level)
    proven: Sequence[tuple[float, int]] = _PROVEN
    doubtful = _DOUBTFUL
    if drawn is _Drawn.ROWS:
        sides = list(zip(*rows, strict=True))
        running, prose = all(map(_runs_on, sides)), all(map(_is_prose, sides))
        if not known and not ((running or prose) and _filled(rows, em)):
            # Labels, and what stands beside each; but one of several lines may go on below.
            several = any(map(_runs_on, sides)) and stands_out
            wide = strip.right - strip.left >= _WIDE * em
            return Judgement.DOUBT if several and wide and seen >= _SEEN else Judgement.NONE
        proven = _PROVEN_AGAINST if running else ()
        doubtful = _DOUBTFUL_PROSE if prose else _DOUBTFUL_AGAINST
    if known:
        proven = doubtful = _DOUBTFUL
    width = (strip.right - strip.left) / em
    if seen >= _needed(proven, width):
        return Judgement.GUTTER
    if drawn is _Drawn.ROWS and not stands_out:
        return Judgement.NONE
    return Judgement.DOUBT if seen >= _needed(doubtful, width) else Judgement.NONE


def _are_cells(rows: Sequence[Sides]) -> bool:
    """Whether the tag tree goes from the left to the right and on to the next row, as in a table of
    labels, and reading row by row tears none of its blocks apart, nor any sentences.
    """
    both = [at for at, row in enumerate(rows) if row.left and row.right]
    inner = rows[both[0] : both[-1] + 1]
    if not all(row.right for row in inner if row.left):
        return False
    if all(map(_runs_on, zip(*rows, strict=True))):
        return False
    blocks = [(rows[at].left[-1].block, rows[at].right[0].block) for at in both]
    ordered = sum(max(one) < min(other) for one, other in pairwise(blocks))
    torn = any(
        (a.left and b.left and a.right and a.left[-1].block == b.left[-1].block)
        or (a.right and b.right and b.left and a.right[0].block == b.right[0].block)
        for a, b in pairwise(inner)
    )
    return ordered >= _MOSTLY * (len(both) - 1) and not torn


def _stands_out(rows: Sequence[Sides]) -> bool:
    """Whether most rows have a wider gap at a strip than elsewhere, unlike justified text."""
    wider = 0
    for row in rows:
        gaps = [b.left - a.right for side in row for a, b in pairwise(side)]
        here = row.right[0].left - row.left[-1].right
        wider += not gaps or here > _WIDER * median(gaps)
    return 2 * wider > len(rows)


def _needed(table: Sequence[tuple[float, int]], width: float) -> int:
    """The rows that a strip of a width needs."""
    return next((rows for least, rows in table if width >= least), 10**9)


def sides_of(part: RowPart, strip: Strip) -> Sides:
    """What a part has left and right of a strip beside it."""
    middle = (strip.left + strip.right) / 2
    left = tuple(w for w in part.words if (w.left + w.right) / 2 < middle)
    return Sides(left, part.words[len(left) :])


def beside_each_other(parts: Sequence[RowPart], strip: Strip) -> range:
    """The parts from the first to the last that have something on the other side as well."""
    rows = range(strip.first, strip.last + 1)
    middle = (strip.left + strip.right) / 2
    left = [at for at in rows if parts[at].words[0].left < middle]
    right = [at for at in rows if parts[at].words[-1].right > middle]
    if not (left and right):
        return range(0)
    first, last = max(left[0], right[0]), min(left[-1], right[-1])
    return range(max(strip.first, first - 1), min(strip.last, last + 1) + 1)


def _is_column(side: Sequence[tuple[RowWord, ...]], em: float) -> bool:
    """Whether what stands on one side of a strip may be a column: wide enough, and with words.

    Items of a list, “a)”, have none; a heading among them may have.
    """
    rows = [words for words in side if words]
    if not rows:
        return False
    width = max(w.right for words in rows for w in words) - min(words[0].left for words in rows)
    with_words = sum(any(_is_word(w.text) for w in words) for words in rows)
    return width >= _SIDE * em and with_words >= 0.5 * len(rows)


def _is_word(text: str) -> bool:
    return any(map(str.isalpha, text)) and sum(map(str.isalnum, text)) > 1


class _Drawn(Enum):
    """The order in which a file draws what stands on the two sides of a strip."""

    COLUMNS = "first one side, then the other"
    ROWS = "row by row"
    UNKNOWN = "too few to tell"


def _drawn(rows: Sequence[Sides]) -> _Drawn:
    places = sorted(
        (word.order, side) for row in rows for side, words in enumerate(row) for word in words
    )
    changes = sum(one[1] != other[1] for one, other in pairwise(places))
    lines = min(sum(bool(row.left) for row in rows), sum(bool(row.right) for row in rows))
    if lines < 2 or places[0][0] == places[-1][0]:  # rows that are not of a file
        return _Drawn.UNKNOWN
    if changes <= max(1, 0.5 * lines):
        return _Drawn.COLUMNS
    return _Drawn.ROWS if changes >= 1.5 * lines else _Drawn.UNKNOWN


def _runs_on(side: Sequence[tuple[RowWord, ...]]) -> bool:
    """Whether the lines of one side go on with the sentences of those before them."""
    firsts = [words[0].text for words in side if words]
    return sum(first[:1].islower() for first in firsts) >= _RUNNING * len(firsts)


def _is_prose(side: Sequence[tuple[RowWord, ...]]) -> bool:
    """Whether the lines of one side have as many words as those of a text."""
    return median(len(words) for words in side if words) >= _WORDS


def _filled(rows: Sequence[Sides], em: float) -> bool:
    """Whether most lines left of a strip end below each other, as those of running text do.

    A few may be longer, such as those beside an initial.
    """
    ends = sorted(row.left[-1].right for row in rows if row.left)
    usual = ends[(3 * len(ends)) // 4]
    return sum(usual - end <= _SHORT * em for end in ends) >= 0.5 * len(ends)
