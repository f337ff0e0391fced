"""Processes of brochure that are forked from one that has loaded it.

Python and all that a command loads take most of a second to start, its work in a test a tenth of
that. What is forked is a process of its own all the same, with its folder, environment, files,
signals and exit code. Tests of how a process starts, of what it loads, or of how it is bounded
start one: `test_cli.start`, or the fixture `started_workers`.

`python -m tests.forking SOCKET` is the process that forks. It ends when its standard input does.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, NoReturn

import brochure
from brochure import isolation
from brochure.cli import main as cli
from brochure.pipeline.typesetter import Typesetter

ROOT = Path(__file__).parent.parent
POSSIBLE = sys.platform == "linux"  # elsewhere a fork is not safe, and there are no such sockets
# WeasyPrint leaves a file to the garbage collector, which warns of it.
WARNINGS = "error,ignore::ResourceWarning"
_LARGEST = 1_000_000  # bytes of an order
_LEAFLET = """\
language: de
title: Probe
passages:
  - id: eins
    commentary: {text: Text}
"""


def run(
    arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], timeout: float = 120
) -> "subprocess.CompletedProcess[str]":
    """What becomes of a command, as `subprocess.run` tells it."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with open(os.devnull, "rb") as nothing:
            files = nothing.fileno(), out.fileno(), err.fileno()
            process = Forked(_server(), list(arguments), cwd, environment, files)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        said = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
    return subprocess.CompletedProcess(arguments, code, *said)


class Forked:
    """A process that was forked, with as much of `subprocess.Popen` as is used of it.

    `arguments` are those of a command; None: it serves as a worker of `isolation`.
    """

    def __init__(
        self,
        server: str,
        arguments: list[str] | None,
        cwd: Path,
        environment: Mapping[str, str],
        files: tuple[int, int, int],
    ) -> None:
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.connect(server)
        order = {"arguments": arguments, "cwd": str(cwd), "environment": dict(environment)}
        socket.send_fds(self._line, [json.dumps(order).encode()], files)
        self.pid = int(self._line.recv(64))
        self.returncode: int | None = None
        self._waiting = threading.Lock()

    def wait(self, timeout: float | None = None) -> int:
        with self._waiting:
            if self.returncode is None:
                self._line.settimeout(timeout)
                try:
                    told = self._line.recv(64)
                except TimeoutError:
                    raise subprocess.TimeoutExpired("forked", timeout or 0) from None
                self.returncode = int(told or -signal.SIGKILL)
                self._line.close()
        return self.returncode

    def kill(self) -> None:
        if self.returncode is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


class ForkedWorker(Forked):
    """A worker of `isolation`, in place of the process that it would start."""

    stdin: IO[bytes]
    stdout: IO[bytes]

    def __init__(self, server: str, command: Sequence[str], **options: Any) -> None:
        assert command[-1] == "from brochure.isolation import serve; serve()"
        assert options["stderr"] == subprocess.DEVNULL
        here, there = os.pipe(), os.pipe()
        with open(os.devnull, "wb") as nothing:
            files = here[0], there[1], nothing.fileno()
            super().__init__(server, None, Path.cwd(), options["env"], files)
        os.close(here[0])
        os.close(there[1])
        self.stdin, self.stdout = os.fdopen(here[1], "wb"), os.fdopen(there[0], "rb")


def workers(server: str | None = None) -> Any:
    """What `isolation` is to take for the module `subprocess`; without a server, that of this
    process, once a worker is needed.
    """

    def fork(command: Sequence[str], **options: Any) -> ForkedWorker:
        return ForkedWorker(server or _server(), command, **options)

    pipes = {"PIPE": subprocess.PIPE, "DEVNULL": subprocess.DEVNULL}
    return SimpleNamespace(Popen=fork, **pipes)


@cache
def _server() -> str:
    """The socket of the process that forks for this one."""
    folder = tempfile.TemporaryDirectory(prefix="brochure-forks-")
    path = f"{folder.name}/socket"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forking", path], cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": WARNINGS},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"

    def end() -> None:
        process.communicate()
        folder.cleanup()

    atexit.register(end)
    return path


# --- The process that forks -------------------------------------------------------------------


def main(path: str) -> None:
    """Fork a process for each order, and tell whoever gave it how it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _load()
    gc.disable()
    gc.freeze()  # what is not touched is not copied
    woken, wakes = os.pipe2(os.O_NONBLOCK)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    lines: dict[int, socket.socket] = {}
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(path)
        listening.listen(64)
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([listening, sys.stdin, woken], [], [])
            if woken in ready:
                os.read(woken, 4096)
            _reap(lines)
            if sys.stdin in ready:
                return
            if listening in ready:
                line, _ = listening.accept()
                order, files, _, _ = socket.recv_fds(line, _LARGEST, 3)
                pid = os.fork()
                if pid == 0:
                    for one in (listening, line, *lines.values()):
                        one.close()
                    os.closerange(woken, wakes + 1)
                    _become(path, json.loads(order), files)
                for file in files:
                    os.close(file)
                line.send(str(pid).encode())
                lines[pid] = line


def _reap(lines: dict[int, socket.socket]) -> None:
    """Tell how those have ended that did."""
    while lines:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with lines.pop(pid) as line:
            try:
                line.send(str(os.waitstatus_to_exitcode(status)).encode())
            except OSError:  # whoever gave the order is gone, too
                pass


def _become(server: str, order: dict[str, Any], files: list[int]) -> NoReturn:
    """In the process that was forked: do what was ordered, as if it had been started for that."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for target, file in enumerate(files):
        os.dup2(file, target)
        os.close(file)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    isolation.subprocess = workers(server)  # type: ignore[attr-defined]
    gc.enable()  # as in a process that begins
    if order["arguments"] is None:
        isolation.serve()
    sys.argv = ["brochure", *order["arguments"]]
    sys.path[0] = order["cwd"]
    code = 1
    try:
        cli.main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    # As a process ends, but for what Python clears away then: that would copy all that is shared.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _load() -> None:
    """Load all of brochure, and what is loaded or made only when something is read."""
    for module in pkgutil.walk_packages(brochure.__path__, "brochure."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    Typesetter.preload()
    with tempfile.TemporaryDirectory() as folder:
        leaflet = Path(folder) / "content/probe/leaflet.yaml"
        leaflet.parent.mkdir(parents=True)
        leaflet.write_text(_LEAFLET)
        assert cli.run(["-C", folder, "--quiet", "check"]) == 0
    assert threading.active_count() == 1, "only then a process can be forked"


if __name__ == "__main__":
    main(sys.argv[1])
