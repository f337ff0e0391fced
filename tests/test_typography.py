import re
from html import unescape

import pytest

from brochure.manuscript.text.language import load_language
from brochure.manuscript.text.markdown import Renderer
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
        ("ja - auch so -, nein - so -", "ja\u00a0– auch so\u00a0–, nein\u00a0– so\u00a0–"),
        ("10 -.5 und -, so", "10 -.5 und\u00a0–, so"),
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


def test_no_line_ends_inside_of_french_quotation_marks() -> None:
    french = Typography(load_language(Project(ROOT), "fr"))
    assert french("dit « oui » !") == "dit «\u202foui\u202f»\u202f!"
    assert french("dit «oui»") == "dit «oui»"
    assert GERMAN("ein « oui »") == "ein « oui »"


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


RANGES = [
    "9-17 Uhr", "von 9 - 17 Uhr", "8.30-12 Uhr", "18.30-20.00 Uhr", "18:00-20:00", "9:00-17:00",
    "22:00-2:00 Uhr", "S. 12-14", "Seite 12-14", "Seiten 9-11", "Z. 3-7", "Zeilen 1087-1090",
    "Zeile 3 - 7", "§§ 12-14", "Abs. 2-4", "Ziff. 1-3", "Kap. 4-6", "Bd. 1-3", "2024-2026",
    "im Jahr 2024-2026", "Haushalt 2025-2026", "(2019-2023)", "1087-1090", "1618-1648.",
    "10-12 Personen", "etwa 3-4 Wochen", "20-30 %", "20-30%", "1,5-2,5 km", "3-5 Mio. Euro",
    "10.000-12.000 Euro", "5-10 €", "für 3-4 Haltestellen", "mit 20-25 Kindern", "08-12 Uhr",
    "Mo 9-12 Uhr und Do 14-18 Uhr", "alle 10-15 Minuten", "Er rief 3-4 mal an", "je 2-3 Bäume,",
    "**9-17** Uhr",
]  # fmt: skip
NO_RANGES = [
    "Tel. 06421 201-1234", "Tel.: 0641 306-312", "+49 641 99-4455", "0641 306-12", "(06421) 20-34",
    "Durchwahl 306-312", "Telefon 306-312", "Fax -12", "0641 2024-2026", "06421/201-234 oder",
    "06421 - 1234", "0641 306 - 312", "Tel. 201 - 1234", "+49 641 99 - 4455", "(0641) - 99",
    "Az. 12-345", "Az.: 12-34 Verwaltung", "Aktenzeichen 2024-2026", "Gz. 3-12",
    "Drucksache 20-5472", "BT-Drs. 20-5472", "Bundestagsdrucksache 19-20", "Drs. 19/1234-20",
    "Vorlage 2024-2031", "Beschlussvorlage 2024-2031", "Antrag Nr. 20-54", "Vorl.-Nr. 12-14",
    "Nr. 12-34", "Art. 12-14 GG", "§ 34-35", "35037-35043 Marburg", "D-35037", "PLZ 35037-35043",
    "IBAN 12-34", "DE89 3704-4000", "2026-05-12", "12-05-2026", "2018-12", "ISBN 978-3-16-148410-0",
    "ISBN 3-16", "Zimmer 3-12", "Raum 101-102", "2018-19", "90-10", "G8-7", "3-2-1", "1-2-mal",
    "12-14-jährig", "3,5-4,5", "DIN 5008-2020", "Flurstück 12-34", "Bebauungsplan 12-34",
    "20-5472", "12-345", "201-1234 oder", "9-17", "gewann 1-3 gegen", "192.168.1-2", "1/2-3/4",
    "Haus 3-5", "7-8/2026", "Kennziffer 5-17 Uhr", "unter 201-234 Frau Meier",
    "mit 12-34 Herrn Meier",
]  # fmt: skip


@pytest.mark.parametrize("text", RANGES)
def test_what_is_a_range_gets_a_dash(text: str) -> None:
    pieces = text.split("**")
    set_ = "".join(GERMAN.paragraph(pieces)).replace("\u202f", " ").replace("\u00a0", " ")
    assert set_ == re.sub(" ?- ?(?=[0-9])", "–", "".join(pieces))


@pytest.mark.parametrize("text", NO_RANGES)
def test_what_may_be_no_range_keeps_its_hyphen(text: str) -> None:
    """Telephone extensions, file and document numbers, codes (DIN 5008), and what is in doubt."""
    assert GERMAN(text).replace("\u202f", " ").replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("language", "ranges", "others"),
    [
        ("en", "pp. 3-4, 10-12 people, 9-5 pm", "tel. 306-312, no. 12-14, 20-5472"),
        ("fr", "p. 3-4, 10-12 personnes", "tél. 306-312, réf. 12-14, 20-5472"),
        ("tr", "s. 3-4, 10-12 kişi", "tel. 306-312, dosya 12-14, 20-5472"),
        ("uk", "с. 3-4, 10-12 осіб", "тел. 306-312, справа 12-14, 20-5472"),
        ("ar", "صفحة 3-4، 10-12 يورو", "هاتف 306-312، رقم 12-14، 20-5472"),
        ("fa", "صفحه 3-4، 10-12 نفر", "تلفن 306-312، شماره 12-14، 20-5472"),
    ],
)
def test_ranges_in_other_languages(language: str, ranges: str, others: str) -> None:
    typography = Typography(load_language(Project(ROOT), language))
    set_ = typography(ranges)
    assert set_.count("–") == ranges.count("-") - ("9-5" in ranges), "9-5 may also be a score"
    assert "-" not in set_.replace("9-5", "")
    assert "–" not in typography(others)
    assert typography(others).count("-") == 3


def test_a_dash_between_numbers_that_are_none_of_a_kind() -> None:
    assert GERMAN("am 3. Mai 2026 - 18 Uhr") == "am 3.\u00a0Mai 2026\u00a0– 18\u202fUhr"


@pytest.mark.parametrize(
    "address",
    [
        "www.example.org/plan-2024-2026--x...y", "example.org/a--b?x='y'z", "o'brien--x@e.org",
        "http://example.org/it's--da", "9-17.example.org/9-17", "ftp://e.org/z.B.", "WWW.E.ORG/--a",
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "siehe {}, bitte", "({})", "{}!", "Zeilen {} Uhr"])
def test_no_sign_of_an_address_is_changed(address: str, around: str) -> None:
    """Wherever it stands, and whether it is a link or not (in a heading, a link's own words)."""
    assert address in GERMAN(around.format(address))
    renderer = Renderer(GERMAN, "live")
    for html in (
        renderer.block(around.format(address)),
        renderer.inline(around.format(address)),
        renderer.block(around.format(f"[{address}](https://example.org)")),
        renderer.block(around.format(f"**{address}**")),
    ):
        assert address in unescape(re.sub("<[^>]*>", "", html)).replace("\u202f", " ")


def test_quotation_marks_around_an_address_are_those_of_the_language() -> None:
    assert GERMAN("\"www.e.org\" und 'www.e.org/a'") == "„www.e.org“ und ‚www.e.org/a‘"


def test_dates() -> None:
    german, english = (load_language(Project(ROOT), code) for code in ("de", "en"))
    assert german.format_date("2018-12-20") == "20.\u00a0Dezember\u00a02018"
    assert german.format_date("2018-12") == "Dezember 2018"
    assert english.format_date("2018-03-01") == "1\u00a0March\u00a02018"
    assert english.format_date("2018") == "2018"
