"""References to lines and pages, in the many ways in which people write them."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_SPACE = r"[\s\u00a0\u202f]*"
_DASH = rf"{_SPACE}(?:[-\u2010-\u2015]|bis|to){_SPACE}"
_NUMBER = r"(?:\d{1,3}(?:[.\u2019'\u00a0\u202f]\d{3})+(?!\d)|\d{1,9})"
_RANGE = rf"{_NUMBER}(?:{_DASH}{_NUMBER})?"
_LIST = rf"{_RANGE}(?:{_SPACE}(?:,|;|\bund\b|\band\b|u\.|&|\+){_SPACE}{_RANGE})*(?!\d)"
_FOLLOWING = r"(?:[\s\u00a0\u202f]?ff?\b\.?)?"
_LINES = rf"\b(?:Zeilen?|Zl?\.|lines?|ll?\.){_SPACE}(?P<lines>{_LIST}{_FOLLOWING})"
_PAGE = rf"\b(?:Seiten?|SS?\.|pages?|pp?\.){_SPACE}(?P<page>{_LIST}{_FOLLOWING})"
_BETWEEN = rf"(?:{_SPACE}[,;/:]{_SPACE}|{_SPACE})"
_FORMS = (
    f"{_PAGE}{_BETWEEN}{_LINES}",
    f"{_LINES}{_BETWEEN}{_PAGE}",
    _LINES,
    _PAGE,
)
_FLAGS = re.IGNORECASE
# What stands around a reference: parentheses, a dash, the end of a sentence.
_OPEN = r"(?:[(\[–—―-][\s\u00a0\u202f]*)?"
_CLOSE = r"[\s\u00a0\u202f]*[)\]]?[.:;,]?"
_ALONE = [re.compile(rf"{_SPACE}{_OPEN}{form}{_CLOSE}{_SPACE}", _FLAGS) for form in _FORMS]
_IN_BRACKETS = [
    re.compile(rf"{_SPACE}[(\[]{_SPACE}{form}{_SPACE}[)\]]{_SPACE}[.:,;]?{_SPACE}$", _FLAGS)
    for form in _FORMS
]
_AT_END = [
    re.compile(rf"(?:(?<=[“”\"«»])|[,;|:–—-]|\s){_SPACE}{form}[.:;,]?{_SPACE}$", _FLAGS)
    for form in _FORMS
]
_AT_START = [
    re.compile(rf"{_SPACE}{_OPEN}{form}{_SPACE}(?:[)\]]{_SPACE}:?|:|[–—-](?=\s)){_SPACE}", _FLAGS)
    for form in _FORMS
]
_LONGEST = 200  # characters of a reference, with what stands around it
_FF = re.compile(r"[\s\u00a0\u202f]?(ff?)\.?$", _FLAGS)
_JOINTS = re.compile(rf"{_SPACE}(?:,|;|\bund\b|\band\b|u\.|&|\+){_SPACE}", _FLAGS)


@dataclass(frozen=True)
class Reference:
    """A reference: `lines` and `page` as ``leaflet.yaml`` writes them (``12-14, 17``), empty for
    none; how it is worded, with {lines} and {page}; and the words as they were written.

    `following`: it said “f.” or “ff.”, which was read as one more (f.), or left out (ff.).
    """

    lines: str
    page: str
    pattern: str
    written: str
    following: bool = False


def alone(text: str) -> Reference | None:
    """The reference that a text is, and nothing else."""
    if len(text) > _LONGEST:
        return None
    for pattern in _ALONE:
        if found := pattern.fullmatch(text):
            return _reference(found)
    return None


def at_end(text: str, *, heading: bool = False) -> tuple[str, Reference] | None:
    """A text without the reference at its end: in brackets, or behind a closing quotation mark; in
    a heading, after any space.
    """
    start = max(0, len(text) - _LONGEST)
    for patterns in (_IN_BRACKETS, _AT_END):
        for pattern in patterns:
            found = pattern.search(text, start)
            if not found or not text[: found.start()].strip():
                continue
            before = text[: found.start()].rstrip()
            if patterns is _AT_END and not heading and not before.endswith(tuple('“”"«»’')):
                continue
            return before, _reference(found)
    return None


def at_start(text: str) -> tuple[str, Reference] | None:
    """A text without the reference at its beginning, as in “Z. 12–14: …”."""
    for pattern in _AT_START:
        found = pattern.match(text, 0, _LONGEST)
        if found and text[found.end() :].strip():
            return text[found.end() :].lstrip(), _reference(found)
    return None


def common_pattern(references: Iterable[Reference]) -> str:
    """How most references are worded; empty where one of them has a number that this wording has no
    place for, or has none for one that it needs.
    """
    every = tuple(references)
    if not every:
        return ""
    several = Counter(r.pattern for r in every if re.search("[-,]", r.lines or r.page))
    (pattern, _), *_ = (several or Counter(r.pattern for r in every)).most_common(1)
    fits = all(
        bool(r.lines) == ("{lines}" in pattern) and bool(r.page) == ("{page}" in pattern)
        for r in every
    )
    return pattern if fits else ""


def _reference(found: re.Match[str]) -> Reference:
    numbers = found.groupdict()
    written = found[0].strip()
    lines, page = numbers.get("lines") or "", numbers.get("page") or ""
    spans = sorted((found.span(name), name) for name, value in numbers.items() if value)
    pattern, last = "", found.start()
    for (start, end), name in spans:
        pattern += found.string[last:start] + "{" + name + "}"
        last = end
    pattern += found.string[last : found.end()]
    pattern = pattern.strip().lstrip('([–—―-,;|:“”"«» \u00a0').rstrip(")].:;, \u00a0")
    read_lines, lines_follow = _numbers(lines)
    read_page, page_follows = _numbers(page)
    return Reference(read_lines, read_page, pattern, written, lines_follow or page_follows)


def _numbers(written: str) -> tuple[str, bool]:
    """Numbers in the form of ``leaflet.yaml``, and whether they said “f.” or “ff.”."""
    following = _FF.search(written)
    plain = written[: following.start()] if following else written
    parts: list[str] = []
    for part in _JOINTS.split(plain):
        ends = [re.sub(r"\D", "", end) for end in re.split(_DASH, part)]
        parts.append("-".join(filter(None, ends)))
    if following and following[1].lower() == "f" and parts and parts[-1].isdigit():
        parts[-1] = f"{parts[-1]}-{int(parts[-1]) + 1}"
    return ", ".join(filter(None, parts)), bool(following)
