"""A document that somebody wrote → a leaflet, as far as it can be understood.

Nothing is dropped silently: what fits nowhere is a leftover, and the words of the file are counted
against those of the result.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from brochure.diagnostics import shortened
from brochure.interchange.document import (
    Block,
    Cell,
    Document,
    Paragraph,
    Picture,
    Run,
    Table,
    paragraphs,
)
from brochure.interchange.proposal import Proposal, ProposedPassage
from brochure.interchange.reading.styles import UNCERTAIN
from brochure.interchange.understanding import accounting, sequence, surroundings, tables
from brochure.interchange.understanding.languages import code_of, language_of
from brochure.interchange.understanding.pairs import Notes, Pair, Side, joined_lines, passage
from brochure.interchange.understanding.paragraphs import (
    cut,
    flattened,
    is_heading,
    tables_opened,
    wholly,
)
from brochure.interchange.understanding.references import common_pattern
from brochure.interchange.understanding.surroundings import Surroundings
from brochure.messages import Message, plural, say

_SHORT = 6  # words; a line of its own that has no more may be a heading
_FALLBACK = "de"
_NUMBERED = re.compile(r"\s*(\d{1,3})[.):]?\s+(?=\S)")


def understand(document: Document, language: str = "") -> Proposal:
    """What a document is as a leaflet. `language` is its code (``de``), empty to find out.

    Every pair has a confidence: a sure one has no doubts.
    """
    words = accounting.words_of_document(document)
    notes = Notes(known=_known_words(document))
    found = Surroundings()
    blocks = list(_with_tabs(tables_opened(joined_lines(document.blocks, notes))))
    with_pairs = [
        at
        for at, block in enumerate(blocks)
        if isinstance(block, Table) and tables.has_pairs(block)
    ]
    if with_pairs:
        pairs = _from_tables(blocks, with_pairs, found, notes)
    else:
        pairs = _from_sequence(blocks, found, notes)
    _without_numbers(pairs, notes)
    _miss_references(pairs, in_table=bool(with_pairs))
    taken: set[str] = set()
    passages = tuple(passage(pair, at, taken, notes) for at, pair in enumerate(pairs, 1))
    references = [pair.quote.reference for pair in pairs if pair.quote.reference is not None]
    notes.consumed += [reference.written for reference in references]
    proposal = surroundings.proposal_of(found)
    proposal = replace(
        proposal,
        language=language or language_of(words) or code_of(document.language) or _FALLBACK,
        passages=passages,
        reference=common_pattern(references),
        leftovers=(*document.leftovers, *notes.leftovers),
        doubts=tuple(
            dict.fromkeys(
                (*notes.doubts, *_elsewhere(pairs, notes), *_doubts(proposal.title, passages))
            )
        ),
    )
    used = accounting.used_words(proposal, notes.consumed, notes.joined)
    lost = accounting.lost_words(document, proposal, used)
    if not lost:
        return proposal
    doubt = plural(
        "A word of the file is in none of these texts: {words}",
        "{n} words of the file are in none of these texts: {words}",
        len(lost),
        words=shortened(" ".join(lost)),
    )
    return replace(proposal, lost=lost, doubts=(doubt, *proposal.doubts))


def _known_words(document: Document) -> frozenset[str]:
    """The words of a document, and its compounds with hyphens."""
    texts = [one.text for one in paragraphs(document.blocks)]
    return frozenset(
        word for text in texts for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
    )


def _elsewhere(pairs: Sequence[Pair], notes: Notes) -> list[Message]:
    """Doubts about words that the end of a line had cut, in texts that belong to no pair."""
    texts = [side.text for pair in pairs for side in (pair.quote, pair.commentary)]
    return [
        doubt
        for word, doubt in notes.joined_doubts.items()
        if not any(word in text for text in texts)
    ]


def _doubts(title: str, passages: Sequence[ProposedPassage]) -> list[Message]:
    doubts: list[Message] = []
    if not title:
        doubts.append(say("No title was found."))
    if not passages:
        doubts.append(say("No quotes and commentaries were found."))
    return doubts


def _with_tabs(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks; lines that are two columns with tabs between them become the rows of a table."""
    rows: list[tuple[Cell, Cell]] = []
    for block in [*blocks, None]:
        sides = _sides(block) if isinstance(block, Paragraph) else None
        if sides is not None:
            rows.append(sides)
            continue
        if rows:
            yield from _table_of(rows)
            rows = []
        if block is not None:
            yield block


