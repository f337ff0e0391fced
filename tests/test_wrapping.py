"""Lines of a text in a file, and the same text as a form shows it."""

from hypothesis import given
from hypothesis import strategies as st

from brochure.manuscript.text.markdown import parser
from brochure.manuscript.text.wrapping import rewrapped, unwrapped

WORDS = st.sampled_from(
    [
        "Haus",
        "und",
        "**so**",
        "1.",
        "- x",
        "2026.",
        "Verkehrswende,",
        "a",
        "\\",
        "[x](https://e.org)",
    ]
)
LINES = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
TEXTS = st.lists(
    LINES | st.just("") | LINES.map("- ".__add__) | LINES.map("  ".__add__), min_size=1
)
STORED = TEXTS.map("\n".join).map(lambda text: text.strip("\n"))


def html(text: str) -> str:
    """What a text says, whatever its lines are."""
    return " ".join(parser(own_words=True).render(text).split())


@given(STORED)
def test_without_its_lines_a_text_says_the_same(stored: str) -> None:
    assert html(unwrapped(stored, own_words=True)) == html(stored)


@given(STORED, STORED, st.integers(10, 60))
def test_what_was_typed_comes_back_from_the_file(old: str, typed: str, width: int) -> None:
    new = unwrapped(typed, own_words=True)
    stored = rewrapped(new, old, own_words=True, width=width)
    assert unwrapped(stored, own_words=True) == new


@given(STORED)
def test_what_was_not_changed_keeps_its_lines(stored: str) -> None:
    assert rewrapped(unwrapped(stored, own_words=True), stored, own_words=True) == stored


OLD = """\
Die Stadt baut bis 2028 ein durchgehendes
Netz von Radwegen zwischen allen
Stadtteilen, soweit die Mittel reichen.

Und sie plant:

- erstens eine Brücke über den Fluss,
  die breit genug ist
- zweitens nichts"""


def test_only_the_lines_around_a_change_differ() -> None:
    typed = unwrapped(OLD, own_words=True).replace("allen Stadtteilen", "den Stadtteilen")
    assert rewrapped(typed, OLD, own_words=True, width=42) == OLD.replace("allen", "den")
    typed = unwrapped(OLD, own_words=True).replace("breit genug", "für alle breit genug")
    assert rewrapped(typed, OLD, own_words=True, width=42) == OLD.replace("breit", "für alle breit")
    typed = unwrapped(OLD, own_words=True).replace("Netz", "gut beschildertes Netz")
    assert rewrapped(typed, OLD, own_words=True, width=42).split("\n")[:4] == [
        "Die Stadt baut bis 2028 ein durchgehendes",
        "gut beschildertes Netz von Radwegen",
        "zwischen allen Stadtteilen, soweit die",
        "Mittel reichen.",
    ]


def test_a_paragraph_that_was_one_long_line_stays_one() -> None:
    old = "Ein Absatz ohne Zeilen, wie ihn viele Programme schreiben, und lang dazu.\n\nNoch einer."
    new = old.replace("viele", "alle")
    assert rewrapped(new, old, own_words=True, width=40) == new


def test_lines_after_a_change_stay_where_they_can() -> None:
    old = (
        "Die Stadt baut bis 2028 ein durchgehendes\nNetz von Radwegen zwischen allen\n"
        "Stadtteilen,\nsoweit die Mittel reichen."
    )
    typed = unwrapped(old, own_words=True).replace("allen", "denen")
    assert rewrapped(typed, old, own_words=True, width=42) == old.replace("allen", "denen")


def test_no_line_begins_with_what_looks_like_an_item() -> None:
    text = "Das gilt ab dem 1. Januar 2027 - nicht früher - für alle Häuser"
    for width in range(12, 40):
        lines = rewrapped(text, "", own_words=True, width=width).split("\n")
        assert len(lines) > 1
        assert not [line for line in lines if line.startswith(("1.", "-", "2027"))]
