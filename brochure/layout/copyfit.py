"""Copyfitting: the largest type in which a leaflet takes just so many pages, evenly filled.

Type and spaces grow together (`LayoutRules.scale`), within the bounds of the edition. The search
looks at layouts in which no passage is divided, and plans from each how many pages it comes to;
the leaflet is then laid out in earnest at the best scale. Pure but for the renderer that it is
given.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from brochure.diagnostics import Diagnostic, Part, Reported, error
from brochure.layout.edition import Scale
from brochure.layout.laid_out import (
    FEW_LINES,
    LaidOutDocument,
    Layout,
    LayoutRules,
    PageRenderer,
    line_height,
    lines_on_last_page,
)
from brochure.layout.pagination import PagePlan, lay_out, plan_pages
from brochure.messages import Message, plural, say

MAX_LAYOUTS = 7  # of a leaflet, where the plan was right
EXTRA_LAYOUTS = 10  # beyond these, where it was wrong
_FINE = 0.005  # of the scale: a twentieth of a point
_STEP = 4 * _FINE  # from one scale to the next, where they are tried one after the other
_STEPS = 8  # of these, at most
_CLEARLY = 3 * _STEP  # larger: more than half a point
_FILLED = 0.1  # of a page: with so little white, larger type would hardly be noticed
_FULL = 0.985  # of the last page, which the search aims at: all of it but a line
_TIGHTER = 0.5  # pages are to be filled evenly: less white space than elsewhere is left
_LEAST = 0.6  # of all pages, if they are to look full
_LEAST_OF_LAST = 0.15  # of the last page, if it is not to look like a leftover
_CODE = "does-not-fit"


@dataclass(frozen=True)
class _Target:
    """What a leaflet is to be fitted to.

    `exactly`: fewer pages than `pages` are too few; else they will do, in the largest type.
    """

    pages: int
    exactly: bool
    max_white_space: float
    scale: Scale

    def fits(self, document: LaidOutDocument) -> bool:
        """Whether a layout takes as many pages as it should."""
        return document.pages == self.pages or (not self.exactly and document.pages < self.pages)


@dataclass(frozen=True)
class _Trial:
    """A layout with all passages whole, and how many pages it is planned to take from there."""

    document: LaidOutDocument
    plan: PagePlan

    @property
    def scale(self) -> float:
        return self.document.rules.scale


class _CachedRenderer:
    """A renderer that remembers what it has laid out, and so never does it twice."""

    def __init__(self, render: PageRenderer) -> None:
        self._render = render
        self._documents: dict[LayoutRules, LaidOutDocument] = {}

    @property
    def count(self) -> int:
        """How many layouts were made."""
        return len(self._documents)

    @property
    def left(self) -> int:
        """How many more may be made, at the very most."""
        return MAX_LAYOUTS + EXTRA_LAYOUTS - self.count

    def __call__(self, rules: LayoutRules) -> LaidOutDocument:
        if rules not in self._documents:
            self._documents[rules] = self._render(rules)
        return self._documents[rules]


def fit(
    render: PageRenderer, max_white_space: float, scale: Scale, pages: int, *, exactly: bool = True
) -> Reported[LaidOutDocument]:
    """Lay out a leaflet so that it takes `pages` pages, or as nearly as can be.

    `exactly`: fewer pages are too few; else they will do, in the largest type. The diagnostics say
    why it does not fit, if it does not.
    """
    cached = _CachedRenderer(render)
    target = _Target(pages, exactly, max_white_space * _TIGHTER, scale)
    trials = list(_search(cached, target))
    fitting = [trial for trial in trials if trial.plan.pages <= pages]
    if not fitting:
        return _fit_smallest(cached, target, trials)
    best = max(fitting, key=lambda trial: trial.scale)
    if exactly and best.plan.pages < max(_LEAST * pages, pages - 1 + _LEAST_OF_LAST):
        rules = LayoutRules(best.plan.divided, scale=best.scale)
        document = lay_out(cached, target.max_white_space, rules, 1)
        return Reported(document, (_too_short(best, document, pages),))
    fitted = _fit_largest(cached, target, trials)
    document, failed = fitted.value, fitted.diagnostics
    used = plan_pages(document.layout, target.max_white_space).pages
    if not failed and used > pages - _FILLED:
        return fitted
    least = document.rules.scale + (_STEP if failed else _CLEARLY)
    larger = _step_down(cached, target, document, least)
    return Reported(larger) if larger else fitted


def _search(render: PageRenderer, target: _Target) -> Iterator[_Trial]:
    """Trials at scales closer and closer to the largest that fits: at most four."""
    pages, bounds = target.pages, target.scale
    fits, over = None, None  # the trials on both sides of it
    at = 1.0
    for _ in range(MAX_LAYOUTS - 3):
        document = render(LayoutRules(scale=at))
        trial = _Trial(document, plan_pages(document.layout, target.max_white_space))
        yield trial
        if trial.plan.pages <= pages:
            fits = trial
        else:
            over = trial
        # The height of a text grows with the square of its type: lines get taller, and more.
        ideal = at * math.sqrt((pages - 1 + _FULL) / trial.plan.pages)
        if fits and over:
            if over.scale - fits.scale < _FINE or pages - fits.plan.pages < 1.5 * (1 - _FULL):
                return
            low, high = fits.scale, over.scale
            margin = 0.15 * (high - low)
            at = min(max(ideal, low + margin), high - margin)
        else:
            at = min(max(ideal, bounds.smallest), bounds.largest)
            if any(abs(at - known.scale) < 1e-6 for known in (fits, over) if known):
                return


def _fit_largest(
    render: _CachedRenderer, target: _Target, trials: Sequence[_Trial]
) -> Reported[LaidOutDocument]:
    """The leaflet at the largest scale that is planned to fit or, where the plan was too bold, at a
    smaller one.

    What stays white in the largest type is shared out among the pages, all but a line.
    """
    pages, smallest = target.pages, target.scale.smallest
    fitting = sorted((t for t in trials if t.plan.pages <= pages), key=lambda t: t.scale)
    trial, safe = fitting[-1], min(fitting[0].scale, fitting[-1].scale - _CLEARLY)
    at = down = trial.scale  # what is tried, and how far down the steps have come
    largest = max(t.scale for t in trials) == at
    white = pages - trial.plan.pages if target.exactly and largest else 0.0
    height = min(trial.document.layout.heights)
    bound = MAX_LAYOUTS + EXTRA_LAYOUTS
    while True:
        foot = max(0.0, white / pages - 0.03) * height
        rules = LayoutRules(trial.plan.divided, scale=at, foot=foot)
        # One layout is kept for another scale.
        rounds = max(MAX_LAYOUTS - 2 - render.count, 0)
        document = lay_out(render, target.max_white_space, rules, rounds)
        fits = target.fits(document)
        if fits:  # the plan was right, and a leftover is not worth ten layouts more
            bound = MAX_LAYOUTS
        left = bound - render.count
        at_end = left <= 0 or (at <= smallest and not foot)
        if fits and (target.exactly or at_end or not _has_leftover(document.layout)):
            return Reported(document)
        if at_end:
            over = _Trial(document, replace(trial.plan, pages=float(document.pages)))
            return Reported(document, tuple(_too_long(over, pages)))
        if foot:
            white = max(0.0, white / 2 - 0.02)
            continue
        below = max(smallest, min(safe, down - _STEP) if left == 1 else down - _STEP)
        # Not past a scale that was tried: at that, the leaflet may be laid out already as it
        # is to be.
        tried = [] if fits else [t for t in fitting if below <= t.scale < at]
        if tried:
            trial = tried[-1]
        at = trial.scale if tried else below
        if at == below:
            down = below


def _fit_smallest(
    render: _CachedRenderer, target: _Target, trials: Sequence[_Trial]
) -> Reported[LaidOutDocument]:
    """The leaflet in the smallest type, or in any in which it fits after all: it is planned to be
    too long in all that were tried, but these need not include the smallest.
    """
    smallest = min(trials, key=lambda trial: trial.scale)
    rules = LayoutRules(smallest.plan.divided, scale=smallest.scale)
    rounds = max(MAX_LAYOUTS - 1 - render.count, 0)
    document = lay_out(render, target.max_white_space, rules, rounds)
    if document.pages == target.pages:  # the plan was too timid
        return Reported(document)
    larger = _step_down(render, target, document, target.scale.smallest)
    if larger:
        return Reported(larger)
    if smallest.scale > target.scale.smallest:
        whole = render(LayoutRules(scale=target.scale.smallest))
        smallest = _Trial(whole, plan_pages(whole.layout, target.max_white_space))
        rules = LayoutRules(smallest.plan.divided, scale=smallest.scale)
        rounds = min(2, render.left - 1)
        document = lay_out(render, target.max_white_space, rules, rounds)
    over = replace(smallest, document=document)
    return Reported(document, tuple(_too_long(over, target.pages)))


def _step_down(
    render: _CachedRenderer, target: _Target, known: LaidOutDocument, least: float
) -> LaidOutDocument | None:
    """The leaflet in the largest type, from the scale `least` up, in which it fits; scales are
    tried one after the other, from above.

    None is skipped because a slightly smaller one does not fit: how passages fall on pages is a
    matter of luck. The steps begin where the text as such has room, which `known`, a layout of it,
    tells. For most leaflets, that is below `least`.
    """
    pages = target.pages
    room = known.rules.scale * math.sqrt(pages / plan_pages(known.layout, 0.0).pages)
    most = min(target.scale.largest, room)
    step = max(_STEP, (most - least) / _STEPS)
    for number in range(math.floor((most - least) / step + 1e-6), -1, -1):
        left = render.left - 2  # two are kept for the smallest
        if left < 2:
            break
        at = least + number * step
        plan = plan_pages(render(LayoutRules(scale=at)).layout, target.max_white_space)
        if plan.pages > pages + _FILLED:
            continue
        rules = LayoutRules(plan.divided, scale=at)
        document = lay_out(render, target.max_white_space, rules, min(2, left - 2))
        if target.fits(document):
            if target.exactly or not _has_leftover(document.layout):
                return document
    return None


def _has_leftover(layout: Layout) -> bool:
    """Whether the last page has only a few lines of text, besides the footer."""
    return 0 < lines_on_last_page(layout) < FEW_LINES


def _too_long(trial: _Trial, pages: int) -> Iterator[Diagnostic]:
    """For each passage with lines beyond the last page, by how many lines it is too long.

    Where passages are kept whole, more lies there than is too much: no more lines are named than
    the missing height amounts to, counted from the end.
    """
    layout = trial.document.layout
    line = line_height(layout)
    left = max(1, math.ceil((trial.plan.pages - pages) * min(layout.heights) / line))
    beyond = {**_lines_beyond(layout, pages), "": math.ceil(layout.height_after / line)}
    counts: dict[str, int] = {}
    passages = dict.fromkeys(fragment.passage for fragment in layout.fragments)
    for passage in reversed([*passages, ""]):
        if count := min(beyond.get(passage, 0), left):
            counts[passage] = count
            left -= count
    hint = say("Shorten it by that much, or give the leaflet more pages (`fit:`).")
    for passage, count in counts.items():
        message = _lines_too_many(passage, count, trial.plan.pages, pages)
        yield error(_CODE, message, Part(passage=passage), hint)


def _lines_too_many(passage: str, count: int, needed: float, pages: int) -> Message:
    """The sentence for a passage or, if its name is empty, for what comes after the passages."""
    if not passage:
        return plural(
            "The text after the passages is {n} line too long: even in its smallest type the "
            "leaflet takes {needed:.2f} pages instead of {pages}.",
            "The text after the passages is {n} lines too long: even in its smallest type the "
            "leaflet takes {needed:.2f} pages instead of {pages}.",
            count,
            needed=needed,
            pages=pages,
        )
    return plural(
        "Passage `{passage}` is {n} line too long: even in its smallest type the leaflet takes "
        "{needed:.2f} pages instead of {pages}.",
        "Passage `{passage}` is {n} lines too long: even in its smallest type the leaflet takes "
        "{needed:.2f} pages instead of {pages}.",
        count,
        passage=passage,
        needed=needed,
        pages=pages,
    )


def _lines_beyond(layout: Layout, pages: int) -> dict[str, int]:
    """How many lines each passage has beyond so many pages; those that have none are left out."""
    counts: dict[str, int] = {}
    for (passage, _), runs in layout.runs.items():
        lines = {(run.page, round(run.y)) for run in runs if run.page >= pages}
        if lines:
            counts[passage] = max(counts.get(passage, 0), len(lines))
    return counts


def _too_short(trial: _Trial, document: LaidOutDocument, pages: int) -> Diagnostic:
    """The leaflet is too short even in its largest type."""
    height, line = min(document.layout.heights), line_height(document.layout)
    lacking = max(_LEAST * pages, pages - 1 + _LEAST_OF_LAST) - trial.plan.pages
    return error(
        _CODE,
        plural(
            "The leaflet is too short: even in its largest type it fills only {filled:.1f} pages "
            "instead of {pages}; about {n} line is missing.",
            "The leaflet is too short: even in its largest type it fills only {filled:.1f} pages "
            "instead of {pages}; about {n} lines are missing.",
            max(1, math.ceil(lacking * height / line)),
            filled=trial.plan.pages,
            pages=pages,
        ),
        Part(),
        say("Write more, or give the leaflet fewer pages (`fit:`)."),
    )
