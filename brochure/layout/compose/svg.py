"""SVG from strangers: drawn from plain shapes only, of sound values, and not too much of it.

A file of a few hundred bytes can ask for more than any machine draws: markers are drawn once for
each vertex of a path, and hold paths with markers themselves; the same with masks and clipping
paths. Values that are none stop the typesetter, or never let it end. So nothing is drawn here;
what *would* be drawn is followed and counted, and what the typesetter reads of it is compared
with the grammars of SVG. Elements are those of a list; attributes that the typesetter does not
read may hold anything.

The typesetter's reading is that of WeasyPrint 70, ``weasyprint/svg``: names without namespaces,
all attributes inherited but for those of a list, declarations in ``style`` before attributes.
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

_SHOWN = 3  # complaints of one picture
_DEEP = 100  # elements in each other, references included; drawing takes frames of Python for each
_ATTRIBUTES = 200  # different ones in a file: each element may inherit all of them
_VALUE = 2_000  # characters of a value, but for the data of paths and points, and for styles
_STYLE = 20_000  # characters of a style; Inkscape writes up to 3,000
_LARGEST = 1e8  # of a number; geographic coordinates have up to 2e7
_SMALLEST = 1e-3  # of a size that others are divided by
_PAPER = 1e5  # px, of the picture; 26 m
_RATIO = 1e4  # of its sides
_FONT_SIZE = 1e4  # px
_GROWTH = 1e12  # by all transformations in one another

# --- Elements (SVG 1.1, appendix K) -------------------------------------------------------------

_PATHS = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_TEXTS = {"text", "tspan", "textPath", "a"}
_GROUPS = {"svg", "g", "switch", "defs", "symbol", "view", "title", "desc", "metadata"}
_REFERRED = {"linearGradient", "radialGradient", "stop", "clipPath", "mask", "marker", "filter"}
_ELEMENTS = _PATHS | _TEXTS | _GROUPS | _REFERRED
# Names that the typesetter acts upon in whatever namespace.
_ACTED_UPON = (_ELEMENTS | {"use", "image", "pattern", "style", "script"}) - {
    "title", "desc", "metadata", "view", "switch",
}  # fmt: skip
_NAMESPACES = {"", "http://www.w3.org/2000/svg"}
_HREFS = ("{http://www.w3.org/1999/xlink}href", "href")
# WeasyPrint's; what is not among them is inherited.
_OWN = {
    "clip", "clip-path", "filter", "height", "id", "mask", "opacity", "overflow", "rotate",
    "stop-color", "stop-opacity", "style", "transform", "transform-origin", "viewBox", "width",
    "x", "y", "dx", "dy", *_HREFS,
}  # fmt: skip

# --- Values (SVG 1.1, 4.2) ----------------------------------------------------------------------

# Atomic: what is read as a number is not read again as two of them, in ever other ways.
_N = r"(?>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
_S = r"[\s,]*+"
_UNITS = "px|pt|pc|mm|cm|in|q|em|ex|rem|%"
_NUMBER = re.compile(_N)
_LENGTH = re.compile(rf"({_N})({_UNITS})?")
_LENGTHS = re.compile(rf"{_S}(?:{_N}(?:{_UNITS})?{_S})*+")
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
# Times copies times characters: what is left of the data is copied for each pair of numbers, while
# drawing as far as the next letter, while finding out where a path lies to its end.
_SLICING = 6e-7
_BOX_SLICING = 1.3e-6
_COPIES = {"a": 8, "c": 3, "s": 2, "q": 2}
_GROUP_COST = 3  # an object in the PDF for what is translucent or masked
_GRADIENT_COST = 8
_FONT_COST = 30  # of each kind of type
_TEXT_COST = 5
_LETTER_COST = 2
_DASH_COST = 0.01
_MISS_COST = 0.01  # of each element that is passed by while an id is looked for
_FIND_COST = 0.03


class _RefusedError(ValueError):
    """Why a picture is not taken; its text ends a sentence."""


def diagnostics(data: bytes) -> Iterator[str]:
    """Why an SVG cannot be used, the first reasons of perhaps many; nothing if it can."""
    try:
        drawing = _read(_parse(data))
        reasons = list(islice(dict.fromkeys(drawing.reasons), _SHOWN))
        if not reasons:
            _weigh(drawing)
    except _RefusedError as reason:
        reasons = [str(reason)]
    yield from reasons


# --- XML ----------------------------------------------------------------------------------------


def _parse(data: bytes) -> ElementTree.Element:
    """The root; parsing ends with the first element too many."""
    if len(data) > bounds.SVG:
        raise _RefusedError(f"it is larger than {bounds.SVG // 1_000_000} MB")
    parser = ElementTree.XMLParser(target=_Builder())
    try:
        _check_encoding(data)
        parser.feed(data)
        root = parser.close()
    except (ElementTree.ParseError, LookupError, UnicodeError) as reason:
        raise _RefusedError(f"it is broken ({_short(str(reason), 80)})") from None
    assert isinstance(root, ElementTree.Element)
    return root


def _check_encoding(data: bytes) -> None:
    """UTF-8 in fact and by its declaration (XML 1.0, 4.3.3).

    In another encoding a document type would not look like one, to those who look at bytes.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _RefusedError("it is not UTF-8") from None
    declaration = text.partition("?>")[0] if text.startswith("<?xml") else ""
    encodings = re.findall(r"encoding\s*=\s*[\"']([^\"']*)", declaration)
    if "\0" in text or any(name.lower() not in ("utf-8", "us-ascii") for name in encodings):
        raise _RefusedError("it declares another encoding than UTF-8")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _RefusedError("it declares a document type")


