"""The documents that leaflets quote, open: words are looked for in them, and quotes corrected."""

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property

from brochure.manuscript.variants.resolution import read_bundle
from brochure.manuscript.yaml.nodes import Plain, Tree, plain
from brochure.messages import say
from brochure.project import Project
from brochure.sources.document import QuoteReference, SourceReference, source_references
from brochure.sources.finding import Finding
from brochure.sources.matching.search import WordSearch
from brochure.sources.restoration import Correction, corrections
from brochure.sources.searchable import SearchableSource
from brochure.sources.verification import SourceMemory, Verifier
from brochure.studio.refusal import Refusal

_KEPT = 6  # documents that words are looked for in


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


class Documents:
    """The documents of a project's leaflets. One at a time uses them: the caller sees to that.

    `memory` is what was read of them, here and elsewhere.
    """

    def __init__(self, project: Project, memory: SourceMemory) -> None:
        self._project = project
        self._memory = memory
        self._opened: OrderedDict[int, OpenDocument] = OrderedDict()  # by where their sources are

    def verifier(self) -> Verifier:
        """Who opens the documents as they are on disk now, and compares quotes with them."""
        return Verifier(self._project, memory=self._memory)

    def named(self, leaflet: str, passage: str) -> tuple[Tree, SourceReference | None]:
        """The file of a leaflet, and the document that a passage of it quotes: its own, or else
        that of the leaflet; None if none is named.
        """
        tree = read_bundle(self._project, leaflet).base
        sources = {one.path: one for one in source_references(tree)}
        index = passage_index(tree, passage)
        own = sources.get(("passages", index, "quote", "source")) if index is not None else None
        return tree, own or sources.get(("source",))

    def of_passage(self, leaflet: str, passage: str) -> OpenDocument:
        """The document that a passage quotes. Raises Refusal where there is none, or
        DiagnosticsError.
        """
        _, reference = self.named(leaflet, passage)
        if reference is not None:
            source = self.verifier().open_source(leaflet, reference).value.source
            if source is not None:
                return self.opened(source)
        raise Refusal(404, say("There is no document here that can be read."))

    def opened(self, source: SearchableSource) -> OpenDocument:
        """A document with what is remembered of it."""
        document = self._opened.pop(id(source), None) or OpenDocument(source)
        self._opened[id(source)] = document
        while len(self._opened) > _KEPT:
            self._opened.popitem(last=False)
        return document

    def read(self, leaflet: str) -> None:
        """Read the documents of a leaflet. Raises DiagnosticsError where one is not there."""
        verifier = self.verifier()
        for reference in source_references(read_bundle(self._project, leaflet).base):
            verifier.open_source(leaflet, reference)


def passage_index(tree: Tree, passage: str) -> int | None:
    """The index of a passage by its id; by its index where it has none."""
    passages: Plain = plain(tree.node(("passages",)))
    items = passages if isinstance(passages, list) else []
    ids = [one.get("id") if isinstance(one, dict) else None for one in items]
    if passage in ids:
        return ids.index(passage)
    if (
        passage.isdecimal()
        and len(passage) < 8
        and int(passage) < len(ids)
        and ids[int(passage)] is None
    ):
        return int(passage)
    return None
