"""Slots: what may stand in them, what they print, and what is said where they cannot."""

import pytest

from brochure.diagnostics import Location
from brochure.manuscript.variants import slots
from brochure.manuscript.yaml.nodes import LocatedText, plain
from brochure.manuscript.yaml.parser import parse_yaml
from tests.conftest import HEAD, PASSAGE, Workspace

REGION = "id,name,ort\n1,Gießen,Markt 1\n2,Fulda,\n"


def printed(text: str, **values: str) -> str | list[tuple[str, int]]:
    """A text with its slots filled in, or what is wrong: codes with columns."""
    tree = parse_yaml(f"title: |\n  {text}\n", "f").value
    given = {name: LocatedText(value, Location("r", 1, 1)) for name, value in values.items()}
    reported = slots.fill_slots(tree, given, ("name", "ort", "leer"))
    filled, diagnostics = reported.value.tree, reported.diagnostics
    if diagnostics:
        return [(d.code, d.location.column - 2) for d in diagnostics]
    content = plain(filled.root)
    assert isinstance(content, dict)
    return str(content["title"]).strip()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Hier", "Hier"),
        ("In {{ region.name }}.", "In Gießen."),
        ("{{region.name}} und {{ region.name | upper }}", "Gießen und GIESSEN"),
        ("{{ region.leer | default('nichts') }}", "nichts"),
        ("{{ 'ja' if region.name == 'Gießen' else 'nein' }}", "ja"),
        ("{{ 'ja' if region.leer is defined else 'nein' }}", "nein"),
        ("{{ '{{' }}", "{{"),
        ("{% if x %} {# y #}", "{% if x %} {# y #}"),
        ("{ {region.name}", "{ {region.name}"),
        ("}} {{ region.ort }}", "}} *M*{{ region.name }}"),  # what is filled in is text
    ],
)
def test_what_a_slot_prints(text: str, result: str) -> None:
    assert printed(text, name="Gießen", ort="*M*{{ region.name }}") == result


@pytest.mark.parametrize(
    ("text", "diagnostics"),
    [
        ("x {{ region.nmae }}", [("unknown-slot", 13)]),
        ("x {{ region.leer }}", [("slot-without-value", 13)]),
        ("x {{ name }}", [("slot", 6)]),
        ("x {{ region }}", [("slot", 3)]),
        ("x {{ region if region.name else '' }}", [("slot", 3)]),
        ("x {{ region.name", [("slot", 3)]),
        ("x {{ }}", [("slot", 3)]),
        ("x {{ region.name.upper() }}", [("slot", 18), ("slot", 3)]),
        ("x {{ region.__class__ }}", [("slot", 13)]),
        ("x {{ region['name'] }}", [("slot", 3)]),
        ("x {{ 'a' * 99999999999 }}", [("slot", 3)]),
        ("x {{ 2 ** 999999999 }}", [("slot", 3)]),
        ("x {{ range(9) }}", [("slot", 6), ("slot", 3)]),
        ("x {{ [1, 2] }}", [("slot", 3)]),
        ("x {{ region.name ~ 'x' }}", [("slot", 3)]),
        ("x {{ region.name | replace('G', 'GG') }}", [("slot", 20)]),
        ("x {{ region.name | length }}", [("slot", 20)]),
        ("x {{ region.name is string }}", [("slot", 21)]),
        ("x {{ region.name < 5 }}", [("slot", 3)]),
        ("x {{ 'a' if region.leer }}", [("slot-without-value", 20)]),
        ("x {{ " + "(" * 3000 + " }}", [("slot", 3)]),
        ("x {{ " + "9" * 5000 + " }}", [("slot", 3)]),
        ("x {{ " + "not " * 5000 + "1 }}", [("slot", 3)]),
    ],
)
def test_what_a_slot_cannot_be(text: str, diagnostics: list[tuple[str, int]]) -> None:
    found = printed(text, name="Gießen")
    assert isinstance(found, list)
    assert sorted(set(found)) == sorted(diagnostics)


def test_many_wrong_slots_are_a_few_diagnostics_in_bounded_time() -> None:
    for wrong in ("{{ x# }} ", "{{ region.a#.b }} ", "{{ 1 * 1 }} ", "{{ region.a# }} "):
        text = "".join(wrong.replace("#", str(number)) for number in range(5_000))
        assert 0 < len(printed(text)) <= 25


def test_defaults_and_empty_cells(workspace: Workspace) -> None:
    workspace.leaflet(
        HEAD.replace("Titel", '"In {{ region.name }}: {{ region.ort }}"')
        + "slots:\n  name: Hessen\n  ort: überall\n"
        + PASSAGE
    )
    workspace.regions(REGION)
    titles = [workspace.load(variant).leaflet.title for variant in (None, "1", "2")]
    assert titles == ["In Hessen: überall", "In Gießen: Markt 1", "In Fulda: überall"]


