"""Runs of words → the Markdown of leaflets, so that they are printed as they were.

What is written is parsed again, and written more carefully where that gives other words: see
`brochure.manuscript.text.markdown` for what this Markdown has.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlsplit

from brochure.interchange.document import Paragraph, Run
from brochure.manuscript.text.address import find_addresses
from brochure.manuscript.text.markdown import parser

_LONGEST_WORD = 2_000  # characters, of an address that is looked for
_LONGEST = 30_000  # characters of a text, as in `markdown_check`; a longer one is not made nicer
_SCHEMES = ("http", "https", "mailto", "tel")
_SIGNS = re.compile(r"[\\*_`\[\]]")
_PUNCTUATION = re.compile(r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]""")  # CommonMark 2.4
_BULLET = re.compile(r"[-+*](?=\s|$)")
_COUNT = re.compile(r"\A(\d{1,9})([.)])(?=\s|$)")
_BULLETS = frozenset("-–—•·*+▪◦‣●○■□►➢➔→✓o§\uf0b7\uf0a7")
_MARKER = re.compile(r"\(?(\d{1,9})([.)])\)?")


@dataclass(frozen=True)
class _Style:
    """How runs are set that follow each other."""

    strong: bool
    emphasis: bool
    link: str


def markdown(paragraphs: Iterable[Paragraph]) -> str:
    """Paragraphs and items of lists, apart by empty lines; items of one list are not."""
    every = [one for one in paragraphs if "".join(run.text for run in one.runs).strip()]
    if sum(len(one.text) for one in every) > _LONGEST:
        return "\n\n".join(
            _all_signs("".join(run.text for run in _tidy(one.runs))) for one in every
        )
    numbered = sum(bool(_COUNT.match(one.text.lstrip()) or _counted(one)) for one in every)
    text = _joined(every, with_numbers=numbered > 1, careful=False)
    if plain(text) != [_with_number(one) for one in every]:
        text = _joined(every, with_numbers=True, careful=True)
    return text


def _joined(paragraphs: Sequence[Paragraph], *, with_numbers: bool, careful: bool) -> str:
    """`with_numbers`: there are several that begin with a number, so that they might be a list."""
    parts: list[str] = []
    before = ""
    for paragraph in paragraphs:
        text = _paragraph(paragraph, careful=careful)
        marker = _marker(paragraph)
        if with_numbers or marker:
            text = _COUNT.sub(r"\1\\\2", text, count=1)
        if parts:
            parts.append("\n" if marker and before and marker[-1] == before[-1] else "\n\n")
        if marker:
            text = f"{marker} {text}".replace("\n", "\n" + " " * (len(marker) + 1))
        elif paragraph.item.strip():
            text = f"{_escaped(paragraph.item.strip(), careful=True)} {text}"
        parts.append(text)
        before = marker
    return "".join(parts)


def _with_number(paragraph: Paragraph) -> str:
    """The words of a paragraph as they are read back, behind the number of an item."""
    words = "".join(run.text for run in _tidy(paragraph.runs))
    marker = _marker(paragraph) or paragraph.item.strip()
    return words if marker in ("", "-") else f"{marker} {words}"


def line(runs: Sequence[Run]) -> str:
    """One line, as a heading: without emphasis, which it has as a whole."""
    lines = "".join(run.text for run in runs).split("\n")
    text = " ".join(filter(None, (one.strip() for one in lines)))
    candidates = (
        _escaped(text, careful=False),
        _escaped(text, careful=True),
        _PUNCTUATION.sub(r"\\\g<0>", text),
    )
    for candidate in candidates:
        if plain_line(candidate) == text:
            return candidate
    return candidates[-1]


def plain_line(text: str) -> str:
    """The words of one line of Markdown."""
    (token,) = parser(True).parseInline(text)
    return "".join(
        "\n" if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or ()
    )


def plain(text: str) -> list[str]:
    """The words of each paragraph and item of a text in Markdown, with the numbers of items."""
    found: list[str] = []
    number = ""
    for token in parser(True).parse(text):
        if token.type == "list_item_open":
            number = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "inline":
            words = "".join(
                "\n" if child.type in ("softbreak", "hardbreak") else child.content
                for child in token.children or ()
            )
            found.append(number + words)
            number = ""
    return found


def usable_link(address: str) -> bool:
    """Whether a leaflet can have a link to this address."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if any(sign.isspace() or sign in "<>\\" or not sign.isprintable() for sign in address):
        return False
    return parts.scheme in _SCHEMES and bool(host if parts.scheme[:4] == "http" else parts.path)


def with_runs_joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs with those that are alike as one; white space is like what is around it."""
    joined: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        alike = last is not None and (
            replace(run, text="") == replace(last, text="")
            or (not run.text.strip() and run.link == last.link)
        )
        if alike and last is not None:
            joined[-1] = replace(last, text=last.text + run.text)
        elif run.text:
            joined.append(run)
    return tuple(joined)


def _marker(paragraph: Paragraph) -> str:
    """The mark of an item in Markdown; empty for text, and for what Markdown cannot count."""
    item = paragraph.item.strip()
    if item in _BULLETS:
        return "-"
    if counted := _MARKER.fullmatch(item):
        return f"{counted[1]}{counted[2]}"
    return ""


