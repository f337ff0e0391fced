"""A mailing: mail.yaml, and with the recipients and the PDFs every letter that is to be sent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Reported,
    Severity,
    error,
    fail,
    in_order,
    raise_errors,
    warning,
)
from brochure.layout.edition import Edition
from brochure.layout.editions import load_editions
from brochure.mail import gate
from brochure.mail.address import Address, parse_sender
from brochure.mail.gate import Pdf
from brochure.mail.letter.message import Sender, compose_message, message_id_for
from brochure.mail.letter.model import Mailing, Server
from brochure.mail.letter.template import Letter, Writer, letter_languages, misplaced_slots
from brochure.mail.recipients import (
    RECIPIENT_COLUMNS,
    RECIPIENTS_FILE,
    Recipient,
    Recipients,
    read_recipients,
)
from brochure.mail.suppression import Suppression, read_suppression
from brochure.manuscript.text.language import known_languages, load_language
from brochure.manuscript.text.mojibake import broken_letters
from brochure.manuscript.variants.resolution import Bundle, read_bundle
from brochure.manuscript.yaml import parser
from brochure.manuscript.yaml.nodes import Tree, plain
from brochure.manuscript.yaml.validation import did_you_mean, validate
from brochure.messages import say
from brochure.project import MAIL, Project


@dataclass(frozen=True)
class LoadedMailing:
    """mail.yaml, validated, with its tree; the sender, the user name to log in with, and the
    edition to attach.
    """

    mailing: Mailing
    tree: Tree
    sender: Sender
    user: str
    edition: Edition


def read_mailing(project: Project, leaflet: str) -> Reported[LoadedMailing]:
    """``content/<leaflet>/mail.yaml``.

    Raises DiagnosticsError with everything that is wrong in it.
    """
    path = project.manuscript(leaflet).with_name(MAIL)
    project.on_read(path)
    if not path.exists() and not path.is_symlink():
        fail(
            "no-mailing",
            say("There is no letter for this leaflet yet."),
            Location(project.show(path)),
            say(
                "`brochure mail init {leaflet}` writes a letter and a list of recipients for you "
                "to start from.",
                leaflet=leaflet,
            ),
        )
    return validate_mailing(project, parser.read_yaml(project, path))


def validate_mailing(project: Project, parsed: Reported[Tree]) -> Reported[LoadedMailing]:
    """What a mail.yaml says. Raises DiagnosticsError with everything that is wrong in it."""
    tree, diagnostics = parsed.value, list(parsed.diagnostics)
    validated = validate(tree, Mailing)
    mailing = validated.value
    broken_lines = {diagnostic.location.line for diagnostic in diagnostics if diagnostic.is_error}
    diagnostics += [d for d in validated.diagnostics if d.location.line not in broken_lines]
    diagnostics += misplaced_slots(tree)
    diagnostics += broken_letters(tree, Severity.ERROR)
    if mailing is None:
        raise DiagnosticsError(diagnostics)
    editions = load_editions(project)
    diagnostics += _check_edition(mailing.edition, tree, editions)
    addresses: dict[str, Address] = {}
    for key, text in (("from", mailing.from_), ("reply-to", mailing.reply_to)):
        try:
            if text is not None:
                addresses[key] = parse_sender(text, tree.location((key,)))
        except DiagnosticsError as failed:
            diagnostics += failed.diagnostics
    if "from" in addresses:
        diagnostics += _check_user(mailing.server.user, tree, addresses["from"])
    warnings = raise_errors(diagnostics)
    sender = Sender(addresses["from"], addresses.get("reply-to"))
    user = mailing.server.user or sender.address.spec
    return Reported(LoadedMailing(mailing, tree, sender, user, editions[mailing.edition]), warnings)


def _check_edition(name: str, tree: Tree, editions: Mapping[str, Edition]) -> Iterator[Diagnostic]:
    if name not in editions:
        yield error(
            "unknown-edition",
            say("There is no edition `{edition}`.", edition=name),
            tree.location(("edition",)),
            did_you_mean(name, list(editions)),
        )
    elif editions[name].suffix != ".pdf":
        yield error(
            "edition",
            say("The edition `{edition}` is not a PDF; only PDFs can be mailed.", edition=name),
            tree.location(("edition",)),
            say("Use `email`."),
        )


def _check_user(user: str | None, tree: Tree, sender: Address) -> Iterator[Diagnostic]:
    """Mail is treated as forged if the mailbox that logs in is not the one that it names."""
    if user is None or user.casefold() == sender.key:
        return
    location = tree.location(("server", "user"))
    if "@" in user:
        yield error(
            "sender",
            say(
                "`{user}` logs in, but the sender is `{address}`: such mail is treated as forged.",
                user=user,
                address=sender.spec,
            ),
            location,
            say("Write the mailbox that logs in under `from`, and the other one under `reply-to`."),
        )
    else:
        yield warning(
            "sender",
            say(
                "brochure cannot see whether `{address}` is the mailbox of `{user}`.",
                address=sender.spec,
                user=user,
            ),
            location,
            say("It must be: mail that names another mailbox as its sender is treated as forged."),
        )


@dataclass(frozen=True)
class OutgoingLetter:
    """A letter that is ready to be sent: the recipient, the text, and the PDF to attach."""

    recipient: Recipient
    letter: Letter
    pdf: Pdf

    @property
    def key(self) -> str:
        """The key of the address: what the ledger knows the letter by."""
        return self.recipient.address.key


@dataclass(frozen=True)
class Campaign:
    """A mailing as a whole.

    `outgoing` are its letters, in the order of the list; `suppressed` the recipients who must not
    be mailed, each with the location that says so. `listed` are the keys of all addresses in the
    lists of this campaign, which several leaflets can share. `location` is that of the server in
    mail.yaml. If there is an error among `diagnostics`, nothing may be sent.
    """

    leaflet: str
    name: str
    location: Location
    edition: str
    sender: Sender
    server: Server
    user: str
    pace: int
    recipients: tuple[Recipient, ...]
    listed: frozenset[str]
    outgoing: tuple[OutgoingLetter, ...]
    suppressed: tuple[tuple[Recipient, Location], ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def sendable(self) -> bool:
        """Whether there are no errors."""
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)

    def message_id(self, outgoing: OutgoingLetter) -> str:
        """The Message-ID of a letter."""
        return message_id_for(
            self.name,
            self.sender,
            outgoing.recipient.address,
            outgoing.letter,
            outgoing.pdf.sha256,
        )

    def message(self, outgoing: OutgoingLetter, pdf: bytes, date: datetime) -> bytes:
        """A letter as it is sent."""
        return compose_message(
            self.sender,
            outgoing.recipient.address,
            outgoing.letter,
            pdf,
            outgoing.pdf.path.name,
            message_id=self.message_id(outgoing),
            date=date,
        )


def read_campaign(
    project: Project, leaflet: str, objections: Mapping[str, Location] | None = None
) -> Campaign:
    """The mailing of a leaflet, with all PDFs that it sends checked. Writes nothing.

    `objections` are the keys of addresses that must not be mailed, in addition to those in
    suppressed.txt. Raises DiagnosticsError if mail.yaml, the syntax of the leaflet, or the heading
    of a table is wrong.
    """
    bundle = read_bundle(project, leaflet)
    reported = read_mailing(project, leaflet)
    if any(diagnostic.is_error for diagnostic in bundle.diagnostics):
        # A leaflet that breaks off has no language, and what follows from that would mislead.
        raise DiagnosticsError(in_order([*bundle.diagnostics, *reported.diagnostics]))
    loaded = reported.value
    recipients = read_recipients(project, leaflet, bundle.regions)
    suppression = Suppression({**(objections or {}), **read_suppression(project).entries})
    name = loaded.mailing.campaign or leaflet
    sharing = _other_lists(project, leaflet, name, recipients)
    suppressed = tuple(
        (row, location)
        for row in recipients.rows
        if (location := suppression.location_of(row.address))
    )
    wanted = [row for row in recipients.rows if suppression.location_of(row.address) is None]
    letters = _write_letters(project, bundle, loaded, recipients, wanted)
    pdfs = gate.check_pdfs(
        project, leaflet, [row.variant for row in wanted], loaded.mailing.edition, loaded.edition
    )
    outgoing = tuple(
        OutgoingLetter(row, letters.value[row.address.key], pdfs.value[row.variant])
        for row in wanted
        if row.address.key in letters.value and row.variant in pdfs.value
    )
    return Campaign(
        leaflet,
        name,
        loaded.tree.location(("server", "host")),
        loaded.mailing.edition,
        loaded.sender,
        loaded.mailing.server,
        loaded.user,
        loaded.mailing.pace,
        recipients.rows,
        sharing.value | {row.address.key for row in recipients.rows},
        outgoing,
        suppressed,
        in_order(
            [
                *reported.diagnostics,
                *recipients.diagnostics,
                *sharing.diagnostics,
                *letters.diagnostics,
                *pdfs.diagnostics,
            ]
        ),
    )


def _write_letters(
    project: Project,
    bundle: Bundle,
    loaded: LoadedMailing,
    recipients: Recipients,
    wanted: Iterable[Recipient],
) -> Reported[Mapping[str, Letter]]:
    """The letters, by the keys of their addresses."""
    main = str(plain(bundle.base.node(("language",))) or "")
    paths = letter_languages(loaded.mailing, main)
    known = known_languages(project)
    diagnostics = [
        error(
            "unknown-language",
            say("`{code}` is not a language that brochure knows.", code=code),
            loaded.tree.location(path) if path else bundle.base.location(("language",)),
            did_you_mean(code, known),
        )
        for code, path in paths.items()
        if code.partition("-")[0] not in known
    ]
    columns = tuple(dict.fromkeys([*RECIPIENT_COLUMNS, *recipients.columns]))
    writers = {
        code: Writer(loaded.tree, path, load_language(project, code), columns, bundle.slot_names)
        for code, path in paths.items()
        if code.partition("-")[0] in known
    }
    letters: dict[str, Letter] = {}
    for row in wanted:
        code = row.language or main
        if code not in writers:
            if code not in paths:
                diagnostics.append(_no_letter(row, code, paths))
            continue
        written = writers[code].write(row, bundle.values(row.region))
        diagnostics += written.diagnostics
        diagnostics += _empty_cells(row, written.diagnostics)
        if written.value is not None:
            letters[row.address.key] = written.value
    return Reported(letters, tuple(diagnostics))


def _empty_cells(row: Recipient, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Name the region in which a slot of the letter has no value: the diagnostic about the letter
    does not.
    """
    if row.region and any(
        d.code == "slot-without-value" and d.location.file.endswith(MAIL) for d in diagnostics
    ):
        yield error(
            "slot-without-value",
            say("{region} has no value for a slot that the letter uses.", region=row.region.name),
            row.region.location,
            row.region.cells["id"].hint(
                say("Fill in its column here, or give the slot a default in leaflet.yaml.")
            ),
        )


