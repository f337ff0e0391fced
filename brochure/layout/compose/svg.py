"""SVG from strangers: it may consist of plain shapes only, with valid values, and not too many.

A file of a few hundred bytes can ask for more than any machine can draw: markers are drawn once for
each vertex of a path, and contain paths with markers themselves; the same goes for masks and
clipping paths. Invalid values make the typesetter fail, or never finish. So nothing is drawn here:
what *would* be drawn is followed and counted, and what the typesetter reads of it is compared with
the grammars of SVG. Elements are those of a list; attributes that the typesetter does not read may
contain anything.

The typesetter's reading is that of WeasyPrint 70, ``weasyprint/svg``: names without namespaces, all
attributes inherited except those of a list, declarations in ``style`` before attributes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from math import inf, radians, tan
from xml.etree import ElementTree

import tinycss2

from brochure import bounds
from brochure.messages import Message, say

_SHOWN = 3  # reasons for one picture
_DEEP = 100  # nested elements, references included; drawing each takes stack frames of Python
_ATTRIBUTES = 200  # different ones in a file; each element may inherit all of them
_VALUE = 2_000  # characters of a value, except path data, points and styles
_STYLE = 20_000  # characters of a style; Inkscape writes up to 3,000
_LARGEST = 1e8  # number; geographic coordinates have up to 2e7
_SMALLEST = 1e-3  # size that others are divided by
_PAPER = 1e5  # px, the longest side of a picture; 26 m
_RATIO = 1e4  # of its sides to each other
_FONT_SIZE = 1e4  # px
_GROWTH = 1e12  # scaling by all nested transformations

# --- Elements (SVG 1.1, appendix K) -------------------------------------------------------------

_PATHS = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_TEXTS = {"text", "tspan", "textPath", "a"}
_GROUPS = {"svg", "g", "switch", "defs", "symbol", "view", "title", "desc", "metadata"}
_REFERRED = {"linearGradient", "radialGradient", "stop", "clipPath", "mask", "marker", "filter"}
_ELEMENTS = _PATHS | _TEXTS | _GROUPS | _REFERRED
# Names that the typesetter acts upon in any namespace.
_ACTED_UPON = (_ELEMENTS | {"use", "image", "pattern", "style", "script"}) - {
    "title", "desc", "metadata", "view", "switch",
}  # fmt: skip
_NAMESPACES = {"", "http://www.w3.org/2000/svg"}
_HREFS = ("{http://www.w3.org/1999/xlink}href", "href")
# Attributes that WeasyPrint does not let elements inherit.
_OWN = {
    "clip", "clip-path", "filter", "height", "id", "mask", "opacity", "overflow", "rotate",
    "stop-color", "stop-opacity", "style", "transform", "transform-origin", "viewBox", "width",
    "x", "y", "dx", "dy", *_HREFS,
}  # fmt: skip

# --- Values (SVG 1.1, 4.2) ----------------------------------------------------------------------

# Atomic groups: a number is not read again as two, in one way after the other. No group is repeated
# possessively: before Python 3.11.5, that matches wrongly (gh-106052).
_N = r"(?>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
_S = r"[\s,]*+"
_UNITS = "px|pt|pc|mm|cm|in|q|em|ex|rem|%"
_NUMBER = re.compile(_N)
_LENGTH = re.compile(rf"({_N})({_UNITS})?")
_LENGTHS = re.compile(rf"{_S}(?:{_N}(?:{_UNITS})?{_S})*")
_REFERENCE = re.compile(r"""url\(\s*(["']?)#([^\s"'()<>\\]+)\1\s*\)""")
_LINK = re.compile(r"""#[^\s"'()<>\\]*""")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z-]+|(?!url)[a-z]+\([^()]{0,100}\)")
_WORD = re.compile(r"[a-zA-Z -]*")
_RATIOS = re.compile(r"(?:none|x(?:Min|Mid|Max)Y(?:Min|Mid|Max))(?:\s+(?:meet|slice))?")
_FUNCTION = re.compile(r"(matrix|translate|scale|rotate|skew)([XY]?)\s*\(([^()]*)\)")
_KEYWORDS = {"auto", "none", "normal"}
_FONT_SIZES = {"xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large",
               "smaller", "larger"}  # fmt: skip
_COMMAND = re.compile(r"([a-df-zA-DF-Z])([^a-df-zA-DF-Z]*)")
# How many numbers a command of a path takes (SVG 1.1, 8.3); arcs have flags of one digit.
_TAKES = {"m": 2, "l": 2, "t": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4}
_PAIR = re.compile(rf"(?:{_N}{_S}){{2}}")
_ARGUMENTS = {letter: re.compile(rf"(?:{_N}{_S}){{{count}}}") for letter, count in _TAKES.items()}
_ARGUMENTS["a"] = re.compile(rf"(?:{_N}{_S}){{3}}(?:[01]{_S}){{2}}(?:{_N}{_S}){{2}}")

# --- The cost of drawing, in elements: one takes 0.1 ms -----------------------------------------

_COMMAND_COST = 0.25
# Times copies times characters: for each pair of numbers, the rest of the data is copied; while
# drawing up to the next letter, while looking for the bounding box of a path up to its end.
_SLICING = 6e-7
_BOX_SLICING = 1.3e-6
_COPIES = {"a": 8, "c": 3, "s": 2, "q": 2}
_GROUP_COST = 3  # an object in the PDF for what is transparent or masked
_GRADIENT_COST = 8
_FONT_COST = 30  # of each font in each size
_TEXT_COST = 5
_LETTER_COST = 2
_DASH_COST = 0.01
_MISS_COST = 0.01  # of each element that is passed over while looking for an id
_FIND_COST = 0.03


class _RefusedError(ValueError):
    """A picture cannot be used; `message` says why, to complete a sentence."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def find_reasons(data: bytes) -> list[Message]:
    """Why an SVG cannot be used: the first few reasons, each to complete a sentence. Empty if it
    can be used.
    """
    try:
        drawing = _read(_parse(data))
        reasons = list(islice(dict.fromkeys(drawing.reasons), _SHOWN))
        if not reasons:
            _check_load(drawing)
    except _RefusedError as refused:
        reasons = [refused.message]
    return reasons


# --- XML ----------------------------------------------------------------------------------------


def _parse(data: bytes) -> ElementTree.Element:
    """The root element. Parsing ends at the first element beyond the bounds."""
    if len(data) > bounds.SVG:
        raise _RefusedError(say("it is larger than {size} MB", size=bounds.SVG // 1_000_000))
    parser = ElementTree.XMLParser(target=_Builder())
    try:
        _check_encoding(data)
        parser.feed(data)
        root = parser.close()
    except (ElementTree.ParseError, LookupError, UnicodeError) as reason:
        detail = _short(str(reason), 80)
        raise _RefusedError(say("it is damaged ({detail})", detail=detail)) from None
    assert isinstance(root, ElementTree.Element)
    return root


def _check_encoding(data: bytes) -> None:
    """It must be UTF-8, and declare no other encoding (XML 1.0, 4.3.3).

    In another encoding, a document type could not be recognised by its bytes.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _RefusedError(say("it is not UTF-8")) from None
    declaration = text.partition("?>")[0] if text.startswith("<?xml") else ""
    encodings = re.findall(r"encoding\s*=\s*[\"']([^\"']*)", declaration)
    if "\0" in text or any(name.lower() not in ("utf-8", "us-ascii") for name in encodings):
        raise _RefusedError(say("it declares an encoding other than UTF-8"))
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _RefusedError(say("it declares a document type"))


class _Builder(ElementTree.TreeBuilder):
    """Builds the tree of an SVG, and gives up as soon as it is too large."""

    def __init__(self) -> None:
        super().__init__()
        self._count = self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ElementTree.Element:
        self._count += 1
        self._depth += 1
        if self._count > bounds.SVG_ELEMENTS:
            raise _RefusedError(say("it has more than {limit} elements", limit=bounds.SVG_ELEMENTS))
        if self._depth > _DEEP:
            raise _too_deep()
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        self._depth -= 1
        return super().end(tag)

    def doctype(self, *_: object) -> None:
        raise _RefusedError(say("it declares a document type"))

    def pi(self, target: str, text: str | None = None, /) -> None:  # type: ignore[override]
        if target != "xpacket":  # Adobe's, around metadata
            raise _RefusedError(
                say("it contains a processing instruction (<?{name}>)", name=_short(target))
            )


def _too_deep() -> _RefusedError:
    return _RefusedError(say("its objects are nested more than {limit} deep", limit=_DEEP))


# --- The drawing as the typesetter sees it ------------------------------------------------------


@dataclass(eq=False)
class _Node:
    """An element: its name without namespace, its attributes with those inherited, its place in
    the document and its depth, the number of characters in it, and its children.
    """

    tag: str
    attributes: Mapping[str, str]
    position: int
    depth: int
    characters: int
    children: list["_Node"] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)


@dataclass
class _Drawing:
    """The root, the elements by id, and what is wrong with elements and values."""

    root: _Node
    ids: dict[str, list[_Node]]
    reasons: list[Message]


def _read(root: ElementTree.Element) -> _Drawing:
    reasons: list[Message] = []
    ids: dict[str, list[_Node]] = {}
    names: set[str] = set()
    count = 0

    def node(element: ElementTree.Element, above: _Node | None) -> _Node:
        nonlocal count
        count += 1
        tag = _name(element)
        reasons.extend(_wrong_element(element, tag))
        reasons.extend(_wrong_links(element))
        own, explicit = _attributes(element, above)
        names.update(own)
        for name in sorted(explicit & own.keys()):
            if not _is_valid(name, own[name]):
                reasons.append(_invalid(name, tag, own[name]))
        if len(names) > _ATTRIBUTES:
            raise _RefusedError(
                say("it has more than {limit} kinds of attributes", limit=_ATTRIBUTES)
            )
        characters = len(element.text or "") + sum(len(child.tail or "") for child in element)
        made = _Node(tag, own, count, above.depth + 1 if above else 0, characters)
        ids.setdefault(made.get("id"), []).append(made)
        made.children = [node(child, made) for child in element]
        return made

    drawing = _Drawing(node(root, None), ids, reasons)
    reasons.extend(_wrong_root(drawing.root))
    return drawing


def _invalid(name: str, tag: str, value: str) -> Message:
    if name == "spreadMethod":
        return say("it contains a gradient that repeats itself")
    if not value:
        return say("`{attribute}` of <{element}> is empty", attribute=name, element=_short(tag))
    return say(
        "`{attribute}` of <{element}> cannot be `{value}`",
        attribute=name,
        element=_short(tag),
        value=_short(value),
    )


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _wrong_element(element: ElementTree.Element, tag: str) -> Iterator[Message]:
    namespace = str(element.tag).rpartition("}")[0].removeprefix("{")
    effect = tag.startswith("fe") and tag != "feImage"  # of a filter
    if namespace in _NAMESPACES:
        known = tag in _ELEMENTS or effect
    else:
        known = tag not in _ACTED_UPON and not tag.startswith("fe")
    if not known:
        yield say("it contains <{element}>", element=_short(tag))


def _wrong_links(element: ElementTree.Element) -> Iterator[Message]:
    """References to other files, in any attribute."""
    for key, value in element.attrib.items():
        link = key.rpartition("}")[2] == "href"
        urls = len(re.findall(r"url\(", value, re.IGNORECASE))
        inside = len(re.findall(r"url\(\s*+[\"']?\s*+#", value, re.IGNORECASE))
        if urls != inside or (link and not _LINK.fullmatch(value)):
            yield say("it refers to another file")
            return


def _attributes(
    element: ElementTree.Element, above: _Node | None
) -> tuple[dict[str, str], set[str]]:
    """All attributes that apply, and the names of those that were not inherited."""
    inherited = above.attributes if above else {}
    attributes = {key: value for key, value in inherited.items() if key not in _OWN}
    attributes |= element.attrib
    explicit = set(element.attrib)
    for name, value in _declarations(attributes.get("style", "")):
        attributes[name] = value
        explicit.add(name)
    if (font := attributes.pop("font", None)) is not None:
        size, _, family = font.strip().partition(" ")
        attributes |= {"font-size": size, "font-family": family}
        explicit |= {"font-size", "font-family"}
    for name in ("fill", "stroke", "stop-color"):
        if attributes.get(name) == "currentColor":
            attributes[name] = attributes.get("color", "black")
    for name in [name for name, value in attributes.items() if value == "inherit"]:
        if name in inherited:
            attributes[name] = inherited[name]
        elif above:
            del attributes[name]
    return attributes, explicit


@lru_cache(maxsize=64)  # drawing programs repeat themselves
def _declarations(style: str) -> tuple[tuple[str, str], ...]:
    """The declarations of a ``style`` attribute as name and value, important ones last.

    CSS that nests is refused, as the typesetter reads it recursively; so are numbers of thousands
    of digits, which are an error in Python.
    """
    if len(style) > _STYLE or re.search(r"[][{}\\@]|\([^()]*\(|\d{100}", style):
        raise _RefusedError(say("one of its styles is not plain: {style}", style=_short(style)))
    declarations = [
        (item.important, item.lower_name, tinycss2.serialize(item.value).strip())
        for item in tinycss2.parse_blocks_contents(style)
        if item.type == "declaration" and not item.name.startswith("-")
    ]
    if any(name in ("id", "href", "style") for _, name, _ in declarations):
        raise _RefusedError(say("one of its styles sets `id`, `href` or `style`"))
    return tuple((name, value) for _, name, value in sorted(declarations, key=lambda item: item[0]))


def _wrong_root(root: _Node) -> Iterator[Message]:
    """What is wrong with the picture's own size (SVG 1.1, 7.2 and 7.7)."""
    if root.tag != "svg":
        yield say("it begins with <{element}>, not with <svg>", element=_short(root.tag))
        return
    sides = [_pixels(root.get(name, "100%")) for name in ("width", "height")]
    absolute = [side for side in sides if side is not None]
    if any(not _SMALLEST <= side <= _PAPER for side in absolute):
        yield say("its width or height is not a valid size")
    elif "viewBox" in root.attributes and _is_box(root.get("viewBox")):
        absolute = [float(side) for side in _NUMBER.findall(root.get("viewBox"))[2:]]
    if len(absolute) == 2 and max(absolute) > _RATIO * min(absolute):
        yield say("one of its sides is far too long for the other")


def _pixels(length: str) -> float | None:
    """A length in CSS px; None for percentages, infinity for anything invalid."""
    match = _LENGTH.fullmatch(length)
    if match is None:
        return inf
    if match[2] == "%":
        return None
    factor = {"pt": 4 / 3, "pc": 16, "mm": 3.78, "cm": 37.8, "in": 96, "q": 0.945}
    relative = {"em": 16, "rem": 16, "ex": 8}
    return float(match[1]) * {**factor, **relative}.get(match[2], 1)


# --- Grammars -----------------------------------------------------------------------------------


def _in_range(value: str, largest: float = _LARGEST) -> bool:
    """Whether all numbers in a value are finite, and none is unreasonably large."""
    return all(abs(float(number)) <= largest for number in _NUMBER.findall(value))


def _is_lengths(value: str) -> bool:
    return value in _KEYWORDS or (_LENGTHS.fullmatch(value) is not None and _in_range(value))


def _is_length(value: str) -> bool:
    return value.strip() in ("", *_KEYWORDS) or (
        _LENGTH.fullmatch(value.strip()) is not None and _in_range(value)
    )


def _is_font_size(value: str) -> bool:
    """A font size; a relative one is at most ten times as large as that around it."""
    match = _LENGTH.fullmatch(value)
    if match is None:
        return value in _FONT_SIZES
    relative = {"%": 1_000, "em": 10, "rem": 10, "ex": 20}
    return 0 <= float(match[1]) <= relative.get(match[2], _FONT_SIZE)


def _is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value.strip()) is not None and _in_range(value)


