"""Proof-reading of laid-out pages: every word once, in its column; pairs side by side.

WeasyPrint lays out tables well, but not always (its issues #1967, #2679 and others), and it says
nothing when it loses a word. So each layout is checked against the text.
"""

from collections.abc import Collection, Iterator, Mapping

from brochure.diagnostics import Diagnostic, error, symbolic, warning
from brochure.layout.hyphenation import HYPHENS
from brochure.layout.laid_out import SLACK, Layout, Word, headless, misaligned


def defects(
    layout: Layout,
    expected: Mapping[tuple[str, int], str],
    passages: Collection[str],
) -> Iterator[Diagnostic]:
    """Words that were lost, doubled, or lie outside their column; pairs out of line.

    `expected` is the text of each cell, as it stands in the HTML.
    """
    for cell, text in expected.items():
        wanted = letters(text)
        printed = _joined([letters(word.text) for word in layout.words.get(cell, ())], wanted)
        if printed != wanted:
            at = next(
                (i for i, (a, b) in enumerate(zip(printed, wanted, strict=False)) if a != b),
                min(len(printed), len(wanted)),
            )
            yield error(
                "words-lost" if len(printed) < len(wanted) else "words-doubled",
                f"The page does not show this text as it was written, near "
                f"“{wanted[max(0, at - 20) : at + 20]}”.",
                symbolic(cell[0] if cell[0] in passages else ""),
                "This is a fault of the typesetter. A small change of the text often helps; "
                "please report it with the leaflet.",
            )
    for cell, words in layout.words.items():
        outside = next((word for word in words if _outside(word)), None)
        if outside is not None:
            yield error(
                "outside-margins",
                f"“{outside.text.strip()[:40]}” runs out of its column on page {outside.page + 1}.",
                symbolic(cell[0] if cell[0] in passages else ""),
                "Something here is too wide or too tall: an unbreakable word, a large picture, "
                "or a rule in styles/.",
            )
    for passage in misaligned(layout):
        yield error(
            "misaligned",
            f"The two sides of passage `{passage}` do not begin side by side.",
            symbolic(passage),
            "This is a fault of the typesetter. Divide the passage before it into two, and "
            "please report it with the leaflet.",
        )


def warnings(layout: Layout) -> Iterator[Diagnostic]:
    """What is less than perfect, but complete."""
    for passage in headless(layout):
        yield warning(
            "no-header",
            f"The column headings are missing over a part of passage `{passage}`.",
            symbolic(passage),
            "This is a fault of the typesetter. A small change of the text often helps.",
        )


def letters(text: str) -> str:
    """What must not change between HTML and page: all but white space, soft hyphens, and the
    capitals that a style may ask for. WeasyPrint puts U+200B into empty list items.
    """
    return "".join(text.replace("\u00ad", "").replace("\u200b", "").split()).casefold()


def _joined(lines: list[str], wanted: str) -> str:
    """The lines in a row, without the hyphens at their ends that the text does not have."""
    printed = ""
    for line in lines:
        printed += line
        if line.endswith(HYPHENS) and wanted[len(printed) - 1 : len(printed)] != line[-1]:
            printed = printed[:-1]
    return printed


def _outside(word: Word) -> bool:
    return bool(word.text.strip()) and (
        word.x < word.left - SLACK
        or word.x + word.width > word.right + SLACK
        or word.y > word.bottom
        or word.y < 0
    )
