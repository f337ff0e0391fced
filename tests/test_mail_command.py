"""`brochure mail`: what is shown and written while nothing leaves, and what is noted afterwards."""

import contextlib
import csv
import io
import json
import os
import pty
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from brochure.mail.delivery.entries import NOTE_KINDS, DeliveryState, Entry, Note, NoteKind
from brochure.mail.delivery.ledger import Ledger
from brochure.mail.delivery.password import Password, find_password, store_password
from tests.postoffice import PASSWORD, USER, Faults, Mailroom, office

A, B, C = "a@giessen.example.org", "b@giessen.example.org", "c@giessen.example.org"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    from brochure.mail.delivery import send

    pauses = send.Pauses(retry=(0.01,), refusal=0.01, longest=0.01)
    monkeypatch.setattr(send, "Pauses", lambda: pauses)


def ledger(room: Mailroom) -> tuple[dict[str, Entry], list[Note]]:
    with Ledger(room.root / "ledger.sqlite3", "ledger") as opened:
        return opened.entries("probe"), opened.notes()


def files(room: Mailroom) -> dict[str, bytes]:
    return {str(f): f.read_bytes() for f in sorted(room.root.rglob("*")) if f.is_file()}


def test_looking_writes_nothing_and_ends_with_the_next_command(
    room: Mailroom, capsys: Capture
) -> None:
    room.mailing()
    room.recipients(A, B)
    before = files(room)
    assert room.mail("preview") == 0
    out, err = capsys.readouterr()
    first, second = out.splitlines()
    assert first.split("  ")[:2] == ["2", A]
    assert "Bürgerbeteiligung in Marburg-Biedenkopf" in first
    assert ("gi" in second, "kB" in second) == (True, True)
    assert "2 letters to send." in err
    assert "Subject:  Bürgerbeteiligung in Marburg-Biedenkopf" in err
    assert "Attached: probe-mr-email.pdf (1 page, " in err
    assert "    Sehr geehrte Damen und Herren,\n" in err
    assert err.rstrip().endswith("brochure mail send probe")
    assert files(room) == before


def test_as_json(room: Mailroom, capsys: Capture) -> None:
    room.mailing()
    room.recipients(A, B)
    assert room.mail("preview", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert [letter["address"] for letter in data["letters"]] == [A, B]
    assert data["letters"][0]["variant"] == "mr"
    assert data["letters"][0]["state"] is None
    assert {d["code"] for d in data["diagnostics"]} <= {"unchecked"}


def test_the_size_is_told_as_it_is(room: Mailroom, authority: trustme.CA, capsys: Capture) -> None:
    room.recipients(A)
    with office(authority) as server:
        room.mailing(server.port)
        room.mail("preview", "--json")
        told = json.loads(capsys.readouterr().out)["letters"][0]["bytes"]
        room.mail("send", "--yes", "1")
    assert abs(told - len(server.hooks.got[0][1])) < 600


def test_what_is_wrong_is_told_and_nothing_goes(room: Mailroom, capsys: Capture) -> None:
    room.mailing()
    room.recipients(A, "b@x", A)
    for arguments in (
        ("preview",),
        ("drafts",),
        ("test", "me@example.org"),
        ("send", "--yes", "1"),
    ):
        assert room.mail(*arguments) == 1
        err = capsys.readouterr().err
        assert "recipients.csv:3:1: error: `b@x` is not a valid email address" in err
        assert "recipients.csv:4:1: error:" in err
    assert not (room.root / "out/probe/mail").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("sent",), ("preview", "--yes", "3"), ("preview", "--csv"), ("send", "--json"),
        ("resolve", A, "maybe"), ("resolve", A, "sent"), ("note", A, "lost"),
        ("note", A, "bounced"), ("note", "x", "bounced"), ("note", "z@y.de", "sent"),
        ("test", "nobody"), ("import",),
    ],
)  # fmt: skip
def test_wrong_usage(room: Mailroom, arguments: tuple[str, ...]) -> None:
    room.mailing()
    room.recipients(A)
    assert room.mail(*arguments) == 2