def _is_word(value: str) -> bool:
    return _WORD.fullmatch(value) is not None


def _is_share(value: str) -> bool:
    return _is_number(value.strip().removesuffix("%"))


def _is_orientation(value: str) -> bool:
    return value in ("auto", "auto-start-reverse") or _is_number(value)


def _is_box(value: str) -> bool:
    numbers = [float(number) for number in _NUMBER.findall(value)]
    plain = re.fullmatch(rf"{_S}(?:{_N}{_S}){{4}}", value) is not None
    return plain and _in_range(value) and min(numbers[2:]) >= _SMALLEST


def _is_reference(value: str) -> bool:
    return value in ("", "none") or _REFERENCE.fullmatch(value) is not None


def _is_paint(value: str) -> bool:
    colour = _REFERENCE.sub("", value, count=1).strip()
    return not colour or _is_colour(colour)


def _is_colour(value: str) -> bool:
    colour = value.strip()
    numbers = colour if "(" in colour else ""
    return _COLOUR.fullmatch(colour) is not None and _in_range(numbers, 1_000)


def _is_transformation(value: str) -> bool:
    return value == "none" or _growth(value) <= _GROWTH


def _growth(transformation: str) -> float:
    """How much a transformation can enlarge; infinity if it is invalid (SVG 1.1, 7.6)."""
    if transformation.strip() in ("", "none"):
        return 1
    if not _in_range(transformation) or _FUNCTION.sub("", transformation).strip(" \t\r\n,"):
        return inf
    growth = 1.0
    for name, axis, arguments in _FUNCTION.findall(transformation):
        growth *= _factor(name, axis, arguments)
    return growth


