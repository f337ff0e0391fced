"""Folded sheets: parts of a leaflet that stand on pages of their own. Pure.

A letter fold (DIN long) is seen in this order: the cover; on opening it, the panel on its back
and, beside that, the flap; on opening the flap, three panels side by side; last, the back. So the
head is the cover, the lead stands on the flap, passages fill the inside, and what is at the foot
of a leaflet (contact, imprint) is on the back. Where that takes more than the sheet has, the lead
runs on into the passages; or it stands on the cover; and in the end all of it runs on.

A booklet gets a cover, and then a back, where its last sheet has pages to spare: never for the
price of another sheet.
"""

from collections.abc import Callable

from brochure.diagnostics import Reported
from brochure.layout.booklet import lay_out_booklet
from brochure.layout.edition import Imposition, Scale
from brochure.layout.laid_out import LaidOutDocument, PageRenderer
from brochure.layout.letterfold import LetterFold
from brochure.layout.setting import remembering

_LayOut = Callable[[PageRenderer], Reported[LaidOutDocument]]


def lay_out_parts(
    imposition: Imposition | None,
    lay_out: _LayOut,
    render: PageRenderer,
    *,
    max_white_space: float,
    scale: Scale | None = None,
    pages: int | None = None,
    exactly: bool = False,
) -> Reported[LaidOutDocument]:
    """Lay out a leaflet with as many parts on pages of their own as its sheets have room for.

    `lay_out` lays it out by a renderer, in type within `scale`, on `pages` pages if there is to be
    a number of them: `exactly` so many, or at most. Otherwise a booklet may use the pages that are
    left, if none becomes whiter for that than others are or than `max_white_space`, a share of its
    height.
    """
    match imposition.scheme if imposition else "":
        case "letter-fold":
            assert imposition is not None
            most = min(pages or imposition.pages, imposition.pages)
            sizes = scale or Scale(smallest=1, largest=1)
            render = remembering(render)
            fold = LetterFold(lay_out, render, most, exactly, sizes, max_white_space)
            return fold.lay_out_parts()
        case "saddle-stitch" if pages is None:
            assert imposition is not None
            return lay_out_booklet(lay_out, render, imposition.pages, max_white_space)
    return lay_out(render)
