"""The archive that a .docx or .odt file is: its entries, within bounds, and what is not one.

Nothing is ever unpacked to a disk. A macro is an entry that nobody reads.
"""

import logging
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import NoReturn
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile, ZipInfo

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, fail, warning
from brochure.interchange.document import Picture
from brochure.interchange.reading import elements
from brochure.messages import Message, say

log = logging.getLogger("brochure")
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # APPNOTE 4.3.7, 4.3.16, 8.5.4
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2
_ENCRYPTED = 0x1  # of the flags of an entry; APPNOTE 4.4.4
_MIME = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "svg": "image/svg+xml", "tif": "image/tiff", "tiff": "image/tiff", "bmp": "image/bmp",
    "webp": "image/webp", "emf": "image/x-emf", "wmf": "image/x-wmf",
}  # fmt: skip
_TAIL = 1_000_000  # bytes at the end of an archive, in which the names of its entries stand


@dataclass(frozen=True)
class Package:
    """An archive that was opened. Names of entries are compared without regard to case (ECMA-376,
    Part 2, 6.2.2.3).
    """

    where: Location
    archive: ZipFile
    entries: dict[str, ZipInfo]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _pictures: dict[str, bytes] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.entries

    @property
    def names(self) -> list[str]:
        """The names of all entries, sorted."""
        return sorted(entry.filename.replace("\\", "/") for entry in self.entries.values())

    def read(self, name: str) -> bytes | None:
        """The bytes of an entry; None where there is none. Raises DiagnosticsError."""
        entry = self.entries.get(name.lower())
        if entry is None:
            return None
        try:
            return self.archive.read(entry)
        except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as reason:
            log.info("%s: %s: %s", self.where.file, name, reason)
            fail_broken(self.where, say("its part `{part}` cannot be unpacked", part=name))

    def xml(self, name: str) -> Element | None:
        """The root of an XML entry; None where there is none. Raises DiagnosticsError."""
        entry = self.entries.get(name.lower())
        if entry is None:
            return None
        if entry.file_size > bounds.UNPACKED_XML:
            fail(
                "import-size",
                say(
                    "The part `{part}` of `{file}` has more than {limit} MB.",
                    part=name,
                    file=self.where.file,
                    limit=bounds.UNPACKED_XML // 1_000_000,
                ),
                self.where,
                say("Divide it into several documents."),
            )
        try:
            return elements.parse(self.read(name) or b"")
        except elements.Malformed as reason:
            fail_broken(
                self.where, say("its part `{part}` is not XML: {reason}", part=name, reason=reason)
            )
        except elements.Refused:
            fail(
                "import-refused",
                say(
                    "The part `{part}` of `{file}` is made in a way that no word processor has.",
                    part=name,
                    file=self.where.file,
                ),
                self.where,
                say(
                    "It has a document type, or is nested too deeply. Copy its text into a new "
                    "document."
                ),
            )

    def picture(self, name: str, description: str) -> Picture | None:
        """A picture; None if there is none, or it is too large. Raises DiagnosticsError."""
        entry = self.entries.get(name.lower())
        if entry is None or entry.file_size > bounds.PICTURE:
            return None
        if name not in self._pictures:  # many places may show the same
            self._pictures[name] = self.read(name) or b""
        mime = _MIME.get(name.rpartition(".")[2].lower(), "")
        return Picture(self._pictures[name], mime, description)


def picture_left_out(name: str, where: Location) -> Diagnostic:
    """That a picture is not in the file, or too large."""
    return warning(
        "import-picture",
        say("The picture `{name}` was left out.", name=name[:80]),
        where,
        say("It is not in the file, or too large. Add it to the leaflet yourself."),
    )


def format_of(data: bytes) -> str:
    """``docx`` or ``odt``, as the names in an archive tell. What it really is, its reader finds."""
    if data[30:38] == b"mimetype":  # OpenDocument 1.3, part 2, 3.3: the first entry, not compressed
        return "odt"
    tail = data[-_TAIL:]
    ooxml = b"[Content_Types].xml" in tail
    return "odt" if b"META-INF/manifest.xml" in tail and not ooxml else "docx"


