"""Word documents: each word that goes in is in the text or beside it, and nothing is somewhere
else than a reader of the page would say.
"""

from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO

import docx as python_docx
import mammoth
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mammoth.documents import Paragraph as MammothParagraph
from mammoth.documents import Tab, Text
from mammoth.docx import read as read_with_mammoth

from brochure.interchange.document import (
    Block,
    Document,
    Paragraph,
    Picture,
    Run,
    Table,
    paragraphs,
)
from brochure.interchange.reading.docx import read_docx
from brochure.interchange.reading.witness import words_of
from tests.conftest import examples
from tests.office_files import (
    NAMESPACES,
    STRICT_R,
    STRICT_W,
    R,
    W,
    archive,
    docx,
    docx_entries,
    p,
    part,
    r,
    relation,
    tbl,
    tc,
    tr,
)

SEPARATOR = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
SHAPE = "<a:p><a:r><a:t>{}</a:t></a:r></a:p>"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def changed(tag: str, text: str, name: str = "w:t", who: str = "Anna") -> str:
    return f'<w:{tag} w:id="1" w:author="{who}">{r(text, name=name)}</w:{tag}>'


def field_of(instruction: str, result: str) -> str:
    """A complex field with a result."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def line(*inline: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(inline)}</w:p>"


def box(*blocks: str) -> str:
    """A text box as Word writes it: once for today's programs, once for older ones."""
    inner = f"<w:txbxContent>{''.join(blocks)}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic>'
        f"<a:graphicData><wps:txbx>{inner}</wps:txbx></a:graphicData></a:graphic></wp:anchor>"
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{inner}</v:textbox>"
        "</v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def drawing(inner: str, description: str = "") -> str:
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" descr="{description}"/><a:graphic>'
        f"<a:graphicData>{inner}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


@dataclass(frozen=True)
class Case:
    """What goes into a document, and where its words should be: the paragraphs of the text, and
    what stands beside it: kind, text, near, who.
    """

    body: str
    text: list[str]
    beside: list[tuple[str, str, str, str]] = field(default_factory=list)
    parts: dict[str, str | bytes] = field(default_factory=dict)
    related: tuple[str, ...] = ()


