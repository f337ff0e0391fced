"""What the command line prints, and where: results to stdout, messages to stderr.

Every sentence is put into the user's language here, and nowhere else. With ``--json`` stdout holds
one JSON document and nothing more, whatever happens (see docs/json.md).
"""

import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import click

from brochure import bounds
from brochure.diagnostics import (
    Diagnostic,
    Rationed,
    Severity,
    cut,
    data_of,
    once_for_all_editions,
)
from brochure.files import read_regular
from brochure.messages import Catalogue, Message, catalogue, language_of, plural, say
from brochure.project import Project

if TYPE_CHECKING:
    from brochure.cli.progress_bar import Bar

log = logging.getLogger("brochure")
JSON_VERSION = 1  # of the shape of what --json prints; raised when a field changes or goes
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_SEVERITIES = {
    Severity.ERROR: say("error"),
    Severity.WARNING: say("warning"),
    Severity.NOTE: say("note"),
}
_WIDTH = 100
_PLAIN = 50  # where there is no terminal, a line of progress for so many
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


def as_json(data: object) -> str:
    """Data as JSON that is safe on a terminal: what it would obey is written as an escape."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@dataclass
class Output:
    """Where a command prints: in which language, with colours or not, and how much.

    `colour` None: on a terminal, unless NO_COLOR is set (no-color.org). `project` is the one whose
    files are shown beside diagnostics, once it is known.
    """

    language: str = field(default_factory=language_of)
    colour: bool | None = None
    quiet: bool = False
    json: bool = False
    project: Project | None = None

    @cached_property
    def words(self) -> Catalogue:
        """The messages in the user's language."""
        return catalogue(self.language)

    def speak(self, language: str) -> None:
        """Go on in another language."""
        self.language = language
        self.__dict__.pop("words", None)

    def result(self, text: str = "") -> None:
        """Print a result, which may hold line ends."""
        self._print(harmless(self.words(text), lines=True))

    def styled(self, text: str) -> None:
        """Print a result that is safe already, with styles in it."""
        self._print(text)

    def note(self, message: str) -> None:
        """Print a message that is no result; with --quiet, nothing."""
        if not self.quiet and not self.json:
            click.echo(harmless(self.words(message), lines=True), err=True)

    def warn(self, message: str) -> None:
        """Print a message that must be seen."""
        click.echo(harmless(self.words(message), lines=True), err=True)

    def diagnostics(
        self, diagnostics: Iterable[Diagnostic], ration: Rationed | None = None
    ) -> None:
        """Print diagnostics with the lines they are about; no more than can be read, and once what
        is said of several editions.

        How many were left out is said below them. Who shows them bit by bit hands in a `ration` for
        all of them, and calls `left_out` in the end.
        """
        own = ration or Rationed()
        lines = Lines(self.project)
        for diagnostic in own(once_for_all_editions(diagnostics)):
            if not self.quiet or diagnostic.severity is not Severity.NOTE:
                text = self.rendered(diagnostic, lines)
                click.echo(text + "\n", err=True, color=self.colours)
        if ration is None:
            self.left_out(own)

    def left_out(self, ration: Rationed) -> None:
        """Say how many diagnostics were not shown, a line for each kind."""
        for (about, code), count in sorted(ration.left_out.items()):
            self.warn(
                plural(
                    "{about}: and {n} more of the kind `{code}`, shown once those above are fixed.",
                    "{about}: and {n} more of the kind `{code}`, shown once those above are fixed.",
                    count,
                    about=about,
                    code=code,
                )
            )

    def rendered(self, diagnostic: Diagnostic, lines: "Lines | None" = None) -> str:
        """A diagnostic as text: location and message, the line above, the line itself, the hint."""
        location = diagnostic.location
        colour = _COLOURS[diagnostic.severity]
        severity = click.style(self.words(_SEVERITIES[diagnostic.severity]), fg=colour, bold=True)
        where = click.style(harmless(location), bold=True)
        parts = [f"{where}: {severity}: {harmless(cut(self.words(diagnostic.message)))}"]
        parts += _excerpt(diagnostic, (lines or Lines(self.project)).of(location.file))
        if diagnostic.hint:
            hint = click.style(self.words(say("hint:")), bold=True)
            parts.append(f"  {hint} {harmless(cut(self.words(diagnostic.hint)))}")
        return "\n".join(parts)

    def document(
        self, command: str, diagnostics: Iterable[Diagnostic], result: Mapping[str, object]
    ) -> None:
        """Print the one document of --json: a result, and the diagnostics beside it in the order of
        files and lines: as many as are shown to people, and how many were left out, by code.
        """
        ration = Rationed()
        ordered = sorted(dict.fromkeys(diagnostics), key=_place)
        shown = [data_of(d) for d in ration(ordered)]
        data = {
            "version": JSON_VERSION,
            "command": command,
            **result,
            "diagnostics": shown,
            "left_out": ration.by_code,
        }
        click.echo(as_json(data))

    def summary(self, diagnostics: Iterable[Diagnostic]) -> Message:
        """How many errors and warnings there are; what is said of several editions counts once."""
        shown = once_for_all_editions(diagnostics)
        errors = sum(d.severity is Severity.ERROR for d in shown)
        warnings = sum(d.severity is Severity.WARNING for d in shown)
        counts = [
            plural("{n} error", "{n} errors", errors),
            plural("{n} warning", "{n} warnings", warnings),
        ]
        if errors and warnings:
            return say("{errors} and {warnings}", errors=counts[0], warnings=counts[1])
        if errors:
            return counts[0]
        return counts[1] if warnings else say("no errors or warnings")

    def log_steps(self) -> None:
        """Say which step is being done, from here on."""
        handler = logging.StreamHandler()
        handler.setFormatter(_Harmless(self.words))
        logging.basicConfig(handlers=[handler], force=True)
        log.setLevel(logging.INFO)

    @property
    def colours(self) -> bool | None:
        """Whether to print in colours; None: click looks whether it is a terminal."""
        if self.colour is not None:
            return self.colour
        return False if os.environ.get("NO_COLOR") else None

    def progress(self, total: int) -> "Progress":
        """How far work on so many things is; nothing is shown for none, or with --quiet."""
        return Progress(self, 0 if self.quiet or self.json else total)

    def _print(self, text: str) -> None:
        click.echo(text, color=self.colours)


