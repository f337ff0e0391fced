"""Leaflet + edition → HTML and all that belongs to it. Nothing is typeset here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

from jinja2 import (
    Environment,
    TemplateError,
)

from brochure import __version__
from brochure.diagnostics import Diagnostic, Place, Problems, error, raise_errors, warning
from brochure.manuscript.language import Hyphenation, Language
from brochure.manuscript.load import Manuscript, sources, texts
from brochure.press import fonts
from brochure.press.access import check_html
from brochure.press.assets import BASE, STYLE_LIMIT, Asset, Collector
from brochure.press.edition import Edition
from brochure.press.template import Loader, environment
from brochure.project import Project
from brochure.sources.verified import Verification

UNVERIFIED = Verification()


@dataclass(frozen=True)
class Composition:
    """All that the typesetter gets, wherever it works: it reads nothing else.

    `stylesheets` are pairs of name and text, in order; `assets` answer to addresses below BASE;
    `families` are those of the font package, `fonts` the project's own, by name; `passages` are
    the ids of the rows of the table.
    """

    html: str
    base: str
    stylesheets: tuple[tuple[str, str], ...]
    assets: Mapping[str, Asset]
    families: tuple[str, ...]
    fonts: Mapping[str, bytes]
    hyphenation: Hyphenation
    hole: float
    passages: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = field(default=())


class Composer:
    """Composes leaflets in one edition; template, styles and fonts are read once.

    `remember`: whether the project's cache may be written (``check`` writes nothing).
    """

    def __init__(
        self, project: Project, name: str, edition: Edition, *, remember: bool = True
    ) -> None:
        # Its own list of what was read, for the build to know what a PDF depends on.
        self._project = replace(project, seen=set())
        self._seen = project.seen
        self._name, self._edition, self._remember = name, edition, remember
        self._environments: dict[Language, Environment] = {}
        self._loader = Loader(self._project)

    @property
    def reads(self) -> frozenset[Path]:
        """Every file that was read so far, or looked for in vain."""
        return frozenset(self._project.seen)

    def compose(
        self, manuscript: Manuscript, verification: Verification = UNVERIFIED
    ) -> Composition:
        """Compose a leaflet, of whose quotes so much is known. Raises Problems with all that
        stands in the way.
        """
        try:
            return self._compose(manuscript, verification)
        finally:
            self._seen.update(self._project.seen)

    def _compose(self, manuscript: Manuscript, verification: Verification) -> Composition:
        project, edition = self._project, self._edition
        sheets, style_assets, complaints = self._styles
        complaints = [
            *manuscript.diagnostics,
            *verification.diagnostics,
            *_expected(manuscript, edition, self._name),
            *complaints,
        ]
        html = self._html(manuscript, verification)
        collector = Collector(project, style_assets)
        base = f"{BASE}content/{manuscript.name}/"
        logo = manuscript.leaflet.logo
        places = {logo.file: manuscript.place(("logo", "file"))} if logo else {}
        template = Place(project.show(project.style(edition.template)))
        collector.html(html, base, template, places)
        complaints += collector.diagnostics
        complaints += check_html(html, template)
        own_fonts, covered = self._fonts
        complaints += _missing_glyphs(manuscript, html, template, covered)
        return Composition(
            html=html,
            base=base,
            stylesheets=sheets,
            assets=collector.assets,
            families=edition.fonts,
            fonts=own_fonts,
            hyphenation=manuscript.language.hyphenation,
            hole=edition.hole,
            passages=tuple(passage.id for passage in manuscript.leaflet.passages),
            diagnostics=raise_errors(complaints),
        )

    @cached_property
    def _styles(
        self,
    ) -> tuple[tuple[tuple[str, str], ...], Mapping[str, Asset], list[Diagnostic]]:
        """The style sheets, what they draw in, and what is wrong with either."""
        sheets: list[tuple[str, str]] = []
        complaints: list[Diagnostic] = []
        collector = Collector(self._project)
        for style in self._edition.styles:
            try:
                css = self._project.read_text(self._project.style(style), STYLE_LIMIT)
            except Problems as problems:
                complaints += problems.diagnostics
                continue
            sheets.append((style, css))
            collector.stylesheet(css, style)
        return tuple(sheets), collector.assets, [*complaints, *collector.diagnostics]

    @cached_property
    def _fonts(self) -> tuple[Mapping[str, bytes], frozenset[int]]:
        """The project's own fonts, and the characters that any of the fonts has."""
        files = fonts.font_files(self._project, self._edition)
        covered = fonts.coverage(self._project, files, remember=self._remember)
        return fonts.own_fonts(self._project), covered

    def _html(self, manuscript: Manuscript, verification: Verification) -> str:
        language, edition = manuscript.language, self._edition
        leaflet = manuscript.leaflet
        if language not in self._environments:
            self._environments[language] = environment(self._loader, language, edition)
        try:
            return (
                self._environments[language]
                .get_template(edition.template)
                .render(
                    leaflet=leaflet,
                    verification=verification,
                    sources=tuple(dict.fromkeys(source for _, source in sources(leaflet))),
                    language=language,
                    words=language.words,
                    edition=edition,
                    edition_name=self._name,
                    generator=f"brochure {__version__}",
                )
            )
        except TemplateError as reason:
            line = getattr(reason, "lineno", None) or _template_line(reason, edition.template)
            path = self._project.style(edition.template)
            raise Problems(
                [
                    error(
                        "template",
                        f"The template does not work: {reason}.",
                        Place(self._project.show(path), line or 1),
                        "Compare it with the built-in styles/leaflet.html.",
                    )
                ]
            ) from None


def compose(
    project: Project, manuscript: Manuscript, name: str, edition: Edition, *, remember: bool = True
) -> Composition:
    """Compose one leaflet in one edition. Raises Problems with all that stands in the way."""
    return Composer(project, name, edition, remember=remember).compose(manuscript)


def _template_line(reason: BaseException, template: str) -> int | None:
    """The line of a template in which an error arose while it was filled in."""
    line, trace = None, reason.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(template):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


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
