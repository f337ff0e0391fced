"""Leaflets as the browser edits them: sessions as JSON data, one save at a time."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TypeVar

from brochure import bounds
from brochure.diagnostics import DiagnosticsError
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
from brochure.studio.refusal import Refusal, malformed
from brochure.studio.samples import samples
from brochure.studio.session import Session, State, Version
from brochure.studio.start import picture_address
from brochure.studio.wording import diagnostic_data, form_catalogue, name_in
from brochure.studio.yaml_document import YamlVersion

V = TypeVar("V", bound=Version)
_CHANGES = 1_000  # of one request


class FileEditing:
    """Files of one kind, one of each leaflet, which one request at a time reads or saves. `session`
    opens that of a leaflet; `words` are the messages of a language for those who see the form.
    """

    def __init__(
        self, session: Callable[[str], Session[YamlVersion]], words: Callable[[str], Catalogue]
    ) -> None:
        self._session, self._words = session, words
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    def read(self, name: str) -> State:
        """What the file of a leaflet says, and what is not in it yet."""
        with self._locks[name]:
            return self._session(name).read()

    def data(self, name: str, state: State, words: Catalogue) -> dict[str, object]:
        """The same as JSON data, with the name of the leaflet and of its file."""
        return {"leaflet": name, "file": self._session(name).file, **state_data(state, words)}

    def waiting(self, name: str) -> tuple[Message, ...]:
        """Why the last words are not in the file of a leaflet; empty where they are."""
        session = self._session(name)
        if not session.draft.is_file():
            return ()
        with self._locks[name]:
            return tuple(message for held in session.read().held for message in held.messages)

    def save(self, name: str, body: Mapping[str, object], language: str) -> dict[str, object]:
        """Save the changes of a request, and say what the file says now."""
        state, saved_at = saved(self._session(name), self._locks[name], body)
        return {**state_data(state, self._words(language)), "saved_at": saved_at}

    def discard(self, name: str, body: Mapping[str, object], language: str) -> dict[str, object]:
        """Forget what is held of a field: it shows what the file says."""
        state = discarded(self._session(name), self._locks[name], body)
        return state_data(state, self._words(language))


class Editing(FileEditing):
    """The leaflets of a project."""

    def __init__(self, project: Project) -> None:
        super().__init__(partial(LeafletSession, project), form_catalogue)
        self._project = project

    def leaflet(self, name: str, language: str) -> dict[str, object]:
        """All that the form of a leaflet shows."""
        state = self.read(name)
        bundle = read_bundle(self._project, name)
        return {
            **self.data(name, state, form_catalogue(language)),
            "form": form_data(self._project, language),
            "samples": [
                {"path": path_to_json(path), "value": text} for path, text in samples(state.values)
            ],
            "editions": [
                {
                    "name": edition,
                    "description": form.described(language),
                    "output": form.output,
                }
                for edition, form in load_editions(self._project).items()
            ],
            "variants": [{"id": row.id, "name": row.name} for row in bundle.regions.rows],
        }


def saved(session: Session[V], lock: Lock, body: Mapping[str, object]) -> tuple[State, str]:
    """The state of a file after the changes of a request, and when it was saved (ISO 8601).
    Raises Refusal, or DiagnosticsError as the session does.
    """
    changes = changes_in(body)
    if body.get("file") != session.file:
        raise Refusal(
            409,
            say("This page belongs to another file."),
            say("Copy what you have written, and open the leaflet anew."),
        )
    try:
        with lock:
            state = session.save(changes)
    except NotUnderstoodError:
        raise malformed() from None
    return state, datetime.now().astimezone().isoformat(timespec="seconds")


def discarded(session: Session[V], lock: Lock, body: Mapping[str, object]) -> State:
    """The state of a file after what is held of the field of a request was forgotten."""
    try:
        path = path_from_json(body.get("path"))  # type: ignore[arg-type]
    except NotUnderstoodError:
        raise malformed() from None
    with lock:
        return session.discard(path)


def stamp(project: Project, paths: Iterable[Path]) -> str:
    """What changes when one of some files does."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            data = project.read(path, bounds.TABLE) if path.is_file() else b""
        except DiagnosticsError:
            data = b"-"
        digest.update(hashlib.sha256(data).digest())
    return digest.hexdigest()


def form_data(
    project: Project,
    language: str,
    required: frozenset[tuple[str, ...]] = required_keys(),
    has: Callable[[tuple[str, ...]], bool] = lambda _: True,
) -> list[dict[str, object]]:
    """The form of a leaflet as JSON data: of its fields, those whose keys a file `has`."""
    words = form_catalogue(language)
    designs = {
        design: read.described(language)
        for design in design_names(project)
        if (read := read_design(project, design).value)
    }
    pictures: list[dict[str, object]] = [
        {
            "value": name,
            "label": name,
            "description": description,
            "picture": picture_address(project, name),
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
                field_data(part, words, above, required)
                | ({"choices": pictures} if part.path == ("design",) else {})
                for part in section.fields
                if has((*above, *part.path))
            ],
        }
        for section in sections(designs)
        for above in [("passages",) if section.id == "passages" else ()]
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


def state_data(state: State, words: Catalogue) -> dict[str, object]:
    """A state as JSON data."""
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


def changes_in(body: Mapping[str, object]) -> list[Change]:
    """The changes that a request brings. Raises Refusal."""
    data = body.get("changes")
    if not isinstance(data, list) or len(data) > _CHANGES:
        raise malformed()
    try:
        return [change_from_json(item) for item in data]
    except (NotUnderstoodError, RecursionError):
        raise malformed() from None
