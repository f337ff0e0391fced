"""What people write, in their many ways, is understood: pairs, references, what a page break cut.
No word is lost silently, and what is doubtful says so.
"""

from collections.abc import Callable
from io import BytesIO

import docx
import pytest
from docx.document import Document as Word
from docx.table import _Cell
from hypothesis import given
from hypothesis import strategies as st

from brochure.interchange.document import Cell, Document, Leftover, Paragraph, Picture, Run, Table
from brochure.interchange.proposal import Proposal
from brochure.interchange.reading.docx import read_docx
from brochure.interchange.reading.html import read_html
from brochure.interchange.reading.markdown import read_markdown
from brochure.interchange.understanding import joining, marks, references
from brochure.interchange.understanding.accounting import words_of_document
from brochure.interchange.understanding.understanding import understand
from brochure.manuscript.model import fields
from tests import importing
from tests.conftest import examples
from tests.importing import invented, paragraph

QUOTES = (
    "Wir werden den Radverkehr bis zum Jahr 2030 verdoppeln und dafür Geld bereitstellen.",
    "Das Schwimmbad bleibt im Sommer geöffnet, soweit es die Lage des Haushaltes zulässt.",
    "Die Stadt prüft, ob ein Mietspiegel aufgestellt werden kann.",
)
COMMENTARIES = (
    "Geld ist gut. Wir fragen im Stadtrat jedes Jahr, wohin es fließt.",
    "Soweit es der Haushalt zulässt: Das heißt, wir müssen weiter dafür kämpfen.",
    "Geprüft wurde schon 2019. Jetzt muss er kommen, und zwar vor der nächsten Wahl.",
)
HEADINGS = ("Radverkehr", "Schwimmbad", "Mietspiegel")
LINES = ("10-14", "120-121", "300-301")
PLACES = ("(Zeilen 10–14)", "(Zeilen 120–121)", "(Zeilen 300–301)")


# --- The first leaflet.


@pytest.mark.parametrize("form", ["markdown", "sections", "html", "table", "wide table"])
def test_the_first_leaflet_comes_back_to_the_letter(form: str) -> None:
    leaflet = importing.first_leaflet()
    assert leaflet.columns
    assert leaflet.source
    match form:
        case "markdown":
            document = read_markdown(importing.seed_markdown(leaflet).encode(), "seed.md")
        case "sections":
            document = read_markdown(importing.markdown_sections(leaflet).encode(), "seed.md")
        case "html":
            document = read_html(importing.html_table(leaflet).encode(), "seed.html")
        case _:
            data = importing.word_table(leaflet, wide=form == "wide table")
            document = read_docx(data, "seed.docx")
    proposal = understand(document)
    pairs = importing.expected(leaflet)
    assert len(pairs) == 5
    assert importing.found_in(proposal) == pairs
    assert proposal.language == "de"
    assert (proposal.title, proposal.subtitle) == (leaflet.title, leaflet.subtitle)
    assert leaflet.lead
    assert proposal.lead.split("\n\n") == [
        importing.one_line(part) for part in leaflet.lead.strip().split("\n\n")
    ]
    if form == "sections":
        assert proposal.reference == "Z. {lines}"
    else:
        assert proposal.reference == leaflet.source.reference
        assert proposal.quote_column == leaflet.columns.quote
        assert proposal.commentary_column == leaflet.columns.commentary
    assert proposal.lost == ()
    assert proposal.leftovers == ()
    joined = {"prüfen": 1, "Universitätsstadt": 1} if form == "markdown" else {}
    assert invented(document, proposal) == joined
    sure = [passage.confidence for passage in proposal.passages]
    assert sure == (["sure"] * 2 + ["likely"] * 3 if form == "markdown" else ["sure"] * 5)


def test_what_was_joined_is_told() -> None:
    leaflet = importing.first_leaflet()
    proposal = understand(read_markdown(importing.seed_markdown(leaflet).encode(), "seed.md"))
    doubts = [str(doubt) for doubt in proposal.passages[2].doubts]
    assert len(doubts) == 2
    assert "“prü-” and “fen” became “prüfen”" in doubts[0]
    assert "“Universi-” and “tätsstadt” became “Universitätsstadt”" in doubts[1]


