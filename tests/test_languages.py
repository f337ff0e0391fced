"""Leaflets in other languages and scripts, as they are printed and read back."""

import io
import re
import subprocess
from ctypes import c_double
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from brochure.layout.compose.composer import compose
from brochure.layout.editions import load_editions
from brochure.manuscript.text.language import direction_of, known_languages, load_language
from brochure.manuscript.text.typography import Typography
from brochure.project import Project
from tests.conftest import ROOT, Workspace
from tests.readers import as_shown, structure_texts
from tests.test_pdf import conforms

EMAIL = load_editions(Project(ROOT))["email"]
NOTO = Path("/usr/share/fonts/truetype/noto")
QUOTE = "Wir werden die Radwege ausbauen und die Bushaltestellen erneuern."
TEXTS = {  # title, commentary
    "ar": ("نحن نشارك", "هذا وعد جيد، لكن متى يبدأ العمل؟ نطالب بجدول زمني واضح لكل قرية."),
    "fa": ("ما مشارکت می‌کنیم", "این وعدهٔ خوبی است، اما کار کی آغاز می‌شود؟ برنامهٔ زمانی می‌خواهیم."),
    "uk": ("Ми беремо участь", "Це добра обіцянка, але коли почнуться роботи? Потрібен графік."),
    "tr": ("Biz de katılıyoruz", "Bu iyi bir söz, ama iş ne zaman başlıyor? Takvim istiyoruz."),
    "en": ("We join in", "That is a good promise, but when does the work begin? We ask for dates."),
    "fr": ("Nous participons", "C’est une bonne promesse ! Mais quand les travaux débutent-ils ?"),
    "de": ("Wir bringen uns ein", "Das ist ein gutes Versprechen. Wir fordern einen Zeitplan."),
}  # fmt: skip


def leaflet(code: str) -> str:
    title, commentary = TEXTS[code]
    return (
        f"language: {code}\ntitle: {title}\nimprint: Initiative, Am Markt 1\ndate: 2026-11-24\n"
        "contact: info@example.org\nsource: {title: Vertrag, language: de, date: 2018-12-20}\n"
        f"passages:\n  - id: wege\n    quote: {{lines: 12-13, text: {QUOTE}}}\n"
        f"    commentary: {{heading: {title}, text: '{commentary}'}}\n"
    )


def with_fonts(workspace: Workspace) -> None:
    for weight in ("Regular", "Bold"):
        name = f"NotoNaskhArabic-{weight}.ttf"
        workspace.write(f"styles/fonts/{name}", (NOTO / name).read_bytes())


def test_each_language_is_known_and_complete() -> None:
    project = Project(ROOT)
    assert set(known_languages(project)) == set(TEXTS)
    german = load_language(project, "de").words.model_dump()
    for code in TEXTS:
        language = load_language(project, code)
        assert (language.code, language.direction) == (code, direction_of(code))
        words = language.words.model_dump()
        for name, word in words.items():
            slots = set(re.findall(r"\{\w+\}", german[name]))
            assert set(re.findall(r"\{\w+\}", word)) == slots, f"{code}: {name}"
        if code not in ("de", "en"):
            same = [name for name in words if words[name] == german[name] and len(words[name]) > 7]
            assert same == [], f"{code} has German words"


def test_which_languages_are_written_from_right_to_left() -> None:
    assert [direction_of(code) for code in ("ar", "fa", "he-IL", "de", "uk")] == [
        "rtl", "rtl", "rtl", "ltr", "ltr",
    ]  # fmt: skip


@pytest.mark.parametrize("code", TEXTS)
@pytest.mark.parametrize("edition", ["email", "booklet", "folded"])
def test_it_is_printed_without_diagnostics(workspace: Workspace, code: str, edition: str) -> None:
    with_fonts(workspace)
    workspace.leaflet(leaflet(code))
    result = workspace.typeset(edition)
    # As a booklet, and on six panels, it is short, and that is told.
    assert {diagnostic.code for diagnostic in result.diagnostics} <= {"blank-pages"}
    assert edition != "email" or result.diagnostics == ()
    if edition == "email":
        assert list(conforms(result.pdf).values()) == [[], []]
        read = [re.sub(r"\s|\u202f|\u00a0|-", "", text) for text in structure_texts(result.pdf)]
        assert any(re.sub(r"[\s-]", "", QUOTE) in text for text in read)


