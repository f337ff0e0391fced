"""A leaflet, composed in one edition: what is handed to whoever sets its type."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from brochure.diagnostics import Diagnostic
from brochure.layout.compose.assets import Asset
from brochure.layout.edition import Edition
from brochure.manuscript.text.language import Hyphenation


@dataclass(frozen=True)
class Composition:
    """All that the typesetter gets, wherever it works: it reads nothing else.

    `stylesheets` are pairs of name and text, in order; `assets` answer to addresses below BASE;
    `fonts` are the project's own, by name; `hyphenation` goes by language; `passages` are the ids
    of the pairs; `sheet_html` is what sheets carry beside them; `profile` that of the press.

    `fit` is the number of pages to fill, `exactly` or at most; `waived` are the checks that are
    switched off; `mirrored` says that the leaflet is bound on the right.
    """

    html: str
    base: str
    stylesheets: tuple[tuple[str, str], ...]
    assets: Mapping[str, Asset]
    edition: Edition
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
    diagnostics: tuple[Diagnostic, ...] = field(default=())
