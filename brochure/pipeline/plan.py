"""Leaflets × variants × editions → jobs, each with the digest of all that it says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location
from brochure.layout.edition import Edition
from brochure.manuscript.variants.resolution import Bundle, ResolvedLeaflet, read_bundle
from brochure.pipeline.fingerprint import digest_of, versions
from brochure.project import Project


@dataclass(frozen=True)
class Choice:
    """Which forms of each leaflet: the base, these variants, or all variants.

    `anywhere`: the variants are those of any leaflet; else each leaflet must have all of them.
    `every_form`: all variants, and the base as well, if it can stand alone.
    """

    variants: tuple[str, ...] = ()
    all_variants: bool = False
    every_form: bool = False
    anywhere: bool = False

    def of(self, work: Bundle) -> tuple[str | None, ...]:
        """The variants of a leaflet, None for the base. Raises Problems for unknown ids."""
        if self.variants and self.anywhere:
            return tuple(name for name in self.variants if work.regions.get(name))
        for name in self.variants:
            work.check_id(name, Location("--variant"))
        if self.variants:
            return self.variants
        if self.every_form:
            alone = not work.ids or work.stands_alone
            return (*([None] if alone else []), *work.ids)
        return work.ids if self.all_variants and work.ids else (None,)


@dataclass(frozen=True)
class Job:
    """One file to be: a resolved variant in one edition."""

    draft: ResolvedLeaflet
    edition: str
    path: Path
    inputs: str  # digest of content, region, edition, and versions
    content: tuple[str, str, str]  # jobs of which this is equal are set once

    @property
    def named(self) -> str:
        """What it is called in the log."""
        return ", ".join(filter(None, (self.draft.leaflet, self.draft.variant, self.edition)))

    @property
    def region(self) -> str:
        """The name of the region, empty for the base."""
        return self.draft.region.name if self.draft.region else ""

    @cached_property
    def texts(self) -> str:
        """Digest of the files in which its complaints have their places, and of those that are
        known already: they may change though the content does not.
        """
        tree = self.draft.tree
        said = [f"{d.location} {d.code} {d.message}" for d in self.draft.diagnostics]
        return digest_of([tree.text, dict(tree.others), said])

    @property
    def row(self) -> int:
        """The line of its region in the table; 0 for the base."""
        return self.draft.region.location.line if self.draft.region else 0


@dataclass(frozen=True)
class Unreadable:
    """A leaflet that could not even be read, or what lies beside it and belongs to no variant."""

    leaflet: str
    diagnostics: tuple[Diagnostic, ...]


def plan(
    project: Project,
    leaflets: Sequence[str],
    choice: Choice,
    editions: Mapping[str, Edition],
    *,
    mark_wrong_quotes: bool = False,
) -> Iterator[Job | Unreadable]:
    """Everything that is to be built, leaflet by leaflet. Raises Problems for unknown ids.

    `marked`: as drafts, in which quotes that are wrong are marked.
    """
    works: list[Bundle] = []
    forms = {name: digest_of(edition.model_dump()) for name, edition in editions.items()}
    for name in leaflets:
        try:
            work = read_bundle(project, name)
        except DiagnosticsError as failed:
            yield Unreadable(name, failed.diagnostics)
            continue
        works.append(work)
        variants = choice.of(work)
        base_only = not (choice.variants or choice.all_variants or choice.every_form)
        if work.strays and not base_only:
            yield Unreadable(name, work.strays)
        for variant in variants:
            draft = work.draft(variant)
            content = digest_of(draft.content())
            region = draft.region.name if draft.region else ""
            for edition, form in forms.items():
                yield Job(
                    draft=draft,
                    edition=edition,
                    path=project.artifact(
                        name,
                        edition,
                        variant,
                        draft=mark_wrong_quotes,
                        suffix=editions[edition].suffix,
                    ),
                    inputs=digest_of([versions(), name, edition, form, content, region]),
                    content=(name, edition, content),
                )
    for name in choice.variants if works else ():
        if not any(work.regions.get(name) for work in works):
            works[0].check_id(name, Location("--variant"))
