"""What a PDF says, by two readers that are not brochure's.

Both must agree on each line and on which line follows it: poppler, by where words stand
(``pdftotext -bbox-layout``), and PDFium, by the order of the file. Where they differ, or where it
takes judgement (heads, footnotes, letterspaced words), nothing is taken.
"""

import re
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from statistics import median

import pypdfium2

from benchmarks.quotes.truth import (
    HYPHENS,
    JOINT,
    SOFT_HYPHEN,
    Run,
    Span,
    Truth,
    make_truth,
    rejoin,
    rejoined,
    without_soft,
)

_BULLET = re.compile(r"[^\w(„“‚‘\"'«»§€$…]|[nlo\uf000-\uf0ff]")
_MARKED = re.compile(r"[^\W\d_]{3,}[.,;:]?\d{1,2}")  # a word with the mark of a footnote
_UNCERTAIN = frozenset(("Cc", "Cn", "Co", "Sk", "Sm"))  # controls, private use, formulas
_VARIABLE = re.compile(r"(?:.*[\W\d_])?[^\W\d_]")  # before a subscript, or small capitals


@dataclass(frozen=True)
class Word:
    """A word and its edges in points, y from the top."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Line:
    """Words next to each other, and the block that they are in."""

    words: tuple[Word, ...]
    block: int

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @cached_property
    def letters(self) -> str:
        return letters(self.text)

    @cached_property
    def size(self) -> float:
        return median(word.bottom - word.top for word in self.words)

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return self.words[-1].right

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)


def letters(text: str) -> str:
    """Letters and digits only, however they are typeset."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))


def read_pdf(path: Path) -> Truth:
    """The truth about a PDF. Raises ValueError, with the reason, if it cannot be read."""
    done = subprocess.run(
        ["pdftotext", "-bbox-layout", str(path), "-"], capture_output=True, check=False
    )
    if done.returncode:
        raise ValueError(done.stderr.decode(errors="replace").strip().splitlines()[-1])
    pages = [list(page) for page in parse_boxes(done.stdout.decode("utf-8", "replace"))]
    orders = _file_orders(path)
    if len(orders) != len(pages):
        raise ValueError("the readers differ in the number of pages")
    sizes = Counter(round(line.size) for page in pages for line in page for _ in line.words)
    # Poppler's boxes are those of fonts: text of one size may have several.
    body = min((size for size, n in sizes.items() if n >= sizes.total() / 10), default=0)
    heads = _heads(pages)
    numbered = sum(line.text.isdigit() for page in pages for line in page) >= 3 * len(pages)
    runs: list[Run] = []
    spliced: list[Span] = []
    lines = agreed = 0
    for index, (page, order) in enumerate(zip(pages, orders, strict=True)):
        known = letters(order)
        main = [
            line
            for line in (_without_numbers(page) if numbered else page)
            if line.size >= 0.85 * body and line.letters and (index, line) not in heads
        ]
        sure = [line for line in main if line.letters in known]
        lines, agreed = lines + len(main), agreed + len(sure)
        follows = successors(sure, known, numbered=numbered)
        runs += (Run(index, tuple(words)) for words in _runs(sure, follows))
        spliced += (Span(index, text) for text in splices(sure, follows))
    texts = [*(line.text for page in pages for line in page), *map(rejoined, orders)]
    return make_truth(runs, spliced, texts, lines, agreed)


def parse_boxes(html: str) -> Iterator[list[Line]]:
    """The lines of each page, from what ``pdftotext -bbox-layout`` prints."""
    # Fonts bring characters that no XML may contain, so no parser of XML reads all of it.
    edges = r' xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">'
    for page in html.split("<page ")[1:]:
        lines = []
        for number, block in enumerate(page.split("<block ")[1:]):
            for line in block.split("<line ")[1:]:
                words = [
                    Word(unescape(text), float(a), float(b), float(c), float(d))
                    for a, b, c, d, text in re.findall(
                        rf"<word{edges}(.*?)</word>", line, re.DOTALL
                    )
                ]
                if words:
                    lines.append(Line(tuple(words), number))
        yield lines


def _file_orders(path: Path) -> list[str]:
    """The text of each page in the order of the file."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as reason:
        raise ValueError(str(reason)) from reason
    try:
        # U+FFFE and U+0002 stand for the hyphen of a divided word, and for the end of its line.
        return [
            re.sub("[\ufffe\x02]", JOINT, page.get_textpage().get_text_range()) for page in document
        ]
    finally:
        document.close()


def _heads(pages: Sequence[Sequence[Line]]) -> set[tuple[int, Line]]:
    """Running heads and feet, with their pages.

    They are in the outer tenth, and alone there or like those of other pages but for digits.
    """
    found: list[tuple[int, Line, str]] = []
    for index, page in enumerate(pages):
        if not page:
            continue
        top, bottom = min(line.top for line in page), max(line.bottom for line in page)
        edge = (bottom - top) / 10
        for line in page:
            if line.bottom < top + edge or line.top > bottom - edge:
                found.append((index, line, re.sub(r"\d+", "#", line.text)))
    often = Counter(likeness for _, _, likeness in found)
    return {
        (index, line)
        for index, line, likeness in found
        if often[likeness] >= 3 or not re.search(r"[^\W\d_]{2,}.*[^\W\d_]{2,}", line.text)
    }


def _without_numbers(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines without the numbers in the margin, those that poppler takes for a word, too."""
    numbers = [line for line in lines if line.text.isdigit()]
    for line in lines:
        first = line.words[0]
        number = first.text.isdigit() and any(
            min(abs(first.left - other.left), abs(first.right - other.right)) < 2
            for other in numbers
        )
        words = line.words[number:]
        if words:
            yield Line(words, line.block)


