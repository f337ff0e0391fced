"""Reads a source in a process of its own: `python -m brochure.sources.worker pdf` (or md, html).

The file is on standard input, what it says goes to standard output as JSON. A file from strangers
may make a parser hang, crash, or want all the memory there is; none of that shall happen to the
build.
"""

import contextlib
import json
import sys
from typing import Any

MEMORY = 3_000_000_000  # bytes of address space


def main(kind: str) -> None:
    """Read standard input, write what it says to standard output."""
    _limit_memory()
    try:
        answer = read(kind, sys.stdin.buffer.read())
    except (MemoryError, RecursionError):
        answer = {"error": "memory"}
    data = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(data.encode("utf-8", "replace"))


def read(kind: str, data: bytes) -> dict[str, Any]:
    """``{"pages": …}`` of a PDF (see `glyphs`), ``{"lines": [[text, number, opens], …]}`` of
    Markdown or HTML in UTF-8, or ``{"error": …}`` with one word why not.
    """
    if kind == "pdf":
        from brochure.sources.glyphs import read as read_pdf

        return read_pdf(data)
    from brochure.sources.plaintext import from_html, from_markdown

    document = (from_markdown if kind == "md" else from_html)(data.decode())
    return {"lines": [(line.text, line.number, int(line.opens)) for line in document.lines]}


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main(sys.argv[1])
