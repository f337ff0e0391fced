"""The file system: how the files of a project are opened and written.

Nothing else in brochure opens a file of a project. Only regular files are read: with a named pipe,
a device or a socket in its place, reading might never begin, or never end.
"""

import contextlib
import os
import stat
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

from brochure.diagnostics import Location, fail
from brochure.messages import say

_ABANDONED = 3600.0  # seconds after which no running build still needs a partial file
_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds between attempts to rename, on Windows
_HELD = frozenset({5, 32, 33})  # ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION


def composed(name: str) -> str:
    """A name with its letters composed (Unicode NFC, UAX 15), for comparisons: macOS writes Ä as A
    with a mark into archives, and nobody sees the difference.
    """
    return unicodedata.normalize("NFC", name)


def spellings(folder: Path, name: str) -> list[str]:
    """The names in a folder that differ from `name` in nothing but how letters are composed; only
    `name` if there are none, or if it has no such letters.
    """
    if name.isascii() or composed(name) == unicodedata.normalize("NFD", name):
        return [name]
    try:
        names = [other.name for other in folder.iterdir()]
    except (OSError, ValueError):
        return [name]
    return sorted(other for other in names if composed(other) == composed(name)) or [name]


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file, at most `limit` + 1 of them, by which the caller notices that it
    is longer.

    Raises OSError for anything that is not a regular file. That is checked after it was opened, so
    that nothing can change in between.
    """
    # O_NONBLOCK: opening a named pipe would wait for another process to write to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not (path.is_file() or path.is_dir() or not path.exists()):
        raise _not_regular()  # a device may already act when it is opened
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _not_regular()
        return file.read(limit + 1)


def read_own(path: Path, limit: int) -> bytes:
    """The bytes of a file that we wrote ourselves. Raises OSError, also if it is too large."""
    data = read_regular(path, limit)
    if len(data) > limit:
        raise OSError(say("it is too large"))
    return data


def _not_regular() -> OSError:
    return OSError(say("it is not a regular file"))


def append(path: Path, data: bytes) -> None:
    """Append to a regular file in one write, so that what two processes write does not mix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    with open(os.open(path, flags, 0o666), "ab", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _not_regular()
        file.write(data)


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file beside its target, then rename it: readers see the old file or the new one.
    `mode` are its permissions, as far as the user's umask lets them be.

    A symbolic link in its place is replaced, not followed. Partial files that a killed process
    left behind are deleted once they are an hour old. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with contextlib.suppress(FileNotFoundError):
        part.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(part, flags, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        rename(part, path)
    finally:
        _unlink(part)
    for other in path.parent.glob(f".{path.name}.*.part"):
        with contextlib.suppress(OSError):  # another process was faster
            if time.time() - other.stat().st_mtime > _ABANDONED:
                other.unlink()


def rename(
    part: Path,
    path: Path,
    *,
    platform: str = sys.platform,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Rename a file over another one. Raises OSError.

    On Windows that fails while any other program has one of them open: a virus scanner or the
    folder of a cloud, which look at each new file, but are soon done. So it is tried for some three
    seconds. Who has the PDF open in a reader that keeps it so is told.
    """
    for seconds in _PAUSES if platform == "win32" else ():
        try:
            part.replace(path)
        except PermissionError as reason:
            if getattr(reason, "winerror", None) not in _HELD or path.is_dir():
                raise
        else:
            return
        pause(seconds)
    try:
        part.replace(path)
    except PermissionError as reason:
        if platform != "win32" or getattr(reason, "winerror", None) not in _HELD or path.is_dir():
            raise
        raise PermissionError(
            reason.errno, say("another program has it open, or it is write-protected")
        ) from reason


def _unlink(part: Path) -> None:
    """Delete a partial file, if it is there. Where another program has it open, it stays, and is
    deleted with those that were left behind.
    """
    try:
        part.unlink(missing_ok=True)
    except PermissionError:
        if sys.platform != "win32":
            raise


def claim(path: Path) -> bool:
    """Make an empty file, so that its name is ours; False if it is taken. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except FileExistsError:
        return False
    return True


def decode_utf8(data: bytes, file: str) -> str:
    """UTF-8 bytes, with or without a byte order mark, as text.

    Raises DiagnosticsError at the first byte that is not UTF-8; `file` is how users see its path.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        before = data[: reason.start].decode("utf-8-sig", "replace")
        column = len(before) - (before.rfind("\n") + 1) + 1
        fail(
            "not-utf8",
            say(
                "The file is not UTF-8: the byte 0x{byte:02X} here belongs to another encoding.",
                byte=data[reason.start],
            ),
            Location(file, before.count("\n") + 1, column),
            say("Save it again as “UTF-8” (in the editor: Save as … → Encoding)."),
        )
