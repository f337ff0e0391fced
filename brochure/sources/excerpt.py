"""Lines of a source → a passage in YAML, ready to be pasted into a leaflet."""

import json
import re
import textwrap
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from brochure.manuscript.text import markdown
from brochure.manuscript.yaml.parser import FORBIDDEN
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
from brochure.sources.matching.text import BULLET, SourceText, tokens_of_line
from brochure.sources.matching.tokens import printable

_WIDTH = 84  # characters of text in a line of YAML
_ENDS = frozenset(".:;!?…—")
_OMISSION = "[…]"


@dataclass(frozen=True)
class Excerpt:
    """The words of some lines, by paragraph, and the reference to them.

    `cut` are words of which these lines have only a part; they are left out. `guessed` are words
    with odd letters, and how they were read; `unreadable` are those that cannot be read at all, in
    whose place is an omission. `uncertain`: whether these lines follow each other is in doubt.
    """

    reference: QuoteReference
    paragraphs: tuple[str, ...]
    cut: tuple[str, ...]
    guessed: tuple[tuple[str, str], ...]
    unreadable: tuple[str, ...] = ()
    uncertain: bool = False


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


def excerpt(
    text: SourceText, first: int, last: int, begin: int = 0, end: int | None = None
) -> Excerpt:
    """The words of the lines from `first` to `last`, with divided words made whole.

    Words that end before the character `begin` of the first line, or begin at `end` of the last one
    or behind it, are left out; None: the last line to its end.
    """
    if begin > 0 or end is not None:
        start, stop = _chosen(text, first, last, begin, end)
        lines = (text.first[start], text.last[stop - 1]) if start < stop else (first, last)
        return _excerpt(text, start, stop, lines, ())
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
    return _excerpt(text, start, stop, (first, last), cut)


def excerpt_of(text: SourceText, start: int, stop: int) -> Excerpt:
    """The words from one token to before another, and the reference to their lines."""
    return _excerpt(text, start, stop, (text.first[start], text.last[stop - 1]), ())


def _chosen(
    text: SourceText, first: int, last: int, begin: int, end: int | None
) -> tuple[int, int]:
    """The first token of some characters of lines, and the one behind the last; whole words."""
    start = _token_at(text, first, begin)
    stop = bisect_left(text.first, last + 1)
    if end is not None:
        stop = min(stop, _token_at(text, last, end, behind=True))
    while _within(text, start):
        start -= 1
    while start < stop and _within(text, stop):
        stop += 1
    return start, stop


def _token_at(text: SourceText, line: int, character: int, *, behind: bool = False) -> int:
    """The first token of a line that ends after a character; or, `behind`, that begins at it or
    after it. A word that is divided belongs to both lines.
    """
    covering = range(bisect_left(text.last, line), bisect_left(text.first, line + 1))
    words = text.document.lines[line].text
    passed, at = 0, 0
    for token in tokens_of_line(words):
        found = words.find(token.original, at)
        at = found + len(token.original)
        if found >= character if behind else at > character:
            break
        passed += 1
    return min(covering.start + passed, covering.stop)


def _excerpt(text: SourceText, start: int, stop: int, lines: Extent, cut: Sequence[str]) -> Excerpt:
    """The words from one token to before another, of some lines."""
    first, last = lines
    guessed: list[tuple[str, str]] = []
    unreadable: list[str] = []
    paragraphs: list[str] = []
    for at in range(start, stop):
        token = text.tokens[at]
        word = text.plausible(at)
        if FORBIDDEN.search(word):  # in no leaflet, so in no quote either
            unreadable.append(word)
            word = _OMISSION
        elif word not in (token.original, BULLET):
            guessed.append((token.original, word))
        if at == start or (text.opens_paragraph[at] and text.tokens[at - 1].strict in _ENDS):
            paragraphs.append(word)
        else:
            paragraphs[-1] += (" " if token.space else "") + word
    return Excerpt(
        shortest_reference(text.document, reference_to(text.document, [lines])),
        tuple(paragraphs),
        tuple(cut),
        tuple(guessed),
        tuple(unreadable),
        any(line.uncertain for line in text.document.lines[first : last + 1]),
    )


def _within(text: SourceText, at: int) -> bool:
    """Whether a token is within a word of several: „Bund-/Länder-Programm“, „Bürger/*innen“."""
    tokens = text.tokens
    if not 1 <= at < len(tokens) or tokens[at].space:
        return False
    if at + 1 < len(tokens) and not tokens[at + 1].space and is_joined(*tokens[at - 1 : at + 2]):
        return True
    return at > 1 and is_joined(*tokens[at - 2 : at + 1])


def quote_markdown(quoted: Excerpt) -> str:
    """The words as the text of a quote, in Markdown: each paragraph one line."""
    return "\n\n".join(_without_marker(markdown.escaped(one)) for one in quoted.paragraphs)


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


def comments(quoted: Excerpt) -> Iterator[Message]:
    """What to compare with the document, and what was left out."""
    if quoted.uncertain:
        yield say("Compare with the document: it is uncertain in which order this is to be read.")
    for word in quoted.cut:
        yield say(
            "Left out: “{word}”, of which these lines have only a part.", word=printable(word)
        )
    for odd, word in dict.fromkeys(quoted.guessed):
        yield say(
            "Compare with the document: “{original}” was read as “{word}”.",
            original=printable(odd),
            word=word,
        )
    for odd in dict.fromkeys(quoted.unreadable):
        yield say("Left out: “{word}”, which cannot be read.", word=printable(odd))


def _lines(
    quoted: Excerpt, source: SourceReference | None, translate: Callable[[Message], str]
) -> Iterator[str]:
    keys = [("page", quoted.reference.page), ("lines", quoted.reference.lines)]
    parts = [f"{key}-{numbers}" for key, numbers in keys if numbers]
    name = re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")
    yield f"  - id: {name or 'quote'}"
    yield "    quote:"
    for comment in comments(quoted):
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
            markdown.escaped(paragraph), _WIDTH, break_long_words=False, break_on_hyphens=False
        ):
            yield "        " + _without_marker(line)
    yield "    # commentary:"
    yield "    #   heading:"
    yield "    #   text: |"


def _without_marker(line: str) -> str:
    """A line that is no item of a list, whatever it begins with (CommonMark 5.2)."""
    return re.sub(r"^(\d{1,9})([.)])(?=\s|$)|^([-+])(?=\s|$)", r"\1\\\2\3", line)
