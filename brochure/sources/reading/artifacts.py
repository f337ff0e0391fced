"""Page artifacts: running heads and feet, page numbers, footnotes."""

import re
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from brochure.sources.reading.rows import TextRow

_EDGE = 3  # rows at the top, and at the bottom, that may be running heads or feet
_NEAR = 6.0  # points by which their position may differ from page to page
_OFTEN = 0.3  # of all pages must have one; left and right pages may have different ones
_BESIDE = 0.6  # of the type size; what is no further from a numbered line is in the same height
SMALL = 0.88  # of the size of the text; what is smaller may be a footnote


def find_artifacts(
    pages: Sequence[Sequence[TextRow]],
    numbered: Sequence[frozenset[int]],
    page_numbers: Sequence[frozenset[int]],
) -> list[frozenset[int]]:
    """The indices of those rows of each page that are not running text.

    `numbered` are the rows of each page that have a line number; those are text. The line numbers
    themselves must not be among the words of the rows; rows may be empty. `page_numbers` are the
    rows that have only the number of the page.
    """
    repeated = _repeated(pages)
    artifacts: list[frozenset[int]] = []
    for index, rows in enumerate(pages):
        indices: set[int] = set()
        for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
            for row in list(order)[:_EDGE]:
                known = (index, row) in repeated or row in page_numbers[index]
                if known and row not in numbered[index]:
                    indices.add(row)
                else:
                    break  # what comes after text is text
        indices |= _outside(rows, numbered[index])
        indices |= _footnotes(rows, indices, numbered[index])
        artifacts.append(frozenset(indices))
    return artifacts


def _text(row: TextRow) -> str:
    return " ".join(word.text for word in row.words)


def _repeated(pages: Sequence[Sequence[TextRow]]) -> set[tuple[int, int]]:
    """Rows (page, row) near an edge that other pages have in the same position.

    Digits may differ.
    """
    positions: dict[tuple[bool, str], list[tuple[float, int, int]]] = defaultdict(list)
    for index, rows in enumerate(pages):
        for row in range(len(rows)):
            for top, near in ((True, row < _EDGE), (False, row >= len(rows) - _EDGE)):
                if near and rows[row].words:
                    shape = re.sub(r"\d+", "#", _text(rows[row]))
                    positions[top, shape].append((rows[row].y, index, row))
    often = max(2, _OFTEN * sum(bool(rows) for rows in pages))
    return {
        (index, row)
        for alike in positions.values()
        for y, index, row in alike
        if len({other for height, other, _ in alike if abs(height - y) <= _NEAR}) >= often
    }


def _outside(rows: Sequence[TextRow], numbered: frozenset[int]) -> set[int]:
    """The rows above the first numbered one and below the last; none if none is numbered.

    Beside these, a column that does not stand level with the numbers may be a little higher or
    lower.
    """
    if not numbered:
        return set()
    first, last = rows[min(numbered)], rows[max(numbered)]
    return {
        at
        for at, row in enumerate(rows)
        if row.y < first.y - _BESIDE * first.size or row.y > last.y + _BESIDE * last.size
    }


def _footnotes(rows: Sequence[TextRow], artifacts: set[int], numbered: frozenset[int]) -> set[int]:
    """The rows in smaller type at the foot of a page."""
    body = [row.size for i, row in enumerate(rows) if i not in artifacts]
    if len(body) < _EDGE:
        return set()
    limit = SMALL * median(body)
    footnotes: set[int] = set()
    for index in range(len(rows) - 1, -1, -1):
        if index in artifacts:
            continue
        if index in numbered or rows[index].size > limit:
            break
        footnotes.add(index)
    return footnotes
