"""What was read of a source, for people and machines."""

import re
from collections.abc import Iterator
from typing import Any

import click

from brochure.cli import arguments, output
from brochure.cli.output import harmless
from brochure.diagnostics import Diagnostic, DiagnosticsError
from brochure.project import Project

_SHOWN = 3  # lines at the beginning and end


def report(file: str, opened: Any) -> dict[str, Any]:
    """What was read of a source, as JSON data."""
    document = opened.document
    if document is None:
        return {"file": file, "sha256": opened.digest, "readable": False}
    numbering = document.numbering
    lines = [line for line in document.lines if line.text and line.number is not None]
    aside = sum(line.aside for line in document.lines)
    return {
        "file": file,
        "sha256": opened.digest,
        "readable": True,
        "kind": document.kind,
        "pages": list(document.pages),
        "pages_printed": document.counted,
        "lines": len(document.lines) - aside,
        "aside": aside,
        "numbering": numbering.mode,
        "restarts": numbering.restarts,
        "step": numbering.step,
        "printed": numbering.printed,
        "first": min((line.number or 0 for line in lines), default=None),
        "last": max((line.number or 0 for line in lines), default=None),
        "gaps": list(document.gaps),
        "unread_pages": [document.page_name(index) for index in document.blank],
        "sample": [
            {"page": document.page_name(row.page) or None, "line": row.number, "text": row.text}
            for row in [*lines[:_SHOWN], *lines[max(_SHOWN, len(lines) - _SHOWN) :]]
        ],
    }


def shown(data: dict[str, Any]) -> str:
    """The same in words, with the first and last lines to compare with the document."""
    rows = [("SHA-256", data["sha256"])]
    if data["readable"]:
        pages = data["pages"]
        if pages:
            printed = "as printed on them" if data["pages_printed"] else "counted from the first"
            count = f"{len(pages)} page" + "s" * (len(pages) > 1)
            extent = f"{pages[0]}–{pages[-1]}" if len(pages) > 1 else pages[0]
            rows.append(("pages", f"{count}, numbered {extent}, {printed}"))
        rows.append(("lines", f"{data['lines']}, {_numbered(data)}"))
        if data["aside"]:
            rows.append(("aside", f"{data['aside']} lines: running heads, page numbers and such"))
        rows.append(("gaps", ", ".join(data["gaps"]) or "none"))
        if data["unread_pages"]:
            rows.append(("not read", f"pages {', '.join(data['unread_pages'])}: pictures"))
        rows.append(("sample", ""))
    text = [click.style(harmless(data["file"]), bold=True)]
    text += [f"  {key:9} {harmless(value)}".rstrip() for key, value in rows]
    for line in data.get("sample", []):
        number = (
            harmless(f"{line['page']}:{line['line']}") if data["restarts"] else str(line["line"])
        )
        text.append(f"    {number:>8}  {harmless(line['text'])}")
    return "\n".join(text)


def _numbered(data: dict[str, Any]) -> str:
    extent = f"{data['first']}–{data['last']}"
    anew = ", anew on each page" if data["restarts"] else ""
    if data["numbering"] == "margin":
        every = "" if data["step"] == 1 else f" at every {data['step']}th line"
        return f"numbers {extent} printed in the margin{every}{anew} ({data['printed']} of them)"
    what = "paragraphs counted" if data["kind"] == "html" else "counted"
    return f"{what} {extent}{anew}; no numbers in the margin"


def available(document: Any) -> str:
    """Which pages and lines there are."""
    numbers = [line.number for line in document.lines if line.number is not None]
    lines = f"lines {min(numbers)}–{max(numbers)}" if numbers else "no numbered lines"
    if len(document.pages) > 1:
        anew = " on each page; name it with --page" if document.numbering.restarts else ""
        return f"pages {document.pages[0]}–{document.pages[-1]} and {lines}{anew}"
    return lines


# --- `brochure source`: what was read of a document, its lines as a passage, where words stand.

_FOUND = 5  # places of words that are sought
_LEAST = 0.3  # of the words, somewhere
_RANGE = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+))?")


@click.command()
@click.argument("leaflet", shell_complete=arguments.complete_leaflet)
@click.argument("lines", required=False)
@click.option("--page", metavar="P", help="A page, or two as in 2-3; with LINES, those on it.")
@click.option("--find", "words", metavar="WORDS", help="Where words stand that you remember.")
@click.option("--file", "file", metavar="F", help="One of several sources, by its file.")
@arguments.as_json
@click.pass_context
def source(
    context: click.Context,
    leaflet: str,
    lines: str | None,
    page: str | None,
    words: str | None,
    file: str | None,
    as_json: bool,
) -> int:
    """What was read of the documents that a leaflet quotes. With LINES (1087-1090) or --page:
    those lines, as a passage in YAML. With --find: where words stand.
    """
    wanted = lines is not None or page is not None  # an empty one is wrong usage, and told
    if words is not None and wanted:
        raise click.UsageError("--find looks in the whole document; leave lines and page out.")
    project = arguments.project_of(context)
    (name,) = arguments.leaflet_names(project, (leaflet,))
    try:
        opened, diagnostics = _opened(project, name, file)
    except DiagnosticsError as failed:
        output.show(failed.diagnostics, project)
        return 1
    if words is not None:
        data = [entry for of, one in opened for entry in _locations(name, of.file, one, words)]
        return _print(
            project, diagnostics, as_json, {"places": data}, _shown_locations(data, words)
        )
    if wanted:
        passage = _passage(opened, _range(lines, "LINES"), _range(page, "--page"))
        return _print(
            project,
            diagnostics,
            as_json,
            {"passage": passage},
            [harmless(passage["yaml"], lines=True)],
        )
    reports = [report(of.file, one) for of, one in opened]
    return _print(project, diagnostics, as_json, {"sources": reports}, map(shown, reports))


