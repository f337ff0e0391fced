"""A proposal as the file of a leaflet, written as a person would write it.

What is doubtful has a comment above it, and what has no place in a leaflet is listed in comments at
the end, so that no word of the document is lost. What YAML or a leaflet cannot hold at all (control
characters) is left out, and a comment says so.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from brochure import bounds
from brochure.diagnostics import Location, fail, shortened
from brochure.interchange.document import Leftover, Picture
from brochure.interchange.incoming import (
    PICTURES,
    kind_of,
    largest,
    picture_diagnostics,
    safe_stem,
)
from brochure.interchange.proposal import Proposal, ProposedPassage
from brochure.interchange.wording import KINDS
from brochure.isolation import Worker
from brochure.layout.designs import DEFAULT
from brochure.manuscript.model.fields import Id
from brochure.manuscript.text.markdown import escaped
from brochure.manuscript.text.wrapping import rewrapped, unwrapped
from brochure.manuscript.yaml.parser import FORBIDDEN
from brochure.manuscript.yaml.writing import STEP, header, inline_text, literal_lines
from brochure.messages import Message, joined, plural, say
from brochure.starters import plain_words, write_leaflet

_WIDTH = 96  # columns of a line, where words allow it
_SCHEMA = "# yaml-language-server: $schema=../leaflet.schema.json"
_LANGUAGE = "de"
_ID = TypeAdapter[str](Id)
_WORDS_OF_ID = 4
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028]")
_WRAPPED = 30_000  # characters of a text; longer ones are none for a leaflet, and take long
Words = Callable[[str], str]


@dataclass(frozen=True)
class PictureFile:
    """A picture that goes with a leaflet: where it lies, from the leaflet's folder, and its bytes.

    `file` is empty for one of a kind that leaflets cannot show.
    """

    file: str
    picture: Picture


def leaflet_text(
    proposal: Proposal,
    *,
    words: Words = str,
    design: str = "",
    unusable: Mapping[str, Message] | None = None,
) -> str:
    """The YAML of a leaflet that says what a proposal says.

    `words` puts comments into the language of the reader. `unusable` are the pictures that cannot
    be drawn, by the places that `picture_files` gives them, with the reasons. What is missing but
    needed (a title, passages) is left empty, which `check` tells.
    """
    writer = _Writer(words)
    _write_head(writer, proposal, design)
    pictures = picture_files(proposal)
    _write_picture(writer, "picture", pictures, unusable or {})
    _write_source(writer, proposal)
    _write_passages(writer, proposal, pictures, unusable or {})
    _write_foot(writer, proposal)
    _write_picture(writer, "logo", pictures, unusable or {})
    _write_rest(writer, proposal)
    return "\n".join(writer.lines).rstrip("\n") + "\n"


def picture_files(proposal: Proposal) -> dict[str, PictureFile]:
    """The pictures of a proposal by their places: ``picture``, ``logo``, or the id of a passage, as
    it is written into the file.
    """
    found: dict[str, Picture] = {}
    if proposal.picture:
        found["picture"] = proposal.picture
    if proposal.logo:
        found["logo"] = proposal.logo
    for id_, passage in zip(proposed_ids(proposal), proposal.passages, strict=True):
        if passage.picture:
            found[f"passages.{id_}"] = passage.picture
    files: dict[str, PictureFile] = {}
    taken: set[str] = set()
    for place, picture in found.items():
        kind = kind_of(picture.data)
        stem = safe_stem(place.rpartition(".")[2])
        names = (
            f"{stem}-{n}{kind}" if n > 1 else f"{stem}{kind}" for n in range(1, 3 + len(taken))
        )
        name = next(name for name in names if name not in taken)
        taken.add(name)
        files[place] = PictureFile(f"images/{name}" if kind in PICTURES else "", picture)
    return files


def create_from(
    start: Path, name: str, proposal: Proposal, *, design: str = DEFAULT, words: Words = str
) -> Path:
    """Write a new leaflet that says what a proposal says, with its pictures.

    Inside a project, it is added to it; elsewhere, a folder `name` becomes a project around it.
    Returns the path of the manuscript. Raises DiagnosticsError where something of that name exists
    (nothing is ever overwritten), or where the document is too long for a leaflet.
    """
    beside: dict[str, bytes] = {}
    unusable: dict[str, Message] = {}
    with Worker() as worker:
        for place, one in picture_files(proposal).items():
            if not one.file:
                continue
            reason = _reason(worker, one)
            if reason is None and sum(map(len, beside.values())) + len(one.picture.data) > (
                bounds.PICTURES
            ):
                reason = say("There is no room for it: the pictures of a leaflet are too large.")
            if reason is None:
                beside[one.file] = one.picture.data
            else:
                unusable[place] = reason
    text = leaflet_text(proposal, words=words, design=design, unusable=unusable).encode()
    if len(text) > bounds.MANUSCRIPT or len(proposal.passages) > bounds.PASSAGES:
        fail(
            "too-long",
            say("This document is too long for a leaflet."),
            Location(name),
            say("Save the part of it that is to become a leaflet in a file of its own."),
        )
    return write_leaflet(start, name, text, beside)


def _reason(worker: Worker, one: PictureFile) -> Message | None:
    """Why a picture cannot be used; None if it can."""
    kind = Path(one.file).suffix
    if len(one.picture.data) > largest(kind):
        return say("It is too large.")
    found = picture_diagnostics(worker, one.picture.data, kind, one.file)
    return found[0].message if found else None


class _Writer:
    """The lines of a file, as they grow."""

    def __init__(self, words: Words) -> None:
        self.lines: list[str] = []
        self._words = words

    def gap(self) -> None:
        """An empty line, unless there is one."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def comment(self, text: str, indent: int = 0, hanging: int = 0) -> None:
        """Lines of a comment; those after the first are indented by `hanging` columns more."""
        margin = " " * indent + "# "
        room = max(20, _WIDTH - len(margin))
        first = True
        for line in _LINE_END.sub("\n", self._words(text)).replace("\u2029", "\n").split("\n"):
            shown = FORBIDDEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", line)
            for part in _wrapped(shown, room, hanging, hanged=not first):
                self.lines.append((margin + part).rstrip())
                first = False

    def key(self, key: str, indent: int = 0) -> None:
        """A key with something below it, or with nothing, which is missing."""
        self.lines.append(f"{' ' * indent}{key}:")

    def text(self, key: str, text: str, indent: int = 0, prose: str = "") -> None:
        """A key and its text; `prose` (``own`` or ``quote``) is set in lines of its own."""
        text, removed = _cleaned(text)
        for message in removed:
            self.comment(message, indent)
        margin = " " * indent
        if not text:
            self.key(key, indent)
        elif prose:
            own = prose == "own"
            if len(text) <= _WRAPPED:
                text = rewrapped(unwrapped(text, own), "", own, _WIDTH - indent - STEP)
            self.lines.append(f"{margin}{key}: {header(text)}")
            self.lines += literal_lines(text, indent + STEP)
        elif "\n" in text:
            self.lines.append(f"{margin}{key}: {header(text)}")
            self.lines += literal_lines(text, indent + STEP)
        else:
            self.lines.append(f"{margin}{key}: {inline_text(text)}")


