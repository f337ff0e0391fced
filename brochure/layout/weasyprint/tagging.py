"""The structure tree of a PDF: what a screen reader reads, and in which order.

Built from the laid-out boxes, in place of WeasyPrint's own, because a table that continues on the
next page has to stay one table: of each passage, all of the quote is read, then all of the
commentary (WeasyPrint #2903). One HTML element becomes one structure element, on however many
pages its boxes lie. What repeats on each page (the running foot; after the first page, the table
header) is an artifact. Clauses are those of ISO 32000-1 and, for the Matterhorn protocol of
PDF/UA-1, of ISO 14289-1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import pydyf

from brochure.layout.weasyprint.boxes import Box

# HTML elements with a structure type of their own (14.8.4); all others are passed through.
_ROLES = {
    "h1": "H1", "h2": "H2", "h3": "H3", "h4": "H4", "h5": "H5", "h6": "H6",
    "p": "P", "blockquote": "BlockQuote", "footer": "Sect", "section": "Sect", "article": "Art",
    "ul": "L", "ol": "L", "li": "LI", "a": "Link", "img": "Figure", "figcaption": "P",
    "mark": "Span",
    "table": "Table", "caption": "Caption", "thead": "THead", "tbody": "TBody", "tfoot": "TFoot",
    "tr": "TR", "th": "TH", "td": "TD", "svg": "Figure",
}  # fmt: skip
_PARAGRAPH = "P"  # the role of text that is in no element with a role of its own


class PageStream(Protocol):
    """A page's content stream from WeasyPrint: its operators, and the marked content by box."""

    stream: list[Any]
    _tags: dict[Box, dict[str, Any]]


@dataclass(eq=False)
class _Element:
    """A structure element, while the tree is being built."""

    role: str
    language: str | None = None
    kids: list["_Element | _Content | _Annotation"] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    entries: dict[str, Any] = field(default_factory=dict)
    reference: bytes = b""


@dataclass(frozen=True)
class _Content:
    """A piece of marked content: its page, and its identifier there."""

    page: int
    mcid: int


@dataclass(frozen=True, eq=False)
class _Annotation:
    """A link on a page."""

    page: int
    dictionary: Any


def add_tags(pdf: Any, document: Any, pdf_version: object, page_streams: list[PageStream]) -> None:
    """Give a PDF its structure tree; takes the place of ``weasyprint.pdf.add_tags``."""
    builder = _Builder()
    for number, (page, stream) in enumerate(zip(document.pages, page_streams, strict=True)):
        builder.page(number, page._page_box, stream)
    _write(pdf, builder.root, [len(stream) for stream in builder.marked])
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})


