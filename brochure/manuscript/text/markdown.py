"""The Markdown of leaflets → safe HTML.

It has *emphasis*, **strong**, [links](https://…), line breaks, paragraphs and simple lists, which
begin after an empty line (see `lists`). Everything else is printed as it was typed, HTML included.
Emphasis never begins or ends inside a word, so that „Bürger*innen und Schüler*innen“ keeps its
asterisks.

The initiative's own words get the typography of the language; a quote keeps its letters, including
its list markers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from brochure.manuscript.text import bidi, embedding, lists
from brochure.manuscript.text.address import is_address
from brochure.manuscript.text.bidi import Direction, text_direction
from brochure.manuscript.text.typography import SEALED, Typography

LinkStyle = Literal["live", "printed", "none"]
# No line ends inside of these: a range of numbers; a compound at its hyphen, and a hyphen with the
# word after it („Bildungs- und“). What reads the PDF (copy and paste, pdftotext) takes a hyphen at
# the end of a line for one of the typesetter’s, and drops it. Longer ones may be divided anywhere,
# as they might not fit into a line.
_RANGE = re.compile(r"\d{1,6}–\d{1,6}")
_COMPOUND = re.compile(r"(?<!\S)\S{3,30}(?!\S)")
_PARSED = 30_000  # characters; longer texts are none for a leaflet, and take long to parse
NESTING = 20  # markdown-it leaves out what is nested more deeply


@dataclass(frozen=True)
class Renderer:
    """How texts become HTML: with typography (None for quotes), and with or without links.

    `live` links can be clicked; `printed` links are their words, then the short address in
    parentheses; `none`: only the words. `together`: whether ranges and short compounds are kept on
    one line. `direction` is that of what the texts are in; those in the other one are marked.
    """

    typography: Typography | None
    links: LinkStyle
    together: bool = True
    direction: Direction = "ltr"

    def tokens(self, text: str) -> list[Token]:
        """Paragraphs and lists as tokens, with typography; what HTML or plain text is made from."""
        tokens = blocks(text, self.typography is not None)
        return [
            replace(token, children=self._set(token)) if token.type == "inline" else token
            for token in tokens
        ]

    def block(self, text: str) -> str:
        """Paragraphs and lists as HTML blocks."""
        parts: list[str] = []
        direction = self.direction
        tokens = self.tokens(text)
        for at, token in enumerate(tokens):
            if token.type == "inline":
                parts.append(self._inline(token.children or [], direction))
            elif token.type == "list_item_open":
                parts.append(f"<li style='list-style-type: \"{self.marker(token)}\"'>")
            elif not token.hidden:  # as are the paragraphs of a tight list
                turned = ""
                if token.nesting > 0 and token.level == 0:
                    direction = text_direction(_words_below(tokens, at), self.direction)
                    turned = "" if direction == self.direction else f' dir="{direction}"'
                parts.append(f"<{'/' if token.nesting < 0 else ''}{token.tag}{turned}>")
        return "".join(parts)

    def inline(self, text: str) -> str:
        """One line without paragraphs, as for a heading."""
        tokens = self._line(text)
        direction = text_direction("".join(token.content for token in tokens), self.direction)
        html = self._inline(tokens, direction)
        return html if direction == self.direction else f'<span dir="{direction}">{html}</span>'

    def literal(self, text: str) -> str:
        """A text without markup or typography, as it is."""
        direction = text_direction(text, self.direction)
        html = self._inline([Token("text", "", 0, content=text)], direction)
        return html if direction == self.direction else f'<span dir="{direction}">{html}</span>'

    def plain(self, text: str) -> str:
        """One line without markup, as for metadata and bookmarks."""
        return "".join(token.content for token in self._line(text)).replace("\n", " ")

    def marker(self, item: Token) -> str:
        """The marker of a list item as typed: numbers are never counted anew."""
        if not item.info and self.typography is not None:
            return "– "
        return f"{item.info}{item.markup} "

    def _line(self, text: str) -> list[Token]:
        (token,) = parser(self.typography is not None).parseInline(text)
        return self._set(token)

    def _set(self, paragraph: Token) -> list[Token]:
        """The tokens of a paragraph, their content with typography."""
        tokens = _joined(paragraph.children or [])
        short_addresses = {
            at for at in range(len(tokens)) if embedding.is_short_address(tokens, at)
        }
        pieces = [
            SEALED if i in short_addresses else "\n" if token.type == "hardbreak" else token.content
            for i, token in enumerate(tokens)
        ]
        if self.typography is not None:
            pieces = self.typography.paragraph(pieces)
        return [
            token if i in short_addresses else replace(token, content=words)
            for i, (token, words) in enumerate(zip(tokens, pieces, strict=True))
        ]

    def _inline(self, tokens: Sequence[Token], direction: Direction) -> str:
        """Tokens as HTML, in an element whose direction is given."""
        marks = embedding.marks(tokens, direction, self.together)
        parts: list[str] = []
        opened: list[tuple[str, int]] = []  # address of each open link, index of its first words
        for at, token in enumerate(tokens):
            if token.nesting > 0:
                parts += (mark for _, mark in marks.get(at, ()))
            match token.type:
                case "hardbreak":
                    parts.append("<br>")
                case "em_open" | "em_close" | "strong_open" | "strong_close":
                    parts.append(f"<{'/' if token.nesting < 0 else ''}{token.tag}>")
                case "link_open":
                    opened.append((str(token.attrs["href"]), at))
                    if self.links == "live":
                        address = escape(str(token.attrs["href"]))
                        parts.append(f'<a href="{address}">')
                case "link_close":
                    address, start = opened.pop()
                    if self.links == "live":
                        parts.append("</a>")
                    elif self.links == "printed":
                        shown = "".join(token.content for token in tokens[start:at])
                        short = short_address(address)
                        if short not in (shown, shown.removeprefix("https://").rstrip("/")):
                            turned = ' dir="ltr"' if direction == "rtl" else ""
                            parts.append(f' <span class="address"{turned}>({escape(short)})</span>')
                case _:
                    parts += self._words(token.content, marks.get(at, ()))
            if token.nesting < 0:
                parts += (mark for _, mark in marks.get(at, ()))
        return "".join(parts)

    def _words(self, text: str, marks: Sequence[tuple[int, str]]) -> Iterator[str]:
        """A text as HTML, with the marks at their offsets in it."""
        start, kept = 0, not self.together
        for offset, mark in (*marks, (len(text), "")):
            words = escape(text[start:offset], quote=False)
            # In an element of its own, a part of an Arabic word would not be joined to the rest.
            yield words if kept or not bidi.is_left(words) else _kept_together(words)
            yield mark
            start, kept = offset, not self.together or "class" in mark


def blocks(text: str, own_words: bool) -> list[Token]:
    """The tokens of a text; `own_words` is False for quotes, as in `parser`."""
    return _without_lone_numbers(parser(own_words).parse(text))


def quoted(text: str) -> str:
    """The words of a quote as they are printed, without markup: a line for each line of the text.

    Numbers of lists are among them as typed; bullets are not, as they come from the typesetter.
    """
    lines = [""]
    marker = ""
    for token in blocks(text, False):
        if token.type == "list_item_open":
            marker = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "inline":
            lines.append(marker)
            marker = ""
            for child in token.children or []:
                if child.type in ("softbreak", "hardbreak"):
                    lines.append("")
                else:
                    lines[-1] += child.content
    return "\n".join(lines).strip()


def escaped(words: str) -> str:
    """Words of a source as the text of a quote: escaped where Markdown would leave some of them
    out. Marks of lists stay what they are.
    """
    typed = re.sub(r"(?m)^\s*[-+*](?=\s)", "", words)
    if "*" not in words and len(words) <= _PARSED and quoted(words).split() == typed.split():
        return words
    return re.sub(r"([\\*_\[\]])", r"\\\1", words)


def short_addresses(text: str) -> tuple[str, ...]:
    """The short addresses of all links in a text, each once."""
    return tuple(dict.fromkeys(short_address(href) for href, _ in links(text)))


def hidden_addresses(text: str) -> tuple[str, ...]:
    """The short addresses of the links in a text whose words do not name them, each once."""
    found: dict[str, None] = {}
    for href, words in links(text):
        short = short_address(href)
        if short not in (words, words.removeprefix("https://").rstrip("/")):
            found[short] = None
    return tuple(found)


def web_addresses(text: str) -> tuple[str, ...]:
    """The addresses of all links in a text that lead to the web, each once."""
    every = (href for href, _ in links(text))
    return tuple(dict.fromkeys(href for href in every if href.startswith(("https:", "http:"))))


def wholly_emphasised(text: str) -> bool:
    """Whether every word of a text is emphasised, so that none stands out."""
    inlines = [token for token in parser(True).parse(text) if token.type == "inline"]
    return bool(inlines) and all(
        token.children
        and token.children[0].type == "em_open"
        and token.children[-1].type == "em_close"
        and all(child.level for child in token.children[1:-1])
        for token in inlines
    )


def short_address(href: str) -> str:
    """An address as people read and type it: ``https://example.org/`` → ``example.org``."""
    shown = parser(True).normalizeLinkText(href)
    return re.sub(r"^(https?://|mailto:|tel:)", "", shown).rstrip("/")


