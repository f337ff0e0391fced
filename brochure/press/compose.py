"""Leaflet + edition → HTML and all that belongs to it. Nothing is typeset here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from jinja2 import BaseLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from brochure import __version__
from brochure.diagnostics import Diagnostic, Place, Problems, error, raise_errors, warning
from brochure.manuscript import markup
from brochure.manuscript.language import Language
from brochure.manuscript.load import Manuscript, texts
from brochure.manuscript.model import Quote
from brochure.manuscript.typography import Typography
from brochure.press import fonts
from brochure.press.access import check_html
from brochure.press.assets import BASE, STYLE_LIMIT, Asset, Collector
from brochure.press.edition import Edition
from brochure.project import Project

# Opening quotation marks of any shape, and what closes them.
_MARKS = {"„": "“”", "“": "”", "”": "”", "«": "»", "»": "«", '"': '"',
          "‚": "‘’", "‘": "’", "‹": "›", "›": "‹", "'": "'"}  # fmt: skip


@dataclass(frozen=True)
class Composition:
    """All that the typesetter gets: it reads nothing else but fonts.

    `stylesheets` are pairs of name and text, in order; `assets` answer to addresses below BASE;
    `font_files` are those in the folders, with size and time; `passages` names each row of the
    table for messages, with its place.
    """

    html: str
    base: str
    stylesheets: tuple[tuple[str, str], ...]
    assets: Mapping[str, Asset]
    font_folders: tuple[Path, ...]
    font_files: tuple[tuple[Path, int, int], ...]
    language: Language
    hole: float
    passages: Mapping[str, Place]
    manuscript: Place
    diagnostics: tuple[Diagnostic, ...] = field(default=())


def compose(
    project: Project, manuscript: Manuscript, name: str, edition: Edition, *, remember: bool = True
) -> Composition:
    """Compose a leaflet in one edition. Raises Problems with all that stands in the way.

    `remember`: whether the project's cache may be written (``check`` writes nothing).
    """
    complaints: list[Diagnostic] = [*manuscript.diagnostics, *_expected(manuscript, edition, name)]
    html = _html(project, manuscript, name, edition)

    sheets: list[tuple[str, str]] = []
    collector = Collector(project)
    for style in edition.styles:
        try:
            css = project.read_text(project.style(style), STYLE_LIMIT)
        except Problems as problems:
            complaints += problems.diagnostics
            continue
        sheets.append((style, css))
        collector.stylesheet(css, style)
    base = f"{BASE}content/{manuscript.name}/"
    logo = manuscript.leaflet.logo
    places = {logo.file: manuscript.place(("logo", "file"))} if logo else {}
    template = Place(project.show(project.style(edition.template)))
    collector.html(html, base, template, places)
    complaints += collector.diagnostics
    complaints += check_html(html, template)

    folders = fonts.font_folders(project, edition)
    files = fonts.font_files(project, edition)
    covered = fonts.coverage(project, files, remember=remember)
    complaints += _missing_glyphs(manuscript, html, template, covered)
    return Composition(
        html=html,
        base=base,
        stylesheets=tuple(sheets),
        assets=collector.assets,
        font_folders=folders,
        font_files=fonts.stamped(files),
        language=manuscript.language,
        hole=edition.hole,
        passages={
            passage.id: manuscript.place(("passages", index))
            for index, passage in enumerate(manuscript.leaflet.passages)
        },
        manuscript=manuscript.place(("title",)),
        diagnostics=raise_errors(complaints),
    )


class _Loader(BaseLoader):
    """Templates of the project win over the built-in ones, file by file."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def get_source(self, environment: object, template: str) -> tuple[str, str, None]:
        if ".." in template.split("/"):
            raise TemplateNotFound(template)
        path = self._project.style(template)
        return self._project.read_text(path, STYLE_LIMIT), self._project.show(path), None


