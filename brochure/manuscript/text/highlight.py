"""Words of a quote that are marked: where they stand in it, and its HTML with marks.

The letters are those of the quote, whatever is marked: only tags are put between them.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html import unescape

_OPEN, _CLOSE = '<mark class="highlight">', "</mark>"
_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-z0-9]+)[^>]*>|&[^;\s]+;|[^<&]", re.DOTALL)
_BLOCKS = frozenset(("p", "ul", "ol", "li"))
_RAGGED = 2  # letters of a further word that other spellings may reach into
_LEAST = 8  # characters that must be the same before words are taken for those that are meant
_COMPARED = 500_000  # pairs of letters; looking for likeness takes time that grows with them
Span = tuple[int, int]  # the first character, and the one after the last


def find_words(words: str, text: str) -> tuple[Span, ...]:
    """Where words stand in a text: to the letter, but whatever white space is between them, and
    never a part of a longer word.
    """
    parts = words.split()
    if not parts:
        return ()
    before = r"(?<!\w)" if re.match(r"\w", parts[0]) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", parts[-1]) else ""
    pattern = before + r"\s+".join(map(re.escape, parts)) + after
    return tuple(match.span() for match in re.finditer(pattern, text))


def nearest_words(words: str, text: str) -> str:
    """Those words of a text that are most like others; empty if none are."""
    words, text = " ".join(words.split()), " ".join(text.split())
    if len(words) * len(text) > _COMPARED:
        return ""
    same = SequenceMatcher(None, text, words, autojunk=False).find_longest_match()
    if same.size < min(_LEAST, len(words) * 2 // 3 + 1):
        return ""
    start = text.rfind(" ", 0, max(0, same.a - same.b) + 1) + 1
    end = max(same.a + same.size, min(len(text), same.a - same.b + len(words)))
    word = text.rfind(" ", 0, end) + 1
    if word > same.a + same.size and end - word <= _RAGGED:
        return text[start : word - 1]
    end = text.find(" ", end)
    return text[start:] if end < 0 else text[start:end]


def with_highlights(html: str, highlights: Sequence[str]) -> str:
    """The HTML of a quote in which all of these words are marked, wherever they stand.

    A mark never crosses the edge of a paragraph or of an element: there, it ends and begins anew.
    """
    if not highlights:
        return html
    tokens = list(_TOKEN.finditer(html))
    seen = [(at, _character(token)) for at, token in enumerate(tokens)]
    seen = [(at, character) for at, character in seen if character]
    text = "".join(character for _, character in seen)
    partners = _partners(tokens)
    parts: list[str] = []
    done = 0
    for first, last in sorted(span for words in highlights for span in find_words(words, text)):
        start, end = _widened(tokens, partners, (seen[first][0], seen[last - 1][0] + 1))
        if start < done:  # they overlap, of which whoever reads the leaflet has complained
            continue
        parts += (token[0] for token in tokens[done:start])
        parts += _marked(tokens, partners, (start, end))
        done = end
    return "".join([*parts, *(token[0] for token in tokens[done:])])


def _widened(tokens: list[re.Match[str]], partners: dict[int, int], span: Span) -> Span:
    """A span with the tags right beside it that belong to elements which it holds whole."""
    start, end = span
    while start and start < partners.get(start - 1, 0) < end and _is_inline(tokens[start - 1]):
        start -= 1
    while end < len(tokens) and start <= partners.get(end, -1) < end and _is_inline(tokens[end]):
        end += 1
    return start, end


def _is_inline(token: re.Match[str]) -> bool:
    return token["tag"] is not None and token["tag"] not in _BLOCKS


def _marked(tokens: list[re.Match[str]], partners: dict[int, int], span: Span) -> Iterator[str]:
    start, end = span
    opened = False
    for at in range(start, end):
        token = tokens[at]
        tag = token["tag"]
        if tag is None:
            if not opened and not (token[0].isspace() and tokens[at - 1]["tag"] in _BLOCKS):
                yield _OPEN
                opened = True
        elif tag in _BLOCKS or not start <= partners.get(at, at) < end:
            if opened:
                yield _CLOSE
            opened = False
        elif not opened:
            yield _OPEN
            opened = True
        yield token[0]
    if opened:
        yield _CLOSE


def _partners(tokens: list[re.Match[str]]) -> dict[int, int]:
    """For each tag, the one that ends its element, or begins it; tags are well nested."""
    partners: dict[int, int] = {}
    opened: list[int] = []
    for at, token in enumerate(tokens):
        if token["tag"] is None or token["tag"] == "br":
            continue
        if token["end"]:
            begun = opened.pop()
            partners[begun], partners[at] = at, begun
        else:
            opened.append(at)
    return partners


def _character(token: re.Match[str]) -> str:
    """What is read of a token: a letter; a line end for a tag that divides words; or nothing."""
    if token["tag"] is None:
        return unescape(token[0])
    return "\n" if token["tag"] in _BLOCKS or token["tag"] == "br" else ""
