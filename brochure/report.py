"""Diagnostics for people (lines of their own file, the place marked) and for machines."""

import json
import re
from collections.abc import Iterator
from typing import Any

import click

from brochure import bounds
from brochure.diagnostics import Diagnostic, Rationed, Severity
from brochure.files import read_regular
from brochure.project import Project

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_WIDTH = 100
# What a terminal may obey, or what may pass for another text: controls, line separators, and marks
# that turn the direction of writing. The other invisible ones are letters' own (joiners).
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]"
)


def harmless(text: object, *, lines: bool = False) -> str:
    """A text of a stranger's as it may be printed: characters that a terminal would obey, line
    ends among them, are shown by their numbers. With `lines`, line ends and tabs are ours.
    """
    shown = _UNSAFE.sub(lambda found: f"<U+{ord(found[0]):04X}>", str(text))
    return shown if lines else shown.replace("\n", "<U+000A>").replace("\t", "<U+0009>")


def render(diagnostic: Diagnostic, project: Project | None, lines: "Lines | None" = None) -> str:
    """A complaint as text: place and sentence, the line above, the line itself, the hint.

    Who renders many hands in the `lines` of the project, so that no file is read for each.
    """
    place = diagnostic.place
    colour = _COLOURS[diagnostic.severity]
    severity = click.style(diagnostic.severity.value, fg=colour, bold=True)
    where = click.style(harmless(place), bold=True)
    parts = [f"{where}: {severity}: {harmless(diagnostic.message)}"]
    parts += _excerpt(diagnostic, (lines or Lines(project)).of(place.file))
    if diagnostic.hint:
        parts.append(f"  {click.style('hint:', bold=True)} {harmless(diagnostic.hint)}")
    return "\n".join(parts)


def _excerpt(diagnostic: Diagnostic, lines: list[str]) -> Iterator[str]:
    """The line of a complaint and the one above, and a mark below its column."""
    place = diagnostic.place
    if 0 < place.line <= len(lines):
        gutter = len(str(place.line))
        for number in (place.line - 1, place.line):
            if number and (number == place.line or lines[number - 1].strip()):
                yield f"  {number:{gutter}} | {_shown(lines[number - 1], place.column)[0]}"
        offset = _shown(lines[place.line - 1], place.column)[1]
        mark = click.style("^", fg=_COLOURS[diagnostic.severity], bold=True)
        yield f"  {'':{gutter}} | {' ' * offset}{mark}"


def left_out(ration: Rationed) -> Iterator[str]:
    """How many complaints are not shown, a line for each kind."""
    for (about, code), count in sorted(ration.left_out.items()):
        yield harmless(
            f"{about}: and {count} more of the kind `{code}`; they are shown once those above are "
            "mended."
        )


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


def as_text(data: object) -> str:
    """Data as JSON that is safe on a terminal: what it would obey is written as an escape."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class Lines:
    """The lines of the files of a project; each file is read once."""

    def __init__(self, project: Project | None) -> None:
        self._project = project
        self._known: dict[str, list[str]] = {}

    def of(self, file: str) -> list[str]:
        """The lines of a file; none where it is not text that could be shown."""
        if file not in self._known:
            self._known = {file: self._read(file)}  # complaints come file by file
        return self._known[file]

    def _read(self, file: str) -> list[str]:
        if self._project is None:
            return []
        root = self._project.root
        limit = bounds.TABLE if file.endswith(".csv") else bounds.MANUSCRIPT
        try:
            path = root / file
            if not path.resolve().is_relative_to(root.resolve()):
                return []
            data = read_regular(path, limit)
            return _split(data.decode("utf-8-sig")) if len(data) <= limit else []
        except (OSError, ValueError, RuntimeError):
            return []


def _split(text: str) -> list[str]:
    """Lines as places count them: a line separator (U+2028) or a form feed ends none."""
    return re.split(r"\r\n|\r|\n", text)


def _shown(line: str, column: int) -> tuple[str, int]:
    """A line cut to the width of a terminal around a column (from 1), and the column in it.

    Tabs count one column and invisible characters are shown as ``·``.
    """
    start = max(0, column - 1 - _WIDTH // 2) if len(line) > _WIDTH else 0
    part = line[start : start + _WIDTH]
    cut = "".join(c if c.isprintable() else " " if c == "\t" else "·" for c in part)
    return ("…" + cut[1:] if start else cut), column - 1 - start
