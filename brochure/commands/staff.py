"""Who sets the type: this process, several, or a cluster."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from brochure.commands import common
from brochure.diagnostics import Problems

_FEW = 3  # so little type is set sooner than a second process has started


@contextmanager
def engage(to_set: int, jobs: int | None, scheduler: str | None) -> Iterator[tuple[Any, bool]]:
    """Who sets the type, for the time of a build, and whether the project's cache is within
    their reach.
    """
    if not to_set:
        yield None, True
        return
    from brochure.build import staff

    processes = min(jobs or _cores(), to_set)
    if scheduler is None and (processes <= 1 or (jobs is None and to_set <= _FEW)):
        yield staff.Alone(), True
        return
    gc.enable()  # there is much to read and compose here while others set the type
    if scheduler is None:
        yield staff.Pool(processes), True
        return
    try:
        cluster = staff.Cluster(scheduler)
    except Problems as problems:
        raise common.wrong_usage(problems) from None
    try:
        yield cluster, False
    finally:
        cluster.close()


def _cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
