"""A document that is quoted, as numbered lines."""

from dataclasses import dataclass
from typing import Literal

MAYBE = "\u205f"  # stands in a line where there may or may not be a space

Kind = Literal["pdf", "txt", "md", "html"]
Mode = Literal["margin", "count", "page"]


@dataclass(frozen=True)
class Line:
    """A line: its text (clean, see `words.clean`), the index of its page, and its number.

    `number` is None where it has none, or none that is certain. `aside`: it is no part of the
    running text, but a running head, a page number, a footnote, or stands beside the numbered
    lines. `opens`: a paragraph begins here.
    """

    text: str
    page: int
    number: int | None
    aside: bool = False
    opens: bool = False


@dataclass(frozen=True)
class Numbering:
    """How lines are numbered.

    `mode`: printed in the margin, counted through the file, or counted anew on each page;
    `restarts`: whether the same numbers come again on each page; `step`: every how many lines a
    number is printed; `printed`: how many numbers were read in the margin.
    """

    mode: Mode
    restarts: bool = False
    step: int = 1
    printed: int = 0


@dataclass(frozen=True)
class Document:
    """A source that was read.

    `pages` are the numbers of its pages as readers know them (empty for files without pages),
    `counted` whether these are printed on the pages. `gaps` are numbers that are missing in the
    margin, `blank` the indices of pages whose text cannot be read.
    """

    kind: Kind
    lines: tuple[Line, ...]
    pages: tuple[str, ...] = ()
    counted: bool = False
    numbering: Numbering = Numbering("count")
    gaps: tuple[str, ...] = ()
    blank: tuple[int, ...] = ()

    def page_name(self, index: int) -> str:
        """The number of a page, empty where the file has no pages."""
        return self.pages[index] if index < len(self.pages) else ""
