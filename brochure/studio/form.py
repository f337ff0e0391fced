"""A leaflet as a form: which fields there are, what they are called, and how they are filled in.

What each leaflet is made of comes first: its head and its pairs. The rest is folded away.
`tests/test_form.py` holds that every key of the schema can be reached.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from brochure.manuscript.model.fields import LinkedPart, Shape
from brochure.manuscript.model.leaflet import Leaflet
from brochure.messages import EMPTY, Message, say

Kind = Literal[
    "line", "prose", "date", "time", "colour", "choice", "flag", "file", "list", "entries"
]
Side = Literal["quote", "commentary", "both"]
Keys = tuple[str, ...]


@dataclass(frozen=True)
class FormField:
    """One thing that can be filled in.

    `path` is that of its key; in a passage or an entry, from there. A `line` is one line of text,
    `prose` has paragraphs, a `list` is several lines, `entries` have names of their own, each with
    the fields `item`, or with a text if there are none. `rare` fields are folded away. The
    `placeholder` of an empty one says what goes into it.
    """

    path: Keys
    label: Message
    kind: Kind = "line"
    hint: Message = EMPTY
    choices: tuple[tuple[str, str], ...] = ()
    rare: bool = False
    side: Side = "both"
    item: tuple["FormField", ...] = ()
    placeholder: Message = EMPTY


@dataclass(frozen=True)
class Section:
    """Fields that belong together; those of `passages` are there for each passage."""

    id: str
    title: Message
    fields: tuple[FormField, ...]
    hint: Message = EMPTY
    rare: bool = False


def sections(designs: Mapping[str, str]) -> tuple[Section, ...]:
    """The form of a leaflet. `designs` are the names of those there are, and what they are for."""
    return (
        Section(
            "head",
            say("Head"),
            (
                FormField(
                    ("title",), say("Title"), placeholder=say("What it is about, in a few words")
                ),
                FormField(("subtitle",), say("Subtitle"), placeholder=say("One line below it")),
                FormField(
                    ("lead",),
                    say("Introduction"),
                    "prose",
                    placeholder=say(
                        "Two or three sentences: which document this is, and why you answer it."
                    ),
                ),
            ),
        ),
        Section("passages", say("Pairs"), _passage()),
        Section(
            "source",
            say("Document quoted"),
            _source(("source",)),
            say("What is quoted, and where readers find it."),
            rare=True,
        ),
        Section(
            "end",
            say("Call and contact"),
            (
                FormField(
                    ("call", "heading"),
                    say("Call"),
                    hint=say("What readers shall do now, in a few words."),
                ),
                FormField(("call", "text"), say("How they do it"), "prose"),
                FormField(
                    ("contact",),
                    say("Contact"),
                    "prose",
                    placeholder=say("Who can be reached, and how"),
                ),
            ),
            rare=True,
        ),
        Section(
            "imprint",
            say("Imprint"),
            (
                *_party(
                    "responsible",
                    say("Responsible for the content"),
                    say("Postal address of the person responsible"),
                ),
                *_party("publisher", say("Publisher"), say("Postal address of the publisher")),
                *_party("printer", say("Printer"), say("Postal address of the printer")),
                FormField(("imprint", "text"), say("Text of your own"), "prose", rare=True),
                FormField(("author",), say("Author, in the data of the file"), rare=True),
                FormField(("date",), say("Date of the leaflet"), "date"),
            ),
            say("Press law asks for names and postal addresses on printed matter."),
            rare=True,
        ),
        Section(
            "event",
            say("Event"),
            (
                FormField(("event", "title"), say("What it is")),
                FormField(("event", "date"), say("Day"), "date"),
                FormField(("event", "time"), say("Time"), "time", say("For example 19:00-21:00.")),
                FormField(("event", "place"), say("Place")),
                FormField(
                    ("event", "access"),
                    say("Access"),
                    hint=say("Without steps, by bus, with an interpreter."),
                ),
            ),
            say("What the leaflet invites to, if it invites to anything."),
            rare=True,
        ),
        Section(
            "look",
            say("Look"),
            (
                FormField(
                    ("design",),
                    say("Design"),
                    "choice",
                    choices=tuple(designs.items()),
                ),
                FormField(("accent",), say("Accent colour"), "colour"),
                *_picture(("picture",), say("Picture below the title"), rare=True),
                FormField(("logo", "file"), say("Logo"), "file", rare=True),
                FormField(
                    ("logo", "alt"),
                    say("What the logo shows"),
                    hint=say("For people who cannot see it."),
                    rare=True,
                ),
                FormField(("numbered",), say("Number the pairs"), "flag", rare=True),
                FormField(
                    ("fit",),
                    say("Pages to fill"),
                    hint=say("A number of pages, or `sheet` for one sheet of paper."),
                    rare=True,
                ),
                FormField(
                    ("codes",),
                    say("QR codes for the links of"),
                    "list",
                    choices=tuple((part, _PARTS[part]) for part in get_args(LinkedPart)),
                    rare=True,
                ),
                FormField(
                    ("preflight",),
                    say("Checks to switch off"),
                    "entries",
                    say("The name of a check, and the reason."),
                    rare=True,
                ),
            ),
            rare=True,
        ),
        Section(
            "columns",
            say("Headings of the columns"),
            (
                FormField(("columns", "quote"), say("Left: the document"), side="quote"),
                FormField(("columns", "commentary"), say("Right: your answer"), side="commentary"),
            ),
            rare=True,
        ),
        Section(
            "rare",
            say("More"),
            (
                FormField(("language",), say("Language"), hint=say("A code such as `de` or `en`.")),
                FormField(
                    ("verification",),
                    say("Say that the quotes were verified"),
                    "choice",
                    choices=(
                        ("none", say("not at all")),
                        ("note", say("in one line")),
                        ("appendix", say("in an appendix with each quote in its context")),
                    ),
                ),
                FormField(
                    ("verdicts",),
                    say("Verdicts of your own"),
                    "entries",
                    say("A name that passages use, the word that is printed, and a shape."),
                    item=(
                        FormField(("word",), say("Word")),
                        FormField(
                            ("shape",),
                            say("Shape"),
                            "choice",
                            choices=tuple((shape, _SHAPES[shape]) for shape in get_args(Shape)),
                        ),
                    ),
                ),
                FormField(
                    ("slots",),
                    say("Slots that regions fill in"),
                    "entries",
                    say("A name, and the text for regions that have none of their own."),
                ),
            ),
            rare=True,
        ),
    )


_PARTS: dict[str, Message] = {
    "lead": say("introduction"),
    "passages": say("pairs"),
    "call": say("call"),
    "contact": say("contact"),
    "source": say("document quoted"),
}
_SHAPES: dict[str, Message] = {
    "check": say("check mark"),
    "cross": say("cross"),
    "half": say("half a circle"),
    "question": say("question mark"),
    "dash": say("dash"),
}


# What mappings of a leaflet are called as a whole.
GROUPS: dict[Keys, Message] = {
    ("event",): say("Event"),
    ("picture",): say("Picture below the title"),
    ("logo",): say("Logo"),
    ("source",): say("Document quoted"),
    ("columns",): say("Headings of the columns"),
    ("passages",): say("Pairs"),
    ("passages", "quote"): say("Quote"),
    ("passages", "quote", "source"): say("Document quoted"),
    ("passages", "commentary"): say("Answer"),
    ("passages", "picture"): say("Picture beside your answer"),
    ("call",): say("Call"),
    ("imprint",): say("Imprint"),
    ("imprint", "responsible"): say("Responsible for the content"),
    ("imprint", "publisher"): say("Publisher"),
    ("imprint", "printer"): say("Printer"),
}


def _passage() -> tuple[FormField, ...]:
    quote, commentary = ("quote",), ("commentary",)
    return (
        FormField(("quote", "heading"), say("Heading of the quote"), side="quote"),
        FormField(
            ("quote", "text"),
            say("Quote"),
            "prose",
            side="quote",
            placeholder=say("Word for word from the document, without quotation marks"),
        ),
        FormField(
            ("quote", "lines"), say("Lines"), hint=say("For example 1087-1090."), side="quote"
        ),
        FormField(("quote", "page"), say("Page"), side="quote"),
        FormField(
            ("quote", "highlight"),
            say("Words to highlight"),
            "list",
            say("As they are written in the quote."),
            rare=True,
            side="quote",
        ),
        *(
            FormField(
                (*quote, *part.path),
                part.label,
                part.kind,
                part.hint,
                part.choices,
                rare=True,
                side="quote",
            )
            for part in _source(("source",))
        ),
        FormField((*commentary, "heading"), say("Heading of the answer"), side="commentary"),
        FormField(
            ("verdict",),
            say("Verdict"),
            "choice",
            say("One of your own verdicts."),
            rare=True,
            side="commentary",
        ),
        FormField(
            (*commentary, "text"),
            say("Answer"),
            "prose",
            side="commentary",
            placeholder=say("What you say about it"),
        ),
        FormField(
            (*commentary, "demand"),
            say("Demand"),
            hint=say("One line that closes your answer."),
            rare=True,
            side="commentary",
        ),
        *_picture(("picture",), say("Picture beside your answer"), side="commentary", rare=True),
        FormField(
            ("id",),
            say("Short name"),
            hint=say("Small letters, digits and hyphens; for variants and links."),
            rare=True,
        ),
    )


def _picture(
    path: Keys, label: Message, side: Side = "both", rare: bool = False
) -> tuple[FormField, ...]:
    return (
        FormField((*path, "file"), label, "file", side=side, rare=rare),
        FormField(
            (*path, "alt"),
            say("What the picture shows"),
            hint=say("For people who cannot see it."),
            side=side,
            rare=rare,
        ),
        FormField((*path, "credit"), say("Who took or drew it"), side=side, rare=rare),
    )


def _source(path: Keys) -> tuple[FormField, ...]:
    return (
        FormField((*path, "title"), say("Title of the document")),
        FormField((*path, "file"), say("The document itself"), "file"),
        FormField(
            (*path, "address"), say("Where it can be read"), hint=say("An https:// address.")
        ),
        FormField((*path, "author"), say("Who wrote or signed it"), rare=True),
        FormField((*path, "date"), say("Date of the document"), "date", rare=True),
        FormField(
            (*path, "reference"),
            say("How a reference reads"),
            hint=say("For example `lines {{lines}}` or `p. {{page}}, l. {{lines}}`."),
            rare=True,
        ),
        FormField(
            (*path, "lines"),
            say("How its lines are numbered"),
            "choice",
            choices=(
                ("margin", say("printed in the margin")),
                ("count", say("counted from the top of the file")),
                ("page", say("counted anew on each page")),
            ),
            rare=True,
        ),
        FormField((*path, "language"), say("Its language"), rare=True),
    )


def _party(role: str, label: Message, address: Message) -> tuple[FormField, ...]:
    return (
        FormField(("imprint", role, "name"), label),
        FormField(
            ("imprint", role, "address"),
            address,
            hint=say("Street and number, postcode and town."),
        ),
    )


def all_fields() -> Iterator[tuple[Keys, FormField]]:
    """Every field with the keys that lead to it from the root of a leaflet."""
    for section in sections({}):
        for part in section.fields:
            path = ("passages", *part.path) if section.id == "passages" else part.path
            yield path, part


def prose_paths() -> frozenset[Keys]:
    """The texts that have paragraphs, by their keys."""
    return frozenset(path for path, part in all_fields() if part.kind == "prose")


def key_orders(model: type[BaseModel] = Leaflet, path: Keys = ()) -> dict[Keys, Keys]:
    """The keys of each mapping in the order of the schema, by the keys that lead to it."""
    orders = {path: tuple(name for name, _ in _keys(model))}
    for name, info in _keys(model):
        for inner in _models(info.annotation):
            orders |= key_orders(inner, (*path, name))
    return orders


def required_keys(model: type[BaseModel] = Leaflet, path: Keys = ()) -> frozenset[Keys]:
    """The keys that must be there, if that which they are in is there."""
    keys = {(*path, name) for name, info in _keys(model) if info.is_required()}
    for name, info in _keys(model):
        for inner in _models(info.annotation):
            keys |= required_keys(inner, (*path, name))
    return frozenset(keys)


def _keys(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The keys of a model as they are written in files."""
    for name, info in model.model_fields.items():
        yield info.alias or name, info


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """The models in a type, however they are wrapped."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for part in get_args(annotation):
            yield from _models(part)
