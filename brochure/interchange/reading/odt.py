"""An OpenDocument text → a document (OpenDocument 1.3, part 3).

Read from its XML: then it needs no LibreOffice, which few people on Windows have where a program
finds it, and which writes today's date into fields when it converts them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from brochure import bounds
from brochure.diagnostics import Diagnostic, fail, note, warning
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
from brochure.interchange.reading import witness
from brochure.interchange.reading.addresses import web_address
from brochure.interchange.reading.container import (
    Package,
    fail_broken,
    fail_other_package,
    fail_protected,
    open_package,
    picture_left_out,
)
from brochure.interchange.reading.elements import child, every
from brochure.interchange.reading.odt_styles import NO_STYLE, Counts, Style, Styles
from brochure.interchange.reading.pieces import Beside, Pieces, continues, flat, last_words
from brochure.interchange.reading.raised import shifted
from brochure.messages import say

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_SPACE = re.compile(r"[ \t\r\n]+")  # one space, all of it: 6.1.2
_NEAR = 200  # characters of what a comment is about
_ROWS = 1_000  # of a row that is repeated
_HEADERS: dict[str, Kind] = {
    "style:header": "header", "style:header-left": "header", "style:header-first": "header",
    "style:footer": "footer", "style:footer-left": "footer", "style:footer-first": "footer",
}  # fmt: skip
_INDEXES = {
    "text:table-of-content", "text:illustration-index", "text:table-index", "text:object-index",
    "text:user-index", "text:alphabetical-index", "text:bibliography",
}  # fmt: skip
# What holds no text of a reader's.
_SILENT = {
    "text:tracked-changes", "text:sequence-decls", "text:variable-decls", "text:user-field-decls",
    "office:forms", "text:note-citation", "text:number", "text:script", "office:annotation-end",
    "svg:title", "svg:desc", "draw:enhanced-geometry", "dc:creator", "dc:date", "office:scripts",
    "text:alphabetical-index-auto-mark-file", "office:event-listeners", "text:dde-connection-decls",
}  # fmt: skip


@dataclass(frozen=True)
class Within:
    """What text is in: styles, a link, something that is not shown."""

    paragraph: Style = NO_STYLE
    characters: tuple[Style, ...] = ()
    link: str = ""
    kind: Kind | None = None
    list: str = ""
    level: int = 0


def read_odt(data: bytes, name: str) -> Document:
    """The document in an .odt file; templates are read as well. Raises DiagnosticsError."""
    package = open_package(data, name)
    manifest = package.xml("META-INF/manifest.xml")
    if manifest is not None and _has(manifest, "manifest:encryption-data"):
        fail_protected(package.where)
    root = package.xml("content.xml")
    body = child(root, "office:body", "office:text")
    if root is None or body is None:
        if root is None and "mimetype" in package:
            fail_broken(package.where, say("its text is missing"))
        fail_other_package(package)
    styles_root = package.xml("styles.xml")
    reader = _Reader(package, Styles(styles_root, root), body)
    story = _Story(reader)
    blocks = story.blocks(body, Within())
    leftovers = [*story.leftovers, *_removed_whole(reader), *_headers(reader, styles_root)]
    meta = child(package.xml("meta.xml"), "office:meta")
    title, language = (child(meta, one) for one in ("dc:title", "dc:language"))
    if any(one.startswith(("Basic/", "Scripts/")) for one in package.names):
        reader.report(
            note(
                "import-macros",
                say("`{file}` contains macros; they are neither run nor taken over.", file=name),
                package.where,
            )
        )
    return Document(
        blocks=blocks,
        leftovers=tuple(leftovers),
        words=witness.words_of_odt(data),
        title=("" if title is None else title.text or "").strip(),
        language=("" if language is None else language.text or "") or reader.styles.language,
        diagnostics=(*package.diagnostics, *reader.diagnostics),
    )


def _has(root: Element, name: str) -> bool:
    return next(every(root, name), None) is not None


@dataclass
class _Change:
    """A tracked change: who made it, and what was deleted (5.5)."""

    kind: Kind
    who: str
    deleted: Element | None


class _Reader:
    """What the texts of a document share."""

    def __init__(self, package: Package, styles: Styles, body: Element) -> None:
        self.package, self.styles = package, styles
        self.diagnostics: dict[Diagnostic, None] = {}
        self.number = 0
        self.cells = 0
        self.changes: dict[str, _Change] = {}
        for region in every(body, "text:changed-region"):
            for element in region:
                info = child(element, "office:change-info", "dc:creator")
                who = "" if info is None else info.text or ""
                own = region.get("text:id", "") or region.get(_XML_ID, "")
                if element.tag == "text:deletion":
                    self.changes[own] = _Change("deletion", who, element)
                elif element.tag == "text:insertion":
                    self.changes[own] = _Change("insertion", who, None)

    def report(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic, once."""
        self.diagnostics[diagnostic] = None

    def count_cells(self, count: int) -> None:
        """Raise DiagnosticsError if all tables together have too many cells."""
        self.cells += count
        if self.cells > bounds.CELLS:
            fail(
                "import-size",
                say(
                    "The tables of `{file}` have more than {limit} cells.",
                    file=self.package.where.file,
                    limit=bounds.CELLS,
                ),
                self.package.where,
                say("Divide it into several documents."),
            )


