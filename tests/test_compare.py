"""Texts side by side."""

from click import unstyle

from brochure.cli.side_by_side import side_by_side


def shown(old: str, new: str, width: int = 60) -> list[str]:
    text = side_by_side([("alt", old), ("neu", new)], [(0, 1)], width)
    return [" ".join(line.split()) for line in unstyle(text).splitlines()]


def test_words_that_differ_are_marked_in_both_columns() -> None:
    assert shown("der rote Hund läuft", "der blaue Hund läuft schnell fort") == [
        "alt │ neu",
        "der [-rote-] Hund läuft │ der {+blaue+} Hund läuft",
        "│ {+schnell fort+}",
    ]


def test_equal_texts_have_no_marks() -> None:
    assert shown("a b", "a  b\n") == ["alt │ neu", "a b │ a b"]


def test_three_columns_align_and_long_words_are_cut_not_lost() -> None:
    columns = [("a", "x" * 70), ("b", "kurz"), ("c", "")]
    lines = unstyle(side_by_side(columns, [], 90)).splitlines()
    assert len({line.index("│") for line in lines}) == 1
    assert "".join(line.split("│")[0].strip() for line in lines[1:]) == "x" * 70


def test_no_word_is_lost_at_any_width() -> None:
    text = "Wir werden prüfen, wie wir von der Projektförderung hin zu einer Regelförderung kommen"
    for width in range(10, 120, 7):
        lines = unstyle(side_by_side([("a", text)], [], width)).splitlines()[1:]
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
