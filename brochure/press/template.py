"""Templates: Jinja2, of which only so much is let in as looks need.

A template may come from a stranger, and Jinja2's own sandbox forbids what is known to be dangerous.
This one goes the other way: it knows the few types that a template meets (text, numbers, tuples,
the classes of `view`, loops and macros), what may be asked of each, and what may be called.
Everything else does not exist. Time and memory are bounded where it is filled in (see `filling`).
"""

from collections.abc import Mapping
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from jinja2.tests import TESTS
from jinja2.utils import Namespace

from brochure.press.helpers import Helpers
from brochure.press.view import CLASSES, names_of

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
