"""HTML and CSS, looked through: what they ask for, and what a screen reader needs of them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from typing import Literal

import tinycss2
from tinycss2.ast import Node

from brochure.diagnostics import Diagnostic, Location, error

Edit = tuple[int, int, str]  # from where to where, and what is to stand there
# Attributes that make WeasyPrint or a browser fetch something, for any element but a link to
# click on.
_FETCHED = {"src", "href", "data", "poster", "background", "xlink:href"}
_SETS = {"srcset", "imagesrcset"}  # one picture at several addresses; a browser takes one of them
_SPACE = " \t\n\r\f"
_NEWLINE_OF_CSS = re.compile(r"\r\n|[\r\n\f]")


@dataclass(frozen=True)
class Scan:
    """What was found in a page: the addresses that it asks for, each once; its language and title;
    the addresses of pictures without words.
    """

    addresses: tuple[str, ...]
    language: str
    title: str
    wordless: tuple[str, ...]


@dataclass(frozen=True)
class Asking:
    """A text that asks for files, and where it stands in the HTML. The value of an attribute stands
    there with its quotation marks, `quote`; the text of a <style> has none.
    """

    kind: Literal["address", "set", "css"]
    text: str
    start: int
    end: int
    quote: str

    def addresses(self) -> Iterator[str]:
        """What is asked for."""
        if self.kind == "css":
            yield from (address for address, *_ in scan_css(self.text))
        else:
            yield from (self.text[start:end] for start, end in self._spans())

    def edits(self, change: Callable[[str], str]) -> Iterator[Edit]:
        """What to do to the HTML, so that it asks for other addresses."""
        if self.kind == "css":
            text = changed_css(self.text, change)
        else:
            text = edited(self.text, ((a, b, change(self.text[a:b])) for a, b in self._spans()))
        if text != self.text:
            written = escape(text) if self.quote else text
            yield self.start, self.end, f"{self.quote}{written}{self.quote}"

    def _spans(self) -> Iterator[tuple[int, int]]:
        return _candidates(self.text) if self.kind == "set" else iter([(0, len(self.text))])


class Page(HTMLParser):
    """A page of HTML, looked through.

    `title_at` is where the words of its first title stand. `head_end` is where more can be added to
    its head, whose tags may be left out: after that title at the least.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.asking: list[Asking] = []
        self.language = ""
        self.title: list[str] = []
        self.title_at: tuple[int, int] | None = None
        self.head_end = 0
        self.wordless: list[str] = []
        self._inside = ""
        self._title_begins = 0
        self._in_head = True
        self._lines = [0, *(found.end() for found in re.finditer("\n", html))]
        self.feed(html)
        self.close()

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        given = dict(attrs)
        written = self.get_starttag_text() or ""
        if tag not in ("a", "area", "base"):
            self.asking += _asking(written, self._at())
        match tag:
            case "html":
                self.language = given.get("lang") or ""
            case "img" if not given.get("alt"):
                self.wordless.append(given.get("src") or "")
            case "title":
                self._title_begins = self._at() + len(written)
            case "body":
                self._end_head()

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        if tag == "title" and self.title_at is None:
            self.title_at = self._title_begins, self._at()
            if self._in_head:
                self.head_end = self.rawdata.find(">", self._at()) + 1
        elif tag == "head":
            self._end_head()

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            at = self._at()
            self.asking.append(Asking("css", data, at, at + len(data), ""))
        elif self._inside == "title":
            self.title.append(data)

    def _end_head(self) -> None:
        if self._in_head:
            self.head_end, self._in_head = self._at(), False


