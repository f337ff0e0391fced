"""OpenDocument texts: as Word documents, each word is in the text or beside it."""

import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from brochure.interchange.document import (
    Document,
    Paragraph,
    Picture,
    Run,
    Table,
    paragraphs,
)
from brochure.interchange.reading.docx import read_docx
from brochure.interchange.reading.odt import read_odt
from brochure.interchange.reading.witness import words_of
from tests.office_files import ODF_NAMESPACES, odt
from tests.test_import_docx import PNG, accounted, shape, word_file


@dataclass(frozen=True)
class Case:
    """What goes into a document, and where its words should be: the paragraphs of the text, and
    what stands beside it: kind, text, near, who.
    """

    body: str
    text: list[str]
    beside: list[tuple[str, str, str, str]] = field(default_factory=list)
    automatic: str = ""
    styles: str = ""
    more: dict[str, str | bytes] = field(default_factory=dict)


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def text_style(name: str, properties: str, parent: str = "", family: str = "text") -> str:
    return (
        f'<style:style style:name="{name}" style:family="{family}" '
        f'style:parent-style-name="{parent}"><style:text-properties {properties}/></style:style>'
    )


def change(own: str, kind: str, deleted: str = "") -> str:
    return (
        f'<text:changed-region text:id="{own}"><text:{kind}><office:change-info>'
        "<dc:creator>Anna</dc:creator><dc:date>2026-01-01</dc:date></office:change-info>"
        f"{deleted}</text:{kind}></text:changed-region>"
    )


def master(*content: str) -> str:
    page = f"<style:master-page>{''.join(content)}</style:master-page>"
    return f"<office:master-styles>{page}</office:master-styles>"


