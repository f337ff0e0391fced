"""Copyfitting: as large as will fit, evenly filled, or a diagnostic that says what to do."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from brochure.layout.copyfit import EXTRA_LAYOUTS, MAX_LAYOUTS, fit
from brochure.layout.edition import Scale
from brochure.layout.laid_out import (
    Fragment,
    LaidOutDocument,
    Layout,
    LayoutRules,
    PageRenderer,
    TextRun,
)
from brochure.layout.pageplan import plan_pages
from brochure.layout.setting import set_by_plan
from brochure.layout.weasyprint import boxes
from tests.conftest import HEAD, Workspace
from tests.test_pagination import LINE, PAGE, layout_of, run, side

BOUNDS = Scale(smallest=0.9, largest=1.15)


def press(lines: list[int]) -> PageRenderer:
    """A renderer of passages that take so many lines at scale 1, set without WeasyPrint: lines get
    taller with the scale, and as much narrower, so more; passages are whole unless divided.
    """

    def render(rules: LayoutRules) -> LaidOutDocument:
        line = LINE * rules.scale
        y, page = rules.head_space * line, 0
        feet = dict(rules.feet)
        fragments: list[Fragment] = []
        runs: dict[tuple[str, int], tuple[TextRun, ...]] = {}
        sides = {}
        for number, count in enumerate(lines):
            name, rows = f"p{number}", max(1, round(count * rules.scale))
            room = PAGE - feet.get(page, 0.0)
            white = rules.pair_space * line
            if name in rules.moved or (
                name not in rules.divided and y + rows * line + white > room and y > 0
            ):
                y, page = 0.0, page + 1
            top, placed = y, []
            for row in range(rows):
                end = y + line + (white if row == rows - 1 else 0.0)
                if end > PAGE - feet.get(page, 0.0):
                    fragments.append(Fragment(name, page, top, y, (top, top)))
                    y, top, page = 0.0, 0.0, page + 1
                placed.append(run(page, y))
                y += line
            y += white
            fragments.append(Fragment(name, page, top, y, (top, top)))
            runs[name, 0] = runs[name, 1] = tuple(placed)
            sides[name] = (tuple(side(rows, line)),) * 2
        layout = replace(layout_of(runs, fragments, sides), start=(0, rules.head_space * line))
        return LaidOutDocument(layout, rules, lambda regions: ())

    return render


def counted(render: PageRenderer) -> tuple[PageRenderer, list[LayoutRules]]:
    asked: list[LayoutRules] = []

    def counting(rules: LayoutRules) -> LaidOutDocument:
        asked.append(rules)
        return render(rules)

    return counting, asked


@given(st.lists(st.integers(3, 30), min_size=2, max_size=14), st.integers(1, 5))
def test_it_fits_or_says_why_and_is_not_set_without_end(lines: list[int], pages: int) -> None:
    render, asked = counted(press(lines))
    fitted = fit(render, 0.2, BOUNDS, pages)
    assert len(asked) <= MAX_LAYOUTS + EXTRA_LAYOUTS
    assert len(set(asked)) == len(asked), "nothing is set twice"
    assert all(BOUNDS.smallest - 1e-9 <= r.scale <= BOUNDS.largest + 1e-9 for r in asked)
    if not fitted.diagnostics:
        assert fitted.value.pages == pages
    else:
        assert all(d.code == "does-not-fit" and d.hint for d in fitted.diagnostics)


def test_it_is_tried_in_the_smallest_type_before_it_is_said_that_it_does_not_fit() -> None:
    fitted = fit(press([19, 17, 21]), 0.2, BOUNDS, 1, exactly=False)
    assert not fitted.diagnostics
    assert fitted.value.pages == 1


@given(st.lists(st.integers(3, 9), min_size=8, max_size=16))
@example([3, 3, 3, 6, 9, 9, 9, 4, 5, 7, 7, 9, 9])
@example([6, 9, 6, 3, 6, 8, 5, 9, 3, 7, 8, 8, 4, 3, 7])
@example([9, 7, 8, 3, 9, 3, 6, 8, 4, 7, 5, 9, 4, 6, 7])
def test_no_larger_type_would_fit(lines: list[int]) -> None:
    """Two steps larger, and they overflow, whatever the plan."""
    pages = max(1, round(sum(lines) * LINE / PAGE))
    fitted = fit(press(lines), 0.2, BOUNDS, pages)
    at = fitted.value.rules.scale + 0.04
    if fitted.diagnostics or at > BOUNDS.largest:
        return
    plan = plan_pages(press(lines)(LayoutRules(scale=at)), 0.1, pages)
    assert set_by_plan(press(lines), 0.1, plan).pages > pages


@pytest.mark.parametrize(
    ("lines", "pages", "at"),
    [
        ([25, 25, 30], 2, 1.0967),
        ([12, 12, 18, 10, 25, 6], 2, 1.0771),
        ([29, 27, 28], 2, 1.0683),
        ([30, 20, 14, 18, 18, 15, 8, 15, 15], 3, 0.96),
    ],
)
def test_where_passages_fall_badly_type_is_not_smaller_for_that(
    lines: list[int], pages: int, at: float
) -> None:
    """All of these were once set in smaller type, or reported not to fit."""
    fitted = fit(press(lines), 0.2, BOUNDS, pages)
    assert (fitted.value.pages, fitted.diagnostics) == (pages, ())
    assert fitted.value.rules.scale >= at


def test_white_is_shared_out_where_the_largest_type_does_not_fill_the_page() -> None:
    lines = [5, 5, 5, 5]  # 23 of 50 lines in the largest type
    fitted = fit(press(lines), 0.2, BOUNDS, 1)
    rules = fitted.value.rules
    assert (fitted.diagnostics, rules.scale) == ((), BOUNDS.largest)
    assert rules.pair_space == 2
    assert rules.head_space == 6, "at most: more would tear the leaflet apart"
    assert rules.head_space % 0.5 == 0, "on the grid"
    fitted = fit(press([8, 8, 8, 8]), 0.2, BOUNDS, 1)  # 41 of 50 lines
    assert fitted.diagnostics == ()
    assert 0 < fitted.value.rules.pair_space <= fitted.value.rules.head_space < 6


def test_what_is_far_too_short_is_told_with_what_to_do() -> None:
    (diagnostic,) = fit(press([3, 3]), 0.2, BOUNDS, 1, edition="print").diagnostics
    assert "`print`" in diagnostic.message
    assert "delete `fit:`" in (diagnostic.hint or "")
    (diagnostic,) = fit(press([20, 20]), 0.2, BOUNDS, 3, edition="print").diagnostics
    assert "`fit: {print: 2}`" in (diagnostic.hint or "")


def test_what_does_not_fit_is_shown_in_the_smallest_type() -> None:
    lines = [30, 30, 30, 30, 30]
    fitted = fit(press(lines), 0.2, BOUNDS, 2)
    assert [d.code for d in fitted.diagnostics][:1] == ["does-not-fit"]
    assert fitted.value.rules.scale == BOUNDS.smallest


def text(words: int, passages: int = 4) -> str:
    rows = "".join(
        f"  - id: p{n}\n    quote: {{lines: {n + 1}, text: {'Zitat ' * (words // 2)}}}\n"
        f"    commentary:\n      heading: Überschrift {n}\n      text: {'Wort ' * words}\n"
        for n in range(passages)
    )
    return HEAD + "imprint: Ich\nfit: 2\ndesign: plain\npassages:\n" + rows


@pytest.fixture
def layouts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pages each layout had, in their order."""
    made: list[int] = []
    read = boxes.read_layout

    def reading(pages: list[Any], passages: Any) -> Layout:
        made.append(len(pages))
        return read(pages, passages)

    monkeypatch.setattr(boxes, "read_layout", reading)
    return made