# --- Other ways of writing.

Layout = Callable[[Word], None]
LAYOUTS: dict[str, tuple[Layout, str]] = {}


def layout(expected: str) -> Callable[[Layout], Layout]:
    """A way of writing the three pairs, and the confidence in them: `sure`, `likely` or `doubtful`;
    with `?` behind it, the pairs need not be right.
    """

    def add(write: Layout) -> Layout:
        LAYOUTS[write.__name__] = write, expected
        return write

    return add


def fill(cell: _Cell, text: str) -> None:
    cell.paragraphs[0].add_run(text)


def bold(word: Word, text: str) -> None:
    word.add_paragraph().add_run(text).bold = True


@layout("sure")
def three_columns(word: Word) -> None:
    table = word.add_table(rows=1, cols=3)
    for cell, text in zip(table.rows[0].cells, ("Nr.", "Vertrag", "Kommentar"), strict=True):
        fill(cell, text)
    for i in range(3):
        number, quote, commentary = table.add_row().cells
        fill(number, str(i + 1))
        fill(quote, f"„{QUOTES[i]}“ {PLACES[i]}")
        fill(commentary, COMMENTARIES[i])


@layout("sure")
def synopsis(word: Word) -> None:
    table = word.add_table(rows=1, cols=4)
    titles = ("Thema", "Vertragstext", "Zeile", "Bewertung")
    for cell, text in zip(table.rows[0].cells, titles, strict=True):
        fill(cell, text)
    for i in range(3):
        cells = table.add_row().cells
        for cell, text in zip(
            cells, (HEADINGS[i], QUOTES[i], LINES[i], COMMENTARIES[i]), strict=True
        ):
            fill(cell, text)


@layout("sure")
def bold_lines_as_headings(word: Word) -> None:
    for i in range(3):
        bold(word, f"{HEADINGS[i]} {PLACES[i]}")
        word.add_paragraph(f"„{QUOTES[i]}“")
        word.add_paragraph(COMMENTARIES[i])


@layout("sure")
def quotes_in_a_style(word: Word) -> None:
    for i in range(3):
        word.add_heading(HEADINGS[i], 2)
        word.add_paragraph(QUOTES[i], style="Quote")
        word.add_paragraph(PLACES[i])
        word.add_paragraph(COMMENTARIES[i])


@layout("sure")
def references_only(word: Word) -> None:
    for i in range(3):
        word.add_paragraph(f"{QUOTES[i]} {PLACES[i]}")
        word.add_paragraph(COMMENTARIES[i])


@layout("likely")
def references_above(word: Word) -> None:
    for i in range(3):
        word.add_heading(f"{HEADINGS[i]} {PLACES[i]}", 2)
        word.add_paragraph(QUOTES[i])
        word.add_paragraph(COMMENTARIES[i])


@layout("sure")
def other_quotation_marks(word: Word) -> None:
    for i, (opening, closing) in enumerate((("»", "«"), ('"', '"'), ("« ", " »"))):
        word.add_heading(HEADINGS[i], 2)
        word.add_paragraph(f"{opening}{QUOTES[i]}{closing} {PLACES[i]}")
        word.add_paragraph(COMMENTARIES[i])


@layout("sure")
def fields_with_labels(word: Word) -> None:
    for i in range(3):
        word.add_heading(HEADINGS[i], 2)
        word.add_paragraph(f"Zitat: {QUOTES[i]} {PLACES[i]}")
        word.add_paragraph(f"Kommentar: {COMMENTARIES[i]}")


@layout("sure")
def a_table_each(word: Word) -> None:
    for i in range(3):
        word.add_heading(HEADINGS[i], 2)
        quote, commentary = word.add_table(rows=1, cols=2).rows[0].cells
        fill(quote, f"„{QUOTES[i]}“ {PLACES[i]}")
        fill(commentary, COMMENTARIES[i])


