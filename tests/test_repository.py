"""The repository itself: its commands, its promises, and what a wheel carries."""

import ast
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import docx
import pytest

from brochure import bounds
from tests.conftest import ROOT, SEED
from tests.test_cli import run

README = (ROOT / "README.md").read_text("utf-8")
VENV = ROOT / os.environ.get("BROCHURE_VENV", ".venv")


def shown_commands() -> list[str]:
    """Every line of the README's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_the_readme_shows_the_commands_that_are_run_below() -> None:
    assert shown_commands() == [
        "sh script/build",
        "brochure doctor",
        "sh script/test",
        "brochure studio",
        "brochure new mein-flugblatt",
        "brochure build mein-flugblatt",
        "brochure build mein-flugblatt --open --watch",
        "brochure check",
        "brochure import entwurf.docx",
        "brochure export mein-flugblatt",
        "brochure import mein-flugblatt.docx mein-flugblatt",
        "brochure designs",
        "brochure new noch-ein-flugblatt --design plain",
        "brochure source show mein-flugblatt",
        'brochure source find mein-flugblatt "vorhandenen Baumbestand"',
        "brochure source quote mein-flugblatt 21",
        "brochure source quote mein-flugblatt --page 2",
        "brochure new beispiel --example",
        "brochure check beispiel",
        "brochure build beispiel --draft",
        "brochure build wir-bringen-uns-ein --variant marburg-biedenkopf",
        "brochure build --all",
        "brochure variants list mein-flugblatt",
        "brochure variants diff mein-flugblatt 06531000",
        "brochure variants explain mein-flugblatt 06531000",
        "brochure variants accept mein-flugblatt 06531000",
        "brochure build --edition booklet,web",
        "brochure check --preflight --edition press",
        "brochure mail init mein-flugblatt",
        "brochure build mein-flugblatt --all",
        "brochure mail preview mein-flugblatt",
        "brochure mail drafts mein-flugblatt",
        "brochure mail status mein-flugblatt",
        "brochure mail status mein-flugblatt --csv",
        "sudo apt-get install -y --no-install-recommends fonts-noto-core",
        "mkdir -p styles/fonts",
        "cp /usr/share/fonts/truetype/noto/NotoNaskhArabic-*.ttf styles/fonts/",
        "brochure check --language de",
        "BROCHURE_LANGUAGE=de brochure check",
        "brochure schema",
        "brochure schema variant",
        "brochure schema editions",
        "brochure schema mail",
        "brochure check --json",
        "brochure build --json",
        "brochure variants list mein-flugblatt --json",
        "brochure mail preview mein-flugblatt --json",
        'eval "$(brochure completion bash)"',
    ]


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """An empty folder, and an environment in which `brochure` is a command."""
    folder = tmp_path_factory.mktemp("user")
    bin_ = tmp_path_factory.mktemp("bin")
    command = bin_ / "brochure"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m brochure "$@"\n')
    command.chmod(0o755)
    opener = bin_ / "xdg-open"  # what `--open` starts; a screen there is none
    opener.write_text("#!/bin/sh\nexit 0\n")
    opener.chmod(0o755)
    path = f"{bin_}:{os.environ['PATH']}"
    state = str(tmp_path_factory.mktemp("state"))
    more = {"PATH": path, "PYTHONPATH": str(ROOT), "BROCHURE_LINK": "no", "CI": "true"}
    more["BROCHURE_STATE"] = state
    return folder, {**os.environ, **more}


def word_file_of_a_volunteer(path: Path) -> None:
    """A table with two columns, and a title above it."""
    document = docx.Document()
    document.add_heading("Unser Plan", 0)
    table = document.add_table(1, 2)
    quote, answer = table.rows[0].cells
    quote.text = "„Der Park wird verkauft.“ (Zeilen 3 – 4)"
    answer.text = "Wir wollen, dass er bleibt."
    document.save(str(path))


@pytest.mark.parametrize("line", [c for c in shown_commands() if "brochure " in c])
def test_each_command_of_the_readme(
    surroundings: tuple[Path, dict[str, str]], line: str, tmp_path: Path
) -> None:
    folder, environment = surroundings
    project = folder / "mein-flugblatt"
    example = folder / "beispiel"
    if "beispiel" in line and not example.exists():
        new = ["brochure", "new", "beispiel", "--example"]
        subprocess.run(new, cwd=folder, env=environment, check=True, capture_output=True)
    elsewhere = line.startswith(("brochure new", "brochure import entwurf"))
    cwd = tmp_path if elsewhere else example if "beispiel" in line else project
    if not project.exists():
        new = ["brochure", "new", "mein-flugblatt"]
        subprocess.run(new, cwd=folder, env=environment, check=True, capture_output=True)
        shutil.copytree(ROOT / "content" / SEED, project / "content" / SEED)
        own = project / "content/mein-flugblatt"
        (own / "regions.csv").write_text("id,name\n06531000,Gießen\n", "utf-8")
        (own / "variants").mkdir()
        (own / "variants/06531000.yaml").write_text("title: In Gießen\n", "utf-8")
    if line.startswith("brochure mail"):  # each line is run by itself; what it needs goes before
        for name in ("mail.yaml", "recipients.csv"):
            (project / "content/mein-flugblatt" / name).unlink(missing_ok=True)
        begun = ["mail init mein-flugblatt", "build mein-flugblatt --all"]
        needed = [] if " init " in line else begun
        for words in needed:
            assert run(project, *words.split()).returncode == 0
    if line.startswith(("brochure import", "brochure export")):
        for file in project.glob("*.docx"):
            file.unlink()
        if elsewhere:
            word_file_of_a_volunteer(cwd / "entwurf.docx")
        elif "import" in line:
            assert run(project, "export", "mein-flugblatt").returncode == 0
    endless = "--watch" in line or "studio" in line
    process = subprocess.Popen(
        ["bash", "-c", line], cwd=cwd, env=environment, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    heard = ""
    if endless:
        assert process.stderr is not None
        while "Ctrl-C" not in heard:  # it says how it is ended, and then it is
            message = process.stderr.readline()
            assert message, heard
            heard += message
        os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    errors = heard + errors
    wrong = line == "brochure check beispiel"  # the example has a wrong quote of each kind
    assert process.returncode in ((0, 130) if endless else (int(wrong),)), errors
    assert "Traceback" not in errors
    assert wrong or "error" not in errors


def test_the_readme_shows_what_is_printed(
    surroundings: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """Every line of its blocks of text: they are tables that the test writes, or printed."""
    _, environment = surroundings
    project, printed = tmp_path / "mein-flugblatt", ""
    blocks = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    regions, recipients = (b for b in blocks if b.startswith(("id,", "office;")))

    def run(command: str, cwd: Path = project) -> None:
        nonlocal printed
        shell = {**environment, "COLUMNS": "80", "BROCHURE_LANGUAGE": "en"}
        done = subprocess.run(
            ["bash", "-c", command], cwd=cwd, env=shell, capture_output=True, text=True, check=False
        )
        printed += done.stdout + done.stderr

    run("brochure new mein-flugblatt", tmp_path)
    run("brochure build mein-flugblatt")
    leaflet = project / "content/mein-flugblatt/leaflet.yaml"
    text = leaflet.read_text("utf-8")
    leaflet.write_text(
        re.sub(r"(?m)^lead: \|(\n  .*)+", "lead: Unser Ziel: ein Park", text), "utf-8"
    )
    run("brochure check")
    leaflet.write_text(text, "utf-8")
    run("brochure check --language de")
    (slots,) = re.findall(r"```yaml\ncontact: (.*)\n(slots:\n(?:  .*\n)+)```", README)
    text = text.replace("contact: |", f"{slots[1]}contact: |\n  {slots[0]}")
    leaflet.write_text(text, "utf-8")
    (leaflet.parent / "regions.csv").write_text(regions, "utf-8")
    (leaflet.parent / "variants").mkdir()
    changed = leaflet.parent / "variants/06531000.yaml"
    changed.write_text("title: Unser Park in Gießen bleibt grün!\n", "utf-8")
    run("brochure build --all")
    run("brochure variants list mein-flugblatt; brochure variants diff mein-flugblatt 06531000")
    run("brochure mail init mein-flugblatt; brochure mail preview mein-flugblatt")
    run("brochure new beispiel --example", tmp_path)
    run("brochure check beispiel", tmp_path / "beispiel")

    def lines(text: str) -> list[str]:
        return [re.sub(r"\d+ kB", "N kB", line) for line in text.splitlines()]

    shown = [
        line for block in blocks if block not in (regions, recipients) for line in lines(block)
    ]
    assert len(shown) > 30
    printed_lines = {*lines(printed.replace(str(tmp_path), "/home/maria"))}
    assert [line for line in shown if line not in printed_lines] == []
    (passage,) = re.findall(r"```yaml\n(  - id: lines-21\n.*?)```", README, re.DOTALL)
    printed = ""
    run("brochure source quote mein-flugblatt 21")
    assert printed == passage


def test_what_the_readme_says_of_editions_and_fonts(
    surroundings: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """The edition of one's own builds; so does an Arabic leaflet, with the font that is told."""
    _, environment = surroundings

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    (edition,) = re.findall(r"```yaml\n(thick-booklet:.*?)```", README, re.DOTALL)
    leaflet = tmp_path / "content/probe/leaflet.yaml"
    leaflet.parent.mkdir(parents=True)
    leaflet.write_text(
        "language: ar\ntitle: قسم\nimprint: أنا\npreflight: {blank-pages: one pair}\n"
        "passages:\n  - id: eins\n"
        "    commentary: {text: نحن نشارك}\n"
    )
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles/editions.yaml").write_text(edition)
    refused = run("brochure build -e thick-booklet")
    assert refused.returncode == 1
    assert "No font has the character" in refused.stderr
    for line in shown_commands():
        if line.startswith(("mkdir", "cp ")):
            assert run(line).returncode == 0, line
    built = run("brochure build -e thick-booklet")
    assert (built.returncode, built.stderr) == (0, "")
    assert "3 pages on 1 sheet" in built.stdout


