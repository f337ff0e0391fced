"""Overrides, and whether they still fit the base.

`brochure variants accept LEAFLET ID` records in the variant, under `replaced:`, which text of the
base each override replaces. So we notice when the base has been corrected since, while the override
still says what was wrong. An edit elsewhere raises no alarm, since each text is recorded by itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from brochure import bounds
from brochure.diagnostics import Diagnostic, warning
from brochure.manuscript.variants.differences import Change, base_text, find_changes, orphaned
from brochure.manuscript.yaml.nodes import MappingNode, ScalarNode, Tree
from brochure.messages import say


class OverrideState(StrEnum):
    """How an override relates to its base; the worst comes last."""

    FINE = "fine"  # the base has not changed since the override was accepted
    REDUNDANT = "redundant"  # it says what the base says, and would keep out later corrections
    NEW = "new"  # not yet accepted: what it replaces is not recorded
    STALE = "stale"  # the base has changed since it was accepted
    ORPHANED = "orphaned"  # its passage is gone


# The states in words.
STATES = {
    OverrideState.FINE: say("fine"),
    OverrideState.REDUNDANT: say("redundant"),
    OverrideState.NEW: say("new"),
    OverrideState.STALE: say("stale"),
    OverrideState.ORPHANED: say("orphaned"),
}
_ORDER = list(OverrideState)
_REPLACES_NOTHING = (OverrideState.REDUNDANT, OverrideState.ORPHANED)
# What is said about something: where a variant replaces that, this is about another thing.
_ABOUT = {"access": "place", "alt": "file", "credit": "file"}


@dataclass(frozen=True)
class Override:
    """A change with its state, and the text of the base that it replaced when it was accepted."""

    change: Change
    state: OverrideState
    recorded: str | None


def find_overrides(base: Tree, variant: Tree, filled: Callable[[str], str]) -> tuple[Override, ...]:
    """All changes of a variant with their states. `filled` fills in the slots of a text."""
    recorded = records(variant)
    changes = tuple(find_changes(base, variant))
    others = {change.key for change in changes if not _repeats(change, filled)}
    return tuple(
        Override(
            change,
            _state(
                change,
                recorded.get(change.key),
                # That it holds for another place, too, has to be said.
                redundant=change.key not in others and _subject(change.key) not in others,
            ),
            recorded.get(change.key),
        )
        for change in changes
    )


def records(variant: Tree) -> dict[str, str]:
    """What a variant has recorded: the texts of the base, by the keys of changes."""
    node = variant.node(("replaced",))
    if not isinstance(node, MappingNode):
        return {}
    return {
        key.text or "": (value.text or "").strip("\n")  # as `yaml.edits` keeps texts
        for key, value in node.entries
        if isinstance(value, ScalarNode)
    }


def worst(overrides: tuple[Override, ...]) -> OverrideState:
    """The state of a variant: that of its worst override."""
    return max((o.state for o in overrides), key=_ORDER.index, default=OverrideState.FINE)


def diagnose_overrides(
    overrides: tuple[Override, ...], base: Tree, leaflet: str, region: str
) -> Iterator[Diagnostic]:
    """What a person should know about overrides that are not fine."""
    orphans = 0
    for override in overrides:
        location = override.change.location
        match override.state:
            case OverrideState.ORPHANED:
                orphans += 1
                yield orphaned(
                    override.change,
                    base,
                    override.recorded,
                    helpful=orphans <= bounds.SIMILAR_DIAGNOSTICS,
                )
            case OverrideState.STALE:
                yield warning(
                    "stale",
                    say("The text of the base that this replaces has changed since."),
                    location,
                    say(
                        "`brochure variants diff {leaflet} {region}` shows both, old and new. "
                        "Adapt this text or leave it as it is. Then `brochure variants accept "
                        "{leaflet} {region}` records that you have looked.",
                        leaflet=leaflet,
                        region=region,
                    ),
                )
            case OverrideState.NEW:
                yield warning(
                    "not-accepted",
                    say("It is not recorded yet which text of the base this replaces."),
                    location,
                    say(
                        "`brochure variants diff {leaflet} {region}` shows both, and `brochure "
                        "variants accept {leaflet} {region}` records that you have looked. From "
                        "then on, brochure points out corrections of the base.",
                        leaflet=leaflet,
                        region=region,
                    ),
                )
            case OverrideState.REDUNDANT:
                yield warning(
                    "redundant",
                    say("This says the same as the base."),
                    location,
                    say("Delete it; it would keep out later corrections of the base."),
                )


def check_inherited(overrides: tuple[Override, ...], base: Tree) -> Iterator[Diagnostic]:
    """Warnings about texts that a variant keeps, though they are about what it replaces: the way to
    another place, the description of another picture.
    """
    keys = {override.change.key for override in overrides}
    for override in overrides:
        change = override.change
        parent, _, subject = change.key.rpartition(".")
        replaces = parent and change.base is not None and override.state not in _REPLACES_NOTHING
        for name, of in _ABOUT.items() if replaces else ():
            key = f"{parent}.{name}"
            if of == subject and key not in keys and base_text(base, key) is not None:
                yield warning(
                    "inherited",
                    say(
                        "The place is another one here, but the way there (`access`) is still that "
                        "of the base."
                    )
                    if of == "place"
                    else say(
                        "The picture is another one here, but its `{field}` is still that of the "
                        "base.",
                        field=name,
                    ),
                    change.location,
                    say(
                        "Write `{field}: …` below it: the right one, or the same text again if it "
                        "is right here, too.",
                        field=name,
                    ),
                )


def says_the_same(one: str | None, other: str | None) -> bool:
    """Whether two texts are the same, apart from line breaks within paragraphs."""
    return _words(one) == _words(other)


def _state(change: Change, recorded: str | None, *, redundant: bool) -> OverrideState:
    if change.gone:
        return OverrideState.ORPHANED
    if change.key.startswith("add."):  # it replaces nothing
        return OverrideState.FINE
    if redundant:
        return OverrideState.REDUNDANT
    if recorded is None:
        return OverrideState.NEW
    return OverrideState.FINE if says_the_same(recorded, change.base) else OverrideState.STALE


def _repeats(change: Change, filled: Callable[[str], str]) -> bool:
    """Whether a change says what the base says."""
    if change.text is None or change.base is None:
        return False
    return says_the_same(change.text, change.base) or says_the_same(
        filled(change.text), filled(change.base)
    )


def _subject(key: str) -> str | None:
    """The key of what the text of a key is about, if there is such a thing."""
    parent, _, name = key.rpartition(".")
    return f"{parent}.{_ABOUT[name]}" if name in _ABOUT else None


def _words(text: str | None) -> list[list[str]]:
    paragraphs = re.split(r"\n[ \t]*\n", text or "")
    return [words for paragraph in paragraphs if (words := paragraph.split())]
