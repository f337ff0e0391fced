"""The command line, run as users run it: in a process of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import click
import jsonschema
import pikepdf
import pytest

from brochure.cli.output import Output
from brochure.diagnostics import Location, error
from brochure.layout.edition import Edition
from brochure.mail.letter.model import Mailing
from brochure.manuscript.model.schema import schema_of, schemas, schemas_by_name
from brochure.messages import say
from brochure.sources.finding import Verdict
from tests import forking, test_read
from tests.conftest import HEAD, PASSAGE, ROOT, Workspace
from tests.test_load import TEN_MISTAKES

GOOD = HEAD + PASSAGE + "imprint: Druck 12345\n"


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **more}


def run(cwd: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    given = environment(PYTHONWARNINGS=forking.WARNINGS, **more)
    if forking.POSSIBLE:
        return forking.run(arguments, cwd, given)
    return start(cwd, *arguments, **more)


def start(cwd: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command in a process that is started for it."""
    return subprocess.run(
        [sys.executable, "-m", "brochure", *arguments],
        cwd=cwd,
        env=environment(PYTHONWARNINGS=forking.WARNINGS, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    "command", ["check --all", "build --edition email,web", "variants diff probe a"]
)
def test_what_is_forked_does_what_is_started(workspace: Workspace, command: str) -> None:
    """Most tests fork what users start; that the two are alike is seen here."""
    workspace.leaflet(GOOD.replace("Text", "'{{ region.name }}'") + "slots: {name: Hessen}\n")
    workspace.regions("id,name\na,Ort\n")
    workspace.variant("a", "leave_out: [nichts]\n")
    found = []
    for way in (run, start):
        root = workspace.root / way.__name__
        shutil.copytree(workspace.root / "content", root / "content")
        result = way(root, *command.split())
        files = {
            path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()
        }
        found.append((result.returncode, result.stdout, result.stderr, files))
    assert found[0] == found[1]
    assert found[0][1] + found[0][2]


def test_build_writes_pdfs_and_says_where(workspace: Workspace) -> None:
    workspace.leaflet(GOOD)
    result = run(workspace.root, "build")
    assert result.returncode == 0
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        line for line in result.stdout.splitlines() if "(1 page, " in line
    ]
    for edition in ("email", "print"):
        path = workspace.root / "out/probe" / f"probe-{edition}.pdf"
        assert path.relative_to(workspace.root).as_posix() in result.stdout
        with pikepdf.open(path) as document:
            assert len(document.pages) == 1
    assert sorted(p.name for p in (workspace.root / "out/probe").iterdir()) == [
        "probe-email.pdf",
        "probe-print.pdf",
    ]


