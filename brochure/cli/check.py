"""`brochure check`."""

from contextlib import closing
from typing import TypedDict

from brochure.cli import arguments
from brochure.cli.arguments import Request, planned
from brochure.cli.session import Session, as_json, command, option
from brochure.cli.tables import Cell, print_table
from brochure.cli.workshop import Workshop
from brochure.diagnostics import Diagnostic, in_order, once_for_all_editions
from brochure.manuscript.load import Manuscript
from brochure.messages import EMPTY, Message, joined, say
from brochure.pipeline.fingerprint import Digests
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.plan import Mode
from brochure.sources.finding import VERDICT_NAMES, CheckedQuote, Verdict
from brochure.sources.matching.exact import Difference

_COLOURS = {Verdict.VERBATIM: "green", Verdict.UNCHECKED: "yellow"}
_FEW = 20  # are checked in no time; more show how far it is


class QuoteData(TypedDict):
    """A quote with all that is known of it, as JSON data.

    `variant` is that of the file in which the quote is written; None for the leaflet itself.
    """

    leaflet: str
    variant: str | None
    passage: str
    location: str
    verdict: str
    source: str | None
    page: str | None
    lines: str | None
    found: list[dict[str, str | None]]
    differences: list[dict[str, str]]
    typography: list[dict[str, str]]
    limited: str | None
    omitted: str | None
    reason: str | None
    context: list[dict[str, str | bool]]


class CheckData(TypedDict):
    """What `brochure check` found, as JSON data; disabled checks by their codes, with reasons."""

    quotes: list[QuoteData]
    disabled_checks: dict[str, str]


@command(
    "check",
    say(
        "Look for everything that is wrong, in all variants as well, and verify every quote. "
        "With --preflight each page is typeset and looked at, too."
    ),
)
@arguments.leaflets_argument
@arguments.edition_option
@arguments.variant_option
@arguments.all_option
@option(
    "--preflight",
    is_flag=True,
    help_text=say("Typeset and look at each page, as a printer would. Nothing is written."),
)
@as_json
def check(
    session: Session,
    leaflets: tuple[str, ...],
    editions: tuple[str, ...],
    variants: tuple[str, ...],
    all_variants: bool,
    preflight: bool,
    as_json: bool,
) -> int:
    """Check; the exit code."""
    output, project = session.output, session.project
    chosen = arguments.selection(
        variants,
        all_variants,
        base_too=not (variants or all_variants),
        anywhere=not leaflets,
    )
    mode = Mode.PREFLIGHT if preflight else Mode.CHECK
    manifest, digests = Manifest(project), Digests()
    request = Request(leaflets, chosen, editions, mode)
    names, plan = planned(session, project, request, manifest, digests)
    every: dict[Diagnostic, None] = {}
    quotes: dict[str, tuple[Manuscript, CheckedQuote]] = {}
    disabled: dict[str, str] = {}
    shown = plan.total if preflight or plan.total > _FEW else 0
    outcomes = Workshop().outcomes(project, plan, manifest, digests)
    with closing(outcomes), output.progress(shown) as progress:
        for outcome in outcomes:
            every |= dict.fromkeys(outcome.diagnostics)
            if outcome.manuscript is not None and outcome.verification is not None:
                for checked in outcome.verification.quotes:
                    location = str(outcome.manuscript.location((*checked.path, "text")))
                    quotes.setdefault(location, (outcome.manuscript, checked))
                disabled |= outcome.manuscript.leaflet.preflight or {}
            progress.done()
            progress.goes_on()
    diagnostics = in_order(every)
    if output.json:
        data = [_data(manuscript, checked) for manuscript, checked in quotes.values()]
        result: CheckData = {"quotes": data, "disabled_checks": disabled}
        output.document("check", diagnostics, result)
    else:
        print_table(output, [_row(manuscript, checked) for manuscript, checked in quotes.values()])
        output.diagnostics(in_order(once_for_all_editions(every)))  # editions as they were named
        for code, reason in disabled.items():
            output.note(say("Disabled check: {code} ({reason}).", code=code, reason=reason))
        summary = output.summary(diagnostics)
        output.note(say("{leaflets}: {summary}.", leaflets=", ".join(names), summary=summary))
    return arguments.exit_code(diagnostics)


def _row(manuscript: Manuscript, checked: CheckedQuote) -> tuple[Cell, ...]:
    """Verdict, leaflet, passage, the reference stated, and the one that is right."""
    finding = checked.finding
    variant = _variant(manuscript, checked)
    verdict, stated = finding.verdict, finding.stated.message
    return (
        Cell(VERDICT_NAMES[verdict], _COLOURS.get(verdict, "red")),
        Cell("/".join(filter(None, (manuscript.name, variant)))),
        Cell(checked.passage),
        Cell(stated),
        Cell(EMPTY if verdict is Verdict.VERBATIM and stated else _found(checked)),
    )


def _found(checked: CheckedQuote) -> Message:
    """Where it is to be found instead, or why that is not known."""
    finding = checked.finding
    if finding.actual:
        places = joined((one.message for one in finding.actual), "; ")
        return say("→ {places}", places=places)
    return finding.reason


def _variant(manuscript: Manuscript, checked: CheckedQuote) -> str | None:
    """The variant whose file the quote is written in; None for the leaflet itself."""
    file = manuscript.location((*checked.path, "text")).file
    base = file.endswith(f"{manuscript.name}/leaflet.yaml")
    return None if base or manuscript.region is None else manuscript.region.id


def _data(manuscript: Manuscript, checked: CheckedQuote) -> QuoteData:
    finding = checked.finding
    return {
        "leaflet": manuscript.name,
        "variant": _variant(manuscript, checked),
        "passage": checked.passage,
        "location": str(manuscript.location((*checked.path, "text"))),
        "verdict": finding.verdict.value,
        "source": checked.file or None,
        "page": finding.stated.page,
        "lines": finding.stated.lines,
        "found": [{"page": one.page, "lines": one.lines} for one in finding.actual],
        "differences": [_difference(one) for one in finding.differences],
        "typography": [_difference(one) for one in finding.typographic],
        "limited": finding.limited or None,
        "omitted": finding.omitted or None,
        "reason": finding.reason or None,
        "context": [{"text": p.text, "quoted": p.quoted} for p in finding.context],
    }


def _difference(difference: Difference) -> dict[str, str]:
    return {"source": difference.source, "quote": difference.quote}
