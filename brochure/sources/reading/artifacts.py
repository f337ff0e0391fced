"""Page artifacts: running heads and feet, page numbers, footnotes."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from brochure.sources.reading.rows import TextRow

_EDGE = 3  # rows at the top, and at the bottom, that may be running heads or feet
_NEAR = 6.0  # points by which their position may differ from page to page
_OFTEN = 0.3  # of all pages must have one; left and right pages may have different ones
_SMALL = 0.88  # of the size of the text; what is smaller may be a footnote


@dataclass(frozen=True)
class Artifacts:
    """The indices of the artifacts among the rows of each page, and the number of the first page.

    `first_page` is None if no page numbers are printed.
    """

    rows: tuple[frozenset[int], ...]
    first_page: int | None


def find_artifacts(
    pages: Sequence[Sequence[TextRow]], numbered: Sequence[frozenset[int]]
) -> Artifacts:
    """The rows of each page that are not running text.

    `numbered` are the rows of each page that have a line number; those are text. The line numbers
    themselves must not be among the words of the rows; rows may be empty.
    """
    offset = _page_offset(pages)
    repeated = _repeated(pages)
    artifacts: list[frozenset[int]] = []
    for index, rows in enumerate(pages):
        indices: set[int] = set()
        for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
            for row in list(order)[:_EDGE]:
                text = _text(rows[row])
                page_number = (
                    offset is not None
                    and row in (*range(2), *range(len(rows) - 2, len(rows)))
                    and _lone_number(text) == index + offset
                )
                if row not in numbered[index] and ((index, row) in repeated or page_number):
                    indices.add(row)
                else:
                    break  # what comes after text is text
        indices |= _outside(rows, numbered[index])
        indices |= _footnotes(rows, indices, numbered[index])
        artifacts.append(frozenset(indices))
    return Artifacts(tuple(artifacts), offset)


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


def _lone_number(text: str) -> int | None:
    """The page number in a row that has nothing else: ``2``, ``- 2 -``, ``Seite 2 von 9``."""
    shape = re.fullmatch(
        r"\W*(?:[^\W\d]{1,8}\.?\s+)?(\d{1,4})(?:\s*(?:/|von|of|de)\s*\d+)?\W*", text
    )
    return int(shape[1]) if shape else None


def _page_offset(pages: Sequence[Sequence[TextRow]]) -> int | None:
    """What to add to the index of a page to get its number; None if no numbers are printed."""
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
    if with_text == 1:  # the number of the only page with text must be alone in a row
        (index,) = (index for index, rows in enumerate(pages) if rows)
        edge = {*pages[index][:2], *pages[index][-2:]}
        return 1 if index + 1 in {_lone_number(_text(row)) for row in edge} else None
    return offset if count >= max(2, 0.5 * with_text) else None


def _ends(row: TextRow) -> set[int]:
    """The numbers at both ends of a running head: ``12  Koalitionsvertrag``."""
    if not row.words:
        return set()
    ends = {row.words[0].text, row.words[-1].text}
    return {int(word) for word in ends if word.isascii() and word.isdigit() and len(word) <= 4}


def _outside(rows: Sequence[TextRow], numbered: frozenset[int]) -> set[int]:
    """The rows above the first numbered one and below the last; none if none is numbered."""
    if not numbered:
        return set()
    return {i for i in range(len(rows)) if i < min(numbered) or i > max(numbered)}


def _footnotes(rows: Sequence[TextRow], artifacts: set[int], numbered: frozenset[int]) -> set[int]:
    """The rows in smaller type at the foot of a page."""
    body = [row.size for i, row in enumerate(rows) if i not in artifacts]
    if len(body) < _EDGE:
        return set()
    limit = _SMALL * median(body)
    footnotes: set[int] = set()
    for index in range(len(rows) - 1, -1, -1):
        if index in artifacts:
            continue
        if index in numbered or rows[index].size > limit:
            break
        footnotes.add(index)
    return footnotes
