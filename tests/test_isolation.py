"""Work in a process of its own: what it returns, and how it is stopped."""

import gc
import os
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from brochure.diagnostics import DiagnosticsError, Location
from brochure.isolation import Stopped, Worker, Workers, collect_garbage
from tests.tasks import (
    MB,
    abort,
    be_killed,
    complain,
    double,
    fail_late,
    fail_oddly,
    fill_memory,
    fill_memory_slowly,
    leave,
    loop_in_c,
    loop_in_python,
    pid,
    print_much,
    sleep,
)
from tests.test_cli import environment

pytestmark = pytest.mark.usefixtures("started_workers")


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker() as one:
        yield one


def test_what_a_function_returns_comes_back(worker: Worker) -> None:
    assert [worker.call(10, 400 * MB, double, number) for number in range(5)] == [0, 2, 4, 6, 8]
    assert worker.call(10, 400 * MB, pid) == worker.call(10, 400 * MB, pid) != os.getpid()


def test_what_it_prints_is_no_answer(worker: Worker) -> None:
    assert worker.call(10, 400 * MB, print_much) == "answer"


def test_what_a_function_raises_is_raised(worker: Worker) -> None:
    with pytest.raises(DiagnosticsError) as caught:
        worker.call(10, 400 * MB, complain)
    assert caught.value.diagnostics[0].location == Location("file", 3, 4)
    with pytest.raises(RuntimeError, match="Unpicklable: words"):
        worker.call(10, 400 * MB, fail_oddly)
    with pytest.raises(RuntimeError, match="Unloadable: words"):
        worker.call(10, 400 * MB, fail_late)
    assert worker.call(10, 400 * MB, double, 4) == 8


# Only what never ends is given little time: a busy machine takes long over anything else.
@pytest.mark.parametrize(
    ("seconds", "function", "reason", "at"),
    [
        (0.5, loop_in_python, "time", "loop_in_python"),
        (0.5, loop_in_c, "time", None),
        (0.5, sleep, "time", "sleep"),
        (60, fill_memory, "memory", "fill_memory"),
        (60, fill_memory_slowly, "memory", "fill_memory_slowly"),
        (60, abort, "crash", None),
        (60, leave, "crash", None),
        (60, be_killed, "killed", None),
    ],
)
def test_it_is_stopped_and_says_where(
    worker: Worker, seconds: float, function: Callable[[], object], reason: str, at: str | None
) -> None:
    with pytest.raises(Stopped) as caught:
        worker.call(seconds, 400 * MB, function)
    assert caught.value.reason == reason
    assert [frame.name for frame in caught.value.at[:1]] == ([at] if at else [])
    assert worker.call(10, 400 * MB, double, 4) == 8, "the next one has a process of its own"


def test_bounds_are_those_of_each_call(worker: Worker) -> None:
    with pytest.raises(Stopped):
        worker.call(10, 400 * MB, fill_memory)
    assert worker.call(10, 1200 * MB, fill_memory) == 800 * MB


def test_nothing_is_imported_from_the_current_folder(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project of a stranger is the current folder; modules of these names would run."""
    monkeypatch.chdir(tmp_path)
    for name in ("json.py", "pickle.py", "queue.py", "brochure.py", "multiprocessing.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    assert worker.call(10, 400 * MB, double, 4) == 8
    assert not (tmp_path / "ran").exists()


def test_workers_are_lent_to_one_at_a_time() -> None:
    workers = Workers()
    with workers.lend() as one:
        first = one.call(10, 400 * MB, pid)
        with workers.lend() as other:
            assert other.call(10, 400 * MB, pid) != first
    with workers.lend() as again:
        assert again is not one or again.call(10, 400 * MB, pid) == first
    workers.close()
    assert_ended(first)


def test_what_is_closed_for_good_starts_no_other(worker: Worker) -> None:
    worker.close(for_good=True)
    with pytest.raises(Stopped, match="killed"):
        worker.call(10, 400 * MB, double, 1)
    workers = Workers()
    workers.close()
    with workers.lend() as late, pytest.raises(Stopped, match="killed"):
        late.call(10, 400 * MB, double, 1)


def assert_ended(process: int) -> None:
    deadline = time.monotonic() + 30
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < deadline, "it lives"
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_no_worker_outlives_its_command(end: str) -> None:
    code = (
        "import os, signal\nfrom brochure.isolation import Worker\n"
        "from tests.tasks import pid\n"
        "worker = Worker()\nprint(worker.call(10, 400_000_000, pid), flush=True)\n" + end
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment(PYTHONPATH=str(Path(__file__).parents[1])),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert_ended(int(result.stdout))


def test_garbage_that_grew_old_goes_as_well() -> None:
    """What was kept until the next task came is no young garbage any more."""

    class Node:
        def __init__(self) -> None:
            self.me = self

    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()  # what this process has of other tests would be searched each time
    try:
        old = Node()
        gone = weakref.ref(old)
        collect_garbage()  # it is in use, and grows old
        del old
        for _ in range(200):
            collect_garbage()
        assert gone() is None
    finally:
        gc.unfreeze()
        if enabled:
            gc.enable()
