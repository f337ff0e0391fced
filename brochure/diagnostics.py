"""Complaints are values.

Whatever a user can cause is a :class:`Diagnostic`: how bad, where, what, and what to do.
They are collected, never printed on the spot; :class:`Problems` carries them to the one
place that turns them into an exit code. Any other exception is a bug of ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a complaint matters: errors stop a build, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file of the user's: path as shown to them, line and column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Diagnostic:
    """One complaint.

    `code` is its stable name for machines (``unknown-key``), `message` one sentence that a
    volunteer understands, `hint` what to do about it.
    """

    severity: Severity
    code: str
    message: str
    place: Place
    hint: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def error(code: str, message: str, place: Place, hint: str = "") -> Diagnostic:
    """A complaint that stops the build."""
    return Diagnostic(Severity.ERROR, code, message, place, hint)


def warning(code: str, message: str, place: Place, hint: str = "") -> Diagnostic:
    """A complaint that the user should look at; the build goes on."""
    return Diagnostic(Severity.WARNING, code, message, place, hint)


class Problems(Exception):
    """The one exception for what users may cause: at least one error, and all that came with it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(f"{d.place}: {d.message}" for d in self.diagnostics))


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place and without repetitions, as a reader of the file meets them."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda d: (d.place, d.code, d.message)))


def raise_errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Raise all of `diagnostics` if one of them is an error; otherwise return them in order."""
    ordered = in_order(diagnostics)
    if any(d.is_error for d in ordered):
        raise Problems(ordered)
    return ordered