CASES = {
    "white space": Case(
        p("\n  Wir\n   <text:span>werden </text:span> das<text:s text:c='2'/>tun<text:tab/>x"
          "<text:line-break/>y "),
        ["Wir werden das  tun\tx\ny"],
    ),
    "tracked changes": Case(
        "<text:tracked-changes>" + change("a", "insertion") + change("b", "deletion", p("nicht "))
        + change("c", "deletion", p("Ende.") + p("Neuer Anfang")) + change("d", "format-change")
        + "</text:tracked-changes>"
        + p('Das <text:change-start text:change-id="a"/>gilt '
            '<text:change-end text:change-id="a"/><text:change text:change-id="b"/>'
            '<text:change text:change-id="c"/>immer.'),
        ["Das gilt immer."],
        [("insertion", "gilt", "Das", "Anna"), ("deletion", "nicht", "Das gilt", "Anna"),
         ("deletion", "Ende.\nNeuer Anfang", "Das gilt", "Anna")],
    ),
    "an insertion of two paragraphs": Case(
        f"<text:tracked-changes>{change('a', 'insertion')}</text:tracked-changes>"
        + p('a <text:change-start text:change-id="a"/>b') + p('c<text:change-end '
            'text:change-id="a"/> d'),
        ["a b", "c d"],
        [("insertion", "b", "a", "Anna"), ("insertion", "c", "d", "Anna")],
    ),
    "a deletion whose place is missing": Case(
        f"<text:tracked-changes>{change('b', 'deletion', p('weg'))}</text:tracked-changes>"
        + p("x"),
        ["x"],
        [("deletion", "weg", "", "Anna")],
    ),
    "notes": Case(
        p('Zitat<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
          f"<text:note-body>{p('Seite 3')}</text:note-body></text:note> hier"
          '<text:note text:note-class="endnote"><text:note-citation>i</text:note-citation>'
          f"<text:note-body>{p('Ende')}</text:note-body></text:note>"),
        ["Zitat hier"],
        [("footnote", "Seite 3", "Zitat", ""), ("endnote", "Ende", "Zitat hier", "")],
    ),
    "a comment": Case(
        p('Wir <office:annotation office:name="k"><dc:creator>Cem</dc:creator>'
          f"<dc:date>2026-01-01</dc:date>{p('Zu scharf?')}{p('Ja.')}</office:annotation>fordern"
          '<office:annotation-end office:name="k"/> das.'),
        ["Wir fordern das."],
        [("comment", "Zu scharf?\nJa.", "fordern", "Cem")],
    ),
    "headers and footers": Case(
        p("Text"),
        ["Text"],
        [("header", "Entwurf", "", ""), ("footer", "Seite 1", "", ""),
         ("header", "Anders", "", "")],
        styles=master(f"<style:header>{p('Entwurf')}</style:header>",
                      f"<style:footer>{p('Seite <text:page-number>1</text:page-number>')}"
                      "</style:footer>",
                      f"<style:header-left>{p('Anders')}</style:header-left>"),
    ),
    "text boxes": Case(
        p(f"Neben <draw:frame><draw:text-box>{p('Kasten')}</draw:text-box></draw:frame>an"
          f"<draw:g><draw:custom-shape>{p('Stern')}</draw:custom-shape></draw:g>")
        + f"<draw:frame><draw:text-box>{p('Seite')}</draw:text-box></draw:frame>",
        ["Neben an"],
        [("text-box", "Kasten", "Neben", ""), ("text-box", "Stern", "Neben an", ""),
         ("text-box", "Seite", "Neben an", "")],
    ),
    "text in a picture": Case(
        p(f'x<draw:frame><draw:image xlink:href="">{p("Bild")}</draw:image></draw:frame>'),
        ["x"],
        [("text-box", "Bild", "x", "")],
    ),
    "hidden": Case(
        p('Man sieht <text:span text:style-name="T1">nie </text:span>das'
          "<text:hidden-text> und dies</text:hidden-text>"),
        ["Man sieht das"],
        [("hidden", "nie", "Man sieht", ""), ("hidden", "und dies", "Man sieht das", "")],
        text_style("T1", 'text:display="none"'),
    ),
    "fields": Case(p('am <text:date>3. Mai</text:date> <text:placeholder>Ort</text:placeholder>'),
                   ["am 3. Mai"], [("field", "Ort", "am 3. Mai", "")]),
    "a table of contents": Case(
        f"<text:table-of-content><text:index-body>{p('Kapitel 3')}</text:index-body>"
        f"</text:table-of-content>{p('Kapitel')}",
        ["Kapitel"],
        [("field", "Kapitel 3", "", "")],
    ),
    "ruby": Case(
        p("<text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>kan</text:ruby-text>"
          "</text:ruby>"),
        ["漢"],
        [("other", "kan", "漢", "")],
    ),
    "a formula and a chart": Case(
        p('x <draw:frame><draw:object xlink:href="./Object 1"/><draw:image xlink:href="a"/>'
          '</draw:frame><draw:frame><draw:object xlink:href="./Object 2"/></draw:frame>'),
        ["x"],
        [("formula", "a + b", "x", ""), ("other", "Titel", "x", "")],
        more={
            "Object 1/content.xml": f"<math:math {ODF_NAMESPACES}><math:mi>a</math:mi>"
            "<math:mo>+</math:mo><math:mi>b</math:mi><math:annotation>a over b</math:annotation>"
            "</math:math>",
            "Object 2/content.xml": f"<office:document-content {ODF_NAMESPACES}>{p('Titel')}"
            "</office:document-content>",
        },
    ),
    "what wraps text": Case(
        f"<text:section>{p('a <text:bookmark/><text:unknown>b</text:unknown>')}"
        f"<text:unknown>{p('c')}</text:unknown></text:section>",
        ["a b", "c"],
    ),
    "a cell below another": Case(
        "<table:table><table:table-row><table:table-cell table:number-columns-spanned='2'>"
        f"{p('a')}</table:table-cell><table:covered-table-cell>{p('weg')}"
        "</table:covered-table-cell></table:table-row></table:table>",
        ["a"],
        [("hidden", "weg", "a", "")],
    ),
}  # fmt: skip


def read(case: Case) -> Document:
    return read_odt(odt(case.body, case.automatic, case.styles, case.more), "a.odt")


@pytest.mark.parametrize("name", CASES)
def test_words_in_are_words_placed_or_listed(name: str) -> None:
    case = CASES[name]
    document = read(case)
    assert [one.text for one in paragraphs(document.blocks)] == case.text
    found = [(one.kind, one.text, one.near, one.who) for one in document.leftovers]
    assert found == case.beside
    assert document.diagnostics == ()
    assert document.words is not None
    assert Counter(document.words) == accounted(document)


