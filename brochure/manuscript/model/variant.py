"""What a variant changes in a leaflet, as data: all of it optional, laid over the base."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from brochure.manuscript.model.fields import (
    Colour,
    Date,
    Day,
    Id,
    LanguageCode,
    PictureDescription,
    PlainText,
    Shape,
    Time,
    VerdictName,
    VisibleText,
    at_most_entries,
)
from brochure.manuscript.model.leaflet import Model, Passage, PrintOptions, as_imprint


class ColumnsChange(Model):
    """Other headings of the columns."""

    quote: VisibleText | None = Field(None, description="Heading of the left column.")
    commentary: VisibleText | None = Field(None, description="Heading of the right column.")


class CommentaryChange(Model):
    """Another text or heading for a commentary of the base."""

    heading: VisibleText | None = Field(None, description="Heading over the commentary.")
    text: VisibleText | None = Field(None, description="The commentary, in Markdown.")
    demand: VisibleText | None = Field(None, description="Another demand.")


class LogoChange(Model):
    """Another picture, or another description of it."""

    file: PlainText | None = Field(None, description="PNG, JPEG or SVG in the folder.")
    alt: PlainText | None = Field(
        None, description="What it shows; to be said again of another picture."
    )


class PictureChange(Model):
    """Another picture, or another description or credit of it."""

    file: PlainText | None = Field(None, description="PNG, JPEG or SVG in the folder.")
    alt: PictureDescription | None = Field(
        None, description='What it shows, or `""`; to be said again of another picture.'
    )
    credit: PlainText | None = Field(
        None, description="Who took or drew it; to be said again of another picture."
    )


class PassageChange(Model):
    """What differs in a passage of the base; its quote cannot."""

    commentary: CommentaryChange | None = Field(
        None, description="Another commentary, or another heading."
    )
    picture: PictureChange | None = Field(
        None, description="Another picture, or another description of it."
    )
    verdict: PlainText | None = Field(None, description="Another verdict.")


class EventChange(Model):
    """What differs in the event."""

    title: VisibleText | None = Field(None, description="What it is.")
    date: Day | None = Field(None, description="Its day: 2026-12-03.")
    time: Time | None = Field(None, description="When it begins, or begins and ends: 19:00-21:00.")
    place: VisibleText | None = Field(None, description="Where it is there.")
    access: VisibleText | None = Field(
        None,
        description="How people get in; to be said again where the place is another one.",
    )


class VerdictMarkChange(Model):
    """Another word or shape for a verdict."""

    word: PlainText | None = Field(None, description="The word that is printed.")
    shape: Shape | None = Field(None, description="The shape beside it.")


class CallChange(Model):
    """Another call."""

    heading: VisibleText | None = Field(None, description="What to do, in a few words.")
    text: VisibleText | None = Field(None, description="How, in Markdown.")


class PartyChange(Model):
    """Another name or address in the imprint."""

    name: VisibleText | None = Field(None, description="The name.")
    address: VisibleText | None = Field(None, description="The postal address.")


class ImprintChange(Model):
    """What differs in the imprint."""

    text: VisibleText | None = Field(None, description="A text of your own, in Markdown.")
    responsible: PartyChange | None = Field(None, description="Who answers for the content.")
    publisher: PartyChange | None = Field(None, description="Who publishes it.")
    printer: PartyChange | None = Field(None, description="Who prints it.")


class AddedPassage(Passage):
    """A passage that a variant adds to those of the base."""

    after: Id | None = Field(None, description="The id of the passage before it.")
    before: Id | None = Field(None, description="Or the id of the passage after it.")


class Variant(PrintOptions):
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
            ImprintChange, BeforeValidator(as_imprint, json_schema_input_type=str | ImprintChange)
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
