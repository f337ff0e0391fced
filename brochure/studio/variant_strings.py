"""The words of the pages of variants, see `strings`."""

from brochure.messages import Message, say

_N = "{n}"

_TABLE: dict[str, Message] = {
    "variants": say("Variants"),
    "variants.back": say("Back to the leaflet"),
    "variants.about": say(
        "The same leaflet for several regions, or in another language. A row is a region; what "
        "stands in its cells is printed where the leaflet has a slot. Where more is to differ, a "
        "region can have texts of its own."
    ),
    "table.filter": say("Search"),
    "table.add": say("Add a region"),
    "table.added": say("There is a new row at the end. Write the name of the region."),
    "table.undo-add": say("Add a region"),
    "table.new-row": say("new region"),
    "table.name": say("Region"),
    "table.id": say("Id"),
    "table.ags": say("Official key"),
    "table.own": say("Texts of its own"),
    "table.remove": say("Leave out {name}", name="{name}"),
    "table.undo-remove": say("Leave out {name}", name="{name}"),
    "table.left-out": say("{name} was left out.", name="{name}"),
    "table.kept": say(
        "This region has texts of its own, which would be lost. Give them back first."
    ),
    "table.stays": say("{name} was changed elsewhere meanwhile, and is still here.", name="{name}"),
    "table.fixed": say("The file with its own texts is named after it."),
    "table.keys": say(
        "Enter leads to the next row, Shift and Enter to the one before. Cells copied from a "
        "spreadsheet can be pasted."
    ),
    "table.undo-paste": say("Paste cells"),
    "table.columns": say("Add a column"),
    "table.add-column": say("Add “{name}”", name="{name}"),
    "table.column-added": say("The column “{name}” was added.", name="{name}"),
    "table.no-columns": say(
        "Each slot that the leaflet uses has a column. For another one, declare a slot in the "
        "leaflet first, under “More”; then its column is offered here."
    ),
    "table.count.one": say("1 region"),
    "table.count.other": say("{n} regions", n=_N),
    "table.found.one": say("1 found"),
    "table.found.other": say("{n} found", n=_N),
}
_STATES: dict[str, Message] = {
    "variant.own.one": say("1 of its own"),
    "variant.own.other": say("{n} of its own", n=_N),
    "variant.base-only": say("as the base"),
    "variant.is.fine": say("nothing to do"),
    "variant.is.redundant": say("one says what the base says"),
    "variant.is.new": say("one is not confirmed yet"),
    "variant.is.stale": say("the base has changed"),
    "variant.is.orphaned": say("its pair is gone"),
    "variant.is.broken": say("cannot be printed like this"),
}

_VARIANT: dict[str, Message] = {
    "variant.back": say("All variants"),
    "variant.about": say(
        "Every text is that of the base, unless this region has its own. Corrections of the base "
        "then come to it by themselves."
    ),
    "variant.to-base": say("Write in the base"),
    "own.is.base": say("as the base"),
    "own.is.fine": say("text of its own"),
    "own.is.redundant": say("of its own, but in the words of the base"),
    "own.is.new": say("of its own, not confirmed yet"),
    "own.is.stale": say("of its own; the base has changed"),
    "own.is.orphaned": say("of its own; its pair is gone"),
    "own.make": say("Write its own"),
    "own.add": say("Add one here"),
    "own.give-back": say("Give back"),
    "own.undo-make": say("{field}: text of its own", field="{field}"),
    "own.undo-back": say("{field}: give back", field="{field}"),
    "own.more": say("More that this region can have"),
    "own.base": say("What the base says"),
    "own.base-then": say("The base when it was confirmed"),
    "own.base-now": say("The base now"),
    "own.text": say("The text of this region"),
    "own.stale": say(
        "The base has changed since somebody last compared. Adapt the text of this region, or "
        "leave it; then confirm that it fits."
    ),
    "own.new": say("Nobody has confirmed yet that this text fits what the base says."),
    "own.accept": say("It fits"),
    "own.take-base": say("Take the base"),
    "own.accepted": say("Confirmed. You will be told when the base changes again."),
    "own.open.one": say("1 text should be looked at"),
    "own.open.other": say("{n} texts should be looked at", n=_N),
    "own.orphans": say("For pairs that the base has no more"),
    "own.delete": say("Delete it"),
    "pairs.about": say(
        "Quotes are printed to the letter, and are the same everywhere. Where another document is "
        "to be quoted, leave the pair out and add one of this region's own."
    ),
    "pairs.leave-out": say("Leave out here"),
    "pairs.take-in": say("Take in again"),
    "pairs.left-out-here": say("This pair is left out in this region."),
    "pairs.new": say("Nobody has confirmed yet that this pair is to be left out as it reads now."),
    "pairs.stale": say("This pair has changed since it was left out. Is it still to be left out?"),
    "pairs.accept": say("It stays left out"),
    "pairs.is-out": say("{name} is left out in this region.", name="{name}"),
    "pairs.is-in": say("{name} is in this region again.", name="{name}"),
    "pairs.undo-out": say("{name}: leave out here", name="{name}"),
    "pairs.undo-in": say("{name}: take in again", name="{name}"),
    "pairs.own": say("a pair of this region's own"),
    "pairs.add": say("Add a pair for this region here"),
    "pairs.id": say("own-{n}", n=_N),
}

VARIANTS = _TABLE | _STATES | _VARIANT
