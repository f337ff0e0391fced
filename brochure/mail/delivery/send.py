"""Work off a campaign: letter by letter, at a pace, with the ledger always ahead of the wire."""

import hashlib
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.delivery.entries import OPEN, Entry, State
from brochure.mail.delivery.ledger import Ledger
from brochure.mail.delivery.smtp import Answer, Connection, Unreachable
from brochure.project import Project

_IDLE = 20  # seconds


@dataclass(frozen=True)
class Pauses:
    """Pauses in seconds.

    `retry`: before the second, third … attempt at a deferred letter; after the last, it stays
    deferred until sending is started again. `connect`: before each further attempt at a connection.
    `refusal` is doubled with each letter in a row that is not accepted, up to `longest`; after
    `row` of them sending stops: then it is not the addresses.
    """

    retry: tuple[float, ...] = (120, 600, 1800, 3600)
    connect: tuple[float, ...] = (10, 60, 300, 900)
    refusal: float = 5
    longest: float = 300
    row: int = 20


@dataclass(frozen=True)
class Sent:
    """What became of a letter."""

    piece: OutgoingLetter
    answer: Answer


@dataclass(frozen=True)
class Pause:
    """Why nothing happens for so many seconds."""

    seconds: float
    why: str


Event = Sent | Pause


class Sending:
    """Sends what is open of a campaign.

    `connect` makes a connection; `wait` sleeps for so many seconds, and says whether to go on;
    `clock` is the time. Whoever makes one holds the lock (`ledgerfile.only_sender`).
    """

    def __init__(
        self,
        project: Project,
        campaign: Campaign,
        ledger: Ledger,
        connect: Callable[[], Connection],
        wait: Callable[[float], bool],
        clock: Callable[[], datetime],
        pauses: Pauses | None = None,
    ) -> None:
        self._project, self._campaign, self._ledger = project, campaign, ledger
        self._connect, self._wait, self._clock = connect, wait, clock
        self._pauses = pauses or Pauses()
        self._connection: Connection | None = None
        self._pieces: Mapping[str, OutgoingLetter] = {piece.key: piece for piece in campaign.pieces}
        if not campaign.sound:
            raise DiagnosticsError(campaign.diagnostics)
        self._tries: dict[str, int] = {}
        self._in_a_row = 0

    def run(self) -> Generator[Event, None, None]:
        """Everything that happens, as it happens. Raises Problems where sending has to stop."""
        next_at, why = self._clock(), ""
        try:
            while (entry := self._next()) is not None:
                due = self._due(entry)
                if due is not None and due > next_at:
                    next_at, why = due, f"{entry.address} is tried again then"
                late = max(0.0, (next_at - self._clock()).total_seconds())
                if why and late:
                    yield Pause(late, why)
                if not self._rest(late):
                    return
                if self._connection is None:
                    yield from self._reconnect()
                    if self._connection is None:
                        return
                next_at, why = self._clock() + timedelta(seconds=60 / self._campaign.pace), ""
                answer = self._send(self._pieces[entry.key])
                if answer is None:
                    continue
                yield Sent(self._pieces[entry.key], answer)
                if pause := self._judge(answer):
                    rested = self._clock() + timedelta(seconds=pause)
                    next_at, why = max(next_at, rested), "after a letter that was not accepted"
        finally:
            self._leave()

    def _due(self, entry: Entry) -> datetime | None:
        """When a row may be tried again: no later than the longest pause from now on. A clock that
        went wrong, or a ledger from elsewhere, may say the year 2999.
        """
        due = _time(entry.due_at)
        latest = self._clock() + timedelta(seconds=max(self._pauses.retry))
        return None if due is None else min(due, latest)

    def _rest(self, seconds: float) -> bool:
        """Wait; whether to go on. No server likes a connection on which nothing is said."""
        if seconds > _IDLE:
            self._leave()
        return self._wait(seconds)

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.quit()
            self._connection = None

    def _next(self) -> Entry | None:
        """The row that is next: queued ones as the list has them, then deferred ones as they are
        due. The ledger is asked each time; it alone knows.
        """
        entries = self._ledger.entries(self._campaign.name)
        rows = [entries[key] for key in self._pieces if key in entries]
        queued = [row for row in rows if row.state is State.QUEUED]
        if queued:
            return queued[0]
        most = len(self._pauses.retry)
        deferred = [
            row
            for row in rows
            if row.state is State.DEFERRED and self._tries.get(row.key, 0) <= most
        ]
        return min(deferred, key=lambda row: row.due_at or "", default=None)

    def _reconnect(self) -> Iterator[Event]:
        for pause in (*self._pauses.connect, None):
            try:
                self._connection = self._connect()
            except Unreachable as reason:
                said = str(reason)
            else:
                return
            if pause is None:
                break
            yield Pause(pause, f"the server cannot be reached ({said})")
            if not self._wait(pause):
                return
        raise _stopped(f"The server cannot be reached ({said}).", "unreachable", self._location)

    def _send(self, piece: OutgoingLetter) -> Answer | None:
        """One letter. None where the row was not open any more."""
        campaign, ledger, key = self._campaign, self._ledger, piece.key
        assert self._connection is not None
        now = self._clock()
        message = campaign.message(piece, piece.pdf.read(self._project), now)
        if not ledger.claim(
            campaign.name,
            key,
            now,
            message_id=campaign.identity(piece),
            sha256=hashlib.sha256(message).hexdigest(),
            pdf_sha256=piece.pdf.sha256,
            size=len(message),
            variant=piece.recipient.variant or "",
        ):
            return None
        try:
            answer = self._connection.deliver(
                campaign.sender.address.spec,
                piece.recipient.address.spec,
                message,
                lambda: ledger.ending(campaign.name, key, self._clock()),
            )
        except BaseException:
            self._connection = None  # it is closed; the row tells how far the letter came
            raise
        if answer.lost:
            self._connection = None
        tries = self._tries[key] = self._tries.get(key, 0) + 1
        state = State.QUEUED if answer.everyone else answer.state
        pauses = self._pauses.retry
        due = self._clock() + timedelta(seconds=pauses[min(tries, len(pauses)) - 1])
        try:
            ledger.settle(
                campaign.name,
                key,
                self._clock(),
                state,
                code=answer.code,
                reply=answer.text,
                due=due if state is State.DEFERRED else None,
            )
        except DiagnosticsError as failed:  # the row will say `unknown`; here it is still known
            said = f"{piece.recipient.address.spec}: {answer.state}, {answer.code} {answer.text}"
            raise DiagnosticsError(
                [*failed.diagnostics, _unwritten(said, self._location)]
            ) from None
        return answer

    def _judge(self, answer: Answer) -> float:
        """The pause after an answer. Raises Problems where there is no use in going on."""
        if answer.everyone:
            said = f"The server does not take mail from you: {answer.code} {answer.text}"
            raise _stopped(said, "sender-refused", self._location)
        if answer.state is State.ACCEPTED:
            self._in_a_row = 0
            return 0
        self._in_a_row += 1
        if self._in_a_row >= self._pauses.row:
            said = f"{self._in_a_row} letters in a row were not accepted: {answer.text}"
            raise _stopped(said, "all-refused", self._location)
        return min(self._pauses.longest, self._pauses.refusal * 2.0 ** (self._in_a_row - 1))

    @property
    def _location(self) -> Location:
        return self._campaign.location