class _Builder(ElementTree.TreeBuilder):
    """Builds the tree of an SVG, and gives up early."""

    def __init__(self) -> None:
        super().__init__()
        self._count = self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ElementTree.Element:
        self._count += 1
        self._depth += 1
        if self._count > bounds.SVG_ELEMENTS:
            raise _RefusedError(f"it has more than {bounds.SVG_ELEMENTS} elements")
        if self._depth > _DEEP:
            raise _RefusedError(f"its groups lie in each other, more than {_DEEP} deep")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        self._depth -= 1
        return super().end(tag)

    def doctype(self, *_: object) -> None:
        raise _RefusedError("it declares a document type")

    def pi(self, target: str, text: str | None = None, /) -> None:  # type: ignore[override]
        if target != "xpacket":  # Adobe's, around metadata
            raise _RefusedError(f"it holds an instruction to programs (<?{_short(target)}>)")


# --- The drawing as the typesetter sees it ------------------------------------------------------


@dataclass(eq=False)
class _Node:
    """An element: name without namespace, attributes with those inherited, what stands in it."""

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
    """The tree, the elements of each id, and what is wrong with elements and values."""

    root: _Node
    ids: dict[str, list[_Node]]
    reasons: list[str]


def _read(root: ElementTree.Element) -> _Drawing:
    reasons: list[str] = []
    ids: dict[str, list[_Node]] = {}
    names: set[str] = set()
    count = 0

    def node(element: ElementTree.Element, above: _Node | None) -> _Node:
        nonlocal count
        count += 1
        tag = _name(element)
        reasons.extend(_wrong_element(element, tag))
        reasons.extend(_wrong_links(element))
        own, given = _attributes(element, above)
        names.update(own)
        for name in sorted(given & own.keys()):
            if not _is_sound(name, own[name]):
                reasons.append(_unsound(name, tag, own[name]))
        if len(names) > _ATTRIBUTES:
            raise _RefusedError(f"it has more than {_ATTRIBUTES} kinds of attributes")
        characters = len(element.text or "") + sum(len(child.tail or "") for child in element)
        made = _Node(tag, own, count, above.depth + 1 if above else 0, characters)
        ids.setdefault(made.get("id"), []).append(made)
        made.children = [node(child, made) for child in element]
        return made

    drawing = _Drawing(node(root, None), ids, reasons)
    reasons.extend(_wrong_root(drawing.root))
    return drawing


def _unsound(name: str, tag: str, value: str) -> str:
    if name == "spreadMethod":
        return "it holds a gradient that repeats itself"
    return f"`{name}` of <{_short(tag)}> cannot be {f'`{_short(value)}`' if value else 'empty'}"


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _wrong_element(element: ElementTree.Element, tag: str) -> Iterator[str]:
    namespace = str(element.tag).rpartition("}")[0].removeprefix("{")
    effect = tag.startswith("fe") and tag != "feImage"  # of a filter
    if namespace in _NAMESPACES:
        known = tag in _ELEMENTS or effect
    else:
        known = tag not in _ACTED_UPON and not tag.startswith("fe")
    if not known:
        yield f"it holds <{_short(tag)}>"


def _wrong_links(element: ElementTree.Element) -> Iterator[str]:
    """References that lead elsewhere, in whatever attribute."""
    for key, value in element.attrib.items():
        link = key.rpartition("}")[2] == "href"
        urls = len(re.findall(r"url\(", value, re.IGNORECASE))
        inside = len(re.findall(r"url\(\s*+[\"']?\s*+#", value, re.IGNORECASE))
        if urls != inside or (link and not _LINK.fullmatch(value)):
            yield "it refers to another file"
            return


