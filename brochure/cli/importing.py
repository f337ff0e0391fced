"""`brochure import`: what somebody wrote elsewhere as a leaflet, or as changes to one."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import click

from brochure import bounds
from brochure.cli import arguments
from brochure.cli.output import Output, harmless
from brochure.cli.session import NOWHERE, Session, Usage, as_json, command, option, wrong_usage
from brochure.cli.side_by_side import side_by_side
from brochure.cli.tables import Cell, print_table
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, fail
from brochure.files import read_regular
from brochure.interchange.differences import Comparison, Difference, accept, compare
from brochure.interchange.document import Document, Leftover
from brochure.interchange.leaflet_file import by_kind, create_from, described, proposed_ids
from brochure.interchange.outgoing import Origin
from brochure.interchange.proposal import Proposal, ProposedPassage
from brochure.interchange.reading.reader import read_document
from brochure.interchange.recreation import recreate
from brochure.interchange.returned import origin_of
from brochure.interchange.understanding.accounting import words_of, words_of_document
from brochure.interchange.understanding.bounded import understand_bounded
from brochure.interchange.wording import CONFIDENCE, TRACKED
from brochure.layout.designs import check_design
from brochure.manuscript.model.fields import LANGUAGE_CODE
from brochure.messages import EMPTY, Message, joined, plural, say
from brochure.project import Project
from brochure.starters import free_name

_BEGINNING = 50  # characters of a quote that are shown
_COLOURS = {"sure": "green", "likely": "yellow", "doubtful": "red"}
_ALL = "all"


class PassageData(TypedDict):
    """A pair as it was understood, as JSON data."""

    id: str
    confidence: str
    page: str | None
    lines: str | None
    quote: str | None
    commentary: str | None
    doubts: list[str]


class LeftoverData(TypedDict):
    """What has no place in a leaflet, as JSON data."""

    kind: str
    text: str
    near: str | None
    who: str | None


class WordsData(TypedDict):
    """The words of a document: how many there are, and what became of them, as JSON data."""

    total: int
    placed: int
    listed: int
    lost: list[str]


class ProposalData(TypedDict):
    """What was understood of a document, as JSON data."""

    title: str
    language: str
    passages: list[PassageData]
    doubts: list[str]
    leftovers: list[LeftoverData]
    words: WordsData


class DifferenceData(TypedDict):
    """What a file says otherwise than a leaflet, as JSON data."""

    number: int
    key: str
    kind: str
    base: str | None
    now: str | None
    new: str | None
    conflict: bool
    quote: bool
    accepted: bool


class ComparisonData(TypedDict):
    """A file beside a leaflet, as JSON data."""

    differences: list[DifferenceData]
    unplaced: list[str]
    leftovers: list[LeftoverData]


class ImportData(TypedDict):
    """What was imported, as JSON data. `path` is that of the leaflet, None where none was written.

    `found`: what was understood, for a new leaflet; for one that there is, what differs.
    """

    leaflet: str
    path: str | None
    found: ProposalData | ComparisonData


@dataclass(frozen=True)
class _Request:
    """What is asked for: a file, the name of a leaflet, and how a new one shall be."""

    file: Path
    data: bytes
    name: str
    language: str
    design: str
    show: bool


@command(
    "import",
    say(
        "Make a leaflet of a document: Word, OpenDocument, Markdown, HTML or PDF. With the name of "
        "a leaflet that there is, show what the document says otherwise."
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("name", required=False, default="", shell_complete=arguments.complete_leaflet)
@option(
    "--language", "-l", default="", metavar="CODE",
    help_text=say("Language of the leaflet; without, that of the document."),
)  # fmt: skip
@arguments.design_option
@option(
    "--show", "--dry-run", "show", is_flag=True,
    help_text=say("Only show what was understood. Nothing is written."),
)  # fmt: skip
@option(
    "--accept", "chosen", metavar="N,…", multiple=True,
    help_text=say(
        "Take differences over: their numbers or keys, or `all` that are neither quotes nor in "
        "conflict."
    ),
)  # fmt: skip
@as_json
def import_(
    session: Session,
    file: Path,
    name: str,
    language: str,
    design: str,
    show: bool,
    chosen: tuple[str, ...],
    as_json: bool,
) -> int:
    """Import a file; the exit code."""
    if language and not LANGUAGE_CODE.fullmatch(language):
        raise Usage(say("`{language}` is not the code of a language.", language=language))
    request = _Request(file, _bytes_of(file), name, language, design, show)
    origin = origin_of(request.data)
    leaflet = _existing(session, name, origin)
    if leaflet:
        return _compared(session, request, leaflet, arguments.split_names(chosen))
    if chosen:
        known = session.project.leaflets()
        raise Usage(
            say(
                "There is no leaflet `{name}` to take differences over into.",
                name=name or file.name,
            ),
            say("There are: {names}.", names=", ".join(known)) if known else EMPTY,
        )
    return _created(session, request, origin)


def _bytes_of(file: Path) -> bytes:
    """The bytes of a file; what is too large is told by whoever reads it."""
    try:
        return read_regular(file, bounds.IMPORTED)
    except (OSError, ValueError) as reason:
        text = getattr(reason, "strerror", None) or reason
        fail(
            "cannot-read",
            say("`{file}` cannot be read ({reason}).", file=str(file), reason=text),
            Location(str(file)),
            say("Check the path."),
        )


def _existing(session: Session, name: str, origin: Origin | None) -> str:
    """The leaflet that a file is to be compared with; empty if it is to become a new one."""
    try:
        known = Project.find(session.folder).leaflets()
    except DiagnosticsError:
        return ""
    wanted = name or (origin.leaflet if origin else "")
    return wanted if wanted in known else ""


# --- A new leaflet ----------------------------------------------------------------------------


def _created(session: Session, request: _Request, origin: Origin | None) -> int:
    """Make a leaflet of a document, or of a leaflet that went out elsewhere."""
    output, file = session.output, request.file.name
    name, path = request.name or (origin.leaflet if origin else ""), None
    try:
        check_design(request.design, arguments.designs_here(session), NOWHERE)
        if origin is not None:
            document = None if request.data[:2] != b"PK" else read_document(request.data, file)
            again = recreate(request.data, file, origin, document)
            proposal, diagnostics = again.proposal, again.diagnostics
            name = name or _free_name(session, proposal.title)
            if not request.show:
                path = again.write(session.folder, name)
        else:
            document = read_document(request.data, file)
            proposal = understand_bounded(document, file, request.language)
            diagnostics = document.diagnostics
            name = name or _free_name(session, proposal.title or request.file.stem)
            if not request.show:
                path = create_from(
                    session.folder, name, proposal, design=request.design, words=output.words
                )
    except DiagnosticsError as failed:
        if {d.code for d in failed.diagnostics} <= {"leaflet-name", "exists", "unknown-design"}:
            raise wrong_usage(failed) from None
        raise
    if output.json:
        found = _proposal_data(proposal, document)
        result: ImportData = {"leaflet": name, "path": str(path) if path else None, "found": found}
        output.document("import", diagnostics, result)
        return arguments.exit_code(diagnostics)
    _show_proposal(output, proposal, document)
    output.diagnostics(diagnostics)
    if path is None:
        output.note(say("Nothing was written. Without --show, this becomes `{name}`.", name=name))
    else:
        _show_steps(session, path, name)
    return arguments.exit_code(diagnostics)


def _free_name(session: Session, title: str) -> str:
    try:
        taken = Project.find(session.folder).leaflets()
    except DiagnosticsError:
        taken = tuple(entry.name for entry in session.folder.iterdir())
    return free_name(title, taken)


def _show_steps(session: Session, path: Path, name: str) -> None:
    output = session.output
    output.result(str(path))
    root = path.parents[2]
    here = root == session.folder.absolute()
    output.note(say("Compare this file with the document; look at what has a comment. Then type:"))
    steps = [] if here else [f"cd {os.path.relpath(root, session.folder)}"]
    for step in (*steps, f"brochure check {name}", f"brochure build {name}"):
        output.note(f"    {step}")


def _show_proposal(output: Output, proposal: Proposal, document: Document | None) -> None:
    """What was understood: title, pairs, doubts, what has no place, and an account of the words."""
    output.result(say("Title: {title}", title=proposal.title or say("(none was found)")))
    print_table(output, [_row(n, one) for n, one in enumerate(proposal.passages, 1)])
    for number, passage in enumerate(proposal.passages, 1):
        for doubt in passage.doubts:
            output.result(say("Pair {number}: {doubt}", number=number, doubt=doubt))
    for doubt in proposal.doubts:
        output.result(doubt)
    _show_leftovers(output, proposal.leftovers)
    if document is None:
        return
    words = _words_data(proposal, document)
    output.result(
        say(
            "Words: {total} in the document; {placed} are in the leaflet, {listed} are listed, "
            "{lost} are missing.",
            total=words["total"],
            placed=words["placed"],
            listed=words["listed"],
            lost=len(words["lost"]),
        )
    )
    if words["lost"]:
        output.warn(say("Missing: {words}", words=" ".join(words["lost"])))


def _row(number: int, passage: ProposedPassage) -> tuple[Cell, ...]:
    """A pair: how sure it is, its reference, and how its quote begins."""
    quote, commentary = passage.quote, passage.commentary
    page = say("page {pages}", pages=quote.page) if quote and quote.page else EMPTY
    lines = EMPTY
    if quote and quote.lines:
        several = not quote.lines.isdecimal()
        lines = (
            say("lines {lines}", lines=quote.lines)
            if several
            else say("line {line}", line=quote.lines)
        )
    reference = joined([page, lines], ", ")
    beginning: str = say("(no quote)")
    if quote:
        beginning = say("“{words}”", words=_beginning(quote.text))
    elif commentary:
        beginning = say("(no quote) {words}", words=_beginning(commentary.text))
    return (
        Cell(str(number)),
        Cell(CONFIDENCE[passage.confidence], _COLOURS[passage.confidence]),
        Cell(reference),
        Cell(beginning),
    )


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _BEGINNING else line[: _BEGINNING - 1] + "…"


def _show_leftovers(output: Output, leftovers: Sequence[Leftover]) -> None:
    """How much there is of each kind; tracked changes one by one, since they change meaning."""
    for kind, found in by_kind(leftovers):
        output.result(say("{kind}: {count}", kind=kind, count=len(found)))
        for one in found if found[0].kind in (*TRACKED, "comment") else ():
            output.result(joined(["   ", described(one)]))


def _proposal_data(proposal: Proposal, document: Document | None) -> ProposalData:
    ids = proposed_ids(proposal)
    return {
        "title": proposal.title,
        "language": proposal.language,
        "passages": [_passage_data(id_, p) for id_, p in zip(ids, proposal.passages, strict=True)],
        "doubts": [str(doubt) for doubt in proposal.doubts],
        "leftovers": [_leftover_data(one) for one in proposal.leftovers],
        "words": _words_data(proposal, document),
    }


def _passage_data(id_: str, passage: ProposedPassage) -> PassageData:
    quote, commentary = passage.quote, passage.commentary
    return {
        "id": id_,
        "confidence": passage.confidence,
        "page": (quote and quote.page) or None,
        "lines": (quote and quote.lines) or None,
        "quote": quote.text if quote else None,
        "commentary": commentary.text if commentary else None,
        "doubts": [str(doubt) for doubt in passage.doubts],
    }


def _leftover_data(leftover: Leftover) -> LeftoverData:
    return {
        "kind": leftover.kind,
        "text": leftover.text,
        "near": leftover.near or None,
        "who": leftover.who or None,
    }


def _words_data(proposal: Proposal, document: Document | None) -> WordsData:
    total = len(words_of_document(document)) if document else 0
    listed = sum(len(words_of(one.text)) for one in proposal.leftovers if one.kind != "insertion")
    listed, lost = min(listed, total), list(proposal.lost)
    return {"total": total, "placed": total - listed - len(lost), "listed": listed, "lost": lost}


# --- Changes to a leaflet ---------------------------------------------------------------------


def _compared(session: Session, request: _Request, leaflet: str, chosen: tuple[str, ...]) -> int:
    """Show what a file says otherwise than a leaflet, and take over what was chosen."""
    output, project = session.output, session.project
    comparison = compare(project, leaflet, request.data, request.file.name)
    picked = _picked(comparison, chosen) if not request.show else ()
    if picked:
        accept(project, comparison, picked)
    diagnostics = comparison.diagnostics
    if output.json:
        found: ComparisonData = {
            "differences": [_difference_data(one, one in picked) for one in comparison.differences],
            "unplaced": list(comparison.unplaced),
            "leftovers": [_leftover_data(one) for one in comparison.leftovers],
        }
        path = str(project.manuscript(leaflet)) if picked else None
        result: ImportData = {"leaflet": leaflet, "path": path, "found": found}
        output.document("import", diagnostics, result)
        return arguments.exit_code(diagnostics)
    for one in comparison.differences:
        _show_difference(output, one, accepted=one in picked)
    _show_leftovers(output, comparison.leftovers)
    output.diagnostics(diagnostics)
    _show_outcome(output, comparison, picked, request)
    return arguments.exit_code(diagnostics)


def _picked(comparison: Comparison, chosen: Sequence[str]) -> tuple[Difference, ...]:
    """The differences that were asked for. Unknown ones are wrong usage."""
    picked: set[int] = set()
    wrong: list[Diagnostic] = []
    for word in chosen:
        named = [one for one in comparison.differences if word in (str(one.number), one.key)]
        if word == _ALL:
            named = [one for one in comparison.differences if not one.needs_naming]
        elif not named:
            message = say("There is no difference `{name}`.", name=word)
            hint = say("Without --accept, the differences are shown with their numbers.")
            wrong.append(error("usage", message, NOWHERE, hint))
        elif not all(one.can_be_accepted for one in named):
            message = say("The difference `{name}` cannot be taken over.", name=word)
            wrong.append(error("usage", message, NOWHERE, say("Change the leaflet yourself.")))
        picked |= {one.number for one in named}
    if wrong:
        raise wrong_usage(DiagnosticsError(wrong))
    return tuple(one for one in comparison.differences if one.number in picked)


def _show_difference(output: Output, one: Difference, *, accepted: bool) -> None:
    heading: str = say("{number}. {key}: {what}", number=one.number, key=one.key, what=_what(one))
    notes = [
        say("a QUOTE was changed") if one.is_quote else EMPTY,
        say("IN CONFLICT: the leaflet was changed as well") if one.conflict else EMPTY,
        say("cannot be taken over") if not one.can_be_accepted else EMPTY,
        say("taken over") if accepted else EMPTY,
    ]
    if any(notes):
        heading = say("{heading} ({notes})", heading=heading, notes=joined(notes, "; "))
    colour = "red" if one.is_quote or one.conflict else None
    output.styled(click.style(harmless(output.words(heading)), bold=True, fg=colour))
    if one.kind == "moved":
        output.result(f"    {one.new}")
        return
    columns = [(say("leaflet"), one.now), (say("document"), one.new)]
    marks = [(0, 1)] if one.now and one.new else []
    if one.conflict and one.base:
        columns.insert(0, (say("leaflet, as it went out"), one.base))
        marks = [(0, 2)] if one.new else []
    safe = [
        (output.words(name), harmless(text or output.words(say("(nothing)")), lines=True))
        for name, text in columns
    ]
    width = shutil.get_terminal_size((100, 24)).columns
    output.styled(side_by_side(safe, marks, width) + "\n")


def _difference_data(one: Difference, accepted: bool) -> DifferenceData:
    return {
        "number": one.number,
        "key": one.key,
        "kind": one.kind,
        "base": one.base,
        "now": one.now,
        "new": one.new,
        "conflict": one.conflict,
        "quote": one.is_quote,
        "accepted": accepted,
    }


def _what(one: Difference) -> Message:
    match one.kind:
        case "added":
            return say("a new passage")
        case "removed":
            return say("the passage is not there any more")
        case "moved" if one.after:
            return say("moved to after `{passage}`", passage=one.after)
        case "moved":
            return say("moved to the beginning")
        case _ if one.now is None:
            return say("new")
        case _ if one.new is None:
            return say("not there any more")
        case _:
            return say("changed")


def _show_outcome(
    output: Output, comparison: Comparison, picked: Sequence[Difference], request: _Request
) -> None:
    """How many differences there are, and what to do about them."""
    if not comparison.differences:
        output.note(say("The document says what the leaflet `{name}` says; no difference.",
                        name=comparison.leaflet))  # fmt: skip
        return
    left = len(comparison.differences) - len(picked)
    if picked:
        output.result(plural("{n} difference was taken over.", "{n} differences were taken over.",
                             len(picked)))  # fmt: skip
        output.note(f"    brochure check {comparison.leaflet}")
    if left:
        output.note(
            plural(
                "{n} difference was not taken over. To take some over, add their numbers:",
                "{n} differences were not taken over. To take some over, add their numbers:",
                left,
            )
        )
        first = next(one for one in comparison.differences if one not in picked)
        name = first.key if picked else str(first.number)  # what is left gets other numbers
        output.note(f"    brochure import {request.file} {comparison.leaflet} --accept {name}")