@layout("sure")
def a_table_in_a_frame(word: Word) -> None:
    table = word.add_table(rows=1, cols=1).rows[0].cells[0].add_table(rows=0, cols=2)
    for i in range(3):
        quote, commentary = table.add_row().cells
        fill(quote, f"„{QUOTES[i]}“ {PLACES[i]}")
        fill(commentary, COMMENTARIES[i])


@layout("sure")
def commentary_in_the_left_column(word: Word) -> None:
    table = word.add_table(rows=1, cols=2)
    fill(table.rows[0].cells[0], "Unsere Sicht")
    fill(table.rows[0].cells[1], "Vertrag")
    for i in range(3):
        commentary, quote = table.add_row().cells
        fill(quote, f"„{QUOTES[i]}“ {PLACES[i]}")
        fill(commentary, COMMENTARIES[i])


@layout("likely")
def a_table_without_any_sign(word: Word) -> None:
    table = word.add_table(rows=0, cols=2)
    for i in range(3):
        quote, commentary = table.add_row().cells
        fill(quote, QUOTES[i])
        fill(commentary, COMMENTARIES[i])


@layout("likely")
def all_in_one_row(word: Word) -> None:
    left, right = word.add_table(rows=1, cols=2).rows[0].cells
    for i in range(3):
        left.add_paragraph().add_run(f"{HEADINGS[i]} {PLACES[i]}").bold = True
        left.add_paragraph(f"„{QUOTES[i]}“")
        right.add_paragraph().add_run(f"Dazu {i}").bold = True
        right.add_paragraph(COMMENTARIES[i])


@layout("likely")
def commentaries_above_quotes(word: Word) -> None:
    for i in range(3):
        word.add_heading(HEADINGS[i], 2)
        word.add_paragraph(COMMENTARIES[i])
        word.add_paragraph(f"„{QUOTES[i]}“ {PLACES[i]}")


@layout("doubtful")
def columns_made_with_tabs(word: Word) -> None:
    for i in range(3):
        word.add_paragraph(f"„{QUOTES[i]}“ {PLACES[i]}\t{COMMENTARIES[i]}")


@layout("doubtful")
def nothing_but_italics(word: Word) -> None:
    for i in range(3):
        word.add_heading(HEADINGS[i], 2)
        word.add_paragraph().add_run(QUOTES[i]).italic = True
        word.add_paragraph(COMMENTARIES[i])


@layout("doubtful?")
def commentaries_above_quotes_without_headings(word: Word) -> None:
    for i in range(3):
        word.add_paragraph(COMMENTARIES[i])
        word.add_paragraph(f"„{QUOTES[i]}“ {PLACES[i]}")


@layout("doubtful?")
def words_before_the_quotes(word: Word) -> None:
    for i in range(3):
        word.add_heading(HEADINGS[i], 2)
        word.add_paragraph(f"Im Vertrag steht: „{QUOTES[i]}“ {PLACES[i]}")
        word.add_paragraph(COMMENTARIES[i])


@layout("doubtful?")
def only_headings(word: Word) -> None:
    for i in range(3):
        word.add_heading(HEADINGS[i], 2)
        word.add_paragraph(QUOTES[i])
        word.add_paragraph(COMMENTARIES[i])


@layout("doubtful?")
def nothing_at_all(word: Word) -> None:
    for i in range(3):
        word.add_paragraph(HEADINGS[i])
        word.add_paragraph(QUOTES[i])
        word.add_paragraph(COMMENTARIES[i])


@layout("doubtful?")
def a_side_is_missing(word: Word) -> None:
    table = word.add_table(rows=0, cols=2)
    for i in range(3):
        quote, commentary = table.add_row().cells
        fill(quote, f"„{QUOTES[i]}“ {PLACES[i]}" if i != 1 else "")
        fill(commentary, COMMENTARIES[i] if i != 2 else "")


