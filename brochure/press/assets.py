"""Everything a leaflet draws in: images, imported style sheets, files that templates name.

All of it is read before typesetting, through the project's door, so that the typesetter needs
neither disk nor network and gets none. An address is found in three ways: in attributes of the
HTML, in ``url()`` and in ``@import`` of style sheets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote, urljoin, urlsplit

from brochure import bounds
from brochure.diagnostics import Diagnostic, Place, Problems, error
from brochure.files import decode_utf8
from brochure.press import codes
from brochure.press.pictures import check_picture
from brochure.press.scan import scan_css
from brochure.project import Project

# RFC 2606 reserves .invalid: should an address ever escape, no machine answers to it.
BASE = "https://brochure.invalid/"
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
          ".svg": "image/svg+xml", ".css": "text/css"}  # fmt: skip


@dataclass(frozen=True)
class Asset:
    """A file that the typesetter may ask for."""

    mime: str
    data: bytes


def key_of(address: str, base: str) -> str:
    """Under which name what an address leads to is kept, if it leads to a file or a QR code."""
    address = address.strip()
    if address.startswith(codes.SCHEME):
        return unquote(address)
    return BASE + unquote(urlsplit(urljoin(base, address)).path).lstrip("/")


class Collector:
    """Collects the assets of one composition, beside those known; complaints come with them."""

    def __init__(self, project: Project, assets: Mapping[str, Asset] | None = None) -> None:
        self._project = project
        self.assets: dict[str, Asset] = dict(assets or {})
        self.diagnostics: list[Diagnostic] = []
        self._size = 0  # bytes of all files

    def html(
        self, addresses: Iterable[str], base: str, template: Place, places: dict[str, Place]
    ) -> None:
        """All that the HTML asks for. `places` tells where in the manuscript a file is named."""
        for address in addresses:
            self._add(address, base, places.get(address, template))

    def stylesheet(self, css: str, name: str) -> None:
        """All that the style sheet styles/`name` asks for, imports included."""
        file = self._project.show(self._project.style(name))
        for address, line, column in scan_css(css):
            self._add(address, urljoin(BASE + "styles/", name), Place(file, line, column))

    def _add(self, address: str, base: str, place: Place) -> None:
        address = address.strip()
        if address.startswith("#") or not address:
            return
        if len(self.assets) >= bounds.ASSETS:
            self._refuse_more(place)
            return
        if address.startswith(codes.SCHEME):
            self._add_code(address, place)
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
        key = key_of(address, base)
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

    def _add_code(self, address: str, place: Place) -> None:
        """The picture of a QR code."""
        try:
            picture = codes.picture(address.removeprefix(codes.SCHEME))
        except codes.NoCode as reason:
            said = f"A QR code cannot be made: {reason}."
            hint = "Take a shorter address for what is to be scanned."
            self.diagnostics.append(error("code", said, place, hint))
            return
        self.assets[key_of(address, "")] = Asset(_TYPES[".svg"], picture)

    def _refuse_more(self, place: Place) -> None:
        complaint = error(
            "too-many",
            f"The leaflet holds more than {bounds.ASSETS} pictures, QR codes and style sheets.",
            place,
            "Leave some of them out.",
        )
        if complaint not in self.diagnostics:
            self.diagnostics.append(complaint)

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
        data = self._project.read(file, bounds.STYLE if suffix == ".css" else bounds.PICTURE, place)
        self._size += len(data)
        if self._size > bounds.PICTURES:
            raise Problems(
                [
                    error(
                        "too-large",
                        f"The pictures of the leaflet have more than "
                        f"{bounds.PICTURES // 1_000_000} MB together.",
                        place,
                        "Scale them down: 2500 pixels fill the width of a page in print.",
                    )
                ]
            )
        if suffix != ".css":
            complaints = list(check_picture(data, suffix, self._project.show(file), place))
            if complaints:
                raise Problems(complaints)
        return Asset(_TYPES[suffix], data)
