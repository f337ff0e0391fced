"""Diagnostics for people (lines of their own file, the place marked) and for machines."""

from typing import Any

import click

from brochure.diagnostics import Diagnostic, Severity
from brochure.project import Project

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_WIDTH = 100


def render(diagnostic: Diagnostic, project: Project | None) -> str:
    """A complaint as text: place and sentence, the line above, the line itself, the hint."""
    place = diagnostic.place
    colour = _COLOURS[diagnostic.severity]
    severity = click.style(diagnostic.severity.value, fg=colour, bold=True)
    parts = [f"{click.style(str(place), bold=True)}: {severity}: {diagnostic.message}"]
    lines = _lines(project, place.file)
    if 0 < place.line <= len(lines):
        gutter = len(str(place.line))
        for number in (place.line - 1, place.line):
            if number and (number == place.line or lines[number - 1].strip()):
                parts.append(f"  {number:{gutter}} | {_shown(lines[number - 1], place.column)[0]}")
        offset = _shown(lines[place.line - 1], place.column)[1]
        parts.append(f"  {'':{gutter}} | {' ' * offset}{click.style('^', fg=colour, bold=True)}")
    if diagnostic.hint:
        parts.append(f"  {click.style('hint:', bold=True)} {diagnostic.hint}")
    return "\n".join(parts)


def summary(diagnostics: tuple[Diagnostic, ...]) -> str:
    """How many errors and warnings there are, in words."""
    counts = [
        f"{count} {name}{'s' if count != 1 else ''}"
        for name in ("error", "warning")
        if (count := sum(d.severity.value == name for d in diagnostics))
    ]
    return " and ".join(counts) or "no complaints"


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """A complaint as JSON data."""
    return {
        "severity": diagnostic.severity.value,
        "code": diagnostic.code,
        "file": diagnostic.place.file,
        "line": diagnostic.place.line,
        "column": diagnostic.place.column,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }


def _lines(project: Project | None, file: str) -> list[str]:
    """The lines of a file of the project; none where it is not text that could be shown."""
    if project is None:
        return []
    try:
        path = project.root / file
        if not path.resolve().is_relative_to(project.root.resolve()) or not path.is_file():
            return []
        if path.stat().st_size > 1_000_000:
            return []
        return path.read_bytes().decode("utf-8-sig").splitlines()
    except (OSError, ValueError, RuntimeError):
        return []


def _shown(line: str, column: int) -> tuple[str, int]:
    """A line cut to the width of a terminal around a column (from 1), and the column in it.

    Tabs count one column and invisible characters are shown as ``·``.
    """
    visible = "".join(c if c.isprintable() else " " if c == "\t" else "·" for c in line)
    start = max(0, column - 1 - _WIDTH // 2) if len(visible) > _WIDTH else 0
    cut = visible[start : start + _WIDTH]
    return ("…" + cut[1:] if start else cut), column - 1 - start
