"""Is a quote what its source says, and where it says it? Pure: quote and document → finding."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from brochure.diagnostics import Diagnostic, DiagnosticsError, error
from brochure.manuscript.load import Manuscript
from brochure.manuscript.text import markdown
from brochure.manuscript.yaml.nodes import Path as TreePath
from brochure.project import Project
from brochure.sources import finding as diagnostics
from brochure.sources.document import (
    Document,
    Extent,
    Line,
    Mode,
    Reference,
    SourceReference,
    accepted,
    needed,
    parsed,
    reference,
    same_numbers,
    source_references,
)
from brochure.sources.finding import Checked, Finding, Limits, Verdict
from brochure.sources.matching import sentences
from brochure.sources.matching.exact import (
    Difference,
    Location,
    Reading,
    locations,
    readings,
    spans,
)
from brochure.sources.matching.nearest import Similar, similar, similar_at
from brochure.sources.matching.sentences import context, limit
from brochure.sources.matching.text import Text
from brochure.sources.reading.reader import read

_LIKE_THERE = 0.5  # … the same, where the reference says it stands
_LIKE = 0.6  # the share of a quote that stands somewhere, so that it is called altered
_MOST = 5  # places that are named
_FAR = 60  # lines between parts that are told as one place


class Source:
    """A document to compare quotes with; its words are put in order once."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def running(self) -> Text:
        """The running text, without what stands beside it on the pages."""
        return Text(self.document, asides=False)

    @cached_property
    def whole(self) -> Text:
        """All that stands on the pages."""
        return Text(self.document, asides=True)

    def verify(self, quote: str, given: Reference, limits: Limits) -> Finding:
        """The finding for a quote as it is printed, with the reference beside it."""
        ways = readings(quote)
        if not ways:
            return Finding(Verdict.NOT_FOUND, given, reason="It has no words of the source.")
        for text in (self.running, self.whole):
            for reading in ways:
                if found := locations(text, reading):
                    return self._found(text, found, given, limits)
            if not any(line.aside for line in self.document.lines):
                break
        return self._similar(ways, given)

    def _found(
        self, text: Text, found: Sequence[Location], given: Reference, limits: Limits
    ) -> Finding:
        """The verdict on a quote that stands in the source, to the letter."""
        extents = [_extents(text, location) for location in found]
        right = [i for i, extent in enumerate(extents) if self._is_right(given, extent)]
        # The first of each place: of an omission's possible ends, the nearest one.
        references = list(dict.fromkeys(self._told(extent, given) for extent in extents))
        chosen = 0
        if not (given.lines or given.page):
            starts = {extent[0][0] for extent in extents}
            verdict = Verdict.VERBATIM if len(starts) == 1 else Verdict.AMBIGUOUS
        elif right:
            chosen, verdict = right[0], Verdict.VERBATIM
        else:
            near = [i for i, extent in enumerate(extents) if self._is_near(given, extent)]
            starts = {extents[i][0][0] for i in near or range(len(extents))}
            verdict = Verdict.WRONG_LINES if len(starts) == 1 else Verdict.AMBIGUOUS
            chosen = near[0] if near else 0
        finding = Finding(verdict, given)
        if verdict is Verdict.AMBIGUOUS:
            return replace(finding, found=tuple(references[:_MOST]))
        if verdict is Verdict.WRONG_LINES and self._is_uncertain(given, extents[chosen]):
            reason = "The numbers of the lines in which it begins and ends are not certain."
            finding = replace(finding, verdict=Verdict.UNCHECKED, reason=reason)
        location = found[chosen]
        return self._described(text, location, limits, finding, extents[chosen])

    def _described(
        self,
        text: Text,
        location: Location,
        limits: Limits,
        finding: Finding,
        extents: list[Extent],
    ) -> Finding:
        start, stop = location[0].start, location[-1].stop
        around = sentences.surroundings(text, start, stop)
        gaps = [text.shown(one.stop, other.start) for one, other in pairwise(location)]
        words = (*limits.limiting, *limits.denying)
        return replace(
            finding,
            found=(self._told(extents, finding.given),),
            typographic=tuple(d for span in location for d in span.typographic),
            marks=tuple(mark for span in location for mark in span.marks),
            context=tuple(context(text, location, around)),
            limited=limit(text, start, stop, around, limits),
            omitted=next((gap for gap in gaps if sentences.limiting(gap, words)), ""),
            page_unchecked=bool(finding.given.page) and not self.document.pages,
        )

    def _told(self, extents: Sequence[Extent], given: Reference) -> Reference:
        """Where a place is, in a form in which it is fit to be printed."""
        return needed(self.document, reference(self.document, extents), given)

    def _is_right(self, given: Reference, extents: list[Extent]) -> bool:
        """Whether a reference says exactly where a place begins and ends."""
        return any(
            (not given.page or not right.page or same_numbers(given.page, right.page))
            and (not given.lines or same_numbers(given.lines, right.lines or ""))
            for right in accepted(self.document, extents)
        ) and not self._lacks_page(given)

    def _lacks_page(self, given: Reference) -> bool:
        """Whether the same line number stands on other pages, too, and no page is given."""
        restarts = self.document.numbering.restarts
        return bool(restarts and len(self.document.pages) > 1 and given.lines and not given.page)

    def _is_near(self, given: Reference, extents: list[Extent]) -> bool:
        """Whether a reference means this place, though not exactly: they share a line or page."""
        right = reference(self.document, extents)
        if given.page and right.page:
            same_page = _overlap(given.page, right.page)
            if not same_page or not given.lines:
                return same_page
        return bool(given.lines and right.lines and _overlap(given.lines, right.lines))

    def _is_uncertain(self, given: Reference, extents: list[Extent]) -> bool:
        """Whether only some lines have numbers in the margin, and these have none for certain."""
        if self.document.numbering.step == 1 or not given.lines:
            return False
        return reference(self.document, extents).lines is None

    def _similar(self, ways: Sequence[Reading], given: Reference) -> Finding:
        """The verdict on a quote that does not stand in the source as it is."""
        text = self.running
        referred = (
            index
            for index, line in enumerate(self.document.lines)
            if self._is_referred_to(given, line)
        )
        there = next(referred, None)  # the line where it is said to begin
        reading = next((way for way in ways if not way.literal), ways[0])
        differences: list[Difference] = []
        extents: list[Extent] = []
        missing = 0
        for part in reading.parts:
            if exact := next(spans(text, part), None):
                extents.append((text.first[exact.start], text.last[exact.stop - 1]))
                continue
            best: Similar | None = next(similar(text, part, _LIKE), None)
            if best is None and there is not None:
                start, stop = (bisect_left(text.first, line) for line in (there, there + 1))
                best = similar_at(text, part, _LIKE_THERE, start, stop)
            if best is None:
                missing += len(part)
                continue
            extents.append((text.first[best.start], text.last[best.stop - 1]))
            differences += best.differences
        if 2 * missing > sum(map(len, reading.parts)):
            blank = {self.document.page_name(index) for index in self.document.blank}
            unread = given.page is not None and given.page in blank
            verdict = Verdict.UNCHECKED if unread else Verdict.NOT_FOUND
            return Finding(verdict, given, reason=self._unread())
        reason = ""
        if missing:
            reason = "A part of it does not stand in the source."
        elif not differences:
            reason = (
                "Its parts stand there, but not in this order, or far apart."
                if len(reading.parts) > 1
                else "It begins or ends within a word."
            )
        far = any(other[0] - one[1] > _FAR for one, other in pairwise(extents))
        if extents == sorted(extents) and not far:
            where: tuple[Reference, ...] = (self._told(extents, given),)
        else:
            where = tuple(dict.fromkeys(self._told([extent], given) for extent in extents))
        return Finding(Verdict.ALTERED, given, where, tuple(differences), reason=reason)

    def _is_referred_to(self, given: Reference, line: Line) -> bool:
        if given.page and self.document.pages:
            if self.document.page_name(line.page) != given.page.partition("–")[0]:
                return False
        return bool(given.lines) and line.number == parsed(given.lines or "0")[0][0]

    def _unread(self) -> str:
        blank = [self.document.page_name(i) for i in self.document.blank]
        if not blank:
            return ""
        shown = ", ".join(blank[:_MOST]) + (" …" if len(blank) > _MOST else "")
        return f"Not read: page{'s' if len(blank) > 1 else ''} {shown}, which are pictures."


