"""Files from outside that are to lie beside a leaflet: what they are, and what they may be called.

What comes in may be anything, and may be called anything. Its kind is found out from its content,
and its name becomes plain letters.
"""

import re

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, error
from brochure.isolation import Stopped, Worker
from brochure.layout.compose.pictures import check_picture
from brochure.messages import say
from brochure.starters import plain_words

PICTURES = frozenset({".png", ".jpg", ".svg"})  # the kinds that a leaflet can show
_LIMITS = {
    ".pdf": bounds.SOURCE_PDF, ".png": bounds.PICTURE, ".jpg": bounds.PICTURE, ".svg": bounds.SVG
}  # fmt: skip
_NAME = 60  # characters, without the suffix
_DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)  # what Windows calls a device
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_COMMENT = re.compile("<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"(?:<\?[^>]*>)?\s*(?:<!doctype\s+(\w+)[^>]*>)?\s*<(\w+)", re.IGNORECASE)
_PICTURE_MEMORY = bounds.MEMORY + 4 * bounds.PICTURE


def kind_of(data: bytes, suffix: str = "") -> str:
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


def largest(kind: str) -> int:
    """How many bytes a file of a kind may have."""
    return _LIMITS.get(kind, bounds.SOURCE_TEXT)


def picture_diagnostics(
    worker: Worker, data: bytes, kind: str, name: str
) -> tuple[Diagnostic, ...]:
    """Why a picture cannot be drawn, if it cannot; it is decoded by `worker`, apart from this
    process. `name` is how users see it.
    """
    seconds = bounds.SECONDS + bounds.PICTURE_SECONDS
    try:
        return worker.call(seconds, _PICTURE_MEMORY, _picture_diagnostics, data, kind, name)
    except Stopped:
        message = say("`{file}` takes too long to draw, or too much memory.", file=name)
        hint = say("Open it in an image editor and export it again.")
        return (error("picture-too-large", message, Location(name), hint),)


def _picture_diagnostics(data: bytes, kind: str, name: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a picture; for a process of its own."""
    return tuple(check_picture(data, kind, name, Location(name)))


def safe_stem(stem: str) -> str:
    """A name of plain letters, digits and hyphens, which every system can store."""
    plain = "-".join(plain_words(stem))[:_NAME].strip("-")
    return f"datei-{plain}".strip("-") if not plain or _DEVICE.fullmatch(plain) else plain
