"""HTML from word processors and the web: its text as a browser shows it; what it hides is told."""

from collections import Counter

import pytest

from brochure.diagnostics import DiagnosticsError
from brochure.interchange.document import (
    Document,
    Leftover,
    Paragraph,
    Picture,
    Run,
    Table,
    paragraphs,
)
from brochure.interchange.reading.html import document_of_html, read_html
from brochure.interchange.reading.reader import read_document
from brochure.interchange.understanding.accounting import words_of

PAGE = """<!DOCTYPE html>
<html lang="de-DE"><head><title>Fenster</title><style>p { color: red }</style>
<script>var wort = "Skript";</script></head>
<body><!-- Stimmt das? -->
<!--[if gte mso 9]><xml>Office</xml><![endif]-->
<nav><a href="/">Start</a></nav>
<h1>Ti<b>tel</b></h1>
<p>Ein <i>kursives</i>, <span style="font-weight:bold">fettes</span> Wort<br>und
  <a href="https://example.org">ein Verweis</a>, <a href="#anker">keiner</a>.
<p>Zweiter Absatz &amp; mehr
<ul><li>eins<li>zwei<ul><li>innen</ul></ul>
<ol start=3><li>drei<li>vier</ol>
<p style="display: none">Versteckt</p>
<p>Alt: <del>gestrichen</del><s>durch</s></p>
<img src="https://example.org/x.png" alt="Ein Bild">
<img src="data:image/png;base64,iVBORw0KGgo=" alt="Noch eins">
<table><thead><tr><th>A<th>B</thead><tr><td colspan=2>C<tr><td>D<td><table><tr><td>E</table></table>
</body></html>"""


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(document.blocks)]


def test_a_page_is_read_as_a_browser_shows_it() -> None:
    document = read_html(PAGE.encode(), "x.html")
    assert texts(document) == [
        "Titel",
        "Ein kursives, fettes Wort\nund ein Verweis, keiner.",
        "Zweiter Absatz & mehr",
        "eins",
        "zwei",
        "innen",
        "drei",
        "vier",
        "Alt: durch",
        "A",
        "B",
        "C",
        "D",
        "E",
    ]
    assert (document.title, document.language) == ("Fenster", "de-DE")
    first = document.blocks[1]
    assert isinstance(first, Paragraph)
    assert Run("kursives", emphasis=True) in first.runs
    assert Run("fettes", strong=True) in first.runs
    assert Run("ein Verweis", link="https://example.org") in first.runs
    assert Run("keiner") in [Run(run.text) for run in first.runs if not run.link]
    items = [block.item for block in document.blocks if isinstance(block, Paragraph) and block.item]
    assert items == ["–", "–", "–", "3.", "4."]
    (picture,) = [block for block in document.blocks if isinstance(block, Picture)]
    assert (picture.mime, picture.description) == ("image/png", "Noch eins")
    table = document.blocks[-1]
    assert isinstance(table, Table)
    assert table.header_rows == 1
    assert [[cell.columns for cell in row] for row in table.rows] == [[1, 1], [2], [1, 1]]
    assert isinstance(table.rows[2][1].blocks[0], Table)


def test_raised_and_lowered_numbers_are_what_they_are() -> None:
    document = read_html(
        b"<p>m<sup>2</sup>, CO<sub>2</sub>, 10<span style='vertical-align: super'>-3</span>, "
        b"Satz.<sup><a href='#n'>1</a></sup> 1<sup>er</sup></p>",
        "a.html",
    )
    assert document.words is not None
    assert texts(document) == ["m², CO₂, 10⁻³, Satz.¹ 1er"]
    assert Counter(document.words) == Counter(words_of("m², CO₂, 10⁻³, Satz.¹ 1er"))


def test_what_is_not_shown_is_told() -> None:
    document = read_html(PAGE.encode(), "x.html")
    told = {(left.kind, left.text) for left in document.leftovers}
    assert told == {
        ("comment", "Stimmt das?"),
        ("other", "Start"),
        ("hidden", "Versteckt"),
        ("deletion", "gestrichen"),
        ("other", "Ein Bild"),
    }


def test_the_witness_counts_each_word_of_a_page() -> None:
    document = read_html(PAGE.encode(), "x.html")
    assert document.words is not None
    found = [word for text in texts(document) for word in words_of(text)]
    told = [left for left in document.leftovers if left.text != "Ein Bild"]  # it is no text
    found += [word for left in told for word in words_of(left.text)]
    assert sorted(found) == sorted(document.words)
    assert "Skript" not in document.words


