"""The way of a leaflet, in five steps: read, verify, compose, typeset, write.

`run_plan` tells it. All that builds, checks or watches goes through it, as far as its mode goes.
"""

import logging
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from brochure.diagnostics import (
    Diagnostic,
    DiagnosticsError,
    Location,
    Reported,
    error,
    fail,
    in_order,
    warning,
)
from brochure.isolation import Stopped
from brochure.layout.compose.composer import Composer
from brochure.layout.compose.template import TemplateFiller
from brochure.layout.composition import Composition
from brochure.manuscript.load import Manuscript, validate_leaflet
from brochure.messages import plural, say
from brochure.pipeline.executors import Executors, run_tasks
from brochure.pipeline.fingerprint import Digests, digest, versions
from brochure.pipeline.manifest import Manifest, Reads, Record
from brochure.pipeline.outcome import Outcome, artifact_of, known
from brochure.pipeline.plan import Job, Mode, Plan
from brochure.pipeline.relocation import anchors
from brochure.pipeline.tasks import Task, TaskResult, stopped, typeset
from brochure.project import CACHE_VARIABLE, Project
from brochure.sources import record
from brochure.sources.record import RecordedQuote
from brochure.sources.verification import SourceMemory, Verification, Verifier

log = logging.getLogger("brochure")


def run_plan(
    plan: Plan, steps: "Steps", executors: Executors, cache: Path | None
) -> Generator[Outcome, None, None]:
    """Take every leaflet of a plan through the five steps. Outcomes come as they are ready; a
    leaflet that is broken does not stop the others.

    `executors` typeset, with `cache`, a folder for what can be made again, or None.
    """

    def composed() -> Iterator[list[LeafletRun]]:
        for jobs in plan.groups:  # of the same content: typeset once
            group = [LeafletRun(job) for job in jobs]
            for leaflet in group:
                job = leaflet.job
                with leaflet.until_an_error():
                    leaflet.manuscript = steps.read(job)
                    leaflet.verification = steps.verify(job, leaflet.manuscript)
                    verification = leaflet.verification.value
                    leaflet.composition = steps.compose(job, leaflet.manuscript, verification)
                    leaflet.reads = steps.reads(job, verification)
            yield group

    yield from steps.known(plan)
    if not plan.mode.typesets:
        yield from (leaflet.outcome() for group in composed() for leaflet in group)
        return
    seen = 0
    for group, document in typeset_each(composed(), executors, cache):
        for leaflet in group:
            yield steps.write(leaflet, document)
        seen += len(group)
    if left_out := len(plan.to_build) - seen:
        yield Outcome(None, (_left_out(left_out),))
    yield from steps.finish()


@dataclass
class LeafletRun:
    """How far the leaflet of a job has come."""

    job: Job
    manuscript: Manuscript | None = None
    verification: Reported[Verification] | None = None
    composition: Composition | None = None
    reads: Reads = ()
    errors: tuple[Diagnostic, ...] = ()

    @contextmanager
    def until_an_error(self) -> Iterator[None]:
        """Go as far as there is no error; those there are come with all that was found so far."""
        try:
            yield
        except DiagnosticsError as failed:
            self.errors = failed.diagnostics

    def outcome(self, more: Iterable[Diagnostic] = ()) -> Outcome:
        """The outcome where no file is written: all diagnostics, and `more` of them."""
        composed = self.composition.diagnostics if self.composition else ()
        changes = self.verification.diagnostics if self.verification else ()
        return Outcome(
            None,
            (*in_order([*self.errors, *composed, *more]), *changes),
            self.manuscript,
            self.verification.value if self.verification else None,
        )


def typeset_each(
    groups: Iterator[list[LeafletRun]], executors: Executors, cache: Path | None
) -> Iterator[tuple[list[LeafletRun], TaskResult | None]]:
    """The fourth step: each group with its files, as they are ready; with None where nothing could
    be composed. After a leaflet that the typesetter cannot cope with, no more are begun.
    """
    not_composed: list[list[LeafletRun]] = []

    def tasks() -> Iterator[tuple[tuple[list[LeafletRun], Task], Task]]:
        for group in groups:
            leaflets = [leaflet for leaflet in group if leaflet.composition]
            if failed := [leaflet for leaflet in group if not leaflet.composition]:
                not_composed.append(failed)
            if leaflets:
                task = _task(leaflets)
                yield (leaflets, task), task

    with closing(run_tasks(executors, typeset, tasks(), cache)) as results:
        for (leaflets, task), result in results:
            yield from ((failed, None) for failed in not_composed)
            not_composed.clear()
            yield leaflets, stopped(task, result) if isinstance(result, Stopped) else result
            if isinstance(result, Stopped) and result.reason != "killed":
                break  # the others may be of the same kind; nobody waits for each of them
    yield from ((failed, None) for failed in not_composed)


def _task(leaflets: list[LeafletRun]) -> Task:
    """What is to be typeset for leaflets of the same content: a file for each name of a region."""
    first = leaflets[0]
    assert first.composition is not None
    log.info("%s: 4 typeset", first.job.named)
    regions = tuple(dict.fromkeys(leaflet.job.region for leaflet in leaflets))
    return Task(first.composition, regions, versions())