def understood(name: str) -> tuple[Document, Proposal]:
    word = docx.Document()
    word.add_heading("Was steht im Vertrag?", 0)
    LAYOUTS[name][0](word)
    data = BytesIO()
    word.save(data)
    document = read_docx(data.getvalue(), f"{name}.docx")
    return document, understand(document)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout(name: str) -> None:
    document, proposal = understood(name)
    confidence = LAYOUTS[name][1]
    assert proposal.title == "Was steht im Vertrag?"
    assert len(words_of_document(document)) > 50
    assert proposal.lost == ()
    assert proposal.leftovers == ()
    assert invented(document, proposal) == {}
    confidences = {passage.confidence for passage in proposal.passages}
    for passage in proposal.passages:
        assert bool(passage.doubts) == (passage.confidence != "sure")
    if confidence.endswith("?"):  # wrong, and never sure of it
        right = [
            (p.quote is not None and p.commentary is not None)
            and (p.quote.text, p.commentary.text) in zip(QUOTES, COMMENTARIES, strict=True)
            for p in proposal.passages
        ]
        assert len(right) == 3
        assert not all(right)
        for passage, is_right in zip(proposal.passages, right, strict=True):
            assert passage.confidence == ("sure" if is_right else "doubtful")
        return
    assert confidences == {confidence}
    quotes = [passage.quote.text for passage in proposal.passages if passage.quote]
    commentaries = [p.commentary.text for p in proposal.passages if p.commentary]
    assert quotes == list(QUOTES)
    assert commentaries == list(COMMENTARIES)
    lines = [passage.quote.lines for passage in proposal.passages if passage.quote]
    without = ("a_table_without_any_sign", "nothing_but_italics")
    assert lines == ([""] * 3 if name in without else list(LINES))


def test_there_are_layouts_of_each_kind() -> None:
    kinds = [expected for _, expected in LAYOUTS.values()]
    assert len(kinds) > 20
    assert set(kinds) == {"sure", "likely", "doubtful", "doubtful?"}


# --- What stands around the pairs.


def test_what_stands_around_the_pairs() -> None:
    word = docx.Document()
    head = word.add_table(rows=1, cols=2).rows[0].cells
    fill(head[0], "Initiative Rad e. V.")
    fill(head[1], "Telefon: 06421 1234, info@rad.example")
    word.add_heading("Was steht im Vertrag?", 0)
    word.add_paragraph("Eine Bestandsaufnahme", style="Subtitle")
    word.add_paragraph("Wir haben ihn gelesen.")
    table = word.add_table(rows=0, cols=2)
    for i in range(3):
        quote, commentary = table.add_row().cells
        fill(quote, f"„{QUOTES[i]}“ {PLACES[i]}")
        fill(commentary, COMMENTARIES[i])
    word.add_paragraph("Dieser Satz gehört nirgendwohin.")
    word.add_heading("Machen Sie mit!", 2)
    word.add_paragraph("Wir treffen uns jeden Montag.")
    word.add_paragraph("V. i. S. d. P.: Eva Muster, Marktstraße 3, 35037 Marburg")
    word.add_paragraph("Quelle: Vertrag für die Stadt, https://example.org/vertrag.pdf")
    data = BytesIO()
    word.save(data)
    document = read_docx(data.getvalue(), "x.docx")
    proposal = understand(document)
    assert len(proposal.passages) == 3
    assert proposal.subtitle == "Eine Bestandsaufnahme"
    assert proposal.lead.endswith("Wir haben ihn gelesen.")
    assert "info@rad.example" in proposal.contact
    assert proposal.call.startswith("Machen Sie mit!\n\nWir treffen uns jeden Montag.")
    assert proposal.imprint == "V. i. S. d. P.: Eva Muster, Marktstraße 3, 35037 Marburg"
    assert proposal.source_title == "Vertrag für die Stadt"
    assert proposal.source_address == "https://example.org/vertrag.pdf"
    assert [left.text for left in proposal.leftovers] == ["Dieser Satz gehört nirgendwohin."]
    assert any("Dieser Satz" in str(doubt) for doubt in proposal.doubts)
    assert proposal.lost == ()
    assert invented(document, proposal) == {}