CASES = {
    "words across runs": Case(
        line(r("Flücht"), r("lings", "<w:b/>"), r("hilfe")), ["Flüchtlingshilfe"]
    ),
    "an insertion": Case(
        line(r("Wir "), changed("ins", "werden "), r("das prüfen.")),
        ["Wir werden das prüfen."],
        [("insertion", "werden", "Wir", "Anna")],
    ),
    "a deletion": Case(
        line(r("Das gilt "), changed("del", "nicht ", "w:delText"), r("für alle.")),
        ["Das gilt für alle."],
        [("deletion", "nicht", "Das gilt", "Anna")],
    ),
    "a deletion within a word, in two runs": Case(
        line(
            r("Haus"),
            '<w:del w:author="B">',
            r("a", name="w:delText"),
            r("lt", name="w:delText"),
            "</w:del>",
            r("frau"),
        ),
        ["Hausfrau"],
        [("deletion", "alt", "Haus", "B")],
    ),
    "deletions by two people": Case(
        line(
            r("x "), changed("del", "eins ", "w:delText"), changed("del", "zwei", "w:delText", "B")
        ),
        ["x"],
        [("deletion", "eins", "x", "Anna"), ("deletion", "zwei", "x", "B")],
    ),
    "inserted, then deleted by another": Case(
        line(
            r("Es bleibt "),
            f'<w:ins w:author="A">{changed("del", "fast ", "w:delText")}</w:ins>',
            r("so."),
        ),
        ["Es bleibt so."],
        [("deletion", "fast", "Es bleibt", "Anna")],
    ),
    "moved": Case(
        line(changed("moveFrom", "gestern "), r("kam er "), changed("moveTo", "gestern ")),
        ["kam er gestern"],
        [("moved", "gestern", "kam er gestern", "Anna")],
    ),
    "a deleted paragraph is one with the next": Case(
        line(r("Erster "), properties="<w:rPr><w:del w:author='A'/></w:rPr>") + p("zweiter"),
        ["Erster zweiter"],
    ),
    "a paragraph that was deleted whole": Case(
        p("Vorher")
        + line(
            changed("del", "Alles weg", "w:delText"),
            properties="<w:rPr><w:del w:author='A'/></w:rPr>",
        )
        + p("Nachher"),
        ["Vorher", "Nachher"],
        [("deletion", "Alles weg", "Nachher", "Anna")],
    ),
    "hidden by itself": Case(
        line(r("Man sieht "), r("nie ", "<w:vanish/>"), r("das")),
        ["Man sieht das"],
        [("hidden", "nie", "Man sieht", "")],
    ),
    "hidden by a style, shown by itself": Case(
        line(
            r("weg ", '<w:rStyle w:val="H"/>'),
            r("da", '<w:rStyle w:val="H"/><w:vanish w:val="0"/>'),
        ),
        ["da"],
        [("hidden", "weg", "da", "")],
        {
            "styles.xml": part(
                "styles",
                '<w:style w:type="character" w:styleId="H"><w:name w:val="H"/>'
                "<w:rPr><w:vanish/></w:rPr></w:style>",
            )
        },
    ),
    "a simple field": Case(
        line(r("am "), f'<w:fldSimple w:instr="DATE">{r("3. Mai")}</w:fldSimple>', r(" um")),
        ["am 3. Mai um"],
    ),
    "a field, and its instruction": Case(
        line(r("siehe "), field_of("REF x", r("oben"))), ["siehe oben"]
    ),
    "a field within the instruction of another": Case(
        line(
            field_of(
                "IF</w:instrText></w:r>"
                + field_of("MERGEFIELD x", r("Wert "))
                + "<w:r><w:instrText> = 1",
                r("Ergebnis"),
            )
        ),
        ["Ergebnis"],
        [("field", "Wert", "Ergebnis", "")],
    ),
    "a table of contents": Case(
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
        f"</w:sdtPr><w:sdtContent>{p('Inhalt')}{line(field_of('TOC', r('Kapitel')))}</w:sdtContent>"
        f"</w:sdt>{p('Kapitel')}",
        ["Kapitel"],
        [("field", "Inhalt", "", ""), ("field", "Kapitel", "", "")],
    ),
    "a deleted note": Case(
        line(r("x"), '<w:del w:author="B"><w:r><w:footnoteReference w:id="2"/></w:r></w:del>'),
        ["x"],
        [("deletion", "Seite 3", "x", "B")],
        {"footnotes.xml": part("footnotes", f'<w:footnote w:id="2">{p("Seite 3")}</w:footnote>')},
    ),
    "an index": Case(
        line(r("Wir "), field_of(' INDEX \\e " "', r("Abgabe, 3"))),
        ["Wir"],
        [("field", "Abgabe, 3", "Wir", "")],
    ),
    "what was inserted, and then moved away": Case(
        line(r("x "), f'<w:moveFrom w:author="B">{changed("ins", "neu")}</w:moveFrom>'),
        ["x"],
        [("moved", "neu", "x", "B")],
    ),
    "the placeholder of a control": Case(
        line(
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>",
            r("Hier klicken "),
            "</w:sdtContent></w:sdt>",
            r("Text"),
        ),
        ["Text"],
        [("field", "Hier klicken", "Text", "")],
    ),
    "what wraps text": Case(
        line(
            "<w:smartTag>",
            r("a "),
            "</w:smartTag><w:customXml>",
            r("b "),
            "</w:customXml>",
            '<w:bdo w:val="ltr">',
            r("c "),
            '</w:bdo><w:dir w:val="ltr">',
            r("d "),
            "</w:dir>",
            "<w:sdt><w:sdtContent>",
            r("e "),
            "</w:sdtContent></w:sdt><w:unknown>",
            r("f"),
            "</w:unknown>",
        )
        + f"<w:unknown><w:unknown>{p('g')}{p('h')}</w:unknown></w:unknown>"
        + box(p("i"), p("j")),
        ["a b c d e f", "g", "h"],
        [("text-box", "i\nj", "h", "")],
    ),
    "a footnote and an endnote": Case(
        line(
            r("Zitat"),
            '<w:r><w:footnoteReference w:id="2"/></w:r>',
            r(" hier"),
            '<w:r><w:endnoteReference w:id="2"/></w:r>',
        ),
        ["Zitat hier"],
        [("footnote", "Seite 3", "Zitat", ""), ("endnote", "Ende", "Zitat hier", "")],
        {
            "footnotes.xml": part(
                "footnotes", SEPARATOR + f'<w:footnote w:id="2">{p("Seite 3")}</w:footnote>'
            ),
            "endnotes.xml": part("endnotes", f'<w:endnote w:id="2">{p("Ende")}</w:endnote>'),
        },
    ),
    "a note that nothing refers to, with a deletion": Case(
        p("x"),
        ["x"],
        [("footnote", "Seite 3", "", ""), ("deletion", "drei", "Seite 3", "Anna")],
        {
            "footnotes.xml": part(
                "footnotes",
                '<w:footnote w:id="2">'
                + line(r("Seite 3"), changed("del", "drei", "w:delText"))
                + "</w:footnote>",
            )
        },
    ),
    "a comment": Case(
        line(
            r("Wir "),
            '<w:commentRangeStart w:id="0"/>',
            r("fordern"),
            '<w:commentRangeEnd w:id="0"/>',
            '<w:r><w:commentReference w:id="0"/></w:r>',
            r(" das."),
        ),
        ["Wir fordern das."],
        [("comment", "Zu scharf?\nJa.", "fordern", "Cem")],
        {
            "comments.xml": part(
                "comments",
                f'<w:comment w:id="0" w:author="Cem">{p("Zu scharf?")}{p("Ja.")}</w:comment>',
            )
        },
    ),
    "headers and footers": Case(
        p("Text"),
        ["Text"],
        [
            ("header", "Entwurf\nSeite 1", "", ""),
            ("text-box", "GEHEIM", "Entwurf", ""),
            ("footer", "Verein e.V.", "", ""),
        ],
        {
            "header1.xml": part(
                "hdr",
                p("Entwurf") + '<w:p><w:r><w:pict><v:shape><v:textpath string="GEHEIM"/></v:shape>'
                "</w:pict></w:r></w:p>" + line(r("Seite "), field_of("PAGE", r("1"))),
            ),
            "footer1.xml": part("ftr", p("Verein e.V.")),
        },
    ),
    "a text box": Case(
        line(r("Neben "), box(p("Kasten"), p("zwei")), r("an")),
        ["Neben an"],
        [("text-box", "Kasten\nzwei", "Neben", "")],
    ),
    "a deleted text box": Case(
        line(r("x"), f'<w:del w:author="A">{box(p("Kasten"))}</w:del>'),
        ["x"],
        [("deletion", "Kasten", "x", "A")],
    ),
    "only the last alternative is text": Case(
        line(
            '<w:r><mc:AlternateContent><mc:Choice Requires="x"><w:x/></mc:Choice><mc:Fallback>'
            "<w:t>Herz</w:t></mc:Fallback></mc:AlternateContent></w:r>"
        ),
        ["Herz"],
    ),
    "a formula": Case(
        line(
            r("gilt "), "<m:oMath><m:r><m:t>a</m:t></m:r><m:r><m:t>b</m:t></m:r></m:oMath>", r("so")
        ),
        ["gilt so"],
        [("formula", "a b", "gilt", "")],
    ),
    "ruby": Case(
        line(
            f"<w:r><w:ruby><w:rt>{r('kan')}</w:rt><w:rubyBase>{r('漢')}</w:rubyBase></w:ruby></w:r>"
        ),
        ["漢"],
        [("other", "kan", "漢", "")],
    ),
    "a chart and a diagram": Case(
        line(r("x"), drawing('<c:chart r:id="c1"/>'), drawing('<dgm:relIds r:dm="d1"/>')),
        ["x"],
        [("other", "Titel\n2025", "x", ""), ("other", "Kreis", "x", "")],
        {
            "charts/chart1.xml": f"<c:chartSpace {NAMESPACES}>{SHAPE.format('Titel')}"
            "<c:strCache><c:pt><c:v>2025</c:v></c:pt></c:strCache></c:chartSpace>",
            "diagrams/data1.xml": f"<dgm:dataModel {NAMESPACES}>{SHAPE.format('Kreis')}"
            "</dgm:dataModel>",
            "diagrams/drawing1.xml": f"<w:x {NAMESPACES}>{SHAPE.format('Kreis')}</w:x>",
        },
        (
            relation("c1", "chart", "charts/chart1.xml"),
            relation("d1", "diagramData", "diagrams/data1.xml"),
        ),
    ),
    "signs": Case(
        "<w:p><w:r><w:t>E</w:t><w:noBreakHyphen/><w:t>Mail an</w:t><w:softHyphen/><w:t>dere</w:t>"
        '<w:tab/><w:t>x</w:t><w:br/><w:t>y</w:t><w:sym w:font="Wingdings" w:char="F0FC"/>'
        "</w:r></w:p>",
        ["E\u2011Mail an\u00addere\tx\ny✓"],
    ),
    "a sign of a font, as text": Case(
        line(r("\uf0fc", '<w:rFonts w:ascii="Wingdings"/>'), r(" da")), ["✓ da"]
    ),
    "two columns without widths": Case(
        tbl(tr(tc(p("Zitat")), tc(p("Kommentar")))), ["Zitat", "Kommentar"]
    ),
    "a deleted row and an inserted one": Case(
        tbl(
            tr(tc(p("a"))),
            tr(tc(p("b")), properties='<w:del w:author="B"/>'),
            tr(tc(p("c")), properties='<w:ins w:author="B"/>'),
        ),
        ["a", "c"],
        [("deletion", "b", "a", "B"), ("insertion", "c", "a", "B")],
    ),
    "a deleted cell": Case(
        tbl(tr(tc(p("a")), tc(p("b"), properties='<w:cellDel w:author="B"/>'))),
        ["a"],
        [("deletion", "b", "a", "B")],
    ),
    "rows and cells in controls": Case(
        "<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent>"
        + tc(p("a"))
        + "</w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt></w:tbl>",
        ["a"],
    ),
    "building blocks are no text": Case(
        p("x"), ["x"], [], {"glossary/document.xml": part("document", p("Grußformel"))}
    ),
}