class _Story:
    """The text of the body, a header, a note."""

    def __init__(self, reader: _Reader) -> None:
        self.leftovers: list[Leftover] = []
        self._of = reader
        self._shown: list[str] = []
        self._before = ""
        self._page_ended = False
        self._space = True  # whether white space is next to some, or at the beginning: 6.1.2
        self._insertions: dict[str, str] = {}  # those that are open, with their authors
        self._counts: dict[str, Counts] = {}
        self._open: dict[str, tuple[Beside, int]] = {}  # comments, and where their text begins

    def blocks(self, parent: Element, within: Within) -> tuple[Block, ...]:
        """The blocks in an element that contains paragraphs and tables."""
        found: list[Block] = []
        for element in parent:
            match element.tag:
                case "text:p" | "text:h":
                    found += self._paragraph(element, within, found)
                case "text:list":
                    found += self._list(element, within)
                case "table:table":
                    found += self._table(element, within)
                case "text:soft-page-break":
                    self._page_ended = True
                case tag if tag in _SILENT:
                    pass
                case "text:section" if element.get("text:display") == "none":
                    found += self.blocks(element, replace(within, kind="hidden"))
                case tag if tag in _INDEXES:
                    found += self.blocks(element, replace(within, kind="field"))
                case tag if tag.startswith("draw:") or tag in _INLINE_BLOCKS:
                    pieces = Pieces()
                    self._inline_one(element, within, pieces)
                    self.leftovers += pieces.leftovers(self._before)
                    found += pieces.blocks(Paragraph((), line=self._of.number))
                case _:
                    found += self.blocks(element, within)
        return tuple(found)

    def _list(self, element: Element, within: Within) -> list[Block]:
        """The items of a list, each with its marker before its first paragraph (5.3)."""
        style = element.get("text:style-name") or within.list
        inner = replace(within, list=style, level=within.level + 1)
        continued = element.get("text:continue-numbering") == "true"
        if not (within.level or continued or element.get("text:continue-list")):
            self._counts.pop(style, None)
        found: list[Block] = []
        for item in element:
            if item.tag == "text:soft-page-break":
                self._page_ended = True
                continue
            marker = ""
            first = next((one.tag for one in item if one.tag not in _SILENT), "")
            if item.tag == "text:list-item" and first in ("text:p", "text:h"):
                counts = self._counts.setdefault(style, Counts())
                begin = item.get("text:start-value", "")
                if begin.isdecimal() and len(begin) < 6:
                    counts.begin(inner.level, int(begin))
                marker = self._of.styles.marker(style, inner.level, counts)
            blocks = self.blocks(item, inner)
            head = blocks[0] if blocks else None
            # The number of a heading is how it looks, and no part of its text.
            if isinstance(head, Paragraph) and not head.item and not head.heading:
                blocks = (replace(head, item=marker), *blocks[1:])
            found += blocks
        return found

    def _paragraph(self, element: Element, within: Within, before: list[Block]) -> list[Block]:
        self._of.number += 1
        style = self._of.styles.style("paragraph", element.get("text:style-name", ""))
        level = element.get("text:outline-level", "1")
        heading = style.heading
        if element.tag == "text:h":
            heading = int(level) if level.isdecimal() and len(level) < 3 else 1
        pieces = Pieces()
        self._space = True
        if any(
            one.get("text:is-hidden") == "true" for one in every(element, "text:hidden-paragraph")
        ):  # it hides the paragraph that it is in: 7.7.10
            within = replace(within, kind=within.kind or "hidden")
        self._inline(element, replace(within, paragraph=style, link=""), pieces)
        self.leftovers += pieces.leftovers(self._before)
        text = pieces.text.strip()
        starts = self._page_ended or pieces.starts_page or style.starts_page
        last = before[-1] if before else None
        plain = isinstance(last, Paragraph) and not last.heading and not heading
        like = Paragraph(
            runs=(),
            heading=heading,
            style=style.name,
            continues=bool(starts and plain and continues(self._before, text)),
            line=self._of.number,
            names=tuple(pieces.names),
        )
        self._page_ended = self._page_ended and not text
        self._before = text or self._before
        self._shown.append("\n")
        return [
            replace(block, line=self._of.number) if isinstance(block, Picture) else block
            for block in pieces.blocks(like)
        ]

    # --- In a paragraph ---------------------------------------------------------------------

    def _inline(self, parent: Element, within: Within, pieces: Pieces) -> None:
        """The text of an element, and all that is in it (6)."""
        self._text(parent.text, within, pieces)
        for element in parent:
            self._inline_one(element, within, pieces)
            self._text(element.tail, within, pieces)

    def _inline_one(self, element: Element, within: Within, pieces: Pieces) -> None:
        match element.tag:
            case tag if tag in _SILENT:
                if tag == "office:annotation-end":
                    self._end_comment(element.get("office:name", ""))
            case "text:span":
                style = self._of.styles.style("text", element.get("text:style-name", ""))
                around = replace(within, characters=(*within.characters, style))
                self._inline(element, around, pieces)
            case "text:a":
                link = self._link(element.get("xlink:href", ""))
                self._inline(element, replace(within, link=link), pieces)
            case "text:s":
                count = element.get("text:c", "1")
                spaces = int(count) if count.isdecimal() and len(count) < 4 else 1
                self._write(" " * spaces, within, pieces)
                self._space = False
            case "text:tab":
                self._write("\t", within, pieces)
            case "text:line-break":
                self._write("\n", within, pieces)
            case "text:soft-page-break":
                pieces.start_page()
            case "text:note":
                kind: Kind = (
                    "endnote" if element.get("text:note-class") == "endnote" else "footnote"
                )
                self._aside(kind, child(element, "text:note-body"), pieces, within)
            case "office:annotation":
                self._comment(element, pieces)
            case "text:bookmark" | "text:bookmark-start":
                pieces.names.append(element.get("text:name", ""))
            case "text:change-start":
                change = self._of.changes.get(element.get("text:change-id", ""))
                if change and change.kind == "insertion":
                    self._insertions[element.get("text:change-id", "")] = change.who
            case "text:change-end":
                self._insertions.pop(element.get("text:change-id", ""), None)
            case "text:change":
                self._deletion(element.get("text:change-id", ""), pieces)
            case "text:ruby":
                self._ruby(element, within, pieces)
            case "text:hidden-text" if element.get("text:is-hidden") == "false":
                self._inline(element, within, pieces)
            case "text:hidden-text":
                self._inline(element, replace(within, kind=within.kind or "hidden"), pieces)
            case "text:placeholder":
                self._inline(element, replace(within, kind=within.kind or "field"), pieces)
            case "draw:frame":
                self._frame(element, within, pieces)
            case "draw:text-box":
                self._aside("text-box", element, pieces, within)
            case "draw:a":
                self._inline(element, within, pieces)
            case tag if tag.startswith("draw:") and any(
                one.tag in ("text:p", "text:list") for one in element
            ):
                self._aside("text-box", element, pieces, within)
            case tag if tag.startswith("draw:"):
                for one in element:
                    self._inline_one(one, within, pieces)
            case "text:p" | "text:h" | "text:list" | "table:table":
                self._aside("other", _only(element), pieces, within)
            case _:
                self._inline(element, within, pieces)

    def _text(self, text: str | None, within: Within, pieces: Pieces) -> None:
        """Characters of the file: white space in a row is one space, at the beginning none."""
        if not text:
            return
        text = _SPACE.sub(" ", text)
        if self._space:
            text = text.lstrip(" ")
        if text:
            self._write(text, within, pieces)
            self._space = text.endswith(" ")

    def _write(self, text: str, within: Within, pieces: Pieces) -> None:
        # A heading is strong because it is one.
        base = () if within.paragraph.heading else (within.paragraph,)
        looks = (*reversed(within.characters), *base)
        hidden = _nearest(one.hidden for one in (*looks, within.paragraph))
        kind = within.kind or ("hidden" if hidden else None)
        if kind is not None:
            pieces.put_beside(kind, text)
            return
        text = shifted(text, next((one.shift for one in looks if one.shift), None))
        run = Run(
            text,
            _nearest(one.strong for one in looks),
            _nearest(one.emphasis for one in looks),
            within.link,
            _nearest(one.struck for one in looks),
        )
        if self._insertions:
            pieces.insert(run, next(reversed(self._insertions.values())))
        else:
            pieces.write(run)
        self._shown.append(text)

    def _link(self, address: str) -> str:
        allowed = web_address(address)
        if address and not allowed and not address.startswith("#"):
            self._of.report(
                warning(
                    "import-link",
                    say("The link to `{address}` was left out.", address=address[:80]),
                    self._of.package.where,
                    say("Leaflets lead to https:, http:, mailto: and tel: addresses."),
                )
            )
        return allowed

    def _ruby(self, element: Element, within: Within, pieces: Pieces) -> None:
        base, reading = child(element, "text:ruby-base"), child(element, "text:ruby-text")
        if base is not None:
            self._inline(base, within, pieces)
        if reading is not None:
            pieces.put_beside("other", "".join(reading.itertext()))

    # --- Beside the text --------------------------------------------------------------------

    def text_of(self, element: Element | None) -> tuple[str, list[Leftover]]:
        """The text of what stands beside this one, and what stands beside that."""
        if element is None:
            return "", []
        story = _Story(self._of)
        number = self._of.number
        text = flat(story.blocks(element, Within()))
        self._of.number = number
        return text, story.leftovers

    def _aside(
        self, kind: Kind, element: Element | None, pieces: Pieces, within: Within, who: str = ""
    ) -> None:
        text, leftovers = self.text_of(element)
        pieces.put_beside(within.kind if within.kind == "deletion" else kind, text, who)
        pieces.pass_on(leftovers)

    def _comment(self, element: Element, pieces: Pieces) -> None:
        creator = child(element, "dc:creator")
        who = "" if creator is None else creator.text or ""
        text, leftovers = self.text_of(element)
        beside = pieces.put_beside("comment", text, who)
        pieces.pass_on(leftovers)
        if name := element.get("office:name"):
            self._open[name] = beside, len(self._shown)

    def _end_comment(self, name: str) -> None:
        if name in self._open:
            beside, start = self._open.pop(name)
            beside.near = "".join(self._shown[start : start + _NEAR])[:_NEAR].strip()

    def _deletion(self, own: str, pieces: Pieces) -> None:
        change = self._of.changes.pop(own, None)
        if change is None:
            return
        text, leftovers = self.text_of(change.deleted)
        pieces.put_beside("deletion", text, change.who, whole=True)
        pieces.pass_on(leftovers)

    def _frame(self, frame: Element, within: Within, pieces: Pieces) -> None:
        """A frame: a text box, a picture, a formula or a chart, of which a picture is the image."""
        description = child(frame, "svg:desc")
        description = child(frame, "svg:title") if description is None else description
        shown = "" if description is None else "".join(description.itertext())
        for element in frame:
            match element.tag:
                case "draw:object":
                    self._object(element.get("xlink:href", ""), pieces)
                    return
                case "draw:image":
                    self._aside("text-box", element, pieces, within)
                    name = element.get("xlink:href", "").removeprefix("./")
                    picture = self._of.package.picture(name, shown)
                    if picture is not None:
                        pieces.picture(picture)
                    elif name:
                        self._of.report(picture_left_out(name, self._of.package.where))
                    return  # of several, the first is the best: 10.4.2
                case _:
                    self._inline_one(element, within, pieces)

    def _object(self, address: str, pieces: Pieces) -> None:
        """The text of a formula or a chart, a file of its own within the file."""
        folder = address.removeprefix("./").strip("/")
        root = self._of.package.xml(f"{folder}/content.xml") if folder else None
        if root is None:
            return
        if root.tag == "math:math":
            names = ("math:mi", "math:mn", "math:mo", "math:mtext")
            pieces.put_beside("formula", " ".join(one.text or "" for one in every(root, *names)))
        else:
            lines = ("".join(one.itertext()) for one in every(root, "text:p", "text:h"))
            pieces.put_beside("other", "\n".join(filter(None, lines)))

    # --- Tables -----------------------------------------------------------------------------

    def _table(self, table: Element, within: Within) -> list[Block]:
        line = self._of.number + 1
        rows: list[tuple[Cell, ...]] = []
        headers = 0
        for element, heads in _rows(table, heads=False):
            count = _repeated(element, "table:number-rows-repeated")
            row = self._row(element, within)
            if not row or (count > 1 and not any(cell.blocks for cell in row)):
                count = min(count, 1)
            self._of.count_cells(len(row) * count)
            rows += [row] * count
            headers += count if heads else 0
        return [Table(tuple(rows), headers, line)] if any(rows) else []

    def _row(self, row: Element, within: Within) -> tuple[Cell, ...]:
        cells: list[Cell] = []
        for element in row:
            if element.tag not in ("table:table-cell", "table:covered-table-cell"):
                continue
            if element.tag == "table:covered-table-cell":
                text, leftovers = self.text_of(element)
                if text:  # it lies below another, and nobody sees it
                    self.leftovers.append(Leftover("hidden", text, last_words(self._before)))
                self.leftovers += leftovers
                continue
            blocks = self.blocks(element, replace(within, level=0))
            count = _repeated(element, "table:number-columns-repeated")
            self._of.count_cells(count)
            columns = _repeated(element, "table:number-columns-spanned")
            rows = _repeated(element, "table:number-rows-spanned")
            cells += [Cell(blocks, columns, rows)] * count
        return tuple(cells)


