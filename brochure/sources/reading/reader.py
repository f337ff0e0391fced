"""A file that is quoted → a document, or the reason why its text cannot be read.

What a file says is kept in the project's cache under the digest of its bytes, so each is read
once. It is read in a process of its own, with bounds for memory and time (`worker`).
"""

import contextlib
import json
import logging
import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Timer
from typing import Any

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, warning
from brochure.files import decode_utf8, read_own, write_whole
from brochure.isolation import Stopped, Worker
from brochure.project import Project
from brochure.sources.document import Document, Kind, Line, Mode, Numbering
from brochure.sources.reading import pages as paper
from brochure.sources.reading import plaintext
from brochure.sources.reading.rows import Row, Word

log = logging.getLogger("brochure")
_MOMENT = 1.5  # seconds after which people are told that it goes on
_MOMENT_MESSAGE = "Reading %s for the first time; this may take a moment."
_ENDINGS: dict[str, Kind] = {
    ".pdf": "pdf", ".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md", ".html": "html",
    ".htm": "html", ".xhtml": "html",
}  # fmt: skip


def read(
    project: Project, path: Path, mode: Mode | None, asked_at: Location, *, anew: bool = False
) -> tuple[Document | None, str, list[Diagnostic]]:
    """The document in a file, the SHA-256 of the file, and what there is to complain of.

    None where it has no text that can be read. `mode` and `anew`: see `paper.document`;
    `asked_at` is where the leaflet names the file.
    Raises Problems where there is no such file in the project, or none of a kind that is known.
    """
    kind = _ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise DiagnosticsError(
            [
                error(
                    "source-kind",
                    f"`{path.name}` is no file that can be read here.",
                    asked_at,
                    "Known are .pdf, .txt, .md and .html; word processors save as PDF.",
                )
            ]
        )
    data = project.read(path, bounds.SOURCE_PDF if kind == "pdf" else bounds.SOURCE_TEXT, asked_at)
    digest = sha256(data).hexdigest()
    file = project.show(path)
    if kind == "txt":
        document: Document | str = plaintext.from_text(_decoded(data, file), mode, anew=anew)
    elif kind == "pdf":
        document = _pdf(_answer(project, kind, data, path.name, digest), mode, anew=anew)
    else:
        text = _decoded_html(data, file) if kind == "html" else _decoded(data, file)
        document = _marked_up(kind, _answer(project, kind, text.encode(), path.name, digest))
    if not isinstance(document, str) and not any(line.text for line in document.lines):
        document = "empty"
    if isinstance(document, str):
        message, hint = _REASONS[document]
        return None, digest, [
            warning(
                "source-unreadable",
                f"`{path.name}` {message}",
                asked_at,
                f"{hint} No quote is checked.",
            )
        ]  # fmt: skip
    return document, digest, list(_not_numbered(document, mode, path.name, asked_at))


def _pdf(answer: dict[str, Any], mode: Mode | None, *, anew: bool) -> Document | str:
    """The document in a PDF, or why there is none."""
    if "error" in answer:
        return str(answer["error"])
    pages = [
        paper.Page(
            tuple(
                Row(y, size, tuple(Word(t, a, b, bool(loose)) for t, a, b, loose in words))
                for y, size, words in page["rows"]
            ),
            unreadable=page["broken"] or (not page["rows"] and page["images"] > 0),
        )
        for page in answer["pages"]
    ]
    if not any(page.rows for page in pages):
        return "scan" if any(page.unreadable for page in pages) else "empty"
    return paper.document(pages, mode, anew=anew)


def _marked_up(kind: Kind, answer: dict[str, Any]) -> Document | str:
    """The document in a Markdown or HTML file, or why there is none."""
    if "error" in answer:
        return str(answer["error"])
    lines = tuple(
        Line(text, 0, number, opens=bool(opens)) for text, number, opens in answer["lines"]
    )
    return Document(kind=kind, lines=lines, numbering=Numbering("count"))


_REASONS = {
    "password": (
        "is protected with a password.",
        "Open it with the password, and print it into a new PDF.",
    ),
    "broken": ("is no PDF that can be read.", "Get it again; it may not have arrived whole."),
    "empty": ("has no text in it.", "Is this the right file?"),
    "scan": (
        "consists of pictures; there is no text in it that could be compared.",
        "Ask for the file that was printed, or let a program recognise the text (OCRmyPDF).",
    ),
    "pages": (
        f"has more than {bounds.SOURCE_PAGES} pages, or very much text on them.",
        "Take out the part that is quoted.",
    ),
    "memory": ("needs too much memory to be read.", "Print it into a new PDF, and try that."),
    "time": (
        "takes too long to be read.",
        "Print it into a new PDF, and try that.",
    ),
    "crash": (
        "cannot be read: the program that reads it breaks down.",
        "Print it into a new PDF, and try that.",
    ),
}


