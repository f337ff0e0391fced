"""HTML and CSS, looked through: what they ask for, and what a screen reader needs of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

import tinycss2
from tinycss2.ast import Node

# Attributes that make WeasyPrint fetch something, for any element but a link to click on.
_FETCHED = {"src", "href", "data", "poster", "background", "xlink:href"}


@dataclass(frozen=True)
class Scan:
    """What was found in a page: the addresses that it asks for, each once; its language and title;
    the addresses of pictures without words.
    """

    addresses: tuple[str, ...]
    language: str
    title: str
    wordless: tuple[str, ...]


def scan_html(html: str) -> Scan:
    """Look through a page."""
    finder = _Finder()
    finder.feed(html)
    finder.close()
    return Scan(
        tuple(dict.fromkeys(finder.addresses)),
        finder.language,
        "".join(finder.title),
        tuple(dict.fromkeys(finder.wordless)),
    )


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.language = ""
        self.title: list[str] = []
        self.wordless: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        given = dict(attrs)
        for attribute, value in attrs:
            if attribute in _FETCHED and value and tag not in ("a", "area", "base"):
                self.addresses.append(value)
            elif attribute == "style" and value:
                self.addresses += [address for address, *_ in scan_css(f"*{{{value}}}")]
        if tag == "html":
            self.language = given.get("lang") or ""
        elif tag == "img" and not given.get("alt"):
            self.wordless.append(given.get("src") or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.addresses += [address for address, *_ in scan_css(data)]
        elif self._inside == "title":
            self.title.append(data)


def scan_css(css: str) -> Iterator[tuple[str, int, int]]:
    """Each address in a style sheet with its line and column; namespaces are none."""
    open_nodes: list[list[Node]] = [tinycss2.parse_component_value_list(css, skip_comments=True)]
    while open_nodes:
        nodes = open_nodes.pop()
        importing = False
        for node in nodes:
            place = (node.source_line, node.source_column)
            match node.type:
                case "at-keyword":
                    importing = node.lower_value == "import"
                    namespace = node.lower_value == "namespace"
                    if namespace:
                        break
                case "literal" if node.value == ";":
                    importing = False
                case "string" if importing:
                    yield (node.value, *place)
                case "url":
                    yield (node.value, *place)
                case "function":
                    if node.lower_name == "url":
                        strings = [n.value for n in node.arguments if n.type == "string"]
                        yield (strings[0] if strings else "", *place)
                    else:
                        open_nodes.append(node.arguments)
                case "{} block" | "() block" | "[] block":
                    open_nodes.append(node.content)
