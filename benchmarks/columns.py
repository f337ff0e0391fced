"""How many quotes from pages in columns are verified: ``python -m benchmarks columns``.

The pages are typeset for it, in all combinations of what makes columns hard to read. A quote is
*accepted* if it is verbatim, *unchecked* if the order of the page is in doubt. *False* are lines of
two columns read across, which stand nowhere: none may be verbatim.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from tests.spreads import Spread, measured


def spreads() -> Iterator[Spread]:
    """Every kind of page, the simple ones first."""
    for justified, notes, by_rows in product((False, True), repeat=3):
        yield Spread(columns=1, justified=justified, notes=notes, by_rows=by_rows)
    kinds = (
        Spread(), Spread(headings=True), Spread(notes=True), Spread(numbers=True),
        Spread(tables=True),
    )  # fmt: skip
    for kind, columns, gutter in product(kinds, (2, 3), (5.0, 8.0, 20.0)):
        for justified, shift, by_rows in product((False, True), (0.0, 0.3, 0.5), (False, True)):
            yield replace(
                kind, columns=columns, gutter=gutter, justified=justified, shift=shift,
                by_rows=by_rows,
            )  # fmt: skip


def main() -> bool:
    """Print a line for each kind of page; whether nothing that stands nowhere was verbatim."""
    print(f"{'':56}  accepted  unchecked   refused     false")
    tried = accepted = unchecked = spliced = false = 0
    for spread in spreads():
        result = measured(spread)
        refused = len(result.refused)
        print(
            f"{spread!s:56}  {_share(result.accepted, result.tried)} {result.unchecked:10}"
            f" {refused:9} {result.false:9}",
            flush=True,
        )
        tried, accepted = tried + result.tried, accepted + result.accepted
        unchecked, spliced = unchecked + result.unchecked, spliced + result.spliced
        false += result.false
    print(f"{'all':56}  {_share(accepted, tried)} {unchecked:10} {tried - accepted - unchecked:9}"
          f" {false:9}  of {tried} quotes, and {spliced} that stand nowhere")  # fmt: skip
    return not false


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:6.1f} %"