def test_pictures_are_placed_or_told() -> None:
    pictures = [Picture(bytes([i]), "image/png", f"Bild {i}") for i in range(5)]
    row = (
        Cell((paragraph(f"„{QUOTES[0]}“"), pictures[2])),
        Cell((paragraph(COMMENTARIES[0]), pictures[3])),
    )
    document = Document(
        (
            pictures[0],
            paragraph("Titel", heading=1),
            pictures[1],
            Table((row,)),
            paragraph("Ende", heading=2),
            pictures[4],
        )
    )
    proposal = understand(document)
    assert proposal.logo == pictures[0]
    assert proposal.picture == pictures[1]
    assert proposal.passages[0].picture == pictures[2]
    told = [left.text for left in proposal.leftovers]
    assert {"Bild 3", "Bild 4"} <= set(told)


def test_pictures_between_paragraphs_are_placed_or_told() -> None:
    pictures = [Picture(bytes([i]), "image/png", f"Bild {i}") for i in range(3)]
    blocks = (
        paragraph("Titel", heading=1),
        paragraph("Radweg (Zeilen 1–2)", heading=2),
        pictures[0],
        pictures[1],
        paragraph(f"„{QUOTES[0]}“"),
        paragraph(COMMENTARIES[0]),
        pictures[2],
    )
    proposal = understand(Document(blocks))
    (passage,) = proposal.passages
    assert passage.picture == pictures[1]
    assert [left.text for left in proposal.leftovers] == ["Bild 0", "Bild 2"]
    assert len(proposal.doubts) == 2


def test_what_is_beside_the_text_of_a_file_is_passed_on() -> None:
    beside = (
        Leftover("header", "Kopf der Seite"),
        Leftover("comment", "Stimmt das?", "Titel", "Eva"),
    )
    document = Document((paragraph("Titel", heading=1),), beside)
    assert understand(document).leftovers[:2] == beside
    assert understand(document).lost == ()


# --- Words.


def test_a_word_that_no_block_has_is_lost() -> None:
    blocks = (
        paragraph("Titel", heading=1),
        paragraph(f"„{QUOTES[0]}“"),
        paragraph(COMMENTARIES[0]),
    )
    every = words_of_document(Document(blocks))
    proposal = understand(Document(blocks, words=(*every, "Fahrstuhl", "Stadt")))
    assert proposal.lost == ("Fahrstuhl", "Stadt")
    assert "Fahrstuhl Stadt" in proposal.doubts[0]
    assert understand(Document(blocks, words=tuple(every))).lost == ()


def test_an_insertion_does_not_hide_a_word_that_is_lost() -> None:
    """It stands among the text as well; a word of it that a block lacks is missing there."""
    blocks = (paragraph("Titel", heading=1),)
    document = Document(blocks, (Leftover("insertion", "kein"),), ("Titel", "kein"))
    assert understand(document).lost == ("kein",)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("„A“", "pair"), ("“A”", "pair"), ('"A"', "pair"), ("»A«", "pair"), ("« A »", "pair"),
        ("„A „b“ c“", "pair"), ('"A "b" c"', "pair"), ("„A ‚b‘ c“", "pair"), ("‚A‘", "pair"),
        ("“It’s”", "pair"), ('„A"', "pair"), ("„A“ und „B“", "none"), ('"A" und "B"', "none"),
        ("„A“.", "none"), ("A", "none"), ("", "none"), ("„Wir prü-", "opened"),
        ("fen, wie.“", "closed"), ("fen „WIR“ und“", "closed"), ("„WIR“ steht für „W“.", "none"),
    ],
)  # fmt: skip
def test_quotation_marks(text: str, state: str) -> None:
    assert marks.state_of(text) == state


# --- References.