_INLINE_BLOCKS = {"office:annotation", "text:change", "text:change-start", "text:change-end"}


def _nearest(values: Iterable[bool | None]) -> bool:
    """What the nearest style says that says something."""
    return next((value for value in values if value is not None), False)


def _rows(parent: Element, *, heads: bool) -> Iterator[tuple[Element, bool]]:
    """The rows of a table, and whether each is repeated on every page (9.1)."""
    for element in parent:
        if element.tag == "table:table-row":
            yield element, heads
        elif element.tag in ("table:table-rows", "table:table-row-group"):
            yield from _rows(element, heads=heads)
        elif element.tag == "table:table-header-rows":
            yield from _rows(element, heads=True)


def _repeated(element: Element, attribute: str) -> int:
    text = element.get(attribute, "1")
    return max(1, min(int(text), _ROWS)) if text.isdecimal() and len(text) < 10 else 1


def _only(element: Element) -> Element:
    """An element around another."""
    around = Element("none")
    around.append(element)
    return around


def _removed_whole(reader: _Reader) -> Iterator[Leftover]:
    """Deletions whose place is not known."""
    for change in list(reader.changes.values()):
        text, leftovers = _Story(reader).text_of(change.deleted)
        if text:
            yield Leftover("deletion", text, who=change.who)
        yield from leftovers


def _headers(reader: _Reader, root: Element | None) -> Iterator[Leftover]:
    """Headers and footers of all pages (16.10)."""
    for element in every(root, *_HEADERS) if root is not None else ():
        text, leftovers = _Story(reader).text_of(element)
        if text:
            yield Leftover(_HEADERS[element.tag], text)
        yield from leftovers
