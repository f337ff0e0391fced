"""Who does the work: this process, a pool of processes, or a cluster of machines.

All of them are `concurrent.futures` executors, so that there is one way to work. A worker that
dies costs no task: it is given to another.
"""

import contextlib
import logging
import multiprocessing
import multiprocessing.connection
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from typing import Any, Protocol, TypeVar

from brochure.build.fingerprint import versions
from brochure.diagnostics import Diagnostic, Place, Problems, error
from brochure.manuscript.load import symbolic

K = TypeVar("K")
T = TypeVar("T")
R = TypeVar("R")
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[^\s/:]+):\d{1,5}")
_ATTEMPTS = 3
_PATIENCE = 10  # seconds until a scheduler that does not answer is given up


class Staff(Protocol):
    """Executors of one kind.

    `capacity` is how many tasks are given out at once, `deaths` are the exceptions by which an
    executor says that a worker died. `hire` makes an executor, and another one when the first is
    broken; `dismiss` ends it at once, whatever it is doing.
    """

    @property
    def capacity(self) -> int: ...

    @property
    def deaths(self) -> tuple[type[BaseException], ...]: ...

    def hire(self) -> Executor: ...

    def dismiss(self, executor: Executor) -> None: ...


class Here(Executor):
    """Does each task in this process, when it is given."""

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        future: Future[R] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Alone:
    """No workers beside this process."""

    capacity = 1
    deaths = ()

    def hire(self) -> Executor:
        return Here()

    def dismiss(self, executor: Executor) -> None:
        executor.shutdown()


class Pool:
    """`jobs` processes on this machine.

    They are spawned, not forked: that is the one way that works on Linux, macOS and Windows, and
    after threads have been started.
    """

    deaths = (BrokenExecutor,)

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._others: set[Any] = set()
        self.capacity = 2 * jobs  # one is being done, one is waiting

    def hire(self) -> Executor:
        self._others = set(multiprocessing.active_children())
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._jobs, mp_context=context, initializer=_settle)

    def dismiss(self, executor: Executor) -> None:
        executor.shutdown(wait=False, cancel_futures=True)
        workers = set(multiprocessing.active_children()) - self._others
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


class Cluster:
    """The workers of a Dask scheduler at an address like ``tcp://host:8786``.

    Raises Problems where Dask is not installed, nobody answers, or the workers cannot do it.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client, KilledWorker
        except ImportError:
            said = "Dask, which reaches other machines, is not installed."
            raise _problem("no-dask", said, "Type: pip install 'brochure[dask]'") from None
        # What matters, we say.
        for name in ("distributed", "distributed.client", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self.deaths = (KilledWorker, CancelledError)
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
        executor: Executor = self._client.get_executor(pure=False, retries=_ATTEMPTS)
        return executor

    def dismiss(self, executor: Executor) -> None:
        with contextlib.suppress(Exception):  # a connection that is gone needs no farewell
            executor.shutdown(wait=False)

    def close(self) -> None:
        """Leave the scheduler and its workers to others."""
        self._client.close()

    def _silent(self, reason: object) -> Problems:
        return _problem(
            "no-scheduler",
            f"No scheduler answers at `{self._address}` ({reason}).",
            "Start one with `dask scheduler`; it prints its address. Then start `dask worker "
            "ADDRESS --nthreads 1` on each machine, once for each core.",
        )


def _problem(code: str, message: str, hint: str) -> Problems:
    return Problems([error(code, message, Place("--scheduler"), hint)])


def employ(
    staff: Staff, work: Callable[..., R], tasks: Iterator[tuple[K, T]], *more: object
) -> Iterator[tuple[K, R | Diagnostic]]:
    """Give out tasks, `staff.capacity` at a time; yield each key with its result as it comes.

    A worker that dies may take with it what the others were doing. These tasks are then done one
    by one, so that it shows which of them is to blame; that one yields a complaint.
    """
    executor = staff.hire()
    given: dict[Future[R], tuple[K, T, int]] = {}
    suspects: list[tuple[K, T, int]] = []
    try:
        while True:
            room = (1 if suspects else staff.capacity) - len(given)
            while room > 0:
                if suspects:
                    key, task, deaths = suspects.pop(0)
                elif entry := next(tasks, None):
                    key, task, deaths = (*entry, 0)
                else:
                    break
                given[executor.submit(work, task, *more)] = key, task, deaths
                room -= 1
            if not given:
                return
            died = []
            for future in wait(given, return_when=FIRST_COMPLETED).done:
                key, task, deaths = given.pop(future)
                try:
                    result = future.result()
                except staff.deaths:
                    died.append((key, task, deaths + 1))
                    continue
                yield key, result
            if died:
                suspects += [*died, *((key, task, 1) for key, task, _ in given.values())]
                given.clear()
                staff.dismiss(executor)
                executor = staff.hire()
            for suspect in [s for s in suspects if s[2] >= _ATTEMPTS]:
                suspects.remove(suspect)
                yield suspect[0], _died()
    finally:
        staff.dismiss(executor)


def _died() -> Diagnostic:
    return error(
        "worker-died",
        "The process that set this leaflet died, three times.",
        symbolic(),
        "There may be too little memory: close other programs, or build with `--jobs 1`. "
        "Otherwise something in the leaflet is too much for the typesetter; please report it.",
    )


def _settle() -> None:
    """What a worker does first: leave Ctrl-C to the build, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            with contextlib.suppress(OSError, ValueError):
                multiprocessing.connection.wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