def _counted(paragraph: Paragraph) -> bool:
    return _marker(paragraph) not in ("", "-")


def _paragraph(paragraph: Paragraph, *, careful: bool) -> str:
    """The runs of a paragraph with their emphasis and links, on a line each that it has."""
    runs = list(_tidy(paragraph.runs))
    expected = "".join(run.text for run in runs)
    bare = [replace(run, strong=False, emphasis=False, link="") for run in runs]
    linked = [replace(run, strong=False, emphasis=False) for run in runs]
    for candidate, all_signs in (
        (runs, False), (runs, True), (linked, False), (linked, True), (bare, False)
    ):  # fmt: skip
        if careful and not all_signs:
            continue
        text = _written(candidate, careful=all_signs)
        if plain(text) == [expected] and _emphasis(text) == _expected_emphasis(candidate):
            return text
    text = _written(bare, careful=True)
    # An address with odd signs in it would become a link that reads otherwise.
    return text if plain(text) == [expected] else _all_signs(expected)


def _all_signs(text: str) -> str:
    """A text in which every sign stands for itself."""
    return _PUNCTUATION.sub(r"\\\g<0>", text).replace("\n", "\\\n")


def _tidy(runs: Iterable[Run]) -> Iterator[Run]:
    """The runs with one space where there were several, and none at the ends of lines."""
    pieces: list[Run] = []
    for run in with_runs_joined(runs):
        words = run.text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        link = run.link if usable_link(run.link) else ""
        pieces.append(Run(words, run.strong, run.emphasis, link))
    whole = "".join(piece.text for piece in pieces)
    lines = [re.sub(r"  +", " ", one.strip()) for one in whole.split("\n")]
    yield from _cut("\n".join(filter(None, lines)), pieces)


def _cut(text: str, pieces: Sequence[Run]) -> Iterator[Run]:
    """`text`, which is that of the pieces with less white space, as runs."""
    at = 0
    found: list[Run] = []
    for piece in pieces:
        words = ""
        for sign in piece.text:
            if at < len(text) and (text[at] == sign or (text[at].isspace() and sign.isspace())):
                words += text[at]
                at += 1
        if words:
            found.append(replace(piece, text=words))
    yield from with_runs_joined(found)


def _written(runs: Sequence[Run], *, careful: bool) -> str:
    parts: list[str] = []
    for link, group in groupby(runs, key=lambda run: run.link):
        inside = "".join(_styled(run, careful=careful) for run in group)
        words = inside.strip()
        if link and words and link != words and f"mailto:{words}" != link:
            target = f"<{link}>" if re.search(r"[()]", link) else link
            left = inside[: len(inside) - len(inside.lstrip())]
            right = inside[len(inside.rstrip()) :]
            escaped = words if careful else words.replace("]", r"\]")
            inside = f"{left}[{escaped}]({target}){right}"
        parts.append(inside)
    text = "".join(parts)
    lines = [_not_an_item(one) for one in text.split("\n")]
    return "\\\n".join(lines)


def _styled(run: Run, *, careful: bool) -> str:
    words = run.text.strip()
    marks = "*" * (run.emphasis + 2 * run.strong)
    if not words or not marks:
        return _escaped(run.text, careful=careful)
    start = run.text.index(words[0])
    end = start + len(words)
    inside = _escaped(words, careful=careful)
    return f"{run.text[:start]}{marks}{inside}{marks}{run.text[end:]}"


def _escaped(text: str, *, careful: bool) -> str:
    """A text in which nothing means anything in Markdown; `careful`: everything that might."""
    short = all(len(word) <= _LONGEST_WORD for word in text.split())
    addresses = list(find_addresses(text)) if short and not careful else []

    def escape(sign: re.Match[str]) -> str:
        at = sign.start()
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        if careful:
            return "\\" + sign[0]
        if any(start <= at < end for start, end in addresses):
            return sign[0]
        if sign[0] == "\\":
            return r"\\" if _PUNCTUATION.match(after) or after == "\n" else "\\"
        if sign[0] in "*_":
            inside = before.isalnum() and after.isalnum()
            apart = before.isspace() and after.isspace()
            return sign[0] if inside or apart else "\\" + sign[0]
        if sign[0] == "]" and after == "(":
            return r"\]"
        return sign[0]

    return _SIGNS.sub(escape, text)


def _not_an_item(line_: str) -> str:
    """A line that does not begin as an item with a bullet does; for numbers see `_joined`."""
    return "\\" + line_ if _BULLET.match(line_) else line_


def _emphasis(text: str) -> list[tuple[str, str]]:
    """The words that are emphasised, and how."""
    found: list[tuple[str, str]] = []
    for token in parser(True).parse(text):
        styles: list[str] = []
        for child in token.children or ():
            if child.type in ("em_open", "strong_open"):
                styles.append(child.tag)
            elif child.type in ("em_close", "strong_close"):
                styles.pop()
            elif child.content.strip() and styles:
                found += [(word, "+".join(sorted(styles))) for word in child.content.split()]
    return found


def _expected_emphasis(runs: Sequence[Run]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for run in runs:
        styles = [*(["em"] if run.emphasis else []), *(["strong"] if run.strong else [])]
        if styles:
            found += [(word, "+".join(styles)) for word in run.text.split()]
    return found
