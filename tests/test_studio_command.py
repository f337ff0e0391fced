"""`brochure studio`, as it is typed: the link, the second one, the same port again, Ctrl-C."""

import http.client
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from brochure.cli.main import run
from brochure.project import Project
from brochure.starters import create_leaflet
from brochure.studio.secret import STATE_VARIABLE, SecretStore
from tests.conftest import ROOT
from tests.test_studio_server import NAVIGATION, SCRIPT

posix = pytest.mark.skipif(os.name != "posix", reason="signals and shell scripts")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv(STATE_VARIABLE, str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "projekt/content").mkdir(parents=True)
    create_leaflet(tmp_path / "projekt", "probe", "de")
    return tmp_path / "projekt"


@contextmanager
def typed(
    folder: Path, *words: str, through: Sequence[str] = (), **environment: str
) -> Iterator["subprocess.Popen[str]"]:
    """The command as it runs in a folder; `through` a program that runs it, if any."""
    process = subprocess.Popen(
        [*through, sys.executable, "-m", "brochure", "studio", *words], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "BROCHURE_LANGUAGE": "en", **environment},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@contextmanager
def asked(link: str, cookie: str = "", **headers: str) -> Iterator[http.client.HTTPResponse]:
    parts = urlsplit(link)
    with closing(http.client.HTTPConnection(parts.netloc, timeout=30)) as connection:
        sent = {**(headers or NAVIGATION), "Cookie": cookie}
        connection.request("GET", f"{parts.path}?{parts.query}", headers=sent)
        with connection.getresponse() as response:
            yield response


def cookie_of(link: str) -> str:
    with asked(link) as response:
        cookie = response.headers["Set-Cookie"]
    assert cookie, "the link works"
    return cookie.partition(";")[0]


@posix
def test_the_studio_runs_until_ctrl_c_and_goes_on_at_the_same_port(
    project: Path, state: Path, tmp_path: Path
) -> None:
    script = tmp_path / "browser"  # whom the browser is asked to open
    script.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened.part\n'
                      f"mv {tmp_path}/opened.part {tmp_path}/opened\n")  # fmt: skip
    script.chmod(0o755)
    with typed(project, "probe", "--no-open") as first:
        link = line(first)
        port = urlsplit(link).port
        cookie = cookie_of(link)
        assert link.endswith("&next=/leaflets/probe")
        modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in (state / "studio").iterdir()}
        assert len(modes) == 2
        assert set(modes.values()) == {0o600}
        # A second one opens the first: in the browser, or with a link of its own.
        with typed(project, "--no-open") as second:
            other, said = second.communicate(timeout=60)
            assert second.returncode == 0
            assert "running already" in said
            assert urlsplit(other).port == port
            assert other.strip() != link
            assert cookie_of(other.strip()) == cookie
        with typed(project, BROWSER=f"{script} %s") as third:
            third.communicate(timeout=60)
            assert third.returncode == 0
            assert cookie_of((tmp_path / "opened").read_text().strip()) == cookie
        address = f"http://127.0.0.1:{port}/api/leaflets/probe/events"
        with asked(address, cookie, **SCRIPT) as stream:
            assert stream.readline() == b"event: changed\n"
            first.send_signal(signal.SIGINT)
            assert stream.read().endswith(b"\n\n"), "open streams end"
        _, said = first.communicate(timeout=60)
        assert first.returncode == 0
        assert said == "The studio is running. Ctrl-C ends it.\nThe studio is closed.\n"
    with typed(project, BROWSER=f"{script} %s") as again:
        assert again.stderr is not None
        said = "".join(again.stderr.readline() for _ in range(3))
        assert f"http://127.0.0.1:{port}/open" in said, "the same port"
        with asked(f"http://127.0.0.1:{port}/", cookie) as page:
            assert page.status == 200, "a reload goes on"
        with asked(link) as page:
            assert page.status == 401, "links of the last time are void"
    store = SecretStore(Project(project))
    assert store.read() is not None
    for _ in range(100):  # a process that it was just starting may hold what it holds
        with store.held() as free:
            if free:
                break
        time.sleep(0.1)
    assert free, "a studio that was killed does not stand in the way"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "There is no leaflet `nothing`."),
        (["--port", "6000"], "Browsers refuse to open the port 6000."),
        (["--port", "80"], "80"),
        (["--port", "{taken}"], "The port {taken} cannot be used: another program has it."),
    ],
)
def test_wrong_usage(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        given = [word.format(taken=taken) for word in words]
        assert run(["studio", "-C", str(project), "--language", "en", *given]) == 2
    assert message.format(taken=taken) in capsys.readouterr().err


def test_a_folder_that_is_no_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only in an empty one, a project may begin; a leaflet there is none of."""
    (tmp_path / "voll").mkdir()
    (tmp_path / "voll/brief.odt").write_text("")
    assert run(["studio", "-C", str(tmp_path / "voll"), "--language", "en"]) == 2
    assert "There are other files here, but no project. Go to" in capsys.readouterr().err
    (tmp_path / "leer").mkdir()
    assert run(["studio", "-C", str(tmp_path / "leer"), "--language", "en", "probe"]) == 2
    assert "There is no project here" in capsys.readouterr().err


def test_what_cannot_be_kept_and_who_does_not_answer(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as patch:
        (tmp_path / "file").write_text("")
        patch.setenv(STATE_VARIABLE, str(tmp_path / "file"))
        assert run(["studio", "-C", str(project), "--language", "en"]) == 1
        assert STATE_VARIABLE in capsys.readouterr().err
    monkeypatch.setattr("brochure.cli.studio._PAUSE", 0)
    with SecretStore(Project(project)).held() as free:
        assert free
        assert run(["studio", "-C", str(project), "--language", "en"]) == 1
    assert "running already, but it does not answer" in capsys.readouterr().err
