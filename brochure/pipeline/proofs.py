"""Page proofs: the pages of a leaflet as they will be, good or not, to be looked at on a screen.

They are typeset as every build typesets them, and shown even where something is wrong with them
that stops a build: who is to shorten a text must see by how much it is too long.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brochure.diagnostics import Diagnostic
from brochure.layout.laid_out import Layout
from brochure.pipeline.tasks import Task, faults_reported, prepare, typesetter_of

if TYPE_CHECKING:
    from brochure.layout.composition import Composition
    from brochure.prepress.screen import ScreenPage

_AROUND = 4.0  # CSS px beside a passage: signs at the ends of its lines may hang
_MISFIT = "does-not-fit"


@dataclass(frozen=True)
class PassageArea:
    """Where a passage is, or what one page holds of it: CSS px from the top left of its page, which
    is counted from 0.
    """

    passage: str
    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Fit:
    """How a leaflet fills the pages that it should have, `exactly` or at most: by how many lines
    it is too long or too short, or else about how many more there is room for in smaller type.
    """

    pages: int
    exactly: bool
    over: int = 0
    short: int = 0
    left: int = 0


@dataclass(frozen=True)
class Proof:
    """The pages of a leaflet: the file as a build makes it, the same pages one after the other, and
    what is known of them. The locations of the diagnostics are parts of the leaflet.
    """

    pdf: bytes
    pages_pdf: bytes
    pages: "tuple[ScreenPage, ...]"
    passages: tuple[PassageArea, ...]
    fit: Fit | None
    diagnostics: tuple[Diagnostic, ...]


def prove(task: Task, cache_folder: Path | None) -> Proof:
    """Typeset the first region of a task. Raises DiagnosticsError where there are no pages.

    For `cache_folder` see `tasks.typeset`.
    """
    from brochure.pipeline.typesetter import font_digest, in_reading_order  # for workers only
    from brochure.prepress.screen import screen_pages

    composition = task.composition
    with typesetter_of(cache_folder) as typesetter, faults_reported():
        document, pages = typesetter.proof(composition, task.regions[:1])
        shown = in_reading_order(pages, composition, document.pdf)
        return Proof(
            document.pdf,
            shown,
            screen_pages(shown, font_digest(composition)),
            _areas(pages.layout),
            _fit(composition, pages.layout, pages.scale, document.diagnostics),
            document.diagnostics,
        )


def prepare_proofs() -> None:
    """Load what proofs need beside what typesetting needs."""
    prepare()
    from brochure.prepress import postprocess, screen  # noqa: F401


def _areas(layout: Layout) -> tuple[PassageArea, ...]:
    return tuple(
        PassageArea(
            f.passage,
            f.page,
            f.left - _AROUND,
            f.top,
            f.right - f.left + 2 * _AROUND,
            f.bottom - f.top,
        )
        for f in layout.fragments
    )


def _fit(
    composition: "Composition", layout: Layout, scale: float, diagnostics: tuple[Diagnostic, ...]
) -> Fit | None:
    """How the pages are filled, in the numbers of the diagnostics where there are any."""
    from brochure.layout.copyfit import spare_lines

    pages, bounds = composition.fit, composition.edition.scale
    if pages is None or bounds is None:
        return None
    over = short = 0
    for diagnostic in diagnostics:
        lines = int(diagnostic.message.values.get("n", 0)) if diagnostic.code == _MISFIT else 0
        if "needed" in diagnostic.message.values:
            over += lines
        else:
            short += lines
    # On pages of their own, parts leave white that no text can use.
    left = 0 if over or short or layout.set_apart else spare_lines(layout, scale, bounds, pages)
    return Fit(pages, composition.exactly, over, short, left)
