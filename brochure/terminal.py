"""What the command line prints, and where: results to stdout, messages to stderr."""

import json
import logging
import os
import sys
import time
from collections.abc import Iterable

import click

from brochure import report
from brochure.diagnostics import Diagnostic
from brochure.project import Project

log = logging.getLogger("brochure")
_BAR = 24  # characters
_PLAIN = 50  # where there is no terminal, a line for so many


def show(diagnostics: Iterable[Diagnostic], project: Project | None) -> None:
    """Print complaints, in colours on a terminal only, and never with NO_COLOR (no-color.org)."""
    for diagnostic in diagnostics:
        click.echo(report.render(diagnostic, project) + "\n", err=True, color=colour())


def colour() -> bool | None:
    """Whether to print in colours: not with NO_COLOR; None: click asks for a terminal."""
    return False if os.environ.get("NO_COLOR") else None


def show_json(diagnostics: Iterable[Diagnostic], **result: object) -> None:
    """Print a result and the complaints beside it as JSON."""
    data = {**result, "diagnostics": [report.as_json(d) for d in diagnostics]}
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def say(message: str) -> None:
    """Print a message that is no result."""
    click.echo(message, err=True)


def log_steps() -> None:
    """Say which step is being done, from here on."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    log.setLevel(logging.INFO)


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
