"""The text of a part of a Word document → blocks, and what stands beside them.

Every element that is not known is searched for text, so that none is lost (ECMA-376, Part 1, 17).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from brochure import bounds
from brochure.diagnostics import Diagnostic, Location, fail, warning
from brochure.interchange.document import (
    Block,
    Cell,
    Kind,
    Leftover,
    Paragraph,
    Picture,
    Run,
    Table,
)
from brochure.interchange.reading.addresses import web_address
from brochure.interchange.reading.container import picture_left_out
from brochure.interchange.reading.docx_lists import Lists
from brochure.interchange.reading.docx_styles import (
    NO_STYLE,
    Look,
    Style,
    Styles,
    heading_level,
    list_of,
    look_of,
    switched_on,
)
from brochure.interchange.reading.elements import child, every, value
from brochure.interchange.reading.pieces import Pieces, continues, flat
from brochure.interchange.reading.raised import shifted
from brochure.messages import say

_NEAR = 200  # characters of what a comment is about
# What holds no text of a reader's: properties, settings, and marks of what is told elsewhere.
_SILENT = frozenset({
    "w:pPr", "w:rPr", "w:tblPr", "w:tblGrid", "w:tblPrEx", "w:trPr", "w:tcPr", "w:sectPr",
    "w:sdtPr", "w:sdtEndPr", "w:footnoteRef", "w:endnoteRef", "w:annotationRef", "w:separator",
    "w:continuationSeparator", "w:delInstrText", "w:rubyPr", "w:customXmlPr", "w:smartTagPr",
})  # fmt: skip
_CHANGES: dict[str, Kind] = {"w:ins": "insertion", "w:del": "deletion", "w:moveFrom": "moved"}
_LEAVES = ("w:p", "w:tbl", "w:altChunk", "w:subDoc")
_INLINE = ("w:r", *_SILENT)  # whatever they contain
_REMOVED = ("deletion", "moved")
_CHARACTERS = {
    "w:tab": "\t", "w:ptab": "\t", "w:cr": "\n", "w:noBreakHyphen": "\u2011",
    "w:softHyphen": "\u00ad",
}  # fmt: skip
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_HYPERLINK = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"|([^\s"\\]\S*))', re.IGNORECASE)
_ANCHOR = re.compile(r'\\l\s+"([^"]*)"')
_GENERATED = ("TOC", "INDEX", "TOA", "BIBLIOGRAPHY")  # fields that repeat what is elsewhere


@dataclass(frozen=True)
class Within:
    """What text is in: a change or something that is not shown, whose it is, a link, a style."""

    kind: Kind | None = None
    who: str = ""
    link: str = ""
    style: Style = NO_STYLE

    def changed(self, element: Element) -> "Within":
        """Within a tracked change as well: what was removed stays removed."""
        kind = _CHANGES.get(element.tag)
        if kind is None or self.kind not in (None, "insertion"):
            return self
        return replace(self, kind=kind, who=element.get("w:author", ""))


_NOWHERE = Within()


@dataclass
class _Field:
    """A field that is open (17.16.18): its instruction so far, whether what is in it is no text for
    a reader, and where it leads to; and the same of what it is in.
    """

    outer_silent: bool
    outer_link: str
    silent: bool = True
    link: str = ""
    instruction: list[str] = field(default_factory=list)


@dataclass
class Resources:
    """What the parts of a document share.

    `target` is what a relationship of a part leads to, and whether outside; `picture` the bytes of
    an entry; `beside` the text of a part such as a chart. `notes` and `comments` are those that no
    text has referred to yet.
    """

    where: Location
    styles: Styles
    lists: Lists
    target: Callable[[str, str], tuple[str, bool]]
    picture: Callable[[str, str], Picture | None]
    beside: Callable[[str], str]
    notes: dict[tuple[Kind, str], tuple[str, Element]] = field(default_factory=dict)
    comments: dict[str, tuple[str, Element]] = field(default_factory=dict)
    diagnostics: dict[Diagnostic, None] = field(default_factory=dict)
    cells: int = 0
    number: int = 0

    def report(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic, once."""
        self.diagnostics[diagnostic] = None


