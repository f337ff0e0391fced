"""Paragraphs, looked at and cut: headings, lines, what is emphasised as a whole."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from brochure.interchange.document import Block, Paragraph, Picture, Run, Table
from brochure.interchange.understanding import marks, references
from brochure.interchange.understanding.markdown_text import with_runs_joined

_HEADING_WORDS = 14  # of a line in bold type that is taken for a heading
_TEXT_ENDS = (".", ",", ";", "…")
#: What people write over, or before, each of the two texts of a pair.
QUOTE_LABELS = (
    r"Zitat(?:e|text)?|Textstelle|Original(?:text|ton)?|O-Ton|Wortlaut|Auszug|Quote|Citation"
    r"|Excerpt"
)
COMMENTARY_LABELS = (
    r"(?:Unser |Mein |Our |My )?(?:Kommentar|Anmerkung(?:en)?|Bewertung|Einschätzung|Stellungnahme"
    r"|Erläuterung|Commentary|Comments?|Remarks?|Assessment|Response)"
)
_LABEL = re.compile(
    rf"\s*(?:(?P<quote>{QUOTE_LABELS})|{COMMENTARY_LABELS})(?:\s*\d+)?\s*:\s*", re.IGNORECASE
)
_LABEL_ALONE = re.compile(
    rf"\s*(?:(?P<quote>{QUOTE_LABELS})|{COMMENTARY_LABELS})(?:\s*\d+)?\s*:?\s*",
    re.IGNORECASE,
)


def text_of(paragraphs: Iterable[Paragraph]) -> str:
    """The words of paragraphs, apart by empty lines."""
    return "\n\n".join(text for one in paragraphs if (text := one.text.strip()))


def cut(runs: Sequence[Run], start: int, end: int | None = None) -> tuple[Run, ...]:
    """The runs of the characters from `start` to before `end`."""
    found: list[Run] = []
    at = 0
    stop = sum(len(run.text) for run in runs) if end is None else end
    for run in runs:
        first, last = max(start - at, 0), min(stop - at, len(run.text))
        if first < last:
            found.append(replace(run, text=run.text[first:last]))
        at += len(run.text)
    return tuple(found)


def trimmed(paragraph: Paragraph) -> Paragraph:
    """A paragraph without white space around it."""
    text = paragraph.text
    start = len(text) - len(text.lstrip())
    return replace(paragraph, runs=cut(paragraph.runs, start, max(start, len(text.rstrip()))))


def wholly(runs: Iterable[Run], *, strong: bool = False, emphasis: bool = False) -> bool:
    """Whether every word is in bold type, or in italics."""
    inked = [run for run in runs if any(sign.isalnum() for sign in run.text)]
    return bool(inked) and all(
        (run.strong or not strong) and (run.emphasis or not emphasis) for run in inked
    )


def is_heading(paragraph: Paragraph) -> bool:
    """Whether it is a heading: by the file, or as a short line in bold type."""
    text = paragraph.text.strip()
    if not text or paragraph.item:
        return False
    if paragraph.heading:
        return True
    return (
        wholly(paragraph.runs, strong=True)
        and len(text.split()) <= _HEADING_WORDS
        and not text.endswith(_TEXT_ENDS)
        and marks.state_of(text) not in ("pair", "opened", "closed")
        and references.alone(text) is None
        and label_of(text) is None
    )


def label_of(text: str) -> tuple[str, bool, str] | None:
    """The label that a text begins with (“Zitat:”), whether it is one of a quote, and what follows;
    None if there is none.
    """
    found = _LABEL.match(text) or _LABEL_ALONE.fullmatch(text)
    return (found[0], found["quote"] is not None, text[found.end() :]) if found else None


def without_start(paragraph: Paragraph, count: int) -> Paragraph:
    """A paragraph without its first characters."""
    return trimmed(replace(paragraph, runs=cut(paragraph.runs, count)))


def lines_of(paragraph: Paragraph) -> Iterator[Paragraph]:
    """The lines of a paragraph as paragraphs, where one of them is no text like the others: in bold
    type, a reference, or with a label; else the paragraph as it is.
    """
    text = paragraph.text
    if "\n" not in text.strip():
        yield paragraph
        return
    parts: list[Paragraph] = []
    at = 0
    for line in text.split("\n"):
        part = trimmed(replace(paragraph, runs=cut(paragraph.runs, at, at + len(line))))
        at += len(line) + 1
        if part.text:
            parts.append(replace(part, continues=paragraph.continues and not parts))
    bold = [wholly(part.runs, strong=True) for part in parts]
    apart = (any(bold) and not all(bold)) or any(
        references.alone(part.text) or label_of(part.text) for part in parts
    )
    if apart and not paragraph.heading:
        yield from parts
    else:
        yield paragraph


def split_heading(paragraph: Paragraph) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """A heading, and the other one behind it: a part in bold type, then one in italics."""
    runs = with_runs_joined(paragraph.runs)
    inked = [run for run in runs if run.text.strip()]
    at = next((i for i, run in enumerate(inked) if run.emphasis), len(inked))
    first, second = inked[:at], inked[at:]
    if not first or not second or not all(run.emphasis for run in second):
        return tuple(runs), ()
    start = sum(len(run.text) for run in runs[: runs.index(second[0])])
    return cut(runs, 0, start), cut(runs, start)


def tables_opened(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks; of tables that have one column only, what is in their cells: they are frames."""
    for block in blocks:
        if isinstance(block, Table) and width(block) <= 1:
            for row in block.rows:
                for cell in row:
                    yield from tables_opened(cell.blocks)
        else:
            yield block


def width(table: Table) -> int:
    """How many columns have something in them, spanning cells counted once."""
    return max((sum(1 for cell in row if cell.blocks) for row in table.rows), default=0)


def flattened(blocks: Iterable[Block]) -> Iterator[Paragraph | Picture]:
    """The paragraphs and pictures of blocks, those in tables as well, row by row."""
    for block in blocks:
        if isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    yield from flattened(cell.blocks)
        else:
            yield block
