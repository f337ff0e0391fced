"""All words of a file, counted by somebody who knows nothing of what they mean.

It shares no code with the readers of documents: what one of them leaves out shows here. The XML of
every part is gone through from its beginning to its end, and the text of each paragraph cut into
words. Deleted text, formulas and the like are cut apart from what surrounds them. Where a file has
the same twice, for older programs, it counts once.
"""

import contextlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import NoReturn
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZipFile

_WORD = re.compile(r"[^\W_]+")
_SOFT = str.maketrans("", "", "\u00ad")
# Parts whose text is that of a reader, by their roots; of diagrams, drawings repeat the data.
_PARTS = {"document", "hdr", "ftr", "footnotes", "endnotes", "comments", "chartSpace", "dataModel"}
_BUILDING_BLOCKS = "/glossary/"  # of text that is not in the document
_OPEN_PARTS = re.compile(r"(?:.*/)?(?:content|styles)\.xml")
_OPEN_OWN = {"p", "h", "mi", "mn", "mo", "mtext", "ruby-text"}
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"  # who made a comment, and when
_OPEN_SPACES = {"s", "tab", "line-break"}
_OPEN_SILENT = {
    "note-citation", "date-string", "creator-initials", "sender-initials", "title", "desc",
    "script", "event-listeners",
}  # fmt: skip


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text: letters and digits in a row, composed (NFKC: raised digits as others),
    without soft hyphens.

    Signs between them are none: an address or a word with a hyphen is several.
    """
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).translate(_SOFT)))


def words_of_docx(data: bytes) -> tuple[str, ...]:
    """All words of all parts of a .docx file that was found to be sound."""
    total: Counter[str] = Counter()
    with ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.lower().endswith(".xml") and _BUILDING_BLOCKS not in name.lower():
                total += _words_of_part(archive.read(name))
    return tuple(sorted(total.elements()))


def words_of_odt(data: bytes) -> tuple[str, ...]:
    """All words of all parts of an .odt file that was found to be sound."""
    total: Counter[str] = Counter()
    with ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            if _OPEN_PARTS.fullmatch(name.lower()):
                total += _words_of_open_part(archive.read(name))
    return tuple(sorted(total.elements()))


def _words_of_open_part(data: bytes) -> Counter[str]:
    """The words of one XML file of an .odt file: all that is in paragraphs and formulas, except
    the numbers of notes, and names and dates of comments.
    """
    total: Counter[str] = Counter()
    texts: list[list[str]] = []
    silent = 0

    def start(name: str, _attributes: object) -> None:
        nonlocal silent
        namespace, _, local = name.rpartition(" ")
        silent += local in _OPEN_SILENT or namespace == _DUBLIN_CORE
        if local in _OPEN_OWN:
            texts.append([])
        elif local in _OPEN_SPACES and texts:
            texts[-1].append(" ")

    def end(name: str) -> None:
        nonlocal silent
        namespace, _, local = name.rpartition(" ")
        silent -= local in _OPEN_SILENT or namespace == _DUBLIN_CORE
        if local in _OPEN_OWN:
            total.update(words_of("".join(texts.pop())))

    def text(characters: str) -> None:
        if texts and not silent:
            texts[-1].append(characters)

    _go_through(data, start, end, text)
    return total


def _go_through(
    data: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Call for each beginning and end of an element, and for text, as far as it is sound."""
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _stop
    with contextlib.suppress(ExpatError, _NotText):
        parser.Parse(data, True)


class _NotText(Exception):
    """A part that nobody reads."""


def _stop(*_: object) -> NoReturn:
    raise _NotText


@dataclass
class _Paragraph:
    """What is read of a paragraph, or of anything else that text does not run over."""

    texts: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    shown: int = 0

    def add(self, removed: list[str], text: str) -> None:
        """Add text that these people removed; without any, text that is shown."""
        place = (self.shown, removed[-1]) if removed else (-1, "")
        self.shown += not removed
        self.texts.setdefault(place, []).append(text)


_OWN = {"p", "tc", "txbxContent", "comment", "footnote", "endnote", "rt", "ruby", "pt", "textpath"}
_AUTHOR = "{} author"
_REMOVED = {"del", "moveFrom"}


def _words_of_part(data: bytes) -> Counter[str]:
    """The words of one part, in whatever order."""
    found: list[Counter[str]] = [Counter()]  # of the alternatives that are open, innermost last
    best: list[Counter[str]] = []
    paragraphs = [_Paragraph()]
    names: list[str] = []
    removed: list[str] = []  # who removed what text is in, innermost last

    def end_paragraph() -> None:
        for texts in paragraphs.pop().texts.values():
            found[-1].update(words_of("".join(texts)))

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if not names and local not in _PARTS:
            raise _NotText
        names.append(local)
        if local in _OWN:
            paragraphs.append(_Paragraph())
        if local in _REMOVED:
            removed.append(attributes.get(_AUTHOR.format(name.rpartition(" ")[0]), ""))
        if local in ("tab", "ptab", "br", "cr", "noBreakHyphen", "sym", "oMath"):
            paragraphs[-1].add(removed, "" if local == "oMath" else " ")
        if local == "AlternateContent":
            best.append(Counter())
        if local in ("Choice", "Fallback"):
            found.append(Counter())
            paragraphs.append(_Paragraph())
        if local == "textpath":
            paragraphs[-1].add([], attributes.get("string", ""))

    def end(name: str) -> None:
        local = names.pop()
        if local in _REMOVED:
            removed.pop()
        if local in _OWN or local in ("Choice", "Fallback"):
            end_paragraph()
        if local in ("Choice", "Fallback") and best:
            best[-1] |= found.pop()
        if local == "AlternateContent":
            found[-1] += best.pop()

    def text(characters: str) -> None:
        local = names[-1]
        if local in ("t", "delText"):
            formula = "r" in names[-2:] and any(one.startswith("oMath") for one in names)
            if formula:
                found[-1].update(words_of(characters))
            else:
                paragraphs[-1].add(removed or ([""] if local == "delText" else []), characters)
        elif local == "v" and "strCache" in names:
            found[-1].update(words_of(characters))

    _go_through(data, start, end, text)
    while paragraphs:
        end_paragraph()
    return sum(found, Counter())
