"""Proofreading of laid-out pages: every word once, in its column; both sides at the same height.

WeasyPrint lays out tables well, but not always (its issues #1967, #2679 and others), and it does
not report when it loses a word. So each layout is compared with the text.
"""

from collections.abc import Collection, Iterator, Mapping

from brochure.diagnostics import Diagnostic, Part, error, warning
from brochure.layout.hyphenation import HYPHENS
from brochure.layout.laid_out import SLACK, CellKey, Layout, TextRun, headless, misaligned
from brochure.messages import say


def proofread(
    layout: Layout, expected: Mapping[CellKey, str], passages: Collection[str]
) -> Iterator[Diagnostic]:
    """Errors where text is lost, doubled or outside its column, or where the two sides of a
    passage are misaligned; warnings where column headings are missing.

    `expected` is the text of each cell as the HTML has it, `passages` the ids of the passages.
    """
    yield from _altered_text(layout, expected, passages)
    yield from _text_outside_columns(layout, passages)
    yield from _misaligned_passages(layout)
    yield from _missing_headings(layout)


def _altered_text(
    layout: Layout, expected: Mapping[CellKey, str], passages: Collection[str]
) -> Iterator[Diagnostic]:
    for cell, text in expected.items():
        wanted = letters(text)
        printed = _joined_lines([letters(run.text) for run in layout.runs.get(cell, ())], wanted)
        if printed == wanted:
            continue
        at = next(
            (i for i, (a, b) in enumerate(zip(printed, wanted, strict=False)) if a != b),
            min(len(printed), len(wanted)),
        )
        yield error(
            "words-lost" if len(printed) < len(wanted) else "words-doubled",
            say(
                "The page does not show this text as it was written, near “{excerpt}”.",
                excerpt=wanted[max(0, at - 20) : at + 20],
            ),
            Part(passage=cell[0] if cell[0] in passages else ""),
            say(
                "Is there a rule in styles/ that hides, repeats or moves words? If not, this is a "
                "fault of the typesetter: a small change to the text often helps; please report "
                "it, and attach the leaflet."
            ),
        )


def _text_outside_columns(layout: Layout, passages: Collection[str]) -> Iterator[Diagnostic]:
    for cell, runs in layout.runs.items():
        outside = next((run for run in runs if _is_outside(run)), None)
        if outside is None:
            continue
        yield error(
            "outside-margins",
            say(
                "“{words}” sticks out of its column on page {page}.",
                words=outside.text.strip()[:40],
                page=outside.page + 1,
            ),
            Part(passage=cell[0] if cell[0] in passages else ""),
            say(
                "Something here is too wide or too tall: a word that cannot be divided, a large "
                "picture, or a rule in styles/."
            ),
        )


def _misaligned_passages(layout: Layout) -> Iterator[Diagnostic]:
    for passage in misaligned(layout):
        yield error(
            "misaligned",
            say(
                "The quote and the commentary of passage `{passage}` do not begin side by side.",
                passage=passage,
            ),
            Part(passage=passage),
            say(
                "This is a fault of the typesetter. Divide the passage before it into two, and "
                "please report it, with the leaflet."
            ),
        )


def _missing_headings(layout: Layout) -> Iterator[Diagnostic]:
    for passage in headless(layout):
        yield warning(
            "no-header",
            say(
                "The column headings are missing above a part of passage `{passage}`.",
                passage=passage,
            ),
            Part(passage=passage),
            say("This is a fault of the typesetter. A small change to the text often helps."),
        )


def letters(text: str) -> str:
    """What must not change between HTML and page: everything but white space, soft hyphens, and
    capitals, which a style may ask for. WeasyPrint puts U+200B into empty list items.
    """
    return "".join(text.replace("\u00ad", "").replace("\u200b", "").split()).casefold()


def _joined_lines(lines: list[str], wanted: str) -> str:
    """The lines in a row, without the hyphens at their ends that the text does not have."""
    printed = ""
    for line in lines:
        printed += line
        if line.endswith(HYPHENS) and wanted[len(printed) - 1 : len(printed)] != line[-1]:
            printed = printed[:-1]
    return printed


def _is_outside(run: TextRun) -> bool:
    return bool(run.text.strip()) and (
        run.x < run.left - SLACK
        or run.x + run.width > run.right + SLACK
        or run.y > run.bottom
        or run.y < 0
    )
