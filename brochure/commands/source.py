"""`brochure source`: what was read of a document, its lines as a passage, where words stand."""

import re
from collections.abc import Iterator
from typing import Any

import click

from brochure import terminal
from brochure.commands import common
from brochure.commands.document import available, report, shown
from brochure.diagnostics import Diagnostic, Problems
from brochure.project import Project
from brochure.report import harmless

_FOUND = 5  # places of words that are sought
_LEAST = 0.3  # of the words, somewhere
_RANGE = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+))?")


@click.command()
@click.argument("leaflet", shell_complete=common.complete_leaflet)
@click.argument("lines", required=False)
@click.option("--page", metavar="P", help="A page, or two as in 2-3; with LINES, those on it.")
@click.option("--find", "words", metavar="WORDS", help="Where words stand that you remember.")
@click.option("--file", "file", metavar="F", help="One of several sources, by its file.")
@common.as_json
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
    project = common.project_of(context)
    (name,) = common.leaflet_names(project, (leaflet,))
    try:
        opened, complaints = _opened(project, name, file)
    except Problems as problems:
        terminal.show(problems.diagnostics, project)
        return 1
    if words is not None:
        data = [entry for of, one in opened for entry in _places(name, of.file, one, words)]
        return _print(project, complaints, as_json, {"places": data}, _shown_places(data, words))
    if wanted:
        passage = _passage(opened, _range(lines, "LINES"), _range(page, "--page"))
        return _print(
            project,
            complaints,
            as_json,
            {"passage": passage},
            [harmless(passage["yaml"], lines=True)],
        )
    reports = [report(of.file, one) for of, one in opened]
    return _print(project, complaints, as_json, {"sources": reports}, map(shown, reports))


def _print(
    project: Project,
    complaints: tuple[Diagnostic, ...],
    as_json: bool,
    data: dict[str, object],
    text: Any,
) -> int:
    if as_json:
        terminal.show_json(complaints, **data)
        return common.exit_code(complaints)
    for part in text:
        click.echo(part.rstrip("\n"))
    terminal.show(complaints, project)
    return common.exit_code(complaints)


def _opened(
    project: Project, leaflet: str, file: str | None
) -> tuple[list[tuple[Any, Any]], tuple[Diagnostic, ...]]:
    """The sources of a leaflet and its variants, named and opened, and what is wrong with them.

    Raises Problems where none is named, or none exists.
    """
    from brochure.diagnostics import Place, error, in_order
    from brochure.manuscript.variants import read_work
    from brochure.sources.named import named_sources
    from brochure.sources.verified import Verifier

    work = read_work(project, leaflet)
    trees = [work.base, *(work.draft(id_).tree for id_ in work.files if work.regions.get(id_))]
    named: dict[str, Any] = {}
    for tree in trees:  # the leaflet's own source comes first
        for source in named_sources(tree):
            named.setdefault(source.file, source)
    if not named:
        raise Problems(
            [
                error(
                    "no-source",
                    "The leaflet names no file of its source.",
                    work.base.place(("source",)) if work.base.node(("source",)) else
                    Place(work.base.file),
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
    from brochure.sources.excerpt import as_yaml, excerpt, lines_at
    from brochure.sources.reference import Reference

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


def _places(leaflet: str, file: str, opened: Any, words: str) -> Iterator[dict[str, Any]]:
    """Where words stand: to the letter, or else what is most like them."""
    from brochure.sources.nearest import similar
    from brochure.sources.quotation import readings
    from brochure.sources.reference import needed, reference
    from brochure.sources.search import spans

    ways = readings(words)
    if opened.source is None or not ways:
        return
    part = ways[0].parts[0]
    for text in (opened.source.running, opened.source.whole):
        exact = [(span.start, span.stop, 1.0) for span in spans(text, part)]
        found = exact or [(s.start, s.stop, s.share) for s in similar(text, part, _LEAST)]
        for start, stop, share in found[:_FOUND]:
            extent = (text.first[start], text.last[stop - 1])
            place = needed(text.document, reference(text.document, [extent]))
            yield {
                "file": file,
                "page": place.page,
                "lines": place.lines,
                "share": round(share, 2),
                "text": text.shown(max(0, start - 8), min(stop + 8, len(text.tokens))),
                "command": _command(leaflet, place),
                "more": len(found) - _FOUND if len(found) > _FOUND else 0,
            }
        if found:
            return


def _command(leaflet: str, place: Any) -> str:
    words = ["brochure source", leaflet]
    if place.lines:
        words.append(place.lines.replace("–", "-"))
    if place.page:
        words += ["--page", place.page.replace("–", "-")]
    return " ".join(words)


def _shown_places(places: list[dict[str, Any]], words: str) -> Iterator[str]:
    from brochure.sources.reference import Reference

    if not places:
        terminal.say(f"Nothing like “{words}” stands there.")
    for place in places:
        where = Reference(place["page"], place["lines"])
        like = "" if place["share"] == 1.0 else f" ({place['share']:.0%} of these words)"
        yield click.style(harmless(f"{place['file']}, {where}{like}"), bold=True)
        yield f"  … {harmless(place['text'])} …"
    if places:
        if places[0]["more"]:
            terminal.say(f"And {places[0]['more']} more; add words to find fewer.")
        terminal.say(f"To quote the first: {places[0]['command']}")