def read(case: Case) -> Document:
    return read_docx(docx(case.body, case.parts, *case.related), "a.docx")


def accounted(document: Document) -> Counter[str]:
    """Words placed, and words beside the text, without those that are in both."""
    texts = [one.text for one in paragraphs(document.blocks)]
    texts += [one.text for one in document.leftovers if one.kind != "insertion"]
    return Counter(word for text in texts for word in words_of(text))


@pytest.mark.parametrize("name", CASES)
def test_words_in_are_words_placed_or_listed(name: str) -> None:
    case = CASES[name]
    document = read(case)
    assert [one.text for one in paragraphs(document.blocks)] == case.text
    found = [(one.kind, one.text, one.near, one.who) for one in document.leftovers]
    assert found == case.beside
    assert document.diagnostics == ()
    if name != "a deleted paragraph is one with the next":  # two words became one, rightly
        assert Counter(document.words) == accounted(document)


def test_the_witness_sees_what_a_reader_leaves_out() -> None:
    """A part that nothing refers to: the reader cannot know of it."""
    document = read_docx(
        docx(p("Text"), {"lost/header9.xml": part("hdr", p("Verborgen"))}), "a.docx"
    )
    assert Counter(document.words) - accounted(document) == Counter(["Verborgen"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("„Wir, die 2.000 Leute“ – hier!", ("Wir", "die", "2", "000", "Leute", "hier")),
        ("Flug\u00adblatt", ("Flugblatt",)),
        ("fu\u0308r", ("für",)),
        ("E\u2011Mail an a_b", ("E", "Mail", "an", "a", "b")),
        ("____ \n ", ()),
        ("m² und H₂O", ("m2", "und", "H2O")),
    ],
)
def test_what_a_word_is(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


# --- Trees of any shape ------------------------------------------------------------------------

_INLINE = ["w:ins", "w:del", "w:moveFrom", "w:moveTo", "w:smartTag", "w:hyperlink", "w:fldSimple",
           "w:bdo", "w:unknown"]  # fmt: skip


@st.composite
def inline(draw: st.DrawFn, depth: int = 0) -> str:
    """Something in a paragraph; each word has white space around it."""
    if depth > 2 or draw(st.booleans()):
        word = draw(st.text("abcäöü", min_size=1, max_size=4))
        hidden = draw(st.sampled_from(["", "", "<w:vanish/>"]))
        kind = draw(st.sampled_from(["w:t", "w:t", "w:delText"]))
        return draw(
            st.sampled_from([r(f" {word} ", hidden, kind), box(p(word)), "<w:r><w:br/></w:r>"])
        )
    name = draw(st.sampled_from(_INLINE))
    content = "".join(draw(st.lists(inline(depth + 1), max_size=3)))
    return f'<{name} w:author="A" w:instr="REF">{content}</{name}>'


@st.composite
def block(draw: st.DrawFn, depth: int = 0) -> str:
    """A paragraph, a table, or something around blocks."""
    shape = draw(st.integers(0, 3 if depth < 2 else 0))
    inner = st.lists(block(depth + 1), min_size=1, max_size=2).map("".join)
    match shape:
        case 1:
            merge = draw(st.sampled_from(["", "<w:vMerge/>", '<w:vMerge w:val="restart"/>',
                                          '<w:gridSpan w:val="2"/>', "<w:cellDel/>"]))  # fmt: skip
            rows = draw(st.lists(st.lists(inner, min_size=1, max_size=2), min_size=1, max_size=3))
            mark = draw(st.sampled_from(["", "<w:del/>", "<w:ins/>", "<w:tblHeader/>"]))
            cells = [[tc(one, properties=merge) for one in row] for row in rows]
            return tbl(*(tr(*row, properties=mark) for row in cells))
        case 2:
            name = draw(st.sampled_from(["w:ins", "w:del", "w:moveTo", "w:unknown", "w:customXml"]))
            return f"<{name}>{draw(inner)}</{name}>"
        case 3:
            return f"<w:sdt><w:sdtContent>{draw(inner)}</w:sdtContent></w:sdt>"
    gone = draw(st.sampled_from(["", "", "<w:rPr><w:del/></w:rPr>", '<w:pStyle w:val="x"/>']))
    return line(*draw(st.lists(inline(), max_size=4)), properties=gone)


@given(st.lists(block(), max_size=4).map("".join))
@examples(60)
def test_no_word_is_lost_in_any_tree(body: str) -> None:
    document = read_docx(docx(body), "a.docx")
    assert Counter(document.words) == accounted(document)


# --- Structure ---------------------------------------------------------------------------------


def blocks(body: str, **parts: str) -> tuple[Block, ...]:
    return read_docx(docx(body, {f"{k}.xml": part(k, v) for k, v in parts.items()}), "a").blocks


def style(own: str, name: str, properties: str = "", run: str = "", based: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{own}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based}"/><w:pPr>{properties}</w:pPr><w:rPr>{run}</w:rPr></w:style>'
    )


