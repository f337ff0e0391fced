"""A leaflet with its sources: every quote verified, and what is to be said about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from brochure.diagnostics import Diagnostic, Problems, error
from brochure.manuscript import markup
from brochure.manuscript.load import Manuscript
from brochure.manuscript.nodes import Path as TreePath
from brochure.project import Project
from brochure.sources import complaints
from brochure.sources.complaints import Checked
from brochure.sources.document import Document, Mode
from brochure.sources.finding import Finding, Limits, Verdict
from brochure.sources.named import Named, named_sources
from brochure.sources.read import read
from brochure.sources.reference import Reference
from brochure.sources.verify import Source


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
    marked: bool = False

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

    def __init__(self, project: Project, *, marked: bool = False) -> None:
        self._project = project
        self._marked = marked
        self._opened: dict[tuple[Path, Mode | None, bool], Opened | Problems] = {}
        self._findings: dict[object, Finding] = {}

    def verify(self, manuscript: Manuscript) -> Verification:
        """Verify all quotes. A source that does not exist is an error among the diagnostics."""
        named = {source.path: source for source in named_sources(manuscript.tree)}
        found = tuple(self._checked(manuscript, named))
        said: dict[Diagnostic, None] = {}
        digests: dict[str, str] = {}
        for source in named.values():
            try:
                opened = self.open(manuscript.name, source)
            except Problems as problems:
                said |= dict.fromkeys(problems.diagnostics)
            else:
                said |= dict.fromkeys(opened.diagnostics)
                digests[source.file] = opened.digest
        for diagnostic in complaints.diagnose(manuscript, found):
            said[complaints.softened(diagnostic) if self._marked else diagnostic] = None
        paths = frozenset(self._path(manuscript.name, source) for source in named.values())
        return Verification(found, tuple(said), tuple(digests.items()), paths, self._marked)

    def open(self, leaflet: str, source: Named) -> Opened:
        """A source, read when it is first asked for. Raises Problems where there is none."""
        path = self._path(leaflet, source)
        key = (path, source.mode, source.anew)
        if key not in self._opened:
            try:
                document, digest, found = self._read(path, source)
            except Problems as problems:
                self._opened[key] = problems
            else:
                opened = Opened(Source(document) if document else None, digest, tuple(found))
                self._opened[key] = opened
        known = self._opened[key]
        if isinstance(known, Problems):
            # A place in the document itself stays; others are where this leaflet names it.
            own = self._project.show(path)
            raise Problems(
                d if d.place.file == own else replace(d, place=source.place)
                for d in known.diagnostics
            )
        return known

    def _read(self, path: Path, source: Named) -> tuple[Document | None, str, list[Diagnostic]]:
        if "://" in source.file:
            raise Problems(
                [
                    error(
                        "source-address",
                        "`file` names a file of the project, and this is an address.",
                        source.place,
                        "Save the document into the folder `sources/` beside the leaflet and name "
                        "it here; where it comes from goes to `address:`.",
                    )
                ]
            )
        return read(self._project, path, source.mode, source.place, anew=source.anew)

    def _path(self, leaflet: str, source: Named) -> Path:
        return self._project.manuscript(leaflet).parent / source.file

    def _checked(self, manuscript: Manuscript, named: dict[TreePath, Named]) -> Iterator[Checked]:
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
                finding = Finding(Verdict.UNCHECKED, given, reason=complaints.NO_SOURCE)
                yield Checked(passage.id, path, quote, finding)
                continue
            try:
                opened = self.open(manuscript.name, source)
            except Problems:
                opened = Opened(None, "", ())  # said above
            if opened.source is None:
                finding = Finding(Verdict.UNCHECKED, given, reason=complaints.UNREADABLE)
            else:
                key = (opened.digest, source.mode, source.anew, quote.text, given, limits)
                if key not in self._findings:
                    words = markup.quoted(quote.text)
                    self._findings[key] = opened.source.verify(words, given, limits)
                finding = self._findings[key]
            yield Checked(passage.id, path, quote, finding, source.file)
