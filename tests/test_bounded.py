"""Files from strangers: whatever stands in them, there are diagnostics, few enough to be read."""

import json
from collections.abc import Iterator

import click
import pytest

from brochure import bounds
from brochure.cli import main, output
from brochure.cli.output import Output
from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Rationed,
    Reported,
    error,
    once_for_all_editions,
    warning,
)
from brochure.layout.editions import load_editions
from brochure.manuscript.text.language import (
    Language,
    fill_placeholders,
    known_languages,
    load_language,
)
from brochure.manuscript.variants import slots
from brochure.manuscript.variants.regions import parse_regions
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import LocatedText, Node, plain
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import plural, say
from brochure.sources.record import read_record
from brochure.sources.searchable import _overlap
from tests.conftest import HEAD, PASSAGE, ROOT, Workspace

GERMAN = (ROOT / "styles/languages/de.yaml").read_text("utf-8")
DATE = 'date: "{day}. {month} {year}"'
EDITION = (
    "mine:\n  description: x\n  styles: [common.css]\n  fonts: [Gentium Book Plus]\n"
    "  default: yes\n"
)


def found(workspace: Workspace) -> list[tuple[str, int, int]]:
    return [(d.code, d.location.line, d.location.column) for d in workspace.diagnostics()]


def passages(count: int, text: str = "text: x") -> str:
    rows = "".join(f"  - id: p{i}\n    commentary:\n      {text}\n" for i in range(count))
    return f"{HEAD}passages:\n{rows}"


# --- Complaints -------------------------------------------------------------------------------


def alike(count: int, file: str, code: str = "a") -> list[Diagnostic]:
    return [error(code, say("x"), Location(file, line)) for line in range(1, count + 1)]


def test_of_one_kind_some_are_shown_and_the_others_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, other = "content/one/leaflet.yaml", "content/other/leaflet.yaml"
    ration = Rationed()
    shown = ration([*alike(100, one), *alike(3, one, "b"), *alike(30, other)])
    assert [(d.location.file, d.code) for d in shown] == [
        *[(one, "a")] * bounds.SIMILAR_DIAGNOSTICS,
        *[(one, "b")] * 3,
        *[(other, "a")] * bounds.SIMILAR_DIAGNOSTICS,
    ]
    assert ration.by_code == {"a": 100 + 30 - 2 * bounds.SIMILAR_DIAGNOSTICS}
    Output(language="en").left_out(ration)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "content/one: and 80 more of the kind `a`" in lines[0]


def test_in_all_no_more_are_shown_than_can_be_read_and_errors_come_first() -> None:
    ration = Rationed()
    notes = [warning(f"n{i}", say("x"), Location("content/one/a", i + 1)) for i in range(1000)]
    shown = ration([*notes, error("e", say("x"), Location("content/one/b"))])
    assert len(shown) == bounds.DIAGNOSTICS
    assert shown[-1].is_error
    assert sum(ration.by_code.values()) == 1001 - bounds.DIAGNOSTICS
    assert ration([error("later", say("x"), Location("content/one/c"))]) == [], (
        "one ration for a build"
    )


def test_sentences_are_cut() -> None:
    long = error("a", say("x" * 1_000_000), Location("f"), say("y" * 1_000_000))
    assert len(Output().rendered(long)) < 3_000


