"""A PDF of an older leaflet comes back: by its tags to the letter; without them, by where lines
stand, and then it says so.
"""

from functools import cache
from io import BytesIO

import pikepdf
import pytest

from brochure.diagnostics import DiagnosticsError
from brochure.interchange.document import Paragraph, Table, paragraphs
from brochure.interchange.reading.pdf import read_pdf
from brochure.interchange.reading.reader import read_document
from brochure.interchange.reading.styles import PLACED, UNCERTAIN
from brochure.interchange.understanding.accounting import words_of
from brochure.interchange.understanding.understanding import understand
from brochure.layout.weasyprint.typesetter import PlainTypesetter
from brochure.pipeline.typesetter import TypesetDocument
from brochure.project import packaged_fonts
from tests import importing


def without_tags(pdf: bytes) -> bytes:
    """A PDF as programs write it that know nothing of tags."""
    with pikepdf.open(BytesIO(pdf)) as document:
        del document.Root.StructTreeRoot
        for page in document.pages:
            kept = [
                instruction
                for instruction in pikepdf.parse_content_stream(page)
                if str(instruction.operator) not in ("BDC", "BMC", "EMC")
            ]
            page.Contents = document.make_stream(pikepdf.unparse_content_stream(kept))
        output = BytesIO()
        document.save(output)
    return output.getvalue()


@pytest.mark.parametrize("edition", ["email", "print"])
def test_a_leaflet_of_ours_comes_back_to_the_letter(
    seed_pdfs: dict[str, TypesetDocument], edition: str
) -> None:
    leaflet = importing.first_leaflet()
    document = read_document(seed_pdfs[edition].pdf, "leaflet.pdf")
    assert document.diagnostics == ()
    proposal = understand(document)
    # Commentaries that are in italics as a whole are printed upright.
    wanted = [(*pair[:4], pair[4].strip("*")) for pair in importing.expected(leaflet)]
    assert importing.found_in(proposal) == wanted
    assert {passage.confidence for passage in proposal.passages} == {"sure"}
    assert (proposal.title, proposal.subtitle) == (leaflet.title, leaflet.subtitle)
    assert leaflet.columns
    assert leaflet.source
    assert proposal.quote_column == leaflet.columns.quote
    assert proposal.commentary_column == leaflet.columns.commentary
    assert proposal.source_title == leaflet.source.title
    assert proposal.reference == leaflet.source.reference
    assert proposal.lost == ()
    assert {left.kind for left in proposal.leftovers} == {"header", "footer"}
    assert len(document.words or ()) > 700


def test_without_tags_quotes_stand_beside_their_commentaries_again(
    seed_pdfs: dict[str, TypesetDocument],
) -> None:
    leaflet = importing.first_leaflet()
    document = read_pdf(without_tags(seed_pdfs["email"].pdf), "leaflet.pdf")
    assert [d.code for d in document.diagnostics] == ["import-pdf-places"]
    proposal = understand(document)
    wanted = [(*pair[:4], pair[4].strip("*")) for pair in importing.expected(leaflet)]
    assert importing.found_in(proposal) == wanted
    for passage in proposal.passages:
        assert passage.confidence != "sure"
        assert passage.doubts
    # What could not be read whole is told: the title is set close to the line below it.
    missing = [word for word in words_of(leaflet.title) if word not in proposal.title]
    assert set(missing) <= set(proposal.lost)


def test_what_is_placed_says_so(seed_pdfs: dict[str, TypesetDocument]) -> None:
    document = read_pdf(without_tags(seed_pdfs["email"].pdf), "leaflet.pdf")
    styles = {paragraph.style for paragraph in paragraphs(document.blocks)}
    assert styles <= {PLACED, UNCERTAIN}
    assert PLACED in styles


@cache
def _tagged() -> PlainTypesetter:
    fonts = [packaged_fonts() / "Source Sans 3"]
    return PlainTypesetter(fonts, {}, variant="pdf/ua-1")


def test_links_and_items_of_a_tagged_pdf() -> None:
    """A word processor's file: its own types, a list, a link, a note, a figure, a spanning cell."""
    data = _tagged().typeset(
        "<html lang=de><style>body { font-family: 'Source Sans 3' }</style>"
        "<h1>Titel</h1><p>Ein <b>fettes</b> <i>schräges</i> Wort und ein "
        "<a href='https://example.org/'>Verweis</a>.</p>"
        "<ul><li>eins</li><li>zwei</li></ul>"
        "<table><tr><th>A</th><th>B</th></tr><tr><td colspan=2>quer</td></tr>"
        "<tr><td>links</td><td>rechts</td></tr></table>"
    )
    document = read_pdf(data, "x.pdf")
    title, text, one, two, table = document.blocks
    assert isinstance(title, Paragraph)
    assert title.heading == 1
    assert isinstance(text, Paragraph)
    assert [run.text.strip() for run in text.runs if run.strong] == ["fettes"]
    assert [run.text.strip() for run in text.runs if run.emphasis] == ["schräges"]
    assert "https://example.org/" in {run.link for run in text.runs}
    assert isinstance(one, Paragraph)
    assert isinstance(two, Paragraph)
    assert one.item
    assert two.item
    assert (one.text.strip(), two.text.strip()) == ("eins", "zwei")
    assert isinstance(table, Table)
    assert table.header_rows == 1
    assert [[cell.columns for cell in row] for row in table.rows] == [[1, 1], [2], [1, 1]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7\n", "import-pdf-broken"),
        (b"%PDF-1.7\n" + b"x" * 1000, "import-pdf-broken"),
    ],
)
def test_what_is_no_pdf_is_a_diagnostic(data: bytes, code: str) -> None:
    with pytest.raises(DiagnosticsError) as raised:
        read_document(data, "x.pdf")
    assert [diagnostic.code for diagnostic in raised.value.diagnostics] == [code]


def test_a_protected_and_an_empty_pdf_are_diagnostics() -> None:
    with pikepdf.new() as document:
        document.add_blank_page()
        empty, protected = BytesIO(), BytesIO()
        document.save(empty)
        document.save(protected, encryption=pikepdf.Encryption(owner="a", user="b"))
    for data, code in ((empty, "import-pdf-empty"), (protected, "import-pdf-password")):
        with pytest.raises(DiagnosticsError) as raised:
            read_pdf(data.getvalue(), "x.pdf")
        assert raised.value.diagnostics[0].code == code
