"""A leaflet as it goes out to be read and changed elsewhere: its texts by keys, and what of it
travels along so that the file knows where it came from.

A key is that of the leaflet, passages by their ids: ``passages.trees.quote.text``. What a reader
of Word sees no place for (print options, files, colours) is no text; it stays in the leaflet. All
that the leaflet says goes along unseen as its *origin*, which tells changes that were made
elsewhere from those that were made in the leaflet meanwhile.
"""

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from brochure import bounds
from brochure.diagnostics import DiagnosticsError
from brochure.manuscript.load import pictures, validate_leaflet
from brochure.manuscript.model.fields import PAGE
from brochure.manuscript.text.language import Language, fill_placeholders
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml.nodes import Plain, TreePath, plain
from brochure.project import Project

# What is in a leaflet and no text of it, by the last steps of its keys.
_NO_TEXTS = frozenset(
    {"id", "language", "design", "codes", "fit", "preflight", "numbered", "accent", "verification",
     "file", "shape", "after", "before", "replaced"}
)  # fmt: skip
_PROSE = frozenset({"lead", "contact", "imprint", "text"})
_RAW = frozenset({"source", "author", "date", "picture", "logo", "slots", "verdicts", "verdict"})
_RAW_LAST = frozenset({"page", "lines", "date", "time", "when", "reference"})
Form = Literal["prose", "quote", "line", "raw"]
_LINES = r"\d+(?:\s?[-–]\s?\d+)?"
_NUMBERS = {
    "{page}": rf"(?P<page>{PAGE}(?:\s?[-–]\s?{PAGE})?)",
    "{lines}": rf"(?P<lines>{_LINES}(?:,\s?{_LINES})*)",
}
MARK = "_brochure_"
NAMESPACE = "urn:brochure:origin"  # of the XML that an origin is kept in
_DIGITS = 16
_VERSION = 1
_ID = re.compile("[a-z0-9][a-z0-9-]*")
_DEPTH = 12  # of what is within each other in a leaflet


@dataclass(frozen=True)
class Origin:
    """Where a file came from: all that the leaflet said.

    `shown` are the texts that are made of several values, by their keys; `patterns` are the ways
    in which references are written.
    """

    leaflet: str
    variant: str
    content: Plain
    shown: Mapping[str, str]
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Outgoing:
    """A leaflet that goes out, with the pictures that it names, by their files."""

    origin: Origin
    language: Language
    pictures: Mapping[str, bytes]


def read_outgoing(project: Project, name: str, variant: str | None = None) -> Outgoing:
    """A leaflet, slots as they are written; or a variant, slots filled in.

    Raises DiagnosticsError with everything that is wrong in it. Pictures that cannot be read are
    left out.
    """
    bundle = read_bundle(project, name)
    manuscript = validate_leaflet(project, bundle.resolve(variant))
    content = plain(bundle.base.root if variant is None else manuscript.tree.root)
    found: dict[str, bytes] = {}
    for _, file in pictures(manuscript.leaflet):
        try:
            path = project.manuscript(name).parent / file
            found[file] = project.read(path, bounds.PICTURE)
        except DiagnosticsError:
            continue
    patterns = _patterns(content, manuscript.language)
    shown = dict(_shown(content, manuscript.language))
    origin = Origin(name, variant or "", content, shown, patterns)
    return Outgoing(origin, manuscript.language, found)


def texts_of(content: Plain) -> dict[str, str]:
    """All texts of a leaflet by their keys, in the order of the file."""
    return {
        ".".join(map(str, path)): text.strip()
        for path, text in _scalars(content)
        if text.strip() and not _is_no_text(path)
    }


def _is_no_text(path: TreePath) -> bool:
    if path[-2:] == ("source", "lines"):
        return True
    return path[-1] in _NO_TEXTS or path[0] in _NO_TEXTS


def _scalars(value: Plain, path: TreePath = ()) -> Iterator[tuple[TreePath, str]]:
    match value:
        case str():
            yield path, value
        case dict():
            for key, inner in value.items():
                yield from _scalars(inner, (*path, key))
        case list():
            for index, inner in enumerate(value):
                named = inner.get("id") if isinstance(inner, dict) else None
                yield from _scalars(inner, (*path, named if isinstance(named, str) else index))
        case None:
            pass


def passage_ids(content: Plain) -> tuple[str, ...]:
    """The ids of the passages of a leaflet, in their order."""
    passages = content.get("passages") if isinstance(content, dict) else None
    items = passages if isinstance(passages, list) else []
    ids = (item.get("id") if isinstance(item, dict) else None for item in items)
    return tuple(id_ for id_ in ids if isinstance(id_, str))


def form_of(key: str) -> Form:
    """How a text is written: as Markdown with paragraphs (that of the initiative, or of a quote),
    as one line of it, or so that every character means itself.
    """
    steps = key.split(".")
    steps = steps[2:] if steps[0] == "passages" else steps
    if is_quote(key):
        return "quote"
    if _RAW & {*steps} - {*steps[1:][-1:]} or "highlight" in steps or steps[-1] in _RAW_LAST:
        return "raw"
    if steps[0] == "imprint" and len(steps) > 2:
        return "raw"
    return "prose" if steps[-1] in _PROSE else "line"


def is_quote(key: str) -> bool:
    """Whether a text is the words of a quote."""
    return key.startswith("passages.") and key.endswith(".quote.text")


