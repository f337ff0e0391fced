"""A sample of a mailing, to be sent to oneself."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import make_msgid
from pathlib import Path

from brochure.diagnostics import DiagnosticsError, Location, error
from brochure.mail.address import Address
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.letter.message import compose
from brochure.project import Project

NUMBER = 3


def sample(pieces: Sequence[OutgoingLetter]) -> tuple[OutgoingLetter, ...]:
    """Three letters that differ as much as there is: in language first, then in variant."""
    chosen: list[OutgoingLetter] = []
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
    campaign: Campaign, piece: OutgoingLetter, to: Address, project: Project, date: datetime
) -> bytes:
    """A letter as the office would get it, but to this address, and marked in its subject."""
    mark_wrong_quotes = f"[Test: {piece.recipient.address.spec}] {piece.letter.subject}"
    return compose(
        campaign.sender,
        to,
        replace(piece.letter, subject=mark_wrong_quotes),
        piece.pdf.read(project),
        piece.pdf.path.name,
        message_id=make_msgid(domain=campaign.sender.address.domain),
        date=date,
    )


# --- Letters as files that mail programs open as drafts, for those who send them by hand.

_LENGTH = 200  # characters of an address in the name of a file, of which file systems take 255
_STRANGE = re.compile(r"[^A-Za-z0-9.@_-]+")


def write_drafts(
    project: Project, campaign: Campaign, pieces: Sequence[OutgoingLetter]
) -> tuple[Path, ...]:
    """One .eml a letter in ``out/<leaflet>/mail/``; drafts of earlier times are taken away, so
    that nobody sends them. The same letters give the same bytes. Raises Problems.
    """
    folder = project.out / campaign.leaflet / "mail"
    paths = []
    try:
        for piece in pieces:
            address = piece.recipient.address
            data = compose(
                campaign.sender,
                address,
                piece.letter,
                piece.pdf.read(project),
                piece.pdf.path.name,
                message_id=None,
                date=None,
                draft=True,
            )
            line = piece.recipient.location.line
            name = f"{line:04}-{_STRANGE.sub('-', address.spec)[:_LENGTH]}.eml"
            project.write(folder / name, data)
            paths.append(folder / name)
        # Only what a link does not lead to elsewhere: there, nothing of ours can lie.
        own = folder.resolve().is_relative_to(project.root.resolve())
        for other in folder.glob("*.eml") if own else ():
            if other not in paths:
                other.unlink()
    except OSError as reason:
        raise DiagnosticsError(
            [
                error(
                    "cannot-write",
                    f"The drafts cannot be written ({reason.strerror or reason}).",
                    Location(project.show(folder)),
                    "Look whether the disk is full or the folder protected.",
                )
            ]
        ) from None
    return tuple(paths)
