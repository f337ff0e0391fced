"""Text, Markdown and HTML as numbered lines."""

import pytest

from brochure.sources.document import Document
from brochure.sources.reading.plaintext import parse_html, parse_markdown, parse_text


def lines(document: Document) -> dict[int | None, str]:
    return {line.number: line.text for line in document.lines if line.text}


def test_lines_of_a_text_are_counted_as_an_editor_shows_them() -> None:
    found = parse_text("Eins\n\n  Drei   Worte hier \nVier\n", None)
    assert lines(found) == {1: "Eins", 3: "Drei Worte hier", 4: "Vier"}
    assert (found.numbering.mode, found.pages) == ("count", ())


def test_a_form_feed_begins_a_page() -> None:
    text = "eins\nzwei\n\fdrei\nvier\n"
    assert lines(parse_text(text, "count")) == {1: "eins", 2: "zwei", 3: "drei", 4: "vier"}
    found = parse_text(text, "page")
    assert found.pages == ("1", "2")
    assert [(line.page, line.number) for line in found.lines if line.text] == [
        (0, 1), (0, 2), (1, 1), (1, 2)
    ]  # fmt: skip


TRANSCRIPT = "\n".join(
    f"{number:4}    Das ist die Zeile {'x' * number}." for number in range(1, 26)
)


def test_numbers_in_the_margin_of_a_text_are_found() -> None:
    found = parse_text("   Ein Kopf\n\n" + TRANSCRIPT, None)
    assert found.numbering.mode == "margin"
    assert lines(found)[17] == "Das ist die Zeile " + "x" * 17 + "."


def test_numbers_in_the_margin_are_ignored_if_lines_are_counted() -> None:
    assert lines(parse_text(TRANSCRIPT, "count"))[3] == "3 Das ist die Zeile xxx."


def test_the_numbers_of_a_list_are_not_line_numbers() -> None:
    text = "\n".join(f"{i // 4 + 1} Punkt" if i % 4 == 0 else f"  Zeile {i}" for i in range(40))
    found = parse_text(text, None)
    assert found.numbering.mode == "count"


def test_markdown_is_read_as_it_is_shown_and_counted_as_it_is_written() -> None:
    found = parse_markdown(
        "# Ein *Titel*\n\nWir **fördern**\n[Bäume](https://example.org) und\\\nWiesen.\n\n"
        "- erstens\n- zweitens\n\n3. drittens\n\n| A | B |\n|---|---|\n| c | d |\n\n"
        "```\nim Kasten\n```\n\nBürger*innen und Schüler*innen\n<b>fett</b> &amp; gut\n"
    )
    assert lines(found) == {
        1: "Ein Titel", 3: "Wir fördern", 4: "Bäume und", 5: "Wiesen.", 7: "• erstens",
        8: "• zweitens", 10: "3. drittens", 12: "A B", 14: "c d", 17: "im Kasten",
        20: "Bürger*innen und Schüler*innen", 21: "fett & gut",
    }  # fmt: skip


def test_a_web_page_is_read_as_it_is_shown() -> None:
    found = parse_html(
        "<!doctype html><html><head><title>Kein Text</title><style>p {}</style></head><body>"
        "<h1>Ein   Titel</h1><p>Wir <b>förd</b>ern&nbsp;B&auml;ume<br>und\nWiesen.</p>"
        "<script>alert('kein Text')</script><ul><li>eins<li>zwei</ul><!-- kein Text -->"
        "<table><tr><td>a<td>b</table><pre>x\ny</pre><p hidden>doch</body></html>"
    )
    assert [line.text for line in found.lines] == [
        "Ein Titel", "Wir fördern Bäume", "und Wiesen.", "• eins", "• zwei", "a", "b", "x", "y",
        "doch",
    ]  # fmt: skip
    assert [line.number for line in found.lines] == list(range(1, 11))


@pytest.mark.parametrize("html", ["", "<", "<p", "</p></p>", "<ul>" * 5000, "&" * 10_000, "<!--"])
def test_broken_web_pages_do_no_harm(html: str) -> None:
    assert parse_html(html).kind == "html"


@pytest.mark.parametrize("text", ["", "\f\f\f", "\n" * 10_000, "1\n" * 500, "[" * 5000])
def test_odd_texts_do_no_harm(text: str) -> None:
    assert parse_text(text, None).kind == "txt"
    assert parse_markdown(text).kind == "md"
