"""The ledger: what became of each letter. It alone keeps offices from getting a second one.

It is an SQLite file in the project, with one row per campaign and address::

    queued → sending → accepted | refused (5xx) | deferred (4xx) | unknown

A row is committed as *sending* before a letter is sent, and again (`ending_at`) before its last
line: from then on nobody can know whether the server has accepted it (RFC 1047). So if a sender
dies, its row tells: before that line the letter cannot have been accepted, after it, it is unknown.

The project may come from a stranger. SQLite executes what a schema says and follows what a journal
says, so both are checked first.
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
from typing import NoReturn

from brochure import bounds
from brochure.diagnostics import Location, fail
from brochure.mail.delivery.entries import (
    SEND_AGAIN,
    DeliveryState,
    Entry,
    Note,
    NoteKind,
    decode_column,
    entry_of,
    is_name,
    note_of,
    unreadable_notes,
)
from brochure.messages import EMPTY, Message, say
from brochure.project import Project

LEDGER_FILE = "ledger.sqlite3"
QueueRow = tuple[str, str, str, str]  # key, address, office, variant
_VERSION = 1
_BUSY = 10.0  # seconds to wait for another process that writes
_STEPS = 100_000  # of SQLite's virtual machine between two looks at the clock
# Files beside the ledger that SQLite opens of its own accord (sqlite.org/tempfiles.html).
_SUFFIXES = ("", "-journal", "-wal", "-shm")
# The end of a journal that names a “super-journal”, a file that SQLite deletes. Ours never do, as
# no command changes two databases at once.
_SUPER = bytes.fromhex("d9d505f920a163d7")
# What `PRAGMA integrity_check` reports about values; `entries` does so with the address.
_ABOUT_VALUES = re.compile(r"(CHECK constraint failed|(NULL|NUMERIC|TEXT|non-\w+) value) in ")
_SCHEMA = (
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
    """Beside `content/`, not in `out/`: everything there can be made again, the ledger cannot."""
    return project.root / LEDGER_FILE


class _UnsafeFileError(Exception):
    """There is something in the ledger's place, or beside it, that must not be opened."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


def _ledger_exists(path: Path) -> bool:
    """Whether there is a ledger, which is not opened.

    Raises _UnsafeFileError if it is not a regular file, or one beside it is not: a link may lead
    anywhere, and a named pipe would make us wait for ever. Raises OSError.
    """
    for suffix in _SUFFIXES:
        file = path.with_name(path.name + suffix)
        with contextlib.suppress(FileNotFoundError):
            status = os.lstat(file)
            if stat.S_ISLNK(status.st_mode):
                raise _UnsafeFileError(say("`{file}` is a symbolic link", file=file.name))
            if not stat.S_ISREG(status.st_mode):
                raise _UnsafeFileError(say("`{file}` is not a regular file", file=file.name))
            if status.st_size > bounds.LEDGER:
                raise _UnsafeFileError(
                    say(
                        "`{file}` is larger than {limit} MB",
                        file=file.name,
                        limit=bounds.LEDGER // 10**6,
                    )
                )
            if suffix == "" and status.st_size == 0:  # `_create_ledger` never leaves one behind
                raise _UnsafeFileError(
                    say("`{file}` is empty, as after a failed copy", file=file.name)
                )
            if suffix == "-journal" and _end_of(file, len(_SUPER)) == _SUPER:
                raise _UnsafeFileError(
                    say(
                        "`{file}` names a file to be deleted, which brochure never does",
                        file=file.name,
                    )
                )
    return path.exists()


def _end_of(path: Path, length: int) -> bytes:
    """The last bytes of a regular file."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - length))
        return file.read(length)


def _create_ledger(path: Path) -> None:
    """Make an empty ledger that only its owner can read: whole, or not at all.

    If another process is faster, its ledger stays. Raises OSError, sqlite3.Error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(part, flags, 0o600), "wb") as file:
            with contextlib.closing(_empty_database()) as db:
                file.write(db.serialize())
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


def _empty_database() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    for statement in _SCHEMA:
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {_VERSION}")
    return db


