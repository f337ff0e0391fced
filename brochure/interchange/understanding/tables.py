"""Tables with a quote and a commentary in each row → pairs."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from brochure.interchange.document import (
    Block,
    Cell,
    Paragraph,
    Picture,
    Run,
    Table,
    paragraphs,
)
from brochure.interchange.understanding import joining, marks, references
from brochure.interchange.understanding.pairs import Notes, Pair, Side, heading_of, read_side
from brochure.interchange.understanding.paragraphs import (
    COMMENTARY_LABELS,
    QUOTE_LABELS,
    is_heading,
    split_heading,
    text_of,
    wholly,
)
from brochure.messages import say

_MOST_COLUMNS = 63  # as in Word
_FEW = 8  # words; a cell of a pair has more, the heading of a column as many at most
_TEXT = 5  # words, on average, in the two columns of pairs, at least
_QUOTE_COLUMN = re.compile(
    rf"{QUOTE_LABELS}|vertrag|vereinbarung|programm|entwurf|antrag|beschluss|gesetz|quelle|text"
    r"|agreement|contract|bill|source|treaty|manifesto",
    re.IGNORECASE,
)
_COMMENTARY_COLUMN = re.compile(
    rf"{COMMENTARY_LABELS}|ansatz|ansätze|forderung|position|wir |unser|sicht|bedeutet|fazit"
    r"|antwort|demand|our |view|answer|means",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"thema|titel|überschrift|stichwort|punkt|kapitel|topic|title|chapter", re.IGNORECASE
)
_REFERENCE_COLUMN = re.compile(
    r"zeile|seite|stelle|fundstelle|beleg|lines?\b|pages?\b|reference|where", re.IGNORECASE
)
_NUMBER = re.compile(r"\s*(?:Nr\.?\s*|No\.?\s*)?\(?(\d{1,3})[.)]?\s*", re.IGNORECASE)
_PLACE = re.compile(r"\s*\d{1,6}(?:\s*[-–—]\s*\d{1,6})?(?:\s*ff?\.?)?\s*")


@dataclass
class TablePairs:
    """The pairs of a table, the headings of its columns, and texts across both of them at its
    beginning and its end.
    """

    pairs: list[Pair] = field(default_factory=list)
    quote_column: tuple[Paragraph, ...] = ()
    commentary_column: tuple[Paragraph, ...] = ()
    above: list[Paragraph] = field(default_factory=list)
    below: list[Paragraph] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    """The paragraphs of a row by column; `wide`: those of a cell across all columns."""

    cells: tuple[tuple[Paragraph, ...], ...]
    pictures: tuple[Picture, ...]
    wide: tuple[Paragraph, ...] = ()
    covered: frozenset[int] = frozenset()  # columns that a cell from above reaches into

    def words(self, column: int) -> int:
        return len(text_of(self.cells[column]).split())


@dataclass(frozen=True)
class _Columns:
    quote: int
    commentary: int
    topic: int | None
    reference: int | None
    number: int | None
    others: tuple[int, ...]
    told_apart: bool  # by more than their order


def has_pairs(table: Table) -> bool:
    """Whether it is a table of pairs: two columns of text, and no address of a letter."""
    rows = _rows(table)
    if not rows or len(rows[0].cells) < 2:
        return False
    body = [row for row in rows if not row.wide]
    both = [row for row in body if sum(row.words(c) > 0 for c in range(len(row.cells))) >= 2]
    if not both:
        return False
    words = sorted(
        (sum(row.words(c) for row in body) for c in range(len(rows[0].cells))), reverse=True
    )
    if words[1] >= _TEXT * len(both):
        text = " ".join(text_of(cell) for row in body for cell in row.cells)
        signs = len(re.findall(r"\S+@\S+\.\w|Telefon|Tel\.|\b\d{5}\b [A-ZÄÖÜ]", text))
        return signs < 2 or _sign_of_quotes(body) or words[1] > 40
    return _sign_of_quotes(body) and bool(words[1])


def _sign_of_quotes(rows: Sequence[_Row]) -> bool:
    return any(
        marks.state_of(text_of(cell)) == "pair"
        or references.at_end(text_of(cell))
        or any(references.alone(one.text) for one in cell)
        for row in rows
        for cell in row.cells
    )


def pairs_of(table: Table, notes: Notes) -> TablePairs:
    """The pairs of a table. What is in none of them goes to the leftovers."""
    rows = _rows(table)
    found = TablePairs()
    header = _header(rows, table.header_rows)
    names = rows[header - 1] if header else None
    columns = _columns(rows[header:], names)
    for row in rows[: max(0, header - 1)]:
        found.above += row.wide
    for row in rows[:header]:
        for picture in row.pictures:
            notes.leave_picture(picture)
    if names is not None:
        found.quote_column = names.cells[columns.quote]
        found.commentary_column = names.cells[columns.commentary]
        for at, cell in enumerate(names.cells):
            if at not in (columns.quote, columns.commentary):
                notes.consumed.append(text_of(cell))
    reader = _Reader(columns, notes, found)
    for row in rows[header:]:
        if names is not None and row.cells == names.cells and not row.wide:
            notes.consumed += [text_of(cell) for cell in row.cells]  # repeated on the next page
        else:
            reader.read(row)
    reader.finish()
    return found


class _Reader:
    """Reads a table row by row."""

    def __init__(self, columns: _Columns, notes: Notes, found: TablePairs) -> None:
        self._columns, self._notes, self._found = columns, notes, found
        self._wide: list[Paragraph] = []
        self._headings = Side(), Side()  # of rows that have nothing else
        self._number = 0

    def read(self, row: _Row) -> None:
        """The next row."""
        for picture in row.pictures[0 if row.wide else 1 :]:
            self._notes.leave_picture(picture)
        if row.wide:
            self._leave_headings()
            self._end_wide()
            self._wide = list(row.wide)
            return
        columns, notes = self._columns, self._notes
        quote, commentary = row.cells[columns.quote], row.cells[columns.commentary]
        if not any(row.cells) and not row.pictures:
            return
        if _only_headings(quote, commentary) and not any(self._headings):
            side = Side()
            pair = Pair(quote=side)  # what other columns of the row have goes to its heading
            if quote:
                side.heading = heading_of(quote[0], side, pair, notes)
            self._headings = side, Side(commentary[0].runs if commentary else ())
            self._others(row, pair)
            return
        pair = Pair(picture=row.pictures[0] if row.pictures else None)
        if self._goes_on(row):
            self._join(row)
            return
        several = _several(quote, commentary)
        if several is not None:
            self._many(row, several)
            return
        pair.quote = read_side(quote, pair, notes, quote=True)
        pair.commentary = read_side(commentary, pair, notes, quote=False)
        self._add_headings(pair)
        self._others(row, pair)
        if not self._columns.told_apart:
            pair.mild.append(
                say("Nothing shows which column has the quotes; it was taken to be the left one.")
            )
        if columns.commentary in row.covered and not commentary:
            pair.grave.append(say("Its cell for the commentary is one with the cell above."))
        self._place(pair)

    def finish(self) -> None:
        """After the last row: headings without a text go to the leftovers."""
        self._leave_headings()
        self._found.below += self._wide

    def _end_wide(self) -> None:
        """A text across both columns that is no heading of what is below it."""
        if not self._found.pairs:
            self._found.above += self._wide
        elif self._wide:
            self._notes.leave(self._wide, self._found.pairs[-1].commentary.text[-60:])
            self._notes.doubts.append(
                say(
                    "A row across both columns has no place yet: “{text}”.",
                    text=self._wide[0].text[:80],
                )
            )
        self._wide = []

    def _place(self, pair: Pair) -> None:
        pairs = self._found.pairs
        last = pairs[-1] if pairs else None
        if (
            last is not None
            and not last.commentary
            and not pair.quote
            and pair.commentary.paragraphs
            and not pair.mild
        ):
            last.commentary = pair.commentary
            last.grave.append(say("The quote and the commentary stand in two rows."))
            last.picture = last.picture or pair.picture
            return
        pairs.append(pair)

    def _goes_on(self, row: _Row) -> bool:
        """Whether a row goes on the one before it, which a page break cut."""
        if not self._found.pairs or self._wide or any(self._headings):
            return False
        last = self._found.pairs[-1]
        sides = (
            (row.cells[self._columns.quote], last.quote),
            (row.cells[self._columns.commentary], last.commentary),
        )
        goes_on = [_continues(cell, side) for cell, side in sides if cell]
        new = any(
            is_heading(cell[0]) or references.alone(cell[0].text) or _opens(cell[0])
            for cell, _ in sides
            if cell
        )
        return any(goes_on) and (all(goes_on) or not new)

    def _join(self, row: _Row) -> None:
        last = self._found.pairs[-1]
        for column, side, quote in (
            (self._columns.quote, last.quote, True),
            (self._columns.commentary, last.commentary, False),
        ):
            cell = row.cells[column]
            if not cell:
                continue
            before = side.paragraphs[-1] if side.paragraphs else None
            more = read_side(cell, last, self._notes, quote=quote)
            if more.heading:
                more.paragraphs.insert(0, Paragraph(more.heading))
            if before is not None and more.paragraphs and _continues(cell, side):
                side.paragraphs[-1] = self._notes.join(before, more.paragraphs.pop(0), last)
            side.paragraphs += more.paragraphs
            if more.reference is not None and side.reference is None:
                side.reference = more.reference
            elif more.reference is not None:
                self._notes.leave([Paragraph((Run(more.reference.written),))])
        self._others(row, last)
        last.mild.append(say("Two rows of the table were read as one, which a page break had cut."))

    def _many(self, row: _Row, parts: "tuple[list[_Group], list[_Group]]") -> None:
        """A row with several quotes and commentaries: paired in their order."""
        quotes, commentaries = parts
        same = len(quotes) == len(commentaries)
        for at in range(max(len(quotes), len(commentaries))):
            pair = Pair()
            if at < len(quotes):
                pair.quote = read_side(quotes[at], pair, self._notes, quote=True)
            if at < len(commentaries):
                pair.commentary = read_side(commentaries[at], pair, self._notes, quote=False)
            message = say("Quote and commentary were paired by their order in the row.")
            (pair.mild if same else pair.grave).append(message)
            if not at:
                self._add_headings(pair)
                self._others(row, pair)
                pair.picture = row.pictures[0] if row.pictures else None
            self._found.pairs.append(pair)

    def _add_headings(self, pair: Pair) -> None:
        """The headings of rows above, for the sides that have none of their own."""
        above, beside = self._headings
        self._headings = Side(), Side()
        if above.heading and not pair.quote.heading:
            pair.quote.heading = above.heading
            above = replace(above, heading=())
        if above.reference is not None and pair.quote.reference is None:
            pair.quote.reference = above.reference
            above = replace(above, reference=None)
        if beside.heading and not pair.commentary.heading:
            pair.commentary.heading = beside.heading
            beside = replace(beside, heading=())
        self._leave(above, beside)
        if not self._wide or not _is_short(self._wide[-1]):
            self._end_wide()
            return
        heading = self._wide.pop()
        self._end_wide()
        give_heading(heading, pair, self._notes)

    def _others(self, row: _Row, pair: Pair) -> None:
        """The other columns of a row: its number, its topic, its reference."""
        columns, notes = self._columns, self._notes
        for column in (columns.number, columns.topic, columns.reference, *columns.others):
            cell = row.cells[column] if column is not None else ()
            if not cell:
                continue
            text = text_of(cell)
            found = references.alone(text)
            if column == columns.number and (number := _NUMBER.fullmatch(text)):
                if int(number[1]) == self._number + 1:
                    notes.consumed.append(text)
                else:
                    notes.leave(cell, pair.quote.text[:60])
                self._number = int(number[1])
            elif column == columns.topic and len(cell) == 1 and not pair.quote.heading:
                pair.quote.heading = heading_of(cell[0], pair.quote, pair, notes)
            elif column == columns.reference and pair.quote.reference is None and found:
                pair.quote.reference = found
            elif (
                column == columns.reference
                and pair.quote.reference is None
                and _PLACE.fullmatch(text)
                and (found := references.alone(f"{self._place_word()} {text}"))
            ):
                pair.quote.reference = replace(found, written=text)
            else:
                notes.leave(cell, pair.quote.text[:60])
                pair.grave.append(
                    say("The row has a cell more, which has no place in a leaflet: “{text}”.",
                        text=text[:80])
                )  # fmt: skip

    def _place_word(self) -> str:
        return "Zeilen"

    def _leave_headings(self) -> None:
        self._leave(*self._headings)
        self._headings = Side(), Side()

    def _leave(self, *sides: Side) -> None:
        """What is over of the headings of a row."""
        for side in sides:
            if side.heading:
                self._notes.leave([Paragraph(side.heading)])
            if side.reference is not None:
                self._notes.leave([Paragraph((Run(side.reference.written),))])


def give_heading(paragraph: Paragraph, pair: Pair, notes: Notes) -> None:
    """Give a pair the heading that stands above both of its sides: of the quote, or of both."""
    side = Side()
    runs = heading_of(paragraph, side, pair, notes)
    first, second = split_heading(replace(paragraph, runs=runs))
    if second and not pair.commentary.heading:
        pair.commentary.heading = second
    else:
        first = runs
    if side.reference is not None and pair.quote.reference is None:
        pair.quote.reference = side.reference
    elif side.reference is not None:
        notes.leave([Paragraph((Run(side.reference.written),))])
    if not pair.quote.heading:
        pair.quote.heading = first
    elif not pair.commentary.heading:
        pair.commentary.heading = pair.quote.heading
        pair.quote.heading = first
        pair.grave.append(say("Which of the two headings belongs to the quote?"))
    else:
        notes.leave([Paragraph(first)])


_Group = list[Paragraph]


def _several(
    quote: Sequence[Paragraph], commentary: Sequence[Paragraph]
) -> tuple[list[_Group], list[_Group]] | None:
    """The quotes and commentaries in two cells that have several; None if they have one each."""
    quotes = _groups(quote, lambda one: is_heading(one))
    if len(quotes) < 2:
        quotes = _groups(quote, _opens)
    commentaries = _groups(commentary, lambda one: is_heading(one))
    if len(quotes) < 2 or len(commentaries) < 2:
        return None
    texts = [[one for one in group if not is_heading(one)] for group in (*quotes, *commentaries)]
    return (quotes, commentaries) if all(texts) else None


def _groups(cell: Sequence[Paragraph], begins: Callable[[Paragraph], bool]) -> list[_Group]:
    groups: list[_Group] = []
    for paragraph in cell:
        if not groups or begins(paragraph):
            groups.append([])
        groups[-1].append(paragraph)
    return groups


def _opens(paragraph: Paragraph) -> bool:
    return marks.state_of(paragraph.text) in ("pair", "opened") or bool(
        references.at_start(paragraph.text)
    )


def _continues(cell: Sequence[Paragraph], side: Side) -> bool:
    """Whether a cell goes on in the middle of the last sentence of a side."""
    if not side.paragraphs:
        return False
    if cell[0].continues:
        return True
    before = side.paragraphs[-1].text
    return (joining.is_open(before) and joining.goes_on(cell[0].text)) or (
        marks.state_of(side.text) == "opened" and marks.state_of(text_of(cell)) == "closed"
    )


def _only_headings(quote: Sequence[Paragraph], commentary: Sequence[Paragraph]) -> bool:
    every = [*quote, *commentary]
    return (
        bool(every)
        and len(quote) <= 1
        and len(commentary) <= 1
        and all(is_heading(one) for one in every)
    )


def _rows(table: Table) -> list[_Row]:
    """The rows with a place for each column, spanning cells in their first one."""
    placed: list[list[tuple[int, Cell]]] = []
    covered: list[set[int]] = []
    until: dict[int, int] = {}  # the last row that a cell from above reaches into, by column
    for number, row in enumerate(table.rows):
        covered.append({column for column, last in until.items() if last >= number})
        at = 0
        places: list[tuple[int, Cell]] = []
        for cell in row:
            while at in covered[-1]:
                at += 1
            places.append((at, cell))
            across = range(at, at + min(max(1, cell.columns), _MOST_COLUMNS))
            if cell.rows > 1 and across.stop <= _MOST_COLUMNS:
                until |= dict.fromkeys(across, number + cell.rows - 1)
            at = across.stop
        placed.append(places)
    filled = sorted({at for places in placed for at, cell in places if _has_text(cell)})
    if not filled:
        return []
    rows: list[_Row] = []
    for number, places in enumerate(placed):
        pictures = tuple(p for _, cell in places for p in _pictures(cell.blocks))
        with_text = [(at, cell) for at, cell in places if _has_text(cell)]
        if len(with_text) == 1 and len(filled) > 1:
            at, cell = with_text[0]
            if all(at <= column < at + max(1, cell.columns) for column in filled):
                wide = _paragraphs(cell)
                rows.append(_Row(((),) * len(filled), pictures, wide))
                continue
        cells = {at: _paragraphs(cell) for at, cell in with_text}
        rows.append(
            _Row(
                tuple(cells.get(at, ()) for at in filled),
                pictures,
                covered=frozenset(i for i, at in enumerate(filled) if at in covered[number]),
            )
        )
    return rows


def _is_short(paragraph: Paragraph) -> bool:
    """Whether a text across both columns is a heading: one, or a line that is no sentence."""
    if is_heading(paragraph):
        return True
    text = paragraph.text.strip()
    found = references.at_end(text, heading=True)
    words = (found[0] if found else text).split()
    return len(words) <= 2 * _FEW and not text.endswith((".", ":", ";"))


def _has_text(cell: Cell) -> bool:
    return any(one.text.strip() for one in paragraphs(cell.blocks))


def _paragraphs(cell: Cell) -> tuple[Paragraph, ...]:
    return tuple(one for one in paragraphs(cell.blocks) if one.text.strip())


def _pictures(blocks: Sequence[Block]) -> list[Picture]:
    found: list[Picture] = []
    for block in blocks:
        if isinstance(block, Picture):
            found.append(block)
        elif isinstance(block, Table):
            found += [p for row in block.rows for cell in row for p in _pictures(cell.blocks)]
    return found


def _header(rows: Sequence[_Row], declared: int) -> int:
    """How many rows at the beginning are the headings of the columns (0 or 1), those above them
    counted.
    """
    first = next((at for at, row in enumerate(rows) if not row.wide), None)
    if first is None or first + 1 >= len(rows):
        return 0
    row = rows[first]
    texts = [text_of(cell) for cell in row.cells]
    short = all(row.words(c) <= _FEW for c in range(len(row.cells)))
    if sum(map(bool, texts)) < 2 or not short or _sign_of_quotes([row]):
        return 0
    if any(len(cell) > 1 for cell in row.cells):
        return 0
    ends = (".", "!", "“", "”", "«", "»")
    if any(len(text.split()) > 2 and text.endswith(ends) for text in texts):
        return 0
    if declared > first:
        return first + 1
    if any(_QUOTE_COLUMN.search(text) or _COMMENTARY_COLUMN.search(text) for text in texts):
        return first + 1
    bold = all(is_heading(one) for cell in row.cells for one in cell)
    later = [r for r in rows[first + 1 :] if not r.wide]
    if all(_sign_of_quotes([r]) for r in later) and later:
        return first + 1  # the only row without a quote
    like_it = [
        r
        for r in later
        if all(len(cell) <= 1 and all(is_heading(one) for one in cell) for cell in r.cells)
    ]
    if bold:
        return 0 if like_it else first + 1
    longer = [r for r in later if max(r.words(c) for c in range(len(r.cells))) > 2 * _FEW]
    return first + 1 if len(longer) == len(later) and later else 0


def _columns(rows: Sequence[_Row], names: _Row | None) -> _Columns:
    """What the columns are."""
    body = [row for row in rows if not row.wide]
    count = len(body[0].cells) if body else len(names.cells) if names else 2
    texts = [[text_of(row.cells[c]) for row in body if row.cells[c]] for c in range(count)]
    titles = [text_of(names.cells[c]) if names else "" for c in range(count)]

    def share(column: int, test: Callable[[str], object]) -> float:
        return sum(bool(test(text)) for text in texts[column]) / max(1, len(texts[column]))

    def average(column: int) -> float:
        return sum(len(text.split()) for text in texts[column]) / max(1, len(texts[column]))

    free = list(range(count))
    number: int | None = None
    reference: int | None = None
    topic: int | None = None
    for column in list(free):
        if len(free) <= 2:
            break
        is_place = share(column, lambda t: references.alone(t) or _PLACE.fullmatch(t)) > 0.8
        if number is None and share(column, _NUMBER.fullmatch) > 0.8 and not (
            _REFERENCE_COLUMN.search(titles[column])
        ):  # fmt: skip
            number = column
        elif reference is None and (
            (is_place and texts[column]) or _REFERENCE_COLUMN.search(titles[column])
        ):
            reference = column
        else:
            continue
        free.remove(column)
    for column in list(free):
        if len(free) > 2 and topic is None:
            if _TOPIC.search(titles[column]) or (texts[column] and average(column) <= 6):
                topic = column
                free.remove(column)
    scores: dict[int, float] = {}
    for column in free:
        scores[column] = (
            2 * share(column, lambda t: marks.state_of(t) in ("pair", "opened", "closed"))
            + 2 * share(column, _has_reference)
            + 2 * bool(_QUOTE_COLUMN.search(titles[column]))
            - 2 * bool(_COMMENTARY_COLUMN.search(titles[column]))
            - _italics(body, column)
        )
    quote = max(free, key=lambda column: (scores[column], -column))
    rest = [column for column in free if column != quote]
    commentary = max(
        rest,
        key=lambda c: (bool(_COMMENTARY_COLUMN.search(titles[c])), average(c), -c),
        default=quote,
    )
    told_apart = bool(rest) and scores[quote] - max(scores[c] for c in rest) >= 0.5
    others = tuple(c for c in rest if c != commentary)
    return _Columns(quote, commentary, topic, reference, number, others, told_apart)


def _has_reference(text: str) -> bool:
    return any(
        references.alone(part) or references.at_end(part, heading=True) or references.at_start(part)
        for part in text.split("\n")
        if part.strip()
    )


def _italics(rows: Sequence[_Row], column: int) -> float:
    cells = [row.cells[column] for row in rows if row.cells[column]]
    return sum(
        all(wholly(one.runs, emphasis=True) for one in cell if not is_heading(one))
        for cell in cells
    ) / max(1, len(cells))
