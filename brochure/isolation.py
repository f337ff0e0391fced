"""Work on files from strangers, done in a process of its own, with bounds for memory and time.

A picture, a font, a style sheet, a template or a PDF may make the program that reads it hang,
crash, or want all the memory there is. None of that shall happen to the command that was typed. So
such work is handed to a :class:`Worker`: a Python process that calls functions of ours, one at a
time, and is stopped where it exceeds its bounds. What it was at then is told.

The process imports nothing from the current folder (``-P``): that is the stranger's.
"""

import contextlib
import gc
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from traceback import walk_stack, walk_tb
from types import FrameType
from typing import IO, Literal, NoReturn, ParamSpec, TypeVar, cast

if sys.platform != "win32":  # there, the watch alone holds the bounds
    import resource

P = ParamSpec("P")
R = TypeVar("R")
Reason = Literal["time", "memory", "crash", "killed"]
_HEAD = struct.Struct("<Q")  # before each message: its length in bytes
_TICK = 0.05  # seconds between two looks at the clock
_GRACE = 1  # seconds of the processor after which the system stops what does not stop itself
_WALL = 4  # how much longer than its time of the processor work may take, by the clock on the wall
_START = 60  # seconds; more than a process ever takes to start
_COLLECTIONS = 50  # of young garbage, for one of all
_FRAMES = 200  # of the stack of what was stopped
# What it means that a process died of a signal; SIGKILL was none of ours.
_SIGNALS: dict[int, Reason] = {}
if sys.platform != "win32":
    _SIGNALS = {signal.SIGXCPU: "time", signal.SIGKILL: "killed"}


@dataclass(frozen=True)
class Frame:
    """A function that was running when work was stopped: its file, line and name."""

    file: str
    line: int
    name: str


class Stopped(Exception):
    """Work exceeded its bounds, or its process died, or was killed by somebody else.

    `at` says where it was, innermost first, as far as that is known.
    """

    def __init__(self, reason: Reason, at: tuple[Frame, ...] = ()) -> None:
        super().__init__(reason, at)
        self.reason, self.at = reason, at


class Worker:
    """A process that does work for this one; started when first needed, and anew after a stop.

    It ends when it is closed, is no longer referred to, or when this process ends in whatever way.
    """

    def __init__(self) -> None:
        self._process: _Process | None = None
        self._lock = threading.Lock()  # it may be closed for good while it starts
        self._over = False

    def _started(self) -> "_Process":
        with self._lock:
            if self._over:
                raise Stopped("killed")
            if self._process is None:
                self._process = _Process()
            return self._process

    def call(
        self, seconds: float, memory: int, function: Callable[P, R], /,
        *args: P.args, **kwargs: P.kwargs,
    ) -> R:  # fmt: skip
        """What ``function(*args)`` returns; what it raises is raised here.

        It may take so many `seconds` of the processor and so many bytes of `memory`. Function,
        arguments and result are pickled. Raises Stopped.
        """
        process = self._started()
        try:
            answer = process.ask((function, args, kwargs, seconds, memory), seconds)
        except BaseException:  # Ctrl-C as well: what comes next must not get an old answer
            self.close()
            raise
        if isinstance(answer, Stopped):
            self.close()
            raise answer
        result, raised = answer
        if raised is not None:
            raise raised
        return cast(R, result)

    def close(self, *, for_good: bool = False) -> None:
        """End the process, whatever it is doing. `for_good`: no other is started."""
        with self._lock:
            self._over = self._over or for_good
            process, self._process = self._process, None
        if process is not None:
            process.end()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Workers:
    """Workers that are lent to threads, so that each has one of its own. They are kept warm."""

    def __init__(self) -> None:
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._all: list[Worker] = []
        self._busy: set[Worker] = set()
        self._lock = threading.Lock()
        self._over = False

    @contextmanager
    def lend(self) -> Iterator[Worker]:
        """A worker for the time of the block."""
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:
            worker = self._new()
        with self._lock:
            self._busy.add(worker)
        try:
            yield worker
        finally:
            with self._lock:
                self._busy.discard(worker)
            self._idle.put(worker)

    def interrupt(self) -> None:
        """End the processes of those that are lent; who has one is told that it was killed."""
        with self._lock:
            busy = tuple(self._busy)
        for worker in busy:
            worker.close()

    def close(self) -> None:
        """End all of them for good, whatever they are doing."""
        with self._lock:
            self._over = True
            every = tuple(self._all)
        for worker in every:
            worker.close(for_good=True)

    def _new(self) -> Worker:
        with self._lock:
            worker = Worker()
            if self._over:
                worker.close(for_good=True)
            self._all.append(worker)
            return worker