@pytest.mark.parametrize(
    ("styles", "properties", "level"),
    [
        (style("berschrift2", "heading 2"), '<w:pStyle w:val="berschrift2"/>', 2),
        (style("x", "Überschrift 3"), '<w:pStyle w:val="x"/>', 3),
        (style("x", "Heading 1"), '<w:pStyle w:val="x"/>', 1),
        (style("x", "Eigene", '<w:outlineLvl w:val="1"/>'), '<w:pStyle w:val="x"/>', 2),
        (style("y", "Eigene", based="x") + style("x", "heading 4"), '<w:pStyle w:val="y"/>', 4),
        (style("x", "Titel"), '<w:pStyle w:val="x"/>', 1),
        (style("x", "heading 1"), '<w:pStyle w:val="x"/><w:outlineLvl w:val="9"/>', 0),
        ("", '<w:outlineLvl w:val="0"/>', 1),
        (style("x", "x", based="x"), '<w:pStyle w:val="x"/>', 0),
        ("", "", 0),
    ],
)
def test_headings(styles: str, properties: str, level: int) -> None:
    (paragraph,) = blocks(p("Text", properties), styles=styles)
    assert isinstance(paragraph, Paragraph)
    assert paragraph.heading == level


def test_how_text_looks() -> None:
    styles = style("Zitat", "Quote", run="<w:i/>") + style("h", "heading 1", run="<w:b/>")
    styles += (
        '<w:style w:type="character" w:styleId="Stark"><w:name w:val="Strong"/><w:rPr><w:b/><w:i/>'
        "</w:rPr></w:style>"
    )
    stark = '<w:rStyle w:val="Stark"/>'
    styles += style("f", "Fett", run="<w:b/>")
    quote, heading, plain, bold = blocks(
        line(
            r("kursiv "), r("beides ", stark), r("steil", '<w:i w:val="0"/>'),
            properties='<w:pStyle w:val="Zitat"/>',
        )
        + p("Kopf", '<w:pStyle w:val="h"/>')
        + line(r("weg", "<w:strike/>"), r("weg", "<w:dstrike/>"), r("da", '<w:b w:val="false"/>'))
        + line(r("fett"), r("nicht", stark), properties='<w:pStyle w:val="f"/>'),
        styles=styles,
    )  # fmt: skip
    assert isinstance(quote, Paragraph)
    assert isinstance(heading, Paragraph)
    assert isinstance(plain, Paragraph)
    assert quote.runs == (
        Run("kursiv ", emphasis=True),
        Run("beides ", strong=True),  # italics in italics are upright: 17.7.3
        Run("steil"),
    )
    assert heading.runs == (Run("Kopf"),)
    assert isinstance(bold, Paragraph)
    assert bold.runs == (Run("fett", strong=True), Run("nicht", emphasis=True))
    assert plain.runs == (Run("wegweg", struck=True), Run("da"))
    assert (quote.style, heading.style, plain.style) == ("Quote", "heading 1", "")


