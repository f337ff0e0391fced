"""A new leaflet, and a project around it where there is none."""

import json
import os
from importlib.resources import files
from pathlib import Path

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error
from brochure.mail import recipients
from brochure.mail.letter.model import Mailing
from brochure.manuscript.model.schema import schema_of, schemas
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml.nodes import plain
from brochure.project import MAIL, Project, check_name

_STYLES = """\
# Styles of this project

What lies here wins over what brochure brings, file by file: `leaflet.html` (the template),
`common.css`, `email.css`, `print.css`, `languages/de.yaml` … Editions of your own go into
`editions.yaml`, fonts of your own (complete .ttf or .otf files) into `fonts/`.
"""


def languages() -> tuple[str, ...]:
    """The languages in which there is a leaflet to begin with."""
    folders = (entry for entry in files("brochure.starter").iterdir() if entry.is_dir())
    return tuple(sorted(f.name for f in folders if (f / "leaflet.yaml").is_file()))


def create(start: Path, name: str, language: str, *, example: bool = False) -> Path:
    """Write a leaflet that builds at once, and the document that it quotes; return its manuscript.

    `example`: one that shows every verdict on quotes, and builds as a draft only. Inside a project
    it is added to it; elsewhere a folder `name` becomes a project around it.
    Raises Problems where something of that name exists; nothing is ever overwritten.
    """
    check_name(name, Location(name))
    try:
        root = Project.find(start).root
    except DiagnosticsError:
        root = start / name
        if root.exists():
            raise DiagnosticsError([_exists(root, Location(name))]) from None
    path = Project(root).manuscript(name)
    if path.parent.exists():
        raise DiagnosticsError([_exists(path.parent, Location(f"content/{name}"))])
    starter = files("brochure.starter") / language
    text = (starter / ("example.yaml" if example else "leaflet.yaml")).read_text("utf-8")
    text = text.replace("LEAFLET", name)
    beside = {
        **{
            root / "content" / f"{kind}.schema.json": json.dumps(data, indent=2, ensure_ascii=False)
            + "\n"
            for kind, data in schemas().items()
        },
        root / "out" / ".gitignore": "*\n!.gitignore\n",
        root / "styles" / "README.md": _STYLES,
    }
    project = Project(root)
    try:
        for file, content in beside.items():
            if not os.path.lexists(file):
                project.write(file, content.encode())
        for source in starter.iterdir():
            if source.name.endswith(".pdf"):
                project.write(path.parent / "sources" / source.name, source.read_bytes())
        project.write(path, text.encode())
    except OSError as reason:
        said = f"The leaflet cannot be written ({reason.strerror or reason})."
        hint = "Look whether the disk is full or the folder protected."
        raise DiagnosticsError(
            [error("cannot-write", said, Location(f"content/{name}"), hint)]
        ) from None
    return path


def _exists(path: Path, location: Location) -> Diagnostic:
    return error(
        "exists",
        f"`{path.name}` exists already, and nothing is overwritten.",
        location,
        "Choose another name.",
    )


# --- A letter and a list to begin with.

_MARK = b"\xef\xbb\xbf"  # without it, Excel takes UTF-8 for something else


def begin(project: Project, leaflet: str) -> tuple[Path, ...]:
    """Write mail.yaml and recipients.csv, in the language of the leaflet or else in English.

    What is there stays as it is. Returns what was written; raises Problems if that is nothing.
    """
    work = read_bundle(project, leaflet)
    code = str(plain(work.base.node(("language",))) or "").partition("-")[0]
    starter = files("brochure.starter")
    folder = starter / (code if (starter / code / MAIL).is_file() else "en")
    variant = work.ids[0] if work.ids else recipients.BASE
    location = project.manuscript(leaflet)
    schema = json.dumps(schema_of(Mailing), indent=2, ensure_ascii=False) + "\n"
    letter = (folder / MAIL).read_text("utf-8").replace("LEAFLET", leaflet)
    table = (folder / recipients.FILE).read_text("utf-8").replace("VARIANT", variant)
    wanted = [(project.content / "mail.schema.json", schema.encode())]
    wanted += [
        (location.with_name(name), data)
        for name, data in ((MAIL, letter.encode()), (recipients.FILE, _MARK + table.encode()))
    ]
    written = []
    for path, data in wanted:
        if os.path.lexists(path):
            continue
        try:
            project.write(path, data)
        except OSError as reason:
            said = f"The file cannot be written ({reason.strerror or reason})."
            hint = "Look whether the disk is full or the folder protected."
            raise DiagnosticsError(
                [error("cannot-write", said, Location(project.show(path)), hint)]
            ) from None
        if path.suffix != ".json":
            written.append(path)
    if not written:
        raise DiagnosticsError(
            [
                error(
                    "exists",
                    "Letter and list exist already, and nothing is overwritten.",
                    Location(project.show(location.with_name(MAIL))),
                    f"Look at what would be sent: brochure mail {leaflet}",
                )
            ]
        )
    return tuple(written)