def _words_below(tokens: Sequence[Token], at: int) -> str:
    """All words in the block that begins at a token."""
    words: list[str] = []
    for token in tokens[at + 1 :]:
        if token.level == tokens[at].level:
            break
        words += (child.content for child in token.children or ())
    return "".join(words)


def _kept_together(html: str) -> str:
    """Escaped text in which everything that belongs on one line is marked."""
    together = r'<span class="together">\g<0></span>'
    html = _RANGE.sub(together, html)
    return _COMPOUND.sub(
        lambda run: (
            run[0] if is_address(run[0]) else re.sub(r"\d-[^\W_]|[^\W_]-\d", together, run[0])
        ),
        html,
    )


def _joined(tokens: Sequence[Token]) -> list[Token]:
    """The lines of a paragraph, joined: each line break is a space, for typography as well."""
    joined: list[Token] = []
    for token in tokens:
        kind = "text" if token.type == "softbreak" else token.type
        content = " " if token.type == "softbreak" else token.content
        if joined and kind == "text" == joined[-1].type:
            joined[-1] = replace(joined[-1], content=joined[-1].content + content)
        else:
            joined.append(replace(token, type=kind, content=content))
    return joined


def links(text: str) -> Iterator[tuple[str, str]]:
    """The links of a text: the address of each, and its first words."""
    for block in parser(True).parse(text):
        tokens = block.children or []
        for i, token in enumerate(tokens):
            if token.type == "link_open":
                words = tokens[i + 1].content if i + 1 < len(tokens) else ""
                yield str(token.attrs["href"]), words


