"""What a template sees of a leaflet: plain frozen data, made for it.

A template may come from a stranger. So it gets no object that could do anything: only text, HTML
that is ready, tuples, and the small classes of this file, which have fields and nothing else.
Their names are our own business; the names of their fields are what templates use.
"""

from dataclasses import dataclass, fields

from markupsafe import Markup

from brochure import __version__


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
    demand: str | None


@dataclass(frozen=True)
class PictureView:
    """A picture: the name of its file, relative to the leaflet's folder, what it shows, and who
    made it.
    """

    file: str
    alt: str
    credit: str | None


@dataclass(frozen=True)
class VerdictView:
    """A verdict of the initiative's: its word, and the name of the shape beside it."""

    word: str
    shape: str


@dataclass(frozen=True)
class PassageView:
    """A quote with its commentary, or one of them alone.

    `number` counts the passages from 1; it is None where they are not numbered.
    """

    id: str
    number: int | None
    quote: QuoteView | None
    commentary: CommentaryView | None
    picture: PictureView | None
    verdict: VerdictView | None


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
class EventView:
    """What the leaflet invites to: `date` as 2026-12-03, `time` as 19:00 or 19:00–21:00, all else
    in Markdown. `calendar` is the address of an entry for calendars, on the web only.
    """

    title: str | None
    date: str
    time: str | None
    place: str | None
    access: str | None
    calendar: str | None


@dataclass(frozen=True)
class CallView:
    """What the reader shall do now, in Markdown."""

    heading: str
    text: str | None


@dataclass(frozen=True)
class PartyView:
    """Someone whom the imprint names, in Markdown."""

    name: str
    address: str | None


@dataclass(frozen=True)
class ImprintView:
    """Who stands behind the leaflet: `text` is in Markdown, as it was written."""

    text: str | None
    responsible: PartyView | None
    publisher: PartyView | None
    printer: PartyView | None


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
    picture: PictureView | None
    event: EventView | None
    call: CallView | None
    contact: str | None
    imprint: ImprintView | None
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
    """A quote as it was verified: its place in the source, and the words around it there, with the
    quote itself shortened; no context, where there is nothing around it.
    """

    quote: QuoteView
    place: Markup
    context: tuple[ContextSegmentView, ...]


@dataclass(frozen=True)
class VerificationView:
    """What is known about the quotes.

    `marked`: wrong ones are marked on the page, as in a draft. `verified` is the number of correct
    ones; `compared` are the titles of the documents that they were compared with, `digests` the
    files of these, each with its SHA-256.
    """

    marked: bool
    verified: int
    compared: tuple[SourceView, ...]
    digests: tuple[tuple[str, str], ...]
    quotes: tuple[CheckedQuoteView, ...]


@dataclass(frozen=True)
class LanguageView:
    """The language of the leaflet, its direction (``ltr`` or ``rtl``), and its comma."""

    code: str
    direction: str
    comma: str


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
    LeafletView, ColumnsView, LogoView, PictureView, EventView, PassageView, QuoteView,
    CommentaryView, VerdictView, CallView, ImprintView, PartyView, SourceView, VerificationView,
    CheckedQuoteView, ContextSegmentView, LanguageView, EditionView,
)  # fmt: skip


def field_names(kind: type) -> frozenset[str]:
    """The attributes that a template may read of an object of one of these classes."""
    return frozenset(field.name for field in fields(kind))
