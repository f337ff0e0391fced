"""Diagnostics for people (lines of their own file, the place marked) and for machines."""

import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
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
    location = diagnostic.location
    colour = _COLOURS[diagnostic.severity]
    severity = click.style(diagnostic.severity.value, fg=colour, bold=True)
    where = click.style(harmless(location), bold=True)
    parts = [f"{where}: {severity}: {harmless(diagnostic.message)}"]
    parts += _excerpt(diagnostic, (lines or Lines(project)).of(location.file))
    if diagnostic.hint:
        parts.append(f"  {click.style('hint:', bold=True)} {harmless(diagnostic.hint)}")
    return "\n".join(parts)


def _excerpt(diagnostic: Diagnostic, lines: list[str]) -> Iterator[str]:
    """The line of a complaint and the one above, and a mark below its column."""
    location = diagnostic.location
    if 0 < location.line <= len(lines):
        gutter = len(str(location.line))
        for number in (location.line - 1, location.line):
            if number and (number == location.line or lines[number - 1].strip()):
                yield f"  {number:{gutter}} | {_shown(lines[number - 1], location.column)[0]}"
        offset = _shown(lines[location.line - 1], location.column)[1]
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
        "file": diagnostic.location.file,
        "line": diagnostic.location.line,
        "column": diagnostic.location.column,
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


# --- What the command line prints, and where: results to stdout, messages to stderr.

log = logging.getLogger("brochure")
_BAR = 24  # characters
_PLAIN = 50  # where there is no terminal, a line for so many


def show(
    diagnostics: Iterable[Diagnostic], project: Project | None, ration: Rationed | None = None
) -> None:
    """Print complaints, in colours on a terminal only, and never with NO_COLOR (no-color.org).

    No more than can be read; how many were left out is said below them. Who shows them bit by bit
    hands in a `ration` for all of them, and calls `show_left_out` in the end.
    """
    own = ration or Rationed()
    lines = Lines(project)
    for diagnostic in own(diagnostics):
        click.echo(render(diagnostic, project, lines) + "\n", err=True, color=colour())
    if ration is None:
        show_left_out(own)


def show_left_out(ration: Rationed) -> None:
    """Say how many complaints were not shown."""
    for line in left_out(ration):
        say(line)


def colour() -> bool | None:
    """Whether to print in colours: not with NO_COLOR; None: click asks for a terminal."""
    return False if os.environ.get("NO_COLOR") else None


def show_json(diagnostics: Iterable[Diagnostic], **result: object) -> None:
    """Print a result and the complaints beside it as JSON: as many as are shown to people, and
    how many were left out, by code.
    """
    ration = Rationed()
    shown = [as_json(d) for d in ration(diagnostics)]
    click.echo(as_text({**result, "diagnostics": shown, "left_out": ration.by_code}))


def show_misuse(wrong: click.ClickException) -> None:
    """Say what is wrong with a command; the names in it may be a stranger's."""
    said = harmless(wrong.format_message(), lines=True)
    if isinstance(wrong, click.UsageError):
        click.UsageError(said, wrong.ctx).show()
    else:
        click.ClickException(said).show()


def say(message: str) -> None:
    """Print a message that is no result."""
    click.echo(harmless(message, lines=True), err=True)


def tell(text: str) -> None:
    """Print a result in words."""
    click.echo(harmless(text, lines=True))


def log_steps() -> None:
    """Say which step is being done, from here on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Harmless())
    logging.basicConfig(handlers=[handler])
    log.setLevel(logging.INFO)


class _Harmless(logging.Formatter):
    """Names of files and leaflets are a stranger's words."""

    def format(self, record: logging.LogRecord) -> str:
        return harmless(record.getMessage())


class Progress:
    """A bar on a terminal that says how far the work is, how fast it goes, and how long it will
    take; elsewhere a plain line now and then.
    """

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._shown = sys.stderr.isatty() and not log.isEnabledFor(logging.INFO)
        self._stands = False
        self._start = time.monotonic()

    def __enter__(self) -> "Progress":
        self._show()
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def done(self) -> None:
        """One more is done; what is printed now stands in the place of the bar."""
        self._clear()
        self._done += 1
        if not self._shown and self._done % _PLAIN == 0 and self._done < self._total:
            say(self._state())

    def goes_on(self) -> None:
        """Show the bar again, below what was printed."""
        self._show()

    def _state(self) -> str:
        seconds = time.monotonic() - self._start
        words = f"{self._done} of {self._total}"
        if self._done > 1 and seconds:  # the first one waits for the workers to start
            left = round((self._total - self._done) * seconds / self._done)
            words += f", {self._done / seconds:.1f} a second, {left // 60}:{left % 60:02} left"
        return words

    def _show(self) -> None:
        if self._shown and self._done < self._total:
            filled = _BAR * self._done // self._total
            bar = "█" * filled + "░" * (_BAR - filled)
            click.echo(f"{bar} {self._state()}", nl=False, err=True)
            self._stands = True

    def _clear(self) -> None:
        if self._stands:
            self._stands = False
            click.echo("\r\x1b[K", nl=False, err=True)
