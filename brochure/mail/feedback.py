"""What came back: bounces, replies and automatic replies, noted in the ledger.

Mails come from strangers. The standard library's package `email` reads most of them at once, but
some only after hours, so it does so in a worker that is bounded in time and memory.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string
from email.message import Message as Mail
from email.parser import HeaderParser
from itertools import chain, islice

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, fail
from brochure.isolation import Stopped, Worker
from brochure.mail.address import parse_address
from brochure.mail.authorship import author, decoded, header
from brochure.mail.delivery.entries import DeliveryState, Entry, NoteKind
from brochure.mail.delivery.ledger import Ledger
from brochure.messages import say

_MESSAGE_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
_GIST = 200  # characters


@dataclass(frozen=True)
class ReturnedMail:
    """A mail that came back.

    `message_ids` are those of letters that it may be about, most likely first; `addresses` those
    that a report names; `gist` sums it up on one line.
    """

    kind: NoteKind
    message_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    gist: str


def read_returned(data: bytes, location: Location, worker: Worker) -> ReturnedMail:
    """The mail in an .eml file. Raises DiagnosticsError if it is not one."""
    try:
        returned = worker.call(bounds.SECONDS, bounds.MEMORY, parse_returned, data)
        message = say("This file is not an email.")
    except Stopped:
        returned = None
        message = say("This email takes too long to read, or too much memory.")
    if returned is not None:
        return returned
    fail(
        "no-mail",
        message,
        location,
        say(
            "Save the email from your mail program as .eml (often: File → Save as), or note it by "
            "hand with `brochure mail note`: bounced, replied or objected."
        ),
    )


def parse_returned(data: bytes) -> ReturnedMail | None:
    """The mail in these bytes; None if they are not one. Time and memory are not bounded."""
    # A byte order mark, and the “>” before the first line of a mail in an mbox (RFC 4155).
    data = data.removeprefix(b"\xef\xbb\xbf").removeprefix(b">")
    text = data.decode("utf-8", "replace")
    try:
        mail = message_from_string(text)
        parts = list(mail.walk())[1:]
    except RecursionError:  # parts in parts in parts
        return None
    if not ("from" in mail or "subject" in mail):
        return None
    answered = [*_message_ids(mail, "in-reply-to"), *reversed(_message_ids(mail, "references"))]
    if _is_report(mail):
        if reports := _reports(parts, "message/delivery-status"):
            return _bounce(mail, parts, reports, answered)
        if receipts := _reports(parts, "message/disposition-notification"):
            return _receipt(mail, receipts, answered)
        if _content(mail) == "multipart/report":  # of another kind, such as that of RFC 5965
            return ReturnedMail(NoteKind.AUTOMATIC, _unique(answered), (), _summary(mail))
    kind = author(mail, _body(mail))
    # Not as in RFC 3464: the letter, or what is left of it, is somewhere inside.
    inside = (match[0] for match in _MESSAGE_ID.finditer(text if kind is NoteKind.BOUNCED else ""))
    return ReturnedMail(kind, _unique(chain(answered, inside)), (), _summary(mail))


def _is_report(mail: Mail) -> bool:
    """Whether a mail is a report, or has one among its parts; not one that it only forwards."""
    return _content(mail) == "multipart/report" or any(
        part.get_content_type() in ("message/delivery-status", "message/disposition-notification")
        for part in _outer_parts(mail)
    )


def _content(mail: Mail) -> str:
    """The type of a mail; of one that is signed as a whole, of what is signed (RFC 1847)."""
    parts = _outer_parts(mail)
    signed = mail.get_content_type() == "multipart/signed" and parts
    return parts[0].get_content_type() if signed else mail.get_content_type()


def _outer_parts(mail: Mail) -> list[Mail]:
    payload = mail.get_payload()
    return [part for part in payload if isinstance(part, Mail)] if isinstance(payload, list) else []


def _reports(parts: Iterable[Mail], content_type: str) -> list[Mail]:
    return [
        block
        for part in parts
        if part.get_content_type() == content_type
        for block in _header_blocks(part)
    ]


def _body(mail: Mail) -> str:
    """The first text of a mail, decoded."""
    part = next((part for part in mail.walk() if part.get_content_maintype() == "text"), None)
    data = part.get_payload(decode=True) if part is not None else None
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _receipt(mail: Mail, receipts: Iterable[Mail], answered: Iterable[str]) -> ReturnedMail:
    """A notification of what became of a letter that had arrived (RFC 8098): no person has answered
    it. Whether it was displayed or deleted is the second part of the disposition (3.2.6).
    """
    originals: list[str] = []
    addresses: list[str] = []
    outcomes: list[str] = []
    for block in receipts:
        originals += _message_ids(block, "original-message-id")
        recipient = header(block, "final-recipient") or header(block, "original-recipient")
        if recipient:
            addresses.append(recipient.partition(";")[2].strip().strip("<>"))
        if disposition := header(block, "disposition").partition(";")[2].strip():
            outcomes.append(disposition)
    return ReturnedMail(
        NoteKind.AUTOMATIC,
        _unique(chain(originals, answered)),
        tuple(addresses[: bounds.IDENTITIES]),
        _one_line(" · ".join([*outcomes[:1], _summary(mail)])),
    )


def _bounce(
    mail: Mail, parts: Iterable[Mail], reports: Iterable[Mail], answered: Iterable[str]
) -> ReturnedMail:
    """A delivery status notification (RFC 3464), or a report of success or delay."""
    originals = chain.from_iterable(
        _header_blocks(part)
        for part in parts
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")
    )
    message_ids = chain.from_iterable(_message_ids(block, "message-id") for block in originals)
    addresses, kind, outcomes = [], NoteKind.AUTOMATIC, []
    for block in reports:
        recipient = header(block, "final-recipient") or header(block, "original-recipient")
        if not recipient:
            continue
        addresses.append(recipient.partition(";")[2].strip().strip("<>"))
        action = header(block, "action").lower()
        if action == "failed":  # RFC 3464, 2.3.3; all others were relayed, expanded or delivered
            kind = NoteKind.BOUNCED
        code = header(block, "diagnostic-code").partition(";")[2] or header(block, "status")
        outcomes.append(f"{action}: {code.strip()}")
    return ReturnedMail(
        kind,
        _unique(chain(message_ids, answered)),
        tuple(addresses[: bounds.IDENTITIES]),
        _one_line("; ".join(outcomes)) or _summary(mail),
    )


def _header_blocks(part: Mail) -> list[Mail]:
    """The headers inside a part: of the mail in it, or of each block of a status report."""
    payload = part.get_payload()
    blocks = [block for block in payload if isinstance(block, Mail)] if part.is_multipart() else []
    if any(block.keys() for block in blocks):
        return blocks
    # text/rfc822-headers; or Base64, which is not allowed here (RFC 2046, 5.2.1), but occurs.
    body = blocks[0] if blocks else part
    if blocks and "content-transfer-encoding" in part:
        body["Content-Transfer-Encoding"] = header(part, "content-transfer-encoding")
    decoded = body.get_payload(decode=True)
    text = decoded.decode("utf-8", "replace").strip() if isinstance(decoded, bytes) else ""
    return [HeaderParser().parsestr(block) for block in re.split(r"\n\r?\n", text)]


def _message_ids(mail: Mail, name: str) -> list[str]:
    return _MESSAGE_ID.findall(header(mail, name))


def _unique(message_ids: Iterable[str]) -> tuple[str, ...]:
    """The first of them, each once, without those that are not ASCII: they cannot be ours."""
    unique = dict.fromkeys(filter(str.isascii, message_ids))
    return tuple(islice(unique, bounds.IDENTITIES))


def _summary(mail: Mail) -> str:
    headers = (decoded(header(mail, name)) for name in ("date", "from", "subject"))
    return _one_line(" · ".join(filter(None, headers)))


def _one_line(text: str) -> str:
    """One line without control characters, which could do all kinds of things to a terminal."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 50 * _GIST])
    return " ".join(printable.split())[:_GIST]


