"""Everything a leaflet draws in: images, imported style sheets, files that templates name.

All of it is read before typesetting, through the project's door, so that the typesetter needs
neither disk nor network and gets none. An address is found in three ways: in attributes of the
HTML, in ``url()`` and in ``@import`` of style sheets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote, urljoin, urlsplit

import tinycss2
from tinycss2.ast import Node

from brochure.diagnostics import Diagnostic, Place, Problems, error
from brochure.press import codes
from brochure.press.pictures import check_picture
from brochure.project import Project, decode_utf8

# RFC 2606 reserves .invalid: should an address ever escape, no machine answers to it.
BASE = "https://brochure.invalid/"
STYLE_LIMIT = 1_000_000
PICTURE_LIMIT = 20_000_000
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
          ".svg": "image/svg+xml", ".css": "text/css"}  # fmt: skip
# Attributes that make WeasyPrint fetch something, for any element but a link to click on.
_FETCHED = {"src", "href", "data", "poster", "background", "xlink:href"}


@dataclass(frozen=True)
class Asset:
    """A file that the typesetter may ask for."""

    mime: str
    data: bytes


class Collector:
    """Collects the assets of one composition, beside those known; complaints come with them."""

    def __init__(self, project: Project, assets: Mapping[str, Asset] | None = None) -> None:
        self._project = project
        self.assets: dict[str, Asset] = dict(assets or {})
        self.diagnostics: list[Diagnostic] = []

    def html(self, html: str, base: str, template: Place, places: dict[str, Place]) -> None:
        """All that the HTML asks for. `places` tells where in the manuscript a file is named."""
        for address in _addresses_in_html(html):
            self._add(address, base, places.get(address, template))

    def stylesheet(self, css: str, name: str) -> None:
        """All that the style sheet styles/`name` asks for, imports included."""
        file = self._project.show(self._project.style(name))
        for address, line, column in _addresses_in_css(css):
            self._add(address, urljoin(BASE + "styles/", name), Place(file, line, column))

    def _add(self, address: str, base: str, place: Place) -> None:
        address = address.strip()
        if address.startswith("#") or not address:
            return
        if address.startswith(codes.SCHEME):
            self.assets[unquote(address)] = Asset(
                _TYPES[".svg"], codes.picture(address.removeprefix(codes.SCHEME))
            )
            return
        try:
            url = urlsplit(urljoin(base, address))
            below = urlsplit(address)
        except ValueError:
            url = below = urlsplit("invalid:")
        if f"{url.scheme}://{url.netloc}/" != BASE or below.netloc or below.scheme:
            self.diagnostics.append(
                error(
                    "outside-project",
                    f"`{address[:80]}` lies outside the project, and nothing is fetched from "
                    "the network or the disk while building.",
                    place,
                    "Copy the file into the project and name it by its path there.",
                )
            )
            return
        key = BASE + unquote(url.path).lstrip("/")
        if key in self.assets:
            return
        try:
            self.assets[key] = self._read(address, unquote(url.path).lstrip("/"), base, place)
        except Problems as problems:
            self.diagnostics.extend(problems.diagnostics)
            return
        if self.assets[key].mime == "text/css":
            name = unquote(url.path).lstrip("/").removeprefix("styles/")
            try:
                self.stylesheet(decode_utf8(self.assets[key].data, f"styles/{name}"), name)
            except Problems as problems:
                self.diagnostics.extend(problems.diagnostics)

    def _read(self, address: str, path: str, base: str, place: Place) -> Asset:
        # urljoin quietly drops `..` above the root; what was written decides, not what is left.
        folder = unquote(urlsplit(base).path).lstrip("/").rpartition("/")[0]
        written = normpath(f"{folder}/{unquote(urlsplit(address).path)}")
        if written.startswith("..") or address.startswith("/"):
            raise Problems(
                [
                    error(
                        "outside-project",
                        f"`{address[:80]}` lies outside the project folder.",
                        place,
                        "Copy the file into the project; nothing outside it is read.",
                    )
                ]
            )
        suffix = Path(path).suffix.lower()
        if suffix not in _TYPES:
            raise Problems(
                [
                    error(
                        "file-type",
                        f"`{address[:80]}` is of a kind that a leaflet cannot hold.",
                        place,
                        f"Known kinds: {', '.join(sorted(_TYPES))}. Fonts need no address: put "
                        "them into styles/fonts/.",
                    )
                ]
            )
        style = path.startswith("styles/")
        file = self._project.style(path.removeprefix("styles/")) if style else (
            self._project.root / path
        )  # fmt: skip
        limit = STYLE_LIMIT if suffix == ".css" else PICTURE_LIMIT
        data = self._project.read(file, limit, place)
        if suffix != ".css":
            complaints = list(check_picture(data, suffix, self._project.show(file), place))
            if complaints:
                raise Problems(complaints)
        return Asset(_TYPES[suffix], data)


def _addresses_in_html(html: str) -> Iterator[str]:
    finder = _Finder()
    finder.feed(html)
    finder.close()
    yield from finder.addresses


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for attribute, value in attrs:
            if attribute in _FETCHED and value and tag not in ("a", "area", "base"):
                self.addresses.append(value)
            elif attribute == "style" and value:
                self.addresses += [address for address, *_ in _addresses_in_css(f"*{{{value}}}")]

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.addresses += [address for address, *_ in _addresses_in_css(data)]


def _addresses_in_css(css: str) -> Iterator[tuple[str, int, int]]:
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
