"""What a quote should be instead: the words of the source, or another reference.

These are proposals, which somebody looks at before they count. Each was verified: a quote that is
corrected like this is verbatim.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from brochure.manuscript.text import markdown
from brochure.sources.document import QuoteReference
from brochure.sources.excerpt import excerpt_of, quote_markdown
from brochure.sources.finding import Finding, LimitingWords, Verdict
from brochure.sources.matching.exact import interpretations
from brochure.sources.matching.nearest import SimilarSpan
from brochure.sources.searchable import SearchableSource

_OMISSION = " […] "


@dataclass(frozen=True)
class Correction:
    """A reference, and the text of a quote; None: its text is right."""

    reference: QuoteReference
    text: str | None = None


def corrections(source: SearchableSource, text: str, finding: Finding) -> Iterator[Correction]:
    """What a quote should be instead: nothing if it is right, or if only its author can know.

    `text` is Markdown, `finding` what was found out about it.
    """
    match finding.verdict:
        case Verdict.WRONG_LINES | Verdict.AMBIGUOUS:
            proposed = [
                Correction(_with_page(source, one, finding.stated)) for one in finding.actual
            ]
        case Verdict.ALTERED:
            proposed = [one] if (one := _restored(source, text, finding.stated)) else []
        case _:
            proposed = []
    for one in proposed:
        words = markdown.quoted(text if one.text is None else one.text)
        if source.verify(words, one.reference, LimitingWords()).verdict is Verdict.VERBATIM:
            yield one


def _with_page(
    source: SearchableSource, actual: QuoteReference, stated: QuoteReference
) -> QuoteReference:
    """A reference with the page that was stated, where the source knows none."""
    page = actual.page if source.document.pages else stated.page
    return QuoteReference(page, actual.lines)


def _restored(source: SearchableSource, text: str, stated: QuoteReference) -> Correction | None:
    """The words of the source that are most like a quote.

    Not where the quoter's own words are among them: they would be lost.
    """
    ways = interpretations(markdown.quoted(text))
    way = next((one for one in ways if not one.literal), next(iter(ways), None))
    if way is None or way.insertions:
        return None
    pieces: list[SimilarSpan] = []
    for part in way.parts:
        found = source.nearest(part, stated)
        if not found:
            return None
        pieces += found
    if any(other.start < one.stop for one, other in pairwise(pieces)):
        return None
    running = source.running_text
    written = ""
    for index, piece in enumerate(pieces):
        if index:
            written += _OMISSION if piece.start > pieces[index - 1].stop else " "
        written += quote_markdown(excerpt_of(running, piece.start, piece.stop))
    extents = [(running.first[one.start], running.last[one.stop - 1]) for one in pieces]
    return Correction(_with_page(source, source.reference(extents, stated), stated), written)
