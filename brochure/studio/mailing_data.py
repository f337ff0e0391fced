"""A mailing as the studio shows it: plain data in the reader's language."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from brochure.diagnostics import Diagnostic, Location, Rationed, data_of
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.context import Entries
from brochure.mail.delivery.entries import (
    DELIVERY_STATES,
    NOTE_KINDS,
    DeliveryState,
    Entry,
    Note,
    unreadable_notes,
)
from brochure.mail.delivery.ledger import outcome_of_interrupted
from brochure.mail.delivery.send import open_letters
from brochure.mail.recipients import RECIPIENTS_FILE, Recipient
from brochure.mail.summary import counts, letter_head, letters_to_send, size_of
from brochure.messages import EMPTY, Catalogue, Message, joined, say
from brochure.project import MAIL, MANUSCRIPT
from brochure.studio.answers import Json
from brochure.studio.jobs import Progress
from brochure.studio.letters import letter_catalogue
from brochure.studio.places import FormPaths
from brochure.studio.wording import diagnostic_data, form_catalogue

_SHOWN = 20  # letters that are shown as they will be
#: What becomes of recipients whom the ledger does not know.
_OPEN, _HELD, _SUPPRESSED = "open", "held", "suppressed"
_UNSENT: Mapping[str, Message] = {
    _OPEN: say("to be sent"),
    _HELD: say("cannot be sent yet"),
    _SUPPRESSED: say("gets nothing"),
}
_ORDER = (
    DeliveryState.UNREADABLE, DeliveryState.UNKNOWN, DeliveryState.REFUSED, DeliveryState.DEFERRED,
    DeliveryState.SENDING, _HELD, DeliveryState.QUEUED, _OPEN, _SUPPRESSED, DeliveryState.ACCEPTED,
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What is known of the mail of a leaflet, as far as it can be read.

    `campaign` is None where mail.yaml, the list or the leaflet is too wrong for it. `notes` are
    those of all campaigns, `name` is that of this one, or empty. `alive`: somebody sends now.
    """

    name: str
    campaign: Campaign | None
    recipients: Sequence[Recipient]
    entries: Entries
    notes: Sequence[Note]
    diagnostics: Sequence[Diagnostic]
    alive: bool

    @property
    def outgoing(self) -> tuple[OutgoingLetter, ...]:
        """The letters that are still to be sent."""
        return open_letters(self.campaign, self.entries) if self.campaign else ()


def seal(campaign: Campaign, outgoing: Iterable[OutgoingLetter]) -> str:
    """A digest of letters: of texts, addresses, attachments and the sender."""
    ids = "\n".join(campaign.message_id(one) for one in outgoing)
    return hashlib.sha256(ids.encode()).hexdigest()[:32]


def overview_data(
    reading: Reading, leaflet: str, paths: FormPaths | None, words: Catalogue
) -> Json:
    """All but the form of the letter."""
    campaign, outgoing = reading.campaign, reading.outgoing
    ration = Rationed()
    sendable = campaign is not None and campaign.sendable
    return {
        "campaign": reading.name,
        "sendable": sendable,
        "alive": reading.alive,
        "diagnostics": [
            _diagnostic_data(d, leaflet, paths, words.language) for d in ration(reading.diagnostics)
        ],
        "left_out": sum(ration.by_code.values()),
        "open": len(outgoing),
        "seal": seal(campaign, outgoing) if campaign else "",
        "summary": words(_summary(campaign, reading.entries, outgoing)) if campaign else "",
        "own_address": campaign.sender.address.spec if campaign else "",
        "letters": [_letter_data(campaign, one, words) for one in outgoing[:_SHOWN] if campaign],
        "recipients": list(recipients_data(reading, words)),
    }


def _summary(campaign: Campaign, entries: Entries, outgoing: Sequence[OutgoingLetter]) -> Message:
    if not outgoing:
        return say("Nothing to send: {counts}.", counts=counts(entries))
    letters = letters_to_send(campaign, len(outgoing))
    so_far = say("So far: {counts}.", counts=counts(entries)) if entries else EMPTY
    return joined([letters, so_far])


def _diagnostic_data(
    diagnostic: Diagnostic, leaflet: str, paths: FormPaths | None, language: str
) -> Json:
    """A diagnostic, and where it leads: to a field of the letter, the list, the leaflet, or to what
    can be done about it.
    """
    path = paths.of(diagnostic) if paths is not None else None
    place = _place(diagnostic, leaflet)
    words = (letter_catalogue if place == "letter" else form_catalogue)(language)
    return {**diagnostic_data(diagnostic, path, words), "place": place}


def _place(diagnostic: Diagnostic, leaflet: str) -> str:
    match diagnostic.code:
        case "not-built":
            return "build"
        case "no-mailing" | "no-recipients":
            return "begin"
        case "ledger-row":
            return "list"
    folder = f"content/{leaflet}/"
    match diagnostic.location.file.removeprefix(folder):
        case file if file == MAIL:
            return "letter"
        case file if file == RECIPIENTS_FILE:
            return "list"
        case file if file == MANUSCRIPT:
            return "leaflet"
    return ""


