"""Where leaflets are composed and typeset; loaded only where there is something to do."""

import gc
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from brochure.cli.session import wrong_usage
from brochure.diagnostics import DiagnosticsError
from brochure.pipeline.executors import DaskCluster, Executors, ProcessPool, Serial
from brochure.pipeline.fingerprint import Digests
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.outcome import Outcome
from brochure.pipeline.plan import Plan
from brochure.pipeline.steps import Steps, run_plan
from brochure.pipeline.tasks import prepare
from brochure.project import Project

_FEW = 3  # leaflets that one process typesets sooner than two have loaded what they need


@dataclass(frozen=True)
class Workshop:
    """So many processes, or a cluster, or a pool of processes that is there already."""

    jobs: int | None = None
    scheduler: str | None = None
    pool: ProcessPool | None = None

    def outcomes(
        self, project: Project, plan: Plan, manifest: Manifest, digests: Digests
    ) -> Generator[Outcome, None, None]:
        """Work off a plan. Raises wrong usage where there is no cluster."""
        gc.enable()  # there is much to read and compose
        number = len(plan.groups) if plan.mode.typesets else 0
        with self._executors(number) as (executors, cached):
            cache = project.cache if cached else None
            outcomes = run_plan(plan, Steps(project, plan, manifest, digests), executors, cache)
            with closing(outcomes):
                yield from outcomes

    @contextmanager
    def _executors(self, number: int) -> Iterator[tuple[Executors, bool]]:
        """Executors for so many leaflets, and whether the cache is within their reach."""
        if not number or self.pool is not None:
            yield self.pool or Serial(), True
            return
        if self.scheduler is None:
            processes = min(self.jobs or (1 if number <= _FEW else _cores()), number)
            yield ProcessPool(processes, prepare), True
            return
        try:
            cluster = DaskCluster(self.scheduler)
        except DiagnosticsError as failed:
            raise wrong_usage(failed) from None
        with closing(cluster):
            yield cluster, False


def lasting_pool(jobs: int | None) -> ProcessPool:
    """Processes that stay for many builds, one after the other, until the pool is closed."""
    return ProcessPool(jobs or _cores(), prepare, kept=True)


def _cores() -> int:
    """The cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