def scan_html(html: str) -> Scan:
    """Look through a page."""
    page = Page(html)
    addresses = (address for asking in page.asking for address in asking.addresses())
    return Scan(
        tuple(dict.fromkeys(addresses)),
        page.language,
        "".join(page.title),
        tuple(dict.fromkeys(page.wordless)),
    )


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text with pieces of it exchanged. All else stays to the letter."""
    parts = []
    at = 0
    for start, end, new in sorted(edits):
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def _asking(tag: str, at: int) -> Iterator[Asking]:
    """The attributes of a start tag that ask for something; it stands `at` there in the HTML."""
    for name, start, end in _attributes(tag):
        kind: Literal["address", "set", "css"]
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
            yield Asking(kind, text, at + start, at + end, quote or '"')


def _attributes(tag: str) -> Iterator[tuple[str, int, int]]:
    """The attributes of a start tag that have a value: each with its name, and where the value
    begins and ends, quotation marks included (HTML, 13.2.5.32 to 13.2.5.39).
    """
    at = _until(tag, 1, _SPACE + "/>")
    while (start := _past(tag, at, _SPACE + "/")) < len(tag) and tag[start] != ">":
        at = _until(tag, start + 1, _SPACE + "/>=")
        name = tag[start:at].lower()
        equals = _past(tag, at, _SPACE)
        if tag[equals : equals + 1] != "=":
            continue
        start = _past(tag, equals + 1, _SPACE)
        if tag[start : start + 1] in ("'", '"'):
            at = _until(tag, start + 1, tag[start]) + 1
        else:
            at = _until(tag, start, _SPACE + ">")
        yield name, start, at


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Where in a ``srcset`` the addresses begin and end (HTML, 4.8.4.2.2)."""
    at = 0
    while (start := _past(text, at, _SPACE + ",")) < len(text):
        at = _until(text, start, _SPACE)
        end = start + len(text[start:at].rstrip(","))
        yield start, end
        if end == at:
            at = _until(text, at, ",")  # behind how wide it is


def _past(text: str, at: int, signs: str) -> int:
    """The first place from `at` on where none of these signs stands."""
    while at < len(text) and text[at] in signs:
        at += 1
    return at


def _until(text: str, at: int, signs: str) -> int:
    """The first place from `at` on where one of these signs stands, or the end."""
    while at < len(text) and text[at] not in signs:
        at += 1
    return at


def changed_css(css: str, change: Callable[[str], str]) -> str:
    """A style sheet with other addresses in each ``url()``."""
    lines = [0, *(found.end() for found in _NEWLINE_OF_CSS.finditer(css))]
    edits = []
    for address, line, column in scan_css(css):
        start = lines[line - 1] + column - 1
        new = change(address)
        if new != address and css[start] not in "'\"":  # the address of an `@import` stands alone
            edits.append((start, _end_of_url(css, start), f'url("{new}")'))
    return edited(css, edits)


def _end_of_url(css: str, at: int) -> int:
    """Where a ``url()`` that begins `at` there ends."""
    at = _past(css, css.index("(", at) + 1, _SPACE)
    if css[at : at + 1] in ("'", '"'):
        at = _unescaped(css, at + 1, css[at]) + 1
    return _unescaped(css, at, ")") + 1


def _unescaped(css: str, at: int, sign: str) -> int:
    """Where a sign stands from `at` on, without a backslash before it; or the end."""
    while at < len(css) and css[at] != sign:
        at += 2 if css[at] == "\\" else 1
    return at


def scan_css(css: str) -> Iterator[tuple[str, int, int]]:
    """Each address in a style sheet with its line and column; namespaces are none."""
    open_nodes: list[list[Node]] = [tinycss2.parse_component_value_list(css, skip_comments=True)]
    while open_nodes:
        nodes = open_nodes.pop()
        importing = False
        for node in nodes:
            location = (node.source_line, node.source_column)
            match node.type:
                case "at-keyword":
                    importing = node.lower_value == "import"
                    namespace = node.lower_value == "namespace"
                    if namespace:
                        break
                case "literal" if node.value == ";":
                    importing = False
                case "string" if importing:
                    yield (node.value, *location)
                case "url":
                    yield (node.value, *location)
                case "function":
                    if node.lower_name == "url":
                        strings = [n.value for n in node.arguments if n.type == "string"]
                        yield (strings[0] if strings else "", *location)
                    else:
                        open_nodes.append(node.arguments)
                case "{} block" | "() block" | "[] block":
                    open_nodes.append(node.content)


# --- What a template must say so that everyone can read the PDF (ISO 14289-1, 7.1 to 7.3).


def check_access(scan: Scan, template: Location) -> Iterator[Diagnostic]:
    """Complain where the HTML has no language, no title, or a picture without words."""
    if not scan.language:
        yield _missing("a language", template, 'Begin with `<html lang="{{ leaflet.language }}">`.')
    if not scan.title.strip():
        yield _missing(
            "a title", template, "Write `<title>{{ leaflet.title | plain }}</title>` into its head."
        )
    for source in scan.wordless:
        yield _missing(
            f"a description of the picture `{source[:80]}`",
            template,
            'Add `alt="…"` to its <img>.',
            "alt",
        )


def _missing(what: str, template: Location, hint: str, code: str = "not-accessible") -> Diagnostic:
    return error(
        code,
        f"The template does not give {what}, so a screen reader cannot tell.",
        template,
        hint,
    )