def test_broken_letters_of_a_cell_are_not_told_again_for_each_text(workspace: Workspace) -> None:
    workspace.leaflet(
        HEAD.replace("Titel", '"MÃ¼ller"')
        + "subtitle: In {{ region.ort }}.\nlead: '{{ region.ort }}'\n"
        + PASSAGE
    )
    workspace.regions("id,name,ort\n1,Eins,GieÃŸen\n")
    found = [d for d in workspace.diagnostics(variant="1") if d.code == "broken-letters"]
    assert [(d.location.file, d.location.line) for d in found] == [
        ("content/probe/leaflet.yaml", 2), ("content/probe/regions.csv", 2)
    ]  # fmt: skip


def test_a_heading_over_the_quotes_is_no_quote(workspace: Workspace) -> None:
    workspace.leaflet(
        HEAD
        + "columns:\n  quote: In {{ region.name }}\n  commentary: '{{ region.ort }}'\n"
        + PASSAGE
    )
    workspace.regions(REGION)
    columns = workspace.load("1").leaflet.columns
    assert columns is not None
    assert (columns.quote, columns.commentary) == ("In Gießen", "Markt 1")


def test_a_slot_without_value_is_an_error_at_both_places(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE.replace("Text", '"Treffen: {{ region.ort }}"'))
    workspace.regions(REGION)
    assert workspace.diagnostics(variant="1") == ()
    found = [(d.code, str(d.location)) for d in workspace.diagnostics(variant="2")]
    assert found == [
        ("slot-without-value", "content/probe/leaflet.yaml:6:33"),
        ("slot-without-value", "content/probe/regions.csv:3:9"),
    ]
    (base,) = workspace.diagnostics()  # without a region there is but one place
    assert (base.code, str(base.location)) == found[0]


def test_a_slot_declared_without_default_must_be_filled_in(workspace: Workspace) -> None:
    workspace.leaflet(
        HEAD + "slots:\n  ort:\n" + PASSAGE.replace("Text", '"Treffen: {{ region.ort }}"')
    )
    workspace.regions("id,name\n1,A\n2,B\n")
    for variant in ("1", "2"):
        found = [(d.code, str(d.location)) for d in workspace.diagnostics(variant=variant)]
        assert found == [
            ("slot-without-value", "content/probe/leaflet.yaml:8:33"),
            ("slot-without-value", "content/probe/regions.csv:1:1"),
        ]


@pytest.mark.parametrize(
    ("text", "location"),
    [
        (HEAD + PASSAGE.replace("eins", '"{{ region.name }}"'), (4, 10)),
        (HEAD.replace("de", '"{{ region.name }}"') + PASSAGE, (1, 12)),
        (
            HEAD + PASSAGE.replace("commentary:\n", "quote:\n      lines: 1\n")
            .replace("Text", '"„{{ region.name }}“"'),
            (7, 15),
        ),
        (
            HEAD + PASSAGE + "    quote:\n      lines: '{{ region.name }}'\n      text: x\n",
            (8, 15),
        ),
        (HEAD + "slots:\n  a: x {{ region.name }}\n" + PASSAGE, (4, 8)),
    ],
)  # fmt: skip
def test_never_in_a_quote_or_an_id(
    workspace: Workspace, text: str, location: tuple[int, int]
) -> None:
    workspace.leaflet(text)
    workspace.regions(REGION)
    found = {
        (d.code, d.location.line, d.location.column) for d in workspace.diagnostics(variant="1")
    }
    assert ("slot-here", *location) in found


def test_a_column_that_no_text_asks_for_stops_all_variants(workspace: Workspace) -> None:
    workspace.leaflet(
        HEAD + "slots:\n  ort: überall\n" + PASSAGE.replace("Text", '"{{ region.ort }}"')
    )
    workspace.regions("id,name,otr\n1,A,Markt\n2,B,\n")
    for variant in ("1", "2"):
        (diagnostic,) = workspace.diagnostics(variant=variant)
        assert (diagnostic.code, str(diagnostic.location)) == (
            "unknown-column",
            "content/probe/regions.csv:1:9",
        )
        assert "Did you mean `ort`?" in diagnostic.hint
    workspace.variant("2", 'title: "{{ region.otr }}"\n')  # a variant may ask for it, too
    assert [d.code for d in workspace.diagnostics(variant="1")] == []


def test_what_is_wrong_with_a_value_is_placed_in_the_table(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE.replace("Text", '"Mehr: {{ region.ort }}"'))
    workspace.regions("id,name,ort\n1,A,[hier](nirgends)\n2,B,Ω☃ 𒀀\n")
    (diagnostic,) = workspace.diagnostics(variant="1")
    assert (diagnostic.code, str(diagnostic.location)) == ("link", "content/probe/regions.csv:2:5")


def test_each_diagnostic_names_a_location_that_exists(workspace: Workspace) -> None:
    workspace.leaflet(HEAD + PASSAGE.replace("Text", '"{{ region.ort }}"'))
    workspace.regions("id,name,ort\n1,A,\n")
    for diagnostic in workspace.diagnostics(variant="1"):
        lines = (workspace.root / diagnostic.location.file).read_text("utf-8").splitlines()
        assert diagnostic.location.column <= len(lines[diagnostic.location.line - 1]) + 1
