"""The lists of a Word document: which marker an item is shown with (ECMA-376, Part 1, 17.9)."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from brochure.interchange.reading.elements import child, value
from brochure.interchange.reading.numerals import numeral

_LEVELS = 9
_BULLET = "•"
_PRIVATE = range(0xE000, 0xF900)  # what the fonts of symbols have


@dataclass
class _List:
    """A list: its levels, and how far each has been counted. Numbers share them."""

    levels: dict[int, Element]
    counts: dict[int, int] = field(default_factory=dict)


class Lists:
    """The lists in ``word/numbering.xml``."""

    def __init__(self, root: Element | None) -> None:
        definitions: dict[str, _List] = {}
        by_style: dict[str, _List] = {}
        links: dict[str, str] = {}
        self._lists: dict[str, _List] = {}
        self._overrides: dict[str, dict[int, Element]] = {}
        self._used: set[tuple[str, int]] = set()
        for element in root if root is not None else ():
            if element.tag == "w:abstractNum":
                own = element.get("w:abstractNumId", "")
                levels = {_level(one): one for one in element if one.tag == "w:lvl"}
                definitions[own] = _List(levels)
                if style := value(element, "w:styleLink"):
                    by_style[style] = definitions[own]
                if link := value(element, "w:numStyleLink"):
                    links[own] = link
            elif element.tag == "w:num":
                own = element.get("w:numId", "")
                definition = value(element, "w:abstractNumId") or ""
                known = by_style.get(links.get(definition, "")) or definitions.get(definition)
                if known is not None:
                    self._lists[own] = known
                    self._overrides[own] = {
                        _level(one): one for one in element if one.tag == "w:lvlOverride"
                    }

    def level_of_style(self, number: str, style: str) -> str:
        """The level of a list that a style of paragraphs has (17.9.23); the first without."""
        known = self._lists.get(number)
        levels = known.levels if known else {}
        return next((str(n) for n, one in levels.items() if value(one, "w:pStyle") == style), "0")

    def marker(self, number: str, level: str) -> str:
        """The marker of the next item of a list; empty if there is none."""
        known = self._lists.get(number)
        depth = int(level) if level.isdecimal() and int(level) < _LEVELS else 0
        if known is None:
            return ""
        override = self._overrides[number].get(depth)
        definition = child(override, "w:lvl")
        if definition is None:
            definition = known.levels.get(depth)
        if definition is None:
            return ""
        start = _number(value(override, "w:startOverride"), -1)
        if start >= 0 and (number, depth) not in self._used:
            known.counts.pop(depth, None)
        self._used.add((number, depth))
        begin = start if start >= 0 else _number(value(definition, "w:start"), 1)
        known.counts[depth] = known.counts.get(depth, begin - 1) + 1
        for deeper in [one for one in known.counts if one > depth]:
            if value(known.levels.get(deeper), "w:lvlRestart") != "0":
                del known.counts[deeper]
        return _shown(definition, known, depth)


def _shown(definition: Element, known: _List, own: int) -> str:
    text = value(definition, "w:lvlText") or ""
    if value(definition, "w:numFmt") == "bullet":
        plain = "".join(c for c in text if ord(c) not in _PRIVATE).strip()
        return plain if plain and plain != "o" else _BULLET  # an “o” of Courier is a circle

    def number(match: re.Match[str]) -> str:
        depth = int(match[1]) - 1
        level = definition if depth == own else known.levels.get(depth)
        count = known.counts.get(depth, _number(value(level, "w:start"), 1))
        legal = child(definition, "w:isLgl") is not None
        return numeral(count, "decimal" if legal else value(level, "w:numFmt") or "decimal")

    return re.sub(r"%([1-9])", number, text).strip()


def _level(element: Element) -> int:
    return _number(element.get("w:ilvl"), 0)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default
