"""Where words may be divided: the dictionary's opinion, bounded by good sense, remembered.

Pyphen's German dictionary takes half a second to load, the time of a whole leaflet, and Pyphen
reads both of its levels (compounds, then syllables) as one, which gives „Zusammensch-lüsse“ and
„Flüchtlings-i-n-i-tia-tiven“. So the levels are kept apart here, of their breaks only those are
used that leave enough letters between two of them, and the answers are kept in a small file.
"""

import contextlib
import itertools
import json
import re
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from brochure import bounds
from brochure.files import read_own, write_whole
from brochure.manuscript.text.language import Hyphenation

_OFTEN, _PAUSE = 10, 5.0  # times that are saved at once; then seconds between two of them
_REMEMBERED = 50_000  # words; a file of about a megabyte
HYPHENS = ("-", "\u2010")  # what styles put at the end of a line: ours, and the default of CSS
Divide = Callable[[str], list[int]]  # a word → offsets at which it may be divided


class Hyphenator:
    """Divides the words of one language.

    `memory` is a folder in which answers are kept, or None; `divide` is asked for new words
    only, by default Pyphen's dictionary.
    """

    def __init__(
        self, rules: Hyphenation, memory: Path | None = None, divide: Divide | None = None
    ) -> None:
        self._rules = rules
        self._divide = divide or _dictionary(rules.dictionary)
        self._file = memory / f"hyphens-{rules.dictionary}.json" if memory else None
        self._breaks = self._remembered()
        self._known = len(self._breaks)
        self._savings, self._save_next = 0, 0.0
        self._exceptions = {
            word.replace("-", "").lower(): [
                found.start() - i for i, found in enumerate(re.finditer("-", word))
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
        return bounded(self._breaks[word], len(word), self._rules)

    def iterate(self, word: str) -> Iterator[tuple[str, str]]:
        """Each way to divide a word, the longest first part first (the interface of Pyphen)."""
        return ((word[:offset], word[offset:]) for offset in reversed(self.positions(word)))

    def save(self) -> None:
        """Keep what was learned, for the next process, beside what others have kept since.

        After the first times at most every few seconds: of many leaflets, each brings new words.
        """
        if self._file is None or len(self._breaks) == self._known:
            return
        self._savings += 1
        if self._savings > _OFTEN and time.monotonic() < self._save_next:
            return
        self._save_next = time.monotonic() + _PAUSE
        self._breaks |= self._remembered()
        if len(self._breaks) <= _REMEMBERED:
            data = {"version": version("pyphen"), "words": dict(sorted(self._breaks.items()))}
            with contextlib.suppress(OSError):  # the PDF is what matters, and would say so
                write_whole(self._file, json.dumps(data, ensure_ascii=False).encode())
        self._known = len(self._breaks)

    def _remembered(self) -> dict[str, list[int]]:
        if self._file is None:
            return {}
        try:
            remembered = json.loads(read_own(self._file, bounds.REMEMBERED))
            if remembered["version"] == version("pyphen"):
                return dict(remembered["words"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # nothing remembered yet, or not readable: the dictionary is asked anew
        return {}


def bounded(breaks: list[int], length: int, rules: Hyphenation) -> list[int]:
    """Those of the breaks that leave enough letters before, after, and between them."""
    kept: list[int] = []
    for offset in breaks:
        if rules.left <= offset <= length - rules.right:
            if not kept or offset - kept[-1] >= rules.apart:
                kept.append(offset)
    return kept


def _dictionary(name: str) -> Divide:
    """Pyphen's dictionary of that name, loaded when the first new word comes."""
    loaded: list[list[Any]] = []

    def divide(word: str) -> list[int]:
        if not loaded:
            loaded.append(_levels(name))
        breaks = {0, len(word)}
        for level in loaded[0]:  # each level divides the parts that the one before it left
            parts = sorted(breaks)
            for start, end in itertools.pairwise(parts):
                found = (int(offset) for offset in level.positions(word[start:end]))
                breaks |= {start + o for o in found if 2 <= o <= end - start - 2}
        return sorted(breaks - {0, len(word)})

    return divide


def _levels(name: str) -> list[Any]:
    """The levels of a hunspell hyphenation dictionary, each as Pyphen reads it."""
    import pyphen

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
