"""Letter + PDF → a message (RFC 5322), byte for byte the same each time it is made."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from brochure.mail.address import Address
from brochure.mail.letter import Letter


@dataclass(frozen=True)
class Sender:
    """Who sends, and where answers go, if elsewhere."""

    address: Address
    reply_to: Address | None = None


class _Policy(EmailPolicy):
    """The policy of the standard library for SMTP, but for three kinds of headers.

    Its own folding makes encoded words of more than 75 characters at times (RFC 2047, 2). Names of
    files stand in one line: RFC 2231 would have long ones cut into pieces, of which Outlook and
    Thunderbird show only one. A line may have 998 octets (RFC 5322, 2.1.1).
    """

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:
        file = getattr(value, "params", {}).get("filename")
        if file is not None:
            return f'{name}: {value.content_disposition};\r\n filename="{file}"\r\n'
        if name == "Subject":
            return f"{name}: {_words(str(value), name)}\r\n"
        if hasattr(value, "addresses"):
            (address,) = value.addresses
            named, spec = address.display_name, address.addr_spec
            shown = f"{_phrase(named, name)}\r\n <{spec}>" if named else spec
            return f"{name}: {shown}\r\n"
        return str(super()._fold(name, value, refold_binary))  # type: ignore[misc]


def _words(text: str, name: str) -> str:
    """The text of a header, folded; what is not plain ASCII as encoded words (RFC 2047)."""
    plain = text.isascii() and "=?" not in text
    header = Header(text, "us-ascii" if plain else "utf-8", maxlinelen=75, header_name=name)
    return header.encode(linesep="\r\n")


def _phrase(text: str, name: str) -> str:
    """A display name: a quoted string (RFC 5322, 3.2.4), or encoded words."""
    if text.isascii() and "=?" not in text and len(text) <= 60:
        return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'
    header = Header(text, "utf-8", maxlinelen=75, header_name=name)
    return header.encode(linesep="\r\n")


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
    message["From"] = _header(sender.address)
    message["To"] = _header(to)
    if sender.reply_to:
        message["Reply-To"] = _header(sender.reply_to)
    message["Subject"] = letter.subject
    if date:
        message["Date"] = format_datetime(date)
    if message_id:
        message["Message-ID"] = message_id
    if draft:
        message["X-Unsent"] = "1"  # Outlook and Thunderbird
        message["X-Uniform-Type-Identifier"] = "com.apple.mail-draft"  # Apple Mail
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=filename)
    message["Content-Language"] = letter.language  # RFC 3282; now, lest it move into a part
    _settle(message, hashlib.sha256(pdf + letter.html.encode()).hexdigest()[:32])
    return message.as_bytes()


def _header(address: Address) -> Mailbox:
    user, _, domain = address.spec.rpartition("@")
    return Mailbox(address.name, user, domain)


def _settle(message: EmailMessage, digest: str) -> None:
    """Boundaries that do not change, and cannot occur in what they separate (RFC 2045, 6.7)."""
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{digest}{number}")
        if number and isinstance(part, MIMEPart):
            del part["MIME-Version"]  # that of the whole message holds (RFC 2045, 4)
