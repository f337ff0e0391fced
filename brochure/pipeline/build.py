"""Jobs → PDFs in ``out/``, each made once, or every reason why not.

The steps carry the names that ARCHITECTURE.md explains and ``--verbose`` logs.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, in_order, warning
from brochure.isolation import Stopped
from brochure.layout.edition import Edition
from brochure.pipeline.fingerprint import Digests, digest, versions
from brochure.pipeline.manifest import Journal, Reads, Record
from brochure.pipeline.plan import Choice, Job, Unreadable, plan
from brochure.project import CACHE_VARIABLE, Project

if TYPE_CHECKING:
    from brochure.pipeline.executors import Staff
    from brochure.pipeline.steps import Examined, Prepared, Press
    from brochure.pipeline.tasks import Result, Task


log = logging.getLogger("brochure")


@dataclass(frozen=True)
class Artifact:
    """A file in ``out/``: where, how many pages and bytes, its digest, and whether it was made
    just now.

    `sheets` are those of paper that its pages are arranged on; 0 where each page is one.
    """

    leaflet: str
    variant: str | None
    edition: str
    path: Path
    pages: int
    sheets: int
    size: int
    sha256: str
    made: bool


@dataclass(frozen=True)
class Outcome:
    """What became of one job: an artifact or none, and the complaints."""

    artifact: Artifact | None
    diagnostics: tuple[Diagnostic, ...]


def check(
    project: Project, leaflets: Sequence[str], choice: Choice, editions: Mapping[str, Edition]
) -> tuple[Diagnostic, ...]:
    """Every complaint about these leaflets in these editions that needs no type to be set."""
    _, found = checks(project, leaflets, choice, editions)
    return in_order(diagnostic for examined in found for diagnostic in examined.diagnostics)


def checks(
    project: Project, leaflets: Sequence[str], choice: Choice, editions: Mapping[str, Edition]
) -> tuple[int, Iterator["Examined"]]:
    """How many things there are to check, and what is found in one after the other."""
    from brochure.pipeline.steps import Examined, Press

    press = Press(project, editions, write_cache=False)
    jobs = list(plan(project, leaflets, choice, editions))
    return len(jobs), (
        Examined(job.diagnostics) if isinstance(job, Unreadable) else press.examine(job)
        for job in jobs
    )


class Build:
    """One build: what is to be done, known before it begins; then the doing."""

    def __init__(
        self,
        project: Project,
        leaflets: Sequence[str],
        choice: Choice,
        editions: Mapping[str, Edition],
        *,
        mark_wrong_quotes: bool = False,
        dry_run: bool = False,
    ) -> None:
        """Read everything. Raises Problems for ids of variants that there are not.

        `marked`: drafts are made, in which quotes that are wrong are marked. `rehearsal`: type is
        set and looked at, but nothing is written.
        """
        self._mark_wrong_quotes, self._dry_run = mark_wrong_quotes, dry_run
        self._project = project
        self._journal = Journal(project)
        self._digests = Digests()
        self._editions = editions
        self._broken: list[Unreadable] = []
        self._paths: list[Path] = []
        self._fresh: list[tuple[Job, Record]] = []
        self._groups: dict[tuple[str, str, str], list[Job]] = {}
        for job in plan(project, leaflets, choice, editions, mark_wrong_quotes=mark_wrong_quotes):
            if isinstance(job, Unreadable):
                self._broken.append(job)
                continue
            self._paths.append(job.path)
            if record := self._journal.up_to_date(job.path, job.inputs, self._digests):
                self._fresh.append((job, record))
            else:
                self._groups.setdefault(job.content, []).append(job)

    def in_order(self, artifacts: Sequence[Artifact]) -> list[Artifact]:
        """Artifacts in the order of leaflets, regions and editions, not as they became ready."""
        order = {path: index for index, path in enumerate(self._paths)}
        return sorted(artifacts, key=lambda artifact: order[artifact.path])

    @cached_property
    def _press(self) -> "Press":
        from brochure.pipeline.steps import Press

        write_cache = not self._dry_run
        return Press(
            self._project,
            self._editions,
            write_cache=write_cache,
            mark_wrong_quotes=self._mark_wrong_quotes,
        )

    @property
    def total(self) -> int:
        """How many PDFs there will be, if all goes well."""
        return len(self._fresh) + sum(map(len, self._groups.values()))

    @property
    def to_make(self) -> int:
        """How many of them have to be made."""
        return self.total - len(self._fresh)

    @property
    def to_set(self) -> int:
        """How many times type has to be set: PDFs of the same content are set once."""
        return len(self._groups)

    @property
    def missing(self) -> tuple[Job, ...]:
        """What has to be made: it is not there, or not what the manuscript says now."""
        return tuple(job for jobs in self._groups.values() for job in jobs)

    def ready(self) -> Iterator[Outcome]:
        """What need not be made, with all there is to say about it; and what cannot be."""
        for unreadable in self._broken:
            yield Outcome(None, unreadable.diagnostics)
        for job, record in self._fresh:
            yield self._kept(job, record)

    def run(self, staff: "Staff", cache: Path | None) -> Iterator[Outcome]:
        """Make what is to be made; outcomes come as they are ready. A broken leaflet does not
        stop the others. `cache` is for the workers, see `work.make`.
        """
        yield from self.ready()
        if not self._groups:
            return
        from brochure.pipeline.executors import employ
        from brochure.pipeline.tasks import Task, make

        refused: list[Outcome] = []
        seen = 0  # of the jobs that are to be done

        def tasks() -> "Iterator[tuple[_Given, Task]]":
            nonlocal seen
            for jobs in self._groups.values():
                ready: list[tuple[Prepared, Reads]] = []
                for job in jobs:
                    try:
                        prepared = self._press.prepare(job)
                        # Digests now, not when the PDF is there: files may change in between.
                        reads = self._journal.reads(prepared.reads, self._digests)
                        ready.append((prepared, reads))
                    except DiagnosticsError as failed:
                        seen += 1
                        refused.append(Outcome(None, failed.diagnostics))
                if ready:
                    first = ready[0][0]
                    log.info("%s: 4 typeset", first.job.named)
                    regions = tuple(dict.fromkeys(one.job.region for one, _ in ready))
                    task = Task(first.composition, regions, versions())
                    yield _Given(ready, task), task

        with closing(employ(staff, make, tasks(), cache)) as results:
            for given, result in results:
                yield from refused
                refused.clear()
                seen += len(given.jobs)
                yield from self._outcomes(given, result)
                if isinstance(result, Stopped) and result.reason != "killed":
                    break  # the others may be of the same kind; nobody waits for each of them
        yield from refused
        if left := self.to_make - seen:
            yield Outcome(None, (_left_out(left),))
        if self._dry_run:
            return
        if self._journal.fault:
            yield Outcome(None, (_not_remembered(self._project, self._journal.fault),))
        self._press.pin()
        self._journal.sweep()

    def _outcomes(self, given: "_Given", result: "Result | Stopped") -> Iterator[Outcome]:
        """What became of jobs of the same content."""
        from brochure.pipeline.tasks import stopped

        if isinstance(result, Stopped):
            result = stopped(given.task, result)
        regions = dict.fromkeys(prepared.job.region for prepared, _ in given.jobs)
        pdfs = dict(zip(regions, result.pdfs, strict=False))  # none, where something is wrong
        for prepared, reads in given.jobs:
            yield self._finished(prepared, reads, pdfs.get(prepared.job.region), result)

    def _finished(
        self, prepared: "Prepared", reads: Reads, pdf: bytes | None, result: "Result"
    ) -> Outcome:
        """Write a PDF, and that it was written."""
        job = prepared.job
        diagnostics = in_order(
            [*prepared.composition.diagnostics, *prepared.manuscript.located(result.diagnostics)]
        )
        if pdf is None or self._dry_run:
            return Outcome(None, (*diagnostics, *prepared.news))
        log.info("%s: 5 write", job.named)
        try:
            _write(job.path, pdf, self._project)
        except DiagnosticsError as failed:
            return Outcome(None, (*diagnostics, *prepared.news, *failed.diagnostics))
        record = self._journal.record(
            job.path,
            inputs=job.inputs,
            reads=reads,
            sha256=digest(pdf),
            size=len(pdf),
            pages=result.pages,
            texts=job.texts,
            row=job.row,
            diagnostics=diagnostics,
            symbolic=result.diagnostics,
        )
        self._journal.add(record)
        return Outcome(self._artifact(job, record, made=True), (*diagnostics, *prepared.news))

    def _artifact(self, job: Job, record: Record, *, made: bool) -> Artifact:
        draft, edition = job.draft, self._editions[job.edition]
        sheets = -(-record.pages // edition.sheet_pages) if edition.imposition else 0
        return Artifact(
            draft.leaflet,
            draft.variant,
            job.edition,
            job.path,
            record.pages,
            sheets,
            record.size,
            record.sha256,
            made,
        )

    def _kept(self, job: Job, record: Record) -> Outcome:
        """A PDF that need not be made, and what there is to complain of it now: it may have
        become wrong though it says the same.
        """
        self._project.seen.update(self._journal.files(record))
        moved = bool(record.diagnostics) and record.row != job.row
        if moved or record.texts != job.texts:  # the content is the same; places may not be
            try:
                prepared = self._press.prepare(job)
            except DiagnosticsError as failed:
                return Outcome(None, failed.diagnostics)
            diagnostics = in_order(
                [*prepared.composition.diagnostics, *prepared.manuscript.located(record.symbolic)]
            )
            record = replace(record, texts=job.texts, row=job.row, diagnostics=diagnostics)
            if not self._dry_run:
                self._journal.add(record)
        return Outcome(self._artifact(job, record, made=False), record.diagnostics)


@dataclass(frozen=True, eq=False)
class _Given:
    """Jobs of the same content, with what was read for each, and the task that does them."""

    jobs: "list[tuple[Prepared, Reads]]"
    task: "Task"


def _left_out(number: int) -> Diagnostic:
    return error(
        "left-out",
        f"{number} more were not begun, since the typesetter could not cope with this one.",
        Location("out"),
        "Build again once that is mended.",
    )


def _not_remembered(project: Project, reason: str) -> Diagnostic:
    return warning(
        "not-remembered",
        f"What was built cannot be remembered ({reason}): it will be made again each time, and "
        "cannot be mailed.",
        Location(str(project.journal.parent)),
        f"Make this folder writable, or name another one in the variable {CACHE_VARIABLE}.",
    )


def _write(path: Path, pdf: bytes, project: Project) -> None:
    try:
        project.write(path, pdf)
    except OSError as reason:
        raise DiagnosticsError(
            [
                error(
                    "cannot-write",
                    f"The PDF cannot be written ({reason.strerror}).",
                    Location(project.show(path)),
                    "Close it in other programs, and look whether the disk is full or the "
                    "folder protected.",
                )
            ]
        ) from None