def test_headings_and_looks() -> None:
    automatic = (
        text_style("T1", 'fo:font-weight="bold"')
        + text_style("T2", 'fo:font-style="normal" style:text-line-through-style="solid"')
        + text_style("T3", 'fo:font-weight="normal"')
        + text_style("P1", "", "Zitat", "paragraph")
    )
    styles = (
        '<office:styles><style:default-style style:family="paragraph"><style:text-properties '
        'fo:language="de" fo:country="DE"/></style:default-style>'
        + text_style("Zitat", 'fo:font-style="italic"', family="paragraph")
        + text_style("Title", 'fo:font-weight="bold"', family="paragraph")
        + text_style("Heading_20_2", 'fo:font-weight="bold"', family="paragraph")
        + "</office:styles>"
    )
    body = (
        p("Wir", "Title")
        + '<text:h text:outline-level="2">Zwei</text:h>'
        + p("Drei", "Heading_20_2")
        + p(
            'kursiv<text:span text:style-name="T1">beides<text:span text:style-name="T2">steil'
            '</text:span><text:span text:style-name="T3">mager</text:span></text:span>',
            "P1",
        )
    )
    document = read_odt(odt(body, automatic, styles), "a.odt")
    found = [one for one in document.blocks if isinstance(one, Paragraph)]
    assert [(one.heading, one.style) for one in found] == [
        (1, "Title"), (2, ""), (2, "Heading 2"), (0, "Zitat"),
    ]  # fmt: skip
    assert found[0].runs == (Run("Wir"),)
    assert found[3].runs == (
        Run("kursiv", emphasis=True),
        Run("beides", strong=True, emphasis=True),
        Run("steil", strong=True, struck=True),
        Run("mager", emphasis=True),
    )
    assert document.language == "de-DE"


def test_lists() -> None:
    levels = (
        '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")" '
        'text:display-levels="2"/>'
    )
    bullets = '<text:list-level-style-bullet text:level="1" text:bullet-char="–"/>'
    automatic = (
        f'<text:list-style style:name="L1">{levels}</text:list-style>'
        f'<text:list-style style:name="L2">{bullets}</text:list-style>'
    )

    def items(style: str, *each: str, more: str = "", begin: str = "") -> str:
        inner = "".join(f"<text:list-item {begin}>{one}</text:list-item>" for one in each)
        return f'<text:list text:style-name="{style}" {more}>{inner}</text:list>'

    body = (
        items("L1", p("x") + p("noch"), p("x") + "<text:list>" + f"<text:list-item>{p('x')}"
              f"</text:list-item><text:list-item>{p('x')}</text:list-item></text:list>")
        + items("L2", p("x"))
        + items("L1", p("x"), more='text:continue-numbering="true"')
        + items("L1", p("x"))
        + items("L9", p("x"))
        + items("L1", p("x"), begin='text:start-value="7"')
        + items("L1", p("x"), more='text:continue-list="y"')
        + items("L1", "<text:h>x</text:h>")
    )  # fmt: skip
    found = [one.item for one in paragraphs(read_odt(odt(body, automatic), "a.odt").blocks)]
    assert found == ["1.", "", "2.", "2.a)", "2.b)", "–", "3.", "1.", "•", "7.", "8.", ""]


def test_tables() -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell {more}>{p(text)}</table:table-cell>"

    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    covered = "<table:covered-table-cell/>"
    body = (
        "<table:table><table:table-columns/><table:table-header-rows>"
        + row(cell("Kopf", 'table:number-columns-spanned="2"'), covered)
        + "</table:table-header-rows><table:table-rows>"
        + row(cell("a", 'table:number-rows-spanned="2"'), cell("b"))
        + row(covered, f"<table:table-cell><table:table>{row(cell('c'))}</table:table>"
                       "</table:table-cell>")
        + "</table:table-rows></table:table>"
    )  # fmt: skip
    (table,) = read_odt(odt(body), "a.odt").blocks
    assert shape(table) == [[("Kopf", 2, 1)], [("a", 1, 2), ("b", 1, 1)], [("c", 1, 1)]]
    assert isinstance(table, Table)
    assert table.header_rows == 1


@pytest.mark.parametrize(
    ("body", "continues"),
    [
        (p("Wir prü-") + "<text:soft-page-break/>" + p("fen."), True),
        (p("Wir") + p("<text:soft-page-break/>prüfen."), True),
        (p("Wir") + p("prüfen.", "P1"), True),
        (p("Ende.") + p("prüfen.", "P1"), False),
        (p("Wir") + p("an<text:soft-page-break/>ders."), False),
        (p("Wir") + p("anders."), False),
    ],
)
def test_what_a_page_break_cuts(body: str, continues: bool) -> None:
    automatic = (
        '<style:style style:name="P1" style:family="paragraph">'
        '<style:paragraph-properties fo:break-before="page"/></style:style>'
    )
    found = list(paragraphs(read_odt(odt(body, automatic), "a.odt").blocks))
    assert [one.continues for one in found] == [False, continues]


