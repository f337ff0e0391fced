"""Where tasks are run: in this process, in others on this machine, or on a cluster.

All of them are `concurrent.futures` executors, so that there is one way to run tasks. Outside this
process each task has its bounds (see `isolation`): what exceeds them is stopped.
"""

import contextlib
import logging
import re
import socket
import traceback
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from functools import cache, partial
from typing import Any, Concatenate, NoReturn, ParamSpec, Protocol, TypeVar, cast

from brochure import bounds
from brochure.diagnostics import Location, fail
from brochure.isolation import Stopped, Workers
from brochure.messages import Message, say
from brochure.pipeline.fingerprint import versions

K = TypeVar("K")
P = ParamSpec("P")
R = TypeVar("R")
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[^\s/:]+):\d{1,5}")
_ATTEMPTS = 3
_LOCATION = Location("--scheduler")
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


class Executors(Protocol):
    """Executors of one kind.

    `capacity` is how many tasks are handed out at once, `worker_errors` are the exceptions by which
    an executor says that it cannot go on. `start` makes an executor, and another one when the first
    is lost; `stop` ends it at once, whatever it is doing.
    """

    @property
    def capacity(self) -> int: ...

    @property
    def worker_errors(self) -> tuple[type[BaseException], ...]: ...

    def start(self) -> Executor: ...

    def stop(self, executor: Executor) -> None: ...


class _InProcess(Executor):
    """Does each task in this process, when it is submitted."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        future: Future[R] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Serial:
    """No workers beside this process, and no bounds."""

    capacity = 1
    worker_errors = ()

    def start(self) -> Executor:
        return _InProcess()

    def stop(self, executor: Executor) -> None:
        executor.shutdown()


class ProcessPool:
    """`jobs` processes on this machine. `prepare` is what each does first, while there is nothing
    else to do: loading what it needs. `kept`: they stay until `close`, for the next build.
    """

    worker_errors = ()

    def __init__(
        self, jobs: int, prepare: Callable[[], None] | None = None, *, kept: bool = False
    ) -> None:
        self._jobs, self._prepare, self._kept = jobs, prepare, kept
        self._executor: _Isolated | None = None
        self.capacity = 2 * jobs  # one is being done, one is waiting

    def start(self) -> Executor:
        if self._executor is None:
            self._executor = _Isolated(self._jobs, self._prepare)
        return self._executor

    def stop(self, executor: Executor) -> None:
        if self._kept and self._executor is not None:
            self._executor.interrupt()
        else:
            self.close()

    def close(self) -> None:
        """End the processes."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(cancel_futures=True)


class _Isolated(Executor):
    """Threads that hand each task to a process of their own."""

    def __init__(self, jobs: int, prepare: Callable[[], None] | None) -> None:
        self._workers = Workers()
        self._threads = ThreadPoolExecutor(jobs)
        self._submitted: set[Future[Any]] = set()
        if prepare is not None:
            for _ in range(jobs):
                self._threads.submit(self._prepared, prepare)

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        future = self._threads.submit(
            _isolated, self._workers, _task(args), partial(fn, *args, **kwargs)
        )
        self._submitted.add(future)
        future.add_done_callback(self._submitted.discard)
        return future

    def interrupt(self) -> None:
        """End what is being done: it is of no use to anybody any more. Those at rest stay."""
        submitted = tuple(self._submitted)
        for future in submitted:
            future.cancel()
        while not_done := wait(submitted, timeout=0).not_done:
            self._workers.interrupt()
            wait(not_done, timeout=_MOMENT)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait=False, cancel_futures=cancel_futures)
        self._workers.close()
        self._threads.shutdown(wait=wait)

    def _prepared(self, prepare: Callable[[], None]) -> None:
        with contextlib.suppress(Exception), self._workers.lend() as worker:
            worker.call(_LOADING, bounds.MEMORY, prepare)


def _isolated(workers: Workers, task: Bounded, call: Callable[[], R]) -> R:
    """Do a task in a process of its own, within its bounds. Raises Stopped."""
    with workers.lend() as worker:
        return worker.call(task.seconds, task.memory, call)


def _task(args: tuple[object, ...]) -> Bounded:
    """The task among the arguments of a function: the first of them."""
    return cast(Bounded, args[0])


@cache
def _workers_here() -> Workers:
    """Those of a process that works for a cluster."""
    return Workers()


def _isolated_elsewhere(task: Bounded, call: Callable[[], R]) -> R:
    """Do a task on another machine, in a process of its own there. Raises Stopped."""
    return _isolated(_workers_here(), task, call)


