"""Which page goes where: the plan folded, cut and stacked on paper that only exists here."""

from itertools import pairwise

import pytest

from brochure.layout.edition import Imposition
from brochure.prepress.imposition import (
    MM,
    PAPER_SIZES,
    SheetSide,
    arranged_cells,
    is_foldable,
    padded_pages,
    plan_sheets,
)

A5 = (148.5 * MM, 210 * MM)
A4 = (210 * MM, 297 * MM)
PANEL, NARROW = (99.5 * MM, 210 * MM), (98 * MM, 210 * MM)
COUNTS = range(1, 65)


def rules(scheme: str, sheet: str = "A4", creep: float = 0.0) -> Imposition:
    return Imposition.model_validate({"scheme": scheme, "sheet": sheet, "creep": creep})


def sides_of(sides: tuple[SheetSide, ...], side: int) -> list[int | None]:
    """The pages on a side, from left to right."""
    placed = sorted(sides[side].placed, key=lambda p: p.x)
    return [p.page for p in placed]


def folded_once(sides: tuple[SheetSide, ...]) -> list[int | None]:
    """A stack of sheets, folded in the middle, read page by page.

    The leaves of a sheet: its right half and its left half. On each, the front is what was
    printed on that half of the front; the back is what lies behind it: the paper was turned over
    at its short edge, so behind the right half of the front is the left half of the back.
    """
    halves: list[tuple[list[int | None], list[int | None]]] = []
    for number in range(0, len(sides), 2):
        front, back = sides_of(sides, number), sides_of(sides, number + 1)
        first_leaf = [front[1], back[0]]  # folded backwards, this leaf comes first
        second_leaf = [back[1], front[0]]
        halves.append((first_leaf, second_leaf))
    book = [page for first, _ in halves for page in first]
    for _, second in reversed(halves):
        book += second
    return book


def cut_and_stacked(sides: tuple[SheetSide, ...]) -> list[int | None]:
    """A stack cut in the middle, the right half laid below the left one, read leaf by leaf."""
    left: list[int | None] = []
    right: list[int | None] = []
    for number in range(0, len(sides), 2):
        front, back = sides_of(sides, number), sides_of(sides, number + 1)
        left += [front[0], back[1]]
        right += [front[1], back[0]]
    return left + right


