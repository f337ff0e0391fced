"""ICC profiles of presses."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    error,
    raise_errors,
    warning,
)
from brochure.layout import edition as wishes
from brochure.layout.compose import fonts, qr_codes
from brochure.layout.compose.assets import BASE, Asset, Collector
from brochure.layout.compose.filters import Helpers
from brochure.layout.compose.scan import check_access
from brochure.layout.compose.template import Filled, Filler, Request
from brochure.layout.compose.view import View, view
from brochure.layout.composition import Composition
from brochure.layout.edition import FILE, Edition, load_editions
from brochure.manuscript.load import Manuscript, texts
from brochure.manuscript.text import markdown
from brochure.manuscript.text.language import Language
from brochure.project import Project, builtin_styles
from brochure.sources.verification import Verification


def load_profile(project: Project, name: str, edition: Edition) -> bytes | None:
    """The profile that an edition in CMYK names; None for other editions.

    Raises Problems where it names none, or one that is not of a press.
    """
    if edition.colours != "cmyk":
        return None
    location = Location(project.show(project.style(FILE)))
    if edition.profile is None:
        raise DiagnosticsError(
            [
                error(
                    "profile",
                    f"The edition `{name}` is in CMYK, but names no `profile:`.",
                    location,
                    "Ask the print shop for its ICC profile, or take the built-in "
                    "profiles/FOGRA39L_coated.icc.",
                )
            ]
        )
    file = project.style(edition.profile)
    data = project.read(file, bounds.PROFILE, location)
    # ICC.1:2010, 7.2: device class, colour space, signature.
    if (data[12:16], data[16:20], data[36:40]) == (b"prtr", b"CMYK", b"acsp"):
        return data
    raise DiagnosticsError(
        [
            error(
                "profile",
                f"`{project.show(file)}` is no ICC profile of a press that prints in CMYK.",
                location,
                "Ask the print shop for the right one; its name ends in .icc.",
            )
        ]
    )


# --- What a leaflet lacks: parts that its edition asks for, characters that no font has, QR codes.

_SEEN = 100  # characters of an address by which it is found in its text


def missing_parts(manuscript: Manuscript, edition: Edition, name: str) -> list[Diagnostic]:
    """Parts of a leaflet that an edition, by its name, should show."""
    hints = {
        "imprint": "In Germany press law asks every printed leaflet for the name and postal "
        "address of who is responsible (V. i. S. d. P.). Add `imprint: …`.",
    }
    return [
        warning(
            f"no-{part}",
            f"The leaflet has no `{part}`, which the edition `{name}` should show.",
            manuscript.location(()),
            hints.get(part, f"Add `{part}: …`."),
        )
        for part in edition.expects
        if getattr(manuscript.leaflet, part) is None
    ]


def missing_glyphs(
    manuscript: Manuscript, html: str, template: Location, covered: frozenset[int]
) -> list[Diagnostic]:
    """Characters that no font has: of the manuscript first, then of what the template adds."""
    diagnostics: list[Diagnostic] = []
    written = ""
    for path, text in texts(manuscript.leaflet):
        location_of = partial(manuscript.location, path)
        diagnostics += fonts.diagnose(_named(manuscript, path), text, covered, location_of)
        written += text
    added = "".join(set(html) - set(written))
    named = "the template or the language file"
    return [*diagnostics, *fonts.diagnose(named, added, covered, lambda _: template)]


def missing_codes(manuscript: Manuscript, edition: Edition) -> list[Diagnostic]:
    """Links that are to have a QR code and cannot, as they are too long to be scanned."""
    wanted = manuscript.leaflet.codes or () if edition.codes else ()
    diagnostics: list[Diagnostic] = []
    for path, text in texts(manuscript.leaflet):
        if path[0] not in wanted or path[-1] == "heading":
            continue
        found = (text,) if path[-1] == "address" else markdown.hrefs(text)
        for address in found:
            try:
                qr_codes.check(address)
            except qr_codes.NoCode as reason:
                diagnostics.append(
                    error(
                        "code",
                        f"This link can have no QR code: {reason}.",
                        manuscript.location(path, address[:_SEEN]),
                        "Take a shorter address, or leave this part out of `codes:`.",
                    )
                )
    return diagnostics


def _named(manuscript: Manuscript, path: tuple[str | int, ...]) -> str:
    """What a text is called in a complaint: ``the commentary of passage `regel```."""
    if path[0] != "passages":
        return "the " + " ".join(str(step) for step in path)
    passage = manuscript.leaflet.passages[int(path[1])]
    return f"the {' '.join(str(step) for step in path[2:])} of passage `{passage.id}`"


# --- Leaflet + edition → HTML and all that belongs to it. Nothing is typeset here.

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
        write_cache: bool = True,
        filler: Filler | None = None,
    ) -> None:
        # Its own list of what was read, for the build to know what a PDF depends on.
        self._project = replace(project, seen=set())
        self._seen = project.seen
        self._name, self._edition, self._write_cache = name, edition, write_cache
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
        sheets, style_assets, diagnostics = self._styles
        pages, exactly, unfit = wishes.pages(
            manuscript, self._name, edition, lambda: tuple(load_editions(project))
        )
        disabled_checks, unknown = wishes.disabled_checks(manuscript, edition)
        unscannable = missing_codes(manuscript, edition)
        diagnostics = [
            *manuscript.diagnostics,
            *verification.diagnostics,
            *missing_parts(manuscript, edition, self._name),
            *unscannable,
            *diagnostics,
            *unfit,
            *unknown,
        ]
        if unscannable:
            raise DiagnosticsError(diagnostics)
        seen = view(manuscript, verification, edition, self._name, self._helpers_of(manuscript))
        try:
            page = self._filled(edition.template, manuscript.language, seen)
            sheet = (
                self._filled(_SHEET, manuscript.language, seen).html if edition.imposition else ""
            )
        except DiagnosticsError as failed:
            raise DiagnosticsError([*diagnostics, *failed.diagnostics]) from None
        collector = Collector(project, style_assets)
        base = f"{BASE}content/{manuscript.name}/"
        logo = leaflet.logo
        locations = {logo.file: manuscript.location(("logo", "file"))} if logo else {}
        template = Location(project.show(project.style(edition.template)))
        collector.html(page.scan.addresses, base, template, locations)
        diagnostics += collector.diagnostics
        diagnostics += check_access(page.scan, template)
        own_fonts, covered = self._fonts
        if edition.output == "pdf":  # in a browser, fonts are the reader's
            diagnostics += missing_glyphs(manuscript, page.html + sheet, template, covered)
        elif any(asset.mime == "text/css" for asset in collector.assets.values()):
            diagnostics.append(
                error(
                    "import",
                    "A page of the web cannot import style sheets: it is whole in itself.",
                    Location(project.show(project.style(sheets[0][0] if sheets else ""))),
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
            disabled_checks=disabled_checks,
            accent=leaflet.accent,
            mirrored=mirrored,
            sheet_html=sheet,
            profile=profile,
            diagnostics=raise_errors(wishes.without([*diagnostics, *wrong], disabled_checks)),
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
        except DiagnosticsError as failed:
            return None, failed.diagnostics

    @cached_property
    def _styles(
        self,
    ) -> tuple[tuple[tuple[str, str], ...], Mapping[str, Asset], list[Diagnostic]]:
        """The style sheets, what they draw in, and what is wrong with either."""
        sheets: list[tuple[str, str]] = []
        diagnostics: list[Diagnostic] = []
        collector = Collector(self._project)
        for style in self._edition.styles:
            try:
                css = self._project.read_text(self._project.style(style), bounds.STYLE)
            except DiagnosticsError as failed:
                diagnostics += failed.diagnostics
                continue
            sheets.append((style, css))
            collector.stylesheet(css, style)
        return tuple(sheets), collector.assets, [*diagnostics, *collector.diagnostics]

    @cached_property
    def _fonts(self) -> tuple[Mapping[str, bytes], frozenset[int]]:
        """The project's own fonts, and the characters that any of the fonts has."""
        fonts.note_files(self._project, self._edition)
        own = fonts.own_fonts(self._project)
        worker, write_cache = self._filler.worker, self._write_cache
        return own, fonts.coverage(
            self._project, self._edition, own, worker, write_cache=write_cache
        )

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
            except DiagnosticsError:
                if name in needed:
                    raise
        return tuple(found)

    def _filled(self, template: str, language: Language, seen: View) -> Filled:
        """A template filled in. Raises Problems where it does not work."""
        request = Request(template, self._templates, language, self._edition.links, seen)
        trusted = self._project.style(template).is_relative_to(builtin_styles())
        filled = self._filler.fill(request, trusted=trusted)
        if isinstance(filled, Diagnostic):
            raise DiagnosticsError([filled])
        return filled


def compose(
    project: Project,
    manuscript: Manuscript,
    name: str,
    edition: Edition,
    *,
    write_cache: bool = True,
) -> Composition:
    """Compose one leaflet in one edition. Raises Problems with all that stands in the way."""
    return Composer(project, name, edition, write_cache=write_cache).compose(manuscript)