@pytest.mark.parametrize(
    ("text", "lines", "page", "pattern"),
    [
        ("(Zeilen 1087 – 1090)", "1087-1090", "", "Zeilen {lines}"),
        ("Z. 12-14", "12-14", "", "Z. {lines}"),
        ("S. 3, Z. 4", "4", "3", "S. {page}, Z. {lines}"),
        ("Z. 4, S. 3", "4", "3", "Z. {lines}, S. {page}"),
        ("Seite 3 f.", "", "3-4", "Seite {page}"),
        ("S. 3 ff.", "", "3", "S. {page}"),
        ("lines 3–5", "3-5", "", "lines {lines}"),
        ("p. 4", "", "4", "p. {page}"),
        ("Zeilen 1.087–1.090", "1087-1090", "", "Zeilen {lines}"),
        ("[Seite 12, Zeilen 3 bis 5]", "3-5", "12", "Seite {page}, Zeilen {lines}"),
        ("Zeilen 3 und 5–7", "3, 5-7", "", "Zeilen {lines}"),
    ],
)
def test_a_reference(text: str, lines: str, page: str, pattern: str) -> None:
    found = references.alone(text)
    assert found is not None
    assert (found.lines, found.page, found.pattern) == (lines, page, pattern)
    assert found.following == ("f." in text)
    for value in filter(None, (lines, page)):
        assert fields._numbers(value) == value.replace("-", "–")
    assert references.at_end(f"„Ein Zitat.“ {text}") is not None


@pytest.mark.parametrize(
    "text", ["Seite 5 ist gut", "Zeile", "2026", "Art. 5", "Das steht auf Seite 5.", "Z. B. 3"]
)
def test_what_is_no_reference(text: str) -> None:
    assert references.alone(text) is None
    assert references.at_end(text) is None


def test_a_quote_may_have_two_references() -> None:
    blocks = (
        paragraph("Titel", heading=1),
        paragraph("Radweg (Zeilen 1–2)", heading=2),
        paragraph(f"„{QUOTES[0]}“ (Zeilen 3–4)"),
        paragraph(COMMENTARIES[0]),
    )
    (passage,) = understand(Document(blocks)).passages
    assert passage.quote
    assert passage.quote.lines == "1-2"
    assert passage.confidence == "doubtful"
    assert "(Zeilen 3–4)" in str(passage.doubts[0])


def test_a_quote_without_a_reference_is_doubtful_where_others_have_one() -> None:
    """A commentary may quote somebody else."""
    text = (
        f"# Titel\n\n„{QUOTES[0]}“ (Z. 3)\n\n{COMMENTARIES[0]}\n\n"
        f"„Das ist ein Skandal.“\n\nSo heißt es im Ort.\n"
    )
    first, second = understand(read_markdown(text.encode(), "x.md")).passages
    assert (first.confidence, second.confidence) == ("sure", "doubtful")
    assert "has no reference" in str(second.doubts[0])


def test_where_references_differ_the_language_words_them() -> None:
    found = [references.alone(text) for text in ("Z. 3", "S. 4, Z. 5")]
    assert references.common_pattern([one for one in found if one]) == ""
    alike = [references.alone(text) for text in ("Zeile 3", "Zeilen 4–5")]
    assert references.common_pattern([one for one in alike if one]) == "Zeilen {lines}"


# --- What a page break cut.


@pytest.mark.parametrize(
    ("first", "second", "known", "text", "is_doubtful"),
    [
        ("Wir prü-", "fen es.", (), "Wir prüfen es.", True),
        ("Wir prü-", "fen es.", ("prüfen",), "Wir prüfen es.", False),
        ("schwarz-", "grün regiert.", ("schwarz-grün",), "schwarz-grün regiert.", False),
        ("Bundes-", "und Landesebene.", (), "Bundes- und Landesebene.", False),
        ("die WIR-", "Strukturen sind.", (), "die WIR-Strukturen sind.", True),
        ("Das ist", "ein Satz.", (), "Das ist ein Satz.", False),
        ("Das ist", ", was zählt.", (), "Das ist, was zählt.", False),
    ],
)
def test_parts_are_joined(
    first: str, second: str, known: tuple[str, ...], text: str, *, is_doubtful: bool
) -> None:
    result = joining.join(paragraph(first), paragraph(second), known)
    assert result.paragraph.text == text
    assert (result.doubt is not None) == is_doubtful