def test_to_begin_with(room: Mailroom, capsys: Capture) -> None:
    assert room.mail("preview") == 1
    assert "brochure mail init probe" in capsys.readouterr().err
    assert room.mail("init") == 0
    assert room.mail("preview") == 0
    out = capsys.readouterr().out
    assert "poststelle@beispielstadt.example.org" in out
    letter = (room.root / "content/probe/mail.yaml").read_bytes()
    assert room.mail("init") == 1
    assert (room.root / "content/probe/mail.yaml").read_bytes() == letter
    (room.root / "content/probe/recipients.csv").unlink()
    assert room.mail("init") == 0
    assert (room.root / "content/probe/mail.yaml").read_bytes() == letter
    schema = json.loads((room.root / "content/mail.schema.json").read_text("utf-8"))
    assert {"from", "reply-to", "subject", "letter", "server"} <= set(schema["properties"])


def test_drafts(room: Mailroom, capsys: Capture) -> None:
    room.mailing()
    room.recipients(A, "umlaut@bücher.example.org")
    stale = room.root / "out/probe/mail/0009-gone@x.de.eml"
    room.write("out/probe/mail/0009-gone@x.de.eml", "x")
    assert room.mail("drafts") == 0
    written = capsys.readouterr().out.split()
    assert written == [
        f"out/probe/mail/0002-{A}.eml",
        "out/probe/mail/0003-umlaut@xn--bcher-kva.example.org.eml",
    ]
    assert not stale.exists()
    data = (room.root / written[0]).read_bytes()
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message["X-Unsent"] == "1"
    (pdf,) = message.iter_attachments()
    assert pdf.get_content() == (room.root / "out/probe/mr/probe-mr-email.pdf").read_bytes()
    assert room.mail("drafts") == 0
    assert (room.root / written[0]).read_bytes() == data
    # What was sent by hand is noted by hand, and neither drafted nor sent again.
    assert room.mail("note", A, "sent") == 0
    assert room.mail("note", A, "sent") == 2
    assert room.mail("drafts") == 0
    assert not (room.root / written[0]).exists()
    assert ledger(room)[0][A].state is DeliveryState.ACCEPTED


def test_a_sample_to_oneself(room: Mailroom, authority: trustme.CA, capsys: Capture) -> None:
    room.recipients(*(f"n{n}@giessen.example.org" for n in range(7)))
    with office(authority) as server:
        room.mailing(server.port)
        assert room.mail("test", "me@example.org") == 0
    assert server.hooks.counts() == {"me@example.org": 3}
    subjects = [
        str(message_from_bytes(data, policy=policy.default)["Subject"])
        for _, data in server.hooks.got
    ]
    assert [s.partition("] ")[2] for s in subjects] == [
        "Bürgerbeteiligung in Marburg-Biedenkopf",
        "Bürgerbeteiligung in Gießen",
        "Bürgerbeteiligung in Vogelsbergkreis",
    ]
    assert subjects[0].startswith("[Test: n0@giessen.example.org]")
    assert not (room.root / "ledger.sqlite3").exists()


def test_who_wants_no_mail_gets_none(
    room: Mailroom, authority: trustme.CA, capsys: Capture
) -> None:
    room.write("content/suppressed.txt", f"{B.upper()}\n")
    room.recipients(A, B, C)
    with office(authority) as server:
        room.mailing(server.port)
        assert room.mail("preview") == 0
        assert (
            f"{B} gets nothing, because of content/suppressed.txt:1:1." in capsys.readouterr().err
        )
        assert room.mail("send", "--yes", "2") == 0
        assert server.hooks.counts() == {A: 1, C: 1}
        # Who objects once gets nothing any more, in other campaigns as well.
        assert room.mail("note", A, "objected", "--text", "am Telefon") == 0
        mail = (room.root / "content/probe/mail.yaml").read_text("utf-8")
        room.write("content/probe/mail.yaml", mail + "campaign: zweite\n")
        assert room.mail("send", "--yes", "1") == 0
        assert server.hooks.counts() == {A: 1, C: 2}
    assert [(note.kind, note.text) for note in ledger(room)[1]] == [
        (NoteKind.OBJECTED, "am Telefon")
    ]


