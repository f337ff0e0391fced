"""What came back: a bounce, a reply, or an automatic one, read from the file of a mail."""

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from brochure.diagnostics import Place, Problems, error
from brochure.mail.entry import Kind

LIMIT = 30_000_000  # bytes; larger than any office's answer
_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)
# RFC 3464, 2.3.3; what is not there was relayed, expanded or delivered.
_ACTIONS = {"failed": Kind.BOUNCED}


@dataclass(frozen=True)
class Returned:
    """What a mail says: its kind, the Message-IDs it may answer to, nearest first, the addresses
    that a bounce names, and its gist in one line.
    """

    kind: Kind
    message_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    gist: str


def read_returned(data: bytes, place: Place) -> Returned:
    """Read a mail (.eml). Raises Problems where it is none."""
    try:
        return _read(data, place)
    except Problems:
        raise
    except Exception as reason:  # a mail from a stranger, and a parser that trusts too much
        said = f"This mail cannot be read ({type(reason).__name__})."
        hint = "Note it by hand: --note ADDRESS bounced, replied or objected."
        raise Problems([error("no-mail", said, place, hint)]) from None


def _read(data: bytes, place: Place) -> Returned:
    message = BytesParser(policy=policy.default.clone(raise_on_defect=False)).parsebytes(data)
    assert isinstance(message, EmailMessage)
    if not message.keys() or not (message.get("From") or message.get("Subject")):
        raise Problems(
            [
                error(
                    "no-mail",
                    "This file is no mail.",
                    place,
                    "Save the mail from the mail program as .eml (often: File → Save as).",
                )
            ]
        )
    if message.get_content_type() == "multipart/report" and _reports(message):
        return _bounce(message)
    answered = [*_ids(message, "In-Reply-To"), *reversed(_ids(message, "References"))]
    if _DAEMON.search(_header(message, "From")):
        # Not as RFC 3464 has it: the letter, or what is left of it, stands somewhere inside.
        answered += _ID.findall(data.decode("utf-8", "replace"))
        return Returned(Kind.BOUNCED, _once(answered), (), _gist(message))
    # RFC 3834, 5; X-Autoreply and Precedence are what was there before.
    automatic = (
        _header(message, "Auto-Submitted").lower() not in ("", "no")
        or message.get("X-Autoreply") is not None
        or _header(message, "Precedence").lower() in ("auto_reply", "auto-reply")
    )
    kind = Kind.AUTOMATIC if automatic else Kind.REPLIED
    return Returned(kind, _once(answered), (), _gist(message))


def _reports(message: Message) -> list[Message]:
    """The blocks of fields of a delivery status notification (RFC 3464, 2.1)."""
    return [
        block
        for part in message.walk()
        if part.get_content_type() == "message/delivery-status"
        for block in part.get_payload()
        if isinstance(block, Message)
    ]


def _bounce(message: EmailMessage) -> Returned:
    ids: list[str] = []
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            for inner in part.get_payload():
                if isinstance(inner, Message):
                    ids += _ids(inner, "Message-ID")
        elif part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            if isinstance(text, bytes):
                ids += _ids(BytesParser().parsebytes(text), "Message-ID")
    addresses, kind, said = [], Kind.AUTOMATIC, []
    for block in _reports(message):
        recipient = _header(block, "Final-Recipient") or _header(block, "Original-Recipient")
        if not recipient:
            continue
        addresses.append(recipient.partition(";")[2].strip().strip("<>"))
        action = _header(block, "Action").lower()
        kind = _ACTIONS.get(action, kind)
        code = _header(block, "Diagnostic-Code").partition(";")[2] or _header(block, "Status")
        said.append(f"{action}: {code.strip()}")
    gist = _line("; ".join(said))
    return Returned(kind, _once(ids), tuple(addresses), gist or _gist(message))


def _ids(message: Message, name: str) -> list[str]:
    return _ID.findall(_header(message, name))


def _header(message: Message, name: str) -> str:
    return str(message.get(name) or "")


def _gist(message: Message) -> str:
    parts = (_header(message, name) for name in ("Date", "From", "Subject"))
    return _line(" · ".join(filter(None, parts)))


def _line(text: str) -> str:
    """One line that is safe on a terminal: what cannot be printed is left out."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


def _once(ids: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
