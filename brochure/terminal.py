"""What the command line prints, and where: results to stdout, messages to stderr."""

import json
import logging
import os
import sys
from collections.abc import Iterable

import click

from brochure import report
from brochure.diagnostics import Diagnostic
from brochure.project import Project

log = logging.getLogger("brochure")


def show(diagnostics: Iterable[Diagnostic], project: Project | None) -> None:
    """Print complaints, in colours on a terminal only, and never with NO_COLOR (no-color.org)."""
    colour = False if os.environ.get("NO_COLOR") else None  # None: click asks for a terminal
    for diagnostic in diagnostics:
        click.echo(report.render(diagnostic, project) + "\n", err=True, color=colour)


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
    """A line on a terminal that says how far the work is; elsewhere each result is a line."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._shown = sys.stderr.isatty() and not log.isEnabledFor(logging.INFO)

    def __enter__(self) -> "Progress":
        self._show()
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def done(self) -> None:
        """One more is done; what is printed now stands in the place of the line."""
        self._clear()
        self._done += 1

    def goes_on(self) -> None:
        """Show the line again, below what was printed."""
        if self._done < self._total:
            self._show()

    def _show(self) -> None:
        if self._shown:
            click.echo(f"Building {self._done + 1} of {self._total} …", nl=False, err=True)

    def _clear(self) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)
