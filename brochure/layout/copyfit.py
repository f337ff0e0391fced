"""Laying out until it is good: pairs whole where they can be, divided where a hole would be left.

Pure but for the renderer that it is given: a function from rules to laid-out pages.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tinycss2.serializer import serialize_identifier

from brochure.diagnostics import Diagnostic, error, symbolic
from brochure.layout import laid_out as layouts
from brochure.layout import pagination
from brochure.layout.edition import Scale
from brochure.layout.laid_out import LEFTOVER, Layout, line_height, lines_on_last_page
from brochure.layout.pagination import Plan, plan_pages

ROUNDS = 8  # layouts after the first, at most; one is the rule, none for a short leaflet
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rules:
    """What a layout is told beyond the style sheets: by passage, and as a whole.

    `divided` may be cut by a page, `moved` begin one, `loosened` may leave a line alone. `scale`
    is that of type and spaces; `foot` is white below each page's text, in CSS px.
    """

    divided: frozenset[str] = _NOTHING
    moved: frozenset[str] = _NOTHING
    loosened: frozenset[str] = _NOTHING
    scale: float = 1.0
    foot: float = 0.0

    def css(self) -> str:
        """The rules as a style sheet."""
        rules = [f"{_id(name)} {{ break-inside: auto }}" for name in sorted(self.divided)]
        rules += [f"{_id(name)} {{ break-before: page }}" for name in sorted(self.moved)]
        rules += [f"{_id(name)} {{ orphans: 1; widows: 1 }}" for name in sorted(self.loosened)]
        if self.scale != 1:
            rules.append(f"html {{ --scale: {self.scale:.4f} }}")
        if self.foot:
            # Padding of the page, not margin: the running foot stays where it is.
            rules.append(f"@page {{ padding-bottom: {self.foot:.2f}px }}")
        return "\n".join(rules)


@dataclass(frozen=True)
class LaidOutDocument:
    """A leaflet as laid out: WeasyPrint's document, and the facts of its pages."""

    document: Any
    layout: Layout
    rules: Rules

    @property
    def pages(self) -> int:
        return len(self.document.pages)


Render = Callable[[Rules], LaidOutDocument]


class Remembering:
    """A renderer that remembers, and so counts, what was laid out."""

    def __init__(self, render: Render) -> None:
        self._render = render
        self._known: dict[Rules, LaidOutDocument] = {}

    @property
    def count(self) -> int:
        return len(self._known)

    def __call__(self, rules: Rules) -> LaidOutDocument:
        if rules not in self._known:
            self._known[rules] = self._render(rules)
        return self._known[rules]


def settle(
    render: Render, hole: float, rules: Rules | None = None, rounds: int = ROUNDS
) -> LaidOutDocument:
    """Lay out, look at the result, and lay out again with a rule more, until it is good, or
    `rounds` times after the first.

    Pairs are kept whole at first. Those that would leave too large a hole are divided: first as
    planned, then what the plan missed, in the end all that are tall. A pair whose sides do not
    begin side by side is sent to the next page; one that drives the column headings off a page
    may leave a line alone.
    """
    rules = rules or Rules()
    planned = bool(rules.divided)
    for attempt in range(rounds + 1):
        setting = render(rules)
        layout = setting.layout
        holes = pagination.pairs_after_holes(layout, hole)
        match attempt + planned:
            case 0:
                more = pagination.plan_pages(layout, hole).divided
            case 1:
                more = holes
            case 2 if holes:
                more = pagination.tall_pairs(layout, hole)
            case _:
                more = _NOTHING
        crooked = frozenset(layouts.misaligned(layout))
        headless = layouts.headless(layout)
        better = replace(
            rules,
            divided=rules.divided | more,
            moved=rules.moved | crooked,
            loosened=rules.loosened | headless,
        )
        if better == rules:
            break
        rules = better
    return setting


def _id(name: str) -> str:
    """A selector by id; unlike one by attribute, it costs nothing in elements of other ids."""
    return "#" + str(serialize_identifier(name))


# --- Copyfitting: the largest type at which a leaflet takes just so many pages, evenly filled.
#
# Type and spaces grow together (`Rules.scale`), within the bounds of the edition. The search looks
# at layouts in which no pair is divided, and plans from each how many pages it comes to; the scale
# that it settles on is then set in earnest. With that, a leaflet is set seven times at most.