def _not_numbered(
    document: Document, mode: Mode | None, name: str, location: Location
) -> Iterator[Diagnostic]:
    if mode == "margin" and document.numbering.mode != "margin":
        yield warning(
            "no-margin-numbers",
            f"No line numbers were found in the margin of `{name}`; its lines are counted.",
            location,
            "`brochure source LEAFLET` shows what was read. Write `lines: count` or `lines: page` "
            "if that is how you number them.",
        )


def _answer(project: Project, kind: Kind, data: bytes, name: str, digest: str) -> dict[str, Any]:
    """What a file says, from the cache or from the reader."""
    file = project.cache / "sources" / f"{digest[:32]}-{kind}-{_reader()}.json"
    try:
        known: dict[str, Any] = json.loads(read_own(file, bounds.REMEMBERED))
        if "pages" in known or "lines" in known or known.get("error") in _REASONS:
            return known
    except (OSError, ValueError, AttributeError):
        pass
    answer = run_reader(kind, data, name)
    if answer.get("error") not in ("time", "crash", "memory"):  # another machine may do better
        with contextlib.suppress(OSError):
            write_whole(file, json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
    return answer


@cache
def _reader() -> str:
    """What reads files, as a short digest: after a change of it, they are read again."""
    names = ("reading/pdfium.py", "reading/rows.py", "reading/plaintext.py", "matching/tokens.py")
    code = b"".join((Path(__file__).parents[1] / name).read_bytes() for name in names)
    versions = version("pypdfium2") + version("markdown-it-py")
    return sha256(code + versions.encode()).hexdigest()[:12]


def run_reader(kind: Kind, data: bytes, name: str = "a source") -> dict[str, Any]:
    """What a file says, read by a process of its own: ``{"pages": …}`` of a PDF (see `glyphs`),
    ``{"lines": [[text, number, opens], …]}`` of Markdown or HTML in UTF-8, or ``{"error": …}`` with
    one word why not.
    """
    if kind == "pdf" and b"%PDF" not in data[:1024]:  # ISO 32000-1, annex H, note 13
        return {"error": "broken"}
    # Of what takes longer than a moment, people are told.
    told = Timer(_MOMENT, log.warning, (_MOMENT_MESSAGE, name))
    memory = bounds.MEMORY + 3 * len(data)  # it is there thrice: as it came, unpacked, and opened
    told.start()
    try:
        with Worker() as worker:
            if kind != "pdf":
                seconds = bounds.SECONDS + bounds.TEXT_SECONDS * len(data) / 1_000_000
                return worker.call(seconds, memory, read_text, kind, data)
            pages = worker.call(bounds.SECONDS, memory, count_pages, data)
            if isinstance(pages, str):
                return {"error": pages}
            seconds = bounds.SECONDS + bounds.PAGE_SECONDS * pages
            return worker.call(seconds, memory, read_pdf, data)
    except Stopped as stopped:
        return {"error": stopped.reason}
    except RecursionError:
        return {"error": "memory"}
    except Exception as reason:  # parsers have no one exception for what is broken
        log.info("%s: %s: %s", name, type(reason).__name__, reason)
        return {"error": "crash"}
    finally:
        told.cancel()


# These run in that process; the others need not load PDFium.


def count_pages(data: bytes) -> int | str:
    """See `glyphs.count_pages`."""
    from brochure.sources.reading import pdfium

    return pdfium.count_pages(data)


def read_pdf(data: bytes) -> dict[str, Any]:
    """See `glyphs.read`."""
    from brochure.sources.reading import pdfium

    return pdfium.read(data)


def read_text(kind: Kind, data: bytes) -> dict[str, Any]:
    """What a Markdown or HTML file says, read in this process."""
    document = (plaintext.from_markdown if kind == "md" else plaintext.from_html)(data.decode())
    return {"lines": [(line.text, line.number, int(line.opens)) for line in document.lines]}


def _decoded(data: bytes, file: str) -> str:
    """UTF-8, with line feeds as line ends."""
    return decode_utf8(data, file).replace("\r\n", "\n").replace("\r", "\n")


def _decoded_html(data: bytes, file: str) -> str:
    """HTML in the encoding that it declares (HTML standard, 13.2.3.2), UTF-8 first."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = re.search(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", data[:2048])
        name = declared[1].decode("ascii") if declared else "utf-8"
        try:
            # As browsers do, Latin-1 is read as windows-1252 (Encoding standard, 4.2).
            return data.decode("cp1252" if name.lower() in ("iso-8859-1", "latin1") else name)
        except (LookupError, UnicodeDecodeError):
            return decode_utf8(data, file)
