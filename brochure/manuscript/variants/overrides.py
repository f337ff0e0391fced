"""Overrides remember which text of the base they replaced.

`brochure variants LEAFLET accept ID` writes that text into the variant, under `replaced:`. So it
shows when the base has been corrected since, and the override goes on saying what was wrong.
Recorded per text: an edit elsewhere raises no alarm.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from brochure import bounds
from brochure.diagnostics import Diagnostic, warning
from brochure.manuscript.variants.differences import Change, changes, orphaned
from brochure.manuscript.yaml.nodes import Mapping, Scalar, Tree


class State(StrEnum):
    """How an override stands to its base; the worst comes last."""

    FINE = "fine"  # the base is as it was when the override was accepted
    REDUNDANT = "redundant"  # it says what the base says, and would freeze later corrections
    NEW = "new"  # not yet accepted: what it replaces is not recorded
    STALE = "stale"  # the base has changed since it was accepted
    ORPHANED = "orphaned"  # its passage is gone


_ORDER = list(State)


@dataclass(frozen=True)
class Override:
    """A change with its state, and the text of the base that it replaced when accepted."""

    change: Change
    state: State
    recorded: str | None


def judge(base: Tree, variant: Tree, filled: Callable[[str], str]) -> tuple[Override, ...]:
    """Every change of a variant with its state. `filled` fills in the slots of a text."""
    recorded = records(variant)
    return tuple(
        Override(change, _state(change, recorded.get(change.key), filled), recorded.get(change.key))
        for change in changes(base, variant)
    )


def records(variant: Tree) -> dict[str, str]:
    """What the variant has recorded: keys of changes, and the texts of the base."""
    node = variant.node(("replaced",))
    if not isinstance(node, Mapping):
        return {}
    return {
        key.text or "": value.text or "" for key, value in node.entries if isinstance(value, Scalar)
    }


def worst(overrides: tuple[Override, ...]) -> State:
    """The state of a variant: that of its worst override."""
    return max((o.state for o in overrides), key=_ORDER.index, default=State.FINE)


def diagnose(
    overrides: tuple[Override, ...], base: Tree, leaflet: str, region: str
) -> Iterator[Diagnostic]:
    """What a person should know of overrides that are not fine."""
    look = f"`brochure variants {leaflet} diff {region}` shows both"
    accept = f"`brochure variants {leaflet} accept {region}` records that you have looked."
    hints = 0
    for override in overrides:
        change = override.change
        match override.state:
            case State.ORPHANED:
                hints += 1
                yield orphaned(change, base, override.recorded, helpful=hints <= bounds.ALIKE)
            case State.STALE:
                yield warning(
                    "stale",
                    "The text of the base that this replaces has changed since.",
                    change.location,
                    f"{look}, old and new. Adapt this text or leave it; then {accept}",
                )
            case State.NEW:
                yield warning(
                    "not-accepted",
                    "Which text of the base this replaces is not recorded yet.",
                    change.location,
                    f"{look}; {accept} Later corrections of the base are then pointed out.",
                )
            case State.REDUNDANT:
                yield warning(
                    "redundant",
                    "This says the same as the base.",
                    change.location,
                    "Delete it: it would keep out later corrections of the base.",
                )


def same(one: str | None, other: str | None) -> bool:
    """Whether two texts say the same: line breaks within a paragraph do not count."""
    return _words(one) == _words(other)


def _state(change: Change, recorded: str | None, filled: Callable[[str], str]) -> State:
    if change.gone:
        return State.ORPHANED
    if change.key.startswith("add."):  # it replaces nothing
        return State.FINE
    if change.says is not None and change.base is not None:
        if same(change.says, change.base) or same(filled(change.says), filled(change.base)):
            return State.REDUNDANT
    if recorded is None:
        return State.NEW
    return State.FINE if same(recorded, change.base) else State.STALE


def _words(text: str | None) -> list[list[str]]:
    paragraphs = re.split(r"\n[ \t]*\n", text or "")
    return [words for paragraph in paragraphs if (words := paragraph.split())]
