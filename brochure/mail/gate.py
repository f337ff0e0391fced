"""May this PDF leave the house? Nothing is built here: what lies in ``out/`` is what is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from brochure import bounds
from brochure.build.fingerprint import digest
from brochure.build.plan import Choice
from brochure.build.run import Artifact, Build
from brochure.diagnostics import Diagnostic, Place, Problems, error
from brochure.files import read_regular
from brochure.press.edition import Edition
from brochure.press.wishes import CHECKS
from brochure.project import Project

# bytes; as Base64 5 MB, the smallest limit that was seen at an office
# Warnings elsewhere; but who sends has no second look. Errors stand in the way anyhow.
_STAND_IN_THE_WAY = frozenset((*CHECKS, "stale"))


@dataclass(frozen=True)
class Pdf:
    """A PDF in ``out/`` as it is sent: where, its digest, its bytes in number, its pages."""

    path: Path
    sha256: str
    size: int
    pages: int

    def read(self, project: Project) -> bytes:
        """Its bytes. Raises Problems where they are no longer those that were checked."""
        try:
            data = read_regular(self.path, self.size)
        except OSError:
            data = b""
        if digest(data) == self.sha256:
            return data
        raise Problems(
            [
                error(
                    "changed-meanwhile",
                    "The PDF was changed while it was being sent.",
                    Place(project.show(self.path)),
                    "Look at it, and type the command again: it goes on where it stopped.",
                )
            ]
        )


def examine(
    project: Project,
    leaflet: str,
    variants: Iterable[str | None],
    name: str,
    edition: Edition,
) -> tuple[Mapping[str | None, Pdf], tuple[Diagnostic, ...]]:
    """The PDFs of these variants (None: the base) that are fit to be sent, and all complaints.

    A PDF is fit where it is what the manuscript says now, no quote is altered, no override is
    stale, and preflight is clean. What stands in the way is an error here.
    """
    pdfs: dict[str | None, Pdf] = {}
    complaints: list[Diagnostic] = []
    wanted = dict.fromkeys(variants)
    regional = tuple(variant for variant in wanted if variant is not None)
    choices = [Choice()] if None in wanted else []
    if regional:
        choices.append(Choice(regional))
    for choice in choices:
        build = Build(project, [leaflet], choice, {name: edition}, rehearsal=True)
        for outcome in build.ready():
            found = [_stricter(complaint) for complaint in outcome.diagnostics]
            if outcome.artifact is None:
                complaints += found
                continue
            found += _too_large(project, outcome.artifact)
            complaints += found
            if not any(complaint.is_error for complaint in found):
                pdfs[outcome.artifact.variant] = _pdf(outcome.artifact)
        if build.missing:
            paths = [job.path for job in build.missing]
            complaints.append(_not_built(project, leaflet, name, paths, regional))
    return pdfs, tuple(complaints)


def _stricter(complaint: Diagnostic) -> Diagnostic:
    if complaint.is_error or complaint.code not in _STAND_IN_THE_WAY:
        return complaint
    return error(complaint.code, complaint.message, complaint.place, complaint.hint)


def _pdf(artifact: Artifact) -> Pdf:
    return Pdf(artifact.path, artifact.sha256, artifact.size, artifact.pages)


def _too_large(project: Project, artifact: Artifact) -> list[Diagnostic]:
    if artifact.size <= bounds.LETTER_PDF:
        return []
    return [
        error(
            "attachment",
            f"The PDF has {artifact.size / 1e6:.1f} MB; more than {bounds.LETTER_PDF / 1e6:g} MB "
            "do not reach every office.",
            Place(project.show(artifact.path)),
            "Scale the pictures down, or save them as JPEG.",
        )
    ]


def _not_built(
    project: Project, leaflet: str, edition: str, paths: list[Path], variants: tuple[str, ...]
) -> Diagnostic:
    more = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
    which = "".join(f" --variant {variant}" for variant in variants)
    return error(
        "not-built",
        f"The PDF is not there, or not what the manuscript says now{more}.",
        Place(project.show(paths[0])),
        f"Type: brochure build {leaflet} --edition {edition}"
        + (which if len(variants) <= 3 else " --all"),
    )
