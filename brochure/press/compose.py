"""Leaflet + edition → HTML and all that belongs to it. Nothing is typeset here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from jinja2 import (
    Environment,
    TemplateError,
)

from brochure import __version__
from brochure.diagnostics import Diagnostic, Place, Problems, error, raise_errors
from brochure.manuscript.checks import sources
from brochure.manuscript.language import Hyphenation, Language
from brochure.manuscript.load import Manuscript
from brochure.press import fonts, wishes
from brochure.press.access import check_html
from brochure.press.assets import BASE, STYLE_LIMIT, Asset, Collector
from brochure.press.edition import Edition, load_editions
from brochure.press.missing import missing_glyphs, missing_parts
from brochure.press.profiles import load_profile
from brochure.press.template import Loader, Quoted, environment
from brochure.project import Project
from brochure.sources.verified import Verification

UNVERIFIED = Verification()
_SHEET = "sheet.html"
_RTL = "rtl.css"


@dataclass(frozen=True)
class Composition:
    """All that the typesetter gets, wherever it works: it reads nothing else.

    `stylesheets` are pairs of name and text, in order; `assets` answer to addresses below BASE;
    `fonts` are the project's own, by name; `hyphenation` goes by language; `passages` are the ids
    of the pairs; `sheet_html` is what sheets carry beside them; `profile` that of the press.

    `fit` is the number of pages to fill, `exactly` or at most; `waived` are the checks that are
    switched off; `mirrored` says that the leaflet is bound on the right.
    """

    html: str
    base: str
    stylesheets: tuple[tuple[str, str], ...]
    assets: Mapping[str, Asset]
    edition: Edition
    fonts: Mapping[str, bytes]
    hyphenation: Mapping[str, Hyphenation]
    passages: tuple[str, ...]
    fit: int | None = None
    exactly: bool = True
    waived: frozenset[str] = frozenset()
    accent: str | None = None
    mirrored: bool = False
    sheet_html: str = ""
    profile: bytes | None = None
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
        project, edition, leaflet = self._project, self._edition, manuscript.leaflet
        sheets, style_assets, complaints = self._styles
        pages, exactly, unfit = wishes.pages(
            manuscript, self._name, edition, lambda: tuple(load_editions(project))
        )
        waived, unknown = wishes.waived(manuscript, edition)
        complaints = [
            *manuscript.diagnostics,
            *verification.diagnostics,
            *missing_parts(manuscript, edition, self._name),
            *complaints,
            *unfit,
            *unknown,
        ]
        html = self._html(edition.template, manuscript, verification)
        sheet = self._html(_SHEET, manuscript, verification) if edition.imposition else ""
        collector = Collector(project, style_assets)
        base = f"{BASE}content/{manuscript.name}/"
        logo = leaflet.logo
        places = {logo.file: manuscript.place(("logo", "file"))} if logo else {}
        template = Place(project.show(project.style(edition.template)))
        collector.html(html, base, template, places)
        complaints += collector.diagnostics
        complaints += check_html(html, template)
        own_fonts, covered = self._fonts
        if edition.output == "pdf":  # in a browser, fonts are the reader's
            complaints += missing_glyphs(manuscript, html + sheet, template, covered)
        elif any(asset.mime == "text/css" for asset in collector.assets.values()):
            complaints.append(
                error(
                    "import",
                    "A page of the web cannot import style sheets: it is whole in itself.",
                    Place(project.show(project.style(sheets[0][0] if sheets else ""))),
                    "Delete the `@import`, and name the sheet under `styles:` of the edition.",
                )
            )
        profile, wrong = self._profile
        mirrored = manuscript.language.direction == "rtl"
        return Composition(
            html=html,
            base=base,
            stylesheets=(*sheets, *self._mirroring) if mirrored else sheets,
            assets=collector.assets,
            edition=edition,
            fonts=own_fonts,
            hyphenation=manuscript.hyphenation,
            passages=tuple(passage.id for passage in leaflet.passages),
            fit=pages,
            exactly=exactly,
            waived=waived,
            accent=leaflet.accent,
            mirrored=mirrored,
            sheet_html=sheet,
            profile=profile,
            diagnostics=raise_errors(wishes.without([*complaints, *wrong], waived)),
        )

    @cached_property
    def _mirroring(self) -> tuple[tuple[str, str], ...]:
        """The style sheet for writing from right to left, where the edition has pages."""
        if self._edition.output != "pdf":
            return ()
        return ((_RTL, self._project.read_text(self._project.style(_RTL), STYLE_LIMIT)),)

    @cached_property
    def _profile(self) -> tuple[bytes | None, tuple[Diagnostic, ...]]:
        """The ICC profile of the press, and what is wrong with it."""
        try:
            return load_profile(self._project, self._name, self._edition), ()
        except Problems as problems:
            return None, problems.diagnostics

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

    def _html(self, template: str, manuscript: Manuscript, verification: Verification) -> str:
        language, edition = manuscript.language, self._edition
        leaflet = manuscript.leaflet
        if language not in self._environments:
            self._environments[language] = environment(self._loader, language, edition)
        try:
            return (
                self._environments[language]
                .get_template(template)
                .render(
                    leaflet=leaflet,
                    verification=verification,
                    sources=tuple(dict.fromkeys(source for _, source in sources(leaflet))),
                    language=language,
                    quoted=Quoted(manuscript),
                    words=language.words,
                    edition=edition,
                    edition_name=self._name,
                    generator=f"brochure {__version__}",
                )
            )
        except TemplateError as reason:
            line = getattr(reason, "lineno", None) or _template_line(reason, template)
            path = self._project.style(template)
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
