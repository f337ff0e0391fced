"""Every word is numbered, and found once, in order, inside its column, on no other."""

import io
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest
from PIL import Image

from tests.conftest import Workspace
from tests.readers import Char, chars

MM = 72 / 25.4
LEFT = (18 * MM, 101 * MM)
RIGHT = (109 * MM, 192 * MM)
TOP, BOTTOM = 17 * MM, (297 - 21) * MM
WORD = 8  # digits: side, passage (3), word (4)


@dataclass(frozen=True)
class Word:
    side: int
    passage: int
    number: int
    chars: tuple[Char, ...]

    @property
    def page(self) -> int:
        return self.chars[0].page

    @property
    def location(self) -> tuple[int, int, float]:
        """In reading order of one column: page, line, column."""
        return self.page, round(self.chars[0].bottom), self.chars[0].left


def text(side: int, passage: int, words: int, paragraph: int = 60) -> str:
    numbers = [f"{side}{passage:03}{word:04}" for word in range(words)]
    parts = [" ".join(numbers[i : i + paragraph]) for i in range(0, words, paragraph)]
    return "\n\n".join(f"        {part}" for part in parts)


def leaflet(lengths: Sequence[tuple[int, int]], lead: int = 0, headings: bool = True) -> str:
    """A leaflet whose passages have so many words on the left and on the right."""
    rows = ["language: de", "title: Zahlen", "numbered: no"]
    rows += ["columns:", "  quote: Links", "  commentary: Rechts"]
    if lead:
        rows += ["lead: |", "  " + "\\\n  ".join(["x"] * lead)]
    rows.append("passages:")
    for passage, (left, right) in enumerate(lengths):
        rows.append(f"  - id: p{passage}")
        for name, side, words in (("quote", 1, left), ("commentary", 2, right)):
            if words:
                rows.append(f"    {name}:")
                if headings:
                    rows.append("      heading: Kopf")
                rows += ["      text: |", text(side, passage, words)]
    return "\n".join(rows) + "\n"


def read(pdf: bytes) -> tuple[list[Word], dict[int, str]]:
    """All numbered words in the order of the content, and the other text of each page."""
    words: list[Word] = []
    others: dict[int, str] = defaultdict(str)
    run: list[Char] = []
    for char in chars(pdf):
        in_table = char.top >= TOP and char.bottom <= BOTTOM
        if char.text.isdigit() and in_table:
            run.append(char)
            if len(run) == WORD:
                digits = "".join(c.text for c in run)
                words.append(Word(int(digits[0]), int(digits[1:4]), int(digits[4:]), tuple(run)))
                run = []
        else:
            others[char.page] += char.text
    assert run == []
    return words, others


def assert_whole(pdf: bytes, lengths: Sequence[tuple[int, int]]) -> list[Word]:
    words, others = read(pdf)
    expected = [
        (side, passage, number)
        for passage, (left, right) in enumerate(lengths)
        for side, count in ((1, left), (2, right))
        for number in range(count)
    ]
    found = sorted((w.side, w.passage, w.number) for w in words)
    assert len(expected) > 100
    assert found == sorted(expected), "words lost or doubled"

    for side, (left, right) in ((1, LEFT), (2, RIGHT)):
        column = sorted((w for w in words if w.side == side), key=lambda w: (w.passage, w.number))
        for word in column:
            for char in word.chars:
                assert left - 0.5 <= char.left < char.right <= right + 0.5, "outside its column"
                assert TOP - 0.5 <= char.top < char.bottom <= BOTTOM + 0.5, "outside the margins"
                assert char.page == word.page, "a word across two pages"
        for before, after in pairwise(column):
            assert before.location < after.location, "out of order"
            if before.location[:2] == after.location[:2]:
                assert before.chars[-1].right < after.chars[0].left, "overlapping"
            elif before.page == after.page:
                assert before.chars[0].bottom < after.chars[0].top + 1, "lines overlapping"

    first = {(w.side, w.passage): w for w in words if w.number == 0}
    for passage, (left_count, right_count) in enumerate(lengths):
        if left_count and right_count:
            one, two = first[1, passage], first[2, passage]
            assert one.page == two.page, "sides begin on different pages"
            assert abs(one.chars[0].bottom - two.chars[0].bottom) < 0.3, "baselines differ"
    for page in {w.page for w in words}:
        assert "Links" in others[page], "no header row"
        assert "Rechts" in others[page], "no header row"
    return words


def test_ninety_pairs(workspace: Workspace) -> None:
    dice = random.Random(1)
    lengths = [(dice.choice([0, 5, 20, 60, 150]), dice.choice([5, 30, 90, 200])) for _ in range(90)]
    workspace.leaflet(leaflet(lengths))
    result = workspace.typeset()
    words = assert_whole(result.pdf, lengths)
    assert len({w.page for w in words}) == result.pages > 15


@pytest.mark.parametrize("lead", [0, 27, 29, 35])
@pytest.mark.parametrize(
    "lengths", [(1000, 20), (20, 1000), (1000, 900)], ids=["left", "right", "both"]
)
def test_pairs_of_three_pages_at_many_heights(
    workspace: Workspace, lead: int, lengths: tuple[int, int]
) -> None:
    rows = [lengths, (30, 30), lengths, (0, 40), (40, 0)]
    workspace.leaflet(leaflet(rows, lead))
    words = assert_whole(workspace.typeset().pdf, rows)
    longest = [w.page for w in words if w.passage == 0]
    assert max(longest) - min(longest) >= 2