@pytest.mark.parametrize(("code", "mirrored"), [("ar", True), ("fa", True), ("uk", False)])
def test_columns_and_feet_are_mirrored(workspace: Workspace, code: str, mirrored: bool) -> None:
    with_fonts(workspace)
    workspace.leaflet(leaflet(code))
    pdf = workspace.typeset("email").pdf
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text, middle = page.get_textpage(), page.get_width() / 2
    quote = text.search("Wir werden")
    index, _ = quote.get_next()
    left, *_ = text.get_charbox(index)
    assert (left > middle) is mirrored, "the quote comes first"
    boxes = [text.get_charbox(i) for i in range(text.count_chars())]
    signs = [text.get_text_range(i, 1) for i in range(text.count_chars())]
    foot = [box[0] for box, c in zip(boxes, signs, strict=True) if box[1] < 60 and c in "12"]
    assert foot
    assert (max(foot) < middle) is mirrored, "the page number ends the foot"
    # The quote itself stays as it is written: from left to right, its first word on the left.
    first, last = (text.get_charbox(text.search(word).get_next()[0]) for word in ("Wir", "werden"))
    assert first[0] < last[0]
    assert first[1] == pytest.approx(last[1], abs=3)
    document.close()


def test_a_quote_is_in_the_language_of_its_source(workspace: Workspace) -> None:
    """For a screen reader, and for hyphenation: German words are divided as German ones."""
    with_fonts(workspace)
    workspace.leaflet(leaflet("ar").replace("Radwege", "Radwegeverbindungsstrecken " * 6))
    result = workspace.typeset("email")
    html = workspace.compose("email").html
    assert '<blockquote lang="de" dir="ltr">' in html
    assert '<html lang="ar" dir="rtl"' in html
    assert "„Wir werden" in html.replace("<p>", ""), "its quotation marks, too"
    assert "Radwege-verbindungsstrecken" in "".join(structure_texts(as_shown(result.pdf)))
    with pikepdf.open(io.BytesIO(result.pdf)) as document:
        tongues = {
            str(thing.Lang)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/Lang" in thing
        }
    assert tongues == {"ar", "de"}


def test_arabic_comes_out_as_it_was_written(workspace: Workspace) -> None:
    """Letters joined on the page, and in logical order for search and copy."""
    with_fonts(workspace)
    workspace.leaflet(leaflet("ar"))
    pdf = workspace.typeset("email").pdf
    document = pypdfium2.PdfDocument(pdf)
    read = document[0].get_textpage().get_text_range()
    document.close()
    run = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    for text in (read, run.stdout.decode()):
        plain = re.sub(r"[\s\u202a-\u202e\u200e\u200f]", "", text)
        assert re.sub(r"\s", "", TEXTS["ar"][0]) in plain
        assert "لكنمتىيبدأالعمل؟" in plain
    run = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True)
    assert b"Noto-Naskh-Arabic" in run.stdout.replace(b"NotoNaskhArabic", b"Noto-Naskh-Arabic")


@dataclass(frozen=True)
class Sign:
    """A character on the first page: its left and right edge and its baseline, in points."""

    left: float
    right: float
    baseline: float
    text: str


def signs(pdf: bytes) -> list[Sign]:
    document = pypdfium2.PdfDocument(pdf)
    page = document[0].get_textpage()
    found = []
    for index in range(page.count_chars()):
        text = page.get_text_range(index, 1)
        if text.strip() and text not in "()":  # which PDFium mirrors, or does not
            left, _, right, _ = page.get_charbox(index, loose=True)
            x, y = c_double(), c_double()
            assert pypdfium2.raw.FPDFText_GetCharOrigin(page, index, x, y)
            found.append(Sign(left, right, y.value, text))
    document.close()
    return found


def rows(pdf: bytes) -> list[str]:
    """The rows of the first page as they are seen: characters from left to right, by position."""
    found: dict[int, list[Sign]] = {}
    for sign in signs(pdf):
        found.setdefault(round(sign.baseline), []).append(sign)
    ordered = (sorted(row, key=lambda sign: sign.left) for row in found.values())
    return ["".join(sign.text for sign in row) for row in ordered]


def column(language: str) -> tuple[float, float]:
    """The edges of the commentary, in points."""
    return (51.0, 286.3) if language == "ar" else (309.0, 544.3)


def two_sided(commentary: str, *, language: str = "ar", rest: str = "") -> str:
    return (
        f"language: {language}\ntitle: {TEXTS[language][0]}\n"
        f"imprint: A. Muster, Weg 1-3, 12345 Ort\n{rest}"
        "passages:\n  - id: eins\n    commentary:\n      text: |\n        "
        + commentary.replace("\n", "\n        ")
        + "\n"
    )


NUMBERS = ["18:00–20:00", "2026-05-12", "0641-123456", "01234 56789", "+49 641 99-4455",
           "(0641) 306-12", "10.000–12.000", "Markt 7, 12345 Ort"]  # fmt: skip


