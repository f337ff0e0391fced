"""Templates: Jinja2, of which only so much is let in as looks need.

A template may come from a stranger, and Jinja2's own sandbox forbids what is known to be dangerous.
This one goes the other way: it knows the few types that a template meets (text, numbers, tuples,
the classes of `view`, loops and macros), what may be asked of each, and what may be called.
Everything else does not exist. Time and memory are bounded where it is filled in (see `filling`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from traceback import walk_tb
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from jinja2.tests import TESTS
from jinja2.utils import Namespace

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, error
from brochure.isolation import Frame, Stopped, Worker
from brochure.layout.compose.filters import Helpers
from brochure.layout.compose.scan import Scan, scan_html
from brochure.layout.compose.view import CLASSES, View, names_of
from brochure.layout.edition import Links
from brochure.manuscript.text.language import Language

_LONGEST = 1_000_000  # characters that a multiplied text may have
_ATTRIBUTES: dict[type, frozenset[str]] = {
    **{kind: names_of(kind) for kind in CLASSES},
    LoopContext: frozenset(
        ("index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0",
         "previtem", "nextitem", "cycle", "changed")
    ),
}  # fmt: skip
_METHODS = frozenset(
    ("endswith", "lower", "lstrip", "removeprefix", "removesuffix", "rstrip", "split", "startswith",
     "strip", "title", "upper")
)  # fmt: skip
_FILTERS = frozenset(
    ("abs", "batch", "capitalize", "count", "d", "default", "e", "escape", "first", "float",
     "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower", "map", "max",
     "min", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr",
     "slice", "sort", "string", "sum", "title", "trim", "truncate", "unique", "upper", "wordcount")
)  # fmt: skip
_TESTS = frozenset(
    ("!=", "<", "<=", "==", ">", ">=", "boolean", "defined", "divisibleby", "eq", "equalto",
     "even", "false", "ge", "greaterthan", "gt", "in", "iterable", "le", "lessthan", "lower", "lt",
     "mapping", "ne", "none", "number", "odd", "sequence", "string", "true", "undefined", "upper")
)  # fmt: skip


class Templates(BaseLoader):
    """Templates by name: their text, and their file as users see it."""

    def __init__(self, sources: Mapping[str, tuple[str, str]]) -> None:
        self._sources = sources

    def get_source(self, environment: object, template: str) -> tuple[str, str, None]:
        if template not in self._sources:
            raise TemplateNotFound(template)
        return (*self._sources[template], None)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 in which only what is named here can be asked for, called, or computed."""

    intercepted_binops = frozenset(("*", "**"))

    def __init__(self, loader: BaseLoader, helpers: Helpers) -> None:
        super().__init__(
            autoescape=True,
            undefined=StrictUndefined,
            loader=loader,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.filters = {
            **{name: function for name, function in FILTERS.items() if name in _FILTERS},
            **helpers.filters,
        }
        self.tests = {name: function for name, function in TESTS.items() if name in _TESTS}
        self.globals = {"range": safe_range, "namespace": Namespace}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether `attr` may be asked of an object."""
        if isinstance(obj, str):
            return attr in _METHODS
        if isinstance(obj, Namespace):
            return not attr.startswith("_")
        return attr in _ATTRIBUTES.get(type(obj), frozenset())

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether an object may be called: macros, blocks, and what is named above."""
        owner = getattr(obj, "__self__", None)
        return (
            isinstance(obj, Macro | BlockReference)
            or obj in (safe_range, Namespace)
            or (isinstance(owner, str) and obj.__name__ in _METHODS)
            or (isinstance(owner, LoopContext) and obj.__name__ in ("cycle", "changed"))
            or isinstance(obj, LoopContext)  # a loop that calls itself for what lies below
        )

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """The result of a call, where it is allowed."""
        if not self.is_safe_callable(obj):
            raise SecurityError(f"an object of the kind {type(obj).__name__} cannot be called here")
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """A product, where it is not a way to fill the memory. There are no powers."""
        sizes = [len(value) for value in (left, right) if isinstance(value, str | tuple | list)]
        numbers = [value for value in (left, right) if isinstance(value, int | float)]
        if operator == "**" or (sizes and numbers and sizes[0] * numbers[0] > _LONGEST):
            raise SecurityError("the result would be too large")
        return super().call_binop(context, operator, left, right)


# --- A template filled in: HTML, and what was found in it; or what is wrong, at its line.
#
# Templates of a project may come from a stranger, so they are filled in by a process of its
# own, with bounds for time, memory and output. The built-in ones are not, which saves its
# start.

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
        return _diagnose(reason, files, _location(request.template, files))


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
    lines = [Location(frame.file, frame.line) for frame in at if frame.file in files]
    return error(
        "template",
        f"The template {what}.",
        lines[0] if lines else _location(request.template, files),
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


def _location(template: str, files: Mapping[str, str]) -> Location:
    """The beginning of a template."""
    return Location(next((file for file, name in files.items() if name == template), template))


def _diagnose(reason: Exception, files: Mapping[str, str], beginning: Location) -> Diagnostic:
    """What is wrong with a template, at the innermost of its lines that was at work."""
    trace = walk_tb(reason.__traceback__)
    lines = [
        Location(frame.f_code.co_filename, line)
        for frame, line in trace
        if frame.f_code.co_filename in files
    ]
    location = lines[-1] if lines else beginning
    hint = _HINT
    match reason:
        case TemplateSyntaxError():
            location = Location(reason.filename or beginning.file, reason.lineno)
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
    return error("template", f"The template does not work: {said}.", location, hint)
