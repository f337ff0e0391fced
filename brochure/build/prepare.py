"""Jobs → compositions; the template, styles and fonts of each edition are read once."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from brochure.build.plan import Job
from brochure.manuscript.load import Manuscript, finish
from brochure.press.compose import Composer, Composition
from brochure.press.edition import Edition
from brochure.project import Project

log = logging.getLogger("brochure")


@dataclass(frozen=True)
class Prepared:
    """A job with its leaflet, read and composed, and the files that took."""

    job: Job
    manuscript: Manuscript
    composition: Composition
    reads: frozenset[Path]


class Press:
    """Reads and composes. `remember`: whether the project's cache may be written."""

    def __init__(
        self, project: Project, editions: Mapping[str, Edition], *, remember: bool
    ) -> None:
        self._project = project
        self._listening = replace(project, seen=set())
        self._composers = {
            name: Composer(project, name, edition, remember=remember)
            for name, edition in editions.items()
        }

    def prepare(self, job: Job) -> Prepared:
        """Read and compose. Raises Problems with all that stands in the way."""
        log.info("%s: 1 read", job.named)
        try:
            manuscript = finish(self._listening, job.draft)
        finally:
            self._project.seen.update(self._listening.seen)
        log.info("%s: 2 compose", job.named)
        composer = self._composers[job.edition]
        composition = composer.compose(manuscript)
        return Prepared(job, manuscript, composition, composer.reads | self._listening.seen)
