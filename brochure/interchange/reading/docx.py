"""A Word document → a document: its parts, and what is in each (ECMA-376, ISO/IEC 29500).

Read from its XML, and not with mammoth, whose aim is HTML of what a page shows: of styles it knows
the names only; deletions, simple fields, headers, footers and formulas are gone from what it gives,
and so is which text was inserted, hidden, or in a box. Its table of symbols is used, and tests
compare its reading with this one.
"""

import posixpath
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from brochure.diagnostics import Diagnostic, note
from brochure.interchange.document import Document, Kind, Leftover
from brochure.interchange.reading import witness
from brochure.interchange.reading.container import (
    Package,
    fail_broken,
    fail_other_package,
    open_package,
)
from brochure.interchange.reading.docx_body import Resources, Story
from brochure.interchange.reading.docx_lists import Lists
from brochure.interchange.reading.docx_styles import Styles
from brochure.interchange.reading.elements import child, every
from brochure.messages import say

_MAIN = "word/document.xml"
_NOTES: dict[str, Kind] = {"footnotes": "footnote", "endnotes": "endnote"}
_ASIDE: dict[str, Kind] = {"header": "header", "footer": "footer"}


def read_docx(data: bytes, name: str) -> Document:
    """The document in a .docx file; templates and files with macros are read as well. Raises
    DiagnosticsError.
    """
    package = open_package(data, name)
    main = _target(package, "", "officeDocument") or _MAIN
    root = package.xml(main)
    body = child(root, "w:body")
    if root is None or body is None:
        if root is not None and root.tag == "w:document":
            fail_broken(package.where, say("it has no text"))
        fail_other_package(package)
    parts = _Parts(package, main)
    resources = parts.resources
    story = Story(main, resources)
    blocks = story.blocks(body)
    leftovers = [*story.leftovers, *_unplaced(resources), *_headers(parts)]
    core = package.xml(_target(package, "", "core-properties") or "docProps/core.xml")
    language = resources.styles.language
    return Document(
        blocks=blocks,
        leftovers=tuple(leftovers),
        words=witness.words_of_docx(data),
        title=_core(core, "dc:title"),
        language=_core(core, "dc:language") or language,
        diagnostics=(*package.diagnostics, *resources.diagnostics, *_not_read(package)),
    )


class _Parts:
    """The parts of a document, by what relates them."""

    def __init__(self, package: Package, main: str) -> None:
        self.package, self.main = package, main
        self._relations: dict[str, dict[str, tuple[str, str, bool]]] = {}
        self.resources = Resources(
            where=package.where,
            styles=Styles(self.xml("styles")),
            lists=Lists(self.xml("numbering")),
            target=self.target,
            picture=package.picture,
            beside=self.beside,
        )
        for name, kind in _NOTES.items():
            for part in self.of_type(name):
                for element in self._children(part):
                    self.resources.notes[kind, element.get("w:id", "")] = part, element
        for part in self.of_type("comments"):
            for element in self._children(part):
                self.resources.comments[element.get("w:id", "")] = part, element

    def _children(self, part: str) -> list[Element]:
        root = self.package.xml(part)
        return [] if root is None else list(root)

    def xml(self, kind: str) -> Element | None:
        """The part of a kind of which there is one."""
        return next((self.package.xml(part) for part in self.of_type(kind)), None)

    def of_type(self, kind: str) -> list[str]:
        """The names of the parts of a kind that belong to the main one."""
        found = (
            target
            for own, target, outside in self.relations(self.main).values()
            if own == kind and not outside and target in self.package
        )
        return list(dict.fromkeys(found))

    def relations(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """By its identifier, what each relationship of a part is, leads to, and if outside."""
        if part not in self._relations:
            self._relations[part] = _relations(self.package, part)
        return self._relations[part]

    def target(self, part: str, relation: str) -> tuple[str, bool]:
        """What a relationship leads to, and whether that is outside; empty if there is none."""
        _, target, outside = self.relations(part).get(relation, ("", "", False))
        return target, outside

    def beside(self, name: str) -> str:
        """The text of a chart or a diagram, a line for each piece (21.2, 21.4)."""
        root = self.package.xml(name)
        if root is None:
            return ""
        lines = ["".join(t.text or "" for t in every(p, "a:t")) for p in every(root, "a:p")]
        lines += [
            one.text or "" for cache in every(root, "c:strCache") for one in every(cache, "c:v")
        ]
        return "\n".join(filter(None, lines))


def _relations(package: Package, part: str) -> dict[str, tuple[str, str, bool]]:
    """The relationships of a part (ECMA-376, Part 2, 6.5): the last word of their types, so that
    those of both standards are one.
    """
    folder, name = posixpath.split(part)
    root = package.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, tuple[str, str, bool]] = {}
    for element in root if root is not None else ():
        kind = element.get("Type", "").rpartition("/")[2]
        target = element.get("Target", "").replace("\\", "/")
        outside = element.get("TargetMode") == "External"
        if not outside:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found.setdefault(element.get("Id", ""), (kind, target, outside))
    return found


def _target(package: Package, part: str, kind: str) -> str:
    """The first part of a kind that belongs to another; empty if there is none."""
    return next(
        (
            target
            for own, target, outside in _relations(package, part).values()
            if own == kind and not outside and target in package
        ),
        "",
    )


def _unplaced(resources: Resources) -> Iterator[Leftover]:
    """Notes and comments that no text refers to."""
    for (kind, _), (part, element) in list(resources.notes.items()):
        text, leftovers = Story(part, resources).aside(part, element)
        if text:
            yield Leftover(kind, text)
        yield from leftovers
    for part, element in list(resources.comments.values()):
        text, leftovers = Story(part, resources).aside(part, element)
        if text:
            yield Leftover("comment", text, who=element.get("w:author", ""))
        yield from leftovers


def _headers(parts: _Parts) -> Iterator[Leftover]:
    """Headers and footers, each once."""
    for name, kind in _ASIDE.items():
        for part in parts.of_type(name):
            root = parts.package.xml(part)
            if root is None:
                continue
            text, leftovers = Story(part, parts.resources).aside(part, root)
            if text:
                yield Leftover(kind, text)
            yield from leftovers


def _not_read(package: Package) -> Iterator[Diagnostic]:
    """What is in the file, and not text."""
    names = [name.lower() for name in package.names]
    if any(name.endswith("vbaproject.bin") for name in names):
        yield note(
            "import-macros",
            say("`{file}` contains macros; they are neither run nor taken over.",
                file=package.where.file),
            package.where,
        )  # fmt: skip
    if any("/embeddings/" in name for name in names):
        yield note(
            "import-embedded",
            say("`{file}` contains other files, such as tables of Excel, which are not read.",
                file=package.where.file),
            package.where,
            say("Where you need their text, copy it."),
        )  # fmt: skip


def _core(root: Element | None, name: str) -> str:
    element = child(root, name)
    return "" if element is None else (element.text or "").strip()
