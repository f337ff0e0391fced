"""The ledger's file: its tables, its place, and the lock of who sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from brochure.diagnostics import Place, Problems, error
from brochure.project import Project

FILE = "ledger.sqlite3"
VERSION = 1
SCHEMA = (
    """
    CREATE TABLE letters (
        campaign TEXT NOT NULL,
        key TEXT NOT NULL,
        address TEXT NOT NULL,
        office TEXT NOT NULL,
        variant TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN
            ('queued', 'sending', 'accepted', 'refused', 'deferred', 'unknown')),
        attempts INTEGER NOT NULL DEFAULT 0,
        queued_at TEXT NOT NULL,
        sending_at TEXT,
        ending_at TEXT,
        settled_at TEXT,
        due_at TEXT,
        message_id TEXT,
        sha256 TEXT,
        pdf_sha256 TEXT,
        size INTEGER,
        code INTEGER,
        reply TEXT,
        PRIMARY KEY (campaign, key)
    )
    """,
    "CREATE INDEX by_message ON letters (message_id)",
    """
    CREATE TABLE notes (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        campaign TEXT NOT NULL,
        key TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        FOREIGN KEY (campaign, key) REFERENCES letters (campaign, key)
    )
    """,
)


def ledger_path(project: Project) -> Path:
    """Beside `content/`: what is in `out/` can be made again, this cannot."""
    return project.root / FILE


@contextmanager
def only_sender(project: Project) -> Iterator[None]:
    """Be the only one who sends from this project; the system ends it with the process.

    Raises Problems where another one does.
    """
    from filelock import FileLock, Timeout

    path = ledger_path(project)
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Problems(
            [
                error(
                    "already-sending",
                    "Another process sends mail from this project.",
                    Place(project.show(path)),
                    "Wait until it is done, or stop it with Ctrl-C; then type the command again.",
                )
            ]
        ) from None
    except OSError as reason:
        raise Problems(
            [
                error(
                    "ledger",
                    f"The folder of the ledger cannot be written ({reason.strerror or reason}).",
                    Place(project.show(path)),
                    "Change its permissions, or copy the project to a disk of your own.",
                )
            ]
        ) from None
    try:
        yield
    finally:
        lock.release()