def _factor(name: str, axis: str, arguments: str) -> float:
    if not re.fullmatch(rf"{_S}(?:{_N}(?:{_UNITS}|deg|g?rad|turn)?{_S})*", arguments):
        return inf
    numbers = [abs(float(number)) for number in _NUMBER.findall(arguments)]
    counts = {"matrix": (6,), "rotate": (1, 3), "skew": (1,)}.get(name, (1,) if axis else (1, 2))
    if len(numbers) not in counts or (axis and name in ("matrix", "rotate")):
        return inf
    match name:
        case "matrix":
            return max(1, 2 * max(numbers[:4]))
        case "scale":
            return max(1, *numbers)
        case "skew" if not re.fullmatch(rf"\s*{_N}(?:deg)?\s*", arguments) or numbers[0] > 89:
            return inf
        case "skew":
            return 1 + tan(radians(numbers[0]))
    return 1


def _is_points(value: str) -> bool:
    return re.fullmatch(rf"{_S}(?:{_PAIR.pattern})*", value) is not None and _in_range(value)


def _is_path(value: str) -> bool:
    """Path data (SVG 1.1, 8.3.9). A number after `z` would keep the typesetter busy for ever."""
    data = value.strip()
    if data in ("", "none"):
        return True
    commands = _COMMAND.findall(data)
    if data[0] not in "Mm" or sum(1 + len(run) for _, run in commands) != len(data):
        return False
    return _in_range(data) and all(_is_command(letter.lower(), run) for letter, run in commands)


