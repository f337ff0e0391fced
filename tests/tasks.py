"""Work for processes of their own. This module imports little: each of them imports it."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from brochure.diagnostics import DiagnosticsError, Location, error
from brochure.messages import say

MB = 1_000_000


def double(number: int) -> int:
    return 2 * number


def loop_in_python() -> None:
    while True:
        pass


def loop_in_c() -> int:
    """A power that holds Python's lock for hours: no thread of ours can look at the clock."""
    return len(str(10**10**9))


def sleep() -> None:
    time.sleep(60)


def fill_memory() -> int:
    return len(bytearray(800 * MB))


def fill_memory_slowly() -> None:
    kept: list[str] = []
    while True:
        kept.append("x" * 1000 + str(len(kept)))


def abort() -> None:
    os.abort()


def leave() -> None:
    os._exit(0)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def complain() -> None:
    location = Location("file", 3, 4)
    raise DiagnosticsError([error("code", say("A sentence."), location, say("A hint."))])


class Unpicklable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__("words")
        self.lock = open(os.devnull)  # noqa: SIM115 - that is what cannot travel


def fail_oddly() -> None:
    raise Unpicklable(1, 2)


class Unloadable(Exception):
    """One that travels, and cannot be unpacked where it arrives."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__("words")


def fail_late() -> None:
    raise Unloadable(1, 2)


def print_much() -> str:
    print("this is no answer" * 10_000)
    os.write(1, b"nor this")
    return "answer"


def pid() -> int:
    return os.getpid()


@dataclass(frozen=True)
class Piece:
    """A task for the tests."""

    number: int
    seconds: float = 20
    memory: int = 400_000_000


def twice(piece: Piece) -> int:
    return 2 * piece.number


def fragile(piece: Piece, folder: Path) -> int:
    """Work during which somebody kills the process: at 3 always, at 5 the first time; 7 crashes."""
    number = piece.number
    tries = folder / f"{number}-{os.getpid()}-{time.monotonic_ns()}"
    tries.touch()
    if number == 3 or (number == 5 and len(list(folder.glob("5-*"))) == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 7:
        os.abort()
    if number == 9:
        raise ValueError("a bug of ours")
    return 2 * number


def patient(piece: Piece, folder: Path) -> int:
    """Work that goes on for half a minute, then leaves a trace."""
    (folder / "begun").touch()
    time.sleep(30)
    (folder / "late").touch()
    return piece.number


def number_or_sleep(piece: Piece) -> int:
    """The process that does the first two tasks; who does another never comes back."""
    if piece.number > 101:
        time.sleep(30)
    return os.getpid()