class DaskCluster:
    """The workers of a Dask scheduler at an address like ``tcp://host:8786``.

    Raises DiagnosticsError where Dask is not installed, nobody answers, or the workers lack
    brochure.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            fail(
                "no-dask",
                say("Dask, which is needed to build on other machines, is not installed."),
                _LOCATION,
                say("Type: pip install 'brochure[dask]'"),
            )
        # What matters, we report ourselves.
        for name in ("distributed", "distributed.client", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self.worker_errors = (CancelledError, WorkerLostError)
        self._address = address
        if not _ADDRESS.fullmatch(address):
            self._unreachable(say("an address looks like tcp://host:8786"))
        host, _, port = address.partition("://")[2].rpartition(":")
        try:
            # Dask would ask one that refuses again and again, for as long as its patience lasts.
            socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
            self._client = Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, OverflowError, ValueError, TypeError) as reason:
            self._unreachable(reason)
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
            self._client.run(versions)
            # Some are being done, the others on their way to the workers and back.
            self.capacity = max(64, 4 * sum(self._client.nthreads().values()))
        except Exception as reason:
            self._client.close()
            fail(
                "no-workers",
                say(
                    "The scheduler at `{address}` has no worker that can build leaflets "
                    "({reason}).",
                    address=address,
                    reason=reason,
                ),
                _LOCATION,
                say(
                    "Install brochure on each machine, and start `dask worker ADDRESS "
                    "--nthreads 1` there, once for each core."
                ),
            )

    def start(self) -> Executor:
        if self._client.status != "running":
            self._unreachable(say("it has gone away"))
        return _Elsewhere(self._client.get_executor(pure=False, retries=_ATTEMPTS))

    def stop(self, executor: Executor) -> None:
        with contextlib.suppress(Exception):  # a connection that is gone needs no farewell
            executor.shutdown(wait=False)

    def close(self) -> None:
        """Leave the scheduler and its workers to others."""
        self._client.close()

    def _unreachable(self, reason: Message | Exception) -> NoReturn:
        fail(
            "no-scheduler",
            say(
                "No scheduler answers at `{address}` ({reason}).",
                address=self._address,
                reason=reason,
            ),
            _LOCATION,
            say(
                "Start one with `dask scheduler`; it prints its address. Then start `dask worker "
                "ADDRESS --nthreads 1` on each machine, once for each core."
            ),
        )


class WorkerLostError(Exception):
    """A worker went away with a result that it had just announced."""


def _pass_on(outcome: Future[R], done: Future[R]) -> None:
    """Give one future what another has.

    Dask (2026.8) looks at the state of a task after it has waited for its result. If the worker is
    lost in between, it takes the result for an error, which fails in its own `_cascade_future`.
    """
    if done.cancelled():
        outcome.cancel()
        outcome.set_running_or_notify_cancel()
    elif (error := done.exception()) is None:
        outcome.set_result(done.result())
    else:
        frames = [frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)]
        lost = isinstance(error, TypeError) and frames[-1:] == ["_cascade_future"]
        outcome.set_exception(WorkerLostError() if lost else error)


class _Elsewhere(Executor):
    """Gives tasks to a cluster, which does each in a process of its own."""

    def __init__(self, cluster: Executor) -> None:
        self._cluster = cluster

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        call = partial(fn, *args, **kwargs)
        outcome: Future[R] = Future()
        done = self._cluster.submit(_isolated_elsewhere, _task(args), call)
        done.add_done_callback(partial(_pass_on, outcome))
        return outcome

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._cluster.shutdown(wait=wait)


def run_tasks(
    executors: Executors,
    function: Callable[Concatenate[T, P], R],
    tasks: Iterator[tuple[K, T]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Generator[tuple[K, R | Stopped], None, None]:
    """Run ``function(task, *args)`` for each task, `executors.capacity` at a time; yield each key
    with its result as it comes, or with why there is none. A task whose process was killed from
    outside is tried again.
    """
    executor = executors.start()
    running: dict[Future[R], tuple[K, T, int]] = {}
    again: list[tuple[K, T, int]] = []
    try:
        while True:
            while len(running) < executors.capacity:
                if again:
                    key, task, attempt = again.pop()
                elif entry := next(tasks, None):
                    key, task, attempt = (*entry, 1)
                else:
                    break
                running[executor.submit(function, task, *args, **kwargs)] = key, task, attempt
            if not running:
                return
            lost = False
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                key, task, attempt = running.pop(future)
                try:
                    result = future.result()
                except Stopped as stopped:
                    if stopped.reason == "killed" and attempt < _ATTEMPTS:
                        again.append((key, task, attempt + 1))
                    else:
                        yield key, stopped
                except executors.worker_errors:
                    lost = True
                    again.append((key, task, attempt))
                else:
                    yield key, result
            if lost:
                again += running.values()
                running.clear()
                executors.stop(executor)
                executor = executors.start()
    finally:
        executors.stop(executor)
