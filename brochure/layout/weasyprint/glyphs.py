"""The glyphs of a line of text, drawn as they were drawn before.

WeasyPrint lays a text out with Pango to measure it, and once more when it is drawn; then it goes
through all glyphs. What it writes for a text depends on nothing but the text and its style, and on
the widths of glyphs that the document knows so far, each of which it rounds once for a font in all
its sizes. So the operators are kept with the layout of the text (see `linebreak`), and written
again where those widths are the same.
"""

from dataclasses import dataclass
from typing import Any

import pydyf


@dataclass(frozen=True, slots=True)
class _UsedFont:
    """A font of a text, as WeasyPrint knows it by `key`; and what a document has to know of the
    glyphs: their widths, and what they stand for.
    """

    key: object
    pango_font: Any
    widths: dict[int, int]
    to_unicode: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The operators of a text: bytes, or the index of a font and its size."""

    fonts: tuple[_UsedFont, ...]
    operators: tuple[bytes | tuple[int, float], ...]

    def draw(self, stream: Any, matrix: Any) -> bool:
        """Draw the text, if the document knows no other widths."""
        fonts = []
        for used in self.fonts:
            font = stream._fonts.get(used.key)
            if font is None:
                font, _ = stream.add_font(used.pango_font)
            known = font.widths
            if not used.widths.items() <= known.items() and any(
                known.get(glyph, width) != width for glyph, width in used.widths.items()
            ):
                return False
            fonts.append(font)
        for used, font in zip(self.fonts, fonts, strict=True):
            for now, known in ((used.widths, font.widths), (used.to_unicode, font.to_unicode)):
                if not now.keys() <= known.keys():
                    for glyph, value in now.items():
                        known.setdefault(glyph, value)
        stream.set_text_matrix(*matrix.values)
        for operator in self.operators:
            if isinstance(operator, bytes):
                stream.stream.append(operator)
            else:
                stream.set_font_size(fonts[operator[0]].hash, operator[1])
        return True


class _UnrecordableError(Exception):
    """What is drawn is more than glyphs of a font, or what no font has."""


class _Font:
    """A font of which a document knows no glyph yet."""

    def __init__(self, font: Any) -> None:
        if font.bitmap or font.png or font.svg or font.colr:
            raise _UnrecordableError
        self.bitmap = self.png = self.svg = self.colr = False
        self.widths: dict[int, int] = {}
        self.to_unicode: dict[int, str] = {}

    def get_unused_glyph_id(self, _: int) -> int:
        raise _UnrecordableError


class _Recorder(pydyf.Stream):  # type: ignore[misc]
    """Takes the place of a page, for one text."""

    def __init__(self, stream: Any, key_of: Any, kept: dict[object, Any], layout: Any) -> None:
        super().__init__()
        self._page, self._key_of, self._kept, self._layout = stream, key_of, kept, layout
        self.ink_rect, self.logical_rect = stream.ink_rect, stream.logical_rect
        self._fonts: dict[object, tuple[_Font, Any]] = {}

    def add_font(self, pango_font: Any) -> tuple[_Font, float]:
        key, _, size = self._key_of(pango_font)
        if key not in self._fonts:
            font, _ = self._page.add_font(pango_font)
            # Pango keeps a font as long as a layout that uses it.
            held = self._kept.setdefault((key, size), (pango_font, self._layout))
            recorded = _Font(font)
            recorded.hash = len(self._fonts)  # type: ignore[attr-defined]
            self._fonts[key] = recorded, held[0]
        return self._fonts[key][0], size

    def set_font_size(self, font: int, size: float) -> None:
        self.stream.append((font, size))

    def drawn(self) -> _Drawn:
        """What was drawn, but for where."""
        fonts = (
            _UsedFont(key, pango_font, font.widths, font.to_unicode)
            for key, (font, pango_font) in self._fonts.items()
        )
        return _Drawn(tuple(fonts), tuple(self.stream[1:]))


def install(line_break: Any, text: Any, key_of: Any) -> None:
    """Replace, in WeasyPrint's modules `line_break` and `text`, a layout, and what draws a line;
    `key_of` is its key of a font.
    """
    draw = text.draw_first_line

    class Layout(line_break.Layout):  # type: ignore[misc]
        """As WeasyPrint's own, but made again only where it is looked at."""

        def __copy__(self) -> Any:
            copied = object.__new__(Layout)
            copied.__dict__.update(self.__dict__)
            return copied

        def reactivate(self, style: Any) -> None:
            self.resting_style = style

        def deactivate(self) -> None:
            self.__dict__.pop("resting_style", None)
            if "layout" in self.__dict__:
                super().deactivate()

        def wake(self) -> None:
            style = self.__dict__.pop("resting_style", None)
            if style is not None:
                super().reactivate(style)

    def draw_first_line(
        stream: Any, box: Any, text_overflow: str, block_ellipsis: str, matrix: Any
    ) -> Any:
        layout = box.pango_layout
        known = layout.__dict__.get("drawn")
        if known is not None and text_overflow == "clip" and block_ellipsis == "none":
            if not box.text.strip():
                return []
            key = box.text, layout.text
            if key not in known:
                layout.wake()
                kept = box.style.font_config.__dict__.setdefault("drawn_fonts", {})
                recorder = _Recorder(stream, key_of, kept, layout.layout)
                try:
                    draw(recorder, box, text_overflow, block_ellipsis, matrix)
                    known[key] = recorder.drawn() if recorder.stream else None
                except _UnrecordableError:
                    known[key] = None
            if known[key] is not None and known[key].draw(stream, matrix):
                return []
        layout.wake()
        return draw(stream, box, text_overflow, block_ellipsis, matrix)

    line_break.Layout = Layout
    text.draw_first_line = draw_first_line