class _Builder:
    """Builds the structure tree below `root`, page by page."""

    def __init__(self) -> None:
        self.root = _Element("Document")
        self.marked: list[dict[Box, dict[str, Any]]] = []
        self._elements: dict[object, _Element] = {}
        self._height = 0.0  # of the current page, in CSS px
        self._headers: dict[object, int] = {}  # table header → the page on which it is read
        self._texts: dict[int, str] = {}  # marked content of the current page → what is read for it

    def page(self, number: int, page_box: Box, stream: PageStream) -> None:
        self.marked.append(dict(stream._tags))
        self._height = page_box.margin_height()
        self._texts = {}
        artifacts: set[int] = set()
        for box in page_box.children:
            if type(box).__name__ == "MarginBox":
                artifacts |= self._content_below(box, number)
            else:
                self._box(box, self.root, None, number, artifacts)
        stream._tags.clear()
        _mark_artifacts(stream, artifacts)
        _replace_texts(stream, self._texts)

    def _box(
        self, box: Box, parent: _Element, element: object, page: int, artifacts: set[int]
    ) -> None:
        box = getattr(box, "_box", box)  # an AbsolutePlaceholder holds the box that was moved
        if box.element_tag == "thead" and self._headers.setdefault(box.element, page) != page:
            artifacts |= self._content_below(box, page)
            return
        if box.element is not None and _is_decoration(box.element):
            artifacts |= self._content_below(box, page)
            return
        own = self._element_of(box, parent, element)
        mark = self.marked[page].get(box)
        if mark is not None:
            self._text_holder(own, box).kids.append(_Content(page, mark["mcid"]))
            if text := getattr(box, "actual_text", ""):
                self._texts[mark["mcid"]] = text
        annotation = getattr(box, "link_annotation", None)
        if annotation is not None:
            own.kids.append(_Annotation(page, annotation))
        # Not `or`: an element without children is falsy.
        inner = element if box.element is None else box.element
        for child in getattr(box, "children", ()):
            self._box(child, own, inner, page, artifacts)

    def _element_of(self, box: Box, parent: _Element, element: object) -> _Element:
        """The structure element of a box, made when its HTML element is first met."""
        tag = str(box.element_tag or "").rpartition("}")[2]
        if tag == "li::marker":
            label = self._make((box.element, "Lbl"), "Lbl", parent)
            if parent.role == "LBody":  # the marker lies inside the item's box, its label beside
                item = self._elements[box.element]
                parent.kids.remove(label)
                item.kids.insert(0, label)
            return label
        if box.element is None or box.element is element or tag not in _ROLES:
            return parent
        if box.element in self._elements:
            known = self._elements[box.element]
            return known.kids[-1] if known.role == "LI" else known  # type: ignore[return-value]
        made = self._make(box.element, _ROLES[tag], parent)
        attributes = box.element.attrib
        if "lang" in attributes and tag != "html":
            made.language = attributes["lang"]
        if made.role == "LI":
            return self._make((box.element, "LBody"), "LBody", made)
        if made.role == "TH":
            # ISO 14289-1, 7.5: a header says which cells it belongs to.
            made.attributes |= {"O": "/Table", "Scope": "/Column"}
            made.entries["ID"] = pydyf.String(f"column-{len(parent.kids)}")
        elif made.role == "TD":
            header = pydyf.String(f"column-{len(parent.kids)}")
            made.attributes |= {"O": "/Table", "Headers": pydyf.Array([header])}
        elif made.role == "L":
            numbering = "/Decimal" if tag == "ol" else "/Disc"
            made.attributes |= {"O": "/List", "ListNumbering": numbering}
        elif made.role == "Figure":
            left, top = box.content_box_x(), box.content_box_y()
            px = [left, self._height - top - box.height, left + box.width, self._height - top]
            bounds = [0.75 * edge for edge in px]  # points from the foot of the page
            made.attributes |= {"O": "/Layout", "BBox": pydyf.Array(bounds)}
            made.entries["Alt"] = pydyf.String(attributes.get("alt", ""))
        elif made.role == "Link":
            words = " ".join("".join(box.element.itertext()).replace("\u00ad", "").split())
            made.entries["_words"] = words
        return made

    def _text_holder(self, element: _Element, box: Box) -> _Element:
        """The element that holds a box's text: a paragraph of its own, if that is directly in the
        document, in a section or in a block quote.
        """
        if element.role not in ("Document", "Sect", "Art", "BlockQuote"):
            return element
        return self._make((box.element, "text"), _PARAGRAPH, element)

    def _make(self, key: object, role: str, parent: _Element) -> _Element:
        if key not in self._elements:
            self._elements[key] = _Element(role)
            parent.kids.append(self._elements[key])
        return self._elements[key]

    def _content_below(self, box: Box, page: int) -> set[int]:
        """The marked content of a box and of all boxes in it."""
        mcids: set[int] = set()
        stack = [box]
        while stack:
            box = stack.pop()
            box = getattr(box, "_box", box)
            if box in self.marked[page]:
                mcids.add(self.marked[page][box]["mcid"])
            stack += getattr(box, "children", ())
        return mcids


def _is_decoration(element: Any) -> bool:
    """Whether an HTML element is not read aloud: an artifact (ISO 14289-1, 7.1)."""
    described = element.get("alt") != "" or element.tag != "img"
    return element.get("aria-hidden") == "true" or not described


def _mark_artifacts(stream: PageStream, mcids: set[int]) -> None:
    """Turn marked content into pagination artifacts (14.8.2.2), in the stream itself."""
    operators = stream.stream
    for index, operator in enumerate(operators):
        if isinstance(operator, pydyf.Dictionary) and operator.get("MCID") in mcids:
            operators[index - 1] = "/Artifact"
            operators[index] = pydyf.Dictionary({"Type": "/Pagination"})


