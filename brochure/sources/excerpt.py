"""Lines of a source → a passage in YAML, ready to be pasted into a leaflet."""

import json
import re
import textwrap
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from brochure.manuscript.text import markdown
from brochure.messages import Message, say
from brochure.sources.document import (
    Document,
    Extent,
    QuoteReference,
    SourceReference,
    reference_to,
    shortest_reference,
)
from brochure.sources.matching.exact import is_joined
from brochure.sources.matching.text import SourceText

_WIDTH = 84  # characters of text in a line of YAML
_ENDS = frozenset(".:;!?…—")


@dataclass(frozen=True)
class Excerpt:
    """The words of some lines, by paragraph, and the reference to them.

    `cut` are words of which these lines have only a part; they are left out. `guessed` are words
    with odd letters, and how they were read.
    """

    reference: QuoteReference
    paragraphs: tuple[str, ...]
    cut: tuple[str, ...]
    guessed: tuple[tuple[str, str], ...]


def lines_at(document: Document, reference: QuoteReference) -> Extent | None:
    """The lines of a reference; None if they do not exist."""
    first_page, _, last_page = (reference.page or "").partition("–")
    numbers = re.findall(r"\d{1,9}", reference.lines or "")
    candidates = [
        index
        for index, line in enumerate(document.lines)
        if not reference.page
        or document.page_name(line.page) in (first_page, last_page or first_page)
    ]
    if not numbers:
        return _pages_at(document, first_page, last_page) if first_page else None
    first, last = int(numbers[0]), int(numbers[-1])
    start = next((i for i in candidates if _is_line(document, i, first, first_page)), None)
    if start is None:
        return None
    end_page = last_page or first_page
    ends = (i for i in candidates if i >= start and _is_line(document, i, last, end_page))
    stop = next(ends, None)
    return None if stop is None else (start, stop)


def _pages_at(document: Document, first: str, last: str) -> Extent | None:
    """All lines from one page to another; of several with the same name, the first is meant."""
    pages = [line.page for line in document.lines]
    start = next((i for i, page in enumerate(pages) if document.page_name(page) == first), None)
    if start is None:
        return None
    ends = (page for page in pages[start:] if document.page_name(page) == (last or first))
    end = next(ends, pages[start])
    return start, len(pages) - 1 - pages[::-1].index(end)


def _is_line(document: Document, index: int, number: int, page: str) -> bool:
    line = document.lines[index]
    return line.number == number and (not page or document.page_name(line.page) == page)


def excerpt(text: SourceText, first: int, last: int) -> Excerpt:
    """The words of the lines from `first` to `last`, with divided words made whole."""
    start = bisect_left(text.first, first)
    stop = bisect_left(text.first, last + 1)
    cut: list[str] = []
    continues = start > 0 and text.last[start - 1] >= first  # a divided word
    if continues or _within(text, start):
        begin, end = start - 1, start
        while not text.tokens[begin].space and begin > 0:
            begin -= 1
        while end < stop and not text.tokens[end].space:
            end += 1
        cut.append(text.original(begin, end))
        start = end
    if stop > start and (text.last[stop - 1] > last or _within(text, stop)):
        end = stop
        while end < len(text.tokens) and not text.tokens[end].space:
            end += 1
        stop -= 1
        while stop > start and not text.tokens[stop].space:
            stop -= 1
        cut.append(text.original(stop, end))
    guessed: list[tuple[str, str]] = []
    paragraphs: list[str] = []
    for at in range(start, stop):
        token = text.tokens[at]
        word = text.plausible(at)
        if word != token.original:
            guessed.append((token.original, word))
        if at == start or (text.opens_paragraph[at] and text.tokens[at - 1].strict in _ENDS):
            paragraphs.append(word)
        else:
            paragraphs[-1] += (" " if token.space else "") + word
    return Excerpt(
        shortest_reference(text.document, reference_to(text.document, [(first, last)])),
        tuple(paragraphs),
        tuple(cut),
        tuple(guessed),
    )


def _within(text: SourceText, at: int) -> bool:
    """Whether a token is within a word that has a hyphen: „Bund-/Länder-Programm“."""
    tokens = text.tokens
    return (
        2 <= at < len(tokens)
        and not tokens[at].space
        and is_joined(tokens[at - 2], tokens[at - 1], tokens[at])
    )


def passage_yaml(
    quoted: Excerpt,
    source: SourceReference | None = None,
    translate: Callable[[Message], str] = str,
) -> str:
    """An item of the list `passages:`.

    `source`: the one to name, if it is not that of the leaflet; `translate` puts comments into the
    language of the user.
    """
    return "\n".join(_lines(quoted, source, translate)) + "\n"


def _comments(quoted: Excerpt) -> Iterator[Message]:
    for word in quoted.cut:
        yield say("Left out: “{word}”, of which these lines have only a part.", word=word)
    for odd, word in quoted.guessed:
        yield say(
            "Compare with the document: “{original}” was read as “{word}”.",
            original=_printable(odd),
            word=word,
        )


def _lines(
    quoted: Excerpt, source: SourceReference | None, translate: Callable[[Message], str]
) -> Iterator[str]:
    keys = [("page", quoted.reference.page), ("lines", quoted.reference.lines)]
    parts = [f"{key}-{numbers}" for key, numbers in keys if numbers]
    name = re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")
    yield f"  - id: {name or 'quote'}"
    yield "    quote:"
    for comment in _comments(quoted):
        yield f"      # {translate(comment)}"
    for key, numbers in keys:
        if numbers:
            yield f"      {key}: {numbers.replace('–', '-')}"
    if source is not None:
        yield "      source:"
        yield f"        title: {json.dumps(source.title, ensure_ascii=False)}"
        yield f"        file: {json.dumps(source.file, ensure_ascii=False)}"
        if source.mode is not None:
            yield f"        lines: {source.mode}"
    yield "      text: |"
    for index, paragraph in enumerate(quoted.paragraphs):
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
    """Words escaped so that Markdown leaves them as they are."""
    if markdown.quoted(paragraph).split() == paragraph.split() and "*" not in paragraph:
        return paragraph
    return re.sub(r"([\\*_\[\]])", r"\\\1", paragraph)


def _printable(word: str) -> str:
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in word)
