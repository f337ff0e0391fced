"""Letter + PDF → a message (RFC 5322), byte for byte the same each time it is made."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from brochure.mail.address import Address
from brochure.mail.letter.template import Letter

# Whatever some program may take for the end of a line.
_BREAK = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")  # in the name of a file


@dataclass(frozen=True)
class Sender:
    """Who sends, and where answers go, if elsewhere."""

    address: Address
    reply_to: Address | None = None


class _Exact(str):
    """The value of a header as it goes out, encoded and folded by us."""


class _Policy(EmailPolicy):
    """The policy of the standard library for SMTP, but for three kinds of headers.

    What comes from people's words is `_Exact`: the library would decode encoded words (RFC 2047) in
    them before it writes them, so that a cell could become another address or a header of its own;
    and its folding makes such words of more than 75 characters at times (RFC 2047, 2). Names of
    files stand in one line: RFC 2231 would have long ones cut into pieces, of which Outlook and
    Thunderbird show only one. A line may have 998 octets (RFC 5322, 2.1.1).
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if isinstance(value, _Exact):
            return name, value
        return super().header_store_parse(name, value)

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:
        if isinstance(value, _Exact):
            return f"{name}: {value}\r\n"
        file = getattr(value, "params", {}).get("filename")
        if file is not None:
            return f'{name}: {value.content_disposition};\r\n filename="{file}"\r\n'
        return str(super()._fold(name, value, refold_binary))  # type: ignore[misc]


def _one_line(text: str) -> str:
    return _BREAK.sub(" ", text)


def _plain(text: str) -> bool:
    """Whether a text can stand in a header as it is: nothing in it looks like an encoded word, or
    is too long to be folded.
    """
    words_fit = max(map(len, text.split(" "))) <= 60
    return text.isascii() and text.isprintable() and "=?" not in text and words_fit


def _words(text: str, name: str) -> _Exact:
    """The text of a header, folded; what is not plain ASCII as encoded words (RFC 2047)."""
    text = _one_line(text)
    charset = "us-ascii" if _plain(text) else "utf-8"
    header = Header(text, charset, maxlinelen=75, header_name=name)
    return _Exact(header.encode(linesep="\r\n"))


def _mailbox(address: Address, name: str) -> _Exact:
    """An address; its display name as a quoted string (RFC 5322, 3.2.4), or as encoded words."""
    text = _one_line(address.name)
    if not text:
        return _Exact(address.spec)
    if _plain(text) and len(text) <= 60:
        shown = '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'
    else:
        header = Header(text, "utf-8", maxlinelen=75, header_name=name)
        shown = header.encode(linesep="\r\n")
    return _Exact(f"{shown}\r\n <{address.spec}>")


_SMTP = _Policy(linesep="\r\n", cte_type="7bit")


def identify(campaign: str, sender: Sender, to: Address, letter: Letter, pdf_sha256: str) -> str:
    """A Message-ID (RFC 5322, 3.6.4): the same one for the same letter to the same address.

    So a letter that was sent twice, against all precautions, is one that servers can recognise.
    """
    parts = (campaign, sender.address.key, to.key, letter.subject, letter.text, pdf_sha256)
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]
    return f"<{digest}@{sender.address.domain}>"


def compose(
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
    """The message, with CRLF at line ends. Text is quoted-printable, the PDF base64 (RFC 2045).

    `draft`: what makes mail programs open it to be sent (then they add date and identity).
    Needs SMTPUTF8 (RFC 6531) where an address has a local part that is not ASCII.
    """
    utf8 = not (sender.address.spec + to.spec).isascii()
    message = EmailMessage(policy=_SMTP.clone(utf8=utf8))
    message["From"] = _mailbox(sender.address, "From")
    message["To"] = _mailbox(to, "To")
    if sender.reply_to:
        message["Reply-To"] = _mailbox(sender.reply_to, "Reply-To")
    message["Subject"] = _words(letter.subject, "Subject")
    if date:
        message["Date"] = format_datetime(date)
    if message_id:
        message["Message-ID"] = message_id
    if draft:
        message["X-Unsent"] = "1"  # Outlook and Thunderbird
        message["X-Uniform-Type-Identifier"] = "com.apple.mail-draft"  # Apple Mail
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    name = _STRANGE.sub("-", filename)
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    message["Content-Language"] = letter.language  # RFC 3282; now, lest it move into a part
    _settle(message, hashlib.sha256(pdf + letter.html.encode()).hexdigest()[:32])
    return message.as_bytes()


def _settle(message: EmailMessage, digest: str) -> None:
    """Boundaries that do not change, and cannot occur in what they separate (RFC 2045, 6.7)."""
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{digest}{number}")
        if number and isinstance(part, MIMEPart):
            del part["MIME-Version"]  # that of the whole message holds (RFC 2045, 4)
