"""Composition → PDF: laid out until it is good, tagged, and written. The door to WeasyPrint.

The rest of the package imports nothing else from this folder.
"""

import gc
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree.ElementTree import Element

from brochure.diagnostics import Diagnostic, Part, Reported
from brochure.files import write_whole
from brochure.layout.composition import Composition
from brochure.layout.continued import continuations, reference_labels
from brochure.layout.copyfit import fit
from brochure.layout.folding import lay_out_parts
from brochure.layout.hyphenation import Hyphenator
from brochure.layout.laid_out import (
    OUTSIDE,
    CellKey,
    LaidOutDocument,
    Layout,
    LayoutRules,
    PageRenderer,
)
from brochure.layout.pagination import lay_out
from brochure.layout.reproduction import Reproduction
from brochure.layout.weasyprint import (
    boxes,
    engine,
    images,
    linebreak,
    metadata,
    streams,
    styles,
    windows,
)
from brochure.layout.weasyprint.sheets import StyleSheets
from brochure.manuscript.text.language import Hyphenation
from brochure.project import packaged_fonts

# PDF/A-2a by WeasyPrint; `metadata` declares PDF/UA-1 beside it, `tagging` meets both.
PDF_VARIANT = "pdf/a-2a"
_LAYOUTS_KEPT = 8  # in memory, though most are done with: all of a leaflet that is quickly set
_FontKey = tuple[tuple[str, ...], str]
_LineBreaking = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class TypesetPages:
    """The pages of a leaflet: a PDF for each region asked for, alike but for their metadata.

    `sheet_extras` is what sheets carry beside the pages, as a PDF of its own. `expected` is the
    text of each cell as the HTML has it, which the pages should show. `misfit`: the leaflet does
    not fill the pages that it should, which is among the diagnostics. `scale` is that of the type.
    """

    pdfs: tuple[bytes, ...]
    sheet_extras: bytes | None
    layout: Layout
    expected: Mapping[CellKey, str]
    misfit: bool
    scale: float
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Libraries:
    """What typesets here: versions, whether fonts are cut by harfbuzz-subset, and how many fonts
    can be used, those of the project apart.
    """

    pango: str
    harfbuzz_subset: bool
    fonts: int
    own_fonts: int


