"""The documents that leaflets quote, open: what was read of each is kept as long as its file stays
the same, by its digest.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from brochure import bounds
from brochure.diagnostics import DiagnosticsError
from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml.nodes import Plain, Tree, plain
from brochure.messages import say
from brochure.project import Project
from brochure.sources.document import QuoteReference, SourceReference, source_references
from brochure.sources.finding import Finding
from brochure.sources.matching.search import WordSearch
from brochure.sources.restoration import Correction, corrections
from brochure.sources.verification import SearchableSource, Verifier
from brochure.studio.refusal import Refusal

_KEPT = 3  # leaflets whose documents are kept in memory


@dataclass(frozen=True)
class OpenDocument:
    """A document that is open, and the ways to look for words in it."""

    source: SearchableSource
    _corrected: dict[tuple[str, QuoteReference], tuple[Correction, ...]] = field(
        default_factory=dict, repr=False
    )

    @cached_property
    def searches(self) -> tuple[WordSearch, ...]:
        """In the running text first; then with what is beside it."""
        return WordSearch(self.source.running_text), WordSearch(self.source.whole_text)

    def corrections(self, text: str, finding: Finding) -> tuple[Correction, ...]:
        """What a quote should be instead; found out once for each text and reference."""
        key = (text, finding.stated)
        if key not in self._corrected:
            self._corrected[key] = tuple(corrections(self.source, text, finding))
        return self._corrected[key]


@dataclass
class LeafletDocuments:
    """The documents of a leaflet, of which the files have these digests."""

    leaflet: str
    digests: tuple[tuple[str, str], ...]
    verifier: Verifier
    _opened: dict[int, OpenDocument] = field(default_factory=dict)  # by the identity of the source

    def open(self, reference: SourceReference) -> OpenDocument | None:
        """A document; None if its text cannot be read. Raises DiagnosticsError."""
        source = self.verifier.open_source(self.leaflet, reference).value.source
        if source is None:
            return None
        if id(source) not in self._opened:
            self._opened[id(source)] = OpenDocument(source)
        return self._opened[id(source)]


class Documents:
    """The documents of a project's leaflets. One at a time uses them: the caller sees to that."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._kept: OrderedDict[str, LeafletDocuments] = OrderedDict()

    def named(self, leaflet: str, passage: str) -> tuple[Tree, SourceReference | None]:
        """The file of a leaflet, and the document that a passage of it quotes: its own, or else
        that of the leaflet; None if none is named.
        """
        tree = read_bundle(self._project, leaflet).base
        sources = {one.path: one for one in source_references(tree)}
        index = passage_index(tree, passage)
        own = sources.get(("passages", index, "quote", "source")) if index is not None else None
        return tree, own or sources.get(("source",))

    def opened(self, leaflet: str, passage: str) -> OpenDocument:
        """The document that a passage quotes. Raises Refusal where there is none."""
        tree, reference = self.named(leaflet, passage)
        document = self.of(leaflet, tree).open(reference) if reference else None
        if document is None:
            raise Refusal(404, say("There is no document here that can be read."))
        return document

    def read(self, leaflet: str) -> None:
        """Read the documents of a leaflet. Raises DiagnosticsError where one is not there."""
        tree = read_bundle(self._project, leaflet).base
        documents = self.of(leaflet, tree)
        for reference in source_references(tree):
            documents.open(reference)

    def of(self, leaflet: str, tree: Tree) -> LeafletDocuments:
        """The documents of a leaflet as they are on disk now."""
        folder = self._project.manuscript(leaflet).parent
        digests: dict[str, str] = {}
        for reference in source_references(tree):
            if reference.file not in digests:
                digests[reference.file] = self._digest(folder / reference.file)
        key = tuple(digests.items())
        known = self._kept.pop(leaflet, None)
        if known is None or known.digests != key:
            known = LeafletDocuments(leaflet, key, Verifier(self._project))
        self._kept[leaflet] = known
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return known

    def _digest(self, path: Path) -> str:
        """The digest of a file; empty if it cannot be read."""
        try:
            return hashlib.sha256(self._project.read(path, bounds.SOURCE_PDF)).hexdigest()
        except DiagnosticsError:
            return ""


def passage_index(tree: Tree, passage: str) -> int | None:
    """The index of a passage by its id; by its index where it has none."""
    passages: Plain = plain(tree.node(("passages",)))
    items = passages if isinstance(passages, list) else []
    ids = [one.get("id") if isinstance(one, dict) else None for one in items]
    if passage in ids:
        return ids.index(passage)
    if passage.isdecimal() and int(passage) < len(ids) and ids[int(passage)] is None:
        return int(passage)
    return None
