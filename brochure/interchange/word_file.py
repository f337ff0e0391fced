"""A leaflet as a Word document, for people who read, change and comment in Word.

A table of two columns with a heading that repeats on each page, in styles that Word has itself, so
that it shows their names in the user's language. Each text begins at a bookmark, which Word and
LibreOffice keep when they save the file; so does the part that holds the origin (ECMA-376, Part 1,
15.2.5 and 17.13.6).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from brochure.interchange.arrangement import BELOW, LABEL, Arrangement, Piece, Role, arranged
from brochure.interchange.document import Paragraph, Run
from brochure.interchange.outgoing import (
    NAMESPACE,
    Outgoing,
    form_of,
    mark_of,
    packed,
    texts_of,
)
from brochure.interchange.prose import BULLET, line_of, paragraphs_of
from brochure.manuscript.text.highlight import find_words

_FONT = "Calibri"
_INK = RGBColor(0x1F, 0x2A, 0x37)
_WIDTH, _HEIGHT, _MARGIN = 210, 297, 20  # A4, in mm
_COLUMN = (_WIDTH - 2 * _MARGIN) / 2
_LABELS = 50  # mm
_PADDING = 3  # mm around the text of a cell
#: Built-in styles, which Word shows by their names in the user's language.
STYLES: dict[Role, str] = {
    "title": "Title",
    "subtitle": "Subtitle",
    "text": "Body Text",
    "heading": "Heading 2",
    "section": "Heading 1",
    "reference": "Caption",
    "quote": "Quote",
    "demand": "Intense Quote",
    "verdict": "Caption",
    "label": "Body Text",
    "value": "Body Text",
}
_LISTS = {True: "List Bullet", False: "List Number"}
# Where only a language is known, the country whose spelling Word checks.
_SPELLING = {"de": "de-DE", "en": "en-GB", "fr": "fr-FR", "es": "es-ES", "it": "it-IT",
             "nl": "nl-NL", "pl": "pl-PL", "pt": "pt-PT", "ar": "ar-SA", "he": "he-IL",
             "uk": "uk-UA", "ru": "ru-RU", "cs": "cs-CZ", "da": "da-DK", "sv": "sv-SE",
             "tr": "tr-TR", "fa": "fa-IR", "el": "el-GR", "hu": "hu-HU", "ro": "ro-RO"}  # fmt: skip


def word_file(outgoing: Outgoing) -> bytes:
    """A leaflet as the bytes of a .docx file. The same leaflet gives the same bytes."""
    writer = _WordWriter(outgoing)
    writer.write(arranged(outgoing))
    return _with_fixed_times(writer.saved())


class _WordWriter:
    """A Word document, as it grows."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._word: WordDocument = docx.Document()
        self._marks = 0
        self._texts = texts_of(outgoing.origin.content)
        self._width: float = _WIDTH - 2 * _MARGIN
        _set_page(self._word)
        _set_styles(self._word, _spelling(outgoing.language.code))
        self._set_properties()

    def saved(self) -> bytes:
        """The bytes of the file."""
        self._add_origin()
        data = BytesIO()
        self._word.save(data)
        return data.getvalue()

    def write(self, arrangement: Arrangement) -> None:
        """All that the leaflet says."""
        body = _Place(self._word)
        for piece in arrangement.front:
            self._piece(body, piece)
        self._pairs(arrangement)
        for piece in arrangement.back:
            self._piece(body, piece)
        if arrangement.details:
            self._piece(body, arrangement.details_title)
            self._details(arrangement)
        body.paragraph()  # Word wants one below a table

    def _pairs(self, arrangement: Arrangement) -> None:
        table = self._table(1 + len(arrangement.rows), (_COLUMN, _COLUMN))
        self._width = _COLUMN - 2 * _PADDING
        for cell, piece in zip(table[0], arrangement.columns, strict=True):
            _shade(cell, "E8ECF0")
            self._piece(_Place(cell), replace(piece, role="section"))
            cell.paragraphs[0].paragraph_format.space_before = Pt(2)
        for cells, row in zip(table[1:], arrangement.rows, strict=True):
            cells[0]._tc.getparent().get_or_add_trPr().append(_element("w:cantSplit"))
            for cell, pieces in zip(cells, (row.left, row.right), strict=True):
                place = _Place(cell)
                for piece in pieces:
                    self._piece(place, piece)
            marked = cells[0] if row.left else cells[1]
            self._mark(marked.paragraphs[0], f"passages.{row.id}")
        self._width = _WIDTH - 2 * _MARGIN

    def _details(self, arrangement: Arrangement) -> None:
        table = self._table(
            len(arrangement.details), (_LABELS, _WIDTH - 2 * _MARGIN - _LABELS), header=False
        )
        for cells, pieces in zip(table, arrangement.details, strict=True):
            for cell, piece in zip(cells, pieces, strict=True):
                self._piece(_Place(cell), piece)

    def _table(
        self, rows: int, widths: Sequence[float], *, header: bool = True
    ) -> list[tuple[_Cell, ...]]:
        table = self._word.add_table(rows, len(widths), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        properties = table._tbl.tblPr
        margins = OxmlElement("w:tblCellMar")
        for side, mm in (("top", 1.5), ("left", _PADDING), ("bottom", 1.5), ("right", _PADDING)):
            margins.append(_element(f"w:{side}", w=str(Mm(mm).twips), type="dxa"))
        borders = OxmlElement("w:tblBorders")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            borders.append(_element(f"w:{side}", val="single", sz="4", space="0", color="B8BEC6"))
        # In the order of their schema (17.4.60), which Word insists on.
        properties.find(qn("w:tblLayout")).addprevious(borders)
        properties.find(qn("w:tblLook")).addprevious(margins)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        found = [tuple(row.cells) for row in table.rows]
        for cells in found:
            for cell, width in zip(cells, widths, strict=True):
                cell.width = Mm(width)
        if header:
            mark = table.rows[0]._tr.get_or_add_trPr()
            mark.append(_element("w:cantSplit"))
            mark.append(_element("w:tblHeader"))
        return found

    # --- Texts ------------------------------------------------------------------------------

    def _piece(self, place: "_Place", piece: Piece) -> None:
        if piece.picture:
            self._picture(place, piece)
            return
        paragraphs = _paragraphs(piece)
        numbers = _Numbers(self._word)
        for at, paragraph in enumerate(paragraphs):
            written = place.paragraph()
            written.style = STYLES[piece.role]
            if piece.role == "section" and not place.in_table:
                written.paragraph_format.keep_with_next = True
            if paragraph.item:
                written.style = _LISTS[paragraph.item == BULLET]
                numbers.set(written, paragraph)
            runs = paragraph.runs
            if piece.role == "quote":
                runs = tuple(self._highlighted(piece.key, runs))
            self._runs(written, runs, self._spelling_of(piece))
            if at == 0:
                self._mark(written, piece.key)
                if piece.below:
                    self._mark(written, BELOW + piece.below)

    def _runs(self, written: WordParagraph, runs: Iterable[Run], spelling: str) -> None:
        for run in runs:
            made = written.add_run()
            for number, line in enumerate(run.text.split("\n")):
                if number:
                    made.add_break()
                made.add_text(line)
            made.bold, made.italic = run.strong or None, run.emphasis or None
            properties = made._r.get_or_add_rPr()
            if run.struck:  # a highlight, see `_highlighted`
                properties.append(_element("w:highlight", val="yellow"))
            if spelling:
                properties.append(_element("w:lang", val=spelling))
            if run.link:
                style = _element("w:rStyle", val="Hyperlink")
                properties.insert(0, style)
                relation = written.part.relate_to(
                    run.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
                )
                link = OxmlElement("w:hyperlink")
                link.set(qn("r:id"), relation)
                made._r.addprevious(link)
                link.append(made._r)

    def _highlighted(self, key: str, runs: tuple[Run, ...]) -> Iterator[Run]:
        """The runs of a quote, cut where marked words begin and end; those are `struck` here, which
        no text of a leaflet is.
        """
        prefix = key.removesuffix("text") + "highlight"
        words = [text for own, text in self._texts.items() if own.startswith(prefix)]
        text = "".join(run.text for run in runs)
        spans = sorted(span for one in words for span in find_words(one, text))
        at = 0
        for run in runs:
            start, end = at, at + len(run.text)
            edges = {start, end, *(e for span in spans for e in span if start < e < end)}
            ordered = sorted(edges)
            for first, last in pairwise(ordered):
                marked = any(a <= first and last <= b for a, b in spans)
                yield replace(run, text=text[first:last], struck=marked)
            at = end

    def _spelling_of(self, piece: Piece) -> str:
        """The language of a quote, where it is not that of the leaflet."""
        if piece.role != "quote":
            return ""
        own = piece.key.removesuffix("text") + "source.language"
        content = self._outgoing.origin.content
        code = _value(content, own) or _value(content, "source.language")
        return _spelling(code) if code and code != self._outgoing.language.code else ""

    def _picture(self, place: "_Place", piece: Piece) -> None:
        data = self._outgoing.pictures.get(piece.picture)
        if data is None:
            return
        written = place.paragraph()
        written.style = STYLES["text"]
        try:
            shape = written.add_run().add_picture(BytesIO(data))
        except Exception:  # python-docx raises anything for what it does not know, SVG for one
            words = f"[{piece.text or piece.picture}]"
            written.add_run(words)
            self._mark(written, LABEL + words)
            return
        widest = Mm(min(_COLUMN, self._width))
        if piece.key.startswith("logo"):
            widest = Mm(40)
        if shape.width > widest:
            shape.height = Emu(round(shape.height * widest / shape.width))
            shape.width = widest
        for side in "TBLR":  # without these, LibreOffice adds a margin of its own
            shape._inline.set(f"dist{side}", "0")
        shape._inline.docPr.set("descr", piece.text)
        shape._inline.docPr.set("name", piece.picture)

    def _mark(self, written: WordParagraph, key: str) -> None:
        """A bookmark around what a paragraph says (17.13.6.2)."""
        self._marks += 1
        start = _element("w:bookmarkStart", id=str(self._marks), name=mark_of(key))
        end = _element("w:bookmarkEnd", id=str(self._marks))
        properties = written._p.pPr
        if properties is None:
            written._p.insert(0, start)
        else:
            properties.addnext(start)
        written._p.append(end)

    # --- The file ---------------------------------------------------------------------------

    def _set_properties(self) -> None:
        properties = self._word.core_properties
        properties.title = " ".join(line_of(self._texts.get("title", "")).text.split())[:255]
        properties.language = _spelling(self._outgoing.language.code)
        properties.author = self._texts.get("author", "")[:255]
        properties.comments = ""
        for element in list(properties._element):
            if element.tag.rpartition("}")[2] in ("created", "modified", "lastModifiedBy"):
                properties._element.remove(element)

    def _add_origin(self) -> None:
        package = self._word.part.package
        for name, relation in list(self._word.part.rels.items()):
            if relation.reltype == RELATIONSHIP_TYPE.CUSTOM_XML:  # of the template of python-docx
                del self._word.part.rels[name]
        text = f'<origin xmlns="{NAMESPACE}">{packed(self._outgoing.origin)}</origin>'
        header = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        part = Part(
            PackURI("/customXml/item1.xml"), "application/xml", (header + text).encode(), package
        )
        self._word.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)
        properties = (
            header + '<ds:datastoreItem ds:itemID="{6B5B7D0A-3C53-4C5E-9F41-0B9D2E6F7A11}" '
            'xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml">'
            f'<ds:schemaRefs><ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs>'
            "</ds:datastoreItem>"
        )
        kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
        beside = Part(PackURI("/customXml/itemProps1.xml"), kind, properties.encode(), package)
        part.relate_to(beside, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)


