"""What somebody changed in a form → edits of the file, or a conflict with what it says by now.

A passage is named by its id, so that a change fits even if somebody else added or moved passages.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from brochure.manuscript.text.wrapping import rewrapped, unwrapped
from brochure.manuscript.yaml.edits import Edit, Insert, Move, Put, Remove, applied
from brochure.manuscript.yaml.nodes import Plain, TreePath
from brochure.manuscript.yaml.parser import FORBIDDEN

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")  # what programs put for a line's end
PASSAGES = "passages"
ADDED = "add"  # those of a variant
ROWS = "rows"  # those of a table
_LISTS = (PASSAGES, ADDED, ROWS)  # what can be added to, and be taken from


@dataclass(frozen=True)
class Item:
    """A passage, by its id."""

    id: str


FieldPath = tuple[str | int | Item, ...]


Kind = Literal["put", "insert", "remove", "move"]
_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}


@dataclass(frozen=True)
class Change:
    """A change in the form: of the value at a path, or of the passage there.

    `was` is what the form showed before, `value` what it shows now; None is nothing. `after` is the
    id of the passage that an added or moved one follows; None for the first place.
    """

    kind: Kind
    path: FieldPath
    value: Plain = None
    was: Plain = None
    after: str | None = None

    @property
    def added(self) -> str | None:
        """The id of the passage that this adds."""
        name = self.value.get("id") if isinstance(self.value, dict) else None
        return name if self.kind == "insert" and isinstance(name, str) else None

    @property
    def about(self) -> str | None:
        """The id of the passage that this is about, if it is there already."""
        step = self.path[1] if len(self.path) > 1 else None
        return step.id if isinstance(step, Item) else None

    def to_json(self) -> dict[str, Json]:
        """As JSON data, which `change_from_json` reads."""
        return {
            "kind": self.kind,
            "path": path_to_json(self.path),
            "value": json_of(self.value),
            "was": json_of(self.was),
            "after": self.after,
        }


class NotUnderstoodError(ValueError):
    """What came is not what a form sends."""


def change_from_json(data: Json) -> Change:
    """A change as the browser sends it. Raises NotUnderstoodError."""
    if not isinstance(data, dict):
        raise NotUnderstoodError
    name, after = data.get("kind"), data.get("after")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None or not isinstance(after, str | None):
        raise NotUnderstoodError
    path = path_from_json(data.get("path"))
    value, was = cleaned(_plain(data.get("value"))), cleaned(_plain(data.get("was")))
    if kind != "put" and path[0] not in _LISTS:
        raise NotUnderstoodError
    if kind == "insert" and not (isinstance(value, dict) and isinstance(value.get("id"), str)):
        raise NotUnderstoodError
    if kind in ("remove", "move") and not (len(path) == 2 and not isinstance(path[1], str)):
        raise NotUnderstoodError
    return Change(kind, path, value, was, after)


def path_from_json(data: Json) -> FieldPath:
    """A path as the browser sends it: a passage is ``{"id": …}``. Raises NotUnderstoodError."""
    if not isinstance(data, list) or not 0 < len(data) < 10:
        raise NotUnderstoodError
    path: list[str | int | Item] = []
    for step in data:
        name = step.get("id") if isinstance(step, dict) else None
        if isinstance(name, str):
            path.append(Item(name))
        elif isinstance(step, str) or (isinstance(step, int) and 0 <= step < 100_000):
            path.append(step)
        else:
            raise NotUnderstoodError
    return tuple(path)


def path_to_json(path: FieldPath) -> list[Json]:
    """A path as JSON data."""
    return [{"id": step.id} if isinstance(step, Item) else step for step in path]


def cleaned(value: Plain) -> Plain:
    """A value without what no manuscript may contain; empty texts, lists and mappings are None."""
    match value:
        case str():
            return FORBIDDEN.sub("", _BREAKS.sub("\n", value)).strip() or None
        case list():
            return [item for item in map(cleaned, value) if item is not None] or None
        case dict():
            parts = {key: cleaned(item) for key, item in value.items()}
            return {key: item for key, item in parts.items() if item is not None} or None
        case None:
            return None


def keys_of(path: TreePath) -> tuple[str, ...]:
    """The keys on a path, without indices."""
    return tuple(step for step in path if isinstance(step, str))


@dataclass(frozen=True)
class Prose:
    """Which texts are prose, in whose paragraphs the end of a line is a space, and how wide lines
    are in the file. `keys` are those of the form for a path in the file.
    """

    paths: frozenset[tuple[str, ...]]
    width: int
    keys: Callable[[TreePath], tuple[str, ...]] = keys_of

    def shown(self, value: Plain, path: TreePath = ()) -> Plain:
        """A value as a form shows it: prose without the lines of the file."""
        match value:
            case str():
                text = value.strip()
                return unwrapped(text, self._own_words(path)) if self.includes(path) else text
            case list():
                return [self.shown(item, (*path, at)) for at, item in enumerate(value)]
            case dict():
                return {key: self.shown(item, (*path, key)) for key, item in value.items()}
            case None:
                return None

    def stored(self, value: Plain, old: Plain, path: TreePath) -> Plain:
        """A value as the file has it, with the lines of what did not change."""
        match value:
            case str():
                before = old.strip() if isinstance(old, str) else ""
                if not self.includes(path):
                    return value
                return rewrapped(value, before, self._own_words(path), self.width - 2 * len(path))
            case list():
                return [self.stored(item, None, (*path, at)) for at, item in enumerate(value)]
            case dict():
                parts = old if isinstance(old, dict) else {}
                return {
                    key: self.stored(item, parts.get(key), (*path, key))
                    for key, item in value.items()
                }
            case None:
                return None

    def includes(self, path: TreePath) -> bool:
        """Whether the text at a path is prose."""
        return self.keys(path) in self.paths

    def _own_words(self, path: TreePath) -> bool:
        return "quote" not in self.keys(path)


class GoneError(Exception):
    """There is no such passage."""

    def __init__(self, id_: str) -> None:
        super().__init__(id_)
        self.id = id_


class ConflictError(Exception):
    """The file says something else by now, at this path."""

    def __init__(self, theirs: Plain) -> None:
        super().__init__()
        self.theirs = theirs


def edit_for(
    change: Change, content: Plain, prose: Prose, orders: Mapping[tuple[str, ...], Sequence[str]]
) -> Edit | None:
    """The edit that makes a change in a file with this content; None if there is nothing to do.

    `orders` are the keys of mappings in their usual order, by the paths of these without indices.
    Raises GoneError where the passage is not there, ConflictError where somebody else changed the
    same thing.
    """
    if change.kind == "insert":
        return _insertion(change, content, prose)
    path = resolved(change.path, content)
    if change.kind == "remove" or (
        path[-1] == "highlight" and isinstance(value_at(content, path), str)
    ):
        content = expanded(content)
    if path[0] == "imprint" and isinstance(value_at(content, ("imprint",)), str):
        return _imprint(change, path, content, prose)
    now = prose.shown(value_at(content, path), path)
    if change.kind == "move":
        count = len(_list(value_at(content, path[:1])))
        assert isinstance(path[1], int)
        to = _place(content, path[:1], change.after)
        to -= to > path[1]
        return Move(path, min(to, count - 1)) if to != path[1] else None
    if now == change.value:
        return None
    if now != change.was:
        raise ConflictError(now)
    if change.value is None:
        return Remove(path)
    value = prose.stored(change.value, value_at(content, path), path)
    return Put(path, value, order_at(path, content, prose, orders))


def order_at(
    path: TreePath,
    content: Plain,
    prose: Prose,
    orders: Mapping[tuple[str, ...], Sequence[str]],
) -> tuple[str, ...]:
    """The keys in their usual order where a path leaves what there is, if it does."""
    depth = len(path) - 1
    while depth and value_at(content, path[:depth]) is None:
        depth -= 1
    return tuple(orders.get(prose.keys(path[:depth]), ()))


def expanded(content: Plain) -> Plain:
    """What a file says, with what it says in short written out, as the form has it."""
    if not isinstance(content, dict):
        return content
    full = dict(content)
    if isinstance(imprint := full.get("imprint"), str):
        full["imprint"] = {"text": imprint}
    for name in (PASSAGES, ADDED):
        if isinstance(passages := full.get(name), list):
            full[name] = [_expanded_passage(passage) for passage in passages]
    return full


def _expanded_passage(passage: Plain) -> Plain:
    quote = passage.get("quote") if isinstance(passage, dict) else None
    if isinstance(passage, dict) and isinstance(quote, dict):
        if isinstance(words := quote.get("highlight"), str):
            return {**passage, "quote": {**quote, "highlight": [words]}}
    return passage


def _imprint(change: Change, path: TreePath, content: Plain, prose: Prose) -> Edit | None:
    """An imprint that is one text: it stays one, as long as nothing else belongs to it."""
    full = expanded(content)
    edit = edit_for(change, full, prose, {})
    if edit is None:
        return None
    after = value_at(applied(full, edit), ("imprint",))
    only_text = isinstance(after, dict) and list(after) == ["text"]
    value = after["text"] if isinstance(after, dict) and only_text else after
    return Put(("imprint",), value) if value is not None else Remove(("imprint",))


def _insertion(change: Change, content: Plain, prose: Prose) -> Edit | None:
    assert isinstance(change.value, dict)
    within: TreePath = (str(change.path[0]),)
    ids = [
        item.get("id") if isinstance(item, dict) else None
        for item in _list(value_at(content, within))
    ]
    if change.value["id"] in ids:
        there = value_at(expanded(content), (*within, ids.index(change.value["id"])))
        if prose.shown(there, (*within, 0)) == change.value:
            return None  # it was sent twice
        raise ConflictError(change.value["id"])
    path: TreePath = (*within, _place(content, within, change.after))
    return Insert(path, prose.stored(change.value, None, path))


def resolved(path: FieldPath, content: Plain) -> TreePath:
    """A path in a file with this content, items by their indices. Raises GoneError."""
    found: TreePath = ()
    for step in path:
        found = (*found, _index(content, found, step.id) if isinstance(step, Item) else step)
    return found


def _index(content: Plain, within: TreePath, id_: str) -> int:
    for at, item in enumerate(_list(value_at(content, within))):
        if isinstance(item, dict) and item.get("id") == id_:
            return at
    raise GoneError(id_)


def _place(content: Plain, within: TreePath, after: str | None) -> int:
    """Where a passage goes that follows another one; to the end, if that went meanwhile."""
    if after is None:
        return 0
    try:
        return _index(content, within, after) + 1
    except GoneError:
        return len(_list(value_at(content, within)))


def _list(value: Plain) -> list[Plain]:
    return value if isinstance(value, list) else []


def value_at(value: Plain, path: TreePath) -> Plain:
    """What a file with this content says at a path; None where it says nothing."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def coalesced(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Changes of one text after the other as one, and nothing of a passage that was added and left
    out again; all else stays in order.
    """
    result: list[Change] = []
    for change in changes:
        if change.kind == "remove" and any(old.added == change.about for old in result):
            result = [old for old in result if change.about not in (old.added, old.about)]
            continue
        same = next(
            (at for at, old in enumerate(result) if old.kind == "put" and old.path == change.path),
            None,
        )
        if change.kind == "put" and same is not None:
            # Further words of what is held; or another answer to a conflict, where that is not so.
            goes_on = change.was == result[same].value
            result[same] = replace(change, was=result[same].was) if goes_on else change
        else:
            result.append(change)
    return tuple(result)


def _plain(data: Json) -> Plain:
    match data:
        case bool():
            return "yes" if data else "no"
        case int() | float():
            return str(data)
        case list():
            return [_plain(item) for item in data]
        case dict():
            return {key: _plain(item) for key, item in data.items()}
        case _:
            return data


def json_of(value: Plain) -> Json:
    """A value as JSON data."""
    match value:
        case list():
            return [json_of(item) for item in value]
        case dict():
            return {key: json_of(item) for key, item in value.items()}
        case _:
            return value
