"""What tests share: a project in a temporary folder, and one warm typesetter a process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
import trustme

from brochure.diagnostics import Diagnostic, Problems
from brochure.manuscript.load import Manuscript, load
from brochure.press.compose import compose
from brochure.press.composition import Composition
from brochure.press.edition import load_editions
from brochure.press.typeset import Typeset, Typesetter
from brochure.project import CACHE_VARIABLE, Project
from tests import postoffice

T = TypeVar("T")
ROOT = Path(__file__).parent.parent
SEED = "wir-bringen-uns-ein"
SEED_REGION = "marburg-biedenkopf"
HEAD = "language: de\ntitle: Titel\n"
PASSAGE = "passages:\n  - id: eins\n    commentary:\n      text: Text\n"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew")


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is remembered while the tests run is nobody's but theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(tmp_path_factory.mktemp("remembered")))
        yield


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
        return load(self.project, "probe", variant)

    def compose(self, edition: str = "email") -> Composition:
        project = self.project
        return compose(project, load(project, "probe"), edition, load_editions(project)[edition])

    def typeset(self, edition: str = "email", variant: str | None = None) -> Typeset:
        manuscript = self.load(variant)
        form = load_editions(self.project)[edition]
        composition = compose(self.project, manuscript, edition, form)
        try:
            return self.typesetter.typeset(composition)
        except Problems as problems:
            raise Problems(manuscript.located(problems.diagnostics)) from None

    def attempt(self, work: Callable[[], T]) -> tuple[T | None, tuple[Diagnostic, ...]]:
        """The result of some work and no complaints, or none and all of them."""
        try:
            return work(), ()
        except Problems as problems:
            return None, problems.diagnostics

    def complaints(
        self, edition: str | None = None, variant: str | None = None
    ) -> tuple[Diagnostic, ...]:
        """All complaints about the leaflet, errors or not; with an edition, of that, too."""
        try:
            return (
                self.compose(edition).diagnostics
                if edition is not None
                else self.load(variant).diagnostics
            )
        except Problems as problems:
            return problems.diagnostics


@pytest.fixture
def workspace(tmp_path: Path, typesetter: Typesetter) -> Workspace:
    (tmp_path / "content" / "probe").mkdir(parents=True)
    return Workspace(tmp_path, typesetter)


@pytest.fixture(scope="session")
def seed_pdfs(typesetter: Typesetter) -> dict[str, Typeset]:
    """The first leaflet, for the district that it was written in, in each default edition."""
    project = Project(ROOT)
    manuscript = load(project, SEED, SEED_REGION)
    assert manuscript.region is not None
    names = [manuscript.region.name]
    return {
        name: typesetter.typeset(compose(project, manuscript, name, edition, remember=False), names)
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
def room(
    furnished: postoffice.Mailroom,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> postoffice.Mailroom:
    """A project that can be mailed, the password in the environment, our authority trusted."""
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(trusted)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setenv("BROCHURE_MAIL_PASSWORD", postoffice.PASSWORD)
    return postoffice.copy(furnished, tmp_path / "project")