class _Place:
    """Where paragraphs are added: the body, or a cell, which has an empty one to begin with."""

    def __init__(self, where: WordDocument | _Cell) -> None:
        self._where = where
        self.in_table = isinstance(where, _Cell)
        self._empty = where.paragraphs[0] if isinstance(where, _Cell) else None

    def paragraph(self) -> WordParagraph:
        """A new paragraph."""
        found, self._empty = self._empty, None
        return found if found is not None else self._where.add_paragraph()


class _Numbers:
    """The lists of one text: each that is counted anew has a number of its own (17.9.15)."""

    def __init__(self, word: WordDocument) -> None:
        self._root = word.part.numbering_part.element
        self._last: dict[
            int, tuple[str, int, str]
        ] = {}  # by level: number of the list, count, sign

    def set(self, written: WordParagraph, paragraph: Paragraph) -> None:
        """Make a paragraph the item that its marker says it is."""
        level = min(max(paragraph.line - 1, 0), 2)
        counted = re.fullmatch(r"(\d+)(.)", paragraph.item)
        if counted is None:
            number = self._new("bullet", BULLET, level, 1)
        else:
            count, sign = int(counted[1]), counted[2]
            known = self._last.get(level)
            if known and known[1:] == (count - 1, sign):
                number = known[0]
            else:
                number = self._new("decimal", f"%{level + 1}{sign}", level, count)
            self._last[level] = number, count, sign
        properties = written._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = level
        properties.get_or_add_numId().val = int(number)

    def _new(self, kind: str, text: str, level: int, start: int) -> str:
        """A list that begins with a number; bullets of all lists are one."""
        name = f"brochure-{kind}-{text}-{level}"
        found = self._root.xpath(f"w:abstractNum[w:name/@w:val='{name}']")
        definition = found[0] if found else self._define(name, kind, text, level)
        identifier = definition.get(qn("w:abstractNumId"))
        if kind == "bullet":
            used = self._root.xpath(f"w:num[w:abstractNumId/@w:val='{identifier}']/@w:numId")
            if used:
                return str(used[0])
        number = self._root.add_num(int(identifier))
        if kind != "bullet":
            number.add_lvlOverride(level).add_startOverride(start)
        return str(number.numId)

    def _abstract(self) -> list[BaseOxmlElement]:
        return list(self._root.xpath("w:abstractNum"))

    def _define(self, name: str, kind: str, text: str, level: int) -> BaseOxmlElement:
        every = self._abstract()
        known = [int(one.get(qn("w:abstractNumId"), "0")) for one in every]
        definition = _element("w:abstractNum", abstractNumId=str(max(known, default=0) + 1))
        definition.append(_element("w:multiLevelType", val="hybridMultilevel"))
        definition.append(_element("w:name", val=name))
        for depth in range(level + 1):
            inner = _element("w:lvl", ilvl=str(depth))
            inner.append(_element("w:start", val="1"))
            inner.append(_element("w:numFmt", val=kind))
            inner.append(_element("w:lvlText", val="–" if kind == "bullet" else text))
            inner.append(_element("w:lvlJc", val="left"))
            properties = OxmlElement("w:pPr")
            left = str(360 * (depth + 1))
            properties.append(_element("w:ind", left=left, hanging="360"))
            inner.append(properties)
            definition.append(inner)
        if every:
            every[-1].addnext(definition)
        else:
            self._root.insert(0, definition)
        return definition


