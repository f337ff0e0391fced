"""`brochure source`: what was read of a document, its lines as a passage, where words are."""

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypedDict

import click
from click.shell_completion import CompletionItem

from brochure.cli import arguments
from brochure.cli.output import Output, harmless
from brochure.cli.session import Group, Option, Session, Usage, as_json, command, option, session_of
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Severity,
    fail,
    in_order,
)
from brochure.files import composed
from brochure.manuscript.model.fields import PAGE
from brochure.manuscript.variants.resolution import read_bundle
from brochure.messages import EMPTY, Message, joined, plural, say
from brochure.project import Project
from brochure.sources.document import (
    Document,
    QuoteReference,
    SourceReference,
    reference_to,
    shortest_reference,
    source_references,
)
from brochure.sources.excerpt import excerpt, lines_at, passage_yaml
from brochure.sources.matching.exact import find_spans, interpretations
from brochure.sources.matching.nearest import find_similar
from brochure.sources.verification import OpenedSource, Verifier

_SHOWN = 3  # lines at the beginning and end
_FOUND = 5  # places where words are
_LEAST = 0.3  # of the words, somewhere
_RANGE = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+))?")
_PAGES = re.compile(rf"({PAGE})(?:\s*[-–]\s*({PAGE}))?")
Opened = list[tuple[SourceReference, OpenedSource]]

source = Group(
    "source",
    {
        "show": (say("Show what was read of the documents."), "source:show"),
        "quote": (say("Print lines of a document, as a passage in YAML."), "source:quote"),
        "find": (say("Find words that you remember."), "source:find"),
    },
    help=say("Read, search and quote the documents that a leaflet quotes."),
)


