"""What is known of a quote, as data."""

from dataclasses import dataclass
from enum import StrEnum

from brochure.sources.reference import Reference
from brochure.sources.search import Difference


class Verdict(StrEnum):
    """What is known of a quote; never a bare yes or no."""

    VERBATIM = "verbatim"  # text and reference are right
    WRONG_LINES = "wrong lines"  # the text is right, and stands elsewhere
    ALTERED = "altered"  # the source says something like it
    AMBIGUOUS = "ambiguous"  # it stands in several places, and the reference decides none
    NOT_FOUND = "not found"
    UNCHECKED = "unchecked"  # there is no source, or its text cannot be read


@dataclass(frozen=True)
class Piece:
    """Words of a context: of the quote itself, or around it; `spaced`: a space follows."""

    text: str
    quoted: bool
    spaced: bool = True


@dataclass(frozen=True)
class Finding:
    """A verdict and all that a person needs to act on it.

    `found` is where the quote stands, or what is most like it; `differences` what is otherwise
    there, `typographic` what only looks otherwise, `marks` the marks of footnotes that the quote
    leaves out. `context` are the sentences around it. `limited` is what follows or precedes in
    the same sentence and limits the quote, `omitted` an omission with a word that matters.
    `reason` says why nothing is known, or what else is wrong.
    """

    verdict: Verdict
    given: Reference
    found: tuple[Reference, ...] = ()
    differences: tuple[Difference, ...] = ()
    typographic: tuple[Difference, ...] = ()
    marks: tuple[str, ...] = ()
    context: tuple[Piece, ...] = ()
    limited: str = ""
    omitted: str = ""
    reason: str = ""
    page_unchecked: bool = False


@dataclass(frozen=True)
class Limits:
    """Words of a language that limit what is said, and those that deny it."""

    limiting: tuple[str, ...] = ()
    denying: tuple[str, ...] = ()
