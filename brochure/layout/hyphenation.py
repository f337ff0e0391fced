"""Where words may be divided: as a dictionary says, within typographic limits, and cached.

Pyphen's German dictionary takes half a second to load, as long as a whole leaflet takes, and
Pyphen reads both of its levels (compounds, then syllables) as one, which gives „Zusammensch-lüsse“
and „Flüchtlings-i-n-i-tia-tiven“. So the levels are kept apart here; of their breaks, only those
are used that leave enough letters between two of them; and the answers are kept in a small file.
"""

import contextlib
import itertools
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Protocol

import pyphen

from brochure import bounds
from brochure.files import read_own, write_whole
from brochure.manuscript.text.language import Hyphenation

_IMMEDIATE_SAVES, _PAUSE = 10, 5.0  # then, as many seconds pass between two of them
_MAX_CACHED = 50_000  # words; a file of about a megabyte
HYPHENS = ("-", "\u2010")  # what styles put at the end of a line: ours, and the default of CSS
Divide = Callable[[str], list[int]]  # a word → offsets at which it may be divided


class Hyphenator:
    """Divides the words of one language.

    `cache` is a folder in which answers are kept, or None; `divide` is called for new words only,
    and by default asks Pyphen's dictionary.
    """

    def __init__(
        self, rules: Hyphenation, cache: Path | None = None, divide: Divide | None = None
    ) -> None:
        self._rules = rules
        self._divide = divide or _dictionary(rules.dictionary)
        self._file = cache / f"hyphens-{rules.dictionary}.json" if cache else None
        self._breaks = self._cached()
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
        if len(word) < self._rules.shortest or word.isupper():
            return []
        exception = self._exceptions.get(word.lower())
        if exception is not None:
            return exception
        if word not in self._breaks:
            self._breaks[word] = self._divide(word)
        return allowed_breaks(self._breaks[word], len(word), self._rules)

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
            data = {"version": version("pyphen"), "words": dict(sorted(self._breaks.items()))}
            with contextlib.suppress(OSError):  # writing the PDF will fail as well, and say so
                write_whole(self._file, json.dumps(data, ensure_ascii=False).encode())
        self._saved_words = len(self._breaks)

    def _cached(self) -> dict[str, list[int]]:
        if self._file is None:
            return {}
        try:
            data = json.loads(read_own(self._file, bounds.CACHE_FILE))
            if data["version"] == version("pyphen"):
                return dict(data["words"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # nothing cached yet, or not readable: the dictionary is asked again
        return {}


def allowed_breaks(breaks: list[int], length: int, rules: Hyphenation) -> list[int]:
    """Those of the breaks that leave enough letters before, after, and between them."""
    kept: list[int] = []
    for offset in breaks:
        if rules.left <= offset <= length - rules.right:
            if not kept or offset - kept[-1] >= rules.apart:
                kept.append(offset)
    return kept


class _Level(Protocol):
    """One level of a dictionary, as Pyphen reads it."""

    def positions(self, word: str) -> Iterable[int]: ...


def _dictionary(name: str) -> Divide:
    """Pyphen's dictionary of that name, loaded when the first new word is asked for."""
    loaded: list[list[_Level]] = []

    def divide(word: str) -> list[int]:
        if not loaded:
            loaded.append(_levels(name))
        breaks = {0, len(word)}
        for level in loaded[0]:  # each level divides the parts that the one before it left
            parts = sorted(breaks)
            for start, end in itertools.pairwise(parts):
                offsets = (int(offset) for offset in level.positions(word[start:end]))
                breaks |= {start + o for o in offsets if 2 <= o <= end - start - 2}
        return sorted(breaks - {0, len(word)})

    return divide


def _levels(name: str) -> list[_Level]:
    """The levels of a hunspell hyphenation dictionary, each as Pyphen reads it."""
    path = Path(pyphen.LANGUAGES[name])
    first, _, rest = path.read_bytes().partition(b"\n")
    encoding = first.decode().strip()
    patterns = rest.decode(encoding)
    return [
        pyphen.HyphDict(_Part(f"{encoding}\n{level}", encoding))
        for level in re.split(r"^NEXTLEVEL\n", patterns, flags=re.MULTILINE)
        if re.search(r"^[^A-Z%#\n]*\d", level, re.MULTILINE)  # a level may be without patterns
    ]


class _Part:
    """A part of a dictionary, with the two methods of a path that Pyphen calls."""

    def __init__(self, text: str, encoding: str) -> None:
        self._text, self._encoding = text, encoding

    def open(self, mode: str) -> BytesIO:
        return BytesIO(self._text.encode(self._encoding))

    def read_text(self, encoding: str) -> str:
        return self._text
