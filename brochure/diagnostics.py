"""Diagnostics: what is wrong, as values.

Whatever a user can cause is a :class:`Diagnostic`: how bad, where, what, and what to do.
They are collected, never printed on the spot. What can go on returns them beside its result
(:class:`Reported`); what cannot raises them all (:class:`DiagnosticsError`), and one place turns
them into an exit code. Any other exception is a bug of ours.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Generic, NoReturn, TypedDict, TypeVar

from brochure import bounds
from brochure.messages import EMPTY, Message, say

T = TypeVar("T")
_VALUE = 80  # characters of a value that is named in a message
_EDITIONS = "editions"  # the value of a message, made with `plural`, that may name several
_SENTENCE = 1_000  # characters of a message or hint that are shown
_PART = re.compile(r"part\d+")  # the name of a message in one that is joined of several


class Severity(StrEnum):
    """How much a diagnostic matters: errors stop a build, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Location:
    """A location in a file of the user's: path as shown to them, line and column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Part(Location):
    """A part of a leaflet, where its files are not known: in typesetting, and after it.

    A passage by its id, a `field` of the leaflet (``accent``), a `picture` by the file it names,
    or, with none of them, the leaflet as a whole. `Manuscript.located` finds them in files.
    """

    file: str = ""
    passage: str = ""
    field: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Diagnostic:
    """One diagnostic.

    `code` is its stable name for machines (``unknown-key``), `message` one sentence that a
    volunteer understands, `hint` what to do about it.
    """

    severity: Severity
    code: str
    message: Message
    location: Location
    hint: Message = EMPTY

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


@dataclass(frozen=True)
class Reported(Generic[T]):
    """A result, and the diagnostics that do not stand in its way."""

    value: T
    diagnostics: tuple[Diagnostic, ...] = ()


class DiagnosticsError(Exception):
    """The one exception for what users may cause: at least one error, and all that came with it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(f"{d.location}: {d.message}" for d in self.diagnostics))

    def __reduce__(self) -> "tuple[type[DiagnosticsError], tuple[tuple[Diagnostic, ...]]]":
        return DiagnosticsError, (self.diagnostics,)  # it travels between processes


def error(code: str, message: Message, location: Location, hint: Message = EMPTY) -> Diagnostic:
    """A diagnostic that stops the build."""
    return Diagnostic(Severity.ERROR, code, message, location, hint)


def warning(code: str, message: Message, location: Location, hint: Message = EMPTY) -> Diagnostic:
    """A diagnostic that the user should look at; the build goes on."""
    return Diagnostic(Severity.WARNING, code, message, location, hint)


def note(code: str, message: Message, location: Location, hint: Message = EMPTY) -> Diagnostic:
    """A diagnostic that is good to know."""
    return Diagnostic(Severity.NOTE, code, message, location, hint)


