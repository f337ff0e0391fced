"""Text → tokens, with what typesetting does undone, and nothing more.

A token is a word, or a single sign. Undone are: spaces of any kind and their absence beside a
sign; the shapes of quotation marks and apostrophes; ligatures; soft hyphens and invisible
characters; the difference between composed and decomposed letters (UAX 15, NFC). What remains is
the `strict` form. The `loose` form also undoes what only looks different (₂ and 2, – and -):
where two texts differ in nothing else, that is reported.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from brochure.sources.document import MAYBE
from brochure.sources.reading.rows import SPACES

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
SOFT_HYPHEN = "\u00ad"
# Soft hyphen, zero-width spaces and joiners, word joiner, byte order mark, marks of direction,
# variation selectors.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u2060\u2061-\u2064\u2066-\u2069\u202a-\u202e\ufeff\ufe00-\ufe0f"
    "\U000e0100-\U000e01ef]"
)
_SPACE = re.compile(f"[{''.join(sorted(SPACES))}]+")
_MARKS = "\"'`´„“”‚‘’‛‟«»‹›′″〝〞＂＇\u02bc\u02b9"
_SIGNS = str.maketrans({**dict.fromkeys(_MARKS, "'"), "\u2010": "-", "\u2011": "-"})
_DASHES = str.maketrans(dict.fromkeys("\u2012\u2013\u2014\u2015\u2212", "-"))
# Characters of private use, and controls, are letters that some font has there: ligatures, most
# often. From U+F000 on there are the signs of symbol fonts, at U+F020 their space.
_PRIVATE = "\ue000-\uefff\ufffd\x01-\x08\x0e-\x1f\x7f-\x9f"
_COMBINING = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670"
_TOKEN = re.compile(
    rf"(?P<word>(?:[^\W_]|[{_PRIVATE}])(?:[^\W_]|[{_PRIVATE}{_COMBINING}])*)"
    rf"|(?P<marks>(?:'|,,)+)|(?P<dots>…|\.(?:[\s{MAYBE}]?\.){{2,}})|\S"
)
BULLETS = frozenset("•‣▪▫◦●○■□–—-*·∙⁃➢➤►▶✓✔\uf0b7\uf0a7\uf0d8\uf0fc\uf02d\ufffd")


class Token(NamedTuple):
    """A word or a sign, the text it was made from, and whether space stands before it.

    `space`: 0 none, 1 uncertain, 2 certain.
    """

    strict: str
    loose: str
    shown: str
    space: int
    word: bool


def clean(text: str) -> str:
    """Text as it is meant: composed letters, ligatures in letters, nothing invisible, single
    spaces. A soft hyphen at the end stays: there a word is divided.
    """
    if text.isascii() and text.isalnum():  # most words are
        return text
    text = text.replace("\uf020", " ")
    divided = text.rstrip().endswith(SOFT_HYPHEN)
    text = unicodedata.normalize("NFC", text)
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip(" ") + SOFT_HYPHEN * divided


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a clean text."""
    end = 0
    for found in _TOKEN.finditer(text.translate(_SIGNS)):
        between = text[end : found.start()]
        space = 0 if not between else 1 if between == MAYBE else 2
        end = found.end()
        shown = text[found.start() : end]
        if found.lastgroup == "marks":
            yield Token("'", "'", shown, space, False)
        elif found.lastgroup == "dots":
            yield Token("…" if shown == "…" else "...", "…", shown, space, False)
        else:
            strict = found[0]
            yield Token(strict, loosened(strict), shown, space, found.lastgroup == "word")


@lru_cache(maxsize=100_000)
def loosened(word: str) -> str:
    """A token without differences that only the eye sees: NFKC, one kind of dash."""
    if word.isascii():
        return word
    return unicodedata.normalize("NFKC", word.translate(_DASHES))