def test_the_readme_knows_every_edition_and_every_check() -> None:
    from brochure.layout.editions import load_editions
    from brochure.layout.print_options import CHECKS
    from brochure.project import Project

    rows = re.findall(r"^\| ((?:`[\w-]+`(?:, )?)+) \|", README, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([\w-]+)`", row)}
    assert set(load_editions(Project(ROOT))) <= named
    assert set(CHECKS) <= named


def test_the_first_command_of_the_readme(surroundings: tuple[Path, dict[str, str]]) -> None:
    """In place: with everything set up, the second run of `script/build` is the one to test."""
    if not VENV.exists():
        pytest.skip("not set up by script/test")
    command = ["sh", "script/build"]
    environment = surroundings[1]
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    for region in ("marburg-biedenkopf", "giessen", "vogelsbergkreis"):
        for edition in ("email", "print"):
            assert f"{region}/wir-bringen-uns-ein-{region}-{edition}.pdf" in run.stdout


def test_the_second_command_of_the_readme(surroundings: tuple[Path, dict[str, str]]) -> None:
    """`script/test` sets up, checks, and hands its arguments to pytest."""
    if not VENV.exists():
        pytest.skip("not set up by script/test")
    command = ["sh", "script/test", "--version"]
    environment = surroundings[1]
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "All checks passed!" in run.stdout
    assert "pytest 9" in run.stdout + run.stderr


def test_ci_runs_the_second_command_and_nothing_more_lenient() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == [
        "set -eu",
        'cd "$(dirname "$0")/.."',
        "sh script/test",
        "exec sh script/test-further",
    ]


FAKE_TEST = """\
echo "$PYTHON in $BROCHURE_VENV with $*"
case $PYTHON in *3.12) exit 3 ;; esac
"""


FAKE_WHEEL = """\
echo "the wheel with $1"
"""


@pytest.mark.parametrize(
    ("first", "installed", "tried", "said"),
    [
        ("3.11", ["3.12", "3.13", "3.14"], ["3.13", "3.14"], "now on 3.13 and 3.14."),
        ("3.11", ["3.11", "3.12", "3.13"], ["3.12", "3.13"], "do not pass on Python 3.12."),
        ("3.13", ["3.10", "3.11", "3.13"], ["3.11"], "on Python 3.13 before, and now on 3.11."),
        ("3.11", ["3.10", "3.11"], [], "No Python from 3.11 to 3.14 but 3.11 is on this machine"),
    ],
)
def test_further_pythons_are_the_newest_and_one_between(
    tmp_path: Path, first: str, installed: list[str], tried: list[str], said: str
) -> None:
    """In PATH or where pyenv has them; one that was built without SQLite is none."""

    def python(path: Path, body: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    places = [tmp_path / "bin", tmp_path / "pyenv/versions/{}.7/bin"]
    found = {
        version: Path(str(places[n % 2]).format(version)) / f"python{version}"
        for n, version in enumerate(installed)
    }
    for path in found.values():
        python(path, f"echo {path}")
    for name in ("dirname", "sh"):
        python(tmp_path / "bin" / name, f'exec {shutil.which(name)} "$@"')
    python(tmp_path / "clone/.venv/bin/python", f"echo {first}")
    python(tmp_path / "pyenv/versions/3.14.0/bin/python3.14", "exit 1")
    if "3.14" not in found:
        python(tmp_path / "bin/python3.14", "exit 1")
    script = tmp_path / "clone/script"
    script.mkdir()
    shutil.copy(ROOT / "script/test-further", script)
    (script / "test").write_text(FAKE_TEST)
    (script / "try-wheel").write_text(FAKE_WHEEL)
    run = subprocess.run(
        ["/bin/sh", script / "test-further", "-k", "x"],
        env={"PATH": f"{tmp_path}/bin:/nowhere", "PYENV_ROOT": str(tmp_path / "pyenv")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    expected = ["the wheel with .venv/bin/python"]
    for version in tried:
        expected.append(f"{found[version]} in .venv-{version} with -k x")
        if version != "3.12":  # its tests do not pass
            expected.append(f"the wheel with {found[version]}")
    assert run.stdout.splitlines() == expected
    assert said in run.stderr.splitlines()[-1]
    assert run.returncode == int("3.12" in tried)


@pytest.mark.parametrize("folder", ["/tmp/x", "..", ".venv-/../..", "brochure"])
def test_no_other_folder_than_an_environment_is_made_anew(folder: str) -> None:
    run = subprocess.run(
        ["sh", "script/bootstrap"], cwd=ROOT, env={**os.environ, "BROCHURE_VENV": folder},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert run.stderr.startswith("BROCHURE_VENV must be")


@pytest.mark.parametrize("system", ["debian-7", "--all", "-h"])
def test_only_known_systems_are_tried(system: str) -> None:
    command = ["sh", "script/try-on", system]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr == f"Known are debian-12 debian-13 ubuntu-24.04, not {system}.\n"


@pytest.mark.parametrize(
    "script",
    ["bootstrap", "build", "test", "test-further", "try-on", "try-on-wine", "try-wheel"],
)
def test_scripts_are_posix_sh(script: str) -> None:
    subprocess.run(["sh", "-n", ROOT / "script" / script], check=True)
    text = (ROOT / "script" / script).read_text()
    assert text.startswith("#!/bin/sh\n")
    assert not re.search(r"\[\[|^\s*local |<\(|pipefail", text, re.MULTILINE)


def test_without_rights_the_line_to_type_is_printed(tmp_path: Path) -> None:
    """As an ordinary user, without sudo, on a machine where Pango is missing."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    real = {"sh", "dirname", "uname", "cat", "cksum"}
    for name in real:
        found = next(Path(p) / name for p in ("/usr/bin", "/bin") if (Path(p) / name).exists())
        (bin_ / name).symlink_to(found)
    fakes = {
        "id": "echo 1000",
        "apt-get": "echo must not be called; exit 1",
        # Python is there; neither venv nor any library is.
        "python3": 'case "$*" in *"info <"*) exit ;; *%d.%d*) echo 3.11 ;; *) exit 1 ;; esac',
    }
    for name, body in fakes.items():
        (bin_ / name).write_text(f"#!/bin/sh\n{body}\n")
        (bin_ / name).chmod(0o755)
    copy = tmp_path / "clone"
    (copy / "script").mkdir(parents=True)
    (copy / "script/bootstrap").write_text((ROOT / "script/bootstrap").read_text())
    run = subprocess.run(
        ["/bin/sh", copy / "script/bootstrap"],
        env={"PATH": str(bin_), "HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        "    sudo apt-get install -y --no-install-recommends python3.11-venv libpangoft2-1.0-0 "
        "libharfbuzz-subset0"
    )
    assert not (copy / ".venv").exists()


def test_locks_are_pinned_hashed_and_without_addresses() -> None:
    for name in ("build", "run", "test"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        pins = re.findall(r"^([a-z0-9-]+)==\S+", text, re.MULTILINE)
        entries = re.split(r"\n(?=[a-z])", text.strip())
        assert len(pins) == len(entries) > 1
        assert all("--hash=sha256:" in entry for entry in entries)
        assert "://" not in text
    run, test = (
        set(re.findall(r"^(\S+==\S+)", (ROOT / f"requirements/{n}.txt").read_text(), re.MULTILINE))
        for n in ("run", "test")
    )
    assert run <= test


def test_the_wheel_carries_styles_and_leaflets_to_begin_with(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    styles = {p.relative_to(ROOT).as_posix() for p in (ROOT / "styles").rglob("*") if p.is_file()}
    carried = {p.relative_to(installed).as_posix() for p in installed.rglob("*")}
    assert len(styles) >= 7
    assert {f"brochure/{style}" for style in styles} <= carried
    pages = {
        p.relative_to(ROOT).as_posix()
        for folder in ("templates", "static")
        for p in (ROOT / "brochure/studio" / folder).rglob("*")
    }
    assert len(pages) >= 5
    assert pages <= carried
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONWARNINGS": "ignore"}
    code = (
        "import brochure, sys; print(brochure.__file__, file=sys.stderr)\n"
        "from brochure.cli.main import main; main()"
    )
    for words in ("new probe --language en", "-C probe build"):
        run = subprocess.run(
            [sys.executable, "-P", "-c", code, *shlex.split(words)],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert str(installed) in run.stderr
    assert (tmp_path / "probe/out/probe/probe-print.pdf").exists()


def commands(group: click.Group, name: str = "brochure") -> Iterator[tuple[str, click.Command]]:
    """All commands by their names, groups and those in them."""
    context = click.Context(group)
    for one in group.list_commands(context):
        command = group.get_command(context, one)
        assert command is not None
        yield f"{name} {one}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {one}")


def test_every_command_and_option_is_told_of_in_the_readme() -> None:
    from brochure.cli.main import cli

    known = dict(commands(cli))
    assert {"brochure variants diff", "brochure mail import", "brochure completion"} <= set(known)
    text = " ".join(README.split())
    for name, command in known.items():
        assert re.search(rf"`?{name}\b", text), name
        for parameter in command.params:
            option = next((o for o in parameter.opts if o.startswith("--")), "")
            assert option in text, f"{name} {option}"


def test_the_readme_shows_no_command_that_there_is_not() -> None:
    """Nor do texts that go with brochure: what begins a leaflet, hints, schemas, docs."""
    from brochure.cli.main import cli

    known = dict(commands(cli))
    groups = {name for name, command in known.items() if isinstance(command, click.Group)}
    files = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "styles").glob("*.yaml")]
    files += [p for p in (ROOT / "brochure").rglob("*") if p.suffix in (".py", ".yaml", ".po")]
    files += (ROOT / "content").glob("*.json")
    for file in files:
        text = re.sub(r"[\s\"#|]+", " ", file.read_text("utf-8"))
        for first, second in re.findall(r"\bbrochure (\w+)(?:\s+(\S+?))?(?=[\s`,.;:)]|$)", text):
            name = f"brochure {first}"
            if name in groups and re.fullmatch(r"[\w{-]+.*", second or ""):
                assert f"{name} {second}" in known, f"{file}: {name} {second}"