def open_package(data: bytes, name: str) -> Package:
    """The archive in a file that is called `name`. Raises DiagnosticsError if it is none, or may
    not be unpacked.
    """
    where = Location(name)
    try:
        archive = ZipFile(BytesIO(data))
    except (BadZipFile, ValueError, OSError, NotImplementedError) as reason:
        log.info("%s: %s", name, reason)
        fail_broken(where, say("its end is missing, or damaged"))
    infos = [info for info in archive.infolist() if not info.is_dir()]
    _ensure_bounded(infos, where)
    entries: dict[str, ZipInfo] = {}
    diagnostics = []
    for info in infos:
        own = info.filename.replace("\\", "/")
        if own.startswith("/") or ".." in own.split("/") or ":" in own:
            diagnostics.append(
                warning(
                    "import-entry",
                    say("Within `{file}`, `{part}` is not read.", file=name, part=own),
                    where,
                    say("Its name leads out of the file. Who sent it to you?"),
                )
            )
        elif own.lower() in entries:
            fail_broken(where, say("it contains `{part}` twice", part=own))
        else:
            entries[own.lower()] = info
    return Package(where, archive, entries, diagnostics)


def _ensure_bounded(infos: list[ZipInfo], where: Location) -> None:
    """Raise DiagnosticsError for an archive that is too much to unpack, or encrypted.

    The sizes that it declares are those that count: of an entry that is longer, no more is read.
    """
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        fail_protected(where)
    total = sum(info.file_size for info in infos)
    if len(infos) > bounds.ENTRIES or total > bounds.UNPACKED:
        fail(
            "import-size",
            say(
                "Unpacked, `{file}` has more than {limit} MB or {entries} parts.",
                file=where.file,
                limit=bounds.UNPACKED // 1_000_000,
                entries=bounds.ENTRIES,
            ),
            where,
            say("Make its pictures smaller, or leave them out."),
        )


def refuse_other_formats(data: bytes, where: Location) -> None:
    """Raise DiagnosticsError for files of word processors that are not read here."""
    save = say("Open it in Word or LibreOffice, and save it as .docx.")
    if not data:
        fail(
            "import-empty",
            say("`{file}` is empty.", file=where.file),
            where,
            say("Copy or download it again."),
        )
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:  # [MS-OFFCRYPTO] 1.3.1
            fail_protected(where)
        if "WordDocument".encode("utf-16-le") in data:  # [MS-DOC] 2.1.1
            message = say("`{file}` is in the old format of Word (.doc).", file=where.file)
            fail("import-doc", message, where, save)
        fail(
            "import-format",
            say("`{file}` is an old Office file, and not a text.", file=where.file),
            where,
            say("Copy its text into a Word document, and import that."),
        )
    if data.startswith(b"{\\rtf"):
        message = say("`{file}` is a rich text file (.rtf).", file=where.file)
        fail("import-rtf", message, where, save)
    head = data[:1024].lstrip()
    xml = head.startswith(b"<?xml") and b"<html" not in data[:4096].lower()
    if xml or head.startswith(b"MIME-Version:"):
        message = say("`{file}` was saved as XML, or as a page of the web in one file.",
                      file=where.file)  # fmt: skip
        fail("import-xml", message, where, save)


def fail_broken(where: Location, reason: Message) -> NoReturn:
    """Raise DiagnosticsError: a file that is not whole."""
    fail(
        "import-broken",
        say("`{file}` is broken: {reason}.", file=where.file, reason=reason),
        where,
        say("Copy or download it again; or open it in Word, which may repair it, and save it."),
    )


def fail_protected(where: Location) -> NoReturn:
    """Raise DiagnosticsError: a file that nobody can read without its password."""
    fail(
        "import-protected",
        say("`{file}` is protected by a password.", file=where.file),
        where,
        say("Open it with the password, and save it without one (File → Info → Protect Document)."),
    )


def fail_other_package(package: Package) -> NoReturn:
    """Raise DiagnosticsError: an archive, but no text of a word processor."""
    names, mimetype = package.names, package.read("mimetype") or b""
    kinds = (
        ("xl/", b"spreadsheet", say("a spreadsheet")),
        ("ppt/", b"presentation", say("a presentation")),
        ("Index/", b"iwork", say("a document of Pages")),
    )
    found = (
        kind
        for folder, word, kind in kinds
        if word in mimetype or any(name.startswith(folder) for name in names)
    )
    what = next(found, say("an archive"))
    fail(
        "import-format",
        say("`{file}` is {what}, and not a text document.", file=package.where.file, what=what),
        package.where,
        say("Save its text as .docx, and import that."),
    )
