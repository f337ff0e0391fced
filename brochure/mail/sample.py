"""A sample of a mailing, to be sent to oneself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import make_msgid

from brochure.mail.address import Address
from brochure.mail.campaign import Campaign, Mailpiece
from brochure.mail.message import compose
from brochure.project import Project

NUMBER = 3


def sample(pieces: Sequence[Mailpiece]) -> tuple[Mailpiece, ...]:
    """Three letters that differ as much as there is: in language first, then in variant."""
    chosen: list[Mailpiece] = []
    for differs in (
        lambda piece, other: piece.letter.language != other.letter.language,
        lambda piece, other: piece.recipient.variant != other.recipient.variant,
        lambda piece, other: piece is not other,
    ):
        for piece in pieces:
            if len(chosen) < NUMBER and all(differs(piece, other) for other in chosen):
                chosen.append(piece)
    return tuple(chosen)


def to_oneself(
    campaign: Campaign, piece: Mailpiece, to: Address, project: Project, date: datetime
) -> bytes:
    """A letter as the office would get it, but to this address, and marked in its subject."""
    marked = f"[Test: {piece.recipient.address.spec}] {piece.letter.subject}"
    return compose(
        campaign.sender,
        to,
        replace(piece.letter, subject=marked),
        piece.pdf.read(project),
        piece.pdf.path.name,
        message_id=make_msgid(domain=campaign.sender.address.domain),
        date=date,
    )
