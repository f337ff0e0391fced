"""The plan of which passages to divide, on layouts made by hand."""

import pytest

from brochure.layout.laid_out import Fragment, Layout, Role, TextRun, misaligned
from brochure.layout.pagination import passages_after_white_space, plan_pages, tall_passages
from brochure.layout.proof import letters

PAGE = 1000.0
LINE = 20.0


def stacked(lines: list[int]) -> Layout:
    """Passages of so many lines in both columns, each on a page of its own."""
    fragments, runs = [], {}
    for number, count in enumerate(lines):
        name, height = f"p{number}", count * LINE
        fragments.append(Fragment(name, number, 0.0, height, (0.0, 0.0)))
        for column in (0, 1):
            runs[name, column] = tuple(run(number, row * LINE) for row in range(count))
    return layout_of(runs, fragments)


def run(page: int, y: float, role: Role = "text", size: float = 10.0) -> TextRun:
    """A piece of text in a line of its own."""
    black, white = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    return TextRun("x", page, 0, y, 10, LINE, 0, 400, PAGE, size, False, black, white, role)


def layout_of(
    runs: dict[tuple[str, int], tuple[TextRun, ...]],
    fragments: list[Fragment],
    *,
    side_by_side: bool = True,
    height_after: float = 0.0,
    keeps_with_last: bool = True,
) -> Layout:
    """The layout of runs and fragments on pages that each begin with a passage."""
    pages = 1 + max(fragment.page for fragment in fragments)
    return Layout(
        runs=runs,
        pictures=(),
        fragments=tuple(fragments),
        bottoms=(PAGE,) * pages,
        heights=(PAGE,) * pages,
        sizes=((595.0, 842.0),) * pages,
        body_tops=(0.0,) * pages,
        headless_pages=(),
        side_by_side=side_by_side,
        height_after=height_after,
        keeps_with_last=keeps_with_last,
    )


def test_passages_that_fit_stay_whole() -> None:
    assert plan_pages(stacked([20, 20, 10, 50]), 0.2).divided == frozenset()


def test_a_passage_that_would_leave_white_space_is_divided() -> None:
    assert plan_pages(stacked([30, 40]), 0.2).divided == {"p1"}
    assert plan_pages(stacked([41, 40]), 0.2).divided == frozenset()  # 18 percent stay white


def test_what_is_left_of_a_divided_passage_stands_on_the_next_page() -> None:
    # 30 + 20 of 40 lines; 20 are left, then 20 fit, and 25 more would leave 10 lines white.
    assert plan_pages(stacked([30, 40, 20, 25]), 0.15).divided == {"p1", "p3"}
    assert plan_pages(stacked([30, 40, 20, 25]), 0.25).divided == {"p1"}


def test_a_passage_longer_than_a_page_begins_where_there_is_room() -> None:
    assert plan_pages(stacked([30, 120, 5]), 0.2).divided == {"p1"}
    assert plan_pages(stacked([45, 120, 5]), 0.2).divided == frozenset()


@pytest.mark.parametrize(
    ("above", "lines", "over"),
    [
        (49, 10, 10),  # one line fits, and would stand alone at the foot
        (48, 10, 8),
        (40, 11, 2),  # one would be left, and stand alone at the head
        (40, 12, 2),
    ],
)
def test_no_line_of_a_divided_passage_is_alone(above: int, lines: int, over: int) -> None:
    plan = plan_pages(stacked([above, lines]), 0.0)
    assert plan.divided == {"p1"}
    assert plan.pages == pytest.approx(1 + over * LINE / PAGE)


def test_passages_after_white_space() -> None:
    assert passages_after_white_space(stacked([30, 45, 10]), 0.2) == {"p1"}
    assert passages_after_white_space(stacked([30, 45, 10]), 0.05) == {"p1", "p2"}


def test_tall_passages() -> None:
    assert tall_passages(stacked([9, 10, 11, 80]), 0.2) == {"p2", "p3"}


def test_sides_that_do_not_begin_together() -> None:
    layout = stacked([3, 3, 3])
    fragments = (
        Fragment("p0", 0, 0.0, 60.0, (0.0, 0.5)),
        Fragment("p1", 0, 60.0, 90.0, (60.0, None)),
        Fragment("p1", 1, 0.0, 60.0, (0.0, 0.0)),
        Fragment("p2", 1, 60.0, 90.0, (60.0, 70.0)),
    )
    changed = Layout(**{**vars(layout), "fragments": fragments})
    assert misaligned(changed) == ("p1", "p2")


def test_letters_are_what_must_not_change() -> None:
    assert letters("Stra\u00adße \n\u202fX") == letters("STRASSE x")
