"""A source file → a document, or the reason why its text cannot be read.

PDF, Markdown and HTML are read in a process of their own, with bounds for memory and time (see
`isolation`). What was read is kept in the project's cache under the digest of the file, so that
each file is read only once.
"""

import contextlib
import json
import logging
import os
import re
from collections.abc import Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Timer
from typing import Literal, cast, get_args

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, Reported, fail, warning
from brochure.files import decode_utf8, read_own, write_whole
from brochure.isolation import Stopped, Worker
from brochure.messages import Message, joined, say
from brochure.project import Project
from brochure.sources.document import Document, Numbering, NumberingMode, SourceKind, SourceLine
from brochure.sources.reading import plaintext
from brochure.sources.reading.pages import assemble_document, page_rows
from brochure.sources.reading.rows import FileText

log = logging.getLogger("brochure")
_MANY = 16  # pages; from then on, two processes read a PDF
_FIRST = 4  # pages that are shown before a PDF is read as a whole
_MOMENT = 1.5  # seconds of reading after which the user is told that it takes longer
_KINDS: dict[str, SourceKind] = {
    ".pdf": "pdf", ".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md", ".html": "html",
    ".htm": "html", ".xhtml": "html",
}  # fmt: skip
Obstacle = Literal[
    "password", "broken", "empty", "scan", "pages", "memory", "time", "crash", "killed"
]
# By the digest of the file, its kind, how its lines are numbered, and whether they restart.
Documents = MutableMapping[tuple[str, SourceKind, NumberingMode | None, bool], Document]
_TEMPORARY = ("memory", "time", "crash", "killed")  # it may work on another machine


@dataclass(frozen=True)
class SourceFile:
    """A file that was read: its document, None if its text cannot be read, and its SHA-256."""

    document: Document | None
    digest: str


def read_source(
    project: Project,
    path: Path,
    mode: NumberingMode | None,
    location: Location,
    *,
    restarts: bool = False,
    known: Documents | None = None,
) -> Reported[SourceFile]:
    """Read the file of a source, which a leaflet names at `location`.

    For `mode` and `restarts` see `assemble_document`. `known` are documents that were read before,
    and those that are read now. Raises DiagnosticsError if there is no such file in the project, or
    it is not of a known kind.
    """
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        fail(
            "source-kind",
            say("`{file}` is not a kind of file that can be read here.", file=path.name),
            location,
            say("Use a .pdf, .txt, .md or .html file; word processors can save as PDF."),
        )
    data = project.read(path, bounds.SOURCE_PDF if kind == "pdf" else bounds.SOURCE_TEXT, location)
    digest = sha256(data).hexdigest()
    shown = project.show(path)
    document: Document | Obstacle
    key = digest, kind, mode, restarts
    if known is not None and key in known:
        document = known[key]
    elif kind == "txt":
        document = plaintext.parse_text(_decoded(data, shown), mode, restarts=restarts)
    elif kind == "pdf":
        text = _file_text(project, kind, data, path.name, digest)
        document = _from_pages(text, mode, restarts=restarts)
    else:
        html = _decoded_html(data, shown) if kind == "html" else _decoded(data, shown)
        text = _file_text(project, kind, html.encode(), path.name, digest)
        document = _from_lines(kind, text)
    if not isinstance(document, str):
        if not any(line.text for line in document.lines):
            document = "empty"
        elif known is not None:
            known[key] = document
    if isinstance(document, str):
        message, remedy = _obstacle(document, path.name)
        hint = joined([remedy, say("Until then, no quote from it is checked.")])
        diagnostic = warning("source-unreadable", message, location, hint)
        return Reported(SourceFile(None, digest), (diagnostic,))
    diagnostics = tuple(_without_numbers(document, mode, path.name, location))
    return Reported(SourceFile(document, digest), diagnostics)


def _from_pages(
    text: FileText, mode: NumberingMode | None, *, restarts: bool
) -> Document | Obstacle:
    """The document of a PDF, or why there is none."""
    if "error" in text:
        return cast(Obstacle, text["error"])
    pages = [page_rows(page) for page in text["pages"]]
    if not any(page.rows for page in pages):
        return "scan" if any(page.unreadable for page in pages) else "empty"
    return assemble_document(pages, mode, restarts=restarts)