RESETS = 6  # settings after the first
MORE = 10  # beyond these, where the plan was wrong
_FINE = 0.005  # of the scale: a twentieth of a point
_STEP = 4 * _FINE  # from one scale to the next, where they are tried in a row
_ROW = 8  # steps in it, at most
_CLEARLY = 3 * _STEP  # larger: more than half a point
_FILLED = 0.1  # of a page: where so little is white, larger type would hardly be seen
_FULL = 0.985  # of the last page: what the search aims at; a line less than all of it
_TIGHTER = 0.5  # pages are to be filled evenly: pairs are divided for smaller holes than elsewhere
_LEAST = 0.6  # of the pages, if they are to look full
_SOME = 0.15  # of the last page, if it is not to look like a leftover
CODE = "does-not-fit"


@dataclass(frozen=True)
class Fitted:
    """A leaflet set to fit, or as nearly as can be, and then why it does not."""

    setting: LaidOutDocument
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class _Trial:
    """What was learned at a scale: the layout with all pairs whole, and the plan for it."""

    setting: LaidOutDocument
    plan: Plan

    @property
    def scale(self) -> float:
        return self.setting.rules.scale


def fit(render: Render, hole: float, scale: Scale, pages: int, *, exactly: bool = True) -> Fitted:
    """Set a leaflet to take `pages` pages.

    `exactly`: fewer pages are too few; else they are left to be, at the largest type.
    """
    render = Remembering(render)
    hole *= _TIGHTER
    trials = list(_search(render, hole, scale, pages))
    fitting = [trial for trial in trials if trial.plan.pages <= pages]
    if not fitting:
        return _tightest(render, hole, trials, scale, pages, exactly)
    best = max(fitting, key=lambda trial: trial.scale)
    if exactly and best.plan.pages < max(_LEAST * pages, pages - 1 + _SOME):
        setting = settle(render, hole, Rules(best.plan.divided, scale=best.scale), 1)
        return Fitted(setting, (_short(best, setting, pages),))
    fitted = _set(render, hole, trials, pages, scale.smallest, exactly)
    setting = fitted.setting
    if not fitted.diagnostics and plan_pages(setting.layout, hole).pages > pages - _FILLED:
        return fitted
    least = setting.rules.scale + (_STEP if fitted.diagnostics else _CLEARLY)
    larger = _in_a_row(render, hole, setting, (least, scale.largest), pages, exactly)
    return Fitted(larger) if larger else fitted


def _search(render: Render, hole: float, scale: Scale, pages: int) -> Iterator[_Trial]:
    """Trials at scales nearer and nearer to the largest that fits; RESETS - 2 at most."""
    fits, over = None, None  # the trials that enclose it
    at = 1.0
    for _ in range(RESETS - 2):
        setting = render(Rules(scale=at))
        trial = _Trial(setting, plan_pages(setting.layout, hole))
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
            at = min(max(ideal, scale.smallest), scale.largest)
            if any(abs(at - known.scale) < 1e-6 for known in (fits, over) if known):
                return


def _set(
    render: Remembering,
    hole: float,
    trials: Sequence[_Trial],
    pages: int,
    smallest: float,
    exactly: bool,
) -> Fitted:
    """The leaflet at the largest scale that was found; where the plan was too bold, smaller.

    What stays white in the largest type is shared out among the pages, all but a line.
    """
    fitting = sorted((t for t in trials if t.plan.pages <= pages), key=lambda t: t.scale)
    trial, safe = fitting[-1], min(fitting[0].scale, fitting[-1].scale - _CLEARLY)
    at = down = trial.scale  # what is tried; where stepping down has come to
    largest = max(t.scale for t in trials) == at
    white = pages - trial.plan.pages if exactly and largest else 0.0
    height = min(trial.setting.layout.heights)
    bound = RESETS + 1 + MORE
    while True:
        foot = max(0.0, white / pages - 0.03) * height
        rules = Rules(trial.plan.divided, scale=at, foot=foot)
        # One is kept for another scale.
        setting = settle(render, hole, rules, max(RESETS - 1 - render.count, 0))
        fits = setting.pages == pages or (not exactly and setting.pages < pages)
        if fits:  # the plan was right; a leftover is not worth more than it ever was
            bound = RESETS + 1
        left = bound - render.count
        at_end = left <= 0 or (at <= smallest and not foot)
        if fits and (exactly or at_end or not _is_leftover(setting.layout)):
            return Fitted(setting)
        if at_end:
            over = _Trial(setting, replace(trial.plan, pages=float(setting.pages)))
            return Fitted(setting, tuple(_over(over, pages)))
        if foot:
            white = max(0.0, white / 2 - 0.02)
            continue
        below = max(smallest, min(safe, down - _STEP) if left == 1 else down - _STEP)
        # Not past one that was planned for itself: it may be laid out already as it is to be.
        planned = [] if fits else [t for t in fitting if below <= t.scale < at]
        if planned:
            trial = planned[-1]
        at = trial.scale if planned else below
        if at == below:
            down = below


