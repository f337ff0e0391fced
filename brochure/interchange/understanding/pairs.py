"""The two sides of a pair while they are put together, and what becomes of them."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from brochure.diagnostics import shortened
from brochure.interchange.document import Block, Kind, Leftover, Paragraph, Picture, Run, Table
from brochure.interchange.proposal import (
    Confidence,
    ProposedCommentary,
    ProposedPassage,
    ProposedQuote,
)
from brochure.interchange.reading.styles import PLACED, UNCERTAIN
from brochure.interchange.understanding import joining, marks, references
from brochure.interchange.understanding.markdown_text import line, markdown, usable_link
from brochure.interchange.understanding.paragraphs import (
    cut,
    is_heading,
    label_of,
    lines_of,
    text_of,
    trimmed,
    without_start,
)
from brochure.interchange.understanding.references import Reference
from brochure.messages import Message, say

_ID = 40  # characters of an id that is made of a heading
_MARKED = 0.4  # of a quote in quotation marks: whoever wrote them may have meant that as the quote
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o"})


@dataclass
class Notes:
    """What is noted on the way through one document.

    `known`: all words that it has. `consumed`: what was understood and stands nowhere as a text:
    labels, headings that repeat, how references were worded. `joined`: words that a page break had
    cut: both parts, and the whole. `joined_doubts`: what may be wrong about a word that the end of
    a line had cut.
    """

    known: Collection[str]
    leftovers: list[Leftover] = field(default_factory=list)
    consumed: list[str] = field(default_factory=list)
    joined: list[tuple[str, str, str]] = field(default_factory=list)
    joined_doubts: dict[str, Message] = field(default_factory=dict)
    doubts: list[Message] = field(default_factory=list)

    def leave(self, paragraphs: Sequence[Paragraph], near: str = "", kind: Kind = "other") -> None:
        """What has no place in a leaflet."""
        for paragraph in paragraphs:
            if text := paragraph.text.strip():
                self.leftovers.append(Leftover(kind, text, near))

    def leave_picture(self, picture: Picture) -> None:
        """A picture that has no place in a leaflet."""
        self.leftovers.append(Leftover("other", picture.description))
        self.doubts.append(
            say(
                "A picture ({type}, {size} kB) has no place yet: {description}",
                type=picture.mime,
                size=len(picture.data) // 1000 + 1,
                description=picture.description or "–",
            )
        )

    def join(self, first: Paragraph, second: Paragraph, pair: "Pair") -> Paragraph:
        """Two parts of a paragraph as one."""
        result = joining.join(first, second, self.known)
        if result.whole:
            self.joined.append((*result.parts, result.whole))
        if result.doubt is not None:
            pair.mild.append(result.doubt)
        return result.paragraph


def joined_lines(blocks: Iterable[Block], notes: Notes) -> Iterator[Block]:
    """The blocks with paragraphs joined that go on the one before them, as the file says."""
    before: Paragraph | None = None
    for block in blocks:
        if isinstance(block, Paragraph) and block.continues and before is not None:
            result = joining.join(before, block, notes.known)
            if result.whole:
                notes.joined.append((*result.parts, result.whole))
            if result.doubt is not None:
                notes.joined_doubts[result.word] = result.doubt
            before = result.paragraph
            continue
        if before is not None:
            yield before
        before = block if isinstance(block, Paragraph) else None
        if isinstance(block, Table):
            yield replace(
                block,
                rows=tuple(
                    tuple(
                        replace(cell, blocks=tuple(joined_lines(cell.blocks, notes)))
                        for cell in row
                    )
                    for row in block.rows
                ),
            )
        elif before is None:
            yield block
    if before is not None:
        yield before


@dataclass
class Side:
    """A quote, or a commentary, as paragraphs."""

    heading: tuple[Run, ...] = ()
    reference: Reference | None = None
    paragraphs: list[Paragraph] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, without the heading."""
        return text_of(self.paragraphs)

    def __bool__(self) -> bool:
        return bool(self.paragraphs or self.heading or self.reference)


@dataclass
class Pair:
    """A quote and its commentary. `mild` doubts are about what is likely right, `grave` ones about
    what may well be wrong.
    """

    quote: Side = field(default_factory=Side)
    commentary: Side = field(default_factory=Side)
    picture: Picture | None = None
    mild: list[Message] = field(default_factory=list)
    grave: list[Message] = field(default_factory=list)


def read_side(paragraphs: Sequence[Paragraph], pair: Pair, notes: Notes, *, quote: bool) -> Side:
    """The heading, the reference and the text of one side. Doubts go to `pair`."""
    side = Side()
    waiting = [trimmed(part) for one in paragraphs for part in lines_of(one) if part.text.strip()]
    while waiting:
        paragraph = waiting.pop(0)
        text = paragraph.text
        label = label_of(text) if not side.paragraphs else None
        if label is not None and (label[1] == quote or not label[2]):
            notes.consumed.append(label[0])
            if label[2]:
                waiting.insert(0, without_start(paragraph, len(text) - len(label[2])))
        elif quote and (found := references.alone(text)):
            _set_reference(side, found, paragraph, pair, notes)
        elif (not side.paragraphs and not side.heading and waiting and is_heading(paragraph)) or (
            is_heading(paragraph) and paragraph.heading and not side.paragraphs and not side.heading
        ):
            side.heading = heading_of(paragraph, side, pair, notes) if quote else paragraph.runs
        else:
            side.paragraphs.append(paragraph)
    if quote:
        take_references(side, pair, notes)
    return side


