import re
from dataclasses import replace
from html import unescape
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from brochure.manuscript.text import markdown
from brochure.manuscript.text.language import load_language
from brochure.manuscript.text.markdown_check import check_markdown
from brochure.manuscript.text.typography import Typography
from brochure.manuscript.yaml.parser import parse_yaml
from brochure.project import Project
from tests.conftest import ROOT

GERMAN = Typography(load_language(Project(ROOT), "de"))
OWN = markdown.Renderer(GERMAN, "live")
QUOTE = markdown.Renderer(None, "live")
ARABIC = markdown.Renderer(
    Typography(load_language(Project(ROOT), "ar")), "live", together=False, direction="rtl"
)


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
        (
            "Ja,\\\n- so -\\\nund nicht -\\\n-5",
            "<p>Ja,<br>– so\u00a0–<br>und nicht\u00a0–<br>-5</p>",
        ),
        ("[a](https://e.org/x?y&z)", '<p><a href="https://e.org/x?y&amp;z">a</a></p>'),
        ("<b>&amp;</b>", "<p>&lt;b&gt;&amp;amp;&lt;/b&gt;</p>"),
        ("20. Mai ist der Tag", "<p>20.\u00a0Mai ist der Tag</p>"),
        ("IV-2-471", '<p>I<span class="together">V-2</span>-471</p>'),
        ("schwarz-grün, Bildungs- und", "<p>schwarz-grün, Bildungs- und</p>"),
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
    assert [c.code for c in check_markdown("- " * 2000 + "x")] == ["too-deep"]
    assert list(check_markdown("- a\n  - b\n    - c")) == []
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
        "1. Der Termin ist am\n12. Mai um 10 Uhr.",
        "1. Bis zum\n31. Dezember",
        "1. - 3. Mai ist Markt.",
        "Wir feiern vom\n1. - 3. Mai und dann\nwieder.",
        "- Wir feiern vom\n  1. - 3. Mai.",
        "- 1. - 3. Mai ist Markt.",
        "- 12. Mai ist Markt.",
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
    assert check_markdown(text) == ()


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
        ("1. Mai: Demo\n3. Mai: Fest", 2),
        ("12. Mai, 19 Uhr: Treffen in dem großen Saal für alle\n19. Mai um 18 Uhr: Fest", 2),
        ("12. Mai 2027: Treffen in dem großen Saal für alle\n19. Mai 2027 – Fest", 2),
        ("- 1. Mai: Demo\n- 12. Mai: Fest", 2),
    ],
)
def test_a_list_begins_after_an_empty_line_or_another_item(text: str, items: int) -> None:
    assert QUOTE.block(text).count("<li") == items
    assert check_markdown(text) == ()


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
        ("1. Bis zum\n2. Januar 2027", "2. Januar 2027"),
        ("- Wir, und zwar\n- anders als der Rat - ohne", "- anders als der Rat - ohne"),
        (
            "31. Dezember 2027 ist damit Schluss, und es folgt am\n1. Januar 2028 das Fest.",
            "1. Januar 2028 das Fest.",
        ),
        ("* Alle Angaben ohne Gewähr", "* Alle Angaben ohne Gewähr"),
        ("o\tBusse\no\tBahnen", "o\tBusse"),
        ("\uf0b7 Busse\n\uf0b7 Bahnen", "\uf0b7 Busse"),
        ("Wir fordern\n✓ Busse\n✓ Bahnen", "✓ Busse"),
        ("✅ Busse\n✔️ Bahnen", "✅ Busse"),
        ("→ Busse\n→ Bahnen", "→ Busse"),
        ("-Busse\n-Bahnen", "-Busse"),
        ("1.Busse\n2.Bahnen", "1.Busse"),
        ("1.) Busse\n2.) Bahnen", "1.) Busse"),
        ("a. Busse\nb. Bahnen", "a. Busse"),
        ("Wir laden ein!\nBeginn: 10 Uhr\nKontakt: Anna", "Beginn: 10 Uhr"),
        ("(1) Die Busse\n(2) Die Bahnen", "(1) Die Busse"),
        ("Termine:\n12. Mai: Demo", "12. Mai: Demo"),
        ("Wir laden ein\n12. Mai: Demo\n19. Mai: Fest", "12. Mai: Demo"),
        ("Wir laden ein\n1. - 3. Mai: Demo\n5. bis 8. Mai: Fest", "1. - 3. Mai: Demo"),
        ("10:00 Uhr Beginn\n11:30 Kaffee", "10:00 Uhr Beginn"),
        ("Programm:\n10.00-11.30 Uhr: Beginn\n11.30 - Kaffee", "10.00-11.30 Uhr: Beginn"),
    ],
)
def test_what_may_be_meant_the_other_way_is_told(text: str, line: str) -> None:
    (diagnostic,) = check_markdown(text)
    assert (diagnostic.code, diagnostic.severity) == ("list", "warning")
    assert diagnostic.snippet == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Wir sind:\n\n- Busse\n- Bahnen\n\nWir fordern:\n- Busse\n- Bahnen", 8),
        ("Mit # Titel\n# Titel\nso", 3),
        ("Ein Stern * so\n\n- Mehr * so\n\n* so", 6),
        (
            f"Bis 31. Mai 2028\n\n1. Mai 2027 {'sind wir alle hier, ' * 3}am\n31. Mai 2028",
            5,
        ),
    ],
)
def test_of_two_lines_alike_the_one_that_is_meant_is_named(text: str, line: int) -> None:
    indented = text.replace("\n", "\n  ")
    tree = parse_yaml(f"a: |\n  {indented}\nb: x\n", "f.yaml").value
    assert [d.located(tree, ("a",)).location.line for d in check_markdown(text)] == [line]


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
        "Treffen am\n1. Januar 2027\nund am\n2. Januar 2027",
        "Der Termin steht fest:\n1. Mai um 10 Uhr auf dem Markt.",
        "Sie fahren um\n10:00 Uhr,\n11:30 Uhr und\n12:00 Uhr",
        "siehe Absatz\n(1) und Absatz\n(2) der Satzung",
        "§ 1 der Satzung und\n§ 2 der Ordnung",
        "Kommt alle!\n😊 Wir freuen uns.",
        "Ruft an:\n+49 6421 123\n+49 6421 124",
        "*Alle* Busse\n*Alle* Bahnen",
        "Wir meinen\nFolgendes: Er ist\nso, und das\nBeste: er bleibt",
        "Es war z. B.\na. a. O. so und\nb. u. so",
    ],
)
def test_what_cannot_be_meant_otherwise_is_not_told(text: str) -> None:
    assert check_markdown(text) == ()


