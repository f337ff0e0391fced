"""The ledger: each step committed, nothing out of order, nothing lost."""

import contextlib
import os
import socket
import sqlite3
import stat
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location
from brochure.mail.delivery.entries import SEND_AGAIN, DeliveryState, NoteKind
from brochure.mail.delivery.ledger import Ledger
from brochure.mail.delivery.lock import only_sender
from brochure.mail.history import compare, objections, unreadable
from brochure.project import Project
from tests.postoffice import Mailroom
from tests.test_letter import campaign

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


def state(ledger: Ledger, key: str = "a@x.de") -> DeliveryState:
    return ledger.entries("c")[key].state


def test_a_row_a_campaign_and_address(ledger: Ledger) -> None:
    assert ledger.enqueue("c", ROWS, NOW) == 0
    assert ledger.enqueue("c", [*ROWS, ("c@x.de", "c@x.de", "", "")], NOW) == 1
    assert ledger.enqueue("other", ROWS, NOW) == 2
    entries = ledger.entries("c")
    assert list(entries) == ["a@x.de", "b@x.de", "c@x.de"]
    first = entries["a@x.de"]
    assert (first.address, first.office, first.variant) == ("A@x.de", "Amt A", "mr")
    assert (first.state, first.attempts) == (DeliveryState.QUEUED, 0)


def test_one_claim_only(ledger: Ledger, path: Path) -> None:
    with Ledger(path, "ledger") as other:
        assert claim(ledger)
        assert not claim(other)
        assert not claim(ledger)
        assert state(other) is DeliveryState.SENDING
    entry = ledger.entries("c")["a@x.de"]
    assert (entry.message_id, entry.sha256, entry.size) == ("<a@x.de>", "s", 7)
    assert entry.attempts == 1


@pytest.mark.parametrize(
    ("result", "again"),
    [
        (DeliveryState.ACCEPTED, False),
        (DeliveryState.REFUSED, False),
        (DeliveryState.UNKNOWN, False),
        (DeliveryState.DEFERRED, True),
        (DeliveryState.QUEUED, True),
    ],
)
def test_what_may_be_claimed(ledger: Ledger, result: DeliveryState, again: bool) -> None:
    assert claim(ledger)
    ledger.record_ending("c", "a@x.de", NOW)
    ledger.record_result("c", "a@x.de", NOW, result, code=250, reply="ok")
    assert state(ledger) is result
    assert claim(ledger) is again
    if again:
        entry = ledger.entries("c")["a@x.de"]
        assert (entry.attempts, entry.ending_at, entry.reply) == (2, None, None)


def test_only_what_is_sending_ends_and_settles(ledger: Ledger) -> None:
    with pytest.raises(DiagnosticsError, match="Another process has changed"):
        ledger.record_ending("c", "a@x.de", NOW)
    ledger.record_result("c", "a@x.de", NOW, DeliveryState.ACCEPTED)
    assert state(ledger) is DeliveryState.QUEUED
    claim(ledger)
    ledger.record_ending("c", "a@x.de", NOW)
    with pytest.raises(DiagnosticsError, match="Another process has changed"):
        ledger.record_ending("c", "a@x.de", NOW)


def test_a_sender_that_died(ledger: Ledger) -> None:
    claim(ledger)
    claim(ledger, "b@x.de")
    ledger.record_ending("c", "b@x.de", NOW)
    states = {entry.key: entry.state for entry in ledger.recover("c", NOW)}
    assert states == {"a@x.de": DeliveryState.DEFERRED, "b@x.de": DeliveryState.UNKNOWN}
    assert ledger.recover("c", NOW) == []
    assert claim(ledger)
    assert not claim(ledger, "b@x.de")


