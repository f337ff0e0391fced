"""Variants: what they may change, how they remember the base, and what is said about them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brochure.diagnostics import DiagnosticsError
from brochure.manuscript.variants.accept import accept_overrides, with_records
from brochure.manuscript.variants.overrides import OverrideState, records, says_the_same, worst
from brochure.manuscript.variants.resolution import ResolvedLeaflet, read_bundle
from brochure.manuscript.yaml.parser import parse_yaml
from tests.conftest import ROOT, SEED, Workspace, examples

BASE = """\
language: de
title: Titel
subtitle: Unter {{ region.name }}
lead: Einleitung
slots: {name: Hessen}
columns: {quote: Links, commentary: Rechts}
passages:
  - id: eins
    quote: {lines: 1-2, heading: Z1, text: Zitat eins}
    commentary: {heading: K1, text: Kommentar eins}
  - id: zwei
    quote: {lines: 3, text: Zitat zwei}
    commentary: {text: Kommentar zwei}
  - id: drei
    quote: {lines: 4, text: Zitat drei}
contact: Kontakt
imprint: Ich
"""
REGION = "id,name\n1,Gießen\n2,Fulda\n"


@pytest.fixture
def probe(workspace: Workspace) -> Workspace:
    workspace.leaflet(BASE)
    workspace.regions(REGION)
    return workspace


def resolved(workspace: Workspace, region: str = "1") -> ResolvedLeaflet:
    return read_bundle(workspace.project, "probe").resolve(region)


def states(workspace: Workspace) -> dict[str, str]:
    return {o.change.key: o.state.value for o in resolved(workspace).overrides}


def accepted(workspace: Workspace, name: str | None = None) -> tuple[str, ...]:
    bundle = read_bundle(workspace.project, "probe")
    return accept_overrides(bundle, bundle.resolve("1"), name)


def placed(workspace: Workspace) -> list[tuple[str, int, int]]:
    """Diagnostics about variant 1 that are in its file."""
    return [
        (d.code, d.location.line, d.location.column)
        for d in workspace.diagnostics(variant="1")
        if d.location.file.endswith("variants/1.yaml") and d.code != "not-accepted"
    ]


def test_a_row_is_all_that_a_variant_needs(probe: Workspace) -> None:
    assert probe.load("2").leaflet.subtitle == "Unter Fulda"
    assert probe.load("2").diagnostics == ()
    assert probe.load().leaflet.subtitle == "Unter Hessen"


def test_every_text_but_a_quote_can_be_replaced(probe: Workspace) -> None:
    probe.variant(
        "1",
        "title: T {{ region.name }}\nsubtitle: U\nlead: L\ncontact: K\nimprint: I\nauthor: A\n"
        "date: 2019-02\naccent: 8a1c3b\ncolumns: {commentary: R}\n"
        "passages:\n  eins: {commentary: {text: Neu}}\n  zwei: {commentary: {heading: H2}}\n"
        "  drei: {commentary: {text: Nun doch}}\n",
    )
    leaflet = probe.load("1").leaflet
    assert (leaflet.title, leaflet.subtitle, leaflet.lead) == ("T Gießen", "U", "L")
    assert leaflet.imprint is not None
    assert (leaflet.contact, leaflet.imprint.text, leaflet.author) == ("K", "I", "A")
    assert (leaflet.date, leaflet.accent) == ("2019-02", "#8a1c3b")
    assert leaflet.columns is not None
    assert (leaflet.columns.quote, leaflet.columns.commentary) == ("Links", "R")
    sides = [(p.quote and p.quote.text, p.commentary) for p in leaflet.passages]
    assert [quote for quote, _ in sides] == ["Zitat eins", "Zitat zwei", "Zitat drei"]
    assert [(c.heading, c.text) for _, c in sides if c] == [
        ("K1", "Neu"),
        ("H2", "Kommentar zwei"),
        (None, "Nun doch"),
    ]
    assert probe.load("2").leaflet.title == "Titel"


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("leave_out: [zwei]\n", ["eins", "drei"]),
        ("add:\n- {id: a, after: eins, commentary: {text: x}}\n", ["eins", "a", "zwei", "drei"]),
        ("add:\n- {id: a, before: eins, commentary: {text: x}}\n", ["a", "eins", "zwei", "drei"]),
        (
            (
                "add:\n- {id: a, after: zwei, commentary: {text: x}}\n"
                "- {id: b, after: zwei, commentary: {text: x}}\n"
                "- {id: c, after: a, commentary: {text: x}}\n"
            ),
            ["eins", "zwei", "a", "c", "b", "drei"],
        ),
        (
            (
                "add:\n- {id: b, after: a, commentary: {text: x}}\n"
                "- {id: a, after: drei, commentary: {text: x}}\n"
            ),
            ["eins", "zwei", "drei", "a", "b"],
        ),
        (
            "leave_out: [zwei]\nadd:\n- {id: a, after: zwei, quote: {lines: 9, text: Q}}\n",
            ["eins", "a", "drei"],
        ),
    ],
)
def test_passages_left_out_and_added(probe: Workspace, text: str, order: list[str]) -> None:
    probe.variant("1", text)
    assert [p.id for p in probe.load("1").leaflet.passages] == order


@pytest.mark.parametrize(
    ("text", "diagnostics"),
    [
        ("titel: x\n", [("unknown-key", 1, 1)]),
        ("source: en\n", [("unknown-key", 1, 1)]),
        ("passages:\n  ains: {commentary: {text: x}}\n", [("orphaned", 2, 3)]),
        ("leave_out: [ains]\n", [("orphaned", 1, 13)]),
        ("leave_out: [eins, zwei, eins]\n", [("duplicate-id", 1, 25)]),
        ("passages:\n  eins: {quote: {text: x}}\n", [("quote-change", 2, 10)]),
        (
            "passages:\n  eins: {commentary: {text: x}}\nleave_out: [eins]\n",
            [("contradiction", 2, 3)],
        ),
        ("add:\n- {id: a, commentary: {text: x}}\n", [("anchor", 2, 3)]),
        (
            "add:\n- {id: a, after: eins, before: zwei, commentary: {text: x}}\n",
            [("anchor", 2, 3)],
        ),
        ("add:\n- {id: a, after: a, commentary: {text: x}}\n", [("anchor", 2, 18)]),
        (
            ("add:\n- {id: a, after: b, commentary: {text: x}}\n"
            "- {id: b, after: a, commentary: {text: x}}\n"),
            [("anchor", 2, 18), ("anchor", 3, 18)],
        ),
        ("add:\n- {id: a, after: vier, commentary: {text: x}}\n", [("orphaned", 2, 18)]),
        ("add:\n- {id: eins, after: zwei, commentary: {text: x}}\n", [("duplicate-id", 2, 8)]),
        (
            "leave_out: [eins]\nadd:\n- {id: eins, after: zwei, quote: {text: x, lines: 1}}\n",
            [("duplicate-id", 3, 3)],
        ),
        ("add:\n- {id: a, after: eins}\n", [("empty-passage", 2, 3)]),
        ("add:\n- {id: a, after: eins, quote: {text: '{{ region.name }}', lines: 1}}\n",
         [("slot-here", 2, 39)]),
        ("title: \n", [("empty", 1, 1)]),
        ("passages:\n  eins: {commentary: {}}\n", [("empty", 2, 3)]),
        ("date: gestern\n", [("date", 1, 7)]),
        ("title: '{{ region.ort }}'\n", [("unknown-slot", 1, 19)]),
        ("title: Unser Ziel: Geld\nleave_out: [ains]\n",
         [("colon-in-text", 1, 18), ("orphaned", 2, 13)]),
        ("- a\n", [("type", 1, 1)]),
        ("title: \xff", [("not-utf8", 1, 8)]),
    ],
)  # fmt: skip
def test_mistakes_in_a_variant(
    probe: Workspace, text: str, diagnostics: list[tuple[str, int, int]]
) -> None:
    probe.variant("1", text.encode("latin-1"))
    assert placed(probe) == diagnostics
    assert probe.diagnostics(variant="2") == ()  # nobody else is harmed
    assert all(d.hint for d in probe.diagnostics(variant="1"))


def test_the_hint_of_an_orphan_names_what_was_meant(probe: Workspace) -> None:
    probe.variant("1", "passages:\n  ains: {commentary: {text: x}}\n")
    assert "Did you mean `eins`?" in probe.diagnostics(variant="1")[0].hint
    probe.variant("1", "passages:\n  eins: {commentary: {text: x}}\n")
    accepted(probe)
    probe.leaflet(BASE.replace("id: eins", "id: anfang"))
    orphan = probe.diagnostics(variant="1")[0]
    assert orphan.code == "orphaned"
    assert orphan.hint.startswith("Its text is now in the passage `anfang`")


def test_files_that_no_region_uses(probe: Workspace) -> None:
    probe.variant("3", "title: x\n")
    probe.variant("1", "title: x\n")
    probe.write("content/probe/variants/2.yml", "title: x\n")
    strays = read_bundle(probe.project, "probe").strays
    assert [(d.code, d.location.file) for d in strays] == [
        ("file-type", "content/probe/variants/2.yml"),
        ("unknown-variant", "content/probe/variants/3.yaml"),
    ]


def test_the_states_of_an_override(probe: Workspace) -> None:
    probe.variant("1", "title: Anders\npassages:\n  eins: {commentary: {text: Neu}}\n")
    key = "passages.eins.commentary.text"
    assert states(probe) == {"title": "new", key: "new"}
    assert accepted(probe) == ("title", key)
    assert states(probe) == {"title": "fine", key: "fine"}
    assert probe.diagnostics(variant="1") == ()

    probe.leaflet(BASE.replace("Zitat eins", "Zitat 1").replace("Kontakt", "Anders"))
    assert set(states(probe).values()) == {"fine"}, "an edit elsewhere raises no alarm"

    changed = BASE.replace("Kommentar eins", "Kommentar 1")
    probe.leaflet(changed)
    assert states(probe) == {"title": "fine", key: "stale"}
    (warning,) = probe.diagnostics(variant="1")
    assert (warning.code, warning.is_error, warning.location.line) == ("stale", False, 3)
    accepted(probe, "eins")
    assert states(probe) == {"title": "fine", key: "fine"}

    probe.leaflet(changed.replace("Kommentar 1", "Neu"))
    assert states(probe)[key] == "redundant"
    probe.leaflet(changed.replace("id: eins", "id: andere"))
    assert states(probe)[key] == "orphaned"
    assert [d.is_error for d in probe.diagnostics(variant="1")] == [True]
    assert worst(resolved(probe).overrides) is OverrideState.ORPHANED


def test_redundant_is_what_prints_the_same(probe: Workspace) -> None:
    probe.variant("1", "subtitle: Unter Gießen\nlead: |\n  Einleitung\n")
    assert states(probe) == {"subtitle": "redundant", "lead": "redundant"}
    assert [d.code for d in probe.diagnostics(variant="1")] == ["redundant", "redundant"]


@pytest.mark.parametrize(
    ("change", "inherited"),
    [
        ("event: {place: Halle}", [(1, 9)]),
        ("event: {place: Halle, access: Bus 5}", []),
        ("event: {place: Halle, access: Bus 4}", []),
        ("event: {place: Halle, access: }", []),
        ("event: {place: 'Am Markt, Gießen'}", []),  # as in the base, filled in
        ("event: {date: 2026-12-04}", []),
        ("logo: {file: b.svg}", [(1, 8)]),
        ("logo: {file: b.svg, alt: Wappen}", []),
        ("passages: {eins: {picture: {file: b.svg}}}", [(1, 29), (1, 29)]),
        ("passages: {eins: {picture: {file: b.svg, credit: , alt: B}}}", []),
        ("passages: {zwei: {picture: {file: b.svg, alt: B}}}", []),  # it had none
    ],
)
def test_what_is_about_something_else_is_not_kept_without_a_word(
    probe: Workspace, change: str, inherited: list[tuple[int, int]]
) -> None:
    logo = "logo: {file: a.svg, alt: Wappen}\n"
    event = "event: {date: 2026-12-03, place: 'Am Markt, {{ region.name }}', access: Bus 4}\n"
    picture = "  - id: eins\n    picture: {file: a.svg, alt: A, credit: Ida}\n"
    probe.leaflet(BASE.replace("passages:", f"{logo}{event}passages:", 1)
                  .replace("  - id: eins\n", picture))  # fmt: skip
    probe.variant("1", f"{change}\n")
    complaints = [d for d in resolved(probe).diagnostics if d.code in ("inherited", "redundant")]
    found = [(d.location.line, d.location.column) for d in complaints if d.code == "inherited"]
    assert found == inherited
    assert [d for d in complaints if d.code == "redundant"] == [] or "Gießen" in change
    accepted(probe)
    assert set(states(probe).values()) <= {"fine", "redundant"}


def test_an_empty_value_leaves_a_text_out(probe: Workspace) -> None:
    probe.variant("1", "subtitle:\nlead:\n")
    leaflet = probe.load("1").leaflet
    assert (leaflet.subtitle, leaflet.lead, leaflet.title) == (None, None, "Titel")
    accepted(probe)
    assert states(probe) == {"subtitle": "fine", "lead": "fine"}


def test_a_passage_left_out_remembers_its_texts(probe: Workspace) -> None:
    probe.variant("1", "leave_out: [zwei]\n")
    accepted(probe)
    assert states(probe) == {"leave_out.zwei": "fine"}
    probe.leaflet(BASE.replace("Kommentar zwei", "Kommentar 2"))
    assert states(probe) == {"leave_out.zwei": "stale"}
    probe.leaflet(BASE.replace("Zitat eins", "Zitat 1"))
    assert states(probe) == {"leave_out.zwei": "fine"}


def test_where_the_base_had_nothing_that_is_remembered_too(probe: Workspace) -> None:
    probe.variant("1", "author: Wir\n")
    accepted(probe)
    assert states(probe) == {"author": "fine"}
    probe.leaflet(BASE + "author: Alle\n")
    assert states(probe) == {"author": "stale"}


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("a b\nc", "a  b c\n", True),
        ("a\n\nb", "a\n \n\n b", True),
        ("a\n\nb", "a\nb", False),
        ("a b", "ab", False),
        ("für", "fur", False),
        (None, "", True),
        (None, "a", False),
    ],
)
def test_when_texts_are_the_same(one: str | None, other: str | None, equal: bool) -> None:
    assert says_the_same(one, other) is equal


def test_there_must_be_something_to_accept(probe: Workspace) -> None:
    probe.variant("1", "title: Anders\n")
    for name, hint in (("titel", "Did you mean `title`?"), ("zwei", "Choose from: title.")):
        with pytest.raises(DiagnosticsError) as caught:
            accepted(probe, name)
        (diagnostic,) = caught.value.diagnostics
        assert (diagnostic.code, diagnostic.hint) == ("nothing-to-accept", hint)
    bundle = read_bundle(probe.project, "probe")
    with pytest.raises(DiagnosticsError):
        accept_overrides(bundle, bundle.resolve("2"))
    assert not (probe.root / "content/probe/variants/2.yaml").exists()


def test_orphans_cannot_be_accepted(probe: Workspace) -> None:
    probe.variant("1", "passages:\n  ains: {commentary: {text: x}}\n")
    with pytest.raises(DiagnosticsError, match="replaces nothing"):
        accepted(probe)
    assert "replaced" not in (probe.root / "content/probe/variants/1.yaml").read_text()


LAYOUTS = [
    "title: Anders",
    "# Anfang\n\ntitle:   Anders   # Ende\n\n\n# Schluss\n",
    "title: Anders\nreplaced:\n",
    "title: Anders\nreplaced: {}\nlead: L # doch\n",
    "title: Anders\nreplaced: {title: Alt, weg: x}\nlead: L\n",
    (
        "replaced:\n    # von Hand\n    title: Alt   # so\n\n    weg: |\n      Fort\n\n"
        "    # noch\n\n"
        "title: Anders\n# Schluss\n"
    ),
    "title: Anders\nreplaced:\n  weg: |-\n    a\n\n    b",
    "replaced: # x\n  title: >\n    Alt\n    und\n  # zwischen\n\nlead: |\n  L\n\n\n",
    "replaced:\n  \"title\": \"Alt\"\n  'lead': 'M'\ntitle: Anders\n",
]


@pytest.mark.parametrize("text", LAYOUTS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_comments_and_layout_stay(text: str, ends: str, mark: bytes) -> None:
    before = mark + text.replace("\n", ends).encode()
    wanted = {"title": "Titel", "lead": "  eingerückt\n\nZwei: #drei\n- vier"}
    after = with_records(before, wanted, "f")
    assert records(parse_yaml(after.decode("utf-8-sig").replace("\r\n", "\n"), "f").value) == wanted
    assert after.startswith(mark)
    assert b"\n" not in after.replace(b"\r\n", b"") or ends == "\n" or "\n" not in text
    kept = [line for line in text.split("\n") if not line.startswith(("    ", "replaced", "  "))]
    left = after.decode("utf-8-sig").replace("\r\n", "\n")
    position = 0
    for line in kept:  # all other lines, in order
        position = left.index(line, position) + len(line)
    for comment in ("# von Hand", "# noch", "# zwischen", "# Schluss", "# Anfang", "# Ende"):
        assert (comment in left) == (comment in text)
    assert with_records(after, wanted, "f") == after, "a second time, nothing changes"
    assert records(parse_yaml(with_records(after, {}, "f").decode("utf-8-sig"), "f").value) == {}


@examples(150)
@given(
    texts=st.dictionaries(
        st.sampled_from(["title", "lead", "passages.a.commentary.text", "leave_out.b"]),
        st.text(st.sampled_from("aä \t\n#:-|>'\"{}[]*&!%@`\\"), max_size=40).map(str.strip),
    ),
    layout=st.sampled_from(LAYOUTS),
)
def test_any_text_can_be_recorded(texts: dict[str, str], layout: str) -> None:
    after = with_records(layout.encode(), texts, "f")
    assert records(parse_yaml(after.decode(), "f").value) == texts


def test_accept_drops_records_of_overrides_that_are_gone(probe: Workspace) -> None:
    file = probe.variant("1", "title: Anders\nlead: L\n")
    accepted(probe)
    file.write_text(file.read_text().replace("lead: L\n", ""))
    accepted(probe, "title")
    assert records(parse_yaml(file.read_text(), "f").value) == {"title": "Titel"}


def test_the_first_leaflet_is_a_base_with_real_districts() -> None:
    folder = ROOT / "content" / SEED
    base = (folder / "leaflet.yaml").read_text("utf-8")
    assert not [name for name in ("Marburg", "Stadtallendorf", "Biedenkopf") if name in base]
    rows = (folder / "regions.csv").read_text("utf-8").splitlines()
    assert len(rows) == 4
    assert not Path(folder / "variants").exists()  # each builds from its row alone
