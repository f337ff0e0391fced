"""HTML that a word processor has saved, or that is a page of the web → `Document`.

Nothing is loaded: of pictures, only those within the file are read. Scripts and styles are left
out; what a browser does not show is told as hidden.
"""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from brochure.diagnostics import Diagnostic, Location, fail, warning
from brochure.interchange.document import (
    Block,
    Cell,
    Document,
    Kind,
    Leftover,
    Paragraph,
    Picture,
    Run,
    Table,
)
from brochure.interchange.reading.raised import Shift, shifted
from brochure.interchange.reading.witness import words_of
from brochure.messages import say

_DEPTH = 500  # elements within each other, about as in browsers
_NEAR = 60  # characters that say where something stands
_TABLES = 20  # within each other; deeper ones are read as text
_SPAN = 1_000  # columns or rows of a cell, as browsers allow (HTML standard, 4.9.11)
# Elements that are blocks (HTML standard, 15.3).
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
     "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
     "header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "ol", "p",
     "plaintext", "pre", "search", "section", "summary", "ul", "xmp", "h1", "h2", "h3", "h4", "h5",
     "h6", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "nav")
)  # fmt: skip
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
     "track", "wbr")
)  # fmt: skip
# What has no words for people.
_CODE = frozenset(("script", "style"))
# What is no text of a page, and what it is instead.
_BESIDE: dict[str, Kind] = {
    "nav": "other", "template": "hidden", "noscript": "hidden", "del": "deletion",
    "textarea": "field", "select": "field", "button": "field", "math": "formula", "svg": "other",
}  # fmt: skip
# Elements that end when one of these begins (HTML standard, 13.1.2.4).
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset(("li",)), frozenset(("ul", "ol", "menu", "dir"))),
    "dt": (frozenset(("dt", "dd")), frozenset(("dl",))),
    "dd": (frozenset(("dt", "dd")), frozenset(("dl",))),
    "td": (frozenset(("td", "th")), frozenset(("tr", "table"))),
    "th": (frozenset(("td", "th")), frozenset(("tr", "table"))),
    "tr": (frozenset(("tr",)), frozenset(("table",))),
    "tbody": (frozenset(("thead", "tbody", "tfoot", "tr")), frozenset(("table",))),
    "tfoot": (frozenset(("thead", "tbody", "tfoot", "tr")), frozenset(("table",))),
    "thead": (frozenset(("thead", "tbody", "tfoot", "tr")), frozenset(("table",))),
    "option": (frozenset(("option",)), frozenset(("select",))),
}
_FRAMES = frozenset(("td", "th", "table", "caption"))  # a paragraph does not reach out of them
# Elements within a word, for the witness.
INLINE = re.compile(
    r"</?(?:a|abbr|b|big|cite|em|font|i|ins|mark|o:p|q|s|small|span|strike|strong|sub|sup|u|wbr)"
    r"\b[^<>]*>",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[ \t\n\r\f]+")


@dataclass
class _Element:
    """An open element, with what holds for the text in it."""

    tag: str
    strong: bool = False
    emphasis: bool = False
    struck: bool = False
    link: str = ""
    pre: bool = False
    heading: int = 0
    style: str = ""
    beside: Kind | None = None
    code: bool = False
    marker: bool = False
    shift: Shift | None = None
    counts: bool = True  # as a table, or as a part of one: those within too many others do not


@dataclass
class _Table:
    """A table that is being read."""

    rows: list[list[Cell]] = field(default_factory=list)
    header_rows: int = 0
    blocks: list[list[Block]] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    in_header: bool = False
    line: int = 0


def read_html(data: bytes, name: str) -> Document:
    """An HTML file. Raises DiagnosticsError if its encoding is unknown."""
    text, diagnostics = _decoded(data, name)
    document = document_of_html(text)
    return replace(document, words=words_of(_bare(text)), diagnostics=diagnostics)


def document_of_html(text: str) -> Document:
    """A piece of HTML, without a count of its words."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.finish()
    return Document(
        blocks=tuple(reader.blocks),
        leftovers=tuple(reader.leftovers),
        title=" ".join(reader.title.split()),
        language=reader.language,
    )


def _decoded(data: bytes, name: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """By the byte order mark, as UTF-8, or in the encoding that it declares (HTML standard,
    13.2.3.2), of which Latin-1 is windows-1252 (Encoding standard, 4.2); without any, as that,
    which is told.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), ()
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        declared = re.search(
            rb"""(?:<meta[^>]+charset|<\?xml[^>]+encoding)\s*=\s*["']?([\w-]+)""",
            data[:4096],
            re.IGNORECASE,
        )
        if declared is None:
            return data.decode("cp1252", "replace"), (guessed_encoding(name),)
        encoding = declared[1].decode("ascii").lower()
        try:
            latin = encoding in ("iso-8859-1", "latin1")
            return data.decode("cp1252" if latin else encoding), ()
        except (LookupError, UnicodeDecodeError):
            fail(
                "import-encoding",
                say("The letters of `{file}` cannot be read.", file=name),
                Location(name),
                say("Save it again as UTF-8, or as .docx."),
            )


