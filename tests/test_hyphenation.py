"""German hyphenation: words of administration, joints of compounds, exceptions."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyphen
import pytest

from brochure.layout.compounds import LONGEST_WORD, Joint, compound_breaks, joints
from brochure.layout.hyphenation import Hyphenator, allowed_breaks
from brochure.layout.patterns import Patterns
from brochure.manuscript.text.language import Hyphenation, hyphenation_files, load_language
from brochure.project import Project
from tests.conftest import ROOT

WORDS = ROOT / "tests" / "data" / "words-de.txt"


def rules(code: str = "de") -> Hyphenation:
    found = load_language(Project(ROOT), code).hyphenation
    assert found is not None
    return found


def places(marked: str) -> tuple[str, dict[int, str]]:
    """A word, and the sign at each offset at which it is marked."""
    found: dict[int, str] = {}
    word = ""
    for sign in marked:
        if sign in "-=|":
            found[len(word)] = sign
        else:
            word += sign
    return word, found


def divided(word: str, hyphenator: Hyphenator) -> str:
    return with_hyphens(word, hyphenator.positions(word))


def with_hyphens(word: str, offsets: list[int]) -> str:
    return "-".join(word[i:j] for i, j in pairwise([0, *offsets, len(word)]))


def listed() -> Iterator[tuple[str, dict[int, str]]]:
    for line in WORDS.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield places(line)


def test_words_of_administration_are_divided_as_by_hand() -> None:
    hyphenator = Hyphenator(rules())
    words = list(listed())
    breaks, wrong, missed = 0, [], []
    for word, right in words:
        found = hyphenator.positions(word)
        breaks += len(found)
        wrong += [divided(word, hyphenator) for at in found if right.get(at, "|") == "|"]
        usable = range(rules().left, len(word) - rules().right + 1)
        missed += [
            divided(word, hyphenator)
            for at, sign in right.items()
            if sign == "=" and at in usable and at not in found
        ]
    assert (wrong, missed) == ([], [])
    assert len(words) > 150
    assert breaks > 2.3 * len(words)


@pytest.mark.parametrize(
    "right",
    [
        "Rat-haus-er-neue-rung",  # TeX: Rathau-serneuerung
        "Rad-weg-er-wei-te-rung",
        "Stadt-teil-um-bau",
        "Bil-der-fol-ge",  # not Bild-erfolge
        "Kin-der-fahr-rad",
        "Geis-ter-fah-rer",
        "Schal-ter-stel-lung",
    ],
)
def test_where_patterns_go_astray_known_parts_decide(right: str) -> None:
    patterns, parts = german()
    word = right.replace("-", "")
    assert with_hyphens(word, compound_breaks(word, patterns.breaks, parts)) == right


def german() -> tuple[Patterns, frozenset[str]]:
    tex, listed = (path.read_text("utf-8") for path in hyphenation_files("de_DE"))
    lines = [line for line in listed.splitlines() if not line.startswith("#")]
    return Patterns(tex), frozenset(" ".join(lines).split())


def test_joints_are_told_from_syllables_by_sounds_and_parts() -> None:
    patterns, parts = german()

    def found(word: str, known: frozenset[str] = frozenset()) -> list[tuple[str, Joint]]:
        breaks = patterns.breaks(word)
        return [(word[at:], joint) for at, joint in joints(word, breaks, known).items()]

    assert found("Stadtrat") == [("rat", Joint.SYLLABLES)], "could be one word by its sounds"
    assert found("Stadtrat", parts) == [("rat", Joint.PARTS)]
    assert found("Radstation")[0] == ("station", Joint.PREFIX), "no syllable begins with st"
    assert found("Taschen") == [("schen", Joint.SYLLABLES)], "but with sch"
    assert found("Freiheitsrede")[1] == ("rede", Joint.PART), "an s that only joins"


def test_joints_come_before_syllables_beside_them() -> None:
    limits = rules()
    assert allowed_breaks([3, 5, 8], 12, limits) == [3, 5 + 3]
    assert allowed_breaks([3, 5, 8], 12, limits, {5: Joint.PART}) == [5]
    assert allowed_breaks([3, 5, 9], 12, limits, {5: Joint.PART}) == [5, 9]
    assert allowed_breaks([2, 4, 7], 12, limits) == [4, 7]
    assert allowed_breaks([2, 4, 7], 12, limits, {2: Joint.PREFIX}) == [7], "er-ar-bei-ten"


@pytest.mark.parametrize(
    ("word", "as_divided"),
    [
        ("Bachgrund", "Bachg-rund"),
        ("bachgrundes", "bachg-rundes"),
        ("Bachgründe", "Bach-gründe"),
        ("Bachgrundstücke", "Bach-grund-stücke"),
    ],
)
def test_an_exception_holds_for_a_word_and_its_inflected_forms(word: str, as_divided: str) -> None:
    limits = rules().model_copy(update={"exceptions": ("Bachg-rund",)})
    assert divided(word, Hyphenator(limits)) == as_divided


@pytest.mark.parametrize("name", ["de", "de_DE", "de_AT", "de_CH"])
def test_every_german_dictionary_is_the_good_one(name: str) -> None:
    limits = rules().model_copy(update={"dictionary": name})
    assert divided("Gesamtschule", Hyphenator(limits)) == "Gesamt-schule"


def test_patterns_divide_as_they_do_with_pyphen(tmp_path: Path) -> None:
    patterns, _ = german()
    tex = hyphenation_files("de_DE")[0].read_text("utf-8")
    plain = tmp_path / "plain.dic"
    plain.write_text("UTF-8\n" + tex.partition("\\patterns{%\n")[2].partition("\n}")[0], "utf-8")
    other = pyphen.Pyphen(filename=str(plain), left=2, right=2)
    words = [word for word, _ in listed()]
    assert len(words) > 150
    for word in words:
        assert patterns.breaks(word) == other.positions(word)
    assert patterns.breaks("İstanbul" * 3) == [], "a capital that becomes two letters"


@pytest.mark.parametrize("code", ["en", "fr", "uk"])
def test_other_languages_have_the_dictionary_they_name(code: str) -> None:
    """None of them is divided by the rules of German sounds."""
    limits = rules(code)
    word = {"en": "construction", "fr": "construction", "uk": "громадськість"}[code]
    other = pyphen.Pyphen(lang=limits.dictionary, left=limits.left, right=limits.right)
    expected = allowed_breaks(other.positions(word), len(word), limits)
    assert expected
    assert Hyphenator(limits).positions(word) == expected


def test_what_is_no_word_is_divided_without_looking_for_parts() -> None:
    """In a text from a stranger it may have thirty thousand letters."""
    patterns, _ = german()
    word = "Rathauserneuerung" * 6
    assert len(word) > LONGEST_WORD
    hyphenator = Hyphenator(rules())
    assert hyphenator.positions(word) == allowed_breaks(patterns.breaks(word), len(word), rules())
    assert hyphenator.positions(word.lower()[:LONGEST_WORD])[:2] == [3, 7]


def test_what_is_built_depends_on_the_patterns() -> None:
    seen = set[Path]()
    load_language(Project(ROOT).observed(seen.add), "de")
    files = hyphenation_files("de_DE")
    assert [path.name for path in files] == ["hyph-de-1996.tex", "parts-de.txt"]
    assert set(files) <= seen


def test_the_licence_lies_beside_the_patterns() -> None:
    patterns, _ = hyphenation_files("de_DE")
    text = patterns.read_text("utf-8")
    assert "Permission is hereby granted, free of charge" in text
    assert "Copyright (c) 2013-2024" in text
    assert "MIT licence" in (patterns.parent / "README.md").read_text("utf-8")
