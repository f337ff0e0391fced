"""A document that somebody wrote elsewhere, as all readers give it: blocks of runs, and what has no
place among them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from brochure.diagnostics import Diagnostic

#: The kinds of what stands beside the text of a document, or changes it.
Kind = Literal[
    "header",
    "footer",
    "footnote",
    "endnote",
    "comment",
    "text-box",
    "field",
    "insertion",
    "deletion",
    "moved",
    "hidden",
    "formula",
    "other",
]


@dataclass(frozen=True)
class Run:
    r"""Words in one way of writing. A line break within them is ``\n``.

    `link` is the address that they lead to, empty for none (or for one that leads nowhere, such as
    ``#``). `struck`: they are struck through.
    """

    text: str
    strong: bool = False
    emphasis: bool = False
    link: str = ""
    struck: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    `heading` is the level of a heading from 1 on, 0 for text. `item` is the marker of an item of a
    list as it is shown (``–``, ``1.``), empty for none. `style` is what the file calls it, for
    doubts. `continues`: a page break cut it from the paragraph before it, as the file says itself.
    `line` is its place in the file: of a text the line, else the number of the paragraph; from 1.
    `names` are those of the bookmarks that begin in it.
    """

    runs: tuple[Run, ...]
    heading: int = 0
    item: str = ""
    style: str = ""
    continues: bool = False
    line: int = 0
    names: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Its words, without emphasis."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Picture:
    """A picture among the text: its bytes as they are in the file, and what is said to be seen.

    `mime` is what the file says that it is; nobody has looked.
    """

    data: bytes
    mime: str
    description: str = ""
    line: int = 0


@dataclass(frozen=True)
class Cell:
    """A cell of a table; it spans so many `columns` and `rows`."""

    blocks: "tuple[Block, ...]"
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Table:
    """A table: rows of cells. A cell that spans rows is in the first of them only.

    `header_rows` are so many rows at its beginning that repeat on each page.
    """

    rows: tuple[tuple[Cell, ...], ...]
    header_rows: int = 0
    line: int = 0


Block = Paragraph | Picture | Table


@dataclass(frozen=True)
class Leftover:
    """What is not part of the text that a reader sees in its place: notes, headers, changes.

    `near` are the words that it is about, or that it stands behind, or else before; empty if it
    has no place. `who` made a comment or a change, as far as the file says.
    """

    kind: Kind
    text: str
    near: str = ""
    who: str = ""


@dataclass(frozen=True)
class Document:
    """What a file contains.

    `blocks` are its text in reading order, with insertions taken and deletions left out; both are
    among the `leftovers` as well, since that changes meaning. `words` are all words of all parts of
    the file, in no order, counted by the witness, who reads the file apart from whoever read the
    blocks; None where the reader of the blocks is all there is. `diagnostics` tell what could not
    be read.
    """

    blocks: tuple[Block, ...]
    leftovers: tuple[Leftover, ...] = ()
    words: tuple[str, ...] | None = None
    title: str = ""
    language: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()


def paragraphs(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    """All paragraphs, those in the cells of tables as well, row by row."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    yield from paragraphs(cell.blocks)
