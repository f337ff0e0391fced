"""Documents made for tests: a known text, set in lines and pages in many ways, as PDF.

The text is made-up German, with everything that makes reading hard: words divided at the ends of
lines, compounds with hyphens of their own, numbers, quotation marks, subscripts. The lines of each
word are known exactly, and so is what must be found.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

from brochure.layout.hyphenation import Hyphenator
from brochure.layout.weasyprint.typesetter import PlainTypesetter
from brochure.manuscript.text.language import load_language
from brochure.project import Project, packaged_fonts
from brochure.sources.document import Document, NumberingMode
from brochure.sources.reading.pages import assemble_document, page_rows
from brochure.sources.reading.reader import run_reader
from tests.conftest import ROOT

NOUNS = (
    ("Gemeinde", "Baumbestand", "Verkehrsplanung", "Spielplatz", "Verwaltung", "Klimaschutz",
     "Integrationsplan", "Zielvereinbarung", "Erstaufnahmeeinrichtung", "Maßnahme", "Förderung",
     "Flüchtlingsinitiative", "Wohnung", "Gesellschaft", "Zusammenarbeit", "Beteiligung",
     "Grundstück", "Haushalt", "Bürgerbeteiligung", "Öffentlichkeit", "Effizienz", "Tarifpflicht",
     "Wasserstoffwirtschaft", "Finanzierung", "Auffassung", "Schifffahrt")
)  # fmt: skip
VERBS = (
    ("prüft", "fördert", "erhält", "plant", "unterstützt", "verbessert", "entwickelt", "stärkt",
     "begrenzt", "sichert")
)  # fmt: skip
EXTRAS = (
    ("Bund-Länder-Programm", "schwarz-grüne", "CO₂-Ausstoß", "2021–2025", "1087", "„Zukunft“",
     "Bürger*innen", "Bundes- und Landesmittel", "Rhein-Main-Gebiet", "3,5", "40.000", "z. B.")
)  # fmt: skip
ADJECTIVES = (
    ("neue", "dauerhafte", "regionale", "frühzeitige", "gemeinsame", "verbindliche", "soziale",
     "offene")
)  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """A word of the text with the lines on which it begins and ends, counted from 0."""

    text: str
    first: int
    last: int


@dataclass(frozen=True)
class Made:
    """A text in lines: each line as it is printed, and each word with its lines."""

    lines: tuple[str, ...]
    words: tuple[Placed, ...]

    def span(self, start: int, stop: int) -> str:
        """The words from `start` to before `stop`, as somebody types them."""
        return " ".join(word.text for word in self.words[start:stop])


@dataclass(frozen=True)
class Layout:
    """How a text is set.

    `side` of the numbers (None: none), every `step` lines, `restarts` on each page; `rows` on a
    page; `justified`: words far apart; `columns`; `blank`: an empty line after every so many,
    `blank_numbered` with a number of its own; `heads`: running heads and feet full of numbers;
    `folio`: the number of the page stands in the strip of the line numbers.
    """

    side: str | None = "left"
    step: int = 1
    restarts: bool = False
    rows: int = 34
    justified: bool = False
    columns: int = 1
    blank: int = 0
    blank_numbered: bool = False
    heads: bool = True
    width: int = 58
    folio: bool = False


def made(seed: int, sentences: int, width: float, width_of: Callable[[str], float] = len) -> Made:
    """A text of so many sentences, broken into lines no wider than `width`: in characters, or in
    whatever `width_of` a text is.
    """
    chance = random.Random(seed)
    words: list[str] = []
    for _ in range(sentences):
        words += _sentence(chance).split(" ")
    lines: list[str] = []
    placed: list[Placed] = []
    line = ""
    hyphenator = _hyphenator()
    for word in words:
        first = len(lines)
        rest = word
        before = f"{line} " if line else ""
        if width_of(before + rest) > width:
            letters = rest.rstrip(".,“")
            part = next(
                (
                    letters[:at] + "" if letters[at - 1] == "-" else letters[:at] + "-"
                    for at in reversed([*hyphenator.positions(letters), *_hyphens(letters)])
                    if width_of(before + letters[:at] + "-") <= width
                ),
                "",
            )
            if part:
                line = before + part
                rest = rest[len(part) if part == rest[: len(part)] else len(part) - 1 :]
            else:
                first += bool(line)
            if line:
                lines.append(line)
            line = rest
        else:
            line = before + rest
        placed.append(Placed(word, first, len(lines)))
    return Made((*lines, line), tuple(placed))


def _hyphens(word: str) -> list[int]:
    return [found.end() for found in re.finditer(r"(?<=\w{3})-(?=\w{3})", word)]


def _sentence(chance: random.Random) -> str:
    def group() -> str:
        parts = ["die", chance.choice(ADJECTIVES), chance.choice(NOUNS)]
        if chance.random() < 0.25:
            parts.insert(1, chance.choice(EXTRAS))
        return " ".join(parts)

    text = f"{group()} {chance.choice(VERBS)} {group()}"
    if chance.random() < 0.5:
        text += f", soweit {group()} {group()} {chance.choice(VERBS)}"
    if chance.random() < 0.3:
        text += f" und {chance.choice(VERBS)} {group()}"
    return text[0].upper() + text[1:] + "."


@cache
def _hyphenator() -> Hyphenator:
    rules = load_language(Project(ROOT), "de").hyphenation
    assert rules is not None
    return Hyphenator(rules, None)


def numbers(text: Made, layout: Layout) -> list[tuple[int, int]]:
    """The page (from 1) and the number of each line."""
    found: list[tuple[int, int]] = []
    number = 0
    for index in range(len(text.lines)):
        page = index // layout.rows
        if layout.restarts and index % layout.rows == 0:
            number = 0
        if (
            layout.blank
            and layout.blank_numbered
            and index % layout.blank == 0
            and index % layout.rows
        ):
            number += 1
        number += 1
        found.append((page + 1, number))
    return found


def pdf(text: Made, layout: Layout) -> bytes:
    """The PDF of a text."""
    return typeset(_html(text, layout))


def typeset(html: str) -> bytes:
    """HTML as a PDF, with nothing of ours but the fonts."""
    return _typesetter().typeset(html)


@cache
def _typesetter() -> PlainTypesetter:
    """The same for all documents."""
    fonts = [packaged_fonts() / name for name in ("Gentium Book Plus", "Source Sans 3")]
    return PlainTypesetter(fonts, {"de": _hyphenator()})


def _html(text: Made, layout: Layout) -> str:
    justify = "text-align-last: justify; white-space: normal;" if layout.justified else ""
    across = 168 / layout.columns
    style = f"""
    @page {{ size: A4; margin: 25mm 21mm 25mm;
      @top-left {{ content: "Drucksache 20/1087 vom 12. 3. 2019"; font: 8pt "Source Sans 3" }}
      @bottom-left {{ content: "VerDate Sep 11 2014 Jkt 00" counter(page);
        font: 7pt "Source Sans 3" }}
      @bottom-right {{ content: counter(page); font: 8pt "Source Sans 3" }} }}
    body {{ margin: 0; font: {11 if layout.columns == 1 else 7.5}pt/17pt "Gentium Book Plus"; }}
    .page {{ break-after: page; position: relative; height: 240mm; }}
    p {{ margin: 0; position: absolute; white-space: pre; hyphens: none; {justify} }}
    .n {{ position: absolute; font: 8pt/17pt "Source Sans 3"; width: 9mm; text-align: right; }}
    """
    if not layout.heads:
        style = re.sub(r"@(top|bottom)[^{]*\{.*?\}", "", style)
    locations = numbers(text, layout)
    body = []
    per_column = -(-layout.rows // layout.columns)
    for start in range(0, len(text.lines), layout.rows):
        body.append("<div class='page'>")
        extra = 0
        for offset, line in enumerate(text.lines[start : start + layout.rows]):
            column, row = divmod(offset, per_column)
            left = 4 + column * across
            index = start + offset
            if layout.blank and index % layout.blank == 0 and offset:
                extra += 1
                if layout.blank_numbered and layout.side:
                    body.append(
                        _number(locations[index][1] - 1, row + extra - 1, left, across, layout)
                    )
            top = (row + extra) * 17
            width = f"width: {across - 16}mm;" if layout.justified else ""
            body.append(f"<p style='top: {top}pt; left: {left}mm; {width}'>{escape(line)}</p>")
            number = locations[index][1]
            if layout.side and number % layout.step == 0:
                body.append(_number(number, row + extra, left, across, layout))
        if layout.folio:
            page = start // layout.rows + 1
            body.append(_number(page, layout.rows + 4, 4, across, layout))
        body.append("</div>")
    return f"<html lang='de'><style>{style}</style><body>{''.join(body)}</body></html>"


def _number(number: int, row: int, left: float, across: float, layout: Layout) -> str:
    at = left - 13 if layout.side == "left" else left + across - 14
    return f"<span class='n' style='top: {row * 17}pt; left: {at}mm'>{number}</span>"


def read(data: bytes, mode: NumberingMode | None = None) -> Document:
    """What the reader makes of a PDF."""
    pages = [page_rows(page) for page in run_reader("pdf", data, "test.pdf")["pages"]]
    return assemble_document(pages, mode)


LAYOUTS: dict[str, tuple[Layout, NumberingMode | None]] = {
    "left": (Layout(), None),
    "right": (Layout(side="right"), None),
    "fifth": (Layout(step=5), None),
    "restarts": (Layout(restarts=True), None),
    "fifth-restarts": (Layout(step=5, restarts=True, rows=33), None),
    "justified": (Layout(justified=True, width=64), None),
    "columns": (Layout(columns=2, rows=66, width=46), None),
    "columns-right": (Layout(columns=2, rows=66, width=46, side="right"), None),
    "blank": (Layout(blank=7), None),
    "blank-numbered": (Layout(blank=7, blank_numbered=True, rows=32), None),
    "bare": (Layout(heads=False), None),
    "folio": (Layout(folio=True), None),
    "folio-restarts": (Layout(folio=True, restarts=True), None),
    "counted": (Layout(side=None), "count"),
    "page-counted": (Layout(side=None, restarts=True), "page"),
}


def sample(
    words: Sequence[Placed], chance: random.Random, least: int, most: int
) -> tuple[int, int]:
    """A span of words, whole words at both ends."""
    length = chance.randint(least, most)
    start = chance.randrange(len(words) - length)
    return start, start + length
