"""Cells of tables that hold what nobody wrote: errors of spreadsheets, letters in disguise."""

import pytest

from brochure.diagnostics import Location
from brochure.manuscript.text.mojibake import repaired
from brochure.manuscript.variants.cells import cell_diagnostic

HERE = Location("t.csv", 3, 7)
# What is written in lists of offices here, of several languages and signs.
WORDS = (
    "Müller", "Gießen", "Öffentlich", "GRÖSSE", "Ärzte", "Land NÖ", "José", "5 € – bitte", "„Tag“",
    "Dąbrowski", "Karşıyaka", "Božić", "Rēzekne", "Łódź", "It’s …", "10 °C", "§ 5", "½", "œuvre",
    "Москва", "Αθήνα", "à la carte", "№ 5", "😀 ja",
)  # fmt: skip


def misread(text: str, codec: str) -> str:
    """UTF-8 as a program shows it that expects one byte a character."""
    return "".join(
        bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in text.encode("utf-8")
    )


@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "mac_roman", "cp850", "cp437"])
def test_letters_that_were_decoded_wrongly_are_known_again(codec: str) -> None:
    tried = {misread(word, codec): word for word in WORDS}
    assert len(tried) == len(WORDS) > 20
    assert {wrong: repaired(wrong) for wrong in tried} == tried
    for wrong, word in tried.items():
        found = cell_diagnostic(wrong, HERE)
        assert found is not None
        assert (found.code, found.location, found.is_error) == ("broken-letters", HERE, True)
        differing = [w for w in word.split(" ") if w not in wrong.split(" ")]
        assert f"Should it be `{differing[0]}`?" in found.hint


def test_several_times_is_once_too_often_as_well() -> None:
    assert repaired(misread(misread("Müller, Gießen", "cp1252"), "cp1252")) == "Müller, Gießen"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("M\x81ller", "Müller"), ("K\x94ln", "Köln"), ("B\x8arger", "Bärger"), ("K\x9aln", "Köln"),
        ("K”ln", "Köln"), ("J„ger", "Jäger"), ("M¸ller", "Müller"), ("Kˆln", "Köln"),
        ("Straﬂe, M¸ller", "Straße, Müller"), ("MŸller", "Müller"), ("Stra§e", "Straße"),
    ],
)  # fmt: skip
def test_code_pages_that_were_mixed_up(wrong: str, right: str) -> None:
    assert repaired(wrong) == right
    found = cell_diagnostic(wrong, HERE)
    assert found is not None
    assert found.code == "broken-letters"


@pytest.mark.parametrize("text", ["M\ufffdller", "M?ller", "Gie?en, Markt 1", "?rzte", "a\ufffd"])
def test_letters_that_are_lost(text: str) -> None:
    found = cell_diagnostic(text, HERE)
    assert found is not None
    assert (found.code, found.is_error) == ("broken-letters", True)
    assert text.split(",")[0] in found.message


@pytest.mark.parametrize(
    "text",
    [
        "„Spaß“", "Spaß“ und „Ernst“", "„Ä“", "„AfÄ“", "A–Z, Ä–Ü", "Ä…", "IRMÃ", "SÃO PAULO", "NÃO",
        "“IRMÔ", "«à»", "« à »", "é…", "«naïve»", "L’HAŸ-LES-ROSES", "Louÿs", "d’État", "l’été…",
        "5‰", "§5", "§§ 5, 6", "Nestlé®", "Müslí™", "10÷2", "2×2", "‹Zitat›", "»Spaß«", "«Spaß»",
        "Sonnen„schein“", "Strauß’ Werk", "Strauß‘ Werk", "Süß–sauer", "Weiß…", "Fuß¹", "m²", "à¹",
        "employé·e·s", "Schüler·innen", "Bürger*innen", "Škoda", "Kšeft", "Đorđević", "“Ø”", "Ð²",
        "Wo?", "Wer? Wie? Was?", "?", "? Personen", "Wann?Wo?", "https://x.de/?a=b", "x.de/i?id=ü",
        "Москва", "العربية", "Ελλάδα", "Tiếng Việt", "#", "##", "#1", "#Hashtag", "#WIRSINDMEHR!",
        "#NVA", "Nr. #5", "= 5 %", "5E", "1E5", "NV", "Err: 502", "REF!", "E+", "",
    ],
)  # fmt: skip
def test_text_is_text(text: str) -> None:
    assert cell_diagnostic(text, HERE) is None
    assert repaired(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "#NV", "#nv", "#N/A", "#BEZUG!", "#REF!", "#WERT!", "#VALUE!", "#NAME?", "#DIV/0!",
        "#ZAHL!", "#NUM!", "#NULL!", "#ÜBERLAUF!", "#SPILL!", "#KALK!", "#CALC!", "#FEHLER!",
        "#ERROR!", "Err:502", "Fehler:508", "#VALEUR!", "#¡REF!", "###", "########",
        "Sehr geehrte Frau #NV,", "c/o #BEZUG!", "=SVERWEIS(A2;Amt!A:C;2)", "=A1&B1&LINKS(C1)",
        "6,534E+10", "6.53E+06",
    ],
)  # fmt: skip
def test_errors_of_spreadsheets(text: str) -> None:
    found = cell_diagnostic(text, HERE)
    if text.startswith("=A1"):
        assert found is None, "it does not begin like a function"
        return
    assert found is not None
    assert (found.code, found.location, found.is_error) == ("cell-error", HERE, True)
    assert found.hint
