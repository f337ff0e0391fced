"""A template filled in: HTML, and what was found in it; or what is wrong, at its line.

Templates of a project may come from a stranger, so they are filled in by a process of its own, with
bounds for time, memory and output. The built-in ones are not, which saves its start.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from traceback import walk_tb

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

from brochure import bounds
from brochure.diagnostics import Diagnostic, Place, error
from brochure.isolation import Frame, Stopped, Worker
from brochure.manuscript.language import Language
from brochure.press.edition import Links
from brochure.press.helpers import Helpers
from brochure.press.scan import Scan, scan_html
from brochure.press.template import Sandbox, Templates
from brochure.press.view import View

_HINT = "Compare it with the built-in styles/leaflet.html."
_OBJECT = re.compile(r"'brochure\.press\.view\.(\w+) object'")  # as Jinja2 names ours
_WIDTH = 200  # characters of a reason
Sources = Mapping[str, tuple[str, str]]  # by name: text, and file as users see it


@dataclass(frozen=True)
class Filled:
    """HTML from a template, and what was found in it."""

    html: str
    scan: Scan


@dataclass(frozen=True)
class Request:
    """A template to be filled in: its name, all that there are, and the data for it."""

    template: str
    sources: tuple[tuple[str, str, str], ...]  # name, text, file
    language: Language
    links: Links
    view: View


def fill(request: Request) -> Filled | Diagnostic:
    """Fill in a template, in this process. Whatever is wrong with it is told at its line."""
    sandbox = _sandbox(request.sources, request.language, request.links, request.view.edition.codes)
    files = {file: name for name, _, file in request.sources}
    parts: list[str] = []
    size = 0
    context = {field.name: getattr(request.view, field.name) for field in fields(request.view)}
    try:
        for part in sandbox.get_template(request.template).generate(context):
            parts.append(part)
            size += len(part)
            if size > bounds.HTML:
                raise _TooMuchError
        html = "".join(parts)
        return Filled(html, scan_html(html))
    except (MemoryError, _TooMuchError):
        parts.clear()
        raise
    except Exception as reason:
        return _diagnose(reason, files, _place(request.template, files))


class Filler:
    """Fills in templates: trusted ones here, those of a project in a process of its own.

    A template that had to be stopped is not tried again: with every variant of a leaflet, it would
    be the same.
    """

    def __init__(self) -> None:
        self.worker = Worker()
        self._stopped: dict[object, Diagnostic] = {}

    def fill(self, request: Request, *, trusted: bool) -> Filled | Diagnostic:
        """Fill in a template. Whatever is wrong with it is told at its line."""
        if trusted:
            return fill(request)
        key = request.template, request.sources
        if key in self._stopped:
            return self._stopped[key]
        try:
            return self.worker.call(bounds.SECONDS, bounds.MEMORY, fill, request)
        except Stopped as stopped:
            what = _WHY[stopped.reason]
            at = stopped.at
        except _TooMuchError:
            what = f"makes more than {bounds.HTML // 1_000_000} MB of HTML"
            at = ()
        self._stopped[key] = _told(request, what, at)
        return self._stopped[key]


_WHY = {
    "time": f"does not come to an end within {bounds.SECONDS} seconds",
    "memory": f"needs more than {bounds.MEMORY // 1_000_000} MB of memory",
    "crash": "makes the program break down that fills it in",
    "killed": "could not be filled in, since somebody ended the process that did it",
}


def _told(request: Request, what: str, at: tuple[Frame, ...]) -> Diagnostic:
    """Why a template was stopped, at the line that it was at."""
    files = {file: name for name, _, file in request.sources}
    lines = [Place(frame.file, frame.line) for frame in at if frame.file in files]
    return error(
        "template",
        f"The template {what}.",
        lines[0] if lines else _place(request.template, files),
        f"Look for loops and macros that never end here. {_HINT}",
    )


class _TooMuchError(Exception):
    """A template makes more HTML than it may."""


@lru_cache(maxsize=32)  # each keeps the texts that it has set
def _sandbox(
    sources: tuple[tuple[str, str, str], ...], language: Language, links: Links, codes: bool
) -> Sandbox:
    by_name = {name: (text, file) for name, text, file in sources}
    return Sandbox(Templates(by_name), Helpers(language, links, codes))


def _place(template: str, files: Mapping[str, str]) -> Place:
    """The beginning of a template."""
    return Place(next((file for file, name in files.items() if name == template), template))


def _diagnose(reason: Exception, files: Mapping[str, str], beginning: Place) -> Diagnostic:
    """What is wrong with a template, at the innermost of its lines that was at work."""
    trace = walk_tb(reason.__traceback__)
    lines = [
        Place(frame.f_code.co_filename, line)
        for frame, line in trace
        if frame.f_code.co_filename in files
    ]
    place = lines[-1] if lines else beginning
    hint = _HINT
    match reason:
        case TemplateSyntaxError():
            place = Place(reason.filename or beginning.file, reason.lineno)
            said = reason.message or "it cannot be read"
        case TemplateNotFound():
            said = f"there is no file `{reason.name}` in styles/"
        case TemplateError():
            said = reason.message or str(reason)
        case RecursionError():
            said = "it is nested too deeply"
            hint = f"Is there a macro that calls itself, or a file that includes itself? {_HINT}"
        case ZeroDivisionError():
            said = "it divides by zero"
        case _:
            said = str(reason) or type(reason).__name__
    said = _OBJECT.sub(lambda found: f"`{found[1].lower()}`", " ".join(said.split()))
    said = said[:_WIDTH].rstrip(".")
    return error("template", f"The template does not work: {said}.", place, hint)
