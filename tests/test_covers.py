"""Covers, flaps and backs of folded sheets: parts of a leaflet on pages of their own."""

import io
import re
import subprocess
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from brochure.layout.compose.composer import Composer, compose
from brochure.layout.editions import load_editions
from brochure.layout.laid_out import LaidOutDocument, LayoutRules, PageRenderer
from brochure.layout.spreading import evenly_grouped
from brochure.layout.weasyprint.typesetter import WeasyPrintTypesetter
from brochure.manuscript.load import read_manuscript
from brochure.pipeline.typesetter import TypesetDocument
from brochure.project import Project
from brochure.sources.verification import Verifier
from tests.conftest import HEAD, ROOT, SEED, SEED_REGION, Workspace
from tests.readers import squeezed

PARTS = (
    "subtitle: Untertitel\nlead: Vorspann\ncontact: Kontakt\nimprint: Impressum\n"
    "call: {heading: Aufruf, text: Kommen Sie!}\npassages:\n"
)


def leaflet(*words: int) -> str:
    """A leaflet with a passage of so many words each."""
    passage = "  - id: p{n}\n    commentary:\n      heading: Punkt {n}\n      text: {text}\n"
    passages = (passage.format(n=n, text="Wort " * count) for n, count in enumerate(words))
    return HEAD + PARTS + "".join(passages)


def cells(pdf: bytes, count: int) -> list[list[str]]:
    """The text of each cell of each side, as it is printed."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        width, height = page.get_size()
        text = page.get_textpage()
        edges = [width * i / count for i in range(count + 1)]
        found.append(
            [
                squeezed(text.get_text_bounded(left, 0, right, height))
                for left, right in pairwise(edges)
            ]
        )
    document.close()
    return found


@pytest.fixture
def folded(workspace: Workspace) -> TypesetDocument:
    workspace.leaflet(leaflet(60, 60, 60, 60))
    return workspace.typeset("folded")


def test_a_letter_fold_has_a_cover_a_flap_and_a_back(folded: TypesetDocument) -> None:
    (flap, back, cover), inside = cells(folded.pdf, 3)
    assert cover == "TitelUntertitel"
    assert flap == "Vorspann2"
    assert "Kontakt" in back
    assert "Impressum" in back
    assert "Wort" not in back
    heads = [[f"Punkt{n}" in panel for n in range(4)] for panel in inside]
    assert sorted(sum(panel) for panel in heads) == [1, 1, 2], "each has passages, whole ones"
    assert [panel.count("Wort") for panel in inside] == [60 * sum(panel) for panel in heads]
    assert "blank-pages" not in [diagnostic.code for diagnostic in folded.diagnostics]


def test_a_lead_on_the_flap_is_larger_than_other_text(folded: TypesetDocument) -> None:
    document = pypdfium2.PdfDocument(folded.pdf)
    heights = []
    for number, letter in ((0, "V"), (1, "W")):  # Vorspann, Wort
        text = document[number].get_textpage()
        start = text.get_text_range().index(letter)
        _, bottom, _, top = text.get_charbox(start)
        heights.append(top - bottom)
    document.close()
    assert heights[0] > 1.3 * heights[1]


def test_panels_that_stay_without_text_are_told(workspace: Workspace) -> None:
    workspace.leaflet(leaflet(20))
    result = workspace.typeset("folded")
    assert [d.message for d in result.diagnostics if d.code == "blank-pages"] == [
        "2 of the six panels have no text."
    ]
    (flap, back, _), inside = cells(result.pdf, 3)
    notes = ["Notizen" in text for text in (flap, back, *inside)]
    assert notes == [False, False, False, True, True]
    workspace.leaflet(leaflet(60, 60))
    told = [d.message for d in workspace.typeset("folded").diagnostics if d.code == "blank-pages"]
    assert told == ["3 of the six panels are empty, or white for the most part."]


def test_few_layouts_show_which_parts_stand_apart(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first leaflet took eight of each, when each way was tried by itself."""
    layouts: list[LayoutRules] = []
    renderer = WeasyPrintTypesetter._renderer

    def counting(*arguments: Any) -> PageRenderer:
        render = renderer(*arguments)

        def counted(rules: LayoutRules) -> LaidOutDocument:
            layouts.append(rules)
            return render(rules)

        return counted

    monkeypatch.setattr(WeasyPrintTypesetter, "_renderer", counting)
    project = Project(ROOT)
    manuscript, editions = read_manuscript(project, SEED, SEED_REGION), load_editions(project)
    made = {}
    for edition in ("folded", "booklet"):
        layouts.clear()
        workspace.typesetter.typeset(compose(project, manuscript, edition, editions[edition]))
        made[edition] = len(layouts)
    assert 0 < made["folded"] <= 4
    assert 0 < made["booklet"] <= 4


