"""Paragraphs one after the other → pairs: by headings, quotation marks, italics, references, labels
and styles.

Each paragraph is said to be a quote or a commentary as far as it shows; then what stands between
two headings is put together, and quotes get their commentaries. Pages in columns may come column by
column: then several quotes are followed by as many commentaries.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from brochure.interchange.document import Block, Paragraph, Picture, Run
from brochure.interchange.understanding import joining, marks, references
from brochure.interchange.understanding.pairs import (
    Notes,
    Pair,
    Side,
    heading_of,
    take_references,
)
from brochure.interchange.understanding.paragraphs import (
    flattened,
    is_heading,
    label_of,
    lines_of,
    split_heading,
    trimmed,
    wholly,
    without_start,
)
from brochure.interchange.understanding.references import Reference
from brochure.messages import Message, say

_QUOTE_STYLE = re.compile(r"zitat|quot(?:e|ation)|citation", re.IGNORECASE)
_COMMENTARY_STYLE = re.compile(r"kommentar(?!zeichen|thema)|commentary|anmerkung", re.IGNORECASE)

Kind = Literal["heading", "quote", "commentary", "reference", "text"]


@dataclass(frozen=True)
class Piece:
    """A paragraph, and what it shows itself to be; `text`: nothing in particular.

    `sign` is what shows it.
    """

    paragraph: Paragraph
    kind: Kind
    sign: Literal["label", "style", "marks", "reference", "italics", "heading", ""] = ""
    reference: Reference | None = None
    picture: Picture | None = None
    doubt: Message | None = None


@dataclass
class _Item:
    """A quote or a commentary, with the headings above it."""

    is_quote: bool
    headings: list[Paragraph] = field(default_factory=list)
    reference: Reference | None = None
    paragraphs: list[Paragraph] = field(default_factory=list)
    picture: Picture | None = None
    mild: list[Message] = field(default_factory=list)
    grave: list[Message] = field(default_factory=list)
    guessed: bool = False  # only where it stands shows what it is

    @property
    def text(self) -> str:
        return "\n\n".join(one.text.strip() for one in self.paragraphs)


@dataclass
class SequencePairs:
    """The pairs, and how many pieces at the beginning are in none of them."""

    pairs: list[Pair]
    before: int


def pieces_of(blocks: Sequence[Block], notes: Notes) -> list[Piece]:
    """What each paragraph shows itself to be."""
    lines: list[Paragraph | Picture] = []
    for block in flattened(blocks):
        lines += [block] if isinstance(block, Picture) else lines_of(block)
    plain = [_piece(trimmed(one), notes) if isinstance(one, Paragraph) else
             Piece(Paragraph(()), "text", picture=one)
             for one in lines
             if isinstance(one, Picture) or one.text.strip()]  # fmt: skip
    return _in_sections(_with_italics(_with_labels(plain, notes)))


def _piece(paragraph: Paragraph, notes: Notes) -> Piece:
    text = paragraph.text
    if reference := references.alone(text):
        return Piece(paragraph, "reference", "reference", reference)
    if _QUOTE_STYLE.search(paragraph.style):
        return Piece(paragraph, "quote", "style")
    if _COMMENTARY_STYLE.search(paragraph.style):
        return Piece(paragraph, "commentary", "style")
    if is_heading(paragraph):
        return Piece(paragraph, "heading", "heading")
    before = references.at_end(text)
    bare = before[0] if before else text
    if start := references.at_start(bare):
        bare = start[0]
    if marks.state_of(bare.rstrip(".")) == "pair":
        return Piece(paragraph, "quote", "marks")
    if marks.state_of(bare) == "opened" and not paragraph.item:
        return Piece(paragraph, "quote", "marks")
    if (before or start) and not paragraph.item:
        return Piece(paragraph, "quote", "reference")
    return Piece(paragraph, "text")


def _with_labels(pieces: Sequence[Piece], notes: Notes) -> list[Piece]:
    """The pieces without labels (“Zitat:”); what follows one is what it says."""
    labels = [label_of(piece.paragraph.text) for piece in pieces]
    kinds = {label[1] for label in labels if label}
    if not labels or kinds != {True, False}:  # one of them alone may be a word like any other
        return list(pieces)
    found: list[Piece] = []
    side: Kind | None = None
    for piece, label in zip(pieces, labels, strict=True):
        if label is not None:
            side = "quote" if label[1] else "commentary"
            notes.consumed.append(label[0])
            if not label[2]:
                continue
            rest = without_start(piece.paragraph, len(piece.paragraph.text) - len(label[2]))
            rest = replace(rest, heading=0)
            found.append(Piece(rest, side, "label"))
        elif piece.kind == "heading":
            side = None
            found.append(piece)
        elif piece.kind != "reference" and side is not None and not piece.picture:
            found.append(replace(piece, kind=side, sign="label"))
        else:
            found.append(piece)
    return found


def _with_italics(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with those wholly in italics as commentaries, unless quotes are in italics."""
    italic = [wholly(piece.paragraph.runs, emphasis=True) for piece in pieces]
    texts = [piece.kind == "text" and not piece.picture for piece in pieces]
    by_marks = [piece.kind == "quote" and piece.sign in ("marks", "reference") for piece in pieces]
    italic_quotes = sum(a and b for a, b in zip(italic, by_marks, strict=True))
    upright_quotes = sum(b and not a for a, b in zip(italic, by_marks, strict=True))
    if italic_quotes > upright_quotes:
        return list(pieces)
    if not any(piece.kind in ("quote", "commentary", "reference") for piece in pieces):
        return _by_italics_alone(pieces, italic)
    found: list[Piece] = []
    for piece, is_italic, is_text in zip(pieces, italic, texts, strict=True):
        opened = piece.kind == "quote" and piece.sign == "marks" and is_italic and (
            marks.state_of(piece.paragraph.text) == "opened"
        )  # fmt: skip
        if is_italic and (is_text or opened) and upright_quotes:
            found.append(replace(piece, kind="commentary", sign="italics"))
        else:
            found.append(piece)
    return found


