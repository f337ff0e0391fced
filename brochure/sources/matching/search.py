"""Looking for words in a source, as people do: parts of words count, case and hyphens do not."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from brochure.sources.matching.text import SourceText
from brochure.sources.matching.tokens import clean, loose_form, tokenize

_HYPHEN = re.compile(r"(?<=\w)[-\u00ad\u2010\u2011](?=\w)")


class Found(NamedTuple):
    """The tokens from `start` to before `stop`."""

    start: int
    stop: int


class WordSearch:
    """The words of a source in a row, in which others are looked for.

    Signs between words do not matter, nor how words are divided into lines. Where it is uncertain
    whether two halves are one word, both are found.
    """

    def __init__(self, text: SourceText) -> None:
        self._text = text

    def find(self, words: str) -> list[Found]:
        """All places of some words, in order; the first and the last may be parts of words."""
        ways = {" ".join(_folded(one)) for one in (words, _HYPHEN.sub("", words))} - {""}
        rows = (self._divided, self._whole)
        return sorted({found for row in rows for way in ways for found in _find(row, way)})

    @cached_property
    def _divided(self) -> "_Row":
        return self._row(whole=False)

    @cached_property
    def _whole(self) -> "_Row":
        return self._row(whole=True)

    def _row(self, *, whole: bool) -> "_Row":
        """The words with or without the hyphens and spaces that may be none."""
        words: list[str] = []
        starts: list[int] = []
        tokens: list[Found] = []
        at = length = 0
        while at < len(self._text.tokens):
            token, width = self._text.tokens[at], 1
            word = token.loose.casefold() if token.word else ""
            for other in self._text.alternatives.get(at, ()) if whole else ():
                if other.width > width and other.loose:
                    word, width = other.loose.casefold(), other.width
            if word:
                words.append(word)
                starts.append(length)
                tokens.append(Found(at, at + width))
                length += len(word) + 1
            at += width
        return _Row(" ".join(words), starts, tokens)


class _Row(NamedTuple):
    """Words with a space between them; where in the row each begins; and their tokens."""

    words: str
    starts: list[int]
    tokens: list[Found]


def _folded(words: str) -> Iterator[str]:
    """The words as they are compared."""
    for token in tokenize(clean(words)):
        if token.word:
            yield loose_form(token.strict).casefold()


def _find(row: _Row, wanted: str) -> Iterator[Found]:
    at = row.words.find(wanted)
    while at >= 0:
        first = bisect_right(row.starts, at) - 1
        last = bisect_right(row.starts, at + len(wanted) - 1) - 1
        yield Found(row.tokens[first].start, row.tokens[last].stop)
        at = row.words.find(wanted, at + len(wanted))
