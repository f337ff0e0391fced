"""Jinja2 with the filters of one language and edition: what templates can call."""

import re
from functools import lru_cache

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, pass_context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from brochure.manuscript import markup
from brochure.manuscript.colour import on_dark
from brochure.manuscript.language import Language, direction_of
from brochure.manuscript.load import Manuscript
from brochure.manuscript.model import Quote, Source
from brochure.manuscript.typography import Typography
from brochure.press import codes
from brochure.press.assets import STYLE_LIMIT
from brochure.press.edition import Edition
from brochure.project import Project
from brochure.sources.reference import Reference

_DARK = "#16181c"  # the background of web.css in the dark
_KEPT = 2000  # set texts of each kind that are kept
# Opening quotation marks of any shape, and what closes them.
_MARKS = {"„": "“”", "“": "”", "”": "”", "«": "»", "»": "«", '"': '"',
          "‚": "‘’", "‘": "’", "‹": "›", "›": "‹", "'": "'"}  # fmt: skip


class Loader(BaseLoader):
    """Templates of the project win over the built-in ones, file by file."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def get_source(self, environment: object, template: str) -> tuple[str, str, None]:
        if ".." in template.split("/"):
            raise TemplateNotFound(template)
        path = self._project.style(template)
        return self._project.read_text(path, STYLE_LIMIT), self._project.show(path), None


class Quoted:
    """The languages of what is quoted, for templates."""

    def __init__(self, manuscript: Manuscript) -> None:
        self._manuscript = manuscript

    def language(self, quote: Quote) -> Language:
        """The language of a quote: that of its source."""
        code = self._code(quote.source or self._manuscript.leaflet.source)
        return self._manuscript.languages.get(code, self._manuscript.language)

    def attributes(self, quote: Quote) -> Markup:
        """HTML attributes for a quote in another language than the leaflet, else nothing."""
        return self.of(quote.source or self._manuscript.leaflet.source)

    def of(self, source: Source | None) -> Markup:
        """HTML attributes for words in the language of a source."""
        code = self._code(source)
        if code == self._manuscript.leaflet.language:
            return Markup("")
        return Markup(' lang="{}" dir="{}"').format(code, direction_of(code))

    def _code(self, source: Source | None) -> str:
        return (source.language if source else None) or self._manuscript.original


def environment(loader: BaseLoader, language: Language, edition: Edition) -> Environment:
    """Jinja2 with the filters of one language and edition.

    What they make of a text is kept: variants have most of their texts in common.
    """
    jinja = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=loader,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    typography = Typography(language)
    own = markup.Renderer(typography, edition.links)
    words = markup.Renderer(typography, "none")  # headings: a link would break the line
    # In print the address of a link inside a quote stands below it, not among its words.
    verbatim = markup.Renderer(None, "live" if edition.links == "live" else "none")
    kept = lru_cache(maxsize=_KEPT)
    quoted = kept(lambda text, tongue: Markup(quotation(text, verbatim, tongue)))

    def _set(place: Quote | Reference, quote: Quote, source: Source | None) -> Markup:
        """Where a quote stands, after the title of its source where that is another one."""
        shown = _reference(place, quote.source or source, language)
        parts = [quote.source.title if quote.source else "", words.inline(shown)]
        return Markup(", ").join(Markup(p) if i else escape(p) for i, p in enumerate(parts) if p)

    jinja.filters |= {
        "block": kept(lambda text: Markup(own.block(text))),
        "inline": kept(lambda text: Markup(own.inline(text))),
        "heading": kept(lambda text: Markup(words.inline(text))),
        "plain": kept(words.plain),
        "verbatim": pass_context(
            lambda context, quote: quoted(quote.text, context["quoted"].language(quote))
        ),
        "verbatim_heading": kept(lambda text: Markup(verbatim.inline(text))),
        "verbatim_plain": kept(verbatim.plain),
        "addresses": kept(markup.addresses) if edition.links == "printed" else lambda text: (),
        "linked": kept(markup.hrefs) if edition.codes else lambda text: (),
        "code": lambda address: codes.SCHEME + address,
        "short_address": markup.short_address,
        "on_dark": lambda colour: on_dark(colour, _DARK),
        "wholly_emphasised": kept(markup.wholly_emphasised),
        "date": language.format_date,
        "reference": pass_context(
            lambda context, quote: _set(quote, quote, context["leaflet"].source)
        ),
        "place": pass_context(
            lambda context, found, quote: _set(found, quote, context["leaflet"].source)
        ),
        "word": lambda verdict: verdict.value.replace(" ", "_"),
    }
    return jinja


def quotation(text: str, renderer: markup.Renderer, language: Language) -> str:
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
    return re.sub(r"((?:</[^>]*>)*)$", rf"{closing}\1", html, count=1)


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
