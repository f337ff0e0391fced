"""What can be done to a text on its way into HTML: the filters of templates."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from markupsafe import Markup, escape

from brochure.layout.compose import qr_codes
from brochure.layout.edition import Links
from brochure.manuscript.model.fields import on_dark
from brochure.manuscript.model.leaflet import Quote, Source
from brochure.manuscript.text import markdown
from brochure.manuscript.text.language import Language, fill_in
from brochure.manuscript.text.typography import Typography
from brochure.sources.document import Reference

_DARK = "#16181c"  # the background of web.css in the dark
_KEPT = 2000  # set texts of each kind that are kept
# Opening quotation marks of any shape, and what closes them.
_MARKS = {"„": "“”", "“": "”", "”": "”", "«": "»", "»": "«", '"': '"',
          "‚": "‘’", "‘": "’", "‹": "›", "›": "‹", "'": "'"}  # fmt: skip


class Helpers:
    """The helpers of one language and one kind of edition: how it shows `links` (see `Edition`),
    and whether links are `scanned`, from QR codes.

    What they make of a text is kept: variants have most of their texts in common.
    """

    def __init__(self, language: Language, links: Links, scanned: bool) -> None:
        self._language = language
        typography = Typography(language)
        own = markdown.Renderer(typography, links)
        self._words = markdown.Renderer(typography, "none")  # headings: a link would break the line
        # In print the address of a link inside a quote stands below it, not among its words.
        verbatim = markdown.Renderer(None, "live" if links == "live" else "none")
        kept = lru_cache(maxsize=_KEPT)
        self._quotation = kept(lambda text, tongue: Markup(quotation(text, verbatim, tongue)))
        words = self._words
        #: The filters of templates by name. They take a text, and give text, HTML, or texts.
        self.filters: Mapping[str, Callable[..., object]] = {
            "block": _of_text(kept(lambda text: Markup(own.block(text)))),
            "inline": _of_text(kept(lambda text: Markup(own.inline(text)))),
            "heading": _of_text(kept(lambda text: Markup(words.inline(text)))),
            "plain": _of_text(kept(words.plain)),
            "verbatim_heading": _of_text(kept(lambda text: Markup(verbatim.inline(text)))),
            "verbatim_plain": _of_text(kept(verbatim.plain)),
            "addresses": _of_text(kept(markdown.addresses) if links == "printed" else lambda _: ()),
            "linked": _of_text(kept(markdown.hrefs) if scanned else lambda _: ()),
            "code": _of_text(_code),
            "short_address": _of_text(markdown.short_address),
            "on_dark": _of_text(lambda colour: on_dark(colour, _DARK)),
            "wholly_emphasised": _of_text(kept(markdown.wholly_emphasised)),
            "date": _of_text(language.format_date),
            "fill_in": fill_in,
        }

    def quotation(self, text: str, language: Language) -> Markup:
        """A quote in a language, to the letter, with quotation marks around it."""
        return self._quotation(text, language)

    def reference(self, location: Quote | Reference, quote: Quote, source: Source | None) -> Markup:
        """Where a quote stands, after the title of its source where that is another one."""
        shown = _reference(location, quote.source or source, self._language)
        parts = [quote.source.title if quote.source else "", self._words.inline(shown)]
        return Markup(", ").join(Markup(p) if i else escape(p) for i, p in enumerate(parts) if p)


def _code(address: str) -> str:
    """The address under which the picture of a QR code is asked for. Raises NoCode."""
    qr_codes.check(address)
    return qr_codes.SCHEME + address


def _of_text(function: Callable[[str], object]) -> Callable[[object], object]:
    """A filter that takes nothing but text: whatever else a template hands it is a mistake."""

    def filter_(value: object) -> object:
        if not isinstance(value, str):
            raise TypeError(f"text is wanted here, not {type(value).__name__}")
        return function(value)

    return filter_


def quotation(text: str, renderer: markdown.Renderer, language: Language) -> str:
    """A quote with the quotation marks of the language around it, if it has none of its own.

    They go inside the first and last tags, so that they stand in the first and last line.
    """
    html = renderer.block(text)
    if len(text) > 2 and text[-1] in _MARKS.get(text[0], ""):
        if not any(mark in text[1:-1] for mark in _MARKS[text[0]]):
            return html
    opening, closing = (str(escape(mark)) for mark in language.quotes[:2])
    tags = re.match(r"(?:<[^>]*>)*", html)
    html = html[: tags.end()] + opening + html[tags.end() :] if tags else opening + html
    return re.sub(r"((?:</[^>]*>)*)$", lambda end: closing + end[1], html, count=1)


def _reference(quote: Quote | Reference, source: Source | None, language: Language) -> str:
    """Where a quote stands, as its source or the language puts it."""
    words = language.words
    if not (quote.lines or quote.page):
        return ""
    pattern = source.reference if source else None
    if pattern is None and quote.page:
        pattern = words.page_line if quote.lines else words.only_page
    elif pattern is None:
        several = any(sign in str(quote.lines) for sign in "–,")
        pattern = words.lines if several else words.line
    return pattern.replace("{lines}", quote.lines or "").replace("{page}", quote.page or "")
