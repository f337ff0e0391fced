"""Composition → one HTML page, whole in itself: styles and pictures inside, nothing fetched."""

import re
from base64 import b64encode
from functools import partial
from html import escape, unescape
from urllib.parse import quote, urldefrag, urljoin

from brochure.layout.compose.assets import BASE, key_of
from brochure.layout.compose.scan import Page, changed_css, edited
from brochure.layout.composition import Composition
from brochure.layout.weasyprint.metadata import title_of

# Should anything ever slip through, the browser does not fetch it (CSP 3).
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(composition: Composition, region: str = "") -> bytes:
    """The page as UTF-8; `region` stands in its title, where the title does not name it."""
    css = "\n".join(
        changed_css(text, partial(_data, composition, urljoin(f"{BASE}styles/", name)))
        for name, text in composition.stylesheets
    )
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n<style>\n'
        f"{css.replace('</', '<' + chr(92) + '/')}</style>\n"
    )
    html = composition.html
    found = Page(html)
    edits = [(found.head_end, found.head_end, head)]
    for asking in found.asking:
        edits += asking.edits(partial(_data, composition, composition.base))
    if found.title_at:
        start, end = found.title_at
        title = title_of(unescape(html[start:end]), region)
        edits.append((start, end, escape(title, quote=False)))
    return re.sub(r"\n\s*\n+", "\n", edited(html, edits)).encode()


def _data(composition: Composition, base: str, address: str) -> str:
    """What an address leads to, as a ``data:`` URL (RFC 2397); itself, where that is no file."""
    key = key_of(address, base)
    asset = composition.assets.get(key)
    if asset is None:
        return address
    data = f"data:{asset.mime};base64,{b64encode(asset.data).decode()}"
    part = urldefrag(address).fragment if key.startswith(BASE) else ""  # of an SVG
    return f"{data}#{quote(part)}" if part else data