def test_raised_and_lowered_numbers_are_what_they_are() -> None:
    raised, lowered = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'
    level, mark = '<w:vertAlign w:val="baseline"/>', '<w:rStyle w:val="Mark"/>'
    styles = style("Mark", "mark", run=raised).replace('"paragraph"', '"character"')
    body = line(
        r("10 m"), r("2", raised), r(" CO"), r("2", lowered), r(" 20"), r("3", mark),
        r(" 1", raised), r("te", raised), r(" 4", level), r("5", mark + level),
    )  # fmt: skip
    (paragraph,) = paragraphs(blocks(body, styles=styles))
    assert paragraph.text == "10 m² CO₂ 20³ ¹te 45"
    words = read_docx(docx(body), "a.docx").words
    assert words is not None
    assert Counter(words) == Counter(words_of(paragraph.text)), "the witness agrees"


def test_lists() -> None:
    def level(depth: int, form: str, text: str, more: str = "") -> str:
        return (
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
        )

    numbering = (
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "decimal", "%1.", '<w:pStyle w:val="Liste"/>')
        + level(1, "lowerLetter", "%1.%2)")
        + level(2, "upperRoman", "%3")
        + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
        + level(0, "bullet", "\uf0b7")
        + level(1, "bullet", "–")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="7"/></w:lvlOverride></w:num>'
    )

    def item(number: int, depth: int, inline: str = r("x"), more: str = "") -> str:
        numbered = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
        return line(inline, properties=numbered + more)

    styles = style("Liste", "Liste", '<w:numPr><w:numId w:val="1"/></w:numPr>')
    found = blocks(
        item(1, 0) + item(1, 1) + item(1, 1) + item(1, 2) + p("x", '<w:pStyle w:val="Liste"/>')
        + item(1, 1) + item(2, 0) + item(2, 1) + item(3, 0) + item(3, 0) + item(9, 0)
        + p("x", '<w:pStyle w:val="Liste"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + item(3, 0, "") + item(3, 0, changed("del", "x")) + item(3, 0)
        + item(3, 0, r("x"), '<w:outlineLvl w:val="0"/>') + item(3, 1),
        numbering=numbering, styles=styles,
    )  # fmt: skip
    markers = [one.item for one in found if isinstance(one, Paragraph)]
    assert markers == [
        "1.",
        "1.a)",
        "1.b)",
        "I",
        "2.",
        "2.a)",
        "•",
        "–",
        "7.",
        "8.",
        "",
        "",
        "10.",
        "",
        "11.a)",
    ]


def shape(table: object) -> list[list[tuple[str, int, int]]]:
    assert isinstance(table, Table)
    return [
        [(" ".join(q.text for q in paragraphs(c.blocks)), c.columns, c.rows) for c in row]
        for row in table.rows
    ]


def test_merged_cells() -> None:
    wide = '<w:gridSpan w:val="2"/>'
    begin, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    (table,) = blocks(
        tbl(
            tr(tc(p("Kopf"), properties=wide), properties="<w:tblHeader/>"),
            tr(tc(p("a"), properties=begin), tc(p("b"))),
            tr(tc(p("weiter"), properties=on), tc(p("c"))),
            tr(tc(p("d"), properties=on), tc(p("e")), properties="<w:tblHeader/>"),
            tr(tc(p("f")), properties='<w:gridBefore w:val="1"/>'),
            tr(
                tc(p("g"), properties='<w:hMerge w:val="restart"/>'),
                tc(p("h"), properties='<w:hMerge w:val="continue"/>'),
            ),
        )
    )
    assert shape(table) == [
        [("Kopf", 2, 1)],
        [("a weiter d", 1, 3), ("b", 1, 1)],
        [("c", 1, 1)],
        [("e", 1, 1)],
        [("", 1, 1), ("f", 1, 1)],
        [("g h", 2, 1)],
    ]
    assert isinstance(table, Table)
    assert table.header_rows == 1


def test_a_cell_that_goes_on_below_another_width_stays_a_cell() -> None:
    (table,) = blocks(
        tbl(
            tr(tc(p("a"), properties='<w:gridSpan w:val="2"/>')),
            tr(tc(p("b"), properties="<w:vMerge/>"), tc(p("c"))),
        )
    )
    assert shape(table) == [[("a", 2, 1)], [("b", 1, 1), ("c", 1, 1)]]


def test_a_table_in_a_table() -> None:
    inner = tbl(tr(tc(p("innen"))))
    (table,) = blocks(tbl(tr(tc(p("vor"), inner, p("nach")))))
    assert isinstance(table, Table)
    first, second, third = table.rows[0][0].blocks
    assert isinstance(first, Paragraph)
    assert shape(second) == [[("innen", 1, 1)]]
    assert isinstance(third, Paragraph)


BREAK = '<w:r><w:br w:type="page"/></w:r>'
RENDERED = "<w:r><w:lastRenderedPageBreak/></w:r>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (line(r("Wir werden"), BREAK, r("prüfen.")), [("Wir werden", False), ("prüfen.", True)]),
        (line(r("Wir prü-"), BREAK) + p("fen das."), [("Wir prü-", False), ("fen das.", True)]),
        (p("Wir") + line(RENDERED, r("prüfen.")), [("Wir", False), ("prüfen.", True)]),
        (p("Wir", "<w:sectPr/>") + p("prüfen."), [("Wir", False), ("prüfen.", True)]),
        (p("Ende.") + line(BREAK, r("anders")), [("Ende.", False), ("anders", False)]),
        (p("Wir") + line(BREAK, r("Anders")), [("Wir", False), ("Anders", False)]),
        (p("Wir") + p("anders"), [("Wir", False), ("anders", False)]),
        (
            p("Wir", '<w:sectPr><w:type w:val="continuous"/></w:sectPr>') + p("anders"),
            [("Wir", False), ("anders", False)],
        ),
        (p("Wir") + line(r("an"), RENDERED, r("ders")), [("Wir", False), ("anders", False)]),
    ],
)
def test_what_a_page_break_cuts(body: str, expected: list[tuple[str, bool]]) -> None:
    found = [(one.text, one.continues) for one in blocks(body) if isinstance(one, Paragraph)]
    assert found == expected


