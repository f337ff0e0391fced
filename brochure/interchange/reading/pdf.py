"""A PDF of an older leaflet → `Document`.

Where it has tags, these say what belongs together. Where it has none, text is known by its place on
the page only: lines are put in columns, and what stands side by side becomes a row of a table. Then
each text says so (`PLACED`), since a wrong guess would look like any other text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from brochure.diagnostics import Diagnostic, Location, fail, warning
from brochure.interchange.document import Block, Cell, Document, Leftover, Paragraph, Run, Table
from brochure.interchange.reading import tagged_pdf
from brochure.interchange.reading.styles import PLACED, UNCERTAIN
from brochure.interchange.reading.tagged_pdf import Looks
from brochure.interchange.reading.witness import words_of
from brochure.messages import Message, say
from brochure.sources.matching.tokens import clean
from brochure.sources.reading import pdfium
from brochure.sources.reading.artifacts import find_artifacts
from brochure.sources.reading.columns import BlockLine, reading_order
from brochure.sources.reading.gutters import Area, Gutter, find_gutters, long_gutters, page_area
from brochure.sources.reading.page_numbers import name_pages
from brochure.sources.reading.pages import PageRows, page_rows
from brochure.sources.reading.rows import TextRow

# As parts of the usual distance between lines, or of the type size:
_PARAGRAPH = 1.35
_INDENT = 1.0
_FAR = 1.2
_NEXT = 1.6
_LEVEL = 2.0  # points
_LARGE = 1.15  # type that is larger than that of the text is that of a heading
_TITLE = 1.5
_HEADING_WORDS = 20


def read_pdf(data: bytes, name: str) -> Document:
    """A PDF. Raises DiagnosticsError if its text cannot be read."""
    where = Location(name)
    pages = pdfium.count_pages(data)
    if isinstance(pages, str):
        _fail(pages, where)
    found = tagged_pdf.blocks_of_tags(data)
    text = pdfium.read_pages(data)
    if "error" in text:
        _fail(text["error"], where)
    rows = [page_rows(page) for page in text["pages"]]
    diagnostics = list(_pictured(rows, where))
    if found is not None:
        blocks, leftovers, whole = found
        return Document(blocks, leftovers, words_of(whole), diagnostics=tuple(diagnostics))
    if not any(page.rows for page in rows):
        _fail("scan" if any(page.unreadable for page in rows) else "empty", where)
    texts = tagged_pdf.page_texts(data)
    placed = _Pages(rows, texts.looks)
    blocks = tuple(placed.blocks())
    diagnostics.append(
        warning(
            "import-pdf-places",
            say("`{file}` does not say what is a paragraph, a column or a heading.", file=name),
            where,
            say(
                "Its texts were put together by where they stand on the page. Compare each of them "
                "with the file; if there is a Word document, import that."
            ),
        )
    )
    return Document(
        blocks, tuple(placed.leftovers), words_of("\n".join(texts.whole)),
        diagnostics=tuple(diagnostics),
    )  # fmt: skip


def _fail(reason: str, where: Location) -> None:
    anew = say("Print it to a new PDF, and try that.")
    messages: dict[str, tuple[Message, Message]] = {
        "password": (
            say("`{file}` is protected by a password.", file=where.file),
            say("Open it with the password, and print it to a new PDF."),
        ),
        "empty": (
            say("`{file}` contains no text.", file=where.file),
            say("Is it the right file?"),
        ),
        "scan": (
            say("`{file}` consists of pictures, without any text.", file=where.file),
            say("Have its text recognised by a program such as OCRmyPDF, and import the result."),
        ),
        "pages": (
            say("`{file}` has too many pages, or too much text, for a leaflet.", file=where.file),
            say("Is it the right file?"),
        ),
    }
    message, hint = messages.get(
        reason, (say("`{file}` is not a PDF that can be read.", file=where.file), anew)
    )
    fail(f"import-pdf-{reason}", message, where, hint)


def _pictured(pages: Sequence[PageRows], where: Location) -> Iterator[Diagnostic]:
    numbers = [str(at) for at, page in enumerate(pages, 1) if page.pictured or page.unreadable]
    if numbers:
        yield warning(
            "import-pdf-pictures",
            say("There may be text in the pictures of page {pages}.", pages=", ".join(numbers)),
            where,
            say("It cannot be read. Look at the file, and type what is missing."),
        )


@dataclass(frozen=True)
class _Line:
    """A line of a column: where it stands, and how it looks."""

    text: str
    y: float
    size: float
    left: float
    right: float
    strong: bool
    emphasis: bool
    uncertain: bool

    @property
    def top(self) -> float:
        return self.y - self.size

    @property
    def bottom(self) -> float:
        return self.y + 0.3 * self.size


class _Pages:
    """Puts rows of words together to paragraphs, and what stands side by side to tables."""

    def __init__(self, pages: Sequence[PageRows], looks: Looks) -> None:
        self.leftovers: list[Leftover] = []
        self._looks = looks
        self._rows = [page.rows for page in pages]
        names = name_pages(self._rows, [page.label for page in pages])
        none: list[frozenset[int]] = [frozenset()] * len(pages)
        artifacts = find_artifacts(self._rows, none, names.rows)
        repeated = [self._edges(at, of, names.rows[at]) for at, of in enumerate(artifacts)]
        self._text = [
            [row for i, row in enumerate(rows) if i not in outside and row.words]
            for rows, outside in zip(self._rows, repeated, strict=True)
        ]
        for rows, outside in zip(self._rows, repeated, strict=True):
            for at in sorted(outside):
                middle = rows[len(rows) // 2].y
                kind = "header" if rows[at].y < middle else "footer"
                text = " ".join(word.text for word in rows[at].words)
                if text:
                    self.leftovers.append(Leftover(kind, text))  # type: ignore[arg-type]
        self._areas = [page_area(rows) for rows in self._text]
        self._gutters = find_gutters(self._areas)
        sizes = [line.size for rows in self._text for line in rows for _ in line.words]
        self._size = median(sizes) if sizes else 10.0

    def _edges(self, page: int, artifacts: frozenset[int], own: frozenset[int]) -> frozenset[int]:
        """Those artifacts that are running heads and feet: small type at the foot of a leaflet is
        its imprint, and no footnote.
        """
        rows = self._rows[page]
        repeated = {
            tuple(w.text for w in row.words)
            for at, others in enumerate(self._rows)
            if at != page
            for row in others
        }
        return frozenset(
            at
            for at in artifacts
            if at in own
            or (
                any(char.isdigit() for word in rows[at].words for char in word.text)
                and len(rows[at].words) <= 8
                and (at == 0 or at == len(rows) - 1)
                and len(self._rows) > 1
            )
            or tuple(w.text for w in rows[at].words) in repeated
        )

    def blocks(self) -> Iterator[Block]:
        """The blocks of all pages."""
        for page, area in enumerate(self._areas):
            if area.parts:
                yield from self._page(page, area)

    def _page(self, page: int, area: Area) -> Iterator[Block]:
        gutters = list(dict.fromkeys([*self._gutters, *long_gutters(area)]))
        ordered = reading_order(area, gutters)
        lines = [self._line(page, line) for line in ordered]
        gutter = _main_gutter(gutters, lines)
        if gutter is None:
            yield from self._paragraphs(lines)
            return
        middle = (max(gutter[0], 0) + min(gutter[1], 10_000)) / 2
        if len(gutters) > 1:  # a sheet of a booklet, perhaps
            lines = [replace(line, uncertain=True) for line in lines]
        across: list[_Line] = []
        beside: list[_Line] = []
        by_height = sorted(lines, key=lambda line: (line.y, line.left))
        for at, line in enumerate(by_height):
            crosses = line.left < middle - 2 and line.right > middle + 2
            level = [
                one for one in by_height[max(0, at - 2) : at + 3] if abs(one.y - line.y) < _LEVEL
            ]
            ends_across = (  # the last line of a paragraph across both columns
                bool(across)
                and len(level) == 1
                and not line.strong
                and line.y - across[-1].y <= _NEXT * line.size
                and abs(line.left - across[-1].left) <= line.size
            )
            if crosses or ends_across:
                yield from self._beside(beside, middle)
                beside = []
                across.append(line)
            else:
                yield from self._paragraphs(across)
                across = []
                beside.append(line)
        yield from self._paragraphs(across)
        yield from self._beside(beside, middle)

    def _line(self, page: int, line: BlockLine) -> _Line:
        row = line.row
        strong, emphasis = self._looks.of(page, row.y, row.left, row.right)
        return _Line(
            _text(row), row.y, row.size, row.left, row.right, strong, emphasis, line.uncertain
        )

    def _beside(self, lines: list[_Line], middle: float) -> Iterator[Block]:
        """Lines in two columns as the rows of a table: a row ends where both columns have white in
        the same height.
        """
        if not lines:
            return
        sides = (
            [line for line in lines if line.right <= middle + 2],
            [line for line in lines if line.right > middle + 2],
        )
        if not sides[0] or not sides[1]:
            yield from self._paragraphs(lines)
            return
        groups = sorted(
            (group for side in sides for group in self._groups(side)),
            key=lambda group: group[0].top,
        )
        bands: list[list[list[_Line]]] = []
        end = float("-inf")
        for group in groups:
            if not bands or group[0].top > end:
                bands.append([])
            bands[-1].append(group)
            end = max(end, group[-1].bottom)
        below = self._below(bands, middle)
        # Where headings begin rows, nothing else does.
        headed = sum(
            group[0].strong and group[0].right <= middle + 2 for band in bands for group in band[:1]
        )
        rows: list[tuple[list[_Line], list[_Line]]] = []
        for band in bands[: len(bands) - len(below)]:
            left = [line for group in band if group[0].right <= middle + 2 for line in group]
            right = [line for group in band if group[0].right > middle + 2 for line in group]
            begins = bool(left) and (left[0].strong or left[0].size > _LARGE * self._size)
            begun = any(row[0] and row[0][0].strong for row in rows)
            one_sided = not left or not right
            if rows and not begins and (one_sided or (headed > 1 and begun)):
                rows[-1][0].extend(left)
                rows[-1][1].extend(right)
            else:
                rows.append((left, right))
        yield Table(
            tuple(tuple(Cell(tuple(self._paragraphs(side))) for side in row) for row in rows)
        )
        for band in below:
            for group in band:
                yield from self._paragraphs(group)

    def _below(self, bands: Sequence[list[list[_Line]]], middle: float) -> list[list[list[_Line]]]:
        """What stands below the last row: in one column only, and far from what is above it."""
        if len(bands) < 2:
            return []
        sides = {group[0].right <= middle + 2 for group in bands[-1]}
        above = max(group[-1].bottom for group in bands[-2])
        gap = min(group[0].top for group in bands[-1]) - above
        return [bands[-1]] if len(sides) == 1 and gap > _FAR * self._size else []

    def _groups(self, lines: Sequence[_Line]) -> list[list[_Line]]:
        """The lines of a column, cut where there is white between them."""
        ordered = sorted(lines, key=lambda line: line.y)
        steps = [b.y - a.y for a, b in pairwise(ordered) if b.y > a.y]
        usual = median(steps) if steps else 0.0
        groups: list[list[_Line]] = []
        for line in ordered:
            if not groups or line.y - groups[-1][-1].y > _PARAGRAPH * usual:
                groups.append([])
            groups[-1].append(line)
        return groups

    def _paragraphs(self, lines: Sequence[_Line]) -> Iterator[Paragraph]:
        """The lines of one column as paragraphs."""
        steps = [b.y - a.y for a, b in pairwise(lines) if b.y > a.y]
        usual = median(steps) if steps else 0.0
        width = max((line.right for line in lines), default=0.0)
        part: list[_Line] = []
        for line in lines:
            before = part[-1] if part else None
            if before is not None and (
                line.y - before.y > _PARAGRAPH * usual
                or line.y < before.y
                or abs(line.size - before.size) > 0.15 * before.size
                or line.strong != before.strong
                or (line.emphasis != before.emphasis and before.text.rstrip().endswith((".", "“")))
                or line.left - before.left > _INDENT * line.size
                or (before.right < 0.75 * width and before.text.endswith((".", "!", "?", "“", ")")))
            ):
                yield from self._paragraph(part)
                part = []
            part.append(line)
        if part:
            yield from self._paragraph(part)

    def _paragraph(self, lines: Sequence[_Line]) -> Iterator[Paragraph]:
        """Lines as a paragraph; where a hyphen ends one, a part begins that goes on."""
        heading = 0
        text = " ".join(line.text for line in lines)
        if lines[0].size > _LARGE * self._size and len(text.split()) <= _HEADING_WORDS:
            heading = 1 if lines[0].size > _TITLE * self._size else 2
        style = UNCERTAIN if any(line.uncertain for line in lines) else PLACED
        runs: list[Run] = []
        continues = False
        for line in lines:
            if runs:
                last = runs[-1]
                if last.text.endswith(("-", "\u00ad", "\u2010")):
                    yield Paragraph(tuple(runs), heading, style=style, continues=continues)
                    runs, continues = [], True
                else:
                    runs.append(Run(" ", line.strong, line.emphasis))
            runs.append(Run(line.text, line.strong, line.emphasis))
        yield Paragraph(tuple(runs), heading, style=style, continues=continues)


def _main_gutter(gutters: Sequence[Gutter], lines: Sequence[_Line]) -> Gutter | None:
    """The gutter that most lines stand beside, those that cross it aside."""
    best: tuple[int, Gutter] | None = None
    for left, right in gutters:
        middle = (left + right) / 2
        before = sum(line.right <= middle + 2 for line in lines)
        after = sum(line.left >= middle - 2 for line in lines)
        if best is None or min(before, after) > best[0]:
            best = min(before, after), (left, right)
    return best[1] if best is not None and best[0] else None


def _text(row: TextRow) -> str:
    return " ".join(clean(word.text) for word in row.words)
