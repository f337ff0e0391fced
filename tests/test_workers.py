"""Many variants at once: processes that die, are stopped, or work beside each other; a cluster."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest

from brochure.diagnostics import DiagnosticsError
from brochure.isolation import Stopped
from brochure.pipeline.executors import (
    ProcessPool,
    Serial,
    WorkerLostError,
    _pass_on,
    run_tasks,
)
from tests.conftest import HEAD, PASSAGE, ROOT, SEED, Workspace
from tests.hostile.inputs import markers
from tests.tasks import Piece, fragile, number_or_sleep, twice
from tests.test_cli import environment, run

T = TypeVar("T")
WORDS = "Viele Worte stehen hier, damit es eine Weile dauert. " * 40
MANY = 24
pytestmark = pytest.mark.usefixtures("started_workers")


@pytest.fixture
def many(workspace: Workspace) -> Workspace:
    """A leaflet with many variants, each some tenths of a second."""
    return with_variants(workspace, MANY, WORDS)


@pytest.fixture
def quick(workspace: Workspace) -> Workspace:
    """One with as many variants, which take little time."""
    return with_variants(workspace, MANY, "Text")


def with_variants(workspace: Workspace, count: int, words: str) -> Workspace:
    """A leaflet of these words, in so many variants."""
    text = PASSAGE.replace("Text", f"'{{{{ region.name }}}}: {words}'")
    workspace.leaflet(HEAD + "imprint: Druck 12345\n" + text)
    workspace.regions("id,name\n" + "".join(f"r{i},Ort {i}\n" for i in range(count)))
    return workspace


def pdfs(workspace: Workspace) -> dict[str, bytes]:
    return {p.stem: p.read_bytes() for p in (workspace.root / "out").rglob("*.pdf")}


def start(workspace: Workspace, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "brochure", "build", "--all", "-e", "email", *arguments],
        cwd=workspace.root, env=environment(PYTHONWARNINGS=""), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Processes of the session that `pid` leads, itself aside."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != pid:
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_what_is_stopped_goes_on_where_it_was(many: Workspace, end: signal.Signals) -> None:
    for _ in range(5):
        process = start(many, "--jobs", "2")
        wait_for(lambda: len(pdfs(many)) >= 5)
        if len(pdfs(many)) < MANY - 8:
            break
        process.communicate(timeout=60)  # on a busy machine it was done before anybody looked
        shutil.rmtree(many.root / "out")
    if end is signal.SIGINT:
        os.killpg(process.pid, end)  # as a terminal does it: to all of them
    else:
        process.send_signal(end)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == (130 if end is signal.SIGINT else -end)
    assert "Traceback" not in errors
    if end is signal.SIGINT:
        assert errors.rstrip().endswith("Stopped.")
    wait_for(lambda: not children(process.pid), 10)
    kept = pdfs(many)
    assert 5 <= len(kept) < MANY
    result = run(many.root, "build", "--all", "-e", "email", "--json")
    assert result.returncode == 0, result.stderr
    artifacts = json.loads(result.stdout)["artifacts"]
    assert len(artifacts) == MANY
    made = sum(artifact["made"] for artifact in artifacts)
    assert MANY - len(kept) <= made <= MANY - len(kept) + 1  # one may lack its line in the manifest
    assert pdfs(many).items() >= kept.items()
    assert not list((many.root / "out").rglob("*.part")) or end is not signal.SIGINT


def test_two_builds_at_once(many: Workspace) -> None:
    two = [start(many, "--jobs", "2"), start(many, "--jobs", "1")]
    for process in two:
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert len(output.splitlines()) == MANY
    assert len(pdfs(many)) == MANY
    artifacts = json.loads(run(many.root, "build", "--all", "-e", "email", "--json").stdout)
    assert not any(artifact["made"] for artifact in artifacts["artifacts"])


def test_all_ways_give_the_same_bytes(quick: Workspace) -> None:
    found = []
    for jobs in ("1", "3"):
        for path in (quick.root / "out").rglob("*.pdf"):
            path.unlink()
        assert run(quick.root, "build", "--all", "-e", "email", "--jobs", jobs).returncode == 0
        found.append(pdfs(quick))
    assert found[0] == found[1]
    assert len(found[0]) == MANY


def test_a_build_with_nothing_to_do_does_not_import_the_typesetter(quick: Workspace) -> None:
    run(quick.root, "build", "--all", "-e", "email")
    code = (
        "import sys; from brochure.cli import main as cli\n"
        "code = cli.run(['build', '--all', '-e', 'email'])\n"
        "heavy = ('weasyprint', 'markdown_it', 'concurrent', 'fontTools', 'distributed')\n"
        "print(code, [name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=quick.root, env=environment(), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    lines = result.stdout.splitlines()
    assert lines[-1] == "0 []"
    assert len(lines) == MANY + 1
    assert all(", unchanged)" in line for line in lines[:-1])


def test_progress_where_there_is_no_terminal(workspace: Workspace) -> None:
    with_variants(workspace, 120, "Text")  # web pages, since they are made soonest
    errors = run(workspace.root, "build", "--all", "-e", "web").stderr.splitlines()
    assert [line.partition(",")[0] for line in errors] == [
        "50 of 120",
        "100 of 120",
        "Done: 120 built",
    ]
    assert errors[-1] == "Done: 120 built, 0 unchanged."


def test_progress_on_a_terminal(workspace: Workspace) -> None:
    import pty

    with_variants(workspace, 25, "Text")
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "brochure", "build", "--all", "-e", "email"], cwd=workspace.root,
        env=environment(PYTHONWARNINGS="", TERM="xterm"), stdout=follower, stderr=follower,
    )  # fmt: skip
    os.close(follower)
    seen = b""
    while True:
        try:
            data = os.read(leader, 4096)
        except OSError:
            break
        if not data:
            break
        seen += data
    os.close(leader)
    assert process.wait(60) == 0
    text = seen.decode()
    assert "0/25" in text
    assert "━" in text
    assert re.search(r"\d/25\x1b\[0m \x1b\[36m\d+:\d\d", text), "how long it will take"
    assert "out/probe" not in text, "more than twenty files are not listed"
    assert text.rstrip().endswith("Done: 25 built, 0 unchanged.")


def test_one_broken_variant_among_many(quick: Workspace) -> None:
    quick.variant("r7", "leave_out: [nichts]\n")
    result = run(quick.root, "build", "--all", "-e", "email")
    assert result.returncode == 1
    assert len(pdfs(quick)) == MANY - 1
    assert "content/probe/variants/r7.yaml:1:13: error" in result.stderr
    assert f"Done: {MANY - 1} built, 0 unchanged, 1 not built, 1 error" in result.stderr


def pieces(numbers: Iterable[int]) -> Iterator[tuple[int, Piece]]:
    return ((number, Piece(number)) for number in numbers)


@pytest.mark.parametrize("executors", [Serial(), ProcessPool(2)])
def test_each_task_is_done_once(executors: Serial | ProcessPool) -> None:
    done = dict(run_tasks(executors, twice, pieces(range(50))))
    assert done == {number: 2 * number for number in range(50)}
    assert list(run_tasks(executors, twice, iter(()))) == []


def test_a_worker_that_dies_costs_no_task_but_the_one_to_blame(tmp_path: Path) -> None:
    numbers = [number for number in range(12) if number != 9]
    results = dict(run_tasks(ProcessPool(2), fragile, pieces(numbers), tmp_path))
    blamed = {key: r.reason for key, r in results.items() if isinstance(r, Stopped)}
    assert blamed == {3: "killed", 7: "crash"}
    assert all(result == 2 * key for key, result in results.items() if key not in blamed)
    assert sorted(results) == numbers
    tries = Counter(path.name.partition("-")[0] for path in tmp_path.iterdir())
    assert (tries["3"], tries["5"], tries["7"]) == (3, 2, 1), "a crash would only happen again"
    assert max(tries[str(n)] for n in numbers if n not in (3, 5)) == 1


class Gone(Executor):
    """It is lost with all that it is given, and says so of every second task."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        if args[0].number % 2:
            future.set_exception(CancelledError())
        return future


