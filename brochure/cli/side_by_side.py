"""Texts side by side, word by word, for the terminal."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

import click

_GAP = "  │  "
_NARROWEST = 24


def side_by_side(
    columns: Sequence[tuple[str, str]], marks: Sequence[tuple[int, int]], width: int
) -> str:
    """Columns of (heading, text), each wrapped; what differs between pairs of columns is marked.

    `marks` are pairs of indices: words of the first that the second has not are marked [-so-],
    those that only the second has {+so+}, as in wdiff; on a terminal also in colour.
    """
    texts = [text.split() for _, text in columns]
    styled = [[(word, "") for word in words] for words in texts]
    for one, other in marks:
        matcher = SequenceMatcher(None, texts[one], texts[other], autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind != "equal":
                styled[one][a:b] = [(word, "-") for word in texts[one][a:b]]
                styled[other][c:d] = [(word, "+") for word in texts[other][c:d]]
    each = max(_NARROWEST, (width - len(_GAP) * (len(columns) - 1)) // len(columns))
    blocks = [
        [(click.style(heading, bold=True), len(heading)), *_wrapped(words, each)]
        for (heading, _), words in zip(columns, styled, strict=True)
    ]
    rows = zip_longest(*blocks, fillvalue=("", 0))
    return "\n".join(
        _GAP.join(text + " " * (each - length) for text, length in row).rstrip() for row in rows
    )


def _wrapped(words: list[tuple[str, str]], width: int) -> list[tuple[str, int]]:
    """Lines with their visible lengths. Neighbours that are marked alike share one mark."""
    pieces: list[tuple[str, str]] = []
    for index, (word, sign) in enumerate(words):
        before = words[index - 1][1] if index else ""
        after = words[index + 1][1] if index + 1 < len(words) else ""
        opening, closing = {"-": ("[-", "-]"), "+": ("{+", "+}"), "": ("", "")}[sign]
        start = opening if sign != before else ""
        end = closing if sign != after else ""
        pieces += [(part, sign) for part in re.findall(f".{{1,{width}}}", start + word + end)]
    lines: list[tuple[str, int]] = []
    line, length = "", 0
    for piece, sign in pieces:
        if length and length + 1 + len(piece) > width:
            lines.append((line, length))
            line, length = "", 0
        shown = click.style(piece, fg={"-": "red", "+": "green"}[sign]) if sign else piece
        line += (" " if length else "") + shown
        length += len(piece) + (1 if length else 0)
    return [*lines, (line, length)] if length else lines
