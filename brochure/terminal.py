"""What the command line prints, and where: results to stdout, messages to stderr."""

import logging
import os
import sys
import time
from collections.abc import Iterable

import click

from brochure import report
from brochure.diagnostics import Diagnostic, Rationed
from brochure.project import Project

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
    lines = report.Lines(project)
    for diagnostic in own(diagnostics):
        click.echo(report.render(diagnostic, project, lines) + "\n", err=True, color=colour())
    if ration is None:
        show_left_out(own)


def show_left_out(ration: Rationed) -> None:
    """Say how many complaints were not shown."""
    for line in report.left_out(ration):
        say(line)


def colour() -> bool | None:
    """Whether to print in colours: not with NO_COLOR; None: click asks for a terminal."""
    return False if os.environ.get("NO_COLOR") else None


def show_json(diagnostics: Iterable[Diagnostic], **result: object) -> None:
    """Print a result and the complaints beside it as JSON: as many as are shown to people, and
    how many were left out, by code.
    """
    ration = Rationed()
    shown = [report.as_json(d) for d in ration(diagnostics)]
    click.echo(report.as_text({**result, "diagnostics": shown, "left_out": ration.by_code}))


def show_misuse(wrong: click.ClickException) -> None:
    """Say what is wrong with a command; the names in it may be a stranger's."""
    said = report.harmless(wrong.format_message(), lines=True)
    if isinstance(wrong, click.UsageError):
        click.UsageError(said, wrong.ctx).show()
    else:
        click.ClickException(said).show()


def say(message: str) -> None:
    """Print a message that is no result."""
    click.echo(report.harmless(message, lines=True), err=True)


def tell(text: str) -> None:
    """Print a result in words."""
    click.echo(report.harmless(text, lines=True))


def log_steps() -> None:
    """Say which step is being done, from here on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Harmless())
    logging.basicConfig(handlers=[handler])
    log.setLevel(logging.INFO)


class _Harmless(logging.Formatter):
    """Names of files and leaflets are a stranger's words."""

    def format(self, record: logging.LogRecord) -> str:
        return report.harmless(record.getMessage())


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
