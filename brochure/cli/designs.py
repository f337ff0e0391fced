"""`brochure designs`: how a leaflet can look."""

from typing import TypedDict

from brochure.cli.session import Session, as_json, command
from brochure.cli.tables import Cell, print_table
from brochure.layout.designs import DEFAULT, design_picture, load_designs
from brochure.messages import say


class DesignData(TypedDict):
    """A design as JSON data; `picture` is the path of a picture of it."""

    name: str
    description: dict[str, str]
    default: bool
    picture: str | None


class DesignsData(TypedDict):
    """All designs, as JSON data."""

    designs: list[DesignData]


@command("designs", say("List the designs: the built-in ones and those of the project."))
@as_json
def designs(session: Session, as_json: bool) -> int:
    """List the designs, each with what it is for."""
    output, project = session.output, session.project
    loaded = load_designs(project)
    known = loaded.value
    if output.json:
        pictures = {name: design_picture(project, name) for name in known}
        listed: DesignsData = {
            "designs": [
                {
                    "name": name,
                    "description": design.description,
                    "default": name == DEFAULT,
                    "picture": project.show(picture) if (picture := pictures[name]) else None,
                }
                for name, design in known.items()
            ]
        }
        output.document("designs", loaded.diagnostics, listed)
        return 0
    print_table(
        output,
        [(Cell(name), Cell(design.described(output.language))) for name, design in known.items()],
    )
    output.diagnostics(loaded.diagnostics)
    output.note(
        say("A leaflet chooses one with `design: NAME`; without it, it is `{name}`.", name=DEFAULT)
    )
    return 0
