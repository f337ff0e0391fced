"""Leaflet + edition → composition: HTML, and everything that belongs to it.

Nothing is typeset here, but everything is found that is wrong with a leaflet before it is: parts
that the edition requires, characters that no font has, links too long for a QR code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Reported,
    error,
    fail,
    raise_errors,
    warning,
)
from brochure.files import composed
from brochure.layout import designs, editions, print_options
from brochure.layout.compose import fonts, qr_codes
from brochure.layout.compose.assets import AssetCollector, asset_key
from brochure.layout.compose.filters import Filters
from brochure.layout.compose.logo import needs_white_ground
from brochure.layout.compose.parts import check_parts
from brochure.layout.compose.scan import check_accessibility
from brochure.layout.compose.template import FilledTemplate, TemplateFiller, TemplateRequest
from brochure.layout.compose.view import View
from brochure.layout.compose.view_builder import build_view
from brochure.layout.composition import BASE, Asset, Composition
from brochure.layout.edition import Edition
from brochure.manuscript.load import Manuscript, pictures, texts
from brochure.manuscript.model.fields import READABLE, contrast, darkened, rgb
from brochure.manuscript.text import markdown
from brochure.manuscript.text.language import Language
from brochure.messages import Message, plural, say
from brochure.project import Project, builtin_styles
from brochure.sources.verification import Verification

UNVERIFIED = Verification()
_SHEET = "sheet.html"
_RTL = "rtl.css"
_SNIPPET = 100  # characters of an address by which it is located in its text


@dataclass(frozen=True)
class _Styles:
    """The style sheets of an edition in a design, as pairs of name and text, and the assets they
    draw in.
    """

    sheets: tuple[tuple[str, str], ...]
    assets: Mapping[str, Asset]


class Composer:
    """Composes leaflets in one edition. Templates, styles and fonts are read once.

    `write_cache`: whether the cache may be written (``check`` writes nothing). `filler` can be
    shared with composers for other editions.
    """

    def __init__(
        self,
        project: Project,
        name: str,
        edition: Edition,
        *,
        write_cache: bool = True,
        filler: TemplateFiller | None = None,
    ) -> None:
        self._reads: set[Path] = set()
        self._project = project.observed(self._reads.add)
        self._name, self._edition, self._write_cache = name, edition, write_cache
        self._filters: dict[Language, Filters] = {}
        self._styles: dict[str, Reported[_Styles]] = {}  # by design
        self._filler = filler or TemplateFiller()
        self._sound: set[bytes] = set()  # pictures that were checked: variants share them

    @property
    def reads(self) -> frozenset[Path]:
        """Every file that was read so far, or looked for and not found."""
        return frozenset(self._reads)

    def compose(
        self, manuscript: Manuscript, verification: Verification = UNVERIFIED
    ) -> Composition:
        """Compose a leaflet, with what is known about its quotes.

        Raises DiagnosticsError with everything that prevents it.
        """
        project, edition, leaflet = self._project, self._edition, manuscript.leaflet
        design = designs.choose_design(project, manuscript)
        styles = self._styles_in(design)
        target = print_options.page_target(
            manuscript, self._name, edition, lambda: tuple(editions.load_editions(project))
        )
        disabled = print_options.disabled_checks(manuscript, edition)
        unencodable = list(_check_qr_codes(manuscript, edition))
        diagnostics = [
            *manuscript.diagnostics,
            *verification.diagnostics,
            *check_parts(manuscript, edition, self._name),
            *_check_accent(manuscript, edition, self._name),
            *unencodable,
            *styles.diagnostics,
            *target.diagnostics,
            *disabled.diagnostics,
        ]
        if unencodable:  # the template could not be filled in
            raise DiagnosticsError(diagnostics)
        base = f"{BASE}content/{manuscript.name}/"
        view = build_view(
            manuscript,
            verification,
            self._name,
            edition,
            self._filters_for(manuscript.language),
            opaque_logo=self._has_opaque_logo(manuscript, base),
        )
        page_template, sheet_template = (
            designs.template_of(project, design, name) for name in (edition.template, _SHEET)
        )
        try:
            page = self._fill(page_template, manuscript.language, view)
            sheet = (
                self._fill(sheet_template, manuscript.language, view).html
                if edition.imposition
                else ""
            )
        except DiagnosticsError as failed:
            raise DiagnosticsError([*diagnostics, *failed.diagnostics]) from None
        template = Location(project.show(project.style(page_template)))
        assets = self._collect(manuscript, page, base, template, styles.value.assets)
        diagnostics += assets.diagnostics
        diagnostics += check_accessibility(page.scan, template)
        own_fonts, covered = self._fonts
        if edition.output == "pdf":  # a browser uses the fonts of the reader's machine
            diagnostics += _check_glyphs(manuscript, page.html + sheet, template, covered)
        else:
            diagnostics += self._check_imports(assets.value, styles.value.sheets)
        profile = self._profile
        diagnostics += profile.diagnostics
        mirrored = manuscript.language.direction == "rtl"
        return Composition(
            html=page.html,
            base=base,
            stylesheets=(
                *styles.value.sheets,
                *(self._rtl_styles(design) if mirrored else ()),
            ),
            assets=assets.value,
            edition=edition,
            edition_name=self._name,
            fonts=own_fonts,
            hyphenation=manuscript.hyphenation,
            passages=tuple(passage.id for passage in leaflet.passages),
            fit=target.value.pages,
            exactly=target.value.exactly,
            disabled_checks=disabled.value,
            accent=leaflet.accent,
            mirrored=mirrored,
            sheet_html=sheet,
            profile=profile.value,
            diagnostics=raise_errors(print_options.without_disabled(diagnostics, disabled.value)),
        )

    def _fill(self, template: str, language: Language, view: View) -> FilledTemplate:
        """A template filled in. Raises DiagnosticsError if it does not work."""
        request = TemplateRequest(template, self._templates, language, self._edition.links, view)
        trusted = self._project.style(template).is_relative_to(builtin_styles())
        filled = self._filler.fill(request, trusted=trusted)
        if isinstance(filled, Diagnostic):
            raise DiagnosticsError([filled])
        return filled

    def _collect(
        self,
        manuscript: Manuscript,
        page: FilledTemplate,
        base: str,
        template: Location,
        drawn_in: Mapping[str, Asset],
    ) -> Reported[dict[str, Asset]]:
        """All assets of a page, with those that the style sheets have `drawn_in`."""
        locations = {file: manuscript.location(path) for path, file in pictures(manuscript.leaflet)}
        collector = AssetCollector(self._project, drawn_in, self._sound)
        collector.add_html(page.scan.addresses, base, template, locations)
        return Reported(collector.assets, tuple(collector.diagnostics))

    def _has_opaque_logo(self, manuscript: Manuscript, base: str) -> bool:
        """Whether there is a logo that needs white behind it on a dark ground."""
        logo = manuscript.leaflet.logo
        if logo is None:
            return False
        # What is wrong with it is told when all pictures are collected.
        collector = AssetCollector(self._project, None, self._sound)
        collector.add_html([logo.file], base, manuscript.location(("logo",)), {})
        asset = collector.assets.get(asset_key(logo.file, base)) if collector.assets else None
        if asset is None:
            return False
        return needs_white_ground(asset.data, ".svg" if asset.mime == "image/svg+xml" else "")

    def _check_imports(
        self, assets: Mapping[str, Asset], sheets: tuple[tuple[str, str], ...]
    ) -> Iterator[Diagnostic]:
        """A web page must not import style sheets, which would have to be fetched."""
        if any(asset.mime == "text/css" for asset in assets.values()):
            yield error(
                "import",
                say("A web page cannot import style sheets: it is a single file."),
                Location(self._project.show(self._project.style(sheets[0][0] if sheets else ""))),
                say("Delete the `@import`, and list the sheet under `styles:` of the edition."),
            )

    def _filters_for(self, language: Language) -> Filters:
        if language not in self._filters:
            edition = self._edition
            self._filters[language] = Filters(
                language, edition.links, with_qr_codes=edition.qr_codes
            )
        return self._filters[language]

    @cached_property
    def _templates(self) -> tuple[tuple[str, str, str], ...]:
        """All templates, and pictures that they may include, as name, text, and file as users see
        it. The project's own replace built-in ones of the same name.

        Those that cannot be read are left out, unless the edition needs them.
        """
        project = self._project
        needed = {composed(self._edition.template), _SHEET}
        folders = (builtin_styles(), project.root / "styles")
        names = {
            composed(file.relative_to(folder).as_posix())
            for folder in folders
            for file in folder.rglob("*")
            if file.suffix in (".html", ".svg")
        }
        templates = []
        for name in sorted(names | needed):
            path = project.style(name)
            try:
                templates.append((name, project.read_text(path, bounds.STYLE), project.show(path)))
            except DiagnosticsError:
                if name in needed:
                    raise
        return tuple(templates)

    def _styles_in(self, design: str) -> Reported[_Styles]:
        if design not in self._styles:
            self._styles[design] = self._read_styles(design)
        return self._styles[design]

    def _read_styles(self, design: str) -> Reported[_Styles]:
        sheets: list[tuple[str, str]] = []
        diagnostics = list(designs.unused_files(self._project, design))
        collector = AssetCollector(self._project)
        for style in designs.with_design(self._project, design, self._edition.styles):
            try:
                css = self._project.read_text(self._project.style(style), bounds.STYLE)
            except DiagnosticsError as failed:
                diagnostics += failed.diagnostics
                continue
            sheets.append((style, css))
            collector.add_stylesheet(css, style)
        styles = _Styles(tuple(sheets), collector.assets)
        return Reported(styles, (*diagnostics, *collector.diagnostics))

    def _rtl_styles(self, design: str) -> Iterator[tuple[str, str]]:
        """The style sheets for right-to-left scripts, if the edition has pages."""
        if self._edition.output == "pdf":
            for style in designs.with_design(self._project, design, (_RTL,)):
                yield style, self._project.read_text(self._project.style(style), bounds.STYLE)

    @cached_property
    def _fonts(self) -> tuple[Mapping[str, bytes], frozenset[int]]:
        """The project's own fonts by file name, and the code points that any of the fonts has."""
        project, edition = self._project, self._edition
        fonts.observe_fonts(project, edition)
        own = fonts.own_fonts(project)
        return own, fonts.coverage(
            project, edition, own, self._filler.worker, write_cache=self._write_cache
        )

    @cached_property
    def _profile(self) -> Reported[bytes | None]:
        try:
            return Reported(_read_profile(self._project, self._name, self._edition))
        except DiagnosticsError as failed:
            return Reported(None, failed.diagnostics)