def _from_lines(kind: SourceKind, text: FileText) -> Document | Obstacle:
    """The document of a Markdown or HTML file, or why there is none."""
    if "error" in text:
        return cast(Obstacle, text["error"])
    lines = tuple(
        SourceLine(words, 0, number, opens_paragraph=bool(opens))
        for words, number, opens in text["lines"]
    )
    return Document(kind=kind, lines=lines, numbering=Numbering("count"))


def _obstacle(obstacle: Obstacle, file: str) -> tuple[Message, Message]:
    """Why a file cannot be read, and what to do about it."""
    print_anew = say("Print it to a new PDF, and try that.")
    match obstacle:
        case "password":
            message = say("`{file}` is protected by a password.", file=file)
            remedy = say("Open it with the password, and print it to a new PDF.")
        case "broken":
            message = say("`{file}` is not a PDF that can be read.", file=file)
            remedy = say("Download it again; it may be incomplete.")
        case "empty":
            message = say("`{file}` contains no text.", file=file)
            remedy = say("Is it the right file?")
        case "scan":
            message = say("`{file}` consists of pictures, without any text to compare.", file=file)
            remedy = say(
                "Ask for the file that was printed, or have its text recognised by a program such "
                "as OCRmyPDF."
            )
        case "pages":
            message = say(
                "`{file}` has more than {pages} pages, or too much text.",
                file=file,
                pages=bounds.SOURCE_PAGES,
            )
            remedy = say("Extract the part that you quote.")
        case "memory":
            message = say("`{file}` takes too much memory to read.", file=file)
            remedy = print_anew
        case "time":
            message = say("`{file}` takes too long to read.", file=file)
            remedy = print_anew
        case "crash":
            message = say("`{file}` makes the program that reads it crash.", file=file)
            remedy = print_anew
        case "killed":
            message = say("The program that was reading `{file}` was stopped.", file=file)
            remedy = say("Try again, when other programs use less memory.")
    return message, remedy


def _without_numbers(
    document: Document, mode: NumberingMode | None, file: str, location: Location
) -> Iterator[Diagnostic]:
    if mode == "margin" and document.numbering.mode != "margin":
        yield warning(
            "no-margin-numbers",
            say(
                "No line numbers were found in the margins of `{file}`, so its lines are counted.",
                file=file,
            ),
            location,
            say(
                "The numbers in the margins count paragraphs. Write `lines: count` or "
                "`lines: page`, and refer to lines as they are counted."
            )
            if document.paragraph_numbers
            else say(
                "`brochure source show LEAFLET` shows what was read. Write `lines: count` or "
                "`lines: page` if that is how you number them."
            ),
        )


def _file_text(project: Project, kind: SourceKind, data: bytes, name: str, digest: str) -> FileText:
    """The text of a file, from the cache or read anew."""
    file = project.cache / "sources" / f"{digest[:32]}-{kind}-{_reader_digest()}.json"
    try:
        cached: FileText = json.loads(read_own(file, bounds.CACHE_FILE))
        if "pages" in cached or "lines" in cached or cached.get("error") in get_args(Obstacle):
            return cached
    except (OSError, ValueError, AttributeError):
        pass
    text = run_reader(kind, data, name)
    if text.get("error") not in _TEMPORARY:
        with contextlib.suppress(OSError):
            write_whole(file, json.dumps(text, ensure_ascii=False).encode("utf-8", "replace"))
    return text


@cache
def _reader_digest() -> str:
    """A short digest of the code that reads files; when it changes, they are read again."""
    names = (
        ("reading/pdfium.py", "reading/tags.py", "reading/rows.py", "reading/words.py",
         "reading/plaintext.py", "reading/inline.py", "reading/pictures.py", "matching/tokens.py")
    )  # fmt: skip
    code = b"".join((Path(__file__).parents[1] / name).read_bytes() for name in names)
    versions = version("pypdfium2") + version("markdown-it-py")
    return sha256(code + versions.encode()).hexdigest()[:12]


