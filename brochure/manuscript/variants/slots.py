"""Slots: named places in texts that a region fills in; in a letter, a recipient as well.

``{{ region.meeting }}`` is Jinja2's notation, and Jinja2's sandbox fills it in. Of its language
only what needs no loop and no call is let in, so that a text costs no more time and memory than
it has letters: names, texts, comparisons, ``a if b else c``, and filters that do not multiply.
A quote has no slots.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, error, shortened
from brochure.manuscript.yaml.nodes import Node, Path, Scalar, Tree, Value, replaced, scalars
from brochure.manuscript.yaml.validation import did_you_mean

OPENING = "{{"
_ROOT = "region"
_MOST = 20  # complaints about one text
_MOST_IN_ALL = 100  # in a leaflet; whoever has more has another kind of file
_BRACES = re.compile(r"\{\{((?:[^}]|\}(?!\}))*+)")
_FILTERS = ("capitalize", "default", "lower", "title", "trim", "upper")
_ALLOWED = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter,
    nodes.CondExpr, nodes.Test, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or,
)  # fmt: skip
_UNCLOSED = "A slot is opened in this text and never closed: `}}` is missing."
_HINT = "Write a slot as {{ region.name }}: the word `region`, a dot, a column of regions.csv."


class _Row:
    """What the word `region` means in a text; it has no attributes but its slots."""

    __slots__ = ("_prefix", "_values")

    def __init__(self, values: Mapping[str, Value], root: str) -> None:
        self._values = values
        self._prefix = _prefix(root)

    def __getitem__(self, name: str) -> str:
        return self._values[self._prefix + name].text


def _prefix(root: str) -> str:
    """What stands before the names of a root: nothing before those of the region."""
    return "" if root == _ROOT else f"{root}."


def _roots(names: Iterable[str]) -> tuple[str, ...]:
    """The words that slots may begin with, where these names are known."""
    return tuple(sorted({_ROOT} | {name.partition(".")[0] for name in names if "." in name}))


@dataclass(frozen=True)
class _Text:
    """A text with slots, ready to be filled; `complaints` are (message, hint, snippet)."""

    names: tuple[str, ...]
    template: Template | None
    diagnostics: tuple[tuple[str, str, str], ...]


def fill(
    tree: Tree,
    values: Mapping[str, Value],
    known: tuple[str, ...],
    forbidden: Callable[[Path], str] | None = None,
) -> tuple[Tree, list[Diagnostic], frozenset[str]]:
    """The tree with all slots filled in, what is wrong with them, and which have no value.

    `values` are those of one region, defaults among them; `known` are all names that there are.
    Names with a dot (``recipient.name``) are those of another root than `region`. `forbidden`
    says of a path why no slot can be there, or nothing; without, as it is in a leaflet.
    """
    diagnostics: list[Diagnostic] = []
    missing: set[str] = set()
    changes: dict[Path, Node] = {}
    roots = _roots(known)
    names = frozenset(known)
    written, room = 0, bounds.FILLED
    rows = {name: _Row(values, name) for name in roots}
    for path, node in slotted(tree):
        if where := (forbidden or _forbidden)(path):
            diagnostics.append(
                error(
                    "slot-here",
                    f"There is a slot in {where}, where none can be.",
                    tree.location(path, OPENING),
                    "A quote is printed to the letter, for all regions alike. Leave the passage "
                    "out in a variant and add another, if need be."
                    if "quote" in path
                    else "Write it out here.",
                )
            )
            continue
        assert node.text is not None
        written += sum(map(len, _BRACES.findall(node.text)))
        if written > bounds.SLOTS or len(diagnostics) >= _MOST_IN_ALL:
            if written > bounds.SLOTS:
                diagnostics.append(
                    _too_much(f"{bounds.SLOTS} characters in slots", tree.location(path))
                )
            break
        text = _read(node.text, roots)
        diagnostics += [
            error("slot", message, tree.location(path, snippet), hint)
            for message, hint, snippet in text.diagnostics
        ]
        strange = [n for n in text.names if n not in names and not text.diagnostics]
        diagnostics += [
            error(
                "unknown-slot",
                _unknown(name),
                tree.location(path, name.rpartition(".")[2]),
                did_you_mean(name, known),
            )
            for name in strange[:_MOST]
        ]
        if text.template is None or strange:
            continue
        try:
            filled = _rendered(text.template, rows, room)
        except (TemplateError, TypeError) as reason:
            empty = [name for name in text.names if name not in values]
            missing.update(empty)
            diagnostics += [
                _without_value(name, tree.location(path, name))
                for name in empty[:_MOST]
                if "." not in name  # these the caller knows better where to fill in
            ]
            if not empty:
                said = f"This slot cannot be filled in ({reason})."
                diagnostics.append(error("slot", said, tree.location(path, OPENING), _HINT))
            continue
        if filled is None:
            what = f"{bounds.FILLED:,} characters once its slots are filled in"
            diagnostics.append(_too_much(what, tree.location(path, OPENING)))
            break
        room -= len(filled)
        used = tuple(values[name] for name in text.names if name in values)
        changes[path] = replace(node, text=filled, values=used)
    root = replaced(tree.root, changes) if tree.root and changes else tree.root
    return replace(tree, root=root), diagnostics, frozenset(missing)


def _rendered(template: Template, rows: Mapping[str, _Row], room: int) -> str | None:
    """A text with its slots filled in; None where it would not find room. So long it is never
    built: Jinja2 gives it piece by piece, and each is no longer than a value.
    """
    pieces: list[str] = []
    for piece in template.generate(rows):
        room -= len(piece)
        if room < 0:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _too_much(what: str, location: Location) -> Diagnostic:
    return error(
        "too-long",
        f"Here the leaflet comes to more than {what}.",
        location,
        "That is more than a leaflet can hold; is there a whole document in the value of a slot?",
    )


def _unknown(name: str) -> str:
    if "." in name:
        return (
            f"There is no slot `{shortened(name)}`: {name.partition('.')[0]}s have no such column."
        )
    return (
        f"There is no slot `{shortened(name)}`: no column of regions.csv, and no entry of "
        "`slots:`, has that name."
    )


def _without_value(name: str, location: Location) -> Diagnostic:
    return error(
        "slot-without-value",
        f"The slot `{shortened(name)}` is used here and has no value.",
        location,
        f"Fill in the column `{name}` of regions.csv, or give it a default in leaflet.yaml: "
        f"`slots:`, and below it `{name}: …`.",
    )


def used(tree: Tree) -> frozenset[str]:
    """The names of all slots in the texts of a tree."""
    return frozenset(
        name
        for path, node in slotted(tree)
        if not _forbidden(path)
        for name in _read(node.text or "", (_ROOT,)).names
    )


def slotted(tree: Tree) -> Iterator[tuple[Path, Scalar]]:
    """All texts of a leaflet, or of a variant, that have slots, with their paths."""
    for path, node in scalars(tree.root):
        if node.text is not None and OPENING in node.text and path[:1] != ("replaced",):
            yield path, node


def filled(text: str, values: Mapping[str, Value]) -> str:
    """One text with its slots filled in, or as it is where that cannot be done."""
    template = _read(text, (_ROOT,)).template if OPENING in text else None
    rows = {_ROOT: _Row(values, _ROOT)}
    try:
        found = _rendered(template, rows, bounds.FILLED) if template else None
    except (TemplateError, TypeError):
        return text
    return text if found is None else found


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
def _read(text: str, roots: tuple[str, ...]) -> _Text:
    environment = _environment()
    # Jinja2's compiler takes time that grows faster than what it compiles.
    if any(len(written) > bounds.SLOT for written in _BRACES.findall(text)):
        closed = text.count(OPENING) <= text.count("}}")
        said = f"A slot has more than {bounds.SLOT} characters." if closed else _UNCLOSED
        return _Text((), None, ((said, _HINT, OPENING),))
    try:
        tree = environment.parse(text)
        diagnostics = tuple(dict.fromkeys(islice(_strange(tree, roots), _MOST)))
        names = tuple(dict.fromkeys(islice(_names(tree), 1000)))
        template = None if diagnostics else environment.from_string(tree)
    except (TemplateError, RecursionError, SyntaxError, ValueError, MemoryError) as reason:
        # All but the first come of the compiler: brackets without end, numbers without end.
        said = f"This slot cannot be read ({shortened(reason)})."
        if text.count(OPENING) > text.count("}}"):
            said = _UNCLOSED
        return _Text((), None, ((said, _HINT, OPENING),))
    return _Text(names, template, diagnostics)


def _strange(tree: nodes.Template, roots: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
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
        elif isinstance(node, nodes.Name) and node.name not in roots:
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
    if any(name.name in roots for name in alone):
        yield "A slot must say which value it wants.", _HINT, OPENING


def _names(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.Getattr):
        root = node.node.name if isinstance(node.node, nodes.Name) else _ROOT
        yield _prefix(root) + node.attr


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