def heading_of(paragraph: Paragraph, side: Side, pair: Pair, notes: Notes) -> tuple[Run, ...]:
    """A heading of a quote without the reference in it, which the side is given."""
    found = references.at_end(paragraph.text, heading=True)
    if found is None:
        return paragraph.runs
    _set_reference(side, found[1], paragraph, pair, notes)
    return cut(paragraph.runs, 0, len(found[0]))


def take_references(side: Side, pair: Pair, notes: Notes) -> None:
    """Take the reference out of the text of a quote: at its end, or at its beginning."""
    if side.paragraphs and (found := references.at_end(side.paragraphs[-1].text)):
        last = side.paragraphs[-1]
        side.paragraphs[-1] = replace(last, runs=cut(last.runs, 0, len(found[0])))
        _set_reference(side, found[1], last, pair, notes)
    if side.paragraphs and (found := references.at_start(side.paragraphs[0].text)):
        first = side.paragraphs[0]
        side.paragraphs[0] = without_start(first, len(first.text) - len(found[0]))
        _set_reference(side, found[1], first, pair, notes)


def _set_reference(
    side: Side, reference: Reference, paragraph: Paragraph, pair: Pair, notes: Notes
) -> None:
    if side.reference is None:
        side.reference = reference
        return
    if side.reference == reference:
        notes.consumed.append(reference.written)
        return
    notes.leftovers.append(Leftover("other", reference.written, shortened(paragraph.text)))
    pair.grave.append(
        say("There are two references, “{one}” and “{other}”; the second stands at the end.",
            one=side.reference.written, other=reference.written)
    )  # fmt: skip


def passage(pair: Pair, number: int, taken: set[str], notes: Notes) -> ProposedPassage:
    """What is proposed for a pair. Its id is added to those that are `taken`."""
    quote, commentary = pair.quote, pair.commentary
    proposed_quote = _quote(pair, notes) if quote else None
    proposed_commentary = _commentary(pair, notes) if commentary else None
    if not commentary.paragraphs:
        pair.grave.append(say("No commentary was found for this quote."))
    if not quote.paragraphs:
        pair.grave.append(say("No quote was found for this commentary."))
    for side in (quote, commentary):
        _notice(side, pair)
        pair.mild += [d for word, d in notes.joined_doubts.items() if word in side.text]
    confidence: Confidence = "doubtful" if pair.grave else "likely" if pair.mild else "sure"
    doubts = tuple(dict.fromkeys((*pair.grave, *pair.mild)))
    id_ = _id(quote.heading or commentary.heading, number, taken)
    return ProposedPassage(
        id_, proposed_quote, proposed_commentary, pair.picture, confidence, doubts
    )


def _quote(pair: Pair, notes: Notes) -> ProposedQuote:
    side = pair.quote
    text = side.text
    each = [one.text.strip() for one in side.paragraphs]
    state = marks.state_of(text)
    if state == "pair":
        text = marks.without_marks(text)
    elif text.endswith(".") and marks.state_of(text[:-1]) == "pair":
        text = marks.without_marks(text[:-1])
        pair.mild.append(say("The full stop behind the closing quotation mark was left out."))
    elif len(each) > 1 and all(marks.state_of(one) == "pair" for one in each):
        text = "\n\n".join(marks.without_marks(one) for one in each)
        pair.grave.append(
            say("These are several quotes, each in quotation marks of its own; they became one.")
        )
    elif state == "opened":
        pair.grave.append(say("A quotation mark opens this quote, and nothing closes it."))
    elif state == "closed":
        pair.grave.append(say("A quotation mark closes this quote, and nothing opens it."))
    elif text and (text[0] in marks.CLOSING or marks.marked_share(text) > _MARKED):
        pair.grave.append(
            say("Only a part of this quote stands in quotation marks. Where does it begin and end?")
        )
    reference = side.reference
    if reference is not None and reference.following:
        pair.mild.append(
            say("The reference “{reference}” does not say where it ends.",
                reference=reference.written)
        )  # fmt: skip
    return ProposedQuote(
        text,
        line(side.heading),
        reference.lines if reference else "",
        reference.page if reference else "",
    )


def _commentary(pair: Pair, notes: Notes) -> ProposedCommentary:
    side = pair.commentary
    return ProposedCommentary(markdown(side.paragraphs), line(side.heading))


def _notice(side: Side, pair: Pair) -> None:
    """Doubts about what a leaflet cannot show, and about what a file does not say."""
    for paragraph in side.paragraphs:
        if paragraph.style == UNCERTAIN:
            pair.grave.append(say("Whether all its lines belong together is uncertain."))
        elif paragraph.style == PLACED:
            pair.mild.append(say("It was put together by where its lines stand on the page."))
        for run in paragraph.runs:
            if run.struck and run.text.strip():
                pair.grave.append(
                    say("“{words}” is struck through in the file; in a leaflet, it would not be.",
                        words=shortened(run.text.strip()))
                )  # fmt: skip
            if run.link and not usable_link(run.link):
                pair.mild.append(
                    say("The link of “{words}” leads to `{address}`; a leaflet cannot have it.",
                        words=shortened(run.text.strip()), address=shortened(run.link))
                )  # fmt: skip


def _id(heading: Sequence[Run], number: int, taken: set[str]) -> str:
    """A name of small letters, digits and hyphens, made of a heading."""
    text = "".join(run.text for run in heading).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    name = ""
    for word in words:
        if len(name) + len(word) >= _ID:
            break
        name = f"{name}-{word}" if name else word
    name = name or f"passage-{number}"
    unique, count = name, 2
    while unique in taken:
        unique, count = f"{name}-{count}", count + 1
    taken.add(unique)
    return unique
