"""A long source: read once, then fifty quotes compared with it again and again."""

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from brochure.diagnostics import Location
from brochure.project import Project
from brochure.sources.document import QuoteReference
from brochure.sources.finding import LimitingWords
from brochure.sources.reading.reader import read_source
from brochure.sources.searchable import SearchableSource
from tests import papers

PAGES = 150
QUOTES = 50


def main(work: Path, rounds: int) -> None:
    """Print how long verifying takes, beside reading the source for the first time."""
    layout = papers.Layout()
    text = papers.made(3, 16 * PAGES, layout.width)
    project = Project(work / "sources")
    path = project.content / "probe" / "sources" / "long.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(papers.pdf(text, layout))
    chance = random.Random(4)
    spans = [papers.sample(text.words, chance, 10, 60) for _ in range(QUOTES)]
    right = [text.span(*span).rstrip(".,") for span in spans]
    wrong = [quote.replace(" die ", " jede ", 1) for quote in right]

    def opened() -> SearchableSource:
        document = read_source(project, path, None, Location("benchmark")).value.document
        assert document is not None
        return SearchableSource(document)

    def first() -> None:
        for file in (project.cache / "sources").glob("*"):
            file.unlink()
        opened()

    def verify(quotes: list[str]) -> None:
        source = opened()
        for quote in quotes:
            source.verify(quote, QuoteReference(), LimitingWords())

    first()
    pages = len(opened().document.pages)
    reading, cached, fine, altered = (
        _median(rounds, call)
        for call in (first, opened, lambda: verify(right), lambda: verify(wrong))
    )
    print(f"\nA source of {pages} pages, {len(text.words)} words (the first reading is 1)")
    print(f"  read for the first time        1.00   ({reading:.2f} s)")
    print(f"  read again, from the cache     {cached / reading:.2f}")
    print(f"  the same, and {QUOTES} quotes        {fine / reading:.2f}   ({fine:.2f} s)")
    print(f"  the same, all of them altered  {altered / reading:.2f}   ({altered:.2f} s)")


def _median(rounds: int, call: Callable[[], object]) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