def _schema(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    return sorted(
        map(tuple, db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")), key=repr
    )


def _damage(db: sqlite3.Connection) -> Message:
    """What is wrong with an open database as a whole, or an empty message.

    No table is read before the schema is known to be ours: there may be views and triggers.
    """
    with contextlib.closing(_empty_database()) as ours:
        if _schema(db) != _schema(ours):
            return say("The ledger has other tables than the ones that brochure makes.")
    for (result,) in db.execute("PRAGMA integrity_check(1000000)"):
        if result != "ok" and not _ABOUT_VALUES.match(str(result)):
            return say(
                "The ledger is damaged ({reason}).", reason=" ".join(str(result).split())[:100]
            )
    for table, number, *_ in db.execute("PRAGMA foreign_key_check"):
        return say(
            "The ledger is damaged (row {number} of `{table}` belongs to no letter).",
            number=number,
            table=table,
        )
    for table in ("letters", "notes"):
        for number, *names in db.execute(f"SELECT rowid, campaign, key FROM {table}"):  # noqa: S608
            if not all(map(is_name, names)):
                return say(
                    "The ledger is damaged (row {number} of `{table}` does not say which letter it "
                    "is about).",
                    number=number,
                    table=table,
                )
    return EMPTY


# Stored as they are.
_STOPPED_AFTER = say("sending stopped after the last line: it may have been accepted")
_STOPPED_BEFORE = say("sending stopped before the last line: it cannot have been accepted")
_WENT_OUT = say("it went out")


def outcome_of_interrupted(entry: Entry) -> tuple[DeliveryState, Message]:
    """What became of a letter whose sender died, and why."""
    if entry.ending_at is not None:
        return DeliveryState.UNKNOWN, _STOPPED_AFTER
    return DeliveryState.DEFERRED, _STOPPED_BEFORE


class Ledger:
    """The ledger of a project, open. Every method that writes has committed when it returns.

    Rows that cannot be read are `DeliveryState.UNREADABLE`; only `resolve` changes them. If
    anything goes wrong (a full disk, a damaged file), every method raises DiagnosticsError, and
    the row is as it was.
    """

    def __init__(self, path: Path, shown: str) -> None:
        """Open the ledger at `path`, or make it; `shown` is the path as users see it.

        Raises DiagnosticsError, also if brochure has not made it, or it is damaged: nobody can
        know then who has already been sent a letter.
        """
        self._location = Location(shown)
        with self._errors_reported():
            self.new = not _ledger_exists(path)
            if self.new:
                _create_ledger(path)
            self._db = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
        try:
            with self._errors_reported():
                version, damage = self._open()
            if version > _VERSION:
                self._fail(
                    say(
                        "A newer version of brochure wrote the ledger ({version}).", version=version
                    ),
                    say("Update brochure on this machine."),
                )
            if damage:
                self._fail(
                    damage,
                    say(
                        "Nothing is sent until this is repaired: replace the file with an intact "
                        "copy. As long as you have none, never delete it: it knows who has already "
                        "been sent a letter."
                    ),
                )
        except BaseException:
            self.close()
            raise

    def _open(self) -> tuple[int, Message]:
        """Its version, and what is wrong with it."""
        self._db.set_progress_handler(self._out_of_time, _STEPS)
        self._db.text_factory = decode_column
        # Nothing in the file is executed: no functions in indexes, no virtual tables.
        self._db.execute("PRAGMA trusted_schema = OFF")
        self._db.execute("PRAGMA cell_size_check = ON")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        damage = _damage(self._db) if version <= _VERSION else EMPTY
        if version < _VERSION and not damage:
            damage = say(
                "The ledger has a version that never existed ({version}).", version=version
            )
        self._db.row_factory = sqlite3.Row
        # Each commit is on the disk before it returns, even if the power fails; and what was
        # there before is overwritten in place.
        self._db.execute("PRAGMA synchronous = EXTRA")
        self._db.execute("PRAGMA fullfsync = ON")  # macOS
        self._db.execute("PRAGMA foreign_keys = ON")
        return version, damage

    def _out_of_time(self) -> bool:
        return time.monotonic() > self._until

    def close(self) -> None:
        """Close it."""
        self._db.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def entries(self, campaign: str) -> dict[str, Entry]:
        """All letters of a campaign by key, in the order in which they were queued."""
        with self._errors_reported():
            rows = self._db.execute(
                "SELECT * FROM letters WHERE campaign = ? ORDER BY rowid", (campaign,)
            ).fetchall()
        return {row["key"]: entry_of(dict(row)) for row in rows}

    def notes(self, campaign: str | None = None) -> list[Note]:
        """All notes of a campaign, or of all of them, oldest first."""
        with self._errors_reported():
            rows = self._db.execute(
                "SELECT * FROM notes WHERE campaign = coalesce(?, campaign) ORDER BY id",
                (campaign,),
            ).fetchall()
        return [note_of(dict(row)) for row in rows]

    def find(self, message_ids: Iterable[str]) -> Entry | None:
        """The letter with one of these Message-IDs, in any campaign."""
        with self._errors_reported():
            for message_id in message_ids:
                row = self._db.execute(
                    "SELECT * FROM letters WHERE message_id = ?", (message_id,)
                ).fetchone()
                if row:
                    return entry_of(dict(row))
        return None

    def enqueue(self, campaign: str, rows: Iterable[QueueRow], now: datetime) -> int:
        """Add the letters that are not there yet, and return how many."""
        with self._errors_reported(), self._transaction():
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
        """Mark a letter that is still to be sent as *sending*.

        False if it is not to be sent any more.
        """
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

    def record_ending(self, campaign: str, key: str, now: datetime) -> None:
        """Record that the last line is about to be sent.

        If this raises DiagnosticsError, it must not be.
        """
        if not self._change(
            "UPDATE letters SET ending_at = :now "
            "WHERE campaign = :campaign AND key = :key AND state = 'sending' "
            "AND ending_at IS NULL",
            {"now": _iso(now), "campaign": campaign, "key": key},
        ):
            self._fail(say("Another process has changed the record of this letter."))

    def record_result(
        self,
        campaign: str,
        key: str,
        now: datetime,
        state: DeliveryState,
        *,
        code: int = 0,
        reply: str = "",
        due: datetime | None = None,
    ) -> None:
        """Record what became of a letter. `due` is when a deferred one may be tried again."""
        self._change(
            "UPDATE letters SET state = :state, settled_at = :now, due_at = :due, code = :code, "
            "reply = :reply WHERE campaign = :campaign AND key = :key AND state = 'sending'",
            {
                "now": _iso(now), "campaign": campaign, "key": key, "state": state,
                "code": code or None, "reply": reply, "due": _iso(due) if due else None,
            },
        )  # fmt: skip

    def recover(self, campaign: str, now: datetime) -> list[Entry]:
        """Record results for the letters of a sender that died, and return them.

        Only with the lock of sending: otherwise they may belong to a sender that is alive.
        """
        interrupted = [
            entry
            for entry in self.entries(campaign).values()
            if entry.state is DeliveryState.SENDING
        ]
        for entry in interrupted:
            state, reply = outcome_of_interrupted(entry)
            self.record_result(campaign, entry.key, now, state, reply=reply)
        recovered = self.entries(campaign)
        return [recovered[entry.key] for entry in interrupted]

    def resolve(self, campaign: str, key: str, now: datetime, *, again: bool) -> bool:
        """Record a person's decision: the letter was sent, or it is to be sent *again*.

        The first is possible for unknown and unreadable letters, the second also for refused and
        deferred ones; it also overrules notes on the address that cannot be read. False if there
        was nothing to decide.
        """
        states = {DeliveryState.UNKNOWN, DeliveryState.UNREADABLE}
        if again:
            states |= {DeliveryState.REFUSED, DeliveryState.DEFERRED}
        with self._errors_reported(), self._transaction():
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
                        "state": DeliveryState.QUEUED if again else DeliveryState.ACCEPTED,
                    },
                )  # fmt: skip
            elif again:
                changed = any(note.key == key for note in unreadable_notes(self.notes()))
            if changed:
                decision = SEND_AGAIN if again else _WENT_OUT
                self._note(campaign, key, NoteKind.RESOLVED, decision, now)
        return changed

    def record_sent_by_hand(self, campaign: str, row: QueueRow, now: datetime, text: str) -> bool:
        """Record that a letter was sent by hand, from a draft. False if it was sent already."""
        self.enqueue(campaign, [row], now)
        return self._change(
            "UPDATE letters SET state = 'accepted', settled_at = :now, reply = :text "
            "WHERE campaign = :campaign AND key = :key AND state NOT IN ('accepted', 'sending')",
            {"now": _iso(now), "campaign": campaign, "key": row[0], "text": text},
        )

    def note(self, campaign: str, key: str, kind: NoteKind, text: str, now: datetime) -> None:
        """Add a note on the address of a letter."""
        with self._errors_reported(), self._transaction():
            self._note(campaign, key, kind, text, now)

    def _note(self, campaign: str, key: str, kind: NoteKind, text: str, now: datetime) -> None:
        self._db.execute(
            "INSERT INTO notes (at, campaign, key, kind, text) VALUES (?, ?, ?, ?, ?)",
            (_iso(now), campaign, key, kind, text),
        )

    def _change(self, statement: str, values: Mapping[str, object]) -> bool:
        """Make one change, and commit it. Whether a row was changed."""
        with self._errors_reported(), self._transaction():
            return self._execute(statement, values)

    def _execute(self, statement: str, values: Mapping[str, object]) -> bool:
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
    def _errors_reported(self) -> Iterator[None]:
        """Raise whatever goes wrong in the block as DiagnosticsError; it is bounded in time."""
        self._until = time.monotonic() + bounds.LEDGER_SECONDS
        try:
            yield
        except (sqlite3.Error, OSError, _UnsafeFileError) as error:
            reason = error.reason if isinstance(error, _UnsafeFileError) else str(error)
        else:
            return
        self._fail(
            say("The ledger cannot be read or written ({reason}).", reason=reason),
            say(
                "Is the disk full, the folder write-protected, or the file damaged? Nothing more "
                "is sent until this is repaired. Never delete the file: it knows who has already "
                "been sent a letter."
            ),
        )

    def _fail(self, message: Message, hint: Message = EMPTY) -> NoReturn:
        fail("ledger", message, self._location, hint)


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")
