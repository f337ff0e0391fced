"""The ledger's file: its tables, its place, whether it is one, and the lock of who sends.

It lies in the project, which may come from a stranger: SQLite runs what a schema says, and follows
what a journal says, so both are looked at first.
"""

import contextlib
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Place, Problems, error
from brochure.mail.rows import is_name
from brochure.project import Project

FILE = "ledger.sqlite3"
VERSION = 1
# Files beside it that SQLite opens unasked (sqlite.org/tempfiles.html).
_SUFFIXES = ("", "-journal", "-wal", "-shm")
# At the end of a journal: before it stands the name of a “super-journal”, a file that SQLite
# deletes. Ours have none, since no command changes two databases at once.
_SUPER = bytes.fromhex("d9d505f920a163d7")
# What `PRAGMA integrity_check` says of values; whoever reads the rows says it with the address.
_OF_VALUES = re.compile(r"(CHECK constraint failed|(NULL|NUMERIC|TEXT|non-\w+) value) in ")
SCHEMA = (
    """
    CREATE TABLE letters (
        campaign TEXT NOT NULL,
        key TEXT NOT NULL,
        address TEXT NOT NULL,
        office TEXT NOT NULL,
        variant TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN
            ('queued', 'sending', 'accepted', 'refused', 'deferred', 'unknown')),
        attempts INTEGER NOT NULL DEFAULT 0,
        queued_at TEXT NOT NULL,
        sending_at TEXT,
        ending_at TEXT,
        settled_at TEXT,
        due_at TEXT,
        message_id TEXT,
        sha256 TEXT,
        pdf_sha256 TEXT,
        size INTEGER,
        code INTEGER,
        reply TEXT,
        PRIMARY KEY (campaign, key)
    )
    """,
    "CREATE INDEX by_message ON letters (message_id)",
    """
    CREATE TABLE notes (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        campaign TEXT NOT NULL,
        key TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        FOREIGN KEY (campaign, key) REFERENCES letters (campaign, key)
    )
    """,
)


def ledger_path(project: Project) -> Path:
    """Beside `content/`: what is in `out/` can be made again, this cannot."""
    return project.root / FILE


def look(path: Path) -> bool:
    """Whether there is a ledger; it is not opened. Raises OSError where what lies there, or beside
    it, must not be: a link may lead anywhere, a named pipe makes us wait for ever.
    """
    for suffix in _SUFFIXES:
        file = path.with_name(path.name + suffix)
        with contextlib.suppress(FileNotFoundError):
            found = os.lstat(file)
            if stat.S_ISLNK(found.st_mode):
                raise OSError(f"`{file.name}` is a symbolic link")
            if not stat.S_ISREG(found.st_mode):
                raise OSError(f"`{file.name}` is not a regular file")
            if found.st_size > bounds.LEDGER:
                raise OSError(f"`{file.name}` is larger than {bounds.LEDGER // 10**6} MB")
            if suffix == "" and found.st_size == 0:  # `create` never leaves one behind
                raise OSError(f"`{file.name}` is empty, as after a copy that failed")
            if suffix == "-journal" and _end_of(file, len(_SUPER)) == _SUPER:
                raise OSError(f"`{file.name}` names a file to be deleted, which ours never do")
    return path.exists()


def create(path: Path) -> None:
    """Make an empty ledger, readable for its owner only: whole, or not at all. Where another
    process is quicker, its ledger stays. Raises OSError, sqlite3.Error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(part, flags, 0o600), "wb") as file:
            file.write(_empty())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            if not os.path.lexists(path):
                part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def fault_of(db: sqlite3.Connection) -> str:
    """What is wrong with an open database as a whole, in a sentence, or nothing. Before its schema
    is known to be ours, none of its tables is asked anything: there may be views and triggers.
    """
    with contextlib.closing(_made()) as ours:
        if _schema(db) != _schema(ours):
            return "The ledger has other tables than brochure makes."
    for (said,) in db.execute("PRAGMA integrity_check(1000000)"):
        if said != "ok" and not _OF_VALUES.match(str(said)):
            return f"The ledger is damaged ({' '.join(str(said).split())[:100]})."
    for table, number, *_ in db.execute("PRAGMA foreign_key_check"):
        return f"The ledger is damaged (row {number} of `{table}` is about no letter)."
    for table in ("letters", "notes"):
        for number, *names in db.execute(f"SELECT rowid, campaign, key FROM {table}"):  # noqa: S608
            if not all(map(is_name, names)):
                return f"The ledger is damaged (row {number} of `{table}` is about nobody)."
    return ""


def _made() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    for statement in SCHEMA:
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {VERSION}")
    return db


def _empty() -> bytes:
    with contextlib.closing(_made()) as db:
        return db.serialize()


def _schema(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    return sorted(
        map(tuple, db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")), key=repr
    )


def _end_of(path: Path, length: int) -> bytes:
    """The last bytes of a regular file."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - length))
        return file.read(length)


@contextmanager
def only_sender(project: Project) -> Iterator[None]:
    """Be the only one who sends from this project; the system ends it with the process.

    Raises Problems where another one does.
    """
    from filelock import FileLock, Timeout

    path = ledger_path(project)
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Problems(
            [
                error(
                    "already-sending",
                    "Another process sends mail from this project.",
                    Place(project.show(path)),
                    "Wait until it is done, or stop it with Ctrl-C; then type the command again.",
                )
            ]
        ) from None
    except OSError as reason:
        raise Problems(
            [
                error(
                    "ledger",
                    f"The folder of the ledger cannot be written ({reason.strerror or reason}).",
                    Place(project.show(path)),
                    "Change its permissions, or copy the project to a disk of your own.",
                )
            ]
        ) from None
    try:
        yield
    finally:
        lock.release()
