"""Inline Markdown → safe HTML.

Understood: *emphasis*, **strong**, [links](https://…), line breaks, paragraphs and simple
lists. Everything else is printed as it was typed; no HTML passes. Emphasis never begins or
ends inside a word, so that „Bürger*innen und Schüler*innen“ keeps its asterisks.

The initiative's own words get the typography of the language; a quote keeps its letters, its
list markers included.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from html import escape
from itertools import islice
from typing import Literal
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from brochure.manuscript.text.typography import SEALED, Typography

Links = Literal["live", "printed", "none"]
# What a line does not end inside of: a range of numbers; a compound at its hyphen, and a hyphen
# with the word after it („Bildungs- und“). A reader of the PDF (copy and paste, pdftotext) takes
# a hyphen at the end of a line for one of the typesetter’s, and would drop it. Longer ones may
# be divided anywhere: they might not fit into a line.
_TOGETHER = re.compile(r"\d{1,6}–\d{1,6}|(?<!\w{25})[^\W_]- \w{1,12}(?!\w)")
_COMPOUND = re.compile(r"(?<!\S)\S{3,30}(?!\S)")
_SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a text; `snippet` is what to look for in the file to find the place."""

    severity: Literal["error", "warning"]
    code: str
    message: str
    hint: str
    snippet: str


@dataclass(frozen=True)
class Renderer:
    """How texts become HTML: typography (None for quotes), and what happens to links.

    `live`: they can be clicked. `printed`: the words, then the short address in parentheses.
    `none`: the words alone. `together`: whether words are held together that make one line.
    """

    typography: Typography | None
    links: Links
    together: bool = True

    def tokens(self, text: str) -> list[Token]:
        """Paragraphs and lists, taken apart and set, but not yet written in any language."""
        tokens = _without_lone_numbers(_parser(self.typography is not None).parse(text))
        return [
            replace(token, children=self._set(token)) if token.type == "inline" else token
            for token in tokens
        ]

    def block(self, text: str) -> str:
        """Paragraphs and lists as HTML blocks."""
        parts: list[str] = []
        for token in self.tokens(text):
            if token.type == "inline":
                parts.append(self._inline(token.children or []))
            elif token.type == "list_item_open":
                parts.append(f"<li style='list-style-type: \"{self.marker(token)}\"'>")
            elif not token.hidden:  # the paragraphs of a tight list are
                parts.append(f"<{'/' if token.nesting < 0 else ''}{token.tag}>")
        return "".join(parts)

    def inline(self, text: str) -> str:
        """One line without paragraphs, as for a heading."""
        return self._inline(self._line(text))

    def plain(self, text: str) -> str:
        """One line without markup, as for metadata and bookmarks."""
        return "".join(token.content for token in self._line(text)).replace("\n", " ")

    def marker(self, item: Token) -> str:
        """The marker of a list item as typed: a number is never counted anew."""
        if not item.info and self.typography is not None:
            return "– "
        return f"{item.info}{item.markup} "

    def _line(self, text: str) -> list[Token]:
        (token,) = _parser(self.typography is not None).parseInline(text)
        return self._set(token)

    def _set(self, paragraph: Token) -> list[Token]:
        """The tokens of a paragraph; the content of each is its words as they are set."""
        tokens = _joined(paragraph.children or [])
        addresses = {
            i + 1
            for i, token in enumerate(tokens)
            if token.type == "link_open" and token.markup == "linkify"
        }
        pieces = [
            SEALED if i in addresses else "\n" if token.type == "hardbreak" else token.content
            for i, token in enumerate(tokens)
        ]
        if self.typography is not None:
            pieces = self.typography.paragraph(pieces)
        return [
            token if i in addresses else replace(token, content=words)
            for i, (token, words) in enumerate(zip(tokens, pieces, strict=True))
        ]

    def _inline(self, tokens: Sequence[Token]) -> str:
        parts: list[str] = []
        opened: list[tuple[str, int]] = []  # address of each open link, where its words begin
        for at, token in enumerate(tokens):
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
                            parts.append(f' <span class="address">({escape(short)})</span>')
                case _:
                    text = escape(token.content, quote=False)
                    parts.append(_kept_together(text) if self.together else text)
        return "".join(parts)


def quoted(text: str) -> str:
    """The words of a quote as they are printed, without markup: a line for each of the text's.

    Numbers of lists stand there as typed; bullets are signs of the typesetter's, and do not.
    """
    lines = [""]
    marker = ""
    for token in _without_lone_numbers(_parser(False).parse(text)):
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


def addresses(text: str) -> tuple[str, ...]:
    """The short addresses of all links in a text, each once."""
    return tuple(dict.fromkeys(short_address(href) for href, _ in _links(text)))


def hrefs(text: str) -> tuple[str, ...]:
    """The addresses of all links in a text that lead to the web, each once."""
    found = (href for href, _ in _links(text))
    return tuple(dict.fromkeys(href for href in found if href.startswith(("https:", "http:"))))


def wholly_emphasised(text: str) -> bool:
    """Whether every word of a text stands in emphasis: then nothing is left to stand out from."""
    inlines = [token for token in _parser(True).parse(text) if token.type == "inline"]
    return bool(inlines) and all(
        token.children
        and token.children[0].type == "em_open"
        and token.children[-1].type == "em_close"
        and all(child.level for child in token.children[1:-1])
        for token in inlines
    )