def compose(
    project: Project,
    manuscript: Manuscript,
    name: str,
    edition: Edition,
    *,
    write_cache: bool = True,
) -> Composition:
    """Compose one leaflet in one edition, its quotes unverified. Raises DiagnosticsError."""
    return Composer(project, name, edition, write_cache=write_cache).compose(manuscript)


def _read_profile(project: Project, name: str, edition: Edition) -> bytes | None:
    """The ICC profile that a CMYK edition names; None for other editions.

    Raises DiagnosticsError if it names none, or one that is not for a press.
    """
    if edition.colours != "cmyk":
        return None
    location = Location(project.show(project.style(editions.FILE)))
    if edition.profile is None:
        fail(
            "profile",
            say("The edition `{edition}` is in CMYK, but names no `profile:`.", edition=name),
            location,
            say(
                "Ask the print shop for its ICC profile, or use the built-in "
                "profiles/FOGRA39L_coated.icc."
            ),
        )
    file = project.style(edition.profile)
    data = project.read(file, bounds.PROFILE, location)
    # ICC.1:2010, 7.2: device class, colour space, signature.
    if (data[12:16], data[16:20], data[36:40]) == (b"prtr", b"CMYK", b"acsp"):
        return data
    fail(
        "profile",
        say("`{file}` is not the ICC profile of a CMYK press.", file=project.show(file)),
        location,
        say("Ask the print shop for the right one; its name ends in .icc."),
    )