def examine_libraries(own: Path | None) -> Libraries:
    """Load all that typesets, and look for the fonts that come with brochure, and for those in the
    folder `own`. Raises DiagnosticsError where Pango or a font is missing.
    """
    weasyprint = engine.load_weasyprint()
    number = weasyprint.text.ffi.pango.pango_version()  # 1.56.4 is 15604
    version = ".".join(map(str, (number // 10_000, number // 100 % 100, number % 100)))
    subset = weasyprint.text.ffi.harfbuzz_subset is not None
    packaged = sorted(folder for folder in packaged_fonts().iterdir() if folder.is_dir())
    folders = [*packaged, *([own] if own is not None and own.is_dir() else [])]
    engine.font_configuration(folders)
    counts = [len(list(windows.font_files(folder))) for folder in folders]
    own_fonts = sum(counts[len(packaged) :])
    return Libraries(version, subset, sum(counts), own_fonts)


class WeasyPrintTypesetter:
    """Typesets compositions, and keeps fonts, parsed styles and divided words for the next one.

    `cache` is a folder for what can be made again (font tables, divided words, pictures), or None.
    """

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._fonts: dict[_FontKey, Any] = {}
        self._sheets = StyleSheets()
        self._hyphenators: dict[Hyphenation, Hyphenator] = {}
        self._lines: dict[object, linebreak.LineCache] = {}
        self._remembered = streams.Remembered()
        self._temporary: TemporaryDirectory[str] | None = None

    @staticmethod
    def preload() -> None:
        """Load WeasyPrint before the first leaflet. Raises DiagnosticsError if Pango is missing."""
        engine.load_weasyprint()

    def typeset(
        self, composition: Composition, regions: Sequence[str] = ("",), *, collect: bool = True
    ) -> TypesetPages:
        """Typeset a leaflet: once, however many regions print it.

        `regions` are the names for the metadata of each PDF, empty for none. `collect`: garbage is
        collected afterwards; else whoever called has to. Raises DiagnosticsError where WeasyPrint
        cannot set it at all.
        """
        with (
            engine.without_garbage_collection(afterwards=collect),
            engine.refusals_reported(Part()),
        ):
            try:
                return self._typeset(composition, regions)
            except BaseException:
                self._forget()  # something may be known by half
                raise

    def save(self) -> None:
        """Write the divided words to the cache, for the next process."""
        for hyphenator in self._hyphenators.values():
            hyphenator.save()

    def _typeset(self, composition: Composition, regions: Sequence[str]) -> TypesetPages:
        key = _font_key(composition)
        fonts = self._font_configuration(composition, key)
        weasyprint = engine.load_weasyprint()
        fetcher = engine.asset_fetcher(composition.assets)
        sheets = self._sheets.of_composition(composition, fonts, fetcher)
        log = engine.WeasyPrintLog()
        with log.listening():
            html = weasyprint.HTML(
                string=composition.html, base_url=composition.base, url_fetcher=fetcher
            )
            expected = _expected_text(html.etree_element, composition.passages)
            breaking = self._line_breaking(composition, key)
            pictures = self._reproduction(composition)
            render = self._renderer(html, sheets.value, fonts, composition, pictures, breaking)
            fitted = _continued(render, _fitted(render, composition), html, composition)
            pdfs = fitted.value.write(regions)
            extras = self._sheet_extras(composition, sheets.value, fonts, fetcher)
        logged = log.diagnostics(Part())
        if logged:  # they are to be told again with the next leaflet
            self._forget()
        return TypesetPages(
            pdfs,
            extras,
            fitted.value.layout,
            expected,
            bool(fitted.diagnostics),
            fitted.value.rules.scale,
            (
                *fitted.diagnostics,
                *logged,
                *sheets.diagnostics,
                *engine.missing_libraries(Part()),
            ),
        )

    def _forget(self) -> None:
        """Forget what was computed, and what was told while it was."""
        for fonts in self._fonts.values():
            styles.forget(fonts)
        self._sheets = StyleSheets()  # a value that is found wrong when it is used is told once
        self._lines.clear()

    def _font_configuration(self, composition: Composition, key: _FontKey) -> Any:
        if key not in self._fonts:
            folders = [packaged_fonts() / family for family in composition.edition.fonts]
            if composition.fonts:
                folders.insert(0, self._unpacked(composition.fonts, key[1]))
            self._fonts[key] = engine.font_configuration(folders, self._cache)
        return self._fonts[key]

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

    def _line_breaking(self, composition: Composition, fonts: _FontKey) -> _LineBreaking:
        """Line breaking in the languages of a leaflet, with all lines that were broken before."""
        hyphenators = {
            code: self._hyphenator(rules) for code, rules in composition.hyphenation.items()
        }
        lines = self._lines.setdefault((fonts, tuple(composition.hyphenation.items())), {})
        return lambda: linebreak.line_breaking(hyphenators, lines)

    def _hyphenator(self, rules: Hyphenation) -> Hyphenator:
        if rules not in self._hyphenators:
            self._hyphenators[rules] = Hyphenator(rules, self._cache)
        return self._hyphenators[rules]

    def _renderer(
        self,
        html: Any,
        sheets: list[Any],
        fonts: Any,
        composition: Composition,
        pictures: Reproduction,
        line_breaking: _LineBreaking,
    ) -> PageRenderer:
        """Lays out pages by rules, with the footer at the foot of the last one."""
        weasyprint = engine.load_weasyprint()
        bleed = composition.edition.bleed
        edge = f"@page {{ bleed: {bleed}mm }} html {{ --bleed: {bleed}mm }}\n" if bleed else ""

        layouts = count(1)

        def render(rules: LayoutRules) -> LaidOutDocument:
            if next(layouts) % _LAYOUTS_KEPT == 0:  # garbage is not collected by itself here
                gc.collect()
            added = [self._sheets.of_layout(css) for css in (edge + rules.variables(), rules.css())]
            with line_breaking():
                document = html.render(
                    stylesheets=[*sheets, *added],
                    font_config=fonts,
                    pdf_variant=PDF_VARIANT,
                    cache=images.PictureCache(pictures),
                )
            boxes.move_footer(document.pages, weasyprint.document.Page)

            def write(regions: Sequence[str]) -> tuple[bytes, ...]:
                pdfs: list[bytes] = []
                finisher = metadata.metadata_writer(regions, pdfs)
                with streams.remembering(self._remembered):
                    document.write_pdf(pdf_variant=PDF_VARIANT, finisher=finisher)
                return tuple(pdfs)

            layout = boxes.read_layout(document.pages, composition.passages)
            if layout.fragments and layout.fragments[0].passage in rules.moved and not rules.apart:
                # These rules ended the page before, not a style sheet that sets it apart.
                before = {layout.fragments[0].page - 1}
                layout = replace(layout, set_apart=layout.set_apart - before)
            return LaidOutDocument(layout, rules, write)

        return render

    def _sheet_extras(
        self, composition: Composition, sheets: list[Any], fonts: Any, fetcher: Any
    ) -> bytes | None:
        """What sheets carry beside the pages of the leaflet, as pages of a PDF of their own."""
        if not composition.sheet_html:
            return None
        html = engine.load_weasyprint().HTML(
            string=composition.sheet_html, base_url=composition.base, url_fetcher=fetcher
        )
        with self._line_breaking(composition, _font_key(composition))():
            document = html.render(
                stylesheets=sheets,
                font_config=fonts,
                cache=images.PictureCache(self._reproduction(composition)),
            )
        return bytes(document.write_pdf())

    def _reproduction(self, composition: Composition) -> Reproduction:
        edition = composition.edition
        return Reproduction(
            edition.colours,
            edition.max_resolution,
            edition.jpeg_quality,
            composition.profile,
            self._cache,
        )


class PlainTypesetter:
    """Typesets HTML as it is, without fitting or checking it: for documents that are no leaflets.

    `fonts` are folders; `hyphenators` go by language; `stylesheets` are texts; `variant` is a
    ``pdf_variant`` of WeasyPrint.
    """

    def __init__(
        self,
        fonts: Sequence[Path],
        hyphenators: Mapping[str, Hyphenator],
        stylesheets: Sequence[str] = (),
        variant: str | None = None,
    ) -> None:
        weasyprint = engine.load_weasyprint()
        self._fonts = engine.font_configuration(fonts)
        self._styles = [weasyprint.CSS(string=css, font_config=self._fonts) for css in stylesheets]
        self._hyphenators = hyphenators
        self._variant = variant

    def typeset(self, html: str) -> bytes:
        """The PDF of an HTML document."""
        document = engine.load_weasyprint().HTML(string=html)
        with linebreak.line_breaking(self._hyphenators):
            return bytes(
                document.write_pdf(
                    stylesheets=self._styles, font_config=self._fonts, pdf_variant=self._variant
                )
            )


def _font_key(composition: Composition) -> _FontKey:
    """What a font configuration depends on: families of the font package, a digest of others."""
    digest = sha256()
    for name, data in sorted(composition.fonts.items()):
        digest.update(f"{name} {len(data)} ".encode())
        digest.update(data)
    return composition.edition.fonts, digest.hexdigest()


def _fitted(render: PageRenderer, composition: Composition) -> Reported[LaidOutDocument]:
    """The leaflet in as many pages as it takes, or in as many as it is to have."""
    edition, pages = composition.edition, composition.fit
    white, scale, name = edition.max_white_space, edition.scale, composition.edition_name

    def fitted(render: PageRenderer) -> Reported[LaidOutDocument]:
        if pages is None or scale is None:
            return Reported(lay_out(render, white, scale))
        folded = edition.imposition is not None and edition.imposition.scheme == "letter-fold"
        exactly = composition.exactly
        return fit(render, white, scale, pages, exactly=exactly, edition=name, folded=folded)

    return lay_out_parts(
        edition.imposition,
        fitted,
        render,
        max_white_space=white,
        scale=scale,
        pages=pages,
        exactly=composition.exactly,
    )


def _continued(
    render: PageRenderer, fitted: Reported[LaidOutDocument], html: Any, composition: Composition
) -> Reported[LaidOutDocument]:
    """The leaflet with what stands in columns that are empty beside answers that go on."""
    document = fitted.value
    labels = reference_labels(html.etree_element.find("body"), composition.passages)
    found = continuations(document.layout, labels, mirrored=composition.mirrored)
    if not found:
        return fitted
    return replace(fitted, value=render(replace(document.rules, continuations=found)))


def _expected_text(root: Element, passages: Collection[str]) -> dict[CellKey, str]:
    """The text of each cell, as the HTML has it."""
    texts: dict[CellKey, list[str]] = {OUTSIDE: []}

    def walk(element: Element, cell: CellKey) -> None:
        if not isinstance(element.tag, str) or element.tag in ("thead", "style", "script"):
            return
        name = element.get("id", "")
        if name in passages and cell[0] != name:
            cells = [child for row in element for child in row] if element.tag == "tbody" else []
            sides = [(boxes.column_of(child.get("class")), child) for child in element]
            for side, child in [*enumerate(cells)] or sides:
                column = boxes.OTHER_COLUMN if side is None else side
                texts.setdefault((name, column), [])
                walk(child, (name, column))
            return
        texts[cell].append(element.text or "")
        for child in element:
            walk(child, cell)
            texts[cell].append(child.tail or "")

    body = root.find("body")
    assert body is not None, "the HTML parser always makes one"
    walk(body, OUTSIDE)
    return {cell: "".join(parts) for cell, parts in texts.items()}
