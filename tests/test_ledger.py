"""The ledger: each step committed, nothing out of order, nothing lost."""

import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from brochure.diagnostics import Problems
from brochure.mail.entry import Kind, State
from brochure.mail.ledger import Ledger
from brochure.mail.ledgerfile import only_sender
from brochure.project import Project

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ROWS = [("a@x.de", "A@x.de", "Amt A", "mr"), ("b@x.de", "b@x.de", "", "")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(path, "ledger") as opened:
        opened.enqueue("c", ROWS, NOW)
        yield opened


def claim(ledger: Ledger, key: str = "a@x.de") -> bool:
    return ledger.claim(
        "c", key, NOW, message_id=f"<{key}>", sha256="s", pdf_sha256="p", size=7, variant="mr"
    )


def state(ledger: Ledger, key: str = "a@x.de") -> State:
    return ledger.entries("c")[key].state


def test_a_row_a_campaign_and_address(ledger: Ledger) -> None:
    assert ledger.enqueue("c", ROWS, NOW) == 0
    assert ledger.enqueue("c", [*ROWS, ("c@x.de", "c@x.de", "", "")], NOW) == 1
    assert ledger.enqueue("other", ROWS, NOW) == 2
    entries = ledger.entries("c")
    assert list(entries) == ["a@x.de", "b@x.de", "c@x.de"]
    first = entries["a@x.de"]
    assert (first.address, first.office, first.variant) == ("A@x.de", "Amt A", "mr")
    assert (first.state, first.attempts) == (State.QUEUED, 0)


def test_one_claim_only(ledger: Ledger, path: Path) -> None:
    with Ledger(path, "ledger") as other:
        assert claim(ledger)
        assert not claim(other)
        assert not claim(ledger)
        assert state(other) is State.SENDING
    entry = ledger.entries("c")["a@x.de"]
    assert (entry.message_id, entry.sha256, entry.size) == ("<a@x.de>", "s", 7)
    assert entry.attempts == 1


@pytest.mark.parametrize(
    ("settled", "again"),
    [
        (State.ACCEPTED, False), (State.REFUSED, False), (State.UNKNOWN, False),
        (State.DEFERRED, True), (State.QUEUED, True),
    ],
)  # fmt: skip
def test_what_may_be_claimed(ledger: Ledger, settled: State, again: bool) -> None:
    assert claim(ledger)
    ledger.ending("c", "a@x.de", NOW)
    ledger.settle("c", "a@x.de", NOW, settled, code=250, reply="ok")
    assert state(ledger) is settled
    assert claim(ledger) is again
    if again:
        entry = ledger.entries("c")["a@x.de"]
        assert (entry.attempts, entry.ending_at, entry.reply) == (2, None, None)


def test_only_what_is_sending_ends_and_settles(ledger: Ledger) -> None:
    with pytest.raises(Problems, match="changed by another process"):
        ledger.ending("c", "a@x.de", NOW)
    ledger.settle("c", "a@x.de", NOW, State.ACCEPTED)
    assert state(ledger) is State.QUEUED
    claim(ledger)
    ledger.ending("c", "a@x.de", NOW)
    with pytest.raises(Problems, match="changed by another process"):
        ledger.ending("c", "a@x.de", NOW)


def test_a_sender_that_died(ledger: Ledger) -> None:
    claim(ledger)
    claim(ledger, "b@x.de")
    ledger.ending("c", "b@x.de", NOW)
    settled = {entry.key: entry.state for entry in ledger.recover("c", NOW)}
    assert settled == {"a@x.de": State.DEFERRED, "b@x.de": State.UNKNOWN}
    assert ledger.recover("c", NOW) == []
    assert claim(ledger)
    assert not claim(ledger, "b@x.de")


def test_a_word_on_an_unknown_letter(ledger: Ledger) -> None:
    assert not ledger.resolve("c", "a@x.de", NOW, again=True)  # it is only queued
    for again, becomes in ((True, State.QUEUED), (False, State.ACCEPTED)):
        claim(ledger)
        ledger.ending("c", "a@x.de", NOW)
        ledger.recover("c", NOW)
        assert ledger.resolve("c", "a@x.de", NOW, again=again)
        assert state(ledger) is becomes
    assert not ledger.resolve("c", "a@x.de", NOW, again=True)  # nobody takes back what was sent
    assert [note.kind for note in ledger.notes("c")] == [Kind.RESOLVED] * 2


def test_sent_by_hand(ledger: Ledger) -> None:
    assert ledger.by_hand("c", ROWS[0], NOW, "by hand")
    assert not ledger.by_hand("c", ROWS[0], NOW, "by hand")
    assert ledger.by_hand("c", ("new@x.de", "new@x.de", "", ""), NOW, "by hand")
    assert not claim(ledger)


def test_times_are_utc(ledger: Ledger) -> None:
    claim(ledger)
    due = datetime(2026, 11, 24, 14, 0, tzinfo=UTC).astimezone()
    ledger.settle("c", "a@x.de", NOW, State.DEFERRED, due=due + timedelta(minutes=2))
    entry = ledger.entries("c")["a@x.de"]
    assert entry.due_at == "2026-11-24T14:02:00+00:00"
    assert entry.queued_at == "2026-11-24T12:00:00+00:00"


def test_it_is_its_owners_alone(ledger: Ledger, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ledger.new
    with Ledger(path, "ledger") as again:
        assert not again.new
        assert again.entries("c").keys() == {"a@x.de", "b@x.de"}
        settings = again._db.execute("PRAGMA synchronous").fetchone()
        assert tuple(settings) == (3,)  # EXTRA: on the disk before anything goes out


def test_a_damaged_file_or_one_of_the_future(path: Path) -> None:
    path.write_bytes(b"no database, but long enough to be looked at. " * 100)
    with pytest.raises(Problems, match="not a database"):
        Ledger(path, "ledger")
    path.unlink()
    Ledger(path, "ledger").close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(Problems, match="newer version"):
        Ledger(path, "ledger")


def test_a_full_disk_changes_nothing(ledger: Ledger) -> None:
    """What SQLite says when it cannot grow is SQLITE_FULL, as on a disk without space."""
    pages = ledger._db.execute("PRAGMA page_count").fetchone()[0]
    ledger._db.execute(f"PRAGMA max_page_count = {pages}")
    rows = [(f"{n}@x.de", "x" * 200, "", "") for n in range(500)]
    with pytest.raises(Problems, match="full"):
        ledger.enqueue("c", rows, NOW)
    assert ledger.entries("c").keys() == {"a@x.de", "b@x.de"}
    claim(ledger)
    with pytest.raises(Problems, match="full"):
        ledger.settle("c", "a@x.de", NOW, State.ACCEPTED, reply="x" * 20000)
    assert state(ledger) is State.SENDING


def test_one_sender_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    project = Project(tmp_path)
    with only_sender(project), pytest.raises(Problems, match="Another process sends"):  # noqa: SIM117
        with only_sender(project):
            raise AssertionError
    with only_sender(project):
        pass


def test_notes_need_a_letter(ledger: Ledger) -> None:
    ledger.note("c", "a@x.de", Kind.BOUNCED, "550", NOW)
    with pytest.raises(Problems, match="FOREIGN KEY"):
        ledger.note("c", "nobody@x.de", Kind.BOUNCED, "550", NOW)
    (note,) = ledger.notes()
    assert (note.kind, note.text, note.campaign) == (Kind.BOUNCED, "550", "c")
    assert ledger.notes("other") == []


def test_found_by_message_id(ledger: Ledger) -> None:
    claim(ledger)
    found: Any = ledger.find(["<none>", "<a@x.de>"])
    assert found.key == "a@x.de"
    assert ledger.find(["<none>"]) is None
