"""What a worker does: one task, in whatever process, on whatever machine.

A task carries all that it needs. A worker keeps its typesetter, and with it fonts, parsed styles
and divided words, from task to task.
"""

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from brochure.build.fingerprint import versions
from brochure.diagnostics import Diagnostic, Problems, error
from brochure.manuscript.load import symbolic

if TYPE_CHECKING:  # loaded where type is set
    from brochure.press.compose import Composition
    from brochure.press.typeset import Typesetter

_one_at_a_time = threading.Lock()  # WeasyPrint is not made for threads; a cluster may use some


@dataclass(frozen=True)
class Task:
    """A composition to be set, and the names of the regions that print it (see `Typesetter`)."""

    composition: "Composition"
    regions: tuple[str, ...]
    versions: str


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
    if task.composition.edition.output == "html":
        from brochure.press import web

        pages = tuple(web.page(task.composition, region) for region in task.regions)
        return Result(pages, 0, ())
    with _one_at_a_time:
        typesetter = _typesetter(cache_folder)
        try:
            result = typesetter.typeset(task.composition, task.regions)
        except Problems as problems:
            return Result((), 0, problems.diagnostics)
        finally:
            typesetter.save()
    return Result(result.pdfs, result.pages, result.diagnostics)


@cache
def _typesetter(cache_folder: Path | None) -> "Typesetter":
    """The typesetter of this process: what is warm in it is why workers are kept."""
    from brochure.press.typeset import Typesetter

    return Typesetter(cache_folder)


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
