"""Answers that go on on the next page, beside which the column of the quote is empty."""

import io

import pikepdf
import pypdfium2
import pytest

from brochure.pipeline.typesetter import TypesetDocument
from tests.conftest import HEAD, Workspace
from tests.readers import squeezed, structure_texts
from tests.test_pdf import conforms


@pytest.fixture
def long(workspace: Workspace) -> TypesetDocument:
    """Two passages: of the first, the answer is longer than a page; the second is short."""
    workspace.leaflet(
        HEAD + "lead: Vorspann\npassages:\n"
        "  - id: a\n    quote: {lines: 3-5, text: Kurzes Zitat.}\n"
        f"    commentary: {{text: {'Langes Wort ' * 330}}}\n"
        "  - id: b\n    quote: {lines: 7, text: Anderes Zitat.}\n    commentary: {text: Antwort.}\n"
    )
    return workspace.typeset("email")


def test_the_reference_stands_again_beside_an_answer_that_goes_on(long: TypesetDocument) -> None:
    assert (long.pages, [d.code for d in long.diagnostics]) == (2, [])
    document = pypdfium2.PdfDocument(long.pdf)
    first, second = (page.get_textpage() for page in document)
    assert "Fortsetzung" not in first.get_text_range()
    width, height = document[1].get_size()
    column = second.get_text_bounded(0, 0, width / 2, height)
    assert "Zeilen3–5(Fortsetzung)" in squeezed(column)
    assert column.count("Zeile") == 2, "of what goes on, and of the second passage"
    # On the line on which the answer goes on, and where the reference stands on the first page.
    places = []
    for page, words in ((second, "Fortsetzung"), (second, "Langes"), (second, "Zeilen"),
                        (first, "Zeilen")):  # fmt: skip
        index, _ = page.search(words).get_next() or (0, 0)
        places.append(page.get_charbox(index))
    (_, low, *_), (_, answer, *_), (left, *_), (start, *_) = places
    assert low == pytest.approx(answer, abs=3)
    assert left == pytest.approx(start, abs=0.5)
    document.close()


def test_it_is_no_part_of_the_text_that_is_read_aloud(long: TypesetDocument) -> None:
    assert not any("Fortsetzung" in text for text in structure_texts(long.pdf))
    assert list(conforms(long.pdf).values()) == [[], []]
    with pikepdf.open(io.BytesIO(long.pdf)) as pdf:
        assert b"/Artifact" in pdf.pages[1].Contents.read_bytes()
