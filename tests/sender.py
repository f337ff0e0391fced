"""A process that forks one sender for each line it reads, and has it killed.

Forking spares each of some hundred senders the time to start. A line is JSON: `arguments` of the
command; `kill_at`, the step at which it kills itself (0: never); `kill_after`, seconds after which
the system kills it (0: never). Answered by a line: exit code (negative: killed), and steps taken.
"""

import gc
import io
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import email_validator  # noqa: F401  # what is loaded when it is needed, once for all of them
import filelock  # noqa: F401
import platformdirs  # noqa: F401

import brochure.cli.mail
import brochure.cli.sending
import brochure.mail.campaign
import brochure.mail.delivery.password
import brochure.mail.delivery.send
import brochure.mail.delivery.smtp  # noqa: F401
from brochure.cli.main import run
from brochure.mail.delivery.ledger import Ledger
from brochure.mail.delivery.send import Sending
from brochure.mail.delivery.smtp import BoundedSmtp
from tests.postoffice import undelayed

STEPS = (
    (Ledger, "enqueue"), (Ledger, "claim"), (Ledger, "record_ending"), (Ledger, "record_result"),
    (BoundedSmtp, "send"), (BoundedSmtp, "getreply"),
)  # fmt: skip


def main() -> None:
    socket.create_connection = undelayed
    ready = False
    for line in sys.stdin:
        order = json.loads(line)
        if not ready:
            _prepare(order["arguments"])
            ready = True
        counting, counted = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(counting)
            os._exit(_send(order, counted))
        os.close(counted)
        with os.fdopen(counting, "rb") as pipe:
            steps = len(pipe.read())
        _, status = os.waitpid(child, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), steps]), flush=True)


def _prepare(arguments: list[str]) -> None:
    """Read all that a sender reads, once for all of them: what that loads and makes is kept."""
    here = arguments[: arguments.index("mail")]
    with redirect_stdout(io.StringIO()):
        assert run([*here, "--quiet", "mail", "preview", "probe"]) == 0
    gc.freeze()
    assert threading.active_count() == 1, "only then a process can be forked"


def _send(order: dict[str, Any], counted: int) -> int:
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    taken = 0

    def step() -> None:
        nonlocal taken
        taken += 1
        os.write(counted, b".")
        if taken == order["kill_at"]:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in STEPS:
        setattr(owner, name, _stepping(getattr(owner, name), step))
    wait = Sending._rest
    Sending._rest = lambda self, seconds: wait(self, min(seconds, 0.002))  # type: ignore[method-assign]
    if order["kill_after"]:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # kills, as nothing in Python can catch it
        signal.setitimer(signal.ITIMER_REAL, order["kill_after"])
    return run(order["arguments"])


def _stepping(function: Callable[..., Any], step: Callable[[], None]) -> Callable[..., Any]:
    """A step before, and a step after."""

    def stepping(*arguments: Any, **options: Any) -> Any:
        step()
        result = function(*arguments, **options)
        step()
        return result

    return stepping


if __name__ == "__main__":
    main()
