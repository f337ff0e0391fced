"""How the studio puts diagnostics into words: the same sentences as the command line's, with fields
called by their labels; and what is missing yet is no mistake of the one who is still writing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from brochure.diagnostics import Diagnostic, data_of
from brochure.messages import EMPTY, Catalogue, KeyName, Message, catalogue, say
from brochure.studio.changes import ADDED, PASSAGES, Json
from brochure.studio.form import GROUPS, Keys, all_fields

_OPEN = ("missing", "empty", "empty-passage")  # codes of what is not there yet
# What to do about it here, where the command line's hint tells how to write keys and commands.
_HINTS: Mapping[str, Message] = {
    "missing": EMPTY,
    "empty": EMPTY,
    **dict.fromkeys(
        ("wrong-lines", "altered"),
        say("“{button}” below the quote shows what the source says.", button=say("Correct …")),
    ),
    "ambiguous": say("“{button}” below the quote asks you.", button=say("Which place? …")),
    "not-found": say("“{button}” is where to look for it.", button=say("Show in the source")),
    "unchecked": say("Add the document under “{part}”.", part=say("Document quoted")),
    "no-reference": say("Fill in the lines or the page, so that readers can look it up."),
}


def form_catalogue(language: str) -> Catalogue:
    """The messages of a language, for those who see the form of a leaflet."""
    return labelled(language, GROUPS | {path: part.label for path, part in all_fields()})


def labelled(language: str, labels: Mapping[Keys, Message]) -> Catalogue:
    """The messages of a language, in which keys have the labels of a form."""
    words = catalogue(language)
    return replace(words, name=partial(_name, words, labels))


def diagnostic_data(
    diagnostic: Diagnostic, path: Sequence[Json] | None, words: Catalogue
) -> dict[str, object]:
    """A diagnostic as docs/json.md has it, with its `severity` here and the path of its field.
    `name` is what its message begins with, which says nothing new at the field itself.
    """
    data: dict[str, object] = {**data_of(diagnostic, words), "path": path}
    data["severity"] = severity(diagnostic)
    if diagnostic.code in _HINTS:
        data["hint"] = words(_HINTS[diagnostic.code])
    return {**data, "name": name_in(diagnostic.message, words)}


def severity(diagnostic: Diagnostic) -> str:
    """How much a diagnostic matters to who is writing; `open`: it is missing yet."""
    return "open" if diagnostic.code in _OPEN else diagnostic.severity.value


def name_in(message: Message, words: Catalogue) -> str:
    """The field that a message names first, as it is called in it; empty if it names none."""
    name = message.values.get("name")
    return words.name(name) if isinstance(name, KeyName) else ""


def _name(words: Catalogue, labels: Mapping[Keys, Message], name: KeyName) -> str:
    """What a form calls the key: “Pair 3: Quote”."""
    keys = tuple(step for step in name.path if isinstance(step, str))
    if keys[:1] == (ADDED,):
        keys = (PASSAGES, *keys[1:])
    known = next((keys[:n] for n in range(len(keys), 0, -1) if keys[:n] in labels), None)
    if known is None:
        return str(name)
    parts = [words(labels[known]), *keys[len(known) :]]
    if name.path[0] == PASSAGES and len(name.path) > 1 and isinstance(name.path[1], int):
        pair = words(say("Pair {number}", number=name.path[1] + 1))
        parts = [pair, *parts[len(known) == 1 :]]
    elif len(known) > 1 and known[:1] in labels:
        parts = [words(labels[known[:1]]), *parts]
    return words(say("“{name}”", name=": ".join(parts)))
