"""``mail.yaml``, read: what it says, and what is wrong with it by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    error,
    in_order,
    raise_errors,
    warning,
)
from brochure.layout.edition import Edition, load_editions
from brochure.mail import address, gate
from brochure.mail.gate import Pdf
from brochure.mail.letter.message import Sender, compose, identify
from brochure.mail.letter.model import Mailing, Server
from brochure.mail.letter.template import Letter, Writer, misplaced_slots, versions
from brochure.mail.recipients import (
    COLUMNS,
    FILE,
    Recipient,
    Recipients,
    Suppression,
    read_recipients,
    read_suppression,
)
from brochure.manuscript.text.language import known_languages, load_language
from brochure.manuscript.variants.resolution import Bundle, read_bundle
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import Tree, plain
from brochure.manuscript.yaml.validation import did_you_mean, validate
from brochure.project import MAIL, Project


@dataclass(frozen=True)
class Read:
    """A mailing with the tree that it was read from, and warnings about it."""

    mailing: Mailing
    tree: Tree
    sender: Sender
    user: str
    edition: Edition
    diagnostics: tuple[Diagnostic, ...]


def read_mailing(project: Project, leaflet: str) -> Read:
    """``content/<leaflet>/mail.yaml``. Raises Problems with all that is wrong in it."""
    path = project.manuscript(leaflet).with_name(MAIL)
    project.seen.add(path)
    if not path.exists() and not path.is_symlink():
        said = "There is no letter yet to send this leaflet with."
        hint = (
            f"`brochure mail {leaflet} --new` writes one, and a list of recipients, to begin with."
        )
        raise DiagnosticsError([error("no-mailing", said, Location(project.show(path)), hint)])
    tree, diagnostics = parser.read(project, path)
    mailing, invalid = validate(tree, Mailing)
    lines = {diagnostic.location.line for diagnostic in diagnostics if diagnostic.is_error}
    diagnostics += [diagnostic for diagnostic in invalid if diagnostic.location.line not in lines]
    diagnostics += misplaced_slots(tree)
    if mailing is None:
        raise DiagnosticsError(diagnostics)
    editions = load_editions(project)
    if mailing.edition not in editions:
        diagnostics.append(
            error(
                "unknown-edition",
                f"There is no edition `{mailing.edition}`.",
                tree.location(("edition",)),
                did_you_mean(mailing.edition, list(editions)),
            )
        )
    elif editions[mailing.edition].suffix != ".pdf":
        diagnostics.append(
            error(
                "edition",
                f"The edition `{mailing.edition}` is no PDF; offices are sent one.",
                tree.location(("edition",)),
                "Take `email`.",
            )
        )
    found: dict[str, address.Address] = {}
    for key, text in (("from", mailing.from_), ("reply-to", mailing.reply_to)):
        try:
            if text is not None:
                found[key] = address.parse_sender(text, tree.location((key,)))
        except DiagnosticsError as failed:
            diagnostics += failed.diagnostics
    user = mailing.server.user or (found["from"].spec if "from" in found else "")
    if "from" in found:
        diagnostics += _strangers(mailing, tree, found["from"])
    reported = raise_errors(diagnostics)
    sender = Sender(found["from"], found.get("reply-to"))
    return Read(mailing, tree, sender, user, editions[mailing.edition], reported)


def _strangers(mailing: Mailing, tree: Tree, sender: address.Address) -> list[Diagnostic]:
    """Mail in the name of another mailbox than the one that logs in is taken for forged."""
    user = mailing.server.user
    if user is None or user.casefold() == sender.key:
        return []
    location = tree.location(("server", "user"))
    if "@" in user:
        return [
            error(
                "sender",
                f"`{user}` logs in, and `{sender.spec}` sends: such mail is taken for forged.",
                location,
                "Write the mailbox that logs in under `from`, and the other under `reply-to`.",
            )
        ]
    return [
        warning(
            "sender",
            f"Whether the mailbox of `{user}` is `{sender.spec}` cannot be seen from here.",
            location,
            "It must be: mail in the name of another mailbox is taken for forged.",
        )
    ]


# --- A leaflet's mailing as a whole: every letter that there is to send, and all that is wrong.


@dataclass(frozen=True)
class OutgoingLetter:
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
    location: Location  # of `server` in mail.yaml
    edition: str
    sender: Sender
    server: Server
    user: str
    pace: int
    recipients: tuple[Recipient, ...]
    listed: frozenset[str]  # keys of all lists of this campaign: other leaflets may share it
    pieces: tuple[OutgoingLetter, ...]
    suppressed: tuple[tuple[Recipient, Location], ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing stands in the way."""
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)

    def identity(self, piece: OutgoingLetter) -> str:
        """The Message-ID of a letter."""
        address = piece.recipient.address
        return identify(self.name, self.sender, address, piece.letter, piece.pdf.sha256)

    def message(self, piece: OutgoingLetter, pdf: bytes, date: datetime) -> bytes:
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
    project: Project, leaflet: str, objected: Mapping[str, Location] | None = None
) -> Campaign:
    """Read the mailing of a leaflet, and look at every PDF that it sends; writes nothing.

    `objected` are the keys of addresses that want no mail, besides those in suppressed.txt.
    Raises Problems where mail.yaml, or the heading of a table, is wrong.
    """
    work = read_bundle(project, leaflet)
    read = read_mailing(project, leaflet)
    recipients = read_recipients(project, leaflet, work.regions)
    suppression = Suppression({**(objected or {}), **read_suppression(project).entries})
    name = read.mailing.campaign or leaflet
    diagnostics = [*read.diagnostics, *recipients.diagnostics]
    sharing, found_elsewhere = _elsewhere(project, leaflet, name, recipients)
    diagnostics += found_elsewhere
    passed = tuple(
        (row, location) for row in recipients.rows if (location := suppression.of(row.address))
    )
    wanted = [row for row in recipients.rows if suppression.of(row.address) is None]
    letters, found = _letters(project, work, read, recipients, wanted)
    diagnostics += found
    pdfs, found_of_pdfs = gate.examine(
        project, leaflet, [row.variant for row in wanted], read.mailing.edition, read.edition
    )
    diagnostics += found_of_pdfs
    pieces = tuple(
        OutgoingLetter(row, letters[row.address.key], pdfs[row.variant])
        for row in wanted
        if row.address.key in letters and row.variant in pdfs
    )
    return Campaign(
        leaflet,
        name,
        read.tree.location(("server", "host")),
        read.mailing.edition,
        read.sender,
        read.mailing.server,
        read.user,
        read.mailing.pace,
        recipients.rows,
        frozenset(row.address.key for row in recipients.rows) | sharing,
        pieces,
        passed,
        in_order(diagnostics),
    )


