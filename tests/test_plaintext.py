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


@pytest.mark.parametrize(
    "html",
    ["", "<", "<p", "</p></p>", "<ul>" * 5000, "&" * 10_000, "<!--", "<del>" * 5000 + "</s>" * 5000,
     "<sup><a href='#'>1" * 3000 + "</sup>" * 3000, "<p><s>" * 3000 + "</p>" * 3000],
)  # fmt: skip
def test_broken_web_pages_do_no_harm(html: str) -> None:
    assert parse_html(html).kind == "html"


@pytest.mark.parametrize("text", ["", "\f\f\f", "\n" * 10_000, "1\n" * 500, "[" * 5000])
def test_odd_texts_do_no_harm(text: str) -> None:
    assert parse_text(text, None).kind == "txt"
    assert parse_markdown(text).kind == "md"


INLINE = {
    # footnote marks, with and without links, as they are written on the web
    "bis 2030<sup>3</sup> sicher": "bis 2030³ sicher",
    'Wege<sup><a href="#f14">14</a></sup>.': "Wege¹⁴.",
    'Wege <a href="x.html#fn1" id="r1"><sup>1</sup></a>.': "Wege¹.",
    'Wege<sup id="r"><a href="#n2"><span>[</span>2<span>]</span></a></sup> am': "Wege² am",
    "Wege<sup>1)</sup> und<sup>(2)</sup>": "Wege¹ und²",
    "Wege<sup>1, 2</sup>": "Wege¹,²",
    'Wege<sup><a href="#a">a</a></sup> am<sup><a href="#s">*</a></sup> Bach': "Wege am Bach",
    'Wege<span style="font-size:8pt; vertical-align: super">3</span>': "Wege³",
    # exponents and indices; letters stay as they are
    "5 m<sup>2</sup>, 10<sup>-3</sup>, CO<sub>2</sub>": "5 m², 10⁻³, CO₂",
    '1<sup>st</sup> § 5<sup>a</sup> <a href="#x">1<sup>er</sup> rang</a> x<sub>i</sub>':
        "1st § 5a 1er rang xi",
    # what was struck out, and inserted
    "Das Bad <del>bleibt</del> <ins>wird saniert</ins>.": "Das Bad wird saniert.",
    "z<s>a</s><strike>b</strike>c<del>d<b>e<del>f</del>g</b>h</del>i": "zci",
    'Preis <span style="text-decoration: line-through">alt</span><span>neu</span>': "Preis neu",
    "Preis<sup>3<del>4</del></sup>": "Preis³",
}  # fmt: skip


@pytest.mark.parametrize("markup", INLINE)
def test_marks_are_raised_and_what_is_struck_out_is_no_text(markup: str) -> None:
    assert lines(parse_html(f"<p>{markup}</p>")) == {1: INLINE[markup]}
    assert lines(parse_markdown(f"{markup}\n")) == {1: INLINE[markup]}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<del><p>a</p><ul><li>b</ul></del><p>c", ["c"]),
        ("<p>a <del>b</p><p>c", ["a", "c"]),  # never closed: it ends with the paragraph
        ("<p>a <del>b<p>c", ["a", "c"]),
        ("<ul><li>a <s>b<li>c</ul>", ["• a", "• c"]),
        ("<table><tr><td><s>a<td>b<tr><td>c</table>", ["b", "c"]),
        ("<div><p>a<sup>3</div><p>b</del></sup>c", ["a³", "bc"]),
        ("<pre>a<del>\nb\n</del>c</pre>", ["a", "c"]),
    ],
)
def test_what_is_struck_out_ends_with_the_block_it_is_in(html: str, expected: list[str]) -> None:
    assert [line.text for line in parse_html(html).lines] == expected


def test_markdown_may_strike_out_and_have_footnotes() -> None:
    found = parse_markdown(
        "Das Bad ~~bleibt\noffen~~ wird saniert[^bad] bis 2030[^2].\n\n"
        "Kein Verweis[^3], `[^2]` und a[0]~1~\n\n```\n[^2]\n```\n\n"
        "<div><del>nicht\ndies</del>,\n<p>sondern m<sup>2</sup></div>\n\n"
        "[^2]: Vorbehaltlich[^bad].\n[^bad]: https://example.org\n"
    )
    assert lines(found) == {
        1: "Das Bad", 2: "wird saniert¹ bis 2030².", 4: "Kein Verweis[^3], [^2] und a[0]~1~",
        7: "[^2]", 11: ",", 12: "sondern m²", 14: "² Vorbehaltlich¹.", 15: "¹ https://example.org",
    }  # fmt: skip


def test_what_was_struck_out_in_a_block_of_html_goes_on_after_it() -> None:
    found = parse_markdown("<del>\n\nweg\n\n</del>\n\nda <del>weg\n\nwieder da\n")
    assert lines(found) == {7: "da", 9: "wieder da"}