def test_links() -> None:
    body = line(
        '<w:hyperlink r:id="good">', r("a"), "</w:hyperlink>",
        '<w:hyperlink w:anchor="x">', r("b"), "</w:hyperlink>",
        '<w:hyperlink r:id="script">', r("c"), "</w:hyperlink>",
        field_of('HYPERLINK "https://b.de/" \\o "Tipp"', r("d")),
        field_of('HYPERLINK \\l "Stelle"', r("e")),
        field_of('HYPERLINK "file:///etc/passwd"', r("f")),
        f'<w:fldSimple w:instr=\'HYPERLINK "mailto:a@b.de"\'>{r("g")}</w:fldSimple>', r("h"),
        '<w:hyperlink r:id="nowhere">', r("i"), "</w:hyperlink>",
        '<w:hyperlink r:id="good" w:anchor="Ziel">', r("j"), "</w:hyperlink>",
        field_of('HYPERLINK "https://b.de/" \\l "Ziel"', r("k")),
        field_of("hyperlink https://c.de/ \\n", r("l") + field_of("REF x", r("m")) + r("n")),
    )  # fmt: skip
    outside = (
        relation("good", "hyperlink", "https://a.de/?x=1", outside=True),
        relation("script", "hyperlink", "javascript:alert(1)", outside=True),
    )
    document = read_docx(docx(body, {}, *outside), "a.docx")
    (paragraph,) = paragraphs(document.blocks)
    links = {run.text: run.link for run in paragraph.runs if run.link}
    assert links == {
        "a": "https://a.de/?x=1",
        "d": "https://b.de/",
        "g": "mailto:a@b.de",
        "j": "https://a.de/?x=1#Ziel",
        "k": "https://b.de/#Ziel",
        "lmn": "https://c.de/",
    }
    assert paragraph.text == "abcdefghijklmn"
    dropped = [one.message.values["address"] for one in document.diagnostics]
    assert dropped == ["javascript:alert(1)", "file:///etc/passwd"]
    assert {one.code for one in document.diagnostics} == {"import-link"}


