"""The leaflet and its variants as data: frozen, validated, without unknown keys.

The JSON Schemas for completion in editors come from the same classes, so each field has a
description for the person who types it.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from brochure.manuscript.model.fields import (
    Colour,
    Date,
    Day,
    Fit,
    Highlights,
    Id,
    LanguageCode,
    LineNumbers,
    LinkedPart,
    PageNumbers,
    PlainText,
    ReferencePattern,
    Shape,
    SlotName,
    Time,
    VerdictName,
    VisibleText,
    at_most_entries,
)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _PrintOptions(_Model):
    """How a leaflet should look and be printed."""

    design: PlainText | None = Field(
        None,
        description="How it looks: `bold` (for the street and the meeting; the default), "
        "`plain` (for offices, courts and councils), or a design of your own, a folder in "
        "styles/designs/.",
    )
    codes: tuple[LinkedPart, ...] | None = Field(
        None,
        description="The parts whose links get a QR code in printed editions: lead, passages, "
        "call, contact, source.",
    )
    fit: Fit | None = Field(
        None,
        description="The number of pages that it should fill, or `sheet` for one sheet of paper; "
        "or one of these for each edition, by name.",
    )
    preflight: Annotated[dict[str, PlainText], at_most_entries(100)] | None = Field(
        None, description="Checks to switch off, by name, each with the reason."
    )


class Source(_Model):
    """The document that is quoted."""

    title: PlainText = Field(description="Title of the document.")
    author: PlainText | None = Field(
        None, description="Who wrote or signed it: an author, parties, a public body."
    )
    date: Date | None = Field(None, description="Its date: 2018-12-20, 2018-12 or 2018.")
    language: LanguageCode | None = Field(
        None, description="Its language, if it differs from that of the leaflet: de."
    )
    address: PlainText | None = Field(
        None, description="Where it can be read: an https:// address."
    )
    reference: ReferencePattern | None = Field(
        None,
        description="How a reference reads, with {lines} and {page}: `Zeilen {lines}`, "
        "`S. {page}, Z. {lines}`. If left out, the language decides.",
    )
    file: PlainText | None = Field(
        None,
        description="The document itself, to verify the quotes: a PDF, .txt, .md or .html file "
        "in this folder, as in sources/agreement.pdf.",
    )
    lines: Literal["margin", "count", "page"] | None = Field(
        None,
        description="How its lines are numbered: `margin` (printed in the margin), `count` (from "
        "the top of the file) or `page` (anew on each page). If left out, brochure finds out.",
    )


class Columns(_Model):
    """The headings of the two columns, repeated on each page."""

    quote: VisibleText = Field(description="Heading of the left column: the document quoted.")
    commentary: VisibleText = Field(
        description="Heading of the right column: what you say about it."
    )


class Quote(_Model):
    """Verbatim words of the source, which are never changed."""

    heading: VisibleText | None = Field(None, description="Heading over the quote.")
    page: PageNumbers | None = Field(
        None, description="Page in the source: 12, 12-13, or as it is called there: iv, A-2."
    )
    lines: LineNumbers | None = Field(None, description="Lines in the source: 1087-1090.")
    text: VisibleText = Field(
        description="The quote, to the letter. Quotation marks are added around it. […] marks an "
        "omission, and words in [brackets] are your own."
    )
    highlight: Highlights | None = Field(
        None,
        description="Words of the quote that are marked, as they are written there; or a list of "
        "such words.",
    )
    source: Source | None = Field(
        None, description="The document, if it differs from that of the leaflet."
    )


class Commentary(_Model):
    """What the initiative says about a quote."""

    heading: VisibleText | None = Field(None, description="Heading over the commentary.")
    text: VisibleText = Field(description="The commentary, in Markdown.")
    demand: VisibleText | None = Field(
        None, description="What you demand: one line that closes the commentary."
    )


class Picture(_Model):
    """A picture, with what it shows and whose it is."""

    file: PlainText = Field(description="PNG, JPEG or SVG in this folder, as in images/park.jpg.")
    alt: PlainText = Field(description="What it shows, for people who cannot see it.")
    credit: PlainText | None = Field(
        None, description="Who took or drew it; printed small beside it."
    )


class Passage(_Model):
    """One row of the leaflet: a quote, a commentary, or both."""

    id: Id = Field(description="A short name of your own: small letters, digits, hyphens.")
    quote: Quote | None = Field(None, description="Left: words of the document.")
    commentary: Commentary | None = Field(None, description="Right: your answer.")
    picture: Picture | None = Field(None, description="A picture beside your answer.")
    verdict: PlainText | None = Field(
        None, description="Your verdict on what is quoted: a name from `verdicts:`."
    )


class Logo(_Model):
    """A picture that represents the initiative."""

    file: PlainText = Field(description="PNG, JPEG or SVG in this folder, as in images/logo.png.")
    alt: PlainText = Field(description="What it shows, for people who cannot see it.")


class Event(_Model):
    """What the leaflet invites to."""

    title: VisibleText | None = Field(None, description="What it is: Public meeting.")
    date: Day = Field(description="Its day: 2026-12-03.")
    time: Time | None = Field(None, description="When it begins, or begins and ends: 19:00-21:00.")
    place: VisibleText | None = Field(None, description="Where it is: the house and its address.")
    access: VisibleText | None = Field(
        None, description="How people get in: without steps, by bus, with an interpreter."
    )


class VerdictMark(_Model):
    """A verdict of your own on what is quoted: a word, and a shape beside it."""

    word: PlainText = Field(description="The word that is printed: Broken.")
    shape: Shape = Field(
        description="The shape beside it, which adds nothing to the word: check, cross, half, "
        "question or dash."
    )


class Call(_Model):
    """What the reader shall do now: a framed box at the foot, with contact and codes in it."""

    heading: VisibleText = Field(description="What to do, in a few words: Join us!")
    text: VisibleText | None = Field(None, description="How, in Markdown.")


class Party(_Model):
    """Someone whom the imprint names."""

    name: VisibleText = Field(description="The name of a person, an initiative or a firm.")
    address: VisibleText | None = Field(
        None, description="Street and number, postcode and town; a P.O. box is not enough."
    )


class Imprint(_Model):
    """Who stands behind the leaflet, as press law asks.

    In Germany, press law is that of the states. Each asks printed matter to name, with an address,
    the printer and the publisher; where it is self-published, the author or the editor in place
    of the publisher: § 8 (1) LPresseG NRW, Art. 7 (1) BayPrG, § 7 (1) Berliner Pressegesetz and
    the like. They ask for a responsible editor (V. i. S. d. P.) in periodicals only. An overview:
    Deutscher Bundestag, Wissenschaftliche Dienste, WD 10 - 3000 - 053/17.

    `text` is what was written as one text, in Markdown.
    """

    text: VisibleText | None = Field(None, description="A text of your own, in Markdown.")
    responsible: Party | None = Field(
        None, description="Who answers for the content (in Germany V. i. S. d. P.)."
    )
    publisher: Party | None = Field(
        None, description="Who publishes it; if you do it yourselves, the initiative or the author."
    )
    printer: Party | None = Field(
        None, description="Who prints it: the print shop, or you yourselves."
    )


def _as_imprint(value: object) -> object:
    """An imprint that is one text."""
    return {"text": value} if isinstance(value, str) else value


_ImprintField = Annotated[
    Imprint, BeforeValidator(_as_imprint, json_schema_input_type=str | Imprint)
]


class Leaflet(_PrintOptions):
    """A leaflet: a title, a lead, passages, an imprint."""

    language: LanguageCode = Field(description="Language of the leaflet: de or en.")
    title: VisibleText = Field(description="The main line of the leaflet.")
    subtitle: VisibleText | None = Field(None, description="One line below the title.")
    lead: VisibleText | None = Field(
        None, description="Introduction, in Markdown; it may contain links."
    )
    picture: Picture | None = Field(None, description="A picture below the title.")
    event: Event | None = Field(None, description="What the leaflet invites to.")
    author: PlainText | None = Field(None, description="Who publishes the leaflet.")
    source: Source | None = Field(None, description="The document that is quoted.")
    verification: Literal["none", "note", "appendix"] = Field(
        "none",
        description="Whether the leaflet says that its quotes were verified: `none` (not at all), "
        "`note` (one line) or `appendix` (each quote with its reference and context).",
    )
    columns: Columns | None = Field(None, description="The headings of the two columns.")
    numbered: bool = Field(
        True, description="Whether the pairs are numbered, as in `point four`: yes or no."
    )
    verdicts: Annotated[dict[VerdictName, VerdictMark], at_most_entries(20)] | None = Field(
        None,
        description="Verdicts of your own, by names that passages use: each a word and a shape.",
    )
    passages: tuple[Passage, ...] = Field(min_length=1, description="The rows of the leaflet.")
    call: Call | None = Field(
        None, description="What readers shall do now: a box at the foot, with the contact in it."
    )
    contact: VisibleText | None = Field(None, description="How to reach you, in Markdown.")
    imprint: _ImprintField | None = Field(
        None,
        description="Who stands behind the leaflet, as press law asks: a text, or `responsible:`, "
        "`publisher:` and `printer:`, each with a name and a postal address.",
    )
    date: Date | None = Field(None, description="Date of the leaflet: 2019-02-01 or 2019-02.")
    logo: Logo | None = Field(None, description="A picture at the top of the first page.")
    accent: Colour | None = Field(
        None, description="The one accent colour: six digits or letters from a to f, as in 8a1c3b."
    )
    slots: Annotated[dict[SlotName, VisibleText | None], at_most_entries(1_000)] | None = Field(
        None,
        description="Slots that regions fill in, each with the text for regions that have none of "
        "their own; without such a text, each region must have one.",
    )


class ColumnsChange(_Model):
    """Other headings of the columns."""

    quote: VisibleText | None = Field(None, description="Heading of the left column.")
    commentary: VisibleText | None = Field(None, description="Heading of the right column.")


class CommentaryChange(_Model):
    """Another text or heading for a commentary of the base."""

    heading: VisibleText | None = Field(None, description="Heading over the commentary.")
    text: VisibleText | None = Field(None, description="The commentary, in Markdown.")
    demand: VisibleText | None = Field(None, description="Another demand.")


class LogoChange(_Model):
    """Another picture, or another description of it."""

    file: PlainText | None = Field(None, description="PNG, JPEG or SVG in the folder.")
    alt: PlainText | None = Field(None, description="What it shows.")


class PictureChange(LogoChange):
    """Another picture, or another description or credit of it."""

    credit: PlainText | None = Field(None, description="Who took or drew it.")


class PassageChange(_Model):
    """What differs in a passage of the base; its quote cannot."""

    commentary: CommentaryChange | None = Field(
        None, description="Another commentary, or another heading."
    )
    picture: PictureChange | None = Field(
        None, description="Another picture, or another description of it."
    )
    verdict: PlainText | None = Field(None, description="Another verdict.")


class EventChange(_Model):
    """What differs in the event."""

    title: VisibleText | None = Field(None, description="What it is.")
    date: Day | None = Field(None, description="Its day: 2026-12-03.")
    time: Time | None = Field(None, description="When it begins, or begins and ends: 19:00-21:00.")
    place: VisibleText | None = Field(None, description="Where it is there.")
    access: VisibleText | None = Field(None, description="How people get in.")


class VerdictMarkChange(_Model):
    """Another word or shape for a verdict."""

    word: PlainText | None = Field(None, description="The word that is printed.")
    shape: Shape | None = Field(None, description="The shape beside it.")


class CallChange(_Model):
    """Another call."""

    heading: VisibleText | None = Field(None, description="What to do, in a few words.")
    text: VisibleText | None = Field(None, description="How, in Markdown.")


class PartyChange(_Model):
    """Another name or address in the imprint."""

    name: VisibleText | None = Field(None, description="The name.")
    address: VisibleText | None = Field(None, description="The postal address.")


class ImprintChange(_Model):
    """What differs in the imprint."""

    text: VisibleText | None = Field(None, description="A text of your own, in Markdown.")
    responsible: PartyChange | None = Field(None, description="Who answers for the content.")
    publisher: PartyChange | None = Field(None, description="Who publishes it.")
    printer: PartyChange | None = Field(None, description="Who prints it.")


class AddedPassage(Passage):
    """A passage that a variant adds to those of the base."""

    after: Id | None = Field(None, description="The id of the passage before it.")
    before: Id | None = Field(None, description="Or the id of the passage after it.")


class Variant(_PrintOptions):
    """``variants/<id>.yaml``: what differs from the base in one region, or in one language."""

    language: LanguageCode | None = Field(None, description="Another language: ar, en, uk …")
    title: VisibleText | None = Field(None, description="Another title.")
    subtitle: VisibleText | None = Field(None, description="Another line below the title.")
    lead: VisibleText | None = Field(None, description="Another introduction.")
    picture: PictureChange | None = Field(
        None, description="Another picture, or another description of it."
    )
    event: EventChange | None = Field(None, description="Another event, or what differs in it.")
    author: PlainText | None = Field(None, description="Who publishes the leaflet there.")
    columns: ColumnsChange | None = Field(None, description="Other headings of the columns.")
    verdicts: Annotated[dict[VerdictName, VerdictMarkChange], at_most_entries(20)] | None = Field(
        None, description="Other words for verdicts, by their names."
    )
    passages: dict[str, PassageChange] | None = Field(
        None, description="By the id of a passage: another commentary, picture or verdict."
    )
    leave_out: tuple[Id, ...] | None = Field(None, description="Ids of passages to leave out.")
    add: tuple[AddedPassage, ...] | None = Field(None, description="Passages to add.")
    call: CallChange | None = Field(None, description="What readers shall do there.")
    contact: VisibleText | None = Field(None, description="How to reach you there.")
    imprint: (
        Annotated[
            ImprintChange, BeforeValidator(_as_imprint, json_schema_input_type=str | ImprintChange)
        ]
        | None
    ) = Field(None, description="Who stands behind the leaflet there.")
    date: Date | None = Field(None, description="Date of this variant.")
    logo: LogoChange | None = Field(None, description="Another logo, or another description of it.")
    accent: Colour | None = Field(None, description="Another accent colour.")
    replaced: dict[str, str | None] | None = Field(
        None,
        description="Written by `brochure variants accept`: the texts of the base that this "
        "variant replaces.",
    )
