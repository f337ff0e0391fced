"""What came back: a bounce, a reply, or an automatic one, read from the file of a mail."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from brochure import bounds
from brochure.diagnostics import Place, Problems, error
from brochure.mail.eml import NoMail, Part, fields_of, read_parts, text_of
from brochure.mail.entry import Kind

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
        whole, *parts = read_parts(data)
        if not {"from", "subject"} & whole.fields.keys():
            raise NoMail("no mail")
    except NoMail as reason:
        raise Problems(
            [
                error(
                    "no-mail",
                    f"This file is {reason}.",
                    place,
                    "Save the mail from the mail program as .eml (often: File → Save as), or note "
                    "it by hand: --note ADDRESS bounced, replied or objected.",
                )
            ]
        ) from None
    if whole.type == "multipart/report" and (reports := _reports(parts)):
        return _bounce(whole, parts, reports)
    fields = whole.fields
    answered = [*_ids(fields, "in-reply-to"), *reversed(_ids(fields, "references"))]
    if _DAEMON.search(text_of(fields.get("from", ""))):
        # Not as RFC 3464 has it: the letter, or what is left of it, stands somewhere inside.
        inside = (one[0] for one in _ID.finditer(data.decode("utf-8", "replace")))
        return Returned(Kind.BOUNCED, _once(chain(answered, inside)), (), _gist(fields))
    # RFC 3834, 5; X-Autoreply and Precedence are what was there before.
    automatic = (
        fields.get("auto-submitted", "").lower() not in ("", "no")
        or "x-autoreply" in fields
        or fields.get("precedence", "").lower() in ("auto_reply", "auto-reply")
    )
    kind = Kind.AUTOMATIC if automatic else Kind.REPLIED
    return Returned(kind, _once(answered), (), _gist(fields))


def _reports(parts: Iterable[Part]) -> list[Mapping[str, str]]:
    """The blocks of fields of a delivery status notification (RFC 3464, 2.1)."""
    return [
        fields_of(block)
        for part in parts
        if part.type == "message/delivery-status"
        for block in re.split(rb"\n\r?\n", part.body)
    ]


def _bounce(whole: Part, parts: Iterable[Part], reports: Iterable[Mapping[str, str]]) -> Returned:
    ids: list[str] = []
    for part in parts:
        if part.type in ("message/rfc822", "text/rfc822-headers"):
            ids += _ids(fields_of(part.body), "message-id")
    addresses, kind, said = [], Kind.AUTOMATIC, []
    for block in reports:
        recipient = block.get("final-recipient") or block.get("original-recipient")
        if not recipient:
            continue
        addresses.append(recipient.partition(";")[2].strip().strip("<>"))
        action = block.get("action", "").lower()
        kind = _ACTIONS.get(action, kind)
        code = block.get("diagnostic-code", "").partition(";")[2] or block.get("status", "")
        said.append(f"{action}: {code.strip()}")
    gist = _line("; ".join(said))
    return Returned(kind, _once(ids), tuple(addresses), gist or _gist(whole.fields))


def _ids(fields: Mapping[str, str], name: str) -> list[str]:
    return _ID.findall(fields.get(name, ""))


def _gist(fields: Mapping[str, str]) -> str:
    parts = (text_of(fields.get(name, "")) for name in ("date", "from", "subject"))
    return _line(" · ".join(filter(None, parts)))


def _line(text: str) -> str:
    """One line that is safe on a terminal: what cannot be printed is left out."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:10_000]).split())[:200]


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    """Each once, the first ones only, and none that cannot be one of ours: they are ASCII."""
    found: dict[str, None] = {}
    for one in ids:
        if len(found) >= bounds.IDENTITIES:
            break
        if one.isascii():
            found[one] = None
    return tuple(found)
