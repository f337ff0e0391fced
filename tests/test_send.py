"""Sending, against real servers that misbehave."""

import pytest
import trustme

from brochure.mail.entry import State
from brochure.mail.ledger import Ledger
from tests.postoffice import Faults, Mailroom, office

A, B, C = "a@giessen.example.org", "b@giessen.example.org", "c@giessen.example.org"


def states(room: Mailroom) -> dict[str, State]:
    with Ledger(room.root / "ledger.sqlite3", "ledger") as ledger:
        return {key: entry.state for key, entry in ledger.entries("probe").items()}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_three_variants(room: Mailroom, authority: trustme.CA, security: str) -> None:
    room.recipients(A, B, C)
    with office(authority, security=security) as server:
        room.mailing(server.port, security)
        assert room.mail("--send", "--yes", "3") == 0
        assert server.hooks.counts() == {A: 1, B: 1, C: 1}
        assert server.hooks.connections == 1
        assert room.mail("--send", "--yes", "0") == 0
        assert server.hooks.counts() == {A: 1, B: 1, C: 1}
    assert states(room) == dict.fromkeys((A, B, C), State.ACCEPTED)
    assert server.hooks.hello == "[127.0.0.1]"
    mails = server.hooks.mails()
    for to, variant in ((A, "mr"), (B, "gi"), (C, "vb")):
        (pdf,) = mails[to].iter_attachments()
        path = room.root / f"out/probe/{variant}/probe-{variant}-email.pdf"
        assert pdf.get_content() == path.read_bytes()


def test_faults(room: Mailroom, authority: trustme.CA, capsys: pytest.CaptureFixture[str]) -> None:
    room.recipients(A, B, C)
    with office(authority, Faults(rcpt={A: "550 5.1.1 no such user"}, drop={B: "after"})) as server:
        room.mailing(server.port)
        assert room.mail("--send", "--yes", "3") == 1
    print(capsys.readouterr())
    assert states(room) == {A: State.REFUSED, B: State.UNKNOWN, C: State.ACCEPTED}