class Steps:
    """The steps, with what is read once for many leaflets: sources, templates, styles, fonts.

    `memory` is what steps before these have read of sources.
    """

    def __init__(
        self,
        project: Project,
        plan: Plan,
        manifest: Manifest,
        digests: Digests,
        memory: SourceMemory | None = None,
    ) -> None:
        self._reads: set[Path] = set()
        self._project = project.observed(self._reads.add)
        self._outer = project
        self._mode, self._editions = plan.mode, plan.editions
        self._manifest, self._digests = manifest, digests
        marks = plan.mode.marks_wrong_quotes
        self._verifier = Verifier(project, mark_wrong_quotes=marks, memory=memory)
        self._records: dict[str, Reported[record.VerificationRecord]] = {}
        self._verified: dict[str, list[RecordedQuote]] = {}
        filler = TemplateFiller()
        self._composers = {
            name: Composer(project, name, edition, write_cache=plan.mode.writes, filler=filler)
            for name, edition in plan.editions.items()
        }

    def known(self, plan: Plan) -> Iterator[Outcome]:
        """What a plan knows before anything is done. Preflight wants to know the quotes as well."""
        if plan.mode is not Mode.PREFLIGHT:
            yield from known(self._outer, plan, self._manifest)
            return
        for unreadable in plan.unreadable:
            yield Outcome(None, unreadable.diagnostics)
        for one in plan.up_to_date:
            manuscript = self.read(one.job)
            verification = self.verify(one.job, manuscript)
            diagnostics = (*one.diagnostics, *verification.diagnostics)
            yield Outcome(None, diagnostics, manuscript, verification.value)

    def read(self, job: Job) -> Manuscript:
        """Step 1. Raises DiagnosticsError with all that is wrong in the leaflet."""
        log.info("%s: 1 read", job.named)
        return validate_leaflet(self._project, job.resolved)

    def verify(self, job: Job, manuscript: Manuscript) -> Reported[Verification]:
        """Step 2. What is wrong with quotes is in the verification; the diagnostics beside it hold
        this once: that a source has changed since the last build.
        """
        log.info("%s: 2 verify", job.named)
        verification = self._verifier.verify(manuscript)
        if self._mode is Mode.PROOF and not verification.wrong:  # it is as it will be
            verification = replace(verification, mark_wrong_quotes=False)
        if manuscript.name not in self._records:
            self._records[manuscript.name] = record.read_record(self._outer, manuscript.name)
        recorded = self._records[manuscript.name]
        changes = record.source_changes(manuscript, verification, recorded.value)
        return Reported(verification, (*recorded.diagnostics, *changes))

    def compose(self, job: Job, manuscript: Manuscript, verification: Verification) -> Composition:
        """Step 3. Raises DiagnosticsError with all that stands in the way."""
        log.info("%s: 3 compose", job.named)
        composition = self._composers[job.edition].compose(manuscript, verification)
        if self._mode is Mode.BUILD:
            quotes = record.recorded_quotes(manuscript, verification)
            self._verified.setdefault(manuscript.name, []).extend(quotes)
        return composition

    def reads(self, job: Job, verification: Verification) -> Reads:
        """The files that a job was made from, with their digests, for the manifest: taken now, and
        not when the PDF is there, since files may change in between.
        """
        if not self._mode.writes:
            return ()
        reads = self._composers[job.edition].reads | self._reads | verification.reads
        return self._manifest.reads(reads, self._digests)

    def write(self, leaflet: LeafletRun, document: TaskResult | None) -> Outcome:
        """Step 5: write a file, and record it; or say why there is none."""
        manuscript, job = leaflet.manuscript, leaflet.job
        if document is None or manuscript is None:
            return leaflet.outcome()
        located = manuscript.located(document.diagnostics)
        pdf = document.by_region.get(job.region)
        if pdf is None or not self._mode.writes:
            return leaflet.outcome(located)
        log.info("%s: 5 write", job.named)
        try:
            _write(job.path, pdf, self._outer)
        except DiagnosticsError as failed:
            return leaflet.outcome([*located, *failed.diagnostics])
        assert leaflet.composition is not None
        ours = set(job.resolved.diagnostics)  # known again whenever the leaflet is resolved
        made = in_order([*leaflet.composition.diagnostics, *located])
        kept = tuple(d for d in made if d not in ours)
        entry = Record(
            path=job.path,
            inputs=job.inputs,
            reads=leaflet.reads,
            sha256=digest(pdf),
            size=len(pdf),
            pages=document.pages,
            diagnostics=kept,
            anchors=anchors(job.resolved, kept),
        )
        self._manifest.add(entry)
        artifact = artifact_of(job, entry, self._editions[job.edition], made=True)
        return replace(leaflet.outcome(located), artifact=artifact)

    def finish(self) -> Iterator[Outcome]:
        """Record which quotes were verified, and against which files."""
        if self._mode.writes and self._manifest.fault:
            yield Outcome(None, (_not_recorded(self._outer, self._manifest.fault),))
        for leaflet, quotes in self._verified.items():
            record.write_record(self._outer, leaflet, quotes)
        if self._mode.writes:
            self._manifest.sweep()


def _write(path: Path, pdf: bytes, project: Project) -> None:
    try:
        project.write(path, pdf)
    except OSError as reason:
        fail(
            "cannot-write",
            say("The file cannot be written ({reason}).", reason=reason.strerror or reason),
            Location(project.show(path)),
            say(
                "Close it in other programs, and check that the disk is not full and the folder "
                "not write-protected."
            ),
        )


def _left_out(number: int) -> Diagnostic:
    return error(
        "left-out",
        plural(
            "{n} more PDF was not started, because the typesetter could not cope with this one.",
            "{n} more PDFs were not started, because the typesetter could not cope with this one.",
            number,
        ),
        Location("out"),
        say("Build again once that is fixed."),
    )


def _not_recorded(project: Project, reason: str) -> Diagnostic:
    return warning(
        "not-remembered",
        say(
            "What was built cannot be recorded ({reason}): it will be built again each time, and "
            "cannot be mailed.",
            reason=reason,
        ),
        Location(str(project.manifest.parent)),
        say(
            "Make this folder writable, or name another one in the environment variable "
            "{variable}.",
            variable=CACHE_VARIABLE,
        ),
    )