@pytest.mark.parametrize("command", ["check", "build"])
def test_what_several_editions_lack_is_told_once_and_names_them(
    command: str, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    workspace.write(
        "styles/editions.yaml",
        "".join(
            f"{name}: {{description: x, output: html, styles: [common.css], requires: [date]}}\n"
            for name in ("one", "two", "three")
        ),
    )
    called = ["-C", str(workspace.root), command, "-e", "one,two,three"]
    assert main.run(called) == 0
    err = capsys.readouterr().err
    assert err.count("warning: ") == 1
    named = "The leaflet has no `date`, which the editions `one`, `two` and `three` should show."
    assert named in err
    assert "1 warning." in err
    assert main.run([*called, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    values = [(d["code"], d["values"]["editions"]) for d in data["diagnostics"]]
    assert sorted(values) == [("no-date", f"`{name}`") for name in ("one", "three", "two")]


def test_what_differs_in_more_than_the_edition_is_told_each_time() -> None:
    def lacks(field: str, edition: str, line: int = 1, hint: str = "x") -> Diagnostic:
        message = plural("{field}: {editions}", "{field}: all {editions}", 1,
                         field=field, editions=edition)  # fmt: skip
        return warning("no", message, Location("f", line), say(hint))

    every = [
        lacks("a", "`x`"), lacks("b", "`x`"), lacks("a", "`y`"), lacks("a", "`x`", 2),
        lacks("a", "`z`", hint="y"), warning("no", say("a: `w`"), Location("f", 1), say("x")),
        *[warning("n", plural("{n} line in {edition}", "{n} lines in {edition}", n, edition=e),
                  Location("f", 1)) for n, e in ((1, "x"), (1, "y"), (2, "y"))],
    ]  # fmt: skip
    assert [str(d.message) for d in once_for_all_editions(every)] == [
        "a: all `x` and `y`", "b: `x`", "a: `x`", "a: `z`", "a: `w`", "1 line in x", "1 line in y",
        "2 lines in y",
    ]  # fmt: skip
    assert once_for_all_editions(once_for_all_editions(every)) == once_for_all_editions(every)


def test_a_leaflet_full_of_one_mistake_is_told_in_some_lines(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.leaflet(passages(150, "text: '[x](nirgends)'"))
    assert main.run(["-C", str(workspace.root), "check"]) == 1
    err = capsys.readouterr().err
    assert err.count("error: The address") == bounds.SIMILAR_DIAGNOSTICS
    assert "content/probe: and 130 more of the kind `link`" in err
    assert "probe: 150 errors" in err, "the count is true"
    assert main.run(["-C", str(workspace.root), "check", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [d["code"] for d in data["diagnostics"]].count("link") == bounds.SIMILAR_DIAGNOSTICS
    assert data["left_out"] == {"link": 130}


def test_a_file_is_read_once_for_all_its_diagnostics(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.leaflet(passages(30, "txet: x"))
    reads: list[str] = []
    read = output.Lines._read

    def counted(lines: output.Lines, file: str) -> list[str]:
        reads.append(file)
        return read(lines, file)

    monkeypatch.setattr(output.Lines, "_read", counted)
    main.run(["-C", str(workspace.root), "check"])
    assert capsys.readouterr().err.count(" | ") > bounds.SIMILAR_DIAGNOSTICS
    assert len(reads) <= 2


def test_a_passage_too_many_is_refused(workspace: Workspace) -> None:
    workspace.leaflet(passages(bounds.PASSAGES))
    workspace.load()
    workspace.leaflet(passages(bounds.PASSAGES + 500, "txet: x"))
    assert found(workspace) == [("too-many", 3 + 3 * bounds.PASSAGES + 1, 5)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("add:\n" + "  - {id: a}\n" * 2_001, 2_002),
        ("passages:\n" + "".join(f"  p{i}: {{}}\n" for i in range(2_001)), 2_002),
    ],
)
def test_a_variant_with_too_many_passages_is_refused(
    workspace: Workspace, text: str, line: int
) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    workspace.regions("id,name\n1,A\n")
    workspace.variant("1", text)
    errors = [d for d in workspace.diagnostics(variant="1") if d.is_error]
    assert [(d.code, d.location.line) for d in errors] == [("too-many", line)]


def test_base_and_variant_together_have_no_more_passages(workspace: Workspace) -> None:
    workspace.leaflet(passages(1_500))
    workspace.regions("id,name\n1,A\n")
    added = "".join(
        f"  - {{id: a{i}, after: a{i + 1}, commentary: {{text: x}}}}\n" for i in range(600)
    )
    workspace.variant("1", f"add:\n{added}  - {{id: a600, after: p1, commentary: {{text: x}}}}\n")
    (diagnostic,) = [d for d in workspace.diagnostics(variant="1") if d.is_error]
    assert diagnostic.code == "too-many"


# --- YAML -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('a: "\\UFFFFFFFF"\n', "backslash"),
        ('a: "\\U00110000"\n', "backslash"),
        ('a: "\\uD800"\n', "control-character"),
        ('a: "\\x00\\e"\n', "control-character"),
        ("%YAML 9.9\n---\na: b\n", "yaml"),
        (f"%YAML 1.{'9' * 6000}\n---\na: b\n", "yaml"),
        ("%TAG ! x y\n---\na: b\n", "yaml"),
        ("a: !<%FF%FE> b\n", "tag"),
        ("a: |99\n  x\n", "block-text"),
        ("? [a, b]\n: c\n", "key-not-text"),
        ("<<: *a\n", "alias"),
        ("a: b\n" + "---\n" * 1000, "second-document"),
        ("? " * 1000, "too-deep"),
        ("[" + "a," * 100_000 + "]", "too-many"),
        ("- x\n" * 100_000, "too-many"),
    ],
)
def test_odd_yaml_is_told(text: str, code: str) -> None:
    diagnostics = parser.parse_yaml(text, "f").diagnostics
    assert code in {d.code for d in diagnostics}
    assert len(diagnostics) < 50


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be", "utf-32", "utf-7", "cp037"])
def test_other_encodings_are_told(codec: str) -> None:
    decoded = parser.decode_text(f"{HEAD}x: ä\x85+\n".encode(codec), "f")
    text, diagnostics = decoded.value, decoded.diagnostics
    assert diagnostics or "".join(plain_texts(text))


def plain_texts(text: str) -> Iterator[str]:
    yield str(plain(parser.parse_yaml(text, "f").value.root))


def test_what_is_left_of_a_file_that_is_too_long_is_looked_through() -> None:
    text = "".join(f"k{i}: x\n" for i in range(50_000)) + "- x: ["
    diagnostics = parser.parse_yaml(text, "f").diagnostics
    assert [d.code for d in diagnostics] == ["too-many"]


def test_a_long_file_is_not_mended_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []
    compose = parser._Composer.compose

    def counted(composer: parser._Composer) -> Reported[Node | None]:
        rounds.append(1)
        return compose(composer)

    monkeypatch.setattr(parser._Composer, "compose", counted)
    text = "a: " + "x" * 300_000 + "\n" + "".join(f"k{i}: 'x' y\n" for i in range(60))
    diagnostics = parser.parse_yaml(text, "f").diagnostics
    assert {d.code for d in diagnostics} == {"text-after-quote"}
    assert len(rounds) == 2, "of a short one, 25"


def test_a_hint_names_some_of_what_is_known() -> None:
    hint = did_you_mean("x" * 1_000_000, [f"e{i}" for i in range(10_000)])
    assert hint.endswith("and 9980 more.")
    assert len(hint) < 300


# --- Slots ------------------------------------------------------------------------------------


def filled(text: str, value: str) -> list[str]:
    tree = parser.parse_yaml(f"title: '{text}'\n", "f").value
    given = {"a": LocatedText(value, Location("r"))}
    return [d.code for d in slots.fill_slots(tree, given, ("a",)).diagnostics]


def test_a_text_that_would_be_too_long_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    assert filled("{{ region.a }}" * 3, "x" * (bounds.FILLED // 4)) == []
    built: list[int] = []
    monkeypatch.setattr(
        slots,
        "_read",
        lambda text, roots: slots._SlottedText(("a",), Endless(built), ()),  # type: ignore[arg-type]
    )
    assert filled("{{ region.a }}" * 3, "x") == ["too-long"]
    assert sum(built) <= bounds.FILLED + 1_000_000


class Endless:
    """A template whose text has no end."""

    def __init__(self, built: list[int]) -> None:
        self._built = built

    def generate(self, *_: object) -> Iterator[str]:
        while True:
            self._built.append(1_000_000)
            yield "x" * 1_000_000


def test_many_short_texts_may_not_be_too_long_together(workspace: Workspace) -> None:
    workspace.leaflet(
        passages(200, "text: '{{ region.a }}'") + "slots:\n  a: " + "x" * 25_000 + "\n"
    )
    (diagnostic,) = workspace.diagnostics()
    assert (diagnostic.code, diagnostic.location.line) == ("too-long", 3 + 3 * 81)


@pytest.mark.parametrize(
    "text",
    [
        "{{ " + "region.a if region.a else " * 100 + "1 }}",
        "{{ region.a" + " | upper" * 100 + " }}",
        '{{ "' + "x" * 1_000 + '" }}',
        "{{ 0x" + "f" * 1_000 + " }}",
        "{{ " + "-" * 1_000 + "1 }}",
        "{{" + " " * 1_000 + "region.a }}",
        "{{ region.a " + "< region.a " * 100 + "}}",
    ],
)
def test_what_stands_in_a_slot_is_short(text: str) -> None:
    assert filled(text, "x") == ["slot"]


@pytest.mark.parametrize("text", ["{{ region.a }}" * 6_000, "{{ region.a if region.a }}" * 3_000])
def test_slots_are_not_too_many(text: str) -> None:
    assert filled(text, "x") == ["too-long"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ region.a | default('x' * 9999999999) }}",
        "{{ region.a ~ region.a }}",
        "{{ region.a | trim(chars=region.a * 3) }}",
        "{{ (region.a, region.a) }}",
        "{{ region.a[0:9] }}",
        "{{ region.a | attr('x') }}",
    ],
)
def test_what_multiplies_is_not_let_into_a_slot(text: str) -> None:
    assert "slot" in filled(text.replace("'", "''"), "x")


@pytest.mark.parametrize("signs", ["*_", "<`", "http://", "\\\\ ", "[a](b) "])
def test_texts_of_nothing_but_signs_are_refused(workspace: Workspace, signs: str) -> None:
    text = "text: '" + signs * (2_000 // len(signs)) + "x'"
    workspace.leaflet(passages(400, text))
    assert "too-long" in {d.code for d in workspace.diagnostics()}


# --- Tables -----------------------------------------------------------------------------------


def codes(text: str) -> list[str]:
    try:
        regions = parse_regions(text, "r.csv")
    except DiagnosticsError as failed:
        return [d.code for d in failed.diagnostics]
    rows = [d for row in regions.rows for d in row.diagnostics]
    return [d.code for d in [*regions.diagnostics, *rows]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('id,name\n1,"' + "x" * 1_000_000, ["unclosed-quote"]),
        ("id,name\n1," + '"' * 1_000_001, ["unclosed-quote"]),
        ("id,name" + ",c" * 100_000 + "\n1,A\n", ["too-many"]),
        ("id,name\n1,A" + ",x" * 100_000 + "\n", ["too-many"]),
        ("id,name\n1,A" + ",x" * 150 + "\n", ["row-length"]),
        ("id,name\n1,A" + "," * 1_000_000 + "\n", []),
        ("id,name\n1,A" + "," * 200 + "x\n", ["row-length"]),
        ("id,name\n" + "".join(f"r{i},A\n" for i in range(60_000)), ["too-many"]),
        ("id,name\n" + "r,A\n" * 1_000, ["duplicate-id"] * (999 + 20)),
        ("id,name\n" + "".join(f"r{i} x,A\n" for i in range(1_000)), ["region-id"] * 1_000),
        (f"id,name\n1,{'A' * 1_000_000}\n", ["too-long"]),
        ("id,name\n../x,A\n.,A\n" + "x" * 300 + ",A\ncon,A\nLPT1,A\n", ["region-id"] * 5),
    ],
    ids=range(12),
)
def test_tables_of_odd_things(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_table_that_is_all_wrong_makes_no_variants(workspace: Workspace) -> None:
    """Each of thousands would be checked, to say of each what was said of its row."""
    workspace.leaflet(HEAD + PASSAGE)
    workspace.regions("id,name\n" + "".join(f"r{i} x,A\n" for i in range(1_000)))
    with pytest.raises(DiagnosticsError) as failed:
        read_bundle(workspace.project, "probe")
    assert len(failed.value.diagnostics) == 1_000


def test_an_id_that_is_no_name_makes_no_variant(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would become part of a path, and of one that is too long for any file."""
    workspace.leaflet(HEAD + PASSAGE)
    workspace.regions(f"id,name\n../x,A\n{'x' * 100_000},B\n1,C\n")
    assert read_bundle(workspace.project, "probe").ids == ("1",)
    assert main.run(["-C", str(workspace.root), "variants", "list", "probe"]) == 1
    assert capsys.readouterr().err.count("cannot be the id of a region") == 2


# --- Editions and languages -------------------------------------------------------------------


def editions(workspace: Workspace, text: str) -> list[tuple[str, int]]:
    workspace.write("styles/editions.yaml", text)
    try:
        load_editions(workspace.project)
    except DiagnosticsError as failed:
        return [(d.code, d.location.line) for d in failed.diagnostics if d.is_error]
    return []


@pytest.mark.parametrize(
    "name", ["../../x", "a/b", "a b", '"a\\tb"', "ä", "x" * 41, "-x", ".x", "'a.pdf'"]
)
def test_the_name_of_an_edition_is_fit_for_a_file(workspace: Workspace, name: str) -> None:
    assert editions(workspace, EDITION.replace("mine", name)) == [("edition-name", 1)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("template: ../../x.html", "file-name"),
        ("template: /etc/passwd", "file-name"),
        ("template: " + "x" * 5000, "too-long"),
        ("profile: ../..", "file-name"),
        ("profile: .", "file-name"),
        ("profile: 'a\\b'", "file-name"),
        ("bleed: nan", "value"),
        ("max-file-size: inf", "value"),
        ("max-file-size: 1e400", "value"),
        ("max-white-space: -inf", "value"),
        ("scale: {smallest: nan, largest: inf}", "value"),
        ("resolution: " + "9" * 5000, "value"),
        ("requires: [" + "date, " * 1000 + "]", "too-long"),
        ("preflight: {" + ", ".join(f"x{i}: y" for i in range(1000)) + "}", "too-long"),
    ],
)
def test_what_an_edition_says_is_bounded(workspace: Workspace, line: str, code: str) -> None:
    found = editions(workspace, f"{EDITION}  {line}\n")
    assert set(found) == {(code, 6)}


def test_an_edition_names_style_sheets_below_styles(workspace: Workspace) -> None:
    names = "/etc/passwd, ../../../etc/passwd, 'a/../../b', 'x\\y'"
    text = EDITION.replace("common.css", names)
    assert editions(workspace, text) == [("file-name", 3)] * 4


def test_editions_are_not_too_many(workspace: Workspace) -> None:
    text = "".join(EDITION.replace("mine", f"e{i}") for i in range(1_000))
    assert editions(workspace, text) == [("too-many", 501)]


def language(workspace: Workspace, old: str, new: str) -> Language | list[tuple[str, int]]:
    """German as changed, or what is wrong with it, with the line in its file."""
    assert GERMAN.count(old) == 1
    workspace.write("styles/languages/de.yaml", GERMAN.replace(old, new))
    try:
        return load_language(workspace.project, "de")
    except DiagnosticsError as failed:
        return [(d.code, d.location.line) for d in failed.diagnostics]


def line_of(text: str) -> int:
    return GERMAN[: GERMAN.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("ordinal: dot", r"ordinal: '(\d+)+x'", "value"),
        ("ordinal: dot", "ordinal: '(('", "value"),
        (DATE, 'date: "{day:>9999999999}. {month} {year}"', "placeholder"),
        (DATE, 'date: "{day.__class__}. {month} {year}"', "placeholder"),
        (DATE, 'date: "{}. {month} {year}"', "placeholder"),
        (DATE, 'date: "{month} {year}"', "placeholder"),
        ('code: "QR-Code: {address}"', 'code: "{address} {address}"', "placeholder"),
        ("notes: Notizen", "notes: 'Notizen {x}'", "placeholder"),
        ('dash: "–"', "dash: " + "x" * 10_000, "too-long"),
        ("name: Deutsch", "name: " + "x" * 10_000, "too-long"),
        ("notes: Notizen", "notes: " + "x" * 10_000, "too-long"),
        ("denying: [nicht", "denying: [" + "x, " * 1000 + "nicht", "too-long"),
        ("exceptions: [Ur", "exceptions: [" + "a-b, " * 3000 + "Ur", "too-long"),
        ("dictionary: de_DE", "dictionary: xx_YY", "dictionary"),
        ("dictionary: de_DE", "dictionary: ../../etc/passwd", "dictionary"),
        ("left: 3", "left: 99999999999999999999999", "value"),
    ],
)  # fmt: skip
def test_a_language_of_a_stranger(workspace: Workspace, old: str, new: str, code: str) -> None:
    assert language(workspace, old, new) == [(code, line_of(old))]


def test_a_language_with_control_characters_is_told(workspace: Workspace) -> None:
    assert language(workspace, "name: Deutsch", "name: Deutsch\x1b") == [
        ("control-character", line_of("name: Deutsch"))
    ]


def test_the_file_of_a_language_is_short(workspace: Workspace) -> None:
    assert language(workspace, DATE, "x" * 200_000) == [("cannot-read", 1)]


def test_words_are_filled_in_literally() -> None:
    assert fill_placeholders("{a}: {b:>9} {a.__class__} {} {{a}}", a="{b}", b=1) == (
        "{b}: {b:>9} {a.__class__} {} {{b}}"
    )


def test_the_code_of_a_language_is_no_path(workspace: Workspace) -> None:
    for code in ("de-../../x", "de-" + "x" * 10_000, "x" * 10_000):
        workspace.leaflet(HEAD.replace("de", code, 1) + PASSAGE)
        assert {d.location.line for d in workspace.diagnostics()} == {1}
    assert "de" in known_languages(workspace.project)


# --- What is printed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["\x1b[31m", "\x9b31m", "\x07", "\r", "a\nb", "\u202e", "\u2028", "\x7f", "\ud800"]
)
def test_a_terminal_obeys_nobody_else(text: str) -> None:
    shown = output.harmless(f"x{text}y")
    assert shown.isprintable()
    assert "<U+" in shown
    location = Location(f"content/{text}/leaflet.yaml")
    diagnostic = error("c", say("{x}", x=text), location, say("{x}", x=text))
    rendered = click.unstyle(Output().rendered(diagnostic))
    assert rendered.replace("\n", "").isprintable()
    assert len(rendered.splitlines()) == 2
    written = output.as_json({"a": text})
    assert written.replace("\n", "").isprintable()
    assert json.loads(written) == {"a": text}


def test_letters_keep_their_joiners() -> None:
    assert output.harmless("می‌کنیم 👩‍👧 Schiff\u00adfahrt") == "می‌کنیم 👩‍👧 Schiff\u00adfahrt"


def test_a_folder_with_a_name_that_colours_the_terminal(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.write("content/a\x1b[31m\nb/leaflet.yaml", HEAD + PASSAGE)
    workspace.leaflet(HEAD + PASSAGE)
    workspace.regions("id,name\n1,A\n")
    workspace.variant("x\x1b]0;y\x07\n", "title: x\n")
    assert main.run(["-C", str(workspace.root), "check"]) == 1
    out, err = capsys.readouterr()
    assert "\x1b" not in err + out
    assert "a<U+001B>[31m<U+000A>b" in err


def test_a_diagnostic_shows_the_line_of_its_location(workspace: Workspace) -> None:
    """A form feed ends a line for Python, and none for editors."""
    workspace.leaflet("a\x0cb\u2028c\nd\n")
    location = Location("content/probe/leaflet.yaml", 2, 1)
    shown = Output(project=workspace.project).rendered(error("c", say("x"), location))
    assert "2 | d" in click.unstyle(shown)


# --- What we wrote ourselves ------------------------------------------------------------------

PIN = {"written": "leaflet.yaml", "passage": "eins", "quote": "x", "reference": "",
       "source": "s.txt", "sha256": "x"}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, "{}", "[]", "null", '{"quotes": 1}', '{"quotes": [1, 2]}', "1" * 5000,
        '{"quotes":' + "1" * 5000 + "}", '{"quotes": ["x"]}', "\x00",
        json.dumps({"quotes": [{**PIN, "written": []}]}),
        json.dumps({"quotes": [{**PIN, "quote": 1}]}),
        json.dumps({"quotes": [{**PIN, "sha256": None}]}),
        json.dumps({"quotes": [{**PIN, "more": "x"}]}),
        json.dumps({"quotes": [PIN]}) * 2,
        json.dumps({"quotes": [{**PIN, "passage": "x" * 6_000_000}]}),
    ],
    ids=range(16),
)  # fmt: skip
def test_a_spoilt_record_says_nothing(workspace: Workspace, text: str) -> None:
    workspace.leaflet(HEAD + PASSAGE)
    workspace.write("content/probe/verified.json", text)
    record = read_record(workspace.project, "probe")
    assert (record.value, [d.code for d in record.diagnostics]) == ({}, ["verified"])
    workspace.write("content/probe/verified.json", json.dumps({"quotes": [PIN]}))
    record = read_record(workspace.project, "probe")
    assert (len(record.value), record.diagnostics) == (1, ())


# --- Numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("lines: " + "9" * 5000, "too-long"),
        ("lines: " + "9" * 400, "numbers"),
        ("page: " + "9" * 400 + "-1", "numbers"),
        ("lines: " + "1-99000, " * 10_000 + "3", "too-long"),
    ],
)
def test_numbers_have_an_end(workspace: Workspace, line: str, code: str) -> None:
    quote = f"  - id: a\n    quote:\n      {line}\n      text: x\n"
    workspace.leaflet(f"{HEAD}passages:\n{quote}")
    assert found(workspace)[:1] == [(code, 6, line.index(" ") + 8)]
    workspace.leaflet(f"{HEAD}fit: {'9' * 5000}\n{PASSAGE}")
    assert found(workspace) == [("fit", 3, 6)]


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("1–999999999", "5", True),
        ("1–3, 7", "4–6", False),
        ("1–3, 7", "7–9", True),
        ("25–3", "3", True),  # over a page break
        ("25–3", "10", False),
    ],
)
def test_whether_ranges_have_a_number_in_common(one: str, other: str, overlap: bool) -> None:
    assert _overlap(one, other) is _overlap(other, one) is overlap
