"""The real pages of a leaflet, beside the form: made by the steps of every build, in a process that
stays warm. Quotes that are wrong are marked, as in a draft.

One build runs at a time, of the text as it is then, so no older one ever overtakes a newer one.
Requests for the same pages share the build that comes next; what nobody waits for any more is not
begun. A build that runs is not interrupted: its text is nearly the last one, and a process that is
killed takes longer to be warm again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, in_order
from brochure.isolation import Stopped
from brochure.layout.edition import Edition
from brochure.layout.editions import choose_editions, load_editions
from brochure.messages import EMPTY, Catalogue, Message, say
from brochure.pipeline.executors import ProcessPool
from brochure.pipeline.fingerprint import Digests, versions
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.plan import Job, Mode, Selection, make_plan
from brochure.pipeline.proofs import Proof, prove
from brochure.pipeline.steps import Steps
from brochure.pipeline.tasks import Task, stopped
from brochure.project import Project
from brochure.sources.verification import SourceMemory
from brochure.studio.pictures import Pictures

_ROOM = 128_000_000  # bytes of the last pages of editions and variants, which are remembered
_LEAST = 1_000_000  # bytes that each of them counts for
_ATTEMPTS = 3  # to read a file that others write
_Stamp = tuple[int, int, int, int] | None  # of a file; None where there is none


class Pages(NamedTuple):
    """Which pages: of a leaflet, an edition (empty: the first one), and a variant (empty: none)."""

    leaflet: str
    edition: str
    variant: str


@dataclass(frozen=True)
class Preview:
    """Pages as they were at a moment: the digest of the file that they show, what is wrong, and a
    note on what one sees. `proof` is None where there are no pages; `sheets` are those of paper,
    `reads` the files that all this was made from, as they were.
    """

    digest: str
    as_of: datetime
    inputs: str
    proof: Proof | None
    sheets: int
    diagnostics: tuple[Diagnostic, ...]
    note: Message = EMPTY
    reads: Mapping[Path, _Stamp] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """The last pages that there are, and why they are not those of the file as it is; no errors
    where they are.
    """

    preview: Preview | None
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class _Composed:
    """A leaflet before it is typeset."""

    digest: str
    job: Job
    edition: Edition
    task: Task
    located: Callable[[tuple[Diagnostic, ...]], list[Diagnostic]]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class _Wanted:
    """A build that was not begun yet, and who waits for it: nobody, if all events are set."""

    answer: "Future[Answer]"
    gone: list[threading.Event]


class Previews:
    """The pages of all leaflets of a project. `typesetting` is held while the pool is used;
    `memory` is what was read of sources.
    """

    def __init__(self, project: Project, pool: ProcessPool, memory: SourceMemory) -> None:
        self._project, self._pool = project, pool
        self._manifest = Manifest(project)
        self._memory = memory
        self._queue = ThreadPoolExecutor(1)
        self._lock = threading.Lock()
        self._wanted: dict[Pages, _Wanted] = {}
        self._shown: OrderedDict[Pages, Preview] = OrderedDict()
        self._reads: dict[Pages, Mapping[Path, _Stamp]] = {}
        self._idle = threading.Event()
        self._idle.set()
        self.typesetting = threading.Lock()
        self.pictures = Pictures()

    def close(self) -> None:
        """Begin nothing more, and draw nothing more."""
        self._queue.shutdown(wait=False, cancel_futures=True)
        self.pictures.close()

    def preview(self, pages: Pages, gone: threading.Event | None = None) -> Answer:
        """The pages as they are now. `gone` is set when nobody waits for them any more.

        Raises CancelledError where they are not made for that reason.
        """
        with self._lock:
            wanted = self._wanted.get(pages)
            if wanted is None:
                self._idle.clear()
                wanted = self._wanted[pages] = _Wanted(Future(), [])
                self._queue.submit(self._answer, pages)
            wanted.gone.append(gone or threading.Event())
        return wanted.answer.result()

    def wait(self, seconds: float) -> None:
        """Wait until no pages are asked for, at most so long: what is less urgent comes after."""
        self._idle.wait(seconds)

    def outdated(self, leaflet: str) -> object:
        """What has changed since pages of a leaflet were made, among the files they were made
        from beside its own: a value that is another one after each change.
        """
        own = self._project.manuscript(leaflet)
        return frozenset(
            (path, stamp)
            for pages, reads in self._reads.copy().items()  # another thread writes
            if pages.leaflet == leaflet
            for path, before in reads.items()
            if path != own and (stamp := _stamp(path)) != before
        )

    def _answer(self, pages: Pages) -> None:
        with self._lock:
            wanted = self._wanted.pop(pages)
        if all(gone.is_set() for gone in wanted.gone):
            wanted.answer.cancel()
            wanted.answer.set_running_or_notify_cancel()
        else:
            try:
                wanted.answer.set_result(Answer(self._made(pages)))
            except DiagnosticsError as failed:
                wanted.answer.set_result(Answer(self._shown.get(pages), failed.diagnostics))
            except BaseException as reason:  # whoever asked has to know
                wanted.answer.set_exception(reason)
        with self._lock:
            if not self._wanted:
                self._idle.set()

    def _made(self, pages: Pages) -> Preview:
        """The pages of the file as it is, typeset unless nothing has changed."""
        reads: dict[Path, _Stamp] = {}
        as_of = datetime.now(UTC)
        known = self._shown.get(pages)
        try:
            composed = self._composed(pages, reads)
        finally:  # if it fails as well: a change of them may be what helps
            self._reads[pages] = reads
        if known and known.inputs == composed.job.inputs and known.reads == reads:
            preview = replace(known, as_of=as_of, digest=composed.digest)
        else:
            preview = replace(self._typeset(composed, as_of), reads=reads)
        if preview.proof:
            self.pictures.offer(preview.proof.pages_pdf, preview.proof.pages)
        self._shown[pages] = preview
        self._shown.move_to_end(pages)
        while sum(map(_size, self._shown.values())) > _ROOM and len(self._shown) > 1:
            forgotten, _ = self._shown.popitem(last=False)
            self._reads.pop(forgotten, None)
        return preview

    def _composed(self, pages: Pages, reads: dict[Path, _Stamp]) -> _Composed:
        """A leaflet, read, verified and composed as every build does; and what was `reads` for it.

        Raises DiagnosticsError with all that stands in the way.
        """

        def read(path: Path) -> None:
            reads.setdefault(path, _stamp(path))

        project = self._project.observed(read)
        file = project.manuscript(pages.leaflet)
        for _ in range(_ATTEMPTS):
            reads.clear()
            digest = Digests().of(file)
            composed = _compose(project, self._manifest, self._memory, pages, digest)
            if Digests().of(file) == digest:
                break
        return composed

    def _typeset(self, composed: _Composed, as_of: datetime) -> Preview:
        job, edition = composed.job, composed.edition
        preview = Preview(
            composed.digest, as_of, job.inputs, None, 0, composed.diagnostics, _note(job)
        )
        if edition.output == "html":
            page = say("This edition is a web page, which has no pages of paper: download it.")
            return replace(preview, note=page)
        proof = self._proof(composed.task)
        located = composed.located(proof.diagnostics)
        return replace(
            preview,
            proof=proof,
            sheets=-(-len(proof.pages) // edition.sheet_pages) if edition.imposition else 0,
            diagnostics=in_order([*composed.diagnostics, *located]),
        )

    def _proof(self, task: Task) -> Proof:
        with self.typesetting:
            try:
                return self._pool.start().submit(prove, task, self._project.cache).result()
            except Stopped as reason:
                raise DiagnosticsError(stopped(task, reason).diagnostics) from None


def _compose(
    project: Project, manifest: Manifest, memory: SourceMemory, pages: Pages, digest: str
) -> _Composed:
    known = load_editions(project)
    chosen = choose_editions(known, (pages.edition,) if pages.edition else (), Location("edition"))
    name, edition = next(iter(chosen.items()))
    selection = Selection((pages.variant,)) if pages.variant else Selection(one=True)
    plan = make_plan(
        project, (pages.leaflet,), selection, {name: edition}, Mode.PROOF, manifest, Digests()
    )
    if not plan.to_build:
        raise DiagnosticsError(d for one in plan.unreadable for d in one.diagnostics)
    job = plan.to_build[0]
    steps = Steps(project, plan, manifest, Digests(), memory)
    manuscript = steps.read(job)
    verification = steps.verify(job, manuscript)
    composition = steps.compose(job, manuscript, verification.value)
    diagnostics = (*composition.diagnostics, *verification.diagnostics)
    task = Task(composition, (job.region,), versions())
    return _Composed(digest, job, edition, task, manuscript.located, diagnostics)


def _size(preview: Preview) -> int:
    return _LEAST + (len(preview.proof.pdf) if preview.proof else 0)


def _note(job: Job) -> Message:
    """That a variant is shown although none was chosen, if so."""
    if not job.resolved.region:
        return EMPTY
    return say("As it is printed in {region}.", region=job.region)


def _stamp(path: Path) -> _Stamp:
    """What changes when a file does."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def preview_data(
    answer: Answer, waiting: Sequence[Message], pictures: str, words: Catalogue
) -> dict[str, object]:
    """Pages as JSON data: which text they show, and if it is not the last one, why; the pages, each
    with the address of its picture below `pictures`; where passages are on them; how they are
    filled. `waiting`: why some words are not in the file yet.
    """
    preview = answer.preview
    proof = preview.proof if preview else None
    reasons = [d.message for d in answer.diagnostics if d.is_error] or list(waiting)
    blocked = [d.message for d in preview.diagnostics if d.is_error] if preview else []
    return {
        "digest": preview.digest if preview else None,
        "as_of": preview.as_of.isoformat(timespec="milliseconds") if preview else None,
        "current": not answer.diagnostics,
        "reason": words(reasons[0]) if reasons else None,
        "pages": [
            {
                "number": number,
                "width": round(page.width, 2),
                "height": round(page.height, 2),
                "src": f"{pictures}/{page.digest}.png",
                "text": page.text,
            }
            for number, page in enumerate(proof.pages if proof else (), start=1)
        ],
        "passages": [
            {
                "id": area.passage,
                "page": area.page + 1,
                "x": round(area.x, 2),
                "y": round(area.y, 2),
                "width": round(area.width, 2),
                "height": round(area.height, 2),
            }
            for area in (proof.passages if proof else ())
        ],
        "used": len(proof.pages) if proof else 0,
        "sheets": preview.sheets if preview else 0,
        "fit": asdict(proof.fit) if proof and proof.fit else None,
        "blocked": words(blocked[0]) if blocked else None,
        "note": words(preview.note) if preview else "",
    }
