import os
import socket
import time
import unicodedata
from pathlib import Path
from typing import Literal

import platformdirs
import pytest

from brochure.diagnostics import DiagnosticsError
from brochure.files import append, read_own, read_regular, write_whole
from brochure.project import Project, builtin_styles
from tests.conftest import Workspace


def refused(project: Project, path: Path) -> str:
    with pytest.raises(DiagnosticsError) as caught:
        project.read(path, 1000)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.hint
    return diagnostic.code + ": " + diagnostic.message


def test_reads_what_lies_inside(workspace: Workspace) -> None:
    file = workspace.write("content/probe/a.txt", "x" * 1000)
    seen: list[Path] = []
    outer: list[Path] = []
    project = workspace.project.observed(outer.append).observed(seen.append)
    assert project.read(file, 1000) == b"x" * 1000
    assert seen == outer == [file]


Form = Literal["NFC", "NFD"]
NAMES = ("Änderung", "Café", "Łódź 한국")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("there", "here"), [("NFD", "NFC"), ("NFC", "NFD"), ("NFD", "NFD")])
def test_names_are_found_however_their_letters_are_composed(
    workspace: Workspace, name: str, there: Form, here: Form
) -> None:
    """Archives from a Mac have names in NFD; what is typed is in NFC."""
    stored, typed = (unicodedata.normalize(form, name) for form in (there, here))
    assert (stored == typed) == (there == here)
    file = workspace.write(f"content/probe/{stored}/{stored}.txt", "x")
    seen: list[Path] = []
    project = workspace.project.observed(seen.append)
    assert project.read(project.root / f"content/probe/{typed}/{typed}.txt", 10) == b"x"
    assert project.read(project.root / f"content/probe/../probe/{typed}/{typed}.txt", 10) == b"x"
    assert seen[0] == file, "what was read is watched, not what was written"
    style = workspace.write(f"styles/{stored}.css", "y")
    assert project.style(f"{typed}.css") == style
    assert refused(project, project.content / f"probe/{typed}/absent").startswith("cannot-read")


def test_two_names_that_look_the_same_are_told(workspace: Workspace) -> None:
    one, other = (unicodedata.normalize(form, "Ärzte") for form in ("NFC", "NFD"))
    for name in (one, other):
        workspace.write(f"content/probe/{name}.txt", name)
    for name in (one, other):
        path = workspace.project.content / f"probe/{name}.txt"
        assert "is there twice" in refused(workspace.project, path)
    workspace.write("content/probe/arzte.txt", "a")
    assert workspace.project.read(workspace.project.content / "probe/arzte.txt", 10) == b"a"