def _is_command(letter: str, run: str) -> bool:
    if letter == "z":
        return not run.strip(" \t\r\n,")
    arguments = _ARGUMENTS.get(letter)
    if arguments is None:
        return False
    return re.fullmatch(rf"{_S}(?:{arguments.pattern})+", run) is not None


_GRAMMARS: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(("x", "y", "dx", "dy", "stroke-dasharray"), _is_lengths),
    **dict.fromkeys(
        ("width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2", "fx", "fy", "fr",
         "refX", "refY", "markerWidth", "markerHeight", "stroke-width", "stroke-dashoffset",
         "letter-spacing", "textLength", "offset"),
        _is_length,
    ),
    **dict.fromkeys(("opacity", "fill-opacity", "stroke-opacity", "stop-opacity"), _is_share),
    **dict.fromkeys(("fill", "stroke"), _is_paint),
    **dict.fromkeys(("stop-color", "color"), _is_colour),
    **dict.fromkeys(
        ("clip-path", "mask", "filter", "marker", "marker-start", "marker-mid", "marker-end"),
        _is_reference,
    ),
    **dict.fromkeys(("transform", "gradientTransform"), _is_transformation),
    **dict.fromkeys(("mode", "display", "visibility", "overflow", "fill-rule"), _is_word),
    "transform-origin": lambda value: _is_word(value) or ("%" not in value and _is_lengths(value)),
    "rotate": lambda value: re.fullmatch(rf"{_S}(?:{_N}{_S})*", value) is not None,
    "stroke-miterlimit": _is_number,
    "font-style": lambda value: value in ("normal", "italic", "oblique"),
    "orient": _is_orientation,
    "font-size": _is_font_size,
    "font-family": bool,  # and not too long
    "viewBox": _is_box,
    "preserveAspectRatio": lambda value: _RATIOS.fullmatch(value.strip()) is not None,
    # A gradient that repeats is written out as often as it fits into a shape, which can be very
    # often.
    "spreadMethod": lambda value: value == "pad",
    "d": _is_path,
    "points": _is_points,
}  # fmt: skip
_LONG = {"d", "points", "style"}


