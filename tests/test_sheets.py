"""Sheets as real readers see them: coloured pages, folded again by their coordinates."""

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from brochure.layout.edition import Imposition
from brochure.manuscript.load import read_manuscript, texts
from brochure.prepress.imposition import MM, PAPER_SIZES, SheetSide, plan_sheets
from brochure.prepress.sheets import draw_sheets
from brochure.project import Project
from tests.conftest import HEAD, ROOT, SEED, SEED_REGION, Workspace
from tests.papers import typeset

EDITIONS = (
    "email", "print", "copier", "booklet", "booklet-a4", "two-up", "folded", "large-print", "press",
)  # fmt: skip


def colour(page: int) -> tuple[int, int, int]:
    """A colour for each page, far enough from all others."""
    return 255 - 60 * (page % 4), 255 - 60 * (page // 4 % 4), 255 - 60 * (page // 16 % 4)


def coloured(count: int, size: str = "148.5mm 210mm", panels: bool = False) -> bytes:
    """Pages, each in a colour of its own, with its number and a link on it."""
    pages = "".join(
        f"<section style='background: rgb{colour(n)}'><a href='https://example.org/{n}'>page {n}"
        "</a></section>"
        for n in range(count)
    )
    narrow = "@page :nth(4) { size: 98mm 210mm } @page :nth(5) { size: 98mm 210mm }"
    return typeset(
        f"<!doctype html><html lang=en><title>x</title><style>@page {{ size: {size}; margin: 0 }}"
        f"{narrow if panels else ''} body {{ margin: 0 }} section {{ break-after: page; "
        "height: 205mm; padding: 2mm; font: 12pt 'Source Sans 3' }"
        f"section:last-child {{ break-after: auto }}</style>{pages}"
    )


def imposed(pdf: bytes, rules: Imposition) -> tuple[bytes, tuple[SheetSide, ...]]:
    with pikepdf.open(io.BytesIO(pdf)) as pages:
        sizes = [
            (float(p.mediabox[2]) - float(p.mediabox[0]), float(p.mediabox[3])) for p in pages.pages
        ]
        sides = plan_sheets(rules, sizes, back=True)
        result = draw_sheets(pages, sides, rules, None)
        output = io.BytesIO()
        result.save(output, deterministic_id=True)
    return output.getvalue(), sides


def cells_by_colour(pdf: bytes, count: int, cells: int) -> list[list[int | None]]:
    """The page in each cell of each side, told by its colour in the rendered sheet."""
    known = {colour(n): n for n in range(count)}
    found = []
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        image = document[number].render(scale=0.4).to_pil().convert("RGB")
        row: list[int | None] = []
        for cell in range(cells):
            pixel = image.getpixel((int(image.width * (cell + 0.5) / cells), image.height // 2))
            assert isinstance(pixel, tuple)
            row.append(known[pixel] if pixel in known and pixel != (255, 255, 255) else None)
            if pixel == (255, 255, 255):  # page 0 is white, as paper is: its text tells
                text = (
                    document[number]
                    .get_textpage()
                    .get_text_bounded(
                        left=document[number].get_width() * cell / cells,
                        right=document[number].get_width() * (cell + 1) / cells,
                    )
                )
                row[-1] = 0 if "page 0" in text else None
        found.append(row)
    document.close()
    return found


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 13, 16, 33, 64])
def test_a_rendered_booklet_folded_reads_in_order(count: int) -> None:
    rules = Imposition(scheme="saddle-stitch", marks=("fold", "staple"))
    pdf, _ = imposed(coloured(count), rules)
    sides = cells_by_colour(pdf, count, 2)
    first: list[int | None] = []
    second: list[int | None] = []
    for front, back in zip(sides[::2], sides[1::2], strict=True):
        first += [front[1], back[0]]  # the right half, and what lies behind it
        second = [back[1], front[0], *second]
    assert [page for page in first + second if page is not None] == list(range(count))


def test_a_rendered_letter_fold_reads_in_order() -> None:
    rules = Imposition(scheme="letter-fold", marks=("fold",))
    pdf, _ = imposed(coloured(6, "99.5mm 210mm", panels=True), rules)
    (flap, back, cover), inside = cells_by_colour(pdf, 6, 3)
    assert [cover, *inside, flap, back] == [0, 1, 2, 3, 4, 5]


def test_text_and_links_stay_where_their_pages_are() -> None:
    rules = Imposition(scheme="saddle-stitch", creep=0.5)
    pdf, sides = imposed(coloured(8), rules)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        seen = 0
        for page, side in zip(document.pages, sides, strict=True):
            links = {str(a.A.URI): [float(v) for v in a.Rect] for a in page.Annots}
            for placed in side.placed:
                x0, y0, x1, y1 = links[f"https://example.org/{placed.page}"]
                assert placed.x + 2 * MM == pytest.approx(x0, abs=0.5)
                assert x0 < x1 < placed.x + 148 * MM
                assert 190 * MM < y0 < y1 < 210 * MM
                text = subprocess.run(
                    ["pdftotext", "-r", "72", "-f", str(page.index + 1), "-l", str(page.index + 1),
                     "-x", str(int(x0) - 2), "-y", str(int(PAPER_SIZES["A4"][1] - y1) - 2),
                     "-W", str(int(x1 - x0) + 6), "-H", str(int(y1 - y0) + 6), "-", "-"],
                    input=pdf, capture_output=True, check=True,
                ).stdout.decode()  # fmt: skip
                assert text.strip() == f"page {placed.page}"
                seen += 1
        assert seen == 8


def test_marks_are_on_request() -> None:
    plain, _ = imposed(coloured(4), Imposition(scheme="saddle-stitch"))
    mark_wrong_quotes, _ = imposed(
        coloured(4), Imposition(scheme="saddle-stitch", marks=("fold", "staple"))
    )
    strokes = []
    for pdf in (plain, mark_wrong_quotes):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            contents = [page.Contents.read_bytes().decode() for page in document.pages]
        strokes.append([content.count(" l S") for content in contents])
    # Outside only: two ends of the fold, and two staples of two lines.
    assert strokes == [[0, 0], [6, 0]]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The first leaflet in every edition that is a PDF, built by the command."""
    folder = tmp_path_factory.mktemp("forms")
    root = folder / "project"
    (root / "content").mkdir(parents=True)
    shutil.copytree(ROOT / "content" / SEED, root / "content" / SEED)
    options = [option for edition in EDITIONS for option in ("-e", edition)]
    subprocess.run(
        [sys.executable, "-m", "brochure", "build", SEED, "--variant", SEED_REGION, *options],
        cwd=root, check=True, capture_output=True, env={"PYTHONPATH": str(ROOT), "PATH": "/bin"},
    )  # fmt: skip
    found = {
        edition: root / "out" / SEED / SEED_REGION / f"{SEED}-{SEED_REGION}-{edition}.pdf"
        for edition in EDITIONS
    }
    assert all(path.is_file() for path in found.values())
    return found


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_reader_opens_every_edition_without_a_word(
    forms: dict[str, Path], edition: str
) -> None:
    path = str(forms[edition])
    for command in (
        ["qpdf", "--check", path],
        ["pdftotext", path, "-"],
        ["pdftoppm", "-r", "20", "-png", path, str(forms[edition].with_suffix(""))],
        ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dPDFSTOPONWARNING", "-sDEVICE=nullpage", path],
    ):
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (0, ""), command
        assert "WARNING" not in run.stdout
        if command[0] == "gs":
            assert run.stdout == ""
    document = pypdfium2.PdfDocument(path)
    assert len(document) > 0
    counts = [document[n].get_textpage().count_chars() for n in range(len(document))]
    assert all(counts[: -1 if edition == "two-up" else None]), "its last back may stay blank"
    document.close()


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_word_of_the_leaflet_is_in_every_edition(
    forms: dict[str, Path], edition: str
) -> None:
    run = subprocess.run(
        ["pdftotext", "-raw", str(forms[edition]), "-"], capture_output=True, check=True
    )
    printed = run.stdout.decode()
    whole = re.sub(r"\s+", "", re.sub(r"-\n", "", printed) + re.sub(r"\n", "", printed))
    manuscript = read_manuscript(Project(ROOT), SEED, SEED_REGION)
    wanted = {
        word
        for path, text in texts(manuscript.leaflet)
        if path[-1] in ("text", "heading", "lead")
        for word in re.findall(r"\w{2,}", re.sub(r"\]\([^)]*\)", "]", text))
    }
    assert len(wanted) > 250
    assert {word for word in wanted if word not in whole} == set()


def test_the_sheet_says_how_to_print_it(forms: dict[str, Path]) -> None:
    for edition, asked in (("booklet", True), ("folded", True), ("two-up", True), ("print", False)):
        with pikepdf.open(forms[edition]) as pdf:
            notes = [str(note.get("/Contents")) for p in pdf.pages for note in p.get("/Annots", [])]
            hints = sum("an kurzer Kante wenden" in note for note in notes)
            assert hints == int(asked), edition
            wishes = pdf.Root.ViewerPreferences
            assert (str(wishes.get("/Duplex")) == "/DuplexFlipShortEdge") is asked
            assert (str(wishes.get("/PrintScaling")) == "/None") is asked


def test_a_sheet_is_of_paper(forms: dict[str, Path]) -> None:
    for edition, paper in (("booklet", "A4"), ("two-up", "A4"), ("folded", "A4"),
                           ("booklet-a4", "A3")):  # fmt: skip
        with pikepdf.open(forms[edition]) as pdf:
            for page in pdf.pages:
                assert [round(float(v), 2) for v in page.mediabox[2:]] == pytest.approx(
                    PAPER_SIZES[paper], abs=0.01
                )


def test_pages_for_notes_fill_a_booklet_and_say_so(workspace: Workspace) -> None:
    passages = "".join(
        f"  - id: p{n}\n    commentary:\n      text: {'Wort ' * 250}\n" for n in range(5)
    )
    workspace.leaflet(HEAD + "imprint: Druck 12345\npassages:\n" + passages)
    result = workspace.typeset("booklet")
    assert result.pages % 4, "or nothing is added"
    document = pypdfium2.PdfDocument(result.pdf)
    text = "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    document.close()
    assert text.count("Notizen") == -result.pages % 4


def test_a_seventh_panel_is_refused(workspace: Workspace) -> None:
    passages = "".join(
        f"  - id: p{n}\n    commentary:\n      text: {'Wort ' * 600}\n" for n in range(9)
    )
    workspace.leaflet(HEAD + "imprint: Druck 12345\npassages:\n" + passages)
    result, diagnostics = workspace.attempt(lambda: workspace.typeset("folded"))
    assert result is None
    codes = {diagnostic.code for diagnostic in diagnostics}
    assert codes == {"does-not-fit"}, "once for each passage; all else follows from it"
    assert all("fit:" not in diagnostic.hint for diagnostic in diagnostics), "there is no more room"
    workspace.leaflet(
        HEAD + "preflight: {does-not-fit: Es darf klein sein}\nimprint: Druck 12345\npassages:\n"
        + passages
    )  # fmt: skip
    result, diagnostics = workspace.attempt(lambda: workspace.typeset("folded"))
    assert result is None
    assert "too-many-pages" in {diagnostic.code for diagnostic in diagnostics}
