"""Editions, composition, fonts and hyphenation."""

import io
import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from brochure.cli.main import run
from brochure.diagnostics import DiagnosticsError, Location
from brochure.layout.compose.filters import quotation
from brochure.layout.compose.fonts import missing_characters
from brochure.layout.copyfit import fit
from brochure.layout.edition import Scale
from brochure.layout.editions import load_editions
from brochure.layout.hyphenation import Hyphenator, allowed_breaks
from brochure.layout.weasyprint import linebreak
from brochure.manuscript.text.language import load_language
from brochure.pipeline.typesetter import Typesetter
from brochure.project import Project, builtin_styles, packaged_fonts
from tests.conftest import HEAD, PASSAGE, ROOT, SEED, Workspace
from tests.readers import as_shown, squeezed, structure_texts
from tests.test_fit import press

GERMAN = load_language(Project(ROOT), "de")
assert GERMAN.hyphenation is not None
GERMAN_WORDS = GERMAN.hyphenation


def test_an_edition_of_ones_own_needs_no_code(workspace: Workspace) -> None:
    workspace.write(
        "styles/editions.yaml",
        "poster:\n  description: An A3 sheet.\n  styles: [common.css, columns.css, poster.css]\n"
        "  fonts: [Gentium Book Plus, Source Sans 3]\n",
    )
    workspace.write("styles/poster.css", "@page { size: A3 }")
    workspace.leaflet(HEAD + PASSAGE)
    assert list(load_editions(workspace.project))[-2:] == ["web", "poster"]
    with pikepdf.open(io.BytesIO(workspace.typeset("poster").pdf)) as document:
        assert float(document.pages[0].mediabox[2]) == pytest.approx(841.89, abs=0.01)


def test_mistakes_in_editions_are_placed(workspace: Workspace) -> None:
    workspace.write(
        "styles/editions.yaml",
        "mine:\n  description: x\n  styles: [none.css]\n  fonts: [Comic Sans]\n  colour: red\n"
        "other:\n  description: x\n  styles: [none.css]\n  fonts: [Comic Sans]\n",
    )
    with pytest.raises(DiagnosticsError) as caught:
        load_editions(workspace.project)
    found = [(d.code, d.location) for d in caught.value.diagnostics]
    assert found == [
        ("unknown-key", Location("styles/editions.yaml", 5, 3)),
        ("cannot-read", Location("styles/editions.yaml", 8, 12)),
        ("unknown-font", Location("styles/editions.yaml", 9, 11)),
    ]


def test_the_print_edition_misses_the_imprint(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    assert [c.code for c in workspace.diagnostics("print")] == ["no-imprint"]
    assert workspace.diagnostics("email") == ()
    workspace.leaflet(HEAD + PASSAGE + "imprint: Druck 12345\n")
    assert workspace.diagnostics("print") == ()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Worte", "<p>„Worte“</p>"),
        ("„Worte“", "<p>„Worte“</p>"),
        ('"Worte"', '<p>"Worte"</p>'),
        ("«Worte»", "<p>«Worte»</p>"),
        ("„A“ und „B“", "<p>„„A“ und „B““</p>"),
        ("*Worte*", "<p><em>„Worte“</em></p>"),
        ("a\n\nb", "<p>„a</p><p>b“</p>"),
        ("„", "<p>„„“</p>"),
        (r"\g<0> \1", r"<p>„\g&lt;0&gt; \1“</p>"),
    ],
)
def test_quotation_marks_stand_around_a_quote_once(text: str, html: str) -> None:
    from brochure.manuscript.text.markdown import Renderer

    assert quotation(text, Renderer(None, "live"), GERMAN) == html


