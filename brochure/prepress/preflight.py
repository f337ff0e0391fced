"""Preflight of what was laid out: what a careful printer would ring up about. Pure.

Other checks are made where their facts are: glyphs and pictures in ``layout.compose``, colours in
``colour``, whether a leaflet fits in ``layout.copyfit``. ``layout.print_options.CHECKS`` names them
all: a leaflet or an edition can switch off each of them.
"""

import math
from collections.abc import Iterator
from itertools import pairwise

from brochure.diagnostics import Diagnostic, Part, error, warning
from brochure.layout.composition import Composition
from brochure.layout.edition import Edition
from brochure.layout.laid_out import Layout, TextRun, has_leftover, lines_on_last_page
from brochure.manuscript.model.fields import contrast, hexadecimal
from brochure.messages import Message, plural, say
from brochure.prepress.imposition import scale_on_sheet

_LARGE, _LARGE_BOLD = 18.0, 14.0  # points; from there on 3:1 is enough (WCAG 2.1, 1.4.3)
_LARGE_CONTRAST, _NORMAL_CONTRAST = 3.0, 4.5


def preflight(layout: Layout, composition: Composition, size: int) -> Iterator[Diagnostic]:
    """What there is to say about a layout in its edition; `size` is that of the file in bytes."""
    edition = composition.edition
    scale = scale_on_sheet(edition, layout.sizes)
    yield from _small_type(layout, edition, scale)
    yield from _low_contrast(layout, edition, composition.accent)
    yield from _stranded_headings(layout, has_cover=edition.imposition is not None)
    yield from _white_pages(layout, edition, composition.edition_name)
    yield from _last_page(layout, composition.edition_name, is_back=edition.imposition is not None)
    yield from _low_resolution(layout, edition, scale)
    yield from _large_file(edition, size)


def _small_type(layout: Layout, edition: Edition, scale: float) -> Iterator[Diagnostic]:
    """The smallest type of each passage, where it is too small to be read."""
    for (passage, _), runs in layout.runs.items():
        smallest = min(runs, key=lambda run: run.size, default=None)
        if smallest and smallest.size * scale < edition.min_type_size - 0.05:
            words, size, least = _excerpt(smallest), smallest.size * scale, edition.min_type_size
            message = (
                say(
                    "“{words}” is set in {size:.1f} points; in this edition nothing should be "
                    "smaller than {least:g}.",
                    words=words,
                    size=size,
                    least=least,
                )
                if scale == 1
                else say(
                    "“{words}” is set in {size:.1f} points, as the pages are scaled down; in this "
                    "edition nothing should be smaller than {least:g}.",
                    words=words,
                    size=size,
                    least=least,
                )
            )
            hint = say(
                "Make `font-size` larger in the style sheet of the edition, or choose a larger "
                "page."
            )
            yield warning("small-type", message, Part(passage=passage), hint)


def _low_contrast(layout: Layout, edition: Edition, accent: str | None) -> Iterator[Diagnostic]:
    """The first text of each passage that has too little contrast (WCAG 2.1, 1.4.3).

    An accent colour that is too light was told before, once.
    """
    accent_pair = {accent, "#ffffff"}
    for (passage, _), runs in layout.runs.items() if edition.contrast else ():
        for run in runs:
            large = run.size > (_LARGE_BOLD if run.bold else _LARGE) - 0.05
            least = edition.contrast
            if large and least <= _NORMAL_CONTRAST:
                least = min(least, _LARGE_CONTRAST)
            ratio = contrast(run.colour, run.background)
            if {hexadecimal(run.colour), hexadecimal(run.background)} == accent_pair:
                continue
            if run.text.strip() and ratio < least:
                yield warning(
                    "contrast",
                    say(
                        "“{words}” is hard to read: its contrast with the background is "
                        "{ratio:.1f} to 1, and should be at least {least:g} to 1.",
                        words=_excerpt(run),
                        ratio=ratio,
                        least=least,
                    ),
                    Part(passage=passage),
                    say("Choose a darker colour: `accent:` in the leaflet, or `color` in styles/."),
                )
                break