def prepare(campaign: Campaign, ledger: Ledger, now: datetime) -> list[Entry]:
    """Queue everybody who has no row yet, after settling what a sender that died left behind;
    these rows are returned. Only under the lock.
    """
    dead = ledger.recover(campaign.name, now)
    ledger.enqueue(campaign.name, map(row_of, campaign.pieces), now)
    return dead


def row_of(piece: OutgoingLetter) -> tuple[str, str, str, str]:
    """A letter as the ledger queues it: key, address, office, variant."""
    recipient = piece.recipient
    return piece.key, recipient.address.spec, recipient.called, recipient.variant or ""


def to_send(campaign: Campaign, entries: Mapping[str, Entry]) -> tuple[OutgoingLetter, ...]:
    """The letters that are open: without a row, queued, or deferred."""
    return tuple(
        piece
        for piece in campaign.pieces
        if piece.key not in entries or entries[piece.key].state in OPEN
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _unwritten(said: str, location: Location) -> Diagnostic:
    return error(
        "ledger",
        f"What the server said of the last letter could not be written down: {said}",
        location,
        "Write it down by hand. The ledger will call this letter unknown; say then what you know "
        "with --resolve.",
    )


def _stopped(message: str, code: str, location: Location) -> DiagnosticsError:
    return DiagnosticsError(
        [
            error(
                code,
                message,
                location,
                "Sending has stopped. Once that is mended, type the command again: it goes on "
                "where it stopped, and nobody gets two.",
            )
        ]
    )