class _Process:
    """The process of a worker, seen from this side."""

    def __init__(self) -> None:
        root = str(Path(__file__).parents[1])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-c", "from brochure.isolation import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        assert self._popen.stdout is not None
        listening = self._popen.stdout, self._answers.put
        threading.Thread(target=_listen, args=listening, daemon=True).start()
        self.end = weakref.finalize(self, _end, self._popen)

    def ask(self, task: object, seconds: float) -> "Stopped | tuple[object, BaseException | None]":
        """The answer to a task; Stopped, where there is none."""
        assert self._popen.stdin is not None
        try:
            _send(self._popen.stdin, pickle.dumps(task, pickle.HIGHEST_PROTOCOL))
            answer = self._answers.get(timeout=_START + _WALL * seconds)
        except OSError:  # it died before
            answer = None
        except queue.Empty:
            return Stopped("time")
        if answer is None:
            return Stopped(_SIGNALS.get(-self._popen.wait(), "crash"))
        found: Stopped | tuple[object, BaseException | None] = pickle.loads(answer)  # noqa: S301 - ours
        return found


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(_HEAD.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    """The next message; None where there will be none."""
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    (length,) = _HEAD.unpack(head)
    message = pipe.read(length)
    return message if len(message) == length else None


def _listen(pipe: IO[bytes], hear: Callable[[bytes | None], None]) -> None:
    """Hand on each message, and None at the end."""
    message: bytes | None = b""
    while message is not None:
        try:
            message = _receive(pipe)
        except (OSError, ValueError):  # it was closed
            message = None
        hear(message)


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    class _Counters(ctypes.Structure):
        """What a process uses, in bytes (PROCESS_MEMORY_COUNTERS_EX of psapi.h)."""

        _fields_ = (
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            ("PeakWorkingSetSize", ctypes.c_size_t),
            ("WorkingSetSize", ctypes.c_size_t),
            ("QuotaPeakPagedPoolUsage", ctypes.c_size_t),
            ("QuotaPagedPoolUsage", ctypes.c_size_t),
            ("QuotaPeakNonPagedPoolUsage", ctypes.c_size_t),
            ("QuotaNonPagedPoolUsage", ctypes.c_size_t),
            ("PagefileUsage", ctypes.c_size_t),
            ("PeakPagefileUsage", ctypes.c_size_t),
            ("PrivateUsage", ctypes.c_size_t),
        )

    def committed() -> int:
        """The bytes that this process has had from the system. Windows bounds them for groups of
        processes only, of which this one may be in another already: the watch has to look.
        """
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        counters = _Counters(cb=ctypes.sizeof(_Counters))
        process = wintypes.HANDLE(kernel.GetCurrentProcess())
        answered = kernel.K32GetProcessMemoryInfo(process, ctypes.byref(counters), counters.cb)
        # The second is the same by an older name.
        return max(int(counters.PrivateUsage), int(counters.PagefileUsage)) if answered else 0

else:

    def committed() -> int:
        """Nothing: the system holds the bound."""
        return 0


# --- The other side ---------------------------------------------------------------------------


def serve() -> None:
    """Do tasks from standard input, one after the other, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command that was typed
    gc.disable()  # while modules load there is no garbage
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    pipe = os.fdopen(os.dup(1), "wb")  # nothing else may write there
    os.dup2(2, 1)

    def hear(message: bytes | None) -> None:
        if message is None:  # the command has ended, in whatever way
            os._exit(0)
        tasks.put(message)

    threading.Thread(target=_listen, args=(sys.stdin.buffer, hear), daemon=True).start()
    watch = _Watch(pipe, threading.get_ident())
    while True:
        _send(pipe, _answer(tasks.get(), watch))
        if not gc.isenabled():  # now, while nobody waits
            collect_garbage()
            gc.enable()


def collect_garbage() -> None:
    """Free what a task has left behind. All that is kept for the next one is searched only once in
    so many times: that takes as long as a short leaflet.
    """
    young, *_, old = gc.get_stats()
    rare = young["collections"] >= _COLLECTIONS * (old["collections"] + 1)
    gc.collect(2 if rare else 0)


def _answer(task: bytes, watch: "_Watch") -> bytes:
    function, args, kwargs, seconds, memory = pickle.loads(task)  # noqa: S301 - from our own side
    del task
    _limit(seconds, memory)
    watch.begin(seconds, memory)
    raised: BaseException | None = None
    result = None
    try:
        result = function(*args, **kwargs)
    except MemoryError as reason:
        _limit(None, None)  # its frames still hold what filled the memory
        return _memory(reason)
    except Exception as reason:
        raised = reason
    finally:
        watch.end()
        _limit(None, None)
    try:
        if raised is not None:  # of some exceptions it shows there only that they cannot travel
            pickle.loads(pickle.dumps(raised))  # noqa: S301 - our own
        return pickle.dumps((result, raised), pickle.HIGHEST_PROTOCOL)
    except MemoryError as reason:
        return _memory(reason)
    except Exception as reason:
        plain = RuntimeError(f"{type(raised or reason).__name__}: {raised or reason}")
        return pickle.dumps((None, plain), pickle.HIGHEST_PROTOCOL)


def _memory(reason: MemoryError) -> bytes:
    """Where memory came to an end."""
    frames = [_frame(*step) for step in walk_tb(reason.__traceback__)]
    return pickle.dumps(Stopped("memory", tuple(frames[::-1][:_FRAMES])))


def _frame(frame: FrameType, line: int) -> Frame:
    """A frame; of a template that Jinja2 has compiled, with the line of the template."""
    notes = frame.f_globals.get("debug_info")
    if isinstance(notes, str):  # "1=12&3=14": line 1 of the template begins at line 12 of the code
        pairs = (pair.partition("=") for pair in reversed(notes.split("&")))
        line = next((int(own) for own, _, code in pairs if code and int(code) <= line), line)
    return Frame(frame.f_code.co_filename, line, frame.f_code.co_name)


def _limit(seconds: float | None, memory: int | None) -> None:
    """Bounds that the system holds, from here on; None for no bound.

    RLIMIT_DATA, and not RLIMIT_AS: libraries and fonts that are only mapped cost nothing.
    """
    if sys.platform != "win32":
        spent = time.process_time()
        for kind, bound in (
            (resource.RLIMIT_CPU, None if seconds is None else int(spent + seconds + _GRACE) + 1),
            (resource.RLIMIT_DATA, memory),
            (resource.RLIMIT_CORE, 0),
        ):
            with contextlib.suppress(ValueError, OSError):  # the machine's own bound may be lower
                _, hard = resource.getrlimit(kind)
                resource.setrlimit(kind, (hard if bound is None else bound, hard))


class _Watch:
    """Ends this process when its task has had its time (on Windows, or its memory), and tells what
    it was at.
    """

    def __init__(self, pipe: IO[bytes], thread: int) -> None:
        self._pipe, self._thread = pipe, thread
        self._deadline: tuple[float, float] | None = None  # of the processor, of the wall
        self._memory = 0  # bytes
        self._speaking = threading.Lock()  # lest it ends a task whose answer is on its way
        self._begun = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def begin(self, seconds: float, memory: int) -> None:
        self._memory = memory
        self._deadline = time.process_time() + seconds, time.monotonic() + _WALL * seconds
        self._begun.set()

    def end(self) -> None:
        with self._speaking:
            self._begun.clear()
            self._deadline = None

    def _look(self) -> None:
        while True:
            self._begun.wait()
            time.sleep(_TICK)
            with self._speaking:
                if self._deadline is None:
                    continue
                processor, wall = self._deadline
                if time.process_time() > processor or time.monotonic() > wall:
                    self._stop("time")
                if committed() > self._memory:
                    self._stop("memory")

    def _stop(self, reason: Reason) -> NoReturn:
        stack = walk_stack(sys._current_frames().get(self._thread))
        frames = tuple(_frame(*step) for step in islice(stack, _FRAMES))
        with contextlib.suppress(OSError):
            _send(self._pipe, pickle.dumps(Stopped(reason, frames)))
        os._exit(0)
