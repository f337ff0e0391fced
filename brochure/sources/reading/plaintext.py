"""Text, Markdown and HTML → a document with numbered lines."""

import re
from collections import defaultdict
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from brochure.manuscript.text.markdown import emphasis
from brochure.sources.document import Document, Numbering, NumberingMode, SourceLine
from brochure.sources.matching.tokens import clean
from brochure.sources.reading.inline import InlineText, with_footnote_marks
from brochure.sources.reading.line_numbers import find_line_numbers
from brochure.sources.reading.pages import PageRows, assemble_document
from brochure.sources.reading.paragraph_numbers import find_paragraph_numbers
from brochure.sources.reading.rows import TextRow
from brochure.sources.reading.words import RowWord

_BULLET = "• "
_NESTING = 50
_LONGEST = 10_000  # characters of a line, by which words are put in order


def parse_text(text: str, mode: NumberingMode | None, *, restarts: bool = False) -> Document:
    """A text file, with the numbers in its margin, or its lines counted as in an editor.

    A form feed begins a page. For `mode` and `restarts` see `assemble_document`.
    """
    pages = text.split("\f")
    rows = [tuple(_rows(page)) for page in pages]
    paragraphs = find_paragraph_numbers(rows)
    if mode in (None, "margin") and paragraphs is None:
        if find_line_numbers(rows, expected=mode == "margin") is not None:
            document = assemble_document([PageRows(page) for page in rows], "margin")
            return replace(document, kind="txt", pages=document.pages if len(pages) > 1 else ())
    restarts = mode == "page" or (mode is None and restarts)
    lines: list[SourceLine] = []
    count = 0
    for index, page in enumerate(pages):
        blank = True
        asides = paragraphs.numbers_at(index) if paragraphs else {}
        for number, line in enumerate(page.split("\n"), 1):
            words = clean(line)
            if aside := asides.get(number - 1.0):
                lines.append(SourceLine(aside, index, None, artifact=True))
                words = words.removeprefix(aside).removesuffix(aside).strip()
            count += 1
            counted = number if restarts else count
            lines.append(SourceLine(words, index, counted, opens_paragraph=blank and bool(words)))
            blank = not words
        if index + 1 < len(pages) and not lines[-1].text:
            lines.pop()  # a form feed ends a line
            count -= 1
    return Document(
        kind="txt",
        lines=tuple(lines),
        pages=tuple(str(i + 1) for i in range(len(pages))) if len(pages) > 1 else (),
        numbering=Numbering("page", restarts=True) if restarts else Numbering("count"),
        paragraph_numbers=paragraphs.printed if paragraphs else 0,
    )


def _rows(page: str) -> list[TextRow]:
    """The lines of a text as rows; a character is half as wide as it is high."""
    return [
        TextRow(
            float(y),
            1.0,
            tuple(
                RowWord(f[0], f.start() / 2, f.end() / 2, order=y * _LONGEST + f.start())
                for f in re.finditer(r"\S+", line.expandtabs())
            ),
        )
        for y, line in enumerate(page.split("\n"))
        if line.strip()
    ]


