"""Loaded by every Python process of a run: notes what it opens, starts, and connects to."""

import os
import sys
from typing import Any

_FILE = os.environ.get("BROCHURE_LISTENING", "")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate",
    "os.chmod", "os.chown", "os.utime",
}  # fmt: skip
_PROCESSES = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn"}


def _listen(descriptor: int) -> None:
    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = isinstance(flags, int) and bool(flags & _WRITING)
            writes = writes or (isinstance(mode, str) and any(sign in mode for sign in "wax+"))
            kind, what = ("write" if writes else "read"), path
        elif event in _CHANGES:
            kind, what = "change", arguments[0]
            if event in ("os.rename", "os.link", "os.symlink"):
                what = arguments[1]
        elif event in _PROCESSES:
            kind, what = "process", arguments[:2]
        elif event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
            kind, what = "socket", (event, arguments[1:])
        else:
            return
        if isinstance(what, int):  # a descriptor that is open already
            return
        if isinstance(what, bytes):
            what = os.fsdecode(what)
        if kind in ("read", "write", "change"):
            what = os.path.abspath(str(what))  # noqa: PTH100 - links are looked at later
        line = f"{kind}\t{what!r}\n"
        os.write(descriptor, line.encode("utf-8", "backslashreplace"))

    sys.addaudithook(note)


if _FILE:
    _listen(os.open(_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT))
