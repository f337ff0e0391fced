"""Composition → PDF: laid out until it is good, checked, tagged, and written."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinycss2.serializer import serialize_identifier

from brochure.diagnostics import Diagnostic, Place, Problems, error, raise_errors
from brochure.press import engine, linebreak, metadata, pagination, proof
from brochure.press import layout as layouts
from brochure.press.assets import BASE
from brochure.press.compose import Composition
from brochure.press.hyphenation import Hyphenator

# PDF/A-2a by WeasyPrint; `metadata` declares PDF/UA-1 beside it, `tagging` earns both.
_VARIANT = "pdf/a-2a"
_DPI = 300  # pictures are scaled down to this; a copier shows no more
_ROUNDS = 8  # layouts after the first, at most; one is the rule, none for a short leaflet


@dataclass(frozen=True)
class Typeset:
    """A finished PDF."""

    pdf: bytes
    pages: int
    diagnostics: tuple[Diagnostic, ...]


class Typesetter:
    """Sets compositions; keeps fonts, parsed styles and divided words warm between them.

    `cache` is a folder for what can be made again (font tables, divided words), or None.
    """

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._fonts: dict[object, Any] = {}
        self._styles: dict[object, tuple[list[Any], tuple[Diagnostic, ...]]] = {}
        self._hyphenators: dict[str, Hyphenator] = {}

    def typeset(self, composition: Composition) -> Typeset:
        """Set a leaflet. Raises Problems where the result would be incomplete."""
        with engine.without_collections():
            return self._typeset(composition)

    def _typeset(self, composition: Composition) -> Typeset:
        key = (composition.font_folders, composition.font_files)
        if key not in self._fonts:
            self._fonts[key] = engine.font_configuration(composition.font_folders, self._cache)
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
                document, layout = _lay_out(
                    html, sheets, fonts, composition, self._hyphenator(composition)
                )
                pdf = document.write_pdf(pdf_variant=_VARIANT, finisher=metadata.finish, dpi=_DPI)
        except weasyprint.urls.FatalURLFetchingError as reason:
            raise Problems(
                [
                    error(
                        "outside-project",
                        f"{reason}.",
                        composition.manuscript,
                        "Pictures and styles must lie in the project and be named plainly in "
                        "the template or style sheet.",
                    )
                ]
            ) from None
        except (RecursionError, MemoryError):
            raise Problems(
                [
                    error(
                        "too-complex",
                        "The typesetter cannot cope with this: it is nested too deeply, or too "
                        "large.",
                        composition.manuscript,
                        "Look at the template in styles/: are there elements that are never "
                        "closed?",
                    )
                ]
            ) from None
        complaints = [
            *proof.defects(layout, expected, composition.passages, composition.manuscript),
            *proof.warnings(layout, composition.passages),
            *log.diagnostics(composition.manuscript),
            *ignored,
            *engine.missing_libraries(composition.manuscript),
        ]
        return Typeset(pdf, len(document.pages), raise_errors(complaints))

    def save(self) -> None:
        """Keep what was learned, for the next process."""
        for hyphenator in self._hyphenators.values():
            hyphenator.save()

    def _parsed_styles(
        self, composition: Composition, fonts: Any, fetcher: Any
    ) -> tuple[list[Any], tuple[Diagnostic, ...]]:
        """The style sheets, parsed once each, and what WeasyPrint ignores in them."""
        imported = tuple(a.data for a in composition.assets.values() if a.mime == "text/css")
        key = (composition.stylesheets, imported, composition.font_folders, composition.font_files)
        if key not in self._styles:
            sheets = []
            complaints: list[Diagnostic] = []
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
                complaints += log.diagnostics(Place(f"styles/{name}"))
            self._styles[key] = sheets, tuple(complaints)
        return self._styles[key]

    def _hyphenator(self, composition: Composition) -> Hyphenator:
        rules = composition.language.hyphenation
        if rules.dictionary not in self._hyphenators:
            self._hyphenators[rules.dictionary] = Hyphenator(rules, self._cache)
        return self._hyphenators[rules.dictionary]


def _lay_out(
    html: Any, sheets: list[Any], fonts: Any, composition: Composition, hyphenator: Hyphenator
) -> tuple[Any, layouts.Layout]:
    """Lay out, look at the result, and lay out again with a rule more, until it is good.

    Pairs are kept whole at first. Those that would leave too large a hole are divided: first as
    planned, then what the plan missed, in the end all that are tall. A pair whose sides do not
    begin side by side is sent to the next page; one that drives the column headings off a page
    may leave a line alone.
    """
    weasyprint = engine.load()
    language, hole = html.etree_element.get("lang", ""), composition.hole
    nothing: frozenset[str] = frozenset()
    divided, moved, loosened = nothing, nothing, nothing
    for attempt in range(_ROUNDS + 1):
        rules = [f"{_id(name)} {{ break-inside: auto }}" for name in sorted(divided)]
        rules += [f"{_id(name)} {{ break-before: page }}" for name in sorted(moved)]
        rules += [f"{_id(name)} {{ orphans: 1; widows: 1 }}" for name in sorted(loosened)]
        added = [weasyprint.CSS(string="\n".join(rules))] if rules else []
        with linebreak.breaking(language, hyphenator):
            document = html.render(
                stylesheets=[*sheets, *added], font_config=fonts, pdf_variant=_VARIANT
            )
        layouts.move_footer(document.pages, weasyprint.document.Page)
        layout = layouts.read_layout(document.pages, composition.passages)
        holes = pagination.pairs_after_holes(layout, hole)
        match attempt:
            case 0:
                more = pagination.pairs_to_divide(layout, hole)
            case 1:
                more = holes
            case 2 if holes:
                more = pagination.tall_pairs(layout, hole)
            case _:
                more = nothing
        crooked = frozenset(layouts.misaligned(layout))
        headless = layouts.headless(layout)
        if not (more - divided or crooked - moved or headless - loosened):
            break
        divided, moved, loosened = divided | more, moved | crooked, loosened | headless
    return document, layout


def _id(name: str) -> str:
    """A selector by id; unlike one by attribute, it costs nothing in elements of other ids."""
    return "#" + str(serialize_identifier(name))


def _expected(root: Any, passages: Collection[str]) -> dict[tuple[str, int], str]:
    """The text of each cell of the table, and of all outside it, as the HTML has it."""
    found: dict[tuple[str, int], list[str]] = {("", 0): []}

    def walk(element: Any, cell: tuple[str, int]) -> None:
        if not isinstance(element.tag, str) or element.tag in ("thead", "style", "script"):
            return
        if element.tag == "tbody" and element.get("id") in passages:
            for column, child in enumerate(child for row in element for child in row):
                found[element.get("id"), column] = []
                walk(child, (element.get("id"), column))
            return
        found[cell].append(element.text or "")
        for child in element:
            walk(child, cell)
            found[cell].append(child.tail or "")

    walk(root.find("body"), ("", 0))
    return {cell: "".join(texts) for cell, texts in found.items()}