@lru_cache(maxsize=4096)  # variants have most of their texts in common
def check(text: str) -> tuple[Complaint, ...]:
    """What cannot be printed as its author meant it; the first complaints, if there are many."""
    return tuple(islice(_check(text), _MOST))


def _check(text: str) -> Iterator[Complaint]:
    if len(text) > _LONGEST or text.count("[") > _BRACKETS:
        what = "long" if len(text) > _LONGEST else "full of brackets"
        hint = f"At most {_LONGEST} characters and {_BRACKETS} opening brackets; divide it."
        yield Complaint("error", "too-long", f"This text is too {what} to be set.", hint, "")
        return  # Markdown takes time that grows with the square of either
    for href, words in _links(text):
        diagnostic = check_address(href)
        if diagnostic:
            snippet = f"[{words}]"
            yield Complaint("error", "link", *diagnostic, snippet if snippet in text else href)
    if any(token.level >= _NESTING - 2 for token in _parser(True).parse(text)):
        yield Complaint(
            "error",
            "too-deep",
            "Lists are nested too deeply here; not all of it would be printed.",
            "Use one list, or two.",
            "",
        )
    for pattern, what in _NOT_UNDERSTOOD:
        found = pattern.search(text)
        if found:
            yield Complaint(
                "warning",
                "markup",
                f"`{found[0][:40]}` is printed as it stands: {what}.",
                "Texts know *emphasis*, **strong**, [links](https://…), paragraphs and lists.",
                found[0],
            )


def signs(text: str) -> int:
    """How many characters of a text may mean something to the parser of Markdown."""
    return len(_SIGN.findall(text))


def check_address(href: str) -> tuple[str, str] | None:
    """What is wrong with the address of a link, and what to do; None where all is well."""
    try:
        parts = urlsplit(href)
        fine = bool(parts.hostname) if parts.scheme in ("http", "https") else bool(parts.path)
    except ValueError:
        return f"`{href}` is no address.", "Copy it from the address line of the browser."
    if href in ("", "#"):
        return "The link has no address.", "Add it, or leave the brackets out: words alone."
    if parts.scheme not in _SCHEMES:
        return (
            f"The address `{href}` does not begin with https://, http://, mailto: or tel:.",
            "Write the whole address; other kinds are not let into a leaflet.",
        )
    if not fine:
        return f"`{href}` is no complete address.", "Copy it from the browser’s address line."
    return None


def short_address(href: str) -> str:
    """An address as people read and type it: ``https://example.org/`` → ``example.org``."""
    shown = _parser(True).normalizeLinkText(href)
    return re.sub(r"^(https?://|mailto:|tel:)", "", shown).rstrip("/")


_SIGN = re.compile(r"[\\*_`\[\]<!:@]")
_LONGEST = 30_000  # characters in one text: more than ten pages of a column
_BRACKETS = 500
_MOST = 20  # complaints about one text
_NESTING = 20  # what lies deeper, markdown-it leaves out
_NOT_UNDERSTOOD = (
    (re.compile(r"</?[A-Za-z][^<>\n]*>|<!--"), "a leaflet knows no HTML"),
    (re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)"), "pictures cannot stand in a text"),
    (re.compile(r"^#{1,6} .*", re.MULTILINE), "there are no headings inside a text"),
    (re.compile(r"^(?:```|~~~).*", re.MULTILINE), "there are no code blocks"),
)


def _kept_together(html: str) -> str:
    """Escaped text with what belongs in one line marked."""
    together = r'<span class="together">\g<0></span>'
    html = _TOGETHER.sub(together, html)
    return _COMPOUND.sub(lambda run: re.sub(r"[^\W_]-[^\W_]", together, run[0]), html)


def _joined(tokens: Sequence[Token]) -> list[Token]:
    """Lines of a paragraph in a row: where its author began a new one, there is a space, and the
    rules of typography see it as such.
    """
    joined: list[Token] = []
    for token in tokens:
        kind = "text" if token.type == "softbreak" else token.type
        content = " " if token.type == "softbreak" else token.content
        if joined and kind == "text" == joined[-1].type:
            joined[-1] = replace(joined[-1], content=joined[-1].content + content)
        else:
            joined.append(replace(token, type=kind, content=content))
    return joined


def _links(text: str) -> Iterator[tuple[str, str]]:
    for block in _parser(True).parse(text):
        tokens = block.children or []
        for i, token in enumerate(tokens):
            if token.type == "link_open":
                words = tokens[i + 1].content if i + 1 < len(tokens) else ""
                yield str(token.attrs["href"]), words


def _without_lone_numbers(tokens: list[Token]) -> list[Token]:
    """A numbered list of one item is a sentence that begins with a number (“20. Mai …”)."""
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
            block = [Token("p_open", "p", 1), inlines[0], Token("p_close", "p", -1)]
        result += block
        at = end
    return result


@cache
def _parser(own_words: bool) -> MarkdownIt:
    """The Markdown that leaflets know; addresses become links by themselves in own words only."""
    parser = MarkdownIt("zero", {"linkify": own_words, "maxNesting": _NESTING})
    parser.enable(["emphasis", "link", "newline", "escape", "list"])
    parser.inline.ruler.at("emphasis", emphasis)
    if own_words:
        parser.enable("linkify")
        assert parser.linkify is not None
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": True})
    parser.validateLink = lambda url: True  # type: ignore[method-assign] # `check` complains
    return parser


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