def _check_accent(manuscript: Manuscript, edition: Edition, name: str) -> Iterator[Diagnostic]:
    """A warning about an accent colour that is too light for an edition, called `name`, which wants
    more contrast than others; what is too light for all was told when the leaflet was read.

    It is the colour of type on white and the ground of white type, which is the same contrast
    (WCAG 2.1, 1.4.3); for the dark pages of the web, a tint is made of it that can be read.
    """
    accent = manuscript.leaflet.accent
    if accent is None or edition.colours == "black":  # where all of it becomes black
        return
    ratio = contrast(rgb(accent), (1.0, 1.0, 1.0))
    if READABLE <= ratio < edition.contrast:
        yield warning(
            "contrast",
            plural(
                "The accent colour `{colour}` is too light for the edition {editions}: titles, "
                "links and white type on it have a contrast of {ratio:.1f} to 1, and should have "
                "at least {least:g} to 1.",
                "The accent colour `{colour}` is too light for the editions {editions}: titles, "
                "links and white type on it have a contrast of {ratio:.1f} to 1, and should have "
                "at least {least:g} to 1.",
                1,
                colour=accent,
                editions=f"`{name}`",
                ratio=ratio,
                least=edition.contrast,
            ),
            manuscript.location(("accent",)),
            say(
                "The nearest colour that is dark enough is `{colour}`.",
                colour=darkened(accent, edition.contrast),
            ),
        )


