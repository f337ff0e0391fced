"""The ledger: what became of each letter. It is the only thing that keeps an office from a second.

One row a campaign and address, in SQLite, in the project::

    queued → sending → accepted | refused (5xx) | deferred (4xx) | unknown

A row is committed as *sending* before a letter goes out, and says so again (`ending`) before its
last line does, from which on nobody can know whether the server has taken it (RFC 1047). So when a
sender died, its row tells: before, the letter cannot have been accepted; after, it is unknown.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from brochure.diagnostics import Place, Problems, error
from brochure.mail.entry import Entry, Kind, Note, State
from brochure.mail.ledgerfile import SCHEMA, VERSION

_BUSY = 10.0  # seconds to wait for another process that writes


class Ledger:
    """The ledger of a project, open. Every method that writes has committed when it returns.

    sqlite3.Error goes through `_told`: whatever goes wrong (a full disk, a damaged file) is raised
    as Problems, and the row is as it was.
    """

    def __init__(self, path: Path, shown: str) -> None:
        """Open it, or make it, readable for its owner only. Raises Problems."""
        self._shown = shown
        self.new = not path.exists()
        with self._told():
            if self.new:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            # Each commit is on the disk before it returns, also after a loss of power; and what
            # stood there before is overwritten in place.
            self._db.execute("PRAGMA synchronous = EXTRA")
            self._db.execute("PRAGMA fullfsync = ON")  # macOS
            self._db.execute("PRAGMA foreign_keys = ON")
            with self._transaction():
                (version,) = self._db.execute("PRAGMA user_version").fetchone()
                if version == 0:
                    for statement in SCHEMA:
                        self._db.execute(statement)
                    self._db.execute(f"PRAGMA user_version = {VERSION}")
        if version not in (0, VERSION):
            self.close()
            raise self._problem(
                f"The ledger was written by a newer version of brochure ({version}).",
                "Update brochure on this machine.",
            )

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
        return {row["key"]: _entry(row) for row in rows}

    def notes(self, campaign: str | None = None) -> list[Note]:
        """All notes of a campaign, or of all of them, oldest first."""
        with self._told():
            rows = self._db.execute(
                "SELECT * FROM notes WHERE campaign = coalesce(?, campaign) ORDER BY id",
                (campaign,),
            ).fetchall()
        return [
            Note(row["at"], row["campaign"], row["key"], Kind(row["kind"]), row["text"])
            for row in rows
        ]

    def find(self, message_ids: Iterable[str]) -> Entry | None:
        """The row of one of these Message-IDs, in any campaign."""
        with self._told():
            for message_id in message_ids:
                row = self._db.execute(
                    "SELECT * FROM letters WHERE message_id = ?", (message_id,)
                ).fetchone()
                if row:
                    return _entry(row)
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
        """A person's word on an unknown or refused letter: it went out, or it is to go again."""
        states = "('unknown', 'refused', 'deferred')" if again else "('unknown')"
        with self._told(), self._transaction():
            changed = self._execute(
                f"UPDATE letters SET state = :state, settled_at = :now, due_at = NULL "  # noqa: S608
                f"WHERE campaign = :campaign AND key = :key AND state IN {states}",
                {
                    "now": _iso(now), "campaign": campaign, "key": key,
                    "state": State.QUEUED if again else State.ACCEPTED,
                },
            )  # fmt: skip
            if changed:
                said = "to be sent again" if again else "it went out"
                self._note(campaign, key, Kind.RESOLVED, said, now)
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


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(**{**dict(row), "state": State(row["state"])})


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")