def _is_valid(name: str, value: str) -> bool:
    grammar = _GRAMMARS.get(name)
    return grammar is None or ((name in _LONG or len(value) <= _VALUE) and grammar(value))


# --- The load of drawing ------------------------------------------------------------------------

_NOT_DRAWN_IN_PLACE = {"clipPath", "marker", "symbol", "filter"}
_MARKERS = ("marker-start", "marker-mid", "marker-end")
_GEOMETRY = ("d", "points", "x1", "y1", "x2", "y2", "width", "height", "r", "rx", "ry")


@dataclass(frozen=True)
class _Load:
    """The cost of drawing an element, with everything in it and everything that it refers to."""

    drawn: float  # in elements
    depth: int  # of nested elements
    growth: float  # by nested transformations


_NOTHING = _Load(1, 1, 1)


def _check_load(drawing: _Drawing) -> None:
    """Refuse a picture that would take too long to draw."""
    loads = _Loads(drawing)
    load = loads.load(drawing.root)
    if load.drawn + loads.extra > bounds.SVG_DRAWN:
        raise _RefusedError(
            say(
                "drawing it takes too long: it has too many objects, or they refer to each other "
                "too often; at most {limit:,} can be drawn",
                limit=bounds.SVG_DRAWN,
            )
        )
    if load.growth > _GROWTH:
        raise _RefusedError(say("its transformations enlarge its objects too much"))


