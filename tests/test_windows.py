"""What Windows needs, as far as it can be tried on any system. `script/try-on-wine` runs more."""

import ast
import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from brochure import files
from brochure.diagnostics import DiagnosticsError, Location
from brochure.files import write_whole
from brochure.layout.weasyprint import engine, windows
from brochure.messages import Message
from brochure.project import check_name, packaged_fonts
from tests.conftest import ROOT

# --- The code: nothing that only POSIX has, unless the system was asked for first ----------------

POSIX_MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix", "syslog"}
POSIX_NAMES = {
    "os": {
        "fork", "forkpty", "getuid", "geteuid", "getgid", "getegid", "setsid", "setuid", "killpg",
        "getpgid", "mkfifo", "mknod", "chown", "lchown", "fchown", "fchmod", "statvfs", "uname",
        "nice", "sched_getaffinity", "getloadavg", "wait", "wait4", "O_NOFOLLOW", "O_NONBLOCK",
        "O_DIRECTORY", "O_CLOEXEC", "posix_spawn", "register_at_fork", "confstr", "sysconf",
    },
    "signal": {
        "SIGKILL", "SIGALRM", "SIGHUP", "SIGXCPU", "SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGCHLD",
        "SIGQUIT", "SIGSTOP", "SIGCONT", "alarm", "setitimer", "pthread_kill", "pthread_sigmask",
        "sigwait", "pause",
    },
    "socket": {"AF_UNIX", "SO_REUSEPORT", "socketpair"},
    "time": {"tzset", "clock_settime"},
}  # fmt: skip
#: Calls that take the encoding of the system where none is named.
TEXTS = {"read_text", "write_text", "open", "fdopen", "NamedTemporaryFile", "TemporaryFile"}


def unportable(code: str) -> Iterator[str]:
    """What of a module's code only works on POSIX, as “line: what”."""

    def asks(test: ast.expr) -> bool:
        return bool({"sys.platform", "os.name"} & {ast.unparse(n) for n in ast.walk(test)})

    def look(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.If | ast.IfExp) and asks(node.test):
            return
        if isinstance(node, ast.BoolOp) and asks(node.values[0]):
            return
        match node:
            case ast.Import():
                for alias in node.names:
                    if alias.name.partition(".")[0] in POSIX_MODULES:
                        yield f"{node.lineno}: {alias.name}"
            case ast.ImportFrom(module=str(name)) if name in POSIX_MODULES:
                yield f"{node.lineno}: {name}"
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                if name in POSIX_NAMES.get(module, ()):
                    yield f"{node.lineno}: {module}.{name}"
            case ast.Constant(value=str(text)):
                if re.search(r"%-[dmHMSjyIe]|\A/(dev|tmp|proc|etc|usr)/", text):
                    yield f"{node.lineno}: {text!r}"
            case ast.Call():
                if names_no_encoding(node):
                    yield f"{node.lineno}: no encoding"
        for child in ast.iter_child_nodes(node):
            yield from look(child)

    yield from look(ast.parse(code))


def names_no_encoding(call: ast.Call) -> bool:
    """Whether a call reads or writes text in the encoding of the system."""
    keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    if ast.unparse(call.func).startswith("subprocess."):
        text = keywords.get("text") == "True" or keywords.get("universal_newlines") == "True"
        return text and "encoding" not in keywords
    match call.func:
        case ast.Name(id="open"):
            name, mode = "open", 1
        case ast.Attribute(attr=name) if name in TEXTS:
            mode = 1 if ast.unparse(call.func) in ("os.fdopen", "io.open") else 0
        case _:
            return False
    if "encoding" in keywords:
        return False
    given = [ast.unparse(one) for one in call.args]
    if name in ("read_text", "write_text"):  # those of `Path`: the encoding is the last one
        return len(given) <= (name == "write_text")
    if (
        name == "open"
        and isinstance(call.func, ast.Attribute)
        and not (re.fullmatch(r"\w*(path|file)\w*", ast.unparse(call.func.value)))
    ):
        return False  # of pictures, PDFs, browsers
    how = keywords.get("mode", given[mode] if len(given) > mode else "''")
    return "b" not in how and not (name.endswith("TemporaryFile") and how == "''")


