"""What a template sees of a leaflet: plain frozen data, made for it.

A template may come from a stranger. So it gets no object that could do anything: only text, HTML
that is ready, tuples, and the small classes of this file, which have fields and nothing else.
Their names are our own business; the names of their fields are what templates use.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from markupsafe import Markup

from brochure import __version__
from brochure.layout.compose.filters import Filters
from brochure.layout.edition import Edition
from brochure.manuscript.load import Manuscript, sources
from brochure.manuscript.model.leaflet import Passage, Quote, Source
from brochure.manuscript.text.language import direction_of
from brochure.sources.finding import CheckedQuote, Verdict
from brochure.sources.verification import Verification


@dataclass(frozen=True)
class QuoteView:
    """A quote: `text` and `heading` as they were written, `verbatim` ready to be printed.

    `attributes` are the HTML attributes for its language; `reference` is where it is found in the
    source. `verdict` is a key of `View.words`; `wrong`: the verdict stops a build.
    """

    text: str
    heading: str | None
    verbatim: Markup
    attributes: Markup
    reference: Markup
    verdict: str
    wrong: bool


@dataclass(frozen=True)
class CommentaryView:
    """A commentary, in Markdown."""

    heading: str | None
    text: str


@dataclass(frozen=True)
class PassageView:
    """A quote with its commentary, or one of them alone."""

    id: str
    quote: QuoteView | None
    commentary: CommentaryView | None


@dataclass(frozen=True)
class ColumnsView:
    """The headings of the two columns, in Markdown."""

    quote: str
    commentary: str


@dataclass(frozen=True)
class LogoView:
    """A picture: the name of its file, relative to the leaflet's folder, and what it shows.

    `opaque`: it is made for white paper, so it needs white behind it on a dark ground.
    """

    file: str
    alt: str
    opaque: bool


@dataclass(frozen=True)
class SourceView:
    """A document that is quoted; `attributes` are the HTML attributes for its language."""

    title: str
    author: str | None
    date: str | None
    address: str | None
    attributes: Markup


@dataclass(frozen=True)
class LeafletView:
    """A leaflet as it was written: texts in Markdown, dates as 2019-02-01."""

    language: str
    title: str
    subtitle: str | None
    lead: str | None
    author: str | None
    date: str | None
    accent: str | None
    contact: str | None
    imprint: str | None
    codes: tuple[str, ...]
    verification: str
    columns: ColumnsView | None
    logo: LogoView | None
    passages: tuple[PassageView, ...]


@dataclass(frozen=True)
class ContextSegmentView:
    """Words of a context: of the quote itself, or around it; `spaced`: a space follows."""

    text: str
    quoted: bool
    spaced: bool


@dataclass(frozen=True)
class CheckedQuoteView:
    """A quote as it was verified: its place in the source, and the words around it there."""

    quote: QuoteView
    place: Markup
    context: tuple[ContextSegmentView, ...]


@dataclass(frozen=True)
class VerificationView:
    """What is known about the quotes.

    `marked`: wrong ones are marked on the page, as in a draft. `verified` is the number of correct
    ones; `digests` are the files that they were compared with, each with its SHA-256.
    """

    marked: bool
    verified: int
    digests: tuple[tuple[str, str], ...]
    quotes: tuple[CheckedQuoteView, ...]


@dataclass(frozen=True)
class LanguageView:
    """The language of the leaflet and its direction: ``ltr`` or ``rtl``."""

    code: str
    direction: str


@dataclass(frozen=True)
class EditionView:
    """The form of output; `codes`: QR codes are printed."""

    name: str
    output: str
    arrangement: str
    links: str
    codes: bool


@dataclass(frozen=True)
class View:
    """Everything that a template sees, under the names that it has there.

    `words` are the fixed words of the language by key; `sources` are all documents that are
    quoted, each once; `generator` is the name of this program with its version.
    """

    leaflet: LeafletView
    verification: VerificationView
    sources: tuple[SourceView, ...]
    language: LanguageView
    words: dict[str, str]
    edition: EditionView
    generator: str = f"brochure {__version__}"


#: The classes that a template meets, besides text, numbers and tuples.
CLASSES = (
    LeafletView, ColumnsView, LogoView, PassageView, QuoteView, CommentaryView, SourceView,
    VerificationView, CheckedQuoteView, ContextSegmentView, LanguageView, EditionView,
)  # fmt: skip


def field_names(kind: type) -> frozenset[str]:
    """The attributes that a template may read of an object of one of these classes."""
    return frozenset(field.name for field in fields(kind))


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
            contact=leaflet.contact,
            imprint=leaflet.imprint,
            codes=tuple(leaflet.codes or ()),
            verification=leaflet.verification,
            columns=builder.columns(),
            logo=(
                LogoView(leaflet.logo.file, leaflet.logo.alt, opaque_logo) if leaflet.logo else None
            ),
            passages=tuple(map(builder.passage, leaflet.passages)),
        ),
        verification=VerificationView(
            verification.mark_wrong_quotes,
            verification.verified,
            verification.digests,
            tuple(map(builder.checked_quote, verification.quotes)),
        ),
        sources=tuple(builder.sources()),
        language=LanguageView(manuscript.language.code, manuscript.language.direction),
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

    def passage(self, passage: Passage) -> PassageView:
        quote, commentary = passage.quote, passage.commentary
        return PassageView(
            passage.id,
            self._quote(quote, passage.id) if quote else None,
            CommentaryView(commentary.heading, commentary.text) if commentary else None,
        )

    def checked_quote(self, checked: CheckedQuote) -> CheckedQuoteView:
        quote, finding = checked.quote, checked.finding
        location = finding.actual[0] if finding.verdict is Verdict.VERBATIM else quote
        return CheckedQuoteView(
            self._quote(quote, checked.passage),
            self._filters.reference(location, quote, self._source),
            tuple(
                ContextSegmentView(segment.text, segment.quoted, segment.spaced)
                for segment in finding.context
            ),
        )

    def sources(self) -> Iterator[SourceView]:
        for source in dict.fromkeys(source for _, source in sources(self._manuscript.leaflet)):
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
