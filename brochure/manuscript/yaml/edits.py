"""Edits of what a YAML file says: what they are, and what a file says after one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from brochure.manuscript.yaml.nodes import Plain, TreePath


@dataclass(frozen=True)
class Put:
    """The value at a path, whether there was one or not.

    A new key stands after the one before it in `order`, the keys as they usually follow each other.
    Line ends around a text mean nothing. `comment` is written above a new key of the root.
    """

    path: TreePath
    value: Plain
    order: Sequence[str] = ()
    comment: str = ""


@dataclass(frozen=True)
class Remove:
    """No value at a path; what contained nothing else goes with it."""

    path: TreePath


@dataclass(frozen=True)
class Insert:
    """A new item of a list: before the one that is at the path now, or at the end."""

    path: TreePath
    value: Plain


@dataclass(frozen=True)
class Move:
    """An item of a list at another index of it."""

    path: TreePath
    to: int


Edit = Put | Remove | Insert | Move


def applied(value: Plain, edit: Edit) -> Plain:
    """What a file says after an edit, if `value` is what it says."""
    return content_of(_applied(value, edit.path, edit))


def content_of(value: Plain) -> Plain:
    """What counts of a value: an empty file says nothing, and line ends around texts neither."""
    return _without_line_ends(value) or {}


def _without_line_ends(value: Plain) -> Plain:
    match value:
        case str():
            return value.strip("\n")
        case list():
            return [_without_line_ends(item) for item in value]
        case dict():
            return {key: _without_line_ends(item) for key, item in value.items()}
        case None:
            return None


def _applied(value: Plain, path: TreePath, edit: Edit) -> Plain:
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        content = dict(value) if isinstance(value, dict) else {}
        if rest:
            inner = _applied(content.get(step), rest, edit)
            if isinstance(edit, Remove) and inner in ({}, []):
                content.pop(step, None)
            else:
                content[step] = inner
        elif isinstance(edit, Remove):
            content.pop(step, None)
        elif isinstance(edit, Put):
            content[step] = edit.value
        return dict(content)
    items = list(value) if isinstance(value, list) else []
    if rest:
        if step == len(items):
            items.append(None)
        items[step] = _applied(items[step], rest, edit)
        if isinstance(edit, Remove) and items[step] in ({}, []):
            del items[step]
        return items
    match edit:
        case Put():
            items[step : step + 1] = [edit.value]
        case Remove():
            del items[step]
        case Insert():
            items.insert(step, edit.value)
        case Move():
            items.insert(edit.to, items.pop(step))
    return items