def _html(project: Project, manuscript: Manuscript, name: str, edition: Edition) -> str:
    language, leaflet = manuscript.language, manuscript.leaflet
    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=_Loader(project),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    typography = Typography(language)
    own = markup.Renderer(typography, edition.links)
    words = markup.Renderer(typography, "none")  # headings: a link would break the line
    # In print the address of a link inside a quote stands below it, not among its words.
    verbatim = markup.Renderer(None, "live" if edition.links == "live" else "none")
    environment.filters |= {
        "block": lambda text: Markup(own.block(text)),
        "inline": lambda text: Markup(own.inline(text)),
        "heading": lambda text: Markup(words.inline(text)),
        "plain": words.plain,
        "verbatim": lambda text: Markup(_quotation(text, verbatim, language)),
        "verbatim_heading": lambda text: Markup(verbatim.inline(text)),
        "verbatim_plain": verbatim.plain,
        "addresses": markup.addresses if edition.links == "printed" else lambda text: (),
        "short_address": markup.short_address,
        "wholly_emphasised": markup.wholly_emphasised,
        "date": language.format_date,
        "reference": lambda quote: Markup(words.inline(_reference(quote, manuscript))),
    }
    try:
        return environment.get_template(edition.template).render(
            leaflet=leaflet,
            language=language,
            words=language.words,
            edition=edition,
            edition_name=name,
            generator=f"brochure {__version__}",
        )
    except TemplateError as reason:
        line = getattr(reason, "lineno", None) or _template_line(reason, edition.template)
        raise Problems(
            [
                error(
                    "template",
                    f"The template does not work: {reason}.",
                    Place(project.show(project.style(edition.template)), line or 1),
                    "Compare it with the built-in styles/leaflet.html.",
                )
            ]
        ) from None


def _template_line(reason: BaseException, template: str) -> int | None:
    """The line of a template in which an error arose while it was filled in."""
    line, trace = None, reason.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(template):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _quotation(text: str, renderer: markup.Renderer, language: Language) -> str:
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


def _reference(quote: Quote, manuscript: Manuscript) -> str:
    """Where a quote stands, as its source or the language puts it."""
    source, words = manuscript.leaflet.source, manuscript.language.words
    if not (quote.lines or quote.page):
        return ""
    pattern = source.reference if source else None
    if pattern is None and quote.page:
        pattern = words.page_line if quote.lines else words.only_page
    elif pattern is None:
        several = any(sign in str(quote.lines) for sign in "–,")
        pattern = words.lines if several else words.line
    return pattern.replace("{lines}", quote.lines or "").replace("{page}", quote.page or "")


def _expected(manuscript: Manuscript, edition: Edition, name: str) -> list[Diagnostic]:
    hints = {
        "imprint": "In Germany press law asks every printed leaflet for the name and postal "
        "address of who is responsible (V. i. S. d. P.). Add `imprint: …`.",
    }
    return [
        warning(
            f"no-{part}",
            f"The leaflet has no `{part}`, which the edition `{name}` should show.",
            manuscript.place(()),
            hints.get(part, f"Add `{part}: …`."),
        )
        for part in edition.expects
        if getattr(manuscript.leaflet, part) is None
    ]


def _missing_glyphs(
    manuscript: Manuscript, html: str, template: Place, covered: frozenset[int]
) -> list[Diagnostic]:
    """Characters that no font has: of the manuscript first, then of what the template adds."""
    complaints: list[Diagnostic] = []
    written = ""
    for path, text in texts(manuscript.leaflet):
        place_of = partial(manuscript.place, path)
        complaints += fonts.diagnose(_named(manuscript, path), text, covered, place_of)
        written += text
    added = "".join(set(html) - set(written))
    named = "the template or the language file"
    return [*complaints, *fonts.diagnose(named, added, covered, lambda _: template)]


def _named(manuscript: Manuscript, path: tuple[str | int, ...]) -> str:
    """What a text is called in a complaint: ``the commentary of passage `regel```."""
    if path[0] != "passages":
        return "the " + " ".join(str(step) for step in path)
    passage = manuscript.leaflet.passages[int(path[1])]
    return f"the {' '.join(str(step) for step in path[2:])} of passage `{passage.id}`"
