"""Which hyphens between two numbers stand for “to”, and become a dash.

Only what is a range beyond doubt: by its unit (9-17 Uhr), by the word before it (S. 12-14), or by
its shape (2024-2026). An extension, a file or document number keeps its hyphen (DIN 5008), as does
whatever is not understood: a wrong dash makes a number that cannot be looked up.
"""

import re
from collections.abc import Iterable

from brochure.manuscript.text.language import Language

_SPACE = "[ \u00a0\u202f]"
_NUMBER = r"\d+(?:[.,:]\d+)*"
# Two numbers and a hyphen or dash, no part of a longer one: of a date (2018-12-20), say.
_PAIR = re.compile(
    rf"(?<![\w.,:/\-–+])({_NUMBER}){_SPACE}?[-–]{_SPACE}?({_NUMBER})(?![\w\-–/]|[.,:]\w)"
)
_CLOCK = re.compile(r"\d{1,2}:\d\d")
_YEAR = re.compile(r"1\d{3}|20\d\d")
_LAST_WORD = re.compile(r"([^\s\u00a0\u202f]+)[\s\u00a0\u202f]*$")
_NEXT_WORD = re.compile(rf"{_SPACE}*([^\W\d_][\w.-]*)")
_DIGITS = re.compile(r"(?:^|(?<=[\s\u00a0\u202f]))([+(]?\d[\d\s\u00a0\u202f/()+-]*)$")
# Of one person: 201-234 Frau Meier is an extension.
_TITLES = ("Frau", "Herr", "Herrn", "Madame", "Monsieur", "Miss")
_FAR = 60  # characters that are looked at on each side


class Ranges:
    """The ranges of one language."""

    def __init__(self, language: Language) -> None:
        self._named = tuple({name.rstrip(".").casefold() for name in language.identifiers})
        self._long_names = tuple(name for name in self._named if len(name) > 4)
        after = (*language.after_number, *language.counted)
        self._units = re.compile(rf"{_SPACE}?(?:{_any(after)})(?!\w)") if after else None
        before = {word for word in language.before_number if not self._names(word)}
        self._before = re.compile(rf"(?<!\w)(?:{_any(before)}){_SPACE}?$") if before else None

    def dashed(self, text: str, seam: str) -> str:
        """A text with dashes, without spaces, in its ranges. `seam` is a sign to look across."""

        def dash(pair: re.Match[str]) -> str:
            first, last = pair[1], pair[2]
            before = text[max(0, pair.start() - _FAR) : pair.start()].replace(seam, "")
            after = text[pair.end() : pair.end() + _FAR].replace(seam, "")
            return f"{first}–{last}" if self._is_range(first, last, before, after) else pair[0]

        return _PAIR.sub(dash, text)

    def numbered(self, before: str) -> bool:
        """Whether the digits at the end of `before` begin a number that goes on: of a telephone."""
        digits = _DIGITS.search(before)
        if not digits:
            return False
        return digits[1][0] in "0+(" or self._ends_with_name(before[: digits.start()])

    def _is_range(self, first: str, last: str, before: str, after: str) -> bool:
        if self._ends_with_name(before):
            return False
        plain = first.isdigit() and last.isdigit()
        if plain and (int(first) >= int(last) or max(len(first), len(last)) > 9):
            return False
        if any(
            number[0] == "0" and len(re.split("[.,:]", number)[0]) > 2 for number in (first, last)
        ):
            return False
        if self._units and self._units.match(after):
            return True
        if not plain:
            clock = _CLOCK.fullmatch(first) and _CLOCK.fullmatch(last)
            return bool(clock) and first.zfill(5) < last.zfill(5)
        if "0" in (first[0], last[0]):
            return False
        if self._before and self._before.search(before):
            return True
        word = _LAST_WORD.search(before)
        if word and (word[1][-1] in "+/)" or re.search(r"\d[.,]?$", word[1])):
            return False  # of a longer number, in groups
        if _YEAR.fullmatch(first) and _YEAR.fullmatch(last):
            return not re.match(rf"{_SPACE}\d", after)
        return len(last) <= 3 and _leads_to_noun(word[1] if word else "", after)

    def _ends_with_name(self, before: str) -> bool:
        word = _LAST_WORD.search(before)
        return word is not None and self._names(word[1])

    def _names(self, word: str) -> bool:
        """Whether a word says that a number is a name: Tel., Az., Bundestagsdrucksache."""
        bare = word.strip(".:,;(„“\"'").casefold()
        return bare.rpartition("-")[2] in self._named or bare.endswith(self._long_names)


def _leads_to_noun(word: str, after: str) -> bool:
    """Whether a noun with a capital follows, and no word before it that may name a number."""
    noun = _NEXT_WORD.match(after)
    if (
        not noun
        or len(noun[1]) < 4
        or noun[1] in _TITLES
        or not noun[1][0].isupper()
        or not noun[1][1:].islower()
    ):
        return False
    return not word or word[-1] in "(,;!?" or (word.isalpha() and word.islower())


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