def test_nothing_built_is_tracked() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "out"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert tracked == ["out/.gitignore"]


def test_the_readme_says_the_bounds() -> None:
    """Each row of its table, as `bounds.py` has the numbers."""
    megabytes = {name: value // 10**6 for name, value in vars(bounds).items() if name.isupper()
                 and isinstance(value, int)}  # fmt: skip
    rows = [
        (
            f"{megabytes['MANUSCRIPT']} MB, {bounds.PASSAGES:,} passages, "
            f"{bounds.MARKUP_CHARACTERS:,} characters"
        ),
        f"{megabytes['TABLE']} MB, {bounds.ROWS:,} rows, {bounds.COLUMNS} columns",
        f"{megabytes['FILLED']} million characters",
        f"{megabytes['STYLE']} MB each; a language file {bounds.LANGUAGE // 1000} kB",
        f"{megabytes['HTML']} million characters",
        (
            f"{megabytes['PICTURE']} MB, {megabytes['PIXELS']} million pixels "
            f"(28 with transparency); as SVG, {megabytes['SVG']} MB and "
            f"{bounds.SVG_ELEMENTS:,} elements"
        ),
        f"{megabytes['PICTURES']} MB, {bounds.ASSETS} files and QR codes",
        f"{bounds.QR_CODE} bytes",
        f"{megabytes['FONTS']} MB, {bounds.FONT_FILES} files",
        (
            f"{megabytes['SOURCE_PDF']} MB as PDF, {megabytes['SOURCE_TEXT']} MB as text, "
            f"{bounds.SOURCE_PAGES:,} pages, {megabytes['SOURCE_CHARACTERS']} million characters"
        ),
        (
            f"{bounds.SECONDS} seconds for a template, or a leaflet in an edition; "
            f"{bounds.PASSAGE_SECONDS} more for each passage, "
            f"and {bounds.PAGE_SECONDS} for each page"
        ),
        f"{megabytes['MEMORY']} MB; {megabytes['PASSAGE_MEMORY']} MB more for each passage",
        f"{megabytes['LEDGER']} MB",
        f"{bounds.SIMILAR_DIAGNOSTICS} of one kind, {bounds.DIAGNOSTICS} in all",
    ]
    section = README.partition("## Leaflets from strangers")[2].partition("\n## ")[0]
    told = [line.split("|")[2].strip() for line in section.splitlines() if line.startswith("| ")]
    assert len(told) == len(rows) + 1, "the heading, and a row for each"
    for row, line in zip(rows, told[1:], strict=True):
        assert line.startswith(row)


