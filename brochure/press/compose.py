"""Leaflet + edition → HTML and all that belongs to it. Nothing is typeset here."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Diagnostic, Place, Problems, error, raise_errors
from brochure.manuscript.language import Language
from brochure.manuscript.load import Manuscript
from brochure.press import fonts, wishes
from brochure.press.access import check_access
from brochure.press.assets import BASE, Asset, Collector
from brochure.press.composition import Composition
from brochure.press.edition import Edition, load_editions
from brochure.press.filling import Filled, Filler, Request
from brochure.press.helpers import Helpers
from brochure.press.missing import missing_codes, missing_glyphs, missing_parts
from brochure.press.profiles import load_profile
from brochure.press.view import View, view
from brochure.project import Project, builtin_styles
from brochure.sources.verified import Verification

UNVERIFIED = Verification()
_SHEET = "sheet.html"
_RTL = "rtl.css"


class Composer:
    """Composes leaflets in one edition; template, styles and fonts are read once.

    `remember`: whether the cache may be written (``check`` writes nothing). `filler` is shared by
    those who compose in other editions.
    """

    def __init__(
        self,
        project: Project,
        name: str,
        edition: Edition,
        *,
        remember: bool = True,
        filler: Filler | None = None,
    ) -> None:
        # Its own list of what was read, for the build to know what a PDF depends on.
        self._project = replace(project, seen=set())
        self._seen = project.seen
        self._name, self._edition, self._remember = name, edition, remember
        self._helpers: dict[Language, Helpers] = {}
        self._filler = filler or Filler()

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
        unscannable = missing_codes(manuscript, edition)
        complaints = [
            *manuscript.diagnostics,
            *verification.diagnostics,
            *missing_parts(manuscript, edition, self._name),
            *unscannable,
            *complaints,
            *unfit,
            *unknown,
        ]
        if unscannable:
            raise Problems(complaints)
        seen = view(manuscript, verification, edition, self._name, self._helpers_of(manuscript))
        try:
            page = self._filled(edition.template, manuscript.language, seen)
            sheet = (
                self._filled(_SHEET, manuscript.language, seen).html if edition.imposition else ""
            )
        except Problems as problems:
            raise Problems([*complaints, *problems.diagnostics]) from None
        collector = Collector(project, style_assets)
        base = f"{BASE}content/{manuscript.name}/"
        logo = leaflet.logo
        places = {logo.file: manuscript.place(("logo", "file"))} if logo else {}
        template = Place(project.show(project.style(edition.template)))
        collector.html(page.scan.addresses, base, template, places)
        complaints += collector.diagnostics
        complaints += check_access(page.scan, template)
        own_fonts, covered = self._fonts
        if edition.output == "pdf":  # in a browser, fonts are the reader's
            complaints += missing_glyphs(manuscript, page.html + sheet, template, covered)
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
            html=page.html,
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
        return ((_RTL, self._project.read_text(self._project.style(_RTL), bounds.STYLE)),)

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
                css = self._project.read_text(self._project.style(style), bounds.STYLE)
            except Problems as problems:
                complaints += problems.diagnostics
                continue
            sheets.append((style, css))
            collector.stylesheet(css, style)
        return tuple(sheets), collector.assets, [*complaints, *collector.diagnostics]

    @cached_property
    def _fonts(self) -> tuple[Mapping[str, bytes], frozenset[int]]:
        """The project's own fonts, and the characters that any of the fonts has."""
        fonts.note_files(self._project, self._edition)
        own = fonts.own_fonts(self._project)
        worker, remember = self._filler.worker, self._remember
        return own, fonts.coverage(self._project, self._edition, own, worker, remember=remember)

    def _helpers_of(self, manuscript: Manuscript) -> Helpers:
        language = manuscript.language
        if language not in self._helpers:
            self._helpers[language] = Helpers(language, self._edition.links, self._edition.codes)
        return self._helpers[language]

    @cached_property
    def _templates(self) -> tuple[tuple[str, str, str], ...]:
        """All templates, and pictures that they may include, by name, with text and file: those of
        the project win, file by file.

        Those that cannot be read are left out, unless the edition is made with them.
        """
        project = self._project
        needed = {self._edition.template, _SHEET}
        folders = (builtin_styles(), project.root / "styles")
        names = {
            file.relative_to(folder).as_posix()
            for folder in folders
            for file in folder.rglob("*")
            if file.suffix in (".html", ".svg")
        }
        found = []
        for name in sorted(names | needed):
            path = project.style(name)
            try:
                found.append((name, project.read_text(path, bounds.STYLE), project.show(path)))
            except Problems:
                if name in needed:
                    raise
        return tuple(found)

    def _filled(self, template: str, language: Language, seen: View) -> Filled:
        """A template filled in. Raises Problems where it does not work."""
        request = Request(template, self._templates, language, self._edition.links, seen)
        trusted = self._project.style(template).is_relative_to(builtin_styles())
        filled = self._filler.fill(request, trusted=trusted)
        if isinstance(filled, Diagnostic):
            raise Problems([filled])
        return filled


def compose(
    project: Project, manuscript: Manuscript, name: str, edition: Edition, *, remember: bool = True
) -> Composition:
    """Compose one leaflet in one edition. Raises Problems with all that stands in the way."""
    return Composer(project, name, edition, remember=remember).compose(manuscript)
