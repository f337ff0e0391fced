"""What is known of a quote, as data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from brochure.diagnostics import Diagnostic, Location, Severity, error, warning
from brochure.manuscript.load import Manuscript
from brochure.manuscript.model.leaflet import Quote
from brochure.manuscript.yaml.nodes import Path
from brochure.sources.document import Reference
from brochure.sources.matching.exact import Difference


class Verdict(StrEnum):
    """What is known of a quote; never a bare yes or no."""

    VERBATIM = "verbatim"  # text and reference are right
    WRONG_LINES = "wrong lines"  # the text is right, and stands elsewhere
    ALTERED = "altered"  # the source says something like it
    AMBIGUOUS = "ambiguous"  # it stands in several places, and the reference decides none
    NOT_FOUND = "not found"
    UNCHECKED = "unchecked"  # there is no source, or its text cannot be read


@dataclass(frozen=True)
class ContextSegment:
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
    context: tuple[ContextSegment, ...] = ()
    limited: str = ""
    omitted: str = ""
    reason: str = ""
    page_unchecked: bool = False


@dataclass(frozen=True)
class Limits:
    """Words of a language that limit what is said, and those that deny it."""

    limiting: tuple[str, ...] = ()
    denying: tuple[str, ...] = ()


# --- What there is to say about findings: a sentence at the place, and what to do.

NO_SOURCE = "No source file is given."
UNREADABLE = "The text of the source cannot be read."
_MOST = 4  # differences that are named
_WORDS = 6  # of a quote, to look for it


@dataclass(frozen=True)
class Checked:
    """A quote with its finding: the passage it stands in, and the file it was compared with."""

    passage: str
    path: Path
    quote: Quote
    finding: Finding
    file: str = ""


def diagnose(manuscript: Manuscript, checked: Sequence[Checked]) -> Iterator[Diagnostic]:
    """All that a person should know of the quotes of a leaflet."""
    bare: dict[Path, list[Checked]] = {}
    for one in checked:
        if one.finding.reason == NO_SOURCE:
            bare.setdefault(_source_of(manuscript, one), []).append(one)
    if not manuscript.leaflet.source and bare:  # said once
        bare = {(): [one for some in bare.values() for one in some]}
    for some in bare.values():
        yield _without_source(manuscript, some)
    for one in checked:
        if one.finding.reason not in (NO_SOURCE, UNREADABLE):
            yield from _diagnose(manuscript, one)


def softened(diagnostic: Diagnostic) -> Diagnostic:
    """An error about a quote as a warning: a draft shows it on the page."""
    if diagnostic.is_error:
        return replace(diagnostic, severity=Severity.WARNING)
    return diagnostic


def _without_source(manuscript: Manuscript, checked: Sequence[Checked]) -> Diagnostic:
    count, one = len(checked), len(checked) == 1
    return warning(
        "unchecked",
        f"{'The quote is' if one else f'The {count} quotes are'} unchecked: no source file is "
        "given, so nothing says that " + ("it is" if one else "they are") + " verbatim.",
        manuscript.location(_source_of(manuscript, checked[0])),
        "Put the document into the folder `sources/` beside the leaflet, and write its name under "
        "`source:`, as in `file: sources/agreement.pdf`.",
    )


def _source_of(manuscript: Manuscript, checked: Checked) -> Path:
    """Where a source is described, or should be."""
    if checked.quote.source is not None:
        return (*checked.path, "source")
    return ("source",) if manuscript.leaflet.source else checked.path


def _diagnose(manuscript: Manuscript, checked: Checked) -> Iterator[Diagnostic]:
    finding, path = checked.finding, checked.path
    text = manuscript.location((*path, "text"))
    key = "lines" if checked.quote.lines else "page"
    given = manuscript.location((*path, key)) if getattr(checked.quote, key) else text
    where = " or ".join(str(location) for location in finding.found)
    look = f"`brochure source {manuscript.name}"
    match finding.verdict:
        case Verdict.WRONG_LINES:
            yield error(
                "wrong-lines",
                f"The quote is verbatim, but stands {_at(where)}, not {_at(str(finding.given))}."
                if where
                else "The quote is verbatim, but stands where lines have no numbers.",
                given,
                f"Write {finding.found[0].typed}."
                if finding.found[0].lines or not checked.quote.lines
                else f"Write {finding.found[0].typed}, without `lines`."
                if finding.found[0].page
                else "Delete `lines`.",
            )
        case Verdict.ALTERED:
            location = manuscript.location((*path, "text"), _snippet(finding))
            yield error(
                "altered",
                f"The quote is not what the source says{f' {_at(where)}' if where else ''}: "
                + (_differences(finding.differences) or finding.reason),
                location,
                (f"{finding.reason} " if finding.differences and finding.reason else "")
                + f"{look}{_asked(finding)}` prints it as it stands. An omission is marked by […], "
                "words of your own stand in [square brackets].",
            )
        case Verdict.AMBIGUOUS:
            yield error(
                "ambiguous",
                f"The quote stands in several places: {where}.",
                given,
                "Say which one is meant, with `lines:` or `page:`; or quote more of it.",
            )
        case Verdict.NOT_FOUND:
            words = " ".join(checked.quote.text.replace('"', "").split()[:_WORDS])
            yield error(
                "not-found",
                "The source does not say this, nor anything like it.",
                text,
                f"{finding.reason} " * bool(finding.reason)
                + f'{look} --find "{words}"` looks for words that you remember.',
            )
        case Verdict.UNCHECKED:
            yield warning("unchecked", f"The quote is unchecked: {finding.reason}", given)
        case Verdict.VERBATIM:
            yield from _notes(manuscript, checked, text)


def _notes(manuscript: Manuscript, checked: Checked, text: Location) -> Iterator[Diagnostic]:
    """What to look at in a quote that is verbatim."""
    finding = checked.finding
    if finding.typographic:
        said = _differences(tuple(dict.fromkeys(finding.typographic)))
        snippet = finding.typographic[0].quote
        yield note(
            "typography",
            f"The quote is verbatim but for its typography: {said}",
            manuscript.location((*checked.path, "text"), snippet),
            "It may stay as it is.",
        )
    if finding.marks:
        yield note(
            "footnote-mark",
            f"The mark of a footnote is left out: {', '.join(finding.marks)}.",
            text,
            "It may stay as it is; look whether the footnote limits what is quoted.",
        )
    if finding.limited:
        yield note(
            "limited",
            f"The sentence says more: “{finding.limited.strip(' ,;')}”",
            text,
            "If that limits what you quote, quote it as well.",
        )
    if finding.omitted:
        yield note(
            "limited",
            f"The omission leaves out: “{finding.omitted}”",
            manuscript.location((*checked.path, "text"), "…"),
            "If that changes what is said, do not leave it out.",
        )
    if finding.page_unchecked:
        yield warning(
            "page-unchecked",
            "The page is unchecked: the source file has no pages.",
            manuscript.location((*checked.path, "page")),
            "Look it up by hand, or give the document as a PDF.",
        )


def note(code: str, message: str, location: Location, hint: str) -> Diagnostic:
    """Something that is worth knowing."""
    return Diagnostic(Severity.NOTE, code, message, location, hint)


def _at(reference: str) -> str:
    """``in lines 3–4``, ``on page 2, lines 3–4``."""
    return ("on " if reference.startswith("page") else "in ") + reference


def _asked(finding: Finding) -> str:
    """The arguments that print the lines of a finding."""
    location = finding.found[0] if finding.found else finding.given
    words = f" {location.lines.replace('–', '-').partition(',')[0]}" if location.lines else ""
    return words + (f" --page {location.page.replace('–', '-')}" if location.page else "")


def _differences(differences: Sequence[Difference]) -> str:
    """Differences in words: what the source has, and what the quote has."""
    parts = []
    for source, quote in differences[:_MOST]:
        if not quote:
            parts.append(f"“{source}” is missing in the quote")
        elif not source:
            parts.append(f"“{quote}” is not in the source")
        else:
            parts.append(f"the source has “{source}”, the quote “{quote}”")
    more = len(differences) - _MOST
    return "; ".join(parts) + (f"; and {more} more" if more > 0 else "") + "." * bool(parts)


def _snippet(finding: Finding) -> str:
    """Words of the quote that differ, to find the place; of short ones there may be many."""
    return next((d.quote for d in finding.differences if len(d.quote) > 3), "")
