"""`brochure build --watch`: build again and again, with processes that stay."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from brochure.cli.session import Session, Usage
from brochure.cli.workshop import lasting_pool
from brochure.diagnostics import DiagnosticsError
from brochure.messages import say
from brochure.pipeline.executors import ProcessPool
from brochure.pipeline.watch import changes
from brochure.project import Project


def watch(
    session: Session, jobs: int | None, build: Callable[[Project, ProcessPool, bool], int]
) -> int:
    """Build now, and whenever something changes that the last build read. Ctrl-C ends it.

    `build` is told whether it is the first time.
    """
    seen: set[Path] = set()
    project = session.project.observed(seen.add)
    with closing(lasting_pool(jobs)) as pool:
        build(project, pool, True)
        session.output.warn(say("Watching for changes; Ctrl-C stops."))
        for changed in changes(seen):
            names = ", ".join(sorted(project.show(path) for path in changed))
            session.output.warn(say("Changed: {files}", files=names))
            seen.clear()
            try:
                build(project, pool, False)
            except Usage as wrong:  # the folder of the leaflet was renamed, for instance
                session.output.warn(wrong.sentence)
            except DiagnosticsError as failed:
                session.output.diagnostics(failed.diagnostics)
    return 0
