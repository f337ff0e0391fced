"""The state of each variant of a leaflet: how far what it has of its own still fits the base."""

from collections.abc import Iterator
from dataclasses import dataclass

from brochure.diagnostics import Diagnostic
from brochure.manuscript.variants.overrides import Override, OverrideState, worst
from brochure.manuscript.variants.regions import Region
from brochure.manuscript.variants.resolution import Bundle


@dataclass(frozen=True)
class VariantState:
    """A variant: its region, what differs, and what is wrong with it."""

    region: Region
    overrides: tuple[Override, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def is_broken(self) -> bool:
        """Whether something else than a missing passage keeps it from being built."""
        return any(d.is_error and d.code != "orphaned" for d in self.diagnostics)

    @property
    def worst(self) -> OverrideState:
        """The state of what fits the base least."""
        return worst(self.overrides)


def variant_states(bundle: Bundle) -> Iterator[VariantState]:
    """The states of all variants, in the order of the table."""
    for region in bundle.regions.rows:
        resolved = bundle.resolve(region.id)
        yield VariantState(region, resolved.overrides, resolved.diagnostics)
