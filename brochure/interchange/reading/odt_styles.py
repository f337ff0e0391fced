"""The styles and lists of an OpenDocument text (OpenDocument 1.3, part 3, 16 and 19)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from brochure.interchange.reading.elements import child, every
from brochure.interchange.reading.headings import level_of
from brochure.interchange.reading.numerals import numeral
from brochure.interchange.reading.raised import Shift

_FORMATS = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
}  # fmt: skip
_LINES = ("dotted", "dash", "long-dash", "dot-dash", "dot-dot-dash", "wave")
_BULLET = "•"
_PRIVATE = range(0xE000, 0xF900)  # what the fonts of symbols have


@dataclass(frozen=True)
class Style:
    """What a style says, with all that it is based on; None where it says nothing."""

    name: str = ""
    heading: int = 0
    strong: bool | None = None
    emphasis: bool | None = None
    struck: bool | None = None
    hidden: bool | None = None
    shift: Shift | None = None
    starts_page: bool = False


NO_STYLE = Style()


class Styles:
    """The styles of ``styles.xml`` and the automatic ones of ``content.xml``."""

    def __init__(self, *roots: Element | None) -> None:
        self._elements: dict[tuple[str, str], Element] = {}
        self._lists: dict[str, dict[int, Element]] = {}
        self._known: dict[tuple[str, str], Style] = {}
        self.language = ""
        for root in roots:
            if root is None:
                continue
            for element in every(root, "style:style"):
                key = element.get("style:family", ""), element.get("style:name", "")
                self._elements[key] = element
            for element in every(root, "text:list-style"):
                self._lists[element.get("style:name", "")] = {
                    int(level.get("text:level", "1")): level
                    for level in element
                    if level.get("text:level", "1").isdecimal()
                }
            for element in every(root, "style:default-style"):
                text = child(element, "style:text-properties")
                if element.get("style:family") == "paragraph" and text is not None:
                    parts = text.get("fo:language", ""), text.get("fo:country", "")
                    shown = [one for one in parts if one not in ("", "none")]
                    self.language = self.language or "-".join(shown)

    def style(self, family: str, name: str) -> Style:
        """A style by its name; one that says nothing, where there is none."""
        key = family, name
        if key not in self._known:
            self._known[key] = self._inherited(key)
        return self._known[key]

    def _inherited(self, key: tuple[str, str]) -> Style:
        found: dict[str, str] = {}
        name, heading, starts = "", 0, ""
        for element in self._chain(key):
            text = child(element, "style:text-properties")
            for attribute, value in text.items() if text is not None else ():
                found.setdefault(attribute, value)
            paragraph = child(element, "style:paragraph-properties")
            if paragraph is not None:
                starts = starts or paragraph.get("fo:break-before", "")
            own = element.get("style:display-name") or _decoded(element.get("style:name", ""))
            # Automatic styles (P1, T3) are those that a program makes of what is set by hand.
            if not name or re.fullmatch(r"[PT]\d+", name):
                name = own
            level = element.get("style:default-outline-level", "")
            heading = heading or (int(level) if level.isdecimal() and len(level) < 3 else 0)
            heading = heading or level_of(own)
        return Style(
            name=name,
            heading=heading,
            strong=_one_of(found.get("fo:font-weight"), "bold", "600", "700", "800", "900"),
            emphasis=_one_of(found.get("fo:font-style"), "italic", "oblique"),
            struck=_one_of(found.get("style:text-line-through-style"), "solid", *_LINES),
            hidden=_one_of(found.get("text:display"), "none"),
            shift=_shift(found.get("style:text-position", "")),
            starts_page=starts == "page",
        )

    def _chain(self, key: tuple[str, str]) -> Iterator[Element]:
        """A style, the one that it is based on, and so on."""
        seen = set()
        while key not in seen and key in self._elements:
            seen.add(key)
            yield self._elements[key]
            key = key[0], self._elements[key].get("style:parent-style-name", "")

    def marker(self, style: str, level: int, counts: "Counts") -> str:
        """The marker of the next item of a list of this style, at this level from 1."""
        definition = self._lists.get(style, {}).get(level)
        if definition is None:
            return _BULLET
        if definition.tag != "text:list-level-style-number":
            text = definition.get("text:bullet-char", _BULLET)
            return _BULLET if not text or ord(text[0]) in _PRIVATE else text
        counts.count(level, _number(definition.get("text:start-value"), 1))
        shown = min(_number(definition.get("text:display-levels"), 1), level)
        numbers = []
        for depth in range(level - shown + 1, level + 1):
            of = self._lists[style].get(depth)
            written = _FORMATS.get(of.get("style:num-format", "") if of is not None else "")
            if written:
                numbers.append(numeral(counts.value(depth), written))
        if not numbers:
            return ""
        before, after = (definition.get(f"style:num-{one}", "") for one in ("prefix", "suffix"))
        return f"{before}{'.'.join(numbers)}{after}".strip()


@dataclass
class Counts:
    """How far the items of a list have been counted, by level."""

    _counts: dict[int, int] = field(default_factory=dict)

    def count(self, level: int, start: int) -> None:
        """Count an item."""
        self._counts[level] = self._counts.get(level, start - 1) + 1
        for deeper in [one for one in self._counts if one > level]:
            del self._counts[deeper]

    def begin(self, level: int, number: int) -> None:
        """Give the next item at a level this number."""
        self._counts[level] = number - 1

    def value(self, level: int) -> int:
        """The number of the last item at a level."""
        return self._counts.get(level, 1)


def _shift(position: str) -> Shift | None:
    """Where text stands by its position, and size: ``super 58%``, ``-33% 58%`` (20.390)."""
    place = position.split()[:1]
    if place in ([], ["0%"]):
        return None
    return "sub" if place == ["sub"] or place[0].startswith("-") else "super"


def _one_of(value: str | None, *values: str) -> bool | None:
    return None if value is None else value in values


def _decoded(name: str) -> str:
    """A name as users see it: ``Heading_20_1`` (19.502)."""
    return re.sub(r"_([0-9a-fA-F]{1,4})_", lambda match: chr(int(match[1], 16)), name)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default