def test_the_steps_are_logged_under_the_names_of_the_architecture(workspace: Workspace) -> None:
    steps = re.findall(
        r"^(\d)\. \*\*(\w+)\*\*", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(steps) == 5
    workspace.leaflet(GOOD)
    logged = run(workspace.root, "build", "-v", "-e", "email").stderr
    assert re.findall(r": (\d) (\w+)$", logged, re.MULTILINE) == steps


def test_json_is_all_that_stands_on_stdout(workspace: Workspace) -> None:
    workspace.leaflet(GOOD.replace("imprint: Druck 12345\n", ""))
    result = run(workspace.root, "build", "--json", "-e", "print")
    data = json.loads(result.stdout)
    assert result.returncode == 0
    (artifact,) = data["artifacts"]
    path = workspace.root / artifact["path"]
    assert artifact == {
        "leaflet": "probe",
        "variant": None,
        "sheets": None,
        "edition": "print",
        "path": "out/probe/probe-print.pdf",
        "pages": 1,
        "bytes": path.stat().st_size,
        "made": True,
    }
    assert [d["code"] for d in data["diagnostics"]] == ["no-imprint"]
    checked = json.loads(run(workspace.root, "check", "--json").stdout)
    assert checked["diagnostics"] == data["diagnostics"]


def test_check_names_all_mistakes_and_writes_nothing(workspace: Workspace) -> None:
    workspace.leaflet(TEN_MISTAKES)
    result = run(workspace.root, "check")
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("content/probe/leaflet.yaml:") == 15
    assert "  2 | title: **Ein Titel**\n    |        ^\n" in result.stderr
    assert "probe: 15 errors." in result.stderr
    assert "\x1b" not in result.stderr
    assert not (workspace.root / "out").exists()


def test_a_pdf_that_cannot_be_written_is_a_complaint(workspace: Workspace) -> None:
    workspace.leaflet(GOOD)
    workspace.write("out", "a file in place of the folder")
    result = run(workspace.root, "build", "-e", "email")
    assert result.returncode == 1
    assert "out/probe/probe-email.pdf:1:1: error: The file cannot be written" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_broken_leaflet_does_not_stop_the_others_and_keeps_its_last_pdf(
    workspace: Workspace,
) -> None:
    workspace.leaflet(GOOD)
    workspace.write("content/other/leaflet.yaml", "title: x\n")
    workspace.write("out/other/other-email.pdf", b"the last good one")
    result = run(workspace.root, "build", "-e", "email")
    assert result.returncode == 1
    assert "out/probe/probe-email.pdf" in result.stdout
    assert (workspace.root / "out/other/other-email.pdf").read_bytes() == b"the last good one"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["buidl"], "Did you mean `build`"),
        (["build", "prob"], "Did you mean `probe`"),
        (["build", "--edition", "emial"], "Did you mean `email`"),
        (["new", "x", "--language", "dee"], "Did you mean `de`"),
        (["-C", "/", "check"], "There is no project here"),
    ],
)
def test_wrong_usage(workspace: Workspace, arguments: list[str], said: str) -> None:
    workspace.leaflet(GOOD)
    result = run(workspace.root, *arguments)
    assert result.returncode == 2
    assert said in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "word", ["probe", "content/probe", "content/probe/", "content/probe/leaflet.yaml"]
)
def test_a_leaflet_may_be_named_by_its_path(workspace: Workspace, word: str) -> None:
    workspace.leaflet(GOOD)
    assert run(workspace.root, "check", word).returncode == 0


def test_a_folder_from_a_mac_is_found_and_named_as_it_should_be(workspace: Workspace) -> None:
    stored, typed = (unicodedata.normalize(form, "mülheim") for form in ("NFD", "NFC"))
    workspace.write(f"content/{stored}/leaflet.yaml", GOOD)
    result = run(workspace.root, "check", typed)
    assert result.returncode == 1
    assert "cannot be the name of a leaflet" in result.stderr
    assert "Did you mean" not in result.stderr


@pytest.mark.parametrize("language", ["de", "en"])
def test_new_makes_a_project_that_builds_at_once(tmp_path: Path, language: str) -> None:
    result = run(tmp_path, "new", "mein-flugblatt", "--language", language)
    assert result.returncode == 0
    root = tmp_path / "mein-flugblatt"
    manuscript = root / "content/mein-flugblatt/leaflet.yaml"
    assert result.stdout.strip() == str(manuscript)
    assert "cd mein-flugblatt\n    brochure build mein-flugblatt" in result.stderr
    first = manuscript.read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../leaflet.schema.json"
    for kind, data in schemas().items():
        assert json.loads((root / f"content/{kind}.schema.json").read_text("utf-8")) == data
    assert (root / "out/.gitignore").read_text() == "*\n!.gitignore\n"
    built = run(root, "build")
    assert (built.returncode, built.stderr) == (0, "")
    assert built.stdout.count("1 page") == 2
    # Inside the project a second one is added to it, and nothing is ever overwritten.
    assert run(root, "new", "zwei").returncode == 0
    assert (root / "content/zwei/leaflet.yaml").exists()
    again = run(root, "new", "zwei")
    assert again.returncode == 2
    assert "never overwritten" in again.stderr


@pytest.mark.parametrize("name", ["../x", "ä", "a b", "", ".x", "a/b"])
def test_new_refuses_names_that_no_mail_program_takes(tmp_path: Path, name: str) -> None:
    result = run(tmp_path, "new", name)
    assert result.returncode == 2
    assert "cannot be the name of a leaflet" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--help"], ["check"], ["schema"], ["completion", "bash"]])
