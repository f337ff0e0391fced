"""A leaflet's mailing as a whole: every letter that there is to send, and all that is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from brochure.diagnostics import Diagnostic, Place, Problems, error, in_order, warning
from brochure.mail import gate
from brochure.mail.gate import Pdf
from brochure.mail.letter import Letter, Writer, versions
from brochure.mail.mailing import Read, read_mailing
from brochure.mail.message import Sender, compose, identify
from brochure.mail.model import Server
from brochure.mail.recipients import COLUMNS, FILE, Recipient, Recipients, read_recipients
from brochure.mail.suppression import Suppression, read_suppression
from brochure.manuscript.language import known_languages, load_language
from brochure.manuscript.nodes import plain
from brochure.manuscript.validate import did_you_mean
from brochure.manuscript.variants import Work, read_work
from brochure.project import MAIL, Project


@dataclass(frozen=True)
class Mailpiece:
    """One letter, ready to be sent: to whom, what it says, and what is attached."""

    recipient: Recipient
    letter: Letter
    pdf: Pdf

    @property
    def key(self) -> str:
        """The address by which it is known."""
        return self.recipient.address.key


@dataclass(frozen=True)
class Campaign:
    """All letters of a mailing in the order of the list, and whom it passes over, with the place
    that says so. With an error among `diagnostics`, nothing may be sent.
    """

    leaflet: str
    name: str
    place: Place  # of `server` in mail.yaml
    edition: str
    sender: Sender
    server: Server
    user: str
    pace: int
    recipients: tuple[Recipient, ...]
    listed: frozenset[str]  # keys of all lists of this campaign: other leaflets may share it
    pieces: tuple[Mailpiece, ...]
    suppressed: tuple[tuple[Recipient, Place], ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing stands in the way."""
        return not any(complaint.is_error for complaint in self.diagnostics)

    def identity(self, piece: Mailpiece) -> str:
        """The Message-ID of a letter."""
        address = piece.recipient.address
        return identify(self.name, self.sender, address, piece.letter, piece.pdf.sha256)

    def message(self, piece: Mailpiece, pdf: bytes, date: datetime) -> bytes:
        """A letter as it goes out."""
        return compose(
            self.sender,
            piece.recipient.address,
            piece.letter,
            pdf,
            piece.pdf.path.name,
            message_id=self.identity(piece),
            date=date,
        )


def read_campaign(
    project: Project, leaflet: str, objected: Mapping[str, Place] | None = None
) -> Campaign:
    """Read the mailing of a leaflet, and look at every PDF that it sends; writes nothing.

    `objected` are the keys of addresses that want no mail, besides those in suppressed.txt.
    Raises Problems where mail.yaml, or the heading of a table, is wrong.
    """
    work = read_work(project, leaflet)
    read = read_mailing(project, leaflet)
    recipients = read_recipients(project, leaflet, work.regions)
    suppression = Suppression({**(objected or {}), **read_suppression(project).entries})
    name = read.mailing.campaign or leaflet
    complaints = [*read.diagnostics, *recipients.diagnostics]
    sharing, found_elsewhere = _elsewhere(project, leaflet, name, recipients)
    complaints += found_elsewhere
    passed = tuple(
        (row, place) for row in recipients.rows if (place := suppression.of(row.address))
    )
    wanted = [row for row in recipients.rows if suppression.of(row.address) is None]
    letters, found = _letters(project, work, read, recipients, wanted)
    complaints += found
    pdfs, found_of_pdfs = gate.examine(
        project, leaflet, [row.variant for row in wanted], read.mailing.edition, read.edition
    )
    complaints += found_of_pdfs
    pieces = tuple(
        Mailpiece(row, letters[row.address.key], pdfs[row.variant])
        for row in wanted
        if row.address.key in letters and row.variant in pdfs
    )
    return Campaign(
        leaflet,
        name,
        read.tree.place(("server", "host")),
        read.mailing.edition,
        read.sender,
        read.mailing.server,
        read.user,
        read.mailing.pace,
        recipients.rows,
        frozenset(row.address.key for row in recipients.rows) | sharing,
        pieces,
        passed,
        in_order(complaints),
    )