@pytest.mark.parametrize("edition", ["email", "large-print"])
def test_numbers_among_arabic_words_are_read_as_they_were_typed(
    workspace: Workspace, edition: str
) -> None:
    """On the page, by position; in the tag tree; and by a reader that goes by position itself."""
    with_fonts(workspace)
    workspace.leaflet(
        two_sided(
            "\n\n".join(f"الساعة {number} مساء" for number in NUMBERS),
            rest="contact: هاتف 0641 306-12\n",
        )
    )
    result = workspace.typeset(edition)
    assert result.diagnostics == ()
    seen = rows(result.pdf)
    tagged = [re.sub(r"\s", "", text) for text in structure_texts(result.pdf)]
    run = subprocess.run(["pdftotext", "-", "-"], input=result.pdf, capture_output=True, check=True)
    read = re.sub(r"[\s\u202a-\u202e]", "", run.stdout.decode())
    for number in (*NUMBERS, "0641 306-12", "A. Muster, Weg 1-3, 12345 Ort"):
        number = number.replace(" ", "")
        assert any(re.sub("[()]", "", number) in row for row in seen), number
        assert any(number in text for text in tagged), number
        assert number in read, number


def test_numbers_in_running_feet_and_titles_of_sources(workspace: Workspace) -> None:
    with_fonts(workspace)
    workspace.leaflet(
        two_sided("هنا").replace("title: نحن", "title: نحن 18:00-20:00")
        + "source: {title: خطة 2024-2026, language: ar}\n"
    )
    seen = rows(workspace.typeset("email").pdf)
    assert sum("18:00–20:00" in row for row in seen) == 2, "the title, and the foot"
    assert sum("2024-2026" in row for row in seen) == 1


@pytest.mark.parametrize(
    ("language", "text", "side"),
    [
        ("ar", "Ein deutscher Satz, 18:00 Uhr!", "left"),
        ("ar", "هذا وعد جيد!", "right"),
        ("de", "هذا وعد جيد!", "right"),
        ("de", "Ein deutscher Satz, 18:00 Uhr!", "left"),
    ],
)
def test_a_paragraph_in_another_script_begins_on_its_own_side(
    workspace: Workspace, language: str, text: str, side: str
) -> None:
    with_fonts(workspace)
    workspace.leaflet(two_sided(text, language=language))
    found = signs(workspace.typeset("email").pdf)
    (end,) = [sign for sign in found if sign.text == "!"]
    line = [sign for sign in found if abs(sign.baseline - end.baseline) < 1]
    left, right = column(language)
    assert len(line) > 8
    if side == "right":
        assert max(sign.right for sign in line) == pytest.approx(right, abs=1)
        assert end.left == min(sign.left for sign in line), "the sign that ends the sentence"
    else:
        assert min(sign.left for sign in line) == pytest.approx(left, abs=1.5)
        assert end.left == max(sign.left for sign in line)


def test_the_reference_of_a_german_source_is_in_german(workspace: Workspace) -> None:
    with_fonts(workspace)
    workspace.leaflet(
        leaflet("ar")
        .replace("language: de,", 'language: de, reference: "S. {page}, Z. {lines}",')
        .replace("lines: 12-13", "page: 4, lines: 12-13")
    )
    html = workspace.compose("email").html
    assert '<p class="reference"><span lang="de" dir="ltr">' in html
    assert any("S.4,Z.12–13" in row for row in rows(workspace.typeset("email").pdf))
    workspace.leaflet(leaflet("ar"))
    assert '<p class="reference">السطور\u00a0<span class="together" dir="ltr">12–13' in re.sub(
        r'(dir="ltr">)<span class="together">', r"\1", workspace.compose("email").html
    ), "the words of the leaflet, if the source has none"


def test_addresses_are_written_from_left_to_right(workspace: Workspace) -> None:
    """A slash at the end, or a parenthesis, would be on the other side."""
    with_fonts(workspace)
    link = "[هنا](https://example.org/a/) und [x](https://example.org/b)"
    for language, turned in (("ar", ' dir="ltr"'), ("de", "")):
        text = (
            leaflet(language).replace(QUOTE, f"'{link}'").replace("info@example.org", f"'{link}'")
        )
        workspace.leaflet(text.replace("date: 2018", "address: 'https://example.org/', date: 2018"))
        html = workspace.compose("print").html
        assert f'<span class="address"{turned}>example.org</span>' in html, "of the source"
        assert f'<span class="address"{turned}>example.org/b</span>' in html, "of a quote"
        assert f'<span class="address"{turned}>(example.org/b)</span>' in html, "of a link"
        live = workspace.compose("email").html
        assert f'<a href="https://example.org/"{turned}>example.org</a>' in live


