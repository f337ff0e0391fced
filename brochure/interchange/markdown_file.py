"""A leaflet as one Markdown file, for people who read, change and comment it as text.

Above each text, a comment (``<!-- title -->``) says what it is; what follows is that text, up to
the next one. At the end, another comment holds the origin.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence

from brochure.interchange.arrangement import Piece, arranged
from brochure.interchange.outgoing import Origin, Outgoing, form_of, packed, unpacked
from brochure.manuscript.model.leaflet import Leaflet

_TAG = re.compile(r"<!-- (label: )?(\S.*?) -->\s*")
_ORIGIN = re.compile(rb"<!-- brochure:origin\s([A-Za-z0-9+/=\s]+)-->")
_LARGEST = 4_000_000  # bytes at the end of a file in which an origin is looked for
_LINE = 96  # letters of an origin in a line


def markdown_file(outgoing: Outgoing) -> str:
    """A leaflet as the text of a Markdown file."""
    return "\n\n".join(_parts(outgoing)) + "\n"


def _parts(outgoing: Outgoing) -> Iterator[str]:
    arrangement = arranged(outgoing)
    pieces = [*arrangement.front, *arrangement.columns]
    for row in arrangement.rows:
        pieces += [*row.left, *row.right]
    pieces += arrangement.back
    if arrangement.details:
        pieces.append(arrangement.details_title)
        for label, text in arrangement.details:
            pieces += [label, text]
    for piece in pieces:
        if not piece.picture:
            yield _written(piece)
    lines = textwrap.wrap(packed(outgoing.origin), _LINE)
    yield "\n".join(["<!-- brochure:origin", *lines, "-->"])


def _written(piece: Piece) -> str:
    if piece.key.startswith("label:"):
        shown = f"## {piece.text}" if piece.role == "section" else f"**{piece.text}**"
        return f"<!-- label: {piece.text} -->\n{shown}"
    form, text = form_of(piece.key), piece.text
    if form != "raw":
        text = re.sub(r"(?m)^(\s*)(<!-- )", r"\1\\\2", text)
    if form == "quote":
        text = re.sub(r"(?m)^(?=.)", "> ", text).replace("\n\n", "\n>\n")
    return f"<!-- {piece.key} -->\n{_prefix(piece.key)}{text}"


def _prefix(key: str) -> str:
    """The sign of a heading, for the texts that are one."""
    last = key.rpartition(".")[2]
    if key == "title":
        return "# "
    if key in ("subtitle", "event.title", "call.heading", "columns.quote", "columns.commentary"):
        return "## "
    return "### " if key.startswith("passages.") and last == "heading" else ""


def texts_in(text: str) -> Iterator[tuple[str, str]]:
    """The keys and texts of such a file, in its order; an empty key for what belongs to none, as
    comments that somebody wrote.
    """
    key, lines = "", list[str]()
    text = _ORIGIN.sub(b"", text.encode()).decode()
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        tag = _TAG.fullmatch(line)
        if tag is None:
            lines.append(line)
        elif tag[1] or _is_key(tag[2]):
            yield from _of_key(key, lines)
            key, lines = f"{tag[1] or ''}{tag[2]}", []
        else:
            yield "", tag[2]
    yield from _of_key(key, lines)


def _is_key(text: str) -> bool:
    steps = text.split(".")
    known = steps[0] in Leaflet.model_fields and all(steps)
    return known and (steps[0] != "passages" or len(steps) > 2)


def _of_key(key: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The text below a comment that names a key."""
    found = "\n".join(lines).strip()
    if key.startswith("label: "):
        shown = re.sub(r"\A(?:## |\*\*)(.*?)(?:\*\*)?(?=\n|\Z)", r"\1", found)
        key, found = "", shown.removeprefix(key.removeprefix("label: ")).strip()
    if found:
        yield key, _read(key, found)


def _read(key: str, text: str) -> str:
    """A text without what stands around it in the file."""
    if not key:
        return text
    if prefix := _prefix(key):
        text = re.sub(r"\A#{1,6}\s+", "", text) if text.startswith("#") and prefix else text
    if form_of(key) == "quote":
        text = re.sub(r"(?m)^> ?", "", text)
    if form_of(key) != "raw":
        text = re.sub(r"(?m)^(\s*)\\(<!-- )", r"\1\2", text)
    return text.strip()


def origin_in(data: bytes) -> Origin | None:
    """Where a Markdown file came from, if it went out as a leaflet."""
    found = _ORIGIN.search(data[-_LARGEST:])
    return unpacked(found[1].decode("ascii")) if found else None
