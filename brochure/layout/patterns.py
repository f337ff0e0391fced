"""Patterns in the form of TeX, and how they divide a word (F. M. Liang, *Word Hy-phen-a-tion by
Com-put-er*, 1983).

Pyphen has the same algorithm, but takes three times as long to read forty thousand patterns, since
it takes each of them apart; here that is done with the few that occur in a word.
"""

import re
from functools import cached_property

_DIGITS = {ord(digit): None for digit in "0123456789"}


class Patterns:
    """The patterns of a file of hyph-utf8, read when the first word is asked for."""

    def __init__(self, tex: str) -> None:
        self._tex = tex

    def breaks(self, word: str) -> list[int]:
        """The offsets at which a word may be divided, ascending; capitals do not matter.

        Two letters stay together at both ends: the patterns were made for no less.
        """
        dotted = f".{word.lower()}."
        if len(dotted) != len(word) + 2:  # a capital with more than one small letter
            return []
        levels = [0] * (len(dotted) + 1)
        for start in range(len(dotted)):
            for end in range(start + 1, min(start + self._longest, len(dotted)) + 1):
                at = start
                for sign in self._patterns.get(dotted[start:end], ""):
                    if sign.isdigit():
                        levels[at] = max(levels[at], int(sign))
                    else:
                        at += 1
        return [offset for offset in range(2, len(word) - 1) if levels[offset + 1] % 2]

    @cached_property
    def _patterns(self) -> dict[str, str]:
        """The patterns by their letters."""
        found = re.search(r"\\patterns\{%?\n(.*?)\n\}", self._tex, re.DOTALL)
        assert found, "the form of hyph-utf8"
        return {pattern.translate(_DIGITS): pattern for pattern in found[1].split()}

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._patterns))