@pytest.mark.parametrize(
    "text", ["# Titel", "Titel\n=====", "a\n\n---\n\nb", "* * *", "> Zitat", "| a | b |"]
)
def test_marks_that_mean_nothing_here_are_told(text: str) -> None:
    assert [d.code for d in check_markdown(text)] == ["markup"]


def set_off(html: str) -> str:
    """HTML with brackets instead of tags: ⟨…⟩ is set off as left-to-right, ⟪…⟫ as right-to-left."""
    html = re.sub(r'<(\w+)[^>]* dir="ltr">(.*?)</\1>', r"⟨\2⟩", html)
    html = re.sub(r'<(\w+)[^>]* dir="rtl">(.*?)</\1>', r"⟪\2⟫", html)
    return words(html)


@pytest.mark.parametrize(
    "text",
    [
        "الساعة ⟨18:00–20:00⟩ مساء",
        "يوم ⟨2026-05-12⟩ هنا",
        "هاتف ⟨0641-123456⟩ أو ⟨01234 56789⟩، أو ⟨+49 641 99-4455⟩ أو ⟨(0641) 306-12⟩.",
        "عام ⟨(2019-2020)⟩ و (2019-عام) و 18:00 و 1.5.2026 و 3/4 و 20% و 5",
        "2024, 2025 و 5, 6",
        "هاتف ⟨٠٦٤١-١٢٣٤٥٦⟩ بين ١٨:٠٠-٢٠:٠٠ و ١٢-١٠",
        "زورونا في ⟨Markt 7, 12345 Musterstadt (Hessen)⟩ هنا",
        "زورونا في ⟨12345 Musterstadt⟩، SPD، ⟨schwarz-grün⟩",
        "زورونا في ⟨Haus *Mitte* am **Markt** 7⟩ هنا",
        "زورونا في *Haus* هنا",
        "زورونا في **بيت ⟨am Markt⟩** ⟨7 Haus⟩ هنا",
        "SPD قالت إن",
        "البند 2: ⟨IBAN DE12 3456⟩، الصفحات ⟨1-2⟩: ⟨SPD, CDU⟩، الفقرة 3) ⟨A 7⟩، يوم ⟨12. Mai 2027⟩",
        "حسب ⟨§ 12 Abs. 3⟩ هنا",
        "عام ٢٠٢٤/٢٠٢٥ و ٢٠٢٤-٢٠٢٥ و هاتف ⟨٠٦٤١-١٢٣٤⟩",
        "بين ⟨-5°C⟩ و ⟨-10-20 °C⟩، ⟨3-5⟩",
        "تابعونا ⟨#SchwarzGelb⟩ و ⟨@park_ini⟩ و #الحديقة هنا",
    ],
)
def test_numbers_and_words_keep_their_order_in_a_text_from_right_to_left(text: str) -> None:
    typed = re.sub("[⟨⟩]", "", text)
    literal = replace(ARABIC, typography=None)
    assert set_off(literal.block(typed)) == re.sub(r"\*", "", text)
    assert words(literal.block(typed)) == re.sub(r"\*", "", typed), "no letter was changed"


