"""Copyfitting: the largest type in which a leaflet takes just so many pages, evenly filled.

Type and spaces grow together (`LayoutRules.scale`), within the bounds of the edition; what stays
white in the largest type is shared out around the head and between passages. The search looks at
layouts in which no passage is divided, and plans from each how many pages it comes to; the leaflet
is then laid out in earnest at the best scale. Pure but for the renderer that it is given.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from brochure.diagnostics import Diagnostic, Part, Reported, error
from brochure.layout.edition import Scale
from brochure.layout.laid_out import (
    LaidOutDocument,
    Layout,
    LayoutRules,
    PageRenderer,
    line_height,
)
from brochure.layout.pagination import (
    PagePlan,
    flowing_pages,
    plan_pages,
    remembering,
    set_by_plan,
)
from brochure.messages import Message, plural, say

MAX_LAYOUTS = 7  # of a leaflet, where the plan was right
EXTRA_LAYOUTS = 5  # beyond these, where it was wrong
_TRIALS = 5  # layouts that the search makes at most
_ROUNDS = 1  # layouts that improve one in earnest
_FINE = 0.005  # of the scale: a twentieth of a point
_COARSE = 0.035  # … where pages may stay empty
_STEP = 0.02  # down from a scale that was planned to fit, and does not
_FULL = 0.985  # of the last page, which the search aims at: all of it but a line
_TIGHTER = 0.5  # pages are to be filled evenly: less white space than elsewhere is left
_HEAD = 6.0  # lines of white around the head, at most
_PAIR = 2.0  # … and between two passages
_LARGE = 25.0  # what type of twice the size may cost, compared with `PagePlan.cost`
_LEAST = 0.4  # of a page must be filled if it is not to look like a leftover
_CODE = "does-not-fit"


@dataclass(frozen=True)
class _Trial:
    """A layout with all passages whole, and how many pages it is planned to take from there."""

    document: LaidOutDocument
    plan: PagePlan

    @property
    def scale(self) -> float:
        return self.document.rules.scale


@dataclass(frozen=True)
class _Copyfitter:
    """A leaflet that is to take `pages` pages in the edition of this name, `exactly` or at most."""

    render: PageRenderer
    max_white_space: float
    bounds: Scale
    pages: int
    exactly: bool
    edition: str
    folded: bool = False  # the pages are panels of one sheet

    def fit(self) -> Reported[LaidOutDocument]:
        trials = list(self._search())
        fitting = [trial for trial in trials if self._fits(trial)]
        if not fitting:
            smallest = min(trials, key=lambda trial: trial.scale)
            document = self._set(smallest.plan)
            if document.pages <= self.pages:  # the plan was too timid
                return Reported(document)
            over = replace(smallest, document=document)
            return Reported(document, tuple(self._too_long(over)))
        best = max(fitting, key=lambda trial: trial.scale)
        if not self.exactly and best.plan.is_poor:
            between = (best.scale + min(fitting, key=lambda trial: trial.scale).scale) / 2
            fitting += [self._trial(between)] if between < best.scale else []
            best = min(filter(self._fits, fitting), key=_dearness)
        spaced = self._spaced(best) if self.exactly else best
        document = self._set(spaced.plan)
        if document.pages > self.pages and spaced is not best:
            spaced = best
            document = self._set(best.plan)
        while document.pages > self.pages and spaced.scale > self.bounds.smallest:
            spaced = self._trial(max(self.bounds.smallest, spaced.scale - _STEP))
            document = self._set(spaced.plan)
        if document.pages > self.pages:
            return Reported(document, tuple(self._too_long(replace(spaced, document=document))))
        if self.exactly and spaced.plan.pages < self.pages - 1 + _LEAST:
            return Reported(document, (self._too_short(spaced),))
        return Reported(document)

    def _trial(self, scale: float, head: float = 0.0, pair: float = 0.0) -> _Trial:
        document = self.render(LayoutRules(scale=scale, head_space=head, pair_space=pair))
        return _Trial(document, plan_pages(document, self.max_white_space, self.pages))

    def _fits(self, trial: _Trial) -> bool:
        return trial.plan.pages <= self.pages

    def _set(self, plan: PagePlan) -> LaidOutDocument:
        return set_by_plan(self.render, self.max_white_space, plan, _ROUNDS)

    def _search(self) -> Iterator[_Trial]:
        """Trials at scales closer and closer to the largest that fits. In the smallest type, too,
        before it is said that it fits in none: where pages may stay empty, soon.
        """
        low, high = self.bounds.smallest, self.bounds.largest
        fits: _Trial | None = None
        at = 1.0
        for number in range(_TRIALS):
            trial = self._trial(at)
            yield trial
            if self._fits(trial):
                fits, low = trial, at
            elif at <= low:
                return
            else:
                high = at
            if high - low < (_FINE if self.exactly else _COARSE) or (
                fits and self.pages - fits.plan.pages < 1.5 * (1 - _FULL)
            ):
                break
            if fits is None and number and not self.exactly:
                at = low
                continue
            # The height of a text grows with the square of its type: lines get taller, and more.
            ideal = at * math.sqrt((self.pages - 1 + _FULL) / flowing_pages(trial.document.layout))
            margin = 0.15 * (high - low)
            known = {self.bounds.smallest, self.bounds.largest} - {at}
            if (high in known and ideal >= high) or (low in known and ideal <= low):
                at = high if ideal >= high else low
            else:
                at = min(max(ideal, low + margin), high - margin)
        if fits is None:
            trial = self._trial(self.bounds.smallest)
            yield trial
            if self._fits(trial):
                yield self._trial((self.bounds.smallest + high) / 2)

    def _spaced(self, trial: _Trial) -> _Trial:
        """What stays white in the largest type, shared out around the head and between passages."""
        layout = trial.document.layout
        line = line_height(layout)
        left = (self.pages - trial.plan.pages) * min(layout.heights) / line - 1
        gaps = len({fragment.passage for fragment in layout.fragments}) - 1
        pair = min(_in_halves(left / (gaps + 2)), _PAIR)
        head = min(_in_halves(left - gaps * pair), _HEAD)
        while pair or head:
            spaced = self._trial(trial.scale, head, pair)
            if self._fits(spaced):
                return spaced
            head, pair = _in_halves(head / 2), _in_halves(pair / 2)
        return trial

    def _too_long(self, trial: _Trial) -> Iterator[Diagnostic]:
        """For each passage with lines beyond the last page, by how many lines it is too long.

        Where passages are kept whole, more lies there than is too much: no more lines are named
        than the missing height amounts to, counted from the end.
        """
        layout = trial.document.layout
        line = line_height(layout)
        needed = max(trial.plan.pages, float(trial.document.pages - 1) + 0.01)
        left = max(1, math.ceil((needed - self.pages) * min(layout.heights) / line))
        after = math.ceil(layout.height_after / line)
        beyond = {**_lines_beyond(layout, self.pages), "": after}
        counts: dict[str, int] = {}
        passages = dict.fromkeys(fragment.passage for fragment in layout.fragments)
        for passage in reversed([*passages, ""]):
            if count := min(beyond.get(passage, 0), left):
                counts[passage] = count
                left -= count
        hint = (
            say("Shorten it, or allow smaller type: `scale:` of the edition.")
            if self.folded
            else say(
                "Shorten it by that much, or give this edition more pages: "
                "`fit: {{{edition}: {more}}}`.",
                edition=self.edition,
                more=self.pages + 1,
            )
        )
        for passage, count in counts.items():
            message = self._lines_too_many(passage, count, needed)
            yield error(_CODE, message, Part(passage=passage), hint)

    def _lines_too_many(self, passage: str, count: int, needed: float) -> Message:
        """The sentence for a passage or, without name, for what comes after the passages."""
        if not passage:
            return plural(
                "In the edition `{edition}`, the text after the passages is {n} line too long: "
                "even in its smallest type the leaflet takes {needed:.2f} pages instead of "
                "{pages}.",
                "In the edition `{edition}`, the text after the passages is {n} lines too long: "
                "even in its smallest type the leaflet takes {needed:.2f} pages instead of "
                "{pages}.",
                count,
                edition=self.edition,
                needed=needed,
                pages=self.pages,
            )
        return plural(
            "In the edition `{edition}`, passage `{passage}` is {n} line too long: even in its "
            "smallest type the leaflet takes {needed:.2f} pages instead of {pages}.",
            "In the edition `{edition}`, passage `{passage}` is {n} lines too long: even in its "
            "smallest type the leaflet takes {needed:.2f} pages instead of {pages}.",
            count,
            edition=self.edition,
            passage=passage,
            needed=needed,
            pages=self.pages,
        )

    def _too_short(self, trial: _Trial) -> Diagnostic:
        """The leaflet is too short even in its largest type, with white shared out."""
        layout = trial.document.layout
        lacking = self.pages - 1 + _LEAST - trial.plan.pages
        return error(
            _CODE,
            plural(
                "In the edition `{edition}`, the leaflet is too short: even in its largest type, "
                "and with more white between its parts, it fills only {filled:.1f} pages instead "
                "of {pages}; about {n} line is missing.",
                "In the edition `{edition}`, the leaflet is too short: even in its largest type, "
                "and with more white between its parts, it fills only {filled:.1f} pages instead "
                "of {pages}; about {n} lines are missing.",
                max(1, math.ceil(lacking * min(layout.heights) / line_height(layout))),
                edition=self.edition,
                filled=trial.plan.pages,
                pages=self.pages,
            ),
            Part(),
            say(
                "Write more, give this edition fewer pages (`fit: {{{edition}: {fewer}}}`), or "
                "delete `fit:`.",
                edition=self.edition,
                fewer=self.pages - 1,
            )
            if self.pages > 1
            else say("Write more, or delete `fit:`: then it takes what it needs."),
        )


def fit(
    render: PageRenderer,
    max_white_space: float,
    scale: Scale,
    pages: int,
    *,
    exactly: bool = True,
    edition: str = "",
    folded: bool = False,
) -> Reported[LaidOutDocument]:
    """Lay out a leaflet so that it takes `pages` pages, or as nearly as can be.

    `exactly`: fewer pages are too few; else they will do, in the largest type. The diagnostics say
    why it does not fit, if it does not, and name the `edition`. `folded`: the pages are panels of
    one sheet, which has no more of them.
    """
    tighter = max_white_space * (_TIGHTER if exactly else 1)
    return _Copyfitter(remembering(render), tighter, scale, pages, exactly, edition, folded).fit()


def spare_lines(layout: Layout, at: float, scale: Scale, pages: int) -> int:
    """About how many lines more a leaflet that was laid out `at` a scale could have on its `pages`
    pages, if type gets as small as `scale` allows.
    """
    # The height of a text grows with the square of its type.
    smaller = scale.smallest / at
    left = (pages - flowing_pages(layout) * smaller**2) * min(layout.heights)
    return max(0, math.floor(left / (line_height(layout) * smaller)))


def _dearness(trial: _Trial) -> float:
    """What speaks against a trial, if pages may stay empty: the plan, and small type."""
    return trial.plan.cost - _LARGE * trial.scale


def _in_halves(lines: float) -> float:
    """So many lines or a little fewer, in halves: spaces keep to the grid."""
    return max(0.0, math.floor(2 * lines) / 2)


def _lines_beyond(layout: Layout, pages: int) -> dict[str, int]:
    """How many lines each passage has beyond so many pages; those that have none are left out."""
    counts: dict[str, int] = {}
    for (passage, _), runs in layout.runs.items():
        lines = {(run.page, round(run.y)) for run in runs if run.page >= pages}
        if lines:
            counts[passage] = max(counts.get(passage, 0), len(lines))
    return counts
