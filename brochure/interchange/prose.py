"""The Markdown of leaflets → paragraphs of runs, as word processors have them; and whether two
texts say the same, however they are written.
"""

import re
from collections.abc import Iterator

from markdown_it.token import Token

from brochure.interchange.document import Paragraph, Run
from brochure.interchange.outgoing import Form
from brochure.interchange.understanding.markdown_text import with_runs_joined
from brochure.manuscript.text.markdown import blocks, parser

BULLET = "-"
_LONGEST = 30_000  # characters; longer texts are none for a leaflet, and take long to parse


def paragraphs_of(text: str, own_words: bool = True) -> tuple[Paragraph, ...]:
    """A text with paragraphs and lists. An item of a list has its marker, and its level in `line`:
    1 for a list, 2 for one within it. `own_words` is False for quotes, as in `markdown.parser`.
    """
    found: list[Paragraph] = []
    marker, level = "", 0
    for token in blocks(text, own_words):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                level += 1
            case "bullet_list_close" | "ordered_list_close":
                level -= 1
            case "list_item_open":
                marker = f"{token.info}{token.markup}" if token.info else BULLET
            case "inline":
                runs = with_runs_joined(_runs(token.children or ()))
                found.append(Paragraph(runs, item=marker, line=level))
                marker = ""
            case _:
                pass
    return tuple(found)


def line_of(text: str) -> Paragraph:
    """A text of one line, such as a heading."""
    (token,) = parser(True).parseInline(text)
    return Paragraph(with_runs_joined(_runs(token.children or ())))


def _runs(tokens: "list[Token] | tuple[()]") -> Iterator[Run]:
    strong = emphasis = 0
    links: list[str] = []
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                strong += token.nesting
            case "em_open" | "em_close":
                emphasis += token.nesting
            case "link_open":
                links.append(str(token.attrs["href"]))
            case "link_close":
                links.pop()
            case _:
                text = {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)
                if text:
                    link = links[-1] if links else ""
                    yield Run(text, strong > 0, emphasis > 0, link)


Essence = tuple[tuple[str, ...], ...]


def essence(paragraphs: tuple[Paragraph, ...]) -> Essence:
    """What counts of paragraphs: the words of each with their marks, and how they are set. White
    space is one space, and means nothing around a line; so does the look of a space.
    """
    found = []
    for paragraph in paragraphs:
        signs = [("" if paragraph.item in ("", BULLET) else f"{paragraph.item} ", "", "")]
        for run in paragraph.runs:
            look = f"{'*' * (2 * run.strong + run.emphasis)}"
            signs.append((run.text, look, run.link))
        words: list[tuple[str, str]] = []  # pieces of text that look alike
        for text, look, link in signs:
            for piece in re.split(r"(\s+)", text):
                blank = not piece.strip()
                style = "" if blank else f"{look}{link}"
                if piece:
                    words.append((("\n" if "\n" in piece else " ") if blank else piece, style))
        tidy: list[tuple[str, str]] = []
        for piece, style in words:
            if piece in (" ", "\n"):
                if tidy and tidy[-1][0] in (" ", "\n"):
                    tidy[-1] = ("\n" if "\n" in (piece, tidy[-1][0]) else " ", "")
                elif tidy:
                    tidy.append((piece, ""))
            elif tidy and tidy[-1][1] == style and tidy[-1][0] not in (" ", "\n"):
                tidy[-1] = (tidy[-1][0] + piece, style)
            else:
                tidy.append((piece, style))
        while tidy and tidy[-1][0] in (" ", "\n"):
            tidy.pop()
        if tidy:
            bullet = BULLET if paragraph.item == BULLET else ""
            found.append((bullet, *(f"{style}\x00{piece}" for piece, style in tidy)))
    return tuple(found)


def same(one: str, other: str, form: Form) -> bool:
    """Whether two texts that are written in a form are printed alike."""
    if (one.split() == other.split() and form == "raw") or one.strip() == other.strip():
        return True
    if max(len(one), len(other)) > _LONGEST:
        return one.split() == other.split()
    match form:
        case "raw":
            return False
        case "line":
            return essence((line_of(one),)) == essence((line_of(other),))
        case _:
            own = form == "prose"
            return essence(paragraphs_of(one, own)) == essence(paragraphs_of(other, own))
