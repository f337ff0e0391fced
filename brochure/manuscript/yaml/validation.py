"""A YAML tree checked against a pydantic model: an instance of it, or everything that is wrong."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from brochure.diagnostics import Diagnostic, Location, Reported, error, shortened
from brochure.manuscript.yaml.nodes import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    Tree,
    TreePath,
    items,
    plain,
)
from brochure.messages import EMPTY, KeyName, Message, say

_MOST = 100  # diagnostics; a file with more of them is most likely another kind of file
_KNOWN = 20  # words that a hint lists
_WORD = 60  # characters of a word that are compared with the known ones
M = TypeVar("M", bound=BaseModel)

_TEXT = say("text")
_LIST = say("a list")
_BLOCK = say("a block of `key: value` lines")
# What pydantic expects where it finds another kind of node.
_EXPECTED = {
    "string_type": _TEXT,
    "tuple_type": _LIST,
    "dict_type": _BLOCK,
    "model_type": _BLOCK,
    "model_attributes_type": _BLOCK,
}
_KINDS = {ScalarNode: _TEXT, SequenceNode: _LIST, MappingNode: _BLOCK}


def validate(tree: Tree, model: type[M], path: TreePath = ()) -> Reported[M | None]:
    """The value at `path` as an instance of `model`, or None and everything that is wrong."""
    try:
        return Reported(model.model_validate(plain(tree.node(path))))
    except ValidationError as reason:
        details = reason.errors(include_url=False, include_input=False)
        independent = (detail for detail in details if not _is_consequence(tree, path, detail))
        return Reported(
            None,
            tuple(_diagnose(tree, model, path, detail) for detail in islice(independent, _MOST)),
        )


def on_other_lines(invalid: Iterable[Diagnostic], known: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those of `invalid` that are on lines without a known error.

    A value that broke the syntax was corrected in order to go on, so what validation says about it
    is of no use.
    """
    lines = {(d.location.file, d.location.line) for d in known if d.is_error}
    return [d for d in invalid if (d.location.file, d.location.line) not in lines]


def did_you_mean(word: str, known: Sequence[str], also: Sequence[str] = ()) -> Message:
    """A hint that names the most similar known word, or all of them; empty if there are none.

    `also` are further words to choose from, which are not meant by chance.
    """
    near = get_close_matches(word[:_WORD].lower(), known, n=1, cutoff=0.6)
    if near:
        return say("Did you mean `{name}`?", name=near[0])
    known = [*known, *also]
    if not known:
        return EMPTY
    names = ", ".join(known[:_KNOWN])
    if len(known) > _KNOWN:
        more = len(known) - _KNOWN
        return say("Choose from: {names} and {number} more.", names=names, number=more)
    return say("Choose from: {names}.", names=names)


def _is_consequence(tree: Tree, base: TreePath, detail: ErrorDetails) -> bool:
    """Whether an error only follows from others: pydantic does not count items that are wrong."""
    if detail["type"] != "too_short":
        return False
    least = int((detail.get("ctx") or {}).get("min_length", 0))
    node = tree.node((*base, *detail["loc"]))
    # Where a single text stands for a list of one, that is what is wrong.
    return isinstance(node, ScalarNode) or len(items(node)) >= least