def test_what_does_not_typeset_does_not_import_weasyprint(
    workspace: Workspace, arguments: list[str]
) -> None:
    workspace.leaflet(GOOD)
    code = (
        "import sys; from brochure.cli.main import run; code = run(sys.argv[1:]);"
        "sys.exit(9 if 'weasyprint' in sys.modules else code)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=workspace.root, env=environment(), capture_output=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0
    assert len(result.stdout) + len(result.stderr) > 0


def test_the_schema_is_draft_07_and_knows_the_leaflets() -> None:
    data = schemas()["leaflet"]
    jsonschema.Draft7Validator.check_schema(data)
    assert data["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert json.loads((ROOT / "content/leaflet.schema.json").read_text("utf-8")) == data
    validator = jsonschema.Draft7Validator(data)
    import yaml

    starter = ROOT / "brochure/starter/de"
    files = [starter / "leaflet.yaml", starter / "example.yaml"]
    files += [ROOT / "content/wir-bringen-uns-ein/leaflet.yaml"]
    for file in files:  # as an editor reads them: 27 is a number, 2026-03-12 a text
        leaflet = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)
        assert list(validator.iter_errors(leaflet)) == []
        leaflet["passages"][0]["quote"]["lines"] = 27
        assert list(validator.iter_errors(leaflet)) == []
        leaflet["titel"] = "x"
        assert len(list(validator.iter_errors(leaflet))) == 1


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_schema_of_letters_knows_the_one_to_begin_with(language: str) -> None:
    import yaml

    data = schema_of(Mailing)
    jsonschema.Draft7Validator.check_schema(data)
    assert json.loads((ROOT / "content/mail.schema.json").read_text("utf-8")) == data
    validator = jsonschema.Draft7Validator(data)
    letter = yaml.safe_load((ROOT / f"brochure/starter/{language}/mail.yaml").read_text("utf-8"))
    assert list(validator.iter_errors(letter)) == []
    letter["password"] = "x"
    assert len(list(validator.iter_errors(letter))) == 1


def test_the_schema_of_editions_knows_the_built_in_ones() -> None:
    import yaml

    data = schemas_by_name(Edition)
    jsonschema.Draft7Validator.check_schema(data)
    assert json.loads((ROOT / "styles/editions.schema.json").read_text("utf-8")) == data
    validator = jsonschema.Draft7Validator(data)
    editions = yaml.safe_load((ROOT / "styles/editions.yaml").read_text("utf-8"))
    assert len(editions) == 10
    assert list(validator.iter_errors(editions)) == []
    editions["print"]["colour"] = "x"
    assert len(list(validator.iter_errors(editions))) == 1


def test_completion_offers_leaflets_editions_and_regions(workspace: Workspace) -> None:
    workspace.leaflet(GOOD)
    workspace.regions("id,name\n06411000,A\n")
    for words, offered in (
        ("brochure bu", "build"),
        ("brochure build pr", "probe"),
        ("brochure build --edition em", "email"),
        ("brochure build --variant 06", "06411000"),
        ("brochure variants list pr", "probe"),
        ("brochure variants diff probe 06", "06411000"),
    ):
        more = {"_BROCHURE_COMPLETE": "bash_complete", "COMP_WORDS": words}
        result = run(workspace.root, **more, COMP_CWORD=str(len(words.split()) - 1))
        assert result.stdout.strip() == f"plain,{offered}"
    assert "_BROCHURE_COMPLETE=bash_complete" in run(workspace.root, "completion", "bash").stdout


def test_colours_on_a_terminal_only_and_never_with_no_color(workspace: Workspace) -> None:
    import pty

    workspace.leaflet("title: x\n")
    seen = {}
    for no_color in ("", "1"):
        parent, child = pty.openpty()
        subprocess.run(
            [sys.executable, "-m", "brochure", "check"],
            cwd=workspace.root, env=environment(NO_COLOR=no_color), stderr=child, check=False,
        )  # fmt: skip
        os.close(child)
        seen[no_color] = os.read(parent, 100_000)
        os.close(parent)
    assert b"\x1b[31m" in seen[""]
    assert b"\x1b" not in seen["1"]
    assert b"language" in seen["1"]


def test_a_complaint_shows_the_line_around_its_place(workspace: Workspace) -> None:
    workspace.leaflet("a\n" + "x" * 300 + "\ty\x07\n")
    location = Location("content/probe/leaflet.yaml", 2, 302)
    text = click.unstyle(
        Output(project=workspace.project).rendered(error("c", say("Satz."), location, say("Tipp.")))
    )
    head, before, line, mark, hint = text.splitlines()
    assert head == "content/probe/leaflet.yaml:2:302: error: Satz."
    assert before == "  1 | a"
    assert line.endswith("xx y·")
    assert len(line) < 110
    assert line[mark.index("^")] == "y"
    assert hint == "  hint: Tipp."
    passwd = Location("../../etc/passwd", 1, 1)
    outside = Output(project=workspace.project).rendered(error("c", say("S."), passwd))
    assert "|" not in outside


def start_build(cwd: Path) -> subprocess.Popen[bytes]:
    """A build of a long leaflet, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "brochure", "build", "-v", "-e", "email"],
        cwd=cwd, env=environment(PYTHONWARNINGS="ignore"), stderr=subprocess.PIPE,
        stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


@pytest.mark.parametrize("signal_", [signal.SIGINT, getattr(signal, "SIGKILL", 9)])
def test_a_build_that_is_ended_leaves_the_last_pdf_and_nothing_behind(
    workspace: Workspace, signal_: signal.Signals, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = "".join(PASSAGE.removeprefix("passages:\n").replace("eins", f"p{i}") for i in range(800))
    workspace.leaflet(HEAD + "passages:\n" + rows)
    last = workspace.write("out/probe/probe-email.pdf", b"the last good one")
    temporary = tmp_path_factory.mktemp("temporary")
    os.environ["TMPDIR"] = str(temporary)
    try:
        process = start_build(workspace.root)
    finally:
        del os.environ["TMPDIR"]
    assert process.stderr is not None
    for line in process.stderr:
        if b"4 typeset" in line:
            break
    time.sleep(0.7)
    process.send_signal(signal_)
    _, messages = process.communicate(timeout=60)
    assert process.returncode == (130 if signal_ is signal.SIGINT else -signal.SIGKILL)
    assert b"Traceback" not in messages
    assert last.read_bytes() == b"the last good one"
    assert [p.name for p in last.parent.iterdir()] == ["probe-email.pdf"]
    assert list(temporary.iterdir()) == []


def test_watch_builds_again_survives_mistakes_and_keeps_the_last_good_pdf(
    workspace: Workspace,
) -> None:
    workspace.leaflet(GOOD)
    pdf = workspace.root / "out/probe/probe-email.pdf"
    log = workspace.root / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "brochure", "build", "-e", "email", "--watch"],
            cwd=workspace.root, env=environment(PYTHONWARNINGS="ignore", PYTHONUNBUFFERED="1"),
            stdout=output, stderr=output,
        )  # fmt: skip

    def after(change: str | bytes, path: str, sign: str, times: int) -> None:
        """Write a file and wait until the log holds `sign` so many times."""
        time.sleep(0.3)  # until the watch has begun
        workspace.write(path, change)
        deadline = time.monotonic() + 30
        while log.read_text("utf-8").count(sign) < times:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.05)

    try:
        manuscript, done = "content/probe/leaflet.yaml", "(1 page, "
        after(GOOD, "content/unrelated.txt", "Watching", 1)
        first = pdf.read_bytes()
        after(GOOD.replace("Text", "Neuer Text"), manuscript, done, 2)
        second = pdf.read_bytes()
        assert second != first
        after("title: [", manuscript, "error:", 1)
        assert pdf.read_bytes() == second
        after(GOOD, manuscript, done, 3)
        assert pdf.read_bytes() == first
        # A style that did not exist yet: it was looked for, so its coming is noticed.
        after("h1 { color: black }", "styles/email.css", done, 4)
        assert pdf.read_bytes() != first
        after("nothing that was read", "content/probe/notes.txt", done, 4)
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=30)
    assert code == 130
    assert "Traceback" not in log.read_text("utf-8")


def test_watch_notices_regions_and_variants(workspace: Workspace) -> None:
    workspace.leaflet(GOOD.replace("Titel", "'In {{ region.name }}'"))
    workspace.regions("id,name\n1,Gießen\n2,Fulda\n")
    log = workspace.root / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "brochure", "build", "--all", "-e", "email", "--watch"],
            cwd=workspace.root, env=environment(PYTHONWARNINGS="ignore", PYTHONUNBUFFERED="1"),
            stdout=output, stderr=output,
        )  # fmt: skip

    def built(expected: list[str]) -> None:
        deadline = time.monotonic() + 30
        made = re.compile(r"probe-(\w+)-email\.pdf  \(1 page, \d+ kB\)")
        while True:
            found = made.findall(log.read_text())
            # The first two are built at once, and come as they are ready.
            if [*sorted(found[:2]), *found[2:]] == expected:
                break
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, (found, log.read_text())
            time.sleep(0.05)
        time.sleep(0.3)

    try:
        built(["1", "2"])
        workspace.regions("id,name\n1,Gießen\n2,Kassel\n")
        built(["1", "2", "2"])
        workspace.variant("1", "title: Anders\n")  # a folder that did not exist
        built(["1", "2", "2", "1"])
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130


def test_variants_of_a_leaflet(workspace: Workspace) -> None:
    workspace.leaflet(GOOD.replace("Titel", "'In {{ region.name }}'"))
    workspace.regions("id,name\n06411000,Darmstadt\n06531,Gießen\n3,Fulda\n4,Kassel\n")
    workspace.variant("06531", "subtitle: Unter\nleave_out: [eins]\nadd:\n- id: neu\n"
                      "  after: eins\n  quote: {lines: 3, text: Zitat}\n")  # fmt: skip
    workspace.variant("3", "passages: {ains: {commentary: {text: x}}}\n")
    workspace.variant("4", "title: Köln\n".encode("cp1252"))
    result = run(workspace.root, "build", "--variant", "06411000,06531", "-e", "email", "--json")
    assert [
        (a["variant"], a["path"], a["pages"]) for a in json.loads(result.stdout)["artifacts"]
    ] == [
        (name, f"out/probe/{name}/probe-{name}-email.pdf", 1) for name in ("06411000", "06531")
    ]  # fmt: skip
    result = run(workspace.root, "variants", "list", "probe")
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "06411000  Darmstadt  fine      1 page",
        "06531     Gießen     new       1 page     subtitle, without eins, with neu",
        "3         Fulda      orphaned  not built  ains.commentary.text",
        "4         Kassel     broken    not built",
    ]
    assert "Did you mean `eins`?" in result.stderr
    assert "content/probe/variants/4.yaml:1:9: error: The file is not UTF-8" in result.stderr
    listed = json.loads(run(workspace.root, "variants", "list", "probe", "--json").stdout)[
        "variants"
    ]
    assert listed[1] == {
        "id": "06531", "name": "Gießen", "state": "new", "slots": [],
        "differs": ["subtitle", "leave_out.eins", "add.neu"], "pages": {"email": 1},
    }  # fmt: skip

    shown = run(workspace.root, "variants", "diff", "probe", "06531", COLUMNS="80").stdout
    assert "subtitle: new  (content/probe/variants/06531.yaml:1:1)\n" in shown
    assert re.search(r"\(nothing\) +│  Unter\n", shown)
    assert re.search(r"Text +│  \(left out\)\n", shown)
    explained = run(workspace.root, "variants", "explain", "probe", "06531").stdout
    assert "content/probe/leaflet.yaml:2:8  title: In Gießen\n" in explained
    assert "    content/probe/regions.csv:3:7  Gießen\n" in explained
    assert "content/probe/variants/06531.yaml:6:27  passages.neu.quote.text: Zitat" in explained
    accepted = run(workspace.root, "variants", "accept", "probe", "06531")
    assert accepted.stdout == "06531: subtitle accepted\n06531: leave_out.eins accepted\n"
    assert "06531     Gießen     fine " in run(workspace.root, "variants", "list", "probe").stdout
    assert run(workspace.root, "variants", "accept", "probe", "3").returncode == 1
    assert run(workspace.root, "variants", "accept", "probe", "4").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "--variant", "0641100"], "Choose from: 06411000."),
        (["build", "--variant", "06412000"], "Choose from: 06411000."),
        (["build", "--variant", "06411"], "Did you mean `06411000`?"),
        (["build", "probe", "--variant", "x"], "There is no region `x`"),
        (["build", "--variant", ","], "--variant needs the id of a region"),
        (["build", "--variant", "06411000", "--all"], "Use either --variant or --all."),
        (["check", "--variant", "x"], "There is no region `x`"),
        (["variants", "list"], "Missing argument 'LEAFLET'"),
        (["variants", "list", "prob"], "Did you mean `probe`?"),
        (["variants", "diff", "probe"], "Missing argument 'ID'"),
        (["variants", "diff", "probe", "6411000"], "Did you mean `06411000`?"),
        (["variants", "difff", "probe", "x"], "Did you mean `diff`?"),
        (["build", "--watch", "--scheduler", "tcp://a:1"], "leave --scheduler out"),
        (["build", "--jobs", "0"], "--jobs"),
    ],
)
def test_wrong_usage_of_variants(workspace: Workspace, arguments: list[str], message: str) -> None:
    workspace.leaflet(GOOD)
    workspace.regions("id,name\n06411000,A\n")
    result = run(workspace.root, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert not (workspace.root / "out").exists()


def test_a_region_in_one_of_two_leaflets(workspace: Workspace) -> None:
    workspace.leaflet(GOOD)
    workspace.regions("id,name\n1,A\n")
    workspace.write("content/other/leaflet.yaml", GOOD)
    result = run(workspace.root, "build", "--variant", "1", "-e", "email")
    assert (result.returncode, result.stdout.split("  ")[0]) == (
        0,
        "out/probe/1/probe-1-email.pdf",
    )
    assert run(workspace.root, "build", "other", "--variant", "1").returncode == 2
    everything = run(workspace.root, "build", "--all", "-e", "email").stdout.splitlines()
    assert [line.split("  ")[0] for line in everything] == [
        "out/probe/1/probe-1-email.pdf",
        "out/other/other-email.pdf",
    ]


def test_check_looks_at_all_variants_and_at_a_base_that_can_stand_alone(
    workspace: Workspace,
) -> None:
    workspace.leaflet(GOOD.replace("Titel", "'In {{ region.name }}'"))
    workspace.regions("id,name\n1,A\n2,B\n")
    assert run(workspace.root, "check").returncode == 0  # the base needs a region
    assert run(workspace.root, "build").returncode == 1
    workspace.variant("2", "leave_out: [zwei]\n")
    assert run(workspace.root, "check").returncode == 1
    assert run(workspace.root, "check", "--variant", "1").returncode == 0


def test_the_example_shows_every_verdict(tmp_path: Path) -> None:
    for language in ("de", "en"):
        name = f"beispiel-{language}"
        assert run(tmp_path, "new", name, "--example", "--language", language).returncode == 0
        checked = run(tmp_path / name, "check", "--json")
        assert checked.returncode == 1
        quotes = json.loads(checked.stdout)["quotes"]
        assert {q["verdict"] for q in quotes} == {verdict.value for verdict in Verdict}
        assert [q for q in quotes if q["limited"]] != []
        table = run(tmp_path / name, "check").stdout.splitlines()
        assert len(table) == len(quotes) == 9
        assert all(line.startswith(q["verdict"]) for line, q in zip(table, quotes, strict=True))
        drawn = run(tmp_path / name, "build", "--draft")
        assert drawn.returncode == 0, drawn.stderr
        assert "-draft.pdf" in drawn.stdout
        assert run(tmp_path / name, "build").returncode == 1


def test_source_tells_what_was_read_and_writes_quotes(tmp_path: Path) -> None:
    run(tmp_path, "new", "park")
    root = tmp_path / "park"
    report = run(root, "source", "show", "park")
    assert (report.returncode, report.stderr) == (0, "")
    assert "2 pages, numbered 1–2 as printed on them" in report.stdout
    assert "28, numbers 1–28 printed in the margin (28 numbers found)" in report.stdout
    data = json.loads(run(root, "source", "show", "park", "--json").stdout)["sources"][0]
    assert (data["first"], data["last"], data["gaps"], data["numbering"]) == (1, 28, [], "margin")
    passage = run(root, "source", "quote", "park", "12-13")
    leaflet = root / "content/park/leaflet.yaml"
    head = leaflet.read_text("utf-8").partition("passages:\n")[0]
    leaflet.write_text(head + "passages:\n" + passage.stdout, "utf-8")
    (quote,) = json.loads(run(root, "check", "--json").stdout)["quotes"]
    assert (quote["verdict"], quote["lines"]) == ("verbatim", "12–13")
    found = run(root, "source", "find", "park", "kinder werden beteiligt")
    assert "sources/parkkonzept.pdf, line 22" in found.stdout
    assert "brochure source quote park 22" in found.stderr
    assert "Ufer" in run(root, "source", "quote", "park", "--page", "1").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("99",),
            "There are no words at line 99. sources/parkkonzept.pdf has pages 1–2 and",
        ),
        (("13-12",), "There are no words at lines 13–12"),
        (("x",), "LINES is a number or a range"),
        (("",), "LINES is a number or a range"),
        (("--page", ""), "--page is a number or a range"),
        ((), "Say which lines to quote"),
        (("--page", "9"), "There are no words at page 9"),
        (("--page", "iv"), "There are no words at page iv"),
        (("1", "--file", "other.pdf"), "The leaflet has no source `other.pdf`"),
    ],
)
def test_wrong_usage_of_source(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    run(tmp_path, "new", "park")
    result = run(tmp_path / "park", "source", "quote", "park", *arguments)
    assert result.returncode == 2
    assert said in result.stderr


def test_source_tells_how_the_pages_of_each_part_are_called(workspace: Workspace) -> None:
    workspace.write("content/probe/sources/a.pdf", test_read.parts())
    workspace.leaflet("titel: x\nsource:\n  file: sources/a.pdf\n")
    assert "6 pages, numbered i–iii, 1–3 as printed" in run(
        workspace.root, "source", "show", "probe"
    ).stdout  # fmt: skip
    passage = run(workspace.root, "source", "quote", "probe", "--page", "iii-1").stdout
    assert "Widmung" in passage
    assert "Ein Anfang" in passage
    assert "Inhalt" not in passage


def test_source_works_while_the_leaflet_is_being_written(workspace: Workspace) -> None:
    workspace.leaflet("titel: x\n")
    result = run(workspace.root, "source", "show", "probe")
    assert result.returncode == 1
    assert "The leaflet does not name the file of its source." in result.stderr
    workspace.write("content/probe/sources/a.txt", "eins\nzwei\n")
    workspace.leaflet("titel: x\nsource:\n  file: sources/a.txt\npassages: oops\n")
    result = run(workspace.root, "source", "quote", "probe", "2")
    assert (result.returncode, "zwei" in result.stdout) == (0, True)
    workspace.leaflet("source:\n  file: sources/b.txt\n")
    result = run(workspace.root, "source", "show", "probe")
    assert result.returncode == 1
    assert "content/probe/leaflet.yaml:2:9: error: `content/probe/sources/b.txt`" in result.stderr


def test_lines_of_another_source_come_with_its_name(workspace: Workspace) -> None:
    workspace.write("content/probe/sources/plan.txt", "eins\n")
    workspace.write("content/probe/sources/other.txt", "Ein\nanderer\n")
    head = (
        HEAD + "imprint: Druck 12345\nsource:\n  title: Plan\n  file: sources/plan.txt\npassages:\n"
    )
    own = "      source:\n        title: 'Beschluss: neu'\n        file: sources/other.txt\n"
    workspace.leaflet(head + "  - id: a\n    quote:\n" + own + "      lines: 1\n      text: Ein\n")
    for arguments in (("2",), ("2", "--file", "sources/other.txt")):
        printed = run(workspace.root, "source", "quote", "probe", *arguments).stdout
        text = (workspace.root / "content/probe/leaflet.yaml").read_text("utf-8")
        workspace.write("content/second/leaflet.yaml", text + printed)
        for name in ("plan", "other"):
            source = workspace.root / f"content/probe/sources/{name}.txt"
            workspace.write(f"content/second/sources/{name}.txt", source.read_bytes())
        data = json.loads(run(workspace.root, "check", "second", "--json").stdout)
        assert [d for d in data["diagnostics"] if d["severity"] == "error"] == []
        assert [q["verdict"] for q in data["quotes"]] == ["verbatim", "verbatim"]
    assert "source:" not in run(workspace.root, "source", "quote", "probe", "1").stdout
    empty = run(workspace.root, "source", "quote", "probe", "2", "--file", "sources/plan.txt")
    assert (empty.returncode, empty.stdout) == (2, "")


@pytest.mark.parametrize(
    "words",
    [
        ("-C", "PROJECT", "check", "probe"),
        ("check", "probe", "-C", "PROJECT"),
        ("check", "-C", "PROJECT", "probe"),
        ("variants", "-C", "PROJECT", "list", "probe"),
        ("variants", "list", "probe", "-C", "PROJECT"),
    ],
)
def test_common_options_stand_before_and_behind_a_command(
    workspace: Workspace, tmp_path_factory: pytest.TempPathFactory, words: tuple[str, ...]
) -> None:
    workspace.leaflet(GOOD)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    arguments = [word.replace("PROJECT", str(workspace.root)) for word in words]
    result = run(elsewhere, *arguments)
    assert (result.returncode, "Error" in result.stderr) == (0, False), result.stderr


def test_quiet_prints_what_matters_only(workspace: Workspace) -> None:
    workspace.leaflet(GOOD.replace("imprint: Druck 12345\n", ""))
    loud = run(workspace.root, "check", "-e", "print")
    quiet = run(workspace.root, "check", "-e", "print", "-q")
    assert "probe: 1 warning." in loud.stderr
    assert "probe: 1 warning." not in quiet.stderr
    assert "no `imprint`" in quiet.stderr


def test_colour_can_be_asked_for_and_forbidden(workspace: Workspace) -> None:
    workspace.leaflet("title: x\n")
    assert "\x1b[31m" in run(workspace.root, "check", "--color", "always").stderr
    assert "\x1b" not in run(workspace.root, "check", "--color", "never").stderr
    assert "\x1b" not in run(workspace.root, "check").stderr


def test_several_editions_with_commas(workspace: Workspace) -> None:
    workspace.leaflet(GOOD)
    result = run(workspace.root, "build", "-e", "email,print", "-e", "web", "--json")
    assert {a["edition"] for a in json.loads(result.stdout)["artifacts"]} == {
        "email", "print", "web",
    }  # fmt: skip


def test_edition_selects_and_preflight_deepens(workspace: Workspace) -> None:
    workspace.leaflet(GOOD)
    workspace.write("styles/copier.css", "td p { white-space: nowrap; font-size: 4pt }")
    checked = run(workspace.root, "check", "--edition", "copier")
    assert checked.returncode == 0
    assert "small-type" not in checked.stderr
    deeper = run(workspace.root, "check", "--edition", "copier", "--preflight", "--json")
    assert "small-type" in {d["code"] for d in json.loads(deeper.stdout)["diagnostics"]}
    assert not (workspace.root / "out").exists()


def test_errors_of_a_letter_show_its_lines(workspace: Workspace) -> None:
    workspace.leaflet(GOOD)
    workspace.write("content/probe/mail.yaml", "subject: x\nservre: {}\n")
    result = run(workspace.root, "mail", "preview", "probe")
    assert result.returncode == 1
    assert "  2 | servre: {}\n    | ^" in result.stderr


def test_completion_offers_every_choice(workspace: Workspace) -> None:
    workspace.leaflet(GOOD)
    workspace.regions("id,name\n06411000,A\n")
    workspace.variant("06411000", "title: B\n")
    workspace.write("content/probe/recipients.csv", "email,variant\na@b.example.org,06411000\n")
    for words, offered in (
        ("brochure mail se", "send"),
        ("brochure mail resolve pr", "probe"),
        ("brochure mail note probe a@", "a@b.example.org"),
        ("brochure mail note probe a@b.example.org bo", "bounced"),
        ("brochure mail resolve probe a@b.example.org ag", "again"),
        ("brochure variants accept probe 06411000 ti", "title"),
        ("brochure build --edition email,pri", "email,print"),
        ("brochure check --language d", "de"),
        ("brochure build --color ne", "never"),
        ("brochure new x --language e", "en"),
        ("brochure schema ed", "editions"),
    ):
        more = {"_BROCHURE_COMPLETE": "bash_complete", "COMP_WORDS": words}
        result = run(workspace.root, **more, COMP_CWORD=str(len(words.split()) - 1))
        assert result.stdout.strip() == f"plain,{offered}", (words, result.stderr)
