"""Pages in columns, typeset in many ways: what they say is verbatim, what they do not is not."""

import pytest

from brochure.sources.document import QuoteReference
from brochure.sources.finding import LimitingWords, Verdict
from brochure.sources.searchable import SearchableSource
from tests import papers
from tests.spreads import ROWS, Spread, flows, lines_of, measured, pdf

SPREADS = [
    Spread(columns=1, justified=True, notes=True),
    Spread(gutter=5, justified=True, by_rows=True),
    Spread(gutter=5, shift=0.3, headings=True),
    Spread(gutter=8, shift=0.5, by_rows=True, notes=True),
    Spread(gutter=20, by_rows=True, headings=True),
    Spread(gutter=12, numbers=True, justified=True),
    Spread(gutter=5, tables=True, by_rows=True),
    Spread(gutter=12, tables=True, shift=0.12, justified=True),
    Spread(columns=3, gutter=5, justified=True),
    Spread(columns=3, gutter=8, shift=0.3, by_rows=True),
    Spread(columns=3, gutter=12, headings=True, justified=True, by_rows=True),
    Spread(columns=3, gutter=8, tables=True, notes=True),
]  # fmt: skip


@pytest.mark.parametrize("spread", SPREADS, ids=str)
def test_columns_are_read_to_the_letter(spread: Spread) -> None:
    result = measured(spread)
    assert result.tried == 30
    assert result.refused == ()
    assert result.accepted + result.unchecked >= 0.97 * result.tried
    assert result.accepted >= 0.9 * result.tried
    assert (result.spliced > 20) == (spread.columns > 1)
    assert result.false == 0


@pytest.mark.parametrize("tables", [True, False], ids=["synopsis", "text"])
def test_what_goes_on_in_the_same_column_of_the_next_page_is_unchecked(tables: bool) -> None:
    """In a synopsis it is right, in running text it stands nowhere; pages do not say which."""
    spread = Spread(gutter=12, tables=tables, justified=True)
    lines = lines_of(spread, flows(spread, 1))
    last = next(
        line for line in lines if line.page == 0 and line.column == 0 and line.row == ROWS - 1
    )
    first = next(line for line in lines if line.page == 1 and line.column == 0 and line.row == 0)
    quote = (
        f"{last.text.split(' ', 1)[1].removesuffix('-')}{'' if last.text.endswith('-') else ' '}"
    )
    source = SearchableSource(papers.read(pdf(spread, lines)))
    finding = source.verify(quote + first.text.rsplit(" ", 1)[0], QuoteReference(), LimitingWords())
    assert finding.verdict is Verdict.UNCHECKED
    assert [reference.page for reference in finding.actual] == ["1–2"]
    assert "same column of the next page" in str(finding.reason)
