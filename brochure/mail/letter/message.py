"""A letter and a PDF as an email message (RFC 5322): the same input gives the same bytes."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import ContentDispositionHeader
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy
from email.utils import format_datetime

from brochure.mail.address import Address
from brochure.mail.letter.template import Letter

# Anything that some program may take for the end of a line.
_BREAK = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")  # in a file name


@dataclass(frozen=True)
class Sender:
    """The sender, and the address for replies if it is another one."""

    address: Address
    reply_to: Address | None = None


class _Encoded(str):
    """The value of a header that we have encoded and folded: it is sent as it is."""


class _Policy(EmailPolicy):
    """The standard library's policy for SMTP, except for two kinds of headers.

    Text that people wrote is `_Encoded` beforehand. The library would decode encoded words
    (RFC 2047) in it before writing it, so that a cell of a table could become another address or
    a further header; and its folding sometimes makes encoded words longer than 75 characters
    (RFC 2047, 2).

    File names are kept on one line, which may have 998 octets (RFC 5322, 2.1.1). RFC 2231 would
    cut long ones into pieces, of which Outlook and Thunderbird show only one.
    """

    def header_store_parse(self, name: str, value: object) -> tuple[str, str]:
        if isinstance(value, _Encoded):
            return name, value
        return super().header_store_parse(name, value)

    def _fold(self, name: str, value: object, refold_binary: bool = False) -> str:
        if isinstance(value, _Encoded):
            return f"{name}: {value}\r\n"
        if isinstance(value, ContentDispositionHeader) and "filename" in value.params:
            file = value.params["filename"]
            return f'{name}: {value.content_disposition};\r\n filename="{file}"\r\n'
        return str(super()._fold(name, value, refold_binary))  # type: ignore[misc]


def _one_line(text: str) -> str:
    return _BREAK.sub(" ", text)


def _plain(text: str) -> bool:
    """Whether a text can be used in a header as it is: it is ASCII, nothing in it looks like an
    encoded word, and no word is too long to be folded.
    """
    words_fit = max(map(len, text.split(" "))) <= 60
    return text.isascii() and text.isprintable() and "=?" not in text and words_fit


def _encoded_text(text: str, name: str) -> _Encoded:
    """Text for the header `name`, folded; as encoded words (RFC 2047) if it is not plain."""
    text = _one_line(text)
    charset = "us-ascii" if _plain(text) else "utf-8"
    header = Header(text, charset, maxlinelen=75, header_name=name)
    return _Encoded(header.encode(linesep="\r\n"))


def _encoded_mailbox(address: Address, name: str) -> _Encoded:
    """An address for the header `name`. The display name becomes a quoted string (RFC 5322,
    3.2.4), or encoded words.
    """
    text = _one_line(address.name)
    if not text:
        return _Encoded(address.spec)
    if _plain(text) and len(text) <= 60:
        shown = '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'
    else:
        header = Header(text, "utf-8", maxlinelen=75, header_name=name)
        shown = header.encode(linesep="\r\n")
    return _Encoded(f"{shown}\r\n <{address.spec}>")


_SMTP = _Policy(linesep="\r\n", cte_type="7bit")


def message_id_for(
    campaign: str, sender: Sender, to: Address, letter: Letter, pdf_sha256: str
) -> str:
    """A Message-ID (RFC 5322, 3.6.4): the same letter to the same address always has the same one.

    If a letter is sent twice in spite of all precautions, mail servers can recognise it.
    """
    parts = (campaign, sender.address.key, to.key, letter.subject, letter.text, pdf_sha256)
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]
    return f"<{digest}@{sender.address.domain}>"


def compose_message(
    sender: Sender,
    to: Address,
    letter: Letter,
    pdf: bytes,
    filename: str,
    *,
    message_id: str | None,
    date: datetime | None,
    draft: bool = False,
) -> bytes:
    """The message, with CRLF line ends; text as quoted-printable, the PDF as Base64 (RFC 2045).

    `draft` adds headers that make mail programs open it for sending; they add the date and the
    Message-ID. If the local part of an address is not ASCII, only servers with SMTPUTF8
    (RFC 6531) accept the message.
    """
    utf8 = not (sender.address.spec + to.spec).isascii()
    message = EmailMessage(policy=_SMTP.clone(utf8=utf8))
    message["From"] = _encoded_mailbox(sender.address, "From")
    message["To"] = _encoded_mailbox(to, "To")
    if sender.reply_to:
        message["Reply-To"] = _encoded_mailbox(sender.reply_to, "Reply-To")
    message["Subject"] = _encoded_text(letter.subject, "Subject")
    if date:
        message["Date"] = format_datetime(date)
    if message_id:
        message["Message-ID"] = message_id
    if draft:
        message["X-Unsent"] = "1"  # Outlook and Thunderbird
        message["X-Uniform-Type-Identifier"] = "com.apple.mail-draft"  # Apple Mail
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    name = _UNSAFE.sub("-", filename)
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    message["Content-Language"] = (
        letter.language
    )  # RFC 3282; last, so that it does not move into a part
    _fix_boundaries(message, hashlib.sha256(pdf + letter.html.encode()).hexdigest()[:32])
    return message.as_bytes()


def _fix_boundaries(message: EmailMessage, digest: str) -> None:
    """Give the parts boundaries that are always the same, and cannot occur in the parts themselves
    (RFC 2045, 6.7).
    """
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{digest}{number}")
        if number and isinstance(part, MIMEPart):
            del part["MIME-Version"]  # the message as a whole has one (RFC 2045, 4)
