"""Lines of a source → a passage in YAML, ready to be put into a leaflet. Pure."""

import json
import re
import textwrap
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from brochure.manuscript.text import markdown
from brochure.sources.document import Document, Reference, SourceReference, needed, reference
from brochure.sources.matching.exact import is_joined
from brochure.sources.matching.text import Text

_WIDTH = 84  # characters of text in a line of the leaflet
_ENDS = frozenset(".:;!?…—")


@dataclass(frozen=True)
class Excerpt:
    """The words of some lines, paragraph by paragraph, and where they stand.

    `cut` are words that the first or last line has only a part of; they are left out. `guessed`
    are words with odd letters, and how they were read.
    """

    reference: Reference
    paragraphs: tuple[str, ...]
    cut: tuple[str, ...]
    guessed: tuple[tuple[str, str], ...]


def lines_at(document: Document, asked: Reference) -> tuple[int, int] | None:
    """The indices of the first and last line of a reference; None where there are no such lines."""
    first_page, _, last_page = (asked.page or "").partition("–")
    numbers = re.findall(r"\d{1,9}", asked.lines or "")
    chosen = [
        index
        for index, line in enumerate(document.lines)
        if not asked.page or document.page_name(line.page) in (first_page, last_page or first_page)
    ]
    if not numbers:
        return (chosen[0], chosen[-1]) if asked.page and chosen else None
    first, last = int(numbers[0]), int(numbers[-1])
    start = next((i for i in chosen if _is(document, i, first, first_page)), None)
    if start is None:
        return None
    ends = (i for i in chosen if i >= start and _is(document, i, last, last_page or first_page))
    stop = next(ends, None)
    return None if stop is None else (start, stop)


def _is(document: Document, index: int, number: int, page: str) -> bool:
    line = document.lines[index]
    return line.number == number and (not page or document.page_name(line.page) == page)


def excerpt(text: Text, first: int, last: int) -> Excerpt:
    """The words of the lines from `first` to `last`, words divided at their ends made whole."""
    start = bisect_left(text.first, first)
    stop = bisect_left(text.first, last + 1)
    cut: list[str] = []
    begun = start > 0 and text.last[start - 1] >= first  # a word that was divided
    if begun or _within(text, start):
        word, end = start - 1, start
        while not text.tokens[word].space and word > 0:
            word -= 1
        while end < stop and not text.tokens[end].space:
            end += 1
        cut.append(text.shown(word, end))
        start = end
    if stop > start and (text.last[stop - 1] > last or _within(text, stop)):
        end = stop
        while end < len(text.tokens) and not text.tokens[end].space:
            end += 1
        stop -= 1
        while stop > start and not text.tokens[stop].space:
            stop -= 1
        cut.append(text.shown(stop, end))
    guessed: list[tuple[str, str]] = []
    paragraphs: list[str] = []
    for at in range(start, stop):
        token = text.tokens[at]
        shown = text.plausible(at)
        if shown != token.shown:
            guessed.append((token.shown, shown))
        if at == start or (text.opens[at] and text.tokens[at - 1].strict in _ENDS):
            paragraphs.append(shown)
        else:
            paragraphs[-1] += (" " if token.space else "") + shown
    return Excerpt(
        needed(text.document, reference(text.document, [(first, last)])),
        tuple(paragraphs),
        tuple(cut),
        tuple(guessed),
    )


def _within(text: Text, at: int) -> bool:
    """Whether a token begins within a word with a hyphen: „Bund-/Länder-Programm“."""
    tokens = text.tokens
    return (
        2 <= at < len(tokens)
        and not tokens[at].space
        and is_joined(tokens[at - 2], tokens[at - 1], tokens[at])
    )


def as_yaml(found: Excerpt, source: SourceReference | None = None) -> str:
    """A passage for the list `passages:`. It names its `source`, if that is not the leaflet's."""
    return "\n".join(_yaml(found, source)) + "\n"


def _yaml(found: Excerpt, source: SourceReference | None) -> Iterator[str]:
    location = found.reference
    parts = [f"{k}-{v}" for k, v in (("page", location.page), ("lines", location.lines)) if v]
    name = re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")
    yield f"  - id: {name or 'quote'}"
    yield "    quote:"
    for word in found.cut:
        yield f"      # Left out: “{word}”, which these lines have only a part of."
    for odd, word in found.guessed:
        yield f"      # Compare with the document: “{_printable(odd)}” was read as “{word}”."
    for key, numbers in (("page", location.page), ("lines", location.lines)):
        if numbers:
            yield f"      {key}: {numbers.replace('–', '-')}"
    if source is not None:
        yield "      source:"
        yield f"        title: {json.dumps(source.title, ensure_ascii=False)}"
        yield f"        file: {json.dumps(source.file, ensure_ascii=False)}"
        if source.mode is not None:
            yield f"        lines: {source.mode}"
    yield "      text: |"
    for index, paragraph in enumerate(found.paragraphs):
        if index:
            yield ""
        for line in textwrap.wrap(
            _escaped(paragraph), _WIDTH, break_long_words=False, break_on_hyphens=False
        ):
            yield "        " + re.sub(
                r"^(\d{1,9})([.)])(?=\s|$)|^([-+])(?=\s|$)", r"\1\\\2\3", line
            )
    yield "    # commentary:"
    yield "    #   heading:"
    yield "    #   text: |"


def _escaped(paragraph: str) -> str:
    """The words so that Markdown leaves them as they are."""
    if markdown.quoted(paragraph).split() == paragraph.split() and "*" not in paragraph:
        return paragraph
    return re.sub(r"([\\*_\[\]])", r"\\\1", paragraph)


def _printable(word: str) -> str:
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in word)
