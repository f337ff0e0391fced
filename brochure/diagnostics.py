"""Complaints are values.

Whatever a user can cause is a :class:`Diagnostic`: how bad, where, what, and what to do.
They are collected, never printed on the spot; :class:`Problems` carries them to the one
place that turns them into an exit code. Any other exception is a bug of ours.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from brochure import bounds

_SENTENCE = 1_000  # characters of a message or hint that are shown
_VALUE = 80  # of a value that is named in one


class Severity(StrEnum):
    """How much a complaint matters: errors stop a build, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file of the user's: path as shown to them, line and column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


SYMBOL = "#"  # begins places that are named, where files are not known


def symbolic(name: str = "") -> Location:
    """The place of a passage, by its id, or of the leaflet, where files are not known.

    `/accent` and `/` with the file of the logo are such names, too: see `Manuscript.located`.
    """
    return Location(SYMBOL + name)


@dataclass(frozen=True)
class Diagnostic:
    """One complaint.

    `code` is its stable name for machines (``unknown-key``), `message` one sentence that a
    volunteer understands, `hint` what to do about it.
    """

    severity: Severity
    code: str
    message: str
    location: Location
    hint: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def error(code: str, message: str, location: Location, hint: str = "") -> Diagnostic:
    """A complaint that stops the build."""
    return Diagnostic(Severity.ERROR, code, message, location, hint)


def warning(code: str, message: str, location: Location, hint: str = "") -> Diagnostic:
    """A complaint that the user should look at; the build goes on."""
    return Diagnostic(Severity.WARNING, code, message, location, hint)


class DiagnosticsError(Exception):
    """The one exception for what users may cause: at least one error, and all that came with it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(f"{d.location}: {d.message}" for d in self.diagnostics))

    def __reduce__(self) -> "tuple[type[DiagnosticsError], tuple[tuple[Diagnostic, ...]]]":
        return DiagnosticsError, (self.diagnostics,)  # it travels between processes


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place and without repetitions, as a reader of the file meets them."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda d: (d.location, d.code, d.message)))


def raise_errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Raise all of `diagnostics` if one of them is an error; otherwise return them in order."""
    ordered = in_order(diagnostics)
    if any(d.is_error for d in ordered):
        raise DiagnosticsError(ordered)
    return ordered


def shortened(value: object) -> str:
    """A value from a file as it is named in a sentence: long ones are cut."""
    text = str(value)
    return text if len(text) <= _VALUE else text[: _VALUE - 1] + "…"


@dataclass
class Rationed:
    """Which complaints are shown, where there are too many to be read.

    Of one kind in one folder (that of a leaflet), `bounds.ALIKE`; in all, `bounds.COMPLAINTS`.
    `left_out` counts the others by folder and kind.
    """

    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    _alike: Counter[tuple[str, str]] = field(default_factory=Counter)
    _shown: int = 0

    def __call__(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Those to be shown, in their order, their sentences cut."""
        shown = []
        # An error must not be pushed out by notes that happen to stand before it.
        every = list(diagnostics)
        chosen = set()
        for index in sorted(range(len(every)), key=lambda i: not every[i].is_error):
            kind = _kind(every[index])
            if self._alike[kind] < bounds.ALIKE and self._shown < bounds.COMPLAINTS:
                self._alike[kind] += 1
                self._shown += 1
                chosen.add(index)
            else:
                self.left_out[kind] += 1
        for index, diagnostic in enumerate(every):
            if index in chosen:
                message, hint = (_cut(text) for text in (diagnostic.message, diagnostic.hint))
                shown.append(replace(diagnostic, message=message, hint=hint))
        return shown

    @property
    def by_code(self) -> Mapping[str, int]:
        """How many were left out, by their codes."""
        total: Counter[str] = Counter()
        for (_, code), count in self.left_out.items():
            total[code] += count
        return dict(total)


def _kind(diagnostic: Diagnostic) -> tuple[str, str]:
    """The folder of a leaflet, or the file, that a complaint is about, and its code."""
    parts = diagnostic.location.file.split("/")
    about = "/".join(parts[:2]) if parts[0] == "content" else diagnostic.location.file
    return about, diagnostic.code


def _cut(text: str) -> str:
    return text if len(text) <= _SENTENCE else text[: _SENTENCE - 1] + "…"
