"""The first leaflet comes out to the letter, in the manuscript, in the tags, and in print."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from brochure.manuscript.load import read_manuscript
from brochure.pipeline.typesetter import TypesetDocument
from brochure.project import Project
from tests.conftest import ROOT, SEED, SEED_REGION
from tests.readers import squeezed, structure_texts

PARAGRAPHS = (ROOT / "tests/data/seed.txt").read_text("utf-8").splitlines()


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_text_to_compare_with_is_whole() -> None:
    assert len(PARAGRAPHS) == 31
    assert len(" ".join(PARAGRAPHS).split()) == 695


@pytest.mark.parametrize("edition", ["email", "print"])
def test_every_paragraph_is_read_aloud_whole_and_in_order(
    seed_pdfs: dict[str, TypesetDocument], edition: str
) -> None:
    texts = [squeezed(text) for text in structure_texts(seed_pdfs[edition].pdf)]
    assert texts[-1] == squeezed("Quelle: Koalitionsvertrag für die 20. Legislaturperiode")
    # All that is added to the original: the passages are numbered, in their order.
    numbered = [text for text in texts if re.match(r"\d[^\W\d]", text)]
    assert [text[0] for text in numbered] == ["1", "2", "3", "4", "5"]
    read = [text[1:] if text in numbered else text for text in texts]
    assert sorted(read[:-1]) == sorted(squeezed(text) for text in PARAGRAPHS)
    texts = read
    first = texts.index("IntegrationsprozessvonAnfangan")
    assert [text[:10] for text in texts[first : first + 6]] == [
        "Integratio",  # heading of the quote
        "„Wirwerden",  # the quote
        "Zeilen1087",  # its reference
        "DenAnspruc",  # heading of the commentary
        "Wirwerdens",  # the commentary
        "Aktionsplä",  # the next quote
    ]


@pytest.mark.parametrize("edition", ["email", "print"])
def test_pdftotext_finds_every_sentence(
    seed_pdfs: dict[str, TypesetDocument], edition: str, tmp_path: Path
) -> None:
    assert shutil.which("pdftotext"), "script/test installs poppler"
    file = tmp_path / "seed.pdf"
    file.write_bytes(seed_pdfs[edition].pdf)
    run = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True, text=True)
    text = plain(run.stdout)
    sentences = [s for p in PARAGRAPHS for s in re.split(r"(?<=[.!?“)]) (?=[A-ZÄÖÜ„(])", p)]
    assert len(sentences) > 60
    assert [sentence for sentence in sentences if sentence not in text] == []


def test_the_manuscript_keeps_the_emphasis_of_the_original() -> None:
    manuscript = read_manuscript(Project(ROOT), SEED, SEED_REGION)
    texts = [p.commentary.text for p in manuscript.leaflet.passages if p.commentary]
    emphasised = [plain(text) for text in re.findall(r"\*([^*]+)\*", "\n".join(texts))]
    commentaries = [
        p for p in PARAGRAPHS[7:] if len(p) > 100 and p[:4] not in ("„Wir", "„Uns", "„Das")
    ]
    assert len(commentaries) == 5
    assert sorted(emphasised) == sorted(commentaries)