def test_no_arabic_word_and_no_number_is_cut_by_what_keeps_it_on_a_line() -> None:
    """Letters would not be joined, and WeasyPrint would order the parts one by one."""
    together = markdown.Renderer(ARABIC.typography, "live", direction="rtl")
    assert "class" not in together.block("كلمة-كلمة و كلمة- كلمة و ١٠–١٢ و ١٠-١٢")
    assert "class" not in together.block("١٠-١٢")
    assert together.block("من 18:00-20:00 و 10–12") == (
        '<p>من <span class="together" dir="ltr">18:00–20:00</span> و '
        '<span class="together" dir="ltr">10–12</span></p>'
    )
    assert '<span dir="ltr">I<span class="together">V-2</span>' in together.block("هنا IV-2 هنا")
    assert QUOTE.block("IV-2 سلام-سلام") == (
        '<p>I<span class="together">V-2</span> <span dir="rtl">سلام-سلام</span></p>'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ein Satz!", '<p dir="ltr">Ein Satz!</p>'),
        ("SPD قالت إن هذا جيد", "<p>SPD قالت إن هذا جيد</p>"),
        ("في Markt am Fluss", '<p>في <span dir="ltr">Markt am Fluss</span></p>'),
        ("2026", "<p>2026</p>"),
        ("20. Mai ist da", '<p dir="ltr">20. Mai ist da</p>'),
    ],
)
def test_a_paragraph_in_another_script_has_its_own_direction(text: str, html: str) -> None:
    assert ARABIC.block(text) == html


def test_a_list_in_another_script_has_its_own_direction() -> None:
    html = ARABIC.block("- Ein *Punkt*!\n- Noch einer\n\n- واحد")
    assert re.findall(r"<ul[^>]*>", html) == ['<ul dir="ltr">']
    html = ARABIC.block("- Ein *Punkt*!\n- Noch einer\n\nهنا\n\n- واحد")
    assert re.findall(r"<[up][^>]*>", html) == ['<ul dir="ltr">', "<p>", "<ul>"]


def test_an_address_ends_where_it_ends() -> None:
    """The slash at its end would be on the other side."""
    html = ARABIC.block("هنا https://e.org/ هنا")
    assert '<a href="https://e.org/"><span dir="ltr">' in html
    assert html.endswith("/</span></a> هنا</p>")
    printed = replace(ARABIC, links="printed").block("هنا [موقعنا](https://e.org/x) هنا")
    assert printed == '<p>هنا موقعنا <span class="address" dir="ltr">(e.org/x)</span> هنا</p>'


def test_a_text_from_right_to_left_in_one_from_left_to_right() -> None:
    assert OWN.block("שלום לכולם!") == '<p dir="rtl">שלום לכולם!</p>'
    assert OWN.inline("שלום לכולם!") == '<span dir="rtl">שלום לכולם!</span>'
    assert set_off(OWN.block("Das ist שלום **לכולם** hier")) == "Das ist ⟪שלום לכולם⟫ hier"
    assert OWN.block("Das ist שלום 18:00-20:00 hier") == (
        '<p>Das ist <span dir="rtl">שלום <span class="together" dir="ltr">18:00–20:00</span></span>'
        " hier</p>"
    )


@given(st.text("aB אב ا1-–:.()+, *_\\\n٠", max_size=40))
@example("א *1-2* a")
def test_what_is_set_off_is_well_formed_and_keeps_every_letter(text: str) -> None:
    for direction in ("ltr", "rtl"):
        for renderer in (replace(OWN, direction=direction), replace(QUOTE, direction=direction)):
            html = renderer.block(text)
            assert words(html) == words(replace(renderer, direction="ltr").block(text))
            fromstring(f"<div>{html.replace('<br>', '')}</div>")