def _replace_texts(stream: PageStream, texts: dict[int, str]) -> None:
    """Say what is to be read in place of marked content (14.9.4): for the first part of a divided
    word all of it, for the second part nothing. So its hyphen is no part of the text.
    """
    for operator in stream.stream:
        if isinstance(operator, pydyf.Dictionary) and operator.get("MCID") in texts:
            operator["ActualText"] = pydyf.String(texts[operator["MCID"]])


def _write(pdf: Any, root: _Element, marked: list[int]) -> None:
    """Elements → PDF objects, with the parent tree (14.7.4.4) and the tree of IDs (14.7.2)."""
    parent_tree = pydyf.Dictionary()
    tree_root = pydyf.Dictionary({"Type": "/StructTreeRoot"})
    pdf.add_object(parent_tree)
    pdf.add_object(tree_root)
    tree_root["ParentTree"] = parent_tree.reference

    parents: list[list[Any]] = [["null"] * count for count in marked]
    annotations: list[tuple[Any, Any]] = []
    ids: dict[str, Any] = {}

    def add(element: _Element, parent: Any) -> Any:
        dictionary = pydyf.Dictionary({"Type": "/StructElem", "S": f"/{element.role}", "P": parent})
        pdf.add_object(dictionary)
        if element.language:
            dictionary["Lang"] = pydyf.String(element.language)
        if element.attributes:
            dictionary["A"] = pydyf.Dictionary(element.attributes)
        for key, value in element.entries.items():
            if not key.startswith("_"):
                dictionary[key] = value
        if "ID" in element.entries:
            ids[element.entries["ID"].string] = dictionary.reference
        first = next(_pages(element), None)
        if first is not None:
            dictionary["Pg"] = pdf.page_references[first]
        kids = pydyf.Array()
        for kid in element.kids:
            match kid:
                case _Element():
                    kids.append(add(kid, dictionary.reference))
                case _Content():
                    parents[kid.page][kid.mcid] = dictionary.reference
                    kids.append(
                        kid.mcid
                        if kid.page == first
                        else pydyf.Dictionary(
                            {
                                "Type": "/MCR",
                                "Pg": pdf.page_references[kid.page],
                                "MCID": kid.mcid,
                            }
                        )
                    )
                case _Annotation():
                    annotations.append((dictionary.reference, kid.dictionary))
                    _describe_link(kid.dictionary, str(element.entries.get("_words", "")))
                    kids.append(
                        pydyf.Dictionary(
                            {
                                "Type": "/OBJR",
                                "Pg": pdf.page_references[kid.page],
                                "Obj": kid.dictionary.reference,
                            }
                        )
                    )
        dictionary["K"] = kids
        return dictionary.reference

    tree_root["K"] = pydyf.Array([add(root, tree_root.reference)])
    numbers = pydyf.Array()
    for page, references in enumerate(parents):
        numbers.extend([page, pydyf.Array(references)])
    for number, (reference, annotation) in enumerate(annotations, start=len(parents)):
        annotation["StructParent"] = number
        numbers.extend([number, reference])
    parent_tree["Nums"] = numbers
    tree_root["ParentTreeNextKey"] = len(parents) + len(annotations)
    if ids:
        names = pydyf.Array()
        for key in sorted(ids):
            names.extend([pydyf.String(key), ids[key]])
        tree_root["IDTree"] = pydyf.Dictionary({"Names": names})
    pdf.catalog["StructTreeRoot"] = tree_root.reference


def _pages(element: _Element) -> Iterator[int]:
    """The page of each piece of content directly in an element."""
    return (kid.page for kid in element.kids if isinstance(kid, _Content | _Annotation))


def _describe_link(annotation: Any, words: str) -> None:
    """Let a screen reader read a link's words, then its address (ISO 14289-1, 7.18.5)."""
    address = annotation["A"]["URI"].string if "A" in annotation else ""
    described = words if not address or address in words else f"{words} ({address})"
    annotation["Contents"] = pydyf.String(described or address)
