"""Changes to WeasyPrint's line breaker: which words are divided, and on how many lines in a row.

WeasyPrint 70 asks Pyphen where to divide a word, has no limit on hyphens at the ends of successive
lines (``hyphenate-limit-lines``), divides addresses, and inside inline boxes breaks words anywhere.
:func:`install` replaces three of its functions.

Soft hyphens in the text would do for the first, but where one lies just at the end of a line,
WeasyPrint falls back to the one before it, past all spaces between, and leaves a line half
empty; and they would be invisible characters in the quotes.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from typing import Any

from brochure.layout.hyphenation import HYPHENS, Hyphenator
from brochure.layout.weasyprint.address_lines import break_line, broken_address

_MAX_HYPHENS = 2  # at the ends of successive lines
_MAX_CACHED = 20_000  # lines, some 20 MB
# All that WeasyPrint 70 reads from a style to find the first line of a text; a test checks this.
PROPERTIES = (
    "direction", "font_family", "font_feature_settings", "font_kerning", "font_language_override",
    "font_size", "font_stretch", "font_style", "font_variant_alternates", "font_variant_caps",
    "font_variant_east_asian", "font_variant_ligatures", "font_variant_numeric",
    "font_variant_position", "font_variation_settings", "font_weight", "hyphenate_character",
    "hyphenate_limit_chars", "hyphenate_limit_zone", "hyphens", "lang", "letter_spacing",
    "overflow_wrap", "tab_size", "text_decoration_line", "white_space", "word_break",
    "word_spacing",
)  # fmt: skip
_WRAPPING = ("normal", "pre-wrap", "pre-line")  # values of `white-space`
_Text = tuple[int, int]  # its length and hash
LineCache = dict[object, Any]  # what a line depends on → the line as WeasyPrint broke it


class LineBreaker:
    """The state of line breaking in one document: its languages, and hyphens on successive lines.

    `hyphenators` go by the codes of languages. `lines` are those that were broken before, with the
    same fonts and the same hyphenators: variants of a leaflet have most of them in common.
    """

    def __init__(self, hyphenators: Mapping[str, Hyphenator], lines: LineCache) -> None:
        self._lines = lines
        self._styles: dict[int, tuple[Any, object]] = {}  # the style itself, lest its id be reused
        self._hyphenators = hyphenators
        self._above: dict[_Text, int] = {}  # text still to be set → hyphens above it
        self._begun: dict[_Text, int] = {}  # … → characters of an address that began above it
        self._hyphens = 0  # on the lines right above the current one
        self._width = 0.0  # room that the last text had
        self._at_start = True  # whether the current line is empty so far
        self._alone = True  # whether it cannot be broken before what comes next

    def divides(self, language: str) -> bool:
        """Whether words of `language` may be divided at the end of the current line."""
        return language.partition("-")[0] in self._hyphenators and self._hyphens < _MAX_HYPHENS

    def hyphenator(self, language: str) -> Hyphenator:
        """The hyphenator for `language`, which is one of those given."""
        return self._hyphenators[language.partition("-")[0]]

    def begin_line(self) -> None:
        """A new line begins, or the same one again."""
        self._at_start = self._alone = True

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
        """Split the first line off a text as `split` does, considering the lines above it.

        A line consists of one text or, where there is emphasis, of several. WeasyPrint does not
        tell which texts follow each other, so it is inferred: what was left of a text begins the
        next line; a text that gets less room than the one before it is in the same line.
        """
        width = max_width or 0.0
        left = (len(text), hash(text))
        if left in self._above:
            self._hyphens = self._above[left]
        elif width >= self._width:
            self._hyphens = 0
        self._width = width
        divides = self._hyphens < _MAX_HYPHENS
        # WeasyPrint takes each text inside an inline box for the first of its line, and breaks a
        # word anywhere, without a hyphen, rather than beginning a new line with it.
        if "is_line_start" in options:
            options["is_line_start"] = options["is_line_start"] and self._at_start
        alone = self._alone
        begun = self._begun.get(left, 0)
        self._at_start = self._at_start and not text.strip()
        key = (
            text, self._style(style), max_width, args, tuple(options.items()), divides, alone, begun
        )  # fmt: skip
        if key not in self._lines:
            if len(self._lines) >= _MAX_CACHED:
                self._lines.clear()

            def measure(words: str) -> Any:
                return split(words, style, context, None, *args, **options)

            line = split(text, style, context, max_width, *args, **options)
            if max_width is not None and style["white_space"] in _WRAPPING:
                line = break_line(line, text, begun, max_width, alone, measure)
            self._lines[key] = line
        line = self._lines[key]
        result = (copy(line[0]), *line[1:])  # its layout is used, and changed, when drawn
        layout, _, resume, *_ = result
        set_ = text
        if resume is not None:
            whole = text.encode()
            rest = whole[resume:].decode()
            set_ = whole[:resume].decode()
            after = (len(rest), hash(rest))
            divided = layout.text.endswith(HYPHENS) and not set_.endswith(HYPHENS)
            self._above[after] = self._hyphens + 1 if divided else 0
            address = broken_address(text, len(set_), begun)
            self._begun[after] = address[1] - len(set_) if address else 0
        self._alone = self._alone and " " not in set_.lstrip()
        return result

    def _style(self, style: Any) -> object:
        """The properties of a style that matter here, read once per document."""
        if id(style) not in self._styles:
            self._styles[id(style)] = style, tuple(_hashable(style[name]) for name in PROPERTIES)
        return self._styles[id(style)][1]


def _hashable(value: object) -> object:
    return value if value.__hash__ is not None else repr(value)


_current: ContextVar[LineBreaker] = ContextVar("line breaker")


@contextmanager
def line_breaking(
    hyphenators: Mapping[str, Hyphenator], lines: LineCache | None = None
) -> Iterator[None]:
    """While the block runs, words of these languages are divided as their hyphenators say."""
    token = _current.set(LineBreaker(hyphenators, {} if lines is None else lines))
    try:
        yield
    finally:
        _current.reset(token)


class _Pyphen:
    """What WeasyPrint's line breaker uses of the module ``pyphen``."""

    @staticmethod
    def language_fallback(language: str) -> str | None:
        return language if _current.get().divides(language) else None

    @staticmethod
    def Pyphen(*, lang: str, **_: object) -> Hyphenator:  # noqa: N802 (the name that is called)
        return _current.get().hyphenator(lang)


def install(line_break: Any, inline: Any) -> None:
    """Replace functions of WeasyPrint's modules ``text.line_break`` and ``layout.inline``."""
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
