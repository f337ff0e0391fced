"""Where the parts of a German word meet: better places to divide it than between syllables.

German is divided at the joints of compounds and prefixes, and elsewhere between syllables
(Amtliches Regelwerk 2024, § 107–112). Both are right, but „Koh-leabbau“ takes longer to read than
„Kohle-abbau“. Patterns do not tell which is which. Two things do: sounds, since no syllable within
a part would begin so (§ 110: a single consonant goes to the next line), and a list of parts.
"""

import re
from collections.abc import Callable, Collection, Sequence
from enum import IntEnum

Divide = Callable[[str], list[int]]  # a word → offsets at which it may be divided, ascending

# Letters; what is longer is no word, and takes too long to take apart.
LONGEST_WORD = 100
_VOWELS = "aeiouyäöüáàâéèêëíîïóôúû"
# What one syllable may begin with besides a single consonant: letters that stand for one sound
# (§ 111), and those of foreign words, of which the second is l, r or n (§ 112).
_ONE_SOUND = re.compile(r"sch|[cprst]h|ck|qu?|(?:[bcdfgkptv]|ch|ph|th)[lr]|gn")
# Letters between parts (plurals in -er are parts of their own: most of them have an umlaut), and
# endings that have an s only where another part follows.
_LINKS = ("", "s", "es", "n", "en", "e")
_LINKED = re.compile(r"(?:ungs|heits|keits|ions|täts|schafts|lings|tums)$")
_PREFIXES = frozenset(
    ("ab", "an", "auf", "aus", "be", "bei", "durch", "ein", "emp", "ent", "er", "ge", "hin", "her",
     "miss", "mit", "nach", "über", "um", "un", "unter", "ur", "ver", "vor", "weg", "wieder", "zer",
     "zu", "zurück")
)  # fmt: skip
_BEFORE_VOWELS = ("be", "ge", "zu", "dazu", "hinzu")
_SHORT, _LONGEST = 4, 16  # letters of a part that could be something else; of the longest one


class Joint(IntEnum):
    """What a break lies between: the more, the better is it to divide there."""

    SYLLABLES = 0
    PREFIX = 1
    PART = 2  # one ends, or begins
    PARTS = 3  # two witnesses: one ends, another begins, no syllable would sound so


def compound_breaks(word: str, divide: Divide, parts: Collection[str]) -> list[int]:
    """The breaks of a word as `divide` finds them, or those of its halves, where it goes astray.

    Patterns know the compounds they were made from, and little of others: „Rathau-serneuerung“. So
    where one part ends and another begins, the word is divided there, and not beside it.
    """
    breaks = divide(word)
    lower = word.lower()
    edges = sorted({0, *breaks, len(word)})

    def known(offset: int) -> bool:
        ends = _ends_part(lower, offset, edges, parts)
        return ends and _begins_part(lower, offset, edges, parts)

    for at in range(3, len(word) - _SHORT):
        if at in edges or not _begins_surely(lower, at, parts):
            continue
        near = [offset for offset in breaks if abs(offset - at) <= 2]
        if any(map(known, near)):  # „Kinder-fahrrad“, not „Kind-erfahrrad“
            continue
        if any(lower[edge:at].removesuffix(link) in parts for edge in edges for link in _LINKS):
            left = compound_breaks(word[:at], divide, parts)
            right = compound_breaks(word[at:], divide, parts)
            return [*left, at, *(at + offset for offset in right)]
    return breaks


def _begins_surely(word: str, at: int, parts: Collection[str]) -> bool:
    """Whether a part begins here, with a vowel or too long to do so by chance."""
    shortest = 5 if word[at] in _VOWELS else 7
    ends = range(at + shortest, min(at + _LONGEST, len(word)) + 1)
    return any(word[at:end] in parts for end in ends)


def joints(word: str, breaks: Sequence[int], parts: Collection[str]) -> dict[int, Joint]:
    """What each of the breaks of a word lies between; `parts` are those of compounds."""
    word = word.lower()
    edges = sorted({0, *breaks, len(word)})
    return {offset: _joint(word, offset, edges, parts) for offset in breaks}


def _joint(word: str, at: int, edges: Sequence[int], parts: Collection[str]) -> Joint:
    start = max(edge for edge in edges if edge < at)
    end = min(edge for edge in edges if edge > at)
    ends = bool(_LINKED.search(word, 0, at)) or _ends_part(word, at, edges, parts)
    begins = _begins_part(word, at, edges, parts)
    sounds = _sounds_like_one(word, at)
    if ends or (begins and word[start:at] not in _PREFIXES):
        return Joint.PARTS if ends + begins + sounds > 1 else Joint.PART
    before_prefix = word[at:end] in _PREFIXES and (
        _begins_part(word, end, edges, parts) or _sounds_like_one(word, end)
    )
    prefixed = before_prefix or begins or sounds or word[:at] in _PREFIXES
    return Joint.PREFIX if prefixed else Joint.SYLLABLES


def _ends_part(word: str, at: int, edges: Sequence[int], parts: Collection[str]) -> bool:
    return any(
        word[edge : at - len(link)] in parts
        for edge in edges
        if edge < at
        for link in _LINKS
        if word.endswith(link, edge, at)
    )


def _begins_part(word: str, at: int, edges: Sequence[int], parts: Collection[str]) -> bool:
    """Whether a part begins here; a short one must end where the word may be divided as well."""
    return any(
        word[at:end] in parts
        and (
            end - at > _SHORT
            or any(word.startswith(link, end) and end + len(link) in edges for link in _LINKS)
        )
        for end in range(at + 3, min(at + _LONGEST, len(word)) + 1)
    )


def _sounds_like_one(word: str, at: int) -> bool:
    """Whether no syllable within a part would begin here."""
    if at == len(word):
        return False
    after_consonant = word[at - 1] not in _VOWELS
    onset = re.match(rf"[^{_VOWELS}]*", word[at:])
    consonants = onset[0] if onset else ""
    match len(consonants):
        case 0:
            return after_consonant or word[:at] in _BEFORE_VOWELS
        case 1:
            return after_consonant and consonants in "hj"
    return not _ONE_SOUND.fullmatch(consonants)
