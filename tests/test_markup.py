import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brochure.manuscript.text import markdown
from brochure.manuscript.text.language import load_language
from brochure.manuscript.text.typography import Typography
from brochure.project import Project
from tests.conftest import ROOT

GERMAN = Typography(load_language(Project(ROOT), "de"))
OWN = markdown.Renderer(GERMAN, "live")
QUOTE = markdown.Renderer(None, "live")


def words(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* c", "<p>a <em>b</em> c</p>"),
        ("a **b** c", "<p>a <strong>b</strong> c</p>"),
        ("Bürger*innen und Schüler*innen", "<p>Bürger*innen und Schüler*innen</p>"),
        ("Bürger_innen und Schüler_innen", "<p>Bürger_innen und Schüler_innen</p>"),
        ("5*3*2 und 2 * 3", "<p>5*3*2 und 2 * 3</p>"),
        ("a\n\nb", "<p>a</p><p>b</p>"),
        ("a\nb", "<p>a b</p>"),
        ("a\\\nb", "<p>a<br>b</p>"),
        ("a  \nb", "<p>a<br>b</p>"),
        ("[a](https://e.org/x?y&z)", '<p><a href="https://e.org/x?y&amp;z">a</a></p>'),
        ("<b>&amp;</b>", "<p>&lt;b&gt;&amp;amp;&lt;/b&gt;</p>"),
        ("20. Mai ist der Tag", "<p>20.\u00a0Mai ist der Tag</p>"),
        ("schwarz-grün", '<p>schwar<span class="together">z-g</span>rün</p>'),
        ("Bildungs- und", '<p>Bildung<span class="together">s- und</span></p>'),
    ],
)
def test_markdown_of_own_words(text: str, html: str) -> None:
    assert OWN.block(text) == html


def test_lists_keep_the_numbers_that_were_typed() -> None:
    html = QUOTE.block("3. drei\n7. sieben\n\n- a\n- b")
    assert re.findall(r"list-style-type: \"([^\"]*)\"", html) == ["3. ", "7. ", "- ", "- "]
    assert re.findall(r"list-style-type: \"([^\"]*)\"", OWN.block("- a")) == ["– "]


def test_addresses_in_own_words_become_links_in_quotes_they_do_not() -> None:
    text = "Mehr: https://e.org/a--b und a@e.org, z.B. hier"
    assert OWN.block(text) == (
        '<p>Mehr: <a href="https://e.org/a--b">https://e.org/a--b</a> und '
        '<a href="mailto:a@e.org">a@e.org</a>, z.\u202fB. hier</p>'
    )
    assert QUOTE.block(text) == f"<p>{text}</p>"


def test_printed_links_show_their_address_once() -> None:
    printed = markdown.Renderer(GERMAN, "printed")
    assert words(printed.block("[Text](https://www.e.org/x/) da")) == "Text (www.e.org/x) da"
    assert words(printed.block("[e.org](https://e.org/)")) == "e.org"
    assert words(printed.block("https://e.org/x")) == "https://e.org/x"
    links = "[a](https://e.org/) [b](mailto:x@e.org) [c](https://e.org)"
    assert markdown.short_addresses(links) == (
        "e.org",
        "x@e.org",
    )


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="*_[]\\<>")))
def test_the_letters_of_a_quote_are_never_changed(text: str) -> None:
    expected = "".join(re.sub(r"^\s*([-+]|\d+[.)])(\s|$)", "", text).split())
    printed = "".join(words(QUOTE.block(text)).split())
    assert printed in (expected, "".join(text.split()))


@pytest.mark.parametrize(
    "text", ["\"Foo\" - z.B. 3-4 ... 'x'", "§ 3", "1087 - 1090", "--", "20. Mai", "(c)", "5 %"]
)
def test_typography_leaves_quotes_alone(text: str) -> None:
    assert words(QUOTE.block(text)) == text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("*a b*", True),
        ("*a „b“ **c***\n\n*d*", True),
        ("*a* b", False),
        ("*a* *b*", False),
        ("a", False),
        ("*a*\n\nb", False),
    ],
)
def test_emphasis_throughout_is_recognised(text: str, whole: bool) -> None:
    assert markdown.wholly_emphasised(text) is whole


def test_plain_words_for_metadata() -> None:
    assert OWN.plain('**"WIR"** [x](https://e.org)\nda') == "„WIR“ x da"


def test_many_sentences_that_begin_with_a_number() -> None:
    html = OWN.block("1. x\n\ny\n\n" * 2500)
    assert html.count("<p>1.") == html.count("<p>y</p>") == 2500
    nested = OWN.block("1. a\n   - b\n   - c\n\nd")
    assert nested.count("<li") == 3
    assert "<p>d</p>" in nested


def test_nesting_is_bounded() -> None:
    assert "x" in OWN.block("*" * 5000 + "x" + "*" * 5000)
    assert [c.code for c in markdown.check_markdown("- " * 2000 + "x")] == ["too-deep"]
    assert list(markdown.check_markdown("- a\n  - b\n    - c")) == []
    assert "x" in OWN.block("[" * 5000 + "x" + "](https://e.org)" * 5000)


