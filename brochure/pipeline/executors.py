"""Who does the work: this process, others on this machine, or a cluster of machines.

All of them are `concurrent.futures` executors, so that there is one way to work. Beside this
process, each task is done within its bounds (see `isolation`): what exceeds them is stopped.
"""

import contextlib
import logging
import re
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from functools import cache
from typing import Any, Protocol, TypeVar

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, error
from brochure.isolation import Stopped, Workers
from brochure.pipeline.fingerprint import versions

K = TypeVar("K")
R = TypeVar("R")
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[^\s/:]+):\d{1,5}")
_ATTEMPTS = 3
_MOMENT = 0.05  # seconds
_LOADING = 60  # seconds; more than loading ever takes
_PATIENCE = 10  # seconds until a scheduler that does not answer is given up


class Bounded(Protocol):
    """A task that says what it may cost: seconds of the processor, and bytes of memory."""

    @property
    def seconds(self) -> float: ...

    @property
    def memory(self) -> int: ...


T = TypeVar("T", bound=Bounded)


class Staff(Protocol):
    """Executors of one kind.

    `capacity` is how many tasks are given out at once, `lost` are the exceptions by which an
    executor says that it cannot go on. `hire` makes an executor, and another one when the first is
    lost; `dismiss` ends it at once, whatever it is doing.
    """

    @property
    def capacity(self) -> int: ...

    @property
    def lost(self) -> tuple[type[BaseException], ...]: ...

    def hire(self) -> Executor: ...

    def dismiss(self, executor: Executor) -> None: ...


class Here(Executor):
    """Does each task in this process, when it is given."""

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        future: Future[R] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Alone:
    """No workers beside this process, and no bounds."""

    capacity = 1
    lost = ()

    def hire(self) -> Executor:
        return Here()

    def dismiss(self, executor: Executor) -> None:
        executor.shutdown()


