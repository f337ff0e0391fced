"""A new leaflet, and a project around it where there is none."""

import json
import os
from importlib.resources import files
from pathlib import Path

from brochure.diagnostics import Diagnostic, Place, Problems, error
from brochure.manuscript.schema import schemas
from brochure.project import Project, check_name

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
    check_name(name, Place(name))
    try:
        root = Project.find(start).root
    except Problems:
        root = start / name
        if root.exists():
            raise Problems([_exists(root, Place(name))]) from None
    path = Project(root).manuscript(name)
    if path.parent.exists():
        raise Problems([_exists(path.parent, Place(f"content/{name}"))])
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
        raise Problems([error("cannot-write", said, Place(f"content/{name}"), hint)]) from None
    return path


def _exists(path: Path, place: Place) -> Diagnostic:
    return error(
        "exists",
        f"`{path.name}` exists already, and nothing is overwritten.",
        place,
        "Choose another name.",
    )
