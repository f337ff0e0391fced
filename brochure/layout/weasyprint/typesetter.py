"""Composition → PDF: laid out until it is good, checked, tagged, and written."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    error,
    symbolic,
)
from brochure.files import write_whole
from brochure.layout import copyfit
from brochure.layout.compose.assets import BASE
from brochure.layout.composition import Composition
from brochure.layout.copyfit import LaidOutDocument, Render, Rules, settle
from brochure.layout.hyphenation import Hyphenator
from brochure.layout.laid_out import Layout
from brochure.layout.weasyprint import boxes, engine, linebreak, metadata
from brochure.manuscript.text.language import Hyphenation
from brochure.project import packaged_fonts

# PDF/A-2a by WeasyPrint; `metadata` declares PDF/UA-1 beside it, `tagging` earns both.
_VARIANT = "pdf/a-2a"
_DPI = 300  # pictures are scaled down to this; a copier shows no more
_Breaking = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class SetPages:
    """Pages that were set: a PDF for each region asked for, alike but for their metadata.

    `extras` are what sheets carry beside them, as a PDF of their own; `layout` what stands where;
    `expected` the text of each cell of the table, and outside it, as the HTML has it; `misfit`
    says that the leaflet does not fit its pages, which is among the diagnostics.
    """

    pdfs: tuple[bytes, ...]
    extras: bytes | None
    layout: Layout
    pages: int
    expected: Mapping[tuple[str, int], str]
    misfit: bool
    diagnostics: tuple[Diagnostic, ...]


class WeasyPrintTypesetter:
    """Sets compositions with WeasyPrint; keeps fonts, parsed styles and divided words warm
    between them.

    `cache` is a folder for what can be made again (font tables, divided words), or None.
    """

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._fonts: dict[object, Any] = {}
        self._styles: dict[object, tuple[list[Any], tuple[Diagnostic, ...]]] = {}
        self._hyphenators: dict[str, Hyphenator] = {}
        self._lines: dict[object, linebreak.Memory] = {}
        self._temporary: TemporaryDirectory[str] | None = None

    def set_pages(self, composition: Composition, regions: Sequence[str] = ("",)) -> SetPages:
        """Set a leaflet; once, however many regions print it.

        `regions` are the names that the metadata of each PDF give, empty for none. Raises
        DiagnosticsError where WeasyPrint cannot set it at all.
        """
        with engine.without_collections():
            return self._set(composition, regions)

    def _set(self, composition: Composition, regions: Sequence[str]) -> SetPages:
        key = _font_key(composition)
        if key not in self._fonts:
            folders = [packaged_fonts() / family for family in composition.edition.fonts]
            if composition.fonts:
                folders.insert(0, self._unpacked(composition.fonts, key[1]))
            self._fonts[key] = engine.font_configuration(tuple(folders), self._cache)
        fonts = self._fonts[key]
        weasyprint = engine.load()
        log = engine.Log()
        fetcher = engine.fetcher(composition.assets)
        try:
            sheets, ignored = self._parsed_styles(composition, fonts, fetcher)
            with log.listening():
                html = weasyprint.HTML(
                    string=composition.html, base_url=composition.base, url_fetcher=fetcher
                )
                expected = _expected(html.etree_element, composition.passages)
                render = _renderer(
                    html, sheets, fonts, composition, self._breaking(html, composition, key)
                )
                fitted = _laid_out(render, composition)
                setting, layout = fitted.setting, fitted.setting.layout
                pdfs: list[bytes] = []
                finisher = metadata.finisher(regions, pdfs)
                setting.document.write_pdf(pdf_variant=_VARIANT, finisher=finisher, dpi=_DPI)
                extras = self._extras(composition, sheets, fonts, fetcher)
        except weasyprint.urls.FatalURLFetchingError as reason:
            raise DiagnosticsError(
                [
                    error(
                        "outside-project",
                        f"{reason}.",
                        symbolic(),
                        "Pictures and styles must lie in the project and be named plainly in "
                        "the template or style sheet.",
                    )
                ]
            ) from None
        except RecursionError:
            raise DiagnosticsError(
                [
                    error(
                        "too-complex",
                        "The typesetter cannot cope with this: it is nested too deeply.",
                        symbolic(),
                        "Look at the template in styles/: are there elements that are never "
                        "closed?",
                    )
                ]
            ) from None
        return SetPages(
            tuple(pdfs),
            extras,
            layout,
            setting.pages,
            expected,
            bool(fitted.diagnostics),
            (
                *fitted.diagnostics,
                *log.diagnostics(symbolic()),
                *ignored,
                *engine.missing_libraries(symbolic()),
            ),
        )

    def save(self) -> None:
        """Keep what was learned, for the next process."""
        for hyphenator in self._hyphenators.values():
            hyphenator.save()

    def _unpacked(self, fonts: Mapping[str, bytes], digest: str) -> Path:
        """A folder with these fonts in it: fontconfig reads files only."""
        if self._cache is None and self._temporary is None:
            self._temporary = TemporaryDirectory(prefix="brochure-fonts-")
        home = self._cache or Path(self._temporary.name if self._temporary else "")
        folder = home / "fonts" / digest[:16]
        for name, data in fonts.items():
            if not (folder / name).exists():
                write_whole(folder / name, data)
        return folder

    def _extras(
        self, composition: Composition, sheets: list[Any], fonts: Any, fetcher: Any
    ) -> bytes | None:
        """What sheets carry beside the pages of the leaflet, as pages of a PDF of their own."""
        if not composition.sheet_html:
            return None
        html = engine.load().HTML(
            string=composition.sheet_html, base_url=composition.base, url_fetcher=fetcher
        )
        with self._breaking(html, composition, _font_key(composition))():
            document = html.render(stylesheets=sheets, font_config=fonts)
        return bytes(document.write_pdf())

    def _parsed_styles(
        self, composition: Composition, fonts: Any, fetcher: Any
    ) -> tuple[list[Any], tuple[Diagnostic, ...]]:
        """The style sheets, parsed once each, and what WeasyPrint ignores in them."""
        imported = tuple(a.data for a in composition.assets.values() if a.mime == "text/css")
        key = (composition.stylesheets, imported, _font_key(composition))
        if key not in self._styles:
            sheets = []
            diagnostics: list[Diagnostic] = []
            for name, css in composition.stylesheets:
                log = engine.Log()
                with log.listening():
                    sheets.append(
                        engine.load().CSS(
                            string=css,
                            base_url=f"{BASE}styles/{name}",
                            font_config=fonts,
                            url_fetcher=fetcher,
                        )
                    )
                diagnostics += log.diagnostics(Location(f"styles/{name}"))
            self._styles[key] = sheets, tuple(diagnostics)
        return self._styles[key]

    def _breaking(self, html: Any, composition: Composition, fonts: object) -> _Breaking:
        """Line breaking in the languages of a leaflet, with all lines found before."""
        hyphenators = {
            code: self._hyphenator(rules) for code, rules in composition.hyphenation.items()
        }
        memory = self._lines.setdefault((fonts, tuple(composition.hyphenation.items())), {})
        return lambda: linebreak.breaking(hyphenators, memory)

    def _hyphenator(self, rules: Hyphenation) -> Hyphenator:
        if rules.dictionary not in self._hyphenators:
            self._hyphenators[rules.dictionary] = Hyphenator(rules, self._cache)
        return self._hyphenators[rules.dictionary]


def _font_key(composition: Composition) -> tuple[tuple[str, ...], str]:
    """What makes a font configuration: families of the font package, and a digest of others."""
    digest = sha256()
    for name, data in sorted(composition.fonts.items()):
        digest.update(f"{name} {len(data)} ".encode())
        digest.update(data)
    return composition.edition.fonts, digest.hexdigest()


def _renderer(
    html: Any, sheets: list[Any], fonts: Any, composition: Composition, breaking: _Breaking
) -> Render:
    """Lays out pages by rules, the footer at the foot of the last one."""
    weasyprint = engine.load()
    bleed = composition.edition.bleed
    edge = f"@page {{ bleed: {bleed}mm }} html {{ --bleed: {bleed}mm }}\n" if bleed else ""

    def render(rules: Rules) -> LaidOutDocument:
        css = edge + rules.css()
        added = [weasyprint.CSS(string=css)] if css else []
        with breaking():
            document = html.render(
                stylesheets=[*sheets, *added], font_config=fonts, pdf_variant=_VARIANT
            )
        boxes.move_footer(document.pages, weasyprint.document.Page, rules.foot)
        return LaidOutDocument(
            document, boxes.read_layout(document.pages, composition.passages), rules
        )

    return render


def _laid_out(render: Render, composition: Composition) -> copyfit.Fitted:
    """The leaflet in as many pages as it takes, or as many as it is to have."""
    edition, pages = composition.edition, composition.fit
    if pages is None or edition.scale is None:
        return copyfit.Fitted(settle(render, edition.hole))
    return copyfit.fit(render, edition.hole, edition.scale, pages, exactly=composition.exactly)


def _expected(root: Any, passages: Collection[str]) -> dict[tuple[str, int], str]:
    """The text of each cell of the table, and of all outside it, as the HTML has it."""
    found: dict[tuple[str, int], list[str]] = {("", 0): []}

    def walk(element: Any, cell: tuple[str, int]) -> None:
        if not isinstance(element.tag, str) or element.tag in ("thead", "style", "script"):
            return
        name = element.get("id")
        if name in passages and cell[0] != name:
            cells = [child for row in element for child in row] if element.tag == "tbody" else []
            sides = [(boxes.side_of(child.get("class")), child) for child in element]
            for side, child in [*enumerate(cells)] or sides:
                column = 2 if side is None else side
                found.setdefault((name, column), [])
                walk(child, (name, column))
            return
        found[cell].append(element.text or "")
        for child in element:
            walk(child, cell)
            found[cell].append(child.tail or "")

    walk(root.find("body"), ("", 0))
    return {cell: "".join(texts) for cell, texts in found.items()}
