"""The manifest: what was made, a line for each file with all that it was made from.

Lines are appended, and the last one for a file holds, so builds that run at once or are killed do
no harm: what is not in the manifest, or differs from it, is made again.
"""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, Severity
from brochure.files import append, read_own, write_whole
from brochure.messages import Message
from brochure.pipeline.fingerprint import Digests, digest, digest_of
from brochure.pipeline.relocation import Anchor
from brochure.project import Project

Reads = tuple[tuple[str, str], ...]  # files with their digests
_SPARE = 5000  # superseded lines, more than which are swept out


@dataclass(frozen=True)
class Record:
    """One file as it was made.

    `inputs` is the digest of its resolved content, its edition and the versions; `reads` are the
    files that were read besides, with their digests; `sha256` is that of the file. `diagnostics`
    are those of its making, `anchors` what their locations are relative to.
    """

    path: Path
    inputs: str
    reads: Reads
    sha256: str
    size: int
    pages: int
    diagnostics: tuple[Diagnostic, ...]
    anchors: tuple[Anchor | None, ...]


@dataclass(frozen=True)
class _Message:
    """A message as a line has it, so that it can be shown in any language later."""

    template: str
    values: "Mapping[str, str | int | float | _Message]"
    many: str


@dataclass(frozen=True)
class _Diagnostic:
    severity: Severity
    code: str
    message: _Message
    location: Location
    hint: _Message


@dataclass(frozen=True)
class _Files:
    """A line that names the files which others were made from; `reads` is its key."""

    reads: str
    files: Reads


@dataclass(frozen=True)
class _File:
    """A line for a file; `reads` is the key of the line with the files it was made from."""

    path: str
    inputs: str
    reads: str
    sha256: str
    size: int
    pages: int
    diagnostics: tuple[_Diagnostic, ...]
    anchors: tuple[Anchor | None, ...]


_LINE: TypeAdapter[_File | _Files] = TypeAdapter(_File | _Files)


class Manifest:
    """The manifest of a project; files that many others were made from are written once.

    `fault` says why a line could not be written, where one could not.
    """

    def __init__(self, project: Project) -> None:
        self._root = project.root
        self._path = project.manifest
        self._files: dict[str, _File] = {}
        self._reads: dict[str, Reads] = {}
        self._lines = 0
        try:
            data = read_own(self._path, bounds.CACHE_FILE)
        except OSError:
            data = b""
        # After a line that was torn, the next one must not continue it.
        self._start = "" if data.endswith(b"\n") or not data else "\n"
        for text in data.splitlines():
            with contextlib.suppress(ValidationError):  # torn by a build that was killed
                line = _LINE.validate_json(text)
                if isinstance(line, _Files):
                    self._reads[line.reads] = line.files
                else:
                    self._files[line.path] = line
                self._lines += 1
        self.fault = ""
        self._unchanged: dict[str, bool] = {}
        self._paths: dict[Reads, set[Path]] = {}

    def up_to_date(self, path: Path, inputs: str, digests: Digests) -> Record | None:
        """The record of a file that need not be made: nothing that it depends on has changed, and
        the file is the one that was written.
        """
        line = self._files.get(self._name(path))
        if line is None or line.inputs != inputs:
            return None
        if line.reads not in self._unchanged:
            self._unchanged[line.reads] = line.reads in self._reads and all(
                digests.of(self._root / name) == was for name, was in self._reads[line.reads]
            )
        if not self._unchanged[line.reads] or not _is(path, line.sha256):
            return None
        return Record(
            path,
            line.inputs,
            self._reads[line.reads],
            line.sha256,
            line.size,
            line.pages,
            tuple(map(_restored, line.diagnostics)),
            line.anchors,
        )

    def pages(self, path: Path) -> int | None:
        """How many pages a file has, if it is there as it was made."""
        line = self._files.get(self._name(path))
        return line.pages if line and path.is_file() else None

    def files(self, record: Record) -> set[Path]:
        """The files that a file was made from, besides the leaflet."""
        if record.reads not in self._paths:
            # A name that is absolute stays what it is.
            self._paths[record.reads] = {self._root / name for name, _ in record.reads}
        return self._paths[record.reads]

    def reads(self, files: Iterable[Path], digests: Digests) -> Reads:
        """Files with their digests, as records have them."""
        return tuple((self._name(file), digests.of(file)) for file in sorted(files))

    def add(self, record: Record) -> None:
        """Write a line. That it fails only means that the file will be made again."""
        key = digest_of(record.reads)[:16]
        lines: list[_File | _Files] = []
        if key not in self._reads:
            self._reads[key] = record.reads
            lines.append(_Files(key, record.reads))
        line = _File(
            self._name(record.path),
            record.inputs,
            key,
            record.sha256,
            record.size,
            record.pages,
            tuple(map(_stored, record.diagnostics)),
            record.anchors,
        )
        self._files[line.path] = line
        lines.append(line)
        self._lines += len(lines)
        text = self._start.encode() + b"".join(map(_json, lines))
        self._start = ""
        try:
            append(self._path, text)
        except OSError as reason:
            self.fault = reason.strerror or str(reason)

    def sweep(self) -> None:
        """Leave out lines that later ones have superseded, once there are many."""
        if self._lines <= len(self._files) + len(self._reads) + _SPARE:
            return
        used = {line.reads for line in self._files.values()}
        kept: list[_File | _Files] = [
            _Files(key, files) for key, files in self._reads.items() if key in used
        ]
        kept += self._files.values()
        with contextlib.suppress(OSError):
            write_whole(self._path, b"".join(map(_json, kept)))

    def _name(self, path: Path) -> str:
        """A path for the manifest: relative inside the project, which may be moved."""
        if path.is_relative_to(self._root):
            return path.relative_to(self._root).as_posix()
        return str(path)


def _json(line: _File | _Files) -> bytes:
    return _LINE.dump_json(line) + b"\n"


def _is(path: Path, sha256: str) -> bool:
    try:
        return digest(read_own(path, bounds.CACHE_FILE)) == sha256
    except OSError:
        return False


def _stored(diagnostic: Diagnostic) -> _Diagnostic:
    return _Diagnostic(
        diagnostic.severity,
        diagnostic.code,
        _stored_message(diagnostic.message),
        Location(*_plain(diagnostic.location)),
        _stored_message(diagnostic.hint),
    )


def _plain(location: Location) -> tuple[str, int, int]:
    return _text(location.file), location.line, location.column


def _stored_message(message: Message) -> _Message:
    values = {
        name: _stored_message(value)
        if isinstance(value, Message)
        else _text(value)
        if isinstance(value, str)
        else value
        for name, value in message.values.items()
    }
    return _Message(message.template, values, message.many)


def _text(text: str) -> str:
    """A text that can be written: names of files may hold bytes that are no characters."""
    return text.encode("utf-8", "replace").decode()


def _restored(stored: _Diagnostic) -> Diagnostic:
    return Diagnostic(
        stored.severity,
        stored.code,
        _restored_message(stored.message),
        stored.location,
        _restored_message(stored.hint),
    )


def _restored_message(stored: _Message) -> Message:
    values = {
        name: _restored_message(value) if isinstance(value, _Message) else value
        for name, value in stored.values.items()
    }
    return Message(stored.template, values, stored.many)
