"""The leaflet as data: frozen, validated, without unknown keys.

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
    PictureDescription,
    PlainText,
    ReferencePattern,
    Shape,
    SlotName,
    Time,
    VerdictName,
    VisibleText,
    at_most_entries,
)


class Model(BaseModel):
    """A part of a leaflet."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PrintOptions(Model):
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


class Source(Model):
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


class Columns(Model):
    """The headings of the two columns, repeated on each page."""

    quote: VisibleText = Field(description="Heading of the left column: the document quoted.")
    commentary: VisibleText = Field(
        description="Heading of the right column: what you say about it."
    )


class Quote(Model):
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


class Commentary(Model):
    """What the initiative says about a quote."""

    heading: VisibleText | None = Field(None, description="Heading over the commentary.")
    text: VisibleText = Field(description="The commentary, in Markdown.")
    demand: VisibleText | None = Field(
        None, description="What you demand: one line that closes the commentary."
    )


class Picture(Model):
    """A picture, with what it shows and whose it is."""

    file: PlainText = Field(description="PNG, JPEG or SVG in this folder, as in images/park.jpg.")
    alt: PictureDescription = Field(
        description='What it shows, for people who cannot see it; `""` if it is mere decoration.'
    )
    credit: PlainText | None = Field(
        None, description="Who took or drew it; printed small beside it."
    )


class Passage(Model):
    """One row of the leaflet: a quote, a commentary, or both."""

    id: Id = Field(description="A short name of your own: small letters, digits, hyphens.")
    quote: Quote | None = Field(None, description="Left: words of the document.")
    commentary: Commentary | None = Field(None, description="Right: your answer.")
    picture: Picture | None = Field(None, description="A picture beside your answer.")
    verdict: PlainText | None = Field(
        None, description="Your verdict on what is quoted: a name from `verdicts:`."
    )


class Logo(Model):
    """A picture that represents the initiative."""

    file: PlainText = Field(description="PNG, JPEG or SVG in this folder, as in images/logo.png.")
    alt: PlainText = Field(description="What it shows, for people who cannot see it.")


class Event(Model):
    """What the leaflet invites to."""

    title: VisibleText | None = Field(None, description="What it is: Public meeting.")
    date: Day = Field(description="Its day: 2026-12-03.")
    time: Time | None = Field(None, description="When it begins, or begins and ends: 19:00-21:00.")
    place: VisibleText | None = Field(None, description="Where it is: the house and its address.")
    access: VisibleText | None = Field(
        None, description="How people get in: without steps, by bus, with an interpreter."
    )


class VerdictMark(Model):
    """A verdict of your own on what is quoted: a word, and a shape beside it."""

    word: PlainText = Field(description="The word that is printed: Broken.")
    shape: Shape = Field(
        description="The shape beside it, which adds nothing to the word: check, cross, half, "
        "question or dash."
    )


class Call(Model):
    """What the reader shall do now: a framed box at the foot, with contact and codes in it."""

    heading: VisibleText = Field(description="What to do, in a few words: Join us!")
    text: VisibleText | None = Field(None, description="How, in Markdown.")


class Party(Model):
    """Someone whom the imprint names."""

    name: VisibleText = Field(description="The name of a person, an initiative or a firm.")
    address: VisibleText | None = Field(
        None, description="Street and number, postcode and town; a P.O. box is not enough."
    )


class Imprint(Model):
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


def as_imprint(value: object) -> object:
    """An imprint that is one text."""
    return {"text": value} if isinstance(value, str) else value


_ImprintField = Annotated[
    Imprint, BeforeValidator(as_imprint, json_schema_input_type=str | Imprint)
]


class Leaflet(PrintOptions):
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