def mark_of(key: str) -> str:
    """The name of the bookmark at the text of a key: letters and digits, at most 40 in Word; what
    begins with an underscore is not listed there.
    """
    return MARK + hashlib.sha256(key.encode()).hexdigest()[:_DIGITS]


def packed(origin: Origin) -> str:
    """An origin as letters that every file can hold."""
    data = {
        "version": _VERSION,
        "leaflet": origin.leaflet,
        "variant": origin.variant,
        "content": origin.content,
        "shown": dict(origin.shown),
        "patterns": list(origin.patterns),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def unpacked(text: str) -> Origin | None:
    """The origin in such letters; None if there is none that can be understood."""
    try:
        inflating = zlib.decompressobj()
        raw = base64.b64decode(re.sub(r"\s", "", text), validate=True)
        data = json.loads(inflating.decompress(raw, 2 * bounds.MANUSCRIPT))
        if data["version"] != _VERSION or not isinstance(data["content"], dict):
            return None
        shown = {str(key): str(value) for key, value in dict(data["shown"]).items()}
        patterns = tuple(map(str, data["patterns"]))
        content = _as_plain(data["content"])
        if not has_sound_ids(content):
            return None
        return Origin(str(data["leaflet"]), str(data["variant"]), content, shown, patterns)
    except (binascii.Error, zlib.error, ValueError, KeyError, TypeError, RecursionError):
        return None


def has_sound_ids(content: Plain) -> bool:
    """Whether each passage has an id of its own, so that keys are clear."""
    passages = content.get("passages") if isinstance(content, dict) else None
    items = passages if isinstance(passages, list) else []
    ids = passage_ids(content)
    return len(ids) == len(items) == len(set(ids)) and all(map(_ID.fullmatch, ids))


def _as_plain(value: object, depth: int = 0) -> Plain:
    if depth > _DEPTH:
        raise ValueError
    match value:
        case dict():
            return {str(key): _as_plain(inner, depth + 1) for key, inner in value.items()}
        case list():
            return [_as_plain(inner, depth + 1) for inner in value]
        case str():
            return value
        case _:
            return None


def _shown(content: Plain, language: Language) -> Iterator[tuple[str, str]]:
    """What is shown of a leaflet that is made of several values: references, verdicts, a day."""
    if not isinstance(content, dict):
        return
    texts = texts_of(content)
    if "event.date" in texts and "{{" not in texts["event.date"] + texts.get("event.time", ""):
        when = [language.format_day(texts["event.date"])]
        if "event.time" in texts:
            when.append(
                language.format_time(re.sub(r"\s*[-–]\s*", "–", _clock(texts["event.time"])))
            )
        yield "event.when", " ".join(re.sub(r"\s", " ", ", ".join(when)).split())
    for id_ in passage_ids(content):
        quote, own = f"passages.{id_}.quote", f"passages.{id_}"
        page, lines = (texts.get(f"{quote}.{key}", "") for key in ("page", "lines"))
        pattern = texts.get(f"{quote}.source.reference") or texts.get("source.reference", "")
        if shown := reference(page, lines, pattern, language):
            yield f"{own}.reference", shown
        if name := texts.get(f"{own}.verdict"):
            yield f"{own}.verdict", texts.get(f"verdicts.{name}.word", name)


def _clock(time: str) -> str:
    """Times with two digits for the hour, as `Language.format_time` takes them."""
    return re.sub(r"\b(\d):", r"0\1:", time)


def reference(page: str, lines: str, pattern: str, language: Language) -> str:
    """Where a quote is found, as people read it; empty if nothing is known."""
    page, lines = (re.sub(r"\s*[-–]\s*", "–", text) for text in (page, lines))
    if not page and not lines:
        return ""
    words = language.words
    fits = pattern and ("{page}" in pattern) == bool(page) and ("{lines}" in pattern) == bool(lines)
    if not fits:
        several = any(sign in lines for sign in "–,")
        single = words.lines if several else words.line
        pattern = (words.page_line if page else single) if lines else words.only_page
    return fill_placeholders(pattern, page=page, lines=lines)


def _patterns(content: Plain, language: Language) -> tuple[str, ...]:
    """All ways in which references are written."""
    texts = texts_of(content)
    own = [text for key, text in texts.items() if key.endswith("source.reference")]
    words = language.words
    usual = (words.page_line, words.lines, words.line, words.only_page)
    return tuple(dict.fromkeys((*own, *usual)))


def numbers_in(text: str, patterns: tuple[str, ...]) -> tuple[str, str] | None:
    """The page and the lines in a reference that somebody wrote, as a leaflet has them; None if it
    is written in no way that is known.
    """
    text = " ".join(text.split())
    for pattern in patterns:
        if pattern.count("{page}") > 1 or pattern.count("{lines}") > 1:
            continue
        parts = re.split(r"(\{page\}|\{lines\})", pattern)
        expression = "".join(_NUMBERS.get(part) or _loosely(part) for part in parts)
        if found := re.fullmatch(expression, text):
            named = found.groupdict()
            return _hyphens(named.get("page", "")), _hyphens(named.get("lines", ""))
    return None


def _loosely(text: str) -> str:
    """An expression for a text whose spaces somebody may have left out."""
    return r"\s?".join(map(re.escape, re.split(r"\s+", text)))


def _hyphens(numbers: str) -> str:
    return re.sub(r"\s?[-–]\s?", "-", numbers)
