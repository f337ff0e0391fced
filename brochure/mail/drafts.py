"""Letters that are not sent to an office: samples for oneself, and drafts to send by hand."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import make_msgid
from pathlib import Path

from brochure.diagnostics import Location, fail
from brochure.mail.address import Address
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.delivery.send import Sent
from brochure.mail.delivery.smtp import Connection
from brochure.mail.letter.message import compose_message
from brochure.messages import say
from brochure.project import Project

_SAMPLES = 3
_LONGEST = 200  # characters of an address in a file name; file systems allow 255
_UNSAFE = re.compile(r"[^A-Za-z0-9.@_-]+")


def pick_samples(outgoing: Sequence[OutgoingLetter]) -> tuple[OutgoingLetter, ...]:
    """Three letters that differ as much as possible: in language first, then in variant."""
    chosen: list[OutgoingLetter] = []
    for differs in (
        lambda one, other: one.letter.language != other.letter.language,
        lambda one, other: one.recipient.variant != other.recipient.variant,
        lambda one, other: one is not other,
    ):
        for candidate in outgoing:
            if len(chosen) < _SAMPLES and all(differs(candidate, other) for other in chosen):
                chosen.append(candidate)
    return tuple(chosen)


def sample_message(
    campaign: Campaign, outgoing: OutgoingLetter, to: Address, project: Project, date: datetime
) -> bytes:
    """A letter as the office would get it, but to another address, and marked in its subject."""
    subject = f"[Test: {outgoing.recipient.address.spec}] {outgoing.letter.subject}"
    return compose_message(
        campaign.sender,
        to,
        replace(outgoing.letter, subject=subject),
        outgoing.pdf.read(project),
        outgoing.pdf.path.name,
        message_id=make_msgid(domain=campaign.sender.address.domain),
        date=date,
    )


def send_samples(
    campaign: Campaign,
    to: Address,
    project: Project,
    connection: Connection,
    clock: Callable[[], datetime],
) -> Iterator[Sent]:
    """Send some of the letters to an address of one's own; what became of each. The ledger knows
    nothing of them. Raises DiagnosticsError.
    """
    for outgoing in pick_samples(campaign.outgoing):
        message = sample_message(campaign, outgoing, to, project, clock())
        result = connection.deliver(campaign.sender.address.spec, to.spec, message, lambda: None)
        yield Sent(outgoing, result)
        if result.lost:
            return


def draft_message(campaign: Campaign, outgoing: OutgoingLetter, project: Project) -> bytes:
    """A letter as a draft, which mail programs open for sending. The same letter gives the same
    bytes. Raises DiagnosticsError.
    """
    return compose_message(
        campaign.sender,
        outgoing.recipient.address,
        outgoing.letter,
        outgoing.pdf.read(project),
        outgoing.pdf.path.name,
        message_id=None,
        date=None,
        draft=True,
    )


def write_drafts(
    project: Project, campaign: Campaign, outgoing: Sequence[OutgoingLetter]
) -> tuple[Path, ...]:
    """Write each letter as an .eml file that mail programs open as a draft; their paths.

    They are in ``out/<leaflet>/mail/``. Earlier drafts are deleted, so that nobody sends them. The
    same letters give the same bytes. Raises DiagnosticsError.
    """
    folder = project.out / campaign.leaflet / "mail"
    paths = []
    try:
        for letter in outgoing:
            path = folder / draft_name(letter)
            project.write(path, draft_message(campaign, letter, project))
            paths.append(path)
        # Not if a link leads out of the project: nothing there can be ours.
        is_ours = folder.resolve().is_relative_to(project.root.resolve())
        for other in folder.glob("*.eml") if is_ours else ():
            if other not in paths:
                other.unlink()
    except OSError as reason:
        fail(
            "cannot-write",
            say("The drafts cannot be written ({reason}).", reason=reason.strerror or reason),
            Location(project.show(folder)),
            say("Check whether the disk is full or the folder is write-protected."),
        )
    return tuple(paths)


def draft_name(outgoing: OutgoingLetter) -> str:
    """A file name with the line of the list, so that drafts are in its order."""
    recipient = outgoing.recipient
    address = _UNSAFE.sub("-", recipient.address.spec)[:_LONGEST]
    return f"{recipient.location.line:04}-{address}.eml"
