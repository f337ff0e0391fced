"""What tests share: a project in a temporary folder, and one warm typesetter a process."""

import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
import trustme
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from brochure import isolation
from brochure.diagnostics import Diagnostic, DiagnosticsError
from brochure.layout.compose.composer import compose
from brochure.layout.composition import Composition
from brochure.layout.editions import load_editions
from brochure.manuscript.load import Manuscript, read_manuscript
from brochure.pipeline.typesetter import TypesetDocument, Typesetter
from brochure.project import CACHE_VARIABLE, Project
from tests import forking, postoffice

T = TypeVar("T")
ROOT = Path(__file__).parent.parent
SEED = "wir-bringen-uns-ein"
SEED_REGION = "marburg-biedenkopf"
LONG = (
    "test_workers", "test_crash", "test_send", "test_studio_page", "test_studio_promises",
    "test_warm",
)  # fmt: skip
HEAD = "language: de\ntitle: Titel\n"
PASSAGE = "passages:\n  - id: eins\n    commentary:\n      text: Text\n"

# A shell has what it starts in the background ignore Ctrl-C, and what that starts, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Property tests. The suite tries the same examples on every machine, every day: it passes or fails
# for what was changed, with CI set (for which Hypothesis has a profile of its own) or not. Those of
# a night are new ones, ten times as many: `-m hypothesis --hypothesis-profile nightly`. What
# failed then is remembered, and tried first the next time.
_STEADY = settings(
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("suite", _STEADY, max_examples=100)
settings.register_profile(
    "nightly",
    _STEADY,
    derandomize=False,
    database=DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples"),
    max_examples=1000,
)
settings.load_profile("suite")


def examples(number: int, *unchecked: HealthCheck) -> settings:
    """Settings of a property test that tries so many examples, or more of a night; `unchecked`:
    what Hypothesis need not warn of.
    """
    chosen = settings.get_profile(settings.get_current_profile_name())
    return settings(
        chosen,
        max_examples=number * chosen.max_examples // 100,
        suppress_health_check=[*chosen.suppress_health_check, *unchecked],
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: some tests wait, for a server, a browser, or a process."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first, so that at the end no process is left alone with it."""
    items.sort(key=lambda item: item.path.stem not in LONG)


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is remembered while the tests run is nobody's but theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(tmp_path_factory.mktemp("remembered")))
        yield


@pytest.fixture(scope="session", autouse=True)
def forked_workers() -> Iterator[None]:
    """Workers of this process are forked, which spares each of some hundred the time to start."""
    with pytest.MonkeyPatch.context() as patch:
        if forking.POSSIBLE:
            patch.setattr(isolation, "subprocess", forking.workers())
        yield


@pytest.fixture
def started_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are started, as they are for users: where that is what a test is about."""
    monkeypatch.setattr(isolation, "subprocess", subprocess)


@pytest.fixture(scope="session")
def typesetter(tmp_path_factory: pytest.TempPathFactory) -> Typesetter:
    """One for the whole process: fonts and words stay warm."""
    return Typesetter(tmp_path_factory.mktemp("cache"))


@dataclass
class Workspace:
    """A project in a temporary folder, with one leaflet called `probe`."""

    root: Path
    typesetter: Typesetter

    @property
    def project(self) -> Project:
        return Project(self.root)

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def leaflet(self, text: str | bytes) -> Path:
        return self.write("content/probe/leaflet.yaml", text)

    def regions(self, text: str | bytes) -> Path:
        return self.write("content/probe/regions.csv", text)

    def variant(self, region: str, text: str | bytes) -> Path:
        return self.write(f"content/probe/variants/{region}.yaml", text)

    def load(self, variant: str | None = None) -> Manuscript:
        return read_manuscript(self.project, "probe", variant)

    def compose(self, edition: str = "email") -> Composition:
        project = self.project
        return compose(
            project, read_manuscript(project, "probe"), edition, load_editions(project)[edition]
        )

    def typeset(self, edition: str = "email", variant: str | None = None) -> TypesetDocument:
        manuscript = self.load(variant)
        form = load_editions(self.project)[edition]
        composition = compose(self.project, manuscript, edition, form)
        try:
            return self.typesetter.typeset(composition)
        except DiagnosticsError as failed:
            raise DiagnosticsError(manuscript.located(failed.diagnostics)) from None

    def attempt(self, work: Callable[[], T]) -> tuple[T | None, tuple[Diagnostic, ...]]:
        """The result of some work and no complaints, or none and all of them."""
        try:
            return work(), ()
        except DiagnosticsError as failed:
            return None, failed.diagnostics

    def diagnostics(
        self, edition: str | None = None, variant: str | None = None
    ) -> tuple[Diagnostic, ...]:
        """All complaints about the leaflet, errors or not; with an edition, of that, too."""
        try:
            return (
                self.compose(edition).diagnostics
                if edition is not None
                else self.load(variant).diagnostics
            )
        except DiagnosticsError as failed:
            return failed.diagnostics


@pytest.fixture
def workspace(tmp_path: Path, typesetter: Typesetter) -> Workspace:
    (tmp_path / "content" / "probe").mkdir(parents=True)
    return Workspace(tmp_path, typesetter)


@pytest.fixture(scope="session")
def seed_pdfs(typesetter: Typesetter) -> dict[str, TypesetDocument]:
    """The first leaflet, for the district that it was written in, in each default edition."""
    project = Project(ROOT)
    manuscript = read_manuscript(project, SEED, SEED_REGION)
    assert manuscript.region is not None
    names = [manuscript.region.name]
    return {
        name: typesetter.typeset(
            compose(project, manuscript, name, edition, write_cache=False), names
        )
        for name, edition in load_editions(project).items()
        if edition.default
    }


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who issues the certificates of the tests."""
    return trustme.CA()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> postoffice.Mailroom:
    return postoffice.furnish(tmp_path_factory.mktemp("mailroom"))


@pytest.fixture
def swift(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where the system has such: the ledger waits for the disk at every step,
    which for some hundred letters takes minutes, and no test takes the power away.
    """
    memory = Path("/dev/shm")
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="brochure-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def room(
    furnished: postoffice.Mailroom,
    authority: trustme.CA,
    tmp_path: Path,
    swift: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> postoffice.Mailroom:
    """A project that can be mailed, the password in the environment, our authority trusted."""
    monkeypatch.setattr(socket, "create_connection", postoffice.undelayed)
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(trusted)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setenv("BROCHURE_MAIL_PASSWORD", postoffice.PASSWORD)
    return postoffice.copy(furnished, swift / "project")
