"""The ledger's file: its tables, its place, whether it is one, and the lock of who sends.

It lies in the project, which may come from a stranger: SQLite runs what a schema says, and follows
what a journal says, so both are looked at first.
"""

import contextlib
import os
import re
import sqlite3
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, error
from brochure.mail.delivery.entries import (
    AGAIN,
    Entry,
    Kind,
    Note,
    State,
    entry_of,
    is_name,
    note_of,
    text_of,
    unread,
)
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
        raise DiagnosticsError(
            [
                error(
                    "already-sending",
                    "Another process sends mail from this project.",
                    Location(project.show(path)),
                    "Wait until it is done, or stop it with Ctrl-C; then type the command again.",
                )
            ]
        ) from None
    except OSError as reason:
        raise DiagnosticsError(
            [
                error(
                    "ledger",
                    f"The folder of the ledger cannot be written ({reason.strerror or reason}).",
                    Location(project.show(path)),
                    "Change its permissions, or copy the project to a disk of your own.",
                )
            ]
        ) from None
    try:
        yield
    finally:
        lock.release()


# --- The ledger: what became of each letter. It is the only thing that keeps an office from a
# second.
#
# One row a campaign and address, in SQLite, in the project::
#
#     queued → sending → accepted | refused (5xx) | deferred (4xx) | unknown
#
# A row is committed as *sending* before a letter goes out, and says so again (`ending`) before
# its last line does, from which on nobody can know whether the server has taken it (RFC 1047).
# So when a sender died, its row tells: before, the letter cannot have been accepted; after, it
# is unknown.

_BUSY = 10.0  # seconds to wait for another process that writes
_HINT = (
    "Nothing is sent until this is mended: put a copy of the file that is in order in its place. "
    "Never delete it while you have none: it knows who has got a letter."
)
_STEPS = 100_000  # of SQLite's machine between two looks at the clock


