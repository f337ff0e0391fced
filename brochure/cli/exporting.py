"""`brochure export`: a leaflet for people who read, change and comment in Word or as Markdown."""

from pathlib import Path
from typing import TypedDict

import click

from brochure.cli import arguments
from brochure.cli.session import Session, Usage, as_json, command, option, wrong_usage
from brochure.diagnostics import DiagnosticsError, Location, fail
from brochure.files import claim, write_whole
from brochure.interchange.markdown_file import markdown_file
from brochure.interchange.outgoing import read_outgoing
from brochure.interchange.word_file import word_file
from brochure.manuscript.variants.resolution import read_bundle
from brochure.messages import say

FORMATS = ("docx", "md")


class ExportData(TypedDict):
    """The file that was written, as JSON data."""

    path: str
    format: str
    bytes: int


@command(
    "export",
    say(
        "Write a leaflet as a Word document or as Markdown, to be read, changed and commented on. "
        "`brochure import` shows what was changed."
    ),
)
@arguments.leaflet_argument
@option(
    "--format", "-f", "form", type=click.Choice(FORMATS), default=None,
    help_text=say("docx (Word; the default) or md (Markdown)."),
)  # fmt: skip
@option(
    "--variant", metavar="ID", shell_complete=arguments.complete_variant, default=None,
    help_text=say("The variant for a region, slots filled in. It can be read, not imported again."),
)  # fmt: skip
@option(
    "--output", "-o", "target", metavar="FILE", default=None,
    type=click.Path(dir_okay=False, path_type=Path),
    help_text=say("Where to write it; without, a file called like the leaflet, here."),
)  # fmt: skip
@as_json
def export(
    session: Session,
    leaflet: str,
    form: str | None,
    variant: str | None,
    target: Path | None,
    as_json: bool,
) -> int:
    """Write the file; the exit code."""
    output, project = session.output, session.project
    name = arguments.leaflet_name(project, leaflet)
    if variant is not None:
        try:
            read_bundle(project, name).check_id(variant, Location("--variant"))
        except DiagnosticsError as failed:
            raise wrong_usage(failed) from None
    chosen = form or ("md" if target and target.suffix.lower() in (".md", ".markdown") else "docx")
    outgoing = read_outgoing(project, name, variant)
    data = word_file(outgoing) if chosen == "docx" else markdown_file(outgoing).encode()
    stem = f"{name}-{variant}" if variant else name
    path = target or session.folder / f"{stem}.{chosen}"
    _write(path, data)
    if output.json:
        result: ExportData = {"path": str(path), "format": chosen, "bytes": len(data)}
        output.document("export", (), result)
        return 0
    output.result(str(path))
    if variant is None:
        output.note(say("What somebody changes in it, you see with:"))
        output.note(f"    brochure import {path} {name}")
    return 0


def _write(path: Path, data: bytes) -> None:
    """Write a new file; one that is there may have somebody's changes in it."""
    try:
        if not claim(path):
            raise Usage(
                say("`{file}` already exists, and is never overwritten.", file=str(path)),
                say("Name another file with --output."),
            )
        write_whole(path, data)
    except OSError as reason:
        fail(
            "cannot-write",
            say("`{file}` cannot be written ({reason}).", file=str(path),
                reason=reason.strerror or reason),
            Location(str(path)),
            say("Check whether the disk is full or the folder is protected."),
        )  # fmt: skip
