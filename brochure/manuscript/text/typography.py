"""Typography of a language, for the initiative's own words. Quotes never come here."""

import re
from collections.abc import Sequence
from functools import lru_cache

from brochure.manuscript.text.address import find_addresses
from brochure.manuscript.text.language import Language
from brochure.manuscript.text.ranges import Ranges

NARROW = "\u202f"  # narrow no-break space
FIXED = "\u00a0"  # no-break space
SEAM = "\ue000"  # joins the pieces of a paragraph, so that rules work across them
SEALED = "\ue001"  # takes the place of a piece that no rule may change: an address
_HELD = "\ue002"  # takes the place of an address among the words
_SPACE = f"[ {FIXED}{NARROW}]"
_CACHED = 1000  # paragraphs
_FAR = 60  # characters that are looked at beside a dash
_OPENS_AFTER = "([{–—-/ \n" + FIXED + NARROW


class Typography:
    """The rules of one language, compiled once."""

    def __init__(self, language: Language) -> None:
        self._quotes = language.quotes
        self._dash = language.dash
        self._abbreviations = [
            (
                re.compile(
                    r"(?<!\w)"
                    + rf"{_SPACE}?".join(re.escape(part) for part in abbreviation.split())
                    + r"(?!\w)"
                ),
                NARROW.join(abbreviation.split()),
            )
            for abbreviation in sorted(language.abbreviations, key=len, reverse=True)
        ]
        self._before = re.compile(rf"(?<!\w)({_any(language.before_number)}){_SPACE}(?=\d)")
        self._after = re.compile(rf"(?<=\d){_SPACE}({_any(language.after_number)})(?!\w)")
        self._spaces = bool(language.spaced)
        self._spaced = re.compile(
            rf"(?<=[\w»)\]”’…%€{SEALED}{_HELD}])({SEAM}*){_SPACE}?({SEAM}*)({_any(language.spaced)})(?![\w/])"
        )
        # French marks are typed with a space at which the line could end: « oui »
        self._marks = [
            (re.compile(re.escape(mark).replace(re.escape(NARROW), _SPACE)), mark)
            for mark in language.quotes
            if NARROW in mark
        ]
        self._ranges = Ranges(language)
        self._known = lru_cache(maxsize=_CACHED)(self._paragraph)
        self._ordinal = re.compile(rf"(?<![\w.,])({_ordinal(language)})")

    def paragraph(self, pieces: Sequence[str]) -> list[str]:
        """The pieces of a paragraph with typography, wherever emphasis and links cut it. Results
        are cached: of thousands of letters, most paragraphs are the same.
        """
        return list(self._known(tuple(pieces)))

    def _paragraph(self, pieces: Sequence[str]) -> list[str]:
        text = SEAM.join(pieces)
        if text.count(SEAM) != len(pieces) - 1 or _HELD in text:
            # The author uses one of these private-use characters: leave everything as it is.
            return list(pieces)
        extents = list(find_addresses(text))
        addresses = [text[start:stop] for start, stop in extents]
        for start, stop in reversed(extents):
            text = text[:start] + _HELD + text[stop:]
        for pattern, abbreviation in self._abbreviations:
            text = pattern.sub(abbreviation, text)
        text = self._before.sub(lambda word: word[1] + _space_beside(word[1]), text)
        text = self._after.sub(lambda word: _space_beside(word[1]) + word[1], text)
        text = self._ordinal.sub(lambda number: number[1][:-1] + FIXED, text)
        text = self._ranges.dashed(text, SEAM)
        text = _SPACED_DASH.sub(self._spaced_dash, text)
        text = _DASH_AT_BREAK.sub(self._dash, text)
        text = re.sub(r"(?<!-)--(?!-)", self._dash, text)
        text = re.sub(r"(?<!\.)\.\.\.(?!\.)", "…", text)
        text = self._quotation_marks(text)
        for pattern, mark in self._marks:
            text = pattern.sub(mark, text)
        if self._spaces:
            text = self._spaced.sub(rf"\1\2{NARROW}\3", text)
        kept = iter(addresses)
        text = re.sub(_HELD, lambda _: next(kept), text)
        return text.split(SEAM)

    def __call__(self, text: str) -> str:
        """A text without markup, with typography."""
        return self.paragraph([text])[0]

    def _spaced_dash(self, sign: re.Match[str]) -> str:
        """A dash between words; but a hyphen with spaces inside a number stays as it is."""
        before = sign.string[max(0, sign.start() - _FAR) : sign.start()].replace(SEAM, "")
        after = sign.string[sign.end() : sign.end() + _FAR].lstrip(SEAM)
        if after[:1].isdigit() and self._ranges.numbered(before):
            return sign[0]
        return f"{FIXED}{self._dash}{' ' if sign['space'] else ''}"

    def _quotation_marks(self, text: str) -> str:
        opening, closing, inner_opening, inner_closing = self._quotes
        result: list[str] = []
        before = " "
        inner = 0  # inner quotations that are open
        words = text.replace(SEAM, "")
        last = max((mark.start() for mark in _CLOSING.finditer(words)), default=-1)
        at = -1  # in `words`
        for character in text:
            if character == SEAM:
                result.append(character)
                continue
            at += 1
            after = words[at + 1 : at + 2] or " "
            begins = before in _OPENS_AFTER or before in (opening, inner_opening)
            begins = begins and not after.isspace()
            if character == '"':
                character = opening if begins else closing
            elif character == "'":
                if begins and last > at + 1:
                    character, inner = inner_opening, inner + 1
                elif inner and not (before.isalnum() and after.isalnum()):
                    character, inner = inner_closing, inner - 1
                else:
                    character = "’"
            result.append(character)
            before = character
        return "".join(result)


# A single quotation mark that closes, and is not an apostrophe inside a word.
_CLOSING = re.compile(rf"(?<=[\w.,!?…{SEALED}{_HELD}])'(?!\w)")
_SPACED_DASH = re.compile(
    rf"(?<=\S){_SPACE}(?:--?|–)(?:(?P<space>{_SPACE})(?=\S)|(?=[,;.!?](?!\w))|(?={SEAM}*(?:\n|\Z)))"
)
_DASH_AT_BREAK = re.compile(rf"(?<=\n{SEAM})--?(?={_SPACE}\S)")


def _space_beside(word: str) -> str:
    """Narrow beside a sign or an abbreviation (§ 3, S. 12, 5 km), full beside a word (Zeile 3)."""
    return FIXED if len(word) > 3 and word.isalpha() else NARROW


def _ordinal(language: Language) -> str:
    """A pattern for a number that stays with the word after it, and the space between them."""
    match language.ordinal:
        case "dot":
            return rf"\d{{1,3}}\.{_SPACE}(?=[^\W\d_])"
        case "month":
            return rf"\d{{1,2}} (?=(?:{_any(language.months)})(?!\w))"
    return "(?!)"


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