def test_links_and_pictures() -> None:
    body = p(
        '<text:a xlink:href="https://a.de/">a</text:a><text:a xlink:href="#b">b</text:a>'
        '<text:a xlink:href="javascript:c">c</text:a>d'
        '<draw:frame><draw:image xlink:href="Pictures/a.png"/><svg:desc>Ein Baum</svg:desc>'
        '<draw:image xlink:href="Pictures/a.svg"/></draw:frame>'
        '<draw:frame><draw:image xlink:href="https://a.de/b.png"/></draw:frame>'
    )
    document = read_odt(
        odt(body, more={"Pictures/a.png": PNG, "Pictures/a.svg": b"<svg/>"}), "a.odt"
    )
    paragraph, picture = document.blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.runs == (Run("a", link="https://a.de/"), Run("bcd"))
    assert picture == Picture(PNG, "image/png", "Ein Baum", 1)
    assert [one.code for one in document.diagnostics] == ["import-link", "import-picture"]


def test_macros_title_and_language() -> None:
    meta = (
        f"<office:document-meta {ODF_NAMESPACES}><office:meta><dc:title>Flugblatt</dc:title>"
        "<dc:language>de</dc:language></office:meta></office:document-meta>"
    )
    document = read_odt(odt(p("x"), more={"meta.xml": meta, "Basic/x.xml": "<x/>"}), "a.odt")
    assert (document.title, document.language) == ("Flugblatt", "de")
    assert [one.code for one in document.diagnostics] == ["import-macros"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_what_libreoffice_makes_of_a_word_document_reads_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(word_file())
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
         "--convert-to", "odt", "--outdir", tmp_path, tmp_path / "a.docx"],
        check=True, timeout=120, capture_output=True,
    )  # fmt: skip
    word = read_docx(word_file(), "a.docx")
    converted = read_odt((tmp_path / "a.odt").read_bytes(), "a.odt")

    def seen(document: Document) -> list[tuple[object, ...]]:
        return [(one.heading, one.item, one.runs) for one in paragraphs(document.blocks)]

    assert seen(converted) == seen(word)
    assert shape(converted.blocks[-1]) == shape(word.blocks[-1])
    assert converted.leftovers == word.leftovers


@pytest.mark.parametrize(
    ("position", "shown"),
    [("super 58%", "²"), ("33% 58%", "²"), ("sub 58%", "₂"), ("-33% 58%", "₂"), ("0% 100%", "2")],
)
def test_raised_and_lowered_numbers_are_what_they_are(position: str, shown: str) -> None:
    automatic = (
        '<style:style style:name="T1" style:family="text"><style:text-properties '
        f'style:text-position="{position}"/></style:style>'
    )
    body = '<text:p>m<text:span text:style-name="T1">2</text:span> m</text:p>'
    document = read_odt(odt(body, automatic), "a.odt")
    (paragraph,) = paragraphs(document.blocks)
    assert paragraph.text == f"m{shown} m"
    assert document.words is not None
    assert Counter(document.words) == Counter(words_of(paragraph.text))


def test_what_is_hidden_is_as_the_file_says() -> None:
    body = (
        '<text:section text:display="none"><text:p>Geheim</text:p></text:section>'
        '<text:p>Das ist <text:hidden-text text:is-hidden="false">nicht</text:hidden-text> wahr.'
        '</text:p><text:p>Weg<text:hidden-paragraph text:is-hidden="true"/></text:p>'
        '<text:p>Da<text:hidden-paragraph text:is-hidden="false"/></text:p>'
    )
    document = read_odt(odt(body), "a.odt")
    assert [one.text for one in paragraphs(document.blocks)] == ["Das ist nicht wahr.", "Da"]
    assert [(one.kind, one.text) for one in document.leftovers] == [
        ("hidden", "Geheim"),
        ("hidden", "Weg"),
    ]


def test_changes_are_found_by_either_identifier() -> None:
    body = (
        '<text:tracked-changes><text:changed-region xml:id="c1"><text:insertion>'
        "<office:change-info><dc:creator>Anna</dc:creator></office:change-info></text:insertion>"
        "</text:changed-region></text:tracked-changes><text:p>Das ist "
        '<text:change-start text:change-id="c1"/>nicht<text:change-end text:change-id="c1"/> wahr.'
        "</text:p>"
    )
    document = read_odt(odt(body), "a.odt")
    assert [(one.kind, one.text, one.who) for one in document.leftovers] == [
        ("insertion", "nicht", "Anna")
    ]
