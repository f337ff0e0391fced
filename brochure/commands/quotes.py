"""Verdicts on quotes, for people and machines."""

from collections.abc import Iterator, Sequence
from typing import Any

import click

from brochure import terminal
from brochure.manuscript.load import Manuscript
from brochure.report import harmless
from brochure.sources.finding import Verdict
from brochure.sources.reference import Reference
from brochure.sources.search import Difference
from brochure.sources.verified import Verification

_COLOURS = {Verdict.VERBATIM: "green", Verdict.UNCHECKED: "yellow"}


def verdicts(manuscript: Manuscript, verification: Verification) -> Iterator[dict[str, Any]]:
    """The quotes of a leaflet with all that is known of them, as JSON data.

    `variant` is that of the file in which the quote is written; None for the leaflet itself.
    """
    base = f"{manuscript.name}/leaflet.yaml"
    for checked in verification.quotes:
        finding = checked.finding
        place = manuscript.place((*checked.path, "text"))
        own = manuscript.region is not None and not place.file.endswith(base)
        yield {
            "leaflet": manuscript.name,
            "variant": manuscript.region.id if own and manuscript.region else None,
            "passage": checked.passage,
            "place": str(place),
            "verdict": finding.verdict.value,
            "source": checked.file or None,
            **_reference(finding.given),
            "found": [_reference(one) for one in finding.found],
            "differences": [_difference(one) for one in finding.differences],
            "typography": [_difference(one) for one in finding.typographic],
            "limited": finding.limited or None,
            "omitted": finding.omitted or None,
            "reason": finding.reason or None,
            "context": [{"text": p.text, "quoted": p.quoted} for p in finding.context],
        }


def table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The verdicts in lines: verdict, passage, the reference given, and the one that is right."""
    cells = [
        (
            row["verdict"],
            "/".join(filter(None, (row["leaflet"], row["variant"]))),
            row["passage"],
            _shown(row),
            "" if row["verdict"] == Verdict.VERBATIM and _shown(row) else _found(row),
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        verdict, *rest = (
            harmless(f"{cell:{width}}") for cell, width in zip(line, widths, strict=True)
        )
        colour = _COLOURS.get(Verdict(line[0]), "red")
        text = "  ".join([click.style(verdict, fg=colour), *rest]).rstrip()
        yield text if terminal.colour() is None else click.unstyle(text)


def _shown(row: dict[str, Any]) -> str:
    return str(Reference(row["page"], row["lines"]))


def _found(row: dict[str, Any]) -> str:
    """Where it is to be found instead, or why that is not known."""
    if row["found"]:
        return "→ " + "; ".join(str(Reference(one["page"], one["lines"])) for one in row["found"])
    return row["reason"] or ""


def _reference(reference: Reference) -> dict[str, str | None]:
    return {"page": reference.page, "lines": reference.lines}


def _difference(difference: Difference) -> dict[str, str]:
    return {"source": difference.source, "quote": difference.quote}