def _tightest(
    render: Remembering,
    hole: float,
    trials: Sequence[_Trial],
    scale: Scale,
    pages: int,
    exactly: bool,
) -> Fitted:
    """The leaflet in the smallest type, or any in which it fits after all: planned to overflow in
    all that were tried, which need not have come down to the smallest.
    """
    tight = min(trials, key=lambda trial: trial.scale)
    rules = Rules(tight.plan.divided, scale=tight.scale)
    setting = settle(render, hole, rules, max(RESETS - render.count, 0))
    if setting.pages == pages:  # the plan was too timid
        return Fitted(setting)
    bounds = (scale.smallest, scale.largest)
    found = _in_a_row(render, hole, setting, bounds, pages, exactly)
    if found:
        return Fitted(found)
    if tight.scale > scale.smallest:
        smallest = render(Rules(scale=scale.smallest))
        tight = _Trial(smallest, plan_pages(smallest.layout, hole))
        left = RESETS + 1 + MORE - render.count
        setting = settle(
            render, hole, Rules(tight.plan.divided, scale=tight.scale), min(2, left - 1)
        )
    return Fitted(setting, tuple(_over(replace(tight, setting=setting), pages)))


def _in_a_row(
    render: Remembering,
    hole: float,
    known: LaidOutDocument,
    bounds: tuple[float, float],
    pages: int,
    exactly: bool,
) -> LaidOutDocument | None:
    """The leaflet in the largest type of these bounds in which it fits, one tried after the other:
    none is skipped because it does not fit in type that is a little smaller, for how pairs fall on
    pages is a matter of luck.

    They begin where the text as such has room, as is known from a setting. Of most leaflets, there
    is none.
    """
    room = known.rules.scale * math.sqrt(pages / plan_pages(known.layout, 0.0).pages)
    least, most = bounds[0], min(bounds[1], room)
    step = max(_STEP, (most - least) / _ROW)
    for number in range(math.floor((most - least) / step + 1e-6), -1, -1):
        left = RESETS + 1 + MORE - render.count - 2  # two are kept for the smallest
        if left < 2:
            break
        at = least + number * step
        plan = plan_pages(render(Rules(scale=at)).layout, hole)
        if plan.pages > pages + _FILLED:
            continue
        setting = settle(render, hole, Rules(plan.divided, scale=at), min(2, left - 2))
        if setting.pages == pages or (not exactly and setting.pages < pages):
            if exactly or not _is_leftover(setting.layout):
                return setting
    return None


def _is_leftover(layout: Layout) -> bool:
    """Whether the last page has a few lines of text only, besides the footer."""
    return 0 < lines_on_last_page(layout) < LEFTOVER


def _over(trial: _Trial, pages: int) -> Iterator[Diagnostic]:
    """For each passage that lies beyond the last page, by how many lines it does.

    Where pairs are kept whole, more lies there than is too much: what is counted ends with the
    height that is missing.
    """
    layout = trial.setting.layout
    line = line_height(layout)
    left = max(1, math.ceil((trial.plan.pages - pages) * min(layout.heights) / line))
    found = {**beyond(layout, pages), "": math.ceil(layout.rest / line)}
    counts: dict[str, int] = {}
    for passage in reversed([*dict.fromkeys(part.passage for part in layout.parts), ""]):
        if count := min(found.get(passage, 0), left):
            counts[passage] = count
            left -= count
    hint = "Shorten it by so much, or let the leaflet have more pages (`fit:`)."
    for passage, count in counts.items():
        what = f"Passage `{passage}`" if passage else "What comes after the passages"
        yield error(
            CODE,
            f"{what} is {count} {'line' if count == 1 else 'lines'} over: in its smallest type the "
            f"leaflet takes {trial.plan.pages:.2f} pages instead of {pages}.",
            symbolic(passage),
            hint,
        )


def beyond(layout: Layout, pages: int) -> dict[str, int]:
    """By passage the lines that lie beyond so many pages."""
    found: dict[str, int] = {}
    for (passage, _), words in layout.words.items():
        lines = {(word.page, round(word.y)) for word in words if word.page >= pages}
        if lines:
            found[passage] = max(found.get(passage, 0), len(lines))
    return found


def _short(trial: _Trial, setting: LaidOutDocument, pages: int) -> Diagnostic:
    """The leaflet is too short even in its largest type."""
    height, line = min(setting.layout.heights), line_height(setting.layout)
    lacking = max(_LEAST * pages, pages - 1 + _SOME) - trial.plan.pages
    return error(
        CODE,
        f"The leaflet is too short: in its largest type it fills {trial.plan.pages:.1f} of {pages} "
        f"pages; some {max(1, math.ceil(lacking * height / line))} lines are missing.",
        symbolic(),
        "Write more, or let the leaflet have fewer pages (`fit:`).",
    )
