"""`brochure doctor`: what is missing, and the line that fixes it on this system."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from brochure import bounds
from brochure.cli.main import run
from brochure.doctor import (
    Check,
    Facts,
    FolderFacts,
    MailFacts,
    Manager,
    State,
    System,
    cloud_of,
    examine,
    summary,
)
from brochure.isolation import Worker
from brochure.layout.weasyprint.typesetter import examine_libraries
from brochure.mail.delivery import password
from brochure.messages import catalogue
from tests.conftest import ROOT

Capture = pytest.CaptureFixture[str]
GB = 10**9
PIP = "/venv/bin/python -m pip install"
DEBIAN = System(Manager.APT, False, PIP)
FEDORA = System(Manager.DNF, False, PIP)
MAC = System(Manager.BREW, False, PIP)
WINDOWS = System(Manager.WINGET, True, r"C:\venv\Scripts\python.exe -m pip install")
UNKNOWN = System(Manager.NONE, False, PIP)
GOOD = Facts(
    python=(3, 13, 1),
    executable="/venv/bin/python",
    brochure="0.1.0",
    weasyprint="70.0",
    weasyprint_wanted="70.0",
    pango="1.56.4",
    pango_reason="",
    harfbuzz_subset=True,
    fonts=62,
    own_fonts=2,
    fonts_reason="",
    fonts_wanted="rendercv-fonts==0.5.1",
    folders={
        "project": FolderFacts("/home/project", True, 50 * GB),
        "cache": FolderFacts("/home/cache", True, 9 * GB),
    },
    mail=(MailFacts("probe", "smtp.example.org:587", password="keyring"),),
    browser="firefox",
    dask="2026.8.0",
    language="de",
    encoding="utf-8",
    environment="/venv",
)


def check(name: str, system: System = DEBIAN, **changed: object) -> Check:
    """The check of this name, where some facts are others."""
    facts = replace(GOOD, **changed)  # type: ignore[arg-type]
    return next(check for check in examine(facts, system) if check.name == name)


def test_where_all_is_there_nothing_is_to_be_typed() -> None:
    checks = examine(GOOD, DEBIAN)
    assert len(checks) > 12
    assert {one.state for one in checks} == {State.GOOD}
    assert {one.fix for one in checks} == {""}
    assert summary(checks) == "Everything that brochure needs is there."


@pytest.mark.parametrize(
    ("system", "line"),
    [
        (DEBIAN, "sudo apt-get install -y --no-install-recommends libpangoft2-1.0-0"),
        (
            replace(DEBIAN, root=True),
            "apt-get install -y --no-install-recommends libpangoft2-1.0-0",
        ),
        (FEDORA, "sudo dnf install -y pango"),
        (MAC, "brew install pango"),
        (WINDOWS, r"C:\venv\Scripts\python.exe -m pip install gstreamer-libs"),
        (UNKNOWN, ""),
    ],
)
def test_without_pango_nothing_is_typeset(system: System, line: str) -> None:
    lost = {"pango": "", "pango_reason": "no such file", "fonts": 0, "harfbuzz_subset": False}
    found = check("pango", system, **lost)
    assert (found.state, found.fix) == (State.MISSING, line)
    assert "no such file" in found.about
    checks = examine(replace(GOOD, **lost), system)  # type: ignore[arg-type]
    assert [one.name for one in checks if one.state is State.MISSING] == ["pango"]
    assert "1 thing is missing" in summary(checks)


@pytest.mark.parametrize(
    ("name", "changed", "state", "line"),
    [
        ("python", {"python": (3, 10, 9)}, State.MISSING,
         "sudo apt-get install -y python3 python3-venv"),
        ("weasyprint", {"weasyprint": ""}, State.MISSING, f"{PIP} weasyprint==70.0"),
        ("weasyprint", {"weasyprint": "71.1"}, State.MISSING, f"{PIP} weasyprint==70.0"),
        ("harfbuzz-subset", {"harfbuzz_subset": False}, State.ADVICE,
         "sudo apt-get install -y --no-install-recommends libharfbuzz-subset0"),
        ("fonts", {"fonts": 0}, State.MISSING,
         f"{PIP} --force-reinstall --no-deps rendercv-fonts==0.5.1"),
        ("fonts", {"fonts_reason": "One.ttf"}, State.MISSING,
         f"{PIP} --force-reinstall --no-deps rendercv-fonts==0.5.1"),
        ("dask", {"dask": ""}, State.OPTIONAL, f"{PIP} distributed"),
        ("browser", {"browser": ""}, State.ADVICE,
         "sudo apt-get install -y firefox-esr || sudo apt-get install -y firefox"),
        ("console", {"encoding": "cp1252"}, State.ADVICE, "export LC_ALL=C.UTF-8"),
        ("console", {"encoding": "UTF8"}, State.GOOD, ""),
        ("environment", {"environment": "/home/OneDrive - Verein/venv"}, State.ADVICE,
         "python3 -m venv ~/brochure-venv"),
    ],
)  # fmt: skip
def test_what_is_missing_has_a_line(
    name: str, changed: dict[str, object], state: State, line: str
) -> None:
    found = check(name, **changed)  # type: ignore[arg-type]
    assert (found.state, found.fix) == (state, line)


def test_every_system_has_its_own_lines() -> None:
    """None of one names what installs programs on another."""
    nothing = replace(
        GOOD, python=(3, 9, 0), weasyprint="", harfbuzz_subset=False, fonts=0, browser="", dask="",
        encoding="cp1252", environment="/Dropbox/venv",
        folders={"out": FolderFacts("/home/out", False, GB)},
    )  # fmt: skip
    for system, others in (
        (DEBIAN, ("dnf", "brew", "winget", "icacls")),
        (FEDORA, ("apt-get", "brew", "winget", "icacls")),
        (MAC, ("sudo", "winget", "icacls")),
        (WINDOWS, ("sudo", "brew", "chmod", "export")),
    ):
        lines = [one.fix for one in examine(nothing, system) if one.fix]
        assert len(lines) == 9
        assert not [line for line in lines for other in others if other in line]


def test_folders_and_space() -> None:
    locked = FolderFacts("/home/it's", False, 5 * GB)
    found = check("out", folders={"out": locked})
    assert (found.state, found.fix) == (State.MISSING, "chmod u+rwx '/home/it'\\''s'")
    assert check("out", WINDOWS, folders={"out": locked}).fix.startswith('icacls "/home/it\'s"')
    for free, state in ((2 * GB, State.GOOD), (GB // 2, State.ADVICE), (GB // 20, State.MISSING)):
        folders = {"out": FolderFacts("/a", True, free), "cache": FolderFacts("/b", True, 9 * GB)}
        found = check("disk", folders=folders)
        assert (found.state, "/a" in found.about) == (state, True)
    unknown = replace(GOOD, folders={"out": FolderFacts("/a", True, -1)})
    assert "disk" not in {one.name for one in examine(unknown, DEBIAN)}


@pytest.mark.parametrize(
    ("mail", "state", "words"),
    [
        (MailFacts("a", "smtp:587", password="keyring"), State.GOOD, "in the keyring"),
        (MailFacts("a", "smtp:587", password="environment"), State.GOOD, "in the environment"),
        (MailFacts("a", "smtp:587"), State.GOOD, "will be asked for"),
        (MailFacts("a", "smtp:587", reached=True), State.GOOD, "the server answers"),
        (MailFacts("a", "smtp:587", reached=False, reason="refused"), State.ADVICE, "refused"),
        (MailFacts("a", wrong="mail.yaml:1:1: wrong"), State.ADVICE, "mail.yaml:1:1: wrong"),
    ],
)
def test_mail_settings(mail: MailFacts, state: State, words: str) -> None:
    found = check("mail", mail=(mail,))
    assert found.state is state
    assert words in found.about


@pytest.mark.parametrize(
    ("path", "cloud"),
    [
        (r"C:\Users\Jörg\OneDrive\Dokumente\brochure", "OneDrive"),
        (r"C:\Users\Jörg\OneDrive - Verein e.V\venv", "OneDrive - Verein e.V"),
        ("/Users/jo/Library/Mobile Documents/com~apple~CloudDocs/x", "Mobile Documents"),
        ("/home/jo/Nextcloud/venv", "Nextcloud"),
        ("/home/jo/brochure/.venv", ""),
    ],
)
def test_folders_of_clouds(path: str, cloud: str) -> None:
    assert cloud_of(path) == cloud


def test_german() -> None:
    words = catalogue("de")
    found = check("pango", pango="", pango_reason="weg")
    assert words(found.about) == "es lässt sich nicht laden (weg)"
    assert words(summary([found])).startswith("Es fehlt 1 Sache.")


# --- On this computer ----------------------------------------------------------------------------


def test_it_works_outside_of_any_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["doctor", "--language", "en"]) == 0
    out, err = capsys.readouterr()
    assert "Everything that brochure needs is there." in err
    lines = [line.split() for line in out.splitlines()]
    assert ["good", "Python"] in [line[:2] for line in lines]
    assert ["good", "Pango"] in [line[:2] for line in lines]
    assert not any("Project" in line for line in lines)
    assert list(tmp_path.iterdir()) == []


def project_with(tmp_path: Path, mail: str) -> Path:
    leaflet = tmp_path / "content" / "probe"
    leaflet.mkdir(parents=True)
    (leaflet / "mail.yaml").write_text(mail, "utf-8")
    return tmp_path


MAIL = "from: We <we@example.org>\nsubject: A\nletter: Hello\nserver: {{host: {host}}}\n"


def documents(capsys: Capture) -> dict[str, dict[str, str]]:
    data = json.loads(capsys.readouterr().out)
    return {one["name"]: one for one in data["checks"]}


def test_no_password_is_printed_and_nobody_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(project_with(tmp_path, MAIL.format(host="smtp.example.org")))
    monkeypatch.setenv(password.ENVIRONMENT_VARIABLE, "very secret")

    def call(*_: object, **__: object) -> None:
        pytest.fail("a connection")

    monkeypatch.setattr("socket.create_connection", call)
    assert run(["doctor", "--json"]) == 0
    out = capsys.readouterr().out
    assert "very secret" not in out
    assert "smtp.example.org:587, the password is in the environment" in out


def test_mail_that_is_wrong_or_cannot_be_reached_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A port on which nobody listens; then a file with mistakes. Building works all the same."""
    monkeypatch.chdir(project_with(tmp_path, MAIL.format(host="127.0.0.1, port: 9")))
    monkeypatch.setattr(password, "_stored_password", lambda user: None)
    assert run(["doctor", "--json", "--mail"]) == 0
    found = documents(capsys)["mail"]
    assert (found["state"], "127.0.0.1:9 cannot be reached" in found["about"]) == ("advice", True)
    project_with(tmp_path / "b", "from: nobody\nserver: [x\n")
    assert run(["doctor", "--json", "-C", str(tmp_path / "b")]) == 0
    found = documents(capsys)["mail"]
    assert found["about"].startswith("content/probe/mail.yaml:")
    assert found["fix"] == "brochure mail preview probe"


