"""What speaks against pages: white space, divided passages, leftovers, weighed on one scale. Pure.

A page that is white by as much as is allowed costs 1.
"""

from brochure.layout.laid_out import (
    Layout,
    has_leftover,
    headless,
    lines_on_last_page,
    misaligned,
)

DIVIDED = 1.0  # a passage, between two lines
IN_SENTENCE = 0.25  # more for each side that is cut within a sentence
IN_ANSWER = 0.7  # a passage, where its quote is whole and above its commentary
PARTED = 2.4  # a quote at the foot of a page, its commentary on the next
IN_QUOTE = 1.8  # a quote, where it stands above its commentary
FOOTER_ALONE = 2.5  # on the last page
FEW_LINES_LEFT = 2.5  # on the last page, besides the footer
PAGE = 0.3  # each page
SMALLER_PICTURE = 2.0  # times the share of its height that a picture loses
SPACED = 0.2  # white of a page that is shared out between its passages
_TOO_WHITE = 3.0  # more for a page that is white beyond what is allowed
_BROKEN = 100.0  # sides that do not begin together, columns without their headings


def cost_of_white(share: float, limit: float) -> float:
    """What speaks against a page of which this share is white."""
    return (share / limit) ** 2 + (_TOO_WHITE if share > limit else 0.0) if limit else share * 10


def cost_of(layout: Layout, max_white_space: float) -> float:
    """What speaks against a layout as it came out, in the measure of `PagePlan.cost`."""
    cost = _BROKEN * (len(set(misaligned(layout))) + len(headless(layout)))
    for page in range(layout.pages - 1):
        if page not in layout.set_apart:
            cost += cost_of_white(layout.white[page] / layout.heights[page], max_white_space)
    fragments = [fragment.passage for fragment in layout.fragments]
    cost += DIVIDED * (len(fragments) - len(set(fragments)))
    if has_leftover(layout):
        cost += FEW_LINES_LEFT if lines_on_last_page(layout) else FOOTER_ALONE
    return cost + PAGE * layout.pages