class Ledger:
    """The ledger of a project, open. Every method that writes has committed when it returns.

    Rows that cannot be understood are `State.UNREADABLE`: no method changes them, but `resolve`.

    sqlite3.Error goes through `_told`: whatever goes wrong (a full disk, a damaged file) is raised
    as Problems, and the row is as it was.
    """

    def __init__(self, path: Path, shown: str) -> None:
        """Open it, or make it, readable for its owner only. Raises Problems, also where it is none
        that brochure has made, or damaged: then nobody can know who has got a letter.
        """
        self._shown = shown
        with self._told():
            self.new = not look(path)
            if self.new:
                create(path)
            self._db = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
        try:
            with self._told():
                version, fault = self._open()
            if version > VERSION:
                raise self._problem(
                    f"The ledger was written by a newer version of brochure ({version}).",
                    "Update brochure on this machine.",
                )
            if fault:
                raise self._problem(fault, _HINT)
        except BaseException:
            self.close()
            raise

    def _open(self) -> tuple[int, str]:
        """Its version, and what is wrong with it."""
        self._db.set_progress_handler(self._late, _STEPS)
        self._db.text_factory = text_of
        # Nothing that stands in the file is run: no functions in indexes, no virtual tables.
        self._db.execute("PRAGMA trusted_schema = OFF")
        self._db.execute("PRAGMA cell_size_check = ON")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        fault = fault_of(self._db) if version <= VERSION else ""
        if version < VERSION and not fault:
            fault = f"The ledger has a version that never was ({version})."
        self._db.row_factory = sqlite3.Row
        # Each commit is on the disk before it returns, also after a loss of power; and what
        # stood there before is overwritten in place.
        self._db.execute("PRAGMA synchronous = EXTRA")
        self._db.execute("PRAGMA fullfsync = ON")  # macOS
        self._db.execute("PRAGMA foreign_keys = ON")
        return version, fault

    def _late(self) -> bool:
        return time.monotonic() > self._until

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def entries(self, campaign: str) -> dict[str, Entry]:
        """All rows of a campaign by key, in the order in which they were queued."""
        with self._told():
            rows = self._db.execute(
                "SELECT * FROM letters WHERE campaign = ? ORDER BY rowid", (campaign,)
            ).fetchall()
        return {row["key"]: entry_of(dict(row)) for row in rows}

    def notes(self, campaign: str | None = None) -> list[Note]:
        """All notes of a campaign, or of all of them, oldest first."""
        with self._told():
            rows = self._db.execute(
                "SELECT * FROM notes WHERE campaign = coalesce(?, campaign) ORDER BY id",
                (campaign,),
            ).fetchall()
        return [note_of(dict(row)) for row in rows]

    def find(self, message_ids: Iterable[str]) -> Entry | None:
        """The row of one of these Message-IDs, in any campaign."""
        with self._told():
            for message_id in message_ids:
                row = self._db.execute(
                    "SELECT * FROM letters WHERE message_id = ?", (message_id,)
                ).fetchone()
                if row:
                    return entry_of(dict(row))
        return None

    def enqueue(
        self, campaign: str, rows: Iterable[tuple[str, str, str, str]], now: datetime
    ) -> int:
        """Add rows that are not there yet: key, address, office, variant. How many were added."""
        with self._told(), self._transaction():
            before = self._db.total_changes
            self._db.executemany(
                "INSERT INTO letters (campaign, key, address, office, variant, state, queued_at) "
                "VALUES (?, ?, ?, ?, ?, 'queued', ?) ON CONFLICT DO NOTHING",
                [(campaign, *row, _iso(now)) for row in rows],
            )
            return self._db.total_changes - before

    def claim(
        self,
        campaign: str,
        key: str,
        now: datetime,
        *,
        message_id: str,
        sha256: str,
        pdf_sha256: str,
        size: int,
        variant: str,
    ) -> bool:
        """Open → sending. False where the row is not open any more: then it is not to be sent."""
        return self._change(
            "UPDATE letters SET state = 'sending', attempts = attempts + 1, sending_at = :now, "
            "ending_at = NULL, settled_at = NULL, due_at = NULL, code = NULL, reply = NULL, "
            "message_id = :message_id, sha256 = :sha256, pdf_sha256 = :pdf_sha256, size = :size, "
            "variant = :variant "
            "WHERE campaign = :campaign AND key = :key AND state IN ('queued', 'deferred')",
            {
                "now": _iso(now), "campaign": campaign, "key": key, "message_id": message_id,
                "sha256": sha256, "pdf_sha256": pdf_sha256, "size": size, "variant": variant,
            },
        )  # fmt: skip

    def ending(self, campaign: str, key: str, now: datetime) -> None:
        """The last line is about to go out. Raises Problems: then it must not."""
        if not self._change(
            "UPDATE letters SET ending_at = :now "
            "WHERE campaign = :campaign AND key = :key AND state = 'sending' "
            "AND ending_at IS NULL",
            {"now": _iso(now), "campaign": campaign, "key": key},
        ):
            raise self._problem("The row of this letter was changed by another process.", "")

    def settle(
        self,
        campaign: str,
        key: str,
        now: datetime,
        state: State,
        *,
        code: int = 0,
        reply: str = "",
        due: datetime | None = None,
    ) -> None:
        """Sending → what became of it. `due`: when a deferred one may be tried again."""
        self._change(
            "UPDATE letters SET state = :state, settled_at = :now, due_at = :due, code = :code, "
            "reply = :reply WHERE campaign = :campaign AND key = :key AND state = 'sending'",
            {
                "now": _iso(now), "campaign": campaign, "key": key, "state": state,
                "code": code or None, "reply": reply, "due": _iso(due) if due else None,
            },
        )  # fmt: skip

    def recover(self, campaign: str, now: datetime) -> list[Entry]:
        """Settle the rows of a sender that died, and return them. Only for who holds the lock of
        sending: else they may be somebody's who lives.
        """
        dead = [e for e in self.entries(campaign).values() if e.state is State.SENDING]
        for entry in dead:
            ended = entry.ending_at is not None
            self.settle(
                campaign,
                entry.key,
                now,
                State.UNKNOWN if ended else State.DEFERRED,
                reply="sending stopped after the last line: it may have been accepted"
                if ended
                else "sending stopped before the last line: it cannot have been accepted",
            )
        settled = self.entries(campaign)
        return [settled[entry.key] for entry in dead]

    def resolve(self, campaign: str, key: str, now: datetime, *, again: bool) -> bool:
        """A person's word on an unknown, unreadable or refused letter: it went out, or it is to go
        again; *again* also overrules notes on the address that cannot be read (`entry.unread`).
        """
        states = {State.UNKNOWN, State.UNREADABLE}
        if again:
            states |= {State.REFUSED, State.DEFERRED}
        with self._told(), self._transaction():
            entry = self.entries(campaign).get(key)
            if entry is None:
                return False
            changed = entry.state in states
            if changed:
                self._execute(
                    "UPDATE letters SET address = :address, office = :office, variant = :variant, "
                    "state = :state, attempts = :attempts, queued_at = :queued_at, "
                    "sending_at = :sending_at, ending_at = :ending_at, settled_at = :now, "
                    "due_at = NULL, message_id = :message_id, sha256 = :sha256, "
                    "pdf_sha256 = :pdf_sha256, size = :size, code = :code, reply = :reply "
                    "WHERE campaign = :campaign AND key = :key",
                    {
                        **asdict(entry), "now": _iso(now),
                        "state": State.QUEUED if again else State.ACCEPTED,
                    },
                )  # fmt: skip
            elif again:
                changed = any(note.key == key for note in unread(self.notes()))
            if changed:
                self._note(campaign, key, Kind.RESOLVED, AGAIN if again else "it went out", now)
        return changed

    def by_hand(
        self, campaign: str, row: tuple[str, str, str, str], now: datetime, text: str
    ) -> bool:
        """Note that a letter was sent by hand, from a draft. False where it went out already."""
        self.enqueue(campaign, [row], now)
        return self._change(
            "UPDATE letters SET state = 'accepted', settled_at = :now, reply = :text "
            "WHERE campaign = :campaign AND key = :key AND state NOT IN ('accepted', 'sending')",
            {"now": _iso(now), "campaign": campaign, "key": row[0], "text": text},
        )

    def note(self, campaign: str, key: str, kind: Kind, text: str, now: datetime) -> None:
        """Note something of an address that has a row."""
        with self._told(), self._transaction():
            self._note(campaign, key, kind, text, now)

    def _note(self, campaign: str, key: str, kind: Kind, text: str, now: datetime) -> None:
        self._db.execute(
            "INSERT INTO notes (at, campaign, key, kind, text) VALUES (?, ?, ?, ?, ?)",
            (_iso(now), campaign, key, kind, text),
        )

    def _change(self, statement: str, values: Mapping[str, Any]) -> bool:
        """One change, committed. Whether a row was changed."""
        with self._told(), self._transaction():
            return self._execute(statement, values)

    def _execute(self, statement: str, values: Mapping[str, Any]) -> bool:
        return self._db.execute(statement, values).rowcount == 1

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        self._until = time.monotonic() + bounds.LEDGER_SECONDS
        try:
            yield
        except (sqlite3.Error, OSError) as reason:
            raise self._problem(
                f"The ledger cannot be read or written ({reason}).",
                "Is the disk full, the folder protected, the file damaged? Nothing more is sent "
                "until this is mended. Never delete the file: it knows who has got a letter.",
            ) from None

    def _problem(self, message: str, hint: str) -> DiagnosticsError:
        return DiagnosticsError([error("ledger", message, Location(self._shown), hint)])


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")