def _check_qr_codes(manuscript: Manuscript, edition: Edition) -> Iterator[Diagnostic]:
    """Errors about links that should have a QR code and cannot, mostly as they are too long."""
    parts = manuscript.leaflet.codes or () if edition.qr_codes else ()
    for path, text in texts(manuscript.leaflet):
        if path[0] not in parts or path[-1] == "heading":
            continue
        for address in (text,) if path[-1] == "address" else markdown.web_addresses(text):
            try:
                qr_codes.check_encodable(address)
            except qr_codes.QrCodeError as reason:
                yield error(
                    "code",
                    say("This link cannot have a QR code: {reason}.", reason=reason.message),
                    manuscript.location(path, address[:_SNIPPET]),
                    say("Use a shorter address, or leave this part out of `codes:`."),
                )


def _check_glyphs(
    manuscript: Manuscript, html: str, template: Location, covered: frozenset[int]
) -> Iterator[Diagnostic]:
    """Errors about characters that no font has: first of the manuscript, then of the template."""
    written = ""
    for path, text in texts(manuscript.leaflet):
        location_of = partial(manuscript.location, path)
        yield from fonts.check_glyphs(text, _place(manuscript, path), covered, location_of)
        written += text
    added = "".join(set(html) - set(written))
    place = say("the template or the language file")
    yield from fonts.check_glyphs(added, place, covered, lambda _: template)


def _place(manuscript: Manuscript, path: tuple[str | int, ...]) -> Message:
    """A text as it is called in a sentence: `` `commentary text` of passage `eins` ``."""
    if path[0] != "passages":
        return say("`{field}`", field=" ".join(str(step) for step in path))
    passage = manuscript.leaflet.passages[int(path[1])]
    return say(
        "`{field}` of passage `{passage}`",
        field=" ".join(str(step) for step in path[2:]),
        passage=passage.id,
    )
