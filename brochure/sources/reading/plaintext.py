"""Text, Markdown and HTML → a document with numbered lines. Pure."""

import re
from collections import defaultdict
from dataclasses import replace
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from brochure.manuscript.text.markdown import emphasis
from brochure.sources.document import Document, Line, Mode, Numbering
from brochure.sources.matching.tokens import clean
from brochure.sources.reading import line_numbers
from brochure.sources.reading import pages as paper
from brochure.sources.reading.rows import Row, Word

_BULLET = "• "
_NESTING = 50


def from_text(text: str, mode: Mode | None, *, anew: bool = False) -> Document:
    """A text file: numbers in its margin, or its lines counted as an editor shows them.

    A form feed begins a page. `mode` and `anew` are those of `paper.document`.
    """
    pages = text.split("\f")
    if mode in (None, "margin"):
        rows = [tuple(_rows(page)) for page in pages]
        if line_numbers.find(rows, sure=mode == "margin") is not None:
            found = paper.document([paper.Page(page) for page in rows], "margin")
            return replace(found, kind="txt", pages=found.pages if len(pages) > 1 else ())
    anew = mode == "page" or (mode is None and anew)
    lines: list[Line] = []
    for index, page in enumerate(pages):
        blank = True
        for number, line in enumerate(page.split("\n"), 1):
            words = clean(line)
            counted = number if anew else len(lines) + 1
            lines.append(Line(words, index, counted, opens=blank and bool(words)))
            blank = not words
        if index + 1 < len(pages) and not lines[-1].text:
            lines.pop()  # a form feed stands for a line end
    return Document(
        kind="txt",
        lines=tuple(lines),
        pages=tuple(str(i + 1) for i in range(len(pages))) if len(pages) > 1 else (),
        numbering=Numbering("page", restarts=True) if anew else Numbering("count"),
    )


def _rows(page: str) -> list[Row]:
    """The lines of a text as rows; a character is half as wide as it is high."""
    return [
        Row(
            float(y),
            1.0,
            tuple(
                Word(f[0], f.start() / 2, f.end() / 2)
                for f in re.finditer(r"\S+", line.expandtabs())
            ),
        )
        for y, line in enumerate(page.split("\n"))
        if line.strip()
    ]


def from_markdown(text: str) -> Document:
    """A Markdown file (CommonMark, and tables): the words without markup, lines counted as an
    editor shows them.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table")
    parser.inline.ruler.at("emphasis", emphasis)
    words: dict[int, list[str]] = defaultdict(list)
    opens: set[int] = set()
    marker = ""
    for token in parser.parse(text):
        start = token.map[0] if token.map else 0
        if token.type == "list_item_open":
            marker = f"{token.info}{token.markup} " if token.info else _BULLET
        elif token.type == "inline":
            opens.add(start)
            for offset, part in enumerate(_lines(token.children or [])):
                words[start + offset].append(marker + part)
                marker = ""
        elif token.type in ("fence", "code_block"):
            first = start + (token.type == "fence")
            opens.add(first)
            for offset, part in enumerate(token.content.split("\n")):
                words[first + offset].append(part)
        elif token.type == "html_block":
            for offset, part in enumerate(token.content.split("\n")):
                words[start + offset].append(re.sub(r"<[^<>]*>", " ", part))
    return Document(
        kind="md",
        lines=tuple(
            Line(clean(" ".join(words[i])) if i in words else "", 0, i + 1, opens=i in opens)
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


def from_html(text: str) -> Document:
    """A web page: its text as it is shown, where each paragraph, item or cell is a line."""
    parser = _Html()
    parser.feed(text)
    parser.close()
    lines = [words for line in parser.lines if (words := clean(line))]
    return Document(
        kind="html",
        lines=tuple(Line(words, 0, i, opens=True) for i, words in enumerate(lines, 1)),
        numbering=Numbering("count"),
    )


# What the HTML standard (15.3) displays as blocks, and cells, which stand apart as well.
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd",
     "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
     "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li",
     "listing", "main", "menu", "nav", "ol", "optgroup", "option", "p", "plaintext", "pre",
     "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
     "xmp")
)  # fmt: skip
_HIDDEN = frozenset(("head", "script", "style", "template", "noscript", "textarea", "select"))


class _Html(HTMLParser):
    """Collects the lines of text that a browser would show without styles."""

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
