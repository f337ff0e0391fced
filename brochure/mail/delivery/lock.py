"""One sender at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from brochure.diagnostics import DiagnosticsError, Location, fail
from brochure.mail.delivery.ledger import ledger_path
from brochure.messages import say
from brochure.project import Project


def is_sending(project: Project) -> bool:
    """Whether somebody sends mail from a project now."""
    try:
        with only_sender(project):
            return False
    except DiagnosticsError:
        return True


@contextmanager
def only_sender(project: Project) -> Iterator[None]:
    """Hold the lock of sending for the duration of the block; it is released with the process.

    Raises DiagnosticsError if another process holds it.
    """
    path = ledger_path(project)
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        fail(
            "already-sending",
            say("Another process is sending mail from this project."),
            Location(project.show(path)),
            say("Wait until it has finished, or stop it with Ctrl-C; then run the command again."),
        )
    except OSError as reason:
        fail(
            "ledger",
            say(
                "The folder of the ledger is not writable ({reason}).",
                reason=reason.strerror or reason,
            ),
            Location(project.show(path)),
            say("Change its permissions, or copy the project to a disk of your own."),
        )
    try:
        yield
    finally:
        lock.release()