def test_rows_that_a_page_break_cut_are_one() -> None:
    def row(left: str, right: str) -> tuple[Cell, Cell]:
        return tuple(Cell((paragraph(t),) if t else ()) for t in (left, right))  # type: ignore[return-value]

    rows = (
        row(f"„{QUOTES[0]}“ {PLACES[0]}", "Geld ist gut. Wir fragen"),
        row("", "im Stadtrat jedes Jahr, wohin es fließt."),
        row("„Das Schwimmbad bleibt im Som-", "Soweit es der Haushalt"),
        row(f"{QUOTES[1].partition('Som')[2]}“ {PLACES[1]}", COMMENTARIES[1][23:]),
        row(f"„{QUOTES[2]}“ {PLACES[2]}", COMMENTARIES[2]),
    )
    document = Document((paragraph("Titel", heading=1), Table(rows)))
    proposal = understand(document)
    assert [p.quote.text for p in proposal.passages if p.quote] == list(QUOTES)
    assert [p.commentary.text for p in proposal.passages if p.commentary] == list(COMMENTARIES)
    assert [p.confidence for p in proposal.passages] == ["likely", "likely", "sure"]
    assert proposal.lost == ()
    assert invented(document, proposal) == {"Sommer": 1}


def test_a_word_that_the_end_of_a_line_cut_is_told_where_it_stands() -> None:
    blocks = (
        paragraph("Was im Ver-", heading=1),
        paragraph("trag steht", continues=True),
        paragraph("„Das Schwimmbad bleibt im Som-"),
        paragraph("mer geöffnet.“", continues=True),
        paragraph(COMMENTARIES[0]),
    )
    proposal = understand(Document(blocks))
    assert proposal.title == "Was im Vertrag steht"
    assert ["“Vertrag”" in str(doubt) for doubt in proposal.doubts] == [True]
    (passage,) = proposal.passages
    assert passage.quote
    assert passage.quote.text == "Das Schwimmbad bleibt im Sommer geöffnet."
    assert ["“Sommer”" in str(doubt) for doubt in passage.doubts] == [True]
    assert passage.confidence == "likely"


def test_a_row_of_headings_may_have_the_reference() -> None:
    def cells(*texts: str, bold: bool = False) -> tuple[Cell, ...]:
        return tuple(Cell((paragraph(text, bold=bold),) if text else ()) for text in texts)

    rows = (
        cells("Vertrag", "Zeile", "Kommentar"),
        cells(HEADINGS[0], "(Zeilen 10–14)", "Nachfragen!", bold=True),
        cells(QUOTES[0], "", COMMENTARIES[0]),
        cells(QUOTES[1], "Z. 120", COMMENTARIES[1]),
    )
    document = Document((paragraph("Titel", heading=1), Table(rows)))
    proposal = understand(document)
    first, second = (passage.quote for passage in proposal.passages)
    assert first
    assert second
    assert (first.heading, first.lines, first.text) == (HEADINGS[0], "10-14", QUOTES[0])
    assert (second.heading, second.lines, second.text) == ("", "120", QUOTES[1])
    assert proposal.lost == ()


def test_links_and_struck_words() -> None:
    commentary = Paragraph(
        (
            Run("Siehe "),
            Run("hier", link="https://example.org/a"),
            Run(" und "),
            Run("dort", link="file:///etc/passwd"),
            Run(" nicht", struck=True),
            Run(" mehr."),
        )
    )
    blocks = (paragraph("Titel", heading=1), paragraph(f"„{QUOTES[0]}“"), commentary)
    (passage,) = understand(Document(blocks)).passages
    assert passage.commentary
    assert passage.commentary.text == "Siehe [hier](https://example.org/a) und dort nicht mehr."
    assert passage.confidence == "doubtful"
    told = " ".join(str(doubt) for doubt in passage.doubts)
    assert "“nicht” is struck through" in told
    assert "file:///etc/passwd" in told


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Wir sind nicht die, von denen das Geld kommt.", "de"),
        ("We are not the ones that they take it from, and that is it.", "en"),
    ],
)
def test_the_language_is_guessed(words: str, language: str) -> None:
    document = Document((paragraph("X", heading=1), paragraph(words)), language="fr")
    assert understand(document).language == language
    assert understand(document, "tr").language == "tr"


