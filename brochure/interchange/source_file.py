"""A document of a word processor as the text that leaflets quote from.

Word processors number no lines that everybody sees alike, so lines are counted in this text.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brochure.interchange.document import Document, Kind, Leftover, Paragraph, paragraphs
from brochure.messages import Message, plural, say

_WIDTH = 90  # characters of a line, where words allow it
_NOTES: tuple[Kind, ...] = ("text-box", "footnote", "endnote")  # that readers see as text
_CHANGES: tuple[Kind, ...] = ("insertion", "deletion", "moved")
_WHITE = re.compile(r"[ \t\r\f\v]+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_AFTER_HYPHEN = re.compile(r"(?<=[-\u2010\u00ad]) ")


@dataclass(frozen=True)
class SourceFile:
    """A text to be quoted, and what is to be known about it."""

    text: str
    notes: tuple[Message, ...]


def source_file(document: Document) -> SourceFile:
    """The text of a document: its paragraphs in reading order, then what stands in text boxes and
    notes, an empty line between two of them. Words that are struck through are no part of it.
    """
    parts = [_lines(one) for one in paragraphs(document.blocks)]
    parts += [_wrapped(one.text) for one in document.leftovers if one.kind in _NOTES]
    text = "\n\n".join("\n".join(part) for part in parts if part)
    return SourceFile(f"{text}\n" if text else "", tuple(_notes(document)))


def _lines(paragraph: Paragraph) -> list[str]:
    words = "".join(run.text for run in paragraph.runs if not run.struck)
    return _wrapped(f"{paragraph.item} {words}" if paragraph.item and words.strip() else words)


def _wrapped(text: str) -> list[str]:
    """Lines, none of which ends with a hyphen that another one could be taken to go on after."""
    lines = []
    for line in _CONTROL.sub("", text).split("\n"):
        joined = _AFTER_HYPHEN.sub("\x00", _WHITE.sub(" ", line).strip())
        for part in textwrap.wrap(joined, _WIDTH, break_long_words=False, break_on_hyphens=False):
            lines.append(part.replace("\x00", " "))
    return lines


def _notes(document: Document) -> Iterator[Message]:
    kinds = Counter(one.kind for one in document.leftovers)
    if changes := sum(kinds[kind] for kind in _CHANGES):
        yield plural(
            "The document has {n} tracked change that nobody has accepted: what was inserted is in "
            "the text, what was deleted is not.",
            "The document has {n} tracked changes that nobody has accepted: what was inserted is "
            "in the text, what was deleted is not.",
            changes,
        )
    if struck := _struck(document):
        yield say("Words that are struck through were left out: “{words}”.", words=_short(struck))
    if left := [one for one in document.leftovers if one.kind in ("header", "footer", "hidden")]:
        yield say(
            "Headers, footers and hidden text were left out: “{words}”.",
            words=_short([one.text for one in _distinct(left)]),
        )


def _struck(document: Document) -> list[str]:
    runs = (run for one in paragraphs(document.blocks) for run in one.runs)
    return [run.text for run in runs if run.struck and run.text.strip()]


def _distinct(leftovers: Sequence[Leftover]) -> list[Leftover]:
    return list({one.text: one for one in leftovers}.values())


def _short(texts: Sequence[str]) -> str:
    return textwrap.shorten(" · ".join(texts), 120, placeholder=" …")