def _print(
    project: Project,
    diagnostics: tuple[Diagnostic, ...],
    as_json: bool,
    data: dict[str, object],
    text: Any,
) -> int:
    if as_json:
        output.show_json(diagnostics, **data)
        return arguments.exit_code(diagnostics)
    for part in text:
        click.echo(part.rstrip("\n"))
    output.show(diagnostics, project)
    return arguments.exit_code(diagnostics)


def _opened(
    project: Project, leaflet: str, file: str | None
) -> tuple[list[tuple[Any, Any]], tuple[Diagnostic, ...]]:
    """The sources of a leaflet and its variants, named and opened, and what is wrong with them.

    Raises Problems where none is named, or none exists.
    """
    from brochure.diagnostics import Location, error, in_order
    from brochure.manuscript.variants.resolution import read_bundle
    from brochure.sources.document import source_references
    from brochure.sources.verification import Verifier

    work = read_bundle(project, leaflet)
    trees = [work.base, *(work.draft(id_).tree for id_ in work.files if work.regions.get(id_))]
    named: dict[str, Any] = {}
    for tree in trees:  # the leaflet's own source comes first
        for source in source_references(tree):
            named.setdefault(source.file, source)
    if not named:
        raise DiagnosticsError(
            [
                error(
                    "no-source",
                    "The leaflet names no file of its source.",
                    work.base.location(("source",)) if work.base.node(("source",)) else
                    Location(work.base.file),
                    "Put the document into the folder `sources/` beside the leaflet, and write "
                    "its name under `source:`, as in `file: sources/agreement.pdf`.",
                )
            ]
        )  # fmt: skip
    if file is not None and file not in named:
        raise click.UsageError(f"The leaflet has no source `{file}`; it has {', '.join(named)}.")
    verifier = Verifier(project)
    opened = [
        (source, verifier.open(leaflet, source))
        for source in named.values()
        if file in (None, source.file)
    ]
    return opened, in_order(d for _, one in opened for d in one.diagnostics)


def _range(given: str | None, name: str) -> str | None:
    """``12-14`` as the leaflet has it; anything else is wrong usage."""
    if given is None:
        return None
    found = _RANGE.fullmatch(given.strip())
    if not found:
        raise click.UsageError(f"{name} is a number or a range, as in 1087-1090, not `{given}`.")
    return f"{found[1]}–{found[2]}" if found[2] and found[2] != found[1] else found[1]


def _passage(opened: list[tuple[Any, Any]], lines: str | None, page: str | None) -> dict[str, Any]:
    """The lines asked for, of the first source that has them."""
    from brochure.sources.document import Reference
    from brochure.sources.excerpt import as_yaml, excerpt, lines_at

    asked = Reference(page, lines)
    readable = [(of, one.source) for of, one in opened if one.source]
    for of, found in readable:
        extent = lines_at(found.document, asked)
        if extent is None:
            continue
        part = excerpt(found.running, *extent)
        if not part.paragraphs:
            part = excerpt(found.whole, *extent)
        if not part.paragraphs:  # an empty line
            continue
        return {
            "file": of.file,
            "page": part.reference.page,
            "lines": part.reference.lines,
            "text": "\n\n".join(part.paragraphs),
            "yaml": as_yaml(part, None if of.is_own else of),
        }
    have = "; ".join(f"{of.file} has {available(found.document)}" for of, found in readable)
    raise click.UsageError(f"There is no {asked} with words in it. {have}.")


def _locations(leaflet: str, file: str, opened: Any, words: str) -> Iterator[dict[str, Any]]:
    """Where words stand: to the letter, or else what is most like them."""
    from brochure.sources.document import needed, reference
    from brochure.sources.matching.exact import readings, spans
    from brochure.sources.matching.nearest import similar

    ways = readings(words)
    if opened.source is None or not ways:
        return
    part = ways[0].parts[0]
    for text in (opened.source.running, opened.source.whole):
        exact = [(span.start, span.stop, 1.0) for span in spans(text, part)]
        found = exact or [(s.start, s.stop, s.share) for s in similar(text, part, _LEAST)]
        for start, stop, share in found[:_FOUND]:
            extent = (text.first[start], text.last[stop - 1])
            location = needed(text.document, reference(text.document, [extent]))
            yield {
                "file": file,
                "page": location.page,
                "lines": location.lines,
                "share": round(share, 2),
                "text": text.shown(max(0, start - 8), min(stop + 8, len(text.tokens))),
                "command": _command(leaflet, location),
                "more": len(found) - _FOUND if len(found) > _FOUND else 0,
            }
        if found:
            return


def _command(leaflet: str, location: Any) -> str:
    words = ["brochure source", leaflet]
    if location.lines:
        words.append(location.lines.replace("–", "-"))
    if location.page:
        words += ["--page", location.page.replace("–", "-")]
    return " ".join(words)


def _shown_locations(locations: list[dict[str, Any]], words: str) -> Iterator[str]:
    from brochure.sources.document import Reference

    if not locations:
        output.say(f"Nothing like “{words}” stands there.")
    for location in locations:
        where = Reference(location["page"], location["lines"])
        like = "" if location["share"] == 1.0 else f" ({location['share']:.0%} of these words)"
        yield click.style(harmless(f"{location['file']}, {where}{like}"), bold=True)
        yield f"  … {harmless(location['text'])} …"
    if locations:
        if locations[0]["more"]:
            output.say(f"And {locations[0]['more']} more; add words to find fewer.")
        output.say(f"To quote the first: {locations[0]['command']}")
