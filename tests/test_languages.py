"""Leaflets in other languages and scripts, as they are printed and read back."""

import io
import re
import subprocess
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from brochure.layout.compose.composer import compose
from brochure.layout.edition import load_editions
from brochure.manuscript.text.language import direction_of, known_languages, load_language
from brochure.manuscript.text.typography import Typography
from brochure.project import Project
from tests.conftest import ROOT, Workspace
from tests.readers import structure_texts
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
    assert result.diagnostics == ()
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
    text = "".join(structure_texts(result.pdf))
    assert "Radwegeverbin-dungs" in text
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
