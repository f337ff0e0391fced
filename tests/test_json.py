"""What `--json` prints: one document, in every case, of the shape that docs/json.md tells."""

import json
import re
from collections.abc import Callable, Iterator
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import click
import jsonschema
import pytest
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from brochure.cli import (
    build,
    check,
    designs,
    editions,
    exporting,
    importing,
    mail,
    source,
    variants,
)
from brochure.cli.main import cli, run
from brochure.cli.output import JSON_VERSION
from brochure.diagnostics import DiagnosticData
from brochure.messages import languages
from tests.conftest import ROOT
from tests.postoffice import Mailroom, copy

Capture = pytest.CaptureFixture[str]
Document = dict[str, Any]

#: The result of each command that knows `--json`.
RESULTS: dict[str, type] = {
    "build": build.BuildData,
    "check": check.CheckData,
    "source show": source.ShowData,
    "source quote": source.PassageResult,
    "source find": source.FindData,
    "variants list": variants.ListData,
    "variants diff": variants.DiffData,
    "variants explain": variants.ExplainData,
    "variants accept": variants.AcceptData,
    "designs": designs.DesignsData,
    "editions": editions.EditionsData,
    "import": importing.ImportData,
    "export": exporting.ExportData,
    "mail init": mail.FilesData,
    "mail preview": mail.PreviewData,
    "mail drafts": mail.FilesData,
    "mail status": mail.StatusData,
    "mail import": mail.ImportData,
}
#: How each is called, with what it needs besides.
CALLS = {
    "build": "build probe --edition email --jobs 1",
    "check": "check probe",
    "source show": "source show probe",
    "source quote": "source quote probe 1-2",
    "source find": "source find probe paths",
    "variants list": "variants list probe",
    "variants diff": "variants diff probe north",
    "variants explain": "variants explain probe north",
    "variants accept": "variants accept probe north",
    "designs": "designs",
    "editions": "editions",
    "import": "import back.md probe --accept 1",
    "export": "export probe --output probe.md",
    "mail init": "mail init probe",
    "mail preview": "mail preview probe",
    "mail drafts": "mail drafts probe",
    "mail status": "mail status probe",
    "mail import": "mail import probe bounce.eml",
}
SOURCE = """\
The council keeps the paths in the park open.
It builds a playground for all children.
"""
LEAFLET = """\
language: en
title: Our park
imprint: Mary, 1 Lane
date: 2026-03-12
contact: In {{ region.place }}
slots: {name: everywhere, place: town}
source: {title: Plan, file: sources/plan.txt, lines: count}
passages:
  - id: paths
    quote: {lines: 1, text: The council keeps the paths in the park open.}
    commentary: {text: We thank it.}
  - id: playground
    quote: {lines: 1, text: It builds a small playground for all children.}
    commentary: {text: We ask when.}
"""
GOOD = LEAFLET.replace("lines: 1, text: It builds a small", "lines: 2, text: It builds a")
REGIONS = "id,name,place\nnorth,North,Northtown\nsouth,South,\n"
MAIL = """\
from: We <we@example.org>
subject: A leaflet
letter: Hello
server: {host: smtp.example.org}
"""
A = "office@north.example.org"
BOUNCE = f"""\
From: mailer-daemon@example.org
Subject: failed
Content-Type: multipart/report; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.org

Final-Recipient: rfc822; {A}
Action: failed
Status: 5.1.1
--b--
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Mailroom:
    """A project in which every command has something to print."""
    room = Mailroom(tmp_path_factory.mktemp("finished"))
    for path, text in {
        "content/probe/leaflet.yaml": GOOD,
        "content/probe/sources/plan.txt": SOURCE,
        "content/probe/regions.csv": REGIONS,
        "content/probe/variants/north.yaml": "title: Our park in the north\n",
        "content/probe/mail.yaml": MAIL,
        "content/probe/recipients.csv": f"email,office,variant\n{A},Office,north\n",
        "bounce.eml": BOUNCE,
    }.items():
        room.write(path, text)
    assert room.brochure("variants", "accept", "probe", "north") == 0
    assert room.brochure("export", "probe", "--output", str(room.root / "back.md")) == 0
    back = (room.root / "back.md").read_text("utf-8")
    room.write("back.md", back.replace("We ask when.", "We ask who pays."))
    build_all = ("build", "probe", "--all", "--edition", "email", "--jobs", "1")
    assert room.brochure(*build_all) == 0
    return room


@pytest.fixture
def room(
    finished: Mailroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> Mailroom:
    """A copy to spoil; the current folder is in it."""
    copied = copy(finished, tmp_path / "project")
    monkeypatch.chdir(copied.root)
    capsys.readouterr()
    return copied


def _extended(kind: Any) -> Any:
    """A shape as pydantic wants it before Python 3.12: its TypedDicts from typing_extensions."""
    if is_typeddict(kind):
        hints = {name: _extended(hint) for name, hint in get_type_hints(kind).items()}
        return TypedDict(kind.__name__, hints, total=kind.__total__)  # type: ignore[operator]
    arguments = tuple(_extended(argument) for argument in get_args(kind))
    if get_origin(kind) in (list, dict):
        return get_origin(kind)[arguments]
    return reduce(or_, arguments) if arguments else kind


def schema_of(kind: Any) -> Document:
    """The JSON Schema of a shape, in which no other keys are allowed."""
    schema = TypeAdapter(_extended(kind)).json_schema()

    def close(node: object) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object" and "properties" in node:
                node["additionalProperties"] = False
            for child in node.values():
                close(child)
        elif isinstance(node, list):
            for child in node:
                close(child)

    close(schema)
    return schema


def validated(data: Document) -> Document:
    """A document, after a look at every key of it."""
    assert data["version"] == JSON_VERSION == 1
    jsonschema.validate(data["diagnostics"], schema_of(list[DiagnosticData]))
    jsonschema.validate(data["left_out"], schema_of(dict[str, int]))
    common = {"version", "command", "diagnostics", "left_out"}
    result = {key: value for key, value in data.items() if key not in common}
    if result:  # all of it, or where a command could not begin, nothing
        jsonschema.validate(result, schema_of(RESULTS[data["command"]]))
    return data


def call(capsys: Capture, *words: str) -> tuple[int, Document]:
    """The exit code of a command, and the document that it prints: all that it prints."""
    code = run([*words, "--json"])
    out, err = capsys.readouterr()
    assert err == ""
    data = validated(json.loads(out))
    errors = [d for d in data["diagnostics"] if d["severity"] == "error"]
    assert bool(errors) == bool(code)
    assert {d["code"] == "usage" for d in errors} <= {code == 2}
    assert all(bool(d["file"]) == (code == 1) for d in errors)
    return code, data


def commands(group: click.Command = cli, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """All commands by their names, those of groups too."""
    if not isinstance(group, click.Group):
        yield name, group
        return
    context = click.Context(group)
    for one in group.list_commands(context):
        command = group.get_command(context, one)
        assert command is not None
        yield from commands(command, f"{name} {one}".strip())


def test_each_command_that_knows_json_is_tested_here() -> None:
    knowing = {name for name, one in commands() if "as_json" in {p.name for p in one.params}}
    assert knowing == set(RESULTS) == set(CALLS)


@pytest.mark.parametrize("command", CALLS)
def test_success(room: Mailroom, capsys: Capture, command: str) -> None:
    if command in ("mail status", "mail import"):
        assert room.mail("note", A, "sent") == 0
        assert room.mail("note", A, "bounced") == 0
        capsys.readouterr()
    if command == "mail init":
        (room.root / "content/probe/mail.yaml").unlink()
    code, data = call(capsys, *CALLS[command].split())
    assert (code, data["command"], data["diagnostics"], data["left_out"]) == (0, command, [], {})
    keys = set(data) - {"version", "command", "diagnostics", "left_out"}
    assert keys == set(get_type_hints(RESULTS[command]))
    assert all(data[key] or key == "disabled_checks" for key in keys), "something to look at"


@pytest.mark.parametrize("words", ["check --preflight", "build --draft", "build --all"])
def test_success_with_options(room: Mailroom, capsys: Capture, words: str) -> None:
    code, data = call(capsys, *words.split(), "--edition", "booklet")
    assert (code, data["command"], data["left_out"]) == (0, words.split()[0], {})
    assert {d["severity"] for d in data["diagnostics"]} <= {"warning", "note"}


def spoil_mail(room: Mailroom) -> str:
    room.write("content/probe/mail.yaml", "from: nobody\nserver: [x\nbogus: 1\n")
    return "content/probe/mail.yaml"


def spoil_regions(room: Mailroom) -> str:
    room.write("content/probe/regions.csv", 'id,name\nnorth,"North\nnorth,x\n')
    return "content/probe/regions.csv"


def spoil_leaflet(room: Mailroom) -> str:
    (room.root / "content/probe/leaflet.yaml").write_bytes("title: Höhe\n".encode("cp1252"))
    return "content/probe/leaflet.yaml"


def spoil_syntax(room: Mailroom) -> str:
    room.write("content/probe/leaflet.yaml", "language: en\ntitle: [x\nbogus: 1\n")
    return "content/probe/leaflet.yaml"


def spoil_editions(room: Mailroom) -> str:
    room.write("styles/editions.yaml", "mine:\n  bogus: 1\n")
    return "styles/editions.yaml"


def spoil_source(room: Mailroom) -> str:
    (room.root / "content/probe/sources/plan.txt").unlink()
    return "content/probe/leaflet.yaml"


def spoil_ledger(room: Mailroom) -> str:
    room.write("ledger.sqlite3", "not a database, and longer than nothing")
    return "ledger.sqlite3"


def spoil_variant(room: Mailroom) -> str:
    room.write("content/probe/variants/north.yaml", "passages: {gone: {commentary: {text: x}}}\n")
    return "content/probe/variants/north.yaml"


def spoil_design(room: Mailroom) -> str:
    room.write("styles/designs/mine/design.yaml", "bogus: 1\n")
    return "styles/designs/mine/design.yaml"


SOURCES = ("source show", "source quote", "source find")
VARIANTS = ("variants list", "variants diff", "variants explain", "variants accept")
EXCHANGED = ("import", "export")
MAILS = ("mail preview", "mail drafts", "mail status", "mail import")
FAILURES: dict[Callable[[Mailroom], str], tuple[str, ...]] = {
    spoil_mail: MAILS,
    spoil_regions: ("build", "check", *SOURCES, *VARIANTS, "mail preview", "mail drafts"),
    spoil_leaflet: (
        "build",
        "check",
        *SOURCES,
        *VARIANTS,
        *EXCHANGED,
        "mail preview",
        "mail drafts",
    ),
    spoil_syntax: (
        "build",
        "check",
        *SOURCES,
        *VARIANTS,
        *EXCHANGED,
        "mail preview",
        "mail drafts",
    ),
    spoil_editions: ("build", "check", "editions", "variants list", "mail preview", "mail drafts"),
    spoil_design: ("designs",),
    spoil_source: ("build", "check", *SOURCES),
    spoil_ledger: MAILS,
    spoil_variant: ("check", *VARIANTS, "mail preview", "mail drafts"),
}


@pytest.mark.parametrize(
    ("spoil", "command"), [(spoil, one) for spoil, many in FAILURES.items() for one in many]
)
def test_failure(
    room: Mailroom, capsys: Capture, spoil: Callable[[Mailroom], str], command: str
) -> None:
    file = spoil(room)
    code, data = call(capsys, *CALLS[command].split())
    assert (code, data["command"]) == (1, command)
    assert file in {d["file"] for d in data["diagnostics"]}


def test_a_letter_is_never_overwritten(room: Mailroom, capsys: Capture) -> None:
    code, data = call(capsys, "mail", "init", "probe")
    assert (code, data["diagnostics"][0]["code"]) == (1, "exists")


def test_a_source_that_cannot_be_read(room: Mailroom, capsys: Capture) -> None:
    """It is an error to whoever wants to read it; a build only warns."""
    room.write("content/probe/leaflet.yaml", GOOD.replace("plan.txt", "plan.pdf"))
    room.write("content/probe/sources/plan.pdf", "not a PDF")
    expected = {"check": 0, "source show": 0, "source quote": 1, "source find": 1}
    for command, code in expected.items():
        found, data = call(capsys, *CALLS[command].split())
        codes = [d["code"] for d in data["diagnostics"]]
        assert (found, codes) == (code, ["source-unreadable"]), command


def test_all_sources_that_are_missing_are_named(room: Mailroom, capsys: Capture) -> None:
    own = "quote: {lines: 1, source: {title: B, file: sources/b.txt}, text: The council"
    room.write(
        "content/probe/leaflet.yaml", GOOD.replace("quote: {lines: 1, text: The council", own)
    )
    (room.root / "content/probe/sources/plan.txt").unlink()
    code, data = call(capsys, "source", "show", "probe")
    assert (code, [d["line"] for d in data["diagnostics"]]) == (1, [7, 10])
    room.write("content/probe/sources/plan.txt", SOURCE)
    room.write("content/probe/sources/b.txt", SOURCE)
    _, data = call(capsys, "source", "find", "probe", "playground")
    assert [place["command"] for place in data["places"]] == [
        "brochure source quote probe 2",
        "brochure source quote probe 2 --file sources/b.txt",
    ]


def test_a_document_that_becomes_a_leaflet(room: Mailroom, capsys: Capture) -> None:
    text = "# Our park\n\n## Paths\n\n“The council keeps the paths.” (line 1)\n\n*We thank it.*\n"
    room.write("new.md", text)
    code, data = call(capsys, "import", "new.md", "new", "--language", "en")
    assert (code, data["leaflet"]) == (0, "new")
    (passage,) = data["found"]["passages"]
    assert (passage["id"], passage["lines"], passage["doubts"]) == ("paths", "1", [])
    code, data = call(capsys, "import", "new.md", "other", "--show")
    assert (code, data["path"]) == (0, None)
    assert not (room.root / "content/other").exists()


def test_a_file_that_is_not_a_mail(room: Mailroom, capsys: Capture) -> None:
    room.write("bounce.eml", "%PDF-1.7")
    code, data = call(capsys, *CALLS["mail import"].split())
    assert (code, data["noted"], data["diagnostics"][0]["file"]) == (1, [], "bounce.eml")


@pytest.mark.parametrize("command", CALLS)
@pytest.mark.parametrize("how", ["leaflet", "project", "folder", "option", "language"])
def test_wrong_usage(room: Mailroom, capsys: Capture, command: str, how: str) -> None:
    words = CALLS[command].split()
    match how:
        case "leaflet":
            words = [word for word in words if word != "probe"] + ["nothing"]
        case "project":
            words += ["-C", "/"]
        case "folder":
            words += ["-C", str(room.root / "gone")]
        case "option":
            words += ["--bogus"]
        case "language":
            words = ["--language", "xx", *words]
    code, data = call(capsys, *words)
    assert (code, data["command"]) == (2, "" if how == "language" else command)
    assert (len(data["diagnostics"]), data["left_out"]) == (1, {})
    assert not set(data) & set(get_type_hints(RESULTS[command]))


@pytest.mark.parametrize(
    ("words", "command", "message"),
    [
        ("", "", "No such option"),
        ("buidl", "", "There is no command `buidl`."),
        ("source shwo probe", "source", "There is no command `shwo`."),
        ("source", "source", "No such option"),
        ("build --edition emial,pirnt", "build", "There is no edition `emial`."),
        ("build --variant east,west", "build", "There is no region `east`"),
        ("build probe prob", "build", "There is no leaflet `prob`."),
        ("build --watch", "build", "--watch never ends"),
        ("build --jobs 0", "build", "Invalid value for '--jobs'"),
        ("build --scheduler nonsense", "build", "nonsense"),
        ("check --variant north --all", "check", "Use either --variant or --all."),
        ("source quote probe", "source quote", "Say which lines to quote"),
        ("source quote probe x", "source quote", "LINES is a number or a range"),
        ("source quote probe 99", "source quote", "There are no words at line 99."),
        ("source show probe --file x.pdf", "source show", "has no source `x.pdf`"),
        ("variants diff probe east", "variants diff", "There is no region `east`"),
        ("variants accept probe south", "variants accept", "This variant replaces nothing."),
        ("variants accept probe north x", "variants accept", "replaces nothing called `x`"),
        ("import gone.docx", "import", "gone.docx"),
        ("import back.md probe --accept 9,x", "import", "There is no difference `9`."),
        ("export probe --format pdf", "export", "Invalid value for '--format'"),
        ("export probe --variant east", "export", "There is no region `east`"),
        ("mail status probe --csv", "mail status", "Use either --csv or --json."),
        ("mail import probe", "mail import", "Missing argument"),
        ("mail import probe gone.eml", "mail import", "gone.eml"),
        ("mail send probe --yes 1", "mail send", "No such option"),
        ("mail test probe a@example.org", "mail test", "No such option"),
        ("mail note probe a@example.org sent", "mail note", "No such option"),
        ("mail resolve probe a@example.org sent", "mail resolve", "No such option"),
        ("new other", "new", "No such option"),
        ("schema", "schema", "No such option"),
        ("completion bash", "completion", "No such option"),
    ],
)
@pytest.mark.parametrize("language", languages())
def test_other_wrong_usage(
    room: Mailroom,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    command: str,
    message: str,
    language: str,
) -> None:
    """In English, whatever the user's language."""
    monkeypatch.setenv("BROCHURE_LANGUAGE", language)
    code, data = call(capsys, *words.split())
    assert (code, data["command"]) == (2, command)
    assert message in data["diagnostics"][0]["message"]
    if "," in words:
        assert len(data["diagnostics"]) == 2, "all mistakes, not only the first"


