"""A file on disk, as the studio edits it: what it says, and saving what was changed.

The file is the only truth. What is not valid yet is kept beside it, in a draft of the changes, and
tried again with each save. Nothing is written over what somebody else wrote meanwhile: changes of
other fields are merged, those of the same field are a conflict.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, Self, TypeVar

from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, fail
from brochure.files import read_own
from brochure.manuscript.yaml.nodes import Plain
from brochure.messages import Message, say
from brochure.project import Project
from brochure.studio.changes import (
    Change,
    ConflictError,
    FieldPath,
    GoneError,
    Item,
    Json,
    NotUnderstoodError,
    change_from_json,
    coalesced,
)

_DRAFT_SIZE = 4_000_000  # bytes
_ATTEMPTS = 5
_KEPT = say("What you typed stays in the browser until it can be saved.")


@dataclass(frozen=True)
class Held:
    """A field of which the last words are in the draft only, and why."""

    path: FieldPath
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Conflict:
    """A field that says something else in the file by now."""

    path: FieldPath
    yours: Plain
    theirs: Plain
    was: Plain


@dataclass(frozen=True)
class State:
    """What the form shows: the file with the draft, what of it is held, and what is wrong.

    `digest` is that of the file. The values of prose are without the lines of the file.
    """

    digest: str
    values: Plain
    held: tuple[Held, ...]
    diagnostics: tuple[Diagnostic, ...]
    paths: tuple[FieldPath | None, ...]  # the field of each diagnostic
    conflicts: tuple[Conflict, ...] = ()


class Version(Protocol):
    """Bytes that a file has or could have."""

    @property
    def data(self) -> bytes: ...

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that is wrong with it, as `brochure check` would say."""

    @property
    def fields(self) -> Iterable[FieldPath | None]:
        """The field that each diagnostic is about, if it is in this file."""

    def changed(self, change: Change) -> Self:
        """What it is after a change. Raises GoneError where what this is about is not there,
        ConflictError where it says something else by now, DiagnosticsError where it cannot be.
        """


V = TypeVar("V", bound=Version)


class Document(Protocol[V]):
    """A kind of file that is edited."""

    @property
    def project(self) -> Project: ...

    @property
    def path(self) -> Path: ...

    @property
    def draft(self) -> Path:
        """Where changes are kept that are not valid yet."""

    @property
    def limit(self) -> int:
        """How many bytes it may have."""

    @property
    def absent(self) -> bytes | None:
        """What it says as long as there is no file; None where there has to be one."""

    def version(self, data: bytes) -> V:
        """Raises DiagnosticsError where it cannot be edited."""

    def values(self, shown: V, written: V) -> Plain:
        """What the form shows of a version, while another one, without what waits, is the file."""


