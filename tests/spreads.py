"""Pages in columns, made for tests and for the benchmark: a known text, set in many ways, as PDF.

Each line has a place of its own, so the file may draw them in any order, and columns need not stand
level. What can be quoted is known, and so is what stands nowhere: a line of one column together
with the line beside it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape

from PIL import ImageFont

from brochure.project import packaged_fonts
from brochure.sources.document import QuoteReference
from brochure.sources.finding import LimitingWords, Verdict
from brochure.sources.searchable import SearchableSource
from tests import papers

SIZE = 9.0  # of the type, in points
LEADING = 12.0
WIDTH, TOP, ROWS = 495.0, 70.0, 40
HEADINGS = (
    "Was wir uns für die nächsten fünf Jahre vorgenommen haben, und womit wir beginnen",
    "Wer dafür zuständig ist, was es kostet, und wann es die Gemeinden erreicht",
)
NOTE = "1 Siehe dazu die Anlage."


@dataclass(frozen=True)
class Spread:
    """How pages are set.

    `columns` with a `gutter` in points between them, `justified` or ragged; `shift`: how much lower
    every second column stands, in em; `headings` over all columns; `notes` at the foot of columns;
    `numbers` of the lines in the margin; `by_rows`: the file draws the pages row by row; `tables`:
    columns are the two sides of a synopsis, each with a text of its own.
    """

    columns: int = 2
    gutter: float = 20.0
    justified: bool = False
    shift: float = 0.0
    headings: bool = False
    notes: bool = False
    numbers: bool = False
    by_rows: bool = False
    tables: bool = False
    pages: int = 2

    @property
    def measure(self) -> float:
        """The width of a column in points."""
        return (WIDTH - (self.columns - 1) * self.gutter) / self.columns

    def __str__(self) -> str:
        flags = ("justified", "headings", "notes", "numbers", "by_rows", "tables")
        words = [flag.replace("_", " ") for flag in flags if getattr(self, flag)]
        if self.shift:
            words.append(f"shifted {self.shift:g} em")
        return ", ".join([f"{self.columns} × {self.gutter:g} pt", *words])


@dataclass(frozen=True)
class Line:
    """A line of a page: its column and row, and its words."""

    page: int
    column: int
    row: int
    text: str


@cache
def _font() -> ImageFont.FreeTypeFont:
    folder = packaged_fonts() / "Gentium Book Plus"
    return ImageFont.truetype(next(folder.glob("*-Regular.ttf")), 1000)


def _width(text: str) -> float:
    return _font().getlength(text) * SIZE / 1000


def flows(spread: Spread, seed: int) -> list[papers.Made]:
    """The texts of a spread: one through all columns, or one for each side of a synopsis."""
    texts = spread.columns if spread.tables else 1
    lines = spread.pages * ROWS * spread.columns // texts
    each = 0.6 * spread.measure / 100
    return [
        papers.made(seed + i, round(lines * each) + 4, spread.measure - 1, width_of=_width)
        for i in range(texts)
    ]


def lines_of(spread: Spread, texts: list[papers.Made]) -> list[Line]:
    """The lines of all texts in their places; what is too long for the pages is left out."""
    places = [
        [(page, column, row) for page in range(spread.pages)
         for column in ([side] if spread.tables else range(spread.columns)) for row in range(ROWS)]
        for side in range(len(texts))
    ]  # fmt: skip
    return [
        Line(*place, line)
        for text, free in zip(texts, places, strict=True)
        for place, line in zip(free, text.lines, strict=False)
    ]


def pdf(spread: Spread, lines: list[Line]) -> bytes:
    """The pages as PDF."""
    body = []
    for page in range(spread.pages):
        own = [line for line in lines if line.page == page]
        own.sort(key=lambda line: (line.row, line.column) if spread.by_rows else (line.column,))
        body.append(f"<div class='page'>{''.join(_placed(spread, own))}</div>")
    style = f"""
    @page {{ size: A4; margin: 0; @bottom-center {{ content: counter(page); font: 8pt Gentium }} }}
    body {{ margin: 0; font: {SIZE}pt/{LEADING}pt "Gentium Book Plus"; }}
    .page {{ break-after: page; position: relative; height: 280mm; }}
    p {{ margin: 0; position: absolute; white-space: pre; hyphens: none }}
    .full {{ white-space: normal; text-align-last: justify; width: {spread.measure}pt }}
    .over {{ font-size: 12pt; width: {WIDTH}pt }}
    .note {{ font-size: 7pt }}
    """
    return papers.typeset(f"<html lang='de'><style>{style}</style>{''.join(body)}</html>")


def _placed(spread: Spread, lines: list[Line]) -> Iterator[str]:
    def placed(text: str, left: float, top: float, kind: str = "") -> str:
        at = f"left: {left:.2f}pt; top: {top:.2f}pt"
        return f"<p class='{kind}' style='{at}'>{escape(text)}</p>"

    last = {line.column: line.row for line in lines}
    for line in lines:
        if spread.headings and line.column == 0 and line.row in (0, ROWS // 2):
            above = _top(spread, line.row, 0) - 2.2 * LEADING
            yield placed(HEADINGS[line.row > 0], 50, above, "over")
        left = 50 + line.column * (spread.measure + spread.gutter)
        top = _top(spread, line.row, line.column)
        ends = line.text.endswith(".") or line.row == last[line.column]
        yield placed(line.text, left, top, "full" if spread.justified and not ends else "")
        if spread.numbers and line.column == 0:
            yield placed(str(line.page * ROWS + line.row + 1), 25, top)
    for column in range(spread.columns if spread.notes else 0):
        left = 50 + column * (spread.measure + spread.gutter)
        yield placed(NOTE, left, _top(spread, ROWS + 1, column), "note")


def _top(spread: Spread, row: int, column: int) -> float:
    """Where a line stands; headings over all columns push down what comes after them."""
    headings = (1 + (row >= ROWS // 2)) * 3 * LEADING if spread.headings else 0.0
    return TOP + row * LEADING + headings + (column % 2) * spread.shift * SIZE


@dataclass(frozen=True)
class Result:
    """How many of the quotes that were `tried` were `accepted`, or left `unchecked`; how many of
    those that stand nowhere (`spliced`) were verbatim (`false`); and the `refused` ones.
    """

    tried: int
    accepted: int
    unchecked: int
    spliced: int
    false: int
    refused: tuple[str, ...]


def measured(spread: Spread, seed: int = 1, quotes: int = 30) -> Result:
    """Quotes from the pages of a spread, verified, and as many that stand nowhere."""
    chance = random.Random(seed)
    texts = flows(spread, seed)
    lines = lines_of(spread, texts)
    source = SearchableSource(papers.read(pdf(spread, lines)))
    nothing = QuoteReference(), LimitingWords()
    refused: list[str] = []
    verdicts: list[Verdict] = []
    for _ in range(quotes):
        text = chance.choice(texts)
        shown = spread.pages * ROWS * (1 if spread.tables else spread.columns)
        words = [word for word in text.words if word.last < shown]
        start, stop = papers.sample(words, chance, 6, 40)
        if spread.headings or spread.tables:  # not beyond what stands between
            place = words[start].first // (ROWS // 2)
            while words[stop - 1].last // (ROWS // 2) != place:
                stop -= 1
        quote = text.span(start, stop).rstrip(".,")
        verdict = source.verify(quote, *nothing).verdict
        verdicts.append(verdict)
        if verdict in (Verdict.ALTERED, Verdict.NOT_FOUND):
            refused.append(quote)
    beside = {(line.page, line.column, line.row): line.text for line in lines}
    spliced = [
        f"{line.text.split(' ', 1)[-1]} {beside[after].rsplit(' ', 1)[0]}"
        for line in lines
        if (after := (line.page, line.column + 1, line.row)) in beside
    ]
    said = [text.span(0, len(text.words)) for text in texts]
    spliced = [q for q in spliced if "-" not in q and not any(q in whole for whole in said)]
    spliced = chance.sample(spliced, min(quotes, len(spliced)))
    false = sum(source.verify(q, *nothing).verdict is Verdict.VERBATIM for q in spliced)
    accepted = sum(v in (Verdict.VERBATIM, Verdict.AMBIGUOUS) for v in verdicts)
    unchecked = verdicts.count(Verdict.UNCHECKED)
    return Result(len(verdicts), accepted, unchecked, len(spliced), false, tuple(refused))
