"""Slots: named places in the texts of a leaflet that a region fills in.

``{{ region.meeting }}`` is Jinja2's notation, and Jinja2's sandbox fills it in. Of its language
only what needs no loop and no call is let in, so that a text costs no more time and memory than
it has letters: names, texts, comparisons, ``a if b else c``, and filters that do not multiply.
A quote has no slots.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from brochure.diagnostics import Diagnostic, Place, error
from brochure.manuscript.nodes import Path, Scalar, Tree, Value, replaced, scalars
from brochure.manuscript.validate import did_you_mean

OPENING = "{{"
_ROOT = "region"
_MOST = 20  # complaints about one text
_FILTERS = ("capitalize", "default", "lower", "title", "trim", "upper")
_ALLOWED = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter,
    nodes.CondExpr, nodes.Test, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or,
)  # fmt: skip
_HINT = "Write a slot as {{ region.name }}: the word `region`, a dot, a column of regions.csv."


class _Row:
    """What the word `region` means in a text; it has no attributes but its slots."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name].text


@dataclass(frozen=True)
class _Text:
    """A text with slots, ready to be filled; `complaints` are (message, hint, snippet)."""

    names: tuple[str, ...]
    template: Template | None
    complaints: tuple[tuple[str, str, str], ...]


def fill(
    tree: Tree, values: Mapping[str, Value], known: tuple[str, ...]
) -> tuple[Tree, list[Diagnostic], frozenset[str]]:
    """The tree with all slots filled in, what is wrong with them, and which have no value.

    `values` are those of one region, defaults among them; `known` are all names that there are.
    """
    complaints: list[Diagnostic] = []
    missing: set[str] = set()
    root = tree.root
    row = _Row(values)
    for path, node in slotted(tree):
        if where := _forbidden(path):
            complaints.append(
                error(
                    "slot-here",
                    f"There is a slot in {where}, where none can be.",
                    tree.place(path, OPENING),
                    "A quote is printed to the letter, for all regions alike. Leave the passage "
                    "out in a variant and add another, if need be."
                    if "quote" in path
                    else "Write it out here.",
                )
            )
            continue
        assert node.text is not None
        assert root is not None
        text = _read(node.text)
        complaints += [
            error("slot", message, tree.place(path, snippet), hint)
            for message, hint, snippet in text.complaints
        ]
        strange = [n for n in text.names if n not in known and not text.complaints]
        complaints += [
            error(
                "unknown-slot",
                f"There is no slot `{name}`: no column of regions.csv, and no entry of `slots:`, "
                "has that name.",
                tree.place(path, name),
                did_you_mean(name, known),
            )
            for name in strange[:_MOST]
        ]
        if text.template is None or strange:
            continue
        try:
            filled = text.template.render(region=row)
        except (TemplateError, TypeError) as reason:
            empty = [name for name in text.names if name not in values]
            missing.update(empty)
            complaints += [_without_value(name, tree.place(path, name)) for name in empty[:_MOST]]
            if not empty:
                said = f"This slot cannot be filled in ({reason})."
                complaints.append(error("slot", said, tree.place(path, OPENING), _HINT))
            continue
        used = tuple(values[name] for name in text.names if name in values)
        root = replaced(root, path, replace(node, text=filled, values=used))
    return replace(tree, root=root), complaints, frozenset(missing)


def _without_value(name: str, place: Place) -> Diagnostic:
    return error(
        "slot-without-value",
        f"The slot `{name}` is used here and has no value.",
        place,
        f"Fill in the column `{name}` of regions.csv, or give it a default in leaflet.yaml: "
        f"`slots:`, and below it `{name}: …`.",
    )


def used(tree: Tree) -> frozenset[str]:
    """The names of all slots in the texts of a tree."""
    return frozenset(
        name
        for path, node in slotted(tree)
        if not _forbidden(path)
        for name in _read(node.text or "").names
    )


def slotted(tree: Tree) -> Iterator[tuple[Path, Scalar]]:
    """All texts of a leaflet, or of a variant, that have slots, with their paths."""
    for path, node in scalars(tree.root):
        if node.text is not None and OPENING in node.text and path[:1] != ("replaced",):
            yield path, node


def filled(text: str, values: Mapping[str, Value]) -> str:
    """One text with its slots filled in, or as it is where that cannot be done."""
    template = _read(text).template if OPENING in text else None
    try:
        return template.render(region=_Row(values)) if template else text
    except (TemplateError, TypeError):
        return text


def _forbidden(path: Path) -> str:
    """Why no slot can be at `path`, or nothing."""
    if "quote" in path and path[0] != "columns":
        return "a quote"
    if path[0] in ("language", "slots"):
        return f"`{path[0]}`"
    if path[-1] in ("id", "after", "before"):
        return "an id"
    return ""


@lru_cache(maxsize=4096)
def _read(text: str) -> _Text:
    environment = _environment()
    try:
        tree = environment.parse(text)
        complaints = tuple(dict.fromkeys(islice(_strange(tree), _MOST)))
        names = tuple(dict.fromkeys(islice(_names(tree), 1000)))
        template = None if complaints else environment.from_string(tree)
    except (TemplateError, RecursionError, SyntaxError, ValueError, MemoryError) as reason:
        # All but the first come of the compiler: brackets without end, numbers without end.
        said = f"This slot cannot be read ({reason})."
        if text.count(OPENING) > text.count("}}"):
            said = "A slot is opened in this text and never closed: `}}` is missing."
        return _Text((), None, ((said, _HINT, OPENING),))
    return _Text(names, template, complaints)


def _strange(tree: nodes.Template) -> Iterator[tuple[str, str, str]]:
    """What is not let into a slot."""
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            yield (
                f"There is no filter `{node.name}` for slots.",
                did_you_mean(node.name, _FILTERS),
                node.name,
            )
        elif isinstance(node, nodes.Test) and node.name not in ("defined", "undefined"):
            yield f"There is no test `{node.name}` for slots.", "Write `is defined`.", node.name
        elif isinstance(node, nodes.Name) and node.name != _ROOT:
            hint = f"Did you mean {{{{ {_ROOT}.{node.name} }}}}? {_HINT}"
            yield f"`{node.name}` is not known in a slot.", hint, node.name
        elif isinstance(node, nodes.Getattr) and not (
            isinstance(node.node, nodes.Name) and not node.attr.startswith("_")
        ):
            yield f"`{node.attr}` cannot be asked for here.", _HINT, node.attr
        elif not isinstance(node, _ALLOWED):
            yield "A slot can be no calculation.", _HINT, OPENING
    asked = {id(node.node) for node in tree.find_all(nodes.Getattr)}
    alone = (name for name in tree.find_all(nodes.Name) if id(name) not in asked)
    if any(name.name == _ROOT for name in alone):
        yield "A slot must say which value it wants.", _HINT, OPENING


def _names(tree: nodes.Template) -> Iterator[str]:
    yield from (node.attr for node in tree.find_all(nodes.Getattr))


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    """Jinja2 with slots only: ``{%`` and ``{#`` are text as any other.

    What stands for them is a character that `yamltree` lets into no text.
    """
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        block_start_string="\x01%",
        block_end_string="%\x01",
        comment_start_string="\x01#",
        comment_end_string="#\x01",
        keep_trailing_newline=True,
    )