def test_a_broken_font_of_the_project_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "styles/fonts").mkdir(parents=True)
    (tmp_path / "styles/fonts/Broken.ttf").write_bytes(b"this is no font")
    monkeypatch.chdir(tmp_path)
    assert run(["doctor", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    (diagnostic,) = data["diagnostics"]
    assert (diagnostic["code"], diagnostic["file"]) == ("missing", "fonts")
    assert "Broken.ttf" in diagnostic["message"]


@pytest.mark.skipif(os.name != "posix", reason="rights of another kind")
def test_a_folder_that_cannot_be_written_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A file in its place, which not even root can write into."""
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROCHURE_CACHE", str(tmp_path / "file"))
    assert run(["doctor", "--language", "en"]) == 1
    out, err = capsys.readouterr()
    line = next(line for line in out.splitlines() if "Cache folder" in line)
    assert line.split()[0] == "missing"
    assert "1 thing is missing" in err


def test_without_pango_it_works(tmp_path: Path) -> None:
    """Where the library cannot be loaded; nothing but that is told."""
    (tmp_path / "cffi").mkdir()
    (tmp_path / "cffi/__init__.py").write_text(
        "class FFI:\n"
        "    RTLD_NOW = 0\n"
        "    def cdef(self, *_): pass\n"
        "    def dlopen(self, name, *_): raise OSError(f'cannot load library {name!r}')\n",
        "utf-8",
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    doctor = subprocess.run(
        [sys.executable, "-m", "brochure", "doctor", "--language", "de"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert doctor.returncode == 1, doctor.stderr
    lines = doctor.stdout.splitlines()
    (number,) = (n for n, line in enumerate(lines) if line.startswith("fehlt"))
    assert lines[number].split()[:2] == ["fehlt", "Pango"]
    assert "cannot load library 'libgobject-2.0-0'" in lines[number]
    assert shutil.which("apt-get") is None or "libpangoft2-1.0-0" in lines[number + 1]
    assert doctor.stderr.startswith("Es fehlt 1 Sache.")


@pytest.mark.parametrize("words", [["--bogus"], ["probe"], ["--mail=yes"], ["-C", "/nowhere"]])
def test_wrong_usage(words: list[str], capsys: Capture) -> None:
    assert run(["doctor", *words]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_libraries_are_loaded_in_a_process_of_their_own(tmp_path: Path) -> None:
    with Worker() as worker:
        found = worker.call(30, 10 * bounds.FONTS, examine_libraries, tmp_path / "none")
    assert found.fonts > 20
    assert found.own_fonts == 0
    assert tuple(map(int, found.pango.split("."))) >= (1, 44, 0)
