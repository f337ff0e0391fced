"""Markdown and plain text are read as what their authors wrote; and texts become the Markdown of
leaflets, which prints them as they were.
"""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from brochure.diagnostics import Severity
from brochure.interchange.document import Leftover, Paragraph, Run, Table, paragraphs
from brochure.interchange.reading.markdown import read_markdown, read_plain_text
from brochure.interchange.reading.reader import read_document
from brochure.interchange.understanding.accounting import words_of
from brochure.interchange.understanding.markdown_text import line, markdown, plain, plain_line
from tests.conftest import examples
from tests.importing import paragraph

TEXT = """---
draft: ja
---
# Titel

Ein *kursives* und **fettes** Wort, ~~gestrichen~~, mit [Verweis](https://example.org/a_b "Ti tel").
Noch eine Zeile.\\
Und eine neue. Bürger*innen und Schüler*innen.

- eins
- zwei <!-- Stimmt das? -->

3. drei

| Vertrag | Kommentar |
|---------|-----------|
| A &amp; B | *C*     |

<table><tr><td>Zelle</td></tr></table>

[leer](#) und <https://example.org> und ![Ein Bild](x.png)
"""


def test_markdown_is_read() -> None:
    document = read_markdown(TEXT.encode(), "x.md")
    title, text, one, two, three, table, inner, last = document.blocks
    assert isinstance(title, Paragraph)
    assert (title.heading, title.text) == (1, "Titel")
    assert isinstance(text, Paragraph)
    assert Run("kursives", emphasis=True) in text.runs
    assert Run("fettes", strong=True) in text.runs
    assert Run("gestrichen", struck=True) in text.runs
    assert Run("Verweis", link="https://example.org/a_b") in text.runs
    assert "Wort, gestrichen, mit Verweis. Noch eine Zeile.\nUnd eine neue." in text.text
    assert text.text.endswith("Bürger*innen und Schüler*innen.")
    assert [one.item, two.item, three.item] == ["–", "–", "3."]  # type: ignore[union-attr]
    assert isinstance(table, Table)
    assert table.header_rows == 1
    assert [p.text for p in paragraphs((table,))] == ["Vertrag", "Kommentar", "A & B", "C"]
    assert isinstance(inner, Table)
    assert isinstance(last, Paragraph)
    assert last.runs[0] == Run("leer")
    assert {left.kind for left in document.leftovers} == {"field", "comment", "other"}
    assert Leftover("comment", "Stimmt das?") in document.leftovers
    assert title.line == 4


def test_the_witness_counts_each_word_of_a_markdown_file() -> None:
    document = read_markdown(TEXT.encode(), "x.md")
    assert document.words is not None
    found = [word for p in paragraphs(document.blocks) for word in words_of(p.text)]
    found += [word for left in document.leftovers for word in words_of(left.text)]
    assert sorted(found) == sorted(document.words)
    assert len(found) > 30


@pytest.mark.parametrize(
    ("data", "warned"),
    [
        ("Müßig".encode(), False),
        ("\ufeffMüßig".encode(), False),
        ("Müßig".encode("utf-16"), False),
        ("Müßig".encode("cp1252"), True),
    ],
)
def test_encodings(data: bytes, *, warned: bool) -> None:
    document = read_document(data, "x.md")
    assert [p.text for p in paragraphs(document.blocks)] == ["Müßig"]
    assert [d.severity for d in document.diagnostics] == [Severity.WARNING] * warned


def test_a_text_file_has_paragraphs_and_wrapped_lines() -> None:
    text = (
        "Überschrift\n\n"
        "Zitat: Dies ist eine lange Zeile, die der Editor umbrochen\n"
        "hat, und sie geht hier weiter, bis sie voll ist, und dann\n"
        "ist sie zu Ende.\n"
        "Kommentar: Eine kurze.\n"
    )
    document = read_document(text.encode(), "x.txt")
    texts = [" ".join(p.text.split()) for p in paragraphs(document.blocks)]
    long = (
        "Zitat: Dies ist eine lange Zeile, die der Editor umbrochen hat, und sie geht hier "
        "weiter, bis sie voll ist, und dann ist sie zu Ende."
    )
    assert texts == ["Überschrift", long, "Kommentar: Eine kurze."]
    assert document.words == tuple(words_of(text))


def test_each_long_line_of_a_text_is_a_paragraph() -> None:
    text = "a" * 150 + " " + "b" * 150 + "\nc\nd"
    assert len(read_plain_text(text.encode(), "x.txt").blocks) == 3


