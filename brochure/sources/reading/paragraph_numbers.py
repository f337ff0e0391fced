"""Numbers in the margin that count paragraphs, not lines, as in judgments (“Rn. 12”).

They stand in a strip of their own, beside the first line of a paragraph, and each is one more than
the one before, through the whole document. They are no part of the text, and no line numbers, even
where paragraphs are so short that every second line has one.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from brochure.sources.reading.rows import TextRow, clusters

_APART = 1.0  # of the type size: how far a number is from the text, at least
_ALIGNED = 4.0  # points by which the edges of aligned numbers may differ
_FEW = 3  # numbers, at least
_CHAIN = 0.8  # of the numbers in a strip must be in order; otherwise they are figures of a table
_NEXT = 0.8  # of them must be one more than the one before
_SKIPPED = 3  # the most by which one may be more than the one before
_ROWS = 1.5  # to a number, at least; line numbers have one row each
_PAGES = 0.5  # of the pages from the first number to the last have one
_OPEN = 0.75  # of the rows with a number must begin a paragraph
_WITHIN = 0.5  # of the other rows may seem to
_WIDER = 1.2  # times the usual distance between rows; more begins a paragraph
_STRIP = 0.1  # of the rows, or one, may reach into the strip: headings
_NUMBER = re.compile(r"\[?(\d{1,4})\]?")
_LABEL = re.compile(r"(?:Rn|Rz|Rdnr|RdNr|Randnr|Tz|Ziff)\.?")
_END = re.compile(r".*[.:;!?…][\"'’”“»«)\]⁰¹²³⁴-⁹]*")


class _Number(NamedTuple):
    """A number: its page and row, the words it consists of, its value and edges."""

    page: int
    row: int
    first: int
    stop: int
    value: int
    left: float
    right: float


@dataclass(frozen=True)
class ParagraphNumbers:
    """Pages without the numbers of paragraphs, and these, by page and the row that they precede."""

    pages: tuple[tuple[TextRow, ...], ...]
    asides: tuple[Mapping[int, TextRow], ...]

    @property
    def printed(self) -> int:
        """How many there are."""
        return sum(map(len, self.asides))

    def numbers_at(self, page: int) -> dict[float, str]:
        """The numbers on a page, by their base line."""
        rows = self.asides[page].values()
        return {row.y: " ".join(word.text for word in row.words) for row in rows}


def find_paragraph_numbers(pages: Sequence[Sequence[TextRow]]) -> ParagraphNumbers | None:
    """The numbers of paragraphs in the margins of a document; None if there are none."""
    left, right = (
        _strip([n for at, rows in enumerate(pages) for n in _candidates(at, rows, leading)], pages)
        for leading in (True, False)
    )
    for numbers in sorted((left, right, _outer(left, right)), key=len, reverse=True):
        chain = _chain(numbers)
        if len(chain) >= max(_FEW, _CHAIN * len(numbers)) and _count_paragraphs(chain, pages):
            return _separated(chain, pages)
    return None


def _candidates(page: int, rows: Sequence[TextRow], leading: bool) -> Iterator[_Number]:
    """Numbers at the left end of rows (`leading`), or at the right, apart from the text."""
    for at, row in enumerate(rows):
        words = row.words
        end = 0 if leading else len(words) - 1
        first = last = end
        if leading and len(words) > 1 and _LABEL.fullmatch(words[0].text):
            last = 1
        elif not leading and len(words) > 1 and _LABEL.fullmatch(words[end - 1].text):
            first = end - 1
        found = _NUMBER.fullmatch(words[last].text) if words else None
        if found is None:
            continue
        left, right = words[first].left, words[last].right
        if leading:
            gap = words[last + 1].left - right if last + 1 < len(words) else float("inf")
        else:
            gap = left - words[first - 1].right if first else float("inf")
        if gap >= _APART * row.size:
            yield _Number(page, at, first, last + 1, int(found[1]), left, right)


_EDGES: tuple[Callable[[_Number], float], ...] = (
    lambda number: number.left,
    lambda number: number.right,
)


def _strip(numbers: Sequence[_Number], pages: Sequence[Sequence[TextRow]]) -> list[_Number]:
    """The numbers that are aligned, if almost nothing else on their pages is in their strip."""
    groups = (group for edge in _EDGES for group in clusters(numbers, edge, _ALIGNED))
    best = max(groups, key=len, default=[])
    if len(best) < _FEW:
        return []
    left, right = min(n.left for n in best), max(n.right for n in best)
    own = {(n.page, n.row, word) for n in best for word in range(n.first, n.stop)}
    rows = [
        (page, at, row) for page in {n.page for n in best} for at, row in enumerate(pages[page])
    ]
    reaching = sum(
        any(
            word.left < right and word.right > left and (page, at, index) not in own
            for index, word in enumerate(row.words)
        )
        for page, at, row in rows
    )
    return sorted(best) if reaching <= max(1, _STRIP * len(rows)) else []


def _outer(left: Sequence[_Number], right: Sequence[_Number]) -> list[_Number]:
    """The numbers on the outside of left and right pages."""
    sides = [{number.page % 2 for number in of} for of in (left, right)]
    return sorted([*left, *right]) if sides in ([{0}, {1}], [{1}, {0}]) else []


def _chain(numbers: Sequence[_Number]) -> list[_Number]:
    """The longest sequence in which each number is a little more than the one before."""
    lengths = [1] * len(numbers)
    before = [-1] * len(numbers)
    for i, number in enumerate(numbers):
        for j in range(max(0, i - 40), i):
            step = number.value - numbers[j].value
            if 1 <= step <= _SKIPPED and lengths[j] >= lengths[i]:
                lengths[i], before[i] = lengths[j] + 1, j
    chain: list[_Number] = []
    at = max(range(len(numbers)), key=lengths.__getitem__, default=-1)
    while at >= 0:
        chain.append(numbers[at])
        at = before[at]
    chain.reverse()
    return chain


def _count_paragraphs(chain: Sequence[_Number], pages: Sequence[Sequence[TextRow]]) -> bool:
    """Whether numbers that grow one by one stand beside the first rows of paragraphs."""
    following = sum(b.value - a.value == 1 for a, b in pairwise(chain))
    if following < _NEXT * (len(chain) - 1):
        return False
    first, last = chain[0], chain[-1]
    having = len({n.page for n in chain})
    if len(chain) == having or having < _PAGES * (last.page - first.page + 1):
        return False  # one on each page is that of the page
    bare = _separated(chain, pages)
    rows = 0
    numbered: list[bool] = []
    opening: list[bool] = []
    for page in range(first.page, last.page + 1):
        text = bare.pages[page]
        aside = bare.asides[page]
        start = min(aside, default=0) if page == first.page else 0
        stop = max(aside, default=0) + 1 if page == last.page else len(text)
        rows += stop - start
        steps = [b.y - a.y for a, b in pairwise(text)]
        usual = median(steps) if steps else 0.0
        for at in range(max(start, 1), stop):
            opens = _opens(text[at - 1], steps[at - 1], usual)
            (numbered if at in aside else opening).append(opens)
    return (
        rows >= _ROWS * len(chain)
        and sum(numbered) >= _OPEN * len(numbered) > 0
        and sum(opening) <= _WITHIN * len(opening)
    )


def _opens(before: TextRow, step: float, usual: float) -> bool:
    """Whether a paragraph may begin after a row: below white, or after the end of a sentence."""
    return step > _WIDER * usual or bool(_END.fullmatch(before.words[-1].text))


def _separated(chain: Sequence[_Number], pages: Sequence[Sequence[TextRow]]) -> ParagraphNumbers:
    """The rows without the numbers; a number that is a row of its own goes to the nearest other."""
    own = {(n.page, n.row): n for n in chain}
    bare: list[tuple[TextRow, ...]] = []
    asides: list[dict[int, TextRow]] = []
    for page, rows in enumerate(pages):
        text: list[TextRow] = []
        found: list[tuple[TextRow, int | None]] = []  # a number, and the row that it is part of
        for at, row in enumerate(rows):
            number = own.get((page, at))
            if number is not None:
                words = row.words[: number.first] + row.words[number.stop :]
                aside = replace(row, words=row.words[number.first : number.stop])
                found.append((aside, len(text) if words else None))
                row = replace(row, words=words)
            if row.words or number is None:
                text.append(row)
        asides.append({_nearest(a, text) if at is None else at: a for a, at in found if text})
        bare.append(tuple(text))
    return ParagraphNumbers(tuple(bare), tuple(asides))


def _nearest(aside: TextRow, rows: Sequence[TextRow]) -> int:
    return min(range(len(rows)), key=lambda at: abs(rows[at].y - aside.y))
