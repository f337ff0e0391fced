"""One command in one hostile folder: how it ended, and what it did on the way."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.inputs import Input, prepare

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
GIVEN_UP = 60.0  # seconds
SECONDS, MEMORY = 20.0, 500_000_000  # what the README promises
# The command as its entry point has it: unlike `python -m`, it does not look for modules in the
# current folder.
COMMAND = [sys.executable, "-P", "-c", "from brochure.cli.main import main; main()"]
WORKER = [sys.executable, "-P", "-c", "from brochure.isolation import serve; serve()"]


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code, None if it did not; its words; seconds and bytes.

    `touched` is what it did outside of the project, of its own cache, and of temporary folders.
    """

    code: int | None
    output: str
    seconds: float
    memory: int
    touched: tuple[str, ...]

    @property
    def faults(self) -> Iterator[str]:
        """What is wrong with that, whatever the input."""
        if self.code is None:
            yield "never ended"
        elif self.code not in (0, 1, 2):
            yield f"exit code {self.code}"
        if "Traceback" in self.output:
            yield "traceback"
        if self.memory > MEMORY:
            yield f"{self.memory // 1_000_000} MB"
        if len(self.output) > 200_000:
            yield f"{len(self.output) // 1000} kB of words"
        if any(c for c in self.output if not c.isprintable() and c not in "\n\t"):
            yield "control characters"
        yield from self.touched


def run(item: Input, command: tuple[str, ...], folder: Path, *, program: str = "") -> Outcome:
    """Run a command in a folder that is made for it, below `folder`; or another program, to see
    what is heard of it.
    """
    project = folder / "project"
    bait, cache, temporary = folder / "outside", folder / "cache", folder / "temporary"
    for each in (project, bait, cache, temporary):
        each.mkdir(parents=True, exist_ok=True)
    prepare(item, project, bait)
    before = _state(bait)
    log = folder / "listening.txt"
    environment = {
        **{k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "PYTHONWARNINGS")},
        "PYTHONPATH": os.pathsep.join((str(HERE / "listening"), str(ROOT))),
        "BROCHURE_LISTENING": str(log),
        "BROCHURE_CACHE": str(cache),
        "TMPDIR": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    started = [*COMMAND[:3], program] if program else [*COMMAND, *command]
    result = subprocess.run(
        [sys.executable, "-P", str(HERE / "measure.py"), str(GIVEN_UP), *started],
        cwd=project, env=environment, capture_output=True, text=True, errors="backslashreplace",
        check=True,
    )  # fmt: skip
    facts = json.loads(result.stdout)
    touched = [*_touched(log, (project, cache, temporary), bait, started)]
    if _state(bait) != before:
        touched.append("something outside was changed")
    return Outcome(facts["code"], result.stderr, facts["seconds"], facts["memory"], tuple(touched))


def _touched(log: Path, own: tuple[Path, ...], bait: Path, started: list[str]) -> Iterator[str]:
    """What was opened, changed, started or asked that is nobody's business."""
    seen = set()
    for line in log.read_text("utf-8").splitlines():
        kind, _, shown = line.partition("\t")
        what = ast.literal_eval(shown)
        if line in seen:
            continue
        seen.add(line)
        match kind:
            case "process":
                # The first is the program itself.
                command = list(what[1] or ()) if len(what) > 1 else []
                if command != started and command[:4] != WORKER:
                    yield f"started {what}"
            case "socket":
                yield f"{what[0]} {what[1]}"
            case "read":
                path = Path(what)
                if path.is_relative_to(bait):
                    yield f"read {path}"
                inside = path.is_relative_to(own[0]) and not path.is_relative_to(own[0] / "out")
                if path.suffix == ".py" and inside:
                    yield f"read {path}"
            case "write" | "change":
                path = Path(what)
                allowed = path == Path(os.devnull) or any(path.is_relative_to(f) for f in own)
                if not allowed or (path.is_relative_to(own[0]) and _leads_out(path, own[0])):
                    yield f"wrote {path}"
    assert seen, "nothing was heard"


def _leads_out(path: Path, project: Path) -> bool:
    return not path.parent.resolve().is_relative_to(project.resolve())


def _state(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(p), p.lstat().st_mtime_ns) for p in folder.rglob("*"))
