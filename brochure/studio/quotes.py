"""The documents that a leaflet quotes, beside its rows: lines, words in them, quotes, verdicts."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from brochure import bounds
from brochure.diagnostics import Diagnostic, DiagnosticsError, data_of
from brochure.manuscript.load import validate_leaflet
from brochure.manuscript.text import markdown
from brochure.manuscript.variants.resolution import Bundle, read_bundle
from brochure.manuscript.yaml.nodes import Tree, plain
from brochure.messages import Catalogue, Message, catalogue, say
from brochure.pipeline.plan import Selection
from brochure.project import Project
from brochure.sources.document import (
    Document,
    Extent,
    QuoteReference,
    reference_to,
    source_references,
)
from brochure.sources.excerpt import Excerpt, comments, excerpt, lines_at, quote_markdown
from brochure.sources.finding import VERDICT_NAMES, CheckedQuote, LimitingWords, Verdict
from brochure.sources.matching.text import SourceText
from brochure.sources.reading.reader import read_first_pages
from brochure.sources.restoration import Correction
from brochure.sources.searchable import SearchableSource
from brochure.sources.verification import SourceMemory
from brochure.studio.answers import Json
from brochure.studio.documents import Documents, passage_index
from brochure.studio.refusal import Refusal, malformed

_CHUNK = 250  # lines of one answer
_BEFORE = 40  # lines before the quote that is shown first
_FOUND = 100  # places of words that are named
_AROUND = 8  # tokens shown before and after words that were found
_WORDS = 300  # characters that are looked for
_LONGEST = 200  # lines of a quote


class Quotes:
    """The quotes of a project's leaflets, and the documents that they are from. One request at a
    time reads or compares.
    """

    def __init__(self, project: Project, memory: SourceMemory) -> None:
        self._project = project
        self._documents = Documents(project, memory)
        self._lock = threading.Lock()

    def source(self, name: str, query: Mapping[str, str], language: str) -> Json:
        """Some lines of the document of the passage `passage`: from the line at `from`, or from
        where its quote is. With `first`, the first ones at once, see `first_pages`.
        """
        if query.get("first"):
            return self.first_pages(name, query)
        words = catalogue(language)
        with self._lock:
            tree, reference = self._documents.named(name, query.get("passage", ""))
            if reference is None:
                return {"file": None}
            shown: dict[str, object] = {"file": reference.file, "title": reference.title}
            try:
                opened = self._documents.verifier().open_source(name, reference)
            except DiagnosticsError as failed:
                return {**shown, "total": 0, "diagnostics": _data(failed.diagnostics, words)}
            shown["diagnostics"] = _data(opened.diagnostics, words)
            source = opened.value.source
            if source is None:
                return {**shown, "total": 0}
            quoted = self._quoted(tree, query, source)
        document = source.document
        first = _number(query, "from")
        if first is None:
            first = max(0, quoted[0] - _BEFORE) if quoted else 0
        first = min(first, max(0, len(document.lines) - 1))
        return {
            **shown,
            "digest": opened.value.digest,
            "pages": list(document.pages),
            "page_starts": _page_starts(document),
            "restarts": document.numbering.restarts,
            "total": len(document.lines),
            "quoted": quoted,
            "from": first,
            "lines": list(_lines(document, first, first + _CHUNK)),
        }

    def read(self, name: str) -> None:
        """Read the documents of a leaflet, so that whoever needs them next finds them read: several
        who begin at the same time would each read them. What is wrong with them, others tell.
        """
        with self._lock, suppress(DiagnosticsError):
            self._documents.read(name)

    def first_pages(self, name: str, query: Mapping[str, str]) -> Json:
        """The first pages of the document of a passage, while it is being read as a whole: without
        numbers, which may turn out to be others.
        """
        _, reference = self._documents.named(name, query.get("passage", ""))
        document = None
        if reference is not None:
            path = self._project.manuscript(name).parent / reference.file
            document = read_first_pages(self._project, path, reference.mode)
        if reference is None or document is None:
            return {"file": None}
        lines = ({**line, "number": None} for line in _lines(document, 0, _CHUNK))
        return {
            "file": reference.file,
            "title": reference.title,
            "pages": list(document.pages),
            "page_starts": _page_starts(document),
            "total": len(document.lines),
            "quoted": None,
            "from": 0,
            "lines": list(lines),
        }

    def find(self, name: str, query: Mapping[str, str], language: str) -> Json:
        """Where the `words` are in the document of a passage; parts of words count."""
        wanted = query.get("words", "")
        if len(wanted) > _WORDS:
            raise malformed()
        with self._lock:
            opened = self._documents.of_passage(name, query.get("passage", ""))
            places: dict[Extent, list[str]] = {}
            more = 0
            texts = (opened.source.running_text, opened.source.whole_text)
            for text, search in zip(texts, opened.searches, strict=True):
                for start, stop in search.find(wanted):
                    extent = (text.first[start], text.last[stop - 1])
                    if extent not in places and len(places) < _FOUND:
                        places[extent] = _context(text, start, stop)
                    elif extent not in places:
                        more += 1
                if places:
                    break
        document, words = opened.source.document, catalogue(language)
        return {
            "places": [
                {"first": extent[0], "last": extent[1], "text": text,
                 "reference": words(reference_to(document, [extent]).message)}
                for extent, text in places.items()
            ],
            "more": more,
        }  # fmt: skip

    def excerpt(self, name: str, query: Mapping[str, str], language: str) -> Json:
        """The lines from `first` to `last` as a quote: its words and the reference to them. Words
        before the character `begin` of the first, and behind `end` of the last line, are left out.
        """
        first, last = _number(query, "first"), _number(query, "last")
        with self._lock:
            source = self._documents.of_passage(name, query.get("passage", "")).source
            count = len(source.document.lines)
            if first is None or last is None or not first <= last < count:
                raise malformed()
            if last - first >= _LONGEST:
                raise Refusal(
                    422,
                    say("These are too many lines for a quote: at most {n}.", n=_LONGEST),
                    say("Quote the sentences that matter."),
                )
            part = self._excerpt(source, (first, last), query)
        words = catalogue(language)
        return {
            "text": quote_markdown(part),
            **_reference_data(part.reference),
            "reference": words(part.reference.message),
            "comments": [words(comment) for comment in comments(part)],
        }

    def verdicts(self, name: str, language: str) -> Json:
        """The verdict on each quote of a leaflet, and how it can be corrected."""
        data = self._project.read(self._project.manuscript(name), bounds.MANUSCRIPT)
        words = catalogue(language)
        with self._lock:
            bundle = read_bundle(self._project, name)
            manuscript = validate_leaflet(self._project, bundle.resolve(_first(bundle)))
            verifier = self._documents.verifier()
            references = {one.path: one for one in source_references(manuscript.tree)}
            quotes = []
            for checked in verifier.verify(manuscript).quotes:
                own = references.get((*checked.path, "source"))
                reference = own if checked.quote.source else references.get(("source",))
                fixes: Sequence[Correction] = ()
                if reference is not None and checked.finding.verdict is not Verdict.UNCHECKED:
                    if source := verifier.open_source(name, reference).value.source:
                        document = self._documents.opened(source)
                        fixes = document.corrections(checked.quote.text, checked.finding)
                quotes.append(_verdict(checked, fixes, words))
        return {"digest": hashlib.sha256(data).hexdigest(), "quotes": quotes}

    def verdict_counts(self, name: str) -> Counter[Verdict]:
        """How many quotes of a leaflet have each verdict."""
        with self._lock:
            bundle = read_bundle(self._project, name)
            manuscript = validate_leaflet(self._project, bundle.resolve(_first(bundle)))
            verified = self._documents.verifier().verify(manuscript)
        return Counter(checked.finding.verdict for checked in verified.quotes)

    def _quoted(
        self, tree: Tree, query: Mapping[str, str], source: SearchableSource
    ) -> Extent | None:
        """The lines in which the quote of a passage is, or what is most like it; or else those
        that its reference names, if they exist.
        """
        index = passage_index(tree, query.get("passage", ""))
        if index is None:
            return None
        text, page, lines = (
            str(plain(tree.node(("passages", index, "quote", key))) or "")
            for key in ("text", "page", "lines")
        )
        stated = QuoteReference(page.replace("-", "–") or None, lines.replace("-", "–") or None)
        found = source.verify(markdown.quoted(text), stated, LimitingWords()).actual
        for reference in (*found[:1], stated):
            if reference.page or reference.lines:
                if extent := lines_at(source.document, reference):
                    return extent
        return None

    def _excerpt(
        self, source: SearchableSource, extent: Extent, query: Mapping[str, str]
    ) -> Excerpt:
        begin, end = _number(query, "begin") or 0, _number(query, "end")
        for text in (source.running_text, source.whole_text):
            part = excerpt(text, *extent, begin, end)
            if part.paragraphs:
                return part
        raise Refusal(422, say("There are no words in these lines."))


def _first(bundle: Bundle) -> str | None:
    """The base, or the first variant where that cannot stand alone."""
    return Selection(one=True).of(bundle)[0]


def _number(query: Mapping[str, str], key: str) -> int | None:
    """A number of a request; None where there is none."""
    value = query.get(key, "")
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 8):
        raise malformed()
    return int(value)


def _page_starts(document: Document) -> Sequence[int]:
    """The line with which each page begins, or where it would."""
    starts: list[int] = []
    for at, line in enumerate(document.lines):
        starts += [at] * (line.page + 1 - len(starts))
    starts += [len(document.lines)] * (len(document.pages) - len(starts))
    return starts[: len(document.pages)]


def _lines(document: Document, first: int, stop: int) -> Iterator[Json]:
    for at, line in enumerate(document.lines[first:stop], first):
        yield {
            "at": at,
            "page": line.page,
            "number": line.number,
            "text": line.text,
            "aside": line.artifact,
            "uncertain": line.uncertain,
        }


def _context(text: SourceText, start: int, stop: int) -> list[str]:
    """What is before words, the words, and what is behind them."""
    first, last = max(0, start - _AROUND), min(len(text.tokens), stop + _AROUND)
    return [text.original(first, start), text.original(start, stop), text.original(stop, last)]


def _reference_data(reference: QuoteReference) -> dict[str, str | None]:
    """A reference as the keys of a leaflet have it."""
    page, lines = reference.page, reference.lines
    return {
        "page": page.replace("–", "-") if page else None,
        "lines": lines.replace("–", "-") if lines else None,
    }


def _verdict(checked: CheckedQuote, fixes: Sequence[Correction], words: Catalogue) -> Json:
    finding = checked.finding
    verdict = finding.verdict
    word: Message = VERDICT_NAMES[verdict]
    if verdict is Verdict.VERBATIM and finding.page_unchecked:
        word = say("verbatim, page unchecked")
    places = [reference.message for reference in finding.actual]
    return {
        "passage": checked.passage,
        "verdict": verdict.value,
        "sure": verdict is Verdict.VERBATIM and not finding.page_unchecked,
        "word": words(word),
        "reference": words(places[0]) if len(places) == 1 else "",
        "fixes": [
            {
                "reference": words(fix.reference.message),
                "text": fix.text,
                **_reference_data(fix.reference),
            }
            for fix in fixes
        ],
    }


def _data(diagnostics: Sequence[Diagnostic], words: Catalogue) -> list[object]:
    return [data_of(diagnostic, words) for diagnostic in diagnostics]