def _complete_file(context: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
    def files() -> Iterator[str]:
        leaflet = str(context.params.get("leaflet"))
        yield from _references(session_of(context).project, leaflet)

    return arguments.offer(files, word)


_file_option = click.option(
    "--file", metavar="F", cls=Option, shell_complete=_complete_file,
    help=say("One of several sources, by its file."),
)  # fmt: skip


class SourceData(TypedDict, total=False):
    """What was read of a source, as JSON data; of one that cannot be read the first three only."""

    file: str
    sha256: str
    readable: bool
    kind: str
    pages: list[str]
    pages_printed: bool
    pages_doubtful: bool
    lines: int
    aside: int
    numbering: str
    restarts: bool
    step: int
    printed: int
    first: int | None
    last: int | None
    gaps: list[str]
    paragraph_numbers: int
    unread_pages: list[str]
    uncertain_pages: list[str]
    pictured_pages: list[str]
    sample: list[dict[str, str | int | None]]


class PlaceData(TypedDict):
    """Where words are, as JSON data; `share` is how much of them."""

    file: str
    page: str | None
    lines: str | None
    share: float
    text: str
    command: str
    more: int


class PassageData(TypedDict):
    """Lines of a document, as JSON data: `yaml` is to be put into a leaflet."""

    file: str
    page: str | None
    lines: str | None
    text: str
    yaml: str


class ShowData(TypedDict):
    """What was read of all sources, as JSON data."""

    sources: list[SourceData]


class PassageResult(TypedDict):
    """A passage, as JSON data."""

    passage: PassageData


class FindData(TypedDict):
    """All places where words are, as JSON data."""

    places: list[PlaceData]


@command("show", say("Show what was read of the documents that a leaflet quotes."))
@arguments.leaflet_argument
@_file_option
@as_json
def show(session: Session, leaflet: str, file: str | None, as_json: bool) -> int:
    """Show the sources; the exit code."""
    name = arguments.leaflet_name(session.project, leaflet)
    opened, diagnostics = _opened(session.project, name, file)
    output = session.output
    if output.json:
        reports = [_report(reference.file, one) for reference, one in opened]
        result: ShowData = {"sources": reports}
        output.document("source show", diagnostics, result)
    else:
        for reference, one in opened:
            _print_report(output, _report(reference.file, one))
        output.diagnostics(diagnostics)
    return arguments.exit_code(diagnostics)


@command("quote", say("Print lines of a document, as a passage in YAML."))
@arguments.leaflet_argument
@click.argument("lines", required=False)
@option("--page", metavar="P", help_text=say("A page, or two as in 2-3; with LINES, those on it."))
@_file_option
@as_json
def quote(
    session: Session,
    leaflet: str,
    lines: str | None,
    page: str | None,
    file: str | None,
    as_json: bool,
) -> int:
    """Print a passage; the exit code."""
    if lines is None and page is None:
        raise Usage(say("Say which lines to quote, as in 1087-1090, or which --page."))
    name = arguments.leaflet_name(session.project, leaflet)
    opened, diagnostics = _opened(session.project, name, file)
    requested = QuoteReference(_range(page, "--page", _PAGES), _range(lines, "LINES"))
    _ensure_readable(opened, diagnostics)
    passage = _passage(opened, requested, session.output.words)
    if session.output.json:
        result: PassageResult = {"passage": passage}
        session.output.document("source quote", diagnostics, result)
    else:
        session.output.result(passage["yaml"].rstrip("\n"))
        session.output.diagnostics(diagnostics)
    return arguments.exit_code(diagnostics)


@command("find", say("Find words that you remember, to the letter or nearly."))
@arguments.leaflet_argument
@click.argument("words")
@_file_option
@as_json
def find(session: Session, leaflet: str, words: str, file: str | None, as_json: bool) -> int:
    """Find words; the exit code."""
    output = session.output
    name = arguments.leaflet_name(session.project, leaflet)
    if not words.strip():
        raise Usage(say("Say which words to look for, in quotation marks."))
    opened, diagnostics = _opened(session.project, name, file)
    _ensure_readable(opened, diagnostics)
    places = [place for of, one in opened for place in _places(name, of, one, words)]
    if output.json:
        result: FindData = {"places": places}
        output.document("source find", diagnostics, result)
    else:
        _print_places(output, places, words)
        output.diagnostics(diagnostics)
    return arguments.exit_code(diagnostics)


def _references(project: Project, leaflet: str) -> dict[str, SourceReference]:
    """The sources that a leaflet and its variants name, by their files; its own comes first."""
    bundle = read_bundle(project, leaflet)
    known = (id_ for id_ in bundle.files if bundle.regions.get(id_))
    trees = [bundle.base, *(bundle.resolve(id_).tree for id_ in known)]
    found: dict[str, SourceReference] = {}
    for tree in trees:
        for reference in source_references(tree):
            found.setdefault(reference.file, reference)
    broken = [d for d in bundle.diagnostics if d.is_error]
    if not found and broken:
        raise DiagnosticsError(broken)
    if not found:
        node = bundle.base.node(("source",))
        fail(
            "no-source",
            say("The leaflet does not name the file of its source."),
            bundle.base.location(("source",)) if node else Location(bundle.base.file),
            say(
                "Put the document into the folder `sources/` beside the leaflet, and write its "
                "name under `source:`, as in `file: sources/agreement.pdf`."
            ),
        )
    return found


def _opened(
    project: Project, leaflet: str, file: str | None
) -> tuple[Opened, tuple[Diagnostic, ...]]:
    """The sources of a leaflet and its variants, opened, and what is wrong with them.

    Raises DiagnosticsError where none is named, or one does not exist.
    """
    references = _references(project, leaflet)
    if file is not None:
        file = next((name for name in references if composed(name) == composed(file)), file)
    if file is not None and file not in references:
        names = ", ".join(references)
        raise Usage(
            say("The leaflet has no source `{file}`. It has: {names}.", file=file, names=names)
        )
    verifier = Verifier(project)
    opened = []
    missing: list[Diagnostic] = []
    for reference in references.values():
        if file in (None, reference.file):
            try:
                opened.append((reference, verifier.open_source(leaflet, reference)))
            except DiagnosticsError as failed:
                missing += failed.diagnostics
    if missing:
        raise DiagnosticsError(missing)
    diagnostics = in_order(d for _, one in opened for d in one.diagnostics)
    return [(reference, one.value) for reference, one in opened], diagnostics


def _ensure_readable(opened: Opened, diagnostics: tuple[Diagnostic, ...]) -> None:
    """Raise DiagnosticsError where no source can be read: a build only warns of that."""
    if not any(one.source for _, one in opened):
        raise DiagnosticsError(replace(d, severity=Severity.ERROR) for d in diagnostics)


def _range(text: str | None, name: str, pattern: re.Pattern[str] = _RANGE) -> str | None:
    """``12-14`` as the leaflet has it; anything else is wrong usage."""
    if text is None:
        return None
    found = pattern.fullmatch(text.strip())
    if not found:
        raise Usage(
            say(
                "{name} is a number or a range, as in 1087-1090, not `{text}`.",
                name=name,
                text=text,
            )
        )
    return f"{found[1]}–{found[2]}" if found[2] and found[2] != found[1] else found[1]


def _report(file: str, opened: OpenedSource) -> SourceData:
    document = opened.document
    if document is None:
        return {"file": file, "sha256": opened.digest, "readable": False}
    numbering = document.numbering
    lines = [line for line in document.lines if line.text and line.number is not None]
    aside = sum(line.artifact for line in document.lines)
    nothing_last = bool(document.lines) and not document.lines[-1].text  # after the last line end
    return {
        "file": file,
        "sha256": opened.digest,
        "readable": True,
        "kind": document.kind,
        "pages": list(document.pages),
        "pages_printed": document.page_numbers_printed,
        "pages_doubtful": document.page_numbers_doubtful,
        "lines": len(document.lines) - aside - nothing_last,
        "aside": aside,
        "numbering": numbering.mode,
        "restarts": numbering.restarts,
        "step": numbering.step,
        "printed": numbering.printed,
        "first": min((line.number or 0 for line in lines), default=None),
        "last": max((line.number or 0 for line in lines), default=None),
        "gaps": list(document.missing_numbers),
        "paragraph_numbers": document.paragraph_numbers,
        "unread_pages": [document.page_name(index) for index in document.unreadable_pages],
        "uncertain_pages": list(
            dict.fromkeys(
                document.page_name(line.page) for line in document.lines if line.uncertain
            )
        ),
        "pictured_pages": [document.page_name(index) for index in document.pictured_pages],
        "sample": [
            {"page": document.page_name(row.page) or None, "line": row.number, "text": row.text}
            for row in [*lines[:_SHOWN], *lines[max(_SHOWN, len(lines) - _SHOWN) :]]
        ],
    }


def _print_report(output: Output, data: SourceData) -> None:
    """What was read, in words, with the first and last lines to compare with the document."""
    rows: list[tuple[Message, str]] = [(say("SHA-256"), data["sha256"])]
    if data["readable"]:
        if data["pages"]:
            rows.append((say("pages"), _pages(data)))
        rows.append((say("lines"), _numbered(data)))
        if data["aside"]:
            rows.append(
                (
                    say("left aside"),
                    plural(
                        "{n} line: running head, page number or the like",
                        "{n} lines: running heads, page numbers and the like",
                        data["aside"],
                    ),
                )
            )
        if data["paragraph_numbers"]:
            rows.append(
                (
                    say("paragraphs"),
                    plural(
                        "{n} number in the margin counts paragraphs, not lines",
                        "{n} numbers in the margin count paragraphs, not lines",
                        data["paragraph_numbers"],
                    ),
                )
            )
        rows.append((say("gaps"), ", ".join(data["gaps"]) or say("none")))
        if data["unread_pages"]:
            names = ", ".join(data["unread_pages"])
            rows.append((say("not read"), say("pages {pages}: pictures", pages=names)))
        if data["uncertain_pages"]:
            names = ", ".join(data["uncertain_pages"])
            rows.append(
                (
                    say("uncertain"),
                    say(
                        "pages {pages}: some lines may be in columns; quotes of them are unchecked",
                        pages=names,
                    ),
                )
            )
        if data["pictured_pages"]:
            names = ", ".join(data["pictured_pages"])
            pictures = say("pages {pages}: pictures that may be text", pages=names)
            rows.append((say("not read"), pictures))
        rows.append((say("sample"), ""))
    output.styled(click.style(harmless(data["file"]), bold=True))
    width = max(len(output.words(key)) for key, _ in rows)
    for key, value in rows:
        output.result(f"  {output.words(key):{width}}  {output.words(value)}".rstrip())
    for line in data.get("sample", []):
        number = f"{line['page']}:{line['line']}" if data["restarts"] else str(line["line"])
        output.result(f"    {harmless(number):>8}  {harmless(line['text'])}")


def _pages(data: SourceData) -> Message:
    pages = data["pages"]
    count = plural("{n} page", "{n} pages", len(pages))
    extent = _parts(pages)
    if data["pages_printed"]:
        return say("{pages}, numbered {extent} as printed on them", pages=count, extent=extent)
    if data["pages_doubtful"]:
        return say(
            "{pages}, numbered {extent} from the first one: what is printed on them is not certain",
            pages=count,
            extent=extent,
        )
    return say("{pages}, numbered {extent} from the first one", pages=count, extent=extent)


def _parts(pages: Sequence[str]) -> str:
    """The names of pages, from the first to the last of each part: ``i–iv, 1–27``."""
    parts: list[list[str]] = []
    for name in pages:
        last = parts[-1][-1] if parts else ""
        goes_on = (
            int(name) == int(last) + 1
            if name.isdecimal() and last.isdecimal()
            else bool(last) and name.isalpha() and last.isalpha()
        )
        if goes_on:
            parts[-1].append(name)
        else:
            parts.append([name])
    shown = [part[0] if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts]
    return ", ".join(shown[:_FOUND]) + (" …" if len(shown) > _FOUND else "")


def _numbered(data: SourceData) -> Message:
    extent, number = f"{data['first']}–{data['last']}", data["lines"]
    parts: list[Message]
    if data["numbering"] == "margin":
        parts = [
            say("{lines}, numbers {extent} printed in the margin", lines=number, extent=extent)
            if data["step"] == 1
            else say(
                "{lines}, numbers {extent} printed in the margin at every {step}th line",
                lines=number,
                extent=extent,
                step=data["step"],
            ),
            say("starting again on each page") if data["restarts"] else EMPTY,
            say("({printed} numbers found)", printed=data["printed"]),
        ]
        return joined(parts)
    counted = (
        say("{lines}, counted by paragraphs as {extent}", lines=number, extent=extent)
        if data["kind"] == "html"
        else say("{lines}, counted {extent}", lines=number, extent=extent)
    )
    again = say("starting again on each page") if data["restarts"] else EMPTY
    if data["paragraph_numbers"]:
        return joined([counted, again])
    return joined([joined([counted, again]), say("no numbers in the margin")], "; ")


def _available(document: Document) -> Message:
    """Which pages and lines there are."""
    numbers = [line.number for line in document.lines if line.number is not None]
    lines = (
        say("lines {first}–{last}", first=min(numbers), last=max(numbers))
        if numbers
        else say("no numbered lines")
    )
    if len(document.pages) < 2:
        return lines
    pages = {"first": document.pages[0], "last": document.pages[-1], "lines": lines}
    if document.numbering.restarts:
        return say("pages {first}–{last} and {lines} on each page (name it with --page)", **pages)
    return say("pages {first}–{last} and {lines}", **pages)


def _passage(
    opened: Opened, requested: QuoteReference, translate: Callable[[str], str]
) -> PassageData:
    """The lines asked for, of the first source that has them."""
    readable = [(of, one.source) for of, one in opened if one.source]
    for of, found in readable:
        extent = lines_at(found.document, requested)
        if extent is None:
            continue
        part = excerpt(found.running_text, *extent)
        if not part.paragraphs:
            part = excerpt(found.whole_text, *extent)
        if not part.paragraphs:  # an empty line
            continue
        return {
            "file": of.file,
            "page": part.reference.page,
            "lines": part.reference.lines,
            "text": "\n\n".join(part.paragraphs),
            "yaml": passage_yaml(part, None if of.is_own else of, translate),
        }
    have = [
        say("{file} has {available}.", file=of.file, available=_available(found.document))
        for of, found in readable
    ]
    missing = say("There are no words at {reference}.", reference=requested.message)
    raise Usage(missing, joined(have))


def _places(
    leaflet: str, of: SourceReference, opened: OpenedSource, words: str
) -> Iterator[PlaceData]:
    """Where words are: to the letter, or else what is most like them."""
    ways = interpretations(words)
    if opened.source is None or not ways:
        return
    part = ways[0].parts[0]
    for text in (opened.source.running_text, opened.source.whole_text):
        exact = [(span.start, span.stop, 1.0) for span in find_spans(text, part)]
        found = exact or [(s.start, s.stop, s.share) for s in find_similar(text, part, _LEAST)]
        for start, stop, share in found[:_FOUND]:
            extent = (text.first[start], text.last[stop - 1])
            where = shortest_reference(text.document, reference_to(text.document, [extent]))
            yield {
                "file": of.file,
                "page": where.page,
                "lines": where.lines,
                "share": round(share, 2),
                "text": text.original(max(0, start - 8), min(stop + 8, len(text.tokens))),
                "command": _command(leaflet, where, of),
                "more": len(found) - _FOUND if len(found) > _FOUND else 0,
            }
        if found:
            return


def _command(leaflet: str, where: QuoteReference, of: SourceReference) -> str:
    """The command that prints lines as a passage."""
    words = ["brochure source quote", leaflet]
    if where.lines:
        words.append(where.lines.replace("–", "-"))
    if where.page:
        words += ["--page", where.page.replace("–", "-")]
    if not of.is_own:
        words += ["--file", shlex.quote(of.file)]
    return " ".join(words)


def _print_places(output: Output, places: list[PlaceData], words: str) -> None:
    if not places:
        output.note(say("Nothing like “{words}” was found.", words=words))
        return
    for place in places:
        where = QuoteReference(place["page"], place["lines"]).message
        title = say("{file}, {where}", file=place["file"], where=where)
        if place["share"] < 1:
            title = say("{place} ({share:.0%} of these words)", place=title, share=place["share"])
        output.styled(click.style(harmless(output.words(title)), bold=True))
        output.result(f"  … {place['text']} …")
    more = sum({place["file"]: place["more"] for place in places}.values())
    if more:
        output.note(
            plural(
                "And {n} more; add words to find fewer.",
                "And {n} more; add words to find fewer.",
                more,
            )
        )
    output.note(say("To quote the first: {command}", command=places[0]["command"]))