def parse_markdown(text: str) -> Document:
    """A Markdown file (CommonMark with tables, strikethrough and footnotes): its words without
    markup, its lines counted as in an editor.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])
    parser.inline.ruler.at("emphasis", emphasis)
    words: dict[int, list[str]] = defaultdict(list)
    paragraph_starts: set[int] = set()
    marker = ""
    inline = _Markdown()
    for token in parser.parse(with_footnote_marks(text)):
        start = token.map[0] if token.map else 0
        if token.type == "list_item_open":
            marker = f"{token.info}{token.markup} " if token.info else _BULLET
            paragraph_starts.add(start)
        elif token.type == "inline":
            if not marker:
                paragraph_starts.add(start)
            for offset, part in enumerate(inline.lines_of(token.children or [])):
                words[start + offset].append(marker + part)
                marker = ""
        elif token.type in ("fence", "code_block"):
            first = start + (token.type == "fence")
            paragraph_starts.add(first)
            for offset, part in enumerate(token.content.split("\n")):
                words[first + offset].append(part)
        elif token.type == "html_block":
            for offset, part in enumerate(inline.lines_of_html(token.content)):
                words[start + offset].append(part)
    return Document(
        kind="md",
        lines=tuple(
            SourceLine(
                clean(" ".join(words.get(i, ()))), 0, i + 1, opens_paragraph=i in paragraph_starts
            )
            for i in range(text.count("\n") + 1)
        ),
        numbering=Numbering("count"),
    )


class _Markdown(InlineText):
    """Inline tokens, and blocks of HTML, line by line as they are written."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag in _BLOCKS:
            self.handle_data(" ")

    def lines_of(self, tokens: list[Token]) -> list[str]:
        """The words of a paragraph; what is left open at its end ends there."""
        self.lines, depth = [""], self.depth
        for token in tokens:
            if token.type in ("softbreak", "hardbreak"):
                self.lines.append("")
            elif token.type == "html_inline":
                self._feed_whole(token.content)
            elif token.type == "s_open":
                self.open("s", "struck")
            elif token.type == "s_close":
                self.handle_endtag("s")
            else:
                self.handle_data(token.content)
        self.close_to(depth)
        return self.lines

    def lines_of_html(self, content: str) -> list[str]:
        """The words of a block of HTML; what is left open at its end may go on after it."""
        self.lines = [""]
        for index, line in enumerate(content.split("\n")):
            if index:
                self.lines.append("")
            self.feed(line + "\n")
        self._feed_whole("")
        return self.lines

    def _feed_whole(self, content: str) -> None:
        self.feed(content)
        self.close()
        self.reset()


def parse_html(text: str) -> Document:
    """A web page: its text as a browser shows it; each paragraph, list item or cell is a line.

    What is struck out is left out; what was inserted is text.
    """
    parser = _Html()
    parser.feed(text)
    parser.close()
    parser.close_to(0)
    lines = [words for line in parser.lines if (words := clean(line))]
    return Document(
        kind="html",
        lines=tuple(
            SourceLine(words, 0, i, opens_paragraph=True) for i, words in enumerate(lines, 1)
        ),
        numbering=Numbering("count"),
    )


# Elements that are blocks by the HTML standard (15.3), and table cells.
_BLOCKS = frozenset(
    ("address", "article", "artifact", "blockquote", "body", "br", "caption", "center", "dd",
     "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
     "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li",
     "listing", "main", "menu", "nav", "ol", "optgroup", "option", "p", "plaintext", "pre",
     "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
     "xmp")
)  # fmt: skip
_HIDDEN = frozenset(("head", "script", "style", "template", "noscript", "textarea", "select"))


_VOID = frozenset(("artifact", "br", "hr"))  # blocks that nothing is in
# Elements that end when the next one begins (HTML standard, 13.1.2.4).
_ENDED_BY = {"p": {"p"}, "li": {"li"}, "td": {"td", "th"}, "th": {"td", "th"},
             "tr": {"tr", "td", "th"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}}  # fmt: skip


class _Html(InlineText):
    """Collects the lines of text that a browser shows without styles."""

    def __init__(self) -> None:
        super().__init__()
        self._hidden: list[str] = []
        self._blocks: list[tuple[str, int]] = []  # open ones, with what was open before each
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag == "body":
            self._hidden.clear()  # a head that was never closed
        if tag in _BLOCKS:
            while self._blocks and self._blocks[-1][0] in _ENDED_BY.get(tag, ()):
                self.close_to(self._blocks.pop()[1])
            if tag not in _VOID:
                self._blocks.append((tag, self.depth))
            self.lines.append(_BULLET if tag == "li" and not self.is_struck else "")
        self._pre += tag == "pre"
        super().handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        if tag in _BLOCKS:
            self._end_block(tag)
            self.lines.append("")
        self._pre -= tag == "pre"

    def _end_block(self, tag: str) -> None:
        """End a block, with all that is left open in it."""
        if any(block == tag for block, _ in self._blocks):
            while True:
                block, depth = self._blocks.pop()
                self.close_to(depth)
                if block == tag:
                    break

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        first, *more = data.split("\n") if self._pre > 0 else [data.replace("\n", " ")]
        super().handle_data(first)
        for line in more:
            self.lines.append("")
            super().handle_data(line)
