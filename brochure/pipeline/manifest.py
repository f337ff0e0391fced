"""What was made: a line for each PDF, with all that it was made from.

Lines are appended, and the last one for a PDF holds, so builds that run at once or are killed do
no harm: what is not in the journal, or differs from it, is made again.
"""

import contextlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, Severity
from brochure.files import append, read_own, write_whole
from brochure.pipeline.fingerprint import Digests, digest, digest_of
from brochure.project import Project

Reads = tuple[tuple[str, str], ...]  # files with their digests
_SPARE = 5000  # superseded lines, more than which are swept out


@dataclass(frozen=True)
class Record:
    """One PDF as it was made.

    `inputs` is the digest of its resolved content, its edition and the versions; `reads` are the
    files that were read besides, with their digests; `sha256` is that of the PDF. `diagnostics`
    are complaints about it, right as long as the files in which they have their places have the
    digest `texts`, and the region its `row`; `symbolic` those of the typesetter.
    """

    path: str
    inputs: str
    reads: Reads
    sha256: str
    size: int
    pages: int
    texts: str
    row: int
    diagnostics: tuple[Diagnostic, ...]
    symbolic: tuple[Diagnostic, ...]


class Journal:
    """The journal of a project; reads of many PDFs are the same, and written once.

    `fault` says why a line could not be written, where one could not.
    """

    def __init__(self, project: Project) -> None:
        self._root = project.root
        self._path = project.journal
        self._records: dict[str, dict[str, Any]] = {}
        self._reads: dict[str, Reads] = {}
        self._lines = 0
        try:
            data = read_own(self._path, bounds.REMEMBERED)
        except OSError:
            data = b""
        # After a line that was torn, the next one must not go on in it.
        self._start = "" if data.endswith(b"\n") or not data else "\n"
        for line in data.splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):  # torn by a killed build
                entry = json.loads(line)
                if "files" in entry:
                    self._reads[entry["reads"]] = tuple((n, d) for n, d in entry["files"])
                else:
                    self._records[entry["path"]] = entry
                self._lines += 1
        self.fault = ""  # why lines could not be written
        self._unchanged: dict[str, bool] = {}
        self._files: dict[Reads, set[Path]] = {}

    def up_to_date(self, path: Path, inputs: str, digests: Digests) -> Record | None:
        """The record of a PDF that need not be made: nothing that it depends on has changed, and
        the file is the one that was written.
        """
        entry = self._records.get(self._name(path))
        if entry is None or entry.get("inputs") != inputs:
            return None
        reads = entry.get("reads", "")
        if reads not in self._unchanged:
            self._unchanged[reads] = reads in self._reads and all(
                digests.of(self._path_of(name)) == was for name, was in self._reads[reads]
            )
        if not self._unchanged[reads]:
            return None
        try:
            return _record(entry, self._reads[reads]) if _is(path, entry["sha256"]) else None
        except (KeyError, TypeError, ValueError):
            return None

    def pages(self, path: Path) -> int | None:
        """How many pages a PDF has, if it lies there as it was made."""
        entry = self._records.get(self._name(path), {})
        return entry.get("pages") if path.is_file() else None

    def files(self, record: Record) -> set[Path]:
        """The files that a PDF was made from, besides the manuscript."""
        if record.reads not in self._files:
            self._files[record.reads] = {self._path_of(name) for name, _ in record.reads}
        return self._files[record.reads]

    def reads(self, files: Iterable[Path], digests: Digests) -> Reads:
        """Files with their digests, as records have them."""
        return tuple((self._name(file), digests.of(file)) for file in sorted(files))

    def add(self, record: Record) -> None:
        """Write a line. That it fails only means that the PDF will be made again."""
        key = digest_of(record.reads)[:16]
        entry = {**asdict(record), "reads": key}
        lines = []
        if key not in self._reads:
            self._reads[key] = record.reads
            lines.append({"reads": key, "files": record.reads})
        self._records[record.path] = json.loads(json.dumps(entry))
        lines.append(entry)
        self._lines += len(lines)
        text = self._start + "".join(_line(line) for line in lines)
        self._start = ""
        try:
            append(self._path, text.encode("utf-8", "replace"))
        except OSError as reason:
            self.fault = reason.strerror or str(reason)

    def record(self, path: Path, **facts: Any) -> Record:
        """A record of the PDF at `path`."""
        return Record(path=self._name(path), **facts)

    def sweep(self) -> None:
        """Leave out lines that later ones have superseded, once there are many."""
        if self._lines <= len(self._records) + len(self._reads) + _SPARE:
            return
        used = {entry.get("reads") for entry in self._records.values()}
        kept: list[object] = [
            {"reads": key, "files": files} for key, files in self._reads.items() if key in used
        ]
        kept += self._records.values()
        text = "".join(_line(line) for line in kept)
        with contextlib.suppress(OSError):
            write_whole(self._path, text.encode("utf-8", "replace"))

    def _name(self, path: Path) -> str:
        """A path for the journal: relative inside the project, which may be moved."""
        if path.is_relative_to(self._root):
            return path.relative_to(self._root).as_posix()
        return str(path)

    def _path_of(self, name: str) -> Path:
        return self._root / name  # an absolute name stays what it is


def _line(entry: object) -> str:
    return json.dumps(entry, ensure_ascii=False) + "\n"


def _is(path: Path, sha256: str) -> bool:
    try:
        return digest(read_own(path, bounds.REMEMBERED)) == sha256
    except OSError:
        return False


def _record(entry: dict[str, Any], reads: Reads) -> Record:
    diagnostics = {
        key: tuple(_diagnostic(data) for data in entry[key]) for key in ("diagnostics", "symbolic")
    }
    return Record(**{**entry, **diagnostics, "reads": reads})


def _diagnostic(data: dict[str, Any]) -> Diagnostic:
    location = Location(**data["place"])
    return Diagnostic(**{**data, "severity": Severity(data["severity"]), "place": location})
