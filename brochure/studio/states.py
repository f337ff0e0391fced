"""The state of a leaflet in numbers, for the first page. Nothing is typeset for it."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location
from brochure.layout.editions import choose_editions, load_editions
from brochure.mail.campaign import read_mailing
from brochure.mail.delivery.entries import DELIVERY_STATES, DeliveryState
from brochure.mail.delivery.ledger import Ledger, ledger_path
from brochure.manuscript.variants.overrides import OverrideState, worst
from brochure.manuscript.variants.resolution import Bundle, read_bundle
from brochure.messages import Catalogue, catalogue
from brochure.pipeline.fingerprint import Digests
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.plan import Mode, Selection, make_plan
from brochure.project import MAIL, Project
from brochure.sources.finding import VERDICT_NAMES, Verdict
from brochure.studio.answers import Json
from brochure.studio.builds import Builds
from brochure.studio.quotes import Quotes
from brochure.studio.wording import severity

_ONE = Selection(one=True)
_KINDS = ("error", "open", "warning")
_STALE = (OverrideState.STALE, OverrideState.ORPHANED)


@dataclass(frozen=True)
class LeafletStates:
    """The states of a project's leaflets."""

    project: Project
    builds: Builds
    quotes: Quotes

    def state(self, name: str, language: str) -> Json:
        """What there is of a leaflet, and what is in its way, in numbers.

        The pages are those of the first default edition as it was built last; `current`, whether
        they are what the leaflet says now. Diagnostics are those of the leaflet for all, or of the
        first region's where that cannot stand alone. What cannot be read is among the errors.
        """
        words = catalogue(language)
        shown: dict[str, object] = {
            "pages": None,
            "current": False,
            "verdicts": [],
            "stale": 0,
            "letters": [],
        }
        diagnostics: list[Diagnostic] = []
        parts: tuple[Callable[[], dict[str, object]], ...] = (
            lambda: self._pages(name),
            lambda: {"verdicts": self._verdicts(name, words)},
            lambda: {"stale": _stale(read_bundle(self.project, name))},
            lambda: {"letters": self._letters(name, words)},
        )
        try:
            diagnostics += self.builds.found(name, "", _ONE)
        except DiagnosticsError as failed:
            diagnostics += failed.diagnostics
        for part in parts:
            try:
                shown |= part()
            except DiagnosticsError as failed:
                diagnostics += failed.diagnostics
        counts = Counter(map(severity, dict.fromkeys(diagnostics)))
        return {**shown, "diagnostics": {kind: counts[kind] for kind in _KINDS}}

    def _pages(self, name: str) -> dict[str, object]:
        editions = choose_editions(load_editions(self.project), (), Location("edition"))
        first = dict(list(editions.items())[:1])
        manifest = Manifest(self.project)
        plan = make_plan(self.project, (name,), _ONE, first, Mode.BUILD, manifest, Digests())
        return {
            "pages": next((manifest.pages(job.path) for job in plan.jobs), None),
            "current": bool(plan.up_to_date),
        }

    def _verdicts(self, name: str, words: Catalogue) -> list[Json]:
        counts = self.quotes.verdict_counts(name)
        return [
            {"verdict": verdict.value, "word": words(VERDICT_NAMES[verdict]), "n": counts[verdict]}
            for verdict in Verdict
            if counts[verdict]
        ]

    def _letters(self, name: str, words: Catalogue) -> list[Json]:
        """How many letters are in each state of the ledger."""
        if not self.project.manuscript(name).with_name(MAIL).exists():
            return []
        campaign = read_mailing(self.project, name).value.mailing.campaign or name
        path = ledger_path(self.project)
        if not os.path.lexists(path):
            return []
        with Ledger(path, self.project.show(path)) as ledger:
            counts = Counter(entry.state for entry in ledger.entries(campaign).values())
        return [
            {"state": state.value, "word": words(DELIVERY_STATES[state]), "n": counts[state]}
            for state in DeliveryState
            if counts[state]
        ]


def _stale(bundle: Bundle) -> int:
    """How many variants differ from a base that has changed meanwhile."""
    states = (worst(bundle.resolve(region.id).overrides) for region in bundle.regions.rows)
    return sum(state in _STALE for state in states)
