"""Numbers in the margin that count paragraphs are neither text nor line numbers."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from brochure.sources.document import Document, QuoteReference
from brochure.sources.finding import LimitingWords, Verdict
from brochure.sources.reading.line_numbers import find_line_numbers
from brochure.sources.reading.pages import PageRows, assemble_document
from brochure.sources.reading.paragraph_numbers import find_paragraph_numbers
from brochure.sources.reading.plaintext import parse_text
from brochure.sources.reading.rows import TextRow
from brochure.sources.reading.words import RowWord
from brochure.sources.searchable import SearchableSource

Place = Callable[[int, int], tuple[float, float]]  # page and value → the edges of a number


def words(text: str, left: float) -> tuple[RowWord, ...]:
    found, at = [], left
    for word in text.split():
        found.append(RowWord(word, at, at + 5 * len(word)))
        at += 5 * len(word) + 3
    return tuple(found)


def at_left(_: int, value: int) -> tuple[float, float]:
    return 60 - 5 * len(str(value)), 60


def at_right(_: int, value: int) -> tuple[float, float]:
    return 400, 400 + 5 * len(str(value))


def outside(page: int, value: int) -> tuple[float, float]:
    return (at_right, at_left)[page % 2](page, value)


def judgment(
    lengths: Sequence[int],
    place: Place = at_left,
    *,
    pages: int = 1,
    first: int = 1,
    form: str = "{}",
    white: float = 10,
    lower: float = 0,
) -> list[list[TextRow]]:
    """Pages of paragraphs of so many rows, with a number beside the first row of each, set so much
    `lower`: in a row of its own if that is much.
    """
    value, found = first, []
    for page in range(pages):
        rows: list[TextRow] = []
        y = 50.0
        for length in lengths:
            for index in range(length):
                end = "." if index == length - 1 else ""
                text = words(
                    f"Absatz {chr(96 + value)} Zeile {'xyzvw'[index]} reicht weit{end}", 100
                )
                left, right = place(page, value)
                number = (RowWord(form.format(value), left, right),)
                if index == 0 and not lower:
                    rows.append(TextRow(y, 10, tuple(sorted(number + text, key=lambda w: w.left))))
                else:
                    rows.append(TextRow(y, 10, text))
                    if index == 0:
                        rows.append(TextRow(y + lower, 7, number))
                y += 14
            value += 1
            y += white
        found.append(rows)
    return found


def read(pages: Sequence[Sequence[TextRow]]) -> Document:
    return assemble_document([PageRows(tuple(rows)) for rows in pages], None)


JUDGMENTS = {
    "left": judgment([4, 3, 4, 2]),
    "right": judgment([4, 3, 4, 2], at_right),
    "outside": judgment([3, 4, 2], outside, pages=4),
    "two rows": judgment([2] * 6),
    "no white between": judgment([3, 4, 2, 3], white=0),
    "one row and three": judgment([1, 3, 3, 1, 3]),
    "in brackets": judgment([4, 3, 4, 2], form="[{}]"),
    "an extract": judgment([4, 3, 4], pages=2, first=11),
    "rows of their own": judgment([4, 3, 4, 2], lower=5),
}


@pytest.mark.parametrize("name", JUDGMENTS)
def test_numbers_of_paragraphs_are_left_aside(name: str) -> None:
    pages = JUDGMENTS[name]
    found = read(pages)
    numbers = [line.text.strip("[]") for line in found.lines if line.artifact]
    first = 11 if name == "an extract" else 1
    assert numbers == [str(first + i) for i in range(len(numbers))]
    assert found.paragraph_numbers == len(numbers) > 2
    assert found.numbering.mode == "count"
    text = [line for line in found.lines if not line.artifact]
    assert [line.number for line in text] == list(range(1, len(text) + 1))
    assert all(line.text.startswith("Absatz") for line in text)
    assert [line.text.split()[3] == "x" for line in text] == [line.opens_paragraph for line in text]


def test_a_label_before_the_number_is_part_of_it() -> None:
    pages = judgment([4, 3, 4, 2])
    labelled = [
        replace(row, words=(RowWord("Rn.", 30, 45), *row.words)) if row.left < 99 else row
        for row in pages[0]
    ]
    assert [line.text for line in read([labelled]).lines if line.artifact] == [
        f"Rn. {i}" for i in (1, 2, 3, 4)
    ]


def test_a_quote_may_run_over_the_numbers_and_the_lines_are_counted() -> None:
    source = SearchableSource(read(judgment([2] * 6)))
    for quote in ("b Zeile y reicht weit. Absatz c", "b Zeile y reicht weit. 3 Absatz c"):
        finding = source.verify(
            quote, QuoteReference(lines="4-5".replace("-", "–")), LimitingWords()
        )
        assert finding.verdict is Verdict.VERBATIM, quote
        assert "count paragraphs, not lines" in finding.reference_notes[0]
    finding = source.verify("b Zeile y", QuoteReference("1"), LimitingWords())
    assert finding.reference_notes == ()  # no line is stated


def lines_with(numbers: Sequence[str], *, end: str = "", indent: float = 100) -> list[TextRow]:
    """Rows of text beside which these stand, or nothing."""
    margins = [(RowWord(n, 60 - 5 * len(n), 60),) if n else () for n in numbers]
    return [
        TextRow(14.0 * i, 10, margin + words(f"Zeile {'x' * i}{end}", indent))
        for i, margin in enumerate(margins, 1)
    ]


@pytest.mark.parametrize(
    "rows",
    [
        lines_with([str(i) for i in range(1, 31)], end="."),  # a number at each line
        lines_with([str(i) if i % 5 == 0 else "" for i in range(1, 31)], end="."),
        lines_with([str(i // 2 + 1) if i % 2 == 0 else "" for i in range(30)]),  # within sentences
        lines_with(
            [str(7 * i * i) if i % 3 == 0 else "" for i in range(1, 31)], end="."
        ),  # figures
        judgment([4, 4])[0],  # too few
        lines_with([str(i) if i % 3 == 0 else "" for i in range(1, 31)]),
        [r for rows in judgment([3] * 9) for i, r in enumerate(rows) if i % 9 < 3 or r.left > 99],
        lines_with([str(i // 2 + 1) if i % 2 == 0 else "" for i in range(30)], end="."),  # items
        # the items of a list in a text that begins where its numbers do
        [*lines_with([""] * 12, end=".", indent=55), *judgment([3, 2, 3])[0]],
    ],
    ids=[
        "each line",
        "each fifth",
        "within sentences",
        "figures",
        "few",
        "each third",
        "each third paragraph",
        "items",
        "list",
    ],
)
def test_other_numbers_do_not_count_paragraphs(rows: list[TextRow]) -> None:
    assert find_paragraph_numbers([rows]) is None


def test_the_numbers_of_pages_do_not_count_paragraphs() -> None:
    for foot in ("", "Stand Mai"):
        pages = [
            [
                *lines_with([""] * 20),
                TextRow(360, 10, (RowWord(str(page + 1), 55, 60), *words(foot, 100))),
                TextRow(380, 10, words("Gemeinde", 100)),
            ]
            for page in range(5)
        ]
        assert find_paragraph_numbers(pages) is None


def test_line_numbers_are_line_numbers_still() -> None:
    each, fifth = (
        lines_with([str(i) if i % step == 0 else "" for i in range(1, 31)], end=".")
        for step in (1, 5)
    )
    for rows, step in ((each, 1), (fifth, 5)):
        found = find_line_numbers([rows])
        assert found is not None
        assert found.step == step
        assert read([rows]).paragraph_numbers == 0


TEXT = """\
Im Namen des Volkes

1     Die Klägerin wendet sich gegen die
      Ablehnung ihres Antrags.

2     Sie hatte den Antrag im März
      gestellt.

3     Das Gericht hält die Klage für
      zulässig.
"""


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("Im Namen des Volkes\n\n", "")])
def test_numbers_of_paragraphs_in_a_text_are_left_aside(text: str) -> None:
    found = parse_text(text, None)
    assert found.paragraph_numbers == 3
    assert [line.text for line in found.lines if line.artifact] == ["1", "2", "3"]
    counted = {line.number: line.text for line in found.lines if not line.artifact}
    expected = [line.lstrip("123 ") for line in text.split("\n")]
    assert counted == dict(enumerate(expected, 1))
