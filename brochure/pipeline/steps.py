"""Jobs → compositions; sources, template, styles and fonts are read once."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from brochure.diagnostics import Diagnostic, DiagnosticsError
from brochure.layout.compose.composer import Composer
from brochure.layout.compose.template import Filler
from brochure.layout.composition import Composition
from brochure.layout.edition import Edition
from brochure.manuscript.load import Manuscript, finish
from brochure.pipeline.plan import Job
from brochure.project import Project
from brochure.sources import record
from brochure.sources.record import Record, RecordedQuote
from brochure.sources.verification import Verification, Verifier

log = logging.getLogger("brochure")


@dataclass(frozen=True)
class Prepared:
    """A job with its leaflet, read, verified and composed, and the files that took.

    `news` are complaints that hold this once: that a source has changed since the last build.
    """

    job: Job
    manuscript: Manuscript
    composition: Composition
    reads: frozenset[Path]
    news: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Examined:
    """What there is to say about a job, and what is known of its quotes, as far as it got."""

    diagnostics: tuple[Diagnostic, ...]
    manuscript: Manuscript | None = None
    verification: Verification = field(default_factory=Verification)


class Press:
    """Reads, verifies and composes. `remember`: whether what was made may be remembered."""

    def __init__(
        self,
        project: Project,
        editions: Mapping[str, Edition],
        *,
        write_cache: bool,
        mark_wrong_quotes: bool = False,
    ) -> None:
        self._project = project
        self._listening = replace(project, seen=set())
        self._write_cache = write_cache and not mark_wrong_quotes
        self._verifier = Verifier(project, mark_wrong_quotes=mark_wrong_quotes)
        self._records: dict[str, tuple[Record, tuple[Diagnostic, ...]]] = {}
        self._new_records: dict[str, list[RecordedQuote]] = {}
        filler = Filler()
        self._composers = {
            name: Composer(project, name, edition, write_cache=write_cache, filler=filler)
            for name, edition in editions.items()
        }

    def prepare(self, job: Job) -> Prepared:
        """Read, verify and compose. Raises Problems with all that stands in the way."""
        manuscript = self._read(job)
        verification, news = self._verified(job, manuscript)
        log.info("%s: 3 compose", job.named)
        composer = self._composers[job.edition]
        try:
            composition = composer.compose(manuscript, verification)
        except DiagnosticsError as failed:
            raise DiagnosticsError([*failed.diagnostics, *news]) from None
        if self._write_cache:
            found = record.recorded_quotes(manuscript, verification)
            self._new_records.setdefault(manuscript.name, []).extend(found)
        reads = composer.reads | self._listening.seen | verification.reads
        return Prepared(job, manuscript, composition, reads, news)

    def examine(self, job: Job) -> Examined:
        """Everything that can be said about a job without setting type."""
        try:
            manuscript = self._read(job)
        except DiagnosticsError as failed:
            return Examined(failed.diagnostics)
        verification, news = self._verified(job, manuscript)
        try:
            said = self._composers[job.edition].compose(manuscript, verification).diagnostics
        except DiagnosticsError as failed:
            said = failed.diagnostics
        return Examined((*said, *news), manuscript, verification)

    def pin(self) -> None:
        """Record which quotes were verified, and against which files."""
        for leaflet, found in self._new_records.items():
            record.write_record(self._project, leaflet, found)

    def _read(self, job: Job) -> Manuscript:
        log.info("%s: 1 read", job.named)
        try:
            return finish(self._listening, job.draft)
        finally:
            self._project.seen.update(self._listening.seen)

    def _verified(
        self, job: Job, manuscript: Manuscript
    ) -> tuple[Verification, tuple[Diagnostic, ...]]:
        log.info("%s: 2 verify", job.named)
        verification = self._verifier.verify(manuscript)
        if manuscript.name not in self._records:
            self._records[manuscript.name] = record.read_record(self._project, manuscript.name)
        known, spoilt = self._records[manuscript.name]
        return verification, (*spoilt, *record.changes(manuscript, verification, known))