class Pool:
    """`jobs` processes on this machine. `prepare` is what each does first, while there is nothing
    else to do: loading what it needs. `kept`: they stay until `close`, for the next build.
    """

    lost = ()

    def __init__(
        self, jobs: int, prepare: Callable[[], None] | None = None, *, kept: bool = False
    ) -> None:
        self._jobs, self._prepare, self._kept = jobs, prepare, kept
        self._executor: _Apart | None = None
        self.capacity = 2 * jobs  # one is being done, one is waiting

    def hire(self) -> Executor:
        if self._executor is None:
            self._executor = _Apart(self._jobs, self._prepare)
        return self._executor

    def dismiss(self, executor: Executor) -> None:
        if self._kept and self._executor is not None:
            self._executor.interrupt()
        else:
            self.close()

    def close(self) -> None:
        """End the processes."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(cancel_futures=True)


class _Apart(Executor):
    """Threads that hand each task to a process of their own."""

    def __init__(self, jobs: int, prepare: Callable[[], None] | None) -> None:
        self._workers = Workers()
        self._threads = ThreadPoolExecutor(jobs)
        self._given: set[Future[Any]] = set()
        if prepare is not None:
            for _ in range(jobs):
                self._threads.submit(self._prepared, prepare)

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        future = self._threads.submit(_apart, self._workers, fn, *args, **kwargs)
        self._given.add(future)
        future.add_done_callback(self._given.discard)
        return future

    def interrupt(self) -> None:
        """End what is being done: it is of no use to anybody any more. Those at rest stay."""
        given = tuple(self._given)
        for future in given:
            future.cancel()
        while not_done := wait(given, timeout=0).not_done:
            self._workers.interrupt()
            wait(not_done, timeout=_MOMENT)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait=False, cancel_futures=cancel_futures)
        self._workers.close()
        self._threads.shutdown(wait=wait)

    def _prepared(self, prepare: Callable[[], None]) -> None:
        with contextlib.suppress(Exception), self._workers.lend() as worker:
            worker.call(_LOADING, bounds.MEMORY, prepare)


def _apart(workers: Workers, fn: Callable[..., R], task: Bounded, /, *args: Any) -> R:
    """A task done by a process of its own, within its bounds. Raises Stopped."""
    with workers.lend() as worker:
        return worker.call(task.seconds, task.memory, fn, task, *args)


@cache
def _workers_here() -> Workers:
    """Those of a process that works for a cluster."""
    return Workers()


def _apart_elsewhere(fn: Callable[..., R], task: Bounded, /, *args: Any) -> R:
    """A task done on another machine, by a process of its own there. Raises Stopped."""
    return _apart(_workers_here(), fn, task, *args)


class Cluster:
    """The workers of a Dask scheduler at an address like ``tcp://host:8786``.

    Raises Problems where Dask is not installed, nobody answers, or the workers cannot do it.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            said = "Dask, which reaches other machines, is not installed."
            raise _problem("no-dask", said, "Type: pip install 'brochure[dask]'") from None
        # What matters, we say.
        for name in ("distributed", "distributed.client", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self.lost = (CancelledError,)
        self._address = address
        if not _ADDRESS.fullmatch(address):
            raise self._silent("an address looks like tcp://host:8786")
        try:
            self._client = Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as reason:
            raise self._silent(reason) from None
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
            self._client.run(versions)
            # Some are being done, the others on their way to the workers and back.
            self.capacity = max(64, 4 * sum(self._client.nthreads().values()))
        except Exception as reason:
            self._client.close()
            raise _problem(
                "no-workers",
                f"The scheduler at `{address}` has no worker that can build leaflets ({reason}).",
                "Install brochure on each machine, and start `dask worker ADDRESS --nthreads 1` "
                "there, once for each core.",
            ) from None

    def hire(self) -> Executor:
        if self._client.status != "running":
            raise self._silent("it has gone away")
        return _Elsewhere(self._client.get_executor(pure=False, retries=_ATTEMPTS))

    def dismiss(self, executor: Executor) -> None:
        with contextlib.suppress(Exception):  # a connection that is gone needs no farewell
            executor.shutdown(wait=False)

    def close(self) -> None:
        """Leave the scheduler and its workers to others."""
        self._client.close()

    def _silent(self, reason: object) -> DiagnosticsError:
        return _problem(
            "no-scheduler",
            f"No scheduler answers at `{self._address}` ({reason}).",
            "Start one with `dask scheduler`; it prints its address. Then start `dask worker "
            "ADDRESS --nthreads 1` on each machine, once for each core.",
        )


def _problem(code: str, message: str, hint: str) -> DiagnosticsError:
    return DiagnosticsError([error(code, message, Location("--scheduler"), hint)])


class _Elsewhere(Executor):
    """Gives tasks to a cluster, which does each in a process of its own."""

    def __init__(self, cluster: Executor) -> None:
        self._cluster = cluster

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        return self._cluster.submit(_apart_elsewhere, fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._cluster.shutdown(wait=wait)


def employ(
    staff: Staff, work: Callable[..., R], tasks: Iterator[tuple[K, T]], *more: object
) -> Generator[tuple[K, R | Stopped], None, None]:
    """Give out tasks, `staff.capacity` at a time; yield each key with its result as it comes, or
    with why there is none. Whoever was killed from outside is given another try.
    """
    executor = staff.hire()
    given: dict[Future[R], tuple[K, T, int]] = {}
    again: list[tuple[K, T, int]] = []
    try:
        while True:
            while len(given) < staff.capacity:
                if again:
                    key, task, attempt = again.pop()
                elif entry := next(tasks, None):
                    key, task, attempt = (*entry, 1)
                else:
                    break
                given[executor.submit(work, task, *more)] = key, task, attempt
            if not given:
                return
            lost = False
            for future in wait(given, return_when=FIRST_COMPLETED).done:
                key, task, attempt = given.pop(future)
                try:
                    result = future.result()
                except Stopped as stopped:
                    if stopped.reason == "killed" and attempt < _ATTEMPTS:
                        again.append((key, task, attempt + 1))
                    else:
                        yield key, stopped
                except staff.lost:
                    lost = True
                    again.append((key, task, attempt))
                else:
                    yield key, result
            if lost:
                again += given.values()
                given.clear()
                staff.dismiss(executor)
                executor = staff.hire()
    finally:
        staff.dismiss(executor)
