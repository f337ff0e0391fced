"""Words that are divided at the ends of lines: with a hyphen, or before an inclusive ending.

The hyphen divides a word (`prü-/fen`), or belongs to it (`Bund-/Länder-`, `schwarz-/grün`). The
rest of the document decides; if it cannot, both count.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from brochure.sources.matching.tokens import Token

# After a hyphen at the end of a line, these are not the second half of a word: “Bundes- und”.
SUSPENDED = frozenset(
    ("und", "oder", "bzw", "beziehungsweise", "sowie", "wie", "noch", "als", "bis", "and", "or",
     "to", "nor", "et", "ou", "e", "y", "o")
)  # fmt: skip
_SELDOM = 0.03  # of all lines end with a hyphen in documents that divide no words
_STEM = 6  # letters of the second half by which a compound is recognised
_LONG = 60  # lines; shorter documents are taken to divide words


_STARS = frozenset("*_·:")  # before an inclusive ending: „Bürger*innen“
_SLASHES = frozenset("/(")  # likewise, with a hyphen of their own or without: „Bürger/-innen“
# Inclusive endings, and those of articles and adjectives beside them: „jede/r“.
ENDINGS = frozenset(
    ("innen", "in", "rinnen", "rin", "nen", "r", "n", "m", "s", "e", "er", "en", "em", "es", "frau",
     "frauen")
)  # fmt: skip


class WordUsage(NamedTuple):
    """How a document writes words, to judge those that are divided.

    `words` are whole within a line, `compounds` are pairs with a hyphen between them; `divides`:
    whether it seems to divide words at all, besides those that have a hyphen anyway; `colon`:
    whether it has inclusive endings like „Bürger:innen“.
    """

    words: frozenset[str]
    compounds: frozenset[tuple[str, str]]
    divides: bool
    colon: bool = False


def word_usage(rows: Sequence[Sequence[Token]]) -> WordUsage:
    """How a document writes words; `rows` are the tokens of its lines."""
    words: set[str] = set()
    compounds: set[tuple[str, str]] = set()
    halves: list[tuple[str, str]] = []
    half: str | None = None
    colon = False
    for row in rows:
        if not row:
            continue
        if half is not None and row[0].word and row[0].strict[0].islower():
            if row[0].strict not in SUSPENDED:
                halves.append((half, row[0].strict))
        ends = len(row) > 1 and row[-1].strict == "-" and not row[-1].space and row[-2].word
        stop = len(row) - 2 if ends else len(row)
        words.update(t.strict for t in row[1 if half is not None else 0 : stop] if t.word)
        for one, sign, other in zip(row, row[1:], row[2:], strict=False):
            if sign.word or not (one.word and other.word) or sign.space or other.space:
                continue
            if sign.strict == "-":
                compounds.add(_compound(one.strict, other.strict))
            colon = colon or (sign.strict == ":" and other.strict == "innen")
        half = row[-2].strict if ends else None
    usage = WordUsage(frozenset(words), frozenset(compounds), True, colon)
    often = len(halves) > _SELDOM * len(rows) or len(rows) < _LONG
    return usage._replace(divides=often or any(_is_word(a + b, usage) for a, b in halves))


def _compound(half: str, rest: str) -> tuple[str, str]:
    """What a compound and its inflected forms have in common: „baden-württembergische(s)“."""
    return half.casefold(), rest.casefold()[:_STEM]


def _is_word(word: str, usage: WordUsage) -> bool:
    return any(form in usage.words for form in (word, word.lower(), word.capitalize()))


def possible_readings(half: str, rest: str, usage: WordUsage) -> tuple[bool, bool]:
    """Whether two halves with a hyphen may be read without it, and whether with it."""
    if _is_word(half + rest, usage):
        return True, _compound(half, rest) in usage.compounds
    if _compound(half, rest) in usage.compounds or rest in SUSPENDED:
        return False, True
    if not (half[-1].isalpha() and rest[0].isalpha()):
        return False, True
    if rest[0].isupper():
        capitals = len(half) > 1 and len(rest) > 1 and half.isupper() and rest.isupper()
        return capitals or rest == "Innen", True  # „BürgerInnen“
    both = len(half) > 1 and len(rest) > 1 and {half, rest} <= usage.words
    return True, both or not usage.divides


class Rejoining(NamedTuple):
    """How an inclusive ending follows the end of a line.

    `drop`: the hyphen there divides the word only; `either`: it may also belong to it.
    """

    drop: bool = False
    either: bool = False


def inclusive_joint(
    before: Sequence[Token], row: Sequence[Token], usage: WordUsage
) -> Rejoining | None:
    """How a line begins with an inclusive ending, or a part of one, of the last word before it.

    None if it does not: „Bürger-/*innen“, „Bürger*-/innen“, „Bürger/-/innen“, „Bürger*/innen“.
    """
    if len(before) < 2 or not row:
        return None
    *_, third, second, last = (None, None, *before)
    assert last is not None
    if row[0].word:
        if row[0].strict not in ENDINGS or second is None or last.space:
            return None
        if last.strict == "-" and third is not None and third.word and not second.space:
            drop = _is_star(second, row[0], usage)
            return Rejoining(drop, not drop) if drop or second.strict in _SLASHES else None
        return Rejoining() if second.word and _is_star(last, row[0], usage) else None
    if not _is_ending(row, usage):
        return None
    if last.strict == "-" and not last.space and second is not None and second.word:
        return Rejoining(drop=True)
    return Rejoining() if last.word and row[0].strict in _STARS else None


def _is_ending(row: Sequence[Token], usage: WordUsage) -> bool:
    """Whether a line begins with a sign and an inclusive ending: *innen, /-innen, (innen)."""
    rest = [token.strict for token in takewhile(lambda token: not token.space, row[1:4])]
    if rest[:1] == ["-"] and row[0].strict in _SLASHES:
        rest = rest[1:]
    if not rest or rest[0] not in ENDINGS:
        return False
    if row[0].strict == "(":
        return rest[1:2] == [")"]
    return row[0].strict == "/" or _is_star(row[0], row[1], usage)


def _is_star(sign: Token, ending: Token, usage: WordUsage) -> bool:
    """Whether a sign before an ending marks it as inclusive; a colon may be just that."""
    return sign.strict in _STARS and (sign.strict != ":" or usage.colon or ending.strict == "innen")
