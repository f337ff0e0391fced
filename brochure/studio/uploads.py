"""Files that a leaflet uses: those in its folder, and new ones from the browser.

What is sent may be anything, and may be called anything. Its kind is found out from its content;
its name becomes plain letters, and no file that is there is ever overwritten.
"""

import hashlib
import os
import re
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location
from brochure.isolation import Stopped, Worker
from brochure.layout.compose.pictures import check_picture
from brochure.messages import say
from brochure.project import DEVICE, MANUSCRIPT, Project
from brochure.studio.answers import Json
from brochure.studio.refusal import Refusal, malformed, refusal_of, too_large

FOLDERS: dict[str, str] = {"source": "sources", "picture": "images"}
_SUFFIXES: dict[str, frozenset[str]] = {
    "source": frozenset({".pdf", ".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"}),
    "picture": frozenset({".png", ".jpg", ".jpeg", ".svg"}),
}
LARGEST = max(bounds.SOURCE_PDF, bounds.PICTURE)  # bytes
_LIMITS = {
    ".pdf": bounds.SOURCE_PDF, ".png": bounds.PICTURE, ".jpg": bounds.PICTURE, ".svg": bounds.SVG
}  # fmt: skip
_LISTED = 500  # files
_NAME = 60  # characters, without the suffix
_TRIED = 100  # names
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_COMMENT = re.compile("<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"(?:<\?[^>]*>)?\s*(?:<!doctype\s+(\w+)[^>]*>)?\s*<(\w+)", re.IGNORECASE)
_PICTURE_MEMORY = bounds.MEMORY + 4 * bounds.PICTURE


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

    def upload(self, leaflet: str, use: str, name: str, data: bytes) -> Json:
        """Put a file into the folder of a leaflet, and say where it is: `file`, from there. If
        the same file is there already, that one. Raises Refusal or DiagnosticsError.
        """
        if use not in FOLDERS:
            raise malformed()
        suffix = _suffix(use, name, data)
        if len(data) > _LIMITS.get(suffix, bounds.SOURCE_TEXT):
            raise too_large(_LIMITS.get(suffix, bounds.SOURCE_TEXT))
        if use == "picture":
            _ensure_sound(data, suffix, name)
        folder = self._project.manuscript(leaflet).parent / FOLDERS[use]
        with self._lock:
            path = self._placed(folder, _safe_stem(Path(name).stem), suffix, data)
        return {"file": f"{FOLDERS[use]}/{path.name}"}

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


def _suffix(use: str, name: str, data: bytes) -> str:
    """The suffix of a file, from what it contains. Raises Refusal for what cannot be used."""
    if not data:
        raise Refusal(422, say("This file is empty."))
    kind = _kind(data, Path(name).suffix.lower())
    if kind not in _SUFFIXES[use]:
        raise _other_kind(use, name)
    return kind


def _kind(data: bytes, suffix: str) -> str:
    """What a file is: a suffix, or nothing. Its own is asked only where text may be Markdown."""
    if b"%PDF" in data[:1024]:  # ISO 32000-1, annex H, note 13
        return ".pdf"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if data.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if data.startswith(b"PK\x03\x04"):  # word processors
        return ""
    head = data[:4096].decode("utf-8-sig", "replace")
    if root := _ROOT.match(_COMMENT.sub("", head).lstrip()):
        name = (root[1] or root[2]).lower()
        if name in ("svg", "html"):
            return f".{name}"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    if _CONTROL.search(text):
        return ""
    return ".md" if suffix in (".md", ".markdown") else ".txt"


def _other_kind(use: str, name: str) -> Refusal:
    shown = _shown(name)
    if use == "picture":
        return Refusal(
            422,
            say("`{file}` is not a picture that can be used here.", file=shown),
            say("Use a PNG, JPEG or SVG; image editors can export it as one."),
        )
    return Refusal(
        422,
        say("`{file}` is not a document that can be read here.", file=shown),
        say("Use a PDF, or text, Markdown or HTML in UTF-8; word processors can save as PDF."),
    )


def _ensure_sound(data: bytes, suffix: str, name: str) -> None:
    """Raise DiagnosticsError or Refusal for a picture that cannot be drawn; it is decoded in a
    process of its own.
    """
    shown = _shown(name)
    try:
        with Worker() as worker:
            seconds = bounds.SECONDS + bounds.PICTURE_SECONDS
            found = worker.call(seconds, _PICTURE_MEMORY, picture_faults, data, suffix, shown)
    except Stopped:
        raise Refusal(
            422,
            say("`{file}` takes too long to draw, or too much memory.", file=shown),
            say("Open it in an image editor and export it again."),
        ) from None
    if found:
        raise refusal_of(DiagnosticsError(found))


def picture_faults(data: bytes, suffix: str, name: str) -> list[Diagnostic]:
    """What is wrong with a picture; for a process of its own."""
    return list(check_picture(data, suffix, name, Location(name)))


def _shown(name: str) -> str:
    """A name from outside as it can be shown."""
    return "".join(c if c.isprintable() else "?" for c in name)[:100] or "?"


def _safe_stem(stem: str) -> str:
    """A name of plain letters, digits and hyphens, which every system can store."""
    composed = unicodedata.normalize("NFC", stem).translate(_GERMAN)
    letters = unicodedata.normalize("NFKD", composed).encode("ascii", "ignore").decode()
    plain = "-".join(re.findall(r"[a-z0-9]+", letters.lower()))[:_NAME].strip("-")
    return f"datei-{plain}".strip("-") if not plain or DEVICE.fullmatch(plain) else plain
