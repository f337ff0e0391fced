"""WeasyPrint's line breaker, replaced: paragraphs are broken as a whole.

WeasyPrint 70 breaks line by line: it fills each as far as it can, asks Pyphen where to divide a
word, has no limit on hyphens at the ends of successive lines (``hyphenate-limit-lines``), divides
addresses, and inside inline boxes breaks words anywhere. :func:`install` replaces three of its
functions: when the first line of a paragraph is asked for, the ends of all its lines are chosen
(`layout/paragraph.py`), and then each line is set from a paragraph that ends there.

What cannot be read as a paragraph (`paragraphs.read`: floats between words, text with tabs
or without wrapping) is broken by WeasyPrint, with words divided as our hyphenators say.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from math import inf
from typing import Any

from brochure.layout.hyphenation import Hyphenator
from brochure.layout.paragraph import Breakpoint, line_ends
from brochure.layout.weasyprint.breakpoints import Measurer, breakpoints
from brochure.layout.weasyprint.known_lines import Content, KnownLine, laid_out, signature
from brochure.layout.weasyprint.paragraphs import Box, Line, Paragraph, read

_MAX_CACHED = 10_000  # lines, of some 8 kB each, and paragraphs
_ATTEMPTS = 3  # at a page that does not end inside a word
_ROUNDING = 0.01  # CSS px
# All that WeasyPrint 70 reads from a style to find the first line of a text, and we to choose its
# end; a test checks this.
PROPERTIES = (
    "direction", "font_family", "font_feature_settings", "font_kerning", "font_language_override",
    "font_size", "font_stretch", "font_style", "font_variant_alternates", "font_variant_caps",
    "font_variant_east_asian", "font_variant_ligatures", "font_variant_numeric",
    "font_variant_position", "font_variation_settings", "font_weight", "hyphenate_character",
    "hyphenate_limit_chars", "hyphenate_limit_zone", "hyphens", "lang", "letter_spacing",
    "overflow_wrap", "tab_size", "text_decoration_line", "white_space", "word_break",
    "word_spacing",
)  # fmt: skip
LineCache = dict[object, Any]  # what a line or paragraph depends on → the line, or its lines


@dataclass(frozen=True)
class WeasyPrintModules:
    """The modules of WeasyPrint that are used or changed here."""

    boxes: Any
    line_break: Any
    inline: Any
    block: Any


@dataclass(frozen=True)
class _Plan:
    """The lines of a paragraph by where they begin, for lines of one width."""

    measure: float
    lines: Mapping[int, Line]

    def fits(self, *widths: float) -> bool:
        """Whether it was made for lines of these widths."""
        return all(abs(self.measure - width) < _ROUNDING for width in widths)


class LineBreaker:
    """The line breaking of one document.

    `hyphenators` go by the codes of languages. `cache` holds what was broken before, with the same
    fonts and the same hyphenators: variants of a leaflet have most of it in common.
    """

    def __init__(self, hyphenators: Mapping[str, Hyphenator], cache: LineCache) -> None:
        self._cache = cache
        self._hyphenators = hyphenators
        # By the id of a style or box, with the thing itself, lest its id be reused.
        self._styles: dict[int, tuple[Any, object]] = {}
        self._paragraphs: dict[int, tuple[Box, Paragraph | None]] = {}
        self._contents: dict[int, tuple[Box, Content | None]] = {}
        self._plans: dict[int, _Plan] = {}
        self._chosen_line: tuple[int, int, Line] | None = None  # box and beginning of a line chosen
        self._whole: dict[int, frozenset[int]] = {}  # see `line_ends`; for the next plan

    def hyphenator(self, language: str) -> Hyphenator | None:
        """The hyphenator for a language, if it is known."""
        return self._hyphenators.get(language.partition("-")[0])

    def split_text(
        self,
        split: Callable[..., Any],
        text: str,
        style: Any,
        context: Any,
        max_width: float | None,
        *args: Any,
        **options: Any,
    ) -> Any:
        """Split the first line off a text as `split` does, or as it did before."""
        if max_width == inf:  # a line that was chosen
            max_width, options = None, {}
        key = (text, self._style(style), max_width, args, tuple(options.items()))
        if key not in self._cache:
            line = split(text, style, context, max_width, *args, **options)
            line[0].drawn = {}  # see `glyphs`
            self._remember(key, line)
        line = self._cache[key]
        return (copy(line[0]), *line[1:])  # its layout is used, and changed, when drawn

    def split_line(
        self,
        modules: WeasyPrintModules,
        split: Callable[..., Any],
        context: Any,
        box: Box,
        position_x: float,
        max_x: float,
        bottom_space: float,
        skip_stack: Any,
        containing_block: Box,
        *args: Any,
    ) -> Any:
        """Split a line off a line box as `split` does, but where the line was chosen to end."""
        *_, first_letter_style, first_line_style = args
        paragraph = None
        if not first_letter_style and not first_line_style:
            paragraph = self._paragraph(modules, context, box, containing_block)
        start = paragraph.offset(skip_stack) if paragraph else None
        if paragraph is None or start is None:
            return split(
                context, box, position_x, max_x, bottom_space, skip_stack, containing_block, *args
            )
        room = max_x - position_x
        # Beside a float, nobody knows how wide the next line is: it is chosen anew.
        measure = room if context.excluded_shapes else containing_block.width
        chosen, self._chosen_line = self._chosen_line, None
        if chosen is not None and chosen[:2] == (id(box), start):
            line = chosen[2]
        else:
            line = self._line(modules, context, paragraph, start, room, measure)
        result = split(
            context, paragraph.cut(start, line), position_x, inf, bottom_space, skip_stack,
            containing_block, *args,
        )  # fmt: skip
        resume = None if line.next is None else paragraph.stack(line.next)
        return (result[0], resume, *result[2:])

    def next_line(
        self,
        modules: WeasyPrintModules,
        lay_out: Callable[..., Any],
        context: Any,
        box: Box,
        position_y: float,
        bottom_space: float,
        skip_stack: Any,
        containing_block: Box,
        *args: Any,
    ) -> Any:
        """Lay out the next line of a line box as `lay_out` does, or as it was before."""
        *_, first_letter_style, first_line_style = args
        content = None
        ltr = containing_block.style["direction"] == "ltr"
        if ltr and not (first_letter_style or first_line_style or context.excluded_shapes):
            content = self._known_content(modules, box)
        paragraph = self._paragraph(modules, context, box, containing_block) if content else None
        skip = modules.inline.skip_first_whitespace(box, skip_stack) if paragraph else "continue"
        start = paragraph.offset(skip) if paragraph and skip != "continue" else None
        if content is None or paragraph is None or start is None:
            return lay_out(
                context, box, position_y, bottom_space, skip_stack, containing_block, *args
            )
        left, width = containing_block.content_box_x(), containing_block.width
        # With floats added up as WeasyPrint does.
        right = left + width
        room = left + (right - left) - (left + box.text_indent)
        line = self._line(modules, context, paragraph, start, room, width, content)
        sizes = left, width, containing_block.height, box.text_indent
        key = content, start, line, sizes
        if key not in self._cache:
            self._chosen_line = id(box), start, line
            known = self._laid_out(
                modules, context, box, bottom_space, skip, containing_block, sizes
            )
            self._remember(key, known)
        known = self._cache[key]
        if known is None:
            self._chosen_line = id(box), start, line
            return lay_out(
                context, box, position_y, bottom_space, skip_stack, containing_block, *args
            )
        return known.made(box, position_y), known.resume

    def _laid_out(
        self,
        modules: WeasyPrintModules,
        context: Any,
        box: Box,
        bottom_space: float,
        skip_stack: Any,
        containing_block: Box,
        sizes: tuple[float, ...],
    ) -> KnownLine | None:
        """A line as WeasyPrint lays it out where there are no floats, to be remembered."""
        inline = modules.inline
        left, width, _, indent = sizes
        available = left + width - left
        aside: tuple[list[Any], ...] = ([], [], [], [])
        box.position_x, box.position_y, box.width, box.height = left, 0, 0, 0
        line, resume, preserved, *_ = inline.split_inline_box(
            context, box, left + indent, left + available, bottom_space, skip_stack,
            containing_block, *aside, [], None, None,
        )  # fmt: skip
        if any(aside) or inline.is_phantom_linebox(line):
            return None
        inline.remove_last_whitespace(context, line)
        last = resume is None or preserved
        offset_x = inline.text_align(context, line, available, last=last)
        bottom, top = inline.line_box_verticality(line)
        line.baseline, line.position_y, line.height = -top, top, bottom - top
        line.margin_top = line.margin_bottom = 0
        return laid_out(line, box, top, offset_x, resume)

    def _known_content(self, modules: WeasyPrintModules, box: Box) -> Content | None:
        """The content of a line box, the same for all that are alike."""
        if id(box) not in self._contents:
            content = None
            if found := signature(box, modules.boxes):
                if found[0] not in self._cache:
                    self._remember(*found)
                content = self._cache[found[0]]
            self._contents[id(box)] = box, content
        return self._contents[id(box)][1]

    def lay_out_lines(
        self,
        lay_out: Callable[..., Any],
        context: Any,
        box: Box,
        index: int,
        child: Box,
        new_children: list[Box],
        page_is_empty: bool,
        absolute_boxes: list[Box],
        fixed_boxes: list[Box],
        *args: Any,
    ) -> Any:
        """Lay out the lines of a block as `lay_out` does, so that no page ends inside a word."""
        lists = [new_children, absolute_boxes, fixed_boxes]
        lengths = [len(items) for items in lists]
        margin = box.margin_top
        whole: set[int] = set()
        while True:
            result = lay_out(
                context, box, index, child, new_children, page_is_empty, absolute_boxes,
                fixed_boxes, *args,
            )  # fmt: skip
            lines = new_children[lengths[0] :]
            divided = lines and lines[-1].resume_at and getattr(lines[-1], "divides_word", False)
            # A word that is longer than a line is divided there again, whatever it costs.
            if not divided or len(whole) == _ATTEMPTS or len(lines) - 1 in whole:
                return result
            whole.add(len(lines) - 1)
            self._whole[id(child)] = frozenset(whole)
            for items, length in zip(lists, lengths, strict=True):
                del items[length:]
            box.margin_top = margin

    def _paragraph(
        self, modules: WeasyPrintModules, context: Any, box: Box, containing_block: Box
    ) -> Paragraph | None:
        if id(box) not in self._paragraphs:

            def resolve(inner: Box) -> None:
                modules.inline.resolve_percentages(inner, containing_block)
                for side in ("margin_left", "margin_right"):
                    if getattr(inner, side) == "auto":
                        setattr(inner, side, 0)

            def width(inner: Box) -> float:
                copied = inner.copy()
                modules.inline.resolve_percentages(copied, containing_block)
                laid_out = modules.inline.atomic_box(
                    context, copied, 0, None, containing_block, [], []
                )
                return float(laid_out.margin_width())

            self._paragraphs[id(box)] = box, read(box, modules.boxes, resolve, width)
        return self._paragraphs[id(box)][1]

    def _line(
        self,
        modules: WeasyPrintModules,
        context: Any,
        paragraph: Paragraph,
        start: int,
        room: float,
        measure: float,
        content: Content | None = None,
    ) -> Line:
        """The line that begins at `start`, as planned before, or in a new plan from there on."""
        box = id(paragraph.box)
        whole = self._whole.pop(box, frozenset())
        plan = self._plans.get(box)
        goes_on = plan and plan.fits(room, measure) and start and start in plan.lines
        if plan is None or not goes_on or whole:
            key = (content or self._content(paragraph), start, room, measure, whole)
            if key not in self._cache:
                chosen = self._chosen(modules, context, paragraph, start, room, measure, whole)
                self._remember(key, _by_start(start, paragraph.told_whole(chosen, start, 0)))
            lines: dict[int, Line] = self._cache[key]
            known = plan.lines.values() if plan and start else ()
            rest = next((line.read_to for line in known if line.next == start), 0)
            if rest > start:
                lines = _by_start(start, paragraph.told_whole([*lines.values()], start, rest))
            plan = self._plans[box] = _Plan(measure, lines)
        return plan.lines[start]

    def _content(self, paragraph: Paragraph) -> object:
        """All that the choice of its lines depends on, besides their width."""
        leaves = ((leaf.text, leaf.width, leaf.unbroken, self._style(leaf.box.style))
                  for leaf in paragraph.leaves)  # fmt: skip
        style = paragraph.box.style
        alike = style["direction"], style["lang"], paragraph.balanced
        return (*leaves, *paragraph.spaces.items(), alike)

    def _chosen(
        self,
        modules: WeasyPrintModules,
        context: Any,
        paragraph: Paragraph,
        start: int,
        room: float,
        measure: float,
        whole: frozenset[int],
    ) -> list[Line]:
        """The lines from `start` on."""
        measurer = Measurer(modules.line_break)
        at = measurer.positions(paragraph, context)
        shown = len(paragraph.text.rstrip(" "))
        if at[shown] - at[start] <= room + _ROUNDING and "\n" not in paragraph.text[start:]:
            return [Line(shown, None, hyphen=False, inside=False)]

        def hyphen_width(style: Any) -> float:
            split = modules.line_break.split_first_line
            sign = style["hyphenate_character"]
            return float(self.split_text(split, sign, style, context, None, 0)[3])

        attributes = measurer.attributes(paragraph.text, paragraph.box.style["lang"])
        found, lines = breakpoints(
            paragraph, at, min(room, measure), attributes, self.hyphenator, hyphen_width
        )
        first = next((i for i, line in enumerate(lines) if line.end > start), len(lines) - 1)
        begin = Breakpoint(at[start] if first else 0.0, at[start], -1)
        if first and lines[first - 1].next == start:
            begin = found[first - 1]
        elif first:
            begin = Breakpoint(at[start], at[start], found[first - 1].word)
        ends = line_ends(
            found[first:], begin, room, measure, balanced=paragraph.balanced, whole=whole
        )
        return [lines[first + end] for end in ends]

    def _remember(self, key: object, value: object) -> None:
        if len(self._cache) >= _MAX_CACHED:
            self._cache.clear()
        self._cache[key] = value

    def _style(self, style: Any) -> object:
        """The properties of a style that matter here, read once per document."""
        if id(style) not in self._styles:
            self._styles[id(style)] = style, tuple(_hashable(style[name]) for name in PROPERTIES)
        return self._styles[id(style)][1]


def _by_start(start: int, lines: list[Line]) -> dict[int, Line]:
    """Lines by where they begin."""
    begins = [start, *(line.next for line in lines if line.next is not None)]
    return dict(zip(begins, lines, strict=True))


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
        return language if _current.get().hyphenator(language) else None

    @staticmethod
    def Pyphen(*, lang: str, **_: object) -> Hyphenator | None:  # noqa: N802 (that is called)
        return _current.get().hyphenator(lang)


def install(modules: WeasyPrintModules) -> None:
    """Replace functions of WeasyPrint."""
    inline, block = modules.inline, modules.block
    split, split_box = inline.split_first_line, inline.split_inline_box
    lay_out_lines, next_line = block._linebox_layout, inline.get_next_linebox
    modules.line_break.pyphen = _Pyphen

    def split_first_line(*args: Any, **options: Any) -> Any:
        return _current.get().split_text(split, *args, **options)

    def split_inline_box(context: Any, box: Box, *args: Any) -> Any:
        if isinstance(box, modules.boxes.LineBox):
            return _current.get().split_line(modules, split_box, context, box, *args)
        return split_box(context, box, *args)

    def linebox_layout(*args: Any) -> Any:
        return _current.get().lay_out_lines(lay_out_lines, *args)

    def get_next_linebox(*args: Any) -> Any:
        return _current.get().next_line(modules, next_line, *args)

    inline.get_next_linebox = get_next_linebox
    inline.split_first_line = split_first_line
    inline.split_inline_box = split_inline_box
    block._linebox_layout = linebox_layout