class _Loads:
    """The loads of elements, each computed once, however often it is referred to."""

    def __init__(self, drawing: _Drawing) -> None:
        self._ids = drawing.ids
        self._loads: dict[_Node, _Load] = {}
        self._boxes: dict[_Node, float] = {}
        self._open: set[_Node] = set()
        self._searched: set[tuple[str, str]] = set()
        self._elements = sum(len(nodes) for nodes in drawing.ids.values())
        self.extra = 0.0  # cost of what is done once, however often something is drawn

    def load(self, node: _Node) -> _Load:
        if node in self._loads:
            return self._loads[node]
        if node in self._open:
            raise _RefusedError(say("its objects refer to each other in a circle"))
        if len(self._open) > _DEEP:
            raise _too_deep()
        self._open.add(node)
        parts = [*self._children(node), *self._references(node)]
        self._open.remove(node)
        load = _Load(
            self._own(node) + sum(times * part.drawn for times, part in parts),
            1 + max((part.depth for _, part in parts), default=0),
            _own_growth(node) * max((part.growth for _, part in parts), default=1),
        )
        if len(self._open) + load.depth > _DEEP:
            raise _too_deep()
        self._loads[node] = load
        return load

    def _children(self, node: _Node) -> Iterator[tuple[float, _Load]]:
        if node.tag == "defs":
            return
        for child in node.children:
            yield 1, _NOTHING if child.tag in _NOT_DRAWN_IN_PLACE else self.load(child)

    def _references(self, node: _Node) -> Iterator[tuple[float, _Load]]:
        """The loads of what an element refers to, and how often each is drawn."""
        for name, kind in (("clip-path", "path"), ("mask", "mask"), ("filter", "filter")):
            for target in self._targets(node, name, kind):
                yield 1, self.load(target)
        if node.tag in _PATHS | _TEXTS:
            for name in ("fill", "stroke"):
                for target in self._targets(node, name, "gradient"):
                    yield 1, self.load(target)
        if "Gradient" in node.tag:
            for name in _HREFS:
                for target in self._targets(node, name, "gradient"):
                    yield 1, self.load(target)
        vertices, breaks = _vertices(node)
        for name, times in zip(_MARKERS, (breaks, vertices, breaks), strict=True):
            attribute = name if name in node.attributes else "marker"
            for target in self._targets(node, attribute, "marker") if times else ():
                yield times, self.load(target)

    def _targets(self, node: _Node, name: str, kind: str) -> list[_Node]:
        value = node.get(name).strip()
        match = _REFERENCE.search(value)
        target = value.removeprefix("#") if name in _HREFS else match[2] if match else ""
        if not target:
            return []
        nodes = self._ids.get(target, [])
        if (kind, target) not in self._searched:
            self._searched.add((kind, target))
            self.extra += self._elements * _MISS_COST if not nodes else (
                nodes[0].position * (_FIND_COST + nodes[0].depth * _MISS_COST / 5)
            )  # fmt: skip
        return [node for node in nodes if kind in node.tag.lower()]

    def _own(self, node: _Node) -> float:
        """The cost of an element without its children and references."""
        cost = 1.0 + _draw_cost(node)
        box = self._box(node)
        if node.get("opacity", "1") != "1":
            cost += _GROUP_COST + box
        if node.get("mask"):
            cost += _GROUP_COST
        for target in self._targets(node, "filter", "filter"):
            cost += box * len(target.children)
        if node.tag in _PATHS | _TEXTS:
            cost += box * sum("url(" in node.get(name) for name in ("fill", "stroke"))
        if node.tag in _TEXTS:
            self._add_font(node)
        elif node.tag == "svg" and node.depth and not {"width", "height"} <= node.attributes.keys():
            cost += box
        elif "Gradient" in node.tag:
            cost += _GRADIENT_COST
        return cost

    def _add_font(self, node: _Node) -> None:
        font = "|".join(node.get(f"font-{part}") for part in ("family", "style", "weight", "size"))
        if ("font", font) not in self._searched:
            self._searched.add(("font", font))
            self.extra += _FONT_COST

    def _box(self, node: _Node) -> float:
        """The cost of computing the bounding box of an element."""
        if node not in self._boxes:
            self._boxes[node] = _box_cost(node) + sum(self._box(child) for child in node.children)
        return self._boxes[node]