class Story:
    """The text of one part: the body, a header, a note (17.2)."""

    def __init__(self, part: str, resources: Resources) -> None:
        self.leftovers: list[Leftover] = []
        self._part = part
        self._of = resources
        self._fields: list[_Field] = []
        self._shown: list[str] = []  # all text so far
        self._open: dict[str, int] = {}  # where the text begins that a comment is about
        self._before = ""  # the text of the last paragraph
        self._page_ended = False

    def blocks(self, parent: Element, within: Within = _NOWHERE) -> tuple[Block, ...]:
        """The blocks in an element that contains paragraphs and tables."""
        found: list[Block] = []
        pieces: Pieces | None = None
        for element, around in self._within(parent, within):
            if element.tag == "w:p":
                pieces = pieces or Pieces()
                self._of.number += 1
                style = self._of.styles.paragraph(value(element, "w:pPr", "w:pStyle"))
                self._inline(element, replace(around, style=style), pieces)
                marks = child(element, "w:pPr", "w:rPr")
                if any(child(marks, name) is not None for name in ("w:del", "w:moveFrom")):
                    continue  # without its end, it is one with the next paragraph: 17.13.5.15
                found += self._paragraph(element, style, pieces, found)
            elif element.tag == "w:tbl":
                found += self._unfinished(pieces)
                found += self._table(element, around)
                self._page_ended = False
            elif element.tag in ("w:altChunk", "w:subDoc"):
                self._of.report(
                    warning(
                        "import-chunk",
                        say("`{file}` contains another file, which is not read.",
                            file=self._of.where.file),
                        self._of.where,
                        say("Open it in Word, save it, and import that."),
                    )
                )  # fmt: skip
                continue
            elif element.tag in _SILENT:
                continue
            else:
                pieces = pieces or Pieces()
                self._inline_one(element, around, pieces)
                continue
            pieces = None
        found += self._unfinished(pieces)
        return tuple(found)

    def _unfinished(self, pieces: Pieces | None) -> list[Block]:
        """What has no paragraph to be in."""
        return [] if pieces is None else self._paragraph(None, NO_STYLE, pieces, [])

    def _within(self, parent: Element, within: Within) -> Iterator[tuple[Element, Within]]:
        """The paragraphs, tables and other blocks in an element, without what wraps them."""
        for element in parent:
            if element.tag in _LEAVES:
                yield element, within
            elif element.tag == "w:sdt":
                content = child(element, "w:sdtContent")
                if content is not None:
                    yield from self._within(content, _of_control(element, within))
            elif element.tag == "mc:AlternateContent":
                yield from self._within(_chosen(element), within)
            elif (
                element.tag not in _INLINE
                and next(every(element, "w:p", "w:tbl"), None) is not None
            ):
                yield from self._within(element, within.changed(element))
            else:
                yield element, within

    # --- Paragraphs -------------------------------------------------------------------------

    def _paragraph(
        self, element: Element | None, style: Style, pieces: Pieces, before: list[Block]
    ) -> list[Block]:
        """A paragraph of these pieces, whose properties are those of an element."""
        properties = child(element, "w:pPr")
        self.leftovers += pieces.leftovers(self._before)
        text = pieces.text.strip()
        heading = heading_level(properties) or style.heading
        starts = self._page_ended or pieces.starts_page
        starts = starts or switched_on(properties, "w:pageBreakBefore")
        last = before[-1] if before else None
        plain = isinstance(last, Paragraph) and not last.heading and heading <= 0
        # Empty items count, and those that were deleted do not. The number of a heading counts as
        # well, but it is how it looks, and no part of its text.
        marker = self._marker(properties, style) if text or pieces.is_empty else ""
        item = marker if text and heading <= 0 else ""
        like = Paragraph(
            runs=(),
            heading=max(heading, 0),
            item=item,
            style=style.name,
            continues=bool(starts and plain and not item and continues(self._before, text)),
            line=self._of.number,
            names=tuple(pieces.names),
        )
        if text or pieces.ends_page:
            self._page_ended = pieces.ends_page
        section = child(properties, "w:sectPr")
        if section is not None and value(section, "w:type") != "continuous":
            self._page_ended = True
        self._before = text or self._before
        self._shown.append("\n")
        return [
            replace(block, line=self._of.number) if isinstance(block, Picture) else block
            for block in pieces.blocks(like)
        ]

    def _marker(self, properties: Element | None, style: Style) -> str:
        number, level = list_of(properties)
        if not number:
            number, level = style.list
            level = level or self._of.lists.level_of_style(number, style.own)
        return self._of.lists.marker(number, level or "0") if number else ""

    def _inline(self, parent: Element, within: Within, pieces: Pieces) -> None:
        """What is in a paragraph, or in a part of one."""
        for element in parent:
            self._inline_one(element, within, pieces)

    def _inline_one(self, element: Element, within: Within, pieces: Pieces) -> None:
        match element.tag:
            case tag if tag in _SILENT:
                pass
            case "w:r":
                self._run(element, within, pieces)
            case "w:ins" | "w:del" | "w:moveFrom":
                self._inline(element, within.changed(element), pieces)
            case "w:hyperlink":
                address, outside = self._target(element.get("r:id", ""))
                link = self._link(_with_anchor(address, element.get("w:anchor", "")), outside)
                self._inline(element, replace(within, link=link or within.link), pieces)
            case "w:fldSimple":
                depth = len(self._fields)
                self._field("begin")
                self._fields[-1].instruction.append(element.get("w:instr", ""))
                self._field("separate")
                self._inline(element, within, pieces)
                del self._fields[depth:]
            case "w:sdt":
                content = child(element, "w:sdtContent")
                if content is not None:
                    self._inline(content, _of_control(element, within), pieces)
            case "mc:AlternateContent":
                self._inline(_chosen(element), within, pieces)
            case "w:bookmarkStart":
                pieces.names.append(element.get("w:name", ""))
            case "w:commentRangeStart":
                self._open[element.get("w:id", "")] = len(self._shown)
            case "m:oMath" | "m:oMathPara":
                formula = " ".join(one.text or "" for one in every(element, "m:t", "w:t"))
                kind = within.kind if within.kind in _REMOVED else "formula"
                pieces.put_beside(kind or "formula", formula, within.who)
            case _:
                self._inline(element, within, pieces)

    def _run(self, element: Element, within: Within, pieces: Pieces) -> None:
        properties = child(element, "w:rPr")
        style = self._of.styles.characters(value(properties, "w:rStyle"))
        # A heading is strong because it is one.
        around = Look() if within.style.heading > 0 else within.style.look
        look = look_of(properties).over(style.look.toggled(around))
        self._content(element, within, look, pieces)

    def _content(self, parent: Element, within: Within, look: Look, pieces: Pieces) -> None:
        """What is in a run."""
        for element in parent:
            match element.tag:
                case tag if tag in _SILENT:
                    pass
                case "w:t":
                    text = self._plain(element.text or "", parent)
                    self._text(text, within, look, pieces)
                case "w:delText":
                    removed = within if within.kind else replace(within, kind="deletion")
                    self._text(element.text or "", removed, look, pieces)
                case tag if tag in _CHARACTERS:
                    self._text(_CHARACTERS[tag], within, look, pieces)
                case "w:br":
                    if element.get("w:type") == "page" and within.kind not in _REMOVED:
                        pieces.break_page()
                    else:
                        self._text("\n", within, look, pieces)
                case "w:lastRenderedPageBreak":
                    pieces.start_page()
                case "w:sym":
                    font, code = element.get("w:font", ""), element.get("w:char", "")
                    self._text(self._symbol(font, code), within, look, pieces)
                case "w:fldChar":
                    self._field(element.get("w:fldCharType", ""))
                case "w:instrText":
                    if self._fields:
                        self._fields[-1].instruction.append(element.text or "")
                case "w:footnoteReference" | "w:endnoteReference":
                    kind: Kind = "footnote" if "foot" in element.tag else "endnote"
                    self._note(kind, element.get("w:id", ""), within, pieces)
                case "w:commentReference":
                    self._comment(element.get("w:id", ""), pieces)
                case "w:drawing" | "w:pict" | "w:object":
                    self._drawing(element, within, pieces, "")
                case "w:ruby":
                    self._ruby(element, within, look, pieces)
                case "mc:AlternateContent":
                    self._content(_chosen(element), within, look, pieces)
                case "w:r":
                    self._run(element, within, pieces)
                case "m:oMath" | "m:oMathPara" | "w:sdt" | "w:hyperlink" | "w:fldSimple":
                    self._inline_one(element, within, pieces)
                case _:
                    self._content(element, within, look, pieces)

    def _text(self, text: str, within: Within, look: Look, pieces: Pieces) -> None:
        """Write text where it belongs."""
        kind, link = within.kind, within.link
        if self._fields:
            link = self._fields[-1].link or link
            if kind in (None, "insertion") and self._fields[-1].silent:
                kind = "field"
        if kind in (None, "insertion") and look.hidden:
            kind = "hidden"
        if look.shift in ("super", "sub"):
            text = shifted(text, look.shift)
        run = Run(text, bool(look.strong), bool(look.emphasis), link, bool(look.struck))
        match kind:
            case None:
                pieces.write(run)
                self._shown.append(text)
            case "insertion":
                pieces.insert(run, within.who)
                self._shown.append(text)
            case _:
                pieces.put_beside(kind, text, within.who if kind in _REMOVED else "")

    def _field(self, step: str) -> None:
        """Begin a field, its result, or what is after it."""
        last = self._fields[-1] if self._fields else None
        if step == "begin":
            self._fields.append(_Field(last.silent, last.link) if last else _Field(False, ""))
        elif step == "separate" and last:
            instruction = "".join(last.instruction)
            name = (instruction.split(None, 1) or [""])[0].upper()
            last.silent = last.outer_silent or name in _GENERATED
            last.link = self._link(*_hyperlink(instruction)) or last.outer_link
        elif step == "end" and last:
            self._fields.pop()

    def _plain(self, text: str, run: Element) -> str:
        """Text with characters for what is private to a font of symbols."""
        if not _PRIVATE.search(text):
            return text
        font = value(run, "w:rPr", "w:rFonts", attribute="w:ascii") or ""
        return _PRIVATE.sub(lambda match: self._symbol(font, f"{ord(match[0]):X}"), text)

    def _symbol(self, font: str, code: str) -> str:
        """The character for one of a font of symbols, by its hexadecimal number (17.3.3.30)."""
        from mammoth.docx.dingbats import dingbats  # a large table, rarely needed

        try:
            number = int(code, 16)
        except ValueError:
            number = 0
        own = number - 0xF000 if 0xF000 <= number <= 0xF0FF else number
        point = dingbats.get((font, number)) or dingbats.get((font, own))
        if point is None and number == own and number >= 0x20 and number < 0xD800:
            point = number
        if point is None:
            self._of.report(
                warning(
                    "import-symbol",
                    say("A symbol of the font {font} was left out.", font=font),
                    self._of.where,
                    say("Look for it in the original, and type it."),
                )
            )
            return ""
        return chr(point)

    def _ruby(self, element: Element, within: Within, look: Look, pieces: Pieces) -> None:
        """Text, and beside it how it is read (17.3.3.25)."""
        base, reading = child(element, "w:rubyBase"), child(element, "w:rt")
        if base is not None:
            self._content(base, within, look, pieces)
        if reading is not None:
            text = "".join(one.text or "" for one in every(reading, "w:t"))
            pieces.put_beside(within.kind if within.kind in _REMOVED else "other", text, within.who)

    def _link(self, address: str, outside: bool) -> str:
        """An address that text may lead to; empty for none, and for a place in the document."""
        if not address or not outside:
            return ""
        allowed = web_address(address)
        if not allowed and not address.startswith("#"):
            self._of.report(
                warning(
                    "import-link",
                    say("The link to `{address}` was left out.", address=address[:80]),
                    self._of.where,
                    say("Leaflets lead to https:, http:, mailto: and tel: addresses."),
                )
            )
        return allowed

    def _target(self, relation: str) -> tuple[str, bool]:
        return self._of.target(self._part, relation)

    # --- What stands beside the text --------------------------------------------------------

    def _note(self, kind: Kind, own: str, within: Within, pieces: Pieces) -> None:
        part, element = self._of.notes.pop((kind, own), ("", None))
        if element is not None:
            inside = within if within.kind in _REMOVED else _NOWHERE
            text, leftovers = self.aside(part, element, inside, pieces.text)
            pieces.put_beside(kind, text)
            pieces.pass_on(leftovers)

    def _comment(self, own: str, pieces: Pieces) -> None:
        part, element = self._of.comments.pop(own, ("", None))
        if element is not None:
            text, leftovers = self.aside(part, element)
            start = self._open.get(own, len(self._shown))
            near = "".join(self._shown[start : start + _NEAR])[:_NEAR].strip()
            pieces.put_beside("comment", text, element.get("w:author", ""), near)
            pieces.pass_on(leftovers)

    def aside(
        self, part: str, element: Element, within: Within = _NOWHERE, before: str = ""
    ) -> tuple[str, list[Leftover]]:
        """The text of what stands beside this one, after `before`, and what stands beside that."""
        story = Story(part, self._of)
        story._before = before
        number = self._of.number
        text = flat(story.blocks(element, within))
        self._of.number = number
        return text, story.leftovers

    def _drawing(self, parent: Element, within: Within, pieces: Pieces, description: str) -> None:
        """Pictures, text boxes, charts and diagrams, wherever they are in a drawing."""
        for element in parent:
            match element.tag:
                case "wp:docPr" | "pic:cNvPr":
                    description = description or element.get("descr") or ""
                case "w:txbxContent":
                    inside = replace(within, link="")
                    before = pieces.text.strip() or self._before
                    text, leftovers = self.aside(self._part, element, inside, before)
                    pieces.put_beside("text-box", text)
                    pieces.pass_on(leftovers)
                case "v:textpath":
                    pieces.put_beside("text-box", element.get("string", ""))
                case "a:blip" | "v:imagedata":
                    if within.kind not in _REMOVED:
                        self._picture(element, pieces, description)
                case "c:chart" | "dgm:relIds":
                    name, _ = self._target(element.get("r:id") or element.get("r:dm") or "")
                    pieces.put_beside("other", self._of.beside(name))
                case "a:p":
                    text = "".join(one.text or "" for one in every(element, "a:t"))
                    pieces.put_beside("text-box", text)
                case "mc:AlternateContent":
                    self._drawing(_chosen(element), within, pieces, description)
                case _:
                    if element.tag == "v:shape":
                        description = element.get("alt") or description
                    self._drawing(element, within, pieces, description)

    def _picture(self, element: Element, pieces: Pieces, description: str) -> None:
        relation = element.get("r:embed") or element.get("r:id") or element.get("r:link") or ""
        name, outside = self._target(relation)
        picture = None if outside else self._of.picture(name, description)
        if picture is not None:
            pieces.picture(picture)
        elif name:
            self._of.report(picture_left_out(name, self._of.where))

    # --- Tables -----------------------------------------------------------------------------

    def _table(self, table: Element, within: Within) -> list[Block]:
        """A table without its deleted rows (17.4.37); None of it, if nothing is left."""
        grid: list[list[_Cell]] = []
        above: dict[int, _Cell] = {}  # by the first of their columns
        headers = 0
        line = self._of.number + 1
        for element, around in _children(table, "w:tr", within):
            properties = child(element, "w:trPr")
            inside = _marked(properties, around, ("w:ins", "w:del"))
            row, above = self._row(element, inside, above)
            if inside.kind in _REMOVED:
                continue
            if headers == len(grid) and switched_on(properties, "w:tblHeader"):
                headers += 1
            grid.append(row)
        rows = tuple(
            tuple(Cell(tuple(cell.blocks), cell.columns, cell.rows) for cell in row) for row in grid
        )
        return [Table(rows, headers, line)] if any(rows) else []

    def _row(
        self, row: Element, within: Within, above: "dict[int, _Cell]"
    ) -> "tuple[list[_Cell], dict[int, _Cell]]":
        """The cells of a row, and those that a cell below may belong to."""
        cells: list[_Cell] = []
        column = _number(value(row, "w:trPr", "w:gridBefore"), 0)
        if column:
            cells.append(_Cell([], column))
        below: dict[int, _Cell] = {}
        for element, around in _children(row, "w:tc", within):
            self._of.cells += 1
            if self._of.cells > bounds.CELLS:
                fail(
                    "import-size",
                    say("The tables of `{file}` have more than {limit} cells.",
                        file=self._of.where.file, limit=bounds.CELLS),
                    self._of.where,
                    say("Divide it into several documents."),
                )  # fmt: skip
            properties = child(element, "w:tcPr")
            inside = _marked(properties, around, ("w:cellIns", "w:cellDel"))
            blocks = self.blocks(element, inside)
            columns = max(_number(value(properties, "w:gridSpan"), 1), 1)
            upper = above.get(column)
            if value(properties, "w:hMerge") == "continue" and cells:
                cells[-1].columns += columns
                cells[-1].blocks += blocks
            elif _is_continued(properties) and upper and upper.columns == columns:
                upper.blocks += blocks
                upper.rows += within.kind not in _REMOVED
                below[column] = upper
            elif inside.kind not in _REMOVED:
                cells.append(_Cell(list(blocks), columns))
                below[column] = cells[-1]
            column += columns
        return cells, above if within.kind in _REMOVED else below