def test_the_package_uses_nothing_that_only_posix_has() -> None:
    modules = sorted((ROOT / "brochure").rglob("*.py"))
    assert len(modules) > 200
    found = [
        f"{module.relative_to(ROOT)}:{what}"
        for module in modules
        for what in unportable(module.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "import fcntl",
        "from resource import setrlimit",
        "def f():\n    os.fork()",
        "flags = os.O_RDONLY | os.O_NOFOLLOW",
        "os.kill(pid, signal.SIGKILL)",
        "when.strftime('%-d. %B')",
        "open('/dev/null', 'rb')",
        "open(name)",
        "path.open('w')",
        "path.read_text()",
        "path.write_text(text)",
        "subprocess.run(line, text=True)",
        "os.fdopen(number, 'w')",
    ],
)
def test_what_only_posix_has_is_seen(code: str) -> None:
    assert len(list(unportable(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "if sys.platform != 'win32':\n    import fcntl",
        "if os.name == 'posix':\n    os.fork()",
        "root = sys.platform != 'win32' and os.geteuid() == 0",
        "flags = getattr(os, 'O_NOFOLLOW', 0)",
        "path.read_text('utf-8')",
        "path.write_text(text, 'utf-8')",
        "open(name, 'rb')",
        "Image.open(data)",
        "subprocess.run(line, text=True, encoding='utf-8')",
    ],
)
def test_what_asks_for_the_system_is_left_alone(code: str) -> None:
    assert list(unportable(code)) == []


# --- Pango ---------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The two packages with DLLs, which must not be imported."""
    for name in windows.PACKAGES:
        (tmp_path / "site" / name / "bin").mkdir(parents=True)
        (tmp_path / "site" / name / "__init__.py").write_text("raise RuntimeError", "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    return tmp_path / "site"


def test_the_folders_with_dlls_are_found(package: Path) -> None:
    assert windows.dll_folders() == [package / name / "bin" for name in windows.PACKAGES]
    (package / "gstreamer_ext_runtime" / "bin").rmdir()
    assert windows.dll_folders() == [package / "gstreamer_libs" / "bin"]


def test_these_folders_come_first_and_once(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    environment = {"PATH": f"old{os.pathsep}older"}
    added: list[str] = []
    windows.add_dll_folders(folders, environment, added.append)
    assert environment["PATH"].split(os.pathsep) == [*map(str, folders), "old", "older"]
    assert environment["WEASYPRINT_DLL_DIRECTORIES"].split(";") == added == [*map(str, folders)]
    worker: list[str] = []  # it inherits the environment, and has to add the folders all the same
    windows.add_dll_folders(folders, environment, worker.append)
    assert environment["PATH"].split(os.pathsep) == [*map(str, folders), "old", "older"]
    assert worker == added


# --- Fonts below a name with umlauts -------------------------------------------------------------


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    folder = tmp_path / "Jörg" / "fonts"
    (folder / "Below").mkdir(parents=True)
    (folder / "One.ttf").write_bytes(b"one")
    (folder / "Below" / "Two.OTF").write_bytes(b"two")
    (folder / "LICENSE.txt").write_bytes(b"free")
    return folder


def no_short_names(path: Path) -> str:
    return str(path)


def contents(folder: Path) -> set[bytes]:
    return {file.read_bytes() for file in folder.iterdir()}


def test_a_plain_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "One.ttf").write_bytes(b"one")

    def never(path: Path) -> str:
        pytest.fail(f"a short name of {path}")

    assert windows.plain_folder(tmp_path, [], never) == tmp_path


def test_a_folder_goes_by_its_short_name(fonts: Path, tmp_path: Path) -> None:
    short = windows.plain_folder(fonts, [tmp_path], lambda path: r"C:\Users\J_RG~1\fonts")
    assert str(short) == r"C:\Users\J_RG~1\fonts"


def test_without_short_names_fonts_are_copied(fonts: Path, tmp_path: Path) -> None:
    """To the first place that has a plain path; the names of files are plain as well."""
    homes = [tmp_path / "Björn", tmp_path / "shared"]
    copy = windows.plain_folder(fonts, homes, no_short_names)
    assert copy.is_relative_to(tmp_path / "shared")
    assert str(copy.relative_to(tmp_path)).isascii()
    assert contents(copy) == {b"one", b"two"}
    assert {file.suffix for file in copy.iterdir()} == {".ttf", ".otf"}


def test_a_file_whose_name_is_not_plain_is_copied(tmp_path: Path) -> None:
    folder = tmp_path / "fonts"
    folder.mkdir()
    (folder / "Größe.ttf").write_bytes(b"large")
    copy = windows.plain_folder(folder, [tmp_path / "home"], no_short_names)
    assert copy != folder
    assert contents(copy) == {b"large"}
    assert all(file.name.isascii() for file in copy.iterdir())


def test_a_copy_holds_these_fonts_and_no_others(fonts: Path, tmp_path: Path) -> None:
    """Other users of the computer may write there, too."""
    copy = windows.plain_folder(fonts, [tmp_path / "shared"], no_short_names)
    changed = next(file for file in copy.iterdir() if file.read_bytes() == b"one")
    changed.write_bytes(b"something else")
    (copy / "Strange.ttf").write_bytes(b"strange")
    (copy / "more").mkdir()
    (copy / "more" / "Strange.ttf").write_bytes(b"strange")
    (copy / ".one.ttf.1.part").write_bytes(b"somebody is writing it")
    assert windows.plain_folder(fonts, [tmp_path / "shared"], no_short_names) == copy
    assert contents(copy) == {b"one", b"two", b"somebody is writing it"}


def test_where_nothing_is_plain_the_folder_stays(fonts: Path, tmp_path: Path) -> None:
    assert windows.plain_folder(fonts, [tmp_path / "Björn"], no_short_names) == fonts


def test_what_fontconfig_remembers_has_a_plain_path(fonts: Path, tmp_path: Path) -> None:
    shared = {"PROGRAMDATA": str(tmp_path / "shared")}
    cache = tmp_path / "Jörg" / "cache"
    plain, home = windows.plain_paths([fonts], cache, shared, no_short_names)
    assert home is not None
    assert home.is_relative_to(tmp_path / "shared")
    assert contents(plain[0]) == {b"one", b"two"}
    assert windows.plain_paths([fonts], cache, {}, no_short_names) == ([fonts], None)
    assert windows.plain_paths([], tmp_path / "cache", shared)[1] == tmp_path / "cache"


def test_no_text_is_set_in_another_font(tmp_path: Path) -> None:
    """A font that the typesetter does not find is an error, not one of another name."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    engine.font_configuration([packaged_fonts() / "Lato"])
    (folder / "Broken.ttf").write_bytes(b"this is no font")
    with pytest.raises(DiagnosticsError) as caught:
        engine.font_configuration([packaged_fonts() / "Lato", folder])
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.is_error) == ("fonts-not-found", True)
    assert "Broken.ttf" in diagnostic.message
    assert str(folder) in diagnostic.hint


# --- Files that others hold ----------------------------------------------------------------------


class Held:
    """Renaming, which fails some times, as Windows does while another program has a file open."""

    def __init__(self, times: int, winerror: int | None = 32) -> None:
        self.left, self.winerror = times, winerror
        self.paused: list[float] = []
        self._replace = Path.replace

    def replace(self, part: Path, target: Path) -> Path:
        if self.left:
            self.left -= 1
            reason = PermissionError(errno.EACCES, "The process cannot access the file")
            if self.winerror is not None:
                reason.winerror = self.winerror  # type: ignore[attr-defined]
            raise reason
        return self._replace(part, target)


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Held]:
    def begin(*arguments: int | None, platform: str = "win32") -> Held:
        held = Held(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(Path, "replace", lambda part, target: held.replace(part, target))
        rename = files.rename
        monkeypatch.setattr(
            files, "rename",
            lambda part, path: rename(part, path, platform=platform, pause=held.paused.append),
        )  # fmt: skip
        return held

    return begin


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_renaming_is_tried_again(hold: Callable[..., Held], tmp_path: Path, winerror: int) -> None:
    held = hold(3, winerror)
    target = tmp_path / "leaflet.pdf"
    target.write_bytes(b"old")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert len(held.paused) == 3
    assert [file.name for file in tmp_path.iterdir()] == ["leaflet.pdf"]


def test_who_keeps_a_file_open_is_told(hold: Callable[..., Held], tmp_path: Path) -> None:
    held = hold(1000)
    target = tmp_path / "leaflet.pdf"
    target.write_bytes(b"old")
    with pytest.raises(PermissionError) as caught:
        write_whole(target, b"new")
    assert isinstance(caught.value.strerror, Message)
    assert "another program has it open" in caught.value.strerror
    assert 1 < sum(held.paused) < 5
    assert target.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["leaflet.pdf"]


@pytest.mark.parametrize(("platform", "winerror"), [("linux", None), ("win32", 19)])
def test_what_waiting_does_not_help_is_told_at_once(
    hold: Callable[..., Held], tmp_path: Path, platform: str, winerror: int | None
) -> None:
    held = hold(1000, winerror, platform=platform)
    with pytest.raises(PermissionError, match="cannot access"):
        write_whole(tmp_path / "leaflet.pdf", b"new")
    assert held.paused == []


# --- Names and what is printed -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["con", "NUL", "aux", "Com1", "lpt9"])
def test_no_leaflet_is_named_after_a_device(name: str) -> None:
    with pytest.raises(DiagnosticsError) as caught:
        check_name(name, Location("x"))
    assert "Windows" in caught.value.diagnostics[0].hint
    check_name(f"my-{name}", Location("x"))


def test_what_a_console_lacks_is_no_traceback(tmp_path: Path) -> None:
    """Help has a character that Latin 1 does not: an ellipsis."""
    environment = {
        **os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0",
        "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "latin-1", "BROCHURE_LANGUAGE": "de",
    }  # fmt: skip
    help_ = subprocess.run(
        [sys.executable, "-m", "brochure", "--help"],
        cwd=tmp_path, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert (help_.returncode, help_.stderr) == (0, b"")
    assert b"\\u2026" in help_.stdout


# --- brochure.cmd --------------------------------------------------------------------------------

BATCH = (ROOT / "brochure.cmd").read_bytes()


def test_the_batch_file_is_one_that_every_console_reads() -> None:
    assert BATCH.isascii()
    assert BATCH.count(b"\n") == BATCH.count(b"\r\n") > 40
    text = BATCH.decode()
    labels = {label.lower() for label in re.findall(r"(?m)^:(\w+)", text)}
    targets = {name.lower() for name in re.findall(r"(?:goto|call) :?(\w+)", text)}
    assert targets == labels | {"eof"}
    assert {"nopython", "failed", "studio"} <= labels


def test_the_batch_file_names_what_there_is() -> None:
    text = BATCH.decode()
    named = re.findall(r"requirements\\\w+\.txt", text)
    assert {"requirements\\build.txt", "requirements\\run.txt"} == set(named)
    assert all((ROOT / name.replace("\\", "/")).is_file() for name in named)
    assert "-m brochure studio" in text
    assert "winget install" in text
