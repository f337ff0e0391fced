"""Words of the sample that a leaflet began with: those that nobody has replaced yet."""

from collections.abc import Iterator

from brochure.manuscript.text.wrapping import WIDTH
from brochure.manuscript.yaml.nodes import Plain, plain
from brochure.manuscript.yaml.parser import parse_yaml
from brochure.starters import Starter, starter_languages, starter_text
from brochure.studio.changes import PASSAGES, FieldPath, Item, Prose, expanded
from brochure.studio.form import all_fields, prose_paths

_WORDS = ("line", "prose")  # kinds of fields
# What is no part of what a leaflet says.
_NOT_SAID = (("language",), (PASSAGES, "id"), (PASSAGES, "quote", "lines"))


def samples(values: Plain) -> list[tuple[FieldPath, str]]:
    """The fields of a leaflet, as the form shows it, that say what the sample says in its
    language.
    """
    language = values.get("language") if isinstance(values, dict) else None
    if language not in starter_languages():
        return []
    sample = expanded(plain(parse_yaml(starter_text(str(language), Starter.SAMPLE), "").value.root))
    texts = dict(_words(values))
    shown = _words(Prose(prose_paths(), WIDTH).shown(sample))
    return [(path, text) for path, text in shown if texts.get(path) == text]


def _words(values: Plain) -> Iterator[tuple[FieldPath, str]]:
    """What each field of words says."""
    if not isinstance(values, dict):
        return
    for path, part in all_fields():
        if part.kind not in _WORDS or path in _NOT_SAID:
            continue
        if path[0] != PASSAGES:
            yield from _at(values, path, ())
            continue
        passages = values.get(PASSAGES)
        for passage in passages if isinstance(passages, list) else ():
            if isinstance(passage, dict) and isinstance(passage.get("id"), str):
                yield from _at(passage, path[1:], (PASSAGES, Item(str(passage["id"]))))


def _at(value: Plain, path: tuple[str, ...], above: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, str):
        yield (*above, *path), value