def last_page(workspace: Workspace, pdf: bytes) -> float:
    """How much of the last page's height its text takes, the footer apart."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    page = document[len(document) - 1]
    image = page.render(scale=0.5).to_pil().convert("L")
    document.close()
    rows = [y for y in range(image.height) if min(image.crop((0, y, image.width, y + 1)).tobytes())
            < 200]  # fmt: skip
    body = [y for y in rows if y < image.height * 0.88]
    return (max(body) - min(body)) / float(image.height * 0.8)


@pytest.mark.parametrize("words", [150, 180, 210, 235, 242])
def test_a_text_that_is_right_takes_two_pages_well_filled(
    workspace: Workspace, layouts: list[int], words: int
) -> None:
    workspace.leaflet(text(words))
    result = workspace.typeset("print")
    assert result.pages == 2
    assert len(layouts) <= MAX_LAYOUTS
    assert last_page(workspace, result.pdf) > 0.5
    assert result.diagnostics == ()


def white_at_the_foot(pdf: bytes) -> list[float]:
    """How much of each page is white between its text and its foot, as a share of the page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    shares = []
    for page in document:
        text = page.get_textpage()
        boxes = [text.get_charbox(i) for i in range(text.count_chars())]
        shares.append((min(b[1] for b in boxes if b[1] > 100) - 75) / page.get_height())
    document.close()
    return shares


