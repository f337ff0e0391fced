"""The styles of a Word document: what a paragraph or a run inherits (ECMA-376, Part 1, 17.7)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from xml.etree.ElementTree import Element

from brochure.interchange.reading.elements import child, value
from brochure.interchange.reading.headings import level_of
from brochure.interchange.reading.raised import Shift

_OFF = ("0", "false", "off", "none")
_SHIFTS: dict[str, Shift | Literal["none"]] = {
    "superscript": "super", "subscript": "sub", "baseline": "none",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """How text looks; None: as what surrounds it (17.7.3)."""

    strong: bool | None = None
    emphasis: bool | None = None
    struck: bool | None = None
    hidden: bool | None = None
    shift: Shift | Literal["none"] | None = None

    def over(self, other: "Look") -> "Look":
        """These, and where they say nothing, the others."""
        return Look(
            other.strong if self.strong is None else self.strong,
            other.emphasis if self.emphasis is None else self.emphasis,
            other.struck if self.struck is None else self.struck,
            other.hidden if self.hidden is None else self.hidden,
            self.shift or other.shift,
        )

    def toggled(self, other: "Look") -> "Look":
        """Those of a style of characters in one of paragraphs: bold within bold is not (17.7.3)."""
        return Look(
            bool(self.strong) != bool(other.strong),
            bool(self.emphasis) != bool(other.emphasis),
            bool(self.struck) != bool(other.struck),
            bool(self.hidden) != bool(other.hidden),
            self.shift or other.shift,
        )


def look_of(properties: Element | None) -> Look:
    """What the properties of a run (``w:rPr``) say."""
    strike = _switch(properties, "w:strike")
    return Look(
        _switch(properties, "w:b"),
        _switch(properties, "w:i"),
        _switch(properties, "w:dstrike") or strike,
        _switch(properties, "w:vanish"),
        _shift(properties),
    )


def _shift(properties: Element | None) -> Shift | Literal["none"] | None:
    """Whether text stands raised or lowered (17.3.2.42), also by half-points (17.3.2.24)."""
    by = value(properties, "w:position") or ""
    if re.fullmatch(r"-?[1-9]\d{0,3}", by):
        return "sub" if by.startswith("-") else "super"
    return _SHIFTS.get(value(properties, "w:vertAlign") or "")


def _switch(properties: Element | None, name: str) -> bool | None:
    element = child(properties, name)
    return None if element is None else element.get("w:val") not in _OFF


def switched_on(properties: Element | None, name: str) -> bool:
    """Whether a property is there, and not off."""
    return bool(_switch(properties, name))


@dataclass(frozen=True)
class Style:
    """What a style says, with all that it is based on. `list` is the number of a list, and its
    level, empty if it says nothing.
    """

    own: str = ""  # its identifier
    name: str = ""
    heading: int = 0
    look: Look = Look()
    list: tuple[str, str] = ("", "")


NO_STYLE = Style()


class Styles:
    """The styles in ``word/styles.xml``."""

    def __init__(self, root: Element | None) -> None:
        self._root = root
        self._elements: dict[tuple[str, str], Element] = {}
        self._known: dict[tuple[str, str], Style] = {}
        self._defaults: dict[str, str] = {}
        for element in root if root is not None else ():
            if element.tag != "w:style":
                continue
            kind, name = element.get("w:type", "paragraph"), element.get("w:styleId", "")
            self._elements.setdefault((kind, name), element)  # the first counts: 17.7.4.17
            if element.get("w:default") not in (None, *_OFF):
                self._defaults[kind] = name

    def paragraph(self, name: str | None) -> Style:
        """The style of paragraphs with this identifier, or the one that those without have."""
        return self._style("paragraph", name)

    def characters(self, name: str | None) -> Style:
        """The style of runs with this identifier."""
        return self._style("character", name) if name else Style()

    @cached_property
    def language(self) -> str:
        """The language of the default style, or of the document; empty if neither is there."""
        default = self._elements.get(("paragraph", self._defaults.get("paragraph", "")))
        places = (
            value(default, "w:rPr", "w:lang"),
            value(self._root, "w:docDefaults", "w:rPrDefault", "w:rPr", "w:lang"),
        )
        return next(filter(None, places), "")

    def _style(self, kind: str, name: str | None) -> Style:
        key = kind, name or self._defaults.get(kind, "")
        if key not in self._known:
            self._known[key] = self._inherited(key)
        return self._known[key]

    def _inherited(self, key: tuple[str, str]) -> Style:
        own, heading, look = "", 0, Look()
        list_: tuple[str, str] = ("", "")
        for element in self._chain(key):
            name = value(element, "w:name") or key[1]
            own = own or name
            heading = heading or heading_level(child(element, "w:pPr"), name)
            look = look.over(look_of(child(element, "w:rPr")))
            list_ = list_ if list_[0] else list_of(child(element, "w:pPr"))
        return Style(key[1], own or key[1], max(heading, 0), look, list_)

    def _chain(self, key: tuple[str, str]) -> Iterator[Element]:
        """A style, the one that it is based on, and so on."""
        seen = set()
        while key not in seen and key in self._elements:
            seen.add(key)
            element = self._elements[key]
            yield element
            key = key[0], value(element, "w:basedOn") or ""


def heading_level(properties: Element | None, name: str = "") -> int:
    """The level of a heading, from 1; 0 if properties and name of a style say nothing, -1 if they
    say that it is text (17.3.1.20).
    """
    outline = value(properties, "w:outlineLvl")
    if outline is not None and outline.isdecimal():
        return int(outline) + 1 if int(outline) < 9 else -1
    return level_of(name)


def list_of(properties: Element | None) -> tuple[str, str]:
    """The number of the list that a paragraph is in, and its level; empty without."""
    numbering = child(properties, "w:numPr")
    return value(numbering, "w:numId") or "", value(numbering, "w:ilvl") or ""
