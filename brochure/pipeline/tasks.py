"""What a worker does: one task, in whatever process, on whatever machine.

A task carries all that it needs. A worker keeps its typesetter, and with it fonts, parsed styles
and divided words, from task to task.
"""

import threading
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, error, symbolic
from brochure.isolation import Frame, Stopped
from brochure.pipeline.fingerprint import versions

if TYPE_CHECKING:
    from brochure.layout.composition import Composition
    from brochure.pipeline.typesetter import Typesetter


_one_at_a_time = threading.Lock()  # WeasyPrint is not made for threads; a cluster may use some


@dataclass(frozen=True)
class Task:
    """A composition to be set, and the names of the regions that print it (see `Typesetter`)."""

    composition: "Composition"
    regions: tuple[str, ...]
    versions: str

    @property
    def seconds(self) -> float:
        """How long setting it may take; what an honest leaflet needs is a tenth of it."""
        return bounds.SECONDS + bounds.PASSAGE_SECONDS * len(self.composition.passages)

    @property
    def memory(self) -> int:
        """How many bytes it may take."""
        return bounds.MEMORY + bounds.PASSAGE_MEMORY * len(self.composition.passages)


@dataclass(frozen=True)
class Result:
    """The files, one for each region, or none and the reasons. Places are symbolic.

    `pages` is 0 where there are none, on the web.
    """

    pdfs: tuple[bytes, ...]
    pages: int
    diagnostics: tuple[Diagnostic, ...]


def make(task: Task, cache_folder: Path | None) -> Result:
    """Do a task. `cache_folder` is for what can be made again, or None."""
    if task.versions != versions():
        return Result((), 0, (_other_versions(task.versions, versions()),))
    try:
        return (
            _page(task) if task.composition.edition.output == "html" else _pdf(task, cache_folder)
        )
    except DiagnosticsError as failed:
        return Result((), 0, failed.diagnostics)
    except MemoryError:  # a worker has its bounds, and says that they were exceeded
        raise
    except Exception as reason:
        return Result((), 0, (_broken_down(reason),))


def _page(task: Task) -> Result:
    from brochure.layout import web

    return Result(tuple(web.page(task.composition, region) for region in task.regions), 0, ())


def _pdf(task: Task, cache_folder: Path | None) -> Result:
    with _one_at_a_time:
        typesetter = _typesetter(cache_folder)
        try:
            result = typesetter.typeset(task.composition, task.regions)
        finally:
            typesetter.save()
    return Result(result.pdfs, result.pages, result.diagnostics)


@cache
def _typesetter(cache_folder: Path | None) -> "Typesetter":
    """The typesetter of this process: what is warm in it is why workers are kept."""
    from brochure.pipeline.typesetter import Typesetter

    return Typesetter(cache_folder)


def prepare() -> None:
    """Load what sets type, to have it ready. Whatever is wrong with it shows when it is used."""
    from brochure.layout.weasyprint import engine
    from brochure.pipeline import typesetter as typeset

    assert typeset
    engine.load()


# What is being done where one of these files is at work; the first that is counts.
_DOINGS = (
    ("weasyprint/svg/", "drawing an SVG picture"),
    ("weasyprint/images.py", "reading a picture"),
    ("weasyprint/css/counters.py", "counting"),
    ("weasyprint/draw/", "drawing the pages"),
    ("weasyprint/pdf/", "writing the PDF"),
    ("weasyprint/layout/", "laying out the pages"),
    ("weasyprint/formatting_structure/", "laying out the pages"),
    ("weasyprint/", "applying the style sheets"),
    ("brochure/layout/web.py", "writing the page of the web"),
    ("brochure/layout/", "finishing the pages"),
    ("brochure/prepress/", "finishing the pages"),
)


def stopped(task: Task, reason: Stopped) -> Result:
    """The result of a task that exceeded its bounds: what it was at."""
    doing = _doing(reason.at)
    said = {
        "time": f"Setting this leaflet was stopped after {task.seconds:.0f} seconds",
        "memory": f"Setting this leaflet takes more than {task.memory // 1_000_000} MB of memory",
        "crash": "The program that sets type broke down",
        "killed": "The process that set this leaflet was killed, three times",
    }[reason.reason]
    hint = (
        "There may be too little memory: close other programs, or build with `--jobs 1`."
        if reason.reason == "killed"
        else "Something in styles/, or a picture, is too much for the typesetter. Take away what "
        "you did not make yourself, and build again; if none of it is to blame, please report it."
    )
    message = f"{said}, while {doing}." if doing else f"{said}."
    return Result((), 0, (error("stopped", message, symbolic(), hint),))


def _doing(at: tuple[Frame, ...]) -> str:
    """In words what was being done."""
    files = {frame.file.replace("\\", "/") for frame in at}
    return next((doing for part, doing in _DOINGS if any(part in file for file in files)), "")


def _broken_down(reason: Exception) -> Diagnostic:
    """WeasyPrint has no one exception for what it cannot cope with."""
    (where,) = traceback.extract_tb(reason.__traceback__)[-1:]
    said = " ".join(f"{type(reason).__name__}: {reason}".split())[:200]
    return error(
        "typesetter",
        f"The typesetter cannot cope with this leaflet ({said}).",
        symbolic(),
        "Look at the styles, templates and pictures that you added last. If there are none, please "
        f"report it, and that it happened in {Path(where.filename).name}:{where.lineno}.",
    )


def _other_versions(wanted: str, here: str) -> Diagnostic:
    ours, theirs = set(wanted.split(", ")), set(here.split(", "))
    differences = f"{', '.join(sorted(ours - theirs))} / {', '.join(sorted(theirs - ours))}"
    return error(
        "other-versions",
        f"A worker has other versions than this machine ({differences}).",
        symbolic(),
        "The same leaflet would look different from one region to the next. Install the same "
        "version of brochure and the same system on all machines.",
    )
