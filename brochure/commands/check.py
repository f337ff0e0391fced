"""`brochure check`."""

import gc
from typing import Any

import click

from brochure import report, terminal
from brochure.commands import common
from brochure.commands.staff import engage
from brochure.diagnostics import Diagnostic, Problems, in_order

_FEW = 20  # are checked in no time; more show how far it is


@click.command()
@common.leaflets
@common.editions
@common.variants
@common.all_variants
@common.as_json
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
    from brochure.build.run import Build, checks
    from brochure.commands.quotes import table, verdicts

    project = common.project_of(context)
    names = common.leaflet_names(project, leaflets)
    every_form = not (variants or all_variants)
    choice = common.choice(variants, all_variants, every_form=every_form, anywhere=not leaflets)
    forms = common.forms(project, editions)
    try:
        total, found = checks(project, names, choice, forms)
    except Problems as problems:
        raise common.wrong_usage(problems) from None
    every: dict[Diagnostic, None] = {}
    quotes: dict[str, dict[str, Any]] = {}
    off: dict[str, str] = {}
    gc.enable()
    with terminal.Progress(total if total > _FEW else 0) as bar:  # few are checked in no time
        for examined in found:
            every |= dict.fromkeys(examined.diagnostics)
            if examined.manuscript is not None:
                rows = verdicts(examined.manuscript, examined.verification)
                quotes = {**{row["place"]: row for row in rows}, **quotes}
                off |= examined.manuscript.leaflet.preflight or {}
            bar.done()
            bar.goes_on()
    if editions:
        rehearsal = Build(project, names, choice, forms, rehearsal=True)
        with (
            engage(rehearsal.to_set, None, None) as (staff, cache),
            terminal.Progress(rehearsal.to_make) as bar,
        ):
            for outcome in rehearsal.run(staff, project.cache if cache else None):
                every |= dict.fromkeys(outcome.diagnostics)
                bar.done()
                bar.goes_on()
    complaints = in_order(every)
    if as_json:
        terminal.show_json(complaints, quotes=list(quotes.values()), switched_off=off)
    else:
        for line in table(list(quotes.values())):
            click.echo(line)
        terminal.show(complaints, project)
        for code, reason in off.items():
            terminal.say(f"Switched off: {code} ({reason}).")
        terminal.say(f"{', '.join(names)}: {report.summary(complaints)}.")
    return common.exit_code(complaints)