def _write_head(writer: _Writer, proposal: Proposal, design: str) -> None:
    writer.lines.append(_SCHEMA)
    if proposal.doubts:
        writer.lines.append("#")
        writer.comment(say("What may be wrong:"))
        for doubt in proposal.doubts:
            writer.comment(say("- {doubt}", doubt=doubt), hanging=2)
    writer.gap()
    writer.text("language", proposal.language or _LANGUAGE)
    if design:
        writer.text("design", design)
    writer.gap()
    if not proposal.title.strip():
        writer.comment(say("No title was found."))
    writer.text("title", proposal.title)
    if proposal.subtitle.strip():
        writer.text("subtitle", proposal.subtitle)
    if proposal.lead.strip():
        writer.gap()
        writer.text("lead", proposal.lead, prose="own")


def _write_source(writer: _Writer, proposal: Proposal) -> None:
    """The document that is quoted, and the headings of the columns."""
    if any(map(str.strip, (proposal.source_title, proposal.source_address, proposal.reference))):
        writer.gap()
        writer.key("source")
        title = proposal.source_title
        if not title.strip():
            writer.comment(say("What is the document called that is quoted?"), STEP)
            title = proposal.quote_column
        writer.text("title", title, STEP)
        if proposal.source_address.strip():
            writer.text("address", proposal.source_address, STEP)
        if proposal.reference.strip():
            writer.text("reference", proposal.reference, STEP)
    if proposal.quote_column.strip() or proposal.commentary_column.strip():
        writer.gap()
        writer.key("columns")
        for key, text in (
            ("quote", proposal.quote_column),
            ("commentary", proposal.commentary_column),
        ):
            if not text.strip():
                writer.comment(say("No heading was found for this column."), STEP)
            writer.text(key, text, STEP)


