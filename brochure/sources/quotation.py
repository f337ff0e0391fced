"""A quote as it is printed → the ways in which it may be read: its words, part by part.

`[…]`, `(…)` and `…` mark an omission, words in square brackets are the quoter's own (`[die
Regierung]`), and a letter in square brackets before others may be a capital or not (`[w]ir`). All
of them may stand in the source itself, too; so the quote is first read as it stands.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from brochure.sources.words import Token, clean, tokens

_DOTS = r"(?:…|\.\s?\.\s?\.)\.?"
_OMISSION = re.compile(rf"\[\s*{_DOTS}\s*\]|\(\s*{_DOTS}\s*\)|{_DOTS}")
_LETTER = re.compile(r"\[([^\W\d_])\](?=\w)")
_INSERTION = re.compile(r"\[[^\[\]]*\]")
_LEADING = ".,;:"


class Reading(NamedTuple):
    """The parts of a quote between omissions, each a row of tokens.

    `literal`: brackets and dots are taken for the source's own.
    """

    parts: tuple[tuple[Token, ...], ...]
    literal: bool


def readings(text: str) -> tuple[Reading, ...]:
    """All ways to read a quote, the most literal first. Lines of the text are kept apart."""
    lines = "\n".join(clean(line) for line in text.splitlines())
    found = dict.fromkeys(reading for reading in _readings(lines) if reading.parts)
    return tuple(found)


def _readings(text: str) -> Iterator[Reading]:
    for marked in (text, _unmarked(text)):
        yield Reading(tuple(filter(None, [tuple(tokens(re.sub(r"\s+", " ", marked)))])), True)
    if not (_OMISSION.search(text) or _INSERTION.search(text)):
        return
    for marked in (text, _unmarked(text)):
        for swapped in (False, True):
            one = _LETTER.sub(_swapped if swapped else r"\1", marked)
            whole = _OMISSION.sub("\0", one)
            plain = _INSERTION.sub("", whole)
            yield _read(plain, "")
            yield _read(plain, _LEADING)


def _read(text: str, leading: str) -> Reading:
    parts = []
    for index, part in enumerate(text.split("\0")):
        words = tuple(tokens(part.strip()))
        while index and words and words[0].strict in leading:
            words = words[1:]
        if words:
            parts.append(words)
    return Reading(tuple(parts), False)


def _swapped(letter: re.Match[str]) -> str:
    return letter[1].swapcase()


def _unmarked(text: str) -> str:
    """A quote without the quotation marks that stand around it."""
    words = list(tokens(re.sub(r"\s+", " ", text)))
    if len(words) > 2 and words[0].strict == words[-1].strict == "'":
        stripped = text.strip()
        return stripped[len(words[0].shown) : len(stripped) - len(words[-1].shown)].strip()
    return text
