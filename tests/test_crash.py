"""A sender that is killed at any moment: nobody gets two letters, nobody is forgotten."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trustme

from brochure.mail.delivery.entries import DeliveryState
from brochure.mail.delivery.ledger import Ledger
from tests.conftest import ROOT
from tests.postoffice import Mailroom, Office, office

OFFICES = ("a@giessen.example.org", "b@marburg.example.org", "c@vogelsberg.example.org")
RANDOM = 100  # senders killed at random moments


class Senders:
    """Senders, each in a process of its own."""

    def __init__(self, room: Mailroom, process: "subprocess.Popen[str]") -> None:
        self._room, self._process = room, process

    def send(self, *, kill_at: int = 0, kill_after: float = 0) -> tuple[int, int]:
        """Exit code (negative: the signal that killed it), and how many steps it took."""
        number = len(self.open())
        arguments = ["-C", str(self._room.root), "mail", "send", "probe", "--yes", str(number)]
        order = {"arguments": arguments, "kill_at": kill_at, "kill_after": kill_after}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code, steps = json.loads(self._process.stdout.readline())
        return code, steps

    def open(self) -> set[str]:
        """To whom something would be sent now: as a sender that died may have left it."""
        known = self.states()
        settled = {
            key for key, (state, ended) in known.items()
            if state in (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)
            or (state is DeliveryState.SENDING and ended)
        }  # fmt: skip
        return set(OFFICES) - settled

    def states(self) -> dict[str, tuple[DeliveryState, bool]]:
        path = self._room.root / "ledger.sqlite3"
        if not path.exists():
            return {}
        with Ledger(path, "ledger") as ledger:
            entries = ledger.entries("probe")
        return {key: (entry.state, bool(entry.ending_at)) for key, entry in entries.items()}

    def forget(self) -> None:
        for file in self._room.root.glob("*ledger*"):
            file.unlink()


@contextmanager
def senders(room: Mailroom) -> Iterator[Senders]:
    command = [sys.executable, "-m", "tests.sender"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Senders(room, process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(10) == 0


def judge(crew: Senders, server: Office, step: object) -> Counter[DeliveryState]:
    """After a killed sender, send the rest; then each letter was got once, or is unknown."""
    before = server.hooks.counts()
    assert max(before.values(), default=0) <= 1, step
    code, _ = crew.send()
    after, known = server.hooks.counts(), crew.states()
    assert set(known) == set(OFFICES), step
    for key, (state, _) in known.items():
        assert state in (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN), step
        assert after[key] <= 1, step
        assert state is DeliveryState.UNKNOWN or after[key] == 1, step
    unknown = Counter(state for state, _ in known.values())
    assert code == int(unknown[DeliveryState.UNKNOWN] > 0), step
    assert unknown[DeliveryState.UNKNOWN] <= 1, step  # only the letter that was on its way
    return unknown


@pytest.mark.parametrize("part", [0, 1])
def test_killed_at_every_step(room: Mailroom, authority: trustme.CA, part: int) -> None:
    """Before and after each commit of the ledger, each line sent, and each answer."""
    room.recipients(*OFFICES)
    with office(authority) as server, senders(room) as crew:
        room.mailing(server.port)
        code, steps = crew.send()
        assert code == 0
        assert server.hooks.counts() == dict.fromkeys(OFFICES, 1)
        assert steps >= 90
        left: Counter[int] = Counter()
        killed = 0
        for step in range(1 + part, steps + 1, 2):
            crew.forget()
            server.hooks.got.clear()
            code, taken = crew.send(kill_at=step)
            assert (code, taken) == (-9, step)
            killed += 1
            left[judge(crew, server, f"killed at step {step}")[DeliveryState.UNKNOWN]] += 1
    assert killed >= 45
    # Seven of a letter's steps lie between its last line and the record of what became of it.
    assert 0 < left[1] < killed / 3


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_random(room: Mailroom, authority: trustme.CA, seed: int) -> None:
    """Also more than once before all is sent."""
    moments = random.Random(seed)
    room.recipients(*OFFICES)
    with office(authority) as server, senders(room) as crew:
        room.mailing(server.port)
        start = time.monotonic()
        assert crew.send()[0] == 0
        whole = time.monotonic() - start
        killed = 0
        found: Counter[str] = Counter()
        every = {DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.ACCEPTED}
        # Until every state was met, those that last a moment as well; on a machine with much to do
        # most of a sender's time is none of these.
        while killed < RANDOM / 2 or not every <= set(found):
            assert killed < 10 * RANDOM, found
            crew.forget()
            server.hooks.got.clear()
            start = time.monotonic()
            code, _ = crew.send(kill_after=moments.uniform(0.1, 1) * whole)
            # What else runs on the machine changes how long a sender takes.
            whole = time.monotonic() - start if code == 0 else whole * 1.02
            killed += code == -14
            if code == -14:
                found.update(state for state, _ in crew.states().values())
            judge(crew, server, f"{killed} killed")
