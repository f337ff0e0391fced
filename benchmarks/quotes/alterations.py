"""The ways in which quotes get altered, by error or with intent: 34 kinds.

None is mere typography: kinds of dashes and quotation marks, or spaces between words, do not count.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Around:
    """What a span may be altered with: `words` of its document, a line from `beside` it."""

    words: Sequence[str]
    beside: str


Alter = Callable[[str, Around, random.Random], str | None]
KINDS: dict[str, Alter] = {}

_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
    "November", "Dezember", "January", "February", "March", "May", "June", "July", "October",
    "December",
)  # fmt: skip
_MODALS = {
    "soll": "muss", "sollen": "müssen", "muss": "kann", "müssen": "können", "kann": "soll",
    "können": "sollen", "darf": "muss", "dürfen": "müssen", "werden": "wollen", "wird": "will",
    "shall": "may", "may": "shall", "must": "should", "should": "must", "can": "must",
    "will": "may", "would": "will",
}  # fmt: skip
_ARTICLES = {"a": "no", "an": "no", "no": "a", "any": "no", "every": "no"}
_NOT = {"nicht", "not"}
_CYRILLIC = str.maketrans("aeopcxy", "аеорсху")
_PLAIN = str.maketrans("äöüÄÖÜ", "aouAOU")


def alter(kind: str, text: str, around: Around, chance: random.Random) -> str | None:
    """A text altered in some way, or None if it has nothing that can be altered so."""
    altered = KINDS[kind](text, around, chance)
    return altered if altered is not None and altered.split() != text.split() else None


def _kind(name: str) -> Callable[[Alter], Alter]:
    def named(function: Alter) -> Alter:
        KINDS[name] = function
        return function

    return named


# --- What kinds have in common.


def _one(found: Sequence[int], chance: random.Random) -> int | None:
    return chance.choice(found) if found else None


def _substitute(
    pattern: str, to: str | Callable[[re.Match[str]], str], text: str, chance: random.Random
) -> str | None:
    """The text with one occurrence of a pattern replaced, not at either end of the text."""
    found = [m for m in re.finditer(pattern, text) if m.start() and m.end() < len(text)]
    if not found:
        return None
    match = chance.choice(found)
    return (
        text[: match.start()]
        + (match.expand(to) if isinstance(to, str) else to(match))
        + text[match.end() :]
    )


def _change_word(
    text: str,
    chance: random.Random,
    fits: Callable[[str], bool],
    change: Callable[[str], str],
    inner: bool = True,
) -> str | None:
    """The text with one word changed, if `inner` neither the first nor the last; "": left out."""
    words = text.split()
    places = range(1, len(words) - 1) if inner else range(len(words))
    at = _one([index for index in places if fits(words[index])], chance)
    if at is None:
        return None
    return " ".join(filter(None, [*words[:at], change(words[at]), *words[at + 1 :]]))


def _is_word(word: str) -> bool:
    return len(word) > 2 and word.isalpha()


def _another(word: str, around: Around, chance: random.Random) -> str:
    """Another word of the document, with the signs of this one."""
    core = re.sub(r"\W+$", "", word)
    while True:
        other = chance.choice(around.words)
        if other != core:
            return other + word[len(core) :]


# --- Words.


@_kind("a word left out")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _change_word(text, chance, _is_word, lambda word: "")


@_kind("a word doubled")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _change_word(text, chance, _is_word, lambda word: f"{word} {word}")


@_kind("two words swapped")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    words = text.split()
    fit = [i for i in range(len(words) - 1) if _is_word(words[i]) and _is_word(words[i + 1])]
    at = _one(fit, chance)
    if at is None:
        return None
    return " ".join([*words[:at], words[at + 1], words[at], *words[at + 2 :]])


@_kind("another word of the document")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _change_word(text, chance, _is_word, lambda word: _another(word, around, chance))


@_kind("the first words altered")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    words = text.split()
    return " ".join([*(_another(word, around, chance) for word in words[:2]), *words[2:]])


@_kind("the last word altered")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    words = text.split()
    return " ".join([*words[:-1], _another(words[-1], around, chance)])


@_kind("words from beside spliced in")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    words = text.split()
    if not around.beside or len(words) < 4:
        return None
    at = chance.randint(2, len(words) - 2)
    return " ".join([*words[:at], around.beside, *words[at:]])


@_kind("sentences swapped")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    sentences = re.split(r"(?:(?<=[^\W\d_]{3}[.!?])|(?<=“[.!?]))\s+(?=[A-ZÄÖÜ])", text)
    return " ".join([*sentences[1:], sentences[0]]) if len(sentences) > 1 else None


@_kind("brackets dropped")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r" \([^()]{3,}\)", "", text, chance)


# --- Words that decide.


@_kind("a negation put in")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    english = re.search(r"\b(the|of|and)\b", text) is not None
    denial = "not" if english else "nicht"
    return _change_word(text, chance, _is_word, lambda word: f"{denial} {word}")


@_kind("a negation left out")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _change_word(text, chance, _NOT.__contains__, lambda word: "")


@_kind("a for none, none for a")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    def change(word: str) -> str:
        if word in _ARTICLES:
            return _ARTICLES[word]
        return (
            word[1:] if word.lower().startswith("k") else {"e": "ke", "E": "Ke"}[word[0]] + word[1:]
        )

    fits = re.compile(r"(?:[Kk]?ein(?:e[nmrs]?)?)|a|an|no|any|every").fullmatch
    return _change_word(text, chance, lambda word: bool(fits(word)), change)


@_kind("another modal verb")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _change_word(text, chance, _MODALS.__contains__, _MODALS.__getitem__)


@_kind("an inclusive ending dropped")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    short = _substitute(r"(?<=[^\W\d_]{3})[*:_·/]-?[Ii]n(?:nen)?\b", "", text, chance)
    return short or _substitute(r"\b[A-ZÄÖÜ]\w+innen und (?=[A-ZÄÖÜ])", "", text, chance)


# --- Numbers.


@_kind("a number changed by one")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"\d+", lambda m: f"{int(m[0]) + 1:0{len(m[0])}}", text, chance)


@_kind("a digit lost")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"(?<=\d)\d", "", text, chance)


@_kind("a decimal sign moved")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"(\d)([.,])(\d)", r"\2\1\3", text, chance)


@_kind("another date")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    def earlier(match: re.Match[str]) -> str:
        return _MONTHS[_MONTHS.index(match[0]) - 1]

    month = _substitute(rf"\b(?:{'|'.join(_MONTHS)})\b", earlier, text, chance)
    return month or _substitute(r"\b(19|20)(\d)(\d)\b", r"\g<1>\3\2", text, chance)


@_kind("a percent or section sign lost")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r" ?[%‰€$§]|\s(?:Prozent|percent)\b", "", text, chance)


# --- Letters.


@_kind("ß and ss")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute("ß|ss", lambda m: "ss" if m[0] == "ß" else "ß", text, chance)


@_kind("an umlaut lost")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute("[äöüÄÖÜ]", lambda m: m[0].translate(_PLAIN), text, chance)


@_kind("a capital lost")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"\b[A-ZÄÖÜ](?=[a-zäöüß])", lambda m: m[0].lower(), text, chance)


@_kind("an ending lost")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"(?<=[^\W\d_]{4})(?:en|er|es|e|n|s)\b(?![-*:])", "", text, chance)


@_kind("a letter doubled")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"(?<=[a-zäöü])[a-zäöüß]", r"\g<0>\g<0>", text, chance)


@_kind("two letters transposed")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"(?<=[a-zäöü])([a-zäöüß])(?!\1)([a-zäöüß])", r"\2\1", text, chance)


@_kind("a letter of another script")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute("[aeopcxy]", lambda m: m[0].translate(_CYRILLIC), text, chance)


# --- Signs and spaces.


@_kind("a comma left out")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r",(?= )", "", text, chance)


@_kind("a comma put in")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _change_word(text, chance, _is_word, lambda word: word + ",")


@_kind("a full stop made a question mark")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    found = [m.start() for m in re.finditer(r"(?<=[^\W\d_]{3})\.(?=\s|$)", text)]
    at = _one(found, chance)
    return None if at is None else f"{text[:at]}?{text[at + 1 :]}"


@_kind("a quotation mark lost")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute('[„“”‚‘»«"]+', "", text, chance)


@_kind("a hyphen lost")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"(?<=[^\W\d_])-(?=[^\W\d_])", "", text, chance)


@_kind("two words joined")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"(?<=[^\W\d_]{2}) (?=[^\W\d_]{2})", "", text, chance)


@_kind("a word split")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"(?<=[^\W\d_]{3})(?=[^\W\d_]{3})", " ", text, chance)


@_kind("a space without width")
def _(text: str, around: Around, chance: random.Random) -> str | None:
    return _substitute(r"(?<=[^\W\d_]{2}) (?=[^\W\d_]{2})", "\u200b", text, chance)