class Progress:
    """A bar on a terminal that says how far the work is, how fast it goes, and how long it will
    take; elsewhere a plain line now and then.
    """

    def __init__(self, output: Output, total: int) -> None:
        self._output, self._total, self._done = output, total, 0
        self._start = time.monotonic()
        self._bar: Bar | None = None
        drawable = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        if total and drawable and not log.isEnabledFor(logging.INFO):
            self._bar = _bar(output.colours, total)

    def __enter__(self) -> "Progress":
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def done(self) -> None:
        """One more is done; what is printed now takes the place of the bar."""
        self._done += 1
        if self._bar is not None:
            self._bar.hide(self._done)
        elif self._done % _PLAIN == 0 and self._done < self._total:
            self._output.note(self._state())

    def goes_on(self) -> None:
        """Show the bar again, below what was printed."""
        if self._bar is not None:
            self._bar.show()

    def _state(self) -> Message:
        seconds = time.monotonic() - self._start
        left = round((self._total - self._done) * seconds / self._done)
        return say(
            "{done} of {total}, {speed:.1f} a second, {minutes}:{seconds:02} left",
            done=self._done,
            total=self._total,
            speed=self._done / seconds if seconds else 0.0,
            minutes=left // 60,
            seconds=left % 60,
        )


def _bar(colours: bool | None, total: int) -> "Bar":
    from brochure.cli.progress_bar import Bar  # for terminals only

    return Bar(colours, total)


class _Harmless(logging.Formatter):
    """Names of files and leaflets are a stranger's words."""

    def __init__(self, words: Catalogue) -> None:
        super().__init__()
        self._words = words

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.msg, Message):
            return harmless(self._words(record.msg))
        return harmless(record.getMessage())


def _excerpt(diagnostic: Diagnostic, lines: list[str]) -> Iterator[str]:
    """The line of a diagnostic and the one above, and a mark below its column."""
    location = diagnostic.location
    if 0 < location.line <= len(lines):
        gutter = len(str(location.line))
        for number in (location.line - 1, location.line):
            if number and (number == location.line or lines[number - 1].strip()):
                yield f"  {number:{gutter}} | {_shown(lines[number - 1], location.column)[0]}"
        offset = _shown(lines[location.line - 1], location.column)[1]
        mark = click.style("^", fg=_COLOURS[diagnostic.severity], bold=True)
        yield f"  {'':{gutter}} | {' ' * offset}{mark}"


class Lines:
    """The lines of the files of a project; each file is read once."""

    def __init__(self, project: Project | None) -> None:
        self._project = project
        self._known: dict[str, list[str]] = {}

    def of(self, file: str) -> list[str]:
        """The lines of a file; none where it is not text that could be shown."""
        if file not in self._known:
            self._known = {file: self._read(file)}  # diagnostics come file by file
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
    """Lines as locations count them: a line separator (U+2028) or a form feed ends none."""
    return re.split(r"\r\n|\r|\n", text)


def _shown(line: str, column: int) -> tuple[str, int]:
    """A line cut to the width of a terminal around a column (from 1), and the column in it.

    Tabs count one column and invisible characters are shown as ``·``.
    """
    start = max(0, column - 1 - _WIDTH // 2) if len(line) > _WIDTH else 0
    part = line[start : start + _WIDTH]
    cut = "".join(c if c.isprintable() else " " if c == "\t" else "·" for c in part)
    return ("…" + cut[1:] if start else cut), column - 1 - start


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    location = diagnostic.location
    return location.file, location.line, location.column
