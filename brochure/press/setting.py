"""Laying out until it is good: pairs whole where they can be, divided where a hole would be left.

Pure but for the renderer that it is given: a function from rules to laid-out pages.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tinycss2.serializer import serialize_identifier

from brochure.press import layout as layouts
from brochure.press import pagination
from brochure.press.layout import Layout

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
class Setting:
    """A leaflet as laid out: WeasyPrint's document, and the facts of its pages."""

    document: Any
    layout: Layout
    rules: Rules

    @property
    def pages(self) -> int:
        return len(self.document.pages)


Render = Callable[[Rules], Setting]


class Remembering:
    """A renderer that remembers, and so counts, what was laid out."""

    def __init__(self, render: Render) -> None:
        self._render = render
        self._known: dict[Rules, Setting] = {}

    @property
    def count(self) -> int:
        return len(self._known)

    def __call__(self, rules: Rules) -> Setting:
        if rules not in self._known:
            self._known[rules] = self._render(rules)
        return self._known[rules]


def settle(
    render: Render, hole: float, rules: Rules | None = None, rounds: int = ROUNDS
) -> Setting:
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