def test_a_lead_that_has_no_panel_to_itself_runs_on(workspace: Workspace) -> None:
    """What fits into no three panels takes four; what takes more has no cover."""
    workspace.leaflet(leaflet(190, 190, 190, 190))
    (flap, back, cover), inside = cells(workspace.typeset("folded").pdf, 3)
    assert cover == "TitelUntertitel"
    assert "Vorspann" in inside[0]
    assert "Punkt3" in flap, "the flap begins with a passage"
    assert ["Wort" in text for text in (flap, back)] == [True, False]
    workspace.leaflet(leaflet(*[80] * 23))
    pdf = workspace.typeset("folded").pdf
    (_, _, cover), _ = cells(pdf, 3)
    assert cover.startswith("TitelUntertitelVorspann")
    document = pypdfium2.PdfDocument(pdf)
    panel = document[0].render(scale=1).to_pil().convert("L")
    document.close()
    edge = [panel.getpixel((panel.width - 22, y)) for y in range(panel.height)]
    coloured = sum(shade < 128 for shade in edge) / panel.height
    assert coloured > 0.75, "down to the lead"


def test_a_head_that_is_taller_than_a_panel_is_no_cover(workspace: Workspace) -> None:
    workspace.leaflet(leaflet(20, 20).replace("Untertitel", "Wort " * 230))
    (flap, _, cover), _ = cells(workspace.typeset("folded").pdf, 3)
    assert cover.startswith("TitelWort")
    assert re.fullmatch("(Wort)+Vorspann.*", flap), "no panel is left white for the rest of it"


@pytest.mark.parametrize(
    ("words", "order", "codes"),
    [
        # Pages as they are read: the cover, text, and what is at the foot on the back.
        ((100, 100), ["T", "VW", "N", "K"], ["blank-pages"]),
        ((150, 150, 150), ["T", "VW", "W", "K"], []),
        ((160, 160, 160, 160), ["T", "VW", "W", "WK"], []),
        ((215, 215, 215, 215), ["TVW", "W", "W", "WK"], []),  # it has no page to spare
    ],
)
def test_a_booklet_has_a_cover_where_it_has_pages_to_spare(
    workspace: Workspace, words: Sequence[int], order: list[str], codes: list[str]
) -> None:
    workspace.leaflet(leaflet(*words))
    result = workspace.typeset("booklet")
    (last, first), (second, third) = cells(result.pdf, 2)
    letters = {"T": "Untertitel", "V": "Vorspann", "W": "Wort", "K": "Kontakt", "N": "Notizen"}
    seen = [
        "".join(letter for letter, word in letters.items() if word in text)
        for text in (first, second, third, last)
    ]
    assert (seen, [d.code for d in result.diagnostics]) == (order, codes)


def test_a_booklet_spreads_passages_over_the_pages_before_its_back(workspace: Workspace) -> None:
    workspace.leaflet(leaflet(80, 80, 80, 80))
    (last, first), inside = cells(workspace.typeset("booklet").pdf, 2)
    assert [text.count("Punkt") for text in (first, *inside, last)] == [0, 2, 2, 0]