# Who opens files besides `files.py`, and which: never one of a project.
OPENERS = {
    "brochure/pipeline/fingerprint.py": "our own code",
    "brochure/files.py": "all others",
    "brochure/mail/delivery/ledger.py": "the ledger",
    "brochure/starters.py": "texts that come with brochure",
    "brochure/layout/weasyprint/engine.py": "a temporary file for fontconfig",
    "brochure/layout/compose/fonts.py": "the font package",
    "brochure/layout/weasyprint/windows.py": "fonts that are installed, or unpacked already",
    "brochure/layout/hyphenation.py": "the dictionaries of Pyphen",
    "brochure/prepress/postprocess.py": "streams of a PDF in memory",
    "brochure/cli/main.py": "the end of a pipe",
    "brochure/isolation.py": "its own pipe",
    "brochure/sources/reading/reader.py": "our own code",
}
OPENING = {"open", "fdopen", "read_bytes", "read_text", "write_bytes", "write_text", "touch"}


def test_files_of_a_project_are_opened_in_one_place() -> None:
    found = set()
    for path in (ROOT / "brochure").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                function = node.func
                named = getattr(function, "attr", getattr(function, "id", ""))
                whose = getattr(function, "value", None)
                ours = ast.unparse(whose) if whose is not None else ""
                if ours.endswith("project") or (named == "open" and ours not in ("", "os")):
                    continue  # the door itself; and what is opened in memory
                if named in OPENING:
                    found.add(path.relative_to(ROOT).as_posix())
    assert found - OPENERS.keys() == set()
    assert OPENERS.keys() - found == set(), "who does not open files any more is not listed"