def _sides(paragraph: Paragraph) -> tuple[Cell, Cell] | None:
    """The two texts of a line with tabs in one place."""
    text = paragraph.text
    first, last = text.find("\t"), text.rfind("\t")
    if first < 0 or paragraph.item or text[first:last].strip("\t "):
        return None
    left = replace(paragraph, runs=cut(paragraph.runs, 0, first), style=UNCERTAIN)
    right = replace(paragraph, runs=cut(paragraph.runs, last + 1), style=UNCERTAIN)
    if not left.text.strip() or not right.text.strip():
        return None
    return Cell((left,)), Cell((right,))


def _table_of(rows: Sequence[tuple[Cell, Cell]]) -> Iterator[Block]:
    """A table, if its texts are long enough for pairs; else the lines as they were."""
    table = Table(tuple(rows))
    if tables.has_pairs(table):
        yield table
        return
    for left, right in rows:
        first, second = next(paragraphs(left.blocks)), next(paragraphs(right.blocks))
        yield replace(first, runs=(*first.runs, Run("\t"), *second.runs), style="")


def _miss_references(pairs: Sequence[Pair], *, in_table: bool) -> None:
    """Doubts about quotes that have no reference where others have one: are they quotes?"""
    quotes = [pair for pair in pairs if pair.quote.paragraphs]
    without = [pair for pair in quotes if pair.quote.reference is None]
    if len(without) < len(quotes):
        for pair in without:
            doubt = say("This quote has no reference, though others have one.")
            (pair.mild if in_table else pair.grave).append(doubt)


def _without_numbers(pairs: Sequence[Pair], notes: Notes) -> None:
    """Take the numbers out of headings that count the pairs from one: leaflets count them."""
    for quote in (True, False):
        sides = [pair.quote if quote else pair.commentary for pair in pairs]
        texts = ["".join(run.text for run in side.heading) for side in sides]
        found = [_NUMBERED.match(text) for text in texts]
        numbers = [int(one[1]) for one in found if one]
        if len(pairs) > 1 and numbers == list(range(1, len(pairs) + 1)):
            for side, one in zip(sides, found, strict=True):
                if one is not None:
                    notes.consumed.append(one[1])
                    side.heading = cut(side.heading, one.end())
            return


def _from_tables(
    blocks: Sequence[Block], at: Sequence[int], found: Surroundings, notes: Notes
) -> list[Pair]:
    """The pairs of all tables, with what stands before, between and after them."""
    pairs: list[Pair] = []
    front = list(blocks[: at[0]])
    above = _headings_above(front)
    results: list[tables.TablePairs] = []
    between: list[list[Block]] = []
    for number, index in enumerate(at):
        table = blocks[index]
        assert isinstance(table, Table)
        result = tables.pairs_of(table, notes)
        results.append(result)
        stop = at[number + 1] if number + 1 < len(at) else len(blocks)
        between.append(list(blocks[index + 1 : stop]))
    named = next((r for r in results if r.quote_column or r.commentary_column), None)
    if named is not None:
        found.quote_column, found.commentary_column = named.quote_column, named.commentary_column
    for result in results:
        for column, kept in ((result.quote_column, found.quote_column),
                             (result.commentary_column, found.commentary_column)):  # fmt: skip
            if result is not named:
                same = [one.text for one in column] == [one.text for one in kept]
                if same:
                    notes.consumed += [one.text for one in column]
                else:
                    notes.leave(column)
    single = len(at) > 1 and all(len(result.pairs) == 1 for result in results)
    if single and above and len(above) > 1:
        front = front[: len(front) - 1]
        tables.give_heading(above[-1], results[0].pairs[0], notes)
    surroundings.read_front([*front, *results[0].above], found, notes)
    for number, result in enumerate(results):
        pairs += result.pairs
        if number + 1 == len(results):
            surroundings.read_back([*result.below, *between[number]], found, notes)
            continue
        between[number] = [*result.below, *between[number], *results[number + 1].above]
        _read_between(between[number], result, results[number + 1], found, notes)
    return pairs