def note_returned(
    ledger: Ledger, campaign: str, returned: ReturnedMail, now: datetime, location: Location
) -> tuple[Entry, bool]:
    """Note a mail that came back. The letter that it is about, and whether it was not noted before.

    Letters are found by Message-ID in all campaigns, and by the address of a bounce in this one. A
    reply to an unknown letter proves that it was accepted. Raises DiagnosticsError if the mail is
    about none of ours.
    """
    entry = ledger.find(returned.message_ids)
    if entry is not None and entry.state is DeliveryState.UNKNOWN:
        ledger.resolve(entry.campaign, entry.key, now, again=False)
    if entry is None:
        entry = _find_by_address(ledger, campaign, returned, location)
    known = any(
        (note.key, note.kind, note.text) == (entry.key, returned.kind, returned.gist)
        for note in ledger.notes(entry.campaign)
    )
    if not known:
        ledger.note(entry.campaign, entry.key, returned.kind, returned.gist, now)
    return entry, not known


def _find_by_address(
    ledger: Ledger, campaign: str, returned: ReturnedMail, location: Location
) -> Entry:
    entries = ledger.entries(campaign)
    for address in returned.addresses:
        try:
            key = parse_address(address, location).key
        except DiagnosticsError:
            continue
        if key in entries:
            return entries[key]
    fail(
        "no-letter",
        say("This email is not about any letter in the ledger."),
        location,
        say("Note it by hand with `brochure mail note`: bounced, replied or objected."),
    )
