"""Sending, against real servers that misbehave."""

import base64
import contextlib
import hashlib
import itertools
import json
import os
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from brochure.diagnostics import DiagnosticsError, Location
from brochure.mail.campaign import read_campaign
from brochure.mail.delivery import send
from brochure.mail.delivery.entries import DeliveryState, Entry
from brochure.mail.delivery.ledger import Ledger
from brochure.mail.delivery.send import Pause, Pauses, Sending, Sent, queue_campaign
from brochure.mail.delivery.smtp import Connection, Timeouts, Unreachable
from brochure.mail.letter.model import Server
from brochure.project import Project
from tests.postoffice import (
    MAIL,
    PASSWORD,
    USER,
    Faults,
    Mailroom,
    Office,
    Speech,
    office,
    stranger,
)  # fmt: skip

Capture = pytest.CaptureFixture[str]
A, B, C = "a@giessen.example.org", "b@giessen.example.org", "c@giessen.example.org"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses but the pace."""
    pauses = Pauses(retry=(0.01, 0.01), connect=(0.01,), refusal=0.01, longest=0.01)
    monkeypatch.setattr(send, "Pauses", lambda: pauses)


def tardy(monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...] = (A,)) -> None:
    """A disk that takes its time before the last line of these letters, so that the news of a
    connection that was dropped has arrived: on loopback, whole letters are on their way by then.
    """
    real = Ledger.record_ending

    def record_ending(self: Ledger, campaign: str, key: str, now: datetime) -> None:
        real(self, campaign, key, now)
        time.sleep(0.1 if key in keys else 0)

    monkeypatch.setattr(Ledger, "record_ending", record_ending)


def entries(room: Mailroom) -> dict[str, Entry]:
    with Ledger(room.root / "ledger.sqlite3", "ledger") as ledger:
        return ledger.entries("probe")


def states(room: Mailroom) -> dict[str, DeliveryState]:
    return {key: entry.state for key, entry in entries(room).items()}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_three_variants(
    room: Mailroom, authority: trustme.CA, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getfqdn", lambda *_: "laptop.of-anna.example.org")
    room.recipients(A, B, C)
    with office(authority, security=security) as server:
        room.mailing(server.port, security)
        assert room.mail("send", "--yes", "3") == 0
        assert server.hooks.counts() == {A: 1, B: 1, C: 1}
        assert server.hooks.connections == 1
        assert room.mail("send") == 0
        assert server.hooks.counts() == {A: 1, B: 1, C: 1}
    assert states(room) == dict.fromkeys((A, B, C), DeliveryState.ACCEPTED)
    assert server.hooks.hello == "[127.0.0.1]"  # not the name of this machine
    mails = server.hooks.mails()
    for to, variant in ((A, "mr"), (B, "gi"), (C, "vb")):
        (pdf,) = mails[to].iter_attachments()
        path = room.root / f"out/probe/{variant}/probe-{variant}-email.pdf"
        assert pdf.get_content() == path.read_bytes()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("faults", "state", "got"),
    [
        (Faults(rcpt={A: "550 5.1.1 no such user"}), DeliveryState.REFUSED, 0),
        (Faults(rcpt={A: "451 4.7.1 greylisted"}, times=1), DeliveryState.ACCEPTED, 1),
        (Faults(rcpt={A: "451 4.7.1 greylisted"}), DeliveryState.DEFERRED, 0),
        (Faults(rcpt={A: "421 4.3.2 going down"}, times=1), DeliveryState.ACCEPTED, 1),
        (Faults(rcpt={A: "\x00\x01 garbage"}, times=1), DeliveryState.ACCEPTED, 1),
        (Faults(rcpt={A: "x" * 9000}, times=1), DeliveryState.ACCEPTED, 1),
        (Faults(drop={A: "rcpt"}, times=1), DeliveryState.ACCEPTED, 1),
        (Faults(drop={A: "during"}, times=1), DeliveryState.ACCEPTED, 1),
        (Faults(data={A: "554 5.7.1 looks like spam"}), DeliveryState.REFUSED, 0),
        (Faults(data={A: "451 4.3.0 try later"}, times=1), DeliveryState.ACCEPTED, 1),
        (Faults(data={A: "421 4.3.2 going down"}, times=1), DeliveryState.ACCEPTED, 1),
        (Faults(data={A: "\x00\x01 garbage"}), DeliveryState.UNKNOWN, 0),
        (Faults(data={A: "x" * 9000}), DeliveryState.UNKNOWN, 0),
        (Faults(data={A: "354 go on"}), DeliveryState.UNKNOWN, 0),
        (Faults(drop={A: "after"}), DeliveryState.UNKNOWN, 1),
    ],
)
def test_a_fault_does_not_stop_the_others(
    room: Mailroom,
    authority: trustme.CA,
    faults: Faults,
    state: DeliveryState,
    got: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults.happened.clear()
    tardy(monkeypatch)
    room.recipients(A, B, C)
    with office(authority, faults) as server:
        room.mailing(server.port)
        assert room.mail("send", "--yes", "3") == int(state is not DeliveryState.ACCEPTED)
        assert faults.happened[A] >= 1
        assert states(room) == {A: state, B: DeliveryState.ACCEPTED, C: DeliveryState.ACCEPTED}
        assert server.hooks.counts() == {A: got, B: 1, C: 1} if got else {B: 1, C: 1}
        assert entries(room)[B].attempts == entries(room)[C].attempts == 1
        # Once more: only what is deferred is tried again.
        open_ = "1" if state is DeliveryState.DEFERRED else "0"
        room.mail("send", "--yes", open_)
        assert server.hooks.counts()[A] == got
        assert server.hooks.counts()[B] == 1
    assert states(room)[A] is state


@pytest.mark.usefixtures("quick")
def test_unknown_only_by_a_persons_word(room: Mailroom, authority: trustme.CA) -> None:
    faults = Faults(drop={A: "after", B: "after"}, times=1)
    room.recipients(A, B)
    with office(authority, faults) as server:
        room.mailing(server.port)
        room.mail("send", "--yes", "2")
        assert states(room) == {A: DeliveryState.UNKNOWN, B: DeliveryState.UNKNOWN}
        assert room.mail("resolve", A, "sent") == 0
        assert room.mail("resolve", B.upper(), "again") == 0
        first = entries(room)[B].message_id
        assert room.mail("send", "--yes", "1") == 0
        assert server.hooks.counts() == {A: 1, B: 2}
        assert entries(room)[B].message_id == first  # so that its server can know it again
        assert room.mail("resolve", B, "again") == 2
    assert states(room) == {A: DeliveryState.ACCEPTED, B: DeliveryState.ACCEPTED}


@pytest.mark.usefixtures("quick")
def test_a_slow_server(room: Mailroom, authority: trustme.CA, monkeypatch: Any) -> None:
    """Slow is fine; slower than we wait, after the last line, is unknown."""
    monkeypatch.setattr("brochure.mail.delivery.smtp.Timeouts.end", 1.0)
    monkeypatch.setattr(Timeouts.__init__, "__defaults__", (5.0, 5.0, 1.0, 60.0))
    room.recipients(A, B, C)
    with office(authority, Faults(slow={A: 0.3, B: 2.0})) as server:
        room.mailing(server.port)
        assert room.mail("send", "--yes", "3") == 1
    assert states(room) == {
        A: DeliveryState.ACCEPTED,
        B: DeliveryState.UNKNOWN,
        C: DeliveryState.ACCEPTED,
    }


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("utf8", [False, True])
def test_addresses_with_umlauts(room: Mailroom, authority: trustme.CA, utf8: bool) -> None:
    """Such a domain is for every server; such a local part needs one that knows SMTPUTF8."""
    umlaut = "bürgermeisterin@xn--bro-hoa.example.org"
    room.recipients("bürgermeisterin@büro.example.org", "amt@büro.example.org")
    with office(authority, utf8=utf8) as server:
        room.mailing(server.port)
        assert room.mail("send", "--yes", "2") == int(not utf8)
    assert states(room)[umlaut] is (DeliveryState.ACCEPTED if utf8 else DeliveryState.REFUSED)
    assert states(room)["amt@xn--bro-hoa.example.org"] is DeliveryState.ACCEPTED
    if utf8:
        (data,) = [data for to, data in server.hooks.got if to == umlaut]
        assert f" <{umlaut}>\r\n".encode() in data  # as it is (RFC 6532)
    else:
        assert "no SMTPUTF8" in str(entries(room)[umlaut].reply)


@pytest.mark.usefixtures("quick")
def test_a_letter_that_the_server_finds_too_large(room: Mailroom, authority: trustme.CA) -> None:
    """It says so before (RFC 1870); others may be smaller, so they are tried."""
    room.recipients(A, B)
    size = (room.root / "out/probe/mr/probe-mr-email.pdf").stat().st_size
    with office(authority, limit=size) as server:
        room.mailing(server.port)
        assert room.mail("send", "--yes", "2") == 1
    assert states(room) == {A: DeliveryState.REFUSED, B: DeliveryState.REFUSED}
    assert f"the server accepts no more than {size}" in str(entries(room)[B].reply)
    assert server.hooks.got == []


def diagnostic(room: Mailroom, capsys: pytest.CaptureFixture[str], number: int = 1) -> str:
    """What --send says where it cannot even begin; the ledger has no row then."""
    assert room.mail("send", "--yes", str(number)) == 1
    assert entries(room) == {}
    return capsys.readouterr().err


def test_never_without_encryption(
    room: Mailroom, authority: trustme.CA, capsys: pytest.CaptureFixture[str]
) -> None:
    room.recipients(A)
    with office(authority, security="none") as server:
        room.mailing(server.port)
        output = diagnostic(room, capsys)
    assert "mail.yaml:10:9: error: `127.0.0.1` offers no encryption (STARTTLS)" in output
    assert server.hooks.got == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["name", "authority"])
def test_never_with_a_wrong_certificate(
    room: Mailroom,
    authority: trustme.CA,
    capsys: pytest.CaptureFixture[str],
    security: str,
    wrong: str,
) -> None:
    room.recipients(A)
    issuer = authority if wrong == "name" else trustme.CA()
    host = "smtp.example.org" if wrong == "name" else "127.0.0.1"
    with office(issuer, security=security, host=host) as server:
        room.mailing(server.port, security)
        output = diagnostic(room, capsys)
    assert "The certificate of `127.0.0.1` is not valid" in output
    assert server.hooks.got == []


def test_a_refused_login_stops_everything(
    room: Mailroom, authority: trustme.CA, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    room.recipients(A, B)
    monkeypatch.setenv("BROCHURE_MAIL_PASSWORD", "falsch")
    with office(authority) as server:
        room.mailing(server.port)
        output = diagnostic(room, capsys, 2)
    assert "refuses the login of `flyer@example.org`" in output
    assert "falsch" not in output


@pytest.mark.parametrize("echo", ["{password}", "{plain}", "({password}) {plain}"])
def test_a_server_that_repeats_the_password(
    room: Mailroom,
    authority: trustme.CA,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    echo: str,
) -> None:
    secret = "correct-horse-battery"
    monkeypatch.setenv("BROCHURE_MAIL_PASSWORD", secret)
    room.recipients(A)
    with office(authority, Faults(login=f"535 wrong: {echo}")) as server:
        room.mailing(server.port)
        output = diagnostic(room, capsys)
    assert "535 wrong: " in output
    assert "…" in output
    coded = base64.b64encode(f"\0{USER}\0{secret}".encode()).decode()
    for written in (secret, coded):
        assert written not in output
        for file in room.root.rglob("*"):
            assert not file.is_file() or written.encode() not in file.read_bytes()


def test_nobody_there(room: Mailroom, capsys: pytest.CaptureFixture[str]) -> None:
    room.recipients(A)
    room.mailing(1)
    assert "cannot be reached on port 1" in diagnostic(room, capsys)


@pytest.mark.usefixtures("quick")
def test_a_sender_that_the_server_does_not_take(
    room: Mailroom, authority: trustme.CA, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not about the address, so nobody is marked as refused."""
    room.recipients(A, B)
    with office(authority, Faults(mail="553 5.7.1 not your mailbox")) as server:
        room.mailing(server.port)
        assert room.mail("send", "--yes", "2") == 1
        assert "does not accept mail from you: 553" in capsys.readouterr().err
        assert states(room) == {A: DeliveryState.QUEUED, B: DeliveryState.QUEUED}
        server.hooks.faults.mail = ""
        assert room.mail("send", "--yes", "2") == 0
    assert server.hooks.counts() == {A: 1, B: 1}


