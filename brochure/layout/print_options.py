"""Print options: what a leaflet asks of the edition that it is printed in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from brochure.diagnostics import (
    Diagnostic,
    Location,
    Reported,
    error,
    shortened,
)
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import say

if TYPE_CHECKING:
    from brochure.manuscript.load import Manuscript

from brochure.layout.edition import Edition
from brochure.layout.editions import FILE, unknown_edition

# The checks of preflight by their codes: a leaflet or an edition can switch each of them off, with
# a reason.
CHECKS = {
    "alt": "pictures without a description",
    "attachment": "files too large to be mailed",
    "blank-pages": "folded sheets with pages that have no text",
    "colour-space": "colours that the edition cannot print",
    "contrast": "text that does not stand out enough",
    "does-not-fit": "leaflets that do not fill the pages that they should",
    "imprint": "an imprint that lacks what press law asks",
    "heading-at-foot": "headings alone at the foot of a page",
    "last-page": "a last page that is nearly empty",
    "no-contact": "missing contact",
    "no-date": "missing date",
    "no-glyph": "characters that no font has",
    "no-imprint": "missing imprint",
    "no-source": "missing source",
    "outside-margins": "lines that run out of their column",
    "resolution": "pictures with too few pixels",
    "small-type": "type too small to be read",
    "white-space": "pages that are white for a large part",
}


@dataclass(frozen=True)
class PageTarget:
    """How many pages a leaflet is to fill, `exactly` or at most; None: as many as it takes."""

    pages: int | None
    exactly: bool = False


def page_target(
    manuscript: "Manuscript", name: str, edition: Edition, editions: Callable[[], Sequence[str]]
) -> Reported[PageTarget]:
    """How many pages a leaflet (`fit:`) and the edition called `name` want it to fill.

    What names no edition is meant for those that people read one page after the other, as they
    are in the manuscript: a number holds where pages are not imposed, ``sheet`` wherever type may
    be scaled; neither holds where the edition wants to be `named`. What the edition itself asks for
    is at most a sheet. `editions` gives the names of all editions; it is called only if the leaflet
    names some.
    """
    by_edition = manuscript.leaflet.fit or {}
    known = list(editions()) if any(by_edition) else []
    diagnostics = [
        unknown_edition(other, known, manuscript.tree.key_location(("fit", other)))
        for other in by_edition
        if other and other not in known
    ]
    if name in by_edition and edition.scale is None:
        diagnostics.append(
            error(
                "fit",
                say(
                    "The edition `{name}` cannot be made to fit: its type cannot be scaled.",
                    name=name,
                ),
                manuscript.tree.key_location(("fit", name)),
                say("Delete this line, or add `scale:` to the edition."),
            )
        )
    requested = by_edition.get(name) or by_edition.get("")
    return Reported(_target(requested, edition, named=name in by_edition), tuple(diagnostics))


def _target(requested: str | None, edition: Edition, *, named: bool) -> PageTarget:
    """The target for a `fit` of the leaflet, which `named` the edition or holds for all of them."""
    if edition.scale is None:
        return PageTarget(None)
    if not named and (edition.fit == "named" or (edition.imposition and requested != "sheet")):
        requested = None
    if requested == "sheet":
        return PageTarget(edition.sheet_pages, exactly=True)
    if requested is None:
        return PageTarget(edition.sheet_pages if edition.fit == "sheet" else None)
    return PageTarget(int(requested), exactly=True)


def disabled_checks(manuscript: "Manuscript", edition: Edition) -> Reported[frozenset[str]]:
    """The checks that a leaflet or its edition switches off, and diagnostics about unknown ones."""
    by_leaflet = manuscript.leaflet.preflight or {}
    locations = [
        *((code, manuscript.tree.key_location(("preflight", code))) for code in by_leaflet),
        *((code, Location(f"styles/{FILE}")) for code in edition.preflight),
    ]
    diagnostics = tuple(
        error(
            "unknown-check",
            say("There is no check called `{name}`.", name=shortened(code)),
            location,
            did_you_mean(code, list(CHECKS)),
        )
        for code, location in locations
        if code not in CHECKS
    )
    return Reported(frozenset((*by_leaflet, *edition.preflight)), diagnostics)


def without_disabled(
    diagnostics: Iterable[Diagnostic], disabled: Iterable[str]
) -> list[Diagnostic]:
    """The diagnostics whose checks are not switched off; only those in CHECKS can be."""
    codes = {code for code in disabled if code in CHECKS}
    return [d for d in diagnostics if d.code not in codes]
