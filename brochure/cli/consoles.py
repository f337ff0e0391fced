"""Consoles of rich, for tables and progress."""

from typing import IO

from rich.console import Console

_UNBROKEN = 10_000  # columns of what is not a terminal


def rich_console(stream: IO[str], colours: bool | None) -> Console:
    """A console of rich that breaks no lines, with colours where `colours` wants them."""
    wanted = stream.isatty() if colours is None else colours
    return Console(
        file=stream,
        width=_UNBROKEN if not stream.isatty() else None,
        soft_wrap=True,
        force_terminal=wanted or None,
        color_system="standard" if wanted else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
