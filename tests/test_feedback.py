"""Mails that came back, from strangers: what they say, or that they say nothing, within bounds."""

import base64
import unicodedata
from collections.abc import Iterator
from email.header import Header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location
from brochure.isolation import Worker
from brochure.mail.delivery.entries import NoteKind
from brochure.mail.feedback import ReturnedMail, parse_returned, read_returned

LOCATION = Location("mail.eml")
HEAD = b"From: a@b.de\nSubject: x\n"
REPORTED = HEAD + b"Content-Type: multipart/report; boundary=b\n\n--b\n"
STATUS = (
    b"Reporting-MTA: dns; x.de\n\nFinal-Recipient: rfc822; a@x.de\nAction: failed\nStatus: 5.1.1\n"
)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as started:
        yield started


def nested(depth: int) -> bytes:
    heads = (f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return b"From: a@b.de\nSubject: x\n" + "".join(heads).encode() + b"\nHallo\n"


@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf", b"From - Tue Nov 24\n", b">From -\n"])
def test_a_mail_as_programs_save_it(worker: Worker, begin: bytes) -> None:
    mail = begin + HEAD + b"References: <a@b.de>\n\t<c@d.de>\nIn-Reply-To: <e@f.de>\n\nHallo\n"
    for data in (mail, mail.replace(b"\n", b"\r\n")):
        assert read_returned(data, LOCATION, worker) == ReturnedMail(
            NoteKind.REPLIED, ("<e@f.de>", "<c@d.de>", "<a@b.de>"), (), "a@b.de · x"
        )


@pytest.mark.parametrize("encoding", [b"7bit", b"base64", b"BASE64"])
def test_a_report_may_be_encoded(worker: Worker, encoding: bytes) -> None:
    """It must not be (RFC 3464, 2.1), but some servers do."""
    original = b"Message-ID: <a@b.de>\nSubject: y\n"
    parts = b""
    for kind, body in (
        (b"message/delivery-status", STATUS),
        (b"text/rfc822-headers", original),
        (b"message/rfc822", original.replace(b"a@b", b"c@d")),
    ):
        encoded = body if encoding == b"7bit" else base64.encodebytes(body)
        head = b"Content-Type: %b\nContent-Transfer-Encoding: %b\n\n" % (kind, encoding)
        parts += head + encoded + b"\n--b\n"
    assert read_returned(REPORTED + parts, LOCATION, worker) == ReturnedMail(
        NoteKind.BOUNCED, ("<a@b.de>", "<c@d.de>"), ("a@x.de",), "failed: 5.1.1"
    )


def mail(subject: str, *headers: str, sender: str = "Anna <a@amt.de>", body: str = "Hallo") -> str:
    """A mail about our letter, from a mailbox of an office."""
    encoded = Header(subject, "utf-8" if not subject.isascii() else "us-ascii").encode()
    lines = (f"From: {sender}", f"Subject: {encoded}", "In-Reply-To: <brief@wir.de>", *headers)
    return "\n".join([*lines, "", body, ""])


def with_report(kind: str, block: str, subject: str, *headers: str, outer: str = "report") -> str:
    content = f'Content-Type: multipart/{outer}; report-type={kind}; boundary="b"'
    body = f"--b\n\nText\n--b\nContent-Type: message/{kind}\n\n{block}\n--b--"
    return mail(subject, *headers, content, body=body)


DISPLAYED = (
    "Final-Recipient: rfc822;A@amt.de\nOriginal-Message-ID: <brief@wir.de>\n"
    "Disposition: manual-action/MDN-sent-manually; displayed"
)
DELETED = DISPLAYED.replace("manual", "automatic").replace("displayed", "deleted")
FAILED = "Reporting-MTA: dns; x.de\n\nFinal-Recipient: rfc822; a@amt.de\nAction: failed"
NULL = "Return-Path: <>"
POSTMASTER = "Postmaster <postmaster@amt.de>"
DAEMON = "Mail Delivery System <MAILER-DAEMON@amt.de>"
MDN, DSN = "disposition-notification", "delivery-status"


@pytest.mark.parametrize(
    "text",
    [
        mail("AW: Ein Flugblatt"),
        mail("Ein Flugblatt"),
        mail("AW: Abwesenheitsnotiz beim Ordnungsamt"),
        mail("Abwesenheitsnotiz beim Ordnungsamt"),
        mail("[EXTERN] Re: Out of Office: Ein Flugblatt"),
        mail("Antwort: Unzustellbar: Ein Flugblatt"),
        mail("Gelesen und besprochen"),
        mail("Read this"),
        mail("Auto: Parkplatz vor dem Rathaus"),
        mail("Weitergeleitet: Ein Flugblatt"),
        mail("Zustellung Ihrer Flugblätter"),
        mail("Unzustellbar war nur das zweite Flugblatt"),
        mail("AW: Ein Flugblatt", sender=POSTMASTER),
        mail("AW: Ein Flugblatt", "X-Auto-Response-Suppress: All"),
        mail("Ein Flugblatt", "X-Auto-Response-Suppress: DR, OOF, AutoReply"),
        mail("Ein Flugblatt", "Precedence: bulk", "List-Id: <rat.amt.de>"),
        mail("AW[2]: Ein Flugblatt", "Precedence: bulk"),
        mail("Ein Flugblatt", "Auto-Submitted: no (a person)"),
        mail("Ein Flugblatt", "Return-Path: <a@amt.de>", body="konnte nicht zugestellt werden"),
        mail("Ihre Nachricht ist angekommen"),
        # a bounce that somebody forwards
        mail("WG: Unzustellbar", 'Content-Type: multipart/mixed; boundary="m"',
             body="--m\n\nWas heißt das?\n--m\nContent-Type: message/rfc822\n\n"
             + with_report(DSN, FAILED, "Unzustellbar: x") + "\n--m--"),
    ],
)  # fmt: skip
def test_what_a_person_writes_is_a_reply(text: str) -> None:
    returned = parse_returned(text.encode())
    assert returned is not None
    assert (returned.kind, returned.message_ids[0]) == (NoteKind.REPLIED, "<brief@wir.de>")


@pytest.mark.parametrize(
    "text",
    [
        # receipts: Outlook, Thunderbird, Notes, Kopano; some are signed, some only a mail
        with_report(MDN, DISPLAYED, "Gelesen: Ein Flugblatt"),
        with_report(MDN, DELETED, "Ungelesen gelöscht: Ein Flugblatt"),
        with_report(MDN, DISPLAYED, "AW: Ein Flugblatt"),
        with_report(MDN, DISPLAYED, "Empfangsbestätigung (angezeigt) - Ein Flugblatt"),
        with_report(MDN, DISPLAYED, "Ein Flugblatt", NULL, outer="mixed"),
        with_report("feedback-report", "Feedback-Type: abuse", "Ein Flugblatt"),
        mail("Gelesen: Ein Flugblatt"), mail("Nicht gelesen: Ein Flugblatt"),
        mail("Gelöscht: Ein Flugblatt"),
        mail("Read: Ein Flugblatt"), mail("Lesebestätigung: Ein Flugblatt"),
        mail("Return Receipt (displayed) - Ein Flugblatt"),
        # absences
        mail("Automatische Antwort: Ein Flugblatt", "X-Auto-Response-Suppress: All"),
        mail("Automatische Antwort: Ein Flugblatt"), mail("Automatic reply: Ein Flugblatt"),
        mail("Abwesenheitsnotiz: Ein Flugblatt"), mail("Abwesenheitsnotiz"),
        mail(unicodedata.normalize("NFD", "Ungelesen gelöscht: Ein Flugblatt")),
        mail("Abwesend: Ein Flugblatt"), mail("[Extern] Abwesend: Ein Flugblatt"),
        mail("***SPAM?*** Out of Office: Ein Flugblatt"), mail("Out of Office AutoReply: x"),
        mail("Out of office"), mail("Anna Beispiel/AMT/DE ist außer Haus (Rückkehr am 20.05.2026)"),
        mail("Anna Beispiel is out of the office (returning 20.05.2026)"),
        mail("Ich bin nicht im Haus"), mail("Abwesenheit vom 4. bis 20. Mai"),
        mail("Réponse automatique : Ein Flugblatt"), mail("Risposta automatica: Ein Flugblatt"),
        mail("Automatische Antwort: x", NULL, sender=POSTMASTER, body="unzustellbar"),
        # programs that say so
        *(mail("AW: Ein Flugblatt", name) for name in (
            "Auto-Submitted: auto-replied; owner-email=a@amt.de", "Auto-Submitted: auto-generated",
            "X-Autoreply: yes", "X-Autorespond: x", "X-Auto-Reply: x", "X-OTRS-Loop: yes",
            "X-MS-Exchange-Inbox-Rules-Loop: a@amt.de", "Precedence: auto_reply", NULL,
            "X-MS-Exchange-Generated-Message-Source: Mailbox Transport Delivery Agent",
        )),
        mail("Ihre Anfrage", "Precedence: bulk"), mail("Ihre Anfrage", "Return-Path: < >"),
        mail("Ihre Anfrage", "X-Auto-Response-Suppress: All"),
        # not yet, or at last
        with_report(DSN, FAILED.replace("failed", "delayed"), "Verzögert: Ein Flugblatt", NULL),
        with_report(DSN, FAILED.replace("failed", "relayed"), "Weitergeleitet: Flugblatt", NULL),
        mail("Zustellung verzögert: Ein Flugblatt", NULL, sender=DAEMON),
        mail("Delivery Status Notification (Delay)", sender=DAEMON, body="4.4.1, later 5.4.7"),
        mail("Warning: message 1abc delayed 24 hours", sender=DAEMON),
        mail("Benachrichtigung zum Übermittlungsstatus (Verzögerung)", sender=POSTMASTER),
    ],
)  # fmt: skip
def test_what_a_program_writes_is_no_reply(text: str) -> None:
    returned = parse_returned(text.encode())
    assert returned is not None
    assert returned.kind is NoteKind.AUTOMATIC
    assert "<brief@wir.de>" in returned.message_ids


@pytest.mark.parametrize(
    "text",
    [
        with_report(DSN, FAILED, "Unzustellbar: Ein Flugblatt", NULL),
        with_report(DSN, FAILED, "AW: Ein Flugblatt", outer="mixed"),
        mail("Unzustellbar: Ein Flugblatt", NULL), mail("Unzustellbar: Ein Flugblatt"),
        mail("Undeliverable: Ein Flugblatt", "Auto-Submitted: auto-replied"),
        mail("Undelivered Mail Returned to Sender", sender=DAEMON),
        mail("Mail delivery failed: returning message to sender"),
        mail("Mail System Error - Returned Mail", NULL), mail("failure notice", NULL),
        mail("Delivery Status Notification (Failure)"), mail("Zustellungsfehler", NULL),
        mail("DELIVERY FAILURE: User a not listed in Domino Directory"),
        mail("Benachrichtigung zum Übermittlungsstatus (Fehlgeschlagen)"),
        mail("Ihre E-Mail an a@amt.de konnte nicht zugestellt werden"),
        mail("Nicht zugestellt: Ein Flugblatt"), mail("Zustellung fehlgeschlagen: Flugblatt"),
        mail("Ihre Mail", NULL, body="Anhang nicht erlaubt (550 5.7.1)."),
        mail("Ihre Mail", sender=POSTMASTER), mail("Re: Ein Flugblatt", sender=DAEMON),
        mail("Ihre Mail", "X-MS-Exchange-Message-Is-Ndr:"),
        mail("Ihre Mail", NULL, "Content-Transfer-Encoding: base64", "Content-Type: text/plain",
             body=base64.b64encode(b"Die Mail konnte nicht zugestellt werden.").decode()),
    ],
)  # fmt: skip
def test_what_a_mail_system_sends_back_is_a_bounce(text: str) -> None:
    returned = parse_returned(text.encode())
    assert returned is not None
    assert returned.kind is NoteKind.BOUNCED
    assert "<brief@wir.de>" in returned.message_ids


def test_a_receipt_names_the_letter_and_what_became_of_it() -> None:
    """Without In-Reply-To, and signed, as gateways of authorities do."""
    inner = with_report(MDN, DELETED, "Gelöscht: Ein Flugblatt")
    inner = inner.replace("In-Reply-To: <brief@wir.de>\n", "")
    head, body = inner.split("Content-Type: multipart", 1)
    signed = (
        f'{head}Content-Type: multipart/signed; boundary="s"\n\n--s\nContent-Type: multipart{body}'
        "\n--s\nContent-Type: application/pkcs7-signature\n\nMIIB\n--s--\n"
    )
    for text in (inner, signed):
        assert parse_returned(text.encode()) == ReturnedMail(
            NoteKind.AUTOMATIC,
            ("<brief@wir.de>",),
            ("A@amt.de",),
            "deleted · Anna <a@amt.de> · Gelöscht: Ein Flugblatt",
        )


def test_what_is_not_a_mail(worker: Worker) -> None:
    for data in (b"", b"%PDF-1.7", bytes(range(256)) * 9, nested(5000)):
        with pytest.raises(DiagnosticsError, match="not an email"):
            read_returned(data, LOCATION, worker)


def test_words_in_a_mail_do_nothing_to_a_terminal(worker: Worker) -> None:
    tricky = read_returned(
        b"From: a@b.de\nSubject: =?utf-8?q?=1B[31mrot=07?=\nIn-Reply-To: <x@y.de>\n\n",
        LOCATION,
        worker,
    )
    assert tricky.gist == "a@b.de · [31mrot"
    for line in (b"From: =?utf-8?q?=0AX?= <", b"From: @@@,,<<>>", b"To: =?x-nothing?b?!!?="):
        assert read_returned(line + b"\nSubject: x\n\nHallo\n", LOCATION, worker).gist.isprintable()


@pytest.mark.parametrize(
    "data",
    [
        nested(15) + b"--x\n" * 300_000,
        nested(100),
        HEAD + b"X: y\n" * 100_000,
        HEAD + b"X: y\n" + b" \n" * 300_000,
        HEAD + b"References: " + b"<a@b.de> " * 100_000 + b"\n" + b" x\n" * 100_000,
        REPORTED + b"\nx\n--b\n" * 30_000,
        b"From: mailer-daemon@x\nSubject: x\n\n" + b"".join(b"<%d@b>" % n for n in range(500_000)),
        HEAD + b"Content-Type: multipart/mixed; " + b';a="' * 40_000 + b"\n\nx",
        b"From: " + b"=?utf-8?q?a?= " * 10_000 + b"\nSubject: x\n\n",
        b"From: " + b"(" * 150_000 + b"\nSubject: " + b"a " * 10_000 + b"\n\n",
        REPORTED + b"Content-Type: message/delivery-status\n\n"
        + b"Final-Recipient: x; a@b.de\nAction: failed\n\n" * 30_000,
        HEAD + b"\n" * 1_000_000,
        HEAD + b"\n" + b"<" * 5_000_000,
        HEAD + b"\n" + b"<" + b"a" * 1_000_000 + b"@" + b"b" * 300_000,
    ],
    ids=lambda data: f"{data[:60]!r}"[2:-1],
)  # fmt: skip
def test_mails_of_too_much_of_something(worker: Worker, data: bytes) -> None:
    returned = read_returned(data, LOCATION, worker)
    assert len(returned.message_ids) <= bounds.IDENTITIES
    assert len(returned.addresses) <= bounds.IDENTITIES
    assert len(returned.gist) <= 200


@pytest.mark.parametrize(("bound", "value"), [("SECONDS", 0.05), ("MEMORY", 60_000_000)])
def test_time_and_memory_are_bounded(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, bound: str, value: float
) -> None:
    monkeypatch.setattr(bounds, bound, value)
    with pytest.raises(DiagnosticsError, match="too long to read, or too much memory"):
        read_returned(HEAD + b"X: y\n" * 1_000_000, LOCATION, worker)


@given(st.lists(st.sampled_from([
    b"From: a@b.de", b"Subject: =?utf-8?b?!!?= =?idna?q?\xff?= =?rot13?q?x?=", b"\n", b"\r\n",
    b"--b",
    b"Content-Type: multipart/report; boundary=b", b"--b--", b"Content-Type: message/rfc822",
    b"Content-Type: message/delivery-status", b"Content-Transfer-Encoding: base64", b" \xff\x00",
    b"Content-Type: text/rfc822-headers", b"Final-Recipient: rfc822;", b"Message-ID: <\xff@\xff>",
    b"=?unicode_escape?q?=5Cx?=", b": x", b"References: <a@b> <a@b", b"From: postmaster@x",
])))  # fmt: skip
def test_whatever_a_stranger_writes_is_a_mail_or_not(lines: list[bytes]) -> None:
    parse_returned(b"\n".join(lines))  # any exception would be a bug