def test_pictures() -> None:
    blip = '<pic:pic><pic:blipFill><a:blip r:{how}="{own}"/></pic:blipFill></pic:pic>'
    body = line(
        r("Text"), drawing(blip.format(how="embed", own="i1"), "Ein Baum"),
        drawing(blip.format(how="link", own="i2")),
        '<w:r><w:pict><v:shape alt="Alt"><v:imagedata r:id="i1"/></v:shape></w:pict></w:r>',
        f'<w:del>{drawing(blip.format(how="embed", own="i1"))}</w:del>',
    )  # fmt: skip
    related = (
        relation("i1", "image", "media/a.png"),
        relation("i2", "image", "file:///C:/b.png", outside=True),
    )
    document = read_docx(docx(body, {"media/a.png": PNG}, *related), "a.docx")
    assert document.blocks[1:] == (
        Picture(PNG, "image/png", "Ein Baum", 1),
        Picture(PNG, "image/png", "Alt", 1),
    )
    assert [one.code for one in document.diagnostics] == ["import-picture"]


def test_what_is_not_read_is_told() -> None:
    sign = '<w:sym w:font="Unbekannt" w:char="F123"/>'
    body = p("x") + '<w:altChunk r:id="c"/>' + f"<w:p><w:r>{sign}</w:r></w:p>"
    parts: dict[str, str | bytes] = {"vbaProject.bin": b"x", "embeddings/a.xlsx": b"x"}
    document = read_docx(docx(body, parts, relation("c", "aFChunk", "a.html")), "a.docx")
    assert [one.code for one in document.diagnostics] == [
        "import-chunk", "import-symbol", "import-macros", "import-embedded",
    ]  # fmt: skip


def test_title_and_language() -> None:
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title> Flugblatt '
        "</dc:title></cp:coreProperties>"
    )
    lang = '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="de-DE"/></w:rPr></w:rPrDefault>'
    styles = part("styles", f"{lang}</w:docDefaults>")
    entries = docx_entries(p("x"), {"styles.xml": styles}) | {"docProps/core.xml": core}
    document = read_docx(archive(entries), "a.docx")
    assert (document.title, document.language) == ("Flugblatt", "de-DE")


def test_the_strict_standard() -> None:
    """ISO/IEC 29500 Strict: the same elements, in namespaces of their own."""
    case = CASES["headers and footers"]
    entries = {
        name: data.replace(W, STRICT_W).replace(R, STRICT_R) if isinstance(data, str) else data
        for name, data in docx_entries(case.body, case.parts).items()
    }
    document = read_docx(archive(entries), "a.docx")
    assert [one.text for one in paragraphs(document.blocks)] == case.text
    assert [one.text for one in document.leftovers] == [text for _, text, _, _ in case.beside]
    assert Counter(document.words) == accounted(document)