def _stranded_headings(layout: Layout, *, has_cover: bool) -> Iterator[Diagnostic]:
    """Headings at the foot of a page whose text begins on the next one; not those of a cover."""
    cover = 0 if has_cover and all(fragment.page for fragment in layout.fragments) else None
    lowest: dict[int, float] = {}
    for runs in layout.runs.values():
        for run in runs:
            lowest[run.page] = max(lowest.get(run.page, 0.0), run.y)
    for (passage, _), runs in layout.runs.items():
        for before, after in pairwise(runs):
            # Outside passages, text may follow that is not in this cell.
            stranded = passage or before.y >= lowest[before.page]
            stranded = stranded and before.page != cover
            if before.role == "heading" != after.role and after.page > before.page and stranded:
                yield warning(
                    "heading-at-foot",
                    say(
                        "The heading above “{words}” is left alone at the foot of page {page}.",
                        words=_excerpt(after),
                        page=before.page + 1,
                    ),
                    Part(passage=passage),
                    say(
                        "A small change to the text before it helps; so does `break-after: avoid` "
                        "in the style sheet."
                    ),
                )


def _white_pages(layout: Layout, edition: Edition, name: str) -> Iterator[Diagnostic]:
    """Pages but the last that are white for a larger part than the edition allows, as measured;
    not those that a style sheet sets apart, as a cover is.
    """
    for page in range(layout.pages - 1):
        share = layout.white[page] / layout.heights[page]
        # In whole per cent, as it is told.
        if page not in layout.set_apart and round(share, 2) > round(edition.max_white_space, 2):
            following = next((f.passage for f in layout.fragments if f.page == page + 1), "")
            yield warning(
                "white-space",
                say(
                    "In the edition `{edition}`, {share:.0f} percent of page {page} stay white; it "
                    "should be no more than {most:.0f}.",
                    edition=name,
                    share=100 * share,
                    page=page + 1,
                    most=100 * edition.max_white_space,
                ),
                Part(passage=following),
                say(
                    "What comes next is too tall to begin there and cannot be divided. Shorten it, "
                    "divide a long paragraph of it into two, or move it elsewhere."
                )
                if following
                else say(
                    "What comes after the passages stays together, and is too tall to begin there. "
                    "Shorten it (`call`, `contact`, `imprint`) or the passages before it."
                ),
            )


def _last_page(layout: Layout, edition: str, *, is_back: bool) -> Iterator[Diagnostic]:
    """A last page with few lines on it, besides the footer; on the back of a sheet, the footer may
    be alone, and what follows a cover is no leftover.
    """
    last, lines = layout.pages - 1, lines_on_last_page(layout)
    follows_cover = all(fragment.page == last for fragment in layout.fragments)
    if has_leftover(layout) and not (is_back and (lines == 0 or follows_cover)):
        on_last = [fragment.passage for fragment in layout.fragments if fragment.page == last]
        yield warning(
            "last-page",
            _few_lines(lines),
            Part(passage=on_last[-1] if on_last else ""),
            say(
                "Shorten the text by that much, or have it fitted: `fit: {{{edition}: {pages}}}`.",
                edition=edition,
                pages=last,
            )
            if lines
            else say(
                "Shorten the text, or have it fitted: `fit: {{{edition}: {pages}}}`.",
                edition=edition,
                pages=last,
            ),
        )


def _few_lines(count: int) -> Message:
    if count == 0:
        return say("The last page has nothing but contact, imprint and the like.")
    return plural(
        "The last page has only {n} line of text.", "The last page has only {n} lines of text.",
        count,
    )  # fmt: skip


def _low_resolution(layout: Layout, edition: Edition, scale: float) -> Iterator[Diagnostic]:
    """Pictures with too few pixels per inch on the paper."""
    for picture in layout.pictures:
        sides = zip(picture.pixels, (picture.width, picture.height), strict=True)
        dpi = min(
            (pixels / (points * scale / 72) for pixels, points in sides if points),
            default=math.inf,
        )
        if dpi < edition.resolution:
            wanted = math.ceil(picture.width * scale / 72 * edition.resolution)
            yield warning(
                "resolution",
                say(
                    "The picture `{file}` is printed with {dpi:.0f} pixels per inch; this edition "
                    "needs {least}.",
                    file=picture.address,
                    dpi=dpi,
                    least=edition.resolution,
                ),
                Part(picture=picture.address),
                say("Use one that is {pixels} pixels wide, or an SVG.", pixels=wanted),
            )


def _large_file(edition: Edition, size: int) -> Iterator[Diagnostic]:
    if edition.max_file_size and size > edition.max_file_size * 1e6:
        yield error(
            "attachment",
            say(
                "The file has {size:.1f} MB; many offices do not accept more than {most:g} MB by "
                "e-mail.",
                size=size / 1e6,
                most=edition.max_file_size,
            ),
            Part(),
            say(
                "Leave out some pictures, or lower `max-resolution` or `jpeg-quality` of the "
                "edition."
            ),
        )


def _excerpt(run: TextRun) -> str:
    text = " ".join(run.text.split())
    return text if len(text) <= 40 else text[:39] + "…"
