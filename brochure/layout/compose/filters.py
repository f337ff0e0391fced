"""The filters of templates: what can be done to a text on its way into HTML."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from markupsafe import Markup, escape

from brochure.layout.compose import qr_codes
from brochure.layout.edition import Links
from brochure.manuscript.model.fields import on_dark
from brochure.manuscript.model.leaflet import Quote, Source
from brochure.manuscript.text import bidi, markdown
from brochure.manuscript.text.bidi import Direction
from brochure.manuscript.text.highlight import with_highlights
from brochure.manuscript.text.language import Language, direction_of, fill_placeholders
from brochure.manuscript.text.typography import Typography
from brochure.messages import Message, say
from brochure.sources.document import QuoteReference

_DARK = "#16181c"  # the background of web.css in dark mode
_CACHED = 2000  # results that each filter caches
# Opening quotation marks of any shape, and the marks that close them.
_MARKS = {"„": "“”", "“": "”", "”": "”", "«": "»", "»": "«", '"': '"',
          "‚": "‘’", "‘": "’", "‹": "›", "›": "‹", "'": "'"}  # fmt: skip


class FilterInputError(TypeError):
    """A template applies a filter to something that is not text; `message` says so."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class Filters:
    """The filters for one language and one kind of edition.

    `links`: how the edition shows links (see `Edition`). `with_qr_codes`: whether it prints QR
    codes.
    Results are cached: variants have most of their texts in common.
    """

    def __init__(self, language: Language, links: Links, *, with_qr_codes: bool) -> None:
        self._language = language
        typography = Typography(language)
        direction = language.direction
        own = markdown.Renderer(typography, links, direction=direction)
        # In headings, the address of a link would break the line: in print, it is set below.
        headings = replace(own, links="live" if links == "live" else "none")
        # The headings of columns are repeated on each page, where a link must not be (PDF/UA).
        repeated = replace(own, links="none" if links == "none" else "printed")
        # In print, the address of a link inside a quote is set below it, not among its words.
        verbatim = markdown.Renderer(
            None, "live" if links == "live" else "none", direction=direction
        )
        cached = lru_cache(maxsize=_CACHED)
        references = replace(own, links="none")
        self._plain, self._inline = references.plain, cached(references.inline)
        self._title = cached(verbatim.literal)
        self._quotation = cached(
            lambda text, language, direction, highlights: Markup(
                with_highlights(
                    quotation(text, replace(verbatim, direction=direction), language), highlights
                )
            )
        )
        #: The filters by name. They take a text, and return a text, HTML, or a tuple of texts.
        self.by_name: Mapping[str, Callable[..., object]] = {
            "block": _of_text(cached(lambda text: Markup(own.block(text)))),
            "inline": _of_text(cached(lambda text: Markup(own.inline(text)))),
            "heading": _of_text(cached(lambda text: Markup(headings.inline(text)))),
            "repeated": _of_text(cached(lambda text: Markup(repeated.inline(text)))),
            "plain": _of_text(cached(headings.plain)),
            "verbatim_heading": _of_text(cached(lambda text: Markup(verbatim.inline(text)))),
            "verbatim_plain": _of_text(cached(verbatim.plain)),
            "literal": _of_text(cached(lambda text: Markup(verbatim.literal(text)))),
            "marked": _of_text(lambda text: bidi.with_marks(text, direction)),
            "addresses": _of_text(
                cached(markdown.short_addresses) if links == "printed" else lambda _: ()
            ),
            "hidden_addresses": _of_text(
                cached(markdown.hidden_addresses) if links == "printed" else lambda _: ()
            ),
            "linked": _of_text(cached(markdown.web_addresses) if with_qr_codes else lambda _: ()),
            "code": _of_text(_qr_code),
            "short_address": _of_text(markdown.short_address),
            "on_dark": _of_text(lambda colour: on_dark(colour, _DARK)),
            "wholly_emphasised": _of_text(cached(markdown.wholly_emphasised)),
            "date": _of_text(language.format_date),
            "day": _of_text(language.format_day),
            "time": _of_text(language.format_time),
            "fill_in": fill_placeholders,
        }

    def quotation(
        self, text: str, language: Language, direction: Direction, highlights: tuple[str, ...] = ()
    ) -> Markup:
        """A quote, verbatim, with the quotation marks of a language around it, and with its
        highlights marked. `direction` is that of the element that it is in.
        """
        return self._quotation(text, language, direction, highlights)

    def plain(self, text: str) -> str:
        """One line of the initiative's own words, without markup."""
        return self._plain(text)

    def reference(
        self, location: Quote | QuoteReference, quote: Quote, source: Source | None
    ) -> Markup:
        """Where a quote is found, after the title of its source if that is not `source`.

        A pattern that the source gives is in the language of the source, as is its title.
        """
        cited = quote.source or source
        shown = self._inline(_reference(location, cited, self._language))
        title = self._title(quote.source.title) if quote.source else ""
        if cited is None or not cited.reference:
            title, cited = _in_language(title, cited, self._language), None
        return _in_language(", ".join(filter(None, (title, shown))), cited, self._language)


def _in_language(html: str, source: Source | None, around: Language) -> Markup:
    """HTML marked as being in the language of a source, if that is not the one around it."""
    code = source.language if source else None
    if not html or code is None or code == around.code or direction_of(code) == around.direction:
        return Markup(html)
    return Markup('<span lang="{}" dir="{}">{}</span>').format(
        code, direction_of(code), Markup(html)
    )


def _qr_code(address: str) -> str:
    """The address of the picture of a QR code, for the HTML. Raises QrCodeError."""
    qr_codes.check_encodable(address)
    return qr_codes.SCHEME + address


def _of_text(function: Callable[[str], object]) -> Callable[[object], object]:
    """A filter that accepts text only; anything else raises FilterInputError."""

    def filter_(value: object) -> object:
        if not isinstance(value, str):
            raise FilterInputError(
                say("a filter needs a text here, not `{type}`", type=type(value).__name__)
            )
        return function(value)

    return filter_


def quotation(text: str, renderer: markdown.Renderer, language: Language) -> str:
    """A quote as HTML, with the quotation marks of the language around it unless it has its own.

    They go inside the first and last tags, so that they are in the first and last line.
    """
    html = renderer.block(text)
    if len(text) > 2 and text[-1] in _MARKS.get(text[0], ""):
        if not any(mark in text[1:-1] for mark in _MARKS[text[0]]):
            return html
    opening, closing = (str(escape(mark)) for mark in language.quotes[:2])
    # Outside of what is set off from the rest, which has a direction of its own.
    tags = re.match(r"(?:<(?!span)[^>]*>)*", html)
    html = html[: tags.end()] + opening + html[tags.end() :] if tags else opening + html
    return re.sub(r"((?:</(?!span)[^>]*>)*)$", lambda end: closing + end[1], html, count=1)


def _reference(location: Quote | QuoteReference, source: Source | None, language: Language) -> str:
    """Lines and page of a quote, as its source or else the language words them."""
    words = language.words
    if not (location.lines or location.page):
        return ""
    pattern = source.reference if source else None
    if pattern is None and location.page:
        pattern = words.page_line if location.lines else words.only_page
    elif pattern is None:
        several = any(sign in str(location.lines) for sign in "–,")
        pattern = words.lines if several else words.line
    return pattern.replace("{lines}", location.lines or "").replace("{page}", location.page or "")