# --- Files of another program ------------------------------------------------------------------


def word_file() -> bytes:
    """A file that python-docx made: its template has the styles of Word."""
    file = python_docx.Document()
    file.add_heading("Wir bringen uns ein", 0)
    file.add_heading("Engagement stärken", 1)
    paragraph = file.add_paragraph("„Wir werden ")
    paragraph.add_run("das Engagement").bold = True
    paragraph.add_run(" stärken.“").italic = True
    file.add_paragraph("erstens", style="List Number")
    file.add_paragraph("zweitens", style="List Number")
    file.add_paragraph("Punkt", style="List Bullet")
    table = file.add_table(2, 3)
    for index, cell in enumerate(table.rows[1].cells):
        cell.text = f"Zelle {index}"
    table.cell(0, 0).merge(table.cell(0, 2)).text = "Kopf"
    file.sections[0].header.paragraphs[0].text = "Kopfzeile"
    buffer = BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def test_a_file_of_another_program() -> None:
    document = read_docx(word_file(), "a.docx")
    found = [
        (one.heading, one.item, one.style, one.text)
        for one in document.blocks
        if isinstance(one, Paragraph)
    ]
    assert found == [
        (1, "", "Title", "Wir bringen uns ein"),
        (1, "", "heading 1", "Engagement stärken"),
        (0, "", "Normal", "„Wir werden das Engagement stärken.“"),
        (0, "1.", "List Number", "erstens"),
        (0, "2.", "List Number", "zweitens"),
        (0, "•", "List Bullet", "Punkt"),
    ]
    assert shape(document.blocks[-1]) == [
        [("Kopf", 3, 1)],
        [("Zelle 0", 1, 1), ("Zelle 1", 1, 1), ("Zelle 2", 1, 1)],
    ]
    assert [(one.kind, one.text) for one in document.leftovers] == [("header", "Kopfzeile")]
    assert Counter(document.words) == accounted(document)


def mammoth_paragraphs(element: object) -> list[str]:
    """The paragraphs that mammoth reads, as text."""

    def text(one: object) -> str:
        own = {Text: getattr(one, "value", ""), Tab: "\t"}.get(type(one), "")
        return own + "".join(text(child) for child in getattr(one, "children", ()))

    if isinstance(element, MammothParagraph):
        return [text(element)]
    return [one for child in getattr(element, "children", ()) for one in mammoth_paragraphs(child)]


AGREED = [
    "words across runs",
    "an insertion",
    "a deletion",
    "a deletion within a word, in two runs",
    "a deleted paragraph is one with the next",
    "a field, and its instruction",
    "two columns without widths",
    "a footnote and an endnote",
    "a comment",
]


@pytest.mark.parametrize("name", [*AGREED, "a file of another program"])
def test_mammoth_reads_the_same_paragraphs(name: str) -> None:
    """It reads less, so it is not the reader; where it reads, it is a second opinion."""
    data = word_file() if name not in CASES else docx(CASES[name].body, CASES[name].parts)
    theirs = [text for text in mammoth_paragraphs(read_with_mammoth(BytesIO(data)).value) if text]
    ours = [one.text for one in paragraphs(read_docx(data, "a.docx").blocks)]
    assert ours == theirs
    assert mammoth.extract_raw_text(BytesIO(data)).value.split() == " ".join(ours).split()


def test_a_last_paragraph_without_its_mark_keeps_its_text() -> None:
    gone = "<w:rPr><w:del w:id='1' w:author='Anna'/></w:rPr>"
    body = f"{p('Erst.')}<w:p><w:pPr>{gone}</w:pPr>{r('Zuletzt.')}</w:p><w:sectPr/>"
    document = read_docx(docx(body), "a.docx")
    assert "Zuletzt." in " ".join(one.text for one in paragraphs(document.blocks))


def test_numbers_of_a_level_that_a_list_has_for_itself() -> None:
    level = '<w:lvl w:ilvl="0"><w:numFmt w:val="{}"/><w:lvlText w:val="%1)"/></w:lvl>'
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level.format("decimal")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        f"{level.format('lowerLetter')}</w:lvlOverride></w:num>"
    )
    item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    found = blocks(p("eins", item) + p("zwei", item), numbering=numbering)
    assert [one.item for one in paragraphs(found)] == ["a)", "b)"]


def test_numbers_that_are_raised_by_hand() -> None:
    raised = '<w:position w:val="6"/>'
    (paragraph,) = paragraphs(blocks(line(r("100 m"), r("2", raised), r(" groß"))))
    assert paragraph.text == "100 m² groß"