class Session(Generic[V]):
    """A file that is being edited. One at a time may save: the caller sees to that."""

    def __init__(self, document: Document[V]) -> None:
        self._document = document
        self._project, self._path = document.project, document.path

    @property
    def file(self) -> str:
        """The file, as users see it."""
        return self._project.show(self._path)

    @property
    def draft(self) -> Path:
        """Where changes are kept that are not valid yet."""
        return self._document.draft

    def read(self) -> State:
        """What the form shows. Raises DiagnosticsError where the file cannot be read, or has
        mistakes of YAML, which only its author can correct.
        """
        return self._attempt(self._read_version(), self._read_draft()).state

    def save(self, changes: Sequence[Change]) -> State:
        """Make changes, together with those of the draft, and write what is valid.

        Raises DiagnosticsError where the file has mistakes of YAML or cannot be written; nothing
        is changed then.
        """
        for _ in range(_ATTEMPTS):
            before = self._read_version()
            attempt = self._attempt(before, coalesced([*self._read_draft(), *changes]))
            # The draft first: whatever happens then, all that waits is on disk.
            self._write_draft(attempt.waiting)
            if attempt.written.data != before.data:
                if self._read_data() != before.data:
                    continue  # somebody was faster
                self._write_data(attempt.written.data)
            if self._read_data() == attempt.written.data:
                return attempt.state
        fail(
            "cannot-write",
            say("`{file}` is being changed by something else all the time.", file=self.file),
            Location(self.file),
            _KEPT,
        )

    def discard(self, path: FieldPath) -> State:
        """Forget what is held of a field."""
        self._write_draft([c for c in self._read_draft() if c.path[: len(path)] != path])
        return self.read()

    def digest(self) -> str:
        """The digest of the file as it is now."""
        return hashlib.sha256(self._read_data()).hexdigest()

    def _read_data(self) -> bytes:
        absent = self._document.absent
        if absent is not None and not self._path.exists() and not self._path.is_symlink():
            return absent
        return self._project.read(self._path, self._document.limit)

    def _read_version(self) -> V:
        return self._document.version(self._read_data())

    def _attempt(self, before: V, changes: Sequence[Change]) -> "_Attempt[V]":
        """All changes that are valid together, and those that have to wait."""
        known = Counter(map(_sameness, _errors(before)))
        shown = current = _evolved(before, dict(enumerate(changes)))
        making = {at: change for at, change in enumerate(changes) if at in shown.made}
        waiting = dict(shown.refused)

        def without(at: int) -> V:
            return _evolved(before, _without(making, at)).version

        while making and (new := _new_errors(current.version, known)):
            blamed = {at: gone for at in making if (gone := _vanished(new, without(at), known))}
            if not blamed:  # none of them makes it alone
                blamed = {at: [d.message for d in new] for at in making}
            waiting |= blamed
            making = {at: change for at, change in making.items() if at not in blamed}
            # What is about a pair that waits has to wait with it.
            added = {changes[at].added for at in waiting if changes[at].added}
            waiting |= {at: [] for at, c in making.items() if c.about in added}
            making = {at: change for at, change in making.items() if at not in waiting}
            current = _evolved(before, making)
            waiting |= current.refused
            making = {at: change for at, change in making.items() if at in current.made}
        conflicts = {
            at: conflict
            for at, conflict in shown.conflicts.items()
            # A pair that went already needs not go, nor be moved.
            if changes[at].kind in ("put", "insert") or conflict.theirs is not None
        }
        state = State(
            hashlib.sha256(current.version.data).hexdigest(),
            self._document.values(shown.version, current.version),
            tuple(Held(_whole_path(changes[at]), tuple(waiting[at])) for at in sorted(waiting)),
            shown.version.diagnostics,
            tuple(shown.version.fields),
            tuple(conflicts[at] for at in sorted(conflicts)),
        )
        kept = tuple(changes[at] for at in sorted({*waiting, *conflicts}))
        return _Attempt(current.version, kept, state)

    def _read_draft(self) -> tuple[Change, ...]:
        """The changes that wait. Raises DiagnosticsError where they cannot be read: a save would
        write over them.
        """
        try:
            data: Json = json.loads(read_own(self.draft, _DRAFT_SIZE))
            if not isinstance(data, list):
                raise NotUnderstoodError
            return tuple(map(change_from_json, data))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, RecursionError):  # NotUnderstoodError as well
            file = self._project.show(self.draft)
            fail(
                "cannot-read",
                say("`{file}` cannot be read; it holds what is not in the leaflet yet.", file=file),
                Location(file),
                say("Move it to another place, and open the leaflet again. Nothing was changed."),
            )

    def _write_draft(self, changes: Sequence[Change]) -> None:
        if not changes:
            if self.draft.is_file():
                self.draft.unlink()
            return
        data = json.dumps([c.to_json() for c in changes], ensure_ascii=False, indent=1)
        self._write(self.draft, data.encode())

    def _write_data(self, data: bytes) -> None:
        if data == self._document.absent == b"":
            self._path.unlink()
        else:
            self._write(self._path, data)

    def _write(self, path: Path, data: bytes) -> None:
        try:
            self._project.write(path, data)
        except OSError as reason:
            fail(
                "cannot-write",
                say(
                    "`{file}` cannot be written ({reason}).",
                    file=self._project.show(path),
                    reason=reason.strerror or reason,
                ),
                Location(self._project.show(path)),
                _KEPT,
            )


@dataclass(frozen=True)
class _Attempt(Generic[V]):
    written: V
    waiting: tuple[Change, ...]
    state: State


@dataclass(frozen=True)
class _Evolution(Generic[V]):
    """A version after some changes: which of them were made, which fit nowhere yet, and which are
    about what somebody else changed.
    """

    version: V
    made: frozenset[int]
    refused: Mapping[int, list[Message]]
    conflicts: Mapping[int, Conflict]


def _evolved(before: V, changes: Mapping[int, Change]) -> _Evolution[V]:
    version, made = before, set[int]()
    refused: dict[int, list[Message]] = {}
    conflicts: dict[int, Conflict] = {}
    for at, change in changes.items():
        try:
            version = version.changed(change)
            made.add(at)
        except GoneError:
            conflicts[at] = Conflict(change.path, change.value, None, change.was)
        except ConflictError as conflict:
            conflicts[at] = Conflict(change.path, change.value, conflict.theirs, change.was)
        except DiagnosticsError as failed:
            refused[at] = [d.message for d in failed.diagnostics]
    return _Evolution(version, frozenset(made), refused, conflicts)


def _without(changes: Mapping[int, Change], at: int) -> dict[int, Change]:
    """Changes without one of them, nor those of a passage that it would add."""
    added = changes[at].added
    return {
        other: change
        for other, change in changes.items()
        if other != at and not (added and change.about == added)
    }


def _whole_path(change: Change) -> FieldPath:
    """The field that a change is about; of a passage that it adds, that passage."""
    return (*change.path, Item(change.added)) if change.added else change.path


def _vanished(
    errors: Sequence[Diagnostic], version: Version, known: Counter[tuple[str, str]]
) -> list[Message]:
    """The errors that a version without some change does not have."""
    left = Counter(map(_sameness, _new_errors(version, known)))
    gone = Counter(map(_sameness, errors)) - left
    return [d.message for d in errors if _sameness(d) in gone]


def _new_errors(version: Version, known: Counter[tuple[str, str]]) -> list[Diagnostic]:
    """The errors that there were not before."""
    left = Counter(known)
    new = []
    for diagnostic in _errors(version):
        same = _sameness(diagnostic)
        if left[same] > 0:
            left[same] -= 1
        else:
            new.append(diagnostic)
    return new


def _errors(version: Version) -> list[Diagnostic]:
    return [d for d in version.diagnostics if d.is_error]


def _sameness(diagnostic: Diagnostic) -> tuple[str, str]:
    return diagnostic.code, str(diagnostic.message)