@pytest.mark.parametrize("count", [3, 5, 8])
def test_no_page_is_left_with_a_large_hole(workspace: Workspace, count: int) -> None:
    """Pairs of a third to two thirds of a page, which do not fit below each other."""
    rows = [(130 + 37 * i % 90, 90 + 53 * i % 60) for i in range(count * 4)]
    workspace.leaflet(leaflet(rows))
    result = workspace.typeset()
    words = assert_whole(result.pdf, rows)
    for page in range(result.pages - 1):
        lowest = max(char.bottom for word in words if word.page == page for char in word.chars)
        assert BOTTOM - lowest < 0.2 * (BOTTOM - TOP) + 20


def test_short_pairs_stay_whole_and_headings_with_their_text(workspace: Workspace) -> None:
    rows = [(12 + i % 13, 8 + i % 17) for i in range(90)]
    workspace.leaflet(leaflet(rows))
    words = assert_whole(workspace.typeset().pdf, rows)
    pages = defaultdict(set)
    for word in words:
        pages[word.passage].add(word.page)
    assert len(pages) == 90
    assert [passage for passage, on in pages.items() if len(on) > 1] == []


@pytest.mark.parametrize("edition", ["email", "large-print"])
def test_no_heading_verdict_or_picture_is_alone_at_a_foot(
    workspace: Workspace, edition: str
) -> None:
    """Pairs that begin at many heights: with the heading there are two lines of the commentary."""
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), "#336").save(picture, "PNG")
    workspace.write("content/probe/tree.png", picture.getvalue())
    lengths = [(8 + 7 * n % 30, 70 + 13 * n % 40) for n in range(16)]
    text = leaflet(lengths).replace("title:", "verdicts: {no: {word: Nein, shape: cross}}\ntitle:")
    for passage in range(len(lengths)):
        name = chr(ord("A") + passage)
        picture_of = "    picture: {file: tree.png, alt: A tree}\n" if passage % 3 else ""
        before, commentary, after = text.partition("    commentary:\n      heading: Kopf\n")
        text = f"{before}    Commentary:\n      heading: Kopf{name}.\n{after}"
        text = text.replace(
            f"  - id: p{passage}\n", f"  - id: p{passage}\n    verdict: no\n{picture_of}"
        )
        assert commentary
    workspace.leaflet(text.replace("Commentary:", "commentary:"))
    words, others = read(workspace.typeset(edition).pdf)
    begun = 0
    for passage in range(len(lengths)):
        heading = f"Kopf{chr(ord('A') + passage)}."
        (page,) = [page for page, other in others.items() if heading in other]
        lines = {w.location[1] for w in words if (w.side, w.passage, w.page) == (2, passage, page)}
        assert len(lines) >= 2, f"{heading} on page {page + 1}"
        begun += len({w.page for w in words if (w.side, w.passage) == (2, passage)}) > 1
    assert max(w.page for w in words) >= 4
    assert begun, "some are divided"


def test_a_title_of_many_lines_leaves_the_foot_of_the_page_alone(workspace: Workspace) -> None:
    workspace.leaflet("language: de\ntitle: " + "Wort " * 120 + "\npassages:\n  - id: a\n"
                      "    commentary:\n      text: Text\n")  # fmt: skip
    found = list(chars(workspace.typeset().pdf))
    assert sum(char.text == "W" for char in found) > 120
    assert max(char.bottom for char in found) < (297 - 8) * MM
    foot = "".join(char.text for char in found if char.top > BOTTOM)
    assert "…Seite1von" in foot


def test_a_word_longer_than_the_column_is_broken_not_cut(workspace: Workspace) -> None:
    long_word = "1" * 400
    workspace.leaflet(
        "language: de\ntitle: T\npassages:\n  - id: a\n    quote:\n      lines: 1\n"
        f"      text: {long_word}\n    commentary:\n      text: x-{long_word}\n"
    )
    digits = [char for char in chars(workspace.typeset().pdf) if char.text == "1"]
    left = [c for c in digits if c.right < LEFT[1] + 1]
    right = [c for c in digits if RIGHT[0] - 1 < c.left < c.right < RIGHT[1] + 1]
    assert len(digits) == 801 + 2  # the line number and both page numbers, too
    assert len(left) >= 400
    assert len(right) >= 400


@pytest.mark.parametrize("lead", range(24, 32))
def test_a_word_of_many_lines_at_the_foot_of_a_page_ends(workspace: Workspace, lead: int) -> None:
    """It has to be divided there, whatever that costs."""
    word = "Donaudampfschifffahrtsgesellschaft" * 12
    workspace.leaflet(
        "language: de\ntitle: T\nlead: |\n  " + "\\\n  ".join(["x"] * lead) + "\npassages:\n"
        "  - id: a\n    commentary:\n      text: " + f"{word} Ende {word} Schluss\n"
    )
    text = "".join(char.text for char in chars(workspace.typeset().pdf))
    assert text.count("D") == 24
    assert text.count("Schluss") == 1
