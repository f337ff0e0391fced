"""What offices really get: mails of three variants, through Postfix, read back from Maildirs."""

import hashlib
import mailbox
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest
import trustme

from brochure.mail.delivery.entries import DeliveryState
from brochure.mail.delivery.ledger import Ledger
from tests import postfix
from tests.postoffice import Mailroom

WHY_NOT = postfix.missing()
OFFICES = {"marburg": "mr", "giessen": "gi", "vogelsberg": "vb"}
NAMES = {"mr": "Marburg-Biedenkopf", "gi": "Gießen", "vb": "Vogelsbergkreis"}


def delivered(folder: Path, box: str) -> list[bytes]:
    """The mails in a Maildir, as soon as there is one."""
    for _ in range(400):
        if list((folder / "maildir" / box / "new").glob("*")):
            break
        time.sleep(0.05)
    found = mailbox.Maildir(folder / "maildir" / box, create=False)
    return [found.get_bytes(key) for key in found.keys()]  # noqa: SIM118


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
def test_three_variants_read_back_from_the_maildir(
    room: Mailroom, authority: trustme.CA, swift: Path
) -> None:
    addresses = {name: f"{name}@ämter.example.org" for name in OFFICES}
    rows = [
        f'{addresses[name]};"Büro; {name.title()} „Süd“";Sehr geehrte Frau Müßig-Łukasz;{variant}\n'
        for name, variant in OFFICES.items()
    ]
    table = "\ufeffemail;office;salutation;variant\n" + "".join(rows)
    room.write("content/probe/recipients.csv", table)
    # Not below pytest's own folder: whenever another pytest starts, it closes that to all others.
    folder = swift / "postfix"
    boxes = [f"{name}@xn--mter-koa.example.org" for name in OFFICES]
    with postfix.postfix(folder, authority, boxes) as port:
        room.mailing(port)
        assert room.mail("send", "--yes", "3") == 0
        mails = {name: delivered(folder, name) for name in OFFICES}
    with Ledger(room.root / "ledger.sqlite3", "ledger") as ledger:
        entries = ledger.entries("probe")
    for name, variant in OFFICES.items():
        (data,) = mails[name]
        message = message_from_bytes(data, policy=policy.default)
        assert isinstance(message, EmailMessage)
        assert message.defects == []
        entry = entries[f"{name}@xn--mter-koa.example.org"]
        assert entry.state is DeliveryState.ACCEPTED
        assert message["Message-ID"] == entry.message_id
        assert message["Message-ID"].endswith("@example.org>")
        assert message["Subject"] == f"Bürgerbeteiligung in {NAMES[variant]}"
        assert message["From"].addresses[0].display_name == "Initiative „Ökodorf“"
        assert message["From"].addresses[0].addr_spec == "flyer@example.org"
        assert message["To"].addresses[0].display_name == f"Büro; {name.title()} „Süd“"
        assert parseaddr(message["Reply-To"])[1] == "kontakt@example.org"
        assert message["Return-Path"] == "<flyer@example.org>"
        assert message["Date"].datetime.tzinfo is not None
        text = message.get_body(("plain",))
        html = message.get_body(("html",))
        assert text is not None
        assert html is not None
        for part in (text, html):
            words = part.get_content()
            assert "Sehr geehrte Frau Müßig-Łukasz" in words
            assert NAMES[variant] in words
            assert "keine weiteren E-Mails" in words
        assert "<img" not in html.get_content()
        (pdf,) = message.iter_attachments()
        assert pdf.get_filename() == f"probe-{variant}-email.pdf"
        built = room.root / f"out/probe/{variant}/probe-{variant}-email.pdf"
        assert pdf.get_content() == built.read_bytes()
        # The frozen message is what arrived, below the lines that servers put on top of it.
        sent = data[data.index(b"From: ") :]
        crlf = sent.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        assert hashlib.sha256(crlf).hexdigest() == entry.sha256
    assert "localhost" in mails["marburg"][0].decode("latin-1")  # Postfix's own Received line
    assert b"helo=[127.0.0.1]" in mails["marburg"][0] or b"[127.0.0.1]" in mails["marburg"][0]
