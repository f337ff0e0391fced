"""Recording in the file of a variant which texts of the base its overrides replace.

The records are under the key `replaced:`, an entry for each text. Only the lines of these entries
are changed; every other byte of the file stays, including comments and line ends.
"""

from collections.abc import Mapping

from brochure import bounds
from brochure.diagnostics import DiagnosticsError, Location, fail
from brochure.files import write_whole
from brochure.manuscript.variants.overrides import OverrideState, records
from brochure.manuscript.variants.resolution import Bundle, ResolvedLeaflet
from brochure.manuscript.yaml.editor import edited
from brochure.manuscript.yaml.edits import Edit, Put, Remove
from brochure.manuscript.yaml.parser import decode_text, parse_yaml
from brochure.manuscript.yaml.validation import did_you_mean
from brochure.messages import say

_KEY = "replaced"
_COMMENT = "Written by brochure: the texts of the base that those above replace."


def accept_overrides(
    bundle: Bundle, resolved: ResolvedLeaflet, name: str | None = None
) -> tuple[str, ...]:
    """Record the texts of the base that the overrides of a variant replace now; return their keys.

    `name` picks those of one passage, or of one text (``title``). Records of overrides that no
    longer exist are dropped. Raises DiagnosticsError where there is nothing to accept, or where the
    passage is gone.
    """
    path = bundle.files.get(resolved.variant or "")
    location = Location(bundle.project.show(path) if path else f"{resolved.variant}")
    overrides = [o for o in resolved.overrides if not o.change.key.startswith("add.")]
    picked = [o for o in overrides if name in (None, o.change.passage, o.change.key)]
    if path is None or not overrides:
        fail(
            "nothing-to-accept",
            say("This variant replaces nothing."),
            location,
            say("There is nothing to record, as it has no overrides."),
        )
    if not picked:
        names = {o.change.passage or o.change.key for o in overrides}
        fail(
            "nothing-to-accept",
            say("This variant replaces nothing called `{name}`.", name=f"{name}"),
            location,
            did_you_mean(name or "", sorted(names)),
        )
    if any(o.state is OverrideState.ORPHANED for o in picked):
        raise DiagnosticsError(d for d in resolved.diagnostics if d.code == "orphaned")
    keys = {o.change.key for o in overrides}
    data = bundle.project.read(path, bounds.MANUSCRIPT)
    wanted = {key: text for key, text in recorded(data, location.file).items() if key in keys}
    wanted |= {o.change.key: (o.change.base or "").strip() for o in picked}
    changed = with_records(data, wanted, location.file)
    if changed != data:
        write_whole(path, changed)
    return tuple(o.change.key for o in picked)


def with_records(data: bytes, wanted: Mapping[str, str], file: str) -> bytes:
    """The bytes of a variant's file with exactly the `wanted` records in it."""
    old = recorded(data, file)
    changes: list[Edit] = [
        Put((_KEY, key), text, comment=_COMMENT)
        for key, text in wanted.items()
        if old.get(key) != text
    ]
    changes += [Remove((_KEY, key)) for key in old if key not in wanted]
    return edited(data, changes, file)


def recorded(data: bytes, file: str) -> dict[str, str]:
    """The records in the bytes of a variant's file."""
    return records(parse_yaml(decode_text(data, file).value, file).value)