def _own_growth(node: _Node) -> float:
    """How much an element enlarges its children."""
    growth = max(1.0, _growth(node.get("transform")))
    if node.depth and "viewBox" in node.attributes:
        sides = [float(side) for side in _NUMBER.findall(node.get("viewBox"))[2:]]
        growth *= max(1.0, _FONT_SIZE / min(sides))
    return growth


@dataclass(frozen=True)
class _Commands:
    """What path data consists of."""

    count: int
    breaks: int  # that begin or end a subpath
    copies: int  # of the rest of the data, made while reading it
    longest: int  # run of characters without a letter


@lru_cache(maxsize=4)  # needed three times in a row
def _commands(data: str) -> _Commands:
    count = breaks = copies = longest = 0
    for letter, run in _COMMAND.findall(data):
        arguments = _ARGUMENTS.get(letter.lower())
        times = max(1, len(arguments.findall(run))) if arguments else 1
        count += times
        copies += times * _COPIES.get(letter.lower(), 1)
        breaks += letter in "mMzZ"
        longest = max(longest, len(run))
    return _Commands(count, breaks, copies, longest)


def _pairs(node: _Node) -> int:
    return len(_NUMBER.findall(node.get("points"))) // 2


def _vertices(node: _Node) -> tuple[int, int]:
    """How many vertices a shape has at most, and how many of these are first or last ones."""
    if node.tag == "path":
        commands = _commands(node.get("d"))
        return commands.count + 1 + commands.breaks, commands.breaks + 1
    if node.tag in ("polyline", "polygon"):
        return _pairs(node), 1
    return (2, 1) if node.tag == "line" else (0, 0)


def _draw_cost(node: _Node) -> float:
    if node.tag in _TEXTS:
        return _TEXT_COST * (1 + len(node.children)) + _LETTER_COST * node.characters
    if node.tag not in _PATHS:
        return 0
    if node.tag == "path":
        commands = _commands(node.get("d"))
        cost = commands.count * _COMMAND_COST + commands.copies * commands.longest * _SLICING
    else:
        pairs = _pairs(node)
        cost = pairs * (_COMMAND_COST + len(node.get("points")) * _SLICING)
    return cost + _dashes(node) * _DASH_COST


def _box_cost(node: _Node) -> float:
    if node.tag == "path":
        commands = _commands(node.get("d"))
        slicing = commands.copies * len(node.get("d")) * _BOX_SLICING
        return 1 + commands.count * _COMMAND_COST / 2 + slicing
    return 1 + _pairs(node) * (_COMMAND_COST + len(node.get("points")) * _BOX_SLICING)


def _dashes(node: _Node) -> float:
    """How many dashes a line has at most: the typesetter writes one pattern, a PDF viewer draws
    them all.
    """
    pattern = sum(float(number) for number in _NUMBER.findall(node.get("stroke-dasharray")))
    if pattern <= 0 or node.get("stroke", "none") == "none":
        return 0
    numbers = (number for name in _GEOMETRY for number in _NUMBER.findall(node.get(name)))
    return 7 * sum(abs(float(number)) for number in numbers) / pattern


def _short(text: str, length: int = 30) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= length else plain[:length] + "…"
