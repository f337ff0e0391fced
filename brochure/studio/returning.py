"""What somebody changed in a file that went out, as changes of the form: it is saved as what is
typed, with undo and conflicts.
"""

from collections.abc import Mapping

from brochure.interchange.differences import Comparison, Difference
from brochure.interchange.outgoing import form_of
from brochure.manuscript.text.wrapping import unwrapped
from brochure.manuscript.yaml.nodes import Plain, TreePath
from brochure.messages import Catalogue, KeyName, say
from brochure.studio.answers import Json
from brochure.studio.changes import PASSAGES, Change, FieldPath, Item, value_at
from brochure.studio.form import all_fields
from brochure.studio.proposals import leftover_data

_FIELDS = frozenset(path for path, _ in all_fields())
_NAMED = ("quote-changed", "conflict")  # diagnostics of differences, which say it themselves


def comparison_data(comparison: Comparison, shown: Plain, words: Catalogue) -> Json:
    """A comparison with a leaflet as JSON data; `shown` are the values of its form, `words` name
    its fields.
    """
    diagnostics = [d for d in comparison.diagnostics if d.code not in _NAMED]
    return {
        "differences": [
            _difference_data(one, comparison, shown, words) for one in comparison.differences
        ],
        "notes": [
            " ".join(filter(None, (words(one.message), words(one.hint)))) for one in diagnostics
        ],
        "leftovers": [leftover_data(one) for one in comparison.leftovers],
    }


def _difference_data(
    one: Difference, comparison: Comparison, shown: Plain, words: Catalogue
) -> Json:
    made = _change(one, comparison, shown)
    return {
        "label": _label(one, shown, words),
        "now": one.now or "",
        "new": one.new or "",
        "quote": one.is_quote,
        "conflict": one.conflict,
        "change": made[0].to_json() if made else None,
        "undo": made[1].to_json() if made else None,
    }


def _label(one: Difference, shown: Plain, words: Catalogue) -> str:
    """What a difference is about."""
    path = _tree_path(one.key, shown)
    number = path[1] + 1 if len(path) > 1 and isinstance(path[1], int) else 0
    match one.kind:
        case "added":
            return words(say("A new pair"))
        case "removed":
            return words(say("Pair {number} was left out", number=number))
        case "moved":
            return words(say("Pair {number} was moved", number=number))
    return words.name(KeyName(one.key, path))


# --- Changes -----------------------------------------------------------------------------------


def _change(one: Difference, comparison: Comparison, shown: Plain) -> tuple[Change, Change] | None:
    """The change that takes a difference over, and the one that undoes it; None if that can only be
    done by hand.
    """
    if not one.can_be_accepted:
        return None
    id_ = one.key.split(".")[-1]
    within: FieldPath = (PASSAGES,)
    here: FieldPath = (PASSAGES, Item(id_))
    after, before = one.after or None, _before(shown, id_)
    match one.kind:
        case "added":
            value = _passage(id_, comparison.returned.texts)
            return Change("insert", within, value, None, after), Change("remove", here, None, value)
        case "removed":
            value = value_at(shown, _tree_path(one.key, shown))
            return Change("remove", here, None, value), Change(
                "insert", within, value, None, before
            )
        case "moved":
            return Change("move", here, after=after), Change("move", here, after=before)
    return _text_change(one, shown)


def _text_change(one: Difference, shown: Plain) -> tuple[Change, Change] | None:
    """The change of the field that a text is in: all of it, where it has several."""
    path = _tree_path(one.key, shown)
    depth = next((n for n in range(len(path), 0, -1) if _keys(path[:n]) in _FIELDS), 0)
    if one.new is None and not depth:
        depth = len(path)  # a whole side of a pair
    if not depth:
        return None
    was = value_at(shown, path[:depth])
    value = _with(was, path[depth:], _as_shown(one.key, one.new))
    if isinstance(was, list) and isinstance(value, str):  # the file has the only one in short
        value = [value]
    field: FieldPath = path[:depth]
    if path[0] == PASSAGES:
        field = (PASSAGES, Item(one.key.split(".")[1]), *path[2:depth])
    return Change("put", field, value, was), Change("put", field, was, value)


def _tree_path(key: str, shown: Plain) -> TreePath:
    """Where a text is in the values of a form; passages by their indices."""
    steps = key.split(".")
    if steps == ["imprint"]:
        return ("imprint", "text")  # as the form has it
    if steps[0] != PASSAGES:
        return tuple(int(step) if step.isdecimal() else step for step in steps)
    ids = [one.get("id") if isinstance(one, dict) else None for one in _passages(shown)]
    index = ids.index(steps[1]) if steps[1] in ids else len(ids)
    inner = (int(step) if step.isdecimal() else step for step in steps[2:])
    return (PASSAGES, index, *inner)


def _passages(shown: Plain) -> list[Plain]:
    passages = value_at(shown, (PASSAGES,))
    return passages if isinstance(passages, list) else []


def _before(shown: Plain, id_: str) -> str | None:
    """The passage before one; None for the first."""
    last: str | None = None
    for one in _passages(shown):
        name = one.get("id") if isinstance(one, dict) else None
        if name == id_:
            return last
        last = name if isinstance(name, str) else last
    return last


def _keys(path: TreePath) -> tuple[str, ...]:
    return tuple(step for step in path if isinstance(step, str))


def _with(value: Plain, path: TreePath, new: Plain) -> Plain:
    """A value with another one at a path in it; without that, where the new one is None."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(value) if isinstance(value, list) else []
        items[step : step + 1] = [_with(value_at(value, (step,)), rest, new)]
        return [item for item in items if item is not None] or None
    parts = dict(value) if isinstance(value, dict) else {}
    parts[step] = _with(parts.get(step), rest, new)
    return {key: item for key, item in parts.items() if item is not None} or None


def _as_shown(key: str, text: str | None) -> Plain:
    """A text without the lines of a file, as the form has it."""
    form = form_of(key)
    return (
        text if text is None or form not in ("prose", "quote") else unwrapped(text, form != "quote")
    )


def _passage(id_: str, texts: Mapping[str, str]) -> Plain:
    """A passage that is new, as the form has it."""
    prefix = f"{PASSAGES}.{id_}."
    result: Plain = {"id": id_}
    for key, text in texts.items():
        if key.startswith(prefix):
            steps = key.removeprefix(prefix).split(".")
            path = tuple(int(step) if step.isdecimal() else step for step in steps)
            result = _with(result, path, _as_shown(key, text))
    return result
