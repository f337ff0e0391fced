"""A file that is quoted → a document, or the reason why its text cannot be read.

What a PDF says is kept in the project's cache under the digest of its bytes, so each is read
once. It is read in a process of its own, with bounds for memory and time.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from brochure.diagnostics import Diagnostic, Place, Problems, error, warning
from brochure.project import Project, decode_utf8, write_whole
from brochure.sources import paper, plaintext
from brochure.sources.document import Document, Mode
from brochure.sources.rows import Row, Word

PDF_LIMIT = 100_000_000  # bytes
TEXT_LIMIT = 10_000_000
SECONDS = 120  # for a PDF; 500 pages take some ten
_ENDINGS = {".pdf": "pdf", ".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md",
            ".html": "html", ".htm": "html", ".xhtml": "html"}  # fmt: skip


def read(
    project: Project, path: Path, mode: Mode | None, asked_at: Place
) -> tuple[Document | None, str, list[Diagnostic]]:
    """The document in a file, the SHA-256 of the file, and what there is to complain of.

    None where it has no text that can be read. `asked_at` is where the leaflet names the file.
    Raises Problems where there is no such file in the project, or none of a kind that is known.
    """
    kind = _ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise Problems(
            [
                error(
                    "source-kind",
                    f"`{path.name}` is no file that can be read here.",
                    asked_at,
                    "Known are .pdf, .txt, .md and .html; word processors save as PDF.",
                )
            ]
        )
    data = project.read(path, PDF_LIMIT if kind == "pdf" else TEXT_LIMIT, asked_at)
    digest = sha256(data).hexdigest()
    if kind == "pdf":
        document, complaints = _read_pdf(project, path.name, data, digest, mode, asked_at)
        return document, digest, complaints
    file = project.show(path)
    text = _decoded_html(data, file) if kind == "html" else decode_utf8(data, file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if kind == "txt":
        document = plaintext.from_text(text, mode)
    else:
        document = plaintext.from_markdown(text) if kind == "md" else plaintext.from_html(text)
    complaints = list(_not_numbered(document, mode, path.name, asked_at))
    if not any(line.text for line in document.lines):
        return None, digest, [_unreadable("has no text in it.", path.name, asked_at, "")]
    return document, digest, complaints


def _read_pdf(
    project: Project, name: str, data: bytes, digest: str, mode: Mode | None, asked_at: Place
) -> tuple[Document | None, list[Diagnostic]]:
    answer = _answer(project, data, digest)
    if "error" in answer:
        message, hint = _REASONS[answer["error"]]
        return None, [_unreadable(message, name, asked_at, hint)]
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
        message, hint = _REASONS["scan" if any(page.unreadable for page in pages) else "empty"]
        return None, [_unreadable(message, name, asked_at, hint)]
    document = paper.document(pages, mode)
    return document, list(_not_numbered(document, mode, name, asked_at))


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
    "pages": ("has more than 2000 pages.", "Take out the part that is quoted."),
    "memory": ("needs too much memory to be read.", "Print it into a new PDF, and try that."),
    "time": (
        f"could not be read within {SECONDS} seconds.",
        "Print it into a new PDF, and try that.",
    ),
    "crash": (
        "cannot be read: the program that reads it breaks down.",
        "Print it into a new PDF, and try that.",
    ),
}


def _unreadable(message: str, name: str, place: Place, hint: str) -> Diagnostic:
    return warning(
        "source-unreadable", f"`{name}` {message}", place, f"{hint} No quote is checked.".strip()
    )


def _not_numbered(document: Document, mode: Mode | None, name: str, place: Place) -> Any:
    if mode == "margin" and (document.numbering is None or document.numbering.mode != "margin"):
        yield warning(
            "no-margin-numbers",
            f"No line numbers were found in the margin of `{name}`; its lines are counted.",
            place,
            "`brochure source LEAFLET` shows what was read. Write `lines: count` or `lines: page` "
            "if that is how you number them.",
        )


def _answer(project: Project, data: bytes, digest: str) -> dict[str, Any]:
    """What the PDF says, from the cache or from the reader."""
    file = project.cache / "sources" / f"{digest[:32]}-{_reader()}.json"
    try:
        known: dict[str, Any] = json.loads(file.read_bytes())
        if "pages" in known or known.get("error") in _REASONS:
            return known
    except (OSError, ValueError, AttributeError):
        pass
    answer = run_reader(data)
    if answer.get("error") not in ("time", "crash", "memory"):  # another machine may do better
        with contextlib.suppress(OSError):
            write_whole(file, json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
    return answer


@cache
def _reader() -> str:
    """What reads PDFs, as a short digest: after a change of it, they are read again."""
    folder = Path(__file__).parent
    code = b"".join((folder / name).read_bytes() for name in ("glyphs.py", "rows.py"))
    return sha256(code + version("pypdfium2").encode()).hexdigest()[:12]


def run_reader(data: bytes, seconds: float = SECONDS) -> dict[str, Any]:
    """What a PDF says, read by a process of its own: see `glyphs`."""
    if b"%PDF" not in data[:1024]:  # ISO 32000-1, annex H, note 13
        return {"error": "broken"}
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        run = subprocess.run(
            [sys.executable, "-m", "brochure.sources.glyphs"],
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        return {"error": "time"}
    try:
        answer: dict[str, Any] = json.loads(run.stdout)
    except ValueError:
        return {"error": "crash"}
    return answer


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
