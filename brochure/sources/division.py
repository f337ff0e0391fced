"""Words that were divided at the end of a line: made whole, as far as the document tells how.

A hyphen there says that a word was divided (`prü-/fen`), or belongs to the word (`Bund-/Länder-`,
`schwarz-/grün`). The rest of the document decides; where it cannot, both readings hold.
"""

from collections.abc import Sequence
from typing import NamedTuple

from brochure.sources.words import Token

# After a hyphen at the end of a line these begin no second half of a word: “Bundes- und”.
SUSPENDED = frozenset(
    ("und", "oder", "bzw", "beziehungsweise", "sowie", "wie", "noch", "als", "bis", "and", "or",
     "to", "nor", "et", "ou", "e", "y", "o")
)  # fmt: skip
_SELDOM = 0.03  # of the lines end with a hyphen where no words are divided
_STEM = 6  # letters of the second half by which a compound is known again
_LONG = 60  # lines; of fewer nothing can be said


class Usage(NamedTuple):
    """What a document says about words at the ends of its lines.

    `words` stand whole in a line, `compounds` are pairs with a hyphen between them; `divides`:
    whether it seems to divide words at all, beyond those that have a hyphen anyway.
    """

    words: frozenset[str]
    compounds: frozenset[tuple[str, str]]
    divides: bool


def usage_of(rows: Sequence[Sequence[Token]]) -> Usage:
    """What the tokens of a document, line by line, say."""
    words: set[str] = set()
    compounds: set[tuple[str, str]] = set()
    halves: list[tuple[str, str]] = []
    half: str | None = None
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
            if sign.strict == "-" and one.word and other.word and not (sign.space or other.space):
                compounds.add(_compound(one.strict, other.strict))
        half = row[-2].strict if ends else None
    known = Usage(frozenset(words), frozenset(compounds), True)
    often = len(halves) > _SELDOM * len(rows) or len(rows) < _LONG
    return known._replace(divides=often or any(_is_word(a + b, known) for a, b in halves))


def _compound(half: str, rest: str) -> tuple[str, str]:
    """What is alike in a compound and its inflected forms: „baden-württembergische(s)“."""
    return half.casefold(), rest.casefold()[:_STEM]


def _is_word(word: str, usage: Usage) -> bool:
    return any(form in usage.words for form in (word, word.lower(), word.capitalize()))


def halves_read(half: str, rest: str, usage: Usage) -> tuple[bool, bool]:
    """Whether a word divided at the end of a line may be read as one, and with its hyphen."""
    if _is_word(half + rest, usage):
        return True, _compound(half, rest) in usage.compounds
    if _compound(half, rest) in usage.compounds or rest in SUSPENDED:
        return False, True
    if not (half[-1].isalpha() and rest[0].isalpha()):
        return False, True
    if rest[0].isupper():
        capitals = len(half) > 1 and len(rest) > 1 and half.isupper() and rest.isupper()
        return capitals, True
    both = len(half) > 1 and len(rest) > 1 and {half, rest} <= usage.words
    return True, both or not usage.divides
