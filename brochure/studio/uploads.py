"""Files that a leaflet uses: those in its folder, and new ones from the browser.

What is sent may be anything, and may be called anything. Its kind is found out from its content;
its name becomes plain letters, and no file that is there is ever overwritten.
"""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import DiagnosticsError
from brochure.interchange.incoming import kind_of, largest, picture_diagnostics, safe_stem
from brochure.interchange.reading.container import ZIP
from brochure.interchange.reading.reader import read_document
from brochure.interchange.source_file import source_file
from brochure.isolation import Worker
from brochure.messages import ENGLISH, Catalogue, Message, catalogue, say
from brochure.project import MANUSCRIPT, Project
from brochure.studio.answers import Json
from brochure.studio.refusal import Refusal, malformed, refusal_of, too_large

FOLDERS: dict[str, str] = {"source": "sources", "picture": "images"}
_SUFFIXES: dict[str, frozenset[str]] = {
    "source": frozenset({".pdf", ".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"}),
    "picture": frozenset({".png", ".jpg", ".jpeg", ".svg"}),
}
LARGEST = max(bounds.SOURCE_PDF, bounds.PICTURE)  # bytes
# What word processors write: packages, and formats that are refused with a sentence.
_WORD_PROCESSORS = (*ZIP, b"\xd0\xcf\x11\xe0", b"{\\rtf")
_LISTED = 500  # files
_TRIED = 100  # names


class Uploads:
    """The files in the folders of a project's leaflets."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()

    def files(self, leaflet: str) -> Json:
        """The documents and pictures in the folder of a leaflet, by their paths from there."""
        found = list(self._listed(leaflet))
        return {
            use: sorted(path for path in found if Path(path).suffix.lower() in suffixes)
            for use, suffixes in _SUFFIXES.items()
        }

    def upload(
        self, leaflet: str, use: str, name: str, data: bytes, language: str = ENGLISH
    ) -> Json:
        """Put a file into the folder of a leaflet, and say where it is: `file`, from there. If
        the same file is there already, that one. Of a document of a word processor, it is its text;
        `notes` tell what is to be known about that. Raises Refusal or DiagnosticsError.
        """
        if use not in FOLDERS:
            raise malformed()
        if use == "source" and data.startswith(_WORD_PROCESSORS):
            return self._as_text(leaflet, name, data, catalogue(language))
        suffix = _suffix(use, name, data)
        if len(data) > largest(suffix):
            raise too_large(largest(suffix))
        if use == "picture":
            with Worker() as worker:
                found = picture_diagnostics(worker, data, suffix, shown_name(name))
            if found:
                raise refusal_of(DiagnosticsError(found))
        folder = self._project.manuscript(leaflet).parent / FOLDERS[use]
        with self._lock:
            path = self._placed(folder, safe_stem(Path(name).stem), suffix, data)
        return {"file": f"{FOLDERS[use]}/{path.name}"}

    def _as_text(self, leaflet: str, name: str, data: bytes, words: Catalogue) -> Json:
        made = source_file(read_document(data, shown_name(name)))
        text = made.text.encode()
        if not text:
            raise Refusal(422, say("There is no text in `{file}`.", file=shown_name(name)))
        if len(text) > largest(".txt"):
            raise too_large(largest(".txt"))
        folder = self._project.manuscript(leaflet).parent / FOLDERS["source"]
        with self._lock:
            path = self._placed(folder, safe_stem(Path(name).stem), ".txt", text)
        file = f"{FOLDERS['source']}/{path.name}"
        return {"file": file, "notes": [words(note) for note in (_text_note(file), *made.notes)]}

    def _placed(self, folder: Path, stem: str, suffix: str, data: bytes) -> Path:
        """Write a file under the first name that is free; or the file that is the same already."""
        digest = hashlib.sha256(data).digest()
        known = {one.name.lower(): one for one in folder.iterdir()} if folder.is_dir() else {}
        for number in range(1, _TRIED):
            name = f"{stem}-{number}{suffix}" if number > 1 else f"{stem}{suffix}"
            there = known.get(name)
            if there is None and self._project.add(folder / name, data):
                return folder / name
            if there is not None and self._is_same(there, digest):
                return there
        raise Refusal(422, say("There are too many files called `{name}`.", name=stem + suffix))

    def _is_same(self, path: Path, digest: bytes) -> bool:
        try:
            data = self._project.read(path, LARGEST)
        except DiagnosticsError:
            return False
        return hashlib.sha256(data).digest() == digest

    def _listed(self, leaflet: str) -> Iterator[str]:
        """The files in the folder of a leaflet and one level below, as far as the project goes."""
        base = self._project.manuscript(leaflet).parent
        count = 0
        for folder in (base, *_folders(base)):
            try:
                entries = sorted(os.scandir(folder), key=lambda one: one.name)
            except OSError:
                continue
            for entry in entries:
                if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
                    continue
                count += 1
                if count > _LISTED:
                    return
                path = Path(entry.path)
                if path.name != MANUSCRIPT:
                    yield path.relative_to(base).as_posix()


def _folders(base: Path) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(base), key=lambda one: one.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield Path(entry.path)


def _text_note(file: str) -> Message:
    return say(
        "Its text is now `{file}`, and lines are counted there. Where there is a PDF of it, quote "
        "from that: its readers find the pages and lines.",
        file=file,
    )


def _suffix(use: str, name: str, data: bytes) -> str:
    """The suffix of a file, from what it contains. Raises Refusal for what cannot be used."""
    if not data:
        raise Refusal(422, say("This file is empty."))
    kind = kind_of(data, Path(name).suffix.lower())
    if kind not in _SUFFIXES[use]:
        raise _other_kind(use, name)
    return kind


def _other_kind(use: str, name: str) -> Refusal:
    shown = shown_name(name)
    if use == "picture":
        return Refusal(
            422,
            say("`{file}` is not a picture that can be used here.", file=shown),
            say("Use a PNG, JPEG or SVG; image editors can export it as one."),
        )
    return Refusal(
        422,
        say("`{file}` is not a document that can be read here.", file=shown),
        say("Use a PDF, a Word document, or text, Markdown or HTML in UTF-8."),
    )


def shown_name(name: str) -> str:
    """A name from outside as it can be shown."""
    return "".join(c if c.isprintable() else "?" for c in Path(name).name)[-100:] or "?"
