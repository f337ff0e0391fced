import pytest

from brochure.manuscript.text.language import load_language
from brochure.manuscript.text.typography import Typography
from brochure.project import Project
from tests.conftest import ROOT

GERMAN = Typography(load_language(Project(ROOT), "de"))
ENGLISH = Typography(load_language(Project(ROOT), "en"))


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ('"WIR" steht', "„WIR“ steht"),
        ("\"Er sagt 'ja' dazu\"", "„Er sagt ‚ja‘ dazu“"),
        ("geht's, Hans' Haus", "geht’s, Hans’ Haus"),
        ('("so")', "(„so“)"),
        ("„schon“ richtig", "„schon“ richtig"),
        ("ja - nein", "ja\u00a0– nein"),
        ("ja -- nein", "ja\u00a0– nein"),
        ("ja – nein", "ja\u00a0– nein"),
        ("und so ...", "und so …"),
        ("z.B. und z. B.", "z.\u202fB. und z.\u202fB."),
        ("V.i.S.d.P.", "V.\u202fi.\u202fS.\u202fd.\u202fP."),
        ("§ 3 Abs. 2", "§\u202f3 Abs.\u202f2"),
        ("Zeilen 1087 - 1090", "Zeilen\u00a01087–1090"),
        ("1087-1090", "1087–1090"),
        ("5 % und 10 km", "5\u202f% und 10\u202fkm"),
        ("um 12 Uhr", "um 12 Uhr"),
        ("20. Legislaturperiode", "20.\u00a0Legislaturperiode"),
    ],
)
def test_german(typed: str, set_: str) -> None:
    assert GERMAN(typed) == set_.replace("12 Uhr", "12\u202fUhr")


@pytest.mark.parametrize(
    "text",
    [
        "2018-12-20",
        "06421-1234",
        "2018-19",
        "G8-7",
        "90-10",
        "Bürger*innen",
        "1.000.000",
        "3,5-4,5",
        "foo---bar",
        "....",
        "schwarz-grün",
        "amtlich",
    ],
)
def test_what_german_typography_leaves_alone(text: str) -> None:
    assert GERMAN(text) == text


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ('"We" - he said', "“We”\u00a0– he said"),
        ("it's 'so'", "it’s ‘so’"),
        ("pp. 3-4", "pp.\u202f3–4"),
        ("lines 12-14", "lines\u00a012–14"),
        ("12 March", "12\u00a0March"),
        ("12 monkeys", "12 monkeys"),
    ],
)
def test_english(typed: str, set_: str) -> None:
    assert ENGLISH(typed) == set_


def test_rules_see_across_emphasis() -> None:
    assert GERMAN.paragraph(['Er sagt "', "", "ja", "", '" dazu']) == [
        "Er sagt „",
        "",
        "ja",
        "",
        "“ dazu",
    ]


def test_a_private_use_character_switches_nothing_off_but_itself() -> None:
    assert GERMAN.paragraph(["\ue000", '"x"']) == ["\ue000", '"x"']


def test_dates() -> None:
    german, english = (load_language(Project(ROOT), code) for code in ("de", "en"))
    assert german.format_date("2018-12-20") == "20.\u00a0Dezember\u00a02018"
    assert german.format_date("2018-12") == "Dezember 2018"
    assert english.format_date("2018-03-01") == "1\u00a0March\u00a02018"
    assert english.format_date("2018") == "2018"
