"""Edits of a YAML file by the places of its nodes: whatever is not edited stays, byte for byte.

Whatever writes into a manuscript does so here. Comments, the order and quotation of texts, the byte
order mark and line ends are kept, and so is a last line without an end. The comment lines directly
above an entry, which are indented no deeper, belong to it, as do deeper ones directly below it:
they move with it and go with it. A comment at the head of the file stays.

After each edit, the file is read again. It must say what was meant, and nothing else may say
anything new; otherwise nothing is changed.
"""

from collections.abc import Iterable

from brochure.diagnostics import Location, fail, raise_errors
from brochure.manuscript.yaml.edits import Edit, Insert, Put, Remove, applied, content_of
from brochure.manuscript.yaml.nodes import Plain, Tree, plain
from brochure.manuscript.yaml.parser import FORBIDDEN, decode_text, parse_yaml
from brochure.manuscript.yaml.places import ImpossibleError
from brochure.manuscript.yaml.splicing import EditableText, spliced
from brochure.messages import say


def edited(data: bytes, edits: Iterable[Edit], file: str) -> bytes:
    """The bytes of a YAML file after some edits, one after the other.

    Raises DiagnosticsError where the file has errors, where a text has characters that no
    manuscript may contain, or where the file is written in a way in which an edit cannot be made
    without touching something else. Raises KeyError or IndexError for what is removed or moved but
    is not there.
    """
    tree = _read(data, file)
    for edit in edits:
        for single in _singles(tree, edit):
            if applied(plain(tree.root), single) != content_of(plain(tree.root)):
                data, tree = _edited(data, tree, single)
    return data


def _singles(tree: Tree, edit: Edit) -> list[Edit]:
    """A mapping or list in the place of another, as edits of what differs."""
    old = plain(tree.node(edit.path)) if edit.path else plain(tree.root)
    if not isinstance(edit, Put) or type(edit.value) is not type(old) or not old or not edit.value:
        return [edit]
    result: list[Edit] = []
    if isinstance(edit.value, dict) and isinstance(old, dict):
        for key, value in edit.value.items():
            result += _singles(tree, Put((*edit.path, key), value, tuple(edit.value)))
        result += [Remove((*edit.path, key)) for key in old if key not in edit.value]
    elif isinstance(edit.value, list) and isinstance(old, list):
        both = min(len(edit.value), len(old))
        for at, item in enumerate(edit.value[:both]):
            result += _singles(tree, Put((*edit.path, at), item))
        result += [Insert((*edit.path, both + i), v) for i, v in enumerate(edit.value[both:])]
        result += [Remove((*edit.path, at)) for at in reversed(range(both, len(old)))]
    else:
        return [edit]
    return result


def _edited(data: bytes, tree: Tree, edit: Edit) -> tuple[bytes, Tree]:
    """The bytes after one edit, and their tree, which says what was meant."""
    meant = applied(plain(tree.root), edit)
    if isinstance(edit, Put | Insert):
        _check_characters(edit.value, tree.location(edit.path))
    try:
        result = spliced(data, EditableText(tree).splice(edit))
        after = parse_yaml(decode_text(result, tree.file).value, tree.file)
        wrong = any(d.is_error for d in after.diagnostics)
        if wrong or content_of(plain(after.value.root)) != meant:
            raise ImpossibleError
    except ImpossibleError:
        fail(
            "cannot-edit",
            say("This place of the file cannot be changed here without touching others."),
            tree.location(edit.path),
            say("Change it in the file itself. Nothing was changed."),
        )
    return result, after.value


def _check_characters(value: Plain, location: Location) -> None:
    match value:
        case dict():
            for inner in value.values():
                _check_characters(inner, location)
        case list():
            for inner in value:
                _check_characters(inner, location)
        case str() if found := FORBIDDEN.search(value):
            fail(
                "control-character",
                say(
                    "This text contains an invisible control character (U+{number:04X}).",
                    number=ord(found[0]),
                ),
                location,
                say(
                    "Delete it and type the word around it again. Such characters often come with "
                    "text copied from a PDF."
                ),
            )
        case _:
            pass


def _read(data: bytes, file: str) -> Tree:
    decoded = decode_text(data, file)
    raise_errors(decoded.diagnostics)
    tree = parse_yaml(decoded.value, file)
    raise_errors(tree.diagnostics)
    return tree.value