def test_the_ledger_shown_and_exported(
    room: Mailroom, authority: trustme.CA, capsys: Capture
) -> None:
    assert room.mail("status") == 1  # no letter yet
    room.recipients(A, B, C)
    faults = Faults(data={A: "554 =5.7.1 spam"}, drop={B: "after"})
    with office(authority, faults) as server:
        room.mailing(server.port)
        capsys.readouterr()
        assert room.mail("status") == 0
        assert "nothing yet" in capsys.readouterr().err
        room.mail("send", "--yes", "3")
        said = capsys.readouterr()
        assert "brochure mail resolve probe ADDRESS again" in said.err
        assert "delivered" not in said.out + said.err
    room.mail("note", C, "replied", "--text", "=danke")
    capsys.readouterr()
    assert room.mail("status") == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["unknown", "refused", "accepted"]
    assert "replied 20" in out
    assert "1 accepted, 1 refused, 1 unknown" in err
    assert room.mail("status", "--csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["state"] for row in rows] == ["refused", "unknown", "accepted"]
    assert rows[0]["reply"] == "'=5.7.1 spam"  # no formula
    assert len(rows[2]["sha256"]) == 64
    assert rows[2]["notes"].endswith("replied: =danke")
    assert room.mail("status", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert [letter["state"] for letter in data["letters"]] == ["refused", "unknown", "accepted"]
    assert data["notes"][0]["kind"] == "replied"


# --- What comes back ---------------------------------------------------------------------------

BOUNCE = """\
From: MAILER-DAEMON@example.org (Mail Delivery System)
To: flyer@example.org
Subject: Undelivered Mail Returned to Sender
Date: Tue, 24 Nov 2026 12:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.org

Final-Recipient: rfc822; {address}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--b
Content-Type: {original}

Message-ID: {message_id}
Subject: x

--b--
"""
REPLY = """\
From: Amt <{address}>
Subject: Re: Flugblatt
Date: Tue, 24 Nov 2026 13:00:00 +0000
In-Reply-To: {message_id}
{more}
Danke.
"""
QMAIL = """\
From: MAILER-DAEMON@example.org
Subject: failure notice

Hi. This is the qmail-send program. I could not deliver:
<{address}>: no such user

--- Below this line is a copy of the message.
Message-ID: {message_id}
"""
REPORT = {"action": "failed", "original": "message/rfc822"}


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        (BOUNCE, REPORT, NoteKind.BOUNCED),
        (BOUNCE, {**REPORT, "original": "text/rfc822-headers"}, NoteKind.BOUNCED),
        (BOUNCE, {**REPORT, "message_id": "<stranger@x.de>"}, NoteKind.BOUNCED),  # by its address
        (BOUNCE, {**REPORT, "action": "delayed"}, NoteKind.AUTOMATIC),
        (QMAIL, {}, NoteKind.BOUNCED),
        (REPLY, {"more": ""}, NoteKind.REPLIED),
        (REPLY, {"more": "Auto-Submitted: no\n"}, NoteKind.REPLIED),
        (REPLY, {"more": "Auto-Submitted: auto-replied\n"}, NoteKind.AUTOMATIC),
        (REPLY, {"more": "Precedence: auto_reply\n"}, NoteKind.AUTOMATIC),
    ],
)
def test_what_came_back(
    room: Mailroom, authority: trustme.CA, capsys: Capture, tmp_path: Path,
    text: str, words: dict[str, str], kind: NoteKind,
) -> None:  # fmt: skip
    room.recipients(A, B)
    with office(authority, Faults(drop={A: "after"})) as server:
        room.mailing(server.port)
        room.mail("send", "--yes", "2")
    entries, _ = ledger(room)
    assert entries[A].state is DeliveryState.UNKNOWN
    identity = str(entries[A].message_id)
    file = tmp_path / "mail.eml"
    file.write_text(text.format(**{"address": A, "message_id": identity, **words}), "utf-8")
    capsys.readouterr()
    assert room.mail("import", str(file)) == 0
    assert capsys.readouterr().out.startswith(f"{NOTE_KINDS[kind]}  {A}  ")
    assert room.mail("import", str(file)) == 0
    assert "known already" in capsys.readouterr().out
    entries, notes = ledger(room)
    told = [(note.key, note.kind) for note in notes]
    if words.get("message_id"):
        assert told == [(A, kind)]
    else:  # whoever answers a letter has got it
        assert told == [(A, NoteKind.RESOLVED), (A, kind)]
        assert entries[A].state is DeliveryState.ACCEPTED
    assert entries[B].state is DeliveryState.ACCEPTED


