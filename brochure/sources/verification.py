"""The quotes of leaflets: each one compared with its source."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from brochure.diagnostics import Diagnostic, DiagnosticsError, Reported, fail
from brochure.manuscript.load import Manuscript
from brochure.manuscript.text import markdown
from brochure.manuscript.yaml.nodes import TreePath
from brochure.messages import say
from brochure.project import Project
from brochure.sources.document import (
    Document,
    NumberingMode,
    QuoteReference,
    SourceKind,
    SourceReference,
    source_references,
)
from brochure.sources.finding import (
    NO_SOURCE,
    UNREADABLE,
    CheckedQuote,
    Finding,
    LimitingWords,
    Verdict,
)
from brochure.sources.quote_diagnostics import as_warning, quote_diagnostics
from brochure.sources.reading.reader import read_source
from brochure.sources.searchable import SearchableSource

_DOCUMENTS = 12  # and
_FINDINGS = 5_000  # that are remembered


@dataclass(frozen=True)
class Verification:
    """The findings for all quotes of a leaflet, in order, and the diagnostics about them.

    `digests` are the files of the sources with their SHA-256; `reads` their paths.
    `mark_wrong_quotes`: wrong quotes are marked on the page, as in a draft.
    """

    quotes: tuple[CheckedQuote, ...] = ()
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
        """The number of quotes with both text and reference verified."""
        return sum(
            checked.finding.verdict is Verdict.VERBATIM and not checked.finding.page_unchecked
            for checked in self.quotes
        )

    @cached_property
    def wrong(self) -> frozenset[str]:
        """The passages whose quotes stop a build that is not a draft."""
        harmless = (Verdict.VERBATIM, Verdict.UNCHECKED)
        return frozenset(c.passage for c in self.quotes if c.finding.verdict not in harmless)


@dataclass(frozen=True)
class OpenedSource:
    """A source that was read: None if its text cannot be read; and its SHA-256."""

    source: SearchableSource | None
    digest: str

    @property
    def document(self) -> Document | None:
        return self.source.document if self.source else None


class SourceMemory:
    """What verifiers leave to the next ones, where the same leaflet is verified again and again:
    documents by their digests, searchable, and what was found in them.
    """

    def __init__(self) -> None:
        self.documents: dict[tuple[str, SourceKind, NumberingMode | None, bool], Document] = {}
        self.findings: dict[object, Finding] = {}
        self._searchable: dict[int, SearchableSource] = {}  # by where their documents are

    def searchable(self, document: Document) -> SearchableSource:
        """A document, searchable; the same for the same."""
        return self._searchable.setdefault(id(document), SearchableSource(document))

    def forget(self) -> None:
        """Begin anew once there is much."""
        if len(self.documents) > _DOCUMENTS or len(self.findings) > _FINDINGS:
            self.documents, self.findings, self._searchable = {}, {}, {}


class Verifier:
    """Verifies the quotes of many leaflets; reads each source, and looks up each quote, only once.

    `mark_wrong_quotes`: errors about quotes become warnings, and the quotes are marked on the page.
    `memory` is that of verifiers before this one.
    """

    def __init__(
        self,
        project: Project,
        *,
        mark_wrong_quotes: bool = False,
        memory: SourceMemory | None = None,
    ) -> None:
        self._project = project
        self._mark_wrong_quotes = mark_wrong_quotes
        self._memory = memory or SourceMemory()
        self._memory.forget()
        self._opened: dict[
            tuple[Path, NumberingMode | None, bool], Reported[OpenedSource] | DiagnosticsError
        ] = {}
        self._findings = self._memory.findings

    def verify(self, manuscript: Manuscript) -> Verification:
        """Verify all quotes. A missing source is an error among the diagnostics."""
        sources = {source.path: source for source in source_references(manuscript.tree)}
        quotes = tuple(self._checked_quotes(manuscript, sources))
        diagnostics: dict[Diagnostic, None] = {}
        digests: dict[str, str] = {}
        for source in sources.values():
            try:
                opened = self.open_source(manuscript.name, source)
            except DiagnosticsError as failed:
                diagnostics |= dict.fromkeys(failed.diagnostics)
            else:
                diagnostics |= dict.fromkeys(opened.diagnostics)
                digests[source.file] = opened.value.digest
        for diagnostic in quote_diagnostics(manuscript, quotes):
            diagnostics[as_warning(diagnostic) if self._mark_wrong_quotes else diagnostic] = None
        paths = frozenset(self._path(manuscript.name, source) for source in sources.values())
        return Verification(
            quotes, tuple(diagnostics), tuple(digests.items()), paths, self._mark_wrong_quotes
        )

    def open_source(self, leaflet: str, source: SourceReference) -> Reported[OpenedSource]:
        """A source of a leaflet. Raises DiagnosticsError if it does not exist."""
        path = self._path(leaflet, source)
        key = (path, source.mode, source.restarts)
        if key not in self._opened:
            try:
                self._opened[key] = self._read(path, source)
            except DiagnosticsError as failed:
                self._opened[key] = failed
        opened = self._opened[key]
        if isinstance(opened, DiagnosticsError):
            # Locations in the document itself stay; others are where this leaflet names it.
            shown = self._project.show(path)
            raise DiagnosticsError(
                d if d.location.file == shown else replace(d, location=source.location)
                for d in opened.diagnostics
            )
        return opened

    def _read(self, path: Path, source: SourceReference) -> Reported[OpenedSource]:
        if "://" in source.file:
            fail(
                "source-address",
                say("`file` must be a file of the project, not a web address."),
                source.location,
                say(
                    "Save the document into the folder `sources/` next to the leaflet, and name it "
                    "here; its web address goes into `address:`."
                ),
            )
        result = read_source(
            self._project,
            path,
            source.mode,
            source.location,
            restarts=source.restarts,
            known=self._memory.documents,
        )
        document = result.value.document
        searchable = self._memory.searchable(document) if document else None
        return Reported(OpenedSource(searchable, result.value.digest), result.diagnostics)

    def _path(self, leaflet: str, source: SourceReference) -> Path:
        return self._project.manuscript(leaflet).parent / source.file

    def _checked_quotes(
        self, manuscript: Manuscript, sources: dict[TreePath, SourceReference]
    ) -> Iterator[CheckedQuote]:
        language = manuscript.language
        words = LimitingWords(language.limiting, language.denying)
        for index, passage in enumerate(manuscript.leaflet.passages):
            quote = passage.quote
            if quote is None:
                continue
            path: TreePath = ("passages", index, "quote")
            stated = QuoteReference(quote.page, quote.lines)
            source = sources.get((*path, "source") if quote.source else ("source",))
            if source is None:
                finding = Finding(Verdict.UNCHECKED, stated, reason=NO_SOURCE)
                yield CheckedQuote(passage.id, path, quote, finding)
                continue
            finding = self._finding(manuscript.name, source, quote.text, stated, words)
            yield CheckedQuote(passage.id, path, quote, finding, source.file)

    def _finding(
        self,
        leaflet: str,
        source: SourceReference,
        quote: str,
        stated: QuoteReference,
        words: LimitingWords,
    ) -> Finding:
        try:
            opened = self.open_source(leaflet, source).value
        except DiagnosticsError:  # `verify` reports it
            opened = OpenedSource(None, "")
        if opened.source is None:
            return Finding(Verdict.UNCHECKED, stated, reason=UNREADABLE)
        kind = Path(source.file).suffix.lower()  # the same bytes may be read in several ways
        key = (opened.digest, kind, source.mode, source.restarts, quote, stated, words)
        if key not in self._findings:
            self._findings[key] = opened.source.verify(markdown.quoted(quote), stated, words)
        return self._findings[key]
