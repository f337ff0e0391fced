"""Verdicts: documents typeset from a known text, and quotes from it, altered in known ways.

The right answer is known exactly: where a span is, and that an altered one is nowhere.
"""

import random
import re
from dataclasses import dataclass, replace
from functools import cache

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from brochure.sources.document import Document, QuoteReference
from brochure.sources.finding import LimitingWords, Verdict
from brochure.sources.searchable import SearchableSource
from tests import papers
from tests.conftest import examples
from tests.papers import LAYOUTS, Made, sample

NO_LIMITS = LimitingWords()


@dataclass(frozen=True, repr=False)
class Paper:
    """A text as it was made and as it was read."""

    name: str
    text: Made
    locations: tuple[tuple[int, int], ...]  # page and number of each line
    source: SearchableSource
    joined: str  # all words, single spaces
    restarts: bool

    def reference(self, start: int, stop: int) -> QuoteReference:
        """The reference of a span of words, as it is printed."""
        lines = self.text.words[start].first, self.text.words[stop - 1].last
        (page, one), (other_page, other) = (self.locations[line] for line in lines)
        page_shown = str(page) if page == other_page else f"{page}–{other_page}"
        shown = str(one) if (one, page) == (other, other_page) else f"{one}–{other}"
        return QuoteReference(page_shown if self.restarts else None, shown)


@cache
def paper(name: str) -> Paper:
    """A document in one of the layouts, typeset and read once for each process."""
    layout, mode = LAYOUTS[name]
    text = papers.made(1, 110, layout.width)
    return Paper(
        name,
        text,
        tuple(papers.numbers(text, layout)),
        SearchableSource(papers.read(papers.pdf(text, layout), mode)),
        " ".join(word.text for word in text.words),
        layout.restarts,
    )


in_each_layout = pytest.mark.parametrize("name", list(LAYOUTS))


def check(document: Document) -> list[tuple[int, int | None, str]]:
    return [
        (line.page + 1, line.number, line.text.replace("\u205f", " "))
        for line in document.lines
        if not line.artifact and line.text
    ]


@in_each_layout
def test_every_line_is_read_with_its_number(name: str) -> None:
    made = paper(name)
    found = check(made.source.document)
    expected = [
        (*location, line) for location, line in zip(made.locations, made.text.lines, strict=True)
    ]
    assert len(expected) > 200
    assert found == expected
    numbering = made.source.document.numbering
    layout, mode = LAYOUTS[made.name]
    assert numbering.mode == (mode or "margin")
    assert numbering.step == layout.step
    assert numbering.restarts == layout.restarts
    assert made.source.document.missing_numbers == ()


PROFILE = examples(40, HealthCheck.filter_too_much)
seeds = st.integers(0, 10**9)


@in_each_layout
@PROFILE
@given(seed=seeds)
def test_every_span_is_verbatim_at_its_lines(name: str, seed: int) -> None:
    made = paper(name)
    start, stop = sample(made.text.words, random.Random(seed), 1, 40)
    quote = made.text.span(start, stop).rstrip(".,")
    assume(quote.strip("„“"))
    right = made.reference(start, stop)
    finding = made.source.verify(quote, right, NO_LIMITS)
    assert finding.verdict is Verdict.VERBATIM
    assert finding.differences == finding.typographic == ()
    (found,) = finding.actual
    assert (found.lines, found.page) == (right.lines, right.page)


@in_each_layout
@PROFILE
@given(seed=seeds)
def test_a_reference_that_is_wider_or_narrower_is_wrong(name: str, seed: int) -> None:
    made = paper(name)
    chance = random.Random(seed)
    start, stop = sample(made.text.words, chance, 8, 40)
    right = made.reference(start, stop)
    first, last = (right.lines or "").partition("–")[::2]
    one, other = int(first), int(last or first)
    moved = chance.choice([(-1, 0), (0, 1), (1, 1), (-1, -1), (1, 0), (0, -1), (-3, 4)])
    low, high = one + moved[0], other + moved[1]
    assume(0 < low <= high or (low > high > 0 and "–" in (right.page or "")))
    stated = replace(right, lines=str(low) if low == high else f"{low}–{high}")
    quote = made.text.span(start, stop).rstrip(".,")
    finding = made.source.verify(quote, stated, NO_LIMITS)
    assert finding.verdict is Verdict.WRONG_LINES
    assert [(f.page, f.lines) for f in finding.actual] == [(right.page, right.lines)]


def _changed(words: list[str], chance: random.Random, kind: str) -> list[str]:
    """Words altered in a known way."""
    at = chance.randrange(1, len(words) - 1)
    word = words[at]
    match kind:
        case "dropped":
            return words[:at] + words[at + 1 :]
        case "added":
            return [*words[:at], chance.choice(["nicht", "und", "alle", "Gemeinde"]), *words[at:]]
        case "replaced":
            return [
                *words[:at],
                chance.choice(["unseren", "Straßenbahn", "kaum"]),
                *words[at + 1 :],
            ]
        case "ending":
            longer = re.sub(r"(?<=\w)(?=\W*$)", chance.choice(["n", "s", "en"]), word, count=1)
            shorter = re.sub(r"\w(?=\W*$)", "", word, count=1)
            return [*words[:at], chance.choice([longer, shorter]), *words[at + 1 :]]
        case "swapped":
            return [*words[:at], words[at + 1], word, *words[at + 2 :]]
        case "capital":
            swapped = word[0].swapcase() + word[1:]
            return [*words[:at], swapped, *words[at + 1 :]]
        case "stopped":
            return [*words[:-1], re.sub(r"\W*$", "", words[-1]) + "."]
        case "hyphenated":
            return [*words[:at], word[:2] + "-" + word[2:], *words[at + 1 :]]
        case "cut":
            return [words[0][1:], *words[1:]]
        case "run together":
            between = [i for i in range(len(words) - 1) if (words[i] + words[i + 1]).isalpha()]
            assume(between)
            at = chance.choice(between)
            return [*words[:at], words[at] + words[at + 1], *words[at + 2 :]]
        case _:
            raise AssertionError(kind)


ALTERATIONS = ("dropped", "added", "replaced", "ending", "swapped", "capital", "stopped",
               "hyphenated", "cut", "run together")  # fmt: skip


@in_each_layout
@pytest.mark.parametrize("kind", ALTERATIONS)
@PROFILE
@given(seed=seeds)
def test_every_alteration_is_detected(name: str, kind: str, seed: int) -> None:
    made = paper(name)
    chance = random.Random(seed)
    start, stop = sample(made.text.words, chance, 4, 30)
    words = [word.text for word in made.text.words[start:stop]]
    changed = " ".join(_changed(words, chance, kind))
    assume(not _occurs(changed, made.joined))
    finding = made.source.verify(changed, made.reference(start, stop), NO_LIMITS)
    assert finding.verdict is Verdict.ALTERED
    assert finding.differences or finding.reason


def _occurs(quote: str, text: str) -> bool:
    """Whether a text contains a quote, as whole words: an oracle that knows nothing of tokens."""
    quote = re.sub(r"\s+([.,])", r"\1", quote)
    pattern = (
        rf"(?<![\w*-]){re.escape(quote)}(?![\w*-])" if quote[0].isalnum() else re.escape(quote)
    )
    return re.search(pattern, text) is not None
