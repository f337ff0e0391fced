"""Which PDFs may be mailed. Nothing is built here: what is in ``out/`` is what is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, Reported, error, fail
from brochure.files import read_regular
from brochure.layout.edition import Edition
from brochure.layout.print_options import CHECKS
from brochure.messages import plural, say
from brochure.pipeline.fingerprint import Digests, digest
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.plan import Mode, Selection, make_plan
from brochure.project import Project

# Elsewhere they are only warnings; but nobody looks at a letter a second time. Errors count anyway.
_PREVENTS_SENDING = frozenset((*CHECKS, "stale"))
_FEW_VARIANTS = 3  # up to so many, a hint names each of them


@dataclass(frozen=True)
class Pdf:
    """A PDF in ``out/`` that may be sent; `size` in bytes."""

    path: Path
    sha256: str
    size: int
    pages: int

    def read(self, project: Project) -> bytes:
        """Its bytes. Raises DiagnosticsError if they are no longer those that were checked."""
        try:
            data = read_regular(self.path, self.size)
        except OSError:
            data = b""
        if digest(data) == self.sha256:
            return data
        fail(
            "changed-meanwhile",
            say("The PDF was changed while it was being sent."),
            Location(project.show(self.path)),
            say("Check it, and run the command again: it continues where it stopped."),
        )


def check_pdfs(
    project: Project,
    leaflet: str,
    variants: Iterable[str | None],
    name: str,
    edition: Edition,
) -> Reported[Mapping[str | None, Pdf]]:
    """The PDFs of these variants (None: the base) in an edition that may be sent, by variant.

    A PDF may be sent if it says what the manuscript says now, no quote is altered, no override is
    stale, and preflight finds nothing. Whatever prevents it is reported as an error.
    """
    pdfs: dict[str | None, Pdf] = {}
    diagnostics: list[Diagnostic] = []
    manifest, digests = Manifest(project), Digests()
    for selection in selections(variants):
        plan = make_plan(
            project, [leaflet], selection, {name: edition}, Mode.BUILD, manifest, digests
        )
        for unreadable in plan.unreadable:
            diagnostics += map(_stricter, unreadable.diagnostics)
        for built in plan.up_to_date:
            record = built.record
            pdf = Pdf(built.job.path, record.sha256, record.size, record.pages)
            about_pdf = [*map(_stricter, built.diagnostics), *_check_size(project, pdf)]
            diagnostics += about_pdf
            if not any(diagnostic.is_error for diagnostic in about_pdf):
                pdfs[built.job.resolved.variant] = pdf
        for job in plan.to_build:
            diagnostics += [d for d in job.resolved.diagnostics if d.is_error]
        if plan.to_build:
            location = Location(project.show(plan.to_build[0].path))
            command = _build_command(leaflet, name, selection.variants)
            diagnostics.append(_not_built(len(plan.to_build), location, command))
    return Reported(pdfs, tuple(diagnostics))


def selections(variants: Iterable[str | None]) -> list[Selection]:
    """What is built for these variants (None: the base)."""
    wanted = dict.fromkeys(variants)
    regional = tuple(variant for variant in wanted if variant is not None)
    base = [Selection()] if None in wanted else []
    return [*base, Selection(regional)] if regional else base


def _stricter(diagnostic: Diagnostic) -> Diagnostic:
    """The same diagnostic, as an error if it prevents sending."""
    if diagnostic.is_error or diagnostic.code not in _PREVENTS_SENDING:
        return diagnostic
    return error(diagnostic.code, diagnostic.message, diagnostic.location, diagnostic.hint)


def _check_size(project: Project, pdf: Pdf) -> list[Diagnostic]:
    if pdf.size <= bounds.LETTER_PDF:
        return []
    return [
        error(
            "attachment",
            say(
                "The PDF is {size:.1f} MB; some offices cannot receive more than {limit:.1f} MB.",
                size=pdf.size / 1e6,
                limit=bounds.LETTER_PDF / 1e6,
            ),
            Location(project.show(pdf.path)),
            say("Scale the pictures down, or save them as JPEG."),
        )
    ]


def _not_built(number: int, location: Location, command: str) -> Diagnostic:
    return error(
        "not-built",
        plural(
            "The PDF is missing, or does not say what the manuscript says now.",
            "{n} PDFs are missing, or do not say what the manuscript says now.",
            number,
        ),
        location,
        say("Run: {command}", command=command),
    )


def _build_command(leaflet: str, edition: str, variants: tuple[str, ...]) -> str:
    command = f"brochure build {leaflet} --edition {edition}"
    if len(variants) > _FEW_VARIANTS:
        return f"{command} --all"
    return " ".join([command, *(f"--variant {variant}" for variant in variants)])
