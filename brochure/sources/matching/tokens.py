"""Text → tokens, with the effects of typesetting undone, and nothing else.

A token is a word or a single sign. Its `strict` form ignores kinds of spaces, and whether there is
one next to a sign; the shapes of quotation marks and apostrophes; ligatures; soft hyphens and
invisible characters; composed and decomposed letters (UAX 15, NFC). Its `loose` form also ignores
what only looks different (₂ and 2, – and -); texts that differ in nothing else match, but this is
reported.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, zip_longest
from typing import NamedTuple

from brochure.sources.document import UNCERTAIN_SPACE
from brochure.sources.reading.rows import SPACES

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
SOFT_HYPHEN = "\u00ad"
# Soft hyphen, zero-width spaces and joiners, word joiner, byte order mark, directional marks,
# variation selectors.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u2060\u2061-\u2064\u2066-\u2069\u202a-\u202e\ufeff\ufe00-\ufe0f"
    "\U000e0100-\U000e01ef]"
)
_SPACE = re.compile(f"[{''.join(sorted(SPACES))}]+")
_MARKS = "\"'`´„“”‚‘’‛‟«»‹›′″〝〞＂＇\u02bc\u02b9"
_SIGNS = str.maketrans({**dict.fromkeys(_MARKS, "'"), "\u2010": "-", "\u2011": "-"})
_DASHES = str.maketrans(dict.fromkeys("\u2012\u2013\u2014\u2015\u2212", "-"))
# Private use and control characters are letters, mostly ligatures, of fonts that do not say which.
# Symbol fonts have their signs from U+F000 on, and a space at U+F020.
_PRIVATE = "\ue000-\uefff\ufffd\x01-\x08\x0e-\x1f\x7f-\x9f"
_COMBINING = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670"
_TOKEN = re.compile(
    rf"(?P<word>(?:[^\W_]|[{_PRIVATE}])(?:[^\W_]|[{_PRIVATE}{_COMBINING}])*)"
    rf"|(?P<marks>(?:'|,,)+)|(?P<dots>…|\.(?:[\s{UNCERTAIN_SPACE}]?\.){{2,}})|\S"
)
BULLETS = frozenset("•‣▪▫◦●○■□–—-*·∙⁃➢➤►▶✓✔\uf0b7\uf0a7\uf0d8\uf0fc\uf02d\ufffd")
DASHES = frozenset("-–—*·")  # bullets that may be something else as well
_DIGITS_BEHIND_NUMBER = re.compile("(?<=[0-9])([⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]+)")
_LIGATURE = re.compile(f"[{''.join(_LIGATURES)}]")
_UNREADABLE = re.compile(f"[{_PRIVATE}\uf000-\uf8ff]")


class Token(NamedTuple):
    """A word or a sign: its two forms, and its `original` text.

    `space` before it: 0 none, 1 uncertain, 2 certain. `word`: it is a word, not a sign.
    """

    strict: str
    loose: str
    original: str
    space: int
    word: bool


def clean(text: str, *, keep_ligatures: bool = False) -> str:
    """Text with letters composed, ligatures spelled out, invisible characters removed and spaces
    single. A soft hyphen at the end is kept: a word is divided there.

    `keep_ligatures`: in a quote, they are the author's, not the typesetter's.
    """
    if text.isascii() and text.isalnum():  # most words are
        return text
    text = text.replace("\uf020", " ")
    divided = text.rstrip().endswith(SOFT_HYPHEN)
    text = unicodedata.normalize("NFC", text)
    if not keep_ligatures:
        text = _LIGATURE.sub(lambda found: _LIGATURES[found[0]], text)
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip(" ") + SOFT_HYPHEN * divided


def is_unreadable(letter: str) -> bool:
    """Whether a letter is of a font that does not say which: private use, control characters."""
    return _UNREADABLE.match(letter) is not None


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of a clean text."""
    end = 0
    for match in _TOKEN.finditer(text.translate(_SIGNS)):
        between = text[end : match.start()]
        space = 0 if not between else 1 if between == UNCERTAIN_SPACE else 2
        end = match.end()
        original = text[match.start() : end]
        if match.lastgroup == "marks":
            yield Token("'", "'", original, space, False)
        elif match.lastgroup == "dots":
            yield Token("…" if original == "…" else "...", "…", original, space, False)
        else:
            strict = match[0]
            yield Token(strict, loose_form(strict), original, space, match.lastgroup == "word")


def original(tokens: Sequence[Token]) -> str:
    """Tokens as the text that they were made from, with single spaces."""
    return "".join(
        (" " if token.space and index else "") + token.original
        for index, token in enumerate(tokens)
    )


@lru_cache(maxsize=100_000)
def loose_form(word: str) -> str:
    """A strict form without differences in looks only: NFKC, and one kind of dash.

    Digits off the base line stay what they are behind a number: 2030³ is not 20303, nor 10² 102.
    """
    if word.isascii():
        return word
    parts = _DIGITS_BEHIND_NUMBER.split(word.translate(_DASHES))
    folded = (unicodedata.normalize("NFKC", part) for part in parts[::2])
    return "".join(chain.from_iterable(zip_longest(folded, parts[1::2], fillvalue="")))


def printable(words: str) -> str:
    """Words with letters that cannot be printed, private use among them, as numbers: U+0001."""
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in words)