def _diagnose(
    tree: Tree, model: type[BaseModel], base: TreePath, detail: ErrorDetails
) -> Diagnostic:
    """An error of pydantic's as a diagnostic."""
    path: TreePath = (*base, *detail["loc"])
    context = detail.get("ctx") or {}
    if path[-1:] == ("[key]",):  # what is wrong is a key, not its value
        path = path[:-1]
        name, node, location = _name(path[:-1]), None, tree.key_location(path)
        value = shortened(path[-1])
    else:
        name, node, location = _name(path), tree.node(path), tree.location(path)
        value = shortened(node.text if isinstance(node, ScalarNode) else plain(node))
    cannot_be = say("{name} cannot be `{value}`.", name=name, value=value)
    match detail["type"]:
        case "extra_forbidden":
            key = str(path[-1])
            return error(
                "unknown-key",
                say("There is no key `{key}` here.", key=shortened(key)),
                tree.key_location(path),
                _comma(key)
                if _is_behind_a_comma(tree, path)
                else did_you_mean(key, _keys(model, detail["loc"][:-1])),
            )
        case "missing":
            message = say("{name} is missing.", name=name)
            return error("missing", message, location, say("Add a line `{key}: …`.", key=path[-1]))
        case "too_long":
            message = say(
                "{name} has too many entries; at most {limit} are allowed.",
                name=name,
                limit=context["max_length"],
            )
            return error("too-long", message, location, say("Is this the right file?"))
        case "string_too_long":
            message = say(
                "{name} is too long; at most {limit} characters are allowed.",
                name=name,
                limit=context["max_length"],
            )
            return error("too-long", message, location, say("Is this the right file?"))
        case "string_too_short":
            hint = (
                say("Write something here.")
                if _is_required(model, detail["loc"])
                else say("Write something here, or delete the line.")
            )
            return error("empty", say("{name} is empty.", name=name), location, hint)
        case "too_short":
            hint = say("Add at least one entry.")
            return error("empty", say("{name} is empty.", name=name), location, hint)
        case "literal_error":
            known = re.findall(r"'([^']*)'", str(context.get("expected")))
            return error("value", cannot_be, location, did_you_mean(value, known))
        case "string_pattern_mismatch" if path[-1] == "language":
            hint = say("Write the code of a language, as in `de`, `en` or `de-AT`.")
            return error("pattern", cannot_be, location, hint)
        case "string_pattern_mismatch" if node is None:
            hint = say("Use one word of letters, digits and `_`.")
            message = say("`{value}` cannot be a name in {name}.", value=value, name=name)
            return error("pattern", message, location, hint)
        case "string_pattern_mismatch":
            hint = say("Use only small letters without accents, digits and hyphens.")
            return error("pattern", cannot_be, location, hint)
    if node is not None and plain(node) is None:
        return error(
            "empty",
            say("{name} is empty.", name=name),
            location,
            say(
                "Write something after the colon. (A text that begins with # needs quotation "
                "marks.)"
            )
            if _is_required(model, detail["loc"])
            else say(
                "Write something after the colon, or delete the line. (A text that begins with # "
                "needs quotation marks.)"
            ),
        )
    if "hint" in context:  # a validator of ours
        message = say("{name}: {reason}", name=name, reason=context["message"])
        hint = context["hint"]
        if "if_required" in context and _is_required(model, detail["loc"]):
            hint = context["if_required"]
        return error(detail["type"], message, location, hint)
    if detail["type"] in _EXPECTED and node is not None:
        return _wrong_kind(name, node, _EXPECTED[detail["type"]], location)
    match detail["type"]:
        case "finite_number" | "float_parsing":
            message = say(
                "{name} cannot be `{value}`; it must be a number.", name=name, value=value
            )
            hint = say("Write digits, with a point for decimals, as in 0.1.")
        case "int_parsing" | "int_from_float":
            message = say(
                "{name} cannot be `{value}`; it must be a whole number.", name=name, value=value
            )
            hint = say("Write digits, as in 150.")
        case "bool_parsing" | "bool_type":
            message = say(
                "{name} cannot be `{value}`; it must be yes or no.", name=name, value=value
            )
            hint = say("Write `yes` or `no`.")
        case "greater_than_equal":
            message = say(
                "{name} cannot be `{value}`; the smallest allowed number is {limit:g}.",
                name=name,
                value=value,
                limit=context["ge"],
            )
            hint = say("Write a larger number.")
        case "less_than_equal":
            message = say(
                "{name} cannot be `{value}`; the largest allowed number is {limit:g}.",
                name=name,
                value=value,
                limit=context["le"],
            )
            hint = say("Write a smaller number.")
        case _:
            message, hint = say("{name}: {reason}.", name=name, reason=detail["msg"]), EMPTY
    return error("value", message, location, hint)


def _is_behind_a_comma(tree: Tree, path: TreePath) -> bool:
    """Whether a key has no colon, which is possible in braces only."""
    parent = tree.node(path[:-1])
    key = parent.key(str(path[-1])) if isinstance(parent, MappingNode) else None
    text = tree.text if key and key.location.file == tree.file else ""
    return key is not None and bool(re.match(r"\s*[,}]", text[key.span[1] :]))


def _comma(key: str) -> Message:
    """A hint for ``{address: Main Street 1, Berlin}``, where `Berlin` is taken for a key."""
    return say(
        "If `{key}` belongs to the text before it: in braces, a comma ends a text. Put the whole "
        "text into quotation marks, or write each key on a line of its own.",
        key=shortened(key),
    )


def _wrong_kind(name: str, node: Node, expected: Message, location: Location) -> Diagnostic:
    """A text where a list should be, and so on."""
    if expected is _TEXT:
        hint = say(
            "Put the text into quotation marks, or write `|` after the colon and the text below it."
        )
    elif expected is _LIST:
        hint = say("Begin each item with `- `, each on a line of its own.")
    else:
        hint = say("Write its keys below it, indented by two spaces.")
    return error(
        "type",
        say(
            "{name} should be {expected}, but it is {kind}.",
            name=name,
            expected=expected,
            kind=_KINDS[type(node)],
        ),
        location,
        hint,
    )


def _name(path: TreePath) -> str:
    """``("passages", 2, "quote", "text")`` → ``passages 3, quote, text``, in backticks."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int):
            words[-1:] = [f"{words[-1] if words else '#'} {step + 1}"]
        elif step:
            words.append(shortened(step))
    return KeyName(f"`{', '.join(words)}`", path) if words else say("The file")


def _is_required(model: type[BaseModel], path: TreePath) -> bool:
    """Whether the key that `path` ends with must be there."""
    name = path[-1] if path else None
    return any(
        field.is_required() and name in (field.alias, key)
        for key, field in _part(model, path[:-1]).model_fields.items()
    )


def _keys(model: type[BaseModel], path: TreePath) -> list[str]:
    """The keys that the part of `model` at `path` has."""
    return [field.alias or name for name, field in _part(model, path).model_fields.items()]


def _part(model: type[BaseModel], path: TreePath) -> type[BaseModel]:
    """The model of the part at `path`."""
    part: type[BaseModel] = model
    for step in path:
        if isinstance(step, str) and step in part.model_fields:  # else a key of a dict
            part = _model_in(part.model_fields[step].annotation) or part
    return part


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model inside ``X | None``, ``tuple[X, ...]`` or ``Annotated[X, …]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