def test_a_word_on_an_unknown_letter(ledger: Ledger) -> None:
    assert not ledger.resolve("c", "a@x.de", NOW, again=True)  # it is only queued
    for again, becomes in ((True, DeliveryState.QUEUED), (False, DeliveryState.ACCEPTED)):
        claim(ledger)
        ledger.record_ending("c", "a@x.de", NOW)
        ledger.recover("c", NOW)
        assert ledger.resolve("c", "a@x.de", NOW, again=again)
        assert state(ledger) is becomes
    assert not ledger.resolve("c", "a@x.de", NOW, again=True)  # nobody takes back what was sent
    assert [note.kind for note in ledger.notes("c")] == [NoteKind.RESOLVED] * 2


def test_a_letter_that_waits_may_be_sent_at_once(ledger: Ledger) -> None:
    claim(ledger)
    later = NOW + timedelta(hours=4)
    ledger.record_result(
        "c", "a@x.de", NOW, DeliveryState.DEFERRED, code=451, reply="later", due=later
    )
    assert not ledger.resolve("c", "a@x.de", NOW, again=False)  # it did not go out
    assert ledger.resolve("c", "a@x.de", NOW, again=True)
    entry = ledger.entries("c")["a@x.de"]
    assert (entry.state, entry.due_at) == (DeliveryState.QUEUED, None)
    assert [note.text for note in ledger.notes("c")] == [SEND_AGAIN]


@pytest.mark.parametrize(
    ("result", "codes"),
    [
        (None, ["office-again", "variant-changed"]),  # it is on its way
        (DeliveryState.ACCEPTED, ["office-again", "variant-changed"]),
        (DeliveryState.UNKNOWN, ["office-again", "variant-changed"]),
        (DeliveryState.DEFERRED, ["not-in-list"]),
        (DeliveryState.REFUSED, []),
    ],
)
def test_what_may_have_gone_out_is_held_against_the_list(
    ledger: Ledger, room: Mailroom, result: DeliveryState | None, codes: list[str]
) -> None:
    """One office has another address now, the other one another variant."""
    ledger.enqueue(
        "probe", [("alt@x.de", "alt@x.de", "Amt", "gi"), ("b@x.de",) * 2 + ("", "vb")], NOW
    )
    for key in ("alt@x.de", "b@x.de"):
        assert ledger.claim(
            "probe", key, NOW, message_id=key, sha256="", pdf_sha256="", size=1,
            variant="gi" if key == "alt@x.de" else "vb",
        )  # fmt: skip
        if result:
            ledger.record_result("probe", key, NOW, result)
    found = campaign(room, table="email,office,variant\nneu@x.de,Amt,gi\nb@x.de,,gi\n")
    diagnostics = compare(found, ledger.entries("probe"), [])
    assert [diagnostic.code for diagnostic in diagnostics] == codes


def test_sent_by_hand(ledger: Ledger) -> None:
    assert ledger.record_sent_by_hand("c", ROWS[0], NOW, "by hand")
    assert not ledger.record_sent_by_hand("c", ROWS[0], NOW, "by hand")
    assert ledger.record_sent_by_hand("c", ("new@x.de", "new@x.de", "", ""), NOW, "by hand")
    assert not claim(ledger)


def test_times_are_utc(ledger: Ledger) -> None:
    claim(ledger)
    due = datetime(2026, 11, 24, 14, 0, tzinfo=UTC).astimezone()
    ledger.record_result("c", "a@x.de", NOW, DeliveryState.DEFERRED, due=due + timedelta(minutes=2))
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
    with pytest.raises(DiagnosticsError, match="not a database"):
        Ledger(path, "ledger")
    path.unlink()
    Ledger(path, "ledger").close()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(DiagnosticsError, match="newer version"):
        Ledger(path, "ledger")


