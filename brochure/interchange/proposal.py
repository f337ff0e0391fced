"""What was understood of a document: a leaflet to be looked at, corrected, and accepted."""

from dataclasses import dataclass
from typing import Literal

from brochure.interchange.document import Leftover, Picture
from brochure.messages import Message

Confidence = Literal["sure", "likely", "doubtful"]


@dataclass(frozen=True)
class ProposedQuote:
    """Words of the source: plain text without quotation marks around it, its paragraphs apart by an
    empty line; `lines` and `page` as ``leaflet.yaml`` writes them, empty if there is no reference.
    """

    text: str
    heading: str = ""
    lines: str = ""
    page: str = ""


@dataclass(frozen=True)
class ProposedCommentary:
    """What the initiative says, in the Markdown of leaflets."""

    text: str
    heading: str = ""


@dataclass(frozen=True)
class ProposedPassage:
    """A pair. `doubts` are sentences about what may be wrong; a sure one has none."""

    id: str
    quote: ProposedQuote | None
    commentary: ProposedCommentary | None
    picture: Picture | None = None
    confidence: Confidence = "sure"
    doubts: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A leaflet as it was understood. Texts are Markdown of leaflets; empty ones were not found.

    `reference` is how references read, with {lines} and {page}. `leftovers` are what has no place
    in a leaflet, in the order of the file. `lost` are words that are in the file and neither in the
    leaflet nor among the leftovers: none, unless a part of the file was not understood. `doubts`
    are about the leaflet as a whole.
    """

    language: str
    title: str
    passages: tuple[ProposedPassage, ...]
    subtitle: str = ""
    lead: str = ""
    source_title: str = ""
    source_address: str = ""
    reference: str = ""
    quote_column: str = ""
    commentary_column: str = ""
    call: str = ""
    contact: str = ""
    imprint: str = ""
    picture: Picture | None = None
    logo: Picture | None = None
    leftovers: tuple[Leftover, ...] = ()
    lost: tuple[str, ...] = ()
    doubts: tuple[Message, ...] = ()