# --- Whatever is written.

_WORDS = st.sampled_from(
    [
        "Wir", "prü-", "fen", "es.", "Zitat:", "Kommentar:", "Titel", "„Das", "ist“", "so", "„so“.",
        "(Zeilen 3–5)", "S. 4", "Z. 7-9", "1.", "info@rad.example", "Kontakt",
        "V.i.S.d.P.:", "Quelle:",
        "https://example.org/a_b", "Tel.", "*", "_wort_", "Machen Sie mit!", "\n", "\t", "[x](y)",
    ]
)  # fmt: skip
_TEXTS = st.lists(_WORDS, min_size=1, max_size=12).map(" ".join)
_PARAGRAPHS = st.builds(
    Paragraph,
    st.lists(st.builds(Run, _TEXTS, st.booleans(), st.booleans()), min_size=1, max_size=2).map(
        tuple
    ),
    heading=st.sampled_from([0, 0, 0, 1, 2]),
    item=st.sampled_from(["", "", "", "–"]),
    style=st.sampled_from(["", "", "Quote", "Kommentar", "Title"]),
    continues=st.sampled_from([False, False, False, True]),
)
_CELLS = st.builds(
    Cell,
    st.lists(_PARAGRAPHS, max_size=2).map(tuple),
    columns=st.sampled_from([1, 1, 1, 2]),
    rows=st.sampled_from([1, 1, 1, 2]),
)
_ROWS = st.lists(_CELLS, min_size=1, max_size=3).map(tuple)
_TABLES = st.builds(
    Table, st.lists(_ROWS, min_size=1, max_size=4).map(tuple), header_rows=st.sampled_from([0, 1])
)


@examples(120)
@given(st.lists(st.one_of(_PARAGRAPHS, _PARAGRAPHS, _TABLES), max_size=10).map(tuple))
def test_no_word_is_lost_or_invented(blocks: tuple[Paragraph | Table, ...]) -> None:
    document = Document(blocks)
    proposal = understand(document)
    assert proposal.lost == ()
    known = set(words_of_document(document))
    more = {
        word: count
        for word, count in invented(document, proposal).items()
        if not any(word == one + other for one in known for other in known)
    }
    assert more == {}
    for passage in proposal.passages:
        assert bool(passage.doubts) == (passage.confidence != "sure")
    ids = [passage.id for passage in proposal.passages]
    assert len(set(ids)) == len(ids)


def test_the_heading_of_a_contact_is_not_printed_twice() -> None:
    text = (
        "# Titel\n\n| „Wir bauen.“ (Z. 5) | Na ja. |\n|---|---|\n| „Wir reden.“ (Z. 7) | So. |\n\n"
        "Kontakt: rad@example.org\n\nKontakt: auch mail@example.org\n"
    )
    document = read_markdown(text.encode(), "x.md")
    proposal = understand(document)
    assert proposal.contact == "rad@example.org\n\nKontakt: auch mail@example.org"
    assert proposal.lost == ()
    assert invented(document, proposal) == {}


@pytest.mark.parametrize(
    ("first", "columns"),
    [
        (("The plan", "What we say"), ("The plan", "What we say")),
        (("Yes", "They will never do it."), ("", "")),  # a sentence
    ],
)
def test_a_first_row_is_the_headings_if_it_alone_has_no_quote(
    first: tuple[str, str], columns: tuple[str, str]
) -> None:
    rows = [first, ("“Trees are felled.” (line 5)", "No."), ("“The fence goes.”", "Never.")]
    html = "".join(f"<tr><td>{quote}<td>{answer}" for quote, answer in rows)
    proposal = understand(read_html(f"<h1>Our park</h1><table>{html}</table>".encode(), "x.html"))
    assert (proposal.quote_column, proposal.commentary_column) == columns
    assert len(proposal.passages) == (2 if columns[0] else 3)
    assert proposal.lost == ()