def test_no_letter_of_a_quote_changes_on_its_way_to_the_page(workspace: Workspace) -> None:
    words = "Die \"Ziele\" - z.B. § 3 - gelten ... 1087 - 1090, 5 % 'so' -- Bürger*innen (c) d. h."
    workspace.leaflet(
        f"{HEAD}passages:\n  - id: a\n    quote:\n      lines: 1\n      heading: |\n"
        f"        {words}\n"
        f"      text: |\n        {words}\n    commentary:\n      text: |\n        {words}\n"
    )
    texts = [squeezed(text) for text in structure_texts(workspace.typeset().pdf)]
    assert texts[3] == squeezed(words)
    assert texts[4] == squeezed(f"„{words}“")
    assert texts[6] != squeezed(words)  # the commentary is set


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("lines: 3", "Zeile3"),
        ("lines: 3-5", "Zeilen3–5"),
        ("lines: 12, 15", "Zeilen12,15"),
        ("lines: 3 – 5, 7", "Zeilen3–5,7"),
        ("page: 4", "S.4"),
        ("page: 4\n      lines: 3-5", "S.4,Z.3–5"),
    ],
)
def test_references_read_as_the_language_has_them(
    workspace: Workspace, given: str, printed: str
) -> None:
    workspace.leaflet(f"{HEAD}passages:\n  - id: a\n    quote:\n      {given}\n      text: Worte\n")
    assert (
        structure_texts(workspace.typeset().pdf)[-1]
        .replace("\u202f", "")
        .replace("\u00a0", "")
        .replace(" ", "")
        == printed
    )


def test_either_heading_and_either_side_may_be_missing(workspace: Workspace) -> None:
    workspace.leaflet(
        HEAD + "passages:\n"
        "  - id: a\n    quote:\n      heading: KopfA\n      lines: 1\n      text: ZitatA\n"
        "  - id: b\n    commentary:\n      heading: KopfB\n      text: TextB\n"
        "  - id: c\n    quote:\n      lines: 1\n      text: ZitatC\n"
        "    commentary:\n      text: TextC\n"
    )
    texts = [squeezed(text) for text in structure_texts(workspace.typeset().pdf)]
    assert texts[3:] == [
        "1KopfA", "„ZitatA“", "Zeile1", "2KopfB", "TextB", "3", "„ZitatC“", "Zeile1", "TextC"
    ]  # fmt: skip


def test_a_character_that_no_font_has_names_itself_and_its_passage(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE.replace("Text", "|\n        Zeile\n        mit 漢 darin"))
    (diagnostic,) = workspace.diagnostics("email")
    assert diagnostic.code == "no-glyph"
    assert "U+6F22" in diagnostic.message
    assert "`commentary text` of passage `eins`" in diagnostic.message
    assert (diagnostic.location.line, diagnostic.location.column) == (8, 13)


def test_a_font_of_the_project_is_used_as_soon_as_it_is_there(workspace: Workspace) -> None:
    workspace.write("styles/email.css", "h1 { font-family: 'EB Garamond' }")
    workspace.write("styles/fonts/README", "no font")
    workspace.leaflet(HEAD + PASSAGE)

    def embedded() -> set[str]:
        with pikepdf.open(io.BytesIO(workspace.typeset().pdf)) as document:
            return {str(f.BaseFont)[8:] for f in document.pages[0].Resources.Font.values()}

    before = embedded()
    source = packaged_fonts() / "EB Garamond" / "EBGaramond-Bold.ttf"
    workspace.write("styles/fonts/EBGaramond-Bold.ttf", source.read_bytes())
    assert embedded() - before == {"EB-Garamond-Bold"}


