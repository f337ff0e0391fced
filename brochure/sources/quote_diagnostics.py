"""What is said about the findings: a diagnostic for each, or one for several."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace

from brochure.diagnostics import Diagnostic, Location, Severity, error, note, warning
from brochure.manuscript.load import Manuscript
from brochure.manuscript.yaml.nodes import TreePath
from brochure.messages import Message, joined, plural, say
from brochure.sources.finding import NO_SOURCE, UNREADABLE, CheckedQuote, Finding, Verdict
from brochure.sources.matching.exact import Difference
from brochure.sources.matching.tokens import printable

_MOST = 4  # differences that are named
_STRAY = 0.2  # of the quotes of a source; if no more are in it, it is another document
_WORDS = 6  # words of a quote that the hint says to look for


def quote_diagnostics(
    manuscript: Manuscript, quotes: Sequence[CheckedQuote]
) -> Iterator[Diagnostic]:
    """Everything that the author should know about the quotes of a leaflet."""
    without_source: dict[TreePath, list[CheckedQuote]] = {}
    for checked in quotes:
        if checked.finding.reason == NO_SOURCE:
            without_source.setdefault(_source_path(manuscript, checked), []).append(checked)
    if not manuscript.leaflet.source and without_source:  # a single warning for all of them
        without_source = {(): [one for group in without_source.values() for one in group]}
    for group in without_source.values():
        yield _no_source(manuscript, group)
    yield from _other_documents(manuscript, quotes)
    for checked in quotes:
        if checked.finding.reason not in (NO_SOURCE, UNREADABLE):
            yield from _diagnostics(manuscript, checked)


def as_warning(diagnostic: Diagnostic) -> Diagnostic:
    """An error as a warning, for drafts, which mark wrong quotes on the page."""
    if diagnostic.is_error:
        return replace(diagnostic, severity=Severity.WARNING)
    return diagnostic


def _no_source(manuscript: Manuscript, quotes: Sequence[CheckedQuote]) -> Diagnostic:
    return warning(
        "unchecked",
        plural(
            "The quote is unchecked: no source file is named to compare it with.",
            "The {n} quotes are unchecked: no source file is named to compare them with.",
            len(quotes),
        ),
        manuscript.location(_source_path(manuscript, quotes[0])),
        say(
            "Put the document into the folder `sources/` next to the leaflet, and name it under "
            "`source:`, as in `file: sources/agreement.pdf`."
        ),
    )


def _other_documents(
    manuscript: Manuscript, quotes: Sequence[CheckedQuote]
) -> Iterator[Diagnostic]:
    """A warning for each source in which (nearly) none of several quotes is found."""
    by_source: dict[TreePath, list[CheckedQuote]] = {}
    for checked in quotes:
        if checked.finding.verdict is not Verdict.UNCHECKED:
            by_source.setdefault(_source_path(manuscript, checked), []).append(checked)
    for path, group in by_source.items():
        # With a reason, pages were not read, or the quote has no words.
        n = sum(c.finding.verdict is Verdict.NOT_FOUND and not c.finding.reason for c in group)
        if n > 1 and len(group) - n <= _STRAY * len(group):
            file, total, found = group[0].file, len(group), len(group) - n
            none = say(
                "`{file}` does not seem to be the document that is quoted: it contains none of the "
                "{total} quotes.",
                file=file,
                total=total,
            )
            few = say(
                "`{file}` does not seem to be the document that is quoted: it contains only "
                "{found} of the {total} quotes.",
                file=file,
                total=total,
                found=found,
            )
            yield warning(
                "other-document",
                few if found else none,
                manuscript.location((*path, "file")),
                say(
                    "Is it the right file? `{command}` shows what was read of it.",
                    command=f"brochure source show {manuscript.name}",
                ),
            )


def _source_path(manuscript: Manuscript, checked: CheckedQuote) -> TreePath:
    """Where the source of a quote is described, or should be."""
    if checked.quote.source is not None:
        return (*checked.path, "source")
    return ("source",) if manuscript.leaflet.source else checked.path


def _diagnostics(manuscript: Manuscript, checked: CheckedQuote) -> Iterator[Diagnostic]:
    finding, path = checked.finding, checked.path
    text = manuscript.location((*path, "text"))
    key = "lines" if checked.quote.lines else "page" if checked.quote.page else "text"
    reference = manuscript.location((*path, key))
    match finding.verdict:
        case Verdict.WRONG_LINES:
            yield _wrong_lines(finding, reference)
        case Verdict.ALTERED:
            location = manuscript.location((*path, "text"), _snippet(finding))
            yield _altered(manuscript.name, checked, location)
        case Verdict.AMBIGUOUS:
            yield error(
                "ambiguous",
                say("The quote occurs several times: {references}.", references=_either(finding)),
                reference,
                say("State which one you mean with `lines:` or `page:`, or quote more of it."),
            )
        case Verdict.NOT_FOUND:
            yield _not_found(manuscript.name, checked, text)
        case Verdict.UNCHECKED:
            yield warning(
                "unchecked",
                say("The quote is unchecked: {reason}", reason=finding.reason),
                reference,
            )
        case Verdict.VERBATIM:
            yield from _notes(manuscript, checked, text)
    for message in finding.reference_notes:
        yield note("reference", message, reference, say("Look at the source to be sure."))


def _wrong_lines(finding: Finding, location: Location) -> Diagnostic:
    actual, stated = finding.actual[0], finding.stated
    if str(actual):
        message = say(
            "The quote is verbatim, but the reference is wrong: it should be {actual}, not "
            "{stated}.",
            actual=actual.message,
            stated=stated.message,
        )
    else:
        message = say("The quote is verbatim, but its lines have no numbers.")
    if actual.lines or not stated.lines:
        hint = say("Write {keys}.", keys=actual.as_yaml)
    elif actual.page:
        hint = say("Write {keys}, without `lines`.", keys=actual.as_yaml)
    else:
        hint = say("Delete `lines`.")
    return error("wrong-lines", message, location, hint)


def _altered(leaflet: str, checked: CheckedQuote, location: Location) -> Diagnostic:
    finding = checked.finding
    if finding.actual and str(finding.actual[0]):
        message = say(
            "The quote is not what the source says ({references}).", references=_either(finding)
        )
    else:
        message = say("The quote is not what the source says.")
    details = _differences(finding.differences)
    hint = say(
        "`{command}` prints the original text. Mark an omission with […], and put your own words "
        "into [square brackets].",
        command=_quote_command(leaflet, checked),
    )
    if details:
        hint = joined([finding.reason, hint])
    return error("altered", joined([message, details or finding.reason]), location, hint)


def _not_found(leaflet: str, checked: CheckedQuote, location: Location) -> Diagnostic:
    words = " ".join(checked.quote.text.replace('"', "").split()[:_WORDS])
    hint = say(
        "`{command}` looks for the words that you remember.",
        command=f'brochure source find {leaflet} "{words}"',
    )
    return error(
        "not-found",
        say("The source contains neither this quote nor anything similar."),
        location,
        joined([checked.finding.reason, hint]),
    )


def _notes(
    manuscript: Manuscript, checked: CheckedQuote, location: Location
) -> Iterator[Diagnostic]:
    """What to check in a quote that is verbatim."""
    finding = checked.finding
    text = (*checked.path, "text")
    if finding.typographic:
        yield note(
            "typography",
            say(
                "The quote is verbatim except for its typography. {differences}",
                differences=_differences(tuple(dict.fromkeys(finding.typographic))),
            ),
            manuscript.location(text, finding.typographic[0].quote),
            say("You may leave it as it is."),
        )
    if finding.marks:
        yield note(
            "footnote-mark",
            plural(
                "The quote leaves out a footnote mark: {words}.",
                "The quote leaves out footnote marks: {words}.",
                len(finding.marks),
                words=", ".join(finding.marks),
            ),
            location,
            say(
                "You may leave it as it is, unless the footnote limits what you quote. After a "
                "number, make sure that it is no exponent."
            )
            if any(_behind_number(word) for word in finding.marks)
            else say("You may leave it as it is, unless the footnote limits what you quote."),
        )
    if finding.guessed:
        yield _guessed(tuple(dict.fromkeys(finding.guessed)), manuscript, text)
    for likely, word in dict.fromkeys(finding.misnamed):
        yield note(
            "misnamed-letter",
            say(
                "“{word}” is most likely “{likely}”: the file misnames a letter of it.",
                word=printable(word),
                likely=likely,
            ),
            manuscript.location(text, word),
            say("Open the document, and write what you see there."),
        )
    if finding.limited:
        yield note(
            "limited",
            say("The source says more: “{words}”", words=finding.limited.strip(" ,;")),
            location,
            say("If this limits what you quote, quote it as well."),
        )
    if finding.omitted:
        yield note(
            "limited",
            say("The quote omits: “{words}”", words=finding.omitted),
            manuscript.location(text, "…"),
            say("If this changes the meaning, do not omit it."),
        )
    if finding.stitched:
        before, after = finding.stitched
        yield note(
            "stitched",
            say(
                "The omission between “{before}” and “{after}” leaves out the end of a sentence: "
                "the quote makes one sentence of several.",
                before=before,
                after=after,
            ),
            manuscript.location(text, "…"),
            say(
                "Readers will take it for one sentence of the source. Quote the sentences one "
                "after the other, each with its own end."
            ),
        )
    if finding.denied:
        yield note(
            "denied",
            say(
                "The quote turns round what the source says, with words of your own: {words}.",
                words=", ".join(finding.denied),
            ),
            manuscript.location(text, finding.denied[0]),
            say("Deny it in the commentary instead, and quote what the source says."),
        )
    if finding.page_unchecked:
        yield warning(
            "page-unchecked",
            say("The page is unchecked: the source file has no pages."),
            manuscript.location((*checked.path, "page")),
            say("Check it yourself, or use a PDF of the document."),
        )


def _behind_number(word: str) -> bool:
    """Whether a word with the mark of a footnote is a number."""
    return word[0].isdecimal()


def _guessed(guesses: Sequence[Difference], manuscript: Manuscript, text: TreePath) -> Diagnostic:
    sentences = [
        say("“{original}” was read as “{words}”.", original=printable(odd), words=words)
        for odd, words in guesses[:_MOST]
    ]
    return note(
        "read-as",
        joined(
            [
                say("The source has letters that the file does not name."),
                *sentences,
                *_not_listed(len(guesses) - _MOST),
            ]
        ),
        manuscript.location(text, guesses[0].quote),
        say("Open the document, and compare these words."),
    )


def _either(finding: Finding) -> Message:
    """The references of a finding: ``line 1 or line 4``."""
    first, *others = [reference.message for reference in finding.actual]
    for other in others:
        first = say("{reference} or {other}", reference=first, other=other)
    return first


def _quote_command(leaflet: str, checked: CheckedQuote) -> str:
    """The command that prints the lines of a finding."""
    finding = checked.finding
    reference = finding.actual[0] if finding.actual else finding.stated
    command = f"brochure source quote {leaflet}"
    if reference.lines:
        command += f" {reference.lines.replace('–', '-').partition(',')[0]}"
    if reference.page:
        command += f" --page {reference.page.replace('–', '-')}"
    if checked.quote.source is not None:  # not the one that the leaflet quotes otherwise
        command += f" --file {shlex.quote(checked.file)}"
    return command


def _differences(differences: Sequence[Difference]) -> Message:
    """A sentence for each difference; the rest is counted. Empty if there are none."""
    sentences = []
    for source, quote in differences[:_MOST]:
        if not quote:
            words = printable(source)
            sentences.append(say("“{words}” is missing from the quote.", words=words))
        elif not source:
            sentences.append(say("“{words}” is not in the source.", words=quote))
        else:
            sentences.append(
                say(
                    "The source has “{original}”, the quote has “{words}”.",
                    original=printable(source),
                    words=quote,
                )
            )
    return joined([*sentences, *_not_listed(len(differences) - _MOST)])


def _not_listed(more: int) -> Iterator[Message]:
    """How many differences are not listed; nothing if all are."""
    if more > 0:
        yield plural(
            "{n} more difference is not listed.",
            "{n} more differences are not listed.",
            more,
        )


def _snippet(finding: Finding) -> str:
    """Words of the quote that differ and are long enough to locate it in the file."""
    return next((d.quote for d in finding.differences if len(d.quote) > 3), "")
