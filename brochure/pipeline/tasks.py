"""What a worker does: one task, in whatever process, on whatever machine.

A task carries all that it needs. A worker keeps its typesetter, and with it fonts, parsed styles
and divided words, from task to task.
"""

import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Part, error
from brochure.isolation import Frame, Stopped
from brochure.layout import web
from brochure.layout.composition import RASTER_TYPES
from brochure.messages import EMPTY, Message, joined, say
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
        """How long setting it may take; what an honest leaflet needs is a tenth of it, or half of
        what it may take for its pictures.
        """
        assets = self.composition.assets.values()
        pictures = sum(asset.mime in RASTER_TYPES for asset in assets)
        return (
            bounds.SECONDS
            + bounds.PASSAGE_SECONDS * len(self.composition.passages)
            + bounds.PICTURE_SECONDS * pictures
        )

    @property
    def memory(self) -> int:
        """How many bytes it may take."""
        return bounds.MEMORY + bounds.PASSAGE_MEMORY * len(self.composition.passages)


@dataclass(frozen=True)
class TaskResult:
    """The files by the names of their regions, or none and the reasons. The locations of the
    diagnostics are parts of the leaflet.

    `pages` is 0 where there are none, on the web.
    """

    by_region: Mapping[str, bytes]
    pages: int
    diagnostics: tuple[Diagnostic, ...]

    @classmethod
    def failed(cls, *diagnostics: Diagnostic) -> "TaskResult":
        """No files, and why."""
        return cls({}, 0, diagnostics)


def typeset(task: Task, cache_folder: Path | None) -> TaskResult:
    """Do a task. `cache_folder` is for what can be made again, or None."""
    if task.versions != versions():
        return TaskResult.failed(_other_versions(task.versions, versions()))
    try:
        with faults_reported():
            return (
                _page(task, cache_folder)
                if task.composition.edition.output == "html"
                else _pdf(task, cache_folder)
            )
    except DiagnosticsError as failed:
        return TaskResult.failed(*failed.diagnostics)


@contextmanager
def faults_reported() -> Iterator[None]:
    """What the typesetter cannot cope with is a diagnostic; memory has its bounds, which the worker
    tells of.
    """
    try:
        yield
    except (DiagnosticsError, MemoryError):
        raise
    except Exception as reason:
        raise DiagnosticsError([_broken_down(reason)]) from reason


def _page(task: Task, cache_folder: Path | None) -> TaskResult:
    composition = web.with_pictures_for_screens(task.composition, cache_folder)
    pages = {region: web.page(composition, region) for region in task.regions}
    return TaskResult(pages, 0, ())


def _pdf(task: Task, cache_folder: Path | None) -> TaskResult:
    with typesetter_of(cache_folder) as typesetter:
        result = typesetter.typeset(task.composition, task.regions)
    pdfs = dict(zip(task.regions, result.pdfs, strict=True))
    return TaskResult(pdfs, result.pages, result.diagnostics)


@contextmanager
def typesetter_of(cache_folder: Path | None) -> "Iterator[Typesetter]":
    """The typesetter of this process, for one task at a time; it saves what it has learnt."""
    with _one_at_a_time:
        typesetter = _typesetter(cache_folder)
        try:
            yield typesetter
        finally:
            typesetter.save()


@cache
def _typesetter(cache_folder: Path | None) -> "Typesetter":
    """The typesetter of this process: what is warm in it is why workers are kept."""
    return _typesetters()(cache_folder)


def prepare() -> None:
    """Load what typesetting needs, to have it ready. Whatever is wrong with it shows later."""
    _typesetters().preload()


def _typesetters() -> "type[Typesetter]":
    from brochure.pipeline.typesetter import Typesetter  # WeasyPrint is for workers only

    return Typesetter


# What is being done while one of these files is at work; the first that fits counts.
_ACTIVITIES = (
    ("weasyprint/svg/", say("drawing an SVG picture")),
    ("weasyprint/images.py", say("reading a picture")),
    ("brochure/layout/raster.py", say("reading a picture")),
    ("brochure/layout/reproduction.py", say("reading a picture")),
    ("weasyprint/css/counters.py", say("counting pages and lists")),
    ("weasyprint/draw/", say("drawing the pages")),
    ("weasyprint/pdf/", say("writing the PDF")),
    ("weasyprint/layout/", say("laying out the pages")),
    ("weasyprint/formatting_structure/", say("laying out the pages")),
    ("brochure/layout/weasyprint/", say("finishing the pages")),
    ("weasyprint/", say("applying the style sheets")),
    ("brochure/layout/web.py", say("writing the web page")),
    ("brochure/layout/", say("finishing the pages")),
    ("brochure/prepress/", say("finishing the pages")),
)


def stopped(task: Task, reason: Stopped) -> TaskResult:
    """The result of a task that exceeded its bounds, with what it was doing then."""
    match reason.reason:
        case "time":
            message = say(
                "Typesetting this leaflet was stopped after {seconds:.0f} seconds.",
                seconds=task.seconds,
            )
        case "memory":
            message = say(
                "Typesetting this leaflet takes more than {megabytes} MB of memory.",
                megabytes=task.memory // 1_000_000,
            )
        case "crash":
            message = say("The typesetter crashed.")
        case "killed":
            message = say("The process that was typesetting this leaflet was killed three times.")
    activity = _activity(reason.at)
    if activity:
        message = joined([message, say("It was {activity}.", activity=activity)])
    hint = (
        say("There may be too little memory: close other programs, or build with `--jobs 1`.")
        if reason.reason == "killed"
        else say(
            "Something in styles/, or a picture, is too much for the typesetter. Remove what you "
            "did not make yourself, and build again; if that does not help, please report it."
        )
    )
    return TaskResult.failed(error("stopped", message, Part(), hint))


def _activity(at: tuple[Frame, ...]) -> Message:
    """What was being done."""
    files = {frame.file.replace("\\", "/") for frame in at}
    found = (doing for part, doing in _ACTIVITIES if any(part in file for file in files))
    return next(found, EMPTY)


def _broken_down(reason: Exception) -> Diagnostic:
    """WeasyPrint has no single exception for what it cannot cope with."""
    (where,) = traceback.extract_tb(reason.__traceback__)[-1:]
    return error(
        "typesetter",
        say(
            "The typesetter cannot cope with this leaflet ({reason}).",
            reason=" ".join(f"{type(reason).__name__}: {reason}".split())[:200],
        ),
        Part(),
        say(
            "Look at the styles, templates and pictures that you added last. If there are none, "
            "please report it, and that it happened in {where}.",
            where=f"{Path(where.filename).name}:{where.lineno}",
        ),
    )


def _other_versions(wanted: str, here: str) -> Diagnostic:
    ours, theirs = set(wanted.split(", ")), set(here.split(", "))
    differences = f"{', '.join(sorted(ours - theirs))} / {', '.join(sorted(theirs - ours))}"
    return error(
        "other-versions",
        say(
            "A worker has other versions than this machine ({differences}).",
            differences=differences,
        ),
        Part(),
        say(
            "The same leaflet would look different from one region to the next. Install "
            "the same version of brochure and the same system on all machines."
        ),
    )