def test_a_full_disk_changes_nothing(ledger: Ledger) -> None:
    """What SQLite says when it cannot grow is SQLITE_FULL, as on a disk without space."""
    pages = ledger._db.execute("PRAGMA page_count").fetchone()[0]
    ledger._db.execute(f"PRAGMA max_page_count = {pages}")
    rows = [(f"{n}@x.de", "x" * 200, "", "") for n in range(500)]
    with pytest.raises(DiagnosticsError, match="full"):
        ledger.enqueue("c", rows, NOW)
    assert ledger.entries("c").keys() == {"a@x.de", "b@x.de"}
    claim(ledger)
    with pytest.raises(DiagnosticsError, match="full"):
        ledger.record_result("c", "a@x.de", NOW, DeliveryState.ACCEPTED, reply="x" * 20000)
    assert state(ledger) is DeliveryState.SENDING


def test_one_sender_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    project = Project(tmp_path)
    with only_sender(project), pytest.raises(DiagnosticsError, match="Another process is sending"):  # noqa: SIM117
        with only_sender(project):
            raise AssertionError
    with only_sender(project):
        pass


def test_notes_need_a_letter(ledger: Ledger) -> None:
    ledger.note("c", "a@x.de", NoteKind.BOUNCED, "550", NOW)
    with pytest.raises(DiagnosticsError, match="FOREIGN KEY"):
        ledger.note("c", "nobody@x.de", NoteKind.BOUNCED, "550", NOW)
    (note,) = ledger.notes()
    assert (note.kind, note.text, note.campaign) == (NoteKind.BOUNCED, "550", "c")
    assert ledger.notes("other") == []


def test_found_by_message_id(ledger: Ledger) -> None:
    claim(ledger)
    found: Any = ledger.find(["<none>", "<a@x.de>"])
    assert found.key == "a@x.de"
    assert ledger.find(["<none>"]) is None


# --- Ledgers from elsewhere -----------------------------------------------------------------------


