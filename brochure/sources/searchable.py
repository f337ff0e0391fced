"""Is a quote what its source says, and where it says it?"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice, pairwise

from brochure.messages import EMPTY, Message, joined, plural, say
from brochure.sources.document import (
    Document,
    Extent,
    QuoteReference,
    SourceLine,
    accepted_references,
    parse_ranges,
    reference_notes,
    reference_to,
    same_pages,
    same_ranges,
    shortest_reference,
    with_columns_continued,
)
from brochure.sources.finding import (
    Finding,
    LimitingWords,
    Verdict,
)
from brochure.sources.matching.exact import (
    NEAR,
    Difference,
    Interpretation,
    Match,
    Span,
    find_matches,
    find_spans,
    interpretations,
)
from brochure.sources.matching.nearest import SimilarSpan, find_pieces, find_similar_at
from brochure.sources.matching.sentences import (
    contains,
    context_segments,
    limitation,
    stitched,
    surroundings,
    turns_round,
)
from brochure.sources.matching.text import SourceText
from brochure.sources.matching.tokens import Token

_SIMILAR = 0.6  # the share of a quote that must be somewhere for it to count as altered
_SIMILAR_THERE = 0.5  # … or in the lines that are stated
_MOST = 5  # references or pages that are named
# Places of a part of a quote, at most, among which the one that a reference names is looked for:
_EXACT = 1000
_SOME = 4  # words next to an omission that are named
_UNREAD = 0.2  # of the pages, at least, or a quote that is nowhere is not found
_FAR = 60  # lines between parts of a quote; beyond that, each has a reference of its own


class SearchableSource:
    """A document that quotes are compared with; its words are indexed when first needed."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def running_text(self) -> SourceText:
        """The text without page artifacts."""
        return SourceText(self.document, artifacts=False)

    @cached_property
    def whole_text(self) -> SourceText:
        """The text with page artifacts."""
        return SourceText(self.document, artifacts=True)

    @cached_property
    def continued_columns(self) -> SourceText | None:
        """The running text as if each column went on in the same one of the next page."""
        document = with_columns_continued(self.document)
        return SourceText(document, artifacts=False) if document else None

    def verify(self, quote: str, stated: QuoteReference, words: LimitingWords) -> Finding:
        """The finding for a quote as it is printed, with its reference."""
        candidates = interpretations(quote)
        if not candidates:
            reason = say("Apart from omissions and your own words, nothing is left of the quote.")
            return Finding(Verdict.NOT_FOUND, stated, reason=reason)
        for text in (self.running_text, self.whole_text):
            for interpretation in candidates:
                if matches := find_matches(text, interpretation):
                    return self._matching(text, interpretation, matches, stated, words)
            if not any(line.artifact for line in self.document.lines):
                break
        return self._continued(candidates, stated) or self._similar(candidates, stated)

    # --- Quotes that are in the source.

    def _matching(
        self,
        text: SourceText,
        quote: Interpretation,
        matches: Sequence[Match],
        stated: QuoteReference,
        words: LimitingWords,
    ) -> Finding:
        """The finding for a quote that is in the source, to the letter."""
        matches = [m for m in matches if not self._in_doubt(_extents(text, m))] or matches
        extents = [_extents(text, match) for match in matches]
        right = [i for i, extent in enumerate(extents) if self._is_right(stated, extent)]
        # Of the possible ends of an omission, the nearest comes first.
        references = list(dict.fromkeys(self.reference(extent, stated) for extent in extents))
        chosen = 0
        if not (stated.lines or stated.page):
            starts = {extent[0][0] for extent in extents}
            verdict = Verdict.VERBATIM if len(starts) == 1 else Verdict.AMBIGUOUS
        elif right:
            chosen, verdict = right[0], Verdict.VERBATIM
        else:
            near = [i for i, extent in enumerate(extents) if self._is_near(stated, extent)]
            starts = {extents[i][0][0] for i in near or range(len(extents))}
            verdict = Verdict.WRONG_LINES if len(starts) == 1 else Verdict.AMBIGUOUS
            chosen = near[0] if near else 0
        finding = Finding(verdict, stated)
        if verdict is Verdict.AMBIGUOUS and not self._in_doubt(extents[chosen]):
            return replace(finding, actual=tuple(references[:_MOST]))
        if verdict is Verdict.WRONG_LINES and self._is_uncertain(stated, extents[chosen]):
            reason = say("The numbers of its first and last lines are not certain.")
            finding = replace(finding, verdict=Verdict.UNCHECKED, reason=reason)
        if doubt := self._in_doubt(extents[chosen]):
            finding = replace(finding, verdict=Verdict.UNCHECKED, reason=doubt)
        return self._with_details(finding, text, quote, matches[chosen], words)

    def _with_details(
        self,
        finding: Finding,
        text: SourceText,
        quote: Interpretation,
        match: Match,
        words: LimitingWords,
    ) -> Finding:
        around = surroundings(text, match[0].start, match[-1].stop)
        extents = _extents(text, match)
        omissions = [text.original(one.stop, other.start) for one, other in pairwise(match)]
        own = {token.strict for part in quote.parts for token in part}
        important = (*words.limiting, *words.denying)
        return replace(
            finding,
            actual=(self.reference(extents, finding.stated),),
            typographic=tuple(d for span in match for d in span.typographic),
            marks=tuple(mark for span in match for mark in span.marks),
            guessed=tuple(guess for span in match for guess in span.guessed),
            context=tuple(context_segments(text, match)),
            limited=limitation(text, match[-1].stop, around, words),
            omitted=next((gap for gap in omissions if contains(gap, important)), ""),
            misnamed=tuple(
                Difference(likely, word)
                for span in match
                for word, likely in text.misnamed(span.start, span.stop, own)
            ),
            stitched=stitched(text, match, quote.closed),
            denied=tuple(own for own in quote.insertions if turns_round(own, words.denying)),
            page_unchecked=bool(finding.stated.page) and not self.document.pages,
            reference_notes=tuple(reference_notes(self.document, finding.stated, extents)),
        )

    def reference(self, extents: Sequence[Extent], stated: QuoteReference) -> QuoteReference:
        """The reference to print for a quote."""
        return shortest_reference(self.document, reference_to(self.document, extents), stated)

    def _is_right(self, stated: QuoteReference, extents: Sequence[Extent]) -> bool:
        """Whether a reference states exactly where a quote begins and ends."""
        return any(
            (not stated.page or not right.page or same_pages(stated.page, right.page))
            and (not stated.lines or same_ranges(stated.lines, right.lines or ""))
            for right in accepted_references(self.document, extents)
        ) and not self._lacks_page(stated)

    def _lacks_page(self, stated: QuoteReference) -> bool:
        """Whether a reference states no page, though its line numbers are on several pages."""
        restarts = self.document.numbering.restarts
        return bool(restarts and len(self.document.pages) > 1 and stated.lines and not stated.page)

    def _is_near(self, stated: QuoteReference, extents: Sequence[Extent]) -> bool:
        """Whether a reference has a line or page in common with a quote."""
        right = reference_to(self.document, extents)
        if stated.page and right.page:
            same_page = _overlap(stated.page, right.page)
            if not same_page or not stated.lines:
                return same_page
        return bool(stated.lines and right.lines and _overlap(stated.lines, right.lines))

    def _is_uncertain(self, stated: QuoteReference, extents: Sequence[Extent]) -> bool:
        """Whether lines are stated, but those of the quote have no certain numbers, because not
        every number is printed.
        """
        if self.document.numbering.step == 1 or not stated.lines:
            return False
        return reference_to(self.document, extents).lines is None

    def _in_doubt(self, extents: Sequence[Extent]) -> Message:
        """Why nobody knows whether these lines follow each other; empty if they certainly do."""
        lines = self.document.lines
        doubtful = next(
            (line for one, other in extents for line in lines[one : other + 1] if line.uncertain),
            None,
        )
        if doubtful is None:
            return EMPTY
        if page := self.document.page_name(doubtful.page):
            return say(
                "It is uncertain in which order page {page} is to be read: it may have columns. "
                "Compare the quote with the document yourself.",
                page=page,
            )
        return say(
            "It is uncertain in which order these lines are to be read: they may be in columns. "
            "Compare the quote with the document yourself."
        )

    # --- Quotes that are not in the source as they are.

    def _continued(
        self, candidates: Sequence[Interpretation], stated: QuoteReference
    ) -> Finding | None:
        """The finding for a quote that goes on in the same column of the next page, if it does.

        In a synopsis, that is how to read; elsewhere the text goes on in the next column.
        """
        text = self.continued_columns
        matches = (find_matches(text, one) for one in candidates) if text else ()
        for match in islice(chain.from_iterable(matches), 1):
            assert text is not None
            reference = reference_to(text.document, _extents(text, match))
            reason = say(
                "It goes on in the same column of the next page, but the text may go on in another "
                "column. Compare the quote with the document yourself."
            )
            return Finding(Verdict.UNCHECKED, stated, (reference,), reason=reason)
        return None

    def _similar(self, candidates: Sequence[Interpretation], stated: QuoteReference) -> Finding:
        """The finding for a quote that is not in the source, to the letter."""
        interpretation = next((one for one in candidates if not one.literal), candidates[0])
        parts = interpretation.parts
        pieces: list[SimilarSpan] = []
        missing = 0
        unmarked: Message = EMPTY
        for part in parts:
            found = self.nearest(part, stated)
            missing += 0 if found else len(part)
            pieces += found
            unmarked = unmarked or self._unmarked_omission(found, stated)
        if 2 * missing > sum(map(len, parts)):
            verdict = Verdict.UNCHECKED if self._may_be_unread(stated) else Verdict.NOT_FOUND
            return Finding(verdict, stated, reason=self._unread_pages())
        extents = [self._extent(piece) for piece in pieces]
        differences = tuple(one for piece in pieces for one in piece.differences)
        reason = unmarked
        if missing:
            reason = say("A part of the quote is not in the source.")
        elif not differences and len(pieces) > 1:
            reason = reason or say(
                "Its parts are in the source, but in another order or far apart."
            )
        elif not differences:
            reason = say("It begins or ends within a word.")
        far = any(other[0] - one[1] > _FAR for one, other in pairwise(extents))
        if extents == sorted(extents) and not far:
            actual: tuple[QuoteReference, ...] = (self.reference(extents, stated),)
        else:
            actual = tuple(dict.fromkeys(self.reference([one], stated) for one in extents))
        if doubt := self._in_doubt(extents):
            return Finding(Verdict.UNCHECKED, stated, actual, reason=doubt)
        return Finding(Verdict.ALTERED, stated, actual, differences, reason=reason)

    def nearest(self, part: Sequence[Token], stated: QuoteReference) -> tuple[SimilarSpan, ...]:
        """Where a part of a quote is, or what is most like it, perhaps in several pieces.

        Of places that are alike, the one that the reference names.
        """
        text = self.running_text

        def is_named(span: Span | SimilarSpan) -> bool:
            return self._is_near(stated, [(text.first[span.start], text.last[span.stop - 1])])

        if exact := list(islice(find_spans(text, part), _EXACT)):
            span = next(filter(is_named, exact), exact[0])
            return (SimilarSpan(span.start, span.stop, 1.0, (0, len(part)), ()),)
        lines = range(len(self.document.lines))
        line = next((i for i in lines if self._is_stated(stated, self.document.lines[i])), None)
        start = None if line is None else bisect_left(text.first, line)
        also = () if start is None else (start,)
        if pieces := find_pieces(text, part, _SIMILAR, also, is_named):
            return pieces
        if line is None or start is None:
            return ()
        stop = bisect_left(text.first, line + 1)
        there = find_similar_at(text, part, _SIMILAR_THERE, start, stop)
        return (there,) if there else ()

    def _extent(self, span: SimilarSpan) -> Extent:
        return self.running_text.first[span.start], self.running_text.last[span.stop - 1]

    def _unmarked_omission(self, pieces: Sequence[SimilarSpan], stated: QuoteReference) -> Message:
        """Where a quote leaves something out without saying so; empty if it does not."""
        text = self.running_text
        for one, other in pairwise(pieces):
            if 0 < other.start - one.stop <= NEAR:
                return say(
                    "The mark of an omission is missing: “… {before}” is in {one}, “{after} …” in "
                    "{other}.",
                    before=text.original(max(one.start, one.stop - _SOME), one.stop),
                    after=text.original(other.start, min(other.start + _SOME, other.stop)),
                    one=self.reference([self._extent(one)], stated).message,
                    other=self.reference([self._extent(other)], stated).message,
                )
        return EMPTY

    def _is_stated(self, stated: QuoteReference, line: SourceLine) -> bool:
        """Whether a reference states that a quote begins in a line."""
        if stated.page and self.document.pages:
            if self.document.page_name(line.page) != stated.page.partition("–")[0]:
                return False
        return bool(stated.lines) and line.number == parse_ranges(stated.lines or "0")[0][0]

    def _may_be_unread(self, stated: QuoteReference) -> bool:
        """Whether a quote may be on a page that was not read: one that is stated, or, if none is,
        any of them, where these are many.
        """
        unread = {*self.document.unreadable_pages, *self.document.pictured_pages}
        if stated.page and self.document.pages:
            pages = stated.page.split("–")
            return any(self.document.page_name(i) in pages for i in unread)
        return len(unread) > _UNREAD * len(self.document.pages)

    def _unread_pages(self) -> Message:
        """Which pages were not read, or not in full; empty if all were."""
        sentences = []
        if self.document.unreadable_pages:
            sentences.append(
                plural(
                    "Page {pages} was not read: it is a picture, or its letters have no meaning.",
                    "Pages {pages} were not read: they are pictures, or their letters have no "
                    "meaning.",
                    len(self.document.unreadable_pages),
                    pages=self._names(self.document.unreadable_pages),
                )
            )
        if self.document.pictured_pages:
            sentences.append(
                plural(
                    "Page {pages} has pictures that may be text, which was not read.",
                    "Pages {pages} have pictures that may be text, which was not read.",
                    len(self.document.pictured_pages),
                    pages=self._names(self.document.pictured_pages),
                )
            )
        return joined(sentences)

    def _names(self, pages: Sequence[int]) -> str:
        names = [self.document.page_name(index) for index in pages[:_MOST]]
        return ", ".join(names) + (" …" if len(pages) > _MOST else "")


def _extents(text: SourceText, match: Match) -> list[Extent]:
    return [(text.first[span.start], text.last[span.stop - 1]) for span in match]


def _overlap(one: str, other: str) -> bool:
    """Whether two texts have a number in common."""
    return any(
        first <= stop and start <= last
        for first, last in _increasing_ranges(one)
        for start, stop in _increasing_ranges(other)
    )


def _increasing_ranges(numbers: str) -> Iterator[tuple[int, int]]:
    """The ranges in a text; of one that crosses a page break, only both ends."""
    for first, last in parse_ranges(numbers):
        yield from [(first, last)] if first <= last else [(first, first), (last, last)]
