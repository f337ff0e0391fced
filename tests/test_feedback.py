"""Mails that came back, from strangers: what they say, or that they say nothing, within bounds."""

import base64
from collections.abc import Iterator

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
