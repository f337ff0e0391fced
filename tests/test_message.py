"""Messages: what programs of mail read out of them is what was put in."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brochure.mail.address import Address
from brochure.mail.letter.message import Sender, compose_message, message_id_for
from brochure.mail.letter.template import Letter
from tests.conftest import examples

SENDER = Sender(
    Address("flyer@example.org", "flyer@example.org", "Initiative „Ökodorf“"),
    Address("kontakt@example.org", "kontakt@example.org"),
)
TO = Address("a@giessen.de", "a@giessen.de", "Büro; der „Bürgermeisterin“, Zi. 3")
LETTER = Letter("de", "Grüße", "Hallo Łukasz,\n\n.Punkt\nFrom hier\n", "<p>Hallo</p>\n")
PDF = bytes(range(256)) * 300
DATE = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NAME = "wir-bringen-uns-ein-marburg-biedenkopf-email.pdf"


def message(
    letter: Letter = LETTER, to: Address = TO, name: str = NAME, *, draft: bool = False
) -> bytes:
    identity = None if draft else message_id_for("probe", SENDER, to, letter, "0" * 64)
    date = None if draft else DATE
    return compose_message(
        SENDER, to, letter, PDF, name, message_id=identity, date=date, draft=draft
    )


def parsed(data: bytes) -> EmailMessage:
    found = message_from_bytes(data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert found.defects == []
    return found


def test_the_headers() -> None:
    found = parsed(message())
    assert found.keys() == [
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Language",
    ]  # fmt: skip
    assert found["To"].addresses[0].display_name == TO.name
    assert found["Content-Language"] == "de"
    assert found["Date"].datetime == DATE
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.org>", found["Message-ID"])


def test_the_parts() -> None:
    found = parsed(message())
    types = [part.get_content_type() for part in found.walk()]
    assert types == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    body = found.get_body(("plain",))
    assert body is not None
    assert body.get_content() == LETTER.text.replace("\n", "\r\n")
    (pdf,) = found.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == (NAME, PDF)


@pytest.mark.parametrize("length", [10, 50, 66, 67, 100, 200])
def test_names_of_files_stand_in_one_line(length: int) -> None:
    """Outlook and Thunderbird do not put pieces together (RFC 2231, 3)."""
    name = "x" * length + ".pdf"
    data = message(name=name)
    assert f'\r\n filename="{name}"\r\n'.encode() in data
    (pdf,) = parsed(data).iter_attachments()
    assert pdf.get_filename() == name


def test_the_bytes() -> None:
    data = message()
    assert data.isascii()  # any server takes it, without 8BITMIME
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert data == message()
    assert data != message(LETTER.__class__("de", "Grüße", "Anders", "<p>Anders</p>"))


def test_drafts_are_open_to_be_sent() -> None:
    found = parsed(message(draft=True))
    assert found["X-Unsent"] == "1"
    assert found["X-Uniform-Type-Identifier"] == "com.apple.mail-draft"
    assert found["Date"] is None
    assert found["Message-ID"] is None
    assert message(draft=True) == message(draft=True)


def test_one_identity_for_one_letter() -> None:
    same = message_id_for("probe", SENDER, TO, LETTER, "0" * 64)
    assert same == message_id_for("probe", SENDER, TO, LETTER, "0" * 64)
    other = Letter("de", "Grüße", "Anderes", "")
    others = {
        message_id_for("andere", SENDER, TO, LETTER, "0" * 64),
        message_id_for("probe", SENDER, Address("b@giessen.de", "b@giessen.de"), LETTER, "0" * 64),
        message_id_for("probe", SENDER, TO, other, "0" * 64),
        message_id_for("probe", SENDER, TO, LETTER, "1" * 64),
    }
    assert len(others | {same}) == 5


text = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), exclude_characters="\u00ad"),
    min_size=1, max_size=40,
)  # fmt: skip
phrases = st.lists(text, min_size=1, max_size=12).map(" ".join)


@examples(300)
@given(phrases, phrases)
def test_any_words_come_through(subject: str, name: str) -> None:
    letter = Letter("de", subject, subject, f"<p>{name}</p>")
    to = Address("a@giessen.de", "a@giessen.de", name)
    data = message(letter, to)
    found = parsed(data)
    assert found["Subject"] == subject
    assert [a.addr_spec for a in found["To"].addresses] == ["a@giessen.de"]
    # The new parser puts a space between the encoded words of a name; the old one does not.
    raw = message_from_bytes(data, policy=policy.compat32)["To"]
    encoded, spec = parseaddr(re.sub(r"\r?\n", "", raw))
    assert (str(make_header(decode_header(encoded))), spec) == (name, "a@giessen.de")
    assert len(found.keys()) == 9
    for line in data.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        assert len(line) <= 998
        assert all(len(word) <= 75 for word in re.findall(rb"=\?.*?\?=", line))


@pytest.mark.parametrize("evil", ["a\r\nBcc: x@y.de", "a\nBcc: x@y.de", "a\r\n\r\nInhalt", "a\0b"])
def test_no_header_can_be_smuggled_in(evil: str) -> None:
    """What calls this cleans its texts; but if it did not, nothing would be sent."""
    for letter, to in (
        (Letter("de", evil, "x", "x"), TO),
        (LETTER, Address("a@giessen.de", "a@giessen.de", evil)),
    ):
        try:
            data = message(letter, to)
        except ValueError:
            continue
        found = parsed(data)
        assert len(found.keys()) == 9
        assert found["Bcc"] is None


@pytest.mark.parametrize(
    "words",
    [
        "=?utf-8?q?x=0D=0ABcc:_evil@example.org?=", "=?utf-8?b?eA0KQmNjOiBlQHguZGU=?=",
        "Amt =?utf-8?q?Giessen?= Mitte", "=?utf-8?q?chef?= <chef@x.de>, <evil@x.de>",
        "=?utf-8?q?a?==?utf-8?q?b?=", "ü =?utf-8?q?x?=", "=?utf-8*de?q?x?=", "=?x?q?=", "=?", "?=",
        'x" <evil@x.de>, "y', "undisclosed: a@b;", "(comment) x", "a\\", "a\0b", "\x1b[31m",
    ],
)  # fmt: skip
def test_what_looks_like_a_header_is_only_words(words: str) -> None:
    """A mail program shows a cell as it stands in the table, and it names nobody."""
    letter = Letter("de", words, "x", "<p>x</p>")
    sender = Sender(
        Address("flyer@example.org", "flyer@example.org", words),
        Address("kontakt@example.org", "kontakt@example.org", words),
    )
    to = Address("a@giessen.de", "a@giessen.de", words)
    data = compose_message(sender, to, letter, PDF, NAME, message_id="<a@b.de>", date=DATE)
    found = message_from_bytes(data, policy=policy.default)
    assert found.keys() == parsed(message()).keys()
    assert found["Subject"] == words
    for name, spec in (
        ("From", "flyer@example.org"), ("To", "a@giessen.de"), ("Reply-To", "kontakt@example.org"),
    ):  # fmt: skip
        # Without spaces: see above, on the new parser and encoded words.
        mailboxes = [(a.display_name.replace(" ", ""), a.addr_spec) for a in found[name].addresses]
        assert mailboxes == [(words.replace(" ", ""), spec)]


def test_a_name_of_a_file_is_one_whatever_the_folder_is_called() -> None:
    for name in ('büro"; x="y.pdf', "=?utf-8?q?x=0D=0ABcc:_e?=.pdf", "a\r\nBcc: e@x.de.pdf"):
        (pdf,) = parsed(message(name=name)).iter_attachments()
        assert re.fullmatch(r"[A-Za-z0-9._-]+\.pdf", pdf.get_filename() or "")


def test_words_without_end_stay_within_a_line() -> None:
    data = message(Letter("de", "x" * 5000, "x", "<p>x</p>"))
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert parsed(data)["Subject"] == "x" * 5000
