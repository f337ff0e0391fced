"""Composition → PDF, the fourth step: typeset, checked, and made ready for whoever prints it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from brochure.diagnostics import Diagnostic, Reported, in_order, raise_errors
from brochure.layout.composition import Composition
from brochure.layout.edition import Edition, without_disabled
from brochure.layout.proof import proofread
from brochure.layout.weasyprint.typesetter import TypesetPages, WeasyPrintTypesetter
from brochure.prepress.preflight import preflight


@dataclass(frozen=True)
class TypesetDocument:
    """A finished leaflet: a PDF for each region asked for, alike but for their metadata.

    `pages` are those of the leaflet, on however many sheets. The locations of its diagnostics are
    parts of the leaflet: `Manuscript.located` finds them in files.
    """

    pdfs: tuple[bytes, ...]
    pages: int
    diagnostics: tuple[Diagnostic, ...]

    @property
    def pdf(self) -> bytes:
        """The PDF, or the first of several."""
        return self.pdfs[0]


# What is nothing new, where it was told that a leaflet does not fit.
_IMPLIED = ("blank-pages", "too-many-pages", "white-space")


class Typesetter:
    """Typesets compositions, and keeps fonts, parsed styles and divided words for the next one.

    `cache` is a folder for what can be made again (font tables, divided words), or None.
    """

    def __init__(self, cache: Path | None) -> None:
        self._weasyprint = WeasyPrintTypesetter(cache)

    @staticmethod
    def preload() -> None:
        """Load WeasyPrint before the first leaflet. Raises DiagnosticsError if Pango is missing."""
        WeasyPrintTypesetter.preload()

    def typeset(self, composition: Composition, regions: Sequence[str] = ("",)) -> TypesetDocument:
        """Typeset a leaflet: once, however many regions print it.

        `regions` are the names for the metadata of each PDF, empty for none. Raises
        DiagnosticsError where the result would be incomplete.
        """
        document, _ = self._set(composition, regions, collect=True)
        return replace(document, diagnostics=raise_errors(document.diagnostics))

    def proof(
        self, composition: Composition, regions: Sequence[str] = ("",)
    ) -> tuple[TypesetDocument, TypesetPages]:
        """The same, to be looked at: with its pages, whatever is wrong with them. Somebody waits
        for it, so garbage is left to whoever called.
        """
        return self._set(composition, regions, collect=False)

    def _set(
        self, composition: Composition, regions: Sequence[str], *, collect: bool
    ) -> tuple[TypesetDocument, TypesetPages]:
        pages = self._weasyprint.typeset(composition, regions, collect=collect)
        finished = _postprocessed(pages, composition)
        size = max(map(len, finished.value))
        diagnostics = [
            *pages.diagnostics,
            *proofread(pages.layout, pages.expected, composition.passages),
            *preflight(pages.layout, composition, size),
            *finished.diagnostics,
        ]
        # Where a leaflet does not fit, that its last page is nearly empty is nothing new.
        implied = ("last-page",) if pages.misfit else ()
        kept = without_disabled(diagnostics, (*composition.disabled_checks, *implied))
        if any(diagnostic.code == "does-not-fit" for diagnostic in kept):
            kept = [diagnostic for diagnostic in kept if diagnostic.code not in _IMPLIED]
        return TypesetDocument(finished.value, pages.layout.pages, in_order(kept)), pages

    def save(self) -> None:
        """Write the divided words to the cache, for the next process."""
        self._weasyprint.save()


def font_digest(composition: Composition) -> str:
    """A digest of the project's own fonts, which keep their names when they change."""
    fonts = sorted(composition.fonts.items())
    return sha256(b"".join(sha256(data).digest() for _, data in fonts)).hexdigest() if fonts else ""


def in_reading_order(pages: TypesetPages, composition: Composition, finished: bytes) -> bytes:
    """The pages one after the other in the colours of their edition, however they are imposed."""
    edition = composition.edition
    if edition.imposition is None:
        return finished
    single = edition.model_copy(update={"imposition": None, "marks": ()})
    return _postprocessed(pages, replace(composition, edition=single)).value[0]


def _postprocessed(pages: TypesetPages, composition: Composition) -> Reported[tuple[bytes, ...]]:
    """The PDFs as their edition wants them; as they are, where it wants nothing more."""
    if not _needs_postprocessing(composition.edition):
        return Reported(pages.pdfs)
    from brochure.prepress.postprocess import postprocess  # pikepdf is slow to import

    return postprocess(pages.pdfs, composition, pages.layout, pages.sheet_extras)


def _needs_postprocessing(edition: Edition) -> bool:
    return edition.colours != "rgb" or edition.imposition is not None or bool(edition.marks)