def _attributes(
    element: ElementTree.Element, above: _Node | None
) -> tuple[dict[str, str], set[str]]:
    """All attributes that are in force, and which of them were not inherited."""
    inherited = above.attributes if above else {}
    attributes = {key: value for key, value in inherited.items() if key not in _OWN}
    attributes |= element.attrib
    given = set(element.attrib)
    for name, value in _declarations(attributes.get("style", "")):
        attributes[name] = value
        given.add(name)
    if (font := attributes.pop("font", None)) is not None:
        size, _, family = font.strip().partition(" ")
        attributes |= {"font-size": size, "font-family": family}
        given |= {"font-size", "font-family"}
    for name in ("fill", "stroke", "stop-color"):
        if attributes.get(name) == "currentColor":
            attributes[name] = attributes.get("color", "black")
    for name in [name for name, value in attributes.items() if value == "inherit"]:
        if name in inherited:
            attributes[name] = inherited[name]
        elif above:
            del attributes[name]
    return attributes, given


@lru_cache(maxsize=64)  # drawing programs repeat themselves
def _declarations(style: str) -> tuple[tuple[str, str], ...]:
    """The declarations of a ``style`` attribute, important ones last.

    Nothing of CSS that nests: the typesetter's reading of it is recursive. Numbers of thousands
    of digits are an error in Python.
    """
    if len(style) > _STYLE or re.search(r"[][{}\\@]|\([^()]*\(|\d{100}", style):
        raise _RefusedError(f"its style is not plain: {_short(style)}")
    found = [
        (item.important, item.lower_name, tinycss2.serialize(item.value).strip())
        for item in tinycss2.parse_blocks_contents(style)
        if item.type == "declaration" and not item.name.startswith("-")
    ]
    if any(name in ("id", "href", "style") for _, name, _ in found):
        raise _RefusedError("its style sets what is no matter of style")
    return tuple((name, value) for _, name, value in sorted(found, key=lambda item: item[0]))


def _wrong_root(root: _Node) -> Iterator[str]:
    """The picture's own size (SVG 1.1, 7.2 and 7.7)."""
    if root.tag != "svg":
        yield f"it begins with <{_short(root.tag)}>, not with <svg>"
        return
    sides = [_pixels(root.get(name, "100%")) for name in ("width", "height")]
    absolute = [side for side in sides if side is not None]
    if any(not _SMALLEST <= side <= _PAPER for side in absolute):
        yield "its width or its height is no size"
    elif "viewBox" in root.attributes and _is_box(root.get("viewBox")):
        absolute = [float(side) for side in _NUMBER.findall(root.get("viewBox"))[2:]]
    if len(absolute) == 2 and max(absolute) > _RATIO * min(absolute):
        yield "it is much too long or much too high"


def _pixels(length: str) -> float | None:
    """A length in CSS px; nothing for percentages, infinite for what is none."""
    match = _LENGTH.fullmatch(length)
    if match is None:
        return inf
    if match[2] == "%":
        return None
    factor = {"pt": 4 / 3, "pc": 16, "mm": 3.78, "cm": 37.8, "in": 96, "q": 0.945}
    relative = {"em": 16, "rem": 16, "ex": 8}
    return float(match[1]) * {**factor, **relative}.get(match[2], 1)


# --- Grammars -----------------------------------------------------------------------------------


def _bearable(value: str, largest: float = _LARGEST) -> bool:
    """Whether all numbers are finite, and of a size that is reckoned with in comfort."""
    return all(abs(float(number)) <= largest for number in _NUMBER.findall(value))


def _is_lengths(value: str) -> bool:
    return value in _KEYWORDS or (_LENGTHS.fullmatch(value) is not None and _bearable(value))


def _is_length(value: str) -> bool:
    return value.strip() in ("", *_KEYWORDS) or (
        _LENGTH.fullmatch(value.strip()) is not None and _bearable(value)
    )


def _is_font_size(value: str) -> bool:
    """A size, in proportion to its surroundings at most ten times as large."""
    match = _LENGTH.fullmatch(value)
    if match is None:
        return value in _FONT_SIZES
    relative = {"%": 1_000, "em": 10, "rem": 10, "ex": 20}
    return 0 <= float(match[1]) <= relative.get(match[2], _FONT_SIZE)


def _is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value.strip()) is not None and _bearable(value)


def _is_word(value: str) -> bool:
    return _WORD.fullmatch(value) is not None


