"""Leaflets × editions → PDFs in ``out/``, or every reason why not.

The steps carry the names that ARCHITECTURE.md explains and ``--verbose`` logs.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brochure.diagnostics import Diagnostic, Place, Problems, error, in_order
from brochure.manuscript.load import Manuscript, load
from brochure.press.compose import Composition, compose
from brochure.press.edition import Edition
from brochure.project import Project, write_whole

if TYPE_CHECKING:
    from brochure.press.typeset import Typesetter

log = logging.getLogger("brochure")


@dataclass(frozen=True)
class Artifact:
    """A PDF that was written: where, how many pages, how many bytes."""

    leaflet: str
    edition: str
    path: Path
    pages: int
    size: int


@dataclass(frozen=True)
class Outcome:
    """What became of one leaflet in one edition: an artifact or none, and the complaints."""

    leaflet: str
    edition: str
    artifact: Artifact | None
    diagnostics: tuple[Diagnostic, ...]


def check(
    project: Project, leaflets: Sequence[str], editions: dict[str, Edition]
) -> tuple[Diagnostic, ...]:
    """Every complaint about these leaflets in these editions; nothing is written or typeset."""
    complaints: list[Diagnostic] = []
    for name in leaflets:
        for _, result in _composed(project, name, editions, remember=False):
            complaints += result if isinstance(result, tuple) else result.diagnostics
    return in_order(complaints)


def build(
    project: Project,
    leaflets: Sequence[str],
    editions: dict[str, Edition],
    typesetter: "Typesetter",
) -> Iterator[Outcome]:
    """Make each leaflet in each edition. A broken one does not stop the others."""
    for name in leaflets:
        for edition, composition in _composed(project, name, editions, remember=True):
            if isinstance(composition, tuple):
                yield Outcome(name, edition, None, composition)
                continue
            try:
                log.info("%s, %s: 3 typeset", name, edition)
                result = typesetter.typeset(composition)
                log.info("%s, %s: 4 write", name, edition)
                path = project.artifact(name, edition)
                _write(path, result.pdf, project)
            except Problems as problems:
                complaints = (*composition.diagnostics, *problems.diagnostics)
                yield Outcome(name, edition, None, in_order(complaints))
            else:
                artifact = Artifact(name, edition, path, result.pages, len(result.pdf))
                complaints = (*composition.diagnostics, *result.diagnostics)
                yield Outcome(name, edition, artifact, in_order(complaints))
    typesetter.save()


def _composed(
    project: Project, name: str, editions: dict[str, Edition], *, remember: bool
) -> Iterator[tuple[str, Composition | tuple[Diagnostic, ...]]]:
    """Each edition with its composition, or with all that stands in the way."""
    log.info("%s: 1 read", name)
    manuscript: Manuscript | None = None
    problem: tuple[Diagnostic, ...] = ()
    try:
        manuscript = load(project, name)
    except Problems as problems:
        problem = problems.diagnostics
    for edition, form in editions.items():
        if manuscript is None:
            yield edition, problem
            continue
        log.info("%s, %s: 2 compose", name, edition)
        try:
            yield edition, compose(project, manuscript, edition, form, remember=remember)
        except Problems as problems:
            yield edition, problems.diagnostics


def _write(path: Path, pdf: bytes, project: Project) -> None:
    try:
        write_whole(path, pdf)
    except OSError as reason:
        raise Problems(
            [
                error(
                    "cannot-write",
                    f"The PDF cannot be written ({reason.strerror}).",
                    Place(project.show(path)),
                    "Close it in other programs, and look whether the disk is full or the "
                    "folder protected.",
                )
            ]
        ) from None
