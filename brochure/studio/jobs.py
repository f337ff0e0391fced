"""What takes its time and goes on when nobody looks: letters that are sent, PDFs that are built."""

import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Literal

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error
from brochure.messages import EMPTY, Message, say
from brochure.studio.refusal import Refusal

Kind = Literal["send", "test", "build"]
State = Literal["begun", "running", "waiting", "stopping", "done", "stopped", "failed"]
_PATIENCE = 15.0  # seconds that a letter on its way has when the studio is closed
_LINES = 20  # of what happened that are shown


@dataclass(frozen=True)
class Progress:
    """How far something has come.

    `sentence` says it; `lines` are what happened last, the newest at the end. `diagnostics` are
    what it failed because of.
    """

    id: str
    kind: Kind
    state: State = "begun"
    total: int = 0
    done: int = 0
    sentence: Message = EMPTY
    lines: tuple[Message, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self.state in ("done", "stopped", "failed")


@dataclass
class Job:
    """Something that is being done for a leaflet, in a thread of its own."""

    leaflet: str
    progress: Progress
    tell: Callable[[str], None]
    stop: threading.Event = field(default_factory=threading.Event)
    begun: "Future[None]" = field(default_factory=Future)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, total: int, sentence: Message) -> None:
        """All checks are passed: whoever asked need not wait any longer."""
        with self._lock:
            self.progress = replace(self.progress, total=total, sentence=sentence)
        self.begun.set_result(None)
        self.tell(self.leaflet)

    @property
    def has_begun(self) -> bool:
        """Whether all checks are passed."""
        return self.begun.done() and self.begun.exception() is None

    def update(self, *, line: Message = EMPTY, **changes: object) -> None:
        """It has come further. What is being stopped stays so until it ends."""
        with self._lock:
            lines = (*self.progress.lines, line)[-_LINES:] if line else self.progress.lines
            after = replace(self.progress, lines=lines, **changes)  # type: ignore[arg-type]
            if self.progress.state == "stopping" and not after.ended:
                after = replace(after, state="stopping", sentence=self.progress.sentence)
            self.progress = after
        self.tell(self.leaflet)


class Jobs:
    """The jobs of a project, one at a time; the last one is remembered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._before: Job | None = None  # the one that is shown until another one has begun
        self._thread: threading.Thread | None = None
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, listener: Callable[[str], None]) -> None:
        """From now on, a function is called with the name of each leaflet whose job goes on."""
        self._listeners.append(listener)

    def start(self, leaflet: str, kind: Kind, work: Callable[[Job], None]) -> Progress:
        """Start a job, and wait until it has begun. What keeps it from beginning is raised here:
        Refusal, DiagnosticsError.
        """
        job = Job(leaflet, Progress(secrets.token_hex(4), kind), self._tell)
        with self._lock:
            if self._job is not None and not self._job.progress.ended:
                raise Refusal(
                    409,
                    say(
                        "The studio is busy with the mail of `{leaflet}`.",
                        leaflet=self._job.leaflet,
                    ),
                    say("Wait until it has finished, or stop it."),
                )
            self._before, self._job = self._job, job
            self._thread = threading.Thread(target=_run, args=(job, work), daemon=True)
            self._thread.start()
        try:
            job.begun.result()
        except Exception:
            with self._lock:
                if self._job is job:
                    self._job = self._before
            raise
        return job.progress

    def progress(self, leaflet: str) -> Progress | None:
        """How far the last job of a leaflet is."""
        for job in (self._job, self._before):
            if job is not None and job.leaflet == leaflet and job.has_begun:
                return job.progress
        return None

    def stop(self, leaflet: str) -> None:
        """End the job of a leaflet after what it is just doing."""
        job = self._job
        if job is not None and job.leaflet == leaflet and not job.progress.ended:
            job.stop.set()
            job.update(state="stopping", sentence=say("Stopping after the letter on its way …"))

    def close(self) -> None:
        """End whatever is done, after the letter on its way. If it is still there then, the ledger
        tells how far it came.
        """
        job, thread = self._job, self._thread
        if job is not None:
            job.stop.set()
        if thread is not None:
            thread.join(_PATIENCE)

    def _tell(self, leaflet: str) -> None:
        for listener in self._listeners:
            listener(leaflet)


def _run(job: Job, work: Callable[[Job], None]) -> None:
    try:
        work(job)
    except (Refusal, DiagnosticsError) as failed:
        _fail(job, failed, failed.diagnostics)
    except Exception as failed:
        logging.getLogger(__name__).exception("in the mail of %s", job.leaflet)
        message = say("The studio has made a mistake.")
        hint = say("What it was stands in the window where you typed `brochure studio`.")
        _fail(job, failed, (error("mistake", message, Location(""), hint),))


def _fail(job: Job, failed: Exception, diagnostics: tuple[Diagnostic, ...]) -> None:
    if not job.begun.done():
        job.progress = replace(job.progress, state="failed")
        job.begun.set_exception(failed)
    else:
        job.update(state="failed", diagnostics=diagnostics)