def _paragraphs(piece: Piece) -> tuple[Paragraph, ...]:
    """What a text is in Word."""
    form = form_of(piece.key)
    if piece.role in ("label", "value") or form == "raw" or piece.key.startswith("label:"):
        return (Paragraph((Run(piece.text),)),)
    if form == "line":
        return (line_of(piece.text),)
    return paragraphs_of(piece.text, form != "quote")


def _element(name: str, /, **attributes: str) -> BaseOxmlElement:
    """An element of WordprocessingML with its attributes."""
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _shade(cell: _Cell, colour: str) -> None:
    shade = _element("w:shd", val="clear", color="auto", fill=colour)
    cell._tc.get_or_add_tcPr().append(shade)


def _value(content: object, key: str) -> str:
    """A value of a leaflet by its key, passages by their ids."""
    value = content
    for step in key.split("."):
        if isinstance(value, list):
            value = next((v for v in value if isinstance(v, dict) and v.get("id") == step), None)
        elif isinstance(value, dict):
            value = value.get(step)
    return value if isinstance(value, str) else ""


def _spelling(code: str) -> str:
    """The language of a text as Word knows it (BCP 47)."""
    return code if "-" in code else _SPELLING.get(code, code)


def _set_page(word: WordDocument) -> None:
    section = word.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(_WIDTH), Mm(_HEIGHT)
    section.left_margin = section.right_margin = Mm(_MARGIN)
    section.top_margin = section.bottom_margin = Mm(_MARGIN)