@pytest.mark.parametrize(
    "text",
    [
        "Die Satzung gilt ab dem\n1. Januar 2027 und danach.",
        "Das war im Jahr\n2026. Das nächste Mal",
        "Wir wollen, und zwar\n- anders als der Rat - ohne Ausnahme.",
        "Sie\n+ wir\n* alle\n1) und",
        "Es gilt\n1.\nund",
        "2026.\nDas war es",
        "- Das gilt ab dem\n  1. Januar 2027.",
        "- Das gilt ab dem\n1. Januar 2027.",
        "- Das war im Jahr\n2026. Das nächste Mal",
        "1. Die Frist endet am\n31. Dezember 2027.",
        "1. Das tagt zur\n   1. Sitzung im Jahr",
    ],
)
@pytest.mark.parametrize("renderer", [OWN, QUOTE])
def test_a_wrapped_line_begins_no_list(text: str, renderer: markdown.Renderer) -> None:
    html = renderer.block(text)
    assert html.count("<li") == (text[0] == "-")
    assert html.count("<p>") == (text[0] != "-")
    ordinary = re.sub(r"^- ", "", text).split()
    assert markdown.quoted(text).split() == ordinary
    assert words(QUOTE.block(text)).split() == ordinary, "layout and verification agree"
    assert markdown.check_markdown(text) == ()


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a\n\n- b\n- c", 2),
        ("- a\n  - b\n    - c", 3),
        ("1. a\n   1. b\n   2. c\n2. d", 4),
        ("- a\n1. b\n2. c", 3),
        ("9. a\n10. b\n11. c", 3),
        ("3. drei\n7. sieben", 2),
        ("12. Januar: Sitzung\n3. Februar: Feier", 2),
        ("12. Januar 2027: Sitzung\n3. Februar 2027: Feier", 2),
        ("1. Bis zum\n31. Dezember\n2. Danach", 2),
        ("1. Erstens.\n\n2. Zweitens ab dem\n31. Mai 2027 so.\n3. Drittens", 3),
        ("1. Es geht los.\n5. Mai 2027: Feier.", 2),
    ],
)
def test_a_list_begins_after_an_empty_line_or_another_item(text: str, items: int) -> None:
    assert QUOTE.block(text).count("<li") == items
    assert markdown.check_markdown(text) == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Wir fordern:\n- mehr Busse\n- weniger Autos", "- mehr Busse"),
        ("Wir fordern:\n- mehr Busse", "- mehr Busse"),
        ("Wir fordern\n- mehr Busse\n  und Bahnen\n- weniger Autos", "- mehr Busse"),
        ("Wir fordern\n1. Busse\n2. Bahnen", "1. Busse"),
        ("- Wir fordern:\n1. Busse", "1. Busse"),
        ("a) Busse\nb) Bahnen", "a) Busse"),
        ("• Busse\n• Bahnen", "• Busse"),
        ("– Busse\n– Bahnen", "– Busse"),
        ("Wir fordern\n* Busse\n* Bahnen", "* Busse"),
        ("1. Bis zum\n31. Dezember", "31. Dezember"),
        ("1. Bis zum\n2. Januar 2027", "2. Januar 2027"),
        ("- Wir, und zwar\n- anders als der Rat - ohne", "- anders als der Rat - ohne"),
        (
            "31. Dezember 2027 ist damit Schluss, und es folgt am\n1. Januar 2028 das Fest.",
            "1. Januar 2028 das Fest.",
        ),
        ("* Alle Angaben ohne Gewähr", "* Alle Angaben ohne Gewähr"),
    ],
)
def test_what_may_be_meant_the_other_way_is_told(text: str, line: str) -> None:
    (diagnostic,) = markdown.check_markdown(text)
    assert (diagnostic.code, diagnostic.severity) == ("list", "warning")
    assert diagnostic.snippet == line


@pytest.mark.parametrize(
    "text",
    [
        "die\n19. und die\n20. Wahlperiode",
        (
            "Wir wollen\n- anders als der Rat - das alles,\nund noch viel mehr, und zwar\n"
            "- wie gesagt -\nsofort und\nüberall und immer"
        ),
        "* Busse\n* Bahnen",
        "am 3. Mai: Fest,\n3. Juni: Feier",
        "> 50 % der Stimmen",
    ],
)
def test_what_cannot_be_meant_otherwise_is_not_told(text: str) -> None:
    assert markdown.check_markdown(text) == ()


@pytest.mark.parametrize(
    "text", ["# Titel", "Titel\n=====", "a\n\n---\n\nb", "* * *", "> Zitat", "| a | b |"]
)
def test_marks_that_mean_nothing_here_are_told(text: str) -> None:
    assert [d.code for d in markdown.check_markdown(text)] == ["markup"]
