"""The pipeline, run in this process."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from brochure.layout.edition import Edition
from brochure.pipeline.executors import Executors, Serial
from brochure.pipeline.fingerprint import Digests
from brochure.pipeline.manifest import Manifest
from brochure.pipeline.outcome import Outcome
from brochure.pipeline.plan import Mode, Selection, make_plan
from brochure.pipeline.steps import Steps, run_plan
from brochure.project import Project


def outcomes(
    project: Project,
    leaflets: Sequence[str],
    selection: Selection,
    editions: Mapping[str, Edition],
    mode: Mode = Mode.BUILD,
    *,
    executors: Executors | None = None,
    cache: Path | None = None,
) -> list[Outcome]:
    """What becomes of leaflets."""
    manifest, digests = Manifest(project), Digests()
    plan = make_plan(project, leaflets, selection, editions, mode, manifest, digests)
    steps = Steps(project, plan, manifest, digests)
    return list(run_plan(plan, steps, executors or Serial(), cache))