def test_a_sheet_of_six_panels_has_no_appendix_unless_its_edition_wants_one(
    workspace: Workspace,
) -> None:
    workspace.write("content/probe/sources/plan.txt", "Davor. Ein Satz. Danach.\n")
    workspace.leaflet(
        HEAD + "verification: appendix\nsource: {title: Plan, file: sources/plan.txt}\n"
        "passages:\n  - id: a\n    quote: {text: Ein Satz.}\n"
    )
    manuscript = workspace.load()
    found = Verifier(workspace.project, mark_wrong_quotes=False).verify(manuscript)
    folded = load_editions(workspace.project)["folded"]
    seen = []
    for appendix in (False, True):
        edition = folded.model_copy(update={"appendix": appendix})
        composition = Composer(workspace.project, "folded", edition).compose(manuscript, found)
        notes = [d.message for d in composition.diagnostics if d.code == "appendix"]
        verified = 'class="verified"' in composition.html
        seen.append((notes, "Danach." in composition.html, verified))
    told = (
        "The edition `folded` prints no appendix, but a line that says how many quotes were "
        "verified."
    )
    assert seen == [([told], False, True), ([], True, True)]
    assert not folded.appendix


def test_notes_come_after_the_text_and_never_amid_the_appendix(workspace: Workspace) -> None:
    sentences = [f"Satz {n} gilt hier für alle." for n in range(34)]
    text = "\n".join(f"Vor. {sentence} Nach.\n" for sentence in sentences)
    workspace.write("content/probe/sources/plan.txt", text)
    source = "verification: appendix\nsource: {title: Plan, file: sources/plan.txt}\n"
    workspace.leaflet(
        HEAD
        + source
        + PARTS
        + "".join(f"  - id: p{n}\n    quote: {{text: {s}}}\n" for n, s in enumerate(sentences))
    )
    manuscript = workspace.load()
    found = Verifier(workspace.project, mark_wrong_quotes=True).verify(manuscript)
    edition = load_editions(workspace.project)["booklet"]
    composition = Composer(workspace.project, "booklet", edition).compose(manuscript, found)
    sides = cells(workspace.typesetter.typeset(composition).pdf, 2)
    read = [side[(n + 1) % 2] for n, side in enumerate(sides)]
    read += [side[n % 2] for n, side in reversed([*enumerate(sides)])]
    kinds = ["N" if "Notizen" in text else "K" if "Kontakt" in text else "A" for text in read]
    assert re.fullmatch("A+N+K", "".join(kinds))
    assert "Vor.Satz33gilthierfüralle.Nach." in "".join(read)


def test_heights_are_grouped_evenly() -> None:
    assert evenly_grouped((3, 1, 1, 1), 3) == (0, 1, 2)
    assert evenly_grouped((1, 1, 1, 3), 2) == (0, 3)
    assert evenly_grouped((5,), 1) == (0,)
    assert evenly_grouped((1, 2, 3, 4, 5, 6), 3) == (0, 3, 5)


def test_the_hint_for_the_printer_is_shown_and_not_printed(folded: TypesetDocument) -> None:
    with pikepdf.open(io.BytesIO(folded.pdf)) as pdf:
        hints = [note for page in pdf.pages for note in page.get("/Annots", [])]
        assert [str(note.Contents) for note in hints] == [
            "Beidseitig drucken: „an kurzer Kante wenden“, in Originalgröße (100 %)."
        ]
        assert int(hints[0].F) & 4 == 0, "the flag Print (ISO 32000-1, 12.5.3)"
        foot = [float(edge) for edge in hints[0].Rect]
    document = pypdfium2.PdfDocument(folded.pdf)
    screen = document[0].render(scale=1).to_pil().convert("L")
    document.close()
    printed = subprocess.run(
        ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dLastPage=1", "-sDEVICE=pnggray", "-r72",
         "-sOutputFile=-", "-"],
        input=folded.pdf, capture_output=True, check=True,
    ).stdout  # fmt: skip
    ink = []
    for picture in (screen, Image.open(io.BytesIO(printed))):
        middle, height = picture.width // 2, picture.height  # between the marks at the two folds
        box = (middle - 90, height - round(foot[3]), middle + 90, height - round(foot[1]))
        ink.append(min(picture.crop(box).tobytes()) < 160)
    assert ink == [True, False], "on the screen, on paper"
