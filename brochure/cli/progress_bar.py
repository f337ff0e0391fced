"""A bar of progress on a terminal, drawn by rich; loaded for terminals only."""

import sys

from rich import progress

from brochure.cli.consoles import rich_console


class Bar:
    """The bar of rich, below what is printed."""

    def __init__(self, colours: bool | None, total: int) -> None:
        self._bar = progress.Progress(
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeRemainingColumn(compact=True),
            console=rich_console(sys.stderr, colours),
            transient=True,
        )
        self._task = self._bar.add_task("", total=total)
        self._finished = False

    def start(self) -> None:
        self._bar.start()

    def hide(self, done: int) -> None:
        self._bar.update(self._task, completed=done)
        self._finished = self._bar.finished
        self._bar.stop()

    def show(self) -> None:
        if not self._finished:
            self._bar.start()

    def stop(self) -> None:
        self._bar.stop()