def _letters(
    project: Project,
    work: Bundle,
    read: Read,
    recipients: Recipients,
    wanted: list[Recipient],
) -> tuple[Mapping[str, Letter], list[Diagnostic]]:
    """The letters by the keys of their addresses."""
    main = str(plain(work.base.node(("language",))) or "")
    locations = versions(read.mailing, main)
    known = known_languages(project)
    diagnostics = [
        error(
            "unknown-language",
            f"`{code}` is no language that is known here.",
            read.tree.location(path) if path else work.base.location(("language",)),
            did_you_mean(code, known),
        )
        for code, path in locations.items()
        if code.partition("-")[0] not in known
    ]
    columns = tuple(dict.fromkeys([*COLUMNS, *recipients.columns]))
    writers = {
        code: Writer(read.tree, path, load_language(project, code), columns, work.known)
        for code, path in locations.items()
        if code.partition("-")[0] in known
    }
    letters: dict[str, Letter] = {}
    for row in wanted:
        code = row.language or main
        if code not in writers:
            if code not in locations:
                diagnostics.append(_no_letter(row, code, list(locations)))
            continue
        letter, found = writers[code].write(row, work.values(row.region))
        diagnostics += found
        diagnostics += _regional(row, found)
        if letter is not None:
            letters[row.address.key] = letter
    return letters, diagnostics


def _regional(row: Recipient, found: list[Diagnostic]) -> Iterator[Diagnostic]:
    """For whom a slot of the region had no value: the letter alone does not say so."""
    if row.region and any(
        d.code == "slot-without-value" and d.location.file.endswith(MAIL) for d in found
    ):
        yield error(
            "slot-without-value",
            f"{row.region.name} has no value for a slot that the letter uses.",
            row.region.location,
            "Fill in its column here, or give it a default in leaflet.yaml.",
        )


def _no_letter(row: Recipient, code: str, known: list[str]) -> Diagnostic:
    return error(
        "no-letter",
        f"There is no letter in `{code}` for `{row.address.spec}`.",
        row.location_of("language"),
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
    diagnostics: list[Diagnostic] = []
    ours = {row.address.key: row for row in recipients.rows}
    for other in project.leaflets():
        if other == leaflet or not project.manuscript(other).with_name(FILE).exists():
            continue
        try:
            rows = read_recipients(project, other, read_bundle(project, other).regions).rows
            name = read_mailing(project, other).mailing.campaign or other
        except DiagnosticsError:
            continue  # said when its own mail is looked at
        if name == campaign:
            sharing |= {row.address.key for row in rows}
        diagnostics += [
            _in_two_lists(ours[row.address.key], row, same=name == campaign)
            for row in rows
            if row.address.key in ours
        ]
    return sharing, diagnostics


def _in_two_lists(ours: Recipient, theirs: Recipient, *, same: bool) -> Diagnostic:
    location = theirs.location
    said = f"`{theirs.address.spec}` stands in {location.file}, too (line {location.line})"
    if same:
        return error(
            "duplicate-address",
            f"{said}, which is the same campaign.",
            ours.location_of("email"),
            "Delete it in one of the lists: each address gets one letter.",
        )
    return warning(
        "duplicate-address",
        f"{said}, and gets that leaflet as well.",
        ours.location_of("email"),
        "Fine, if you mean it; else give both mailings one `campaign:`.",
    )
