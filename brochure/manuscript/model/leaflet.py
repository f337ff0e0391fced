"""The leaflet and its variants as data: frozen, validated, without unknown keys.

The JSON Schemas for completion in editors come from the same classes, so each field has a
description for the person who types it.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from brochure.manuscript.model.fields import (
    Colour,
    Date,
    Fit,
    Id,
    LanguageCode,
    LineNumbers,
    LinkedPart,
    PageNumbers,
    PlainText,
    ReferencePattern,
    SlotName,
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
        "contact, source.",
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
    source: Source | None = Field(
        None, description="The document, if it differs from that of the leaflet."
    )


class Commentary(_Model):
    """What the initiative says about a quote."""

    heading: VisibleText | None = Field(None, description="Heading over the commentary.")
    text: VisibleText = Field(description="The commentary, in Markdown.")


class Passage(_Model):
    """One row of the leaflet: a quote, a commentary, or both."""

    id: Id = Field(description="A short name of your own: small letters, digits, hyphens.")
    quote: Quote | None = Field(None, description="Left: words of the document.")
    commentary: Commentary | None = Field(None, description="Right: your answer.")


class Logo(_Model):
    """A picture that represents the initiative."""

    file: PlainText = Field(description="PNG, JPEG or SVG in this folder, as in images/logo.png.")
    alt: PlainText = Field(description="What it shows, for people who cannot see it.")


class Leaflet(_PrintOptions):
    """A leaflet: a title, a lead, passages, an imprint."""

    language: LanguageCode = Field(description="Language of the leaflet: de or en.")
    title: VisibleText = Field(description="The main line of the leaflet.")
    subtitle: VisibleText | None = Field(None, description="One line below the title.")
    lead: VisibleText | None = Field(
        None, description="Introduction, in Markdown; it may contain links."
    )
    author: PlainText | None = Field(None, description="Who publishes the leaflet.")
    source: Source | None = Field(None, description="The document that is quoted.")
    verification: Literal["none", "note", "appendix"] = Field(
        "none",
        description="Whether the leaflet says that its quotes were verified: `none` (not at all), "
        "`note` (one line) or `appendix` (each quote with its reference and context).",
    )
    columns: Columns | None = Field(None, description="The headings of the two columns.")
    passages: tuple[Passage, ...] = Field(min_length=1, description="The rows of the leaflet.")
    contact: VisibleText | None = Field(None, description="How to reach you, in Markdown.")
    imprint: VisibleText | None = Field(
        None,
        description="Who is responsible under press law (in Germany V. i. S. d. P.): name and "
        "postal address.",
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


class PassageChange(_Model):
    """What differs in a passage of the base; its quote cannot."""

    commentary: CommentaryChange = Field(description="Another commentary, or another heading.")


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
    author: PlainText | None = Field(None, description="Who publishes the leaflet there.")
    columns: ColumnsChange | None = Field(None, description="Other headings of the columns.")
    passages: dict[str, PassageChange] | None = Field(
        None, description="By the id of a passage: another commentary."
    )
    leave_out: tuple[Id, ...] | None = Field(None, description="Ids of passages to leave out.")
    add: tuple[AddedPassage, ...] | None = Field(None, description="Passages to add.")
    contact: VisibleText | None = Field(None, description="How to reach you there.")
    imprint: VisibleText | None = Field(None, description="Who is responsible there.")
    date: Date | None = Field(None, description="Date of this variant.")
    logo: Logo | None = Field(None, description="Another picture.")
    accent: Colour | None = Field(None, description="Another accent colour.")
    replaced: dict[str, str | None] | None = Field(
        None,
        description="Written by `brochure variants accept`: the texts of the base that this "
        "variant replaces.",
    )