def _letter_data(campaign: Campaign, outgoing: OutgoingLetter, words: Catalogue) -> Json:
    """A letter as it will be."""
    return {
        "key": outgoing.key,
        "head": [{"label": words(label), "value": words(value)}
                 for label, value in letter_head(campaign, outgoing)],
        "language": outgoing.letter.language,
        "text": outgoing.letter.text,
    }  # fmt: skip


def recipients_data(reading: Reading, words: Catalogue) -> Iterator[Json]:
    """Every recipient with what will be sent, or became of it; what needs a look comes first. Those
    who are in the ledger only come as well.
    """
    outgoing = {one.key: one for one in reading.campaign.outgoing} if reading.campaign else {}
    suppressed = {
        row.address.key: location
        for row, location in (reading.campaign.suppressed if reading.campaign else ())
    }
    rows = {row.address.key: row for row in reading.recipients}
    doubted = {note.key for note in unreadable_notes(reading.notes)}
    found = [
        _Row(
            key,
            rows.get(key),
            reading.entries.get(key),
            outgoing.get(key),
            suppressed.get(key),
            tuple(n for n in reading.notes if n.key == key and n.campaign == reading.name),
            alive=reading.alive,
            doubted=key in doubted,
        )
        for key in dict.fromkeys([*rows, *reading.entries])
    ]
    for one in sorted(found, key=lambda row: _ORDER.index(row.state)):
        yield one.data(words)


@dataclass(frozen=True)
class _Row:
    """A recipient: in the list, in the ledger, or both. `alive`: somebody sends now; `doubted`: a
    note on the address cannot be read.
    """

    key: str
    listed: Recipient | None
    entry: Entry | None
    outgoing: OutgoingLetter | None
    suppressed: Location | None
    notes: tuple[Note, ...]
    alive: bool
    doubted: bool

    @property
    def _outcome(self) -> tuple[DeliveryState, str]:
        """What the ledger knows, and the last reply; of a sender that died, what follows from
        that.
        """
        assert self.entry is not None
        if self.entry.state is DeliveryState.SENDING and not self.alive:
            return outcome_of_interrupted(self.entry)
        return self.entry.state, self.entry.fault or self.entry.reply or ""

    @property
    def state(self) -> str:
        """The state in the ledger, or what becomes of who is not in it."""
        if self.entry is not None:
            return self._outcome[0]
        if self.suppressed is not None:
            return _SUPPRESSED
        return _OPEN if self.outgoing is not None else _HELD

    def data(self, words: Catalogue) -> Json:
        row, entry, out = self.listed, self.entry, self.outgoing
        state = self.state
        word = _UNSENT.get(state) or DELIVERY_STATES[DeliveryState(state)]
        at = (entry.settled_at or entry.sending_at or "") if entry else ""
        return {
            "key": self.key,
            "address": row.address.spec if row else self.key,
            "name": row.display_name if row else entry.office if entry else "",
            "line": row.location.line if row else None,
            "variant": (row.region.name if row.region else "")
            if row
            else (entry.variant if entry else ""),
            "attachment": out.pdf.path.name if out else "",
            "size": words(say("{size:.0f} kB", size=size_of(out) / 1000)) if out else "",
            "state": str(state),
            "word": words(word),
            "at": at,
            "detail": self._detail(words),
            "notes": [
                {"at": note.at, "word": words(NOTE_KINDS[note.kind]),
                 "text": words(note.fault) or _stored(note.text, words)}
                for note in self.notes
            ],
            "actions": self._actions(),
        }  # fmt: skip

    def _detail(self, words: Catalogue) -> str:
        if self.suppressed is not None:
            if self.suppressed.file.endswith(".txt"):
                because = say(
                    "{address} gets nothing, because of {location}.",
                    address=self.key,
                    location=str(self.suppressed),
                )
            else:
                because = say("{address} gets nothing: the office has objected.", address=self.key)
            return words(because)
        if self.entry is None:
            return ""
        state, reply = self._outcome
        if state is DeliveryState.ACCEPTED:
            return ""
        code = f"{self.entry.code} " if self.entry.code else ""
        return code + _stored(reply, words)

    def _actions(self) -> list[str]:
        """What can be said of it: `resolve` and `note` of the command line refuse all else."""
        if self.entry is None:
            return ["by-hand"] if self.outgoing is not None else []
        state = self._outcome[0]
        actions: list[str] = []
        if state in (DeliveryState.UNKNOWN, DeliveryState.UNREADABLE):
            actions += ["sent", "again"]
        elif state is DeliveryState.REFUSED or self.doubted:
            actions.append("again")
        if state in (DeliveryState.QUEUED, DeliveryState.DEFERRED) and self.outgoing is not None:
            actions.append("by-hand")
        return [*actions, "bounced", "replied", "objected"]


def _stored(text: str, words: Catalogue) -> str:
    """A text of the ledger; what brochure wrote there itself, in the reader's language."""
    return words(text) if isinstance(text, Message) else words.template(text)


def progress_data(progress: Progress | None, words: Catalogue) -> Json:
    """How far something has come."""
    if progress is None:
        return {}
    return {
        "id": progress.id,
        "kind": progress.kind,
        "state": progress.state,
        "total": progress.total,
        "done": progress.done,
        "sentence": words(progress.sentence),
        "lines": [words(line) for line in progress.lines],
        "diagnostics": [data_of(d, words) for d in progress.diagnostics],
    }
