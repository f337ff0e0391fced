"""A YAML tree against a model: an instance, or every complaint with its place."""

import re
from difflib import get_close_matches
from itertools import islice
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from brochure.diagnostics import Diagnostic, error, shortened
from brochure.manuscript.yaml.nodes import Node, Path, Scalar, Tree, items, plain, type_names

_MOST = 100  # complaints; whoever has more has another kind of file
_KNOWN = 20  # words that a hint lists
_WORD = 60  # characters of a word that it is known by
M = TypeVar("M", bound=BaseModel)


def validate(tree: Tree, model: type[M], path: Path = ()) -> tuple[M | None, list[Diagnostic]]:
    """The value at `path` as an instance of `model`, or None and all that is wrong with it."""
    try:
        return model.model_validate(plain(tree.node(path))), []
    except ValidationError as reason:
        details = reason.errors(include_url=False, include_input=False)
        said = (detail for detail in details if not _follows(tree, path, detail))
        return None, [_diagnose(tree, model, path, detail) for detail in islice(said, _MOST)]


def did_you_mean(word: str, known: tuple[str, ...] | list[str]) -> str:
    """A hint that names the nearest of the known words, or all of them."""
    near = get_close_matches(word[:_WORD].lower(), known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{near[0]}`?"
    more = f" and {len(known) - _KNOWN} more" if len(known) > _KNOWN else ""
    return f"Known here: {', '.join(known[:_KNOWN])}{more}."


def _follows(tree: Tree, base: Path, detail: ErrorDetails) -> bool:
    """Whether a complaint only follows from others: pydantic counts no items that are wrong."""
    if detail["type"] != "too_short":
        return False
    wanted = int((detail.get("ctx") or {}).get("min_length", 0))
    return len(items(tree.node((*base, *detail["loc"])))) >= wanted


def _diagnose(tree: Tree, model: type[BaseModel], base: Path, detail: ErrorDetails) -> Diagnostic:
    path: Path = (*base, *detail["loc"])
    name = _name(path)
    node = tree.node(path)
    match detail["type"]:
        case "extra_forbidden":
            known = _fields(model, detail["loc"][:-1])
            return error(
                "unknown-key",
                f"`{shortened(path[-1])}` is not known here.",
                tree.key_location(path),
                did_you_mean(str(path[-1]), known),
            )
        case "missing":
            return error(
                "missing",
                f"{name} is missing.",
                tree.location(path),
                f"Add a line `{path[-1]}: …` here.",
            )
        case "too_long" | "string_too_long":
            bound = (detail.get("ctx") or {}).get("max_length")
            things = "characters" if detail["type"] == "string_too_long" else "entries"
            return error(
                "too-long",
                f"{name} is too long: {bound} {things} are the most.",
                tree.location(path),
                "Is this the right file?",
            )
        case "string_too_short":
            return error(
                "empty", f"{name} is empty.", tree.location(path), "Write it, or delete it."
            )
        case "too_short":
            return error("empty", f"{name} is empty.", tree.location(path), "Add at least one.")
        case "literal_error":
            known = re.findall(r"'([^']*)'", str((detail.get("ctx") or {}).get("expected")))
            return error(
                "value",
                f"{name} cannot be `{_written(node)}`.",
                tree.location(path),
                did_you_mean(_written(node), known),
            )
        case "string_pattern_mismatch":
            return error(
                "pattern",
                f"{name} cannot be `{_written(node)}`.",
                tree.location(path),
                "Use small letters without accents, digits and hyphens"
                + (", as in `de` or `en`." if path[-1] == "language" else "."),
            )
    if node is not None and plain(node) is None:
        return error(
            "empty",
            f"{name} is empty.",
            tree.location(path),
            "Write something after the colon, or delete the line. (A text that begins with # "
            "needs quotation marks.)",
        )
    context = detail.get("ctx") or {}
    if "hint" in context:
        return error(
            detail["type"], f"{name}: {detail['msg']}", tree.location(path), context["hint"]
        )
    expected = {
        "string_type": "text",
        "tuple_type": "a list",
        "dict_type": "a block of `key: value` lines",
        "model_type": "a block of `key: value` lines",
        "model_attributes_type": "a block of `key: value` lines",
    }.get(detail["type"])
    if expected and node is not None:
        return error(
            "type",
            f"{name} should be {expected}, but here is {type_names[type(node).__name__]}.",
            tree.location(path),
            {
                "text": "Put the text into quotation marks, or write `|` after the colon and "
                "the text below it.",
                "a list": "Begin each item with `- `, each in its own line.",
            }.get(expected, "Write its keys below it, indented by two spaces."),
        )
    if detail["type"] in _WRITTEN:
        what, example = _WRITTEN[detail["type"]]
        message = f"{name} cannot be `{_written(node)}`: here should be {what}."
        return error("value", message, tree.location(path), f"Write {example}.")
    if detail["type"] in ("greater_than_equal", "less_than_equal"):
        (bound,) = context.values()
        most = "most" if detail["type"] == "less_than_equal" else "least"
        message = f"{name} cannot be `{_written(node)}`: {bound:g} is the {most}."
        return error("value", message, tree.location(path), "Write a number within these bounds.")
    return error("value", f"{name}: {detail['msg']}.", tree.location(path))


# How values that are no text are written, by the complaints of pydantic about them.
_WRITTEN = {
    "finite_number": ("a number", "digits, with a point where it is needed, as in 0.1"),
    "float_parsing": ("a number", "digits, with a point where it is needed, as in 0.1"),
    "int_parsing": ("a whole number", "digits, as in 150"),
    "int_from_float": ("a whole number", "digits, as in 150"),
    "bool_parsing": ("yes or no", "`yes` or `no`"),
}


def _written(node: Node | None) -> str:
    """A value as it is named in a sentence."""
    text = node.text if isinstance(node, Scalar) else plain(node)
    return shortened(text)


def _name(path: Path) -> str:
    """``("passages", 2, "quote", "text")`` → ``passages 3, quote, text``, in backticks."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int):
            words[-1:] = [f"{words[-1] if words else 'item'} {step + 1}"]
        elif step:
            words.append(shortened(step))
    return f"`{', '.join(words)}`" if words else "The file"


def _fields(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """The keys that the part of `model` at `path` knows."""
    part: type[BaseModel] = model
    for step in path:
        if isinstance(step, str) and step in part.model_fields:  # else a key of a dict
            part = _model_in(part.model_fields[step].annotation) or part
    return [field.alias or name for name, field in part.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside ``X | None``, ``tuple[X, ...]`` or ``Annotated[X, …]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
