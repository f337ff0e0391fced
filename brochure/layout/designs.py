"""Designs: how a leaflet looks. Each is a folder ``styles/designs/<name>/``.

In it are style sheets that follow those of the edition under the same names (``common.css`` of the
design follows ``common.css``, where the edition uses it), templates likewise, a picture of the
design, and ``design.yaml``, which says what it is for. Grid, order and pages are those of the
edition; a design decides on the rest. A project adds its own, or replaces single files.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Reported,
    fail,
    raise_errors,
    shortened,
    warning,
)
from brochure.layout.description import Description, in_language
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import Tree, plain
from brochure.manuscript.yaml.validation import did_you_mean, on_other_lines, validate
from brochure.messages import EMPTY, Message, joined, say
from brochure.project import NAME, Project, builtin_styles

if TYPE_CHECKING:
    from brochure.manuscript.load import Manuscript

DEFAULT = "bold"
FILE = "design.yaml"
PICTURE = "picture.png"
_FOLDER = "designs"


class Design(BaseModel):
    """A design, as ``design.yaml`` describes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: Description = Field(
        min_length=1,
        description="What it is for, in one line; or one such line for each language, by its code.",
    )

    def described(self, language: str) -> str:
        """What it is for, in a language; else in English, or in the first one there is."""
        return in_language(self.description, language)


def design_names(project: Project | None) -> tuple[str, ...]:
    """The names of all designs, sorted: the built-in ones (only these without a project), and those
    of the project.
    """
    folders = [*_folders(builtin_styles()), *(_folders(project.root / "styles") if project else ())]
    return tuple(sorted({path.name for path in folders if NAME.fullmatch(path.name)}))


def _folders(styles: Path) -> list[Path]:
    try:
        return sorted(path for path in (styles / _FOLDER).iterdir() if path.is_dir())
    except OSError:
        return []


def check_design(name: str, known: tuple[str, ...], location: Location) -> None:
    """Raise DiagnosticsError, at `location`, where there is no design of this name."""
    if name not in known:
        fail(
            "unknown-design",
            say("There is no design `{name}`.", name=shortened(name)),
            location,
            joined([did_you_mean(name, known), EMPTY if NAME.fullmatch(name) else _names()]),
        )


def _names() -> Message:
    return say("The folder of a design is named with letters without accents, digits and hyphens.")


def choose_design(project: Project, manuscript: "Manuscript") -> str:
    """The name of the design that a leaflet wants, which exists and describes itself.

    Raises DiagnosticsError.
    """
    name = manuscript.leaflet.design or DEFAULT
    check_design(name, design_names(project), manuscript.location(("design",)))
    raise_errors(read_design(project, name).diagnostics)
    return name


def read_design(project: Project, name: str) -> Reported[Design | None]:
    """A design by its name, or None and what is wrong with its description."""
    file = f"{_FOLDER}/{name}/{FILE}"
    try:
        reported = (
            parser.read_yaml(project, project.style(file)) if _is_there(project, file) else None
        )
        if reported is None or _is_empty(reported):
            fail(
                "no-description",
                say("The design `{name}` does not say what it is for.", name=name),
                Location(f"styles/{file}"),
                say("Write this file, with one line in it: `description: …`."),
            )
    except DiagnosticsError as failed:
        return Reported(None, failed.diagnostics)
    validated = validate(reported.value, Design)
    wrong: list[Diagnostic] = on_other_lines(validated.diagnostics, reported.diagnostics)
    return Reported(validated.value, (*reported.diagnostics, *wrong))


def _is_empty(reported: Reported[Tree]) -> bool:
    """Whether there is nothing but white space and comments in a file."""
    return not reported.diagnostics and plain(reported.value.node(())) is None


def unused_files(project: Project, name: str) -> Iterator[Diagnostic]:
    """Warnings about style sheets and templates in the project's folder of a design that follow or
    replace none of the same name: most likely, their names are misspelt.
    """
    folder = project.root / "styles" / _FOLDER / name
    project.on_read(folder)
    files = _sheets_and_templates(folder)
    for file, path in files.items():
        included = any(path.name in _text(project, p) for p in files.values() if p != path)
        if not project.style(file).is_file() and not included:
            known = dict(_sheets_and_templates(builtin_styles()))
            known |= _sheets_and_templates(project.root / "styles")
            kind = path.suffix.lower()[:4]
            alike = [one for one in sorted(known) if Path(one).suffix.startswith(kind)]
            yield warning(
                "unused-file",
                say("There is no `styles/{file}`, so this file has no effect.", file=file),
                Location(project.show(path)),
                joined(
                    [
                        say("In a design, files have the names of those that they add to."),
                        did_you_mean(file, [one for one in alike if not one.startswith(_FOLDER)]),
                    ]
                ),
            )


def _sheets_and_templates(folder: Path) -> dict[str, Path]:
    """The files of these kinds by their paths from a folder."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in (".css", ".html", ".htm")
    }


def _text(project: Project, path: Path) -> str:
    try:
        return project.read_text(path, bounds.STYLE)
    except DiagnosticsError:
        return ""  # told where it is needed


def load_designs(project: Project) -> Reported[dict[str, Design]]:
    """All designs by name, and what of the project's own is never used.

    Raises DiagnosticsError with everything that is wrong in any.
    """
    reports = {name: read_design(project, name) for name in design_names(project)}
    misnamed = [
        warning(
            "design-name",
            say("`{name}` cannot be the name of a design.", name=shortened(folder.name)),
            Location(project.show(folder)),
            _names(),
        )
        for folder in _folders(project.root / "styles")
        if not NAME.fullmatch(folder.name)
    ]
    diagnostics = [d for report in reports.values() for d in report.diagnostics]
    diagnostics += [d for name in reports for d in unused_files(project, name)]
    designs = {name: report.value for name, report in reports.items() if report.value is not None}
    return Reported(designs, raise_errors([*diagnostics, *misnamed]))


def design_picture(project: Project, name: str) -> Path | None:
    """The picture of a design, if it has one."""
    picture = project.style(f"{_FOLDER}/{name}/{PICTURE}")
    return picture if picture.is_file() else None


def with_design(project: Project, name: str, styles: Iterable[str]) -> tuple[str, ...]:
    """Style sheets of an edition, each followed by that of the design if it has one."""
    return tuple(
        sheet
        for style in styles
        for sheet in (style, f"{_FOLDER}/{name}/{style}")
        if sheet == style or _is_there(project, sheet)
    )


def template_of(project: Project, name: str, template: str) -> str:
    """The template of a design that takes the place of `template`, if it has one."""
    own = f"{_FOLDER}/{name}/{template}"
    return own if _is_there(project, own) else template


def _is_there(project: Project, file: str) -> bool:
    """Whether there is a file of this name in styles/; who observes the project is told of it."""
    path = project.style(file)
    project.on_read(path)
    return path.is_file()