def test_what_is_no_file_is_not_read(room: Mailroom, capsys: Capture, tmp_path: Path) -> None:
    room.mailing()
    os.mkfifo(tmp_path / "mail.eml")
    assert room.mail("import", str(tmp_path / "mail.eml")) == 1
    assert "mail.eml:1:1: error: The file cannot be read" in capsys.readouterr().err


def test_a_ledger_that_is_partly_not_understood(
    room: Mailroom, authority: trustme.CA, capsys: Capture
) -> None:
    """A newer brochure wrote a state, and a note on another one: both are held back and told."""
    room.recipients(A, B, C)
    with Ledger(room.root / "ledger.sqlite3", "ledger") as opened:
        now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
        opened.enqueue("probe", [(A, A, "Amt 0", "mr"), (B, B, "Amt 1", "gi")], now)
        opened.note("probe", B, NoteKind.REPLIED, "", now)
    with contextlib.closing(sqlite3.connect(room.root / "ledger.sqlite3")) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("UPDATE letters SET state = 'flown' WHERE key = ?", (A,))
        db.execute("UPDATE notes SET kind = 'moved'")
        db.commit()
    with office(authority) as server:
        room.mailing(server.port)
        assert room.mail("send", "--yes", "1") == 1
        said = capsys.readouterr().err
        assert f"The record of `{A}` in the campaign `probe` cannot be read" in said
        assert "state is 'flown'" in said
        assert f"A note on `{B}` in the campaign `probe` cannot be read" in said
        assert server.hooks.counts() == {C: 1}
        for arguments in (("status",), ("status", "--csv"), ("status", "--json")):
            assert room.mail(*arguments) == 0
            out, err = capsys.readouterr()
            assert "unreadable" in out
            assert "state is 'flown'" in out + err
        assert room.mail("resolve", A, "sent") == 0
        assert room.mail("resolve", B, "again") == 0
        assert room.mail("send", "--yes", "1") == 0
    assert server.hooks.counts() == {B: 1, C: 1}


def test_a_ledger_that_leads_elsewhere_stops_everything(room: Mailroom, capsys: Capture) -> None:
    room.mailing()
    room.recipients(A)
    (room.root / "ledger.sqlite3").symlink_to(room.root.parent / "elsewhere")
    for arguments in (
        ("preview",),
        ("send", "--yes", "1"),
        ("status",),
        ("drafts",),
        ("note", A, "sent"),
    ):
        assert room.mail(*arguments) == 1
        assert "`ledger.sqlite3` is a symbolic link" in capsys.readouterr().err
    assert not (room.root.parent / "elsewhere").exists()


def test_drafts_elsewhere_are_not_taken_away(
    room: Mailroom, capsys: Capture, tmp_path: Path
) -> None:
    room.mailing()
    room.recipients(A)
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "mine.eml").write_text("x")
    (room.root / "out/probe/mail").symlink_to(tmp_path / "mail")
    assert room.mail("drafts") == 1
    assert "error: The drafts cannot be written" in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "mail").iterdir()] == ["mine.eml"]


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"From: a@b.de\nSubject: Hallo\n\nText\n", bytes(range(256)) * 9]
)
def test_what_came_back_and_is_no_answer(
    room: Mailroom, authority: trustme.CA, capsys: Capture, tmp_path: Path, data: bytes
) -> None:
    room.recipients(A)
    with office(authority) as server:
        room.mailing(server.port)
        room.mail("send", "--yes", "1")
    file = tmp_path / "mail.eml"
    file.write_bytes(data)
    assert room.mail("import", str(file)) == 1
    assert f"{file}:1:1: error: This" in capsys.readouterr().err
    assert ledger(room)[1] == []


