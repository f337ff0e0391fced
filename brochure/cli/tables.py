"""Tables, drawn by rich."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from brochure.cli.consoles import rich_console
from brochure.cli.output import Output, harmless


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, and the colour it has on a terminal."""

    text: str
    colour: str = ""


def print_table(
    output: Output, rows: Sequence[Sequence[Cell]], *, right: Sequence[int] = ()
) -> None:
    """Print rows of cells in columns; those of these indices are set flush right."""
    if not rows:
        return

    grid = Table.grid(padding=(0, 2, 0, 0))
    for index in range(len(rows[0])):
        grid.add_column(no_wrap=True, justify="right" if index in right else "left")
    console = rich_console(sys.stdout, output.colours)
    for row in rows:
        grid.add_row(*(Text(harmless(output.words(cell.text)), cell.colour) for cell in row))
    with console.capture() as capture:
        console.print(grid)
    for line in capture.get().splitlines():
        output.styled(line.rstrip())
