"""Sending a campaign: letter by letter, at a steady pace. The ledger knows first."""

import hashlib
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from brochure.diagnostics import DiagnosticsError, error, fail
from brochure.mail.campaign import Campaign, OutgoingLetter
from brochure.mail.delivery.entries import DELIVERY_STATES, OPEN_STATES, DeliveryState, Entry
from brochure.mail.delivery.ledger import Ledger, QueueRow
from brochure.mail.delivery.smtp import Connection, DeliveryResult, Unreachable
from brochure.messages import EMPTY, Message, say
from brochure.project import Project

_IDLE = 20  # seconds for which a connection is kept open without being used


@dataclass(frozen=True)
class Pauses:
    """Pauses, in seconds.

    `retry`: before the second, third … attempt to send a deferred letter; after the last one it
    stays deferred until sending is started again. `connect`: before each further attempt to
    connect. `refusal`: after a letter that was not accepted, doubled with each further one in a
    row, up to `longest`; after `row` of them sending stops, as it cannot be the addresses.
    """

    retry: tuple[float, ...] = (120, 600, 1800, 3600)
    connect: tuple[float, ...] = (10, 60, 300, 900)
    refusal: float = 5
    longest: float = 300
    row: int = 20


@dataclass(frozen=True)
class Sent:
    """What became of a letter."""

    outgoing: OutgoingLetter
    result: DeliveryResult


@dataclass(frozen=True)
class Pause:
    """Nothing happens for so many seconds; `why` is a main clause without a full stop."""

    seconds: float
    why: Message


Event = Sent | Pause


