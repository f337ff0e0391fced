"""References: where a quote begins and ends, as page and lines."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from brochure.sources.document import Document


@dataclass(frozen=True)
class Reference:
    """Page and lines as the leaflet writes them: ``12–13``, ``1087–1090, 1095``; None: not given,
    or not known.
    """

    page: str | None = None
    lines: str | None = None

    def __str__(self) -> str:
        parts = [
            f"{name}{'s' if any(sign in numbers for sign in '–,') else ''} {numbers}"
            for name, numbers in (("page", self.page), ("line", self.lines))
            if numbers
        ]
        return ", ".join(parts)

    @property
    def typed(self) -> str:
        """As it is typed into a leaflet."""
        parts = [
            f"{key}: {numbers.replace('–', '-')}"
            for key, numbers in (("page", self.page), ("lines", self.lines))
            if numbers
        ]
        return "`" + "`, `".join(parts) + "`" if parts else ""


Extent = tuple[int, int]  # indices of the first and the last line


def reference(document: Document, extents: Sequence[Extent]) -> Reference:
    """Where the lines of one place begin and end; parts between omissions are taken together."""
    return _written(document, [(extents[0][0], extents[-1][1])])


def needed(document: Document, found: Reference, given: Reference | None = None) -> Reference:
    """A reference without the page, where the line numbers alone say it all and nobody asks."""
    if document.numbering.restarts or found.lines is None or (given is not None and given.page):
        return found
    return Reference(None, found.lines)


def accepted(document: Document, extents: Sequence[Extent]) -> list[Reference]:
    """Every reference that is right for a place: as a whole, or part by part."""
    whole = reference(document, extents)
    parts = _written(document, extents)
    return [whole] if parts == whole else [whole, parts]


def _written(document: Document, extents: Iterable[Extent]) -> Reference:
    pages: list[tuple[str, str]] = []
    lines: list[tuple[int, int]] = []
    known = True
    for first, last in extents:
        one, other = document.lines[first], document.lines[last]
        pages.append((document.page_name(one.page), document.page_name(other.page)))
        if one.number is None or other.number is None:
            known = False
        else:
            lines.append((one.number, other.number))
    names = list(dict.fromkeys(_range(a, b) for a, b in pages))
    if len(names) > 1:  # of parts on several pages, the first and the last
        names = [_range(pages[0][0], pages[-1][1])]
    shown = ", ".join(_range(str(a), str(b)) for a, b in merged(lines)) if known else None
    return Reference(names[0] or None, shown)


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}–{last}"


def merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, with those that touch made one. Over a page break, where numbers begin
    anew, nothing is put in order.
    """
    if any(a > b for a, b in ranges) or any(x[0] > y[0] for x, y in itertools.pairwise(ranges)):
        return list(ranges)
    result: list[tuple[int, int]] = []
    for first, last in ranges:
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def parsed(numbers: str) -> list[tuple[int, int]]:
    """``12–14, 17`` → [(12, 14), (17, 17)]."""
    return [
        (int(found[1]), int(found[2] or found[1]))
        for found in re.finditer(r"(\d{1,9})(?:–(\d{1,9}))?", numbers)
    ]


def same_numbers(one: str, other: str) -> bool:
    """Whether two ways to write numbers mean the same: ``12, 13`` and ``12–13``."""
    return merged(parsed(one)) == merged(parsed(other))