# --- The Markdown of leaflets.


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Bürger*innen und Schüler*innen", "Bürger*innen und Schüler*innen"),
        ("Ein *Stern* steht hier", r"Ein \*Stern\* steht hier"),
        ("Siehe https://example.org/a_b_/_c_", "Siehe https://example.org/a_b_/_c_"),
        ("[…] und [sic](!)", r"[…] und [sic\](!)"),
        ("- kein Punkt", r"\- kein Punkt"),
        ("20. Mai 2027", "20. Mai 2027"),
        (r"C:\temp und \*", r"C:\temp und \\\*"),
    ],
)
def test_a_text_is_written_as_it_was(text: str, written: str) -> None:
    assert markdown([paragraph(text)]) == written
    assert plain(written) == [text]


def test_paragraphs_that_begin_with_numbers_are_no_list() -> None:
    text = markdown([paragraph("1. Mai"), paragraph("2. Juni")])
    assert plain(text) == ["1. Mai", "2. Juni"]
    assert text == "1\\. Mai\n\n2\\. Juni"


def test_lists_emphasis_and_lines() -> None:
    blocks = [
        Paragraph((Run("Das "), Run("ist ", emphasis=True), Run("so", strong=True), Run("."))),
        paragraph("eins", item="•"),
        paragraph("zwei\ndrei", item="–"),
        paragraph("vier", item="4."),
    ]
    assert markdown(blocks) == "Das *ist* **so**.\n\n- eins\n- zwei\\\n  drei\n\n4. vier"


_SIGNS = st.sampled_from(
    [
        *"ab1 *_\\[](){}.-+#>`!<&|~:@\n\t\u00a0„“",
        "https://a.de/_x_",
        "20. ",
        "- ",
        "](",
        "**",
        "*in",
    ]
)
_TEXTS = st.lists(_SIGNS, max_size=14).map("".join)
_RUNS = st.builds(
    Run,
    _TEXTS,
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "https://example.org/a(b)", "#"]),
)
_PARAGRAPHS = st.builds(
    Paragraph,
    st.lists(_RUNS, min_size=1, max_size=3).map(tuple),
    item=st.sampled_from(["", "", "–", "1.", "2)", "a)"]),
)


@examples(400)
@given(st.lists(_PARAGRAPHS, max_size=3))
@example([paragraph("https://a.de/_x_](")])
@example([paragraph("1. eins"), paragraph("2. zwei"), paragraph("drei", item="3.")])
def test_whatever_is_written_reads_the_same(written: list[Paragraph]) -> None:
    found = [re.sub(r"\s+", " ", text).strip() for text in plain(markdown(written))]
    wanted = []
    for one in written:
        text = re.sub(r"\s+", " ", one.text).strip()
        if text:
            marker = "" if one.item in ("", "–") else f"{one.item} "
            wanted.append(marker + text)
    assert found == wanted


@examples(200)
@given(st.lists(_RUNS, min_size=1, max_size=3).map(tuple))
def test_whatever_is_a_heading_reads_the_same(runs: tuple[Run, ...]) -> None:
    text = "".join(run.text for run in runs)
    lines = [one.strip() for one in text.split("\n")]
    assert plain_line(line(runs)) == " ".join(filter(None, lines)).strip()


def test_raised_numbers_and_footnotes_are_what_they_are() -> None:
    text = "100 m<sup>2</sup> CO<sub>2</sub>, wie wir sagen.[^a]\n\n[^a]: Siehe dort.\n"
    document = read_markdown(text.encode(), "a.md")
    assert [p.text for p in paragraphs(document.blocks)] == [
        "100 m² CO₂, wie wir sagen.¹",
        "¹ Siehe dort.",
    ]
    assert document.words is not None
    assert {"m2", "CO2", "Siehe", "dort"} <= set(document.words)
    assert "a" not in document.words


def test_what_looks_like_the_address_of_a_link_and_is_none_is_counted() -> None:
    document = read_markdown(b"[Frage]: Ja\n\n[x]: https://example.org\n\n[Text][x]\n", "a.md")
    assert document.words is not None
    assert {"Frage", "Ja", "Text"} <= set(document.words)
    assert "example" not in document.words


def test_marks_within_a_word_do_not_cut_it_for_the_witness() -> None:
    document = read_markdown(b"Haus<b>frau</b> und Flug&shy;blatt", "a.md")
    assert document.words is not None
    assert {"Hausfrau", "Flugblatt"} <= set(document.words)