class Killed(Executor):
    """Somebody kills whoever does a task, each time for so many times."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.tries: Counter[int] = Counter()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        self.tries[args[0].number] += 1
        if self.tries[args[0].number] > self.times:
            future.set_result(fn(*args, **kwargs))
        else:
            future.set_exception(Stopped("killed"))
        return future


class Unlucky:
    """Staff of which the first four executors are lost."""

    capacity = 4
    worker_errors = (CancelledError,)

    def __init__(self, last: Executor) -> None:
        self.executors = [last, *(Gone() for _ in range(4))]

    def start(self) -> Executor:
        return self.executors.pop()

    def stop(self, executor: Executor) -> None:
        executor.shutdown()


@pytest.mark.parametrize("times", [2, 3])
def test_a_task_is_not_to_blame_for_an_executor_that_is_lost(times: int) -> None:
    """It has its three tries all the same, and no more."""
    last = Killed(times)
    results = list(run_tasks(Unlucky(last), twice, pieces(range(6))))
    assert sorted(key for key, _ in results) == list(range(6))
    stopped = [result.reason for _, result in results if isinstance(result, Stopped)]
    assert stopped == (["killed"] * 6 if times == 3 else [])
    assert set(last.tries.values()) == {3}


def test_a_bug_of_ours_is_raised(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a bug of ours"):
        list(run_tasks(ProcessPool(2), fragile, pieces([9]), tmp_path))


def test_no_worker_outlives_a_generator_that_is_left(tmp_path: Path) -> None:
    results = run_tasks(ProcessPool(2), number_or_sleep, pieces(range(100, 200)))
    _, first = next(results)
    results.close()
    assert isinstance(first, int)
    wait_for(lambda: not Path(f"/proc/{first}").exists(), 10)


def test_workers_that_are_kept_stay_warm_and_are_interrupted() -> None:
    with closing(ProcessPool(1, kept=True)) as pool:
        ((_, first),) = run_tasks(pool, number_or_sleep, pieces([100]))
        ((_, again),) = run_tasks(pool, number_or_sleep, pieces([101]))
        assert first == again, "no other process was started"
        results = run_tasks(pool, number_or_sleep, pieces([100, 200, 201]))
        assert next(results) == (100, first)
        results.close()
        ((_, last),) = run_tasks(pool, number_or_sleep, pieces([100]))
        assert isinstance(last, int)
    wait_for(lambda: not Path(f"/proc/{last}").exists(), 10)


def test_workers_are_not_waited_for_when_a_build_is_stopped(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from brochure.pipeline.executors import ProcessPool, run_tasks\n"
        "from tests.tasks import Piece, patient\n"
        "tasks = iter([(1, Piece(1)), (2, Piece(2))])\n"
        "list(run_tasks(ProcessPool(2), patient, tasks, Path(sys.argv[1])))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, env=environment(PYTHONWARNINGS=""),
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    wait_for((tmp_path / "begun").exists)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert "serve" not in errors, "workers leave Ctrl-C to the build"
    wait_for(lambda: not children(process.pid), 10)
    assert not (tmp_path / "late").exists()


def test_what_does_not_end_ends_the_build(workspace: Workspace) -> None:
    """Nobody waits for forty leaflets with the same style sheet."""
    text = PASSAGE.replace("Text", "'{{ region.name }}'")
    workspace.leaflet(HEAD + "imprint: Druck 12345\n" + text)
    workspace.regions("id,name\n" + "".join(f"r{i},Ort {i}\n" for i in range(6)))
    template = (ROOT / "styles" / "leaflet.html").read_text("utf-8")
    workspace.write("styles/leaflet.html", template.replace("</header>", f"{markers()}</header>"))
    result = run(workspace.root, "build", "--all", "-e", "email", "--jobs", "1")
    assert result.returncode == 1
    assert (
        "Typesetting this leaflet was stopped after 10 seconds. It was drawing an SVG picture."
        in (result.stderr)
    )
    assert "5 more PDFs were not started" in result.stderr
    assert not pdfs(workspace)


# --- Dask ----------------------------------------------------------------------------------------


class Dask:
    """A scheduler and workers on loopback, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers = folder, list[subprocess.Popen[bytes]]()
        self.scheduler = self._spawn(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            "scheduler.json",
        )
        told = folder / "scheduler.json"
        wait_for(lambda: told.exists() and told.read_text().endswith("}"))  # written, and whole
        self.address = json.loads(told.read_text())["address"]

    def hire(self, **more: str) -> None:
        """One more worker; without a nanny, which would only start it again."""
        self.workers.append(
            self._spawn(
                "worker",
                self.address,
                "--nthreads",
                "1",
                "--no-nanny",
                "--no-dashboard",
                "--host",
                "127.0.0.1",
                "--local-directory",
                str(self.folder),
                **more,
            )
        )

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()  # how gently they could end is not our business
        for process in (*self.workers, self.scheduler):
            process.wait(20)

    def _spawn(self, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        # Away from the checkout and the project: a worker has the package, and nothing else.
        env = {**environment(PYTHONWARNINGS=""), "PYTHONPATH": str(ROOT), **more}
        with open(self.folder / "dask.log", "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments], cwd=self.folder, env=env,
                stdout=log, stderr=log,
            )  # fmt: skip


@pytest.fixture
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    cluster = Dask(tmp_path_factory.mktemp("dask"))
    yield cluster
    cluster.end()


class Announced:
    """A task of Dask whose worker was lost after its result had been awaited."""

    status = "lost"

    async def _result(self, raiseit: bool) -> object:
        return Piece(1)


def test_a_worker_that_is_lost_with_its_result_is_no_error_of_the_task() -> None:
    from distributed.cfexecutor import _cascade_future

    lost: Future[object] = Future()
    asyncio.run(awaited(lambda: _cascade_future(Announced(), lost)))
    wrong: Future[object] = Future()
    wrong.set_exception(TypeError("of the task itself"))
    right: Future[object] = Future()
    right.set_result("right")
    stopped: Future[object] = Future()
    stopped.cancel()
    stopped.set_running_or_notify_cancel()
    outcomes: list[Future[object]] = []
    for done in (lost, wrong, right, stopped):
        outcomes.append(Future())
        _pass_on(outcomes[-1], done)
    assert [type(outcome.exception()) for outcome in outcomes[:2]] == [WorkerLostError, TypeError]
    assert outcomes[2].result() == "right"
    assert outcomes[3].cancelled()


async def awaited(begin: Callable[[], Any]) -> None:
    await begin()


def test_a_cluster_loses_a_worker_and_no_variant(many: Workspace, dask: Dask) -> None:
    from brochure.project import packaged_fonts

    font = next((packaged_fonts() / "Source Sans 3").glob("*.ttf"))
    many.write("styles/fonts/Mine.ttf", font.read_bytes())  # it travels, too
    dask.hire()
    dask.hire()
    process = start(many, "--scheduler", dask.address)
    wait_for(lambda: len(pdfs(many)) >= 6)
    dask.workers[0].kill()
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert len(output.splitlines()) == MANY
    assert dask.workers[1].poll() is None
    there = pdfs(many)
    for path in (many.root / "out").rglob("*.pdf"):
        path.unlink()
    assert run(many.root, "build", "--all", "-e", "email", "--jobs", "2").returncode == 0
    assert pdfs(many) == there, "the same bytes as here"


def test_a_scheduler_that_goes_away_ends_the_build_and_keeps_what_is_done(
    many: Workspace, dask: Dask
) -> None:
    dask.hire()
    process = start(many, "--scheduler", dask.address)
    wait_for(lambda: len(pdfs(many)) >= 3)
    dask.scheduler.kill()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "it has gone away" in errors
    assert "Traceback" not in errors
    kept = pdfs(many)
    assert 3 <= len(kept) < MANY
    assert run(many.root, "build", "--all", "-e", "email").returncode == 0
    assert len(pdfs(many)) == MANY
    assert pdfs(many).items() >= kept.items()


def test_nobody_answers(many: Workspace) -> None:
    many.write(f"content/{SEED}/x", "")
    result = run(many.root, "build", "probe", "--all", "--scheduler", "tcp://127.0.0.1:9")
    assert result.returncode == 2
    assert "No scheduler answers at `tcp://127.0.0.1:9`" in result.stderr
    assert "dask scheduler" in result.stderr
    for wrong in ("nonsense", "http://x", "tcp://"):
        result = run(many.root, "build", "probe", "--all", "--scheduler", wrong)
        assert (result.returncode, "Traceback" in result.stderr) == (2, False), result.stderr


def test_without_dask_it_says_what_to_install(
    many: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from brochure.pipeline.executors import DaskCluster

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DiagnosticsError) as caught:
        DaskCluster("tcp://127.0.0.1:9")
    assert [(d.code, "brochure[dask]" in d.hint) for d in caught.value.diagnostics] == [
        ("no-dask", True)
    ]


def test_a_worker_with_other_versions_is_refused(workspace: Workspace) -> None:
    from brochure.pipeline.fingerprint import versions
    from brochure.pipeline.tasks import Task, typeset

    workspace.leaflet(HEAD + PASSAGE)
    other = versions().replace("weasyprint 70", "weasyprint 71")
    assert other != versions()
    result = typeset(Task(workspace.compose(), ("",), other), None)
    assert (result.by_region, [d.code for d in result.diagnostics]) == ({}, ["other-versions"])
    assert "weasyprint 71.0 / weasyprint 70.0" in result.diagnostics[0].message


def test_memory_stays_flat(workspace: Workspace) -> None:
    """A leak of the size that new fonts for each leaflet would cause shows at once."""
    workspace.leaflet(HEAD + PASSAGE)
    code = f"""
import resource
from pathlib import Path
from brochure.pipeline.tasks import Task, typeset
from brochure.pipeline.fingerprint import versions
from brochure.manuscript.load import read_manuscript
from brochure.layout.compose.composer import compose
from brochure.layout.editions import load_editions
from brochure.project import Project
from dataclasses import replace
p = Project(Path({str(workspace.root)!r}))
c = compose(p, read_manuscript(p, "probe"), "email", load_editions(p)["email"])
def size():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
for i in range(110):
    task = Task(replace(c, html=c.html.replace("Text", f"Text {{i}}")), ("A",), versions())
    assert typeset(task, p.cache).by_region
    if i == 50:
        before = size()
print((size() - before) / 60)
"""
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment(PYTHONWARNINGS=""), capture_output=True,
        text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert float(result.stdout) < 30_000  # bytes a leaflet; new fonts and styles cost 300,000
