"""HTML and CSS, scanned: which files they ask for, and what a screen reader needs of them.

An address is found in three ways: in attributes of the HTML, in ``url()`` and in ``@import`` of
style sheets.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from typing import Literal

import tinycss2
from tinycss2.ast import Node

from brochure.diagnostics import Diagnostic, Location, error
from brochure.messages import say

Edit = tuple[int, int, str]  # start, end, and the text that replaces what is between them
Kind = Literal["address", "set", "css"]  # what a text that names files is
# Attributes that make WeasyPrint or a browser fetch something, for any element except a link to
# click on.
_FETCHED = {"src", "href", "data", "poster", "background", "xlink:href"}
_SETS = {"srcset", "imagesrcset"}  # one picture at several addresses; a browser takes one of them
_SPACE = " \t\n\r\f"
_NEWLINE_OF_CSS = re.compile(r"\r\n|[\r\n\f]")


@dataclass(frozen=True)
class Scan:
    """What was found in a page.

    `addresses` are those of the files that it asks for, each once; `undescribed` are those of
    pictures without a description (``alt``).
    """

    addresses: tuple[str, ...]
    language: str
    title: str
    undescribed: tuple[str, ...]


@dataclass(frozen=True)
class AddressText:
    """A text that names files, and its extent in the HTML.

    `text` is the value of an attribute, without its quotation marks and character references, or
    the text of a <style>. The extent of a value includes its quotation marks, which are `quote`
    (where it has none, those to be written); a <style> has none.
    """

    kind: Kind
    text: str
    start: int
    end: int
    quote: str

    def addresses(self) -> Iterator[str]:
        """The addresses in the text."""
        if self.kind == "css":
            yield from (address for address, *_ in scan_css(self.text))
        else:
            yield from (self.text[start:end] for start, end in self._spans())

    def edits(self, replacement: Callable[[str], str]) -> Iterator[Edit]:
        """How to change the HTML so that each address becomes its replacement."""
        if self.kind == "css":
            text = replace_css_addresses(self.text, replacement)
        else:
            spans = self._spans()
            text = apply_edits(self.text, ((a, b, replacement(self.text[a:b])) for a, b in spans))
        if text != self.text:
            written = escape(text) if self.quote else text
            yield self.start, self.end, f"{self.quote}{written}{self.quote}"

    def _spans(self) -> Iterator[tuple[int, int]]:
        return _srcset_spans(self.text) if self.kind == "set" else iter([(0, len(self.text))])


class HtmlPage(HTMLParser):
    """A page of HTML, scanned.

    `title_span` is the extent of the words of its first title. `head_end` is where more can be
    added to its head, whose tags may be left out: after that title at the least.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.address_texts: list[AddressText] = []
        self.language = ""
        self.title: list[str] = []
        self.title_span: tuple[int, int] | None = None
        self.head_end = 0
        self.undescribed: list[str] = []
        self._inside = ""
        self._title_start = 0
        self._in_head = True
        self._lines = [0, *(match.end() for match in re.finditer("\n", html))]
        self.feed(html)
        self.close()

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        attributes = dict(attrs)
        written = self.get_starttag_text() or ""
        if "=" in written and tag not in ("a", "area", "base"):
            self.address_texts += _address_texts(written, self._offset())
        match tag:
            case "html":
                self.language = attributes.get("lang") or ""
            case "img" if attributes.get("alt") is None:
                self.undescribed.append(attributes.get("src") or "")
            case "title":
                self._title_start = self._offset() + len(written)
            case "body":
                self._end_head()

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        if tag == "title" and self.title_span is None:
            self.title_span = self._title_start, self._offset()
            if self._in_head:
                self.head_end = self.rawdata.find(">", self._offset()) + 1
        elif tag == "head":
            self._end_head()

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            start = self._offset()
            self.address_texts.append(AddressText("css", data, start, start + len(data), ""))
        elif self._inside == "title":
            self.title.append(data)

    def _end_head(self) -> None:
        if self._in_head:
            self.head_end, self._in_head = self._offset(), False


def scan_html(html: str) -> Scan:
    """What a page asks for, and what it offers to a screen reader."""
    page = HtmlPage(html)
    addresses = (address for text in page.address_texts for address in text.addresses())
    return Scan(
        tuple(dict.fromkeys(addresses)),
        page.language,
        "".join(page.title),
        tuple(dict.fromkeys(page.undescribed)),
    )


def scan_css(css: str) -> Iterator[tuple[str, int, int]]:
    """Each address in a style sheet with its line and column from 1; not those of namespaces."""
    open_nodes: list[list[Node]] = [tinycss2.parse_component_value_list(css, skip_comments=True)]
    while open_nodes:
        nodes = open_nodes.pop()
        importing = False
        for node in nodes:
            position = (node.source_line, node.source_column)
            match node.type:
                case "at-keyword":
                    importing = node.lower_value == "import"
                    if node.lower_value == "namespace":
                        break
                case "literal" if node.value == ";":
                    importing = False
                case "string" if importing:
                    yield (node.value, *position)
                case "url":
                    yield (node.value, *position)
                case "function":
                    if node.lower_name == "url":
                        strings = [n.value for n in node.arguments if n.type == "string"]
                        yield (strings[0] if strings else "", *position)
                    else:
                        open_nodes.append(node.arguments)
                case "{} block" | "() block" | "[] block":
                    open_nodes.append(node.content)