def _extents(text: Text, location: Location) -> list[Extent]:
    return [(text.first[span.start], text.last[span.stop - 1]) for span in location]


def _overlap(one: str, other: str) -> bool:
    """Whether two ways to write numbers have one in common."""
    return any(
        first <= stop and start <= last
        for first, last in _spans(one)
        for start, stop in _spans(other)
    )


def _spans(numbers: str) -> Iterator[tuple[int, int]]:
    """The ranges of some numbers. Of one that runs over a page break, both ends."""
    for first, last in parsed(numbers):
        yield from [(first, last)] if first <= last else [(first, first), (last, last)]


# --- A leaflet with its sources: every quote verified, and what is to be said about it.


@dataclass(frozen=True)
class Verification:
    """The findings for all quotes of a leaflet, in its order, and the complaints about them.

    `digests` are the sources with their SHA-256, `reads` their paths. `marked`: quotes that are
    wrong are marked on the page, as in a draft.
    """

    quotes: tuple[Checked, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    digests: tuple[tuple[str, str], ...] = ()
    reads: frozenset[Path] = frozenset()
    mark_wrong_quotes: bool = False

    @cached_property
    def by_passage(self) -> dict[str, Finding]:
        """The finding of each passage that has a quote."""
        return {checked.passage: checked.finding for checked in self.quotes}

    @property
    def verified(self) -> int:
        """How many quotes are what the source says, where it says it; no more is claimed."""
        return sum(
            checked.finding.verdict is Verdict.VERBATIM and not checked.finding.page_unchecked
            for checked in self.quotes
        )

    @cached_property
    def wrong(self) -> frozenset[str]:
        """The passages whose quotes stop a build that is no draft."""
        fine = (Verdict.VERBATIM, Verdict.UNCHECKED)
        return frozenset(c.passage for c in self.quotes if c.finding.verdict not in fine)


@dataclass(frozen=True)
class Opened:
    """A source that was opened: its text, or None and why; its SHA-256."""

    source: Source | None
    digest: str
    diagnostics: tuple[Diagnostic, ...]

    @property
    def document(self) -> Document | None:
        return self.source.document if self.source else None


class Verifier:
    """Verifies the quotes of many leaflets; each source is read once, each quote looked up once.

    `marked`: what would stop a build is a warning, and is marked on the page instead.
    """

    def __init__(self, project: Project, *, mark_wrong_quotes: bool = False) -> None:
        self._project = project
        self._mark_wrong_quotes = mark_wrong_quotes
        self._opened: dict[tuple[Path, Mode | None, bool], Opened | DiagnosticsError] = {}
        self._findings: dict[object, Finding] = {}

    def verify(self, manuscript: Manuscript) -> Verification:
        """Verify all quotes. A source that does not exist is an error among the diagnostics."""
        named = {source.path: source for source in source_references(manuscript.tree)}
        found = tuple(self._checked(manuscript, named))
        said: dict[Diagnostic, None] = {}
        digests: dict[str, str] = {}
        for source in named.values():
            try:
                opened = self.open(manuscript.name, source)
            except DiagnosticsError as failed:
                said |= dict.fromkeys(failed.diagnostics)
            else:
                said |= dict.fromkeys(opened.diagnostics)
                digests[source.file] = opened.digest
        for diagnostic in diagnostics.diagnose(manuscript, found):
            said[diagnostics.softened(diagnostic) if self._mark_wrong_quotes else diagnostic] = None
        paths = frozenset(self._path(manuscript.name, source) for source in named.values())
        return Verification(
            found, tuple(said), tuple(digests.items()), paths, self._mark_wrong_quotes
        )

    def open(self, leaflet: str, source: SourceReference) -> Opened:
        """A source, read when it is first asked for. Raises Problems where there is none."""
        path = self._path(leaflet, source)
        key = (path, source.mode, source.anew)
        if key not in self._opened:
            try:
                document, digest, found = self._read(path, source)
            except DiagnosticsError as failed:
                self._opened[key] = failed
            else:
                opened = Opened(Source(document) if document else None, digest, tuple(found))
                self._opened[key] = opened
        known = self._opened[key]
        if isinstance(known, DiagnosticsError):
            # A place in the document itself stays; others are where this leaflet names it.
            own = self._project.show(path)
            raise DiagnosticsError(
                d if d.location.file == own else replace(d, location=source.location)
                for d in known.diagnostics
            )
        return known

    def _read(
        self, path: Path, source: SourceReference
    ) -> tuple[Document | None, str, list[Diagnostic]]:
        if "://" in source.file:
            raise DiagnosticsError(
                [
                    error(
                        "source-address",
                        "`file` names a file of the project, and this is an address.",
                        source.location,
                        "Save the document into the folder `sources/` beside the leaflet and name "
                        "it here; where it comes from goes to `address:`.",
                    )
                ]
            )
        return read(self._project, path, source.mode, source.location, anew=source.anew)

    def _path(self, leaflet: str, source: SourceReference) -> Path:
        return self._project.manuscript(leaflet).parent / source.file

    def _checked(
        self, manuscript: Manuscript, named: dict[TreePath, SourceReference]
    ) -> Iterator[Checked]:
        language = manuscript.language
        limits = Limits(language.limiting, language.denying)
        for index, passage in enumerate(manuscript.leaflet.passages):
            quote = passage.quote
            if quote is None:
                continue
            path: TreePath = ("passages", index, "quote")
            given = Reference(quote.page, quote.lines)
            source = named.get((*path, "source") if quote.source else ("source",))
            if source is None:
                finding = Finding(Verdict.UNCHECKED, given, reason=diagnostics.NO_SOURCE)
                yield Checked(passage.id, path, quote, finding)
                continue
            try:
                opened = self.open(manuscript.name, source)
            except DiagnosticsError:
                opened = Opened(None, "", ())  # said above
            if opened.source is None:
                finding = Finding(Verdict.UNCHECKED, given, reason=diagnostics.UNREADABLE)
            else:
                key = (opened.digest, source.mode, source.anew, quote.text, given, limits)
                if key not in self._findings:
                    words = markdown.quoted(quote.text)
                    self._findings[key] = opened.source.verify(words, given, limits)
                finding = self._findings[key]
            yield Checked(passage.id, path, quote, finding, source.file)
