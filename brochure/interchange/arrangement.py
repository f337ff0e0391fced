"""In which order the texts of a leaflet stand in a file that goes out, and as what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from brochure.interchange.outgoing import Outgoing, passage_ids, texts_of
from brochure.manuscript.yaml.nodes import Plain
from brochure.messages import ENGLISH, Catalogue, Message, catalogue, languages, say

Role = Literal[
    "title", "subtitle", "text", "heading", "section", "reference", "quote", "demand", "verdict",
    "label", "value",
]  # fmt: skip
LABEL = "label:"  # begins the keys of words that are no text of the leaflet
BELOW = "below:"  # begins the marks that say which text follows a label
_STEPS: Mapping[str, Message] = {
    "source": say("Document quoted"),
    "title": say("Title"),
    "author": say("Author"),
    "date": say("Date"),
    "address": say("Address"),
    "reference": say("How references read"),
    "imprint": say("Imprint"),
    "responsible": say("Responsible"),
    "publisher": say("Publisher"),
    "printer": say("Printer"),
    "name": say("Name"),
    "picture": say("Picture"),
    "logo": say("Logo"),
    "alt": say("What it shows"),
    "credit": say("Whose it is"),
    "verdicts": say("Verdict"),
    "slots": say("Slot"),
    "highlight": say("Highlighted"),
    "passages": say("Passage"),
    "columns": say("Column"),
}
_SILENT = frozenset({"quote", "word"})
# What is shown together with something else.
_MADE = frozenset({"event.date", "event.time"})


@dataclass(frozen=True)
class Piece:
    """A text with its key and what it is. `picture` is the file of one that stands here instead,
    and `text` what it shows. `below` is the key of the text that follows a label.
    """

    key: str
    text: str
    role: Role
    picture: str = ""
    below: str = ""


@dataclass(frozen=True)
class Row:
    """A passage: what stands in its two columns."""

    id: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]


@dataclass(frozen=True)
class Arrangement:
    """A leaflet from top to bottom. `details` are pairs: a label, and a text."""

    front: tuple[Piece, ...]
    columns: tuple[Piece, Piece]
    rows: tuple[Row, ...]
    back: tuple[Piece, ...]
    details_title: Piece
    details: tuple[tuple[Piece, Piece], ...]


def arranged(outgoing: Outgoing) -> Arrangement:
    """The texts of a leaflet in the order in which people read them."""
    content, shown, language = outgoing.origin.content, outgoing.origin.shown, outgoing.language
    texts = {**texts_of(content), **shown}
    used: set[str] = set()
    words = catalogue(language.code if language.code in languages() else ENGLISH)

    def pieces(*wanted: tuple[str, Role]) -> Iterator[Piece]:
        for key, role in wanted:
            if key in texts:
                used.add(key)
                yield Piece(key, texts[key], role)

    def picture(key: str) -> Iterator[Piece]:
        file = _file(content, key)
        if file:
            yield Piece(f"{key}.file", texts.get(f"{key}.alt", ""), "text", file)

    def label(text: str, role: Role = "label", below: str = "") -> Piece:
        return Piece(LABEL + text, text, role, below=below)

    def row(id_: str) -> Row:
        quote, commentary = f"passages.{id_}.quote", f"passages.{id_}.commentary"
        used.update((f"{quote}.page", f"{quote}.lines"))
        return Row(
            id_,
            (
                *pieces((f"{quote}.heading", "heading"), (f"{quote}.text", "quote")),
                *pieces((f"passages.{id_}.reference", "reference")),
            ),
            (
                *pieces((f"{commentary}.heading", "heading"), (f"{commentary}.text", "text")),
                *pieces((f"{commentary}.demand", "demand"), (f"passages.{id_}.verdict", "verdict")),
                *picture(f"passages.{id_}.picture"),
            ),
        )

    front = (
        *picture("logo"),
        *pieces(("title", "title"), ("subtitle", "subtitle")),
        *picture("picture"),
        *pieces(("event.title", "section"), ("event.when", "text"), ("event.place", "text")),
        *pieces(("event.access", "text"), ("lead", "text")),
    )
    rows = tuple(map(row, passage_ids(content)))
    headings = tuple(pieces(("columns.quote", "section"), ("columns.commentary", "section")))
    columns = (
        (headings[0], headings[1])
        if len(headings) == 2
        else (label(language.words.quote), label(language.words.commentary))
    )
    back = [*pieces(("call.heading", "section"), ("call.text", "text"))]
    for heading, *keys in (
        (language.words.contact, "contact"),
        (language.words.imprint, "imprint", "imprint.text"),
    ):
        if below := [*pieces(*((key, "text") for key in keys))]:
            back += [label(heading, "section", below[0].key), *below]
    details = tuple(
        (label(_label(key, words), below=key), Piece(key, text, "value"))
        for key, text in texts.items()
        if key not in used and key not in _MADE
    )
    return Arrangement(
        front, columns, rows, tuple(back), label(words(say("Details")), "section"), details
    )


def _label(key: str, words: Catalogue) -> str:
    """What a text is called that has no place of its own."""
    steps = [step for step in key.split(".") if step not in _SILENT]
    return ", ".join(words(_STEPS[step]) if step in _STEPS else step for step in steps)


def _file(content: Plain, key: str) -> str:
    """The file of a picture."""
    value = content
    for step in key.split("."):
        if isinstance(value, list):
            value = next((v for v in value if isinstance(v, dict) and v.get("id") == step), None)
        elif isinstance(value, dict):
            value = value.get(step)
    file = value.get("file") if isinstance(value, dict) else None
    return file if isinstance(file, str) else ""