def test_items_of_lists_that_word_has_saved() -> None:
    document = document_of_html(
        "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]>"
        "<span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span><![endif]>Ein Punkt<o:p>"
        "</o:p></p><p class=MsoNormal>Text</p>"
    )
    first, second = document.blocks
    assert isinstance(first, Paragraph)
    assert (first.item, first.text) == ("·", "Ein Punkt")
    assert isinstance(second, Paragraph)
    assert (second.item, second.style) == ("", "MsoNormal")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    declared = "<meta charset=iso-8859-1>" if encoding == "cp1252" else ""
    data = f"<html><head>{declared}</head><body><p>Müßig „so“".encode(encoding)
    assert texts(read_document(data, "x.html")) == ["Müßig „so“"]


def test_letters_that_cannot_be_read_are_a_diagnostic() -> None:
    with pytest.raises(DiagnosticsError) as raised:
        read_html(b"<html><head><meta charset=quatsch></head>\xff\xfe\xfa", "x.html")
    assert raised.value.diagnostics[0].code == "import-encoding"


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 5_000 + "Wort",
        "<table><tr><td>" * 500 + "Wort",
        "<ul><li>" * 2_000 + "Wort",
        "<b>" * 5_000 + "Wort",
        "Wort" + "<script>" * 1_000,
        "Wort" + "<!-- " * 200,
        "<table><tr><td colspan=99999999 rowspan=99999999>Wort</table>",
        "</td></table></p>Wort",
    ],
)
def test_hostile_pages_are_read(page: str) -> None:
    assert "Wort" in " ".join(texts(read_html(f"<html>{page}".encode(), "x.html")))


def test_a_leftover_says_where_it_stands() -> None:
    document = document_of_html("<p>Davor</p><!-- Notiz --><p>Danach</p>")
    assert document.leftovers == (Leftover("comment", "Notiz", "Davor"),)


def page(html: str, encoding: str = "utf-8") -> Document:
    return read_html(html.encode(encoding), "a.html")


def test_what_word_writes_for_other_scripts_is_not_how_letters_look() -> None:
    document = page(
        "<p><b style='mso-bidi-font-weight:normal'>fett</b> "
        "<i style='mso-bidi-font-style:normal'>kursiv</i></p>"
    )
    (paragraph,) = paragraphs(document.blocks)
    assert [(r.text.strip(), r.strong, r.emphasis) for r in paragraph.runs if r.text.strip()] == [
        ("fett", True, False),
        ("kursiv", False, True),
    ]


def test_an_encoding_that_is_guessed_is_told() -> None:
    assert [d.code for d in page("<p>Zürich</p>", "cp1252").diagnostics] == ["import-encoding"]
    declared = page("<?xml version='1.0' encoding='iso-8859-2'?><p>Zażółć</p>", "iso-8859-2")
    assert (texts(declared), declared.diagnostics) == (["Zażółć"], ())


def test_quotation_marks_that_a_browser_adds_are_words_of_the_page() -> None:
    assert texts(page("<p>Er sagt <q>frei</q>.</p>")) == ["Er sagt „frei“."]
    assert texts(page("<html lang='en'><p>He says <q>free</q>.</p>")) == ["He says “free”."]


def test_insertions_are_named_and_comments_in_brackets_too() -> None:
    document = page(
        "<p>Das ist <ins>nicht</ins> wahr.</p><!--[Anna: Zahl prüfen]--><!--[if x]>a<![endif]-->"
    )
    assert texts(document) == ["Das ist nicht wahr."]
    assert [(left.kind, left.text) for left in document.leftovers] == [
        ("insertion", "nicht"),
        ("comment", "[Anna: Zahl prüfen]"),
    ]
    assert document.words is not None
    assert "prüfen" in document.words


def test_a_title_that_nobody_ended_swallows_nothing_in_silence() -> None:
    document = page("<head><title>Titel<body><p>Ein Satz.</p>")
    assert document.words is not None
    assert "Satz" in document.words, "whatever the parser of this Python makes of it"


def test_options_are_words_of_their_own() -> None:
    document = page("<select><option>eins<option>zwei</select>")
    assert [left.text for left in document.leftovers] == ["eins zwei"]
