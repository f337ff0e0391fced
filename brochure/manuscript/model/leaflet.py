"""The leaflet as data: frozen, validated, nothing extra allowed.

The same classes give the JSON Schema for completion in editors, so every field carries a
description for the person who types it.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from brochure.manuscript.model.fields import (
    Colour,
    Date,
    Fit,
    Id,
    Language,
    Line,
    Lines,
    Pages,
    Part,
    Reference,
    Slot,
    Text,
    few,
)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Wishes(_Model):
    """How a leaflet is to be printed."""

    codes: tuple[Part, ...] | None = Field(
        None,
        description="Whose links get a QR code in printed editions: lead, passages, contact, "
        "source.",
    )
    fit: Fit | None = Field(
        None,
        description="How many pages it is to fill, or `sheet` for one sheet of paper; or that by "
        "the names of editions.",
    )
    preflight: Annotated[dict[str, Line], few(100)] | None = Field(
        None, description="Checks to switch off, by their names, each with the reason."
    )


class Source(_Model):
    """The document that is quoted."""

    title: Line = Field(description="Title of the document.")
    author: Line | None = Field(None, description="Who wrote or signed it: author, parties, body.")
    date: Date | None = Field(None, description="Its date: 2018-12-20, 2018-12 or 2018.")
    language: Language | None = Field(
        None, description="Its language, if it is another one than that of the leaflet: de."
    )
    address: Line | None = Field(None, description="Where it can be read: an https:// address.")
    reference: Reference | None = Field(
        None,
        description="How a reference reads, with {lines} and {page}: `Zeilen {lines}`, "
        "`S. {page}, Z. {lines}`. Left out, the language decides.",
    )
    file: Line | None = Field(
        None,
        description="The document itself, to verify the quotes: a PDF, .txt, .md or .html file "
        "in this folder, as in sources/agreement.pdf.",
    )
    lines: Literal["margin", "count", "page"] | None = Field(
        None,
        description="How its lines are numbered: printed in the margin, counted from the top of "
        "the file, or anew on each page. Left out, it is found out.",
    )


class Columns(_Model):
    """The headings of the two columns, repeated on each page."""

    quote: Text = Field(description="Heading of the left column: the document quoted.")
    commentary: Text = Field(description="Heading of the right column: what you say about it.")


class Quote(_Model):
    """Verbatim words of the source. Their letters are never changed."""

    heading: Text | None = Field(None, description="Heading over the quote.")
    page: Pages | None = Field(None, description="Page in the source: 12 or 12-13.")
    lines: Lines | None = Field(None, description="Lines in the source: 1087-1090.")
    text: Text = Field(
        description="The quote, to the letter. Quotation marks around it are added. […] marks an "
        "omission, [words] are your own."
    )
    source: Source | None = Field(
        None, description="The document, if it is another one than that of the leaflet."
    )


class Commentary(_Model):
    """What the initiative says about a quote."""

    heading: Text | None = Field(None, description="Heading over the commentary.")
    text: Text = Field(description="The commentary, in Markdown.")


class Passage(_Model):
    """One row of the leaflet: a quote, a commentary, or both."""

    id: Id = Field(description="A short name of your own: small letters, digits, hyphens.")
    quote: Quote | None = Field(None, description="Left: words of the document.")
    commentary: Commentary | None = Field(None, description="Right: your answer.")


class Logo(_Model):
    """A picture that stands for the initiative."""

    file: Line = Field(description="PNG, JPEG or SVG in this folder, as in images/logo.png.")
    alt: Line = Field(description="What it shows, for people who cannot see it.")


class Leaflet(_Wishes):
    """A leaflet: a title, a lead, passages, and who is responsible."""

    language: Language = Field(description="Language of the leaflet: de or en.")
    title: Text = Field(description="The one strong line.")
    subtitle: Text | None = Field(None, description="One line below the title.")
    lead: Text | None = Field(None, description="Introduction, in Markdown; links may stand here.")
    author: Line | None = Field(None, description="Who publishes the leaflet.")
    source: Source | None = Field(None, description="The document that is quoted.")
    verification: Literal["none", "note", "appendix"] = Field(
        "none",
        description="Whether the leaflet says that its quotes were verified: not at all, in a "
        "line, or with the place and context of each.",
    )
    columns: Columns | None = Field(None, description="The headings of the two columns.")
    passages: tuple[Passage, ...] = Field(min_length=1, description="The rows of the leaflet.")
    contact: Text | None = Field(None, description="How to reach you, in Markdown.")
    imprint: Text | None = Field(
        None,
        description="Who is responsible under press law (in Germany V. i. S. d. P.): name and "
        "postal address.",
    )
    date: Date | None = Field(None, description="Date of the leaflet: 2019-02-01 or 2019-02.")
    logo: Logo | None = Field(None, description="A picture at the top of the first page.")
    accent: Colour | None = Field(
        None, description="The one accent colour: six digits or letters from a to f, as in 8a1c3b."
    )
    slots: Annotated[dict[Slot, Text | None], few(1_000)] | None = Field(
        None,
        description="Slots that regions fill in, each with the text that stands there where a "
        "region has none; without a text, each region must have one.",
    )


class ColumnsChange(_Model):
    """Other headings of the columns."""

    quote: Text | None = Field(None, description="Heading of the left column.")
    commentary: Text | None = Field(None, description="Heading of the right column.")


class CommentaryChange(_Model):
    """What replaces a commentary of the base, or its heading."""

    heading: Text | None = Field(None, description="Heading over the commentary.")
    text: Text | None = Field(None, description="The commentary, in Markdown.")


class PassageChange(_Model):
    """What differs in a passage of the base. Its quote cannot."""

    commentary: CommentaryChange = Field(description="Another commentary, or heading of it.")


class Added(Passage):
    """A passage that the base does not have."""

    after: Id | None = Field(None, description="The id of the passage that it comes after.")
    before: Id | None = Field(None, description="Or the id of the passage that it comes before.")


class Variant(_Wishes):
    """``variants/<id>.yaml``: what differs from the base in one region, or in one language."""

    language: Language | None = Field(None, description="Another language: ar, en, uk …")
    title: Text | None = Field(None, description="Another title.")
    subtitle: Text | None = Field(None, description="Another line below the title.")
    lead: Text | None = Field(None, description="Another introduction.")
    author: Line | None = Field(None, description="Who publishes the leaflet there.")
    columns: ColumnsChange | None = Field(None, description="Other headings of the columns.")
    passages: dict[str, PassageChange] | None = Field(
        None, description="By the id of a passage: another commentary."
    )
    leave_out: tuple[Id, ...] | None = Field(None, description="Ids of passages to leave out.")
    add: tuple[Added, ...] | None = Field(None, description="Passages to add.")
    contact: Text | None = Field(None, description="How to reach you there.")
    imprint: Text | None = Field(None, description="Who is responsible there.")
    date: Date | None = Field(None, description="Date of this variant.")
    logo: Logo | None = Field(None, description="Another picture.")
    accent: Colour | None = Field(None, description="Another accent colour.")
    replaced: dict[str, str | None] | None = Field(
        None,
        description="Written by `brochure variants … accept`: the texts of the base that these "
        "replace.",
    )
