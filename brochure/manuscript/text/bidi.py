"""Text in two directions of writing: what is set off from the text around it, to keep its order.

The Unicode bidirectional algorithm (UAX #9) reverses “18:00-20:00” and “0641 123456” after an
Arabic word (rules W2 and W4), and WeasyPrint 70 orders what is in elements (emphasis, links) one by
one. Both leave alone what is in an element with a direction of its own.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Direction = Literal["ltr", "rtl"]
SEAM = "\ue000"  # where emphasis or a link begins or ends
_LEFT_TO_RIGHT = "\u200e"  # an invisible letter

# Patterns of shapes, see `_shape`: a run of words of the other direction, with its numbers; a
# number in groups. Those of digits of other scripts are read from right to left, telephone numbers
# excepted.
_FROM_LEFT = re.compile(
    r"(?!d[d.,:/\-–]*[:;,)] )"  # a number that ends what stands before: “البند 2: IBAN …”
    r"(?:[#@](?=L)|(?<![LRdzn:/.,)|-])-(?=d))?[+(]{0,3}[Ld](?:[^RP\n]*[Ld])?\)?"
)
_FROM_RIGHT = re.compile(r"R(?:[^L\n]*[Rdzn])?")
_GROUPS = re.compile(
    r"[+(]{0,3}d(?:(?:[d/()+\-–| ]|[.,:](?=[d|]))*d)?\)?"
    r"|(?:\+|(?<![zn])z[zn]{2,}(?=[ /\-–]))(?:[zn/()\-–| ]|[.,:](?=[zn|]))*[zn]"
)
_PLAIN_GROUP = re.compile(r"d+(?:[.,:/]d+)*")  # which keeps its order anyway
_SIGNS = "+()-–./:,#@"
_ARABIC_SIGNS = "،؛؟٪٫٬۔"


@dataclass(frozen=True)
class Isolate:
    """A part of a text with a direction of its own; `number`: it is one number, in groups."""

    start: int
    end: int
    direction: Direction
    number: bool = False


def other(direction: Direction) -> Direction:
    """The opposite direction."""
    return "rtl" if direction == "ltr" else "ltr"


def text_direction(text: str, base: Direction) -> Direction:
    """The direction of a text: not `base` if its first letter and most of all are of the other one.

    The first one alone, as for ``dir=auto`` in HTML, would be wrong where an Arabic sentence begins
    with “SPD”; the most alone, where it has a long address in it.
    """
    letters = re.sub("[^LR]", "", _shape(text))
    sign = "R" if base == "ltr" else "L"
    is_other = letters.startswith(sign) and 2 * letters.count(sign) > len(letters)
    return other(base) if is_other else base


def is_left(text: str) -> bool:
    """Whether nothing in a text is written from right to left, nor a digit of a script that is."""
    return not re.search("[RPnz]", _shape(text))


def isolates(text: str, base: Direction) -> tuple[Isolate, ...]:
    """What is to be set off in a text whose direction is `base`; outer ones before inner ones."""
    shape = _shape(text)
    if base == "rtl":
        return tuple(_in_right_to_left(shape, 0))
    found: list[Isolate] = []
    for run in _FROM_RIGHT.finditer(shape) if "R" in shape else ():
        start, end = _trimmed(shape, *run.span())
        found.append(Isolate(start, end, "rtl"))
        found += _in_right_to_left(shape[start:end], start)
    return tuple(found)


def with_marks(text: str, base: Direction) -> str:
    """A text with an invisible mark before each number that would be reversed.

    For where there is no markup: the plain text of a letter, a running foot.
    """
    shape = _shape(text)
    starts = {
        part.start
        for part in isolates(text, base)
        if part.direction == "ltr" and shape[part.start] != "L"
    }
    return "".join(_LEFT_TO_RIGHT * (at in starts) + sign for at, sign in enumerate(text))


def _in_right_to_left(shape: str, offset: int) -> Iterator[Isolate]:
    for run in _FROM_LEFT.finditer(shape):
        if "L" in run[0]:
            start, end = _trimmed(shape, *run.span())
            if re.search(r"[^Ld]", shape[start:end]):  # more than one word
                yield Isolate(offset + start, offset + end, "ltr")
    between = _FROM_LEFT.sub(lambda run: "L" * len(run[0]) if "L" in run[0] else run[0], shape)
    for group in _GROUPS.finditer(between):
        start, end = _trimmed(shape, *group.span())
        if not _PLAIN_GROUP.fullmatch(shape, start, end):
            yield Isolate(offset + start, offset + end, "ltr", number=True)


def _trimmed(shape: str, start: int, end: int) -> tuple[int, int]:
    """A span without parentheses whose counterparts are outside of it."""
    while shape[start:end].count("(") > shape[start:end].count(")") and shape[start] in "+(":
        start += 1
    if shape[start:end].count(")") > shape[start:end].count("(") and shape[end - 1] == ")":
        end -= 1
    return start, end


@lru_cache(maxsize=2000)
def _shape(text: str) -> str:
    """A text, each character by its kind: L and R letters, d digits of ASCII, z and n noughts and
    digits of other scripts, P Arabic punctuation, a space, a seam, some signs, o for all else.
    """
    return "".join(map(_kind, text))


@lru_cache(maxsize=2000)
def _kind(character: str) -> str:
    if character in _SIGNS or character == "\n":
        return character
    if character == SEAM:
        return "|"
    if character.isspace():
        return " "
    if character == "§":  # as words that are written before numbers: § 12 Abs. 3
        return "L"
    if "0" <= character <= "9":
        return "d"
    if character.isdecimal():
        return "n" if unicodedata.decimal(character) else "z"
    if unicodedata.category(character) == "Co":  # ours, in place of words
        return "o"
    if character in _ARABIC_SIGNS:
        return "P"
    return {"L": "L", "R": "R", "AL": "R"}.get(unicodedata.bidirectional(character), "o")