def _without_lone_numbers(tokens: list[Token]) -> list[Token]:
    """The tokens with each numbered list of one item as a sentence that begins with a number.

    Somebody wrote “20. Mai …”.
    """
    result: list[Token] = []
    at = 0
    while at < len(tokens):
        end = at + 1
        if tokens[at].type == "ordered_list_open":
            while tokens[end].type != "ordered_list_close" or tokens[end].level > tokens[at].level:
                end += 1
            end += 1
        block = tokens[at:end]
        items = [token for token in block if token.type == "list_item_open"]
        inlines = [token for token in block if token.type == "inline"]
        if len(block) > 1 and len(items) == len(inlines) == 1:
            number = f"{items[0].info}{items[0].markup} "
            children = inlines[0].children or []
            if children and children[0].type == "text":
                children[0].content = number + children[0].content
            else:
                inlines[0].children = [Token("text", "", 0, content=number), *children]
            level = block[0].level
            hidden = level > 0 and block[2].hidden  # in an item of a tight list
            block = [
                Token("p_open", "p", 1, level=level, hidden=hidden),
                inlines[0],
                Token("p_close", "p", -1, level=level, hidden=hidden),
            ]
        result += block
        at = end
    return result


@cache
def parser(own_words: bool) -> MarkdownIt:
    """A parser for the Markdown of leaflets; in own words, plain addresses become links."""
    markdown = MarkdownIt("zero", {"linkify": own_words, "maxNesting": NESTING})
    markdown.enable(["emphasis", "link", "newline", "escape", "list"])
    markdown.block.ruler.at("list", lists.list_rule, {"alt": ["paragraph"]})
    markdown.inline.ruler.at("emphasis", emphasis)
    if own_words:
        markdown.enable("linkify")
        assert markdown.linkify is not None
        markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": True})
    markdown.validateLink = lambda url: True  # type: ignore[method-assign] # `markdown_check` reports them
    return markdown


def emphasis(state: StateInline, silent: bool) -> bool:
    """Markdown's rule for ``_`` (CommonMark 6.2, rules 2 and 4), for ``*`` as well."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    scanned = state.scanDelims(state.pos, False)
    for _ in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open,
                close=scanned.can_close,
            )
        )
    state.pos += scanned.length
    return True
