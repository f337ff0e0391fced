"""What a template sees of a leaflet: plain frozen data, made for it.

A template may come from a stranger. So it gets no object that could do anything: text, HTML that is
ready, tuples, and the small classes of this file, which have fields and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from markupsafe import Markup

from brochure import __version__
from brochure.layout import edition as editions
from brochure.layout.compose.filters import Helpers
from brochure.manuscript.load import Manuscript, sources
from brochure.manuscript.model import leaflet as model
from brochure.manuscript.text.language import direction_of
from brochure.sources.finding import Checked as CheckedQuote
from brochure.sources.finding import Verdict
from brochure.sources.verification import Verification as Verified


@dataclass(frozen=True)
class Quote:
    """A quote: `text` and `heading` as they were written, `verbatim` ready to be printed.

    `attributes` are those of HTML for its language; `reference` is where it stands. `verdict` is
    the name of a word of the language, `wrong` whether it stops a build.
    """

    text: str
    heading: str | None
    verbatim: Markup
    attributes: Markup
    reference: Markup
    verdict: str
    wrong: bool


@dataclass(frozen=True)
class Commentary:
    """A commentary, in Markdown."""

    heading: str | None
    text: str


@dataclass(frozen=True)
class Passage:
    """A pair, or one side of it."""

    id: str
    quote: Quote | None
    commentary: Commentary | None


@dataclass(frozen=True)
class Columns:
    """The headings of the two columns, in Markdown."""

    quote: str
    commentary: str


@dataclass(frozen=True)
class Logo:
    """A picture: its file, beside the leaflet, and what it shows."""

    file: str
    alt: str


@dataclass(frozen=True)
class Source:
    """A document that is quoted; `attributes` are those of HTML for its language."""

    title: str
    author: str | None
    date: str | None
    address: str | None
    attributes: Markup


@dataclass(frozen=True)
class Leaflet:
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
    columns: Columns | None
    logo: Logo | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class ContextSegment:
    """Words of a context: of the quote itself, or around it; `spaced`: a space follows."""

    text: str
    quoted: bool
    spaced: bool


@dataclass(frozen=True)
class Checked:
    """A quote as it was verified: where it stands in the source, and what stands around it."""

    quote: Quote
    location: Markup
    context: tuple[ContextSegment, ...]


@dataclass(frozen=True)
class Verification:
    """What is known of the quotes: how many are right, which files were read, with their SHA-256.

    `marked`: wrong ones are marked on the page, as in a draft.
    """

    mark_wrong_quotes: bool
    verified: int
    digests: tuple[tuple[str, str], ...]
    quotes: tuple[Checked, ...]


@dataclass(frozen=True)
class Language:
    """The language of the leaflet and its direction: ``ltr`` or ``rtl``."""

    code: str
    direction: str


@dataclass(frozen=True)
class Edition:
    """The form of output."""

    name: str
    output: str
    arrangement: str
    links: str
    codes: bool


@dataclass(frozen=True)
class View:
    """All that a template sees, by the names that it has there.

    `words` are the fixed words of the language by name; `sources` all documents that are quoted,
    each once; `generator` is the name of this program with its version.
    """

    leaflet: Leaflet
    verification: Verification
    sources: tuple[Source, ...]
    language: Language
    words: dict[str, str]
    edition: Edition
    generator: str = f"brochure {__version__}"


#: The classes that a template meets, besides text, numbers and tuples.
CLASSES = (
    Leaflet, Columns, Logo, Passage, Quote, Commentary, Source, Verification, Checked,
    ContextSegment, Language, Edition,
)  # fmt: skip


def names_of(kind: type) -> frozenset[str]:
    """What a template can ask of an object of one of these classes."""
    return frozenset(field.name for field in fields(kind))


def view(
    manuscript: Manuscript,
    verified: Verified,
    edition: editions.Edition,
    name: str,
    helpers: Helpers,
) -> View:
    """What a template sees of a leaflet, of whose quotes so much is known, in an edition."""
    leaflet, builder = manuscript.leaflet, _Builder(manuscript, verified, helpers)
    return View(
        leaflet=Leaflet(
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
            logo=Logo(leaflet.logo.file, leaflet.logo.alt) if leaflet.logo else None,
            passages=tuple(map(builder.passage, leaflet.passages)),
        ),
        verification=Verification(
            verified.mark_wrong_quotes,
            verified.verified,
            verified.digests,
            tuple(map(builder.checked, verified.quotes)),
        ),
        sources=tuple(builder.sources()),
        language=Language(manuscript.language.code, manuscript.language.direction),
        words=dict(manuscript.language.words),
        edition=Edition(name, edition.output, edition.arrangement, edition.links, edition.codes),
    )


class _Builder:
    """The parts of a view."""

    def __init__(self, manuscript: Manuscript, verified: Verified, helpers: Helpers) -> None:
        self._manuscript, self._verified, self._helpers = manuscript, verified, helpers
        self._source = manuscript.leaflet.source

    def columns(self) -> Columns | None:
        columns = self._manuscript.leaflet.columns
        return Columns(columns.quote, columns.commentary) if columns else None

    def passage(self, passage: model.Passage) -> Passage:
        quote, commentary = passage.quote, passage.commentary
        return Passage(
            passage.id,
            self._quote(quote, passage.id) if quote else None,
            Commentary(commentary.heading, commentary.text) if commentary else None,
        )

    def checked(self, checked: CheckedQuote) -> Checked:
        quote, finding = checked.quote, checked.finding
        location = finding.found[0] if finding.verdict is Verdict.VERBATIM else quote
        return Checked(
            self._quote(quote, checked.passage),
            self._helpers.reference(location, quote, self._source),
            tuple(
                ContextSegment(piece.text, piece.quoted, piece.spaced) for piece in finding.context
            ),
        )

    def sources(self) -> Iterator[Source]:
        for source in dict.fromkeys(source for _, source in sources(self._manuscript.leaflet)):
            attributes = self._attributes(source)
            yield Source(source.title, source.author, source.date, source.address, attributes)

    def _quote(self, quote: model.Quote, passage: str) -> Quote:
        source = quote.source or self._source
        finding = self._verified.by_passage.get(passage)
        languages = self._manuscript.languages
        return Quote(
            text=quote.text,
            heading=quote.heading,
            verbatim=self._helpers.quotation(
                quote.text, languages.get(self._code(source), self._manuscript.language)
            ),
            attributes=self._attributes(source),
            reference=self._helpers.reference(quote, quote, self._source),
            verdict=(finding.verdict if finding else Verdict.UNCHECKED).value.replace(" ", "_"),
            wrong=passage in self._verified.wrong,
        )

    def _attributes(self, source: model.Source | None) -> Markup:
        """HTML attributes for words of a source in another language than the leaflet."""
        code = self._code(source)
        if code == self._manuscript.leaflet.language:
            return Markup("")
        return Markup(' lang="{}" dir="{}"').format(code, direction_of(code))

    def _code(self, source: model.Source | None) -> str:
        return (source.language if source else None) or self._manuscript.original
