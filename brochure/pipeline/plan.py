"""What is to be done: leaflets × variants × editions, each up to date, to be built, or unreadable.

Nothing is done here. A plan is data: it can be counted, shown, and worked off by `steps.run_plan`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, in_order
from brochure.layout.edition import Edition
from brochure.manuscript.variants.resolution import Bundle, ResolvedLeaflet, read_bundle
from brochure.pipeline.fingerprint import Digests, digest_of, versions
from brochure.pipeline.manifest import Manifest, Record
from brochure.pipeline.relocation import relocated
from brochure.project import Project


class Mode(Enum):
    """What a run is for: how far it goes, and what it leaves behind."""

    CHECK = "check"  # as far as can be seen without typesetting; writes nothing
    PREFLIGHT = "preflight"  # typesets and looks at each page; writes nothing
    PROOF = "proof"  # typesets what a build writes or, with wrong quotes, a draft; writes nothing
    DRAFT = "draft"  # writes PDFs in which quotes that are wrong are marked
    BUILD = "build"  # writes PDFs, and what was verified

    @property
    def typesets(self) -> bool:
        return self is not Mode.CHECK

    @property
    def marks_wrong_quotes(self) -> bool:
        """Whether quotes that are wrong are marked on the page, and stop nothing."""
        return self in (Mode.DRAFT, Mode.PROOF)

    @property
    def writes(self) -> bool:
        return self in (Mode.DRAFT, Mode.BUILD)


@dataclass(frozen=True)
class Selection:
    """Which variants of each leaflet: the base, those of these ids, or all.

    `anywhere`: the ids are those of any leaflet; else each leaflet must have all of them.
    `base_too`: with all variants also the base, if it can stand alone. `one`: one only, which is
    the base, or the first variant where that cannot stand alone.
    """

    variants: tuple[str, ...] = ()
    all_variants: bool = False
    base_too: bool = False
    anywhere: bool = False
    one: bool = False

    def of(self, bundle: Bundle) -> tuple[str | None, ...]:
        """The variants of a leaflet, None for the base. Raises DiagnosticsError for unknown ids."""
        if self.variants and self.anywhere:
            return tuple(name for name in self.variants if bundle.regions.get(name))
        for name in self.variants:
            bundle.check_id(name, Location("--variant"))
        if self.variants:
            return self.variants
        if self.one or self.base_too:
            alone = not bundle.ids or bundle.base_is_complete
            if self.one:
                return (None,) if alone else bundle.ids[:1]
            return (*([None] if alone else []), *bundle.ids)
        return bundle.ids if self.all_variants and bundle.ids else (None,)

    @property
    def base_only(self) -> bool:
        return not (self.variants or self.all_variants or self.base_too)


@dataclass(frozen=True, eq=False)
class Job:
    """One file to be: a resolved leaflet in one edition.

    `inputs` is the digest of all that it says, with edition and versions; jobs of the same
    `content` are typeset once. `number` is its place in the plan.
    """

    resolved: ResolvedLeaflet
    edition: str
    path: Path
    inputs: str
    content: tuple[str, str, str]
    number: int

    @property
    def named(self) -> str:
        """What it is called in the log."""
        parts = (self.resolved.leaflet, self.resolved.variant, self.edition)
        return ", ".join(filter(None, parts))

    @property
    def region(self) -> str:
        """The name of the region, empty for the base."""
        return self.resolved.region.name if self.resolved.region else ""


@dataclass(frozen=True)
class Unreadable:
    """A leaflet that could not even be read, or what lies beside it and belongs to no variant."""

    leaflet: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, eq=False)
class UpToDate:
    """A file that need not be made again: how it was made, and all diagnostics about it as it is
    now.
    """

    job: Job
    record: Record
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, eq=False)
class Plan:
    """All that is to be done, in the order of leaflets, regions and editions."""

    mode: Mode
    editions: Mapping[str, Edition]
    unreadable: tuple[Unreadable, ...]
    up_to_date: tuple[UpToDate, ...]
    to_build: tuple[Job, ...]

    @property
    def total(self) -> int:
        """How many files there will be, if all goes well."""
        return len(self.up_to_date) + len(self.to_build)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs, in the order of leaflets, regions and editions."""
        everything = [*(one.job for one in self.up_to_date), *self.to_build]
        return tuple(sorted(everything, key=lambda job: job.number))

    @cached_property
    def groups(self) -> tuple[tuple[Job, ...], ...]:
        """What is to be built, by content: each group is typeset once."""
        groups: dict[tuple[str, str, str], list[Job]] = {}
        for job in self.to_build:
            groups.setdefault(job.content, []).append(job)
        return tuple(map(tuple, groups.values()))


def make_plan(
    project: Project,
    leaflets: Sequence[str],
    selection: Selection,
    editions: Mapping[str, Edition],
    mode: Mode,
    manifest: Manifest,
    digests: Digests,
) -> Plan:
    """Plan everything that was asked for. `manifest` and `digests` tell what is up to date; a check
    looks at everything again. Raises DiagnosticsError for ids of variants that do not exist.
    """
    bundles: list[Bundle] = []
    unreadable: list[Unreadable] = []
    up_to_date: list[UpToDate] = []
    to_build: list[Job] = []
    asks = mode.typesets and mode is not Mode.PROOF
    forms = {name: digest_of(edition.model_dump()) for name, edition in editions.items()}
    for name in leaflets:
        try:
            bundle = read_bundle(project, name)
        except DiagnosticsError as failed:
            unreadable.append(Unreadable(name, failed.diagnostics))
            continue
        bundles.append(bundle)
        variants = selection.of(bundle)
        if bundle.strays and not selection.base_only:
            unreadable.append(Unreadable(name, bundle.strays))
        for variant in variants:
            resolved = bundle.resolve(variant)
            content = digest_of(resolved.content())
            region = resolved.region.name if resolved.region else ""
            for edition, form in forms.items():
                suffix, draft = editions[edition].suffix, mode is Mode.DRAFT
                job = Job(
                    resolved=resolved,
                    edition=edition,
                    path=project.artifact(name, edition, variant, draft=draft, suffix=suffix),
                    inputs=digest_of([versions(), name, edition, form, content, region]),
                    content=(name, edition, content),
                    number=len(up_to_date) + len(to_build),
                )
                known = _up_to_date(job, manifest, digests) if asks else None
                if known is None:
                    to_build.append(job)
                else:
                    up_to_date.append(known)
    unknown: list[Diagnostic] = []
    for name in selection.variants if bundles else ():
        if not any(bundle.regions.get(name) for bundle in bundles):
            unknown.append(bundles[0].unknown_region(name, Location("--variant")))
    if unknown:
        raise DiagnosticsError(unknown)
    return Plan(mode, editions, tuple(unreadable), tuple(up_to_date), tuple(to_build))


def _up_to_date(job: Job, manifest: Manifest, digests: Digests) -> UpToDate | None:
    """What is known of a file, if it need not be made again, and nothing new is wrong with it."""
    record = manifest.up_to_date(job.path, job.inputs, digests)
    if record is None:
        return None
    found = relocated(job.resolved, record.diagnostics, record.anchors)
    if found is None or any(d.is_error for d in job.resolved.diagnostics):
        return None
    return UpToDate(job, record, in_order([*job.resolved.diagnostics, *found]))