class Sending:
    """Sends the open letters of a campaign.

    `connect` makes a connection; `wait` sleeps for so many seconds and returns whether to go on;
    `clock` returns the time. Only with the lock of sending (`lock.only_sender`). Raises
    DiagnosticsError if the campaign has errors.
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
        self._letters = {outgoing.key: outgoing for outgoing in campaign.outgoing}
        if not campaign.sendable:
            raise DiagnosticsError(campaign.diagnostics)
        self._tries: dict[str, int] = {}
        self._in_a_row = 0

    def run(self) -> Generator[Event, None, None]:
        """Send them; events as they happen. Raises DiagnosticsError if sending has to stop."""
        next_at, why = self._clock(), EMPTY
        try:
            while (entry := self._next()) is not None:
                due = self._due(entry)
                if due is not None and due > next_at:
                    next_at = due
                    why = say("the next attempt for {address} is then", address=entry.address)
                late = max(0.0, (next_at - self._clock()).total_seconds())
                if why and late:
                    yield Pause(late, why)
                if not self._rest(late):
                    return
                if self._connection is None:
                    yield from self._reconnect()
                    if self._connection is None:
                        return
                next_at = self._clock() + timedelta(seconds=60 / self._campaign.pace)
                why = EMPTY
                outgoing = self._letters[entry.key]
                result = self._send(outgoing)
                if result is None:
                    continue
                yield Sent(outgoing, result)
                if pause := self._pause_after(result):
                    next_at = max(next_at, self._clock() + timedelta(seconds=pause))
                    why = say("the last letter was not accepted")
        finally:
            self._disconnect()

    def _due(self, entry: Entry) -> datetime | None:
        """When a deferred letter may be tried again; at most the longest pause from now. A clock
        that was wrong, or a ledger from elsewhere, may say the year 2999.
        """
        due = _time(entry.due_at)
        latest = self._clock() + timedelta(seconds=max(self._pauses.retry))
        return None if due is None else min(due, latest)

    def _rest(self, seconds: float) -> bool:
        """Wait, and return whether to go on. Servers do not like idle connections."""
        if seconds > _IDLE:
            self._disconnect()
        return self._wait(seconds)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.quit()
            self._connection = None

    def _next(self) -> Entry | None:
        """The letter to send next: queued ones in the order of the list, then deferred ones in the
        order in which they are due. The ledger is read anew each time, as it alone knows.
        """
        in_ledger = self._ledger.entries(self._campaign.name)
        entries = [in_ledger[key] for key in self._letters if key in in_ledger]
        for entry in entries:
            if entry.state is DeliveryState.QUEUED:
                return entry
        deferred = [
            entry
            for entry in entries
            if entry.state is DeliveryState.DEFERRED
            and self._tries.get(entry.key, 0) <= len(self._pauses.retry)
        ]
        return min(deferred, key=lambda entry: entry.due_at or "", default=None)

    def _reconnect(self) -> Iterator[Event]:
        for pause in (*self._pauses.connect, None):
            try:
                self._connection = self._connect()
            except Unreachable as failure:
                reason = failure.reason
            else:
                return
            if pause is None:
                break
            yield Pause(pause, say("the server cannot be reached ({reason})", reason=reason))
            if not self._wait(pause):
                return
        self._stop("unreachable", say("The server cannot be reached ({reason}).", reason=reason))

    def _send(self, outgoing: OutgoingLetter) -> DeliveryResult | None:
        """Send one letter. None if it was not open any more."""
        campaign, ledger, key = self._campaign, self._ledger, outgoing.key
        assert self._connection is not None
        now = self._clock()
        message = campaign.message(outgoing, outgoing.pdf.read(self._project), now)
        if not ledger.claim(
            campaign.name,
            key,
            now,
            message_id=campaign.message_id(outgoing),
            sha256=hashlib.sha256(message).hexdigest(),
            pdf_sha256=outgoing.pdf.sha256,
            size=len(message),
            variant=outgoing.recipient.variant or "",
        ):
            return None
        try:
            result = self._connection.deliver(
                campaign.sender.address.spec,
                outgoing.recipient.address.spec,
                message,
                lambda: ledger.record_ending(campaign.name, key, self._clock()),
            )
        except BaseException:
            self._connection = None  # it is closed; the ledger knows how far the letter came
            raise
        if result.lost:
            self._connection = None
        tries = self._tries[key] = self._tries.get(key, 0) + 1
        state = DeliveryState.QUEUED if result.sender_rejected else result.state
        pauses = self._pauses.retry
        due = self._clock() + timedelta(seconds=pauses[min(tries, len(pauses)) - 1])
        try:
            ledger.record_result(
                campaign.name,
                key,
                self._clock(),
                state,
                code=result.code,
                reply=result.text,
                due=due if state is DeliveryState.DEFERRED else None,
            )
        except DiagnosticsError as failed:  # it will say `unknown`; here the result is known
            unrecorded = error(
                "ledger",
                say(
                    "The result of the last letter could not be recorded. {address}: {state}, "
                    "{code} {reply}",
                    address=outgoing.recipient.address.spec,
                    state=DELIVERY_STATES[result.state],
                    code=result.code,
                    reply=result.text,
                ),
                campaign.location,
                say(
                    "Write it down. The ledger will call this letter unknown; then tell it what "
                    "you know: `brochure mail resolve {leaflet} {address} sent` (or `again`).",
                    leaflet=campaign.leaflet,
                    address=outgoing.recipient.address.spec,
                ),
            )
            raise DiagnosticsError([*failed.diagnostics, unrecorded]) from None
        return result

    def _pause_after(self, result: DeliveryResult) -> float:
        """The pause after a letter. Raises DiagnosticsError if there is no point in going on."""
        if result.sender_rejected:
            self._stop(
                "sender-refused",
                say(
                    "The server does not accept mail from you: {code} {reply}",
                    code=result.code,
                    reply=result.text,
                ),
            )
        if result.state is DeliveryState.ACCEPTED:
            self._in_a_row = 0
            return 0
        self._in_a_row += 1
        if self._in_a_row >= self._pauses.row:
            self._stop(
                "all-refused",
                say(
                    "{number} letters in a row were not accepted: {reply}",
                    number=self._in_a_row,
                    reply=result.text,
                ),
            )
        return min(self._pauses.longest, self._pauses.refusal * 2.0 ** (self._in_a_row - 1))

    def _stop(self, code: str, message: Message) -> NoReturn:
        fail(
            code,
            message,
            self._campaign.location,
            say(
                "Sending has stopped. Once this is solved, run the command again: it continues "
                "where it stopped, and nobody gets two letters."
            ),
        )


def queue_campaign(campaign: Campaign, ledger: Ledger, now: datetime) -> list[Entry]:
    """Queue all letters that the ledger does not know yet.

    Letters that a sender left behind when it died get their results first, and are returned. Only
    with the lock of sending.
    """
    recovered = ledger.recover(campaign.name, now)
    ledger.enqueue(campaign.name, map(queue_row, campaign.outgoing), now)
    return recovered


def queue_row(outgoing: OutgoingLetter) -> QueueRow:
    """A letter as the ledger queues it."""
    recipient = outgoing.recipient
    address, office = recipient.address.spec, recipient.display_name
    return outgoing.key, address, office, recipient.variant or ""


def open_letters(campaign: Campaign, entries: Mapping[str, Entry]) -> tuple[OutgoingLetter, ...]:
    """The letters that are still to be sent: not in the ledger, queued, or deferred."""
    return tuple(
        outgoing
        for outgoing in campaign.outgoing
        if outgoing.key not in entries or entries[outgoing.key].state in OPEN_STATES
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
