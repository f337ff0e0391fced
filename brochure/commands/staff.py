"""Who sets the type: this process, several, or a cluster."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from brochure.commands import common
from brochure.diagnostics import Problems

_FEW = 3  # so little type is set sooner by one process than two have loaded what they need


@contextmanager
def engage(to_set: int, jobs: int | None, scheduler: str | None) -> Iterator[tuple[Any, bool]]:
    """Who sets the type, for the time of a build, and whether the project's cache is within
    their reach.
    """
    if not to_set:
        yield None, True
        return
    from brochure.build import staff, work

    gc.enable()  # type is set elsewhere; here there is much to read and compose
    if scheduler is None:
        processes = min(jobs or (1 if to_set <= _FEW else _cores()), to_set)
        yield staff.Pool(processes, work.prepare), True
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