@pytest.mark.parametrize(("lines", "codes"), [(75, ["does-not-fit"]), (80, [])])
def test_the_last_page_of_what_fits_has_more_than_a_few_lines(lines: int, codes: list[str]) -> None:
    """Of the third page, two fifths must be filled once white is shared out."""

    fitted = fit(press([5] * (lines // 5)), 0.2, Scale(smallest=1, largest=1), 3)
    assert [diagnostic.code for diagnostic in fitted.diagnostics] == codes


def test_each_font_of_the_project_is_read(workspace: Workspace) -> None:
    """Two, each of which has one of the signs; a third one nobody has."""
    workspace.leaflet(HEAD + PASSAGE.replace("Text", "漢 字 語"))
    for number, sign in enumerate("漢字"):
        workspace.write(f"styles/fonts/{number}.ttf", font(f"Mine {number}", sign))
    (diagnostic,) = workspace.diagnostics("email")
    assert (diagnostic.code, "U+8A9E" in diagnostic.message) == ("no-glyph", True)
    workspace.leaflet(HEAD + PASSAGE.replace("Text", "漢 字"))
    assert sorted(workspace.compose().fonts) == ["0.ttf", "1.ttf"]
    with pikepdf.open(io.BytesIO(workspace.typeset().pdf)) as document:
        embedded = {str(f.BaseFont)[8:14] for f in document.pages[0].Resources.Font.values()}
    assert {"Mine-0", "Mine-1"} <= embedded


def font(family: str, sign: str) -> bytes:
    """A font with a black square for one sign, and the space that may stand beside it."""
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "space", "sign"])
    builder.setupCharacterMap({32: "space", ord(sign): "sign"})
    pen = TTGlyphPen(None)
    for n, point in enumerate([(0, 0), (0, 500), (500, 500), (500, 0)]):
        (pen.lineTo if n else pen.moveTo)(point)
    pen.closePath()
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": empty, "space": empty, "sign": pen.glyph()})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", "space", "sign"], (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    output = io.BytesIO()
    builder.save(output)
    return output.getvalue()


@pytest.mark.parametrize("selector", ["\ufe00", "\ufe0f"])
def test_a_variation_selector_needs_no_glyph(selector: str) -> None:
    assert missing_characters(f"a{selector}☂", frozenset({ord("a")})) == ("☂",)


def test_a_file_that_is_no_font(workspace: Workspace) -> None:
    workspace.write("styles/fonts/x.ttf", b"no font")
    workspace.leaflet(HEAD + PASSAGE)
    (diagnostic,) = workspace.diagnostics("email")
    assert (diagnostic.code, diagnostic.location.file) == ("broken-font", "styles/fonts/x.ttf")


@pytest.mark.parametrize(
    ("template", "code", "line"),
    [
        ("<p>\n{{ leaflet.nothing }}", "template", 2),
        ("<p>\n\n{% if %}", "template", 3),
        ("{{ ''.__class__.__mro__ }}", "template", 1),
        ("{% include '../../content/probe/leaflet.yaml' %}", "template", 1),
    ],
)
def test_a_template_that_does_not_work(
    workspace: Workspace, template: str, code: str, line: int
) -> None:
    workspace.write("styles/leaflet.html", template)
    workspace.leaflet(HEAD + PASSAGE)
    (diagnostic,) = workspace.diagnostics("email")
    assert diagnostic.code == code
    assert diagnostic.location == Location("styles/leaflet.html", line)


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        ("<html><title>x</title><body>x", "not-accessible: no language"),
        ("<html lang=de><body>x", "not-accessible: no title"),
        ("<html lang=de><title> </title><body>x", "not-accessible: no title"),
        ('<html lang=de><title>x</title><img src="a.svg">', "alt: the picture `a.svg`"),
    ],
)
def test_a_template_that_leaves_blind_readers_out(
    workspace: Workspace, template: str, missing: str
) -> None:
    workspace.write("styles/leaflet.html", template)
    workspace.write("content/probe/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    workspace.leaflet(HEAD + PASSAGE)
    (diagnostic,) = workspace.diagnostics("email")
    code, _, what = missing.partition(": ")
    assert (diagnostic.code, diagnostic.location.file) == (code, "styles/leaflet.html")
    assert what in diagnostic.message


def test_a_template_may_have_tables_of_its_own(workspace: Workspace) -> None:
    own = builtin_styles() / "leaflet.html"
    table = "<table><tbody><tr><td>eins</td></tr></tbody><tr><td>zwei</table><table></table>"
    html = own.read_text("utf-8").replace("</header>", f"</header>{table}")
    workspace.write("styles/leaflet.html", html)
    workspace.leaflet(HEAD + PASSAGE)
    assert workspace.typeset().diagnostics == ()


@pytest.mark.parametrize("name", ["leaflet.html", "email.css", "more.css", "languages/de.yaml"])
def test_styles_are_utf8_too(workspace: Workspace, name: str) -> None:
    workspace.write("styles/email.css", "@import 'more.css';")
    workspace.write("styles/more.css", "")
    workspace.write(f"styles/{name}", b"/* \n\xfc */")
    workspace.leaflet(HEAD + PASSAGE)
    (diagnostic,) = workspace.diagnostics("email")
    assert (diagnostic.code, diagnostic.location) == ("not-utf8", Location(f"styles/{name}", 2, 1))


def test_what_weasyprint_ignores_is_a_warning_in_the_style_sheet(workspace: Workspace) -> None:
    workspace.write("styles/email.css", "p { color: black }\np { text-wrap: balance }")
    workspace.leaflet(HEAD + PASSAGE)
    (diagnostic,) = workspace.typeset().diagnostics
    assert diagnostic.location == Location("styles/email.css", 2, 5)
    assert not diagnostic.is_error


def test_text_that_a_style_hides_is_an_error(workspace: Workspace) -> None:
    workspace.write("styles/email.css", ".commentary p { display: none }")
    workspace.leaflet(HEAD + PASSAGE)
    with pytest.raises(DiagnosticsError) as caught:
        workspace.typeset()
    assert "words-lost" in [d.code for d in caught.value.diagnostics]


def test_text_outside_its_column_is_an_error(workspace: Workspace) -> None:
    workspace.write("styles/email.css", ".text { width: 150mm }")
    workspace.leaflet(HEAD + PASSAGE.replace("Text", "Wort " * 60))
    with pytest.raises(DiagnosticsError) as caught:
        workspace.typeset()
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.location.line) == ("outside-margins", 4)


