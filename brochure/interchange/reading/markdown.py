"""Markdown (CommonMark 0.31 with tables and strikethrough) and plain text → `Document`.

Emphasis never begins or ends inside a word, so that „Bürger*innen und Schüler*innen“ keeps its
asterisks.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from brochure.diagnostics import Diagnostic
from brochure.interchange.document import (
    Block,
    Cell,
    Document,
    Leftover,
    Paragraph,
    Run,
    Table,
)
from brochure.interchange.reading.html import INLINE, document_of_html, guessed_encoding
from brochure.interchange.reading.raised import Shift, shifted
from brochure.interchange.reading.witness import words_of
from brochure.manuscript.text.markdown import emphasis
from brochure.sources.reading.inline import with_footnote_marks

_NESTING = 50
_WIDE = 200  # characters; with lines longer than this, each line of a text is a paragraph
_SHORT = 0.7  # of the longest line; a shorter one ends its paragraph
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)

_BEGINS = re.compile(
    r"\s*(?:[-*+•–]\s|\d{1,3}[.)]\s|[„“»«\"]|[(\[]?(?:Zeile|Z\.|S\.|Seite)|\w+:\s)"
)


def decode(data: bytes, name: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of a file: UTF-8, UTF-16 with a byte order mark, or else what Windows writes."""
    diagnostics: tuple[Diagnostic, ...] = ()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
            diagnostics = (guessed_encoding(name),)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), diagnostics


def read_markdown(data: bytes, name: str) -> Document:
    """A Markdown file, or by its name a plain text. HTML in Markdown is read as such; front matter
    is a leftover.
    """
    if name.lower().endswith((".txt", ".text")):
        return read_plain_text(data, name)
    text, diagnostics = decode(data, name)
    words = words_of(_bare(text))
    leftovers: list[Leftover] = []
    if front := _FRONT_MATTER.match(text):
        leftovers.append(Leftover("field", front[1]))
        text = "\n" * front[0].count("\n") + text[front.end() :]
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])
    parser.inline.ruler.at("emphasis", emphasis)
    reader = _Reader(parser.parse(with_footnote_marks(text)), leftovers)
    blocks = tuple(reader.blocks())
    return Document(blocks=blocks, leftovers=tuple(leftovers), words=words, diagnostics=diagnostics)


def _bare(text: str) -> str:
    """A text without what is no word in Markdown: addresses of links and pictures, tags, entities,
    markers of numbered lists.

    This is the witness: it does not use the parser.
    """
    text = re.sub(r"(?<!\w)_+|_+(?!\w)", " ", text.replace("<!--", " ").replace("-->", " "))
    text = _TAG.sub(" ", INLINE.sub("", text))
    text = re.sub(r"&(?:shy|#173|#[xX][aA][dD]);", "", text)
    text = re.sub(r"\[\^[^\]\s]{1,60}\]:?", " ", text)  # a mark of a footnote
    text = re.sub(r"&(?:[A-Za-z]{2,31}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});", " ", text)
    text = _COUNT.sub(r"\1", _TARGET.sub("] ", text))
    return _DEFINITION.sub("", text)


_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?=[\s/>])[^<>]{0,2000}>")
_TARGET = re.compile(
    r"\]\([ \n]{0,9}(?:<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)"
    r"(?:[ \n]{1,9}\"[^\"\n]*\")?[ \n]{0,9}\)"
)
_DEFINITION = re.compile(
    r"^ {0,3}\[[^\]\n]+\]:[ \t]*(?:<[^<>\n]*>|(?:[a-z]{3,6}:|www\.|[./#])\S*).*$", re.MULTILINE
)
_COUNT = re.compile(r"^([ \t]*(?:>[ \t]*)*(?:[-*+][ \t]+)*)\d{1,9}[.)](?=\s)", re.MULTILINE)


@dataclass
class _Style:
    """What is open at a place of a paragraph."""

    strong: int = 0
    emphasis: int = 0
    struck: int = 0
    links: list[str] = field(default_factory=list)
    shift: Shift | None = None

    def run(self, text: str) -> Run:
        link = self.links[-1] if self.links else ""
        return Run(
            shifted(text, self.shift), self.strong > 0, self.emphasis > 0, link, self.struck > 0
        )


