"""Pages in columns, typeset in many ways: what they say is verbatim, what they do not is not."""

import pytest

from tests.spreads import Spread, measured

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
