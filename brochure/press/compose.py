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
from brochure.press import fonts, wishes
from brochure.press.access import check_html
from brochure.press.assets import BASE, STYLE_LIMIT, Asset, Collector
from brochure.press.colours import contrast, is_cmyk, rgb
from brochure.press.edition import FILE as EDITIONS
from brochure.press.edition import Edition, load_editions
from brochure.press.template import Loader, Quoted, environment
from brochure.project import Project
from brochure.sources.verified import Verification

UNVERIFIED = Verification()
_SHEET = "sheet.html"
_RTL = "rtl.css"
_PROFILE_LIMIT = 5_000_000  # bytes; those of presses have up to 3 MB


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
            *_expected(manuscript, edition, self._name),
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
            complaints += _missing_glyphs(manuscript, html + sheet, template, covered)
        else:
            complaints += _pale_accent(manuscript, edition)
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
    def _profile(self) -> tuple[bytes | None, list[Diagnostic]]:
        """The ICC profile of the press, and what is wrong with it."""
        named = self._edition.profile
        if self._edition.colours != "cmyk":
            return None, []
        file = self._project.style(named or "")
        place = Place(self._project.show(self._project.style(EDITIONS)))
        if named is None:
            return None, [
                error(
                    "profile",
                    f"The edition `{self._name}` is in CMYK, but names no `profile:`.",
                    place,
                    "Ask the print shop for its ICC profile, or take the built-in "
                    "profiles/FOGRA39L_coated.icc.",
                )
            ]
        try:
            data = self._project.read(file, _PROFILE_LIMIT, place)
        except Problems as problems:
            return None, list(problems.diagnostics)
        if is_cmyk(data):
            return data, []
        return None, [
            error(
                "profile",
                f"`{self._project.show(file)}` is no ICC profile of a press that prints in CMYK.",
                place,
                "Ask the print shop for the right one; its name ends in .icc.",
            )
        ]

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


def _pale_accent(manuscript: Manuscript, edition: Edition) -> list[Diagnostic]:
    """The accent on white, where no layout is looked at (the style sheets see to the rest)."""
    accent = manuscript.leaflet.accent
    if not accent or (ratio := contrast(rgb(accent), (1.0, 1.0, 1.0))) >= edition.contrast:
        return []
    return [
        warning(
            "contrast",
            f"The accent colour is too pale for links: {ratio:.1f} to 1 on white, where "
            f"{edition.contrast:g} is the least.",
            manuscript.place(("accent",)),
            "Take a darker one.",
        )
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
