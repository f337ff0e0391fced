"""Our hand in WeasyPrint's line breaker: which words are divided, and how often in a row.

WeasyPrint 70 asks Pyphen where to divide a word, and knows no bound on hyphens one below the
other (``hyphenate-limit-lines``). :func:`install` puts two stand-ins in its place.

Soft hyphens in the text would do for the first, but where one lies just at the end of a line,
WeasyPrint falls back to the one before it, past all spaces between, and leaves a line half
empty; and they would stand as invisible characters in the quotes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from brochure.press.hyphenation import HYPHENS, Hyphenator

_IN_A_ROW = 2  # lines that may end in a hyphen, one below the other


class LineBreaker:
    """The state of line breaking in one document: its language, and hyphens in a row."""

    def __init__(self, language: str, hyphenator: Hyphenator) -> None:
        self._language = language.partition("-")[0]
        self.hyphenator = hyphenator
        self._above: dict[tuple[int, int], int] = {}  # what is left to set → hyphens above it
        self._row = 0  # hyphens right above the line at hand
        self._width = 0.0  # room that the last text had

    def divides(self, language: str) -> bool:
        """Whether words of `language` may be divided in the line at hand."""
        return language.partition("-")[0] == self._language and self._row < _IN_A_ROW

    def split(
        self,
        split: Callable[..., Any],
        text: str,
        style: Any,
        context: Any,
        max_width: float | None,
        *args: Any,
        **options: Any,
    ) -> Any:
        """Split the first line off a text as `split` does, minding the lines above it.

        A line is set from one text or, where there is emphasis, from several. Which texts follow
        each other is not told, so it is read off: what was left of a text begins the next line;
        a text that gets less room than the one before it stands in the same line.
        """
        width = max_width or 0.0
        left = (len(text), hash(text))
        if left in self._above:
            self._row = self._above[left]
        elif width >= self._width:
            self._row = 0
        self._width = width
        result = split(text, style, context, max_width, *args, **options)
        layout, _, resume, *_ = result
        if resume is not None:
            whole = text.encode()
            rest = whole[resume:].decode()
            set_ = whole[:resume].decode()
            divided = layout.text.endswith(HYPHENS) and not set_.endswith(HYPHENS)
            self._above[len(rest), hash(rest)] = self._row + 1 if divided else 0
        return result


_current: ContextVar[LineBreaker] = ContextVar("line breaker")


@contextmanager
def breaking(language: str, hyphenator: Hyphenator) -> Iterator[None]:
    """While the block runs, lines are broken with the words of one language."""
    token = _current.set(LineBreaker(language, hyphenator))
    try:
        yield
    finally:
        _current.reset(token)


class _Pyphen:
    """What the line breaker uses of the module ``pyphen``."""

    @staticmethod
    def language_fallback(language: str) -> str | None:
        return language if _current.get().divides(language) else None

    @staticmethod
    def Pyphen(**_: object) -> Hyphenator:  # noqa: N802 (the name that WeasyPrint calls)
        return _current.get().hyphenator


def install(line_break: Any, inline: Any) -> None:
    """Put the stand-ins into WeasyPrint's modules ``text.line_break`` and ``layout.inline``."""
    split = inline.split_first_line
    line_break.pyphen = _Pyphen

    def split_first_line(*args: Any, **options: Any) -> Any:
        return _current.get().split(split, *args, **options)

    inline.split_first_line = split_first_line
