"""Text, Markdown and HTML → a document with numbered lines."""

import re
from collections import defaultdict
from dataclasses import replace
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from brochure.manuscript.text.markdown import emphasis
from brochure.sources.document import Document, Numbering, NumberingMode, SourceLine
from brochure.sources.matching.tokens import clean
from brochure.sources.reading.line_numbers import find_line_numbers
from brochure.sources.reading.pages import PageRows, assemble_document
from brochure.sources.reading.rows import TextRow
from brochure.sources.reading.words import RowWord

_BULLET = "• "
_NESTING = 50


def parse_text(text: str, mode: NumberingMode | None, *, restarts: bool = False) -> Document:
    """A text file, with the numbers in its margin, or its lines counted as in an editor.

    A form feed begins a page. For `mode` and `restarts` see `assemble_document`.
    """
    pages = text.split("\f")
    if mode in (None, "margin"):
        rows = [tuple(_rows(page)) for page in pages]
        if find_line_numbers(rows, expected=mode == "margin") is not None:
            document = assemble_document([PageRows(page) for page in rows], "margin")
            return replace(document, kind="txt", pages=document.pages if len(pages) > 1 else ())
    restarts = mode == "page" or (mode is None and restarts)
    lines: list[SourceLine] = []
    for index, page in enumerate(pages):
        blank = True
        for number, line in enumerate(page.split("\n"), 1):
            words = clean(line)
            counted = number if restarts else len(lines) + 1
            lines.append(SourceLine(words, index, counted, opens_paragraph=blank and bool(words)))
            blank = not words
        if index + 1 < len(pages) and not lines[-1].text:
            lines.pop()  # a form feed ends a line
    return Document(
        kind="txt",
        lines=tuple(lines),
        pages=tuple(str(i + 1) for i in range(len(pages))) if len(pages) > 1 else (),
        numbering=Numbering("page", restarts=True) if restarts else Numbering("count"),
    )


def _rows(page: str) -> list[TextRow]:
    """The lines of a text as rows; a character is half as wide as it is high."""
    return [
        TextRow(
            float(y),
            1.0,
            tuple(
                RowWord(f[0], f.start() / 2, f.end() / 2)
                for f in re.finditer(r"\S+", line.expandtabs())
            ),
        )
        for y, line in enumerate(page.split("\n"))
        if line.strip()
    ]


def parse_markdown(text: str) -> Document:
    """A Markdown file (CommonMark with tables): its words without markup, its lines counted as in
    an editor.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table")
    parser.inline.ruler.at("emphasis", emphasis)
    words: dict[int, list[str]] = defaultdict(list)
    paragraph_starts: set[int] = set()
    marker = ""
    for token in parser.parse(text):
        start = token.map[0] if token.map else 0
        if token.type == "list_item_open":
            marker = f"{token.info}{token.markup} " if token.info else _BULLET
        elif token.type == "inline":
            paragraph_starts.add(start)
            for offset, part in enumerate(_lines(token.children or [])):
                words[start + offset].append(marker + part)
                marker = ""
        elif token.type in ("fence", "code_block"):
            first = start + (token.type == "fence")
            paragraph_starts.add(first)
            for offset, part in enumerate(token.content.split("\n")):
                words[first + offset].append(part)
        elif token.type == "html_block":
            for offset, part in enumerate(token.content.split("\n")):
                words[start + offset].append(re.sub(r"<[^<>]*>", " ", part))
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


def _lines(tokens: list[Token]) -> list[str]:
    """The words of inline tokens, line by line."""
    lines = [""]
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            lines.append("")
        elif token.type == "html_inline":
            lines[-1] += " " if token.content.startswith("<br") else ""
        else:
            lines[-1] += token.content
    return lines


def parse_html(text: str) -> Document:
    """A web page: its text as a browser shows it; each paragraph, list item or cell is a line."""
    parser = _Html()
    parser.feed(text)
    parser.close()
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


class _Html(HTMLParser):
    """Collects the lines of text that a browser shows without styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self._hidden: list[str] = []
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag == "body":
            self._hidden.clear()  # a head that was never closed
        if tag in _BLOCKS:
            self.lines.append(_BULLET if tag == "li" else "")
        self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        if tag in _BLOCKS:
            self.lines.append("")
        self._pre -= tag == "pre"

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        first, *more = data.split("\n") if self._pre > 0 else [data.replace("\n", " ")]
        self.lines[-1] += first
        self.lines += more
