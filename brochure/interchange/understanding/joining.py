"""Paragraphs that a page break cut in two: whether they are parts of one, and made one again."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from brochure.interchange.document import Paragraph, Run
from brochure.interchange.understanding import marks
from brochure.interchange.understanding.markdown_text import with_runs_joined
from brochure.interchange.understanding.paragraphs import cut, trimmed
from brochure.messages import Message, say

_ENDS = re.compile(r"[.!?:;…][\s\u00a0)\]“”\"«»’‘'›‹*]*$")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]$")
# After these, a hyphen stands for the rest of a compound: “Bundes- und Landesebene”.
_NOT_FIRST = frozenset(",;:.!?)…")  # signs with which no text begins
_SUSPENDED = (
    "und",
    "oder",
    "bzw",
    "sowie",
    "bis",
    "noch",
    "wie",
    "als",
    "and",
    "or",
    "to",
    "statt",
)


@dataclass(frozen=True)
class Joined:
    """Two paragraphs as one.

    `whole` is the word that was cut by a hyphen, and `parts` what there is of it in the file; empty
    if none was. `doubt`: what may be wrong about `word`, which it was made to.
    """

    paragraph: Paragraph
    whole: str = ""
    parts: tuple[str, str] = ("", "")
    doubt: Message | None = None
    word: str = ""


def has_end(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return bool(_ENDS.search(text.rstrip()))


def is_open(text: str) -> bool:
    """Whether a text has no end: no full stop, or a hyphen within a word."""
    text = text.rstrip()
    return bool(text) and (not _ENDS.search(text) or marks.state_of(text) == "opened")


def goes_on(text: str) -> bool:
    """Whether a text begins in the middle of a sentence: with a small letter or a comma."""
    first = text.lstrip("*_ \u00a0\n")[:1]
    if text.lstrip().startswith(("...", "…")):
        return False
    return first.islower() or first in _NOT_FIRST


def join(first: Paragraph, second: Paragraph, known: Collection[str]) -> Joined:
    """Two parts of a paragraph as one; `known` are the words of the document.

    A hyphen at the end of the first is the typesetter’s, unless the word has one elsewhere, or the
    second goes on with “und” or a capital.
    """
    first, second = trimmed(first), trimmed(second)
    before, after = first.text, second.text
    hyphen = _HYPHEN.search(before)
    if not hyphen:
        return Joined(_together(first, "" if after[:1] in _NOT_FIRST else " ", second))
    head = re.search(r"[^\W\d_]+$", before[: hyphen.start()])
    tail = re.match(r"[^\W\d_]+", after)
    if head is None or tail is None or tail[0].casefold() in _SUSPENDED:
        return Joined(_together(first, " ", second))
    cut_word, whole = f"{head[0]}-{tail[0]}", head[0] + tail[0]
    hyphenated = cut_word in known
    if hyphen[0] == "\u00ad" or (whole in known and not hyphenated):
        doubt = None
        keeps = False
    elif hyphenated and whole not in known:
        doubt, keeps = None, True
    else:
        keeps = not tail[0][0].islower()
        doubt = say(
            "“{first}” and “{second}” became “{word}”; the end of a line or page had cut it.",
            first=head[0] + "-",
            second=tail[0],
            word=cut_word if keeps else whole,
        )
    if keeps:
        return Joined(_together(first, "", second), doubt=doubt, word=cut_word)
    shorter = replace(first, runs=cut(first.runs, 0, len(before) - 1))
    return Joined(_together(shorter, "", second), whole, (head[0], tail[0]), doubt, whole)


def _together(first: Paragraph, between: str, second: Paragraph) -> Paragraph:
    last = first.runs[-1] if first.runs else Run("")
    space = (replace(last, text=between, link=""),) if between else ()
    return replace(first, runs=with_runs_joined((*first.runs, *space, *second.runs)))