def test_what_is_nested_too_deeply_is_refused(workspace: Workspace) -> None:
    workspace.write("styles/leaflet.html", "<html lang=de><title>x</title>" + "<div>" * 500 + "x")
    workspace.leaflet(HEAD + PASSAGE)
    with pytest.raises(DiagnosticsError) as caught:
        workspace.typeset()
    assert [d.code for d in caught.value.diagnostics] == ["too-complex"]


@pytest.mark.parametrize(
    "divided",
    [
        "Flücht-lings-initia-tiven",
        "Zusam-men-schlüsse",
        "Uni-ver-sitäts-stadt",
        "Inte-gra-tions-poli-tik",
        "Stadt-allendorf",
        "Blumen-topf-erde",
        "prüfen",
        "WIR",
        "KOALITION",
    ],
)
def test_german_words_are_divided_with_sense(divided: str) -> None:
    word = divided.replace("-", "")
    hyphenator = Hyphenator(GERMAN_WORDS)
    offsets = [0, *hyphenator.positions(word), len(word)]
    parts = [word[i:j] for i, j in pairwise(offsets)]
    assert "-".join(parts) == divided
    assert list(hyphenator.iterate(word))[::-1] == [(word[:i], word[i:]) for i in offsets[1:-1]]


def test_a_style_may_choose_its_hyphen(workspace: Workspace) -> None:
    workspace.write("styles/email.css", "html { hyphenate-character: '\\2010' }")
    workspace.leaflet(HEAD + PASSAGE.replace("Text", "Flüchtlingsinitiativen " * 30))
    result = workspace.typeset()
    assert result.diagnostics == ()
    assert "\u2010" in "".join(structure_texts(as_shown(result.pdf)))


def test_breaks_keep_their_distance() -> None:
    rules = GERMAN_WORDS
    assert allowed_breaks([1, 2, 3, 4, 6, 8, 9], 10, rules) == [3, 6]
    assert allowed_breaks([], 10, rules) == []


def test_words_are_remembered_and_the_dictionary_is_asked_once(tmp_path: Path) -> None:
    requested: list[str] = []

    def divide(word: str) -> list[int]:
        requested.append(word)
        return [4]

    first = Hyphenator(GERMAN_WORDS, tmp_path, divide)
    assert first.positions("Beispiel") == [4]
    first.save()
    second = Hyphenator(GERMAN_WORDS, tmp_path, divide)
    assert second.positions("Beispiel") == [4]
    assert requested == ["Beispiel"]
    (file,) = tmp_path.iterdir()
    data = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**data, "version": "0"}))
    assert Hyphenator(GERMAN_WORDS, tmp_path, divide).positions("Beispiel") == [4]
    file.write_text("not json")
    assert Hyphenator(GERMAN_WORDS, tmp_path, divide).positions("Beispiel") == [4]
    assert requested == ["Beispiel"] * 3


