"""Preflight of what was laid out: what a careful printer would ring up about. Pure.

Other parts of it stand where their facts are: glyphs and pictures in ``compose``, colours in
``colours``. ``wishes.CHECKS`` names them all: a leaflet or an edition can switch each of them off.
"""

import math
from collections.abc import Iterator
from itertools import pairwise

from brochure.diagnostics import Diagnostic, error, symbolic, warning
from brochure.layout.composition import Composition
from brochure.layout.edition import Edition
from brochure.layout.laid_out import LEFTOVER, Layout, Word, lines_on_last_page
from brochure.manuscript.model.fields import contrast
from brochure.prepress import imposition

_LARGE, _LARGE_BOLD = 18.0, 14.0  # points; from there on 3:1 will do (WCAG 2.1, 1.4.3)


def inspect(layout: Layout, composition: Composition, size: int) -> Iterator[Diagnostic]:
    """What there is to say about a layout in its edition; `size` is that of the file in bytes."""
    edition = composition.edition
    factor = imposition.scaling(edition, layout.sizes)
    yield from _small_type(layout, edition, factor)
    yield from _contrast(layout, edition)
    yield from _headings(layout)
    yield from _last_page(layout, back=edition.imposition is not None)
    yield from _resolution(layout, edition, factor)
    yield from _attachment(edition, size)


def _small_type(layout: Layout, edition: Edition, factor: float) -> Iterator[Diagnostic]:
    """The smallest type of each passage, where it is smaller than what is legible."""
    for (passage, _), words in layout.words.items():
        smallest = min(words, key=lambda word: word.size, default=None)
        if smallest and smallest.size * factor < edition.legible - 0.05:
            scaled = "" if factor == 1 else ", as the pages are scaled down"
            yield warning(
                "small-type",
                f"“{_start(smallest)}” is set in {smallest.size * factor:.1f} points{scaled}; in "
                f"this edition nothing should be smaller than {edition.legible:g}.",
                symbolic(passage),
                "Set `font-size` larger in the style sheet of the edition, or choose a larger "
                "page.",
            )


def _contrast(layout: Layout, edition: Edition) -> Iterator[Diagnostic]:
    """The first text of each passage that stands out too little (WCAG 2.1, 1.4.3)."""
    for (passage, _), words in layout.words.items() if edition.contrast else ():
        for word in words:
            large = word.size > (_LARGE_BOLD if word.bold else _LARGE) - 0.05
            asked = min(edition.contrast, 3.0) if large and edition.contrast <= 4.5 else (
                edition.contrast
            )  # fmt: skip
            ratio = contrast(word.colour, word.behind)
            if word.text.strip() and ratio < asked:
                yield warning(
                    "contrast",
                    f"“{_start(word)}” is hard to read: {ratio:.1f} to 1 against what is behind "
                    f"it, where {asked:g} is the least.",
                    symbolic(passage),
                    "Take a darker colour: `accent:` in the leaflet, or `color` in styles/.",
                )
                break


def _headings(layout: Layout) -> Iterator[Diagnostic]:
    """Headings at the foot of a page whose text begins on the next one."""
    lowest: dict[int, float] = {}
    for words in layout.words.values():
        for word in words:
            lowest[word.page] = max(lowest.get(word.page, 0.0), word.y)
    for (passage, _), words in layout.words.items():
        for before, after in pairwise(words):
            alone = passage or before.y >= lowest[before.page]  # outside pairs, these may follow
            if before.role == "heading" != after.role and after.page > before.page and alone:
                yield warning(
                    "heading-at-foot",
                    f"The heading before “{_start(after)}” stands alone at the foot of page "
                    f"{before.page + 1}.",
                    symbolic(passage),
                    "A small change of the text before it helps; so does `break-after: avoid` in "
                    "the style sheet.",
                )


def _last_page(layout: Layout, *, back: bool) -> Iterator[Diagnostic]:
    """A last page with a few lines on it, besides the footer; on a `back` it may stand alone."""
    last, lines = len(layout.bottoms) - 1, lines_on_last_page(layout)
    if last > 0 and lines < LEFTOVER and not (back and lines == 0):
        what = f"only {lines} {'line' if lines == 1 else 'lines'} of text" if lines else "no text"
        ends = [part.passage for part in layout.parts if part.page == last]
        yield warning(
            "last-page",
            f"The last page has {what}.",
            symbolic(ends[-1] if ends else ""),
            f"Shorten the text by so much, or let it fit: `fit: {last}`.",
        )


def _resolution(layout: Layout, edition: Edition, factor: float) -> Iterator[Diagnostic]:
    for picture in layout.pictures:
        sides = zip(picture.pixels, (picture.width, picture.height), strict=True)
        dpi = min((p / (points * factor / 72) for p, points in sides if points), default=math.inf)
        if dpi < edition.resolution:
            wanted = math.ceil(picture.width * factor / 72 * edition.resolution)
            yield warning(
                "resolution",
                f"The picture `{picture.address}` has {dpi:.0f} pixels an inch where it stands; "
                f"this edition asks for {edition.resolution}.",
                symbolic(f"/{picture.address}"),
                f"Use one that is {wanted} pixels wide, or an SVG.",
            )


def _attachment(edition: Edition, size: int) -> Iterator[Diagnostic]:
    if edition.attachment and size > edition.attachment * 1e6:
        yield error(
            "attachment",
            f"The file has {size / 1e6:.1f} MB; more than {edition.attachment:g} MB do not reach "
            "every office.",
            symbolic(),
            "Scale the pictures down, or save them as JPEG.",
        )


def _start(word: Word) -> str:
    text = " ".join(word.text.split())
    return text if len(text) <= 40 else text[:39] + "…"
