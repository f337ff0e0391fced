"""The wheel and the sdist: what they carry, and that what is installed from them is all there.

The environment is empty but for the wheel; it looks for what brochure needs in the one that runs
the tests, so no network is asked. `script/try-wheel` installs that as well, in each Python.
"""

import http.cookiejar
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin

import pytest

from tests.conftest import ROOT, SEED, SEED_REGION

_CARRIED = ("*.py", "*.yaml", "*.html", "*.css", "*.js", "*.mo", "*.md", "*.pdf", "*.png", "*.svg")


@dataclass(frozen=True)
class Packages:
    """The files that were built."""

    wheel: Path
    sdist: Path


def build(folder: Path, target: Path) -> Packages:
    """Both packages of a source tree."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(target)],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return Packages(wheel, sdist)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return build(ROOT, tmp_path_factory.mktemp("dist"))


def members(wheel: Path) -> dict[str, int]:
    """The names in a wheel, with checksums."""
    with zipfile.ZipFile(wheel) as archive:
        return {info.filename: info.CRC for info in archive.infolist()}


def tracked(*folders: str) -> set[str]:
    """What is in folders of the repository, without what was made there."""
    found = set()
    for folder in folders:
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc":
                found.add(file.relative_to(ROOT).as_posix())
    return found


def test_the_wheel_carries_the_package_and_nothing_else(packages: Packages) -> None:
    carried = {name for name in members(packages.wheel) if ".dist-info/" not in name}
    styles = {f"brochure/{name}" for name in tracked("styles")}
    assert carried == tracked("brochure") | styles
    for kind in _CARRIED:  # there is something of each kind to carry
        assert any(PurePosixPath(name).match(kind) for name in carried), kind
    for name in (
        "brochure/locale/de/LC_MESSAGES/messages.mo",
        "brochure/styles/editions.yaml",
        "brochure/starter/de/leaflet.yaml",
    ):
        assert name in carried


def test_the_sdist_builds_the_same_wheel(packages: Packages, tmp_path: Path) -> None:
    with tarfile.open(packages.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    again = build(source, tmp_path / "dist")
    assert members(again.wheel) == members(packages.wheel)
    assert again.wheel.name == packages.wheel.name


def test_what_needs_windows_says_so(packages: Packages) -> None:
    """Only there a package brings Pango."""
    with zipfile.ZipFile(packages.wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        text = archive.read(name).decode()
    (line,) = re.findall(r"^Requires-Dist: gstreamer-libs.*$", text, re.MULTILINE)
    assert line.endswith("; sys_platform == 'win32'")
    assert re.search(r"^Requires-Python: >=3\.11$", text, re.MULTILINE)


# --- Installed -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and one in which the same is run from the source tree."""

    folder: Path
    variables: dict[str, str]

    def brochure(self, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """A command, as the environment has it."""
        return subprocess.run(
            [self.command, *words], cwd=cwd, env=self.variables, capture_output=True, text=True,
            encoding="utf-8", check=False, timeout=120,
        )  # fmt: skip

    @property
    def command(self) -> Path:
        return self.folder / ("Scripts/brochure.exe" if os.name == "nt" else "bin/brochure")


@pytest.fixture(scope="module")
def installed(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("empty") / "environment"
    venv = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(venv, check=True, capture_output=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps"]
    pip += ["--no-index", "--no-compile", "--disable-pip-version-check", str(packages.wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    found = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    purelib = Path(found.stdout.strip())
    assert [path.name for path in purelib.iterdir() if path.name.startswith("brochure")]
    paths = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    (purelib / "needed.pth").write_text("".join(f"{path}\n" for path in paths), "utf-8")
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    for name in ("CACHE", "STATE"):
        variables[f"BROCHURE_{name}"] = str(folder.parent / name.lower())
    return Installed(folder, variables)


def test_it_is_the_installed_one(installed: Installed, tmp_path: Path) -> None:
    """Not the source tree, which the environment of the tests knows."""
    code = "import brochure, pathlib; print(pathlib.Path(brochure.__file__).parents[3].parent)"
    python = installed.command.with_name("python")
    asked = subprocess.run(
        [python, "-c", code], cwd=tmp_path, env=installed.variables, check=True,
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert Path(asked.stdout.strip()).is_relative_to(installed.folder.parent)


def test_the_first_leaflet_is_the_same_to_the_byte(installed: Installed, tmp_path: Path) -> None:
    built = []
    for how in ("installed", "source"):
        project = tmp_path / how / "project"
        shutil.copytree(ROOT / "content" / SEED, project / "content" / SEED)
        words = ("build", SEED, "--variant", SEED_REGION, "--edition", "email,print,web")
        if how == "installed":
            run = installed.brochure(project, *words)
        else:
            run = subprocess.run(
                [sys.executable, "-m", "brochure", *words],
                cwd=project, env={**installed.variables, "PYTHONPATH": str(ROOT)},
                capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
            )  # fmt: skip
        assert run.returncode == 0, run.stderr
        files = [file for file in (project / "out").rglob("*") if file.is_file()]
        built.append({file.name: file.read_bytes() for file in files})
    assert {name.rpartition(".")[2] for name in built[0]} == {"pdf", "html"}
    assert built[0] == built[1]


def test_a_new_leaflet_and_messages_in_german(installed: Installed, tmp_path: Path) -> None:
    assert installed.brochure(tmp_path, "new", "probe", "--language", "de").returncode == 0
    checked = installed.brochure(tmp_path / "probe", "check", "--language", "de")
    assert "keine Fehler oder Warnungen" in checked.stdout + checked.stderr
    assert checked.returncode == 0
    doctor = installed.brochure(tmp_path, "doctor", "--language", "de")
    assert doctor.stderr.strip() == "Alles, was brochure braucht, ist da."
    assert str(installed.folder) in doctor.stdout


@pytest.fixture
def studio(installed: Installed, tmp_path: Path) -> Iterator[str]:
    """The link of a studio that runs from the wheel."""
    assert installed.brochure(tmp_path, "new", "probe", "--language", "de").returncode == 0
    process = subprocess.Popen(
        [installed.command, "studio", "--no-open"], cwd=tmp_path / "probe",
        env=installed.variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    printed = ""
    try:
        for line in process.stdout:
            printed += line
            if line.startswith("http"):
                break
        else:
            pytest.fail(printed)
        yield line.strip()
    finally:
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        process.communicate(timeout=60)


def test_the_studio_serves_its_pages(studio: str) -> None:
    """A page, and all files that it names."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
    )
    navigation = {"site": "none", "mode": "navigate", "dest": "document"}
    opener.addheaders = [(f"Sec-Fetch-{name}", value) for name, value in navigation.items()]
    named = set()
    with opener.open(studio, timeout=60) as answer:
        base = answer.url
    for path in ("/", "/leaflets/probe"):
        with opener.open(urljoin(base, path), timeout=60) as answer:
            named |= set(re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.read().decode()))
    assert {PurePosixPath(address).suffix for address in named} >= {".css", ".js"}
    opener.addheaders = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "no-cors")]
    for address in named:
        with opener.open(urljoin(base, address), timeout=60) as answer:
            assert answer.status == 200
            assert answer.read()
