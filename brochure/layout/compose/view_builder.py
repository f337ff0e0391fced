"""The view of a leaflet, made of its manuscript and what is known of its quotes."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from brochure.layout.compose.calendar import calendar_link
from brochure.layout.compose.filters import Filters
from brochure.layout.compose.view import (
    CallView,
    CheckedQuoteView,
    ColumnsView,
    CommentaryView,
    ContextSegmentView,
    EditionView,
    EventView,
    ImprintView,
    LanguageView,
    LeafletView,
    LogoView,
    PartyView,
    PassageView,
    PictureView,
    QuoteView,
    SourceView,
    VerdictView,
    VerificationView,
    View,
)
from brochure.layout.edition import Edition
from brochure.manuscript.load import Manuscript, sources
from brochure.manuscript.model.leaflet import Event, Party, Passage, Picture, Quote, Source
from brochure.manuscript.text.language import direction_of
from brochure.sources.finding import CheckedQuote, ContextSegment, Verdict
from brochure.sources.verification import Verification

_KEPT_WORDS = 4  # of a quote in its context, at either end


def build_view(
    manuscript: Manuscript,
    verification: Verification,
    name: str,
    edition: Edition,
    filters: Filters,
    *,
    opaque_logo: bool = False,
) -> View:
    """What a template sees of a leaflet and its verification, in the edition called `name`.

    `opaque_logo`: the logo needs white behind it on a dark ground.
    """
    leaflet, builder = manuscript.leaflet, _Builder(manuscript, verification, filters)
    return View(
        leaflet=LeafletView(
            language=leaflet.language,
            title=leaflet.title,
            subtitle=leaflet.subtitle,
            lead=leaflet.lead,
            author=leaflet.author,
            date=leaflet.date,
            accent=leaflet.accent,
            picture=_picture(leaflet.picture),
            event=builder.event(leaflet.event, edition) if leaflet.event else None,
            call=CallView(leaflet.call.heading, leaflet.call.text) if leaflet.call else None,
            contact=leaflet.contact,
            imprint=builder.imprint(),
            codes=tuple(leaflet.codes or ()),
            verification=(
                "note"
                if leaflet.verification == "appendix" and not edition.appendix
                else leaflet.verification
            ),
            columns=builder.columns(),
            logo=(
                LogoView(leaflet.logo.file, leaflet.logo.alt, opaque_logo) if leaflet.logo else None
            ),
            passages=tuple(builder.passages()),
        ),
        verification=VerificationView(
            verification.mark_wrong_quotes,
            verification.verified,
            tuple(builder.sources(compared=True)),
            verification.digests,
            tuple(map(builder.checked_quote, verification.quotes)),
        ),
        sources=tuple(builder.sources()),
        language=LanguageView(
            manuscript.language.code, manuscript.language.direction, manuscript.language.comma
        ),
        words=dict(manuscript.language.words),
        edition=EditionView(
            name, edition.output, edition.arrangement, edition.links, edition.qr_codes
        ),
    )


class _Builder:
    """Builds the parts of a view."""

    def __init__(
        self, manuscript: Manuscript, verification: Verification, filters: Filters
    ) -> None:
        self._manuscript, self._verification, self._filters = manuscript, verification, filters
        self._source = manuscript.leaflet.source

    def columns(self) -> ColumnsView | None:
        columns = self._manuscript.leaflet.columns
        return ColumnsView(columns.quote, columns.commentary) if columns else None

    def passages(self) -> Iterator[PassageView]:
        passages = self._manuscript.leaflet.passages
        numbered = self._manuscript.leaflet.numbered and len(passages) > 1
        for number, passage in enumerate(passages, start=1):
            yield self._passage(passage, number if numbered else None)

    def _passage(self, passage: Passage, number: int | None) -> PassageView:
        quote, commentary = passage.quote, passage.commentary
        verdict = (self._manuscript.leaflet.verdicts or {}).get(passage.verdict or "")
        return PassageView(
            passage.id,
            number,
            self._quote(quote, passage.id) if quote else None,
            CommentaryView(commentary.heading, commentary.text, commentary.demand)
            if commentary
            else None,
            _picture(passage.picture),
            VerdictView(verdict.word, verdict.shape) if verdict else None,
        )

    def event(self, event: Event, edition: Edition) -> EventView:
        manuscript, plain = self._manuscript, self._filters.plain
        region = manuscript.region.id if manuscript.region else ""
        link = calendar_link(
            leaflet=f"{manuscript.name}/{region} {plain(manuscript.leaflet.title)}",
            written=manuscript.leaflet.date,
            day=event.date,
            time=event.time,
            summary=plain(event.title or manuscript.leaflet.title),
            place=plain(event.place or ""),
            description=plain(event.access or ""),
        )
        return EventView(
            event.title,
            event.date,
            event.time,
            event.place,
            event.access,
            link if edition.output == "html" else None,
        )

    def imprint(self) -> ImprintView | None:
        imprint = self._manuscript.leaflet.imprint
        if imprint is None:
            return None
        return ImprintView(
            imprint.text,
            _party(imprint.responsible),
            _party(imprint.publisher),
            _party(imprint.printer),
        )

    def checked_quote(self, checked: CheckedQuote) -> CheckedQuoteView:
        quote, finding = checked.quote, checked.finding
        location = finding.actual[0] if finding.verdict is Verdict.VERBATIM else quote
        return CheckedQuoteView(
            self._quote(quote, checked.passage),
            self._filters.reference(location, quote, self._source),
            tuple(_shortened_context(finding.context)),
        )

    def sources(self, *, compared: bool = False) -> Iterator[SourceView]:
        """All sources, or those that quotes were compared with."""
        for source in dict.fromkeys(source for _, source in sources(self._manuscript.leaflet)):
            if compared and not source.file:
                continue
            attributes = self._attributes(source)
            yield SourceView(source.title, source.author, source.date, source.address, attributes)

    def _quote(self, quote: Quote, passage: str) -> QuoteView:
        source = quote.source or self._source
        finding = self._verification.by_passage.get(passage)
        languages = self._manuscript.languages
        code = self._language_of(source)
        return QuoteView(
            text=quote.text,
            heading=quote.heading,
            verbatim=self._filters.quotation(
                quote.text,
                languages.get(code, self._manuscript.language),
                direction_of(code),
                quote.highlight or (),
            ),
            attributes=self._attributes(source),
            reference=self._filters.reference(quote, quote, self._source),
            verdict=(finding.verdict if finding else Verdict.UNCHECKED).value.replace(" ", "_"),
            wrong=passage in self._verification.wrong,
        )

    def _attributes(self, source: Source | None) -> Markup:
        """The HTML attributes for words of a source that is not in the leaflet's language."""
        code = self._language_of(source)
        if code == self._manuscript.leaflet.language:
            return Markup("")
        return Markup(' lang="{}" dir="{}"').format(code, direction_of(code))

    def _language_of(self, source: Source | None) -> str:
        return (source.language if source else None) or self._manuscript.original


def _picture(picture: Picture | None) -> PictureView | None:
    return PictureView(picture.file, picture.alt, picture.credit) if picture else None


def _party(party: Party | None) -> PartyView | None:
    return PartyView(party.name, party.address) if party else None


def _shortened_context(context: Sequence[ContextSegment]) -> Iterator[ContextSegmentView]:
    """The words around a quote; the quote, which the reader knows, by its first and last words."""
    if all(segment.quoted for segment in context):
        return
    for segment in context:
        words = segment.text.split()
        if not segment.quoted or len(words) <= 3 * _KEPT_WORDS:
            yield ContextSegmentView(segment.text, segment.quoted, segment.spaced)
            continue
        yield ContextSegmentView(" ".join(words[:_KEPT_WORDS]), True, True)
        yield ContextSegmentView("[…]", False, True)
        yield ContextSegmentView(" ".join(words[-_KEPT_WORDS:]), True, segment.spaced)
