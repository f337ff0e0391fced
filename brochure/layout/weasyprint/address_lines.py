"""Lines that would end inside an address: they end before it, or where it shows.

WeasyPrint divides the words in an address like others, with hyphens that nobody can tell from its
own, and ends lines behind these.
"""

from bisect import bisect
from collections.abc import Callable
from typing import Any

from brochure.manuscript.text.address import address_around, address_breaks

Line = tuple[Any, ...]  # (layout, length, bytes to skip for the next line or None, width, …)
_SKIP, _WIDTH = 2, 3
Measure = Callable[[str], Line]  # a text → all of it on one line


def broken_address(text: str, end: int, begun: int) -> tuple[int, int] | None:
    """Where the address begins and ends that a line breaks by ending there, if any.

    The first `begun` characters of the text belong to an address that began on the line above.
    """
    if end < begun:
        return 0, begun
    return address_around(text, end)


def break_line(
    line: Line, text: str, begun: int, width: float, alone: bool, measure: Measure
) -> Line:
    """The first line of a text, as WeasyPrint broke it unless it ends inside an address.

    `begun` is as above, `width` is the room on the line, and `alone` says that nothing stands on it
    that it could be broken behind, instead.
    """
    skip = line[_SKIP]
    end = len(text) if skip is None else len(text.encode()[:skip].decode())
    address = broken_address(text, end, begun)
    if address is None and alone and line[_WIDTH] > width:  # WeasyPrint found no other place
        address = broken_address(text, 1, begun)
        if address and measure(text[: address[1]])[_WIDTH] <= width:
            address = None  # only the blank behind it is too much
    if address is None:
        return line
    start, stop = address
    begin = text.rfind(" ", 0, start) + 1  # where what sticks to the address begins
    if begin:
        return _until(text, begin, measure)
    if alone:
        return _until(text, _last_fitting(text, start, stop, width, measure), measure)
    blank = text.find(" ", stop)
    return _until(text, len(text) if blank < 0 else blank + 1, measure)  # too long: it moves down


def _last_fitting(text: str, start: int, stop: int, width: float, measure: Measure) -> int:
    """Where to break an address that is longer than a line: behind as much of it as fits."""

    def fits(offset: int) -> bool:
        return bool(measure(text[:offset])[_WIDTH] <= width)

    places = [start + offset for offset in address_breaks(text[start:stop])]
    fitting = bisect(places, False, key=lambda place: not fits(place))
    if fitting:
        return places[fitting - 1]
    # Not even to the first sign: anywhere, but never behind a hyphen.
    every = [place for place in range(1, stop) if text[place - 1] != "-"]
    return every[max(bisect(every, False, key=lambda place: not fits(place)) - 1, 0)]


def _until(text: str, end: int, measure: Measure) -> Line:
    """The line that ends there, with the blanks before the next one left out."""
    line = measure(text[:end].rstrip(" "))
    skip = None if end == len(text) else len(text[:end].encode())
    return (*line[:_SKIP], skip, *line[_SKIP + 1 :])
