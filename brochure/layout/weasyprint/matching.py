"""Which rules apply to which element of a document, asked once for all documents of its shape.

What a selector looks at are the tags and attributes of elements, how they are nested, and whether
there is any text (``:empty``). Variants of a leaflet have that in common, and so has what somebody
types with what they typed before. Attributes for data, and for metadata, hold words, and count only
where a style sheet asks for attributes in another way than by a plain name (`Rules`).
"""

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from math import inf
from typing import Any

_PLAIN = re.compile(
    r"\[\s*(?:[a-z][a-z-]*\s*\]|(?!data-|content\b)[a-z][a-z-]*\s*[~^$*|]?=)", re.IGNORECASE
)
_MOST = 256  # results that are kept: of one sheet, or all of a layout, in documents of one shape
Element = Any  # of ElementTree


@dataclass(frozen=True)
class Rules:
    """What is known of a style sheet that is kept: whether it may ask for the data of elements."""

    reads_data: bool

    @classmethod
    def of(cls, css: str) -> "Rules":
        """What its text says. Sheets that it imports may ask for anything."""
        return cls("@import" in css.lower() or css.count("[") != len(_PLAIN.findall(css)))


@dataclass(frozen=True, eq=False, slots=True)
class Match:
    """A rule that applies to an element, or to its pseudo-element of a name: the same object
    wherever it does.
    """

    pseudo: str | None
    origin: str
    layer: float
    specificity: Any
    declarations: Any


@dataclass(frozen=True, eq=False)
class _Sheet:
    """A style sheet and its rules, by their numbers in it."""

    sheet: Any
    rules: dict[int, Match] = field(default_factory=dict)


class _Document:
    """The elements of a document, in order, each with its parent."""

    def __init__(self, html: Any) -> None:
        self.html = html
        self.elements: list[Element] = []
        self.parents: list[Element | None] = []
        self._shape: list[object] = []
        self._words: list[object] = []
        self._wrapped: list[Any] = []
        self._digests: dict[bool, bytes] = {}
        self._walk(html.etree_element)

    def _walk(self, root: Element) -> None:
        stack: list[tuple[Element, Element | None, int]] = [(root, None, 0)]
        while stack:
            element, parent, depth = stack.pop()
            self.elements.append(element)
            self.parents.append(parent)
            attributes = dict(element.attrib)
            for name in _names_of_words(attributes):
                self._words.append(attributes[name])
                attributes[name] = ""
            self._shape.append((element.tag, depth, bool(element.text), attributes))
            children = [child for child in element if isinstance(child.tag, str)]
            stack += [(child, element, depth + 1) for child in reversed(children)]

    def shape(self, *, with_words: bool) -> bytes:
        """A digest of all that selectors look at."""
        if with_words not in self._digests:
            parts = [self._shape, self._words if with_words else None]
            self._digests[with_words] = sha256(repr(parts).encode()).digest()
        return self._digests[with_words]

    def wrapped(self) -> list[Any]:
        """The elements as selectors are asked about them."""
        if not self._wrapped:
            self._wrapped = [*self.html.wrapper_element.iter_subtree()]
        return self._wrapped


def _names_of_words(attributes: dict[str, str]) -> list[str]:
    names = [name for name in attributes if name.startswith("data-")]
    if "content" in attributes and "name" in attributes and "http-equiv" not in attributes:
        names.append("content")
    return names


class Matches:
    """Which rules apply to which element, as far as it was asked."""

    def __init__(self) -> None:
        self._document: _Document | None = None
        self._sheets: OrderedDict[object, _Sheet] = OrderedDict()
        self._of_sheets: OrderedDict[object, tuple[Any, list[tuple[Match, ...]]]] = OrderedDict()
        self._of_all: OrderedDict[object, tuple[Any, list[tuple[Match, ...]]]] = OrderedDict()

    def of(
        self, html: Any, sheets: list[tuple[Any, str, Any]]
    ) -> Iterator[tuple[Element, Element | None, tuple[Match, ...]]]:
        """All elements in order, each with its parent and the rules that apply to it, in the order
        of `sheets`: each with its origin, and the specificity of its rules if that is given.
        """
        document = self._document
        if document is None or document.html is not html:
            document = self._document = _Document(html)
        words = any(getattr(sheet, "kept", Rules(True)).reads_data for sheet, *_ in sheets)
        shape = document.shape(with_words=words)
        key = (shape, *(id(sheet) for sheet, *_ in sheets))
        found = self._of_all.get(key)
        if found is None:
            each = [self._of_sheet(document, shape, *sheet) for sheet in sheets]
            merged = [sum(of_one, ()) for of_one in zip(*each, strict=True)]
            found = _kept(self._of_all, key, (sheets, merged))
        self._of_all.move_to_end(key)
        return zip(document.elements, document.parents, found[1], strict=True)

    def _of_sheet(
        self, document: _Document, shape: bytes, sheet: Any, origin: str, specificity: Any
    ) -> list[tuple[Match, ...]]:
        key = (shape, id(sheet), origin, specificity)
        found = self._of_sheets.get(key)
        if found is None:
            known = self._sheets.get(key[1:])
            if known is None:
                known = _kept(self._sheets, key[1:], _Sheet(sheet))
            self._sheets.move_to_end(key[1:])
            rules = known.rules
            lists: list[tuple[Match, ...]] = []
            for element in document.wrapped():
                matches = []
                for own, order, pseudo, (declarations, layer) in sheet.matcher.match(element):
                    if order not in rules:
                        layers = inf if layer is None else sheet.layers.index(layer)
                        rules[order] = Match(
                            pseudo, origin, layers, specificity or own, declarations
                        )
                    matches.append(rules[order])
                lists.append(tuple(matches))
            found = _kept(self._of_sheets, key, (sheet, lists))
        self._of_sheets.move_to_end(key)
        return found[1]


def _kept(kept: "OrderedDict[object, Any]", key: object, value: Any) -> Any:
    kept[key] = value
    if len(kept) > _MOST:
        kept.popitem(last=False)
    return value