@pytest.mark.parametrize("language", ["ar", "de"])
@pytest.mark.parametrize("words", range(1, 9))
def test_no_line_sticks_out_where_its_end_is_in_the_other_direction(
    workspace: Workspace, language: str, words: int
) -> None:
    """The space at which a line ends is inside the line then."""
    with_fonts(workspace)
    own, foreign = "هذا وعد ", "Haus *am* "
    if language == "de":
        own, foreign = "Das ist ", "وعد *جيد* "
    workspace.leaflet(two_sided(own * words + foreign * 16 + own, language=language))
    result = workspace.typeset("email")
    assert result.diagnostics == ()
    left, right = column(language)
    inside = [
        sign
        for sign in signs(result.pdf)
        if 100 < sign.baseline < 715 and left - 20 < sign.left < right + 20
    ]
    assert len(inside) > 80
    assert min(sign.left for sign in inside) > left - 1
    assert max(sign.right for sign in inside) < right + 1


def test_a_script_without_a_font_says_what_to_do_once_a_text(workspace: Workspace) -> None:
    workspace.leaflet(leaflet("ar"))
    diagnostics = [d for d in workspace.diagnostics("email") if d.code == "no-glyph"]
    assert len(diagnostics) <= 6, "not one for each letter"
    assert {d.location.line for d in diagnostics} >= {2, 10}
    (title,) = [d for d in diagnostics if d.location.line == 2]
    assert "in `title`, nor 5 others of the same script (Arabic)" in title.message
    assert "fonts-noto-core" in title.hint
    assert "NotoNaskhArabic" in title.hint


def test_single_signs_are_still_told_one_by_one(workspace: Workspace) -> None:
    workspace.leaflet(leaflet("de").replace("Versprechen", "Versprechen ☂ ☃"))
    assert ["“☂”" in d.message or "“☃”" in d.message for d in workspace.diagnostics("email")] == [
        True, True,
    ]  # fmt: skip


def test_a_variant_may_be_in_another_language(workspace: Workspace) -> None:
    with_fonts(workspace)
    workspace.leaflet(leaflet("de").replace("language: de, ", ""))
    workspace.regions("id,name\nar,العربية\n")
    title, commentary = TEXTS["ar"]
    workspace.variant(
        "ar",
        f"language: ar\ntitle: {title}\npassages:\n  wege:\n"
        f"    commentary: {{heading: {title}, text: '{commentary}'}}\n",
    )
    result = workspace.typeset("email", "ar")
    assert {d.code for d in workspace.diagnostics(variant="ar")} == {"not-accepted"}
    assert 1 not in {d.location.line for d in workspace.diagnostics(variant="ar")}
    manuscript = workspace.load("ar")
    html = compose(workspace.project, manuscript, "email", EMAIL).html
    assert '<html lang="ar" dir="rtl">' in html
    assert '<blockquote lang="de" dir="ltr"><p>„Wir' in html, "quoted as it is"
    assert list(conforms(result.pdf).values()) == [[], []]
    assert manuscript.language.code == "ar"
    assert manuscript.leaflet.passages[0].quote
    assert manuscript.leaflet.passages[0].quote.text == QUOTE


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Vraiment ?", "Vraiment\u202f?"),
        ("Vraiment?", "Vraiment\u202f?"),
        ('Il dit: "oui"!', "Il dit\u202f: «\u202foui\u202f»\u202f!"),
        ("À 12:30, voir https://example.org/a:b;c", "À 12:30, voir https://example.org/a:b;c"),
        ("**Quoi** ?", "Quoi\u202f?"),
        ("Quoi ?!", "Quoi\u202f?!"),
        ("p. ex. 5 %", "p.\u202fex. 5\u202f%"),
    ],
)
def test_french_signs_keep_their_distance(workspace: Workspace, typed: str, printed: str) -> None:
    workspace.leaflet(leaflet("fr").replace("'C’est une bonne", f"'{typed} C’est une bonne"))
    html = re.sub(r"<[^>]*>", "", workspace.compose("print").html)
    assert printed in html


def test_a_line_break_of_the_author_is_a_space_for_typography(workspace: Workspace) -> None:
    typography = Typography(load_language(Project(ROOT), "de"))
    assert typography("die 20. Legislaturperiode") == "die 20.\u00a0Legislaturperiode"
    workspace.leaflet(
        leaflet("de").replace("'Das ist", '"Für die 20.\n      Legislaturperiode.\n      Das ist')
        .replace("Zeitplan.'", 'Zeitplan."')
    )  # fmt: skip
    html = re.sub(r"<[^>]*>", "", workspace.compose("email").html)
    assert "die 20.\u00a0Legislaturperiode. Das ist" in html
