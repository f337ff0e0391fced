"""The file system: how files of a project are opened, and how they are written.

Nothing else in brochure opens a file of a project. What is read must be a regular file: a named
pipe, a device or a socket in its place would make us wait for ever, or never end.
"""

import contextlib
import os
import stat
import time
from pathlib import Path

from brochure.diagnostics import DiagnosticsError, Location, error

_ABANDONED = 3600.0  # seconds after which a half-written file cannot belong to a living build


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file, at most `limit` + 1 of them, so that longer ones show.

    Raises OSError for anything else than a regular file. It is opened once and asked then, so
    that nothing can change in between.
    """
    # O_NONBLOCK: the open of a named pipe would wait for somebody who writes.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not (path.is_file() or path.is_dir() or not path.exists()):
        raise OSError("it is not a regular file")  # a device may already act when it is opened
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("it is not a regular file")
        return file.read(limit + 1)


def read_own(path: Path, limit: int) -> bytes:
    """The bytes of a file that we wrote ourselves. Raises OSError, also where it is too large."""
    data = read_regular(path, limit)
    if len(data) > limit:
        raise OSError("it is too large")
    return data


def append(path: Path, data: bytes) -> None:
    """Append to a regular file in one write, so that those of two processes do not mix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    with open(os.open(path, flags, 0o666), "ab", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("it is not a regular file")
        file.write(data)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its target, then rename: readers see the old one or the new one.

    A symbolic link in its place is replaced, not followed. Parts that a killed process left
    behind are swept away once they are an hour old. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with contextlib.suppress(FileNotFoundError):
        part.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(part, flags, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    for other in path.parent.glob(f".{path.name}.*.part"):
        with contextlib.suppress(OSError):  # somebody else was quicker
            if time.time() - other.stat().st_mtime > _ABANDONED:
                other.unlink()


def decode_utf8(data: bytes, file: str) -> str:
    """UTF-8 bytes, with or without a byte order mark, as text. Raises Problems with the place."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        before = data[: reason.start].decode("utf-8-sig", "replace")
        column = len(before) - (before.rfind("\n") + 1) + 1
        raise DiagnosticsError(
            [
                error(
                    "not-utf8",
                    f"The file is not UTF-8: the byte 0x{data[reason.start]:02X} here belongs to "
                    "another encoding.",
                    Location(file, before.count("\n") + 1, column),
                    "Save it again as “UTF-8” (in the editor: Save as … → Encoding).",
                )
            ]
        ) from None
