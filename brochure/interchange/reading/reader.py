"""A file that somebody wrote elsewhere → a document, or the reason why it cannot be read.

What a file is, its first bytes tell, and not its name: many a file was renamed. It is read in a
process of its own, with bounds for memory and time (see `isolation`).
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, fail, note, warning
from brochure.interchange.document import Document, paragraphs
from brochure.interchange.reading import container
from brochure.interchange.reading.docx import read_docx
from brochure.interchange.reading.html import read_html
from brochure.interchange.reading.markdown import read_markdown
from brochure.interchange.reading.odt import read_odt
from brochure.interchange.reading.pdf import read_pdf
from brochure.interchange.reading.witness import words_of
from brochure.isolation import Reason, Stopped, Worker
from brochure.messages import Message, plural, say

log = logging.getLogger("brochure")
_CONTROL = re.compile(b"[\x00-\x08\x0e-\x1f\x7f]")
_COMMENT = re.compile("<!--.*?-->", re.DOTALL)
_HTML = re.compile(r"(?:<\?[^>]*>)?\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_FEW = 20  # words; a box with a title or an address is nothing to worry about
_HEAD = 4096  # bytes, in which a file says what it is


@dataclass(frozen=True)
class Format:
    """A format that can be read.

    `read` makes a document of the bytes of a file, whose name is for diagnostics; it raises
    DiagnosticsError. `alone`: in a process of its own, with bounds; else it sees to that itself.
    `endings` are those that files of this format have, with a dot.
    """

    name: Message
    read: Callable[[bytes, str], Document]
    endings: tuple[str, ...]
    alone: bool = True


#: By what `_format_of` finds.
FORMATS: dict[str, Format] = {
    "docx": Format(say("a Word document"), read_docx, (".docx", ".docm", ".dotx", ".dotm")),
    "odt": Format(say("an OpenDocument text"), read_odt, (".odt", ".ott")),
    "markdown": Format(
        say("plain text or Markdown"), read_markdown, (".md", ".markdown", ".txt", ".text")
    ),
    "pdf": Format(say("a PDF"), read_pdf, (".pdf",)),
    "html": Format(say("a page of the web"), read_html, (".html", ".htm", ".xhtml")),
}


def read_document(data: bytes, name: str) -> Document:
    """The document in a file that is called `name`, whatever its ending is.

    Its diagnostics tell what of it could not be read, and where the ending misleads. Raises
    DiagnosticsError if it cannot be read at all, or not within bounds.
    """
    where = Location(name)
    if len(data) > bounds.IMPORTED:
        fail(
            "import-size",
            say(
                "`{file}` is larger than {limit} MB.",
                file=name,
                limit=bounds.IMPORTED // 1_000_000,
            ),
            where,
            say("Make its pictures smaller, or leave them out."),
        )
    found = _format_of(data, where)
    known = FORMATS.get(found)
    if known is None:
        fail(
            "import-format",
            say("`{file}` is not a file that can be imported.", file=name),
            where,
            say("Open it in the program that it was made with, and save it as .docx."),
        )
    document = _alone(known.read, data, name) if known.alone else known.read(data, name)
    _ensure_leaflet(document, where)
    about = (*_misled(known, where), *_in_boxes(document, where))
    return replace(document, diagnostics=(*about, *document.diagnostics))


def _ensure_leaflet(document: Document, where: Location) -> None:
    """Raise DiagnosticsError for a document that no leaflet can be made of: it takes too long to
    understand.
    """
    count = characters = 0
    for paragraph in paragraphs(document.blocks):
        count += 1
        characters += len(paragraph.text)
    if count > bounds.IMPORTED_PARAGRAPHS or characters > bounds.IMPORTED_CHARACTERS:
        fail(
            "import-size",
            say("`{file}` is too long for a leaflet.", file=where.file),
            where,
            say("Divide it into several documents."),
        )


def _format_of(data: bytes, where: Location) -> str:
    """What a file is by its content, as `FORMATS` calls it. Raises DiagnosticsError for what is
    known, but cannot be read.
    """
    if data.startswith(container.ZIP):
        return container.format_of(data)
    container.refuse_other_formats(data, where)
    if b"%PDF" in data[:1024]:  # ISO 32000-1, annex H, note 13
        return "pdf"
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if _CONTROL.search(data) and not utf16:
        return ""
    head = data[:_HEAD].decode("utf-16" if utf16 else "utf-8-sig", "replace")
    return "html" if _HTML.match(_COMMENT.sub("", head).lstrip()) else "markdown"


def _alone(read: Callable[[bytes, str], Document], data: bytes, name: str) -> Document:
    """What a reader makes of a file, in a process of its own. Raises DiagnosticsError."""
    memory = bounds.MEMORY + 3 * len(data)  # it is held as sent, unpacked, and opened
    reason: Reason
    try:
        with Worker() as worker:
            return worker.call(bounds.IMPORT_SECONDS, memory, read, data, name)
    except DiagnosticsError:
        raise
    except Stopped as stopped:
        reason = stopped.reason
    except RecursionError:
        reason = "memory"
    except Exception as error:  # parsers raise anything when a file is broken
        log.info("%s: %s: %s", name, type(error).__name__, error)
        reason = "crash"
    message, hint = _obstacle(reason, name)
    fail(f"import-{reason}", message, Location(name), hint)


def _obstacle(reason: Reason, name: str) -> tuple[Message, Message]:
    """Why a file was not read to its end, and what to do about it."""
    anew = say("Copy its text into a new document, and import that.")
    match reason:
        case "time":
            return say("`{file}` takes too long to read.", file=name), anew
        case "memory":
            return say("`{file}` takes too much memory to read.", file=name), anew
        case "crash":
            return say("`{file}` makes the program that reads it crash.", file=name), anew
        case "killed":
            return (
                say("The program that was reading `{file}` was stopped.", file=name),
                say("Try again, when other programs use less memory."),
            )


def _in_boxes(document: Document, where: Location) -> tuple[Diagnostic, ...]:
    """A warning where text boxes have more of the words than the text."""
    boxes = [one.text for one in document.leftovers if one.kind == "text-box"]
    text = (one.text for one in paragraphs(document.blocks))
    count = sum(len(words_of(one)) for one in boxes)
    if count <= max(sum(len(words_of(one)) for one in text), _FEW):
        return ()
    return (
        warning(
            "import-text-boxes",
            plural(
                "{n} word of `{file}` is in text boxes, more than in its text.",
                "{n} words of `{file}` are in text boxes, more than in its text.",
                count,
                file=where.file,
            ),
            where,
            say("They have no order. Copy them into the text, one after the other."),
        ),
    )


def _misled(known: Format, where: Location) -> tuple[Diagnostic, ...]:
    """A note where the ending of a file is that of another format."""
    ending = PurePosixPath(where.file).suffix.lower()
    if ending in known.endings:
        return ()
    return (
        note(
            "import-ending",
            say("By its content, `{file}` is {format}.", file=where.file, format=known.name),
            where,
            say(
                "It was read as that. Its name should end with `{ending}`.", ending=known.endings[0]
            ),
        ),
    )
