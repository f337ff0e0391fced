"""A new leaflet, and a project around it where there is none."""

import json
from importlib.resources import files
from pathlib import Path

from brochure.diagnostics import Diagnostic, Place, Problems, error
from brochure.manuscript.schema import schemas
from brochure.project import Project, check_name, write_whole

_STYLES = """\
# Styles of this project

What lies here wins over what brochure brings, file by file: `leaflet.html` (the template),
`common.css`, `email.css`, `print.css`, `languages/de.yaml` … Editions of your own go into
`editions.yaml`, fonts of your own (complete .ttf or .otf files) into `fonts/`.
"""


def languages() -> tuple[str, ...]:
    """The languages in which there is a leaflet to begin with."""
    names = (entry.name for entry in files("brochure.starter").iterdir())
    return tuple(sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml")))


def create(start: Path, name: str, language: str) -> Path:
    """Write a leaflet that builds at once; return its manuscript.

    Inside a project it is added to it; elsewhere a folder `name` becomes a project around it.
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
    text = (files("brochure.starter") / f"{language}.yaml").read_text("utf-8")
    beside = {
        **{
            root / "content" / f"{kind}.schema.json": json.dumps(data, indent=2, ensure_ascii=False)
            + "\n"
            for kind, data in schemas().items()
        },
        root / "out" / ".gitignore": "*\n!.gitignore\n",
        root / "styles" / "README.md": _STYLES,
    }
    for file, content in beside.items():
        if not file.exists():
            write_whole(file, content.encode())
    write_whole(path, text.encode())
    return path


def _exists(path: Path, place: Place) -> Diagnostic:
    return error(
        "exists",
        f"`{path.name}` exists already, and nothing is overwritten.",
        place,
        "Choose another name.",
    )
