"""What a document says, so far as it is certain, and quotes of it."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

SOFT_HYPHEN = "\u00ad"
HYPHENS = "-\u2010" + SOFT_HYPHEN
JOINT = "\u2027"  # within a word: it was divided here, and may have a hyphen of its own
_SUSPENDED = frozenset(("und", "oder", "bzw.", "sowie", "and", "or"))  # „Bundes- und“
_LEAST, _MOST = 8, 60  # words of a span
_SENTENCES = 3
_FULL_STOP = re.compile(r"[^\W\d_]{3,}[“\"]?[.!?][“\"]?")


@dataclass(frozen=True)
class Run:
    """Words that follow each other in one paragraph of a page, which is counted from 0."""

    page: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Span:
    """What somebody may quote, and its page, counted from 0."""

    page: int
    text: str


@dataclass(frozen=True)
class Truth:
    """What a document says.

    `runs` are certain; `spliced` are texts that it does not say: a line, and the line beside it
    in the next column. `texts`: all that either witness gives. `lines` were looked at, `agreed`
    are those of them that both witnesses give.
    """

    runs: tuple[Run, ...]
    spliced: tuple[Span, ...]
    texts: tuple[str, ...]
    lines: int
    agreed: int

    @cached_property
    def _all(self) -> str:
        return "\n".join(self.texts)

    def says(self, text: str) -> bool:
        """Whether a text stands anywhere, word for word and sign for sign."""
        return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", self._all) is not None


def make_truth(
    runs: Sequence[Run], spliced: Iterable[Span], texts: Iterable[str], lines: int, agreed: int
) -> Truth:
    """The truth, without the spliced lines that stand so elsewhere."""
    given = [*(" ".join(run.words) for run in runs), *texts]
    vocabulary = {word for text in given for word in re.findall(rf"[\w{JOINT}-]+", text)}
    sure = [Run(run.page, tuple(_resolved(word, vocabulary) for word in run.words)) for run in runs]
    told = tuple(
        " ".join(_resolved(word, vocabulary) for word in text.split())
        for text in dict.fromkeys(given)
    )
    truth = Truth(tuple(sure), (), told, lines, agreed)
    wrong = tuple(span for span in dict.fromkeys(spliced) if not truth.says(span.text))
    return replace(truth, spliced=wrong)


def spans_of(truth: Truth, count: int, chance: random.Random) -> list[Span]:
    """So many different spans, fewer of a short document: each second one is of sentences."""
    long = [run for run in truth.runs if len(run.words) >= _LEAST]
    found: dict[Span, None] = {}
    for attempt in range(20 * count if long else 0):
        (run,) = chance.choices(long, [len(run.words) for run in long])
        words = _sentences(run.words, chance) if attempt % 2 else ()
        if not words:
            size = min(chance.randint(_LEAST, _MOST), len(run.words))
            start = chance.randint(0, len(run.words) - size)
            words = run.words[start : start + size]
        found[Span(run.page, " ".join(words))] = None
        if len(found) == count:
            break
    return list(found)


def _sentences(words: Sequence[str], chance: random.Random) -> Sequence[str]:
    """One to three whole sentences; none if there are none that are long enough."""
    ends = [
        index + 1
        for index, (word, after) in enumerate(pairwise([*words, "A"]))
        if _FULL_STOP.fullmatch(word) and after[0].isupper()
    ]
    starts = [0] if words[0][0].isupper() else []
    starts += ends[:-1]
    if not starts or not ends:
        return ()
    start = chance.choice(starts)
    later = [end for end in ends if end > start][: chance.randint(1, _SENTENCES)]
    return words[start : later[-1]] if later and later[-1] - start >= _LEAST else ()


def without_soft(word: str) -> str:
    """A word without soft hyphens, except at its end, where it may be divided."""
    return word.rstrip(SOFT_HYPHEN).replace(SOFT_HYPHEN, "") + SOFT_HYPHEN * word.endswith(
        SOFT_HYPHEN
    )


def rejoin(words: Sequence[str], after: str) -> Iterator[str]:
    """Words and the first word of the next line, put together if it is the rest of the last."""
    *before, last = words or ("",)
    divided = len(last) > 1 and last[-1] in HYPHENS and last[-2].isalnum() and after[0].isalnum()
    if not divided or after in _SUSPENDED:
        yield from (*words, after)
    elif last[-1] == SOFT_HYPHEN:
        yield from (*before, last[:-1] + after)
    elif after[0].islower() and last[-2].isalpha():
        yield from (*before, last[:-1] + JOINT + after)
    else:  # „Bund-Länder“, „20-jährig“
        yield from (*before, last + after)


def _resolved(word: str, vocabulary: set[str]) -> str:
    """A word that was divided, with a hyphen if the document has it with one elsewhere."""
    if JOINT not in word:
        return word
    core = re.search(rf"[\w{JOINT}-]*{JOINT}[\w{JOINT}-]*", word)
    hyphenated = core is not None and core[0].replace(JOINT, "-") in vocabulary
    return word.replace(JOINT, "-" if hyphenated else "")


def rejoined(text: str) -> str:
    """Text with its words put together again, and single spaces."""
    words: list[str] = []
    for line in text.splitlines():
        for index, word in enumerate(line.split()):
            words = [*words[:-1], *rejoin(words[-1:], word)] if index == 0 else [*words, word]
    return " ".join(words)