# --- Passwords ---------------------------------------------------------------------------------


def test_where_a_password_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment, then the keyring (a real one, of the package itself), then a prompt."""
    import keyring
    from keyring.backend import KeyringBackend
    from keyring.backends.fail import Keyring as NoKeyring

    class Memory(KeyringBackend):
        priority = 1
        kept: dict[tuple[str, str], str] = {}  # noqa: RUF012

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del self.kept[service, username]

    before = keyring.get_keyring()
    monkeypatch.delenv("BROCHURE_MAIL_PASSWORD", raising=False)
    try:
        keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
        assert find_password(USER, lambda: None) is None
        assert find_password(USER, lambda: "typed") == Password("typed", typed=True)
        assert not store_password(USER, Password("typed"))
        keyring.set_keyring(Memory())  # type: ignore[no-untyped-call]
        assert find_password(USER, lambda: None) is None
        assert store_password(USER, Password("kept"))
        assert find_password(USER, lambda: "typed") == Password("kept")
        monkeypatch.setenv("BROCHURE_MAIL_PASSWORD", "given")
        assert find_password(USER, lambda: "typed") == Password("given")
    finally:
        keyring.set_keyring(before)
        Memory.kept.clear()  # the package remembers every backend that it ever met
    assert "given" not in repr(Password("given"))


def test_no_password_and_nobody_to_ask(
    room: Mailroom, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("BROCHURE_MAIL_PASSWORD")
    room.mailing()
    room.recipients(A)
    assert room.mail("send", "--yes", "1") == 1
    assert "There is no password for `flyer@example.org`" in capsys.readouterr().err


def test_at_a_terminal(room: Mailroom, authority: trustme.CA) -> None:
    """The number is typed, the password is asked for and not shown, and everything is said."""
    room.recipients(A, B)
    with office(authority) as server:
        room.mailing(server.port)
        environment = {
            **os.environ,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "TERM": "dumb",
        }
        del environment["BROCHURE_MAIL_PASSWORD"]
        outer, inner = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "brochure", "-C", str(room.root), "mail", "send", "probe"],
            stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(inner)
        said = ""

        def answer(question: str, text: str) -> None:
            nonlocal said
            start, deadline = len(said), time.monotonic() + 20
            while question not in said[start:]:
                assert time.monotonic() < deadline, said
                said += os.read(outer, 4096).decode("utf-8", "replace")
            time.sleep(0.1)  # until echoing is off
            os.write(outer, f"{text}\n".encode())

        answer("Type the number of letters", "2")
        answer("Password of flyer@example.org at 127.0.0.1", PASSWORD)
        answer("Keep the password in the keyring", "y")
        while True:
            try:
                more = os.read(outer, 4096)
            except OSError:  # the other side is closed
                break
            if not more:
                break
            said += more.decode("utf-8", "replace")
        assert process.wait(20) == 0
        os.close(outer)
    assert server.hooks.counts() == {A: 1, B: 1}
    assert PASSWORD not in said
    assert "There is no keyring here" in said
    assert "In all: 2 accepted." in said


def test_a_leaflet_with_a_syntax_error_is_reported_as_such(room: Mailroom, capsys: Capture) -> None:
    room.mailing()
    room.recipients(A)
    room.write("content/probe/leaflet.yaml", "title: [\n")
    assert room.mail("preview") == 1
    err = capsys.readouterr().err
    assert "content/probe/leaflet.yaml:2:1: error: The structure breaks here" in err
    assert "is not a language" not in err


def test_without_a_list_of_recipients(room: Mailroom, capsys: Capture) -> None:
    room.mailing()
    (room.root / "content/probe/recipients.csv").unlink(missing_ok=True)
    assert room.mail("preview") == 1
    assert "`brochure mail init probe` writes one" in capsys.readouterr().err


def test_no_ledger_is_made_for_a_letter_that_is_wrong(room: Mailroom) -> None:
    room.recipients(A)
    room.write("content/probe/mail.yaml", "subject: x\nservre: {}\n")
    assert room.mail("send", "--yes", "1") == 1
    assert not (room.root / "ledger.sqlite3").exists()
