"""What pages are called: printed numbers, part by part; labels of the file; doubt."""

from collections.abc import Sequence

import pytest

from brochure.sources.document import Document, QuoteReference, same_pages
from brochure.sources.excerpt import lines_at
from brochure.sources.finding import Finding, LimitingWords, Verdict
from brochure.sources.reading.page_numbers import PageNames, name_pages
from brochure.sources.reading.pages import PageRows, assemble_document
from brochure.sources.reading.rows import TextRow
from brochure.sources.reading.words import RowWord
from brochure.sources.searchable import SearchableSource

WORDS = ("Wiese", "Teich", "Weg", "Bank", "Baum", "Hecke", "Zaun", "Tor", "Brunnen", "Beet")


def row(y: float, text: str, left: float = 40, size: float = 10) -> TextRow:
    """Words of 5 pt a letter, from an edge on."""
    words, at = [], left
    for word in text.split():
        words.append(RowWord(word, at, at + 5 * len(word)))
        at += 5 * len(word) + 3
    return TextRow(y, size, tuple(words))


def page(
    index: int, *, head: str = "", foot: str | TextRow = "", left: float = 200
) -> list[TextRow]:
    """A page of text that no other page has, perhaps with a head at 20 and a foot at 400 pt."""
    word = WORDS[index % 10] + "e" * (index // 10)
    rows = [row(40 + 14 * i, f"{word} {'x' * (i + 1)} nach {word}") for i in range(20)]
    if head:
        rows.insert(0, row(20, head, left))
    if foot:
        rows.append(row(400, foot, left) if isinstance(foot, str) else foot)
    return rows


def named(feet: Sequence[str], labels: Sequence[str] = ()) -> list[str]:
    pages = [page(i, foot=foot) for i, foot in enumerate(feet)]
    return list(name_pages(pages, labels).names)


@pytest.mark.parametrize(
    ("feet", "names"),
    [
        # front matter has Roman numerals, title pages and blank ones have none
        (["", "", "iii", "iv", "v", "", "", "2", "3", "4"],
         ["i", "ii", "iii", "iv", "v", "vi", "1", "2", "3", "4"]),
        (["", "II", "III", "IV", "1", "2", "3"], ["I", "II", "III", "IV", "1", "2", "3"]),
        # front matter has none at all: it is counted from the first page of the file
        (["", "", "", "1", "2", "3", "4"], ["1", "2", "3", "1", "2", "3", "4"]),
        # numbers start again in an appendix, even of one page
        (["1", "2", "3", "4", "1", "2", "3"], ["1", "2", "3", "4", "1", "2", "3"]),
        (["1", "2", "3", "4", "", "2", "3", "4"], ["1", "2", "3", "4", "1", "2", "3", "4"]),
        (["1", "2", "3", "4", "1"], ["1", "2", "3", "4", "1"]),
        (["7", "8", "9", "A-1", "A-2", "A-3"], ["7", "8", "9", "A-1", "A-2", "A-3"]),
        # a part of a document, pages left out
        (["117", "118", "", "120", "130", "131", "132"],
         ["117", "118", "119", "120", "130", "131", "132"]),
        (["- 5 -", "- 6 -", "- 7 -"], ["5", "6", "7"]),
        (["Seite 2 von 9", "Seite 3 von 9", "Seite 4 von 9"], ["2", "3", "4"]),
        (["5", "6"], ["5", "6"]),
        (["1", "2", "3", "4", "", "8", "9", "10"], ["1", "2", "3", "4", "5", "8", "9", "10"]),
    ],
)  # fmt: skip
def test_each_part_has_its_own_numbers(feet: list[str], names: list[str]) -> None:
    found = name_pages([page(i, foot=foot) for i, foot in enumerate(feet)])
    assert found.printed
    assert list(found.names) == names


def test_numbers_of_left_and_right_pages_stand_on_the_outside() -> None:
    feet = [row(400, str(n), 40 if n % 2 == 0 else 380) for n in range(11, 17)]
    assert name_pages([page(i, foot=foot) for i, foot in enumerate(feet)]).names[0] == "11"


def test_running_heads_name_chapters_beside_the_number() -> None:
    pages = [page(i, head=f"{i + 3} {WORDS[i]}", left=40) for i in range(5)]
    assert name_pages(pages).names == ("3", "4", "5", "6", "7")


def doubted(pages: Sequence[Sequence[TextRow]], labels: Sequence[str] = ()) -> bool:
    found = name_pages(pages, labels)
    assert not found.printed
    assert found == PageNames(
        tuple(str(i + 1) for i in range(len(pages))), (frozenset(),) * len(pages), False,
        found.doubtful,
    )  # fmt: skip
    return found.doubtful


def test_the_numbers_of_footnotes_are_not_those_of_pages() -> None:
    """Each page has one more footnote than the page before is away: 2, then 3, 4."""
    notes = ["Amtsblatt S. 5", "Ebenda", "Vgl. den Bericht", "Satzung vom Mai"]
    pages = [page(i, foot=f"{i + 2} {note}", left=40) for i, note in enumerate(notes)]
    assert doubted(pages)
    alone = [page(i, foot=row(400 + 9 * i, str(i + 2))) for i in range(4)]  # at other heights
    assert doubted(alone)
    apart = [page(i, foot=row(400, str(i + 2), 40 + 30 * i)) for i in range(4)]
    assert doubted(apart)
    sizes = [page(i, foot=row(400, str(i + 2), size=6 + 2 * i)) for i in range(4)]
    assert doubted(sizes)


def test_where_nothing_looks_like_page_numbers_nothing_is_doubtful() -> None:
    assert not doubted([page(i) for i in range(4)])
    assert not doubted([page(i) for i in range(3)], ["", "", ""])
    assert not doubted([page(i) for i in range(3)], ["1", "2", "3"])


def test_labels_of_the_file_name_pages_if_they_agree_with_what_is_printed() -> None:
    feet = ["", "", "1", "2", "", "4"]
    assert named(feet, ["i", "ii", "1", "2", "3", "4"]) == ["i", "ii", "1", "2", "3", "4"]
    assert named(feet, ["i", "ii", "iii", "iv", "v", "vi"]) == ["1", "2", "1", "2", "3", "4"]
    assert named(feet, ["Titel", "", "1", "2", "3", "4"]) == ["1", "2", "1", "2", "3", "4"]
    assert doubted([page(i) for i in range(3)], ["117", "118", "119"])  # nothing is printed


def test_a_row_with_only_the_number_of_the_page_is_no_text() -> None:
    pages = [
        page(0, foot="1"),
        page(1, foot="2"),
        page(2, head="3"),
        page(3, foot=row(400, "44", 330)),
    ]
    found = name_pages(pages)
    assert [[pages[i][at].words[0].text for at in rows] for i, rows in enumerate(found.rows)] == [
        ["1"], ["2"], ["3"], []
    ]  # fmt: skip


@pytest.fixture(scope="module")
def twice() -> Document:
    """Three pages of front matter without numbers, then a body from 1."""
    pages = [page(i, foot=foot) for i, foot in enumerate(["", "", "", "1", "2", "3", "4"])]
    return assemble_document([PageRows(tuple(rows)) for rows in pages], None)


def found(document: Document, quote: str, where: str) -> Finding:
    return SearchableSource(document).verify(quote, QuoteReference(where), LimitingWords())


def test_of_two_pages_with_one_name_both_are_right_and_it_is_told_which(twice: Document) -> None:
    front, body = (found(twice, f"{WORDS[at]} xx nach", "2") for at in (1, 4))
    for finding, position in ((front, 2), (body, 5)):
        assert finding.verdict is Verdict.VERBATIM
        (told,) = finding.reference_notes
        assert f"called 2; the quote is on page {position} of the file" in told
    wrong = found(twice, f"{WORDS[5]} xx nach", "2")
    assert wrong.verdict is Verdict.WRONG_LINES
    assert wrong.actual[0].page == "3"
    assert not found(twice, f"{WORDS[6]} xx nach", "4").reference_notes  # there is one of these


def test_a_quote_on_a_page_with_a_roman_numeral_needs_that_numeral() -> None:
    pages = [PageRows(tuple(page(i, foot=foot))) for i, foot in enumerate(["ii", "iii", "iv"])]
    document = assemble_document(pages, None)
    assert found(document, "Teich xx nach", "iii").verdict is Verdict.VERBATIM
    assert found(document, "Teich xx nach", "ii").verdict is Verdict.WRONG_LINES
    assert found(document, "Teich xx nach", "2").verdict is Verdict.WRONG_LINES


def test_if_page_numbers_are_doubtful_it_is_told() -> None:
    pages = [PageRows(tuple(page(i, foot=f"{i + 2} {WORDS[i]}", left=40))) for i in range(3)]
    finding = found(assemble_document(pages, None), "Teich xx nach Teich", "2")
    assert finding.verdict is Verdict.VERBATIM
    assert "counted from the first page" in finding.reference_notes[0]


def test_a_page_is_quoted_and_not_all_between_two_of_that_name(twice: Document) -> None:
    assert lines_at(twice, QuoteReference("2")) == (20, 39)
    assert lines_at(twice, QuoteReference("2–4")) is not None
    extent = lines_at(twice, QuoteReference("3–4"))
    assert extent is not None
    assert {twice.page_name(line.page) for line in twice.lines[extent[0] : extent[1] + 1]} >= {"4"}
    assert lines_at(twice, QuoteReference("9")) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("12", "12", True), ("12, 13", "12–13", True), ("iv", "iv", True), ("iv", "IV", True),
     ("iv", "v", False), ("ii–iv", "ii–v", False), ("ii", "2", False), ("A-1", "A-2", False)],
)  # fmt: skip
def test_names_of_pages_are_compared(one: str, other: str, same: bool) -> None:
    assert same_pages(one, other) is same
