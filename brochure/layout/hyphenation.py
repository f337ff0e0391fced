"""Where words may be divided: as a dictionary says, within typographic limits, and cached.

Patterns take longer to load than a leaflet of one page to set, so the answers are kept in a small
file. German has patterns of its own (``styles/hyphenation``): those of Pyphen give „era-rbeiten“.
Of the breaks, only those are used that leave enough letters between two of them, and joints of
compounds come before syllables.
"""

import contextlib
import hashlib
import json
import re
import time
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import pyphen

from brochure import __version__, bounds
from brochure.files import read_own, write_whole
from brochure.layout.compounds import LONGEST_WORD, Divide, Joint, compound_breaks, joints
from brochure.layout.patterns import Patterns
from brochure.manuscript.text.language import Hyphenation, hyphenation_files

_IMMEDIATE_SAVES, _PAUSE = 10, 5.0  # then, as many seconds pass between two of them
_MAX_CACHED = 50_000  # words; a file of about a megabyte
_FORM = "joints"  # of the cache: to each word the offsets, and what lies there
_ENDING = 3  # letters that an inflected form has more, at most
HYPHENS = ("-", "\u2010")  # what styles put at the end of a line: ours, and the default of CSS


class Hyphenator:
    """Divides the words of one language.

    `cache` is a folder in which answers are kept, or None; `divide` is called for new words only,
    and by default asks the dictionary.
    """

    def __init__(
        self, rules: Hyphenation, cache: Path | None = None, divide: Divide | None = None
    ) -> None:
        self._rules = rules
        dictionary, self._parts, digest = _read_dictionary(rules.dictionary)
        self._version = f"{_FORM} {digest}"
        self._divide = divide or dictionary
        self._file = cache / f"hyphens-{rules.dictionary}.json" if cache else None
        self._breaks = self._cached()
        self._allowed: dict[str, dict[int, Joint]] = {}
        self._saved_words = len(self._breaks)
        self._saves, self._next_save = 0, 0.0
        self._exceptions = {
            word.replace("-", "").lower(): [
                match.start() - i for i, match in enumerate(re.finditer("-", word))
            ]
            for word in rules.exceptions
        }

    def positions(self, word: str) -> list[int]:
        """The offsets at which a word may be divided, ascending."""
        return list(self.joints(word))

    def joints(self, word: str) -> Mapping[int, Joint]:
        """The offsets at which a word may be divided, ascending, and what lies there.

        Where nothing is known of parts, all are taken for syllables.
        """
        if len(word) < self._rules.shortest or word.isupper():
            return {}
        if word not in self._allowed:
            self._allowed[word] = self._joints(word)
        return self._allowed[word]

    def _joints(self, word: str) -> dict[int, Joint]:
        for ending in range(_ENDING + 1):  # an exception holds for its inflected forms
            exception = self._exceptions.get(word.lower()[: len(word) - ending])
            if exception is not None:
                return dict.fromkeys(exception, Joint.PREFIX)
        if word not in self._breaks:
            breaks = self._divide(word)
            known = self._parts and len(word) <= LONGEST_WORD
            found = joints(word, breaks, self._parts) if known else {}
            self._breaks[word] = [(at, found.get(at, Joint.SYLLABLES)) for at in breaks]
        known_joints = {at: Joint(joint) for at, joint in self._breaks[word]}
        allowed = allowed_breaks([*known_joints], len(word), self._rules, known_joints)
        return {at: known_joints[at] for at in allowed}

    def iterate(self, word: str) -> Iterator[tuple[str, str]]:
        """Each way to divide a word, the longest first part first (the interface of Pyphen)."""
        return ((word[:offset], word[offset:]) for offset in reversed(self.positions(word)))

    def save(self) -> None:
        """Write the cache for the next process, together with what others have written since.

        After the first few times at most every few seconds: when many leaflets are built, each
        brings new words.
        """
        if self._file is None or len(self._breaks) == self._saved_words:
            return
        self._saves += 1
        if self._saves > _IMMEDIATE_SAVES and time.monotonic() < self._next_save:
            return
        self._next_save = time.monotonic() + _PAUSE
        self._breaks |= self._cached()
        if len(self._breaks) <= _MAX_CACHED:
            data = {"version": self._version, "words": dict(sorted(self._breaks.items()))}
            with contextlib.suppress(OSError):  # writing the PDF will fail as well, and say so
                write_whole(self._file, json.dumps(data, ensure_ascii=False).encode())
        self._saved_words = len(self._breaks)

    def _cached(self) -> dict[str, list[tuple[int, int]]]:
        if self._file is None:
            return {}
        try:
            data = json.loads(read_own(self._file, bounds.CACHE_FILE))
            if data["version"] == self._version:
                return dict(data["words"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # nothing cached yet, or not readable: the dictionary is asked again
        return {}


def allowed_breaks(
    breaks: list[int], length: int, rules: Hyphenation, found: Mapping[int, Joint] | None = None
) -> list[int]:
    """Those of the breaks that leave enough letters before, after, and between them; ascending.

    `found` says what they lie between: the better ones come first, then the earlier ones. A joint
    keeps others away even if it lies too near to the beginning to be used („er-arbeiten“).
    """
    joint = found or {}

    def rank(offset: int) -> Joint:
        return joint.get(offset, Joint.SYLLABLES)

    def fits(offset: int) -> bool:
        return rules.left <= offset <= length - rules.right

    kept: list[int] = []
    for offset in sorted(breaks, key=lambda offset: (-rank(offset), offset)):
        place = bisect(kept, offset)
        beside = kept[max(place - 1, 0) : place + 1]
        if (fits(offset) or rank(offset)) and all(
            abs(offset - other) >= rules.apart + _follows(offset, other, rank) for other in beside
        ):
            kept.insert(place, offset)
    return list(filter(fits, kept))


def _follows(offset: int, other: int, rank: Callable[[int], Joint]) -> bool:
    """Whether a syllable ends soon after a joint: it would always be taken in place of the joint,
    since as much of a word as possible is set on a line.
    """
    return offset > other and rank(offset) is Joint.SYLLABLES and rank(other) >= Joint.PART


def _read_dictionary(name: str) -> tuple[Divide, frozenset[str], str]:
    """What divides by a dictionary, the parts of compounds, and a version for the cache."""
    files = hyphenation_files(name)
    if not files:
        return _pyphen(name), frozenset(), version("pyphen")
    tex, listed = (path.read_text("utf-8") for path in files)
    patterns, parts = Patterns(tex), frozenset(re.sub("(?m)^#.*", "", listed).split())
    digest = hashlib.sha256(f"{__version__}\n{tex}\n{listed}".encode()).hexdigest()[:12]

    def divide(word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return patterns.breaks(word)
        return compound_breaks(word, patterns.breaks, parts)

    return divide, parts, digest


def _pyphen(name: str) -> Divide:
    """Pyphen's dictionary of that name, loaded when the first new word is asked for."""
    loaded: list[pyphen.HyphDict] = []

    def divide(word: str) -> list[int]:
        if not loaded:
            loaded.append(pyphen.HyphDict(Path(pyphen.LANGUAGES[name])))
        return [int(offset) for offset in loaded[0].positions(word) if 0 < offset < len(word)]

    return divide