def replace_css_addresses(css: str, replacement: Callable[[str], str]) -> str:
    """A style sheet in which the address of each ``url()`` is replaced."""
    lines = [0, *(match.end() for match in _NEWLINE_OF_CSS.finditer(css))]
    edits = []
    for address, line, column in scan_css(css):
        start = lines[line - 1] + column - 1
        new = replacement(address)
        if new != address and css[start] not in "'\"":  # an `@import` may have no ``url()``
            edits.append((start, _end_of_url(css, start), f'url("{new}")'))
    return apply_edits(css, edits)


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """A text after edits that do not overlap. All else stays as it is, letter by letter."""
    parts = []
    done = 0
    for start, end, new in sorted(edits):
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


def _address_texts(tag: str, offset: int) -> Iterator[AddressText]:
    """The attributes of a start tag that name files; the tag begins at `offset` in the HTML."""
    for name, start, end in _attributes(tag):
        kind: Kind
        if name in _FETCHED:
            kind = "address"
        elif name in _SETS:
            kind = "set"
        elif name == "style":
            kind = "css"
        else:
            continue
        value = tag[start:end]
        quote = value[:1] if value[:1] in ("'", '"') else ""
        text = unescape(value[1:-1] if quote else value)
        if text:
            yield AddressText(kind, text, offset + start, offset + end, quote or '"')


def _attributes(tag: str) -> Iterator[tuple[str, int, int]]:
    """The attributes of a start tag that have a value: each with its name, and the start and end
    of its value, quotation marks included (HTML, 13.2.5.32 to 13.2.5.39).
    """
    at = _find(tag, 1, _SPACE + "/>")
    while (start := _skip(tag, at, _SPACE + "/")) < len(tag) and tag[start] != ">":
        at = _find(tag, start + 1, _SPACE + "/>=")
        name = tag[start:at].lower()
        equals = _skip(tag, at, _SPACE)
        if tag[equals : equals + 1] != "=":
            continue
        start = _skip(tag, equals + 1, _SPACE)
        if tag[start : start + 1] in ("'", '"'):
            at = _find(tag, start + 1, tag[start]) + 1
        else:
            at = _find(tag, start, _SPACE + ">")
        yield name, start, at


def _srcset_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address in a ``srcset`` (HTML, 4.8.4.2.2)."""
    at = 0
    while (start := _skip(text, at, _SPACE + ",")) < len(text):
        at = _find(text, start, _SPACE)
        end = start + len(text[start:at].rstrip(","))
        yield start, end
        if end == at:
            at = _find(text, at, ",")  # past its width or density


def _skip(text: str, at: int, characters: str) -> int:
    """The first position from `at` on that has none of these characters, or the end."""
    while at < len(text) and text[at] in characters:
        at += 1
    return at


def _find(text: str, at: int, characters: str) -> int:
    """The first position from `at` on that has one of these characters, or the end."""
    while at < len(text) and text[at] not in characters:
        at += 1
    return at


def _end_of_url(css: str, start: int) -> int:
    """The end of a ``url()`` that begins at `start`."""
    at = _skip(css, css.index("(", start) + 1, _SPACE)
    if css[at : at + 1] in ("'", '"'):
        at = _find_unescaped(css, at + 1, css[at]) + 1
    return _find_unescaped(css, at, ")") + 1


def _find_unescaped(css: str, at: int, character: str) -> int:
    """The first position from `at` on of a character without a backslash before it, or the end."""
    while at < len(css) and css[at] != character:
        at += 2 if css[at] == "\\" else 1
    return at


def check_accessibility(scan: Scan, template: Location) -> Iterator[Diagnostic]:
    """What a template must provide so that everyone can read the PDF (ISO 14289-1, 7.1 to 7.3)."""
    if not scan.language:
        yield error(
            "not-accessible",
            say("The template sets no language, so a screen reader cannot pronounce the text."),
            template,
            say('Begin with `<html lang="{{{{ leaflet.language }}}}">`.'),
        )
    if not scan.title.strip():
        yield error(
            "not-accessible",
            say("The template sets no title, so a screen reader cannot announce the leaflet."),
            template,
            say("Write `<title>{{{{ leaflet.title | plain }}}}</title>` into its head."),
        )
    for address in scan.undescribed:
        yield error(
            "alt",
            say(
                "The template has no description of the picture `{file}`, so a screen reader "
                "cannot say what it shows.",
                file=address[:80],
            ),
            template,
            say('Add `alt="…"` to its <img>; or `alt=""`, if it is mere decoration.'),
        )
