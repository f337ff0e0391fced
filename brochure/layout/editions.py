"""Editions: the forms of output that ``styles/editions.yaml`` describes."""

from collections.abc import Iterator

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Reported,
    error,
    raise_errors,
    shortened,
)
from brochure.layout.edition import Edition
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import MappingNode, ScalarNode, Tree
from brochure.manuscript.yaml.validation import did_you_mean, on_other_lines, validate
from brochure.messages import say
from brochure.project import NAME, Project, builtin_styles, packaged_fonts

FILE = "editions.yaml"
_LONGEST_NAME = 40  # characters; the name becomes part of the names of PDFs


def load_editions(project: Project) -> dict[str, Edition]:
    """All editions by name: the built-in ones, then the project's own, which replace those of the
    same name.

    Raises DiagnosticsError with everything that is wrong in either file.
    """
    editions: dict[str, Edition] = {}
    diagnostics: list[Diagnostic] = []
    for path in dict.fromkeys((builtin_styles() / FILE, project.style(FILE))):
        reported = parser.read_yaml(project, path)
        diagnostics += reported.diagnostics
        result = _editions_of(project, reported.value)
        editions |= result.value
        diagnostics += on_other_lines(result.diagnostics, reported.diagnostics)
    raise_errors(diagnostics)
    return editions


def _editions_of(project: Project, tree: Tree) -> Reported[dict[str, Edition]]:
    """The editions of one file by name, without those that are invalid."""
    if not isinstance(tree.root, MappingNode):
        message = say("This file should contain editions, each under its name.")
        wrong = [error("type", message, tree.root.location)] if tree.root is not None else []
        return Reported({}, tuple(wrong))
    editions: dict[str, Edition] = {}
    families = sorted(f.name for f in packaged_fonts().iterdir() if any(f.glob("*.ttf")))
    diagnostics = [
        error(
            "too-many",
            say("There are too many editions; at most {limit} are allowed.", limit=bounds.EDITIONS),
            name.location,
            say("Is this the right file?"),
        )
        for name, _ in tree.root.entries[bounds.EDITIONS : bounds.EDITIONS + 1]
    ]
    for key, _ in tree.root.entries[: bounds.EDITIONS]:
        name = key.text or ""
        if wrong_name := _check_name(key):
            diagnostics.append(wrong_name)
            continue
        validated = validate(tree, Edition, (name,))
        edition = validated.value
        diagnostics += validated.diagnostics
        if edition is not None:
            editions[name] = edition
            diagnostics += _check_files(project, tree, name, edition, families)
            diagnostics += _check_combinations(tree, name, edition)
    return Reported(editions, tuple(diagnostics))


def _check_name(key: ScalarNode) -> Diagnostic | None:
    """What is wrong with the name of an edition, if anything."""
    name = key.text or ""
    if NAME.fullmatch(name) and len(name) <= _LONGEST_NAME:
        return None
    return error(
        "edition-name",
        say("`{name}` cannot be the name of an edition.", name=shortened(name)),
        key.location,
        say(
            "Use letters without accents, digits and hyphens, at most {limit} of them: the PDFs "
            "are named after it.",
            limit=_LONGEST_NAME,
        ),
    )


def _check_files(
    project: Project, tree: Tree, name: str, edition: Edition, families: list[str]
) -> Iterator[Diagnostic]:
    """The files, and of the font package the families, that an edition names must exist."""
    for index, family in enumerate(edition.fonts):
        if family not in families:
            yield error(
                "unknown-font",
                say("The font package has no family `{family}`.", family=family),
                tree.location((name, "fonts", index)),
                say(
                    "It has: {families}. Put fonts of your own into styles/fonts/; they need not "
                    "be named here.",
                    families=", ".join(families),
                ),
            )
    styles = [((name, "styles", i), style) for i, style in enumerate(edition.styles)]
    for path, file in [*styles, ((name, "template"), edition.template)]:
        if not project.style(file).is_file():
            yield error(
                "cannot-read",
                say("There is no file `styles/{file}`.", file=file),
                tree.location(path),
                say("Create it in the folder styles/ of the project, or correct the name."),
            )


def _check_combinations(tree: Tree, name: str, edition: Edition) -> Iterator[Diagnostic]:
    """Settings of an edition that exclude each other, or need another one."""
    on_paper = ("imposition", "marks", "bleed", "fit", "scale")
    if edition.output == "html":
        for key in (*on_paper, *(["colours"] if edition.colours != "rgb" else [])):
            if getattr(edition, key):
                yield error(
                    "edition",
                    say("A web page has no `{key}`.", key=key),
                    tree.key_location((name, key)),
                    say("Delete this line, or `output: html`."),
                )
        return
    if not edition.fonts:
        yield error(
            "edition",
            say("The edition `{name}` names no fonts.", name=name),
            tree.key_location((name,)),
            say("Add `fonts: [Gentium Book Plus, Source Sans 3]`."),
        )
    for key in ("marks", "bleed") if edition.imposition else ():
        if getattr(edition, key):
            yield error(
                "edition",
                say("Pages that are arranged on sheets cannot have `{key}`.", key=key),
                tree.key_location((name, key)),
                say(
                    "Delete this line; or, for a print shop, delete `imposition`: they arrange "
                    "the pages themselves and need single ones."
                ),
            )
    if "colour-bar" in edition.marks and edition.colours != "cmyk":
        yield error(
            "edition",
            say("A colour bar shows the inks of a press; this edition is not in CMYK."),
            tree.key_location((name, "marks")),
            say("Delete `colour-bar`, or set `colours: cmyk` and a `profile`."),
        )
    if edition.fit and edition.scale is None:
        yield error(
            "edition",
            say("An edition with `fit` needs to know how far its type may be scaled."),
            tree.key_location((name, "fit")),
            say("Add `scale: {{smallest: 0.9, largest: 1.15}}`."),
        )


def choose_editions(
    editions: dict[str, Edition], names: tuple[str, ...], location: Location
) -> dict[str, Edition]:
    """The editions of these names, or the default ones where no name is given.

    Raises DiagnosticsError for unknown names, at `location`.
    """
    unknown = [name for name in names if name not in editions]
    if unknown:
        raise DiagnosticsError(unknown_edition(name, list(editions), location) for name in unknown)
    chosen = names or tuple(name for name, edition in editions.items() if edition.default)
    return {name: editions[name] for name in dict.fromkeys(chosen)}


def unknown_edition(name: str, known: list[str], location: Location) -> Diagnostic:
    """That there is no edition of this name, at the place where it is named."""
    return error(
        "unknown-edition",
        say("There is no edition `{name}`.", name=shortened(name)),
        location,
        did_you_mean(name, known),
    )
