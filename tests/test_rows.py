"""Geometry: characters → words and rows, numbers in margins, columns, page artifacts."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from brochure.sources.document import Document, NumberingMode, QuoteReference
from brochure.sources.finding import LimitingWords, Verdict
from brochure.sources.reading.columns import BlockLine, reading_order
from brochure.sources.reading.gutters import find_gutters, page_area
from brochure.sources.reading.line_numbers import find_line_numbers
from brochure.sources.reading.pages import (
    PageRows,
    assemble_document,
)
from brochure.sources.reading.rows import TextRow, find_rows
from brochure.sources.reading.words import Char, RowWord
from brochure.sources.searchable import SearchableSource
from tests import papers


def chars(text: str, y: float, left: float = 0, size: float = 10, wide: float = 5) -> list[Char]:
    """Characters set solid; a space is one that stands in the file."""
    found: list[Char] = []
    space = 0
    for index, letter in enumerate(text):
        if letter == " ":
            space = 2
            continue
        at = left + index * wide
        found.append(Char(letter, at, at + wide, y, size, space))
        space = 0
    return found


def shown(rows: Sequence[TextRow]) -> list[str]:
    return [" ".join(word.text for word in row.words) for row in rows]


def test_rows_come_from_the_top_whatever_the_order_of_the_file() -> None:
    assert shown(find_rows([*chars("zwei Worte", 30), *chars("eins", 10)])) == [
        "eins",
        "zwei Worte",
    ]


def test_words_of_one_line_drawn_in_pieces_are_one_row() -> None:
    pieces = [*chars("hinten", 10, left=60), *chars("vorne", 10.4, left=0)]
    assert shown(find_rows(pieces)) == ["vorne hinten"]


def test_small_digits_beside_the_line_are_superscripts_and_subscripts() -> None:
    base = chars("CO", 20)
    lowered = chars("2", 22, left=10, size=6, wide=3)
    behind = chars("-Preis", 20, left=13)
    raised = chars("7", 16, left=43, size=6, wide=3)
    assert shown(find_rows([*base, *lowered, *behind, *raised])) == ["CO₂-Preis⁷"]


def test_lines_in_small_type_beside_a_larger_one_are_no_superscripts_of_it() -> None:
    large = chars("Eine Zeile", 100, size=10)
    small = [c for y in (95, 104) for c in chars("Notiz am Rand", y, left=80, size=7, wide=2)]
    assert [" ".join(w.text for w in row.words) for row in find_rows([*large, *small])] == [
        "Notiz am Rand", "Eine Zeile", "Notiz am Rand"
    ]  # fmt: skip


def test_small_numbers_by_themselves_stay_what_they_are() -> None:
    number = chars("12", 19, left=0, size=7, wide=3.5)
    assert shown(find_rows([*number, *chars("Text", 20, left=40)])) == ["12 Text"]


def test_without_a_space_the_gap_decides() -> None:
    far, near, doubtful = (
        [*chars("ein", 10), *chars("Wort", 10, left=15 + gap)] for gap in (9, 0.5, 3)
    )
    assert shown(find_rows(far)) == ["ein Wort"]
    assert shown(find_rows(near)) == ["einWort"]
    (row,) = find_rows(doubtful)
    assert [(word.text, word.uncertain_space) for word in row.words] == [
        ("ein", False),
        ("Wort", True),
    ]


def test_accents_that_tex_draws_over_letters_are_put_on_them() -> None:
    before = [Char("¨", 5, 10, 10, 10, 0), *chars("ur", 10, left=5)]
    assert shown(find_rows([*chars("f", 10), *before])) == ["für"]
    after = [*chars("u", 10), Char("¨", 0, 5, 10, 10, 0), *chars("ber", 10, left=5)]
    assert shown(find_rows(after)) == ["über"]


def test_words_from_right_to_left_keep_the_order_of_the_file() -> None:
    letters = "سلام"
    found = [Char(c, 40 - 5 * i, 45 - 5 * i, 10, 10, 0) for i, c in enumerate(letters)]
    assert shown(find_rows(found)) == [letters]


def test_the_letters_of_an_arabic_ligature_are_put_in_order() -> None:
    """Lam and alef, drawn as one, come from PDFium turned round; marks stand on their letter."""
    drawn = [("ا", 0), ("أ", 1), ("ل", 1), ("ش", 2), ("\u064e", 2.4), ("ج", 3)]
    found = [Char(c, 40 - 5 * i, 45 - 5 * i, 10, 10, 0) for c, i in drawn]
    assert shown(find_rows(found)) == ["الأش\u064eج"]


def row(y: float, *words: tuple[str, float, float]) -> TextRow:
    return TextRow(y, 10, tuple(RowWord(*word) for word in words))


def numbered(values: Sequence[int], pitch: float = 14) -> list[TextRow]:
    return [
        row(i * pitch, (str(value), 10 - 3 * len(str(value)), 10), ("Wort", 40, 200 + i % 7))
        for i, value in enumerate(values)
    ]


def test_numbers_below_each_other_in_a_strip_of_their_own_are_line_numbers() -> None:
    found = find_line_numbers([numbered(range(1, 31)), numbered(range(31, 61))])
    assert found is not None
    assert (found.step, found.printed) == (1, 60)
    assert [n.value for n in found.pages[1][0]] == list(range(31, 61))


def plain_row(i: int) -> TextRow:
    return row(14 * i, ("Wort", 40, 200))


def list_row(i: int, number: int) -> TextRow:
    return row(14 * i, (str(number), 4, 10), ("Wort", 40, 200))


@pytest.mark.parametrize(
    "rows",
    [
        # the items of a list, with as many rows as each needs
        [plain_row(i) if i % 3 else list_row(i, i // 3 + 1) for i in range(30)],
        # … of one row and two rows in turn
        [plain_row(i) if i % 3 == 1 else list_row(i, i - (i + 1) // 3 + 1) for i in range(30)],
        # … which is short, on top of each page
        [list_row(i, i + 1) if i < 6 else plain_row(i) for i in range(30)],
        # figures in a text
        [
            row(14 * i, ("Wort", 0, 50), (str(i + 1), 66, 76), ("Wort", 84, 200))
            if i % 4
            else row(14 * i, ("Wort", 0, 70), ("Wort", 72, 200))
            for i in range(30)
        ],
        # figures behind a word
        [row(14 * i, ("Zeile", 0, 60), (str(i + 1), 64, 74)) for i in range(30)],
        # years and sums in a table
        [row(14 * i, ("Posten", 0, 60), (str(2020 + 7 * i * i), 90, 110)) for i in range(20)],
        # a page number
        [*[plain_row(i) for i in range(30)], row(500, ("7", 4, 10))],
    ],
    ids=["list", "short items", "short list", "figures", "behind", "table", "page number"],
)
def test_other_numbers_are_not_line_numbers(rows: list[TextRow]) -> None:
    assert find_line_numbers([rows, rows]) is None


def test_the_number_of_the_page_in_the_same_strip_is_not_a_line_number() -> None:
    lines = numbered(range(1, 31))
    for page in ([row(-20, ("9", 7, 10)), *lines], [*lines, row(500, ("1", 7, 10))]):
        found = find_line_numbers([page, page])
        assert found is not None
        assert [n.value for n in found.pages[0][0]] == list(range(1, 31))


def test_numbers_on_a_few_pages_count_if_they_are_expected() -> None:
    text = [row(14 * i, ("Wort", 40, 200)) for i in range(30)]
    pages = [numbered(range(1, 31)), text, text, text]
    found = find_line_numbers(pages, expected=True)
    assert found is not None
    assert found.printed == 30
    pages = [numbered(range(1, 31)), [row(14 * i, ("a" * (i + 3), 40, 200)) for i in range(30)]]
    counted = read(pages, mode="count")
    assert [line.number for line in counted.lines] == list(range(1, 61))
    assert counted.lines[2].text == "Wort"


def test_numbers_on_a_few_pages_only_are_a_list() -> None:
    text = [row(14 * i, ("Wort", 40, 200)) for i in range(30)]
    assert find_line_numbers([numbered(range(1, 31)), text, text, text]) is None


def read(
    rows: Sequence[Sequence[TextRow]],
    *,
    unreadable: Sequence[int] = (),
    mode: NumberingMode | None = None,
) -> Document:
    pages = [PageRows(tuple(page), unreadable=i in unreadable) for i, page in enumerate(rows)]
    return assemble_document(pages, mode)


def test_numbers_that_are_missing_are_gaps() -> None:
    values = [n for n in range(1, 31) if n not in (7, 15, 16)]
    rows = numbered(range(1, 31))
    rows = [r if i + 1 in values else row(r.y, ("Wort", 40, 200)) for i, r in enumerate(rows)]
    found = read([rows])
    assert found.missing_numbers == ("7", "15–16")
    assert [line.number for line in found.lines if line.number] == values


def test_if_a_number_is_not_certain_a_reference_is_unchecked() -> None:
    """A number at every fifth line, and two lines more than there is room for, at odd places."""
    ys = [*(14.0 * i for i in range(1, 21)), 145.0, 151.0]
    rows = [
        row(y, *([(str(i), 4, 10)] if i % 5 == 0 else []), (f"Wort{chr(96 + i)}", 40, 200))
        for i, y in enumerate(ys, 1)
    ]
    source = SearchableSource(read([sorted(rows, key=lambda r: r.y)], mode="margin"))
    assert source.document.numbering.step == 5

    def verdict(word: str, line: str) -> Verdict:
        return source.verify(word, QuoteReference(None, line), LimitingWords()).verdict

    assert verdict("Wortb", "2") is Verdict.VERBATIM
    assert verdict("Wortr", "18") is Verdict.VERBATIM
    assert verdict("Wortk", "11") is Verdict.UNCHECKED
    assert verdict("Wortb", "3") is Verdict.WRONG_LINES


def test_running_heads_feet_and_page_numbers_are_artifacts() -> None:
    pages = [
        [
            row(10, ("Drucksache", 40, 90), ("20/7", 95, 110)),
            *[row(40 + 14 * i, ("Wort" + "abcd"[p] * (i + 1), 40, 200)) for i in range(20)],
            row(400, (str(p + 5), 100, 110)),
        ]
        for p in range(4)
    ]
    found = read(pages)
    assert found.pages == ("5", "6", "7", "8")
    assert found.page_numbers_printed
    artifacts = [line.text for line in found.lines if line.artifact]
    assert artifacts == [text for p in range(4) for text in ("Drucksache 20/7", str(p + 5))]
    assert [line.number for line in found.lines if not line.artifact] == list(range(1, 81))


def headed(heads: Sequence[str]) -> Document:
    """Pages of twenty lines, no two alike, each below its head."""
    return read(
        [
            [
                row(10, (head, 40, 90)),
                *[row(40 + 14 * i, (f"Wort{chr(97 + p)}" * (i + 1), 40, 200)) for i in range(20)],
            ]
            for p, head in enumerate(heads)
        ]
    )


def test_heads_of_left_and_right_pages_may_differ() -> None:
    found = headed(["Koalitionsvertrag", "Bildung"] * 4)
    assert [line.text for line in found.lines if line.artifact] == [
        "Koalitionsvertrag",
        "Bildung",
    ] * 4


def test_what_begins_only_a_few_pages_is_text() -> None:
    found = headed(["Bildung", *"abc", "Bildung", *"def"])
    assert [line.text for line in found.lines if line.artifact] == []


def test_smaller_type_at_the_foot_is_a_footnote() -> None:
    text = [row(40 + 14 * i, ("Wort", 40, 200)) for i in range(20)]
    note = TextRow(330, 7, (RowWord("1", 40, 43), RowWord("Siehe", 45, 60)))
    found = read([[*text, note]])
    assert [line.text for line in found.lines if line.artifact] == ["1 Siehe"]


def words_of(lines: Sequence[BlockLine]) -> list[str]:
    return [" ".join(word.text for word in line.row.words) for line in lines]


def drawn_by_columns(rows: Sequence[TextRow], middle: float) -> list[TextRow]:
    """The rows as if the file drew first what stands left of `middle`, then the rest."""
    words = [word for row in rows for word in row.words]
    order = {word: at for at, word in enumerate(sorted(words, key=lambda w: w.left > middle))}
    return [
        replace(row, words=tuple(word._replace(order=order[word]) for word in row.words))
        for row in rows
    ]


def test_columns_are_read_one_after_the_other_and_headings_over_both_before_them() -> None:
    heading = row(10, ("Ein", 0, 100), ("Titel", 103, 300))
    both = [row(30 + 14 * i, (f"links{i}", 0, 140), (f"rechts{i}", 170, 300)) for i in range(8)]
    assert words_of(reading_order(page_area([heading, *both]))) == [
        "Ein Titel", *(f"links{i}" for i in range(8)), *(f"rechts{i}" for i in range(8))
    ]  # fmt: skip


def test_words_far_apart_do_not_make_columns() -> None:
    chance = random.Random(4)
    rows = []
    for i in range(12):
        edges = sorted(chance.sample(range(0, 300, 6), 8))
        words = [(f"w{a}", float(a), b - 14.0) for a, b in pairwise(edges) if b - a > 20]
        rows.append(row(14 * i, *words))
    assert sum(len(r.words) for r in rows) > 40
    assert len(reading_order(page_area(rows))) == len(rows)


def ragged(number: int, gutter: float) -> list[TextRow]:
    """Two columns whose longest lines come as near as `gutter` to each other."""
    return [
        row(14.0 * i, (f"links{i}", 0, 150.0 - 20 * (i % 3)), (f"rechts{i}", 150 + gutter, 300))
        for i in range(number)
    ]


def test_the_longest_line_of_a_column_is_no_heading_over_both() -> None:
    rows = ragged(12, 6)
    assert words_of(reading_order(page_area(rows))) == [
        *(f"links{i}" for i in range(12)), *(f"rechts{i}" for i in range(12))
    ]  # fmt: skip


def test_white_beside_a_few_lines_may_be_anything_so_their_order_is_uncertain() -> None:
    lines = reading_order(page_area(ragged(4, 8)))
    assert words_of(lines) == [f"links{i} rechts{i}" for i in range(4)]
    assert [line.uncertain for line in lines] == [True] * 4


def test_columns_that_do_not_stand_level_are_uncertain_if_drawn_row_by_row() -> None:
    """They have no gap in a line that could be compared with those between words."""
    texts = [("links der", "und rechts"), ("das weiter", "und so"), ("unten auch", "ohne Ende")] * 2
    rows = [
        TextRow(14.0 * i + 5 * side, 10, (RowWord(text, left, left + 120.0, order=2 * i + side),))
        for i, pair in enumerate(texts)
        for side, (text, left) in enumerate(zip(pair, (0.0, 128.0), strict=True))
    ]
    assert sum(line.uncertain for line in reading_order(page_area(rows))) == len(texts)


def test_quotes_of_uncertain_lines_are_unchecked() -> None:
    """Neither reading is taken for granted, nor is its opposite held against the quote."""
    text = [row(14.0 * i, ("Der", 0, 30), (f"Satz{i}", 34, 290)) for i in range(4)]
    doubtful = [replace(line, y=line.y + 100) for line in ragged(4, 8)]
    source = SearchableSource(assemble_document([PageRows((*text, *doubtful))], "count"))
    verdicts = {
        quote: source.verify(quote, QuoteReference(), LimitingWords())
        for quote in ("Der Satz2 Der", "links0 links1 links2", "links1 rechts1", "Satz3 links0")
    }
    assert [finding.verdict for finding in verdicts.values()] == [
        Verdict.VERBATIM, Verdict.UNCHECKED, Verdict.UNCHECKED, Verdict.UNCHECKED
    ]  # fmt: skip
    assert "in which order page 1 is to be read" in str(verdicts["links1 rechts1"].reason)


def test_what_the_file_draws_column_by_column_is_read_so() -> None:
    lines = reading_order(page_area(drawn_by_columns(ragged(4, 8), 150)))
    assert words_of(lines) == [
        *(f"links{i}" for i in range(4)), *(f"rechts{i}" for i in range(4))
    ]  # fmt: skip
    assert not any(line.uncertain for line in lines)


def test_a_paragraph_of_the_tag_tree_is_not_divided() -> None:
    def tagged(rows: list[TextRow], right: int) -> list[TextRow]:
        return [
            replace(r, words=tuple(w._replace(block=1 if w.left < 150 else right) for w in r.words))
            for r in rows
        ]

    assert len(reading_order(page_area(tagged(ragged(12, 8), 1)))) == 12
    assert len(reading_order(page_area(tagged(ragged(3, 6), 2)))) == 6


def test_cells_of_one_line_in_the_tag_tree_are_read_row_by_row_and_longer_ones_apart() -> None:
    def table(lines: int) -> list[TextRow]:
        return [
            TextRow(
                14.0 * i,
                10,
                (
                    RowWord(f"Links{i}", 0, 140, order=2 * i, block=1 + i // lines * 2),
                    RowWord(f"Rechts{i}", 170, 300, order=2 * i + 1, block=2 + i // lines * 2),
                ),
            )
            for i in range(6)
        ]

    short, long = (reading_order(page_area(table(lines))) for lines in (1, 2))
    assert words_of(short) == [f"Links{i} Rechts{i}" for i in range(6)]
    assert words_of(long) == [*(f"Links{i}" for i in range(6)), *(f"Rechts{i}" for i in range(6))]
    assert not any(line.uncertain for line in (*short, *long))


def test_a_paragraph_that_is_torn_apart_makes_its_lines_uncertain() -> None:
    rows = [
        TextRow(14.0 * i, 10, (RowWord(f"w{i}", 0, 300, order=i, block=block),))
        for i, block in enumerate((1, 1, 2, 2, 1, 3, 3))
    ]
    lines = reading_order(page_area(rows))
    assert [line.uncertain for line in lines] == [False, False, True, False, True, False, False]


def test_labels_beside_what_they_name_are_read_row_by_row() -> None:
    chance = ["Ort", "Beginn am Abend", "Wer kommen darf"]
    rows = [
        TextRow(
            14.0 * i,
            10,
            (RowWord(label, 0, 90, order=2 * i), RowWord("im", 150, 260, order=2 * i + 1)),
        )
        for i, label in enumerate(chance)
    ]
    assert words_of(reading_order(page_area(rows))) == [f"{label} im" for label in chance]


@pytest.mark.parametrize(("number", "gutter"), [(2, 20), (3, 8), (6, 5)])
def test_lines_of_prose_drawn_row_by_row_are_uncertain(number: int, gutter: float) -> None:
    """Even if all of them begin with capitals, as in labels: these have fewer words."""

    def line(side: int, i: int, words: int) -> list[RowWord]:
        wide, left = 150 / words, side * (150 + gutter)
        return [
            RowWord(f"W{n}", left + n * wide, left + (n + 1) * wide - 3 * (n + 1 < words),
                    order=10 * (2 * i + side) + n)
            for n in range(words)
        ]  # fmt: skip

    for words in (5, 3):
        rows = [
            TextRow(14.0 * i, 10, (*line(0, i, words), *line(1, i, words))) for i in range(number)
        ]
        lines = reading_order(page_area(rows))
        assert [line.uncertain for line in lines] == [words == 5] * number


def test_items_of_a_list_with_headings_between_them_are_certain() -> None:
    """The space after “a)” is below the end of a heading, so that white goes through all of it."""
    rows = [
        TextRow(
            14.0 * i,
            10,
            (RowWord(sign, 0, right), RowWord("Es", 58, 70), RowWord("gilt.", 74, 300)),
        )
        for i, (sign, right) in enumerate(
            (f"{c})", 9.0) if c != "d" else ("Beispiel", 52.0) for c in "abcdefgh"
        )
    ]
    lines = reading_order(page_area(rows))
    assert len(lines) == 8
    assert not any(line.uncertain for line in lines)


def test_columns_of_text_from_right_to_left_begin_at_the_right() -> None:
    rows = [row(14.0 * i, ("بلدية", 0, 150), ("مدينة", 170, 300)) for i in range(8)]
    assert words_of(reading_order(page_area(rows))) == ["مدينة"] * 8 + ["بلدية"] * 8


def test_a_page_that_is_cut_without_end_is_read_and_uncertain() -> None:
    """Steps of columns, each in another place: more regions in each other than any honest page."""
    rows = [
        row(14.0 * i, (f"a{i}", 0.0, 50.0 + 7 * (i // 5)), (f"b{i}", 64.0 + 7 * (i // 5), 900.0))
        for i in range(600)
    ]
    lines = reading_order(page_area(rows))
    assert sum(len(line.row.words) for line in lines) == 1200
    assert any(line.uncertain for line in lines)


def test_cells_of_several_lines_that_are_drawn_line_by_line_are_uncertain() -> None:
    """Beside labels of one line, reading across is right; beside these, nobody knows."""
    cells = [
        ("Förderung", "Wir stellen viele"),
        ("des Verkehrs", "Mittel bereit, sofern"),
        ("in Orten", "Haushalte es erlauben."),
        ("Ausbau", "Neue Wege entstehen"),
        ("der Wege", "Orten zum Nutzen."),
    ]
    rows = [
        TextRow(
            14.0 * i,
            10,
            (RowWord(one, 0, 70, order=2 * i), RowWord(other, 100, 260, order=2 * i + 1)),
        )
        for i, (one, other) in enumerate(cells)
    ]
    assert all(line.uncertain for line in reading_order(page_area(rows)))


def test_columns_that_other_pages_have_need_less_proof() -> None:
    pages = [ragged(20, 6), ragged(20, 6), ragged(3, 6)]
    usual = find_gutters([page_area(rows) for rows in pages])
    assert [(round(a), round(b)) for a, b in usual] == [(150, 156)]
    assert len(reading_order(page_area(pages[2]))) == 3
    assert len(reading_order(page_area(pages[2]), usual)) == 6


def test_pages_that_cannot_be_read_are_named() -> None:
    text = [row(14 * i, ("Wort", 40, 200)) for i in range(20)]
    assert read([text, [], text], unreadable=[1]).unreadable_pages == (1,)


def test_a_table_of_all_layouts_is_not_empty() -> None:
    assert len(papers.LAYOUTS) >= 15


def test_lines_off_the_grid_are_not_counted() -> None:
    """Three lines between numbers that leave room for four, none of them where one should be."""
    rows = [row(14.0 * i, ("Wort", 40, 200)) for i in range(1, 31)]
    rows = [
        row(r.y, (str(i), 4, 10), ("Wort", 40, 200)) if i % 5 == 0 else r
        for i, r in enumerate(rows, 1)
    ]
    between = [row(140 + 14 * at, ("Wort", 40, 200)) for at in (1.3, 2.35, 3.3)]
    found = read([[*rows[:10], *between, *rows[14:]]], mode="margin")
    assert [line.number for line in found.lines[8:15]] == [9, 10, None, None, None, 15, 16]


def test_rows_above_and_below_the_numbered_ones_are_artifacts() -> None:
    pages = [
        [
            row(-40, (f"Kopf {'xyz'[p]}", 40, 90)),
            *numbered(range(30 * p + 1, 30 * p + 31)),
            row(460, (f"Fuß {'uvw'[p]}", 40, 80)),
        ]
        for p in range(3)
    ]
    found = read(pages)
    assert [line.text for line in found.lines if line.artifact] == [
        "Kopf x", "Fuß u", "Kopf y", "Fuß v", "Kopf z", "Fuß w"
    ]  # fmt: skip


def test_what_comes_after_text_is_text_even_if_it_is_repeated() -> None:
    pages = [
        [
            row(0, ("Absatz" + "abcd"[p], 40, 200)),
            row(14, ("Dasselbe", 40, 200)),
            *[row(28 + 14 * i, ("Wort" + "abcd"[p] * (i + 1), 40, 200)) for i in range(20)],
        ]
        for p in range(4)
    ]
    assert [line.text for line in read(pages).lines if line.artifact] == []


def test_lines_before_the_first_number_and_after_the_last_are_counted_if_that_is_certain() -> None:
    def page(before: int, after: int) -> list[int | None]:
        """Lines 5 to 25, numbered at every fifth, with some before and after them."""
        rows = [row(14.0 * i, ("a" * (i + 30), 40, 200)) for i in range(5 - before, 26 + after)]
        rows = [
            row(r.y, (str(round(r.y / 14)), 4, 10), *[(w.text, w.left, w.right) for w in r.words])
            if r.y / 14 in (5, 10, 15, 20, 25)
            else r
            for r in rows
        ]
        return [line.number for line in read([rows], mode="margin").lines]

    assert page(before=4, after=3) == list(range(1, 29))
    assert page(before=7, after=3)[:8] == [None] * 7 + [5]  # a title above the numbered lines
    assert page(before=4, after=6)[-7:] == [25] + [None] * 6  # something below them


def page_of(count: int, step: int, *, pitch: float = 15) -> list[TextRow]:
    """One page with a head, so many lines with a number at every so many, and a page number."""
    lines = [
        row(100 + pitch * i, *([(str(i), 4, 10)] if i % step == 0 else []), ("a" * i, 40, 200))
        for i in range(1, count + 1)
    ]
    below = 100 + pitch * (count + 4)
    return [row(60, ("Drucksache", 40, 90), ("20/7", 95, 110)), *lines, row(below, ("1", 100, 105))]


@pytest.mark.parametrize(("count", "step"), [(12, 5), (13, 5), (14, 5), (40, 5), (23, 10), (8, 1)])
def test_on_a_single_page_the_head_and_the_page_number_are_artifacts(count: int, step: int) -> None:
    found = read([page_of(count, step)])
    assert [line.number for line in found.lines if not line.artifact] == list(range(1, count + 1))
    assert [line.text for line in found.lines if line.artifact] == ["Drucksache 20/7", "1"]
    assert found.numbering.step == step


def test_two_numbers_at_the_wrong_distance_are_not_line_numbers() -> None:
    rows = page_of(14, 5)
    rows.insert(8, row(rows[7].y + 7, ("dazwischen", 40, 200)))
    assert find_line_numbers([rows]) is None


def test_lines_that_run_into_the_numbers_do_not_matter_where_others_go_on() -> None:
    pages = [numbered(range(40 * p + 1, 40 * p + 41)) for p in range(4)]
    pages[2] = [
        row(r.y, *[(w.text, w.left, w.right) for w in r.words], ("bis", 5, 12)) if i % 8 == 3 else r
        for i, r in enumerate(pages[2])
    ]
    found = find_line_numbers(pages)
    assert found is not None
    assert len(found.pages[2][0]) >= 35


def test_the_only_page_with_text_need_not_be_the_last() -> None:
    found = read([page_of(12, 100), [], []])  # no lines are numbered
    assert [line.text for line in found.lines if line.artifact] == ["1"]


def letterspaced(text: str, gap: float, space: int, *, left: float = 0) -> list[Char]:
    """Characters of 5 pt with so much between them, and between words as much more as a space is
    wide; `space` before each letter: 1 as PDFium infers it, 2 typed.
    """
    found: list[Char] = []
    at, before = left, 0
    for letter in text:
        if letter == " ":
            at, before = at + 2.8 + gap, 2
            continue
        found.append(Char(letter, at, at + 5, 10, 10, before))
        at, before = at + 5 + gap, space
    return found


@pytest.mark.parametrize("gap", [1.6, 2, 3, 5, 7])
@pytest.mark.parametrize("text", ["Seniorenbeirat", "BESCHLUSS", "wird nicht", "Würde von 2030,"])
def test_evenly_letterspaced_letters_are_words(text: str, gap: float) -> None:
    before = chars("Der", 10, left=0)
    word = letterspaced(text, gap, 1 if gap > 2 else 0, left=17.8)
    word[0] = word[0]._replace(space=2)
    after = chars("hat", 10, left=word[-1].right + gap + 2.8)
    after[0] = after[0]._replace(space=2)
    assert shown(find_rows([*before, *word, *after])) == [f"Der {text} hat"]


def test_spaces_that_were_typed_between_the_letters_of_a_word_are_undone() -> None:
    assert shown(find_rows(letterspaced("Beirat", 2.8, 2))) == ["Beirat"]


def test_a_letterspaced_word_of_three_letters_is_one_if_other_gaps_are_wider() -> None:
    row = [*chars("Wir", 10), *letterspaced("nur", 1.5, 1, left=19), *chars("hier", 10, left=42)]
    assert shown(find_rows(row)) == ["Wir nur hier"]


@pytest.mark.parametrize(
    "text",
    ["abcde", "ABCDEF", "xyz", "MDMDFSS", "12345", "1a2b3c", "JRR", "aBcDa", "东京都"],
)
@pytest.mark.parametrize(("gap", "space"), [(2.8, 2), (2.8, 1), (6, 1)])
def test_other_single_letters_stay_apart(text: str, gap: float, space: int) -> None:
    row = [*chars("Von", 10), *letterspaced(text, gap, space, left=17.8)]
    assert shown(find_rows(row)) == [f"Von {' '.join(text)}"]


def test_footnotes_at_the_foot_of_one_column_are_no_part_of_the_text() -> None:
    rows = ragged(12, 20)
    note = TextRow(rows[-1].y + 14, 7, (RowWord("1", 0, 4), RowWord("Siehe", 6, 40)))
    level = row(note.y, ("rechts12", 170, 300))
    found = read([[*rows, note, level]])
    assert [line.text for line in found.lines if line.artifact] == ["1 Siehe"]
    assert found.lines[-1].text == "rechts12"


def test_footnotes_below_columns_are_read_column_by_column() -> None:
    notes = [
        TextRow(220 + 10.0 * i, 7, (RowWord(f"Note{i}", 0, 140), RowWord(f"Hinweis{i}", 172, 290)))
        for i in range(2)
    ]
    folio = TextRow(260, 7, (RowWord("1", 155, 165),))
    found = read([[*ragged(14, 20), *notes, folio]])
    assert [line.text for line in found.lines if line.artifact] == [
        "Note0", "Note1", "Hinweis0", "Hinweis1", "1"
    ]  # fmt: skip


def test_columns_drawn_row_by_row_are_two_although_a_few_lines_beside_an_initial_are_long() -> None:
    rows = [
        TextRow(
            14.0 * i,
            10,
            (
                RowWord(f"links{i}", 40.0 * (i < 3), 150.0 + 45 * (i < 3), order=2 * i),
                RowWord(f"rechts{i}", 210, 350, order=2 * i + 1),
            ),
        )
        for i in range(20)
    ]
    assert words_of(reading_order(page_area(rows))) == [
        *(f"links{i}" for i in range(20)), *(f"rechts{i}" for i in range(20))
    ]  # fmt: skip