def _is_share(value: str) -> bool:
    return _is_number(value.strip().removesuffix("%"))


def _is_orientation(value: str) -> bool:
    return value in ("auto", "auto-start-reverse") or _is_number(value)


def _is_box(value: str) -> bool:
    numbers = [float(number) for number in _NUMBER.findall(value)]
    plain = re.fullmatch(rf"{_S}(?:{_N}{_S}){{4}}", value) is not None
    return plain and _bearable(value) and min(numbers[2:]) >= _SMALLEST


def _is_reference(value: str) -> bool:
    return value in ("", "none") or _REFERENCE.fullmatch(value) is not None


def _is_paint(value: str) -> bool:
    colour = _REFERENCE.sub("", value, count=1).strip()
    return not colour or _is_colour(colour)


def _is_colour(value: str) -> bool:
    colour = value.strip()
    numbers = colour if "(" in colour else ""
    return _COLOUR.fullmatch(colour) is not None and _bearable(numbers, 1_000)


def _is_transformation(value: str) -> bool:
    return value == "none" or _growth(value) <= _GROWTH


def _growth(transformation: str) -> float:
    """By how much a transformation enlarges at most; infinite for what is none (SVG 1.1, 7.6)."""
    if transformation.strip() in ("", "none"):
        return 1
    if not _bearable(transformation) or _FUNCTION.sub("", transformation).strip(" \t\r\n,"):
        return inf
    growth = 1.0
    for name, axis, arguments in _FUNCTION.findall(transformation):
        growth *= _factor(name, axis, arguments)
    return growth


def _factor(name: str, axis: str, arguments: str) -> float:
    if not re.fullmatch(rf"{_S}(?:{_N}(?:{_UNITS}|deg|g?rad|turn)?{_S})*+", arguments):
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
    return re.fullmatch(rf"{_S}(?:{_PAIR.pattern})*+", value) is not None and _bearable(value)


def _is_path(value: str) -> bool:
    """Path data (SVG 1.1, 8.3.9): a number after `z` keeps the typesetter busy for ever."""
    data = value.strip()
    if data in ("", "none"):
        return True
    commands = _COMMAND.findall(data)
    if data[0] not in "Mm" or sum(1 + len(run) for _, run in commands) != len(data):
        return False
    return _bearable(data) and all(_is_command(letter.lower(), run) for letter, run in commands)


def _is_command(letter: str, run: str) -> bool:
    if letter == "z":
        return not run.strip(" \t\r\n,")
    arguments = _ARGUMENTS.get(letter)
    if arguments is None:
        return False
    return re.fullmatch(rf"{_S}(?:{arguments.pattern})++", run) is not None


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
    "rotate": lambda value: re.fullmatch(rf"{_S}(?:{_N}{_S})*+", value) is not None,
    "stroke-miterlimit": _is_number,
    "font-style": lambda value: value in ("normal", "italic", "oblique"),
    "orient": _is_orientation,
    "font-size": _is_font_size,
    "font-family": bool,  # and not too long
    "viewBox": _is_box,
    "preserveAspectRatio": lambda value: _RATIOS.fullmatch(value.strip()) is not None,
    # A gradient that repeats is written out as often as it fits into a shape, however small.
    "spreadMethod": lambda value: value == "pad",
    "d": _is_path,
    "points": _is_points,
}  # fmt: skip
_LONG = {"d", "points", "style"}


def _is_sound(name: str, value: str) -> bool:
    grammar = _GRAMMARS.get(name)
    return grammar is None or ((name in _LONG or len(value) <= _VALUE) and grammar(value))


# --- What would be drawn ------------------------------------------------------------------------

_IN_PLACE_UNDRAWN = {"clipPath", "marker", "symbol", "filter"}
_MARKERS = ("marker-start", "marker-mid", "marker-end")
_GEOMETRY = ("d", "points", "x1", "y1", "x2", "y2", "width", "height", "r", "rx", "ry")


@dataclass(frozen=True)
class _Load:
    """What drawing an element takes, with all that stands in it and that it refers to."""

    drawn: float  # in elements
    deep: int  # elements in each other
    growth: float  # by all transformations in each other


_NOTHING = _Load(1, 1, 1)


def _weigh(drawing: _Drawing) -> None:
    """Refuse a picture of which too much would be drawn."""
    scales = _Scales(drawing)
    load = scales.load(drawing.root)
    if load.drawn + scales.aside > bounds.SVG_DRAWN:
        raise _RefusedError(
            "drawing it takes too long: its objects refer to others, which refer to others, or "
            f"are too many; it may draw {bounds.SVG_DRAWN:,} of them"
        )
    if load.growth > _GROWTH:
        raise _RefusedError("it enlarges its objects beyond all measure")


