"""Quotes of real documents: are right ones accepted, and altered ones not?

What is right comes from two other readers; see `pdf.py`. A quote that is wrong must not be
accepted without a note that a right one does not get.
"""

import random
import shutil
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.quotes.alterations import KINDS, Around, alter
from benchmarks.quotes.pdf import read_pdf
from benchmarks.quotes.text import read_text
from benchmarks.quotes.truth import Span, Truth, spans_of
from brochure.diagnostics import DiagnosticsError, Location
from brochure.manuscript.text.language import load_language
from brochure.project import Project
from brochure.sources.document import Document, QuoteReference
from brochure.sources.finding import Finding, LimitingWords, Verdict
from brochure.sources.reading.reader import read_source
from brochure.sources.searchable import SearchableSource

ACCEPTED = (Verdict.VERBATIM, Verdict.WRONG_LINES, Verdict.AMBIGUOUS)
REFUSED = (Verdict.ALTERED, Verdict.NOT_FOUND)
_UNREAD = Finding(Verdict.UNCHECKED, QuoteReference())

Verify = Callable[[str, QuoteReference], Finding]


@dataclass
class Outcome:
    """What became of quotes that are wrong."""

    refused: int = 0
    unchecked: int = 0
    noted: int = 0
    silent: list[str] = field(default_factory=list)
    untried: int = 0  # the document says this, too

    @property
    def tried(self) -> int:
        return self.refused + self.unchecked + self.noted + len(self.silent)

    def count(self, quote: str, finding: Finding, right: Finding | None) -> None:
        """Count a finding. `right`: that of the unaltered quote; without it, no note will do."""
        if finding.verdict is Verdict.UNCHECKED:
            self.unchecked += 1
        elif finding.verdict not in ACCEPTED:
            self.refused += 1
        elif right and finding.verdict is Verdict.VERBATIM and notes(finding) > notes(right):
            self.noted += 1
        else:
            self.silent.append(quote)

    def row(self) -> list[object]:
        return [self.tried, self.refused, self.unchecked, self.noted, len(self.silent)]


@dataclass(frozen=True)
class Result:
    """All of one document: a finding for each span, what became of spliced and altered ones.

    `agreed`: the share of its lines in which the witnesses agree.
    """

    file: Path
    agreed: float
    spans: tuple[tuple[Span, Finding], ...]
    spliced: Outcome
    altered: dict[str, Outcome]

    def row(self) -> list[object]:
        verdicts = Counter(finding.verdict for _, finding in self.spans)
        accepted = sum(verdicts[verdict] for verdict in ACCEPTED)
        share = f"{100 * accepted / len(self.spans):.1f} %" if self.spans else "–"
        order = (*ACCEPTED, Verdict.UNCHECKED, *REFUSED)
        silent = sum(len(outcome.silent) for outcome in self.altered.values())
        return [
            unicodedata.normalize("NFC", self.file.name), f"{100 * self.agreed:.0f} %",
            len(self.spans), accepted, share, *(verdicts[one] for one in order),
            self.spliced.tried, len(self.spliced.silent),
            sum(outcome.tried for outcome in self.altered.values()), silent,
        ]  # fmt: skip


def main(
    files: Sequence[Path], *, count: int, seed: int, language: str, each: int, show: int
) -> int:
    """Print the tables.

    Returns the exit status: 1 if something wrong was accepted silently, or no file could be tried.
    """
    results = []
    for file in files:
        start = time.perf_counter()
        try:
            result = measure(file, count=count, seed=seed, language=language, each=each)
        except (ValueError, OSError, DiagnosticsError) as reason:
            print(f"{file}: not tried: {reason}", flush=True)
            continue
        print(f"{file}: {time.perf_counter() - start:.0f} s", flush=True)
        for line in shown(result, show):
            print(line)
        results.append(result)
    if not results:
        return 1
    print("\nRight quotes, spliced ones, and altered ones\n")
    head = ["", "agreed", "tried", "accepted", "", "verbatim", "wrong l.", "ambig.", "unchecked",
            "altered", "not found", "spliced", "silently", "alterations", "silently"]  # fmt: skip
    print(table(head, [result.row() for result in results]))
    print("\nAlterations, of all documents\n")
    head = ["", "tried", "refused", "unchecked", "with a note", "silently"]
    print(table(head, list(_kinds(results))))
    wrong = any(
        outcome.silent
        for result in results
        for outcome in (result.spliced, *result.altered.values())
    )
    return int(wrong)