def test_a_text_that_is_rather_short_is_spread_over_both_pages(workspace: Workspace) -> None:
    workspace.leaflet(text(28, passages=10).replace("imprint: Ich\n", ""))
    result = workspace.typeset("print")
    first, second = white_at_the_foot(result.pdf)
    assert result.pages == 2
    assert max(first, second) < 0.2, "it is not all on one"


def test_pages_are_filled_more_evenly_than_elsewhere(workspace: Workspace) -> None:
    """Passages of a fifth of a page: without `fit:`, they are not divided."""
    holes = []
    for line in ("", "fit: 2\n"):
        workspace.leaflet(text(125, passages=7).replace("fit: 2\n", line))
        result, diagnostics = workspace.attempt(lambda: workspace.typeset("print"))
        assert result, diagnostics
        holes.append(white_at_the_foot(result.pdf)[0])
    assert holes[1] < 0.1


def test_where_the_plan_is_too_timid_the_page_decides() -> None:
    """Planned to overflow even in the smallest type, and yet it fits when it is set."""
    render = press([10] * 9)

    def timid(rules: LayoutRules) -> LaidOutDocument:
        document = render(rules)
        layout = replace(document.layout, height_after=5 * PAGE)
        return replace(document, layout=layout)

    fitted = fit(timid, 0.2, BOUNDS, 2)
    assert (fitted.value.pages, fitted.diagnostics) == (2, ())


def test_without_fit_they_would_take_more_or_less(workspace: Workspace) -> None:
    pages = []
    for words in (150, 260, 300):
        workspace.leaflet(text(words).replace("fit: 2\n", ""))
        pages.append(workspace.typeset("print").pages)
    assert pages == [2, 3, 3]


def test_a_text_that_is_too_long_says_which_passages_are_over(workspace: Workspace) -> None:
    workspace.leaflet(text(400))
    _, diagnostics = workspace.attempt(lambda: workspace.typeset("print"))
    fits = {d.location.line: d.message for d in diagnostics if d.code == "does-not-fit"}
    lines = text(400).splitlines()
    over = {lines[line - 1].strip(): message for line, message in fits.items()}
    assert list(over) == ["title: Titel", "- id: p2", "- id: p3"]
    counts = [int(re.search(r"is (\d+) lines? too long", m)[1]) for m in over.values()]  # type: ignore[index]
    assert counts[0] in (2, 3), "the imprint and the white before it"
    assert counts[2] > 30 > counts[1] > 0, "the last passage as a whole, of the other a part"
    assert all("instead of 2" in message for message in over.values())


