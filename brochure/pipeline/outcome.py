"""What became of the jobs of a plan."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brochure.diagnostics import Diagnostic
from brochure.layout.edition import Edition
from brochure.pipeline.manifest import Manifest, Record
from brochure.pipeline.plan import Job, Plan
from brochure.project import Project

if TYPE_CHECKING:
    from brochure.manuscript.load import Manuscript
    from brochure.sources.verification import Verification


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
    """What became of one job: an artifact or none, all diagnostics, and how far it was read."""

    artifact: Artifact | None
    diagnostics: tuple[Diagnostic, ...]
    manuscript: "Manuscript | None" = None
    verification: "Verification | None" = None


def known(project: Project, plan: Plan, manifest: Manifest) -> Generator[Outcome, None, None]:
    """The outcomes that a plan has before anything is done: what cannot be read, and what need
    not be made. The project is told which files that was made from, as if they had been read.
    """
    for unreadable in plan.unreadable:
        yield Outcome(None, unreadable.diagnostics)
    for one in plan.up_to_date:
        for path in manifest.files(one.record):
            project.on_read(path)
        artifact = artifact_of(one.job, one.record, plan.editions[one.job.edition], made=False)
        yield Outcome(artifact, one.diagnostics)


def artifact_of(job: Job, record: Record, edition: Edition, *, made: bool) -> Artifact:
    """The file of a job, as the manifest has recorded it."""
    sheets = -(-record.pages // edition.sheet_pages) if edition.imposition else 0
    return Artifact(
        job.resolved.leaflet,
        job.resolved.variant,
        job.edition,
        job.path,
        record.pages,
        sheets,
        record.size,
        record.sha256,
        made,
    )
