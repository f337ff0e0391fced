"""Who sets the type: this process, several, or a cluster."""

import gc
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from brochure.commands import common
from brochure.diagnostics import Problems

_FEW = 3  # so little type is set sooner by one process than two have loaded what they need


@contextmanager
def kept(jobs: int | None) -> Iterator[Any]:
    """Who sets the type for many builds, one after the other."""
    from brochure.build import staff, work

    with closing(staff.Pool(jobs or _cores(), work.prepare, kept=True)) as pool:
        yield pool


@contextmanager
def engage(
    to_set: int, jobs: int | None, scheduler: str | None, pool: Any = None
) -> Iterator[tuple[Any, bool]]:
    """Who sets the type, for the time of a build, and whether the cache is within their reach.

    `pool` are those that are there already, see `kept`.
    """
    if not to_set or pool is not None:
        yield pool, True
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