def test_cut_by_what_is_over_it_fits(workspace: Workspace) -> None:
    whole = text(255)
    workspace.leaflet(whole)
    _, diagnostics = workspace.attempt(lambda: workspace.typeset("print"))
    over = [re.search(r"is (\d+) lines? too long", d.message) for d in diagnostics]
    lines = sum(int(found[1]) for found in over if found)
    assert 3 <= lines <= 9
    # A line of the commentary holds some ten of these words.
    start = whole.rindex("Wort " * 10)
    workspace.leaflet(whole[: start - 50 * (lines - 1)] + "\n")
    assert workspace.typeset("print").pages == 2


def test_a_text_that_is_too_short_says_how_much_is_missing(workspace: Workspace) -> None:
    workspace.leaflet(text(20, passages=2))
    _, diagnostics = workspace.attempt(lambda: workspace.typeset("print"))
    (diagnostic,) = [d for d in diagnostics if d.code == "does-not-fit"]
    assert "too short" in diagnostic.message
    assert "instead of 2" in diagnostic.message
    assert "lines are missing" in diagnostic.message


def test_it_can_be_for_one_edition_or_for_a_sheet(workspace: Workspace) -> None:
    right = text(200)
    workspace.leaflet(right.replace("fit: 2", "fit: {print: 2}"))
    assert workspace.compose("print").fit == 2
    assert workspace.compose("email").fit is None
    assert workspace.compose("booklet").fit is None
    workspace.leaflet(right.replace("fit: 2", "fit: sheet"))
    editions = ("print", "booklet", "folded", "large-print", "web")
    fits = {e: workspace.compose(e).fit for e in editions}
    assert fits == {"print": 2, "booklet": 4, "folded": 6, "large-print": None, "web": None}
    workspace.leaflet(right)
    fits = {e: workspace.compose(e).fit for e in ("email", "copier", "press", *editions)}
    assert fits == {
        "email": 2, "print": 2, "copier": 2, "press": 2,  # two pages are meant for A4
        "booklet": None, "large-print": None, "web": None,
        "folded": 6,  # its own: at most a sheet
    }  # fmt: skip
    assert not workspace.compose("folded").exactly
    workspace.leaflet(right.replace("fit: 2", "fit: {large-print: 5}"))
    assert workspace.compose("large-print").fit == 5
    workspace.leaflet(right)
    assert workspace.typeset("booklet").pages > 2


def test_a_booklet_of_one_sheet(workspace: Workspace) -> None:
    workspace.leaflet(text(190).replace("fit: 2", "fit: {booklet: sheet}"))
    assert workspace.typeset("booklet").pages == 4


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("fit: zwei", "fit", 6),
        ("fit: 0", "fit", 6),
        ("fit: 65", "fit", 6),
        ("fit: {print: -1}", "fit", 14),
        ("fit: {prnt: 2}", "unknown-edition", 7),
        ("fit: {web: 2}", "fit", 7),
    ],
)
def test_values_that_are_not_valid(workspace: Workspace, line: str, code: str, column: int) -> None:
    workspace.leaflet(text(100).replace("fit: 2", line))
    (diagnostic,) = workspace.diagnostics("web")
    assert (diagnostic.code, diagnostic.location.line, diagnostic.location.column) == (
        code,
        4,
        column,
    )
    assert diagnostic.hint


def test_each_variant_fits_for_itself(workspace: Workspace) -> None:
    workspace.leaflet(text(200))
    workspace.regions("id,name\n1,Eins\n2,Zwei\n3,Drei\n")
    workspace.variant("2", f"passages: {{p1: {{commentary: {{text: {'Mehr ' * 280}}}}}}}\n")
    workspace.variant("3", f"passages: {{p1: {{commentary: {{text: {'Mehr ' * 900}}}}}}}\n")
    assert workspace.typeset("print", "1").pages == 2
    assert workspace.typeset("print", "2").pages == 2
    _, diagnostics = workspace.attempt(lambda: workspace.typeset("print", "3"))
    assert "does-not-fit" in {d.code for d in diagnostics}
