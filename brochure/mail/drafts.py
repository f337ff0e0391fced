"""Letters as files that mail programs open as drafts, for those who send them by hand."""

import re
from collections.abc import Sequence
from pathlib import Path

from brochure.diagnostics import Place, Problems, error
from brochure.mail.campaign import Campaign, Mailpiece
from brochure.mail.message import compose
from brochure.project import Project

_LENGTH = 200  # characters of an address in the name of a file, of which file systems take 255
_STRANGE = re.compile(r"[^A-Za-z0-9.@_-]+")


def write_drafts(
    project: Project, campaign: Campaign, pieces: Sequence[Mailpiece]
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
            name = (
                f"{piece.recipient.place.line:04}-{_STRANGE.sub('-', address.spec)[:_LENGTH]}.eml"
            )
            project.write(folder / name, data)
            paths.append(folder / name)
        # Only what a link does not lead to elsewhere: there, nothing of ours can lie.
        own = folder.resolve().is_relative_to(project.root.resolve())
        for other in folder.glob("*.eml") if own else ():
            if other not in paths:
                other.unlink()
    except OSError as reason:
        raise Problems(
            [
                error(
                    "cannot-write",
                    f"The drafts cannot be written ({reason.strerror or reason}).",
                    Place(project.show(folder)),
                    "Look whether the disk is full or the folder protected.",
                )
            ]
        ) from None
    return tuple(paths)