class _Scales:
    """Weighs each element once, however often it is referred to."""

    def __init__(self, drawing: _Drawing) -> None:
        self._ids = drawing.ids
        self._known: dict[_Node, _Load] = {}
        self._boxes: dict[_Node, float] = {}
        self._open: set[_Node] = set()
        self._sought: set[tuple[str, str]] = set()
        self._elements = sum(len(nodes) for nodes in drawing.ids.values())
        self.aside = 0.0  # what is done once, not for each time that something is drawn

    def load(self, node: _Node) -> _Load:
        if node in self._known:
            return self._known[node]
        if node in self._open:
            raise _RefusedError("its objects refer to each other in a circle")
        if len(self._open) > _DEEP:
            raise _RefusedError(f"its objects lie in each other, more than {_DEEP} deep")
        self._open.add(node)
        parts = [*self._children(node), *self._references(node)]
        self._open.remove(node)
        load = _Load(
            self._own(node) + sum(times * part.drawn for times, part in parts),
            1 + max((part.deep for _, part in parts), default=0),
            _own_growth(node) * max((part.growth for _, part in parts), default=1),
        )
        if len(self._open) + load.deep > _DEEP:
            raise _RefusedError(f"its objects lie in each other, more than {_DEEP} deep")
        self._known[node] = load
        return load

    def _children(self, node: _Node) -> Iterator[tuple[float, _Load]]:
        if node.tag == "defs":
            return
        for child in node.children:
            yield 1, _NOTHING if child.tag in _IN_PLACE_UNDRAWN else self.load(child)

    def _references(self, node: _Node) -> Iterator[tuple[float, _Load]]:
        """What is drawn for the sake of an element, and how often."""
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
            given = name if name in node.attributes else "marker"
            for target in self._targets(node, given, "marker") if times else ():
                yield times, self.load(target)

    def _targets(self, node: _Node, name: str, kind: str) -> list[_Node]:
        value = node.get(name).strip()
        match = _REFERENCE.search(value)
        target = value.removeprefix("#") if name in _HREFS else match[2] if match else ""
        if not target:
            return []
        found = self._ids.get(target, [])
        if (kind, target) not in self._sought:
            self._sought.add((kind, target))
            self.aside += self._elements * _MISS_COST if not found else (
                found[0].position * (_FIND_COST + found[0].depth * _MISS_COST / 5)
            )  # fmt: skip
        return [node for node in found if kind in node.tag.lower()]

    def _own(self, node: _Node) -> float:
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
            self._set_type(node)
        elif node.tag == "svg" and node.depth and not {"width", "height"} <= node.attributes.keys():
            cost += box
        elif "Gradient" in node.tag:
            cost += _GRADIENT_COST
        return cost

    def _set_type(self, node: _Node) -> None:
        kind = "|".join(node.get(f"font-{part}") for part in ("family", "style", "weight", "size"))
        if ("font", kind) not in self._sought:
            self._sought.add(("font", kind))
            self.aside += _FONT_COST

    def _box(self, node: _Node) -> float:
        """What it takes to find out where an element lies."""
        if node not in self._boxes:
            self._boxes[node] = _box_cost(node) + sum(self._box(child) for child in node.children)
        return self._boxes[node]


def _own_growth(node: _Node) -> float:
    growth = max(1.0, _growth(node.get("transform")))
    if node.depth and "viewBox" in node.attributes:
        sides = [float(side) for side in _NUMBER.findall(node.get("viewBox"))[2:]]
        growth *= max(1.0, _FONT_SIZE / min(sides))
    return growth


@dataclass(frozen=True)
class _Commands:
    """What path data consists of."""

    count: int
    breaks: int  # that begin or end a part
    copies: int  # of what is left of the data, made in reading it
    longest: int  # characters without a letter between them


@lru_cache(maxsize=4)  # asked for thrice in a row
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
    """How many vertices a shape has at most, and how many of them are first or last ones."""
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
    """How many dashes a line has at most: the typesetter writes one pattern, a reader draws all."""
    pattern = sum(float(number) for number in _NUMBER.findall(node.get("stroke-dasharray")))
    if pattern <= 0 or node.get("stroke", "none") == "none":
        return 0
    numbers = (number for name in _GEOMETRY for number in _NUMBER.findall(node.get(name)))
    return 7 * sum(abs(float(number)) for number in numbers) / pattern


def _short(text: str, length: int = 30) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= length else plain[:length] + "…"