@dataclass
class _Cell:
    blocks: list[Block]
    columns: int
    rows: int = 1


def _is_continued(properties: Element | None) -> bool:
    """Whether a cell is one with that above it (17.4.84)."""
    merge = child(properties, "w:vMerge")
    return merge is not None and merge.get("w:val", "continue") == "continue"


def _children(parent: Element, name: str, within: Within) -> Iterator[tuple[Element, Within]]:
    """The rows of a table, or the cells of a row, without what wraps them."""
    for element in parent:
        if element.tag == name:
            yield element, within
        elif element.tag == "mc:AlternateContent":
            yield from _children(_chosen(element), name, within)
        elif element.tag not in _SILENT:
            yield from _children(element, name, within.changed(element))


def _marked(properties: Element | None, within: Within, names: tuple[str, str]) -> Within:
    """Within the change that a row or a cell as a whole is marked with (17.13.5)."""
    for name, tag in zip(names, ("w:ins", "w:del"), strict=True):
        mark = child(properties, name)
        if mark is not None:
            within = within.changed(Element(tag, mark.attrib))
    return within


def _of_control(element: Element, within: Within) -> Within:
    """Within a content control: its placeholder and tables of contents are not text (17.5.2)."""
    properties = child(element, "w:sdtPr")
    gallery = value(properties, "w:docPartObj", "w:docPartGallery") or ""
    if switched_on(properties, "w:showingPlcHdr") or gallery == "Table of Contents":
        return within if within.kind in _REMOVED else replace(within, kind="field", who="")
    return within


def _chosen(element: Element) -> Element:
    """Of alternatives, the first: it is what the newest Word shows (Part 3, 9.3). What is in none
    of the ways that are known here, such as a coloured sign, the last one has as text.
    """
    first, last = child(element, "mc:Choice"), child(element, "mc:Fallback")
    if first is None or (last is not None and not _has_content(first) and _has_content(last)):
        first = last
    return Element("none") if first is None else first


def _has_content(element: Element) -> bool:
    return any(True for _ in every(element, "w:t", "w:drawing", "w:pict", "m:t", "w:delText"))


def _hyperlink(instruction: str) -> tuple[str, bool]:
    r"""The address in a HYPERLINK field, and if that is outside (``\l`` is not; 17.16.5.25)."""
    found = _HYPERLINK.match(instruction)
    if found is None:
        return "", False
    anchor = _ANCHOR.search(instruction)
    return _with_anchor(found[1] or found[2], anchor[1] if anchor else ""), True


def _with_anchor(address: str, anchor: str) -> str:
    """An address that leads to a place in a page."""
    return f"{address}#{anchor}" if address and anchor and "#" not in address else address


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default