def tamper(path: Path, *statements: str) -> None:
    """Change a ledger as no brochure would: no CHECK, no NOT NULL, no foreign keys."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        schema = db.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL").fetchall()
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '')")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            db.execute(statement)
        db.execute("PRAGMA writable_schema = ON")
        for name, sql in schema:
            db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))


STRANGE = [
    ("state", "'flown'"), ("state", "'Accepted'"), ("state", "NULL"), ("state", "x'FF'"),
    ("state", "'unreadable'"), ("state", "CAST(x'71FF' AS TEXT)"),
    ("attempts", "'many'"), ("attempts", "-1"), ("attempts", "1.5"), ("attempts", "1 << 62"),
    ("queued_at", "NULL"), ("queued_at", "'yesterday'"), ("queued_at", "20261124"),
    ("due_at", "'2026-02-31T00:00:00+00:00'"), ("due_at", "'0001-01-01T00:00:00+14:00'"),
    ("due_at", "'2026-11-24'"), ("ending_at", "x''"), ("settled_at", "'9999-12-31T00:00:00+00:00'"),
    ("address", "''"), ("address", "'b@x.de'"),
    ("address", "NULL"), ("office", "x'00'"), ("variant", "NULL"), ("size", "'x'"),
    ("code", "-250"),
    ("reply", "x'41'"),
    ("message_id", "x'41'"), ("sha256", "x'41'"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), STRANGE)
def test_a_row_that_nobody_understands_is_held_back(path: Path, column: str, value: str) -> None:
    with Ledger(path, "ledger") as ledger:
        ledger.enqueue("c", ROWS, NOW)
    tamper(path, f"UPDATE letters SET {column} = {value} WHERE key = 'a@x.de'")
    with Ledger(path, "ledger") as ledger:
        entry = ledger.entries("c")["a@x.de"]
        assert entry.state is DeliveryState.UNREADABLE
        assert entry.fault.startswith(f"{column} is ")
        assert (entry.campaign, entry.key) == ("c", "a@x.de")
        assert entry.fault.isprintable()
        assert state(ledger, "b@x.de") is DeliveryState.QUEUED
        assert ledger.recover("c", NOW) == []
        # A person's word makes it a row like others.
        assert ledger.resolve("c", "a@x.de", NOW, again=True)
        assert ledger.entries("c")["a@x.de"].fault == ""
        assert claim(ledger)


@pytest.mark.parametrize(
    ("column", "value"),
    [("kind", "'vanished'"), ("kind", "7"), ("at", "'soon'"), ("text", "x'FF'"), ("kind", "NULL")],
)
def test_a_note_that_nobody_understands_may_be_an_objection(
    path: Path, column: str, value: str
) -> None:
    with Ledger(path, "ledger") as ledger:
        ledger.enqueue("c", ROWS, NOW)
        ledger.note("c", "a@x.de", NoteKind.OBJECTED, "no more", NOW)
    tamper(path, f"UPDATE notes SET {column} = {value}")
    with Ledger(path, "ledger") as ledger:
        (note,) = ledger.notes()
        assert (note.kind, note.key) == (NoteKind.UNREADABLE, "a@x.de")
        location = Location("ledger")
        assert objections(ledger.notes(), location) == {"a@x.de": location}
        (diagnostic,) = unreadable(ledger.entries("c").values(), ledger.notes(), "probe", location)
        assert "`a@x.de` in the campaign `c`" in diagnostic.message
        assert ledger.resolve("c", "a@x.de", NOW, again=True)
        assert objections(ledger.notes(), location) == {}
        assert not ledger.resolve("c", "a@x.de", NOW, again=True)


def test_words_in_a_ledger_do_nothing_to_a_terminal(path: Path) -> None:
    with Ledger(path, "ledger") as ledger:
        ledger.enqueue("c", [("a@x.de", "a@x.de", "Amt\x1b[2J\x9b1m", "\x07")], NOW)
        ledger.note("c", "a@x.de", NoteKind.REPLIED, "\x1b]0;x\x07", NOW)
        entry, note = ledger.entries("c")["a@x.de"], ledger.notes()[0]
    assert f"{entry.office}{entry.variant}{note.text}".isprintable()


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n"


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TRIGGER t AFTER UPDATE ON letters BEGIN DELETE FROM letters; END",),
        ("CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM notes; END",),
        ("CREATE TABLE more (x)", "CREATE TRIGGER t AFTER INSERT ON more BEGIN SELECT 1; END"),
        ("CREATE VIEW v AS SELECT 1",),
        ("DROP TABLE notes", f"CREATE VIEW notes AS {ENDLESS}"),
        ("DROP TABLE notes", "DROP TABLE letters", f"CREATE VIEW letters AS {ENDLESS}"),
        ("DROP INDEX by_message",),
        ("CREATE UNIQUE INDEX one ON letters (state)",),
        ("ALTER TABLE letters ADD COLUMN more TEXT",),
        ("DROP TABLE notes",),
        ("DROP TABLE notes", "CREATE VIRTUAL TABLE notes USING fts4(text)"),
        ("DROP TABLE notes", "DROP TABLE letters", "PRAGMA user_version = 0"),
        ("PRAGMA user_version = 0",),
        ("PRAGMA user_version = -1",),
    ],
)
def test_a_ledger_that_brochure_has_not_made(path: Path, statements: tuple[str, ...]) -> None:
    Ledger(path, "ledger").close()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)
    before = path.read_bytes()
    with pytest.raises(DiagnosticsError, match=r"other tables|a version that never existed"):
        Ledger(path, "ledger")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO notes (at, campaign, key, kind, text) VALUES ('', 'c', 'z', 'objected', '')",
        "UPDATE letters SET key = x'61' WHERE key = 'b@x.de'",
        "UPDATE letters SET key = NULL WHERE key = 'b@x.de'",
        "UPDATE letters SET campaign = CAST(x'63FF' AS TEXT) WHERE key = 'b@x.de'",
        "UPDATE letters SET campaign = 'c' || char(10) WHERE key = 'b@x.de'",
        "UPDATE notes SET key = NULL",
        # The index says another thing than the table: a bit of one of them has flipped.
        "UPDATE sqlite_master SET rootpage = rootpage - 1 WHERE name = 'by_message'",
    ],
)  # fmt: skip
def test_a_row_that_may_be_anybodys_stops_everything(path: Path, statement: str) -> None:
    with Ledger(path, "ledger") as ledger:
        ledger.enqueue("c", ROWS, NOW)
        ledger.note("c", "a@x.de", NoteKind.OBJECTED, "", NOW)
    tamper(path, "PRAGMA writable_schema = ON", statement)
    with pytest.raises(DiagnosticsError, match=r"damaged|malformed"):
        Ledger(path, "ledger")


def test_a_key_with_a_flipped_bit(path: Path) -> None:
    """In the table only: the index still knows better, and nobody is sent a second letter."""
    with Ledger(path, "ledger") as ledger:
        ledger.enqueue("c", ROWS, NOW)
    data = path.read_bytes()
    at = data.rindex(b"ca@x.deA@x.de")  # the row: campaign, key, address
    path.write_bytes(data[: at + 1] + b"q" + data[at + 2 :])
    with pytest.raises(DiagnosticsError, match="damaged"):
        Ledger(path, "ledger")


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(path))


def _link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def _sparse(path: Path) -> None:
    with path.open("ab") as file:
        file.truncate(bounds.LEDGER + 1)


@pytest.mark.parametrize("beside", ["", "-journal", "-wal", "-shm"])
@pytest.mark.parametrize(
    "make",
    [_fifo, _socket, Path.mkdir, _link_to("/dev/zero"), _link_to("../victim"), _link_to("gone"),
     _link_to("ledger.sqlite3-journal"), _sparse],
)  # fmt: skip
def test_what_is_no_file_of_ours_is_never_opened(
    tmp_path: Path, make: Callable[[Path], None], beside: str
) -> None:
    (tmp_path / "victim").write_text("mine")
    path = tmp_path / "p" / "ledger.sqlite3"
    path.parent.mkdir()
    if beside:
        Ledger(path, "ledger").close()
    make(path.with_name(path.name + beside))
    there = sorted(path.parent.iterdir())
    with pytest.raises(DiagnosticsError, match=r"symbolic link|not a regular file|larger than"):
        Ledger(path, "ledger")
    assert (tmp_path / "victim").read_text() == "mine"
    assert sorted(path.parent.iterdir()) == there


def test_an_empty_file_is_no_new_ledger(path: Path) -> None:
    """A copy that failed leaves one behind; taken for a new one, everybody got a second letter."""
    path.touch()
    with pytest.raises(DiagnosticsError, match="is empty"):
        Ledger(path, "ledger")
    assert path.read_bytes() == b""


def test_a_journal_that_would_have_a_file_deleted(path: Path, tmp_path: Path) -> None:
    """SQLite deletes the “super-journal” that a journal names (sqlite.org/fileformat2.html, 3)."""
    Ledger(path, "ledger").close()
    victim = tmp_path / "precious"
    victim.write_text("mine")
    size, magic = 4096, bytes.fromhex("d9d505f920a163d7")
    page = path.read_bytes()[:size]
    pages = len(path.read_bytes()) // size
    total = 1 + sum(page[index] for index in range(size - 200, 0, -200))
    name = str(victim).encode()
    path.with_name(path.name + "-journal").write_bytes(
        (magic + struct.pack(">5I", 1, 1, pages, 512, size)).ljust(512, b"\0")
        + struct.pack(">I", 1) + page + struct.pack(">I", total % 2**32)
        + struct.pack(">I", 0x40000000 // size + 1) + name
        + struct.pack(">2I", len(name), sum(name)) + magic
    )  # fmt: skip
    with pytest.raises(DiagnosticsError, match="names a file to be deleted"):
        Ledger(path, "ledger")
    assert victim.read_text() == "mine"


def test_a_request_without_end_ends(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "LEDGER_SECONDS", 0.0)
    with pytest.raises(DiagnosticsError, match="interrupted"), ledger._errors_reported():
        ledger._db.execute(f"SELECT count(*) FROM ({ENDLESS})").fetchall()
