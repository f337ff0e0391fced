"""Everything that a leaflet draws in: pictures, QR codes, imported style sheets.

All of it is read before typesetting, through the project's door, so that the typesetter needs
neither disk nor network, and has access to neither.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote, urljoin, urlsplit

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error, fail
from brochure.files import decode_utf8
from brochure.layout.compose import qr_codes
from brochure.layout.compose.pictures import check_picture
from brochure.layout.compose.scan import scan_css
from brochure.layout.composition import BASE, Asset
from brochure.messages import say
from brochure.project import Project

_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
          ".svg": "image/svg+xml", ".css": "text/css"}  # fmt: skip
# What telephones, browsers and scanners write.
_OTHER_PICTURES = {".avif", ".bmp", ".gif", ".heic", ".heif", ".tif", ".tiff", ".webp"}
_SHOWN = 80  # characters of an address in a message


def asset_key(address: str, base: str) -> str:
    """The key in `Composition.assets` of a file or QR code, by its address relative to `base`."""
    address = address.strip()
    if address.startswith(qr_codes.SCHEME):
        return unquote(address)
    return BASE + unquote(urlsplit(urljoin(base, address)).path).lstrip("/")


class AssetCollector:
    """Collects the `assets` of a composition, besides those known already, and `diagnostics`
    about them. `sound` are the digests of pictures that were checked; it grows.
    """

    def __init__(
        self,
        project: Project,
        assets: Mapping[str, Asset] | None = None,
        sound: set[bytes] | None = None,
    ) -> None:
        self._project = project
        self._sound = set() if sound is None else sound
        self.assets: dict[str, Asset] = dict(assets or {})
        self.diagnostics: list[Diagnostic] = []
        self._size = 0  # bytes of all files

    def add_html(
        self,
        addresses: Iterable[str],
        base: str,
        template: Location,
        locations: Mapping[str, Location],
    ) -> None:
        """Add everything that the HTML of a `template` asks for.

        `locations` are those of the addresses that the manuscript names.
        """
        for address in addresses:
            self._add(address, base, locations.get(address, template))

    def add_stylesheet(self, css: str, name: str) -> None:
        """Add everything that the style sheet styles/`name` asks for, imports included."""
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
            self._add_qr_code(address, location)
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
                    say(
                        "`{address}` is outside the project; nothing is fetched from the network "
                        "or from elsewhere on the disk.",
                        address=address[:_SHOWN],
                    ),
                    location,
                    say("Copy the file into the project, and write its path there."),
                )
            )
            return
        key = asset_key(address, base)
        if key in self.assets:
            return
        path = unquote(url.path).lstrip("/")
        try:
            self.assets[key] = asset = self._read(address, path, base, location)
            if asset.mime == "text/css":
                name = path.removeprefix("styles/")
                self.add_stylesheet(decode_utf8(asset.data, f"styles/{name}"), name)
        except DiagnosticsError as failed:
            self.diagnostics.extend(failed.diagnostics)

    def _add_qr_code(self, address: str, location: Location) -> None:
        try:
            picture = qr_codes.picture(address.removeprefix(qr_codes.SCHEME))
        except qr_codes.QrCodeError as reason:
            self.diagnostics.append(
                error(
                    "code",
                    say("A QR code cannot be made: {reason}.", reason=reason.message),
                    location,
                    say("Use a shorter address for it."),
                )
            )
            return
        self.assets[asset_key(address, "")] = Asset(_TYPES[".svg"], picture)

    def _refuse_more(self, location: Location) -> None:
        diagnostic = error(
            "too-many",
            say(
                "The leaflet contains more than {limit} pictures, QR codes and style sheets.",
                limit=bounds.ASSETS,
            ),
            location,
            say("Leave some of them out."),
        )
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def _read(self, address: str, path: str, base: str, location: Location) -> Asset:
        """The file at an address, which is at `path` in the project. Raises DiagnosticsError."""
        # urljoin silently drops `..` above the root; what was written decides, not what is left.
        folder = unquote(urlsplit(base).path).lstrip("/").rpartition("/")[0]
        written = normpath(f"{folder}/{unquote(urlsplit(address).path)}")
        if written.startswith("..") or address.startswith("/"):
            fail(
                "outside-project",
                say("`{address}` is outside the project folder.", address=address[:_SHOWN]),
                location,
                say("Copy the file into the project; nothing outside it is read."),
            )
        suffix = Path(path).suffix.lower()
        if suffix not in _TYPES:
            fail(
                "file-type",
                say("A leaflet cannot contain `{address}`.", address=address[:_SHOWN]),
                location,
                say("Open it in an image editor and export it as PNG or JPEG.")
                if suffix in _OTHER_PICTURES
                else say(
                    "Files of these types can be used: {suffixes}. Fonts need no address: put them "
                    "into styles/fonts/.",
                    suffixes=", ".join(sorted(_TYPES)),
                ),
            )
        style = path.startswith("styles/")
        file = (
            self._project.style(path.removeprefix("styles/"))
            if style
            else self._project.root / path
        )
        data = self._project.read(
            file, bounds.STYLE if suffix == ".css" else bounds.PICTURE, location
        )
        self._size += len(data)
        if self._size > bounds.PICTURES:
            fail(
                "too-large",
                say(
                    "The pictures of the leaflet have more than {limit} MB in total.",
                    limit=bounds.PICTURES // 1_000_000,
                ),
                location,
                say("Scale them down; 2500 pixels are enough for the width of a printed page."),
            )
        digest = sha256(data).digest()
        if suffix != ".css" and digest not in self._sound:
            diagnostics = list(check_picture(data, suffix, self._project.show(file), location))
            if diagnostics:
                raise DiagnosticsError(diagnostics)
            self._sound.add(digest)
        return Asset(_TYPES[suffix], data)