def _write_passages(
    writer: _Writer,
    proposal: Proposal,
    pictures: Mapping[str, PictureFile],
    unusable: Mapping[str, Message],
) -> None:
    writer.gap()
    if not proposal.passages:
        writer.comment(say("No pairs of a quote and a commentary were found."))
    writer.key("passages")
    if not proposal.passages:
        writer.text("  - id", "abschnitt-1" if proposal.language in ("", "de") else "passage-1")
    for number, (id_, passage) in enumerate(
        zip(proposed_ids(proposal), proposal.passages, strict=True)
    ):
        if number:
            writer.gap()
        _write_passage(writer, id_, passage, pictures, unusable)


def _write_passage(
    writer: _Writer,
    id_: str,
    passage: ProposedPassage,
    pictures: Mapping[str, PictureFile],
    unusable: Mapping[str, Message],
) -> None:
    if passage.confidence == "likely":
        writer.comment(say("Please look: this pair was probably understood as it was meant."), STEP)
    elif passage.confidence == "doubtful":
        writer.comment(
            say("Please check: whether this pair was meant like this is doubtful."), STEP
        )
    for doubt in passage.doubts:
        writer.comment(say("- {doubt}", doubt=doubt), STEP, hanging=2)
    writer.text("  - id", id_)
    quote, commentary, inner = passage.quote, passage.commentary, 3 * STEP
    if quote is not None:
        writer.key("quote", 2 * STEP)
        if quote.heading.strip():
            writer.text("heading", quote.heading, inner)
        if quote.page.strip():
            writer.text("page", quote.page, inner)
        if quote.lines.strip():
            writer.text("lines", quote.lines, inner)
        writer.text("text", escaped(_cleaned(quote.text)[0]), inner, prose="quote")
        for message in _cleaned(quote.text)[1]:
            writer.comment(message, inner)
    if commentary is not None:
        writer.key("commentary", 2 * STEP)
        if commentary.heading.strip():
            writer.text("heading", commentary.heading, inner)
        writer.text("text", commentary.text, inner, prose="own")
    _write_picture(writer, f"passages.{id_}", pictures, unusable)


def _write_picture(
    writer: _Writer,
    place: str,
    pictures: Mapping[str, PictureFile],
    unusable: Mapping[str, Message],
) -> None:
    """A picture, if there is one at a place; or a comment where it cannot be used."""
    one = pictures.get(place)
    if one is None:
        return
    indent = 2 * STEP if place.startswith("passages.") else 0
    if not indent:
        writer.gap()
    description = one.picture.description.strip()
    if not one.file or place in unusable:
        kind = shortened(one.picture.mime)
        writer.comment(say("A picture here cannot be used ({kind}).", kind=kind), indent)
        if place in unusable:
            writer.comment(unusable[place], indent)
        if description:
            writer.comment(say("It shows: {description}", description=description), indent)
        return
    writer.key("logo" if place == "logo" else "picture", indent)
    writer.text("file", one.file, indent + STEP)
    if not description:
        writer.comment(
            say("The document does not say what is to be seen; it is for people who cannot see."),
            indent + STEP,
        )
    writer.text("alt", description, indent + STEP)


