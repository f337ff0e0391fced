"""All words of a file, counted by somebody who knows nothing of what they mean.

It shares no code with the readers of documents: what one of them leaves out shows here. The XML of
every part is gone through from its beginning to its end, and the text of each paragraph cut into
words. Deleted text, formulas and the like are cut apart from what surrounds them. Where a file has
the same twice, for older programs, it counts once.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers.expat import ParserCreate
from zipfile import ZipFile

_WORD = re.compile(r"\w+")
_SOFT = str.maketrans("", "", "\u00ad")
# Parts whose text is that of a reader; of diagrams, `drawing` repeats `data`.
_PARTS = re.compile(
    r"(?:word/)?(?:document|header|footer|footnotes|endnotes|comments|charts/chart|diagrams/data)"
    r"[^/]*\.xml"
)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text: letters and digits in a row, composed (NFC), without soft hyphens.

    Signs between them are none: an address or a word with a hyphen is several.
    """
    return tuple(_WORD.findall(unicodedata.normalize("NFC", text).translate(_SOFT)))


def words_of_docx(data: bytes) -> tuple[str, ...]:
    """All words of all parts of a .docx file that was found to be sound."""
    total: Counter[str] = Counter()
    with ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            if _PARTS.fullmatch(name.lower().replace("\\", "/")):
                total += _words_of_part(archive.read(name))
    return tuple(sorted(total.elements()))


@dataclass
class _Paragraph:
    """What is read of a paragraph, or of anything else that text does not run over."""

    texts: dict[str, list[str]] = field(default_factory=dict)

    def add(self, stream: str, text: str) -> None:
        self.texts.setdefault(stream, []).append(text)


_OWN = {"p", "tc", "txbxContent", "comment", "footnote", "endnote", "rt", "ruby", "pt", "textpath"}
_REMOVED = {"del", "moveFrom"}


def _words_of_part(data: bytes) -> Counter[str]:
    """The words of one part, in whatever order."""
    found: list[Counter[str]] = [Counter()]  # of the alternatives that are open, innermost last
    best: list[Counter[str]] = []
    paragraphs = [_Paragraph()]
    names: list[str] = []
    removed = 0
    change = 0  # the number of the change that text is in

    def end_paragraph() -> None:
        for texts in paragraphs.pop().texts.values():
            found[-1].update(words_of("".join(texts)))

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal removed, change
        local = name.rpartition(" ")[2]
        names.append(local)
        if local in _OWN:
            paragraphs.append(_Paragraph())
        if local in _REMOVED:
            removed += 1
            change += 1
        if local in ("tab", "ptab", "br", "cr", "noBreakHyphen", "sym", "oMath"):
            stream = f"removed {change}" if removed else ""
            paragraphs[-1].add(stream, " " if local != "oMath" else "")
        if local == "AlternateContent":
            best.append(Counter())
        if local in ("Choice", "Fallback"):
            found.append(Counter())
            paragraphs.append(_Paragraph())
        if local == "textpath":
            paragraphs[-1].add("", attributes.get("string", ""))

    def end(name: str) -> None:
        nonlocal removed
        local = names.pop()
        if local in _REMOVED:
            removed -= 1
        if local in _OWN or local in ("Choice", "Fallback"):
            end_paragraph()
        if local in ("Choice", "Fallback") and best:
            best[-1] |= found.pop()
        if local == "AlternateContent":
            found[-1] += best.pop()

    def data_(text: str) -> None:
        local = names[-1]
        if local in ("t", "delText"):
            formula = "r" in names[-2:] and any(one.startswith("oMath") for one in names)
            if formula:
                found[-1].update(words_of(text))
            elif removed or local == "delText":
                paragraphs[-1].add(f"removed {change}", text)
            else:
                paragraphs[-1].add("", text)
        elif local == "v" and "strCache" in names:
            found[-1].update(words_of(text))

    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 1_000_000
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data_
    parser.Parse(data, True)
    end_paragraph()
    return found[0]
