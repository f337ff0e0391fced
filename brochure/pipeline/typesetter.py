"""Composition → PDF, the fourth step: set, checked, and made ready for whoever prints it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brochure.diagnostics import Diagnostic, raise_errors
from brochure.layout import proof
from brochure.layout.composition import Composition
from brochure.layout.edition import without
from brochure.layout.weasyprint.typesetter import WeasyPrintTypesetter
from brochure.prepress import finishing, preflight


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


class Typesetter:
    """Sets compositions; keeps fonts, parsed styles and divided words warm between them.

    `cache` is a folder for what can be made again (font tables, divided words), or None.
    """

    def __init__(self, cache: Path | None) -> None:
        self._weasyprint = WeasyPrintTypesetter(cache)

    def typeset(self, composition: Composition, regions: Sequence[str] = ("",)) -> TypesetDocument:
        """Set a leaflet; once, however many regions print it.

        `regions` are the names that the metadata of each PDF give, empty for none. Raises
        DiagnosticsError where the result would be incomplete.
        """
        pages = self._weasyprint.set_pages(composition, regions)
        finished = finishing.finish(pages.pdfs, composition, pages.layout, pages.extras)
        largest = max(map(len, finished.pdfs))
        diagnostics = [
            *pages.diagnostics,
            *proof.defects(pages.layout, pages.expected, composition.passages),
            *proof.warnings(pages.layout),
            *preflight.inspect(pages.layout, composition, largest),
            *finished.diagnostics,
        ]
        # Where it does not fit, what stands on the last page is said already.
        said = ("last-page",) if pages.misfit else ()
        kept = without(diagnostics, (*composition.disabled_checks, *said))
        return TypesetDocument(finished.pdfs, pages.pages, raise_errors(kept))

    def save(self) -> None:
        """Keep what was learned, for the next process."""
        self._weasyprint.save()