def _write_foot(writer: _Writer, proposal: Proposal) -> None:
    if proposal.call.strip():
        heading, _, text = _cleaned(proposal.call)[0].partition("\n")
        writer.gap()
        for message in _cleaned(proposal.call)[1]:
            writer.comment(message)
        writer.key("call")
        writer.text("heading", heading.removesuffix("\\"), STEP)
        if text.strip():
            writer.text("text", text, STEP, prose="own")
    for key, text in (("contact", proposal.contact), ("imprint", proposal.imprint)):
        if text.strip():
            writer.gap()
            writer.text(key, text, prose="own")


def _write_rest(writer: _Writer, proposal: Proposal) -> None:
    """What has no place in a leaflet, by kind, and words that were lost."""
    if not proposal.leftovers and not proposal.lost:
        return
    writer.gap()
    if proposal.leftovers:
        writer.comment(
            say("What else is in the document, and has no place in a leaflet. It is not printed.")
        )
    for title, leftovers in by_kind(proposal.leftovers):
        writer.lines.append("#")
        writer.comment(say("{kind}:", kind=title))
        for leftover in leftovers:
            writer.comment(say("- {leftover}", leftover=described(leftover)), hanging=2)
    if proposal.lost:
        writer.lines.append("#")
        writer.comment(
            plural(
                "A word of the document is missing above: look for its place.",
                "{n} words of the document are missing above: look for their place.",
                len(proposal.lost),
            )
        )
        writer.comment("  " + " ".join(proposal.lost), hanging=2)


def by_kind(leftovers: Iterable[Leftover]) -> Iterator[tuple[Message, list[Leftover]]]:
    """Leftovers by their kinds, in the order in which these are listed."""
    order = list(KINDS)
    ordered = sorted(leftovers, key=lambda one: order.index(one.kind))
    for kind, group in groupby(ordered, key=lambda one: one.kind):
        yield KINDS[kind], list(group)


def described(leftover: Leftover) -> Message:
    """A leftover as one line: its words, where it stands, and who made it."""
    text, near, who = leftover.text, shortened(leftover.near), shortened(leftover.who)
    if near and who:
        return say("{text} (at “{near}”, by {who})", text=text, near=near, who=who)
    if near:
        return say("{text} (at “{near}”)", text=text, near=near)
    if who:
        return say("{text} (by {who})", text=text, who=who)
    return joined([text])


def proposed_ids(proposal: Proposal) -> list[str]:
    """An id for each passage: valid, and unlike the others."""
    taken: dict[str, None] = {}
    for number, passage in enumerate(proposal.passages, 1):
        headings = (side.heading for side in (passage.quote, passage.commentary) if side)
        made = (passage.id, "-".join(plain_words(next(filter(None, headings), ""))[:_WORDS_OF_ID]))
        base = next(filter(_is_id, made), f"abschnitt-{number}")
        id_, count = base, 1
        while id_ in taken:
            count += 1
            id_ = f"{base[:90]}-{count}"
        taken[id_] = None
    return list(taken)


def _is_id(text: str) -> bool:
    try:
        return _ID.validate_python(text) == text
    except ValidationError:
        return False


def _cleaned(text: str) -> tuple[str, tuple[Message, ...]]:
    """A text with line feeds as line ends, without what no manuscript may contain; and messages
    about what was left out.
    """
    text = _LINE_END.sub("\n", text).replace("\u2029", "\n\n")
    removed = FORBIDDEN.findall(text)
    messages = tuple(
        say("An invisible control character (U+{number:04X}) was left out here.", number=number)
        for number in sorted(set(map(ord, removed)))
    )
    return FORBIDDEN.sub("", text).strip(), messages


def _wrapped(line: str, room: int, hanging: int, *, hanged: bool) -> Iterator[str]:
    """A line of a comment as several; longer words stay whole."""
    margin = " " * hanging
    current = margin if hanged else ""
    empty = True
    for word in re.split(r"(?<=\S) (?=\S)", line):
        if not empty and len(current) + 1 + len(word) > room:
            yield current
            current, empty = margin, True
        current += word if empty else f" {word}"
        empty = False
    yield current