class _Reader:
    """Tokens → blocks."""

    def __init__(self, tokens: Sequence[Token], leftovers: list[Leftover]) -> None:
        self._tokens = tokens
        self._leftovers = leftovers
        self._at = 0

    def blocks(self) -> Iterator[Block]:
        """All blocks."""
        waiting = ""  # the marker of the item that has just begun
        heading = 0
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            line = (token.map[0] if token.map else 0) + 1
            match token.type:
                case "heading_open":
                    heading = int(token.tag[1:])
                case "heading_close":
                    heading = 0
                case "list_item_open":
                    waiting = f"{token.info}{token.markup}" if token.info else "–"
                case "list_item_close":
                    waiting = ""
                case "inline":
                    yield from self._paragraphs(token, heading, waiting, line)
                    waiting = ""
                case "fence" | "code_block":
                    text = token.content.rstrip("\n")
                    yield Paragraph((Run(text),), style="code", line=line)
                case "html_block":
                    yield from self._html(token.content, line)
                case "table_open":
                    yield self._table(line)

    def _paragraphs(self, token: Token, heading: int, item: str, line: int) -> Iterator[Paragraph]:
        runs = tuple(self._runs(token.children or ()))
        if any(run.text.strip() for run in runs):
            yield Paragraph(runs, heading, item, line=line)

    def _runs(self, tokens: Sequence[Token]) -> Iterator[Run]:
        style = _Style()
        for token in tokens:
            match token.type:
                case "strong_open" | "strong_close":
                    style.strong += token.nesting
                case "em_open" | "em_close":
                    style.emphasis += token.nesting
                case "s_open" | "s_close":
                    style.struck += token.nesting
                case "link_open":
                    address = str(token.attrs.get("href", ""))
                    style.links.append("" if address == "#" else address)
                case "link_close":
                    style.links.pop()
                case "softbreak":
                    yield style.run(" ")
                case "hardbreak":
                    yield style.run("\n")
                case "image":
                    if token.content.strip():
                        self._leftovers.append(Leftover("other", token.content))
                case "html_inline":
                    yield from self._tag(token.content, style)
                case _:
                    if token.content:
                        yield style.run(token.content)

    def _tag(self, tag: str, style: _Style) -> Iterator[Run]:
        """A tag of HTML among the words."""
        if comment := re.fullmatch(r"<!--(.*)-->", tag, re.DOTALL):
            self._leftovers.append(Leftover("comment", comment[1].strip()))
            return
        found = re.match(r"<(/?)([A-Za-z][A-Za-z0-9]*)", tag)
        if not found:
            return
        name, step = found[2].lower(), -1 if found[1] else 1
        if name == "br":
            yield style.run("\n")
        elif name in ("b", "strong"):
            style.strong = max(0, style.strong + step)
        elif name in ("i", "em"):
            style.emphasis = max(0, style.emphasis + step)
        elif name in ("s", "del", "strike"):
            style.struck = max(0, style.struck + step)
        elif name in ("sup", "sub"):
            style.shift = None if found[1] else "super" if name == "sup" else "sub"
        elif name == "img" and (shown := re.search(r"""\balt\s*=\s*(["'])(.*?)\1""", tag)):
            self._leftovers.append(Leftover("other", html.unescape(shown[2])))

    def _html(self, content: str, line: int) -> Iterator[Block]:
        document = document_of_html(content)
        self._leftovers += document.leftovers
        for block in document.blocks:
            yield replace(block, line=line)

    def _table(self, line: int) -> Table:
        rows: list[tuple[Cell, ...]] = []
        cells: list[Cell] = []
        header = 0
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            match token.type:
                case "table_close":
                    break
                case "tr_open":
                    cells = []
                case "tr_close":
                    rows.append(tuple(cells))
                case "thead_close":
                    header = len(rows) if any(cell.blocks for row in rows for cell in row) else 0
                case "inline":
                    runs = tuple(self._runs(token.children or ()))
                    filled = any(run.text.strip() for run in runs)
                    cells.append(Cell((Paragraph(runs, line=line),) if filled else ()))
        return Table(tuple(row for row in rows if any(c.blocks for c in row)), header, line)


def read_plain_text(data: bytes, name: str) -> Document:
    """A plain text file: paragraphs are apart by empty lines; within them, lines that were wrapped
    are one.
    """
    text, diagnostics = decode(data, name)
    return Document(
        blocks=tuple(_text_paragraphs(text)),
        words=words_of(text),
        diagnostics=diagnostics,
    )


def _text_paragraphs(text: str) -> Iterator[Paragraph]:
    lines = text.replace("\f", "\n\n").split("\n")
    widest = max((len(line.strip()) for line in lines), default=0)
    wrapped = widest <= _WIDE
    parts: list[str] = []
    start = 1
    for number, line in enumerate([*lines, ""], 1):
        words = line.strip()
        before = parts[-1] if parts else ""
        ends = (
            not words or not wrapped or len(before) < _SHORT * widest or bool(_BEGINS.match(line))
        )
        if parts and ends:
            yield Paragraph((Run("\n".join(parts)),), line=start)
            parts = []
        if words:
            start = start if parts else number
            parts.append(words)