@pytest.mark.parametrize(
    "path",
    # Whether the file exists there must make no difference: else the words of a complaint would
    # hang on the machine, and tell what is on it.
    ["../outside.txt", "content/../../outside.txt", "../absent.txt", "../absent/../absent.txt"],
)
def test_nothing_outside_is_read_through_dots(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    project = Project(tmp_path / "project")
    (project.root / "content").mkdir(parents=True)
    assert refused(project, project.root / path).startswith("outside-project")


def test_nothing_outside_is_read_through_links(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    project = Project(tmp_path / "project")
    project.content.mkdir(parents=True)
    (project.content / "file.txt").symlink_to(outside / "secret.txt")
    (project.content / "folder").symlink_to(outside)
    (project.content / "dangling").symlink_to(outside / "absent.txt")
    (project.content / "loop").symlink_to(project.content / "loop")
    assert refused(project, project.content / "file.txt").startswith("outside-project")
    assert refused(project, project.content / "dangling").startswith("outside-project")
    assert refused(project, project.content / "folder/secret.txt").startswith("outside-project")
    assert refused(project, project.content / "loop").startswith("cannot-read")
    assert refused(project, Path("/etc/passwd")).startswith("outside-project")


def test_a_project_may_itself_lie_behind_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real"
    (real / "content").mkdir(parents=True)
    (real / "content/a.txt").write_text("x")
    (tmp_path / "link").symlink_to(real)
    assert Project(tmp_path / "link").read(tmp_path / "link/content/a.txt", 10) == b"x"


def test_what_is_no_file_is_refused(workspace: Workspace) -> None:
    project = workspace.project
    os.mkfifo(project.content / "pipe")
    assert "not a regular file" in refused(project, project.content / "pipe")
    assert "is a folder" in refused(project, project.content / "probe")
    assert "does not exist" in refused(project, project.content / "nothing")
    assert "does not exist" in refused(project, workspace.write("content/f", "x") / "below")
    assert "cannot be read" in refused(project, project.content / "nul\0")
    assert "larger than 1 kB" in refused(project, workspace.write("content/big", "x" * 1001))


def test_finds_the_project_from_below(workspace: Workspace) -> None:
    below = workspace.root / "content/probe"
    assert Project.find(below).root == workspace.root
    with pytest.raises(DiagnosticsError, match="no project"):
        Project.find(Path("/"))


def test_own_styles_win_file_by_file(workspace: Workspace) -> None:
    project = workspace.project
    assert project.style("common.css") == builtin_styles() / "common.css"
    own = workspace.write("styles/common.css", "")
    assert project.style("common.css") == own
    assert project.style("print.css") == builtin_styles() / "print.css"


def test_a_write_puts_a_new_file_in_the_place_of_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    write_whole(target, b"old")
    reader = tmp_path / "opened.pdf"
    reader.hardlink_to(target)  # as a program that has the old file open
    write_whole(target, b"new")
    assert (target.read_bytes(), reader.read_bytes()) == (b"new", b"old")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    write_whole(target, b"old")
    with pytest.raises(TypeError):
        write_whole(target, "no bytes")  # type: ignore[arg-type]
    assert target.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.pdf"]


def test_parts_of_dead_builds_are_swept_away_those_of_living_ones_are_not(tmp_path: Path) -> None:
    dead, living = tmp_path / ".a.pdf.1.part", tmp_path / ".a.pdf.2.part"
    dead.touch()
    living.touch()
    os.utime(dead, (time.time() - 7200,) * 2)
    write_whole(tmp_path / "a.pdf", b"x")
    assert sorted(file.name for file in tmp_path.iterdir()) == [".a.pdf.2.part", "a.pdf"]


def test_nothing_is_written_outside_of_the_project(workspace: Workspace) -> None:
    outside = workspace.root / "outside"
    outside.mkdir()
    root = workspace.root / "project"
    (root / "content").mkdir(parents=True)
    project = Project(root)
    (root / "out").symlink_to(outside)
    with pytest.raises(OSError, match="leads out of the project folder"):
        project.write(root / "out" / "a.pdf", b"x")
    with pytest.raises(OSError, match="leads out of the project folder"):
        project.write(root / "out" / "deep" / "er" / "a.pdf", b"x")
    assert list(outside.iterdir()) == []
    (root / "inside").mkdir()
    (root / "here").symlink_to(root / "inside")
    project.write(root / "here" / "a.pdf", b"x")
    assert (root / "inside" / "a.pdf").read_bytes() == b"x"
    (root / "a.pdf").mkdir()
    with pytest.raises(OSError, match="is a folder"):
        project.write(root / "a.pdf", b"x")


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other, target = tmp_path / "other", tmp_path / "a.pdf"
    other.write_bytes(b"other")
    target.symlink_to(other)
    (tmp_path / f".a.pdf.{os.getpid()}.part").symlink_to(other)
    write_whole(target, b"new")
    assert (target.read_bytes(), target.is_symlink(), other.read_bytes()) == (
        b"new",
        False,
        b"other",
    )


@pytest.mark.parametrize("kind", ["fifo", "socket", "device", "folder"])
def test_what_is_no_file_is_neither_read_nor_waited_for(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as one:
                one.bind(str(path))
        case "device":
            path = Path("/dev/zero")
        case "folder":
            path.mkdir()
    with pytest.raises(OSError, match=r"not a regular file|Is a directory"):
        read_regular(path, 100)
    if kind == "fifo":  # appending would wait for somebody who reads
        with pytest.raises(OSError, match=r"regular file|No such device"):
            append(path, b"x")


def test_a_file_of_ours_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 101)
    assert read_regular(tmp_path / "a", 100) == b"x" * 101, "so that it shows"
    with pytest.raises(OSError, match="too large"):
        read_own(tmp_path / "a", 100)
    assert read_own(tmp_path / "a", 101) == b"x" * 101


def test_what_is_remembered_lies_outside_of_the_project(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project may come from a stranger, and what lies in it would be believed."""
    project = workspace.project
    assert not project.cache.is_relative_to(project.root)
    assert not project.manifest.is_relative_to(project.root)
    assert Project(workspace.root / "content").manifest != project.manifest
    monkeypatch.setenv("BROCHURE_CACHE", str(workspace.root / "mine"))
    assert project.cache == workspace.root / "mine"
    monkeypatch.delenv("BROCHURE_CACHE")
    assert project.cache == platformdirs.user_cache_path("brochure", appauthor=False)