def _set_styles(word: WordDocument, spelling: str) -> None:
    """One typeface, no colours but that of the ink, and the language of the text."""
    for name, size, before, after, bold in (
        ("Normal", 10.5, 0, 4, False),
        ("Body Text", 10.5, 0, 4, False),
        ("Title", 24, 0, 4, True),
        ("Subtitle", 13, 0, 10, False),
        ("Heading 1", 14, 14, 4, True),
        ("Heading 2", 11, 2, 3, True),
        ("Quote", 10.5, 0, 4, False),
        ("Intense Quote", 10.5, 2, 4, False),
        ("Caption", 9, 0, 2, False),
        ("List Bullet", 10.5, 0, 2, False),
        ("List Number", 10.5, 0, 2, False),
    ):
        style = word.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.name, style.font.size = _FONT, Pt(size)
        style.font.bold, style.font.italic = bold, False
        style.font.color.rgb = _INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for which in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{which}"), _FONT)
        layout = style.paragraph_format
        layout.space_before, layout.space_after = Pt(before), Pt(after)
        layout.left_indent = layout.right_indent = Mm(0)
        layout.keep_with_next = False  # in a table, it would keep rows together
        for edge in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
            style.element.pPr.remove(edge)
    demand = word.styles["Intense Quote"]
    assert isinstance(demand, ParagraphStyle)
    demand.paragraph_format.left_indent = Mm(3)
    _set_edge(demand.element)
    link = word.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
    link.font.underline = True
    link.font.color.rgb = RGBColor(0x05, 0x63, 0xC1)
    for language in word.styles.element.xpath("w:docDefaults//w:lang"):
        language.set(qn("w:val"), spelling)


def _set_edge(style: BaseOxmlElement) -> None:
    """A line at the left of a demand."""
    edges = OxmlElement("w:pBdr")
    edges.append(_element("w:left", val="single", sz="18", space="6", color="1F2A37"))
    properties = style.get_or_add_pPr()
    spacing = properties.find(qn("w:spacing"))
    if spacing is not None:
        spacing.addprevious(edges)
    else:
        properties.append(edges)


def _with_fixed_times(data: bytes) -> bytes:
    """The archive with the same time for all entries, so that its bytes depend on nothing else."""
    result = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(result, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(ZipInfo(entry.filename), old.read(entry), ZIP_DEFLATED)
    return result.getvalue()
