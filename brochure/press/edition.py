"""Editions: forms of output, described in ``styles/editions.yaml``."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from brochure.diagnostics import Diagnostic, Place, Problems, error, raise_errors
from brochure.manuscript import yamltree
from brochure.manuscript.nodes import Mapping, Tree
from brochure.manuscript.validate import did_you_mean, validate
from brochure.project import Project, builtin_styles, packaged_fonts

FILE = "editions.yaml"


class Edition(BaseModel):
    """One form of output. A project adds its own in ``styles/editions.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str = Field(description="One line on what it is for.")
    default: bool = Field(False, description="Whether `brochure build` makes it unasked.")
    template: str = Field("leaflet.html", description="The template, a file in styles/.")
    styles: tuple[str, ...] = Field(min_length=1, description="Style sheets, files in styles/.")
    fonts: tuple[str, ...] = Field(description="Families of the font package that it may use.")
    links: Literal["live", "printed", "none"] = Field(
        "live", description="Links that can be clicked, or printed as readable addresses."
    )
    expects: tuple[Literal["imprint", "contact", "date", "source"], ...] = Field(
        (), description="Parts of the leaflet whose absence is a warning."
    )
    hole: Annotated[float, Field(ge=0, le=1)] = Field(
        0.2,
        description="How much of a page may stay white at its foot before a pair is divided.",
    )


def load_editions(project: Project) -> dict[str, Edition]:
    """All editions by name: the built-in ones, those of the project laid over them.

    Raises Problems with all that is wrong in either file.
    """
    editions: dict[str, Edition] = {}
    complaints: list[Diagnostic] = []
    for path in dict.fromkeys((builtin_styles() / FILE, project.style(FILE))):
        tree, found = yamltree.read(project, path)
        complaints += found
        if not isinstance(tree.root, Mapping):
            if tree.root is not None:
                place = tree.root.place
                complaints.append(error("type", "Here should be editions by name.", place))
            continue
        for name, _ in tree.root.entries:
            edition, invalid = validate(tree, Edition, (name.text or "",))
            complaints += invalid
            if edition is not None:
                editions[name.text or ""] = edition
                complaints += _check_files(project, tree, name.text or "", edition)
    raise_errors(complaints)
    return editions


def _check_files(project: Project, tree: Tree, name: str, edition: Edition) -> Iterator[Diagnostic]:
    """The files and fonts that an edition names must exist."""
    families = sorted(f.name for f in packaged_fonts().iterdir() if any(f.glob("*.ttf")))
    for index, family in enumerate(edition.fonts):
        if family not in families:
            yield error(
                "unknown-font",
                f"The font package has no family `{family}`.",
                tree.place((name, "fonts", index)),
                f"It has: {', '.join(families)}. Fonts of your own go to styles/fonts/; they "
                "need not be named here.",
            )
    named = [((name, "styles", i), style) for i, style in enumerate(edition.styles)]
    for path, style in [*named, ((name, "template"), edition.template)]:
        if not project.style(style).is_file():
            yield error(
                "cannot-read",
                f"There is no file `styles/{style}`.",
                tree.place(path),
                "Write it into the folder styles/ of the project, or correct the name.",
            )


def choose(
    editions: dict[str, Edition], names: tuple[str, ...], place: Place
) -> dict[str, Edition]:
    """The editions asked for by name, or those made unasked. Raises Problems for unknown names."""
    unknown = [name for name in names if name not in editions]
    if unknown:
        raise Problems(
            error(
                "unknown-edition",
                f"There is no edition `{name}`.",
                place,
                did_you_mean(name, list(editions)),
            )
            for name in unknown
        )
    wanted = names or tuple(name for name, edition in editions.items() if edition.default)
    return {name: editions[name] for name in dict.fromkeys(wanted)}
