"""What stands on a page beside its text: running heads and feet, page numbers, footnotes."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from brochure.sources.reading.rows import Row

_EDGE = 3  # rows at the top, and at the bottom, among which heads and feet are looked for
_NEAR = 6.0  # points by which their height on the page differs at most
_OFTEN = 0.3  # of the pages: left and right pages may have different ones
_SMALL = 0.88  # of the size of the text: footnotes


@dataclass(frozen=True)
class Artifacts:
    """The indices of the rows of each page that are no running text, and the numbers of the
    pages where they are printed (None: they are not).
    """

    asides: tuple[frozenset[int], ...]
    first_page: int | None


def find(pages: Sequence[Sequence[Row]], numbered: Sequence[frozenset[int]]) -> Artifacts:
    """Sort out what is no running text. `numbered` are rows with a line number: those are. The
    numbers themselves are no words of the rows; there may be rows without words.
    """
    offset = _page_offset(pages)
    repeated = _repeated(pages)
    asides = []
    for index, rows in enumerate(pages):
        found: set[int] = set()
        for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
            for row in list(order)[:_EDGE]:
                text = _text(rows[row])
                page_number = (
                    offset is not None
                    and row in (*range(2), *range(len(rows) - 2, len(rows)))
                    and _lone_number(text) == index + offset
                )
                if row not in numbered[index] and ((index, row) in repeated or page_number):
                    found.add(row)
                else:
                    break  # what stands behind text is text
        found |= _outside(rows, numbered[index])
        found |= _footnotes(rows, found, numbered[index])
        asides.append(frozenset(found))
    return Artifacts(tuple(asides), offset)


def _text(row: Row) -> str:
    return " ".join(word.text for word in row.words)


def _repeated(pages: Sequence[Sequence[Row]]) -> set[tuple[int, int]]:
    """Rows at the edge of pages that stand on others at the same height; digits may differ."""
    locations: dict[tuple[bool, str], list[tuple[float, int, int]]] = defaultdict(list)
    for index, rows in enumerate(pages):
        for row in range(len(rows)):
            for top, near in ((True, row < _EDGE), (False, row >= len(rows) - _EDGE)):
                if near and rows[row].words:
                    shape = re.sub(r"\d+", "#", _text(rows[row]))
                    locations[top, shape].append((rows[row].y, index, row))
    often = max(2, _OFTEN * sum(bool(rows) for rows in pages))
    return {
        (index, row)
        for found in locations.values()
        for y, index, row in found
        if len({other for height, other, _ in found if abs(height - y) <= _NEAR}) >= often
    }


def _lone_number(text: str) -> int | None:
    """The page number that is all that a row says: ``2``, ``- 2 -``, ``Seite 2 von 9``."""
    shape = re.fullmatch(
        r"\W*(?:[^\W\d]{1,8}\.?\s+)?(\d{1,4})(?:\s*(?:/|von|of|de)\s*\d+)?\W*", text
    )
    return int(shape[1]) if shape else None


def _page_offset(pages: Sequence[Sequence[Row]]) -> int | None:
    """What to add to the index of a page for the number printed on it."""
    votes: Counter[int] = Counter()
    for index, rows in enumerate(pages):
        edge = {*rows[:2], *rows[-2:]}
        numbers = {_lone_number(_text(row)) for row in edge}
        numbers |= {n for row in edge for n in _ends(row)}
        votes.update({number - index for number in numbers if number is not None})
    if not votes:
        return None
    offset, count = votes.most_common(1)[0]
    with_text = sum(bool(rows) for rows in pages)
    if with_text == 1:  # a number by itself at the edge of the only page that has text
        (index,) = (index for index, rows in enumerate(pages) if rows)
        edge = {*pages[index][:2], *pages[index][-2:]}
        return 1 if index + 1 in {_lone_number(_text(row)) for row in edge} else None
    return offset if count >= max(2, 0.5 * with_text) else None


def _ends(row: Row) -> set[int]:
    """Numbers at the beginning and end of a running head: ``12  Koalitionsvertrag``."""
    if not row.words:
        return set()
    ends = {row.words[0].text, row.words[-1].text}
    return {int(word) for word in ends if word.isascii() and word.isdigit() and len(word) <= 4}


def _outside(rows: Sequence[Row], numbered: frozenset[int]) -> set[int]:
    """Rows above the first and below the last that has a number, where each row has one."""
    if not numbered:
        return set()
    return {i for i in range(len(rows)) if i < min(numbered) or i > max(numbered)}


def _footnotes(rows: Sequence[Row], asides: set[int], numbered: frozenset[int]) -> set[int]:
    """Rows of smaller type at the foot of a page."""
    body = [row.size for i, row in enumerate(rows) if i not in asides]
    if len(body) < _EDGE:
        return set()
    limit = _SMALL * median(body)
    found: set[int] = set()
    for index in range(len(rows) - 1, -1, -1):
        if index in asides:
            continue
        if index in numbered or rows[index].size > limit:
            break
        found.add(index)
    return found