def _kinds(results: Sequence[Result]) -> Iterator[list[object]]:
    for kind in (*KINDS, "(spliced lines)"):
        rows = [result.altered.get(kind, result.spliced).row() for result in results]
        yield [kind, *(sum(map(int, map(str, column))) for column in zip(*rows, strict=True))]


def measure(file: Path, *, count: int, seed: int, language: str, each: int) -> Result:
    """Try a document: `count` spans and spliced lines, and `each` alterations of each kind.

    Raises ValueError if a witness cannot read it, DiagnosticsError if brochure refuses it.
    """
    truth = read_pdf(file) if file.suffix.lower() == ".pdf" else read_text(file)
    chance = random.Random(seed)
    spans = spans_of(truth, count, chance)
    with tempfile.TemporaryDirectory() as folder:
        document, verify = opened(file, Path(folder), language)
    found = []
    for span in spans:
        page = document.page_name(span.page) if document else ""
        found.append((span, verify(span.text, QuoteReference(page=page or None))))
    # What is refused as it is says nothing about alterations, and words in square brackets are
    # the quoter's own.
    fine = [span for span, one in found if one.verdict in ACCEPTED and "[" not in span.text]
    spliced = Outcome()
    for span in chance.sample(truth.spliced, min(count, len(truth.spliced))):
        spliced.count(span.text, verify(span.text, QuoteReference()), None)
    altered = {kind: _altered(kind, truth, fine, each, verify, chance) for kind in KINDS}
    agreed = truth.agreed / truth.lines if truth.lines else 0.0
    return Result(file, agreed, tuple(found), spliced, altered)


def _altered(
    kind: str,
    truth: Truth,
    spans: Sequence[Span],
    each: int,
    verify: Verify,
    chance: random.Random,
) -> Outcome:
    """What becomes of `each` spans, altered in one way."""
    outcome = Outcome()
    words = [word for run in truth.runs for word in run.words if len(word) > 2 and word.isalpha()]
    for span in chance.sample(spans, len(spans)):
        if outcome.tried == each:
            break
        beside = chance.choice(truth.runs).words[:6]
        altered = alter(kind, span.text, Around(words, " ".join(beside)), chance)
        if altered is None:
            continue
        if truth.says(altered):
            outcome.untried += 1
            continue
        right = verify(span.text, QuoteReference())
        outcome.count(altered, verify(altered, QuoteReference()), right)
    return outcome


def opened(file: Path, folder: Path, language: str) -> tuple[Document | None, Verify]:
    """A file as brochure reads it, None if it cannot, and what compares quotes with it."""
    project = Project(folder)
    path = project.content / "probe" / "sources" / file.name
    path.parent.mkdir(parents=True)
    shutil.copyfile(file, path)
    document = read_source(project, path, None, Location("benchmark")).value.document
    if document is None:
        return None, lambda quote, stated: _UNREAD
    source = SearchableSource(document)
    rules = load_language(project, language)
    words = LimitingWords(rules.limiting, rules.denying)
    return document, lambda quote, stated: source.verify(quote, stated, words)


def notes(finding: Finding) -> int:
    """How much the author is told about the words of a quote that is accepted."""
    return len(finding.typographic) + len(finding.marks) + bool(finding.omitted)


def shown(result: Result, most: int) -> Iterator[str]:
    """The first refused spans with what the source says, and the first wrong ones accepted."""
    refused = [(span, one) for span, one in result.spans if one.verdict in REFUSED]
    for span, finding in refused[:most]:
        yield f"  {finding.verdict}, page {span.page + 1}: {span.text}"
        for difference in finding.differences[:2]:
            yield f"      source “{difference.source}” / quote “{difference.quote}”"
    for kind, outcome in (*result.altered.items(), ("spliced", result.spliced)):
        for quote in outcome.silent[:most]:
            yield f"  ACCEPTED, {kind}: {quote}"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns below their heads, the first to the left, figures to the right."""
    texts = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in texts
    )
