"""The ledger: what became of each letter. It is the only thing that keeps an office from a second.

One row a campaign and address, in SQLite, in the project::

    queued → sending → accepted | refused (5xx) | deferred (4xx) | unknown

A row is committed as *sending* before a letter goes out, and says so again (`ending`) before its
last line does, from which on nobody can know whether the server has taken it (RFC 1047). So when a
sender died, its row tells: before, the letter cannot have been accepted; after, it is unknown.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from brochure import bounds
from brochure.diagnostics import Place, Problems, error
from brochure.mail.entry import AGAIN, Entry, Kind, Note, State, unread
from brochure.mail.ledgerfile import VERSION, create, fault_of, look
from brochure.mail.rows import entry_of, note_of, text_of

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

    def _problem(self, message: str, hint: str) -> Problems:
        return Problems([error("ledger", message, Place(self._shown), hint)])


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")