def _letters(
    project: Project,
    work: Work,
    read: Read,
    recipients: Recipients,
    wanted: list[Recipient],
) -> tuple[Mapping[str, Letter], list[Diagnostic]]:
    """The letters by the keys of their addresses."""
    main = str(plain(work.base.node(("language",))) or "")
    places = versions(read.mailing, main)
    known = known_languages(project)
    complaints = [
        error(
            "unknown-language",
            f"`{code}` is no language that is known here.",
            read.tree.place(path) if path else work.base.place(("language",)),
            did_you_mean(code, known),
        )
        for code, path in places.items()
        if code.partition("-")[0] not in known
    ]
    columns = tuple(dict.fromkeys([*COLUMNS, *recipients.columns]))
    writers = {
        code: Writer(read.tree, path, load_language(project, code), columns, work.known)
        for code, path in places.items()
        if code.partition("-")[0] in known
    }
    letters: dict[str, Letter] = {}
    for row in wanted:
        code = row.language or main
        if code not in writers:
            if code not in places:
                complaints.append(_no_letter(row, code, list(places)))
            continue
        letter, found = writers[code].write(row, work.values(row.region))
        complaints += found
        complaints += _regional(row, found)
        if letter is not None:
            letters[row.address.key] = letter
    return letters, complaints


def _regional(row: Recipient, found: list[Diagnostic]) -> Iterator[Diagnostic]:
    """For whom a slot of the region had no value: the letter alone does not say so."""
    if row.region and any(
        d.code == "slot-without-value" and d.place.file.endswith(MAIL) for d in found
    ):
        yield error(
            "slot-without-value",
            f"{row.region.name} has no value for a slot that the letter uses.",
            row.region.place,
            "Fill in its column here, or give it a default in leaflet.yaml.",
        )


def _no_letter(row: Recipient, code: str, known: list[str]) -> Diagnostic:
    return error(
        "no-letter",
        f"There is no letter in `{code}` for `{row.address.spec}`.",
        row.place_of("language"),
        f"Write it in {MAIL}, below `languages:` and `{code}:`; there are {', '.join(known)}.",
    )


def _elsewhere(
    project: Project, leaflet: str, campaign: str, recipients: Recipients
) -> tuple[set[str], list[Diagnostic]]:
    """The keys in the lists of other leaflets that share the campaign; and complaints of addresses
    that stand in other lists, too: in the same campaign they would get two letters, in another
    one, they get two leaflets.
    """
    sharing: set[str] = set()
    complaints: list[Diagnostic] = []
    ours = {row.address.key: row for row in recipients.rows}
    for other in project.leaflets():
        if other == leaflet or not project.manuscript(other).with_name(FILE).exists():
            continue
        try:
            rows = read_recipients(project, other, read_work(project, other).regions).rows
            name = read_mailing(project, other).mailing.campaign or other
        except Problems:
            continue  # said when its own mail is looked at
        if name == campaign:
            sharing |= {row.address.key for row in rows}
        complaints += [
            _in_two_lists(ours[row.address.key], row, same=name == campaign)
            for row in rows
            if row.address.key in ours
        ]
    return sharing, complaints


def _in_two_lists(ours: Recipient, theirs: Recipient, *, same: bool) -> Diagnostic:
    place = theirs.place
    said = f"`{theirs.address.spec}` stands in {place.file}, too (line {place.line})"
    if same:
        return error(
            "duplicate-address",
            f"{said}, which is the same campaign.",
            ours.place_of("email"),
            "Delete it in one of the lists: each address gets one letter.",
        )
    return warning(
        "duplicate-address",
        f"{said}, and gets that leaflet as well.",
        ours.place_of("email"),
        "Fine, if you mean it; else give both mailings one `campaign:`.",
    )