def _sections(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces, cut before each heading."""
    found: list[list[Piece]] = []
    for piece in pieces:
        if not found or piece.kind == "heading":
            found.append([])
        found[-1].append(piece)
    return found


def _by_italics_alone(pieces: Sequence[Piece], italic: Sequence[bool]) -> list[Piece]:
    """The pieces where nothing but italics tells two kinds of text apart: under most headings, both
    of them stand, and the first is the quote.
    """
    at = 0
    found: list[Piece] = []
    for section in _sections(pieces):
        slants = [italic[at + i] for i, piece in enumerate(section) if piece.kind == "text"]
        turns = sum(a != b for a, b in pairwise(slants))
        for i, piece in enumerate(section):
            if piece.kind == "text" and piece.picture is None and turns == 1:
                kind: Kind = "quote" if italic[at + i] == slants[0] else "commentary"
                doubt = say("Nothing but italics shows where the quote ends.")
                piece = replace(piece, kind=kind, sign="italics", doubt=doubt)
            found.append(piece)
        at += len(section)
    return found


def _in_sections(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with quotes that only a reference in the heading, or below them, shows; and with
    commentaries that stand above their quotes below them.
    """
    sections = _sections(pieces)
    above = below = 0
    for section in sections:
        first, last = _quotes_in(section)
        if first is not None and last is not None and section[0].kind == "heading":
            texts = [i for i, piece in enumerate(section) if _is_text(piece)]
            below += any(i > last for i in texts)
            above += _is_turned(section)
    found: list[Piece] = []
    for number, section in enumerate(sections):
        following = sections[number + 1] if number + 1 < len(sections) else []
        first, last = _quotes_in(section)
        if first is None:
            found += _with_quotes_by_reference(section, following)
        elif above > below and _is_turned(section):
            found += _turned(section)
        else:
            found += section
    return found


def _is_text(piece: Piece) -> bool:
    return piece.kind in ("text", "commentary") and piece.picture is None


def _quotes_in(section: Sequence[Piece]) -> tuple[int | None, int | None]:
    quotes = [i for i, piece in enumerate(section) if piece.kind == "quote"]
    return (quotes[0], quotes[-1]) if quotes else (None, None)


def _is_turned(section: Sequence[Piece]) -> bool:
    """Whether a section has a heading, then a commentary, then one quote."""
    first, last = _quotes_in(section)
    texts = [i for i, piece in enumerate(section) if _is_text(piece)]
    return (
        first is not None
        and section[0].kind == "heading"
        and bool(texts)
        and max(texts) < first
        and last is not None
    )


def _turned(section: Sequence[Piece]) -> list[Piece]:
    """A section with its quote above its commentary."""
    doubt = say("In the file, the commentary stands above the quote.")
    texts = [replace(piece, doubt=doubt) for piece in section[1:] if _is_text(piece)]
    return [section[0], *(piece for piece in section[1:] if not _is_text(piece)), *texts]


def _has_reference(section: Sequence[Piece]) -> bool:
    return any(
        piece.kind == "reference"
        or (
            piece.kind == "heading"
            and references.at_end(piece.paragraph.text, heading=True) is not None
        )
        for piece in section
    )


def _with_quotes_by_reference(section: list[Piece], following: Sequence[Piece]) -> list[Piece]:
    """A section without a quote that shows itself: what stands above the reference is one; or what
    stands below it, if a section without a reference follows; or else the first text below it.
    """
    if not _has_reference(section):
        return section
    texts = [i for i, piece in enumerate(section) if piece.kind == "text" and not piece.picture]
    places = [i for i, piece in enumerate(section) if piece.kind == "reference"]
    heading_refers = section[0].kind == "heading" and _has_reference(section[:1])
    quotes = [i for i in texts if places and not heading_refers and i < places[-1]]
    if not quotes and following and not _has_reference(following):
        quotes = texts if _quotes_in(following)[0] is None else []
    return [
        replace(piece, kind="quote", sign="reference") if i in quotes else piece
        for i, piece in enumerate(section)
    ]


def pairs_of(pieces: Sequence[Piece], notes: Notes) -> SequencePairs:
    """The pairs of a text. What belongs to none of them, within, goes to the leftovers."""
    start = _start(pieces)
    if start is None:
        return SequencePairs([], len(pieces))
    items = _items(pieces[start:], notes)
    if (
        start
        and _is_text(pieces[start - 1])
        and len(items) > 2
        and items[-1].is_quote
        and not any(item.headings for item in items)
    ):
        for item in items:
            item.grave.append(
                say("Commentaries stand between quotes: does each belong to the one above it?")
            )
    return SequencePairs(_paired(items, notes), start)


def _start(pieces: Sequence[Piece]) -> int | None:
    """The piece with which the first pair begins; None if there is no pair."""
    first = next((i for i, piece in enumerate(pieces) if piece.kind == "quote"), None)
    with_reference = next(
        (i for i, piece in enumerate(pieces)
         if piece.kind == "reference"
         or (piece.kind == "heading" and references.at_end(piece.paragraph.text, heading=True))),
        None,
    )  # fmt: skip
    known = [at for at in (first, with_reference) if at is not None]
    if not known:
        return None
    at = min(known)
    if pieces[at].kind == "heading":
        return at
    while at and pieces[at - 1].kind == "reference":
        at -= 1
    # The heading right above belongs to it, unless it is the only one that the leaflet has.
    earlier = [piece for piece in pieces[: max(0, at - 1)] if piece.kind == "heading"]
    if at and pieces[at - 1].kind == "heading" and earlier:
        return at - 1
    return at


class _Builder:
    """Puts pieces together to items."""

    def __init__(self, notes: Notes) -> None:
        self.items: list[_Item] = []
        self._notes = notes
        self._headings: list[Paragraph] = []
        self._reference: Reference | None = None
        self._expects: Literal["quote", "commentary", ""] = ""
        self._picture: Picture | None = None

    def last(self, *, quote: bool) -> _Item | None:
        return next((item for item in reversed(self.items) if item.is_quote == quote), None)

    @property
    def current(self) -> _Item | None:
        return self.items[-1] if self.items and not self._headings else None

    def heading(self, paragraph: Paragraph) -> None:
        self._headings.append(paragraph)
        found = references.at_end(paragraph.text, heading=True)
        self._expects = "quote" if found else ""

    def reference(self, piece: Piece) -> None:
        current = self.current
        if current is not None and current.is_quote and not _referred(current):
            current.reference = piece.reference
            return
        if self._reference is not None:
            self._notes.leave([Paragraph((Run(self._reference.written),))])
        self._reference = piece.reference
        self._expects = "quote"

    def picture(self, picture: Picture) -> None:
        if self._picture is not None:
            self._notes.leave_picture(self._picture)
        self._picture = picture

    def text(self, piece: Piece) -> None:
        """A paragraph that is neither a heading nor a reference."""
        paragraph = piece.paragraph
        if self._joins(piece):
            return
        quote = piece.kind == "quote" or (piece.kind == "text" and self._expects == "quote")
        current = self.current
        same = current is not None and current.is_quote == quote and not (
            quote and self._reference is not None
        )  # fmt: skip
        if same and current is not None and quote and piece.sign in ("marks", "reference"):
            same = not (_referred(current) and references.at_end(paragraph.text))
        if not same or current is None:
            current = _Item(quote, self._headings, picture=self._picture)
            self._headings, self._picture = [], None
            if quote:
                current.reference, self._reference = self._reference, None
            self.items.append(current)
            self._expects = ""
        current.paragraphs.append(paragraph)
        current.guessed = current.guessed or piece.kind == "text"
        if piece.doubt is not None:
            (current.grave if piece.sign == "italics" else current.mild).append(piece.doubt)

    def _joins(self, piece: Piece) -> bool:
        """Whether a paragraph goes on one that a page break cut; then it is joined."""
        paragraph, text = piece.paragraph, piece.paragraph.text
        if self._headings or paragraph.item:
            return False
        sides = [True, False] if piece.kind in ("quote", "text") else [False]
        if piece.kind == "quote":
            sides = [True]
        if piece.kind == "quote" and piece.sign == "marks":
            return False
        closes = marks.state_of(text) == "closed"
        for quote in sides:
            item = self.last(quote=quote)
            if item is None or not item.paragraphs:
                continue
            before = item.paragraphs[-1]
            opened = quote and marks.state_of(item.text) == "opened"
            if (
                paragraph.continues
                or (joining.is_open(before.text) and joining.goes_on(text))
                or (opened and closes)
            ):
                if quote and not opened and piece.kind == "text" and closes is False and (
                    marks.state_of(item.text) == "pair"
                ):  # fmt: skip
                    continue
                pair = Pair()
                if opened and not joining.goes_on(text) and joining.has_end(before.text):
                    item.paragraphs.append(paragraph)
                else:
                    item.paragraphs[-1] = self._notes.join(before, paragraph, pair)
                item.mild += pair.mild
                apart = item is not self.items[-1]
                if apart and not pair.mild:
                    item.mild.append(
                        say("Its text goes on further down in the file; both parts were joined.")
                    )
                return True
            if opened and piece.kind == "text" and item is self.items[-1]:
                item.paragraphs.append(paragraph)  # the next paragraph of the same quote
                return True
        return False

    def close(self) -> None:
        """After the last piece: headings and references without a text go to the leftovers."""
        self._notes.leave(self._headings)
        if self._picture is not None:
            self._notes.leave_picture(self._picture)
        if self._reference is not None:
            self._notes.leave([Paragraph((Run(self._reference.written),))])


def _referred(item: _Item) -> bool:
    """Whether a quote has its reference: of its own, in its heading, or in its text."""
    return (
        item.reference is not None
        or any(references.at_end(one.text, heading=True) for one in item.headings)
        or any(references.at_end(one.text) for one in item.paragraphs)
    )


def _items(pieces: Sequence[Piece], notes: Notes) -> list[_Item]:
    builder = _Builder(notes)
    for piece in pieces:
        if piece.picture is not None:
            builder.picture(piece.picture)
        elif piece.kind == "heading":
            builder.heading(piece.paragraph)
        elif piece.kind == "reference":
            builder.reference(piece)
        else:
            builder.text(piece)
    builder.close()
    return builder.items


def _paired(items: Sequence[_Item], notes: Notes) -> list[Pair]:
    """Quotes with their commentaries: in runs of quotes, each followed by a run of commentaries."""
    pairs: list[Pair] = []
    at = 0
    while at < len(items):
        quotes: list[_Item] = []
        while at < len(items) and items[at].is_quote:
            quotes.append(items[at])
            at += 1
        commentaries: list[_Item] = []
        while at < len(items) and not items[at].is_quote:
            commentaries.append(items[at])
            at += 1
        pairs += _paired_runs(quotes, commentaries, notes)
    return pairs


def _paired_runs(
    quotes: Sequence[_Item], commentaries: Sequence[_Item], notes: Notes
) -> list[Pair]:
    if len(quotes) == len(commentaries):
        pairs = [_pair(a, b, notes) for a, b in zip(quotes, commentaries, strict=True)]
        if len(pairs) > 1:
            for pair in pairs:
                pair.mild.append(
                    say("Several quotes, then several commentaries: they were paired in order.")
                )
        return pairs
    if not quotes or len(quotes) < len(commentaries):
        # The first belong together; the others have no quote.
        first = [_pair(a, b, notes) for a, b in zip(quotes, commentaries, strict=False)]
        return first + [_pair(None, one, notes) for one in commentaries[len(quotes) :]]
    # Those right above the commentaries belong to them.
    alone = len(quotes) - len(commentaries)
    pairs = [_pair(one, None, notes) for one in quotes[:alone]]
    for a, b in zip(quotes[alone:], commentaries, strict=True):
        pair = _pair(a, b, notes)
        pair.grave.append(
            say("There are more quotes than commentaries here: does this one belong to it?")
        )
        pairs.append(pair)
    return pairs


def _pair(quote: _Item | None, commentary: _Item | None, notes: Notes) -> Pair:
    pair = Pair()
    second: tuple[Run, ...] = ()
    if quote is not None:
        side = Side(reference=quote.reference, paragraphs=list(quote.paragraphs))
        if quote.headings:
            runs = heading_of(quote.headings[-1], side, pair, notes)
            side.heading, second = split_heading(Paragraph(runs))
            notes.leave(quote.headings[:-1], quote.headings[-1].text)
        take_references(side, pair, notes)
        pair.quote = side
        pair.picture = quote.picture
        pair.mild += quote.mild
        pair.grave += quote.grave
    if commentary is not None:
        heading = commentary.headings[-1].runs if commentary.headings else ()
        notes.leave(commentary.headings[:-1], commentary.text[:60])
        pair.commentary = Side(heading, None, list(commentary.paragraphs))
        if pair.picture is not None and commentary.picture is not None:
            notes.leave_picture(commentary.picture)
        pair.picture = pair.picture or commentary.picture
        pair.mild += commentary.mild
        pair.grave += commentary.grave
    guessed = quote is not None and commentary is not None and quote.guessed and commentary.guessed
    if guessed and commentary is not None and not commentary.headings:
        pair.mild.append(say("Nothing but its place shows where the quote ends."))
    if second and not pair.commentary.heading and commentary is not None:
        pair.commentary.heading = second
    elif second:
        pair.quote.heading = quote.headings[-1].runs if quote else ()
    return pair