class ReadProperties(dict[str, object]):
    """A style that notes which properties are read."""

    def __init__(self, style: Any) -> None:
        self.style, self.requested = style, set[str]()

    def __getitem__(self, name: str) -> object:
        self.requested.add(name)
        return self.style[name]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.style, name)


def test_lines_are_remembered_by_all_that_they_depend_on(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a line would be taken for another one, in another style."""
    requested: set[str] = set()
    calls = 0

    def watched(split: Any, text: str, style: Any, *args: Any, **options: Any) -> Any:
        nonlocal calls
        style = ReadProperties(style)
        result = split(text, style, *args, **options)
        requested.update(style.requested)
        calls += 1
        return result

    real = linebreak.LineBreaker.split_text
    monkeypatch.setattr(
        linebreak.LineBreaker, "split_text",
        lambda self, split, *args, **options: real(
            self, lambda *a, **o: watched(split, *a, **o), *args, **options
        ),
    )  # fmt: skip
    words = "Donaudampfschifffahrtsgesellschaft weiter_und_\tweiter " * 30
    workspace.leaflet(HEAD + PASSAGE.replace("Text", f"|\n        {words} *{words}* x\u00ady"))
    workspace.write(
        "styles/email.css",
        "td { white-space: pre-wrap; overflow-wrap: anywhere; letter-spacing: 1px;"
        " text-decoration: underline; font-language-override: 'ROM'; tab-size: 3 }",
    )
    workspace.typeset()
    assert calls > 20
    assert requested - {"line_height"} <= set(linebreak.PROPERTIES)
    assert len(requested) > 20


def test_what_is_remembered_of_other_leaflets_changes_no_byte(workspace: Workspace) -> None:
    seed = (ROOT / "content" / SEED / "leaflet.yaml").read_text("utf-8")
    words = "Gleiche Worte in anderer Schrift, hier wie dort, eine ganze Zeile lang und mehr"
    twice = f"{HEAD}subtitle: {words}\n" + PASSAGE.replace(
        "text: Text", f"heading: {words}\n      text: |\n        {words}\n\n        **{words}**"
    )
    texts = [seed, seed.replace("Geflüchtete", "Neue"), seed.replace("text: |", "text: |+"), twice]

    class Forgetful(dict[object, Any]):
        def __contains__(self, key: object) -> bool:
            return False

        def setdefault(self, key: object, default: Any = None) -> Any:
            return Forgetful()

    cold = []
    forgetful, warm = Typesetter(None), Typesetter(None)
    forgetful._weasyprint._lines = Forgetful()
    for text in texts:
        workspace.leaflet(text)
        cold.append(forgetful.typeset(workspace.compose()).pdf)
    for text, expected in zip(texts * 2, cold * 2, strict=True):
        workspace.leaflet(text)
        assert warm.typeset(workspace.compose()).pdf == expected


@pytest.mark.parametrize("width", range(60, 110))
def test_no_word_is_broken_without_a_hyphen(workspace: Workspace, width: int) -> None:
    """Inside emphasis, and behind the hyphen of a compound, WeasyPrint would break anywhere."""
    workspace.write("styles/email.css", f".text {{ width: {width}pt }}")
    text = "*Wir gehen nach Marburg-Biedenkopf zu WIR-Strukturen, nicht-öffentlich.*"
    workspace.leaflet(HEAD + PASSAGE.replace("Text", f'"{text}"'))
    result = workspace.typeset()
    run = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=as_shown(result.pdf), capture_output=True, check=True
    )
    printed = run.stdout.decode().partition("Kommentar")[2].partition("Titel")[0].strip()
    assert printed.count("\n") >= 2
    joined = printed.replace("-\n", "-").replace("\n", " ")
    assert joined.replace("-", "") == text.strip("*").replace("-", "")


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        ("imposition: {scheme: saddle, sheet: A4}", 5, "cannot be `saddle`"),
        ("imposition: {scheme: saddle-stitch, sheet: A6}", 5, "cannot be `A6`"),
        ("imposition: {scheme: saddle-stitch, creep: thick}", 5, "must be a number"),
        ("imposition: {scheme: saddle-stitch, creep: 2}", 5, "largest allowed number is 1"),
        ("bleed: -3", 5, "smallest allowed number is 0"),
        ("qr-codes: perhaps", 5, "must be yes or no"),
        ("resolution: 1.5", 5, "must be a whole number"),
        ("scale: {smallest: 1.2, largest: 1.5}", 5, "largest allowed number is 1"),
        ("fit: sheet", 5, "how far its type may be scaled"),
        ("output: html\n  marks: [crop]", 6, "web page has no `marks`"),
        ("output: html\n  colours: black", 6, "web page has no `colours`"),
        ("output: html\n  imposition: {scheme: saddle-stitch}", 6, "has no `imposition`"),
        ("imposition: {scheme: saddle-stitch}\n  bleed: 3", 6, "cannot have `bleed`"),
        ("imposition: {scheme: saddle-stitch}\n  marks: [crop]", 6, "cannot have `marks`"),
        ("marks: [colour-bar]", 5, "is not in CMYK"),
        ("colour: red", 5, "no key `colour` here"),
        ("codes: true", 5, "no key `codes` here"),
        ("max_white_space: 0.2", 5, "no key `max_white_space` here"),
    ],
)
def test_editions_that_cannot_be(workspace: Workspace, lines: str, line: int, message: str) -> None:
    workspace.write(
        "styles/editions.yaml",
        "mine:\n  description: x\n  styles: [common.css, columns.css]\n  fonts: [Source Sans 3]\n"
        f"  {lines}\n",
    )
    _, diagnostics = workspace.attempt(lambda: load_editions(workspace.project))
    (diagnostic,) = diagnostics
    assert message in diagnostic.message
    assert (diagnostic.location.file, diagnostic.location.line) == ("styles/editions.yaml", line)
    assert diagnostic.hint


def test_an_edition_without_fonts_says_so(workspace: Workspace) -> None:
    workspace.write("styles/editions.yaml", "mine:\n  description: x\n  styles: [common.css]\n")
    _, diagnostics = workspace.attempt(lambda: load_editions(workspace.project))
    assert ["names no fonts" in diagnostic.message for diagnostic in diagnostics] == [True]


def test_pages_that_are_no_panels(workspace: Workspace) -> None:
    workspace.write(
        "styles/editions.yaml",
        "mine:\n  description: x\n  styles: [common.css, columns.css]\n"
        "  fonts: [Source Sans 3, Gentium Book Plus]\n  imposition: {scheme: letter-fold}\n",
    )
    workspace.leaflet(HEAD + PASSAGE)
    _, diagnostics = workspace.attempt(lambda: workspace.typeset("mine"))
    assert [diagnostic.code for diagnostic in diagnostics] == ["page-size"]


def test_two_processes_remember_the_words_of_both(tmp_path: Path) -> None:
    one, other = (Hyphenator(GERMAN_WORDS, tmp_path) for _ in range(2))
    one.positions("Zusammenschlüsse")
    other.positions("Flüchtlingsinitiativen")
    one.save()
    other.save()
    remembered = json.loads(next(tmp_path.glob("hyphens-*.json")).read_text("utf-8"))["words"]
    assert set(remembered) == {"Zusammenschlüsse", "Flüchtlingsinitiativen"}


def test_editions_say_what_they_are_for_in_the_readers_language(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = "styles: [common.css, columns.css]\n  fonts: [Source Sans 3]\n"
    workspace.write(
        "styles/editions.yaml",
        f"mine:\n  description: {{en: Ours, de: Unsere}}\n  {own}"
        f"old:\n  description: As ever\n  {own}",
    )
    editions = load_editions(workspace.project)
    assert [editions["mine"].described(code) for code in ("en", "de", "fr")] == [
        "Ours",
        "Unsere",
        "Ours",
    ]
    assert editions["old"].described("de") == "As ever"
    assert all("de" in edition.description for edition in load_editions(Project(ROOT)).values())
    monkeypatch.chdir(workspace.root)
    monkeypatch.setenv("BROCHURE_LANGUAGE", "de")
    workspace.leaflet(HEAD + PASSAGE)
    assert run(["editions"]) == 0
    assert "mine         Unsere\n" in capsys.readouterr().out
