"""The first leaflet in the forms in which people have it, and what must come of each."""

import html
import re
from collections import Counter
from io import BytesIO

import docx

from brochure.interchange.document import Document, Paragraph, Run, Table, paragraphs
from brochure.interchange.proposal import Proposal
from brochure.interchange.understanding.accounting import texts_of, words_of, words_of_document
from brochure.manuscript.load import read_manuscript
from brochure.manuscript.model.leaflet import Leaflet
from brochure.project import Project
from tests.conftest import ROOT, SEED, SEED_REGION


def one_line(text: str) -> str:
    return " ".join(text.split())


def first_leaflet() -> Leaflet:
    """The first leaflet as it was made by hand, for the district that it was written in."""
    return read_manuscript(Project(ROOT), SEED, SEED_REGION).leaflet


def expected(leaflet: Leaflet) -> list[tuple[str, str, str, str, str]]:
    """Of each pair: heading, lines and text of the quote, heading and text of the commentary."""
    found = []
    for passage in leaflet.passages:
        assert passage.quote
        assert passage.commentary
        found.append(
            (
                passage.quote.heading or "",
                (passage.quote.lines or "").replace("–", "-"),
                one_line(passage.quote.text),
                passage.commentary.heading or "",
                one_line(passage.commentary.text),
            )
        )
    return found


def found_in(proposal: Proposal) -> list[tuple[str, str, str, str, str]]:
    """The same of a proposal, to the letter."""
    return [
        (
            passage.quote.heading if passage.quote else "",
            passage.quote.lines if passage.quote else "",
            passage.quote.text if passage.quote else "",
            passage.commentary.heading if passage.commentary else "",
            passage.commentary.text if passage.commentary else "",
        )
        for passage in proposal.passages
    ]


def seed_markdown(leaflet: Leaflet) -> str:
    """The first leaflet as it came out of a PDF: page two column by column, with paragraphs and
    words cut where the page was.
    """
    one, two, three, four, five = expected(leaflet)
    assert leaflet.columns
    assert leaflet.lead
    link, lead = [one_line(part) for part in leaflet.lead.strip().split("\n\n")]
    linked = link.replace(
        "Hier ist der Link zum Vertragstext", "[Hier ist der Link zum Vertragstext](#)"
    )
    quote_start, quote_end = three[2].split("prüfen", 1)
    start, end = three[4].strip("*").split("Universitätsstadt", 1)
    programme = quote_start.replace("Das Landesprogramm WIR", "[Das Landesprogramm WIR](#)")
    spaced = [pair[1].replace("-", " – ") for pair in (one, two, three, four, five)]
    return "\n\n".join(
        [
            f"## {leaflet.title}",
            f"### {leaflet.subtitle}",
            linked,
            lead,
            f"#### {leaflet.columns.quote}",
            f"#### {leaflet.columns.commentary}",
            f"##### **{one[0]}** *{one[3]}* (Zeilen {spaced[0]})",
            f"„{one[2]}“",
            one[4],
            f"##### **{two[0]}** (Zeilen {spaced[1]})",
            f"„{two[2]}“",
            f"##### **{two[3]}**",
            two[4],
            f"##### **{three[0]}** *{three[3]}* (Zeilen {spaced[2]})",
            f"„{programme}prü-",
            f"*{start}Universi-*",
            f"fen{quote_end}“",
            f"### **{four[0]}**",
            f"(Zeilen {spaced[3]})",
            f"„{four[2]}“",
            f"### **{five[0]}**",
            f"(Zeilen {spaced[4]})",
            f"„{five[2]}“",
            f"*tätsstadt{end}*",
            f"### **{four[3]}**",
            four[4],
            f"### **{five[3]}**",
            five[4],
        ]
    )


def markdown_sections(leaflet: Leaflet) -> str:
    """Headings and paragraphs in turn, without quotation marks."""
    parts = [f"# {leaflet.title}", f"## {leaflet.subtitle}", leaflet.lead or ""]
    for heading, lines, quote, own_heading, commentary in expected(leaflet):
        parts += [f"### {heading} (Z. {lines})", quote, f"### {own_heading}", commentary]
    return "\n\n".join(parts)


def html_table(leaflet: Leaflet) -> str:
    """A table in HTML, with end tags left out."""
    assert leaflet.columns
    rows = [f"<tr><th>{leaflet.columns.quote}<th>{leaflet.columns.commentary}"]
    for heading, lines, quote, own_heading, commentary in expected(leaflet):
        words = html.escape(commentary.strip("*"))
        rows.append(
            f"<tr><td><b>{heading}</b><p>(Zeilen {lines})<p>„{html.escape(quote)}“"
            f"<td><p><b>{own_heading}</b></p>\n<p><i>{words}</i>"
        )
    lead = "".join(f"<p>{html.escape(p)}" for p in (leaflet.lead or "").split("\n\n"))
    return (
        "<!DOCTYPE html><html lang='de'><head><title>Word</title><style>p { margin: 0 }</style>"
        f"</head><body><h1>{leaflet.title}</h1><h2>{leaflet.subtitle}</h2>{lead}"
        f"<table>{''.join(rows)}</table></body></html>"
    )


def word_table(leaflet: Leaflet, *, wide: bool) -> bytes:
    """A table in Word; `wide`: headings and references stand in rows across both columns."""
    assert leaflet.columns
    word = docx.Document()
    word.add_heading(leaflet.title, 0)
    word.add_paragraph(leaflet.subtitle or "", style="Subtitle")
    for part in (leaflet.lead or "").split("\n\n"):
        word.add_paragraph(one_line(part))
    table = word.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text = leaflet.columns.quote
    table.rows[0].cells[1].text = leaflet.columns.commentary
    for heading, lines, quote, own_heading, commentary in expected(leaflet):
        if wide:
            cells = table.add_row().cells
            across = cells[0].merge(cells[1]).paragraphs[0]
            across.add_run(heading).bold = True
            across.add_run(f" {own_heading}").italic = True
            across.add_run(f" (Zeilen {lines})")
        left, right = table.add_row().cells
        if not wide:
            left.paragraphs[0].add_run(heading).bold = True
            left.add_paragraph(f"(Zeilen {lines})")
            right.paragraphs[0].add_run(own_heading).bold = True
        left.add_paragraph(f"„{quote}“")
        right.add_paragraph().add_run(commentary.strip("*")).italic = True
    data = BytesIO()
    word.save(data)
    return data.getvalue()


# --- Words in, words out.


def invented(document: Document, proposal: Proposal) -> Counter[str]:
    """Words that a proposal has more often than the file, those aside that a page break had cut."""
    known = Counter(words_of_document(document))
    for paragraph in paragraphs(document.blocks):
        known.update(re.findall(r"\d+", paragraph.item))
    used = Counter(word for text in texts_of(proposal) for word in words_of(text))
    for leftover in proposal.leftovers[len(document.leftovers) :]:
        used.update(words_of(leftover.text))
    return used - known


def paragraph(text: str, *, bold: bool = False, italic: bool = False, **more: object) -> Paragraph:
    """A paragraph in one way of writing."""
    return Paragraph((Run(text, bold, italic),), **more)  # type: ignore[arg-type]


def tables_of(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]