def run_reader(kind: SourceKind, data: bytes, name: str) -> FileText:
    """The text of a PDF, or of Markdown or HTML in UTF-8, read in a process of its own."""
    if kind == "pdf" and b"%PDF" not in data[:1024]:  # ISO 32000-1, annex H, note 13
        return {"error": "broken"}
    message = say("Reading {file} for the first time; this may take a moment.", file=name)
    patience = Timer(_MOMENT, log.warning, (message,))
    patience.start()
    try:
        with Worker() as worker:
            return _call_reader(worker, kind, data)
    except Stopped as stopped:
        return {"error": stopped.reason}
    except RecursionError:
        return {"error": "memory"}
    except Exception as reason:  # parsers raise anything when a file is broken
        log.info("%s: %s: %s", name, type(reason).__name__, reason)
        return {"error": "crash"}
    finally:
        patience.cancel()


def _call_reader(worker: Worker, kind: SourceKind, data: bytes) -> FileText:
    memory = bounds.MEMORY + 3 * len(data)  # it is held three times: as sent, unpacked, and opened
    if kind != "pdf":
        seconds = bounds.SECONDS + bounds.TEXT_SECONDS * len(data) / 1_000_000
        return worker.call(seconds, memory, read_lines, kind, data)
    from brochure.sources.reading import pdfium  # slow to import, and rarely needed here

    pages = worker.call(bounds.SECONDS, memory, pdfium.count_pages, data)
    if isinstance(pages, str):
        return {"error": pages}
    seconds = bounds.SECONDS + bounds.PAGE_SECONDS * pages
    if pages < _MANY or (os.cpu_count() or 1) < 2:
        return worker.call(seconds, memory, pdfium.read_pages, data)
    # Each page is read by itself: two processes take half the time.
    middle = pages // 2
    with ThreadPoolExecutor(1) as thread, Worker() as other:
        later = thread.submit(
            lambda: other.call(seconds, memory, pdfium.read_some_pages, data, middle, pages)
        )
        begin, count = worker.call(seconds, memory, pdfium.read_some_pages, data, 0, middle)
        end, more = later.result()
    if count + more > bounds.SOURCE_CHARACTERS:
        return {"error": "pages"}
    return {"pages": [*begin, *end]}


def read_first_pages(project: Project, path: Path, mode: NumberingMode | None) -> Document | None:
    """The first pages of a PDF, as long as it is not read as a whole: numbers and what belongs to
    the text may turn out to be others then. None for other files, and where it cannot be read.
    """
    if _KINDS.get(path.suffix.lower()) != "pdf":
        return None
    from brochure.sources.reading import pdfium

    data = project.read(path, bounds.SOURCE_PDF)
    try:
        with Worker() as worker:
            memory = bounds.MEMORY + 3 * len(data)
            if isinstance(worker.call(bounds.SECONDS, memory, pdfium.count_pages, data), str):
                return None
            pages, _ = worker.call(bounds.SECONDS, memory, pdfium.read_some_pages, data, 0, _FIRST)
    except Exception as reason:  # parsers raise anything; reading it as a whole tells
        log.info("%s: %s: %s", path.name, type(reason).__name__, reason)
        return None
    document = _from_pages({"pages": pages}, mode, restarts=False)
    return None if isinstance(document, str) else document


def read_lines(kind: SourceKind, data: bytes) -> FileText:
    """The lines of a Markdown or HTML file in UTF-8."""
    parse = plaintext.parse_markdown if kind == "md" else plaintext.parse_html
    lines = parse(data.decode()).lines
    return {"lines": [(line.text, line.number, int(line.opens_paragraph)) for line in lines]}


def _decoded(data: bytes, file: str) -> str:
    """UTF-8, with line feeds as line ends."""
    return decode_utf8(data, file).replace("\r\n", "\n").replace("\r", "\n")


def _decoded_html(data: bytes, file: str) -> str:
    """HTML as UTF-8, or else in the encoding that it declares (HTML standard, 13.2.3.2)."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = re.search(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", data[:2048])
        name = declared[1].decode("ascii") if declared else "utf-8"
        try:
            # Like browsers, read Latin-1 as windows-1252 (Encoding standard, 4.2).
            return data.decode("cp1252" if name.lower() in ("iso-8859-1", "latin1") else name)
        except (LookupError, UnicodeDecodeError):
            return decode_utf8(data, file)