def guessed_encoding(name: str) -> Diagnostic:
    """That nobody knows in which encoding a file is."""
    return warning(
        "import-encoding",
        say(
            "`{file}` does not say in which encoding it is; it was read as one of Windows.",
            file=name,
        ),
        Location(name),
        say("Look at the umlauts and quotation marks. Save it as UTF-8 to be sure."),
    )


def _bare(text: str) -> str:
    """All text of a file of HTML: this is the witness, and does not use the parser."""
    for name in ("script", "style"):
        text = _cut_out(text, re.compile(rf"<{name}\b[^<>]*>", re.IGNORECASE), f"</{name}")
    text = re.sub(r"(?is)<title\b[^<>]*>[^<]*</title", " ", text, count=1)
    text = _cut_out(text, re.compile(r"<!--(?=\[(?:if|endif)\b|<!\[endif)"), "-->")
    text = text.replace("<!--", " ")
    text = text.replace("-->", " ")
    text = INLINE.sub("", text)
    text = re.sub(r"<[!?/A-Za-z][^<>]*>", " ", text)
    return html.unescape(text)


def _cut_out(text: str, begin: re.Pattern[str], end: str) -> str:
    """A text without what stands between a beginning and the next end, or the end of the text."""
    parts: list[str] = []
    lowered = text.lower()
    at = 0
    while found := begin.search(text, at):
        parts.append(text[at : found.start()])
        stop = lowered.find(end, found.end())
        at = len(text) if stop < 0 else stop + len(end)
    return " ".join([*parts, text[at:]])


