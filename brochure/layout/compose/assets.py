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
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error
from brochure.files import decode_utf8
from brochure.layout.compose import qr_codes
from brochure.layout.compose.pictures import check_picture
from brochure.layout.compose.scan import scan_css
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
    if address.startswith(qr_codes.SCHEME):
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
        self,
        addresses: Iterable[str],
        base: str,
        template: Location,
        locations: dict[str, Location],
    ) -> None:
        """All that the HTML asks for. `places` tells where in the manuscript a file is named."""
        for address in addresses:
            self._add(address, base, locations.get(address, template))

    def stylesheet(self, css: str, name: str) -> None:
        """All that the style sheet styles/`name` asks for, imports included."""
        file = self._project.show(self._project.style(name))
        for address, line, column in scan_css(css):
            self._add(address, urljoin(BASE + "styles/", name), Location(file, line, column))

    def _add(self, address: str, base: str, location: Location) -> None:
        address = address.strip()
        if address.startswith("#") or not address:
            return
        if len(self.assets) >= bounds.ASSETS:
            self._refuse_more(location)
            return
        if address.startswith(qr_codes.SCHEME):
            self._add_code(address, location)
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
                    location,
                    "Copy the file into the project and name it by its path there.",
                )
            )
            return
        key = key_of(address, base)
        if key in self.assets:
            return
        try:
            self.assets[key] = self._read(address, unquote(url.path).lstrip("/"), base, location)
        except DiagnosticsError as failed:
            self.diagnostics.extend(failed.diagnostics)
            return
        if self.assets[key].mime == "text/css":
            name = unquote(url.path).lstrip("/").removeprefix("styles/")
            try:
                self.stylesheet(decode_utf8(self.assets[key].data, f"styles/{name}"), name)
            except DiagnosticsError as failed:
                self.diagnostics.extend(failed.diagnostics)

    def _add_code(self, address: str, location: Location) -> None:
        """The picture of a QR code."""
        try:
            picture = qr_codes.picture(address.removeprefix(qr_codes.SCHEME))
        except qr_codes.NoCode as reason:
            said = f"A QR code cannot be made: {reason}."
            hint = "Take a shorter address for what is to be scanned."
            self.diagnostics.append(error("code", said, location, hint))
            return
        self.assets[key_of(address, "")] = Asset(_TYPES[".svg"], picture)

    def _refuse_more(self, location: Location) -> None:
        diagnostic = error(
            "too-many",
            f"The leaflet holds more than {bounds.ASSETS} pictures, QR codes and style sheets.",
            location,
            "Leave some of them out.",
        )
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def _read(self, address: str, path: str, base: str, location: Location) -> Asset:
        # urljoin quietly drops `..` above the root; what was written decides, not what is left.
        folder = unquote(urlsplit(base).path).lstrip("/").rpartition("/")[0]
        written = normpath(f"{folder}/{unquote(urlsplit(address).path)}")
        if written.startswith("..") or address.startswith("/"):
            raise DiagnosticsError(
                [
                    error(
                        "outside-project",
                        f"`{address[:80]}` lies outside the project folder.",
                        location,
                        "Copy the file into the project; nothing outside it is read.",
                    )
                ]
            )
        suffix = Path(path).suffix.lower()
        if suffix not in _TYPES:
            raise DiagnosticsError(
                [
                    error(
                        "file-type",
                        f"`{address[:80]}` is of a kind that a leaflet cannot hold.",
                        location,
                        f"Known kinds: {', '.join(sorted(_TYPES))}. Fonts need no address: put "
                        "them into styles/fonts/.",
                    )
                ]
            )
        style = path.startswith("styles/")
        file = self._project.style(path.removeprefix("styles/")) if style else (
            self._project.root / path
        )  # fmt: skip
        data = self._project.read(
            file, bounds.STYLE if suffix == ".css" else bounds.PICTURE, location
        )
        self._size += len(data)
        if self._size > bounds.PICTURES:
            raise DiagnosticsError(
                [
                    error(
                        "too-large",
                        f"The pictures of the leaflet have more than "
                        f"{bounds.PICTURES // 1_000_000} MB together.",
                        location,
                        "Scale them down: 2500 pixels fill the width of a page in print.",
                    )
                ]
            )
        if suffix != ".css":
            diagnostics = list(check_picture(data, suffix, self._project.show(file), location))
            if diagnostics:
                raise DiagnosticsError(diagnostics)
        return Asset(_TYPES[suffix], data)