def fail(code: str, message: Message, location: Location, hint: Message = EMPTY) -> NoReturn:
    """Raise a DiagnosticsError with this one error."""
    raise DiagnosticsError([error(code, message, location, hint)])


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by location and without repetitions, as a reader of the file meets them."""
    known = dict.fromkeys(diagnostics)
    return tuple(sorted(known, key=lambda d: (*_order(d.location), d.code, d.message)))


def _order(location: Location) -> tuple[str, int, int, str]:
    return location.file, location.line, location.column, repr(location)


def names_editions(diagnostic: Diagnostic) -> bool:
    """Whether its message can be about several editions: `plural`, with their names (in backticks)
    as the value ``editions`` and their number as ``n``.
    """
    return bool(diagnostic.message.many) and _EDITIONS in diagnostic.message.values


def once_for_all_editions(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics as people read them: what differs in the edition alone is told once, where it
    comes first, and names all of them.
    """
    groups: dict[object, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        key: object = diagnostic
        if names_editions(diagnostic):
            message = diagnostic.message
            values = {k: v for k, v in message.values.items() if k not in ("n", _EDITIONS)}
            key = replace(diagnostic, message=EMPTY), message.template, *values.items()
        groups.setdefault(key, []).append(diagnostic)
    return [_of_editions(list(dict.fromkeys(group))) for group in groups.values()]


def _of_editions(alike: list[Diagnostic]) -> Diagnostic:
    """One diagnostic for several that differ in the edition alone."""
    message = alike[0].message
    if len(alike) == 1:
        return alike[0]
    *several, last = (str(one.message.values[_EDITIONS]) for one in alike)
    named = say("{several} and {last}", several=", ".join(several), last=last)
    values = {**message.values, "n": len(alike), _EDITIONS: named}
    return replace(alike[0], message=Message(message.template, values, message.many))


def raise_errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Raise all of `diagnostics` if one of them is an error; otherwise return them in order."""
    ordered = in_order(diagnostics)
    if any(d.is_error for d in ordered):
        raise DiagnosticsError(ordered)
    return ordered


def shortened(value: object) -> str:
    """A value from a file as it is named in a message: long ones are cut."""
    text = str(value)
    return text if len(text) <= _VALUE else text[: _VALUE - 1] + "…"


def cut(text: str) -> str:
    """A message or hint, no longer than is shown."""
    return text if len(text) <= _SENTENCE else text[: _SENTENCE - 1] + "…"


class DiagnosticData(TypedDict):
    """A diagnostic as JSON data: message and hint, and the values in the message.

    `file` is empty where the command itself is wrong.
    """

    severity: str
    code: str
    file: str
    line: int
    column: int
    message: str
    hint: str
    values: dict[str, str | int | float]


def data_of(diagnostic: Diagnostic, words: Callable[[str], str] = str) -> DiagnosticData:
    """A diagnostic as JSON data; `words` puts messages into a language, without it in English."""
    location = diagnostic.location
    return {
        "severity": diagnostic.severity.value,
        "code": diagnostic.code,
        "file": location.file,
        "line": location.line,
        "column": location.column,
        "message": cut(words(diagnostic.message)),
        "hint": cut(words(diagnostic.hint)),
        "values": _values(diagnostic.message),
    }


def _values(message: Message) -> dict[str, str | int | float]:
    """The values in a message, and in the messages that it was joined of; the first of a name."""
    found: dict[str, str | int | float] = {}
    for name, value in message.values.items():
        if isinstance(value, Message) and _PART.fullmatch(name):
            inner = _values(value)
        else:
            inner = {name: cut(str(value)) if isinstance(value, str) else value}
        for key, one in inner.items():
            found.setdefault(key, one)
    return found


@dataclass
class Rationed:
    """Which diagnostics are shown, where there are too many to be read.

    Of one kind in one folder (that of a leaflet), `bounds.SIMILAR_DIAGNOSTICS`; in all,
    `bounds.DIAGNOSTICS`.
    `left_out` counts the others by folder and kind.
    """

    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    _alike: Counter[tuple[str, str]] = field(default_factory=Counter)
    _shown: int = 0

    def __call__(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Those to be shown, in their order."""
        # An error must not be pushed out by notes that happen to stand before it.
        every = list(diagnostics)
        chosen = set()
        for index in sorted(range(len(every)), key=lambda i: not every[i].is_error):
            kind = _kind(every[index])
            if self._alike[kind] < bounds.SIMILAR_DIAGNOSTICS and self._shown < bounds.DIAGNOSTICS:
                self._alike[kind] += 1
                self._shown += 1
                chosen.add(index)
            else:
                self.left_out[kind] += 1
        return [every[index] for index in sorted(chosen)]

    @property
    def by_code(self) -> Mapping[str, int]:
        """How many were left out, by their codes."""
        total: Counter[str] = Counter()
        for (_, code), count in self.left_out.items():
            total[code] += count
        return dict(total)


def _kind(diagnostic: Diagnostic) -> tuple[str, str]:
    """The folder of a leaflet, or the file, that a diagnostic is about, and its code."""
    parts = diagnostic.location.file.split("/")
    about = "/".join(parts[:2]) if parts[0] == "content" else diagnostic.location.file
    return about, diagnostic.code
