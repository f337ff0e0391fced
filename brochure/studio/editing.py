"""Leaflets as the browser edits them: sessions as JSON data, one save at a time."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from brochure.layout.designs import design_names, read_design
from brochure.layout.editions import load_editions
from brochure.manuscript.variants.resolution import read_bundle
from brochure.messages import Catalogue, Message, say
from brochure.project import Project
from brochure.studio.changes import (
    Change,
    NotUnderstoodError,
    change_from_json,
    json_of,
    path_from_json,
    path_to_json,
)
from brochure.studio.form import FormField, required_keys, sections
from brochure.studio.leaflet_document import LeafletSession
from brochure.studio.refusal import Refusal
from brochure.studio.samples import samples
from brochure.studio.session import Session, State
from brochure.studio.start import picture_address
from brochure.studio.wording import diagnostic_data, form_catalogue, name_in
from brochure.studio.yaml_document import YamlVersion

_CHANGES = 1_000  # of one request


class FileEditing:
    """Files of one kind, one of each leaflet, which one request at a time reads or saves. `session`
    opens that of a leaflet; `words` are the messages of a language for those who see the form.
    """

    def __init__(
        self, session: Callable[[str], Session[YamlVersion]], words: Callable[[str], Catalogue]
    ) -> None:
        self._session, self._words = session, words
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def read(self, name: str) -> State:
        """What the file of a leaflet says, and what is not in it yet."""
        with self._locks[name]:
            return self._session(name).read()

    def data(self, name: str, state: State, words: Catalogue) -> dict[str, object]:
        """The same as JSON data, with the name of the leaflet and of its file."""
        return {"leaflet": name, "file": self._session(name).file, **_state(state, words)}

    def waiting(self, name: str) -> tuple[Message, ...]:
        """Why the last words are not in the file of a leaflet; empty where they are."""
        session = self._session(name)
        if not session.draft.is_file():
            return ()
        with self._locks[name]:
            return tuple(message for held in session.read().held for message in held.messages)

    def save(self, name: str, body: Mapping[str, object], language: str) -> dict[str, object]:
        """Save the changes of a request, and say what the file says now."""
        session = self._session(name)
        changes = _changes(body)
        if body.get("file") != session.file:
            raise Refusal(
                409,
                say("This page belongs to another file."),
                say("Copy what you have written, and open the leaflet anew."),
            )
        with self._locks[name]:
            state = session.save(changes)
        saved_at = datetime.now().astimezone().isoformat(timespec="seconds")
        return {**_state(state, self._words(language)), "saved_at": saved_at}

    def discard(self, name: str, body: Mapping[str, object], language: str) -> dict[str, object]:
        """Forget what is held of a field: it shows what the file says."""
        session = self._session(name)
        try:
            path = path_from_json(body.get("path"))  # type: ignore[arg-type]
        except NotUnderstoodError:
            raise _not_understood() from None
        with self._locks[name]:
            state = session.discard(path)
        return _state(state, self._words(language))


class Editing(FileEditing):
    """The leaflets of a project."""

    def __init__(self, project: Project) -> None:
        super().__init__(partial(LeafletSession, project), form_catalogue)
        self._project = project

    def leaflet(self, name: str, language: str) -> dict[str, object]:
        """All that the form of a leaflet shows."""
        words = form_catalogue(language)
        state = self.read(name)
        bundle = read_bundle(self._project, name)
        return {
            **self.data(name, state, words),
            "form": self._form(language, words),
            "samples": [
                {"path": path_to_json(path), "value": text} for path, text in samples(state.values)
            ],
            "editions": [
                {"name": edition, "description": form.described(language)}
                for edition, form in load_editions(self._project).items()
            ],
            "variants": [{"id": row.id, "name": row.name} for row in bundle.regions.rows],
        }

    def _form(self, language: str, words: Catalogue) -> list[dict[str, object]]:
        designs = {
            design: read.described(language)
            for design in design_names(self._project)
            if (read := read_design(self._project, design).value)
        }
        required = required_keys()
        pictures: list[dict[str, object]] = [
            {
                "value": name,
                "label": name,
                "description": description,
                "picture": picture_address(self._project, name),
            }
            for name, description in designs.items()
        ]
        return [
            {
                "id": section.id,
                "title": words(section.title),
                "hint": words(section.hint),
                "rare": section.rare,
                ("item" if section.id == "passages" else "fields"): [
                    field_data(
                        part, words, ("passages",) if section.id == "passages" else (), required
                    )
                    | ({"choices": pictures} if part.path == ("design",) else {})
                    for part in section.fields
                ],
            }
            for section in sections(designs)
        ]


def field_data(
    part: FormField, words: Catalogue, above: tuple[str, ...], required: frozenset[tuple[str, ...]]
) -> dict[str, object]:
    """A field of the form; `above` are the keys that lead to what it is in."""
    path = (*above, *part.path)
    return {
        "path": list(part.path),
        "label": words(part.label),
        "hint": words(part.hint),
        "placeholder": words(part.placeholder),
        "kind": part.kind,
        "choices": [{"value": value, "label": words(label)} for value, label in part.choices],
        "rare": part.rare,
        "side": part.side,
        "required": path in required,
        "own_words": "quote" not in part.path,
        "item": [field_data(inner, words, path, required) for inner in part.item],
    }


def _state(state: State, words: Catalogue) -> dict[str, object]:
    return {
        "digest": state.digest,
        "values": json_of(state.values),
        "held": [
            {
                "path": path_to_json(held.path),
                "messages": [
                    {"message": words(message), "name": name_in(message, words)}
                    for message in held.messages
                ],
            }
            for held in state.held
        ],
        "conflicts": [
            {
                "path": path_to_json(conflict.path),
                "yours": json_of(conflict.yours),
                "theirs": json_of(conflict.theirs),
                "was": json_of(conflict.was),
            }
            for conflict in state.conflicts
        ],
        "diagnostics": [
            diagnostic_data(diagnostic, None if path is None else path_to_json(path), words)
            for diagnostic, path in zip(state.diagnostics, state.paths, strict=True)
        ],
    }


def _changes(body: Mapping[str, object]) -> list[Change]:
    data = body.get("changes")
    if not isinstance(data, list) or len(data) > _CHANGES:
        raise _not_understood()
    try:
        return [change_from_json(item) for item in data]
    except (NotUnderstoodError, RecursionError):
        raise _not_understood() from None


def _not_understood() -> Refusal:
    return Refusal(400, say("This request is not in the form that the studio expects."))
