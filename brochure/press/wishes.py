"""What a leaflet asks of an edition: how many pages to fill, which checks to leave out."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from brochure.diagnostics import Diagnostic, Place, error, shortened
from brochure.manuscript.validate import did_you_mean
from brochure.press.edition import Edition

if TYPE_CHECKING:  # who sets type asks for the names of the checks only
    from brochure.manuscript.load import Manuscript

# Complaints of preflight, which a leaflet or an edition can switch off, each with a reason.
CHECKS = {
    "alt": "pictures without a description",
    "attachment": "files too large to be mailed",
    "colour-space": "colours that the edition cannot print",
    "contrast": "text that stands out too little",
    "does-not-fit": "leaflets that do not fill the pages that they should",
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
}


def pages(
    manuscript: "Manuscript", name: str, edition: Edition, editions: Callable[[], Sequence[str]]
) -> tuple[int | None, bool, list[Diagnostic]]:
    """How many pages to fill, None for as many as it takes; whether exactly; and complaints.

    A number that is given for no edition in particular holds where pages are not imposed; `sheet`
    wherever type may be scaled. An edition may itself ask for a sheet; then at most that.
    """
    wanted = manuscript.leaflet.fit or {}
    known = editions() if any(wanted) else ()
    complaints = [
        error(
            "unknown-edition",
            f"There is no edition `{shortened(other)}`.",
            manuscript.tree.key_place(("fit", other)),
            did_you_mean(other, list(known)),
        )
        for other in wanted
        if other and other not in known
    ]
    if name in wanted and edition.scale is None:
        complaints.append(
            error(
                "fit",
                f"The edition `{name}` cannot be made to fit: its type has one size.",
                manuscript.tree.key_place(("fit", name)),
                "Delete this line, or give the edition bounds for its type (`scale:`).",
            )
        )
    wish = wanted.get(name) or (wanted.get("") if edition.scale else None)
    if edition.scale is None or wish is None:
        by_edition = edition.sheet_pages if edition.fit and edition.scale else None
        return by_edition, False, complaints
    if wish == "sheet":
        return edition.sheet_pages, True, complaints
    if name not in wanted and edition.imposition:
        return edition.sheet_pages if edition.fit else None, False, complaints
    return int(wish), True, complaints


def waived(manuscript: "Manuscript", edition: Edition) -> tuple[frozenset[str], list[Diagnostic]]:
    """The checks that are switched off, and complaints about those that there are not."""
    by_leaflet = manuscript.leaflet.preflight or {}
    unknown = [
        (code, manuscript.tree.key_place(("preflight", code)))
        for code in by_leaflet
        if code not in CHECKS
    ]
    unknown += [(code, Place("styles/editions.yaml")) for code in edition.preflight
                if code not in CHECKS]  # fmt: skip
    complaints = [
        error(
            "unknown-check",
            f"There is no check `{shortened(code)}` that could be switched off.",
            place,
            did_you_mean(code, list(CHECKS)),
        )
        for code, place in unknown
    ]
    return frozenset((*by_leaflet, *edition.preflight)), complaints


def without(diagnostics: Iterable[Diagnostic], off: Iterable[str]) -> list[Diagnostic]:
    """The complaints that were not switched off; only those of preflight can be."""
    codes = {code for code in off if code in CHECKS}
    return [d for d in diagnostics if d.code not in codes]