@pytest.mark.usefixtures("quick")
def test_a_wall_of_refusals(
    room: Mailroom, authority: trustme.CA, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twenty in a row are no bad addresses: the server has closed its doors."""
    many = [f"n{n}@giessen.example.org" for n in range(30)]
    room.recipients(*many)
    with office(authority, Faults(rcpt=dict.fromkeys(many, "550 5.7.1 blocked"))) as server:
        room.mailing(server.port)
        assert room.mail("send", "--yes", "30") == 1
    assert "20 letters in a row were not accepted: 5.7.1 blocked" in capsys.readouterr().err
    found = list(states(room).values())
    assert (found.count(DeliveryState.REFUSED), found.count(DeliveryState.QUEUED)) == (20, 10)


def test_the_list_changes_in_between(
    room: Mailroom, authority: trustme.CA, capsys: pytest.CaptureFixture[str], quick: None
) -> None:
    room.recipients(A, B, C)
    with office(authority, Faults(rcpt={B: "451 later"})) as server:
        room.mailing(server.port)
        room.mail("send", "--yes", "3")
        new = "d@giessen.example.org"
        room.recipients(new, C.upper(), A)  # B is gone; A and C have other regions now
        capsys.readouterr()
        assert room.mail("send", "--yes", "1") == 1
        output = capsys.readouterr().err
    assert server.hooks.counts() == {A: 1, C: 1, new: 1}
    assert states(room)[B] is DeliveryState.DEFERRED
    assert f"A letter to `{B}` is still waiting" in output
    assert output.count("was sent the variant") == 2


def test_an_office_with_another_address_gets_no_second_letter(
    room: Mailroom, authority: trustme.CA, capsys: pytest.CaptureFixture[str]
) -> None:
    room.recipients(A)
    with office(authority) as server:
        room.mailing(server.port)
        assert room.mail("send", "--yes", "1") == 0
        room.recipients(B)  # the same office
        assert room.mail("send", "--yes", "1") == 1
        assert f"“Amt 0” was sent its letter at `{A}`" in capsys.readouterr().err
        assert room.mail("note", A, "bounced") == 0
        assert room.mail("send", "--yes", "1") == 0
    assert server.hooks.counts() == {A: 1, B: 1}


def test_a_full_disk_stops_before_the_last_line(
    room: Mailroom, authority: trustme.CA, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """And one after it leaves an unknown letter, of which the result is reported."""
    room.recipients(A, B)

    def full(*_: object, **__: object) -> None:
        raise DiagnosticsError([])

    with office(authority) as server:
        room.mailing(server.port)
        with monkeypatch.context() as patched:
            patched.setattr(Ledger, "record_ending", full)
            assert room.mail("send", "--yes", "2") == 1
        assert server.hooks.got == []
        assert states(room) == {A: DeliveryState.SENDING, B: DeliveryState.QUEUED}
        capsys.readouterr()
        with monkeypatch.context() as patched:
            real = Ledger.record_result

            def record_result(
                self: Ledger,
                campaign: str,
                key: str,
                now: datetime,
                state: DeliveryState,
                **more: Any,
            ) -> None:
                if state is DeliveryState.ACCEPTED:
                    full()
                real(self, campaign, key, now, state, **more)

            patched.setattr(Ledger, "record_result", record_result)
            assert room.mail("send", "--yes", "2") == 1
        assert f"{B}: accepted, 250" in capsys.readouterr().err
        assert server.hooks.counts() == {B: 1}
        assert room.mail("send", "--yes", "1") == 1
    assert server.hooks.counts() == {A: 1, B: 1}
    assert states(room) == {A: DeliveryState.ACCEPTED, B: DeliveryState.UNKNOWN}


@pytest.mark.parametrize("step", ["claim", "record_ending", "record_result"])
def test_a_ledger_that_becomes_read_only_in_between(
    room: Mailroom, authority: trustme.CA, monkeypatch: Any, step: str
) -> None:
    """SQLite itself refuses to write, at any step of the second letter: nobody gets two letters,
    and nobody is forgotten.
    """
    room.recipients(A, B, C)
    real, calls = getattr(Ledger, step), 0

    def refused(self: Ledger, *arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            self._db.execute("PRAGMA query_only = ON")
        return real(self, *arguments, **options)

    with office(authority) as server:
        room.mailing(server.port)
        with monkeypatch.context() as patched:
            patched.setattr(Ledger, step, refused)
            assert room.mail("send", "--yes", "3") == 1
        assert calls == 2, "it stopped there"
        waiting = sum(
            state in (DeliveryState.QUEUED, DeliveryState.SENDING)
            for state in states(room).values()
        )
        unknown = step == "record_result"  # it went out, and nobody could note that
        code = room.mail("send", "--yes", str(waiting - unknown))
    assert code == int(unknown)
    assert server.hooks.counts() == {A: 1, B: 1, C: 1}
    expected = DeliveryState.UNKNOWN if unknown else DeliveryState.ACCEPTED
    assert states(room) == {A: DeliveryState.ACCEPTED, B: expected, C: DeliveryState.ACCEPTED}


def test_the_number_has_to_be_right(
    room: Mailroom, authority: trustme.CA, capsys: pytest.CaptureFixture[str]
) -> None:
    room.recipients(A, B)
    with office(authority) as server:
        room.mailing(server.port)
        assert room.mail("send", "--yes", "3") == 2
        assert "2 letters, not 3. Nothing was sent." in capsys.readouterr().err
        assert room.mail("send") == 2  # there is no terminal
        assert "--yes 2" in capsys.readouterr().err
    assert server.hooks.connections == 0


def command(room: Mailroom, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "brochure", "-C", str(room.root), "mail", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for(server: Office, number: int) -> None:
    for _ in range(400):
        if len(server.hooks.got) >= number:
            return
        time.sleep(0.02)
    raise AssertionError(f"{len(server.hooks.got)} of {number} letters came")


def test_two_senders_at_once(room: Mailroom, authority: trustme.CA) -> None:
    many = [f"n{n}@giessen.example.org" for n in range(20)]
    room.recipients(*many)
    with office(authority) as server:
        room.mailing(server.port)
        senders = [command(room, "send", "probe", "--yes", "20") for _ in range(3)]
        output = [sender.communicate(timeout=60) for sender in senders]
        codes = sorted(sender.returncode for sender in senders)
        assert server.hooks.counts() == dict.fromkeys(many, 1)
    assert codes[0] == 0
    refused = sum("Another process is sending mail from this project" in err for _, err in output)
    late = sum("Nothing to send" in err for _, err in output)
    assert refused + late == 2


def test_ctrl_c_finishes_the_letter_and_send_goes_on(room: Mailroom, authority: trustme.CA) -> None:
    many = [f"n{n}@giessen.example.org" for n in range(40)]
    room.recipients(*many)
    with office(authority) as server:
        room.mailing(server.port)
        sender = command(room, "send", "probe", "--yes", "40")
        wait_for(server, 3)
        os.kill(sender.pid, signal.SIGINT)
        _, err = sender.communicate(timeout=30)
        assert sender.returncode == 1
        assert "Stopping after this letter" in err
        found = states(room)
        sent = [key for key, state in found.items() if state is DeliveryState.ACCEPTED]
        assert 3 <= len(sent) < 40
        assert set(found.values()) == {DeliveryState.ACCEPTED, DeliveryState.QUEUED}
        assert server.hooks.counts() == dict.fromkeys(sent, 1)
        assert room.mail("send", "--yes", str(40 - len(sent))) == 0
        assert server.hooks.counts() == dict.fromkeys(many, 1)


# --- With a clock of our own ----------------------------------------------------------------


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 12, 0).astimezone()
        self.waited: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)
        return True


def events(
    room: Mailroom, server: Office, clock: Clock, pauses: Pauses | None = None
) -> Iterator[Any]:
    project = Project(room.root)
    campaign = read_campaign(project, "probe")

    def connect() -> Connection:
        return Connection(campaign.server, USER, PASSWORD, Location("m"), Timeouts(5, 5, 5))

    with Ledger(room.root / "ledger.sqlite3", "ledger") as ledger:
        queue_campaign(campaign, ledger, clock())
        yield from Sending(project, campaign, ledger, connect, clock.wait, clock, pauses).run()


def test_five_hundred_offices_with_faults(
    room: Mailroom, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sort of fault, strewn over the list: everybody gets one letter, or is reported."""
    many = [f"n{n}@giessen.example.org" for n in range(500)]
    faults = Faults(
        rcpt={many[n]: "550 5.1.1 unknown" for n in range(7, 500, 50)}
        | {many[n]: "451 4.7.1 greylisted" for n in range(13, 500, 50)},
        data={many[n]: "421 4.3.2 restarting" for n in range(21, 500, 50)}
        | {many[n]: "554 5.7.1 spam" for n in range(29, 500, 100)},
        drop={many[n]: "during" for n in range(33, 500, 50)}
        | {many[n]: "after" for n in range(41, 500, 50)}
        | {many[n]: "rcpt" for n in range(47, 500, 50)},
        times=1,
    )
    tardy(monkeypatch, tuple(many[33::50]))
    room.recipients(*many)
    clock = Clock()
    with office(authority, faults) as server:
        room.mailing(server.port)
        happened = list(events(room, server, clock, Pauses(refusal=1, longest=1)))
        got = server.hooks.counts()
        mails = server.hooks.mails()
    found = entries(room)
    number = {s: sum(e.state is s for e in found.values()) for s in DeliveryState}
    assert number == {
        **dict.fromkeys(DeliveryState, 0),
        DeliveryState.ACCEPTED: 475,
        DeliveryState.REFUSED: 15,
        DeliveryState.UNKNOWN: 10,
    }
    assert max(got.values()) == 1
    for key, entry in found.items():
        assert got[key] == (0 if entry.state is DeliveryState.REFUSED else 1)
        if entry.state is DeliveryState.ACCEPTED:
            assert mails[key]["Message-ID"] == entry.message_id
    assert sum(isinstance(event, Sent) for event in happened) == 540
    outgoing_letters = {p.key: p for p in read_campaign(Project(room.root), "probe").outgoing}
    for key in many[:50]:
        if found[key].state is DeliveryState.ACCEPTED:
            (pdf,) = mails[key].iter_attachments()
            assert pdf.get_content() == outgoing_letters[key].pdf.path.read_bytes()


def test_pace_and_growing_pauses(room: Mailroom, authority: trustme.CA) -> None:
    room.recipients(A, B, C)
    clock = Clock()
    with office(authority, Faults(rcpt={A: "451 later"})) as server:
        room.mailing(server.port)
        mail = (room.root / "content/probe/mail.yaml").read_text("utf-8")
        room.write("content/probe/mail.yaml", mail.replace("pace: 600", "pace: 20"))
        happened = list(events(room, server, clock))
    tried = [e.outgoing.key for e in happened if isinstance(e, Sent)]
    assert tried == [A, B, C, A, A, A, A]  # five attempts, then another --send
    begin = datetime(2026, 11, 24, 12, 0).astimezone()
    waited = [round(seconds) for seconds in clock.waited]
    # 5 s after the refusal, 3 s by the pace; then 2, 10, 30, 60 minutes after each attempt.
    assert waited == [0, 5, 3, 112, 600, 1800, 3600]
    assert clock.now - begin == timedelta(seconds=5 + 3 + 112 + 600 + 1800 + 3600)
    due = entries(room)[A].due_at
    assert due is not None
    assert datetime.fromisoformat(due) == clock.now + timedelta(seconds=3600)
    pauses = [e for e in happened if isinstance(e, Pause)]
    assert len(pauses) == 5
    # No connection stands idle through a pause: it is made anew.
    assert server.hooks.connections == 5


def test_the_network_goes_away_in_the_middle(room: Mailroom, authority: trustme.CA) -> None:
    room.recipients(A, B, C)
    clock = Clock()
    project = Project(room.root)
    with office(authority, Faults(drop={B: "rcpt"}, times=1)) as server:
        room.mailing(server.port)
        campaign = read_campaign(project, "probe")
        made = 0

        def connect() -> Connection:
            nonlocal made
            made += 1
            if made in (2, 3):
                raise Unreachable("no route to host")
            return Connection(campaign.server, USER, PASSWORD, Location("m"), Timeouts(5, 5, 5))

        with Ledger(room.root / "ledger.sqlite3", "ledger") as ledger:
            queue_campaign(campaign, ledger, clock())
            sending = Sending(project, campaign, ledger, connect, clock.wait, clock)
            happened = list(sending.run())
    assert [e.seconds for e in happened if isinstance(e, Pause) and "reached" in e.why] == [10, 60]
    assert states(room) == dict.fromkeys((A, B, C), DeliveryState.ACCEPTED)


def test_nothing_unsound_is_sent_whoever_asks(room: Mailroom) -> None:
    room.mailing()
    room.recipients(A)
    (room.root / "out/probe/mr/probe-mr-email.pdf").unlink()
    project = Project(room.root)
    campaign = read_campaign(project, "probe")
    with Ledger(room.root / "ledger.sqlite3", "ledger") as ledger:
        never: Any = None
        with pytest.raises(DiagnosticsError, match="is missing"):
            Sending(project, campaign, ledger, never, never, never)


def test_the_ledger_has_the_digest_of_what_went_out(room: Mailroom, authority: trustme.CA) -> None:
    room.recipients(A)
    with office(authority) as server:
        dots = MAIL.replace("wir schicken", ".\n\n  .. und\n\n  .wir schicken")
        room.mailing(server.port, text=dots)
        assert room.mail("send", "--yes", "1") == 0
    ((_, data),) = server.hooks.got
    assert b"\r\n.\r\n\r\n.. und\r\n\r\n.wir" in data
    entry = entries(room)[A]
    assert entry.sha256 == hashlib.sha256(data).hexdigest()
    assert entry.size == len(data)
    pdf = (room.root / "out/probe/mr/probe-mr-email.pdf").read_bytes()
    assert entry.pdf_sha256 == hashlib.sha256(pdf).hexdigest()
    assert (entry.code, entry.reply, entry.attempts) == (250, "2.0.0 Queued", 1)
    assert Path(room.root / "ledger.sqlite3").exists()
    assert json.dumps(entry.state) == '"accepted"'


# --- Servers that cannot be trusted ---------------------------------------------------------------


def for_ever(*pieces: bytes) -> Callable[[], Iterator[bytes]]:
    """A speech without end: the first piece, then the last one again and again."""
    return lambda: itertools.chain(pieces, itertools.repeat(pieces[-1]))


def trickle() -> Iterator[bytes]:
    """A letter now and then, each within the time that one waits for something to come."""
    for _ in range(200):
        time.sleep(0.05)
        yield b"2"


@pytest.fixture
def hasty(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Little patience, a password that every way of logging in takes, and no pauses."""
    monkeypatch.setattr(Timeouts.__init__, "__defaults__", (2.0, 2.0, 2.0, 60.0))
    monkeypatch.setenv("BROCHURE_MAIL_PASSWORD", "geheim")
    pauses = Pauses(retry=(0.01,), connect=(0.01,), refusal=0.01, longest=0.01)
    monkeypatch.setattr(send, "Pauses", lambda: pauses)


NAME, SECRET = "Zmx5ZXJAZXhhbXBsZS5vcmc=", "Z2VoZWlt"
PLAIN = "AGZseWVyQGV4YW1wbGUub3JnAGdlaGVpbQ=="
# To the challenge <1896@x.de>, by the rule of RFC 2195, 2.
CRAM = "Zmx5ZXJAZXhhbXBsZS5vcmcgZDhkMjIyNjRjOGYzZGYxZjljZDk5ZWEyMmY1MjUzYjc="
EHLO = b"250-at your service\r\n250-AUTH %b\r\n250 SIZE %b\r\n"


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "size",
    [b"9" * 5000, b"-1", b"0", "\xb2".encode("latin-1"), b"many", b"\xff\x00", b"1e9", b"9" * 20],
)
def test_a_size_that_is_no_number(room: Mailroom, authority: trustme.CA, size: bytes) -> None:
    room.recipients(A)
    with stranger(authority, EHLO=EHLO % (b"PLAIN", size)) as server:
        room.mailing(server.port, "tls")
        assert room.mail("send", "--yes", "1") == 0
    assert len(server.got) == 1
    assert states(room) == {A: DeliveryState.ACCEPTED}


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "speeches",
    [
        {"EHLO": EHLO % (b"CRAM-MD5", b"1"), "AUTH": b"334 !!!not base64\r\n"},
        {"EHLO": EHLO % (b"CRAM-MD5", b"1"), "AUTH": b"334 \xff\x00\r\n"},
        {"EHLO": EHLO % (b"LOGIN", b"1"), "AUTH": b"334 !!!\r\n", "more": b"334 !!!\r\n"},
        {"AUTH": b"334 !!!\r\n", "more": b"334 !!!\r\n"},
        {"AUTH": b"334 \r\n", "more": b"334 \r\n"},
        {"AUTH": b"nonsense\r\n"},
        {"AUTH": b"354 \x00\x1b[31m\r\n"},
        {"EHLO": EHLO % (b"XOAUTH2 \x00", b"1")},
    ],
)
def test_a_login_that_is_none(
    room: Mailroom, authority: trustme.CA, capsys: Capture, speeches: dict[str, Speech]
) -> None:
    room.recipients(A)
    with stranger(authority, **speeches) as server:
        room.mailing(server.port, "tls")
        output = diagnostic(room, capsys)
    assert "gives no valid reply to the login" in output or "does not accept passwords" in output
    assert not re.search(r"[\x00\x1b]", output)
    assert len(server.heard) <= 4
    assert not [line for line in server.heard if line.startswith("MAIL")]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("offered", "answers", "heard"),
    [
        (b"PLAIN LOGIN", {"AUTH": b"235 in\r\n"}, [f"AUTH PLAIN {PLAIN}"]),
        (b"LOGIN NTLM", {"AUTH": b"334 VXNlcm5hbWU6\r\n"}, ["AUTH LOGIN", NAME, SECRET]),
        (b"CRAM-MD5", {"AUTH": b"334 PDE4OTZAeC5kZT4=\r\n"}, ["AUTH CRAM-MD5", CRAM]),
        (b"PLAIN LOGIN", {"AUTH": b"504 no\r\n"}, ["AUTH PLAIN", "AUTH LOGIN"]),
    ],
)  # fmt: skip
def test_ways_to_log_in(
    room: Mailroom, authority: trustme.CA, offered: bytes, answers: dict[str, Speech],
    heard: list[str],
) -> None:  # fmt: skip
    challenged = iter([b"334 UGFzc3dvcmQ6\r\n", b"235 in\r\n"])
    if offered == b"CRAM-MD5":
        next(challenged)
    room.recipients(A)
    with stranger(
        authority, EHLO=EHLO % (offered, b"0"), more=lambda: iter([next(challenged)]), **answers
    ) as server:
        room.mailing(server.port, "tls")
        code = room.mail("send", "--yes", "1")
    assert code == int(answers["AUTH"].startswith(b"504"))  # type: ignore[union-attr]
    output = server.heard[1 : 1 + len(heard)]
    assert all(line.startswith(begun) for line, begun in zip(output, heard, strict=True)), output


ENDLESS = {
    "lines": for_ever(b"250-and\r\n"),
    "a line": for_ever(b"250 " + b"x" * 4000),
    "noughts": for_ever(b"\0" * 4000),
    "a trickle": trickle,
}


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("speech", ENDLESS)
@pytest.mark.parametrize("when", ["greeting", "EHLO", "AUTH"])
def test_a_reply_without_end_before_any_letter(
    room: Mailroom, authority: trustme.CA, capsys: Capture, when: str, speech: str
) -> None:
    room.recipients(A)
    with stranger(authority, **{when: ENDLESS[speech]}) as server:
        room.mailing(server.port, "tls")
        output = diagnostic(room, capsys)
    assert "`127.0.0.1` cannot be reached" in output
    assert "never ends" in output or "does not respond" in output


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("speech", ENDLESS)
@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("RCPT", DeliveryState.DEFERRED),
        ("DATA", DeliveryState.DEFERRED),
        ("end", DeliveryState.UNKNOWN),
    ],
)
def test_a_reply_without_end_to_a_letter(
    room: Mailroom, authority: trustme.CA, when: str, state: DeliveryState, speech: str
) -> None:
    room.recipients(A)
    with stranger(authority, **{when: ENDLESS[speech]}) as server:
        room.mailing(server.port, "tls")
        assert room.mail("send", "--yes", "1") == 1
    assert states(room) == {A: state}
    assert len(server.got) == (1 if when == "end" else 0)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("when", "reply", "state", "got"),
    [
        ("RCPT", b"250 ok\r\n354 go on\r\n250 taken\r\n", DeliveryState.DEFERRED, 0),
        ("DATA", b"354 go on\r\n250 taken\r\n", DeliveryState.DEFERRED, 0),
        ("MAIL", b"2_5 \xff\xfe\r\n", DeliveryState.DEFERRED, 0),
        ("RCPT", b"+25 ok\r\n", DeliveryState.DEFERRED, 0),
        ("RCPT", b"550-no\r\n250 or yes\r\n", DeliveryState.DEFERRED, 0),
        ("end", b"250-yes\r\n550 or no\r\n", DeliveryState.UNKNOWN, 1),
        ("end", b"250\0 ok\r\n", DeliveryState.UNKNOWN, 1),
        ("end", b"250 \0\xff\xfe\x1b[31m\r\n", DeliveryState.ACCEPTED, 1),
        ("end", b"250\n", DeliveryState.ACCEPTED, 1),
    ],
)
def test_replies_that_are_none(
    room: Mailroom, authority: trustme.CA, when: str, reply: bytes, state: DeliveryState, got: int
) -> None:
    """Also such that come before they are asked for: the next command must not get them."""
    room.recipients(A)
    with stranger(authority, **{when: reply}) as server:
        room.mailing(server.port, "tls")
        assert room.mail("send", "--yes", "1") == int(state is not DeliveryState.ACCEPTED)
    assert states(room) == {A: state}
    assert len(server.got) == got
    assert str(entries(room)[A].reply or "").isprintable()


def test_a_letter_that_takes_for_ever(room: Mailroom, authority: trustme.CA) -> None:
    """Each of its lines may go out in time, and all of them together do not."""
    with stranger(authority) as server:
        address = Server(host="127.0.0.1", security="tls", port=server.port)
        connection = Connection(address, USER, "x", Location("m"), Timeouts(5, 5, 5, letter=0))
        answer = connection.deliver(USER, A, b"Subject: x\r\n\r\n", lambda: None)
    assert (answer.state, answer.lost) == (DeliveryState.DEFERRED, True)
    assert server.got == []


def test_replies_from_before_the_encryption_do_not_count_after_it(
    room: Mailroom, authority: trustme.CA
) -> None:
    """RFC 3207, 6: else whoever sits in between could say what the server offers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            plain, _ = listening.accept()
            plain.settimeout(10)
            plain.sendall(b"220 hi\r\n")
            plain.recv(1000)
            plain.sendall(b"250-hi\r\n250 STARTTLS\r\n")
            plain.recv(1000)
            plain.sendall(b"220 go\r\n250-hi\r\n250 AUTH PLAIN\r\n")
            with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as safe:
                safe.recv(1000)

        thread = threading.Thread(target=serve)
        thread.start()
        port = listening.getsockname()[1]
        with pytest.raises(Unreachable, match="before it is asked"):
            Connection(
                Server(host="127.0.0.1", port=port), USER, "x", Location("m"), Timeouts(5, 5, 5)
            )
        thread.join(10)


def test_a_due_time_in_the_far_future(room: Mailroom, authority: trustme.CA) -> None:
    """From a clock that went wrong: tried after the longest pause, not in a thousand years."""
    room.recipients(A)
    clock = Clock()
    with Ledger(room.root / "ledger.sqlite3", "ledger") as ledger:
        ledger.enqueue("probe", [(A, A, "Amt 0", "mr")], clock())
    with contextlib.closing(sqlite3.connect(room.root / "ledger.sqlite3")) as db:
        db.execute("UPDATE letters SET state = 'deferred', due_at = '2999-12-31T00:00:00+00:00'")
        db.commit()
    with office(authority) as server:
        room.mailing(server.port)
        list(events(room, server, clock))
    assert clock.waited == [3600]
    assert states(room) == {A: DeliveryState.ACCEPTED}
