"""Templates: Jinja2, reduced to what a layout needs, and how they are filled in.

A template may come from a stranger, and Jinja2's own sandbox forbids what is known to be dangerous.
This one goes the other way: it knows the few types that a template meets (text, numbers, tuples,
the classes of `view`, loops and macros), what may be read of each, and what may be called.
Everything else does not exist.

Templates of a project are filled in by a process of its own, with bounds for time, memory and
output. The built-in ones are filled in here, which saves the time that a process takes to start.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from traceback import walk_tb

from jinja2 import BaseLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from jinja2.tests import TESTS
from jinja2.utils import Namespace

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, error
from brochure.files import composed
from brochure.isolation import Frame, Stopped, Worker
from brochure.layout.compose.filters import FilterInputError, Filters
from brochure.layout.compose.qr_codes import QrCodeError
from brochure.layout.compose.scan import Scan, scan_html
from brochure.layout.compose.view import CLASSES, View, field_names
from brochure.layout.edition import Links
from brochure.manuscript.text.language import Language
from brochure.messages import Message, joined, say

_LONGEST = 1_000_000  # characters that a multiplied text may have
_REASON = 200  # characters of a reason that Jinja2 or Python gives
_ATTRIBUTES: dict[type, frozenset[str]] = {
    **{kind: field_names(kind) for kind in CLASSES},
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
# An object of ours, as Jinja2 names it in its messages.
_OBJECT = re.compile(r"'brochure\.layout\.compose\.view\.(\w+)View object'")


@dataclass(frozen=True)
class TemplateRequest:
    """A template to be filled in.

    `template` is its name; `sources` are all templates as name, text, and file as users see it;
    `language`, `links` and `view` are what it is filled in with.
    """

    template: str
    sources: tuple[tuple[str, str, str], ...]
    language: Language
    links: Links
    view: View

    @property
    def beginning(self) -> Location:
        """The beginning of the template."""
        files = (file for name, _, file in self.sources if name == composed(self.template))
        return Location(next(files, self.template))


@dataclass(frozen=True)
class FilledTemplate:
    """HTML from a template, and what was found in it."""

    html: str
    scan: Scan


class TemplateFiller:
    """Fills in templates: trusted ones here, those of a project in a process of its own.

    A template that had to be stopped is not tried again: with every other variant of a leaflet, it
    would be the same.
    """

    def __init__(self) -> None:
        self.worker = Worker()
        self._stopped: dict[object, Diagnostic] = {}

    def fill(self, request: TemplateRequest, *, trusted: bool) -> FilledTemplate | Diagnostic:
        """Fill in a template, or say what is wrong with it, at its line."""
        if trusted:
            return fill_template(request)
        key = request.template, request.sources
        if key in self._stopped:
            return self._stopped[key]
        try:
            return self.worker.call(bounds.SECONDS, bounds.MEMORY, fill_template, request)
        except Stopped as stopped:
            diagnostic = _stopped(request, _why_stopped(stopped), stopped.at)
        except _TooLongError:
            message = say(
                "The template makes more than {limit} MB of HTML.", limit=bounds.HTML // 1_000_000
            )
            diagnostic = _stopped(request, message, ())
        self._stopped[key] = diagnostic
        return diagnostic


def fill_template(request: TemplateRequest) -> FilledTemplate | Diagnostic:
    """Fill in a template in this process, or say what is wrong with it, at its line.

    Raises MemoryError, and _TooLongError for too much HTML.
    """
    view = request.view
    sandbox = _sandbox(request.sources, request.language, request.links, view.edition.codes)
    parts: list[str] = []
    size = 0
    context = {field.name: getattr(view, field.name) for field in fields(view)}
    try:
        for part in sandbox.get_template(request.template).generate(context):
            parts.append(part)
            size += len(part)
            if size > bounds.HTML:
                raise _TooLongError
        html = "".join(parts)
        return FilledTemplate(html, scan_html(html))
    except (MemoryError, _TooLongError):
        parts.clear()
        raise
    except Exception as reason:
        return _failed(request, reason)


# --- The sandbox --------------------------------------------------------------------------------


class Templates(BaseLoader):
    """Templates by name: their text, and their file as users see it."""

    def __init__(self, sources: Mapping[str, tuple[str, str]]) -> None:
        self._sources = sources

    def get_source(self, environment: object, template: str) -> tuple[str, str, None]:
        name = composed(template)
        if name not in self._sources:
            raise TemplateNotFound(template)
        return (*self._sources[name], None)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 in which only what is named here can be read, called, or computed."""

    intercepted_binops = frozenset(("*", "**"))

    def __init__(self, loader: BaseLoader, filters: Filters) -> None:
        super().__init__(
            autoescape=True,
            undefined=StrictUndefined,
            loader=loader,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.filters = {
            **{name: function for name, function in FILTERS.items() if name in _FILTERS},
            **filters.by_name,
        }
        self.tests = {name: function for name, function in TESTS.items() if name in _TESTS}
        self.globals = {"range": safe_range, "namespace": Namespace}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Whether an attribute of an object may be read."""
        if isinstance(obj, str):
            return attr in _METHODS
        if isinstance(obj, Namespace):
            return not attr.startswith("_")
        return attr in _ATTRIBUTES.get(type(obj), frozenset())

    def is_safe_callable(self, obj: object) -> bool:
        """Whether an object may be called: macros, blocks, and what is named above."""
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        return (
            isinstance(obj, Macro | BlockReference)
            or obj in (safe_range, Namespace)
            or (isinstance(owner, str) and name in _METHODS)
            or (isinstance(owner, LoopContext) and name in ("cycle", "changed"))
            or isinstance(obj, LoopContext)  # a recursive loop, which calls itself
        )

    def call(self, context: Context, obj: object, /, *args: object, **kwargs: object) -> object:
        """The result of a call, if it is allowed."""
        if not self.is_safe_callable(obj):
            kind = type(obj).__name__
            raise SecurityError(say("an object of the type `{type}` cannot be called", type=kind))
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """A product, unless it is a way to fill the memory. There are no powers."""
        sizes = [len(value) for value in (left, right) if isinstance(value, str | tuple | list)]
        numbers = [value for value in (left, right) if isinstance(value, int | float)]
        if operator == "**" or (sizes and numbers and sizes[0] * numbers[0] > _LONGEST):
            raise SecurityError(say("the result of a multiplication or power is too large"))
        return super().call_binop(context, operator, left, right)


@lru_cache(maxsize=32)  # each sandbox caches what its filters have made
def _sandbox(
    sources: tuple[tuple[str, str, str], ...], language: Language, links: Links, qr_codes: bool
) -> Sandbox:
    by_name = {name: (text, file) for name, text, file in sources}
    return Sandbox(Templates(by_name), Filters(language, links, with_qr_codes=qr_codes))


# --- What goes wrong ----------------------------------------------------------------------------


class _TooLongError(Exception):
    """A template makes more HTML than it may."""


def _why_stopped(stopped: Stopped) -> Message:
    match stopped.reason:
        case "time":
            return say(
                "The template does not finish within {seconds} seconds.", seconds=bounds.SECONDS
            )
        case "memory":
            return say(
                "The template needs more than {limit} MB of memory.",
                limit=bounds.MEMORY // 1_000_000,
            )
        case "crash":
            return say("The template makes the program crash that fills it in.")
        case "killed":
            return say("The process that filled in the template was killed.")


def _stopped(request: TemplateRequest, message: Message, frames: tuple[Frame, ...]) -> Diagnostic:
    """A diagnostic about a template that was stopped, at the line that was running."""
    files = {file for _, _, file in request.sources}
    lines = [Location(frame.file, frame.line) for frame in frames if frame.file in files]
    hint = joined([say("Look for loops and macros that never end."), _hint()])
    return error("template", message, lines[0] if lines else request.beginning, hint)


def _failed(request: TemplateRequest, reason: Exception) -> Diagnostic:
    """What is wrong with a template, at the innermost of its lines that was running."""
    files = {file for _, _, file in request.sources}
    lines = [
        Location(frame.f_code.co_filename, line)
        for frame, line in walk_tb(reason.__traceback__)
        if frame.f_code.co_filename in files
    ]
    location = lines[-1] if lines else request.beginning
    hint = _hint()
    match reason:
        case TemplateSyntaxError():
            location = Location(reason.filename or request.beginning.file, reason.lineno)
            cause = _plain(reason.message) if reason.message else say("it cannot be read")
        case TemplateNotFound():
            cause = say("there is no file `{file}` in styles/", file=str(reason.name))
        case SecurityError() if isinstance(reason.message, Message):
            cause = reason.message
        case FilterInputError() | QrCodeError():
            cause = reason.message
        case RecursionError():
            cause = say("it is nested too deeply")
            hint = joined([say("Does a macro call itself, or a file include itself?"), _hint()])
        case ZeroDivisionError():
            cause = say("it divides by zero")
        case TemplateError():
            cause = _plain(reason.message or str(reason))
        case _:
            cause = _plain(str(reason) or type(reason).__name__)
    message = say("The template does not work: {reason}.", reason=cause)
    return error("template", message, location, hint)


def _hint() -> Message:
    return say("Compare it with the built-in styles/leaflet.html.")


def _plain(text: str) -> str:
    """A reason that Jinja2 or Python gives, shortened, with our objects as templates know them."""
    named = _OBJECT.sub(lambda match: f"`{match[1].lower()}`", " ".join(text.split()))
    return named[:_REASON].rstrip(".")
