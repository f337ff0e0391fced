"""The plan of how passages fall on pages, on layouts made by hand."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from brochure.layout.flows import measured_passages
from brochure.layout.laid_out import (
    Fragment,
    LaidOutDocument,
    Layout,
    LayoutRules,
    Role,
    TextLine,
    TextRun,
    misaligned,
)
from brochure.layout.pageplan import PagePlan, plan_pages
from brochure.layout.proof import letters
from brochure.layout.setting import passages_after_white_space
from brochure.layout.weasyprint.lines import joined

PAGE = 1000.0
LINE = 20.0


def side(
    count: int, line: float = LINE, paragraphs: frozenset[int] = frozenset()
) -> list[TextLine]:
    """So many lines of one paragraph, or of several, which begin at these lines as well."""
    begins = sorted({0, *paragraphs, count})
    lines = []
    for number in range(count):
        first = max(begin for begin in begins if begin <= number)
        after = min(begin for begin in begins if begin > number)
        alone = number - first == 1 or after - number == 1  # a single line before it, or after
        starts = number == first or not alone
        lines.append(
            TextLine(number * line, (number + 1) * line, "freely" if starts else "never",
                 number == first, number == first)
        )  # fmt: skip
    return lines


def whole(
    lines: list[int], *, footer: float = 0.0, paragraphs: frozenset[int] = frozenset()
) -> LaidOutDocument:
    """Passages of so many lines in both columns, each on a page of its own."""
    fragments, runs, sides = [], {}, {}
    for number, count in enumerate(lines):
        name, height = f"p{number}", count * LINE
        fragments.append(Fragment(name, number, 0.0, height, (0.0, 0.0)))
        sides[name] = (tuple(side(count, LINE, paragraphs)),) * 2
        for column in (0, 1):
            runs[name, column] = tuple(run(number, row * LINE) for row in range(count))
    layout = replace(layout_of(runs, fragments, sides), height_after=footer, footer_height=footer)
    return LaidOutDocument(layout, LayoutRules(), lambda regions: ())


def above(quote: int, commentary: int, before: int = 0, footer: float = 0.0) -> LaidOutDocument:
    """Two passages of which the quotes stand above the commentaries: one of `before` lines, and one
    whose quote is kept whole by its style.
    """
    first = side(before)
    answer = side(commentary)
    opened: list[TextLine] = [
        replace(line, starts="opened" if line.starts == "freely" and n else line.starts)
        for n, line in enumerate(side(quote))
    ]
    second = [
        *opened,
        *(replace(n, top=n.top + quote * LINE, bottom=n.bottom + quote * LINE) for n in answer),
    ]
    fragments = [
        Fragment("p0", 0, 0.0, before * LINE, (None, None)),
        Fragment("p1", 1, 0.0, len(second) * LINE, (None, None)),
    ]
    sides = {"p0": (tuple(first), ()), "p1": (tuple(second[:quote]), tuple(second[quote:]))}
    runs = {("p0", 0): tuple(run(0, n * LINE) for n in range(before))}
    layout = replace(
        layout_of(runs, fragments, sides),
        side_by_side=False, height_after=footer, footer_height=footer,
    )  # fmt: skip
    return LaidOutDocument(layout, LayoutRules(), lambda regions: ())


def run(page: int, y: float, role: Role = "text", size: float = 10.0) -> TextRun:
    """A piece of text in a line of its own."""
    black, white = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    return TextRun("x", page, 0, y, 10, LINE, 0, 400, PAGE, size, False, black, white, role)


def layout_of(
    runs: Mapping[tuple[str, int], tuple[TextRun, ...]],
    fragments: list[Fragment],
    lines: Mapping[str, tuple[tuple[TextLine, ...], tuple[TextLine, ...]]] | None = None,
    room: float = PAGE,
) -> Layout:
    """The layout of runs and fragments on pages that each begin with a passage."""
    pages = 1 + max(fragment.page for fragment in fragments)
    lowest = [max(f.bottom for f in fragments if f.page == page) for page in range(pages)]
    return Layout(
        runs=runs,
        lines=lines or {},
        pictures=(),
        fragments=tuple(fragments),
        bottoms=(room,) * pages,
        heights=(room,) * pages,
        sizes=((595.0, 842.0),) * pages,
        start=(0, 0.0),
        repeated_height=0.0,
        headless_pages=(),
        side_by_side=True,
        height_after=0.0,
        footer_height=0.0,
        footer_break="avoid",
        white=tuple(room - y for y in lowest),
    )


def divided(document: LaidOutDocument, white: float) -> frozenset[str]:
    return plan_pages(document, white).rules.divided


def test_passages_that_fit_stay_whole() -> None:
    assert divided(whole([20, 20, 10, 50]), 0.2) == frozenset()


def test_a_passage_that_would_leave_white_space_is_divided() -> None:
    assert divided(whole([30, 40, 20]), 0.2) == {"p1"}
    assert divided(whole([41, 40, 9]), 0.2) == frozenset()  # 18 percent stay white


def test_what_is_left_of_a_divided_passage_stands_on_the_next_page() -> None:
    # 30 + 20 of 40 lines; 20 are left, then 20 fit, and 25 more would leave 10 lines white.
    assert divided(whole([30, 40, 20, 25, 20]), 0.15) == {"p1", "p3"}
    assert divided(whole([30, 40, 20, 25, 20]), 0.25) == {"p1"}


def test_a_passage_longer_than_a_page_begins_where_there_is_room() -> None:
    assert divided(whole([30, 120, 5]), 0.2) == {"p1"}
    assert plan_pages(whole([30, 120, 5]), 0.2).pages == pytest.approx(3.1)


@pytest.mark.parametrize(
    ("before", "lines", "over"),
    [
        (49, 10, 10),  # one line fits, and would stand alone at the foot
        (40, 11, 2),  # one would be left, and stand alone at the head
        (40, 12, 2),
    ],
)
def test_no_line_of_a_divided_passage_is_alone(before: int, lines: int, over: int) -> None:
    plan = plan_pages(whole([before, lines, 30]), 0.01)
    assert plan.pages == pytest.approx(1 + (over + 30) * LINE / PAGE)


def test_a_page_ends_between_paragraphs_where_little_stays_white_for_it() -> None:
    """35 lines, then one of 30 whose second paragraph begins 3 lines before the page ends."""
    plan = plan_pages(whole([35, 30, 20], paragraphs=frozenset({12})), 0.2)
    assert plan.rules.between_paragraphs == {"p1"}
    plan = plan_pages(whole([35, 30, 20], paragraphs=frozenset({3})), 0.2)
    assert plan.rules.divided == {"p1"}
    assert not plan.rules.between_paragraphs


@pytest.mark.parametrize(
    ("quote", "commentary", "before", "rules"),
    [
        (10, 20, 30, LayoutRules(divided=frozenset({"p1"}))),  # 20 lines: half the commentary
        (18, 7, 31, LayoutRules(divided=frozenset({"p1"}))),  # 19 lines: the quote fits
        (30, 5, 30, LayoutRules(divided=frozenset({"p1"}), opened=frozenset({"p1"}))),
        (30, 5, 42, LayoutRules()),  # 8 lines stay white rather than that
    ],
)
def test_a_quote_above_its_commentary_is_divided_last(
    quote: int, commentary: int, before: int, rules: LayoutRules
) -> None:
    assert plan_pages(above(quote, commentary, before), 0.2).rules == rules


def test_the_first_quote_begins_below_the_title_however_tall() -> None:
    document = above(60, 10, 0)
    head = replace(document.layout, start=(0, 300.0))
    plan = plan_pages(replace(document, layout=head), 0.2)
    assert plan.rules.opened == {"p1"}


def with_picture(document: LaidOutDocument, passage: str, number: int) -> LaidOutDocument:
    """A line of a commentary is a picture of ten lines, among others that it cannot be parted from;
    the passage cannot be divided.
    """
    quote, commentary = document.layout.lines[passage]
    lines = [replace(line, starts="never") for line in commentary]
    picture = replace(lines[number], bottom=lines[number].top + 10 * LINE, picture=10 * LINE)
    lines = [*lines[:number], picture, *lines[number + 10 :]]
    block = tuple(replace(line, starts="never") for line in quote)
    sides = {**document.layout.lines, passage: (block, tuple(lines))}
    return replace(document, layout=replace(document.layout, lines=sides))


def test_a_picture_is_smaller_where_its_passage_fits_so() -> None:
    document = with_picture(whole([30, 25]), "p1", 2)
    assert plan_pages(document, 0.2).rules.pictures == ()  # the quote is as tall
    quote, commentary = document.layout.lines["p1"]
    short = {**document.layout.lines, "p1": (quote[:4], commentary)}
    plan = plan_pages(replace(document, layout=replace(document.layout, lines=short)), 0.2)
    assert plan.rules == LayoutRules(pictures=(("p1", 5 * LINE),))
    assert plan.pages == pytest.approx(1.0)


@pytest.mark.parametrize(("start", "head"), [(47, 1.0), (44, 5.0), (36, 8.0), (49, 0.0)])
def test_white_of_a_page_on_which_no_passage_can_begin_goes_around_the_head(
    start: int, head: float
) -> None:
    document = above(20, 45)
    sides = {
        name: (tuple(replace(line, starts="never") for line in quote), commentary)
        for name, (quote, commentary) in document.layout.lines.items()
    }
    fragments = document.layout.fragments[1:]
    layout = replace(document.layout, start=(0, start * LINE), lines=sides, fragments=fragments)
    assert plan_pages(replace(document, layout=layout), 0.2).rules.head_space == head


def test_white_that_a_page_leaves_is_no_part_of_a_passage() -> None:
    """It begins on one page, and goes on on the next: the part of it there is two lines."""
    document = whole([20])
    parts = (
        Fragment("p0", 0, 300.0, PAGE, (300.0, 300.0), PAGE - 300 - 18 * LINE),
        Fragment("p0", 1, 0.0, 2 * LINE + 8, (None, None), 8.0),
    )
    (passage,) = measured_passages(replace(document.layout, fragments=parts))
    assert (passage.height, passage.padding) == (20 * LINE + 8, 8)


@pytest.mark.parametrize(
    ("paragraph", "in_cell", "down"), [(True, True, 100), (True, False, 105), (False, True, 95)]
)
def test_lines_of_two_pages_are_joined(paragraph: bool, in_cell: bool, down: float) -> None:
    """The first one of a page, 5 px below its top; half a line of margin is lost, or none."""
    earlier = [TextLine(80, 100, "freely", True, True)]
    here = [TextLine(5, 25, "freely", paragraph, True)]
    assert joined(earlier, here, in_cell=in_cell) == down
    assert joined([], here, in_cell=in_cell) == 0


def footer_plan(lines: list[int], footer: int) -> PagePlan:
    return plan_pages(whole(lines, footer=footer * LINE), 0.2)


def test_the_footer_takes_a_short_passage_along_and_not_a_tall_one() -> None:
    short = footer_plan([20, 20, 8], 6)
    assert short.rules.moved == {"p2"}
    assert not short.rules.footer_alone
    assert short.pages == pytest.approx(1 + 14 / 50)
    tall = footer_plan([15, 33], 6)
    assert tall.rules.moved == frozenset()
    # Some lines of it go along: the first page ends higher, by what they and the footer leave.
    assert tall.rules.divided == {"p1"}
    ((page, foot),) = tall.rules.feet
    assert page == 0
    assert 4 * LINE <= foot <= 8 * LINE
    assert tall.pages == pytest.approx(1 + 10 / 50, abs=0.05)


def test_the_footer_is_alone_where_nothing_can_go_with_it() -> None:
    document = whole([20, 27], footer=6 * LINE)
    blocks = {
        name: (
            tuple(replace(line, starts="never") for line in quote),
            tuple(replace(line, starts="never") for line in commentary),
        )
        for name, (quote, commentary) in document.layout.lines.items()
    }
    layout = replace(document.layout, lines=blocks)
    plan = plan_pages(replace(document, layout=layout), 0.2)
    assert plan.rules == LayoutRules(footer_alone=True)


def test_a_plan_keeps_the_number_of_pages_if_it_can() -> None:
    lines = [36, 40, 22]
    assert plan_pages(whole(lines), 0.5).pages > 2
    assert plan_pages(whole(lines), 0.5, 2).pages == pytest.approx(98 / 50)


def test_passages_after_white_space() -> None:
    layout = whole([30, 45, 10]).layout
    assert passages_after_white_space(layout, 0.2) == {"p1"}
    assert passages_after_white_space(layout, 0.05) == {"p1", "p2"}


def test_sides_that_do_not_begin_together() -> None:
    layout = whole([3, 3, 3]).layout
    fragments = (
        Fragment("p0", 0, 0.0, 60.0, (0.0, 0.5)),
        Fragment("p1", 0, 60.0, 90.0, (60.0, None)),
        Fragment("p1", 1, 0.0, 60.0, (0.0, 0.0)),
        Fragment("p2", 1, 60.0, 90.0, (60.0, 70.0)),
    )
    assert misaligned(replace(layout, fragments=fragments)) == ("p1", "p2")


def test_letters_are_what_must_not_change() -> None:
    assert letters("Stra\u00adße \n\u202fX") == letters("STRASSE x")
