"""Verdicts on quotes, for people and machines."""

import gc
from collections.abc import Iterator, Sequence
from typing import Any

import click

from brochure.cli import arguments, output
from brochure.cli.build import engage
from brochure.cli.output import harmless
from brochure.diagnostics import Diagnostic, DiagnosticsError, in_order
from brochure.manuscript.load import Manuscript
from brochure.sources.document import Reference
from brochure.sources.finding import Verdict
from brochure.sources.matching.exact import Difference
from brochure.sources.verification import Verification

_COLOURS = {Verdict.VERBATIM: "green", Verdict.UNCHECKED: "yellow"}


def verdicts(manuscript: Manuscript, verification: Verification) -> Iterator[dict[str, Any]]:
    """The quotes of a leaflet with all that is known of them, as JSON data.

    `variant` is that of the file in which the quote is written; None for the leaflet itself.
    """
    base = f"{manuscript.name}/leaflet.yaml"
    for checked in verification.quotes:
        finding = checked.finding
        location = manuscript.location((*checked.path, "text"))
        own = manuscript.region is not None and not location.file.endswith(base)
        yield {
            "leaflet": manuscript.name,
            "variant": manuscript.region.id if own and manuscript.region else None,
            "passage": checked.passage,
            "place": str(location),
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
        yield text if output.colour() is None else click.unstyle(text)


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


# --- `brochure check`.

_FEW = 20  # are checked in no time; more show how far it is


@click.command()
@arguments.leaflets
@arguments.editions
@arguments.variants
@arguments.all_variants
@arguments.as_json
@click.pass_context
def check(
    context: click.Context,
    leaflets: tuple[str, ...],
    editions: tuple[str, ...],
    variants: tuple[str, ...],
    all_variants: bool,
    as_json: bool,
) -> int:
    """Look for everything that is wrong, in all variants as well, and verify every quote.

    With --edition, type is set as well, and each page looked at: the preflight of that edition.
    """
    from brochure.pipeline.build import Build, checks

    project = arguments.project_of(context)
    names = arguments.leaflet_names(project, leaflets)
    every_form = not (variants or all_variants)
    choice = arguments.choice(variants, all_variants, every_form=every_form, anywhere=not leaflets)
    forms = arguments.forms(project, editions)
    try:
        total, found = checks(project, names, choice, forms)
    except DiagnosticsError as failed:
        raise arguments.wrong_usage(failed) from None
    every: dict[Diagnostic, None] = {}
    quotes: dict[str, dict[str, Any]] = {}
    off: dict[str, str] = {}
    gc.enable()
    with output.Progress(total if total > _FEW else 0) as bar:  # few are checked in no time
        for examined in found:
            every |= dict.fromkeys(examined.diagnostics)
            if examined.manuscript is not None:
                rows = verdicts(examined.manuscript, examined.verification)
                quotes = {**{row["place"]: row for row in rows}, **quotes}
                off |= examined.manuscript.leaflet.preflight or {}
            bar.done()
            bar.goes_on()
    if editions:
        dry_run = Build(project, names, choice, forms, dry_run=True)
        with (
            engage(dry_run.to_set, None, None) as (staff, cache),
            output.Progress(dry_run.to_make) as bar,
        ):
            for outcome in dry_run.run(staff, project.cache if cache else None):
                every |= dict.fromkeys(outcome.diagnostics)
                bar.done()
                bar.goes_on()
    diagnostics = in_order(every)
    if as_json:
        output.show_json(diagnostics, quotes=list(quotes.values()), switched_off=off)
    else:
        for line in table(list(quotes.values())):
            click.echo(line)
        output.show(diagnostics, project)
        for code, reason in off.items():
            output.say(f"Switched off: {code} ({reason}).")
        output.say(f"{', '.join(names)}: {output.summary(diagnostics)}.")
    return arguments.exit_code(diagnostics)
