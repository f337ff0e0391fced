"""Composition → web page: one HTML file with styles and pictures inside, which fetches nothing."""

import re
from base64 import b64encode
from dataclasses import replace
from functools import partial
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, urldefrag, urljoin

from brochure.layout.compose.assets import asset_key
from brochure.layout.compose.scan import HtmlPage, apply_edits, replace_css_addresses
from brochure.layout.composition import (
    BASE,
    RASTER_TYPES,
    Asset,
    Composition,
    title_with_region,
)

# Should anything ever slip through, the browser does not fetch it (CSP 3).
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def with_pictures_for_screens(composition: Composition, cache: Path | None) -> Composition:
    """A composition whose pictures have as many pixels as a screen shows, and nothing but pixels:
    neither where a photograph was taken, nor when. `cache` is a folder for them, or None.
    """
    if not any(asset.mime in RASTER_TYPES for asset in composition.assets.values()):
        return composition
    from brochure.layout.reproduction import Reproduction  # Pillow is slow to import

    reproduction = Reproduction(cache=cache)
    assets = {
        key: Asset(*reproduction.for_web(asset.data)) if asset.mime in RASTER_TYPES else asset
        for key, asset in composition.assets.items()
    }
    return replace(composition, assets=assets)


def page(composition: Composition, region: str = "") -> bytes:
    """The page in UTF-8. `region` is added to its title, unless the title names it already."""
    css = "\n".join(
        replace_css_addresses(
            text, partial(_data_url, composition, urljoin(f"{BASE}styles/", name))
        )
        for name, text in composition.stylesheets
    )
    # A backslash keeps `</style>` in a style sheet from ending the element.
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n<style>\n'
        f"{css.replace('</', '<' + chr(92) + '/')}</style>\n"
    )
    html = composition.html
    scanned = HtmlPage(html)
    edits = [(scanned.head_end, scanned.head_end, head)]
    for text in scanned.address_texts:
        edits += text.edits(partial(_data_url, composition, composition.base))
    if scanned.title_span:
        start, end = scanned.title_span
        title = title_with_region(unescape(html[start:end]), region)
        edits.append((start, end, escape(title, quote=False)))
    return re.sub(r"\n\s*\n+", "\n", apply_edits(html, edits)).encode()


def _data_url(composition: Composition, base: str, address: str) -> str:
    """The file at an address as a ``data:`` URL (RFC 2397); the address itself if it is no file."""
    key = asset_key(address, base)
    asset = composition.assets.get(key)
    if asset is None:
        return address
    data = f"data:{asset.mime};base64,{b64encode(asset.data).decode()}"
    fragment = urldefrag(address).fragment if key.startswith(BASE) else ""  # of an SVG
    return f"{data}#{quote(fragment)}" if fragment else data