def _headings_above(front: Sequence[Block]) -> list[Paragraph]:
    headings = [b for b in front if isinstance(b, Paragraph) and is_heading(b)]
    last = front[-1] if front else None
    return headings if isinstance(last, Paragraph) and is_heading(last) else []


def _read_between(
    blocks: Sequence[Block],
    before: tables.TablePairs,
    after: tables.TablePairs,
    found: Surroundings,
    notes: Notes,
) -> None:
    """What stands between two tables: the heading of the pair below, or nothing for a leaflet."""
    waiting: list[Paragraph] = []
    for block in flattened(blocks):
        if isinstance(block, Picture):
            notes.leave_picture(block)
        elif block.text.strip():
            waiting.append(block)
    if waiting and is_heading(waiting[-1]) and after.pairs:
        tables.give_heading(waiting.pop(), after.pairs[0], notes)
    notes.leave(waiting)
    if waiting:
        notes.doubts.append(
            say("What stands between two tables has no place yet: “{text}”.",
                text=waiting[0].text[:80])
        )  # fmt: skip


def _from_sequence(blocks: Sequence[Block], found: Surroundings, notes: Notes) -> list[Pair]:
    """The pairs of a text without a table of them."""
    pieces = sequence.pieces_of(blocks, notes)
    result = sequence.pairs_of(pieces, notes)
    front: list[Block] = [
        piece.picture if piece.picture is not None else piece.paragraph
        for piece in pieces[: result.before]
    ]
    pairs = result.pairs
    if not pairs:
        front, pairs = _by_headings(front, notes)
    surroundings.read_front(front, found, notes)
    back = _take_tail(pairs)
    surroundings.read_back(back, found, notes)
    return pairs


def _by_headings(blocks: Sequence[Block], notes: Notes) -> tuple[list[Block], list[Pair]]:
    """Where nothing shows a quote: what stands under each heading is a commentary without one."""
    headings = [
        at for at, block in enumerate(blocks) if isinstance(block, Paragraph) and is_heading(block)
    ]
    if len(headings) < 2:  # short lines, each above a longer one
        headings += [
            at
            for at, (one, other) in enumerate(pairwise(blocks))
            if isinstance(one, Paragraph)
            and isinstance(other, Paragraph)
            and len(one.text.split()) <= _SHORT < len(other.text.split())
            and not one.text.rstrip().endswith((".", ",", ":", ";"))
            and at not in headings
        ]
        if blocks and headings and headings[0] > 0:
            headings.insert(0, 0)
    text_after = [
        at
        for at in headings
        if at + 1 < len(blocks) and at + 1 not in headings and isinstance(blocks[at + 1], Paragraph)
    ]
    starts = [at for at in text_after if at != headings[0]] if headings else []
    if not starts:
        return list(blocks), []
    pairs: list[Pair] = []
    for start, stop in zip(starts, [*starts[1:], len(blocks)], strict=True):
        heading, *texts = blocks[start:stop]
        assert isinstance(heading, Paragraph)
        pair = Pair(commentary=Side(heading.runs, None, []))
        pair.commentary.paragraphs = [one for one in texts if isinstance(one, Paragraph)]
        pictures = [one for one in texts if isinstance(one, Picture)]
        pair.picture = pictures[0] if pictures else None
        for picture in pictures[1:]:
            notes.leave_picture(picture)
        pairs.append(pair)
    return list(blocks[: starts[0]]), pairs


def _take_tail(pairs: list[Pair]) -> list[Block]:
    """What stands below the pairs, taken out of the last of them."""
    back: list[Block] = []
    while len(pairs) > 1:
        side = pairs[-1].commentary
        text = "".join(run.text for run in side.heading)
        if pairs[-1].quote or not text or not surroundings.heading_place(text):
            break
        back[:0] = [Paragraph(tuple(replace(run, strong=True) for run in side.heading)),
                    *side.paragraphs]  # fmt: skip
        pairs.pop()
    if not pairs:
        return back
    side = pairs[-1].commentary
    others = [pair.commentary for pair in pairs[:-1] if pair.commentary.paragraphs]
    italics = bool(others) and all(
        wholly(one.runs, emphasis=True) for other in others for one in other.paragraphs
    )
    at = surroundings.tail_of(side.paragraphs, italics=italics)
    back[:0] = side.paragraphs[at:]
    del side.paragraphs[at:]
    return back
