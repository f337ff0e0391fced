"""`brochure editions`: the forms in which a leaflet can be published."""

from typing import TypedDict

from brochure.cli.session import Session, as_json, command
from brochure.cli.tables import Cell, print_table
from brochure.layout.editions import load_editions
from brochure.messages import say


class EditionData(TypedDict):
    """An edition as JSON data."""

    name: str
    description: dict[str, str]
    default: bool
    output: str


class EditionsData(TypedDict):
    """All editions, as JSON data."""

    editions: list[EditionData]


@command("editions", say("List the editions: the built-in ones and those of the project."))
@as_json
def editions(session: Session, as_json: bool) -> int:
    """List the editions, each with what it is for."""
    output = session.output
    known = load_editions(session.project)
    if output.json:
        listed: EditionsData = {
            "editions": [
                {
                    "name": name,
                    "description": edition.description,
                    "default": edition.default,
                    "output": edition.output,
                }
                for name, edition in known.items()
            ]
        }
        output.document("editions", (), listed)
        return 0
    print_table(
        output,
        [(Cell(name), Cell(edition.described(output.language))) for name, edition in known.items()],
    )
    default = [name for name, edition in known.items() if edition.default]
    output.note(
        say(
            "`brochure build --edition NAME` makes one; without it, it makes {names}.",
            names=", ".join(f"`{name}`" for name in default),
        )
    )
    return 0
