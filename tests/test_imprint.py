"""What the imprint says, and what press law asks of it where an edition is for paper."""

import re

import pytest

from tests.conftest import HEAD, PASSAGE, Workspace

FIELDS = """imprint:
  responsible: {name: Maria Muster, address: "Musterweg 1, 12345 Ort"}
  publisher: {name: BI *Park*, address: "Am Markt 2, 12345 Ort"}
  printer: {name: Eigendruck der BI, address: "Am Markt 2, 12345 Ort"}
"""


def text_of(workspace: Workspace) -> str:
    html = workspace.compose().html
    imprint = html[html.index('<div class="imprint">') : html.index("</footer>")]
    return " ".join(re.sub(r"<[^>]*>", "", imprint).replace("\u202f", " ").split())


def test_fields_are_printed_with_their_words(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + FIELDS + PASSAGE)
    assert text_of(workspace) == (
        "V. i. S. d. P.: Maria Muster, Musterweg 1, 12345 Ort "
        "Herausgegeben von: BI Park, Am Markt 2, 12345 Ort "
        "Druck: Eigendruck der BI, Am Markt 2, 12345 Ort"
    )
    workspace.leaflet(HEAD.replace("de", "fr", 1) + FIELDS + PASSAGE)
    assert "Éditeur\u202f:" in workspace.compose().html, "with the space that French has there"


def test_a_text_is_printed_as_before(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + "imprint: Maria Muster\n" + PASSAGE)
    assert text_of(workspace) == "V. i. S. d. P.: Maria Muster"
    both = FIELDS.replace("imprint:\n", "imprint:\n  text: Alle Angaben ohne Gewähr\n")
    workspace.leaflet(HEAD + both + PASSAGE)
    assert text_of(workspace).startswith("Alle Angaben ohne Gewähr V. i. S. d. P.: Maria Muster")


def field(name: str, *, address: bool = True) -> str:
    return f"{name}: {{name: X{', address: Weg 1' if address else ''}}}"


@pytest.mark.parametrize(
    ("language", "imprint", "says"),
    [
        ("de", f"{{{field('publisher')}, {field('printer')}}}", []),
        ("de", f"{{{field('printer')}}}", ["publishes"]),
        ("de", f"{{{field('responsible')}}}", ["publishes", "prints"]),
        ("de", f"{{{field('publisher', address=False)}, {field('printer')}}}",
         ["address of the publisher"]),
        ("de", f"{{{field('publisher')}, {field('printer', address=False)}}}",
         ["address of the printer"]),
        ("de", "Maria Muster, 12345 Ort; Druck im Copyladen", []),
        ("de", "Maria Muster, 12345 Ort", ["seem to say who prints"]),
        ("de", "Maria Muster, Eigendruck", ["seem to have a postal address"]),
        ("de", f"{{text: Wir aus 12345 Ort, {field('printer')}}}", []),
        ("en", "Mary, 1 Lane", []),  # of a text in another language, nothing can be told
        ("en", f"{{{field('printer')}}}", ["publishes"]),
    ],
)  # fmt: skip
def test_what_the_law_asks(
    workspace: Workspace, language: str, imprint: str, says: list[str]
) -> None:
    workspace.leaflet(f"language: {language}\ntitle: Titel\nimprint: {imprint}\n{PASSAGE}")
    found = workspace.diagnostics("print")
    assert [d.code for d in found] == (["imprint"] if says else [])
    for diagnostic in found:
        assert all(words in str(diagnostic.message) for words in says)
        assert str(diagnostic.message).count("The imprint") == len(says)
        assert ("LPresseG" in str(diagnostic.hint)) == (language == "de")
        assert diagnostic.location.line == 3
    assert workspace.diagnostics("email") == workspace.diagnostics("web") == ()


def test_paper_and_web_ask_for_different_things(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    (paper,), (web,) = workspace.diagnostics("print"), workspace.diagnostics("web")
    names = [{name for name in ("printer", "MStV") if name in str(d.hint)} for d in (paper, web)]
    assert names == [{"printer"}, {"MStV"}]


@pytest.mark.parametrize(
    ("base", "change", "expected"),
    [
        (FIELDS, "imprint: {printer: {name: Copyladen}}",
         ("Maria Muster", "Copyladen", "Am Markt 2, 12345 Ort")),
        ("imprint: Maria\n", "imprint: {printer: {name: Y, address: Z}}", (None, "Y", "Z")),
        (FIELDS, "imprint: Nur ein Text", (None, None, None)),
    ],
)  # fmt: skip
def test_a_region_has_an_imprint_of_its_own(
    workspace: Workspace, base: str, change: str, expected: tuple[str | None, ...]
) -> None:
    workspace.regions("id,name\ngiessen,Gießen\n")
    workspace.leaflet(HEAD + base + PASSAGE)
    workspace.variant("giessen", change + "\n")
    imprint = workspace.load("giessen").leaflet.imprint
    assert imprint is not None
    responsible, printer = imprint.responsible, imprint.printer
    assert expected == (
        responsible and responsible.name, printer and printer.name, printer and printer.address
    )  # fmt: skip