class _Reader(HTMLParser):
    """Collects blocks as a browser would show them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.leftovers: list[Leftover] = []
        self.title = ""
        self.language = ""
        self._open: list[_Element] = [_Element("")]
        self._runs: list[Run] = []
        self._tables: list[_Table] = []
        self._beside = ""  # words of an element that is no text
        self._near = ""
        self._item = ""
        self._counters: list[int] = []
        self._in_title = False
        self._inserted: list[list[str]] = []  # the words of insertions that are open

    # --- Events.

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = values.get("lang", "") or self.language
        if tag == "title":
            self._in_title = not self.title
        elif tag == "body" or tag in _BLOCKS:
            self._in_title = False  # which nobody has ended
        if tag == "br":
            self._add("\n", exact=True)
            return
        if tag == "img":
            self._image(values)
            return
        if tag in _BLOCKS or tag == "option":
            self._end_implied(tag)
        if tag in _VOID or len(self._open) > _DEPTH:
            return
        element = self._element(tag, values)
        if element.beside is not None and self._open[-1].beside is None:
            self._beside = ""
        self._open.append(element)
        if element.beside is not None or element.code:
            return
        match tag:
            case "q":
                self._add(self._quotes[0], exact=False)
            case "ins":
                self._inserted.append([])
            case "ul" | "ol" | "menu" | "dir":
                start = values.get("start", "")
                self._counters.append(int(start) - 1 if start[:9].isdigit() and tag == "ol" else 0)
            case "li":
                self._item = self._next_marker(values)
            case "table":
                element.counts = len(self._tables) < _TABLES
                if element.counts:
                    self._tables.append(_Table(line=self.getpos()[0]))
            case "thead" | "tr" | "td" | "th":
                element.counts = self._in_table()
                if element.counts:
                    self._begin_part(tag, values)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, with all that is still open in it."""
        if tag == "title":
            self._in_title = False
        if tag in _VOID:
            return
        if tag == "p" and not any(element.tag == "p" for element in self._open):
            return
        at = len(self._open) - 1
        while at > 0 and self._open[at].tag != tag:
            if self._open[at].tag in _FRAMES and tag not in (*_FRAMES, "tr", "tbody", "thead",
                                                             "tfoot", "body", "html"):  # fmt: skip
                return  # an end tag does not reach out of a cell
            at -= 1
        if at > 0:
            self._close_to(at)

    def handle_data(self, data: str) -> None:
        """Words."""
        if self._in_title:
            self.title += data
            return
        top = self._open[-1]
        if top.code:
            return
        if top.beside is not None:
            self._beside += data
            return
        if top.marker:
            mark = data.strip(" \t\n\r\f\u00a0")
            self._item = mark or self._item
            return
        self._add(data, exact=top.pre)

    def handle_comment(self, data: str) -> None:
        """A comment: what somebody wrote for themselves, unless a program did."""
        if re.match(r"\[(?:if|endif)\b", data) or "[endif]" in data or not data.strip():
            return
        self.leftovers.append(Leftover("comment", " ".join(data.split()), self._near))

    def finish(self) -> None:
        """After the end of the file."""
        self._close_to(1)
        self._flush()

    # --- Elements.

    def _element(self, tag: str, values: dict[str, str]) -> _Element:
        outer = self._open[-1]
        css = values.get("style", "").lower()
        weight = re.search(r"(?<![\w-])font-weight\s*:\s*(\w+)", css)
        slant = re.search(r"(?<![\w-])font-style\s*:\s*(\w+)", css)
        strong = outer.strong or tag in ("b", "strong")
        if weight:
            strong = weight[1] in ("bold", "bolder") or (
                weight[1].isdigit() and int(weight[1]) >= 600
            )
        emphasis = outer.emphasis or tag in ("i", "em", "cite")
        if slant:
            emphasis = slant[1] in ("italic", "oblique")
        hidden = "hidden" in values or re.search(
            r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", css
        )
        beside = outer.beside or ("hidden" if hidden else _BESIDE.get(tag))
        href = values.get("href", "").strip() if tag == "a" else ""
        own_class = values.get("class", "") if tag in _BLOCKS else ""
        return _Element(
            tag,
            strong,
            emphasis,
            outer.struck or tag in ("s", "strike") or "line-through" in css,
            ("" if href.startswith("#") else href) if tag == "a" else outer.link,
            outer.pre or tag in ("pre", "listing", "xmp", "plaintext"),
            int(tag[1]) if re.fullmatch("h[1-6]", tag) else 0 if tag in _FRAMES else outer.heading,
            own_class or ("Quote" if tag == "blockquote" else outer.style),
            beside,
            outer.code or tag in _CODE,
            outer.marker or "mso-list:ignore" in css.replace(" ", ""),
            _shift(tag, css) or outer.shift,
        )

    def _end_implied(self, tag: str) -> None:
        """End what the beginning of a block ends, and the paragraph before it."""
        ended, limits = _ENDS.get(tag, (frozenset(), frozenset()))
        for at in range(len(self._open) - 1, 0, -1):
            open_tag = self._open[at].tag
            if open_tag in ended:
                self._close_to(at)
                break
            if open_tag in limits:
                break
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at].tag == "p":
                self._close_to(at)
                break
            if self._open[at].tag in _FRAMES:
                break
        self._flush()

    def _close_to(self, depth: int) -> None:
        """End elements until so many are open."""
        while len(self._open) > depth:
            element = self._open.pop()
            outer = self._open[-1]
            if element.beside is not None:
                if outer.beside is None:
                    words = " ".join(self._beside.split())
                    if words:
                        self.leftovers.append(Leftover(element.beside, words, self._near))
                    self._beside = ""
                elif element.tag in _BLOCKS or element.tag == "option":
                    self._beside += " "
                continue
            if element.code:
                continue
            if element.tag in _BLOCKS:
                self._flush(element)
            match element.tag:
                case "q":
                    self._add(self._quotes[1], exact=False)
                case "ins" if self._inserted:
                    words = " ".join("".join(self._inserted.pop()).split())
                    if words:
                        self.leftovers.append(Leftover("insertion", words, self._near))
                case "ul" | "ol" | "menu" | "dir" if self._counters:
                    self._counters.pop()
                case "li":
                    self._item = ""
                case "td" | "th" if element.counts:
                    self._end_cell()
                case "thead" if element.counts:
                    self._tables[-1].in_header = False
                case "table" if element.counts:
                    self._end_table()

    def _next_marker(self, values: dict[str, str]) -> str:
        lists = [
            element.tag for element in self._open if element.tag in ("ul", "ol", "menu", "dir")
        ]
        if not lists or lists[-1] != "ol" or not self._counters:
            return "–"
        value = values.get("value", "")
        self._counters[-1] = int(value) if value[:9].isdigit() else self._counters[-1] + 1
        return f"{self._counters[-1]}."

    # --- Text.

    @property
    def _quotes(self) -> str:
        """What browsers show around a `q`, by the language of the page."""
        return "“”" if self.language.startswith("en") else "„“"

    def _add(self, text: str, *, exact: bool) -> None:
        element = self._open[-1]
        if element.beside is not None:
            self._beside += " " if text == "\n" else text
            return
        if element.code:
            return
        words = shifted(text if exact else _SPACES.sub(" ", text), element.shift)
        if not exact and words[:1] == " " and (
            not self._runs or self._runs[-1].text[-1:] in (" ", "\n")
        ):  # fmt: skip
            words = words[1:]
        if words:
            for inserted in self._inserted:
                inserted.append(words)
            self._runs.append(
                Run(words, element.strong, element.emphasis, element.link, element.struck)
            )

    def _flush(self, element: _Element | None = None) -> None:
        """End the paragraph that is being read."""
        top = element or self._open[-1]
        runs, self._runs = self._runs, []
        text = "".join(run.text for run in runs)
        if not text.strip(" \n\t\u00a0"):
            return
        marker, self._item = self._item, ""
        paragraph = Paragraph(
            tuple(_without_end(runs)), top.heading, marker, top.style, line=self.getpos()[0]
        )
        self._near = " ".join(text.split())[-_NEAR:]
        self._target().append(paragraph)

    def _target(self) -> list[Block]:
        for table in reversed(self._tables):
            if table.blocks:
                return table.blocks[-1]
        return self.blocks

    def _image(self, values: dict[str, str]) -> None:
        if self._open[-1].beside is not None or self._open[-1].code:
            return
        found = re.match(r"data:(image/[\w.+-]+);base64,", values.get("src", ""))
        description = " ".join(values.get("alt", "").split())
        if found:
            try:
                data = base64.b64decode(values["src"][found.end() :], validate=False)
            except (binascii.Error, ValueError):
                data = b""
            if data:
                self._flush()
                self._target().append(Picture(data, found[1], description, line=self.getpos()[0]))
                return
        if description:
            self.leftovers.append(Leftover("other", description, self._near))

    # --- Tables.

    def _in_table(self) -> bool:
        """Whether the innermost table that is open is read as one."""
        return next((one.counts for one in reversed(self._open) if one.tag == "table"), False)

    def _begin_part(self, tag: str, values: dict[str, str]) -> None:
        match tag:
            case "thead":
                self._tables[-1].in_header = True
            case "tr":
                self._tables[-1].rows.append([])
            case _:
                self._begin_cell(values)

    def _begin_cell(self, values: dict[str, str]) -> None:
        table = self._tables[-1]
        if not table.rows:
            table.rows.append([])
        table.blocks.append([])
        table.spans.append((_span(values.get("colspan", "")), _span(values.get("rowspan", ""))))

    def _end_cell(self) -> None:
        table = self._tables[-1]
        if table.blocks:
            columns, rows = table.spans.pop()
            table.rows[-1].append(Cell(tuple(table.blocks.pop()), columns, rows))
            if table.in_header:
                table.header_rows = len(table.rows)

    def _end_table(self) -> None:
        table = self._tables.pop()
        rows = tuple(tuple(row) for row in table.rows if row)
        if any(cell.blocks for row in rows for cell in row):
            header = min(table.header_rows, len(rows))
            self._target().append(Table(rows, header, table.line))


def _shift(tag: str, css: str) -> Shift | None:
    """Whether the text of an element stands raised or lowered."""
    if position := re.search(r"vertical-align\s*:\s*(super|sub)\b", css):
        return "super" if position[1] == "super" else "sub"
    return "super" if tag == "sup" else "sub" if tag == "sub" else None


def _span(value: str) -> int:
    value = value.strip()
    return min(max(int(value[:9]), 1), _SPAN) if value[:9].isdigit() else 1


def _without_end(runs: list[Run]) -> Iterator[Run]:
    """Runs without white space at the end."""
    last = len(runs) - 1
    while last > 0 and not runs[last].text.strip(" \n\t"):
        last -= 1
    yield from runs[:last]
    if text := runs[last].text.rstrip(" \n\t"):
        yield replace(runs[last], text=text)
