"""Composition → one HTML page, whole in itself: styles and pictures inside, nothing fetched."""

import re
from base64 import b64encode
from html import escape, unescape
from urllib.parse import unquote, urljoin

from brochure.press.assets import BASE
from brochure.press.composition import Composition
from brochure.press.metadata import title_of

# Should anything ever slip through, the browser does not fetch it (CSP 3).
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_URL = re.compile(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")


def page(composition: Composition, region: str = "") -> bytes:
    """The page as UTF-8; `region` stands in its title, where the title does not name it."""
    css = "\n".join(
        _embedded_css(text, urljoin(f"{BASE}styles/", name), composition)
        for name, text in composition.stylesheets
    )
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n<style>\n'
        f"{css.replace('</', '<' + chr(92) + '/')}</style>\n</head>"
    )
    html = re.sub(
        r"""(<img\b[^>]*\bsrc=")([^"]+)(")""",
        lambda found: found[1] + _data(found[2], composition.base, composition) + found[3],
        composition.html,
    )
    html = html.replace("</head>", head, 1)
    html = re.sub(
        r"<title>(.*?)</title>",
        lambda found: f"<title>{escape(title_of(unescape(found[1]), region), quote=False)}</title>",
        html,
        count=1,
        flags=re.DOTALL,
    )
    return re.sub(r"\n\s*\n+", "\n", html).encode()


def _embedded_css(css: str, base: str, composition: Composition) -> str:
    return _URL.sub(lambda found: f'url("{_data(found[2], base, composition)}")', css)


def _data(address: str, base: str, composition: Composition) -> str:
    """What an address leads to, as a ``data:`` URL (RFC 2397)."""
    asset = composition.assets.get(unquote(urljoin(base, unescape(address))))
    if asset is None:
        return address
    return f"data:{asset.mime};base64,{b64encode(asset.data).decode()}"
