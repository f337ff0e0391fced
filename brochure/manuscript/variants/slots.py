"""Slots: named gaps in texts that a region fills in; in a letter, a recipient as well.

``{{ region.meeting }}`` is Jinja2's notation, and Jinja2's sandbox fills it in. Of its language,
only what needs no loop and no call is allowed, so that a text never costs more time and memory
than its length: names, texts, comparisons, ``a if b else c``, and filters that do not multiply.
A quote has no slots.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, Reported, Severity, error, shortened
from brochure.manuscript.yaml.nodes import (
    LocatedText,
    Node,
    ScalarNode,
    TextDiagnostic,
    Tree,
    TreePath,
    replaced,
    scalars,
)
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import EMPTY, Message, joined, say

OPENING = "{{"
_ROOT = "region"
_MOST = 20  # diagnostics about one text
_MOST_IN_ALL = 100  # in a leaflet; one with more is most likely another kind of file
_BRACES = re.compile(r"\{\{(.*?)(?=\}\}|\Z)", re.DOTALL)
_FILTERS = ("capitalize", "default", "lower", "title", "trim", "upper")
_ALLOWED = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter,
    nodes.CondExpr, nodes.Test, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or,
)  # fmt: skip
_UNCLOSED = say("A slot is opened in this text and never closed: `}}}}` is missing.")
_HINT = say(
    "Write a slot as {{{{ region.name }}}}: the word `region`, a dot, a column of regions.csv."
)
_SHORTEN = say("Is there a whole document in the value of a slot?")


@dataclass(frozen=True)
class FilledTree:
    """A tree with its slots filled in; `missing` are the names of slots without a value."""

    tree: Tree
    missing: frozenset[str]


@dataclass(frozen=True)
class _SlottedText:
    """A text with slots: the names that it uses, and a template if it has no errors."""

    names: tuple[str, ...]
    template: Template | None
    errors: tuple[TextDiagnostic, ...]


class _Row:
    """What the word `region` means in a text; it has no attributes but its slots."""

    __slots__ = ("_prefix", "_values")

    def __init__(self, values: Mapping[str, LocatedText], root: str) -> None:
        self._values = values
        self._prefix = _prefix(root)

    def __getitem__(self, name: str) -> str:
        return self._values[self._prefix + name].text


def _prefix(root: str) -> str:
    """What comes before the names of a root: nothing for those of the region."""
    return "" if root == _ROOT else f"{root}."


def _roots(names: Iterable[str]) -> tuple[str, ...]:
    """The words that slots may begin with if these names are known."""
    return tuple(sorted({_ROOT} | {name.partition(".")[0] for name in names if "." in name}))


def fill_slots(
    tree: Tree,
    values: Mapping[str, LocatedText],
    known: tuple[str, ...],
) -> Reported[FilledTree]:
    """The tree with all slots filled in, and what is wrong with them.

    `values` are those of one region, including defaults; `known` are all names that exist. Names
    with a dot (``recipient.name``) belong to another root than `region`, and the caller reports
    those that have no value.
    """
    diagnostics: list[Diagnostic] = []
    missing: set[str] = set()
    changes: dict[TreePath, Node] = {}
    roots = _roots(known)
    names = frozenset(known)
    written, room = 0, bounds.FILLED
    rows = {name: _Row(values, name) for name in roots}
    for path, node in texts_with_slots(tree):
        if message := _refusal(path):
            diagnostics.append(
                error("slot-here", message, tree.location(path, OPENING), _without_slot(path))
            )
            continue
        assert node.text is not None
        written += sum(map(len, _BRACES.findall(node.text)))
        if written > bounds.SLOTS:
            message = say(
                "There is too much in slots from here on; at most {limit} characters are allowed.",
                limit=bounds.SLOTS,
            )
            diagnostics.append(error("too-long", message, tree.location(path), _SHORTEN))
        if written > bounds.SLOTS or len(diagnostics) >= _MOST_IN_ALL:
            break
        text = _read(node.text, roots)
        diagnostics += [diagnostic.located(tree, path) for diagnostic in text.errors]
        unknown = [n for n in text.names if n not in names and not text.errors]
        diagnostics += [
            error(
                "unknown-slot",
                _unknown(name),
                tree.location(path, name.rpartition(".")[2]),
                did_you_mean(name, known),
            )
            for name in unknown[:_MOST]
        ]
        if text.template is None or unknown:
            continue
        try:
            filled = _rendered(text.template, rows, room)
        except (TemplateError, TypeError) as reason:
            empty = [name for name in text.names if name not in values]
            missing.update(empty)
            diagnostics += [
                _without_value(name, tree.location(path, name))
                for name in empty[:_MOST]
                if "." not in name  # for these, the caller knows better where to fill them in
            ]
            if not empty:
                message = say("This slot cannot be filled in ({reason}).", reason=reason)
                diagnostics.append(error("slot", message, tree.location(path, OPENING), _HINT))
            continue
        if filled is None:
            message = say(
                "With its slots filled in, the leaflet has more than {limit:,} characters.",
                limit=bounds.FILLED,
            )
            diagnostics.append(error("too-long", message, tree.location(path, OPENING), _SHORTEN))
            break
        room -= len(filled)
        used = tuple(values[name] for name in text.names if name in values)
        changes[path] = replace(node, text=filled, values=used)
    root = replaced(tree.root, changes) if tree.root and changes else tree.root
    return Reported(FilledTree(replace(tree, root=root), frozenset(missing)), tuple(diagnostics))


def fill_text(text: str, values: Mapping[str, LocatedText]) -> str:
    """One text with its slots filled in, or unchanged where that is impossible."""
    template = _read(text, (_ROOT,)).template if OPENING in text else None
    rows = {_ROOT: _Row(values, _ROOT)}
    try:
        filled = _rendered(template, rows, bounds.FILLED) if template else None
    except (TemplateError, TypeError):
        return text
    return text if filled is None else filled


def used_slots(tree: Tree) -> frozenset[str]:
    """The names of all slots in the texts of a tree."""
    return frozenset(
        name
        for path, node in texts_with_slots(tree)
        if not _refusal(path)
        for name in _read(node.text or "", (_ROOT,)).names
    )


def texts_with_slots(tree: Tree) -> Iterator[tuple[TreePath, ScalarNode]]:
    """All texts of a leaflet, or of a variant, that have slots, with their paths."""
    for path, node in scalars(tree.root):
        if node.text is not None and OPENING in node.text and path[:1] != ("replaced",):
            yield path, node


def _rendered(template: Template, rows: Mapping[str, _Row], room: int) -> str | None:
    """A text with its slots filled in; None where it is longer than `room`.

    A text that is too long is never built: Jinja2 yields it piece by piece, and no piece is longer
    than a value.
    """
    pieces: list[str] = []
    for piece in template.generate(rows):
        room -= len(piece)
        if room < 0:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _refusal(path: TreePath) -> Message:
    """Why no slot can be at `path` in a leaflet, or nothing."""
    if "quote" in path and path[0] != "columns":
        return say("There is a slot in a quote, where none can be.")
    if path[0] in ("language", "slots"):
        return say("There is a slot in `{key}`, where none can be.", key=path[0])
    if path[-1] in ("id", "after", "before"):
        return say("There is a slot in an id, where none can be.")
    return EMPTY


def _without_slot(path: TreePath) -> Message:
    """What to do where no slot can be."""
    if "quote" in path:
        return say(
            "A quote is printed to the letter, and is the same for all regions. If need be, leave "
            "the passage out in a variant and add another one."
        )
    return say("Write the text itself here.")


def _unknown(name: str) -> Message:
    """What is wrong with a slot whose name does not exist."""
    if "." in name:
        return say(
            "There is no slot `{name}`: the list of recipients has no column of that name.",
            name=shortened(name),
        )
    return say(
        "There is no slot `{name}`: neither a column of regions.csv nor an entry of `slots:` has "
        "that name.",
        name=shortened(name),
    )


def _without_value(name: str, location: Location) -> Diagnostic:
    return error(
        "slot-without-value",
        say("The slot `{name}` is used here, but has no value.", name=shortened(name)),
        location,
        say(
            "Fill in the column `{name}` of regions.csv, or give it a default in leaflet.yaml: "
            "`slots:`, and below it `{name}: …`.",
            name=name,
        ),
    )


@lru_cache(maxsize=4096)
def _read(text: str, roots: tuple[str, ...]) -> _SlottedText:
    """A text taken apart; `roots` are the words that its slots may begin with."""
    environment = _environment()
    # Jinja2's compiler takes time that grows faster than what it compiles.
    if any(len(written) > bounds.SLOT for written in _BRACES.findall(text)):
        if _is_unclosed(text):
            return _unreadable(_UNCLOSED)
        return _unreadable(say("A slot has more than {limit} characters.", limit=bounds.SLOT))
    try:
        tree = environment.parse(text)
        errors = tuple(dict.fromkeys(islice(_errors(tree, roots), _MOST)))
        names = tuple(dict.fromkeys(islice(_names(tree), 1000)))
        template = None if errors else environment.from_string(tree)
    except (TemplateError, RecursionError, SyntaxError, ValueError, MemoryError) as reason:
        # All but the first come from the compiler: brackets without end, numbers without end.
        if _is_unclosed(text):
            return _unreadable(_UNCLOSED)
        return _unreadable(say("This slot cannot be read ({reason}).", reason=shortened(reason)))
    return _SlottedText(names, template, errors)


def _is_unclosed(text: str) -> bool:
    return text.count(OPENING) > text.count("}}")


def _slot_error(message: Message, hint: Message, snippet: str = OPENING) -> TextDiagnostic:
    return TextDiagnostic(Severity.ERROR, "slot", message, hint, snippet)


def _unreadable(message: Message) -> _SlottedText:
    return _SlottedText((), None, (_slot_error(message, _HINT),))


def _errors(tree: nodes.Template, roots: tuple[str, ...]) -> Iterator[TextDiagnostic]:
    """What is not allowed in a slot."""
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            message = say("Slots have no filter `{name}`.", name=node.name)
            yield _slot_error(message, did_you_mean(node.name, _FILTERS), node.name)
        elif isinstance(node, nodes.Test) and node.name not in ("defined", "undefined"):
            message = say("Slots have no test `{name}`.", name=node.name)
            yield _slot_error(message, say("Write `is defined`."), node.name)
        elif isinstance(node, nodes.Name) and node.name not in roots:
            guess = say("Did you mean {{{{ {root}.{name} }}}}?", root=_ROOT, name=node.name)
            message = say("`{name}` means nothing in a slot.", name=node.name)
            yield _slot_error(message, joined([guess, _HINT]), node.name)
        elif isinstance(node, nodes.Getattr) and not (
            isinstance(node.node, nodes.Name) and not node.attr.startswith("_")
        ):
            yield _slot_error(
                say("`{name}` cannot be used here.", name=node.attr), _HINT, node.attr
            )
        elif not isinstance(node, _ALLOWED):
            yield _slot_error(say("A slot cannot contain a calculation."), _HINT)
    with_column = {id(node.node) for node in tree.find_all(nodes.Getattr)}
    alone = (name for name in tree.find_all(nodes.Name) if id(name) not in with_column)
    if any(name.name in roots for name in alone):
        yield _slot_error(say("A slot must name the column whose value it takes."), _HINT)


def _names(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.Getattr):
        root = node.node.name if isinstance(node.node, nodes.Name) else _ROOT
        yield _prefix(root) + node.attr


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    """Jinja2 with slots only: ``{%`` and ``{#`` are text like any other.

    The characters that replace them are ones that `yaml.parser` refuses.
    """
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        block_start_string="\x01%",
        block_end_string="%\x01",
        comment_start_string="\x01#",
        comment_end_string="#\x01",
        keep_trailing_newline=True,
    )
