"""Findings: what is known of each quote."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from brochure.manuscript.model.leaflet import Quote
from brochure.manuscript.yaml.nodes import TreePath
from brochure.messages import EMPTY, Message, say
from brochure.sources.document import QuoteReference
from brochure.sources.matching.exact import Difference


class Verdict(StrEnum):
    """The result of comparing a quote with its source. The values are for machines."""

    VERBATIM = "verbatim"  # both the text and the reference are right
    WRONG_LINES = "wrong lines"  # the text is right, but the reference is not
    ALTERED = "altered"  # the source has something similar
    AMBIGUOUS = "ambiguous"  # it occurs several times, and the reference does not decide
    NOT_FOUND = "not found"
    UNCHECKED = "unchecked"  # there is no source, or its text cannot be read


#: Verdicts as users see them.
VERDICT_NAMES: Mapping[Verdict, Message] = {
    Verdict.VERBATIM: say("verbatim"),
    Verdict.WRONG_LINES: say("wrong lines"),
    Verdict.ALTERED: say("altered"),
    Verdict.AMBIGUOUS: say("ambiguous"),
    Verdict.NOT_FOUND: say("not found"),
    Verdict.UNCHECKED: say("unchecked"),
}
NO_SOURCE = say("No source file is named.")
UNREADABLE = say("The text of the source cannot be read.")


@dataclass(frozen=True)
class ContextSegment:
    """Words of the quote (`quoted`) or around it; `spaced`: a space follows."""

    text: str
    quoted: bool
    spaced: bool = True


@dataclass(frozen=True)
class LimitingWords:
    """Words of a language that limit a statement (“only”), and words that deny one (“not”)."""

    limiting: tuple[str, ...] = ()
    denying: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """The verdict on a quote, and what is needed to act on it.

    `stated` is the reference in the leaflet, `actual` where the quote is, or what is most like it.
    `differences` are words that differ, `typographic` those that only look different, `marks` words
    whose footnote marks the quote leaves out, `guessed` words of the source with odd letters, and
    how the quote has them, `misnamed` words of both with a letter that the file misnames, and what
    they are most likely. `context` are the sentences of the quote and their neighbours.
    `limited` are words of these that limit it, `omitted` an omission that contains a word which
    limits or denies, `stitched` the words before and after one that makes one sentence of several,
    `denied` the quoter's own words that turn round what is said. `reason` says why the quote is
    unchecked, or what else is wrong. `page_unchecked`: a page is stated, but the source has none.
    `reference_notes`: what to know about the reference.
    """

    verdict: Verdict
    stated: QuoteReference
    actual: tuple[QuoteReference, ...] = ()
    differences: tuple[Difference, ...] = ()
    typographic: tuple[Difference, ...] = ()
    marks: tuple[str, ...] = ()
    guessed: tuple[Difference, ...] = ()
    misnamed: tuple[Difference, ...] = ()
    context: tuple[ContextSegment, ...] = ()
    limited: str = ""
    omitted: str = ""
    stitched: tuple[str, str] | None = None
    denied: tuple[str, ...] = ()
    reason: Message = EMPTY
    page_unchecked: bool = False
    reference_notes: tuple[Message, ...] = ()


@dataclass(frozen=True)
class CheckedQuote:
    """A quote with its finding, its passage and path, and the source file it was compared with."""

    passage: str
    path: TreePath
    quote: Quote
    finding: Finding
    file: str = ""
