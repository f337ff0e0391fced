"""May this PDF leave the house? Nothing is built here: what lies in ``out/`` is what is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error
from brochure.files import read_regular
from brochure.layout.edition import CHECKS, Edition
from brochure.pipeline.build import Artifact, Build
from brochure.pipeline.fingerprint import digest
from brochure.pipeline.plan import Choice
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
        raise DiagnosticsError(
            [
                error(
                    "changed-meanwhile",
                    "The PDF was changed while it was being sent.",
                    Location(project.show(self.path)),
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
    diagnostics: list[Diagnostic] = []
    wanted = dict.fromkeys(variants)
    regional = tuple(variant for variant in wanted if variant is not None)
    choices = [Choice()] if None in wanted else []
    if regional:
        choices.append(Choice(regional))
    for choice in choices:
        build = Build(project, [leaflet], choice, {name: edition}, dry_run=True)
        for outcome in build.ready():
            found = [_stricter(diagnostic) for diagnostic in outcome.diagnostics]
            if outcome.artifact is None:
                diagnostics += found
                continue
            found += _too_large(project, outcome.artifact)
            diagnostics += found
            if not any(diagnostic.is_error for diagnostic in found):
                pdfs[outcome.artifact.variant] = _pdf(outcome.artifact)
        if build.missing:
            paths = [job.path for job in build.missing]
            diagnostics.append(_not_built(project, leaflet, name, paths, regional))
    return pdfs, tuple(diagnostics)


def _stricter(diagnostic: Diagnostic) -> Diagnostic:
    if diagnostic.is_error or diagnostic.code not in _STAND_IN_THE_WAY:
        return diagnostic
    return error(diagnostic.code, diagnostic.message, diagnostic.location, diagnostic.hint)


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
            Location(project.show(artifact.path)),
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
        Location(project.show(paths[0])),
        f"Type: brochure build {leaflet} --edition {edition}"
        + (which if len(variants) <= 3 else " --all"),
    )
