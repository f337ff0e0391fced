"""A leaflet composed in one edition: all that typesetting needs, so that it reads nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from brochure.diagnostics import Diagnostic
from brochure.layout.edition import Edition
from brochure.manuscript.text.language import Hyphenation

# RFC 2606 reserves .invalid: should an address ever escape, no machine answers to it.
BASE = "https://brochure.invalid/"
RASTER_TYPES = ("image/png", "image/jpeg")  # of pictures made of pixels


@dataclass(frozen=True)
class Asset:
    """A file that a page may ask for: a picture, a QR code, or an imported style sheet."""

    mime: str
    data: bytes


@dataclass(frozen=True)
class Composition:
    """What is handed to the typesetter, on whatever machine it works.

    `base` is the address that those in `html` are relative to. `stylesheets` are pairs of name and
    text, in order. `assets` go by their addresses below BASE, and QR codes by theirs. `fonts` are
    the project's own, by file name. `hyphenation` goes by language. `passages` are the ids of the
    passages. `sheet_html` is what sheets carry besides the pages; `profile` is the ICC profile of
    the press.

    `fit` is the number of pages to fill (None: as many as the leaflet takes), `exactly` or at
    most. `mirrored`: the leaflet reads from right to left, and is bound on the right.
    """

    html: str
    base: str
    stylesheets: tuple[tuple[str, str], ...]
    assets: Mapping[str, Asset]
    edition: Edition
    edition_name: str
    fonts: Mapping[str, bytes]
    hyphenation: Mapping[str, Hyphenation]
    passages: tuple[str, ...]
    fit: int | None = None
    exactly: bool = True
    disabled_checks: frozenset[str] = frozenset()
    accent: str | None = None
    mirrored: bool = False
    sheet_html: str = ""
    profile: bytes | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def title_with_region(title: str, region: str) -> str:
    """The title of a document: that of the leaflet, with the region unless it names it already."""
    named = re.search(rf"(?<!\w){re.escape(region)}(?!\w)", title)
    return title if not region or named else f"{title} – {region}"
