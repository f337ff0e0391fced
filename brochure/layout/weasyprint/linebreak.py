"""Our hand in WeasyPrint's line breaker: which words are divided, and how often in a row.

WeasyPrint 70 asks Pyphen where to divide a word, and knows no bound on hyphens one below the
other (``hyphenate-limit-lines``); and inside inline boxes it breaks words anywhere. :func:`install`
puts three stand-ins in its place.

Soft hyphens in the text would do for the first, but where one lies just at the end of a line,
WeasyPrint falls back to the one before it, past all spaces between, and leaves a line half
empty; and they would stand as invisible characters in the quotes.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from typing import Any

from brochure.layout.hyphenation import HYPHENS, Hyphenator

_IN_A_ROW = 2  # lines that may end in a hyphen, one below the other
_REMEMBERED = 20_000  # first lines, some 20 MB
# All that WeasyPrint 70 asks of a style to find the first line of a text; a test holds this.
PROPERTIES = (
    "direction", "font_family", "font_feature_settings", "font_kerning", "font_language_override",
    "font_size", "font_stretch", "font_style", "font_variant_alternates", "font_variant_caps",
    "font_variant_east_asian", "font_variant_ligatures", "font_variant_numeric",
    "font_variant_position", "font_variation_settings", "font_weight", "hyphenate_character",
    "hyphenate_limit_chars", "hyphenate_limit_zone", "hyphens", "lang", "letter_spacing",
    "overflow_wrap", "tab_size", "text_decoration_line", "white_space", "word_break",
    "word_spacing",
)  # fmt: skip
Memory = dict[object, Any]


class LineBreaker:
    """The state of line breaking in one document: its languages, and hyphens in a row.

    `hyphenators` go by the codes of languages. `memory` holds lines that were found before, with
    the same fonts and the same hyphenators: variants of a leaflet have most of them in common.
    """

    def __init__(self, hyphenators: Mapping[str, Hyphenator], memory: Memory) -> None:
        self._memory = memory
        self._styles: dict[int, tuple[Any, object]] = {}  # the style itself, lest its id be reused
        self._hyphenators = hyphenators
        self._above: dict[tuple[int, int], int] = {}  # what is left to set → hyphens above it
        self._row = 0  # hyphens right above the line at hand
        self._width = 0.0  # room that the last text had
        self._at_start = True  # whether nothing stands in the line at hand

    def divides(self, language: str) -> bool:
        """Whether words of `language` may be divided in the line at hand."""
        return language.partition("-")[0] in self._hyphenators and self._row < _IN_A_ROW

    def hyphenator(self, language: str) -> Hyphenator:
        """Who divides the words of `language`."""
        return self._hyphenators[language.partition("-")[0]]

    def begin_line(self) -> None:
        """A new line is begun, or the same one anew."""
        self._at_start = True

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
        divides = self._row < _IN_A_ROW
        # WeasyPrint takes each text inside an inline box for the first of its line, and breaks a
        # word anywhere, without a hyphen, rather than begin a line with it.
        if "is_line_start" in options:
            options["is_line_start"] = options["is_line_start"] and self._at_start
        self._at_start = self._at_start and not text.strip()
        key = (text, self._style(style), max_width, args, tuple(options.items()), divides)
        if key not in self._memory:
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[key] = split(text, style, context, max_width, *args, **options)
        found = self._memory[key]
        result = (copy(found[0]), *found[1:])  # its layout is used, and changed, when drawn
        layout, _, resume, *_ = result
        if resume is not None:
            whole = text.encode()
            rest = whole[resume:].decode()
            set_ = whole[:resume].decode()
            divided = layout.text.endswith(HYPHENS) and not set_.endswith(HYPHENS)
            self._above[len(rest), hash(rest)] = self._row + 1 if divided else 0
        return result

    def _style(self, style: Any) -> object:
        """What matters of a style, computed once a document."""
        if id(style) not in self._styles:
            self._styles[id(style)] = style, tuple(_hashable(style[name]) for name in PROPERTIES)
        return self._styles[id(style)][1]


def _hashable(value: object) -> object:
    return value if value.__hash__ is not None else repr(value)


_current: ContextVar[LineBreaker] = ContextVar("line breaker")


@contextmanager
def breaking(hyphenators: Mapping[str, Hyphenator], memory: Memory | None = None) -> Iterator[None]:
    """While the block runs, lines are broken with the words of these languages."""
    token = _current.set(LineBreaker(hyphenators, {} if memory is None else memory))
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
    def Pyphen(*, lang: str, **_: object) -> Hyphenator:  # noqa: N802 (the name that is called)
        return _current.get().hyphenator(lang)


def install(line_break: Any, inline: Any) -> None:
    """Put the stand-ins into WeasyPrint's modules ``text.line_break`` and ``layout.inline``."""
    split, split_box = inline.split_first_line, inline.split_inline_box
    line_break.pyphen = _Pyphen

    def split_first_line(*args: Any, **options: Any) -> Any:
        return _current.get().split(split, *args, **options)

    def split_inline_box(context: Any, box: Any, *args: Any, **options: Any) -> Any:
        if isinstance(box, inline.boxes.LineBox):
            _current.get().begin_line()
        return split_box(context, box, *args, **options)

    inline.split_first_line = split_first_line
    inline.split_inline_box = split_inline_box