def test_an_option_without_its_value(room: Mailroom, capsys: Capture) -> None:
    assert run(["build", "--json", "--jobs"]) == 2
    data = validated(json.loads(capsys.readouterr().out))
    assert data["command"] == "build"
    assert data["diagnostics"][0]["message"] == "Option '--jobs' requires an argument."


def test_stopped(room: Mailroom, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "planned", stop)
    assert run(["check", "--json"]) == 130
    out, err = capsys.readouterr()
    data = validated(json.loads(out))
    assert (data["command"], err.strip()) == ("check", "")
    assert [d["code"] for d in data["diagnostics"]] == ["stopped"]


@pytest.mark.parametrize("language", languages())
def test_messages_are_in_english_with_the_values_in_them(
    room: Mailroom, capsys: Capture, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("BROCHURE_LANGUAGE", language)
    room.write("content/probe/leaflet.yaml", GOOD.replace("imprint", "imprnt"))
    (unknown,) = call(capsys, "check", "--variant", "south")[1]["diagnostics"]
    assert unknown == {
        "severity": "error",
        "code": "unknown-key",
        "file": "content/probe/leaflet.yaml",
        "line": 3,
        "column": 1,
        "message": "There is no key `imprnt` here.",
        "hint": "Did you mean `imprint`?",
        "values": {"key": "imprnt"},
    }
    room.write("content/probe/leaflet.yaml", LEAFLET)
    (altered,) = call(capsys, "check", "--variant", "south")[1]["diagnostics"]
    assert altered["message"].startswith("The quote is not what the source says (line 2).")
    assert altered["values"]["references"] == "line 2"
    assert not any(re.fullmatch(r"part\d+", name) for name in altered["values"])


def test_too_many_are_counted(room: Mailroom, capsys: Capture) -> None:
    rows = "".join(f"{n}@,Office,north\n" for n in range(50))
    room.write("content/probe/recipients.csv", f"email,office,variant\n{rows}")
    _, data = call(capsys, "mail", "preview", "probe")
    (left_out,) = data["left_out"].values()
    assert left_out == 50 - sum(d["code"] in data["left_out"] for d in data["diagnostics"]) > 0


# --- docs/json.md

PAGE = (ROOT / "docs/json.md").read_text("utf-8")


def section(command: str) -> str:
    """What the page says of a command."""
    _, heading, rest = PAGE.partition(f"\n### `{command}`")
    assert heading, command
    return rest.partition("\n##")[0]


def keys_of(kind: object) -> set[str]:
    """All keys of a shape, those of shapes in it too."""
    found: set[str] = set()

    def collect(node: object) -> None:
        if isinstance(node, dict):
            found.update(node.get("properties", {}))
            for child in node.values():
                collect(child)
        elif isinstance(node, list):
            for child in node:
                collect(child)

    collect(schema_of(kind))
    return found


def keys_told(text: str) -> set[str]:
    """The keys in the first column of the tables of a text."""
    cells = re.findall(r"^\| (.*?) \|", text, re.MULTILINE)
    return {key for cell in cells for key in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize("command", RESULTS)
def test_the_page_names_each_key_and_shows_an_example(command: str) -> None:
    text = section(command)
    assert keys_told(text) == keys_of(RESULTS[command])
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert validated(json.loads(example))["command"] == command


def test_the_page_tells_what_all_documents_have() -> None:
    intro = PAGE.partition("\n## Commands")[0]
    told = keys_told(intro)
    common = {"version", "command", "diagnostics", "left_out"}
    assert told == keys_of(list[DiagnosticData]) | common
    assert f"**{JSON_VERSION}**" in intro
    examples = re.findall(r"```json\n(.*?)```", intro, re.DOTALL)
    assert [validated(json.loads(e))["command"] for e in examples] == ["check", "build"]


def test_no_example_of_the_page_names_a_machine() -> None:
    assert not re.search(r"/(home|root|tmp)/", PAGE)