def _no_letter(row: Recipient, code: str, known: Iterable[str]) -> Diagnostic:
    return error(
        "no-letter",
        say("There is no letter in `{code}` for `{address}`.", code=code, address=row.address.spec),
        row.location_of("language"),
        row.hint(
            "language",
            say(
                "Write one in {file}, below `languages:` and `{code}:`. So far there are "
                "{languages}.",
                file=MAIL,
                code=code,
                languages=", ".join(known),
            ),
        ),
    )


def _other_lists(
    project: Project, leaflet: str, campaign: str, recipients: Recipients
) -> Reported[frozenset[str]]:
    """The keys of all addresses in the lists of other leaflets that share the campaign.

    The diagnostics name addresses of ours that are in other lists, too. If the campaign is the
    same, they would get two letters, otherwise two leaflets.
    """
    sharing: set[str] = set()
    diagnostics: list[Diagnostic] = []
    ours = {row.address.key: row for row in recipients.rows}
    for other in project.leaflets():
        if other == leaflet or not project.manuscript(other).with_name(RECIPIENTS_FILE).exists():
            continue
        try:
            rows = read_recipients(project, other, read_bundle(project, other).regions).rows
            name = read_mailing(project, other).value.mailing.campaign or other
        except DiagnosticsError:
            continue  # it is reported when that leaflet is mailed
        same = name == campaign
        if same:
            sharing |= {row.address.key for row in rows}
        diagnostics += [
            _in_two_lists(ours[row.address.key], row, same_campaign=same)
            for row in rows
            if row.address.key in ours
        ]
    return Reported(frozenset(sharing), tuple(diagnostics))


def _in_two_lists(ours: Recipient, theirs: Recipient, *, same_campaign: bool) -> Diagnostic:
    address, other = theirs.address.spec, theirs.location
    if same_campaign:
        return error(
            "duplicate-address",
            say(
                "`{address}` is also in {file} (line {line}), which is the same campaign.",
                address=address,
                file=other.file,
                line=other.line,
            ),
            ours.location_of("email"),
            ours.hint(
                "email", say("Delete it from one of the lists: each address gets one letter.")
            ),
        )
    return warning(
        "duplicate-address",
        say(
            "`{address}` is also in {file} (line {line}), so it gets that leaflet as well.",
            address=address,
            file=other.file,
            line=other.line,
        ),
        ours.location_of("email"),
        ours.hint(
            "email",
            say(
                "If that is what you want, all is well. Otherwise give both mailings the same "
                "`campaign:`."
            ),
        ),
    )