@pytest.mark.parametrize("count", COUNTS)
def test_a_booklet_reads_from_first_to_last(count: int) -> None:
    sides = plan_sheets(rules("saddle-stitch"), [A5] * count, back=True)
    book = folded_once(sides)
    assert [page for page in book if page is not None] == list(range(count))
    assert len(book) % 4 == 0
    assert len(book) - count < 4
    assert len(sides) == len(book) // 2
    assert [(side.sheet, side.back) for side in sides] == [
        (sheet, back) for sheet in range(len(sides) // 2) for back in (False, True)
    ]


@pytest.mark.parametrize("count", COUNTS)
def test_a_booklet_bound_on_the_right_is_the_mirror_image(count: int) -> None:
    left = plan_sheets(rules("saddle-stitch"), [A5] * count, back=True)
    right = plan_sheets(rules("saddle-stitch"), [A5] * count, back=True, mirrored=True)
    for number in range(len(left)):
        assert sides_of(left, number) == sides_of(right, number)[::-1]


@pytest.mark.parametrize("count", COUNTS)
def test_halves_that_are_cut_and_stacked_read_from_first_to_last(count: int) -> None:
    book = cut_and_stacked(plan_sheets(rules("cut-and-stack"), [A5] * count, back=True))
    assert book[:count] == list(range(count))
    assert set(book[count:]) <= {None}


@pytest.mark.parametrize("count", COUNTS)
def test_each_half_is_a_copy(count: int) -> None:
    sides = plan_sheets(rules("step-and-repeat"), [A5] * count, back=True)
    copies: list[list[int | None]] = [[], []]
    for number in range(0, len(sides), 2):
        front, back = sides_of(sides, number), sides_of(sides, number + 1)
        copies[0] += [front[0], back[1]]
        copies[1] += [front[1], back[0]]
    for copy in copies:
        assert copy[:count] == list(range(count))
        assert set(copy[count:]) <= {None}


def panels(count: int) -> list[tuple[float, float]]:
    return [NARROW if page in (3, 4) else PANEL for page in range(count)]


@pytest.mark.parametrize("count", range(1, 7))
def test_a_letter_fold_reads_from_first_to_last(count: int) -> None:
    """Folded: the right panel of the inside over the middle, then the left one over both."""
    outside, inside = plan_sheets(rules("letter-fold"), panels(count), back=count > 4)
    flap, back, cover = (p.page for p in sorted(outside.placed, key=lambda p: p.x))
    left, middle, right = (p.page for p in sorted(inside.placed, key=lambda p: p.x))
    order = [cover, left, middle, right, flap, back]
    assert [page for page in order if page is not None] == list(range(count))
    if count == 5:
        assert (flap, back) == (None, 4), "the last page stays the back cover"


def test_the_panel_that_is_folded_in_is_narrower_and_lies_behind_itself() -> None:
    for mirrored in (False, True):
        outside, inside = plan_sheets(rules("letter-fold"), panels(6), back=True, mirrored=mirrored)
        widths = []
        for side in (outside, inside):
            edges = [0.0, *side.edges, PAPER_SIZES["A4"][0]]
            widths.append([round((b - a) / MM, 2) for a, b in pairwise(edges)])
        assert sorted(widths[0]) == [98.0, 99.5, 99.5]
        assert widths[1] == widths[0][::-1], "turned over, the folds lie on each other"
        narrow = widths[0].index(98.0)
        assert narrow == (2 if mirrored else 0)
        placed = {p.page: p for side in (outside, inside) for p in side.placed}
        assert placed[4].x / MM == pytest.approx(199 if mirrored else 0, abs=0.01)
        assert placed[3].x / MM == pytest.approx(0 if mirrored else 199, abs=0.01)


@pytest.mark.parametrize(("sheet", "page"), [("A4", A5), ("A3", A4)])
def test_pages_lie_in_their_halves_unscaled(sheet: str, page: tuple[float, float]) -> None:
    for side in plan_sheets(rules("saddle-stitch", sheet), [page] * 8, back=True):
        left, right = sorted(side.placed, key=lambda p: p.x)
        assert (left.scale, right.scale) == (1.0, 1.0)
        assert left.x == pytest.approx(0, abs=0.5)
        assert right.x == pytest.approx(PAPER_SIZES[sheet][0] / 2, abs=0.5)
        assert left.y == pytest.approx(0, abs=0.5)


def test_pages_too_large_for_their_halves_are_scaled_down_and_centred() -> None:
    (front, _) = plan_sheets(rules("saddle-stitch"), [A4] * 4, back=True)
    left, right = sorted(front.placed, key=lambda p: p.x)
    assert left.scale == pytest.approx(0.707, abs=0.002)
    assert right.x - left.x == pytest.approx(148.5 * MM, abs=0.5)


def test_inner_sheets_creep_to_the_fold() -> None:
    plain = plan_sheets(rules("saddle-stitch"), [A5] * 12, back=True)
    crept = plan_sheets(rules("saddle-stitch", creep=0.1), [A5] * 12, back=True)
    moved = [
        [round((b.x - a.x) / MM, 6) for a, b in zip(one.placed, other.placed, strict=True)]
        for one, other in zip(plain, crept, strict=True)
    ]
    assert moved == [[0, 0], [0, 0], [0.1, -0.1], [0.1, -0.1], [0.2, -0.2], [0.2, -0.2]]


def test_pages_are_added_where_nothing_is_cut_apart() -> None:
    assert padded_pages(5, 4, back=True) == (0, 1, 2, 3, None, None, None, 4)
    assert padded_pages(5, 4, back=False) == (0, 1, 2, 3, 4, None, None, None)
    assert padded_pages(2, 4, back=True) == (0, None, None, 1)
    assert padded_pages(3, 4, back=True) == (0, 1, None, 2)
    assert padded_pages(1, 4, back=True) == (0, None, None, None)
    assert padded_pages(8, 4, back=True) == tuple(range(8))


@pytest.mark.parametrize(
    ("millimetres", "foldable"), [(99.5, True), (99, True), (100, True), (102, False), (98, False),
                                  (148.5, False), (210, False)],
)  # fmt: skip
def test_which_pages_make_six_panels(millimetres: float, foldable: bool) -> None:
    assert is_foldable(rules("letter-fold"), (millimetres * MM, 210 * MM)) is foldable
    assert not is_foldable(rules("letter-fold"), (millimetres * MM, 297 * MM))


def test_an_unknown_scheme_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="origami"):
        arranged_cells("origami", [0, 1])


def test_a_second_page_that_stands_for_itself_is_the_flap() -> None:
    outside, inside = plan_sheets(rules("letter-fold"), [PANEL] * 6, back=True, flap=True)
    assert [p.page for p in outside.placed] == [1, 5, 0]
    assert [p.page for p in inside.placed] == [2, 3, 4]
    outside, inside = plan_sheets(rules("letter-fold"), [PANEL] * 5, back=True, flap=True)
    assert [p.page for p in outside.placed] == [1, 4, 0]
    assert [p.page for p in inside.placed] == [2, 3, None], "the last panel inside stays free"


def test_a_narrower_panel_takes_from_the_margins_of_its_page() -> None:
    for side in plan_sheets(rules("letter-fold"), [PANEL] * 6, back=True):
        assert {p.scale for p in side.placed} == {1.0}
        edges = (0.0, *side.edges, PAPER_SIZES["A4"][0])
        for placed, (left, right) in zip(side.placed, pairwise(edges), strict=True):
            assert placed.x + PANEL[0] / 2 == pytest.approx((left + right) / 2, abs=0.01)