def successors(lines: Sequence[Line], known: str, *, numbered: bool) -> dict[Line, Line]:
    """The line after each line, where both witnesses name the same.

    `known` are the letters of the page in the order of the file; `numbered`: there may be the
    number of a line between two lines.
    """
    # Where lines are far apart, each is a block of its own.
    single = median(Counter(line.block for line in lines).values()) <= 1 if lines else False
    far = 1.2 * _pitch(lines) if single else 1.7
    between = r"\d{0,3}" if numbered else ""
    found = {}
    for line in lines:
        below = [
            other
            for other in lines
            if (single or other.block == line.block)
            and other.top > line.top + 0.5 * line.size
            and other.top < line.top + far * line.size
            and 0.9 < other.size / line.size < 1.1
            and _overlap(line.left, line.right, other.left, other.right) >= 0.5
        ]
        if not below:
            continue
        nearest = min(below, key=lambda other: other.top)
        if re.search(line.letters + between + nearest.letters, known):
            found[line] = nearest
    followed = Counter(found.values())
    return {line: other for line, other in found.items() if followed[other] == 1}


def _pitch(lines: Sequence[Line]) -> float:
    """How far lines are apart, as a multiple of their size."""
    apart = [
        min(
            (
                (other.top - line.top) / line.size
                for other in lines
                if other.top > line.top + 0.5 * line.size
                and _overlap(line.left, line.right, other.left, other.right) >= 0.5
            ),
            default=1.2,
        )
        for line in lines
    ]
    return min(median(apart), 3.0)


def _overlap(a: float, b: float, c: float, d: float) -> float:
    """What two stretches have in common, as a part of the shorter."""
    shorter = min(b - a, d - c)
    return (min(b, d) - max(a, c)) / shorter if shorter > 0 else 0.0


def _runs(lines: Sequence[Line], follows: dict[Line, Line]) -> Iterator[list[str]]:
    """The words that follow each other, words divided at the ends of lines put together again."""
    later = set(follows.values())
    for line in lines:
        if line in later:
            continue
        run: list[str] = []
        at: Line | None = line
        while at is not None:
            bullet = len(at.words) > 1 and _BULLET.fullmatch(at.words[0].text) is not None
            if bullet and run:
                yield from _certain(run)
                run = []
            for index, word in enumerate(at.words[bullet:]):
                # Marks of footnotes, and the capitals of a word in small capitals.
                small = word.bottom - word.top < 0.85 * at.size
                if small and run and _VARIABLE.fullmatch(run[-1]):
                    run[-1] = "\0"
                text = "\0" if small or _MARKED.fullmatch(word.text) else without_soft(word.text)
                run = [*rejoin(run, text)] if index == 0 else [*run, text]
            at = follows.get(at)
        yield from _certain(run)


def _certain(words: Iterable[str]) -> Iterator[list[str]]:
    """Runs without marks of footnotes, letterspaced words, formulas, rows of dots."""
    clean = [
        "\0"
        if set(word) <= {".", "…"} or _UNCERTAIN & set(map(unicodedata.category, word))
        else word
        for word in words
    ]
    alone = [len(word) == 1 and word.isalpha() for word in clean]
    spaced = {at + i for at in range(len(clean) - 2) for i in range(3) if all(alone[at : at + 3])}
    # What may be the rest of a word, or the beginning of one, if the line next to it is not known.
    if clean and clean[0][:1].islower():
        clean[0] = "\0"
    if clean and clean[-1][-1:] in HYPHENS:
        clean[-1] = "\0"
    part: list[str] = []
    for index, word in enumerate([*clean, "\0"]):
        if word and word != "\0" and index not in spaced:
            part.append(word)
        elif part:
            yield part
            part = []


def splices(lines: Sequence[Line], follows: dict[Line, Line]) -> Iterator[str]:
    """Each line with the one beside it, where both witnesses say that another line follows."""
    for line in lines:
        if line not in follows or not _is_text(line) or line.text[-1] in HYPHENS:
            continue
        for other in lines:
            level = _overlap(line.top, line.bottom, other.top, other.bottom) >= 0.5
            if level and other.left > line.right and _is_text(other):
                yield f"{line.text} {other.text}".replace(SOFT_HYPHEN, "")
                break


def _is_text(line: Line) -> bool:
    """Whether it is more than a label, a number or a formula."""
    return len(re.findall(r"[^\W\d_]{3,}", line.text)) >= 3
